/* The walk over a visible HTML part into blocks. Reads the finished tree and styles; decides nothing about how a block is drawn. */
#include "doc/outline.h"

#include <glib.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "doc/html_private.h"

enum {
	LONGEST_CELL_CHARS = 80,   /* a longer one is a column of a layout, to be read by itself */
	LONGEST_BUTTON_CHARS = 60,
	TINY_IMAGE_PIXELS = 2
};

/* An open element, and what holds inside it. */
struct frame {
	size_t element;
	size_t link, table, block;     /* innermost elements around; HTML_NO_PARENT */
	unsigned heading, quote, list; /* list: depth */
	bool ordered, preformatted;
	unsigned next_number;          /* of the next item of an ordered list */
	size_t list_frame, item_frame, row_frame; /* innermost frames; NO_FRAME */
	unsigned number;               /* of an item */
	bool fresh;                    /* an item whose first block is still to come */
	size_t first_block;            /* of a row or cell: number of blocks before it */
	unsigned n_cells;              /* of a row */
	bool mixed, all_heads;         /* of a row: a cell of several blocks; nothing but <th> */
};

#define NO_FRAME ((size_t)-1)

struct piece {
	struct outline_piece piece;
	size_t start, end;             /* of its text, in outliner.text */
};

struct block {
	struct outline_block block;
	size_t table;                  /* the table around it */
	bool has_break;
};

struct outliner {
	const struct html *html;
	GArray *frames, *blocks, *pieces;
	GString *text;
	bool open;                     /* the last block takes more pieces */
	bool seen;                     /* ... and has something to see */
	bool apart;                    /* wanted in front of the next block */
	bool space;                    /* white space before the next character */
	unsigned breaks;               /* line ends before the next character */
};

static struct frame *top(struct outliner *o)
{
	return &g_array_index(o->frames, struct frame, o->frames->len - 1);
}

static struct frame *frame_at(struct outliner *o, size_t i)
{
	return &g_array_index(o->frames, struct frame, i);
}

static struct block *last_block(struct outliner *o)
{
	return &g_array_index(o->blocks, struct block, o->blocks->len - 1);
}

/* --- blocks ------------------------------------------------------------------------------------------------------------------ */

/* The last piece of the open block without blanks at its end; a line (hr) has none. */
static void trim_end(struct outliner *o)
{
	if (o->pieces->len == last_block(o)->block.first_piece)
		return;
	struct piece *piece = &g_array_index(o->pieces, struct piece, o->pieces->len - 1);

	while (piece->piece.kind == OUTLINE_TEXT && piece->end > piece->start) {
		size_t at = piece->end - piece->start;
		if (!html_is_padding(utf8_previous(span_of(o->text->str + piece->start, at), &at)))
			break;
		piece->end = piece->start + at;
	}
}

static void end_block(struct outliner *o)
{
	o->space = false;
	o->breaks = 0;
	if (!o->open)
		return;
	struct block *block = last_block(o);
	o->open = false;
	if (!o->seen) {
		o->apart |= block->block.apart;
		g_array_set_size(o->pieces, (guint)block->block.first_piece);
		if (block->block.kind == OUTLINE_ITEM)
			frame_at(o, top(o)->item_frame)->fresh = true;
		g_array_set_size(o->blocks, o->blocks->len - 1);
		return;
	}
	trim_end(o);
	block->block.n_pieces = o->pieces->len - block->block.first_piece;
}

static void begin_block(struct outliner *o)
{
	const struct frame *f = top(o);
	struct block b = { .block = { .kind = OUTLINE_PARAGRAPH, .level = f->list, .quote = f->quote, .apart = o->apart && o->blocks->len, .element = f->block,
				      .first_piece = o->pieces->len },
			   .table = f->table };
	struct frame *item = f->item_frame == NO_FRAME ? NULL : frame_at(o, f->item_frame);

	if (f->heading) {
		b.block.kind = OUTLINE_HEADING;
		b.block.level = f->heading;
	} else if (f->preformatted) {
		b.block.kind = OUTLINE_PREFORMATTED;
	} else if (item && item->fresh) {
		b.block.kind = OUTLINE_ITEM;
		b.block.number = item->number;
		item->fresh = false;
	}
	g_array_append_val(o->blocks, b);
	o->open = true;
	o->seen = false;
	o->apart = false;
	o->space = false;
	o->breaks = 0;
}

