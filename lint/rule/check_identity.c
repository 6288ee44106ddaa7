/* Checks of who sends: From, its display name, other address fields, Message-ID, Date, Subject prefixes. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/idn.h"
#include "base/normal.h"
#include "base/utf8.h"
#include "base/words.h"
#include "rule/field_fix.h"

/* The address fields of the root header with their lists. */
struct address_field {
	const char *name;
	const struct address_list *list;
};
enum { N_ADDRESS_FIELDS = 6 };

static void address_fields(const struct message *m, struct address_field out[N_ADDRESS_FIELDS])
{
	out[0] = (struct address_field){ "From", &m->from };
	out[1] = (struct address_field){ "Sender", &m->sender };
	out[2] = (struct address_field){ "Reply-To", &m->reply_to };
	out[3] = (struct address_field){ "To", &m->to };
	out[4] = (struct address_field){ "Cc", &m->cc };
	out[5] = (struct address_field){ "Bcc", &m->bcc };
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

/* Report what was found in the L1 form as the reader sees it. */
static void report_l1(struct check *c, const struct text *l1, const struct text *shown, struct range hit, const char *kind)
{
	check_report_text(c, shown, text_to_ancestor(l1, hit.start, hit.end, shown), kind, ARG_T("name", shown->bytes));
}

static const struct text *author_name(const struct message *m)
{
	const struct mailbox *box = author(m);
	return box && box->name_text && box->name_text->bytes.n ? box->name_text : NULL;
}

/* The name of the pieces that commas made of one author, in quotes. Encoded words and other quotes say that somebody took the commas for what they are. */
static void fix_comma(struct check *c, const struct message *m)
{
	const struct address_list *from = &m->from;
	const struct mailbox *last = &from->mailboxes[from->n - 1];

	for (size_t i = 0; i + 1 < from->n; i++)
		if (!(from->mailboxes[i].flags & MAILBOX_NO_ADDRESS) || from->mailboxes[i].flags & MAILBOX_UNBALANCED)
			return;
	if (last->name.end <= last->name.start || last->name.end >= last->address.start)
		return;
	struct range name = { from->mailboxes[0].whole.start, last->name.end };
	struct span raw = file_span(m, name);
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] < ' ' || raw.p[i] > '~' || strchr("\"\\()<>;:@", raw.p[i]))
			return;
	if (span_find(raw, SPAN_LIT("=?"), 0) == raw.n)
		check_fix(c, NULL, name, span_str(arena_printf(check_arena(c), "\"%.*s\"", (int)raw.n, raw.p)));
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
	if (lone_phrase && m->from.n > 1) {
		check_report(c, field_value_range(m, m->from_field), "comma", ARG_I("count", m->from.n));
		fix_comma(c, m);
	} else if (n_addresses > 1)
		check_report(c, m->from.mailboxes[second].whole, "several", ARG_I("count", n_addresses));
}

/* No top-level domain is a number: an IP address without its brackets, or a slip. */
static bool ends_in_number(struct span domain)
{
	size_t digits = domain.n;

	while (digits > 0 && ascii_is_digit(domain.p[digits - 1]))
		digits--;
	return digits < domain.n && (digits == 0 || domain.p[digits - 1] == '.');
}

/* Full-width letters, digits and signs as the ASCII ones that they stand for; only where an address comes of it. */
static void fix_full_width(struct check *c, const struct message *m, struct range address)
{
	enum { FULL_WIDTH = 0xFEE0 };
	struct span raw = file_span(m, address);
	GString *narrow = g_string_new(NULL);

	for (size_t at = 0; at < raw.n;) {
		uint32_t ch = utf8_next(raw, &at);
		g_string_append_c(narrow, ch >= 0xFF01 && ch <= 0xFF5E ? (char)(ch - FULL_WIDTH) : ch < 0x80 ? (char)ch : '\0');
	}
	struct span text = span_of(narrow->str, narrow->len);
	struct mailbox box = address_parse_spec(check_arena(c), text);
	if (utf8_valid(raw) && box.flags == 0 && span_find_byte(text, '\0', 0) == text.n)
		check_fix(c, NULL, address, text);
	g_string_free(narrow, TRUE);
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
	if (box->flags & MAILBOX_FULL_WIDTH) {
		check_report(c, address, "full-width", ARG_T("address", file_span(m, address)));
		fix_full_width(c, m, address);
	} else if (box->flags & MAILBOX_NO_DOMAIN)
		check_report(c, address, "no-domain", ARG_T("address", file_span(m, address)));
	else if (box->flags & MAILBOX_LITERAL || ends_in_number(box->domain))
		check_report(c, domain, "literal", ARG_T("domain", box->domain));
	else if (box->flags & MAILBOX_BAD_DOMAIN)
		check_report(c, domain, "bad-domain", ARG_T("domain", box->domain));
	else if (host_is_internal(box->domain))
		check_report(c, domain, "local-name", ARG_T("domain", box->domain));
	else if (box->flags & MAILBOX_NO_DOT)
		check_report(c, domain, "no-dot", ARG_T("domain", box->domain));
}

