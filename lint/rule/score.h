/* Findings to points: a first, additive score with a cap per area; every contribution names its rule. Provisional: the points are
 * hand-set (rules.d/score.yaml) and nothing here is calibrated. */
#ifndef PRESEND_RULE_SCORE_H
#define PRESEND_RULE_SCORE_H

#include "rule/finding.h"

struct contribution {
	const char *rule;
	double points;       /* after the cap of its area */
	const char *advice;  /* the rule's title in the language asked for is taken by the reporter; NULL here */
	const struct rule *definition;
};

struct score {
	double points;       /* sum of contributions */
	double probability;  /* a logistic function of points; not calibrated */
	const char *verdict; /* "clean", "suspicious", "spam-like" */
	struct contribution *contributions; /* largest first */
	size_t n_contributions;
};

/* Score the findings of a result; a rule counts once however often it fired, a rule made of phrases by the phrases found. Fills result->score. */
void score_compute(struct message_result *result);

#endif
