/* Role: writes a part anew in another transfer encoding or charset, with the fields that say so.
 * May not: decide whether that is wanted, or what the text says. */
#include "mail/recode.h"

#include "mail/rewrite.h"

/* More than so many bytes of a hundred that would take three characters each in quoted-printable: base64 is shorter, and no harder to read. */
enum { BASE64_ABOVE_PERCENT = 25 };

/* --- what can be done ----------------------------------------------------------------------------------------------------------- */

static bool has_sound_header(const struct header *header)
{
	if (!header->terminated || header->too_many || header_count(header, "Content-Type") > 1 || header_count(header, "Content-Transfer-Encoding") > 1)
		return false;
	/* They are made of the bytes of the body. */
	if (header_find(header, "Content-Length") || header_find(header, "Content-MD5"))
		return false;
	for (size_t i = 0; i < header->n; i++)
		if (header->fields[i].flags & (FIELD_NO_COLON | FIELD_BARE_CR | FIELD_TOO_LONG))
			return false;
	return true;
}

/* Parts that lie in the part as bytes would be signed, encrypted, or of another message. */
static bool may_hold_changes(const struct entity *e)
{
	return entity_is(e, "multipart", NULL) && !entity_is(e, "multipart", "signed") && !entity_is(e, "multipart", "encrypted") &&
	       !(e->flags & ~(unsigned)(ENTITY_PREAMBLE | ENTITY_EPILOGUE | ENTITY_NOT_CLOSED)) && e->transfer != TRANSFER_BASE64 && e->transfer != TRANSFER_QP;
}

bool recode_is_possible(const struct entity *e)
{
	if (e->n_children || e->flags || !has_sound_header(&e->header) || entity_is(e, "multipart", NULL) || entity_is(e, "message", NULL) ||
	    !e->decoded.text)
		return false;
	for (const struct entity *at = e->parent; at; at = at->parent)
		if (!may_hold_changes(at))
			return false;
	return true;
}

/* --- the body ------------------------------------------------------------------------------------------------------------------- */

static struct span with_line_ends(struct arena *arena, struct span bytes, const char *eol)
{
	GString *out = g_string_sized_new(bytes.n);

	for (size_t at = 0, end; at < bytes.n; at = end + 1) {
		end = span_find_byte(bytes, '\n', at);
		size_t stop = end < bytes.n && end > at && bytes.p[end - 1] == '\r' ? end - 1 : end;
		g_string_append_len(out, bytes.p + at, (gssize)(stop - at));
		if (end < bytes.n)
			g_string_append(out, eol);
	}
	struct span result = arena_copy_span(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return result;
}

static bool is_mostly_high(struct span bytes)
{
	size_t high = 0;

	for (size_t i = 0; i < bytes.n; i++)
		high += (unsigned char)bytes.p[i] >= 0x80;
	return high * 100 > bytes.n * BASE64_ABOVE_PERCENT;
}

/* RFC 1468 needs no encoding, and nobody reads its escapes in quoted-printable. */
static bool has_escapes(struct span bytes)
{
	return span_find_byte(bytes, '\x1B', 0) < bytes.n;
}

/* Would a line of the body be taken for a delimiter of a multipart around it? */
static bool holds_delimiter(const struct entity *e, struct span body)
{
	for (const struct entity *at = e->parent; at; at = at->parent) {
		const struct param *param = content_param(&at->content_type, "boundary");
		struct span boundary = param ? span_trim(param->value->bytes) : SPAN_EMPTY;
		for (size_t line = 0; boundary.n && line < body.n; line = span_find_byte(body, '\n', line) + 1) {
			struct span s = span_cut(body, line, body.n);
			if (span_starts(s, SPAN_LIT("--")) && span_starts(span_cut(s, 2, s.n), boundary))
				return true;
		}
	}
	return false;
}

/* Encode the bytes; false where they cannot be sent as wanted. */
static bool encode(struct arena *arena, const struct text *file, const struct entity *e, struct span bytes, enum recode_transfer how, GString *out,
		   enum transfer_encoding *transfer)
{
	struct span raw = span_cut(file->bytes, e->body.start, e->body.end);
	const char *eol = rewrite_line_end(span_cut(file->bytes, e->header.start, e->body.end));
	enum transfer_encoding wanted = how == RECODE_PLAIN ? TRANSFER_7BIT : has_escapes(bytes) || is_mostly_high(bytes) ? TRANSFER_BASE64 : TRANSFER_QP;

