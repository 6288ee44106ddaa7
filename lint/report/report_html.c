/* Role: the HTML report, one self-contained page: its frame, what the files of it share, and the head of each message.
 * May not: load anything, or let anything of a draft act; see docs/report.md. */
#include "report/html_page.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "report/machine.h"
#include "report/phrases.h"
#include "report/xml.h"

/* --- shared -------------------------------------------------------------------------------------------------------------------- */

void html_word(const struct html_view *view, enum page_word word)
{
	WORD_APPEND(view->out, word, view->language, NULL);
}

void html_heading(const struct html_view *view, int depth, const char *id, enum page_word word)
{
	g_string_append_printf(view->out, "<h%d", view->level + depth);
	if (id)
		xml_append_attribute(view->out, "id", id);
	g_string_append_c(view->out, '>');
	html_word(view, word);
	g_string_append_printf(view->out, "</h%d>\n", view->level + depth);
}

void html_section(const struct html_view *view, const char *name, enum page_word word)
{
	g_autofree char *id = g_strdup_printf("m%zu-%s-h", view->number, name);

	g_string_append_printf(view->out, "<section class=\"part\" id=\"m%zu-%s\" aria-labelledby=\"%s\">\n", view->number, name, id);
	html_heading(view, 1, id, word);
}

void html_table(const struct html_view *view, const char *class, const enum page_word *heads, size_t n)
{
	g_string_append_printf(view->out, "<div class=\"wide\" tabindex=\"0\"><table class=\"%s\"><thead><tr>", class);
	for (size_t i = 0; i < n; i++) {
		g_string_append(view->out, "<th scope=\"col\">");
		html_word(view, heads[i]);
		g_string_append(view->out, "</th>");
	}
	g_string_append(view->out, "</tr></thead><tbody>\n");
}

void html_table_end(const struct html_view *view)
{
	g_string_append(view->out, "</tbody></table></div>\n");
}

void html_note(const struct html_view *view, enum page_word word)
{
	g_string_append(view->out, "<p class=\"note\">");
	html_word(view, word);
	g_string_append(view->out, "</p>\n");
}

char html_severity_class(enum severity severity)
{
	return severity == SEVERITY_ERROR ? 'e' : severity == SEVERITY_WARNING ? 'w' : 'i';
}

const char *html_number(char buffer[32], size_t n)
{
	char digits[24];
	size_t length = (size_t)g_snprintf(digits, sizeof digits, "%zu", n), out = 0;

	for (size_t i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buffer[out++] = ',';
		buffer[out++] = digits[i];
	}
	buffer[out] = '\0';
	return buffer;
}

const char *html_decimal(char buffer[32], double value)
{
	if (!isfinite(value) || fabs(value) > 1e9)
		value = 0;
	value = round(value * 10) / 10;
	return g_ascii_formatd(buffer, 32, "%.1f", value == 0 ? 0.0 : value);
}

const char *html_bytes(char buffer[32], size_t n)
{
	char number[24];

	if (n < 1000)
		g_snprintf(buffer, 32, "%zu B", n);
	else if (n < 1000 * 1000)
		g_snprintf(buffer, 32, "%zu kB", (n + 500) / 1000);
	else
		g_snprintf(buffer, 32, "%s MB", g_ascii_formatd(number, sizeof number, "%.1f", (double)n / 1e6));
	return buffer;
}

size_t html_stopping(const struct message_result *result)
{
	size_t n = 0;

	if (result->fail_on == SEVERITY_OFF)
		return 0;
	for (size_t i = 0; i < result->n_findings; i++)
		n += !result->findings[i].suppressed && result->findings[i].severity >= result->fail_on;
	return n;
}

bool html_score_stops(const struct message_result *result)
{
	return result->max_score >= 0 && result->score && result->score->points > result->max_score;
}

const char *html_score_word(const struct score *score, enum language language)
{
	bool clean = g_str_equal(score->verdict, "clean"), spam = g_str_equal(score->verdict, "spam-like");

	return phrase(clean ? PHRASE_CLEAN : spam ? PHRASE_SPAM_LIKE : PHRASE_SUSPICIOUS, language);
}

size_t html_count(const struct message_result *result, enum severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < result->n_findings; i++)
		n += !result->findings[i].suppressed && result->findings[i].severity == severity;
	return n;
}

static bool is_like_spam(const struct message_result *result)
{
	return result->score && g_str_equal(result->score->verdict, "spam-like");
}

