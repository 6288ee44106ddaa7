/* Role: the text, json and jsonl reports on results made by hand. Expectations are the documented form, written out.
 * May not: build a message; a reporter needs none. */
#include <check.h>
#include <json-c/json.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/report.h"

#define SUBJECT_LINE "Subject: =?ISO-2022-JP?B?GyRCTCQ+NUJ6OS05cCIoGyhC?= spring"

static const char *const no_requirements[] = {NULL};
static const char *const old_ad_requirements[] = {"TX-07", NULL};

static const struct rule_source old_ad_sources[] = {
        {.name = "Act on Regulation of Transmission of Specified Electronic Mail",
                .section = "Article 4",
                .url = "https://example.jp/law",
                .date = "2025-06-01"},
};
static const struct rule_message old_ad_messages[] = {
        {.case_name = "default", .text = {{"the old label {label} is in the subject", "件名に「{label}」と書かれています"}}},
};
static const struct rule old_ad = {
        .id = "subject-old-ad-label",
        .area = "text",
        .requirements = old_ad_requirements,
        .severity = SEVERITY_ERROR,
        .confidence = CONFIDENCE_CERTAIN,
        .title = {{"Old advertisement label in the subject", "件名に古い広告表示がある"}},
        .help = {{"Take it away; state sender and opt-out in the body.\n",
                "表示を削除し、本文に送信者と\n配信停止の方法を書いてください。\n"}},
        .messages = old_ad_messages,
        .n_messages = 1,
        .sources = old_ad_sources,
        .n_sources = 1,
        .smtp_reply = "550-5.7.1 unsolicited",
};

static const struct rule_source machine_sources[] = {{.name = "RFC 1468", .url = "https://www.rfc-editor.org/rfc/rfc1468"}};
static const struct rule_message machine_messages[] = {
        {.case_name = "default", .text = {{"{excerpt} is not in JIS X 0208", "{excerpt} は JIS X 0208 にありません"}}},
};
static const struct rule machine = {
        .id = "machine-dependent-character",
        .area = "charset",
        .requirements = no_requirements,
        .severity = SEVERITY_WARNING,
        .confidence = CONFIDENCE_LIKELY,
        .title = {{"Machine-dependent character", "機種依存文字"}},
        .help = {{"Write it out.", "書き換えてください。"}},
        .messages = machine_messages,
        .n_messages = 1,
        .sources = machine_sources,
        .n_sources = 1,
};
static const struct rule_message remark_messages[] = {{.case_name = "default", .text = {{"a remark", "補足"}}}};
static const struct rule remark = {
        .id = "remark",
        .requirements = no_requirements,
        .severity = SEVERITY_INFO,
        .confidence = CONFIDENCE_OPINION,
        .title = {{"A remark", "補足"}},
        .help = {{"", ""}},
        .messages = remark_messages,
        .n_messages = 1,
};

static struct position at(size_t offset, size_t line, size_t column)
{
	return (struct position){.offset = offset, .line = line, .column = column};
}

/* A finding on bytes [start, end) of one raw line, which begins at byte 100 of the file. */
static struct finding make_finding(const struct rule *rule, const char *raw_line, size_t line, size_t start, size_t end)
{
	struct span raw = span_str(raw_line);
	bool valid = utf8_valid(raw);
	size_t column = 1 + (valid ? utf8_count(span_cut(raw, 0, start)) : start);
	size_t end_column = 1 + (valid ? utf8_count(span_cut(raw, 0, end)) : end);

	return (struct finding){
	        .rule = rule,
	        .message = rule->messages,
	        .severity = rule->severity,
	        .requirements = (const char **)(void *)rule->requirements,
	        .start = at(100 + start, line, column),
	        .end = at(100 + end, line, end_column),
	        .raw_line = raw_line,
	        .raw_line_column = column,
	        .fingerprint = "0123456789abcdef",
	};
}

static struct finding old_ad_finding(void)
{
	struct finding finding = make_finding(&old_ad, SUBJECT_LINE, 4, 9, 51);

	finding.args[0] = (struct finding_arg){.name = "label", .kind = ARG_TEXT, .text = "未承諾広告※"};
	finding.n_args = 1;
	finding.part = "1";
	finding.excerpt = "未承諾広告※";
	finding.decoded_line = "未承諾広告※ spring";
	finding.decoded_column = 1;
	return finding;
}

static struct report_options options_of(enum language language)
{
	return (struct report_options){.language = language, .width = 100, .fail_on = SEVERITY_ERROR};
}

