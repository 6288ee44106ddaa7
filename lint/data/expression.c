/* Reads and evaluates what stands inside of template tags. Knows no tags, no rows and no scopes: names are looked up by whoever asks.
 *
 * Sources, by language:
 * Jinja      jinja.palletsprojects.com/en/stable/templates (Expressions, List of Builtin Filters)
 * Django     docs.djangoproject.com/en/stable/ref/templates/builtins
 * Twig       twig.symfony.com/doc/3.x (Operators, default, escape; "if" for what is true)
 * Liquid     shopify.github.io/liquid (basics/operators, basics/truthy-and-falsy, filters)
 * Mustache   mustache.github.io/mustache.5.html; Handlebars handlebarsjs.com/guide (expressions, builtin-helpers)
 * Go         pkg.go.dev/text/template, pkg.go.dev/html/template
 * ERB        docs.ruby-lang.org/en/master/ERB.html; EJS ejs.co; PHP php.net/manual/en/language.types.boolean.php
 * Mailchimp  mailchimp.com/help/use-conditional-merge-tag-blocks; SendGrid twilio.com/docs/sendgrid (Handlebars: insert) */
#include "data/expression.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"

/* --- words ------------------------------------------------------------------------------------------------------------------- */

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_STRING, TOKEN_SIGN, TOKEN_WRONG };

struct token {
	enum token_kind kind;
	struct span text;      /* of a string: without its quotes */
	bool escapes;          /* of a string: there are backslashes in it */
	bool blank_before;
};

struct reader {
	struct arena *arena;
	struct span s;
	size_t at;
	enum template_language language;
	struct token token;    /* the one at hand */
	size_t depth;
	bool wrong;
};

enum { DEEPEST_EXPRESSION = 40 };

static bool is_name_byte(const struct reader *r, char c)
{
	if (ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80)
		return true;
	return c == '-' && (r->language == LANGUAGE_LIQUID || r->language == LANGUAGE_HANDLEBARS || r->language == LANGUAGE_MUSTACHE);
}

static bool begins_name(const struct reader *r, char c)
{
	return ascii_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80 ||
	       ((c == '$' || c == '@') && r->language != LANGUAGE_LIQUID);
}

static size_t sign_length(struct span s)
{
	static const char *const signs[] = { "===", "!==", "==", "!=", "<=", ">=", "<>", "&&", "||", "??", "?.", "?:", "->", "..", NULL };

	for (const char *const *sign = signs; *sign; sign++)
		if (span_starts(s, span_str(*sign)))
			return strlen(*sign);
	return 1;
}

static void next(struct reader *r)
{
	struct token *t = &r->token;
	size_t start = r->at;

	while (r->at < r->s.n && ascii_is_space(r->s.p[r->at]))
		r->at++;
	*t = (struct token){ .kind = TOKEN_END, .blank_before = r->at > start };
	if (r->at == r->s.n)
		return;
	start = r->at;
	char c = r->s.p[start];
	if (c == '"' || c == '\'') {
		for (r->at++; r->at < r->s.n && r->s.p[r->at] != c; r->at++)
			if (r->s.p[r->at] == '\\' && r->language != LANGUAGE_LIQUID) {
				t->escapes = true;
				r->at++;
			}
		t->kind = r->at < r->s.n ? TOKEN_STRING : TOKEN_WRONG;
		t->text = span_cut(r->s, start + 1, MIN(r->at, r->s.n));
		r->at = MIN(r->at + 1, r->s.n);
	} else if (ascii_is_digit(c) || (c == '-' && start + 1 < r->s.n && ascii_is_digit(r->s.p[start + 1]))) {
		for (r->at++; r->at < r->s.n && (ascii_is_digit(r->s.p[r->at]) || r->s.p[r->at] == '.'); r->at++)
			if (r->s.p[r->at] == '.' && (r->at + 1 == r->s.n || !ascii_is_digit(r->s.p[r->at + 1])))
				break;
		t->kind = TOKEN_NUMBER;
		t->text = span_cut(r->s, start, r->at);
	} else if (begins_name(r, c)) {
		for (r->at++; r->at < r->s.n && is_name_byte(r, r->s.p[r->at]); r->at++)
			;
		/* Predicates of Ruby: blank? */
		if (r->language == LANGUAGE_ERB && r->at < r->s.n && r->s.p[r->at] == '?' && (r->at + 1 == r->s.n || r->s.p[r->at + 1] != '.'))
			r->at++;
		t->kind = TOKEN_NAME;
		t->text = span_cut(r->s, start, r->at);
	} else {
		r->at += sign_length(span_cut(r->s, start, r->s.n));
		t->kind = TOKEN_SIGN;
		t->text = span_cut(r->s, start, r->at);
	}
}

static bool is_word(const struct reader *r, const char *word)
{
	return r->token.kind == TOKEN_NAME && span_eq(r->token.text, span_str(word));
}

static bool is_sign(const struct reader *r, const char *sign)
{
	return r->token.kind == TOKEN_SIGN && span_eq(r->token.text, span_str(sign));
}

static bool take_word(struct reader *r, const char *word)
{
	if (!is_word(r, word))
		return false;
	next(r);
	return true;
}

static bool take_sign(struct reader *r, const char *sign)
{
	if (!is_sign(r, sign))
		return false;
	next(r);
	return true;
}

static const struct expression *wrong(struct reader *r)
{
	r->wrong = true;
	return NULL;
}

static struct expression *new_expression(struct reader *r, enum expression_kind kind, const struct expression *a, const struct expression *b)
{
	struct expression *x = ARENA_NEW(r->arena, struct expression);

	x->kind = kind;
	x->a = a;
	x->b = b;
	return x;
}

static const struct expression *literal(struct reader *r, const struct value *value)
{
	struct expression *x = new_expression(r, EXPRESSION_LITERAL, NULL, NULL);

	x->literal = value;
	return x;
}

/* --- filters ----------------------------------------------------------------------------------------------------------------- */

enum filter_id {
	FILTER_DEFAULT, FILTER_UPPER, FILTER_LOWER, FILTER_CAPITALIZE, FILTER_CAPFIRST, FILTER_TITLE, FILTER_TRIM, FILTER_ESCAPE, FILTER_SAFE,
	FILTER_URL, FILTER_URL_PLUS, FILTER_APPEND, FILTER_PREPEND, FILTER_REPLACE, FILTER_SIZE, FILTER_JOIN, FILTER_FIRST, FILTER_LAST,
	FILTER_BLANK, FILTER_PRESENT, FILTER_PRESENCE, FILTER_DEFINED, FILTER_NULL, FILTER_STRING, FILTER_BREAKS
};

/* Languages whose filters are written with a bar. */
#define L(language) (1u << LANGUAGE_##language)
#define PYTHONIC (L(JINJA) | L(DJANGO))
#define BARS (PYTHONIC | L(TWIG) | L(LIQUID))

struct filter {
	const char *name;
	enum filter_id id;
	unsigned languages;
	size_t least, most;    /* arguments */
};

