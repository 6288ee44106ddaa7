/* Checks of single header fields: folding, thread fields, recipients, Reply-To, Sender, list fields, keywords, Feedback-ID.
 * What is missing altogether and the grammar of header blocks are looked at elsewhere. */
#include "rule/check_common.h"
#include "rule/suppress.h"

#include <glib.h>

#include "base/idn.h"
#include "base/utf8.h"
#include "rule/field_fix.h"

/* Does the field exist, hold something, and hold no template tag? Else the rule has nothing to judge. */
static const struct field *field_to_judge(struct check *c, const struct message *m, const char *name)
{
	const struct field *f = header_find(m->header, name);

	if (f && f->unfolded->bytes.n && !has_tag(c, f->unfolded->bytes))
		return f;
	check_not_applicable(c);
	return NULL;
}

/* Does the mail say of itself that it goes to a list or to many? */
static bool is_marked_bulk(const struct message *m)
{
	const struct field *precedence = header_find(m->header, "Precedence");

	return header_find(m->header, "List-Unsubscribe") || header_find(m->header, "List-Id") || header_find(m->header, "Feedback-ID") ||
	       (precedence && span_eq_ci(precedence->unfolded->bytes, SPAN_LIT("bulk")));
}

/* A list on which readers write: its mail is the writer's, and its fields are the list server's. */
static bool is_discussion(const struct message *m)
{
	const struct field *post = header_find(m->header, "List-Post");

	return (post && !span_starts_ci(post->unfolded->bytes, SPAN_LIT("no"))) || header_find(m->header, "X-BeenThere") ||
	       header_find(m->header, "Mailing-List");
}

static const struct mailbox *only_author(const struct message *m)
{
	return m->from.n == 1 && !(m->from.mailboxes[0].flags & (MAILBOX_TAG | MAILBOX_NO_ADDRESS)) && m->from.mailboxes[0].domain.n ?
		       &m->from.mailboxes[0] :
		       NULL;
}

static bool same_house(struct span a, struct span b)
{
	return a.n && b.n && span_eq_ci(host_organisation(a), host_organisation(b));
}

static bool same_address(const struct mailbox *a, const struct mailbox *b)
{
	return a->domain.n && span_eq_ci(a->domain, b->domain) && span_eq_ci(a->local, b->local);
}

/* The place of a member with its address where it has one. */
static struct range address_place(const struct mailbox *box)
{
	return box->address.end > box->address.start ? box->address : box->whole;
}

/* --- Subject ------------------------------------------------------------------------------------------------------------------ */

/* How the Subject is folded: RFC 5322, section 2.2.3 keeps the white space behind a fold. Between encoded words it is dropped. Cases:
 * tab, several. The place is the white space at the start of the continuation line. */
CHECK(subject_folded)
{
	const struct field *f = m->subject_field;

	if (!f || f->flags & FIELD_TOO_LONG) {
		check_not_applicable(c);
		return;
	}
	struct span bytes = m->file->bytes;
	size_t word = 0, text_start = field_value_range(m, f).start;
	for (size_t at = f->value_start; at < f->value_end; at++) {
		if (bytes.p[at] != '\n' && !(bytes.p[at] == '\r' && (at + 1 == bytes.n || bytes.p[at + 1] != '\n')))
			continue;
		size_t start = at + 1, end = start;
		bool tab = false;
		for (; end < f->value_end && (bytes.p[end] == ' ' || bytes.p[end] == '\t'); end++)
			tab |= bytes.p[end] == '\t';
		/* What stands right behind the name is trimmed, and a line of white space only is told elsewhere. */
		if (at < text_start || end >= f->value_end || bytes.p[end] == '\r' || bytes.p[end] == '\n')
			continue;
		while (word < f->n_words && f->words[word].start < end)
			word++;
		bool before_word = word < f->n_words && f->words[word].start == end;
		bool behind_word = word > 0 && span_trim(span_cut(bytes, f->words[word - 1].end, end)).n == 0;
		if (before_word && behind_word)
			continue;
		if (tab || end - start > 1) {
			check_report(c, ((struct range){ start, end }), tab ? "tab" : "several", ARG_I("count", end - start));
			check_fix(c, NULL, ((struct range){ start, end }), SPAN_LIT(" "));
			return;
		}
	}
}

/* The signs that say "verified", "official", "secure". Source: Gmail, Email sender guidelines. */
static bool is_check_mark(uint32_t ch)
{
	static const uint32_t marks[] = { 0x24CB, 0x24E5, 0x2611, 0x2705, 0x2713, 0x2714, 0x1F145, 0x1F165, 0x1F50F,
					  0x1F510, 0x1F512, 0x1F5F8, 0x1F5F9, 0x1F6E1 };

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (marks[i] == ch)
			return true;
	return false;
}

/* Other signs of a mail program's own: envelopes, bells, warnings. */
static bool is_program_sign(uint32_t ch)
{
	static const uint32_t signs[] = { 0x2139, 0x24D8, 0x26A0, 0x2709, 0x1F396, 0x1F3C5, 0x1F4E7, 0x1F4E8, 0x1F4E9,
					  0x1F4EA, 0x1F4EB, 0x1F4EC, 0x1F4ED, 0x1F514, 0x1F6A8 };

	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (signs[i] == ch)
			return true;
	return false;
}

