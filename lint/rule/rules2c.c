/* A program of the build machine: rule files in, constant C tables out, so that presend reads no rule of its own when it starts.
 * Uses GLib and libyaml only; knows neither checks nor patterns, which the tests of the rules try out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/c_literal.h"
#include "rule/pack.h"
#include "rule/rule_load.h"

/* The C name of a list: shared by all rules that name it. */
static void put_data_name(GString *out, const struct data_list *list)
{
	g_string_append(out, "data_");
	for (const char *p = list->name; *p; p++)
		g_string_append_c(out, *p == '-' ? '_' : *p);
}

/* One block of text and one of numbers, neither of which the loader of programs has to relocate. */
static void put_data_list(GString *out, const struct data_list *list)
{
	g_string_append(out, "static const struct data_list ");
	put_data_name(out, list);
	g_string_append(out, " = {\n\t");
	put_field(out, "name", list->name);
	put_field(out, "title", list->title);
	put_field(out, "title_ja", list->title_ja);
	put_field(out, "date", list->date);
	g_string_append_printf(out, " .n = %zu, .is_table = %d,\n\t.text =", list->n, list->is_table);
	for (size_t i = 0; i < list->n; i++) {
		g_string_append(out, "\n\t\t");
		put_string(out, list->text + list->starts[i]);
		g_string_append(out, " \"\\0\"");
	}
	g_string_append(out, ",\n\t.starts = (const uint32_t[]){ ");
	for (size_t i = 0; i <= list->n; i++)
		g_string_append_printf(out, i % 16 ? "%u, " : "\n\t\t%u, ", list->starts[i]);
	g_string_append(out, "},\n};\n\n");
}

static void put_data(GString *out, const struct data_set *lists)
{
	for (size_t i = 0; i < lists->n; i++)
		put_data_list(out, lists->lists[i]);
	g_string_append(out, "const struct data_set builtin_data = { (const struct data_list *const[]){ ");
	for (size_t i = 0; i < lists->n; i++) {
		g_string_append_c(out, '&');
		put_data_name(out, lists->lists[i]);
		g_string_append(out, ", ");
	}
	g_string_append_printf(out, "NULL }, %zu };\n\n", lists->n);
}

/* Strings as they follow each other in a block, each with its NUL. */
static void put_block(GString *out, const GString *block)
{
	for (const char *p = block->str; p < block->str + block->len; p += strlen(p) + 1) {
		g_string_append(out, "\n\t");
		put_string(out, p);
		g_string_append(out, " \"\\0\"");
	}
}

static void put_pack(GString *out, const struct rule_set *set)
{
	static const struct data_set none = {NULL, 0};
	struct packed packed = rule_pack_write(set, &none);

	g_string_append(out, "static const uint32_t words[] = {");
	for (guint i = 0; i < packed.words->len; i++)
		g_string_append_printf(out, i % 16 ? " %uu," : "\n\t%uu,", g_array_index(packed.words, uint32_t, i));
	g_string_append(out, "\n};\nstatic const char text[] =");
	put_block(out, packed.text);
	g_string_append_printf(out,
	        ";\nconst struct rule_pack builtin_pack = {\n\t.words = words, .n_words = %u, .text = text, .n_text = sizeof text - 1, "
	        ".rules = %u, .n_rules = %zu, .trusted = true\n};\n",
	        packed.words->len, packed.rules, set->n);
	g_array_free(packed.words, TRUE);
	g_string_free(packed.text, TRUE);
}

/* Names and contents of the files, in the order of the rules. */
static void hash_file(GChecksum *checksum, const char *path, const char *name)
{
	char *bytes;
	gsize n;

	if (!g_file_get_contents(path, &bytes, &n, NULL))
		return;
	g_checksum_update(checksum, (const guchar *)name, (gssize)strlen(name) + 1);
	g_checksum_update(checksum, (const guchar *)bytes, (gssize)n);
	g_checksum_update(checksum, (const guchar *)"", 1);
	g_free(bytes);
}

static char *rules_version(const struct rule_set *set, const struct data_set *lists)
{
	GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA1);
	for (size_t i = 0; i < set->n; i++)
		hash_file(checksum, set->rules[i]->file, set->rules[i]->id);
	for (size_t i = 0; i < lists->n; i++) {
		const struct data_list *list = lists->lists[i];
		g_checksum_update(checksum, (const guchar *)list->name, (gssize)strlen(list->name) + 1);
		g_checksum_update(checksum, (const guchar *)list->text, (gssize)list->starts[list->n]);
	}
	char *version = g_strndup(g_checksum_get_string(checksum), 12);
	g_checksum_free(checksum);
	return version;
}

/* Our own rules can only supersede our own. */
static void check_supersedes(const struct rule_set *set, GPtrArray *errors)
{
	for (size_t i = 0; i < set->n; i++)
		for (const char *const *id = set->rules[i]->supersedes; id && *id; id++)
			if (strcmp(*id, "*") != 0 && !rule_set_find(set, *id))
				g_ptr_array_add(errors,
				        g_strdup_printf("%s:1:1: supersedes: there is no rule \"%s\"", set->rules[i]->file, *id));
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: %s RULES-FOLDER OUTPUT.c\n", argv[0]);
		return 2;
	}
	struct arena *arena = arena_new();
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	char *data_folder = g_build_filename(argv[1], "data", NULL);
	struct data_set lists = data_load_folder(arena, data_folder, errors);
	struct rule_set set = rule_load_folder(arena, argv[1], NULL, &lists, errors);
	if (!errors->len)
		check_supersedes(&set, errors);

	int status = errors->len ? 2 : 0;
	for (guint i = 0; i < errors->len; i++)
		fprintf(stderr, "%s\n", (const char *)g_ptr_array_index(errors, i));
	if (status == 0) {
		char *version = rules_version(&set, &lists);
		GString *out =
		        g_string_new("/* Made from the rule files by rules2c. Do not edit. */\n#include \"rule/pack.h\"\n\n");
		put_data(out, &lists);
		put_pack(out, &set);
		g_string_append_printf(out, "const char builtin_rules_version[] = \"%s\";\n", version);

		FILE *file = fopen(argv[2], "wb");
		if (!file || fwrite(out->str, 1, out->len, file) != out->len || fclose(file) != 0) {
			fprintf(stderr, "%s: %s\n", argv[2], g_strerror(errno));
			status = 2;
		}
		g_string_free(out, TRUE);
		g_free(version);
	}
	g_free(data_folder);
	g_ptr_array_unref(errors);
	arena_free(arena);
	return status;
}
