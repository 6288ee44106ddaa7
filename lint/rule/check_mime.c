/* Checks of the MIME tree: versions, types, transfer encodings, boundaries, order of alternatives, parameters, file names.
 * Sources: RFC 2045, 2046, 2047, 2183, 2231. */
#include "base/utf8.h"
#include "doc/plain.h"
#include "mail/alternative.h"
#include "mail/param_write.h"
#include "mail/rewrite.h"
#include "rule/check_charset.h"
#include "rule/check_common.h"
#include "rule/field_fix.h"
#include "rule/fix_part.h"

#include <glib.h>

static struct range body_start(const struct entity *e)
{
	return place(e->body.start);
}

/* Cases: missing (MIME fields without MIME-Version), value (not 1.0). */
CHECK(mime_version)
{
	const struct field *version = header_find(m->header, "MIME-Version");
	static const char *const names[] = { "Content-Type", "Content-Transfer-Encoding", "Content-Disposition" };

	if (m->kind == INPUT_TEMPLATE && !version) {
		check_not_applicable(c);
		return;
	}
	if (version) {
		/* Comments are allowed: 1.0 (produced by ...). */
		struct span value = version->unfolded->bytes;
		bool right = span_starts(value, SPAN_LIT("1.0")) && (value.n == 3 || !ascii_is_digit(value.p[3]));
		if (!right && value.n && value.p[0] != '(' && !has_tag(c, value)) {
			check_report(c, field_value_range(m, version), "value", ARG_T("value", value));
			field_fix_value(c, m, version, SPAN_LIT("1.0"));
		}
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (header_find(m->header, names[i])) {
			check_report(c, message_header_end(m), "missing", ARG_T("field", span_str(names[i])));
			check_fix_field(c, SPAN_LIT("MIME-Version: 1.0"));
			return;
		}
	}
}

/* Does the error lie in a file name? Readers lose nothing but the end of that name. */
static bool is_in_name(const struct content_value *value, struct range error)
{
	for (size_t i = 0; i < value->n; i++) {
		const struct param *param = &value->params[i];
		if ((span_eq_ci(param->name, SPAN_LIT("name")) || span_eq_ci(param->name, SPAN_LIT("filename"))) &&
		    param->range.start <= error.start && error.start <= param->range.end)
			return true;
	}
	return false;
}

static bool is_special(char c)
{
	return c && strchr("()<>@,;:\\\"/[]?=", c);
}

/* A value with signs that need quotes and has none (RFC 2045, section 5.1). Encoded words are told by parameter_flag. */
static const struct param *unquoted_param(const struct message *m, const struct content_value *value)
{
	for (size_t i = 0; i < value->n; i++) {
		const struct param *param = &value->params[i];
		size_t start = param->value_range.start;
		if (param->flags & (PARAM_ENCODED_WORD | PARAM_RFC2231 | PARAM_RAW_8BIT | PARAM_RAW_JIS) || start == 0 ||
		    m->file->bytes.p[start - 1] == '"')
			continue;
		for (size_t k = start; k < param->value_range.end; k++)
			if (is_special(m->file->bytes.p[k]))
				return param;
	}
	return NULL;
}

/* A value in quotes. */
static void fix_quotes(struct check *c, const struct message *m, const struct field *field, struct range value)
{
	struct span raw = file_span(m, value);

	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] < ' ' || raw.p[i] > '~' || raw.p[i] == '"' || raw.p[i] == '\\')
			return;
	if (raw.n)
		field_fix_place(c, m, field, value, span_str(arena_printf(check_arena(c), "\"%.*s\"", (int)raw.n, raw.p)));
}

/* The name of a file without its quotes, from where it begins to the next semicolon. */
static void fix_name_quotes(struct check *c, const struct message *m, const struct field *field, const struct content_value *value, struct range error)
{
	const struct param *name = NULL;

	for (size_t i = 0; i < value->n; i++)
		if (value->params[i].range.start <= error.start && error.start <= value->params[i].range.end)
			name = &value->params[i];
	if (!name || name->flags || name->value_range.start == 0 || m->file->bytes.p[name->value_range.start - 1] != '=')
		return;
	size_t start = name->value_range.start, end = start + span_find_byte(span_cut(m->file->bytes, start, field->value_end), ';', 0);
	while (end > start && ascii_is_space(m->file->bytes.p[end - 1]))
		end--;
	fix_quotes(c, m, field, (struct range){ start, end });
}