static const struct filter filters[] = {
	{ "default", FILTER_DEFAULT, BARS, 1, 2 },
	{ "d", FILTER_DEFAULT, L(JINJA), 1, 2 },
	{ "default_if_none", FILTER_DEFAULT, L(DJANGO), 1, 1 },
	{ "upper", FILTER_UPPER, PYTHONIC | L(TWIG), 0, 0 },
	{ "upcase", FILTER_UPPER, L(LIQUID) | L(ERB), 0, 0 },
	{ "toUpperCase", FILTER_UPPER, L(EJS), 0, 0 },
	{ "lower", FILTER_LOWER, PYTHONIC | L(TWIG), 0, 0 },
	{ "downcase", FILTER_LOWER, L(LIQUID) | L(ERB), 0, 0 },
	{ "toLowerCase", FILTER_LOWER, L(EJS), 0, 0 },
	{ "capitalize", FILTER_CAPITALIZE, L(JINJA) | L(TWIG) | L(LIQUID) | L(ERB), 0, 0 },
	{ "capfirst", FILTER_CAPFIRST, L(DJANGO), 0, 0 },
	{ "title", FILTER_TITLE, PYTHONIC | L(TWIG), 0, 0 },
	{ "trim", FILTER_TRIM, L(JINJA) | L(TWIG) | L(EJS), 0, 0 },
	{ "strip", FILTER_TRIM, L(LIQUID) | L(ERB), 0, 0 },
	{ "escape", FILTER_ESCAPE, BARS, 0, 0 },
	{ "e", FILTER_ESCAPE, L(JINJA) | L(TWIG), 0, 0 },
	{ "force_escape", FILTER_ESCAPE, L(DJANGO), 0, 0 },
	{ "safe", FILTER_SAFE, PYTHONIC, 0, 0 },
	{ "raw", FILTER_SAFE, L(TWIG), 0, 0 },
	{ "html_safe", FILTER_SAFE, L(ERB), 0, 0 },
	{ "urlencode", FILTER_URL, PYTHONIC, 0, 0 },
	{ "url_encode", FILTER_URL, L(TWIG), 0, 0 },
	{ "url_encode", FILTER_URL_PLUS, L(LIQUID), 0, 0 },
	{ "append", FILTER_APPEND, L(LIQUID), 1, 1 },
	{ "prepend", FILTER_PREPEND, L(LIQUID), 1, 1 },
	{ "replace", FILTER_REPLACE, L(JINJA) | L(LIQUID), 2, 2 },
	{ "size", FILTER_SIZE, L(LIQUID) | L(ERB), 0, 0 },
	{ "length", FILTER_SIZE, PYTHONIC | L(TWIG) | L(ERB), 0, 0 },
	{ "count", FILTER_SIZE, L(JINJA) | L(ERB), 0, 0 },
	{ "join", FILTER_JOIN, BARS, 0, 1 },
	{ "first", FILTER_FIRST, BARS | L(ERB), 0, 0 },
	{ "last", FILTER_LAST, BARS | L(ERB), 0, 0 },
	{ "blank?", FILTER_BLANK, L(ERB), 0, 0 },
	{ "empty?", FILTER_BLANK, L(ERB), 0, 0 },
	{ "present?", FILTER_PRESENT, L(ERB), 0, 0 },
	{ "any?", FILTER_PRESENT, L(ERB), 0, 0 },
	{ "presence", FILTER_PRESENCE, L(ERB), 0, 0 },
	{ "nil?", FILTER_NULL, L(ERB), 0, 0 },
	{ "to_s", FILTER_STRING, L(ERB), 0, 0 },
	{ "string", FILTER_STRING, L(JINJA), 0, 0 },
	{ "newline_to_br", FILTER_BREAKS, L(LIQUID), 0, 0 },
	{ "nl2br", FILTER_BREAKS, L(TWIG), 0, 0 },
	/* Tests: "is defined", "is none". */
	{ "is defined", FILTER_DEFINED, L(JINJA) | L(TWIG), 0, 0 },
	{ "is none", FILTER_NULL, L(JINJA), 0, 0 },
	{ "is null", FILTER_NULL, L(TWIG), 0, 0 },
	{ "is empty", FILTER_BLANK, L(TWIG), 0, 0 },
	/* Functions of Go: len x, html x, urlquery x; default of Sprig, which listmonk has. */
	{ "len", FILTER_SIZE, L(GO), 0, 0 },
	{ "html", FILTER_ESCAPE, L(GO), 0, 0 },
	{ "urlquery", FILTER_URL_PLUS, L(GO), 0, 0 },
	{ "default", FILTER_DEFAULT, L(GO), 1, 1 },
	/* TITLE:FNAME of Mailchimp; insert of SendGrid. */
	{ "TITLE", FILTER_TITLE, L(MAILCHIMP), 0, 0 },
	{ "UPPER", FILTER_UPPER, L(MAILCHIMP), 0, 0 },
	{ "LOWER", FILTER_LOWER, L(MAILCHIMP), 0, 0 },
	{ "insert", FILTER_DEFAULT, L(HANDLEBARS) | L(MUSTACHE), 1, 1 },
};

static const struct filter *find_filter(const struct reader *r, struct span name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
		if (filters[i].languages & 1u << r->language && span_eq(name, span_str(filters[i].name)))
			return &filters[i];
	return NULL;
}

static const struct expression *filtered(struct reader *r, struct span name, const struct expression *input, const struct expression *first,
					 const struct expression *second)
{
	const struct filter *filter = find_filter(r, name);
	size_t n = (first != NULL) + (second != NULL);

	if (!filter || n < filter->least || n > filter->most)
		return wrong(r);
	struct expression *x = new_expression(r, EXPRESSION_FILTER, input, first);
	x->filter = filter;
	x->c = second;
	x->n_arguments = n;
	return x;
}

/* --- the grammar that most languages share ------------------------------------------------------------------------------------ */

static const struct expression *read_choice(struct reader *r);

static struct span unescape(struct reader *r)
{
	struct span s = r->token.text;

	if (!r->token.escapes)
		return s;
	char *copy = arena_alloc(r->arena, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '\\' && i + 1 < s.n) {
			c = s.p[++i];
			if (c == 'n')
				c = '\n';
			else if (c == 't')
				c = '\t';
			else if (ascii_is_alnum(c))
				r->wrong = true;
		}
		copy[n++] = c;
	}
	return span_of(copy, n);
}

static const struct value *constant(const struct reader *r)
{
	static const struct {
		const char *word;
		const struct value *value;
	} words[] = { { "true", &value_true }, { "false", &value_false }, { "True", &value_true }, { "False", &value_false },
		      { "nil", &value_null }, { "null", &value_null }, { "None", &value_null }, { "none", &value_null },
		      { "undefined", &value_missing } };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (is_word(r, words[i].word))
			return words[i].value;
	return NULL;
}

/* Words of the grammar are no names. */
static bool is_reserved(const struct reader *r)
{
	static const char *const words[] = { "and", "or", "not", "if", "else", "is", "in", "contains", "new", "function", "typeof", "then", NULL };

	for (const char *const *word = words; *word; word++)
		if (is_word(r, *word))
			return true;
	return false;
}

