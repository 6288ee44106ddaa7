/* Tests of template languages: recognised, taken apart into blocks, what is wrong in their nesting. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/limits.h"
#include "doc/template_code.h"
#include "doc/template_names.h"
#include "doc/template_tree.h"

/* A copy on the heap of exactly these bytes, so that sanitizers see any read past the end. */
static char *exact(const char *s, size_t n)
{
	char *copy = malloc(n ? n : 1);
	memcpy(copy, s, n);
	return copy;
}

/* --- language ------------------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *path, *in;
	enum template_language want;
} languages[] = {
	{ NULL, "Dear reader", LANGUAGE_NONE },
	{ NULL, "{{name}}", LANGUAGE_MUSTACHE },
	{ "a.hbs", "{{name}}", LANGUAGE_HANDLEBARS },
	{ "a/b.html.j2", "{{ name }}", LANGUAGE_JINJA },
	{ "j2.html", "{{ name }}", LANGUAGE_MUSTACHE },
	{ NULL, "{{#books}}{{title}}{{/books}}{{^books}}none{{/books}}", LANGUAGE_MUSTACHE },
	{ NULL, "{{#if a}}x{{else}}y{{/if}}", LANGUAGE_HANDLEBARS },
	{ NULL, "{{#books}}{{#if new}}x{{/if}}{{/books}}", LANGUAGE_HANDLEBARS },
	{ NULL, "{{ name | default: \"friend\" }}", LANGUAGE_LIQUID },
	{ NULL, "{{ name|upper }}", LANGUAGE_JINJA },
	{ "a.html.j2", "{{ name | upper }}", LANGUAGE_JINJA },
	{ "a.twig", "{{ name|first }}", LANGUAGE_TWIG },
	{ "a.liquid", "{{ name | upcase }}", LANGUAGE_LIQUID },
	{ NULL, "{% if a %}x{% elsif b %}y{% endif %}", LANGUAGE_LIQUID },
	{ NULL, "{% if a %}x{% elif b %}y{% endif %}", LANGUAGE_JINJA },
	{ NULL, "{% if a %}x{% elseif b %}y{% endif %}", LANGUAGE_TWIG },
	{ NULL, "{% if a %}x{% endif %}", LANGUAGE_JINJA },
	{ NULL, "{% load i18n %}{% if a %}{{ name|default:\"friend\" }}{% endif %}", LANGUAGE_DJANGO },
	{ NULL, "{{if .A}}x{{end}}", LANGUAGE_GO },
	{ NULL, "{{ .Name }} {{ .Mail }}", LANGUAGE_GO },
	{ NULL, "{{ range $i, $b := .Books }}{{ $b.Title }}{{ end }}", LANGUAGE_GO },
	{ NULL, "*|FNAME|* *|IF:A|*x*|END:IF|*", LANGUAGE_MAILCHIMP },
	{ NULL, "<%= name %><% if a %>x<% end %>", LANGUAGE_ERB },
	{ NULL, "<%= name %><% if (a) { %>x<% } %>", LANGUAGE_EJS },
	{ NULL, "<?php if (a): ?>x<?php endif ?>", LANGUAGE_PHP },
	{ NULL, "[% IF a %]x[% END %]", LANGUAGE_TOOLKIT },
	{ NULL, "%%name%%", LANGUAGE_AMPSCRIPT },
	{ NULL, "%%[ if @a == 1 then ]%%x%%[ endif ]%%", LANGUAGE_AMPSCRIPT },
	{ NULL, "%recipient.name%", LANGUAGE_PERCENT },
	{ NULL, "${user.name}", LANGUAGE_DOLLAR },
	{ NULL, "##name## ", LANGUAGE_OTHER },
	/* The signs count more than the name of the file. */
	{ "a.j2", "{{#if a}}x{{/if}}", LANGUAGE_HANDLEBARS },
	{ "a.hbs", "{% assign a = 1 %}{{ a }}", LANGUAGE_LIQUID },
	{ "a.erb", "*|FNAME|*", LANGUAGE_MAILCHIMP },
};

