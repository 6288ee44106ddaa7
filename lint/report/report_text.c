/* Role: the report people read: places to jump to, the line with a mark under the place, what to do, a score, a summary.
 * May not: pass a byte of a draft on without report/safe.h, or see a message. */
#include "report/advice.h"
#include "report/report.h"

#include <string.h>

#include "base/utf8.h"
#include "report/phrases.h"
#include "report/reason.h"
#include "report/safe.h"
#include "report/terminal.h"

/* A contribution below this is nothing that anybody would change a mail for; still less where the mail is clean. */
#define LEAST_POINTS 0.2
#define LEAST_POINTS_CLEAN 1.0

enum {
	SHOWN_PER_RULE = 3,      /* findings of one rule in one message */
	SHOWN_INFO = 3,          /* info remarks in one message */
	SHOWN_CONTRIBUTIONS = 5, /* rows under the score */
	HEADLINE_INDENT = 4,     /* of the second line of a message, on a terminal */
	LEAST_SHOWN = 12,        /* columns of a source line, however narrow the terminal */
	LINE_NUMBER_COLUMNS = 5, /* " 1234" in front of a source line, wider for larger numbers */
};

#define CUT_MARK "..." /* ASCII: an ellipsis is two columns wide on some Japanese terminals and would push the marks aside */
#define CUT_MARK_COLUMNS 3

static enum style severity_style(enum severity severity)
{
	return severity == SEVERITY_ERROR ? STYLE_ERROR : severity == SEVERITY_WARNING ? STYLE_WARNING : STYLE_INFO;
}

/* Only plain web addresses become links of the terminal: anything else could carry a control sequence. */
static bool is_linkable(const char *url)
{
	if (!url || (!g_str_has_prefix(url, "https://") && !g_str_has_prefix(url, "http://")))
		return false;
	for (const char *p = url; *p; p++) {
		if (*p < 0x21 || *p > 0x7e)
			return false;
	}
	return true;
}

/* OSC 8; url NULL ends the link. */
static void append_link(GString *out, const char *url)
{
	g_string_append_printf(out, "\x1b]8;;%s\x1b\\", url ? url : "");
}

/* Safe text, at most that many columns; what does not fit is left out and marked. */
static void append_cut(GString *out, struct span text, size_t columns)
{
	size_t used = 0, at = 0, keep = 0;

	while (at < text.n) {
		used += safe_next(NULL, text, &at, true);
		if (used > columns)
			break;
		if (used + CUT_MARK_COLUMNS <= columns)
			keep = at;
	}
	if (used <= columns)
		keep = text.n;
	for (at = 0; at < keep;)
		safe_next(out, text, &at, true);
	if (keep < text.n)
		g_string_append(out, CUT_MARK);
}

/* --- a source line with marks under a place -------------------------------------------------------------------------------------
 */

struct unit {
	size_t start; /* byte */
	size_t width; /* columns */
};

/* What of a line is shown: units [first, last), and what is marked: units [from, to). */
struct window {
	size_t first, last;
	size_t from, to;
};

static size_t width_of(const struct unit *units, size_t from, size_t to)
{
	size_t width = 0;

	for (size_t i = from; i < to; i++)
		width += units[i].width;
	return width;
}

/* Choose what fits into columns: a third of them in front of the place, then as much as there is room for. */
static struct window window_choose(const struct unit *units, size_t n, size_t from, size_t to, size_t columns)
{
	struct window window = {.first = 0, .last = n, .from = from, .to = to};
	size_t used = 0, room;

	if (width_of(units, 0, n) <= columns)
		return window;

	window.first = from;
	while (window.first > 0 && used + units[window.first - 1].width <= columns / 3)
		used += units[--window.first].width;
	room = columns - CUT_MARK_COLUMNS - (window.first > 0 ? CUT_MARK_COLUMNS : 0);
	if (width_of(units, window.first, n) <= room + CUT_MARK_COLUMNS) {
		/* The end of the line is in sight: fill up in front. */
		room += CUT_MARK_COLUMNS;
		used = width_of(units, window.first, n);
		while (window.first > 0 && used + units[window.first - 1].width <= room)
			used += units[--window.first].width;
		return window;
	}
	for (used = 0, window.last = window.first; window.last < n && used + units[window.last].width <= room; window.last++)
		used += units[window.last].width;
	return window;
}

/* Append the line and, below it, marks under bytes [start, end); an empty range is one mark. gutter stands in front of the line and
 * mark_gutter in front of the marks; both are prefix_columns wide. */
