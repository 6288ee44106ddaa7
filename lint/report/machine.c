/* Role: what the reports for programs share: order, number and one-line texts of findings.
 * May not: know any one format. */
#include "report/machine.h"

#include "base/utf8.h"
#include "report/reason.h"
#include "report/terminal.h"

GArray *machine_findings(const struct report_view *view, bool suppressed)
{
	GArray *findings = g_array_new(FALSE, FALSE, sizeof(struct machine_finding));
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < view->n_results; i++) {
		for (size_t k = 0; k < view->results[i]->n_findings; k++) {
			const struct finding *finding = &view->results[i]->findings[k];
			if (finding->suppressed && !suppressed)
				continue;
			size_t n = GPOINTER_TO_SIZE(g_hash_table_lookup(seen, finding->fingerprint)) + 1;
			struct machine_finding row = {view->results[i], finding, n};

			g_hash_table_insert(seen, (gpointer)finding->fingerprint, GSIZE_TO_POINTER(n));
			g_array_append_val(findings, row);
		}
	}
	g_hash_table_destroy(seen);
	return findings;
}

void machine_sort(GArray *findings)
{
	GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(struct machine_finding), findings->len);

	for (int severity = SEVERITY_ERROR; severity > SEVERITY_OFF; severity--) {
		for (guint i = 0; i < findings->len; i++) {
			const struct machine_finding *row = &g_array_index(findings, struct machine_finding, i);
			if ((int)row->finding->severity == severity)
				g_array_append_val(sorted, *row);
		}
	}
	g_array_set_size(findings, 0);
	g_array_append_vals(findings, sorted->data, sorted->len);
	g_array_unref(sorted);
}

size_t machine_limit(GArray *findings, size_t limit)
{
	size_t counts[SEVERITY_ERROR + 1] = {0}, room[SEVERITY_ERROR + 1] = {0}, left = limit, kept = 0, n = findings->len;

	for (guint i = 0; i < findings->len; i++)
		counts[g_array_index(findings, struct machine_finding, i).finding->severity]++;
	for (int severity = SEVERITY_ERROR; severity >= 0; severity--) {
		room[severity] = MIN(counts[severity], left);
		left -= room[severity];
	}
	for (guint i = 0; i < findings->len; i++) {
		const struct machine_finding row = g_array_index(findings, struct machine_finding, i);
		if (room[row.finding->severity] == 0)
			continue;
		room[row.finding->severity]--;
		g_array_index(findings, struct machine_finding, kept++) = row;
	}
	g_array_set_size(findings, (guint)kept);
	return n - kept;
}

enum language machine_language(const struct report_options *options)
{
	return options->language_given ? options->language : LANGUAGE_EN;
}

GString *machine_message(const struct finding *finding, enum language language)
{
	g_autofree char *text = finding_format(finding, finding->message ? &finding->message->text : &finding->rule->title, language);

	return safe_prose(g_strchomp(text));
}

GString *machine_help(const struct finding *finding, enum language language)
{
	g_autofree char *text = finding_format(finding, &finding->rule->help, language);

	return safe_prose(g_strchomp(text));
}

/* Marks around what a draft says, until the text is written: noncharacters, which no text may hold (Unicode Standard, section 23.7). */
enum { MARK_OPEN = 0xfdd0, MARK_CLOSE = 0xfdd1 };
#define MARK_OPEN_BYTES "\xEF\xB7\x90"
#define MARK_CLOSE_BYTES "\xEF\xB7\x91"

static char *marked_text(const char *text)
{
	GString *marked = g_string_new(MARK_OPEN_BYTES);
	struct span s = span_str(text);

	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		uint32_t c = utf8_next(s, &at);

		if (c == MARK_OPEN || c == MARK_CLOSE)
			g_string_append_printf(marked, "<U+%04X>", (unsigned int)c);
		else
			g_string_append_len(marked, s.p + start, (gssize)(at - start));
	}
	g_string_append(marked, MARK_CLOSE_BYTES);
	return g_string_free(marked, FALSE);
}

static void append_marked(GString *out, const struct finding *finding, const struct localized *text, enum language language,
        const struct machine_writer *writer)
{
	struct finding marked = *finding;
	struct span rest;

	for (size_t i = 0; i < marked.n_args; i++) {
		if (marked.args[i].kind == ARG_TEXT)
			marked.args[i].text = marked_text(marked.args[i].text);
	}
	g_autofree char *formatted = finding_format(&marked, text, language);
	GString *line = safe_prose(g_strchomp(formatted));

	rest = span_of(line->str, line->len);
	while (rest.n > 0) {
		const char *open = g_strstr_len(rest.p, (gssize)rest.n, MARK_OPEN_BYTES);
		const char *end = open ? g_strstr_len(open, (gssize)(rest.n - (size_t)(open - rest.p)), MARK_CLOSE_BYTES) : NULL;

		if (!end)
			break;
		if (open > rest.p)
			writer->plain(out, span_of(rest.p, (size_t)(open - rest.p)));
		open += strlen(MARK_OPEN_BYTES);
		if (end > open)
			writer->quoted(out, span_of(open, (size_t)(end - open)));
		end += strlen(MARK_CLOSE_BYTES);
		rest = span_of(end, rest.n - (size_t)(end - rest.p));
	}
	if (rest.n > 0)
		writer->plain(out, rest);
	g_string_free(line, TRUE);
	for (size_t i = 0; i < marked.n_args; i++) {
		if (marked.args[i].kind == ARG_TEXT)
			g_free((gpointer)marked.args[i].text);
	}
}

void machine_append_message(GString *out, const struct finding *finding, enum language language, const struct machine_writer *writer)
{
	append_marked(out, finding, finding->message ? &finding->message->text : &finding->rule->title, language, writer);
}

void machine_append_help(GString *out, const struct finding *finding, enum language language, const struct machine_writer *writer)
{
	append_marked(out, finding, &finding->rule->help, language, writer);
}

const char *machine_path(const char *path)
{
	while (path[0] == '.' && path[1] == '/') {
		path += 2;
		while (*path == '/')
			path++;
	}
	return *path ? path : ".";
}

const char *machine_error_path(const struct report_error *error)
{
	return error->path ? machine_path(error->path) : ".";
}

char *machine_error_message(const struct report_error *error, enum language language)
{
	return reason_in(language, error->message);
}

const char *machine_url(const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_sources; i++) {
		if (rule->sources[i].url)
			return rule->sources[i].url;
	}
	return NULL;
}

bool machine_has_fix(const struct finding *finding)
{
	return finding->fix && finding->fix->n_edits && !finding->suppressed;
}
