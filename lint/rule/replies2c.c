/* A program of the build machine: rules.d/replies in, constant C tables out. Uses GLib and libyaml only. */
#include <stdio.h>
#include <string.h>

#include "rule/c_literal.h"
#include "rule/reply_load.h"

static void put_localized(GString *out, const char *field, const struct localized *text)
{
	if (!text->text[0])
		return;
	g_string_append_printf(out, "\n\t  .%s = { { ", field);
	for (int i = 0; i < N_LANGUAGES; i++) {
		put_string(out, text->text[i]);
		g_string_append(out, i + 1 < N_LANGUAGES ? ", " : " } },");
	}
}

static void put_source(GString *out, const struct rule_source *source)
{
	g_string_append(out, "\n\t  .source = &(const struct rule_source){");
	put_field(out, "name", source->name);
	put_field(out, "section", source->section);
	put_field(out, "url", source->url);
	put_field(out, "date", source->date);
	g_string_append(out, " },");
}

static void put_reply(GString *out, const struct reply *reply)
{
	g_string_append(out, "\t{");
	put_field(out, "id", reply->id);
	g_string_append_printf(out, " .use = %d, .stage = %d, .class = %d, .common_words = %d, .fixer = %d,", (int)reply->use, (int)reply->stage,
			       (int)reply->class, reply->common_words, (int)reply->fixer);
	put_list(out, "receivers", reply->receivers);
	put_list(out, "codes", reply->codes);
	put_list(out, "statuses", reply->statuses);
	put_list(out, "all", reply->all);
	put_list(out, "any", reply->any);
	put_list(out, "none", reply->none);
	put_list(out, "anchors", reply->anchors);
	put_list(out, "answers", reply->answers);
	put_list(out, "requirements", reply->requirements);
	put_field(out, "since", reply->since);
	put_field(out, "until", reply->until);
	put_localized(out, "meaning", &reply->meaning);
	put_localized(out, "fix", &reply->fix);
	put_source(out, reply->source);
	g_string_append(out, "\n\t  .examples = (const struct reply_example[]){");
	for (size_t i = 0; i < reply->n_examples; i++) {
		const struct reply_example *example = &reply->examples[i];
		g_string_append_printf(out, "\n\t\t{ .hit = %d, .stage = %d,", example->hit, (int)example->stage);
		put_field(out, "text", example->text);
		put_field(out, "receiver", example->receiver);
		put_field(out, "status", example->status);
		g_string_append(out, " },");
	}
	g_string_append_printf(out, " },\n\t  .n_examples = %zu },\n", reply->n_examples);
}

static void put_tables(GString *out, const struct reply_tables *tables)
{
	g_string_append(out, "const struct reply builtin_replies[] = {\n");
	for (guint i = 0; i < tables->replies->len; i++)
		put_reply(out, &g_array_index(tables->replies, struct reply, i));
	g_string_append_printf(out, "};\nconst size_t n_builtin_replies = %u;\n\nconst struct reply_cut builtin_reply_cuts[] = {\n",
			       tables->replies->len);
	for (guint i = 0; i < tables->cuts->len; i++) {
		const struct reply_cut *cut = &g_array_index(tables->cuts, struct reply_cut, i);
		g_string_append(out, "\t{");
		put_field(out, "receiver", cut->receiver);
		put_field(out, "text", cut->text);
		put_list(out, "replies", cut->replies);
		g_string_append(out, " },\n");
	}
	g_string_append_printf(out, "};\nconst size_t n_builtin_reply_cuts = %u;\n\nconst struct reply_receiver builtin_reply_receivers[] = {\n",
			       tables->cuts->len);
	for (guint i = 0; i < tables->receivers->len; i++) {
		const struct reply_receiver *receiver = &g_array_index(tables->receivers, struct reply_receiver, i);
		g_string_append(out, "\t{");
		put_field(out, "id", receiver->id);
		put_localized(out, "name", &receiver->name);
		put_list(out, "hosts", receiver->hosts);
		put_list(out, "domains", receiver->domains);
		put_list(out, "texts", receiver->texts);
		g_string_append(out, " },\n");
	}
	g_string_append_printf(out, "};\nconst size_t n_builtin_reply_receivers = %u;\n\nconst struct reply_list builtin_reply_lists[] = {\n",
			       tables->receivers->len);
	for (guint i = 0; i < tables->lists->len; i++) {
		const struct reply_list *list = &g_array_index(tables->lists, struct reply_list, i);
		g_string_append(out, "\t{");
		put_field(out, "zone", list->zone);
		g_string_append_printf(out, " .dead = %d, .of_domains = %d,", list->dead, list->of_domains);
		put_field(out, "closed", list->closed);
		put_localized(out, "now", &list->now);
		put_source(out, list->source);
		g_string_append(out, " },\n");
	}
	g_string_append_printf(out, "};\nconst size_t n_builtin_reply_lists = %u;\n", tables->lists->len);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: %s REPLIES-FOLDER OUTPUT.c\n", argv[0]);
		return 2;
	}
	struct arena *arena = arena_new();
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	struct reply_tables tables = reply_load_folder(arena, argv[1], errors);
	int status = errors->len ? 2 : 0;

	for (guint i = 0; i < errors->len; i++)
		fprintf(stderr, "%s\n", (const char *)g_ptr_array_index(errors, i));
	if (status == 0) {
		GString *out = g_string_new("/* Made from rules.d/replies by replies2c. Do not edit. */\n#include \"rule/reply.h\"\n\n");
		GError *error = NULL;
		put_tables(out, &tables);
		if (!g_file_set_contents(argv[2], out->str, (gssize)out->len, &error)) {
			fprintf(stderr, "%s\n", error->message);
			g_error_free(error);
			status = 2;
		}
		g_string_free(out, TRUE);
	}
	reply_tables_release(&tables);
	g_ptr_array_unref(errors);
	arena_free(arena);
	return status;
}
