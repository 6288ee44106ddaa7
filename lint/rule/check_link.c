/* Checks of links: schemes, hosts, what the reader sees against where it leads, and the visible way to unsubscribe. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"
#include "rule/optout.h"

static bool is_web(const struct link *link)
{
	return span_eq_ci(link->url.scheme, SPAN_LIT("http")) || span_eq_ci(link->url.scheme, SPAN_LIT("https"));
}

static void report_link(struct check *c, const struct link *link, const char *kind)
{
	check_report_text(c, link->target, ((struct range){ 0, link->target->bytes.n }), kind, ARG_T("url", link->target->bytes),
			  ARG_T("host", link->url.host), ARG_T("scheme", link->url.scheme));
}

/* Has the target no scheme? "hanami-books.jp:8080/may" has a port and none, though it looks as if. */
static bool lacks_scheme(const struct link *link)
{
	struct span target = link->target->bytes, scheme = link->url.scheme;

	if (link->url.flags & URL_NO_SCHEME)
		return true;
	return (span_find_byte(scheme, '.', 0) < scheme.n || span_eq_ci(scheme, SPAN_LIT("localhost"))) && scheme.n + 1 < target.n &&
	       ascii_is_digit(target.p[scheme.n + 1]);
}

/* with: schemes, images (true: pictures; else anchors and forms), known (schemes that every mail program opens; where given, any other is an
 * app's). Cases: the scheme in small letters, app. The place is the scheme with what stands before the first comma: a picture in a data:
 * URL may fill the whole file. */
CHECK(link_scheme)
{
	const char *const *schemes = rule_setting_list(check_rule(c), "schemes");
	const char *const *known = rule_setting_list(check_rule(c), "known");
	bool images = strcmp(rule_setting(check_rule(c), "images", "false"), "true") == 0;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		bool wanted = images ? link->kind == LINK_IMAGE : link->kind == LINK_ANCHOR || link->kind == LINK_FORM;
		if (!wanted || !link->url.scheme.n)
			continue;
		bool listed = word_in_list(schemes, link->url.scheme);
		if (!listed && (!known || word_in_list(known, link->url.scheme) || link->url.flags & URL_TAG || lacks_scheme(link)))
			continue;
		size_t end = span_eq_ci(link->url.scheme, SPAN_LIT("data")) ? span_find_byte(link->target->bytes, ',', 0) : link->target->bytes.n;
		char *kind = arena_printf(check_arena(c), "%.*s", (int)link->url.scheme.n, link->url.scheme.p);
		for (char *p = kind; *p; p++)
			*p = ascii_lower(*p);
		check_report_text(c, link->target, ((struct range){ 0, end }), listed ? kind : "app", ARG_T("scheme", link->url.scheme));
	}
}

/* A target in a spelling of tags that we do not know: it begins with a sign that no relative address begins with. */
static bool looks_like_a_tag(struct span target)
{
	return target.n && memchr("[]{}<>%$@!*~^|_&", target.p[0], 16) != NULL;
}

/* Links of one body with one fault: one finding, at the first, with their number and the first three targets. */
struct link_fault {
	const struct link *first;
	size_t count;
	GString *targets; /* different ones */
};

static void add_to_fault(struct link_fault *fault, const struct link *link)
{
	enum { MOST_TARGETS = 3, LONGEST_CHARS = 60 };
	struct span target = link->target->bytes;

	if (!fault->count++) {
		fault->first = link;
		fault->targets = g_string_new_len(target.p, (gssize)utf8_offset(target, LONGEST_CHARS));
	} else if (fault->count <= MOST_TARGETS && !span_eq(target, fault->first->target->bytes)) {
		g_string_append(fault->targets, ", ");
		g_string_append_len(fault->targets, target.p, (gssize)utf8_offset(target, LONGEST_CHARS));
	}
}

static void tell_fault(struct check *c, const struct link_fault *fault, const char *kind)
{
	if (!fault->count)
		return;
	check_report_text(c, fault->first->target, ((struct range){ 0, fault->first->target->bytes.n }), kind, ARG_I("count", fault->count),
			  ARG_T("urls", span_of(fault->targets->str, fault->targets->len)));
	g_string_free(fault->targets, TRUE);
}

/* What a reader finds between <a> and </a>. */
enum anchor_content { CONTENT_UNSURE, CONTENT_NOTHING, CONTENT_MUTE_PICTURES, CONTENT_WORDS };

/* Comments inside may hold a button for Outlook, and a style may draw one. */
static enum anchor_content anchor_content(const struct link *link)
{
	const struct html *html = link->body->html;
	const struct html_element *a = &html->elements[link->element];
	const struct html_attribute *style = html_attribute(a, "style");
	bool picture = false;

	if (span_trim(link->label->bytes).n || has_words_to_hear(html, link->element))
		return CONTENT_WORDS;
	if (a->end_tag.end <= a->end_tag.start || html_attribute(a, "class") || html_attribute(a, "aria-label") || html_attribute(a, "aria-labelledby") || html_attribute(a, "title") ||
	    (style && span_find_ci(style->value->bytes, SPAN_LIT("background"), 0) < style->value->bytes.n))
		return CONTENT_UNSURE;
	if (span_find(span_cut(html->source->bytes, a->start_tag.end, a->end_tag.start), SPAN_LIT("<!--"), 0) < a->end_tag.start - a->start_tag.end)
		return CONTENT_UNSURE;
	for (size_t k = link->element + 1; k < html->n_elements && html->elements[k].start_tag.start < a->end_tag.start; k++) {
		const struct html_element *e = &html->elements[k];
		if (html_attribute(e, "aria-label") || html_attribute(e, "aria-labelledby") || html_attribute(e, "title"))
			return CONTENT_UNSURE;
		if (!span_eq(e->name, SPAN_LIT("img"))) {
			/* Text formatting shows nothing by itself; anything else may. */
			static const char *const formats[] = { "span", "b", "i", "u", "em", "strong", "font", "br", "small", "big", NULL };
			if (!word_in_list(formats, e->name))
				return CONTENT_UNSURE;
			continue;
		}
		/* A picture without an alt attribute is another rule's. */
		if (!html_attribute(e, "alt") || e->style.hidden != HTML_VISIBLE)
			return CONTENT_UNSURE;
		picture = true;
	}
	return picture ? CONTENT_MUTE_PICTURES : CONTENT_NOTHING;
}

