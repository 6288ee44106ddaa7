/* URLs taken apart. Source: RFC 3986; what browsers and mail clients do with sloppy ones: WHATWG URL standard, section 4.4. */
#ifndef PRESEND_DOC_URL_H
#define PRESEND_DOC_URL_H

#include "base/arena.h"
#include "base/span.h"
#include "base/map.h"

enum url_flag {
	URL_NO_SCHEME = 1 << 0,     /* relative: /x, x.html, ?a */
	URL_NETWORK_PATH = 1 << 1,  /* //host/x */
	URL_FRAGMENT_ONLY = 1 << 2, /* #top */
	URL_EMPTY = 1 << 3,
	URL_BAD_HOST = 1 << 4,      /* empty, or a character that no host has */
	URL_IP_HOST = 1 << 5,       /* dotted, decimal, octal, hex or [IPv6] */
	URL_USERINFO = 1 << 6,
	URL_PORT = 1 << 7,          /* a port other than 80 and 443 */
	URL_BLANK_INSIDE = 1 << 8,
	URL_NON_ASCII = 1 << 9,
	URL_CONTROL = 1 << 10,      /* a control character, removed before parsing */
	URL_TAG = 1 << 11           /* a template tag in scheme or host: cannot be judged */
};

struct url {
	struct span whole, scheme, userinfo, host, port, path, query, fragment; /* parts of the text; not decoded. A scheme with
	                            * control characters in it ("java<TAB>script") that is a known one without them is that one, static */
	size_t host_offset;        /* of host in whole, where it is not empty */
	unsigned flags;
};

/* text: UTF-8, white space at the ends is ignored. Never fails. */
struct url url_parse(struct span text);
/* Lower-case host with a final dot removed, in the arena. */
struct span url_host_lower(struct arena *arena, const struct url *url);
/* The registrable domain by the public suffix list: a part of host, without a dot at its end. An address or a public suffix is its own. */
struct span host_organisation(struct span host);
/* True for localhost, *.local, *.internal, *.test, *.invalid, *.localhost, private addresses. */
bool host_is_internal(struct span host);
/* True for example.com, .net, .org and .example (RFC 2606, RFC 6761) and names below them. */
bool host_is_reserved_example(struct span host);

/* The next URL in running text at or behind from: http://, https://, mailto:, or www. ; ends before white space, CJK letters and
 * punctuation, closing brackets without an opening one, and trailing .,;:!? . false where there is none. */
bool url_find_in_text(struct span text, size_t from, struct range *out);
/* Where a URL of running text ends by the same rules that goes on at from. */
size_t url_end_in_text(struct span text, size_t from);

#endif
