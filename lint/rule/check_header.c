/* Checks of header blocks and fields as such: presence, number, grammar, raw bytes. What single fields mean (addresses, dates, ids,
 * lists) is looked at elsewhere. */
#include "rule/check_common.h"

#include "base/utf8.h"
#include "rule/field_fix.h"

enum { LONGEST_LOOK = 100000 };

/* A template file without a header block is no place for header rules. */
static bool no_header_to_judge(struct check *c, const struct message *m)
{
	if (m->has_header)
		return false;
	check_not_applicable(c);
	return true;
}

/* Headers of templates are partial by nature: what is there is checked, what is missing is not. */
static bool may_be_partial(struct check *c, const struct message *m)
{
	if (!no_header_to_judge(c, m) && m->kind != INPUT_TEMPLATE)
		return false;
	check_not_applicable(c);
	return true;
}

/* A copy goes. Of other values only addresses can be put together. */
static void fix_duplicate(struct check *c, const struct message *m, const struct field *first, const struct field *f)
{
	static const char *const lists[] = { "To", "Cc", "Bcc", NULL };

	if (span_eq(first->unfolded->bytes, f->unfolded->bytes)) {
		field_fix_drop(c, m, f);
	} else if (word_in_list(lists, f->name) && f == header_find_next(m->header, first)) {
		field_fix_merge(c, m, first);
		check_fix_unsafe(c);
	}
}

/* with: names. The second and each later field of one of these names, per header block (of the message, or of every part where
 * with: everywhere is true). */
CHECK(header_duplicate)
{
	const char *const *names = rule_setting_list(check_rule(c), "names");
	bool everywhere = strcmp(rule_setting(check_rule(c), "everywhere", "false"), "true") == 0;

	if (no_header_to_judge(c, m))
		return;
	for (size_t e = 0; e < (everywhere ? m->mime.n : 1); e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t k = 0; names[k]; k++) {
			const struct field *first = header_find(header, names[k]);
			if (!first)
				continue;
			int64_t number = 1;
			for (const struct field *f = header_find_next(header, first); f; f = header_find_next(header, f)) {
				check_report(c, field_range(f), NULL, ARG_T("field", f->name), ARG_I("number", ++number));
				fix_duplicate(c, m, first, f);
			}
		}
	}
}

/* What a program can write into a field that must be there: the time, and an id of the sender's domain that the same bytes always get. */
static struct span made_value(struct check *c, const struct message *m, const char *name)
{
	static const unsigned odd = MAILBOX_TAG | MAILBOX_BAD_DOMAIN | MAILBOX_NO_DOT | MAILBOX_NON_ASCII | MAILBOX_LITERAL | MAILBOX_NO_ADDRESS;
	enum { ID_DIGITS = 32 };

	if (strcmp(name, "Date") == 0)
		return span_str(date_write(check_arena(c), check_options(c)->now, 0));
	if (strcmp(name, "Message-ID") != 0 || m->from.n == 0 || m->from.mailboxes[0].flags & odd || m->from.mailboxes[0].domain.n == 0)
		return SPAN_EMPTY;
	struct span bytes = span_cut(m->file->bytes, m->range.start, m->range.end), domain = m->from.mailboxes[0].domain;
	char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes.p, bytes.n);
	const char *id = arena_printf(check_arena(c), "<%.*s@%.*s>", ID_DIGITS, sum, (int)domain.n, domain.p);
	g_free(sum);
	return span_str(id);
}

/* field: the empty one, or NULL. Before the last stage what sends the mail writes Date and Message-ID: an empty one only goes. */
static void fix_missing(struct check *c, const struct message *m, const char *name, const struct field *field)
{
	if (check_stage(c) == STAGE_RECEIVED)
		return;
	if (check_stage(c) != STAGE_FINAL) {
		if (field)
			field_fix_drop(c, m, field);
		return;
	}
	struct span value = made_value(c, m, name);
	if (value.n && field)
		field_fix_value(c, m, field, value);
	else if (value.n)
		check_fix_field(c, span_str(arena_printf(check_arena(c), "%s: %.*s", name, (int)value.n, value.p)));
	check_fix_unsafe(c);
}

