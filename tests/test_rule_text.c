/* Words of options, did-you-mean, pages of rules, and the mails around examples. Reads and writes no files. */
#include <check.h>
#include <glib.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "rule/example.h"
#include "rule/explain.h"

/* --- words -------------------------------------------------------------------------------------------------------------------- */

START_TEST(option_words)
{
	enum stage stage;
	unsigned profiles;
	struct lint_options options = {0};

	ck_assert(stage_parse("received", &stage) && stage == STAGE_RECEIVED);
	ck_assert(!stage_parse("Received", &stage) && !stage_parse("", &stage));
	ck_assert_str_eq(stage_name(STAGE_DRAFT), "draft");
	ck_assert_str_eq(severity_name(SEVERITY_OFF), "off");
	ck_assert_str_eq(profile_name(PROFILE_JAPAN_CARRIERS), "japan-carriers");
	ck_assert(profile_parse("gmail-bulk", &profiles) && profiles == PROFILE_GMAIL_BULK);
	ck_assert(profiles_parse("gmail-bulk,law-jp", &profiles) &&
	          profiles == (PROFILE_GMAIL | PROFILE_GMAIL_BULK | PROFILE_LAW_JP));
	ck_assert(!profiles_parse("gmail,", &profiles) && !profiles_parse("", &profiles));
	ck_assert(lint_options_set_line(&options, "--stage final  --target-charset ISO-2022-JP --now 2026-11-24T09:00:30+09:00"));
	ck_assert(options.stage_given && options.stage == STAGE_FINAL && options.target_jis && options.now == EXAMPLE_NOW);
	ck_assert(!lint_options_set_line(&options, "--stage"));
	ck_assert(!lint_options_set_line(&options, "--stage soon"));
	ck_assert(!lint_options_set_line(&options, "--fix yes"));
}
END_TEST

static const struct {
	const char *word, *want;
} near_words[] = {
        {"subejct-missing", "subject-missing"}, /* a swap is one step */
        {"subject-mising", "subject-missing"},
        {"subject-missing", "subject-missing"},
        {"gtub", "gtube"},
        {"gt", NULL},
        {"completely-else", NULL},
        {"", NULL},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
};

START_TEST(near_word)
{
	static const char *const words[] = {"gtube", "link-plain-http", "subject-missing", NULL};
	static const struct rule rules[] = {{.id = "gtube"}, {.id = "link-plain-http"}, {.id = "subject-missing"}};
	static const struct rule *const list[] = {&rules[0], &rules[1], &rules[2]};
	struct rule_set set = {list, G_N_ELEMENTS(list)};

	ck_assert_pstr_eq(word_nearest(near_words[_i].word, words), near_words[_i].want);
	ck_assert_pstr_eq(rule_set_suggest(&set, near_words[_i].word), near_words[_i].want);
	ck_assert_ptr_eq(rule_set_find(&set, words[_i % 3]), list[_i % 3]);
	ck_assert_ptr_null(rule_set_find(&set, "zzz"));
	ck_assert_ptr_null(rule_set_find(&set, "a"));
}
END_TEST

/* --- pages -------------------------------------------------------------------------------------------------------------------- */

static const char *const no_words[] = {NULL};
static const char *const requirements[] = {"UN-01", NULL};
static const struct rule sample = {
        .id = "sample",
        .area = "list",
        .file = "rules.d/list/sample.yaml",
        .requirements = requirements,
        .severity = SEVERITY_WARNING,
        .conditions = (const struct rule_condition[]){{.stages = 1U << STAGE_TEMPLATE, .severity = SEVERITY_OFF},
                {.profiles = PROFILE_LAW_JP, .severity = -1, .requirements = requirements}},
        .n_conditions = 2,
        .title = {{"A | title", "題"}},
        .why = {{"First \x1B[31mred.\n\nSecond.", "理由は長い文章で、八十桁を超えるので、途中のどこかで折り返されるはずです。「引用"
                                                  "」の始めの括弧は行末に残らず、句読点は行頭に来ません。"}},
        .help = {{"Help \xE2\x80\xAEme.", "助け"}},
        .messages = (const struct rule_message[]){{"one", {{"a \"quoted\" {x}", "一 {x}"}}}, {"two", {{"b", "二"}}}},
        .n_messages = 2,
        .sources =
                (const struct rule_source[]){
                        {.name = "RFC 8058", .section = "3.1", .url = "https://www.rfc-editor.org/rfc/rfc8058"},
                        {.name = "Common practice"}},
        .n_sources = 2,
        .check = "known",
        .examples = (const struct rule_example[]){{.fail = true, .kind = "text", .content = "a ```` fence\r\n"},
                {.kind = "messages", .parts = requirements}},
        .n_examples = 2,
};
static const struct rule plain = {.id = "another",
        .area = "header",
        .file = "x",
        .requirements = no_words,
        .title = {{"Other", "他"}},
        .why = {{"w", "w"}},
        .help = {{"h", "h"}}};

