/* Checks of HTML: what may not be in mail, what is hidden, sizes. Computed styles are those of doc/style.c: inline styles, attributes and
 * inheritance; where a style block may change them the check is silent. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"

/* with: elements. One finding an element, at its start tag. */
CHECK(html_element)
{
	const char *const *names = rule_setting_list(check_rule(c), "elements");

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (!word_in_list(names, e->name))
				continue;
			/* Structured data for mail clients is no program. */
			const struct html_attribute *type = html_attribute(e, "type");
			if (span_eq(e->name, SPAN_LIT("script")) && type && span_eq_ci(span_trim(type->value->bytes), SPAN_LIT("application/ld+json")))
				continue;
			check_report_text(c, html->source, e->start_tag, NULL, ARG_T("element", e->name));
		}
	}
}

/* on... attributes. */
CHECK(html_event_handler)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			for (size_t a = 0; a < e->n_attributes; a++) {
				struct span name = e->attributes[a].name;
				if (name.n > 4 && span_starts(name, SPAN_LIT("on")) && e->attributes[a].has_value && ascii_is_alpha(name.p[2]))
					check_report_text(c, html->source, e->attributes[a].name_range, NULL, ARG_T("attribute", name));
			}
		}
	}
}

static const char *hidden_name(enum html_hidden hidden)
{
	switch (hidden) {
	case HTML_HIDDEN_DISPLAY:
		return "display";
	case HTML_HIDDEN_VISIBILITY:
		return "visibility";
	case HTML_HIDDEN_OPACITY:
		return "opacity";
	case HTML_HIDDEN_SIZE:
		return "size";
	case HTML_HIDDEN_OFF_SCREEN:
		return "off-screen";
	case HTML_HIDDEN_CLIP:
		return "clip";
	case HTML_HIDDEN_FONT:
		return "font";
	case HTML_HIDDEN_COLOUR:
		return "colour";
	default:
		return NULL;
	}
}

/* Characters of text that mean something: letters and digits, no padding. */
static size_t count_letters(struct span s)
{
	size_t n = 0;
	for (size_t at = 0; at < s.n;) {
		uint32_t ch = utf8_next(s, &at);
		n += ch > 0x20 && ch != 0xA0 && ch != 0xAD && ch != 0x34F && !(ch >= 0x2000 && ch <= 0x206F) && ch != 0xFEFF && ch != 0x3000;
	}
	return n;
}

/* Does the visible text say the same (a desktop and a mobile version of one block)? */
static bool twin_is_visible(struct check *c, const struct body *body, struct span hidden)
{
	struct text source = { .bytes = span_trim(hidden) };
	const struct text *l1 = normal_l1(check_arena(c), &source);
	return l1->bytes.n && span_find(body->l1->bytes, l1->bytes, 0) < body->l1->bytes.n;
}

/* with: how (names above), minimum (letters). Text that the reader does not see. A preheader (the first hidden block, short), a twin of visible
 * text, text of templates, and what a style block may show are left out. The place: the hidden run. */
CHECK(html_hidden_text)
{
	const char *const *how = rule_setting_list(check_rule(c), "how");
	size_t minimum = (size_t)rule_setting_int(check_rule(c), "minimum", 10);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		struct range preheader = { 0, 0 };
		if (!html)
			continue;
		if (html->preheader && html->preheader->bytes.n)
			preheader = text_to_ancestor(html->preheader, 0, html->preheader->bytes.n, html->source);
		size_t last_hider = HTML_NO_PARENT;
		for (size_t k = 0; k < html->n_texts; k++) {
			const struct html_text_run *run = &html->texts[k];
			const char *name = hidden_name(run->hidden);
			if (!name || run->parent == HTML_NO_PARENT || !word_in_list(how, span_str(name)))
				continue;
			const struct html_style *style = &html->elements[run->parent].style;
			bool in_preheader = run->range.start >= preheader.start && run->range.end <= preheader.end && preheader.end;
			if (in_preheader || style->switched_by_class || count_letters(run->decoded->bytes) < minimum || style->hider == last_hider ||
			    twin_is_visible(c, body, run->decoded->bytes))
				continue;
			last_hider = style->hider;
			check_report_text(c, run->decoded, ((struct range){ 0, run->decoded->bytes.n }), NULL,
					  ARG_I("count", count_letters(run->decoded->bytes)), ARG_T("how", span_str(name)));
		}
	}
}

/* with: warn, limit (octets of decoded HTML). Cases: near, over. The place: where the limit is crossed. */
CHECK(html_clipped)
{
	size_t near = (size_t)rule_setting_int(check_rule(c), "warn", 92160);
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", 102400);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		if (!html || html->source->bytes.n <= near)
			continue;
		bool over = html->source->bytes.n > limit;
		size_t at = over ? limit : near;
		while (at > 0 && ((unsigned char)html->source->bytes.p[at] & 0xC0) == 0x80)
			at--;
		check_report_text(c, html->source, ((struct range){ at, at }), over ? "over" : "near", ARG_I("size", html->source->bytes.n),
				  ARG_I("limit", limit));
	}
}