/* with: name. Cases: missing, empty. */
CHECK(header_missing)
{
	const char *name = rule_setting(check_rule(c), "name", "");

	if (may_be_partial(c, m))
		return;
	const struct field *field = header_find(m->header, name);
	if (field && field->unfolded->bytes.n)
		return;
	if (!field)
		check_report(c, message_header_end(m), "missing", ARG_T("field", span_str(name)));
	else
		check_report(c, field_range(field), "empty", ARG_T("field", field->name));
	fix_missing(c, m, name, field);
}

/* What says nothing goes, where the mail lacks nothing without it: not the fields of a list, which somebody meant to fill in, nor the only address. */
static void fix_empty(struct check *c, const struct message *m, const struct field *f)
{
	static const char *const wanted[] = { "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", NULL };

	if (span_eq_ci(f->name, SPAN_LIT("MIME-Version")))
		field_fix_value(c, m, f, SPAN_LIT("1.0"));
	else if (!word_in_list(wanted, f->name) && !(span_eq_ci(f->name, SPAN_LIT("To")) && m->cc.n + m->bcc.n == 0))
		field_fix_drop(c, m, f);
}

/* with: names. A field that may be left out, but is not allowed to be empty. */
CHECK(header_empty)
{
	const char *const *names = rule_setting_list(check_rule(c), "names");

	if (no_header_to_judge(c, m))
		return;
	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (!word_in_list(names, f->name) || f->unfolded->bytes.n)
			continue;
		check_report(c, field_range(f), NULL, ARG_T("field", f->name));
		fix_empty(c, m, f);
	}
}

/* Cases: no-colon, name, space-before-colon. In every header block. */
CHECK(header_line_malformed)
{
	if (no_header_to_judge(c, m))
		return;
	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++) {
			const struct field *f = &header->fields[i];
			struct span raw = file_span(m, field_range(f));
			/* A byte-order mark is told as such, and a template tag on a line of its own is the engine's business. */
			if (span_starts(raw, SPAN_LIT("\xEF\xBB\xBF")) || (m->kind == INPUT_TEMPLATE && raw.n && !ascii_is_alnum(raw.p[0])))
				continue;
			if (f->flags & FIELD_NO_COLON)
				check_report(c, field_range(f), "no-colon");
			else if (f->flags & FIELD_BAD_NAME)
				check_report(c, ((struct range){ f->start, f->start + f->name.n }), "name", ARG_T("field", f->name));
			else if (f->flags & FIELD_SPACE_BEFORE_COLON) {
				check_report(c, ((struct range){ f->start, f->value_start }), "space-before-colon", ARG_T("field", f->name));
				check_fix(c, NULL, ((struct range){ f->start + f->name.n, f->value_start - 1 }), SPAN_EMPTY);
			}
		}
	}
}

/* A continuation line of white space only. The place is that line. */
CHECK(header_blank_continuation)
{
	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++) {
			const struct field *f = &header->fields[i];
			if (!(f->flags & FIELD_BLANK_CONTINUATION))
				continue;
			size_t line = line_position(m->lines, f->start).line + 1;
			for (; line <= m->lines->n && m->lines->starts[line - 1] < f->end; line++) {
				struct span bytes = line_bytes(m->lines, line);
				if (bytes.n && span_trim(bytes).n == 0) {
					size_t start = m->lines->starts[line - 1];
					check_report(c, ((struct range){ start, start + bytes.n }), NULL, ARG_T("field", f->name));
					/* Whoever meant it for the empty line that ends the header has text behind it. */
					if (!(f->flags & FIELD_BARE_CR) && !(i + 1 < header->n && header->fields[i + 1].flags & FIELD_NO_COLON))
						check_fix(c, NULL, ((struct range){ start, line < m->lines->n ? m->lines->starts[line] : f->end }), SPAN_EMPTY);
				}
			}
		}
	}
}

static bool is_raw_byte(const struct field *f, unsigned char byte)
{
	return f->flags & FIELD_RAW_8BIT ? byte >= 0x80 : byte == 0x1B;
}

