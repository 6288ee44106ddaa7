/* Tests of the HTML layer: tokenizer, entities, tree, styles, visible text. */
#include <check.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "doc/cascade.h"
#include "doc/html.h"

static struct arena *arena;
static char *buffer;
static struct text *source;

static void setup(void)
{
	arena = arena_new();
	html_library_init();
}

static void teardown(void)
{
	arena_free(arena);
	free(buffer);
	buffer = NULL;
}

/* Parse an exact-size copy, so that the sanitizer sees any read past the end. */
static struct html *parse_bytes(const char *bytes, size_t n)
{
	free(buffer);
	buffer = malloc(n ? n : 1);
	memcpy(buffer, bytes, n);
	source = ARENA_NEW(arena, struct text);
	source->bytes = span_of(buffer, n);
	return html_parse(arena, source);
}

static struct html *parse(const char *s)
{
	return parse_bytes(s, strlen(s));
}

static const char *c_string(struct span s)
{
	return arena_copy(arena, s);
}

static const char *in_source(struct range r)
{
	return c_string(span_cut(source->bytes, r.start, r.end));
}

/* -- tokens: "<name a='v' b>" "</name>" "text" "!comment", joined by a blank; ranges quoted from the source -- */

static int by_place(const void *a, const void *b)
{
	const size_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static const char *dump_tokens(const struct html *html)
{
	GArray *places = g_array_new(FALSE, FALSE, sizeof(size_t));
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < html->n_elements; i++) {
		g_array_append_val(places, html->elements[i].start_tag.start);
		if (html->elements[i].end_tag.end > html->elements[i].end_tag.start)
			g_array_append_val(places, html->elements[i].end_tag.start);
	}
	for (size_t i = 0; i < html->n_texts; i++)
		g_array_append_val(places, html->texts[i].range.start);
	for (size_t i = 0; i < html->n_comments; i++)
		g_array_append_val(places, html->comments[i].range.start);
	g_array_sort(places, by_place);
	for (guint k = 0; k < places->len; k++) {
		size_t place = g_array_index(places, size_t, k);
		if (out->len)
			g_string_append_c(out, ' ');
		for (size_t i = 0; i < html->n_elements; i++) {
			const struct html_element *e = &html->elements[i];
			if (e->start_tag.start == place) {
				g_string_append_printf(out, "<%s", c_string(e->name));
				for (size_t a = 0; a < e->n_attributes; a++) {
					g_string_append_printf(out, " %s", in_source(e->attributes[a].name_range));
					if (e->attributes[a].has_value)
						g_string_append_printf(out, "=[%s]", in_source(e->attributes[a].value_range));
				}
				g_string_append(out, ">");
			} else if (e->end_tag.start == place && e->end_tag.end > place) {
				g_string_append_printf(out, "%s", in_source(e->end_tag));
			}
		}
		for (size_t i = 0; i < html->n_texts; i++)
			if (html->texts[i].range.start == place)
				g_string_append_printf(out, "\"%s\"", in_source(html->texts[i].range));
		for (size_t i = 0; i < html->n_comments; i++)
			if (html->comments[i].range.start == place)
				g_string_append_printf(out, "!%s", in_source(html->comments[i].range));
	}
	const char *result = c_string(span_str(out->str));
	g_string_free(out, TRUE);
	g_array_free(places, TRUE);
	return result;
}

static const struct {
	const char *in, *want;
} token_cases[] = {
	{ "<p>a</p>", "<p> \"a\" </p>" },
	{ "<P CLASS=X>a</P >", "<p CLASS=[X]> \"a\" </P >" },
	{ "<a href=\"x>y\" b='c' d=e f>z</a>", "<a href=[x>y] b=[c] d=[e] f> \"z\" </a>" },
	{ "<a href = \"x\" b= 'c'/>", "<a href=[x] b=[c]>" },
	{ "<a href=\"\" b>", "<a href=[] b>" },
	{ "<a href=x/y/>", "<a href=[x/y/]>" },
	{ "<img src=a><br/>", "<img src=[a]> <br>" },
	{ "<a\nb\r\n=\tc\n>", "<a b=[c]>" },
	{ "<a =b>", "<a =b>" },
	{ "<a \"b\">", "<a \"b\">" },
	{ "1 < 2 <3 <> < b", "\"1 < 2 <3 <> < b\"" },
	{ "a<", "\"a<\"" },
	{ "a</", "\"a</\"" },
	{ "a</>b", "\"a\" !</> \"b\"" },
	{ "<a href=\"x", "<a href=[x]>" },
	{ "<a hr", "<a hr>" },
	{ "<a", "<a>" },
	{ "a<!-- b -- > c -->d", "\"a\" !<!-- b -- > c --> \"d\"" },
	{ "<!-->a<!--->b", "!<!--> \"a\" !<!---> \"b\"" },
	{ "<!-- a --!>b", "!<!-- a --!> \"b\"" },
	{ "<!-- a", "!<!-- a" },
	{ "<!-- a --", "!<!-- a --" },
	{ "<!--", "!<!--" },
	{ "<!", "!<!" },
	{ "<!DOCTYPE html><p>", "<p>" },
	{ "<!--[if mso]><p>x</p><![endif]-->y", "!<!--[if mso]><p>x</p><![endif]--> \"y\"" },
	{ "<![if !mso]>a<![endif]>", "!<![if !mso]> \"a\" !<![endif]>" },
	{ "<?xml version=\"1\"?>a", "!<?xml version=\"1\"?> \"a\"" },
	{ "<style>a<b>{}</style>c", "<style> \"a<b>{}\" </style> \"c\"" },
	{ "<script>\"</scripts>\"</script >c", "<script> \"\"</scripts>\"\" </script > \"c\"" },
	{ "<title>a<b></title>", "<title> \"a<b>\" </title>" },
	{ "<textarea><b></textarea>", "<textarea> \"<b>\" </textarea>" },
	{ "<plaintext>a</p>", "<plaintext> \"a</p>\"" },
	{ "<style>a", "<style> \"a\"" },
	/* Template tags are opaque wherever they stand. */
	{ "<td {{#if a}}style=\"x\"{{/if}}>y", "<td style=[x]> \"y\"" },
	{ "<a href=\"{{ u \"q\" }}\" b=c>", "<a href=[{{ u \"q\" }}] b=[c]>" },
	{ "<a href={{ u }} b>", "<a href=[{{ u }}] b>" },
	{ "<% if (a<b) %>x<% end %>", "\"<% if (a<b) %>x<% end %>\"" },
	{ "<h{{n}}>x</h{{n}}>", "<h{{n}}> \"x\" </h{{n}}>" },
	{ "<{{t}} a=b>x</{{t}}>", "<{{t}} a=[b]> \"x\" </{{t}}>" },
	{ "<p data-{{n}}=1>", "<p data-{{n}}=[1]>" },
	{ "{{a > b}}<p>{{ '<b>' }}</p>", "\"{{a > b}}\" <p> \"{{ '<b>' }}\" </p>" },
	{ "<a href='*|U|*'>*|N|*</a>", "<a href=[*|U|*]> \"*|N|*\" </a>" },
	{ "", "" },
};

