/* A part sent in another way: in another transfer encoding, under another label, in UTF-8. Its text stays the same, and so does everything around it.
 * Sources: RFC 2045, sections 2, 5, 6; RFC 2046, sections 4.1.2 and 5.1.1. */
#ifndef PRESEND_MAIL_RECODE_H
#define PRESEND_MAIL_RECODE_H

#include "base/edit.h"
#include "mail/mime.h"

enum recode_transfer {
	RECODE_ENCODED, /* quoted-printable, or base64 where that is shorter and for ISO-2022-JP; 7bit where nothing needs them */
	RECODE_PLAIN    /* 7bit, and nothing where the bytes cannot be sent so; ASCII in quoted-printable then */
};

/* Could a part be written anew? Not where its fields or the parts around it are broken, where its encoding is, where it is signed or encrypted, and
 * where it was not read to its end. */
bool recode_is_possible(const struct entity *e);
/* Edits of the file that send the bytes as the part: its body and its Content-Transfer-Encoding, and charset (NULL: as it is) in its Content-Type.
 * bytes: the new content, decoded. NULL where it is not possible. In the arena. */
struct edit *recode_part(struct arena *arena, const struct text *file, const struct entity *e, struct span bytes, enum recode_transfer how,
			 const char *charset, size_t *n_out);
/* Only the charset of the label, written or put in. */
struct edit *recode_label(struct arena *arena, const struct text *file, const struct entity *e, const char *charset, size_t *n_out);
/* The lines of a body in quoted-printable that break its rules, written as they are read; the others stay. */
struct edit *recode_quoted_printable(struct arena *arena, const struct text *file, struct range body, size_t *n_out);
/* A body in base64 in lines of 76 characters, with the padding it needs. */
struct edit *recode_base64(struct arena *arena, const struct text *file, const struct entity *e, size_t *n_out);

#endif
