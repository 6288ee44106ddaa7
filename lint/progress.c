/* Role: one line on standard error that says how far a long run is, and is gone before the report.
 * May not: write to anything but a terminal. */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_MICROSECONDS = 1000000, STEP_MICROSECONDS = 100000 };

void progress_begin(struct progress *progress, const struct report_options *report)
{
	const char *term = getenv("TERM"), *ci = getenv("CI");
	bool erases = term && *term && strcmp(term, "dumb") != 0;

	*progress = (struct progress){ .wanted = !report->quiet && erases && !(ci && *ci) && isatty(STDERR_FILENO),
				       .begin = g_get_monotonic_time(),
				       .language = report->language };
}

void progress_tell(struct progress *progress, size_t done, size_t total)
{
	if (!progress->wanted)
		return;
	gint64 now = g_get_monotonic_time();
	if (now - progress->begin < FIRST_MICROSECONDS || now - progress->last < STEP_MICROSECONDS)
		return;
	progress->last = now;
	progress->shown = true;
	fprintf(stderr, "\r\x1b[K%zu/%zu%s", done, total, progress->language == LANGUAGE_JA ? " 件を検査しました" : " files checked");
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\x1b[K", stderr);
	progress->shown = false;
}
