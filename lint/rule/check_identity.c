/* Checks of who sends: From, its display name, other address fields, Message-ID, Date, Subject prefixes. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"
#include "base/words.h"

/* The address fields of the root header with their lists. */
struct address_field {
	const char *name;
	const struct address_list *list;
};
enum { N_ADDRESS_FIELDS = 6 };

static void address_fields(const struct message *m, struct address_field out[N_ADDRESS_FIELDS])
{
	out[0] = (struct address_field){ "from", &m->from };
	out[1] = (struct address_field){ "sender", &m->sender };
	out[2] = (struct address_field){ "reply-to", &m->reply_to };
	out[3] = (struct address_field){ "to", &m->to };
	out[4] = (struct address_field){ "cc", &m->cc };
	out[5] = (struct address_field){ "bcc", &m->bcc };
}

static struct range mailbox_address_range(const struct mailbox *box)
{
	return box->address.end > box->address.start ? box->address : box->whole;
}

/* The only mailbox of From; NULL where there is none or several (told by other rules). */
static const struct mailbox *author(const struct message *m)
{
	return m->from.n == 1 ? &m->from.mailboxes[0] : NULL;
}

static const struct text *author_name(const struct message *m)
{
	const struct mailbox *box = author(m);
	return box && box->name_text && box->name_text->bytes.n ? box->name_text : NULL;
}

/* Cases: several, comma (what an unquoted comma in a display name made of one author), group. The place is the second mailbox. */
CHECK(from_several_addresses)
{
	if (!m->from_field) {
		check_not_applicable(c);
		return;
	}
	if (m->from.n_groups) {
		check_report(c, field_value_range(m, m->from_field), "group");
		return;
	}
	size_t n_addresses = 0, second = 0;
	bool lone_phrase = false;
	for (size_t i = 0; i < m->from.n; i++) {
		if (m->from.mailboxes[i].flags & MAILBOX_NO_ADDRESS)
			lone_phrase = true;
		else if (++n_addresses == 2)
			second = i;
	}
	if (lone_phrase && m->from.n > 1)
		check_report(c, field_value_range(m, m->from_field), "comma", ARG_I("count", m->from.n));
	else if (n_addresses > 1)
		check_report(c, m->from.mailboxes[second].whole, "several", ARG_I("count", n_addresses));
}

/* The address of From. Cases: none, no-domain, bad-domain, no-dot, literal, local-name, full-width. */
CHECK(from_address_invalid)
{
	const struct mailbox *box = author(m);

	/* An empty From is another rule's; a template tag can hold any address. */
	if (!m->from_field || m->from_field->unfolded->bytes.n == 0 || m->from.n > 1 || (box && box->flags & MAILBOX_TAG)) {
		check_not_applicable(c);
		return;
	}
	if (!box || box->flags & (MAILBOX_NO_ADDRESS | MAILBOX_NO_LOCAL)) {
		if (m->from.n_groups == 0)
			check_report(c, field_value_range(m, m->from_field), "none");
		return;
	}
	struct range address = mailbox_address_range(box);
	struct range domain = box->domain_range.end > box->domain_range.start ? box->domain_range : address;
	if (box->flags & MAILBOX_FULL_WIDTH)
		check_report(c, address, "full-width", ARG_T("address", file_span(m, address)));
	else if (box->flags & MAILBOX_NO_DOMAIN)
		check_report(c, address, "no-domain", ARG_T("address", file_span(m, address)));
	else if (box->flags & MAILBOX_LITERAL)
		check_report(c, domain, "literal", ARG_T("domain", box->domain));
	else if (box->flags & MAILBOX_BAD_DOMAIN)
		check_report(c, domain, "bad-domain", ARG_T("domain", box->domain));
	else if (host_is_internal(box->domain))
		check_report(c, domain, "local-name", ARG_T("domain", box->domain));
	else if (box->flags & MAILBOX_NO_DOT)
		check_report(c, domain, "no-dot", ARG_T("domain", box->domain));
}

