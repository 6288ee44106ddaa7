/* A text/plain part that says what an HTML part says to its reader. */
#ifndef PRESEND_DOC_PLAIN_H
#define PRESEND_DOC_PLAIN_H

#include "doc/outline.h"

enum { PLAIN_COLUMNS = 72 };

/* UTF-8 in lines of at most PLAIN_COLUMNS, each with "\n": paragraphs with empty lines between, list items with a mark, a table row in a line, what a link
 * leads to in a line of its own behind the line with its label. What is hidden, a preheader among it, is left out. Empty where nothing is seen. */
struct span plain_from_html(struct arena *arena, const struct html *html);

#endif