enum html_verdict html_verdict_of(const struct message_result *result)
{
	if (html_stopping(result) || html_score_stops(result))
		return VERDICT_STOP;
	return html_count(result, SEVERITY_WARNING) + html_count(result, SEVERITY_ERROR) || is_like_spam(result) ? VERDICT_LOOK : VERDICT_GOOD;
}

const char *html_verdict_class(enum html_verdict verdict)
{
	return verdict == VERDICT_STOP ? "stop" : verdict == VERDICT_LOOK ? "look" : "good";
}

void html_badge(GString *out, enum language language, const struct message_result *result)
{
	enum html_verdict verdict = html_verdict_of(result);

	g_string_append_printf(out, "<span class=\"badge %s\">", html_verdict_class(verdict));
	WORD_APPEND(out, verdict == VERDICT_STOP ? WORD_STOP : verdict == VERDICT_LOOK ? WORD_LOOK : WORD_SEND, language, NULL);
	g_string_append(out, "</span>");
}

/* --- the head of a message ------------------------------------------------------------------------------------------------------ */

enum { FIRST_TO_MEND = 3 };

static void put_sentence(const struct html_view *view)
{
	const struct message_result *result = view->result;
	size_t stopping = html_stopping(result);
	char number[32];

	g_string_append(view->out, "<p class=\"sentence\">");
	if (stopping && result->fail_on == SEVERITY_ERROR)
		WORD_APPEND(view->out, stopping == 1 ? WORD_STOPS_ERROR_ONE : WORD_STOPS_ERROR_MANY, view->language, html_number(number, stopping));
	else if (stopping)
		WORD_APPEND(view->out, stopping == 1 ? WORD_STOPS_ONE : WORD_STOPS_MANY, view->language, html_number(number, stopping));
	else if (html_score_stops(result))
		html_word(view, WORD_STOPS_SCORE);
	else if (is_like_spam(result))
		WORD_APPEND(view->out, WORD_LIKE_SPAM, view->language, html_decimal(number, result->score->probability * 100));
	else if (html_count(result, SEVERITY_WARNING) + html_count(result, SEVERITY_ERROR))
		html_word(view, WORD_NOTHING_STOPS);
	else
		html_word(view, WORD_GOOD);
	g_string_append(view->out, "</p>\n");
}

static void put_count(const struct html_view *view, char class, size_t n, enum page_word word)
{
	char number[32];

	g_string_append_printf(view->out, "<li class=\"%c%s\">", class, n ? "" : " none");
	html_word(view, word);
	g_string_append_printf(view->out, " <b>%s</b></li>", html_number(number, n));
}

static void put_counts(const struct html_view *view)
{
	const struct message_result *result = view->result;
	char number[32], percent[32];

	g_string_append(view->out, "<ul class=\"counts\">");
	put_count(view, 'e', html_count(result, SEVERITY_ERROR), WORD_ERRORS);
	put_count(view, 'w', html_count(result, SEVERITY_WARNING), WORD_WARNINGS);
	put_count(view, 'i', html_count(result, SEVERITY_INFO), WORD_INFOS);
	if (result->score) {
		g_string_append_printf(view->out, "<li class=\"%s\"><a href=\"#m%zu-score\">",
		        is_like_spam(result) ? "e" : g_str_equal(result->score->verdict, "clean") ? "g" : "w", view->number);
		WORD_APPEND(view->out, WORD_SCORE_SHORT, view->language, html_decimal(number, result->score->points),
		        html_score_word(result->score, view->language), html_decimal(percent, result->score->probability * 100));
		g_string_append(view->out, "</a></li>");
	}
	g_string_append(view->out, "</ul>\n");
}

static void put_first_of(const struct html_view *view, size_t index)
{
	const struct finding *finding = &view->result->findings[index];
	char number[32];

	g_string_append_printf(view->out, "<li class=\"%c\"><a href=\"#m%zu-f%zu\">", html_severity_class(finding->severity), view->number, index);
	xml_append_text(view->out, span_str(finding->rule->title.text[view->language]));
	g_string_append(view->out, "</a> <small>");
	html_word(view, finding->severity == SEVERITY_ERROR ? WORD_ERROR : WORD_WARNING);
	g_string_append(view->out, ", ");
	WORD_APPEND(view->out, WORD_LINE, view->language, html_number(number, finding->start.line));
	g_string_append(view->out, "</small><br>");
	html_help(view, finding);
	g_string_append(view->out, "</li>");
}