static void append_marked_line(GString *out, const struct report_options *options, enum style style, const char *gutter,
        const char *mark_gutter, size_t prefix_columns, struct span line, size_t start, size_t end)
{
	size_t columns = options->width > 0 && (size_t)options->width >= prefix_columns + LEAST_SHOWN
	                         ? (size_t)options->width - prefix_columns
	                         : LEAST_SHOWN;
	GArray *units = g_array_new(FALSE, FALSE, sizeof(struct unit));
	size_t from, to, marks;
	struct window window;

	for (size_t at = 0; at < line.n;) {
		struct unit unit = {.start = at};

		unit.width = safe_next(NULL, line, &at, true);
		g_array_append_val(units, unit);
	}
	const struct unit *u = (const struct unit *)(void *)units->data;
	const size_t n = units->len;

	/* The unit that holds the byte start; marks cover whole units. */
	for (from = 0; from < n && (from + 1 < n ? u[from + 1].start : line.n) <= start; from++)
		;
	for (to = from; to < n && u[to].start < end; to++)
		;
	window = window_choose(u, n, from, to, columns);

	style_begin(out, options, STYLE_DIM);
	g_string_append(out, gutter);
	style_end(out, options);
	if (window.first > 0)
		append_styled(out, options, STYLE_DIM, CUT_MARK);
	for (size_t at = window.first < n ? u[window.first].start : line.n; at < (window.last < n ? u[window.last].start : line.n);)
		safe_next(out, line, &at, true);
	if (window.last < n)
		append_styled(out, options, STYLE_DIM, CUT_MARK);
	/* An editor would tell of blanks at the line end, and so would a reviewer of a golden file. */
	if (!options->color) {
		while (out->len > 0 && out->str[out->len - 1] == ' ')
			g_string_truncate(out, out->len - 1);
	}
	g_string_append_c(out, '\n');

	append_styled(out, options, STYLE_DIM, mark_gutter);
	append_spaces(out, (window.first > 0 ? CUT_MARK_COLUMNS : 0) + width_of(u, window.first, window.from));
	marks = window.from < window.last ? width_of(u, window.from, MIN(window.to, window.last)) : 0;
	style_begin(out, options, style);
	for (size_t i = 0; i < MAX(marks, 1); i++)
		g_string_append_c(out, '^');
	style_end(out, options);
	g_string_append_c(out, '\n');
	g_array_free(units, TRUE);
}

/* The raw line of a finding. The span's bytes are marked as far as this line goes. */
static void append_raw_line(
        GString *out, const struct report_options *options, const struct finding *finding, size_t number_columns)
{
	struct span line = span_str(finding->raw_line);
	size_t column = finding->raw_line_column > 0 ? finding->raw_line_column - 1 : 0;
	size_t start = utf8_valid(line) ? utf8_offset(line, column) : MIN(column, line.n);
	size_t length = finding->end.offset > finding->start.offset ? finding->end.offset - finding->start.offset : 0;
	size_t end = length < line.n - start ? start + length : line.n;
	g_autofree char *gutter = g_strdup_printf("%*zu | ", (int)number_columns, finding->start.line);
	g_autofree char *mark_gutter = g_strdup_printf("%*s | ", (int)number_columns, "");

	append_marked_line(
	        out, options, severity_style(finding->severity), gutter, mark_gutter, number_columns + 3, line, start, end);
}

static void append_decoded_line(
        GString *out, const struct report_options *options, const struct finding *finding, size_t number_columns)
{
	struct span line = span_str(finding->decoded_line);
	size_t column = finding->decoded_column > 0 ? finding->decoded_column - 1 : 0;
	size_t length = finding->excerpt ? utf8_count(span_str(finding->excerpt)) : 0;
	size_t start = utf8_offset(line, column);
	size_t end = utf8_offset(line, column + length);
	const char *label = phrase(finding->rows ? PHRASE_BECOMES : PHRASE_DECODED, options->language);
	size_t label_columns = text_width(span_str(label), false) + 2;
	g_autofree char *gutter = g_strdup_printf("%*s | %s: ", (int)number_columns, "", label);
	g_autofree char *mark_gutter = g_strdup_printf("%*s | %*s", (int)number_columns, "", (int)label_columns, "");

	append_marked_line(out, options, severity_style(finding->severity), gutter, mark_gutter, number_columns + 3 + label_columns,
	        line, start, end);
}

/* --- one finding ----------------------------------------------------------------------------------------------------------------
 */

/* What was already said of a rule in this message. */
struct rule_state {
	size_t total, shown, left_out; /* the last two without info remarks */
	const struct finding *next;    /* first one left out */
	char *help;                    /* as printed last */
	bool source_said;
};

static void rule_state_free(gpointer data)
{
	struct rule_state *state = data;

	g_free(state->help);
	g_free(state);
}

