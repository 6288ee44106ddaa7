/* Media queries: does a list of them hold on a desktop or on a phone? What depends on the user or the program is "maybe".
 * Source: Media Queries Level 4. */
#include "doc/cascade.h"

/* A window of a mail program and a telephone in a hand, in CSS px. Those of Apple Mail and an iPhone; what matters is that the usual breaks at 480
 * to 700 px lie between. */
static const struct {
	double width, height;
} screens[HTML_N_SCREENS] = { { 1280, 800 }, { 375, 812 }, { 1280, 800 } };

struct query {
	struct css_reader reader;
	struct css_token token;
	enum html_screen screen;
};

static void advance(struct query *q)
{
	q->token = css_next_token(&q->reader);
}

static void skip_space(struct query *q)
{
	while (q->token.kind == CSS_SPACE)
		advance(q);
}

static bool is_ident(const struct query *q, const char *word)
{
	return q->token.kind == CSS_IDENT && span_eq_ci(q->token.text, span_str(word));
}

static enum cascade_match yes_or_elsewhere(bool yes)
{
	return yes ? CASCADE_YES : CASCADE_ELSEWHERE;
}

/* A length in px; em of a query is 16 px (section 1.3). False where it is none. */
static bool token_px(const struct css_token *t, double *px)
{
	static const struct {
		const char *unit;
		double px;
	} units[] = { { "px", 1 }, { "em", 16 }, { "rem", 16 }, { "pt", 4.0 / 3 }, { "in", 96 }, { "cm", 96 / 2.54 }, { "mm", 96 / 25.4 } };

	if (t->kind == CSS_NUMBER) {
		*px = t->number;
		return true;
	}
	for (size_t i = 0; t->kind == CSS_DIMENSION && i < G_N_ELEMENTS(units); i++)
		if (span_eq_ci(t->text, span_str(units[i].unit))) {
			*px = t->number * units[i].px;
			return true;
		}
	return false;
}

/* The side of the screen that a feature is about; < 0 for another feature. */
static double side_of(struct span feature, enum html_screen screen)
{
	if (span_starts_ci(feature, SPAN_LIT("device-")))
		feature = span_cut(feature, 7, feature.n);
	if (span_eq_ci(feature, SPAN_LIT("width")))
		return screens[screen].width;
	return span_eq_ci(feature, SPAN_LIT("height")) ? screens[screen].height : -1;
}

/* "max-width: 480px" and the like, the name and colon read. */
static enum cascade_match plain_feature(struct query *q, struct span name)
{
	bool least = span_starts_ci(name, SPAN_LIT("min-")), most = span_starts_ci(name, SPAN_LIT("max-"));
	double side = side_of(least || most ? span_cut(name, 4, name.n) : name, q->screen), px;

	if (side >= 0) {
		if (!token_px(&q->token, &px))
			return CASCADE_MAYBE;
		return yes_or_elsewhere(least ? side >= px : most ? side <= px : side == px);
	}
	if (span_eq_ci(name, SPAN_LIT("orientation")))
		return yes_or_elsewhere(is_ident(q, q->screen == HTML_PHONE ? "portrait" : "landscape"));
	if (span_eq_ci(name, SPAN_LIT("prefers-color-scheme")))
		return yes_or_elsewhere(is_ident(q, q->screen == HTML_DARK ? "dark" : "light"));
	return CASCADE_MAYBE;
}

/* Read < or <= (-1), > or >= (1), = (0); 2 where there is none. */
static int read_comparison(struct query *q)
{
	int sign = 2;

	skip_space(q);
	if (q->token.kind == CSS_DELIM && memchr("<>=", q->token.c, 3)) {
		sign = q->token.c == '<' ? -1 : q->token.c == '>' ? 1 : 0;
		advance(q);
		if (q->token.kind == CSS_DELIM && q->token.c == '=')
			advance(q);
	}
	skip_space(q);
	return sign;
}