static char *render(const char *format, struct message_result *const *results, size_t n, const struct report_options *options)
{
	const struct report_view view = {.results = results, .n_results = n, .tool_version = "0.1.0", .rules_version = "abc"};
	GString *out = g_string_new(NULL);

	reporter_find(format)->write(out, &view, options);
	return g_string_free(out, FALSE);
}

static char *render_one(const char *format, struct finding *findings, size_t n, const struct report_options *options)
{
	struct message_result result = {.path = "drafts/2026-11.eml", .findings = findings, .n_findings = n};
	struct message_result *results[] = {&result};

	return render(format, results, 1, options);
}

static void assert_contains(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "missing: %s\nin:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) == NULL, "unexpected: %s\nin:\n%s", part, text);
}

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *p = strstr(text, part); p; p = strstr(p + strlen(part), part))
		n++;
	return n;
}

/* --- text -----------------------------------------------------------------------------------------------------------------------
 */

START_TEST(text_english)
{
	struct finding finding = old_ad_finding();
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = render_one("text", &finding, 1, &options);

	ck_assert_str_eq(got,
	        "drafts/2026-11.eml\n"
	        "\n"
	        "drafts/2026-11.eml:4:10: error  subject-old-ad-label  the old label 未承諾広告※ is in the subject [TX-07]\n"
	        "    4 | Subject: =?ISO-2022-JP?B?GyRCTCQ+NUJ6OS05cCIoGyhC?= spring\n"
	        "      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
	        "      | decoded: 未承諾広告※ spring\n"
	        "      |          ^^^^^^^^^^^\n"
	        "      = source: Act on Regulation of Transmission of Specified Electronic Mail, Article 4:\n"
	        "                https://example.jp/law\n"
	        "      = help: Take it away; state sender and opt-out in the body.\n"
	        "      = receiver's reply: 550-5.7.1 unsolicited\n"
	        "\n"
	        "1 message: 1 error\n");
}
END_TEST

START_TEST(text_japanese)
{
	struct finding finding = old_ad_finding();
	struct report_options options = options_of(LANGUAGE_JA);
	struct score score = {.points = 2.4, .probability = 0.1192, .verdict = "clean"};
	struct contribution contributions[] = {{.name = "subject-old-ad-label", .points = 2.4, .definition = &old_ad}};
	struct message_result result = {
	        .path = "drafts/2026-11.eml", .subject = "春の号", .findings = &finding, .n_findings = 1, .score = &score};
	struct message_result *results[] = {&result};
	g_autofree char *got = NULL;

	score.contributions = contributions;
	score.n_contributions = 1;
	got = render("text", results, 1, &options);
	ck_assert_str_eq(got,
	        "drafts/2026-11.eml  「春の号」\n"
	        "\n"
	        "drafts/2026-11.eml:4:10: error  subject-old-ad-label  件名に「未承諾広告※」と書かれています [TX-07]\n"
	        "    4 | Subject: =?ISO-2022-JP?B?GyRCTCQ+NUJ6OS05cCIoGyhC?= spring\n"
	        "      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
	        "      | デコード後: 未承諾広告※ spring\n"
	        "      |             ^^^^^^^^^^^\n"
	        "      = 根拠: Act on Regulation of Transmission of Specified Electronic Mail, Article 4:\n"
	        "              https://example.jp/law\n"
	        "      = 対処: 表示を削除し、本文に送信者と配信停止の方法を書いてください。\n"
	        "      = 受信側の応答: 550-5.7.1 unsolicited\n"
	        "\n"
	        "  スコア 2.4 点、迷惑メールと判定される確率 0.12: 迷惑メールらしくない\n"
	        "     2.4  件名に古い広告表示がある  subject-old-ad-label\n"
	        "\n"
	        "メール 1 通: エラー 1 件\n");
}
END_TEST

