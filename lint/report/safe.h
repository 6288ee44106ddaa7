/* Text of a draft, made safe for where it is shown. */
#ifndef PRESEND_REPORT_SAFE_H
#define PRESEND_REPORT_SAFE_H

#include <glib.h>

#include "base/span.h"

/* Append text for a terminal: control characters (also C1), bidi controls and broken UTF-8 are written as <U+001B> or <9B>; TAB as
 * a space. Invisible characters (zero-width, soft hyphen, variation selectors out of emoji) likewise where show_invisible. */
void safe_append_terminal(GString *out, struct span text, bool show_invisible);
/* Columns that safe_append_terminal() would take. */
size_t safe_width(struct span text, bool show_invisible);
/* The unit at *at: a code point or one broken byte. Appends it as safe_append_terminal() would (out may be NULL), moves *at
 * behind it and returns its columns. At the end of the text it does nothing and returns 0. */
size_t safe_next(GString *out, struct span text, size_t *at, bool show_invisible);

#endif