static const struct expression *read_path(struct reader *r)
{
	struct expression *x = new_expression(r, EXPRESSION_PATH, NULL, NULL);
	const struct expression *result = x;
	size_t start = (size_t)(r->token.text.p - r->s.p), allocated = 4;
	struct span *parts = g_new(struct span, allocated);
	struct expression_path *path = &x->path;
	struct span part = r->token.text;

	/* "@name" of Ruby and "$name" of PHP are names of their own. */
	if (part.n > 1 && (r->language == LANGUAGE_PHP || r->language == LANGUAGE_ERB) && (part.p[0] == '$' || part.p[0] == '@'))
		part = span_cut(part, 1, part.n);
	for (;;) {
		if (path->n == allocated)
			parts = g_renew(struct span, parts, allocated *= 2);
		parts[path->n++] = part;
		next(r);
		path->whole = span_trim(span_cut(r->s, start, (size_t)(part.p - r->s.p) + part.n));
		if (is_sign(r, "[")) {
			next(r);
			if (r->token.kind != TOKEN_STRING && r->token.kind != TOKEN_NUMBER)
				break;
			part = r->token.text;
			next(r);
			if (!is_sign(r, "]"))
				break;
			continue;
		}
		bool dot = is_sign(r, ".") || is_sign(r, "?.") || (r->language == LANGUAGE_PHP && is_sign(r, "->"));
		if (!dot || r->token.blank_before)
			break;
		next(r);
		if (r->token.kind != TOKEN_NAME && r->token.kind != TOKEN_NUMBER) {
			r->wrong = true;
			break;
		}
		part = r->token.text;
		/* A method that only gives another form: name.upcase, name.trim(). */
		if ((r->language == LANGUAGE_ERB || r->language == LANGUAGE_EJS) && find_filter(r, part)) {
			next(r);
			if (r->language == LANGUAGE_EJS && !(take_sign(r, "(") && take_sign(r, ")")))
				r->wrong = true;
			result = filtered(r, part, x, NULL, NULL);
			break;
		}
	}
	/* What is called is beyond us; so is a key that is computed. */
	if (is_sign(r, "(") || is_sign(r, "["))
		r->wrong = true;
	path->parts = ARENA_ARRAY(r->arena, struct span, path->n);
	memcpy(path->parts, parts, path->n * sizeof *parts);
	g_free(parts);
	return result;
}

static const struct expression *read_primary(struct reader *r)
{
	const struct expression *x;

	switch (r->token.kind) {
	case TOKEN_STRING:
		/* #{...} in a string of Ruby, $name in one of PHP. */
		if ((r->language == LANGUAGE_ERB && memchr(r->token.text.p, '#', r->token.text.n)) ||
		    (r->language == LANGUAGE_PHP && memchr(r->token.text.p, '$', r->token.text.n)))
			return wrong(r);
		x = literal(r, value_string(r->arena, unescape(r)));
		next(r);
		return x;
	case TOKEN_NUMBER:
		x = literal(r, value_number(r->arena, g_ascii_strtod(arena_copy(r->arena, r->token.text), NULL)));
		next(r);
		return x;
	case TOKEN_NAME:
		if (constant(r)) {
			x = literal(r, constant(r));
			next(r);
			return x;
		}
		return is_reserved(r) ? wrong(r) : read_path(r);
	case TOKEN_SIGN:
		if (!take_sign(r, "("))
			return wrong(r);
		x = read_choice(r);
		return take_sign(r, ")") ? x : wrong(r);
	default:
		return wrong(r);
	}
}

/* | name, | name(a, b), | name: a, b */
static const struct expression *read_filters(struct reader *r)
{
	const struct expression *x = read_primary(r);

	while (!r->wrong && is_sign(r, "|") && BARS & 1u << r->language) {
		const struct expression *arguments[2] = { NULL, NULL };
		size_t n = 0;
		next(r);
		struct span name = r->token.text;
		if (r->token.kind != TOKEN_NAME)
			return wrong(r);
		next(r);
		bool parenthesis = r->language != LANGUAGE_LIQUID && r->language != LANGUAGE_DJANGO && take_sign(r, "(");
		bool colon = !parenthesis && (r->language == LANGUAGE_LIQUID || r->language == LANGUAGE_DJANGO) && take_sign(r, ":");
		if ((parenthesis && !is_sign(r, ")")) || colon) {
			do {
				if (n == 2)
					return wrong(r);
				arguments[n++] = read_primary(r);
			} while (!r->wrong && take_sign(r, ","));
		}
		if (parenthesis && !take_sign(r, ")"))
			return wrong(r);
		if (r->wrong)
			return NULL;
		x = filtered(r, name, x, arguments[0], arguments[1]);
	}
	return x;
}

static const struct expression *read_joined(struct reader *r)
{
	const struct expression *x = read_filters(r);
	bool plus = r->language == LANGUAGE_EJS;

	while (!r->wrong && (((r->language == LANGUAGE_JINJA || r->language == LANGUAGE_TWIG) && is_sign(r, "~")) ||
			     (r->language == LANGUAGE_PHP && is_sign(r, ".")))) {
		next(r);
		x = new_expression(r, EXPRESSION_JOIN, x, read_filters(r));
	}
	/* "a" + b of JavaScript adds numbers and joins texts. */
	if (plus && is_sign(r, "+"))
		return wrong(r);
	return x;
}

static bool comparison(const struct reader *r, enum expression_kind *kind)
{
	static const struct {
		const char *sign;
		enum expression_kind kind;
	} signs[] = { { "==", EXPRESSION_EQUAL }, { "===", EXPRESSION_SAME }, { "!=", EXPRESSION_UNEQUAL }, { "!==", EXPRESSION_NOT_SAME },
		      { "<>", EXPRESSION_UNEQUAL }, { "<", EXPRESSION_LESS }, { ">", EXPRESSION_GREATER }, { "<=", EXPRESSION_AT_MOST },
		      { ">=", EXPRESSION_AT_LEAST } };

	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (is_sign(r, signs[i].sign)) {
			*kind = signs[i].kind;
			return true;
		}
	*kind = EXPRESSION_CONTAINS;
	return r->language == LANGUAGE_LIQUID && is_word(r, "contains");
}

static const struct expression *read_comparison(struct reader *r)
{
	const struct expression *x = read_joined(r);
	enum expression_kind kind;

	if (r->wrong)
		return NULL;
	if (comparison(r, &kind)) {
		next(r);
		return new_expression(r, kind, x, read_joined(r));
	}
	if ((r->language == LANGUAGE_JINJA || r->language == LANGUAGE_TWIG) && take_word(r, "is")) {
		bool not = take_word(r, "not");
		char *name = arena_printf(r->arena, "is %.*s", (int)r->token.text.n, r->token.text.p);
		next(r);
		x = filtered(r, span_str(name), x, NULL, NULL);
		return not ? new_expression(r, EXPRESSION_NOT, x, NULL) : x;
	}
	return x;
}

static const struct expression *read_not(struct reader *r)
{
	if (r->depth >= DEEPEST_EXPRESSION)
		return wrong(r);
	if (!take_word(r, "not") && !take_sign(r, "!"))
		return read_comparison(r);
	r->depth++;
	const struct expression *x = new_expression(r, EXPRESSION_NOT, read_not(r), NULL);
	r->depth--;
	return x;
}

