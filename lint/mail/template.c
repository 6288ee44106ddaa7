/* A template file as a tree of one leaf, with its header block or front matter as fields.
 * May not expand template tags, and may not fail on any input. */
#include <glib.h>

#include "base/utf8.h"
#include "mail/input.h"
#include "mail/mime.h"

/* Longest front matter that is looked for, in bytes: a rule line "---" at the top of a long text must not make it header. */
#define FRONT_MATTER_BYTES ((size_t)64 * 1024)

/* A line of the file: [start, end) without, [start, next) with its line end. */
struct line {
	size_t start, end, next;
};

static struct line line_at(struct span file, size_t start, size_t limit)
{
	size_t end = MIN(span_find_byte(file, '\n', start), limit);
	struct line line = { start, end, end < limit ? end + 1 : limit };

	if (end > start && end < limit && file.p[end - 1] == '\r')
		line.end = end - 1;
	return line;
}

static struct span line_span(struct span file, struct line line)
{
	return span_cut(file, line.start, line.end);
}

static bool is_name_byte(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

/* Length of "Name" where the line begins with "Name:", else 0. */
static size_t name_length(struct span line)
{
	size_t n = 0;

	while (n < line.n && is_name_byte(line.p[n]))
		n++;
	return n < line.n && line.p[n] == ':' ? n : 0;
}

/* --- leading header block ------------------------------------------------------------------------------------------------------ */

/* True where every line up to the first empty one is a field or goes on with one, and one of them is Subject or From. A template
 * that ends within such lines is not taken for a header: nothing would be left. */
static bool has_header_block(struct span file, size_t start, size_t limit)
{
	bool named = false;

	for (size_t at = start; at < limit;) {
		struct line line = line_at(file, at, limit);
		struct span s = line_span(file, line);
		size_t n = name_length(s);
		if (s.n == 0)
			return named;
		if (n) {
			struct span name = span_cut(s, 0, n);
			named |= span_eq_ci(name, SPAN_LIT("Subject")) || span_eq_ci(name, SPAN_LIT("From"));
		} else if (at == start || (s.p[0] != ' ' && s.p[0] != '\t')) {
			return false;
		}
		at = line.next;
	}
	return false;
}

/* --- front matter -------------------------------------------------------------------------------------------------------------- */

/* The sign that separates a key from its value: ':' between lines "---" (YAML), '=' between lines "+++" (TOML); '\0' where the line is neither. */
static char marker_of(struct span file, struct line line)
{
	struct span s = line_span(file, line);

	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return span_eq(s, SPAN_LIT("---")) ? ':' : span_eq(s, SPAN_LIT("+++")) ? '=' : '\0';
}

/* The line that closes the front matter whose first line is opening. */
static bool find_closing(struct span file, struct line opening, size_t limit, struct line *out)
{
	char sign = marker_of(file, opening);

	limit = MIN(limit, opening.start + FRONT_MATTER_BYTES);
	for (size_t at = opening.next; at < limit;) {
		*out = line_at(file, at, limit);
		if (sign && marker_of(file, *out) == sign)
			return true;
		at = out->next;
	}
	return false;
}

static const char *const front_matter_keys[] = { "subject", "from", "preheader" };

static bool is_known_key(struct span key)
{
	for (size_t i = 0; i < G_N_ELEMENTS(front_matter_keys); i++) {
		if (span_eq_ci(key, span_str(front_matter_keys[i])))
			return true;
	}
	return false;
}

/* Collects the value of one key with its places. */
struct value {
	GString *bytes;
	struct map_builder map;
};

static void value_copy(struct value *value, struct span file, size_t start, size_t end)
{
	g_string_append_len(value->bytes, file.p + start, (gssize)(end - start));
	map_add_copied(&value->map, start, end - start);
}

/* Copy the inside of a quoted scalar, with its escapes resolved: '' in single quotes, \" \\ \/ in double quotes; other
 * escapes stay as they are written. Source: YAML 1.2.2, sections 7.3.1 and 7.3.2. */
static void value_copy_quoted(struct value *value, struct span file, size_t start, size_t end, char quote)
{
	size_t from = start;

	for (size_t i = start; i + 1 < end; i++) {
		char c = file.p[i], next = file.p[i + 1];
		bool escape = quote == '\'' ? c == '\'' && next == '\'' : c == '\\' && (next == '"' || next == '\\' || next == '/');
		if (!escape)
			continue;
		value_copy(value, file, from, i);
		g_string_append_c(value->bytes, next);
		map_add_block(&value->map, i, 2, 1);
		i++;
		from = i + 1;
	}
	value_copy(value, file, from, end);
}

/* Where the quoted scalar that begins at start ends, if only a comment stands behind it; else end. */
static size_t quoted_end(struct span file, size_t start, size_t end)
{
	char quote = file.p[start];
	size_t close = start + 1;

	while (close < end && file.p[close] != quote)
		close += file.p[close] == '\\' && quote == '"' ? 2 : 1;
	size_t rest = close + 1;
	while (rest < end && (file.p[rest] == ' ' || file.p[rest] == '\t'))
		rest++;
	return rest > close + 1 && rest < end && file.p[rest] == '#' ? close + 1 : end;
}

/* One line's part of a value: [start, end). */
static void value_add_line(struct value *value, struct span file, size_t start, size_t end)
{
	while (start < end && ascii_is_space(file.p[start]))
		start++;
	while (end > start && ascii_is_space(file.p[end - 1]))
		end--;
	if (start == end)
		return;
	if (value->bytes->len) {
		g_string_append_c(value->bytes, ' ');
		map_add_inserted(&value->map, start, 1);
	}
	char first = file.p[start];
	if (first == '"' || first == '\'')
		end = quoted_end(file, start, end);
	if (end - start >= 2 && (first == '"' || first == '\'') && file.p[end - 1] == first) {
		value_copy_quoted(value, file, start + 1, end - 1, first);
		return;
	}
	/* A plain scalar ends before " #" (YAML 1.2.2, section 6.6). */
	for (size_t i = start + 1; i < end; i++) {
		if (file.p[i] == '#' && (file.p[i - 1] == ' ' || file.p[i - 1] == '\t')) {
			end = i;
			while (end > start && ascii_is_space(file.p[end - 1]))
				end--;
		}
	}
	value_copy(value, file, start, end);
}

/* "|" or ">" with their indicators: the value stands in the lines below. */
static bool is_block_indicator(struct span s)
{
	s = span_trim(s);
	return s.n >= 1 && s.n <= 3 && (s.p[0] == '|' || s.p[0] == '>');
}

/* Length of the key where the line begins with "key:" or "key =", else 0; *sign_out: the place of the sign. */
static size_t key_length(struct span line, char separator, size_t *sign_out)
{
	size_t n = 0, sign;

	while (n < line.n && is_name_byte(line.p[n]))
		n++;
	for (sign = n; separator == '=' && sign < line.n && (line.p[sign] == ' ' || line.p[sign] == '\t'); sign++)
		;
	*sign_out = sign;
	if (sign == line.n || line.p[sign] != separator)
		return 0;
	/* A text of several lines in TOML is not read. */
	struct span value = span_trim(span_cut(line, sign + 1, line.n));
	bool long_text = span_starts(value, SPAN_LIT("\"\"\"")) || span_starts(value, SPAN_LIT("'''"));
	return separator == '=' && long_text ? 0 : n;
}

/* The field of the key in *line; *line becomes the last line that belongs to it. limit: the closing line. */
static struct field front_matter_field(struct arena *arena, const struct text *file, struct line *line, size_t name_n, size_t value_start,
				       size_t limit)
{
	struct field field = { .name = span_cut(file->bytes, line->start, line->start + name_n),
			       .start = line->start,
			       .value_start = value_start };
	struct value value = { .bytes = g_string_new(NULL) };

	map_builder_init(&value.map);
	if (!is_block_indicator(span_cut(file->bytes, field.value_start, line->end)))
		value_add_line(&value, file->bytes, field.value_start, line->end);
	while (line->next < limit && (file->bytes.p[line->next] == ' ' || file->bytes.p[line->next] == '\t')) {
		*line = line_at(file->bytes, line->next, limit);
		value_add_line(&value, file->bytes, line->start, line->end);
	}
	field.value_end = line->end;
	field.end = line->next;
	field.kind = field_kind_of(field.name);
	struct span bytes = arena_copy_span(arena, span_of(value.bytes->str, value.bytes->len));
	g_string_free(value.bytes, TRUE);
	field.unfolded = field.value = text_new(arena, bytes, map_builder_finish(&value.map, arena), file);
	if (bytes.n) {
		/* Address fields are parsed from the file: the quotes of YAML are not theirs. */
		struct range inside = text_to_file(field.value, 0, bytes.n);
		field.value_start = inside.start;
		field.value_end = inside.end;
	}
	return field;
}

static struct header front_matter_header(struct arena *arena, const struct text *file, struct line opening, struct line closing)
{
	struct header header = { .start = opening.start, .end = closing.next, .fields_end = closing.start, .terminated = true };
	GArray *fields = g_array_new(FALSE, FALSE, sizeof(struct field));
	char separator = marker_of(file->bytes, opening);

	for (size_t at = opening.next; at < closing.start;) {
		struct line line = line_at(file->bytes, at, closing.start);
		/* Keys below "[table]" are those of the table. */
		if (separator == '=' && file->bytes.p[line.start] == '[')
			break;
		size_t sign, n = key_length(line_span(file->bytes, line), separator, &sign);
		if (n && is_known_key(span_cut(file->bytes, line.start, line.start + n))) {
			struct field field = front_matter_field(arena, file, &line, n, line.start + sign + 1, closing.start);
			g_array_append_val(fields, field);
		}
		at = line.next;
	}
	header.n = fields->len;
	header.fields = ARENA_ARRAY(arena, struct field, header.n ? header.n : 1);
	if (header.n)
		memcpy(header.fields, fields->data, header.n * sizeof(struct field));
	g_array_free(fields, TRUE);
	return header;
}

/* --- the tree ------------------------------------------------------------------------------------------------------------------ */

/* Does the text hold a tag, comment or declaration of HTML? Names such as welcome.liquid do not say what is inside. */
static bool has_html(struct span s)
{
	for (size_t at = span_find_byte(s, '<', 0); at + 1 < s.n; at = span_find_byte(s, '<', at + 1)) {
		char next = s.p[at + 1];
		if (ascii_is_alpha(next) || next == '!' || next == '/')
			return true;
	}
	return false;
}

static struct span subtype_of(int template_kind, struct span body)
{
	if (template_kind == TEMPLATE_MARKDOWN)
		return SPAN_LIT("markdown");
	return template_kind == TEMPLATE_HTML && has_html(body) ? SPAN_LIT("html") : SPAN_LIT("plain");
}

/* UTF-8, unless the bytes are for certain in another charset: an old template may be in a Japanese one. */
static struct charset_label charset_of(struct span body)
{
	bool certain = false;
	const char *name = NULL;

	if (!utf8_valid(body)) {
		enum charset_family family = charset_guess(body, &name, &certain);
		if (certain && (family == CHARSET_SHIFT_JIS || family == CHARSET_EUC_JP))
			return (struct charset_label){ .family = CHARSET_NONE };
	} else if (memchr(body.p, '\033', body.n) && charset_guess(body, &name, &certain) == CHARSET_ISO_2022_JP) {
		return (struct charset_label){ .family = CHARSET_NONE };
	}
	return charset_label_parse(SPAN_LIT("utf-8"));
}

struct mime mime_from_template(struct arena *arena, const struct text *file, struct range range, int template_kind, bool *has_header_out)
{
	if (template_kind == TEMPLATE_MESSAGE) {
		*has_header_out = true;
		return mime_parse(arena, file, range);
	}
	range.end = MIN(range.end, file->bytes.n);
	range.start = MIN(range.start, range.end);
	struct entity *entity = ARENA_NEW(arena, struct entity);
	size_t start = range.start;
	/* A byte order mark hides neither a front matter nor a header block, and is no text. */
	if (span_starts(span_cut(file->bytes, start, range.end), SPAN_LIT("\xef\xbb\xbf")))
		start += 3;
	entity->header = (struct header){ .start = range.start, .end = range.start, .fields_end = range.start };
	entity->body = (struct range){ start, range.end };
	*has_header_out = false;

	struct line first = line_at(file->bytes, start, range.end);
	struct line closing;
	if (find_closing(file->bytes, first, range.end, &closing)) {
		entity->header = front_matter_header(arena, file, first, closing);
		*has_header_out = entity->header.n > 0;
		entity->body.start = closing.next;
	} else if (has_header_block(file->bytes, start, range.end)) {
		entity->header = header_scan(arena, file, start, range.end);
		*has_header_out = true;
		entity->body.start = entity->header.end;
	}

	struct span body = span_cut(file->bytes, entity->body.start, entity->body.end);
	entity->path = "1";
	entity->content_type.type = SPAN_LIT("text");
	entity->content_type.subtype = subtype_of(template_kind, body);
	entity->disposition.type = entity->disposition.subtype = SPAN_EMPTY;
	entity->transfer = TRANSFER_8BIT;
	entity->is_text = entity->is_displayed = true;
	entity->charset_name = SPAN_EMPTY;
	entity->decoded = mime_decode_body(arena, file, entity->body, entity->transfer);
	entity->charset = charset_of(body);
	entity->charset_result = charset_decode(arena, entity->charset, mime_text_to_read(arena, entity));

	struct mime mime = { .root = entity, .n = 1, .all = ARENA_ARRAY(arena, struct entity *, 1) };
	mime.all[0] = entity;
	return mime;
}
