/* Role: judges international domain names offline, by ICU's uidna and scripts.
 * May not: decide what a rule says about them, or look anything up in the network. */
#include "base/idn.h"

#include <glib.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/uscript.h>

#include "base/utf8.h"

enum { LONGEST_HOST = 255 };

struct idn {
	UIDNA *service; /* NULL where ICU has no data for it: then nothing is judged */
};

struct idn *idn_new(void)
{
	struct idn *idn = g_new0(struct idn, 1);
	UErrorCode error = U_ZERO_ERROR;

	idn->service = uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII |
				       UIDNA_NONTRANSITIONAL_TO_UNICODE, &error);
	if (U_FAILURE(error))
		idn->service = NULL;
	return idn;
}

void idn_free(struct idn *idn)
{
	if (!idn)
		return;
	if (idn->service)
		uidna_close(idn->service);
	g_free(idn);
}

/* Scripts that Highly Restrictive lets stand together (UTS #39, section 5.2), as bits of a set. */
enum { LATIN = 1 << 0, HAN = 1 << 1, HIRAGANA = 1 << 2, KATAKANA = 1 << 3, BOPOMOFO = 1 << 4, HANGUL = 1 << 5, OTHER = 1 << 6 };

static unsigned script_bit(UScriptCode script)
{
	switch (script) {
	case USCRIPT_LATIN:
		return LATIN;
	case USCRIPT_HAN:
		return HAN;
	case USCRIPT_HIRAGANA:
		return HIRAGANA;
	case USCRIPT_KATAKANA:
		return KATAKANA;
	case USCRIPT_BOPOMOFO:
		return BOPOMOFO;
	case USCRIPT_HANGUL:
		return HANGUL;
	default:
		return OTHER;
	}
}

static bool is_highly_restrictive(struct span label)
{
	unsigned seen = 0;
	UScriptCode other = USCRIPT_COMMON;

	for (size_t at = 0; at < label.n;) {
		UErrorCode error = U_ZERO_ERROR;
		UScriptCode script = uscript_getScript((UChar32)utf8_next(label, &at), &error);
		if (U_FAILURE(error) || script == USCRIPT_COMMON || script == USCRIPT_INHERITED)
			continue;
		unsigned bit = script_bit(script);
		if (bit == OTHER && seen & OTHER && script != other)
			return false;
		other = bit == OTHER ? script : other;
		seen |= bit;
	}
	static const unsigned together[] = { LATIN | HAN | HIRAGANA | KATAKANA, LATIN | HAN | BOPOMOFO, LATIN | HAN | HANGUL, OTHER };
	for (size_t i = 0; i < G_N_ELEMENTS(together); i++)
		if ((seen & ~together[i]) == 0)
			return true;
	return false;
}

/* IDNA2008 has letters, marks and digits only (RFC 5892, section 2), and a few signs by exception (its appendix A). */
static bool has_symbol(struct span label)
{
	for (size_t at = 0; at < label.n;) {
		UChar32 ch = (UChar32)utf8_next(label, &at);
		unsigned category = U_GET_GC_MASK(ch);
		if (ch == '-' || ch == '_' || ch == 0xB7 || ch == 0x375 || ch == 0x5F3 || ch == 0x5F4 || ch == 0x30FB || ch == 0x200C || ch == 0x200D ||
		    ch == 0x3007 || ch == 0x6FD || ch == 0x6FE || ch == 0xF0B || category & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK))
			continue;
		return true;
	}
	return false;
}

static bool is_international(struct span host)
{
	if (!span_is_ascii(host))
		return true;
	for (size_t at = 0; at < host.n; at = span_find_byte(host, '.', at) + 1)
		if (span_starts_ci(span_cut(host, at, host.n), SPAN_LIT("xn--")))
			return true;
	return false;
}

/* Label number of a name; false behind the last. Labels are parted by full stops, and in names that people type by ideographic ones. */
static bool next_label(struct span name, size_t *at, struct span *label)
{
	if (*at >= name.n)
		return false;
	size_t end = span_find_byte(name, '.', *at);
	*label = span_cut(name, *at, end);
	*at = end + 1;
	return true;
}

/* Hyphens in third and fourth place are for the registries to forbid, not for mail. */
#define ERRORS_THAT_COUNT (~(uint32_t)(UIDNA_ERROR_HYPHEN_3_4 | UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN))

struct span idn_to_ascii(struct idn *idn, struct arena *arena, struct span host)
{
	char ascii[4 * LONGEST_HOST + 8];
	UErrorCode error = U_ZERO_ERROR;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;

	if (!idn->service || host.n > LONGEST_HOST || !utf8_valid(host))
		return SPAN_EMPTY;
	int32_t n = uidna_nameToASCII_UTF8(idn->service, host.p, (int32_t)host.n, ascii, (int32_t)sizeof ascii, &info, &error);
	if (U_FAILURE(error) || n <= 0 || n > (int32_t)sizeof ascii || info.errors & ERRORS_THAT_COUNT)
		return SPAN_EMPTY;
	return arena_copy_span(arena, span_of(ascii, (size_t)n));
}

struct idn_host idn_examine(struct idn *idn, struct arena *arena, struct span host)
{
	struct idn_host out = { .unicode = host };
	char unicode[4 * LONGEST_HOST + 8], ascii[4 * LONGEST_HOST + 8];
	UErrorCode error = U_ZERO_ERROR;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	struct span label, written;

