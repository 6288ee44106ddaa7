/* Checks of block lists, on request only: a closed list is never asked, and any other first has to pass the test of RFC 5782, section 5.
 * What counts as no listing: 127.255.255.0/24, Spamhaus' word for "not to you"; 127.0.0.1 of lists of domains, that of SURBL and URIBL. */
#include "bounce/reply.h"
#include "doc/alignment.h"
#include "preflight/check.h"

static const char default_names[] = "zen.spamhaus.org,bl.spamcop.net,b.barracudacentral.org,dbl.spamhaus.org";

enum { LISTS_MAX = 20 };

/* What an answer of a list means. */
enum listing { LISTING_NONE, LISTING_THERE, LISTING_REFUSED, LISTING_ODD /* no answer that a list gives */, LISTING_OPEN };

struct block_list {
	const char *zone;
	bool of_domains;
	bool known; /* to the table of lists */
};

static enum listing listing_of(const struct dns_answer *answer, bool of_domains)
{
	enum listing out = LISTING_NONE;

	if (answer->status == DNS_UNKNOWN)
		return LISTING_OPEN;
	for (size_t i = 0; i < answer->n_records; i++) {
		const unsigned char *b = (const unsigned char *)answer->records[i].data.p;
		if (b[0] != 127)
			return LISTING_ODD;
		if ((b[1] == 255 && b[2] == 255) || (of_domains && b[1] == 0 && b[2] == 0 && b[3] == 1))
			return LISTING_REFUSED;
		out = LISTING_THERE;
	}
	return out;
}

static const struct dns_answer *ask(struct preflight *p, const char *key, const struct block_list *list)
{
	return dns_ask(p->dns, arena_printf(p->arena, "%s.%s", key, list->zone), DNS_A);
}

static const char *first_record(struct preflight *p, const struct dns_answer *answer)
{
	return answer->n_records ? dns_record_text(p->arena, DNS_A, &answer->records[0]) : preflight_say(p, "nothing", "なし");
}

/* --- the test of a list ---------------------------------------------------------------------------------------------------------------------- */

/* Of a list that cannot be asked it is open what it says of the sender and, where it is one of domains, of the links. */
static struct preflight_row *unusable(struct preflight *p, const struct block_list *list, struct preflight_row *row)
{
	row_requirement(p, row, "AU-27");
	if (list->of_domains && p->sender->n_links)
		row_requirement(p, row, "LK-18");
	return row;
}

static void tell_broken(struct preflight *p, const struct block_list *list, const struct dns_answer *answer)
{
	const char *words = arena_printf(p->arena, "%s: %s", answer->name, first_record(p, answer));

	row_answer(p, unusable(p, list, tell(p, "blocklist-broken", "list", list->zone, "answer", words, NULL)), answer);
}

/* One key must be on the list and another must not. Tells why the list is of no use. */
static bool passes_test(struct preflight *p, const struct block_list *list)
{
	const struct dns_answer *there = ask(p, list->of_domains ? "test" : "2.0.0.127", list);
	const struct dns_answer *absent = ask(p, list->of_domains ? "invalid" : "1.0.0.127", list);
	enum listing first = listing_of(there, list->of_domains), second = listing_of(absent, list->of_domains);
	const struct dns_answer *refusing = first == LISTING_REFUSED ? there : second == LISTING_REFUSED ? absent : NULL;

	if (refusing) {
		row_answer(p, unusable(p, list, tell(p, "blocklist-refused", "list", list->zone, "answer", first_record(p, refusing), NULL)), refusing);
		return false;
	}
	if (first == LISTING_OPEN || second == LISTING_OPEN) {
		const struct dns_answer *open = first == LISTING_OPEN ? there : absent;
		struct preflight_row *row = tell(p, "blocklist-unknown", "what", open->name, "list", list->zone, "reason", answer_reason(p, open), NULL);
		row_answer(p, unusable(p, list, row), open);
		return false;
	}
	if (second != LISTING_NONE) {
		tell_broken(p, list, absent);
		return false;
	}
	/* Known lists of domains have test entries of their own. */
	if (first != LISTING_THERE && !(first == LISTING_NONE && list->of_domains && list->known)) {
		tell_broken(p, list, there);
		return false;
	}
	return true;
}

/* --- what is asked about --------------------------------------------------------------------------------------------------------------------- */