/* The gravest rules, each once, with a link to the first place of each, and what to do. */
static void put_first(const struct html_view *view)
{
	const struct message_result *result = view->result;
	const struct rule *told[FIRST_TO_MEND];
	size_t n = 0;

	for (enum severity severity = SEVERITY_ERROR; severity >= SEVERITY_WARNING && n < FIRST_TO_MEND; severity--) {
		for (size_t i = 0; i < result->n_findings && n < FIRST_TO_MEND; i++) {
			const struct finding *finding = &result->findings[i];
			bool known = finding->suppressed || finding->severity != severity;

			for (size_t k = 0; k < n && !known; k++)
				known = told[k] == finding->rule;
			if (known)
				continue;
			if (!n) {
				g_string_append(view->out, "<div class=\"first\"><p>");
				html_word(view, WORD_FIRST);
				g_string_append(view->out, "</p><ol>");
			}
			told[n++] = finding->rule;
			put_first_of(view, i);
		}
	}
	if (n)
		g_string_append(view->out, "</ol></div>\n");
}

static void put_navigation(const struct html_view *view)
{
	static const struct {
		const char *name;
		enum page_word word;
	} parts[] = {{"findings", WORD_FINDINGS}, {"inbox", WORD_INBOX}, {"mail", WORD_MAIL}, {"links", WORD_LINKS}, {"sheet", WORD_SHEET}, {"score", WORD_SCORE}};

	g_string_append(view->out, "<nav class=\"parts\" aria-label=\"");
	html_word(view, WORD_SECTIONS);
	g_string_append(view->out, "\"><ul>");
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (g_str_equal(parts[i].name, "score") && !view->result->score)
			continue;
		g_string_append_printf(view->out, "<li><a href=\"#m%zu-%s\">", view->number, parts[i].name);
		html_word(view, parts[i].word);
		g_string_append(view->out, "</a></li>");
	}
	g_string_append(view->out, "</ul></nav>\n");
}

/* Where it lies, and what it is. */
static void put_origin(const struct html_view *view)
{
	const struct message_result *result = view->result;
	char number[32];

	g_string_append(view->out, "<p class=\"origin\"><code>");
	xml_append_text(view->out, span_str(machine_path(result->path)));
	g_string_append(view->out, "</code>");
	if (result->index) {
		g_string_append(view->out, " &middot; ");
		WORD_APPEND(view->out, WORD_NUMBER, view->language, html_number(number, result->index + 1));
	}
	if (result->is_template) {
		g_string_append(view->out, " &middot; ");
		html_word(view, WORD_TEMPLATE);
	}
	g_string_append_printf(view->out, " &middot; %s", html_bytes(number, result->size));
	if (result->from && *result->from) {
		g_string_append(view->out, " &middot; ");
		xml_append_text(view->out, span_str(result->from));
	}
	g_string_append(view->out, "</p>\n");
}

static void put_title(GString *out, const struct message_result *result)
{
	xml_append_text(out, span_str(result->subject && *result->subject ? result->subject : machine_path(result->path)));
}

static void put_message(struct html_view *view)
{
	const struct message_result *result = view->result;

	view->in_raw = g_new0(bool, result->n_findings + 1);
	view->in_decoded = g_new0(bool, result->n_findings + 1);
	if (view->several) {
		g_string_append(view->out, "<details class=\"fold\"><summary>");
		html_badge(view->out, view->language, result);
		g_string_append_c(view->out, ' ');
		put_title(view->out, result);
		g_string_append(view->out, "</summary>\n");
	}
	g_string_append_printf(view->out, "<article class=\"message\" id=\"m%zu\" aria-labelledby=\"m%zu-h\">\n<header class=\"head %s\">\n", view->number,
	        view->number, html_verdict_class(html_verdict_of(result)));
	put_origin(view);
	g_string_append_printf(view->out, "<h%d id=\"m%zu-h\">", view->level, view->number);
	put_title(view->out, result);
	g_string_append_printf(view->out, "</h%d>\n", view->level);
	put_sentence(view);
	put_counts(view);
	put_first(view);
	if (view->several) {
		g_string_append(view->out, "<p class=\"back\"><a href=\"#messages\">");
		html_word(view, WORD_BACK);
		g_string_append(view->out, "</a></p>\n");
	}
	g_string_append(view->out, "</header>\n");
	put_navigation(view);
	html_findings(view);
	html_inbox(view);
	html_mail(view);
	html_links(view);
	html_sheet(view);
	html_score(view);
	g_string_append(view->out, view->several ? "</article></details>\n" : "</article>\n");
	g_free(view->in_raw);
	g_free(view->in_decoded);
}

