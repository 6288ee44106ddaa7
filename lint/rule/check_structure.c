/* Checks of the tree of parts as a whole: its shape, dispositions, types that surprise, flowed text, lines
 * that transports alter. Single types, encodings and boundaries are looked at elsewhere. */
#include "rule/check_charset.h"
#include "rule/check_common.h"
#include "rule/field_fix.h"
#include "rule/fix_part.h"
#include "rule/furniture.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"

/* The Content-Type field of a part, or its start where there is none. */
static struct range type_place(const struct entity *e)
{
	return e->content_type_field ? field_range(e->content_type_field) : place(e->header.start);
}

static bool is_in(const struct entity *e, const char *subtype)
{
	return e->parent && entity_is(e->parent, "multipart", subtype);
}

/* The type as "type/subtype", in the arena. */
static struct span type_name(struct check *c, const struct entity *e)
{
	return span_str(arena_printf(check_arena(c), "%.*s/%.*s", (int)e->content_type.type.n, e->content_type.type.p,
				     (int)e->content_type.subtype.n, e->content_type.subtype.p));
}

/* --- shape ------------------------------------------------------------------------------------------------------------------------ */

/* What may be an alternative: text, a calendar entry, or parts that belong together. */
static bool may_be_alternative(const struct entity *e)
{
	return e->is_text || entity_is(e, "text", NULL) || entity_is(e, "multipart", "related") || entity_is(e, "multipart", "alternative") ||
	       entity_is(e, "multipart", "mixed");
}

/* Are the two displayed children of a multipart/mixed a plain text and an HTML text, and nothing else? Readers then see both. */
static bool is_mixed_pair(const struct entity *e)
{
	return entity_is(e, "multipart", "mixed") && e->n_children == 2 && e->children[0]->is_displayed && e->children[1]->is_displayed &&
	       entity_is(e->children[0], "text", "plain") && entity_is(e->children[1], "text", "html");
}

/* Cases: single (a multipart with one part), alternative-file (a part that is no text among alternatives), twice (two texts of one type among
 * alternatives), mixed-pair (plain text and HTML side by side in multipart/mixed), related-root (multipart/related that does not begin with
 * text). The gravest one of a part. */
CHECK(part_tree)
{
	if (m->mime.root->n_children == 0 || m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!entity_is(e, "multipart", NULL) || entity_is_enclosed(e) || e->n_children == 0 || e->flags & (ENTITY_TRUNCATED | ENTITY_NO_PARTS))
			continue;
		bool alternative = entity_is(e, "multipart", "alternative");
		const struct entity *odd = NULL, *plain = NULL, *html = NULL, *second = NULL;
		for (size_t k = 0; alternative && k < e->n_children; k++) {
			const struct entity *child = e->children[k];
			const struct entity **of_type = entity_is(child, "text", "plain") ? &plain : entity_is(child, "text", "html") ? &html : NULL;
			if (!odd && !may_be_alternative(child))
				odd = child;
			if (of_type && *of_type && !second && !child->is_attachment)
				second = child;
			else if (of_type && !*of_type)
				*of_type = child;
		}
		struct check_arg type = ARG_T("type", type_name(c, odd ? odd : e->children[0]));
		struct check_arg multipart = ARG_T("multipart", e->content_type.subtype);
		if (odd)
			check_report(c, type_place(odd), "alternative-file", type, multipart);
		else if (is_mixed_pair(e))
			check_report(c, type_place(e), "mixed-pair", type, multipart);
		else if (second)
			check_report(c, type_place(second), "twice", type, multipart);
		else if (entity_is(e, "multipart", "related") && !may_be_alternative(e->children[0]))
			check_report(c, type_place(e->children[0]), "related-root", type, multipart);
		else if (e->n_children == 1 && !entity_is(e, "multipart", "signed") && !entity_is(e, "multipart", "report") && !alternative)
			check_report(c, type_place(e), "single", type, multipart);
	}
}

