/* Checks of the domains that a mail names and of what its links carry: international names, look-alikes, invisible characters,
 * redirectors, personal data in queries, downloads, mailto: addresses. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/idn.h"
#include "base/normal.h"
#include "base/utf8.h"

static bool is_web(const struct link *link)
{
	return span_eq_ci(link->url.scheme, SPAN_LIT("http")) || span_eq_ci(link->url.scheme, SPAN_LIT("https"));
}

/* What a reader may follow: no pictures, no header fields. */
static bool is_followed(const struct link *link)
{
	return is_web(link) && (link->kind == LINK_ANCHOR || link->kind == LINK_TEXT || link->kind == LINK_FORM) && !(link->url.flags & URL_TAG);
}

static struct range whole(const struct text *text)
{
	return (struct range){ 0, text->bytes.n };
}

/* --- names --------------------------------------------------------------------------------------------------------------------- */

/* One place where a domain is named. */
struct domain {
	struct span name;        /* without a dot at the end */
	const struct text *text; /* NULL: range is of the file */
	struct range range;
	bool of_sender;          /* not of a link, nor of a signature, which a service may make in its own name */
};

struct domains {
	GArray *all; /* struct domain; each name once */
	GHashTable *seen;
};

static void add_domain(struct domains *d, struct span name, const struct text *text, struct range range, bool of_sender)
{
	while (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (!name.n || !g_hash_table_add(d->seen, g_ascii_strdown(name.p, (gssize)name.n)))
		return;
	struct domain domain = { name, text, range, of_sender };
	g_array_append_val(d->all, domain);
}

static void add_mailboxes(struct domains *d, const struct address_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!(list->mailboxes[i].flags & (MAILBOX_LITERAL | MAILBOX_TAG | MAILBOX_NO_DOMAIN)))
			add_domain(d, list->mailboxes[i].domain, NULL, list->mailboxes[i].domain_range, true);
}

/* The domains of senders, of signatures, then those of links, each once, in order. */
static struct domains collect_domains(struct check *c, const struct message *m)
{
	struct domains d = { g_array_new(FALSE, FALSE, sizeof(struct domain)), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
	const struct field *return_path = header_find(m->header, "Return-Path");

	add_mailboxes(&d, &m->from);
	add_mailboxes(&d, &m->reply_to);
	add_mailboxes(&d, &m->sender);
	if (return_path) {
		struct address_list list = address_list_parse(check_arena(c), m->file, return_path);
		add_mailboxes(&d, &list);
	}
	for (size_t i = 0; i < m->n_signatures; i++)
		for (size_t k = 0; k < m->signatures[i].n_tags; k++) {
			const struct dkim_tag *tag = &m->signatures[i].tags[k];
			if (span_eq(tag->name, SPAN_LIT("d")))
				add_domain(&d, file_span(m, tag->value), NULL, tag->value, false);
		}
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (!is_web(link) || link->url.flags & (URL_TAG | URL_IP_HOST))
			continue;
		size_t start = (size_t)(link->url.host.p - link->target->bytes.p);
		add_domain(&d, link->url.host, link->target, (struct range){ start, start + link->url.host.n }, false);
	}
	return d;
}

static void free_domains(struct domains *d)
{
	g_array_free(d->all, TRUE);
	g_hash_table_destroy(d->seen);
}

static void report_domain(struct check *c, const struct domain *domain, const char *kind, struct span shown, struct span other)
{
	if (domain->text)
		check_report_text(c, domain->text, domain->range, kind, ARG_T("host", domain->name), ARG_T("unicode", shown), ARG_T("other", other));
	else
		check_report(c, domain->range, kind, ARG_T("host", domain->name), ARG_T("unicode", shown), ARG_T("other", other));
}

/* with: cases (those that the rule is about). Cases: mixed (a label whose scripts UTS #39 does not let stand together), invalid (no valid name by
 * UTS #46), symbol (emoji and other signs, which IDNA2008 has not). */
