/* Tests of doc/plain.c and base/wrap.c: HTML as plain text. Expectations are from how newsletters in text form are written, UAX #14 and UAX #11. */
#include "draft_file.h"

#include "base/wrap.h"
#include "doc/plain.h"

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "nothing to see", "<p style=\"display:none\">x</p>", "" },
	{ "paragraphs", "<h1>May books</h1><p>Three new ones.</p><p>See you.</p>", "May books\n\nThree new ones.\n\nSee you.\n" },
	{ "a preheader is left out", "<div style=\"display:none\">Peek</div><p>春の新刊です。</p>", "春の新刊です。\n" },
	{ "a link", "<p>Read <a href=\"https://hanami-books.jp/may\">the list</a> now.</p>", "Read the list now.\nhttps://hanami-books.jp/may\n" },
	{ "two links to one place", "<p><a href=\"https://a.jp/\">今月</a>と<a href=\"https://a.jp/\">新刊</a></p>", "今月と新刊\nhttps://a.jp/\n" },
	{ "a link that is its label", "<p><a href=\"https://a.jp/\">https://a.jp/</a></p>", "https://a.jp/\n" },
	{ "a mail address", "<p><a href=\"mailto:a@a.jp\">a@a.jp</a></p>", "a@a.jp\n" },
	{ "a place in the page", "<p><a href=\"#top\">Up</a></p>", "Up\n" },
	{ "an image as a link", "<p><a href=\"https://a.jp/\"><img src=\"b.png\" width=\"200\" height=\"80\" alt=\"春の新刊\"></a></p>", "春の新刊\nhttps://a.jp/\n" },
	{ "an image link without a name", "<p><a href=\"https://a.jp/\"><img src=\"b.png\" width=\"200\" height=\"80\"></a></p>", "https://a.jp/\n" },
	{ "a list", "<ul><li>One</li><li><a href=\"https://a.jp/\">二つ</a></li></ul>", "- One\n- 二つ\n  https://a.jp/\n" },
	{ "an ordered list", "<ol><li>One</li><li>Two</li></ol>", "1. One\n2. Two\n" },
	{ "a table", "<table><tr><th>本</th><th>価格</th></tr><tr><td>桜</td><td>1,200円</td></tr></table>", "本  価格\n桜  1,200円\n" },
	{ "lines", "<p>A<br>B<br><a href=\"https://a.jp/\">C</a><br>D</p>", "A\nB\nC\nhttps://a.jp/\nD\n" },
	{ "a quotation", "<blockquote><p>So it was.</p></blockquote>", "> So it was.\n" },
	{ "several links in a sentence", "<p>Read <a href=\"https://a.jp/\">the list</a> or <a href=\"https://b.jp/\">the map</a>.</p>",
	  "Read the list or the map.\nthe list: https://a.jp/\nthe map: https://b.jp/\n" },
	{ "nothing but links", "<p><a href=\"https://a.jp/u\">配信停止</a>｜<a href=\"https://a.jp/p\">設定</a> | <a href=\"mailto:i@a.jp\">i@a.jp</a></p>",
	  "配信停止\nhttps://a.jp/u\n設定\nhttps://a.jp/p\ni@a.jp\n" },
	{ "a number to call", "<p>Call <a href=\"tel:+81312345678\">03-1234-5678</a> (9-17)</p>", "Call 03-1234-5678 (9-17)\n" },
	{ "a number that is not said", "<p><a href=\"tel:+81312345678\">Call us</a></p>", "Call us\ntel:+81312345678\n" },
	{ "a link over two lines", "<p><a href=\"https://a.jp/x\">Log in<br>https://a.jp/x</a></p>", "Log in\nhttps://a.jp/x\n" },
	{ "a picture beside its words", "<p><a href=\"https://a.jp/x\"><img src=\"b.png\" width=\"80\"></a></p><p><a href=\"https://a.jp/x\">Sakura</a></p>",
	  "Sakura\nhttps://a.jp/x\n" },
	{ "a picture that says more", "<p><a href=\"https://a.jp/x\"><img src=\"b.png\" alt=\"20% off\"></a></p><p><a href=\"https://a.jp/x\">Sakura</a></p>",
	  "20% off\nhttps://a.jp/x\n\nSakura\nhttps://a.jp/x\n" },
	{ "columns", "<table><tr><th>商品</th><th>数量</th><th>価格</th></tr><tr><td>桜の園</td><td>1</td><td>1,200円</td></tr>"
		     "<tr><td>ABC</td><td></td><td>600円</td></tr></table>",
	  "商品    数量  価格\n桜の園  1     1,200円\nABC           600円\n" },
	{ "cells that are links", "<table><tr><td><a href=\"https://a.jp/1\">One</a></td><td><a href=\"https://a.jp/2\">Two</a></td></tr></table>",
	  "One\nhttps://a.jp/1\nTwo\nhttps://a.jp/2\n" },
	{ "pictures that say nothing leave no gap", "<p>A<br><img src=\"b.png\"><br><img src=\"c.png\"><br>B</p>", "A\n\nB\n" },
	{ "a picture that says nothing, beside links with words", "<p><a href=\"https://a.jp/1\"><img src=\"b.png\" width=\"200\" height=\"80\"></a></p><p><a href=\"https://a.jp/2\">Two</a></p>",
	  "Two\nhttps://a.jp/2\n" },
	{ "a path of a site that nobody knows", "<p><a href=\"/may?a=1\">May</a> <a href=\"june.html\">June</a></p>", "May June\n" },
	{ "no scheme, or a tag", "<p><a href=\"www.a.jp/m\">May</a></p><p><a href=\"*|UNSUB|*\">Stop</a></p>", "May\nwww.a.jp/m\n\nStop\n*|UNSUB|*\n" },
	{ "a portrait beside the name", "<p><img src=\"b.png\" width=\"80\" height=\"80\" alt=\"Aoi Sato\"></p><p>Aoi Sato</p><p>May</p>", "Aoi Sato\n\nMay\n" },
	{ "a portrait beside another name", "<p><img src=\"b.png\" width=\"80\" height=\"80\" alt=\"Aoi Sato\"></p><p>Ren Mori</p>", "Aoi Sato\n\nRen Mori\n" },
	{ "holes", "<p>1.&nbsp; &nbsp; &nbsp;Sakura</p><pre>a&nbsp; &nbsp;b</pre>", "1. Sakura\n\na   b\n" },
	{ "fillers", "<p>A\xC2\xA0" "b\xE2\x80\x8B" "c</p>", "A bc\n" },
};