/* A block ends here; wide: an empty line belongs behind it. */
static void boundary(struct outliner *o, bool wide)
{
	end_block(o);
	o->apart |= wide;
}

static void add_piece(struct outliner *o, enum outline_piece_kind kind, size_t element, struct range range)
{
	struct piece p = { .piece = { .kind = kind, .element = element, .link = top(o)->link, .range = range }, .start = o->text->len, .end = o->text->len };

	g_array_append_val(o->pieces, p);
}

/* Line ends that were asked for: one is a break within the block, two part paragraphs. */
static void write_breaks(struct outliner *o, size_t element, size_t place)
{
	unsigned breaks = o->breaks;
	bool preformatted = last_block(o)->block.kind == OUTLINE_PREFORMATTED;

	o->breaks = 0;
	if (breaks == 0)
		return;
	if (breaks > 1 && !preformatted) {
		boundary(o, true);
		begin_block(o);
		return;
	}
	if (!preformatted)
		trim_end(o);
	for (unsigned i = 0; i < breaks; i++)
		add_piece(o, OUTLINE_BREAK, element, (struct range){ place, place });
	last_block(o)->has_break = true;
	o->space = false;
}

static void open_block(struct outliner *o, size_t element, size_t place)
{
	if (!o->open)
		begin_block(o);
	else
		write_breaks(o, element, place);
}

static void want_break(struct outliner *o)
{
	if (o->open && o->seen)
		o->breaks++;
	else
		o->apart = true;
	o->space = false;
}

/* --- text -------------------------------------------------------------------------------------------------------------------- */

/* The text piece that takes what comes next. */
static struct piece *text_piece(struct outliner *o, size_t element, size_t place)
{
	size_t first = last_block(o)->block.first_piece;
	struct piece *last = o->pieces->len > first ? &g_array_index(o->pieces, struct piece, o->pieces->len - 1) : NULL;
	size_t link = top(o)->link;
	bool space = o->space && last && last->piece.kind != OUTLINE_BREAK;

	/* A blank beside a link is no part of it. */
	if (space && last->piece.kind == OUTLINE_TEXT && last->piece.link == HTML_NO_PARENT) {
		g_string_append_c(o->text, ' ');
		last->end++;
		space = false;
	}
	if (!last || last->piece.kind != OUTLINE_TEXT || last->piece.link != link) {
		if (space && link != HTML_NO_PARENT) {
			add_piece(o, OUTLINE_TEXT, element, (struct range){ place, place });
			last = &g_array_index(o->pieces, struct piece, o->pieces->len - 1);
			last->piece.link = HTML_NO_PARENT;
			g_string_append_c(o->text, ' ');
			last->end++;
			space = false;
		}
		add_piece(o, OUTLINE_TEXT, element, (struct range){ place, place });
		last = &g_array_index(o->pieces, struct piece, o->pieces->len - 1);
	}
	if (space) {
		g_string_append_c(o->text, ' ');
		last->end++;
	}
	o->space = false;
	return last;
}

static bool is_white(char c)
{
	return ascii_is_space(c) || c == '\f';
}

static void add_word(struct outliner *o, const struct html_text_run *run, struct span word)
{
	open_block(o, run->parent, run->range.start);
	struct piece *piece = text_piece(o, run->parent, run->range.start);

	g_string_append_len(o->text, word.p, (gssize)word.n);
	piece->end += word.n;
	piece->piece.range.end = run->range.end;
	for (size_t at = 0; at < word.n && !o->seen;)
		o->seen = !html_is_padding(utf8_next(word, &at));
}

static void add_run(struct outliner *o, const struct html_text_run *run)
{
	struct span s = run->decoded->bytes;
	bool keep = run->parent != HTML_NO_PARENT && o->html->elements[run->parent].style.keeps_space;

	for (size_t i = 0; i < s.n;) {
		size_t start = i;
		if (!is_white(s.p[i])) {
			while (i < s.n && !is_white(s.p[i]))
				i++;
			add_word(o, run, span_cut(s, start, i));
		} else if (!keep) {
			o->space = true;
			i++;
		} else if (s.p[i] == '\r' || s.p[i] == '\n') {
			i += s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : 1;
			want_break(o);
		} else {
			while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\f'))
				i++;
			add_word(o, run, span_cut(s, start, i));
		}
	}
}

