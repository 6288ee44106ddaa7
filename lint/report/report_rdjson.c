/* Role: the Reviewdog Diagnostic Format, one JSON document.
 * May not: count columns in characters: this format counts bytes.
 * Source: reviewdog, proto/rdf/reviewdog.proto. */
#include "report/json.h"
#include "report/machine.h"

#include <json-c/json.h>

#include "base/utf8.h"

static struct json_object *position_object(const struct position *position)
{
	struct json_object *object = json_object_new_object();

	json_member_size(object, "line", position->line);
	json_member_size(object, "column", position->byte_column);
	return object;
}

static struct json_object *range_object(const struct position *start, const struct position *end)
{
	struct json_object *range = json_object_new_object();

	json_member(range, "start", position_object(start));
	json_member(range, "end", position_object(end));
	return range;
}

static struct json_object *location_object(const char *path, const struct finding *finding)
{
	struct json_object *location = json_object_new_object();

	json_member_string(location, "path", path);
	if (finding)
		json_member(location, "range", range_object(&finding->start, &finding->end));
	return location;
}

static struct json_object *diagnostic_object(
        const char *message, const char *path, const struct finding *finding, const char *severity, const char *code, const char *url)
{
	struct json_object *object = json_object_new_object(), *rule = json_object_new_object();

	json_member_string(object, "message", message);
	json_member(object, "location", location_object(path, finding));
	json_member_string(object, "severity", severity);
	json_member_string(rule, "value", code);
	json_member_text(rule, "url", url);
	json_member(object, "code", rule);
	return object;
}

/* reviewdog posts messages as comments, which are Markdown: what a draft says is a code span, longer fenced than any backticks in it
 * (CommonMark, section 6.1). */
static void append_quoted(GString *out, struct span text)
{
	size_t longest = 0, run = 0;
	bool padded = text.p[0] == '`' || text.p[text.n - 1] == '`' || (text.p[0] == ' ' && text.p[text.n - 1] == ' ');

	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] == '`' ? run + 1 : 0;
		longest = MAX(longest, run);
	}
	for (size_t i = 0; i <= longest; i++)
		g_string_append_c(out, '`');
	g_string_append(out, padded ? " " : "");
	g_string_append_len(out, text.p, (gssize)text.n);
	g_string_append(out, padded ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		g_string_append_c(out, '`');
}

static void append_plain(GString *out, struct span text)
{
	g_string_append_len(out, text.p, (gssize)text.n);
}

static const struct machine_writer writer = {append_plain, append_quoted};

/* Each suggestion is taken or left by itself: a fix of several edits would be half made. */
static void add_suggestion(struct json_object *object, const struct finding *finding)
{
	const struct fix_edit *edit = machine_has_fix(finding) ? finding->fix->edits : NULL;
	struct json_object *array, *suggestion;

	if (!edit || finding->fix->n_edits != 1 || !utf8_valid(edit->with))
		return;
	array = json_object_new_array();
	suggestion = json_object_new_object();
	json_member(suggestion, "range", range_object(&edit->start, &edit->end));
	json_member(suggestion, "text", json_object_new_string_len(edit->with.p, (int)edit->with.n));
	json_object_array_add(array, suggestion);
	json_member(object, "suggestions", array);
}

static struct json_object *finding_object(const struct machine_finding *row, enum language language)
{
	const struct finding *finding = row->finding;
	GString *message = g_string_new(NULL), *help = g_string_new(NULL);
	const char *severity = finding->severity == SEVERITY_ERROR     ? "ERROR"
	                       : finding->severity == SEVERITY_WARNING ? "WARNING"
	                                                               : "INFO";

	machine_append_message(message, finding, language, &writer);
	machine_append_help(help, finding, language, &writer);
	if (help->len > 0) {
		g_string_append_c(message, '\n');
		g_string_append_len(message, help->str, (gssize)help->len);
	}
	struct json_object *object = diagnostic_object(
	        message->str, machine_path(row->result->path), finding, severity, finding->rule->id, machine_url(finding->rule));
	add_suggestion(object, finding);
	g_string_free(message, TRUE);
	g_string_free(help, TRUE);
	return object;
}

static void rdjson_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	struct json_object *document = json_object_new_object(), *source = json_object_new_object();
	struct json_object *diagnostics = json_object_new_array();
	GArray *findings = machine_findings(view, false);

	json_member_string(source, "name", "presend");
	json_member(document, "source", source);
	for (guint i = 0; i < findings->len; i++)
		json_object_array_add(
		        diagnostics, finding_object(&g_array_index(findings, struct machine_finding, i), machine_language(options)));
	for (size_t i = 0; i < view->n_errors; i++) {
		g_autofree char *message = machine_error_message(&view->errors[i], machine_language(options));

		json_object_array_add(diagnostics,
		        diagnostic_object(message, machine_error_path(&view->errors[i]), NULL, "ERROR", "unreadable", NULL));
	}
	json_member(document, "diagnostics", diagnostics);
	json_append(out, document, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	json_object_put(document);
	g_array_unref(findings);
}

const struct reporter report_rdjson = {.name = "rdjson", .write = rdjson_write};
