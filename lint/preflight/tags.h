/* Records of the form "tag=value; tag=value" in DNS: keys of DKIM, DMARC, MTA-STS, TLS-RPT, BIMI.
 * Sources: RFC 6376, section 3.2; RFC 9989, section 4.7. */
#ifndef PRESEND_PREFLIGHT_TAGS_H
#define PRESEND_PREFLIGHT_TAGS_H

#include "base/arena.h"

/* Seventeen tags of DMARC and ten of DKIM keys are known; what lies behind the last of these is not looked at. */
enum { RECORD_TAGS_MAX = 64 };

struct record_tag {
	struct span name, value; /* without white space at both ends */
};

struct record_tags {
	struct record_tag tags[RECORD_TAGS_MAX];
	size_t n;
	struct span malformed;   /* the first piece that is no tag=value; p NULL where there is none */
	struct span doubled;     /* the first name that stands there twice; p NULL where there is none. The first value counts. */
};

/* Spans point into the record. Never fails. */
void record_tags_read(struct span record, struct record_tags *out);
/* Without regard to case: the grammars of RFC 9989 and RFC 8461 allow any. NULL where there is none. */
const struct record_tag *record_tag_find(const struct record_tags *tags, const char *name);
/* The value of a tag; p NULL where there is none. */
struct span record_tag_value(const struct record_tags *tags, const char *name);
/* Does the record begin with v=VERSION, exactly so? White space around v and = is allowed, another case is not. */
bool record_has_version(struct span record, const char *version);
/* The next piece of a list between separators, without white space at both ends; *at moves behind it. false at the end. */
bool record_list_next(struct span list, char separator, size_t *at, struct span *piece);

#endif
