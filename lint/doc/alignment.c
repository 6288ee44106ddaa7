/* Organisational domains by the public suffix list that is built into libpsl. The only user of libpsl.
 * Reads no file and asks no DNS. */
#include "doc/alignment.h"

#include <libpsl.h>

#include "doc/url.h"

/* A host name may have 253 octets (RFC 1035); a longer one is none, and libpsl's search is not linear in it. */
enum { HOST_OCTETS_MAX = 253 };

struct span organisational_domain(struct arena *arena, struct span host)
{
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	if (host.n == 0 || host.n > HOST_OCTETS_MAX || span_find_byte(host, '\0', 0) < host.n || host.p[0] == '[')
		return host;
	char *name = arena_copy(arena, host);
	for (size_t i = 0; i < host.n; i++)
		name[i] = ascii_lower(name[i]);
	const psl_ctx_t *list = psl_builtin();
	const char *found = list ? psl_registrable_domain(list, name) : NULL;
	if (found)
		return span_str(found);
	/* Without a list, the short one of ours; a public suffix itself stands for itself. */
	return list ? span_of(name, host.n) : host_organisation(span_of(name, host.n));
}

bool domains_aligned(struct arena *arena, struct span a, struct span b)
{
	struct span x = organisational_domain(arena, a), y = organisational_domain(arena, b);

	return x.n > 0 && span_eq_ci(x, y);
}
