/* Checks of list headers: List-Unsubscribe, List-Unsubscribe-Post, List-Id and relatives. Sources: RFC 2369, RFC 2919, RFC 8058. */
#include "rule/check_common.h"

#include "doc/alignment.h"
#include "rule/field_fix.h"

static const struct field *unsubscribe_field(const struct message *m)
{
	return header_find(m->header, "List-Unsubscribe");
}

static bool is_https(const struct list_uri *uri)
{
	return span_eq_ci(uri->url.scheme, SPAN_LIT("https"));
}

static bool is_http(const struct list_uri *uri)
{
	return span_eq_ci(uri->url.scheme, SPAN_LIT("http"));
}

/* In brackets, and without a scheme: "<hanami-books.jp/u/1>", "</u/1>", "<//hanami-books.jp/u/1>". */
static bool is_relative(const struct list_uri *uri)
{
	return uri->bracketed && uri->url.flags & (URL_NO_SCHEME | URL_NETWORK_PATH) && !(uri->url.flags & (URL_EMPTY | URL_TAG));
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
	else if (!post) {
		check_report(c, message_header_end(m), "no-post");
		/* RFC 8058, section 4: both fields must be signed. One that is put into a signed mail is not. */
		if (count_https(m) == 1 && !header_find(m->header, "DKIM-Signature"))
			check_fix_field(c, SPAN_LIT("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
	} else if (!uri)
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
		/* An address that is no full https URL is told by the rule about the address. */
		for (size_t i = 0; i < m->n_unsubscribe; i++)
			if (is_http(&m->unsubscribe[i]) || is_relative(&m->unsubscribe[i]))
				return;
		check_report(c, field->unfolded->bytes.n ? field_value_range(m, field) : field_range(field), "none");
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++)
		if (is_https(&m->unsubscribe[i]) && ++seen == 2)
			check_report(c, m->unsubscribe[i].range, "several", ARG_I("count", https));
}

/* RFC 8058, section 4: both fields must be signed. In a signed mail another value is not. Where the value says the same in other letters, nothing new is
 * promised. */
static void fix_post_value(struct check *c, const struct message *m, const struct field *field)
{
	static const char right[] = "list-unsubscribe=one-click";
	struct span value = field->unfolded->bytes;
	size_t k = 0, i = 0;

	if (header_find(m->header, "DKIM-Signature"))
		return;
	for (; i < value.n; i++) {
		char ch = ascii_lower(value.p[i]);
		if (ch == ' ' || ch == '\t' || ch == '"')
			continue;
		if (ch != right[k])
			break;
		k++;
	}
	bool same = i == value.n && k == sizeof right - 1;
	field_fix_value(c, m, field, SPAN_LIT("List-Unsubscribe=One-Click"));
	if (!same)
		check_fix_unsafe(c);
}

/* The value of List-Unsubscribe-Post is compared byte for byte. Cases: default, empty. */
CHECK(list_unsubscribe_post_value)
{
	const struct field *field = header_find(m->header, "List-Unsubscribe-Post");

	if (!field || tag_scan(check_arena(c), field->unfolded->bytes).n) {
		check_not_applicable(c);
		return;
	}
	if (span_eq(field->unfolded->bytes, SPAN_LIT("List-Unsubscribe=One-Click")))
		return;
	if (field->unfolded->bytes.n == 0)
		check_report(c, field_range(field), "empty");
	else
		check_report(c, field_value_range(m, field), NULL, ARG_T("value", field->unfolded->bytes));
	fix_post_value(c, m, field);
}

/* The organisation that the first web address of a List-Unsubscribe leads to; empty where there is none. */
static struct span unsubscribe_organisation(struct check *c, const struct field *field)
{
	struct span value = field->unfolded->bytes;
	size_t start = span_find_ci(value, SPAN_LIT("<http"), 0) + 1;
	struct url url = url_parse(span_cut(value, start, span_find_byte(value, '>', start)));

	return host_organisation(url_host_lower(check_arena(c), &url));
}

/* How many members of a List-Unsubscribe are web addresses. */
static size_t count_web(struct span value)
{
	size_t n = 0;

	for (size_t at = span_find_ci(value, SPAN_LIT("<http"), 0); at < value.n; at = span_find_ci(value, SPAN_LIT("<http"), at + 1))
		n++;
	return n;
}

/* A copy goes. A mail address and a web address in two fields are the two members of one. */
static void fix_unsubscribe_duplicate(struct check *c, const struct message *m, const struct field *first, const struct field *f)
{
	struct span a = first->unfolded->bytes, b = f->unfolded->bytes;

	if (span_eq(a, b)) {
		field_fix_drop(c, m, f);
	} else if (span_eq_ci(f->name, SPAN_LIT("List-Unsubscribe")) && a.n && b.n && a.p[0] == '<' && b.p[0] == '<' && count_web(a) + count_web(b) == 1 &&
		   header_count(m->header, "List-Unsubscribe") == 2) {
		field_fix_merge(c, m, first);
		check_fix_unsafe(c);
	}
}

/* List-Unsubscribe or -Post a second time. Cases: repeated, other (the second List-Unsubscribe leads to another organisation). */
CHECK(list_unsubscribe_duplicate)
{
	static const char *const names[] = { "List-Unsubscribe", "List-Unsubscribe-Post" };

	for (size_t i = 0; i < 2; i++) {
		const struct field *first = header_find(m->header, names[i]);
		struct span home = first && i == 0 ? unsubscribe_organisation(c, first) : SPAN_EMPTY;
		for (const struct field *f = first ? header_find_next(m->header, first) : NULL; f; f = header_find_next(m->header, f)) {
			struct span other = home.n ? unsubscribe_organisation(c, f) : SPAN_EMPTY;
			check_report(c, field_range(f), other.n && !span_eq_ci(home, other) ? "other" : "repeated", ARG_T("field", f->name));
			fix_unsubscribe_duplicate(c, m, first, f);
		}
	}
}

/* What is wrong with a member that should be a web address. Cases: http, http-only and relative (there is no https address beside it),
 * host, reserved (example.com), ip, userinfo. */
CHECK(list_unsubscribe_uri)
{
	bool alone = count_https(m) == 0;

	if (!unsubscribe_field(m)) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		const struct list_uri *uri = &m->unsubscribe[i];
		const char *kind = NULL;
		if (uri->url.flags & URL_TAG || (!is_http(uri) && !is_https(uri) && !is_relative(uri)))
			continue;
		if (is_relative(uri))
			kind = alone ? "relative" : NULL;
		else if (uri->url.flags & URL_USERINFO)
			kind = "userinfo";
		else if (uri->url.flags & URL_IP_HOST)
			kind = "ip";
		else if (host_is_reserved_example(uri->url.host))
			kind = "reserved";
		else if (uri->url.flags & URL_BAD_HOST || host_is_internal(uri->url.host) || span_find_byte(uri->url.host, '.', 0) == uri->url.host.n)
			kind = "host";
		else if (is_http(uri))
			kind = alone ? "http-only" : "http";
		if (kind)
			check_report(c, uri->range, kind, ARG_T("uri", uri->uri), ARG_T("host", uri->url.host));
	}
}

