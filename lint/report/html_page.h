/* What the files of the HTML report share. Everything that a draft says goes through xml_append_text(), xml_append_source() or xml_append_markup(). */
#ifndef PRESEND_REPORT_HTML_PAGE_H
#define PRESEND_REPORT_HTML_PAGE_H

#include "report/page.h"
#include "report/page_words.h"
#include "report/report.h"

/* Of the build: page.css, page.js, and the hash of the script for the policy of the page. */
extern const char page_style[], page_script[], page_script_hash[];

/* One message on the page. */
struct html_view {
	GString *out;
	enum language language;
	const struct message_result *result;
	size_t number;             /* of the message on the page: ids begin with it */
	int level;                 /* of its heading: 1, or 2 below an index */
	bool several;              /* other messages are on the page, which says once for all what holds of all */
	bool *in_raw, *in_decoded; /* by finding: is there a mark to jump to? */
};

void html_word(const struct html_view *view, enum page_word word);
/* "<hN id=...>WORD</hN>"; depth counts from the heading of the message. id may be NULL. */
void html_heading(const struct html_view *view, int depth, const char *id, enum page_word word);
/* The start of a section that a heading names: <section id="m0-NAME" aria-labelledby="m0-NAME-h"><h2 ...>. */
void html_section(const struct html_view *view, const char *name, enum page_word word);
/* <div><table class="CLASS"> with its heads, up to <tbody>; html_table_end() closes them. */
void html_table(const struct html_view *view, const char *class, const enum page_word *heads, size_t n);
void html_table_end(const struct html_view *view);
/* A remark: <p class="note">. */
void html_note(const struct html_view *view, enum page_word word);
/* "e", "w", "i": the class of a severity. */
char html_severity_class(enum severity severity);
/* A number with groups of three digits. */
const char *html_number(char buffer[32], size_t n);
/* One decimal, with a point in any locale. */
const char *html_decimal(char buffer[32], double value);
/* "48 KB". */
const char *html_bytes(char buffer[32], size_t n);
/* How many findings stop the mail; those that are suppressed do not. */
size_t html_stopping(const struct message_result *result);
/* What the score is called: "clean". */
const char *html_score_word(const struct score *score, enum language language);
bool html_score_stops(const struct message_result *result);
/* How many findings have a severity; those that are suppressed do not count. */
size_t html_count(const struct message_result *result, enum severity severity);
enum html_verdict { VERDICT_STOP, VERDICT_LOOK, VERDICT_GOOD };
enum html_verdict html_verdict_of(const struct message_result *result);
const char *html_verdict_class(enum html_verdict verdict);
void html_badge(GString *out, enum language language, const struct message_result *result);

/* The findings with the source beside them; fills in_raw and in_decoded. */
void html_findings(const struct html_view *view);
/* What to do about a finding. */
void html_help(const struct html_view *view, const struct finding *finding);
/* The sources, marked. */
void html_sources(const struct html_view *view);
/* The mail in its frame, the inbox, the links. */
void html_mail(const struct html_view *view);
void html_inbox(const struct html_view *view);
void html_links(const struct html_view *view);
/* The verdict sheet of the receivers; the score with what contributes. */
void html_sheet(const struct html_view *view);
/* Under several messages: what stands behind the ids of their sheets. */
void html_requirements(GString *out, enum language language, const struct report_view *report, const bool *shown);
void html_score(const struct html_view *view);
/* The head of a page with several messages: sentence, charts, table. shown: so many of them have a view of their own below. */
void html_index(GString *out, enum language language, const struct report_view *report, const bool *shown);

#endif
