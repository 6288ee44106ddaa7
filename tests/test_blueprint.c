/* Templates filled in: a table of expressions and blocks for each language. What is expected comes from the documentation of the languages, which
 * is named beside each group, never from what the program printed. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "data/blueprint.h"

static const char row_json[] =
	"{\"name\": \"Hana\", \"empty\": \"\", \"void\": \"\", \"none\": null, \"zero\": 0, \"n\": 3, \"yes\": true, \"no\": false, \"amp\": \"R&D <b>'\\\"\","
	" \"low\": \"hELLO world\", \"user\": {\"name\": \"Ken\", \"tags\": [\"a\", \"b\"]}, \"items\": [{\"t\": \"X\"}, {\"t\": \"Y\"}],"
	" \"nothing\": [], \"words\": [\"one\", \"two\"], \"url\": \"a b&c\"}";

/* Fill content in, as the HTML or text file name. beyond_out: was something beyond? */
static char *fill(const char *name, const char *content, const char *json, bool *beyond_out)
{
	struct arena *arena = arena_new();
	struct text *text = ARENA_NEW(arena, struct text);
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	struct blueprint_part part = { { 0, strlen(content) }, strstr(name, ".html") != NULL };

	text->bytes = span_str(content);
	struct rows *rows = rows_read("row.json", span_str(json), errors);
	ck_assert_msg(rows != NULL, "%s", errors->len ? (const char *)errors->pdata[0] : "");
	const struct blueprint *blueprint = blueprint_new(arena, name, text, &part, 1, rows_columns(rows));
	struct expansion *expansion = blueprint_expand(blueprint, arena, rows_get(rows, arena, 0).values);
	char *copy = g_strndup(expansion->text->bytes.p, expansion->text->bytes.n);
	*beyond_out = false;
	for (size_t i = 0; i < expansion->n_notes; i++)
		*beyond_out |= expansion->notes[i].kind == NOTE_BEYOND;
	/* The bytes lead back into the template. */
	for (size_t i = 0; i < MIN(expansion->text->bytes.n, 500); i++) {
		struct range range = text_to_source(expansion->text, i, i + 1, NULL);
		ck_assert_uint_lt(range.start, range.end);
		ck_assert_uint_le(range.end, strlen(content));
	}
	rows_free(rows);
	g_ptr_array_unref(errors);
	arena_free(arena);
	return copy;
}

struct filled {
	const char *name, *content, *expected; /* expected NULL: beyond what is known */
};

