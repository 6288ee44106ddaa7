/* Checks of HTML: what may not be in mail, what is hidden, sizes. Computed styles are those of doc/style.c; where it says that a value is
 * unknown, or that another screen or client may show what is hidden, the check is silent. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"

/* with: elements, attribute (only where they have it). One finding an element, at its start tag. */
CHECK(html_element)
{
	const char *const *names = rule_setting_list(check_rule(c), "elements");
	const char *attribute = rule_setting(check_rule(c), "attribute", NULL);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (!word_in_list(names, e->name) || (attribute && !html_attribute(e, attribute)))
				continue;
			/* Structured data for mail clients is no program. */
			const struct html_attribute *type = html_attribute(e, "type");
			if (span_eq(e->name, SPAN_LIT("script")) && type && span_eq_ci(span_trim(type->value->bytes), SPAN_LIT("application/ld+json")))
				continue;
			check_report_text(c, html->source, e->start_tag, NULL, ARG_T("element", e->name));
		}
	}
}

/* What is worst in one form. */
struct form_finding {
	const struct html_element *at;
	const char *kind;
};

static void tell_form(struct check *c, const struct html *html, struct form_finding *form)
{
	if (form->at)
		check_report_text(c, html->source, form->at->start_tag, form->kind, ARG_T("element", form->at->name));
	form->at = NULL;
}

/* Cases: password (a password field), hidden (a hidden field), form (any other form), control (a field or button outside a form). One finding for
 * a form with all that is in it, at what is worst. */
CHECK(html_form)
{
	static const char *const controls[] = { "input", "select", "textarea", "button", NULL };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		struct form_finding form = { NULL, NULL };
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			bool is_form = span_eq(e->name, SPAN_LIT("form"));
			/* A button with an address is no button of HTML: Inky and the like make a link of it. */
			if ((!is_form && !word_in_list(controls, e->name)) || (span_eq(e->name, SPAN_LIT("button")) && html_attribute(e, "href")))
				continue;
			if (is_form) {
				tell_form(c, html, &form);
				form = (struct form_finding){ e, "form" };
				continue;
			}
			const struct html_attribute *type = html_attribute(e, "type");
			bool password = type && span_eq_ci(span_trim(type->value->bytes), SPAN_LIT("password"));
			bool hidden = type && span_eq_ci(span_trim(type->value->bytes), SPAN_LIT("hidden"));
			const char *kind = password ? "password" : hidden ? "hidden" : "control";
			if (!form.at || !html_inside(html, k, "form"))
				check_report_text(c, html->source, e->start_tag, kind, ARG_T("element", e->name));
			else if ((password && strcmp(form.kind, "password") != 0) || (hidden && strcmp(form.kind, "form") == 0))
				form = (struct form_finding){ e, kind };
		}
		if (html)
			tell_form(c, html, &form);
	}
}

/* meta http-equiv="refresh". */
CHECK(html_meta_refresh)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			const struct html_attribute *equiv = span_eq(e->name, SPAN_LIT("meta")) ? html_attribute(e, "http-equiv") : NULL;
			if (equiv && span_eq_ci(span_trim(equiv->value->bytes), SPAN_LIT("refresh")))
				check_report_text(c, html->source, e->start_tag, NULL);
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

/* Letters of a run that a reader would be shown: what stands in template tags does not count. */
static size_t count_run_letters(struct arena *arena, struct span s)
{
	struct tag_list tags = tag_scan(arena, s);
	size_t n = count_letters(s);

	for (size_t i = 0; i < tags.n; i++)
		n -= count_letters(span_cut(s, tags.tags[i].range.start, tags.tags[i].range.end));
	return n;
}

/* The normal form without any white space, so that the breaks of two layouts do not matter. */
static struct span squeezed(struct arena *arena, const struct text *text)
{
	const struct text *l1 = normal_l1(arena, text);
	char *out = arena_alloc(arena, l1->bytes.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < l1->bytes.n; i++)
		if (!ascii_is_space(l1->bytes.p[i]))
			out[n++] = l1->bytes.p[i];
	return span_of(out, n);
}

