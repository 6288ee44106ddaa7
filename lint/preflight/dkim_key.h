/* A DKIM key as published in DNS.
 * Sources: RFC 6376, section 3.6.1; RFC 8301; RFC 8463. */
#ifndef PRESEND_PREFLIGHT_DKIM_KEY_H
#define PRESEND_PREFLIGHT_DKIM_KEY_H

#include "base/arena.h"
#include "preflight/crypto.h"

/* Why verifiers cannot use a record, the first that holds. */
enum dkim_key_fault {
	DKIM_KEY_GOOD,
	DKIM_KEY_NO_KEY,       /* no p=: the record is something else */
	DKIM_KEY_VERSION,      /* v= is not DKIM1, or not the first tag */
	DKIM_KEY_MALFORMED,    /* a piece that is no tag=value, or a tag twice */
	DKIM_KEY_REVOKED,      /* p= is empty */
	DKIM_KEY_QUOTES,       /* quotation marks or backslashes of a zone file within p= */
	DKIM_KEY_BASE64,
	DKIM_KEY_CUT,          /* the key says that it is longer: usually one string of 255 bytes was kept */
	DKIM_KEY_NOT_A_KEY,
	DKIM_KEY_TYPE,         /* k= is neither rsa nor ed25519 */
	DKIM_KEY_HASH,         /* h= without sha256 */
	DKIM_KEY_SERVICE       /* s= has neither email nor * */
};

struct dkim_key {
	enum dkim_key_fault fault;
	struct span text;      /* what the fault is about; empty where there is nothing to show */
	bool is_ed25519;
	bool testing;          /* t=y */
	bool strict;           /* t=s: i= must have the same domain as d= */
	bool no_version;       /* v= is missing, which is allowed */
	unsigned bits;
	struct public_key *key;/* NULL with a fault; public_key_free() */
};

/* The strings of the record joined. Spans point into the record or the arena. */
struct dkim_key dkim_key_read(struct arena *arena, struct span record);

#endif
