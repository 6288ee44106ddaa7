/* The pipeline of "presend bounce": inputs, entries, reports. */
#ifndef PRESEND_RUN_BOUNCE_H
#define PRESEND_RUN_BOUNCE_H

#include "report/report_bounce.h"
#include "run.h"

struct bounce_options {
	enum bounce_format format;
	bool summary;
	const char *draft;             /* NULL; what the named rules are run on */
	/* Of logs and reports, only what belongs to this mail: NULL: all. */
	const char *message_id, *from;
	int64_t since;                 /* 0: any time */
};

/* Read the paths and write what came back. Exit codes: 0 all of them could be told; 1 something was no bounce; 2 trouble. */
int run_bounce(const struct run_options *options, const struct bounce_options *bounce, char *const *paths, size_t n_paths);

#endif