/* The marks must stand under the place: line, byte range, width of the terminal, what the two lines must be. */
static const struct {
	const char *name, *line;
	size_t start, end;
	int width;
	const char *want;
} mark_cases[] = {
        {"wide characters", "あい①う", 6, 9, 100, "   21 | あい①う\n      |     ^\n"},
        {"fullwidth is two columns", "あいＡう", 6, 9, 100, "   21 | あいＡう\n      |     ^^\n"},
        {"empty range", "abc", 1, 1, 100, "   21 | abc\n      |  ^\n"},
        {"empty range at the end", "abc", 3, 3, 100, "   21 | abc\n      |    ^\n"},
        {"end behind the line", "abc", 1, 99, 100, "   21 | abc\n      |  ^^\n"},
        {"broken bytes", "a\x9b\x82z", 2, 4, 100, "   21 | a<9B><82>z\n      |      ^^^^^\n"},
        {"escape of JIS", "a\x1b$BL$\x1b(B", 4, 6, 100, "   21 | a<U+001B>$BL$<U+001B>(B\n      |            ^^\n"},
        {"tab", "\ta b", 1, 2, 100, "   21 |  a b\n      |  ^\n"},
        {"zero-width space is shown",
                "a\xe2\x80\x8b"
                "b",
                1, 4, 100, "   21 | a<U+200B>b\n      |  ^^^^^^^^\n"},
        {"combining mark has no column", "e\xcc\x81x", 3, 4, 100, "   21 | e\xcc\x81x\n      |  ^\n"},
        /* 32 columns leave 24 for the line. */
        {"cut at the right", "0123456789012345678901234567890123456789", 2, 4, 32,
                "   21 | 012345678901234567890...\n      |   ^^\n"},
        {"cut at both sides", "0123456789012345678901234567890123456789", 20, 22, 32,
                "   21 | ...234567890123456789...\n      |            ^^\n"},
        {"cut at the left", "0123456789012345678901234567890123456789", 38, 40, 32,
                "   21 | ...901234567890123456789\n      |                       ^^\n"},
        {"cut within wide characters", "一二三四五六七八九十一二三四五六七八九十", 30, 33, 32,
                "   21 | ...七八九十一二三四五...\n      |            ^^\n"},
        {"a span longer than the line has room", "0123456789012345678901234567890123456789", 0, 40, 32,
                "   21 | 012345678901234567890...\n      | ^^^^^^^^^^^^^^^^^^^^^\n"},
};

START_TEST(text_marks)
{
	struct finding finding = make_finding(&remark, mark_cases[_i].line, 21, mark_cases[_i].start, mark_cases[_i].end);
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL;

	options.width = mark_cases[_i].width;
	got = render_one("text", &finding, 1, &options);
	ck_assert_msg(
	        strstr(got, mark_cases[_i].want) != NULL, "%s: want\n%s\nin\n%s", mark_cases[_i].name, mark_cases[_i].want, got);
}
END_TEST

START_TEST(text_span_over_lines_ends_with_the_line)
{
	struct finding finding = make_finding(&remark, "abcdef", 21, 2, 6);
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL;

	finding.end = at(500, 30, 4);
	got = render_one("text", &finding, 1, &options);
	assert_contains(got, "   21 | abcdef\n      |   ^^^^\n");
}
END_TEST

START_TEST(text_missing_thing_shows_no_empty_line)
{
	struct finding finding = make_finding(&remark, "", 12, 0, 0);
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = render_one("text", &finding, 1, &options);

	assert_contains(got, "drafts/2026-11.eml:12:1: info  remark  a remark\n\n");
	assert_lacks(got, "|");
}
END_TEST

START_TEST(text_large_line_number)
{
	struct finding finding = make_finding(&remark, "abc", 1234567, 1, 2);
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = render_one("text", &finding, 1, &options);

	assert_contains(got, "\n 1234567 | abc\n         |  ^\n");
}
END_TEST

START_TEST(text_repeated_rule)
{
	struct finding findings[17];
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL, *all = NULL, *japanese = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(findings); i++)
		findings[i] = make_finding(&machine, "x", 20 + i, 0, 1);
	got = render_one("text", findings, G_N_ELEMENTS(findings), &options);
	assert_contains(got, ":22:1: warning");
	assert_lacks(got, ":23:1: warning");
	assert_contains(got, "\n  … and 14 more of machine-dependent-character (first at 23:1; --verbose shows all)\n\n");
	assert_contains(got, "\n1 message: 17 warnings\n");
	/* What does not change is said once. */
	ck_assert_uint_eq(count_of(got, "= help: "), 1);
	ck_assert_uint_eq(count_of(got, "= source: "), 1);

	options.language = LANGUAGE_JA;
	japanese = render_one("text", findings, G_N_ELEMENTS(findings), &options);
	assert_contains(japanese, "… machine-dependent-character がほかに 14 件あります（次は 23:1。--verbose ですべて表示）\n");

	options.verbose = true;
	all = render_one("text", findings, G_N_ELEMENTS(findings), &options);
	assert_contains(all, ":36:1: warning");
	assert_lacks(all, "…");
}
END_TEST

