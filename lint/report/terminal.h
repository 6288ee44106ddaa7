/* What reports for people share: colours, columns, and prose in lines. Everything appended must be safe for a terminal already. */
#ifndef PRESEND_REPORT_TERMINAL_H
#define PRESEND_REPORT_TERMINAL_H

#include "base/span.h"
#include "report/report.h"

enum { LEAST_COLUMNS = 24 }; /* of a line, however narrow the terminal says it is */

enum style { STYLE_BOLD, STYLE_DIM, STYLE_ERROR, STYLE_WARNING, STYLE_INFO, STYLE_GOOD };

/* Nothing where there are no colours. */
void style_begin(GString *out, const struct report_options *options, enum style style);
void style_end(GString *out, const struct report_options *options);
void append_styled(GString *out, const struct report_options *options, enum style style, const char *safe_text);
void append_spaces(GString *out, size_t n);
/* Filled up with spaces to that many columns, in front of the text where right. */
void append_padded(GString *out, const char *text, size_t columns, bool right);

/* The text made safe, with the line ends of the rule file folded: a space between words, nothing between Japanese characters. */
GString *safe_prose(const char *text);
/* Append safe text that begins at column; lines after the first begin at indent and none is longer than width where it can be
 * helped. Colours of ours in the text take no columns. */
void append_wrapped(GString *out, struct span text, size_t column, size_t indent, size_t width);
/* The same, and a word that is longer than a line is broken, for what nobody copies from the screen. */
void append_wrapped_within(GString *out, struct span text, size_t column, size_t indent, size_t width);
/* The same, as wide as the terminal; in a file or a pipe it stays one line. */
void append_for_terminal(GString *out, const struct report_options *options, const GString *text, size_t column, size_t indent);

#endif
