/* What a screen reader says. Sources: HTML Accessibility API Mappings 1.0 and Accessible Name and Description Computation 1.2 (names of images and links,
 * presentational tables); what happens where there is no name is what JAWS, NVDA and VoiceOver do: they read the address. */
#include "doc/spoken.h"

struct speaker {
	struct arena *arena;
	const struct html *html;
	const struct outline *outline;
	struct spoken_list list;
	size_t first;              /* items that are title and language */
	size_t element;            /* elements before this one were asked whether they are tables */
};

static void say(struct speaker *s, struct spoken item)
{
	if (s->list.n == s->first + SPOKEN_FIRST)
		s->list.more = true;
	else
		s->list.items[s->list.n++] = item;
}

static struct span attribute_text(const struct html_element *e, const char *name)
{
	const struct html_attribute *a = html_attribute(e, name);

	return a ? span_trim(a->value->bytes) : SPAN_EMPTY;
}

/* --- tables ------------------------------------------------------------------------------------------------------------------ */

static bool is_announced_table(const struct html_element *e)
{
	struct span role = attribute_text(e, "role");

	return span_eq(e->name, SPAN_LIT("table")) && e->style.hidden == HTML_VISIBLE && !span_eq_ci(role, SPAN_LIT("presentation")) &&
	       !span_eq_ci(role, SPAN_LIT("none"));
}

/* The table around an element. */
static size_t table_of(const struct html *html, size_t i)
{
	do
		i = html->elements[i].parent;
	while (i != HTML_NO_PARENT && !span_eq(html->elements[i].name, SPAN_LIT("table")));
	return i;
}

static void say_table(struct speaker *s, size_t table)
{
	struct spoken item = { SPOKEN_TABLE, SPAN_EMPTY, 0, 0, true };
	unsigned cells = 0;

	for (size_t i = table + 1; i < s->html->n_elements; i++) {
		const struct html_element *e = &s->html->elements[i];
		if (e->depth <= s->html->elements[table].depth)
			break;
		bool row = span_eq(e->name, SPAN_LIT("tr")), cell = span_eq(e->name, SPAN_LIT("td")) || span_eq(e->name, SPAN_LIT("th"));
		if ((!row && !cell) || table_of(s->html, i) != table)
			continue;
		/* With headings in it, it is a table that wants to be one. */
		if (span_eq(e->name, SPAN_LIT("th")))
			item.stumble = false;
		item.number += row;
		cells = row ? 0 : cells + 1;
		if (cells > item.columns)
			item.columns = cells;
	}
	say(s, item);
}

static void say_tables_before(struct speaker *s, size_t place)
{
	for (; s->element < s->html->n_elements && s->html->elements[s->element].start_tag.start < place; s->element++)
		if (is_announced_table(&s->html->elements[s->element]) && s->list.n_tables++ == 0)
			say_table(s, s->element);
}

/* --- pieces ------------------------------------------------------------------------------------------------------------------ */

/* The last step of the path of an address: what is read of an image that has no name. */
static struct span file_name(struct span address)
{
	size_t end = 0, start = 0;

	while (end < address.n && address.p[end] != '?' && address.p[end] != '#')
		end++;
	for (size_t i = 0; i + 1 < end; i++)
		if (address.p[i] == '/')
			start = i + 1;
	return span_cut(address, start, end);
}

static bool is_blank(struct span text)
{
	return span_trim(text).n == 0;
}

/* Pieces from i on that belong to one link; the address is read where none of them has a name. Returns the piece behind them. */
static size_t say_link(struct speaker *s, size_t i, size_t end)
{
	const struct outline_piece *p = s->outline->pieces;
	size_t link = p[i].link, length = 0, from = i;
	struct span label = attribute_text(&s->html->elements[link], "aria-label");

	for (; i < end && p[i].link == link; i++)
		length += p[i].text.n + 1;
	char *words = arena_alloc(s->arena, length + 1);
	length = 0;
	for (size_t k = from; k < i; k++) {
		if (length && words[length - 1] != ' ' && p[k].text.n && p[k].kind == OUTLINE_IMAGE)
			words[length++] = ' ';
		memcpy(words + length, p[k].text.p, p[k].text.n);
		length += p[k].text.n;
	}
	struct span name = label.n ? label : span_trim(span_of(words, length));
	if (name.n) {
		say(s, (struct spoken){ SPOKEN_LINK, name, 0, 0, false });
	} else {
		s->list.n_link_addresses++;
		say(s, (struct spoken){ SPOKEN_LINK_ADDRESS, outline_link_target(s->html, link), 0, 0, true });
	}
	return i;
}

static void say_block(struct speaker *s, const struct outline_block *b)
{
	const struct outline_piece *p = s->outline->pieces;
	size_t end = b->first_piece + b->n_pieces;
	enum spoken_kind kind = b->kind == OUTLINE_HEADING ? SPOKEN_HEADING : b->kind == OUTLINE_ITEM ? SPOKEN_ITEM : SPOKEN_TEXT;

	for (size_t i = b->first_piece; i < end;) {
		say_tables_before(s, p[i].range.start);
		if (p[i].link != HTML_NO_PARENT) {
			i = say_link(s, i, end);
			continue;
		}
		if (p[i].kind == OUTLINE_IMAGE && p[i].no_alt) {
			s->list.n_image_files++;
			say(s, (struct spoken){ SPOKEN_IMAGE_FILE, file_name(attribute_text(&s->html->elements[p[i].element], "src")), 0, 0, true });
		} else if (p[i].kind == OUTLINE_IMAGE) {
			say(s, (struct spoken){ SPOKEN_IMAGE, p[i].text, 0, 0, false });
		} else if (p[i].kind == OUTLINE_TEXT && !is_blank(p[i].text)) {
			say(s, (struct spoken){ kind, p[i].text, b->kind == OUTLINE_HEADING ? b->level : 0, 0, false });
		}
		i++;
	}
}

static struct span language_of(const struct html *html)
{
	for (size_t i = 0; i < html->n_elements; i++) {
		struct span lang = attribute_text(&html->elements[i], "lang");
		if (lang.n && (span_eq(html->elements[i].name, SPAN_LIT("html")) || span_eq(html->elements[i].name, SPAN_LIT("body"))))
			return lang;
	}
	return SPAN_EMPTY;
}

struct spoken_list spoken_new(struct arena *arena, const struct html *html, const struct outline *outline)
{
	struct speaker s = { .arena = arena, .html = html, .outline = outline };
	struct span lang = language_of(html);

	s.list.items = ARENA_ARRAY(arena, struct spoken, SPOKEN_FIRST + 2);
	s.first = 2;
	say(&s, (struct spoken){ html->title.n ? SPOKEN_TITLE : SPOKEN_NO_TITLE, html->title, 0, 0, html->title.n == 0 });
	say(&s, (struct spoken){ lang.n ? SPOKEN_LANGUAGE : SPOKEN_NO_LANGUAGE, lang, 0, 0, lang.n == 0 });
	for (size_t i = 0; i < outline->n_blocks; i++)
		say_block(&s, &outline->blocks[i]);
	return s.list;
}
