/* Checks of list headers: List-Unsubscribe, List-Unsubscribe-Post, List-Id and relatives. Sources: RFC 2369, RFC 2919, RFC 8058. */
#include "rule/check_common.h"

#include "base/normal.h"

static const struct field *unsubscribe_field(const struct message *m)
{
	return header_find(m->header, "List-Unsubscribe");
}

static bool is_https(const struct list_uri *uri)
{
	return span_eq_ci(uri->url.scheme, SPAN_LIT("https"));
}

static size_t count_https(const struct message *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n_unsubscribe; i++)
		n += is_https(&m->unsubscribe[i]);
	return n;
}

/* Cases: missing (neither field), no-post, only-post. */
CHECK(list_unsubscribe_missing)
{
	const struct field *uri = unsubscribe_field(m), *post = header_find(m->header, "List-Unsubscribe-Post");

	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	if (!uri && !post)
		check_report(c, message_header_end(m), "missing");
	else if (!post)
		check_report(c, message_header_end(m), "no-post");
	else if (!uri)
		check_report(c, field_range(post), "only-post");
}

/* Cases: none (no https member), several (more than one). */
CHECK(list_unsubscribe_https)
{
	const struct field *field = unsubscribe_field(m);
	size_t https = count_https(m), seen = 0;

	if (!field) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++)
		if (m->unsubscribe[i].url.flags & URL_TAG)
			return; /* a tag may stand for any address */
	if (https == 0) {
		/* An http address is told by the rule about the address. */
		for (size_t i = 0; i < m->n_unsubscribe; i++)
			if (span_eq_ci(m->unsubscribe[i].url.scheme, SPAN_LIT("http")))
				return;
		check_report(c, field_value_range(m, field), "none");
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++)
		if (is_https(&m->unsubscribe[i]) && ++seen == 2)
			check_report(c, m->unsubscribe[i].range, "several", ARG_I("count", https));
}

/* The value of List-Unsubscribe-Post is compared byte for byte. */
CHECK(list_unsubscribe_post_value)
{
	const struct field *field = header_find(m->header, "List-Unsubscribe-Post");

	if (!field || field->unfolded->bytes.n == 0) {
		check_not_applicable(c);
		return;
	}
	if (!span_eq(field->unfolded->bytes, SPAN_LIT("List-Unsubscribe=One-Click")))
		check_report(c, field_value_range(m, field), NULL, ARG_T("value", field->unfolded->bytes));
}

/* List-Unsubscribe or -Post a second time. */
CHECK(list_unsubscribe_duplicate)
{
	static const char *const names[] = { "List-Unsubscribe", "List-Unsubscribe-Post" };

	for (size_t i = 0; i < 2; i++) {
		const struct field *first = header_find(m->header, names[i]);
		for (const struct field *f = first ? header_find_next(m->header, first) : NULL; f; f = header_find_next(m->header, f))
			check_report(c, field_range(f), NULL, ARG_T("field", f->name));
	}
}

/* What is wrong with an http or https member. Cases: http, host, ip, userinfo. */
CHECK(list_unsubscribe_uri)
{
	if (!unsubscribe_field(m)) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		const struct list_uri *uri = &m->unsubscribe[i];
		bool http = span_eq_ci(uri->url.scheme, SPAN_LIT("http"));
		const char *kind = NULL;
		if (uri->url.flags & URL_TAG || (!http && !is_https(uri)))
			continue;
		if (uri->url.flags & URL_USERINFO)
			kind = "userinfo";
		else if (uri->url.flags & URL_IP_HOST)
			kind = "ip";
		else if (uri->url.flags & URL_BAD_HOST || host_is_internal(uri->url.host))
			kind = "host";
		else if (http)
			kind = "http";
		if (kind)
			check_report(c, uri->range, kind, ARG_T("uri", uri->uri), ARG_T("host", uri->url.host));
	}
}

/* Length of the longest run of token characters (letters, digits, - and _) in s. */
static size_t longest_token(struct span s)
{
	size_t longest = 0, run = 0;
	for (size_t i = 0; i < s.n; i++) {
		run = ascii_is_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_' ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest;
}

/* with: minimum. The https member must name the reader, by something that cannot be guessed. Cases: address (a plain e-mail address),
 * short (nothing as long as a token). */
CHECK(list_unsubscribe_token)
{
	size_t minimum = (size_t)rule_setting_int(check_rule(c), "minimum", 16);

	if (!unsubscribe_field(m) || count_https(m) == 0) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		const struct list_uri *uri = &m->unsubscribe[i];
		if (!is_https(uri) || tag_scan(check_arena(c), uri->uri).n || tag_scan_url(check_arena(c), uri->uri).n)
			continue;
		struct span behind_host = uri->url.host_offset ?
						  span_cut(uri->url.whole, uri->url.host_offset + uri->url.host.n, uri->url.whole.n) :
						  SPAN_EMPTY;
		size_t at = span_find_byte(behind_host, '@', 0);
		bool encoded_at = span_find_ci(behind_host, SPAN_LIT("%40"), 0) < behind_host.n;
		if (encoded_at || (at < behind_host.n && at > 1 && span_find_byte(span_cut(behind_host, at, behind_host.n), '.', 0) <
									   behind_host.n - at))
			check_report(c, uri->range, "address", ARG_T("uri", uri->uri));
		else if (longest_token(behind_host) < minimum)
			check_report(c, uri->range, "short", ARG_T("uri", uri->uri));
	}
}

/* Cases: no-brackets, blank, encoded-word. RFC 2369, section 2. */
CHECK(list_unsubscribe_syntax)
{
	const struct field *field = unsubscribe_field(m);

	if (!field) {
		check_not_applicable(c);
		return;
	}
	if (field->n_words) {
		check_report(c, ((struct range){ field->words[0].start, field->words[0].end }), "encoded-word");
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		const struct list_uri *uri = &m->unsubscribe[i];
		if (tag_scan(check_arena(c), uri->uri).n)
			continue;
		if (!uri->bracketed)
			check_report(c, uri->range, "no-brackets", ARG_T("uri", uri->uri));
		else if (span_find_byte(uri->uri, ' ', 0) < uri->uri.n)
			check_report(c, uri->range, "blank", ARG_T("uri", uri->uri));
	}
}

/* No mailto member beside the https one. */
CHECK(list_unsubscribe_mailto)
{
	const struct field *field = unsubscribe_field(m);

	if (!field || count_https(m) == 0) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++)
		if (span_eq_ci(m->unsubscribe[i].url.scheme, SPAN_LIT("mailto")))
			return;
	check_report(c, field_value_range(m, field), NULL);
}

/* Cases: missing, no-brackets, empty, long. with: limit. */
CHECK(list_id)
{
	const struct field *field = header_find(m->header, "List-Id");
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", 255);

	if (m->kind == INPUT_TEMPLATE && !field) {
		check_not_applicable(c);
		return;
	}
	if (!field) {
		check_report(c, message_header_end(m), "missing");
		return;
	}
	struct span value = field->unfolded->bytes;
	if (value.n == 0 || tag_scan(check_arena(c), value).n)
		return;
	size_t open = value.n;
	while (open > 0 && value.p[open - 1] != '<')
		open--;
	size_t close = span_find_byte(value, '>', open);
	if (open == 0 || close == value.n)
		check_report(c, field_value_range(m, field), "no-brackets", ARG_T("value", value));
	else if (span_trim(span_cut(value, open, close)).n == 0)
		check_report(c, field_value_range(m, field), "empty");
	else if (close - open > limit)
		check_report(c, field_value_range(m, field), "long", ARG_I("length", close - open), ARG_I("limit", limit));
}
