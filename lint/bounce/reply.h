/* A reply as it stands in a report, and which entry of the table it is. */
#ifndef PRESEND_BOUNCE_REPLY_H
#define PRESEND_BOUNCE_REPLY_H

#include <glib.h>

#include "bounce/bounce.h"

/* The form in which replies are compared: one line, one blank between words, small letters, "mail" for "email" and "e-mail", straight quotes,
 * without the codes at line starts and inside ("550-5.7.1 "). Cost linear. */
GString *reply_fold(struct span reply);
/* The reply on one line, as people read it: white space folded, the code repeated at line starts dropped but for the first. */
char *reply_joined(struct arena *arena, struct span reply);
/* The first reply code ("550") at a word's start and the first status ("5.7.1"); 0 and NULL where there is none. The status must have the
 * class of the code where both stand. */
int reply_code_of(struct span reply);
bool reply_code_at(struct span reply, size_t at);
const char *reply_status_of(struct arena *arena, struct span reply);
/* Does it stop in the middle: its last line says by a hyphen that more follows. */
bool reply_is_cut(struct span reply);
/* Is text a status of RFC 3463, alone? */
bool is_status_code(struct span text);

/* Who answers: by the mail server's name, else by words that only one receiver uses, else by the recipient's domain. */
const struct reply_receiver *reply_receiver_of(const char *host, const char *recipient, struct span folded);

/* The first block list of the table that a text in small letters names; NULL. The closed ones come first. */
const struct reply_list *reply_list_named(struct span text);
/* Fill receiver, replies, ambiguous and list of the entry from the rest of it. */
void reply_judge(struct bounce_entry *entry);

#endif
