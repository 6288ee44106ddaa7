/* Tests of lint/config/: the TOML tree and its places, patterns, names of files, the table of keys, what is made of it. Expectations come from TOML 1.0,
 * gitignore(5) and docs/configuration.md. What needs a repository is tested in tests/config.sh. */
#include "draft_file.h"

#include <glib.h>

#include "config/config.h"
#include "config/files.h"
#include "config/schema.h"
#include "rule/options.h"

/* --- TOML -------------------------------------------------------------------------------------------------------------------- */

START_TEST(places)
{
	static const char file[] = "\xEF\xBB\xBF# 日本語\nあ = 1\n";
	static const char in[] = "b = \"日本\"  # x\na = [ 1, 'two',\n  true ]\n\n[lists.\"x y\"]\nk.v = 2.5\n[[path]]\n[[path]]\nd = 2026-11-24\n";
	struct arena *arena = arena_new();
	struct toml_fault fault;
	const struct toml_node *root = toml_read(arena, span_str(in), &fault);

	ck_assert_ptr_nonnull(root);
	ck_assert_uint_eq(root->n_children, 4);
	const struct toml_node *b = root->children[0], *a = root->children[1], *lists = root->children[2], *path = root->children[3];
	ck_assert_str_eq(b->key, "b");
	ck_assert_str_eq(b->string, "日本");
	ck_assert_uint_eq(b->place.column, 5);
	ck_assert_str_eq(a->key, "a");
	ck_assert_uint_eq(a->n_children, 3);
	ck_assert(a->children[0]->kind == TOML_INTEGER && a->children[0]->number == 1);
	ck_assert_str_eq(a->children[1]->string, "two");
	ck_assert(a->children[2]->kind == TOML_BOOLEAN && a->children[2]->boolean);
	ck_assert_uint_eq(a->children[2]->place.line, 3);
	ck_assert_uint_eq(a->children[2]->place.column, 3);
	ck_assert_str_eq(lists->children[0]->key, "x y");
	ck_assert_uint_eq(lists->children[0]->key_place.line, 5);
	ck_assert_uint_eq(lists->children[0]->key_place.column, 8);
	ck_assert(lists->children[0]->children[0]->children[0]->number == 2.5);
	ck_assert(path->kind == TOML_ARRAY && path->n_children == 2);
	ck_assert_int_eq(path->children[1]->children[0]->kind, TOML_DATE);
	/* A byte order mark is no part of the text; keys without quotes are ASCII in TOML 1.0. */
	ck_assert_ptr_null(toml_read(arena, span_str(file), &fault));
	ck_assert_uint_eq(fault.place.line, 2);
	arena_free(arena);
}
END_TEST

static const char *const no_toml[] = { "a", "a =", "a = 1\na = 2", "[a]\n[a]", "a = \"\\u0000\"", "a = 'x", "[.a]", "[a.]", "a = [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]",
				       "a.b.c.d.e.f.g.h.i.j = 1", "a = \"\xff\"", "a = 1 b = 2", "\"\\u0000\" = 1", "= 1", "[[a]]\n[a]", "é = 1",
				       "a = Д", "日本 = 1", "a = 1 é" };

START_TEST(refused)
{
	struct arena *arena = arena_new();
	struct toml_fault fault;

	ck_assert_ptr_null(toml_read(arena, span_str(no_toml[_i]), &fault));
	ck_assert_ptr_nonnull(fault.message);
	ck_assert_uint_ge(fault.place.line, 1);
	ck_assert_uint_ge(fault.place.column, 1);
	arena_free(arena);
}
END_TEST

/* --- patterns ---------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *pattern, *path;
	bool is_folder;
	enum glob_verdict want;
} globs[] = {
	{ "*.eml", "a.eml", false, GLOB_MATCH },
	{ "*.eml", "a/b/c.eml", false, GLOB_MATCH },
	{ "/*.eml", "a/c.eml", false, GLOB_SILENT },
	{ "a/*.eml", "a/c.eml", false, GLOB_MATCH },
	{ "a/*.eml", "b/a/c.eml", false, GLOB_SILENT },
	{ "a/*.eml", "a/b/c.eml", false, GLOB_SILENT },
	{ "a/**", "a/b/c.eml", false, GLOB_MATCH },
	{ "a/**", "a", true, GLOB_SILENT },
	{ "**/b", "b", true, GLOB_MATCH },
	{ "a/**/b", "a/b", false, GLOB_MATCH },
	{ "a/**/b", "a/x/y/b", false, GLOB_MATCH },
	{ "a/**/b", "a/x/bb", false, GLOB_SILENT },
	{ "build/", "build", true, GLOB_MATCH },
	{ "build/", "build", false, GLOB_SILENT },
	{ "!a", "a", false, GLOB_NEGATED },
	{ "\\!a", "!a", false, GLOB_MATCH },
	{ "a?c", "abc", false, GLOB_MATCH },
	{ "a?c", "a/c", false, GLOB_SILENT },
	{ "[a-c]x", "bx", false, GLOB_MATCH },
	{ "[!a-c]x", "bx", false, GLOB_SILENT },
	{ "[]]", "]", false, GLOB_MATCH },
	{ "[[:digit:]]", "7", false, GLOB_MATCH },
	{ "*", ".hidden", false, GLOB_MATCH },
	{ "日*", "日本", false, GLOB_MATCH },
};