/* with: domains (exact, or ".suffix" forms "yahoo.*"). From is at a free-mail domain. */
CHECK(from_free_mail)
{
	const char *const *domains = rule_setting_list(check_rule(c), "domains");
	const struct mailbox *box = author(m);

	if (!box || box->domain.n == 0) {
		check_not_applicable(c);
		return;
	}
	for (; *domains; domains++) {
		struct span domain = span_str(*domains);
		bool family = domain.n > 2 && domain.p[domain.n - 1] == '*';
		bool hit = family ? span_starts_ci(box->domain, span_of(domain.p, domain.n - 1)) : span_eq_ci(box->domain, domain);
		if (hit) {
			check_report(c, box->domain_range, NULL, ARG_T("domain", box->domain));
			return;
		}
	}
}

/* From has no display name. */
CHECK(from_name_missing)
{
	const struct mailbox *box = author(m);

	if (!box || box->flags & MAILBOX_NO_ADDRESS) {
		check_not_applicable(c);
		return;
	}
	if (!author_name(m))
		check_report(c, mailbox_address_range(box), NULL);
}

static bool has_word(const struct text *l1, struct words *words, struct span phrase, struct range *out)
{
	for (size_t at = span_find(l1->bytes, phrase, 0); at < l1->bytes.n; at = span_find(l1->bytes, phrase, at + 1)) {
		if (words_is_border(words, l1->bytes, at, at + phrase.n)) {
			*out = (struct range){ at, at + phrase.n };
			return true;
		}
	}
	return false;
}

static bool is_all_capitals(struct span name)
{
	size_t letters = 0;

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] >= 'a' && name.p[i] <= 'z')
			return false;
		letters += name.p[i] >= 'A' && name.p[i] <= 'Z';
		if ((unsigned char)name.p[i] >= 0x80)
			return false;
	}
	return letters >= 10 && span_find_byte(name, ' ', 0) < name.n;
}

/* with: phrases (in form L1). Cases: phrase, dashes, capitals. The display name speaks of the mail, not of its sender. */
CHECK(from_name_urgent)
{
	const struct text *name = author_name(m);
	const char *const *phrases = rule_setting_list(check_rule(c), "phrases");

	if (!name) {
		check_not_applicable(c);
		return;
	}
	const struct text *l1 = normal_l1(check_arena(c), name);
	for (; *phrases; phrases++) {
		struct range hit;
		if (has_word(l1, check_words(c), span_str(*phrases), &hit)) {
			check_report_text(c, l1, hit, "phrase", ARG_T("name", name->bytes));
			return;
		}
	}
	size_t dashes = span_find(name->bytes, SPAN_LIT("---"), 0);
	if (dashes < name->bytes.n)
		check_report_text(c, name, ((struct range){ dashes, dashes + 3 }), "dashes", ARG_T("name", name->bytes));
	else if (is_all_capitals(name->bytes))
		check_report_text(c, name, ((struct range){ 0, name->bytes.n }), "capitals", ARG_T("name", name->bytes));
}

/* The display name holds the reader's name. Cases: tag, same-as-to. */
CHECK(from_name_recipient)
{
	const struct text *name = author_name(m);

	if (!name) {
		check_not_applicable(c);
		return;
	}
	struct tag_list tags = tag_scan(check_arena(c), name->bytes);
	static const char *const sender_words[] = { "sender", "from", "company", "shop", "store", "brand", "site", "list", "org", "account",
						    "team", "app", "product", "business", NULL };
	if (tags.n) {
		/* A tag for the sender's own name is how templates are made; one for the reader's name is the fault. */
		struct span first = span_cut(name->bytes, tags.tags[0].range.start, tags.tags[0].range.end);
		for (size_t i = 0; sender_words[i]; i++)
			if (span_find_ci(first, span_str(sender_words[i]), 0) < first.n)
				return;
		static const char *const reader_words[] = { "name", "recipient", "user", "customer", "subscriber", "contact", "名", "様", NULL };
		for (size_t i = 0; reader_words[i]; i++) {
			if (span_find_ci(first, span_str(reader_words[i]), 0) < first.n) {
				check_report_text(c, name, tags.tags[0].range, "tag");
				return;
			}
		}
		return;
	}
	for (size_t i = 0; i < m->to.n; i++) {
		const struct text *other = m->to.mailboxes[i].name_text;
		if (!other || !span_eq_ci(other->bytes, name->bytes))
			continue;
		/* People who write to themselves. */
		const struct mailbox *to = &m->to.mailboxes[i];
		if (span_eq_ci(file_span(m, to->address), file_span(m, author(m)->address)))
			continue;
		check_report_text(c, name, ((struct range){ 0, name->bytes.n }), "same-as-to");
		return;
	}
}