START_TEST(written)
{
	struct draft_file draft;

	draft_file_init(&draft, cases[_i].in, strlen(cases[_i].in));
	struct span text = plain_from_html(draft.arena, html_parse(draft.arena, draft.file));
	ck_assert_msg(span_eq(text, span_str(cases[_i].want)), "%s:\n%.*s\nnot\n%s", cases[_i].name, (int)text.n, text.p, cases[_i].want);
	draft_file_release(&draft);
}
END_TEST

static const struct {
	const char *name, *in;
	size_t width;
	const char *first, *rest, *want;
} lines[] = {
	{ "words", "one two three", 8, "", "", "one two\nthree\n" },
	{ "as long as may be", "one two", 7, "", "", "one two\n" },
	{ "two columns each", "春の新刊のご案内", 8, "", "", "春の新刊\nのご案内\n" },
	{ "no full stop at the start of a line", "春の新刊。夏", 8, "", "", "春の新\n刊。夏\n" },
	{ "no small kana either", "春の号ャ夏", 6, "", "", "春の\n号ャ夏\n" },
	{ "no bracket at the end", "春の号「夏」", 8, "", "", "春の号\n「夏」\n" },
	{ "an URL stays whole", "see https://a.jp/bbbb/cccc-dddd?e=f ok", 10, "", "", "see\nhttps://a.jp/bbbb/cccc-dddd?e=f\nok\n" },
	{ "marks", "one two three", 9, "- ", "  ", "- one two\n  three\n" },
	{ "nothing", "", 9, "> ", "> ", ">\n" },
};

START_TEST(wrapped)
{
	GString *out = g_string_new(NULL);

	wrap_append(out, span_str(lines[_i].in), lines[_i].width, lines[_i].first, lines[_i].rest);
	ck_assert_msg(strcmp(out->str, lines[_i].want) == 0, "%s:\n%s\nnot\n%s", lines[_i].name, out->str, lines[_i].want);
	g_string_free(out, TRUE);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("plain");
	html_library_init();
	tcase_add_loop_test(tcase, written, 0, N_ROWS(cases));
	tcase_add_loop_test(tcase, wrapped, 0, N_ROWS(lines));
	return run_case("plain", tcase);
}
