/* How far a long run is, on a terminal. */
#ifndef PRESEND_PROGRESS_H
#define PRESEND_PROGRESS_H

#include <glib.h>

#include "report/report.h"

struct progress {
	bool wanted;                   /* standard error is a terminal that can erase a line, nobody asked for quiet, this is no CI job */
	bool shown;
	gint64 begin, last;            /* microseconds */
	enum language language;
};

void progress_begin(struct progress *progress, const struct report_options *report);
/* done of total files: told after the first second, ten times a second at most. */
void progress_tell(struct progress *progress, size_t done, size_t total);
/* Take it away. */
void progress_end(struct progress *progress);

#endif