/* The end of a full-width address that begins at a place of the file; the place itself where none does. Such an address is told as one
 * fault by the rules about addresses. */
static size_t full_width_address_end(const struct message *m, size_t offset)
{
	const struct address_list *lists[] = { &m->from, &m->sender, &m->reply_to, &m->to, &m->cc, &m->bcc };

	for (size_t k = 0; k < G_N_ELEMENTS(lists); k++) {
		/* Mailboxes stand in the order of the file. */
		size_t low = 0, high = lists[k]->n;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (lists[k]->mailboxes[middle].whole.end > offset)
				high = middle;
			else
				low = middle + 1;
		}
		if (low == lists[k]->n || !(lists[k]->mailboxes[low].flags & MAILBOX_FULL_WIDTH))
			continue;
		const struct mailbox *box = &lists[k]->mailboxes[low];
		struct range address = box->address.end > box->address.start ? box->address : box->whole;
		if (address.start <= offset && offset < address.end)
			return address.end;
	}
	return offset;
}

/* Raw text becomes encoded words where its charset is sure. Fields that are no text but data of some program (JSON in X-SMTPAPI) only that program could
 * read so. */
static void fix_raw_text(struct check *c, const struct message *m, const struct field *f, struct range range)
{
	static const char *const texts[] = { "Subject", "Comments", "Keywords", "Organization", "Content-Description", NULL };
	const char *name;
	bool certain = false;
	struct field_words words;

	if (!(f->flags & FIELD_RAW_UTF8) && (charset_guess(span_cut(m->file->bytes, f->value_start, f->value_end), &name, &certain) == CHARSET_OTHER || !certain))
		return;
	if (f->kind == FIELD_ADDRESS) {
		field_fix_raw_names(c, m, f, range);
		return;
	}
	bool text = f->kind != FIELD_UNSTRUCTURED || word_in_list(texts, f->name);
	/* What has lines of its own is laid out, as the report of a filter. */
	if ((!text && span_find_byte(file_span(m, field_range(f)), '\n', 0) < f->value_end - f->start) || !field_words_at(c, m, f, range, 0, &words))
		return;
	field_fix_words(c, m, &words, 1, false);
	if (!text)
		check_fix_unsafe(c);
}

/* Cases: jis, utf8, bytes. Raw non-ASCII text in a field value: from its first to its last byte, full-width addresses left out. */
CHECK(header_raw_text)
{
	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++) {
			const struct field *f = &header->fields[i];
			if (!(f->flags & (FIELD_RAW_8BIT | FIELD_RAW_JIS)) || f->flags & FIELD_NO_COLON)
				continue;
			struct span value = span_cut(m->file->bytes, f->value_start, f->value_end);
			size_t first = value.n, last = 0;
			for (size_t k = 0; k < value.n; k++) {
				if (!is_raw_byte(f, (unsigned char)value.p[k]))
					continue;
				size_t behind = f->kind == FIELD_ADDRESS ? full_width_address_end(m, f->value_start + k) - f->value_start : k;
				if (behind > k) {
					k = behind - 1;
					continue;
				}
				if (first == value.n)
					first = k;
				last = k + 1;
			}
			if (last == 0)
				continue;
			/* The last escape sequence of JIS is three bytes long: ESC ( B. */
			if (!(f->flags & FIELD_RAW_8BIT))
				last = last + 2 < value.n ? last + 2 : value.n;
			const char *kind = f->flags & FIELD_RAW_JIS ? "jis" : f->flags & FIELD_RAW_UTF8 ? "utf8" : "bytes";
			struct range range = { f->value_start + first, f->value_start + last };
			check_report(c, range, kind, ARG_T("field", f->name));
			fix_raw_text(c, m, f, range);
		}
	}
}

/* Do fields begin there, and does an empty line end them? */
static bool is_header_at(const struct message *m, size_t at)
{
	struct header header = header_scan(m->arena, m->file, at, MIN(m->range.end, at + LONGEST_LOOK));

	for (size_t i = 0; i < header.n; i++)
		if (header.fields[i].flags & (FIELD_NO_COLON | FIELD_BAD_NAME))
			return false;
	return header.n && header.terminated;
}