CHECK(idn_host)
{
	const char *const *cases = rule_setting_list(check_rule(c), "cases");
	struct domains d = collect_domains(c, m);
	struct idn *idn = NULL;

	for (guint i = 0; i < d.all->len; i++) {
		const struct domain *domain = &g_array_index(d.all, struct domain, i);
		if (span_is_ascii(domain->name) && span_find_ci(domain->name, SPAN_LIT("xn--"), 0) == domain->name.n)
			continue;
		if (!idn)
			idn = idn_new();
		struct idn_host host = idn_examine(idn, check_arena(c), domain->name);
		const char *kind = host.flags & IDN_INVALID ? "invalid" : host.flags & IDN_MIXED ? "mixed" : host.flags & IDN_SYMBOL ? "symbol" : NULL;
		if (kind && word_in_list(cases, span_str(kind)))
			report_domain(c, domain, kind, host.bad_label.n ? host.bad_label : host.unicode, SPAN_EMPTY);
	}
	idn_free(idn);
	free_domains(&d);
}

/* The registrable name with U-labels, in small letters. */
static struct span readable_organisation(struct check *c, struct idn **idn, struct span name)
{
	char *lower = arena_copy(check_arena(c), name);

	for (size_t i = 0; i < name.n; i++)
		lower[i] = ascii_lower(lower[i]);
	name = span_of(lower, name.n);
	if (!span_is_ascii(name) || span_find(name, SPAN_LIT("xn--"), 0) < name.n) {
		if (!*idn)
			*idn = idn_new();
		name = idn_examine(*idn, check_arena(c), name).unicode;
	}
	return host_organisation(name);
}

/* Can a name that begins so have this skeleton? Its first letter stays what it is, but for 0 and 1, and for rn and vv, which look like others. */
static bool may_look_alike(char first, struct span skeleton)
{
	return skeleton.n && (first == skeleton.p[0] || first == 'r' || first == 'v' || !ascii_is_alpha(first));
}

/* with: names (well-known domains). A domain that looks like the sender's own, or like one of these, and is another. Cases: own, known. */
CHECK(host_look_alike)
{
	enum { MOST_OWN = 8 };
	const char *const *names = rule_setting_list(check_rule(c), "names");
	struct span own[MOST_OWN], own_skeleton[MOST_OWN];
	struct domains d = collect_domains(c, m);
	struct idn *idn = NULL;
	size_t n_own = 0;

	const struct list_options *list = check_options(c)->list;
	for (const char *const *domain = list ? list->domains : NULL; domain && *domain && n_own < MOST_OWN / 2; domain++) {
		own[n_own] = readable_organisation(c, &idn, span_str(*domain));
		own_skeleton[n_own] = idn_skeleton(check_arena(c), own[n_own]);
		n_own++;
	}
	for (guint i = 0; i < d.all->len; i++) {
		const struct domain *domain = &g_array_index(d.all, struct domain, i);
		struct span organisation = readable_organisation(c, &idn, domain->name), skeleton = idn_skeleton(check_arena(c), organisation);
		bool is_own = false;
		size_t alike = n_own;
		for (size_t k = 0; k < n_own; k++) {
			is_own |= span_eq(own[k], organisation);
			if (alike == n_own && span_eq(own_skeleton[k], skeleton))
				alike = k;
		}
		if (is_own)
			continue;
		const char *const *known = names;
		bool is_known = word_in_list(names, organisation);
		while (!is_known && known && *known && !(may_look_alike(**known, skeleton) && span_eq(idn_skeleton(check_arena(c), span_str(*known)), skeleton)))
			known++;
		if (alike < n_own)
			report_domain(c, domain, "own", organisation, own[alike]);
		else if (!is_known && known && *known)
			report_domain(c, domain, "known", organisation, span_str(*known));
		else if (domain->of_sender && n_own < MOST_OWN) {
			own[n_own] = organisation;
			own_skeleton[n_own++] = skeleton;
		}
	}
	idn_free(idn);
	free_domains(&d);
}

