/* Role: what is wrong with a record and with those that it includes, whatever address asks.
 * May not: evaluate for an address; spf.c does. */
#include <arpa/inet.h>
#include <glib.h>

#include "preflight/spf.h"
#include "preflight/spf_record.h"


struct walk {
	struct arena *arena;
	struct dns *dns;
	struct spf_lint *out;
	GArray *faults;
	GPtrArray *tree;
	GPtrArray *above; /* names of the records that lead here, const char * */
};

/* One record of the tree. */
struct place {
	const char *domain, *text; /* text: printable */
	const struct spf_record *record;
	bool own; /* of the domain itself: what is bad style in other people's records is not the reader's to mend */
};

static struct spf_fault *tell(struct walk *w, enum spf_fault_kind kind, const struct place *place, const struct spf_term *term)
{
	struct spf_fault fault = { .kind = kind, .domain = place->domain, .record = place->text, .term = SPAN_EMPTY };

	if (term) {
		fault.term = term->text;
		fault.at = (size_t)(term->text.p - place->record->text.p);
	}
	g_array_append_val(w->faults, fault);
	return &g_array_index(w->faults, struct spf_fault, w->faults->len - 1);
}

static const char *printable(struct arena *arena, struct span text)
{
	return dns_record_text(arena, DNS_TXT, &(struct dns_record){ .data = text });
}

/* --- single terms ------------------------------------------------------------------------------------------------------------ */

static unsigned prefix_of(const struct spf_term *term)
{
	return term->mechanism == SPF_IP4 ? term->prefix4 : term->prefix6;
}

/* ip4:192.0.2.1/24 */
static void check_host_bits(struct walk *w, const struct place *place, const struct spf_term *term)
{
	size_t n = term->mechanism == SPF_IP4 ? 4 : 16;
	unsigned prefix = prefix_of(term);
	unsigned char network[16] = { 0 };
	char text[INET6_ADDRSTRLEN];

	for (unsigned bit = 0; bit < prefix; bit++)
		network[bit / 8] |= (unsigned char)(term->address[bit / 8] & 0x80 >> bit % 8);
	if (memcmp(network, term->address, n) == 0)
		return;
	inet_ntop(n == 4 ? AF_INET : AF_INET6, network, text, sizeof text);
	tell(w, SPF_HOST_BITS, place, term)->detail = arena_printf(w->arena, "%s/%u", text, prefix);
}

static void check_range(struct walk *w, const struct place *place, const struct spf_term *term)
{
	unsigned prefix = prefix_of(term);

	if (prefix == 0 && term->qualifier == '+')
		tell(w, SPF_EVERYBODY, place, term);
	else if (place->own)
		check_host_bits(w, place, term);
}

static void check_all(struct walk *w, const struct place *place, const struct spf_term *term)
{
	if (term->qualifier == '+')
		tell(w, SPF_EVERYBODY, place, term);
	else if (term->qualifier == '?' && place->own)
		tell(w, SPF_NEUTRAL_ALL, place, term);
}

static bool has_name_of_address(struct span text)
{
	return span_find_ci(text, SPAN_LIT("%{p"), 0) < text.n;
}

static void check_term(struct walk *w, const struct place *place, const struct spf_term *term)
{
	if (term->mechanism == SPF_ALL)
		check_all(w, place, term);
	else if (term->mechanism == SPF_IP4 || term->mechanism == SPF_IP6)
		check_range(w, place, term);
	else if (place->own && (term->mechanism == SPF_PTR_MECHANISM || has_name_of_address(term->name)))
		tell(w, SPF_PTR, place, term);
}

/* The same term twice; "+" says nothing. */
static void check_duplicate(struct walk *w, const struct place *place, const struct spf_term *term, GHashTable *seen)
{
	struct span text = term->text.p[0] == '+' ? span_cut(term->text, 1, term->text.n) : term->text;
	char *key = arena_copy(w->arena, text);

	for (char *at = key; *at; at++)
		*at = ascii_lower(*at);
	const char *before = g_hash_table_lookup(seen, key);
	if (before)
		tell(w, SPF_DUPLICATE, place, term)->detail = before;
	else
		g_hash_table_insert(seen, key, (char *)printable(w->arena, term->text));
}