/* with: domains (exact, or families such as "yahoo.*"). From is at a free-mail domain. */
CHECK(from_free_mail)
{
	struct word_list domains = rule_setting_words(check_rule(c), "domains");
	const struct mailbox *box = author(m);

	if (!box || box->domain.n == 0) {
		check_not_applicable(c);
		return;
	}
	if (word_list_has_domain(domains, box->domain))
		check_report(c, box->domain_range, NULL, ARG_T("domain", box->domain));
}

/* From has no display name. A tag may stand for name and address. */
CHECK(from_name_missing)
{
	const struct mailbox *box = author(m);

	if (!box || box->flags & (MAILBOX_NO_ADDRESS | MAILBOX_TAG)) {
		check_not_applicable(c);
		return;
	}
	if (!author_name(m))
		check_report(c, mailbox_address_range(box), NULL);
}

/* Does it carry a name of the list although its address is none of the list's? Only where the configuration says which those are. */
static bool is_foreign(const struct check *c, const struct mailbox *box, struct span address)
{
	const struct list_options *list = check_options(c)->list;

	if (!list_has_domains(c) || box->domain.n == 0 || list_owns_host(c, box->domain))
		return false;
	return !list || !list->addresses || !word_in_list(list->addresses, address);
}

/* The display name in form L1 where it can be compared with what the configuration has; NULL: a tag, no name, no configuration. */
static const struct text *comparable_name(struct check *c, const struct message *m)
{
	const struct text *name = author_name(m);

	if (!name || author(m)->flags & MAILBOX_NO_ADDRESS || !*list_names(c) || tag_scan(check_arena(c), name->bytes).n)
		return NULL;
	return normal_l1(check_arena(c), name);
}

/* The display name is none of those that the configuration gives the list. Cases: other, longer (one of them and more). */
CHECK(from_name_other)
{
	const struct text *l1 = comparable_name(c, m);

	if (!l1) {
		check_not_applicable(c);
		return;
	}
	const char *const *names = list_names(c);
	for (const char *const *name = names; *name; name++)
		if (span_eq(span_trim(span_str(*name)), span_trim(l1->bytes)))
			return;
	const struct text *shown = author_name(m);
	bool longer = list_name_in(c, l1->bytes);
	/* One finding for each fault: that of a foreign address says more. */
	if (longer && is_foreign(c, author(m), file_span(m, author(m)->address)))
		return;
	check_report_text(c, shown, ((struct range){ 0, shown->bytes.n }), longer ? "longer" : "other", ARG_T("name", shown->bytes),
			  ARG_T("known", span_str(longer ? list_name_in(c, l1->bytes) : names[0])));
}

