/* Mail logs: Postfix, sendmail and Exim, line by line. What a queue id is about stands on several lines; entries come when its mail has left
 * the queue, or at the end. Memory does not grow with the log. */
#ifndef PRESEND_BOUNCE_LOG_H
#define PRESEND_BOUNCE_LOG_H

#include "bounce/bounce.h"
#include "mail/stream.h"

typedef void (*bounce_taker)(const struct bounce_entry *entry, void *data);

/* Do the first lines look like a mail log? */
bool log_recognise(struct span start);
/* Read it to its end. now: for dates without a year. Entries, and what they point to, are gone after the call of take. */
void log_read(struct stream *stream, const char *path, int64_t now, bounce_taker take, void *data);

#endif