/* The place behind the blanks at and behind at. U+FE0F asks for the coloured form and is nothing to see. */
static size_t behind_blanks(struct span s, size_t at)
{
	while (at < s.n) {
		if (s.p[at] == ' ')
			at++;
		else if (span_starts(span_cut(s, at, s.n), SPAN_LIT("\xEF\xB8\x8F")))
			at += 3;
		else
			break;
	}
	return at;
}

static bool any_starts(struct span s, const char *const *words)
{
	for (; words && *words; words++)
		if (span_starts_ci(s, span_str(*words)))
			return true;
	return false;
}

static bool any_ends(struct span s, const char *const *words)
{
	for (; words && *words; words++)
		if (span_ends_ci(s, span_str(*words)))
			return true;
	return false;
}

/* Does a word of verification or the sender's name stand right before or behind the mark? A list that is ticked off has neither. */
static bool claims_verification(const struct message *m, struct span s, struct range mark, const char *const *claims)
{
	struct span before = span_trim(span_cut(s, mark.start > 200 ? mark.start - 200 : 0, mark.start));
	struct span behind = span_cut(s, behind_blanks(s, mark.end), s.n);
	const struct text *name = m->from.n == 1 ? m->from.mailboxes[0].name_text : NULL;

	return any_starts(behind, claims) || any_ends(before, claims) ||
	       (name && name->bytes.n >= 3 && name->bytes.n <= 200 && span_ends_ci(before, name->bytes));
}

/* with: claims (words beside a mark that make it a badge, small letters). Cases: subject (a check mark or lock in the Subject), sign (another
 * sign of mail programs there), body (a mark right behind the sender's name or beside a claim). */
CHECK(badge_in_text)
{
	const char *const *claims = rule_setting_list(check_rule(c), "claims");

	if (m->subject) {
		struct range sign = { 0, 0 };
		for (size_t at = 0; at < m->subject->bytes.n;) {
			size_t start = at;
			uint32_t ch = utf8_next(m->subject->bytes, &at);
			if (is_check_mark(ch)) {
				check_report_text(c, m->subject, ((struct range){ start, at }), "subject");
				return;
			}
			if (is_program_sign(ch) && sign.end == 0)
				sign = (struct range){ start, at };
		}
		if (sign.end) {
			check_report_text(c, m->subject, sign, "sign");
			return;
		}
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct text *text = m->bodies[i].visible;
		for (size_t at = span_find_non_ascii(text->bytes, 0); at < text->bytes.n; at = span_find_non_ascii(text->bytes, at)) {
			size_t start = at;
			if (!is_check_mark(utf8_next(text->bytes, &at)) ||
			    !claims_verification(m, text->bytes, (struct range){ start, at }, claims))
				continue;
			check_report_text(c, text, ((struct range){ start, at }), "body");
			return;
		}
	}
}

/* --- threads ------------------------------------------------------------------------------------------------------------------ */

/* The next <...> at or behind *at, as a range of s; false where there is none. */
static bool next_angle(struct span s, size_t *at, struct range *out)
{
	size_t open = span_find_byte(s, '<', *at), close = span_find_byte(s, '>', open);

	if (close >= s.n)
		return false;
	*out = (struct range){ open, close + 1 };
	*at = close + 1;
	return true;
}

/* What is wrong with one id in angle brackets; NULL. */
static const char *id_fault(struct span id)
{
	size_t at = span_find_byte(id, '@', 0);

	if (span_find_byte(id, ' ', 0) < id.n || span_find_byte(id, '\t', 0) < id.n)
		return "blank";
	return at == id.n || at == 1 || at + 2 >= id.n ? "no-at" : NULL;
}

/* with: most (octets of the field). In-Reply-To and References. Cases: no-id (nothing in angle brackets), no-at, blank (inside an id), words
 * (beside the ids: RFC 822 allowed them), long. */
CHECK(thread_id_malformed)
{
	static const char *const names[] = { "In-Reply-To", "References" };
	size_t most = (size_t)rule_setting_int(check_rule(c), "most", 10000);

	for (size_t k = 0; k < G_N_ELEMENTS(names); k++) {
		const struct field *f = header_find(m->header, names[k]);
		/* An encoded word in it is encoded_word_flag's; an empty field header_empty's. */
		if (!f || f->n_words || f->unfolded->bytes.n == 0 || has_tag(c, f->unfolded->bytes))
			continue;
		struct span s = f->unfolded->bytes;
		struct range id = { 0, 0 };
		size_t at = 0, n = 0, others = 0, behind = 0;
		const char *fault = NULL;
		while (!fault && next_angle(s, &at, &id)) {
			n++;
			others += span_trim(span_cut(s, behind, id.start)).n;
			behind = id.end;
			fault = id_fault(span_cut(s, id.start, id.end));
		}
		others += span_trim(span_cut(s, behind, s.n)).n;
		if (fault)
			check_report_text(c, f->unfolded, id, fault, ARG_T("field", f->name));
		else if (n == 0)
			check_report(c, field_value_range(m, f), "no-id", ARG_T("field", f->name));
		else if (s.n > most)
			check_report(c, place(f->value_start), "long", ARG_T("field", f->name), ARG_I("length", s.n));
		else if (others > n)
			check_report(c, field_value_range(m, f), "words", ARG_T("field", f->name));
	}
}