/* What a piece of a path or query may say of the reader. */
enum piece_kind { PIECE_WORD, PIECE_NUMBER, PIECE_OTHER, PIECE_ADDRESS, PIECE_TOKEN };

/* A mail address as such, also with its @ percent-encoded. A name of the kind "/@hanami" is none. */
static bool is_plain_address(struct span piece)
{
	size_t at = span_find_byte(piece, '@', 0), encoded = span_find_ci(piece, SPAN_LIT("%40"), 0);

	at = at < encoded ? at : encoded;
	return at > 0 && at < piece.n && span_find_byte(piece, '.', at) < piece.n;
}

/* A token: letters, digits, - and _, long, and not made of small letters only, as words are. A number: so short that the next one can
 * be guessed. */
static enum piece_kind piece_kind(struct span piece, size_t minimum)
{
	enum { COUNTED_DIGITS = 9 };
	size_t longest = 0, run = 0, digits = 0, upper = 0, lower = 0;

	if (is_plain_address(piece))
		return PIECE_ADDRESS;
	for (size_t i = 0; i < piece.n; i++) {
		char c = piece.p[i];
		run = ascii_is_alnum(c) || c == '-' || c == '_' ? run + 1 : 0;
		longest = run > longest ? run : longest;
		digits += ascii_is_digit(c);
		upper += c >= 'A' && c <= 'Z';
		lower += c >= 'a' && c <= 'z';
	}
	if (digits == 0 && (upper == 0 || lower == 0))
		return PIECE_WORD;
	if (longest >= minimum)
		return PIECE_TOKEN;
	return digits == piece.n && digits <= COUNTED_DIGITS ? PIECE_NUMBER : PIECE_OTHER;
}

