/* A program of the build machine: rule files in, constant C tables out, so that presend reads no rule of its own when it starts.
 * Uses GLib and libyaml only; knows neither checks nor patterns, which the tests of the rules try out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/c_literal.h"
#include "rule/rule_load.h"

static void put_localized(GString *out, const char *field, const struct localized *text)
{
	g_string_append_printf(out, " .%s = { { ", field);
	for (int i = 0; i < N_LANGUAGES; i++) {
		put_string(out, text->text[i]);
		g_string_append(out, i + 1 < N_LANGUAGES ? ", " : " } },");
	}
}

static void put_number(GString *out, const char *field, long value)
{
	if (value)
		g_string_append_printf(out, " .%s = %ld,", field, value);
}

/* The value of a match: a compound literal in braces. The loader bounds the depth. */
static void put_match(GString *out, const struct rule_match *match)
{
	g_string_append_printf(out, "{ .kind = %d,", (int)match->kind);
	if (match->kind == MATCH_PHRASE || match->kind == MATCH_REGEX) {
		g_string_append_printf(
		        out, " .target = %d, .form = %d, .border = %d,", (int)match->target, (int)match->form, (int)match->border);
		put_field(out, "header", match->header);
		put_list(out, "phrases", match->phrases);
		put_list(out, "except", match->except);
		put_field(out, "regex", match->regex);
	} else {
		put_number(out, "min", match->min);
		put_number(out, "max", match->max);
		put_number(out, "distinct", match->distinct);
		put_number(out, "distance", match->distance);
		g_string_append(out, "\n\t.children = (const struct rule_match *const[]){ ");
		for (const struct rule_match *const *child = match->children; *child; child++) {
			g_string_append(out, "&(const struct rule_match)");
			put_match(out, *child);
			g_string_append(out, ",\n\t");
		}
		g_string_append(out, "NULL },");
	}
	g_string_append(out, " }");
}

static void put_conditions(GString *out, const struct rule *rule)
{
	if (!rule->n_conditions)
		return;
	g_string_append(out, "\n\t.conditions = (const struct rule_condition[]){");
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct rule_condition *condition = &rule->conditions[i];
		g_string_append(out, "\n\t\t{");
		put_number(out, "stages", condition->stages);
		put_number(out, "classes", condition->classes);
		put_number(out, "volumes", condition->volumes);
		put_number(out, "profiles", condition->profiles);
		put_number(out, "target_jis", condition->target_jis);
		put_list(out, "fields", condition->fields);
		put_list(out, "cases", condition->cases);
		put_list(out, "added", condition->added);
		g_string_append_printf(out, " .severity = %d,", condition->severity);
		put_list(out, "requirements", condition->requirements);
		g_string_append(out, " },");
	}
	g_string_append_printf(out, " },\n\t.n_conditions = %zu,", rule->n_conditions);
}

static void put_fixes(GString *out, const struct rule *rule)
{
	if (!rule->n_fixes)
		return;
	g_string_append(out, "\n\t.fixes = (const struct rule_fix[]){");
	for (size_t i = 0; i < rule->n_fixes; i++) {
		g_string_append(out, "\n\t\t{");
		put_field(out, "case_name", rule->fixes[i].case_name);
		g_string_append_printf(out, " .safe = %d,", rule->fixes[i].safe);
		put_localized(out, "text", &rule->fixes[i].text);
		g_string_append(out, " },");
	}
	g_string_append_printf(out, " },\n\t.n_fixes = %zu,", rule->n_fixes);
}

static void put_texts(GString *out, const struct rule *rule)
{
	put_localized(out, "title", &rule->title);
	g_string_append(out, "\n\t");
	put_localized(out, "why", &rule->why);
	g_string_append(out, "\n\t");
	put_localized(out, "help", &rule->help);
	g_string_append(out, "\n\t.messages = (const struct rule_message[]){");
	for (size_t i = 0; i < rule->n_messages; i++) {
		g_string_append(out, "\n\t\t{");
		put_field(out, "case_name", rule->messages[i].case_name);
		put_localized(out, "text", &rule->messages[i].text);
		g_string_append(out, " },");
	}
	g_string_append_printf(out, " },\n\t.n_messages = %zu,", rule->n_messages);
	put_fixes(out, rule);
	g_string_append(out, "\n\t.sources = (const struct rule_source[]){");
	for (size_t i = 0; i < rule->n_sources; i++) {
		g_string_append(out, "\n\t\t{");
		put_field(out, "name", rule->sources[i].name);
		put_field(out, "section", rule->sources[i].section);
		put_field(out, "url", rule->sources[i].url);
		put_field(out, "date", rule->sources[i].date);
		g_string_append(out, " },");
	}
	g_string_append_printf(out, " },\n\t.n_sources = %zu,", rule->n_sources);
}

/* The C name of a list: shared by all rules that name it. */
static void put_data_name(GString *out, const struct data_list *list)
{
	g_string_append(out, "data_");
	for (const char *p = list->name; *p; p++)
		g_string_append_c(out, *p == '-' ? '_' : *p);
}

