/* Tests of base/words.c: which hits stand on word borders. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/words.h"

/* The first place of phrase in text. */
static const struct {
	const char *text, *phrase;
	bool border;
} cases[] = {
        /* ASCII only: decided without ICU. */
        {"get it free now", "free", true},
        {"free", "free", true},
        {"freedom", "free", false},
        {"essex", "sex", false},
        {"x-free-y", "free", true},
        {"free2", "free", false},
        {"(free)", "free", true},
        /* Hits inside longer Japanese words. */
        {"支援助成金のご案内", "援助", false},
        {"有無料金", "無料", false},
        {"送料の有無料金表をご覧ください", "無料", false},
        {"ピエロの公演", "エロ", false},
        {"三人妻子", "人妻", false},
        {"出会い頭の事故", "出会い", false},
        {"副業務責任者", "副業", false},
        {"online追加", "line追加", false},
        {"essexの人", "sex", false},
        {"sexyな人", "sex", false},
        /* Hits that are words. */
        {"期間限定送料無料キャンペーン", "無料", true},
        {"期間限定送料無料キャンペーン", "期間限定", true},
        {"このメールは送信専用アドレスから配信しております", "送信専用アドレス", true},
        {"未承諾広告※春の号", "未承諾広告", true},
        {"逆援助交際", "逆援助", false},
        {"逆援助交際", "援助交際", true},
        {"処女作", "処女", true},
        {"設備投資", "投資", true},
        {"当選者発表", "当選", true},
        {"人気無修正版", "無修正", true},
        {"無料", "無料", true},
        /* A line end is a border, and nothing behind it counts. */
        {"有\n無料\n金", "無料", true},
        {"有 無料 金", "無料", true},
        {"ABCあxyz", "xyz", true},
};

START_TEST(border)
{
	struct words *words = words_new();
	size_t n = strlen(cases[_i].text);
	char *copy = malloc(n);
	struct span text = {memcpy(copy, cases[_i].text, n), n};
	struct span phrase = span_str(cases[_i].phrase);
	size_t at = span_find(text, phrase, 0);

	ck_assert(at < n);
	for (int round = 0; round < 2; round++)
		ck_assert_msg(words_is_border(words, text, at, at + phrase.n) == cases[_i].border, "%s in %s", cases[_i].phrase,
		        cases[_i].text);
	ck_assert(words_is_border(NULL, text, at, at + phrase.n) == cases[_i].border);
	words_free(words);
	free(copy);
}
END_TEST

/* A hit far inside a long line, a hit longer than the window, and places outside. */
START_TEST(long_texts)
{
	struct words *words = words_new();
	GString *text = g_string_new(NULL);
	struct span s;

	for (int i = 0; i < 2000; i++)
		g_string_append(text, "期間限定送料無料キャンペーン");
	s = span_of(text->str, text->len);
	ck_assert(words_is_border(words, s, 42 * 1000, 42 * 1001));
	ck_assert(words_is_border(words, s, 42 * 100, 42 * 1001));
	ck_assert(words_is_border(words, s, 0, s.n));
	ck_assert(words_is_border(words, s, s.n + 5, s.n + 9));
	/* Inside a character. */
	ck_assert(!words_is_border(words, s, 42 * 1000 + 1, 42 * 1001));
	g_string_free(text, TRUE);
	words_free(words);
	words_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("words");
	TCase *tests = tcase_create("words");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, border, 0, (int)G_N_ELEMENTS(cases));
	tcase_add_test(tests, long_texts);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