START_TEST(text_info_remarks)
{
	struct rule rules[3];
	struct finding findings[6];
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL, *all = NULL;

	/* Four remarks of one rule, then other rules: each rule is heard before one is heard again. */
	for (size_t i = 0; i < 3; i++) {
		rules[i] = remark;
		rules[i].id = i == 0 ? "remark-a" : i == 1 ? "remark-b" : "remark-c";
	}
	for (size_t i = 0; i < 6; i++)
		findings[i] = make_finding(&rules[i < 4 ? 0 : i - 3], "x", 1 + i, 0, 1);
	got = render_one("text", findings, 6, &options);
	assert_contains(got, ":1:1: info  remark-a");
	assert_lacks(got, ":2:1: info");
	assert_contains(got, ":5:1: info  remark-b");
	assert_contains(got, ":6:1: info  remark-c");
	assert_contains(got, "\n  … and 3 more info remarks (--verbose shows them)\n");
	assert_contains(got, "1 message: 6 info\n");

	options.verbose = true;
	all = render_one("text", findings, 6, &options);
	ck_assert_uint_eq(count_of(all, ": info  "), 6);
	assert_lacks(all, "…");
}
END_TEST

START_TEST(text_four_remarks_of_one_rule)
{
	struct finding findings[4];
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL;

	for (size_t i = 0; i < 4; i++)
		findings[i] = make_finding(&remark, "x", 1 + i, 0, 1);
	got = render_one("text", findings, 4, &options);
	ck_assert_uint_eq(count_of(got, ": info  "), 3);
	assert_contains(got, "\n  … and 1 more info remark (--verbose shows it)\n");
}
END_TEST

START_TEST(text_quiet_and_empty)
{
	struct finding finding = old_ad_finding();
	struct report_options options = options_of(LANGUAGE_EN);
	struct message_result clean = {.path = "a.eml"}, other = {.path = "b.eml", .findings = &finding, .n_findings = 1};
	struct message_result *one[] = {&clean}, *two[] = {&clean, &clean}, *mixed[] = {&clean, &other};
	g_autofree char *single = render("text", one, 1, &options), *several = render("text", two, 2, &options);
	g_autofree char *none = render("text", NULL, 0, &options);
	g_autofree char *quiet_clean = NULL, *quiet = NULL, *japanese = NULL;

	ck_assert_str_eq(single, "a.eml: no findings\n");
	ck_assert_str_eq(several, "2 messages: no findings\n");
	ck_assert_str_eq(none, "no message to check\n");
	options.quiet = true;
	quiet_clean = render("text", two, 2, &options);
	quiet = render("text", mixed, 2, &options);
	ck_assert_str_eq(quiet_clean, "");
	ck_assert_str_eq(quiet, "2 messages: 1 error\n");
	options = options_of(LANGUAGE_JA);
	japanese = render("text", one, 1, &options);
	ck_assert_str_eq(japanese, "a.eml: 指摘なし\n");
}
END_TEST

START_TEST(text_unreadable_files)
{
	struct report_options options = options_of(LANGUAGE_JA);
	struct message_result clean = {.path = "a.eml"};
	struct message_result *results[] = {&clean, &clean};
	const struct report_error errors[] = {{.path = "b\x1b.eml", .message = "開けません"}, {.message = "規則が壊れています"}};
	const struct report_view view = {.results = results, .n_results = 2, .errors = errors, .n_errors = 2};
	GString *out = g_string_new(NULL);

	report_text.write(out, &view, &options);
	ck_assert_str_eq(out->str, "検査できなかったファイル:\n"
	                           "  b<U+001B>.eml: 開けません\n"
	                           "  規則が壊れています\n"
	                           "\n"
	                           "メール 2 通: 指摘なし、未検査 2 件\n");
	g_string_free(out, TRUE);
}
END_TEST

START_TEST(text_statistics)
{
	struct finding findings[4];
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL;

	findings[0] = old_ad_finding();
	for (size_t i = 1; i < 4; i++)
		findings[i] = make_finding(&machine, "x", 20 + i, 0, 1);
	findings[3].severity = SEVERITY_ERROR;
	options.statistics = true;
	options.quiet = true;
	got = render_one("text", findings, 4, &options);
	ck_assert_str_eq(got, "  count  severity  rule\n"
	                      "      2  warning   machine-dependent-character\n"
	                      "      1  error     machine-dependent-character\n"
	                      "      1  error     subject-old-ad-label\n"
	                      "\n"
	                      "1 message: 2 errors, 2 warnings\n");
}
END_TEST