/* Does the Subject begin with one of the prefixes and a colon, behind names of lists in brackets? with: prefixes, in form L1. */
static bool is_titled_reply(const struct message *m, const char *const *prefixes)
{
	struct span s = m->subject_l1 ? span_trim(m->subject_l1->bytes) : SPAN_EMPTY;

	while (s.n && s.p[0] == '[') {
		size_t close = span_find_byte(s, ']', 0);
		s = close < s.n ? span_trim(span_cut(s, close + 1, s.n)) : SPAN_EMPTY;
	}
	for (; prefixes && *prefixes; prefixes++) {
		struct span prefix = span_str(*prefixes), rest = span_cut(s, prefix.n, s.n);
		if (span_starts(s, prefix) && rest.n && (rest.p[0] == ':' || rest.p[0] == '[' || rest.p[0] == '(' || rest.p[0] == '^'))
			return true;
	}
	return false;
}

/* with: prefixes. A mail that is no reply by its Subject, with In-Reply-To or References. Cases: bulk (it says that it goes to a list), alone, own
 * (the earlier mail is the sender's own: issues threaded on purpose). */
CHECK(thread_fields)
{
	const struct field *f = header_find(m->header, "In-Reply-To");

	if (!f)
		f = header_find(m->header, "References");
	if (!f || f->unfolded->bytes.n == 0 || has_tag(c, f->unfolded->bytes)) {
		check_not_applicable(c);
		return;
	}
	if (is_titled_reply(m, rule_setting_list(check_rule(c), "prefixes")) || is_discussion(m))
		return;
	struct span s = f->unfolded->bytes;
	struct range id;
	size_t at = 0;
	bool own = false;
	const struct mailbox *author = only_author(m);
	if (author && next_angle(s, &at, &id)) {
		struct span inner = span_cut(s, id.start + 1, id.end - 1);
		own = same_house(span_cut(inner, span_find_byte(inner, '@', 0) + 1, inner.n), author->domain);
	}
	check_report(c, field_range(f), own ? "own" : is_marked_bulk(m) ? "bulk" : "alone", ARG_T("field", f->name));
	for (size_t i = 0; i < m->header->n; i++)
		if (span_eq_ci(m->header->fields[i].name, SPAN_LIT("In-Reply-To")) || span_eq_ci(m->header->fields[i].name, SPAN_LIT("References")))
			field_fix_drop(c, m, &m->header->fields[i]);
}

/* --- who gets it, who answers ---------------------------------------------------------------------------------------------------- */

/* with: most (addresses in To and Cc together). Cases: many, same-as-from (a list's mail may go to the list's own address, which is a real one),
 * undisclosed (no address at all: an empty group). */
CHECK(recipients_shown)
{
	size_t most = (size_t)rule_setting_int(check_rule(c), "most", 10), n = 0;
	const struct field *to = header_find(m->header, "To");
	const struct mailbox *author = only_author(m);
	const struct address_list *lists[] = { &m->to, &m->cc };

	if (!to || to->unfolded->bytes.n == 0) {
		check_not_applicable(c);
		return;
	}
	for (size_t k = 0; k < G_N_ELEMENTS(lists); k++) {
		for (size_t i = 0; i < lists[k]->n; i++) {
			const struct mailbox *box = &lists[k]->mailboxes[i];
			if (box->flags & MAILBOX_NO_ADDRESS || ++n != most + 1)
				continue;
			check_report(c, address_place(box), "many",
				     ARG_I("count", m->to.n + m->cc.n), ARG_I("most", most));
			return;
		}
	}
	if (m->to.empty_group && n == 0) {
		check_report(c, field_value_range(m, to), "undisclosed", ARG_T("value", to->unfolded->bytes));
		return;
	}
	if (author && m->to.n == 1 && n == 1 && same_address(author, &m->to.mailboxes[0]) && !is_marked_bulk(m) && !is_discussion(m))
		check_report(c, address_place(&m->to.mailboxes[0]), "same-as-from", ARG_T("address", file_span(m, author->address)));
}

/* with: domains (free mail). Cases: free-mail (From is at another domain), internal (no answer can arrive), other (another organisation). */
CHECK(reply_to_foreign)
{
	struct word_list free_mail = rule_setting_words(check_rule(c), "domains");
	const struct mailbox *author = only_author(m);

	if (m->reply_to.n == 0 || !author) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->reply_to.n; i++) {
		const struct mailbox *box = &m->reply_to.mailboxes[i];
		const char *kind = NULL;
		if (box->flags & (MAILBOX_TAG | MAILBOX_NO_ADDRESS | MAILBOX_NO_DOMAIN | MAILBOX_BAD_DOMAIN | MAILBOX_FULL_WIDTH) || box->domain.n == 0)
			continue;
		if (host_is_internal(box->domain) || box->flags & MAILBOX_NO_DOT)
			kind = "internal";
		else if (span_eq_ci(box->domain, author->domain) || list_owns_host(c, box->domain))
			continue;
		else if (word_list_has_domain(free_mail, box->domain))
			kind = word_list_has_domain(free_mail, author->domain) ? NULL : "free-mail";
		else if (!same_house(box->domain, author->domain) && !is_discussion(m)) /* a list takes the answers to itself */
			kind = "other";
		if (!kind)
			continue;
		check_report(c, address_place(box), kind, ARG_T("domain", box->domain), ARG_T("from", author->domain));
		return;
	}
}