START_TEST(tokens)
{
	struct html *html = parse(token_cases[_i].in);
	const char *got = dump_tokens(html);
	ck_assert_msg(strcmp(got, token_cases[_i].want) == 0, "%s: %s, want %s", token_cases[_i].in, got, token_cases[_i].want);
}
END_TEST

START_TEST(unclosed_is_flagged)
{
	ck_assert_uint_eq(parse("<p>a</p>")->flags, 0);
	ck_assert_uint_eq(parse("<p>a</p")->flags, HTML_UNCLOSED_TAG);
	ck_assert_uint_eq(parse("a<!-- b")->flags, HTML_UNCLOSED_TAG);
	ck_assert_uint_eq(parse("ab<a href='x>y")->flag_range.start, 2);
}
END_TEST

/* -- entities -- */

static const struct {
	const char *in, *want;
} entity_cases[] = {
	{ "a&amp;b&lt;&gt;&quot;", "a&b<>\"" },
	{ "&#65;&#x42;&#X43;&#68", "ABCD" },
	{ "&#x3042;&#12354;", "\xe3\x81\x82\xe3\x81\x82" },
	{ "&nbsp;&hellip;&zwnj;", "\xc2\xa0\xe2\x80\xa6\xe2\x80\x8c" },
	{ "&#128;&#146;&#x9f;", "\xe2\x82\xac\xe2\x80\x99\xc5\xb8" },
	{ "&#0;&#xd800;&#x110000;&#99999999999;", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "&copy &copyx &copy2", "\xc2\xa9 \xc2\xa9x \xc2\xa9" "2" },
	{ "&hellip &nosuch; &; & &# &#x &#z;", "&hellip &nosuch; &; & &# &#x &#z;" },
	{ "&Eacute;&eacute;&apos;&colon;", "\xc3\x89\xc3\xa9':" },
	{ "&ampamp;", "&amp;" },
	{ "a&", "a&" },
};

START_TEST(entities)
{
	struct html *html = parse(entity_cases[_i].in);
	ck_assert_uint_eq(html->n_texts, 1);
	const char *got = c_string(html->texts[0].decoded->bytes);
	ck_assert_msg(strcmp(got, entity_cases[_i].want) == 0, "%s: %s", entity_cases[_i].in, got);
}
END_TEST

START_TEST(entities_in_attributes)
{
	/* WHATWG HTML 13.2.5.73: in a value a name without semicolon before '=' or a letter is text. */
	struct html *html = parse("<a href='?a=1&copy=2&amp;b&lt' title=\"{{a &amp; b}}&lt;\">");
	ck_assert_str_eq(c_string(html->elements[0].attributes[0].value->bytes), "?a=1&copy=2&b<");
	ck_assert_str_eq(c_string(html->elements[0].attributes[1].value->bytes), "{{a &amp; b}}<");
}
END_TEST

START_TEST(entities_are_mapped)
{
	struct html *html = parse("<p>x&amp;&#x3042;y</p>");
	const struct text *d = html->texts[0].decoded;
	static const struct {
		size_t at, length;
		const char *source;
	} want[] = { { 0, 1, "x" }, { 1, 1, "&amp;" }, { 2, 3, "&#x3042;" }, { 3, 1, "&#x3042;" }, { 5, 1, "y" }, { 0, 6, "x&amp;&#x3042;y" } };
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		const struct text *from = NULL;
		struct range r = text_to_source(d, want[i].at, want[i].at + want[i].length, &from);
		ck_assert_ptr_eq(from, source);
		ck_assert_str_eq(in_source(r), want[i].source);
	}
}
END_TEST

/* -- tree: "name(children)" with texts in quotes -- */

static void dump_tree(const struct html *html, size_t parent, GString *out)
{
	size_t text = 0;

	for (size_t i = 0; i <= html->n_elements; i++) {
		size_t place = i < html->n_elements ? html->elements[i].start_tag.start : source->bytes.n;
		if (i < html->n_elements && html->elements[i].parent != parent)
			continue;
		for (; text < html->n_texts && html->texts[text].range.start < place; text++)
			if (html->texts[text].parent == parent)
				g_string_append_printf(out, "'%s'", in_source(html->texts[text].range));
		if (i == html->n_elements)
			break;
		g_string_append_printf(out, "%s(", c_string(html->elements[i].name));
		dump_tree(html, i, out);
		g_string_append_c(out, ')');
	}
}

