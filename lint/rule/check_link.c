/* Checks of links: schemes, hosts, what the reader sees against where it leads, and the visible way to unsubscribe. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/normal.h"
#include "base/words.h"

static bool is_web(const struct link *link)
{
	return span_eq_ci(link->url.scheme, SPAN_LIT("http")) || span_eq_ci(link->url.scheme, SPAN_LIT("https"));
}

static void report_link(struct check *c, const struct link *link, const char *kind)
{
	check_report_text(c, link->target, ((struct range){ 0, link->target->bytes.n }), kind, ARG_T("url", link->target->bytes),
			  ARG_T("host", link->url.host), ARG_T("scheme", link->url.scheme));
}

/* with: schemes. A link or image with one of them: javascript, vbscript, data, file. */
CHECK(link_scheme)
{
	const char *const *schemes = rule_setting_list(check_rule(c), "schemes");
	bool images = strcmp(rule_setting(check_rule(c), "images", "false"), "true") == 0;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if ((link->kind == LINK_IMAGE) == images && link->kind != LINK_HEADER && word_in_list(schemes, link->url.scheme))
			report_link(c, link, NULL);
	}
}

/* Cases: relative, network-path, empty. Anchors, images, forms. */
CHECK(link_relative)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->kind == LINK_TEXT || link->kind == LINK_HEADER || link->url.flags & (URL_TAG | URL_FRAGMENT_ONLY))
			continue;
		if (link->url.flags & URL_EMPTY) {
			if (link->kind == LINK_ANCHOR)
				check_report_text(c, link->body->html->source, link->attribute->name_range, "empty");
		} else if (tag_scan(check_arena(c), link->target->bytes).n) {
			continue; /* the tag may bring the whole address */
		} else if (link->url.flags & URL_NETWORK_PATH) {
			report_link(c, link, "network-path");
		} else if (link->url.flags & URL_NO_SCHEME) {
			report_link(c, link, "relative");
		}
	}
}

/* with: hosts. Public URL shorteners. */
CHECK(link_shortener)
{
	const char *const *hosts = rule_setting_list(check_rule(c), "hosts");

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (is_web(link) && link->kind != LINK_IMAGE && word_in_list(hosts, url_host_lower(check_arena(c), &link->url)))
			report_link(c, link, NULL);
	}
}

/* Cases: ip, userinfo, port, internal, reserved. with: cases. */
CHECK(link_host)
{
	const char *const *cases = rule_setting_list(check_rule(c), "cases");

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		const char *kind = NULL;
		if (!is_web(link) || link->kind == LINK_HEADER || link->url.flags & URL_TAG)
			continue;
		if (link->url.flags & URL_USERINFO && word_in_list(cases, SPAN_LIT("userinfo")))
			kind = "userinfo";
		else if (host_is_internal(link->url.host) && word_in_list(cases, SPAN_LIT("internal")))
			kind = "internal";
		else if (link->url.flags & URL_IP_HOST && !host_is_internal(link->url.host) && word_in_list(cases, SPAN_LIT("ip")))
			kind = "ip";
		else if (host_is_reserved_example(link->url.host) && word_in_list(cases, SPAN_LIT("reserved")))
			kind = "reserved";
		else if (link->url.flags & URL_PORT && word_in_list(cases, SPAN_LIT("port")))
			kind = "port";
		if (kind)
			report_link(c, link, kind);
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

/* The visible text is one address, the target another organisation's. Cases: host, scheme (text https, target http). */
CHECK(link_text_mismatch)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct span shown;
		bool has_scheme = false;
		if (link->kind != LINK_ANCHOR || !link->label || !is_web(link) || link->url.flags & URL_TAG || link->hidden ||
		    !label_host(link, &shown, &has_scheme))
			continue;
		struct span shown_organisation = host_organisation(shown), organisation = host_organisation(link->url.host);
		if (!span_eq_ci(shown_organisation, organisation))
			check_report_text(c, link->target, ((struct range){ 0, link->target->bytes.n }), "host",
					  ARG_T("shown", shown), ARG_T("host", link->url.host));
		else if (has_scheme && span_starts_ci(span_trim(link->label->bytes), SPAN_LIT("https:")) &&
			 span_eq_ci(link->url.scheme, SPAN_LIT("http")))
			check_report_text(c, link->target, ((struct range){ 0, link->target->bytes.n }), "scheme", ARG_T("shown", shown),
					  ARG_T("host", link->url.host));
	}
}

