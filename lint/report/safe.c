/* Role: makes text of a draft harmless for a terminal, visibly and losslessly enough to find the place.
 * May not: know findings, colours or languages. */
#include "report/safe.h"

#include <stdint.h>

#include "base/utf8.h"

/* Code points that steer a terminal or reorder what is read, or that some programs take for a line end. They are never passed on:
 * C0, DEL and C1 (ECMA-48), bidi controls (Unicode Standard Annex #9, section 2), line and paragraph separator, byte order mark. */
static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static bool is_variation_selector(uint32_t c)
{
	return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

/* Code points that leave no ink, or ink that cannot be told from a blank (Unicode Standard, Default_Ignorable_Code_Point). */
static bool is_invisible(uint32_t c)
{
	return c == 0x00ad || c == 0x034f || c == 0x115f || c == 0x1160 || (c >= 0x17b4 && c <= 0x17b5) ||
	       (c >= 0x180b && c <= 0x180f) || (c >= 0x200b && c <= 0x200d) || (c >= 0x2060 && c <= 0x206f) || c == 0x3164 ||
	       c == 0xffa0 || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f) || is_variation_selector(c);
}

/* Roughly the characters that take part in emoji sequences: exactness is not needed, a wrong answer only shows or hides a joiner.
 */
static bool is_emoji(uint32_t c)
{
	return c == '#' || c == '*' || (c >= '0' && c <= '9') || c == 0xa9 || c == 0xae || c == 0x203c || c == 0x2049 ||
	       (c >= 0x2100 && c <= 0x214f) || (c >= 0x2190 && c <= 0x21ff) || (c >= 0x2300 && c <= 0x23ff) ||
	       (c >= 0x2460 && c <= 0x24ff) || (c >= 0x25a0 && c <= 0x27bf) || (c >= 0x2900 && c <= 0x297f) ||
	       (c >= 0x2b00 && c <= 0x2bff) || c == 0x3030 || c == 0x303d || c == 0x3297 || c == 0x3299 ||
	       (c >= 0x1f000 && c <= 0x1faff);
}

/* True where the invisible code point between before and at belongs to an emoji, so that a reader expects it. */
static bool in_emoji(struct span text, uint32_t c, size_t start, size_t end)
{
	size_t before = start, after = end;
	uint32_t previous;

	if (start == 0)
		return false;
	previous = utf8_previous(text, &before);
	if (c == 0xfe0e || c == 0xfe0f)
		return is_emoji(previous);
	if (c == 0x200d) {
		if (previous == 0xfe0f && before > 0)
			previous = utf8_previous(text, &before);
		return is_emoji(previous) && end < text.n && is_emoji(utf8_next(text, &after));
	}
	/* Tags spell the region of a flag behind U+1F3F4 (Unicode Technical Standard #51, section 1.4.9); few, so that the look
	 * back is bounded. */
	if (c >= 0xe0020 && c <= 0xe007f) {
		for (int steps = 0; steps < 8; steps++) {
			if (previous == 0x1f3f4)
				return true;
			if (previous < 0xe0020 || previous > 0xe007f || before == 0)
				return false;
			previous = utf8_previous(text, &before);
		}
	}
	return false;
}

size_t safe_next(GString *out, struct span text, size_t *at, bool show_invisible)
{
	size_t start = *at;
	uint32_t c;

	if (start >= text.n)
		return 0;
	c = utf8_next(text, at);
	/* A sequence of one byte above 0x7f is a broken byte; a real U+FFFD has three. */
	if (*at - start == 1 && (unsigned char)text.p[start] >= 0x80) {
		if (out)
			g_string_append_printf(out, "<%02X>", (unsigned int)(unsigned char)text.p[start]);
		return 4;
	}
	if (c == '\t') {
		if (out)
			g_string_append_c(out, ' ');
		return 1;
	}
	if (is_control(c) || (show_invisible && is_invisible(c) && !in_emoji(text, c, start, *at))) {
		if (out)
			g_string_append_printf(out, "<U+%04X>", (unsigned int)c);
		return c > 0xffff ? 9 : 8; /* no control or invisible code point here needs six digits */
	}
	if (out)
		g_string_append_len(out, text.p + start, (gssize)(*at - start));
	return (size_t)char_width(c, false);
}

void safe_append_terminal(GString *out, struct span text, bool show_invisible)
{
	for (size_t at = 0; at < text.n;)
		safe_next(out, text, &at, show_invisible);
}

size_t safe_width(struct span text, bool show_invisible)
{
	size_t width = 0;

	for (size_t at = 0; at < text.n;)
		width += safe_next(NULL, text, &at, show_invisible);
	return width;
}