/* A link with nothing in it that a reader could follow. */
static bool is_bare_anchor(const struct link *link)
{
	return link->label && !link->hidden && span_eq(link->body->html->elements[link->element].name, SPAN_LIT("a")) &&
	       anchor_content(link) == CONTENT_NOTHING;
}

/* Cases: relative, network-path (//host) of links; image, image-network-path of pictures. One finding of a case in a body: what is missing is
 * one and the same for all of them. <a href="top"></a>, meant as a place to jump to, is link_empty's. */
CHECK(link_relative)
{
	enum { RELATIVE, NETWORK_PATH, IMAGE, IMAGE_NETWORK_PATH, N_CASES };
	static const char *const names[N_CASES] = { "relative", "network-path", "image", "image-network-path" };

	for (size_t i = 0; i < m->n_links;) {
		const struct body *body = m->links[i].body;
		struct link_fault faults[N_CASES] = { 0 };
		for (; i < m->n_links && m->links[i].body == body; i++) {
			const struct link *link = &m->links[i];
			if ((link->kind != LINK_ANCHOR && link->kind != LINK_IMAGE) || link->url.flags & (URL_TAG | URL_EMPTY | URL_FRAGMENT_ONLY) ||
			    looks_like_a_tag(link->target->bytes))
				continue;
			int image = link->kind == LINK_IMAGE ? IMAGE - RELATIVE : 0;
			if (link->url.flags & URL_NETWORK_PATH)
				add_to_fault(&faults[NETWORK_PATH + image], link);
			else if (lacks_scheme(link) && !is_bare_anchor(link))
				add_to_fault(&faults[RELATIVE + image], link);
		}
		for (size_t k = 0; k < N_CASES; k++)
			tell_fault(c, &faults[k], names[k]);
	}
}

/* Cases: empty (no address), hash (a lone #), nothing (no words and no picture), mute (pictures with an empty alt text only). One finding of a
 * case in a body: a design whose links are still to come has many. */
CHECK(link_empty)
{
	enum { EMPTY, HASH, NOTHING, MUTE, N_CASES };
	static const char *const names[N_CASES] = { "empty", "hash", "nothing", "mute" };

	for (size_t i = 0; i < m->n_links;) {
		const struct body *body = m->links[i].body;
		struct link_fault faults[N_CASES] = { 0 };
		for (; i < m->n_links && m->links[i].body == body; i++) {
			const struct link *link = &m->links[i];
			if (link->kind != LINK_ANCHOR)
				continue;
			if (link->url.flags & URL_EMPTY) {
				add_to_fault(&faults[EMPTY], link);
			} else if (link->target->bytes.n == 1 && link->url.flags & URL_FRAGMENT_ONLY) {
				add_to_fault(&faults[HASH], link);
			} else if (!(link->url.flags & URL_FRAGMENT_ONLY) && is_bare_anchor(link)) {
				add_to_fault(&faults[NOTHING], link);
			} else if (link->label && !link->hidden && !lacks_scheme(link) && span_eq(body->html->elements[link->element].name, SPAN_LIT("a")) &&
				   anchor_content(link) == CONTENT_MUTE_PICTURES) {
				add_to_fault(&faults[MUTE], link);
			}
		}
		for (size_t k = 0; k < N_CASES; k++) {
			const struct link *first = faults[k].first;
			if (!first)
				continue;
			bool at_target = k == HASH || k == MUTE;
			const struct text *text = at_target ? first->target : body->html->source;
			struct range range = k == EMPTY	  ? first->attribute->name_range :
					     k == NOTHING ? body->html->elements[first->element].start_tag :
							    (struct range){ 0, first->target->bytes.n };
			check_report_text(c, text, range, names[k], ARG_I("count", faults[k].count),
					  ARG_T("urls", span_of(faults[k].targets->str, faults[k].targets->len)));
			g_string_free(faults[k].targets, TRUE);
		}
	}
}

/* Is the host in the list, or the host with the first step of the path ("goo.gl/maps")? */
static bool is_listed(struct word_list list, struct span host, struct span path)
{
	if (word_list_has_host(list, host))
		return true;
	enum { LONGEST = 64 }; /* no entry has more */
	size_t end = span_find_byte(path, '/', path.n ? 1 : 0);
	GString *entry = g_string_new_len(host.p, (gssize)host.n);
	g_string_append_len(entry, path.p, (gssize)MIN(end, LONGEST));
	bool found = word_list_has(list, span_of(entry->str, entry->len));
	g_string_free(entry, TRUE);
	return found;
}

/* with: hosts, first_party, the lists of optout.h. Links over a URL shortener; its home page is no short link. Cases: public, first-party (a
 * company's own short names), unsubscribe (of List-Unsubscribe), way-out (the link in the text for leaving the list). */
CHECK(link_shortener)
{
	struct word_list hosts = rule_setting_words(check_rule(c), "hosts");
	struct word_list first_party = rule_setting_words(check_rule(c), "first_party");
	struct optout_words words = optout_words_of(c);

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (!is_web(link) || link->kind == LINK_IMAGE || link->kind == LINK_OTHER || link->url.flags & URL_TAG || link->url.path.n < 2)
			continue;
		struct span host = url_host_lower(check_arena(c), &link->url);
		if (is_listed(first_party, host, link->url.path))
			report_link(c, link, "first-party");
		else if (is_listed(hosts, host, link->url.path))
			report_link(c, link, link->kind == LINK_HEADER ? "unsubscribe" : optout_in_words(c, link, &words) ? "way-out" : "public");
	}
}

/* A name for testing in front of the organisation's own: staging.hanami-books.jp, www-stg.hanami-books.jp. */
static bool has_label_of(struct span host, const char *const *labels)
{
	struct span organisation = host_organisation(host);
	size_t end = host.n - organisation.n;

	for (size_t at = 0; labels && at < end;) {
		size_t next = at;
		while (next < end && host.p[next] != '.' && host.p[next] != '-')
			next++;
		if (word_in_list(labels, span_cut(host, at, next)))
			return true;
		at = next + 1;
	}
	return false;
}

static bool is_reserved(struct span host, struct word_list hosts)
{
	return host_is_reserved_example(host) || span_ends_ci(host, SPAN_LIT(".test")) || span_ends_ci(host, SPAN_LIT(".invalid")) ||
	       word_list_has_host(hosts, host);
}

