/* Registrable domains by the public suffix list that is built into libpsl. The only user of libpsl.
 * Reads no file and asks no DNS. */
#include "doc/alignment.h"

#include <glib.h>
#include <libpsl.h>

/* A host name may have 253 octets (RFC 1035); a longer one is none, and libpsl's search is not linear in it. */
enum { HOST_OCTETS_MAX = 253, HOSTS_REMEMBERED = 16 };

/* The last two labels, where no list was built into libpsl. */
static struct span last_two_labels(struct span host)
{
	size_t at = host.n;

	for (int dots = 0; at > 0; at--)
		if (host.p[at - 1] == '.' && ++dots == 2)
			break;
	return span_cut(host, at, host.n);
}

struct span registrable_domain(struct span host)
{
	/* The links of a mail lead to few hosts. */
	static _Thread_local struct remembered { char name[HOST_OCTETS_MAX + 1]; size_t length, start; } remembered[HOSTS_REMEMBERED];
	char name[HOST_OCTETS_MAX + 1];

	if (host.n == 0 || host.n > HOST_OCTETS_MAX || span_find_byte(host, '\0', 0) < host.n)
		return host;
	for (size_t i = 0; i < host.n; i++)
		name[i] = ascii_lower(host.p[i]);
	name[host.n] = '\0';
	const psl_ctx_t *list = psl_builtin();
	if (!list)
		return last_two_labels(host);
	struct remembered *kept = &remembered[g_str_hash(name) % HOSTS_REMEMBERED];
	if (kept->length != host.n || memcmp(kept->name, name, host.n) != 0) {
		const char *found = psl_registrable_domain(list, name);
		memcpy(kept->name, name, host.n + 1);
		kept->length = host.n;
		kept->start = found ? (size_t)(found - name) : 0;
	}
	return span_cut(host, kept->start, host.n);
}

static struct span organisational_domain(struct span host)
{
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	return registrable_domain(host);
}

bool domains_aligned(struct span a, struct span b)
{
	struct span x = organisational_domain(a), y = organisational_domain(b);

	return x.n > 0 && span_eq_ci(x, y);
}