	if (!is_international(host) || !idn->service)
		return out;
	out.flags = IDN_INTERNATIONAL;
	if (host.n > LONGEST_HOST || !utf8_valid(host)) {
		out.flags |= IDN_INVALID;
		return out;
	}
	int32_t n = uidna_nameToUnicodeUTF8(idn->service, host.p, (int32_t)host.n, unicode, (int32_t)sizeof unicode, &info, &error);
	if (U_FAILURE(error) || n <= 0 || n > (int32_t)sizeof unicode) {
		out.flags |= IDN_INVALID;
		return out;
	}
	out.unicode = arena_copy_span(arena, span_of(unicode, (size_t)n));
	if (info.errors & ERRORS_THAT_COUNT) {
		out.flags |= IDN_INVALID;
		out.bad_label = out.unicode;
		return out;
	}
	/* An A-label that holds nothing but ASCII, or that is not what its own U-label becomes, stands for another name. */
	UIDNAInfo back = UIDNA_INFO_INITIALIZER;
	n = uidna_nameToASCII_UTF8(idn->service, out.unicode.p, (int32_t)out.unicode.n, ascii, (int32_t)sizeof ascii, &back, &error);
	bool returns = U_SUCCESS(error) && n > 0 && n <= (int32_t)sizeof ascii && !(back.errors & ERRORS_THAT_COUNT);
	if (!returns || (span_is_ascii(host) && !span_eq_ci(span_of(ascii, (size_t)n), host)))
		out.flags |= IDN_INVALID;
	for (size_t at = 0, raw_at = 0; next_label(out.unicode, &at, &label);) {
		bool claimed = next_label(host, &raw_at, &written) && span_starts_ci(written, SPAN_LIT("xn--"));
		if (claimed && span_is_ascii(label))
			out.flags |= IDN_INVALID;
		if (span_is_ascii(label))
			continue;
		unsigned flag = has_symbol(label) ? IDN_SYMBOL : is_highly_restrictive(label) ? 0 : IDN_MIXED;
		if (flag && !(out.flags & (IDN_SYMBOL | IDN_MIXED)))
			out.bad_label = label;
		out.flags |= flag;
	}
	return out;
}

/* Letters that look like another in common fonts: small Cyrillic and Greek for Latin; kanji for katakana and hiragana for katakana. Each
 * entry was looked at as it is drawn; UTS #39's data has many more. */
static const struct {
	uint16_t letter;
	uint16_t looks;
} look_alikes[] = {
	{ 0x131, 'i' },     { 0x251, 'a' },     { 0x261, 'g' },     { 0x3B1, 'a' },     { 0x3B3, 'y' },     { 0x3B9, 'i' },
	{ 0x3BA, 'k' },     { 0x3BD, 'v' },     { 0x3BF, 'o' },     { 0x3C1, 'p' },     { 0x3C5, 'u' },     { 0x3C9, 'w' },
	{ 0x3F2, 'c' },     { 0x3F3, 'j' },     { 0x430, 'a' },     { 0x432, 'b' },     { 0x433, 'r' },     { 0x435, 'e' },
	{ 0x43A, 'k' },     { 0x43E, 'o' },     { 0x43F, 'n' },     { 0x440, 'p' },     { 0x441, 'c' },     { 0x443, 'y' },
	{ 0x445, 'x' },     { 0x44C, 'b' },     { 0x455, 's' },     { 0x456, 'i' },     { 0x457, 'i' },     { 0x458, 'j' },
	{ 0x475, 'v' },     { 0x4BB, 'h' },     { 0x4CF, 'l' },     { 0x501, 'd' },     { 0x51B, 'q' },     { 0x51D, 'w' },
	{ 0x561, 'w' },     { 0x570, 'h' },     { 0x578, 'n' },     { 0x57D, 'u' },     { 0x581, 'g' },     { 0x585, 'o' },
	{ 0x3078, 0x30D8 }, { 0x3079, 0x30D9 }, { 0x307A, 0x30DA }, { 0x308A, 0x30EA }, { 0x4E00, 0x30FC }, { 0x4E8C, 0x30CB },
	{ 0x4E3F, 0x30CE }, { 0x516B, 0x30CF }, { 0x529B, 0x30AB }, { 0x535C, 0x30C8 }, { 0x53E3, 0x30ED }, { 0x5915, 0x30BF },
	{ 0x5DE5, 0x30A8 }, { 0x5343, 0x30C1 },
};

static uint32_t looks_like(uint32_t ch)
{
	for (size_t i = 0; i < G_N_ELEMENTS(look_alikes); i++)
		if (look_alikes[i].letter == ch)
			return look_alikes[i].looks;
	return ch;
}

bool idn_looks_latin(unsigned code_point)
{
	return code_point >= 0x370 && code_point < 0x600 && looks_like(code_point) != code_point;
}

struct span idn_skeleton(struct arena *arena, struct span unicode)
{
	char *out = arena_alloc(arena, 3 * unicode.n + 4);
	size_t n = 0;

	for (size_t at = 0; at < unicode.n;) {
		uint32_t ch = looks_like(utf8_next(unicode, &at));
		char c = ch < 0x80 ? ascii_lower((char)ch) : '\0';
		if (ch >= 0x80) {
			n += utf8_write(out + n, ch);
			continue;
		}
		c = c == '0' ? 'o' : c == '1' ? 'l' : c;
		if (n && out[n - 1] == 'r' && c == 'n')
			out[n - 1] = 'm';
		else if (n && out[n - 1] == 'v' && c == 'v')
			out[n - 1] = 'w';
		else
			out[n++] = c;
	}
	return span_of(out, n);
}