static const struct filled table[] = {
	/* Mustache: mustache.5, "Variables", "Sections", "Inverted Sections", "Comments". */
	{ "a.html.mustache", "{{#yes}}<p>{{name}}</p>{{/yes}}", "<p>Hana</p>" },
	{ "a.html.mustache", "{{#yes}}{{/yes}}{{amp}}", "R&amp;D &lt;b&gt;'&quot;" },
	{ "a.html.mustache", "{{#yes}}{{/yes}}{{{amp}}}{{&amp}}", "R&D <b>'\"R&D <b>'\"" },
	{ "a.html.mustache", "{{#items}}{{t}},{{/items}}{{^items}}none{{/items}}", "X,Y," },
	{ "a.html.mustache", "{{#nothing}}x{{/nothing}}{{^nothing}}none{{/nothing}}", "none" },
	{ "a.html.mustache", "{{#words}}{{.}};{{/words}}", "one;two;" },
	{ "a.html.mustache", "{{#user}}{{name}} {{n}}{{/user}}{{! no }}", "Ken 3" },
	{ "a.html.mustache", "{{#no}}x{{/no}}{{none}}{{user.name}}", "Ken" },
	/* Handlebars: guide, "Expressions", "Built-in Helpers"; escaping: api-reference/utilities, escapeExpression. */
	{ "a.html.hbs", "{{#if name}}a{{else}}b{{/if}}{{#if empty}}a{{else}}b{{/if}}{{#if zero}}a{{else}}b{{/if}}", "abb" },
	{ "a.html.hbs", "{{#if nothing}}a{{else if yes}}b{{/if}}{{#unless no}}c{{/unless}}", "bc" },
	{ "a.html.hbs", "{{#each items}}{{@index}}{{this.t}}{{t}}{{../name}} {{/each}}", "0XXHana 1YYHana " },
	{ "a.html.hbs", "{{#each words as |w i|}}{{i}}{{w}}{{/each}}{{#each nothing}}x{{else}}none{{/each}}", "0one1twonone" },
	{ "a.html.hbs", "{{#each items}}{{name}}{{/each}}{{#with user}}{{name}}{{/with}}", "Ken" },
	{ "a.html.hbs", "{{#if yes}}{{amp}}{{/if}}", "R&amp;D &lt;b&gt;&#x27;&quot;" },
	{ "a.html.hbs", "{{#if yes}}{{insert empty \"default=there\"}}{{/if}}", "there" },
	{ "a.html.hbs", "{{#if yes}}{{format name}}{{/if}}", NULL },
	{ "a.html.hbs", "{{#if yes}}a {{~name~}} b{{/if}}", "aHanab" },
	/* Liquid: basics/truthy-and-falsy ("All values are truthy except nil and false"), basics/operators, filters. */
	{ "a.html.liquid", "{% if void %}a{% else %}b{% endif %}{% if zero %}a{% endif %}{% if none %}a{% else %}b{% endif %}", "aab" },
	{ "a.html.liquid", "{% if void == blank %}a{% endif %}{% unless name == \"Ken\" %}b{% endunless %}{% if low contains 'wor' %}c{% endif %}", "abc" },
	{ "a.html.liquid", "{{ void | default: \"x\" }}{{ none | default: 'y' }}{{ no | default: 'z' }}{{ zero | default: 'w' }}", "xyz0" },
	{ "a.html.liquid", "{{ low | capitalize }} {{ low | upcase }} {{ name | append: '!' | prepend: '-' }} {{ amp | escape }}",
	  "Hello world HELLO WORLD -Hana! R&amp;D &lt;b&gt;&#39;&quot;" },
	{ "a.html.liquid", "{% for i in items %}{{ forloop.index }}{{ i.t }}{% endfor %}{% for i in words limit:1 %}{{ i }}{% endfor %}", "1X2Yone" },
	{ "a.html.liquid", "{% assign x = name %}{% capture y %}<{{ x }}>{% endcapture %}{{ y }}{{ amp }}", "<Hana>R&D <b>'\"" },
	{ "a.html.liquid", "{% case n %}{% when 1, 2 %}a{% when 3 %}b{% else %}c{% endcase %}{{ words.size }}{{ words.first }}", "b2one" },
	{ "a.html.liquid", "{% if no and yes or yes %}a{% else %}b{% endif %}", "b" },
	{ "a.html.liquid", "{{ url | url_encode }} {{ words | join: '+' }} {%- raw %} {{ x }} {% endraw -%} ", "a+b%26c one+two {{ x }} " },
	{ "a.html.liquid", "{% if yes %}{{ now | date: '%Y' }}{% endif %}", NULL },
	/* Jinja: "Expressions", "List of Control Structures", "List of Builtin Filters" (default: undefined only). */
	{ "a.html.j2", "{% if empty %}a{% elif n == 3 %}b{% endif %}{{ none }}{{ yes }}{{ amp }}", "bNoneTrueR&amp;D &lt;b&gt;&#39;&#34;" },
	{ "a.html.j2", "{% set x = 1 %}{{ empty|default('x') }}{{ empty|default('y', true) }}{{ missing_one|default('z') }}", "yz" },
	{ "a.html.j2", "{% for i in items %}{{ loop.index }}/{{ loop.length }}{{ i.t }}{% if not loop.last %},{% endif %}{% else %}-{% endfor %}", "1/2X,2/2Y" },
	{ "a.html.j2", "{% for i in nothing %}x{% else %}none{% endfor %}{{ 'a' if no else 'b' }}{{ name ~ '!' }}", "noneb" "Hana!" },
	{ "a.html.j2", "{% if user.name is defined and not (no or empty) %}{{ user['name']|upper }}{% endif %}{{ amp|safe }}", "KENR&D <b>'\"" },
	{ "a.txt.j2", "{% if yes %}{{ amp }}{{ empty or name }}{% endif %}", "R&D <b>'\"Hana" },
	{ "a.html.j2", "{% if yes -%}  a  {%- endif %}{# no #}{{ low|title }}", "aHello World" },
	{ "a.html.j2", "{% if yes %}{{ name.split('a') }}{% endif %}", NULL },
	{ "a.html.j2", "{% if '1' == 1 %}a{% else %}b{% endif %}", "b" },
	/* Twins of what the engine itself made of generated templates: 0 == False, title behind a bracket, slashes, and with what is not there. */
	{ "a.html.j2", "{% if zero == false and none != 'x' %}{{ amp|title }} {{ url|urlencode }}/{{ 'a/b'|urlencode }}{{ missing and none }}{% endif %}",
	  "R&amp;d &lt;B&gt;&#39;&#34; a%20b%26c/a/b" },
	/* Django: builtins ("default": any value that is false). */
	{ "a.html", "{% load i18n %}{% if empty %}a{% endif %}{{ empty|default:\"x\" }}{{ none|default_if_none:\"y\" }}{{ name|lower|capfirst }}", NULL },
	/* Twig: "default" (not defined or empty), "??", "?:". */
	{ "a.html.twig", "{% if no %}{% elseif yes %}a{% endif %}{{ empty|default('x') }}{{ none ?? 'y' }}{{ empty ?: 'z' }}{{ amp|raw }}", "axyzR&D <b>'\"" },
	{ "a.html.twig", "{% if no %}{% elseif yes %}{% for k, i in words %}{{ k }}{{ i }}{% endfor %}{% endif %}{{ yes }}", "0one1two1" },
	/* Go: text/template, "Actions", "Functions"; html/template escapes. */
	{ "a.html", "{{if .yes}}{{.name}} {{.user.name}}{{else}}b{{end}}{{if eq .n 3}}!{{end}}", "Hana Ken!" },
	{ "a.html", "{{range .items}}{{.t}}{{$.name}}{{else}}none{{end}}{{range $i, $w := .words}}{{$i}}{{$w}}{{end}}", "XHanaYHana0one1two" },
	{ "a.html", "{{with .user}}{{.name}}{{end}}{{or .empty \"there\"}}{{if and .yes (not .no)}}a{{end}}", "Kentherea" },
	{ "a.html", "{{if .yes}}{{.amp}}{{end}}{{- .name -}} x", "R&amp;D &lt;b&gt;&#39;&#34;Hanax" },
	/* ERB and EJS. */
	{ "a.html.erb", "<% if yes %><%= name %><% else %>b<% end %><% items.each do |i| %><%= i.t %><% end %><%= empty.presence || 'x' %>", "HanaXYx" },
	{ "a.html.ejs", "<% if (yes && !no) { %><%= name %><% } else { %>b<% } %><% items.forEach(function (i) { %><%= i.t %><% }) %><%- amp %>", "HanaXYR&D <b>'\"" },
	{ "a.html.ejs", "<%= n == '3' %><%= n === '3' %><%= n !== 3 %><%= empty || 'there' %><%= yes ? 'a' : 'b' %><%= name.toUpperCase() %>", "truefalsefalsethereaHANA" },
	/* Mailchimp: "Use conditional merge tag blocks". */
	{ "a.html", "*|IF:NAME|**|TITLE:NAME|**|ELSE:|*there*|END:IF|* *|IF:EMPTY|*a*|ELSE:|*b*|END:IF|* *|IF:N=3|*c*|END:IF|*", "Hana b c" },
	/* Names only. */
	{ "a.txt", "%%name%% %%NAME%%", "Hana Hana" },
	{ "a.txt", "Dear %recipient.name%,", "Dear Hana," },
	{ "a.txt", "{!Contact.Name} ${name}", NULL },
};

