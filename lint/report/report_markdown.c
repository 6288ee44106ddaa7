/* Role: a comment on a pull request or the summary of a step, in GitHub's Markdown.
 * May not: write words of a draft outside of <code> in a block of HTML. In such a block nothing is Markdown (CommonMark, section 4.6),
 * so that escaping has to know HTML only, and in code GitHub and GitLab make no links, mentions or emoji.
 * Source: GitHub takes a comment of 65,536 characters at most. */
#include "report/machine.h"
#include "report/phrases.h"
#include "report/xml.h"

#include <string.h>

enum {
	MOST_CHARACTERS = 65536,
	END_CHARACTERS = 600, /* room for the closing tags and the count of the rest */
	MOST_OF_A_PATH = 300
};

static void append_plain(GString *out, struct span text)
{
	xml_append_text(out, text);
}

static void append_code(GString *out, struct span text)
{
	g_string_append(out, "<code>");
	xml_append_text(out, text);
	g_string_append(out, "</code>");
}

static const struct machine_writer writer = {append_plain, append_code};

/* In UTF-16, by which the longer of the ways to count goes. */
static size_t count_characters(const char *text)
{
	size_t n = 0;

	for (const char *p = text; *p; p++)
		n += ((unsigned char)*p & 0xc0) != 0x80 ? ((unsigned char)*p >= 0xf0 ? 2 : 1) : 0;
	return n;
}

/* The end of a long path tells more than its beginning. */
static void append_path(GString *out, const char *path)
{
	struct span s = span_str(machine_path(path));

	if (s.n > MOST_OF_A_PATH) {
		g_string_append(out, "…");
		s = span_of(s.p + s.n - MOST_OF_A_PATH, MOST_OF_A_PATH);
	}
	xml_append_text(out, s);
}

static void append_row(GString *out, const struct machine_finding *row, enum language language)
{
	const struct finding *finding = row->finding;
	const char *url = machine_url(finding->rule);
	size_t help_at;

	g_string_append(out, "<tr><td><code>");
	append_path(out, row->result->path);
	g_string_append_printf(out, ":%zu:%zu</code></td><td>", finding->start.line, finding->start.column);
	if (url) {
		g_string_append(out, "<a");
		xml_append_attribute(out, "href", url);
		g_string_append_c(out, '>');
	}
	append_code(out, span_str(finding->rule->id));
	g_string_append(out, url ? "</a></td><td>" : "</td><td>");
	machine_append_message(out, finding, language, &writer);
	help_at = out->len;
	machine_append_help(out, finding, language, &writer);
	if (out->len > help_at)
		g_string_insert(out, (gssize)help_at, "<br>");
	g_string_append(out, "</td></tr>\n");
}

static void append_count(GString *out, size_t n, enum phrase one, enum phrase many, const char **separator, enum language language)
{
	g_autofree char *number = g_strdup_printf("%zu", n);

	if (n == 0)
		return;
	g_string_append(out, *separator);
	PHRASE_APPEND(out, n == 1 ? one : many, language, number);
	*separator = phrase(PHRASE_LIST_COMMA, language);
}

static void append_severity_count(GString *out, enum severity severity, size_t n, const char **separator, enum language language)
{
	if (severity == SEVERITY_ERROR)
		append_count(out, n, PHRASE_ERRORS_ONE, PHRASE_ERRORS_MANY, separator, language);
	else if (severity == SEVERITY_WARNING)
		append_count(out, n, PHRASE_WARNINGS_ONE, PHRASE_WARNINGS_MANY, separator, language);
	else
		append_count(out, n, PHRASE_INFO, PHRASE_INFO, separator, language);
}

