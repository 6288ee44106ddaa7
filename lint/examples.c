/* Runs the examples of rules: for the tests of the shipped ones and for "presend rules check". Part of the top layer, as an
 * example goes through the whole pipeline. */
#include "run.h"

#include <stdio.h>
#include <string.h>

#include "doc/message.h"
#include "mail/input.h"
#include "rule/check.h"
#include "rule/engine.h"
#include "rule/example.h"
#include "rule/fix.h"
#include "rule/match.h"
#include "rule/rule_load.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

static void fail(GPtrArray *failures, const struct rule *rule, const struct rule_example *example, const char *format, ...) G_GNUC_PRINTF(4, 5);

static void fail(GPtrArray *failures, const struct rule *rule, const struct rule_example *example, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *what = g_strdup_vprintf(format, args);
	va_end(args);
	const char *name = example->name;
	g_ptr_array_add(failures, g_strdup_printf("%s:%d: example%s%s%s: %s", rule->file, example->line, name ? " (" : "", name ? name : "",
						  name ? ")" : "", what));
	g_free(what);
}

static bool same_ids(const char *const *wanted, const char **got)
{
	size_t n = 0;

	for (; wanted && wanted[n]; n++)
		if (!g_strv_contains((const gchar *const *)got, wanted[n]))
			return false;
	return !got[n];
}

/* An argument that the check never gives would be shown as {name}. A quoted merge tag has two braces. */
static bool has_unfilled_place(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";

	for (const char *p = strchr(text, '{'); p; p = strchr(p + 1, '{')) {
		size_t n = strspn(p + 1, letters);
		if (n && p[1 + n] == '}' && p[2 + n] != '}' && (p == text || (p[-1] != '{' && p[-1] != '$' && p[-1] != '#' && p[-1] != '@')))
			return true;
	}
	return false;
}

static void judge_texts(const struct rule *rule, const struct rule_example *example, const struct finding *finding, GPtrArray *failures)
{
	for (size_t language = 0; language < N_LANGUAGES; language++) {
		const struct localized *const texts[] = { &finding->message->text, &rule->help };
		for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
			char *text = finding_format(finding, texts[i], (enum language)language);
			/* The text of the draft may hold braces itself: only what the rule wrote counts. */
			if (has_unfilled_place(text) && !(finding->excerpt && strchr(finding->excerpt, '{')))
				fail(failures, rule, example, "the text \"%s\" has a place that nothing fills", text);
			g_free(text);
		}
	}
}

/* Judge one finding of a failing example. */
static void judge_finding(const struct rule *rule, const struct rule_example *example, const struct finding *finding, struct span file, GPtrArray *failures)
{
	if (example->hit) {
		struct span covered = span_cut(file, finding->start.offset, finding->end.offset);
		if (!span_eq(covered, span_str(example->hit)))
			fail(failures, rule, example, "the finding covers \"%.*s\" at %zu:%zu, not \"%s\"", (int)covered.n, covered.p,
			     finding->start.line, finding->start.column, example->hit);
	}
	if (example->excerpt && g_strcmp0(finding->excerpt, example->excerpt) != 0)
		fail(failures, rule, example, "the excerpt is \"%s\", not \"%s\"", finding->excerpt ? finding->excerpt : "", example->excerpt);
	if (example->severity && strcmp(severity_name(finding->severity), example->severity) != 0)
		fail(failures, rule, example, "the severity is %s, not %s", severity_name(finding->severity), example->severity);
	if (example->requirements && !same_ids(example->requirements, finding->requirements)) {
		char *got = g_strjoinv(" ", (char **)finding->requirements);
		fail(failures, rule, example, "the requirements are %s", got);
		g_free(got);
	}
	const char *fix = !finding->fix ? "none" : finding->fix->safe ? "safe" : "unsafe";
	if (example->fix && strcmp(example->fix, fix) != 0)
		fail(failures, rule, example, "the fix is %s, not %s", fix, example->fix);
	judge_texts(rule, example, finding, failures);
}

/* A near miss of a row: no finding of any rule has its id. */
static void judge_near_miss(const struct rule *rule, const struct rule_example *example, const struct finding *finding, GPtrArray *failures)
{
	const char *const *ids = example->requirements;

	for (size_t i = 0; ids && ids[i]; i++) {
		if (finding->rule != rule && g_strv_contains((const gchar *const *)finding->requirements, ids[i]))
			fail(failures, rule, example, "must pass %s, but %s is found at %zu:%zu (%s)", ids[i], finding->rule->id, finding->start.line,
			     finding->start.column, finding->excerpt ? finding->excerpt : "no excerpt");
	}
}

struct example_run {
	struct lint_options options;
	const char *path;
	struct span bytes;
	bool is_template;
	int template_kind;
};