/* What the search for twins of one body may cost, in bytes looked at. */
enum { TWIN_BUDGET_BYTES = 64 * 1024 * 1024 };

struct twin_search {
	struct span visible;   /* squeezed; p NULL until it is needed */
	size_t spent_bytes;
};

/* Does the visible text say the same (a desktop and a mobile version of one block)? */
static bool twin_is_visible(struct check *c, const struct body *body, struct twin_search *search, struct span hidden)
{
	struct text source = { .bytes = span_trim(hidden) };

	if (!search->visible.p)
		search->visible = squeezed(check_arena(c), body->visible);
	search->spent_bytes += search->visible.n;
	if (search->spent_bytes > TWIN_BUDGET_BYTES)
		return false;
	struct span l1 = squeezed(check_arena(c), &source);
	return l1.n && span_find(search->visible, l1, 0) < search->visible.n;
}

/* mso-hide:all hides from Outlook for Windows alone: all others show the text. */
static bool hides_from_outlook_only(const struct html_element *e)
{
	const struct html_attribute *style = html_attribute(e, "style");
	if (!style || html_attribute(e, "hidden"))
		return false;
	struct span s = style->value->bytes;
	if (span_find_ci(s, SPAN_LIT("mso-hide"), 0) == s.n)
		return false;
	for (size_t at = span_find_ci(s, SPAN_LIT("display"), 0); at < s.n; at = span_find_ci(s, SPAN_LIT("display"), at + 1)) {
		size_t k = at + 7;
		while (k < s.n && (ascii_is_space(s.p[k]) || s.p[k] == ':'))
			k++;
		if (span_starts_ci(span_cut(s, k, s.n), SPAN_LIT("none")))
			return false;
	}
	return true;
}

/* A label for screen readers: clipped or out of sight, short, or of a class with one of the usual names. */
static bool is_reader_label(const struct html_element *hider, enum html_hidden how, size_t letters)
{
	static const char *const names[] = { "sr-only", "visually-hidden", "visuallyhidden", "screen-reader", "screenreader", "assistive" };
	const struct html_attribute *class = html_attribute(hider, "class");

	if (letters > 120)
		return false;
	for (size_t i = 0; class && i < G_N_ELEMENTS(names); i++)
		if (span_find_ci(class->value->bytes, span_str(names[i]), 0) < class->value->bytes.n)
			return true;
	return (how == HTML_HIDDEN_CLIP || how == HTML_HIDDEN_OFF_SCREEN || how == HTML_HIDDEN_SIZE) && letters <= 40;
}

static bool has_style_sheet_link(const struct html *html)
{
	for (size_t i = 0; i < html->n_elements; i++)
		if (span_eq(html->elements[i].name, SPAN_LIT("link"))) {
			const struct html_attribute *rel = html_attribute(&html->elements[i], "rel");
			if (rel && span_find_ci(rel->value->bytes, SPAN_LIT("stylesheet"), 0) < rel->value->bytes.n)
				return true;
		}
	return false;
}

/* Is a background written at the element or around it? Otherwise the white one is only what mail programs show where nothing is said. */
static bool background_is_written(const struct html *html, size_t element)
{
	for (; element < html->n_elements; element = html->elements[element].parent) {
		const struct html_element *e = &html->elements[element];
		const struct html_attribute *style = html_attribute(e, "style");
		if (html_attribute(e, "bgcolor") || html_attribute(e, "background") ||
		    (style && span_find_ci(style->value->bytes, SPAN_LIT("background"), 0) < style->value->bytes.n))
			return true;
	}
	return false;
}

/* May a style sheet elsewhere, or the template around this one, decide what is behind the text? */
static bool has_style_elsewhere(const struct check *c, const struct html *html)
{
	return html && (check_stage(c) == STAGE_TEMPLATE || has_style_sheet_link(html));
}

