/* Checks of how HTML is read aloud or at a glance: headings, names of links, size of text. Computed styles are those of doc/style.c, blocks those of
 * doc/outline.c. */
#include "rule/check_common.h"

#include <glib.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/normal.h"
#include "base/utf8.h"
#include "doc/outline.h"

static bool is_named(const struct html_element *e, const char *name)
{
	return span_eq(e->name, span_str(name));
}

static struct span attribute(const struct html_element *e, const char *name)
{
	const struct html_attribute *a = html_attribute(e, name);

	return a ? span_trim(a->value->bytes) : SPAN_EMPTY;
}

/* The letters of a text; those of scripts that write words in one or two count for three. */
static size_t weight_of(struct span text)
{
	size_t weight = 0;

	for (size_t at = 0; at < text.n;) {
		enum script script = script_of(utf8_next(text, &at));
		weight += script == SCRIPT_NONE ? 0 : script == SCRIPT_HAN || script == SCRIPT_KANA || script == SCRIPT_HANGUL ? 3 : 1;
	}
	return weight;
}

/* --- headings ---------------------------------------------------------------------------------------------------------------------- */

/* The level of a heading, 0 where the element is none. A role says it, too, and may take it away. */
static unsigned heading_level(const struct html_element *e)
{
	struct span role = attribute(e, "role");

	if (span_eq_ci(role, SPAN_LIT("heading"))) {
		struct span level = attribute(e, "aria-level");
		return level.n == 1 && level.p[0] >= '1' && level.p[0] <= '9' ? (unsigned)(level.p[0] - '0') : 2;
	}
	if (role.n || e->name.n != 2 || e->name.p[0] != 'h' || e->name.p[1] < '1' || e->name.p[1] > '6')
		return 0;
	return (unsigned)(e->name.p[1] - '0');
}

static bool is_padding_only(struct span text)
{
	for (size_t at = 0; at < text.n;)
		if (!html_is_padding(utf8_next(text, &at)))
			return false;
	return true;
}

static bool is_empty_heading(struct check *c, const struct html *html, size_t k)
{
	const struct html_element *e = &html->elements[k];

	if (e->end_tag.end <= e->end_tag.start || has_words_to_hear(html, k))
		return false;
	for (size_t i = k + 1; i < html->n_elements && html->elements[i].start_tag.start < e->end_tag.start; i++)
		if (attribute(&html->elements[i], "alt").n || attribute(&html->elements[i], "aria-label").n ||
		    (is_named(&html->elements[i], "img") && !html_attribute(&html->elements[i], "alt")))
			return false;
	/* Signs and comments of templates are something, too. */
	return is_padding_only(html_element_text(check_arena(c), html, k, true)->bytes) &&
	       span_find(span_cut(html->source->bytes, e->start_tag.end, e->end_tag.start), SPAN_LIT("<!--"), 0) == e->end_tag.start - e->start_tag.end;
}

/* Cases: empty (a heading without words), skipped (one that is two levels or more below the one before). The first of each in a part, with the
 * count. */
CHECK(heading_order)
{
	enum { EMPTY, SKIPPED, N_CASES };
	static const char *const names[N_CASES] = { "empty", "skipped" };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t count[N_CASES] = { 0 };
		const struct html_element *first[N_CASES] = { NULL };
		unsigned before = 0, before_first = 0;
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			unsigned level = heading_level(e);
			if (!level || e->style.hidden == HTML_HIDDEN_DISPLAY || e->style.hidden == HTML_HIDDEN_VISIBILITY || e->style.hidden == HTML_NOT_SHOWN)
				continue;
			size_t kind = is_empty_heading(c, html, k) ? EMPTY : before && level > before + 1 ? SKIPPED : N_CASES;
			if (kind < N_CASES && !count[kind]++) {
				first[kind] = e;
				before_first = kind == SKIPPED ? before : before_first;
			}
			before = kind == EMPTY ? before : level;
		}
		for (size_t k = 0; k < N_CASES; k++)
			if (count[k])
				check_report_text(c, html->source, first[k]->start_tag, names[k], ARG_I("count", count[k]), ARG_I("before", before_first),
						  ARG_I("level", heading_level(first[k])));
	}
}

/* The size of letters in which most of the text is set; 0 where that is not known. */
static double body_size(const struct html *html)
{
	enum { MOST_SIZES = 64 };
	struct {
		double size;
		size_t weight;
	} sizes[MOST_SIZES] = { { 0, 0 } };
	size_t n = 0, best = 0;

	for (size_t k = 0; k < html->n_texts; k++) {
		const struct html_text_run *run = &html->texts[k];
		if (run->hidden != HTML_VISIBLE || run->parent == HTML_NO_PARENT)
			continue;
		double size = html->elements[run->parent].style.font_size_px;
		size_t i = 0;
		while (i < n && (sizes[i].size < size - 0.1 || sizes[i].size > size + 0.1))
			i++;
		if (i == n && n < MOST_SIZES)
			sizes[n++].size = size;
		if (i < n)
			sizes[i].weight += weight_of(run->decoded->bytes);
	}
	for (size_t i = 1; i < n; i++)
		best = sizes[i].weight > sizes[best].weight ? i : best;
	return n && sizes[best].size > 0 ? sizes[best].size : 0;
}