/* What is odd about the host, of the cases that the rule is about; NULL for nothing. */
static const char *host_case(const struct link *link, struct span host, const char *const *cases, const struct rule *rule)
{
	bool reserved = is_reserved(host, rule_setting_words(rule, "hosts")), internal = !reserved && host_is_internal(host);

	if (link->url.flags & URL_USERINFO && word_in_list(cases, SPAN_LIT("userinfo")))
		return "userinfo";
	if (reserved && word_in_list(cases, SPAN_LIT("reserved")))
		return "reserved";
	if (internal)
		return !word_in_list(cases, SPAN_LIT("internal")) ? NULL : link->url.flags & URL_IP_HOST ? "private" : "internal";
	if (word_in_list(cases, SPAN_LIT("staging"))) {
		if (has_label_of(host, rule_setting_list(rule, "labels")))
			return "staging";
		if (has_label_of(host, rule_setting_list(rule, "doubtful_labels")))
			return "doubtful";
	}
	if (link->url.flags & URL_IP_HOST && word_in_list(cases, SPAN_LIT("ip")))
		return "ip";
	return link->url.flags & URL_PORT && word_in_list(cases, SPAN_LIT("port")) ? "port" : NULL;
}

/* The reader's own machine: in prose it is what an instruction speaks of. */
static bool is_loopback(struct span host)
{
	return span_eq_ci(host, SPAN_LIT("localhost")) || span_starts(host, SPAN_LIT("127.")) || span_eq(host, SPAN_LIT("[::1]"));
}

/* with: cases (those that the rule is about), labels (of hosts for testing), doubtful_labels (which others have, too), hosts (more reserved
 * names). Cases: userinfo, reserved, internal, private (an internal IP address), staging, doubtful, ip, port; where "text" is among the
 * cases, it stands for the others in plain text, where an address may be an example, text-private for private and text-loopback for
 * localhost. */
CHECK(link_host)
{
	const char *const *cases = rule_setting_list(check_rule(c), "cases");
	const struct link *last = NULL;
	const char *last_kind = NULL;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (!is_web(link) || link->kind == LINK_HEADER || link->url.flags & URL_TAG)
			continue;
		struct span host = url_host_lower(check_arena(c), &link->url);
		/* What is odd about it hangs on these two; most links lead to the host of the link before. */
		bool again = last && last->url.flags == link->url.flags && span_eq(last->url.host, link->url.host);
		const char *kind = again ? last_kind : host_case(link, host, cases, check_rule(c));
		last = link;
		last_kind = kind;
		if (kind && link->kind == LINK_TEXT && word_in_list(cases, SPAN_LIT("text")) && strcmp(kind, "doubtful") != 0)
			kind = is_loopback(host) && word_in_list(cases, SPAN_LIT("internal")) ? "text-loopback" :
			       strcmp(kind, "private") == 0				      ? "text-private" :
											"text";
		if (kind)
			check_report_text(c, link->target, ((struct range){ 0, link->target->bytes.n }), kind, ARG_T("host", host),
					  ARG_T("port", link->url.port));
	}
}

/* A label that is itself an address: "https://..." or a bare host such as www.hanami-books.jp. Running text that merely mentions a
 * host, file names (Node.js) and version numbers are none. */
static bool label_host(const struct link *link, struct span *host, bool *has_scheme)
{
	struct span label = span_trim(link->label->bytes);
	struct url url = url_parse(label);

	if (span_find_byte(label, ' ', 0) < label.n || span_find_byte(label, '\n', 0) < label.n || label.n > 500)
		return false;
	*has_scheme = span_eq_ci(url.scheme, SPAN_LIT("http")) || span_eq_ci(url.scheme, SPAN_LIT("https"));
	if (*has_scheme) {
		*host = url.host;
		return url.host.n > 0 && !(url.flags & (URL_BAD_HOST | URL_TAG | URL_NON_ASCII));
	}
	/* A bare host needs a well-known ending, so that "Node.js" and "report.pdf" are not taken for one. */
	static const char *const endings[] = { ".com", ".net", ".org", ".jp", ".info", ".biz", ".edu", ".gov", ".uk", ".de", ".fr", ".eu", ".ca",
					       ".au", ".cn", ".kr", ".tw", ".shop", ".online", ".site" };
	static const char *const not_hosts[] = { "asp.net", "node.js", "vb.net", "ado.net", NULL };
	size_t end = 0;
	while (end < label.n && (ascii_is_alnum(label.p[end]) || label.p[end] == '.' || label.p[end] == '-'))
		end++;
	struct span candidate = span_cut(label, 0, end);
	if (end < label.n && label.p[end] != '/' && label.p[end] != ':')
		return false;
	if (word_in_list(not_hosts, candidate) || candidate.n < 4 || span_find_byte(label, '@', 0) < label.n)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
		if (span_ends_ci(candidate, span_str(endings[i]))) {
			*host = candidate;
			return true;
		}
	}
	return false;
}

/* How many links of the mail lead to each organisation; keys in small letters, "" for all of them. */
static GHashTable *count_organisations(const struct message *m)
{
	GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	size_t all = 0;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->kind != LINK_ANCHOR || !is_web(link))
			continue;
		struct span organisation = host_organisation(link->url.host);
		char *key = g_ascii_strdown(organisation.p, (gssize)organisation.n);
		g_hash_table_insert(counts, key, GSIZE_TO_POINTER(GPOINTER_TO_SIZE(g_hash_table_lookup(counts, key)) + 1));
		all++;
	}
	g_hash_table_insert(counts, g_strdup(""), GSIZE_TO_POINTER(all));
	return counts;
}

/* A host that counts clicks: the sender's own organisation, or the target of most links of a mail that has several. */
static bool is_tracker(const struct message *m, GHashTable *counts, struct span organisation)
{
	for (size_t i = 0; i < m->from.n && i < 8; i++)
		if (span_eq_ci(host_organisation(m->from.mailboxes[i].domain), organisation))
			return true;
	char *key = g_ascii_strdown(organisation.p, (gssize)organisation.n);
	size_t count = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, key)), all = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, ""));
	g_free(key);
	return count >= 3 && count * 2 > all;
}

static struct span first_label(struct span organisation)
{
	return span_cut(organisation, 0, span_find_byte(organisation, '.', 0));
}