/* Where the text of a note begins. */
static size_t note_column(size_t number_columns, const char *label)
{
	return number_columns + 3 + text_width(span_str(label), false) + 2;
}

/* Where the label leaves no room beside it, the lines below go back under it. */
static size_t note_indent(const struct report_options *options, size_t number_columns, const char *label)
{
	size_t column = note_column(number_columns, label), width = options->width > 0 ? (size_t)options->width : 0;

	return column + LEAST_COLUMNS > width ? number_columns + 5 : column;
}

/* "      = label: text", wrapped. */
static void append_note(
        GString *out, const struct report_options *options, size_t number_columns, const char *label, struct span text)
{
	append_spaces(out, number_columns + 1);
	style_begin(out, options, STYLE_DIM);
	g_string_append_printf(out, "= %s: ", label);
	style_end(out, options);
	append_wrapped(out, text, note_column(number_columns, label), note_indent(options, number_columns, label),
	        options->width > 0 ? (size_t)options->width : 0);
	g_string_append_c(out, '\n');
}

/* Each line is a link of its own: one over the line end would underline the blanks in front of the next. */
static void append_linked_lines(GString *out, const char *lines, const char *url)
{
	for (const char *line = lines;;) {
		size_t blanks = strspn(line, " "), length = strcspn(line, "\n");

		append_spaces(out, blanks);
		append_link(out, url);
		g_string_append_len(out, line + blanks, (gssize)(length - blanks));
		append_link(out, NULL);
		if (!line[length])
			break;
		g_string_append_c(out, '\n');
		line += length + 1;
	}
}

static void append_source(
        GString *out, const struct report_options *options, size_t number_columns, const struct rule_source *source)
{
	const char *label = phrase(PHRASE_SOURCE, options->language);
	bool link = options->hyperlinks && is_linkable(source->url);
	GString *text = g_string_new(NULL);

	if (source->name)
		safe_append_terminal(text, span_str(source->name), true);
	if (source->section) {
		g_string_append(text, text->len > 0 ? ", " : "");
		safe_append_terminal(text, span_str(source->section), true);
	}
	if (source->date && options->verbose) {
		g_string_append(text, text->len > 0 ? ", " : "");
		PHRASE_APPEND(text, PHRASE_DATED, options->language, source->date);
	}
	if (source->url && (!link || text->len == 0)) {
		g_string_append(text, text->len > 0 ? ": " : "");
		safe_append_terminal(text, span_str(source->url), true);
	}
	if (link) {
		GString *lines = g_string_new(NULL);

		append_spaces(out, number_columns + 1);
		style_begin(out, options, STYLE_DIM);
		g_string_append_printf(out, "= %s: ", label);
		append_for_terminal(lines, options, text, note_column(number_columns, label), note_indent(options, number_columns, label));
		append_linked_lines(out, lines->str, source->url);
		style_end(out, options);
		g_string_append_c(out, '\n');
		g_string_free(lines, TRUE);
	} else if (text->len > 0) {
		append_note(out, options, number_columns, label, span_of(text->str, text->len));
	}
	g_string_free(text, TRUE);
}

static void append_new_line(GString *out, size_t indent)
{
	g_string_append_c(out, '\n');
	append_spaces(out, indent);
}

/* "[FM-03, ID-01]" */
static size_t ids_width(const char *const *ids)
{
	size_t width = 0;

	for (const char *const *id = ids; *id; id++)
		width += safe_width(span_str(*id), true) + 2;
	return width;
}

/* The message behind what stands in front of it, column wide. In a file it is one line, for editors jump by it; a terminal would break it inside words.
 * Returns the column behind it. */
static size_t append_rest_of_headline(GString *out, const struct report_options *options, const GString *message, size_t column)
{
	size_t start;

	if (!options->terminal) {
		g_string_append(out, "  ");
		g_string_append_len(out, message->str, (gssize)message->len);
		return column;
	}
	if (column + MIN(LEAST_COLUMNS, safe_width(span_of(message->str, message->len), true)) > (size_t)options->width) {
		append_new_line(out, HEADLINE_INDENT);
		column = HEADLINE_INDENT;
	} else {
		g_string_append(out, "  ");
	}
	start = out->len;
	append_wrapped(out, span_of(message->str, message->len), column, HEADLINE_INDENT, (size_t)options->width);
	const char *last = strrchr(out->str + start, '\n');
	return last ? safe_width(span_str(last + 1), true) : column + safe_width(span_str(out->str + start), true);
}