static void append_head(GString *out, const struct report_view *view, const size_t *counts, enum language language)
{
	const char *separator = "";

	g_string_append(out, "### presend: ");
	if (view->n_results == 0 && view->n_errors == 0) {
		g_string_append(out, phrase(PHRASE_NOTHING_CHECKED, language));
	} else {
		append_count(out, view->n_results, PHRASE_MESSAGES_ONE, PHRASE_MESSAGES_MANY, &separator, language);
		separator = view->n_results ? phrase(PHRASE_LIST_COLON, language) : "";
		if (counts[SEVERITY_ERROR] + counts[SEVERITY_WARNING] + counts[SEVERITY_INFO] == 0 && view->n_results)
			g_string_append_printf(out, "%s%s", separator, phrase(PHRASE_NO_FINDINGS, language));
		for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--)
			append_severity_count(out, severity, counts[severity], &separator, language);
		if (view->n_results && view->n_errors)
			separator = phrase(PHRASE_LIST_COMMA, language);
		append_count(out, view->n_errors, PHRASE_UNREADABLE, PHRASE_UNREADABLE, &separator, language);
	}
	g_string_append(out, "\n\n");
}

/* A growing comment that knows its size. Rows that do not fit are counted and not written. */
struct comment {
	GString *out;
	size_t characters, begin;
	GString *row;
};

/* Append what was written to comment->row if it fits. */
static bool take_row(struct comment *comment)
{
	size_t n = count_characters(comment->row->str);
	bool fits = comment->characters + n + END_CHARACTERS <= MOST_CHARACTERS;

	if (fits) {
		g_string_append_len(comment->out, comment->row->str, (gssize)comment->row->len);
		comment->characters += n;
	}
	g_string_truncate(comment->row, 0);
	return fits;
}

/* Returns how many files found no room. */
static size_t append_errors(struct comment *comment, const struct report_view *view, enum language language)
{
	size_t left_out = 0;

	if (view->n_errors == 0)
		return 0;
	g_string_append_printf(comment->row, "<p>%s</p><ul>\n", phrase(PHRASE_UNREADABLE_TITLE, language));
	take_row(comment);
	for (size_t i = 0; i < view->n_errors; i++) {
		g_autofree char *message = machine_error_message(&view->errors[i], language);

		g_string_append(comment->row, "<li><code>");
		if (view->errors[i].path) {
			append_path(comment->row, view->errors[i].path);
			g_string_append(comment->row, ": ");
		}
		xml_append_text(comment->row, span_str(message));
		g_string_append(comment->row, "</code></li>\n");
		left_out += !take_row(comment);
	}
	g_string_append(comment->out, "</ul>\n");
	return left_out;
}

/* The findings of one severity: errors open, the others folded. Returns how many found no room. */
static size_t append_severity(
        struct comment *comment, const GArray *findings, enum severity severity, size_t count, enum language language)
{
	const char *separator = "";
	size_t left_out = 0;
	bool began = false;

	for (guint i = 0; i < findings->len; i++) {
		const struct machine_finding *row = &g_array_index(findings, struct machine_finding, i);

		if (row->finding->severity != severity)
			continue;
		if (left_out > 0) {
			left_out++;
			continue;
		}
		if (!began) {
			g_string_append_printf(comment->row, "<details%s><summary>", severity == SEVERITY_ERROR ? " open" : "");
			append_severity_count(comment->row, severity, count, &separator, language);
			g_string_append(comment->row, "</summary>\n<table>\n");
		}
		append_row(comment->row, row, language);
		if (take_row(comment))
			began = true;
		else
			left_out++;
	}
	if (began)
		g_string_append(comment->out, "</table>\n</details>\n");
	return left_out;
}

static void markdown_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	const enum language language = machine_language(options);
	GArray *findings = machine_findings(view, false);
	size_t counts[SEVERITY_ERROR + 1] = {0}, left_out;
	struct comment comment = {.out = out, .begin = out->len, .row = g_string_new(NULL)};

	for (guint i = 0; i < findings->len; i++)
		counts[g_array_index(findings, struct machine_finding, i).finding->severity]++;
	append_head(out, view, counts, language);
	comment.characters = count_characters(out->str + comment.begin);
	left_out = append_errors(&comment, view, language);
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--)
		left_out += append_severity(&comment, findings, severity, counts[severity], language);
	if (left_out > 0) {
		g_autofree char *number = g_strdup_printf("%zu", left_out);

		g_string_append(out, "<p>");
		PHRASE_APPEND(out, PHRASE_NO_ROOM, language, number);
		g_string_append(out, "</p>\n");
	}
	g_string_free(comment.row, TRUE);
	g_array_unref(findings);
}

const struct reporter report_markdown = {.name = "markdown", .write = markdown_write};