static void report_malformed(struct check *c, const struct message *m, const struct field *field, const struct content_value *value)
{
	if (!field || field->unfolded->bytes.n == 0 || has_tag(c, field->unfolded->bytes))
		return;
	bool is_type = span_eq_ci(field->name, SPAN_LIT("Content-Type"));
	if (is_type && (span_eq(value->type, SPAN_LIT("*")) || span_eq(value->subtype, SPAN_LIT("*")))) {
		check_report(c, value->type_range, "wildcard", ARG_T("field", field->name), ARG_T("value", field->unfolded->bytes));
		return;
	}
	if (!value->syntax_error) {
		const struct param *unquoted = unquoted_param(m, value);
		if (unquoted)
			check_report(c, unquoted->value_range, "unquoted", ARG_T("field", field->name), ARG_T("parameter", unquoted->name));
		if (unquoted)
			fix_quotes(c, m, field, unquoted->value_range);
		return;
	}
	struct range range = value->error_range;
	if (range.end <= range.start)
		range = field_value_range(m, field);
	bool no_type = is_type ? value->subtype.n == 0 : value->type.n == 0;
	const char *kind = no_type ? (is_type ? "type" : "disposition") : is_in_name(value, range) ? "name" : "parameter";
	check_report(c, range, kind, ARG_T("field", field->name), ARG_T("value", field->unfolded->bytes));
	if (strcmp(kind, "name") == 0)
		fix_name_quotes(c, m, field, value, range);
}

/* Content-Type or Content-Disposition that does not parse. Cases: type (no type/subtype), wildcard (a star, as in a list of accepted
 * types: a legal token, but no type of anything), disposition (none before the parameters),
 * parameter, name (a file name without its quotes), unquoted (any other value that needs quotes, and is understood all the same). */
CHECK(content_type_malformed)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (entity_is_enclosed(e))
			continue;
		report_malformed(c, m, e->content_type_field, &e->content_type);
		report_malformed(c, m, header_find(&e->header, "Content-Disposition"), &e->disposition);
	}
}

/* Cases: unknown, multipart (an encoding other than 7bit, 8bit, binary on multipart or message). */
CHECK(transfer_encoding)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!e->transfer_field || e->transfer_field->unfolded->bytes.n == 0 || entity_is_enclosed(e))
			continue;
		struct span value = e->transfer_field->unfolded->bytes;
		if (has_tag(c, value))
			continue;
		bool extension = value.n > 2 && (value.p[0] == 'x' || value.p[0] == 'X') && value.p[1] == '-';
		bool composite = entity_is(e, "multipart", NULL) ||
				 (entity_is(e, "message", NULL) && !span_starts(e->content_type.subtype, SPAN_LIT("global")));
		if (e->transfer == TRANSFER_UNKNOWN && !extension)
			check_report(c, field_value_range(m, e->transfer_field), "unknown", ARG_T("value", value));
		else if (composite && (e->transfer == TRANSFER_BASE64 || e->transfer == TRANSFER_QP))
			check_report(c, field_value_range(m, e->transfer_field), "multipart", ARG_T("value", value));
	}
}

/* Bytes >= 80 in a part that is 7bit, by its label or without one. Cases: declared, undeclared. The place: the first such byte of the
 * part to the end of that run; where the charset is at fault, too, the place of that finding, which then speaks for both. */
