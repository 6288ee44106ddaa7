/* Role: the XML of JUnit, as Jenkins and GitLab read it: a suite for each message, a test case for each finding.
 * May not: pass a byte of a draft on without report/xml.h, or write a time: the same input gives the same bytes.
 * Source: the schema of Jenkins's xUnit plugin, junit-10.xsd. */
#include "report/machine.h"
#include "report/xml.h"

/* A finding fails its test case exactly where it fails the run; JUnit knows no warnings, so that the others pass and say why they are
 * there. */
static bool finding_fails(const struct message_result *result, const struct finding *finding)
{
	return !finding->suppressed && result->fail_on != SEVERITY_OFF && finding->severity >= result->fail_on;
}

static bool score_fails(const struct message_result *result)
{
	return result->max_score >= 0 && result->score && result->score->points > result->max_score;
}

static size_t count_failures(const struct message_result *result)
{
	size_t n = score_fails(result);

	for (size_t i = 0; i < result->n_findings; i++)
		n += finding_fails(result, &result->findings[i]);
	return n;
}

static size_t count_tests(const struct message_result *result)
{
	/* A suite without a test case is taken for a run that went wrong. */
	return MAX(result->n_findings + score_fails(result), 1);
}

static void append_body(GString *out, const struct message_result *result, const struct finding *finding, enum language language)
{
	GString *message = machine_message(finding, language), *help = machine_help(finding, language);
	const char *url = machine_url(finding->rule);
	g_autofree char *place = g_strdup_printf("%s:%zu:%zu: ", machine_path(result->path), finding->start.line, finding->start.column);

	xml_append_text(out, span_str(place));
	xml_append_text(out, span_of(message->str, message->len));
	if (finding->excerpt) {
		g_string_append(out, "\n&gt; ");
		xml_append_text(out, span_str(finding->excerpt));
	}
	g_string_append_c(out, '\n');
	xml_append_text(out, span_of(help->str, help->len));
	if (url) {
		g_string_append_c(out, '\n');
		xml_append_text(out, span_str(url));
	}
	g_string_append_c(out, '\n');
	g_string_free(message, TRUE);
	g_string_free(help, TRUE);
}

static void append_test_case(GString *out, const struct message_result *result, const struct finding *finding, enum language language)
{
	g_autofree char *name = g_strdup_printf("%s %zu:%zu", finding->rule->id, finding->start.line, finding->start.column);

	g_string_append(out, "    <testcase");
	xml_append_attribute(out, "name", name);
	xml_append_attribute(out, "classname", machine_path(result->path));
	if (finding->suppressed) {
		g_string_append(out, ">\n      <skipped");
		xml_append_attribute(out, "message", finding->suppressed->reason ? finding->suppressed->reason : "suppressed");
		g_string_append(out, "/>\n    </testcase>\n");
	} else if (finding_fails(result, finding)) {
		GString *message = machine_message(finding, language);

		g_string_append(out, ">\n      <failure");
		xml_append_attribute(out, "type", severity_name(finding->severity));
		xml_append_attribute(out, "message", message->str);
		g_string_append_c(out, '>');
		append_body(out, result, finding, language);
		g_string_append(out, "</failure>\n    </testcase>\n");
		g_string_free(message, TRUE);
	} else {
		g_string_append(out, ">\n      <system-out>");
		g_string_append_printf(out, "%s: ", severity_name(finding->severity));
		append_body(out, result, finding, language);
		g_string_append(out, "</system-out>\n    </testcase>\n");
	}
}

static void append_score(GString *out, const struct message_result *result)
{
	char points[G_ASCII_DTOSTR_BUF_SIZE], limit[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(points, sizeof(points), "%.1f", result->score->points);
	g_ascii_formatd(limit, sizeof(limit), "%.1f", result->max_score);
	g_string_append(out, "    <testcase name=\"max-score\"");
	xml_append_attribute(out, "classname", machine_path(result->path));
	g_string_append_printf(out, ">\n      <failure type=\"score\" message=\"score %s, --max-score %s\"/>\n    </testcase>\n", points, limit);
}

static void append_suite(GString *out, const struct message_result *result, enum language language)
{
	GString *name = g_string_new(machine_path(result->path));

	/* Suites of one name would be laid together: the messages of an mbox have their number. */
	if (result->index > 0)
		g_string_append_printf(name, " #%zu", result->index + 1);
	g_string_append(out, "  <testsuite");
	xml_append_attribute(out, "name", name->str);
	xml_append_attribute_size(out, "tests", count_tests(result));
	xml_append_attribute_size(out, "failures", count_failures(result));
	g_string_append(out, " errors=\"0\">\n");
	for (size_t i = 0; i < result->n_findings; i++)
		append_test_case(out, result, &result->findings[i], language);
	if (score_fails(result))
		append_score(out, result);
	if (result->n_findings + score_fails(result) == 0) {
		g_string_append(out, "    <testcase name=\"no findings\"");
		xml_append_attribute(out, "classname", machine_path(result->path));
		g_string_append(out, "/>\n");
	}
	g_string_append(out, "  </testsuite>\n");
	g_string_free(name, TRUE);
}

static void append_error(GString *out, const struct report_error *error, enum language language)
{
	const char *path = machine_error_path(error);
	g_autofree char *message = machine_error_message(error, language);

	g_string_append(out, "  <testsuite");
	xml_append_attribute(out, "name", path);
	g_string_append(out, " tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase name=\"unreadable\"");
	xml_append_attribute(out, "classname", path);
	g_string_append(out, ">\n      <error type=\"unreadable\"");
	xml_append_attribute(out, "message", message);
	g_string_append(out, "/>\n    </testcase>\n  </testsuite>\n");
}

static void junit_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	size_t tests = view->n_errors, failures = 0;

	for (size_t i = 0; i < view->n_results; i++) {
		tests += count_tests(view->results[i]);
		failures += count_failures(view->results[i]);
	}
	g_string_append(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"presend\"");
	xml_append_attribute_size(out, "tests", tests);
	xml_append_attribute_size(out, "failures", failures);
	xml_append_attribute_size(out, "errors", view->n_errors);
	g_string_append(out, ">\n");
	for (size_t i = 0; i < view->n_results; i++)
		append_suite(out, view->results[i], machine_language(options));
	for (size_t i = 0; i < view->n_errors; i++)
		append_error(out, &view->errors[i], machine_language(options));
	g_string_append(out, "</testsuites>\n");
}

const struct reporter report_junit = {.name = "junit", .write = junit_write};
