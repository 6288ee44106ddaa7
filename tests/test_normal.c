/* Tests of base/normal.c: L1 against tables, against ICU's own NFKC_Casefold, and its map. */
#include <check.h>
#include <dirent.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/normal.h"
#include "base/utf8.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

/* A root text over an exact copy on the heap; the caller frees bytes.p. */
static struct text root(const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, n);
	return (struct text){.bytes = {copy, n}};
}

static const struct {
	const char *name, *in, *want;
} cases[] = {
        /* What NFKC_Casefold does. */
        {"half-width kana", "ﾒｰﾙﾏｶﾞｼﾞﾝ", "メールマガジン"},
        {"full-width letters", "ＦＲＥＥ Ｗｅｂ", "free web"},
        {"mathematical letters", "𝐅𝐑𝐄𝐄 ⓐ 🄰 𝟙", "free a a 1"},
        {"circled, bracketed, dotted", "① ⑴ ⒈", "1 (1) 1."},
        {"company", "㈱ ㍿ ℡ № Ⅷ ㎡", "(株) 株式会社 tel no viii m2"},
        {"squared katakana and eras", "㌔ ㍻ ㋿ ㊙ ㊤ ㏍", "キロ 平成 令和 秘 上 kk"},
        {"squared kanji", "🈚料 🉐 🈹 🈵", "無料 得 割 満"},
        {"zero width space", "無\u200b料", "無料"},
        {"word joiner, soft hyphen, selector", "無\u2060\u00ad\ufe0f料", "無料"},
        {"tag character and bidi control", "無\U000e0041\u202e料", "無料"},
        {"hangul filler", "無\u3164料", "無料"},
        {"zero width at the ends", "\u200b無料\u200b", "無料"},
        {"only zero width", "\u200b\u200b", ""},
        {"ideographic and no-break space", "a\u3000b\u00a0c", "a b c"},
        {"full-width tilde", "10時～12時", "10時〜12時"},
        {"wave dash stays", "10時〜12時", "10時〜12時"},
        {"long vowel mark stays", "サーバー ｻｰﾊﾞｰ", "サーバー サーバー"},
        {"ellipses", "… ‥", "... .."},
        {"half-width punctuation", "｡･｢｣［］￥", "。・「」[]¥"},
        {"sharp s, dotted I, ligature", "ß İ ﬁ", "ss i\u0307 fi"},
        {"yori, koto", "ゟヿ", "よりコト"},
        {"composed accents", "e\u0301 E\u0301", "é é"},
        {"decomposed kana", "か\u3099は\u309a", "がぱ"},
        {"radical", "⽤", "用"},
        {"unchanged", "〇○◯●※【】〔〕ゝヽ々ヶ﨑髙⻑", "〇○◯●※【】〔〕ゝヽ々ヶ﨑髙⻑"},
        {"marks are put in order", "a\u0315\u0300", "à\u0315"},
        /* Extra folds. */
        {"(a) tildes", "a~b∼c〰d", "a〜b〜c〜d"},
        {"(b) dashes", "−–—―‐\u2011﹣－-", "---------"},
        {"(c) negative circled", "❶❿➀➉➊➓⓿🄋", "11011011000"},
        {"(c) double and high negative circled", "⓵⓾⓫⓴", "1101120"},
        {"(c) negative letters", "🅐🅩🅰🆉", "azaz"},
        {"(d) words", "🆓 🆕 🆖 🆗 🆒 🆙 🆑 🆚", "free new ng ok cool up! cl vs"},
        {"(e) braille blank", "a\u2800b\u1680c", "a b c"},
        {"(f) runs of blanks", "a \t\u3000 b", "a b"},
        {"(f) tab alone", "a\tb", "a b"},
        {"(f) line ends", "a\r\nb\rc\nd", "a\nb\nc\nd"},
        {"(f) empty lines stay", "a\r\n\r\nb", "a\n\nb"},
        {"(f) blanks at a line end", "a  \n  b", "a \n b"},
        {"(f) unicode line ends",
                "a\u2028b\u2029c\xc2\x85"
                "d",
                "a\nb\nc\nd"},
        {"spacing voiced marks", "か゛は゜", "がぱ"},
        {"spacing voiced mark behind half-width kana", "ｶ゛", "ガ"},
        {"spacing voiced mark alone", "a゛", "a \u3099"},
        {"half-width marks behind full-width kana", "カﾞハﾟ", "ガパ"},
        {"blank before an accent", "a \u0301", "a \u0301"},
        {"capital before an accent", "CAFE\u0301 OLE", "café ole"},
        {"controls stay", "a\x01\x7f", "a\x01\x7f"},
        /* Broken UTF-8. */
        {"broken bytes", "a\xff\xe3\x81z", "a\ufffd\ufffd\ufffdz"},
        {"cut kana", "あ\xe3\x81", "あ\ufffd\ufffd"},
};

