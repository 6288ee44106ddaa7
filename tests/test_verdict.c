/* Role: what becomes of a requirement when its rule passed, failed, was silent or does not exist, and the sheet that shows it.
 * May not: use built-in rules; their examples are tested elsewhere. */
#include <check.h>
#include <stdlib.h>

#include "report/checklist.h"
#include "report/phrases.h"
#include "report/safe.h"
#include "rule/verdict.h"

enum { NOT_LISTED = -1, NO_WORD = -1 };

/* One row: what the table says (word, NO_WORD: no rule spoke), what the run is like, and what must come out. The rows used:
 * UN-01 and FM-01 E; AU-07 E*; AU-12 D, bulk; AU-22 I; UN-08 A, not of transactional mail; AU-29 A, of discussions only; JR-09 and
 * LJ-01 E, asked under their profile only; TX-06 E, in no profile. */
static const struct {
	const char *name, *id;
	int word;
	enum requirement_reason word_reason;
	unsigned profiles;
	enum mail_class mail_class;
	enum volume volume;
	bool is_signed;
	int want;
	enum requirement_reason want_reason;
} cases[] = {
        {"a rule passed", "FM-01", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_PASS, REASON_NONE},
        {"no rule", "FM-01", NO_WORD, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_UNKNOWN, REASON_NO_RULE},
        {"not asked, no rule", "UN-01", NO_WORD, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, NOT_LISTED, REASON_NONE},
        {"not asked, but a rule ran", "TX-06", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_PASS, REASON_NONE},
        {"a silent rule", "UN-01", REQUIREMENT_NOT_APPLICABLE, REASON_CLASS,
                PROFILE_GMAIL_BULK, CLASS_TRANSACTIONAL, VOLUME_BULK, false, REQUIREMENT_NOT_APPLICABLE, REASON_CLASS},
        {"a rule waits for the list system", "UN-01", REQUIREMENT_UNKNOWN, REASON_ADDED,
                PROFILE_GMAIL_BULK, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_UNKNOWN, REASON_ADDED},
        {"an unsigned draft, no rule", "AU-07", NO_WORD, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, NOT_LISTED, REASON_NONE},
        {"an unsigned draft, a rule ran", "AU-07", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_NEEDS_RECEIVER, REASON_NONE},
        {"an unsigned draft, nothing to judge", "AU-11", REQUIREMENT_NOT_APPLICABLE, REASON_NOTHING,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_NEEDS_RECEIVER, REASON_NONE},
        {"a signed file, a rule ran", "AU-07", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, true, REQUIREMENT_PASS, REASON_NONE},
        {"a signed file, no rule", "AU-11", NO_WORD, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, true, REQUIREMENT_UNKNOWN, REASON_NO_RULE},
        {"a signed file, a rule for delivered copies", "AU-15", REQUIREMENT_NOT_APPLICABLE, REASON_STAGE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, true, REQUIREMENT_NEEDS_RECEIVER, REASON_NONE},
        {"an unsigned draft that fails", "AU-07", REQUIREMENT_FAIL, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_FAIL, REASON_NONE},
        {"DNS", "AU-12", NO_WORD, REASON_NONE,
                PROFILE_GMAIL_BULK, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_NEEDS_DNS, REASON_NONE},
        {"DNS, of bulk senders only", "AU-12", NO_WORD, REASON_NONE,
                PROFILE_GMAIL_BULK, CLASS_NEWSLETTER, VOLUME_SMALL, false, REQUIREMENT_NOT_APPLICABLE, REASON_VOLUME},
        {"DNS, a hint of a rule", "AU-12", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_GMAIL_BULK, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_NEEDS_DNS, REASON_NONE},
        {"the server", "AU-22", NO_WORD, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, true, REQUIREMENT_NEEDS_RECEIVER, REASON_NONE},
        {"advice", "UN-08", NO_WORD, REASON_NONE,
                PROFILE_GMAIL_BULK, CLASS_NEWSLETTER, VOLUME_UNKNOWN, true, REQUIREMENT_NEEDS_RECEIVER, REASON_NONE},
        {"advice, of another class", "UN-08", NO_WORD, REASON_NONE,
                PROFILE_GMAIL_BULK, CLASS_TRANSACTIONAL, VOLUME_UNKNOWN, true, REQUIREMENT_NOT_APPLICABLE, REASON_CLASS},
        {"of discussion lists only", "AU-29", NO_WORD, REASON_NONE,
                PROFILE_YAHOO, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_NOT_APPLICABLE, REASON_CLASS},
        {"of discussion lists", "AU-29", NO_WORD, REASON_NONE,
                PROFILE_YAHOO, CLASS_DISCUSSION, VOLUME_UNKNOWN, false, REQUIREMENT_NEEDS_RECEIVER, REASON_NONE},
        {"a law not chosen", "LJ-01", REQUIREMENT_NOT_APPLICABLE, REASON_PROFILE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, NOT_LISTED, REASON_NONE},
        {"a law chosen", "LJ-01", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_LAW_JP, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_PASS, REASON_NONE},
        {"a carrier not chosen", "JR-09", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, NOT_LISTED, REASON_NONE},
        {"a carrier chosen", "JR-09", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_JAPAN_CARRIERS, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_PASS, REASON_NONE},
        {"an id of a user's own rule", "XX-01", REQUIREMENT_PASS, REASON_NONE,
                PROFILE_GMAIL, CLASS_NEWSLETTER, VOLUME_UNKNOWN, false, REQUIREMENT_PASS, REASON_NONE},
};

