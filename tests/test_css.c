/* Tests of the CSS reader: tokens, selectors, rules, declarations, faults, and that every place leads to the source. What is wanted follows
 * from CSS Syntax Module Level 3 and Selectors Level 4. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/limits.h"
#include "doc/css.h"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* A text that is its own source byte by byte, on the heap without a final NUL; freed with the test's process. */
static const struct text *text_of(const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct text *source = ARENA_NEW(arena, struct text);
	struct map_builder b;

	memcpy(copy, bytes, n);
	source->bytes = span_of(copy, n);
	map_builder_init(&b);
	map_add_copied(&b, 0, n);
	return text_new(arena, source->bytes, map_builder_finish(&b, arena), source);
}

static const char *c_string(struct span s)
{
	return arena_copy(arena, s);
}

/* -- tokens -- */

static const struct {
	const char *css, *wanted;
} token_cases[] = {
	{ "a b", "ident(a) space ident(b)" },
	{ "-a --b -1 -.5 .5em 1e3 1.e3", "ident(-a) space ident(--b) space number(-1) space number(-0.5) space dimension(0.5 em) space number(1000) "
					 "space number(1) delim(.) ident(e3)" },
	{ "50% +2px", "percentage(50) space dimension(2 px)" },
	{ "#fff #-x #", "hash(fff) space hash(-x) space delim(#)" },
	{ "@media @-x-y @", "at(media) space at(-x-y) space delim(@)" },
	{ "'a;}' \"b\\\"c\"", "string(a;}) space string(b\\\"c)" },
	{ "'a\nb", "bad-string(a) space ident(b)" },
	{ "'a", "string(a)" },
	{ "url(a;b) URL( x ) url('y')", "url(a;b) space url(x) space function(url) string(y) close())" },
	{ "url(a b) url(a'b)", "bad-url(a b) space bad-url(a'b)" },
	{ "rgb(1,2)", "function(rgb) number(1) comma number(2) close())" },
	{ "a/*;*/b /* c", "ident(a) ident(b) space" },
	{ "<!--a-->", "cdo ident(a--) delim(>)" },
	{ "<!-- a -->", "cdo space ident(a) space cdc" },
	{ "a\\:b \\31 23", "ident(a\\:b) space ident(\\31 23)" },
	{ "{[}:;", "open({) open([) close(}) colon semicolon" },
	{ "\x01\x01 a\x01", "tag space ident(a) tag" },
	{ "\xe3\x81\x82", "ident(\xe3\x81\x82)" },
};

static const char *dump_token(struct css_token t)
{
	static const char *const names[] = { "end", "space", "ident", "function", "at", "hash", "string", "bad-string", "url", "bad-url", "number",
					     "percentage", "dimension", "delim", "colon", "semicolon", "comma", "open", "close", "cdo", "cdc", "tag", "comment" };

	switch (t.kind) {
	case CSS_NUMBER:
	case CSS_PERCENTAGE:
		return arena_printf(arena, "%s(%g)", names[t.kind], t.number);
	case CSS_DIMENSION:
		return arena_printf(arena, "%s(%g %s)", names[t.kind], t.number, c_string(t.text));
	case CSS_DELIM:
	case CSS_OPEN:
	case CSS_CLOSE:
		return arena_printf(arena, "%s(%c)", names[t.kind], t.c);
	default:
		return t.text.n ? arena_printf(arena, "%s(%s)", names[t.kind], c_string(t.text)) : names[t.kind];
	}
}

START_TEST(tokens)
{
	const struct text *css = text_of(token_cases[_i].css, strlen(token_cases[_i].css));
	struct css_reader reader = { css->bytes, 0 };
	GString *got = g_string_new(NULL);
	size_t end = 0;

	for (struct css_token t = css_next_token(&reader); t.kind != CSS_END; t = css_next_token(&reader)) {
		ck_assert_uint_ge(t.range.start, end);
		ck_assert_uint_gt(t.range.end, t.range.start);
		end = t.range.end;
		g_string_append_printf(got, "%s%s", got->len ? " " : "", dump_token(t));
	}
	ck_assert_str_eq(got->str, token_cases[_i].wanted);
	g_string_free(got, TRUE);
}
END_TEST