/* --- characters ---------------------------------------------------------------------------------------------------------------- */

/* Characters that nobody sees, and those that turn the direction of writing. */
static bool is_invisible(uint32_t ch)
{
	return ch < 0x20 || ch == 0x7F || ch == 0xAD || (ch >= 0x200B && ch <= 0x200F) || (ch >= 0x202A && ch <= 0x202E) ||
	       (ch >= 0x2060 && ch <= 0x2069) || ch == 0xFEFF;
}

static bool is_break(uint32_t ch)
{
	return ch == '\t' || ch == '\r' || ch == '\n';
}

/* The first invisible character at or behind from; false where none. */
static bool find_invisible(struct span s, size_t from, struct range *range, uint32_t *found)
{
	for (size_t at = from; at < s.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(s, &at);
		if (is_invisible(ch)) {
			*range = (struct range){ start, at };
			*found = ch;
			return true;
		}
	}
	return false;
}

static struct span percent_decoded(struct arena *arena, struct span s)
{
	char *out = arena_alloc(arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? ascii_hex_value(s.p[i + 1]) : -1, low = high >= 0 ? ascii_hex_value(s.p[i + 2]) : -1;
		if (low >= 0) {
			out[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			out[n++] = s.p[i];
		}
	}
	return span_of(out, n);
}

static void report_invisible(struct check *c, const struct text *text, struct range range, uint32_t ch, const char *kind)
{
	char code[16];

	g_snprintf(code, sizeof code, "U+%04X", ch);
	check_report_text(c, text, range, kind, ARG_T("code", span_str(code)));
}

/* An invisible character that parts a URL of plain text: the URL ends in front of it for us, and goes on right behind. */
static bool parted_in_text(const struct link *link, struct range *range, uint32_t *ch)
{
	const struct text *source = link->body->source;
	size_t at = text_to_ancestor(link->target, 0, link->target->bytes.n, source).end, start = at;
	struct span s = source->bytes;

	*ch = at < s.n ? utf8_next(s, &at) : 0;
	*range = (struct range){ start, at };
	return *ch >= 0x80 && is_invisible(*ch) && at < s.n && (ascii_is_alnum(s.p[at]) || strchr("./-_?=&%", s.p[at])) && s.p[at];
}

/* Cases: host, path (anywhere else in the URL), break (a line end or TAB, which browsers drop), label (visible text that is a URL). */
CHECK(url_invisible)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct span target = link->target->bytes, host = link->url.host;
		struct range range;
		uint32_t ch;
		if (!is_web(link) || link->kind == LINK_HEADER || link->kind == LINK_OTHER || link->url.flags & URL_TAG)
			continue;
		size_t host_start = host.n ? (size_t)(host.p - target.p) : target.n;
		if (find_invisible(target, 0, &range, &ch)) {
			bool in_host = range.start >= host_start && range.start < host_start + host.n;
			report_invisible(c, link->target, range, ch, is_break(ch) ? "break" : in_host ? "host" : "path");
		} else if (memchr(host.n ? host.p : "", '%', host.n) &&
			   find_invisible(percent_decoded(check_arena(c), host), 0, &range, &ch)) {
			report_invisible(c, link->target, (struct range){ host_start, host_start + host.n }, ch, "host");
		} else if (link->kind == LINK_TEXT && parted_in_text(link, &range, &ch)) {
			report_invisible(c, link->body->source, range, ch, link->url.path.n ? "path" : "host");
		} else if (link->label && (span_starts_ci(link->label->bytes, SPAN_LIT("http")) || span_starts_ci(link->label->bytes, SPAN_LIT("www."))) &&
			   span_find_byte(span_trim(link->label->bytes), ' ', 0) == span_trim(link->label->bytes).n &&
			   find_invisible(link->label->bytes, 0, &range, &ch) && !is_break(ch) && range.end < span_trim(link->label->bytes).n) {
			report_invisible(c, link->label, range, ch, "label");
		}
	}
}

