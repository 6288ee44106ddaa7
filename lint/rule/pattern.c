/* Role: regular expressions of rules, analysed without running them and run within bounds; the only user of PCRE2.
 * May not: know of messages; let one pattern cost more than its budget. */
#include "rule/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <time.h>

#include "base/limits.h"
#include "base/normal.h"
#include "base/utf8.h"

/* ---- analysis ---- */

/* All strings that a piece of a regex can match, while they are few and short. */
#define SET_STRINGS 12
#define SET_STRING_BYTES 48
/* Required literals of one regex; a bigger alternation has none. */
#define MOST_LITERALS 200
/* Nesting of groups that is analysed; deeper ones are left to PCRE2. */
#define MOST_DEPTH 20

struct set {
	size_t n;
	uint8_t lengths[SET_STRINGS];
	char strings[SET_STRINGS][SET_STRING_BYTES];
};

/* Required literals: one of them is in every match, off_min to off_max bytes behind its start. */
struct required {
	struct span *literals;
	size_t n;
	size_t off_min, off_max;
	size_t score; /* 0: none */
};

struct shape {
	size_t min, max; /* bytes */
	size_t look;     /* bytes of look-ahead behind the match */
	bool exact;      /* matches one of set and nothing else */
	struct set set;
	struct required best;
	bool unbounded; /* holds a repeat without upper bound that can be backtracked into */
};

struct parser {
	struct arena *arena;
	struct span regex;
	size_t at;
	enum match_form form;
	bool ignore_case; /* in force here */
	bool any_ignore_case;
	bool opaque; /* something that is not understood */
	bool nested_repeats;
	bool to_the_end;
	uint32_t foreign;
};

static size_t add_lengths(size_t a, size_t b)
{
	return a == PATTERN_UNBOUNDED || b == PATTERN_UNBOUNDED ? PATTERN_UNBOUNDED : a + b;
}

static size_t multiply_length(size_t a, size_t times)
{
	if (a == 0 || times == 0)
		return 0;
	if (a == PATTERN_UNBOUNDED || times == PATTERN_UNBOUNDED || a > (size_t)1 << 30)
		return PATTERN_UNBOUNDED;
	return a * times;
}

static void set_copy(struct set *to, const struct set *from)
{
	to->n = from->n;
	memcpy(to->lengths, from->lengths, sizeof(to->lengths));
	for (size_t i = 0; i < from->n; i++)
		memcpy(to->strings[i], from->strings[i], from->lengths[i]);
}

static bool set_add(struct set *set, const char *bytes, size_t n)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->lengths[i] == n && memcmp(set->strings[i], bytes, n) == 0)
			return true;
	}
	if (set->n == SET_STRINGS || n > SET_STRING_BYTES)
		return false;
	memcpy(set->strings[set->n], bytes, n);
	set->lengths[set->n++] = (uint8_t)n;
	return true;
}

static void set_only(struct set *set, const char *bytes, size_t n)
{
	set->n = 0;
	set_add(set, bytes, n);
}

/* Every string of left followed by every string of right; false where they are too many or too long. */
static bool set_product(struct set *left, const struct set *right)
{
	struct set product;

	if (right->n == 1) {
		for (size_t i = 0; i < left->n; i++) {
			if ((size_t)left->lengths[i] + right->lengths[0] > SET_STRING_BYTES)
				return false;
		}
		for (size_t i = 0; i < left->n; i++) {
			memcpy(left->strings[i] + left->lengths[i], right->strings[0], right->lengths[0]);
			left->lengths[i] += right->lengths[0];
		}
		return true;
	}
	if (left->n * right->n > SET_STRINGS)
		return false;
	product.n = 0;
	memset(product.lengths, 0, sizeof(product.lengths));
	for (size_t i = 0; i < left->n; i++) {
		for (size_t k = 0; k < right->n; k++) {
			char joined[SET_STRING_BYTES * 2];

			memcpy(joined, left->strings[i], left->lengths[i]);
			memcpy(joined + left->lengths[i], right->strings[k], right->lengths[k]);
			if (!set_add(&product, joined, (size_t)left->lengths[i] + right->lengths[k]))
				return false;
		}
	}
	set_copy(left, &product);
	return true;
}

/* A literal of one byte helps only where that byte is rare: no letter, digit, blank or common punctuation. */
static bool is_common(char c)
{
	return ascii_is_alnum(c) || ascii_is_space(c) || strchr(".,-/:'\"", c);
}