/* with: cases (those that the rule is about). Cases: missing (From has several authors and there is no Sender), same (as From), several (more
 * than one address in Sender), group. RFC 5322, section 3.6.2. */
CHECK(sender_field)
{
	const char *const *cases = rule_setting_list(check_rule(c), "cases");
	const struct field *f = header_find(m->header, "Sender");
	size_t authors = 0;
	const char *kind = NULL;

	for (size_t i = 0; i < m->from.n; i++) {
		if (m->from.mailboxes[i].flags & (MAILBOX_NO_ADDRESS | MAILBOX_TAG)) {
			authors = 0; /* a name with a comma is no second author */
			break;
		}
		authors++;
	}
	if (!f && (authors < 2 || m->kind == INPUT_TEMPLATE)) {
		check_not_applicable(c);
		return;
	}
	if (!f) {
		if (word_in_list(cases, SPAN_LIT("missing")))
			check_report(c, message_header_end(m), "missing", ARG_I("count", authors));
		return;
	}
	if (has_tag(c, f->unfolded->bytes))
		return;
	if (m->sender.n_groups)
		kind = "group";
	else if (m->sender.n > 1)
		kind = "several";
	else if (m->sender.n == 1 && authors == 1 && same_address(&m->sender.mailboxes[0], &m->from.mailboxes[0]))
		kind = "same";
	if (!kind || !word_in_list(cases, span_str(kind)))
		return;
	check_report(c, field_range(f), kind, ARG_I("count", m->sender.n));
	if (strcmp(kind, "same") == 0)
		field_fix_drop(c, m, f);
}

/* The domain of the mailto: address of List-Post; empty where there is none. */
static struct span list_post_domain(const struct message *m)
{
	const struct field *post = header_find(m->header, "List-Post");

	if (!post)
		return SPAN_EMPTY;
	struct span s = post->unfolded->bytes;
	size_t start = span_find_ci(s, SPAN_LIT("<mailto:"), 0), end = span_find_byte(s, '>', start), query = span_find_byte(s, '?', start);
	if (end >= s.n)
		return SPAN_EMPTY;
	struct span address = span_cut(s, start + 8, query < end ? query : end);
	return span_trim(span_cut(address, span_find_byte(address, '@', 0) + 1, address.n));
}

/* A mail of a discussion list that the list altered (its name before the Subject), with the author's own address in From. */
CHECK(list_author_outside)
{
	struct span list = list_post_domain(m);
	const struct mailbox *author = only_author(m);

	if (list.n == 0 || !author) {
		check_not_applicable(c);
		return;
	}
	struct span subject = m->subject ? span_trim(m->subject->bytes) : SPAN_EMPTY;
	bool altered = subject.n > 2 && subject.p[0] == '[' && span_find_byte(subject, ']', 0) < subject.n;
	if (altered && !same_house(author->domain, list))
		check_report(c, author->domain_range, NULL, ARG_T("domain", author->domain), ARG_T("list", list));
}

static void fix_domain(struct check *c, const struct message *m, struct range range)
{
	struct idn *idn = idn_new();
	struct span raw = file_span(m, range), ascii = utf8_valid(raw) ? idn_to_ascii(idn, check_arena(c), raw) : SPAN_EMPTY;

	if (ascii.n)
		check_fix(c, NULL, range, ascii);
	idn_free(idn);
}

/* Raw letters beyond ASCII in an address. Cases: local, domain. */
CHECK(address_non_ascii)
{
	static const char *const names[] = { "from", "sender", "reply-to", "to", "cc", "bcc" };
	const struct address_list *lists[] = { &m->from, &m->sender, &m->reply_to, &m->to, &m->cc, &m->bcc };

	for (size_t k = 0; k < G_N_ELEMENTS(names); k++) {
		for (size_t i = 0; i < lists[k]->n; i++) {
			const struct mailbox *box = &lists[k]->mailboxes[i];
			if (!(box->flags & MAILBOX_NON_ASCII) || box->flags & (MAILBOX_FULL_WIDTH | MAILBOX_TAG | MAILBOX_NO_ADDRESS))
				continue;
			bool local = !span_is_ascii(file_span(m, box->local_range)), domain = !span_is_ascii(file_span(m, box->domain_range));
			if (!local && !domain)
				continue;
			check_report(c, local ? box->local_range : box->domain_range, local ? "local" : "domain",
				     ARG_T("field", span_str(names[k])), ARG_T("address", file_span(m, box->address)));
			fix_domain(c, m, box->domain_range);
		}
	}
}

/* --- list fields ----------------------------------------------------------------------------------------------------------------- */

/* The first byte at or behind from that may not stand raw in a URI, or a % without two hexadecimal digits; n where there is none.
 * RFC 3986, sections 2.1 to 2.3. */
static size_t bad_uri_byte(struct span s, size_t from)
{
	for (size_t i = from; i < s.n; i++) {
		unsigned char byte = (unsigned char)s.p[i];
		if (byte == '%' ? i + 2 >= s.n || ascii_hex_value(s.p[i + 1]) < 0 || ascii_hex_value(s.p[i + 2]) < 0 :
				  byte <= ' ' || byte >= 0x7F || strchr("\"<>\\^`{|}", (int)byte))
			return i;
	}
	return s.n;
}