/* --- what DNS says ----------------------------------------------------------------------------------------------------------- */

static void walk_record(struct walk *w, const char *domain, const struct place *from, const struct spf_term *by);

static bool is_void(const struct dns_answer *answer)
{
	return answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN;
}

static void not_answered(struct walk *w, const struct place *place, const struct spf_term *term, const struct dns_answer *answer)
{
	tell(w, SPF_DNS, place, term)->answer = answer;
}

/* Nothing there, for IPv4 and for IPv6. *unknown: one of them did not come. */
static bool has_no_address(struct walk *w, const char *name, const struct dns_answer **unknown)
{
	dns_want(w->dns, name, DNS_AAAA);
	const struct dns_answer *v4 = dns_ask(w->dns, name, DNS_A), *v6 = dns_ask(w->dns, name, DNS_AAAA);

	*unknown = v4->status == DNS_UNKNOWN ? v4 : v6->status == DNS_UNKNOWN ? v6 : NULL;
	return is_void(v4) && is_void(v6);
}

static void tell_void(struct walk *w, const struct place *place, const struct spf_term *term, const char *name)
{
	w->out->voids++;
	tell(w, SPF_VOID, place, term)->detail = name;
}

static void check_mx(struct walk *w, const struct place *place, const struct spf_term *term, const char *target)
{
	const struct dns_answer *answer = dns_ask(w->dns, target, DNS_MX), *unknown = NULL;

	if (answer->status == DNS_UNKNOWN)
		not_answered(w, place, term, answer);
	else if (is_void(answer))
		tell_void(w, place, term, answer->name);
	else if (answer->n_records > SPF_LOOKUPS)
		tell(w, SPF_TOO_MANY_MX, place, term)->number = answer->n_records;
	else
		for (size_t i = 0; i < answer->n_records && !unknown; i++)
			if (answer->records[i].data.n > 0 && has_no_address(w, answer->records[i].data.p, &unknown))
				tell_void(w, place, term, answer->records[i].data.p);
	if (unknown)
		not_answered(w, place, term, unknown);
}

static void check_address(struct walk *w, const struct place *place, const struct spf_term *term, const char *target)
{
	const struct dns_answer *unknown = NULL;
	bool none;

	if (term->mechanism == SPF_EXISTS) {
		const struct dns_answer *answer = dns_ask(w->dns, target, DNS_A);
		unknown = answer->status == DNS_UNKNOWN ? answer : NULL;
		none = is_void(answer);
	} else {
		none = has_no_address(w, target, &unknown);
	}
	if (unknown)
		not_answered(w, place, term, unknown);
	else if (none)
		tell_void(w, place, term, target);
}

/* A term that asks DNS: counted, shown, followed where it does not depend on the mail. */
static void check_look_up(struct walk *w, const struct place *place, const struct spf_term *term)
{
	const char *target = term->name.n ? arena_copy(w->arena, term->name) : place->domain;

	if (w->out->lookups >= SPF_LINT_LOOKUPS)
		return;
	w->out->lookups++;
	g_ptr_array_add(w->tree, arena_printf(w->arena, "%*s%s [%u/%d]", (int)(2 * (w->above->len - 1)), "", printable(w->arena, term->text),
		w->out->lookups, SPF_LOOKUPS));
	if (spf_has_macros(term->name)) {
		w->out->depends = true;
		return;
	}
	if (term->mechanism == SPF_INCLUDE || term->mechanism == SPF_REDIRECT)
		walk_record(w, target, place, term);
	else if (term->mechanism == SPF_MX)
		check_mx(w, place, term, target);
	else if (term->mechanism != SPF_PTR_MECHANISM)
		check_address(w, place, term, target);
}

/* --- records ----------------------------------------------------------------------------------------------------------------- */