static void report_leading_blank(struct check *c, const struct message *m)
{
	size_t end = m->header->end;

	check_report(c, ((struct range){ m->header->start, end }), "leading-blank");
	while (end < m->range.end && (m->file->bytes.p[end] == '\r' || m->file->bytes.p[end] == '\n'))
		end++;
	if (is_header_at(m, end))
		check_fix(c, NULL, ((struct range){ m->header->start, end }), SPAN_EMPTY);
}

/* Cases: byte-order-mark, leading-blank, cut-short, none. */
CHECK(header_block_broken)
{
	struct span file = m->file->bytes;

	if (may_be_partial(c, m))
		return;
	size_t start = m->header->start;
	if (span_starts(span_cut(file, start, file.n), SPAN_LIT("\xEF\xBB\xBF"))) {
		check_report(c, ((struct range){ start, start + 3 }), "byte-order-mark");
		check_fix(c, NULL, ((struct range){ start, start + 3 }), SPAN_EMPTY);
		return;
	}
	size_t body = m->mime.root->n_children == 0 ? m->mime.root->body.start : m->header->end;
	if (m->header->n == 0) {
		/* An empty line first: everything behind it is body. */
		if (m->header->end > m->header->start)
			report_leading_blank(c, m);
		return;
	}
	/* The body begins with a line that belongs into the header. A forwarded mail or an announcement ("Date: Friday") quotes such
	 * lines in its text: only fields that this header lacks are a sign, and of those that prose has (Subject, From, Date ...) only where no
	 * Content-Type says that the header was whole. */
	static const struct {
		const char *name;
		bool in_prose;
	} names[] = {
		{ "Content-Type", false },     { "Content-Transfer-Encoding", false }, { "MIME-Version", false }, { "Message-ID", false },
		{ "List-Unsubscribe", false }, { "List-Unsubscribe-Post", false },     { "List-Id", false },	  { "Reply-To", false },
		{ "Subject", true },	       { "From", true },		       { "To", true },		  { "Date", true },
	};
	size_t line_end = span_find_byte(file, '\n', body);
	struct span line = span_trim(span_cut(file, body, line_end < file.n ? line_end : file.n));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct span name = span_str(names[i].name);
		if (!span_starts_ci(line, name) || line.n <= name.n + 1 || line.p[name.n] != ':' || header_find(m->header, names[i].name) ||
		    (names[i].in_prose && header_find(m->header, "Content-Type")))
			continue;
		check_report(c, ((struct range){ body, body + line.n }), "cut-short", ARG_T("field", name));
		if (is_header_at(m, body))
			check_fix(c, NULL, ((struct range){ m->header->fields_end, body }), SPAN_EMPTY);
		return;
	}
}

/* A file that bears the marks of delivery and for which no stage was given: most likely a delivered copy and no draft. */
static bool looks_received(const struct check *c, const struct message *m)
{
	return !check_options(c)->stage_given && header_find(m->header, "Received") &&
	       (header_find(m->header, "Return-Path") || header_find(m->header, "Delivered-To"));
}

/* More Received fields than a mail that goes round in circles may have: at the first that is too many. */
static void tell_loop(struct check *c, const struct message *m, size_t hops)
{
	size_t n = 0, count = header_count(m->header, "Received");

	for (const struct field *f = header_find(m->header, "Received"); f && count > hops; f = header_find_next(m->header, f)) {
		if (++n <= hops)
			continue;
		check_report(c, field_range(f), "loop", ARG_T("field", f->name), ARG_I("count", count));
		return;
	}
}

static void fix_drop_all(struct check *c, const struct message *m, const char *name)
{
	/* Of a fragment that is nothing but traces nothing would be left. */
	if (!m->from_field)
		return;
	for (const struct field *f = header_find(m->header, name); f; f = header_find_next(m->header, f))
		field_fix_drop(c, m, f);
}

/* with: names (exact), prefixes, hops (most Received fields). Cases: left (fields that receiving adds; the first of each name, with the count),
 * signed (a DKIM-Signature), loop. */
