/* Checks of HTML as mark-up: structure, frame, style sheets, media, pixels, title, direction, disguise. Trees and computed styles are
 * those of doc/html.h; what stands in conditional comments is not looked at. */
#include "rule/check_common.h"
#include "rule/check_markup.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"

static bool is_named(const struct html_element *e, const char *name)
{
	return span_eq(e->name, span_str(name));
}

static struct span attribute(const struct html_element *e, const char *name)
{
	const struct html_attribute *a = html_attribute(e, name);
	return a ? span_trim(a->value->bytes) : SPAN_EMPTY;
}

static bool has(struct span s, const char *needle)
{
	return span_find_ci(s, span_str(needle), 0) < s.n;
}

/* --- structure ------------------------------------------------------------------------------------------------------------------- */

/* Does the source hold a conditional comment that is shown to others than Outlook, or one that opens a table? Then tables may be whole for each
 * reader and look broken here. */
static bool has_table_in_comment(const struct html *html)
{
	for (size_t i = 0; i < html->n_comments; i++)
		if (has(span_cut(html->source->bytes, html->comments[i].range.start, html->comments[i].range.end), "<t"))
			return true;
	return false;
}

/* Does the element need an end tag that is not there? Links and tables are told on their own. */
static bool lacks_end_tag(const struct html_element *e)
{
	static const char *const names[] = { "div", "span", "b", "i", "u", "em", "strong", "font", "center", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol",
					     "blockquote", NULL };

	return e->end_tag.end <= e->end_tag.start && !e->self_closing && word_in_list(names, e->name);
}

/* Tags without their partners: start tags that nothing closes, end tags that close nothing. One finding, at the first of them. */
static void tell_unbalanced(struct check *c, const struct html *html)
{
	struct range first = html->stray_end;
	size_t count = html->n_stray_ends;

	for (size_t k = 0; k < html->n_elements; k++) {
		const struct html_element *e = &html->elements[k];
		if (!lacks_end_tag(e))
			continue;
		if (!count++ || e->start_tag.start < first.start)
			first = e->start_tag;
	}
	if (count)
		check_report_text(c, html->source, first, "unbalanced", ARG_T("element", span_cut(html->source->bytes, first.start, first.end)),
				  ARG_I("count", count));
}

/* Does what lies in the element stand in a table, and in none of its cells? Browsers move it in front of the table. */
static bool is_between_cells(const struct html *html, size_t element)
{
	for (; element != HTML_NO_PARENT; element = html->elements[element].parent) {
		if (span_in(html->elements[element].name, "td th caption"))
			return false;
		if (span_in(html->elements[element].name, "table thead tbody tfoot tr"))
			return true;
	}
	return false;
}

/* Text or pictures between cells. One finding, at the first of them. */
static bool tell_misplaced(struct check *c, const struct html *html)
{
	struct range first = { SIZE_MAX, 0 };
	size_t count = 0;

	for (size_t k = 0; k < html->n_elements; k++) {
		const struct html_element *e = &html->elements[k];
		if (is_named(e, "img") && e->style.hidden == HTML_VISIBLE && is_between_cells(html, e->parent) && !count++)
			first = e->start_tag;
	}
	for (size_t k = 0; k < html->n_texts; k++) {
		const struct html_text_run *run = &html->texts[k];
		struct span words = span_trim(run->decoded->bytes);
		if (run->hidden != HTML_VISIBLE || words.n == 0 || !is_between_cells(html, run->parent))
			continue;
		if (!count++ || run->range.start < first.start)
			first = run->range;
	}
	if (count)
		check_report_text(c, html->source, first, "misplaced", ARG_I("count", count));
	return count > 0;
}

/* Cases: anchor (an <a href> that nothing closes), nested (a link in a link), cell (a cell or row outside of any table), table (a table that nothing
 * closes), misplaced (content of a table between its cells), cut (the source ends inside of a tag or comment),
 * unbalanced (other tags without their partners). The first of each case in a part,
 * with the count. */
