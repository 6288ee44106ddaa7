/* Rules as people read them: the page of one rule and the list of all, for "presend explain", "presend rules" and docs/rules/. */
#ifndef PRESEND_RULE_EXPLAIN_H
#define PRESEND_RULE_EXPLAIN_H

#include <glib.h>

#include "rule/rule.h"

enum explain_format { EXPLAIN_TEXT, EXPLAIN_MARKDOWN, EXPLAIN_JSON };

/* "text", "markdown", "json"; false for another word. */
bool explain_format_parse(const char *word, enum explain_format *out);

/* Append the page of a rule, ended by a line end. EXPLAIN_MARKDOWN is the page of docs/rules/ and holds every language, whatever
 * language says. Control characters of the rule's texts are shown as escapes: the result is safe for a terminal.
 * columns: of the terminal; the prose of EXPLAIN_TEXT is no wider, and never wider than a page of 80. */
void explain_rule(GString *out, const struct rule *rule, enum explain_format format, enum language language, int columns);

/* Append the list of all rules. EXPLAIN_MARKDOWN is docs/rules/README.md, in every language, with links to the pages. */
void explain_list(GString *out, const struct rule_set *set, enum explain_format format, enum language language);

#endif