START_TEST(table)
{
	struct text source = root(cases[_i].in, strlen(cases[_i].in));
	struct text *l1 = normal_l1(arena, &source);
	char *plain = normal_l1_plain(arena, source.bytes);

	ck_assert_msg(span_eq(l1->bytes, span_str(cases[_i].want)), "%s: <%.*s>, not <%s>", cases[_i].name, (int)l1->bytes.n,
	        l1->bytes.p, cases[_i].want);
	ck_assert_str_eq(plain, cases[_i].want);
	/* L1 of L1 is the same: rules' literals are checked so. */
	ck_assert_str_eq(normal_l1_plain(arena, l1->bytes), cases[_i].want);
	free((void *)source.bytes.p);
}
END_TEST

/* Find want in the L1 form of in and follow it back. */
static const struct {
	const char *name, *in, *find, *raw;
} map_cases[] = {
        {"plain", "ab無料cd", "無料", "無料"},
        {"capitals", "Get FREE now", "free", "FREE"},
        {"inside full-width letters", "ＦＲＥＥＷＥＢ", "web", "ＷＥＢ"},
        {"ligature", "a㈱b", "株", "㈱"},
        {"half-width kana", "ﾒｰﾙﾏｶﾞｼﾞﾝ", "ガ", "ｶﾞ"},
        {"half-width kana, behind", "ﾒｰﾙﾏｶﾞｼﾞﾝ", "ン", "ﾝ"},
        {"zero width inside", "x無\u200b料y", "無料", "無\u200b料"},
        {"zero width behind is not in it", "無料\u200by", "無料", "無料"},
        {"zero width before is not in it", "x\u200b無料", "無料", "無料"},
        {"squared kanji", "🈚料", "無料", "🈚料"},
        {"tilde", "a~b", "〜b", "~b"},
        {"behind a run of blanks", "a \t \u3000b c", "b c", "b c"},
        {"over a line end", "a\r\nb", "a\nb", "a\r\nb"},
        {"line end", "a\r\nb", "\n", "\r\n"},
        {"decomposed kana", "x\xe3\x81\x8b\xe3\x82\x99y", "が", "\xe3\x81\x8b\xe3\x82\x99"},
        {"behind broken bytes", "\xff\xfe無料", "無料", "無料"},
        {"broken byte", "ab\xff", "\ufffd", "\xff"},
        {"squared word", "x🆓y", "free", "🆓"},
        {"behind a squared word", "🆓無料", "無料", "無料"},
};

START_TEST(map_back)
{
	struct text source = root(map_cases[_i].in, strlen(map_cases[_i].in));
	struct text *l1 = normal_l1(arena, &source);
	struct span find = span_str(map_cases[_i].find);
	size_t at = span_find(l1->bytes, find, 0);
	struct range range;
	const struct text *from = NULL;

	ck_assert_msg(at < l1->bytes.n, "%s: not found in <%.*s>", map_cases[_i].name, (int)l1->bytes.n, l1->bytes.p);
	range = text_to_source(l1, at, at + find.n, &from);
	ck_assert_ptr_eq(from, &source);
	ck_assert_msg(span_eq(span_cut(source.bytes, range.start, range.end), span_str(map_cases[_i].raw)), "%s: %zu to %zu",
	        map_cases[_i].name, range.start, range.end);
	free((void *)source.bytes.p);
}
END_TEST

/* Runs must tile source and target without gap or overlap. */
static void check_runs(const struct text *text, size_t source_n)
{
	size_t src = 0, dst = 0;

	for (size_t i = 0; i < text->map.n; i++) {
		const struct map_run *run = &text->map.runs[i];

		if (run->src != src || run->dst != dst)
			ck_abort_msg("run %zu", i);
		src += run->src_len;
		dst += run->dst_len;
	}
	ck_assert_uint_eq(src, source_n);
	ck_assert_uint_eq(dst, text->bytes.n);
}