START_TEST(language_is_recognised)
{
	struct arena *arena = arena_new();
	struct span text = span_str(languages[_i].in);
	struct tag_list tags = tag_scan(arena, text);
	struct template_guess guess = template_language_of(languages[_i].path, text, &tags);

	ck_assert_msg(guess.language == languages[_i].want, "%s: %s, not %s", languages[_i].in, template_language_name(guess.language),
	              template_language_name(languages[_i].want));
	arena_free(arena);
}
END_TEST

/* --- the tree ------------------------------------------------------------------------------------------------------------------ */

static void write_nodes(GString *out, const struct template_tree *tree, struct span text, size_t from, size_t end)
{
	static const char *const names[] = { "", "", "", "", "set", "include", "code", "if", "case", "section", "for", "with", "capture", "define", "block", "wrap", "" };

	for (size_t i = from; i < end; i = tree->nodes[i].end) {
		const struct template_node *node = &tree->nodes[i];
		struct span inside = span_cut(text, node->inside.start, node->inside.end);
		switch (node->kind) {
		case NODE_TEXT:
			g_string_append_len(out, text.p + node->range.start, (gssize)(node->range.end - node->range.start));
			break;
		case NODE_OUTPUT:
			g_string_append_printf(out, node->escaped ? "<%.*s>" : "<&%.*s>", (int)node->expression.n, node->expression.p);
			break;
		case NODE_COMMENT:
			g_string_append(out, "#");
			break;
		case NODE_RAW:
			g_string_append_printf(out, "raw(%.*s)", (int)inside.n, inside.p);
			break;
		case NODE_BRANCH:
			if (i > from)
				g_string_append_c(out, '|');
			if (node->inverted)
				g_string_append_c(out, '!');
			if (!node->else_branch)
				g_string_append_printf(out, "%.*s:", (int)node->expression.n, node->expression.p);
			write_nodes(out, tree, text, i + 1, node->end);
			break;
		default:
			g_string_append(out, names[node->kind]);
			g_string_append_c(out, '(');
			if (node->end == i + 1)
				g_string_append_len(out, node->expression.p, (gssize)node->expression.n);
			write_nodes(out, tree, text, i + 1, node->end);
			g_string_append_c(out, ')');
		}
	}
}

/* One line a tree: see write_nodes(); then the faults: kind, tag and the other tag. */
static char *outline(const char *in, enum template_language language)
{
	static const char *const kinds[] = { "open", "close", "other", "crossed", "middle", "after-else" };
	struct arena *arena = arena_new();
	size_t n = strlen(in);
	char *copy = exact(in, n);
	struct span text = span_of(copy, n);
	struct tag_list tags = tag_scan(arena, text);
	const struct template_tree *tree = template_tree_parse(arena, text, &tags, language);
	GString *out = g_string_new(NULL);

	write_nodes(out, tree, text, 0, tree->n);
	for (size_t i = 0; i < tree->n_faults; i++) {
		const struct template_fault *fault = &tree->faults[i];
		struct span tag = span_cut(text, fault->tag.start, fault->tag.end), other = span_cut(text, fault->other.start, fault->other.end);
		g_string_append_printf(out, "; %s %.*s", kinds[fault->kind], (int)tag.n, tag.p);
		if (other.n && fault->kind != FAULT_OPEN)
			g_string_append_printf(out, " %.*s", (int)other.n, other.p);
	}
	free(copy);
	arena_free(arena);
	return g_string_free(out, FALSE);
}

