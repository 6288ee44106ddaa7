/* An SPF record taken apart (RFC 7208, section 12), and macros. Private to the files of SPF. */
#ifndef PRESEND_PREFLIGHT_SPF_RECORD_H
#define PRESEND_PREFLIGHT_SPF_RECORD_H

#include "preflight/spf.h"

enum spf_mechanism { SPF_ALL, SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR_MECHANISM, SPF_IP4, SPF_IP6, SPF_EXISTS, SPF_REDIRECT, SPF_EXP, SPF_OTHER_MODIFIER };

struct spf_term {
	enum spf_mechanism mechanism;
	char qualifier;        /* + - ~ ? */
	struct span text;      /* the whole term, raw */
	struct span name;      /* domain-spec; empty where there is none */
	unsigned char address[16]; /* ip4, ip6 */
	unsigned prefix4, prefix6; /* of ip6 only prefix6 */
};

struct spf_record {
	struct span text;
	struct spf_term *terms; /* without those that have a fault */
	size_t n_terms;
	const struct spf_term *redirect, *exp;
	struct spf_fault *faults; /* of syntax; domain and record are not set */
	size_t n_faults;
};

struct spf_record spf_record_read(struct arena *arena, struct span text);
/* Does the term ask DNS, so that it counts (section 4.6.4)? */
bool spf_asks(enum spf_mechanism mechanism);
/* Are the first bits of two addresses of 4 or 16 bytes the same? */
bool spf_same_network(const unsigned char *a, const unsigned char *b, unsigned bits);

/* Is text a domain-spec, or, in an explanation, a text with macros? */
bool spf_macros_valid(struct span text, bool explanation);
bool spf_has_macros(struct span text);

struct spf_macro_values {
	struct span address;   /* 4 or 16 bytes */
	const char *local_part, *sender_domain, *helo, *domain;
	/* %{p}: asked for only where it stands. */
	const char *(*validated_name)(void *data);
	void *data;
};

/* text with macros expanded, in the arena. A name loses labels at the left until it fits (section 7.3). */
const char *spf_expand(struct arena *arena, struct span text, const struct spf_macro_values *values, bool explanation);

#endif
