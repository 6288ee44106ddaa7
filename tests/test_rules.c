/* Every example of every shipped rule goes through the whole pipeline: what must fail is found, at the right bytes, with the right
 * ids and severity; the near miss beside it is not. One loop test a rule. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "doc/message.h"
#include "rule/check.h"
#include "rule/match.h"
#include "run.h"

static const struct rule_set *all_rules(void)
{
	static struct rule_set set;
	set = *builtin_rules();
	return &set;
}

START_TEST(examples_of_rule)
{
	const struct rule *rule = builtin_rules()->rules[_i];
	GPtrArray *failures = g_ptr_array_new_with_free_func(g_free);
	GString *report = g_string_new(NULL);

	run_rule_examples(all_rules(), rule, failures);
	for (guint i = 0; i < failures->len; i++)
		g_string_append_printf(report, "%s\n", (const char *)g_ptr_array_index(failures, i));
	ck_assert_msg(failures->len == 0, "%s", report->str);
	g_string_free(report, TRUE);
	g_ptr_array_free(failures, TRUE);
}
END_TEST

/* A rule that names a check has it; a rule with a pattern compiles, and has a literal that triggers it. */
START_TEST(rule_is_whole)
{
	const struct rule *rule = builtin_rules()->rules[_i];
	GError *error = NULL;
	bool slow = false;

	ck_assert_msg(match_check_rule(rule, &slow, &error), "%s: %s", rule->id, error ? error->message : "?");
	ck_assert_msg(!slow, "%s: a pattern without a literal runs over every text", rule->id);
	ck_assert_msg(rule->n_sources > 0, "%s: no source", rule->id);
	size_t failing = 0, passing = 0, n;
	struct arena *arena = arena_new();
	const struct rule_example *examples = rule_examples(rule, arena, &n);
	for (size_t i = 0; i < n; i++)
		examples[i].fail ? failing++ : passing++;
	ck_assert_msg(failing > 0 && passing > 0, "%s: %zu failing and %zu passing examples", rule->id, failing, passing);
	arena_free(arena);
}
END_TEST

/* Every native check belongs to a rule: dead code is found here. */
START_TEST(check_has_a_rule)
{
	const char *name = check_registry[_i].name;

	for (size_t i = 0; i < builtin_rules()->n; i++)
		if (builtin_rules()->rules[i]->check && strcmp(builtin_rules()->rules[i]->check, name) == 0)
			return;
	ck_abort_msg("no rule uses the check %s", name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rules");
	TCase *examples = tcase_create("examples"), *whole = tcase_create("whole");

	message_library_init();
	tcase_set_timeout(examples, 120);
	tcase_add_loop_test(examples, examples_of_rule, 0, (int)builtin_rules()->n);
	tcase_add_loop_test(whole, rule_is_whole, 0, (int)builtin_rules()->n);
	tcase_add_loop_test(whole, check_has_a_rule, 0, (int)n_check_registry);
	suite_add_tcase(suite, examples);
	suite_add_tcase(suite, whole);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
