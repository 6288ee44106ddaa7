/* Tests of base/disguise.c: which spellings are a phrase in disguise, and where it stands; ordinary writing beside each. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/disguise.h"
#include "base/normal.h"

enum form { GAPS, MASKS };

static const struct {
	enum form form;
	const char *source, *phrase, *want; /* NULL: not found */
} cases[] = {
        {GAPS, "完・全・無・料です", "完全無料", "完・全・無・料"},
        {GAPS, "今なら お★得 です", "お得", "お★得"},
        {GAPS, "無 料", "無料", "無 料"},
        {GAPS, "無　料", "無料", "無　料"},
        {GAPS, "出★会い", "出会い", "出★会い"},
        {GAPS, "激☆☆安", "激安", "激☆☆安"},
        /* two words with something between them */
        {GAPS, "送料の有無 料金表", "無料", NULL},
        {GAPS, "無。料金", "無料", NULL},
        {GAPS, "無、料", "無料", NULL},
        {GAPS, "完全★無料", "完全無料", NULL},
        {GAPS, "会員登録・完全無料", "登録完全", NULL},
        {GAPS, "無\n料", "無料", NULL},
        /* gaps that differ, or are long */
        {GAPS, "完・全★無・料", "完全無料", NULL},
        {GAPS, "無★★★料", "無料", NULL},
        /* nothing pulled apart */
        {GAPS, "無料", "無料", NULL},
        {GAPS, "無料 無料", "無料", NULL},
        {MASKS, "出◯い系", "出会い系", "出◯い系"},
        {MASKS, "無×正", "無修正", "無×正"},
        {MASKS, "無×××正", "無修正", NULL}, /* one sign stands for one character */
        {MASKS, "セ○レ募集", "セフレ", "セ○レ"},
        {MASKS, "セ＊レ募集", "セフレ", "セ＊レ"},
        {MASKS, "オン●インカジノ", "オンラインカジノ", "オン●インカジノ"},
        {MASKS, "工ッチな話", "エッチ", "工ッチ"},
        {MASKS, "无修正", "無修正", "无修正"},
        {MASKS, "オンライン力ジノ", "オンラインカジノ", "オンライン力ジノ"},
        {MASKS, "ライブ千ャット", "ライブチャット", "ライブ千ャット"},
        {MASKS, "完全旡料", "完全無料", "完全旡料"},
        {MASKS, "完全无料", "完全無料", "完全无料"},
        /* the first and the last character are not masked; two characters have no inner one */
        {MASKS, "○フレ", "セフレ", NULL},
        {MASKS, "人○", "人妻", NULL},
        /* ordinary writing */
        {MASKS, "思い出・いつもの店", "出会い", NULL},
        {MASKS, "セフレ", "セフレ", NULL},
        {MASKS, "二〇二六年", "二千二六", NULL},
        {MASKS, "口コミで話題", "ロコミ", "口コミ"},
};

/* The source bytes that the first real hit came from; empty where none. */
static struct span find(const struct text *source, const struct text *form, enum form kind, struct span spelling, struct span phrase,
        struct words *words)
{
	for (size_t at = span_find(form->bytes, spelling, 0); at < form->bytes.n; at = span_find(form->bytes, spelling, at + 1)) {
		struct range hit = {at, at + spelling.n}, place;

		if (!(kind == GAPS ? words_is_border(words, form->bytes, hit.start, hit.end) && disguise_gaps_are_real(form, hit, words)
		                   : disguise_mask_is_real(form, hit, phrase, words)))
			continue;
		place = text_to_ancestor(form, hit.start, hit.end, source);
		return span_cut(source->bytes, place.start, place.end);
	}
	return SPAN_EMPTY;
}

START_TEST(disguise)
{
	struct arena *arena = arena_new();
	struct words *words = words_new();
	size_t n = strlen(cases[_i].source), n_spellings = 1;
	char *copy = malloc(n); /* exactly as long */
	struct span phrase = span_str(cases[_i].phrase), *spellings = &phrase, got = SPAN_EMPTY;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, cases[_i].source, n);
	const struct text source = {.bytes = {copy, n}};
	const struct text *l1 = normal_l1(arena, &source);
	const struct text *form = cases[_i].form == GAPS ? disguise_without_gaps(arena, l1) : disguise_masks_alike(arena, l1);
	if (cases[_i].form == MASKS)
		n_spellings = disguise_spellings(arena, phrase, &spellings);
	for (size_t i = 0; i < n_spellings && got.n == 0; i++)
		got = find(&source, form, cases[_i].form, spellings[i], phrase, words);
	ck_assert_msg(span_eq(got, span_str(cases[_i].want)), "%s in %s: got \"%.*s\"", cases[_i].phrase, cases[_i].source, (int)got.n,
	        got.p);
	free(copy);
	words_free(words);
	arena_free(arena);
}
END_TEST

/* Text without a sign of disguise leaves nothing to look at. */
START_TEST(nothing_to_undo)
{
	struct arena *arena = arena_new();
	const struct text source = {.bytes = SPAN_LIT("いつもありがとうございます。\n新刊のご案内です、今月は三冊。\nText: https://a.example/x_y\n")};
	const struct text *l1 = normal_l1(arena, &source);

	ck_assert_uint_eq(disguise_without_gaps(arena, l1)->bytes.n, 0);
	ck_assert_uint_eq(disguise_masks_alike(arena, l1)->bytes.n, 0);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("disguise");
	TCase *tcase = tcase_create("disguise");

	tcase_add_loop_test(tcase, disguise, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(tcase, nothing_to_undo);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
