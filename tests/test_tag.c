/* Tests of template tag scanning. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "doc/tag.h"

/* An exact-size copy on the heap, so that the sanitizer sees any read past the end. */
static char *exact(const char *s, size_t n)
{
	char *copy = malloc(n ? n : 1);
	memcpy(copy, s, n);
	return copy;
}

/* want: one "syntax place certain name" a tag, joined by ';'; places by their first letter (Output, oPen, Middle, cLose, Comment). */
static const struct {
	const char *in, *want;
} cases[] = {
	/* Mustache, Handlebars, Go */
	{ "Hi {{name}} and {{{ raw }}}!", "0O1name;0O1raw" },
	{ "{{#if a}}x{{else}}y{{/if}}", "0P1if;0M1else;0L1if" },
	{ "{{ user.first-name | upper }}", "0O1user.first-name" },
	{ "{{\n  name\n}}", "0O1name" },
	{ "{{!-- a {{b}} c --}}", "0C1a" },
	{ "{{if .X}}a{{end}}", "0P1if;0L1end" },
	{ "{{> footer}}", "0O1footer" },
	{ "\xe5\x90\x8d\xe5\x89\x8d {{\xe5\x90\x8d\xe5\x89\x8d}}\xe6\xa7\x98", "0O1\xe5\x90\x8d\xe5\x89\x8d" },
	{ "@media a{b{color:red}}", "" },
	{ "{{}} {{ }} }}", "" },
	{ "{{a {{b}}", "0O1b" },
	/* Statements */
	{ "{% if a %}x{% elsif b %}y{% endif %}", "1P1if;1M1elsif;1L1endif" },
	{ "{%- assign x = 1 -%}{# note #}", "1O1assign;1C1note" },
	{ "{% comment %}a {{b}} {% if c %}{% endcomment %}{{d}}", "1C1comment;0O1d" },
	{ "{%- comment \"why\" -%}a{%- endcomment -%}b", "1C1comment" },
	{ "{% comment %}a {{b}}", "1P1comment;0O1b" },
	{ "{% comment %}a endcomment %} {% endcomment", "1P1comment" },
	{ "{{/* if: a; b */}}{{- /* c */ -}}{{/if}}", "0C1if;0C1c;0L1if" },
	{ "@media print{#a{color:red}#b{top:0}}", "" },
	{ "100{% 5 %}", "" },
	/* Mailchimp */
	{ "*|FNAME|* *|IF:A|*b*|ELSE:|*c*|END:IF|*", "2O1FNAME;2P1IF;2M1ELSE;2L1END" },
	{ "*|MC:SUBJECT|*", "2O1MC" },
	{ "*| x |* a*|b", "" },
	/* Percent */
	{ "%recipient.name% %FIRSTNAME%", "3O1recipient.name;3O1FIRSTNAME" },
	{ "%PATH%", "3O0PATH" },
	{ "http://e.jp/%E3%81%82%E3%81%84", "" },
	{ "http://e.jp/%E3abc%81", "" },
	{ "100%off and 50%OFF%", "" },
	{ "width:100%;height:50%", "" },
	{ "100% a 50%", "" },
	{ "%%magoptout%% %%First Name%% %%=v(@x)=%%", "4O1magoptout;4O1First Name;4O1v" },
	{ "%%[ IF x ]%%y%%[ ENDIF ]%%", "4P1IF;4L1ENDIF" },
	/* Dollar, hash, at */
	{ "${name} ${a.b}", "5O1name;5O1a.b" },
	{ "$name$", "6O0name" },
	{ "$100 and $200$, a$b$c", "" },
	{ "#{name} @{/link}", "7O1name;10O0link" },
	{ "a#{color:red;top:0}", "" },
	/* Code */
	{ "<%= user.name %><% if a<b %>x<% end %>", "8O1user.name;8P1if;8L1end" },
	{ "<?= $x ?><?php foreach ($a as $b): ?><?php endforeach ?>", "8O1x;8P1foreach;8L1endforeach" },
	{ "<?xml version=\"1.0\"?><?xml:namespace prefix = o />", "" },
	{ "<!--[if mso]>x<![endif]-->", "" },
	{ "{{ a | default: &quot;b&quot; }}", "0O1a" },
	{ "[% name %][% IF a %][% END %]", "9O1name;9P1IF;9L1END" },
	{ "{!Contact.FirstName} {0} {a}", "11O1Contact.FirstName" },
	/* Hash and underscore pairs */
	{ "##name## ##\xe6\xb0\x8f\xe5\x90\x8d##", "12O1name;12O1\xe6\xb0\x8f\xe5\x90\x8d" },
	{ "## Heading ##\n### a ###", "" },
	{ "##name###", "" },
	{ "__init__ __FILE__ a__b__", "13O0init" },
	{ "____________", "" },
	{ "-word- ~name~ :name %s", "" },
	/* Unclosed at the end of the text */
	{ "{{name", "" },
	{ "{", "" },
	{ "%a", "" },
	{ "<%", "" },
	{ "", "" },
};

