/* What a contribution to the score is, in words. */
#ifndef PRESEND_REPORT_ADVICE_H
#define PRESEND_REPORT_ADVICE_H

#include "report/phrases.h"
#include "rule/score.h"

/* The title of its rule, or what words they are, with their line; not yet made safe for a terminal. g_free() it. */
char *score_advice(const struct contribution *contribution, enum language language);

#endif
