/* What a reader sees of an HTML part: visible text, hidden text, preheader, title, and the text of one element.
 * Reads the finished tree and styles; changes neither. Each byte of its texts leads back to the source. */
#include "doc/html_private.h"

#include "base/utf8.h"

enum { LONGEST_PREHEADER_CHARS = 150 };

enum gap { GAP_NONE, GAP_SPACE, GAP_CELL, GAP_LINE };

/* Text under construction, with white space folded as CSS does. */
struct folder {
	GString *out;
	struct map_builder map;
	enum gap gap;              /* wanted before the next character, where there is one before */
	size_t gap_source;         /* place of the white space or tag that made it */
	size_t gap_source_length;  /* of white space; 0 for tags */
	bool one_line;             /* breaks become blanks */
	size_t longest;            /* bytes; more is not taken */
};

static void folder_init(struct folder *f, bool one_line, size_t longest)
{
	*f = (struct folder){ .out = g_string_new(NULL), .one_line = one_line, .longest = longest };
	map_builder_init(&f->map);
}

static struct text *folder_finish(struct folder *f, struct arena *arena, const struct text *source)
{
	struct span copy = arena_copy_span(arena, span_of(f->out->str, f->out->len));
	g_string_free(f->out, TRUE);
	return text_new(arena, copy, map_builder_finish(&f->map, arena), source);
}

/* Ask for a gap in front of what follows; the widest of several is kept. */
static void want_gap(struct folder *f, enum gap gap, size_t source, size_t length)
{
	if (gap <= f->gap)
		return;
	f->gap = gap;
	f->gap_source = source;
	f->gap_source_length = length;
}

static void write_gap(struct folder *f)
{
	if (f->gap == GAP_NONE)
		return;
	/* Nothing stands at the start of the text, and nothing but a line end behind a line end. */
	if (f->out->len) {
		bool line = f->gap == GAP_LINE && !f->one_line;
		char c = line ? '\n' : f->gap == GAP_CELL && !f->one_line ? '\t' : ' ';
		if (f->out->str[f->out->len - 1] != '\n') {
			g_string_append_c(f->out, c);
			if (f->gap_source_length)
				map_add_block(&f->map, f->gap_source, f->gap_source_length, 1);
			else
				map_add_inserted(&f->map, f->gap_source, 1);
		}
	}
	f->gap = GAP_NONE;
}

static bool is_white(char c)
{
	return ascii_is_space(c) || c == '\f';
}

/* Bytes that were copied one to one from source on. */
static void add_copied(struct folder *f, struct span s, size_t source, bool keep_space)
{
	for (size_t i = 0; i < s.n && f->out->len < f->longest;) {
		size_t start = i;
		if (is_white(s.p[i])) {
			while (i < s.n && is_white(s.p[i]) && !keep_space)
				i++;
			if (!keep_space) {
				want_gap(f, GAP_SPACE, source + start, i - start);
				continue;
			}
			i++;
			if (s.p[start] == '\r' && i < s.n && s.p[i] == '\n')
				continue;
			if (s.p[start] == '\n' || s.p[start] == '\r') {
				f->gap = GAP_NONE;
				g_string_append_c(f->out, f->one_line ? ' ' : '\n');
				map_add_block(&f->map, source + start, 1, 1);
				continue;
			}
			write_gap(f);
			g_string_append_c(f->out, ' ');
			map_add_copied(&f->map, source + start, 1);
			continue;
		}
		while (i < s.n && !is_white(s.p[i]))
			i++;
		write_gap(f);
		g_string_append_len(f->out, s.p + start, (gssize)(i - start));
		map_add_copied(&f->map, source + start, i - start);
	}
}

