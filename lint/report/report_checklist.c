/* Role: the verdict sheet of "presend checklist": rows grouped by who asks, with what is wrong or who would know.
 * May not: decide anything; the words come from rule/verdict.c. */
#include "report/checklist.h"

#include <string.h>

#include "report/phrases.h"
#include "report/reason.h"
#include "report/safe.h"
#include "report/terminal.h"

enum {
	TITLE_COLUMNS = 52,        /* the sources stand in a column behind titles of this width, where there is room */
	DETAIL_INDENT = 10,
	NARROW_INDENT = 6,         /* of titles on a terminal that has no room for a column of them */
	EVIDENCE_SHOWN = 8,        /* lines of one answer, likewise */
	FINDINGS_SHOWN = 3,        /* of one row; --verbose shows all */
};

GArray *checklist_rows(const struct message_result *result, unsigned profiles)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct checklist_row));

	for (size_t i = 0; i < result->n_requirements; i++) {
		const struct requirement_status *status = &result->requirements[i];
		const struct requirement *requirement = requirement_find(status->id);
		struct checklist_row row = {.requirement = requirement, .verdict = status->verdict, .reason = status->reason};

		row.asked_by = requirement ? requirement_asked_by(requirement, profiles) : 0;
		if (row.asked_by)
			g_array_append_val(rows, row);
	}
	return rows;
}

const struct finding *checklist_finding(
        const struct message_result *result, const struct checklist_row *row, const struct finding *after)
{
	for (size_t i = after ? (size_t)(after - result->findings) + 1 : 0; i < result->n_findings; i++) {
		const struct finding *finding = &result->findings[i];

		/* An info remark does not fail a row; it explains why the row is open. */
		if (row->verdict == REQUIREMENT_FAIL && finding->severity < SEVERITY_WARNING)
			continue;
		for (const char **id = finding->requirements; *id; id++) {
			if (strcmp(*id, row->requirement->id) == 0)
				return finding;
		}
	}
	return NULL;
}

const char *checklist_reply(const struct message_result *result, const struct checklist_row *row)
{
	const struct finding *finding = NULL;

	if (row->verdict != REQUIREMENT_FAIL)
		return NULL;
	while ((finding = checklist_finding(result, row, finding))) {
		if (finding->rule->smtp_reply)
			return finding->rule->smtp_reply;
	}
	return row->requirement->reply;
}

const struct preflight_row *checklist_answer(const struct message_result *result, const struct checklist_row *row, const struct preflight_row *after)
{
	const struct preflight_report *report = result->preflight;

	for (size_t i = report && after ? (size_t)(after - report->rows) + 1 : 0; report && i < report->n; i++)
		if (g_strv_contains(report->rows[i].requirements, row->requirement->id))
			return &report->rows[i];
	return NULL;
}

/* Does a shell take it as it stands? */
static bool is_plain(const char *path)
{
	return path[strspn(path, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "./_-+,@%")] == '\0';
}

char *checklist_command(const struct message_result *result, const struct checklist_row *row)
{
	bool waits = row->verdict == REQUIREMENT_NEEDS_DNS || row->verdict == REQUIREMENT_NEEDS_RECEIVER;

	if (!waits || result->preflight || !requirement_by_preflight(row->requirement))
		return NULL;
	g_autofree char *path = is_plain(result->path) ? g_strdup(result->path) : g_shell_quote(result->path);
	return g_strdup_printf("presend preflight %s%s", row->requirement->decided_by == DECIDED_BY_SERVER ? "--ip ADDRESS " : "", path);
}

/* --- who asks ---------------------------------------------------------------------------------------------------------------- */

static const struct receiver {
	unsigned profiles;
	enum phrase name;
	const char *sources[4];    /* beginnings of the names of its own documents; the first that fits is shown in its group */
} receivers[] = {
        {PROFILE_GMAIL | PROFILE_GMAIL_BULK, PHRASE_GMAIL, {"Gmail"}},
        {PROFILE_YAHOO, PHRASE_YAHOO, {"Yahoo Sender Hub"}},
        {PROFILE_OUTLOOK, PHRASE_OUTLOOK, {"Microsoft", "Outlook.com", "Exchange Online"}},
        {PROFILE_ICLOUD, PHRASE_ICLOUD, {"Apple"}},
        {PROFILE_JAPAN_CARRIERS, PHRASE_JAPAN_CARRIERS, {"NTTドコモ", "KDDI", "ソフトバンク", "Yahoo! JAPAN"}},
        {PROFILE_LAW_JP, PHRASE_LAW_JP, {"特定"}},
        {PROFILE_LAW_US, PHRASE_LAW_US, {"FTC"}},
        {PROFILE_LAW_EU, PHRASE_LAW_EU, {"Directive", "Regulation (EU)"}},
        {PROFILE_LAW_CA, PHRASE_LAW_CA, {"Canada"}},
};

