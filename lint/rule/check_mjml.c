/* The structure of MJML, of which the compiler says little: it takes what is not closed, and drops what stands where it expects none.
 * Source of the table: documentation.mjml.io, "Components", and what mjml-validator allows; elements of others are not judged. */
#include "rule/check_common.h"

#include <glib.h>

static const struct {
	const char *parent, *children;
} places[] = {
	{ "mj-body", "mj-raw mj-section mj-wrapper mj-hero" },
	{ "mj-wrapper", "mj-raw mj-section mj-hero" },
	{ "mj-section", "mj-raw mj-column mj-group" },
	{ "mj-group", "mj-raw mj-column" },
	{ "mj-column", "mj-raw mj-accordion mj-button mj-carousel mj-divider mj-image mj-social mj-spacer mj-table mj-text mj-navbar" },
	{ "mj-hero", "mj-raw mj-accordion mj-button mj-carousel mj-divider mj-image mj-social mj-spacer mj-table mj-text mj-navbar" },
};

/* Elements that are one of those above, or hold text, pictures or links. */
static const char judged[] = "mj-section mj-wrapper mj-hero mj-column mj-group mj-accordion mj-button mj-carousel mj-divider mj-image mj-social mj-spacer "
			     "mj-table mj-text mj-navbar";

static const char *children_of(struct span name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		if (span_eq(name, span_str(places[i].parent)))
			return places[i].children;
	return NULL;
}

/* A file that is put into another may begin an element that a third one ends. */
static bool is_whole(const struct html *html)
{
	for (size_t i = 0; i < html->n_elements; i++)
		if (span_eq(html->elements[i].name, SPAN_LIT("mjml")))
			return html->elements[i].end_tag.end > html->elements[i].end_tag.start;
	return false;
}

static bool is_open(const struct html_element *e)
{
	return span_in(e->name, judged) && !e->self_closing && e->end_tag.end <= e->end_tag.start;
}

/* The element that the parent of HTML stands for: MJML is XML, where "<mj-image />" holds nothing. */
static const struct html_element *holder(const struct html *html, size_t parent)
{
	while (parent != HTML_NO_PARENT && html->elements[parent].self_closing)
		parent = html->elements[parent].parent;
	return parent == HTML_NO_PARENT ? NULL : &html->elements[parent];
}

/* Words between the elements of a layout; a tag may put elements in. */
static bool is_lost_text(const struct html *html, const struct html_text_run *run)
{
	const struct html_element *parent = holder(html, run->parent);
	struct span words = span_trim(run->decoded->bytes), blank = SPAN_LIT("\xc2\xa0");

	if (!parent || !children_of(parent->name))
		return false;
	for (size_t at = run->range.start; at < run->range.end; at++)
		if (tag_at(&html->tags, at))
			return false;
	while (span_starts(words, blank))
		words = span_trim(span_cut(words, blank.n, words.n));
	return words.n > 0;
}

/* The structure of an .mjml file. The first of each case, with the count. Cases: unclosed (an element that nothing closes), place (an element in one that
 * may not have it; argument parent), text (words in an element that is for layout alone). Arguments: element, count. */
CHECK(mjml_structure)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		const struct html_element *open = NULL, *misplaced = NULL;
		const struct html_text_run *lost = NULL;
		size_t n_open = 0, n_misplaced = 0, n_lost = 0;
		if (!html || html->flags & (HTML_TOO_DEEP | HTML_TOO_MANY_NODES | HTML_UNCLOSED_TAG) || !is_whole(html))
			continue;
		for (size_t k = 0; k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			const struct html_element *parent = holder(html, e->parent);
			const char *children = parent ? children_of(parent->name) : NULL;
			if (is_open(e))
				open = n_open++ ? open : e;
			else if (children && span_in(e->name, judged) && !span_in(e->name, children))
				misplaced = n_misplaced++ ? misplaced : e;
		}
		for (size_t k = 0; k < html->n_texts; k++)
			if (is_lost_text(html, &html->texts[k]))
				lost = n_lost++ ? lost : &html->texts[k];
		if (n_open)
			check_report_text(c, html->source, open->start_tag, "unclosed", ARG_T("element", open->name), ARG_I("count", n_open));
		/* What is not closed takes in what follows. */
		if (n_misplaced && !n_open)
			check_report_text(c, html->source, misplaced->start_tag, "place", ARG_T("element", misplaced->name),
					  ARG_T("parent", holder(html, misplaced->parent)->name), ARG_I("count", n_misplaced));
		if (n_lost && !n_open)
			check_report_text(c, html->source, lost->range, "text", ARG_T("element", holder(html, lost->parent)->name), ARG_I("count", n_lost));
	}
}
