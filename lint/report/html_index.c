/* Role: the head of an HTML report on several messages: the sentence, the charts with their tables, and the list of messages.
 * May not: draw with anything but inline SVG; each chart has its numbers as a table, too. */
#include "report/html_page.h"

#include <string.h>

#include "report/machine.h"
#include "report/xml.h"

enum { RULES_SHOWN = 8 };

/* --- one sentence -------------------------------------------------------------------------------------------------------------- */

static void put_sentence(GString *out, enum language language, const struct report_view *report)
{
	char n[32], of[32];
	size_t stopped = 0;

	for (size_t i = 0; i < report->n_results; i++)
		stopped += html_verdict_of(report->results[i]) == VERDICT_STOP;
	html_number(n, stopped);
	html_number(of, report->n_results);
	g_string_append_printf(out, "<header class=\"head %s\"><h1>", stopped ? "stop" : "good");
	WORD_APPEND(out, WORD_INDEX_TITLE, language, of);
	g_string_append(out, "</h1><p class=\"sentence\">");
	if (!report->n_results)
		WORD_APPEND(out, WORD_INDEX_NONE, language, NULL);
	else if (stopped)
		WORD_APPEND(out, stopped == 1 ? WORD_INDEX_STOPPED_ONE : WORD_INDEX_STOPPED_MANY, language, n, of);
	else
		WORD_APPEND(out, WORD_INDEX_GOOD, language, of);
	g_string_append(out, "</p></header>\n");
}

/* --- bars ----------------------------------------------------------------------------------------------------------------------- */

struct bar {
	char *label;               /* safe for HTML */
	size_t n;
	char class;                /* 'e', 'w', 'i': colour */
};

static void bar_clear(void *bar)
{
	g_free(((struct bar *)bar)->label);
}

/* more: bars left out. Bars that lie, with their labels and numbers as text: a table that looks like a chart, and reads as a table. */
static void put_bars(GString *out, enum language language, enum page_word title, enum page_word label, enum page_word count, const GArray *bars,
        size_t more)
{
	size_t most = 1;
	char number[32], width[32];

	for (guint i = 0; i < bars->len; i++)
		most = MAX(most, g_array_index(bars, struct bar, i).n);
	g_string_append(out, "<figure><table class=\"bars\"><caption>");
	WORD_APPEND(out, title, language, NULL);
	g_string_append(out, "</caption><thead class=\"vh\"><tr><th scope=\"col\">");
	WORD_APPEND(out, label, language, NULL);
	g_string_append(out, "</th><th scope=\"col\">");
	WORD_APPEND(out, count, language, NULL);
	g_string_append(out, "</th></tr></thead><tbody>\n");
	for (guint i = 0; i < bars->len; i++) {
		const struct bar *bar = &g_array_index(bars, struct bar, i);
		g_string_append_printf(out,
		        "<tr><th scope=\"row\">%s</th><td><svg aria-hidden=\"true\" width=\"100%%\" height=\"14\"><rect class=\"%c\" width=\"%s%%\" "
		        "height=\"14\" rx=\"2\"></rect></svg><span>%s</span></td></tr>\n",
		        bar->label, bar->class, html_decimal(width, (double)bar->n / (double)most * 100), html_number(number, bar->n));
	}
	g_string_append(out, "</tbody></table>");
	if (more) {
		g_string_append(out, "<p class=\"note\">");
		WORD_APPEND(out, WORD_CHART_MORE_RULES, language, html_number(number, more));
		g_string_append(out, "</p>");
	}
	g_string_append(out, "</figure>\n");
}

static void put_scores(GString *out, enum language language, const struct report_view *report)
{
	static const double borders[] = {-5, -2, 0, 2, SCORE_LINE, 7, 10};
	size_t counts[G_N_ELEMENTS(borders) + 1] = {0};
	GArray *bars = g_array_new(FALSE, TRUE, sizeof(struct bar));

	g_array_set_clear_func(bars, bar_clear);
	for (size_t i = 0; i < report->n_results; i++) {
		size_t at = 0;
		while (at < G_N_ELEMENTS(borders) && report->results[i]->score && report->results[i]->score->points >= borders[at])
			at++;
		counts[at]++;
	}
	for (size_t i = 0; i <= G_N_ELEMENTS(borders); i++) {
		double from = i ? borders[i - 1] : 0;
		char *label = !i                          ? g_strdup_printf("&lt; %.0f", borders[0])
		              : i < G_N_ELEMENTS(borders) ? g_strdup_printf("%.0f &#8211; %.0f", from, borders[i])
		                                          : g_strdup_printf("&ge; %.0f", from);
		struct bar bar = {label, counts[i], i && from >= SCORE_LINE ? 'w' : 'i'};
		g_array_append_val(bars, bar);
	}
	put_bars(out, language, WORD_CHART_SCORES, WORD_CHART_RANGE, WORD_CHART_COUNT, bars, 0);
	g_array_free(bars, TRUE);
}