/* How much a set of literals narrows down: the length of the shortest counts, then their number. 0: nothing. */
static size_t score_of(const struct set *set, size_t off_max)
{
	size_t shortest = SET_STRING_BYTES + 1, score;

	for (size_t i = 0; i < set->n; i++) {
		size_t length = set->lengths[i];

		if (length == 0 || (length == 1 && (set->n > 3 || is_common(set->strings[i][0]))))
			return 0;
		shortest = length < shortest ? length : shortest;
	}
	if (set->n == 0)
		return 0;
	if (shortest > 16)
		shortest = 16;
	score = shortest * 8;
	score = score > set->n / 2 ? score - set->n / 2 : 1;
	return off_max == PATTERN_UNBOUNDED ? score / 2 + 1 : score;
}

/* A candidate replaces the best one so far where its score is higher; one that loses costs no memory. */
static void offer_set(struct parser *parser, struct required *best, const struct set *set, size_t off_min, size_t off_max)
{
	size_t score = score_of(set, off_max);

	if (score <= best->score)
		return;
	*best = (struct required){.n = set->n, .off_min = off_min, .off_max = off_max, .score = score};
	best->literals = ARENA_ARRAY(parser->arena, struct span, set->n);
	for (size_t i = 0; i < set->n; i++)
		best->literals[i] = arena_copy_span(parser->arena, span_of(set->strings[i], set->lengths[i]));
}

static bool in_form(enum match_form form, uint32_t c)
{
	char bytes[4];
	size_t n;
	struct arena *arena;
	bool same;

	if (form == FORM_DECODED)
		return true;
	if (c < 0x80)
		return !(c >= 'A' && c <= 'Z') && c != '~' && !(c >= '\t' && c <= '\r' && c != '\n');
	if (c >= 0x30a1 && c <= 0x30fe && c != 0x30fb && c != 0x30fc)
		return form == FORM_L1 || (c >= 0x30f7 && c <= 0x30fa);
	if ((c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3041 && c <= 0x3096))
		return true;
	n = utf8_write(bytes, c);
	arena = arena_new();
	same = span_eq(span_str(normal_l1_plain(arena, span_of(bytes, n))), span_of(bytes, n));
	arena_free(arena);
	return same;
}

static void shape_empty(struct shape *shape)
{
	shape->min = shape->max = shape->look = 0;
	shape->exact = true;
	shape->set.n = 1;
	memset(shape->set.lengths, 0, sizeof(shape->set.lengths));
	shape->best = (struct required){0};
	shape->unbounded = false;
}

static void shape_any(struct shape *shape, size_t min, size_t max)
{
	shape_empty(shape);
	shape->min = min;
	shape->max = max;
	shape->exact = false;
	shape->set.n = 0;
}

/* One literal character. */
static void shape_character(struct parser *parser, struct shape *shape, uint32_t c)
{
	char bytes[4];
	size_t n;

	if (parser->ignore_case) {
		if (c < 0x80) {
			c = (unsigned char)ascii_lower((char)c);
			/* U+212A and U+017F match them, and are longer. */
			if (c == 'k' || c == 's') {
				shape_any(shape, 1, 3);
				return;
			}
		} else if (!(c >= 0x3000 && c <= 0x9fff)) {
			shape_any(shape, 1, 4);
			return;
		}
	} else if (!parser->foreign && !in_form(parser->form, c)) {
		parser->foreign = c;
	}
	shape_empty(shape);
	n = utf8_write(bytes, c);
	shape->min = shape->max = n;
	set_only(&shape->set, bytes, n);
}

static bool more(const struct parser *parser)
{
	return parser->at < parser->regex.n;
}

static char peek(const struct parser *parser, size_t ahead)
{
	return parser->at + ahead < parser->regex.n ? parser->regex.p[parser->at + ahead] : '\0';
}

static bool take(struct parser *parser, const char *literal)
{
	struct span rest = span_cut(parser->regex, parser->at, parser->regex.n);

	if (!span_starts(rest, span_str(literal)))
		return false;
	parser->at += strlen(literal);
	return true;
}

static void skip_past(struct parser *parser, char c)
{
	size_t end = span_find_byte(parser->regex, c, parser->at);

	if (end == parser->regex.n)
		parser->opaque = true;
	parser->at = end < parser->regex.n ? end + 1 : end;
}