	if (eol[0] == '\r' && !eol[1])
		return false;
	/* Lines of text end in CRLF before they become base64 (RFC 2045, section 6.8). */
	bytes = with_line_ends(arena, bytes, wanted == TRANSFER_BASE64 ? "\r\n" : eol);
	if (wanted != TRANSFER_QP && wanted != TRANSFER_BASE64 && span_find_byte(bytes, '\0', 0) < bytes.n)
		return false;
	*transfer = rewrite_encode_body(out, bytes, wanted, eol);
	if (how == RECODE_PLAIN && *transfer != TRANSFER_7BIT && has_escapes(bytes))
		return false;
	/* The last line end of a part belongs to the delimiter behind it, that of the message ends its last line. */
	bool ended = raw.n && raw.p[raw.n - 1] == '\n', ends = out->len && out->str[out->len - 1] == '\n';
	if (*transfer == TRANSFER_BASE64 && ends && !ended)
		g_string_truncate(out, out->len - strlen(eol));
	else if (!e->parent && ended && !ends)
		g_string_append(out, eol);
	return *transfer == TRANSFER_BASE64 || !holds_delimiter(e, span_of(out->str, out->len));
}

/* --- the fields ----------------------------------------------------------------------------------------------------------------- */

static struct edit new_line(struct arena *arena, const struct text *file, const struct entity *e, const char *line)
{
	const char *eol = rewrite_line_end(span_cut(file->bytes, e->header.start, e->body.end));
	size_t at = e->content_type_field ? e->content_type_field->end : e->header.fields_end;

	return (struct edit){ at, at, span_str(arena_printf(arena, "%s%s", line, eol)) };
}

/* False where the field already says so. */
static bool put_transfer(struct arena *arena, const struct text *file, const struct entity *e, enum transfer_encoding transfer, struct edit *out)
{
	static const char *const names[] = { [TRANSFER_7BIT] = "7bit", [TRANSFER_8BIT] = "8bit", [TRANSFER_QP] = "quoted-printable", [TRANSFER_BASE64] = "base64" };

	if (e->transfer_field && (e->transfer != transfer || !e->transfer_field->unfolded->bytes.n)) {
		struct range range = header_value_range(file->bytes, e->transfer_field);
		const char *gap = range.start == e->transfer_field->value_start ? " " : "";
		*out = (struct edit){ range.start, range.end, span_str(arena_printf(arena, "%s%s", gap, names[transfer])) };
		return true;
	}
	if (e->transfer_field || transfer == TRANSFER_7BIT)
		return false;
	*out = new_line(arena, file, e, arena_printf(arena, "Content-Transfer-Encoding: %s", names[transfer]));
	return true;
}

/* False where it cannot be written. */
static bool put_charset(struct arena *arena, const struct text *file, const struct entity *e, const char *charset, struct edit *out)
{
	const struct field *field = e->content_type_field;

	if (!field) {
		*out = new_line(arena, file, e, arena_printf(arena, "Content-Type: text/plain; charset=%s", charset));
		return true;
	}
	if (e->content_type.syntax_error)
		return false;
	const struct param *param = content_param(&e->content_type, "charset");
	if (param && e->charset_range.end > e->charset_range.start) {
		*out = (struct edit){ e->charset_range.start, e->charset_range.end, span_str(charset) };
		return !(param->flags & PARAM_RFC2231);
	}
	if (param || !e->content_type.subtype.n)
		return false;
	struct range range = header_value_range(file->bytes, field);
	bool ended = range.end > range.start && file->bytes.p[range.end - 1] == ';';
	*out = (struct edit){ range.end, range.end, span_str(arena_printf(arena, "%s charset=%s", ended ? "" : ";", charset)) };
	return true;
}

static int compare_edits(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

struct edit *recode_part(struct arena *arena, const struct text *file, const struct entity *e, struct span bytes, enum recode_transfer how,
			 const char *charset, size_t *n_out)
{
	enum transfer_encoding transfer;
	struct edit *edits = ARENA_ARRAY(arena, struct edit, 3);
	size_t n = 0;

	*n_out = 0;
	if (!recode_is_possible(e))
		return NULL;
	GString *body = g_string_new(NULL);
	bool good = encode(arena, file, e, bytes, how, body, &transfer);
	/* Of two lines at one place the type comes first. */
	if (good && charset)
		good = put_charset(arena, file, e, charset, &edits[n++]);
	if (good && put_transfer(arena, file, e, transfer, &edits[n]))
		n++;
	if (good)
		edits[n++] = (struct edit){ e->body.start, e->body.end, arena_copy_span(arena, span_of(body->str, body->len)) };
	g_string_free(body, TRUE);
	if (!good)
		return NULL;
	/* Two new lines are one edit: nobody could tell their order. */
	if (n == 3 && edits[0].start == edits[1].start && edits[0].end == edits[1].end) {
		edits[0].with = span_str(arena_printf(arena, "%.*s%.*s", (int)edits[0].with.n, edits[0].with.p, (int)edits[1].with.n, edits[1].with.p));
		edits[1] = edits[2];
		n = 2;
	}
	qsort(edits, n, sizeof *edits, compare_edits);
	*n_out = n;
	return edits;
}

struct edit *recode_label(struct arena *arena, const struct text *file, const struct entity *e, const char *charset, size_t *n_out)
{
	struct edit *edit = ARENA_NEW(arena, struct edit);

	*n_out = recode_is_possible(e) && put_charset(arena, file, e, charset, edit);
	return *n_out ? edit : NULL;
}

/* --- lines of quoted-printable -------------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Does "=" at a place begin an encoded byte? */
static bool is_escape(struct span line, size_t at)
{
	return at + 2 < line.n && ascii_hex_value(line.p[at + 1]) >= 0 && ascii_hex_value(line.p[at + 2]) >= 0;
}

/* Write a line without its line end as RFC 2045, section 6.7 has it. */
static void put_mended(GString *out, struct span line, const char *eol)
{
	GString *text = g_string_sized_new(line.n);

	/* Rule (3): white space at the end was added on the way. */
	while (line.n && is_blank(line.p[line.n - 1]))
		line.n--;
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		if (c == '=' && i + 1 == line.n) {
			g_string_append_c(text, '=');
		} else if (c == '=' && is_escape(line, i)) {
			g_string_append_printf(text, "=%c%c", g_ascii_toupper(line.p[i + 1]), g_ascii_toupper(line.p[i + 2]));
			i += 2;
		} else if (c != '=' && ((c >= 0x20 && c < 0x7F) || c == '\t')) {
			g_string_append_c(text, (char)c);
		} else {
			g_string_append_printf(text, "=%02X", c);
		}
	}
	rewrite_fold_qp(out, span_of(text->str, text->len), eol);
	g_string_free(text, TRUE);
}

struct edit *recode_quoted_printable(struct arena *arena, const struct text *file, struct range body, size_t *n_out)
{
	struct span s = span_cut(file->bytes, 0, body.end);
	const char *eol = rewrite_line_end(span_cut(file->bytes, body.start, body.end));
	GArray *edits = g_array_new(FALSE, FALSE, sizeof(struct edit));
	GString *line = g_string_new(NULL);

