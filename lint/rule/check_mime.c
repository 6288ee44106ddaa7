/* Checks of the MIME tree: versions, types, transfer encodings, boundaries, order of alternatives, parameters, file names.
 * Sources: RFC 2045, 2046, 2047, 2183, 2231. */
#include "rule/check_common.h"

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
		if (!right && value.n && value.p[0] != '(')
			check_report(c, field_value_range(m, version), "value", ARG_T("value", value));
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (header_find(m->header, names[i])) {
			check_report(c, message_header_end(m), "missing", ARG_T("field", span_str(names[i])));
			return;
		}
	}
}

/* Content-Type or Content-Disposition that does not parse. Cases: type, parameter. */
CHECK(content_type_malformed)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		const struct field *field = e->content_type_field;
		if (!field || field->unfolded->bytes.n == 0)
			continue;
		if (!e->content_type.syntax_error)
			continue;
		struct range range = e->content_type.error_range;
		if (range.end <= range.start)
			range = field_value_range(m, field);
		bool type = e->content_type.subtype.n == 0;
		check_report(c, range, type ? "type" : "parameter", ARG_T("value", field->unfolded->bytes));
	}
}

/* Cases: unknown, multipart (an encoding other than 7bit, 8bit, binary on multipart or message). */
CHECK(transfer_encoding)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!e->transfer_field || e->transfer_field->unfolded->bytes.n == 0)
			continue;
		struct span value = e->transfer_field->unfolded->bytes;
		bool extension = value.n > 2 && (value.p[0] == 'x' || value.p[0] == 'X') && value.p[1] == '-';
		bool composite = entity_is(e, "multipart", NULL) ||
				 (entity_is(e, "message", NULL) && !span_eq(e->content_type.subtype, SPAN_LIT("global")));
		if (e->transfer == TRANSFER_UNKNOWN && !extension)
			check_report(c, field_value_range(m, e->transfer_field), "unknown", ARG_T("value", value));
		else if (composite && (e->transfer == TRANSFER_BASE64 || e->transfer == TRANSFER_QP))
			check_report(c, field_value_range(m, e->transfer_field), "multipart", ARG_T("value", value));
	}
}

/* Bytes >= 80 in a part that is 7bit, by its label or without one. Cases: declared, undeclared. The place: the first such byte of the
 * part to the end of that run. */
CHECK(eight_bit_in_seven_bit)
{
	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || e->transfer != TRANSFER_7BIT)
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
		check_report(c, ((struct range){ e->body.start + first, e->body.start + end }), e->transfer_field ? "declared" : "undeclared",
			     ARG_I("count", n));
	}
}

/* Text sent as 8bit or binary: legal, but rewritten on the way by servers without 8BITMIME. */
CHECK(eight_bit_transfer)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || !e->transfer_field || (e->transfer != TRANSFER_8BIT && e->transfer != TRANSFER_BINARY))
			continue;
		if (!span_is_ascii(file_span(m, e->body)))
			check_report(c, field_value_range(m, e->transfer_field), NULL, ARG_T("value", e->transfer_field->unfolded->bytes));
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

/* with: encoding (base64, quoted-printable). Cases: long-line, character, padding, escape, lower-case, trailing-blank; the first of each
 * kind in a part. */
CHECK(transfer_malformed)
{
	bool base64 = strcmp(rule_setting(check_rule(c), "encoding", "base64"), "base64") == 0;

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || e->transfer != (base64 ? TRANSFER_BASE64 : TRANSFER_QP))
			continue;
		unsigned told = 0;
		for (size_t k = 0; k < e->decoded.n_problems; k++) {
			const struct transfer_problem *p = &e->decoded.problems[k];
			if (told & 1u << p->kind)
				continue;
			told |= 1u << p->kind;
			check_report(c, ((struct range){ p->offset, p->offset + p->length }), transfer_cases[p->kind].name,
				     ARG_I("count", p->kind == TRANSFER_PROBLEM_LINE_LONG ? e->decoded.n_long_lines : e->decoded.n_bad),
				     ARG_I("length", p->length));
		}
	}
}