CHECK(html_structure)
{
	enum { ANCHOR, NESTED, CELL, TABLE, N_CASES };
	static const char *const names[N_CASES] = { "anchor", "nested", "cell", "table" };
	static const char *const cells[] = { "td", "th", "tr", NULL };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t count[N_CASES] = { 0 };
		const struct html_element *first[N_CASES] = { NULL };
		if (!html || html->flags & (HTML_TOO_DEEP | HTML_TOO_MANY_NODES))
			continue;
		bool ghost_tables = has_table_in_comment(html);
		size_t open_anchor_end = 0; /* the end tag of the last link */
		for (size_t k = 0; k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			int fault = -1;
			bool closed = e->end_tag.end > e->end_tag.start;
			if (is_named(e, "a") && html_attribute(e, "href")) {
				fault = !closed ? ANCHOR : e->start_tag.start < open_anchor_end ? NESTED : -1;
				open_anchor_end = closed && e->end_tag.end > open_anchor_end ? e->end_tag.end : open_anchor_end;
			} else if (word_in_list(cells, e->name)) {
				fault = ghost_tables || html_inside(html, k, "table") ? -1 : CELL;
			} else if (is_named(e, "table")) {
				fault = closed || ghost_tables ? -1 : TABLE;
			}
			if (fault >= 0 && !count[fault]++)
				first[fault] = e;
		}
		bool cut = html->flags & HTML_UNCLOSED_TAG;
		for (size_t k = 0; k < N_CASES; k++)
			/* What is open where the text is cut off is closed by nothing for that reason. */
			if (count[k] && !(cut && (k == ANCHOR || k == TABLE)))
				check_report_text(c, html->source, first[k]->start_tag, names[k], ARG_T("element", first[k]->name), ARG_I("count", count[k]));
		if (cut)
			check_report_text(c, html->source, place(html->flag_range.start), "cut", ARG_I("count", 1));
		else if (!ghost_tables && !count[ANCHOR] && !count[TABLE] && !tell_misplaced(c, html))
			tell_unbalanced(c, html);
	}
}

/* Cases: doctype (none), repeated (a second doctype, html, head or body), office (left-overs of a word processor; the first, with the count). */
CHECK(html_frame)
{
	static const char *const once[] = { "html", "head", "body" };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t seen[G_N_ELEMENTS(once)] = { 0 }, office = 0;
		const struct html_element *first = NULL;
		if (!html || html->n_elements == 0)
			continue;
		if (html->doctype.end == html->doctype.start)
			check_report_text(c, html->source, place(html->elements[0].start_tag.start), "doctype", ARG_T("element", html->elements[0].name),
					  ARG_I("count", 1));
		if (html->second_doctype.end)
			check_report_text(c, html->source, html->second_doctype, "repeated", ARG_T("element", SPAN_LIT("!doctype")), ARG_I("count", 2));
		for (size_t k = 0; k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			for (size_t n = 0; n < G_N_ELEMENTS(once); n++)
				if (is_named(e, once[n]) && ++seen[n] == 2)
					check_report_text(c, html->source, e->start_tag, "repeated", ARG_T("element", e->name), ARG_I("count", 2));
			if ((is_named(e, "o:p") || span_starts_ci(attribute(e, "class"), SPAN_LIT("Mso"))) && !office++)
				first = e;
		}
		if (office)
			check_report_text(c, html->source, first->start_tag, "office", ARG_T("element", first->name), ARG_I("count", office));
	}
}

/* --- style sheets ----------------------------------------------------------------------------------------------------------------- */

/* with: font_hosts. Cases: sheet (link rel=stylesheet), import (@import), font (either of them, of a web font: ignored without harm). */
CHECK(html_external_style)
{
	const char *const *font_hosts = rule_setting_list(check_rule(c), "font_hosts");

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (!is_named(e, "link") || !has(attribute(e, "rel"), "stylesheet"))
				continue;
			struct url url = url_parse(attribute(e, "href"));
			bool font = word_in_list(font_hosts, url.host) || has(url.path, "font");
			check_report_text(c, html->source, e->start_tag, font ? "font" : "sheet");
		}
		for (size_t k = 0; html && k < html->n_texts; k++) {
			const struct html_text_run *run = &html->texts[k];
			if (run->parent == HTML_NO_PARENT || !is_named(&html->elements[run->parent], "style"))
				continue;
			struct span s = span_cut(html->source->bytes, run->range.start, run->range.end);
			for (size_t at = span_find_ci(s, SPAN_LIT("@import"), 0); at < s.n; at = span_find_ci(s, SPAN_LIT("@import"), at + 7)) {
				size_t end = span_find_byte(s, ';', at);
				struct span rule = span_cut(s, at, end);
				bool font = has(rule, "font");
				for (const char *const *host = font_hosts; host && *host; host++)
					font |= has(rule, *host);
				check_report_text(c, html->source, ((struct range){ run->range.start + at, run->range.start + (end < at + 300 ? end : at + 7) }),
						  font ? "font" : "import");
			}
		}
	}
}

