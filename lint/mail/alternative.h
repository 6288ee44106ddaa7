/* A plain text put beside an HTML part, as edits of the file: what is there keeps all its bytes, and its fields move with it into a part of its own.
 * Sources: RFC 2046, sections 5.1.1 and 5.1.4; RFC 2045, sections 6.4 and 9; RFC 2387. */
#ifndef PRESEND_MAIL_ALTERNATIVE_H
#define PRESEND_MAIL_ALTERNATIVE_H

#include "base/edit.h"
#include "mail/mime.h"

/* The edits that give the HTML part a text/plain part in front of it: in the multipart/alternative where it lies in one, else in a new one around it, or
 * around the multipart/related of which it is the root. message: where the message is in the file. text: UTF-8, not empty, lines end in "\n". In the
 * charset of ISO-2022-JP mail where that can say it, else in UTF-8. NULL where the structure around is broken or signed. */
struct edit *alternative_add_text(struct arena *arena, const struct text *file, struct range message, const struct entity *html, struct span text,
				  size_t *n_out);

#endif