static void append_headline(GString *out, const struct report_options *options, const char *path, const struct finding *finding)
{
	const struct rule *rule = finding->rule;
	const char *url = finding_url(finding);
	bool link = options->hyperlinks && is_linkable(url);
	g_autofree char *formatted =
	        finding_format(finding, finding->message ? &finding->message->text : &rule->title, options->language);
	GString *message = safe_prose(formatted);

	style_begin(out, options, STYLE_BOLD);
	safe_append_terminal(out, span_str(path), true);
	g_string_append_printf(out, ":%zu:%zu:", finding->start.line, finding->start.column);
	style_end(out, options);
	g_autofree char *place = g_strdup_printf(":%zu:%zu:", finding->start.line, finding->start.column);
	g_autofree char *what = g_strdup_printf("%s  %s  ", severity_name(finding->severity), rule->id);
	size_t column = safe_width(span_str(path), true) + strlen(place);
	if (options->terminal && column + strlen(what) > (size_t)options->width + 1) {
		append_new_line(out, HEADLINE_INDENT);
		column = HEADLINE_INDENT;
	} else {
		g_string_append_c(out, ' ');
		column++;
	}
	append_styled(out, options, severity_style(finding->severity), severity_name(finding->severity));
	g_string_append(out, "  ");
	style_begin(out, options, STYLE_DIM);
	if (link)
		append_link(out, url);
	safe_append_terminal(out, span_str(rule->id), true);
	if (link)
		append_link(out, NULL);
	style_end(out, options);
	column = append_rest_of_headline(out, options, message, column + strlen(what));
	if (finding->requirements && finding->requirements[0]) {
		if (options->terminal && column + 1 + ids_width((const char *const *)finding->requirements) > (size_t)options->width)
			append_new_line(out, HEADLINE_INDENT);
		else
			g_string_append_c(out, ' ');
		style_begin(out, options, STYLE_DIM);
		for (const char **id = finding->requirements; *id; id++) {
			g_string_append(out, id == finding->requirements ? "[" : ", ");
			safe_append_terminal(out, span_str(*id), true);
		}
		g_string_append_c(out, ']');
		style_end(out, options);
	}
	g_string_append_c(out, '\n');
	g_string_free(message, TRUE);
}

/* "readers.csv:18: name = \"\"", for the rows that are kept. */
static void append_rows(GString *out, const struct report_options *options, const struct finding_rows *rows, size_t number_columns)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < rows->n_first; i++) {
		const struct finding_row *row = &rows->first[i];

		if (row->worst || !rows->data_path)
			continue;
		g_string_append(text, text->len > 0 ? "; " : "");
		safe_append_terminal(text, span_str(rows->data_path), true);
		g_string_append_printf(text, ":%zu", row->line);
		if (row->values) {
			g_string_append(text, ": ");
			safe_append_terminal(text, span_str(row->values), true);
		}
	}
	if (text->len > 0)
		append_note(out, options, number_columns, phrase(PHRASE_ROW, options->language), span_of(text->str, text->len));
	g_string_free(text, TRUE);
}

static void append_finding(GString *out, const struct report_options *options, const char *path, const struct finding *finding,
        struct rule_state *state, size_t number_columns)
{
	const struct rule *rule = finding->rule;
	const enum language language = options->language;
	g_autofree char *help = finding_format(finding, &rule->help, language);
	bool is_empty_place = finding->start.offset == finding->end.offset && finding->raw_line && !*finding->raw_line;

	append_headline(out, options, path, finding);
	/* An empty line shown for something that is missing would tell nothing. */
	if (finding->raw_line && !is_empty_place)
		append_raw_line(out, options, finding, number_columns);
	if (finding->decoded_line && *finding->decoded_line)
		append_decoded_line(out, options, finding, number_columns);
	if (finding->rows)
		append_rows(out, options, finding->rows, number_columns);

	if (finding->url && rule->n_sources) {
		struct rule_source page = rule->sources[0];
		page.url = finding->url;
		append_source(out, options, number_columns, &page);
	}
	for (size_t i = 0; !finding->url && !state->source_said && i < (options->verbose ? rule->n_sources : MIN(rule->n_sources, 1)); i++)
		append_source(out, options, number_columns, &rule->sources[i]);
	if (!state->help || strcmp(state->help, help) != 0) {
		GString *prose = safe_prose(help);

		if (prose->len > 0)
			append_note(out, options, number_columns, phrase(PHRASE_HELP, language), span_of(prose->str, prose->len));
		g_string_free(prose, TRUE);
		g_free(state->help);
		state->help = g_steal_pointer(&help);
	}
	if (!state->source_said && rule->smtp_reply && *rule->smtp_reply) {
		GString *prose = safe_prose(rule->smtp_reply);

		append_note(out, options, number_columns, phrase(PHRASE_REPLY, language), span_of(prose->str, prose->len));
		g_string_free(prose, TRUE);
	}
	state->source_said = true;
}

