/* The baseline of a run. */
#ifndef PRESEND_BASELINE_USE_H
#define PRESEND_BASELINE_USE_H

#include "baseline.h"
#include "run.h"

/* Read the baseline that the options name; true with *out NULL where they name none, or one that is still to be written. false after having
 * said what is wrong. */
bool baseline_load(const struct run_options *options, struct baseline **out);

/* Mark what the baseline knows, once it is written where it is to be. false where that failed, after having said so. */
bool baseline_use(const struct run_options *options, struct baseline **baseline, struct message_result *const *results, size_t n);

#endif
