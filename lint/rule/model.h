/* The model of the score as data: what each feature adds to the log-odds that a receiver's filter takes a draft for spam. Learned by
 * lint/model/train.c, kept in rules.d/score-model.txt, compiled into constant tables by lint/rule/model2c.c. */
#ifndef PRESEND_RULE_MODEL_H
#define PRESEND_RULE_MODEL_H

#include <stddef.h>
#include <stdint.h>

struct named_weight {
	const char *name;       /* "html-hidden-text": the rule fired; "link:without-words" */
	float weight;
};

struct score_model {
	double prior;           /* share of spam among the mail that the probability speaks of, unless another is asked for */
	double start;           /* log-odds of a draft without any feature: those of the prior */
	double unit;            /* log-odds of one step of words[] */
	double suspicious, spam_like; /* log-odds above which a draft is called so */
	const int8_t *words;    /* FEATURE_BUCKETS of them */
	const struct named_weight *named; /* sorted by name */
	size_t n_named;
};

extern const struct score_model builtin_score_model;

#endif