/* ICU's own NFKC_Casefold of valid UTF-8, as a malloc'd span. */
static struct span icu_nfkc_cf(struct span utf8)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *normaliser = unorm2_getNFKCCasefoldInstance(&error);
	int32_t n = 0, result_n = 0, out_n = 0;
	UChar *in = g_new(UChar, utf8.n + 1), *result = g_new(UChar, utf8.n * 6 + 100);
	char *out = g_malloc(utf8.n * 18 + 100);

	u_strFromUTF8(in, (int32_t)utf8.n + 1, &n, utf8.p, (int32_t)utf8.n, &error);
	result_n = unorm2_normalize(normaliser, in, n, result, (int32_t)utf8.n * 6 + 100, &error);
	u_strToUTF8(out, (int32_t)utf8.n * 18 + 100, &out_n, result, result_n, &error);
	ck_assert(U_SUCCESS(error));
	g_free(in);
	g_free(result);
	return span_of(out, (size_t)out_n);
}

/* True for what the extra folds change in a text that is NFKC_Casefold already, or what they look at before it. */
static bool is_extra(uint32_t c)
{
	return c < 0x21 || c == '~' || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x205f) || c == 0x207b ||
	       c == 0x208b || c == 0x2212 || c == 0x223c || (c >= 0x24eb && c <= 0x24ff) || (c >= 0x2776 && c <= 0x2793) ||
	       c == 0x2800 || c == 0x3000 || c == 0x3030 || c == 0x309b || c == 0x309c || (c >= 0x1f100 && c <= 0x1f1ff) ||
	       c == 0x1d159 || (c >= 0xfe31 && c <= 0xfe63) || c == 0xff5e || c == 0xff0d || c == 0xa8 || c == 0xaf || c == 0xb4 ||
	       c == 0xb8 || (c >= 0x2d8 && c <= 0x2dd) || c == 0xffe3 || c == 0x37a || c == 0x384 || c == 0x385 ||
	       (c >= 0x1fbd && c <= 0x1fff) || c == 0xfc5e || c == 0xfc5f || (c >= 0xfc60 && c <= 0xfc63) ||
	       (c >= 0xfe70 && c <= 0xfe7f) || c == 0xfdfa || c == 0xfdfb || (c >= 0xd800 && c <= 0xdfff);
}

START_TEST(every_code_point_as_icu)
{
	for (uint32_t c = 0; c < 0x110000; c++) {
		char bytes[4];
		size_t n;
		struct span want;
		char *got;
		struct arena *own;

		if (is_extra(c))
			continue;
		own = arena_new();
		n = utf8_write(bytes, c);
		want = icu_nfkc_cf(span_of(bytes, n));
		got = normal_l1_plain(own, span_of(bytes, n));
		if (c && !span_eq(span_str(got), want))
			ck_abort_msg("U+%04X", c);
		g_free((void *)want.p);
		arena_free(own);
	}
}
END_TEST

/* Characters that act on their neighbours, and those they act on. */
static const uint32_t touchy[] = {'a', 'E', 'z', '-', 0xe9, 0x301, 0x300, 0x316, 0x345, 0x34f, 0xad, 0x200b, 0x200d, 0xfe0f, 0x3042,
        0x304b, 0x30ab, 0x30a6, 0x3099, 0x309a, 0xff76, 0xff8a, 0xff9e, 0xff9f, 0xff70, 0x7121, 0x6599, 0x1100, 0x1161, 0x11a8,
        0xac00, 0x2460, 0x3231, 0xfb01, 0xdf, 0x130, 0x3b1, 0x1f80, 0x1f600, 0xe0100, 0x20b9f, 0x302a, 0x3001, 0x30fc, 0xff21,
        0x1f21a, 0x915, 0x93c, 0x9c7, 0x9be, 0xe40, 0xe4d};

START_TEST(mixed_as_icu)
{
	uint32_t state = 12345u + (uint32_t)_i;

	for (int round = 0; round < 400; round++) {
		struct arena *own = arena_new();
		char bytes[400];
		size_t n = 0;
		struct text source, *l1;
		struct span want;

		for (int i = 0; i < 40; i++) {
			state = state * 1103515245u + 12345u;
			n += utf8_write(bytes + n, touchy[(state >> 16) % G_N_ELEMENTS(touchy)]);
		}
		source = root(bytes, n);
		l1 = normal_l1(own, &source);
		want = icu_nfkc_cf(source.bytes);
		ck_assert_msg(span_eq(l1->bytes, want), "<%.*s>: <%.*s>, ICU <%.*s>", (int)n, bytes, (int)l1->bytes.n, l1->bytes.p,
		        (int)want.n, want.p);
		check_runs(l1, n);
		g_free((void *)want.p);
		free((void *)source.bytes.p);
		arena_free(own);
	}
}
END_TEST

