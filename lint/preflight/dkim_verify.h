/* Does a DKIM signature hold, given the key?
 * Sources: RFC 6376, sections 3.4, 3.7 and 6.1; RFC 8301; RFC 8463. */
#ifndef PRESEND_PREFLIGHT_DKIM_VERIFY_H
#define PRESEND_PREFLIGHT_DKIM_VERIFY_H

#include "mail/dkim.h"
#include "preflight/dkim_key.h"

enum dkim_result {
	DKIM_PASS,
	DKIM_FAIL_SYNTAX,    /* of the field: verifiers ignore it */
	DKIM_FAIL_ALGORITHM, /* rsa-sha1, which RFC 8301 lets nobody accept, or one that is not the key's */
	DKIM_FAIL_KEY,       /* the key cannot be used */
	DKIM_FAIL_SIZE,      /* of an RSA key: below 1024 bits */
	DKIM_FAIL_FROM,      /* h= without from */
	DKIM_FAIL_IDENTITY,  /* t=s in the key, and i= names a domain below d= */
	DKIM_FAIL_EXPIRED,
	DKIM_FAIL_BODY,      /* changed behind signing */
	DKIM_FAIL_HEADER     /* a signed field changed, or the key is another */
};

struct dkim_mail {
	const struct text *file;
	const struct header *header; /* of the root */
	struct range body;           /* everything behind the header block */
};

/* now: seconds since 1970, for x=. Lines that end in LF count as CRLF. */
enum dkim_result dkim_verify(struct arena *arena, const struct dkim_mail *mail, const struct dkim_signature *signature, const struct dkim_key *key,
			     int64_t now);

#endif
