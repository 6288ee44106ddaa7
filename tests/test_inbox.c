/* Tests of doc/inbox.c and doc/spoken.c. What a row says follows from RFC 5322 (who the sender is) and from how mail programs are described to fill it
 * (docs/preview.md); what is said follows from HTML-AAM 1.0. */
#include <check.h>
#include <stdlib.h>

#include "doc/inbox.h"
#include "doc/spoken.h"
#include "rule/client.h"

static struct arena *arena;
static struct message *message;

static void setup(void)
{
	arena = arena_new();
	message_library_init();
}

static void teardown(void)
{
	message_free(message);
	message = NULL;
	arena_free(arena);
}

static struct inbox inbox_of(const char *source, enum input_kind kind, enum template_kind template_kind)
{
	struct text *text = ARENA_NEW(arena, struct text);
	struct line_index *lines = ARENA_NEW(arena, struct line_index);

	text->bytes = arena_copy_span(arena, span_str(source));
	*lines = line_index_new(arena, text->bytes);
	message_free(message);
	message = message_new("x", text, lines, (struct range){ 0, text->bytes.n }, 0, kind, template_kind);
	return inbox_new(arena, message);
}

static struct inbox mail(const char *header, const char *html)
{
	return inbox_of(arena_printf(arena, "%sMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s", header, html),
			INPUT_MESSAGE, TEMPLATE_NONE);
}

#define CHECK_SPAN(span, expected) ck_assert_str_eq(arena_copy(arena, (span)), (expected))

START_TEST(senders)
{
	CHECK_SPAN(mail("From: \"Hanami Books\" <news@hanami-books.jp>\n", "").sender, "Hanami Books");
	CHECK_SPAN(mail("From: =?utf-8?B?6Iqx6KaL5pu45bqX?= <news@hanami-books.jp>\n", "").sender, "花見書店");
	struct inbox bare = mail("From: news@hanami-books.jp\n", "");
	CHECK_SPAN(bare.sender, "news@hanami-books.jp");
	ck_assert(bare.sender_is_address);
	CHECK_SPAN(mail("From: \"\" <news@hanami-books.jp>\n", "").sender, "news@hanami-books.jp");
	CHECK_SPAN(mail("", "").sender, "");
	CHECK_SPAN(mail("From: A,\n B <c@hanami-books.jp>\n", "").sender, "A");
}
END_TEST

START_TEST(subjects)
{
	CHECK_SPAN(mail("Subject: New\n books\n", "").subject, "New books");
	CHECK_SPAN(mail("Subject:\n", "").subject, "");
	CHECK_SPAN(mail("Subject: a\xe2\x80\x8b\xe2\x80\x8b\xe2\x80\x8b\xe2\x80\x8b\xe2\x80\x8b" "b\n", "").subject, "ab");
}
END_TEST

START_TEST(previews)
{
	struct inbox hidden = mail("", "<div style='display:none'>Twelve  novels</div><p>Hello</p>");
	CHECK_SPAN(hidden.preview, "Twelve novels Hello");
	ck_assert_int_eq(hidden.source, INBOX_HIDDEN);
	struct inbox visible = mail("", "<title>No</title><style>p{}</style><p>Hello</p><p>you</p>");
	CHECK_SPAN(visible.preview, "Hello you");
	ck_assert_int_eq(visible.source, INBOX_VISIBLE);
	CHECK_SPAN(mail("", "<img alt='Hanami Books' src=a><p>Hello</p>").preview, "Hanami Books Hello");
	ck_assert_int_eq(mail("", "<img alt='Hanami Books' src=a><div style='display:none'>x</div>").source, INBOX_VISIBLE);
	ck_assert_int_eq(mail("", "<img src=a>").source, INBOX_NOTHING);
	struct inbox plain = inbox_of("Subject: x\n\nHello\n\nyou\n", INPUT_MESSAGE, TEMPLATE_NONE);
	CHECK_SPAN(plain.preview, "Hello you");
	ck_assert_int_eq(plain.source, INBOX_PLAIN);
}
END_TEST

START_TEST(fillers)
{
	/* What is behind a filler is not seen in the inbox. */
	struct inbox filled = mail("", "<div style='display:none'>Twelve novels&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#847;</div><p>Hello</p>");
	CHECK_SPAN(filled.preview, "Twelve novels");
	ck_assert(filled.filled);
	/* Blanks alone fold, and a joiner in an emoji is none. */
	struct inbox blanks = mail("", "<div style='display:none'>Twelve&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;</div><p>Hello 👩‍🌾!</p>");
	CHECK_SPAN(blanks.preview, "Twelve Hello 👩‍🌾!");
	ck_assert(!blanks.filled);
}
END_TEST