/* Cases: missing (no usable boundary parameter), not-closed, no-parts, nested. */
CHECK(boundary)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!entity_is(e, "multipart", NULL))
			continue;
		struct range type = e->content_type_field ? field_value_range(m, e->content_type_field) : body_start(e);
		const struct param *boundary = content_param(&e->content_type, "boundary");
		struct range value = boundary ? boundary->value_range : type;
		if (e->flags & ENTITY_NO_BOUNDARY)
			check_report(c, type, "missing");
		else if (e->flags & ENTITY_NO_PARTS)
			check_report(c, value, "no-parts", ARG_T("boundary", boundary ? boundary->value->bytes : SPAN_EMPTY));
		else if (e->flags & ENTITY_NOT_CLOSED)
			check_report(c, body_end(e), "not-closed", ARG_T("boundary", boundary ? boundary->value->bytes : SPAN_EMPTY));
		else if (e->flags & ENTITY_BOUNDARY_NESTED)
			check_report(c, value, "nested", ARG_T("boundary", boundary ? boundary->value->bytes : SPAN_EMPTY));
	}
}

/* multipart/alternative with text/html before text/plain. The place: the plain part's header. */
CHECK(alternative_order)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!entity_is(e, "multipart", "alternative"))
			continue;
		bool html = false;
		for (size_t k = 0; k < e->n_children; k++) {
			const struct entity *child = e->children[k];
			if (entity_is(child, "text", "html") ||
			    (entity_is(child, "multipart", "related") && child->n_children && entity_is(child->children[0], "text", "html")))
				html = true;
			else if (html && entity_is(child, "text", "plain") && child->is_displayed) {
				check_report(c,
					     child->content_type_field ? field_range(child->content_type_field) : place(child->header.start),
					     NULL);
				break;
			}
		}
	}
}

static bool has_visible_text(const struct body *body)
{
	return span_trim(body->visible->bytes).n > 0;
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
	if (plain && !has_visible_text(plain))
		check_report(c, body_start(plain->entity), "empty");
	else if (!plain)
		check_report(c, html->entity->content_type_field ? field_range(html->entity->content_type_field) : message_header_end(m),
			     html->entity->parent && entity_is(html->entity->parent, "multipart", "alternative") ? "alternative" : "missing");
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

static void report_params(struct check *c, const struct content_value *value, const char *const *wanted)
{
	for (size_t i = 0; i < value->n; i++) {
		const struct param *param = &value->params[i];
		for (size_t k = 0; k < G_N_ELEMENTS(param_flags); k++) {
			if (!(param->flags & param_flags[k].flag) || !word_in_list(wanted, span_str(param_flags[k].name)))
				continue;
			struct range range = param->value_range.end > param->value_range.start ? param->value_range : param->range;
			check_report(c, range, param_flags[k].name, ARG_T("parameter", param->name), ARG_T("value", param->value->bytes));
			break;
		}
	}
}

CHECK(parameter_flag)
{
	const char *const *wanted = rule_setting_list(check_rule(c), "flags");

	for (size_t i = 0; i < m->mime.n; i++) {
		report_params(c, &m->mime.all[i]->content_type, wanted);
		report_params(c, &m->mime.all[i]->disposition, wanted);
	}
}

/* with: extensions. An attachment whose name ends in one of them. */
CHECK(attachment_blocked)
{
	const char *const *extensions = rule_setting_list(check_rule(c), "extensions");

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->n_children || !e->file_name || e->is_displayed)
			continue;
		struct span name = e->file_name->bytes;
		for (const char *const *x = extensions; *x; x++) {
			char *suffix = g_strconcat(".", *x, NULL);
			bool hit = span_ends_ci(name, span_str(suffix));
			g_free(suffix);
			if (!hit)
				continue;
			check_report_text(c, e->file_name, ((struct range){ 0, name.n }), NULL, ARG_T("name", name), ARG_T("extension", span_str(*x)));
			break;
		}
	}
}

/* Text in a preamble or behind the last boundary. Cases: preamble, epilogue. */
CHECK(text_outside_parts)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->flags & ENTITY_PREAMBLE)
			check_report(c, e->preamble, "preamble");
		if (e->flags & ENTITY_EPILOGUE)
			check_report(c, e->epilogue, "epilogue");
	}
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
