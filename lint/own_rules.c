/* Rules of one's own: read, checked against the built-in ones, and made into one file. */
#include "own_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "rule/check.h"
#include "rule/match.h"
#include "rule/rule_load.h"
#include "rule/several.h"
#include "run.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

static bool known_check(const char *name)
{
	for (size_t i = 0; i < n_check_registry; i++)
		if (strcmp(check_registry[i].name, name) == 0)
			return true;
	return several_find(name) != NULL;
}

static int compare_rules(const void *a, const void *b)
{
	const struct rule *first = *(const struct rule *const *)a, *second = *(const struct rule *const *)b;
	int order = strcmp(first->id, second->id);

	return order ? order : strcmp(first->file, second->file);
}

static void refuse_taken(const struct rule_set *set, GPtrArray *errors)
{
	for (size_t i = 0; i < set->n; i++)
		if (rule_set_find(builtin_rules(), set->rules[i]->id))
			g_ptr_array_add(errors, g_strdup_printf("%s:1:1: id \"%s\" is taken by a built-in rule", set->rules[i]->file, set->rules[i]->id));
}

/* --- folders ----------------------------------------------------------------------------------------------------------------- */

static void check_rules(const struct rule_set *set, GPtrArray *errors)
{
	for (size_t i = 0; i < set->n; i++) {
		GError *error = NULL;
		if (!match_check_rule(set->rules[i], NULL, &error)) {
			g_ptr_array_add(errors, g_strdup_printf("%s:1:1: %s", set->rules[i]->file, error->message));
			g_clear_error(&error);
		}
		if (i && strcmp(set->rules[i - 1]->id, set->rules[i]->id) == 0)
			g_ptr_array_add(errors, g_strdup_printf("%s:1:1: the rule \"%s\" is also in %s", set->rules[i]->file, set->rules[i]->id,
								set->rules[i - 1]->file));
	}
	refuse_taken(set, errors);
}

/* Rules of any folder may name the lists of all. own: those of the folders. */
static struct data_set lists_of(struct arena *arena, char *const *folders, size_t n, struct data_set *own, GPtrArray *errors)
{
	struct data_set all = builtin_data;

	for (size_t i = 0; i < n; i++) {
		char *folder = g_build_filename(folders[i], "data", NULL);
		struct data_set more = data_load_folder(arena, folder, errors);
		all = data_set_join(arena, &more, &all, folder, errors);
		g_free(folder);
	}
	const struct data_list **lists = ARENA_ARRAY(arena, const struct data_list *, all.n + 1);
	*own = (struct data_set){ lists, 0 };
	for (size_t i = 0; i < all.n; i++)
		if (data_set_find(&builtin_data, all.lists[i]->name) != all.lists[i])
			lists[own->n++] = all.lists[i];
	return all;
}

struct rule_set own_rules_of_folders(struct arena *arena, char *const *folders, size_t n, struct data_set *lists, GPtrArray *errors)
{
	struct data_set own, all = lists_of(arena, folders, n, lists ? lists : &own, errors);
	struct rule_set *sets = ARENA_ARRAY(arena, struct rule_set, n + 1), whole = { NULL, 0 };
	size_t n_rules = 0;

	for (size_t i = 0; i < n; i++) {
		sets[i] = rule_load_folder(arena, folders[i], known_check, &all, errors);
		n_rules += sets[i].n;
	}
	const struct rule **rules = ARENA_ARRAY(arena, const struct rule *, n_rules + 1);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sets[i].n; k++)
			rules[whole.n++] = sets[i].rules[k];
	qsort(rules, whole.n, sizeof *rules, compare_rules);
	whole.rules = rules;
	check_rules(&whole, errors);
	return whole;
}

/* --- one file ---------------------------------------------------------------------------------------------------------------- */

static void add_fault(GPtrArray *errors, const char *path, enum language language, const char *what)
{
	g_ptr_array_add(errors, g_strdup_printf(language == LANGUAGE_JA ? "%s: %s。presend rules compile フォルダー -o ファイル で作り直してください" : "%s: %s; make it again: presend rules compile DIR -o FILE", path, what));
}