/* Of width and height the attribute: is the image there to be counted or to keep a distance? */
static bool is_tiny(const struct html_element *e)
{
	static const char *const names[] = { "width", "height" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const struct html_attribute *a = html_attribute(e, names[i]);
		struct span value = a ? span_trim(a->value->bytes) : SPAN_EMPTY;
		if (value.n == 1 && value.p[0] >= '0' && value.p[0] <= '0' + TINY_IMAGE_PIXELS)
			return true;
	}
	return false;
}

static void add_image(struct outliner *o, size_t element)
{
	const struct html_element *e = &o->html->elements[element];
	const struct html_attribute *alt = html_attribute(e, "alt");
	struct span words = alt ? span_trim(alt->value->bytes) : SPAN_EMPTY;

	if (is_tiny(e) || (alt && words.n == 0))
		return;
	open_block(o, element, e->start_tag.start);
	if (o->space && o->pieces->len > last_block(o)->block.first_piece)
		text_piece(o, element, e->start_tag.start);
	o->space = false;
	add_piece(o, OUTLINE_IMAGE, element, e->start_tag);
	struct piece *piece = &g_array_index(o->pieces, struct piece, o->pieces->len - 1);
	for (size_t i = 0; i < words.n; i++)
		g_string_append_c(o->text, is_white(words.p[i]) ? ' ' : words.p[i]);
	piece->end = o->text->len;
	piece->piece.no_alt = !alt;
	o->seen = true;
}

/* --- elements ---------------------------------------------------------------------------------------------------------------- */

static unsigned heading_level(struct span name)
{
	return name.n == 2 && name.p[0] == 'h' && name.p[1] >= '1' && name.p[1] <= '6' ? (unsigned)(name.p[1] - '0') : 0;
}

/* What browsers set apart by a margin of a line. A list in a list is not. */
static bool is_wide(const struct frame *around, const struct html_element *e)
{
	if (span_in(e->name, "ul ol"))
		return around->list == 0;
	return heading_level(e->name) || span_in(e->name, "p table tr blockquote pre dl hr fieldset") || e->style.cell;
}

/* A place in an ordered list, as an attribute says it. */
static unsigned ordinal(const struct html_element *e, const char *attribute, unsigned otherwise)
{
	const struct html_attribute *a = html_attribute(e, attribute);
	struct span digits = a ? span_trim(a->value->bytes) : SPAN_EMPTY;
	unsigned value = 0;

	if (digits.n == 0 || digits.n > 6)
		return otherwise;
	for (size_t i = 0; i < digits.n; i++) {
		if (!ascii_is_digit(digits.p[i]))
			return otherwise;
		value = value * 10 + (unsigned)(digits.p[i] - '0');
	}
	return value;
}

static void enter_list(struct outliner *o, struct frame *f, const struct html_element *e)
{
	if (span_in(e->name, "ul ol")) {
		f->list++;
		f->ordered = e->name.p[0] == 'o';
		f->next_number = ordinal(e, "start", 1);
		f->list_frame = o->frames->len;
	} else if (span_eq(e->name, SPAN_LIT("li"))) {
		struct frame *list = f->list_frame == NO_FRAME ? NULL : frame_at(o, f->list_frame);
		f->number = list && list->ordered ? ordinal(e, "value", list->next_number) : 0;
		if (list)
			list->next_number = f->number + 1;
		f->list = MAX(f->list, 1);
		f->fresh = true;
		f->item_frame = o->frames->len;
	}
}

/* A frame for an element whose text is read. */
static void push(struct outliner *o, size_t element)
{
	const struct html_element *e = &o->html->elements[element];
	struct frame f = *top(o);
	const struct html_attribute *href = span_eq(e->name, SPAN_LIT("a")) ? html_attribute(e, "href") : NULL;

	f.element = element;
	f.first_block = o->blocks->len;
	f.n_cells = 0;
	f.mixed = false;
	f.all_heads = true;
	f.fresh = false;
	if (href && span_trim(href->value->bytes).n)
		f.link = element;
	if (e->style.block || e->style.cell)
		f.block = element;
	if (heading_level(e->name))
		f.heading = heading_level(e->name);
	if (span_eq(e->name, SPAN_LIT("table")))
		f.table = element;
	if (span_eq(e->name, SPAN_LIT("tr")))
		f.row_frame = o->frames->len;
	if (span_eq(e->name, SPAN_LIT("blockquote")))
		f.quote++;
	if (span_eq(e->name, SPAN_LIT("pre")))
		f.preformatted = true;
	enter_list(o, &f, e);
	g_array_append_val(o->frames, f);
}