/* The visible text is one address, the target another organisation's. Cases: host (an address with scheme or www), name (a bare host name, which
 * may be a brand), tracker (the target counts clicks), suffix (hanami.jp and hanami.com), scheme (text https, target http). */
CHECK(link_text_mismatch)
{
	GHashTable *counts = NULL;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct span shown;
		bool has_scheme = false;
		if (link->kind != LINK_ANCHOR || !link->label || !is_web(link) || link->url.flags & URL_TAG || link->hidden ||
		    !label_host(link, &shown, &has_scheme))
			continue;
		struct span label = span_trim(link->label->bytes);
		struct span shown_organisation = host_organisation(shown), organisation = host_organisation(link->url.host);
		const char *kind = NULL;
		if (!span_eq_ci(shown_organisation, organisation)) {
			if (!counts)
				counts = count_organisations(m);
			/* A target that carries the shown host in its query counts clicks and leads on. */
			size_t rest = link->url.host_offset + link->url.host.n;
			if (is_tracker(m, counts, organisation) || span_find_ci(link->url.whole, shown, rest) < link->url.whole.n)
				kind = "tracker";
			else if (span_eq_ci(first_label(shown_organisation), first_label(organisation)))
				kind = "suffix";
			else
				kind = has_scheme || span_starts_ci(label, SPAN_LIT("www.")) ? "host" : "name";
		} else if (has_scheme && span_starts_ci(label, SPAN_LIT("https:")) && span_eq_ci(link->url.scheme, SPAN_LIT("http"))) {
			kind = "scheme";
		}
		if (kind)
			check_report_text(c, link->target, ((struct range){ 0, link->target->bytes.n }), kind, ARG_T("shown", shown),
					  ARG_T("host", link->url.host));
	}
	if (counts)
		g_hash_table_destroy(counts);
}

/* Is what readers see an https address? Then another rule has told that the link is none. */
static bool shows_https(const struct link *link)
{
	return link->label && span_starts_ci(span_trim(link->label->bytes), SPAN_LIT("https://"));
}

/* Plain http. Cases: link, image; of each the first, with the count. */
CHECK(link_plain_http)
{
	const struct link *first[2] = { NULL, NULL };
	size_t count[2] = { 0, 0 };

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->kind == LINK_HEADER || link->kind == LINK_OTHER || !span_eq_ci(link->url.scheme, SPAN_LIT("http")) || shows_https(link))
			continue;
		int image = link->kind == LINK_IMAGE;
		if (!count[image]++)
			first[image] = link;
	}
	for (int k = 0; k < 2; k++)
		if (count[k])
			check_report_text(c, first[k]->target, ((struct range){ 0, first[k]->target->bytes.n }), k ? "image" : "link",
					  ARG_I("count", count[k]));
}

static bool is_url_byte(char ch)
{
	return ascii_is_alnum(ch) || (ch && strchr("-._~:/?#[]@!$&'()*+,;=%", ch));
}

/* Does the URL that ends a long line go on in the next one? That begins with a word that no prose has: signs of a URL in it, and nothing
 * else. Lines are wrapped from about 60 characters on; those of format=flowed end in a blank. *piece: the word. */
static bool is_wrapped(struct span s, struct range url, struct span *piece)
{
	enum { SHORTEST_LINE = 60, LONGEST_LINE = 200 };
	size_t start = url.start, at = url.end;

	while (start > 0 && url.end - start < LONGEST_LINE && s.p[start - 1] != '\n')
		start--;
	if (at >= s.n || (s.p[at] != '\r' && s.p[at] != '\n') || utf8_count(span_cut(s, start, at)) < SHORTEST_LINE)
		return false;
	at += s.p[at] == '\r';
	at += at < s.n && s.p[at] == '\n';
	size_t end = at;
	bool sign = false;
	while (end < s.n && end - at < LONGEST_LINE && is_url_byte(s.p[end])) {
		sign |= strchr("=&%", s.p[end]) != NULL;
		end++;
	}
	*piece = span_cut(s, at, end);
	bool ends_line = end == s.n || ascii_is_space(s.p[end]);
	bool is_url = span_find(*piece, SPAN_LIT("://"), 0) < piece->n || span_starts_ci(*piece, SPAN_LIT("www."));
	return ends_line && piece->n >= 3 && sign && !is_url && ascii_is_alnum(piece->p[piece->n - 1]) && piece->p[0] != '=' && piece->p[0] != '*';
}

/* A URL in running text that does not end where it should. Cases: letter (a Japanese letter right behind it), mark (a comma or full stop, which
 * most mail programs know for none of the URL), wrapped (a line end inside of it). Brackets that close and wide blanks part it well enough. */
CHECK(link_touched)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->kind != LINK_TEXT)
			continue;
		const struct text *source = link->body->source;
		struct range range = text_to_ancestor(link->target, 0, link->target->bytes.n, source);
		struct span piece;
		size_t at = range.end;
		uint32_t ch = at < source->bytes.n ? utf8_next(source->bytes, &at) : 0;
		bool letter = (ch >= 0x3041 && ch <= 0x30FA) || (ch >= 0x30FC && ch <= 0x30FF) || (ch >= 0x3400 && ch <= 0x9FFF) ||
			      (ch >= 0xFF10 && ch <= 0xFF5A && (ch <= 0xFF19 || ch >= 0xFF41 || (ch >= 0xFF21 && ch <= 0xFF3A)));
		bool mark = ch == 0x3001 || ch == 0x3002 || ch == 0xFF0C || ch == 0xFF0E || ch == 0xFF01 || ch == 0xFF1F || ch == 0x30FB;
		if (letter || mark)
			check_report_text(c, source, range, letter ? "letter" : "mark", ARG_T("behind", span_cut(source->bytes, range.end, at)));
		else if (is_web(link) && is_wrapped(source->bytes, range, &piece))
			check_report_text(c, source, range, "wrapped", ARG_T("behind", piece));
	}
}

/* --- unsubscribe in the text --------------------------------------------------------------------------------------------------- */

/* Can a reader follow it: the web, mail, or a tag that becomes either? A path without a host is another rule's. */
static bool leads_somewhere(const struct link *link)
{
	if (link->url.flags & (URL_EMPTY | URL_FRAGMENT_ONLY))
		return looks_like_a_tag(link->target->bytes) || span_starts(link->target->bytes, SPAN_LIT("##")); /* ##LEAVE## */
	return is_web(link) || span_eq_ci(link->url.scheme, SPAN_LIT("mailto")) || link->url.flags & (URL_TAG | URL_NO_SCHEME);
}

