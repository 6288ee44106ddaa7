/* Role: joins lines that were wrapped at a width, with a map.
 * May not: know of rules or mail; change anything but line ends and the blanks before them. */
#include "base/unwrap.h"

#include <glib.h>
#include <string.h>

#include "base/utf8.h"

/* A shorter line ends where its writer wanted. Newsletters wrap at 60 to 76 columns, narrow ones for telephones at 40 and less. */
enum { LEAST_COLUMNS = 30 };
/* No phrase reaches further on either side. Rounded to characters. */
enum { REACH_BYTES = 180 };

static bool is_east_asian(uint32_t c)
{
	return c >= 0x2e80 && !(c >= 0xac00 && c <= 0xd7af);
}

/* Signs that begin a heading, a note, an item or a quotation. */
static bool begins_anew(uint32_t c)
{
	if (c < 0x80)
		return !g_ascii_isalnum((int)c);
	return (c >= 0x2010 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x3020 && c != 0x3005 && c != 0x3006) || c == 0x30fb || c >= 0x1f000;
}

/* A sentence or a clause is over. */
static bool ends_here(uint32_t c)
{
	if (c < 0x80)
		return !g_ascii_isalnum((int)c);
	return begins_anew(c);
}

/* Is the line end at at, of the line that begins at start, one that only the width made? */
static bool is_wrapped(struct span l1, size_t start, size_t at)
{
	size_t end = at, next = at + 1;

	while (end > start && l1.p[end - 1] == ' ')
		end--;
	if (end == start || next >= l1.n || l1.p[start] == '>')
		return false;
	size_t last = end;
	return !ends_here(utf8_previous(l1, &last)) && !begins_anew(utf8_next(l1, &next)) && text_width(span_cut(l1, start, end), true) >= LEAST_COLUMNS;
}

struct writer {
	GString *out;
	struct map_builder map;
	size_t written; /* of the source */
};

static void copy(struct writer *w, struct span l1, size_t start, size_t end)
{
	g_string_append_len(w->out, l1.p + start, (gssize)(end - start));
	map_add_copied(&w->map, start, end - start);
	w->written = end;
}

static size_t character_border(struct span s, size_t at)
{
	while (at > 0 && at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80)
		at--;
	return at;
}

/* What stands before the line end at at, and the line end itself. */
static void join(struct writer *w, struct span l1, size_t start, size_t at)
{
	size_t end = at, next = at + 1, from = character_border(l1, at > start + REACH_BYTES ? at - REACH_BYTES : start);

	while (end > start && l1.p[end - 1] == ' ')
		end--;
	if (from > w->written || w->out->len == 0) {
		if (w->out->len) {
			g_string_append_c(w->out, '\n');
			map_add_inserted(&w->map, from, 1);
		}
		w->written = from;
	}
	copy(w, l1, w->written, end);
	size_t last = end;
	if (!is_east_asian(utf8_previous(l1, &last)) && !is_east_asian(utf8_next(l1, &next))) {
		g_string_append_c(w->out, ' ');
		map_add_block(&w->map, end, at + 1 - end, 1);
	} else {
		map_add_removed(&w->map, end, at + 1 - end);
	}
	/* What stands behind it, to the end of the next line. */
	size_t stop = span_find_byte(l1, '\n', at + 1), most = character_border(l1, at + 1 + REACH_BYTES < l1.n ? at + 1 + REACH_BYTES : l1.n);
	w->written = at + 1;
	while (stop > at + 1 && l1.p[stop - 1] == ' ')
		stop--;
	copy(w, l1, at + 1, stop < most ? stop : most);
}

struct text *unwrap_lines(struct arena *arena, const struct text *l1)
{
	struct span s = l1->bytes;
	struct writer w = {.out = g_string_new(NULL)};
	struct text *result = NULL;

	map_builder_init(&w.map);
	for (size_t start = 0, at; (at = span_find_byte(s, '\n', start)) < s.n; start = at + 1) {
		if (is_wrapped(s, start, at))
			join(&w, s, start, at);
	}
	if (w.out->len)
		result = text_new(arena, arena_copy_span(arena, span_of(w.out->str, w.out->len)), map_builder_finish(&w.map, arena), l1);
	else
		map_builder_release(&w.map);
	g_string_free(w.out, TRUE);
	return result;
}

bool unwrap_crosses(const struct text *l1, struct range in_l1)
{
	return span_find_byte(span_cut(l1->bytes, in_l1.start, in_l1.end), '\n', 0) < in_l1.end - in_l1.start;
}
