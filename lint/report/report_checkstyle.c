/* Role: the XML of Checkstyle, which Jenkins (Warnings Next Generation), reviewdog and many others read.
 * May not: pass a byte of a draft on without report/xml.h.
 * Source: no schema is published; the attributes are those that Checkstyle's XMLLogger writes. */
#include "report/machine.h"
#include "report/xml.h"

static void append_finding(GString *out, const struct finding *finding, enum language language)
{
	GString *message = machine_message(finding, language);
	g_autofree char *source = g_strdup_printf("presend.%s.%s", finding->rule->area, finding->rule->id);

	g_string_append(out, "    <error");
	xml_append_attribute_size(out, "line", finding->start.line);
	xml_append_attribute_size(out, "column", finding->start.column);
	xml_append_attribute(out, "severity", severity_name(finding->severity));
	xml_append_attribute(out, "message", message->str);
	xml_append_attribute(out, "source", source);
	g_string_append(out, "/>\n");
	g_string_free(message, TRUE);
}

static void append_error(GString *out, const struct report_error *error, enum language language)
{
	g_autofree char *message = machine_error_message(error, language);

	g_string_append(out, "  <file");
	xml_append_attribute(out, "name", machine_error_path(error));
	g_string_append(out, ">\n    <error line=\"1\" severity=\"error\"");
	xml_append_attribute(out, "message", message);
	g_string_append(out, " source=\"presend.unreadable\"/>\n  </file>\n");
}

static void checkstyle_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	g_string_append(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"8.0\">\n");
	for (size_t i = 0; i < view->n_results; i++) {
		const struct message_result *result = view->results[i];

		/* The messages of one mbox are one file. */
		if (i == 0 || g_strcmp0(view->results[i - 1]->path, result->path) != 0) {
			g_string_append(out, "  <file");
			xml_append_attribute(out, "name", machine_path(result->path));
			g_string_append(out, ">\n");
		}
		for (size_t k = 0; k < result->n_findings; k++) {
			if (!result->findings[k].suppressed)
				append_finding(out, &result->findings[k], machine_language(options));
		}
		if (i + 1 == view->n_results || g_strcmp0(view->results[i + 1]->path, result->path) != 0)
			g_string_append(out, "  </file>\n");
	}
	for (size_t i = 0; i < view->n_errors; i++)
		append_error(out, &view->errors[i], machine_language(options));
	g_string_append(out, "</checkstyle>\n");
}

const struct reporter report_checkstyle = {.name = "checkstyle", .write = checkstyle_write};