CHECK(trace_header_left)
{
	const char *const *names = rule_setting_list(check_rule(c), "names");
	const char *const *prefixes = rule_setting_list(check_rule(c), "prefixes");

	if (no_header_to_judge(c, m))
		return;
	tell_loop(c, m, (size_t)rule_setting_int(check_rule(c), "hops", 50));
	/* A delivered copy gets the one remark of received_copy instead of a dozen. */
	if (looks_received(c, m)) {
		check_not_applicable(c);
		return;
	}
	const struct field *signature = header_find(m->header, "DKIM-Signature");
	if (signature) {
		check_report(c, field_range(signature), "signed", ARG_T("field", signature->name),
			     ARG_I("count", header_count(m->header, "DKIM-Signature")));
		fix_drop_all(c, m, "DKIM-Signature");
	}
	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		bool listed = word_in_list(names, f->name);
		for (size_t k = 0; !listed && prefixes && prefixes[k]; k++)
			listed = span_starts_ci(f->name, span_str(prefixes[k]));
		if (!listed)
			continue;
		char *name = arena_copy(check_arena(c), f->name);
		if (header_find(m->header, name) != f)
			continue;
		check_report(c, field_range(f), "left", ARG_T("field", f->name), ARG_I("count", header_count(m->header, name)));
		fix_drop_all(c, m, name);
	}
}

/* A file that was received, linted without --stage: a hint, no more. */
CHECK(received_copy)
{
	if (!looks_received(c, m)) {
		check_not_applicable(c);
		return;
	}
	check_report(c, field_range(header_find(m->header, "Received")), NULL);
}

/* with: name. The field is there. */
CHECK(header_present)
{
	const char *name = rule_setting(check_rule(c), "name", "");

	if (no_header_to_judge(c, m))
		return;
	for (const struct field *f = header_find(m->header, name); f; f = header_find_next(m->header, f)) {
		check_report(c, field_range(f), NULL, ARG_T("field", f->name));
		field_fix_drop(c, m, f);
	}
}

static bool is_control(const struct message *m, const struct field *f, size_t at)
{
	unsigned char byte = (unsigned char)m->file->bytes.p[at];

	return (byte < 0x20 || byte == 0x7F) && byte != '\t' && byte != '\r' && byte != '\n' && !(byte == 0x1B && f->flags & FIELD_RAW_JIS);
}

static void fix_controls(struct check *c, const struct message *m, const struct field *f)
{
	for (size_t at = f->value_start, end; at < f->value_end && !(f->flags & (FIELD_TOO_LONG | FIELD_BARE_CR)); at = end + 1) {
		for (end = at; end < f->value_end && is_control(m, f, end); end++)
			;
		if (end > at)
			check_fix(c, NULL, (struct range){ at, end }, SPAN_EMPTY);
	}
}

/* Control characters and NUL in a field value. Cases: nul, control. */
CHECK(header_control_character)
{
	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++) {
			const struct field *f = &header->fields[i];
			if (!(f->flags & (FIELD_NUL | FIELD_CONTROL)))
				continue;
			for (size_t k = f->value_start; k < f->value_end; k++) {
				unsigned char byte = (unsigned char)m->file->bytes.p[k];
				if (!is_control(m, f, k))
					continue;
				check_report(c, ((struct range){ k, k + 1 }), byte ? "control" : "nul", ARG_T("field", f->name),
					     ARG_I("code", byte));
				fix_controls(c, m, f);
				break;
			}
		}
	}
}

/* A "From " line of an mbox in front of a single message. */
CHECK(mbox_from_line)
{
	if (m->from_line_length == 0) {
		check_not_applicable(c);
		return;
	}
	struct span line = span_trim(span_cut(m->file->bytes, 0, m->from_line_length));
	check_report(c, ((struct range){ 0, line.n }), NULL);
	/* Another such line would be text without the first one: an mbox, of which only one message is meant to be read, is left as it is. */
	if (span_find(m->file->bytes, SPAN_LIT("\nFrom "), m->from_line_length) == m->file->bytes.n)
		check_fix(c, NULL, ((struct range){ 0, m->from_line_length }), SPAN_EMPTY);
}
