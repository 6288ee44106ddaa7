/* What a draft says about findings of its own: presend-ignore comments and X-Presend-Ignore fields. See docs/suppressing.md. */
#ifndef PRESEND_RULE_SUPPRESS_H
#define PRESEND_RULE_SUPPRESS_H

#include <glib.h>

#include "doc/message.h"
#include "rule/finding.h"
#include "rule/rule.h"

#define SUPPRESS_FIELD "X-Presend-Ignore"

/* One word of an ignore: a rule id, a requirement id, or the beginning of one. */
struct ignore_word {
	const char *word;
	struct range range;         /* in the text of the ignore */
	bool known;                 /* it names a rule */
	bool forbidden;             /* it names only rules that a draft cannot silence */
	bool used;                  /* a finding was suppressed by it */
};

enum ignore_form { IGNORE_FIELD, IGNORE_HTML_COMMENT, IGNORE_TEMPLATE_COMMENT };

struct ignore {
	enum ignore_form form;
	bool unknown_keyword;       /* presend-ignore-line, presend-disable: there is no such thing */
	bool whole_message;
	struct range scope;         /* in the file, unless whole_message: where a finding must begin */
	const struct text *text;    /* where it stands: the value of the field, or the source of a body. As long as the message lives */
	struct range range;         /* in text: the whole comment, the whole value */
	struct ignore_word *words;
	size_t n_words;
	const char *reason;         /* NULL */
};

struct ignores {
	struct ignore *all;
	size_t n;
	bool cut;                   /* there are more than LIMIT_IGNORES: the others are not obeyed */
};

/* Find them. NULL where there are none. What it returns lives in the arena, which may outlive the message.
 * Never fails: what cannot be understood has no words. Cost linear in the message, for LIMIT_IGNORES of them. */
struct ignores *suppress_collect(struct arena *arena, const struct message *m, const struct rule_set *rules);

/* Mark the findings of the result that its ignores are about. May be called again when findings were added. */
void suppress_apply(struct message_result *result);

/* False for rules whose findings neither a draft nor a baseline may silence: those about the run itself (a limit was reached, so something
 * was not looked at) and those about ignores. */
bool suppress_allowed(const struct rule *rule);

/* Does the word name the rule: its id, one of its requirements, or the beginning of one? */
bool suppress_names(const char *word, const struct rule *rule);

#endif
