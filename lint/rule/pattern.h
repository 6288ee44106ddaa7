/* Regular expressions of rules: what can be said of one without running it, and running it within bounds. The only user of PCRE2.
 *
 * A pattern is run only where it can match: around the places of its required literal, a set of literals one of which is in every
 * match. It sees the real text on both sides (start offset and offset limit, no cut in front), but not more than
 * PATTERN_LOOK_BYTES behind what it can match, so that no start position costs more than a constant.
 * '^' and '$' mean lines; CR LF, CR and LF end one. Character classes such as \w are ASCII. */
#ifndef PRESEND_RULE_PATTERN_H
#define PRESEND_RULE_PATTERN_H

#include <glib.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/span.h"
#include "rule/rule.h"

#define PATTERN_UNBOUNDED ((size_t)-1)
/* Where the length of a match or of what stands before its literal is not bounded: so far is looked. */
#define PATTERN_LOOK_BYTES 1000

struct pattern_shape {
	const struct span *literals;   /* required literals, in the arena; lower case where ignore_case */
	size_t n_literals;             /* 0: none ("slow") */
	bool ignore_case;              /* ASCII case of the literals does not count: the pattern has (?i) somewhere */
	size_t before_min, before_max; /* bytes of a match in front of the literal; PATTERN_UNBOUNDED */
	size_t length_max;             /* bytes of the longest match with its look-ahead; PATTERN_UNBOUNDED */
	bool to_the_end;               /* \z or \Z: must see the real end of the text */
	bool nested_repeats;           /* a repeat without upper bound inside another one: refused */
	uint32_t foreign;              /* a literal character that the form of the text never holds; 0: none */
};

/* Read a regex. Never fails: a syntax outside of the subset it understands gives a slow shape; whether the regex is valid is
 * pattern_compile()'s word. Cost linear in the regex. */
struct pattern_shape pattern_analyse(struct arena *arena, const char *regex, enum match_form form);

/* A compiled regex; for one thread. */
struct pattern;
/* NULL and *error for a regex that PCRE2 refuses or that is longer than LIMIT_PATTERN_BYTES. */
struct pattern *pattern_compile(const char *regex, GError **error);
void pattern_free(struct pattern *pattern);

/* CPU time that is left, in microseconds; both are counted down, and may end below zero. Reading the clock costs a microsecond, so
 * it is read only once work has gathered up: a rule that tries a few start positions is never timed. */
struct pattern_budget {
	int64_t rule_us;
	int64_t *message_us;
	size_t work;      /* start positions tried, weighted; carried from text to text of one message */
	int64_t clock;    /* the last reading; 0: none yet */
	size_t work_then; /* work at that reading */
};

/* Before and behind a row of pattern_find() calls on one text. */
void pattern_budget_start(struct pattern_budget *budget);
void pattern_budget_stop(struct pattern_budget *budget);

enum pattern_result {
	PATTERN_DONE,   /* looked at all start positions, or match said stop */
	PATTERN_GAVE_UP /* budget spent, or a limit of the engine reached */
};

/* Find the matches that begin in [from, to] of text, which must be valid UTF-8, and call match for each until it returns false.
 * Matches do not overlap. *next (may be NULL) is where the last match ended: do not start before it again. */
enum pattern_result pattern_find(struct pattern *pattern, const struct pattern_shape *shape, struct span text, size_t from,
        size_t to, struct pattern_budget *budget, bool (*match)(struct range range, void *data), void *data, size_t *next);

/* CPU time of this thread in microseconds. */
int64_t pattern_cpu_us(void);

#endif
