/* The score: how likely a receiver's filter would take this draft for spam, and what of the draft says so. A learned model
 * (rule/model.h) adds up what features (rule/features.h) are worth; docs/score.md says how it was learned and how well it does. */
#ifndef PRESEND_RULE_SCORE_H
#define PRESEND_RULE_SCORE_H

#include "base/lines.h"
#include "rule/finding.h"
#include "rule/model.h"

struct message;
struct text;

enum contribution_kind {
	CONTRIBUTION_RULE,    /* a rule that fired, or a named feature */
	CONTRIBUTION_LINE,    /* the words of one line of the body */
	CONTRIBUTION_SUBJECT, /* the words of the Subject */
	CONTRIBUTION_SENDER,  /* the words of the sender's name */
	CONTRIBUTION_REST,    /* of all other lines together */
	CONTRIBUTION_START    /* of a draft without a word */
};

struct contribution {
	enum contribution_kind kind;
	const char *name;      /* id of the rule or of the named feature, else a fixed word; never NULL */
	double points;         /* may be negative: speaks against spam */
	const struct rule *definition; /* CONTRIBUTION_RULE; NULL for a feature that is no rule */
	const char *excerpt;   /* the line as a reader sees it, cut; NULL */
	struct position start, end; /* in the raw file, where there is an excerpt */
};

/* One place to change. */
struct score_edit {
	struct contribution what;    /* its points are gain */
	double gain;                 /* points that the score falls by, with the edits before it made */
	struct position *also;       /* where else the mail says the same, as in its other alternative */
	size_t n_also;
};

/* What to change so that the score comes under a limit. */
struct advice {
	double limit;
	struct score_edit *edits;          /* in the order they were found, the most worth first; none where the score is under it */
	size_t n_edits;
	double points, probability;  /* with all of them made: scored again without these words */
	bool reached;
};

struct score {
	double points;       /* sum of contributions; SCORE_LINE where suspicion begins */
	double probability;  /* that a filter takes it for spam, 0 to 1, at the prior of the model or the one asked for */
	const char *verdict; /* "clean", "suspicious", "spam-like" */
	struct contribution *contributions; /* largest first */
	size_t n_contributions;
	struct advice *advice; /* where it was asked for, else NULL */
};

/* Points are log-odds on the scale that mail people know from filters: from 5 on a mail is suspicious, and 1.3 points are a factor of e. */
#define SCORE_LINE 5.0
#define SCORE_SCALE 1.3

/* Score a message by its text and the rules that fired. prior: share of spam among all mail that the probability is to speak of, 0 < prior < 1;
 * else the model's. Points and verdict do not depend on it. Fills result->score. */
void score_compute(struct message_result *result, const struct message *message, const struct score_model *model, double prior);

/* Search the fewest edits that bring the score, once computed, to limit or below: fills result->score->advice. */
void score_advise(struct message_result *result, const struct message *message, const struct score_model *model, double limit, double prior);

/* -- shared by the two -- */
struct feature;
/* Log-odds that a feature adds. */
double score_worth(const struct score_model *model, const struct feature *feature);
/* What another prior adds to the log-odds; 0 < prior < 1, else nothing. */
double score_prior_shift(const struct score_model *model, double prior);
struct range score_line_around(const struct text *text, size_t at);
/* Fill excerpt, start and end from a range in a normal form. */
void score_show_place(struct arena *arena, const struct message *message, struct contribution *contribution, const struct text *text, struct range range);
/* The rule of that name that fired; NULL. */
const struct rule *score_rule_of(const struct message_result *result, const char *name);

#endif
