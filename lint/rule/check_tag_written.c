/* Tags in characters that no engine reads: full-width signs for ASCII ones, typographic quotes, invisible characters, references of HTML. */
#include "rule/check_common.h"

#include <glib.h>

/* U+FF01 to U+FF5E in UTF-8. */
static bool is_full_width(struct span s, size_t at)
{
	return at + 2 < s.n && (unsigned char)s.p[at] == 0xEF && ((unsigned char)s.p[at + 1] == 0xBC || (unsigned char)s.p[at + 1] == 0xBD);
}

/* The two signs at each end: is one of them full-width? */
static bool has_wide_signs(struct span raw)
{
	size_t second = is_full_width(raw, 0) ? 3 : 1, last = raw.n < 3 ? 0 : raw.n - 3;
	size_t before = is_full_width(raw, last) ? (last < 3 ? 0 : last - 3) : raw.n < 4 ? 0 : raw.n - 4;

	return is_full_width(raw, 0) || is_full_width(raw, second) || is_full_width(raw, last) || is_full_width(raw, before);
}

/* A tag of full-width signs, in a text in normal form: only around a name of ASCII letters, because 「｛｛重要｝｝」 is decoration. */
static void report_wide(struct check *c, const struct text *l1, const struct text *source)
{
	struct tag_list tags = l1 ? tag_scan(check_arena(c), l1->bytes) : (struct tag_list){0};
	struct span first = SPAN_EMPTY;
	struct range place = {0, 0};
	size_t count = 0;

	for (size_t i = 0; i < tags.n; i++) {
		const struct tag *tag = &tags.tags[i];
		bool known = tag->syntax == TAG_MUSTACHE || tag->syntax == TAG_STATEMENT || tag->syntax == TAG_MAILCHIMP || tag->syntax == TAG_DOUBLE_PERCENT;
		if (!known || !tag->certain || !tag->name.n || !ascii_is_alpha(tag->name.p[0]) || !span_is_ascii(tag->name))
			continue;
		struct range range = text_to_ancestor(l1, tag->range.start, tag->range.end, source);
		struct span raw = span_cut(source->bytes, range.start, range.end);
		if (!has_wide_signs(raw) || count++)
			continue;
		first = raw;
		place = range;
	}
	if (count)
		check_report_text(c, source, place, "wide", ARG_T("tag", first), ARG_I("count", count));
}

enum fault { FAULT_NONE, FAULT_QUOTE, FAULT_INVISIBLE, FAULT_REFERENCE, N_FAULTS };

static const struct {
	struct span bytes;
	enum fault fault;
} bad[] = {
        {{"\xe2\x80\x9c", 3}, FAULT_QUOTE},     {{"\xe2\x80\x9d", 3}, FAULT_QUOTE},       {{"\xe2\x80\x98", 3}, FAULT_QUOTE},
        {{"\xe2\x80\x99", 3}, FAULT_QUOTE},     {{"\xef\xbc\x82", 3}, FAULT_QUOTE},       {{"\xe2\x80\x8b", 3}, FAULT_INVISIBLE},
        {{"\xe2\x81\xa0", 3}, FAULT_INVISIBLE}, {{"\xc2\xad", 2}, FAULT_INVISIBLE},       {{"&nbsp;", 6}, FAULT_REFERENCE},
        {{"&quot;", 6}, FAULT_REFERENCE},       {{"&#39;", 5}, FAULT_REFERENCE},          {{"&lt;", 4}, FAULT_REFERENCE},
        {{"&gt;", 4}, FAULT_REFERENCE},         {{"&amp;", 5}, FAULT_REFERENCE},          {{"&#160;", 6}, FAULT_REFERENCE},
};

/* What is wrong at this place of a tag, outside of quotes. */
static enum fault fault_at(struct span tag, size_t at, bool html)
{
	if (!((unsigned char)tag.p[at] >= 0x80 || tag.p[at] == '&'))
		return FAULT_NONE;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		if (span_starts(span_cut(tag, at, tag.n), bad[i].bytes) && (html || bad[i].fault != FAULT_REFERENCE))
			return bad[i].fault;
	return FAULT_NONE;
}

/* Strings in quotes may hold anything. */
static enum fault fault_of(struct span tag, bool html)
{
	for (size_t at = 0; at < tag.n; at++) {
		if (tag.p[at] == '"' || tag.p[at] == '\'') {
			size_t close = span_find_byte(tag, tag.p[at], at + 1);
			at = close < tag.n ? close : at;
			continue;
		}
		enum fault fault = fault_at(tag, at, html);
		if (fault != FAULT_NONE)
			return fault;
	}
	return FAULT_NONE;
}

/* Languages of names and expressions; code and Mailchimp's values may hold any text. */
static bool has_expressions(const struct tag *tag)
{
	return (tag->syntax == TAG_MUSTACHE || tag->syntax == TAG_STATEMENT || tag->syntax == TAG_BRACKET_PERCENT) && tag->certain && !tag->raw &&
	       tag->place != TAG_COMMENT;
}

/* html: NULL where the text is none. */
static void report_bad(struct check *c, const struct text *source, const struct tag_list *tags, const struct html *html)
{
	static const char *const cases[N_FAULTS] = {NULL, "quote", "invisible", "reference"};
	struct range first[N_FAULTS] = {{0, 0}};
	size_t count[N_FAULTS] = {0};

	for (size_t i = 0; i < tags->n; i++) {
		struct range range = tags->tags[i].range;
		enum fault fault = has_expressions(&tags->tags[i]) && !(html && shows_code(html, range.start))
		                           ? fault_of(span_cut(source->bytes, range.start, range.end), html != NULL)
		                           : FAULT_NONE;
		if (fault != FAULT_NONE && !count[fault]++)
			first[fault] = range;
	}
	for (size_t k = FAULT_QUOTE; k < N_FAULTS; k++)
		if (count[k])
			check_report_text(c, source, first[k], cases[k], ARG_T("tag", span_cut(source->bytes, first[k].start, first[k].end)),
			                  ARG_I("count", count[k]));
}

/* Tags of the Subject and of texts. Of each case the first, with the count: wide (full-width signs), quote (typographic quotes outside of
 * strings), invisible (zero-width space, word joiner, soft hyphen), reference (of HTML, outside of strings). Arguments: tag, count. */
CHECK(tag_written)
{
	/* Elsewhere each tag is left over, however it is written. */
	bool template = check_stage(c) == STAGE_TEMPLATE;

	if (m->subject) {
		struct tag_list tags = tag_scan(check_arena(c), m->subject->bytes);
		report_wide(c, m->subject_l1, m->subject);
		if (template)
			report_bad(c, m->subject, &tags, NULL);
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		report_wide(c, body->l1, body->source);
		if (template)
			report_bad(c, body->source, &body->tags, body->html);
	}
}
