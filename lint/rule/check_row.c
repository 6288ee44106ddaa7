/* Checks of what a row of data makes of a template: values that are empty, words for nothing, markup, what breaks addresses and headers, and what
 * could not be filled in. They see a template that was filled in (doc/expansion.h) and are silent for any other document. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/utf8.h"

/* What was made up for a try is told more softly. */
static const char *who(const struct expansion *e, const char *row, const char *made_up)
{
	return e->made_up ? made_up : row;
}

static bool is_in_url(const struct insertion *insertion)
{
	return insertion->place == SLOT_URL || insertion->place == SLOT_URL_PART || insertion->place == SLOT_URL_QUERY;
}

static struct span name_of(const struct insertion *insertion)
{
	return insertion->column ? span_str(insertion->column) : insertion->expression;
}

/* --- nothing where a name should be -------------------------------------------------------------------------------------------- */

/* Blanks, also the wide one. */
static size_t skip_blanks(struct span s, size_t at)
{
	for (;;) {
		if (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
			at++;
		else if (span_starts(span_cut(s, at, s.n), SPAN_LIT("\xe3\x80\x80")))
			at += 3;
		else
			return at;
	}
}

static size_t skip_blanks_back(struct span s, size_t at)
{
	for (;;) {
		if (at > 0 && (s.p[at - 1] == ' ' || s.p[at - 1] == '\t'))
			at--;
		else if (at >= 3 && memcmp(s.p + at - 3, "\xe3\x80\x80", 3) == 0)
			at -= 3;
		else
			return at;
	}
}

/* The length of the word of the list that stands at the place; 0 where none does. */
static size_t word_at(struct span s, size_t at, const char *const *words)
{
	for (const char *const *word = words; *word; word++)
		if (span_starts_ci(span_cut(s, at, s.n), span_str(*word)))
			return strlen(*word);
	return 0;
}

/* Is there nothing of a name in front: the beginning of a line, a bracket, the end of an element or of a sentence? */
static bool begins_name(struct span s, size_t at)
{
	static const char *const before[] = { "。", "、", "！", "」", "】", "「", "【", "（", "』", "『", NULL };

	if (at == 0 || memchr("\r\n>\"'([:", s.p[at - 1], 8))
		return true;
	for (const char *const *sign = before; *sign; sign++)
		if (at >= strlen(*sign) && memcmp(s.p + at - strlen(*sign), *sign, strlen(*sign)) == 0)
			return true;
	return false;
}

/* Where a greeting that ends at the place begins; at where there is none. */
static size_t greeting_before(struct span s, size_t at)
{
	static const char *const words[] = { "dear", "hi", "hello", "hey", "welcome", NULL };

	for (const char *const *word = words; *word; word++) {
		size_t n = strlen(*word);
		if (at >= n && span_starts_ci(span_cut(s, at - n, at), span_str(*word)) && (at == n || !ascii_is_alnum(s.p[at - n - 1])))
			return at - n;
	}
	return at;
}

/* The stretch in which the reader sees that a name is not there; empty where one does not. */
static struct range gap_at(struct span s, const struct insertion *insertion)
{
	static const char *const titles[] = { "様", "さま", "さん", "殿", "先生", "くん", "ちゃん", NULL };
	static const char *const ends[] = { ",", "!", "、", "！", NULL };
	size_t before = skip_blanks_back(s, insertion->range.start), after = skip_blanks(s, insertion->range.end);
	size_t title = word_at(s, after, titles), end = word_at(s, after, ends), greeting = greeting_before(s, before);

	if (title && (begins_name(s, before) || greeting < before))
		return (struct range){ insertion->range.start, after + title };
	if (end && greeting < before)
		return (struct range){ greeting, after + end };
	return (struct range){ 0, 0 };
}

/* The line around a range, for people: the value of a field without its name, text without what stands between angle brackets. */
static struct span line_around(struct check *c, struct span s, struct range range, bool header)
{
	size_t start = range.start, end = range.end;
	GString *out = g_string_new(NULL);
	unsigned depth = 0;

	while (start > 0 && range.start - start < 200 && s.p[start - 1] != '\n' && s.p[start - 1] != '\r')
		start--;
	while (start < range.start && ((unsigned char)s.p[start] & 0xC0) == 0x80)
		start++;
	while (end < s.n && end - range.end < 60 && s.p[end] != '\n' && s.p[end] != '\r')
		end++;
	while (end < s.n && end > range.end && ((unsigned char)s.p[end] & 0xC0) == 0x80)
		end--;
	struct span line = span_cut(s, start, end);
	size_t colon = span_find_byte(line, ':', 0);
	if (header && colon < range.start - start)
		line = span_cut(line, colon + 1, line.n);
	for (size_t i = 0; i < line.n; i++) {
		if (!header && line.p[i] == '<')
			depth = 1;
		if (!depth)
			g_string_append_c(out, line.p[i]);
		if (line.p[i] == '>')
			depth = 0;
	}
	/* What the front of a line is made of is no part of what the reader sees as one. */
	struct span text = header ? span_of(out->str, out->len) : span_trim(span_of(out->str, out->len));
	/* The quotes of front matter are not the reader's. */
	if (header) {
		text = span_trim(text);
		if (text.n > 1 && (text.p[0] == '"' || text.p[0] == '\''))
			text = span_cut(text, 1, text.n - (text.p[text.n - 1] == text.p[0]));
	}
	struct span copy = arena_copy_span(check_arena(c), text);
	g_string_free(out, TRUE);
	return copy;
}

static bool is_subject(const struct message *m, size_t at)
{
	return m->subject_field && m->subject_field->start <= at && at <= m->subject_field->end;
}

/* A value that is empty where a name should stand: before 様, behind Dear. Cases: subject, header, text. */
CHECK(row_value_empty)
{
	const struct expansion *e = m->expansion;

	for (size_t i = 0; e && i < e->n_insertions; i++) {
		const struct insertion *insertion = &e->insertions[i];
		if (insertion->stand_in || span_trim(insertion->value).n || insertion->place > SLOT_ATTRIBUTE)
			continue;
		struct span s = m->file->bytes;
		struct range gap = gap_at(s, insertion);
		if (gap.end == 0)
			continue;
		bool header = insertion->place == SLOT_HEADER;
		struct span becomes = line_around(c, s, gap, header);
		check_report(c, gap, is_subject(m, gap.start) ? "subject" : header ? "header" : "text", ARG_T("becomes", becomes), ARG_T("column", name_of(insertion)));
	}
}

/* Words that programs write for nothing. Cases: word (may be a name), program. */
CHECK(row_value_null)
{
	static const char *const words[] = { "null", "none", "nil", "n/a", NULL };
	static const char *const programs[] = { "undefined", "nan", "(null)", "[object object]", "<no value>", "#n/a", "#ref!", "#value!", "#name?",
						"#div/0!", "#null!", "#num!", NULL };
	const struct expansion *e = m->expansion;

	for (size_t i = 0; e && i < e->n_insertions; i++) {
		const struct insertion *insertion = &e->insertions[i];
		struct span value = span_trim(insertion->value);
		bool program = word_in_list(programs, value);
		if (insertion->stand_in || insertion->place == SLOT_CODE || !(program || word_in_list(words, value)))
			continue;
		check_report(c, insertion->range, program ? "program" : "word", ARG_T("value", value), ARG_T("column", name_of(insertion)));
	}
}

/* --- what breaks the mail ------------------------------------------------------------------------------------------------------ */

/* A line end in a value that is put into the header: what follows becomes a field of its own, or the body. */
CHECK(row_line_break)
{
	const struct expansion *e = m->expansion;

	for (size_t i = 0; e && i < e->n_insertions; i++) {
		const struct insertion *insertion = &e->insertions[i];
		if (insertion->place == SLOT_HEADER && (memchr(insertion->value.p, '\n', insertion->value.n) || memchr(insertion->value.p, '\r', insertion->value.n)))
			check_report(c, insertion->range, NULL, ARG_T("column", name_of(insertion)));
	}
}

/* The first character of a value that means something else in an address; NULL. */
static const char *unsafe_in_url(const struct insertion *insertion, struct span text)
{
	char before = insertion->range.start ? text.p[insertion->range.start - 1] : '\0';
	bool list = insertion->place == SLOT_URL_QUERY && (before == '?' || before == '&'); /* names and values, as a whole */

	for (size_t i = 0; i < insertion->value.n; i++) {
		const char *p = &insertion->value.p[i];
		if (*p == ' ' || *p == '<' || *p == '>' || *p == '"' || *p == '#')
			return p;
		if (*p == '&' && insertion->place == SLOT_URL_QUERY && !list)
			return p;
		if (*p == '?' && insertion->place == SLOT_URL_PART)
			return p;
	}
	return NULL;
}

/* A value in a part of an address that holds what ends that part. What is a whole address is judged as links are. */
CHECK(row_url_unsafe)
{
	const struct expansion *e = m->expansion;

	for (size_t i = 0; e && i < e->n_insertions; i++) {
		const struct insertion *insertion = &e->insertions[i];
		if (insertion->stand_in || (insertion->place != SLOT_URL_PART && insertion->place != SLOT_URL_QUERY))
			continue;
		const char *sign = unsafe_in_url(insertion, m->file->bytes);
		if (sign)
			check_report(c, insertion->range, NULL, ARG_T("sign", *sign == ' ' ? SPAN_LIT("space") : span_of(sign, 1)),
				     ARG_T("value", insertion->value), ARG_T("column", name_of(insertion)));
	}
}

/* Does the value hold a tag, and is not markup as a whole, as a block of an editor is? */
static bool holds_markup(struct span value)
{
	struct span s = span_trim(value);

	if (s.n && s.p[0] == '<' && s.p[s.n - 1] == '>' && span_find(s, SPAN_LIT("</"), 0) < s.n)
		return false;
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '<' && (ascii_is_alpha(s.p[i + 1]) || s.p[i + 1] == '/' || s.p[i + 1] == '!'))
			return true;
	return false;
}