static const struct {
	enum template_language language;
	const char *in, *want;
} trees[] = {
	/* Mustache manual; Handlebars guide */
	{ LANGUAGE_MUSTACHE, "Hi {{name}} {{{a}}} {{& b }} {{! note }}.", "Hi <name> <&a> <&b> #." },
	{ LANGUAGE_MUSTACHE, "{{#books}}{{title}}{{/books}}{{^books}}none{{/books}}", "section(books:<title>)section(!books:none)" },
	{ LANGUAGE_HANDLEBARS, "{{#if a}}x{{else if b}}y{{else}}z{{/if}}", "if(a:x|b:y|z)" },
	{ LANGUAGE_HANDLEBARS, "{{#unless a}}x{{^}}y{{/unless}}", "if(!a:x|y)" },
	{ LANGUAGE_HANDLEBARS, "{{#each books as |b i|}}{{b.title}}{{else}}none{{/each}}", "for(books as |b i|:<b.title>|none)" },
	{ LANGUAGE_HANDLEBARS, "{{#with user}}{{name}}{{/with}}{{> footer year=2026}}", "with(user:<name>)include(footer year=2026)" },
	{ LANGUAGE_HANDLEBARS, "{{#ifEquals a \"b\"}}x{{else}}y{{/ifEquals}}{{~ t ~}}", "wrap(a \"b\":x|y)<t>" },
	{ LANGUAGE_HANDLEBARS, "{{#*inline \"row\"}}r{{/inline}}{{#> layout}}b{{/layout}}", "define(\"row\":r)block(:b)" },
	{ LANGUAGE_HANDLEBARS, "{{!-- {{#if a}} --}}x", "#x" },
	{ LANGUAGE_HANDLEBARS, "{{{{raw}}}}{{x}} {{#if}}{{{{/raw}}}}y", "raw({{x}} {{#if}})y" },
	{ LANGUAGE_HANDLEBARS, "{{if a}}x{{else}}y{{/if}}", "if(a:x|y)" }, /* JsRender */
	{ LANGUAGE_HANDLEBARS, "{{#if a}}x{{if b}}y{{/if}}", "if(a:x<if b>y)" },
	/* Liquid, Jinja, Twig, Django */
	{ LANGUAGE_LIQUID, "{% if a == \"b\" %}x{% elsif c %}y{% else %}z{% endif %}", "if(a == \"b\":x|c:y|z)" },
	{ LANGUAGE_LIQUID, "{%- unless a -%}x{%- endunless -%}{% assign b = 1 %}", "if(!a:x)set(b = 1)" },
	{ LANGUAGE_LIQUID, "{% case a %} {% when 1 %}x{% when 2, 3 %}y{% else %}z{% endcase %}", "case(a: |1:x|2, 3:y|z)" },
	{ LANGUAGE_LIQUID, "{% for b in books %}{{ b }}{% else %}none{% endfor %}", "for(b in books:<b>|none)" },
	{ LANGUAGE_LIQUID, "{% capture c %}x{% endcapture %}{% render 'f' %}{% echo d %}", "capture(c:x)include('f')<d>" },
	{ LANGUAGE_LIQUID, "{% raw %}{{ x }}{% if %}{% endraw %}y", "raw({{ x }}{% if %})y" },
	{ LANGUAGE_LIQUID, "{% raw %}{{{% endraw %} {{ a }}", "raw({{) <a>" },
	{ LANGUAGE_LIQUID, "{% comment %}{% if %}{% endcomment %}{% # note %}y", "##y" },
	{ LANGUAGE_LIQUID, "{% form 'x' %}a{% endform %}{% form 'y' %}", "wrap('x':a)wrap('y':); open {% form 'y' %}" },
	{ LANGUAGE_LIQUID, "{{${first_name}}} {{${first_name} | default: 'x'}}", "<${first_name}> <${first_name} | default: 'x'>" },
	{ LANGUAGE_JINJA, "{% set a = 1 %}{% set b %}x{% endset %}{% macro m(x) %}y{% endmacro %}", "set(a = 1)capture(b:x)define(m(x):y)" },
	{ LANGUAGE_JINJA, "{% block a %}x{% endblock a %}{% include 'y' %}{# {{ z }} #}", "block(a:x)include('y')#" },
	{ LANGUAGE_JINJA, "{% trans %}a{% endtrans %}", "wrap(:a)" },
	{ LANGUAGE_TWIG, "{% trans \"a\" %}{% block t 'x' %}", "code(\"a\")code(t 'x')" },
	{ LANGUAGE_DJANGO, "{% for a in b %}x{% empty %}y{% endfor %}", "for(a in b:x|y)" },
	{ LANGUAGE_JINJA, "{% if a %}x{% end %}", "if(a:x)" },
	/* Go */
	{ LANGUAGE_GO, "{{- if .A -}}x{{else if .B}}y{{else}}z{{end}}", "if(.A:x|.B:y|z)" },
	{ LANGUAGE_GO, "{{range $i, $b := .Books}}{{$b}}{{else}}none{{end}}{{$x := 1}}", "for($i, $b := .Books:<$b>|none)set($x := 1)" },
	{ LANGUAGE_GO, "{{/* a {{if}} */}}{{define \"t\"}}x{{end}}{{template \"t\" .}}", "#define(\"t\":x)include(\"t\" .)" },
	/* Mailchimp */
	{ LANGUAGE_MAILCHIMP, "*|IF:A|*x*|ELSEIF:B|*y*|ELSE:|*z*|END:IF|**|FNAME|*", "if(A:x|B:y|z)<&FNAME>" },
	{ LANGUAGE_MAILCHIMP, "*|IFNOT:A|*x*|END:IF|**|INTERESTED:G:a,b|*y*|END:INTERESTED|*", "if(!A:x)if(G:a,b:y)" },
	/* Code */
	{ LANGUAGE_ERB, "<% if a %>x<% elsif b %>y<% else %>z<% end %><%= c %>", "if(a:x|b:y|z)<c>" },
	{ LANGUAGE_ERB, "<% books.each do |b| -%><%= b %><% end %><%# note %><%== d %>", "wrap(books.each do |b|:<b>)#<&d>" },
	{ LANGUAGE_ERB, "<%= form_for a do |f| %>x<% end %><% y = 1 if z %>", "wrap(form_for a do |f|:x)code(y = 1 if z)" },
	{ LANGUAGE_EJS, "<% if (a) { %>x<% } else if (b) { %>y<% } else { %>z<% } %><%- c %>", "if((a):x|(b):y|z)<&c>" },
	{ LANGUAGE_EJS, "<% list.forEach(function (i) { %>x<% }) %><%- include('f', { a: 1 }) %>", "for(list.forEach(function (i):x)<&include('f', { a: 1 })>" },
	{ LANGUAGE_PHP, "<?php foreach ($a as $b): ?><?= $b ?><?php endforeach ?>", "for(($a as $b):<&$b>)" },
	{ LANGUAGE_PHP, "<?php if ($a) { ?>x<?php } else { ?>y<?php } ?>", "if(($a):x|y)" },
	{ LANGUAGE_TOOLKIT, "[% IF a %]x[% ELSIF b %]y[% ELSE %]z[% END %][% c %][% x = 1 %]", "if(a:x|b:y|z)<&c>set(x = 1)" },
	{ LANGUAGE_AMPSCRIPT, "%%[ if @a == \"if\" then ]%%x%%[ else ]%%y%%[ endif ]%%%%=v(@a)=%% %%name%%",
	  "if(@a == \"if\" then:x|y)<&v(@a)> <&name>" },
	/* What is wrong */
	{ LANGUAGE_HANDLEBARS, "{{#if a}}x", "if(a:x); open {{#if a}}" },
	{ LANGUAGE_HANDLEBARS, "x{{/if}}", "x; close {{/if}}" },
	{ LANGUAGE_HANDLEBARS, "{{#if a}}x{{/unless}}", "if(a:x); other {{/unless}} {{#if a}}" },
	{ LANGUAGE_HANDLEBARS, "{{#if a}}x{{/unless}}y{{/if}}", "if(a:x)y; close {{/unless}}" },
	{ LANGUAGE_LIQUID, "{% if a %}{% for b in c %}x{% endif %}y{% endfor %}", "if(a:for(b in c:x))y; crossed {% endif %} {% for b in c %}" },
	{ LANGUAGE_LIQUID, "{% if a %}{% for b in c %}x{% endif %}y", "if(a:for(b in c:x))y; open {% for b in c %}" },
	{ LANGUAGE_LIQUID, "{% else %}x{% elsif b %}", "x; middle {% else %}; middle {% elsif b %}" },
	{ LANGUAGE_LIQUID, "{% if a %}x{% else %}y{% elsif b %}z{% endif %}", "if(a:x|y|b:z); after-else {% elsif b %} {% else %}" },
	{ LANGUAGE_GO, "{{if .A}}x{{end}}{{end}}", "if(.A:x); close {{end}}" },
	{ LANGUAGE_MAILCHIMP, "*|IF:A|*x", "if(A:x); open *|IF:A|*" },
	{ LANGUAGE_ERB, "<% if a %>x", "if(a:x); open <% if a %>" },
	/* Tags of another language are text. */
	{ LANGUAGE_ERB, "<% if a %>{{#if b}}<% end %>", "if(a:{{#if b}})" },
};