/* A style element inside of the body. */
CHECK(html_style_in_body)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		bool frame = false; /* without a body element, where the body begins is not written */
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			frame |= is_named(e, "body");
			if (is_named(e, "style") && frame && html_inside(html, k, "body")) {
				check_report_text(c, html->source, e->start_tag, NULL);
				break;
			}
		}
	}
}

static const char *restless_case(const struct html_element *e)
{
	return is_named(e, "marquee") || is_named(e, "blink") ? "moving" : NULL;
}

/* with: pixels, colours. Cases: moving (marquee, blink), huge (text larger than this), colours (more text colours than this). */
CHECK(html_restless_style)
{
	enum { MOST_COLOURS = 64 };
	double pixels = (double)rule_setting_int(check_rule(c), "pixels", 48);
	size_t most = (size_t)rule_setting_int(check_rule(c), "colours", 8);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		uint32_t colours[MOST_COLOURS];
		size_t n_colours = 0;
		const struct html_text_run *huge = NULL, *last_new = NULL;
		for (size_t k = 0; html && k < html->n_elements; k++)
			if (restless_case(&html->elements[k]))
				check_report_text(c, html->source, html->elements[k].start_tag, "moving", ARG_T("element", html->elements[k].name));
		for (size_t k = 0; html && k < html->n_texts; k++) {
			const struct html_text_run *run = &html->texts[k];
			if (run->hidden != HTML_VISIBLE || run->parent == HTML_NO_PARENT || span_trim(run->decoded->bytes).n == 0)
				continue;
			const struct html_style *style = &html->elements[run->parent].style;
			/* One or two characters are a sign or an initial. */
			if (!huge && style->font_size_px > pixels && utf8_count(span_trim(run->decoded->bytes)) > 2)
				huge = run;
			size_t seen = 0;
			while (seen < n_colours && colours[seen] != style->colour)
				seen++;
			if (style->colour_known && seen == n_colours && n_colours < MOST_COLOURS) {
				colours[n_colours++] = style->colour;
				if (n_colours == most + 1)
					last_new = run;
			}
		}
		if (huge)
			check_report_text(c, html->source, huge->range, "huge",
					  ARG_I("size", html->elements[huge->parent].style.font_size_px));
		if (last_new)
			check_report_text(c, html->source, last_new->range, "colours", ARG_I("count", n_colours));
	}
}

/* --- pictures and media ------------------------------------------------------------------------------------------------------------ */

/* Does the element hold something else to show: a picture, or a text? */
static bool has_fallback(const struct html *html, size_t index)
{
	for (size_t k = index + 1; k < html->n_elements && html->elements[k].depth > html->elements[index].depth; k++)
		if (is_named(&html->elements[k], "img") || is_named(&html->elements[k], "a"))
			return true;
	const struct html_element *e = &html->elements[index];
	for (size_t k = e->first_text; k < e->first_text + e->n_texts && k < html->n_texts; k++)
		if (span_trim(html->texts[k].decoded->bytes).n)
			return true;
	return false;
}

/* Is the address that of a picture in SVG, by its ending or by the part that it names? */
static bool is_svg(const struct message *m, struct span address)
{
	struct url url = url_parse(address);

	if (span_starts_ci(address, SPAN_LIT("data:image/svg")))
		return true;
	if (!span_starts_ci(address, SPAN_LIT("cid:")))
		return span_ends_ci(url.path, SPAN_LIT(".svg")) || span_ends_ci(url.path, SPAN_LIT(".svgz"));
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct field *field = entity_is(m->mime.all[i], "image", "svg+xml") ? header_find(&m->mime.all[i]->header, "Content-ID") : NULL;
		struct span id = field ? span_trim(field->unfolded->bytes) : SPAN_EMPTY;
		if (id.n > 2 && span_eq(span_cut(id, 1, id.n - 1), span_cut(address, 4, address.n)))
			return true;
	}
	return false;
}

/* Cases: svg (inline), svg-file (a picture), media (video or audio without anything to show in its place). A picture element offers its own choice. */
CHECK(html_media)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			const char *kind = NULL;
			/* Video and audio count as not shown, because their text is for programs that cannot play them. */
			if (e->style.hidden != HTML_VISIBLE && e->style.hidden != HTML_NOT_SHOWN)
				continue;
			if (is_named(e, "svg") && !html_inside(html, k, "svg")) {
				kind = "svg";
			} else if (is_named(e, "video") || is_named(e, "audio")) {
				kind = has_fallback(html, k) ? NULL : "media";
			} else if (is_named(e, "img") && !html_inside(html, k, "picture")) {
				kind = is_svg(m, attribute(e, "src")) ? "svg-file" : NULL;
			}
			if (kind)
				check_report_text(c, html->source, e->start_tag, kind, ARG_T("element", e->name));
		}
	}
}