/* A decoded text with its entities: each entity is one block and stays one. */
static void add_text(struct folder *f, const struct text *text, bool keep_space)
{
	for (size_t i = 0; i < text->map.n && f->out->len < f->longest; i++) {
		const struct map_run *r = &text->map.runs[i];
		struct span bytes = span_cut(text->bytes, r->dst, (size_t)r->dst + r->dst_len);
		if (r->kind != MAP_BLOCKS)
			continue;
		if (r->src_unit == 1 && r->dst_unit == 1) {
			add_copied(f, bytes, r->src, keep_space);
			continue;
		}
		for (size_t at = 0, source = r->src; at + r->dst_unit <= bytes.n; at += r->dst_unit, source += r->src_unit) {
			if (r->dst_unit == 1 && is_white(bytes.p[at]) && !keep_space) {
				want_gap(f, GAP_SPACE, source, r->src_unit);
				continue;
			}
			write_gap(f);
			g_string_append_len(f->out, bytes.p + at, r->dst_unit);
			map_add_block(&f->map, source, r->src_unit, r->dst_unit);
		}
	}
}

static enum gap gap_of(const struct html_element *e)
{
	if (span_eq(e->name, SPAN_LIT("br")))
		return GAP_LINE;
	/* A cell is reached over its row, which makes the line; within the row cells are set apart. */
	if (e->style.cell)
		return GAP_CELL;
	return e->style.block ? GAP_LINE : GAP_NONE;
}

/* The gap between the text run before and the one at index next: starts of elements from *element on that stand before it, and
 * ends of the elements around the run before. Each element is passed once as a start and once as an end. */
static void want_gap_between(struct folder *f, const struct html *html, size_t previous, size_t next, size_t *element)
{
	size_t place = next < html->n_texts ? html->texts[next].range.start : html->source->bytes.n;

	if (previous != HTML_NO_PARENT)
		for (size_t i = html->texts[previous].parent; i < html->n_elements; i = html->elements[i].parent) {
			const struct html_element *e = &html->elements[i];
			if (e->first_text + e->n_texts > next)
				break;
			want_gap(f, gap_of(e), html->texts[previous].range.end, 0);
		}
	for (; *element < html->n_elements && html->elements[*element].start_tag.start < place; ++*element)
		want_gap(f, gap_of(&html->elements[*element]), html->elements[*element].start_tag.start, 0);
}

static bool keeps_space(const struct html *html, const struct html_text_run *run)
{
	return run->parent != HTML_NO_PARENT && html->elements[run->parent].style.keeps_space;
}

struct text *html_element_text(struct arena *arena, const struct html *html, size_t element, bool with_alt)
{
	struct folder f;
	const struct html_element *e = &html->elements[element];
	size_t child = element + 1, next = e->first_text, previous = HTML_NO_PARENT;
	size_t end = e->first_text + e->n_texts;

	folder_init(&f, true, HTML_ELEMENT_TEXT_BYTES);
	while (f.out->len < f.longest) {
		bool has_child = child < html->n_elements && html->elements[child].parent != HTML_NO_PARENT && html->elements[child].parent >= element;
		if (has_child && html->elements[child].first_text <= next) {
			const struct html_element *c = &html->elements[child++];
			const struct html_attribute *alt = with_alt && span_eq(c->name, SPAN_LIT("img")) ? html_attribute(c, "alt") : NULL;
			want_gap(&f, gap_of(c), c->start_tag.start, 0);
			if (alt && c->style.hidden == HTML_VISIBLE)
				add_text(&f, alt->value, false);
			continue;
		}
		if (next >= end)
			break;
		if (previous != HTML_NO_PARENT)
			for (size_t i = html->texts[previous].parent; i < html->n_elements && i > element; i = html->elements[i].parent) {
				if (html->elements[i].first_text + html->elements[i].n_texts > next)
					break;
				want_gap(&f, gap_of(&html->elements[i]), html->texts[previous].range.end, 0);
			}
		if (html->texts[next].hidden == HTML_VISIBLE)
			add_text(&f, html->texts[next].decoded, false);
		previous = next++;
	}
	return folder_finish(&f, arena, html->source);
}

/* -- preheader -- */

bool html_is_padding(uint32_t c)
{
	return c <= ' ' || c == 0xa0 || c == 0xad || c == 0x34f || c == 0x115f || c == 0x180e || (c >= 0x2000 && c <= 0x200f) || c == 0x2028 ||
	       c == 0x202f || c == 0x2060 || c == 0x2800 || c == 0x3000 || c == 0x3164 || c == 0xfeff;
}