/* Markup in a value that nobody escapes. Cases: row, made-up. The first, with the number. */
CHECK(row_markup)
{
	const struct expansion *e = m->expansion;
	const struct insertion *first = NULL;
	size_t n = 0;

	for (size_t i = 0; e && i < e->n_insertions; i++) {
		const struct insertion *insertion = &e->insertions[i];
		bool quoted = insertion->place == SLOT_ATTRIBUTE && memchr(insertion->value.p, '"', insertion->value.n);
		if (insertion->stand_in || !insertion->unescaped || insertion->asked || !insertion->column)
			continue;
		if (quoted || (insertion->place == SLOT_HTML && (holds_markup(insertion->value) || (e->made_up && memchr(insertion->value.p, '<', insertion->value.n)))))
			first = n++ ? first : insertion;
	}
	if (first)
		check_report(c, first->range, who(e, "row", "made-up"), ARG_T("column", name_of(first)), ARG_I("count", n));
}

/* The end of an entity that begins at the place; 0. */
static size_t entity_end(struct span s, size_t at)
{
	static const char *const names[] = { "amp;", "lt;", "gt;", "quot;", "nbsp;", "apos;", "#39;", "#34;", "#x27;", NULL };
	size_t n = at < s.n && s.p[at] == '&' ? word_at(s, at + 1, names) : 0;

	return n ? at + 1 + n : 0;
}