static void enter(struct outliner *o, size_t element)
{
	const struct html_element *e = &o->html->elements[element];
	bool shown = e->style.hidden == HTML_VISIBLE;

	if (shown && span_eq(e->name, SPAN_LIT("br"))) {
		want_break(o);
	} else if (shown && span_eq(e->name, SPAN_LIT("img"))) {
		add_image(o, element);
	} else if (shown && span_eq(e->name, SPAN_LIT("hr"))) {
		boundary(o, true);
		begin_block(o);
		last_block(o)->block.kind = OUTLINE_LINE;
		o->seen = true;
		boundary(o, true);
	} else if (shown && (e->style.block || e->style.cell)) {
		boundary(o, is_wide(top(o), e));
	}
	if (!(e->traits & HTML_VOID))
		push(o, element);
}

static void leave_cell(struct outliner *o, const struct frame *f)
{
	struct frame *row = f->row_frame == NO_FRAME ? NULL : frame_at(o, f->row_frame);
	size_t n = o->blocks->len - f->first_block;

	if (!row)
		return;
	if (n == 1) {
		const struct outline_block *b = &last_block(o)->block;
		for (size_t i = 0; i < b->n_pieces; i++)
			g_array_index(o->pieces, struct piece, b->first_piece + i).piece.cell = row->n_cells;
		row->all_heads &= span_eq(o->html->elements[f->element].name, SPAN_LIT("th"));
	}
	row->mixed |= n > 1;
	row->n_cells++;
}

/* Is the block a short line? */
static bool fits_cell(const struct outliner *o, const struct block *b)
{
	size_t chars = 0;

	if ((b->block.kind != OUTLINE_PARAGRAPH && b->block.kind != OUTLINE_HEADING) || b->has_break)
		return false;
	for (size_t i = 0; i < b->block.n_pieces; i++) {
		const struct piece *p = &g_array_index(o->pieces, struct piece, b->block.first_piece + i);
		chars += utf8_count(span_of(o->text->str + p->start, p->end - p->start));
	}
	return chars <= LONGEST_CELL_CHARS;
}

/* Cells of a line each become one row. */
static void leave_row(struct outliner *o, const struct frame *f)
{
	size_t n = o->blocks->len - f->first_block;
	struct block *first = &g_array_index(o->blocks, struct block, f->first_block);

	if (f->mixed || n < 2)
		return;
	for (size_t i = 0; i < n; i++)
		if (!fits_cell(o, first + i))
			return;
	const struct block *before = f->first_block ? first - 1 : NULL;
	if (before && before->block.kind == OUTLINE_ROW && before->table == f->table)
		first->block.apart = false;
	first->block.kind = OUTLINE_ROW;
	first->block.head = f->all_heads;
	first->block.element = f->element;
	first->block.n_pieces = o->pieces->len - first->block.first_piece;
	g_array_set_size(o->blocks, (guint)f->first_block + 1);
}

static void leave(struct outliner *o)
{
	const struct frame f = *top(o);
	const struct html_element *e = &o->html->elements[f.element];

	if (e->style.hidden == HTML_VISIBLE && (e->style.block || e->style.cell))
		boundary(o, is_wide(frame_at(o, o->frames->len - 2), e));
	if (e->style.cell)
		leave_cell(o, &f);
	else if (span_eq(e->name, SPAN_LIT("tr")))
		leave_row(o, &f);
	g_array_set_size(o->frames, o->frames->len - 1);
}

/* Leave and enter until the element is the innermost open one. A stray text may lie in an element that was left before: it is entered
 * again. */