/* The display name carries a name of the list, and the address is none of its domains. */
CHECK(from_name_foreign)
{
	const struct text *l1 = comparable_name(c, m);

	if (!l1 || !list_has_domains(c)) {
		check_not_applicable(c);
		return;
	}
	const struct mailbox *box = author(m);
	if (list_name_in(c, l1->bytes) && is_foreign(c, box, file_span(m, box->address)))
		check_report(c, box->domain_range, NULL, ARG_T("name", author_name(m)->bytes), ARG_T("domain", box->domain));
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

static bool has_phrase(const struct text *l1, struct words *words, const char *const *phrases, struct range *out)
{
	for (; *phrases; phrases++)
		if (has_word(l1, words, span_str(*phrases), out))
			return true;
	return false;
}

/* "[Offer] Example": a piece in square brackets with a letter in it. "[2]" is from_name_thread's. */
static bool has_brackets(struct span name, struct range *out)
{
	size_t open = span_find_byte(name, '[', 0);
	size_t close = span_find_byte(name, ']', open < name.n ? open : name.n);

	if (close >= name.n)
		return false;
	for (size_t i = open + 1; i < close; i++) {
		if (ascii_is_alpha(name.p[i]) || (unsigned char)name.p[i] >= 0x80) {
			*out = (struct range){ open, close + 1 };
			return true;
		}
	}
	return false;
}

/* with: phrases, weak (in form L1). Cases: phrase, dashes, weak, brackets, capitals. The display name speaks of the mail, not of its
 * sender. Weak ones may well be part of a name. */
CHECK(from_name_urgent)
{
	const struct text *name = author_name(m);
	struct range hit;

	if (!name) {
		check_not_applicable(c);
		return;
	}
	const struct text *l1 = normal_l1(check_arena(c), name);
	size_t dashes = span_find(name->bytes, SPAN_LIT("---"), 0);
	if (has_phrase(l1, check_words(c), rule_setting_list(check_rule(c), "phrases"), &hit))
		report_l1(c, l1, name, hit, "phrase");
	else if (dashes < name->bytes.n)
		check_report_text(c, name, ((struct range){ dashes, dashes + 3 }), "dashes", ARG_T("name", name->bytes));
	else if (has_phrase(l1, check_words(c), rule_setting_list(check_rule(c), "weak"), &hit))
		report_l1(c, l1, name, hit, "weak");
	else if (tag_scan(check_arena(c), name->bytes).n == 0 && has_brackets(name->bytes, &hit))
		check_report_text(c, name, hit, "brackets", ARG_T("name", name->bytes));
	else if (is_all_capitals(name->bytes))
		check_report_text(c, name, ((struct range){ 0, name->bytes.n }), "capitals", ARG_T("name", name->bytes));
}

/* with: reader, sender: pieces of tag names in small letters. A tag is the reader's where one of reader is in it and none of sender
 * ("{{from_name}}", "{{company.name}}": how a sender's own name gets into a template). */
static bool is_reader_tag(const struct check *c, struct span tag)
{
	const char *const *reader = rule_setting_list(check_rule(c), "reader");
	const char *const *sender = rule_setting_list(check_rule(c), "sender");

	for (; *sender; sender++)
		if (span_find_ci(tag, span_str(*sender), 0) < tag.n)
			return false;
	for (; *reader; reader++)
		if (span_find_ci(tag, span_str(*reader), 0) < tag.n)
			return true;
	/* A bare "{{name}}", "%name%". */
	size_t start = 0, end = tag.n;
	while (start < end && !ascii_is_alpha(tag.p[start]))
		start++;
	while (end > start && !ascii_is_alpha(tag.p[end - 1]))
		end--;
	return span_eq_ci(span_cut(tag, start, end), SPAN_LIT("name"));
}

/* Are they of one house, or is one below the other? */
static bool related_domains(struct span a, struct span b)
{
	struct span longer = a.n > b.n ? a : b, shorter = a.n > b.n ? b : a;

	if (shorter.n == 0 || span_find_byte(shorter, '.', 0) == shorter.n)
		return false;
	if (span_eq_ci(host_organisation(a), host_organisation(b)))
		return true;
	return span_eq_ci(span_cut(longer, longer.n - shorter.n, longer.n), shorter) &&
	       (longer.n == shorter.n || longer.p[longer.n - shorter.n - 1] == '.');
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
	for (size_t i = 0; i < tags.n; i++) {
		if (is_reader_tag(c, span_cut(name->bytes, tags.tags[i].range.start, tags.tags[i].range.end))) {
			check_report_text(c, name, tags.tags[i].range, "tag");
			return;
		}
	}
	for (size_t i = 0; tags.n == 0 && i < m->to.n; i++) {
		const struct mailbox *to = &m->to.mailboxes[i];
		if (!to->name_text || !span_eq_ci(to->name_text->bytes, name->bytes))
			continue;
		/* People who write to themselves, and a list that bears its sender's name. */
		if (related_domains(to->domain, author(m)->domain))
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
	size_t colon = span_find_byte(s, ':', 0);
	struct span prefix = span_cut(s, 0, colon);
	/* "Re:Born" is a name; a reply has a blank there. */
	if (colon + 1 < s.n && s.p[colon + 1] == ' ' &&
	    (span_eq(prefix, SPAN_LIT("re")) || span_eq(prefix, SPAN_LIT("fw")) || span_eq(prefix, SPAN_LIT("fwd")))) {
		report_l1(c, l1, name, (struct range){ 0, colon + 1 }, "reply");
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
		report_l1(c, l1, name, (struct range){ digits - 1, end }, "counter");
}

/* Symbols that say "verified", "unread", "locked", "notice". Source: Gmail, Email sender guidelines, display names. */
static bool is_badge(uint32_t ch)
{
	static const uint32_t badges[] = { 0x2139, 0x24CB, 0x24D8, 0x24E5, 0x2611, 0x26A0, 0x2705, 0x2709, 0x2713, 0x2714, 0x2BAD,
					   0x1F145, 0x1F165, 0x1F396, 0x1F3C5, 0x1F4E7, 0x1F4E8, 0x1F4E9, 0x1F4EA, 0x1F4EB, 0x1F4EC, 0x1F4ED,
					   0x1F50F, 0x1F510, 0x1F512, 0x1F513, 0x1F514, 0x1F5F8, 0x1F5F9, 0x1F6A8, 0x1F6E1 };

	for (size_t i = 0; i < G_N_ELEMENTS(badges); i++)
		if (badges[i] == ch)
			return true;
	return false;
}

/* Stars, notes and signs of JIS X 0208, which Japanese names have always had. */
static bool is_ordinary_sign(uint32_t ch)
{
	return ch == 0x2605 || ch == 0x2606 || ch == 0x2640 || ch == 0x2642 || ch == 0x266A || ch == 0x266D || ch == 0x266F;
}

static bool is_emoji(uint32_t ch)
{
	return (ch >= 0x2600 && ch <= 0x27BF && !is_ordinary_sign(ch)) || ch == 0x203C || ch == 0x2049 || ch == 0x2B50 || ch == 0x2B55 ||
	       (ch >= 0x1F000 && ch <= 0x1F0FF) || (ch >= 0x1F1E6 && ch <= 0x1F1FF) || (ch >= 0x1F300 && ch <= 0x1FAFF) ||
	       (ch >= 0xE000 && ch <= 0xF8FF);
}

/* Circled and squared digits, letters and words: ordinary in Japan, but they look like counters. */
static bool is_enclosed(uint32_t ch)
{
	return (ch >= 0x2460 && ch <= 0x24FF) || (ch >= 0x2776 && ch <= 0x2793) || (ch >= 0x1F100 && ch <= 0x1F1E5) ||
	       (ch >= 0x1F200 && ch <= 0x1F2FF);
}

/* Cases: badge, emoji (any other pictograph, private-use characters), enclosed. The gravest of a name is told. */
CHECK(from_name_emoji)
{
	static const char *const kinds[] = { NULL, "enclosed", "emoji", "badge" };
	const struct text *name = author_name(m);
	size_t worst = 0;
	struct range where = { 0, 0 };

	if (!name) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < name->bytes.n;) {
		size_t start = i;
		uint32_t ch = utf8_next(name->bytes, &i);
		size_t kind = is_badge(ch) ? 3 : is_enclosed(ch) ? 1 : is_emoji(ch) ? 2 : 0;
		if (kind > worst) {
			worst = kind;
			where = (struct range){ start, i };
		}
	}
	if (worst)
		check_report_text(c, name, where, kinds[worst]);
}

/* Cases: other (an address that is not the sender's), gmail, same. */
CHECK(from_name_address)
{
	const struct text *name = author_name(m);

	if (!name || author(m)->flags & MAILBOX_NO_ADDRESS) {
		check_not_applicable(c);
		return;
	}
	struct span s = name->bytes;
	for (size_t at = span_find_byte(s, '@', 0); at < s.n; at = span_find_byte(s, '@', at + 1)) {
		size_t start = at, end = at + 1;
		while (start > 0 && (ascii_is_alnum(s.p[start - 1]) || s.p[start - 1] == '.' || s.p[start - 1] == '_' ||
				     s.p[start - 1] == '+' || s.p[start - 1] == '-'))
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
				   related_domains(domain, author(m)->domain)	 ? "same" :
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

/* A word in which Latin letters and their twins are mixed, and no other Greek or Cyrillic letter: the first twin. */
static bool has_look_alike(struct span name, struct range *out)
{
	size_t n_latin = 0, n_twins = 0, n_others = 0;
	struct range twin = { 0, 0 };

	for (size_t i = 0; i <= name.n;) {
		size_t start = i;
		uint32_t ch = i < name.n ? utf8_next(name, &i) : ' ';
		if (ch < 0x80 && ascii_is_alpha((char)ch)) {
			n_latin++;
		} else if (idn_looks_latin(ch)) {
			if (n_twins++ == 0)
				twin = (struct range){ start, i };
		} else if (ch >= 0x0370 && ch <= 0x052F) {
			n_others++;
		} else {
			if (n_latin && n_twins && !n_others) {
				*out = twin;
				return true;
			}
			n_latin = n_twins = n_others = 0;
		}
		if (start >= name.n)
			break;
	}
	return false;
}

/* Scripts that are written with directional marks and joiners: Hebrew to Arabic Extended, South Asia, their presentation forms. */
static bool needs_marks(struct span name)
{
	for (size_t i = 0; i < name.n;) {
		uint32_t ch = utf8_next(name, &i);
		if ((ch >= 0x0590 && ch <= 0x0DFF) || (ch >= 0xFB1D && ch <= 0xFDFF) || (ch >= 0xFE70 && ch <= 0xFEFC))
			return true;
	}
	return false;
}

static bool is_bidi_control(uint32_t ch, bool marks)
{
	return (ch >= 0x202A && ch <= 0x202E) || (ch >= 0x2066 && ch <= 0x2069) || (!marks && (ch == 0x200E || ch == 0x200F || ch == 0x061C));
}

/* Format characters and blank letters. Those of emoji (U+FE0F, tags of flags) are not among them: another rule looks at emoji. */
static bool is_invisible(uint32_t ch, bool marks)
{
	return ch == 0x200B || (!marks && ch == 0x200C) || (ch >= 0x2060 && ch <= 0x2064) || (ch >= 0x206A && ch <= 0x206F) || ch == 0xFEFF ||
	       ch == 0x00AD || ch == 0x034F || ch == 0x180E || ch == 0x3164 || ch == 0x115F || ch == 0x1160 || ch == 0xFFA0 ||
	       ch == 0x2028 || ch == 0x2029 || (ch >= 0xFFF9 && ch <= 0xFFFB);
}

/* U+200D behind an ASCII letter or digit joins nothing; inside emoji and some scripts it does. */
static bool is_stray_joiner(struct span name, size_t start, size_t end, bool marks)
{
	return !marks && end - start == 3 && span_starts(span_cut(name, start, end), SPAN_LIT("\xE2\x80\x8D")) &&
	       (start == 0 || ascii_is_alnum(name.p[start - 1]));
}

/* The name without the characters that cannot be seen; a direction control may be what turns it round. */
static void fix_invisible(struct check *c, const struct message *m, bool bidi, bool marks)
{
	struct field_words words;
	const struct mailbox *box = author(m);

	if (!field_words_at(c, m, m->from_field, box->name, 0, &words))
		return;
	struct span name = words.text;
	GString *seen = g_string_new(NULL);
	for (size_t i = 0; i < name.n;) {
		size_t start = i;
		uint32_t ch = utf8_next(name, &i);
		if (!is_bidi_control(ch, marks) && !is_invisible(ch, marks) && !is_stray_joiner(name, start, i, marks))
			g_string_append_len(seen, name.p + start, (gssize)(i - start));
	}
	words.text = arena_copy_span(check_arena(c), span_trim(span_of(seen->str, seen->len)));
	g_string_free(seen, TRUE);
	if (words.text.n == 0)
		return;
	field_fix_words(c, m, &words, 1, true);
	if (bidi)
		check_fix_unsafe(c);
}

/* Cases: invisible, bidi, look-alike (letters of another script that pass for Latin ones). */
CHECK(from_name_invisible)
{
	const struct text *name = author_name(m);
	struct range hit;

	if (!name) {
		check_not_applicable(c);
		return;
	}
	bool marks = needs_marks(name->bytes);
	for (size_t i = 0; i < name->bytes.n;) {
		size_t start = i;
		uint32_t ch = utf8_next(name->bytes, &i);
		bool bidi = is_bidi_control(ch, marks), invisible = is_invisible(ch, marks) || is_stray_joiner(name->bytes, start, i, marks);
		if (!bidi && !invisible)
			continue;
		char code[16];
		g_snprintf(code, sizeof code, "U+%04X", ch);
		check_report_text(c, name, ((struct range){ start, i }), bidi ? "bidi" : "invisible", ARG_T("code", span_str(code)));
		fix_invisible(c, m, bidi, marks);
		return;
	}
	if (has_look_alike(name->bytes, &hit)) {
		size_t at = hit.start;
		char code[16];
		g_snprintf(code, sizeof code, "U+%04X", utf8_next(name->bytes, &at));
		check_report_text(c, name, hit, "look-alike", ARG_T("code", span_str(code)));
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
			struct field_words name;
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
			/* What commas and other separators made several authors of is told by from_several_addresses. */
			if (!kind || (from && fields[f].list->n > 1 && strcmp(kind, "unbalanced") != 0))
				continue;
			bool in_name = (strcmp(kind, "special") == 0 || strcmp(kind, "dot-in-name") == 0) && box->name.end > box->name.start;
			if (strcmp(kind, "full-width") == 0)
				whole = mailbox_address_range(box);
			check_report(c, in_name ? box->name : whole, kind, ARG_T("field", field), ARG_T("address", shown));
			if (strcmp(kind, "full-width") == 0)
				fix_full_width(c, m, whole);
			else if (in_name && span_is_ascii(file_span(m, box->name)) && field_words_at(c, m, header_find(m->header, fields[f].name), box->name, 0, &name))
				field_fix_words(c, m, &name, 1, false);
		}
	}
}

/* The first character that one receiver or another refuses before the @, though RFC 5322 allows it. */
static bool has_forbidden(struct span local, const char *const *forbidden, struct span *out)
{
	for (; forbidden && *forbidden; forbidden++) {
		size_t at = span_find(local, span_str(*forbidden), 0);
		if (at < local.n) {
			*out = span_cut(local, at, at + strlen(*forbidden));
			return true;
		}
	}
	return false;
}

/* with: forbidden. Cases: dots, character, forbidden, long. */
CHECK(address_local_part)
{
	const char *const *forbidden = rule_setting_list(check_rule(c), "forbidden");
	struct address_field fields[N_ADDRESS_FIELDS];

	address_fields(m, fields);
	for (size_t f = 0; f < N_ADDRESS_FIELDS; f++) {
		struct span field = span_str(fields[f].name);
		for (size_t i = 0; i < fields[f].list->n; i++) {
			const struct mailbox *box = &fields[f].list->mailboxes[i];
			struct span address = file_span(m, box->address), character = SPAN_EMPTY;
			static const unsigned told_elsewhere = MAILBOX_TAG | MAILBOX_NO_ADDRESS | MAILBOX_NO_DOMAIN | MAILBOX_NO_LOCAL |
							       MAILBOX_FULL_WIDTH | MAILBOX_NON_ASCII | MAILBOX_UNBALANCED |
							       MAILBOX_BAD_DOMAIN | MAILBOX_JUNK_BEHIND;
			if (box->flags & told_elsewhere || address.n == 0)
				continue;
			/* An encoded word in an address is encoded_word_flag's. */
			if (span_find(address, SPAN_LIT("=?"), 0) < address.n)
				continue;
			if (box->flags & MAILBOX_DOTS)
				check_report(c, box->address, "dots", ARG_T("field", field), ARG_T("address", address));
			else if (box->flags & MAILBOX_LOCAL_CHARACTER)
				check_report(c, box->address, "character", ARG_T("field", field), ARG_T("address", address));
			else if (box->flags & (MAILBOX_LOCAL_LONG | MAILBOX_DOMAIN_LONG))
				check_report(c, box->address, "long", ARG_T("field", field), ARG_T("address", address));
			else if (has_forbidden(box->local, forbidden, &character))
				check_report(c, box->address, "forbidden", ARG_T("field", field), ARG_T("address", address),
					     ARG_T("character", character));
		}
	}
}

/* --- Subject, Message-ID, Date ----------------------------------------------------------------------------------------------- */

/* Did a list on which readers write pass the mail on? Old mail programs answer there without In-Reply-To. */
static bool came_by_discussion_list(const struct message *m)
{
	const struct field *post = header_find(m->header, "List-Post");

	return (post && !span_starts_ci(post->unfolded->bytes, SPAN_LIT("no"))) || header_find(m->header, "X-BeenThere") ||
	       header_find(m->header, "Mailing-List");
}

/* Behind blanks and the names that lists put first: "[talk] [old] ". */
static size_t behind_list_names(struct span s)
{
	size_t at = 0;

	for (;;) {
		while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
			at++;
		size_t close = at < s.n && s.p[at] == '[' ? span_find_byte(s, ']', at) : s.n;
		if (close >= s.n)
			return at;
		at = close + 1;
	}
}

/* The end of a prefix of the list that stands at start with its colon; start where there is none. "re[2]:", "re(2):" and "re^2:" count replies;
 * "Reopening" and "RE100" have no colon right behind. */
static size_t prefix_end(struct span s, size_t start, const char *const *prefixes)
{
	for (; prefixes && *prefixes; prefixes++) {
		struct span prefix = span_str(*prefixes);
		if (!span_starts(span_cut(s, start, s.n), prefix))
			continue;
		size_t end = start + prefix.n;
		if (end < s.n && (s.p[end] == '[' || s.p[end] == '(' || s.p[end] == '^')) {
			char close = s.p[end] == '[' ? ']' : s.p[end] == '(' ? ')' : 0;
			size_t behind = end + 1;
			while (behind < s.n && ascii_is_digit(s.p[behind]))
				behind++;
			if (close && behind < s.n && s.p[behind] == close)
				behind++;
			end = behind;
		}
		if (end < s.n && s.p[end] == ':')
			return end + 1;
	}
	return start;
}

/* Does the mail hold another one: enclosed, or with its head in the text, or quoted? with: quotes (L1; all words of one entry, parted by "+"). */
static bool holds_earlier_mail(struct check *c, const struct message *m, const char *const *quotes)
{
	for (size_t i = 0; i < m->mime.n; i++)
		if (entity_is(m->mime.all[i], "message", "rfc822"))
			return true;
	for (size_t i = 0; i < m->n_bodies; i++) {
		struct span text = normal_l1(check_arena(c), m->bodies[i].visible)->bytes;
		if (span_starts(text, SPAN_LIT(">")) || span_find(text, SPAN_LIT("\n>"), 0) < text.n)
			return true;
		for (const char *const *quote = quotes; quote && *quote; quote++) {
			struct span words = span_str(*quote);
			size_t plus = span_find_byte(words, '+', 0);
			if (span_find(text, span_cut(words, 0, plus), 0) < text.n &&
			    span_find(text, span_cut(words, plus + 1, words.n), 0) < text.n)
				return true;
		}
	}
	return false;
}

/* The Subject without the prefix and the blanks behind it, if anything is left. */
static void fix_prefix(struct check *c, const struct message *m, struct range prefix)
{
	struct span s = m->subject_l1->bytes;

	while (prefix.end < s.n && s.p[prefix.end] == ' ')
		prefix.end++;
	if (prefix.end < s.n && tag_scan(check_arena(c), m->subject->bytes).n == 0)
		check_fix(c, m->subject, text_to_ancestor(m->subject_l1, prefix.start, prefix.end, m->subject), SPAN_EMPTY);
}

/* with: replies, forwards (L1, without the colon), quotes. A prefix without In-Reply-To or References. Cases: alone (a reply), forward, quoted (with
 * the earlier mail in it), list. */
CHECK(subject_reply_prefix)
{
	/* Outlook and Exchange tell a thread by Thread-Index. */
	if (!m->subject_l1 || header_find(m->header, "In-Reply-To") || header_find(m->header, "References") ||
	    header_find(m->header, "Thread-Index")) {
		check_not_applicable(c);
		return;
	}
	struct span s = m->subject_l1->bytes;
	size_t start = behind_list_names(s);
	size_t reply = prefix_end(s, start, rule_setting_list(check_rule(c), "replies"));
	size_t forward = prefix_end(s, start, rule_setting_list(check_rule(c), "forwards"));
	if (reply == start && forward == start)
		return;
	const char *kind = came_by_discussion_list(m)						       ? "list" :
			   holds_earlier_mail(c, m, rule_setting_list(check_rule(c), "quotes")) ? "quoted" :
			   reply > start							       ? "alone" :
												 "forward";
	report_l1(c, m->subject_l1, m->subject, (struct range){ start, reply > start ? reply : forward }, kind);
	if (strcmp(kind, "alone") == 0)
		fix_prefix(c, m, (struct range){ start, reply });
}

/* Servers that add an id may say so in a comment behind it, which the grammar allows. */
static struct span without_comment_behind(struct span id)
{
	size_t close = span_find_byte(id, '>', 0);

	if (close + 1 >= id.n || id.p[id.n - 1] != ')')
		return id;
	struct span behind = span_trim(span_cut(id, close + 1, id.n));
	return behind.n && behind.p[0] == '(' ? span_cut(id, 0, close + 1) : id;
}

/* dot-atom-text of RFC 5322, section 3.2.3. */
static bool is_dot_atom(struct span s)
{
	bool dot = true;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? dot : !ascii_is_alnum(s.p[i]) && (s.p[i] == '\0' || !strchr("!#$%&'*+-/=?^_`{|}~", s.p[i])))
			return false;
		dot = s.p[i] == '.';
	}
	return !dot;
}

/* An id that lacks its brackets, or has blanks inside of them. */
static void fix_message_id(struct check *c, const struct message *m, const struct field *field, struct span id)
{
	size_t start = 0, end = id.n;

	while (start < end && (id.p[start] == '<' || ascii_is_space(id.p[start])))
		start++;
	while (end > start && (id.p[end - 1] == '>' || ascii_is_space(id.p[end - 1])))
		end--;
	struct span inner = span_cut(id, start, end);
	size_t at = span_find_byte(inner, '@', 0);
	if (at < inner.n && is_dot_atom(span_cut(inner, 0, at)) && is_dot_atom(span_cut(inner, at + 1, inner.n)))
		field_fix_value(c, m, field, span_str(arena_printf(check_arena(c), "<%.*s>", (int)inner.n, inner.p)));
}

/* with: limit (characters). Cases: not-angle, no-at, blank, non-ascii, character, long, local-name, ip, no-dot. */
CHECK(message_id_malformed)
{
	const struct field *field = header_find(m->header, "Message-ID");

	/* An encoded word in it is encoded_word_flag's. */
	if (!field || field->unfolded->bytes.n == 0 || field->n_words ||
	    ((m->kind == INPUT_TEMPLATE || check_stage(c) == STAGE_TEMPLATE) && tag_scan(check_arena(c), field->unfolded->bytes).n)) {
		check_not_applicable(c);
		return;
	}
	struct range range = field_value_range(m, field);
	struct span id = without_comment_behind(field->unfolded->bytes);
	long limit = rule_setting_int(check_rule(c), "limit", 500);
	const char *kind = NULL;
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
	else if (!is_dot_atom(span_cut(id, 1, at)) || (right.p[0] != '[' && !is_dot_atom(right)))
		kind = "character";
	else if (right.p[0] == '[' || ends_in_number(right))
		kind = "ip";
	else if (host_is_internal(right))
		kind = "local-name";
	else if (span_find_byte(right, '.', 0) == right.n)
		kind = "no-dot";
	if (kind)
		check_report(c, range, kind, ARG_T("id", id), ARG_I("length", id.n));
	if (kind)
		fix_message_id(c, m, field, field->unfolded->bytes);
}

/* A template whose Message-ID holds no tag: every mail made of it would have the same. */
CHECK(message_id_fixed)
{
	const struct field *field = header_find(m->header, "Message-ID");

	if (m->kind != INPUT_TEMPLATE || !field || field->unfolded->bytes.n == 0) {
		check_not_applicable(c);
		return;
	}
	if (tag_scan(check_arena(c), field->unfolded->bytes).n == 0)
		check_report(c, field_value_range(m, field), NULL, ARG_T("id", field->unfolded->bytes));
}

/* Would the date be good with a zone behind it? */
static bool lacks_zone_only(struct arena *arena, struct span value)
{
	static const char zone[] = " +0000";
	char *with_zone = arena_alloc(arena, value.n + sizeof zone - 1);

	memcpy(with_zone, value.p, value.n);
	memcpy(with_zone + value.n, zone, sizeof zone - 1);
	return !(date_parse(span_of(with_zone, value.n + sizeof zone - 1)).flags & DATE_BAD_SYNTAX);
}

/* A date that is understood, in the syntax that must be written. JST is the zone that everybody means; what other unknown names and the military letters mean nobody knows. */
static void fix_date(struct check *c, const struct message *m, const struct field *field)
{
	struct span zone = span_cut(field->unfolded->bytes, m->date.bad_start, m->date.bad_end);

	if (m->date.flags & ~(unsigned)(DATE_OBSOLETE | DATE_UNKNOWN_ZONE) || (m->date.flags & DATE_UNKNOWN_ZONE && !span_eq_ci(zone, SPAN_LIT("JST"))) ||
	    (zone.n == 1 && !span_eq_ci(zone, SPAN_LIT("Z"))))
		return;
	field_fix_value(c, m, field, span_str(date_write(check_arena(c), m->date.time, m->date.zone_minutes)));
}

/* Cases: syntax, no-zone (all is well but the zone is not there), obsolete, zone. */
CHECK(date_malformed)
{
	const struct field *field = header_find(m->header, "Date");

	if (!field || field->unfolded->bytes.n == 0 || field->n_words ||
	    ((m->kind == INPUT_TEMPLATE || check_stage(c) == STAGE_TEMPLATE) && tag_scan(check_arena(c), field->unfolded->bytes).n)) {
		check_not_applicable(c);
		return;
	}
	struct range bad = { m->date.bad_start, m->date.bad_end };
	/* There is one place only: that of a wrong weekday or day, where there is one, is for date_impossible. */
	if (bad.end <= bad.start || (!(m->date.flags & DATE_BAD_SYNTAX) && m->date.flags & (DATE_WEEKDAY | DATE_RANGE)))
		bad = (struct range){ 0, field->unfolded->bytes.n };
	if (m->date.flags & DATE_BAD_SYNTAX)
		check_report_text(c, field->unfolded, bad, lacks_zone_only(check_arena(c), field->unfolded->bytes) ? "no-zone" : "syntax");
	else if (m->date.flags & DATE_UNKNOWN_ZONE)
		check_report_text(c, field->unfolded, bad, "zone");
	else if (m->date.flags & DATE_OBSOLETE)
		check_report_text(c, field->unfolded, bad, "obsolete");
	if (m->date.flags)
		fix_date(c, m, field);
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
	else if (m->date.flags & DATE_WEEKDAY) {
		struct span right = span_str(weekdays[m->date.right_weekday % 7]);
		check_report_text(c, field->unfolded, bad, "weekday", ARG_T("right", right));
		check_fix(c, field->unfolded, bad, right);
	}
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