/* Cases: counter ("(2)" or "[2]" at the end), reply ("Re:"). */
CHECK(from_name_thread)
{
	const struct text *name = author_name(m);

	if (!name) {
		check_not_applicable(c);
		return;
	}
	const struct text *l1 = normal_l1(check_arena(c), name);
	struct span s = l1->bytes;
	if (span_starts(s, SPAN_LIT("re:")) || span_starts(s, SPAN_LIT("fw:")) || span_starts(s, SPAN_LIT("fwd:"))) {
		check_report_text(c, l1, ((struct range){ 0, span_find_byte(s, ':', 0) + 1 }), "reply");
		return;
	}
	/* One or two digits only: "Club (1990)" is a name. */
	size_t end = s.n;
	if (end < 3 || (s.p[end - 1] != ')' && s.p[end - 1] != ']'))
		return;
	size_t digits = end - 1;
	while (digits > 0 && ascii_is_digit(s.p[digits - 1]))
		digits--;
	size_t n = end - 1 - digits;
	char open = s.p[end - 1] == ')' ? '(' : '[';
	if (n >= 1 && n <= 2 && digits > 1 && s.p[digits - 1] == open)
		check_report_text(c, l1, ((struct range){ digits - 1, end }), "counter");
}

/* Symbols that say "verified", "unread", "locked". Source: Gmail, Email sender guidelines, display names. */
static bool is_badge(uint32_t c)
{
	static const uint32_t badges[] = { 0x2611, 0x2705, 0x2709, 0x2713, 0x2714, 0x1F4E7, 0x1F4E8, 0x1F4E9, 0x1F4EB, 0x1F4EC, 0x1F4ED,
					   0x1F512, 0x1F513, 0x1F510, 0x1F6E1, 0x1F396, 0x1F3C5, 0x2795, 0x2757, 0x203C, 0x1F514, 0x1F6A8,
					   0x26A0, 0x2139, 0x24E5, 0x24CB, 0x1F165, 0x1F145, 0x24D8, 0x1F5F9, 0x2BAD };

	for (size_t i = 0; i < G_N_ELEMENTS(badges); i++)
		if (badges[i] == c)
			return true;
	return (c >= 0x2700 && c <= 0x27BF && c != 0x2764) || (c >= 0xE000 && c <= 0xF8FF);
}

/* Cases: badge, emoji, enclosed (circled digits and letters: ordinary in Japan, but look like counters). */
CHECK(from_name_emoji)
{
	const struct text *name = author_name(m);

	if (!name) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < name->bytes.n;) {
		size_t start = i;
		uint32_t ch = utf8_next(name->bytes, &i);
		const char *kind = NULL;
		if (is_badge(ch))
			kind = "badge";
		else if ((ch >= 0x1F300 && ch <= 0x1FAFF) || (ch >= 0x2600 && ch <= 0x26FF && ch != 0x2605 && ch != 0x2606 && ch != 0x266A))
			kind = "emoji";
		else if ((ch >= 0x2460 && ch <= 0x24FF) || (ch >= 0x1F100 && ch <= 0x1F1E5))
			kind = "enclosed";
		if (kind) {
			check_report_text(c, name, ((struct range){ start, i }), kind);
			return;
		}
	}
}

