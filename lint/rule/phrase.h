/* Hits of rules that are made of phrases: which of them count, and what is said of them.
 *
 * A phrase in the footer or in a rule line does not count, nor one that is quoted to warn of it, nor one inside a longer one. Strong and medium phrases are told one by
 * one. Weak ones count in company only: three different ones of two rules, or one that fills the text; words of every shop (送料無料) give no
 * company, but count where others have it. Text and HTML alternative
 * say the same, so that each entry counts once. */
#ifndef PRESEND_RULE_PHRASE_H
#define PRESEND_RULE_PHRASE_H

#include <glib.h>

#include "doc/message.h"
#include "rule/rule.h"

struct phrase_hit {
	const struct rule *rule;
	size_t entry;
	const struct text *text; /* a text that is shown: the Subject or a body */
	struct range range;
	struct span words;       /* the phrase in normal form; must live as long as the message */
	bool disguised;
};

struct phrase_report {
	const struct rule *rule;
	const char *case_name; /* "strong", "medium", "weak" or "disguised" */
	const struct text *text;
	struct range range;
	struct span words; /* "a, b, c" */
	size_t count;      /* of hits */
};

/* Is the plain phrase of an entry written in a way that hides it: with invisible characters in it, or in squares and circles? */
bool phrase_is_dressed_up(const struct rule *rule, size_t entry, struct span shown);
/* All hits of a message to reports, struct phrase_report, sorted by rule. The order of hits is changed. */
GArray *phrase_judge(GArray *hits, const struct message *message);

#endif