static bool is_unsubscribe_link(struct check *c, const struct link *link, const struct optout_words *words)
{
	return !link->hidden && leads_somewhere(link) && optout_promised(c, link, words);
}

/* The links of a body are a block of m->links, and blocks are in the order of bodies: move *from to the start of the block and return its
 * end. */
static size_t links_of(const struct message *m, const struct body *body, size_t *from)
{
	while (*from < m->n_links && m->links[*from].body && m->links[*from].body < body)
		++*from;
	size_t end = *from;
	while (end < m->n_links && m->links[end].body == body)
		end++;
	return end;
}

static bool is_mailbox_in(const struct address_list *list, struct span local, struct span domain)
{
	enum { MOST = 16 }; /* a list or a reader, not a mailing to everybody */

	for (size_t i = 0; i < list->n && i < MOST; i++)
		if (span_eq_ci(list->mailboxes[i].local, local) && span_eq_ci(list->mailboxes[i].domain, domain))
			return true;
	return false;
}

/* Does the address that the mail goes to, a list's or the reader's own, stand around the @ at place? Who writes there does not leave. */
static bool is_where_it_goes(const struct message *m, struct span l1, size_t place)
{
	size_t start = place, end = place + 1;

	while (start > 0 && (ascii_is_alnum(l1.p[start - 1]) || memchr("._-+=", l1.p[start - 1], 5)))
		start--;
	while (end < l1.n && (ascii_is_alnum(l1.p[end]) || l1.p[end] == '.' || l1.p[end] == '-'))
		end++;
	while (end > place + 1 && l1.p[end - 1] == '.')
		end--;
	struct span local = span_cut(l1, start, place), domain = span_cut(l1, place + 1, end);
	return is_mailbox_in(&m->to, local, domain) || is_mailbox_in(&m->cc, local, domain);
}

/* Is there something to go or write to: a URL, a mail address, a tag that becomes one? */
static bool has_address(const struct message *m, struct span l1)
{
	static const char *const signs[] = { "://", "www.", "{{", "%%", "${", "*|", "<%", "[%", "##" };

	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (span_find(l1, span_str(signs[i]), 0) < l1.n)
			return true;
	for (size_t at = 0; (at = span_find_byte(l1, '@', at)) < l1.n; at++)
		if (!is_where_it_goes(m, l1, at))
			return true;
	return false;
}

/* How far from the words the link or address may stand. */
enum { NEAR_BYTES = 600 };

/* Is there a link that leads somewhere within reach of the place in the HTML source, counted in bytes of text? */
static bool has_link_near(const struct message *m, const struct html *html, size_t from, size_t end, size_t place)
{
	size_t run = 0, high = html->n_texts;

	while (run < high) {
		size_t middle = run + (high - run) / 2;
		if (html->texts[middle].range.end <= place)
			run = middle + 1;
		else
			high = middle;
	}
	size_t first = run, last = run;
	for (size_t bytes = 0; first > 0 && bytes < NEAR_BYTES; first--)
		bytes += html->texts[first - 1].decoded->bytes.n;
	for (size_t bytes = 0; last < html->n_texts && bytes < NEAR_BYTES; last++)
		bytes += html->texts[last].decoded->bytes.n;
	for (size_t i = from; i < end; i++) {
		const struct link *link = &m->links[i];
		if (link->kind != LINK_ANCHOR || link->hidden || !leads_somewhere(link))
			continue;
		const struct html_element *e = &html->elements[link->element];
		if (e->first_text <= last && e->first_text + e->n_texts >= first)
			return true;
	}
	return false;
}

struct near_address {
	const struct message *m;
	const struct body *body;
	size_t from, end; /* the links of the body */
	const struct html_element *dead;
	size_t vain; /* up to here nothing was found */
	bool found;
};

/* Places close to one that was looked at in vain are left out, and so are the words of a dead link. */
static bool look_around(struct range hit, void *data)
{
	struct near_address *near = data;
	const struct body *body = near->body;
	struct span l1 = body->l1->bytes;

	if (near->vain && hit.start >= near->vain - NEAR_BYTES / 4 && hit.start < near->vain)
		return true;
	near->vain = hit.start + NEAR_BYTES / 4;
	size_t place = body->html ? text_to_ancestor(body->l1, hit.start, hit.end, body->source).start : 0;
	if (near->dead && place >= near->dead->start_tag.start && place < near->dead->end_tag.end)
		return true;
	near->found = has_address(near->m, span_cut(l1, hit.start > NEAR_BYTES ? hit.start - NEAR_BYTES : 0, hit.end + NEAR_BYTES)) ||
		      (body->html && near->from < near->end && has_link_near(near->m, body->html, near->from, near->end, place));
	return !near->found;
}

/* The address stands near the words, a few lines before or after them: the link to the shop's page elsewhere is none. */
static bool mentions_with_address(const struct message *m, const struct body *body, size_t from, size_t end, const struct optout_words *words,
				  const struct html_element *dead)
{
	struct near_address near = { .m = m, .body = body, .from = from, .end = end, .dead = dead };

	optout_each(words, body->l1->bytes, look_around, &near);
	return near.found;
}

/* A body's way out of the list, or what looks like one and is of no use. */
struct way_out {
	bool open;
	const struct link *dead, *hidden; /* leads nowhere; cannot be seen. NULL */
};

/* A link, or a phrase with a link, an address or a tag near it. */
static struct way_out find_way_out(struct check *c, const struct message *m, const struct body *body, size_t from, size_t end,
				   const struct optout_words *words)
{
	struct way_out way = { 0 };

	for (size_t i = from; i < end; i++) {
		const struct link *link = &m->links[i];
		if (!optout_promised(c, link, words))
			continue;
		/* One that a telephone shows is told as hard to see. */
		if (link->hidden && html_style_on(body->html, link->element, HTML_PHONE)->hidden != HTML_VISIBLE)
			way.hidden = link;
		else if (!leads_somewhere(link))
			way.dead = link;
		else
			way.open = true;
	}
	for (size_t i = 0; i < body->tags.n && !way.open; i++)
		for (const char *const *word = words->url_words; word && *word; word++)
			way.open |= span_find_ci(body->tags.tags[i].name, span_str(*word), 0) < body->tags.tags[i].name.n;
	way.open = way.open || mentions_with_address(m, body, from, end, words, way.dead ? &body->html->elements[way.dead->element] : NULL);
	return way;
}