static bool holds(double a, int sign, double b)
{
	return sign < 0 ? a <= b : sign > 0 ? a >= b : a == b;
}

/* What stands in one pair of brackets, the first token in front. Leaves the rest of it unread. */
static enum cascade_match bracket(struct query *q)
{
	double px, side;

	skip_space(q);
	if (q->token.kind == CSS_IDENT) {
		struct span name = q->token.text;
		advance(q);
		skip_space(q);
		if (q->token.kind == CSS_COLON) {
			advance(q);
			skip_space(q);
			return plain_feature(q, name);
		}
		int sign = read_comparison(q);
		side = side_of(name, q->screen);
		if (sign != 2 && side >= 0 && token_px(&q->token, &px))
			return yes_or_elsewhere(holds(side, sign, px));
		/* (color), (hover), (not ...), and what is to come. */
		return span_eq_ci(name, SPAN_LIT("color")) || (side > 0 && sign == 2) ? CASCADE_YES : CASCADE_MAYBE;
	}
	/* 400px <= width <= 700px */
	if (!token_px(&q->token, &px))
		return CASCADE_MAYBE;
	advance(q);
	int sign = read_comparison(q);
	side = q->token.kind == CSS_IDENT ? side_of(q->token.text, q->screen) : -1;
	if (sign == 2 || side < 0)
		return CASCADE_MAYBE;
	bool yes = holds(px, sign, side);
	advance(q);
	sign = read_comparison(q);
	if (sign != 2 && !token_px(&q->token, &px))
		return CASCADE_MAYBE;
	return yes_or_elsewhere(yes && (sign == 2 || holds(side, sign, px)));
}

/* Pass over the rest of a bracket that was opened. */
static void close_bracket(struct query *q)
{
	for (int depth = 1; q->token.kind != CSS_END; advance(q)) {
		depth += q->token.kind == CSS_OPEN || q->token.kind == CSS_FUNCTION;
		depth -= q->token.kind == CSS_CLOSE;
		if (depth == 0) {
			advance(q);
			return;
		}
	}
}

static enum cascade_match media_type(struct span name)
{
	if (span_eq_ci(name, SPAN_LIT("all")) || span_eq_ci(name, SPAN_LIT("screen")))
		return CASCADE_YES;
	return CASCADE_ELSEWHERE;
}

/* One query, up to a comma or the end. */
static enum cascade_match one_query(struct query *q)
{
	enum cascade_match all = CASCADE_YES;
	bool negated = false, any = false;

	for (skip_space(q); q->token.kind != CSS_END && q->token.kind != CSS_COMMA; skip_space(q)) {
		enum cascade_match match = CASCADE_MAYBE;
		if (is_ident(q, "not")) {
			negated = true;
			advance(q);
			continue;
		}
		if (is_ident(q, "only") || is_ident(q, "and")) {
			advance(q);
			continue;
		}
		/* "or" never stands beside "and": what was read stands alone. */
		if (is_ident(q, "or")) {
			any = true;
			advance(q);
			continue;
		}
		if (q->token.kind == CSS_IDENT) {
			match = media_type(q->token.text);
			advance(q);
		} else if (q->token.kind == CSS_OPEN && q->token.c == '(') {
			advance(q);
			match = bracket(q);
			close_bracket(q);
		} else {
			advance(q);
		}
		all = any ? cascade_most(all, match) : cascade_least(all, match);
	}
	if (negated && all != CASCADE_MAYBE)
		return all == CASCADE_YES ? CASCADE_ELSEWHERE : CASCADE_YES;
	return all;
}

enum cascade_match cascade_media(struct span queries, enum html_screen screen)
{
	struct query q = { .reader = { queries, 0 }, .screen = screen };
	enum cascade_match best = CASCADE_NO;

	do {
		advance(&q);
		best = cascade_most(best, one_query(&q));
	} while (q.token.kind == CSS_COMMA);
	return best;
}