CHECK(eight_bit_in_seven_bit)
{
	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || e->transfer != TRANSFER_7BIT || entity_is_enclosed(e))
			continue;
		struct span body = file_span(m, e->body);
		if (span_is_ascii(body))
			continue;
		size_t first = 0, n = 0;
		while ((unsigned char)body.p[first] < 0x80)
			first++;
		size_t end = first;
		while (end < body.n && (unsigned char)body.p[end] >= 0x80)
			end++;
		for (size_t k = first; k < body.n; k++)
			n += (unsigned char)body.p[k] >= 0x80;
		struct range range = { e->body.start + first, e->body.start + end };
		charset_fault_place(m, e, &range);
		check_report(c, range, e->transfer_field ? "declared" : "undeclared", ARG_I("count", n));
		fix_transfer(c, m, e, RECODE_ENCODED);
	}
}

/* Text sent as 8bit or binary: legal, but rewritten on the way by servers without 8BITMIME. */
CHECK(eight_bit_transfer)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || entity_is_enclosed(e) || !e->transfer_field || (e->transfer != TRANSFER_8BIT && e->transfer != TRANSFER_BINARY))
			continue;
		if (span_is_ascii(file_span(m, e->body)))
			continue;
		check_report(c, field_value_range(m, e->transfer_field), NULL, ARG_T("value", e->transfer_field->unfolded->bytes));
		fix_transfer(c, m, e, RECODE_ENCODED);
	}
}

static const struct {
	enum transfer_problem_kind kind;
	const char *name;
} transfer_cases[] = {
	{ TRANSFER_PROBLEM_LINE_LONG, "long-line" },	   { TRANSFER_PROBLEM_BAD_CHARACTER, "character" },
	{ TRANSFER_PROBLEM_BAD_PADDING, "padding" },	   { TRANSFER_PROBLEM_BAD_ESCAPE, "escape" },
	{ TRANSFER_PROBLEM_LOWER_CASE, "lower-case" },	   { TRANSFER_PROBLEM_TRAILING_BLANK, "trailing-blank" },
};

enum { SMTP_LINE_OCTETS = 998 };

static const char *transfer_case(const struct message *m, const struct transfer_problem *p)
{
	if (p->kind == TRANSFER_PROBLEM_LINE_LONG && p->length > SMTP_LINE_OCTETS)
		return "cut-line";
	/* What a control character in the text does is told by another rule; here only bytes that the encoding was made for count. */
	if (p->kind == TRANSFER_PROBLEM_BAD_CHARACTER && span_is_ascii(file_span(m, (struct range){ p->offset, p->offset + p->length })))
		return "control";
	return transfer_cases[p->kind].name;
}

/* Lines of quoted-printable as its rules want them. Where a "=" begins no encoded byte, the text may never have been encoded at all: who looks at it
 * knows. */
static void fix_quoted_printable(struct check *c, const struct message *m, const struct entity *e)
{
	bool escape = e->decoded.n_dropped > 0;
	size_t n;

	if (!recode_is_possible(e) || part_has_tags(c, e))
		return;
	for (size_t i = 0; i < e->decoded.n_problems; i++)
		escape |= e->decoded.problems[i].kind == TRANSFER_PROBLEM_BAD_ESCAPE;
	const struct edit *edits = recode_quoted_printable(check_arena(c), m->file, e->body, &n);
	fix_edits(c, edits, n);
	if (escape && n)
		check_fix_unsafe(c);
}

/* Does the text end inside a character, or a multipart around it without its last boundary? */
static bool was_cut(const struct entity *e)
{
	bool cut = e->charset_result.n_illegal > 0;

	for (const struct entity *at = e->parent; at; at = at->parent)
		cut |= (at->flags & ENTITY_NOT_CLOSED) != 0;
	return cut;
}

/* The bytes of base64 encoded again, where all of them are there: nothing foreign between them, and none cut off. Behind padding in the middle many
 * programs read nothing: what stands there appears to their users only then. */