static const struct requirement_status *status_of(const struct message_result *result, const char *id)
{
	for (size_t i = 0; i < result->n_requirements; i++) {
		if (strcmp(result->requirements[i].id, id) == 0)
			return &result->requirements[i];
	}
	return NULL;
}

START_TEST(finish)
{
	struct message_result result = {.arena = arena_new()};
	const struct lint_options options = {
	        .profiles = cases[_i].profiles, .mail_class = cases[_i].mail_class, .volume = cases[_i].volume};
	struct verdict_table *table = verdict_table_new();

	if (cases[_i].word != NO_WORD)
		verdict_note(table, cases[_i].id, (enum requirement_verdict)cases[_i].word, cases[_i].word_reason);
	verdict_finish(&result, table, &options, cases[_i].is_signed);

	const struct requirement_status *status = status_of(&result, cases[_i].id);
	if (cases[_i].want == NOT_LISTED) {
		ck_assert_msg(!status, "%s: listed", cases[_i].name);
	} else {
		ck_assert_msg(status != NULL, "%s: not listed", cases[_i].name);
		ck_assert_msg((int)status->verdict == cases[_i].want, "%s: %s", cases[_i].name, verdict_name(status->verdict));
		ck_assert_msg(status->reason == cases[_i].want_reason, "%s: reason %d", cases[_i].name, (int)status->reason);
	}
	for (size_t i = 1; i < result.n_requirements; i++)
		ck_assert_str_lt(result.requirements[i - 1].id, result.requirements[i].id);
	verdict_table_free(table);
	arena_free(result.arena);
}
END_TEST

static const struct rule rule = {.id = "a-rule",
        .title = {{"title", "題"}},
        .smtp_reply = "550 its own reply",
        .messages = (const struct rule_message[]){{.case_name = "default", .text = {{"wrong\x1b[31m", "誤り"}}}},
        .n_messages = 1};

/* Findings of UN-01 with these severities; what is known before. */
static struct message_result result_with(enum severity severity, const char *path)
{
	static const char *const ids[] = {"UN-01", NULL};
	struct message_result result = {.arena = arena_new(), .path = path};

	result.findings = ARENA_ARRAY(result.arena, struct finding, 1);
	result.n_findings = severity == SEVERITY_OFF ? 0 : 1;
	result.findings[0] = (struct finding){.rule = &rule,
	        .message = &rule.messages[0],
	        .severity = severity,
	        .requirements = (const char **)(void *)ids,
	        .start = {.offset = 20, .line = 3, .column = 7},
	        .end = {.offset = 20, .line = 3, .column = 7},
	        .fingerprint = "0123456789abcdef"};
	return result;
}

