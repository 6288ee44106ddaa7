/* Role: the verdict sheet of the receivers and the score with what contributes, in the HTML report.
 * May not: decide anything; the words come from rule/verdict.c and rule/score.c. */
#include "report/advice.h"
#include "report/html_page.h"

#include <math.h>
#include <string.h>

#include "report/checklist.h"
#include "report/phrases.h"
#include "report/terminal.h"
#include "report/xml.h"

/* --- the verdict sheet ---------------------------------------------------------------------------------------------------------- */

static const struct {
	unsigned profiles;
	enum phrase name;
} receivers[] = {
        {PROFILE_GMAIL | PROFILE_GMAIL_BULK, PHRASE_GMAIL},
        {PROFILE_YAHOO, PHRASE_YAHOO},
        {PROFILE_OUTLOOK, PHRASE_OUTLOOK},
        {PROFILE_ICLOUD, PHRASE_ICLOUD},
        {PROFILE_JAPAN_CARRIERS, PHRASE_JAPAN_CARRIERS},
        {PROFILE_LAW_JP, PHRASE_LAW_JP},
        {PROFILE_LAW_US, PHRASE_LAW_US},
        {PROFILE_LAW_EU, PHRASE_LAW_EU},
        {PROFILE_LAW_CA, PHRASE_LAW_CA},
};

/* What to do first stands first; open says that it unfolds by itself. */
static const struct verdict {
	enum requirement_verdict verdict;
	enum phrase word;
	char class;
	bool open;
} verdicts[] = {
        {REQUIREMENT_FAIL, PHRASE_VERDICT_FAIL, 'e', true},
        {REQUIREMENT_UNKNOWN, PHRASE_VERDICT_UNKNOWN, 'w', false},
        {REQUIREMENT_NEEDS_DNS, PHRASE_VERDICT_NEEDS_DNS, 'i', false},
        {REQUIREMENT_NEEDS_RECEIVER, PHRASE_VERDICT_NEEDS_RECEIVER, 'i', false},
        {REQUIREMENT_PASS, PHRASE_VERDICT_PASS, 'g', false},
        {REQUIREMENT_NOT_APPLICABLE, PHRASE_VERDICT_NOT_APPLICABLE, 'n', false},
};

static enum phrase reason_of(enum requirement_reason reason)
{
	static const enum phrase phrases[] = {
	        [REASON_NONE] = PHRASE_REASON_NOTHING,
	        [REASON_NOTHING] = PHRASE_REASON_NOTHING,
	        [REASON_STAGE] = PHRASE_REASON_STAGE,
	        [REASON_CLASS] = PHRASE_REASON_CLASS,
	        [REASON_VOLUME] = PHRASE_REASON_VOLUME,
	        [REASON_PROFILE] = PHRASE_REASON_PROFILE,
	        [REASON_REMARK] = PHRASE_REASON_REMARK,
	        [REASON_SEVERAL] = PHRASE_REASON_SEVERAL,
	        [REASON_ADDED] = PHRASE_REASON_ADDED,
	        [REASON_NO_RULE] = PHRASE_REASON_NO_RULE,
	};

	return phrases[reason];
}

static void put_who(const struct html_view *view, const struct checklist_row *row)
{
	const char *comma = "";

	for (size_t i = 0; i < G_N_ELEMENTS(receivers); i++) {
		if (!(row->asked_by & receivers[i].profiles))
			continue;
		g_string_append(view->out, comma);
		xml_append_text(view->out, span_str(phrase(receivers[i].name, view->language)));
		comma = view->language == LANGUAGE_JA ? "、" : ", ";
	}
}

static void put_detail(const struct html_view *view, const struct checklist_row *row)
{
	const struct finding *finding = NULL;
	const char *reply = checklist_reply(view->result, row);

	if (row->verdict == REQUIREMENT_FAIL || row->reason == REASON_REMARK) {
		while ((finding = checklist_finding(view->result, row, finding))) {
			if (finding->suppressed)
				continue;
			g_string_append_printf(view->out, "<a href=\"#m%zu-f%zu\">", view->number, (size_t)(finding - view->result->findings));
			xml_append_text(view->out, span_str(finding->rule->title.text[view->language]));
			g_string_append(view->out, "</a><br>");
		}
	}
	if (reply) {
		g_string_append(view->out, "<code class=\"reply\">");
		xml_append_text(view->out, span_str(reply));
		g_string_append(view->out, "</code>");
	}
	if (row->verdict == REQUIREMENT_NEEDS_DNS || row->verdict == REQUIREMENT_NEEDS_RECEIVER)
		xml_append_text(view->out, span_str(row->requirement->answer.text[view->language]));
	else if (row->verdict == REQUIREMENT_NOT_APPLICABLE || row->verdict == REQUIREMENT_UNKNOWN)
		xml_append_text(view->out, span_str(phrase(reason_of(row->reason), view->language)));
}