/* --- one message ----------------------------------------------------------------------------------------------------------------
 */

static struct rule_state *state_of(GHashTable *states, const struct finding *finding)
{
	return g_hash_table_lookup(states, finding->rule->id);
}

static size_t count_told(const struct message_result *result)
{
	size_t n = 0;

	for (size_t i = 0; i < result->n_findings; i++)
		n += !result->findings[i].suppressed;
	return n;
}

/* Decide what is shown. Info remarks: one of each rule first, then others, SHOWN_INFO in all. Returns how many info remarks are
 * left out. */
static size_t choose_findings(
        const struct message_result *result, const struct report_options *options, GHashTable *states, bool *shown)
{
	size_t n_info = 0, n_info_shown = 0;

	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding *finding = &result->findings[i];
		struct rule_state *state = state_of(states, finding);

		if (finding->suppressed)
			continue;
		if (!state) {
			state = g_new0(struct rule_state, 1);
			g_hash_table_insert(states, (gpointer)finding->rule->id, state);
		}
		state->total++;
		if (options->verbose) {
			shown[i] = true;
		} else if (finding->severity == SEVERITY_INFO) {
			n_info++;
			if (state->total == 1 && n_info_shown < SHOWN_INFO) {
				shown[i] = true;
				n_info_shown++;
			}
		} else if (state->shown < SHOWN_PER_RULE) {
			shown[i] = true;
			state->shown++;
		} else {
			state->left_out++;
			if (!state->next)
				state->next = finding;
		}
	}
	for (size_t i = 0; i < result->n_findings && n_info_shown < MIN(SHOWN_INFO, n_info); i++) {
		if (!shown[i] && !result->findings[i].suppressed && result->findings[i].severity == SEVERITY_INFO) {
			shown[i] = true;
			n_info_shown++;
		}
	}
	return n_info - n_info_shown;
}

static void append_heading(GString *out, const struct message_result *result, const struct report_options *options)
{
	const enum language language = options->language;

	style_begin(out, options, STYLE_BOLD);
	safe_append_terminal(out, span_str(result->path), true);
	style_end(out, options);
	if (result->index > 0) {
		g_autofree char *number = g_strdup_printf("%zu", result->index + 1);

		g_string_append_c(out, ' ');
		PHRASE_APPEND(out, PHRASE_MESSAGE_NUMBER, language, number);
	}
	if (result->is_template)
		g_string_append_printf(out, " %s", phrase(PHRASE_TEMPLATE, language));
	if (result->subject && *result->subject) {
		GString *subject = g_string_new(NULL);
		size_t width = options->width > 0 ? (size_t)options->width : 0;
		size_t used = safe_width(span_str(result->path), true) + 6;

		if (options->terminal && used + LEAST_COLUMNS > width) {
			append_new_line(out, HEADLINE_INDENT);
			used = HEADLINE_INDENT + 4;
		} else {
			g_string_append(out, "  ");
		}
		append_cut(subject, span_str(result->subject), width > used + LEAST_COLUMNS ? width - used : LEAST_COLUMNS);
		style_begin(out, options, STYLE_DIM);
		PHRASE_APPEND(out, PHRASE_SUBJECT, language, subject->str);
		style_end(out, options);
		g_string_free(subject, TRUE);
	}
	g_string_append(out, "\n\n");
}

/* A number as people write it, whatever the locale. */
static char *number_text(const char *format, double value)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE];

	return g_strdup(g_ascii_formatd(buffer, sizeof(buffer), format, value));
}

/* Is it a thing of the draft that somebody can change? */
static bool can_be_changed(const struct contribution *contribution)
{
	return contribution->kind != CONTRIBUTION_START && contribution->kind != CONTRIBUTION_REST;
}

/* "(also line 80, 97)", where the mail says the same again. */
static void append_also(GString *out, const struct score_edit *edit, enum language language)
{
	GString *lines = g_string_new(NULL);

	for (size_t i = 0; i < edit->n_also; i++)
		g_string_append_printf(lines, "%s%zu", i ? ", " : "", edit->also[i].line);
	if (edit->n_also) {
		g_string_append_c(out, ' ');
		PHRASE_APPEND(out, PHRASE_ADVICE_ALSO, language, lines->str);
	}
	g_string_free(lines, TRUE);
}

