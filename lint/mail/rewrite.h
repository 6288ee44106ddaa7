/* Edits of decoded texts made edits of the raw file: the smallest legal unit is encoded anew (the encoded word, the line of
 * quoted-printable, the body of base64), everything around it stays as it is, byte for byte. Sources: RFC 2045, sections 6.7 and 6.8; RFC 2047;
 * RFC 1468. */
#ifndef PRESEND_MAIL_REWRITE_H
#define PRESEND_MAIL_REWRITE_H

#include "base/edit.h"
#include "mail/mime.h"

enum rewrite_target {
	REWRITE_FILE,  /* bytes of the file */
	REWRITE_BODY,  /* decoded bytes of a body in base64 or quoted-printable, or of a line of ISO-2022-JP */
	REWRITE_WORDS  /* the UTF-8 text of a run of encoded words */
};

/* One edit, as yet independent of how it is encoded, so that those of several fixes in one unit can be made together. */
struct rewrite {
	enum rewrite_target target;
	struct range unit;           /* in the file: the body, the run of words; of REWRITE_FILE: the bytes themselves */
	enum transfer_encoding transfer;
	struct charset_label charset;
	size_t start, end;           /* in what the target says */
	struct span with;            /* REWRITE_FILE: bytes; else UTF-8 */
};

/* Turn "this range of this text becomes these words" into an edit. text: the file (NULL) or any text that was made of it: the decoded source of a part,
 * a text run in it, the value of a field. False where it cannot be done faithfully: the charset has no such character, or nobody knows the charset
 * for certain. with must live as long as the result. */
bool rewrite_place(struct arena *arena, const struct mime *mime, const struct text *file, const struct text *text, struct range range,
		   struct span with, struct rewrite *out);
/* By place in the file. */
int rewrite_compare(const void *a, const void *b);
/* Do the two touch the same bytes, or put something into the same place? a stands before b. */
bool rewrite_conflicts(const struct rewrite *a, const struct rewrite *b);
/* Sorted edits without conflicts to edits of the file, in the arena. */
struct edit *rewrite_realise(struct arena *arena, const struct text *file, const struct rewrite *rewrites, size_t n, size_t *n_out);

/* --- whole parts, for what is written new --- */

/* The encoded body of new text, with line ends as given: the transfer encoding wanted where it can carry the bytes, else quoted-printable. */
enum transfer_encoding rewrite_encode_body(GString *out, struct span bytes, enum transfer_encoding wanted, const char *line_end);
/* Append one line of quoted-printable, without its line end, broken softly where it is too long. */
void rewrite_fold_qp(GString *out, struct span line, const char *line_end);
/* Bytes in base64, in lines of 76 characters; no line end behind the last. */
void rewrite_put_base64(GString *out, struct span bytes, const char *line_end);
/* The line end that the bytes use: that of their first line; CRLF where there is none. A lone CR ends lines where there is no LF. */
const char *rewrite_line_end(struct span bytes);

#endif
