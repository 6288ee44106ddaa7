/* Role: writes an outline as plain text, as newsletters in text form are written.
 * May not: decide what is visible (style.c, visible.c), or where a line may end (base/wrap.c). */
#include "doc/plain.h"

#include <glib.h>

#include "base/utf8.h"
#include "base/wrap.h"
#include "doc/url.h"

enum {
	LONGEST_LABEL_COLUMNS = 40, /* of a link that is told by its label */
	MOST_COLUMNS = 12,          /* of a table that is set in columns */
	PHONE_DIGITS = 6            /* at the end, that are enough to know a number again */
};

/* A stretch of the line. */
struct part {
	size_t start, end;
	size_t link;         /* HTML_NO_PARENT: none */
};

struct writer {
	const struct html *html;
	GString *out, *line, *first, *rest;
	GArray *parts;       /* struct part, of the line, in order */
	GHashTable *labels;  /* what is led to by words, to those words; both NUL-terminated */
	struct span told;    /* the target in the line above */
	size_t columns[MOST_COLUMNS]; /* where the cells of the table begin; 0 where it is not set in columns */
	bool begun;          /* the block has a line */
	bool blank;          /* an empty line goes before the next one */
	bool keeps_space;
	bool has_labels;     /* some link has words */
};

/* What HTML needs for its layout and a text does not. */
static bool is_filler(uint32_t c)
{
	return c == 0x200B || c == 0xAD || c == 0xFEFF || c == 0x034F;
}

/* Runs of &nbsp; move things on a page; in a text they are holes. */
static void put_text(GString *out, struct span text, bool keeps_space)
{
	char bytes[4];

	for (size_t at = 0; at < text.n;) {
		uint32_t c = utf8_next(text, &at);
		if (c == 0xA0)
			c = ' ';
		bool doubled = c == ' ' && !keeps_space && out->len && out->str[out->len - 1] == ' ';
		if (!is_filler(c) && !doubled)
			g_string_append_len(out, bytes, (gssize)utf8_write(bytes, c));
	}
}

/* --- lines ---------------------------------------------------------------------------------------------------------------------- */

/* What stands in front of the next line of the block. */
static const char *next_mark(struct writer *w)
{
	const char *mark = w->begun ? w->rest->str : w->first->str;

	if (w->blank && w->out->len)
		g_string_append_c(w->out, '\n');
	w->blank = false;
	w->begun = true;
	return mark;
}

static void put_line(struct writer *w, struct span text)
{
	const char *mark = next_mark(w);

	wrap_append(w->out, text, w->keeps_space ? G_MAXINT : PLAIN_COLUMNS, mark, w->rest->str);
	w->told = SPAN_EMPTY;
}

/* Only the digits, for numbers that people write in groups. */
static char *digits_of(struct span s)
{
	GString *digits = g_string_new(NULL);

	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_digit(s.p[i]))
			g_string_append_c(digits, s.p[i]);
	return g_string_free(digits, FALSE);
}

static bool says_number(struct span label, struct span target)
{
	g_autofree char *called = digits_of(target), *written = digits_of(label);
	size_t n = strlen(called);

	return n >= PHONE_DIGITS && strstr(written, called + n - PHONE_DIGITS);
}

/* Does the label say already what the target is? */
static bool says(struct span label, struct span target)
{
	struct span mailto = SPAN_LIT("mailto:");

	if (span_starts_ci(target, SPAN_LIT("tel:")))
		return says_number(label, target);
	if (span_starts_ci(target, mailto))
		target = span_cut(target, mailto.n, target.n);
	else if (target.n && target.p[target.n - 1] == '/')
		target.n--;
	return span_find_ci(label, target, 0) < label.n;
}

/* Is it a path within a site that nobody knows? A tag of an unknown spelling begins with a sign of its own. */
static bool is_relative(struct span target)
{
	return url_parse(target).flags & URL_NO_SCHEME && (ascii_is_alnum(target.p[0]) || strchr("/?.", target.p[0])) &&
	       !span_starts_ci(target, SPAN_LIT("www."));
}