static void append_advice(GString *out, const struct advice *advice, const struct report_options *options)
{
	const enum language language = options->language;
	g_autofree char *limit = number_text("%.1f", advice->limit), *points = number_text("%.1f", advice->points);
	g_autofree char *probability = number_text("%.2f", advice->probability);

	g_string_append(out, "  ");
	if (advice->n_edits || !advice->reached)
		PHRASE_APPEND(out, PHRASE_ADVICE, language, limit);
	else
		PHRASE_APPEND(out, PHRASE_ADVICE_NONE, language, limit);
	g_string_append_c(out, '\n');
	for (size_t i = 0; i < advice->n_edits; i++) {
		const struct score_edit *edit = &advice->edits[i];
		g_autofree char *gain = number_text("%8.1f", -edit->gain), *what = score_advice(&edit->what, language);
		GString *line = safe_prose(what);
		append_also(line, edit, language);
		g_string_append_printf(out, "%s  ", gain);
		append_wrapped(out, span_of(line->str, line->len), 10, 10, options->terminal ? (size_t)options->width : SIZE_MAX);
		g_string_append_c(out, '\n');
		g_string_free(line, TRUE);
	}
	if (advice->n_edits || !advice->reached) {
		g_string_append(out, "  ");
		if (advice->reached)
			PHRASE_APPEND(out, PHRASE_ADVICE_REACHED, language, points, probability);
		else
			PHRASE_APPEND(out, PHRASE_ADVICE_MISSED, language, points);
		g_string_append_c(out, '\n');
	}
}

static void append_score(GString *out, const struct message_result *result, const struct report_options *options)
{
	const struct score *score = result->score;
	const enum language language = options->language;
	size_t shown = 0;
	bool left_out = false;
	g_autofree char *points = number_text("%.1f", score->points);
	g_autofree char *probability = number_text("%.2f", score->probability);
	GString *verdict = g_string_new(NULL), *sentence = g_string_new(NULL);
	double rest = 0, least = strcmp(score->verdict, "clean") == 0 ? LEAST_POINTS_CLEAN : LEAST_POINTS;

	if (strcmp(score->verdict, "spam-like") == 0)
		append_styled(verdict, options, STYLE_ERROR, phrase(PHRASE_SPAM_LIKE, language));
	else if (strcmp(score->verdict, "suspicious") == 0)
		append_styled(verdict, options, STYLE_WARNING, phrase(PHRASE_SUSPICIOUS, language));
	else
		append_styled(verdict, options, STYLE_GOOD, phrase(PHRASE_CLEAN, language));
	g_string_append(out, "  ");
	PHRASE_APPEND(sentence, PHRASE_SCORE, language, points, probability, verdict->str);
	append_for_terminal(out, options, sentence, 2, HEADLINE_INDENT);
	g_string_append_c(out, '\n');
	g_string_free(sentence, TRUE);
	g_string_free(verdict, TRUE);

	for (size_t i = 0; i < score->n_contributions; i++) {
		const struct contribution *contribution = &score->contributions[i];
		g_autofree char *share = number_text("%8.1f", contribution->points);
		g_autofree char *advice = score_advice(contribution, language);

		if (!options->verbose && (shown == SHOWN_CONTRIBUTIONS || contribution->points < least || !can_be_changed(contribution))) {
			rest += contribution->points;
			left_out = true;
			continue;
		}
		shown++;
		g_string_append_printf(out, "%s  ", share);
		GString *prose = safe_prose(advice);
		append_wrapped(out, span_of(prose->str, prose->len), 10, 10, options->terminal ? (size_t)options->width : SIZE_MAX);
		g_string_free(prose, TRUE);
		if (contribution->definition) {
			g_string_append(out, "  ");
			style_begin(out, options, STYLE_DIM);
			safe_append_terminal(out, span_str(contribution->name), true);
			style_end(out, options);
		}
		g_string_append_c(out, '\n');
	}
	if (left_out && shown) {
		g_autofree char *share = number_text("%8.1f", rest);

		PHRASE_APPEND(out, PHRASE_MORE_POINTS, language, share);
		g_string_append_c(out, '\n');
	}
}

/* What is said between findings, and an empty line. Frees the sentence. */
static void append_remark(GString *out, const struct report_options *options, GString *sentence)
{
	append_spaces(out, 2);
	append_for_terminal(out, options, sentence, 2, HEADLINE_INDENT);
	g_string_append(out, "\n\n");
	g_string_free(sentence, TRUE);
}