/* The number of an escape: \xHH, \x{...}, \0oo, \o{...}. at is behind the letter. */
static uint32_t parse_number(struct parser *parser, unsigned base, size_t most_digits)
{
	uint32_t value = 0;
	bool braces = peek(parser, 0) == '{';

	if (braces) {
		parser->at++;
		most_digits = 8;
	}
	for (size_t i = 0; i < most_digits && more(parser); i++) {
		int digit = ascii_hex_value(peek(parser, 0));

		if (digit < 0 || (unsigned)digit >= base)
			break;
		value = value < 0x200000 ? value * base + (unsigned)digit : value;
		parser->at++;
	}
	if (braces) {
		if (peek(parser, 0) != '}')
			parser->opaque = true;
		else
			parser->at++;
	}
	return value;
}

/* An escape that is one character; false: a class, an assertion or something else, and at is unchanged. at is behind the
 * backslash. */
static bool parse_escaped_character(struct parser *parser, bool in_class, uint32_t *c)
{
	size_t start = parser->at;
	uint32_t escaped = utf8_next(parser->regex, &parser->at);

	if (escaped >= 0x80 || !ascii_is_alnum((char)escaped)) {
		*c = escaped;
		return true;
	}
	switch (escaped) {
	case 'a':
		*c = 7;
		return true;
	case 'e':
		*c = 0x1b;
		return true;
	case 'f':
		*c = '\f';
		return true;
	case 'n':
		*c = '\n';
		return true;
	case 'r':
		*c = '\r';
		return true;
	case 't':
		*c = '\t';
		return true;
	case 'x':
		*c = parse_number(parser, 16, 2);
		return true;
	case 'o':
		*c = parse_number(parser, 8, 0);
		return true;
	case '0':
		*c = parse_number(parser, 8, 2);
		return true;
	case 'b':
		if (in_class) {
			*c = '\b';
			return true;
		}
		break;
	default:
		break;
	}
	parser->at = start;
	return false;
}

/* A class; at is behind '['. */
static void parse_class(struct parser *parser, struct shape *shape)
{
	bool negated = false, first = true, listed = true, closed = false;
	uint32_t highest = 0;
	struct set set = {0};

	if (peek(parser, 0) == '^') {
		negated = true;
		parser->at++;
	}
	while (more(parser)) {
		uint32_t low, high;
		bool single = true;

		if (peek(parser, 0) == ']' && !first) {
			parser->at++;
			closed = true;
			break;
		}
		first = false;
		if (peek(parser, 0) == '[' && (peek(parser, 1) == ':' || peek(parser, 1) == '.' || peek(parser, 1) == '=')) {
			char kind = peek(parser, 1);
			size_t name = parser->at + 2, end = name;

			while (end + 1 < parser->regex.n && !(parser->regex.p[end] == kind && parser->regex.p[end + 1] == ']') &&
			        parser->regex.p[end] != ']')
				end++;
			if (end + 1 < parser->regex.n && parser->regex.p[end] == kind) {
				parser->at = end + 2;
				listed = false;
				/* A negated one holds everything above ASCII. */
				if (parser->regex.p[name] == '^')
					highest = 0x10ffff;
				continue;
			}
		}
		low = utf8_next(parser->regex, &parser->at);
		if (low == '\\' && !parse_escaped_character(parser, true, &low)) {
			uint32_t letter = utf8_next(parser->regex, &parser->at);

			single = false;
			listed = false;
			if (letter == 'd' || letter == 'w' || letter == 's')
				continue;
			if (letter == 'p' || letter == 'P') {
				if (peek(parser, 0) == '{')
					skip_past(parser, '}');
				else
					utf8_next(parser->regex, &parser->at);
			} else if (!strchr("DWShHvV", (int)letter)) {
				parser->opaque = true;
			}
			highest = 0x10ffff;
		}
		if (!single)
			continue;
		high = low;
		if (peek(parser, 0) == '-' && parser->at + 1 < parser->regex.n && peek(parser, 1) != ']') {
			size_t back = parser->at++;

			high = utf8_next(parser->regex, &parser->at);
			if (high == '\\' && !parse_escaped_character(parser, true, &high)) {
				/* "a-\d": the hyphen is itself. */
				parser->at = back;
				high = low;
				listed = false;
			}
		}
		if (high > highest)
			highest = high;
		if (high < low || high - low >= SET_STRINGS)
			listed = false;
		for (uint32_t c = low; listed && c <= high; c++) {
			char bytes[4];
			size_t n;

			if (parser->ignore_case && (c >= 0x80 || ascii_is_alpha((char)c))) {
				listed = false;
				break;
			}
			n = utf8_write(bytes, c);
			listed = set_add(&set, bytes, n);
		}
	}
	if (!closed)
		parser->opaque = true;
	shape_any(shape, 1, negated || highest > 0xffff || parser->ignore_case ? 4 : highest > 0x7ff ? 3 : highest > 0x7f ? 2 : 1);
	if (listed && !negated && set.n) {
		shape->exact = true;
		set_copy(&shape->set, &set);
		shape->min = PATTERN_UNBOUNDED;
		shape->max = 0;
		for (size_t i = 0; i < set.n; i++) {
			shape->min = set.lengths[i] < shape->min ? set.lengths[i] : shape->min;
			shape->max = set.lengths[i] > shape->max ? set.lengths[i] : shape->max;
		}
	}
}