START_TEST(tree_is_as_documented)
{
	char *got = outline(trees[_i].in, trees[_i].language);

	ck_assert_msg(strcmp(got, trees[_i].want) == 0, "%s\n   is: %s\n not: %s", trees[_i].in, got, trees[_i].want);
	g_free(got);
}
END_TEST

/* Every byte is in one leaf or one tag of a block, in order. */
START_TEST(tree_covers_the_text)
{
	struct arena *arena = arena_new();
	struct span text = span_str("a{% if b %}c{{ d }}{% else %}e{% for f in g %}h{% endfor %}{% endif %}i");
	struct tag_list tags = tag_scan(arena, text);
	const struct template_tree *tree = template_tree_parse(arena, text, &tags, LANGUAGE_LIQUID);
	size_t at = 0;

	for (size_t i = 0; i < tree->n; i++) {
		const struct template_node *node = &tree->nodes[i];
		if (node->kind == NODE_BRANCH)
			ck_assert(text.p[node->inside.start - 1] == '}');
		ck_assert_uint_ge(node->range.start, at);
		at = node->range.start;
		ck_assert_uint_le(node->end, tree->n);
		ck_assert(node->parent == TEMPLATE_NO_NODE || node->parent < i);
	}
	ck_assert_uint_eq(tree->nodes[tree->n - 1].range.end, text.n);
	arena_free(arena);
}
END_TEST