/* Is a font element open in front of the place that the tree has closed already (libxml2 lets some block elements close it, browsers do
 * not)? Then the colour of the text is not sure. */
static bool font_is_uncertain(const struct html *html, const struct html_text_run *run)
{
	enum { FAR_BYTES = 2000 };
	struct span source = html->source->bytes;
	size_t least = run->range.start > FAR_BYTES ? run->range.start - FAR_BYTES : 0;

	for (size_t at = run->range.start; at > least; at--) {
		if (source.p[at - 1] != '<')
			continue;
		struct span here = span_cut(source, at - 1, source.n);
		if (span_starts_ci(here, SPAN_LIT("</font")))
			return false;
		if (!span_starts_ci(here, SPAN_LIT("<font")))
			continue;
		size_t font = html_element_at(html, at - 1);
		for (size_t i = run->parent; i < html->n_elements; i = html->elements[i].parent)
			if (i == font)
				return false;
		return true;
	}
	return false;
}

/* One stretch of text runs that the same element hides. */
struct hidden_block {
	enum html_hidden how;
	size_t hider;
	const struct html_text_run *first; /* with letters and without a visible twin */
	size_t letters;                    /* of such runs */
	size_t all_letters;
};

static bool ends_with_letter(struct span s)
{
	size_t at = s.n;

	return at > 0 && g_unichar_isalpha(utf8_previous(s, &at));
}

static bool begins_with_letter(struct span s)
{
	size_t at = 0;

	return s.n && g_unichar_isalpha(utf8_next(s, &at));
}

/* Does what the element hides stand inside a word, nothing but its tags between the visible letters and it? Then it is there to split the
 * word, however short. k: the first run behind the block. */
static bool splits_a_word(const struct html *html, const struct html_element *hider, size_t first, size_t k)
{
	if (first == 0 || k >= html->n_texts)
		return false;
	const struct html_text_run *before = &html->texts[first - 1], *behind = &html->texts[k];
	return before->hidden == HTML_VISIBLE && behind->hidden == HTML_VISIBLE && before->range.end == hider->start_tag.start &&
	       behind->range.start == hider->end_tag.end && ends_with_letter(before->decoded->bytes) &&
	       begins_with_letter(behind->decoded->bytes);
}

/* with: how (names above), minimum (letters), preheader, flood (letters). Text that the reader does not see: one finding for what one element hides, at
 * its first text. Left out: what stands in front of all visible text up to the length of a preheader, what is visible elsewhere, too, labels
 * for screen readers, what a style block may show, what is hidden from Outlook alone. Cases: preheader (one that is longer than any inbox shows),
 * flood (far too long for one), other. */