static bool holds_entity(struct span s)
{
	for (size_t at = span_find_byte(s, '&', 0); at < s.n; at = span_find_byte(s, '&', at + 1))
		if (entity_end(s, at))
			return true;
	return false;
}

/* Escaped once too often: in the data already, or for text that no HTML reader sees. Cases: data, plain, header. */
CHECK(row_escaped)
{
	const struct expansion *e = m->expansion;

	for (size_t i = 0; e && i < e->n_insertions; i++) {
		const struct insertion *insertion = &e->insertions[i];
		struct span shown = span_cut(m->file->bytes, insertion->range.start, insertion->range.end);
		bool plain = insertion->place == SLOT_TEXT || insertion->place == SLOT_HEADER;
		if (insertion->stand_in || e->made_up || is_in_url(insertion))
			continue;
		if (plain && holds_entity(shown))
			check_report(c, insertion->range, insertion->place == SLOT_HEADER ? "header" : "plain", ARG_T("becomes", shown),
				     ARG_T("column", name_of(insertion)));
		else if (!plain && insertion->escaped && holds_entity(insertion->value))
			check_report(c, insertion->range, "data", ARG_T("becomes", insertion->value), ARG_T("column", name_of(insertion)));
	}
}

/* --- what could not be filled in ----------------------------------------------------------------------------------------------- */

static bool is_told_before(const struct expansion *e, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (e->notes[k].kind == e->notes[i].kind && span_eq(e->notes[k].expression, e->notes[i].expression))
			return true;
	return false;
}

/* A tag of the list, which its system fills in. */
static bool is_declared(struct check *c, struct span name)
{
	const struct list_options *list = check_options(c)->list;

	for (const char *const *tag = list ? list->tags : NULL; tag && *tag; tag++)
		if (span_find(span_str(*tag), name, 0) < strlen(*tag))
			return true;
	return false;
}

/* A name that no column has. Cases: near, for each name like that of a column; none, once, with the number of the others. */
CHECK(row_no_column)
{
	const struct expansion *e = m->expansion;
	const struct expansion_note *first = NULL;
	size_t n = 0;

	for (size_t i = 0; e && !e->harmless && e->data_path && i < e->n_notes; i++) {
		const struct expansion_note *note = &e->notes[i];
		if (note->kind != NOTE_NO_COLUMN || is_told_before(e, i) || is_declared(c, note->expression))
			continue;
		if (note->nearest)
			check_report(c, note->range, "near", ARG_T("name", note->expression), ARG_T("nearest", span_str(note->nearest)));
		else
			first = n++ ? first : note;
	}
	if (first)
		check_report(c, first->range, "none", ARG_T("name", first->expression), ARG_I("count", n));
}

/* Expressions that presend does not know the result of, or a row that makes too much. Cases: beyond, once, with the number; too-long. */
CHECK(row_beyond)
{
	const struct expansion *e = m->expansion;
	const struct expansion_note *first = NULL;
	size_t n = 0;

	for (size_t i = 0; e && !e->harmless && i < e->n_notes; i++) {
		const struct expansion_note *note = &e->notes[i];
		if (note->kind == NOTE_TOO_LONG)
			check_report(c, note->range, "too-long");
		else if (note->kind == NOTE_BEYOND && !is_told_before(e, i))
			first = n++ ? first : note;
	}
	if (first)
		check_report(c, first->range, "beyond", ARG_T("expression", first->expression), ARG_I("count", n));
}
