/* Role: writes a text/plain part and the multipart/alternative around it.
 * May not: decide what the text says. */
#include "mail/alternative.h"

#include "mail/rewrite.h"

/* More than so many bytes of a hundred that would take three characters each in quoted-printable: base64 is shorter, and no harder to read. */
enum { BASE64_ABOVE_PERCENT = 25, BOUNDARY_DIGITS = 24 };

struct writer {
	struct arena *arena;
	struct span file;      /* of the message and what stands before it */
	const char *eol;
	GArray *edits;
};

static void put_edit(struct writer *w, struct range range, GString *with)
{
	struct edit edit = { range.start, range.end, arena_copy_span(w->arena, span_of(with->str, with->len)) };

	g_array_append_val(w->edits, edit);
	g_string_free(with, TRUE);
}

static void put_span(GString *out, struct span s)
{
	g_string_append_len(out, s.p, (gssize)s.n);
}

/* --- what can be done ----------------------------------------------------------------------------------------------------------- */

static bool is_content_field(const struct field *field)
{
	return span_starts_ci(field->name, SPAN_LIT("Content-"));
}

static bool has_sound_header(const struct header *header)
{
	if (!header->terminated || header->too_many || header_count(header, "Content-Type") != 1 || header_count(header, "Content-Transfer-Encoding") > 1)
		return false;
	/* It counts the bytes of the body, for some mailboxes. */
	if (header_find(header, "Content-Length"))
		return false;
	for (size_t i = 0; i < header->n; i++)
		if (header->fields[i].flags & (FIELD_NO_COLON | FIELD_BARE_CR))
			return false;
	return true;
}

static bool is_sound(const struct entity *e)
{
	if (e->flags & ~(unsigned)(ENTITY_PREAMBLE | ENTITY_EPILOGUE))
		return false;
	return !e->parent || ((entity_is(e->parent, "multipart", "mixed") || entity_is(e->parent, "multipart", "alternative") ||
			       entity_is(e->parent, "multipart", "related")) && is_sound(e->parent));
}

/* What the text is another form of: HTML with the images that it shows. NULL where it is one of those. */
static const struct entity *whole_of(const struct entity *html)
{
	while (html->parent && entity_is(html->parent, "multipart", "related")) {
		if (html->parent->children[0] != html)
			return NULL;
		html = html->parent;
	}
	return html;
}

/* --- the part ------------------------------------------------------------------------------------------------------------------- */

static bool is_eight(enum transfer_encoding transfer)
{
	return transfer == TRANSFER_8BIT || transfer == TRANSFER_BINARY;
}

/* As the HTML is encoded, where everything around it allows that. */
static enum transfer_encoding transfer_for(const struct entity *html, struct span bytes)
{
	size_t high = 0;

	if (span_is_ascii(bytes))
		return TRANSFER_QP;
	if (html->transfer == TRANSFER_QP || html->transfer == TRANSFER_BASE64)
		return html->transfer;
	bool eight = true;
	for (const struct entity *e = html; e; e = e->parent)
		eight &= is_eight(e->transfer);
	if (eight)
		return TRANSFER_8BIT;
	for (size_t i = 0; i < bytes.n; i++)
		high += (unsigned char)bytes.p[i] >= 0x80;
	return high * 100 > bytes.n * BASE64_ABOVE_PERCENT ? TRANSFER_BASE64 : TRANSFER_QP;
}

static struct span with_line_ends(struct arena *arena, struct span text, const char *eol)
{
	GString *out = g_string_new(NULL);