static const struct {
	const char *in, *want;
} tree_cases[] = {
	{ "<div><p>a</p>b</div>c", "div(p('a')'b')'c'" },
	{ "<p>a<p>b<div>c</div>", "p('a')p('b')div('c')" },
	{ "<ul><li>a<li>b</ul>c", "ul(li('a')li('b'))'c'" },
	{ "<table><tr><td>a<td>b<tr><td>c</table>d", "table(tr(td('a')td('b'))tr(td('c')))'d'" },
	{ "<p>a<br>b<img src=x>c", "p('a'br()'b'img()'c')" },
	{ "<b><i>a</b>b", "b(i('a'))'b'" },
	{ "<div>a</p>b</div>c", "div('a''b')'c'" },
	{ "<html><head><title>t</title></head><body>a</body></html>", "html(head(title('t'))body('a'))" },
	{ "<p>a<!-- c -->b</p>", "p('a''b')" },
	{ "<td {{#if a}}style=\"x\"{{/if}}>y</td>z", "td('y')'z'" },
	{ "<div><style>p{}</style>a</div>", "div(style('p{}')'a')" },
	{ "<o:p/>a<div>b</div>", "o:p()'a'div('b')" },
	{ "<a href=1>x<a href=2>y</a>", "a('x')a('y')" },
	{ "<a href=1><table><tr><td>x</td></tr></table></a>y", "a(table(tr(td('x'))))'y'" },
};

START_TEST(tree)
{
	struct html *html = parse(tree_cases[_i].in);
	GString *out = g_string_new(NULL);
	dump_tree(html, HTML_NO_PARENT, out);
	ck_assert_msg(strcmp(out->str, tree_cases[_i].want) == 0, "%s: %s, want %s", tree_cases[_i].in, out->str, tree_cases[_i].want);
	g_string_free(out, TRUE);
}
END_TEST

START_TEST(tree_questions)
{
	struct html *html = parse("<table><tr><td><a href=x>y</a></td></tr></table>");
	ck_assert_uint_eq(html->n_elements, 4);
	ck_assert(html_inside(html, 3, "table"));
	ck_assert(!html_inside(html, 3, "a"));
	ck_assert(!html_inside(html, 0, "table"));
	ck_assert_int_eq(html->elements[3].depth, 3);
	ck_assert_ptr_nonnull(html_attribute(&html->elements[3], "href"));
	ck_assert_ptr_null(html_attribute(&html->elements[3], "hre"));
	ck_assert_uint_eq(html_element_at(html, 0), 0);
	ck_assert_uint_eq(html_element_at(html, 8), 1);
	ck_assert_uint_eq(html_element_at(html, 30), 3);
	ck_assert_uint_eq(html->elements[0].first_text + html->elements[0].n_texts, 1);
}
END_TEST

/* -- what holds for every document -- */

static void check_invariants(const struct html *html)
{
	size_t n = source->bytes.n;

	for (size_t i = 0; i < html->n_elements; i++) {
		const struct html_element *e = &html->elements[i];
		ck_assert(e->start_tag.start < e->start_tag.end && e->start_tag.end <= n);
		ck_assert(e->end_tag.start <= e->end_tag.end && e->end_tag.end <= n);
		ck_assert_int_eq(source->bytes.p[e->start_tag.start], '<');
		ck_assert(i == 0 || html->elements[i - 1].start_tag.end <= e->start_tag.start);
		ck_assert(e->parent == HTML_NO_PARENT || e->parent < i);
		ck_assert_uint_le(e->first_text + e->n_texts, html->n_texts);
		for (size_t k = 0; k < e->n_attributes; k++) {
			const struct html_attribute *a = &e->attributes[k];
			struct span name = span_cut(source->bytes, a->name_range.start, a->name_range.end);
			ck_assert(a->name_range.start >= e->start_tag.start && a->name_range.end <= e->start_tag.end);
			ck_assert(a->value_range.start >= a->name_range.end && a->value_range.end <= e->start_tag.end);
			ck_assert(span_eq_ci(name, a->name));
			struct span raw = span_cut(source->bytes, a->value_range.start, a->value_range.end);
			if (span_find_byte(raw, '&', 0) == raw.n)
				ck_assert(span_eq(raw, a->value->bytes));
		}
	}
	for (size_t i = 0; i < html->n_texts; i++) {
		const struct html_text_run *t = &html->texts[i];
		ck_assert(t->range.start < t->range.end && t->range.end <= n);
		ck_assert(i == 0 || html->texts[i - 1].range.end <= t->range.start);
		if (t->parent != HTML_NO_PARENT) {
			const struct html_element *e = &html->elements[t->parent];
			ck_assert(e->first_text <= i && i < e->first_text + e->n_texts);
		}
	}
	for (size_t at = 0; at < html->visible->bytes.n; at++) {
		struct range r = text_to_source(html->visible, at, at + 1, NULL);
		char c = html->visible->bytes.p[at];
		ck_assert_uint_le(r.end, n);
		if (r.end == r.start + 1 && !ascii_is_space(c))
			ck_assert_int_eq(source->bytes.p[r.start], c);
	}
}

START_TEST(cut_anywhere)
{
	static const char document[] =
		"<!DOCTYPE html><html lang=ja><head><title>T &amp; t</title><style>.a{color:#fff}@media x{.b{display:block}}</style></head>"
		"<body bgcolor=\"#fff\" {{#if a}}class='{{c}}'{{/if}}><!--[if mso]>x<![endif]--><div style='display:none;color:rgb(1,2,3)'>p&zwnj;</div>"
		"<table><tr><td style=\"font:12px/1 a;background:url(x) red\">a &lt; b<td>c<% if x<y %>d</table><p hidden>\xe3\x81\x82<o:p/>"
		"<a href=\"x?a&amp;b=%7B\" title=>l<img alt='&quot;'></a><script>if(a<b){}</script></body></html>";

	for (size_t n = 0; n < sizeof document; n++)
		check_invariants(parse_bytes(document, n));
}
END_TEST

START_TEST(random_bytes)
{
	static const char *const pieces[] = { "<",	"</",	"p",	">",	"<td ",	 "</td>", "\"", "'",	 "=",	  "{{",	   "}}",     "<!--",
					      "-->",	"<!",	"&",	"#x41", ";",	 "<style>", "</style>", "style='color:", "<%", "%>", " ", "a",
					      "\0",	"\xff", "<a href=", "</a", "/", "hidden", "<title>", "\n", "<pre>", "<table>", "<body>", "</html>" };
	unsigned seed = (unsigned)_i * 7919u + 1;

	for (int round = 0; round < 200; round++) {
		GString *s = g_string_new(NULL);
		for (int k = 0; k < 60; k++) {
			seed = seed * 1103515245u + 12345u;
			const char *piece = pieces[(seed >> 16) % G_N_ELEMENTS(pieces)];
			g_string_append_len(s, piece, *piece ? (gssize)strlen(piece) : 1);
		}
		check_invariants(parse_bytes(s->str, s->len));
		g_string_free(s, TRUE);
	}
}
END_TEST

