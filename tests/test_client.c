/* Tests of what mail clients support: choosing clients, naming them, and each feature of rules.d/clients/features.yaml in the HTML that is said to have
 * it and in the near miss. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "doc/message.h"
#include "rule/client.h"
#include "rule/client_use.h"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
	message_library_init();
}

static void teardown(void)
{
	arena_free(arena);
}

static struct client_choice choice_of(const char *words)
{
	struct client_choice choice;

	ck_assert_msg(client_choice_parse(words, &choice, NULL), "%s", words);
	return choice;
}

static guint64 mask_of(const char *words)
{
	return choice_of(words).mask;
}

START_TEST(choose_clients)
{
	ck_assert_uint_eq(choice_of(NULL).mask, mask_of("default"));
	ck_assert_uint_eq(mask_of("gmail") | mask_of("apple"), mask_of(" gmail , apple "));
	ck_assert_uint_eq(mask_of("default,gmail=0") & mask_of("gmail"), 0);
	ck_assert_uint_eq(mask_of("all,default"), mask_of("all"));
	ck_assert_uint_ne(mask_of("default"), mask_of("all"));
	/* "japan" has no client that the data do not have, and "yahoo" is not Yahoo! JAPAN. */
	ck_assert_uint_eq(mask_of("japan") & mask_of("yahoo"), 0);
}
END_TEST