START_TEST(names)
{
	static const struct {
		const char *name, *exact, *lower;
	} cases[] = {
		{ "Color", "Color", "color" },	    { "\\43 olor", "Color", "color" }, { "a\\:B", "a:B", "a:b" },
		{ "\\3042", "\xe3\x81\x82", "\xe3\x81\x82" }, { "\\0", "\xef\xbf\xbd", "\xef\xbf\xbd" }, { "\\000043x", "Cx", "cx" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		ck_assert_str_eq(c_string(css_name(arena, span_str(cases[i].name), false)), cases[i].exact);
		ck_assert_str_eq(c_string(css_name(arena, span_str(cases[i].name), true)), cases[i].lower);
	}
}
END_TEST

/* -- sheets -- */

static const char *bytes_at(const struct css_sheet *sheet, struct range range)
{
	ck_assert_uint_le(range.start, range.end);
	ck_assert_uint_le(range.end, sheet->text->bytes.n);
	return c_string(span_cut(sheet->text->bytes, range.start, range.end));
}

static const char *const error_names[] = { "bad-declaration", "empty-value", "bad-selector", "missing-block", "unclosed-block", "unclosed-bracket",
					   "unclosed-string", "unclosed-comment", "bad-url", "stray-close" };

static void dump_declaration(GString *out, const struct css_sheet *sheet, const struct css_declaration *d)
{
	g_string_append_printf(out, "%s=%s%s", c_string(d->name), c_string(d->value), d->important ? "!" : "");
	if (d->at_rule != CSS_NONE)
		g_string_append_printf(out, "@%s", c_string(sheet->at_rules[d->at_rule].name));
	g_string_append_c(out, ' ');
}

/* @-rules, rules with their declarations ("~": browsers drop it, "?": a template tag decides), declarations of no rule, errors with their bytes. */
static const char *dump(const struct css_sheet *sheet)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < sheet->n_at_rules; i++) {
		const struct css_at_rule *a = &sheet->at_rules[i];
		g_string_append_printf(out, "@%s(%s)%s ", c_string(a->name), c_string(a->prelude), a->has_block ? "{}" : ";");
	}
	for (size_t i = 0; i < sheet->n_rules; i++) {
		const struct css_rule *r = &sheet->rules[i];
		g_string_append_printf(out, "%s%s{", !r->valid ? "~" : r->has_tag ? "?" : "", bytes_at(sheet, r->prelude));
		for (size_t k = 0; k < r->n_declarations; k++) {
			ck_assert_uint_eq(sheet->declarations[r->first_declaration + k].rule, i);
			dump_declaration(out, sheet, &sheet->declarations[r->first_declaration + k]);
		}
		g_string_append(out, "} ");
	}
	for (size_t i = 0; i < sheet->n_declarations; i++)
		if (sheet->declarations[i].rule == CSS_NONE)
			dump_declaration(out, sheet, &sheet->declarations[i]);
	for (size_t i = 0; i < sheet->n_errors; i++)
		g_string_append_printf(out, "%s[%s] ", error_names[sheet->errors[i].kind], bytes_at(sheet, sheet->errors[i].range));
	if (sheet->flags & CSS_HAS_LOOSE_TAG)
		g_string_append(out, "loose ");
	if (out->len)
		g_string_truncate(out, out->len - 1);
	const char *result = arena_copy(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return result;
}