START_TEST(matched)
{
	struct arena *arena = arena_new();
	struct glob_set *set = glob_set_new(arena);

	ck_assert(glob_set_add(set, arena, span_str(globs[_i].pattern)));
	ck_assert_msg(glob_set_match(set, globs[_i].path, globs[_i].is_folder) == globs[_i].want, "%s against %s", globs[_i].pattern, globs[_i].path);
	arena_free(arena);
}
END_TEST

START_TEST(lines)
{
	struct arena *arena = arena_new();
	struct glob_set *set = glob_set_new(arena);

	glob_set_add_file(set, arena, span_str("\xEF\xBB\xBF*.eml\r\n# words\n\n[broken\n\\#x  \nblank\\ \n!keep.eml"));
	ck_assert_int_eq(glob_set_match(set, "a.eml", false), GLOB_MATCH);
	ck_assert_int_eq(glob_set_match(set, "keep.eml", false), GLOB_NEGATED);
	ck_assert_int_eq(glob_set_match(set, "#x", false), GLOB_MATCH);
	ck_assert_int_eq(glob_set_match(set, "blank ", false), GLOB_MATCH);
	ck_assert_int_eq(glob_set_match(set, "blank", false), GLOB_SILENT);
	ck_assert_int_eq(glob_set_match(set, "# words", false), GLOB_SILENT);
	arena_free(arena);
}
END_TEST

START_TEST(covered)
{
	struct arena *arena = arena_new();
	struct glob_set *set = glob_set_new(arena);

	glob_set_add(set, arena, span_str("mail/"));
	glob_set_add(set, arena, span_str("!mail/old"));
	glob_set_add(set, arena, span_str("*.txt"));
	ck_assert_int_eq(glob_set_covers(set, "mail/a.eml"), GLOB_FOLDER);
	ck_assert_int_eq(glob_set_covers(set, "mail/b/a.eml"), GLOB_FOLDER);
	ck_assert_int_eq(glob_set_covers(set, "mail/old/a.eml"), GLOB_NOT_COVERED);
	ck_assert_int_eq(glob_set_covers(set, "mail/old/a.txt"), GLOB_NAMED);
	ck_assert_int_eq(glob_set_covers(set, "other/a.eml"), GLOB_NOT_COVERED);
	ck_assert_int_eq(glob_set_covers(set, "mail"), GLOB_NOT_COVERED);
	arena_free(arena);
}
END_TEST

/* Many stars cost a product of lengths, no power. */
START_TEST(stars)
{
	struct arena *arena = arena_new();
	struct glob_set *set = glob_set_new(arena);
	GString *pattern = g_string_new(NULL), *name = g_string_new(NULL);

	for (int i = 0; i < 2000; i++) {
		g_string_append(pattern, "*a");
		g_string_append(name, "aa");
	}
	g_string_append(pattern, "b");
	glob_set_add(set, arena, span_str(pattern->str));
	ck_assert_int_eq(glob_set_match(set, name->str, false), GLOB_SILENT);
	g_string_truncate(pattern, 0);
	g_string_truncate(name, 0);
	for (int i = 0; i < 500; i++) {
		g_string_append(pattern, "**/a/");
		g_string_append(name, "a/a/");
	}
	g_string_append(pattern, "b");
	g_string_append(name, "c");
	glob_set_add(set, arena, span_str(pattern->str));
	ck_assert_int_eq(glob_set_match(set, name->str, false), GLOB_SILENT);
	g_string_free(pattern, TRUE);
	g_string_free(name, TRUE);
	arena_free(arena);
}
END_TEST

/* --- names ------------------------------------------------------------------------------------------------------------------- */

START_TEST(relative)
{
	ck_assert_str_eq(file_relative("/a/b/c", "/a/b"), "c");
	ck_assert_str_eq(file_relative("/a/b", "/a/b"), "");
	ck_assert_ptr_null(file_relative("/a/bc", "/a/b"));
	ck_assert_ptr_null(file_relative("/a", "/a/b"));
	ck_assert_str_eq(file_relative("/a", "/"), "a");
	char *path = file_absolute("../x/./y", "/a/b");
	ck_assert_str_eq(path, "/a/x/y");
	g_free(path);
}
END_TEST

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static struct config_file *read(struct arena *arena, const char *text, struct config_faults *faults)
{
	*faults = (struct config_faults){ LANGUAGE_EN, g_ptr_array_new_with_free_func(g_free) };
	return config_read(arena, span_str(text), "presend.toml", "/r", "/r", faults);
}