/* Is it of use outside of the page? A target with line ends in it is none. */
static bool leads_out(struct span target)
{
	return target.n && target.p[0] != '#' && !span_starts_ci(target, SPAN_LIT("javascript:")) && span_find_byte(target, '\n', 0) == target.n &&
	       !is_relative(target);
}

static struct span part_text(const struct writer *w, const struct part *part)
{
	return span_trim(span_cut(span_of(w->line->str, w->line->len), part->start, part->end));
}

static const struct part *part_at(const struct writer *w, guint i)
{
	return &g_array_index(w->parts, struct part, i);
}

static struct span part_target(const struct writer *w, guint i)
{
	return outline_link_target(w->html, part_at(w, i)->link);
}

/* The first part of the line with its target, which is still to be told? */
static bool is_to_tell(const struct writer *w, guint i, size_t goes_on)
{
	struct span target = part_target(w, i), line = span_trim(span_of(w->line->str, w->line->len));

	/* A bare URL says nothing: that of a picture without alt is told only where no link has words. */
	if (!leads_out(target) || part_at(w, i)->link == goes_on || span_eq(target, w->told) || says(line, target) || (!line.n && w->has_labels))
		return false;
	for (guint k = 0; k < i; k++)
		if (span_eq(target, part_target(w, k)))
			return false;
	return true;
}

static void put_target(struct writer *w, struct span target, struct span label)
{
	const char *mark = next_mark(w);

	g_string_append(w->out, mark);
	if (label.n && text_width(label, false) <= LONGEST_LABEL_COLUMNS)
		g_string_append_printf(w->out, "%.*s: ", (int)label.n, label.p);
	g_string_append_printf(w->out, "%.*s\n", (int)target.n, target.p);
	w->told = target;
}

static bool parts_links(uint32_t c)
{
	static const uint32_t others[] = { 0xB7, 0x2013, 0x2014, 0x2022, 0x2192, 0x2502, 0x25B6, 0x3000, 0x3001, 0x30FB, 0xFF0F, 0xFF1E, 0xFF5C };

	if (c < 0x80)
		return !ascii_is_alnum((char)c);
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		if (others[i] == c)
			return true;
	return false;
}

/* Nothing but links and what stands between them? */
static bool is_row_of_links(const struct writer *w)
{
	for (guint i = 0; i < w->parts->len; i++) {
		struct span text = part_text(w, part_at(w, i));
		for (size_t at = 0; part_at(w, i)->link == HTML_NO_PARENT && at < text.n;)
			if (!parts_links(utf8_next(text, &at)))
				return false;
	}
	return true;
}

/* Each link with its target below. */
static void put_row_of_links(struct writer *w, size_t goes_on)
{
	for (guint i = 0; i < w->parts->len; i++) {
		struct span label = part_text(w, part_at(w, i));
		if (part_at(w, i)->link == HTML_NO_PARENT)
			continue;
		if (label.n)
			put_line(w, label);
		if (is_to_tell(w, i, goes_on))
			put_target(w, part_target(w, i), SPAN_EMPTY);
	}
}

/* goes_on: the link that goes on in the next line, and is told there. */
static void end_line(struct writer *w, size_t goes_on)
{
	struct span text = span_of(w->line->str, w->line->len);
	guint n_told = 0;

	for (guint i = 0; i < w->parts->len; i++)
		n_told += is_to_tell(w, i, goes_on);
	if (!w->keeps_space)
		text = span_trim(text);
	if (n_told > 1 && is_row_of_links(w)) {
		put_row_of_links(w, goes_on);
	} else {
		if (text.n || w->keeps_space)
			put_line(w, text);
		else
			w->blank |= w->begun && !n_told;
		for (guint i = 0; i < w->parts->len; i++)
			if (is_to_tell(w, i, goes_on))
				put_target(w, part_target(w, i), n_told > 1 ? part_text(w, part_at(w, i)) : SPAN_EMPTY);
	}
	g_array_set_size(w->parts, 0);
	g_string_truncate(w->line, 0);
}

