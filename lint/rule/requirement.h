/* The catalogue of requirements that rules refer to: what receivers, standards and laws ask, who asks it, and what can decide it.
 * Constant tables, made from rules.d/requirements.tsv by requirements2c at build time. */
#ifndef PRESEND_RULE_REQUIREMENT_H
#define PRESEND_RULE_REQUIREMENT_H

#include <sys/types.h>

#include "rule/rule.h"

enum requirement_level { LEVEL_MUST, LEVEL_SHOULD, LEVEL_MAY };

/* What the verdict needs. In the file: E, E*, D, I, A. */
enum decided_by {
	DECIDED_BY_FILE,        /* the draft alone */
	DECIDED_BY_SIGNED_FILE, /* the signed file, or a delivered copy */
	DECIDED_BY_DNS,
	DECIDED_BY_SERVER,      /* the address that sends, its log or its settings */
	DECIDED_BY_PEOPLE       /* nothing a program can look at: advice */
};

/* In the file, one line each, fields separated by TAB, "-" for an empty one, in this order. */
struct requirement {
	const char *id;                 /* "UN-01" */
	uint64_t key;                   /* requirement_key() of it */
	enum requirement_level level;   /* must, should, may */
	bool bulk_only;                 /* asked of bulk senders: all, bulk */
	enum decided_by decided_by;
	unsigned classes;               /* 1 << enum mail_class; 0: every class */
	/* enum profile, as the catalogue lists them: what is asked of a bulk sender beyond "gmail" has PROFILE_GMAIL_BULK alone. */
	unsigned profiles;
	bool format_set;                /* "format" among the profiles: every receiver asks it */
	const struct rule_source *sources;
	size_t n_sources;
	const char *reply;              /* what a receiver answers, with … for what is left out; NULL: none known */
	struct localized title;
	struct localized answer;        /* what answers it where the draft cannot; NULL for DECIDED_BY_FILE */
	const char *note;               /* English, for docs/coverage.md: how far the rules go; NULL */
};

/* The first eight characters of an id as a number, which sorts as the ids do. */
static inline uint64_t requirement_key(const char *id)
{
	uint64_t key = 0;

	for (int shift = 56; shift >= 0 && *id; shift -= 8)
		key |= (uint64_t)(unsigned char)*id++ << shift;
	return key;
}

/* Sorted by id. Generated. */
extern const struct requirement builtin_requirements[];
extern const size_t n_builtin_requirements;

enum { PROFILES_RECEIVERS = PROFILE_GMAIL | PROFILE_GMAIL_BULK | PROFILE_YAHOO | PROFILE_OUTLOOK | PROFILE_ICLOUD |
			    PROFILE_JAPAN_CARRIERS,
       PROFILES_LAWS = PROFILE_LAW_JP | PROFILE_LAW_US | PROFILE_LAW_CA | PROFILE_LAW_EU };

/* Its place in builtin_requirements; -1 where there is none. */
ssize_t requirement_number(const char *id);
/* NULL where there is none. */
const struct requirement *requirement_find(const char *id);
/* Those of the profiles that ask it; 0: none does. gmail-bulk holds what gmail asks, too. */
unsigned requirement_asked_by(const struct requirement *requirement, unsigned profiles);
/* Can "presend preflight" answer it? What takes the server is answered with the address that sends. */
bool requirement_by_preflight(const struct requirement *requirement);
/* Laws and Japanese carriers: asked only of those who chose the profile. */
bool requirement_needs_profile(const struct requirement *requirement);
const char *level_name(enum requirement_level level);        /* "must" */
const char *decided_by_name(enum decided_by decided_by);     /* "file", "signed-file", "dns", "server", "people" */

#endif