/* What DNS says, behind what the rules said. AU-12 D; AU-22 I; AU-11 E*; FM-01 E. */
static const struct {
	const char *name, *id;
	enum requirement_verdict before, answer;
	bool not_asked;
	enum requirement_verdict want;
} answers[] = {
        {"DNS passes", "AU-12", REQUIREMENT_NEEDS_DNS, REQUIREMENT_PASS, false, REQUIREMENT_PASS},
        {"DNS fails", "AU-12", REQUIREMENT_NEEDS_DNS, REQUIREMENT_FAIL, false, REQUIREMENT_FAIL},
        {"DNS does not answer", "AU-12", REQUIREMENT_NEEDS_DNS, REQUIREMENT_UNKNOWN, false, REQUIREMENT_UNKNOWN},
        {"DNS has nothing to judge", "AU-12", REQUIREMENT_NEEDS_DNS, REQUIREMENT_NOT_APPLICABLE, false, REQUIREMENT_NOT_APPLICABLE},
        {"nobody asked DNS", "AU-12", REQUIREMENT_NEEDS_DNS, REQUIREMENT_NOT_APPLICABLE, true, REQUIREMENT_UNKNOWN},
        {"the address passes", "AU-22", REQUIREMENT_NEEDS_RECEIVER, REQUIREMENT_PASS, false, REQUIREMENT_PASS},
        {"no address", "AU-22", REQUIREMENT_NEEDS_RECEIVER, REQUIREMENT_UNKNOWN, false, REQUIREMENT_UNKNOWN},
        {"nobody asked about the server", "AU-22", REQUIREMENT_NEEDS_RECEIVER, REQUIREMENT_NOT_APPLICABLE, true, REQUIREMENT_NEEDS_RECEIVER},
        {"no word on the server", "AU-22", REQUIREMENT_NEEDS_RECEIVER, REQUIREMENT_UNKNOWN, true, REQUIREMENT_NEEDS_RECEIVER},
        {"not signed, nothing stands in the way", "AU-11", REQUIREMENT_NEEDS_RECEIVER, REQUIREMENT_PASS, false, REQUIREMENT_NEEDS_RECEIVER},
        {"not signed, nothing to judge", "AU-11", REQUIREMENT_NEEDS_RECEIVER, REQUIREMENT_NOT_APPLICABLE, false, REQUIREMENT_NEEDS_RECEIVER},
        {"not signed, and cannot be", "AU-11", REQUIREMENT_NEEDS_RECEIVER, REQUIREMENT_FAIL, false, REQUIREMENT_FAIL},
        {"signed, and verified", "AU-11", REQUIREMENT_PASS, REQUIREMENT_PASS, false, REQUIREMENT_PASS},
        {"signed, and does not verify", "AU-11", REQUIREMENT_PASS, REQUIREMENT_FAIL, false, REQUIREMENT_FAIL},
        {"signed, and the key did not come", "AU-11", REQUIREMENT_PASS, REQUIREMENT_UNKNOWN, false, REQUIREMENT_UNKNOWN},
        {"a rule failed it", "AU-11", REQUIREMENT_FAIL, REQUIREMENT_PASS, false, REQUIREMENT_FAIL},
        {"not of DNS", "FM-01", REQUIREMENT_PASS, REQUIREMENT_UNKNOWN, true, REQUIREMENT_PASS},
        {"silenced", "AU-12", REQUIREMENT_NOT_APPLICABLE, REQUIREMENT_FAIL, false, REQUIREMENT_NOT_APPLICABLE},
};

START_TEST(dns_answers)
{
	struct requirement_status status = {answers[_i].id, answers[_i].before, REASON_NONE};

	verdict_answer(&status, answers[_i].answer, answers[_i].not_asked);
	ck_assert_msg(status.verdict == answers[_i].want, "%s: %s", answers[_i].name, verdict_name(status.verdict));
	ck_assert_msg((status.reason == REASON_DNS) == (status.verdict != answers[_i].before &&
	                      (status.verdict == REQUIREMENT_UNKNOWN || status.verdict == REQUIREMENT_NOT_APPLICABLE)), "%s: reason", answers[_i].name);
}
END_TEST

