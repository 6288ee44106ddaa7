/* Role: the additive score, on a point table of this test's own instead of the generated one.
 * May not: judge the real points; nothing is calibrated yet. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rule/score.h"

const struct score_points builtin_score_points[] = {
        {"a-one", 1.0},
        {"a-two", 2.0},
        {"a-three", 3.0},
        {"b-half", 0.5},
        {"b-good", -1.0},
        {"c-five", 5.0},
        {"zero", 0.0},
};
const size_t n_builtin_score_points = sizeof(builtin_score_points) / sizeof(builtin_score_points[0]);
static const struct score_points caps[] = {{"d-words", 4.0}, {"e-words", 1.5}};
const struct score_phrases builtin_score_phrases = {.strengths = {0.2, 0.8, 2.5}, .subject = 1.5, .caps = caps, .n_caps = 2};
const struct score_area builtin_score_areas[] = {{"a", 3.0}, {"b", 2.0}};
const size_t n_builtin_score_areas = sizeof(builtin_score_areas) / sizeof(builtin_score_areas[0]);

static const struct rule rules[] = {
        {.id = "a-one", .area = "a"},
        {.id = "a-two", .area = "a"},
        {.id = "a-three", .area = "a"},
        {.id = "b-half", .area = "b"},
        {.id = "c-five", .area = "c"},
        {.id = "zero", .area = "a"},
        {.id = "unlisted", .area = "a"},
        {.id = "b-good", .area = "b"},
        {.id = "no-area"},
};

/* fired: letters of rules in order of the table, '0' for the first. want: "rule=points rule=points" */
static const struct {
	const char *name, *fired;
	double points;
	const char *verdict, *want;
} cases[] = {
        {"nothing", "", 0, "clean", ""},
        {"one rule", "0", 1, "clean", "a-one=1.0000"},
        {"a rule counts once", "3333", 0.5, "clean", "b-half=0.5000"},
        {"up to the cap", "01", 3, "suspicious", "a-two=2.0000 a-one=1.0000"},
        {"scaled to the cap", "012", 3, "suspicious", "a-three=1.5000 a-two=1.0000 a-one=0.5000"},
        {"areas add up",
                "012"
                "3",
                3.5, "suspicious", "a-three=1.5000 a-two=1.0000 a-one=0.5000 b-half=0.5000"},
        {"an area without a cap", "4", 5, "spam-like", "c-five=5.0000"},
        {"rules without points are not named", "56", 0, "clean", ""},
        {"points may be taken away", "07", 0, "clean", "a-one=1.0000 b-good=-1.0000"},
        {"no area, no points", "8", 0, "clean", ""},
};

START_TEST(score_sums)
{
	struct arena *arena = arena_new();
	struct message_result result = {.arena = arena};
	struct finding findings[8] = {{0}};
	GString *got = g_string_new(NULL);
	double sum = 0;

	for (const char *p = cases[_i].fired; *p; p++)
		findings[result.n_findings++].rule = &rules[*p - '0'];
	result.findings = findings;
	score_compute(&result);
	ck_assert_ptr_nonnull(result.score);
	for (size_t i = 0; i < result.score->n_contributions; i++) {
		const struct contribution *contribution = &result.score->contributions[i];

		g_string_append_printf(got, "%s%s=%.4f", i > 0 ? " " : "", contribution->rule, contribution->points);
		ck_assert_str_eq(contribution->definition->id, contribution->rule);
		sum += contribution->points;
	}
	ck_assert_msg(strcmp(got->str, cases[_i].want) == 0, "%s: got %s", cases[_i].name, got->str);
	ck_assert_double_eq_tol(result.score->points, cases[_i].points, 1e-9);
	ck_assert_double_eq_tol(result.score->points, sum, 1e-9);
	ck_assert_str_eq(result.score->verdict, cases[_i].verdict);
	g_string_free(got, TRUE);
	arena_free(arena);
}
END_TEST

/* A probability, one half at the spam-like threshold, growing with the points. */
/* Rules made of phrases have the sum of what was found, up to their cap. */
static const struct {
	const char *name;
	double found[4];
	const char *rule;
	double points;
} phrase_cases[] = {
        {"nothing that counts", {0, 0}, "d-words", 0},
        {"one phrase", {2.5}, "d-words", 2.5},
        {"the sum", {0.8, 0.8, 0.2}, "d-words", 1.8},
        {"up to the cap", {2.5, 2.5, 0.8}, "d-words", 4},
        {"a cap of its own", {2.5}, "e-words", 1.5},
        {"a rule without a cap", {2.5, 2.5}, "f-words", 5},
};

START_TEST(score_phrases)
{
	static const struct rule_phrase phrase = {.strength = PHRASE_STRONG};
	const struct rule rule = {.id = phrase_cases[_i].rule, .area = "d", .phrases = &phrase, .n_phrases = 1};
	struct arena *arena = arena_new();
	struct finding findings[4] = {{0}};
	struct message_result result = {.arena = arena, .findings = findings, .n_findings = 4};

	for (size_t i = 0; i < 4; i++)
		findings[i] = (struct finding){.rule = &rule, .points = phrase_cases[_i].found[i]};
	score_compute(&result);
	ck_assert_double_eq_tol(result.score->points, phrase_cases[_i].points, 1e-9);
	arena_free(arena);
}
END_TEST

START_TEST(score_probability)
{
	static const char *const fired[] = {"", "0", "01", "4", "401"};
	double last = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(fired); i++) {
		struct arena *arena = arena_new();
		struct finding findings[4] = {{0}};
		struct message_result result = {.arena = arena, .findings = findings};

		for (const char *p = fired[i]; *p; p++)
			findings[result.n_findings++].rule = &rules[*p - '0'];
		score_compute(&result);
		ck_assert_double_gt(result.score->probability, last);
		ck_assert_double_lt(result.score->probability, 1);
		if (i == 3)
			ck_assert_double_eq_tol(result.score->probability, 0.5, 1e-9);
		last = result.score->probability;
		arena_free(arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("score");
	TCase *tcase = tcase_create("score");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, score_sums, 0, G_N_ELEMENTS(cases));
	tcase_add_loop_test(tcase, score_phrases, 0, G_N_ELEMENTS(phrase_cases));
	tcase_add_test(tcase, score_probability);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