/* Is there an address before the "?", and is each of them one? */
static const char *mailto_address_fault(struct check *c, struct span addresses)
{
	if (addresses.n == 0)
		return "no-address";
	for (size_t at = 0; at <= addresses.n;) {
		size_t end = span_find_byte(addresses, ',', at);
		char *decoded = g_uri_unescape_segment(addresses.p + at, addresses.p + end, NULL);
		struct span spec = decoded ? arena_copy_span(check_arena(c), span_str(decoded)) : SPAN_EMPTY;
		g_free(decoded);
		struct mailbox box = address_parse_spec(check_arena(c), spec);
		if (spec.n == 0 || box.flags & (MAILBOX_NO_DOMAIN | MAILBOX_NO_LOCAL | MAILBOX_DOTS | MAILBOX_LOCAL_CHARACTER | MAILBOX_BAD_DOMAIN |
						 MAILBOX_NO_DOT | MAILBOX_NO_ADDRESS | MAILBOX_JUNK_BEHIND | MAILBOX_FULL_WIDTH))
			return "address";
		at = end + 1;
	}
	return NULL;
}

/* Characters that must be percent-encoded are, and &amp; is &. Not where a fold hides what the blank was, nor a byte of no known charset. */
static void fix_mailto(struct check *c, const struct message *m, const struct list_uri *uri)
{
	struct span raw = file_span(m, uri->range);
	GString *text = g_string_new(NULL);

	if (!utf8_valid(raw) || span_find_byte(raw, '\n', 0) < raw.n || span_find_byte(raw, '\r', 0) < raw.n)
		raw = SPAN_EMPTY;
	/* Before the "?" stands the address: a blank in it is no %20. */
	size_t question = span_find_byte(raw, '?', 0);
	for (size_t i = 0; i < raw.n; i++) {
		if (i > question && span_starts_ci(span_cut(raw, i, raw.n), SPAN_LIT("&amp;"))) {
			g_string_append_c(text, '&');
			i += 4;
		} else if (bad_uri_byte(span_cut(raw, 0, MIN(i + 3, raw.n)), i) == i) {
			g_string_append_printf(text, "%%%02X", (unsigned char)raw.p[i]);
		} else {
			g_string_append_c(text, raw.p[i]);
		}
	}
	if (raw.n && bad_uri_byte(span_cut(raw, 0, question), 0) == question)
		field_fix_place(c, m, header_find(m->header, "List-Unsubscribe"), uri->range, arena_copy_span(check_arena(c), span_of(text->str, text->len)));
	g_string_free(text, TRUE);
}

/* The mailto members of List-Unsubscribe. Cases: no-address, address, blank, byte (a character or a % that must be percent-encoded), amp (&amp; as
 * in HTML), header (a part behind ? without =). RFC 6068, section 2. */
CHECK(unsubscribe_mailto_value)
{
	bool any = false;

	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		const struct list_uri *uri = &m->unsubscribe[i];
		if (!span_starts_ci(uri->uri, SPAN_LIT("mailto:")) || has_tag(c, uri->uri))
			continue;
		any = true;
		size_t question = span_find_byte(uri->uri, '?', 0), bad = bad_uri_byte(uri->uri, 0);
		struct span query = span_cut(uri->uri, question + 1, uri->uri.n);
		const char *kind = NULL;
		if (bad < uri->uri.n)
			kind = uri->uri.p[bad] == ' ' || uri->uri.p[bad] == '\t' ? "blank" : "byte";
		else if (span_find_ci(query, SPAN_LIT("&amp;"), 0) < query.n)
			kind = "amp";
		else
			kind = mailto_address_fault(c, span_cut(uri->uri, 7, question));
		for (size_t at = 0; !kind && at < query.n;) {
			size_t end = span_find_byte(query, '&', at), equals = span_find_byte(query, '=', at);
			if (equals >= end || equals == at)
				kind = "header";
			at = end + 1;
		}
		if (kind)
			check_report(c, uri->range, kind, ARG_T("uri", uri->uri));
		if (kind)
			fix_mailto(c, m, uri);
	}
	if (!any)
		check_not_applicable(c);
}

static const char *const list_fields[] = { "List-Help", "List-Subscribe", "List-Post", "List-Owner", "List-Archive" };

/* The host that the first address of a list field leads to: that of a URL, the domain of a mailto. Empty where there is none. */
static struct span list_host(const struct field *f)
{
	struct span s = f->unfolded->bytes;
	size_t at = 0;
	struct range member;

	if (!next_angle(s, &at, &member))
		return SPAN_EMPTY;
	struct url url = url_parse(span_cut(s, member.start + 1, member.end - 1));
	if (!span_eq_ci(url.scheme, SPAN_LIT("mailto")))
		return url.host;
	size_t sign = span_find_byte(url.path, '@', 0);
	return span_cut(url.path, sign + 1, url.path.n);
}

/* Skip comments and blanks from at on. */
static size_t behind_comments(struct span s, size_t at)
{
	int depth = 0;

	for (; at < s.n; at++) {
		if (s.p[at] == '(')
			depth++;
		else if (s.p[at] == ')' && depth > 0)
			depth--;
		else if (depth == 0 && !ascii_is_space(s.p[at]))
			break;
	}
	return at;
}