static const struct expression *read_and(struct reader *r)
{
	const struct expression *x = read_not(r);

	while (!r->wrong && (take_word(r, "and") || take_sign(r, "&&")))
		x = new_expression(r, EXPRESSION_AND, x, read_not(r));
	return x;
}

static const struct expression *read_or(struct reader *r)
{
	const struct expression *x = read_and(r);

	while (!r->wrong) {
		if (take_word(r, "or") || take_sign(r, "||"))
			x = new_expression(r, EXPRESSION_OR, x, read_and(r));
		else if (take_sign(r, "??"))
			x = new_expression(r, EXPRESSION_COALESCE, x, read_and(r));
		else
			break;
	}
	return x;
}

/* Liquid has no precedence: "a and b or c" is a and (b or c). */
static const struct expression *read_liquid_condition(struct reader *r)
{
	const struct expression *x = read_comparison(r);

	if (r->wrong || r->depth >= DEEPEST_EXPRESSION)
		return wrong(r);
	enum expression_kind kind = is_word(r, "and") ? EXPRESSION_AND : EXPRESSION_OR;
	if (take_word(r, "and") || take_word(r, "or")) {
		r->depth++;
		x = new_expression(r, kind, x, read_liquid_condition(r));
		r->depth--;
	}
	return x;
}

static const struct expression *choice(struct reader *r, const struct expression *condition, const struct expression *then, const struct expression *otherwise)
{
	struct expression *x = new_expression(r, EXPRESSION_CHOICE, condition, then);

	x->c = otherwise;
	return x;
}

static const struct expression *read_choice(struct reader *r)
{
	if (r->depth++ >= DEEPEST_EXPRESSION)
		return wrong(r);
	const struct expression *x = read_or(r);
	if (!r->wrong && r->language == LANGUAGE_JINJA && take_word(r, "if")) {
		const struct expression *condition = read_or(r);
		x = choice(r, condition, x, take_word(r, "else") ? read_choice(r) : literal(r, &value_missing));
	} else if (!r->wrong && take_sign(r, "?:")) {
		x = choice(r, x, x, read_choice(r));
	} else if (!r->wrong && take_sign(r, "?")) {
		const struct expression *then = read_choice(r);
		const struct expression *otherwise = take_sign(r, ":") ? read_choice(r) : r->language == LANGUAGE_TWIG ? literal(r, &value_missing) : wrong(r);
		x = choice(r, x, then, otherwise);
	}
	r->depth--;
	return x;
}

/* --- languages with a grammar of their own ------------------------------------------------------------------------------------- */

/* A path of dots, as simple languages write it, whatever other bytes its names hold. */
static struct expression *dotted(struct reader *r, struct span s)
{
	struct expression *x = new_expression(r, EXPRESSION_PATH, NULL, NULL);
	size_t n = 1;

	x->path.whole = s;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '.';
	x->path.parts = ARENA_ARRAY(r->arena, struct span, n);
	for (size_t at = 0; at <= s.n;) {
		size_t dot = span_find_byte(s, '.', at);
		if (dot > at)
			x->path.parts[x->path.n++] = span_cut(s, at, dot);
		at = dot + 1;
	}
	return x;
}

static bool is_simple_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && !memchr("_.- ", s.p[i], 4) && (unsigned char)s.p[i] < 0x80)
			return false;
	return s.n > 0;
}

/* One word of Handlebars: a path or a literal; *at moves behind it. */
static const struct expression *read_brace_word(struct reader *r)
{
	struct span s = r->s;
	size_t start = r->at;
	struct expression_path lead = { 0 };

	while (start < s.n && ascii_is_space(s.p[start]))
		start++;
	r->at = start;
	if (start < s.n && (s.p[start] == '"' || s.p[start] == '\'' || ascii_is_digit(s.p[start]))) {
		next(r);
		return read_primary(r);
	}
	size_t end = start;
	while (end < s.n && !ascii_is_space(s.p[end]))
		end++;
	struct span word = span_cut(s, start, end), rest = word;
	r->at = end;
	next(r);
	while (span_starts(rest, SPAN_LIT("../"))) {
		rest = span_cut(rest, 3, rest.n);
		lead.up++;
	}
	if (span_eq(rest, SPAN_LIT("this")) || span_eq(rest, SPAN_LIT("."))) {
		rest = SPAN_EMPTY;
		lead.here = true;
	} else if (span_starts(rest, SPAN_LIT("this.")) || span_starts(rest, SPAN_LIT("./")) || span_starts(rest, SPAN_LIT("this/"))) {
		rest = span_cut(rest, rest.p[0] == '.' ? 2 : 5, rest.n);
		lead.here = true;
	} else if (span_starts(rest, SPAN_LIT("@root."))) {
		rest = span_cut(rest, 6, rest.n);
		lead.top = true;
	}
	if (rest.n && !is_simple_name(rest.p[0] == '@' ? span_cut(rest, 1, rest.n) : rest))
		return wrong(r);
	struct expression *x = dotted(r, rest);
	x->path.up = lead.up;
	x->path.here = lead.here;
	x->path.top = lead.top;
	x->path.whole = word;
	return x;
}

/* {{name}}; {{insert name "default=there"}} of SendGrid. With more words it is a helper, which a program may have given any meaning. */
static const struct expression *read_braces(struct reader *r)
{
	struct span first = span_trim(r->s);
	/* Marketo: {{lead.First Name:default=there}}. */
	size_t marker = span_find(first, SPAN_LIT(":default="), 0);

	if (marker < first.n) {
		struct span name = span_trim(span_cut(first, 0, marker));
		const struct expression *other = literal(r, value_string(r->arena, span_cut(first, marker + 9, first.n)));
		return is_simple_name(name) ? filtered(r, SPAN_LIT("insert"), dotted(r, name), other, NULL) : wrong(r);
	}
	if (span_starts(first, SPAN_LIT("insert "))) {
		r->at = (size_t)(first.p - r->s.p) + 7;
		const struct expression *name = read_brace_word(r);
		struct span text = r->token.text;
		if (r->token.kind == TOKEN_NAME && span_eq(text, SPAN_LIT("default"))) {
			next(r);
			if (!take_sign(r, "=") || r->token.kind != TOKEN_STRING)
				return wrong(r);
			text = r->token.text;
		} else if (r->token.kind == TOKEN_STRING && span_starts(text, SPAN_LIT("default="))) {
			text = span_cut(text, 8, text.n);
		} else {
			return wrong(r);
		}
		next(r);
		return r->wrong ? NULL : filtered(r, SPAN_LIT("insert"), name, literal(r, value_string(r->arena, text)), NULL);
	}
	return read_brace_word(r);
}

static const struct expression *read_go_command(struct reader *r, const struct expression *piped);

static bool go_path_end(const struct reader *r, size_t at)
{
	return at >= r->s.n || !(is_name_byte(r, r->s.p[at]) || r->s.p[at] == '.');
}

