/* Checks of the addresses that send: reverse DNS that leads back, names that a machine made, and what the server says in EHLO. */
#include <arpa/inet.h>

#include "preflight/check.h"

enum { PTR_ASKED = 5 };

/* --- names that a provider gives to any address --------------------------------------------------------------------------------------- */

/* The groups of an IPv6 address, as printed, all eight of them with or without zeros in front, or all digits together or one by one from the end. */
static bool holds_groups(struct preflight *p, const char *name, struct span address)
{
	const unsigned char *b = (const unsigned char *)address.p;
	GString *all = g_string_new(NULL), *bare = g_string_new(NULL), *padded = g_string_new(NULL);
	char printed[INET6_ADDRSTRLEN];
	bool found;

	inet_ntop(AF_INET6, b, printed, sizeof printed);
	g_strdelimit(printed, ":", '-');
	for (size_t i = 0; i < address.n; i += 2) {
		unsigned group = (unsigned)b[i] << 8 | b[i + 1];
		g_string_append_printf(all, "%04x", group);
		g_string_append_printf(bare, "%s%x", i ? "-" : "", group);
		g_string_append_printf(padded, "%s%04x", i ? "-" : "", group);
	}
	struct span reverse = span_str(dns_reverse_name(p->arena, address));
	found = strstr(name, printed) || strstr(name, all->str) || strstr(name, bare->str) || strstr(name, padded->str) ||
		strstr(name, g_strdelimit(bare->str, "-", '.')) || strstr(name, g_strdelimit(padded->str, "-", '.')) ||
		strstr(name, arena_copy(p->arena, span_cut(reverse, 0, reverse.n - strlen(".ip6.arpa"))));
	g_string_free(all, TRUE);
	g_string_free(bare, TRUE);
	g_string_free(padded, TRUE);
	return found;
}

/* Do the four numbers of the address stand in the name, in this order or the other, with single signs between? */
static bool holds_numbers(struct preflight *p, const char *name, struct span address)
{
	const unsigned char *b = (const unsigned char *)address.p;
	static const char *const signs[] = { "-", ".", "_" };

	if (address.n != 4)
		return holds_groups(p, name, address);
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
		const char *s = signs[i];
		if (strstr(name, arena_printf(p->arena, "%u%s%u%s%u%s%u", b[0], s, b[1], s, b[2], s, b[3])) ||
		    strstr(name, arena_printf(p->arena, "%u%s%u%s%u%s%u", b[3], s, b[2], s, b[1], s, b[0])))
			return true;
	}
	return strstr(name, arena_printf(p->arena, "%02x%02x%02x%02x", b[0], b[1], b[2], b[3])) ||
	       strstr(name, arena_printf(p->arena, "%03u%03u%03u%03u", b[0], b[1], b[2], b[3]));
}

/* A piece of a label that stands alone: "dyn-12.pool.isp.example", not "dynamics" or "carpool". */
static bool has_word(const char *name)
{
	static const char *const words[] = { "dyn", "dynamic", "dynip", "dhcp", "ppp", "pppoe", "adsl", "dialup", "dial", "pool" };
	char **pieces = g_strsplit_set(name, ".-_", -1);
	size_t n = g_strv_length(pieces);
	bool found = false;

	/* The last two pieces are the owner's own name. */
	for (size_t i = 0; i + 2 < n && !found; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(words) && !found; k++)
			found = strcmp(pieces[i], words[k]) == 0;
	g_strfreev(pieces);
	return found;
}

/* --- reverse DNS ---------------------------------------------------------------------------------------------------------------------- */

static void add_v6(struct preflight *p, struct preflight_row *row, const struct sender_address *address)
{
	if (address->bytes.n == 16)
		row_requirement(p, row, "AU-26");
}

static enum answer leads_to(const struct dns_answer *answer, struct span address)
{
	for (size_t i = 0; i < answer->n_records; i++)
		if (span_eq(answer->records[i].data, address))
			return ANSWER_YES;
	return answer->status == DNS_UNKNOWN ? ANSWER_OPEN : ANSWER_NO;
}

static void check_name(struct preflight *p, const struct sender_address *address, const char *name)
{
	bool generic = holds_numbers(p, name, address->bytes) || has_word(name);
	struct preflight_row *row = generic ? tell(p, "ptr-generic", "name", name, "domain", p->sender->from_domain, NULL)
					    : tell(p, "ptr-own", "name", name, NULL);

	row_evidence(p, row, arena_printf(p->arena, "PTR %s: %s", dns_reverse_name(p->arena, address->bytes), name));
}

