/* Role: writes an outline as plain text, as newsletters in text form are written.
 * May not: decide what is visible (style.c, visible.c), or where a line may end (base/wrap.c). */
#include "doc/plain.h"

#include <glib.h>

#include "base/utf8.h"
#include "base/wrap.h"

struct writer {
	const struct html *html;
	GString *out, *line, *first, *rest;
	GArray *links;       /* of the line, in order */
	bool begun;          /* the block has a line */
	bool keeps_space;
};

/* What HTML needs for its layout and a text does not. */
static bool is_filler(uint32_t c)
{
	return c == 0x200B || c == 0xAD || c == 0xFEFF || c == 0x034F;
}

static void put_text(GString *out, struct span text)
{
	char bytes[4];

	for (size_t at = 0; at < text.n;) {
		uint32_t c = utf8_next(text, &at);
		if (c == 0xA0)
			c = ' ';
		if (!is_filler(c))
			g_string_append_len(out, bytes, (gssize)utf8_write(bytes, c));
	}
}

/* Is it an address that is of use outside of the page, and not what the label says already? */
static bool is_worth_telling(struct span target, struct span label)
{
	struct span mailto = SPAN_LIT("mailto:");

	if (!target.n || target.p[0] == '#' || span_starts_ci(target, SPAN_LIT("javascript:")) || span_eq(target, label))
		return false;
	return !(span_starts_ci(target, mailto) && span_eq(span_cut(target, mailto.n, target.n), label));
}

static void put_targets(struct writer *w)
{
	for (guint i = 0; i < w->links->len; i++) {
		struct span target = outline_link_target(w->html, g_array_index(w->links, size_t, i));
		bool told = false;
		for (guint k = 0; k < i && !told; k++)
			told = span_eq(target, outline_link_target(w->html, g_array_index(w->links, size_t, k)));
		/* A target with line ends in it is none. */
		if (told || span_find_byte(target, '\n', 0) < target.n || !is_worth_telling(target, span_trim(span_of(w->line->str, w->line->len))))
			continue;
		g_string_append(w->out, w->begun ? w->rest->str : w->first->str);
		g_string_append_printf(w->out, "%.*s\n", (int)target.n, target.p);
		w->begun = true;
	}
	g_array_set_size(w->links, 0);
}

static void end_line(struct writer *w)
{
	struct span text = span_of(w->line->str, w->line->len);

	if (!w->keeps_space)
		text = span_trim(text);
	if (text.n || (w->begun && !w->links->len)) {
		wrap_append(w->out, text, w->keeps_space ? G_MAXINT : PLAIN_COLUMNS, w->begun ? w->rest->str : w->first->str, w->rest->str);
		w->begun = true;
	}
	put_targets(w);
	g_string_truncate(w->line, 0);
}

static void put_piece(struct writer *w, const struct outline_piece *piece)
{
	if (piece->kind == OUTLINE_BREAK) {
		end_line(w);
		return;
	}
	if (piece->kind == OUTLINE_IMAGE && piece->text.n && w->line->len && w->line->str[w->line->len - 1] != ' ')
		g_string_append_c(w->line, ' ');
	put_text(w->line, piece->text);
	if (piece->link != HTML_NO_PARENT && (!w->links->len || g_array_index(w->links, size_t, w->links->len - 1) != piece->link))
		g_array_append_val(w->links, piece->link);
}

static void put_marks(struct writer *w, const struct outline_block *block)
{
	g_string_truncate(w->first, 0);
	for (unsigned i = 0; i < block->quote && i < 8; i++)
		g_string_append(w->first, "> ");
	for (unsigned i = 1; block->kind == OUTLINE_ITEM && i < block->level && i < 8; i++)
		g_string_append(w->first, "  ");
	g_string_assign(w->rest, w->first->str);
	if (block->kind != OUTLINE_ITEM)
		return;
	size_t before = w->first->len;
	if (block->number)
		g_string_append_printf(w->first, "%u. ", block->number);
	else
		g_string_append(w->first, "- ");
	for (size_t i = before; i < w->first->len; i++)
		g_string_append_c(w->rest, ' ');
}

static void put_block(struct writer *w, const struct outline *outline, const struct outline_block *block)
{
	put_marks(w, block);
	if (block->apart && w->out->len)
		g_string_append_c(w->out, '\n');
	if (block->kind == OUTLINE_LINE) {
		g_string_append(w->out, "------------------------\n");
		return;
	}
	w->begun = false;
	w->keeps_space = block->kind == OUTLINE_PREFORMATTED;
	for (size_t i = 0; i < block->n_pieces; i++) {
		const struct outline_piece *piece = &outline->pieces[block->first_piece + i];
		if (block->kind == OUTLINE_ROW && i && piece->cell != piece[-1].cell)
			g_string_append(w->line, "  ");
		put_piece(w, piece);
	}
	end_line(w);
}

struct span plain_from_html(struct arena *arena, const struct html *html)
{
	struct outline outline = outline_new(arena, html);
	struct writer w = { .html = html, .out = g_string_new(NULL), .line = g_string_new(NULL), .first = g_string_new(NULL),
			    .rest = g_string_new(NULL), .links = g_array_new(FALSE, FALSE, sizeof(size_t)) };

	for (size_t i = 0; i < outline.n_blocks; i++)
		put_block(&w, &outline, &outline.blocks[i]);
	struct span text = arena_copy_span(arena, span_of(w.out->str, w.out->len));
	g_string_free(w.out, TRUE);
	g_string_free(w.line, TRUE);
	g_string_free(w.first, TRUE);
	g_string_free(w.rest, TRUE);
	g_array_free(w.links, TRUE);
	return text;
}
