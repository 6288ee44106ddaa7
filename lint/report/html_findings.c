/* Role: the findings of a mail in the HTML report, by severity and rule, with what to do and where to look, and the source beside them.
 * May not: judge; order and words come from the findings and their rules. */
#include "report/html_page.h"

#include <string.h>

#include "report/machine.h"
#include "report/terminal.h"
#include "report/xml.h"

enum { PLACES_SHOWN = 5 };     /* of one rule; the rest unfolds */

static void put_plain(GString *out, struct span text)
{
	xml_append_text(out, text);
}

static void put_quoted(GString *out, struct span text)
{
	g_string_append(out, "<q>");
	xml_append_text(out, text);
	g_string_append(out, "</q>");
}

static const struct machine_writer writer = {put_plain, put_quoted};

/* Prose of a rule: line ends of the rule file folded. */
static void put_prose(GString *out, const char *text)
{
	GString *prose = safe_prose(text);

	xml_append_text(out, span_of(prose->str, prose->len));
	g_string_free(prose, TRUE);
}

/* --- one place ----------------------------------------------------------------------------------------------------------------- */

/* The line of the source with the excerpt marked, as the text report shows it: the decoded one where there is one. */
static void put_line(const struct html_view *view, const struct finding *finding)
{
	const char *line = finding->decoded_line ? finding->decoded_line : finding->raw_line;
	const char *hit;

	if (!line || !*line)
		return;
	g_string_append(view->out, "<pre class=\"hit\"><code>");
	hit = finding->excerpt && *finding->excerpt ? strstr(line, finding->excerpt) : NULL;
	if (hit) {
		xml_append_source(view->out, span_of(line, (size_t)(hit - line)));
		g_string_append(view->out, "<mark>");
		xml_append_source(view->out, span_str(finding->excerpt));
		g_string_append(view->out, "</mark>");
		hit += strlen(finding->excerpt);
	}
	xml_append_source(view->out, span_str(hit ? hit : line));
	g_string_append(view->out, "</code></pre>");
}

static void put_jump(const struct html_view *view, char kind, size_t index, enum page_word word)
{
	g_string_append_printf(view->out, " <a class=\"jump\" href=\"#m%zu-%c%zu\">", view->number, kind, index);
	html_word(view, word);
	g_string_append(view->out, "</a>");
}

static void put_rows(const struct html_view *view, const struct finding_rows *rows)
{
	char n[32], of[32];

	g_string_append(view->out, "<p class=\"rows\">");
	WORD_APPEND(view->out, WORD_ROWS, view->language, html_number(n, rows->n), html_number(of, rows->of), rows->data_path);
	for (size_t i = 0; i < rows->n_first; i++) {
		const struct finding_row *row = &rows->first[i];
		g_string_append(view->out, "<br>");
		if (row->worst)
			xml_append_text(view->out, span_str(row->worst->text[view->language]));
		else
			g_string_append_printf(view->out, "%zu", row->number);
		if (row->values) {
			g_string_append(view->out, ": ");
			xml_append_text(view->out, span_str(row->values));
		}
		if (row->becomes) {
			g_string_append(view->out, " &rarr; ");
			xml_append_text(view->out, span_str(row->becomes));
		}
	}
	g_string_append(view->out, "</p>");
}

/* Lines that go and lines that come, with the sign of a diff for those who see no colour. */
static void put_lines(const struct html_view *view, const char *element, const char *sign, enum page_word word, struct span lines)
{
	struct span rest = lines;

	if (!lines.n)
		return;
	g_string_append_printf(view->out, "<%s><span class=\"vh\">", element);
	html_word(view, word);
	g_string_append(view->out, ": </span>");
	while (rest.n) {
		size_t end = span_find_byte(rest, '\n', 0), line = end && end <= rest.n && rest.p[end - 1] == '\r' ? end - 1 : MIN(end, rest.n);
		g_string_append_printf(view->out, "<code data-sign=\"%s\">", sign);
		xml_append_source(view->out, span_cut(rest, 0, line));
		g_string_append(view->out, "</code>\n");
		rest = span_cut(rest, MIN(end + 1, rest.n), rest.n);
	}
	g_string_append_printf(view->out, "</%s>", element);
}