/* -- hostile documents -- */

static const struct {
	const char *unit;
	unsigned flags;
} hostile[] = {
	{ "<div>\n", HTML_TOO_DEEP },
	{ "<a href=x>y\n", 0 },
	{ "<b><i><font>x\n", HTML_TOO_DEEP },
	{ "<table><tr><td><p>\n", HTML_TOO_DEEP },
	{ "<b>x</b></i></div>\n", 0 },
	{ "&amp;&nbsp;&#x3042;\n", 0 },
	{ "<\n", 0 },
	{ "<!--\n", HTML_UNCLOSED_TAG },
	{ "<style>", HTML_UNCLOSED_TAG },
	{ "<p style='", HTML_UNCLOSED_TAG },
	{ "{{a ", 0 },
	{ "<p {{x}}", HTML_UNCLOSED_TAG },
	{ "</", 0 },
	{ "x", 0 },
};

START_TEST(hostile_documents)
{
	const size_t size = 200 * 1000;
	size_t n = strlen(hostile[_i].unit);
	char *s = malloc(size);

	for (size_t i = 0; i < size; i++)
		s[i] = hostile[_i].unit[i % n];
	struct html *html = parse_bytes(s, size);
	free(s);
	/* Only the flags that were asked for are looked at: where the text is cut it may end inside a tag. */
	ck_assert_uint_eq(html->flags & hostile[_i].flags, hostile[_i].flags);
	int deepest = 0;
	for (size_t i = 0; i < html->n_elements; i++)
		deepest = html->elements[i].depth > deepest ? html->elements[i].depth : deepest;
	ck_assert_int_le(deepest, LIMIT_HTML_DEPTH);
}
END_TEST

START_TEST(many_attributes)
{
	GString *s = g_string_new("<p");
	for (int i = 0; i < LIMIT_HTML_ATTRIBUTES + 20; i++)
		g_string_append_printf(s, " a%d=%d", i, i);
	g_string_append(s, ">x</p><b>y</b>");
	struct html *html = parse_bytes(s->str, s->len);
	g_string_free(s, TRUE);
	ck_assert_uint_eq(html->flags, HTML_TOO_MANY_ATTRIBUTES);
	ck_assert_uint_eq(html->elements[0].n_attributes, LIMIT_HTML_ATTRIBUTES);
	ck_assert_str_eq(in_source(html->flag_range), "a500");
	ck_assert_uint_eq(html->n_elements, 2);
	ck_assert_uint_eq(html->elements[1].parent, HTML_NO_PARENT);
}
END_TEST

START_TEST(deep_text_is_kept)
{
	GString *s = g_string_new(NULL);
	for (int i = 0; i < 1000; i++)
		g_string_append(s, "<div>");
	g_string_append(s, "inside");
	for (int i = 0; i < 1000; i++)
		g_string_append(s, "</div>");
	g_string_append(s, "<p>outside</p>");
	struct html *html = parse_bytes(s->str, s->len);
	g_string_free(s, TRUE);
	ck_assert_str_eq(c_string(html->visible->bytes), "inside\noutside");
	ck_assert_uint_eq(html->elements[1000].parent, HTML_NO_PARENT);
	check_invariants(html);
}
END_TEST

/* -- visible, hidden, preheader -- */

