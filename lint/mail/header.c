/* Header blocks: cuts them into fields with exact file offsets, unfolds and decodes each value.
 * Must not judge a field by its meaning: what the names mean to the linter is for the rules. */
#include "mail/header.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/encoded_word.h"

enum { ESC = 0x1b };

/* ---- kinds ---- */

static const struct {
	const char name[32];
	enum field_kind kind;
} kinds[] = {
	{ "from", FIELD_ADDRESS },
	{ "sender", FIELD_ADDRESS },
	{ "to", FIELD_ADDRESS },
	{ "cc", FIELD_ADDRESS },
	{ "bcc", FIELD_ADDRESS },
	{ "reply-to", FIELD_ADDRESS },
	{ "resent-from", FIELD_ADDRESS },
	{ "resent-sender", FIELD_ADDRESS },
	{ "resent-to", FIELD_ADDRESS },
	{ "resent-cc", FIELD_ADDRESS },
	{ "resent-bcc", FIELD_ADDRESS },
	{ "resent-reply-to", FIELD_ADDRESS },
	{ "disposition-notification-to", FIELD_ADDRESS },
	{ "return-receipt-to", FIELD_ADDRESS },
	{ "errors-to", FIELD_ADDRESS },
	{ "apparently-to", FIELD_ADDRESS },
	{ "mail-followup-to", FIELD_ADDRESS },
	{ "mail-reply-to", FIELD_ADDRESS },
	{ "content-type", FIELD_MIME },
	{ "content-disposition", FIELD_MIME },
	{ "list-id", FIELD_PHRASE_ID },
	{ "message-id", FIELD_STRICT },
	{ "resent-message-id", FIELD_STRICT },
	{ "in-reply-to", FIELD_STRICT },
	{ "references", FIELD_STRICT },
	{ "date", FIELD_STRICT },
	{ "resent-date", FIELD_STRICT },
	{ "received", FIELD_STRICT },
	{ "return-path", FIELD_STRICT },
	{ "mime-version", FIELD_STRICT },
	{ "content-transfer-encoding", FIELD_STRICT },
	{ "content-id", FIELD_STRICT },
	{ "content-location", FIELD_STRICT },
	{ "content-base", FIELD_STRICT },
	{ "content-md5", FIELD_STRICT },
	{ "content-language", FIELD_STRICT },
	{ "list-unsubscribe", FIELD_STRICT },
	{ "list-unsubscribe-post", FIELD_STRICT },
	{ "list-subscribe", FIELD_STRICT },
	{ "list-post", FIELD_STRICT },
	{ "list-help", FIELD_STRICT },
	{ "list-owner", FIELD_STRICT },
	{ "list-archive", FIELD_STRICT },
	{ "dkim-signature", FIELD_STRICT },
	{ "domainkey-signature", FIELD_STRICT },
	{ "authentication-results", FIELD_STRICT },
	{ "arc-seal", FIELD_STRICT },
	{ "arc-message-signature", FIELD_STRICT },
	{ "arc-authentication-results", FIELD_STRICT },
	{ "received-spf", FIELD_STRICT },
	{ "auto-submitted", FIELD_STRICT },
	{ "delivered-to", FIELD_STRICT },
	{ "x-original-to", FIELD_STRICT },
};

enum field_kind field_kind_of(struct span name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (name.n && ascii_lower(name.p[0]) == kinds[i].name[0] && span_eq_ci(name, span_str(kinds[i].name)))
			return kinds[i].kind;
	return FIELD_UNSTRUCTURED;
}

/* ---- values ---- */

static unsigned value_flags(struct span value)
{
	unsigned flags = 0;

	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		char next = i + 1 < value.n ? value.p[i + 1] : 0;
		if (c >= 0x80)
			flags |= FIELD_RAW_8BIT;
		else if (c == 0)
			flags |= FIELD_NUL;
		else if (c == ESC && (next == '$' || next == '('))
			flags |= FIELD_RAW_JIS;
		else if (c == '\r' && next != '\n')
			flags |= FIELD_BARE_CR;
		else if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
			flags |= FIELD_CONTROL;
	}
	if (flags & FIELD_RAW_8BIT && utf8_valid(value))
		flags |= FIELD_RAW_UTF8;
	return flags;
}