START_TEST(text_score)
{
	struct finding finding = old_ad_finding();
	struct report_options options = options_of(LANGUAGE_EN);
	struct contribution contributions[] = {
	        {.name = "a", .points = 3, .definition = &old_ad},
	        {.name = "start", .kind = CONTRIBUTION_START, .points = 2},
	        {.name = "words", .kind = CONTRIBUTION_LINE, .points = 1.25, .excerpt = "金利 0%", .start = {.line = 12, .column = 1}},
	        {.name = "subject-words", .kind = CONTRIBUTION_SUBJECT, .points = 1.04},
	        {.name = "sender-words", .kind = CONTRIBUTION_SENDER, .points = 0.5},
	        {.name = "subject:dollar", .points = 0.21},
	        {.name = "bbb", .points = 0.1, .definition = &machine},
	        {.name = "other-words", .kind = CONTRIBUTION_REST, .points = -1.1},
	};
	struct score score = {.points = 6.99,
	        .probability = 0.8221,
	        .verdict = "spam-like",
	        .contributions = contributions,
	        .n_contributions = G_N_ELEMENTS(contributions)};
	struct message_result result = {
	        .path = "a.eml", .index = 2, .is_template = true, .findings = &finding, .n_findings = 1, .score = &score};
	struct message_result *results[] = {&result};
	g_autofree char *got = render("text", results, 1, &options);

	assert_contains(got, "a.eml (message 3) (template)\n\n");
	assert_contains(got, "  score 7.0 points, spam probability 0.82: spam-like\n"
	                     "     3.0  Old advertisement label in the subject  a\n"
	                     "     1.2  line 12: “金利 0%”\n"
	                     "     1.0  words of the Subject\n"
	                     "     0.5  words of the sender's name\n"
	                     "     0.2  a dollar sign in the Subject\n"
	                     "     1.0  all the rest (--verbose shows it)\n"
	                     "\n");
}
END_TEST

/* No byte of a draft may steer the terminal, wherever it stands. */
START_TEST(text_hostile_everywhere)
{
	static const char evil[] = "\x1b]0;x\x07\xc2\x9b\xe2\x80\xae\xff\r\n\x7f";
	static const char *const forbidden[] = {"\x1b", "\x07", "\xc2\x9b", "\xe2\x80\xae", "\xff", "\r", "\x7f"};
	struct finding finding = make_finding(&old_ad, evil, 1, 1, 4);
	struct message_result result = {.path = evil, .subject = evil, .from = evil, .findings = &finding, .n_findings = 1};
	struct message_result *results[] = {&result};
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL;

	finding.args[0] = (struct finding_arg){.name = "label", .kind = ARG_TEXT, .text = evil};
	finding.n_args = 1;
	finding.excerpt = evil;
	finding.decoded_line = evil;
	finding.decoded_column = 2;
	got = render("text", results, 1, &options);
	for (size_t i = 0; i < G_N_ELEMENTS(forbidden); i++)
		ck_assert_msg(strstr(got, forbidden[i]) == NULL, "byte sequence %zu came through:\n%s", i, got);
	ck_assert(utf8_valid(span_str(got)));
}
END_TEST

START_TEST(text_color_and_links)
{
	struct finding finding = old_ad_finding();
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL, *plain = NULL;

	options.color = true;
	options.hyperlinks = true;
	got = render_one("text", &finding, 1, &options);
	assert_contains(got, "\x1b[1;31merror\x1b[0m");
	assert_contains(got, "\x1b]8;;https://example.jp/law\x1b\\subject-old-ad-label\x1b]8;;\x1b\\");
	ck_assert_uint_eq(count_of(got, "\x1b]8;;https"), count_of(got, "\x1b]8;;\x1b\\"));
	options.color = false;
	options.hyperlinks = false;
	plain = render_one("text", &finding, 1, &options);
	assert_lacks(plain, "\x1b");
}
END_TEST

START_TEST(text_link_refuses_control_bytes)
{
	const struct rule_source sources[] = {{.name = "N", .url = "https://e.jp/\x1b\\x"}};
	struct rule rule = remark;
	struct finding finding;
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL;

	rule.sources = sources;
	rule.n_sources = 1;
	finding = make_finding(&rule, "x", 1, 0, 1);
	options.hyperlinks = true;
	got = render_one("text", &finding, 1, &options);
	assert_lacks(got, "\x1b");
	assert_contains(got, "= source: N: https://e.jp/<U+001B>\\x\n");
}
END_TEST

