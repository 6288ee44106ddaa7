/* The messages of an mbox of any size, one after the other, in the memory of one message. Where they begin and end is what input_split_mbox() says. */
#ifndef PRESEND_MAIL_MBOX_H
#define PRESEND_MAIL_MBOX_H

#include "mail/stream.h"

struct mbox;

struct mbox_message {
	GByteArray *bytes;           /* of the file, from the separator line on; g_byte_array_unref() them */
	size_t start, end;           /* the message in these bytes */
	size_t index;                /* 0 is the first */
	size_t offset, lines;        /* of the file before these bytes */
	bool alone;                  /* the only one of the file */
	bool cut;                    /* longer than LIMIT_INPUT_BYTES: the rest was passed over */
};

/* What comes next in the stream must begin with "From ". The stream stays the caller's. */
struct mbox *mbox_new(struct stream *stream);
void mbox_free(struct mbox *mbox);
/* The next message; false at the end. */
bool mbox_next(struct mbox *mbox, struct mbox_message *out);

#endif