static const struct {
	const char *in, *visible, *hidden;
} visible_cases[] = {
	{ "<p>a  b\n c</p><p>d</p>", "a b c\nd", "" },
	{ "a<br>b<br/>c", "a\nb\nc", "" },
	{ "<div> a <b> b</b>c </div>", "a bc", "" },
	{ "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc", "" },
	{ "<pre>a\n  b\r\nc</pre>", "a\n  b\nc", "" },
	{ "a&nbsp; b&#32;&#32;c", "a\xc2\xa0 b c", "" },
	{ "<title>t</title><style>s</style><script>j</script>a<!-- c -->b", "ab", "" },
	{ "a<img alt='x'>b", "ab", "" },
	{ "a<span style='display:none'>b</span>c", "ac", "b" },
	{ "<div style='DISPLAY : None !important'>b<p>c</p></div>d", "d", "b\nc" },
	{ "<div style='display:none;display:block'>b</div>", "b", "" },
	{ "<div style='display:none!important;display:block'>b</div>", "", "b" },
	{ "<div hidden>b</div>c", "c", "b" },
	{ "<div style='visibility:hidden'>a<b style='visibility:visible'>b</b></div>", "b", "a" },
	{ "<div style='opacity:0'>a</div><div style='opacity:.5'>b</div>", "b", "a" },
	{ "<div style='mso-hide:all'>a</div>", "a", "" },
	{ "<div style='max-height:0px;overflow:hidden'>a</div><div style='max-height:0'>b</div>", "b", "a" },
	{ "<div style='position:absolute;left:-9999px'>a</div><div style='left:-9999px'>b</div>", "b", "a" },
	{ "<h1 style='text-indent:-9999px'>a</h1>", "", "a" },
	{ "<i style='position:absolute;clip:rect(0 0 0 0)'>a</i><i style='clip-path: inset(50%)'>b</i>", "", "a\nb" },
	{ "<i style='clip:rect(0 0 0 0)'>a</i>", "a", "" },
	/* CSS 2.1: inline text has no height of its own (10.6.1), cells and tables grow with what they hold (17.5.3). */
	{ "<span style='height:0;overflow:hidden'>a</span><td style='height:0;overflow:hidden'>b</td>", "a\tb", "" },
	{ "<span style='display:inline-block;width:0;overflow:hidden'>a</span><i style='float:left;height:0;overflow:hidden'>b</i>", "", "a\nb" },
	{ "<div style='transform:scale(0)'>a</div><div style='transform:translateX(-9999px)'>b</div><div style='transform:scale(.9)'>c</div>", "c", "a\nb" },
	{ "<p style='filter:opacity(0%)'>a</p><p style='filter:blur(0)'>b</p>", "b", "a" },
	{ "<p style='position:absolute;left:9999px'>a</p><p style='position:absolute;left:90px'>b</p>", "b", "a" },
	{ "<td style='font-size:0'>a<span style='font-size:12px'>b</span></td>", "b", "a" },
	{ "<font style='font-size:1px'>a</font><p style='font-size:0.1em'>b</p><p style='font-size:2pt'>c</p>", "", "a\nb\nc" },
	{ "<p style='color:#fefefe'>a</p><p style='color:white;background:#333'>b</p>", "b", "a" },
	{ "<body bgcolor=#000000><font color=black>a</font><font color='#ffffff'>b</font>", "b", "a" },
	{ "<p style='color:#fff;background:url(x.png)'>a</p>", "a", "" },
	{ "<p style='color:rgb(255,255,255)'>a</p><p style='color:hsl(0,0%,100%)'>b</p><p style='color:transparent'>c</p>", "", "a\nb\nc" },
	{ "<p style='color:rgba(0,0,0,.5)'>a</p><p style='color:{{c}}'>b</p>", "a\nb", "" },
	{ "<p style='color:rgba(255,255,255,.5)'>a</p><p style='color:rgba(0,0,0,.03)'>b</p>", "", "a\nb" },
	{ "<div style='background:url(x.png)'><p style='color:rgba(255,255,255,.5)'>a</p></div>", "a", "" },
	{ "<style>.x{color:#333}</style><p class=x bgcolor=#333>a</p>", "a", "" },
	{ "<style>.x{color:#333}</style><td class=x bgcolor=#333>a</td>", "", "a" },
	{ "<style>.x{font-size:0}.x b{font-size:14px}</style><p class=x>a<b>b</b></p>", "b", "a" },
	{ "<style>.x{visibility:hidden}p{opacity:0}i.y{display:none}</style><b class=x>a</b><p>b</p><i class=y>c</i><b class=y>d</b>", "d", "a\nb\nc" },
	{ "<style>.x{display:none}</style><p class=x style='display:block'>a</p>", "a", "" },
	{ "<style>.x{display:none!important}</style><p class=x style='display:block'>a</p>", "", "a" },
	{ "<style>@media(max-width:480px){.x{display:none}}@media(min-width:481px){.y{display:none}}</style><p class=x>a</p><p class=y>b</p>", "a", "b" },
	{ "<style type='text/x'>p{display:none}</style><style media=print>b{display:none}</style><p>a <b>b</b></p>", "a b", "" },
	{ "<style amp4email-boilerplate>body{visibility:hidden}</style><body>a</body>", "a", "" },
	{ "<style>.{{c}}{display:none}</style><p class=x>a</p>", "a", "" },
	{ "<style>.x{display:none}</style><p class='y x'>a</p><p>b</p>", "b", "a" },
	{ "<style>@media print{.x{display:none}}</style><p class='x'>a</p>", "a", "" },
	{ "<p>{{name}} &lt;x&gt;</p>", "{{name}} <x>", "" },
	{ "\xe3\x81\x82\n\xe3\x81\x84", "\xe3\x81\x82 \xe3\x81\x84", "" },
	{ "<span style='display:block'>a</span>b", "a\nb", "" },
	{ "", "", "" },
};

START_TEST(visible_text)
{
	struct html *html = parse(visible_cases[_i].in);
	const char *visible = c_string(html->visible->bytes), *hidden = c_string(html->hidden->bytes);
	ck_assert_msg(strcmp(visible, visible_cases[_i].visible) == 0, "%s: visible %s", visible_cases[_i].in, visible);
	ck_assert_msg(strcmp(hidden, visible_cases[_i].hidden) == 0, "%s: hidden %s", visible_cases[_i].in, hidden);
	check_invariants(html);
}
END_TEST

START_TEST(visible_leads_to_source)
{
	struct html *html = parse("<p>a &amp;\n <b>b</b></p><p>c</p>");
	ck_assert_str_eq(c_string(html->visible->bytes), "a & b\nc");
	ck_assert_str_eq(in_source(text_to_source(html->visible, 2, 3, NULL)), "&amp;");
	ck_assert_str_eq(in_source(text_to_source(html->visible, 3, 4, NULL)), "\n ");
	ck_assert_str_eq(in_source(text_to_source(html->visible, 4, 5, NULL)), "b");
	ck_assert_str_eq(in_source(text_to_source(html->visible, 0, 3, NULL)), "a &amp;");
	struct range line = text_to_source(html->visible, 5, 6, NULL);
	ck_assert_uint_eq(line.start, line.end);
	ck_assert_str_eq(in_source(text_to_source(html->visible, 6, 7, NULL)), "c");
}
END_TEST

#define FIFTY "0123456789 123456789 123456789 123456789 123456789"

static const struct {
	const char *in, *want; /* NULL: none */
} preheader_cases[] = {
	{ "<body><div style='display:none'>Soon &amp; now&zwnj;&nbsp;&zwnj;&nbsp;</div><p>a</p>", "Soon & now" },
	{ "<body>\n<span style='display:none'><b>a</b> b</span>c", "a b" },
	{ "<body><div style='display:none'>&zwnj;&nbsp;</div><p>a</p><div style='display:none'>b</div>", NULL },
	{ "<body><p>a</p><div style='display:none'>b</div>", NULL },
	{ "<body><div style='display:none'>" FIFTY FIFTY FIFTY "x</div>a", NULL },
	{ "<body><div style='display:none'>" FIFTY FIFTY FIFTY "</div>a", FIFTY FIFTY FIFTY },
	{ "<body>{{#if p}}<div style='display:none'>{{p}}</div>{{/if}}a", "{{p}}" },
	{ "<title>t</title><style>.p{display:none}</style><body><div class=p>b</div>a", "b" },
	{ "<body style='display:none'>a", NULL },
	{ "<p>a</p>", NULL },
	{ "", NULL },
};