/* Terms up to "all", and what stands behind it. */
static void check_terms(struct walk *w, const struct place *place)
{
	const struct spf_record *record = place->record;
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	const struct spf_term *all = NULL;
	bool told = false;

	for (size_t i = 0; i < record->n_terms; i++) {
		const struct spf_term *term = &record->terms[i];
		if (term->mechanism >= SPF_REDIRECT)
			continue;
		if (all) {
			if (place->own && !told)
				tell(w, SPF_UNREACHABLE, place, term);
			told = true;
			continue;
		}
		all = term->mechanism == SPF_ALL ? term : NULL;
		check_term(w, place, term);
		if (place->own)
			check_duplicate(w, place, term, seen);
		if (spf_asks(term->mechanism))
			check_look_up(w, place, term);
	}
	g_hash_table_destroy(seen);
	if (record->redirect && !all)
		check_look_up(w, place, record->redirect);
	else if (record->redirect && place->own)
		tell(w, SPF_REDIRECT_IGNORED, place, record->redirect);
	else if (!all && place->own && record->n_faults == 0)
		tell(w, SPF_NO_ALL, place, NULL);
}

static void check_record(struct walk *w, const char *domain, struct span text, bool own)
{
	struct spf_record record = spf_record_read(w->arena, text);
	struct place place = { domain, printable(w->arena, text), &record, own };

	if (own) {
		w->out->raw = text;
		w->out->record = place.text;
		w->out->never_sends = record.n_faults == 0 && !record.redirect && record.n_terms - (record.exp ? 1 : 0) == 1 &&
				      record.terms[0].mechanism == SPF_ALL && record.terms[0].qualifier == '-';
	}
	for (size_t i = 0; i < record.n_faults; i++) {
		struct spf_fault fault = record.faults[i];
		fault.domain = domain;
		fault.record = place.text;
		g_array_append_val(w->faults, fault);
	}
	g_ptr_array_add(w->above, (void *)domain);
	check_terms(w, &place);
	g_ptr_array_set_size(w->above, (int)w->above->len - 1);
}

/* Meant to be SPF, and read by nobody: quotation marks, or something else than a blank behind v=spf1. */
static bool is_near_miss(struct span text)
{
	size_t at = 0;

	while (at < text.n && text.p[at] && strchr(" \t\"'", text.p[at]))
		at++;
	struct span rest = span_cut(text, at, text.n);
	return !spf_is_record(text) && (span_starts_ci(rest, SPAN_LIT("v=spf")) || span_starts_ci(rest, SPAN_LIT("v = spf")) || span_starts_ci(rest, SPAN_LIT("spf1 ")));
}

/* The SPF records of an answer; the first goes to *first, the second to *second. */
static size_t pick(const struct dns_answer *answer, struct span *first, struct span *second)
{
	size_t n = 0;

	for (size_t i = 0; i < answer->n_records; i++) {
		if (!spf_is_record(answer->records[i].data))
			continue;
		if (n < 2)
			*(n ? second : first) = answer->records[i].data;
		n++;
	}
	return n;
}

static void walk_record(struct walk *w, const char *domain, const struct place *from, const struct spf_term *by)
{
	const struct dns_answer *answer = dns_ask(w->dns, domain, DNS_TXT);
	struct span first, second;

	for (guint i = 0; i < w->above->len; i++) {
		if (g_ascii_strcasecmp(w->above->pdata[i], answer->name) == 0) {
			tell(w, SPF_LOOP, from, by)->detail = answer->name;
			return;
		}
	}
	if (answer->status == DNS_UNKNOWN) {
		not_answered(w, from, by, answer);
		return;
	}
	size_t n = pick(answer, &first, &second);
	if (n == 0)
		tell(w, SPF_INCLUDE_NONE, from, by)->detail = answer->name;
	else if (n > 1)
		tell(w, SPF_MULTIPLE, &(struct place){ .domain = answer->name }, NULL)->number = n;
	else
		check_record(w, answer->name, first, false);
}