static void parse_alternation(struct parser *parser, struct shape *shape, int depth);

/* Flags of (?flags) or (?flags: ; at is at the first. Returns ')' or ':'; 0 and opaque for anything else. */
static char parse_flags(struct parser *parser)
{
	bool on = true;

	while (more(parser)) {
		char c = parser->regex.p[parser->at++];

		switch (c) {
		case ')':
		case ':':
			return c;
		case '-':
			on = false;
			break;
		case '^':
			parser->ignore_case = false;
			break;
		case 'i':
			parser->ignore_case = on;
			parser->any_ignore_case |= on;
			break;
		case 'm':
		case 's':
		case 'U':
		case 'J':
			break;
		default:
			parser->opaque = true;
			return 0;
		}
	}
	parser->opaque = true;
	return 0;
}

/* A group; at is behind '('. */
static void parse_group(struct parser *parser, struct shape *shape, int depth)
{
	bool ignore_case = parser->ignore_case;
	bool ahead = false, behind = false, atomic = false;

	if (peek(parser, 0) == '*' || depth >= MOST_DEPTH) {
		parser->opaque = true;
		shape_empty(shape);
		return;
	}
	if (take(parser, "?#")) {
		skip_past(parser, ')');
		shape_empty(shape);
		return;
	}
	if (take(parser, "?=") || take(parser, "?!")) {
		ahead = true;
	} else if (take(parser, "?<=") || take(parser, "?<!")) {
		behind = true;
	} else if (take(parser, "?>")) {
		atomic = true;
	} else if (take(parser, "?:") || take(parser, "?|")) {
		;
	} else if (take(parser, "?P<") || take(parser, "?<")) {
		skip_past(parser, '>');
	} else if (take(parser, "?'")) {
		skip_past(parser, '\'');
	} else if (take(parser, "?")) {
		char end = parse_flags(parser);

		/* (?i) holds to the end of the enclosing group, whose parser restores it. */
		if (end != ':') {
			shape_empty(shape);
			return;
		}
	}
	parse_alternation(parser, shape, depth + 1);
	if (peek(parser, 0) == ')' && more(parser))
		parser->at++;
	else
		parser->opaque = true;
	parser->ignore_case = ignore_case;
	if (ahead || behind) {
		size_t look = ahead ? add_lengths(shape->max, shape->look) : 0;

		shape_empty(shape);
		shape->look = look;
	}
	if (atomic)
		shape->unbounded = false;
}

/* \Q...\E; at is behind the Q. */
static void parse_quoted(struct parser *parser, struct shape *shape)
{
	static const char end[] = "\\E";
	struct set run;
	struct shape character;

	shape_empty(shape);
	while (more(parser)) {
		if (take(parser, end)) {
			/* A quantifier would hold for the last character only. */
			if (more(parser) && strchr("*+?{", peek(parser, 0)))
				parser->opaque = true;
			return;
		}
		shape_character(parser, &character, utf8_next(parser->regex, &parser->at));
		shape->min += character.min;
		shape->max += character.max;
		set_copy(&run, &shape->set);
		if (!shape->exact || !character.exact || !set_product(&run, &character.set)) {
			shape->exact = false;
			continue;
		}
		set_copy(&shape->set, &run);
	}
}