START_TEST(refuse_clients)
{
	static const char *const cases[][2] = {
		{ "gmial", "gmial" }, { "gmail,", "" }, { "gmail=x", "gmail=x" }, { "gmail=-1", "gmail=-1" }, { "gmail=1001", "gmail=1001" },
		{ "gmail=", "gmail=" }, { "gmail=0", "" }, { "apple,nobody", "nobody" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct client_choice choice;
		char *bad = NULL;
		ck_assert_msg(!client_choice_parse(cases[i][0], &choice, &bad), "%s", cases[i][0]);
		ck_assert_str_eq(bad, cases[i][1]);
		g_free(bad);
	}
	ck_assert_str_eq(client_suggest("gmial"), "gmail");
	ck_assert_str_eq(client_suggest("outlook-windos"), "outlook-windows");
	ck_assert_ptr_null(client_suggest("carrier-pigeon"));
}
END_TEST

START_TEST(shares)
{
	struct client_choice choice = choice_of("gmail=30,outlook-windows=10");

	ck_assert_uint_eq(client_share(&choice, mask_of("outlook-windows")), 25);
	ck_assert_uint_eq(client_share(&choice, mask_of("gmail")), 75);
	ck_assert_uint_eq(client_share(&choice, mask_of("apple")), 0);
	choice = choice_of("gmail=1000,hey=1");
	ck_assert_uint_eq(client_share(&choice, mask_of("hey")), 1);
	/* A weight of a preset is that of all its clients together. */
	choice = choice_of("apple=50,gmail=50");
	ck_assert_uint_eq(client_share(&choice, mask_of("gmail-web,gmail-ios,gmail-android,gmail-mobile-web")), 50);
}
END_TEST

START_TEST(name_clients)
{
	struct client_choice choice = choice_of("default");

	ck_assert_str_eq(client_list(arena, &choice, mask_of("gmail")), "Gmail");
	ck_assert_str_eq(client_list(arena, &choice, mask_of("gmail-ios,outlook-windows")), "Gmail (iOS), Outlook (Windows)");
	ck_assert_str_eq(client_list(arena, &choice, mask_of("samsung-email")), "Samsung Email");
	choice = choice_of("outlook-windows");
	ck_assert_str_eq(client_list(arena, &choice, mask_of("outlook-windows")), "Outlook (Windows)");
}
END_TEST

START_TEST(probes)
{
	for (size_t i = 0; i < n_builtin_client_probes; i++) {
		const struct client_probe *probe = &builtin_client_probes[i], *found = client_probe_find(probe->kind, span_str(probe->name));
		ck_assert_ptr_nonnull(found);
		ck_assert_str_eq(found->name, probe->name);
		ck_assert_int_eq(found->kind, probe->kind);
		ck_assert(found == builtin_client_probes || found[-1].kind != found->kind || strcmp(found[-1].name, found->name) != 0);
	}
	ck_assert_ptr_null(client_probe_find(PROBE_PROPERTY, SPAN_LIT("colour")));
	ck_assert_ptr_null(client_probe_find(PROBE_ELEMENT, SPAN_EMPTY));
}
END_TEST

static const struct client_use *uses_of(const char *html, guint64 clients)
{
	char *mail = g_strconcat("Subject: May\nContent-Type: text/html; charset=UTF-8\nMIME-Version: 1.0\n\n", html, "\n", NULL);
	struct text *file = ARENA_NEW(arena, struct text);

	file->bytes = span_of(arena_copy(arena, span_str(mail)), strlen(mail));
	g_free(mail);
	struct line_index *lines = ARENA_NEW(arena, struct line_index);
	*lines = line_index_new(arena, file->bytes);
	struct message *m = message_new("a.eml", file, lines, (struct range){ 0, file->bytes.n }, 0, INPUT_MESSAGE, TEMPLATE_NONE);
	return client_uses(arena, m, clients);
}

/* What is wrong with the snippets of a feature; NULL. */
static const char *fault_of(size_t i)
{
	const struct client_feature *feature = &builtin_client_features[i];
	const struct client_use *hit = uses_of(feature->hit, ~(guint64)0), *miss = uses_of(feature->miss, ~(guint64)0);

	if (!(feature->unsupported | feature->unknown))
		return "every client supports it";
	if (!hit || !hit[i].text)
		return "hit is not found";
	if (hit[i].unsupported != feature->unsupported || hit[i].unknown != feature->unknown)
		return "hit has a fallback";
	if (hit[i].places != (feature->unsupported != 0))
		return "hit has not one place";
	if (hit[i].range.start >= hit[i].range.end || hit[i].range.end > hit[i].text->bytes.n)
		return "the place of hit is empty or outside";
	return !miss || miss[i].text ? "miss is found" : NULL;
}

START_TEST(features)
{
	GString *faults = g_string_new(NULL);

	for (size_t i = 0; i < n_builtin_client_features; i++)
		if (fault_of(i))
			g_string_append_printf(faults, "%s: %s\n", builtin_client_features[i].slug, fault_of(i));
	ck_assert_str_eq(faults->str, "");
	g_string_free(faults, TRUE);
}
END_TEST

/* Of a client that is not chosen nothing is said, and nothing is said of a mail without HTML. */
START_TEST(other_clients)
{
	const struct client_use *uses = uses_of("<div style=\"display: flex\">A</div>", mask_of("apple"));

	for (size_t i = 0; i < n_builtin_client_features; i++)
		ck_assert_uint_eq(uses[i].places, 0);
}
END_TEST

static const struct client_use *use_of(const char *slug, const char *html, guint64 clients)
{
	const struct client_use *uses = uses_of(html, clients);

	for (size_t i = 0; i < n_builtin_client_features; i++)
		if (strcmp(builtin_client_features[i].slug, slug) == 0)
			return &uses[i];
	ck_abort_msg("%s is no feature", slug);
	return NULL;
}

/* What a conditional comment does for Word it does for Word alone. */
START_TEST(fallback_of_one_client)
{
	static const char table[] = "<!--[if mso]><table><tr><td><![endif]--><div style=\"float: left\">A</div><!--[if mso]></td></tr></table><![endif]-->";
	guint64 word = mask_of("outlook-windows"), other = mask_of("free-fr");
	const struct client_use *use = use_of("css-float", table, word);

	ck_assert_uint_eq(use->places, 0);
	use = use_of("css-float", "<!--[if mso]><p>A<![endif]--><div style=\"float: left\">A</div>", word);
	ck_assert_uint_eq(use->places, 1);
	use = use_of("css-float", "<!--[if !mso]><!--><div style=\"float: left\">A</div><!--<![endif]--><p style=\"float: right\">B</p>", word);
	ck_assert_uint_eq(use->places, 1);
	use = use_of("css-position", "<!--[if mso]><table><![endif]--><p style=\"position: fixed\">A</p>", word | other);
	ck_assert_uint_eq(use->places, 1);
}
END_TEST

static const struct {
	const char *slug, *html;
	size_t places;
} cases[] = {
	{ "css-position", "<p style='position:absolute'>A</p><p style='POSITION:Fixed'>B</p>", 2 },
	{ "css-position", "<div style='display:none'><p style='position:absolute'>A</p></div>", 0 },
	{ "css-position", "<style>.a, .b { position: absolute }</style><p class='x b'>A</p>", 1 },
	{ "css-position", "<style>.a .b { position: absolute }</style><p class='b'>A</p>", 0 },
	{ "css-position", "<style>a:hover { position: absolute }</style><a href='https://hanami-books.jp/'>A</a>", 0 },
	{ "css-position", "<style>@supports (display: grid) { p { position: absolute } }</style><p>A</p>", 0 },
	{ "css-position", "<style>/* p { position: absolute } */ p { color: red }</style><p>A</p>", 0 },
	{ "css-position", "<p title='position:absolute'>position:absolute</p>", 0 },
	{ "css-position", "<p style='position:{{ where }}'>A</p>", 0 },
	{ "css-gap", "<p style='gap:{{ gap }}'>A</p>", 0 },
	{ "css-gap", "<p style='gap:0'>A</p>", 0 },
	{ "css-float", "<style>.l { float: left }</style><table class='l' align='left'><tr><td>A</td></tr></table>", 0 },
	{ "css-float", "<style>.l { float: left }</style><table class='l' align='left'><tr><td>A</td></tr></table><p class='l'>B</p>", 1 },
	/* A table stands at the left anyway; what stands behind it does not come beside it. */
	{ "css-float", "<table><tr><td>A<br><table style='float:left'><tr><td>B</td></tr></table> </td><td>C</td></tr></table>", 0 },
	{ "css-float", "<div><table style='float:left'><tr><td>B</td></tr></table> C</div>", 1 },
	{ "css-float", "<div><table style='float:left'><tr><td>B</td></tr></table><p>C</p></div>", 1 },
	{ "css-float", "<div><table style='float:right'><tr><td>B</td></tr></table></div>", 1 },
	{ "css-float", "<div><div style='float:left'>A</div></div>", 1 },
	/* pre keeps its white space itself. */
	{ "css-white-space", "<div style='white-space:pre'>\n<pre>A  <b>B</b>\nC</pre>\n<pre>D</pre></div>", 0 },
	{ "css-white-space", "<div style='white-space:pre'>A\nB <pre>C</pre></div>", 1 },
	{ "css-white-space", "<pre><span style='white-space:pre-wrap'>A\nB</span></pre>", 1 },
	{ "css-position", "<p style='position:absolute' style='position:fixed'>A</p>", 1 },
	{ "css-position", "<style type='text/less'>p { position: absolute }</style><p>A</p>", 0 },
	{ "css-unit-rem", "<style>p { font-size: 16px; font-size: 1rem }</style><p>A</p>", 0 },
	{ "css-unit-rem", "<style>p { font-size: 1rem; font-size: 16px }</style><p>A</p>", 1 },
	{ "css-unit-rem", "<style>p { line-height: 20px; font-size: 1rem }</style><p>A</p>", 1 },
	{ "css-variables", "<style>p { --size: 2rem }</style><p>A</p>", 0 },
	{ "css-unit-rem", "<style>p { --size: 2rem }</style><p>A</p>", 0 },
	{ "css-visibility", "<p style='visibility:hidden'>A</p><p style='visibility:hidden'> </p>", 1 },
	{ "css-visibility", "<style>th { visibility: hidden }</style><table><tr><th></th></tr></table>", 0 },
	{ "html-hidden", "<p hidden>A</p>", 1 },
	{ "html-anchor-links", "<p><a href='#'>A</a><a href='#{{ id }}'>B</a></p>", 0 },
	{ "image-webp", "<img src='https://hanami-books.jp/a.png?f=.webp'><img src='{{ cover }}.webp'><img src='/webp'>", 1 },
	{ "html-ruby", "<p><ruby>a<rt>b</rt></ruby> <ruby>c<rp>(</rp><rt>d</rt><rp>)</rp></ruby></p>", 1 },
};

START_TEST(places)
{
	const struct client_use *use = use_of(cases[_i].slug, cases[_i].html, mask_of("all"));

	ck_assert_msg(use->places == cases[_i].places, "%s: %zu places of %s", cases[_i].html, use->places, cases[_i].slug);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("client");
	TCase *tcase = tcase_create("client");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, choose_clients);
	tcase_add_test(tcase, refuse_clients);
	tcase_add_test(tcase, shares);
	tcase_add_test(tcase, name_clients);
	tcase_add_test(tcase, probes);
	tcase_add_test(tcase, features);
	tcase_add_test(tcase, other_clients);
	tcase_add_test(tcase, fallback_of_one_client);
	tcase_add_loop_test(tcase, places, 0, (int)G_N_ELEMENTS(cases));
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
