/* Normal form L1 for matching: what a reader takes to be the same text. The only user of ICU besides mail/charset.c,
 * base/utf8.c and base/words.c.
 *
 * L1 = NFKC_Casefold (Unicode Standard, section 3.13, D147; UAX #31), then
 *   (a) wave dashes and tildes become U+301C; (b) hyphens, minus signs and dashes become '-' (never U+30FC);
 *   (c) circled and squared letters and digits that NFKC leaves become the letter or digit; (d) squared words become words;
 *   (e) blank look-alikes become a space; (f) runs of blanks become one space, line ends stay and are '\n'.
 * URLs and addresses must be checked in their raw form: (a) and (b) falsify them. */
#ifndef PRESEND_BASE_NORMAL_H
#define PRESEND_BASE_NORMAL_H

#include "base/arena.h"
#include "base/map.h"

/* The L1 form of a UTF-8 text, with a map back to it. Cost linear in the text. Broken UTF-8 becomes U+FFFD. */
struct text *normal_l1(struct arena *arena, const struct text *source);
/* The same without a map, for literals of rules; NUL-terminated, in the arena. */
char *normal_l1_plain(struct arena *arena, struct span utf8);
/* Katakana U+30A1 to U+30F6 and U+30FD, U+30FE as hiragana, all else unchanged: byte for byte the same length, so that
 * the map of text stays right. Returns a new text that shares the map and sources. */
struct text *normal_fold_kana(struct arena *arena, const struct text *l1);

#endif