/* What says most of the reader among the pieces of a host, a path or a query. */
static enum piece_kind best_piece(struct span s, const char *borders, size_t minimum)
{
	enum piece_kind best = PIECE_WORD;

	for (size_t at = 0, end = 0; at <= s.n && best != PIECE_TOKEN; at = end + 1) {
		for (end = at; end < s.n && !memchr(borders, s.p[end], strlen(borders)); end++)
			;
		enum piece_kind kind = piece_kind(span_cut(s, at, end), minimum);
		best = kind > best ? kind : best;
	}
	return best;
}

/* The last step of a path without its ending: "unsubscribe" of "/mail/unsubscribe.php". */
static struct span last_step(struct span path)
{
	size_t end = path.n, start;

	while (end > 0 && path.p[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path.p[start - 1] != '/'; start--)
		;
	return span_cut(path, start, span_find_byte(span_of(path.p, end), '.', start));
}

/* with: minimum, words (last steps of paths that name no reader). The https member must name the reader, by something that cannot be guessed.
 * Cases: address (a plain e-mail address), number (nothing but small numbers), none (nothing but such a word), short (nothing as long as a
 * token). */
CHECK(list_unsubscribe_token)
{
	static const char *const cases[] = { [PIECE_WORD] = "short", [PIECE_NUMBER] = "number", [PIECE_OTHER] = "short", [PIECE_ADDRESS] = "address" };
	size_t minimum = (size_t)rule_setting_int(check_rule(c), "minimum", 16);
	const char *const *words = rule_setting_list(check_rule(c), "words");

	if (!unsubscribe_field(m) || count_https(m) == 0) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		const struct list_uri *uri = &m->unsubscribe[i];
		if (!is_https(uri) || tag_scan(check_arena(c), uri->uri).n || tag_scan_url(check_arena(c), uri->uri).n)
			continue;
		/* A fragment is not sent to the server; a token may stand in a host name below the sender's. */
		enum piece_kind path = best_piece(uri->url.path, "/;=", minimum), query = best_piece(uri->url.query, "&;=/?", minimum);
		enum piece_kind best = path > query ? path : query;
		if (best_piece(uri->url.host, ".", minimum) == PIECE_TOKEN)
			best = PIECE_TOKEN;
		struct span step = last_step(uri->url.path);
		bool none = best == PIECE_WORD && uri->url.query.n == 0 && (step.n == 0 || word_in_list(words, step));
		if (best != PIECE_TOKEN)
			check_report(c, uri->range, none ? "none" : cases[best], ARG_T("uri", uri->uri));
	}
}

/* A member as it was meant: in brackets, without white space at its ends or from a fold. A blank inside may stand for %20 or for nothing. */
static void fix_member(struct check *c, const struct message *m, const struct field *field, const struct list_uri *uri, const char *kind)
{
	enum { LONGEST = 900 };
	struct span raw = file_span(m, uri->range), bytes = m->file->bytes;
	struct range where = uri->range;
	GString *text = g_string_new(NULL);
	bool known = span_eq_ci(uri->url.scheme, SPAN_LIT("https")) || span_eq_ci(uri->url.scheme, SPAN_LIT("mailto"));

	/* Behind a line end all white space belongs to the fold. */
	for (size_t i = 0, folded = 0; i < raw.n; i++) {
		folded = raw.p[i] == '\n' || (folded && ascii_is_space(raw.p[i]));
		if (!folded && raw.p[i] != '\r')
			g_string_append_c(text, raw.p[i]);
	}
	struct span said = span_trim(span_of(text->str, text->len));
	bool sure = known && said.n && said.n < LONGEST && span_find_byte(said, ' ', 0) == said.n && span_find_byte(said, '\t', 0) == said.n &&
		    span_find_byte(said, '>', 0) == said.n && span_find_byte(said, '<', 0) == said.n && span_find_byte(said, ',', 0) == said.n;
	if (strcmp(kind, "no-brackets") == 0) {
		/* One bracket is there, or none. */
		while (where.start > field->value_start && bytes.p[where.start - 1] == '<')
			where.start--;
		while (where.end < field->value_end && bytes.p[where.end] == '>')
			where.end++;
		said = span_str(arena_printf(check_arena(c), "<%.*s>", (int)said.n, said.p));
	}
	if (sure && m->n_unsubscribe < 100)
		field_fix_place(c, m, field, where, arena_copy_span(check_arena(c), said));
	g_string_free(text, TRUE);
}