START_TEST(templates)
{
	struct inbox front = inbox_of("---\nsubject: Hi {{name}}\npreheader: New books\n---\n<p>Hello</p>\n", INPUT_TEMPLATE, TEMPLATE_HTML);
	CHECK_SPAN(front.subject, "Hi {{name}}");
	CHECK_SPAN(front.preview, "New books");
	ck_assert_int_eq(front.source, INBOX_DECLARED);
	CHECK_SPAN(inbox_of("{{!-- note --}}<p>{% if a %}Hello{% endif %} {{name}}</p>\n", INPUT_TEMPLATE, TEMPLATE_HTML).preview, "Hello {{name}}");
	struct inbox mjml = inbox_of("<mjml><mj-head><mj-preview>New books</mj-preview></mj-head><mj-body><mj-text>Hello</mj-text></mj-body></mjml>\n",
				     INPUT_TEMPLATE, TEMPLATE_HTML);
	CHECK_SPAN(mjml.preview, "New books");
	ck_assert_int_eq(mjml.source, INBOX_DECLARED);
}
END_TEST

static const char *cut(const char *text, unsigned columns)
{
	return arena_copy(arena, inbox_cut(arena, span_str(text), columns).text);
}

/* Mustache 1.4 and Jinja: of two branches one reader gets one; of these the first. Whitespace control leaves no empty lines where statements stood. */
START_TEST(branches)
{
	struct inbox inbox = inbox_of("---\nsubject: \"{% if vip %}Early{% else %}Our{% endif %} sale {{ month }}\"\npreheader: \"{% if vip %}First{% elif x %}Then{% else %}Last{% endif %}\"\n"
				      "from: \"{{#vip}}Club{{/vip}}{{^vip}}Hanami{{/vip}} <a@hanami-books.jp>\"\n---\n<p>Hello</p>\n",
				      INPUT_TEMPLATE, TEMPLATE_HTML);

	CHECK_SPAN(inbox.subject, "Early sale {{ month }}");
	CHECK_SPAN(inbox.preview, "First");
	CHECK_SPAN(inbox.sender, "Club");
	CHECK_SPAN(inbox_without_statements(arena, SPAN_LIT("a\n  {% if x %}\nb\n{# c #} {% endif %}\r\n{{ d }}{# e #}\nf")), "a\nb\n{{ d }}\nf");
	/* A message that is no template says what it says. */
	CHECK_SPAN(mail("Subject: {% if x %}A{% else %}B{% endif %}\n", "").subject, "{% if x %}A{% else %}B{% endif %}");
}
END_TEST

START_TEST(clients_of_rows)
{
	guint64 seen = 0;

	for (size_t i = 0; i < n_inbox_clients; i++) {
		ck_assert_ptr_nonnull(inbox_clients[i].clients[0]);
		for (size_t k = 0; inbox_clients[i].clients[k]; k++) {
			struct client_choice choice;
			ck_assert_msg(client_choice_parse(inbox_clients[i].clients[k], &choice, NULL), "%s", inbox_clients[i].clients[k]);
			ck_assert_msg(!(seen & choice.mask), "%s stands in two rows", inbox_clients[i].clients[k]);
			seen |= choice.mask;
		}
	}
}
END_TEST

START_TEST(cuts)
{
	ck_assert_str_eq(cut("abcdef", 6), "abcdef");
	ck_assert_str_eq(cut("abcdefg", 6), "abcde…");
	ck_assert_str_eq(cut("abcd efg", 6), "abcd…");
	/* East Asian width: each of these takes two columns. */
	ck_assert_str_eq(cut("新刊案内", 8), "新刊案内");
	ck_assert_str_eq(cut("新刊案内", 7), "新刊案…");
	ck_assert_str_eq(cut("新刊案内", 6), "新刊…");
	/* An emoji of several code points is one character, and so is a letter with its mark. */
	ck_assert_str_eq(cut("👩‍🌾x", 3), "👩‍🌾x");
	ck_assert_str_eq(cut("👩‍🌾👩‍🌾", 3), "👩‍🌾…");
	ck_assert_str_eq(cut("🇯🇵🇯🇵", 3), "🇯🇵…");
	ck_assert_str_eq(cut("か\u3099か\u3099", 3), "か\u3099…");
	ck_assert_str_eq(cut("👍🏽👍🏽", 3), "👍🏽…");
	ck_assert_str_eq(cut("", 3), "");
}
END_TEST