static char *page(enum explain_format format, enum language language)
{
	GString *out = g_string_new(NULL);
	explain_rule(out, &sample, format, language, 80);
	return g_string_free(out, FALSE);
}

START_TEST(page_is_safe)
{
	for (int format = EXPLAIN_TEXT; format <= EXPLAIN_JSON; format++) {
		for (int language = 0; language < N_LANGUAGES; language++) {
			char *text = page((enum explain_format)format, (enum language)language);
			ck_assert(g_utf8_validate(text, -1, NULL));
			ck_assert_int_eq(text[strlen(text) - 1], '\n');
			for (const char *p = text; *p; p++)
				ck_assert_msg(*p == '\n' || (unsigned char)*p >= 0x20, "control character in format %d", format);
			if (format != EXPLAIN_JSON)
				ck_assert_ptr_null(strstr(text, "\xE2\x80\xAE"));
			g_free(text);
		}
	}
}
END_TEST

START_TEST(page_as_text)
{
	char *text = page(EXPLAIN_TEXT, LANGUAGE_EN);
	ck_assert(g_str_has_prefix(text, "sample: A | title\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n  when stage template: off\n  when profile law-jp: + UN-01\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n  First \\e[31mred.\n\n  Second.\n"));
	ck_assert_ptr_nonnull(
	        strstr(text, "\n  RFC 8058, section 3.1\n    https://www.rfc-editor.org/rfc/rfc8058\n  Common practice\n"));
	ck_assert_ptr_null(strstr(text, "理由"));
	g_free(text);

	text = page(EXPLAIN_TEXT, LANGUAGE_JA);
	ck_assert_ptr_nonnull(strstr(text, "理由"));
	char **lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		int columns = 0;
		for (const char *p = *line; *p; p = g_utf8_next_char(p))
			columns += g_unichar_iswide(g_utf8_get_char(p)) ? 2 : 1;
		ck_assert_msg(columns <= 80, "%d columns: %s", columns, *line);
		ck_assert_msg(!g_str_has_suffix(*line, "「") && !g_str_has_prefix(g_strchug(*line), "、"), "%s", *line);
	}
	g_strfreev(lines);
	g_free(text);
}
END_TEST

START_TEST(page_as_markdown)
{
	char *text = page(EXPLAIN_MARKDOWN, LANGUAGE_EN);
	ck_assert_ptr_nonnull(strstr(text, "\n# sample\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n## A \\| title\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n## 題\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n`````\na ```` fence\\r\n`````\n"));
	char *japanese = page(EXPLAIN_MARKDOWN, LANGUAGE_JA);
	ck_assert_str_eq(text, japanese);
	g_free(japanese);
	g_free(text);
}
END_TEST

/* A rule that names lists of facts tells which, of when; those of others have no link to our pages. */
START_TEST(page_with_lists)
{
	static const uint32_t starts[] = {0, 2, 4};
	static const struct data_list own = {.name = "own", .title = "Our <list>", .title_ja = "自分の<一覧>", .date = "2026", .text = "a\0b", .starts = starts, .n = 2};
	const struct data_list *lists[] = {&own, data_set_find(&builtin_data, "shorteners"), NULL};
	const struct rule_setting setting = {.key = "hosts", .data = lists};
	struct rule rule = plain;
	GString *out = g_string_new(NULL);

	ck_assert_ptr_nonnull(lists[1]);
	rule.settings = &setting;
	rule.n_settings = 1;
	explain_rule(out, &rule, EXPLAIN_TEXT, LANGUAGE_EN, 80);
	ck_assert_ptr_nonnull(strstr(out->str, "\n  @own: Our <list> (entries: 2, 2026)\n  @shorteners: "));
	g_string_truncate(out, 0);
	explain_rule(out, &rule, EXPLAIN_TEXT, LANGUAGE_JA, 80);
	ck_assert_ptr_nonnull(strstr(out->str, "\n  @own: 自分の<一覧> (件数: 2, 2026)\n"));
	g_string_truncate(out, 0);
	explain_rule(out, &rule, EXPLAIN_MARKDOWN, LANGUAGE_EN, 80);
	ck_assert_ptr_nonnull(strstr(out->str, "\n- @own: Our \\<list\\> (entries: 2, 2026)\n- [@shorteners](../data.md#shorteners): "));
	g_string_truncate(out, 0);
	explain_rule(out, &rule, EXPLAIN_JSON, LANGUAGE_EN, 80);
	struct json_object *root = json_tokener_parse(out->str), *value;
	ck_assert_ptr_nonnull(root);
	ck_assert(json_object_object_get_ex(root, "lists", &value));
	ck_assert_uint_eq(json_object_array_length(value), 2);
	json_object_put(root);
	g_string_free(out, TRUE);
}
END_TEST