/* Does HTML of the mail show the part by its Content-ID? */
static bool is_shown_by_cid(const struct message *m, const struct entity *e)
{
	const struct field *id = header_find(&e->header, "Content-ID");

	if (!id)
		return false;
	struct span value = span_trim(id->unfolded->bytes);
	if (value.n > 2 && value.p[0] == '<' && value.p[value.n - 1] == '>')
		value = span_cut(value, 1, value.n - 1);
	for (size_t i = 0; i < m->n_links; i++)
		if (span_starts_ci(m->links[i].target->bytes, SPAN_LIT("cid:")) &&
		    span_eq(span_cut(m->links[i].target->bytes, 4, m->links[i].target->bytes.n), value))
			return true;
	return false;
}

/* Parts that are neither text nor structure. Cases: missing (no Content-Disposition), no-name (an attachment without a name), picture-attached
 * (a picture that the HTML shows is marked attachment). Signatures and keys have their own rules. */
CHECK(part_disposition)
{
	enum { MOST_PARTS = 200 };
	size_t n = 0;

	for (size_t i = 0; i < m->mime.n && n < MOST_PARTS; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || entity_is(e, "text", NULL) || entity_is(e, "multipart", NULL) || entity_is(e, "message", NULL) ||
		    entity_is_enclosed(e) || !e->content_type_field || e->content_type.subtype.n == 0 || e->parent == NULL)
			continue;
		if (is_in(e, "signed") || is_in(e, "encrypted") || is_in(e, "report") || is_in(e, "alternative"))
			continue;
		n++;
		const struct field *field = header_find(&e->header, "Content-Disposition");
		struct check_arg type = ARG_T("type", type_name(c, e));
		if (!field && !is_in(e, "related") && !header_find(&e->header, "Content-ID"))
			check_report(c, place(e->header.fields_end), "missing", type);
		else if (field && span_eq(e->disposition.type, SPAN_LIT("attachment")) && entity_is(e, "image", NULL) && is_shown_by_cid(m, e))
			check_report(c, field_range(field), "picture-attached", type);
		else if (field && span_eq(e->disposition.type, SPAN_LIT("attachment")) && !e->file_name)
			check_report(c, field_range(field), "no-name", type);
	}
	if (n == 0)
		check_not_applicable(c);
}

/* with: types ("type/subtype"), names (of files that betray such a type). The first part that has no place in a newsletter. */
CHECK(part_type)
{
	const char *const *types = rule_setting_list(check_rule(c), "types");
	const char *const *names = rule_setting_list(check_rule(c), "names");

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (entity_is_enclosed(e) || !e->content_type_field)
			continue;
		struct span type = type_name(c, e);
		bool named = e->file_name && word_in_list(names, e->file_name->bytes);
		if (!named && !word_in_list(types, type))
			continue;
		/* S/MIME signs with the same type; only what hides the text surprises. */
		const struct param *kind = content_param(&e->content_type, "smime-type");
		if (kind && span_eq_ci(kind->value->bytes, SPAN_LIT("signed-data")))
			continue;
		check_report(c, type_place(e), NULL, ARG_T("type", type));
		return;
	}
}

/* --- who sends, in the text --------------------------------------------------------------------------------------------------------- */

/* The next word of a name: a run of letters and digits that is long enough to tell a sender, three characters or one of two beyond ASCII. */
static bool next_name_word(struct span name, size_t *at, struct span *out)
{
	while (*at < name.n) {
		size_t start = *at, end = start, n = 0, wide = 0;
		for (size_t next = start; next < name.n; end = next) {
			uint32_t ch = utf8_next(name, &next);
			if (!is_letter(ch))
				break;
			n++;
			wide += ch >= 0x2E80;
		}
		*at = end;
		if (end == start)
			utf8_next(name, at);
		*out = span_cut(name, start, end);
		if (n >= 3 || wide >= 2)
			return true;
	}
	return false;
}