/* After the fix of its finding the file holds what the example says, and the finding is gone. results: of the file as it is. */
static void judge_fixed(const struct rule_set *set, const struct rule *rule, const struct rule_example *example, const struct example_run *run, GPtrArray *results,
			GPtrArray *failures)
{
	const struct text file = { .bytes = run->bytes };
	GString *fixed = g_string_new(NULL);

	for (guint i = 0; i < results->len; i++) {
		struct message_result *result = g_ptr_array_index(results, i);
		for (size_t k = 0; k < result->n_findings; k++)
			if (result->findings[k].rule != rule)
				result->findings[k].fix = NULL;
	}
	size_t n = fix_apply(fixed, &file, (struct message_result *const *)results->pdata, results->len, true);
	if (!n || !strstr(fixed->str, example->fixed))
		fail(failures, rule, example, "fixed, the file does not hold \"%s\"%s", example->fixed, n ? "" : ": there is no fix");
	GPtrArray *after = run_lint_bytes(set, &run->options, run->path, span_of(fixed->str, fixed->len), run->is_template, run->template_kind);
	for (guint i = 0; i < after->len; i++) {
		struct message_result *result = g_ptr_array_index(after, i);
		for (size_t k = 0; k < result->n_findings; k++)
			if (n && result->findings[k].rule == rule && result->findings[k].fix)
				fail(failures, rule, example, "the fix does not end the finding");
		message_result_free(result);
	}
	g_ptr_array_free(after, TRUE);
	g_string_free(fixed, TRUE);
}

static void run_example(const struct rule_set *set, const struct rule *rule, const struct rule_example *example, GPtrArray *failures)
{
	struct example_file file;
	struct lint_options options;
	GError *error = NULL;

	if (!example_build(example, ".", &file, &error)) {
		fail(failures, rule, example, "%s", error->message);
		g_error_free(error);
		return;
	}
	if (file.is_skipped || !example_options(example, &options)) {
		if (!file.is_skipped)
			fail(failures, rule, example, "bad options: %s", example->options);
		example_file_release(&file);
		return;
	}
	/* Exactly as long as the draft and without a NUL behind it, so that a sanitizer sees a read too far. */
	char *bytes = g_memdup2(file.bytes->str, file.bytes->len);
	struct span span = span_of(bytes ? bytes : "", file.bytes->len);
	enum template_kind template_kind = TEMPLATE_NONE;
	enum input_kind kind = input_kind_of(file.path, &template_kind);
	if (file.is_template && template_kind == TEMPLATE_NONE)
		template_kind = TEMPLATE_HTML;
	GPtrArray *only = g_ptr_array_new();
	g_ptr_array_add(only, (gpointer)rule->id);
	if (rule->default_off)
		options.extend_select = only;
	const struct example_run run = { options, file.path, span, file.is_template || kind == INPUT_TEMPLATE, (int)template_kind };
	GPtrArray *results = example->data ? run_lint_rows(set, &options, run.path, span, run.template_kind, span_str(example->data), false, failures)
					   : run_lint_bytes(set, &options, run.path, span, run.is_template, run.template_kind);
	if (!results)
		results = g_ptr_array_new();
	int found = 0;

	for (guint i = 0; i < results->len; i++) {
		struct message_result *result = g_ptr_array_index(results, i);
		for (size_t k = 0; k < result->n_findings; k++) {
			const struct finding *finding = &result->findings[k];
			if (!example->fail)
				judge_near_miss(rule, example, finding, failures);
			if (finding->rule != rule)
				continue;
			if (!found++ && example->fail)
				judge_finding(rule, example, finding, span, failures);
			else if (!example->fail)
				fail(failures, rule, example, "must pass, but is found at %zu:%zu (%s)", finding->start.line,
				     finding->start.column, finding->excerpt ? finding->excerpt : "no excerpt");
		}
	}
	if (example->fixed)
		judge_fixed(set, rule, example, &run, results, failures);
	for (guint i = 0; i < results->len; i++)
		message_result_free(g_ptr_array_index(results, i));
	if (example->fail && (example->count ? found != example->count : found == 0))
		fail(failures, rule, example, "must be found %s, is found %d times", example->count ? "exactly as often as count says" : "at least once",
		     found);
	g_ptr_array_free(only, TRUE);
	g_ptr_array_free(results, TRUE);
	g_free(bytes);
	example_file_release(&file);
}

/* --- phrases ----------------------------------------------------------------------------------------------------------------- */

static void note_entries(const struct rule *rule, const struct match_hit *hits, size_t n_hits, bool gave_up, void *data)
{
	bool *found = data;

	(void)rule;
	(void)gave_up;
	for (size_t i = 0; i < n_hits; i++)
		found[hits[i].entry] = true;
}

/* Which entries of the rule are found in a text. */
static void find_entries(struct match_worker *worker, const struct rule_phrase *phrase, const char *content, bool *found)
{
	const struct rule_example example = { .kind = phrase->subject ? "subject" : "text", .content = content };
	struct example_file file;

	if (!example_build(&example, ".", &file, NULL))
		return;
	struct arena *arena = arena_new();
	const struct text text = { .bytes = span_of(file.bytes->str, file.bytes->len) };
	const struct line_index lines = line_index_new(arena, text.bytes);
	struct message *message =
		message_new(file.path, &text, &lines, (struct range){ 0, text.bytes.n }, 0, INPUT_MESSAGE, TEMPLATE_NONE);
	match_run(worker, message, NULL, note_entries, found);
	message_free(message);
	arena_free(arena);
	example_file_release(&file);
}

