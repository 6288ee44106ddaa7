/* What a native check sees and how it reports. A check is a function that begins at the line start with CHECK(name); the Makefile
 * collects these lines into checks.inc, registry.c makes the table. A check reports places, a case name and typed arguments,
 * never prose; severity, wording, requirements are the rule's. */
#ifndef PRESEND_RULE_CHECK_API_H
#define PRESEND_RULE_CHECK_API_H

#include "doc/message.h"
#include "rule/finding.h"
#include "rule/options.h"
#include "rule/rule.h"
#include "rule/suppress.h"

struct check;   /* one run of one rule on one message; opaque, see engine.c */

#define CHECK(name)                                                      \
	void check_##name(struct check *c, const struct message *m);     \
	void check_##name(struct check *c, const struct message *m)
typedef void (*check_function)(struct check *c, const struct message *m);

struct check_entry {
	const char *name;
	check_function function;
};
extern const struct check_entry check_registry[]; /* sorted by name */
extern const size_t n_check_registry;

const struct rule *check_rule(const struct check *c);
const struct lint_options *check_options(const struct check *c);
enum stage check_stage(const struct check *c);
/* Scratch memory that lives until the findings are finished. */
struct arena *check_arena(const struct check *c);
struct jis_encoder *check_jis_encoder(const struct check *c); /* may be NULL */
struct words *check_words(const struct check *c);
/* A place to keep what is made of the settings of a rule, for all messages of this worker; NULL in it at first. What is put there lives in the
 * arena. One thing for each rule. */
void **check_kept(const struct check *c, const struct rule *rule, struct arena **arena);
/* What the draft says about findings of its own; NULL where nothing. */
const struct ignores *check_ignores(const struct check *c);
/* The nearest rule id, for did-you-mean; NULL where none is near. */
const char *check_suggest_rule(const struct check *c, const char *word);

/* One argument of a finding. */
struct check_arg {
	const char *name;
	enum arg_kind kind;
	struct span text;
	int64_t number;
	const struct localized *phrase;
};
#define ARG_T(arg_name, span_value) ((struct check_arg){ .name = (arg_name), .kind = ARG_TEXT, .text = (span_value) })
#define ARG_I(arg_name, value) ((struct check_arg){ .name = (arg_name), .kind = ARG_INT, .number = (int64_t)(value) })
/* Words of our own tables in both languages; constant. */
#define ARG_L(arg_name, localized) ((struct check_arg){ .name = (arg_name), .kind = ARG_PHRASE, .phrase = (localized) })

/* An argument "reference" is no argument of the texts: it is the page that the finding links to instead of the rule's.
 * Report a range of the file. case_name: a case of the rule's message, NULL for "default". Arguments follow.
 * Example: check_report(c, range, NULL, ARG_T("header", name), ARG_I("count", n)); */
#define check_report(c, range, case_name, ...)                                                                                    \
	check_report_args((c), NULL, (range), (case_name), (struct check_arg[]){ { 0 }, ##__VA_ARGS__ },                         \
			  sizeof((struct check_arg[]){ { 0 }, ##__VA_ARGS__ }) / sizeof(struct check_arg) - 1)
/* Report a range of a derived text: the raw place, the excerpt and the decoded line come out of its map. */
#define check_report_text(c, text, range, case_name, ...)                                                                         \
	check_report_args((c), (text), (range), (case_name), (struct check_arg[]){ { 0 }, ##__VA_ARGS__ },                        \
			  sizeof((struct check_arg[]){ { 0 }, ##__VA_ARGS__ }) / sizeof(struct check_arg) - 1)
/* text NULL: range is of the file. args[0] is unused. The argument "excerpt" is always there; severity "off" drops it silently. */
void check_report_args(struct check *c, const struct text *text, struct range range, const char *case_name,
		       const struct check_arg *args, size_t n_args);
/* How a program can mend what was reported last: range of text (NULL: the file) becomes with (UTF-8; of the file: bytes). Several calls make one fix
 * of several edits. Nothing happens where the rule file has no words for a fix of that case, or the finding was not told; a place that cannot be
 * written faithfully (the charset has no such character) takes the whole fix back. */
void check_fix(struct check *c, const struct text *text, struct range range, struct span with);
/* The same: a field ("MIME-Version: 1.0", no line end) in front of the empty line that ends the header block. */
void check_fix_field(struct check *c, struct span field);
/* The fix of what was reported last is not safe here, whatever the rule file says. */
void check_fix_unsafe(struct check *c);
/* Say that the rule has nothing to judge in this message: its requirements become not-applicable. */
void check_not_applicable(struct check *c);

#endif
