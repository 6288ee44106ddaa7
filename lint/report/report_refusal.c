/* Role: why the gate refuses a mail, in few and short lines: they end up in a mail log and in a bounce.
 * May not: print a line end or a control character of a draft, or more than a log takes. */
#include "report/report.h"

#include "report/phrases.h"
#include "report/safe.h"
#include "report/terminal.h"

/* Postfix keeps 2,048 bytes of what a command prints (line_length_limit). */
enum { SHOWN_FINDINGS = 5, LINE_COLUMNS = 200, MOST_BYTES_OF_A_LINE = 320 };

static void append_line(GString *out, struct span text)
{
	size_t columns = 0, start = out->len;

	g_string_append(out, "presend: ");
	for (size_t at = 0; at < text.n;) {
		if (columns >= LINE_COLUMNS || out->len - start >= MOST_BYTES_OF_A_LINE) {
			g_string_append(out, "...");
			break;
		}
		columns += safe_next(out, text, &at, true);
	}
	g_string_append_c(out, '\n');
}

static void append_finding(GString *out, const struct finding *finding, enum language language)
{
	char *message = finding_format(finding, finding->message ? &finding->message->text : &finding->rule->title, language);
	GString *prose = safe_prose(message), *line = g_string_new(NULL);

	g_string_append_printf(line, "%zu:%zu %s %s: %s", finding->start.line, finding->start.column, severity_name(finding->severity),
			       finding->rule->id, prose->str);
	append_line(out, span_of(line->str, line->len));
	g_string_free(line, TRUE);
	g_string_free(prose, TRUE);
	g_free(message);
}

static void append_score(GString *out, const struct score *score, enum language language)
{
	char points[G_ASCII_DTOSTR_BUF_SIZE];
	GString *line = g_string_new(NULL);

	PHRASE_APPEND(line, PHRASE_REFUSED_SCORE, language, g_ascii_formatd(points, sizeof points, "%.1f", score->points));
	append_line(out, span_of(line->str, line->len));
	g_string_free(line, TRUE);
}

static void refusal_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	enum language language = options->language;
	size_t n = 0;

	for (size_t i = 0; i < view->n_results; i++) {
		const struct message_result *result = view->results[i];
		GString *line = g_string_new(NULL);
		size_t before = n;

		PHRASE_APPEND(line, PHRASE_REFUSED, language, result->subject ? result->subject : "");
		for (size_t k = 0; k < result->n_findings; k++) {
			const struct finding *finding = &result->findings[k];
			if (finding->suppressed || result->fail_on == SEVERITY_OFF || finding->severity < result->fail_on)
				continue;
			if (n == 0)
				append_line(out, span_of(line->str, line->len));
			if (n++ < SHOWN_FINDINGS && !options->quiet)
				append_finding(out, finding, language);
		}
		if (n == before && result->score) {
			append_line(out, span_of(line->str, line->len));
			append_score(out, result->score, language);
		}
		g_string_free(line, TRUE);
	}
	if (n > SHOWN_FINDINGS && !options->quiet) {
		char *count = g_strdup_printf("%zu", n - SHOWN_FINDINGS);
		GString *line = g_string_new(NULL);
		PHRASE_APPEND(line, PHRASE_REFUSED_MORE, language, count);
		append_line(out, span_of(line->str, line->len));
		g_string_free(line, TRUE);
		g_free(count);
	}
}

const struct reporter report_refusal = { .name = "refusal", .write = refusal_write };