START_TEST(preheader)
{
	struct html *html = parse(preheader_cases[_i].in);
	if (!preheader_cases[_i].want) {
		ck_assert_ptr_null(html->preheader);
		return;
	}
	ck_assert_ptr_nonnull(html->preheader);
	ck_assert_str_eq(c_string(html->preheader->bytes), preheader_cases[_i].want);
}
END_TEST

START_TEST(element_text)
{
	struct html *html = parse("<a href=x> see <b>this</b>\n<img alt='our &lt;logo&gt;'><img><span style='display:none'>no</span><br>now </a> rest");
	ck_assert_str_eq(c_string(html_element_text(arena, html, 0, true)->bytes), "see this our <logo> now");
	ck_assert_str_eq(c_string(html_element_text(arena, html, 0, false)->bytes), "see this now");
	struct text *text = html_element_text(arena, html, 0, true);
	ck_assert_str_eq(in_source(text_to_source(text, 13, 14, NULL)), "&lt;");
	html = parse("<div><a href=x><img alt=one></a></div><a><img alt=two></a>");
	ck_assert_str_eq(c_string(html_element_text(arena, html, 1, true)->bytes), "one");
	ck_assert_str_eq(c_string(html_element_text(arena, html, 0, true)->bytes), "one");
	html = parse("<title> A &amp; B </title><p>");
	ck_assert_str_eq(c_string(html->title), "A & B");
}
END_TEST

/* -- styles -- */

static const struct {
	const char *in; /* the last element is looked at */
	double font_px;
	long colour, background; /* -1: unknown */
} style_cases[] = {
	{ "<p>", 16, 0, 0xffffff },
	{ "<p style='font-size:20px;color:red'><b>", 20, 0xff0000, 0xffffff },
	{ "<p style='font-size:20px'><b style='font-size:50%'>", 10, 0, 0xffffff },
	{ "<p style='font-size:2em'><b style='font-size:.5rem'>", 8, 0, 0xffffff },
	{ "<p style='font-size:12pt;font-size:bogus'>", -1, 0, 0xffffff },
	{ "<p style='font-size:12pt'>", 16, 0, 0xffffff },
	{ "<p style='font:bold 10px/1.5 Arial'>", 10, 0, 0xffffff },
	{ "<p style='font-size:calc(1px + 2vw)'>", -1, 0, 0xffffff },
	{ "<p style='font-size:x-small'>", 10, 0, 0xffffff },
	{ "<font size=5>", 24, 0, 0xffffff },
	{ "<font size='-1' color=ff0000>", 13, 0xff0000, 0xffffff },
	{ "<h1>", 32, 0, 0xffffff },
	{ "<p style='color:#abc'>", 16, 0xaabbcc, 0xffffff },
	{ "<p style='color:rgb(100%, 0%, 50%)'>", 16, 0xff0080, 0xffffff },
	{ "<p style='color:hsl(120,100%,50%)'>", 16, 0x00ff00, 0xffffff },
	{ "<p style='color:nosuch'>", 16, -1, 0xffffff },
	{ "<body text=navy bgcolor=silver>", 16, 0x000080, 0xc0c0c0 },
	{ "<td bgcolor=red style='background-color:blue'>", 16, 0, 0x0000ff },
	{ "<td style='background:#112233 none'>", 16, 0, 0x112233 },
	{ "<td style='background:no-repeat rgb(1, 2, 3)'>", 16, 0, 0x010203 },
	{ "<td background=x.png bgcolor=red>", 16, 0, -1 },
	{ "<td style='background-image:linear-gradient(red,blue)'>", 16, 0, -1 },
	/* Source: Compositing and Blending Level 1, "simple alpha compositing": 255 * (1 - 0.6) = 102. */
	{ "<td style='background:rgba(0,0,0,.6)'>", 16, 0, 0x666666 },
	{ "<td style='color:rgba(0,0,0,.6)'>", 16, 0x666666, 0xffffff },
	{ "<div style='background:url(x.png)'><p style='background:rgba(0,0,0,.6)'>", 16, 0, -1 },
	{ "<td style='background:transparent'>", 16, 0, 0xffffff },
	{ "<td style='background:url(a;b:c)'><p style='background:#fff'>", 16, 0, 0xffffff },
	{ "<style>.a{background:red}</style><td class='b a'>", 16, 0, 0xff0000 },
	{ "<style>#i,p .q{color:red}</style><td id=i>", 16, 0xff0000, 0xffffff },
	{ "<style>.a .b{color:red}</style><td class=a>", 16, 0, 0xffffff },
	{ "<style>td{color:red}</style><td>", 16, 0xff0000, 0xffffff },
	{ "<style>td.z{color:red}</style><td>", 16, 0, 0xffffff },
	{ "<style>td{color:red}</style><td style='color:blue'>", 16, 0x0000ff, 0xffffff },
	{ "<style>td{color:red!important}</style><td style='color:blue'>", 16, 0xff0000, 0xffffff },
	{ "<style>td{color:red!important}</style><td style='color:blue!important'>", 16, 0x0000ff, 0xffffff },
	{ "<style>/* .a{ */ @media x{.b{color:red}} .c{font-size:1px}</style><td class=c>", 1, 0, 0xffffff },
	/* The cascade: specificity, then order; presentational attributes below all rules. */
	{ "<style>#i{color:red}.a{color:blue}td{color:lime}</style><td id=i class=a>", 16, 0xff0000, 0xffffff },
	{ "<style>.a{color:red}.a{color:blue}</style><td class=a>", 16, 0x0000ff, 0xffffff },
	{ "<style>.a.a{color:red}.a{color:blue}</style><td class=a>", 16, 0xff0000, 0xffffff },
	{ "<style>.a{color:blue}</style><style>td{color:red}</style><td class=a>", 16, 0x0000ff, 0xffffff },
	{ "<style>.a{color:red;color:blue}</style><td class=a>", 16, 0x0000ff, 0xffffff },
	{ "<style>*{background:blue}</style><td bgcolor=red>", 16, 0, 0x0000ff },
	{ "<style>.a{background:url(x)}.b{background:red}</style><td class='a b'>", 16, 0, 0xff0000 },
	{ "<style>.a{background-image:url(x)}.b{background-color:red}</style><td class='a b'>", 16, 0, -1 },
	{ "<style>p{font-size:20px;color:red}</style><p><b>", 20, 0xff0000, 0xffffff },
	{ "<style>a{color:red}</style><a href=x>", 16, 0xff0000, 0xffffff },
	/* Selectors. */
	{ "<style>div>p{color:red}</style><div><center><p>", 16, 0, 0xffffff },
	{ "<style>div p{color:red}</style><div><center><p>", 16, 0xff0000, 0xffffff },
	{ "<style>b+p{color:red}</style><div><b></b><i></i><p>", 16, 0, 0xffffff },
	{ "<style>b~p{color:red}</style><div><b></b><i></i><p>", 16, 0xff0000, 0xffffff },
	{ "<style>.x div .y p{color:red}</style><div class=x><div class=y><div><center class=y><p>", 16, 0xff0000, 0xffffff },
	{ "<style>[class~=b]{color:red}[style]{font-size:9px}</style><p class='a b' style=''>", 9, 0xff0000, 0xffffff },
	{ "<style>p[lang|=ja]{color:red}p[title^=a]{font-size:9px}</style><p lang=ja-JP title=ba>", 16, 0xff0000, 0xffffff },
	{ "<style>p:first-child{color:red}p:last-child{font-size:9px}</style><div><p></p><p>", 9, 0, 0xffffff },
	{ "<style>p:nth-child(2n+1){color:red}p:nth-child(even){font-size:9px}</style><div><p></p><p></p><p>", 16, 0xff0000, 0xffffff },
	{ "<style>p:not(.a){color:red}p:not(p){font-size:9px}</style><p>", 16, 0xff0000, 0xffffff },
	{ "<style>a:hover{color:red}p::before{color:red}</style><p>", 16, 0, 0xffffff },
	{ "<style>a:link{color:red}</style><a href=x>", 16, 0xff0000, 0xffffff },
	{ "<style>.A{color:red}</style><p class=a>", 16, -1, 0xffffff },
	{ "<style>p:lang(ja){color:red}</style><p>", 16, -1, 0xffffff },
	{ "<style>@supports(x:y){p{color:red}}</style><p>", 16, -1, 0xffffff },
	{ "<style>table>tbody>tr{color:red}</style><table><tr>", 16, -1, 0xffffff },
	{ "<style>.{{c}} p,p.{{c}}{color:red}</style><p>", 16, 0, 0xffffff },
	{ "<style>p{color:{{c}}}</style><p>", 16, -1, 0xffffff },
	/* What browsers drop. */
	{ "<style>p,{color:red}</style><p>", 16, 0, 0xffffff },
	{ "<style>b{}}p{color:red}p{font-size:9px}</style><p>", 9, 0, 0xffffff },
	{ "<style>p{*color:red;font-size:9px}</style><p>", 9, 0, 0xffffff },
	{ "<style>p{color:red</style><p>", 16, 0xff0000, 0xffffff },
};

