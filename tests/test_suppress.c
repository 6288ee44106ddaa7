/* What a draft says about findings of its own: which place a comment is about, in every language of comments; what cannot be suppressed; what
 * is said of ignores themselves. The rule link-ip-host tells of each place where it finds L, so it shows what is covered. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "doc/message.h"
#include "draft_file.h"
#include "mail/input.h"
#include "rule/engine.h"
#include "run.h"

#define L "<a href=\"http://192.0.2.1/\">x</a>"
#define I "presend-ignore link-ip-host"

static void set_select(struct lint_options *options, const char *ids)
{
	char **words = g_strsplit(ids, ",", -1);

	options->select = g_ptr_array_new_with_free_func(g_free);
	for (char **word = words; *word; word++)
		g_ptr_array_add(options->select, g_strdup(*word));
	g_strfreev(words);
}

static GPtrArray *lint(const char *path, const char *in, const char *select, enum stage stage, bool obey)
{
	struct lint_options options = { .volume = VOLUME_UNKNOWN, .profiles = PROFILE_GMAIL | PROFILE_GMAIL_BULK, .now = 1795478430 };
	const struct rule_set set = *builtin_rules();
	enum template_kind kind;
	bool is_template = input_kind_of(path, &kind) == INPUT_TEMPLATE;
	struct draft_file draft;

	set_select(&options, select);
	options.no_inline_ignores = !obey;
	options.stage = stage;
	options.stage_given = stage != STAGE_DRAFT;
	draft_file_init(&draft, in, strlen(in));
	GPtrArray *results = run_lint_bytes(&set, &options, path, draft.file->bytes, is_template, (int)kind);
	draft_file_release(&draft);
	g_ptr_array_free(options.select, TRUE);
	return results;
}

static void free_results(GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++)
		message_result_free(g_ptr_array_index(results, i));
	g_ptr_array_free(results, TRUE);
}

/* "3 5-": lines with a finding of the rule, those suppressed with a minus. */
static char *lines_of(const GPtrArray *results, const char *rule)
{
	GString *out = g_string_new(NULL);

	for (guint r = 0; r < results->len; r++) {
		const struct message_result *result = g_ptr_array_index(results, r);
		for (size_t i = 0; i < result->n_findings; i++) {
			const struct finding *finding = &result->findings[i];
			if (strcmp(finding->rule->id, rule) == 0)
				g_string_append_printf(out, "%s%zu%s", out->len ? " " : "", finding->start.line, finding->suppressed ? "-" : "");
		}
	}
	return g_string_free(out, FALSE);
}