START_TEST(findings_decide)
{
	static const struct {
		enum severity severity;
		enum requirement_verdict want;
	} severities[] = {{SEVERITY_OFF, REQUIREMENT_PASS},
	        {SEVERITY_INFO, REQUIREMENT_UNKNOWN},
	        {SEVERITY_WARNING, REQUIREMENT_FAIL},
	        {SEVERITY_ERROR, REQUIREMENT_FAIL}};

	for (size_t i = 0; i < G_N_ELEMENTS(severities); i++) {
		const struct lint_options options = {.profiles = PROFILE_GMAIL_BULK};
		struct message_result result = result_with(severities[i].severity, "a.eml");
		struct verdict_table *table = verdict_table_new();

		verdict_note(table, "UN-01", REQUIREMENT_PASS, REASON_NONE);
		verdict_finish(&result, table, &options, false);
		ck_assert_int_eq(status_of(&result, "UN-01")->verdict, severities[i].want);
		verdict_table_free(table);
		arena_free(result.arena);
	}
}
END_TEST

/* A rule over several messages: not known from one, passed when several were looked at, and failed by a finding. */
START_TEST(several_messages)
{
	const struct lint_options options = {.profiles = PROFILE_GMAIL_BULK};
	struct message_result result = result_with(SEVERITY_OFF, "a.eml");
	struct verdict_table *table = verdict_table_new();

	verdict_note(table, "FM-08", REQUIREMENT_UNKNOWN, REASON_SEVERAL);
	verdict_note(table, "UN-01", REQUIREMENT_UNKNOWN, REASON_SEVERAL);
	verdict_note(table, "UN-06", REQUIREMENT_UNKNOWN, REASON_SEVERAL);
	verdict_note(table, "UN-06", REQUIREMENT_NOT_APPLICABLE, REASON_NOTHING);
	verdict_finish(&result, table, &options, false);
	ck_assert_int_eq(status_of(&result, "FM-08")->verdict, REQUIREMENT_UNKNOWN);
	ck_assert_int_eq(status_of(&result, "FM-08")->reason, REASON_SEVERAL);
	ck_assert_int_eq(status_of(&result, "UN-06")->verdict, REQUIREMENT_NOT_APPLICABLE);
	result.findings[0].severity = SEVERITY_ERROR;
	result.n_findings = 1;
	verdict_finish_several(&result);
	ck_assert_int_eq(status_of(&result, "FM-08")->verdict, REQUIREMENT_PASS);
	ck_assert_int_eq(status_of(&result, "UN-01")->verdict, REQUIREMENT_FAIL);
	ck_assert_int_eq(status_of(&result, "AU-12")->verdict, REQUIREMENT_NEEDS_DNS);
	verdict_table_free(table);
	arena_free(result.arena);
}
END_TEST

/* --- the sheet ---------------------------------------------------------------------------------------------------------------- */

static GString *sheet(unsigned profiles, const struct reporter *reporter, const struct report_options *report)
{
	const struct lint_options options = {.profiles = profiles};
	struct message_result result = result_with(SEVERITY_ERROR, "evil\x1b]0;x\a.eml");
	struct message_result *results[] = {&result};
	const struct report_view view = {
	        .results = results, .n_results = 1, .tool_version = "0.1.0", .rules_version = "abc"};
	struct verdict_table *table = verdict_table_new();
	GString *out = g_string_new(NULL);

	verdict_note(table, "FM-01", REQUIREMENT_PASS, REASON_NONE);
	verdict_note(table, "FM-09", REQUIREMENT_NOT_APPLICABLE, REASON_STAGE);
	verdict_note(table, "TX-06", REQUIREMENT_PASS, REASON_NONE);
	result.profiles = profiles;
	verdict_finish(&result, table, &options, false);
	reporter->write(out, &view, report);
	verdict_table_free(table);
	arena_free(result.arena);
	return out;
}

static bool has(const GString *out, const char *text)
{
	return strstr(out->str, text) != NULL;
}

/* Columns from the line's beginning to the id. */
static size_t columns_before(const GString *out, const char *id)
{
	const char *at = strstr(out->str, id), *line = at;

	ck_assert_ptr_nonnull(at);
	while (line > out->str && line[-1] != '\n')
		line--;
	return safe_width(span_of(line, (size_t)(at - line)), false);
}