CHECK(html_hidden_text)
{
	const char *const *how = rule_setting_list(check_rule(c), "how");
	size_t minimum = (size_t)rule_setting_int(check_rule(c), "minimum", 10);
	size_t longest_preheader = (size_t)rule_setting_int(check_rule(c), "preheader", 150);
	size_t flood = (size_t)rule_setting_int(check_rule(c), "flood", 1000);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		struct twin_search search = { 0 };
		bool lead = true;                /* nothing visible yet */
		size_t lead_letters = 0;
		if (!html)
			continue;
		bool sheet_is_elsewhere = has_style_elsewhere(c, html);
		for (size_t k = 0; k < html->n_texts;) {
			const struct html_text_run *run = &html->texts[k];
			const char *name = hidden_name(run->hidden);
			if (!name || run->parent == HTML_NO_PARENT) {
				lead = lead && !(run->hidden == HTML_VISIBLE && count_run_letters(check_arena(c), run->decoded->bytes));
				k++;
				continue;
			}
			size_t first = k;
			struct hidden_block block = { .how = run->hidden, .hider = html->elements[run->parent].style.hider };
			const struct html_style *style = &html->elements[run->parent].style;
			for (; k < html->n_texts; k++) {
				const struct html_text_run *next = &html->texts[k];
				if (next->hidden == HTML_NOT_SHOWN)
					continue;
				if (next->hidden != block.how || next->parent == HTML_NO_PARENT || html->elements[next->parent].style.hider != block.hider)
					break;
				size_t letters = count_run_letters(check_arena(c), next->decoded->bytes);
				block.all_letters += letters;
				if (!letters || twin_is_visible(c, body, &search, next->decoded->bytes))
					continue;
				block.letters += letters;
				if (!block.first)
					block.first = next;
			}
			const struct html_element *hider = &html->elements[block.hider];
			bool at_start = lead && !span_eq(hider->name, SPAN_LIT("body")) && !span_eq(hider->name, SPAN_LIT("html"));
			if (at_start && (lead_letters += block.all_letters) <= longest_preheader)
				continue;
			bool splits = splits_a_word(html, hider, first, k);
			if (!block.first || (block.letters < minimum && !splits) || !word_in_list(how, span_str(name)) || style->switched_by_class ||
			    is_reader_label(hider, block.how, block.letters))
				continue;
			if (block.how == HTML_HIDDEN_DISPLAY && hides_from_outlook_only(hider))
				continue;
			/* Controls have colours of their own and inherit none. */
			if (block.how == HTML_HIDDEN_COLOUR && (span_eq(html->elements[run->parent].name, SPAN_LIT("button")) ||
							        html_inside(html, run->parent, "select") || html_inside(html, run->parent, "button")))
				continue;
			if (block.how == HTML_HIDDEN_COLOUR &&
			    (font_is_uncertain(html, block.first) || (sheet_is_elsewhere && !background_is_written(html, run->parent))))
				continue;
			const struct text *decoded = block.first->decoded;
			struct span inner = span_trim(decoded->bytes);
			size_t start = (size_t)(inner.p - decoded->bytes.p);
			check_report_text(c, decoded, ((struct range){ start, start + inner.n }), at_start ? (lead_letters > flood ? "flood" : "preheader") : "other",
					  ARG_I("count", block.letters), ARG_T("how", span_str(name)));
		}
	}
}

/* Text that stands out little on one screen. */
struct weak_text {
	const struct html_text_run *first;
	size_t letters;
	double least;
};

static bool may_be_weak(const struct html_style *style)
{
	return style->hidden == HTML_VISIBLE && style->colour_known && style->background_known && !(style->colour == 0 && style->background == 0xffffff);
}

/* Is it weak on that screen, and not on a desktop by day, too? At night clients choose what the mail leaves open. */
static bool is_weak_on(const struct html *html, size_t element, enum html_screen screen, double limit, double *ratio)
{
	const struct html_style *style = html_style_on(html, element, screen), *desktop = &html->elements[element].style;

	if (screen == HTML_DESKTOP)
		return may_be_weak(style) && (*ratio = html_contrast(style->colour, style->background)) < limit;
	if ((style->hidden != HTML_VISIBLE && style->hidden != HTML_HIDDEN_COLOUR) || desktop->hidden != HTML_VISIBLE || !style->colour_known ||
	    !style->background_known || !desktop->colour_known || !desktop->background_known ||
	    (screen == HTML_DARK && !(style->colour_written && style->background_written)))
		return false;
	*ratio = html_contrast(style->colour, style->background);
	return *ratio < limit && html_contrast(desktop->colour, desktop->background) >= limit;
}

static struct weak_text find_weak_text(struct check *c, const struct html *html, enum html_screen screen, double limit)
{
	struct weak_text weak = { .least = limit };
	bool sheet_is_elsewhere = has_style_elsewhere(c, html);

	for (size_t k = 0; k < html->n_texts; k++) {
		const struct html_text_run *run = &html->texts[k];
		double ratio;
		if (run->parent == HTML_NO_PARENT || !is_weak_on(html, run->parent, screen, limit, &ratio) ||
		    span_eq(html->elements[run->parent].name, SPAN_LIT("button")) || html_inside(html, run->parent, "select") ||
		    font_is_uncertain(html, run) || (sheet_is_elsewhere && !background_is_written(html, run->parent)))
			continue;
		size_t n = count_run_letters(check_arena(c), run->decoded->bytes);
		if (!n)
			continue;
		weak.first = weak.first ? weak.first : run;
		weak.letters += n;
		weak.least = ratio < weak.least ? ratio : weak.least;
	}
	return weak;
}