static const struct receiver *only_receiver(unsigned asked_by)
{
	const struct receiver *found = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(receivers); i++) {
		if (!(asked_by & receivers[i].profiles))
			continue;
		if (found)
			return NULL;
		found = &receivers[i];
	}
	return found;
}

static const struct rule_source *source_for(const struct requirement *requirement, const struct receiver *receiver)
{
	for (size_t k = 0; receiver && k < G_N_ELEMENTS(receiver->sources) && receiver->sources[k]; k++) {
		for (size_t i = 0; i < requirement->n_sources; i++) {
			if (g_str_has_prefix(requirement->sources[i].name, receiver->sources[k]))
				return &requirement->sources[i];
		}
	}
	return &requirement->sources[0];
}

/* --- words -------------------------------------------------------------------------------------------------------------------- */

/* In the order of the sheet: what to do first stands first. */
static const struct verdict_words {
	enum requirement_verdict verdict;
	enum phrase word;
	enum style style;
} verdicts[] = {
        {REQUIREMENT_FAIL, PHRASE_VERDICT_FAIL, STYLE_ERROR},
        {REQUIREMENT_UNKNOWN, PHRASE_VERDICT_UNKNOWN, STYLE_WARNING},
        {REQUIREMENT_PASS, PHRASE_VERDICT_PASS, STYLE_GOOD},
        {REQUIREMENT_NEEDS_DNS, PHRASE_VERDICT_NEEDS_DNS, STYLE_INFO},
        {REQUIREMENT_NEEDS_RECEIVER, PHRASE_VERDICT_NEEDS_RECEIVER, STYLE_INFO},
        {REQUIREMENT_NOT_APPLICABLE, PHRASE_VERDICT_NOT_APPLICABLE, STYLE_DIM},
};

static enum phrase reason_phrase(enum requirement_reason reason)
{
	switch (reason) {
	case REASON_STAGE:
		return PHRASE_REASON_STAGE;
	case REASON_CLASS:
		return PHRASE_REASON_CLASS;
	case REASON_VOLUME:
		return PHRASE_REASON_VOLUME;
	case REASON_PROFILE:
		return PHRASE_REASON_PROFILE;
	case REASON_REMARK:
		return PHRASE_REASON_REMARK;
	case REASON_SEVERAL:
		return PHRASE_REASON_SEVERAL;
	case REASON_ADDED:
		return PHRASE_REASON_ADDED;
	case REASON_NO_RULE:
		return PHRASE_REASON_NO_RULE;
	case REASON_NOTHING:
	case REASON_NONE:
	case REASON_DNS:
		break;
	}
	return PHRASE_REASON_NOTHING;
}

/* --- the sheet ---------------------------------------------------------------------------------------------------------------- */

static size_t word_columns(enum language language)
{
	size_t widest = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++)
		widest = MAX(widest, safe_width(span_str(phrase(verdicts[i].word, language)), false));
	return widest;
}

/* One indented paragraph; text must be safe. */
static void append_detail(GString *out, const struct report_options *options, const char *text)
{
	append_spaces(out, DETAIL_INDENT);
	append_wrapped(out, span_str(text), DETAIL_INDENT, DETAIL_INDENT + 2, options->width > 0 ? (size_t)options->width : 100);
	g_string_append_c(out, '\n');
}

static void append_finding_place(GString *out, const struct report_options *options, const struct finding *finding)
{
	g_autofree char *message =
	        finding_format(finding, finding->message ? &finding->message->text : &finding->rule->title, options->language);
	GString *safe = safe_prose(message);
	g_autofree char *line = NULL;
	GString *rule = g_string_new(NULL);

	safe_append_terminal(rule, span_str(finding->rule->id), true);
	line = g_strdup_printf("%zu:%zu %s %s: %s", finding->start.line, finding->start.column, severity_name(finding->severity),
	        rule->str, safe->str);
	append_detail(out, options, line);
	g_string_free(rule, TRUE);
	g_string_free(safe, TRUE);
}

