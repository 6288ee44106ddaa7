/* What the user asked for, as far as rules and findings depend on it. */
#ifndef PRESEND_RULE_OPTIONS_H
#define PRESEND_RULE_OPTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum stage { STAGE_TEMPLATE, STAGE_DRAFT, STAGE_FINAL, STAGE_RECEIVED };
enum mail_class { CLASS_NEWSLETTER, CLASS_TRANSACTIONAL, CLASS_DISCUSSION };
enum volume { VOLUME_BULK, VOLUME_SMALL, VOLUME_UNKNOWN };
enum profile {
	PROFILE_GMAIL = 1 << 0,
	PROFILE_GMAIL_BULK = 1 << 1,
	PROFILE_YAHOO = 1 << 2,
	PROFILE_OUTLOOK = 1 << 3,
	PROFILE_ICLOUD = 1 << 4,
	PROFILE_JAPAN_CARRIERS = 1 << 5,
	PROFILE_LAW_JP = 1 << 6,
	PROFILE_LAW_US = 1 << 7,
	PROFILE_LAW_CA = 1 << 8,
	PROFILE_LAW_EU = 1 << 9
};
enum severity { SEVERITY_OFF, SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };
enum confidence { CONFIDENCE_CERTAIN, CONFIDENCE_LIKELY, CONFIDENCE_OPINION };
enum language { LANGUAGE_EN, LANGUAGE_JA };
enum { N_LANGUAGES = 2 };

/* One step of choosing rules: rule ids, requirement ids or beginnings of them, char *; NULL where nothing is said. */
struct rule_selection {
	const GPtrArray *select, *extend_select, *ignore;
};

/* Another severity for rules, from the configuration. */
struct severity_override {
	const char *id;                /* a rule id, a requirement id or the beginning of one */
	enum severity severity;
	unsigned level;                /* of two that fit, the higher level wins, then the longer id */
};

/* What the configuration says of the mailing list that a message belongs to. Lists are NULL-terminated, and NULL where nothing is said. */
struct list_options {
	const char *name;
	const char *list_id;
	const char *const *names, *const *domains, *const *addresses, *const *adds_headers, *const *tags;
	/* Of its sending, for preflight. */
	const char *mail_from, *helo;
	const char *const *dkim_domains, *const *dkim_selectors, *const *sending_addresses;
};

struct lint_options {
	bool stage_given;              /* else: template for a template file, draft for a message */
	enum stage stage;
	enum mail_class mail_class;
	enum volume volume;
	unsigned profiles;             /* enum profile */
	bool target_jis;               /* --target-charset iso-2022-jp */
	bool target_sjis;              /* --target-charset shift_jis */
	int64_t now;                   /* seconds since 1970; --now or the clock */
	const char *names, *domains;   /* for examples of rules, as if the list had them: words with commas between; NULL: none */
	const char *clients;           /* names of mail clients and presets with commas between, see client_choice_parse(); NULL: the default */
	const char *tags;              /* names with commas between that count as tags of the list, besides the configuration's; NULL: none */
	double prior;                  /* share of spam that the probability speaks of; 0: the model's */
	bool advice;                   /* search what to change so that the score comes to advice_limit or below */
	double advice_limit;
	bool no_inline_ignores;        /* presend-ignore comments and X-Presend-Ignore fields are not obeyed */
	const char *root;              /* folder that paths in fingerprints are relative to, absolute; NULL: paths are taken as given */
	GPtrArray *select, *ignore, *extend_select; /* rule ids or prefixes, char *; empty select: all default rules */
	const struct rule_selection *selections; /* of the configuration, each changes what those before it chose; then the three above */
	size_t n_selections;
	const struct severity_override *severities;
	size_t n_severities;
	const struct list_options *list; /* NULL: no list is known */
};

const char *stage_name(enum stage stage);
const char *class_name(enum mail_class mail_class);
const char *volume_name(enum volume volume);
const char *profile_name(unsigned profile); /* of one bit */
const char *severity_name(enum severity severity);
const char *confidence_name(enum confidence confidence);
/* false for an unknown word. */
bool stage_parse(const char *word, enum stage *out);
bool class_parse(const char *word, enum mail_class *out);
bool volume_parse(const char *word, enum volume *out);
bool profile_parse(const char *word, unsigned *out); /* one name, one bit */
bool severity_parse(const char *word, enum severity *out);
bool confidence_parse(const char *word, enum confidence *out);
/* The value of --profile: names with commas between. gmail-bulk brings gmail with it. */
bool profiles_parse(const char *words, unsigned *out);

/* One option of those that rules depend on: --stage, --class, --volume, --profile, --target-charset, --clients, --now; --tags, --names,
 * --domains, for examples of rules. false for another option or an unknown value. */
bool lint_options_set(struct lint_options *options, const char *name, const char *value);
/* A line of such options, "--stage final --volume bulk", as examples of rules have it. */
bool lint_options_set_line(struct lint_options *options, const char *line);

/* Did-you-mean: the candidate nearest to word by Damerau-Levenshtein distance, NULL where none is near.
 * candidates: NULL-terminated. */
const char *word_nearest(const char *word, const char *const *candidates);
/* The step of it: true where candidate is near and nearer than *best (G_MAXUINT at first), which is updated. */
bool word_nearer(const char *word, const char *candidate, unsigned *best);

#endif