/* The row up to its last cell. */
static void put_requirement(const struct html_view *view, const struct checklist_row *row)
{
	const struct requirement *requirement = row->requirement;
	const char *url = requirement->n_sources ? requirement->sources[0].url : NULL;

	g_string_append(view->out, "<tr><td><code>");
	xml_append_text(view->out, span_str(requirement->id));
	g_string_append(view->out, "</code></td><td>");
	if (url) {
		g_string_append(view->out, "<a rel=\"noopener noreferrer\" target=\"_blank\"");
		xml_append_attribute(view->out, "href", url);
		g_string_append_c(view->out, '>');
	}
	xml_append_text(view->out, span_str(requirement->title.text[view->language]));
	g_string_append(view->out, url ? "</a></td><td>" : "</td><td>");
	put_who(view, row);
	g_string_append(view->out, "</td><td>");
}

static void put_row(const struct html_view *view, const struct checklist_row *row)
{
	put_requirement(view, row);
	put_detail(view, row);
	g_string_append(view->out, "</td></tr>\n");
}

static size_t count_verdict(const GArray *rows, enum requirement_verdict verdict)
{
	size_t n = 0;

	for (guint i = 0; i < rows->len; i++)
		n += g_array_index(rows, struct checklist_row, i).verdict == verdict;
	return n;
}

/* What passes and what nobody can know yet is much the same in every message. */
static void put_ids(const struct html_view *view, const GArray *rows, enum requirement_verdict verdict)
{
	g_string_append(view->out, "<p>");
	for (guint i = 0; i < rows->len; i++) {
		const struct checklist_row *row = &g_array_index(rows, struct checklist_row, i);
		if (row->verdict != verdict)
			continue;
		xml_append_text(view->out, span_str(row->requirement->id));
		g_string_append_c(view->out, ' ');
	}
	g_string_append(view->out, "<br><a href=\"#requirements\">");
	html_word(view, WORD_SHEET_IDS);
	g_string_append(view->out, "</a></p></details>\n");
}

static void put_verdict(const struct html_view *view, const GArray *rows, const struct verdict *verdict)
{
	static const enum page_word heads[] = {WORD_SHEET_ID, WORD_SHEET_WHAT, WORD_SHEET_WHO, WORD_SHEET_DETAIL};
	size_t n = count_verdict(rows, verdict->verdict);

	if (!n)
		return;
	g_string_append_printf(view->out, "<details class=\"verdicts %c\"%s><summary>", verdict->class, verdict->open ? " open" : "");
	xml_append_text(view->out, span_str(phrase(verdict->word, view->language)));
	g_string_append_printf(view->out, " <small>%zu</small></summary>", n);
	if (view->several && verdict->verdict != REQUIREMENT_FAIL && verdict->verdict != REQUIREMENT_UNKNOWN) {
		put_ids(view, rows, verdict->verdict);
		return;
	}
	html_table(view, "sheet", heads, G_N_ELEMENTS(heads));
	for (guint i = 0; i < rows->len; i++) {
		const struct checklist_row *row = &g_array_index(rows, struct checklist_row, i);
		if (row->verdict == verdict->verdict)
			put_row(view, row);
	}
	html_table_end(view);
	g_string_append(view->out, "</details>\n");
}

void html_sheet(const struct html_view *view)
{
	GArray *rows = checklist_rows(view->result, view->result->profiles);
	char met[32], failed[32], open[32];
	size_t n_open = count_verdict(rows, REQUIREMENT_UNKNOWN) + count_verdict(rows, REQUIREMENT_NEEDS_DNS) +
	                count_verdict(rows, REQUIREMENT_NEEDS_RECEIVER);

	html_section(view, "sheet", WORD_SHEET);
	g_string_append(view->out, "<p>");
	if (rows->len)
		WORD_APPEND(view->out, WORD_SHEET_TALLY, view->language, html_number(met, count_verdict(rows, REQUIREMENT_PASS)),
		        html_number(failed, count_verdict(rows, REQUIREMENT_FAIL)), html_number(open, n_open));
	else
		html_word(view, WORD_SHEET_NONE);
	g_string_append(view->out, "</p>\n");
	for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++)
		put_verdict(view, rows, &verdicts[i]);
	g_string_append(view->out, "</section>\n");
	g_array_unref(rows);
}

