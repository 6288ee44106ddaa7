/* Header fields written anew: text as encoded words, and long lines folded where a fold changes nothing. Sources: RFC 5322, section 2.2.3;
 * RFC 2047, sections 2 and 5. */
#ifndef PRESEND_MAIL_REFOLD_H
#define PRESEND_MAIL_REFOLD_H

#include <glib.h>

#include "base/edit.h"
#include "mail/header.h"

/* How encoded words are written. */
struct word_style {
	struct span charset; /* as it stands in the words; one that charset_encode() can write the text in */
	char encoding;       /* 'B' or 'Q' */
};

/* Longest lines, octets without the line end. */
struct fold_limits {
	size_t words; /* of a line with an encoded word; RFC 2047, section 2 */
	size_t any;   /* of any line; 0: as long as it was */
};
enum { FOLD_WORDS = 76, FOLD_RECOMMENDED = 78 };

/* UTF-8 in the shorter of both encodings. */
struct word_style refold_utf8_style(struct span text);
/* Append text as encoded words, as many as it takes: none longer than 75 characters, none that begins or ends inside of a character. column: where the
 * first one begins; its line is then no longer than 76. between: what parts the words, white space or a fold. */
void refold_put_words(struct arena *arena, GString *out, const struct word_style *style, struct span text, size_t column, const char *between);
/* The field with the edits made (sorted, in its value) and lines that are then longer than the limits folded at white space, or, in fields of addresses and
 * parameters, behind a comma or semicolon: never in a quoted string, a comment, an address or an encoded word. One edit, of what changes only;
 * empty (start = end, nothing to put) where nothing does. whole_out: the field as it becomes, without its last line end; may be NULL. */
struct edit refold_field(struct arena *arena, const struct text *file, const struct field *field, const struct edit *edits, size_t n,
			 struct fold_limits limits, struct span *whole_out);

#endif