static void fix_base64(struct check *c, const struct message *m, const struct entity *e)
{
	bool joined = false;
	size_t n;

	if (!recode_is_possible(e) || part_has_tags(c, e) || e->decoded.n_dropped)
		return;
	for (size_t i = 0; i < e->decoded.n_problems; i++) {
		const struct transfer_problem *p = &e->decoded.problems[i];
		bool padding = p->kind == TRANSFER_PROBLEM_BAD_PADDING, sign = m->file->bytes.p[p->offset] == '=';
		/* One character alone holds no byte: the rest is lost, as where the file was cut. */
		if (p->kind == TRANSFER_PROBLEM_BAD_CHARACTER || (padding && !sign && (p->length < 2 || !e->is_text || was_cut(e))))
			return;
		joined |= padding && sign;
	}
	const struct edit *edits = recode_base64(check_arena(c), m->file, e, &n);
	fix_edits(c, edits, n);
	if (joined && n)
		check_fix_unsafe(c);
}

/* with: encoding (base64, quoted-printable). Cases: long-line, cut-line (longer than SMTP allows), character, padding, escape,
 * lower-case, trailing-blank; control (quoted-printable: a character that is not printable); the first of each kind in a part. */
CHECK(transfer_malformed)
{
	bool base64 = strcmp(rule_setting(check_rule(c), "encoding", "base64"), "base64") == 0;

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || entity_is_enclosed(e) || e->transfer != (base64 ? TRANSFER_BASE64 : TRANSFER_QP))
			continue;
		unsigned told = 0;
		for (size_t k = 0; k < e->decoded.n_problems; k++) {
			const struct transfer_problem *p = &e->decoded.problems[k];
			if (told & 1u << p->kind)
				continue;
			told |= 1u << p->kind;
			check_report(c, ((struct range){ p->offset, p->offset + p->length }),
				     base64 && p->kind == TRANSFER_PROBLEM_BAD_CHARACTER ? "character" : transfer_case(m, p),
				     ARG_I("count", p->kind == TRANSFER_PROBLEM_LINE_LONG ? e->decoded.n_long_lines : e->decoded.n_bad),
				     ARG_I("length", p->length));
			if (base64)
				fix_base64(c, m, e);
			else
				fix_quoted_printable(c, m, e);
		}
	}
}

/* A text part in base64 that is plain ASCII. ISO-2022-JP is not: it has escapes. */
CHECK(base64_ascii_text)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!e->is_displayed || e->transfer != TRANSFER_BASE64 || !e->transfer_field)
			continue;
		struct span text = e->decoded.text->bytes;
		if (!span_trim(text).n || !span_is_ascii(text) || span_find_byte(text, '\x1B', 0) < text.n)
			continue;
		check_report(c, field_value_range(m, e->transfer_field), NULL);
		fix_transfer(c, m, e, RECODE_PLAIN);
	}
}

/* ISO-2022-JP, which is made of 7-bit bytes, in a transfer encoding all the same. The first such part: the others come of the same setting. */
CHECK(jis_transfer_encoded)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!e->is_displayed || !e->transfer_field || entity_is_enclosed(e) || !span_eq_ci(e->charset_name, SPAN_LIT("iso-2022-jp")) ||
		    (e->transfer != TRANSFER_BASE64 && e->transfer != TRANSFER_QP))
			continue;
		struct span text = e->decoded.text->bytes;
		if (!span_is_ascii(text) || span_find_byte(text, '\x1B', 0) == text.n)
			continue;
		struct range place = field_value_range(m, e->transfer_field);
		check_report(c, place, NULL, ARG_T("encoding", file_span(m, place)));
		fix_transfer(c, m, e, RECODE_PLAIN);
		return;
	}
}

/* The first character of a boundary that RFC 2046, section 5.1.1 does not allow; n where there is none. */
static size_t bad_boundary_character(struct span boundary)
{
	size_t i = 0;

	while (i < boundary.n && boundary.p[i] && (ascii_is_alnum(boundary.p[i]) || strchr("'()+_,-./:=? ", boundary.p[i])))
		i++;
	return i;
}

/* The same boundary as a multipart around it, or only the start of one? */
static bool is_same_boundary(const struct entity *e, struct span boundary)
{
	for (const struct entity *at = e->parent; at; at = at->parent) {
		const struct param *outer = content_param(&at->content_type, "boundary");
		if (outer && span_eq(outer->value->bytes, boundary))
			return true;
	}
	return false;
}