static void tell_weak_text(struct check *c, const struct html *html, const struct weak_text *weak, const char *case_name)
{
	const struct html_text_run *first = weak->first;
	char ratio[16];
	size_t link = first->parent;

	g_snprintf(ratio, sizeof ratio, "%d.%d", (int)(weak->least * 10) / 10, (int)(weak->least * 10) % 10);
	while (link < html->n_elements && !span_eq(html->elements[link].name, SPAN_LIT("a")))
		link = html->elements[link].parent;
	struct span inner = span_trim(first->decoded->bytes);
	size_t start = (size_t)(inner.p - first->decoded->bytes.p);
	bool in_link = link < html->n_elements;
	struct range range = in_link ? html->elements[link].start_tag : (struct range){ start, start + inner.n };
	check_report_text(c, in_link ? html->source : first->decoded, range, case_name, ARG_I("count", weak->letters), ARG_T("ratio", span_str(ratio)));
}

/* with: contrast (in tenths), minimum (letters). Visible text whose colour differs too little from its background, but differs. One finding for a
 * case in a part, at the first such text, or at the link that it is. Argument ratio: the least contrast. Cases: default; phone, dark (only there). */
CHECK(html_weak_contrast)
{
	static const char *const cases[HTML_N_SCREENS] = { [HTML_PHONE] = "phone", [HTML_DARK] = "dark" };
	double limit = (double)rule_setting_int(check_rule(c), "contrast", 30) / 10;
	size_t minimum = (size_t)rule_setting_int(check_rule(c), "minimum", 20);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (int screen = 0; html && screen < HTML_N_SCREENS; screen++) {
			if (screen != HTML_DESKTOP && !html->screens[screen])
				continue;
			const struct weak_text weak = find_weak_text(c, html, (enum html_screen)screen, limit);
			if (weak.first && weak.letters >= minimum)
				tell_weak_text(c, html, &weak, cases[screen]);
		}
	}
}

/* Does anything say how large the picture is? A class may, where there is a style block. */
static bool has_size(const struct html_element *e, bool style_block)
{
	static const char *const sides[] = { "width", "height", "max-width" };

	for (size_t i = 0; i < G_N_ELEMENTS(sides); i++)
		if (html_attribute(e, sides[i]) || html_inline_style(e, sides[i]).n)
			return true;
	return style_block && (html_attribute(e, "class") || html_attribute(e, "id"));
}

/* Images that say neither width nor height. The first, with the count. */
CHECK(image_size_missing)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		const struct html_element *first = NULL;
		size_t count = 0;
		bool style_block = false;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			style_block |= span_eq(e->name, SPAN_LIT("style"));
			if (is_content_image(e, 4) && !has_size(e, style_block) && !count++)
				first = e;
		}
		if (count)
			check_report_text(c, html->source, first->start_tag, NULL, ARG_I("count", count));
	}
}

/* Browsers read all of these as windows-1252 (WHATWG Encoding, "names and labels"). */
static bool is_latin(struct span name)
{
	static const char *const names[] = { "windows-1252", "cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1",
					     "latin1",	     "l1",     "us-ascii",   "ascii",	  NULL };
	return word_in_list(names, name);
}