/* --- places ------------------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *name, *path, *in, *want;
} places[] = {
	{ "alone on its line: the next element", "a.html", "<!-- " I ": why -->\n<table>\n<tr><td>" L "</td></tr>\n</table>\n" L, "3- 5" },
	{ "blank lines and comments between", "a.html", "<!-- " I " -->\n\n<!-- x -->\n{# y #}\n<p>" L "\n" L "</p>\n" L, "5- 6- 7" },
	{ "two comments one above the other", "a.html", "<!-- " I " -->\n<!-- presend-ignore link-shortener -->\n<p>" L "</p>\n" L, "3- 4" },
	{ "an element whose end tag is left out", "a.html", "<ul>\n<!-- " I " -->\n<li>" L "\n" L "\n<li>" L "</ul>", "3- 4- 5" },
	{ "an empty element", "a.html", "<!-- " I " -->\n<img src=\"http://192.0.2.1/a.png\" alt=\"\"><p>" L "</p>", "2- 2" },
	{ "what follows on its line: the element", "a.html", "<p>one</p><!-- " I " --><p>" L "</p><p>" L "</p>", "1- 1" },
	{ "what follows on its line: the rest of the line", "a.html", L "\n<!-- " I " -->text " L "\n" L, "1 2- 3" },
	{ "at the end of a line: that line", "a.html", L "\n" L " <!-- " I " -->\n" L, "1 2- 3" },
	{ "before an end tag: the element around", "a.html", "<p>" L "</p><p>" L " <!-- " I " --></p><p>" L "</p>", "1 1- 1" },
	{ "at the very end", "a.html", L "\n<!-- " I " -->", "1" },
	{ "a whole file", "a.html", L "\n<!-- presend-ignore-file link-ip-host -->\n" L, "1- 3-" },
	{ "handlebars", "a.hbs", "{{! " I ": a; b }}\n<p>" L "</p>" L, "2- 2" },
	{ "handlebars, long form", "a.hbs", "{{!-- " I ": see {{name}} --}}\n<p>" L "</p>" L, "2- 2" },
	{ "jinja", "a.html.j2", "{# " I ": a #}\n<p>" L "</p>" L, "2- 2" },
	{ "jinja, white space control", "a.html.j2", "{#- " I ": a -#}\n<p>" L "</p>" L, "2- 2" },
	{ "liquid", "a.liquid", "{% comment %} " I ": a {% endcomment %}\n<p>" L "</p>" L, "2- 2" },
	{ "liquid, white space control", "a.liquid", "{%- comment -%}\n" I "\n{%- endcomment -%}\n<p>" L "</p>" L, "4- 4" },
	{ "erb", "a.erb", "<%# " I ": a %>\n<p>" L "</p>" L, "2- 2" },
	{ "ejs", "a.ejs", "<%# " I " -%>\n<p>" L "</p>" L, "2- 2" },
	{ "go", "a.gohtml", "{{/* " I ": a */}}\n<p>" L "</p>" L, "2- 2" },
	{ "go, white space control", "a.gohtml", "{{- /* " I " */ -}}\n<p>" L "</p>" L, "2- 2" },
	{ "template toolkit", "a.html.tpl", "[%# " I ": a %]\n<p>" L "</p>" L, "2- 2" },
	{ "a plain text template", "a.txt.j2", "{# " I " #}\nhttp://192.0.2.1/\nhttp://192.0.2.1/ {# " I " #}\nhttp://192.0.2.1/\n", "2- 3- 4" },
	{ "an HTML comment in plain text is no comment", "a.txt.j2", "<!-- " I " -->\nhttp://192.0.2.1/\n", "2" },
	{ "markdown", "a.md", "<!-- " I " -->\nhttp://192.0.2.1/\n\nhttp://192.0.2.1/\n", "2- 4" },
	{ "a colon behind the word, blanks, another case", "a.html", "<!--Presend-Ignore:link-shortener ,  link-ip-host;x-->\n<p>" L "</p>", "2-" },
	{ "a requirement", "a.html", "<!-- presend-ignore LK-06 -->\n<p>" L "</p>", "2-" },
	{ "the beginning of a rule", "a.html", "<!-- presend-ignore link-ip -->\n<p>" L "</p>", "2-" },
	{ "a word behind a blank is the reason", "a.html", "<!-- presend-ignore link-shortener link-ip-host -->\n<p>" L "</p>", "2" },
	{ "no rule", "a.html", "<!-- presend-ignore -->\n<p>" L "</p>", "2" },
	{ "a reason only", "a.html", "<!-- presend-ignore: link-ip-host is fine -->\n<!-- presend-ignore -- link-ip-host -->\n<p>" L "</p>", "3-" },
	{ "not at the beginning of a comment", "a.html", "<!-- see presend-ignore link-ip-host -->\n<p>" L "</p>", "2" },
	{ "a longer word", "a.html", "<!-- presend-ignored link-ip-host -->\n<p>" L "</p>", "2" },
	{ "in text it is no comment", "a.html", "<p>presend-ignore link-ip-host</p>\n<p>" L "</p>", "2" },
};

START_TEST(test_place)
{
	GPtrArray *results = lint(places[_i].path, places[_i].in, "link-ip-host", STAGE_TEMPLATE, true);
	char *lines = lines_of(results, "link-ip-host");

	ck_assert_msg(strcmp(lines, places[_i].want) == 0, "%s: %s, not %s", places[_i].name, lines, places[_i].want);
	g_free(lines);
	free_results(results);
}
END_TEST

/* --- messages ---------------------------------------------------------------------------------------------------------------- */

#define HEAD "From: <news@hanami-books.jp>\nTo: <a@hanami-reader.jp>\nSubject: May\nDate: Tue, 24 Nov 2026 09:00:00 +0900\nMIME-Version: 1.0\n"
#define HTML_PART "Content-Type: text/html; charset=utf-8\n"