size_t field_read_end(const struct field *field)
{
	size_t length = field->value_end - field->value_start;

	return field->value_start + (length < FIELD_READ_MAX ? length : FIELD_READ_MAX);
}

static struct text *unfold(struct arena *arena, const struct text *file, const struct field *field)
{
	struct span whole = span_cut(file->bytes, field->value_start, field_read_end(field)), trimmed = span_trim(whole);
	char *bytes = arena_alloc(arena, trimmed.n + 1);
	struct map_builder map;
	size_t n = 0, start = (size_t)(trimmed.p - file->bytes.p), end = start + trimmed.n;

	map_builder_init(&map);
	if (trimmed.n == 0) {
		struct map_run *run = ARENA_NEW(arena, struct map_run);
		*run = (struct map_run){ .src = (uint32_t)field->value_start, .kind = MAP_INSERTED };
		return text_new(arena, SPAN_EMPTY, (struct map){ run, 1 }, file);
	}
	map_add_removed(&map, field->value_start, start - field->value_start);
	for (size_t i = start; i <= end;) {
		size_t line_end = i < end ? lex_line_end(file->bytes, i, end) : 0;
		if (i < end && !line_end) {
			i++;
			continue;
		}
		memcpy(bytes + n, file->bytes.p + start, i - start);
		map_add_copied(&map, start, i - start);
		n += i - start;
		map_add_removed(&map, i, line_end);
		start = i + line_end;
		i = i < end ? start : end + 1;
	}
	return text_new(arena, span_of(bytes, n), map_builder_finish(&map, arena), file);
}

static void decode_value(struct arena *arena, const struct text *file, struct field *field)
{
	field->unfolded = unfold(arena, file, field);
	/* Most fields have nothing to decode and share one text. */
	if (!(field->flags & (FIELD_RAW_8BIT | FIELD_RAW_JIS)) &&
	    span_find(field->unfolded->bytes, SPAN_LIT("=?"), 0) == field->unfolded->bytes.n) {
		field->value = field->unfolded;
		return;
	}
	field->value = encoded_words_decode(arena, file, (struct range){ field->value_start, field_read_end(field) }, field->kind,
					    &field->words, &field->n_words);
}

/* ---- lines ---- */

struct scanner {
	struct span s; /* the file up to limit */
	bool cr_only;  /* no LF at all: lines end in CR, as on an old Macintosh */
};

struct line {
	size_t start, content_end, end; /* content_end: before the line end */
	bool terminated;
};

static struct line line_at(const struct scanner *scanner, size_t at)
{
	struct span s = scanner->s;
	size_t stop = span_find_byte(s, scanner->cr_only ? '\r' : '\n', at);
	struct line line = { at, stop, stop, stop < s.n };

	if (line.terminated) {
		line.end = stop + 1;
		if (!scanner->cr_only && stop > at && s.p[stop - 1] == '\r')
			line.content_end--;
	}
	return line;
}

static bool is_blank_character(char c)
{
	return c == ' ' || c == '\t';
}

/* CR CR LF is what a converter makes of an empty line that had CRLF already. */
static bool is_empty_line(struct span content)
{
	for (size_t i = 0; i < content.n; i++)
		if (content.p[i] != '\r')
			return false;
	return true;
}

static bool is_white_line(struct span content)
{
	for (size_t i = 0; i < content.n; i++)
		if (!is_blank_character(content.p[i]) && content.p[i] != '\r')
			return false;
	return true;
}