static void put_piece(struct writer *w, const struct outline_piece *piece)
{
	if (piece->kind == OUTLINE_IMAGE && piece->text.n && w->line->len && w->line->str[w->line->len - 1] != ' ')
		g_string_append_c(w->line, ' ');
	struct part part = { w->line->len, w->line->len, piece->link };
	put_text(w->line, piece->text, w->keeps_space);
	part.end = w->line->len;
	if (w->parts->len && part_at(w, w->parts->len - 1)->link == part.link)
		g_array_index(w->parts, struct part, w->parts->len - 1).end = part.end;
	else
		g_array_append_val(w->parts, part);
}

/* --- tables --------------------------------------------------------------------------------------------------------------------- */

static bool has_links_in_cells(const struct outline *outline, const struct outline_block *row)
{
	const struct outline_piece *first = NULL;

	for (size_t i = 0; i < row->n_pieces; i++) {
		const struct outline_piece *piece = &outline->pieces[row->first_piece + i];
		if (piece->link == HTML_NO_PARENT)
			continue;
		if (first && first->cell != piece->cell)
			return true;
		first = first ? first : piece;
	}
	return false;
}

static bool is_next_row(const struct outline *outline, size_t i)
{
	return i < outline->n_blocks && outline->blocks[i].kind == OUTLINE_ROW && !outline->blocks[i].apart;
}

/* Where the cells of the rows from block number i on begin, if that is a table and fits. */
static void set_columns(struct writer *w, const struct outline *outline, size_t i)
{
	size_t widths[MOST_COLUMNS] = { 0 }, sum = 0;
	bool fits = is_next_row(outline, i + 1);

	memset(w->columns, 0, sizeof w->columns);
	for (size_t row = i; row == i || is_next_row(outline, row); row++) {
		const struct outline_block *b = &outline->blocks[row];
		size_t cell = 0, width = 0;
		fits &= !has_links_in_cells(outline, b);
		for (size_t k = 0; k < b->n_pieces && fits; k++) {
			const struct outline_piece *piece = &outline->pieces[b->first_piece + k];
			fits &= piece->cell < MOST_COLUMNS;
			width = piece->cell == cell ? width : 0;
			cell = piece->cell;
			width += text_width(piece->text, false);
			if (fits)
				widths[cell] = MAX(widths[cell], width);
		}
	}
	for (size_t k = 0; k < MOST_COLUMNS; k++)
		sum += widths[k] ? widths[k] + 2 : 0;
	for (size_t k = 1; k < MOST_COLUMNS && fits && sum <= PLAIN_COLUMNS; k++)
		w->columns[k] = w->columns[k - 1] + (widths[k - 1] ? widths[k - 1] + 2 : 0);
}

static void begin_cell(struct writer *w, size_t cell)
{
	size_t column = cell < MOST_COLUMNS ? w->columns[cell] : 0, width = text_width(span_of(w->line->str, w->line->len), false);

	for (size_t i = width; i < MAX(width + 2, column) && (column || w->line->len); i++)
		g_string_append_c(w->line, ' ');
}

/* --- blocks --------------------------------------------------------------------------------------------------------------------- */

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

/* The link of the first piece behind that is no line end. */
static size_t next_link(const struct outline_piece *piece, size_t n)
{
	size_t i = 0;

	while (i < n && piece[i].kind == OUTLINE_BREAK)
		i++;
	return i < n ? piece[i].link : HTML_NO_PARENT;
}

/* A picture beside words that lead to the same place: nothing is lost without it, unless it says something else. */
static bool is_told_in_words(const struct writer *w, const struct outline_piece *piece)
{
	struct span target = outline_link_target(w->html, piece->link);

	if (piece->kind != OUTLINE_IMAGE || !target.n)
		return false;
	g_autofree char *key = g_strndup(target.p, target.n);
	const char *label = g_hash_table_lookup(w->labels, key);
	return label && (!piece->text.n || span_eq_ci(piece->text, span_trim(span_str(label))));
}

