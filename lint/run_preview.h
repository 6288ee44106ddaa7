/* The pipeline of "presend preview": one draft, shown as its readers see it. */
#ifndef PRESEND_RUN_PREVIEW_H
#define PRESEND_RUN_PREVIEW_H

#include "run.h"

struct preview_options {
	bool json;
	size_t message;            /* which one of an mbox, from 1; 0: the first */
	size_t row;                /* of --data, likewise */
};

/* Returns the exit code: 0, or 2 where the file cannot be read. */
struct arena;
struct message;
struct preview;
/* Fill in what stands in inboxes, and nothing else; strings are copied into the arena, so that the message may go. */
void run_preview_inbox(struct arena *arena, const struct message *message, struct preview *out);

int run_preview(const struct run_options *options, const struct preview_options *preview, const char *path);

#endif