/* --- where links lead ------------------------------------------------------------------------------------------------------------ */

static bool is_own(const struct message *m, struct span organisation)
{
	const struct address_list *lists[] = { &m->from, &m->reply_to, &m->sender };

	for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
		for (size_t i = 0; i < lists[k]->n && i < 8; i++)
			if (span_eq_ci(host_organisation(lists[k]->mailboxes[i].domain), organisation))
				return true;
	return false;
}

/* How many links lead to each organisation; keys in small letters. */
static GHashTable *count_organisations(const struct message *m, size_t *links)
{
	GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	*links = 0;
	for (size_t i = 0; i < m->n_links; i++) {
		if (!is_followed(&m->links[i]) || !m->links[i].url.host.n)
			continue;
		struct span organisation = host_organisation(m->links[i].url.host);
		char *key = g_ascii_strdown(organisation.p, (gssize)organisation.n);
		g_hash_table_insert(counts, key, GSIZE_TO_POINTER(GPOINTER_TO_SIZE(g_hash_table_lookup(counts, key)) + 1));
		++*links;
	}
	return counts;
}

static size_t count_of(GHashTable *counts, struct span organisation)
{
	char *key = g_ascii_strdown(organisation.p, (gssize)organisation.n);
	size_t count = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, key));

	g_free(key);
	return count;
}

/* with: normal (organisations that everybody links to), most. Cases: many (links lead to more foreign organisations than most), none-own (several
 * links, none to the sender's domain, and not all through one host, which counts clicks). The place: the first foreign link. */
CHECK(link_foreign)
{
	const char *const *normal = rule_setting_list(check_rule(c), "normal");
	size_t most = (size_t)rule_setting_int(check_rule(c), "most", 10), links, foreign = 0, busiest = 0;
	const struct link *first = NULL;
	bool own = false;

	if (m->from.n == 0) {
		check_not_applicable(c);
		return;
	}
	GHashTable *counts = count_organisations(m, &links), *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct span organisation = host_organisation(link->url.host);
		if (!is_followed(link) || !organisation.n || word_in_list(normal, organisation))
			continue;
		if (is_own(m, organisation) || list_owns_host(c, link->url.host)) {
			own = true;
			continue;
		}
		size_t count = count_of(counts, organisation);
		busiest = count > busiest ? count : busiest;
		foreign += g_hash_table_add(seen, g_ascii_strdown(organisation.p, (gssize)organisation.n));
		first = first ? first : link;
	}
	if (first && (foreign > most || (!own && foreign >= 2 && busiest * 2 <= links)))
		check_report_text(c, first->target, whole(first->target), foreign > most ? "many" : "none-own", ARG_I("count", foreign),
				  ARG_T("host", first->url.host));
	g_hash_table_destroy(counts);
	g_hash_table_destroy(seen);
}

/* Do host and path begin as an entry "host/path" says? A host without "www." of its own is meant with it, too. */
static bool is_redirector(struct check *c, struct word_list entries, struct span host, struct span path)
{
	enum { LONGEST_PATH = 40 };

	if (span_starts_ci(host, SPAN_LIT("www.")))
		host = span_cut(host, 4, host.n);
	path = span_cut(path, 0, path.n < LONGEST_PATH ? path.n : LONGEST_PATH);
	char *both = arena_alloc(check_arena(c), host.n + path.n + 1);
	memcpy(both, host.p, host.n);
	if (path.n)
		memcpy(both + host.n, path.p, path.n);
	for (size_t n = host.n + 1; n <= host.n + path.n; n++)
		if (word_list_has(entries, span_of(both, n)))
			return true;
	return false;
}