START_TEST(page_as_json)
{
	char *text = page(EXPLAIN_JSON, LANGUAGE_JA);
	struct json_object *root = json_tokener_parse(text), *value;
	ck_assert_ptr_nonnull(root);
	ck_assert(json_object_object_get_ex(root, "title", &value));
	ck_assert_str_eq(json_object_get_string(value), "題");
	ck_assert(json_object_object_get_ex(root, "messages", &value) && json_object_object_get_ex(value, "one", &value));
	ck_assert_str_eq(json_object_get_string(value), "一 {x}");
	ck_assert(json_object_object_get_ex(root, "sources", &value));
	ck_assert_uint_eq(json_object_array_length(value), 2);
	json_object_put(root);
	g_free(text);

	static const struct rule *const rules[] = {&plain, &sample};
	struct rule_set set = {rules, 2};
	GString *list = g_string_new(NULL);
	explain_list(list, &set, EXPLAIN_JSON, LANGUAGE_EN);
	root = json_tokener_parse(list->str);
	ck_assert_ptr_nonnull(root);
	ck_assert(json_object_object_get_ex(root, "rules", &value));
	ck_assert_uint_eq(json_object_array_length(value), 2);
	json_object_put(root);

	g_string_truncate(list, 0);
	explain_list(list, &set, EXPLAIN_MARKDOWN, LANGUAGE_EN);
	ck_assert_ptr_nonnull(strstr(list->str, "| [sample](sample.md) | warning … | UN-01 | A \\| title | 題 |\n"));
	const char *header = strstr(list->str, "\n## header\n"), *area = strstr(list->str, "\n## list\n");
	ck_assert(header && area && header < area);
	g_string_truncate(list, 0);
	explain_list(list, &set, EXPLAIN_TEXT, LANGUAGE_JA);
	ck_assert_str_eq(list->str, "another  off      他\nsample   warning  題\n");
	g_string_free(list, TRUE);
}
END_TEST

/* --- examples ----------------------------------------------------------------------------------------------------------------- */

static char *build(const char *kind, const char *content)
{
	struct rule_example example = {.kind = kind, .content = content};
	struct example_file file;
	ck_assert(example_build(&example, ".", &file, NULL));
	ck_assert_str_eq(file.path, strcmp(kind, "template") == 0 ? "example.html" : "example.eml");
	char *bytes = g_strndup(file.bytes->str, file.bytes->len);
	example_file_release(&file);
	return bytes;
}

static size_t count(const char *text, const char *needle)
{
	size_t n = 0;
	for (; (text = strstr(text, needle)); text += strlen(needle))
		n++;
	return n;
}

static const struct {
	const char *kind, *content, *has, *lacks;
} mails[] = {
        {"subject", "Hello", "\nSubject: Hello\n", "New books for November"},
        /* あいう in UTF-8 and base64, by RFC 2047 and RFC 4648. */
        {"subject", "あいう", "\nSubject: =?UTF-8?B?44GC44GE44GG?=\n", "\nSubject: New"},
        {"from", "a, b <x@y>", "\nFrom: a, b <x@y>\n", "Hanami Books\" <news"},
        {"headers", "list-unsubscribe : x\nX-New: 1\n  folded\n", "\nlist-unsubscribe : x\nX-New: 1\n  folded\n",
                "\nList-Unsubscribe: "},
        {"headers", "-List-Unsubscribe\n", "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n", "\nList-Unsubscribe: "},
        {"headers", "Content-Type: text/plain; charset=x\n", "\nContent-Type: text/plain; charset=x\n", "charset=UTF-8"},
        {"headers", "garbage line\n", "\ngarbage line\n", NULL},
        {"text", "plain", "\nContent-Transfer-Encoding: 7bit\n\nplain\n\n--\nYou receive", "8bit"},
        {"text", "本文\n", "\nContent-Transfer-Encoding: 8bit\n\n本文\n\n--\n", "7bit"},
        {"html", "<b>x</b>", "<b>x</b>\n<p>You receive", NULL},
        {"html", "<HTML><b>x</b></HTML>", "\n\n<HTML><b>x</b></HTML>\n\n--=_", "viewport"},
        {"eml", "A: b\n\nc", "A: b\n\nc", "From"},
        {"bytes", "a\\e$B\\x82\\xa0\\r\\n\\\\", "a\x1B$B\x82\xA0\r\n\\", NULL},
        {"template", "<p>{{x}}</p>", "<p>{{x}}</p>", "From"},
};