/* Words of display names that say nothing of who sends. */
static bool is_general_word(struct span word)
{
	static const char *const words[] = { "news", "newsletter", "mail", "info", "the", "and", "team", "support", "noreply", "reply", "magazine",
					     "メール", "マガジン", "メールマガジン", "メルマガ", "お知らせ", "ニュース", "通信", "事務局", "編集部", "株式会社" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (span_eq_ci(word, span_str(words[i])))
			return true;
	return false;
}

/* Is the sender in the text, by a word of the display name (form L1) or by the first part of the domain, or is there a word of an imprint? */
static bool names_sender(const struct message *m, struct span l1, struct span name, const char *const *imprint)
{
	size_t at = 0, tried = 0;
	struct span word;

	while (tried < 8 && next_name_word(name, &at, &word)) {
		tried++;
		if (!is_general_word(word) && span_find(l1, word, 0) < l1.n)
			return true;
	}
	if (m->from.n == 1) {
		struct span house = host_organisation(m->from.mailboxes[0].domain);
		struct span label = span_cut(house, 0, span_find_byte(house, '.', 0));
		if (label.n >= 3 && span_find_ci(l1, label, 0) < l1.n)
			return true;
	}
	return holds_any_phrase(l1, imprint);
}

/* Does an alt text of the body name the sender? A logo with an alt text does. */
static bool alt_names_sender(struct check *c, const struct message *m, const struct body *body, struct span name)
{
	enum { MOST_PICTURES = 200 };
	size_t n = 0;

	for (size_t i = 0; body->html && i < body->html->n_elements && n < MOST_PICTURES; i++) {
		const struct html_attribute *alt = html_attribute(&body->html->elements[i], "alt");
		if (!alt || alt->value->bytes.n == 0)
			continue;
		n++;
		char *folded = g_utf8_casefold(alt->value->bytes.p, (gssize)alt->value->bytes.n);
		struct span text = arena_copy_span(check_arena(c), span_str(folded));
		g_free(folded);
		if (names_sender(m, text, name, NULL) || list_name_in(c, normal_l1(check_arena(c), alt->value)->bytes))
			return true;
	}
	return false;
}

static struct span folded(const struct check *c, struct span text)
{
	char *copy = g_utf8_casefold(text.p, (gssize)text.n);
	struct span result = arena_copy_span(check_arena(c), span_str(copy));

	g_free(copy);
	return result;
}

/* with: imprint (words of a footer, in form L1), least (letters: shorter texts are not judged). No displayed text names the sender. Cases: none, one
 * (of two alternatives; the place is the end of the one that does not). */
CHECK(sender_named)
{
	const char *const *imprint = rule_setting_list(check_rule(c), "imprint");
	size_t least = (size_t)rule_setting_int(check_rule(c), "least", 200);
	const struct body *nameless = NULL;
	bool named = false;

	/* A letter or an answer to one is signed, or its reader knows who writes. */
	const struct field *post = header_find(m->header, "List-Post");
	if (header_find(m->header, "In-Reply-To") || header_find(m->header, "References") || header_find(m->header, "Mailing-List") ||
	    (post && !span_starts_ci(post->unfolded->bytes, SPAN_LIT("no")))) {
		check_not_applicable(c);
		return;
	}
	struct span name = m->from.n == 1 && m->from.mailboxes[0].name_text ? folded(c, m->from.mailboxes[0].name_text->bytes) : SPAN_EMPTY;
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		/* A tag may stand for the sender's name and address. */
		if (body->tags.n || names_sender(m, body->l1->bytes, name, imprint) || alt_names_sender(c, m, body, name) ||
		    list_name_in(c, body->l1->bytes))
			named = true;
		else if (utf8_count(body->l1->bytes) >= least)
			nameless = body;
	}
	if (m->n_bodies == 0 || (!nameless && !named)) {
		check_not_applicable(c);
		return;
	}
	if (nameless && (!named || is_in(nameless->entity, "alternative")))
		check_report(c, body_end(nameless->entity), named ? "one" : "none");
}

/* --- lines -------------------------------------------------------------------------------------------------------------------------- */

static bool is_flowed(const struct entity *e)
{
	const struct param *format = content_param(&e->content_type, "format");

	return format && span_eq_ci(format->value->bytes, SPAN_LIT("flowed"));
}

/* A text part whose lines travel as they are. */
static bool has_bare_lines(const struct entity *e)
{
	return e->is_displayed && (e->transfer == TRANSFER_7BIT || e->transfer == TRANSFER_8BIT || e->transfer == TRANSFER_BINARY) &&
	       !entity_is_enclosed(e);
}

/* Move *at behind the line that starts there; returns it without its line end. */
static struct span take_line(struct span s, size_t *at)
{
	size_t end = span_find_byte(s, '\n', *at);
	struct span line = span_cut(s, *at, end);

