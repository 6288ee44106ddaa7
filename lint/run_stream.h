/* Messages one after the other: of files, of an mbox of any size, of lines of JSON. All workers look at them; they are told in their order, as soon as it is their
 * turn, and kept no longer: memory does not grow with their number. */
#ifndef PRESEND_RUN_STREAM_H
#define PRESEND_RUN_STREAM_H

#include "progress.h"
#include "setup.h"

struct stream_input {
	const struct input_file *file;
	struct setup_place place;
	GPtrArray *results;            /* struct message_result, where they are kept */
	char *trouble;                 /* why it could not be read; NULL */
};

struct stream_run {
	struct setup *setup;
	const struct run_options *options;
	struct stream_input *inputs;
	size_t n;
	bool lines;                    /* each line of an input is a message (message_line.h), and judged alone */
	const struct reporter *teller; /* message by message to standard output; NULL: results are kept */
	struct progress *progress;
	/* What became of it. */
	bool fails;                    /* something that was told is a failure (--fail-on) */
	bool bad_lines;
	bool write_failed;             /* standard output cannot take more: the rest was not looked at */
	int interrupted;               /* SIGINT or SIGTERM: likewise; what was told is whole. 0: none */
};

/* Run it. inputs are told in their order: by path. */
void run_stream(struct stream_run *run);
/* Can their results be told one by one? Rules over several messages know only those that are judged by the same rules. */
bool run_stream_tells(const struct stream_run *run);

#endif