/* The delimiter that ends the multipart, behind its last part; not where that part was cut off. */
static void fix_not_closed(struct check *c, const struct message *m, const struct entity *e, struct span boundary)
{
	const struct entity *last = e;

	while (last->n_children)
		last = last->children[last->n_children - 1];
	const char *eol = rewrite_line_end(span_cut(m->file->bytes, m->range.start, m->range.end));
	if (last == e || !recode_is_possible(last) || last->decoded.n_bad || last->charset_result.n_illegal || strcmp(eol, "\r") == 0)
		return;
	bool ended = e->body.end > 0 && m->file->bytes.p[e->body.end - 1] == '\n';
	const char *line = arena_printf(check_arena(c), "%s--%.*s--%s", ended && !e->parent ? "" : eol, (int)boundary.n, boundary.p, e->parent ? "" : eol);
	check_fix(c, NULL, place(e->body.end), span_str(line));
}

/* Cases: missing (no usable boundary parameter), not-closed, no-parts, same (as that of a multipart around it), prefix (one is the start
 * of the other), length (more than 70 characters), character (one that is not allowed). The gravest one of a part. */
CHECK(boundary)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!entity_is(e, "multipart", NULL) || entity_is_enclosed(e) || e->flags & ENTITY_TRUNCATED)
			continue;
		struct range type = e->content_type_field ? field_value_range(m, e->content_type_field) : body_start(e);
		const struct param *param = content_param(&e->content_type, "boundary");
		struct range value = param ? param->value_range : type;
		struct span boundary = param ? param->value->bytes : SPAN_EMPTY;
		struct check_arg name = ARG_T("boundary", boundary);
		if (e->flags & ENTITY_NO_BOUNDARY)
			check_report(c, type, "missing");
		else if (has_tag(c, boundary))
			continue;
		else if (e->flags & ENTITY_NO_PARTS)
			check_report(c, value, "no-parts", name);
		else if (e->flags & ENTITY_NOT_CLOSED) {
			check_report(c, body_end(e), "not-closed", name);
			fix_not_closed(c, m, e, boundary);
		} else if (e->flags & ENTITY_BOUNDARY_NESTED)
			check_report(c, value, is_same_boundary(e, boundary) ? "same" : "prefix", name);
		else if (boundary.n > 70)
			check_report(c, value, "length", name);
		else if (bad_boundary_character(boundary) < boundary.n)
			check_report(c, value, "character", name);
	}
}

/* The two parts, each with its header, in each other's place. */
static void fix_order(struct check *c, const struct message *m, const struct entity *richer, const struct entity *plain)
{
	struct range first = { richer->header.start, richer->body.end }, second = { plain->header.start, plain->body.end };

	if (!recode_is_possible(plain) || richer->flags)
		return;
	check_fix(c, NULL, first, file_span(m, second));
	check_fix(c, NULL, second, file_span(m, first));
}

/* multipart/alternative with text/html before text/plain. The place: the plain part's header. */
CHECK(alternative_order)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!entity_is(e, "multipart", "alternative") || entity_is_enclosed(e))
			continue;
		const struct entity *richer = NULL;
		for (size_t k = 0; k < e->n_children; k++) {
			const struct entity *child = e->children[k];
			if (entity_is(child, "text", "html") ||
			    (entity_is(child, "multipart", "related") && child->n_children && entity_is(child->children[0], "text", "html")))
				richer = child;
			else if (richer && entity_is(child, "text", "plain") && child->is_displayed) {
				check_report(c,
					     child->content_type_field ? field_range(child->content_type_field) : place(child->header.start),
					     NULL);
				fix_order(c, m, richer, child);
				break;
			}
		}
	}
}

/* Form L1 has ordinary blanks for all blanks, and nothing for what cannot be seen. */
static bool has_visible_text(const struct body *body)
{
	return span_trim(body->l1->bytes).n > 0;
}

/* Is there a line that is no address? */
static bool has_words(struct span text)
{
	for (size_t at = 0, end; at < text.n; at = end + 1) {
		end = span_find_byte(text, '\n', at);
		struct span line = span_cut(text, at, end);
		if (line.n && span_find(line, SPAN_LIT("://"), 0) == line.n)
			return true;
	}
	return false;
}