/* --- the page ------------------------------------------------------------------------------------------------------------------ */

/* style-src and img-src are as wide as the frame of the mail needs them, because a frame cannot have more than its page: mail has its styles inline, and images
 * are loaded when the reader asks. Scripts: ours, by its hash, and no other. */
static void put_policy(GString *out)
{
	g_string_append_printf(out,
	        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-%s'; style-src 'unsafe-inline'; "
	        "img-src data: https: http:; base-uri 'none'; form-action 'none'\">\n",
	        page_script_hash);
}

static void put_head(GString *out, enum language language, const struct report_view *report)
{
	char number[32];

	g_string_append_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", language == LANGUAGE_JA ? "ja" : "en");
	put_policy(out);
	g_string_append(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
	                     "<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	if (report->n_results == 1)
		put_title(out, report->results[0]);
	else
		WORD_APPEND(out, WORD_INDEX_TITLE, language, html_number(number, report->n_results));
	g_string_append_printf(out, " - presend</title>\n<style>\n%s</style>\n</head>\n<body>\n", page_style);
}

static void put_top(GString *out, enum language language, size_t n_messages)
{
	if (n_messages) {
		g_string_append_printf(out, "<a class=\"skip\" href=\"#%s\">", n_messages == 1 ? "m0-findings" : "messages");
		WORD_APPEND(out, n_messages == 1 ? WORD_SKIP : WORD_MESSAGES, language, NULL);
		g_string_append(out, "</a>\n");
	}
	g_string_append(out, "<div class=\"top\"><span class=\"logo\">presend</span><button type=\"button\" class=\"theme\" hidden>");
	WORD_APPEND(out, WORD_THEME, language, NULL);
	g_string_append(out, "</button></div>\n<main>\n");
}

static void put_errors(GString *out, enum language language, const struct report_view *report)
{
	if (!report->n_errors)
		return;
	g_string_append_printf(out, "<section class=\"unread\"><h2>");
	WORD_APPEND(out, WORD_NOT_CHECKED, language, NULL);
	g_string_append(out, "</h2><ul>\n");
	for (size_t i = 0; i < report->n_errors; i++) {
		g_autofree char *reason = machine_error_message(&report->errors[i], language);
		g_string_append(out, "<li>");
		if (report->errors[i].path) {
			g_string_append(out, "<code>");
			xml_append_text(out, span_str(report->errors[i].path));
			g_string_append(out, "</code>: ");
		}
		xml_append_text(out, span_str(reason));
		g_string_append(out, "</li>\n");
	}
	g_string_append(out, "</ul></section>\n");
}

static void html_write(GString *out, const struct report_view *report, const struct report_options *options)
{
	bool alone = report->n_results == 1, *shown = g_new0(bool, report->n_results + 1);
	GString *messages = g_string_new(NULL);

	/* The index has links to what is shown, and how much that is shows only here. */
	for (size_t i = 0; i < report->n_results; i++) {
		const struct page_mail *page = report->results[i]->page;
		struct html_view view = {.out = messages,
		        .language = options->language,
		        .result = report->results[i],
		        .number = i,
		        .level = alone ? 1 : 2,
		        .several = !alone};
		shown[i] = page && page->whole && messages->len < LIMIT_PAGE_BYTES;
		if (shown[i])
			put_message(&view);
	}
	put_head(out, options->language, report);
	put_top(out, options->language, report->n_results);
	if (!alone)
		html_index(out, options->language, report, shown);
	put_errors(out, options->language, report);
	g_string_append_len(out, messages->str, (gssize)messages->len);
	if (!alone)
		html_requirements(out, options->language, report, shown);
	g_string_append(out, "</main>\n<footer><p>");
	WORD_APPEND(out, WORD_MADE_BY, options->language, report->tool_version);
	g_string_append_printf(out, "</p></footer>\n<script>%s</script>\n</body>\n</html>\n", page_script);
	g_string_free(messages, TRUE);
	g_free(shown);
}

const struct reporter report_html = {.name = "html", .write = html_write};