/* A length of at most one pixel: "0", "1", "1px", "1.0px". */
static bool is_pixel(struct span value)
{
	if (value.n == 0 || (value.p[0] != '0' && value.p[0] != '1'))
		return false;
	return value.n == 1 || span_eq_ci(span_cut(value, 1, value.n), SPAN_LIT("px"));
}

/* A picture of one pixel by its attributes or its style, or one that is hidden. */
static bool is_unseen(const struct html_element *e)
{
	static const char *const sides[] = { "width", "height" };
	size_t small = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
		struct span style = html_inline_style(e, sides[i]);
		small += is_pixel(style.n ? style : attribute(e, sides[i]));
	}
	return small == G_N_ELEMENTS(sides) ||
	       (e->style.hidden != HTML_VISIBLE && !e->style.switched_by_class && (html_inline_style(e, "display").n || html_inline_style(e, "visibility").n));
}

static bool has_token(struct span url)
{
	size_t run = 0;

	/* A word of letters and digits that nobody would make up for a file. */
	for (size_t i = 0; i < url.n; i++) {
		run = ascii_is_alnum(url.p[i]) || url.p[i] == '-' || url.p[i] == '_' || url.p[i] == '%' ? run + 1 : 0;
		if (run >= 16)
			return true;
	}
	return false;
}

bool is_tracking_pixel(const struct html_element *e)
{
	if (!is_named(e, "img") || !is_unseen(e))
		return false;
	struct url url = url_parse(attribute(e, "src"));
	bool remote = span_eq_ci(url.scheme, SPAN_LIT("http")) || span_eq_ci(url.scheme, SPAN_LIT("https"));
	return remote && (url.query.n || has_token(url.path) || url.flags & URL_TAG);
}

/* Remote pictures of one pixel, or hidden ones, that carry something of one's own in their address; spacers do not. with: most. The first one too many. */
CHECK(tracking_pixels)
{
	size_t most = (size_t)rule_setting_int(check_rule(c), "most", 1);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t count = 0;
		const struct html_element *second = NULL;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (is_tracking_pixel(e) && ++count == most + 1)
				second = e;
		}
		if (second)
			check_report_text(c, html->source, second->start_tag, NULL, ARG_I("count", count));
	}
}

/* --- title ------------------------------------------------------------------------------------------------------------------------- */

/* Does any pair of neighbouring letters or digits of a occur in b? Works for Japanese, which has no blanks between words; Latin words are asked for
 * by their first three letters. Both in form L1. */
static bool shares_words(struct span a, struct span b)
{
	uint32_t before = 0;
	size_t before_at = 0;

	for (size_t at = 0; at < a.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(a, &at);
		bool word = g_unichar_isalnum(ch);
		if (word && ch >= 0x80 && before >= 0x80 && span_find(b, span_cut(a, before_at, at), 0) < b.n)
			return true;
		if (word && ch < 0x80 && before == 0 && at + 2 <= a.n && ascii_is_alnum(a.p[at]) && ascii_is_alnum(a.p[at + 1]) &&
		    span_find(b, span_cut(a, start, at + 2), 0) < b.n)
			return true;
		before = word ? ch : 0;
		before_at = start;
	}
	return false;
}

/* Cases: missing (a whole document without a title, or with an empty one), different (it shares nothing with the Subject). */
CHECK(html_title)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		const struct html_element *head = NULL, *title = NULL;
		for (size_t k = 0; html && k < html->n_elements && !title; k++) {
			const struct html_element *e = &html->elements[k];
			head = !head && is_named(e, "head") ? e : head;
			title = is_named(e, "title") && !html_inside(html, k, "svg") ? e : NULL;
		}
		if (!html || (!head && !title))
			continue;
		if (!html->title.n) {
			check_report_text(c, html->source, title ? title->start_tag : head->start_tag, "missing", ARG_T("title", SPAN_EMPTY));
			continue;
		}
		if (!m->subject_l1 || !title || tag_scan(check_arena(c), html->title).n || tag_scan(check_arena(c), m->subject->bytes).n)
			continue;
		struct span l1 = span_str(normal_l1_plain(check_arena(c), html->title));
		/* What an editor writes where nobody did is told as a left-over. */
		if (span_eq(l1, SPAN_LIT("untitled")) || span_eq(l1, SPAN_LIT("untitled document")))
			continue;
		if (!shares_words(l1, m->subject_l1->bytes) && !shares_words(m->subject_l1->bytes, l1))
			check_report_text(c, html->source, ((struct range){ title->start_tag.end, title->end_tag.end > title->start_tag.end ? title->end_tag.start : title->start_tag.end }),
					  "different", ARG_T("title", html->title));
	}
}