static void check_listed(struct preflight *p, const struct block_list *list, const char *what, const char *key, const char *requirement)
{
	const struct dns_answer *answer = ask(p, key, list);
	struct preflight_row *row;

	switch (listing_of(answer, list->of_domains)) {
	case LISTING_NONE:
		row = tell(p, "blocklist-clear", "what", what, "list", list->zone, NULL);
		break;
	case LISTING_THERE:
		row = tell(p, "blocklist-listed", "what", what, "list", list->zone, NULL);
		break;
	case LISTING_OPEN:
		row = tell(p, "blocklist-unknown", "what", what, "list", list->zone, "reason", answer_reason(p, answer), NULL);
		break;
	default:
		row = tell(p, "blocklist-refused", "list", list->zone, "answer", first_record(p, answer), NULL);
		break;
	}
	row_requirement(p, row, requirement);
	row_answer(p, row, answer);
}

/* The name of an address below a list is its reverse name without the zone of that. */
static const char *address_key(struct preflight *p, struct span address)
{
	struct span name = span_str(dns_reverse_name(p->arena, address));
	struct span zone = address.n == 4 ? SPAN_LIT(".in-addr.arpa") : SPAN_LIT(".ip6.arpa");

	return arena_copy(p->arena, span_cut(name, 0, name.n - zone.n));
}

static void check_domain_of(struct preflight *p, const struct block_list *list, const char *host, const char *requirement, GHashTable *seen)
{
	char *domain = arena_copy(p->arena, registrable_domain(span_str(host)));

	/* An address as a host has no place on such a list: asked about one, it gives an error. */
	if (*domain && !ascii_is_digit(domain[strlen(domain) - 1]) && g_hash_table_add(seen, domain))
		check_listed(p, list, domain, domain, requirement);
}

static bool has_address(const struct sender *s)
{
	for (size_t i = 0; i < s->n_addresses; i++)
		if (!s->addresses[i].is_private)
			return true;
	return false;
}

static void check_list(struct preflight *p, const struct block_list *list)
{
	const struct sender *s = p->sender;

	if ((!list->of_domains && !has_address(s)) || !passes_test(p, list))
		return;
	if (list->of_domains) {
		GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
		check_domain_of(p, list, s->from_domain, "AU-27", seen);
		for (size_t i = 0; i < s->n_links; i++)
			check_domain_of(p, list, s->links[i], "LK-18", seen);
		g_hash_table_destroy(seen);
		return;
	}
	for (size_t i = 0; i < s->n_addresses; i++)
		if (!s->addresses[i].is_private)
			check_listed(p, list, s->addresses[i].text, address_key(p, s->addresses[i].bytes), "AU-27");
}

/* Lists that the table does not know are taken for lists of addresses. */
static void check_named(struct preflight *p, struct span name)
{
	const char *zone = sender_domain(p->arena, name);

	if (!zone) {
		struct preflight_row *row = tell(p, "blocklist-broken", "list", arena_copy(p->arena, name), "answer",
						 preflight_say(p, "no domain name", "ドメイン名ではありません"), NULL);
		unusable(p, &(struct block_list){ 0 }, row);
		return;
	}
	const struct reply_list *known = reply_list_named(span_str(zone));
	if (known && known->dead) {
		struct preflight_row *row = tell(p, "blocklist-dead", "list", zone, NULL);
		row->source = known->source;
		return;
	}
	check_list(p, &(struct block_list){ zone, known && known->of_domains, known != NULL });
}

/* Is there a word on the sender in a row of the lists? */
static bool has_word(const struct preflight *p, guint first)
{
	for (guint i = first; i < p->rows->len; i++)
		if (g_strv_contains(g_array_index(p->rows, struct preflight_row, i).requirements, "AU-27"))
			return true;
	return false;
}

void check_blocklists(struct preflight *p, const char *names)
{
	guint first = p->rows->len;
	struct span list, name;
	size_t n = 0;

	if (!names) {
		tell(p, "blocklists-not-asked", NULL);
		return;
	}
	if (!has_address(p->sender))
		tell(p, "blocklist-no-address", NULL);
	list = span_str(strcmp(names, "default") == 0 ? default_names : names);
	for (size_t at = 0; record_list_next(list, ',', &at, &name);) {
		if (name.n == 0)
			continue;
		if (n == LISTS_MAX) {
			tell_only_first(p, preflight_say(p, "block lists", "ブロックリスト"), n, "AU-27");
			return;
		}
		check_named(p, name);
		n++;
	}
	if (!has_word(p, first))
		tell(p, "blocklists-none-asked", NULL);
}