/* The fault of one list field, with its place in the unfolded value; NULL. RFC 2369, sections 2 and 3.4. */
static const char *list_field_fault(const struct field *f, struct range *where)
{
	struct span s = f->unfolded->bytes;
	bool post = span_eq_ci(f->name, SPAN_LIT("List-Post"));
	size_t at = behind_comments(s, 0);

	*where = (struct range){ 0, s.n };
	if (post && span_starts_ci(span_cut(s, at, s.n), SPAN_LIT("NO")) && behind_comments(s, at + 2) >= s.n)
		return NULL;
	while (at < s.n) {
		if (s.p[at] != '<')
			return post && span_find_byte(s, ':', 0) == s.n && span_find_byte(s, '@', 0) == s.n ? "word" : "no-brackets";
		size_t close = span_find_byte(s, '>', at);
		if (close == s.n)
			return "no-brackets";
		struct span uri = span_trim(span_cut(s, at + 1, close));
		struct url url = url_parse(uri);
		*where = (struct range){ at, close + 1 };
		if (url.scheme.n == 0)
			return "no-scheme";
		if (span_find_byte(uri, ' ', 0) < uri.n)
			return "blank";
		at = behind_comments(s, close + 1);
		/* Text behind an address that is no comment is ignored, as RFC 2369, section 2 asks of readers. */
		at = behind_comments(s, span_find_byte(s, ',', at) + 1);
	}
	return NULL;
}

/* An address in brackets and with its scheme, without the line end of a fold. */
static void fix_list_field(struct check *c, const struct message *m, const struct field *f, struct range where, const char *kind)
{
	struct span s = f->unfolded->bytes, member = span_cut(s, where.start, where.end), inner = span_trim(member);
	GString *text = g_string_new("<");

	if (strcmp(kind, "no-brackets") != 0)
		inner = span_trim(span_cut(member, 1, member.n - 1));
	struct mailbox box = address_parse_spec(check_arena(c), inner);
	struct url url = url_parse(inner);
	bool address = box.flags == 0 && url.scheme.n == 0;
	if (address)
		g_string_append(text, "mailto:");
	for (size_t i = 0; i < inner.n; i++)
		if (!ascii_is_space(inner.p[i]))
			g_string_append_c(text, inner.p[i]);
	g_string_append_c(text, '>');
	bool known = span_eq_ci(url.scheme, SPAN_LIT("https")) || span_eq_ci(url.scheme, SPAN_LIT("http")) || span_eq_ci(url.scheme, SPAN_LIT("mailto"));
	bool whole = span_find_byte(inner, ',', 0) == inner.n && span_find_byte(inner, '<', 0) == inner.n && span_find_byte(inner, '>', 0) == inner.n;
	bool blank = span_find_byte(inner, ' ', 0) < inner.n || span_find_byte(inner, '\t', 0) < inner.n;
	if (whole && (address || known) && (!blank || strcmp(kind, "folded") == 0))
		field_fix_place(c, m, f, text_to_file(f->unfolded, where.start, where.end), arena_copy_span(check_arena(c), span_of(text->str, text->len)));
	g_string_free(text, TRUE);
}

/* List-Help, List-Subscribe, List-Post, List-Owner, List-Archive. Cases: no-brackets, no-scheme, blank, folded (a
 * line end within), word (List-Post with a word other than NO). */
CHECK(list_field_malformed)
{
	bool any = false;

	for (size_t k = 0; k < G_N_ELEMENTS(list_fields); k++) {
		const struct field *first = header_find(m->header, list_fields[k]);
		for (const struct field *f = first; f; f = header_find_next(m->header, f)) {
			struct range where;
			if (f->unfolded->bytes.n == 0 || f->n_words || has_tag(c, f->unfolded->bytes))
				continue;
			any = true;
			const char *kind = list_field_fault(f, &where);
			/* White space of folding is ignored by readers that keep to RFC 2369, section 2. */
			struct span raw = file_span(m, text_to_file(f->unfolded, where.start, where.end));
			if (kind && strcmp(kind, "blank") == 0 && span_find_byte(raw, '\n', 0) < raw.n)
				kind = "folded";
			if (!kind)
				continue;
			check_report_text(c, f->unfolded, where, kind, ARG_T("field", f->name));
			fix_list_field(c, m, f, where, kind);
		}
	}
	if (!any)
		check_not_applicable(c);
}

/* The domain-like end of the id in List-Id. */
static struct span list_id_host(const struct field *f)
{
	struct span s = f->unfolded->bytes;
	size_t at = 0;
	struct range id;

	return next_angle(s, &at, &id) ? span_trim(span_cut(s, id.start + 1, id.end - 1)) : SPAN_EMPTY;
}

/* Is the name before the @ of List-Post that before the first dot of the id? */
static bool is_named_alike(const struct field *post, struct span id)
{
	struct span s = post->unfolded->bytes;
	size_t start = span_find_ci(s, SPAN_LIT("mailto:"), 0) + 7, end = span_find_byte(s, '@', start);

	return end < s.n && end > start && span_eq_ci(span_cut(s, start, end), span_cut(id, 0, span_find_byte(id, '.', 0)));
}

/* Fields of two lists in one mail. Cases: list-id (a second List-Id), field (a second field that leads to another house), disagree (List-Id and
 * List-Post are of different houses). */