/* The text that the HTML says. Empty where it is not known what that is to its reader: tags are still in it, there are two of it, or nothing of it is text. */
static struct span text_of_html(struct check *c, const struct message *m, const struct body *html)
{
	struct span text = plain_from_html(check_arena(c), html->html);

	for (size_t i = 0; i < m->n_bodies; i++)
		if (m->bodies[i].html && &m->bodies[i] != html)
			return SPAN_EMPTY;
	return has_words(text) && !html->written_tags.n ? text : SPAN_EMPTY;
}

/* It in the text/plain part that is there and says nothing. */
static void fix_text_empty(struct check *c, const struct message *m, const struct body *html, const struct entity *plain)
{
	struct span text = text_of_html(c, m, html);
	size_t n;

	if (!text.n)
		return;
	const struct edit *edits = recode_part(check_arena(c), m->file, plain, text, RECODE_ENCODED, span_is_ascii(text) ? NULL : "UTF-8", &n);
	fix_edits(c, edits, n);
}

/* It as a text/plain part in front of it. */
static void fix_text_missing(struct check *c, const struct message *m, const struct body *html)
{
	struct span text = text_of_html(c, m, html);
	size_t n;

	if (!text.n)
		return;
	struct edit *edits = alternative_add_text(check_arena(c), m->file, m->range, html->entity, text, &n);
	fix_edits(c, edits, n);
}

/* HTML without a text/plain part that says anything. Cases: missing, empty, alternative (multipart/alternative without plain). */
CHECK(text_part_missing)
{
	const struct body *html = NULL, *plain = NULL;

	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		if (m->bodies[i].html && !html)
			html = &m->bodies[i];
		else if (!m->bodies[i].html && (!plain || !has_visible_text(plain)))
			plain = &m->bodies[i];
	}
	if (!html) {
		check_not_applicable(c);
		return;
	}
	if (plain && !has_visible_text(plain)) {
		check_report(c, body_start(plain->entity), "empty");
		if (html->entity->parent && html->entity->parent == plain->entity->parent)
			fix_text_empty(c, m, html, plain->entity);
	} else if (!plain) {
		check_report(c, html->entity->content_type_field ? field_range(html->entity->content_type_field) : message_header_end(m),
			     html->entity->parent && entity_is(html->entity->parent, "multipart", "alternative") ? "alternative" : "missing");
		fix_text_missing(c, m, html);
	}
}

/* with: flags (names of param_flag in small letters). Content-Type and Content-Disposition of every part. The case is the flag. */
static const struct {
	const char *name;
	unsigned flag;
} param_flags[] = {
	{ "encoded-word-bare", PARAM_UNQUOTED_ENCODED_WORD },
	{ "encoded-word", PARAM_ENCODED_WORD },
	{ "raw-jis", PARAM_RAW_JIS },
	{ "raw-8bit", PARAM_RAW_8BIT },
	{ "duplicate", PARAM_DUPLICATE },
	{ "continuation", PARAM_BAD_CONTINUATION },
	{ "split-character", PARAM_SPLIT_CHAR },
	{ "charset", PARAM_BAD_CHARSET },
};