START_TEST(finds_tags)
{
	static const char places[] = "OPMLC";
	size_t n = strlen(cases[_i].in);
	char *in = exact(cases[_i].in, n);
	struct arena *arena = arena_new();
	struct tag_list list = tag_scan(arena, span_of(in, n));
	char got[500] = "";

	for (size_t i = 0; i < list.n; i++) {
		const struct tag *tag = &list.tags[i];
		size_t used = strlen(got);
		snprintf(got + used, sizeof got - used, "%s%d%c%d%.*s", i ? ";" : "", (int)tag->syntax, places[tag->place], tag->certain,
			 (int)tag->name.n, tag->name.p);
		ck_assert_uint_lt(tag->range.start, tag->range.end);
		ck_assert_uint_le(tag->range.end, n);
		ck_assert(i == 0 || list.tags[i - 1].range.end <= tag->range.start);
		ck_assert_ptr_eq(tag_at(&list, tag->range.start), tag);
		ck_assert_ptr_eq(tag_at(&list, tag->range.end - 1), tag);
		ck_assert_ptr_ne(tag_at(&list, tag->range.end), tag);
	}
	ck_assert_msg(strcmp(got, cases[_i].want) == 0, "%s: %s, want %s", cases[_i].in, got, cases[_i].want);
	arena_free(arena);
	free(in);
}
END_TEST

static const struct {
	const char *in;
	size_t start, end; /* of the only tag; 0, 0 for none */
} url_cases[] = {
	{ "https://e.jp/u/%7B%7Bid%7D%7D?x", 15, 29 },
	{ "https://e.jp/?a=*%7CNAME%7C*", 16, 28 },
	{ "https://e.jp/%25%25name%25%25", 13, 29 },
	{ "https://e.jp/%E3%81%82%E3%81%84", 0, 0 },
	{ "https://e.jp/{{id}}/a%20b", 0, 0 },
	{ "https://e.jp/%7B%7Bid", 0, 0 },
	{ "%7", 0, 0 },
};

START_TEST(finds_encoded_tags)
{
	size_t n = strlen(url_cases[_i].in);
	char *in = exact(url_cases[_i].in, n);
	struct arena *arena = arena_new();
	struct tag_list list = tag_scan_url(arena, span_of(in, n));

	ck_assert_uint_eq(list.n, url_cases[_i].end ? 1 : 0);
	if (list.n) {
		ck_assert_uint_eq(list.tags[0].range.start, url_cases[_i].start);
		ck_assert_uint_eq(list.tags[0].range.end, url_cases[_i].end);
	}
	arena_free(arena);
	free(in);
}
END_TEST

START_TEST(ranges_hold_the_tag)
{
	struct arena *arena = arena_new();
	struct tag_list list = tag_scan(arena, SPAN_LIT("a{{{b}}}c*|D|*"));

	ck_assert_uint_eq(list.n, 2);
	ck_assert_uint_eq(list.tags[0].range.start, 1);
	ck_assert_uint_eq(list.tags[0].range.end, 8);
	ck_assert_uint_eq(list.tags[1].range.start, 9);
	ck_assert_uint_eq(list.tags[1].range.end, 14);
	ck_assert_str_eq(tag_syntax_example(TAG_MUSTACHE), "{{...}}");
	arena_free(arena);
}
END_TEST

/* A close may be 1,000 bytes away and no more; a text full of openings must not be searched to its end for each. */
START_TEST(is_bounded)
{
	static const char *const units[] = { "{{", "{{a ", "{%a ", "<%a ", "*|A ", "%%A ", "%%[", "${a", "[%a ", "##a", "__a", "%abc", "@{a", "{{!--",
					     "{% comment %}", "{% comment %}endcomment" };
	const size_t size = 2 * 1000 * 1000;

	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		size_t n = strlen(units[u]);
		char *text = malloc(size);
		for (size_t i = 0; i < size; i++)
			text[i] = units[u][i % n];
		struct arena *arena = arena_new();
		struct tag_list list = tag_scan(arena, span_of(text, size));
		(void)list;
		arena_free(arena);
		free(text);
	}
	char *far = malloc(3000);
	memset(far, 'a', 3000);
	memcpy(far, "{{", 2);
	memcpy(far + 1500, "}}", 2);
	struct arena *arena = arena_new();
	ck_assert_uint_eq(tag_scan(arena, span_of(far, 3000)).n, 0);
	memcpy(far + 900, "}}", 2);
	ck_assert_uint_eq(tag_scan(arena, span_of(far, 3000)).n, 1);
	arena_free(arena);
	free(far);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tag");
	TCase *tcase = tcase_create("tag");

	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, finds_tags, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(tcase, finds_encoded_tags, 0, sizeof url_cases / sizeof *url_cases);
	tcase_add_test(tcase, ranges_hold_the_tag);
	tcase_add_test(tcase, is_bounded);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