static void parse_escape(struct parser *parser, struct shape *shape)
{
	uint32_t c;

	if (!more(parser)) {
		parser->opaque = true;
		shape_empty(shape);
		return;
	}
	if (parse_escaped_character(parser, false, &c)) {
		shape_character(parser, shape, c);
		return;
	}
	c = utf8_next(parser->regex, &parser->at);
	switch (c) {
	case 'd':
	case 'w':
	case 's':
		/* ASCII, but \w and \s without regard to case are still ASCII: PCRE2_UCP is not set. */
		shape_any(shape, 1, 1);
		return;
	case 'D':
	case 'W':
	case 'S':
	case 'H':
	case 'V':
		shape_any(shape, 1, 4);
		return;
	case 'N':
		/* \N{U+41} is a character, \N alone all but a line end. */
		parser->opaque |= peek(parser, 0) == '{';
		shape_any(shape, 1, 4);
		return;
	case 'h':
	case 'v':
	case 'R':
		shape_any(shape, 1, 3);
		return;
	case 'p':
	case 'P':
		if (peek(parser, 0) == '{')
			skip_past(parser, '}');
		else
			utf8_next(parser->regex, &parser->at);
		shape_any(shape, 1, 4);
		return;
	case 'z':
	case 'Z':
		parser->to_the_end = true;
		shape_empty(shape);
		return;
	case 'b':
	case 'B':
	case 'A':
	case 'E':
		shape_empty(shape);
		return;
	case 'Q':
		parse_quoted(parser, shape);
		return;
	default:
		/* Back references, \K, \G, \X and what PCRE2 refuses. */
		parser->opaque = true;
		shape_any(shape, 0, PATTERN_UNBOUNDED);
		return;
	}
}

static void parse_atom(struct parser *parser, struct shape *shape, int depth)
{
	uint32_t c = utf8_next(parser->regex, &parser->at);

	switch (c) {
	case '(':
		parse_group(parser, shape, depth);
		return;
	case '[':
		parse_class(parser, shape);
		return;
	case '.':
		shape_any(shape, 1, 4);
		return;
	case '^':
	case '$':
		shape_empty(shape);
		return;
	case '\\':
		parse_escape(parser, shape);
		return;
	case '*':
	case '+':
	case '?':
		parser->opaque = true;
		shape_empty(shape);
		return;
	default:
		shape_character(parser, shape, c);
		return;
	}
}

static size_t parse_decimal(struct parser *parser)
{
	size_t value = 0;

	while (more(parser) && ascii_is_digit(peek(parser, 0))) {
		if (value < 100000)
			value = value * 10 + (size_t)(peek(parser, 0) - '0');
		parser->at++;
	}
	return value;
}

/* A quantifier, if one stands here. */
static bool parse_quantifier(struct parser *parser, size_t *min, size_t *max, bool *possessive)
{
	size_t start = parser->at;

	switch (peek(parser, 0)) {
	case '*':
		*min = 0;
		*max = PATTERN_UNBOUNDED;
		parser->at++;
		break;
	case '+':
		*min = 1;
		*max = PATTERN_UNBOUNDED;
		parser->at++;
		break;
	case '?':
		*min = 0;
		*max = 1;
		parser->at++;
		break;
	case '{':
		parser->at++;
		if (!ascii_is_digit(peek(parser, 0))) {
			parser->at = start;
			return false;
		}
		*min = *max = parse_decimal(parser);
		if (peek(parser, 0) == ',') {
			parser->at++;
			*max = ascii_is_digit(peek(parser, 0)) ? parse_decimal(parser) : PATTERN_UNBOUNDED;
		}
		if (peek(parser, 0) != '}') {
			/* "{1,x" is literal. */
			parser->at = start;
			return false;
		}
		parser->at++;
		break;
	default:
		return false;
	}
	*possessive = false;
	if (peek(parser, 0) == '+' && more(parser)) {
		*possessive = true;
		parser->at++;
	} else if (peek(parser, 0) == '?' && more(parser)) {
		parser->at++;
	}
	return true;
}

/* shape, repeated min to max times. */
static void repeat(struct parser *parser, struct shape *shape, size_t min, size_t max, bool possessive)
{
	bool unbounded = max == PATTERN_UNBOUNDED && shape->max > 0;
	bool exact = shape->exact;

	if (unbounded && shape->unbounded)
		parser->nested_repeats = true;
	if (min == 1 && max == 1)
		return;
	if (min == 0) {
		/* An optional piece of a literal: both forms. */
		shape->exact = exact && max == 1 && set_add(&shape->set, "", 0);
		if (!shape->exact)
			shape->set.n = 0;
		shape->best = (struct required){0};
	} else if (exact) {
		struct set once, run;
		size_t times = 1;

		set_copy(&once, &shape->set);
		set_copy(&run, &shape->set);
		/* The bound is for repeats of what is empty. */
		while (times < min && times <= SET_STRING_BYTES && set_product(&run, &once))
			times++;
		shape->exact = times == max;
		if (!shape->exact)
			offer_set(parser, &shape->best, &run, 0, 0);
		set_copy(&shape->set, &run);
	}
	shape->min = multiply_length(shape->min, min);
	shape->max = multiply_length(shape->max, max);
	shape->unbounded = (shape->unbounded || unbounded) && !possessive;
}