/* Each key takes its own example and, if it has one, its standard value, where it may stand; and every word is one that options know. */
START_TEST(examples)
{
	const struct config_key_definition *key = config_key((enum config_key)_i);
	static const char *const heads[] = { "", "[lists.weekly]\n", "[[path]]\n" };

	if (!key->example)
		return;
	for (size_t scope = 0; scope < G_N_ELEMENTS(heads); scope++) {
		if (!(key->scopes & 1u << scope))
			continue;
		const char *const values[] = { key->example, key->standard };
		for (size_t i = 0; i < 2 && values[i]; i++) {
			struct arena *arena = arena_new();
			struct config_faults faults;
			char *text = g_strdup_printf("%s%s%s = %s\n", heads[scope], scope == 2 && key->key != KEY_MATCH ? "match = \"x\"\n" : "", key->name,
						     values[i]);
			const struct config_file *file = read(arena, text, &faults);
			ck_assert_msg(faults.lines->len == 0, "%s: %s", text, faults.lines->len ? (char *)g_ptr_array_index(faults.lines, 0) : "");
			const struct config_table *table = scope == 0 ? &file->top : scope == 1 ? &file->lists[0] : &file->paths[0];
			ck_assert_ptr_nonnull(table->values[key->key]);
			g_free(text);
			g_ptr_array_free(faults.lines, TRUE);
			arena_free(arena);
		}
	}
}
END_TEST

START_TEST(words)
{
	const struct config_key_definition *key = config_key((enum config_key)_i);
	struct lint_options options = { 0 };
	enum severity severity;

	ck_assert(*key->help[LANGUAGE_EN] && *key->help[LANGUAGE_JA]);
	for (const char *const *word = key->words; word && *word; word++) {
		if (key->type == TYPE_SEVERITIES)
			ck_assert_msg(severity_parse(*word, &severity), "%s %s", key->name, *word);
		else if (key->key == KEY_FAIL_ON)
			ck_assert(severity_parse(*word, &severity) || strcmp(*word, "never") == 0);
		else if (key->key != KEY_LANG) {
			char *option = g_strconcat("--", key->option, NULL);
			ck_assert_msg(lint_options_set(&options, option, *word), "%s %s", key->name, *word);
			g_free(option);
		}
	}
}
END_TEST

/* The default file says nothing as it stands, and is good once every "#" in front of a key or a table is taken away. */
START_TEST(default_file)
{
	struct arena *arena = arena_new();
	struct config_faults faults;
	GString *out = g_string_new(NULL), *bare = g_string_new(NULL);

	config_write_default(out, (enum language)_i);
	const struct config_file *file = read(arena, out->str, &faults);
	ck_assert_uint_eq(faults.lines->len, 0);
	for (int i = 0; i < N_CONFIG_KEYS; i++)
		ck_assert_ptr_null(file->top.values[i]);
	g_ptr_array_free(faults.lines, TRUE);
	char **every = g_strsplit(out->str, "\n", -1);
	for (char **line = every; *line; line++)
		g_string_append_printf(bare, "%s\n", (*line)[0] == '#' && (*line)[1] != ' ' ? *line + 1 : *line);
	g_strfreev(every);
	file = read(arena, bare->str, &faults);
	ck_assert_msg(faults.lines->len == 0, "%s", faults.lines->len ? (char *)g_ptr_array_index(faults.lines, 0) : "");
	ck_assert_ptr_nonnull(file->top.values[KEY_PROFILE]);
	ck_assert_uint_eq(file->n_paths, 1);
	ck_assert_uint_eq(file->n_lists, 1);
	ck_assert_ptr_nonnull(file->lists[0].values[KEY_NAMES]);
	g_ptr_array_free(faults.lines, TRUE);
	g_string_free(out, TRUE);
	g_string_free(bare, TRUE);
	arena_free(arena);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("config");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, places);
	tcase_add_loop_test(tcase, refused, 0, N_ROWS(no_toml));
	tcase_add_loop_test(tcase, matched, 0, N_ROWS(globs));
	tcase_add_test(tcase, lines);
	tcase_add_test(tcase, covered);
	tcase_add_test(tcase, stars);
	tcase_add_test(tcase, relative);
	tcase_add_loop_test(tcase, examples, 0, N_CONFIG_KEYS);
	tcase_add_loop_test(tcase, words, 0, N_CONFIG_KEYS);
	tcase_add_loop_test(tcase, default_file, LANGUAGE_EN, N_LANGUAGES);
	return run_case("config", tcase);
}
