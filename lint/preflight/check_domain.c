/* Checks of the domains themselves: do they exist, can they be written to, does the web site's have SPF, do links lead anywhere. */
#include "doc/alignment.h"
#include "preflight/check.h"

enum { MX_ASKED = 5 };

static bool is_absent(const struct dns_answer *answer)
{
	return answer->status == DNS_NXDOMAIN || answer->status == DNS_NODATA;
}

/* From role: docomo and SoftBank look at it. */
static void add_roles(struct preflight *p, struct preflight_row *row, const char *domain)
{
	if (strcmp(domain, p->sender->from_domain) == 0)
		row_requirement(p, row, "JR-02");
	if (strcmp(domain, p->sender->envelope_domain) == 0)
		row_requirement(p, row, "JR-11");
}

/* A zone's SOA stands at its top: at the domain, or at one above it within the organisation. */
static const struct dns_answer *find_soa(struct preflight *p, const char *domain)
{
	size_t least = registrable_domain(span_str(domain)).n;
	const struct dns_answer *answer = NULL;

	for (const char *at = domain; at && strlen(at) >= least; at = strchr(at, '.') ? strchr(at, '.') + 1 : NULL) {
		answer = dns_ask(p->dns, at, DNS_SOA);
		if (!is_absent(answer))
			break;
	}
	return answer;
}

static void check_targets(struct preflight *p, const char *domain, const struct dns_answer *mx)
{
	for (size_t i = 0; i < mx->n_records && i < MX_ASKED; i++) {
		const char *host = arena_copy(p->arena, mx->records[i].data);
		const struct dns_answer *a = dns_ask(p->dns, host, DNS_A), *aaaa = dns_ask(p->dns, host, DNS_AAAA);
		if (!is_absent(a) || !is_absent(aaaa))
			continue;
		struct preflight_row *row = tell(p, "mx-target-missing", "host", host, "domain", domain, NULL);
		row_answer(p, row, mx);
		row_answer(p, row, a);
	}
}

static void check_domain(struct preflight *p, const char *domain)
{
	const struct dns_answer *mx = dns_ask(p->dns, domain, DNS_MX), *a = dns_ask(p->dns, domain, DNS_A), *aaaa = dns_ask(p->dns, domain, DNS_AAAA);
	const struct dns_answer *const all[] = { mx, a, aaaa };
	struct preflight_row *row;

	const struct dns_answer *open = mx->status == DNS_UNKNOWN ? mx : NULL;
	if (is_absent(mx) && a->status != DNS_FOUND && aaaa->status != DNS_FOUND)
		open = a->status == DNS_UNKNOWN ? a : aaaa->status == DNS_UNKNOWN ? aaaa : NULL;
	if (open) {
		row = tell(p, "domain-unknown", "domain", domain, "reason", answer_reason(p, open), NULL);
		row_answer(p, row, open);
		add_roles(p, row, domain);
		return;
	}
	/* A null MX is one record of preference 0 to the root (RFC 7505). */
	if (mx->n_records == 1 && mx->records[0].data.n == 0) {
		row_answer(p, tell(p, "mx-null", "domain", domain, NULL), mx);
	} else {
		row_answer(p, tell(p, "mx-open", "domain", domain, NULL), mx);
		check_targets(p, domain, mx);
	}
	if (is_absent(mx) && is_absent(a) && is_absent(aaaa)) {
		row = tell(p, a->status == DNS_NXDOMAIN ? "domain-missing" : "domain-no-host", "domain", domain, NULL);
		for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
			row_answer(p, row, all[i]);
		add_roles(p, row, domain);
		return;
	}
	const struct dns_answer *soa = find_soa(p, domain);
	if (is_absent(soa))
		row = tell(p, "domain-no-soa", "domain", domain, NULL);
	else
		row = tell(p, "domain-exists", "domain", domain, NULL);
	row_answer(p, row, mx->status == DNS_FOUND ? mx : a->status == DNS_FOUND ? a : aaaa);
	row_answer(p, row, soa);
	add_roles(p, row, domain);
}

void check_domains(struct preflight *p)
{
	const struct sender *s = p->sender;

	check_domain(p, s->from_domain);
	if (strcmp(s->from_domain, s->envelope_domain) != 0)
		check_domain(p, s->envelope_domain);
}

/* --- links ------------------------------------------------------------------------------------------------------------------------- */

void check_links(struct preflight *p)
{
	const struct sender *s = p->sender;
	bool all_there = true;

	if (s->n_links == 0) {
		tell(p, "links-none", NULL);
		return;
	}
	for (size_t i = 0; i < s->n_links; i++) {
		const struct dns_answer *a = dns_ask(p->dns, s->links[i], DNS_A);
		const struct dns_answer *aaaa = a->status == DNS_FOUND || a->status == DNS_NXDOMAIN ? a : dns_ask(p->dns, s->links[i], DNS_AAAA);
		if (a->status == DNS_FOUND || aaaa->status == DNS_FOUND)
			continue;
		all_there = false;
		if (a->status == DNS_UNKNOWN || aaaa->status == DNS_UNKNOWN) {
			const struct dns_answer *open = a->status == DNS_UNKNOWN ? a : aaaa;
			row_answer(p, tell(p, "links-unknown", "domain", s->links[i], "reason", answer_reason(p, open), NULL), open);
		} else {
			struct preflight_row *row = tell(p, "link-domain-missing", "domain", s->links[i], NULL);
			row_answer(p, row, a);
			if (aaaa != a)
				row_answer(p, row, aaaa);
		}
	}
	if (s->links_cut)
		tell_only_first(p, preflight_say(p, "domains that links lead to", "リンク先のドメイン"), s->n_links, "LK-18");
	if (all_there)
		tell(p, "links-exist", "count", arena_printf(p->arena, "%zu", s->n_links), NULL);
}