/* What the answer says as a whole. */
static void check_answer(struct walk *w, const struct dns_answer *answer)
{
	struct place place = { .domain = answer->name, .text = w->out->record };
	size_t bytes = strlen(answer->name);

	for (size_t i = 0; i < answer->n_records; i++) {
		bytes += answer->records[i].data.n;
		if (is_near_miss(answer->records[i].data))
			tell(w, SPF_NEAR_MISS, &place, NULL)->detail = printable(w->arena, answer->records[i].data);
	}
	if (bytes > SPF_ANSWER_BYTES)
		tell(w, SPF_LONG_ANSWER, &place, NULL)->number = bytes;
	if (dns_ask(w->dns, answer->name, DNS_SPF)->status == DNS_FOUND)
		tell(w, SPF_OLD_TYPE, &place, NULL);
	if (w->out->lookups > SPF_LOOKUPS)
		tell(w, SPF_TOO_MANY_LOOKUPS, &place, NULL)->number = w->out->lookups;
	if (w->out->voids > SPF_VOIDS)
		tell(w, SPF_TOO_MANY_VOIDS, &place, NULL)->number = w->out->voids;
}

/* Places of the own record first, in their order. */
static int compare_faults(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct spf_fault *left = a, *right = b;
	const char *own_domain = *(const char *const *)data;
	bool left_own = strcmp(left->domain, own_domain) == 0, right_own = strcmp(right->domain, own_domain) == 0;

	if (left_own != right_own)
		return left_own ? -1 : 1;
	if (!left_own && strcmp(left->domain, right->domain) != 0)
		return strcmp(left->domain, right->domain);
	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	return (int)left->kind - (int)right->kind;
}

static bool is_same(const struct spf_fault *a, const struct spf_fault *b)
{
	return a->kind == b->kind && a->at == b->at && strcmp(a->domain, b->domain) == 0 && a->answer == b->answer && g_strcmp0(a->detail, b->detail) == 0;
}

/* A record that is included twice would tell everything twice. */
static void keep_faults(struct walk *w, const char *domain)
{
	struct spf_fault *faults = ARENA_ARRAY(w->arena, struct spf_fault, w->faults->len + 1);

	g_array_sort_with_data(w->faults, compare_faults, &domain);
	for (guint i = 0; i < w->faults->len; i++) {
		const struct spf_fault *fault = &g_array_index(w->faults, struct spf_fault, i);
		if (w->out->n_faults == 0 || !is_same(&faults[w->out->n_faults - 1], fault))
			faults[w->out->n_faults++] = *fault;
	}
	w->out->faults = faults;
}

struct spf_lint spf_lint(struct arena *arena, struct dns *dns, const char *domain)
{
	struct spf_lint out = { .n_faults = 0 };
	struct walk w = { .arena = arena, .dns = dns, .out = &out, .faults = g_array_new(FALSE, FALSE, sizeof(struct spf_fault)),
			  .tree = g_ptr_array_new(), .above = g_ptr_array_new() };
	struct span first, second = SPAN_EMPTY;

	dns_want(dns, domain, DNS_SPF);
	const struct dns_answer *answer = dns_ask(dns, domain, DNS_TXT);
	size_t n = pick(answer, &first, &second);
	if (n == 1)
		check_record(&w, answer->name, first, true);
	if (n > 1) {
		tell(&w, SPF_MULTIPLE, &(struct place){ .domain = answer->name, .text = printable(arena, first) }, NULL)->number = n;
		out.other_record = printable(arena, second);
	}
	out.known = answer->status != DNS_UNKNOWN;
	if (out.known)
		check_answer(&w, answer);
	keep_faults(&w, answer->name);
	const char **tree = ARENA_ARRAY(arena, const char *, w.tree->len + 1);
	for (guint i = 0; i < w.tree->len; i++)
		tree[i] = w.tree->pdata[i];
	out.tree = tree;
	out.n_tree = w.tree->len;
	g_array_free(w.faults, TRUE);
	g_ptr_array_free(w.tree, TRUE);
	g_ptr_array_free(w.above, TRUE);
	return out;
}
