/* UTF-8 stepping, and how wide a text is on a screen. */
#ifndef PRESEND_BASE_UTF8_H
#define PRESEND_BASE_UTF8_H

#include <stdint.h>

#include "base/span.h"

/* Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629, section 4). */
bool utf8_valid(struct span s);
/* Length of the longest valid prefix, in bytes. */
size_t utf8_valid_prefix(struct span s);
/* What utf8_next() does where no ASCII stands. */
uint32_t utf8_next_long(struct span s, size_t *at);
/* Read one code point at *at and move *at behind it. A broken byte gives U+FFFD and moves by one. */
static inline uint32_t utf8_next(struct span s, size_t *at)
{
	if (*at < s.n && (unsigned char)s.p[*at] < 0x80)
		return (unsigned char)s.p[(*at)++];
	return utf8_next_long(s, at);
}
/* Move *at to the code point before it; 0 stays. Returns that code point. */
uint32_t utf8_previous(struct span s, size_t *at);
/* Write a code point; returns the number of bytes, 1 to 4. */
size_t utf8_write(char out[4], uint32_t c);
/* Number of code points (each broken byte counts as one). */
size_t utf8_count(struct span s);
/* Byte offset of code point number n, clamped to s.n. */
size_t utf8_offset(struct span s, size_t n);
/* A letter, digit or mark of any script (Unicode general categories L, M and N)? */
bool utf8_is_letter(uint32_t c);
/* Columns on a terminal: East Asian Width W and F are 2, combining marks and format characters 0, A is 1 unless
 * ambiguous_wide. Source: Unicode Standard Annex #11. Reports take A as 1: wcwidth() of glibc 2.36 says 1 for all A that were tried (U+203B,
 * U+2460, U+25A0, U+25CB, U+2192, U+2026) in C.UTF-8, en_US.UTF-8 and ja_JP.UTF-8 alike, and tmux does the same. Only the charmap
 * EUC-JP says 2, and reports are UTF-8. On a terminal that is told to draw them wide, marks behind them stand too far left. */
int char_width(uint32_t c, bool ambiguous_wide);
size_t text_width(struct span s, bool ambiguous_wide);

#endif