/* --- direction and disguise ------------------------------------------------------------------------------------------------------------ */

static bool is_right_to_left(uint32_t ch)
{
	return (ch >= 0x590 && ch <= 0x8FF) || (ch >= 0xFB1D && ch <= 0xFDFF) || (ch >= 0xFE70 && ch <= 0xFEFC) || (ch >= 0x10800 && ch <= 0x10FFF) ||
	       (ch >= 0x1E800 && ch <= 0x1EFFF);
}

/* The first control character of direction in a text that has no letter written from right to left. */
static void direction_in(struct check *c, const struct text *text)
{
	struct range first = { 0, 0 };
	uint32_t found = 0;
	size_t count = 0;

	if (span_is_ascii(text->bytes))
		return;
	for (size_t at = 0; at < text->bytes.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(text->bytes, &at);
		if (is_right_to_left(ch))
			return;
		bool override = ch == 0x202D || ch == 0x202E;
		if (!override && !(ch >= 0x202A && ch <= 0x202C) && !(ch >= 0x2066 && ch <= 0x2069))
			continue;
		count++;
		/* An override turns the text round; the others do nothing in a text of one direction. */
		if (!found || (override && found != 0x202D && found != 0x202E)) {
			found = ch;
			first = (struct range){ start, at };
		}
	}
	if (!found)
		return;
	char code[16];
	g_snprintf(code, sizeof code, "U+%04X", found);
	check_report_text(c, text, first, found == 0x202D || found == 0x202E ? "override" : "other", ARG_T("code", span_str(code)), ARG_I("count", count));
}

/* Cases: override (U+202D, U+202E), other (embeddings and isolates). In displayed texts, Subject and the sender's name. */
CHECK(text_direction)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		direction_in(c, m->bodies[i].visible);
	if (m->subject)
		direction_in(c, m->subject);
}

/* ASCII letters that a run writes as numeric references. */
static size_t count_letter_references(struct span s, size_t *letters)
{
	size_t references = 0;

	for (size_t at = 0; at < s.n;) {
		if (s.p[at] != '&') {
			*letters += ascii_is_alpha(s.p[at]);
			at++;
			continue;
		}
		size_t k = at + 1;
		unsigned value = 0;
		bool number = k < s.n && s.p[k] == '#', hex = number && k + 1 < s.n && ascii_lower(s.p[k + 1]) == 'x';
		for (k += number ? (hex ? 2 : 1) : 0; number && k < s.n && k < at + 9; k++) {
			int digit = ascii_hex_value(s.p[k]);
			if (digit < 0 || (!hex && digit > 9))
				break;
			value = value * (hex ? 16 : 10) + (unsigned)digit;
		}
		bool letter = number && value < 0x80 && ascii_is_alpha((char)value);
		references += letter;
		*letters += letter;
		/* A name such as &nbsp; is no word. */
		while (!number && k < s.n && k < at + 10 && ascii_is_alnum(s.p[k]))
			k++;
		at = k > at ? k : at + 1;
	}
	return references;
}

/* Does nothing but comments and empty elements lie between two runs, and at least one of them? */
static bool is_parted_by_nothing(struct span between)
{
	bool parted = false;

	for (size_t at = 0; at < between.n;) {
		struct span rest = span_cut(between, at, between.n);
		if (span_starts(rest, SPAN_LIT("<!--"))) {
			size_t end = span_find(rest, SPAN_LIT("-->"), 4);
			if (end == rest.n || rest.p[4] == '[')
				return false;
			at += end + 3;
			parted = true;
			continue;
		}
		/* "<b></b>" with nothing in it. */
		size_t name = 1, close = span_find_byte(rest, '>', 0);
		while (name < rest.n && ascii_is_alnum(rest.p[name]))
			name++;
		if (rest.p[0] != '<' || name == 1 || close == rest.n)
			return false;
		struct span end_tag = span_cut(rest, close + 1, rest.n);
		if (!span_starts(end_tag, SPAN_LIT("</")) || !span_eq_ci(span_cut(end_tag, 2, 2 + name - 1), span_cut(rest, 1, name)) ||
		    end_tag.n < name + 2 || end_tag.p[name + 1] != '>')
			return false;
		at += close + 1 + name + 2;
		parted = true;
	}
	return parted;
}