START_TEST(styles)
{
	struct html *html = parse(style_cases[_i].in);
	const struct html_style *style = &html->elements[html->n_elements - 1].style;
	ck_assert_msg(style->font_size_px - style_cases[_i].font_px < 0.01 && style->font_size_px - style_cases[_i].font_px > -0.01, "%s: %f px",
		      style_cases[_i].in, style->font_size_px);
	ck_assert_msg(style->colour_known == (style_cases[_i].colour >= 0), "%s: colour known", style_cases[_i].in);
	ck_assert_msg(style->background_known == (style_cases[_i].background >= 0), "%s: background known", style_cases[_i].in);
	if (style->colour_known)
		ck_assert_msg(style->colour == (uint32_t)style_cases[_i].colour, "%s: colour %06x", style_cases[_i].in, style->colour);
	if (style->background_known)
		ck_assert_msg(style->background == (uint32_t)style_cases[_i].background, "%s: background %06x", style_cases[_i].in,
			      style->background);
}
END_TEST

START_TEST(hiding_details)
{
	struct html *html = parse("<style>.m{display:none}@media x{.m{display:block!important}}.h{display:none;max-height:0}</style>"
				  "<div class=m>a</div><div class=h style='display:none'><p>b</p></div>");
	ck_assert_int_eq(html->elements[1].style.hidden, HTML_HIDDEN_DISPLAY);
	ck_assert(html->elements[1].style.switched_by_class);
	ck_assert_int_eq(html->elements[3].style.hidden, HTML_HIDDEN_DISPLAY);
	ck_assert_uint_eq(html->elements[3].style.hider, 2);
	ck_assert(!html->elements[3].style.switched_by_class);
	html = parse("<div style='font-size:1px'><p>a</p></div>");
	ck_assert_int_eq(html->elements[1].style.hidden, HTML_HIDDEN_FONT);
	ck_assert_uint_eq(html->elements[1].style.hider, 0);
	html = parse("<div style='background:#fff'><p style='color:#fff'><b>a</b></p></div>");
	ck_assert_int_eq(html->texts[0].hidden, HTML_HIDDEN_COLOUR);
	ck_assert_uint_eq(html->elements[2].style.hider, 1);
}
END_TEST

/* Hidden on a desktop; may it be shown elsewhere? */
static const struct {
	const char *in; /* the last element is looked at */
	bool open;
} open_cases[] = {
	{ "<style>@media(max-width:600px){.m{display:block}}</style><p class=m style='display:none'>", false },
	{ "<style>@media(max-width:600px){.m{display:block!important}}</style><p class=m style='display:none'>", true },
	{ "<style>.m{display:none}@media(max-width:600px){.m{display:block}}</style><p class=m>", true },
	{ "<style>@media(max-width:600px){.m{display:block}}.m{display:none}</style><p class=m>", false },
	{ "<style>.m{display:none}@media(max-width:600px){.m{color:red}}</style><p class=m>", false },
	{ "<style>.m{display:none}@media(max-width:600px){.m{display:none!important}}</style><p class=m>", false },
	{ "<style>.m{display:none}u+.body .m{display:block}</style><p class=m>", true },
	{ "<style>.m{display:none}.x .n{display:block}</style><p class=m>", false },
	{ "<style>.m{display:none}#c:checked~.m{display:block}</style><input id=c type=checkbox><p class=m>", true },
	{ "<style>.m{max-height:0;overflow:hidden}@media(max-width:600px){.m{max-height:none}}</style><p class=m>", true },
	{ "<style>.m{visibility:hidden}@media(max-width:600px){.m{visibility:visible}}</style><p class=m><b>", true },
	{ "<style>.m{font-size:0}@media(max-width:600px){.m{font-size:14px}}</style><p class=m><b>", true },
	{ "<style>.m{color:#fff}@media(prefers-color-scheme:dark){.m{background:#000}}</style><p class=m><b>", true },
};