struct tally {
	const struct rule *rule;
	enum severity severity;    /* the gravest met */
	size_t n;
};

static int compare_tallies(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->rule->id, y->rule->id);
}

static GArray *tallies_of(const struct report_view *report)
{
	GHashTable *places = g_hash_table_new(NULL, NULL);
	GArray *tallies = g_array_new(FALSE, TRUE, sizeof(struct tally));

	for (size_t i = 0; i < report->n_results; i++) {
		for (size_t k = 0; k < report->results[i]->n_findings; k++) {
			const struct finding *finding = &report->results[i]->findings[k];
			size_t place = GPOINTER_TO_SIZE(g_hash_table_lookup(places, finding->rule));
			if (finding->suppressed)
				continue;
			if (!place) {
				struct tally new = {.rule = finding->rule};
				g_array_append_val(tallies, new);
				place = tallies->len;
				g_hash_table_insert(places, (gpointer)finding->rule, GSIZE_TO_POINTER(place));
			}
			struct tally *tally = &g_array_index(tallies, struct tally, place - 1);
			tally->n++;
			tally->severity = MAX(tally->severity, finding->severity);
		}
	}
	g_hash_table_destroy(places);
	if (tallies->len)
		qsort(tallies->data, tallies->len, sizeof(struct tally), compare_tallies);
	return tallies;
}

static void put_rules(GString *out, enum language language, const struct report_view *report)
{
	GArray *tallies = tallies_of(report), *bars = g_array_new(FALSE, TRUE, sizeof(struct bar));

	g_array_set_clear_func(bars, bar_clear);
	for (guint i = 0; i < tallies->len && i < RULES_SHOWN; i++) {
		const struct tally *tally = &g_array_index(tallies, struct tally, i);
		GString *label = g_string_new(NULL);
		xml_append_text(label, span_str(tally->rule->title.text[language]));
		struct bar bar = {g_string_free(label, FALSE), tally->n, html_severity_class(tally->severity)};
		g_array_append_val(bars, bar);
	}
	if (bars->len)
		put_bars(out, language, WORD_CHART_RULES, WORD_CHART_RULE, WORD_CHART_FINDINGS, bars, tallies->len - bars->len);
	g_array_free(tallies, TRUE);
	g_array_free(bars, TRUE);
}

/* --- from issue to issue --------------------------------------------------------------------------------------------------------- */

enum figure { FIGURE_SIZE, FIGURE_CHARACTERS, FIGURE_LINKS, FIGURE_SCORE, N_FIGURES };

static double figure_of(const struct message_result *result, enum figure figure)
{
	switch (figure) {
	case FIGURE_SIZE:
		return (double)result->size;
	case FIGURE_CHARACTERS:
		return result->page ? (double)result->page->n_characters : 0;
	case FIGURE_LINKS:
		return result->page ? (double)result->page->n_links : 0;
	default:
		return result->score ? result->score->points : 0;
	}
}

static int compare_dates(const void *a, const void *b)
{
	const struct message_result *x = *(const struct message_result *const *)a, *y = *(const struct message_result *const *)b;

	if (x->page->date != y->page->date)
		return x->page->date < y->page->date ? -1 : 1;
	int by_path = strcmp(x->path, y->path);
	return by_path ? by_path : x->index < y->index ? -1 : x->index > y->index;
}

/* By date where each has one; else as the report has them, by name. */
static const struct message_result **in_order(const struct report_view *report, bool *by_date)
{
	const struct message_result **results = g_new(const struct message_result *, report->n_results + 1);

	*by_date = true;
	for (size_t i = 0; i < report->n_results; i++) {
		results[i] = report->results[i];
		*by_date = *by_date && results[i]->page && results[i]->page->has_date;
	}
	if (*by_date)
		qsort(results, report->n_results, sizeof(struct message_result *), compare_dates);
	return results;
}

static void put_subject(GString *out, const struct message_result *result)
{
	xml_append_text(out, span_str(result->subject && *result->subject ? result->subject : machine_path(result->path)));
}

static void put_date(GString *out, const struct message_result *result)
{
	g_autoptr(GDateTime) date = result->page && result->page->has_date ? g_date_time_new_from_unix_utc(result->page->date) : NULL;
	g_autofree char *text = date ? g_date_time_format(date, "%Y-%m-%d") : NULL;

	g_string_append_printf(out, "<td class=\"date\">%s</td>", text ? text : "");
}