static void put_data_names(GString *out, const struct data_list *const *lists)
{
	if (!lists)
		return;
	g_string_append(out, " .data = (const struct data_list *const[]){ ");
	for (; *lists; lists++) {
		g_string_append_c(out, '&');
		put_data_name(out, *lists);
		g_string_append(out, ", ");
	}
	g_string_append(out, "NULL },");
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

static void put_settings(GString *out, const struct rule *rule)
{
	if (!rule->n_settings)
		return;
	g_string_append(out, "\n\t.settings = (const struct rule_setting[]){");
	for (size_t i = 0; i < rule->n_settings; i++) {
		g_string_append(out, "\n\t\t{");
		put_field(out, "key", rule->settings[i].key);
		put_field(out, "value", rule->settings[i].value);
		put_list(out, "list", rule->settings[i].list);
		put_data_names(out, rule->settings[i].data);
		g_string_append(out, " },");
	}
	g_string_append_printf(out, " },\n\t.n_settings = %zu,", rule->n_settings);
}

static void put_phrases(GString *out, const struct rule *rule)
{
	if (!rule->n_phrases)
		return;
	g_string_append(out, "\n\t.phrases = (const struct rule_phrase[]){");
	for (size_t i = 0; i < rule->n_phrases; i++) {
		const struct rule_phrase *phrase = &rule->phrases[i];
		g_string_append_printf(out, "\n\t\t{ .strength = %d, .line = %d,", (int)phrase->strength, phrase->line);
		put_field(out, "hit", phrase->hit);
		put_field(out, "miss", phrase->miss);
		put_field(out, "note", phrase->note);
		put_number(out, "subject", phrase->subject);
		put_number(out, "shop", phrase->shop);
		g_string_append(out, " },");
	}
	g_string_append_printf(out, " },\n\t.n_phrases = %zu,", rule->n_phrases);
}

static void put_examples(GString *out, const struct rule *rule)
{
	g_string_append(out, "\n\t.examples = (const struct rule_example[]){");
	for (size_t i = 0; i < rule->n_examples; i++) {
		const struct rule_example *example = &rule->examples[i];
		g_string_append_printf(out, "\n\t\t{ .fail = %d, .line = %d,", example->fail, example->line);
		put_field(out, "name", example->name);
		put_field(out, "kind", example->kind);
		put_field(out, "content", example->content);
		put_field(out, "file_name", example->file_name);
		put_field(out, "data", example->data);
		put_field(out, "repeat_line", example->repeat_line);
		put_number(out, "repeat_times", example->repeat_times);
		put_list(out, "parts", example->parts);
		put_field(out, "hit", example->hit);
		put_field(out, "excerpt", example->excerpt);
		put_field(out, "severity", example->severity);
		put_field(out, "fixed", example->fixed);
		put_field(out, "fix", example->fix);
		put_field(out, "options", example->options);
		put_list(out, "requirements", example->requirements);
		put_number(out, "count", example->count);
		g_string_append(out, " },");
	}
	g_string_append_printf(out, " },\n\t.n_examples = %zu,", rule->n_examples);
}

static void put_rule(GString *out, const struct rule *rule, size_t number)
{
	g_string_append_printf(out, "static const struct rule rule_%zu = {\n\t", number);
	put_field(out, "id", rule->id);
	put_field(out, "area", rule->area);
	put_field(out, "file", rule->file);
	put_list(out, "requirements", rule->requirements);
	g_string_append_printf(out, "\n\t.severity = %d, .confidence = %d,", (int)rule->severity, (int)rule->confidence);
	put_conditions(out, rule);
	g_string_append(out, "\n\t");
	put_texts(out, rule);
	put_field(out, "smtp_reply", rule->smtp_reply);
	put_list(out, "supersedes", rule->supersedes);
	put_field(out, "check", rule->check);
	put_settings(out, rule);
	if (rule->match) {
		g_string_append(out, "\n\t.match = &(const struct rule_match)");
		put_match(out, rule->match);
		g_string_append_c(out, ',');
	}
	put_phrases(out, rule);
	put_examples(out, rule);
	put_number(out, "several_messages", rule->several_messages);
	put_number(out, "skips_quoted", rule->skips_quoted);
	put_number(out, "default_off", rule->default_off);
	g_string_append(out, "\n};\n\n");
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
		        g_string_new("/* Made from the rule files by rules2c. Do not edit. */\n#include \"rule/rule.h\"\n\n");
		put_data(out, &lists);
		for (size_t i = 0; i < set.n; i++)
			put_rule(out, set.rules[i], i);
		g_string_append(out, "const struct rule *const builtin_rules[] = {\n");
		for (size_t i = 0; i < set.n; i++)
			g_string_append_printf(out, "\t&rule_%zu,\n", i);
		g_string_append_printf(out,
		        "\tNULL,\n};\nconst size_t n_builtin_rules = %zu;\nconst char builtin_rules_version[] = \"%s\";\n\n", set.n,
		        version);

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
