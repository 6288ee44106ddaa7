/* Role: the catalogue of requirements is whole: size, letters, profiles, both languages, and how much of it the rules decide.
 * May not: judge a message; that is test_verdict.c. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "rule/coverage.h"
#include "rule/requirement.h"

/* How many rows of each group the draft, the signed file, DNS, the server and people decide. */
static const struct {
	const char *group;
	size_t n[DECIDED_BY_PEOPLE + 1];
} groups[] = {
        {"AU-", {0, 10, 13, 7, 1}},
        {"UN-", {21, 2, 0, 0, 5}},
        {"ID-", {21, 0, 0, 0, 2}},
        {"FM-", {34, 0, 0, 0, 0}},
        {"MI-", {42, 0, 0, 0, 0}},
        {"SZ-", {14, 0, 0, 1, 0}},
        {"LK-", {23, 0, 1, 0, 1}},
        {"HT-", {25, 0, 0, 0, 0}},
        {"TX-", {19, 0, 0, 0, 1}},
        {"TP-", {16, 0, 0, 0, 0}},
        {"LJ-", {9, 0, 0, 0, 3}},
        {"LU-", {3, 0, 0, 0, 5}},
        {"LE-", {4, 0, 0, 0, 5}},
        {"LC-", {3, 0, 0, 0, 4}},
        {"JR-", {4, 0, 7, 1, 2}},
        {"OP-", {0, 0, 0, 1, 14}},
};

START_TEST(group_counts)
{
	size_t n[DECIDED_BY_PEOPLE + 1] = {0};

	for (size_t i = 0; i < n_builtin_requirements; i++) {
		if (strncmp(builtin_requirements[i].id, groups[_i].group, 3) == 0)
			n[builtin_requirements[i].decided_by]++;
	}
	for (int k = 0; k <= DECIDED_BY_PEOPLE; k++)
		ck_assert_msg(n[k] == groups[_i].n[k], "%s %s: %zu, want %zu", groups[_i].group, decided_by_name((enum decided_by)k), n[k],
		        groups[_i].n[k]);
}
END_TEST

START_TEST(whole_and_sorted)
{
	size_t levels[LEVEL_MAY + 1] = {0};

	ck_assert_uint_eq(n_builtin_requirements, 324);
	for (size_t i = 0; i < n_builtin_requirements; i++) {
		const struct requirement *row = &builtin_requirements[i];

		ck_assert_uint_eq(strlen(row->id), 5);
		if (i > 0)
			ck_assert_str_lt(builtin_requirements[i - 1].id, row->id);
		ck_assert_ptr_eq(requirement_find(row->id), row);
		ck_assert_uint_gt(row->n_sources, 0);
		levels[row->level]++;
		for (int language = 0; language < N_LANGUAGES; language++) {
			ck_assert_msg(row->title.text[language] && *row->title.text[language], "%s: no title", row->id);
			ck_assert_msg((row->answer.text[language] == NULL) == (row->decided_by == DECIDED_BY_FILE), "%s: answer", row->id);
		}
		/* The Japanese title is Japanese, the English one is not. */
		ck_assert_msg(span_is_ascii(span_str(row->title.text[LANGUAGE_EN])), "%s: %s", row->id, row->title.text[LANGUAGE_EN]);
		ck_assert_msg(!span_is_ascii(span_str(row->title.text[LANGUAGE_JA])), "%s: %s", row->id, row->title.text[LANGUAGE_JA]);
		for (size_t k = 0; k < row->n_sources; k++) {
			const struct rule_source *source = &row->sources[k];

			ck_assert(source->name && *source->name);
			ck_assert_msg(!source->url || strncmp(source->url, "https://", 8) == 0, "%s: %s", row->id, source->url);
		}
	}
	ck_assert_uint_eq(levels[LEVEL_MUST], 206);
	ck_assert_uint_eq(levels[LEVEL_SHOULD], 109);
	ck_assert_uint_eq(levels[LEVEL_MAY], 9);
	ck_assert_ptr_null(requirement_find("UN-00"));
	ck_assert_ptr_null(requirement_find(""));
	ck_assert_ptr_null(requirement_find("ZZ-99"));
}
END_TEST

/* Rows that the catalogue lists under the name itself; laws also take the four rows about ways to leave and the sender's name. */
static const struct {
	const char *name;
	unsigned profile;
	size_t own, also;
} profiles[] = {
        {"gmail", PROFILE_GMAIL, 75, 0},
        {"gmail-bulk", PROFILE_GMAIL_BULK, 15, 0},
        {"yahoo", PROFILE_YAHOO, 42, 0},
        {"outlook", PROFILE_OUTLOOK, 31, 0},
        {"icloud", PROFILE_ICLOUD, 15, 0},
        {"japan-carriers", PROFILE_JAPAN_CARRIERS, 23, 0},
        {"law-jp", PROFILE_LAW_JP, 12, 4},
        {"law-us", PROFILE_LAW_US, 8, 4},
        {"law-eu", PROFILE_LAW_EU, 9, 4},
        {"law-ca", PROFILE_LAW_CA, 7, 4},
};

