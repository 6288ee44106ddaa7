/* DMARC: the record, where it is found, whose organisation a domain is of; as RFC 9989 has it (tree walk) and as receivers of RFC 7489
 * still do it (public suffix list).
 * Sources: RFC 9989 (read as draft-ietf-dmarc-dmarcbis-41), sections 4.7 to 4.10; RFC 7489, sections 3.2 and 6.6.3. */
#ifndef PRESEND_PREFLIGHT_DMARC_H
#define PRESEND_PREFLIGHT_DMARC_H

#include "preflight/dns.h"
#include "preflight/tags.h"

enum dmarc_policy { DMARC_NONE, DMARC_QUARANTINE, DMARC_REJECT };

struct dmarc_record {
	struct span text;
	struct record_tags tags;
	bool has_p, has_sp, has_np; /* with a value that is a policy */
	enum dmarc_policy p, sp, np;/* each stands in for the next where that is not said */
	bool strict_dkim, strict_spf;
	bool testing;               /* t=y */
	char psd;                   /* 'y', 'n', 'u' */
	struct span rua;            /* p NULL where it is not there */
	struct span bad_tag;        /* the first tag with a value that it may not have; p NULL where there is none */
	struct span unknown_tag;    /* the first that is in no RFC, likewise */
	struct span dropped_tag;    /* pct, rf or ri, which RFC 9989 dropped, likewise */
};

/* false: it does not begin with v=DMARC1. Spans point into the text. */
bool dmarc_read(struct span text, struct dmarc_record *out);
const char *dmarc_policy_name(enum dmarc_policy policy);

enum dmarc_state {
	DMARC_ABSENT,
	DMARC_PRESENT,
	DMARC_SEVERAL,  /* receivers ignore all of them */
	DMARC_BROKEN,   /* a record that is meant for one, and is none */
	DMARC_UNKNOWN   /* DNS did not answer */
};

/* What is published for one domain. */
struct dmarc_at {
	const char *domain;
	const struct dns_answer *answer;
	enum dmarc_state state;
	struct dmarc_record record; /* DMARC_PRESENT; text also of DMARC_BROKEN */
	size_t n_records;           /* that begin with v=DMARC1 */
};

struct dmarc_at dmarc_ask(struct arena *arena, struct dns *dns, const char *domain);

/* RFC 9989, section 4.10: at most eight questions. */
enum { DMARC_WALK_MAX = 8 };
struct dmarc_walk {
	struct dmarc_at steps[DMARC_WALK_MAX];
	size_t n;
	const char *organisation;   /* the organisational domain */
	size_t organisation_step;   /* of its record; n where it has none */
	bool unknown;               /* a question was not answered: organisation may be another */
};
struct dmarc_walk *dmarc_walk(struct arena *arena, struct dns *dns, const char *domain);

/* What receivers do with a From domain. */
struct dmarc_view {
	const struct dmarc_at *at;  /* the record that counts; NULL: none */
	const char *organisation;
	enum dmarc_policy policy;   /* for this domain, after sp, np and t */
	bool from_above;            /* the record stands at the organisational domain or above */
	bool unknown;               /* DNS did not answer */
};
/* exists: is there anything in DNS for the domain? np is for those of which there is nothing. */
struct dmarc_view dmarc_view_9989(const struct dmarc_walk *walk, bool exists);
/* first: what stands at the domain itself. */
struct dmarc_view dmarc_view_7489(struct arena *arena, struct dns *dns, const struct dmarc_at *first);

#endif