/* A stretch of plain characters, none of which is quantified, as one piece: the common case, made fast. */
static bool parse_plain(struct parser *parser, struct shape *piece)
{
	const char *p = parser->regex.p + parser->at;
	size_t room = parser->regex.n - parser->at, n = 0, last = 0;

	if (parser->ignore_case)
		return false;
	if (room > SET_STRING_BYTES / 2)
		room = SET_STRING_BYTES / 2;
	while (n < room && !memchr("\\^$.[|()?*+{", p[n], 12)) {
		/* A character begins here, so that what is before it is whole. */
		if (((unsigned char)p[n] & 0xc0) != 0x80)
			last = n;
		n++;
	}
	/* The last character may be cut off, or quantified. */
	n = n == parser->regex.n - parser->at ? n : last;
	if (n == 0)
		return false;
	if (parser->form != FORM_DECODED) {
		for (size_t at = 0; at < n && !parser->foreign;) {
			uint32_t c = utf8_next(span_of(p, n), &at);

			if (!in_form(parser->form, c))
				parser->foreign = c;
		}
	}
	shape_empty(piece);
	piece->min = piece->max = n;
	set_only(&piece->set, p, n);
	parser->at += n;
	return true;
}

static void parse_sequence(struct parser *parser, struct shape *whole, int depth)
{
	struct shape run, piece; /* run: the exact pieces just read */
	size_t run_min = 0, run_max = 0;
	bool all_exact = true;

	shape_empty(whole);
	shape_empty(&run);
	while (more(parser) && peek(parser, 0) != '|' && peek(parser, 0) != ')' && !parser->opaque) {
		size_t min, max;
		bool possessive;

		if (!parse_plain(parser, &piece)) {
			parse_atom(parser, &piece, depth);
			while (parse_quantifier(parser, &min, &max, &possessive))
				repeat(parser, &piece, min, max, possessive);
		}
		if (piece.exact && set_product(&run.set, &piece.set)) {
			;
		} else {
			/* The run ends: it is a candidate. */
			all_exact = false;
			offer_set(parser, &whole->best, &run.set, run_min, run_max);
			if (piece.exact) {
				set_copy(&run.set, &piece.set);
				run_min = whole->min;
				run_max = whole->max;
			} else {
				if (piece.best.score) {
					struct required best = piece.best;

					best.off_min = add_lengths(best.off_min, whole->min);
					best.off_max = add_lengths(best.off_max, whole->max);
					if (best.off_max == PATTERN_UNBOUNDED && piece.best.off_max != PATTERN_UNBOUNDED)
						best.score = best.score / 2 + 1;
					if (best.score > whole->best.score)
						whole->best = best;
				}
				run_min = add_lengths(whole->min, piece.min);
				run_max = add_lengths(whole->max, piece.max);
				run.set.n = 1;
				run.set.lengths[0] = 0;
			}
		}
		whole->min = add_lengths(whole->min, piece.min);
		whole->max = add_lengths(whole->max, piece.max);
		/* Look-ahead reaches beyond the end of what was read so far, at most. */
		whole->look = add_lengths(whole->look, piece.look);
		whole->unbounded |= piece.unbounded;
	}
	whole->exact = all_exact;
	if (all_exact)
		set_copy(&whole->set, &run.set);
	else
		offer_set(parser, &whole->best, &run.set, run_min, run_max);
}

/* The literals of one branch join those of the others; a branch without any leaves the whole without. */
static void join_required(struct parser *parser, struct required *all, const struct required *branch, size_t *allocated, bool *none)
{
	if (branch->score == 0 || all->n + branch->n > MOST_LITERALS) {
		*none = true;
		return;
	}
	if (all->n + branch->n > *allocated) {
		struct span *grown;

		*allocated = (all->n + branch->n) * 2;
		grown = ARENA_ARRAY(parser->arena, struct span, *allocated);
		if (all->n)
			memcpy(grown, all->literals, all->n * sizeof(*grown));
		all->literals = grown;
	}
	for (size_t i = 0; i < branch->n; i++)
		all->literals[all->n++] = branch->literals[i];
	all->off_min = branch->off_min < all->off_min ? branch->off_min : all->off_min;
	all->off_max = branch->off_max > all->off_max ? branch->off_max : all->off_max;
	all->score = branch->score < all->score ? branch->score : all->score;
}

