/* Checks of the raw bytes of the whole message: lines, line ends, control characters, size, and whether this is a message at all. */
#include "mail/refold.h"
#include "rule/check_common.h"
#include "rule/field_fix.h"

#include "base/limits.h"
#include "rule/fix_part.h"

/* Cases: empty, nul, picture, binary. Whole file: an empty span at its start. The rule supersedes every other one. */
CHECK(not_a_message)
{
	static const struct {
		const char *magic;
		size_t n;
	} pictures[] = {
		{ "\x89PNG\r\n", 6 }, { "\xFF\xD8\xFF", 3 }, { "GIF8", 4 }, { "%PDF-", 5 }, { "PK\x03\x04", 4 }, { "\xD0\xCF\x11\xE0", 4 },
	};
	struct span bytes = span_cut(m->file->bytes, m->range.start, m->range.end);
	size_t start = m->range.start;

	if (span_trim(bytes).n == 0) {
		check_report(c, place(start), "empty");
		return;
	}
	for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
		if (span_starts(bytes, span_of(pictures[i].magic, pictures[i].n))) {
			check_report(c, place(start), "picture");
			return;
		}
	}
	size_t nuls = 0, looked = bytes.n < 4096 ? bytes.n : 4096;
	for (size_t i = 0; i < looked; i++)
		nuls += bytes.p[i] == 0;
	if (nuls * 10 > looked)
		check_report(c, place(start), "nul");
}

/* LIMIT_INPUT_BYTES reached, or caps inside the message. Cases: input, text, parts, depth, header-fields, header-field, addresses, html-attributes, html-depth, html-nodes,
 * css, branches. Whatever was not looked at is told. */
CHECK(cap_reached)
{
	if (m->input_cut)
		check_report(c, place(m->range.end), "input", ARG_I("limit", LIMIT_INPUT_BYTES));
	if (m->mime.root->flags & ENTITY_TOO_MANY)
		check_report(c, place(m->mime.all[m->mime.n - 1]->body.end), "parts", ARG_I("limit", LIMIT_MIME_PARTS));
	if (m->views_cut)
		check_report(c, place(m->range.end), "branches");
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (e->flags & ENTITY_TOO_DEEP)
			check_report(c, place(e->body.start), "depth", ARG_I("limit", LIMIT_MIME_DEPTH));
		if (e->flags & ENTITY_TEXT_CUT) {
			struct range cut = text_to_file(e->decoded.text, LIMIT_TEXT_BYTES, LIMIT_TEXT_BYTES);
			check_report(c, cut, "text", ARG_I("limit", LIMIT_TEXT_BYTES));
		}
		if (e->header.too_many)
			check_report(c, place(e->header.end), "header-fields", ARG_I("limit", LIMIT_HEADER_FIELDS));
		for (size_t k = 0; k < e->header.n; k++)
			if (e->header.fields[k].flags & FIELD_TOO_LONG)
				check_report(c, place(e->header.fields[k].value_end), "header-field", ARG_I("limit", FIELD_READ_MAX));
	}
	const struct address_list *const lists[] = { &m->from, &m->sender, &m->reply_to, &m->to, &m->cc, &m->bcc };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (lists[i]->too_many)
			check_report(c, place(lists[i]->mailboxes[lists[i]->n - 1].whole.end), "addresses", ARG_I("limit", lists[i]->n));
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		if (!html)
			continue;
		if (html->flags & HTML_TOO_MANY_ATTRIBUTES)
			check_report_text(c, html->source, html->flag_range, "html-attributes", ARG_I("limit", LIMIT_HTML_ATTRIBUTES));
		if (html->flags & HTML_TOO_DEEP)
			check_report_text(c, html->source, html->flag_range, "html-depth", ARG_I("limit", LIMIT_HTML_DEPTH));
		if (html->flags & HTML_TOO_MANY_NODES)
			check_report_text(c, html->source, html->flag_range, "html-nodes", ARG_I("limit", LIMIT_HTML_NODES));
		if (html->flags & HTML_TOO_MUCH_CSS)
			check_report_text(c, html->source, html->flag_range, "css", ARG_I("limit", LIMIT_CSS_STEPS));
	}
}

/* A field is folded, and a part encoded, so that its lines can be broken; those of encoded bodies are the business of their encoding. */
static void fix_long_line(struct check *c, const struct message *m, size_t start, const struct entity **fixed)
{
	const struct entity *e = message_entity_at(m, start);

	for (size_t i = 0; i < e->header.n && start < e->header.fields_end; i++)
		if (e->header.fields[i].start <= start && start < e->header.fields[i].end)
			field_fix_fold(c, m, &e->header.fields[i], FOLD_WORDS, FOLD_RECOMMENDED);
	/* One fix does for all lines of a part. */
	if (e == *fixed || start < e->body.start || e->transfer == TRANSFER_BASE64 || e->transfer == TRANSFER_QP)
		return;
	*fixed = e;
	fix_transfer(c, m, e, RECODE_ENCODED);
}

/* with: limit (octets without the line end). The whole line. Attachments count too: transports look at every line. */
CHECK(line_too_long)
{
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", 998);
	size_t first = line_position(m->lines, m->range.start).line;
	const struct entity *fixed = NULL;

	/* A template is no wire format: the engine that fills it writes the lines. */
	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t line = first; line <= m->lines->n && m->lines->starts[line - 1] < m->range.end; line++) {
		size_t start = m->lines->starts[line - 1];
		size_t next = line < m->lines->n ? m->lines->starts[line] : m->lines->file.n;
		if (next - start <= limit)
			continue;
		struct span bytes = line_bytes(m->lines, line);
		if (bytes.n <= limit)
			continue;
		check_report(c, ((struct range){ start, start + bytes.n }), NULL, ARG_I("length", bytes.n), ARG_I("limit", limit));
		fix_long_line(c, m, start, &fixed);
	}
}

