/* Tags that are not whole: a sign at the end or at the beginning is missing, or the end of a line cuts them. The scanner of tags takes such for text. */
#include "rule/check_common.h"

enum fault { FAULT_NONE, FAULT_HALF, FAULT_WRAPPED, N_FAULTS };

/* Each question looks at all tags of the text; who has so many in pieces hears of those. */
enum { MOST_ASKED = 32 };

struct found {
	struct range first[N_FAULTS];
	size_t count[N_FAULTS];
};

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static size_t skip_blanks(struct span s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

/* Behind the name that begins at at, with its dots; at where none begins. */
static size_t skip_name(struct span s, size_t at)
{
	size_t end = at;

	if (at < s.n && (ascii_is_alpha(s.p[at]) || s.p[at] == '_'))
		while (end < s.n && (is_word(s.p[end]) || s.p[end] == '.'))
			end++;
	return end;
}

static bool starts_with(struct span s, size_t at, const char *what)
{
	return at < s.n && span_starts(span_cut(s, at, s.n), span_str(what));
}

/* Does the text go on in another line, or in another element? */
static bool is_end_of_run(struct span s, size_t at)
{
	return at >= s.n || memchr("<\r\n", s.p[at], 3);
}

/* Is a brace open that the line opened in front of the place? */
static bool is_inside_braces(struct span s, size_t at)
{
	int open = 0;

	for (size_t i = at; i > 0 && s.p[i - 1] != '\n' && at - i < 1000; i--) {
		open += s.p[i - 1] == '{';
		open -= s.p[i - 1] == '}';
		if (open > 0)
			return true;
	}
	return false;
}

/* "{{ name }" and "{{ name" at the end of its line, "*|FNAME|", "%%name%", "<%= name >": behind it, or 0. at: where the sign begins. */
static size_t half_at(struct span s, size_t at)
{
	if (starts_with(s, at, "{{")) {
		size_t name = skip_blanks(s, at + 2), end = skip_name(s, name), behind = skip_blanks(s, end);
		if (end == name || starts_with(s, behind, "}}"))
			return 0;
		/* A tag may go on in the next line; its name stands in one. */
		bool more = span_find(span_cut(s, 0, behind + 200), SPAN_LIT("}}"), behind) < span_find(span_cut(s, 0, behind + 200), SPAN_LIT("{{"), behind);
		return starts_with(s, behind, "}") ? behind + 1 : is_end_of_run(s, behind) && !more ? end : 0;
	}
	if (starts_with(s, at, "*|")) {
		size_t end = skip_name(s, at + 2);
		return end > at + 2 && starts_with(s, end, "|") && !starts_with(s, end, "|*") ? end + 1 : 0;
	}
	if (starts_with(s, at, "%%")) {
		size_t end = skip_name(s, at + 2);
		return end > at + 2 && starts_with(s, end, "%") && !starts_with(s, end, "%%") ? end + 1 : 0;
	}
	if (starts_with(s, at, "<%=")) {
		size_t name = skip_blanks(s, at + 3), end = skip_name(s, name), behind = skip_blanks(s, end);
		return end > name && starts_with(s, behind, ">") ? behind + 1 : 0;
	}
	/* "{ name }}" */
	size_t name = skip_blanks(s, at + 1), end = skip_name(s, name), behind = skip_blanks(s, end);
	bool alone = at == 0 || !memchr("{$#@%\\", s.p[at - 1], 6);
	/* Code: the last sign closes what was opened before: "@{$ARGS{Order}}". */
	if (alone && is_inside_braces(s, at))
		return 0;
	return alone && end > name && starts_with(s, behind, "}}") && !starts_with(s, behind, "}}}") ? behind + 2 : 0;
}

/* "*|FNA(line end)ME|*", "%%na(line end)me%%": behind it, or 0. Engines look for such tags in one line. */
static size_t wrapped_at(struct span s, size_t at)
{
	const char *close = starts_with(s, at, "*|") ? "|*" : starts_with(s, at, "%%") ? "%%" : NULL;
	size_t first = close ? skip_name(s, at + 2) : 0, next = first;

	while (close && next < s.n && (s.p[next] == '\r' || s.p[next] == '\n'))
		next++;
	size_t end = close && next > first && first > at + 2 ? skip_name(s, next) : 0;
	return end > next && starts_with(s, end, close) ? end + 2 : 0;
}

/* Does a line end stand between two names of a tag that puts something in? A helper of Handlebars may have its argument there. */
static bool is_cut_by_line(struct span s, const struct tag *tag, enum template_language language)
{
	struct span inside = span_cut(s, tag->range.start, tag->range.end);

	if (tag->syntax != TAG_MUSTACHE || tag->place != TAG_OUTPUT || tag->raw || span_find_byte(inside, '\n', 0) == inside.n)
		return false;
	/* Django looks for the end of a tag in its line. */
	if (language == LANGUAGE_DJANGO)
		return true;
	if (language == LANGUAGE_HANDLEBARS || language == LANGUAGE_GO || span_eq(tag->name, SPAN_LIT("not")))
		return false;
	size_t first = skip_blanks(inside, span_starts(inside, SPAN_LIT("{{{")) ? 3 : 2), end = skip_name(inside, first), next = end;
	while (next < inside.n && ascii_is_space(inside.p[next]))
		next++;
	size_t last = skip_name(inside, next), behind = last;
	while (behind < inside.n && ascii_is_space(inside.p[behind]))
		behind++;
	bool lines = span_find_byte(span_cut(inside, 0, next), '\n', end) < next;
	return end > first && last > next && lines && starts_with(inside, behind, "}}");
}

/* "<%= name > ... <%= other %>": the first tag takes the second in. */
static bool runs_on(struct span s, const struct tag *tag)
{
	return tag->syntax == TAG_ERB && span_find(span_cut(s, 0, tag->range.end), SPAN_LIT("<%"), tag->range.start + 2) < tag->range.end &&
	       half_at(s, tag->range.start);
}

static void note(struct found *found, enum fault fault, struct range range)
{
	if (!found->count[fault]++)
		found->first[fault] = range;
}

/* Behind what nobody reads that begins at at: a comment of HTML. at where none begins. */
static size_t skip_comment(struct span s, size_t at, const struct html *html)
{
	if (!html || !starts_with(s, at, "<!--"))
		return at;
	size_t end = span_find(s, SPAN_LIT("-->"), at);
	return end < s.n ? end + 3 : at;
}

/* Is what begins at offset of the source the rest of a tag that a reader sees whole? Mark-up or references cut that one: "&#123;{ name }}". */
static bool is_rest_of_tag(struct check *c, const struct body *body, struct tag_list *shown, size_t offset)
{
	if (!shown->tags)
		*shown = tag_scan(check_arena(c), body->visible->bytes);
	for (size_t i = 0; i < shown->n; i++) {
		struct range range = text_to_ancestor(body->visible, shown->tags[i].range.start, shown->tags[i].range.end, body->source);
		if (range.start <= offset && offset < range.end)
			return true;
	}
	return false;
}

/* body: NULL for a header field. */
static void judge(struct check *c, struct found *found, struct span s, const struct tag_list *tags, const struct body *body)
{
	const struct html *html = body ? body->html : NULL;
	enum template_language language = body && body->tree ? body->tree->language : LANGUAGE_NONE;
	struct tag_list shown = { 0 };
	unsigned asked = 0;
	size_t k = 0;

	for (size_t at = 0; at < s.n; at++) {
		while (k < tags->n && tags->tags[k].range.end <= at)
			k++;
		if (k < tags->n && tags->tags[k].range.start <= at) {
			const struct tag *tag = &tags->tags[k];
			enum fault fault = !tag->certain ? FAULT_NONE : runs_on(s, tag) ? FAULT_HALF : is_cut_by_line(s, tag, language) ? FAULT_WRAPPED : FAULT_NONE;
			if (fault != FAULT_NONE && !(html && shows_code(html, at)))
				note(found, fault, fault == FAULT_HALF ? (struct range){ at, half_at(s, at) } : tag->range);
			at = tag->range.end - 1;
			continue;
		}
		if (!memchr("{*%<", s.p[at], 4))
			continue;
		size_t comment = skip_comment(s, at, html), end = 0;
		if (comment > at) {
			at = comment - 1;
			continue;
		}
		enum fault fault = (end = half_at(s, at)) ? FAULT_HALF : (end = wrapped_at(s, at)) ? FAULT_WRAPPED : FAULT_NONE;
		if (fault == FAULT_NONE || (html && (shows_code(html, at) || (!found->count[fault] && (++asked > MOST_ASKED || is_rest_of_tag(c, body, &shown, at))))))
			continue;
		note(found, fault, (struct range){ at, end });
		at = end - 1;
	}
}

static void report(struct check *c, const struct text *text, const struct found *found)
{
	static const char *const cases[N_FAULTS] = { NULL, "half", "wrapped" };

	for (size_t k = FAULT_HALF; k < N_FAULTS; k++)
		if (found->count[k])
			check_report_text(c, text, found->first[k], cases[k], ARG_T("tag", span_cut(text->bytes, found->first[k].start, found->first[k].end)),
					  ARG_I("count", found->count[k]));
}

/* Tags of the Subject and of texts that are not whole. Of each text and case the first, with the count: half (a sign is missing), wrapped (a line end
 * within the tag, where its language has none). Arguments: tag, count. */
CHECK(tag_unclosed)
{
	if (m->subject) {
		struct tag_list tags = tag_scan(check_arena(c), m->subject->bytes);
		struct found found = { 0 };
		judge(c, &found, m->subject->bytes, &tags, NULL);
		report(c, m->subject, &found);
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		struct found found = { 0 };
		judge(c, &found, body->source->bytes, &body->tags, body);
		report(c, body->source, &found);
	}
}