static void check_reverse(struct preflight *p, const struct sender_address *address)
{
	enum dns_type type = address->bytes.n == 4 ? DNS_A : DNS_AAAA;
	const char *reverse = dns_reverse_name(p->arena, address->bytes);
	const struct dns_answer *ptr = dns_ask(p->dns, reverse, DNS_PTR), *open = NULL;
	struct preflight_row *row;

	if (ptr->status == DNS_UNKNOWN) {
		row = tell(p, "ptr-unknown", "address", address->text, "reason", answer_reason(p, ptr), NULL);
		row_requirement(p, row, "AU-23");
		row_answer(p, row, ptr);
		add_v6(p, row, address);
		return;
	}
	if (!ptr->n_records) {
		row = tell(p, "ptr-missing", "address", address->text, NULL);
		row_requirement(p, row, "AU-23");
		row_answer(p, row, ptr);
		row_record(p, row, arena_printf(p->arena, "%s. IN PTR mail.%s.", reverse, p->sender->from_domain));
		add_v6(p, row, address);
		return;
	}
	for (size_t i = 0; i < ptr->n_records && i < PTR_ASKED; i++) {
		const char *name = arena_copy(p->arena, ptr->records[i].data);
		const struct dns_answer *forward = dns_ask(p->dns, name, type);
		enum answer back = leads_to(forward, address->bytes);
		if (back == ANSWER_YES) {
			row = tell(p, "ptr-good", "address", address->text, "name", name, NULL);
			row_answer(p, row, ptr);
			row_answer(p, row, forward);
			add_v6(p, row, address);
			check_name(p, address, name);
			return;
		}
		if (back == ANSWER_OPEN)
			open = forward;
	}
	const char *first = arena_copy(p->arena, ptr->records[0].data);
	if (open) {
		row = tell(p, "ptr-unknown", "address", address->text, "reason", answer_reason(p, open), NULL);
	} else {
		row = tell(p, "ptr-not-confirmed", "address", address->text, "name", first, NULL);
		row_record(p, row, arena_printf(p->arena, "%s. IN %s %s", first, dns_type_name(type), address->text));
	}
	row_answer(p, row, ptr);
	row_answer(p, row, open ? open : dns_ask(p->dns, first, type));
	add_v6(p, row, address);
	check_name(p, address, first);
}

/* --- EHLO ----------------------------------------------------------------------------------------------------------------------------- */

/* Is it the reverse name of the address? Then what is wrong with it has been told. */
static bool is_reverse_name(struct preflight *p, const struct sender_address *address, const char *name)
{
	const struct dns_answer *ptr = dns_ask(p->dns, dns_reverse_name(p->arena, address->bytes), DNS_PTR);

	for (size_t i = 0; i < ptr->n_records && i < PTR_ASKED; i++)
		if (span_eq(ptr->records[i].data, span_str(name)))
			return true;
	return false;
}

/* The first address that sends, where the name leads to addresses of its kind and to none that sends; NULL. One name may stand for several servers. */
static const struct sender_address *leads_elsewhere(struct preflight *p, const char *name, const struct dns_answer *a, const struct dns_answer *aaaa)
{
	const struct sender *s = p->sender;
	const struct sender_address *other = NULL;

	for (size_t i = 0; i < s->n_addresses; i++) {
		const struct dns_answer *answer = s->addresses[i].bytes.n == 4 ? a : aaaa;
		/* Others may stand behind a private address, and of an answer that is not there nothing is known. */
		if (s->addresses[i].is_private || answer->status == DNS_UNKNOWN || leads_to(answer, s->addresses[i].bytes) == ANSWER_YES ||
		    is_reverse_name(p, &s->addresses[i], name))
			return NULL;
		if (answer->n_records && !other)
			other = &s->addresses[i];
	}
	return other;
}

static void check_helo(struct preflight *p)
{
	const struct sender *s = p->sender;
	struct preflight_row *row;

	if (!s->helo) {
		tell(p, "helo-missing", NULL);
		return;
	}
	const char *name = sender_domain(p->arena, span_str(s->helo));
	if (!name || host_is_internal(span_str(name))) {
		tell(p, "helo-bad", "name", s->helo, NULL);
		return;
	}
	const struct dns_answer *a = dns_ask(p->dns, name, DNS_A), *aaaa = dns_ask(p->dns, name, DNS_AAAA);
	const struct sender_address *other = leads_elsewhere(p, name, a, aaaa);
	if (other)
		row = tell(p, "helo-other", "name", name, "address", other->text, NULL);
	else if (a->n_records || aaaa->n_records)
		row = tell(p, "helo-good", "name", name, NULL);
	else if (a->status == DNS_UNKNOWN || aaaa->status == DNS_UNKNOWN)
		row = tell(p, "helo-unknown", "name", name, "reason", answer_reason(p, a->status == DNS_UNKNOWN ? a : aaaa), NULL);
	else
		row = tell(p, "helo-unresolved", "name", name, NULL);
	row_answer(p, row, a);
	row_answer(p, row, aaaa);
}

void check_addresses(struct preflight *p)
{
	const struct sender *s = p->sender;
	bool v6 = false;

	if (s->n_addresses == 0)
		tell(p, "address-missing", NULL);
	for (size_t i = 0; i < s->n_addresses; i++) {
		v6 |= s->addresses[i].bytes.n == 16;
		if (s->addresses[i].is_private)
			tell(p, "address-private", "address", s->addresses[i].text, NULL);
		else
			check_reverse(p, &s->addresses[i]);
	}
	if (s->n_addresses && !v6)
		tell(p, "no-ipv6", NULL);
	check_helo(p);
}
