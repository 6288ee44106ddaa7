/* Tags in pieces: the reader sees a tag where the engine sees none, because mark-up, references or the end of a line cut it. */
#include "rule/check_common.h"

enum fault { FAULT_NONE, FAULT_MARKUP, FAULT_ENTITY, N_FAULTS };

/* Two signs, of which one or both are references ("&#123;{"): at the beginning of a tag, and at its end. */
static bool begins_with_reference(struct span raw)
{
	return raw.n > 1 && (raw.p[0] == '&' || raw.p[1] == '&');
}

static bool ends_with_reference(struct span raw)
{
	return raw.n > 1 && (raw.p[raw.n - 1] == ';' || raw.p[raw.n - 2] == ';');
}

/* shown: the tag that a reader sees; raw: what stands for it in the source. Who writes the signs at both ends as references means to show the
 * tag, as an article or the help of a list system does; of one that an editor changed only some are. */
static enum fault fault_of(const struct body *body, const struct tag *tag, struct range range, struct span raw)
{
	bool markup = span_find_byte(raw, '<', 0) < raw.n, begin = begins_with_reference(raw), end = ends_with_reference(raw);
	/* Erb has brackets of its own; what the engine sees as one tag is whole. */
	const struct tag *whole = tag_at(&body->tags, range.start);

	if ((whole && whole->range.end >= range.end && !markup) || (begin && end))
		return FAULT_NONE;
	if (markup && tag->syntax != TAG_ERB)
		return FAULT_MARKUP;
	return !markup && (begin || end) ? FAULT_ENTITY : FAULT_NONE;
}

static void judge_body(struct check *c, const struct body *body)
{
	static const char *const cases[N_FAULTS] = {NULL, "markup", "entity"};
	struct tag_list seen = tag_scan(check_arena(c), body->visible->bytes);
	struct span first[N_FAULTS] = {SPAN_EMPTY};
	struct range places[N_FAULTS] = {{0, 0}};
	size_t count[N_FAULTS] = {0};

	for (size_t i = 0; i < seen.n; i++) {
		const struct tag *tag = &seen.tags[i];
		struct span shown = span_cut(body->visible->bytes, tag->range.start, tag->range.end);
		struct range range = text_to_ancestor(body->visible, tag->range.start, tag->range.end, body->source);
		struct span raw = span_cut(body->source->bytes, range.start, range.end);
		if (!tag->certain || span_eq(raw, shown) || shows_code(body->html, range.start))
			continue;
		enum fault fault = fault_of(body, tag, range, raw);
		if (fault == FAULT_NONE || count[fault]++)
			continue;
		first[fault] = shown;
		places[fault] = range;
	}
	for (size_t k = FAULT_MARKUP; k < N_FAULTS; k++)
		if (count[k])
			check_report_text(c, body->source, places[k], cases[k], ARG_T("tag", first[k]), ARG_I("count", count[k]));
}

/* A tag that a reader would see and that stands in pieces in the source, so that no engine fills it. Of each part and case the first, with the
 * count. Cases: markup (elements or comments in it), entity (a brace written as a reference). Arguments: tag, count. */
CHECK(tag_split)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		if (m->bodies[i].html)
			judge_body(c, &m->bodies[i]);
}