/* Has the run anything that counts as text? Template statements and padding do not. */
static bool bears_text(const struct html *html, const struct html_text_run *run)
{
	const struct text *decoded = run->decoded;
	const struct tag *tag = NULL;

	for (size_t at = 0; at < decoded->bytes.n;) {
		size_t start = at;
		uint32_t c = utf8_next(decoded->bytes, &at);
		if (html_is_padding(c))
			continue;
		if (html->tags.n == 0)
			return true;
		size_t source = text_to_source(decoded, start, at, NULL).start;
		tag = tag_at(&html->tags, source);
		if (!tag || tag->place == TAG_OUTPUT)
			return true;
		/* A tag holds no entities, so that it is as long in the text as in the source. */
		at = start + (tag->range.end - source);
	}
	return false;
}

static struct text *without_padding(struct arena *arena, struct folder *f, const struct text *source)
{
	struct text *text = folder_finish(f, arena, source);

	while (text->bytes.n) {
		size_t at = text->bytes.n;
		if (!html_is_padding(utf8_previous(text->bytes, &at)))
			break;
		text->bytes.n = at;
	}
	return text;
}

/* The first text of the body, if it is hidden and short (HT-12). */
static struct text *find_preheader(struct arena *arena, const struct html *html)
{
	size_t first = 0;

	while (first < html->n_texts && (html->texts[first].hidden == HTML_NOT_SHOWN || !bears_text(html, &html->texts[first])))
		first++;
	if (first == html->n_texts || html->texts[first].hidden == HTML_VISIBLE)
		return NULL;
	const struct html_element *hider = &html->elements[html->elements[html->texts[first].parent].style.hider];
	/* A whole body that is hidden is no preheader. */
	if (span_in(hider->name, "html body"))
		return NULL;
	struct folder f;
	folder_init(&f, true, 64 * 1024);
	size_t end = hider->first_text + hider->n_texts;
	for (size_t i = first; i < end && i < html->n_texts; i++) {
		if (html->texts[i].hidden == HTML_VISIBLE || html->texts[i].hidden == HTML_NOT_SHOWN)
			continue;
		add_text(&f, html->texts[i].decoded, false);
		want_gap(&f, i + 1 < end && html->texts[i + 1].parent != html->texts[i].parent ? GAP_SPACE : GAP_NONE, html->texts[i].range.end, 0);
	}
	struct text *text = without_padding(arena, &f, html->source);
	size_t chars = 0;
	bool in_words = false; /* a blank between words counts, one between padding does not */
	for (size_t at = 0; at < text->bytes.n;) {
		uint32_t c = utf8_next(text->bytes, &at);
		chars += !html_is_padding(c) || (c == ' ' && in_words);
		in_words = !html_is_padding(c);
	}
	return chars > LONGEST_PREHEADER_CHARS ? NULL : text;
}

void html_visible_build(struct arena *arena, struct html *html)
{
	struct folder visible, hidden;
	size_t element = 0, previous = HTML_NO_PARENT;

	folder_init(&visible, false, SIZE_MAX);
	folder_init(&hidden, false, SIZE_MAX);
	html->title = SPAN_EMPTY;
	for (size_t i = 0; i < html->n_texts; i++) {
		const struct html_text_run *run = &html->texts[i];
		want_gap_between(&visible, html, previous, i, &element);
		previous = i;
		if (run->hidden == HTML_VISIBLE) {
			add_text(&visible, run->decoded, keeps_space(html, run));
		} else if (run->hidden != HTML_NOT_SHOWN) {
			want_gap(&hidden, GAP_LINE, run->range.start, 0);
			add_text(&hidden, run->decoded, false);
		} else if (html->title.n == 0 && run->parent != HTML_NO_PARENT && span_eq(html->elements[run->parent].name, SPAN_LIT("title"))) {
			html->title = span_trim(run->decoded->bytes);
		}
	}
	html->visible = folder_finish(&visible, arena, html->source);
	html->hidden = folder_finish(&hidden, arena, html->source);
	html->preheader = find_preheader(arena, html);
}