/* Each spelling of a phrase is found where a sentence begins with it: one that the word border behind it or an exception never lets
 * through is a spelling in vain. */
static void run_spellings(const struct rule *rule, size_t entry, struct match_worker *worker, GPtrArray *failures)
{
	const struct rule_match *leaf = rule->match->children[entry];

	if (leaf->kind == MATCH_ANY)
		leaf = leaf->children[0];
	for (size_t i = 0; leaf->kind == MATCH_PHRASE && leaf->phrases[i]; i++) {
		char *content = g_strconcat(leaf->phrases[i], "の話", rule->phrases[entry].subject ? "" : "\n", NULL);
		bool *found = g_new0(bool, rule->n_phrases);
		find_entries(worker, &rule->phrases[entry], content, found);
		if (!found[entry])
			g_ptr_array_add(failures, g_strdup_printf("%s:%d: the spelling \"%s\" is not found in \"%sの話\"", rule->file,
								  rule->phrases[entry].line, leaf->phrases[i], leaf->phrases[i]));
		g_free(found);
		g_free(content);
	}
}

/* Each phrase is found in its hit and not in its near miss. */
static void run_phrases(const struct rule *rule, GPtrArray *failures)
{
	const struct rule_set alone = { &rule, 1 };
	struct match_set *set = match_set_new(&alone);
	struct match_worker *worker = match_worker_new(set, NULL);

	for (size_t i = 0; i < rule->n_phrases; i++) {
		const struct rule_phrase *phrase = &rule->phrases[i];
		const char *const contents[] = { phrase->hit, phrase->miss };
		for (size_t k = 0; k < G_N_ELEMENTS(contents); k++) {
			char *content = phrase->subject ? g_strdup(contents[k]) : g_strconcat(contents[k], "\n", NULL);
			bool *found = g_new0(bool, rule->n_phrases);
			find_entries(worker, phrase, content, found);
			if (found[i] != (k == 0))
				g_ptr_array_add(failures, g_strdup_printf("%s:%d: the phrase is %s its %s \"%s\"", rule->file, phrase->line,
									  k == 0 ? "not found in" : "found in",
									  k == 0 ? "hit" : "near miss", contents[k]));
			g_free(found);
			g_free(content);
		}
		run_spellings(rule, i, worker, failures);
	}
	match_worker_free(worker);
	match_set_free(set);
}

void run_rule_examples(const struct rule_set *set, const struct rule *rule, GPtrArray *failures)
{
	struct arena *arena = arena_new();
	size_t n;
	const struct rule_example *examples = rule_examples(rule, arena, &n);

	for (size_t i = 0; i < n; i++)
		run_example(set, rule, &examples[i], failures);
	if (n < rule->n_examples)
		g_ptr_array_add(failures, g_strdup_printf("%s: the examples cannot be read: the file is broken", rule->file));
	arena_free(arena);
	if (rule->n_phrases)
		run_phrases(rule, failures);
}

int run_check_rules(const char *path, enum language language)
{
	struct run_rules rules;
	GPtrArray *failures = g_ptr_array_new_with_free_func(g_free);
	size_t n_rules = 0, n_examples = 0, n_slow = 0;

	if (!run_load_rules(path, true, language, &rules)) {
		g_ptr_array_free(failures, TRUE);
		return EXIT_TROUBLE;
	}
	message_library_init();
	for (size_t i = 0; i < rules.set.n; i++) {
		if (strcmp(rules.set.rules[i]->area, "engine") == 0)
			continue; /* presend's own */
		bool slow = false;
		n_rules++;
		match_check_rule(rules.set.rules[i], &slow, NULL);
		if (slow) {
			n_slow++;
			printf("%s: %s\n", rules.set.rules[i]->file,
			       say(language, "slow: a pattern without a fixed piece of text runs over every text",
				   "低速: 固定の文字列を含まない正規表現は、すべての本文に対して実行されます"));
		}
		n_examples += rules.set.rules[i]->n_examples + 2 * rules.set.rules[i]->n_phrases;
		run_rule_examples(&rules.set, rules.set.rules[i], failures);
	}
	for (guint i = 0; i < failures->len; i++)
		printf("%s\n", (const char *)g_ptr_array_index(failures, i));
	if (language == LANGUAGE_JA)
		printf("ルール %zu 件、例 %zu 件、失敗 %u 件、低速 %zu 件\n", n_rules, n_examples, failures->len, n_slow);
	else
		printf("%zu rules, %zu examples, %u failed, %zu slow\n", n_rules, n_examples, failures->len, n_slow);
	int code = failures->len ? EXIT_FINDINGS : EXIT_CLEAN;
	if (n_rules == 0) {
		run_say(path, say(language, "no rule file in this folder", "このフォルダーにルールファイルがありません"));
		code = EXIT_TROUBLE;
	}
	g_ptr_array_free(failures, TRUE);
	run_rules_release(&rules);
	return code;
}