static const struct {
	const char *css, *wanted;
} sheet_cases[] = {
	{ "", "" },
	{ "a{color:red}", "a{color=red }" },
	{ " a , b.c\n{ COLOR : Red ! important ; ; width:1px }", "a , b.c{color=Red! width=1px }" },
	{ "<!-- a{b:c} -->", "a{b=c }" },
	{ "a{b:c/* ; } */d;/* x */e:f}", "a{b=c d e=f }" },
	{ "a{b:url(x;y}z);c:'d;}'}", "a{b=url(x;y}z) c='d;}' }" },
	/* What browsers skip, and what they read behind it. */
	{ "a{*b:c;d:e}", "a{d=e } bad-declaration[*b:c]" },
	{ "a{b c;d:e}", "a{d=e } bad-declaration[b c]" },
	{ "a{b:;d:e}", "a{d=e } empty-value[b:]" },
	{ "a{b:'c\n;d:e}", "a{d=e } unclosed-string['c] bad-declaration[b:'c]" },
	{ "a{b:c}}d{e:f}g{h:i}", "a{b=c } ~}d{e=f } g{h=i } stray-close[}]" },
	{ "a{b:c}}", "a{b=c } stray-close[}]" },
	{ "a,{b:c}d{e:f}", "~a,{b=c } d{e=f } bad-selector[a,]" },
	{ ".1a{b:c}", "~.1a{b=c } bad-selector[.1a]" },
	{ "a;b{c:d}", "~a;b{c=d } bad-selector[a;b]" },
	{ "a{b:c", "a{b=c } unclosed-block[{]" },
	{ "a{b:rgb(1;c:d}e{f:g}", "a{b=rgb(1;c:d}e{f:g} } unclosed-bracket[r] unclosed-block[{]" },
	{ "a{b:c}/* d", "a{b=c } unclosed-comment[/*]" },
	{ "a{b:c} d", "a{b=c } missing-block[d]" },
	/* @-rules. */
	{ "@import url(x.css) screen;a{b:c}", "@import(url(x.css) screen); a{b=c }" },
	{ "@charset 'x'", "@charset('x');" },
	{ "@media screen and (max-width:480px){.a{b:c}}d{e:f}", "@media(screen and (max-width:480px)){} .a{b=c@media } d{e=f }" },
	{ "@media x{@supports (a:b){c{d:e}}f{g:h}}", "@media(x){} @supports((a:b)){} c{d=e@supports } f{g=h@media }" },
	{ "@font-face{font-family:x;src:url(y)}", "@font-face(){} font-family=x@font-face src=url(y)@font-face" },
	{ "@keyframes k{from{a:b}50%{c:d}}", "@keyframes(k){} ~from{a=b@keyframes } ~50%{c=d@keyframes }" },
	{ "@media x{.a{b:c}", "@media(x){} .a{b=c@media } unclosed-block[{]" },
	{ "@media x{.a{b:c}}}.d{e:f}", "@media(x){} .a{b=c@media } ~}.d{e=f } stray-close[}]" },
	/* Nesting. */
	{ "a{b:c;&:hover{d:e}f:g}", "a{b=c } &:hover{d=e } a{f=g }" },
	{ "a{b:hover{d:e}f:g}", "a{} b:hover{d=e } a{f=g }" },
	{ "a{b:c;@media x{d:e}f:g}", "@media(x){} a{b=c } a{d=e@media } a{f=g }" },
};

START_TEST(sheets)
{
	const struct text *css = text_of(sheet_cases[_i].css, strlen(sheet_cases[_i].css));

	ck_assert_str_eq(dump(css_parse_sheet(arena, css, NULL)), sheet_cases[_i].wanted);
}
END_TEST

static const struct {
	const char *css, *wanted;
} attribute_cases[] = {
	{ "color:red", "color=red" },
	{ "color:red; ; WIDTH : 1px!important", "color=red width=1px!" },
	{ "a:b}c:d;e:f", "a=b c=d e=f stray-close[}]" },
	{ "a:{b;c}:d;e:f", "e=f bad-declaration[a:{b;c}:d]" },
	{ "@a b;c:d", "c=d bad-declaration[@a b]" },
	{ "a:b!x", "a=b!x" },
	{ "a:b! important c", "a=b! important c" },
	{ "filter:progid:X.Y(a='b;c');d:e", "filter=progid:X.Y(a='b;c') d=e" },
	{ "-webkit-x:y;--z:", "-webkit-x=y --z=" },
	{ "a", "bad-declaration[a]" },
	{ ";;", "" },
};