/* A template may have no From, or a merge tag in it: then nothing is known against its sender. */
static bool reads_replies(const struct address_list *list)
{
	return !list->n || !is_no_reply(list->mailboxes[0].local);
}

/* Why there is no way out, in a text of those without: the case of the finding. Its words may ask for a reply, which laws accept and Gmail and
 * Yahoo do not. */
static const char *way_out_case(const struct message *m, const struct body *const *bodies, size_t n, const struct optout_words *words,
				const char *const *by_reply)
{
	const struct address_list *list = m->reply_to.n ? &m->reply_to : &m->from;
	bool answers = reads_replies(list), mentioned = false, reply = false;

	for (size_t i = 0; i < n; i++) {
		bool here = optout_mentioned(words, bodies[i]->l1->bytes);
		mentioned |= here;
		for (const char *const *p = by_reply; here && p && *p; p++)
			reply |= span_find(bodies[i]->l1->bytes, span_str(*p), 0) < bodies[i]->l1->bytes.n;
	}
	if (reply && answers)
		return "reply";
	if (mentioned)
		return answers ? "no-address" : "no-address-noreply";
	return answers ? "none" : "none-noreply";
}

/* with: the lists of optout.h, by_reply (L1), case: "missing" (no displayed text offers a way out) or "part" (one does, but an alternative to it
 * does not). Cases of "missing": none, no-address (words, but nothing to go or write to), both also with "-noreply" where no reply is read, and
 * reply (only by a reply, which is read), hidden (there is a link that nobody sees), dead (there is a link that leads nowhere). */
CHECK(unsubscribe_link_missing)
{
	enum { MOST_BODIES = 64 };
	struct optout_words words = optout_words_of(c);
	bool part_case = strcmp(rule_setting(check_rule(c), "case", "missing"), "part") == 0;
	const struct body *with[MOST_BODIES], *without[MOST_BODIES];
	const struct link *dead = NULL, *hidden = NULL;
	size_t n_with = 0, n_without = 0, from = 0;

	for (size_t i = 0; i < m->n_bodies && i < MOST_BODIES; i++) {
		const struct body *body = &m->bodies[i];
		size_t end = links_of(m, body, &from);
		if (span_trim(body->visible->bytes).n == 0 && from == end)
			continue;
		struct way_out way = find_way_out(c, m, body, from, end, &words);
		if (way.open)
			with[n_with++] = body;
		else if (!body_is_doubtful(body))
			without[n_without++] = body;
		dead = way.dead ? way.dead : dead;
		hidden = way.hidden ? way.hidden : hidden;
		from = end;
	}
	if (n_with + n_without == 0) {
		check_not_applicable(c);
	} else if (n_with == 0) {
		if (!part_case && dead)
			check_report_text(c, dead->body->html->source, dead->body->html->elements[dead->element].start_tag, "dead");
		else if (!part_case)
			check_report(c, body_end(without[0]->entity),
				     hidden ? "hidden" : way_out_case(m, without, n_without, &words, rule_setting_list(check_rule(c), "by_reply")));
	} else if (part_case) {
		for (size_t i = 0; i < n_without; i++) {
			bool served = false;
			for (size_t k = 0; k < n_with && !served; k++)
				served = !are_alternatives(without[i]->entity, with[k]->entity);
			if (!served)
				check_report(c, body_end(without[i]->entity), NULL, ARG_T("type", without[i]->html ? SPAN_LIT("text/html") : SPAN_LIT("text/plain")));
		}
	}
}

/* --- a way out that some readers of a template do not get ------------------------------------------------------------------------ */

/* More of them are no longer told apart, so that the cost stays linear. */
enum { MOST_WAYS = 100 };

/* Places in the source of a body that offer a way out, in any view of the template. */
struct way_places {
	const struct body *body;
	GArray *places; /* size_t */
};

static bool note_mention(struct range hit, void *data)
{
	struct way_places *ways = data;
	size_t at = text_to_ancestor(ways->body->l1, hit.start, hit.end, ways->body->written).start;

	g_array_append_val(ways->places, at);
	return ways->places->len < MOST_WAYS;
}

/* Links, tags and words of the body's view. */
static void collect_ways(struct check *c, const struct message *m, const struct body *body, const struct optout_words *words, GArray *places)
{
	struct way_places ways = { body, places };
	size_t from = 0;

	for (const struct body *b = m->bodies; b < body; b++)
		from = links_of(m, b, &from);
	size_t end = links_of(m, body, &from);
	for (; from < end && places->len < MOST_WAYS; from++)
		if (optout_promised(c, &m->links[from], words)) {
			struct range at = text_to_ancestor(m->links[from].target, 0, m->links[from].target->bytes.n, body->written);
			g_array_append_val(places, at.start);
		}
	for (size_t i = 0; i < body->tags.n && places->len < MOST_WAYS; i++)
		for (const char *const *word = words->url_words; word && *word; word++)
			if (span_find_ci(body->tags.tags[i].name, span_str(*word), 0) < body->tags.tags[i].name.n) {
				struct range tag = body->tags.tags[i].range;
				size_t at = text_to_ancestor(body->source, tag.start, tag.end, body->written).start;
				g_array_append_val(places, at);
				break;
			}
	optout_each(words, body->l1->bytes, note_mention, &ways);
}

static bool has_place(const GArray *places, struct range range)
{
	for (guint i = 0; i < places->len; i++) {
		size_t at = g_array_index(places, size_t, i);
		if (at >= range.start && at < range.end)
			return true;
	}
	return false;
}

/* Is the block a choice of which one outcome has no way out? Blocks that only the engine knows are taken to show what they hold. */
static bool may_leave_out(const struct template_tree *tree, size_t block, const GArray *places)
{
	const struct template_node *node = &tree->nodes[block];
	bool has_else = false, all = true;

	if (node->kind != NODE_IF && node->kind != NODE_CASE && node->kind != NODE_SECTION)
		return false;
	for (size_t i = block + 1; i < node->end; i = tree->nodes[i].end) {
		has_else |= tree->nodes[i].else_branch;
		/* What stands in front of the first "when" is no branch. */
		if (node->kind != NODE_CASE || i > block + 1)
			all &= has_place(places, tree->nodes[i].inside);
	}
	return !has_else || !all;
}

