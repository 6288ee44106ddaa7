/* Lines that only the width of the page parts, put together again: a text of the stretches around such line ends, in which a phrase
 * that is wrapped reads in one piece. Between two letters of Latin and the like a wrapped line end is a space, beside kana and kanji it is
 * nothing. */
#ifndef PRESEND_BASE_UNWRAP_H
#define PRESEND_BASE_UNWRAP_H

#include "base/map.h"

/* Of a text in form L1. NULL where no line is wrapped. Cost linear in the text; the result is at most a little longer than the text. */
struct text *unwrap_lines(struct arena *arena, const struct text *l1);
/* Does this range of the unwrapped text, given in l1 (its source), hold a line end? Else it reads in one piece in l1, too. */
bool unwrap_crosses(const struct text *l1, struct range in_l1);

#endif