/* Real templates and newsletters as far as they are valid UTF-8: L1 of the text must be L1 of ICU's form of it. */
static size_t compare_files(const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t compared = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)) && compared < 400) {
		g_autofree char *path = g_strdup_printf("%s/%s", folder, entry->d_name);
		g_autofree char *bytes = NULL;
		gsize n = 0;

		if (entry->d_name[0] == '.')
			continue;
		if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
			if (depth > 0)
				compared += compare_files(path, depth - 1);
			continue;
		}
		if (!g_file_get_contents(path, &bytes, &n, NULL) || n > 300000 || !utf8_valid(span_of(bytes, n)))
			continue;
		/* A spacing mark behind kana is folded before ICU sees it; a NUL ends the plain form. */
		if (memchr(bytes, 0, n) || g_strstr_len(bytes, (gssize)n, "゛") || g_strstr_len(bytes, (gssize)n, "゜"))
			continue;
		struct arena *own = arena_new();
		struct text source = root(bytes, n), *l1 = normal_l1(own, &source);
		struct span icu = icu_nfkc_cf(source.bytes);
		char *again = normal_l1_plain(own, icu);

		ck_assert_msg(span_eq(l1->bytes, span_str(again)), "%s", path);
		check_runs(l1, n);
		g_free((void *)icu.p);
		free((void *)source.bytes.p);
		arena_free(own);
		compared++;
	}
	closedir(dir);
	return compared;
}

START_TEST(real_mail_as_icu)
{
	static const char *const folders[] = {"../shared/mail/composed", "../shared/mail/shirasagi",
	        "../shared/mail/shirasagi-mailer", "../shared/mail/list-spam-osst", "../shared/mail/ec-cube",
	        "../shared/mail/openpne", "../shared/mail/reference"};
	size_t compared = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
		compared += compare_files(folders[i], 4);
	if (compared == 0)
		printf("skipped: no real mail beside the repository\n");
}
END_TEST

/* Marks without end must not cost the square of their number: an hour if they did. */
START_TEST(many_marks)
{
	enum { MARKS = 200000 };
	char *bytes = g_malloc(MARKS * 4 + 1);
	size_t n = 0;
	struct text source, *l1;

	bytes[n++] = 'a';
	for (int i = 0; i < MARKS; i++)
		n += utf8_write(bytes + n, 0x300);
	for (int i = 0; i < MARKS; i++)
		n += utf8_write(bytes + n, 0x316);
	source = (struct text){.bytes = {bytes, n}};
	l1 = normal_l1(arena, &source);
	check_runs(l1, n);
	ck_assert_uint_gt(l1->bytes.n, MARKS);
	g_free(bytes);
}
END_TEST

static const struct {
	const char *name, *in, *want;
} kana_cases[] = {
        {"katakana", "アァンヶヴ", "あぁんゖゔ"},
        {"iteration marks", "ヽヾゝ", "ゝゞゝ"},
        {"long vowel mark and dot stay", "メール・ヷ", "めーる・ヷ"},
        {"others stay", "aé漢字ひらがな゠", "aé漢字ひらがな゠"},
        {"borders of the rows", "ミムタソゞ", "みむたそゞ"},
        {"empty", "", ""},
};

START_TEST(kana)
{
	struct text source = root(kana_cases[_i].in, strlen(kana_cases[_i].in));
	struct text *l1 = normal_l1(arena, &source), *folded = normal_fold_kana(arena, l1);

	ck_assert_msg(span_eq(folded->bytes, span_str(kana_cases[_i].want)), "%s: <%.*s>", kana_cases[_i].name,
	        (int)folded->bytes.n, folded->bytes.p);
	ck_assert_uint_eq(folded->bytes.n, l1->bytes.n);
	ck_assert_ptr_eq(folded->map.runs, l1->map.runs);
	free((void *)source.bytes.p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("normal");
	TCase *tests = tcase_create("normal");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, table, 0, (int)G_N_ELEMENTS(cases));
	tcase_add_loop_test(tests, map_back, 0, (int)G_N_ELEMENTS(map_cases));
	tcase_add_loop_test(tests, kana, 0, (int)G_N_ELEMENTS(kana_cases));
	tcase_add_test(tests, every_code_point_as_icu);
	tcase_add_loop_test(tests, mixed_as_icu, 0, 4);
	tcase_add_test(tests, real_mail_as_icu);
	tcase_add_test(tests, many_marks);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