/* A file name in the form of RFC 2231. Not where another parameter stands between its pieces, or where it was not read for certain. */
static void fix_file_name(struct check *c, const struct message *m, const struct field *field, const struct content_value *value, const struct param *param,
			  bool safe)
{
	static const char *const names[] = { "name", "filename", NULL };
	struct span name = param->value->bytes;

	if (!field || !word_in_list(names, param->name) || name.n == 0 || !utf8_valid(name) || span_find(name, SPAN_LIT("\xEF\xBF\xBD"), 0) < name.n ||
	    param->flags & (PARAM_DUPLICATE | PARAM_BAD_CHARSET) || value->syntax_error)
		return;
	for (size_t i = 0; i < value->n; i++)
		if (&value->params[i] != param && value->params[i].range.start < param->range.end && value->params[i].range.end > param->range.start)
			return;
	for (size_t i = 0; i < field->n_words; i++)
		if (field->words[i].flags & (EW_BAD_CHARSET | EW_BAD_ENCODING | EW_BAD_BASE64 | EW_BAD_Q | EW_UNDECODABLE | EW_UNTERMINATED | EW_CONTROL))
			return;
	GString *text = g_string_new(NULL);
	param_write(text, param->name, name);
	field_fix_place(c, m, field, param->range, arena_copy_span(check_arena(c), span_of(text->str, text->len)));
	g_string_free(text, TRUE);
	/* What old programs read as well, and bytes whose charset was found by looking at them. */
	bool raw = param->flags & PARAM_RAW_8BIT && !utf8_valid(file_span(m, param->value_range));
	if (!safe || raw)
		check_fix_unsafe(c);
}

static void report_params(struct check *c, const struct message *m, const struct field *field, const struct content_value *value, const char *const *wanted)
{
	for (size_t i = 0; i < value->n; i++) {
		const struct param *param = &value->params[i];
		for (size_t k = 0; k < G_N_ELEMENTS(param_flags); k++) {
			if (!(param->flags & param_flags[k].flag) || !word_in_list(wanted, span_str(param_flags[k].name)))
				continue;
			/* A character split between encoded words, and their charset, are told where encoded words are looked at. */
			if (param->flags & PARAM_ENCODED_WORD && param_flags[k].flag & (PARAM_SPLIT_CHAR | PARAM_BAD_CHARSET))
				continue;
			struct range range = param->value_range.end > param->value_range.start ? param->value_range : param->range;
			check_report(c, range, param_flags[k].name, ARG_T("parameter", param->name), ARG_T("value", param->value->bytes));
			fix_file_name(c, m, field, value, param, !(param->flags & PARAM_ENCODED_WORD));
			break;
		}
	}
}

CHECK(parameter_flag)
{
	const char *const *wanted = rule_setting_list(check_rule(c), "flags");

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (entity_is_enclosed(e))
			continue;
		report_params(c, m, e->content_type_field, &e->content_type, wanted);
		report_params(c, m, header_find(&e->header, "Content-Disposition"), &e->disposition, wanted);
	}
}

static const struct param *name_besides(const struct content_value *value, const char *name, bool extended)
{
	for (size_t i = 0; i < value->n; i++)
		if (span_eq_ci(value->params[i].name, span_str(name)) && !(value->params[i].flags & PARAM_RFC2231) == !extended)
			return &value->params[i];
	return NULL;
}

/* File names in the form of RFC 2231. Cases: charset (another than UTF-8), no-fallback (none in the old form beside it). One a part. */
CHECK(file_name_form)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		const struct param *name = name_besides(&e->disposition, "filename", true);
		bool in_type = !name;
		name = name ? name : name_besides(&e->content_type, "name", true);
		/* What is broken or cannot be read is told by other rules. */
		if (!name || span_is_ascii(name->value->bytes) || name->flags & (PARAM_BAD_CHARSET | PARAM_SPLIT_CHAR) || entity_is_enclosed(e))
			continue;
		if (charset_label_parse(name->charset).family != CHARSET_UTF8) {
			check_report(c, name->value_range, "charset", ARG_T("charset", name->charset), ARG_T("name", name->value->bytes));
			fix_file_name(c, m, in_type ? e->content_type_field : header_find(&e->header, "Content-Disposition"),
				      in_type ? &e->content_type : &e->disposition, name, true);
		} else if (!name_besides(&e->disposition, "filename", false) && !name_besides(&e->content_type, "name", false))
			check_report(c, name->value_range, "no-fallback", ARG_T("charset", name->charset), ARG_T("name", name->value->bytes));
	}
}

/* Windows drops dots and blanks at the end of a file name. */
static struct span name_as_opened(struct span name)
{
	name = span_trim(name);
	while (name.n && (name.p[name.n - 1] == '.' || ascii_is_space(name.p[name.n - 1])))
		name.n--;
	return name;
}