/* The name as it stands in the value becomes that of the part, which mail programs go by. */
static void fix_meta_charset(struct check *c, const struct body *body, struct range range, struct span name)
{
	struct span value = span_cut(body->html->source->bytes, range.start, range.end);
	size_t at = span_find(value, name, 0);

	if (at < value.n && !body->entity->charset_result.looks && !body_is_doubtful(body))
		check_fix(c, body->html->source, ((struct range){ range.start + at, range.start + at + name.n }), body->entity->charset_name);
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
			size_t end = 0;
			while (end < name.n && name.p[end] != ';' && !ascii_is_space(name.p[end]))
				end++;
			name = span_cut(name, 0, end);
			if (name.n == 0 || tag_scan(check_arena(c), name).n)
				continue;
			struct charset_label declared = charset_label_parse(name);
			bool same = declared.family == body->entity->charset.family &&
				    (declared.family != CHARSET_OTHER || g_strcmp0(declared.converter, body->entity->charset.converter) == 0);
			same |= is_latin(name) && is_latin(body->entity->charset_name);
			bool ascii = span_is_ascii(body->source->bytes);
			if (same || ascii)
				continue;
			check_report_text(c, html->source, range, NULL, ARG_T("meta", name), ARG_T("charset", body->entity->charset_name));
			fix_meta_charset(c, body, range, name);
		}
	}
}

static bool is_zero_width(uint32_t ch)
{
	return (ch >= 0x200B && ch <= 0x200F) || (ch >= 0x2060 && ch <= 0x2064) || ch == 0xFEFF || ch == 0xAD;
}

static bool is_word_letter(uint32_t ch)
{
	return (ch < 0x80 && ascii_is_alpha((char)ch)) || (ch >= 0x3041 && ch <= 0x30FF && ch != 0x30FB) || (ch >= 0x4E00 && ch <= 0x9FFF);
}

/* A zero-width character between two Latin, kana or kanji letters of a displayed text or the Subject. ZWJ and ZWNJ of other scripts, preheader padding
 * and soft hyphens in long Latin words are left out. Cases: latin-joiner (one ZWNJ or word joiner between Latin letters, as designers write it to
 * keep phones from making links of addresses), other. Argument code. */
static void zero_width_in(struct check *c, const struct text *text)
{
	uint32_t before = 0, joiner = 0;
	struct range range = { 0, 0 };

	for (size_t at = 0; at < text->bytes.n;) {
		size_t start = joiner ? at : span_find_non_ascii(text->bytes, at);
		if (start > at)
			before = (unsigned char)text->bytes.p[start - 1];
		at = start;
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
			bool joins = (joiner == 0x200C || joiner == 0x2060) && before < 0x80 && ch < 0x80;
			check_report_text(c, text, range, joins ? "latin-joiner" : "other", ARG_T("code", span_str(code)));
			for (size_t gone = range.start, next = gone; next < range.end; gone = next) {
				utf8_next(text->bytes, &next);
				check_fix(c, text, ((struct range){ gone, next }), SPAN_EMPTY);
			}
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

/* UTF-8 bytes of what count_letters() counts: a Japanese letter says as much as three of Latin. */
static size_t count_letter_bytes(struct span s)
{
	size_t n = 0;
	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		utf8_next(s, &at);
		n += count_letters(span_cut(s, start, at)) ? at - start : 0;
	}
	return n;
}

/* An HTML part that shows pictures and hardly any text. with: characters, bytes (below: told). Cases: none, little (fewer characters), short (fewer
 * bytes), background (a picture behind hardly any text is all there is). */
CHECK(image_only)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "characters", 100);
	size_t least_bytes = (size_t)rule_setting_int(check_rule(c), "bytes", 400);

	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t images = 0;
		const struct html_element *first = NULL;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			if (is_content_image(&html->elements[k], 50) && !images++)
				first = &html->elements[k];
		}
		const struct link *ground = html && !images ? background_picture(m, &m->bodies[i]) : NULL;
		if (!images && !ground)
			continue;
		size_t letters = count_letters(html->visible->bytes);
		if (ground) {
			if (letters < least)
				check_report_text(c, ground->target, ((struct range){ 0, ground->target->bytes.n }), "background", ARG_I("count", letters));
			continue;
		}
		if (letters >= least && count_letter_bytes(html->visible->bytes) >= least_bytes)
			continue;
		check_report_text(c, html->source, first->start_tag, !letters ? "none" : letters < least ? "little" : "short",
				  ARG_I("images", images), ARG_I("count", letters));
	}
}
