/* Words that offer a reader a way out of a list, found in a text: 配信停止, メールの受信を希望されない方は, unsubscribe. The words are data of
 * one rule; others name that rule. */
#ifndef PRESEND_RULE_OPTOUT_H
#define PRESEND_RULE_OPTOUT_H

#include "rule/check.h"

struct optout_filter;

/* Lists of literals in form L1, NULL-terminated or NULL. */
struct optout_words {
	const char *const *phrases;    /* unmistakable as they are */
	const char *const *objects;    /* what is stopped: 配信, 購読 */
	const char *const *actions;    /* behind an object, directly or with の or を: 停止, 解除 */
	const char *const *wishes;     /* a few characters behind an object: 希望されない */
	const char *const *not_before; /* what stands in front of it means another thing: ロック解除, 動画配信停止 */
	const char *const *not_behind; /* the same, behind: 解約手数料, 配信停止を承りました */
	const char *const *url_words;  /* of addresses */
	const struct optout_filter *filter; /* phrases, actions and wishes, made ready to be found in one pass */
};

/* with: these lists by their names; or words_of: the rule that has them. */
struct optout_words optout_words_of(const struct check *c);
/* Those of a rule that has them, made ready. */
const struct optout_words *optout_words_new(struct arena *arena, const struct rule *rule);
/* Call visit for each mention in a text of form L1 until it returns false; in no order, and one place may be told more than once. A line
 * end counts as a blank. Cost: one pass. */
void optout_each(const struct optout_words *words, struct span l1, bool (*visit)(struct range hit, void *data), void *data);
/* Is there a mention? */
bool optout_mentioned(const struct optout_words *words, struct span l1);
/* Does the link promise to lead out of the list, by its label or title, or where it is hidden by its text? */
bool optout_in_words(const struct check *c, const struct link *link, const struct optout_words *words);
/* The same, or by words in its address. */
bool optout_promised(const struct check *c, const struct link *link, const struct optout_words *words);

#endif