static const struct {
	const char *name, *in, *want;
} messages[] = {
	{ "the field is about the whole message", HEAD HTML_PART "X-Presend-Ignore: link-ip-host; ours\n\n<p>" L "</p>\n", "9-" },
	{ "a folded field, twice", HEAD "X-Presend-Ignore: link-shortener,\n link-ip-host\nX-Presend-Ignore: UN\n" HTML_PART "\n<p>" L "</p>\n", "11-" },
	{ "an encoded reason", HEAD HTML_PART "X-Presend-Ignore: link-ip-host; =?UTF-8?B?5pen44K144Kk44OI?=\n\n<p>" L "</p>\n", "9-" },
	/* <p><!-- presend-ignore link-ip-host --><a href="http://192.0.2.1/">x</a><a href="http://192.0.2.1/">y</a></p> */
	{ "in base64 the neighbour shares a byte",
	  HEAD HTML_PART "Content-Transfer-Encoding: base64\n\n"
			 "PHA+PCEtLSBwcmVzZW5kLWlnbm9yZSBsaW5rLWlwLWhvc3QgLS0+PGEgaHJlZj0iaHR0cDovLzE5\n"
			 "Mi4wLjIuMS8iPng8L2E+PGEgaHJlZj0iaHR0cDovLzE5Mi4wLjIuMS8iPnk8L2E+PC9wPg==\n",
	  "9- 10" },
	{ "quoted-printable: lines are those of the text",
	  HEAD HTML_PART "Content-Transfer-Encoding: quoted-printable\n\n<!-- presend-ignore =\nlink-ip-host -->=0A<p>" "<a =\nhref=3D\"http://192.0.2.1/\">x</a></p>\n",
	  "11-" },
	{ "a field of a part is no field of the message",
	  HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\nX-Presend-Ignore: link-ip-host\n" HTML_PART "\n<p>" L "</p>\n--b--\n", "12" },
};

START_TEST(test_message)
{
	GPtrArray *results = lint("a.eml", messages[_i].in, "link-ip-host", STAGE_DRAFT, true);
	char *lines = lines_of(results, "link-ip-host");

	ck_assert_msg(strcmp(lines, messages[_i].want) == 0, "%s: %s, not %s", messages[_i].name, lines, messages[_i].want);
	g_free(lines);
	free_results(results);
}
END_TEST

START_TEST(test_reason)
{
	static const struct {
		const char *comment, *want;
	} rows[] = {
		{ I ": the old  shop ", "the old  shop" },  { I "; 旧サイト", "旧サイト" },	       { I " -- one -- two", "one -- two" },
		{ I " because", "because" },		    { I, NULL },			       { I ":", NULL },
		{ I " : a: b; c", "a: b; c" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *in = g_strdup_printf("<!-- %s -->\n<p>" L "</p>", rows[i].comment);
		GPtrArray *results = lint("a.html", in, "link-ip-host", STAGE_TEMPLATE, true);
		const struct message_result *result = g_ptr_array_index(results, 0);
		ck_assert_uint_eq(result->n_findings, 1);
		const struct suppression *suppression = result->findings[0].suppressed;
		ck_assert_ptr_nonnull(suppression);
		ck_assert_int_eq(suppression->kind, SUPPRESSED_IN_SOURCE);
		ck_assert_msg(g_strcmp0(suppression->reason, rows[i].want) == 0, "%s: %s", rows[i].comment, suppression->reason);
		free_results(results);
		g_free(in);
	}
}
END_TEST

START_TEST(test_not_obeyed)
{
	GPtrArray *results = lint("a.html", "<!-- " I ", nonsense -->\n<p>" L "</p>", "link-ip-host,ignore", STAGE_TEMPLATE, false);
	const struct message_result *result = g_ptr_array_index(results, 0);

	ck_assert_uint_eq(result->n_findings, 1);
	ck_assert_ptr_null(result->findings[0].suppressed);
	free_results(results);
}
END_TEST

/* A comment changes nothing about the mail: the score is the same with and without. */
START_TEST(test_score)
{
	static const char plain[] = HEAD "\nThis is not spam.\n";
	static const char ignored[] = HEAD "X-Presend-Ignore: not-spam-claim; a quotation\n\nThis is not spam.\n";
	GPtrArray *without = lint("a.eml", plain, "not-spam-claim", STAGE_DRAFT, true);
	GPtrArray *with = lint("a.eml", ignored, "not-spam-claim", STAGE_DRAFT, true);
	const struct message_result *a = g_ptr_array_index(without, 0), *b = g_ptr_array_index(with, 0);

	bool counted = false;
	for (size_t i = 0; i < a->score->n_contributions; i++)
		counted |= a->score->contributions[i].definition != NULL;
	ck_assert(counted);
	ck_assert_double_eq(a->score->points, b->score->points);
	ck_assert_ptr_nonnull(b->findings[0].suppressed);
	free_results(without);
	free_results(with);
}
END_TEST

/* A hundred findings are listed and the others counted: where all of the rule are ignored, so is the count. But a limit that was reached is told. */
START_TEST(test_counted)
{
	GString *in = g_string_new("<!-- presend-ignore-file link-ip-host -->\n<!-- presend-ignore-file more-of-the-same, cap-reached -->\n");

	for (int i = 0; i < 150; i++)
		g_string_append(in, L "\n");
	GPtrArray *results = lint("a.html", in->str, "link-ip-host,ignore-malformed,ignore-unused", STAGE_TEMPLATE, true);
	const struct message_result *result = g_ptr_array_index(results, 0);
	size_t n_told = 0;
	for (size_t i = 0; i < result->n_findings; i++) {
		if (result->findings[i].suppressed)
			continue;
		ck_assert_str_eq(result->findings[i].rule->id, "ignore-malformed");
		n_told++;
	}
	ck_assert_uint_eq(n_told, 2);
	free_results(results);

	/* Ignored at one place only, the count is told, and nothing is called unused, because not all findings were looked at. */
	g_string_append(in, "<!-- presend-ignore link-ip-host -->\n" L "\n");
	char *one = strstr(in->str, "\n<a");
	results = lint("a.html", one, "link-ip-host,ignore-unused", STAGE_TEMPLATE, true);
	char *counted = lines_of(results, "more-of-the-same"), *unused = lines_of(results, "ignore-unused");
	ck_assert_str_eq(counted, "102");
	ck_assert_str_eq(unused, "");
	g_free(counted);
	g_free(unused);
	free_results(results);
	g_string_free(in, TRUE);
}
END_TEST

/* Rules over several messages speak when the messages are gone. */
START_TEST(test_several)
{
#define TWIN(to)                                                                                                                  \
	"From - Tue Nov 24 09:00:00 2026\nFrom: <news@hanami-books.jp>\nTo: <" to "@hanami-reader.jp>\nSubject: May\n"            \
	"Date: Tue, 24 Nov 2026 09:00:00 +0900\nMessage-ID: <1@hanami-books.jp>\n"
	GPtrArray *results = lint("a.mbox", TWIN("a") "X-Presend-Ignore: message-id-repeated; both lists\n\nx\n\n" TWIN("b") "\ny\n",
				  "message-id-repeated,ignore-unused", STAGE_DRAFT, true);
	char *lines = lines_of(results, "message-id-repeated"), *unused = lines_of(results, "ignore-unused");

	/* The second of the two is told of; the ignore of the first is about the first. */
	ck_assert_str_eq(lines, "16");
	ck_assert_str_eq(unused, "");
	g_free(lines);
	free_results(results);
	results = lint("a.mbox", TWIN("a") "\nx\n\n" TWIN("b") "X-Presend-Ignore: message-id-repeated; both lists\n\ny\n", "message-id-repeated", STAGE_DRAFT, true);
	lines = lines_of(results, "message-id-repeated");
	ck_assert_str_eq(lines, "15-");
	g_free(lines);
	g_free(unused);
	free_results(results);
}
END_TEST

/* An ignore is unused only where every rule it names has looked. */
START_TEST(test_unused)
{
	static const struct {
		const char *words, *select;
		enum stage stage;
		const char *want;
	} rows[] = {
		{ "link-ip-host", "link-ip-host,ignore-unused", STAGE_TEMPLATE, "1" },
		{ "link-ip-host", "link-shortener,ignore-unused", STAGE_TEMPLATE, "" },  /* not selected */
		{ "link-", "link-ip-host,ignore-unused", STAGE_TEMPLATE, "" },	    /* some of them */
		{ "unsubscribe-header-missing", "unsubscribe-header-missing,ignore-unused", STAGE_TEMPLATE, "" }, /* silent in a template */
		{ "no-such-rule", "link-ip-host,ignore-unused", STAGE_TEMPLATE, "" },	/* unknown, which is another finding */
		{ "link-ip-host, link-ip-host", "link-ip-host,ignore-unused", STAGE_TEMPLATE, "1 1" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *in = g_strdup_printf("<!-- presend-ignore-file %s -->\n<p>News</p>", rows[i].words);
		GPtrArray *results = lint("a.html", in, rows[i].select, rows[i].stage, true);
		char *lines = lines_of(results, "ignore-unused");
		ck_assert_msg(strcmp(lines, rows[i].want) == 0, "%s of %s: \"%s\"", rows[i].words, rows[i].select, lines);
		g_free(lines);
		free_results(results);
		g_free(in);
	}
}
END_TEST

/* A draft cannot make presend slow, or silent about what it did not obey. */
START_TEST(test_too_many)
{
	GString *in = g_string_new(NULL);

	for (int i = 0; i < 5000; i++)
		g_string_append(in, "<b><!-- " I " -->");
	g_string_append(in, "\n" L);
	GPtrArray *results = lint("a.html", in->str, "link-ip-host,ignore-malformed", STAGE_TEMPLATE, true);
	char *told = lines_of(results, "ignore-malformed");
	ck_assert_str_eq(told, "1");
	g_free(told);
	free_results(results);
	g_string_free(in, TRUE);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("suppress");

	message_library_init();
	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, test_place, 0, N_ROWS(places));
	tcase_add_loop_test(tcase, test_message, 0, N_ROWS(messages));
	tcase_add_test(tcase, test_reason);
	tcase_add_test(tcase, test_not_obeyed);
	tcase_add_test(tcase, test_score);
	tcase_add_test(tcase, test_counted);
	tcase_add_test(tcase, test_several);
	tcase_add_test(tcase, test_unused);
	tcase_add_test(tcase, test_too_many);
	return run_case("suppress", tcase);
}
