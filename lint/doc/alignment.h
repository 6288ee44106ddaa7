/* Registrable domains, and alignment: is the domain that signs or bounces of the same organisation as that of From?
 * Sources: RFC 7489, section 3.2 (organisational domain by the public suffix list), RFC 9989 (by a tree walk in DNS, which gives the same answer in
 * nearly all cases); https://publicsuffix.org/list/ as built into libpsl. Offline it stays an approximation: say so where it matters. */
#ifndef PRESEND_DOC_ALIGNMENT_H
#define PRESEND_DOC_ALIGNMENT_H

#include "base/span.h"

/* The public suffix and one label, a part of host. A public suffix is its own; so are names with bytes that no host has. */
struct span registrable_domain(struct span host);
/* Relaxed alignment: the same organisational domain. An empty name is aligned with nothing. */
bool domains_aligned(struct span a, struct span b);

#endif
