/* Fixes of findings: a check says what should stand where, in whatever text it looks at; the fix keeps that as edits which several fixes can share,
 * and as edits of the file. Source of the order of things: docs/fixes.md. */
#ifndef PRESEND_RULE_FIX_H
#define PRESEND_RULE_FIX_H

#include "base/edit.h"
#include "doc/message.h"
#include "rule/finding.h"

/* What the rule file says of the fix for a case; NULL where it has none. */
const struct rule_fix *rule_fix_of(const struct rule *rule, const char *case_name);
/* One more edit of a fix. text NULL: the file. with is copied. */
void fix_add(struct arena *arena, struct fix *fix, const struct message *m, const struct text *text, struct range range, struct span with);
/* After the last edit. False where it is no fix: refused, or its edits overlap. */
bool fix_finish(struct fix *fix);
/* Fill in the edits of the file for the fixes of one message. */
void fix_realise(struct message_result *result, const struct text *file, const struct line_index *lines);

/* --- making them --- */

/* The bytes of the file with all fixes made that do not get in each other's way, the first by offset winning. results: of all messages in the file.
 * Returns how many were made; out is then the new file. unsafe: also those that are not safe. */
size_t fix_apply(GString *out, const struct text *file, struct message_result *const *results, size_t n, bool unsafe);

#endif