/* label: NULL for none. */
static void append_prose(GString *out, const struct report_options *options, const char *label, const char *text)
{
	GString *safe = safe_prose(text);

	if (label) {
		g_string_prepend(safe, phrase(PHRASE_LIST_COLON, options->language));
		g_string_prepend(safe, label);
	}
	append_detail(out, options, safe->str);
	g_string_free(safe, TRUE);
}

/* What DNS said or shall say, never broken: it is there to be copied. */
static void append_lines(GString *out, const char *lines, size_t indent, size_t most)
{
	char **all = g_strsplit(lines, "\n", -1);

	for (size_t i = 0; i < most && all[i]; i++) {
		append_spaces(out, indent);
		safe_append_terminal(out, span_str(all[i]), true);
		g_string_append_c(out, '\n');
	}
	g_strfreev(all);
}

/* Does it tell why the row has its verdict? What is well is told on request. */
static bool is_told(const struct preflight_row *answer, const struct checklist_row *row, bool verbose)
{
	switch (row->verdict) {
	case REQUIREMENT_FAIL:
		return answer->status >= PREFLIGHT_WARN || verbose;
	case REQUIREMENT_UNKNOWN:
		return row->reason == REASON_DNS && (answer->status == PREFLIGHT_UNKNOWN || preflight_not_asked(answer) || verbose);
	case REQUIREMENT_PASS:
		return verbose;
	case REQUIREMENT_NOT_APPLICABLE:
		return row->reason == REASON_DNS;
	default:
		return answer->status != PREFLIGHT_NOT_APPLICABLE || preflight_not_asked(answer);
	}
}

/* Of an answer that several rows rest on, the evidence and the record stand at the first of them. true: there is one. */
static bool append_answers(GString *out, const struct report_options *options, const struct message_result *result, const struct checklist_row *row, GHashTable *told)
{
	const enum language language = options->language;
	const struct preflight_row *answer = NULL;
	bool any = false;

	while ((answer = checklist_answer(result, row, answer))) {
		if (!is_told(answer, row, options->verbose))
			continue;
		any = true;
		append_prose(out, options, preflight_not_asked(answer) ? phrase(PHRASE_PREFLIGHT_NOT_ASKED, language) : NULL, answer->message);
		if (!g_hash_table_add(told, (gpointer)answer))
			continue;
		if (answer->status >= PREFLIGHT_WARN && answer->evidence)
			append_lines(out, answer->evidence, DETAIL_INDENT + 2, options->verbose ? G_MAXSIZE : EVIDENCE_SHOWN);
		if (answer->help && answer->status >= PREFLIGHT_UNKNOWN)
			append_prose(out, options, phrase(PHRASE_HELP, language), answer->help);
		if (answer->record) {
			g_autofree char *label = g_strdup_printf("%s:", phrase(PHRASE_PREFLIGHT_PUBLISH, language));
			append_detail(out, options, label);
			append_lines(out, answer->record, DETAIL_INDENT + 2, G_MAXSIZE);
		}
	}
	return any;
}

static void append_details(GString *out, const struct report_options *options, const struct message_result *result, const struct checklist_row *row,
        GHashTable *told)
{
	const enum language language = options->language;
	const struct finding *finding = NULL;
	const char *reply = checklist_reply(result, row);
	size_t n = 0;

	if (row->verdict == REQUIREMENT_FAIL || row->reason == REASON_REMARK) {
		while ((finding = checklist_finding(result, row, finding))) {
			if (n++ < FINDINGS_SHOWN || options->verbose)
				append_finding_place(out, options, finding);
		}
	}
	if (n > FINDINGS_SHOWN && !options->verbose) {
		GString *more = g_string_new(NULL);
		g_autofree char *count = g_strdup_printf("%zu", n - FINDINGS_SHOWN);

		PHRASE_APPEND(more, PHRASE_MORE_FINDINGS, language, count);
		append_detail(out, options, more->str);
		g_string_free(more, TRUE);
	}
	if (reply) {
		GString *text = g_string_new(phrase(PHRASE_REPLY, language));

		g_string_append(text, phrase(PHRASE_LIST_COLON, language));
		safe_append_terminal(text, span_str(reply), true);
		append_detail(out, options, text->str);
		g_string_free(text, TRUE);
	}
	bool answered = append_answers(out, options, result, row, told);
	if (row->verdict == REQUIREMENT_NEEDS_DNS || row->verdict == REQUIREMENT_NEEDS_RECEIVER) {
		GString *text = g_string_new(phrase(PHRASE_ANSWER, language));
		g_autofree char *command = checklist_command(result, row);

		g_string_append(text, phrase(PHRASE_LIST_COLON, language));
		g_string_append(text, row->requirement->answer.text[language]);
		if (command) {
			g_string_append(text, " (");
			safe_append_terminal(text, span_str(command), true);
			g_string_append_c(text, ')');
		}
		append_detail(out, options, text->str);
		g_string_free(text, TRUE);
	} else if (row->reason == REASON_DNS && !answered && row->verdict == REQUIREMENT_UNKNOWN) {
		append_prose(out, options, NULL, result->preflight && result->preflight->trouble ? result->preflight->trouble : phrase(PHRASE_REASON_NO_ANSWER, language));
	} else if (row->reason != REASON_DNS && (row->verdict == REQUIREMENT_NOT_APPLICABLE || row->verdict == REQUIREMENT_UNKNOWN)) {
		append_detail(out, options, phrase(reason_phrase(row->reason), language));
	}
}