/* The way out of a text stands in one block whose other outcome has none. Templates only. Argument: tag (that opens the block). */
CHECK(unsubscribe_in_branch)
{
	enum { MOST_BODIES = 64 };
	struct optout_words words = optout_words_of(c);

	for (size_t b = 0; m->view == 0 && b < m->n_bodies && b < MOST_BODIES; b++) {
		const struct body *body = &m->bodies[b];
		const struct template_tree *tree = body->tree;
		size_t holder = TEMPLATE_NO_NODE, holders = 0;
		GArray *places = g_array_new(FALSE, FALSE, sizeof(size_t));
		for (const struct message *view = m; view && tree; view = view->next_view)
			if (view->n_bodies == m->n_bodies)
				collect_ways(c, view, &view->bodies[b], &words, places);
		for (size_t i = 0; places->len && i < tree->n; i = tree->nodes[i].end) {
			if (has_place(places, tree->nodes[i].range)) {
				holder = i;
				holders++;
			}
		}
		/* "{% if unsubscribe_url %}" knows that there is none. */
		bool known = false;
		for (const char *const *word = words.url_words; holders == 1 && word && *word; word++)
			known |= span_find_ci(tree->nodes[holder].expression, span_str(*word), 0) < tree->nodes[holder].expression.n;
		if (holders == 1 && places->len < MOST_WAYS && !known && may_leave_out(tree, holder, places)) {
			struct range tag = tree->nodes[holder].tag;
			check_report_text(c, body->written, tag, NULL, ARG_T("tag", span_cut(body->written->bytes, tag.start, tag.end)));
		}
		g_array_free(places, TRUE);
	}
}

struct spoken {
	struct span l1;
	bool found;
};

/* A word of the text, and not of an address in it. */
static bool is_spoken(struct range hit, void *data)
{
	struct spoken *spoken = data;
	struct span l1 = spoken->l1;
	size_t start = hit.start;

	while (start > 0 && (unsigned char)l1.p[start - 1] > ' ' && (unsigned char)l1.p[start - 1] < 0x7F)
		start--;
	struct span in_front = span_cut(l1, start, hit.start);
	spoken->found = span_find(in_front, SPAN_LIT("://"), 0) == in_front.n && span_find_byte(in_front, '@', 0) == in_front.n;
	return !spoken->found;
}

/* with: the lists of optout.h. A link that is known by its address alone, without a word about what it is for. */
CHECK(optout_words_missing)
{
	struct optout_words words = optout_words_of(c);
	const struct link *bare = NULL;

	if (any_body_is_doubtful(m)) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		struct spoken spoken = { .l1 = m->bodies[i].l1->bytes };
		optout_each(&words, spoken.l1, is_spoken, &spoken);
		if (spoken.found)
			return;
	}
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (!link->body || !is_unsubscribe_link(c, link, &words))
			continue;
		/* The words may be those of a picture. */
		if (link->label && optout_mentioned(&words, normal_l1(check_arena(c), link->label)->bytes))
			return;
		bare = link;
	}
	if (bare)
		check_report_text(c, bare->target, ((struct range){ 0, bare->target->bytes.n }), NULL);
	else
		check_not_applicable(c);
}

/* The style of the words of a link, which may have one of their own, in a span or font. */
static const struct html_style *style_of_words(const struct html *html, size_t element, enum html_screen screen)
{
	const struct html_element *e = &html->elements[element];

	for (size_t k = e->first_text; k < e->first_text + e->n_texts; k++) {
		const struct html_text_run *run = &html->texts[k];
		if (run->parent == HTML_NO_PARENT || !span_trim(run->decoded->bytes).n)
			continue;
		const struct html_style *style = html_style_on(html, run->parent, screen);
		if (style->hidden == HTML_VISIBLE)
			return style;
	}
	return html_style_on(html, element, screen);
}

/* Why words of that style are hard to see, and on a telephone; NULL where they are not. */
struct faintness {
	double pixels, contrast, pale;
};

static const char *faint_case(const struct faintness *limits, const struct html_style *style, bool on_phone)
{
	if (style->font_size_px >= 0 && style->font_size_px < limits->pixels)
		return on_phone ? "phone-small" : "small";
	if (!style->colour_known || !style->background_known)
		return NULL;
	double ratio = html_contrast(style->colour, style->background);
	if (ratio < limits->contrast)
		return on_phone ? "phone-contrast" : "contrast";
	return ratio < limits->pale && !on_phone ? "pale" : NULL;
}

/* Do visible words on that screen tell of a way out, besides those of links that are hidden there? */
static bool text_tells_way_out(struct check *c, const struct html *html, const struct optout_words *words, enum html_screen screen)
{
	for (size_t i = 0; i < html->n_texts; i++) {
		const struct html_text_run *run = &html->texts[i];
		if (run->parent == HTML_NO_PARENT || html_style_on(html, run->parent, screen)->hidden != HTML_VISIBLE)
			continue;
		struct span l1 = normal_l1(check_arena(c), run->decoded)->bytes;
		bool told = optout_mentioned(words, l1);
		for (const char *const *word = words->url_words; word && *word && !told; word++)
			told = span_find_ci(l1, span_str(*word), 0) < l1.n;
		if (told)
			return true;
	}
	return false;
}

/* Is it sure that the element is not seen on the screen? */
static bool surely_hidden(const struct html *html, size_t element, enum html_screen screen)
{
	const struct html_style *style = html_style_on(html, element, screen);

	return style->hidden != HTML_VISIBLE && (screen == HTML_DESKTOP || !style->switched_by_class);
}

/* The last link out of the list that one screen shows, where the other one shows none and nothing else tells of a way out there; NULL. */
static const struct link *shown_on_one(struct check *c, const struct html *html, const GPtrArray *ways, const struct optout_words *words,
				       enum html_screen shown, enum html_screen hidden)
{
	const struct link *last = NULL;

	for (guint i = 0; i < ways->len; i++) {
		const struct link *link = g_ptr_array_index(ways, i);
		if (!surely_hidden(html, link->element, hidden))
			return NULL;
		if (html_style_on(html, link->element, shown)->hidden == HTML_VISIBLE)
			last = link;
	}
	return last && !text_tells_way_out(c, html, words, hidden) ? last : NULL;
}