/* Name and flags of the field that starts with this line. A raw name may hold anything but a colon. */
static void read_name(struct field *field, struct span content)
{
	size_t colon = span_find_byte(content, ':', 0), n = colon;

	while (n > 0 && is_blank_character(content.p[n - 1]))
		n--;
	/* The separator line of a mailbox, quoted or not, has colons in its date. */
	bool separator = (span_starts(content, SPAN_LIT("From ")) && n != 4) || span_starts(content, SPAN_LIT(">From "));
	if (colon == content.n || n == 0 || separator || is_blank_character(content.p[0])) {
		field->flags |= FIELD_NO_COLON;
		field->value_start = field->start;
		field->name = span_of(content.p, 0);
		return;
	}
	if (n < colon)
		field->flags |= FIELD_SPACE_BEFORE_COLON;
	for (size_t i = 0; i < n; i++)
		if (content.p[i] < 33 || content.p[i] > 126)
			field->flags |= FIELD_BAD_NAME;
	field->name = span_cut(content, 0, n);
	field->value_start = field->start + colon + 1;
}

/* The field that starts at this line, with its continuations; cut into the block, not decoded. */
static struct field read_field(const struct scanner *scanner, struct line line)
{
	struct field field = { .start = line.start };

	read_name(&field, span_cut(scanner->s, line.start, line.content_end));
	for (;;) {
		field.value_end = line.content_end;
		field.end = line.end;
		if (line.end >= scanner->s.n || !is_blank_character(scanner->s.p[line.end]))
			break;
		line = line_at(scanner, line.end);
		if (is_white_line(span_cut(scanner->s, line.start, line.content_end)))
			field.flags |= FIELD_BLANK_CONTINUATION;
	}
	return field;
}

struct header header_scan(struct arena *arena, const struct text *file, size_t start, size_t limit)
{
	struct scanner scanner = { .s = span_cut(file->bytes, 0, limit) };
	GArray *fields = g_array_new(FALSE, TRUE, sizeof(struct field));
	struct header header = { 0 };

	if (start > scanner.s.n)
		start = scanner.s.n;
	header.start = header.end = header.fields_end = start;
	scanner.cr_only = span_find_byte(scanner.s, '\n', start) == scanner.s.n;
	for (size_t at = start; at < scanner.s.n;) {
		struct line line = line_at(&scanner, at);
		if (line.terminated && is_empty_line(span_cut(scanner.s, line.start, line.content_end))) {
			header.terminated = true;
			header.fields_end = at;
			header.end = line.end;
			break;
		}
		struct field field = read_field(&scanner, line);
		at = header.end = header.fields_end = field.end;
		if (fields->len >= LIMIT_HEADER_FIELDS || field.start - start > HEADER_READ_MAX) {
			header.too_many = true;
			continue;
		}
		field.kind = field_kind_of(field.name);
		field.flags |= value_flags(span_cut(file->bytes, field.value_start, field.value_end));
		if (field_read_end(&field) < field.value_end)
			field.flags |= FIELD_TOO_LONG;
		if (scanner.cr_only && line.terminated)
			field.flags |= FIELD_BARE_CR;
		decode_value(arena, file, &field);
		g_array_append_val(fields, field);
	}
	header.n = fields->len;
	header.fields = ARENA_ARRAY(arena, struct field, header.n ? header.n : 1);
	if (header.n)
		memcpy(header.fields, fields->data, header.n * sizeof(struct field));
	g_array_free(fields, TRUE);
	return header;
}

/* ---- looking up ---- */

static const struct field *find_from(const struct header *header, size_t from, struct span name)
{
	for (size_t i = from; i < header->n; i++)
		if (!(header->fields[i].flags & FIELD_NO_COLON) && span_eq_ci(header->fields[i].name, name))
			return &header->fields[i];
	return NULL;
}

const struct field *header_find(const struct header *header, const char *name)
{
	return find_from(header, 0, span_str(name));
}

const struct field *header_find_next(const struct header *header, const struct field *field)
{
	return find_from(header, (size_t)(field - header->fields) + 1, field->name);
}

struct range header_value_range(struct span file, const struct field *field)
{
	struct span value = span_cut(file, field->value_start, field->value_end), inner = span_trim(value);
	size_t start = field->value_start + (inner.n ? (size_t)(inner.p - value.p) : 0);

	return (struct range){ start, start + inner.n };
}

size_t header_count(const struct header *header, const char *name)
{
	size_t n = 0;

	for (const struct field *field = header_find(header, name); field; field = header_find_next(header, field))
		n++;
	return n;
}
