/* What became of each requirement in one message: what rules found, and what no rule can know. */
#ifndef PRESEND_RULE_VERDICT_H
#define PRESEND_RULE_VERDICT_H

#include <glib.h>

#include "rule/finding.h"
#include "rule/options.h"

/* The word on each requirement while the rules of one message run. Ids are not copied. */
struct verdict_table;
struct verdict_table *verdict_table_new(void);
void verdict_table_free(struct verdict_table *table);
/* A rule's word. Of two words about one requirement the graver counts. */
void verdict_note(struct verdict_table *table, const char *id, enum requirement_verdict verdict, enum requirement_reason reason);

/* Every rule has spoken. result->requirements become: what the table and the findings say, all that the chosen profiles ask and no
 * rule decided, and nothing of laws and carriers that were not chosen. is_signed: the file has a DKIM signature or is a delivered
 * copy. */
void verdict_finish(struct message_result *result, struct verdict_table *table, const struct lint_options *options, bool is_signed);
/* The rules over several messages have spoken, too. */
void verdict_finish_several(struct message_result *result);

/* What DNS says of a requirement, behind the rules: it takes the place of "needs DNS" and "needs the receiver", and what rules passed it can still fail or leave
 * open. not_asked: nobody asked for what would tell it. */
void verdict_answer(struct requirement_status *status, enum requirement_verdict answer, bool not_asked);

const char *verdict_name(enum requirement_verdict verdict); /* "needs-dns" */
const char *reason_name(enum requirement_reason reason);    /* "stage"; NULL for REASON_NONE */

#endif