/* Cases: other (an address that is not the sender's), gmail, same. */
CHECK(from_name_address)
{
	const struct text *name = author_name(m);

	if (!name) {
		check_not_applicable(c);
		return;
	}
	struct span s = name->bytes;
	for (size_t at = span_find_byte(s, '@', 0); at < s.n; at = span_find_byte(s, '@', at + 1)) {
		size_t start = at, end = at + 1;
		while (start > 0 && (ascii_is_alnum(s.p[start - 1]) || strchr("._+-", s.p[start - 1])))
			start--;
		while (end < s.n && (ascii_is_alnum(s.p[end]) || s.p[end] == '.' || s.p[end] == '-'))
			end++;
		while (end > at + 1 && s.p[end - 1] == '.')
			end--;
		struct span domain = span_cut(s, at + 1, end);
		/* "Books@Hanami" is a name, "@gmail.com" an address. */
		if (span_find_byte(domain, '.', 0) >= domain.n)
			continue;
		struct span address = span_cut(s, start, end);
		const char *kind = span_eq_ci(address, file_span(m, author(m)->address)) ? "same" :
				   span_eq_ci(domain, SPAN_LIT("gmail.com"))		 ? "gmail" :
				   span_eq_ci(domain, author(m)->domain)		 ? "same" :
											   "other";
		check_report_text(c, name, ((struct range){ start, end }), kind, ARG_T("address", address));
		return;
	}
}

/* A URL with its scheme in the display name. */
CHECK(from_name_url)
{
	const struct text *name = author_name(m);
	struct range hit;

	if (!name) {
		check_not_applicable(c);
		return;
	}
	if (url_find_in_text(name->bytes, 0, &hit)) {
		struct span url = span_cut(name->bytes, hit.start, hit.end);
		if (span_starts_ci(url, SPAN_LIT("http")))
			check_report_text(c, name, hit, NULL);
	}
}

/* Zero-width, bidirectional and control characters in the display name. Cases: invisible, bidi. */
CHECK(from_name_invisible)
{
	const struct text *name = author_name(m);

	if (!name) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < name->bytes.n;) {
		size_t start = i;
		uint32_t ch = utf8_next(name->bytes, &i);
		bool bidi = (ch >= 0x202A && ch <= 0x202E) || (ch >= 0x2066 && ch <= 0x2069) || ch == 0x200E || ch == 0x200F;
		/* U+200D and U+FE0F belong to emoji, which another rule looks at. */
		bool invisible = (ch >= 0x200B && ch <= 0x200C) || (ch >= 0x2060 && ch <= 0x2064) || ch == 0xFEFF || ch == 0x00AD || ch == 0x034F ||
				 ch == 0x3164 || ch == 0x115F;
		if (!bidi && !invisible)
			continue;
		char code[16];
		g_snprintf(code, sizeof code, "U+%04X", ch);
		check_report_text(c, name, ((struct range){ start, i }), bidi ? "bidi" : "invisible", ARG_T("code", span_str(code)));
		return;
	}
}

/* Cases: special, unbalanced, junk, phrase (no address at all), no-domain, bad-domain, full-width, dot-in-name. Every address field;
 * From's address itself is judged by from_address_invalid. */