START_TEST(attributes)
{
	const struct text *css = text_of(attribute_cases[_i].css, strlen(attribute_cases[_i].css));

	ck_assert_str_eq(dump(css_parse_declarations(arena, css, NULL)), attribute_cases[_i].wanted);
}
END_TEST

/* Template tags: what holds one is not known, and nothing that is cut by one is a fault. */
static const struct {
	const char *css, *wanted;
} tag_cases[] = {
	{ "a{color:{{c}};b:{{d}}px}", "a{color=##### b=#####px }" },
	{ "{% if x %}a{b:c}{% endif %} d{e:f}", "?a{b=c } d{e=f } loose" },
	{ "{% if x %} a{b:c} {% endif %} d{e:f}", "a{b=c } d{e=f } loose" },
	{ ".{{x}}{b:c}", "~.{{x}}{b=c }" },
	{ "a{ {{styles}} b:c}", "a{b=c } loose" },
	{ "a{margin-{{side}}:1px;b:c}", "a{b=c } loose" },
	{ "@media {{q}}{a{b:c}}", "@media(#####){} a{b=c@media }" },
	{ "{{css}}", "loose" },
};

START_TEST(template_tags)
{
	const struct text *css = text_of(tag_cases[_i].css, strlen(tag_cases[_i].css));
	struct tag_list tags = tag_scan(arena, css->bytes);
	char *wanted = arena_copy(arena, span_str(tag_cases[_i].wanted));

	for (char *p = wanted; *p; p++)
		*p = *p == '#' ? CSS_TAG_BYTE : *p;
	ck_assert_uint_gt(tags.n, 0);
	ck_assert_str_eq(dump(css_parse_sheet(arena, css, &tags)), wanted);
}
END_TEST

/* Places lead to the source through an entity, and a tag is found behind one. */
START_TEST(places_lead_to_source)
{
	const char *html = "font:&quot;A&quot;; color:{{c}}; width:1px";
	const char *css = "font:\"A\"; color:{{c}}; width:1px";
	struct map_builder b;
	struct text *source = ARENA_NEW(arena, struct text);

	source->bytes = span_str(html);
	map_builder_init(&b);
	map_add_copied(&b, 0, 5);
	map_add_block(&b, 5, 6, 1);
	map_add_copied(&b, 11, 1);
	map_add_block(&b, 12, 6, 1);
	map_add_copied(&b, 18, strlen(html) - 18);
	const struct text *text = text_new(arena, span_str(css), map_builder_finish(&b, arena), source);
	struct tag_list tags = tag_scan(arena, source->bytes);
	const struct css_sheet *sheet = css_parse_declarations(arena, text, &tags);
	ck_assert_uint_eq(sheet->n_declarations, 3);
	static const struct {
		const char *name, *value;
		bool has_tag;
	} wanted[] = { { "font", "&quot;A&quot;", false }, { "color", "{{c}}", true }, { "width", "1px", false } };
	for (size_t i = 0; i < 3; i++) {
		const struct css_declaration *d = &sheet->declarations[i];
		struct range name = text_to_source(text, d->name_range.start, d->name_range.end, NULL);
		struct range value = text_to_source(text, d->value_range.start, d->value_range.end, NULL);
		ck_assert_str_eq(c_string(span_cut(source->bytes, name.start, name.end)), wanted[i].name);
		ck_assert_str_eq(c_string(span_cut(source->bytes, value.start, value.end)), wanted[i].value);
		ck_assert(d->has_tag == wanted[i].has_tag);
	}
}
END_TEST