START_TEST(text_wraps_japanese)
{
	struct rule rule = remark;
	struct finding finding;
	struct report_options options = options_of(LANGUAGE_JA);
	g_autofree char *got = NULL;

	/* 14 columns in front, 26 for the text: the comma may not begin a line, so the character before it moves along. */
	rule.help.text[LANGUAGE_JA] = "一二三四五六七八九十一二三、四五六 example.com のまま";
	finding = make_finding(&rule, "x", 1, 0, 1);
	options.width = 40;
	got = render_one("text", &finding, 1, &options);
	assert_contains(got, "      = 対処: 一二三四五六七八九十一二\n"
	                     "              三、四五六 example.com の\n"
	                     "              まま\n");
}
END_TEST

/* --- json -----------------------------------------------------------------------------------------------------------------------
 */

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	ck_assert_msg(json_object_object_get_ex(object, key, &value), "no field %s", key);
	return value;
}

/* The same document, field by field; white space is no part of the contract. */
static void assert_same_json(const char *got, const char *want)
{
	struct json_object *a = json_tokener_parse(got), *b = json_tokener_parse(want);

	ck_assert_msg(a && b, "no JSON: %s", got);
	ck_assert_msg(json_object_equal(a, b), "got %s", got);
	json_object_put(a);
	json_object_put(b);
}

START_TEST(json_whole_document)
{
	struct finding finding = old_ad_finding();
	struct report_options options = options_of(LANGUAGE_JA);
	struct contribution contributions[] = {{.name = "subject-old-ad-label", .points = 2.4, .definition = &old_ad}};
	struct score score = {
	        .points = 2.4, .probability = 0.119203, .verdict = "clean", .contributions = contributions, .n_contributions = 1};
	struct requirement_status requirements[] = {{"AU-01", REQUIREMENT_NEEDS_DNS, REASON_NONE}, {"TX-07", REQUIREMENT_FAIL, REASON_NONE}};
	struct message_result result = {.path = "drafts/2026-11.eml",
	        .subject = "春の号",
	        .from = "会報 <news@example.jp>",
	        .size = 48213,
	        .findings = &finding,
	        .n_findings = 1,
	        .score = &score,
	        .requirements = requirements,
	        .n_requirements = 2};
	struct message_result *results[] = {&result};
	const struct report_error errors[] = {{.path = "gone.eml", .message = "No such file or directory"}};
	const struct report_view view = {.results = results,
	        .n_results = 1,
	        .errors = errors,
	        .n_errors = 1,
	        .tool_version = "0.1.0",
	        .rules_version = "abc"};
	GString *out = g_string_new(NULL);

	/* English, because no language was given for a machine format. */
	report_json.write(out, &view, &options);
	assert_same_json(out->str, "{\n"
	                           "  \"version\": 1,\n"
	                           "  \"tool\": \"presend\",\n"
	                           "  \"tool_version\": \"0.1.0\",\n"
	                           "  \"rules_version\": \"abc\",\n"
	                           "  \"messages\": [\n"
	                           "    {\n"
	                           "      \"path\": \"drafts/2026-11.eml\",\n"
	                           "      \"index\": 0,\n"
	                           "      \"kind\": \"message\",\n"
	                           "      \"subject\": \"春の号\",\n"
	                           "      \"from\": \"会報 <news@example.jp>\",\n"
	                           "      \"size\": 48213,\n"
	                           "      \"score\": {\n"
	                           "        \"points\": 2.4,\n"
	                           "        \"probability\": 0.1192,\n"
	                           "        \"verdict\": \"clean\",\n"
	                           "        \"contributions\": [\n"
	                           "          {\n"
	                           "            \"rule\": \"subject-old-ad-label\",\n"
	                           "            \"feature\": null,\n"
	                           "            \"points\": 2.4,\n"
	                           "            \"advice\": \"Old advertisement label in the subject\"\n"
	                           "          }\n"
	                           "        ]\n"
	                           "      },\n"
	                           "      \"findings\": [\n"
	                           "        {\n"
	                           "          \"rule\": \"subject-old-ad-label\",\n"
	                           "          \"severity\": \"error\",\n"
	                           "          \"confidence\": \"certain\",\n"
	                           "          \"requirements\": [\n"
	                           "            \"TX-07\"\n"
	                           "          ],\n"
	                           "          \"message\": \"the old label 未承諾広告※ is in the subject\",\n"
	                           "          \"help\": \"Take it away; state sender and opt-out in the body.\",\n"
	                           "          \"url\": \"https://example.jp/law\",\n"
	                           "          \"part\": \"1\",\n"
	                           "          \"span\": {\n"
	                           "            \"start\": {\n"
	                           "              \"offset\": 109,\n"
	                           "              \"line\": 4,\n"
	                           "              \"column\": 10\n"
	                           "            },\n"
	                           "            \"end\": {\n"
	                           "              \"offset\": 151,\n"
	                           "              \"line\": 4,\n"
	                           "              \"column\": 52\n"
	                           "            }\n"
	                           "          },\n"
	                           "          \"excerpt\": \"未承諾広告※\",\n"
	                           "          \"decoded_line\": \"未承諾広告※ spring\",\n"
	                           "          \"decoded_column\": 1,\n"
	                           "          \"smtp_reply\": \"550-5.7.1 unsolicited\",\n"
	                           "          \"fingerprint\": \"0123456789abcdef\",\n"
	                           "          \"fix\": null,\n"
	                           "          \"suppressed\": null\n"
	                           "        }\n"
	                           "      ],\n"
	                           "      \"requirements\": [\n"
	                           "        {\n"
	                           "          \"id\": \"AU-01\",\n"
	                           "          \"status\": \"needs-dns\"\n"
	                           "        },\n"
	                           "        {\n"
	                           "          \"id\": \"TX-07\",\n"
	                           "          \"status\": \"fail\"\n"
	                           "        }\n"
	                           "      ]\n"
	                           "    }\n"
	                           "  ],\n"
	                           "  \"errors\": [\n"
	                           "    {\n"
	                           "      \"path\": \"gone.eml\",\n"
	                           "      \"message\": \"No such file or directory\"\n"
	                           "    }\n"
	                           "  ]\n"
	                           "}\n");
	g_string_free(out, TRUE);
}
END_TEST