static void move_to(struct outliner *o, size_t element)
{
	size_t common = element;
	int depth = element == HTML_NO_PARENT ? -1 : o->html->elements[element].depth;

	while (o->frames->len > 1 && o->html->elements[top(o)->element].depth > depth)
		leave(o);
	while (o->frames->len > 1) {
		int open = o->html->elements[top(o)->element].depth;
		while (common != HTML_NO_PARENT && o->html->elements[common].depth > open)
			common = o->html->elements[common].parent;
		if (common == top(o)->element)
			break;
		leave(o);
	}
	if (element != HTML_NO_PARENT && top(o)->element != element)
		push(o, element);
}

static struct outline finish(struct outliner *o, struct arena *arena)
{
	struct outline outline = { .n_blocks = o->blocks->len, .n_pieces = o->pieces->len };
	struct span text = arena_copy_span(arena, span_of(o->text->str, o->text->len));

	outline.blocks = ARENA_ARRAY(arena, struct outline_block, outline.n_blocks + 1);
	outline.pieces = ARENA_ARRAY(arena, struct outline_piece, outline.n_pieces + 1);
	for (size_t i = 0; i < outline.n_blocks; i++)
		outline.blocks[i] = g_array_index(o->blocks, struct block, i).block;
	for (size_t i = 0; i < outline.n_pieces; i++) {
		const struct piece *p = &g_array_index(o->pieces, struct piece, i);
		outline.pieces[i] = p->piece;
		outline.pieces[i].text = span_cut(text, p->start, p->end);
	}
	g_array_free(o->frames, TRUE);
	g_array_free(o->blocks, TRUE);
	g_array_free(o->pieces, TRUE);
	g_string_free(o->text, TRUE);
	return outline;
}

struct outline outline_new(struct arena *arena, const struct html *html)
{
	struct outliner o = { .html = html,
			      .frames = g_array_new(FALSE, FALSE, sizeof(struct frame)),
			      .blocks = g_array_new(FALSE, FALSE, sizeof(struct block)),
			      .pieces = g_array_new(FALSE, FALSE, sizeof(struct piece)),
			      .text = g_string_new(NULL) };
	const struct frame root = { .element = HTML_NO_PARENT, .link = HTML_NO_PARENT, .table = HTML_NO_PARENT, .block = HTML_NO_PARENT,
				    .list_frame = NO_FRAME, .item_frame = NO_FRAME, .row_frame = NO_FRAME };
	size_t element = 0;

	g_array_append_val(o.frames, root);
	for (size_t i = 0; i <= html->n_texts; i++) {
		size_t place = i < html->n_texts ? html->texts[i].range.start : html->source->bytes.n;
		for (; element < html->n_elements && html->elements[element].start_tag.start < place; element++) {
			move_to(&o, html->elements[element].parent);
			enter(&o, element);
		}
		if (i == html->n_texts || html->texts[i].hidden != HTML_VISIBLE)
			continue;
		move_to(&o, html->texts[i].parent);
		add_run(&o, &html->texts[i]);
	}
	move_to(&o, HTML_NO_PARENT);
	end_block(&o);
	return finish(&o, arena);
}

struct span outline_link_target(const struct html *html, size_t link)
{
	const struct html_attribute *href = link == HTML_NO_PARENT ? NULL : html_attribute(&html->elements[link], "href");

	return href ? span_trim(href->value->bytes) : SPAN_EMPTY;
}

static bool has_background(const struct html_element *e)
{
	return html_inline_style(e, "background-color").n || html_inline_style(e, "background").n || html_attribute(e, "bgcolor");
}

bool outline_is_button(const struct html *html, const struct outline *outline, const struct outline_block *block)
{
	size_t link = HTML_NO_PARENT, chars = 0;

	for (size_t i = 0; i < block->n_pieces; i++) {
		const struct outline_piece *p = &outline->pieces[block->first_piece + i];
		if (p->kind != OUTLINE_TEXT || p->link == HTML_NO_PARENT || (link != HTML_NO_PARENT && p->link != link))
			return false;
		link = p->link;
		chars += utf8_count(p->text);
	}
	if (link == HTML_NO_PARENT || chars > LONGEST_BUTTON_CHARS)
		return false;
	for (size_t i = link; i != HTML_NO_PARENT; i = html->elements[i].parent) {
		if (has_background(&html->elements[i]))
			return true;
		if (i == block->element)
			break;
	}
	return false;
}