static const char *figure_text(char buffer[32], enum figure figure, double value)
{
	if (figure == FIGURE_SIZE)
		return html_bytes(buffer, (size_t)value);
	return figure == FIGURE_SCORE ? html_decimal(buffer, value) : html_number(buffer, (size_t)value);
}

static void put_curve(GString *out, enum language language, enum figure figure, enum page_word name, const struct message_result **results, size_t n)
{
	double most = 0, least = 0;
	char first[32], last[32], highest[32], x[32], y[32];

	for (size_t i = 0; i < n; i++)
		most = MAX(most, figure_of(results[i], figure)), least = MIN(least, figure_of(results[i], figure));
	g_string_append(out, "<figure class=\"curve\"><figcaption>");
	WORD_APPEND(out, name, language, NULL);
	g_string_append(out, "</figcaption><svg viewBox=\"0 0 300 80\" role=\"img\" preserveAspectRatio=\"none\"><title>");
	WORD_APPEND(out, WORD_CHART_FROM_TO, language, figure_text(first, figure, figure_of(results[0], figure)),
	        figure_text(last, figure, figure_of(results[n - 1], figure)), figure_text(highest, figure, most));
	g_string_append(out, "</title>");
	if (least < 0)
		g_string_append_printf(
		        out, "<polyline class=\"zero\" points=\"4,%s 296,%s\"></polyline>", html_decimal(y, 76 + least / (most - least) * 72), y);
	g_string_append(out, "<polyline points=\"");
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(out, "%s%s,%s", i ? " " : "", html_decimal(x, 4 + (n > 1 ? (double)i / (double)(n - 1) * 292 : 146)),
		        html_decimal(y, 76 - (most > least ? (figure_of(results[i], figure) - least) / (most - least) * 72 : 0)));
	g_string_append_printf(out, "\"></polyline></svg><p><span>%s</span><span>%s</span></p></figure>\n", first, last);
}

static int compare_figures(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The curves in words. */
static void put_summary(const struct html_view *view, const enum page_word *names, const struct message_result **results, size_t n)
{
	static const enum page_word heads[] = {WORD_CHART_FIGURE, WORD_CHART_FIRST, WORD_CHART_LAST, WORD_CHART_LOWEST, WORD_CHART_MEDIAN, WORD_CHART_HIGHEST};
	double *values = g_new(double, n);
	char text[32];

	html_table(view, "summary", heads, G_N_ELEMENTS(heads));
	for (enum figure figure = FIGURE_SIZE; figure < N_FIGURES; figure++) {
		for (size_t i = 0; i < n; i++)
			values[i] = figure_of(results[i], figure);
		double ends[] = {values[0], values[n - 1]};
		qsort(values, n, sizeof *values, compare_figures);
		double row[] = {ends[0], ends[1], values[0], values[n / 2], values[n - 1]};
		g_string_append(view->out, "<tr><th scope=\"row\">");
		html_word(view, names[figure]);
		g_string_append(view->out, "</th>");
		for (size_t i = 0; i < G_N_ELEMENTS(row); i++)
			g_string_append_printf(view->out, "<td class=\"num\">%s</td>", figure_text(text, figure, row[i]));
		g_string_append(view->out, "</tr>\n");
	}
	html_table_end(view);
	g_free(values);
}

/* All numbers, to be copied: plain, with the size in bytes. */
static void put_numbers(const struct html_view *view, const struct message_result **results, size_t n)
{
	static const enum page_word heads[] = {WORD_MESSAGE, WORD_DATE, WORD_BYTES, WORD_CHARACTERS, WORD_LINK_COUNT, WORD_POINTS};
	char text[32];

	g_string_append(view->out, "<details class=\"numbers\"><summary>");
	html_word(view, WORD_CHART_NUMBERS);
	g_string_append(view->out, "</summary>\n");
	html_table(view, "numbers", heads, G_N_ELEMENTS(heads));
	for (size_t i = 0; i < n; i++) {
		g_string_append(view->out, "<tr><th scope=\"row\">");
		put_subject(view->out, results[i]);
		g_string_append(view->out, "</th>");
		put_date(view->out, results[i]);
		for (enum figure figure = FIGURE_SIZE; figure < FIGURE_SCORE; figure++)
			g_string_append_printf(view->out, "<td class=\"num\">%.0f</td>", figure_of(results[i], figure));
		g_string_append_printf(view->out, "<td class=\"num\">%s</td></tr>\n", html_decimal(text, figure_of(results[i], FIGURE_SCORE)));
	}
	html_table_end(view);
	g_string_append(view->out, "</details>\n");
}

static void put_growth(GString *out, enum language language, const struct report_view *report)
{
	static const enum page_word names[N_FIGURES] = {WORD_SIZE, WORD_CHARACTERS, WORD_LINK_COUNT, WORD_POINTS};
	struct html_view view = {.out = out, .language = language, .level = 1, .several = true};
	bool by_date;

	if (report->n_results < 2)
		return;
	const struct message_result **results = in_order(report, &by_date);
	g_string_append(out, "<section class=\"growth\"><h3>");
	WORD_APPEND(out, WORD_CHART_GROWTH, language, NULL);
	g_string_append(out, " <small>");
	WORD_APPEND(out, by_date ? WORD_CHART_DATES : WORD_CHART_NAMES, language, NULL);
	g_string_append(out, "</small></h3><div class=\"curves\">\n");
	for (enum figure figure = FIGURE_SIZE; figure < N_FIGURES; figure++)
		put_curve(out, language, figure, names[figure], results, report->n_results);
	g_string_append(out, "</div>\n");
	put_summary(&view, names, results, report->n_results);
	put_numbers(&view, results, report->n_results);
	g_string_append(out, "</section>\n");
	g_free(results);
}

/* --- the list -------------------------------------------------------------------------------------------------------------------- */

static void put_message(GString *out, enum language language, const struct message_result *result, size_t number, bool shown)
{
	char text[32];

	g_string_append(out, "<tr><td>");
	html_badge(out, language, result);
	g_string_append(out, "</td><th scope=\"row\">");
	if (shown)
		g_string_append_printf(out, "<a href=\"#m%zu\">", number);
	put_subject(out, result);
	g_string_append(out, shown ? "</a><br><code>" : "<br><code>");
	xml_append_text(out, span_str(machine_path(result->path)));
	if (result->index)
		g_string_append_printf(out, " #%zu", result->index + 1);
	g_string_append(out, "</code></th>");
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--) {
		size_t n = html_count(result, (enum severity)severity);
		g_string_append_printf(out, "<td class=\"num %c%s\">%s</td>", html_severity_class((enum severity)severity), n ? "" : " none", html_number(text, n));
	}
	g_string_append_printf(out, "<td class=\"num\">%s</td>", html_decimal(text, result->score ? result->score->points : 0));
	put_date(out, result);
	for (enum figure figure = FIGURE_SIZE; figure <= FIGURE_LINKS; figure++)
		g_string_append_printf(out, "<td class=\"num\">%s</td>", figure_text(text, figure, figure_of(result, figure)));
	g_string_append(out, "</tr>\n");
}