/* Does the line end as a sentence does, and as titles do not? */
static bool ends_a_sentence(struct span line)
{
	static const char *const ends[] = { ".", "。", ",", "、", ";" };

	line = span_trim(line);
	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		if (span_ends_ci(line, span_str(ends[i])))
			return true;
	return false;
}

/* Is the block set as a heading: a few words, larger than the text by a third at least, no sentence, and more of a title than a price? */
static bool looks_like_heading(const struct html *html, const struct outline *outline, const struct outline_block *block, double body)
{
	enum { LEAST = 6, MOST = 120 };
	struct span last = SPAN_EMPTY;
	size_t weight = 0;

	if (block->kind != OUTLINE_PARAGRAPH || outline_is_button(html, outline, block))
		return false;
	for (size_t i = 0; i < block->n_pieces; i++) {
		const struct outline_piece *piece = &outline->pieces[block->first_piece + i];
		if (piece->kind == OUTLINE_IMAGE)
			return false;
		if (piece->kind != OUTLINE_TEXT || !span_trim(piece->text).n)
			continue;
		double size = piece->element < html->n_elements ? html->elements[piece->element].style.font_size_px : 0;
		if (size < body * 1.3)
			return false;
		weight += weight_of(piece->text);
		last = piece->text;
	}
	return weight >= LEAST && weight <= MOST && !ends_a_sentence(last);
}

/* with: letters (of the text, at least), headings (at least). A long text without any heading in which several short lines are set as headings, large
 * lines one below the other as one: the first of these. */
CHECK(heading_missing)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "letters", 700), least_headings = (size_t)rule_setting_int(check_rule(c), "headings", 3);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		bool has_heading = false;
		if (!html || html->flags & (HTML_TOO_DEEP | HTML_TOO_MANY_NODES) || weight_of(html->visible->bytes) < least)
			continue;
		for (size_t k = 0; k < html->n_elements && !has_heading; k++)
			has_heading = heading_level(&html->elements[k]) > 0;
		double body = has_heading ? 0 : body_size(html);
		if (body <= 0)
			continue;
		struct outline outline = outline_new(check_arena(c), html);
		const struct outline_block *first = NULL;
		size_t count = 0;
		bool before = false;
		for (size_t k = 0; k < outline.n_blocks; k++) {
			bool heading = looks_like_heading(html, &outline, &outline.blocks[k], body);
			if (heading && !before && !count++)
				first = &outline.blocks[k];
			before = heading;
		}
		if (count >= least_headings)
			check_report_text(c, html->source, outline.pieces[first->first_piece].range, NULL, ARG_I("count", count));
	}
}

/* --- names of links ---------------------------------------------------------------------------------------------------------------- */

struct named_link {
	struct span name, target;
	size_t link;
};

static int compare_named(const void *a, const void *b)
{
	const struct named_link *x = a, *y = b;
	size_t n = MIN(x->name.n, y->name.n);
	int order = memcmp(x->name.p, y->name.p, n);

	if (order)
		return order;
	if (x->name.n != y->name.n)
		return x->name.n < y->name.n ? -1 : 1;
	return x->link < y->link ? -1 : x->link > y->link;
}

/* A name as it is compared: form L1, without arrows, brackets and other signs at its ends. */
static struct span comparable_name(struct check *c, struct span text)
{
	struct span name = span_str(normal_l1_plain(check_arena(c), text));
	size_t start = 0, end = name.n;

	while (start < name.n) {
		size_t at = start;
		if (is_letter(utf8_next(name, &at)))
			break;
		start = at;
	}
	while (end > start) {
		size_t at = end;
		if (is_letter(utf8_previous(name, &at)))
			break;
		end = at;
	}
	return span_cut(name, start, end);
}

static size_t different_targets(const struct named_link *links, size_t n)
{
	enum { MOST = 100 };
	size_t different = 0;

	for (size_t i = 0; i < MIN(n, MOST); i++) {
		size_t k = 0;
		while (k < i && !span_eq(links[k].target, links[i].target))
			k++;
		different += k == i;
	}
	return different;
}

/* Nobody knows whether two of these lead to different places: addresses with another one in them, or with a word that a program made. */
static bool may_be_counted(struct span target)
{
	return has_made_word(target) || span_find_ci(target, SPAN_LIT("http"), 4) < target.n;
}

/* Is a name of its own to be taken for different places: no address, no title beside it, and a target that tells what it is? */
static bool tells_one_place(const struct link *link, struct span name)
{
	const struct html_element *a = &link->body->html->elements[link->element];
	bool address = span_find_byte(name, ' ', 0) == name.n && span_find_byte(name, '.', 0) < name.n;

	return !address && !attribute(a, "title").n && !may_be_counted(link->target->bytes);
}