/* Of the links that a screen shows: the last one where none can be seen well, and why. */
static const struct link *faintest(const struct check *c, const struct html *html, const GPtrArray *ways, const struct faintness *limits,
				   enum html_screen screen, const char **kind)
{
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", GMAIL_CUTS_HTML_AT);
	const struct link *faint = NULL;

	for (guint i = 0; i < ways->len; i++) {
		const struct link *link = g_ptr_array_index(ways, i);
		/* What is behind the place where Gmail cuts, another rule tells. */
		if (html_style_on(html, link->element, screen)->hidden != HTML_VISIBLE || html->elements[link->element].start_tag.start > limit)
			continue;
		*kind = faint_case(limits, style_of_words(html, link->element, screen), screen == HTML_PHONE);
		if (!*kind)
			return NULL;
		faint = link;
	}
	return faint;
}

/* with: the lists of optout.h, pixels, contrast and pale (in tenths), limit (octets of HTML). The links out of the list in an HTML part where none can
 * be seen well; reported is the last. Cases: small, contrast, pale (better, but still weak); no-phone, no-desktop (hidden there, shown on the other);
 * phone-small, phone-contrast (only there). */
CHECK(unsubscribe_link_faint)
{
	struct optout_words words = optout_words_of(c);
	const struct faintness limits = { (double)rule_setting_int(check_rule(c), "pixels", 9),
					  (double)rule_setting_int(check_rule(c), "contrast", 20) / 10,
					  (double)rule_setting_int(check_rule(c), "pale", 30) / 10 };
	size_t from = 0, judged = 0;
	GPtrArray *ways = g_ptr_array_new(); /* links out of the list, hidden or not */

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t end = links_of(m, &m->bodies[i], &from);
		const char *kind = NULL;
		g_ptr_array_set_size(ways, 0);
		for (; html && from < end; from++) {
			const struct link *link = &m->links[from];
			if (link->kind != LINK_ANCHOR || !leads_somewhere(link) || !optout_promised(c, link, &words))
				continue;
			g_ptr_array_add(ways, (void *)link);
			judged += !link->hidden;
		}
		from = end;
		if (ways->len == 0)
			continue;
		const struct link *faint = faintest(c, html, ways, &limits, HTML_DESKTOP, &kind);
		bool varies = html->screens[HTML_PHONE] != NULL;
		if (!faint && varies && (faint = shown_on_one(c, html, ways, &words, HTML_DESKTOP, HTML_PHONE)))
			kind = "no-phone";
		if (!faint && varies && (faint = shown_on_one(c, html, ways, &words, HTML_PHONE, HTML_DESKTOP)))
			kind = "no-desktop";
		if (!faint && varies)
			faint = faintest(c, html, ways, &limits, HTML_PHONE, &kind);
		if (!faint)
			continue;
		check_report_text(c, html->source, html->elements[faint->element].start_tag, kind);
		judged++;
	}
	g_ptr_array_free(ways, TRUE);
	/* Without such a link there is nothing to see, which another rule tells. */
	if (!judged)
		check_not_applicable(c);
}

/* Is the organisation that of the sender, of a signature, of the list or of the envelope? */
static bool is_house_of_mail(const struct message *m, struct span organisation)
{
	static const char *const fields[] = { "List-Id", "Return-Path" };

	for (size_t i = 0; i < m->from.n; i++)
		if (span_eq_ci(host_organisation(m->from.mailboxes[i].domain), organisation))
			return true;
	for (size_t i = 0; i < m->n_signatures; i++)
		if (span_eq_ci(host_organisation(m->signatures[i].domain), organisation))
			return true;
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		const struct field *f = header_find(m->header, fields[i]);
		struct span value = f ? f->unfolded->bytes : SPAN_EMPTY;
		size_t end = span_find_byte(value, '>', 0);
		if (end < value.n && span_ends_ci(span_cut(value, 0, end), organisation))
			return true;
	}
	return false;
}

/* The https address of List-Unsubscribe; NULL where there is none, or a tag in it. */
static const struct list_uri *one_click_uri(const struct message *m)
{
	for (size_t i = 0; i < m->n_unsubscribe; i++)
		if (span_eq_ci(m->unsubscribe[i].url.scheme, SPAN_LIT("https")) && !(m->unsubscribe[i].url.flags & URL_TAG))
			return &m->unsubscribe[i];
	return NULL;
}

/* with: the lists of optout.h. The one-click address against the links out of the list in the text. Cases: nested (the one-click address carries
 * another address, as one that redirects does), tracker (the link in the text leads through a host that counts clicks), differ (it leads to a
 * house that nothing else in the mail names). */
CHECK(unsubscribe_ways_differ)
{
	struct optout_words words = optout_words_of(c);
	const struct list_uri *uri = one_click_uri(m);
	const struct link *foreign = NULL;
	bool agree = false;

	if (!uri) {
		check_not_applicable(c);
		return;
	}
	struct span rest = span_cut(uri->url.whole, uri->url.host_offset + uri->url.host.n, uri->url.whole.n);
	if (span_find_ci(rest, SPAN_LIT("://"), 0) < rest.n || span_find_ci(rest, SPAN_LIT("%3A%2F%2F"), 0) < rest.n)
		check_report(c, uri->range, "nested", ARG_T("host", uri->url.host));
	struct span home = host_organisation(uri->url.host);
	for (size_t i = 0; i < m->n_links && !agree; i++) {
		const struct link *link = &m->links[i];
		if (!is_web(link) || link->url.flags & URL_TAG || !is_unsubscribe_link(c, link, &words))
			continue;
		struct span organisation = host_organisation(link->url.host);
		agree = span_eq_ci(home, organisation) || is_house_of_mail(m, organisation);
		foreign = link;
	}
	if (agree || !foreign)
		return;
	GHashTable *counts = count_organisations(m);
	bool tracked = is_tracker(m, counts, host_organisation(foreign->url.host));
	g_hash_table_destroy(counts);
	check_report_text(c, foreign->target, ((struct range){ 0, foreign->target->bytes.n }), tracked ? "tracker" : "differ",
			  ARG_T("host", foreign->url.host), ARG_T("header", uri->url.host));
}