static void put_list(GString *out, enum language language, const struct report_view *report, const bool *shown)
{
	static const enum page_word heads[] = {
	        WORD_VERDICT, WORD_MESSAGE, WORD_ERRORS, WORD_WARNINGS, WORD_INFOS, WORD_POINTS, WORD_DATE, WORD_SIZE, WORD_CHARACTERS, WORD_LINK_COUNT};
	struct html_view view = {.out = out, .language = language, .level = 1};
	size_t n_shown = 0;
	char number[32];

	g_string_append(out, "<section id=\"messages\"><h2>");
	WORD_APPEND(out, WORD_MESSAGES, language, NULL);
	g_string_append(out, "</h2>\n");
	for (size_t i = 0; i < report->n_results; i++)
		n_shown += shown[i];
	if (n_shown < report->n_results) {
		g_string_append(out, "<p class=\"note\">");
		WORD_APPEND(out, WORD_DETAILS_FIRST, language, html_number(number, n_shown));
		g_string_append(out, "</p>\n");
	}
	html_table(&view, "messages", heads, G_N_ELEMENTS(heads));
	/* What should not be sent stands first. */
	for (enum html_verdict verdict = VERDICT_STOP; verdict <= VERDICT_GOOD; verdict++) {
		for (size_t i = 0; i < report->n_results; i++)
			if (html_verdict_of(report->results[i]) == verdict)
				put_message(out, language, report->results[i], i, shown[i]);
	}
	html_table_end(&view);
	g_string_append(out, "</section>\n");
}

void html_index(GString *out, enum language language, const struct report_view *report, const bool *shown)
{
	put_sentence(out, language, report);
	if (!report->n_results)
		return;
	g_string_append(out, "<section class=\"charts\" aria-labelledby=\"charts\"><h2 id=\"charts\">");
	WORD_APPEND(out, WORD_CHARTS, language, NULL);
	g_string_append(out, "</h2><div class=\"pair\">\n");
	put_scores(out, language, report);
	put_rules(out, language, report);
	g_string_append(out, "</div>\n");
	put_growth(out, language, report);
	g_string_append(out, "</section>\n");
	put_list(out, language, report, shown);
}