START_TEST(deep_nesting_is_cut)
{
	GString *in = g_string_new(NULL);

	for (int i = 0; i < 5000; i++)
		g_string_append(in, "{% if a %}");
	for (int i = 0; i < 5000; i++)
		g_string_append(in, "{% endif %}");
	struct arena *arena = arena_new();
	struct tag_list tags = tag_scan(arena, span_of(in->str, in->len));
	const struct template_tree *tree = template_tree_parse(arena, span_of(in->str, in->len), &tags, LANGUAGE_LIQUID);
	ck_assert(tree->too_deep);
	ck_assert_uint_eq(tree->n_faults, 0);
	arena_free(arena);
	g_string_free(in, TRUE);
}
END_TEST

/* --- views --------------------------------------------------------------------------------------------------------------------- */

/* want: what each view shows, tags included, joined by " / " */
static const struct {
	const char *in, *want;
} views[] = {
	{ "a{% if b %}c{% endif %}d", "a{% if b %}c{% endif %}d" },
	{ "{% if a %}b{% else %}c{% endif %}", "{% if a %}b{% else %}{% endif %} / {% if a %}{% else %}c{% endif %}" },
	{ "{% if a %}b{% elif c %}d{% else %}e{% endif %}{% if f %}g{% else %}h{% endif %}",
	  "{% if a %}b{% elif c %}{% else %}{% endif %}{% if f %}g{% else %}{% endif %} / "
	  "{% if a %}{% elif c %}d{% else %}{% endif %}{% if f %}{% else %}h{% endif %} / "
	  "{% if a %}{% elif c %}{% else %}e{% endif %}{% if f %}{% else %}h{% endif %}" },
	{ "{% if a %}{% if b %}c{% else %}d{% endif %}{% else %}e{% endif %}",
	  "{% if a %}{% if b %}c{% else %}{% endif %}{% else %}{% endif %} / {% if a %}{% if b %}{% else %}d{% endif %}{% else %}{% endif %} / "
	  "{% if a %}{% else %}e{% endif %}" },
	{ "{% if a %}b{% else %}{% for c in d %}e{% else %}f{% endfor %}{% endif %}{% if g %}h{% else %}i{% endif %}",
	  "{% if a %}b{% else %}{% endif %}{% if g %}h{% else %}{% endif %} / "
	  "{% if a %}{% else %}{% for c in d %}e{% else %}{% endfor %}{% endif %}{% if g %}{% else %}i{% endif %} / "
	  "{% if a %}{% else %}{% for c in d %}{% else %}f{% endfor %}{% endif %}{% if g %}{% else %}i{% endif %}" },
	{ "{% for a in b %}c{% else %}d{% endfor %}", "{% for a in b %}c{% else %}{% endfor %} / {% for a in b %}{% else %}d{% endfor %}" },
	{ "{% case a %} {% when 1 %}b{% when 2 %}c{% endcase %}",
	  "{% case a %} {% when 1 %}b{% when 2 %}{% endcase %} / {% case a %} {% when 1 %}{% when 2 %}c{% endcase %}" },
	{ "{% if a %}b{% endif %}{% unless a %}c{% endunless %}",
	  "{% if a %}b{% endif %}{% unless a %}{% endunless %} / {% if a %}{% endif %}{% unless a %}c{% endunless %}" },
	{ "{% if a %}{% if b %}c{% else %}d{% endif %}{% endif %}{% unless a %}e{% endunless %}",
	  "{% if a %}{% if b %}c{% else %}{% endif %}{% endif %}{% unless a %}{% endunless %} / "
	  "{% if a %}{% if b %}{% else %}d{% endif %}{% endif %}{% unless a %}{% endunless %} / {% if a %}{% endif %}{% unless a %}e{% endunless %}" },
	{ "{% if a %}b{% endif %}{% unless c %}d{% endunless %}", "{% if a %}b{% endif %}{% unless c %}d{% endunless %}" },
};

