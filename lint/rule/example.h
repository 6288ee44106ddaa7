/* Examples of rules as bytes to lint: short ones are put into a good mail, one that no rule of ours warns about. For the tests of
 * the rules and "presend rules check". The kinds: docs/RULES.md, "Examples". */
#ifndef PRESEND_RULE_EXAMPLE_H
#define PRESEND_RULE_EXAMPLE_H

#include <glib.h>

#include "rule/rule.h"

/* The clock of examples: 2026-11-24T00:00:30Z, half a minute behind the good mail's Date. */
#define EXAMPLE_NOW ((int64_t)1795478430)

struct example_file {
	char *path; /* the name to lint it under; tells the kind of a template */
	GString *bytes;
	bool is_template; /* kind template; of kind file ask input_kind_of(path) */
	bool is_skipped;  /* kind engine: no message can show this fault; bytes are empty */
};

/* Build the file of an example. root: the folder that holds corpus/. false and *error where a file cannot be read; out is empty
 * then. */
bool example_build(const struct rule_example *example, const char *root, struct example_file *out, GError **error);
void example_file_release(struct example_file *file);

/* The options an example is linted with: newsletter, unknown volume, profiles gmail and gmail-bulk, EXAMPLE_NOW; then the example's
 * own. select and the like stay NULL. false where its options cannot be read, which the loader has refused. */
bool example_options(const struct rule_example *example, struct lint_options *out);

#endif
