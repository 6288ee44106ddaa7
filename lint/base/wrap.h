/* Text in lines of a given width, broken where Unicode allows it (UAX #14, so also Japanese kinsoku) and measured in columns of a screen (UAX #11). */
#ifndef PRESEND_BASE_WRAP_H
#define PRESEND_BASE_WRAP_H

#include <glib.h>

#include "base/span.h"

/* Append one line of text as lines of at most width columns, each with "\n". What cannot be broken is longer, an URL never broken. first and rest stand
 * in front of the first line and of the others. Blanks at the ends of lines go. */
void wrap_append(GString *out, struct span text, size_t width, const char *first, const char *rest);

#endif