	/* Where CRs alone end lines, there is no telling what else they do. */
	for (size_t at = body.start, next; at < body.end && eol[strlen(eol) - 1] == '\n'; at = next) {
		size_t end = span_find_byte(s, '\n', at);
		next = MIN(end + 1, body.end);
		end -= end < s.n && end > at && s.p[end - 1] == '\r';
		g_string_truncate(line, 0);
		put_mended(line, span_cut(s, at, end), eol);
		if (span_eq(span_cut(s, at, end), span_of(line->str, line->len)))
			continue;
		struct edit edit = { at, end, arena_copy_span(arena, span_of(line->str, line->len)) };
		g_array_append_val(edits, edit);
	}
	struct edit *all = ARENA_ARRAY(arena, struct edit, edits->len + 1);
	if (edits->len)
		memcpy(all, edits->data, edits->len * sizeof *all);
	*n_out = edits->len;
	g_string_free(line, TRUE);
	g_array_free(edits, TRUE);
	return all;
}

struct edit *recode_base64(struct arena *arena, const struct text *file, const struct entity *e, size_t *n_out)
{
	struct span raw = span_cut(file->bytes, e->body.start, e->body.end), data = span_trim(raw);
	struct edit *edit = ARENA_NEW(arena, struct edit);
	GString *text = g_string_new(NULL);

	rewrite_put_base64(text, e->decoded.text->bytes, rewrite_line_end(raw));
	edit->start = e->body.start + (data.n ? (size_t)(data.p - raw.p) : 0);
	edit->end = edit->start + data.n;
	edit->with = arena_copy_span(arena, span_of(text->str, text->len));
	g_string_free(text, TRUE);
	*n_out = !span_eq(data, edit->with);
	return *n_out ? edit : NULL;
}