CHECK(address_list_malformed)
{
	struct address_field fields[N_ADDRESS_FIELDS];

	address_fields(m, fields);
	for (size_t f = 0; f < N_ADDRESS_FIELDS; f++) {
		bool from = f == 0;
		struct span field = span_str(fields[f].name);
		for (size_t i = 0; i < fields[f].list->n; i++) {
			const struct mailbox *box = &fields[f].list->mailboxes[i];
			struct range whole = box->whole;
			struct span shown = file_span(m, mailbox_address_range(box));
			const char *kind = NULL;
			if (box->flags & MAILBOX_TAG)
				continue;
			if (box->flags & MAILBOX_UNBALANCED)
				kind = "unbalanced";
			else if (box->flags & MAILBOX_NO_ADDRESS)
				kind = from ? NULL : "phrase"; /* in From: from_several_addresses and from_address_invalid */
			else if (box->flags & MAILBOX_FULL_WIDTH)
				kind = from ? NULL : "full-width";
			else if (box->flags & (MAILBOX_NO_DOMAIN | MAILBOX_NO_LOCAL))
				kind = from ? NULL : "no-domain";
			else if (box->flags & MAILBOX_BAD_DOMAIN)
				kind = from ? NULL : "bad-domain";
			else if (box->flags & MAILBOX_JUNK_BEHIND)
				kind = "junk";
			else if (box->flags & MAILBOX_NAME_SPECIAL)
				kind = "special";
			else if (box->flags & MAILBOX_NAME_DOT)
				kind = "dot-in-name";
			if (!kind)
				continue;
			bool in_name = (strcmp(kind, "special") == 0 || strcmp(kind, "dot-in-name") == 0) && box->name.end > box->name.start;
			check_report(c, in_name ? box->name : whole, kind, ARG_T("field", field), ARG_T("address", shown));
		}
	}
}

/* Cases: dots, character, long. */
CHECK(address_local_part)
{
	struct address_field fields[N_ADDRESS_FIELDS];

	address_fields(m, fields);
	for (size_t f = 0; f < N_ADDRESS_FIELDS; f++) {
		struct span field = span_str(fields[f].name);
		for (size_t i = 0; i < fields[f].list->n; i++) {
			const struct mailbox *box = &fields[f].list->mailboxes[i];
			if (box->flags & (MAILBOX_TAG | MAILBOX_NO_ADDRESS | MAILBOX_FULL_WIDTH | MAILBOX_NON_ASCII) ||
			    box->address.end == box->address.start)
				continue;
			struct span address = file_span(m, box->address);
			if (box->flags & MAILBOX_DOTS)
				check_report(c, box->address, "dots", ARG_T("field", field), ARG_T("address", address));
			else if (box->flags & MAILBOX_LOCAL_CHARACTER)
				check_report(c, box->address, "character", ARG_T("field", field), ARG_T("address", address));
			else if (box->flags & (MAILBOX_LOCAL_LONG | MAILBOX_DOMAIN_LONG))
				check_report(c, box->address, "long", ARG_T("field", field), ARG_T("address", address));
		}
	}
}

/* --- Subject, Message-ID, Date ----------------------------------------------------------------------------------------------- */

/* with: prefixes (L1, without the colon). A reply or forward prefix without In-Reply-To or References. */
CHECK(subject_reply_prefix)
{
	const char *const *prefixes = rule_setting_list(check_rule(c), "prefixes");

	if (!m->subject_l1 || header_find(m->header, "In-Reply-To") || header_find(m->header, "References")) {
		check_not_applicable(c);
		return;
	}
	struct span s = m->subject_l1->bytes;
	size_t start = 0;
	while (start < s.n && (s.p[start] == ' ' || s.p[start] == '\t'))
		start++;
	for (; *prefixes; prefixes++) {
		struct span prefix = span_str(*prefixes);
		if (!span_starts(span_cut(s, start, s.n), prefix))
			continue;
		size_t end = start + prefix.n;
		/* "re[2]:" counts replies; "Reopening" and "RE100" have no colon right behind. */
		if (end < s.n && s.p[end] == '[') {
			size_t close = span_find_byte(s, ']', end);
			if (close < s.n)
				end = close + 1;
		}
		if (end < s.n && s.p[end] == ':') {
			check_report_text(c, m->subject_l1, ((struct range){ start, end + 1 }), NULL);
			return;
		}
	}
}

