/* Content-Type and Content-Disposition values with their parameters, RFC 2231 put together.
 * Must not know any parameter by name, and must not guess a type: what is missing stays empty. */
#include "mail/params.h"

#include <stdlib.h>

#include "mail/encoded_word.h"

enum { ESC = 0x1b, NUMBER_MAX = 99999 };

/* One name=value as it stands. */
struct segment {
	struct span base;      /* name without *0* */
	struct range whole;    /* name to the end of the value with its quotes */
	struct range value;    /* without quotes */
	bool quoted;
	bool rfc2231, extended; /* name*..., ...* */
	bool leading_zero;
	int number;            /* of a continuation; -1 where there is none */
	size_t next;           /* index of the next segment of the same value; 0 ends */
};

/* The segments of one value. */
struct group {
	size_t first, last, n;
};

struct reader {
	struct arena *arena;
	const struct text *file;
	struct span s;
	size_t at, end;
	bool shift_jis, no_quotes, no_comments;
	struct content_value *value;
	GArray *segments, *groups;
	GHashTable *by_name; /* lower-cased base name with '*' where RFC 2231 is used -> group number + 1 */
};

/* ---- tokens ---- */

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end) {
		if (ascii_is_space(r->s.p[r->at])) {
			r->at++;
			continue;
		}
		if (r->s.p[r->at] != '(' || r->no_comments)
			return;
		size_t behind = lex_comment(r->s, r->at, r->end, r->shift_jis);
		r->no_comments = behind == 0;
		if (!behind)
			return;
		r->at = behind;
	}
}

/* RFC 2045, section 5.1. */
static bool is_token_character(char c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?=", c);
}

static struct range read_token(struct reader *r)
{
	struct range range = { r->at, r->at };

	while (r->at < r->end && is_token_character(r->s.p[r->at]))
		r->at++;
	range.end = r->at;
	return range;
}

static struct range trimmed(const struct reader *r, size_t start, size_t end)
{
	struct span part = span_trim(span_cut(r->s, start, end));
	size_t from = part.n ? (size_t)(part.p - r->s.p) : start;

	return (struct range){ from, from + part.n };
}

/* The first error is the one told. */
static void note_error(struct reader *r, size_t start, size_t end)
{
	if (r->value->syntax_error)
		return;
	r->value->syntax_error = true;
	r->value->error_range = trimmed(r, start, end);
}

static size_t next_semicolon(const struct reader *r, size_t from)
{
	size_t i = from;

	while (i < r->end && r->s.p[i] != ';') {
		size_t behind = lex_opaque(r->s, i, r->end, r->shift_jis);
		i = behind ? behind : i + 1;
	}
	return i;
}

/* "name=" at that place. */
static bool starts_parameter(const struct reader *r, size_t at)
{
	size_t i = at;

	while (i < r->end && is_token_character(r->s.p[i]))
		i++;
	return i > at && i < r->end && r->s.p[i] == '=';
}

static struct span lower_copy(struct arena *arena, struct span s)
{
	char *copy = arena_copy(arena, s);

	for (size_t i = 0; i < s.n; i++)
		copy[i] = ascii_lower(copy[i]);
	return span_of(copy, s.n);
}

/* ---- reading ---- */

static void read_type(struct reader *r, bool with_subtype)
{
	skip_blanks(r);
	struct range type = read_token(r), subtype = { type.end, type.end };
	if (with_subtype) {
		size_t behind = r->at;
		skip_blanks(r);
		if (r->at < r->end && r->s.p[r->at] == '/') {
			r->at++;
			skip_blanks(r);
			subtype = read_token(r);
		} else {
			r->at = behind;
		}
	}
	bool has_type = type.end > type.start, has_subtype = subtype.end > subtype.start;
	if (!has_type || (with_subtype && !has_subtype))
		note_error(r, type.start, r->at > type.start ? r->at : next_semicolon(r, type.start));
	r->value->type = lower_copy(r->arena, span_cut(r->s, type.start, type.end));
	r->value->subtype = lower_copy(r->arena, span_cut(r->s, subtype.start, subtype.end));
	r->value->type_range = (struct range){ type.start, has_subtype ? subtype.end : type.end };
}

static void read_quoted(struct reader *r, struct segment *segment)
{
	size_t behind = r->no_quotes ? 0 : lex_quoted(r->s, r->at, r->end, r->shift_jis);

	segment->quoted = true;
	if (behind) {
		segment->value = (struct range){ r->at + 1, behind - 1 };
	} else {
		r->no_quotes = true;
		behind = next_semicolon(r, r->at + 1);
		segment->value = trimmed(r, r->at + 1, behind);
		note_error(r, r->at, behind);
	}
	r->at = behind;
}

/* A value without quotes. Blanks end it; but words that only blanks part belong together, and where neither ';' nor
 * another parameter follows the writer forgot the quotes. */
