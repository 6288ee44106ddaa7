/* Role: workflow commands of GitHub Actions, which become annotations on the files of a pull request.
 * May not: let a draft begin a command: everything is escaped, and every line begins with one of ours.
 * Source: GitHub Docs, "Workflow commands for GitHub Actions"; GitHub shows ten annotations of each kind of a step. */
#include "report/machine.h"
#include "report/safe.h"

enum { SHOWN_OF_A_KIND = 10 };

/* Values of properties end at a comma or a colon; the message goes to the end of the line. */
static void append_escaped(GString *out, struct span text, bool property)
{
	GString *safe = g_string_new(NULL);

	safe_append_terminal(safe, text, false);
	for (size_t i = 0; i < safe->len; i++) {
		const char c = safe->str[i];

		if (c == '%' || (property && (c == ':' || c == ',')))
			g_string_append_printf(out, "%%%02X", (unsigned int)(unsigned char)c);
		else
			g_string_append_c(out, c);
	}
	g_string_free(safe, TRUE);
}

static const char *command_of(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "notice";
}

static void append_finding(GString *out, const struct machine_finding *row, enum language language)
{
	const struct finding *finding = row->finding;
	GString *message = machine_message(finding, language), *help = machine_help(finding, language);

	g_string_append_printf(out, "::%s file=", command_of(finding->severity));
	append_escaped(out, span_str(machine_path(row->result->path)), true);
	g_string_append_printf(out, ",line=%zu,col=%zu", finding->start.line, finding->start.column);
	/* Columns go with one line only. */
	if (finding->end.line == finding->start.line && finding->end.column > finding->start.column)
		g_string_append_printf(out, ",endColumn=%zu", finding->end.column);
	g_string_append(out, ",title=");
	append_escaped(out, span_str("presend: "), true);
	append_escaped(out, span_str(finding->rule->id), true);
	g_string_append(out, "::");
	append_escaped(out, span_of(message->str, message->len), false);
	if (help->len > 0) {
		g_string_append(out, "%0A");
		append_escaped(out, span_of(help->str, help->len), false);
	}
	g_string_append_c(out, '\n');
	g_string_free(message, TRUE);
	g_string_free(help, TRUE);
}

static void append_error(GString *out, const struct report_error *error, enum language language)
{
	g_autofree char *message = machine_error_message(error, language);

	g_string_append(out, "::error ");
	if (error->path) {
		g_string_append(out, "file=");
		append_escaped(out, span_str(machine_path(error->path)), true);
		g_string_append_c(out, ',');
	}
	g_string_append(out, "title=");
	append_escaped(out, span_str("presend: not checked"), true);
	g_string_append(out, "::");
	append_escaped(out, span_str(message), false);
	g_string_append_c(out, '\n');
}

static void append_rest(GString *out, const size_t *rest)
{
	const char *separator = "";

	g_string_append(out, "::notice title=presend::");
	for (int severity = SEVERITY_ERROR; severity > SEVERITY_OFF; severity--) {
		if (rest[severity] == 0)
			continue;
		g_string_append_printf(out, "%s%zu more of severity %s", separator, rest[severity], severity_name(severity));
		separator = ", ";
	}
	g_string_append(out, "; see the log or the summary of this step\n");
}

static void github_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	GArray *findings = machine_findings(view, false);
	size_t left[SEVERITY_ERROR + 1] = {0}, rest[SEVERITY_ERROR + 1] = {0}, n_rest = 0;

	for (int severity = SEVERITY_INFO; severity <= SEVERITY_ERROR; severity++)
		left[severity] = SHOWN_OF_A_KIND;
	for (guint i = 0; i < findings->len; i++)
		rest[g_array_index(findings, struct machine_finding, i).finding->severity]++;
	rest[SEVERITY_ERROR] += view->n_errors;
	/* What counts the rest is a notice itself. */
	if (rest[SEVERITY_ERROR] > SHOWN_OF_A_KIND || rest[SEVERITY_WARNING] > SHOWN_OF_A_KIND || rest[SEVERITY_INFO] > SHOWN_OF_A_KIND)
		left[SEVERITY_INFO]--;

	for (size_t i = 0; i < view->n_errors && left[SEVERITY_ERROR] > 0; i++) {
		append_error(out, &view->errors[i], machine_language(options));
		left[SEVERITY_ERROR]--;
		rest[SEVERITY_ERROR]--;
	}
	machine_sort(findings);
	for (guint i = 0; i < findings->len; i++) {
		const struct machine_finding *row = &g_array_index(findings, struct machine_finding, i);
		const enum severity severity = row->finding->severity;

		if (left[severity] == 0)
			continue;
		append_finding(out, row, machine_language(options));
		left[severity]--;
		rest[severity]--;
	}
	for (int severity = SEVERITY_INFO; severity <= SEVERITY_ERROR; severity++)
		n_rest += rest[severity];
	if (n_rest > 0)
		append_rest(out, rest);
	g_array_unref(findings);
}

const struct reporter report_github = {.name = "github", .write = github_write};
