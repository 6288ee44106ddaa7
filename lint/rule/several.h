/* Checks over the records of several messages: the second pass. */
#ifndef PRESEND_RULE_SEVERAL_H
#define PRESEND_RULE_SEVERAL_H

#include "rule/facts.h"
#include "rule/finding.h"

/* What is remembered of the messages so far: a few short strings of each. */
struct several_memory;
struct several_memory *several_memory_new(void);
void several_memory_free(struct several_memory *memory);

/* Where such a check reports: message number i of the run, the fact that is to blame, typed arguments. */
struct several {
	struct message_result *const *results;
	size_t n;
	struct several_memory *memory; /* of the messages before these, and of these afterwards */
	void (*report)(struct several *s, size_t i, const struct fact *fact, const char *case_name, const struct finding_arg *args, size_t n_args);
	void *data;
};

typedef void (*several_function)(struct several *s);

/* The check of that name; NULL. */
several_function several_find(const char *name);

#endif