static void read_bare(struct reader *r, struct segment *segment)
{
	size_t start = r->at, end = start;
	bool word = false;

	for (;;) {
		while (r->at < r->end && r->s.p[r->at] != ';' && !ascii_is_space(r->s.p[r->at])) {
			size_t behind = lex_encoded_word(r->s, r->at, r->end);
			word = behind != 0;
			if (!behind)
				behind = lex_opaque(r->s, r->at, r->end, r->shift_jis);
			r->at = behind ? behind : r->at + 1;
		}
		end = r->at;
		skip_blanks(r);
		if (!word || r->at >= r->end || !lex_encoded_word(r->s, r->at, r->end))
			break;
	}
	if (r->at < r->end && r->s.p[r->at] != ';' && r->at > end && !starts_parameter(r, r->at)) {
		size_t semicolon = next_semicolon(r, r->at);
		note_error(r, r->at, semicolon);
		end = trimmed(r, start, semicolon).end;
		r->at = semicolon;
	}
	segment->value = (struct range){ start, end };
}

/* name, name*, name*1, name*1*. */
static void split_name(struct segment *segment, struct span name)
{
	size_t star = span_find_byte(name, '*', 0);

	segment->base = span_cut(name, 0, star);
	segment->number = -1;
	if (star == name.n)
		return;
	struct span rest = span_cut(name, star + 1, name.n);
	size_t digits = 0;
	int number = 0;
	for (; digits < rest.n && ascii_is_digit(rest.p[digits]); digits++)
		number = number > NUMBER_MAX ? number : number * 10 + rest.p[digits] - '0';
	bool ends_in_star = rest.n > digits && rest.p[digits] == '*';
	/* Anything else is a name with a star in it. */
	if (digits + ends_in_star != rest.n) {
		segment->base = name;
		return;
	}
	segment->rfc2231 = true;
	segment->extended = digits == 0 || ends_in_star;
	segment->leading_zero = digits > 1 && rest.p[0] == '0';
	segment->number = digits ? number : -1;
}

/* Put the segment to those of the same value. A plain parameter is a value of its own. */
static void add_segment(struct reader *r, struct segment *segment)
{
	size_t index = r->segments->len;

	g_array_append_val(r->segments, *segment);
	if (segment->rfc2231) {
		char *key = arena_printf(r->arena, "%s*", lower_copy(r->arena, segment->base).p);
		size_t number = GPOINTER_TO_SIZE(g_hash_table_lookup(r->by_name, key));
		if (number) {
			struct group *group = &g_array_index(r->groups, struct group, number - 1);
			g_array_index(r->segments, struct segment, group->last).next = index;
			group->last = index;
			group->n++;
			return;
		}
		g_hash_table_insert(r->by_name, key, GSIZE_TO_POINTER((gsize)r->groups->len + 1));
	}
	struct group group = { index, index, 1 };
	g_array_append_val(r->groups, group);
}

static void read_parameter(struct reader *r)
{
	struct segment segment = { 0 };
	size_t start = r->at;
	struct range name = read_token(r);

	skip_blanks(r);
	if (name.end == name.start || r->at >= r->end || r->s.p[r->at] != '=') {
		r->at = next_semicolon(r, r->at);
		note_error(r, start, r->at);
		return;
	}
	r->at++;
	skip_blanks(r);
	split_name(&segment, span_cut(r->s, name.start, name.end));
	if (r->at < r->end && r->s.p[r->at] == '"')
		read_quoted(r, &segment);
	else
		read_bare(r, &segment);
	segment.whole = (struct range){ name.start, segment.value.end };
	if (segment.quoted && segment.value.end < r->end && r->s.p[segment.value.end] == '"')
		segment.whole.end++;
	add_segment(r, &segment);
}

static void read_parameters(struct reader *r)
{
	for (;;) {
		skip_blanks(r);
		if (r->at >= r->end)
			return;
		if (r->s.p[r->at] == ';') {
			r->at++;
			skip_blanks(r);
			if (r->at < r->end && r->s.p[r->at] != ';')
				read_parameter(r);
			continue;
		}
		/* Something stands where a ';' should. */
		size_t start = r->at, end = next_semicolon(r, start);
		note_error(r, start, end);
		if (starts_parameter(r, start))
			read_parameter(r);
		else
			r->at = end;
	}
}

/* ---- values ---- */

static unsigned raw_flags(struct span raw)
{
	unsigned flags = span_is_ascii(raw) ? 0 : PARAM_RAW_8BIT;

	for (size_t i = 0; i + 1 < raw.n; i++)
		if (raw.p[i] == ESC && (raw.p[i + 1] == '$' || raw.p[i + 1] == '('))
			return flags | PARAM_RAW_JIS;
	return flags;
}