START_TEST(jsonl_lines)
{
	struct finding finding = old_ad_finding();
	struct report_options options = options_of(LANGUAGE_JA);
	struct message_result first = {.path = "a.eml", .findings = &finding, .n_findings = 1},
	                      second = {.path = "b.html", .index = 1, .is_template = true};
	struct message_result *results[] = {&first, &second};
	g_auto(GStrv) lines = NULL;
	g_autofree char *got = NULL;
	struct json_object *object;

	options.language_given = true;
	got = render("jsonl", results, 2, &options);
	lines = g_strsplit(got, "\n", -1);
	ck_assert_uint_eq(g_strv_length(lines), 3);
	ck_assert_str_eq(lines[1],
	        "{\"path\":\"b.html\",\"index\":1,\"kind\":\"template\",\"subject\":null,\"from\":null,\"size\":0,"
	        "\"score\":null,\"findings\":[],\"requirements\":[]}");
	ck_assert_str_eq(lines[2], "");
	object = json_tokener_parse(lines[0]);
	ck_assert_ptr_nonnull(object);
	/* --lang ja was given. */
	ck_assert_str_eq(json_object_get_string(get(json_object_array_get_idx(get(object, "findings"), 0), "message")),
	        "件名に「未承諾広告※」と書かれています");
	json_object_put(object);
}
END_TEST

/* Every string is valid UTF-8 and harmless when shown; absent things are null. */
START_TEST(json_hostile)
{
	static const char evil[] = "\x1b\x9b\xc2\x9b\xe2\x80\xae\"\\\n/\x7f"
	                           "é";
	struct finding finding = make_finding(&old_ad, evil, 1, 0, 1);
	struct message_result result = {.path = evil, .subject = evil, .from = "", .findings = &finding, .n_findings = 1};
	struct message_result *results[] = {&result};
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL;
	struct json_object *object, *message, *first;

	finding.excerpt = "";
	got = render("json", results, 1, &options);
	ck_assert(utf8_valid(span_str(got)));
	assert_lacks(got, "\xc2\x9b");
	assert_lacks(got, "\xe2\x80\xae");
	assert_lacks(got, "\x7f");
	object = json_tokener_parse(got);
	ck_assert_ptr_nonnull(object);
	message = json_object_array_get_idx(get(object, "messages"), 0);
	ck_assert_str_eq(json_object_get_string(get(message, "subject")), "\x1b\xef\xbf\xbd\xc2\x9b\xe2\x80\xae\"\\\n/\x7f"
	                                                                  "é");
	ck_assert_ptr_null(get(message, "from"));
	first = json_object_array_get_idx(get(message, "findings"), 0);
	ck_assert_ptr_null(get(first, "excerpt"));
	ck_assert_ptr_null(get(first, "decoded_line"));
	ck_assert_ptr_null(get(first, "decoded_column"));
	ck_assert_ptr_null(get(first, "part"));
	json_object_put(object);
}
END_TEST