/* Images without an alt attribute. Tracking pixels (1x1) are left out. The first, with the count. */
CHECK(image_alt_missing)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t count = 0;
		const struct html_element *first = NULL;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (!span_eq(e->name, SPAN_LIT("img")) || html_attribute(e, "alt"))
				continue;
			const struct html_attribute *width = html_attribute(e, "width"), *height = html_attribute(e, "height");
			if ((width && span_eq(width->value->bytes, SPAN_LIT("1"))) || (height && span_eq(height->value->bytes, SPAN_LIT("1"))) ||
			    e->style.hidden != HTML_VISIBLE)
				continue;
			if (!count++)
				first = e;
		}
		if (count)
			check_report_text(c, html->source, first->start_tag, NULL, ARG_I("count", count));
	}
}

/* The charset in a meta element against that of the part. */
CHECK(meta_charset_mismatch)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (!span_eq(e->name, SPAN_LIT("meta")) || !body->entity->charset_name.n)
				continue;
			const struct html_attribute *charset = html_attribute(e, "charset"), *content = html_attribute(e, "content"),
						    *equiv = html_attribute(e, "http-equiv");
			struct span name = SPAN_EMPTY;
			struct range range = { 0, 0 };
			if (charset && charset->has_value) {
				name = span_trim(charset->value->bytes);
				range = charset->value_range;
			} else if (content && equiv && span_eq_ci(span_trim(equiv->value->bytes), SPAN_LIT("content-type"))) {
				struct span value = content->value->bytes;
				size_t at = span_find_ci(value, SPAN_LIT("charset="), 0);
				if (at < value.n) {
					name = span_trim(span_cut(value, at + 8, value.n));
					range = content->value_range;
				}
			}
			if (name.n == 0 || tag_scan(check_arena(c), name).n)
				continue;
			struct charset_label declared = charset_label_parse(name);
			bool same = declared.family == body->entity->charset.family &&
				    (declared.family != CHARSET_OTHER || g_strcmp0(declared.converter, body->entity->charset.converter) == 0);
			bool ascii = span_is_ascii(body->source->bytes);
			if (!same && !ascii)
				check_report_text(c, html->source, range, NULL, ARG_T("meta", name), ARG_T("charset", body->entity->charset_name));
		}
	}
}

static bool is_zero_width(uint32_t ch)
{
	return (ch >= 0x200B && ch <= 0x200D) || (ch >= 0x2060 && ch <= 0x2064) || ch == 0xFEFF || ch == 0xAD;
}

static bool is_word_letter(uint32_t ch)
{
	return (ch < 0x80 && ascii_is_alpha((char)ch)) || (ch >= 0x3041 && ch <= 0x30FF && ch != 0x30FB) || (ch >= 0x4E00 && ch <= 0x9FFF);
}

/* A zero-width character between two Latin, kana or kanji letters of a displayed text or the Subject. ZWJ and ZWNJ of other scripts, preheader padding
 * and soft hyphens in long Latin words are left out. Argument code. */
static void zero_width_in(struct check *c, const struct text *text)
{
	uint32_t before = 0, joiner = 0;
	struct range range = { 0, 0 };

	for (size_t at = 0; at < text->bytes.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(text->bytes, &at);
		if (is_zero_width(ch)) {
			if (!joiner)
				range.start = start;
			joiner = ch;
			range.end = at;
			continue;
		}
		if (joiner && is_word_letter(before) && is_word_letter(ch) && !(joiner == 0xAD && ch < 0x80)) {
			char code[16];
			g_snprintf(code, sizeof code, "U+%04X", joiner);
			check_report_text(c, text, range, NULL, ARG_T("code", span_str(code)));
		}
		joiner = 0;
		before = ch;
	}
}

CHECK(zero_width_in_word)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		zero_width_in(c, m->bodies[i].visible);
	if (m->subject)
		zero_width_in(c, m->subject);
}

/* An HTML part that shows pictures and hardly any text. with: characters (below: told). Cases: none, little. */
CHECK(image_only)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "characters", 100);

	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t images = 0;
		const struct html_element *first = NULL;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			if (span_eq(html->elements[k].name, SPAN_LIT("img")) && html->elements[k].style.hidden == HTML_VISIBLE && !images++)
				first = &html->elements[k];
		}
		if (!images)
			continue;
		size_t letters = count_letters(html->visible->bytes);
		if (letters < least)
			check_report_text(c, html->source, first->start_tag, letters ? "little" : "none", ARG_I("images", images),
					  ARG_I("count", letters));
	}
}