/* Behind the title where the line has room for it, else below the title, indented like its lines. */
static void append_source(GString *out, const struct report_options *options, const struct rule_source *source,
        size_t title_start, size_t title_columns, size_t indent)
{
	size_t title_end = title_start + MAX(title_columns, TITLE_COLUMNS);
	GString *text = g_string_new(source->name);

	if (source->section)
		g_string_append_printf(text, ", %s", source->section);
	if (source->date) {
		g_string_append(text, " (");
		PHRASE_APPEND(text, PHRASE_DATED, options->language, source->date);
		g_string_append_c(text, ')');
	}
	if (options->width <= 0 || title_end + 2 + safe_width(span_str(text->str), false) <= (size_t)options->width) {
		append_spaces(out, title_end - title_start - title_columns + 2);
	} else {
		g_string_append_c(out, '\n');
		append_spaces(out, indent);
	}
	style_begin(out, options, STYLE_DIM);
	append_for_terminal(out, options, text, indent, indent);
	style_end(out, options);
	g_string_append_c(out, '\n');
	g_string_free(text, TRUE);
}

static void append_row(GString *out, const struct report_options *options, const struct message_result *result,
        const struct checklist_row *row, const struct verdict_words *words, const struct receiver *receiver, GHashTable *told)
{
	const enum language language = options->language;
	const char *word = phrase(words->word, language), *title = row->requirement->title.text[language];
	const size_t title_start = 2 + word_columns(language) + 2 + strlen(row->requirement->id) + 2;
	const bool narrow = options->terminal && title_start + LEAST_COLUMNS > (size_t)options->width;
	const size_t indent = narrow ? NARROW_INDENT : title_start;
	GString *text = g_string_new(title);

	g_string_append(out, "  ");
	style_begin(out, options, words->style);
	append_padded(out, word, word_columns(language), false);
	style_end(out, options);
	g_string_append_printf(out, "  %s%s", row->requirement->id, narrow ? "\n" : "  ");
	append_spaces(out, narrow ? indent : 0);
	append_for_terminal(out, options, text, indent, indent);
	g_string_free(text, TRUE);
	append_source(out, options, source_for(row->requirement, receiver), title_start, safe_width(span_str(title), false), indent);
	append_details(out, options, result, row, told);
}

/* Behind column; lines below begin at indent. */
static void append_counts(GString *out, const struct report_options *options, const size_t counts[G_N_ELEMENTS(verdicts)], size_t column,
        size_t indent)
{
	GString *text = g_string_new(NULL);
	bool first = true;

	for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++) {
		if (counts[i] == 0)
			continue;
		if (!first)
			g_string_append(text, phrase(PHRASE_LIST_COMMA, options->language));
		first = false;
		style_begin(text, options, verdicts[i].style);
		g_string_append_printf(text, "%s %zu", phrase(verdicts[i].word, options->language), counts[i]);
		style_end(text, options);
	}
	append_for_terminal(out, options, text, column, indent);
	g_string_free(text, TRUE);
}

static size_t place_of(enum requirement_verdict verdict)
{
	size_t i = 0;

	while (i + 1 < G_N_ELEMENTS(verdicts) && verdicts[i].verdict != verdict)
		i++;
	return i;
}