static void decode_plain(struct reader *r, const struct segment *segment, struct param *param)
{
	struct encoded_word *words;
	size_t n;
	struct text *text = encoded_words_decode(r->arena, r->file, segment->value, FIELD_MIME, &words, &n);

	param->value = segment->quoted ? text_unquote(r->arena, r->file, text, words, n) : text;
	for (size_t i = 0; i < n; i++) {
		param->flags |= PARAM_ENCODED_WORD | (segment->quoted ? 0 : PARAM_UNQUOTED_ENCODED_WORD);
		if (words[i].flags & (EW_SPLIT_CHAR | EW_STATE_OPEN))
			param->flags |= PARAM_SPLIT_CHAR;
		if (words[i].flags & EW_BAD_CHARSET)
			param->flags |= PARAM_BAD_CHARSET;
	}
}

/* The bytes of a segment from there on, without percent encoding or backslashes. */
static void undo_segment(const struct reader *r, const struct segment *segment, size_t from, struct located_bytes *located)
{
	struct span s = r->s;

	for (size_t i = from; i < segment->value.end; i++) {
		size_t left = segment->value.end - i, line_end = lex_line_end(s, i, segment->value.end);
		if (line_end) {
			i += line_end - 1;
		} else if (segment->extended && s.p[i] == '%' && left > 2 && ascii_hex_value(s.p[i + 1]) >= 0 &&
			   ascii_hex_value(s.p[i + 2]) >= 0) {
			located_add(located, (char)(ascii_hex_value(s.p[i + 1]) << 4 | ascii_hex_value(s.p[i + 2])), i, i + 3);
			i += 2;
		} else if (segment->quoted && s.p[i] == '\\' && left > 1) {
			located_add(located, s.p[i + 1], i, i + 2);
			i++;
		} else {
			located_add(located, s.p[i], i, i + 1);
		}
	}
}

/* charset'language' at the start of a segment: the offset behind it; 0 where there is none. */
static size_t charset_prefix(const struct reader *r, const struct segment *segment, struct span *charset)
{
	size_t first = span_find_byte(span_cut(r->s, 0, segment->value.end), '\'', segment->value.start);
	size_t second = span_find_byte(span_cut(r->s, 0, segment->value.end), '\'', first + 1);

	if (first >= segment->value.end || second >= segment->value.end)
		return 0;
	*charset = span_cut(r->s, segment->value.start, first);
	return second + 1;
}

static bool is_usable(struct charset_label label)
{
	return label.family != CHARSET_NONE && label.family != CHARSET_UNKNOWN && label.family != CHARSET_FORBIDDEN &&
	       !(label.flags & CHARSET_LABEL_UNUSABLE);
}

static int compare_segments(const void *a, const void *b)
{
	const struct segment *x = *(const struct segment *const *)a, *y = *(const struct segment *const *)b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->whole.start < y->whole.start ? -1 : x->whole.start > y->whole.start;
}

/* The segments in the order of their numbers, with what is wrong about the numbers. */
static const struct segment **order_segments(struct reader *r, const struct group *group, struct param *param)
{
	const struct segment **ordered = g_new(const struct segment *, group->n);
	size_t index = group->first;

	for (size_t i = 0; i < group->n; i++) {
		ordered[i] = &g_array_index(r->segments, struct segment, index);
		index = ordered[i]->next;
	}
	qsort(ordered, group->n, sizeof *ordered, compare_segments);
	for (size_t i = 0; i < group->n; i++) {
		int expected = i == 0 ? 0 : ordered[i - 1]->number + 1;
		if (ordered[i]->number >= 0)
			param->flags |= PARAM_CONTINUED;
		if (ordered[i]->leading_zero || (ordered[i]->number >= 0 && ordered[i]->number != expected))
			param->flags |= PARAM_BAD_CONTINUATION;
		if (i && ordered[i]->number == ordered[i - 1]->number)
			param->flags |= PARAM_DUPLICATE;
		if (i && ordered[i]->number >= 0 && ordered[i - 1]->number < 0)
			param->flags |= PARAM_DUPLICATE;
	}
	return ordered;
}