START_TEST(open_elsewhere)
{
	struct html *html = parse(open_cases[_i].in);
	const struct html_style *style = &html->elements[html->n_elements - 1].style;

	ck_assert_msg(style->hidden != HTML_VISIBLE, "%s: visible", open_cases[_i].in);
	ck_assert_msg(style->switched_by_class == open_cases[_i].open, "%s: %d", open_cases[_i].in, style->switched_by_class);
}
END_TEST

/* Source: Media Queries Level 4. Each letter: y holds, n holds elsewhere, m cannot be known; desktop, telephone, dark. */
static const struct {
	const char *query, *wanted;
} media_cases[] = {
	{ "", "yyy" },
	{ "screen", "yyy" },
	{ "print", "nnn" },
	{ "only screen and (max-width: 480px)", "nyn" },
	{ "screen and (min-width:481px)", "yny" },
	{ "(max-device-width: 30em)", "nyn" },
	{ "(width <= 600px)", "nyn" },
	{ "(400px <= width < 2000px)", "yny" },
	{ "print, (max-width:480px)", "nyn" },
	{ "not screen", "nnn" },
	{ "not print", "yyy" },
	{ "not all and (max-width:480px)", "yny" },
	{ "(orientation: portrait)", "nyn" },
	{ "(prefers-color-scheme: dark)", "nny" },
	{ "(prefers-color-scheme: light)", "yyn" },
	{ "(prefers-color-scheme: dark) and (max-width: 480px)", "nnn" },
	{ "screen and (-webkit-min-device-pixel-ratio: 0)", "mmm" },
	{ "(hover) and (max-width: 480px)", "nmn" },
	{ "(max-width:480px) or (min-width:1000px)", "yyy" },
	{ "yahoo", "nnn" },
	{ "(max-width: calc(1px))", "mmm" },
	{ "(", "mmm" },
};

START_TEST(media)
{
	static const char letters[] = "0nmy";
	char got[HTML_N_SCREENS + 1] = { 0 };

	for (int screen = 0; screen < HTML_N_SCREENS; screen++)
		got[screen] = letters[cascade_media(span_str(media_cases[_i].query), (enum html_screen)screen)];
	ck_assert_msg(strcmp(got, media_cases[_i].wanted) == 0, "%s: %s", media_cases[_i].query, got);
}
END_TEST

/* Work is bounded, and that it was is told. */
START_TEST(hostile_styles)
{
	GString *in = g_string_new("<style>");

	for (int i = 0; i < 2000; i++)
		g_string_append(in, "*[class*=x] p b i :not(.y,.z) *{color:red}");
	g_string_append(in, "</style>");
	for (int i = 0; i < 5000; i++)
		g_string_append(in, "<p class='xxxxxxxxxxxxxx a b c'><b>");
	struct html *html = parse(in->str);
	ck_assert(html->flags & HTML_TOO_MUCH_CSS);
	g_string_free(in, TRUE);
}
END_TEST

START_TEST(contrast)
{
	/* WCAG 2.1: black on white is 21, equal colours 1; #767676 on white is the well-known grey that just passes 4.5. */
	ck_assert(html_contrast(0x000000, 0xffffff) > 20.99 && html_contrast(0xffffff, 0x000000) < 21.01);
	ck_assert(html_contrast(0x123456, 0x123456) < 1.001);
	ck_assert(html_contrast(0x767676, 0xffffff) >= 4.5);
	ck_assert(html_contrast(0x777777, 0xffffff) < 4.5);
}
END_TEST

START_TEST(comments)
{
	struct html *html = parse("<!doctype html><!-- a --><!--[if gte mso 9]>x<![endif]--><!-- [if mso]> -->");
	ck_assert_str_eq(in_source(html->doctype), "<!doctype html>");
	ck_assert_uint_eq(html->n_comments, 3);
	ck_assert(!html->comments[0].conditional);
	ck_assert(html->comments[1].conditional);
	ck_assert_uint_eq(html->tags.n, 0);
}
END_TEST

#define LOOP(test, table) tcase_add_loop_test(tcase, test, 0, (int)G_N_ELEMENTS(table))

int main(void)
{
	Suite *suite = suite_create("html");
	TCase *tcase = tcase_create("html");

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, setup, teardown);
	LOOP(tokens, token_cases);
	tcase_add_test(tcase, unclosed_is_flagged);
	LOOP(entities, entity_cases);
	tcase_add_test(tcase, entities_in_attributes);
	tcase_add_test(tcase, entities_are_mapped);
	LOOP(tree, tree_cases);
	tcase_add_test(tcase, tree_questions);
	tcase_add_test(tcase, cut_anywhere);
	tcase_add_loop_test(tcase, random_bytes, 0, 10);
	LOOP(hostile_documents, hostile);
	tcase_add_test(tcase, many_attributes);
	tcase_add_test(tcase, deep_text_is_kept);
	LOOP(visible_text, visible_cases);
	tcase_add_test(tcase, visible_leads_to_source);
	LOOP(preheader, preheader_cases);
	tcase_add_test(tcase, element_text);
	LOOP(styles, style_cases);
	tcase_add_test(tcase, hiding_details);
	LOOP(open_elsewhere, open_cases);
	LOOP(media, media_cases);
	tcase_add_test(tcase, hostile_styles);
	tcase_add_test(tcase, contrast);
	tcase_add_test(tcase, comments);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
