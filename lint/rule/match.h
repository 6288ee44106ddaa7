/* Declarative matching: rule_match trees over the texts of a message. */
#ifndef PRESEND_RULE_MATCH_H
#define PRESEND_RULE_MATCH_H

#include <glib.h>

#include "base/words.h"
#include "doc/message.h"
#include "rule/rule.h"

/* All patterns of a rule set, grouped by target and form, with one literal prefilter a group. Const after match_set_new(), except
 * that patterns are compiled at their first use inside a match_worker. */
struct match_set;
/* Per-thread state: compiled patterns, budgets, word iterator. */
struct match_worker;

/* rules: those with a match tree are taken, others ignored. Cost: linear in the bytes of the patterns, below 1 ms for 1,000;
 * nothing is compiled here. */
struct match_set *match_set_new(const struct rule_set *rules);
void match_set_free(struct match_set *set);
/* words may be NULL and must outlive the worker. */
struct match_worker *match_worker_new(const struct match_set *set, struct words *words);
void match_worker_free(struct match_worker *worker);

/* A hit: a range of a text of the message; report it with check_report_text(). */
struct match_hit {
	const struct text *text;
	struct range range;
	struct span matched; /* the bytes matched (of the normal form); of a disguise, the phrase itself */
	enum match_form form;
	size_t entry; /* of a rule made of phrases: which one */
};

/* Called for each rule that hit. hits: at most 1,000 leaf hits that made the tree true, in order; for ALL, WITHIN
 * and COUNT the hits of all children; for a rule made of phrases, the hits of one entry behind those of another. n_hits is 0 and gave_up false for a tree that is true of an absence (NOT, COUNT with min 0).
 * gave_up: the pattern ran out of its budget (then n_hits may be 0). */
typedef void (*match_callback)(const struct rule *rule, const struct match_hit *hits, size_t n_hits, bool gave_up, void *data);

/* Hits of one leaf do not overlap: of two phrases at one place the first, then the longer one counts. A leaf keeps its first 1,000
 * hits. WITHIN takes its children in any order. TARGET_LINK_HOST is in lower case. '^' and '$' in a regex mean lines. Run the rules
 * for which wanted(rule, data) is true over one message. Cost: one prefilter pass a text and form, then windows around the literals
 * found. */
void match_run(struct match_worker *worker, const struct message *message, bool (*wanted)(const struct rule *rule, void *data),
        match_callback callback, void *data);

/* Compile every pattern of one rule as a test would; false and *error (message only) for a bad regex, a phrase or regex literal
 * that is not in the form it is matched in (e.g. capitals under L1), a regex with unbounded nested repeats, or more than
 * LIMIT_PATTERN_BYTES. slow_out: a regex without a required literal, which runs over every text. */
bool match_check_rule(const struct rule *rule, bool *slow_out, GError **error);

#endif