/* Nothing but white space, or a semicolon, parts it from the member before. */
static void fix_comma(struct check *c, const struct message *m, const struct list_uri *before, const struct list_uri *uri)
{
	size_t start = before->range.end + 1, end = uri->range.start - 1;
	struct span gap = span_cut(m->file->bytes, start, end), sign = span_trim(gap);

	if (!before->bracketed || start > end || !(sign.n == 0 || span_eq(sign, SPAN_LIT(";"))))
		return;
	size_t at = sign.n ? start + (size_t)(sign.p - gap.p) : start;
	check_fix(c, NULL, (struct range){ at, at + sign.n }, gap.n > sign.n ? SPAN_LIT(",") : SPAN_LIT(", "));
}

/* Cases: no-brackets, blank, folded, no-comma, encoded-word. RFC 2369, section 2. */
CHECK(list_unsubscribe_syntax)
{
	const struct field *field = unsubscribe_field(m);

	if (!field) {
		check_not_applicable(c);
		return;
	}
	if (field->n_words) {
		check_report(c, ((struct range){ field->words[0].start, field->words[0].end }), "encoded-word");
		field_fix_decoded(c, m, field);
		return;
	}
	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		const struct list_uri *uri = &m->unsubscribe[i];
		const char *kind = NULL;
		/* A tag may bring the brackets along, and hold blanks; one within an address does not. */
		struct tag_list tags = tag_scan(check_arena(c), uri->uri);
		if (tags.n && (uri->bracketed || tags.tags[0].range.start == 0))
			continue;
		if (!uri->bracketed)
			kind = "no-brackets";
		else if (span_find_byte(uri->uri, ' ', 0) < uri->uri.n || span_find_byte(uri->uri, '\t', 0) < uri->uri.n)
			kind = "blank";
		else if (uri->glued)
			kind = "no-comma";
		else if (uri->folded)
			kind = "folded";
		if (!kind)
			continue;
		check_report(c, uri->range, kind, ARG_T("uri", uri->uri));
		if (!uri->glued)
			fix_member(c, m, field, uri, kind);
		else if (i > 0 && strcmp(kind, "no-comma") == 0)
			fix_comma(c, m, &m->unsubscribe[i - 1], uri);
	}
}

/* No mailto member beside the https one. */
CHECK(list_unsubscribe_mailto)
{
	const struct field *field = unsubscribe_field(m);

	bool web = false;

	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		/* A tag may stand for any address. */
		if (span_eq_ci(m->unsubscribe[i].url.scheme, SPAN_LIT("mailto")) || m->unsubscribe[i].url.flags & URL_TAG)
			return;
		web |= is_https(&m->unsubscribe[i]) || is_http(&m->unsubscribe[i]);
	}
	if (web)
		check_report(c, field_value_range(m, field), NULL);
	else
		check_not_applicable(c);
}

/* What RFC 2919, section 3, allows in an id: dot-atom text, with a dot in it. "=?" is a whole encoded word, which may stand in the phrase only. */
static const char *list_id_fault(struct span id)
{
	bool dot = false;

	if (span_find(id, SPAN_LIT("=?"), 0) < id.n)
		return "character";
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];
		if (c == '@')
			return "address";
		if (!ascii_is_alnum(c) && (c == '\0' || !strchr("!#$%&'*+-/=?^_`{|}~.", c)))
			return "character";
		dot |= c == '.' && i > 0 && i + 1 < id.n;
	}
	return dot ? NULL : "no-dot";
}

/* Cases: missing, no-brackets, empty, long, address, character, no-dot. with: limit. */
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
	if (tag_scan(check_arena(c), value).n)
		return;
	size_t open = value.n;
	while (open > 0 && value.p[open - 1] != '<')
		open--;
	size_t close = span_find_byte(value, '>', open);
	struct span id = span_trim(span_cut(value, open, close));
	const char *kind = NULL;
	if (value.n == 0)
		kind = "empty";
	else if (open == 0 || close == value.n)
		kind = "no-brackets";
	else if (id.n == 0)
		kind = "empty";
	else if (id.n > limit)
		kind = "long";
	else
		kind = list_id_fault(id);
	if (kind)
		check_report(c, value.n ? field_value_range(m, field) : field_range(field), kind, ARG_T("value", value), ARG_I("length", id.n), ARG_I("limit", limit));
	if (kind && strcmp(kind, "no-brackets") == 0 && !list_id_fault(value))
		field_fix_value(c, m, field, span_str(arena_printf(check_arena(c), "<%.*s>", (int)value.n, value.p)));
}
