/* SPF: may this address send for this domain, and what is wrong with the record?
 * Sources: RFC 7208, sections 3 to 7 and 12. Why an evaluator of our own: docs/ARCHITECTURE.md. */
#ifndef PRESEND_PREFLIGHT_SPF_H
#define PRESEND_PREFLIGHT_SPF_H

#include "preflight/dns.h"
#include "rule/rule.h"

enum spf_result { SPF_NONE, SPF_NEUTRAL, SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_TEMPERROR, SPF_PERMERROR };

enum spf_limit {
	SPF_LOOKUPS = 10,    /* terms that ask DNS; names of one mx, names of one address */
	SPF_VOIDS = 2,       /* of them, those that find nothing */
	SPF_ANSWER_BYTES = 450 /* of all TXT records of a name, so that they fit into one UDP packet of 512 (section 3.4) */
};

/* What can be wrong, the worst first: to SPF_ERROR_LAST, receivers get no result but permerror or temperror, or every address passes. */
enum spf_fault_kind {
	SPF_NO_FAULT,
	SPF_DNS,                 /* an answer did not come: temperror */
	SPF_MULTIPLE,            /* number: records of one name that begin with v=spf1 */
	SPF_INCLUDE_NONE,        /* include or redirect to a name without a record; detail: the name */
	SPF_LOOP,                /* a record that leads back to itself; detail: the name that comes again */
	SPF_TOO_MANY_LOOKUPS,    /* number: where no term matches before */
	SPF_TOO_MANY_VOIDS,      /* number */
	SPF_TOO_MANY_MX,         /* number: names of one mx */
	SPF_NON_ASCII,
	SPF_UNKNOWN_MECHANISM,   /* detail: the mechanism that may be meant; NULL */
	SPF_NEEDS_VALUE,         /* include, exists, ip4, ip6 without one, or ":" with nothing behind it */
	SPF_NO_VALUE,            /* all, ptr: with a value or prefix length that they do not take */
	SPF_BAD_ADDRESS,         /* of ip4, ip6 */
	SPF_BAD_PREFIX,          /* a prefix length */
	SPF_ADDRESS_AS_NAME,     /* a:192.0.2.1 */
	SPF_BAD_NAME,            /* no domain-spec */
	SPF_BAD_MACRO,
	SPF_MODIFIER_TWICE,      /* redirect, exp */
	SPF_EVERYBODY,           /* +all, ip4:0.0.0.0/0 */
	SPF_ERROR_LAST = SPF_EVERYBODY,
	SPF_NEAR_MISS,           /* a TXT record that is meant to be SPF and is not: "v=spf1;" */
	SPF_UNREACHABLE,         /* terms behind all */
	SPF_REDIRECT_IGNORED,    /* beside all */
	SPF_NO_ALL,              /* and no redirect: neutral for everybody else */
	SPF_NEUTRAL_ALL,         /* ?all */
	SPF_PTR,                 /* ptr or %{p}: "do not use" (section 5.5) */
	SPF_VOID,                /* a name that does not exist or has nothing of the kind; detail: the name */
	SPF_LONG_ANSWER,         /* number: bytes of all TXT records of the name */
	SPF_DUPLICATE,           /* detail: the same term before */
	SPF_HOST_BITS,           /* ip4:192.0.2.1/24; detail: the range that receivers take it for */
	SPF_OLD_TYPE             /* a record of type SPF (99), which nobody asks for any more */
};

struct spf_fault {
	enum spf_fault_kind kind;
	const char *domain;  /* whose record it is */
	const char *record;  /* in printable form; NULL */
	struct span term;    /* within the raw record, what is meant; empty where it is the record as a whole */
	size_t at;           /* where term begins in the raw record */
	const char *detail;  /* see the kinds; NULL */
	const struct dns_answer *answer; /* SPF_DNS: the one that did not come; else NULL */
	size_t number;
};

/* One step of evaluation, in order: a record that was read, or a term that was looked at. */
struct spf_step {
	unsigned depth;       /* 0: the record of the domain itself */
	const char *domain;   /* whose record it is */
	const char *term;     /* printable; NULL where the step is the record */
	const char *record;   /* printable, of a record */
	const char *target;   /* what DNS was asked for by the term, macros expanded; NULL */
	unsigned lookups;     /* so far */
	bool matched;         /* by the term */
};

struct spf_check {
	enum spf_result result;
	struct spf_fault fault;      /* of temperror and permerror */
	const char *domain;          /* that was checked: of MAIL FROM, else HELO */
	const char *record;          /* its record, printable; NULL */
	const char *mechanism;       /* the term that decided, printable; NULL: none did */
	const char *mechanism_domain;/* in whose record it stands */
	const char *explanation;     /* of fail, what the domain says (exp=); printable; NULL */
	unsigned lookups, voids;
	const struct spf_step *steps;/* of thousands of terms those that matter */
	size_t n_steps;
};

/* address: 4 or 16 bytes. mail_from: without angle brackets, "" for bounces. Valid as long as the arena. */
struct spf_check spf_check(struct arena *arena, struct dns *dns, struct span address, const char *mail_from, const char *helo);
/* The steps as lines: two blanks for each level, the term, what it led to. No language, nothing that a terminal obeys. */
const char *const *spf_evidence(struct arena *arena, const struct spf_check *check, size_t *n);

/* What does not depend on an address: the record of a domain and all that it includes. */
struct spf_lint {
	bool known;                    /* false: DNS did not tell */
	const char *record;            /* the record of the domain, printable; NULL: it has none, or several */
	struct span raw;               /* the same, raw */
	const char *other_record;      /* with SPF_MULTIPLE, the second */
	bool never_sends;              /* "v=spf1 -all" and nothing else */
	const struct spf_fault *faults;/* in the order of places, those of included records last */
	size_t n_faults;
	unsigned lookups;              /* over all branches, as receivers count when nothing matches before; ends at SPF_LINT_LOOKUPS */
	unsigned voids;
	bool depends;                  /* macros decide what is asked: lookups and voids are what is sure */
	const char *const *tree;       /* one line for each term that asks DNS, two blanks for each level; with the count */
	size_t n_tree;
};

#define SPF_LINT_LOOKUPS 100 /* a tree of records may double at every level */

struct spf_lint spf_lint(struct arena *arena, struct dns *dns, const char *domain);

/* Does a TXT record begin as SPF (RFC 7208, section 4.5)? */
bool spf_is_record(struct span text);
/* "softfail" */
const char *spf_result_name(enum spf_result result);
/* What is wrong, and what to do, as sentences for people. */
const char *spf_fault_text(struct arena *arena, const struct spf_fault *fault, enum language language);
const char *spf_fault_help(struct arena *arena, const struct spf_fault *fault, enum language language);

#endif