/* .Name, $.Name, $x.Name, ., a literal, or ( ... ). */
static const struct expression *read_go_operand(struct reader *r)
{
	if (r->wrong)
		return NULL;
	if (take_sign(r, "(")) {
		if (r->depth++ >= DEEPEST_EXPRESSION)
			return wrong(r);
		const struct expression *x = read_go_command(r, NULL);
		while (!r->wrong && take_sign(r, "|"))
			x = read_go_command(r, x);
		r->depth--;
		return take_sign(r, ")") ? x : wrong(r);
	}
	bool dot = is_sign(r, "."), dollar = is_sign(r, "$") || (r->token.kind == TOKEN_NAME && r->token.text.p[0] == '$');
	if (!dot && !dollar) {
		if (r->token.kind == TOKEN_NAME && !constant(r))
			return wrong(r);
		return read_primary(r);
	}
	size_t start = (size_t)(r->token.text.p - r->s.p), end = start + dollar;
	while (!go_path_end(r, end))
		end++;
	struct span word = span_cut(r->s, start, end);
	bool top = dollar && (word.n == 1 || word.p[1] == '.');
	struct expression *x = dotted(r, span_cut(word, top ? 1 : 0, word.n));
	x->path.here = dot;
	x->path.top = top;
	x->path.whole = word;
	r->at = end;
	next(r);
	return x;
}

static bool ends_command(const struct reader *r)
{
	return r->token.kind == TOKEN_END || is_sign(r, "|") || is_sign(r, ")");
}

static const struct expression *go_pair(struct reader *r, struct span word, const struct expression *a, const struct expression *b)
{
	static const struct {
		const char *word;
		enum expression_kind kind;
	} pairs[] = { { "eq", EXPRESSION_EQUAL }, { "ne", EXPRESSION_UNEQUAL }, { "lt", EXPRESSION_LESS }, { "gt", EXPRESSION_GREATER },
		      { "le", EXPRESSION_AT_MOST }, { "ge", EXPRESSION_AT_LEAST }, { "and", EXPRESSION_AND }, { "or", EXPRESSION_OR } };

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
		if (span_eq(word, span_str(pairs[i].word)))
			return new_expression(r, pairs[i].kind, a, b);
	return span_eq(word, SPAN_LIT("default")) ? filtered(r, word, b, a, NULL) : wrong(r);
}

static const struct expression *read_go_command(struct reader *r, const struct expression *piped)
{
	const struct expression *operands[8];
	size_t n = 0;

	if (r->token.kind != TOKEN_NAME || r->token.text.p[0] == '$' || constant(r))
		return piped ? wrong(r) : read_go_operand(r);
	struct span word = r->token.text;
	next(r);
	while (!r->wrong && !ends_command(r) && n < 7)
		operands[n++] = read_go_operand(r);
	if (piped)
		operands[n++] = piped;
	if (r->wrong || !n)
		return wrong(r);
	if (n == 1)
		return span_eq(word, SPAN_LIT("not")) ? new_expression(r, EXPRESSION_NOT, operands[0], NULL)
						      : filtered(r, word, operands[0], NULL, NULL);
	const struct expression *x = go_pair(r, word, operands[0], operands[1]);
	/* "eq a b c" is a == b or a == c; and, or go on. */
	for (size_t i = 2; !r->wrong && i < n; i++) {
		if (span_eq(word, SPAN_LIT("eq")))
			x = new_expression(r, EXPRESSION_OR, x, go_pair(r, word, operands[0], operands[i]));
		else if (span_eq(word, SPAN_LIT("and")) || span_eq(word, SPAN_LIT("or")))
			x = go_pair(r, word, x, operands[i]);
		else
			return wrong(r);
	}
	return x;
}

static const struct expression *read_go(struct reader *r)
{
	next(r);
	const struct expression *x = read_go_command(r, NULL);
	while (!r->wrong && take_sign(r, "|"))
		x = read_go_command(r, x);
	return x;
}

/* FNAME, TITLE:FNAME; of conditions FNAME=value, FNAME!=value, AGE > 20. */
static const struct expression *read_mailchimp(struct reader *r, bool condition)
{
	struct span s = span_trim(r->s);
	size_t colon = span_find_byte(s, ':', 0), at = 0;

	r->at = r->s.n;
	r->token.kind = TOKEN_END;
	if (!condition && colon < s.n) {
		struct span name = span_cut(s, colon + 1, s.n);
		return is_simple_name(name) ? filtered(r, span_cut(s, 0, colon), dotted(r, name), NULL, NULL) : wrong(r);
	}
	while (at < s.n && !memchr("=!<>", s.p[at], 4))
		at++;
	struct span name = span_trim(span_cut(s, 0, at));
	if (!is_simple_name(name))
		return wrong(r);
	struct expression *x = dotted(r, name);
	if (at == s.n)
		return x;
	struct span sign = span_cut(s, at, MIN(at + 1 + (at + 1 < s.n && s.p[at + 1] == '='), s.n));
	struct span other = span_trim(span_cut(s, at + sign.n, s.n));
	static const struct {
		const char *sign;
		enum expression_kind kind;
	} signs[] = { { "=", EXPRESSION_EQUAL }, { "!=", EXPRESSION_UNEQUAL }, { "<", EXPRESSION_LESS }, { ">", EXPRESSION_GREATER },
		      { "<=", EXPRESSION_AT_MOST }, { ">=", EXPRESSION_AT_LEAST } };
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (condition && span_eq(sign, span_str(signs[i].sign)))
			return new_expression(r, signs[i].kind, x, literal(r, value_string(r->arena, other)));
	return wrong(r);
}

static const struct expression *read_simple(struct reader *r)
{
	struct span s = span_trim(r->s);

	r->token.kind = TOKEN_END;
	return is_simple_name(s) ? dotted(r, s) : wrong(r);
}

/* What a piece of program has around its expression. */
static struct span bare_code(struct span s, enum template_language language)
{
	s = span_trim(s);
	while (s.n && (s.p[s.n - 1] == '{' || s.p[s.n - 1] == ';' || (language == LANGUAGE_PHP && s.p[s.n - 1] == ':')))
		s = span_trim(span_cut(s, 0, s.n - 1));
	if (language == LANGUAGE_ERB && s.n > 5 && span_ends_ci(s, SPAN_LIT(" then")))
		s = span_trim(span_cut(s, 0, s.n - 5));
	return s;
}

const struct expression *expression_parse(struct arena *arena, struct span text, enum template_language language, bool condition)
{
	struct reader r = { .arena = arena, .s = bare_code(text, language), .language = language };
	const struct expression *x;

	switch (language) {
	case LANGUAGE_MUSTACHE:
	case LANGUAGE_HANDLEBARS:
		x = read_braces(&r);
		break;
	case LANGUAGE_GO:
		x = read_go(&r);
		break;
	case LANGUAGE_MAILCHIMP:
		x = read_mailchimp(&r, condition);
		break;
	case LANGUAGE_JINJA:
	case LANGUAGE_DJANGO:
	case LANGUAGE_TWIG:
	case LANGUAGE_ERB:
	case LANGUAGE_EJS:
	case LANGUAGE_PHP:
		next(&r);
		x = read_choice(&r);
		break;
	case LANGUAGE_LIQUID:
		next(&r);
		x = condition ? read_liquid_condition(&r) : read_filters(&r);
		break;
	default:
		x = read_simple(&r);
		break;
	}
	return r.wrong || r.token.kind != TOKEN_END ? NULL : x;
}

/* --- values ------------------------------------------------------------------------------------------------------------------ */