START_TEST(view_leaves_out)
{
	struct arena *arena = arena_new();
	struct span text = span_str(views[_i].in);
	struct tag_list tags = tag_scan(arena, text);
	const struct template_tree *tree = template_tree_parse(arena, text, &tags, LANGUAGE_LIQUID);
	GString *got = g_string_new(NULL);

	bool cut;
	unsigned n_views = template_views(tree, &cut);

	ck_assert(!cut);
	for (unsigned view = 0; view < n_views; view++) {
		size_t n, at = 0;
		const struct range *hidden = template_hidden(arena, tree, view, &n);
		g_string_append(got, view ? " / " : "");
		for (size_t i = 0; i < n; at = hidden[i++].end)
			g_string_append_len(got, text.p + at, (gssize)(hidden[i].start - at));
		g_string_append_len(got, text.p + at, (gssize)(text.n - at));
		struct tag_list shown = template_tags_in_view(arena, &tags, hidden, n);
		for (size_t i = 0; i < shown.n; i++)
			for (size_t k = 0; k < n; k++)
				ck_assert(shown.tags[i].range.start < hidden[k].start || shown.tags[i].range.start >= hidden[k].end);
	}
	ck_assert_str_eq(got->str, views[_i].want);
	g_string_free(got, TRUE);
	arena_free(arena);
}
END_TEST

/* More branches than views, and a text so long that there are less views: said, and never more than the limits allow. */
START_TEST(views_are_bounded)
{
	static const struct {
		int branches, words, views;
		bool cut;
	} cases[] = { { 256, 1, 256, false }, { 257, 1, 256, true }, { 10, 20000, 10, false }, { 40, 20000, 0, true } };

	for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
		GString *in = g_string_new("{% if a == 0 %}");
		for (int i = 1; i < cases[k].branches; i++)
			g_string_append_printf(in, "x{%% elif a == %d %%}", i);
		g_string_append(in, "{% endif %}");
		for (int i = 1; i < cases[k].words; i++)
			g_string_append(in, "some words of the letter");
		struct arena *arena = arena_new();
		struct tag_list tags = tag_scan(arena, span_of(in->str, in->len));
		const struct template_tree *tree = template_tree_parse(arena, span_of(in->str, in->len), &tags, LANGUAGE_JINJA);
		bool cut;
		unsigned n_views = template_views(tree, &cut);
		ck_assert_int_eq(cut, cases[k].cut);
		if (cases[k].cut && cases[k].words > 1)
			ck_assert_uint_le(n_views * in->len, LIMIT_TEMPLATE_VIEWS_BYTES);
		else
			ck_assert_uint_eq(n_views, cases[k].views);
		arena_free(arena);
		g_string_free(in, TRUE);
	}
}
END_TEST