static void text_write_message(GString *out, const struct message_result *result, const struct report_options *options)
{
	g_autoptr(GHashTable) states = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, rule_state_free);
	bool *shown;
	size_t info_left_out, number_columns = LINE_NUMBER_COLUMNS, largest = 0;

	/* A text that reads like spam is told of also where no rule has anything to say. */
	if (options->quiet || (count_told(result) == 0 && !(result->score && strcmp(result->score->verdict, "clean") != 0)))
		return;
	shown = g_new0(bool, result->n_findings + 1);
	info_left_out = choose_findings(result, options, states, shown);
	for (size_t i = 0; i < result->n_findings; i++) {
		if (shown[i])
			largest = MAX(largest, result->findings[i].start.line);
	}
	for (size_t limit = 10000; largest >= limit && number_columns < 20; limit *= 10)
		number_columns++;

	append_heading(out, result, options);
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding *finding = &result->findings[i];
		struct rule_state *state = state_of(states, finding);

		if (shown[i]) {
			append_finding(out, options, result->path, finding, state, number_columns);
			g_string_append_c(out, '\n');
		} else if (state && state->next == finding) {
			g_autofree char *count = g_strdup_printf("%zu", state->left_out);
			g_autofree char *place = g_strdup_printf("%zu:%zu", finding->start.line, finding->start.column);

			GString *sentence = g_string_new(NULL);

			PHRASE_APPEND(sentence, PHRASE_MORE_OF_RULE, options->language, count, finding->rule->id, place);
			append_remark(out, options, sentence);
		}
	}
	if (info_left_out > 0) {
		g_autofree char *count = g_strdup_printf("%zu", info_left_out);

		GString *sentence = g_string_new(NULL);

		PHRASE_APPEND(sentence, info_left_out == 1 ? PHRASE_MORE_INFO_ONE : PHRASE_MORE_INFO_MANY, options->language, count);
		append_remark(out, options, sentence);
	}
	if (result->score) {
		append_score(out, result, options);
		if (result->score->advice)
			append_advice(out, result->score->advice, options);
		g_string_append_c(out, '\n');
	}
	g_free(shown);
}

/* --- the end of the report ------------------------------------------------------------------------------------------------------
 */

struct counted {
	const char *rule;
	enum severity severity;
	size_t n;
};

static int compare_counted(gconstpointer a, gconstpointer b)
{
	const struct counted *left = *(const struct counted *const *)a, *right = *(const struct counted *const *)b;

	if (left->n != right->n)
		return left->n > right->n ? -1 : 1;
	if (left->severity != right->severity)
		return left->severity > right->severity ? -1 : 1;
	return strcmp(left->rule, right->rule);
}

static void append_statistics(GString *out, const struct report_view *view, const struct report_options *options)
{
	g_autoptr(GHashTable) table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	const enum language language = options->language;

	for (size_t i = 0; i < view->n_results; i++) {
		for (size_t k = 0; k < view->results[i]->n_findings; k++) {
			const struct finding *finding = &view->results[i]->findings[k];
			if (finding->suppressed)
				continue;
			/* A rule may stand with several severities: each has its row. */
			char *key = g_strdup_printf("%d %s", (int)finding->severity, finding->rule->id);
			struct counted *row = g_hash_table_lookup(table, key);

			if (!row) {
				row = g_new0(struct counted, 1);
				row->rule = finding->rule->id;
				row->severity = finding->severity;
				g_ptr_array_add(rows, row);
				g_hash_table_insert(table, key, row);
			} else {
				g_free(key);
			}
			row->n++;
		}
	}
	if (rows->len == 0)
		return;
	g_ptr_array_sort(rows, compare_counted);

	style_begin(out, options, STYLE_DIM);
	append_padded(out, phrase(PHRASE_COUNT, language), 7, true);
	g_string_append(out, "  ");
	append_padded(out, phrase(PHRASE_SEVERITY, language), 8, false);
	g_string_append_printf(out, "  %s", phrase(PHRASE_RULE, language));
	style_end(out, options);
	g_string_append_c(out, '\n');
	for (size_t i = 0; i < rows->len; i++) {
		const struct counted *row = rows->pdata[i];

		g_string_append_printf(out, "%7zu  ", row->n);
		style_begin(out, options, severity_style(row->severity));
		append_padded(out, severity_name(row->severity), 8, false);
		style_end(out, options);
		g_string_append(out, "  ");
		safe_append_terminal(out, span_str(row->rule), true);
		g_string_append_c(out, '\n');
	}
	g_string_append_c(out, '\n');
}

static void append_errors(GString *out, const struct report_view *view, const struct report_options *options)
{
	if (view->n_errors == 0)
		return;
	append_styled(out, options, STYLE_ERROR, phrase(PHRASE_UNREADABLE_TITLE, options->language));
	g_string_append_c(out, '\n');
	for (size_t i = 0; i < view->n_errors; i++) {
		g_string_append(out, "  ");
		if (view->errors[i].path) {
			style_begin(out, options, STYLE_BOLD);
			safe_append_terminal(out, span_str(view->errors[i].path), true);
			style_end(out, options);
			g_string_append(out, ": ");
		}
		char *reason = reason_in(options->language, view->errors[i].message);
		safe_append_terminal(out, span_str(reason), true);
		g_free(reason);
		g_string_append_c(out, '\n');
	}
	g_string_append_c(out, '\n');
}

