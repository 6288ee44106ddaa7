/* Checks of what Gmail cuts off: the end of long HTML, and whole style blocks. Both are what senders measured; Google publishes neither. */
#include "rule/check_common.h"
#include "rule/check_law.h"
#include "rule/check_markup.h"
#include "rule/optout.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"

/* --- the end of long HTML ------------------------------------------------------------------------------------------------------ */

enum part { PART_WAY_OUT = 1, PART_ADDRESS = 2, PART_PIXEL = 4 };

static const struct localized parts[] = {
	[PART_WAY_OUT] = { { "the way to unsubscribe", "配信停止の案内" } },
	[PART_ADDRESS] = { { "the postal address", "住所" } },
	[PART_WAY_OUT | PART_ADDRESS] = { { "the way to unsubscribe and the postal address", "配信停止の案内と住所" } },
	[PART_PIXEL] = { { "the pixel that counts readers", "開封計測用の画像" } },
	[PART_WAY_OUT | PART_PIXEL] = { { "the way to unsubscribe and the pixel that counts readers", "配信停止の案内と開封計測用の画像" } },
	[PART_ADDRESS | PART_PIXEL] = { { "the postal address and the pixel that counts readers", "住所と開封計測用の画像" } },
	[PART_WAY_OUT | PART_ADDRESS | PART_PIXEL] = { { "the way to unsubscribe, the postal address and the pixel that counts readers",
							 "配信停止の案内・住所・開封計測用の画像" } },
};

/* What stands behind the cut and not before it, too. */
struct lost {
	size_t characters;
	unsigned parts; /* enum part */
};

/* The first place of the source that was made of nothing in front of octet number limit of the decoded body: exact in every charset. */
static size_t place_of_octet(const struct html *html, const struct text *decoded, size_t limit)
{
	struct span s = html->source->bytes;
	size_t low = 0, high = s.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_to_ancestor(html->source, middle, middle, decoded).start < limit)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0 && (low >= s.n || ((unsigned char)s.p[low] & 0xC0) == 0x80))
		low--;
	return low;
}

static size_t count_letters(struct span s)
{
	size_t n = 0;

	for (size_t at = 0; at < s.n;)
		n += is_letter(utf8_next(s, &at));
	return n;
}

static struct lost what_is_lost(struct check *c, const struct message *m, const struct html *html, size_t cut)
{
	struct optout_words words = optout_words_of(c);
	struct lost lost = { 0 };
	unsigned kept = 0;

	for (size_t i = 0; i < html->n_texts; i++) {
		const struct html_text_run *run = &html->texts[i];
		if (run->hidden != HTML_VISIBLE)
			continue;
		bool behind = run->range.start >= cut;
		struct span l1 = normal_l1(check_arena(c), run->decoded)->bytes;
		unsigned seen = (optout_mentioned(&words, l1) ? PART_WAY_OUT : 0) | (holds_postal_address(l1) ? PART_ADDRESS : 0);
		*(behind ? &lost.parts : &kept) |= seen;
		lost.characters += behind ? count_letters(run->decoded->bytes) : 0;
	}
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->body && link->body->html == html && link->kind == LINK_ANCHOR && !link->hidden && optout_promised(c, link, &words))
			*(html->elements[link->element].start_tag.start >= cut ? &lost.parts : &kept) |= PART_WAY_OUT;
	}
	for (size_t i = 0; i < html->n_elements; i++)
		if (html->elements[i].start_tag.start >= cut && is_tracking_pixel(&html->elements[i]))
			lost.parts |= PART_PIXEL;
	lost.parts &= ~kept;
	return lost;
}

/* with: warn, limit (octets of HTML with the transfer encoding undone, in its own charset), words_of. Cases: near, over, over-way-out (so that
 * nobody sees how to unsubscribe), over-parts (something else that must be there is behind the limit). The place: where the limit is crossed. */
CHECK(html_clipped)
{
	size_t near = (size_t)rule_setting_int(check_rule(c), "warn", 92160);
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", GMAIL_CUTS_HTML_AT);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		const struct text *decoded = m->bodies[i].entity->decoded.text;
		size_t size = decoded ? decoded->bytes.n : html ? html->source->bytes.n : 0;
		if (!html || size <= near)
			continue;
		size_t octet = size > limit ? limit : near;
		size_t cut = decoded ? place_of_octet(html, decoded, octet) : octet;
		struct lost lost = size > limit ? what_is_lost(c, m, html, cut) : (struct lost){ 0 };
		if (lost.parts)
			check_report_text(c, html->source, ((struct range){ cut, cut }), lost.parts & PART_WAY_OUT ? "over-way-out" : "over-parts", ARG_I("size", size), ARG_I("limit", limit),
					  ARG_I("characters", lost.characters), ARG_L("parts", &parts[lost.parts]));
		else
			check_report_text(c, html->source, ((struct range){ cut, cut }), size > limit ? "over" : "near", ARG_I("size", size),
					  ARG_I("limit", limit), ARG_I("characters", lost.characters));
	}
}

/* --- style blocks -------------------------------------------------------------------------------------------------------------- */

/* with: limit (octets). */
CHECK(html_style_large)
{
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", 16384);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < html->n_texts; k++) {
			const struct html_text_run *run = &html->texts[k];
			if (run->parent == HTML_NO_PARENT || !span_eq(html->elements[run->parent].name, SPAN_LIT("style")) ||
			    run->range.end - run->range.start <= limit)
				continue;
			check_report_text(c, html->source, html->elements[run->parent].start_tag, NULL,
					  ARG_I("size", run->range.end - run->range.start), ARG_I("limit", limit));
		}
	}
}

/* The outermost @-rule around one. */
static size_t outermost(const struct css_sheet *css, size_t at_rule)
{
	while (css->at_rules[at_rule].parent != CSS_NONE)
		at_rule = css->at_rules[at_rule].parent;
	return at_rule;
}

/* Does the block hold style rules besides those around the @-rule? Where it does not, it may have been written so that Gmail drops it. */
static bool loses_more(const struct css_sheet *css, size_t outer)
{
	for (size_t i = 0; i < css->n_rules; i++)
		if (css->rules[i].n_declarations && css->rules[i].valid &&
		    (css->rules[i].at_rule == CSS_NONE || outermost(css, css->rules[i].at_rule) != outer))
			return true;
	return false;
}

/* An @-rule inside of another one, for which Gmail drops the block. The first of a block. */
CHECK(style_block_dropped)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		for (size_t k = 0; html && k < html->n_sheets; k++) {
			const struct css_sheet *css = html->sheets[k].css;
			for (size_t a = 0; a < css->n_at_rules; a++) {
				size_t outer = outermost(css, a);
				if (outer == a || !loses_more(css, outer))
					continue;
				check_report_text(c, css->text, css->at_rules[a].name_range, NULL, ARG_T("inner", css->at_rules[a].name),
						  ARG_T("outer", css->at_rules[css->at_rules[a].parent].name));
				break;
			}
		}
	}
}