START_TEST(ranges_of_rules)
{
	const char *css = " @media x { .a > b { c : d !important ; } } e{f:g}";
	const struct css_sheet *sheet = css_parse_sheet(arena, text_of(css, strlen(css)), NULL);

	ck_assert_uint_eq(sheet->n_rules, 2);
	ck_assert_str_eq(bytes_at(sheet, sheet->at_rules[0].range), "@media x { .a > b { c : d !important ; } }");
	ck_assert_str_eq(bytes_at(sheet, sheet->at_rules[0].name_range), "@media");
	ck_assert_str_eq(bytes_at(sheet, sheet->at_rules[0].prelude_range), "x");
	ck_assert_str_eq(bytes_at(sheet, sheet->rules[0].range), ".a > b { c : d !important ; }");
	ck_assert_str_eq(bytes_at(sheet, sheet->rules[0].prelude), ".a > b");
	ck_assert_str_eq(bytes_at(sheet, sheet->declarations[0].range), "c : d !important");
	ck_assert_str_eq(bytes_at(sheet, sheet->declarations[0].value_range), "d");
	ck_assert_uint_eq(sheet->rules[0].at_rule, 0);
	ck_assert_uint_eq(sheet->rules[1].at_rule, CSS_NONE);
}
END_TEST

/* -- selectors -- */

/* Parts as combinator, kind, name; specificity as a.b.c; "!" in front of one that is none. */
static const struct {
	const char *list, *wanted;
} selector_cases[] = {
	{ "a", "type:a 0.0.1" },
	{ "*", "any: 0.0.0" },
	{ "TD.Big#Id", "type:td class:Big id:Id 1.1.1" },
	{ "a b>c+d~e", "type:a _type:b >type:c +type:d ~type:e 0.0.5" },
	{ ".a .b , .c", "class:a _class:b 0.2.0, class:c 0.1.0" },
	{ "a[href]", "type:a attr:href 0.1.1" },
	{ "[Class~='x y' i]", "attr:class~x y/i 0.1.0" },
	{ "[style*=\"a]b\"]", "attr:style*a]b 0.1.0" },
	{ "a:hover", "type:a pseudo:hover 0.1.1" },
	{ "a::before", "type:a element:before 0.0.2" },
	{ "a:after", "type:a element:after 0.0.2" },
	{ ":not(.a, b) c", "pseudo:not(.a, b) _type:c 0.1.1" },
	{ ":nth-child(2n + 1)", "pseudo:nth-child(2n + 1) 0.1.0" },
	{ ".a\\:b", "class:a:b 0.1.0" },
	{ "u + .body .x", "type:u +class:body _class:x 0.2.1" },
	{ "a/**/.b", "type:a class:b 0.1.1" },
	{ "a >", "! type:a 0.0.1" },
	{ "> a", "! 0.0.0" },
	{ "a,,b", "type:a 0.0.1, ! 0.0.0, type:b 0.0.1" },
	{ "a..b", "! type:a 0.0.1" },
	{ ".a b*", "! class:a _type:b 0.1.1" },
	{ "a:hover(", "! type:a pseudo:hover 0.0.1" },
};

START_TEST(selectors)
{
	static const char *const kinds[] = { "any", "type", "class", "id", "attr", "pseudo", "element", "nesting" };
	size_t n;
	const struct css_selector *list = css_parse_selectors(arena, span_str(selector_cases[_i].list), &n);
	GString *got = g_string_new(NULL);

	for (size_t i = 0; i < n; i++) {
		g_string_append_printf(got, "%s%s", i ? ", " : "", list[i].valid ? "" : "! ");
		for (size_t k = 0; k < list[i].n_parts; k++) {
			const struct css_simple *part = &list[i].parts[k];
			if (part->combinator)
				g_string_append_c(got, part->combinator == ' ' ? '_' : part->combinator);
			g_string_append_printf(got, "%s:%s", kinds[part->kind], c_string(part->name));
			if (part->match)
				g_string_append_printf(got, "%c%s%s", part->match, c_string(part->value), part->ignore_case ? "/i" : "");
			else if (part->value.n)
				g_string_append_printf(got, "(%s)", c_string(part->value));
			g_string_append_c(got, ' ');
		}
		g_string_append_printf(got, "%u.%u.%u", list[i].specificity >> 16, list[i].specificity >> 8 & 255, list[i].specificity & 255);
	}
	ck_assert_str_eq(got->str, selector_cases[_i].wanted);
	g_string_free(got, TRUE);
}
END_TEST

