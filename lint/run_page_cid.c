/* Role: puts the pictures that a mail carries itself into its HTML, for the frame of the HTML report.
 * May not: trust what a part says it is: only bytes that begin as a raster picture does are put in, and SVG, which is a program, never.
 * Source: RFC 2392, section 2 (cid:). */
#include "run_page_cid.h"

#include <glib.h>

#include "base/limits.h"

static const char *picture_type(struct span bytes)
{
	if (span_starts(bytes, SPAN_LIT("\x89PNG\r\n\x1A\n")))
		return "image/png";
	if (span_starts(bytes, SPAN_LIT("\xFF\xD8\xFF")))
		return "image/jpeg";
	if (span_starts(bytes, SPAN_LIT("GIF87a")) || span_starts(bytes, SPAN_LIT("GIF89a")))
		return "image/gif";
	if (span_starts(bytes, SPAN_LIT("RIFF")) && bytes.n > 12 && span_starts(span_cut(bytes, 8, bytes.n), SPAN_LIT("WEBP")))
		return "image/webp";
	return NULL;
}

/* The Content-ID of each part that is such a picture, without its brackets, to the entity. */
static GHashTable *pictures_of(const struct message *message)
{
	GHashTable *pictures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < message->mime.n; i++) {
		struct entity *entity = message->mime.all[i];
		const struct field *field = header_find(&entity->header, "Content-ID");
		if (!field || entity->n_children || !entity->decoded.text || !picture_type(entity->decoded.text->bytes))
			continue;
		struct span id = span_trim(field->unfolded->bytes);
		if (id.n > 2 && id.p[0] == '<' && id.p[id.n - 1] == '>')
			id = span_cut(id, 1, id.n - 1);
		g_hash_table_insert(pictures, g_strndup(id.p, id.n), entity);
	}
	return pictures;
}

static bool ends_address(char c)
{
	return c == '"' || c == '\'' || c == '<' || c == '>' || c == '(' || c == ')' || c == ',' || (unsigned char)c <= ' ';
}

static size_t address_end(struct span html, size_t at)
{
	size_t end = at;

	while (end < html.n && end - at < LIMIT_PATTERN_BYTES && !ends_address(html.p[end]))
		end++;
	return end;
}

/* The picture of this address, where there is one with room for it. */
static const struct entity *picture_at(GHashTable *pictures, struct span address, size_t spent)
{
	char *id = g_uri_unescape_segment(address.p, address.p + address.n, NULL);
	const struct entity *entity = id ? g_hash_table_lookup(pictures, id) : NULL;

	g_free(id);
	return entity && spent + entity->decoded.text->bytes.n <= LIMIT_PAGE_PICTURE_BYTES ? entity : NULL;
}

/* Does it stand where a value of an attribute or url() begins? Elsewhere it is text. */
static bool begins_value(struct span html, size_t at)
{
	while (at > 0 && (html.p[at - 1] == '"' || html.p[at - 1] == '\'' || (unsigned char)html.p[at - 1] <= ' '))
		at--;
	return at > 0 && (html.p[at - 1] == '=' || html.p[at - 1] == '(');
}

struct span run_page_pictures(struct arena *arena, const struct message *message, struct span html, size_t *missing)
{
	GString *out = g_string_sized_new(html.n + 64);
	GHashTable *pictures = pictures_of(message);
	size_t from = 0, spent = 0;

	*missing = 0;
	for (size_t at = span_find_ci(html, SPAN_LIT("cid:"), 0); at < html.n; at = span_find_ci(html, SPAN_LIT("cid:"), at + 4)) {
		if (!begins_value(html, at))
			continue;
		size_t end = address_end(html, at + 4);
		const struct entity *entity = picture_at(pictures, span_cut(html, at + 4, end), spent);
		if (!entity) {
			++*missing;
			continue;
		}
		struct span bytes = entity->decoded.text->bytes;
		g_autofree char *base64 = g_base64_encode((const guchar *)bytes.p, bytes.n);
		g_string_append_len(out, html.p + from, (gssize)(at - from));
		g_string_append_printf(out, "data:%s;base64,%s", picture_type(bytes), base64);
		spent += bytes.n;
		from = end;
	}
	g_string_append_len(out, html.p + from, (gssize)(html.n - from));
	struct span copy = arena_copy_span(arena, span_of(out->str, out->len));
	g_hash_table_destroy(pictures);
	g_string_free(out, TRUE);
	return copy;
}
