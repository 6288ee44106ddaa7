/* A program of the build machine: rules.d/clients in, constant C tables out. Uses GLib and libyaml only. */
#include <stdio.h>
#include <string.h>

#include "rule/c_literal.h"
#include "rule/client_load.h"

static void put_clients(GString *out, const struct client_tables *tables)
{
	g_string_append(out, "const struct client builtin_clients[] = {\n");
	for (guint i = 0; i < tables->clients->len; i++) {
		const struct client *client = &g_array_index(tables->clients, struct client, i);
		g_string_append(out, "\t{");
		put_field(out, "name", client->name);
		put_field(out, "family", client->family);
		put_field(out, "platform", client->platform);
		g_string_append_printf(out, " .weight = %u, .word = %d },\n", client->weight, client->word);
	}
	g_string_append_printf(out, "};\nconst size_t n_builtin_clients = %u;\n\nconst struct client_preset builtin_client_presets[] = {\n",
			       tables->clients->len);
	for (guint i = 0; i < tables->presets->len; i++) {
		const struct client_preset *preset = &g_array_index(tables->presets, struct client_preset, i);
		g_string_append(out, "\t{");
		put_field(out, "name", preset->name);
		g_string_append(out, " .clients = (const unsigned char[]){ ");
		for (size_t j = 0; j < preset->n; j++)
			g_string_append_printf(out, "%u, ", preset->clients[j]);
		g_string_append(out, "},\n\t  .weights = (const unsigned[]){ ");
		for (size_t j = 0; j < preset->n; j++)
			g_string_append_printf(out, "%u, ", preset->weights[j]);
		g_string_append_printf(out, "}, .n = %zu },\n", preset->n);
	}
	g_string_append_printf(out, "};\nconst size_t n_builtin_client_presets = %u;\n\n", tables->presets->len);
}

static void put_feature(GString *out, const struct client_feature *feature)
{
	g_string_append(out, "\t{");
	put_field(out, "slug", feature->slug);
	put_field(out, "title", feature->title);
	put_field(out, "tested", feature->tested);
	g_string_append_printf(out, " .grade = %d, .unsupported = %#" G_GINT64_MODIFIER "xu, .unknown = %#" G_GINT64_MODIFIER "xu,\n\t  .advice = { { ",
			       (int)feature->grade, feature->unsupported, feature->unknown);
	for (int i = 0; i < N_LANGUAGES; i++) {
		put_string(out, feature->advice.text[i]);
		g_string_append(out, i + 1 < N_LANGUAGES ? ", " : " } },\n\t ");
	}
	put_field(out, "hit", feature->hit);
	put_field(out, "miss", feature->miss);
	if (feature->n_fallbacks)
		g_string_append(out, "\n\t  .fallbacks = (const struct client_fallback[]){");
	for (size_t i = 0; i < feature->n_fallbacks; i++) {
		g_string_append_printf(out, " { .kind = %d,", (int)feature->fallbacks[i].kind);
		put_field(out, "name", feature->fallbacks[i].name);
		put_field(out, "value", feature->fallbacks[i].value);
		g_string_append(out, " },");
	}
	if (feature->n_fallbacks)
		g_string_append(out, " },");
	g_string_append_printf(out, " .n_fallbacks = %zu },\n", feature->n_fallbacks);
}

static void put_probe(GString *out, const struct client_probe *probe)
{
	g_string_append_printf(out, "\t{ .kind = %d,", (int)probe->kind);
	put_field(out, "name", probe->name);
	put_field(out, "element", probe->element);
	g_string_append_printf(out, " .test = %d, .feature = %u,", (int)probe->test, probe->feature);
	if (probe->values) {
		g_string_append(out, " .values = (const char *const[]){ ");
		for (const char *const *value = probe->values; *value; value++) {
			put_string(out, *value);
			g_string_append(out, ", ");
		}
		g_string_append(out, "NULL },");
	}
	g_string_append(out, " },\n");
}

static void put_tables(GString *out, const struct client_tables *tables)
{
	put_clients(out, tables);
	g_string_append(out, "const struct client_feature builtin_client_features[] = {\n");
	for (guint i = 0; i < tables->features->len; i++)
		put_feature(out, &g_array_index(tables->features, struct client_feature, i));
	g_string_append_printf(out, "};\nconst size_t n_builtin_client_features = %u;\n\nconst struct client_probe builtin_client_probes[] = {\n",
			       tables->features->len);
	for (guint i = 0; i < tables->probes->len; i++)
		put_probe(out, &g_array_index(tables->probes, struct client_probe, i));
	g_string_append_printf(out, "};\nconst size_t n_builtin_client_probes = %u;\nconst char builtin_clients_date[] = ", tables->probes->len);
	put_string(out, tables->date);
	g_string_append(out, ";\n");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: %s CLIENTS-FOLDER OUTPUT.c\n", argv[0]);
		return 2;
	}
	struct arena *arena = arena_new();
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	struct client_tables tables = client_load_folder(arena, argv[1], errors);
	int status = errors->len ? 2 : 0;

	for (guint i = 0; i < errors->len; i++)
		fprintf(stderr, "%s\n", (const char *)g_ptr_array_index(errors, i));
	if (status == 0) {
		GString *out = g_string_new("/* Made from rules.d/clients by clients2c. Do not edit. Which client supports what: Can I email,\n"
					    " * MIT, Copyright (c) 2019 R\303\251mi Parmentier. */\n#include \"rule/client.h\"\n\n");
		GError *error = NULL;
		put_tables(out, &tables);
		if (!g_file_set_contents(argv[2], out->str, (gssize)out->len, &error)) {
			fprintf(stderr, "%s\n", error->message);
			g_error_free(error);
			status = 2;
		}
		g_string_free(out, TRUE);
	}
	client_tables_release(&tables);
	g_ptr_array_unref(errors);
	arena_free(arena);
	return status;
}