static void decode_rfc2231(struct reader *r, const struct group *group, struct param *param)
{
	const struct segment **ordered = order_segments(r, group, param);
	struct located_bytes located = { 0 };
	struct charset_label label = charset_label_parse(SPAN_LIT("us-ascii"));
	struct charset_edges edges = { 0 };
	struct span charset = SPAN_EMPTY, other;
	GString *out = g_string_new(NULL);
	struct map_builder map;

	param->flags |= PARAM_RFC2231;
	for (size_t i = 0; i < group->n; i++) {
		const struct segment *segment = ordered[i];
		size_t from = segment->value.start, before = located.n, behind;
		if (segment->extended && i == 0) {
			behind = charset_prefix(r, segment, &charset);
			label = charset_label_parse(charset);
			from = behind ? behind : from;
			if (!behind || !is_usable(label))
				param->flags |= PARAM_BAD_CHARSET;
		} else if (segment->extended) {
			behind = charset_prefix(r, segment, &other);
			if (behind && is_usable(charset_label_parse(other))) {
				param->flags |= PARAM_BAD_CONTINUATION;
				from = behind;
			}
			if (!ordered[0]->extended)
				param->flags |= PARAM_BAD_CHARSET;
		}
		undo_segment(r, segment, from, &located);
		struct span bytes = located.n > before ? span_of(located.bytes + before, located.n - before) : SPAN_EMPTY;
		edges = charset_edges_of(label, charset, bytes, i ? &edges : NULL);
		if (edges.head || edges.tail)
			param->flags |= PARAM_SPLIT_CHAR;
	}
	param->charset = charset;
	map_builder_init(&map);
	/* Text that evidently is in another charset than it says. */
	if (located_decode(r->arena, label, &located, 0, located.n, out, &map, NULL, NULL, NULL).looks)
		param->flags |= PARAM_BAD_CHARSET;
	param->value = located_text(r->arena, r->file, out, &map, param->value_range.start);
	g_string_free(out, TRUE);
	located_release(&located);
	g_free(ordered);
}

static struct param make_param(struct reader *r, const struct group *group)
{
	const struct segment *segment = &g_array_index(r->segments, struct segment, group->first);
	struct param param = { .name = segment->base, .range = segment->whole, .value_range = segment->value };

	for (size_t i = 0, index = group->first; i < group->n; i++) {
		const struct segment *one = &g_array_index(r->segments, struct segment, index);
		param.range.end = one->whole.end;
		param.value_range.end = one->value.end;
		param.flags |= raw_flags(span_cut(r->s, one->value.start, one->value.end));
		index = one->next;
	}
	if (segment->rfc2231)
		decode_rfc2231(r, group, &param);
	else
		decode_plain(r, segment, &param);
	return param;
}

/* True where a reader of RFC 2231 and an old one were given a form each: no contradiction. */
static bool is_fallback(const struct param *a, const struct param *b)
{
	const struct param *plain = a->flags & PARAM_RFC2231 ? b : a;

	return ((a->flags ^ b->flags) & PARAM_RFC2231) && span_is_ascii(plain->value->bytes);
}

static void note_duplicates(struct reader *r)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < r->value->n; i++) {
		struct param *param = &r->value->params[i];
		const char *key = lower_copy(r->arena, param->name).p;
		const struct param *first = g_hash_table_lookup(seen, key);
		if (!first)
			g_hash_table_insert(seen, (gpointer)key, param);
		else if (!span_eq(first->value->bytes, param->value->bytes) && !is_fallback(first, param))
			param->flags |= PARAM_DUPLICATE;
	}
	g_hash_table_destroy(seen);
}

static void make_params(struct reader *r)
{
	r->value->n = r->groups->len;
	r->value->params = ARENA_ARRAY(r->arena, struct param, r->value->n ? r->value->n : 1);
	for (size_t i = 0; i < r->value->n; i++)
		r->value->params[i] = make_param(r, &g_array_index(r->groups, struct group, i));
	note_duplicates(r);
}

struct content_value content_value_parse(struct arena *arena, const struct text *file, const struct field *field)
{
	struct content_value value = { .type = SPAN_EMPTY, .subtype = SPAN_EMPTY };

	if (!field)
		return value;
	size_t end = field_read_end(field);
	struct reader r = {
		.arena = arena,
		.file = file,
		.s = file->bytes,
		.at = field->value_start,
		.end = end,
		.shift_jis = raw_is_shift_jis(span_cut(file->bytes, field->value_start, end)),
		.value = &value,
		.segments = g_array_new(FALSE, TRUE, sizeof(struct segment)),
		.groups = g_array_new(FALSE, TRUE, sizeof(struct group)),
		.by_name = g_hash_table_new(g_str_hash, g_str_equal),
	};

	read_type(&r, !span_eq_ci(field->name, SPAN_LIT("Content-Disposition")));
	read_parameters(&r);
	make_params(&r);
	g_array_free(r.segments, TRUE);
	g_array_free(r.groups, TRUE);
	g_hash_table_destroy(r.by_name);
	return value;
}

const struct param *content_param(const struct content_value *value, const char *name)
{
	const struct param *found = NULL;

	/* The RFC 2231 form is the exact one; of several plain ones the first counts. */
	for (size_t i = 0; i < value->n; i++) {
		const struct param *param = &value->params[i];
		if (!span_eq_ci(param->name, span_str(name)))
			continue;
		if (param->flags & PARAM_RFC2231)
			return param;
		if (!found)
			found = param;
	}
	return found;
}