static void parse_alternation(struct parser *parser, struct shape *shape, int depth)
{
	struct required all = {.off_min = PATTERN_UNBOUNDED, .score = PATTERN_UNBOUNDED};
	struct shape branch;
	size_t allocated = 0;
	bool none = false;

	parse_sequence(parser, shape, depth);
	if (peek(parser, 0) != '|' || !more(parser))
		return;
	/* The first branch, as literals too: that is what is left once the exact set overflows. */
	if (shape->exact)
		offer_set(parser, &shape->best, &shape->set, 0, 0);
	join_required(parser, &all, &shape->best, &allocated, &none);
	while (more(parser) && peek(parser, 0) == '|' && !parser->opaque) {
		parser->at++;
		parse_sequence(parser, &branch, depth);
		if (branch.exact)
			offer_set(parser, &branch.best, &branch.set, 0, 0);
		if (!none)
			join_required(parser, &all, &branch.best, &allocated, &none);
		shape->exact = shape->exact && branch.exact;
		for (size_t i = 0; shape->exact && i < branch.set.n; i++)
			shape->exact = set_add(&shape->set, branch.set.strings[i], branch.set.lengths[i]);
		shape->min = branch.min < shape->min ? branch.min : shape->min;
		shape->max = branch.max > shape->max ? branch.max : shape->max;
		shape->look = branch.look > shape->look ? branch.look : shape->look;
		shape->unbounded |= branch.unbounded;
	}
	if (none)
		all = (struct required){0};
	shape->best = all;
}

struct pattern_shape pattern_analyse(struct arena *arena, const char *regex, enum match_form form)
{
	struct parser parser = {.arena = arena, .regex = span_str(regex), .form = form};
	struct pattern_shape result = {.before_max = PATTERN_UNBOUNDED, .length_max = PATTERN_UNBOUNDED};
	struct shape shape;

	if (parser.regex.n > LIMIT_PATTERN_BYTES || !utf8_valid(parser.regex))
		return result;
	parse_alternation(&parser, &shape, 0);
	result.nested_repeats = parser.nested_repeats;
	result.foreign = parser.foreign;
	result.to_the_end = parser.to_the_end;
	if (parser.opaque || parser.at < parser.regex.n) {
		result.to_the_end = strstr(regex, "\\z") || strstr(regex, "\\Z");
		return result;
	}
	if (shape.exact)
		offer_set(&parser, &shape.best, &shape.set, 0, 0);
	result.length_max = add_lengths(shape.max, shape.look);
	if (shape.best.score == 0)
		return result;
	result.literals = shape.best.literals;
	result.n_literals = shape.best.n;
	result.before_min = shape.best.off_min;
	result.before_max = shape.best.off_max;
	result.ignore_case = parser.any_ignore_case;
	if (result.ignore_case) {
		for (size_t i = 0; i < shape.best.n; i++) {
			char *lower = arena_copy(arena, shape.best.literals[i]);

			for (size_t k = 0; k < shape.best.literals[i].n; k++)
				lower[k] = ascii_lower(lower[k]);
			shape.best.literals[i].p = lower;
		}
	}
	return result;
}

/* ---- running ---- */

/* Start positions tried in one call, and the steps allowed to each of them: many at first with few steps, since PCRE2 counts
 * anew at every start; where these do not suffice, few with the full number. So the CPU clock is read at least every
 * 40,000 steps, 2 to 3 ms (a step was seen to take up to 60 ns). */
#define SLICE_POSITIONS 128
#define QUICK_STEPS 300
#define SMALL_SLICE_POSITIONS 4
#define SMALL_WEIGHT (SLICE_POSITIONS / SMALL_SLICE_POSITIONS)

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
};

static GQuark pattern_error(void)
{
	return g_quark_from_static_string("presend-pattern");
}

struct pattern *pattern_compile(const char *regex, GError **error)
{
	pcre2_compile_context *context;
	struct pattern *pattern;
	pcre2_code *code;
	int number = 0;
	PCRE2_SIZE offset = 0;
	size_t n = strlen(regex);