/* Is the parameter in front of the place one that says where to go after a login or what to share? */
static bool is_named_return(struct span query, size_t at, const char *const *parameters)
{
	size_t equal = at;

	while (equal > 0 && query.p[equal - 1] != '&' && query.p[equal - 1] != '=')
		equal--;
	if (!equal || query.p[equal - 1] != '=')
		return false;
	size_t start = equal - 1;
	while (start > 0 && query.p[start - 1] != '&' && query.p[start - 1] != ';')
		start--;
	return word_in_list(parameters, span_cut(query, start, equal - 1));
}

/* Does the URL whose scheme begins at the place stay in the house of organisation? */
static bool stays_in(struct span s, size_t at, size_t n_sign, struct span organisation)
{
	size_t start = at + n_sign, end = start;

	while (end < s.n && (ascii_is_alnum(s.p[end]) || s.p[end] == '.' || s.p[end] == '-'))
		end++;
	return span_eq_ci(host_organisation(span_cut(s, start, end)), organisation);
}

/* with: redirectors ("host/path"), sharing (hosts), parameters. Cases: redirector (a public one with a target in it), nested (a URL of another house in
 * the path or query of a foreign host that is not the one most links pass). */
CHECK(link_redirector)
{
	struct word_list redirectors = rule_setting_words(check_rule(c), "redirectors");
	const char *const *sharing = rule_setting_list(check_rule(c), "sharing");
	const char *const *parameters = rule_setting_list(check_rule(c), "parameters");
	static const char *const signs[] = { "http://", "https://", "http%3a%2f%2f", "https%3a%2f%2f" };
	size_t links;
	GHashTable *counts = count_organisations(m, &links);

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (!is_followed(link))
			continue;
		struct span host = url_host_lower(check_arena(c), &link->url), organisation = host_organisation(host);
		const char *kind = is_redirector(c, redirectors, host, link->url.path) ? "redirector" : NULL;
		struct span query = link->url.query, path = link->url.path;
		for (size_t k = 0; k < G_N_ELEMENTS(signs) && !kind; k++) {
			size_t n = strlen(signs[k]), at = span_find_ci(query, span_str(signs[k]), 0);
			if (at < query.n && !is_named_return(query, at, parameters) && !stays_in(query, at, n, organisation))
				kind = "nested";
			at = span_find_ci(path, span_str(signs[k]), 0);
			if (at < path.n && !stays_in(path, at, n, organisation))
				kind = "nested";
		}
		if (!kind)
			continue;
		size_t count = count_of(counts, organisation);
		if (kind[0] == 'n' && (is_own(m, organisation) || word_in_list(sharing, organisation) || (count >= 2 && count * 2 > links)))
			continue;
		check_report_text(c, link->target, whole(link->target), kind, ARG_T("host", host));
	}
	g_hash_table_destroy(counts);
}

static bool is_address_byte(char ch)
{
	return ascii_is_alnum(ch) || ch == '.' || ch == '_' || ch == '-' || ch == '+';
}

/* Does the place lie in a parameter that names a message? Message-IDs have the form of addresses. */
static bool is_message_id(struct span query, size_t at)
{
	static const char *const names[] = { "selm", "msgid", "messageid", "message-id", "message_id", "mid", NULL };

	return is_named_return(query, at, names);
}

/* A mail address in a query, "@" or "%40". */
static bool find_address(struct span query, struct range *range, struct span *domain)
{
	for (size_t at = 0; at < query.n; at++) {
		size_t sign = query.p[at] == '@' ? 1 : span_starts(span_cut(query, at, query.n), SPAN_LIT("%40")) ? 3 : 0, start = at, end = at + sign;
		if (!sign)
			continue;
		while (start > 0 && is_address_byte(query.p[start - 1]))
			start--;
		while (end < query.n && (ascii_is_alnum(query.p[end]) || query.p[end] == '.' || query.p[end] == '-'))
			end++;
		struct span name = span_cut(query, at + sign, end);
		size_t dot = name.n;
		while (dot > 0 && name.p[dot - 1] != '.')
			dot--;
		if (start < at && !is_message_id(query, start) && dot > 1 && name.n - dot >= 2 && ascii_is_alpha(name.p[dot])) {
			*range = (struct range){ start, end };
			*domain = name;
			return true;
		}
	}
	return false;
}