	for (size_t at = 0, end; at < text.n; at = end + 1) {
		end = span_find_byte(text, '\n', at);
		put_span(out, span_cut(text, at, end));
		g_string_append(out, eol);
	}
	struct span result = arena_copy_span(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return result;
}

static void put_part(struct writer *w, GString *out, const struct entity *html, struct span text)
{
	static const char *const names[] = { [TRANSFER_7BIT] = "7bit", [TRANSFER_8BIT] = "8bit", [TRANSFER_QP] = "quoted-printable", [TRANSFER_BASE64] = "base64" };
	bool jis = html->charset.family == CHARSET_ISO_2022_JP;
	struct span bytes;

	jis = jis && charset_encode_new(w->arena, charset_label_parse(SPAN_LIT("ISO-2022-JP")), text, &bytes);
	if (!jis)
		bytes = text;
	enum transfer_encoding wanted = transfer_for(html, bytes);
	/* Lines of text end in CRLF before they become base64 (RFC 2045, section 6.8). */
	bytes = with_line_ends(w->arena, bytes, wanted == TRANSFER_BASE64 ? "\r\n" : w->eol);
	GString *body = g_string_new(NULL);
	enum transfer_encoding transfer = rewrite_encode_body(body, bytes, wanted, w->eol);
	g_string_append_printf(out, "Content-Type: text/plain; charset=%s%sContent-Transfer-Encoding: %s%s%s", jis ? "ISO-2022-JP" : "UTF-8", w->eol,
			       names[transfer], w->eol, w->eol);
	put_span(out, span_of(body->str, body->len));
	g_string_append(out, w->eol);
	g_string_free(body, TRUE);
}

/* --- the multipart around ------------------------------------------------------------------------------------------------------- */

/* One that stands nowhere in the message, and is the same in every run. "=_" is in no body of quoted-printable or base64. */
static const char *new_boundary(struct writer *w, struct span message)
{
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)message.p, message.n);

	for (unsigned i = 0;; i++) {
		const char *boundary = arena_printf(w->arena, "=_presend_%.*s%u", BOUNDARY_DIGITS, sum, i);
		if (span_find(message, span_str(boundary), 0) == message.n)
			return boundary;
	}
}

static void enclose(struct writer *w, struct span message, const struct entity *e, const struct entity *html, struct span text)
{
	const char *boundary = new_boundary(w, message);
	GString *moved = g_string_new(NULL), *before = g_string_new(NULL), *behind = g_string_new(NULL);

	for (size_t i = 0; i < e->header.n; i++) {
		const struct field *field = &e->header.fields[i];
		GString *instead = g_string_new(NULL);
		if (is_content_field(field))
			put_span(moved, span_cut(w->file, field->start, field->end));
		if (field == e->content_type_field)
			g_string_append_printf(instead, "Content-Type: multipart/alternative;%s boundary=\"%s\"%s", w->eol, boundary, w->eol);
		/* What holds a part in 8bit is 8bit, too. */
		if (is_content_field(field) && !(field == e->transfer_field && is_eight(e->transfer)))
			put_edit(w, (struct range){ field->start, field->end }, instead);
		else
			g_string_free(instead, TRUE);
	}
	g_string_append_printf(before, "--%s%s", boundary, w->eol);
	put_part(w, before, html, text);
	g_string_append_printf(before, "--%s%s", boundary, w->eol);
	put_span(before, span_of(moved->str, moved->len));
	g_string_append(before, w->eol);
	g_string_free(moved, TRUE);
	put_edit(w, (struct range){ e->body.start, e->body.start }, before);
	/* The line end in front of a delimiter is no part of the body: all of the HTML is. */
	g_string_append_printf(behind, "%s--%s--%s", w->eol, boundary, e->parent ? "" : w->eol);
	put_edit(w, (struct range){ e->body.end, e->body.end }, behind);
}

/* The new part takes the delimiter of the first one, which gets a new one. */
static void put_first(struct writer *w, const struct entity *alternative, const struct entity *html, struct span text)
{
	struct span boundary = span_trim(content_param(&alternative->content_type, "boundary")->value->bytes);
	size_t place = alternative->children[0]->header.start;
	GString *part = g_string_new(NULL);

	put_part(w, part, html, text);
	g_string_append_printf(part, "--%.*s%s", (int)boundary.n, boundary.p, w->eol);
	put_edit(w, (struct range){ place, place }, part);
}

struct edit *alternative_add_text(struct arena *arena, const struct text *file, struct range message, const struct entity *html, struct span text,
				  size_t *n_out)
{
	const struct entity *e = whole_of(html);
	struct span bytes = span_cut(file->bytes, message.start, message.end);
	struct writer w = { .arena = arena, .file = file->bytes, .eol = rewrite_line_end(bytes) };

	*n_out = 0;
	if (!e || !is_sound(html) || html->transfer == TRANSFER_UNKNOWN || html->charset_result.looks || html->charset_result.doubtful)
		return NULL;
	bool inside = e->parent && entity_is(e->parent, "multipart", "alternative");
	if (!inside && !has_sound_header(&e->header))
		return NULL;
	w.edits = g_array_new(FALSE, FALSE, sizeof(struct edit));
	if (inside)
		put_first(&w, e->parent, html, text);
	else
		enclose(&w, bytes, e, html, text);
	*n_out = w.edits->len;
	struct edit *edits = ARENA_ARRAY(arena, struct edit, *n_out);
	memcpy(edits, w.edits->data, *n_out * sizeof *edits);
	g_array_free(w.edits, TRUE);
	return edits;
}