static int compare_rows(const void *a, const void *b)
{
	const struct checklist_row *x = a, *y = b;

	return strcmp(x->requirement->id, y->requirement->id);
}

/* What is asked of any of the messages shown, each once, by id. */
static GArray *all_rows(const struct report_view *report, const bool *shown)
{
	GHashTable *known = g_hash_table_new(NULL, NULL);
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct checklist_row));

	for (size_t i = 0; i < report->n_results; i++) {
		g_autoptr(GArray) rows = shown[i] ? checklist_rows(report->results[i], report->results[i]->profiles) : NULL;
		for (guint k = 0; rows && k < rows->len; k++) {
			const struct checklist_row *row = &g_array_index(rows, struct checklist_row, k);
			if (g_hash_table_add(known, (gpointer)row->requirement))
				g_array_append_vals(all, row, 1);
		}
	}
	g_hash_table_destroy(known);
	if (all->len)
		qsort(all->data, all->len, sizeof(struct checklist_row), compare_rows);
	return all;
}

void html_requirements(GString *out, enum language language, const struct report_view *report, const bool *shown)
{
	static const enum page_word heads[] = {WORD_SHEET_ID, WORD_SHEET_WHAT, WORD_SHEET_WHO, WORD_SHEET_KNOWS};
	struct html_view view = {.out = out, .language = language, .level = 1, .several = true};
	g_autoptr(GArray) rows = all_rows(report, shown);

	if (!rows->len)
		return;
	g_string_append(out, "<details class=\"fold\" id=\"requirements\"><summary>");
	html_word(&view, WORD_SHEET_ALL);
	g_string_append(out, "</summary>\n");
	html_table(&view, "sheet", heads, G_N_ELEMENTS(heads));
	for (guint i = 0; i < rows->len; i++) {
		const struct checklist_row *row = &g_array_index(rows, struct checklist_row, i);
		put_requirement(&view, row);
		if (row->requirement->answer.text[language])
			xml_append_text(out, span_str(row->requirement->answer.text[language]));
		g_string_append(out, "</td></tr>\n");
	}
	html_table_end(&view);
	g_string_append(out, "</details>\n");
}

/* --- the score ------------------------------------------------------------------------------------------------------------------ */

static void put_contribution(const struct html_view *view, const struct contribution *row, double largest)
{
	char points[32], width[32];
	g_autofree char *name = score_advice(row, view->language);

	g_string_append(view->out, "<tr><th scope=\"row\">");
	xml_append_text(view->out, span_str(name));
	g_string_append_printf(view->out, "</th><td class=\"num\">%s%s</td><td class=\"bar\"><span class=\"%s\" style=\"width:%s%%\"></span></td></tr>\n",
	        row->points > 0 ? "+" : "", html_decimal(points, row->points), row->points < 0 ? "less" : "more",
	        html_decimal(width, largest > 0 ? fabs(row->points) / largest * 100 : 0));
}

void html_score(const struct html_view *view)
{
	const struct score *score = view->result->score;
	double largest = 0;
	char number[32], percent[32];

	if (!score)
		return;
	html_section(view, "score", WORD_SCORE);
	g_string_append(view->out, "<p>");
	WORD_APPEND(view->out, WORD_SCORE_IS, view->language, html_decimal(number, score->points), html_score_word(score, view->language),
	        html_decimal(percent, score->probability * 100));
	if (view->result->max_score >= 0) {
		g_string_append(view->out, " <small>");
		WORD_APPEND(view->out, WORD_SCORE_LIMIT, view->language, html_decimal(number, view->result->max_score));
		g_string_append(view->out, "</small>");
	}
	g_string_append(view->out, "</p>\n");
	for (size_t i = 0; i < score->n_contributions; i++)
		largest = MAX(largest, fabs(score->contributions[i].points));
	if (score->n_contributions) {
		static const enum page_word heads[] = {WORD_SCORE_WHAT, WORD_SCORE_POINTS, WORD_SCORE_SHARE};
		html_table(view, "score", heads, G_N_ELEMENTS(heads));
		for (size_t i = 0; i < score->n_contributions; i++)
			put_contribution(view, &score->contributions[i], largest);
		html_table_end(view);
	} else {
		html_note(view, WORD_SCORE_NOTHING);
	}
	g_string_append(view->out, "</section>\n");
}