START_TEST(languages)
{
	const struct filled *row = &table[_i];
	bool beyond;
	char *text = fill(row->name, row->content, row_json, &beyond);

	if (row->expected) {
		ck_assert_msg(strcmp(text, row->expected) == 0, "%s %s: \"%s\" instead of \"%s\"", row->name, row->content, text, row->expected);
		ck_assert_msg(!beyond, "%s: beyond", row->content);
	}
	g_free(text);
}
END_TEST

/* What is beyond the subset is said, and something harmless stands there; a name that the data has not likewise. */
START_TEST(beyond)
{
	bool is;
	char *text = fill("a.html.j2", "{% if yes %}<a href=\"{{ link(x) }}\">{{ t('hello') }}</a>{% endif %}", row_json, &is);

	ck_assert(is);
	ck_assert_str_eq(text, "<a href=\"https://www.example.com/\">Sample</a>");
	g_free(text);
	text = fill("a.html.hbs", "{{#if yes}}<a href=\"https://x.jp/?u={{token}}\">{{nme}}</a>{{/if}}", row_json, &is);
	ck_assert(!is);
	ck_assert_str_eq(text, "<a href=\"https://x.jp/?u=4b1f0c7d9a2e6385\">Sample</a>");
	g_free(text);
}
END_TEST

/* Loops in loops stop at a limit, whatever the data. */
START_TEST(bounded)
{
	GString *json = g_string_new("{\"l\": [");
	bool is;

	for (int i = 0; i < 300; i++)
		g_string_append(json, i ? ",1" : "1");
	g_string_append(json, "]}");
	char *text = fill("a.html.j2", "{% for a in l %}{% for b in l %}{% for c in l %}{% endfor %}{% endfor %}{% endfor %}", json->str, &is);
	ck_assert_uint_eq(strlen(text), 0);
	g_free(text);
	text = fill("a.html.j2", "{% for a in l %}{% for b in l %}0123456789012345678901234567890123456789{% endfor %}{% endfor %}", json->str, &is);
	ck_assert_uint_le(strlen(text), 1024 * 1024 + 40);
	g_free(text);
	g_string_free(json, TRUE);
	/* Every step doubles: 2 to the 60. */
	GString *liquid = g_string_new("{% assign x = 'ab' %}");
	for (int i = 0; i < 60; i++)
		g_string_append(liquid, "{% assign x = x | append: x %}");
	g_string_append(liquid, "{{ x }}");
	text = fill("a.html.liquid", liquid->str, "{\"a\": 1}", &is);
	ck_assert(is);
	ck_assert_uint_le(strlen(text), 1024 * 1024);
	g_free(text);
	g_string_free(liquid, TRUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("blueprint");
	TCase *c = tcase_create("blueprint");

	tcase_add_loop_test(c, languages, 0, (int)G_N_ELEMENTS(table));
	tcase_add_test(c, beyond);
	tcase_add_test(c, bounded);
	suite_add_tcase(suite, c);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