/* Cases: not-angle, no-at, blank, non-ascii, no-dot, local-name, long. */
CHECK(message_id_malformed)
{
	const struct field *field = header_find(m->header, "Message-ID");

	if (!field || field->unfolded->bytes.n == 0) {
		check_not_applicable(c);
		return;
	}
	struct range range = field_value_range(m, field);
	struct span id = field->unfolded->bytes;
	long limit = rule_setting_int(check_rule(c), "limit", 500);
	const char *kind = NULL;
	if (m->kind == INPUT_TEMPLATE && tag_scan(check_arena(c), id).n)
		return;
	struct span right = SPAN_EMPTY;
	size_t at = span_find_byte(id, '@', 0);
	if (at < id.n)
		right = span_cut(id, at + 1, id.n - 1);
	if (id.p[0] != '<' || id.p[id.n - 1] != '>')
		kind = "not-angle";
	else if (at == id.n || at == 1 || right.n == 0)
		kind = "no-at";
	else if (span_find_byte(id, ' ', 0) < id.n || span_find_byte(id, '\t', 0) < id.n || span_find_byte(id, '(', 0) < id.n)
		kind = "blank";
	else if (!span_is_ascii(id))
		kind = "non-ascii";
	else if (id.n > (size_t)limit)
		kind = "long";
	else if (host_is_internal(right))
		kind = "local-name";
	else if (span_find_byte(right, '.', 0) == right.n && right.p[0] != '[')
		kind = "no-dot";
	if (kind)
		check_report(c, range, kind, ARG_T("id", id), ARG_I("length", id.n));
}

/* Cases: syntax, obsolete, zone. */
CHECK(date_malformed)
{
	const struct field *field = header_find(m->header, "Date");

	if (!field || field->unfolded->bytes.n == 0 || (m->kind == INPUT_TEMPLATE && tag_scan(check_arena(c), field->unfolded->bytes).n)) {
		check_not_applicable(c);
		return;
	}
	struct range bad = { m->date.bad_start, m->date.bad_end };
	if (bad.end <= bad.start)
		bad = (struct range){ 0, field->unfolded->bytes.n };
	if (m->date.flags & DATE_BAD_SYNTAX)
		check_report_text(c, field->unfolded, bad, "syntax");
	else if (m->date.flags & DATE_UNKNOWN_ZONE)
		check_report_text(c, field->unfolded, bad, "zone");
	else if (m->date.flags & DATE_OBSOLETE)
		check_report_text(c, field->unfolded, bad, "obsolete");
}

/* Cases: weekday, range. */
CHECK(date_impossible)
{
	static const char *const weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	const struct field *field = header_find(m->header, "Date");

	if (!field || m->date.flags & DATE_BAD_SYNTAX) {
		check_not_applicable(c);
		return;
	}
	struct range bad = { m->date.bad_start, m->date.bad_end };
	if (bad.end <= bad.start)
		bad = (struct range){ 0, field->unfolded->bytes.n };
	if (m->date.flags & DATE_RANGE)
		check_report_text(c, field->unfolded, bad, "range");
	else if (m->date.flags & DATE_WEEKDAY)
		check_report_text(c, field->unfolded, bad, "weekday", ARG_T("right", span_str(weekdays[m->date.right_weekday % 7])));
}

/* with: future_hours, past_hours. Cases: future, past. Against --now or the clock. */
CHECK(date_far_from_now)
{
	const struct field *field = header_find(m->header, "Date");
	int64_t future = rule_setting_int(check_rule(c), "future_hours", 6) * 3600;
	int64_t past = rule_setting_int(check_rule(c), "past_hours", 48) * 3600;

	if (!field || m->date.flags & (DATE_BAD_SYNTAX | DATE_RANGE)) {
		check_not_applicable(c);
		return;
	}
	int64_t difference = m->date.time - check_options(c)->now;
	if (difference > future)
		check_report(c, field_value_range(m, field), "future", ARG_I("hours", difference / 3600));
	else if (-difference > past)
		check_report(c, field_value_range(m, field), "past", ARG_I("hours", -difference / 3600));
}

/* None of To, Cc, Bcc. */
CHECK(recipient_missing)
{
	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	if (!header_find(m->header, "To") && !header_find(m->header, "Cc") && !header_find(m->header, "Bcc"))
		check_report(c, message_header_end(m), NULL);
}