/* --- code ---------------------------------------------------------------------------------------------------------------------- */

/* want: closes, opens, middle */
static const struct {
	enum template_language language;
	const char *in;
	unsigned closes, opens;
	bool middle;
} codes[] = {
	{ LANGUAGE_ERB, "if user.admin? && x", 0, 1, false },
	{ LANGUAGE_ERB, "x = 1 if y", 0, 0, false },
	{ LANGUAGE_ERB, "return unless x", 0, 0, false },
	{ LANGUAGE_ERB, "while x do", 0, 1, false },
	{ LANGUAGE_ERB, "if x then y end", 0, 0, false },
	{ LANGUAGE_ERB, "link_to 'end if', a, class: \"do #{b[\"}\"]}\"", 0, 0, false },
	{ LANGUAGE_ERB, "x.end # if", 0, 0, false },
	{ LANGUAGE_ERB, "tag(:if, if: 1)", 0, 0, false },
	{ LANGUAGE_ERB, "x.each { |y|", 0, 1, false },
	{ LANGUAGE_ERB, "a\nif b\n c\nend\nif d", 0, 1, false },
	{ LANGUAGE_ERB, "end", 1, 0, false },
	{ LANGUAGE_ERB, "end.join", 1, 0, false },
	{ LANGUAGE_ERB, "when 1", 0, 0, true },
	{ LANGUAGE_ERB, "for x <- y do", 0, 1, false },
	{ LANGUAGE_EJS, "if (x) { y(); }", 0, 0, false },
	{ LANGUAGE_EJS, "} else {", 1, 1, true },
	{ LANGUAGE_EJS, "// }", 0, 0, false },
	{ LANGUAGE_EJS, "x(`}`, \"{\")", 0, 0, false },
	{ LANGUAGE_PHP, "if ($a == ':' && f($b)):", 0, 1, false },
	{ LANGUAGE_PHP, "else:", 0, 0, true },
	{ LANGUAGE_PHP, "endif;", 1, 0, false },
	{ LANGUAGE_PHP, "echo $a ? 'b' : 'c';", 0, 0, false },
	{ LANGUAGE_PHP, "if ($a) { echo 1; }", 0, 0, false },
	{ LANGUAGE_TOOLKIT, "x = 1 IF y", 0, 0, false },
	{ LANGUAGE_TOOLKIT, "FOREACH a IN b; c; END", 0, 0, false },
	{ LANGUAGE_TOOLKIT, "| html", 0, 1, false },
	{ LANGUAGE_TOOLKIT, "name | html", 0, 0, false },
	{ LANGUAGE_TOOLKIT, "IF a || b", 0, 1, false },
	{ LANGUAGE_AMPSCRIPT, "VAR @if SET @if = 1 IF @if == 1 THEN", 0, 1, false },
	{ LANGUAGE_AMPSCRIPT, "/* if */ next @i", 1, 0, false },
	{ LANGUAGE_AMPSCRIPT, "ELSEIF @a THEN", 0, 0, true },
};

START_TEST(code_opens_and_closes)
{
	size_t n = strlen(codes[_i].in);
	char *copy = exact(codes[_i].in, n);
	struct code_effect effect = template_code_effect(span_of(copy, n), codes[_i].language);

	ck_assert_msg(effect.closes == codes[_i].closes && effect.opens == codes[_i].opens && effect.middle == codes[_i].middle,
	              "%s: closes %zu, opens %zu, middle %d", codes[_i].in, effect.closes, effect.opens, effect.middle);
	free(copy);
}
END_TEST

/* --- names --------------------------------------------------------------------------------------------------------------------- */

