/* Content-Type and Content-Disposition: value and parameters with their places, RFC 2231 put together.
 * Sources: RFC 2045, section 5.1; RFC 2231, sections 3 and 4; RFC 2183. */
#ifndef PRESEND_MAIL_PARAMS_H
#define PRESEND_MAIL_PARAMS_H

#include "base/arena.h"
#include "base/map.h"
#include "mail/header.h"

enum param_flag {
	PARAM_ENCODED_WORD = 1 << 0,     /* an RFC 2047 word as value, which RFC 2047 section 5 forbids */
	PARAM_UNQUOTED_ENCODED_WORD = 1 << 1,
	PARAM_RAW_8BIT = 1 << 2,
	PARAM_RAW_JIS = 1 << 3,
	PARAM_RFC2231 = 1 << 4,
	PARAM_CONTINUED = 1 << 5,
	PARAM_DUPLICATE = 1 << 6,        /* the same name again with another value */
	PARAM_BAD_CONTINUATION = 1 << 7, /* numbers with a gap or a leading zero, charset on a later segment */
	PARAM_SPLIT_CHAR = 1 << 8,       /* a segment or word ends inside a character */
	PARAM_BAD_CHARSET = 1 << 9
};

struct param {
	struct span name;     /* without *0*; as written */
	struct range range;   /* in the file: name to the end of the value (first to last segment) */
	struct range value_range; /* the value as written, without its quotes */
	struct text *value;   /* decoded to UTF-8; source: file */
	unsigned flags;       /* enum param_flag */
	struct span charset;  /* of PARAM_RFC2231, as written; empty where none is given */
};

struct content_value {
	struct span type, subtype; /* lower case; of Content-Disposition: the disposition in type, subtype empty */
	struct range type_range;   /* in the file */
	struct param *params;
	size_t n;
	bool syntax_error;         /* no "type/subtype", junk between parameters, unclosed quote */
	struct range error_range;
};

/* field may be NULL: then type and subtype are empty. Never fails. */
struct content_value content_value_parse(struct arena *arena, const struct text *file, const struct field *field);
const struct param *content_param(const struct content_value *value, const char *name);

#endif