/* -- hostile sheets -- */

static const struct {
	const char *unit;
	size_t times;
	unsigned flags;
} hostile_cases[] = {
	{ "{", 1000000, CSS_TOO_DEEP },	       { "a{", 500000, CSS_TOO_DEEP },	    { "@media x{", 100000, CSS_TOO_DEEP },
	{ "a,", 500000, 0 },		       { "a>", 500000, 0 },		    { "a{b:c}", 200000, CSS_TOO_MANY },
	{ "a{b:(", 200000, CSS_TOO_DEEP },     { "/*", 500000, 0 },		    { "\\", 1000000, 0 },
	{ "'", 1000000, 0 },		       { "a{b c d{e:f}", 100000, CSS_TOO_DEEP }, { "@a;", 300000, CSS_TOO_MANY },
	{ "}", 1000000, 0 },		       { "a{b:c;d{e:f}", 100000, CSS_TOO_DEEP }, { "url(", 250000, 0 },
	{ "[a=b]", 200000, 0 },		       { ":not(", 200000, CSS_TOO_DEEP },  { "a{*b;", 200000, CSS_TOO_DEEP },
};

START_TEST(hostile)
{
	GString *css = g_string_new(NULL);

	for (size_t i = 0; i < hostile_cases[_i].times; i++)
		g_string_append(css, hostile_cases[_i].unit);
	const struct text *text = text_of(css->str, css->len);
	struct css_sheet *sheet = css_parse_sheet(arena, text, NULL);
	ck_assert_uint_le(sheet->n_errors, LIMIT_CSS_ERRORS);
	ck_assert_uint_le(sheet->n_declarations, LIMIT_CSS_ITEMS);
	ck_assert_uint_eq(sheet->flags & hostile_cases[_i].flags, hostile_cases[_i].flags);
	css_parse_declarations(arena, text, NULL);
	ck_assert_uint_lt(arena_used(arena), 200u * 1024 * 1024);
	g_string_free(css, TRUE);
}
END_TEST

/* Every beginning of a sheet is read without a step too far, and its places stay inside. */
START_TEST(cut_anywhere)
{
	static const char css[] = "@import 'x';<!-- @media (max-width:1px){.a,b[c~='d']:not(e)::f>*{g:h!important;i:url( j );k:#\\61 l}}"
				  "m{n:'o\\'';&.p{q:r}/* s */{{t}}:u} -->";

	for (size_t n = 0; n < sizeof css; n++) {
		const struct text *text = text_of(css, n);
		struct tag_list tags = tag_scan(arena, text->bytes);
		dump(css_parse_sheet(arena, text, &tags));
		dump(css_parse_declarations(arena, text, NULL));
	}
}
END_TEST

#define LOOP(test, table) tcase_add_loop_test(tcase, test, 0, (int)G_N_ELEMENTS(table))

int main(void)
{
	Suite *suite = suite_create("css");
	TCase *tcase = tcase_create("css");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, setup, teardown);
	LOOP(tokens, token_cases);
	tcase_add_test(tcase, names);
	LOOP(sheets, sheet_cases);
	LOOP(attributes, attribute_cases);
	LOOP(template_tags, tag_cases);
	tcase_add_test(tcase, places_lead_to_source);
	tcase_add_test(tcase, ranges_of_rules);
	LOOP(selectors, selector_cases);
	LOOP(hostile, hostile_cases);
	tcase_add_test(tcase, cut_anywhere);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
