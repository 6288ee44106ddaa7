/* Who sends: from the options, the configuration and the draft. */
#ifndef PRESEND_PREFLIGHT_SENDER_H
#define PRESEND_PREFLIGHT_SENDER_H

#include "doc/message.h"
#include "preflight/preflight.h"

/* Hostile drafts name thousands. */
enum { SENDER_LINKS_MAX = 50, SENDER_ADDRESSES_MAX = 64, SENDER_KEYS_MAX = 64 };

/* A key of DKIM that is, or will be, signed with. */
struct sender_key {
	const char *selector, *domain;
	const char *name;              /* SELECTOR._domainkey.DOMAIN */
	bool optional;                 /* selectors and domains were named apart: another pair may be the one */
};

struct sender_address {
	const char *text;              /* as inet_ntop() writes it */
	struct span bytes;             /* 4 or 16 */
	bool is_private;
};

struct sender {
	const char *path;              /* NULL: a domain was named */
	const char *from_domain;
	const char *envelope_domain;   /* the From domain where nobody says anything else */
	const char *mail_from;         /* an address of it */
	bool envelope_assumed;
	const char *helo;              /* NULL */
	struct sender_key keys[SENDER_KEYS_MAX];
	size_t n_keys;
	bool keys_cut;
	bool domains_known;            /* of DKIM: some key has one that was named, and not only taken from From */
	struct sender_address addresses[SENDER_ADDRESSES_MAX];
	size_t n_addresses;
	const char *links[SENDER_LINKS_MAX]; /* hosts that links lead to, each once */
	size_t n_links;
	bool links_cut;
	const char *web_domain;        /* registrable, that most links lead to; else that of From */
	const struct message *message; /* NULL */
	const char *list;              /* of the configuration; NULL */
};

/* false, and why in *why. message: NULL where a domain was named. list: what the configuration says of it; NULL. */
bool sender_find(struct arena *arena, const struct preflight_options *options, const struct list_options *list, const struct message *message,
		 const char *domain, enum language language, const char **why, struct sender *out);
/* A domain name as DNS is asked: A-labels, small letters, no dot at the end; NULL where it is none. */
const char *sender_domain(struct arena *arena, struct span name);

#endif