/* The rows that only this receiver asks, or, for NULL, those that several of the chosen ones ask. */
static void append_group(
        GString *out, const struct report_options *options, const struct message_result *result, const GArray *rows,
        const struct receiver *receiver, GHashTable *told)
{
	size_t counts[G_N_ELEMENTS(verdicts)] = {0}, n = 0;

	for (guint i = 0; i < rows->len; i++) {
		const struct checklist_row *row = &g_array_index(rows, struct checklist_row, i);

		if (only_receiver(row->asked_by) != receiver)
			continue;
		counts[place_of(row->verdict)]++;
		n++;
	}
	if (n == 0)
		return;
	const char *name = phrase(receiver ? receiver->name : PHRASE_SEVERAL_RECEIVERS, options->language);
	const char *colon = phrase(PHRASE_LIST_COLON, options->language);
	append_styled(out, options, STYLE_BOLD, name);
	g_string_append(out, colon);
	append_counts(out, options, counts, safe_width(span_str(name), false) + safe_width(span_str(colon), false), 2);
	g_string_append_c(out, '\n');
	for (size_t k = 0; k < G_N_ELEMENTS(verdicts); k++) {
		for (guint i = 0; i < rows->len; i++) {
			const struct checklist_row *row = &g_array_index(rows, struct checklist_row, i);

			if (row->verdict == verdicts[k].verdict && only_receiver(row->asked_by) == receiver)
				append_row(out, options, result, row, &verdicts[k], receiver, told);
		}
	}
	g_string_append_c(out, '\n');
}

/* What each of the chosen receivers would say, over all its rows. */
static void append_summary(GString *out, const struct report_options *options, const GArray *rows)
{
	size_t widest = 0;

	for (size_t r = 0; r < G_N_ELEMENTS(receivers); r++)
		widest = MAX(widest, safe_width(span_str(phrase(receivers[r].name, options->language)), false));
	for (size_t r = 0; r < G_N_ELEMENTS(receivers); r++) {
		size_t counts[G_N_ELEMENTS(verdicts)] = {0}, n = 0;

		for (guint i = 0; i < rows->len; i++) {
			const struct checklist_row *row = &g_array_index(rows, struct checklist_row, i);

			if (!(row->asked_by & receivers[r].profiles))
				continue;
			counts[place_of(row->verdict)]++;
			n++;
		}
		if (n == 0)
			continue;
		append_padded(out, phrase(receivers[r].name, options->language), widest, false);
		g_string_append(out, "  ");
		append_counts(out, options, counts, widest + 2, widest + 2 + LEAST_COLUMNS > (size_t)options->width ? 2 : widest + 2);
		g_string_append_c(out, '\n');
	}
}

static void write_sheet(
        GString *out, const struct message_result *result, const struct report_options *options)
{
	g_autoptr(GArray) rows = checklist_rows(result, result->profiles);

	style_begin(out, options, STYLE_BOLD);
	safe_append_terminal(out, span_str(result->path), true);
	style_end(out, options);
	if (result->index > 0) {
		g_autofree char *number = g_strdup_printf("%zu", result->index + 1);

		g_string_append_c(out, ' ');
		PHRASE_APPEND(out, PHRASE_MESSAGE_NUMBER, options->language, number);
	}
	g_string_append(out, "\n\n");
	if (!options->quiet) {
		GHashTable *told = g_hash_table_new(NULL, NULL);
		append_group(out, options, result, rows, NULL, told);
		for (size_t i = 0; i < G_N_ELEMENTS(receivers); i++)
			append_group(out, options, result, rows, &receivers[i], told);
		g_hash_table_destroy(told);
	}
	append_summary(out, options, rows);
}

static void checklist_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	for (size_t i = 0; i < view->n_results; i++) {
		if (i > 0)
			g_string_append_c(out, '\n');
		write_sheet(out, view->results[i], options);
	}
	for (size_t i = 0; i < view->n_errors; i++) {
		if (view->errors[i].path) {
			safe_append_terminal(out, span_str(view->errors[i].path), true);
			g_string_append(out, ": ");
		}
		char *reason = reason_in(options->language, view->errors[i].message);
		safe_append_terminal(out, span_str(reason), true);
		g_free(reason);
		g_string_append_c(out, '\n');
	}
}

const struct reporter report_checklist = {.name = "text", .write = checklist_write};