enum { MOST_EDITS = 10000 };

/* The rarer kind of line end becomes the other one, everywhere but in what is no text: there the bytes are content. */
static void fix_line_ends(struct check *c, const struct message *m, bool to_crlf)
{
	struct span file = m->file->bytes;

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!e->n_children && (e->transfer == TRANSFER_BINARY || (!e->is_text && e->transfer != TRANSFER_BASE64 && e->transfer != TRANSFER_QP)))
			return;
	}
	for (size_t i = span_find_byte(file, '\n', m->range.start); i < m->range.end; i = span_find_byte(file, '\n', i + 1)) {
		bool crlf = i > m->range.start && file.p[i - 1] == '\r';
		if (crlf != to_crlf)
			check_fix(c, NULL, ((struct range){ i - crlf, i + 1 }), to_crlf ? SPAN_LIT("\r\n") : SPAN_LIT("\n"));
	}
}

/* Cases: mixed (LF among CRLF, at the first odd one), bare-cr. A file with LF throughout is in unix form and fine. */
CHECK(line_ends_mixed)
{
	struct span file = m->file->bytes;
	size_t crlf = 0, lf = 0, first_lf = 0, first_crlf = 0;
	bool bare_cr = false;

	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	struct span message = span_cut(file, 0, m->range.end);
	for (size_t i = span_find_byte(message, '\n', m->range.start); i < message.n; i = span_find_byte(message, '\n', i + 1)) {
		if (i > m->range.start && file.p[i - 1] == '\r') {
			if (!crlf++)
				first_crlf = i - 1;
		} else if (!lf++) {
			first_lf = i;
		}
	}
	for (size_t i = span_find_byte(message, '\r', m->range.start); i < message.n; i = span_find_byte(message, '\r', i + 1))
		if (!(i + 1 < file.n && file.p[i + 1] == '\n')) {
			check_report(c, ((struct range){ i, i + 1 }), "bare-cr");
			bare_cr = true;
			break;
		}
	if (!crlf || !lf)
		return;
	/* The rarer kind is the odd one. */
	struct range odd = lf <= crlf ? (struct range){ first_lf, first_lf + 1 } : (struct range){ first_crlf, first_crlf + 2 };
	check_report(c, odd, "mixed", ARG_I("crlf", crlf), ARG_I("lf", lf));
	/* What a CR alone is there for nobody knows. */
	if (!bare_cr && MIN(lf, crlf) <= MOST_EDITS)
		fix_line_ends(c, m, lf <= crlf);
}

/* SO and SI are shift codes of Japanese mail and told by that rule, ESC too; form feeds separate pages of old digests. */
static bool is_control(unsigned char byte)
{
	return (byte < 0x20 || byte == 0x7F) && byte != '\t' && byte != '\r' && byte != '\n' && byte != 0x1B && byte != 0x0C && byte != 0x0E && byte != 0x0F;
}

/* All of a part, if they are few: else it is no text, or in a charset of wide characters. */
static void fix_controls(struct check *c, const struct message *m, const struct entity *e)
{
	enum { MOST = 100 };
	size_t n = 0;

	for (size_t i = e->body.start; i < e->body.end; i++)
		n += is_control((unsigned char)m->file->bytes.p[i]);
	for (size_t i = e->body.start; i < e->body.end && n <= MOST && n * 10 <= e->body.end - e->body.start; i++)
		if (is_control((unsigned char)m->file->bytes.p[i]))
			check_fix(c, NULL, ((struct range){ i, i + 1 }), SPAN_EMPTY);
}

/* Cases: nul, control. In the bodies of parts that are sent as text (7bit, 8bit); the first of a part. */
CHECK(body_control_character)
{
	for (size_t e = 0; e < m->mime.n; e++) {
		const struct entity *entity = m->mime.all[e];
		if (entity->n_children || !entity->is_text || entity->transfer == TRANSFER_BASE64 || entity->transfer == TRANSFER_QP)
			continue;
		for (size_t i = entity->body.start; i < entity->body.end; i++) {
			unsigned char byte = (unsigned char)m->file->bytes.p[i];
			if (!is_control(byte))
				continue;
			check_report(c, ((struct range){ i, i + 1 }), byte ? "control" : "nul", ARG_I("code", byte));
			fix_controls(c, m, entity);
			break;
		}
	}
}

/* with: limit, measure (message: octets; header: octets of the root header block; fields: their number). One finding at the start of the
 * message. */
CHECK(size_over)
{
	long limit = rule_setting_int(check_rule(c), "limit", 0);
	const char *measure = rule_setting(check_rule(c), "measure", "message");
	size_t size = m->range.end - m->range.start;

	if (strcmp(measure, "header") == 0)
		size = m->header->fields_end - m->header->start;
	else if (strcmp(measure, "fields") == 0)
		size = m->header->n;
	if (size > (size_t)limit)
		check_report(c, place(m->range.start), NULL, ARG_I("size", size), ARG_I("limit", limit));
}

/* with: limit (octets of the unfolded value), exempt (names). */
CHECK(header_field_long)
{
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", 32768);
	const char *const *exempt = rule_setting_list(check_rule(c), "exempt");

	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (f->unfolded->bytes.n > limit && !word_in_list(exempt, f->name))
			check_report(c, ((struct range){ f->start, f->start + f->name.n }), NULL, ARG_T("field", f->name),
				     ARG_I("size", f->unfolded->bytes.n), ARG_I("limit", limit));
	}
}