/* At HERE: is the name given by the template, are names another object's? */
static const struct {
	const char *in, *name;
	bool given, foreign;
} named[] = {
	{ "{% for book in books %}HERE{% endfor %}", "book", true, false },
	{ "{% for book in books %}{% endfor %}HERE", "book", false, false },
	{ "{% for book in books %}x{% else %}HERE{% endfor %}", "book", false, false },
	{ "{% for book in books %}HERE{% endfor %}", "books", false, false },
	{ "{% for k, v in shelf.items() %}HERE{% endfor %}", "v", true, false },
	{ "HERE{% assign total = price %}", "total", true, false },
	{ "HERE{% assign total = price %}", "price", false, false },
	{ "{% capture head %}x{% endcapture %}HERE", "head", true, false },
	{ "{% macro row(a, b='x y') %}HERE{% endmacro %}", "b", true, false },
	{ "{% macro row(a, b='x y') %}{% endmacro %}HERE", "b", false, false },
	{ "{% with a=1 b=c %}HERE{% endwith %}", "b", true, false },
	{ "{% with a=1 b=c %}HERE{% endwith %}", "c", false, false },
	{ "{% url 'x' as there %}HERE", "there", true, false },
	{ "{{#each books}}HERE{{/each}}", "title", false, true },
	{ "{{#each books}}{{else}}HERE{{/each}}", "title", false, false },
	{ "{{#each books}}{{#if a}}HERE{{/if}}{{/each}}", "title", false, true },
	{ "{{#each books as |book i|}}{{#if book}}HERE{{/if}}{{/each}}", "i", true, true },
	{ "{{#if a}}HERE{{/if}}", "title", false, false },
	{ "{{^a}}HERE{{/a}}", "title", false, false },
	{ "{{range .Books}}HERE{{end}}{{.Name}}", "Title", false, true },
	{ "{{range .Books}}{{end}}HERE{{.Name}}", "Title", false, false },
	{ "{{if .A}}HERE{{end}}{{.Name}}", "Title", false, false },
	{ "*|IF:A|*HERE*|END:IF|*", "FNAME", false, false },
	{ "<% books.each do |book, (a, b)| %>HERE<% end %>", "b", true, false },
	{ "<% if a == b %>HERE<% end %>", "a", false, false },
	{ "<% if (a) { var b = c; %>HERE<% } %>", "b", true, false },
	{ "<% if (a) { var b = c; %>HERE<% } %>", "c", false, false },
	{ "<% x.map((a, i) => { %>HERE<% }) %>", "i", true, false },
	{ "<% x.map(function(a) { %>HERE<% }) %>", "a", true, false },
	{ "<% for (const a of b) { %>HERE<% } %>", "a", true, false },
	{ "<?php foreach ($a as $k => $v): ?>HERE<?php endforeach ?>", "v", true, false },
	{ "<?php foreach ($a as $k => $v): ?>HERE<?php endforeach ?>", "a", false, false },
	{ "[% FOREACH book IN books %]HERE[% END %]", "book", true, true },
};

START_TEST(names_of_the_template)
{
	struct arena *arena = arena_new();
	size_t n = strlen(named[_i].in);
	char *copy = exact(named[_i].in, n);
	struct span text = span_of(copy, n);
	struct tag_list tags = tag_scan(arena, text);
	const struct template_tree *tree = template_tree_parse(arena, text, &tags, template_language_of(NULL, text, &tags).language);
	struct template_names names = template_names_of(arena, text, &tags, tree);
	size_t here = span_find(text, SPAN_LIT("HERE"), 0);

	ck_assert_msg(template_names_given(&names, span_str(named[_i].name), here) == named[_i].given, "%s: given %d", named[_i].in, !named[_i].given);
	ck_assert_msg(template_names_foreign(&names, here) == named[_i].foreign, "%s: foreign %d", named[_i].in, !named[_i].foreign);
	free(copy);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("template");
	TCase *tc = tcase_create("template");

	tcase_add_loop_test(tc, language_is_recognised, 0, (int)G_N_ELEMENTS(languages));
	tcase_add_loop_test(tc, tree_is_as_documented, 0, (int)G_N_ELEMENTS(trees));
	tcase_add_test(tc, tree_covers_the_text);
	tcase_add_test(tc, deep_nesting_is_cut);
	tcase_add_loop_test(tc, view_leaves_out, 0, (int)G_N_ELEMENTS(views));
	tcase_add_test(tc, views_are_bounded);
	tcase_add_loop_test(tc, code_opens_and_closes, 0, (int)G_N_ELEMENTS(codes));
	tcase_add_loop_test(tc, names_of_the_template, 0, (int)G_N_ELEMENTS(named));
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
