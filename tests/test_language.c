/* Tests of lint/base/language.c. Expectations come from RFC 5646, sections 2.1 and 2.2, the IANA language subtag registry, and Unicode Standard Annex
 * #24; no text is judged that its letters alone do not decide. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/utf8.h"

#define N_ROWS(table) (int)(sizeof(table) / sizeof *(table))

static struct script_count count(const char *text)
{
	struct script_count count = { .all = 0 };
	struct span s = span_str(text);

	for (size_t at = 0; at < s.n;)
		script_add(&count, utf8_next(s, &at));
	return count;
}

static const struct {
	const char *tag;
	bool valid;
} tags[] = {
	{ "ja", true }, { "JA", true }, { "en-US", true }, { "zh-Hant-TW", true }, { "es-419", true }, { "de-1996", true }, { "sr-Latn", true },
	{ "fil", true }, { "x-house", true }, { "en-x-house", true }, { "bh", true },
	{ "", false }, { "jp", false }, { "en_US", false }, { "japanese", false }, { "0", false }, { "en-", false }, { "-en", false }, { "en us", false },
	{ "日本語", false }, { "ja;q=1", false }, { "en-US-", false },
};

START_TEST(tag_validity)
{
	ck_assert_msg(language_tag_is_valid(span_str(tags[_i].tag)) == tags[_i].valid, "\"%s\"", tags[_i].tag);
}
END_TEST

START_TEST(tag_bounds)
{
	char text[200];

	memset(text, 'a', sizeof text);
	ck_assert(!language_tag_is_valid(span_of(text, sizeof text)));
	/* Nothing behind the end is read, and a NUL inside is no end. */
	ck_assert(language_tag_is_valid(span_of("ja-JP", 2)));
	ck_assert(!language_tag_is_valid(span_of("ja\0JP", 5)));
}
END_TEST

static const struct {
	const char *text;
	const char *language; /* NULL: the letters do not tell */
} texts[] = {
	{ "11月の新刊をご案内します。今月は料理の本が多くそろいました。", "ja" },
	{ "スマートフォンアプリキャンペーン実施中", "ja" },
	{ "本月新书介绍：本月有许多烹饪书和旅行书，欢迎选购。", NULL },
	{ "新刊案内 十一月号 料理本 旅行記 短編集 特別価格", NULL },
	{ "本月新書介紹：村上春樹《ノルウェイの森》與其他日本小說，歡迎選購，年末特價。本月亦有許多烹飪書與旅行書，歡迎蒞臨本店選購。", NULL },
	{ "이번 달의 새 책을 소개합니다. 요리책과 여행책이 많습니다.", "ko" },
	{ "หนังสือใหม่ประจำเดือนพฤศจิกายน", "th" },
	{ "Νέα βιβλία για τον Νοέμβριο", "el" },
	{ "Новые книги ноября и декабря", NULL },
	{ "ספרים חדשים לחודש נובמבר", NULL },
	{ "كتب جديدة لشهر نوفمبر", NULL },
	{ "New books for November", NULL },
	{ "New books of November at our shop in Jimbocho: の は を が に へ と で", NULL },
	{ "かな", NULL },
	{ "", NULL },
};

START_TEST(language_of_letters)
{
	struct script_count letters = count(texts[_i].text);
	const char *language = script_language(&letters);

	ck_assert_msg(g_strcmp0(language, texts[_i].language) == 0, "\"%s\": %s", texts[_i].text, language ? language : "none");
}
END_TEST

static const struct {
	const char *tag;
	unsigned scripts;
} written[] = {
	{ "ja", 1u << SCRIPT_KANA | 1u << SCRIPT_HAN }, { "ja-JP", 1u << SCRIPT_KANA | 1u << SCRIPT_HAN }, { "zh-TW", 1u << SCRIPT_HAN },
	{ "EN-gb", 1u << SCRIPT_LATIN }, { "ko", 1u << SCRIPT_HANGUL | 1u << SCRIPT_HAN }, { "he", 1u << SCRIPT_HEBREW }, { "fa", 1u << SCRIPT_ARABIC },
	{ "ru", 1u << SCRIPT_CYRILLIC }, { "kr", 1u << SCRIPT_LATIN | 1u << SCRIPT_ARABIC },
	/* A tag that names a script, a language with two, one that is not known. */
	{ "ja-Latn", 0 }, { "sr", 0 }, { "az", 0 }, { "ku", 0 }, { "xx", 0 }, { "", 0 },
};

START_TEST(scripts_of_tags)
{
	ck_assert_msg(language_scripts(span_str(written[_i].tag)) == written[_i].scripts, "\"%s\"", written[_i].tag);
}
END_TEST

START_TEST(scripts_of_letters)
{
	ck_assert_int_eq(script_of('a'), SCRIPT_LATIN);
	ck_assert_int_eq(script_of(0xE9), SCRIPT_LATIN);
	ck_assert_int_eq(script_of(0x3042), SCRIPT_KANA);
	ck_assert_int_eq(script_of(0xFF71), SCRIPT_KANA);
	ck_assert_int_eq(script_of(0x65E5), SCRIPT_HAN);
	ck_assert_int_eq(script_of(0x05D0), SCRIPT_HEBREW);
	ck_assert_int_eq(script_of(0x0905), SCRIPT_INDIC);
	ck_assert_int_eq(script_of(0x1200), SCRIPT_OTHER);
	/* The mark of long vowels is shared by both kana; digits, signs and blanks are no letters. */
	ck_assert_int_eq(script_of(0x30FC), SCRIPT_NONE);
	ck_assert_int_eq(script_of('1'), SCRIPT_NONE);
	ck_assert_int_eq(script_of(0x3002), SCRIPT_NONE);
	ck_assert_int_eq(script_of(0x1F600), SCRIPT_NONE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("language");
	TCase *tcase = tcase_create("language");

	tcase_add_loop_test(tcase, tag_validity, 0, N_ROWS(tags));
	tcase_add_test(tcase, tag_bounds);
	tcase_add_loop_test(tcase, language_of_letters, 0, N_ROWS(texts));
	tcase_add_loop_test(tcase, scripts_of_tags, 0, N_ROWS(written));
	tcase_add_test(tcase, scripts_of_letters);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