	*at = end + 1;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* Lines of 7bit and 8bit text that servers and mailboxes alter. Cases: from ("From " at the start), dot (a dot alone), blank (blanks at the end, where
 * they are no soft line break), mbox ("From " inside an mbox, where it may part the message in two). One finding for each case and part. */
CHECK(fragile_line)
{
	static const char *const kinds[] = { "from", "dot", "blank" };

	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	bool mbox = span_starts(m->file->bytes, SPAN_LIT("From "));
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!has_bare_lines(e))
			continue;
		struct span body = file_span(m, e->body);
		size_t counts[3] = { 0, 0, 0 };
		struct range firsts[3] = { { 0, 0 }, { 0, 0 }, { 0, 0 } };
		for (size_t at = 0; at < body.n;) {
			size_t start = at, k;
			struct span line = take_line(body, &at);
			struct range where = { start, start + line.n };
			bool blank = line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t');
			if (span_starts(line, SPAN_LIT("From "))) {
				k = 0;
				where.end = start + 5;
			} else if (line.n == 1 && line.p[0] == '.') {
				k = 1;
			} else if (blank && !is_flowed(e) && !span_eq(line, SPAN_LIT("-- "))) {
				k = 2;
				where.start = start + (size_t)(span_trim(line).p - line.p) + span_trim(line).n;
				if (span_trim(line).n == 0)
					where.start = start;
			} else {
				continue;
			}
			if (counts[k]++ == 0)
				firsts[k] = where;
		}
		for (size_t k = 0; k < 3; k++) {
			if (!counts[k])
				continue;
			check_report(c, ((struct range){ e->body.start + firsts[k].start, e->body.start + firsts[k].end }), k == 0 && mbox ? "mbox" : kinds[k],
				     ARG_I("count", counts[k]));
			if (k < 2)
				fix_transfer(c, m, e, RECODE_ENCODED);
		}
	}
}

/* Lines of a header field that could have been folded: the first that is too long; false where there is none. */
static bool long_header_line(const struct message *m, const struct field *f, size_t most, struct range *out)
{
	struct span raw = span_cut(m->file->bytes, f->start, f->value_end);

	for (size_t at = 0; at < raw.n;) {
		size_t start = at;
		struct span line = take_line(raw, &at);
		/* A line without a blank behind its first word cannot be folded. Lines above 998 are another rule's. */
		size_t text = start == 0 ? f->value_start - f->start + 1 : 1;
		struct span rest = span_trim(span_cut(line, text, line.n));
		if (utf8_count(line) > most && line.n <= 998 && span_find_byte(rest, ' ', 0) < rest.n) {
			*out = (struct range){ f->start + start, f->start + start + line.n };
			return true;
		}
	}
	return false;
}

/* The line of the file that holds the range, as far as 999 octets: one above 998 is another rule's. */
static size_t raw_line_length(const struct message *m, struct range in)
{
	struct span file = m->file->bytes;

	while (in.end - in.start <= 998 && in.start > 0 && file.p[in.start - 1] != '\n')
		in.start--;
	while (in.end - in.start <= 998 && in.end < file.n && file.p[in.end] != '\r' && file.p[in.end] != '\n')
		in.end++;
	return in.end - in.start;
}

/* with: most (columns; a wide character has two), lines, wide_lines, except (fields that programs write). Lines longer than RFC 5322, section 2.1.1
 * recommends. Cases: header, text (at least lines of plain text in 7bit or 8bit, or wide_lines with wide characters; those with an address and
 * rule lines left out). */
