/* Role: text of a draft made safe for a terminal.
 * May not: depend on a terminal or a locale. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "report/safe.h"

/* in holds n bytes where n is not 0, else it is a C string. */
static const struct {
	const char *name, *in;
	size_t n;
	bool show_invisible;
	const char *want;
	size_t columns;
} cases[] = {
        {"plain", "abc ~", 0, true, "abc ~", 5},
        {"Japanese", "件名ｱ", 0, true, "件名ｱ", 5},
        {"escape", "\x1b[31m", 0, false, "<U+001B>[31m", 12},
        {"NUL", "a\0b", 3, false, "a<U+0000>b", 10},
        {"line ends", "a\r\nb", 0, false, "a<U+000D><U+000A>b", 18},
        {"tab", "a\tb", 0, false, "a b", 3},
        {"DEL", "\x7f", 0, false, "<U+007F>", 8},
        {"CSI of C1", "\xc2\x9b", 0, false, "<U+009B>", 8},
        {"first behind C1", "\xc2\xa0", 0, true, "\xc2\xa0", 1},
        {"bare 9B", "\x9bX", 0, false, "<9B>X", 5},
        {"overlong escape", "\xc0\x9b", 0, false, "<C0><9B>", 8},
        {"surrogate", "\xed\xa0\x80", 0, false, "<ED><A0><80>", 12},
        {"cut character", "\xe4\xbb", 0, false, "<E4><BB>", 8},
        {"real replacement character", "\xef\xbf\xbd", 0, true, "\xef\xbf\xbd", 1},
        {"right-to-left override",
                "a\xe2\x80\xae"
                "b",
                0, false, "a<U+202E>b", 10},
        {"embedding begins at 202A", "\xe2\x80\xaa", 0, false, "<U+202A>", 8},
        {"isolates", "\xe2\x81\xa6\xe2\x81\xa9", 0, false, "<U+2066><U+2069>", 16},
        {"marks", "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", 0, false, "<U+200E><U+200F><U+061C>", 24},
        {"separators", "\xe2\x80\xa8\xe2\x80\xa9", 0, false, "<U+2028><U+2029>", 16},
        {"byte order mark", "\xef\xbb\xbf", 0, false, "<U+FEFF>", 8},
        {"zero width hidden",
                "a\xe2\x80\x8b"
                "b",
                0, false,
                "a\xe2\x80\x8b"
                "b",
                2},
        {"zero width shown",
                "a\xe2\x80\x8b"
                "b",
                0, true, "a<U+200B>b", 10},
        {"soft hyphen shown",
                "a\xc2\xad"
                "b",
                0, true, "a<U+00AD>b", 10},
        {"variation selector of a kanji", "葛\xf3\xa0\x84\x80", 0, true, "葛<U+E0100>", 11},
        {"variation selector of an emoji", "\xe2\x9d\xa4\xef\xb8\x8f", 0, true, "\xe2\x9d\xa4\xef\xb8\x8f", 1},
        {"variation selector alone", "\xef\xb8\x8f", 0, true, "<U+FE0F>", 8},
        {"joiner between emoji", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 0, true,
                "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 4},
        {"joiner at the end", "\xf0\x9f\x91\xa9\xe2\x80\x8d", 0, true, "\xf0\x9f\x91\xa9<U+200D>", 10},
        {"joiner between letters",
                "a\xe2\x80\x8d"
                "b",
                0, true, "a<U+200D>b", 10},
        {"tag letters without a flag", "a\xf3\xa0\x81\xa1", 0, true, "a<U+E0061>", 10},
        {"tag letters of a flag", "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7", 0, true, "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7", 2},
        {"Hangul filler", "\xe3\x85\xa4", 0, true, "<U+3164>", 8},
        {"empty", "", 0, true, "", 0},
};

/* Exactly as large as the text, so that the address sanitizer sees a byte too many. */
static struct span copy_of(const char *in, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, in, n);
	return span_of(copy, n);
}

START_TEST(safe_text)
{
	struct span text = copy_of(cases[_i].in, cases[_i].n ? cases[_i].n : strlen(cases[_i].in));
	GString *out = g_string_new("> ");

	safe_append_terminal(out, text, cases[_i].show_invisible);
	ck_assert_msg(strcmp(out->str + 2, cases[_i].want) == 0, "%s: got %s", cases[_i].name, out->str + 2);
	ck_assert_msg(safe_width(text, cases[_i].show_invisible) == cases[_i].columns, "%s: %zu columns", cases[_i].name,
	        safe_width(text, cases[_i].show_invisible));
	g_string_free(out, TRUE);
	free((char *)(size_t)text.p);
}
END_TEST

/* Whatever two bytes come, what leaves is valid UTF-8 without a control character, and its columns are as announced. */
START_TEST(safe_every_pair_of_bytes)
{
	GString *out = g_string_new(NULL);

	for (unsigned int pair = 0; pair < 0x10000; pair++) {
		const char bytes[2] = {(char)(pair >> 8), (char)(pair & 0xff)};
		struct span text = copy_of(bytes, 2);

		g_string_truncate(out, 0);
		safe_append_terminal(out, text, true);
		ck_assert_msg(g_utf8_validate(out->str, (gssize)out->len, NULL), "%04x", pair);
		for (const char *p = out->str; *p; p = g_utf8_next_char(p))
			ck_assert_msg(!g_unichar_iscntrl(g_utf8_get_char(p)), "%04x", pair);
		free((char *)(size_t)text.p);
	}
	g_string_free(out, TRUE);
}
END_TEST

START_TEST(safe_next_steps)
{
	struct span text = copy_of("あ\x9b", 4);
	size_t at = 0;

	ck_assert_uint_eq(safe_next(NULL, text, &at, true), 2);
	ck_assert_uint_eq(at, 3);
	ck_assert_uint_eq(safe_next(NULL, text, &at, true), 4);
	ck_assert_uint_eq(at, 4);
	ck_assert_uint_eq(safe_next(NULL, text, &at, true), 0);
	ck_assert_uint_eq(at, 4);
	free((char *)(size_t)text.p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("safe");
	TCase *tcase = tcase_create("terminal");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60); /* every pair of bytes, also beside other tests */
	tcase_add_loop_test(tcase, safe_text, 0, G_N_ELEMENTS(cases));
	tcase_add_test(tcase, safe_every_pair_of_bytes);
	tcase_add_test(tcase, safe_next_steps);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
