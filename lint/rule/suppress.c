/* Role: reads what a draft says about findings of its own, and marks them.
 * May not: report anything, or drop a finding: a suppressed one stays true. */
#include "rule/suppress.h"

#include "base/limits.h"

/* --- words ------------------------------------------------------------------------------------------------------------------- */

bool suppress_allowed(const struct rule *rule)
{
	return strcmp(rule->area, "engine") != 0 && strcmp(rule->area, "ignore") != 0;
}

static bool any_starts_with(const char *const *ids, const char *beginning)
{
	for (; ids && *ids; ids++)
		if (g_str_has_prefix(*ids, beginning))
			return true;
	return false;
}

bool suppress_names(const char *word, const struct rule *rule)
{
	if (g_str_has_prefix(rule->id, word) || any_starts_with(rule->requirements, word))
		return true;
	for (size_t i = 0; i < rule->n_conditions; i++)
		if (any_starts_with(rule->conditions[i].requirements, word))
			return true;
	return false;
}

static void look_up(struct ignore_word *word, const struct rule_set *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		if (!suppress_names(word->word, rules->rules[i]))
			continue;
		bool allowed = suppress_allowed(rules->rules[i]);
		word->forbidden = word->known ? word->forbidden && !allowed : !allowed;
		word->known = true;
	}
}

/* Built-in rules are known also in a run without them: the draft is not wrong then. */
static void settle_word(struct ignore_word *word, const struct rule_set *rules)
{
	look_up(word, rules);
	if (!word->known && rules->rules != builtin_rules()->rules)
		look_up(word, builtin_rules());
}