static bool is_letter_at_end(struct span s)
{
	return s.n && ascii_is_alpha(s.p[s.n - 1]);
}

/* with: references (ASCII letters as numeric references, at least), parted (words, at least). Cases: references, parted. Mail addresses are often
 * written with references, to keep robots off. */
CHECK(html_disguise)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "references", 40), least_parted = (size_t)rule_setting_int(check_rule(c), "parted", 3);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t references = 0, letters = 0, parted = 0;
		const struct html_text_run *first_reference = NULL, *first_parted = NULL, *before = NULL;
		for (size_t k = 0; html && k < html->n_texts; k++) {
			const struct html_text_run *run = &html->texts[k];
			struct span source = span_cut(html->source->bytes, run->range.start, run->range.end);
			if (run->hidden != HTML_VISIBLE || source.n == 0) {
				before = run->hidden != HTML_VISIBLE ? NULL : before;
				continue;
			}
			if (span_find_byte(run->decoded->bytes, '@', 0) == run->decoded->bytes.n) {
				size_t found = count_letter_references(source, &letters);
				first_reference = found && !references ? run : first_reference;
				references += found;
			}
			if (before && run->range.start - before->range.end <= 200 && is_letter_at_end(before->decoded->bytes) && run->decoded->bytes.n &&
			    ascii_is_alpha(run->decoded->bytes.p[0]) &&
			    is_parted_by_nothing(span_cut(html->source->bytes, before->range.end, run->range.start)) && !parted++)
				first_parted = before;
			before = run;
		}
		if (references >= least && references * 10 >= letters)
			check_report_text(c, html->source, first_reference->range, "references", ARG_I("count", references));
		if (parted >= least_parted)
			check_report_text(c, html->source, ((struct range){ first_parted->range.end, first_parted->range.end }), "parted", ARG_I("count", parted));
	}
}

/* --- variants ---------------------------------------------------------------------------------------------------------------------- */

/* Letters and digits of a text in form L1, nothing else. */
static struct span letters_of(struct arena *arena, const struct text *text)
{
	const struct text *l1 = normal_l1(arena, text);
	char *out = arena_alloc(arena, l1->bytes.n + 1);
	size_t n = 0;

	for (size_t at = 0; at < l1->bytes.n;) {
		size_t start = at;
		if (!g_unichar_isalnum(utf8_next(l1->bytes, &at)))
			continue;
		memcpy(out + n, l1->bytes.p + start, at - start);
		n += at - start;
	}
	return span_of(out, n);
}

/* with: minimum (characters). Text that is hidden where it stands and that only a style block shows, with words that stand nowhere else: clients
 * that ignore style blocks never show it. The first in a part, with the count of its characters. */
CHECK(html_variant_alone)
{
	enum { BUDGET_BYTES = 32 * 1024 * 1024 };
	size_t least = (size_t)rule_setting_int(check_rule(c), "minimum", 20);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		struct span visible = { NULL, 0 };
		size_t spent = 0;
		const struct html_text_run *first = NULL;
		size_t count = 0, hider = HTML_NO_PARENT;
		for (size_t k = 0; html && k < html->n_texts && spent < BUDGET_BYTES; k++) {
			const struct html_text_run *run = &html->texts[k];
			if (run->hidden != HTML_HIDDEN_DISPLAY || run->parent == HTML_NO_PARENT || !html->elements[run->parent].style.switched_by_class ||
			    span_trim(run->decoded->bytes).n == 0)
				continue;
			if (!visible.p)
				visible = letters_of(check_arena(c), body->visible);
			struct span words = letters_of(check_arena(c), run->decoded);
			spent += visible.n;
			if (words.n == 0 || span_find(visible, words, 0) < visible.n)
				continue;
			size_t own_hider = html->elements[run->parent].style.hider;
			if (!first) {
				first = run;
				hider = own_hider;
			}
			count += own_hider == hider ? utf8_count(words) : 0;
		}
		if (first && count >= least) {
			struct span inner = span_trim(first->decoded->bytes);
			size_t start = (size_t)(inner.p - first->decoded->bytes.p);
			check_report_text(c, first->decoded, ((struct range){ start, start + inner.n }), NULL, ARG_I("count", count));
		}
	}
}