/* Plain http. with nothing. Anchors and images; the first of each, counted. */
CHECK(link_plain_http)
{
	const struct link *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->kind == LINK_HEADER || !span_eq_ci(link->url.scheme, SPAN_LIT("http")) || link->url.flags & URL_TAG)
			continue;
		if (!count++)
			first = link;
	}
	if (count)
		check_report_text(c, first->target, ((struct range){ 0, first->target->bytes.n }), NULL, ARG_I("count", count));
}

/* A URL in running text that CJK letters or punctuation touch from behind. */
CHECK(link_touched)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->kind != LINK_TEXT)
			continue;
		const struct text *source = link->body->source;
		struct range range = text_to_ancestor(link->target, 0, link->target->bytes.n, source);
		struct span behind = span_cut(source->bytes, range.end, range.end + 3);
		if (behind.n < 3 || (unsigned char)behind.p[0] < 0xE3 || (unsigned char)behind.p[0] > 0xEF)
			continue;
		/* An ideographic space or a closing bracket of a pair that opened before the URL parts it well enough. */
		static const char *const fine[] = { "\xE3\x80\x80", "\xE3\x80\x8D", "\xE3\x80\x8F", "\xE3\x80\x91", "\xEF\xBC\x89", "\xE3\x80\x95",
						    "\xE3\x80\x8B", "\xE3\x80\x89", NULL };
		if (word_in_list(fine, behind))
			continue;
		check_report_text(c, source, range, NULL, ARG_T("behind", behind));
	}
}

/* --- unsubscribe in the text --------------------------------------------------------------------------------------------------- */

/* Does the normal form hold one of the phrases? */
static bool mentions(const struct text *l1, const char *const *phrases)
{
	for (; phrases && *phrases; phrases++)
		if (span_find(l1->bytes, span_str(*phrases), 0) < l1->bytes.n)
			return true;
	return false;
}

/* A link of the body that leads out of the list: by its label, or by words in its address. */
static bool has_unsubscribe_link(struct check *c, const struct message *m, const struct body *body, const char *const *phrases,
				 const char *const *url_words)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->body != body || link->hidden || (link->kind != LINK_ANCHOR && link->kind != LINK_TEXT))
			continue;
		struct span url = link->target->bytes;
		for (const char *const *word = url_words; *word; word++)
			if (span_find_ci(url, span_str(*word), 0) < url.n)
				return true;
		if (link->label && mentions(normal_l1(check_arena(c), link->label), phrases))
			return true;
	}
	return false;
}

/* with: phrases (L1), url_words. Each displayed alternative must offer a way out: a phrase with a link, an address or a tag in the same
 * text. Cases: missing (no part has one), part (some have). */
CHECK(unsubscribe_link_missing)
{
	const char *const *phrases = rule_setting_list(check_rule(c), "phrases");
	const char *const *url_words = rule_setting_list(check_rule(c), "url_words");
	bool part_case = strcmp(rule_setting(check_rule(c), "case", "missing"), "part") == 0;
	size_t with = 0, without = 0;
	const struct body *lacking = NULL;

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		if (span_trim(body->visible->bytes).n == 0)
			continue;
		bool found = has_unsubscribe_link(c, m, body, phrases, url_words);
		if (!found && mentions(body->l1, phrases)) {
			/* The phrase is there: a URL, an address or a tag anywhere in the text may be the way. */
			struct range url;
			found = url_find_in_text(body->visible->bytes, 0, &url) || body->tags.n ||
				span_find_byte(body->visible->bytes, '@', 0) < body->visible->bytes.n;
			for (size_t k = 0; !found && k < m->n_links; k++)
				found = m->links[k].body == body && m->links[k].kind == LINK_ANCHOR && !m->links[k].hidden;
		}
		if (found) {
			with++;
		} else {
			without++;
			if (!lacking)
				lacking = body;
		}
	}
	if (with + without == 0) {
		check_not_applicable(c);
		return;
	}
	if (!part_case && with == 0)
		check_report(c, body_end(lacking->entity), NULL);
	else if (part_case && with && without)
		check_report(c, body_end(lacking->entity), NULL);
}