/* What the fix changes, before and after, to be copied by those who mend it in their editor. */
static void put_change(const struct html_view *view, const struct finding *finding)
{
	const struct page_mail *page = view->result->page;
	const struct page_fix *fix = NULL;
	char number[32];

	for (size_t i = 0; i < page->n_fixes && finding->fix && !fix; i++)
		if (page->fixes[i].fix == finding->fix)
			fix = &page->fixes[i];
	if (!fix)
		return;
	g_autofree char *description = finding_format(finding, &finding->fix->how->text, view->language);
	g_string_append(view->out, "<details class=\"change\" open><summary>");
	html_word(view, WORD_CHANGE);
	g_string_append(view->out, ": ");
	xml_append_text(view->out, span_str(description));
	g_string_append(view->out, "</summary>");
	for (size_t i = 0; i < fix->n; i++) {
		const struct page_change *change = &fix->changes[i];
		g_string_append(view->out, "<div class=\"diff\">");
		put_lines(view, "del", "-", WORD_CHANGE_OLD, change->before);
		put_lines(view, "ins", "+", WORD_CHANGE_NEW, change->after);
		if (change->cut)
			g_string_append(view->out, "<span>&hellip;</span>");
		else if (change->after.n) {
			g_string_append(view->out, "<button type=\"button\" class=\"copy\" hidden>");
			html_word(view, WORD_COPY);
			g_string_append(view->out, "</button><span role=\"status\" class=\"done\" hidden>");
			html_word(view, WORD_COPIED);
			g_string_append(view->out, "</span>");
		}
		g_string_append(view->out, "</div>");
	}
	if (fix->more) {
		g_string_append(view->out, "<p class=\"note\">");
		WORD_APPEND(view->out, WORD_CHANGE_MORE, view->language, html_number(number, fix->more));
		g_string_append(view->out, "</p>");
	}
	g_string_append(view->out, "</details>");
}

static void put_place(const struct html_view *view, size_t index)
{
	const struct finding *finding = &view->result->findings[index];
	char number[32];

	g_string_append_printf(view->out, "<li class=\"place\" id=\"m%zu-f%zu\" tabindex=\"-1\"><p>", view->number, index);
	machine_append_message(view->out, finding, view->language, &writer);
	g_string_append(view->out, "</p>");
	put_line(view, finding);
	if (finding->rows)
		put_rows(view, finding->rows);
	put_change(view, finding);
	g_string_append(view->out, "<p class=\"where\">");
	WORD_APPEND(view->out, WORD_LINE, view->language, html_number(number, finding->start.line));
	if (view->in_decoded[index])
		put_jump(view, 'd', index, WORD_IN_DECODED);
	if (view->in_raw[index])
		put_jump(view, 'r', index, WORD_IN_SOURCE);
	g_string_append(view->out, "</p></li>\n");
}

/* --- all of one rule ----------------------------------------------------------------------------------------------------------- */

struct group {
	const struct finding *first;
	GArray *places;            /* size_t: indexes of findings */
};

static void group_clear(void *group)
{
	g_array_free(((struct group *)group)->places, TRUE);
}

static bool same_help(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && a->message == b->message;
}

/* The findings of one severity by rule and message, in the order of their first places. */
static GArray *groups_of(const struct message_result *result, enum severity severity)
{
	GArray *groups = g_array_new(FALSE, FALSE, sizeof(struct group));

	g_array_set_clear_func(groups, group_clear);
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding *finding = &result->findings[i];
		struct group *group = NULL;

		if (finding->suppressed || finding->severity != severity)
			continue;
		for (guint k = 0; k < groups->len && !group; k++) {
			struct group *known = &g_array_index(groups, struct group, k);
			if (same_help(known->first, finding))
				group = known;
		}
		if (!group) {
			struct group new = {finding, g_array_new(FALSE, FALSE, sizeof(size_t))};
			g_array_append_val(groups, new);
			group = &g_array_index(groups, struct group, groups->len - 1);
		}
		g_array_append_val(group->places, i);
	}
	return groups;
}

void html_help(const struct html_view *view, const struct finding *finding)
{
	machine_append_help(view->out, finding, view->language, &writer);
}