CHECK(list_fields_of_two)
{
	const struct field *id = header_find(m->header, "List-Id");
	const struct field *second = id ? header_find_next(m->header, id) : NULL;

	if (second) {
		check_report(c, field_range(second), "list-id", ARG_T("field", second->name));
		return;
	}
	for (size_t k = 0; k < G_N_ELEMENTS(list_fields); k++) {
		const struct field *first = header_find(m->header, list_fields[k]);
		struct span first_host = first ? list_host(first) : SPAN_EMPTY;
		for (const struct field *f = first ? header_find_next(m->header, first) : NULL; f; f = header_find_next(m->header, f)) {
			if (first_host.n == 0 || list_host(f).n == 0 || same_house(first_host, list_host(f)))
				continue;
			check_report(c, field_range(f), "field", ARG_T("field", f->name));
			return;
		}
	}
	const struct field *post = header_find(m->header, "List-Post");
	struct span post_host = list_post_domain(m), id_host = id ? list_id_host(id) : SPAN_EMPTY;
	if (!id && !post) {
		check_not_applicable(c);
		return;
	}
	/* "unstructured.localhost" and ids without a dot name no house (RFC 2919, section 3); talk@new-house and talk.old-house are one list that
	 * moved. */
	if (post && post_host.n && !is_named_alike(post, id_host) && span_find_byte(id_host, '.', 0) < id_host.n && !host_is_internal(id_host) && !has_tag(c, id_host) &&
	    !same_house(post_host, id_host))
		check_report(c, field_value_range(m, post), "disagree", ARG_T("field", post->name), ARG_T("list", id_host));
}

/* --- keywords -------------------------------------------------------------------------------------------------------------------- */

/* with: name (of the field), allowed, harmful (both in any case), list (true: several words, by commas), instead (what a fix writes). What stands behind ";" or in a comment is
 * not looked at. Cases: unknown, harmful. */
CHECK(field_keyword)
{
	const struct field *f = field_to_judge(c, m, rule_setting(check_rule(c), "name", ""));
	const char *const *allowed = rule_setting_list(check_rule(c), "allowed");
	const char *const *harmful = rule_setting_list(check_rule(c), "harmful");
	bool list = strcmp(rule_setting(check_rule(c), "list", "false"), "true") == 0;
	const char *instead = rule_setting(check_rule(c), "instead", "");

	if (!f)
		return;
	struct span s = f->unfolded->bytes;
	size_t limit = span_find_byte(s, '(', 0), parameters = span_find_byte(s, ';', 0);
	limit = parameters < limit ? parameters : limit;
	for (size_t at = 0; at <= limit;) {
		size_t comma = list ? span_find_byte(s, ',', at) : limit;
		size_t end = comma < limit ? comma : limit;
		struct span piece = span_cut(s, at, end), word = span_trim(piece);
		size_t start = at + (word.n ? (size_t)(word.p - piece.p) : 0);
		const char *kind = word_in_list(harmful, word) ? "harmful" : !word_in_list(allowed, word) ? "unknown" : NULL;
		if (kind) {
			check_report_text(c, f->unfolded, ((struct range){ start, start + word.n }), kind, ARG_T("field", f->name), ARG_T("value", word));
			if (*instead)
				field_fix_value(c, m, f, span_str(instead));
			return;
		}
		at = end + 1;
	}
}

/* with: fields, values (words that the value begins with; left out: any value). Fields that a newsletter should not have, or not so. */
CHECK(field_begins)
{
	const char *const *fields = rule_setting_list(check_rule(c), "fields");
	const char *const *values = rule_setting_list(check_rule(c), "values");

	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (!word_in_list(fields, f->name) || f->unfolded->bytes.n == 0)
			continue;
		struct span s = f->unfolded->bytes;
		size_t end = 0;
		while (end < s.n && (ascii_is_alnum(s.p[end]) || s.p[end] == '-'))
			end++;
		if (values && !word_in_list(values, span_cut(s, 0, end)))
			continue;
		check_report(c, field_value_range(m, f), NULL, ARG_T("field", f->name));
		field_fix_drop(c, m, f);
	}
}

/* Feedback-ID: at most four parts, the last of them names the sender. with: least, most (characters of the last). Cases: parts, length, empty,
 * repeated. Source: Gmail, Feedback Loop. */
CHECK(feedback_id)
{
	enum { MOST_PARTS = 4 };
	size_t least = (size_t)rule_setting_int(check_rule(c), "least", 5), most = (size_t)rule_setting_int(check_rule(c), "most", 15);
	const struct field *f = field_to_judge(c, m, "Feedback-ID");
	struct span parts[MOST_PARTS];
	size_t n = 0;

	if (!f)
		return;
	struct span s = f->unfolded->bytes;
	for (size_t at = 0; at <= s.n;) {
		size_t end = span_find_byte(s, ':', at);
		if (n < MOST_PARTS)
			parts[n] = span_trim(span_cut(s, at, end));
		n++;
		at = end + 1;
	}
	if (n > MOST_PARTS) {
		check_report(c, field_value_range(m, f), "parts", ARG_I("count", n));
		return;
	}
	struct span sender = parts[n - 1];
	size_t start = sender.n ? (size_t)(sender.p - s.p) : s.n;
	if (sender.n == 0)
		check_report_text(c, f->unfolded, ((struct range){ 0, s.n }), "empty");
	else if (sender.n < least || sender.n > most)
		check_report_text(c, f->unfolded, ((struct range){ start, start + sender.n }), "length", ARG_T("sender", sender),
				  ARG_I("count", sender.n));
	for (size_t i = 1; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (parts[i].n == 0 || !span_eq(parts[i], parts[k]))
				continue;
			size_t at = (size_t)(parts[i].p - s.p);
			check_report_text(c, f->unfolded, ((struct range){ at, at + parts[i].n }), "repeated", ARG_T("id", parts[i]));
			return;
		}
	}
}