START_TEST(mail_around)
{
	char *mail = build(mails[_i].kind, mails[_i].content);
	ck_assert_msg(strstr(mail, mails[_i].has) != NULL, "%s", mail);
	if (mails[_i].lacks)
		ck_assert_msg(strstr(mail, mails[_i].lacks) == NULL, "%s", mail);
	g_free(mail);
}
END_TEST

START_TEST(long_subject)
{
	GString *subject = g_string_new(NULL);
	for (int i = 0; i < 60; i++)
		g_string_append(subject, i % 2 ? "長" : "a");
	char *mail = build("subject", subject->str), **lines = g_strsplit(mail, "\n", -1);
	GString *decoded = g_string_new(NULL);
	for (char **line = lines; *line; line++) {
		ck_assert_uint_le(strlen(*line), 998);
		const char *word = strstr(*line, "=?UTF-8?B?");
		if (!word)
			continue;
		/* RFC 2047, section 2: 75 characters a word, 76 a line. */
		ck_assert_uint_le(strlen(*line) - (size_t)(word - *line), 75);
		ck_assert_uint_le(strlen(*line), 76);
		gsize n;
		char *base64 = g_strndup(word + 10, strlen(word) - 12);
		guchar *bytes = g_base64_decode(base64, &n);
		ck_assert(g_utf8_validate((const char *)bytes, (gssize)n, NULL));
		g_string_append_len(decoded, (const char *)bytes, (gssize)n);
		g_free(bytes);
		g_free(base64);
	}
	ck_assert_str_eq(decoded->str, subject->str);
	g_string_free(decoded, TRUE);
	g_strfreev(lines);
	g_free(mail);
	g_string_free(subject, TRUE);
}
END_TEST

START_TEST(other_kinds)
{
	static const char *const parts[] = {"A: b\n\nFrom me\n>From you\n", "A: c\n\nx", NULL};
	struct rule_example messages = {.kind = "messages", .parts = parts};
	struct rule_example repeat = {.kind = "repeat", .content = "A: b\n", .repeat_line = "X: y\n", .repeat_times = 3};
	struct rule_example engine = {.kind = "engine", .content = "tests/x.c"};
	struct rule_example missing = {.kind = "file", .content = "good/there-is-no-such-file.eml"};
	struct rule_example named = {
	        .kind = "template", .content = "Hi {{x}}", .file_name = "weekly.txt", .options = "--volume bulk"};
	struct example_file file;
	struct lint_options options;
	GError *error = NULL;

	ck_assert(example_build(&messages, ".", &file, NULL));
	ck_assert_str_eq(file.path, "example.mbox");
	ck_assert_uint_eq(count(file.bytes->str, "\nFrom ") + 1, 2);
	ck_assert_ptr_nonnull(strstr(file.bytes->str, "\n\n>From me\n>>From you\n\nFrom "));
	example_file_release(&file);

	ck_assert(example_build(&repeat, ".", &file, NULL));
	ck_assert_str_eq(file.bytes->str, "A: b\nX: y\nX: y\nX: y\n");
	example_file_release(&file);

	ck_assert(example_build(&engine, ".", &file, NULL));
	ck_assert(file.is_skipped);
	example_file_release(&file);

	ck_assert(!example_build(&missing, ".", &file, &error));
	ck_assert_ptr_nonnull(error);
	g_clear_error(&error);
	example_file_release(&file);

	ck_assert(example_build(&named, ".", &file, NULL));
	ck_assert(file.is_template);
	ck_assert_str_eq(file.path, "weekly.txt");
	example_file_release(&file);

	ck_assert(example_options(&named, &options));
	ck_assert_int_eq(options.volume, VOLUME_BULK);
	ck_assert_int_eq(options.mail_class, CLASS_NEWSLETTER);
	ck_assert(!options.stage_given);
	ck_assert_int_eq(options.now, EXAMPLE_NOW);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rule_text");
	TCase *words = tcase_create("words"), *pages = tcase_create("pages"), *examples = tcase_create("examples");

	tcase_add_test(words, option_words);
	tcase_add_loop_test(words, near_word, 0, G_N_ELEMENTS(near_words));
	tcase_add_test(pages, page_is_safe);
	tcase_add_test(pages, page_as_text);
	tcase_add_test(pages, page_with_lists);
	tcase_add_test(pages, page_as_markdown);
	tcase_add_test(pages, page_as_json);
	tcase_add_loop_test(examples, mail_around, 0, G_N_ELEMENTS(mails));
	tcase_add_test(examples, long_subject);
	tcase_add_test(examples, other_kinds);
	suite_add_tcase(suite, words);
	suite_add_tcase(suite, pages);
	suite_add_tcase(suite, examples);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
