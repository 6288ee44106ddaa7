/* One input: a report, a complaint, an auto-reply, pasted text, or none of them. */
#ifndef PRESEND_BOUNCE_READ_H
#define PRESEND_BOUNCE_READ_H

#include "bounce/bounce.h"

/* Read one message, or text that was pasted. Appends one entry at least (BOUNCE_NONE where it is no bounce); strings live in the arena. Never
 * fails; cost linear in the bytes. */
void bounce_read(struct arena *arena, const char *path, size_t index, struct span bytes, GPtrArray *entries);

/* The bytes with LF where a file has only the line ends of old Macs (CR): places do not matter here. */
struct span bounce_line_feeds(struct arena *arena, struct span bytes);

/* Private to the files of this folder. */

/* The text of a machine-readable part (message/delivery-status): one entry for each recipient. Fields that stand in no group of a recipient
 * are of the whole report. Returns the number of entries. */
size_t dsn_read(struct arena *arena, struct span text, GPtrArray *entries);
/* A notification of Amazon SES, in JSON: one entry for each recipient that bounced or complained, none for those that only say that mail was
 * taken. false where it is no such thing. */
bool ses_read(struct arena *arena, struct span text, GPtrArray *entries);
/* The text that people read: one entry for each recipient that it names as failed. sender: the address that the report went to, which is
 * not a recipient of the mail; NULL. */
size_t transcript_read(struct arena *arena, struct span text, const char *sender, GPtrArray *entries);
/* The last reply in lines such as "<<< 550-5.7.1 text", joined as they stand; NULL where there is none. */
const char *transcript_reply(struct arena *arena, struct span text);
/* Where the code of a refusal ("550 ") stands in a text; text.n where it does not. */
size_t transcript_code(struct span text);
/* Where the mail that came back begins in such a text; text.n where it does not. */
size_t transcript_original(struct span text);
/* The stage that a text tells: "in reply to RCPT TO", "after end of data". */
enum reply_stage stage_of(struct span text);
/* Does a text say that mail could not be delivered, in one of the languages that mail servers speak? */
bool transcript_says_failure(struct span text);
/* An address in the text at or behind *at, which moves behind it. false where there is none. */
bool next_address(struct span text, size_t *at, struct span *address);

#endif