/* Of 2,500 rules; there a fault for each page of the others is a small part of the run. */
#define MOST_WARM_BYTES ((size_t)8 << 20)

static void load_file(struct arena *arena, const char *path, enum language language, struct own_rules *out, GPtrArray *errors)
{
	enum rule_file_state state;
	struct data_set lists;
	const char *missing = NULL;
	char *what = NULL;

	if (!rule_file_open(path, &out->file, &state)) {
		g_ptr_array_add(errors, g_strdup_printf("%s: %s", path, g_strerror(errno)));
		return;
	}
	if (state == RULE_FILE_FOREIGN) {
		g_ptr_array_add(errors, g_strdup_printf(language == LANGUAGE_JA ? "%s: ルールのファイルではありません。フォルダーか、presend rules compile で作成したファイルを指定してください" : "%s: this is no file of rules; give a folder, or a file that presend rules compile wrote", path));
		return;
	}
	/* What is unpacked of it and made ready to match takes four times its bytes. */
	if (state == RULE_FILE_GOOD)
		heap_warm(MIN(4 * out->file.n, MOST_WARM_BYTES));
	if (state == RULE_FILE_OTHER_VERSION)
		what = g_strdup_printf(language == LANGUAGE_JA ? "presend %s で作成されたファイルで、この presend（" PRESEND_VERSION "）では読めません" : "presend %s made it, and this one (" PRESEND_VERSION ") cannot read it", out->file.version);
	else if (state == RULE_FILE_BROKEN || !rule_pack_read(arena, &out->file.pack, &builtin_data, &out->set, &lists, &missing))
		what = missing ? g_strdup_printf(language == LANGUAGE_JA ? "一覧「@%s」を参照していますが、この presend にはありません" : "it names the list \"@%s\", which this presend does not have", missing) :
				 g_strdup(say(language, "it is broken, cut off or changed", "壊れています（途中で切れているか、書き換えられています）"));
	for (size_t i = 0; !what && i < out->set.n; i++) {
		const char *check = out->set.rules[i]->check;
		if (check && !known_check(check))
			what = g_strdup_printf(language == LANGUAGE_JA ? "ルールが使う検査 %s が、この presend にはありません" : "the check %s, which one of its rules uses, is unknown to this presend", check);
	}
	if (what)
		add_fault(errors, path, language, what);
	else
		refuse_taken(&out->set, errors);
	g_free(what);
}

void own_rules_load(struct arena *arena, const char *path, enum language language, struct own_rules *out, GPtrArray *errors)
{
	char *const folders[] = { (char *)path };

	*out = (struct own_rules){ 0 };
	if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		load_file(arena, path, language, out, errors);
	else
		out->set = own_rules_of_folders(arena, folders, 1, NULL, errors);
}

/* --- presend rules compile --------------------------------------------------------------------------------------------------- */

static bool write_file(const char *path, const GString *bytes)
{
	GError *error = NULL;

	if (g_file_set_contents_full(path, bytes->str, (gssize)bytes->len, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &error))
		return true;
	const char *reason = g_strrstr(error->message, ": ");
	run_say(path, reason ? reason + 2 : error->message);
	g_error_free(error);
	return false;
}

int own_rules_compile(char *const *folders, size_t n, const char *out, enum language language)
{
	struct arena *arena = arena_new();
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	struct data_set lists;
	struct rule_set set = own_rules_of_folders(arena, folders, n, &lists, errors);
	int code = EXIT_TROUBLE;

	for (guint i = 0; i < errors->len; i++)
		run_say(NULL, g_ptr_array_index(errors, i));
	if (!errors->len && set.n == 0)
		run_say(folders[0], say(language, "no rule file in this folder", "このフォルダーにルールファイルがありません"));
	if (!errors->len && set.n) {
		GString *bytes = rule_file_make(&set, &lists);
		if (write_file(out, bytes)) {
			printf(language == LANGUAGE_JA ? "%s: ルール %zu 件、%zu バイト\n" : "%s: %zu rules, %zu bytes\n", out, set.n, bytes->len);
			code = EXIT_CLEAN;
		}
		g_string_free(bytes, TRUE);
	}
	g_ptr_array_free(errors, TRUE);
	arena_free(arena);
	return code;
}
