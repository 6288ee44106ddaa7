/* Word borders by ICU's break iterator, run only around a hit: over a whole text the Japanese dictionary costs more
 * than everything else together. */
#ifndef PRESEND_BASE_WORDS_H
#define PRESEND_BASE_WORDS_H

#include "base/span.h"

struct words;

/* Opened at first use; NULL is allowed everywhere below and means "no iterator yet". One per worker. */
struct words *words_new(void);
void words_free(struct words *words);
/* True where both ends of [start, end) in the UTF-8 text are word borders. Looks at most 64 code points to each side, and not
 * across a line end. Text that is ASCII only is decided without ICU: a border is where letter or digit meets neither. */
bool words_is_border(struct words *words, struct span text, size_t start, size_t end);

#endif