/* The same utm_ parameter twice. */
static bool find_repeated_utm(struct span query, struct range *range, struct span *name)
{
	enum { MOST = 16 };
	struct span seen[MOST];
	size_t n = 0;

	for (size_t at = 0; at < query.n;) {
		size_t end = span_find_byte(query, '&', at), equal = span_find_byte(query, '=', at);
		*name = span_cut(query, at, equal < end ? equal : end);
		if (span_starts_ci(*name, SPAN_LIT("amp;")))
			*name = span_cut(*name, 4, name->n);
		*range = (struct range){ at, end };
		at = end + 1;
		if (!span_starts_ci(*name, SPAN_LIT("utm_")))
			continue;
		for (size_t i = 0; i < n; i++)
			if (span_eq_ci(seen[i], *name))
				return true;
		if (n < MOST)
			seen[n++] = *name;
	}
	return false;
}

struct tally {
	const struct link *first;
	struct range range;
	struct span what;
	size_t count;
};

static void add_to_tally(struct tally *t, const struct link *link, struct range range, struct span what)
{
	if (!t->count++)
		*t = (struct tally){ link, range, what, 1 };
}

/* with: longest (characters). Cases: address (a reader's mail address in the query), repeated (a utm_ parameter twice), long. Of each case the
 * first link, with the count. */
CHECK(link_query)
{
	enum { ADDRESS, REPEATED, LONG, N_CASES };
	static const char *const names[N_CASES] = { "address", "repeated", "long" };
	size_t longest = (size_t)rule_setting_int(check_rule(c), "longest", 2000);
	struct tally tallies[N_CASES] = { 0 };

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct span query = link->url.query, what;
		struct range range;
		if (!is_followed(link))
			continue;
		size_t offset = query.n ? (size_t)(query.p - link->target->bytes.p) : 0;
		if (find_address(query, &range, &what) && !is_own(m, host_organisation(what)))
			add_to_tally(&tallies[ADDRESS], link, (struct range){ offset + range.start, offset + range.end },
				     span_cut(query, range.start, range.end));
		if (find_repeated_utm(query, &range, &what))
			add_to_tally(&tallies[REPEATED], link, (struct range){ offset + range.start, offset + range.end }, what);
		if (link->target->bytes.n > longest)
			add_to_tally(&tallies[LONG], link, whole(link->target), SPAN_EMPTY);
	}
	for (size_t k = 0; k < N_CASES; k++)
		if (tallies[k].count)
			check_report_text(c, tallies[k].first->target, tallies[k].range, names[k], ARG_I("count", tallies[k].count),
					  ARG_T("what", tallies[k].what), ARG_I("length", tallies[k].first->target->bytes.n));
}

/* with: extensions (of blocked types), open_in_browser (path words of pages that show a file). A link to a file of a type that is blocked. */
CHECK(link_download)
{
	struct word_list extensions = rule_setting_words(check_rule(c), "extensions");
	const char *const *shown = rule_setting_list(check_rule(c), "open_in_browser");

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct span path = link->url.path;
		if (!is_followed(link))
			continue;
		size_t slash = path.n, dot;
		while (slash > 0 && path.p[slash - 1] != '/')
			slash--;
		for (dot = path.n; dot > slash && path.p[dot - 1] != '.';)
			dot--;
		struct span extension = span_cut(path, dot, path.n);
		/* "/www.hanami-books.com" ends in a host, not in a file of the type .com. */
		if (dot <= slash + 1 || span_eq_ci(extension, SPAN_LIT("com")) || !word_list_has(extensions, extension))
			continue;
		/* A library that the server runs, as old shops had it: "eBayISAPI.dll?ViewItem". */
		bool page = link->url.query.n && span_eq_ci(extension, SPAN_LIT("dll"));
		for (const char *const *word = shown; word && *word; word++)
			page |= span_find(path, span_str(*word), 0) < path.n;
		if (!page)
			check_report_text(c, link->target, whole(link->target), NULL, ARG_T("extension", extension), ARG_T("host", link->url.host));
	}
}

