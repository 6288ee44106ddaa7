/* Role: what preflight found, for people: the worst first, each with what DNS answered and what to publish.
 * May not: ask DNS or judge; the rows come from lint/preflight/. */
#include "report/phrases.h"
#include "report/preflight.h"
#include "report/safe.h"
#include "report/terminal.h"

enum { LINES_SHOWN = 24 }; /* of evidence for one row: a record may include hundreds */

/* In the order of the report. */
static const struct status_words {
	enum preflight_status status;
	enum phrase word;
	enum style style;
} words[] = {
        {PREFLIGHT_FAIL, PHRASE_VERDICT_FAIL, STYLE_ERROR},
        {PREFLIGHT_WARN, PHRASE_PREFLIGHT_WARN, STYLE_WARNING},
        {PREFLIGHT_UNKNOWN, PHRASE_PREFLIGHT_UNKNOWN, STYLE_INFO},
        {PREFLIGHT_PASS, PHRASE_VERDICT_PASS, STYLE_GOOD},
        {PREFLIGHT_NOT_APPLICABLE, PHRASE_VERDICT_NOT_APPLICABLE, STYLE_DIM},
};

static size_t word_columns(enum language language)
{
	size_t widest = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		widest = MAX(widest, safe_width(span_str(phrase(words[i].word, language)), false));
	return widest;
}

static void append_prose(GString *out, const struct report_options *options, const char *text, size_t indent)
{
	GString *safe = safe_prose(text);

	append_for_terminal(out, options, safe, indent, indent);
	g_string_append_c(out, '\n');
	g_string_free(safe, TRUE);
}

/* What DNS said or shall say, line by line and never broken: it is there to be copied. */
static void append_lines(GString *out, const char *lines, size_t indent, size_t most, enum language language)
{
	char **all = g_strsplit(lines, "\n", -1);
	size_t n = g_strv_length(all), shown = MIN(n, most);

	for (size_t i = 0; i < shown; i++) {
		append_spaces(out, indent);
		safe_append_terminal(out, span_str(all[i]), true);
		g_string_append_c(out, '\n');
	}
	if (shown < n) {
		g_autofree char *count = g_strdup_printf("%zu", n - shown);

		append_spaces(out, indent);
		PHRASE_APPEND(out, PHRASE_PREFLIGHT_MORE_LINES, language, count);
		g_string_append_c(out, '\n');
	}
	g_strfreev(all);
}

static void append_label(GString *out, const struct report_options *options, enum phrase label, size_t indent)
{
	append_spaces(out, indent);
	append_styled(out, options, STYLE_DIM, phrase(label, options->language));
	g_string_append(out, phrase(PHRASE_LIST_COLON, options->language));
}

/* The ids and the document that asks for it. */
static void append_source(GString *out, const struct report_options *options, const struct preflight_row *row, size_t indent)
{
	GString *text = g_string_new(NULL);

	for (const char *const *id = row->requirements; *id; id++)
		g_string_append_printf(text, "%s%s", id == row->requirements ? "" : " ", *id);
	if (row->source) {
		g_string_append_printf(text, "%s%s", text->len ? "  " : "", row->source->name);
		if (row->source->section)
			g_string_append_printf(text, ", %s", row->source->section);
	}
	if (text->len) {
		append_spaces(out, indent);
		style_begin(out, options, STYLE_DIM);
		append_for_terminal(out, options, text, indent, indent);
		style_end(out, options);
		g_string_append_c(out, '\n');
	}
	g_string_free(text, TRUE);
}

/* What is well needs one line. */
static void append_row(GString *out, const struct report_options *options, const struct preflight_row *row, const struct status_words *which)
{
	const size_t indent = 2 + word_columns(options->language) + 2;
	const bool faulty = row->status == PREFLIGHT_FAIL || row->status == PREFLIGHT_WARN, detailed = faulty || options->verbose;
	const enum phrase word = preflight_not_asked(row) ? PHRASE_PREFLIGHT_NOT_ASKED : which->word;

	g_string_append(out, "  ");
	style_begin(out, options, which->style);
	append_padded(out, phrase(word, options->language), word_columns(options->language), false);
	style_end(out, options);
	g_string_append(out, "  ");
	append_prose(out, options, row->message, indent);
	if (row->places) {
		append_label(out, options, PHRASE_PREFLIGHT_PLACES, indent);
		append_prose(out, options, row->places, indent);
	}
	/* What is open can be answered by whoever reads the help. */
	if (row->status == PREFLIGHT_UNKNOWN && row->help && !detailed) {
		append_label(out, options, PHRASE_HELP, indent);
		append_prose(out, options, row->help, indent);
	}
	if (!detailed)
		return;
	append_source(out, options, row, indent);
	if (row->evidence)
		append_lines(out, row->evidence, indent, options->verbose ? G_MAXSIZE : LINES_SHOWN, options->language);
	if (row->help) {
		append_label(out, options, PHRASE_HELP, indent);
		append_prose(out, options, row->help, indent);
	}
	if (row->record) {
		append_spaces(out, indent);
		append_styled(out, options, STYLE_DIM, phrase(PHRASE_PREFLIGHT_PUBLISH, options->language));
		g_string_append(out, ":\n");
		append_lines(out, row->record, indent + 2, G_MAXSIZE, options->language);
	}
}

/* What does not concern the sender is told on request. */
static bool is_shown(const struct preflight_row *row, const struct report_options *options)
{
	return row->status != PREFLIGHT_NOT_APPLICABLE || preflight_not_asked(row) || options->verbose;
}

static void append_counts(GString *out, const struct report_options *options, const struct preflight_report *report)
{
	bool first = true;

	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t n = 0;

		for (size_t i = 0; i < report->n; i++)
			n += is_shown(&report->rows[i], options) && report->rows[i].status == words[k].status;
		if (n == 0)
			continue;
		g_string_append(out, first ? "" : phrase(PHRASE_LIST_COMMA, options->language));
		first = false;
		style_begin(out, options, words[k].style);
		/* What does not apply is told apart only where it is shown. */
		g_string_append_printf(out, "%s %zu", phrase(words[k].status == PREFLIGHT_NOT_APPLICABLE && !options->verbose ? PHRASE_PREFLIGHT_NOT_ASKED
															     : words[k].word, options->language), n);
		style_end(out, options);
	}
	g_string_append_c(out, '\n');
}

void report_preflight_text(GString *out, const struct preflight_report *report, const struct report_options *options)
{
	style_begin(out, options, STYLE_BOLD);
	safe_append_terminal(out, span_str(report->domain), true);
	style_end(out, options);
	if (report->path) {
		g_string_append(out, "  ");
		safe_append_terminal(out, span_str(report->path), true);
	}
	g_string_append_c(out, '\n');
	if (report->assumed)
		append_lines(out, report->assumed, 2, G_MAXSIZE, options->language);
	if (report->snapshot) {
		append_label(out, options, PHRASE_PREFLIGHT_SNAPSHOT, 2);
		safe_append_terminal(out, span_str(report->snapshot), true);
		g_string_append_c(out, '\n');
	}
	g_string_append_c(out, '\n');
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
		for (size_t i = 0; i < report->n; i++)
			if (report->rows[i].status == words[k].status && is_shown(&report->rows[i], options))
				append_row(out, options, &report->rows[i], &words[k]);
	g_string_append_c(out, '\n');
	append_counts(out, options, report);
}