/* with: extensions. A part whose file name ends in one of them. */
CHECK(attachment_blocked)
{
	struct word_list extensions = rule_setting_words(check_rule(c), "extensions");

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || !e->file_name || entity_is_enclosed(e))
			continue;
		struct span name = e->file_name->bytes, opened = name_as_opened(name);
		size_t dot = opened.n;
		while (dot > 0 && opened.p[dot - 1] != '.')
			dot--;
		/* "www.hanami-books.com" as the name of a picture is no program. */
		struct span extension = span_cut(opened, dot, opened.n);
		if (dot == 0 || !word_list_has(extensions, extension) ||
		    (span_eq_ci(extension, SPAN_LIT("com")) && (entity_is(e, "image", NULL) || entity_is(e, "message", NULL))))
			continue;
		check_report_text(c, e->file_name, ((struct range){ 0, name.n }), NULL, ARG_T("name", name), ARG_T("extension", extension));
	}
}

/* The range of its text, without the blanks around it. */
static struct range trimmed(const struct message *m, struct range range)
{
	struct span text = file_span(m, range), inner = span_trim(text);
	size_t start = range.start + (size_t)(inner.p - text.p);

	return (struct range){ start, start + inner.n };
}

/* Text in a preamble or behind the last boundary. Cases: preamble, epilogue. */
CHECK(text_outside_parts)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (entity_is_enclosed(e))
			continue;
		if (e->flags & ENTITY_PREAMBLE)
			check_report(c, trimmed(m, e->preamble), "preamble");
		if (e->flags & ENTITY_EPILOGUE)
			check_report(c, trimmed(m, e->epilogue), "epilogue");
	}
}

/* An id that lacks nothing but its brackets. */
static bool is_bare_id(struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] > '~' || strchr("<>()\"\\,;", value.p[i]))
			return false;
	return true;
}

/* Content-ID fields. Cases: brackets (not in angle brackets), duplicate (another part has the same). */
CHECK(content_id_value)
{
	GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct field *id = header_find(&m->mime.all[i]->header, "Content-ID");
		if (!id || id->unfolded->bytes.n == 0 || entity_is_enclosed(m->mime.all[i]))
			continue;
		struct span value = id->unfolded->bytes;
		if ((value.p[0] != '<' || value.p[value.n - 1] != '>') && !has_tag(c, value)) {
			check_report(c, field_value_range(m, id), "brackets", ARG_T("id", value));
			if (is_bare_id(value))
				field_fix_value(c, m, id, span_str(arena_printf(check_arena(c), "<%.*s>", (int)value.n, value.p)));
		} else if (!g_hash_table_add(ids, g_strndup(value.p, value.n)))
			check_report(c, field_value_range(m, id), "duplicate", ARG_T("id", value));
	}
	g_hash_table_destroy(ids);
}

/* A cid: that no part has. */
CHECK(content_id)
{
	GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct field *id = header_find(&m->mime.all[i]->header, "Content-ID");
		if (!id)
			continue;
		struct span value = span_trim(id->unfolded->bytes);
		if (value.n > 2 && value.p[0] == '<' && value.p[value.n - 1] == '>')
			value = span_cut(value, 1, value.n - 1);
		g_hash_table_add(ids, g_strndup(value.p, value.n));
	}
	for (size_t i = 0; i < m->n_links; i++) {
		struct span target = m->links[i].target->bytes;
		if (!span_starts_ci(target, SPAN_LIT("cid:")))
			continue;
		/* A cid: is percent-encoded (RFC 2392, section 2). */
		char *id = g_uri_unescape_segment(target.p + 4, target.p + target.n, NULL);
		if (!id)
			id = g_strndup(target.p + 4, target.n - 4);
		if (!g_hash_table_contains(ids, id) && m->kind != INPUT_TEMPLATE && !(m->links[i].url.flags & URL_TAG))
			check_report_text(c, m->links[i].target, ((struct range){ 0, target.n }), NULL, ARG_T("id", span_str(id)));
		g_free(id);
	}
	g_hash_table_destroy(ids);
}