static void put_help(const struct html_view *view, const struct finding *finding)
{
	g_string_append(view->out, "<p class=\"help\"><b>");
	html_word(view, WORD_HELP);
	g_string_append(view->out, "</b> ");
	html_help(view, finding);
	if (finding->fix && finding->fix->n_edits) {
		g_string_append(view->out, " <span class=\"fix\">");
		html_word(view, finding->fix->safe ? WORD_FIX_SAFE : WORD_FIX_UNSAFE);
		g_string_append(view->out, "</span>");
	}
	g_string_append(view->out, "</p>");
}

static void put_why(const struct html_view *view, const struct finding *finding)
{
	const struct rule *rule = finding->rule;

	g_string_append(view->out, "<details class=\"why\"><summary>");
	html_word(view, WORD_WHY);
	g_string_append(view->out, "</summary><p>");
	put_prose(view->out, rule->why.text[view->language]);
	g_string_append(view->out, "</p></details>");
}

static void put_source_link(const struct html_view *view, const struct finding *finding)
{
	const struct rule_source *source = finding->rule->n_sources ? &finding->rule->sources[0] : NULL;
	const char *url = finding_url(finding);

	if (!source)
		return;
	g_string_append(view->out, "<dt>");
	html_word(view, WORD_SOURCE_OF_RULE);
	g_string_append(view->out, "</dt><dd>");
	/* Rules of others may name any address; only those of the web are links. */
	if (url && (g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://"))) {
		g_string_append(view->out, "<a rel=\"noopener noreferrer\" target=\"_blank\"");
		xml_append_attribute(view->out, "href", url);
		g_string_append_c(view->out, '>');
	} else {
		url = NULL;
	}
	xml_append_text(view->out, span_str(source->name));
	if (source->section) {
		g_string_append(view->out, ", ");
		xml_append_text(view->out, span_str(source->section));
	}
	g_string_append(view->out, url ? "</a></dd>" : "</dd>");
}

static void put_facts(const struct html_view *view, const struct finding *finding)
{
	g_string_append(view->out, "<dl class=\"facts\">");
	if (finding->rule->smtp_reply) {
		g_string_append(view->out, "<dt>");
		html_word(view, WORD_REPLY);
		g_string_append(view->out, "</dt><dd><code>");
		xml_append_text(view->out, span_str(finding->rule->smtp_reply));
		g_string_append(view->out, "</code></dd>");
	}
	put_source_link(view, finding);
	if (finding->requirements && finding->requirements[0]) {
		g_string_append(view->out, "<dt>");
		html_word(view, WORD_REQUIREMENTS);
		g_string_append(view->out, "</dt><dd>");
		for (const char **id = finding->requirements; *id; id++) {
			g_string_append(view->out, "<code>");
			xml_append_text(view->out, span_str(*id));
			g_string_append(view->out, "</code> ");
		}
		g_string_append(view->out, "</dd>");
	}
	g_string_append(view->out, "</dl>");
}

static void put_group(const struct html_view *view, const struct group *group)
{
	char number[32];

	g_string_append_printf(view->out, "<article class=\"group\" id=\"m%zu-g%zu\">", view->number, g_array_index(group->places, size_t, 0));
	g_string_append_printf(view->out, "<h%d>", view->level + 3);
	xml_append_text(view->out, span_str(group->first->rule->title.text[view->language]));
	if (group->places->len > 1) {
		g_string_append(view->out, " <small>");
		WORD_APPEND(view->out, WORD_TIMES, view->language, html_number(number, group->places->len));
		g_string_append(view->out, "</small>");
	}
	g_string_append_printf(view->out, "</h%d><code class=\"id\">", view->level + 3);
	xml_append_text(view->out, span_str(group->first->rule->id));
	g_string_append(view->out, "</code>");
	g_string_append(view->out, "<ol class=\"places\">\n");
	for (guint i = 0; i < group->places->len; i++) {
		if (i == PLACES_SHOWN) {
			g_string_append(view->out, "</ol><details class=\"more\"><summary>");
			WORD_APPEND(view->out, WORD_MORE_PLACES, view->language, html_number(number, group->places->len - PLACES_SHOWN));
			g_string_append_printf(view->out, "</summary><ol class=\"places\" start=\"%d\">\n", PLACES_SHOWN + 1);
		}
		put_place(view, g_array_index(group->places, size_t, i));
	}
	g_string_append(view->out, group->places->len > PLACES_SHOWN ? "</ol></details>" : "</ol>");
	put_help(view, group->first);
	put_facts(view, group->first);
	put_why(view, group->first);
	g_string_append(view->out, "</article>\n");
}

/* --- all ----------------------------------------------------------------------------------------------------------------------- */

static void put_severity(const struct html_view *view, enum severity severity, enum page_word word)
{
	GArray *groups = groups_of(view->result, severity);
	size_t n = 0;
	char number[32];

	for (guint i = 0; i < groups->len; i++)
		n += g_array_index(groups, struct group, i).places->len;
	if (n) {
		g_string_append_printf(view->out, "<section class=\"severity %c\"><h%d>", html_severity_class(severity), view->level + 2);
		html_word(view, word);
		g_string_append_printf(view->out, " <small>%s</small></h%d>\n", html_number(number, n), view->level + 2);
		for (guint i = 0; i < groups->len; i++)
			put_group(view, &g_array_index(groups, struct group, i));
		g_string_append(view->out, "</section>\n");
	}
	g_array_free(groups, TRUE);
}

/* Shown by the script alone, which works them. */
static void put_filters(const struct html_view *view)
{
	static const struct {
		char class;
		enum page_word word;
	} severities[] = {{'e', WORD_ERRORS}, {'w', WORD_WARNINGS}, {'i', WORD_INFOS}};

	g_string_append(view->out, "<form class=\"filters\" hidden><fieldset><legend>");
	html_word(view, WORD_SHOW);
	g_string_append(view->out, "</legend>");
	for (size_t i = 0; i < G_N_ELEMENTS(severities); i++) {
		g_string_append_printf(view->out, "<label><input type=\"checkbox\" value=\"%c\" checked> ", severities[i].class);
		html_word(view, severities[i].word);
		g_string_append(view->out, "</label> ");
	}
	g_string_append(view->out, "</fieldset><label class=\"search\">");
	html_word(view, WORD_SEARCH);
	g_string_append(view->out, " <input type=\"search\"></label><p role=\"status\" class=\"found\"><span></span> ");
	html_word(view, WORD_FOUND);
	g_string_append(view->out, "</p><p class=\"keys\">");
	html_word(view, WORD_KEYS);
	g_string_append(view->out, "</p></form>\n");
}

static void put_suppressed(const struct html_view *view)
{
	size_t n = 0;
	char number[32];

	for (size_t i = 0; i < view->result->n_findings; i++)
		n += view->result->findings[i].suppressed != NULL;
	if (!n)
		return;
	g_string_append(view->out, "<p class=\"note\">");
	WORD_APPEND(view->out, n == 1 ? WORD_SUPPRESSED_ONE : WORD_SUPPRESSED_MANY, view->language, html_number(number, n));
	g_string_append(view->out, "</p>\n");
}

void html_findings(const struct html_view *view)
{
	GString *source = g_string_new(NULL);
	struct html_view beside = *view;
	bool any = false;

	/* First the source, to know which findings have a place in it. */
	beside.out = source;
	html_sources(&beside);
	for (size_t i = 0; i < view->result->n_findings; i++)
		any |= !view->result->findings[i].suppressed;
	html_section(view, "findings", WORD_FINDINGS);
	if (any)
		put_filters(view);
	g_string_append_printf(view->out, "<div class=\"%s\"><div class=\"list\">\n", any ? "split" : "whole");
	if (!any)
		html_note(view, WORD_NO_FINDINGS);
	put_severity(view, SEVERITY_ERROR, WORD_ERRORS);
	put_severity(view, SEVERITY_WARNING, WORD_WARNINGS);
	put_severity(view, SEVERITY_INFO, WORD_INFOS);
	put_suppressed(view);
	g_string_append_printf(view->out, "</div><aside class=\"source\" id=\"m%zu-source\" aria-labelledby=\"m%zu-source-h\">", view->number, view->number);
	char id[48];
	g_snprintf(id, sizeof id, "m%zu-source-h", view->number);
	html_heading(view, 2, id, WORD_SOURCE);
	g_string_append_len(view->out, source->str, (gssize)source->len);
	g_string_append(view->out, "</aside></div></section>\n");
	g_string_free(source, TRUE);
}
