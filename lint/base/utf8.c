/* Role: stepping through UTF-8 and the width of characters on a screen.
 * May not: allocate, or read behind the end of a span. */
#include "base/utf8.h"

#include <unicode/uchar.h>

#define REPLACEMENT 0xfffdu

static bool is_tail(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Length of the well-formed sequence at p, 0 where there is none (Unicode Standard, table 3-7). */
static size_t sequence_length(const unsigned char *p, size_t n)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t length;

	if (n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < length)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if (!is_tail(p[i]))
			return 0;
	}
	return length;
}

static uint32_t decode(const unsigned char *p, size_t length)
{
	switch (length) {
	case 1:
		return p[0];
	case 2:
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	case 3:
		return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	default:
		return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 | (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
	}
}

size_t utf8_valid_prefix(struct span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t at = 0;

	while (at < s.n) {
		size_t length;

		if (p[at] < 0x80) {
			at = span_find_non_ascii(s, at);
			continue;
		}
		length = sequence_length(p + at, s.n - at);
		if (length == 0)
			break;
		at += length;
	}
	return at;
}

bool utf8_valid(struct span s)
{
	return utf8_valid_prefix(s) == s.n;
}

uint32_t utf8_next_long(struct span s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t length;

	if (*at >= s.n)
		return REPLACEMENT;
	p += *at;
	length = sequence_length(p, s.n - *at);
	if (length == 0) {
		*at += 1;
		return REPLACEMENT;
	}
	*at += length;
	return decode(p, length);
}

uint32_t utf8_previous(struct span s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t end = *at > s.n ? s.n : *at;

	if (end == 0) {
		*at = 0;
		return REPLACEMENT;
	}
	/* A sequence counts only where it ends exactly here; else the byte before is a broken one, as utf8_next() sees it. */
	for (size_t back = 1; back <= 4 && back <= end; back++) {
		if (is_tail(p[end - back]))
			continue;
		if (sequence_length(p + end - back, back) == back) {
			*at = end - back;
			return decode(p + end - back, back);
		}
		break;
	}
	*at = end - 1;
	return REPLACEMENT;
}

size_t utf8_write(char out[4], uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = REPLACEMENT;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t utf8_count(struct span s)
{
	size_t at = 0, count = 0;

	while (at < s.n) {
		if ((unsigned char)s.p[at] < 0x80) {
			size_t end = span_find_non_ascii(s, at);

			count += end - at;
			at = end;
			continue;
		}
		utf8_next(s, &at);
		count++;
	}
	return count;
}

size_t utf8_offset(struct span s, size_t n)
{
	size_t at = 0;

	while (n > 0 && at < s.n) {
		if ((unsigned char)s.p[at] < 0x80) {
			size_t room = s.n - at < n ? s.n - at : n, end = span_find_non_ascii(span_cut(s, 0, at + room), at);

			n -= end - at;
			at = end;
			continue;
		}
		utf8_next(s, &at);
		n--;
	}
	return at;
}

bool utf8_is_letter(uint32_t c)
{
	return U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK);
}

int char_width(uint32_t c, bool ambiguous_wide)
{
	/* Fast paths: most of a newsletter is ASCII, kana and kanji. */
	if (c >= 0x20 && c < 0x7f)
		return 1;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return 0;
	if ((c >= 0x3041 && c <= 0x3096) || (c >= 0x309b && c <= 0x30ff) || (c >= 0x4e00 && c <= 0x9fff) ||
	        (c >= 0x3000 && c <= 0x3029))
		return 2;

	switch (u_charType((UChar32)c)) {
	case U_NON_SPACING_MARK:
	case U_ENCLOSING_MARK:
	case U_FORMAT_CHAR:
	case U_CONTROL_CHAR:
	case U_LINE_SEPARATOR:
	case U_PARAGRAPH_SEPARATOR:
		/* The soft hyphen is a format character: it is seen only at a line end. */
		return 0;
	default:
		break;
	}
	/* Vowels and final consonants of decomposed Hangul join the wide leading consonant. */
	if (c >= 0x1160 && c <= 0x11ff)
		return 0;
	switch ((UEastAsianWidth)u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH)) {
	case U_EA_FULLWIDTH:
	case U_EA_WIDE:
		return 2;
	case U_EA_AMBIGUOUS:
		return ambiguous_wide ? 2 : 1;
	default:
		return 1;
	}
}

size_t text_width(struct span s, bool ambiguous_wide)
{
	size_t at = 0, width = 0;

	while (at < s.n)
		width += (size_t)char_width(utf8_next(s, &at), ambiguous_wide);
	return width;
}