static bool is_id_byte(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

/* "--" begins a reason where it does not stand in a word. */
static bool begins_reason(struct span s, size_t at)
{
	return s.p[at] == ':' || s.p[at] == ';' || (s.p[at] == '-' && at + 1 < s.n && s.p[at + 1] == '-');
}

/* Words with commas between, then a reason behind ":", ";" or "--", or behind a blank. at: in text, behind the keyword. */
static void read_words(struct arena *arena, struct ignore *ignore, struct span text, size_t at, size_t end, const struct rule_set *rules)
{
	struct span s = span_cut(text, 0, end);
	GArray *words = g_array_new(FALSE, TRUE, sizeof(struct ignore_word));
	bool comma = true;

	/* "presend-ignore: RULE" is what hands write that are used to other linters. */
	if (at < s.n && s.p[at] == ':')
		at++;
	while (at < s.n && words->len < LIMIT_IGNORE_WORDS) {
		if (ascii_is_space(s.p[at]) || s.p[at] == ',') {
			comma = comma || s.p[at] == ',';
			at++;
			continue;
		}
		if (!comma || begins_reason(s, at))
			break;
		struct ignore_word word = { .range = { at, at } };
		while (word.range.end < s.n && is_id_byte(s.p[word.range.end]))
			word.range.end++;
		if (word.range.end == at)
			break;
		word.word = arena_copy(arena, span_cut(s, at, word.range.end));
		settle_word(&word, rules);
		g_array_append_val(words, word);
		at = word.range.end;
		comma = false;
	}
	while (at < s.n && (ascii_is_space(s.p[at]) || begins_reason(s, at)))
		at += s.p[at] == '-' ? 2 : 1;
	struct span reason = span_trim(span_cut(s, at, s.n));
	ignore->reason = reason.n ? arena_copy(arena, reason) : NULL;
	ignore->n_words = words->len;
	ignore->words = ARENA_ARRAY(arena, struct ignore_word, words->len + 1);
	if (words->len)
		memcpy(ignore->words, words->data, words->len * sizeof(struct ignore_word));
	g_array_free(words, TRUE);
}

/* --- what a comment is about ------------------------------------------------------------------------------------------------- */

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static size_t line_start(struct span s, size_t at)
{
	while (at > 0 && !is_line_end(s.p[at - 1]))
		at--;
	return at;
}

static size_t line_end(struct span s, size_t at)
{
	while (at < s.n && !is_line_end(s.p[at]))
		at++;
	return at;
}

/* The comment that begins at offset; its end, or offset where there is none. */
static size_t behind_comment(const struct body *body, size_t offset)
{
	const struct tag *tag = tag_at(&body->written_tags, offset);
	struct span s = body->written->bytes;

	if (tag && tag->place == TAG_COMMENT && tag->range.start == offset)
		return tag->range.end;
	if (!span_starts(span_cut(s, offset, s.n), SPAN_LIT("<!--")))
		return offset;
	size_t end = span_find(s, SPAN_LIT("-->"), offset);
	return end < s.n ? end + strlen("-->") : offset;
}

/* The first thing behind a comment that is neither blank nor a comment. */
static size_t next_thing(const struct body *body, size_t at)
{
	struct span s = body->written->bytes;

	for (;;) {
		while (at < s.n && ascii_is_space(s.p[at]))
			at++;
		size_t end = at < s.n ? behind_comment(body, at) : at;
		if (end == at)
			return at;
		at = end;
	}
}

/* From the start tag to the end of the element. */
static struct range element_range(const struct html *html, size_t index)
{
	const struct html_element *element = &html->elements[index];
	struct range range = element->start_tag;

	if (element->end_tag.end > range.end) {
		range.end = element->end_tag.end;
		return range;
	}
	/* Its end tag may be left out: up to the end of what lies in it. */
	if (element->n_texts)
		range.end = MAX(range.end, html->texts[element->first_text + element->n_texts - 1].range.end);
	for (size_t i = index + 1; i < html->n_elements && html->elements[i].depth > element->depth; i++)
		range.end = MAX(range.end, MAX(html->elements[i].start_tag.end, html->elements[i].end_tag.end));
	return range;
}

/* The range of the element whose start tag begins at offset; false where there is none. */
static bool element_starting_at(const struct body *body, size_t offset, struct range *out)
{
	size_t index = body->html ? html_element_at(body->html, offset) : HTML_NO_PARENT;

	if (index == HTML_NO_PARENT || body->html->elements[index].start_tag.start != offset)
		return false;
	*out = element_range(body->html, index);
	return true;
}

/* The element around a comment whose end tag is the next thing. */
static bool element_around(const struct body *body, struct range own, size_t next, struct range *out)
{
	size_t index = body->html ? html_element_at(body->html, own.start) : HTML_NO_PARENT;

	while (index != HTML_NO_PARENT && body->html->elements[index].end_tag.start != next)
		index = body->html->elements[index].parent;
	if (index == HTML_NO_PARENT)
		return false;
	*out = element_range(body->html, index);
	return true;
}

/* What a comment is about, in the source of its body, together with the comment itself:
 * - what follows on its line: an element as a whole, or the rest of the line;
 * - where only the end tag of an element follows: that element;
 * - where nothing follows and something stands in front of it: its line;
 * - alone on its line: the next element as a whole, or the next line that is neither blank nor a comment. */
static struct range scope_of(const struct body *body, struct range own)
{
	struct span s = body->written->bytes;
	struct range scope = { own.start, own.end }, element;
	size_t start = line_start(s, own.start), next = next_thing(body, own.end);
	bool alone = span_trim(span_cut(s, start, own.start)).n == 0;
	bool follows = next < s.n && next < line_end(s, own.end);

	if (follows && span_starts(span_cut(s, next, s.n), SPAN_LIT("</")) && element_around(body, own, next, &element))
		return element;
	if (!alone && !follows)
		return (struct range){ start, own.end };
	if (next == s.n)
		return scope;
	scope.end = element_starting_at(body, next, &element) ? element.end : line_end(s, next);
	return scope;
}

/* --- finding them ------------------------------------------------------------------------------------------------------------ */

struct collection {
	struct arena *arena;
	const struct rule_set *rules;
	GArray *found;             /* struct ignore */
	bool cut;
};

static bool take(struct collection *c, const struct ignore *ignore)
{
	if (c->found->len == LIMIT_IGNORES) {
		c->cut = true;
		return false;
	}
	g_array_append_vals(c->found, ignore, 1);
	return true;
}

static bool takes_word(struct span s, size_t *at, struct span word)
{
	if (!span_starts_ci(span_cut(s, *at, s.n), word) || (*at + word.n < s.n && is_id_byte(s.p[*at + word.n])))
		return false;
	*at += word.n;
	return true;
}

/* inner: the comment without its delimiters. */
static void take_comment(struct collection *c, const struct body *body, struct range own, struct range inner, enum ignore_form form)
{
	struct span s = span_cut(body->written->bytes, 0, inner.end);
	struct ignore ignore = { .form = form, .text = body->written, .range = own };
	size_t at = inner.start;

	while (at < s.n && ascii_is_space(s.p[at]))
		at++;
	if (!span_starts_ci(span_cut(s, at, s.n), SPAN_LIT("presend-")))
		return;
	if (takes_word(s, &at, SPAN_LIT("presend-ignore-file")))
		ignore.whole_message = true;
	else if (!takes_word(s, &at, SPAN_LIT("presend-ignore")))
		ignore.unknown_keyword = true;
	if (c->found->len < LIMIT_IGNORES && !ignore.unknown_keyword) {
		read_words(c->arena, &ignore, body->written->bytes, at, inner.end, c->rules);
		struct range scope = ignore.whole_message ? own : scope_of(body, own);
		ignore.scope = text_to_file(body->written, scope.start, scope.end);
	}
	take(c, &ignore);
}

/* A comment tag without its delimiters: whatever the language, they are signs, and behind them stands a word. */
static struct range tag_inside(struct span s, const struct tag *tag)
{
	struct range inner = tag->range;

	if (span_eq(tag->name, SPAN_LIT("comment"))) {
		/* {% comment %} ... {% endcomment %} */
		inner.start = MIN(span_find(s, SPAN_LIT("%}"), inner.start) + 2, inner.end);
		for (size_t at = inner.start; at < inner.end; at = span_find(s, SPAN_LIT("{%"), at + 1))
			if (at > inner.start)
				inner.end = at;
		return inner;
	}
	while (inner.start < inner.end && strchr("{<[%#!-*/~? \t\r\n", s.p[inner.start]) && s.p[inner.start])
		inner.start++;
	while (inner.end > inner.start && strchr("}>]%#-*/~? \t\r\n", s.p[inner.end - 1]) && s.p[inner.end - 1])
		inner.end--;
	return inner;
}

static void take_tags(struct collection *c, const struct body *body)
{
	for (size_t i = 0; i < body->written_tags.n; i++)
		if (body->written_tags.tags[i].place == TAG_COMMENT)
			take_comment(c, body, body->written_tags.tags[i].range, tag_inside(body->written->bytes, &body->written_tags.tags[i]),
				     IGNORE_TEMPLATE_COMMENT);
}

static void take_html_comment(struct collection *c, const struct body *body, struct range range)
{
	struct span s = body->written->bytes;
	struct range inner = { MIN(range.start + strlen("<!--"), range.end), range.end };

	if (span_ends_ci(span_cut(s, inner.start, inner.end), SPAN_LIT("-->")))
		inner.end -= strlen("-->");
	take_comment(c, body, range, inner, IGNORE_HTML_COMMENT);
}

/* HTML comments are comments in Markdown, too; in plain text a reader would see them. */
static void take_markdown(struct collection *c, const struct body *body)
{
	struct span s = body->written->bytes;

	for (size_t at = span_find(s, SPAN_LIT("<!--"), 0); at < s.n; at = span_find(s, SPAN_LIT("<!--"), at)) {
		size_t end = span_find(s, SPAN_LIT("-->"), at);
		if (end == s.n)
			return;
		end += strlen("-->");
		take_html_comment(c, body, (struct range){ at, end });
		at = end;
	}
}

static void take_body(struct collection *c, const struct message *m, const struct body *body)
{
	take_tags(c, body);
	if (!body->html && m->template_kind == TEMPLATE_MARKDOWN)
		take_markdown(c, body);
	for (size_t i = 0; body->html && i < body->html->n_comments; i++)
		take_html_comment(c, body, body->html->comments[i].range);
}

static void take_fields(struct collection *c, const struct message *m)
{
	for (const struct field *f = header_find(m->header, SUPPRESS_FIELD); f; f = header_find_next(m->header, f)) {
		struct ignore ignore = { .form = IGNORE_FIELD, .whole_message = true, .text = f->value, .range = { 0, f->value->bytes.n } };

		ignore.scope = (struct range){ f->start, f->value_end };
		if (c->found->len < LIMIT_IGNORES)
			read_words(c->arena, &ignore, f->value->bytes, 0, f->value->bytes.n, c->rules);
		if (!take(c, &ignore))
			return;
	}
}

struct ignores *suppress_collect(struct arena *arena, const struct message *m, const struct rule_set *rules)
{
	struct collection c = { .arena = arena, .rules = rules, .found = g_array_new(FALSE, TRUE, sizeof(struct ignore)) };
	struct ignores *ignores = NULL;

	take_fields(&c, m);
	for (size_t i = 0; i < m->n_bodies; i++)
		take_body(&c, m, &m->bodies[i]);
	if (c.found->len) {
		ignores = ARENA_NEW(arena, struct ignores);
		ignores->all = ARENA_ARRAY(arena, struct ignore, c.found->len);
		memcpy(ignores->all, c.found->data, c.found->len * sizeof(struct ignore));
		ignores->n = c.found->len;
		ignores->cut = c.cut;
	}
	g_array_free(c.found, TRUE);
	return ignores;
}

/* --- marking ----------------------------------------------------------------------------------------------------------------- */

/* Does the finding begin in the scope? In base64 neighbours share a byte of the file: it belongs to the one that ends there. */
static bool lies_in(const struct finding *finding, const struct ignore *ignore)
{
	size_t start = finding->start.offset, end = finding->end.offset;

	if (ignore->whole_message)
		return true;
	return start >= ignore->scope.start && start < ignore->scope.end && (end <= ignore->scope.end || start + 1 < ignore->scope.end);
}

static bool names_finding(const char *word, const struct finding *finding)
{
	return g_str_has_prefix(finding->rule->id, word) || any_starts_with(finding->requirements, word);
}

/* "More findings of RULE from here on" goes where all findings of that rule go. */
static bool names_counted(const struct ignore *ignore, const char *word, const struct finding *finding)
{
	const struct finding_arg *counted = finding_arg(finding, "rule");

	return ignore->whole_message && strcmp(finding->rule->id, "more-of-the-same") == 0 && counted && g_str_has_prefix(counted->text, word);
}

static void apply(struct message_result *result, struct ignore *ignore, struct ignore_word *word)
{
	for (size_t i = 0; i < result->n_findings; i++) {
		struct finding *finding = &result->findings[i];
		bool named = suppress_allowed(finding->rule) ? names_finding(word->word, finding) : names_counted(ignore, word->word, finding);

		if (!named || !lies_in(finding, ignore))
			continue;
		word->used = true;
		if (finding->suppressed)
			continue;
		struct suppression *suppression = ARENA_NEW(result->arena, struct suppression);
		*suppression = (struct suppression){ SUPPRESSED_IN_SOURCE, ignore->reason };
		finding->suppressed = suppression;
	}
}

void suppress_apply(struct message_result *result)
{
	for (size_t i = 0; result->ignores && i < result->ignores->n; i++) {
		struct ignore *ignore = &result->ignores->all[i];
		for (size_t k = 0; k < ignore->n_words; k++)
			if (ignore->words[k].known && !ignore->words[k].forbidden)
				apply(result, ignore, &ignore->words[k]);
	}
}
