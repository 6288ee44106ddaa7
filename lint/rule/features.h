/* What the model of the score looks at: words and pairs of words, pairs and triples of Japanese, Chinese and Korean characters, the
 * same of the Subject and the name of the sender, and a few named things (rules that fired, what links are like). Only what a draft
 * shows: no transport fields, no dates, no marks of list software, so that a draft and its delivered copy give the same features. */
#ifndef PRESEND_RULE_FEATURES_H
#define PRESEND_RULE_FEATURES_H

#include "doc/message.h"
#include "rule/finding.h"

/* Words are hashed into buckets: no text of anybody's mail is kept, and unknown words need no table. Powers of two. */
enum { FEATURE_BODY_BUCKETS = 1 << 16, FEATURE_HEAD_BUCKETS = 1 << 15, FEATURE_BUCKETS = FEATURE_BODY_BUCKETS + FEATURE_HEAD_BUCKETS };

struct feature {
	uint32_t bucket;         /* body words, then words of the head; FEATURE_BUCKETS for a named one */
	const char *name;        /* of a named one, static ("subject:dollar") or id of a rule; else NULL */
	float value;             /* what the weight is multiplied with */
	const struct text *text; /* where it was first met; NULL for a named one */
	struct range range;      /* in text */
};

struct features {
	struct feature *items;   /* each once: body, head, named */
	size_t n;
	struct feature *repeats; /* where words were met again, in order; without a value */
	size_t n_repeats;
};

/* Collect the features into arena. Findings of result say which rules fired. Cost linear, with a cap on the text
 * (LIMIT_FEATURE_TEXT_BYTES). */
struct features features_collect(struct arena *arena, const struct message *message, const struct message_result *result, bool with_repeats);

#endif
