/* The page docs/coverage.md and its Japanese twin: every requirement of the catalogue, and the rules that decide it or the reason why none does. */
#ifndef PRESEND_RULE_COVERAGE_H
#define PRESEND_RULE_COVERAGE_H

#include <glib.h>

#include "rule/requirement.h"

/* Does the rule speak about that requirement, always or under a condition? */
bool coverage_rule_decides(const struct rule *rule, const char *id);
/* Append the page: Markdown, in English. */
void coverage_append(GString *out, const struct rule_set *rules, enum language language);

#endif