static const struct {
	enum requirement_verdict verdict;
	const char *want;
} requirement_cases[] = {
        {REQUIREMENT_PASS, "pass"},
        {REQUIREMENT_FAIL, "fail"},
        {REQUIREMENT_NEEDS_DNS, "needs-dns"},
        {REQUIREMENT_NEEDS_RECEIVER, "needs-receiver"},
        {REQUIREMENT_NOT_APPLICABLE, "not-applicable"},
        {REQUIREMENT_UNKNOWN, "unknown"},
};

START_TEST(json_requirement_words)
{
	struct requirement_status status = {"X-01", requirement_cases[_i].verdict, REASON_NONE};
	struct message_result result = {.path = "a", .requirements = &status, .n_requirements = 1};
	struct message_result *results[] = {&result};
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = render("jsonl", results, 1, &options);
	g_autofree char *want =
	        g_strdup_printf("\"requirements\":[{\"id\":\"X-01\",\"status\":\"%s\"}]", requirement_cases[_i].want);

	assert_contains(got, want);
}
END_TEST

static const struct {
	double value;
	const char *want;
} number_cases[] = {
        {0, "\"points\":0.0,"},
        {3, "\"points\":3.0,"},
        {2.4, "\"points\":2.4,"},
        {0.123456, "\"points\":0.1235,"},
        {10.25, "\"points\":10.25,"},
        {-0.00001, "\"points\":0.0,"},
};

START_TEST(json_numbers)
{
	struct score score = {.points = number_cases[_i].value, .verdict = "clean"};
	struct message_result result = {.path = "a", .score = &score};
	struct message_result *results[] = {&result};
	struct report_options options = options_of(LANGUAGE_EN);
	g_autofree char *got = NULL;

	/* Where the locale is installed, its decimal comma must not show. */
	setlocale(LC_ALL, "de_DE.UTF-8");
	got = render("jsonl", results, 1, &options);
	setlocale(LC_ALL, "C");
	assert_contains(got, number_cases[_i].want);
}
END_TEST

START_TEST(reporter_by_name)
{
	ck_assert_ptr_eq(reporter_find("text"), &report_text);
	ck_assert_ptr_eq(reporter_find("json"), &report_json);
	ck_assert_ptr_eq(reporter_find("jsonl"), &report_jsonl);
	ck_assert_ptr_null(reporter_find("JSON"));
	ck_assert_ptr_null(reporter_find(""));
	ck_assert_ptr_null(reporter_find(NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("report");
	TCase *text = tcase_create("text"), *json = tcase_create("json");
	SRunner *runner;
	int failed;

	tcase_add_test(text, text_english);
	tcase_add_test(text, text_japanese);
	tcase_add_loop_test(text, text_marks, 0, G_N_ELEMENTS(mark_cases));
	tcase_add_test(text, text_span_over_lines_ends_with_the_line);
	tcase_add_test(text, text_missing_thing_shows_no_empty_line);
	tcase_add_test(text, text_large_line_number);
	tcase_add_test(text, text_repeated_rule);
	tcase_add_test(text, text_info_remarks);
	tcase_add_test(text, text_four_remarks_of_one_rule);
	tcase_add_test(text, text_quiet_and_empty);
	tcase_add_test(text, text_unreadable_files);
	tcase_add_test(text, text_statistics);
	tcase_add_test(text, text_score);
	tcase_add_test(text, text_hostile_everywhere);
	tcase_add_test(text, text_color_and_links);
	tcase_add_test(text, text_link_refuses_control_bytes);
	tcase_add_test(text, text_wraps_japanese);
	tcase_add_test(json, json_whole_document);
	tcase_add_test(json, jsonl_lines);
	tcase_add_test(json, json_hostile);
	tcase_add_loop_test(json, json_requirement_words, 0, G_N_ELEMENTS(requirement_cases));
	tcase_add_loop_test(json, json_numbers, 0, G_N_ELEMENTS(number_cases));
	tcase_add_test(json, reporter_by_name);
	suite_add_tcase(suite, text);
	suite_add_tcase(suite, json);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