START_TEST(profile_counts)
{
	size_t n = 0, format_set = 0, asked = 0, both = 0;

	for (size_t i = 0; i < n_builtin_requirements; i++) {
		const struct requirement *row = &builtin_requirements[i];

		n += (row->profiles & profiles[_i].profile) != 0;
		format_set += row->format_set;
		both += row->format_set && row->profiles & profiles[_i].profile;
		asked += requirement_asked_by(row, profiles[_i].profile) != 0;
	}
	ck_assert_msg(n == profiles[_i].own + profiles[_i].also, "%s: %zu rows", profiles[_i].name, n);
	ck_assert_uint_eq(format_set, 48);
	if (profiles[_i].profile & PROFILES_LAWS)
		ck_assert_uint_eq(asked, n);
	else if (profiles[_i].profile != PROFILE_GMAIL_BULK)
		ck_assert_uint_eq(asked, n + format_set - both);
}
END_TEST

static unsigned asked(const char *id, unsigned chosen)
{
	const struct requirement *row = requirement_find(id);

	ck_assert_ptr_nonnull(row);
	return requirement_asked_by(row, chosen);
}

START_TEST(who_asks)
{
	/* A bulk sender is asked what any sender is, and not the other way round. */
	ck_assert_uint_eq(asked("ID-05", PROFILE_GMAIL_BULK), PROFILE_GMAIL_BULK);
	ck_assert_uint_eq(asked("UN-01", PROFILE_GMAIL), 0);
	ck_assert_uint_eq(asked("UN-01", PROFILE_GMAIL | PROFILE_GMAIL_BULK), PROFILE_GMAIL_BULK);
	ck_assert_uint_eq(asked("MI-12", PROFILE_ICLOUD | PROFILE_LAW_JP), PROFILE_ICLOUD);
	ck_assert_uint_eq(asked("UN-13", PROFILES_LAWS), PROFILES_LAWS);
	ck_assert_uint_eq(asked("TX-06", ~0u), 0);
	ck_assert(requirement_needs_profile(requirement_find("JR-08")));
	ck_assert(requirement_needs_profile(requirement_find("LC-01")));
	ck_assert(!requirement_needs_profile(requirement_find("LK-01")));
	ck_assert(!requirement_needs_profile(requirement_find("OP-01")));
}
END_TEST

/* Every id that a rule names is in the catalogue. */
START_TEST(ids_of_rules)
{
	for (size_t i = 0; i < builtin_rules()->n; i++) {
		const struct rule *rule = builtin_rules()->rules[i];

		for (const char *const *id = rule->requirements; id && *id; id++)
			ck_assert_msg(requirement_find(*id) != NULL, "%s: %s", rule->id, *id);
		for (size_t k = 0; k < rule->n_conditions; k++) {
			for (const char *const *id = rule->conditions[k].requirements; id && *id; id++)
				ck_assert_msg(requirement_find(*id) != NULL, "%s: %s", rule->id, *id);
		}
	}
}
END_TEST

/* What a file can decide, a rule decides. */
START_TEST(rows_without_a_rule)
{
	size_t n = 0;

	for (size_t i = 0; i < n_builtin_requirements; i++) {
		const struct requirement *row = &builtin_requirements[i];
		bool decided = row->decided_by > DECIDED_BY_SIGNED_FILE;

		for (size_t k = 0; k < builtin_rules()->n && !decided; k++)
			decided = coverage_rule_decides(builtin_rules()->rules[k], row->id);
		if (!decided)
			printf("%s%s", n++ ? " " : "without a rule: ", row->id);
	}
	if (n)
		printf("\n");
	ck_assert_uint_eq(n, 0);
}
END_TEST

static bool names(const struct rule_example *example, const char *id)
{
	for (const char *const *named = example->requirements; named && *named; named++)
		if (strcmp(*named, id) == 0)
			return true;
	return false;
}

/* What a file can decide has a failing example that says so, and a near miss; test_rules runs both. */
START_TEST(rows_have_examples)
{
	const struct requirement *row = &builtin_requirements[_i];
	size_t failing = 0, passing = 0;

	if (row->decided_by > DECIDED_BY_SIGNED_FILE)
		return;
	struct arena *arena = arena_new();
	for (size_t i = 0; i < builtin_rules()->n; i++) {
		const struct rule *rule = builtin_rules()->rules[i];
		size_t n;
		const struct rule_example *all = rule_examples(rule, arena, &n);
		for (size_t k = 0; k < n; k++) {
			if (!names(&all[k], row->id))
				continue;
			if (!all[k].fail)
				passing++;
			else if (coverage_rule_decides(rule, row->id))
				failing++;
		}
	}
	arena_free(arena);
	ck_assert_msg(failing > 0, "%s: no failing example names it", row->id);
	ck_assert_msg(passing > 0, "%s: no near miss names it", row->id);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("requirement");
	TCase *tcase = tcase_create("catalogue");

	tcase_add_loop_test(tcase, group_counts, 0, (int)G_N_ELEMENTS(groups));
	tcase_add_test(tcase, whole_and_sorted);
	tcase_add_loop_test(tcase, profile_counts, 0, (int)G_N_ELEMENTS(profiles));
	tcase_add_test(tcase, who_asks);
	tcase_add_test(tcase, ids_of_rules);
	tcase_add_test(tcase, rows_without_a_rule);
	tcase_add_loop_test(tcase, rows_have_examples, 0, (int)n_builtin_requirements);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
