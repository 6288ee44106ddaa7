/* CSS taken apart with exact places: tokens, rules, selectors, declarations, faults. Knows no property and no element.
 * Source: CSS Syntax Module Level 3, sections 4 and 5; Selectors Level 4, section 18 (grammar). */
#include "doc/css.h"

#include <glib.h>

#include "base/limits.h"
#include "base/utf8.h"

/* -- tokens -- */

static bool is_blank(char c)
{
	return ascii_is_space(c) || c == '\f';
}

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r' || c == '\f';
}

static bool is_name_start(char c)
{
	return ascii_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name_byte(char c)
{
	return is_name_start(c) || ascii_is_digit(c) || c == '-';
}

static char at(struct span s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

static bool starts_escape(struct span s, size_t i)
{
	return at(s, i) == '\\' && i + 1 < s.n && !is_line_end(s.p[i + 1]);
}

static bool starts_name(struct span s, size_t i)
{
	if (i >= s.n)
		return false;
	if (s.p[i] == '-')
		return i + 1 < s.n && (is_name_start(s.p[i + 1]) || s.p[i + 1] == '-' || starts_escape(s, i + 1));
	return is_name_start(s.p[i]) || starts_escape(s, i);
}

static bool starts_number(struct span s, size_t i)
{
	i += at(s, i) == '+' || at(s, i) == '-';
	return ascii_is_digit(at(s, i)) || (at(s, i) == '.' && ascii_is_digit(at(s, i + 1)));
}

/* The end of an escape that starts at i: up to six hex digits and one blank, or one other character. */
static size_t escape_end(struct span s, size_t i)
{
	size_t start = ++i;

	while (i < s.n && i - start < 6 && ascii_hex_value(s.p[i]) >= 0)
		i++;
	if (i > start)
		return i + (i < s.n && is_blank(s.p[i]));
	utf8_next(s, &i);
	return i;
}

static size_t name_end(struct span s, size_t i)
{
	while (i < s.n)
		if (is_name_byte(s.p[i]))
			i++;
		else if (starts_escape(s, i))
			i = escape_end(s, i);
		else
			break;
	return i;
}

struct span css_name(struct arena *arena, struct span name, bool lower)
{
	bool same = true;

	for (size_t i = 0; i < name.n && same; i++)
		same = name.p[i] != '\\' && !(lower && name.p[i] >= 'A' && name.p[i] <= 'Z');
	if (same)
		return name;
	/* The longest by far: "\0" gives the three bytes of U+FFFD. */
	char *out = arena_alloc(arena, 2 * name.n + 4);
	size_t n = 0;
	for (size_t i = 0; i < name.n;) {
		if (!starts_escape(name, i)) {
			out[n++] = lower ? ascii_lower(name.p[i]) : name.p[i];
			i++;
			continue;
		}
		size_t end = escape_end(name, i);
		uint32_t code = 0;
		size_t k = i + 1;
		for (; k < end && ascii_hex_value(name.p[k]) >= 0; k++)
			code = code * 16 + (uint32_t)ascii_hex_value(name.p[k]);
		if (k == i + 1) {
			while (k < end)
				out[n++] = lower ? ascii_lower(name.p[k++]) : name.p[k++];
		} else {
			if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
				code = 0xfffd;
			n += utf8_write(out + n, code < 0x80 && lower ? (uint32_t)ascii_lower((char)code) : code);
		}
		i = end;
	}
	return span_of(out, n);
}

static struct css_token token_of(enum css_token_kind kind, size_t start, size_t end)
{
	return (struct css_token){ .kind = kind, .range = { start, end }, .text = SPAN_EMPTY };
}

static struct css_token read_string(struct span s, size_t start)
{
	struct css_token token = token_of(CSS_STRING, start, s.n);
	size_t i = start + 1;

	token.c = s.p[start];
	while (i < s.n && s.p[i] != token.c && !is_line_end(s.p[i]))
		i += 1 + (s.p[i] == '\\' && i + 1 < s.n);
	token.text = span_cut(s, start + 1, i);
	token.unclosed = i >= s.n;
	if (i < s.n && is_line_end(s.p[i]))
		token.kind = CSS_BAD_STRING;
	token.range.end = token.kind == CSS_BAD_STRING || token.unclosed ? (i < s.n ? i : s.n) : i + 1;
	return token;
}

/* Behind "url(" and blanks. */
static struct css_token read_url(struct span s, size_t start, size_t i)
{
	struct css_token token = token_of(CSS_URL, start, s.n);
	size_t from = i;

	while (i < s.n && s.p[i] != ')') {
		char c = s.p[i];
		if (is_blank(c)) {
			size_t next = i;
			while (next < s.n && is_blank(s.p[next]))
				next++;
			if (next >= s.n || s.p[next] == ')')
				break;
			token.kind = CSS_BAD_URL;
		} else if (c == '"' || c == '\'' || c == '(' || (c == '\\' && !starts_escape(s, i))) {
			token.kind = CSS_BAD_URL;
		}
		i = starts_escape(s, i) ? escape_end(s, i) : i + 1;
	}
	token.text = span_cut(s, from, i);
	while (i < s.n && is_blank(s.p[i]))
		i++;
	token.unclosed = i >= s.n;
	token.range.end = i < s.n ? i + 1 : s.n;
	return token;
}

static struct css_token read_number_token(struct span s, size_t start)
{
	struct css_token token = token_of(CSS_NUMBER, start, start);
	size_t i = start;
	double sign = 1, number = 0, scale = 1;

	if (s.p[i] == '+' || s.p[i] == '-')
		sign = s.p[i++] == '-' ? -1 : 1;
	/* Above 1e12 nothing on a page can be told apart. */
	for (; ascii_is_digit(at(s, i)); i++)
		number = number < 1e12 ? number * 10 + (s.p[i] - '0') : number;
	if (at(s, i) == '.' && ascii_is_digit(at(s, i + 1)))
		for (i++; ascii_is_digit(at(s, i)); i++)
			number += (s.p[i] - '0') * (scale /= 10);
	size_t e = i + 1;
	if (ascii_lower(at(s, i)) == 'e') {
		bool negative = at(s, e) == '-';
		e += negative || at(s, e) == '+';
		int exponent = 0;
		size_t digits = e;
		for (; ascii_is_digit(at(s, e)); e++)
			exponent = exponent < 1000 ? exponent * 10 + (s.p[e] - '0') : exponent;
		if (e > digits) {
			for (; exponent > 0 && number > 1e-12 && number < 1e12; exponent--)
				number = negative ? number / 10 : number * 10;
			i = e;
		}
	}
	token.number = sign * number;
	if (at(s, i) == '%') {
		token.kind = CSS_PERCENTAGE;
		i++;
	} else if (starts_name(s, i)) {
		size_t end = name_end(s, i);
		token.kind = CSS_DIMENSION;
		token.text = span_cut(s, i, end);
		i = end;
	}
	token.range.end = i;
	return token;
}

static struct css_token read_name(struct span s, size_t start)
{
	size_t end = name_end(s, start), i = end + 1;
	struct css_token token = token_of(CSS_IDENT, start, end);

	token.text = span_cut(s, start, end);
	if (at(s, end) != '(')
		return token;
	token.kind = CSS_FUNCTION;
	token.range.end = end + 1;
	if (!span_eq_ci(token.text, SPAN_LIT("url")))
		return token;
	while (i < s.n && is_blank(s.p[i]))
		i++;
	return at(s, i) == '"' || at(s, i) == '\'' ? token : read_url(s, start, i);
}

static struct css_token read_comment(struct span s, size_t start)
{
	size_t end = span_find(s, SPAN_LIT("*/"), start + 2);
	struct css_token token = token_of(CSS_COMMENT, start, end < s.n ? end + 2 : s.n);

	token.unclosed = end >= s.n;
	return token;
}

static struct css_token read_sign(struct span s, size_t i)
{
	struct span rest = span_cut(s, i, s.n);
	struct css_token token = token_of(CSS_DELIM, i, i + 1);

	token.c = s.p[i];
	if (span_starts(rest, SPAN_LIT("<!--")))
		return token_of(CSS_CDO, i, i + 4);
	if (span_starts(rest, SPAN_LIT("-->")))
		return token_of(CSS_CDC, i, i + 3);
	if (token.c == ':')
		token.kind = CSS_COLON;
	else if (token.c == ';')
		token.kind = CSS_SEMICOLON;
	else if (token.c == ',')
		token.kind = CSS_COMMA;
	else if (token.c == '(' || token.c == '[' || token.c == '{')
		token.kind = CSS_OPEN;
	else if (token.c == ')' || token.c == ']' || token.c == '}')
		token.kind = CSS_CLOSE;
	return token;
}

static struct css_token next_raw(struct css_reader *reader)
{
	struct span s = reader->css;
	size_t i = reader->at, end;
	struct css_token token;

	if (i >= s.n)
		return token_of(CSS_END, s.n, s.n);
	char c = s.p[i];
	if (is_blank(c)) {
		for (end = i; end < s.n && is_blank(s.p[end]);)
			end++;
		token = token_of(CSS_SPACE, i, end);
	} else if (c == CSS_TAG_BYTE) {
		for (end = i; end < s.n && s.p[end] == CSS_TAG_BYTE;)
			end++;
		token = token_of(CSS_TEMPLATE_TAG, i, end);
	} else if (c == '"' || c == '\'') {
		token = read_string(s, i);
	} else if (c == '/' && at(s, i + 1) == '*') {
		token = read_comment(s, i);
	} else if (starts_number(s, i)) {
		token = read_number_token(s, i);
	} else if (c == '-' && span_starts(span_cut(s, i, s.n), SPAN_LIT("-->"))) {
		token = token_of(CSS_CDC, i, i + 3);
	} else if (starts_name(s, i)) {
		token = read_name(s, i);
	} else if (c == '#' && i + 1 < s.n && (is_name_byte(s.p[i + 1]) || starts_escape(s, i + 1))) {
		token = token_of(CSS_HASH, i, name_end(s, i + 1));
		token.text = span_cut(s, i + 1, token.range.end);
	} else if (c == '@' && starts_name(s, i + 1)) {
		token = token_of(CSS_AT_KEYWORD, i, name_end(s, i + 1));
		token.text = span_cut(s, i + 1, token.range.end);
	} else {
		token = read_sign(s, i);
	}
	reader->at = token.range.end;
	return token;
}

struct css_token css_next_token(struct css_reader *reader)
{
	struct css_token token;

	do
		token = next_raw(reader);
	while (token.kind == CSS_COMMENT);
	return token;
}

/* -- the parser -- */

struct parser {
	struct arena *arena;
	struct css_sheet *sheet;
	struct css_reader reader;
	struct css_token token;      /* the one in front of us */
	size_t items;                /* counted against LIMIT_CSS_ITEMS */
	GArray *rules, *selectors, *declarations, *at_rules, *errors;
};

static void note_error(struct parser *p, enum css_error_kind kind, size_t start, size_t end)
{
	const struct css_error error = { kind, { start, end } };

	if (p->errors->len < LIMIT_CSS_ERRORS && !(p->sheet->flags & CSS_TOO_MANY))
		g_array_append_val(p->errors, error);
}

static void advance(struct parser *p)
{
	for (;;) {
		p->token = next_raw(&p->reader);
		if (p->token.kind != CSS_COMMENT)
			break;
		if (p->token.unclosed)
			note_error(p, CSS_UNCLOSED_COMMENT, p->token.range.start, p->token.range.start + 2);
	}
	if (p->token.kind == CSS_BAD_STRING || (p->token.kind == CSS_STRING && p->token.unclosed))
		note_error(p, CSS_UNCLOSED_STRING, p->token.range.start, p->token.range.end);
	else if (p->token.kind == CSS_BAD_URL)
		note_error(p, CSS_BAD_URL_TEXT, p->token.range.start, p->token.range.end);
}

static bool is_open(const struct parser *p, char c)
{
	return p->token.kind == CSS_OPEN && p->token.c == c;
}

static bool is_close(const struct parser *p, char c)
{
	return p->token.kind == CSS_CLOSE && p->token.c == c;
}

static void skip_space(struct parser *p)
{
	while (p->token.kind == CSS_SPACE)
		advance(p);
}

/* Count one thing that takes memory; false where there were too many, and then nothing more is read. */
static bool room(struct parser *p)
{
	if (p->items++ < LIMIT_CSS_ITEMS)
		return true;
	p->sheet->flags |= CSS_TOO_MANY;
	p->reader.at = p->reader.css.n;
	p->token = token_of(CSS_END, p->reader.css.n, p->reader.css.n);
	return false;
}

static char closer_of(const struct css_token *token)
{
	if (token->kind == CSS_FUNCTION)
		return ')';
	return token->kind != CSS_OPEN ? '\0' : token->c == '(' ? ')' : token->c == '[' ? ']' : '}';
}

/* Pass over what is in front of us: one token, or a bracket with all that is inside. */
static void skip_component(struct parser *p)
{
	char closers[LIMIT_CSS_DEPTH] = { 0 };
	size_t depth = 0, open = p->token.range.start;

	do {
		char closer = closer_of(&p->token);
		if (p->token.kind == CSS_END) {
			note_error(p, closers[0] == '}' ? CSS_UNCLOSED_BLOCK : CSS_UNCLOSED_BRACKET, open, open + 1);
			return;
		}
		if (closer && depth == LIMIT_CSS_DEPTH)
			p->sheet->flags |= CSS_TOO_DEEP;
		else if (closer)
			closers[depth++] = closer;
		else if (depth && is_close(p, closers[depth - 1]))
			depth--;
		advance(p);
	} while (depth);
}

/* The bytes of a range without comments, and without blanks at the ends. */
static struct span clean_span(struct parser *p, struct range range)
{
	struct span s = span_cut(p->reader.css, range.start, range.end);

	if (span_find(s, SPAN_LIT("/*"), 0) == s.n)
		return span_trim(s);
	char *out = arena_alloc(p->arena, s.n + 1);
	size_t n = 0;
	struct css_reader reader = { s, 0 };
	for (struct css_token t = next_raw(&reader); t.kind != CSS_END; t = next_raw(&reader)) {
		if (t.kind == CSS_COMMENT) {
			out[n++] = ' ';
			continue;
		}
		memcpy(out + n, s.p + t.range.start, t.range.end - t.range.start);
		n += t.range.end - t.range.start;
	}
	return span_trim(span_of(out, n));
}

/* -- selectors -- */

struct selector_parser {
	struct arena *arena;
	struct css_reader reader;
	struct css_token token;
	GArray *parts;              /* struct css_simple */
	bool has_tag;
	unsigned ids, classes, types;
};

static void selector_advance(struct selector_parser *p)
{
	p->token = css_next_token(&p->reader);
	p->has_tag |= p->token.kind == CSS_TEMPLATE_TAG;
}

static bool selector_is_delim(const struct selector_parser *p, char c)
{
	return p->token.kind == CSS_DELIM && p->token.c == c;
}

static struct css_simple *add_simple(struct selector_parser *p, enum css_simple_kind kind, size_t start, char combinator)
{
	const struct css_simple simple = {
		.kind = kind, .combinator = combinator, .name = SPAN_EMPTY, .value = SPAN_EMPTY, .range = { start, p->token.range.end }
	};

	g_array_append_val(p->parts, simple);
	return &g_array_index(p->parts, struct css_simple, p->parts->len - 1);
}

static void skip_selector_space(struct selector_parser *p)
{
	while (p->token.kind == CSS_SPACE)
		selector_advance(p);
}

/* Behind the "[". */
static bool read_attribute(struct selector_parser *p, size_t start, char combinator)
{
	struct css_simple *simple = add_simple(p, CSS_ATTRIBUTE, start, combinator);

	skip_selector_space(p);
	if (p->token.kind != CSS_IDENT)
		return false;
	simple->name = css_name(p->arena, p->token.text, true);
	selector_advance(p);
	skip_selector_space(p);
	if (p->token.kind == CSS_DELIM && memchr("=~|^$*", p->token.c, 6)) {
		simple->match = p->token.c;
		selector_advance(p);
		if (simple->match != '=' && !selector_is_delim(p, '='))
			return false;
		if (simple->match != '=')
			selector_advance(p);
		skip_selector_space(p);
		if (p->token.kind != CSS_IDENT && p->token.kind != CSS_STRING)
			return false;
		simple->value = css_name(p->arena, p->token.text, false);
		selector_advance(p);
		skip_selector_space(p);
		if (p->token.kind == CSS_IDENT && p->token.text.n == 1 && strchr("isIS", p->token.text.p[0])) {
			simple->ignore_case = ascii_lower(p->token.text.p[0]) == 'i';
			selector_advance(p);
			skip_selector_space(p);
		}
	}
	if (p->token.kind != CSS_CLOSE || p->token.c != ']')
		return false;
	simple->range.end = p->token.range.end;
	p->classes++;
	selector_advance(p);
	return true;
}

/* Behind the ":" of a pseudo-class or the "::" of a pseudo-element. */
static bool read_pseudo(struct selector_parser *p, size_t start, char combinator, bool element)
{
	static const char *const old_elements[] = { "before", "after", "first-line", "first-letter" };
	struct css_simple *simple = add_simple(p, element ? CSS_PSEUDO_ELEMENT : CSS_PSEUDO_CLASS, start, combinator);

	if (p->token.kind != CSS_IDENT && p->token.kind != CSS_FUNCTION)
		return false;
	simple->name = css_name(p->arena, p->token.text, true);
	for (size_t i = 0; i < G_N_ELEMENTS(old_elements); i++)
		if (span_eq(simple->name, span_str(old_elements[i])))
			simple->kind = CSS_PSEUDO_ELEMENT;
	if (p->token.kind == CSS_FUNCTION) {
		size_t from = p->token.range.end;
		int depth = 1;
		while (depth > 0) {
			selector_advance(p);
			if (p->token.kind == CSS_END)
				return false;
			depth += p->token.kind == CSS_FUNCTION || p->token.kind == CSS_OPEN;
			depth -= p->token.kind == CSS_CLOSE;
		}
		simple->value = span_trim(span_cut(p->reader.css, from, p->token.range.start));
	}
	simple->range.end = p->token.range.end;
	if (simple->kind == CSS_PSEUDO_ELEMENT)
		p->types++;
	else if (!span_eq(simple->name, SPAN_LIT("where")))
		p->classes++;
	selector_advance(p);
	return true;
}

/* One condition of a compound. */
static bool read_simple(struct selector_parser *p, char combinator)
{
	size_t start = p->token.range.start;

	if (p->token.kind == CSS_IDENT) {
		add_simple(p, CSS_TYPE, start, combinator)->name = css_name(p->arena, p->token.text, true);
		p->types++;
	} else if (p->token.kind == CSS_HASH) {
		add_simple(p, CSS_ID, start, combinator)->name = css_name(p->arena, p->token.text, false);
		p->ids++;
	} else if (selector_is_delim(p, '*') || selector_is_delim(p, '&')) {
		add_simple(p, p->token.c == '*' ? CSS_UNIVERSAL : CSS_NESTING, start, combinator);
	} else if (selector_is_delim(p, '.')) {
		selector_advance(p);
		if (p->token.kind != CSS_IDENT || p->token.range.start != start + 1)
			return false;
		add_simple(p, CSS_CLASS, start, combinator)->name = css_name(p->arena, p->token.text, false);
		p->classes++;
	} else if (p->token.kind == CSS_OPEN && p->token.c == '[') {
		selector_advance(p);
		return read_attribute(p, start, combinator);
	} else if (p->token.kind == CSS_COLON) {
		selector_advance(p);
		bool element = p->token.kind == CSS_COLON;
		if (element)
			selector_advance(p);
		return read_pseudo(p, start, combinator, element);
	} else {
		return false;
	}
	selector_advance(p);
	return true;
}

static bool begins_simple(const struct selector_parser *p)
{
	return p->token.kind == CSS_IDENT || p->token.kind == CSS_HASH || p->token.kind == CSS_COLON || (p->token.kind == CSS_OPEN && p->token.c == '[') ||
	       selector_is_delim(p, '*') || selector_is_delim(p, '&') || selector_is_delim(p, '.');
}

/* Blanks and one of > + ~, or 0 where the selector ends. */
static char read_combinator(struct selector_parser *p)
{
	bool space = p->token.kind == CSS_SPACE;

	skip_selector_space(p);
	if (p->token.kind == CSS_DELIM && memchr(">+~", p->token.c, 3)) {
		char c = p->token.c;
		selector_advance(p);
		skip_selector_space(p);
		return c;
	}
	return space && begins_simple(p) ? ' ' : '\0';
}

/* Does a type or * come where a compound has begun already ("a*", ".x div" is another)? */
static bool is_misplaced(const struct selector_parser *p, bool first)
{
	return !first && (p->token.kind == CSS_IDENT || selector_is_delim(p, '*'));
}

/* One complex selector, up to a comma or the end; false where the grammar does not hold. */
static bool read_complex(struct selector_parser *p)
{
	char combinator = '\0';

	skip_selector_space(p);
	for (;;) {
		bool first = true;
		while (begins_simple(p)) {
			if (p->parts->len > LIMIT_CSS_SELECTOR_PARTS || is_misplaced(p, first) || !read_simple(p, first ? combinator : '\0'))
				return false;
			first = false;
		}
		if (first || p->parts->len > LIMIT_CSS_SELECTOR_PARTS)
			return false;
		combinator = read_combinator(p);
		if (!combinator)
			return p->token.kind == CSS_END || p->token.kind == CSS_COMMA;
	}
}

static uint32_t byte_of(unsigned n)
{
	return n < 255 ? n : 255;
}

/* Read one selector of the list; the reader stands behind its comma afterwards. */
static struct css_selector read_selector(struct selector_parser *p)
{
	struct css_selector selector = { 0 };

	g_array_set_size(p->parts, 0);
	p->ids = p->classes = p->types = 0;
	p->has_tag = false;
	selector_advance(p);
	skip_selector_space(p);
	selector.range.start = p->token.range.start;
	selector.valid = read_complex(p);
	/* What is left up to the comma; one inside brackets belongs to them. */
	int depth = 0;
	while (p->token.kind != CSS_END && (p->token.kind != CSS_COMMA || depth > 0)) {
		depth += p->token.kind == CSS_FUNCTION || p->token.kind == CSS_OPEN;
		depth -= p->token.kind == CSS_CLOSE;
		selector_advance(p);
	}
	selector.range.end = p->token.range.start;
	while (selector.range.end > selector.range.start && is_blank(p->reader.css.p[selector.range.end - 1]))
		selector.range.end--;
	selector.has_tag = p->has_tag;
	selector.specificity = byte_of(p->ids) << 16 | byte_of(p->classes) << 8 | byte_of(p->types);
	selector.n_parts = p->parts->len;
	selector.parts = ARENA_ARRAY(p->arena, struct css_simple, p->parts->len ? p->parts->len : 1);
	if (p->parts->len)
		memcpy(selector.parts, p->parts->data, p->parts->len * sizeof(struct css_simple));
	return selector;
}

/* Append the selectors of a list; offset: where it stands in the text that ranges are of. */
static void read_selector_list(struct arena *arena, struct span list, size_t offset, GArray *out)
{
	struct selector_parser p = { .arena = arena, .reader = { list, 0 }, .parts = g_array_new(FALSE, FALSE, sizeof(struct css_simple)) };

	do {
		struct css_selector selector = read_selector(&p);
		selector.range.start += offset;
		selector.range.end += offset;
		for (size_t i = 0; i < selector.n_parts; i++) {
			selector.parts[i].range.start += offset;
			selector.parts[i].range.end += offset;
		}
		g_array_append_val(out, selector);
	} while (p.token.kind == CSS_COMMA && out->len < LIMIT_CSS_ITEMS);
	g_array_free(p.parts, TRUE);
}

static void *into_arena(struct arena *arena, GArray *array, size_t size_bytes, size_t *n)
{
	void *copy = arena_alloc(arena, array->len ? array->len * size_bytes : 1);

	*n = array->len;
	if (array->len)
		memcpy(copy, array->data, array->len * size_bytes);
	g_array_free(array, TRUE);
	return copy;
}

struct css_selector *css_parse_selectors(struct arena *arena, struct span list, size_t *n)
{
	GArray *selectors = g_array_new(FALSE, FALSE, sizeof(struct css_selector));

	read_selector_list(arena, list, 0, selectors);
	return into_arena(arena, selectors, sizeof(struct css_selector), n);
}

/* -- declarations -- */

static struct css_rule *rule_at(struct parser *p, size_t index)
{
	return &g_array_index(p->rules, struct css_rule, index);
}

static struct css_at_rule *at_rule_at(struct parser *p, size_t index)
{
	return &g_array_index(p->at_rules, struct css_at_rule, index);
}

/* The value of a declaration, up to a semicolon or the end of the block. */
struct value {
	size_t start, end;       /* without blanks at the ends */
	size_t important_start;  /* of a "!important" at the end; 0: none */
	size_t important_end;
	bool has_tag, has_bad_string, has_block;
};

/* Read a value and stop at its end, or (has_block) at a { in it. */
static struct value read_value(struct parser *p)
{
	struct value v = { 0 };
	bool bang = false;

	skip_space(p);
	v.start = v.end = p->token.range.start;
	while (p->token.kind != CSS_END && p->token.kind != CSS_SEMICOLON && !is_close(p, '}')) {
		if (is_open(p, '{')) {
			v.has_block = true;
			return v;
		}
		if (p->token.kind == CSS_SPACE) {
			advance(p);
			continue;
		}
		bool closes_important = bang && p->token.kind == CSS_IDENT && span_eq_ci(p->token.text, SPAN_LIT("important"));
		bang = p->token.kind == CSS_DELIM && p->token.c == '!';
		if (bang) {
			v.important_start = p->token.range.start;
			v.important_end = 0;
			advance(p);
			continue;
		}
		v.has_bad_string |= p->token.kind == CSS_BAD_STRING || p->token.kind == CSS_BAD_URL;
		size_t from = p->token.range.start, until = p->token.range.end;
		if (closer_of(&p->token)) {
			skip_component(p);
			until = p->token.range.start;
			while (until > from && is_blank(p->reader.css.p[until - 1]))
				until--;
		} else {
			advance(p);
		}
		if (closes_important) {
			v.important_end = until;
			continue;
		}
		/* Whatever stands behind "!x" makes it a part of the value. */
		v.important_start = v.important_end = 0;
		v.end = until;
	}
	if (v.important_start && !v.important_end)
		v.end = v.important_start + 1;
	v.has_tag = memchr(p->reader.css.p + v.start, CSS_TAG_BYTE, v.end - v.start) != NULL;
	return v;
}

/* Is a template tag in the range, or does one end where it begins? Then what stands there is not all of it. */
static bool touches_tag(const struct parser *p, struct range range)
{
	size_t start = range.start - (range.start > 0);

	return memchr(p->reader.css.p + start, CSS_TAG_BYTE, range.end - start) != NULL;
}

/* Skip the rest of a broken declaration that was read up to end: up to the semicolon, or the end of the block. */
static void skip_declaration(struct parser *p, size_t start, size_t end)
{
	while (p->token.kind != CSS_END && p->token.kind != CSS_SEMICOLON && !is_close(p, '}')) {
		if (p->token.kind != CSS_SPACE)
			end = p->token.range.end;
		skip_component(p);
	}
	if (touches_tag(p, (struct range){ start, end }))
		p->sheet->flags |= CSS_HAS_LOOSE_TAG;
	else
		note_error(p, CSS_BAD_DECLARATION, start, end);
}

/* Go back to a place, with the token there in front of us; errors met behind it are forgotten. */
static void go_back(struct parser *p, size_t offset, guint n_errors)
{
	p->reader.at = offset;
	g_array_set_size(p->errors, n_errors);
	advance(p);
}

struct context {
	size_t rule, at_rule;    /* what declarations belong to */
	int depth;
	bool is_attribute;       /* a style attribute: no blocks, no @-rules, ends with the text */
	bool is_keyframes;       /* rules there have no selectors */
	bool is_sheet;           /* the top of a sheet, or @media and the like there: rules, no declarations */
};

/* "name: value" with the name in front of us. False where it turns out to be a nested rule; then nothing was read. */
static bool read_declaration(struct parser *p, const struct context *context)
{
	struct css_declaration d = { .rule = context->rule, .at_rule = context->at_rule, .name_range = p->token.range };
	guint n_errors = p->errors->len;

	d.name = p->token.text;
	advance(p);
	skip_space(p);
	if (p->token.kind != CSS_COLON) {
		/* "p { ... }" inside a block. */
		size_t start = d.name_range.start;
		while (!context->is_attribute && p->token.kind != CSS_END && p->token.kind != CSS_SEMICOLON && !is_close(p, '}')) {
			if (is_open(p, '{')) {
				go_back(p, start, n_errors);
				return false;
			}
			skip_component(p);
		}
		go_back(p, start, n_errors);
		skip_declaration(p, start, start);
		return true;
	}
	advance(p);
	struct value v = read_value(p);
	if (v.has_block && !context->is_attribute) {
		go_back(p, d.name_range.start, n_errors);
		return false;
	}
	if (v.has_block || v.has_bad_string) {
		skip_declaration(p, d.name_range.start, v.end);
		return true;
	}
	d.value_range = (struct range){ v.start, v.end };
	d.range = (struct range){ d.name_range.start, v.important_end ? v.important_end : v.end };
	d.important = v.important_end > 0;
	d.has_tag = v.has_tag;
	d.name = css_name(p->arena, d.name, true);
	d.value = clean_span(p, d.value_range);
	if (d.value.n == 0 && !span_starts(d.name, SPAN_LIT("--"))) {
		d.range.end = p->token.range.start;
		note_error(p, CSS_EMPTY_VALUE, d.range.start, d.range.end);
		return true;
	}
	if (room(p))
		g_array_append_val(p->declarations, d);
	return true;
}

/* -- rules -- */

static void read_block(struct parser *p, struct context context);

/* The prelude of a rule up to its "{"; false (with an error) where none comes. */
static bool read_prelude(struct parser *p, const struct context *context, struct range *range)
{
	*range = (struct range){ p->token.range.start, p->token.range.start };
	while (!is_open(p, '{')) {
		bool ends = p->token.kind == CSS_END || (!context->is_sheet && p->token.kind == CSS_SEMICOLON) ||
			    (is_close(p, '}') && (context->depth > 0 || !context->is_sheet));
		if (ends) {
			if (!touches_tag(p, *range) && !span_starts(span_cut(p->reader.css, range->start, range->end), SPAN_LIT("}")))
				note_error(p, CSS_MISSING_BLOCK, range->start, range->end);
			return false;
		}
		bool space = p->token.kind == CSS_SPACE;
		skip_component(p);
		if (!space)
			range->end = p->token.range.start;
	}
	while (range->end > range->start && is_blank(p->reader.css.p[range->end - 1]))
		range->end--;
	return true;
}

static void read_rule(struct parser *p, struct context context)
{
	struct css_rule rule = { .at_rule = context.at_rule, .parent = context.rule, .valid = true };

	if (!room(p) || !read_prelude(p, &context, &rule.prelude))
		return;
	rule.first_selector = p->selectors->len;
	rule.valid = !context.is_keyframes;
	if (rule.valid)
		read_selector_list(p->arena, span_cut(p->reader.css, rule.prelude.start, rule.prelude.end), rule.prelude.start, p->selectors);
	rule.n_selectors = p->selectors->len - rule.first_selector;
	for (size_t i = 0; i < rule.n_selectors; i++) {
		const struct css_selector *selector = &g_array_index(p->selectors, struct css_selector, rule.first_selector + i);
		p->items += 1 + selector->n_parts;
		rule.valid &= selector->valid;
		rule.has_tag |= selector->has_tag;
	}
	rule.has_tag |= touches_tag(p, rule.prelude);
	if (!rule.valid && !rule.has_tag && !context.is_keyframes && p->reader.css.p[rule.prelude.start] != '}')
		note_error(p, CSS_BAD_SELECTOR, rule.prelude.start, rule.prelude.end);
	rule.range.start = rule.prelude.start;
	rule.first_declaration = p->declarations->len;
	size_t index = p->rules->len, open = p->token.range.start;
	g_array_append_val(p->rules, rule);
	advance(p);
	read_block(p, (struct context){ .rule = index, .at_rule = context.at_rule, .depth = context.depth + 1 });
	if (p->token.kind == CSS_END)
		note_error(p, CSS_UNCLOSED_BLOCK, open, open + 1);
	/* Nested ones have parted it. */
	for (size_t i = index; i < p->rules->len; i++)
		if (rule_at(p, i)->range.start == rule.range.start)
			rule_at(p, i)->range.end = p->token.range.end;
	advance(p);
}

/* Declarations inside a nested @-rule, and those behind a nested rule, are those of a rule with the same selectors (CSS Nesting, section 4.2). */
static size_t continue_rule(struct parser *p, size_t outer, size_t at_rule)
{
	struct css_rule rule = *rule_at(p, outer);

	if (!room(p))
		return outer;
	rule.first_declaration = p->declarations->len;
	rule.n_declarations = 0;
	rule.at_rule = at_rule;
	g_array_append_val(p->rules, rule);
	return p->rules->len - 1;
}

static void end_declarations(struct parser *p, size_t rule)
{
	rule_at(p, rule)->n_declarations = p->declarations->len - rule_at(p, rule)->first_declaration;
}

/* Do the blocks of these hold rules (else declarations)? */
static bool holds_rules(struct span name)
{
	static const char *const names[] = { "media", "supports", "layer", "container", "document", "-moz-document", "scope", "starting-style" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (span_eq(name, span_str(names[i])))
			return true;
	return span_ends_ci(name, SPAN_LIT("keyframes"));
}

static void read_at_rule(struct parser *p, struct context context)
{
	struct css_at_rule rule = { .name_range = p->token.range, .parent = context.at_rule, .parent_rule = context.rule };

	if (!room(p))
		return;
	rule.name = css_name(p->arena, p->token.text, true);
	rule.range.start = p->token.range.start;
	advance(p);
	skip_space(p);
	rule.prelude_range = (struct range){ p->token.range.start, p->token.range.start };
	while (p->token.kind != CSS_END && p->token.kind != CSS_SEMICOLON && !is_open(p, '{') && !(is_close(p, '}') && context.depth > 0)) {
		bool space = p->token.kind == CSS_SPACE;
		skip_component(p);
		if (!space)
			rule.prelude_range.end = p->token.range.start;
	}
	while (rule.prelude_range.end > rule.prelude_range.start && is_blank(p->reader.css.p[rule.prelude_range.end - 1]))
		rule.prelude_range.end--;
	rule.prelude = clean_span(p, rule.prelude_range);
	rule.has_tag = memchr(rule.prelude.p, CSS_TAG_BYTE, rule.prelude.n) != NULL;
	rule.has_block = is_open(p, '{');
	size_t index = p->at_rules->len, open = p->token.range.start;
	g_array_append_val(p->at_rules, rule);
	if (rule.has_block) {
		advance(p);
		bool rules = holds_rules(rule.name);
		read_block(p, (struct context){ .rule = rules && context.rule != CSS_NONE ? continue_rule(p, context.rule, index) : CSS_NONE,
						.at_rule = index,
						.depth = context.depth + 1,
						.is_keyframes = span_ends_ci(rule.name, SPAN_LIT("keyframes")),
						.is_sheet = rules && context.rule == CSS_NONE });
		if (p->token.kind == CSS_END)
			note_error(p, CSS_UNCLOSED_BLOCK, open, open + 1);
	}
	bool at_end = rule.has_block || p->token.kind == CSS_SEMICOLON;
	at_rule_at(p, index)->range.end = at_end ? p->token.range.end : p->token.range.start;
	if (at_end)
		advance(p);
}

/* Something that may be a declaration or a nested rule. */
static void read_declaration_or_rule(struct parser *p, struct context *context)
{
	size_t start = p->token.range.start;

	if (p->token.kind == CSS_IDENT && read_declaration(p, context))
		return;
	bool nested = !context->is_attribute && context->rule != CSS_NONE &&
		      (p->token.kind == CSS_IDENT || p->token.kind == CSS_HASH || p->token.kind == CSS_COLON || is_open(p, '[') ||
		       (p->token.kind == CSS_DELIM && memchr("&.*>+~", p->token.c, 6)));
	/* "*display: none" is a hack of 2005, no rule: a rule has its block in front of the next semicolon. */
	guint n_errors = p->errors->len;
	while (nested && p->token.kind != CSS_END && p->token.kind != CSS_SEMICOLON && !is_close(p, '}') && !is_open(p, '{'))
		skip_component(p);
	bool has_block = nested && is_open(p, '{');
	if (nested)
		go_back(p, start, n_errors);
	if (!has_block) {
		skip_declaration(p, start, start);
		return;
	}
	end_declarations(p, context->rule);
	read_rule(p, *context);
	context->rule = continue_rule(p, context->rule, context->at_rule);
}

/* Everything up to the "}" that closes the block (which stays in front of us), or to the end. */
static void read_block(struct parser *p, struct context context)
{
	bool rules_only = context.is_sheet, is_top = rules_only && context.depth == 0;

	if (context.depth > LIMIT_CSS_DEPTH) {
		p->sheet->flags |= CSS_TOO_DEEP;
		while (p->token.kind != CSS_END && !is_close(p, '}'))
			skip_component(p);
		return;
	}
	while (p->token.kind != CSS_END) {
		if (is_close(p, '}') && context.depth > 0)
			break;
		if (p->token.kind == CSS_TEMPLATE_TAG) {
			p->sheet->flags |= CSS_HAS_LOOSE_TAG;
			advance(p);
		} else if (p->token.kind == CSS_SPACE || (is_top && (p->token.kind == CSS_CDO || p->token.kind == CSS_CDC)) ||
			   (!rules_only && p->token.kind == CSS_SEMICOLON)) {
			advance(p);
		} else if (is_close(p, '}')) {
			/* In a sheet it is taken to begin the selector of the next rule, which is lost. */
			note_error(p, CSS_STRAY_CLOSE, p->token.range.start, p->token.range.end);
			if (is_top)
				read_rule(p, context);
			else
				advance(p);
		} else if (p->token.kind == CSS_AT_KEYWORD && !context.is_attribute) {
			bool nested = !rules_only && context.rule != CSS_NONE;
			if (nested)
				end_declarations(p, context.rule);
			read_at_rule(p, context);
			if (nested)
				context.rule = continue_rule(p, context.rule, context.at_rule);
		} else if (rules_only) {
			read_rule(p, context);
		} else {
			read_declaration_or_rule(p, &context);
		}
	}
	if (context.rule != CSS_NONE && !context.is_sheet)
		end_declarations(p, context.rule);
}

/* -- template tags -- */

/* Blank the bytes of out that were made of one of the tags. Tags and runs are both in order. */
static void mask_run(const struct map_run *run, const struct tag_list *tags, size_t *next, char *out)
{
	while (*next < tags->n && tags->tags[*next].range.end <= run->src)
		++*next;
	for (size_t i = *next; i < tags->n && tags->tags[i].range.start < (size_t)run->src + run->src_len; i++) {
		struct range tag = tags->tags[i].range;
		size_t from = tag.start > run->src ? tag.start - run->src : 0;
		size_t to = tag.end - run->src < run->src_len ? tag.end - run->src : run->src_len;
		size_t start = from / run->src_unit * run->dst_unit, end = (to + run->src_unit - 1) / run->src_unit * run->dst_unit;
		memset(out + run->dst + start, CSS_TAG_BYTE, (end < run->dst_len ? end : run->dst_len) - start);
	}
}

static struct span mask_tags(struct arena *arena, const struct text *css, const struct tag_list *tags)
{
	const struct map *map = &css->map;
	size_t low = 0, high = tags ? tags->n : 0;

	if (high == 0 || map->n == 0)
		return css->bytes;
	const struct map_run *last = &map->runs[map->n - 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (tags->tags[middle].range.end <= map->runs[0].src)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == tags->n || tags->tags[low].range.start >= (size_t)last->src + last->src_len)
		return css->bytes;
	char *out = arena_copy(arena, css->bytes);
	for (size_t i = 0; i < map->n; i++)
		if (map->runs[i].kind == MAP_BLOCKS)
			mask_run(&map->runs[i], tags, &low, out);
	return span_of(out, css->bytes.n);
}

static struct css_sheet *parse(struct arena *arena, const struct text *css, const struct tag_list *tags, struct context context)
{
	struct css_sheet *sheet = ARENA_NEW(arena, struct css_sheet);
	struct parser p = {
		.arena = arena,
		.sheet = sheet,
		.reader = { mask_tags(arena, css, tags), 0 },
		.rules = g_array_new(FALSE, FALSE, sizeof(struct css_rule)),
		.selectors = g_array_new(FALSE, FALSE, sizeof(struct css_selector)),
		.declarations = g_array_new(FALSE, FALSE, sizeof(struct css_declaration)),
		.at_rules = g_array_new(FALSE, FALSE, sizeof(struct css_at_rule)),
		.errors = g_array_new(FALSE, FALSE, sizeof(struct css_error)),
	};

	sheet->text = css;
	advance(&p);
	read_block(&p, context);
	sheet->rules = into_arena(arena, p.rules, sizeof(struct css_rule), &sheet->n_rules);
	sheet->selectors = into_arena(arena, p.selectors, sizeof(struct css_selector), &sheet->n_selectors);
	sheet->declarations = into_arena(arena, p.declarations, sizeof(struct css_declaration), &sheet->n_declarations);
	sheet->at_rules = into_arena(arena, p.at_rules, sizeof(struct css_at_rule), &sheet->n_at_rules);
	sheet->errors = into_arena(arena, p.errors, sizeof(struct css_error), &sheet->n_errors);
	return sheet;
}

struct css_sheet *css_parse_sheet(struct arena *arena, const struct text *css, const struct tag_list *tags)
{
	return parse(arena, css, tags, (struct context){ .rule = CSS_NONE, .at_rule = CSS_NONE, .is_sheet = true });
}

struct css_sheet *css_parse_declarations(struct arena *arena, const struct text *css, const struct tag_list *tags)
{
	return parse(arena, css, tags, (struct context){ .rule = CSS_NONE, .at_rule = CSS_NONE, .is_attribute = true });
}
