/* DKIM signatures as far as a file alone can tell: the tags with their places, what h= covers, and the hash of the body. No key is
 * looked up and no signature is verified: that needs DNS and a cryptography library, and presend has neither.
 * Sources: RFC 6376, sections 3.2 to 3.7; RFC 8301; RFC 8463. */
#ifndef PRESEND_MAIL_DKIM_H
#define PRESEND_MAIL_DKIM_H

#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "mail/header.h"

/* RFC 6376, section 6.1, lets a verifier stop after some signatures. Real mail has up to five. Tags: seventeen are registered. Names: more
 * than any header block of real mail has fields. */
enum { DKIM_SIGNATURES_MAX = 10, DKIM_TAGS_MAX = 64, DKIM_NAMES_MAX = 1000 };

enum dkim_problem_kind {
	DKIM_TAG_MALFORMED,   /* a piece that is no tag=value */
	DKIM_TAG_DOUBLE,      /* a tag a second time: the whole list is invalid (section 3.2) */
	DKIM_TAG_MISSING,     /* v, a, b, bh, d, h or s */
	DKIM_TAG_EMPTY,       /* one of these without a value */
	DKIM_BAD_VERSION,     /* v= is not 1 */
	DKIM_BAD_ALGORITHM,   /* a= is none of rsa-sha1, rsa-sha256, ed25519-sha256 */
	DKIM_BAD_CANONICAL,   /* c= */
	DKIM_BAD_BASE64,      /* b= or bh= */
	DKIM_BAD_HASH_LENGTH, /* bh= is not as long as the hash of a= */
	DKIM_BAD_DOMAIN,      /* d= or s= is no domain name */
	DKIM_BAD_IDENTITY,    /* the domain of i= is not d= or below it */
	DKIM_BAD_NUMBER,      /* l=, t= or x= */
	DKIM_BAD_QUERY,       /* q= without dns/txt */
	DKIM_TOO_MANY         /* more tags or names than are looked at */
};

struct dkim_problem {
	enum dkim_problem_kind kind;
	struct span tag;    /* its name; empty where none */
	struct range range; /* in the file */
};

struct dkim_tag {
	struct span name;
	struct range range; /* in the file: name to the end of the value */
	struct range value; /* without the white space at both ends */
};

/* One name of h=. */
struct dkim_name {
	struct span name;
	struct range range;
};

enum dkim_canonical { DKIM_SIMPLE, DKIM_RELAXED };
enum dkim_hash { DKIM_HASH_UNKNOWN, DKIM_HASH_SHA1, DKIM_HASH_SHA256 };

struct dkim_signature {
	const struct field *field;
	struct dkim_tag *tags;
	size_t n_tags;
	struct dkim_problem *problems; /* any of them makes verifiers ignore the signature */
	size_t n_problems;

	/* Values without folding; empty where the tag is missing. */
	struct span algorithm, domain, selector;
	enum dkim_hash hash;
	bool is_rsa;
	enum dkim_canonical body_canonical;
	struct dkim_name *names; /* of h= */
	size_t n_names;
	bool names_cut;          /* DKIM_NAMES_MAX */
	unsigned char body_hash[32];
	size_t n_body_hash;      /* bytes; 0 where bh= cannot be read */
	size_t n_signature;      /* bytes of b=; of an RSA signature that is the size of the key (RFC 8017, section 8.2.1) */
	bool has_length, has_time, has_expiry;
	uint64_t length;         /* l= */
	int64_t time, expiry;    /* t=, x= in seconds since 1970 */
};

/* Every DKIM-Signature of a header block, from the top, at most DKIM_SIGNATURES_MAX; *cut_out: there are more. Never fails. */
struct dkim_signature *dkim_signatures(struct arena *arena, const struct text *file, const struct header *header, size_t *n_out, bool *cut_out);
/* NULL where there is none. Names are case-sensitive. */
const struct dkim_tag *dkim_tag_find(const struct dkim_signature *signature, const char *name);
/* Read base64 without white space. Bytes beyond capacity are counted only. false: not well-formed. */
bool dkim_read_base64(struct span s, unsigned char *out, size_t capacity, size_t *n_out);
/* Is the field of that name signed, without regard to case? */
bool dkim_signs(const struct dkim_signature *signature, struct span name);

enum dkim_body_state {
	DKIM_BODY_UNKNOWN,  /* bh= cannot be read, or saving the file may have changed the body (">From ", lone CR) */
	DKIM_BODY_SAME,     /* bh= is the hash of this body */
	DKIM_BODY_APPENDED, /* ... of its beginning: the rest, which is more than white space, came behind signing */
	DKIM_BODY_SHORTER,  /* l= counts more octets than there are */
	DKIM_BODY_CHANGED
};

struct dkim_body {
	enum dkim_body_state state;
	uint64_t octets;       /* of the whole body in canonical form */
	struct range appended; /* in the file, for DKIM_BODY_APPENDED, and for DKIM_BODY_SAME with l= below octets: where what is not
	                        * signed begins, to the end of the body */
};

/* Compare bh= with the body. body: everything behind the header block of the root. Lines that end in LF alone count as CRLF, because
 * mail is signed as it is sent (RFC 6376, section 5.3). Cost: linear, one or two passes. */
struct dkim_body dkim_body_compare(const struct text *file, struct range body, const struct dkim_signature *signature);

#endif