	if (n > LIMIT_PATTERN_BYTES) {
		g_set_error(error, pattern_error(), 0, "regex of %zu bytes; at most %d are allowed", n, LIMIT_PATTERN_BYTES);
		return NULL;
	}
	context = pcre2_compile_context_create(NULL);
	pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
	/* Tried with 10.42: "(?=a)c?a" misses the last "a" of "aa", because the look-ahead's letter is taken for another one. */
	code = pcre2_compile((PCRE2_SPTR)regex, n,
	        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MULTILINE | PCRE2_USE_OFFSET_LIMIT |
	                (strstr(regex, "(?=") ? PCRE2_NO_START_OPTIMIZE : 0),
	        &number, &offset, context);
	pcre2_compile_context_free(context);
	if (!code) {
		PCRE2_UCHAR message[200] = "";

		pcre2_get_error_message(number, message, sizeof(message));
		g_set_error(error, pattern_error(), 0, "regex: %s (at byte %zu)", (const char *)message, (size_t)offset);
		return NULL;
	}
	pattern = g_new0(struct pattern, 1);
	pattern->code = code;
	pattern->data = pcre2_match_data_create(1, NULL);
	pattern->context = pcre2_match_context_create(NULL);
	pcre2_set_heap_limit(pattern->context, LIMIT_PATTERN_HEAP_KIB);
	return pattern;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_match_context_free(pattern->context);
	pcre2_match_data_free(pattern->data);
	pcre2_code_free(pattern->code);
	g_free(pattern);
}

int64_t pattern_cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void read_clock(struct pattern_budget *budget)
{
	int64_t now = pattern_cpu_us();

	if (budget->clock) {
		budget->rule_us -= now - budget->clock;
		*budget->message_us -= now - budget->clock;
	}
	budget->clock = now;
	budget->work_then = budget->work;
}

void pattern_budget_start(struct pattern_budget *budget)
{
	budget->clock = 0;
	budget->work_then = 0;
	if (budget->work >= SLICE_POSITIONS)
		read_clock(budget);
}

void pattern_budget_stop(struct pattern_budget *budget)
{
	if (budget->clock)
		read_clock(budget);
}

static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* How much of the text start positions up to last may see. */
static size_t subject_end(const struct pattern_shape *shape, struct span text, size_t last)
{
	size_t look = shape->length_max == PATTERN_UNBOUNDED ? PATTERN_LOOK_BYTES : shape->length_max;
	size_t end, line_end, limit;

	if (shape->to_the_end || last >= text.n || text.n - last <= look + 4)
		return text.n;
	/* A word or line end may be asked for behind the match: one more character, and the line end where it is near. */
	end = last + look + 4;
	limit = text.n - end > PATTERN_LOOK_BYTES ? end + PATTERN_LOOK_BYTES : text.n;
	line_end = span_find_byte(span_of(text.p, limit), '\n', end);
	if (line_end < limit)
		return line_end + 1;
	while (end < text.n && is_tail(text.p[end]))
		end++;
	return end;
}

enum pattern_result pattern_find(struct pattern *pattern, const struct pattern_shape *shape, struct span text, size_t from,
        size_t to, struct pattern_budget *budget, bool (*match)(struct range range, void *data), void *data, size_t *next)
{
	size_t at = from, small_until = 0;
	enum pattern_result result = PATTERN_DONE;

	if (to > text.n)
		to = text.n;
	/* Start positions are counted in bytes; begin with a whole character. */
	while (at > 0 && at < text.n && is_tail(text.p[at]))
		at--;
	while (at <= to) {
		bool small = at < small_until;
		size_t last = at + (small ? SMALL_SLICE_POSITIONS : SLICE_POSITIONS) - 1;
		size_t end;
		int code;

		if (last > to)
			last = to;
		end = subject_end(shape, text, last);
		pcre2_set_match_limit(pattern->context, small ? LIMIT_PATTERN_MATCH_STEPS : QUICK_STEPS);
		pcre2_set_offset_limit(pattern->context, last);
		code = pcre2_match(pattern->code, (PCRE2_SPTR)text.p, end, at,
		        PCRE2_NO_UTF_CHECK | (end < text.n ? PCRE2_NOTEOL : 0), pattern->data, pattern->context);
		budget->work += (last - at + 1) * (small ? SMALL_WEIGHT : 1) + 1;
		if (budget->work - budget->work_then >= SLICE_POSITIONS)
			read_clock(budget);

		if (code >= 0) {
			const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern->data);
			struct range range = {places[0], places[1]};

			/* \K in a look-around can turn them round; an empty match shows nothing. */
			if (range.end > range.start && !match(range, data)) {
				at = range.end;
				break;
			}
			at = range.end > at ? range.end : at + 1;
		} else if (code == PCRE2_ERROR_NOMATCH) {
			at = last + 1;
		} else if (code == PCRE2_ERROR_MATCHLIMIT && !small) {
			small_until = last + 1;
		} else {
			result = PATTERN_GAVE_UP;
			break;
		}
		while (at < text.n && is_tail(text.p[at]))
			at++;
		if (at <= to && (budget->rule_us <= 0 || *budget->message_us <= 0)) {
			result = PATTERN_GAVE_UP;
			break;
		}
	}
	if (next)
		*next = at;
	return result;
}
