/* Baselines: the findings that were there when presend came. A later run tells of new ones only. docs/suppressing.md describes the file. */
#ifndef PRESEND_BASELINE_H
#define PRESEND_BASELINE_H

#include <glib.h>

#include "rule/finding.h"

struct baseline;

/* Read a baseline. NULL with one "file:line:column: what" for the first fault in *error, or the reason alone where the file cannot be read
 * (then code is G_FILE_ERROR_NOENT and the like). */
struct baseline *baseline_read(const char *file, GError **error);
void baseline_free(struct baseline *baseline);

/* Take the fixes off findings that the baseline knows: what is let be is not changed either. Of any thread. */
void baseline_withhold_fixes(const struct baseline *baseline, struct message_result *const *results, size_t n);
/* Mark what the baseline knows: of n findings that say the same of one file the first as many as it counts. Rules about the run itself are
 * never in one. */
void baseline_apply(struct baseline *baseline, struct message_result *const *results, size_t n);

/* One line for each entry that was not found again, although its file was checked or is gone. After baseline_apply(). */
GPtrArray *baseline_stale(const struct baseline *baseline, struct message_result *const *results, size_t n);

/* The text of a baseline in file that knows all findings of the results that are told. old (may be NULL): what it says of files that are not among
 * the results and still there is kept. */
GString *baseline_text(const char *file, const struct baseline *old, struct message_result *const *results, size_t n, size_t *n_findings_out);

#endif