/* One part of the summary; nothing for a count of 0. */
static void append_count(GString *out, const struct report_options *options, size_t n, enum phrase one, enum phrase many,
        enum style style, bool *first)
{
	g_autofree char *count = g_strdup_printf("%zu", n);

	if (n == 0)
		return;
	if (!*first)
		g_string_append(out, phrase(PHRASE_LIST_COMMA, options->language));
	*first = false;
	style_begin(out, options, style);
	PHRASE_APPEND(out, n == 1 ? one : many, options->language, count);
	style_end(out, options);
}

static void append_summary(GString *out, const struct report_view *view, const struct report_options *options)
{
	const enum language language = options->language;
	size_t counts[SEVERITY_ERROR + 1] = {0}, n_suppressed = 0;
	bool first = true;

	for (size_t i = 0; i < view->n_results; i++) {
		for (size_t k = 0; k < view->results[i]->n_findings; k++) {
			const struct finding *finding = &view->results[i]->findings[k];
			if (finding->suppressed)
				n_suppressed++;
			else
				counts[finding->severity]++;
		}
	}
	const size_t n_findings = counts[SEVERITY_ERROR] + counts[SEVERITY_WARNING] + counts[SEVERITY_INFO];

	if (options->quiet && n_findings == 0)
		return;
	if (view->n_results == 0) {
		if (view->n_errors == 0)
			g_string_append_printf(out, "%s\n", phrase(PHRASE_NOTHING_CHECKED, language));
		return;
	}
	if (view->n_results == 1 && n_findings == 0 && n_suppressed == 0) {
		GString *path = g_string_new(NULL);

		safe_append_terminal(path, span_str(view->results[0]->path), true);
		PHRASE_APPEND(out, PHRASE_PATH_NO_FINDINGS, language, path->str);
		g_string_append_c(out, '\n');
		g_string_free(path, TRUE);
		return;
	}

	g_autofree char *n_messages = g_strdup_printf("%zu", view->n_results);

	PHRASE_APPEND(out, view->n_results == 1 ? PHRASE_MESSAGES_ONE : PHRASE_MESSAGES_MANY, language, n_messages);
	g_string_append(out, phrase(PHRASE_LIST_COLON, language));
	if (n_findings == 0) {
		append_styled(out, options, STYLE_GOOD, phrase(PHRASE_NO_FINDINGS, language));
		first = false;
	}
	append_count(out, options, counts[SEVERITY_ERROR], PHRASE_ERRORS_ONE, PHRASE_ERRORS_MANY, STYLE_ERROR, &first);
	append_count(out, options, counts[SEVERITY_WARNING], PHRASE_WARNINGS_ONE, PHRASE_WARNINGS_MANY, STYLE_WARNING, &first);
	append_count(out, options, counts[SEVERITY_INFO], PHRASE_INFO, PHRASE_INFO, STYLE_INFO, &first);
	append_count(out, options, n_suppressed, PHRASE_SUPPRESSED, PHRASE_SUPPRESSED, STYLE_DIM, &first);
	append_count(out, options, view->n_errors, PHRASE_UNREADABLE, PHRASE_UNREADABLE, STYLE_ERROR, &first);
	g_string_append_c(out, '\n');
}

/* What a program could mend, where anything. */
static void append_fixable(GString *out, const struct report_view *view, const struct report_options *options)
{
	size_t safe = 0, unsafe = 0;
	bool first = true;

	for (size_t i = 0; i < view->n_results; i++)
		finding_count_fixes(view->results[i], &safe, &unsafe);
	if (!safe && !unsafe)
		return;
	append_count(out, options, safe, PHRASE_FIXABLE, PHRASE_FIXABLE, STYLE_DIM, &first);
	append_count(out, options, unsafe, PHRASE_FIXABLE_UNSAFE, PHRASE_FIXABLE_UNSAFE, STYLE_DIM, &first);
	g_string_append_c(out, '\n');
}

static void text_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	for (size_t i = 0; i < view->n_results; i++)
		text_write_message(out, view->results[i], options);
	if (options->statistics)
		append_statistics(out, view, options);
	append_errors(out, view, options);
	GString *summary = g_string_new(NULL);
	append_summary(summary, view, options);
	append_for_terminal(out, options, summary, 0, HEADLINE_INDENT);
	g_string_truncate(summary, 0);
	if (!options->quiet)
		append_fixable(summary, view, options);
	append_for_terminal(out, options, summary, 0, HEADLINE_INDENT);
	g_string_free(summary, TRUE);
}

const struct reporter report_text = {.name = "text", .write = text_write, .write_message = text_write_message};
