/* Tests of base/utf8.c: well-formedness after RFC 3629, stepping in both directions, widths after UAX #11. */
#include <check.h>
#include <stdlib.h>

#include "base/utf8.h"

/* An exact copy on the heap, so that a read behind the end is seen by the sanitizer. */
static struct span exact(const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, n);
	return span_of(copy, n);
}

#define CASE(name, literal, prefix, count)                                                                                         \
	{                                                                                                                          \
		name, literal, sizeof(literal) - 1, prefix, count                                                                  \
	}
static const struct {
	const char *name, *in;
	size_t n, prefix, count;
} valid_cases[] = {
        CASE("empty", "", 0, 0),
        CASE("ascii", "hello, world: sixteen and more", 30, 30),
        CASE("nul inside", "a\0b", 3, 3),
        CASE("kana", "あいう", 9, 3),
        CASE("first and last of each length", "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 19,
                7),
        CASE("overlong slash, two bytes", "a\xc0\xaf", 1, 3),
        CASE("overlong, three bytes", "\xe0\x9f\xbf", 0, 3),
        CASE("overlong, four bytes", "\xf0\x8f\xbf\xbf", 0, 4),
        CASE("surrogate", "ab\xed\xa0\x80", 2, 5),
        CASE("last before the surrogates", "\xed\x9f\xbf", 3, 1),
        CASE("above U+10FFFF", "\xf4\x90\x80\x80", 0, 4),
        CASE("byte F5", "\xf5\x80\x80\x80", 0, 4),
        CASE("cut after one byte", "abcdefgh\xe3", 8, 9),
        CASE("cut after two bytes", "\xe3\x81", 0, 2),
        CASE("cut after three bytes", "\xf0\x9f\x98", 0, 3),
        CASE("lone tail", "\x80", 0, 1),
        CASE("lead, then ascii", "\xe3\x61\x62", 0, 3),
};

START_TEST(valid_prefix)
{
	struct span s = exact(valid_cases[_i].in, valid_cases[_i].n);
	size_t at = 0, steps = 0;

	ck_assert_msg(utf8_valid_prefix(s) == valid_cases[_i].prefix, "%s: %zu", valid_cases[_i].name, utf8_valid_prefix(s));
	ck_assert(utf8_valid(s) == (valid_cases[_i].prefix == s.n));
	ck_assert_msg(utf8_count(s) == valid_cases[_i].count, "%s: %zu", valid_cases[_i].name, utf8_count(s));
	while (at < s.n) {
		size_t before = at, back;
		uint32_t c = utf8_next(s, &at);

		ck_assert_uint_eq(utf8_offset(s, steps), before);
		steps++;
		ck_assert(at > before && at - before <= 4);
		/* Backwards is the mirror of forwards. */
		back = at;
		ck_assert_uint_eq(utf8_previous(s, &back), c);
		ck_assert_msg(back == before, "%s: back to %zu, not %zu", valid_cases[_i].name, back, before);
	}
	ck_assert_uint_eq(steps, valid_cases[_i].count);
	ck_assert_uint_eq(utf8_offset(s, steps + 5), s.n);
	free((void *)s.p);
}
END_TEST

START_TEST(every_code_point)
{
	for (uint32_t c = 0; c < 0x110000; c++) {
		char bytes[4];
		size_t n = utf8_write(bytes, c), at = 0;
		uint32_t back = utf8_next(span_of(bytes, n), &at);

		/* An assertion a turn would take minutes. */
		if (at != n || back != (c >= 0xd800 && c <= 0xdfff ? 0xfffd : c))
			ck_abort_msg("U+%04X", c);
	}
}
END_TEST

START_TEST(ends)
{
	size_t at = 0;

	ck_assert_uint_eq(utf8_previous(SPAN_LIT("ab"), &at), 0xfffd);
	ck_assert_uint_eq(at, 0);
	at = 2;
	ck_assert_uint_eq(utf8_next(SPAN_LIT("ab"), &at), 0xfffd);
	ck_assert_uint_eq(at, 2);
}
END_TEST

static const struct {
	const char *name;
	uint32_t c;
	int narrow, wide; /* ambiguous characters as narrow, as wide */
} width_cases[] = {
        {"letter", 'a', 1, 1},
        {"hiragana", 0x3042, 2, 2},
        {"half-width kana", 0xff76, 1, 1},
        {"full-width letter", 0xff21, 2, 2},
        {"ideographic space", 0x3000, 2, 2},
        {"kanji", 0x6625, 2, 2},
        {"kanji of plane 2", 0x20b9f, 2, 2},
        {"hangul", 0xac00, 2, 2},
        {"emoji", 0x1f600, 2, 2},
        {"reference mark", 0x203b, 1, 2},
        {"circled one", 0x2460, 1, 2},
        {"black star", 0x2605, 1, 2},
        {"box line", 0x2501, 1, 2},
        {"voiced mark", 0x3099, 0, 0},
        {"spacing voiced mark", 0x309b, 2, 2},
        {"acute accent", 0x301, 0, 0},
        {"zero width space", 0x200b, 0, 0},
        {"variation selector", 0xfe0f, 0, 0},
        {"hangul vowel", 0x1161, 0, 0},
        {"cyrillic", 0x416, 1, 2},
        {"e acute", 0xe9, 1, 2},
        {"e breve", 0x115, 1, 1},
        {"control", 0x07, 0, 0},
        {"kana line mark", 0x302a, 0, 0},
};

START_TEST(width)
{
	ck_assert_msg(char_width(width_cases[_i].c, false) == width_cases[_i].narrow, "%s", width_cases[_i].name);
	ck_assert_msg(char_width(width_cases[_i].c, true) == width_cases[_i].wide, "%s", width_cases[_i].name);
}
END_TEST

START_TEST(width_of_text)
{
	ck_assert_uint_eq(text_width(SPAN_LIT("a※あ\xe3\x82\x99"), true), 5);
	ck_assert_uint_eq(text_width(SPAN_LIT("a※あ\xe3\x82\x99"), false), 4);
	/* A broken byte is shown as U+FFFD, whose width is ambiguous. */
	ck_assert_uint_eq(text_width(SPAN_LIT("\xff"), false), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tests = tcase_create("utf8");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, valid_prefix, 0, (int)(sizeof(valid_cases) / sizeof(valid_cases[0])));
	tcase_add_test(tests, every_code_point);
	tcase_add_test(tests, ends);
	tcase_add_loop_test(tests, width, 0, (int)(sizeof(width_cases) / sizeof(width_cases[0])));
	tcase_add_test(tests, width_of_text);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