/* with: vague (words in form L1), least_vague, least (links). Links that have the same name and lead to different places. Cases: vague (the name is one of
 * these words), same. Of each case in a part the name that most links have, at the first of them. Addresses that differ in nothing but their query are taken
 * for the same where the name says something. */
CHECK(link_names_alike)
{
	enum { VAGUE, SAME, N_CASES };
	static const char *const names[N_CASES] = { "vague", "same" };
	const char *const *vague = rule_setting_list(check_rule(c), "vague");
	size_t least[N_CASES] = { (size_t)rule_setting_int(check_rule(c), "least_vague", 2), (size_t)rule_setting_int(check_rule(c), "least", 3) };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		GArray *links = g_array_new(FALSE, FALSE, sizeof(struct named_link));
		size_t most[N_CASES] = { 0 };
		const struct named_link *first[N_CASES] = { NULL };
		for (size_t k = 0; body->html && k < m->n_links; k++) {
			const struct link *link = &m->links[k];
			if (link->body != body || link->kind != LINK_ANCHOR || !link->label || link->hidden || link->label->bytes.n > 200 ||
			    link->url.flags & (URL_EMPTY | URL_FRAGMENT_ONLY | URL_TAG) || attribute(&body->html->elements[link->element], "aria-label").n)
				continue;
			struct named_link named = { comparable_name(c, link->label->bytes), link->target->bytes, k };
			bool says_nothing = word_in_list(vague, named.name);
			if (!says_nothing && !tells_one_place(link, named.name))
				continue;
			if (!says_nothing)
				named.target = span_cut(named.target, 0, MIN(span_find_byte(named.target, '?', 0), span_find_byte(named.target, '#', 0)));
			if (named.name.n && !tag_scan(check_arena(c), link->target->bytes).n && !tag_scan(check_arena(c), link->label->bytes).n)
				g_array_append_val(links, named);
		}
		g_array_sort(links, compare_named);
		for (size_t k = 0, next; k < links->len; k = next) {
			const struct named_link *all = &g_array_index(links, struct named_link, 0);
			for (next = k + 1; next < links->len && span_eq(all[next].name, all[k].name);)
				next++;
			size_t different = different_targets(all + k, next - k), kind = word_in_list(vague, all[k].name) ? VAGUE : SAME;
			if (different >= least[kind] && different > most[kind]) {
				most[kind] = different;
				first[kind] = &all[k];
			}
		}
		for (size_t k = 0; k < N_CASES; k++)
			if (first[k])
				check_report_text(c, body->html->source, body->html->elements[m->links[first[k]->link].element].start_tag, names[k],
						  ARG_I("count", most[k]), ARG_T("name", span_trim(m->links[first[k]->link].label->bytes)));
		g_array_free(links, TRUE);
	}
}

/* --- size of text ------------------------------------------------------------------------------------------------------------------ */

/* Text of a part on one screen: its letters, those that are smaller than the limit, and the first such text. */
struct small_text {
	const struct html_text_run *first;
	size_t all, small;
	double smallest;
};

static struct small_text small_text_on(const struct html *html, enum html_screen screen, double least)
{
	struct small_text found = { NULL, 0, 0, least };

	for (size_t k = 0; k < html->n_texts; k++) {
		const struct html_text_run *run = &html->texts[k];
		if (run->hidden != HTML_VISIBLE || run->parent == HTML_NO_PARENT)
			continue;
		const struct html_style *style = html_style_on(html, run->parent, screen);
		size_t letters = style->hidden == HTML_VISIBLE ? weight_of(run->decoded->bytes) : 0;
		found.all += letters;
		if (!letters || style->font_size_px < 0 || style->font_size_px >= least)
			continue;
		found.small += letters;
		found.smallest = MIN(found.smallest, style->font_size_px);
		found.first = found.first ? found.first : run;
	}
	return found;
}

/* with: pixels, share (per cent), letters. More than this share of the letters is smaller than this: at the first such text. Cases: default, phone (a media
 * query makes it so on telephones only). What is too small to be seen is told elsewhere. */
CHECK(text_small)
{
	double least = (double)rule_setting_int(check_rule(c), "pixels", 12);
	size_t share = (size_t)rule_setting_int(check_rule(c), "share", 40), minimum = (size_t)rule_setting_int(check_rule(c), "letters", 150);
	static const enum html_screen screens[] = { HTML_DESKTOP, HTML_PHONE };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < G_N_ELEMENTS(screens); k++) {
			struct small_text t = small_text_on(html, screens[k], least);
			if (!t.first || t.all < minimum || t.small * 100 <= t.all * share)
				continue;
			check_report_text(c, html->source, t.first->range, screens[k] == HTML_PHONE ? "phone" : NULL, ARG_I("share", t.small * 100 / t.all),
					  ARG_I("size", t.smallest));
			break;
		}
	}
}