/* The only thing in a block; NULL where there are several. */
static const struct outline_piece *only_piece(const struct outline *outline, size_t number)
{
	if (number >= outline->n_blocks || outline->blocks[number].n_pieces != 1)
		return NULL;
	return &outline->pieces[outline->blocks[number].first_piece];
}

/* A picture that says what the line before it or behind it says, such as a portrait beside a name. */
static bool repeats_neighbour(const struct outline *outline, size_t number)
{
	const struct outline_piece *picture = only_piece(outline, number);

	if (!picture || picture->kind != OUTLINE_IMAGE || picture->link != HTML_NO_PARENT)
		return false;
	for (size_t i = number ? number - 1 : number + 1; i <= number + 1; i += 2) {
		const struct outline_piece *other = only_piece(outline, i);
		if (other && other->kind == OUTLINE_TEXT && span_eq_ci(span_trim(other->text), picture->text))
			return true;
	}
	return false;
}

static void put_block(struct writer *w, const struct outline *outline, size_t number)
{
	const struct outline_block *block = &outline->blocks[number];
	bool alone = block->kind == OUTLINE_ROW && has_links_in_cells(outline, block);

	w->blank |= block->apart;
	if (repeats_neighbour(outline, number))
		return;
	put_marks(w, block);
	w->begun = false;
	w->keeps_space = block->kind == OUTLINE_PREFORMATTED;
	if (block->kind == OUTLINE_LINE) {
		put_line(w, SPAN_LIT("------------------------"));
		return;
	}
	if (block->kind == OUTLINE_ROW && !(number && block[-1].kind == OUTLINE_ROW && is_next_row(outline, number)))
		set_columns(w, outline, number);
	for (size_t i = 0; i < block->n_pieces; i++) {
		const struct outline_piece *piece = &outline->pieces[block->first_piece + i];
		bool next_cell = block->kind == OUTLINE_ROW && (i ? piece->cell != piece[-1].cell : piece->cell > 0);
		if (piece->kind == OUTLINE_BREAK || (next_cell && alone && i))
			end_line(w, next_link(piece, block->n_pieces - i));
		else if (next_cell)
			begin_cell(w, piece->cell);
		if (piece->kind != OUTLINE_BREAK && !is_told_in_words(w, piece))
			put_piece(w, piece);
	}
	end_line(w, HTML_NO_PARENT);
}

/* What the words lead to that are links. */
static void note_labels(struct writer *w, const struct outline *outline)
{
	for (size_t i = 0; i < outline->n_pieces; i++) {
		const struct outline_piece *piece = &outline->pieces[i];
		struct span target = outline_link_target(w->html, piece->link);
		if (piece->kind == OUTLINE_TEXT && target.n && span_trim(piece->text).n)
			g_hash_table_insert(w->labels, g_strndup(target.p, target.n), g_strndup(piece->text.p, piece->text.n));
	}
}

struct span plain_from_html(struct arena *arena, const struct html *html)
{
	struct outline outline = outline_new(arena, html);
	struct writer w = { .html = html, .out = g_string_new(NULL), .line = g_string_new(NULL), .first = g_string_new(NULL),
			    .rest = g_string_new(NULL), .parts = g_array_new(FALSE, FALSE, sizeof(struct part)),
			    .labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) };

	note_labels(&w, &outline);
	w.has_labels = g_hash_table_size(w.labels) > 0;
	for (size_t i = 0; i < outline.n_blocks; i++)
		put_block(&w, &outline, i);
	struct span text = arena_copy_span(arena, span_of(w.out->str, w.out->len));
	g_string_free(w.out, TRUE);
	g_string_free(w.line, TRUE);
	g_string_free(w.first, TRUE);
	g_string_free(w.rest, TRUE);
	g_array_free(w.parts, TRUE);
	g_hash_table_destroy(w.labels);
	return text;
}