CHECK(line_over_recommended)
{
	size_t most = (size_t)rule_setting_int(check_rule(c), "most", 78), count = 0;
	size_t lines = (size_t)rule_setting_int(check_rule(c), "lines", 1), wide_lines = (size_t)rule_setting_int(check_rule(c), "wide_lines", 1), wide = 0;
	const char *const *except = rule_setting_list(check_rule(c), "except");
	const struct text *source = NULL;
	struct range where = { 0, 0 };

	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (f->flags & (FIELD_NO_COLON | FIELD_TOO_LONG) || f->n_words || word_in_list(except, f->name) ||
		    span_starts_ci(f->name, SPAN_LIT("ARC-")) || span_starts_ci(f->name, SPAN_LIT("X-")))
			continue;
		if (long_header_line(m, f, most, &where)) {
			check_report(c, where, "header", ARG_T("field", f->name), ARG_I("most", most));
			field_fix_fold(c, m, f, most, most);
			break;
		}
	}
	for (size_t i = 0; i < m->n_bodies && count < lines && wide < wide_lines; i++) {
		const struct body *body = &m->bodies[i];
		if (body->html || !has_bare_lines(body->entity))
			continue;
		count = wide = 0;
		for (size_t at = 0; at < body->source->bytes.n;) {
			size_t start = at;
			struct span line = take_line(body->source->bytes, &at);
			if (line.n <= most || text_width(line, false) <= most || span_find(line, SPAN_LIT("://"), 0) < line.n ||
			    furniture_is_rule(line))
				continue;
			if (raw_line_length(m, text_to_file(body->source, start, start + line.n)) > 998)
				continue;
			wide += text_width(line, false) > utf8_count(line);
			if (count++ == 0) {
				source = body->source;
				where = (struct range){ start, start + line.n };
			}
		}
	}
	if (count >= lines || wide >= wide_lines)
		check_report_text(c, source, where, "text", ARG_I("count", count), ARG_I("most", most));
}

static bool is_japanese(uint32_t ch)
{
	return (ch >= 0x3001 && ch <= 0x30FF) || (ch >= 0x3400 && ch <= 0x9FFF) || (ch >= 0xFF01 && ch <= 0xFF9F);
}

/* The last code point of s; 0 where it is empty. */
static uint32_t last_character(struct span s)
{
	size_t at = s.n;

	while (at > 0 && ((unsigned char)s.p[at - 1] & 0xC0) == 0x80)
		at--;
	if (at == 0)
		return 0;
	at--;
	return utf8_next(s, &at);
}

/* Soft line breaks that come out wrong: for Japanese without delsp a blank stays between two characters, for Latin text with delsp two words run
 * together. The first of them in the text; false where there is none. RFC 3676, sections 4.1 and 4.2. */
static bool wrong_soft_break(struct span s, bool delsp, struct range *out)
{
	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		struct span line = take_line(s, &at);
		if (line.n < 2 || line.p[line.n - 1] != ' ' || span_eq(line, SPAN_LIT("-- ")) || at >= s.n)
			continue;
		size_t next = at;
		uint32_t before = last_character(span_cut(line, 0, line.n - 1)), behind = utf8_next(s, &next);
		bool wrong = delsp ? before < 0x80 && behind < 0x80 && ascii_is_alnum((char)before) && ascii_is_alnum((char)behind) :
				     is_japanese(before) && is_japanese(behind);
		if (!wrong)
			continue;
		*out = (struct range){ start, start + line.n };
		return true;
	}
	return false;
}

/* format=flowed of text/plain. Cases: blanks (Japanese, and no delsp=yes), glued (delsp=yes, and words run together), value (of format or delsp),
 * alone (delsp without flowed). */
CHECK(flowed_text)
{
	bool any = false;

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct entity *e = m->bodies[i].entity;
		const struct param *format = content_param(&e->content_type, "format"), *delsp = content_param(&e->content_type, "delsp");
		struct range line;
		if (!format && !delsp)
			continue;
		any = true;
		if ((format && tag_scan(check_arena(c), format->value->bytes).n) || (delsp && tag_scan(check_arena(c), delsp->value->bytes).n))
			continue;
		bool flowed = is_flowed(e), yes = delsp && span_eq_ci(delsp->value->bytes, SPAN_LIT("yes"));
		if (format && !flowed && !span_eq_ci(format->value->bytes, SPAN_LIT("fixed")))
			check_report(c, format->range, "value", ARG_T("parameter", format->name), ARG_T("value", format->value->bytes));
		else if (delsp && !yes && !span_eq_ci(delsp->value->bytes, SPAN_LIT("no")))
			check_report(c, delsp->range, "value", ARG_T("parameter", delsp->name), ARG_T("value", delsp->value->bytes));
		else if (yes && !flowed)
			check_report(c, delsp->range, "alone");
		else if (flowed && !m->bodies[i].html && wrong_soft_break(m->bodies[i].source->bytes, yes, &line))
			check_report_text(c, m->bodies[i].source, line, yes ? "glued" : "blanks");
	}
	if (!any)
		check_not_applicable(c);
}