/* --- words and addresses of links ------------------------------------------------------------------------------------------------ */

/* Without signs at the ends: "» Click here! ". */
static struct span bare_words(struct span s)
{
	size_t start = 0, end = s.n;

	for (size_t at = 0; at < s.n; start = at)
		if (g_unichar_isalnum(utf8_next(s, &at)))
			break;
	while (end > start) {
		size_t before = end;
		if (g_unichar_isalnum(utf8_previous(s, &before)))
			break;
		end = before;
	}
	return span_cut(s, start, end);
}

/* with: phrases (form L1). A link whose words say nothing of where it leads. The first, with the count. */
CHECK(link_label_empty)
{
	const char *const *phrases = rule_setting_list(check_rule(c), "phrases");
	const struct link *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->kind != LINK_ANCHOR || !link->label || link->hidden || link->label->bytes.n > 100)
			continue;
		const struct html_element *e = &link->body->html->elements[link->element];
		if (html_attribute(e, "title") || html_attribute(e, "aria-label") || html_attribute(e, "aria-labelledby"))
			continue;
		if (!word_in_list(phrases, bare_words(normal_l1(check_arena(c), link->label)->bytes)))
			continue;
		first = count++ ? first : link;
	}
	if (count)
		check_report_text(c, first->label, whole(first->label), NULL, ARG_I("count", count), ARG_T("label", first->label->bytes));
}

/* Is the address whole? Blank ends, and the name of somebody in front of it, are as mail programs take them. */
static const char *address_fault(struct check *c, struct span address)
{
	struct span trimmed = span_trim(address);
	struct mailbox box = address_parse_spec(check_arena(c), trimmed);

	if (box.flags & MAILBOX_TAG || tag_scan(check_arena(c), trimmed).n)
		return NULL;
	if (span_starts(trimmed, SPAN_LIT("//")))
		return "slashes";
	if (box.flags & (MAILBOX_NO_DOMAIN | MAILBOX_NO_LOCAL | MAILBOX_NO_ADDRESS))
		return "incomplete";
	if (box.flags & (MAILBOX_BAD_DOMAIN | MAILBOX_NO_DOT | MAILBOX_FULL_WIDTH | MAILBOX_LOCAL_CHARACTER | MAILBOX_JUNK_BEHIND | MAILBOX_UNBALANCED))
		return "malformed";
	if (box.flags & MAILBOX_DOTS)
		return "dots";
	return NULL;
}

/* Cases: incomplete, malformed, dots (of the local part, which old Japanese mobile addresses have), slashes ("mailto://"). The address may be left
 * out where there is a query (RFC 6068, section 2). */
CHECK(mailto_address)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct span target = link->target->bytes;
		if (link->kind == LINK_HEADER || !span_starts_ci(target, SPAN_LIT("mailto:")))
			continue;
		size_t query = span_find_byte(target, '?', 7), start = 7;
		if (query == start) {
			continue;
		} else if (start == target.n) {
			check_report_text(c, link->target, whole(link->target), "incomplete", ARG_T("address", SPAN_EMPTY));
			continue;
		}
		while (start < query) {
			size_t end = span_find_byte(span_cut(target, 0, query), ',', start);
			struct span address = percent_decoded(check_arena(c), span_cut(target, start, end));
			const char *fault = address_fault(c, address);
			if (fault) {
				check_report_text(c, link->target, ((struct range){ start, end }), fault, ARG_T("address", address));
				break;
			}
			start = end + 1;
		}
	}
}