bool expression_is_true(const struct value *value, enum template_language language)
{
	bool ruby = language == LANGUAGE_LIQUID || language == LANGUAGE_ERB; /* only nil and false are false */

	switch (value->kind) {
	case VALUE_MISSING:
	case VALUE_NULL:
		return false;
	case VALUE_BOOL:
		return value->truth;
	case VALUE_NUMBER:
		return ruby || value->number != 0;
	case VALUE_STRING:
		if (language == LANGUAGE_PHP || language == LANGUAGE_TWIG)
			return value->text.n && !span_eq(value->text, SPAN_LIT("0"));
		return ruby || value->text.n;
	case VALUE_LIST:
		/* An empty list is false in Mustache and Handlebars; in JavaScript every object is true. */
		return ruby || language == LANGUAGE_EJS || value->n;
	case VALUE_MAP:
		return ruby || language == LANGUAGE_EJS || language == LANGUAGE_HANDLEBARS || language == LANGUAGE_MUSTACHE || value->n;
	}
	return false;
}

static const char *word_for_nothing(enum template_language language)
{
	switch (language) {
	case LANGUAGE_JINJA:
	case LANGUAGE_DJANGO:
		return "None";
	case LANGUAGE_GO:
		return "<no value>";
	default:
		return "";
	}
}

bool value_append(GString *out, const struct value *value, enum template_language language)
{
	bool python = language == LANGUAGE_JINJA || language == LANGUAGE_DJANGO;

	switch (value->kind) {
	case VALUE_MISSING:
		if (language == LANGUAGE_GO)
			g_string_append(out, word_for_nothing(language));
		return true;
	case VALUE_NULL:
		g_string_append(out, word_for_nothing(language));
		return true;
	case VALUE_BOOL:
		if (language == LANGUAGE_PHP || language == LANGUAGE_TWIG)
			g_string_append(out, value->truth ? "1" : "");
		else if (python)
			g_string_append(out, value->truth ? "True" : "False");
		else
			g_string_append(out, value->truth ? "true" : "false");
		return true;
	case VALUE_NUMBER:
	case VALUE_STRING:
		g_string_append_len(out, value->text.p, (gssize)value->text.n);
		return true;
	case VALUE_LIST:
		/* Liquid and JavaScript write the members one after the other; the others a form for programmers. */
		if (language != LANGUAGE_LIQUID && language != LANGUAGE_EJS && language != LANGUAGE_HANDLEBARS && language != LANGUAGE_MUSTACHE)
			return false;
		for (size_t i = 0; i < value->n; i++) {
			if (i && language != LANGUAGE_LIQUID)
				g_string_append_c(out, ',');
			if (value->members[i].value->kind >= VALUE_LIST || !value_append(out, value->members[i].value, language))
				return false;
		}
		return true;
	case VALUE_MAP:
		if (language != LANGUAGE_EJS && language != LANGUAGE_HANDLEBARS && language != LANGUAGE_MUSTACHE)
			return false;
		g_string_append(out, "[object Object]");
		return true;
	}
	return false;
}

void value_escape(GString *out, struct span text, enum template_language language)
{
	for (size_t i = 0; i < text.n; i++) {
		const char *entity = NULL;
		switch (text.p[i]) {
		case '&':
			entity = "&amp;";
			break;
		case '<':
			entity = "&lt;";
			break;
		case '>':
			entity = "&gt;";
			break;
		case '"':
			entity = language == LANGUAGE_JINJA || language == LANGUAGE_EJS || language == LANGUAGE_GO ? "&#34;" : "&quot;";
			break;
		case '\'':
			entity = language == LANGUAGE_DJANGO || language == LANGUAGE_HANDLEBARS ? "&#x27;" : language == LANGUAGE_TWIG ? "&#039;" : "&#39;";
			/* The specification of Mustache names four characters, and this is none of them. */
			if (language == LANGUAGE_MUSTACHE)
				entity = NULL;
			break;
		case '`':
		case '=':
			if (language == LANGUAGE_HANDLEBARS)
				entity = text.p[i] == '`' ? "&#x60;" : "&#x3D;";
			break;
		case '+':
			entity = language == LANGUAGE_GO ? "&#43;" : NULL;
			break;
		default:
			break;
		}
		if (entity)
			g_string_append(out, entity);
		else
			g_string_append_c(out, text.p[i]);
	}
}

static const struct value *taken(struct arena *arena, GString *text, const struct value *from)
{
	struct value *value = value_new(arena, VALUE_STRING);

	value->text = arena_copy_span(arena, span_of(text->str, text->len));
	value->column = from->column;
	value->safe = from->safe;
	g_string_free(text, TRUE);
	return value;
}

/* What a value is as text. */
static struct span text_of(struct evaluation *e, const struct value *value)
{
	GString *text = g_string_new(NULL);

	if (!value_append(text, value, e->language))
		e->failed = true;
	struct span copy = arena_copy_span(e->arena, span_of(text->str, text->len));
	g_string_free(text, TRUE);
	return copy;
}

static const struct value *recased(struct evaluation *e, const struct value *value, enum filter_id id)
{
	struct span s = text_of(e, value);
	size_t first = utf8_offset(s, 1);
	GString *out = g_string_new(NULL);
	char *part;

	switch (id) {
	case FILTER_UPPER:
	case FILTER_LOWER:
		part = id == FILTER_UPPER ? g_utf8_strup(s.p, (gssize)s.n) : g_utf8_strdown(s.p, (gssize)s.n);
		g_string_append(out, part);
		g_free(part);
		break;
	case FILTER_TITLE:
		for (size_t at = 0; at < s.n;) {
			size_t end = at;
			while (end < s.n && !ascii_is_space(s.p[end]) && !memchr("-({[<", s.p[end], 5) && !((e->language == LANGUAGE_TWIG || e->language == LANGUAGE_DJANGO) && memchr("&\"/.,;:!?", s.p[end], 9)))
				end++;
			end = MIN(end + 1, s.n);
			size_t n = utf8_offset(span_cut(s, at, end), 1);
			part = g_utf8_strup(s.p + at, (gssize)n);
			g_string_append(out, part);
			g_free(part);
			part = g_utf8_strdown(s.p + at + n, (gssize)(end - at - n));
			g_string_append(out, part);
			g_free(part);
			at = end;
		}
		break;
	default:
		part = g_utf8_strup(s.p, (gssize)first);
		g_string_append(out, part);
		g_free(part);
		part = id == FILTER_CAPITALIZE ? g_utf8_strdown(s.p + first, (gssize)(s.n - first)) : g_strndup(s.p + first, s.n - first);
		g_string_append(out, part);
		g_free(part);
		break;
	}
	return taken(e->arena, out, value);
}

/* slash: Python leaves it as it is. */
static void append_url(GString *out, struct span s, bool plus, bool slash)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (ascii_is_alnum(c) || memchr("-_.~", c, 4) || (slash && c == '/'))
			g_string_append_c(out, c);
		else if (c == ' ' && plus)
			g_string_append_c(out, '+');
		else
			g_string_append_printf(out, "%%%02X", (unsigned char)c);
	}
}

static bool is_nothing(const struct value *value)
{
	return value->kind == VALUE_MISSING || value->kind == VALUE_NULL;
}

