/* Role: judges language tags, and tells scripts apart.
 * May not: guess a language from words. */
#include "base/language.h"

#include <glib.h>
#include <unicode/uloc.h>

#define BIT(script) (1u << (script))

enum {
	LONGEST_TAG = 60,
	LEAST_LETTERS = 12 /* of a text that tells its language */
};

enum script script_of(uint32_t ch)
{
	if (ch < 0x80)
		return ascii_is_alpha((char)ch) ? SCRIPT_LATIN : SCRIPT_NONE;
	if (!g_unichar_isalpha(ch))
		return SCRIPT_NONE;
	switch (g_unichar_get_script(ch)) {
	case G_UNICODE_SCRIPT_LATIN:
		return SCRIPT_LATIN;
	case G_UNICODE_SCRIPT_HIRAGANA:
	case G_UNICODE_SCRIPT_KATAKANA:
		return SCRIPT_KANA;
	case G_UNICODE_SCRIPT_HAN:
		return SCRIPT_HAN;
	case G_UNICODE_SCRIPT_HANGUL:
		return SCRIPT_HANGUL;
	case G_UNICODE_SCRIPT_CYRILLIC:
		return SCRIPT_CYRILLIC;
	case G_UNICODE_SCRIPT_GREEK:
		return SCRIPT_GREEK;
	case G_UNICODE_SCRIPT_HEBREW:
		return SCRIPT_HEBREW;
	case G_UNICODE_SCRIPT_ARABIC:
		return SCRIPT_ARABIC;
	case G_UNICODE_SCRIPT_THAI:
		return SCRIPT_THAI;
	case G_UNICODE_SCRIPT_DEVANAGARI:
	case G_UNICODE_SCRIPT_BENGALI:
	case G_UNICODE_SCRIPT_TAMIL:
	case G_UNICODE_SCRIPT_TELUGU:
	case G_UNICODE_SCRIPT_KANNADA:
	case G_UNICODE_SCRIPT_MALAYALAM:
	case G_UNICODE_SCRIPT_GUJARATI:
	case G_UNICODE_SCRIPT_GURMUKHI:
		return SCRIPT_INDIC;
	case G_UNICODE_SCRIPT_COMMON:
	case G_UNICODE_SCRIPT_INHERITED:
		return SCRIPT_NONE;
	default:
		return SCRIPT_OTHER;
	}
}

void script_add(struct script_count *count, uint32_t ch)
{
	enum script script = script_of(ch);

	if (script == SCRIPT_NONE)
		return;
	count->letters[script]++;
	count->all++;
}

const char *script_language(const struct script_count *count)
{
	static const struct {
		enum script script;
		const char *language;
	} alone[] = { { SCRIPT_HANGUL, "ko" }, { SCRIPT_THAI, "th" }, { SCRIPT_GREEK, "el" } };
	size_t kana = count->letters[SCRIPT_KANA], japanese = kana + count->letters[SCRIPT_HAN];

	if (kana >= LEAST_LETTERS && kana * 5 >= japanese && japanese * 2 >= count->all)
		return "ja";
	for (size_t i = 0; i < G_N_ELEMENTS(alone); i++) {
		size_t letters = count->letters[alone[i].script];
		if (letters >= LEAST_LETTERS && letters * 2 >= count->all)
			return alone[i].language;
	}
	return NULL;
}

bool language_tag_is_valid(struct span tag)
{
	char text[LONGEST_TAG + 1], locale[ULOC_FULLNAME_CAPACITY];
	UErrorCode error = U_ZERO_ERROR;
	int32_t parsed = 0;

	if (!tag.n || tag.n > LONGEST_TAG || !span_is_ascii(tag) || memchr(tag.p, 0, tag.n))
		return false;
	memcpy(text, tag.p, tag.n);
	text[tag.n] = 0;
	uloc_forLanguageTag(text, locale, sizeof locale, &parsed, &error);
	if (U_FAILURE(error) || parsed != (int32_t)tag.n)
		return false;
	size_t primary = strcspn(text, "-");
	if (primary == 1 || primary == 3)
		return true;
	/* ISO 639-1 is whole in ICU; no subtag of four letters or more was ever registered. "bh" was, for a group of languages. */
	text[primary] = 0;
	return primary == 2 && (*uloc_getISO3Language(text) || g_ascii_strcasecmp(text, "bh") == 0);
}

unsigned language_scripts(struct span tag)
{
	static const struct {
		const char *languages;
		unsigned scripts;
	} written[] = {
		{ "af ca cs da de en es et eu fi fr ga gl hr hu id is it lt lv ms mt nb nl nn no pl pt ro sk sl sq sv sw tl tr vi", BIT(SCRIPT_LATIN) },
		{ "ja", BIT(SCRIPT_KANA) | BIT(SCRIPT_HAN) },
		{ "ko", BIT(SCRIPT_HANGUL) | BIT(SCRIPT_HAN) },
		{ "zh", BIT(SCRIPT_HAN) },
		{ "be bg mk ru uk", BIT(SCRIPT_CYRILLIC) },
		{ "el", BIT(SCRIPT_GREEK) },
		{ "he iw yi", BIT(SCRIPT_HEBREW) },
		{ "ar fa ps ur", BIT(SCRIPT_ARABIC) },
		{ "th", BIT(SCRIPT_THAI) },
		{ "kr", BIT(SCRIPT_LATIN) | BIT(SCRIPT_ARABIC) }, /* Kanuri, which is often written for Korean */
		{ "bn gu hi kn ml mr ne pa ta te", BIT(SCRIPT_INDIC) },
		{ "am hy ka km lo my si", BIT(SCRIPT_OTHER) },
	};
	struct span language = span_cut(tag, 0, span_find_byte(tag, '-', 0));

	/* "ja-Latn": a script is a subtag of four letters, right behind the language. */
	struct span next = span_cut(tag, language.n + 1, tag.n);
	if (span_find_byte(next, '-', 0) == 4 && ascii_is_alpha(next.p[0]))
		return 0;
	for (size_t i = 0; i < G_N_ELEMENTS(written); i++)
		if (span_in_ci(language, written[i].languages))
			return written[i].scripts;
	return 0;
}
