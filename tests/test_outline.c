/* Tests of doc/outline.c: HTML to blocks. Expectations are from the HTML standard, section 15 (rendering: what is a block, what has a margin) and from
 * what a reader sees. */
#include <check.h>
#include <stdlib.h>

#include <glib.h>

#include "doc/outline.h"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
	html_library_init();
}

static void teardown(void)
{
	arena_free(arena);
}

static void append_piece(GString *out, const struct html *html, const struct outline_piece *p)
{
	struct span target = outline_link_target(html, p->link);

	if (p->kind == OUTLINE_BREAK)
		g_string_append(out, "/");
	else if (p->kind == OUTLINE_IMAGE)
		g_string_append_printf(out, "[%.*s]", p->no_alt ? 1 : (int)p->text.n, p->no_alt ? "?" : p->text.p);
	else if (target.n)
		g_string_append_printf(out, "{%.*s>%.*s}", (int)p->text.n, p->text.p, (int)target.n, target.p);
	else
		g_string_append_len(out, p->text.p, (gssize)p->text.n);
}

/* One line for each block: "+" where it is apart, what it is, its pieces. */
static const char *dump(const char *source)
{
	/* A copy of the exact size, so that a sanitizer sees any read behind its end. */
	size_t n = strlen(source);
	char *bytes = malloc(n ? n : 1);
	struct text text = { .bytes = span_of(memcpy(bytes, source, n), n) };
	const struct html *html = html_parse(arena, &text);
	struct outline outline = outline_new(arena, html);
	GString *out = g_string_new(NULL);
	static const char *const kinds[] = { "p", "h", "li", "row", "pre", "hr" };

	for (size_t i = 0; i < outline.n_blocks; i++) {
		const struct outline_block *b = &outline.blocks[i];
		g_string_append_printf(out, "%s%s", b->apart ? "+" : "", kinds[b->kind]);
		if (b->level)
			g_string_append_printf(out, "%u", b->level);
		if (b->number)
			g_string_append_printf(out, "#%u", b->number);
		if (b->quote)
			g_string_append_printf(out, ">%u", b->quote);
		if (b->head)
			g_string_append(out, "!");
		if (outline_is_button(html, &outline, b))
			g_string_append(out, "*");
		g_string_append(out, ":");
		for (size_t k = 0; k < b->n_pieces; k++) {
			const struct outline_piece *p = &outline.pieces[b->first_piece + k];
			if (b->kind == OUTLINE_ROW && k && p->cell != p[-1].cell)
				g_string_append_printf(out, "|%u|", p->cell);
			append_piece(out, html, p);
		}
		g_string_append_c(out, '\n');
	}
	char *copy = arena_copy(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	free(bytes);
	return copy;
}

#define CHECK_OUTLINE(source, expected) ck_assert_str_eq(dump(source), expected)

START_TEST(paragraphs_and_headings)
{
	CHECK_OUTLINE("<h1>News</h1><p>One  <b>two</b>\n three</p><p>Four</p>", "h1:News\n+p:One two three\n+p:Four\n");
	CHECK_OUTLINE("plain", "p:plain\n");
	CHECK_OUTLINE("<div>One</div><div>Two</div>", "p:One\np:Two\n");
	CHECK_OUTLINE("<h2>A</h2>tail", "h2:A\n+p:tail\n");
	CHECK_OUTLINE("", "");
	CHECK_OUTLINE("<p> \n </p><p>&nbsp;</p><p>&zwnj;&#847;</p>", "");
}
END_TEST

START_TEST(line_ends)
{
	CHECK_OUTLINE("a<br>b", "p:a/b\n");
	CHECK_OUTLINE("a <br> <br> b", "p:a\n+p:b\n");
	CHECK_OUTLINE("<p>a<br></p><p>b</p>", "p:a\n+p:b\n");
	CHECK_OUTLINE("<div>a</div><div><br></div><div>b</div>", "p:a\n+p:b\n");
	CHECK_OUTLINE("<pre>a  b\n\nc</pre>", "pre:a  b//c\n");
	CHECK_OUTLINE("<div style='white-space:pre-wrap'>a\nb\n\nc</div>", "p:a/b\n+p:c\n");
}
END_TEST

START_TEST(links)
{
	CHECK_OUTLINE("See <a href=' https://x.jp/a '>our <b>page</b></a> now", "p:See {our page>https://x.jp/a} now\n");
	CHECK_OUTLINE("<a href=a>A</a> <a href=b>B</a>", "p:{A>a} {B>b}\n");
	CHECK_OUTLINE("<a href=a>A</a><a href=b>B</a>", "p:{A>a}{B>b}\n");
	CHECK_OUTLINE("<a name=x>A</a> <a href=''>B</a>", "p:A B\n");
	/* A blank beside the words of a link is no part of them. */
	CHECK_OUTLINE("See<a href=a> A </a>now", "p:See {A>a} now\n");
}
END_TEST

START_TEST(images)
{
	CHECK_OUTLINE("<p>Hi <img src=a alt='A \n cat'> there</p>", "p:Hi [A   cat] there\n");
	CHECK_OUTLINE("<img src=a><img src=b alt=''><img src=c alt=x width=1 height=1>", "p:[?]\n");
	CHECK_OUTLINE("<a href=u><img src=a alt=Shop></a>", "p:[Shop]\n");
	CHECK_OUTLINE("<div style='display:none'><img src=a alt=no></div>", "");
}
END_TEST

START_TEST(lists)
{
	CHECK_OUTLINE("<ul><li>a<li>b<ul><li>c</ul></ul>d", "li1:a\nli1:b\nli2:c\n+p:d\n");
	CHECK_OUTLINE("<ol start=3><li>a</li><li><p>b</p><p>c</p></li><li>d</li></ol>", "li1#3:a\n+li1#4:b\n+p1:c\n+li1#5:d\n");
	CHECK_OUTLINE("<ol><li value=7>a<li>b</ol>", "li1#7:a\nli1#8:b\n");
	CHECK_OUTLINE("<li>stray", "li1:stray\n");
	CHECK_OUTLINE("<ul><li> </li><li>x</li></ul>", "li1:x\n");
}
END_TEST

START_TEST(tables)
{
	CHECK_OUTLINE("<table><tr><th>Book<th>Price<tr><td>Sea<td>1,200<tr><td>Sky<td>980</table>",
		      "row!:Book|1|Price\nrow:Sea|1|1,200\nrow:Sky|1|980\n");
	/* Columns of a layout are read one after the other. */
	CHECK_OUTLINE("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "p:a\n+p:b\n+p:c\n");
	CHECK_OUTLINE("<table><tr><td><table><tr><td>x</td></tr></table></td><td>&nbsp;</td></tr></table><p>y</p>", "p:x\n+p:y\n");
	/* An empty cell keeps its column. */
	CHECK_OUTLINE("<table><tr><td>a<td><td>b</table>", "row:a|2|b\n");
	CHECK_OUTLINE("<table><tr><td>0123456789012345678901234567890123456789012345678901234567890123456789012345678901<td>b</table>",
		      "p:0123456789012345678901234567890123456789012345678901234567890123456789012345678901\n+p:b\n");
}
END_TEST

START_TEST(what_is_not_read)
{
	CHECK_OUTLINE("<head><title>T</title><style>p{}</style></head><body>a<script>b</script><!-- c --></body>", "p:a\n");
	CHECK_OUTLINE("<div style='display:none'>pre</div><p>a</p>", "p:a\n");
	CHECK_OUTLINE("a<span style='display:none'>x</span>b", "p:ab\n");
}
END_TEST

START_TEST(rules_quotes_buttons)
{
	CHECK_OUTLINE("a<hr>b", "p:a\n+hr:\n+p:b\n");
	/* Nothing stands before it, nor anywhere. */
	CHECK_OUTLINE("<hr>", "hr:\n");
	CHECK_OUTLINE("<hr>a<br><hr>", "hr:\n+p:a\n+hr:\n");
	CHECK_OUTLINE("<blockquote>a<blockquote>b</blockquote></blockquote>", "p>1:a\n+p>2:b\n");
	CHECK_OUTLINE("<table><tr><td bgcolor=red><a href=u>Buy</a></td></tr></table>", "p*:{Buy>u}\n");
	CHECK_OUTLINE("<p><a href=u style='background:#fd0'>Buy</a></p>", "p*:{Buy>u}\n");
	CHECK_OUTLINE("<div bgcolor=red><p>Now <a href=u>buy</a></p></div>", "p:Now {buy>u}\n");
	CHECK_OUTLINE("<table bgcolor=red><tr><td><a href=u>Home</a></td></tr></table>", "p:{Home>u}\n");
}
END_TEST

START_TEST(broken_nesting)
{
	CHECK_OUTLINE("<b><p>a</b>b</p>c", "p:ab\n+p:c\n");
	/* Without a table, tags of cells mean nothing. */
	CHECK_OUTLINE("</td><td>a</table>b", "p:ab\n");
	CHECK_OUTLINE("<table>x<tr><td>a", "p:x\n+p:a\n");
}
END_TEST

START_TEST(deep_and_long)
{
	/* Cost must not grow with the square: a second for each would be seen. */
	GString *deep = g_string_new(NULL);
	for (int i = 0; i < 20000; i++)
		g_string_append(deep, "<table><tr><td>");
	g_string_append(deep, "x");
	ck_assert_str_eq(dump(deep->str), "p:x\n");
	g_string_truncate(deep, 0);
	for (int i = 0; i < 20000; i++)
		g_string_append(deep, "<i>a</i><b>b</b>");
	const char *flat = dump(deep->str);
	ck_assert_uint_eq(strlen(flat), 2 * 20000 + 3);
	g_string_free(deep, TRUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("outline");
	TCase *tests = tcase_create("outline");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, paragraphs_and_headings);
	tcase_add_test(tests, line_ends);
	tcase_add_test(tests, links);
	tcase_add_test(tests, images);
	tcase_add_test(tests, lists);
	tcase_add_test(tests, tables);
	tcase_add_test(tests, what_is_not_read);
	tcase_add_test(tests, rules_quotes_buttons);
	tcase_add_test(tests, broken_nesting);
	tcase_add_test(tests, deep_and_long);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