static bool is_empty(const struct value *value)
{
	return is_nothing(value) || (value->kind == VALUE_STRING && !value->text.n) || (value->kind >= VALUE_LIST && !value->n) ||
	       (value->kind == VALUE_BOOL && !value->truth);
}

/* When does the default come in? */
static bool wants_default(const struct evaluation *e, const struct filter *filter, const struct value *value, const struct value *second)
{
	switch (e->language) {
	case LANGUAGE_JINJA: /* undefined; with true as second argument, all that is false */
		return value->kind == VALUE_MISSING || (second && expression_is_true(second, e->language) && !expression_is_true(value, e->language));
	case LANGUAGE_DJANGO:
		return strcmp(filter->name, "default") == 0 ? !expression_is_true(value, e->language) : value->kind == VALUE_NULL;
	case LANGUAGE_GO:
		return !expression_is_true(value, e->language);
	case LANGUAGE_HANDLEBARS:
	case LANGUAGE_MUSTACHE:
	default:
		return is_empty(value);
	}
}

/* Append, unless it gets longer than a row may become: "x | append: x" doubles at every step. */
static void append_bounded(struct evaluation *e, GString *out, struct span s)
{
	if (out->len + s.n <= LIMIT_EXPANSION_BYTES)
		g_string_append_len(out, s.p, (gssize)s.n);
	else
		e->failed = true;
}

static const struct value *joined(struct evaluation *e, const struct value *list, const struct value *between)
{
	GString *out = g_string_new(NULL);
	struct span sign = between ? text_of(e, between) : e->language == LANGUAGE_LIQUID ? SPAN_LIT(" ") : SPAN_EMPTY;

	e->failed |= list->kind != VALUE_LIST;
	for (size_t i = 0; list->kind == VALUE_LIST && i < list->n && !e->failed; i++) {
		if (i)
			append_bounded(e, out, sign);
		append_bounded(e, out, text_of(e, list->members[i].value));
	}
	return taken(e->arena, out, list);
}

static const struct value *replaced(struct evaluation *e, const struct value *value, const struct value *old, const struct value *new_text)
{
	struct span s = text_of(e, value), wanted = text_of(e, old), put = text_of(e, new_text);
	GString *out = g_string_new(NULL);

	e->failed |= wanted.n == 0;
	for (size_t at = 0; wanted.n && at < s.n && !e->failed;) {
		size_t hit = span_find(s, wanted, at);
		append_bounded(e, out, span_cut(s, at, hit));
		if (hit < s.n)
			append_bounded(e, out, put);
		at = hit < s.n ? hit + wanted.n : s.n;
	}
	return taken(e->arena, out, value);
}

static const struct value *glued(struct evaluation *e, const struct value *from, const struct value *a, const struct value *b)
{
	GString *out = g_string_new(NULL);

	append_bounded(e, out, text_of(e, a));
	append_bounded(e, out, text_of(e, b));
	return taken(e->arena, out, from);
}

/* A text is a list of characters, but not in Liquid and Ruby; of what is no list Twig takes the text. */
static const struct value *edge_of(struct evaluation *e, const struct value *list, bool first)
{
	bool of_text = e->language == LANGUAGE_TWIG ? !is_nothing(list) && list->kind != VALUE_LIST && list->kind != VALUE_MAP :
						      list->kind == VALUE_STRING && (e->language == LANGUAGE_JINJA || e->language == LANGUAGE_DJANGO);
	if (!of_text)
		return list->kind == VALUE_LIST && list->n ? list->members[first ? 0 : list->n - 1].value : &value_missing;
	struct span s = text_of(e, list);
	size_t start = 0, end = utf8_offset(s, 1);
	struct value *edge = value_new(e->arena, VALUE_STRING);
	if (!first)
		for (start = s.n ? s.n - 1 : 0, end = s.n; start > 0 && ((unsigned char)s.p[start] & 0xC0) == 0x80; start--)
			;
	edge->text = span_cut(s, start, end);
	edge->column = list->column;
	return edge;
}

static const struct value *truth(bool is)
{
	return is ? &value_true : &value_false;
}

static const struct value *changed(struct evaluation *e, const struct value *value, enum filter_id id)
{
	GString *out = g_string_new(NULL);
	struct span s = text_of(e, value);

	if (id == FILTER_TRIM)
		s = span_trim(s);
	if (id == FILTER_URL || id == FILTER_URL_PLUS) {
		append_url(out, s, id == FILTER_URL_PLUS, e->language == LANGUAGE_JINJA || e->language == LANGUAGE_DJANGO);
	} else if (id == FILTER_ESCAPE) {
		value_escape(out, s, e->language);
	} else if (id == FILTER_BREAKS) {
		for (size_t i = 0; i < s.n; i++)
			g_string_append_printf(out, s.p[i] == '\n' ? "<br />%c" : "%c", s.p[i]);
	} else {
		g_string_append_len(out, s.p, (gssize)s.n);
	}
	const struct value *result = taken(e->arena, out, value);
	((struct value *)result)->safe = value->safe || id == FILTER_ESCAPE || id == FILTER_SAFE || id == FILTER_BREAKS;
	return result;
}

static const struct value *filter_value(struct evaluation *e, const struct expression *x)
{
	const struct value *value = expression_evaluate(e, x->a);
	const struct value *first = x->b ? expression_evaluate(e, x->b) : NULL;
	const struct value *second = x->c ? expression_evaluate(e, x->c) : NULL;

	switch (x->filter->id) {
	case FILTER_DEFAULT:
		return wants_default(e, x->filter, value, second) ? first : value;
	case FILTER_UPPER:
	case FILTER_LOWER:
	case FILTER_CAPITALIZE:
	case FILTER_CAPFIRST:
	case FILTER_TITLE:
		return recased(e, value, x->filter->id);
	case FILTER_APPEND:
		return glued(e, value, value, first);
	case FILTER_PREPEND:
		return glued(e, value, first, value);
	case FILTER_REPLACE:
		return replaced(e, value, first, second);
	case FILTER_SIZE:
		e->failed |= value->kind == VALUE_NUMBER || value->kind == VALUE_BOOL; /* bytes of a machine word, nothing, or an error */
		return value_number(e->arena, value->kind >= VALUE_LIST ? (double)value->n : (double)utf8_count(text_of(e, value)));
	case FILTER_JOIN:
		return joined(e, value, first);
	case FILTER_FIRST:
		return edge_of(e, value, true);
	case FILTER_LAST:
		return edge_of(e, value, false);
	case FILTER_BLANK:
		return truth(is_empty(value) || (value->kind == VALUE_STRING && e->language == LANGUAGE_ERB && !span_trim(value->text).n));
	case FILTER_PRESENT:
		return truth(!is_empty(value));
	case FILTER_PRESENCE:
		return is_empty(value) ? &value_null : value;
	case FILTER_DEFINED:
		return truth(value->kind != VALUE_MISSING);
	case FILTER_NULL:
		return truth(e->language == LANGUAGE_JINJA ? value->kind == VALUE_NULL : is_nothing(value));
	default:
		return changed(e, value, x->filter->id);
	}
}

/* Languages in which "1" == 1. */
static bool is_lenient(enum template_language language)
{
	return language == LANGUAGE_EJS || language == LANGUAGE_PHP || language == LANGUAGE_TWIG || language == LANGUAGE_MAILCHIMP;
}