START_TEST(rows)
{
	struct inbox inbox = mail("From: \"The Society of Friends of the Hanami Bookshop\" <news@hanami-books.jp>\nSubject: New\n", "<p>Hello</p>");
	for (size_t i = 0; i < n_inbox_clients; i++) {
		struct inbox_row row = inbox_row_new(arena, &inbox, &inbox_clients[i]);
		ck_assert(row.sender.cut);
		ck_assert(!row.subject.cut);
		CHECK_SPAN(row.preview.text, "Hello");
	}
	/* Subject and preview share the line of Gmail. */
	char *words = arena_alloc(arena, 1000);
	memset(words, 'x', 60);
	const char *subject = arena_printf(arena, "Subject: %s\n", words);
	memset(words, 'y', 200);
	inbox = mail(subject, words);
	struct inbox_row row = inbox_row_new(arena, &inbox, &inbox_clients[0]);
	ck_assert(!row.subject.cut && row.preview.cut);
	ck_assert_uint_eq(row.subject.text.n + 3 + row.preview.text.n - 2, inbox_clients[0].line);
}
END_TEST

/* -- screen readers -- */

static const char *spoken(const char *source)
{
	static const char *const names[] = { "title", "no-title", "lang", "no-lang", "table", "h", "item", "text", "link", "link!", "img", "img!" };
	struct text text = { .bytes = arena_copy_span(arena, span_str(source)) };
	const struct html *html = html_parse(arena, &text);
	struct outline outline = outline_new(arena, html);
	struct spoken_list list = spoken_new(arena, html, &outline);
	const char *out = "";

	for (size_t i = 0; i < list.n; i++) {
		const struct spoken *s = &list.items[i];
		out = arena_printf(arena, "%s%s%s", out, i ? " " : "", names[s->kind]);
		if (s->number)
			out = arena_printf(arena, "%s%u", out, s->number);
		if (s->columns)
			out = arena_printf(arena, "%sx%u%s", out, s->columns, s->stumble ? "!" : "");
		if (s->text.n)
			out = arena_printf(arena, "%s:%s", out, arena_copy(arena, s->text));
	}
	return out;
}

START_TEST(what_is_said)
{
	ck_assert_str_eq(spoken("<html lang=ja><title>News</title><h1>A</h1><p>B <a href=u>C</a></p><ul><li>D</ul>"),
			 "title:News lang:ja h1:A text:B  link:C item:D");
	ck_assert_str_eq(spoken("<p>B"), "no-title no-lang text:B");
	ck_assert_str_eq(spoken("<img src='https://x.jp/i/a_1.png?x=/y' ><img src=b alt=Shop><img src=c alt=''>"), "no-title no-lang img!:a_1.png img:Shop");
	ck_assert_str_eq(spoken("<a href=https://x.jp/><img src=b></a><a href=u aria-label=Shop><img src=b></a><a href=u>Our <img alt=shop src=x></a>"),
			 "no-title no-lang link!:https://x.jp/ link:Shop link:Our shop");
	ck_assert_str_eq(spoken("<p>seen</p><div style='display:none'>hidden</div>"), "no-title no-lang text:seen");
}
END_TEST

START_TEST(tables_that_are_said)
{
	ck_assert_str_eq(spoken("<table><tr><td>a<td>b<tr><td>c</table>"), "no-title no-lang table2x2! text:a text:b text:c");
	ck_assert_str_eq(spoken("<table role=presentation><tr><td>a</table>"), "no-title no-lang text:a");
	ck_assert_str_eq(spoken("<table><tr><th>a<tr><td>b</table>"), "no-title no-lang table2x1 text:a text:b");
	/* The first says it; the others are counted. Rows of a table in a table are not its own. */
	ck_assert_str_eq(spoken("<table><tr><td><table><tr><td>a<tr><td>b</table></table>"), "no-title no-lang table1x1! text:a text:b");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("inbox");
	TCase *tests = tcase_create("inbox");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, senders);
	tcase_add_test(tests, subjects);
	tcase_add_test(tests, previews);
	tcase_add_test(tests, fillers);
	tcase_add_test(tests, templates);
	tcase_add_test(tests, branches);
	tcase_add_test(tests, clients_of_rows);
	tcase_add_test(tests, cuts);
	tcase_add_test(tests, rows);
	tcase_add_test(tests, what_is_said);
	tcase_add_test(tests, tables_that_are_said);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