START_TEST(text_sheet)
{
	const struct report_options report = {.width = 100};
	GString *out = sheet(PROFILE_GMAIL | PROFILE_GMAIL_BULK, &report_checklist, &report);

	ck_assert_msg(has(out, "Gmail: fail 1, unknown "), "%s", out->str);
	ck_assert(has(out, "  fail            UN-01  "));
	/* The finding's place and words, and the rule's own reply. */
	ck_assert(has(out, "3:7 error a-rule: wrong<U+001B>[31m\n"));
	ck_assert(has(out, "receiver's reply: 550 its own reply\n"));
	ck_assert(has(out, "  needs-dns       AU-01  "));
	ck_assert(has(out, "answered by: DNS: "));
	ck_assert(has(out, "(as of 2026-03-21)"));
	ck_assert(has(out, "not asked at this stage (--stage)\n"));
	/* No receiver asks TX-06; nothing hostile came through; fails stand before passes. */
	ck_assert(!has(out, "TX-06"));
	ck_assert(!strchr(out->str, '\x1b') && !strchr(out->str, '\a'));
	ck_assert(strstr(out->str, "UN-01") < strstr(out->str, "FM-01"));
	g_string_free(out, TRUE);
}
END_TEST

START_TEST(text_sheet_groups)
{
	const struct report_options report = {.width = 100, .language = LANGUAGE_JA};
	GString *out = sheet(PROFILE_GMAIL_BULK | PROFILE_YAHOO | PROFILE_LAW_JP, &report_checklist, &report);

	/* A row that two of them ask stands once, in the group of its own. */
	const char *first = strstr(out->str, "UN-01");
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_null(strstr(first + 1, "UN-01"));
	ck_assert(has(out, "複数の受信側が求めるもの: "));
	ck_assert(has(out, "\nGmail: "));
	ck_assert(has(out, "\nYahoo、AOL: "));
	ck_assert(has(out, "\n法令: 日本: "));
	ck_assert(!has(out, "iCloud"));
	/* Status words are padded by columns, so that the ids stand below each other. */
	ck_assert_uint_eq(columns_before(out, "FM-01"), columns_before(out, "UN-01"));
	ck_assert_uint_eq(columns_before(out, "FM-09"), columns_before(out, "UN-01"));
	g_string_free(out, TRUE);
}
END_TEST

START_TEST(json_sheet)
{
	const struct report_options report = {.width = 100};
	GString *out = sheet(PROFILE_GMAIL | PROFILE_GMAIL_BULK, &report_checklist_json, &report);

	ck_assert_msg(g_str_has_prefix(out->str,
	                      "{\"version\":1,\"tool\":\"presend\",\"tool_version\":\"0.1.0\",\"rules_version\":\"abc\","
	                      "\"path\":\"evil\\u001b]0;x\\u0007.eml\",\"index\":0,\"profiles\":[\"gmail\",\"gmail-bulk\"],"
	                      "\"rows\":[{\"id\":\"AU-01\",\"status\":\"needs-dns\",\"reason\":null,"),
	        "%s", out->str);
	ck_assert(has(out, "{\"id\":\"UN-01\",\"status\":\"fail\",\"reason\":null,"));
	ck_assert(has(out, "\"findings\":[{\"rule\":\"a-rule\",\"severity\":\"error\",\"line\":3,\"column\":7,"
	                   "\"message\":\"wrong\\u001b[31m\",\"fingerprint\":\"0123456789abcdef\"}],"
	                   "\"smtp_reply\":\"550 its own reply\",\"answer\":null}"));
	ck_assert(has(out, "{\"id\":\"FM-09\",\"status\":\"not-applicable\",\"reason\":\"stage\","));
	ck_assert(!has(out, "TX-06"));
	ck_assert_int_eq(out->str[out->len - 1], '\n');
	ck_assert_ptr_eq(strchr(out->str, '\n'), out->str + out->len - 1);
	g_string_free(out, TRUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("verdict");
	TCase *tcase = tcase_create("verdict");

	tcase_add_loop_test(tcase, finish, 0, (int)G_N_ELEMENTS(cases));
	tcase_add_loop_test(tcase, dns_answers, 0, (int)(sizeof answers / sizeof *answers));
	tcase_add_test(tcase, findings_decide);
	tcase_add_test(tcase, several_messages);
	tcase_add_test(tcase, text_sheet);
	tcase_add_test(tcase, text_sheet_groups);
	tcase_add_test(tcase, json_sheet);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