/* --- what does not belong into a field --------------------------------------------------------------------------------------------- */

static bool is_private_address(struct span word)
{
	size_t dots = 0;

	for (size_t i = 0; i < word.n; i++) {
		dots += word.p[i] == '.';
		if (word.p[i] != '.' && !ascii_is_digit(word.p[i]))
			return false;
	}
	/* "0.9.1.2" is a version. */
	return dots == 3 && word.p[0] != '0' && host_is_internal(word);
}

static bool is_internal_name(struct span word)
{
	static const char *const endings[] = { ".local", ".internal", ".localdomain", ".lan", ".intra", ".corp" };

	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
		if (word.n > strlen(endings[i]) && span_ends_ci(word, span_str(endings[i])))
			return true;
	return is_private_address(word);
}

static bool is_host_byte(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

/* with: programs (fields that name programs and their versions), most (octets). Fields that begin with "X-". Cases: internal (a host name or
 * address of an inner network), repeated, long. */
CHECK(vendor_field)
{
	const char *const *programs = rule_setting_list(check_rule(c), "programs");
	size_t most = (size_t)rule_setting_int(check_rule(c), "most", 998);
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		/* Of the field that silences findings the rule ignore-left speaks. */
		if (!span_starts_ci(f->name, SPAN_LIT("X-")) || f->flags & FIELD_NO_COLON || span_eq_ci(f->name, span_str(SUPPRESS_FIELD)))
			continue;
		struct span s = f->unfolded->bytes;
		bool told = false;
		for (size_t at = 0; !told && at < s.n && !word_in_list(programs, f->name);) {
			size_t end = at;
			while (end < s.n && is_host_byte(s.p[end]))
				end++;
			struct span word = span_cut(s, at, end);
			while (word.n && word.p[word.n - 1] == '.')
				word.n--;
			if (word.n && is_internal_name(word)) {
				check_report_text(c, f->unfolded, ((struct range){ at, at + word.n }), "internal", ARG_T("field", f->name));
				told = true;
			}
			at = end + 1;
		}
		bool first = g_hash_table_add(seen, g_ascii_strdown(f->name.p, (gssize)f->name.n));
		if (told)
			continue;
		if (!first)
			check_report(c, field_range(f), "repeated", ARG_T("field", f->name));
		else if (s.n > most)
			check_report(c, place(f->value_start), "long", ARG_T("field", f->name), ARG_I("length", s.n));
	}
	g_hash_table_destroy(seen);
}

/* Does "Name:" stand at the start of s? */
static bool starts_a_field(struct span s)
{
	size_t n = 0;

	while (n < s.n && n < 40 && (ascii_is_alnum(s.p[n]) || s.p[n] == '-'))
		n++;
	return n >= 2 && n < s.n && s.p[n] == ':';
}

/* The next percent-encoded line end: %0D%0A, or one of both with what looks like a field behind it. */
static bool find_percent_line_end(struct span s, size_t from, struct range *out)
{
	for (size_t at = span_find(s, SPAN_LIT("%0"), from); at < s.n; at = span_find(s, SPAN_LIT("%0"), at + 1)) {
		struct span rest = span_cut(s, at, s.n);
		size_t n = span_starts_ci(rest, SPAN_LIT("%0d%0a")) ? 6 : 0;
		if (n == 0 && (span_starts_ci(rest, SPAN_LIT("%0a")) || span_starts_ci(rest, SPAN_LIT("%0d"))) &&
		    starts_a_field(span_cut(rest, 3, rest.n)))
			n = 3;
		if (n) {
			*out = (struct range){ at, at + n };
			return true;
		}
	}
	return false;
}

/* Does the place lie in a URI? Line ends of the text that a mailto: address proposes are written that way, rightly (RFC 6068, section 5). */
static bool is_in_uri(struct span s, size_t at)
{
	enum { LONGEST_URI_BYTES = 1000 };
	size_t start = at, limit = at > LONGEST_URI_BYTES ? at - LONGEST_URI_BYTES : 0;

	while (start > limit && !ascii_is_space(s.p[start - 1]) && s.p[start - 1] != '<' && s.p[start - 1] != '"')
		start--;
	struct span word = span_cut(s, start, at);
	return span_find(word, SPAN_LIT("://"), 0) < word.n || span_starts_ci(word, SPAN_LIT("mailto:"));
}

/* Percent-encoded line ends in field values, also in those of parts. Cases: shown (in a field that readers see), other. */
CHECK(percent_line_end)
{
	enum { MOST_HITS = 100 };
	static const char *const shown[] = { "Subject", "From", "Sender", "Reply-To", "To", "Cc", NULL };

	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++) {
			const struct field *f = &header->fields[i];
			struct range hit = { 0, 0 };
			if (f->flags & FIELD_NO_COLON)
				continue;
			bool found = find_percent_line_end(f->value->bytes, 0, &hit);
			for (size_t n = 0; found && n < MOST_HITS && is_in_uri(f->value->bytes, hit.start); n++)
				found = find_percent_line_end(f->value->bytes, hit.end, &hit);
			if (found)
				check_report_text(c, f->value, hit, word_in_list(shown, f->name) ? "shown" : "other", ARG_T("field", f->name));
		}
	}
}