static bool are_kinds(const struct value *a, const struct value *b, enum value_kind one, enum value_kind other)
{
	return (a->kind == one && b->kind == other) || (a->kind == other && b->kind == one);
}

static bool are_equal(struct evaluation *e, const struct value *a, const struct value *b)
{
	if (is_nothing(a) && is_nothing(b))
		return e->language != LANGUAGE_JINJA || a->kind == b->kind;
	if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
		return a->number == b->number;
	if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL)
		return a->truth == b->truth;
	if (a->kind == VALUE_STRING && b->kind == VALUE_STRING)
		return span_eq(a->text, b->text);
	/* Python: 0 == False. */
	if (are_kinds(a, b, VALUE_BOOL, VALUE_NUMBER) && (e->language == LANGUAGE_JINJA || e->language == LANGUAGE_DJANGO))
		return a->kind == VALUE_BOOL ? b->number == a->truth : a->number == b->truth;
	if (a->kind >= VALUE_LIST || b->kind >= VALUE_LIST || (is_lenient(e->language) && a->kind != b->kind && (is_nothing(a) || is_nothing(b) || a->kind == VALUE_BOOL || b->kind == VALUE_BOOL)))
		e->failed = true; /* each has rules of its own */
	if (is_lenient(e->language) && are_kinds(a, b, VALUE_NUMBER, VALUE_STRING))
		return span_eq(a->text, b->text);
	return false;
}

/* A number, or text that is one where the language does not mind. */
static bool as_number(const struct evaluation *e, const struct value *value, double *out)
{
	char *end;
	char text[40];

	*out = value->number;
	if (value->kind == VALUE_NUMBER)
		return true;
	if (value->kind != VALUE_STRING || !is_lenient(e->language) || !value->text.n || value->text.n >= sizeof text)
		return false;
	memcpy(text, value->text.p, value->text.n);
	text[value->text.n] = '\0';
	*out = g_ascii_strtod(text, &end);
	return !*end;
}

static const struct value *compare(struct evaluation *e, enum expression_kind kind, const struct value *a, const struct value *b)
{
	double x, y;

	if (!as_number(e, a, &x) || !as_number(e, b, &y)) {
		e->failed = true;
		return &value_false;
	}
	switch (kind) {
	case EXPRESSION_LESS:
		return truth(x < y);
	case EXPRESSION_GREATER:
		return truth(x > y);
	case EXPRESSION_AT_MOST:
		return truth(x <= y);
	default:
		return truth(x >= y);
	}
}

/* Liquid's words for what is not there: name == blank, name == empty. */
static const struct value *compare_with_word(struct evaluation *e, const struct expression *x, const struct value *value)
{
	if (e->language != LANGUAGE_LIQUID || x->b->kind != EXPRESSION_PATH || x->b->path.n != 1)
		return NULL;
	struct span word = x->b->path.parts[0];
	bool blank = span_eq(word, SPAN_LIT("blank")), equal = x->kind == EXPRESSION_EQUAL;
	if (!blank && !span_eq(word, SPAN_LIT("empty")))
		return NULL;
	bool is = blank ? is_empty(value) || (value->kind == VALUE_STRING && !span_trim(value->text).n)
			: (value->kind == VALUE_STRING && !value->text.n) || (value->kind >= VALUE_LIST && !value->n);
	return truth(is == equal);
}

static const struct value *contains(struct evaluation *e, const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_LIST) {
		for (size_t i = 0; i < a->n; i++)
			if (are_equal(e, a->members[i].value, b))
				return &value_true;
		return &value_false;
	}
	return truth(a->kind == VALUE_STRING && b->kind == VALUE_STRING && span_find(a->text, b->text, 0) + b->text.n <= a->text.n &&
		     (b->text.n == 0 || span_find(a->text, b->text, 0) < a->text.n));
}

const struct value *expression_evaluate(struct evaluation *e, const struct expression *x)
{
	const struct value *a, *word;
	bool plain = e->language == LANGUAGE_TWIG || e->language == LANGUAGE_PHP || e->language == LANGUAGE_LIQUID; /* and, or give true or false */

	switch (x->kind) {
	case EXPRESSION_LITERAL:
		return x->literal;
	case EXPRESSION_PATH:
		return e->look_up(e->data, &x->path);
	case EXPRESSION_NOT:
		return truth(!expression_is_true(expression_evaluate(e, x->a), e->language));
	case EXPRESSION_AND:
	case EXPRESSION_OR:
		a = expression_evaluate(e, x->a);
		if (expression_is_true(a, e->language) == (x->kind == EXPRESSION_AND))
			a = expression_evaluate(e, x->b);
		return plain ? truth(expression_is_true(a, e->language)) : a;
	case EXPRESSION_COALESCE:
		a = expression_evaluate(e, x->a);
		return is_nothing(a) ? expression_evaluate(e, x->b) : a;
	case EXPRESSION_CHOICE:
		return expression_evaluate(e, expression_is_true(expression_evaluate(e, x->a), e->language) ? x->b : x->c);
	case EXPRESSION_EQUAL:
	case EXPRESSION_UNEQUAL:
		a = expression_evaluate(e, x->a);
		word = compare_with_word(e, x, a);
		return word ? word : truth(are_equal(e, a, expression_evaluate(e, x->b)) == (x->kind == EXPRESSION_EQUAL));
	case EXPRESSION_SAME:
	case EXPRESSION_NOT_SAME:
		a = expression_evaluate(e, x->a);
		word = expression_evaluate(e, x->b);
		return truth((a->kind == word->kind && are_equal(e, a, word)) == (x->kind == EXPRESSION_SAME));
	case EXPRESSION_LESS:
	case EXPRESSION_GREATER:
	case EXPRESSION_AT_MOST:
	case EXPRESSION_AT_LEAST:
		return compare(e, x->kind, expression_evaluate(e, x->a), expression_evaluate(e, x->b));
	case EXPRESSION_CONTAINS:
		return contains(e, expression_evaluate(e, x->a), expression_evaluate(e, x->b));
	case EXPRESSION_JOIN:
		a = expression_evaluate(e, x->a);
		return glued(e, a, a, expression_evaluate(e, x->b));
	case EXPRESSION_FILTER:
		return filter_value(e, x);
	}
	return &value_missing;
}

void expression_visit(const struct expression *x, bool guarded, void (*visit)(void *data, const struct expression_path *path, bool guarded), void *data)
{
	bool covered = guarded;

	if (!x)
		return;
	if (x->kind == EXPRESSION_PATH)
		visit(data, &x->path, guarded);
	/* The left side is only asked for its being there. */
	covered |= x->kind == EXPRESSION_OR || x->kind == EXPRESSION_AND || x->kind == EXPRESSION_COALESCE || x->kind == EXPRESSION_CHOICE || x->kind == EXPRESSION_NOT ||
		   (x->kind == EXPRESSION_FILTER && (x->filter->id == FILTER_DEFAULT || x->filter->id == FILTER_DEFINED));
	expression_visit(x->a, covered, visit, data);
	expression_visit(x->b, guarded, visit, data);
	expression_visit(x->c, guarded, visit, data);
}
