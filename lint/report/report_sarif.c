/* Role: SARIF 2.1.0, as GitHub code scanning takes it: one run, the rules that found something, a result for each finding.
 * May not: write null (the format knows none), or a primaryLocationLineHash: GitHub's upload computes it from the file's lines and
 * warns of any other value.
 * Sources: OASIS, SARIF 2.1.0 with errata 01; GitHub Docs, "SARIF support for code scanning". */
#include "report/json.h"
#include "report/machine.h"
#include "report/safe.h"
#include "report/terminal.h"

#include <json-c/json.h>
#include <string.h>

#include "base/utf8.h"

enum {
	MOST_RESULTS = 25000,  /* GitHub refuses a run with more */
	SHOWN_RESULTS = 5000,  /* and shows the most severe of these */
	MOST_TAGS = 10,        /* of a rule */
	MOST_CHARACTERS = 1024 /* of a description */
};

static const char schema_uri[] = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

static const char *level_of(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : severity == SEVERITY_INFO ? "note" : "none";
}

static struct json_object *text_object(const char *text)
{
	struct json_object *object = json_object_new_object();

	json_member_string(object, "text", text);
	return object;
}

/* --- places ------------------------------------------------------------------------------------------------------------------- */

/* Everything but what never needs an escape in a path (RFC 3986, section 2.3). */
static void append_percent_encoded(GString *out, const char *path)
{
	for (const char *p = path; *p; p++) {
		if (ascii_is_alnum(*p) || strchr("-._~/", *p))
			g_string_append_c(out, *p);
		else
			g_string_append_printf(out, "%%%02X", (unsigned int)(unsigned char)*p);
	}
}

static struct json_object *artifact_location(const char *path)
{
	struct json_object *object = json_object_new_object();
	GString *uri = g_string_new(path[0] == '/' ? "file://" : NULL);

	append_percent_encoded(uri, machine_path(path));
	json_member_string(object, "uri", uri->str);
	if (path[0] != '/')
		json_member_string(object, "uriBaseId", "%SRCROOT%");
	g_string_free(uri, TRUE);
	return object;
}

/* The bytes of the file, where they are text and stand on one line that is known whole. NULL else; g_free() it. */
static char *raw_text(const struct finding *finding)
{
	struct span line = span_str(finding->raw_line), text;
	size_t column = finding->raw_line_column > 0 ? finding->raw_line_column - 1 : 0;
	size_t start = utf8_valid(line) ? utf8_offset(line, column) : MIN(column, line.n);
	size_t length = finding->end.offset - finding->start.offset;

	if (length == 0 || length > line.n - start || finding->start.line != finding->end.line)
		return NULL;
	text = span_of(line.p + start, length);
	return utf8_valid(text) ? g_strndup(text.p, text.n) : NULL;
}

/* The file's own text, and as "rendered" what a reader sees of it (SARIF 2.1.0, section 3.3.4). */
static struct json_object *snippet_object(const struct finding *finding)
{
	g_autofree char *raw = raw_text(finding);
	struct json_object *object;

	if (!raw && !(finding->excerpt && *finding->excerpt))
		return NULL;
	object = json_object_new_object();
	json_member_text(object, "text", raw);
	if (finding->excerpt && *finding->excerpt && g_strcmp0(raw, finding->excerpt) != 0)
		json_member(object, "rendered", text_object(finding->excerpt));
	return object;
}

static struct json_object *region_object(const struct finding *finding)
{
	struct json_object *object = json_object_new_object(), *snippet = snippet_object(finding);

	json_member_size(object, "startLine", finding->start.line);
	json_member_size(object, "startColumn", finding->start.column);
	json_member_size(object, "endLine", finding->end.line);
	json_member_size(object, "endColumn", finding->end.column);
	json_member_size(object, "byteOffset", finding->start.offset);
	json_member_size(object, "byteLength", finding->end.offset - finding->start.offset);
	if (snippet)
		json_member(object, "snippet", snippet);
	return object;
}

static struct json_object *locations_array(const char *path, const struct finding *finding)
{
	struct json_object *array = json_object_new_array(), *location = json_object_new_object(), *physical = json_object_new_object();

	json_member(physical, "artifactLocation", artifact_location(path));
	if (finding)
		json_member(physical, "region", region_object(finding));
	json_member(location, "physicalLocation", physical);
	json_object_array_add(array, location);
	return array;
}

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static int compare_rules(const void *a, const void *b)
{
	return strcmp((*(const struct rule *const *)a)->id, (*(const struct rule *const *)b)->id);
}

/* The rules of the findings, sorted by id; indices maps a rule to its place plus one. */
static GPtrArray *rules_of(const GArray *findings, GHashTable *indices)
{
	GPtrArray *rules = g_ptr_array_new();

	for (guint i = 0; i < findings->len; i++) {
		const struct rule *rule = g_array_index(findings, struct machine_finding, i).finding->rule;
		if (g_hash_table_add(indices, (gpointer)rule))
			g_ptr_array_add(rules, (gpointer)rule);
	}
	if (rules->len > 0)
		qsort(rules->pdata, rules->len, sizeof(*rules->pdata), compare_rules);
	for (guint i = 0; i < rules->len; i++)
		g_hash_table_insert(indices, g_ptr_array_index(rules, i), GUINT_TO_POINTER(i + 1));
	return rules;
}

/* "header-duplicate" as an identifier: "HeaderDuplicate". A name that only repeats the id is not wanted (SARIF 2.1.0, section 3.49.7):
 * "mojibake" of the area charset becomes "CharsetMojibake". */
static char *rule_name(const struct rule *rule)
{
	GString *name = g_string_new(strchr(rule->id, '-') ? NULL : rule->area);
	bool begins = true;

	if (name->len > 0)
		name->str[0] = g_ascii_toupper(name->str[0]);
	for (const char *p = rule->id; *p; p++) {
		if (ascii_is_alnum(*p))
			g_string_append_c(name, begins ? g_ascii_toupper(*p) : *p);
		begins = !ascii_is_alnum(*p);
	}
	return g_string_free(name, FALSE);
}

/* The paragraph on one line, cut to what GitHub takes. */
static void add_description(struct json_object *object, const char *key, const char *text)
{
	GString *line = safe_prose(text);
	struct span s = span_of(line->str, line->len);

	if (utf8_count(s) > MOST_CHARACTERS) {
		g_string_truncate(line, utf8_offset(s, MOST_CHARACTERS - 1));
		g_string_append(line, "…");
	}
	g_string_truncate(line, strlen(g_strchomp(line->str)));
	json_member(object, key, text_object(line->str));
	g_string_free(line, TRUE);
}

/* A paragraph of Markdown that shows the text as it is. Producers may not write HTML (SARIF 2.1.0, section 3.11.4.2). */
static void append_markdown(GString *out, const char *text)
{
	GString *line = safe_prose(text);

	for (size_t i = 0; i < line->len; i++) {
		if (strchr("\\`*_{}[]()<>#+-.!|~&@:\"'", line->str[i]) && line->str[i])
			g_string_append_c(out, '\\');
		g_string_append_c(out, line->str[i]);
	}
	g_string_free(line, TRUE);
}

static struct json_object *help_object(const struct rule *rule, enum language language)
{
	struct json_object *object = json_object_new_object();
	GString *text = safe_prose(rule->help.text[language]), *markdown = g_string_new(NULL);

	append_markdown(markdown, rule->why.text[language]);
	g_string_append(markdown, "\n\n");
	append_markdown(markdown, rule->help.text[language]);
	g_string_append(markdown, "\n\n");
	for (size_t i = 0; i < rule->n_sources; i++) {
		g_string_append(markdown, "- ");
		append_markdown(markdown, rule->sources[i].name);
		if (rule->sources[i].section) {
			g_string_append(markdown, ", ");
			append_markdown(markdown, rule->sources[i].section);
		}
		if (rule->sources[i].url)
			g_string_append_printf(markdown, ": <%s>", rule->sources[i].url);
		g_string_append_c(markdown, '\n');
	}
	json_member_string(object, "text", g_strchomp(text->str));
	json_member_string(object, "markdown", g_strchomp(markdown->str));
	g_string_free(text, TRUE);
	g_string_free(markdown, TRUE);
	return object;
}

static struct json_object *rule_properties(const struct rule *rule)
{
	static const char *const precisions[] = {
	        [CONFIDENCE_CERTAIN] = "very-high", [CONFIDENCE_LIKELY] = "high", [CONFIDENCE_OPINION] = "low"};
	struct json_object *object = json_object_new_object(), *tags = json_object_new_array();

	json_object_array_add(tags, json_object_new_string(rule->area));
	for (const char *const *id = rule->requirements; id && *id && json_object_array_length(tags) < MOST_TAGS; id++)
		json_object_array_add(tags, json_object_new_string(*id));
	json_member(object, "tags", tags);
	json_member_string(object, "precision", precisions[rule->confidence]);
	json_member_string(object, "problem.severity",
	        rule->severity == SEVERITY_ERROR     ? "error"
	        : rule->severity == SEVERITY_WARNING ? "warning"
	                                             : "recommendation");
	return object;
}

static struct json_object *rule_object(const struct rule *rule, enum language language)
{
	struct json_object *object = json_object_new_object(), *configuration = json_object_new_object();
	g_autofree char *name = rule_name(rule);

	json_member_string(object, "id", rule->id);
	json_member_string(object, "name", name);
	add_description(object, "shortDescription", rule->title.text[language]);
	add_description(object, "fullDescription", rule->why.text[language]);
	json_member(object, "help", help_object(rule, language));
	json_member_text(object, "helpUri", machine_url(rule));
	json_member(configuration, "enabled", json_object_new_boolean(!rule->default_off));
	json_member_string(configuration, "level", level_of(rule->severity));
	json_member(object, "defaultConfiguration", configuration);
	json_member(object, "properties", rule_properties(rule));
	return object;
}

/* --- results ------------------------------------------------------------------------------------------------------------------ */

/* In a message "[words](target)" is a link (SARIF 2.1.0, section 3.11.6). What a draft says must not become one: a space parts the two
 * brackets. The snippet has the text as it is. */
static void part_links(GString *message)
{
	for (char *at = strstr(message->str, "]("); at; at = strstr(at + 2, "](")) {
		gssize offset = at - message->str + 1;
		g_string_insert_c(message, offset, ' ');
		at = message->str + offset - 1;
	}
}

static struct json_object *result_properties(const struct finding *finding, enum language language)
{
	struct json_object *object = json_object_new_object(), *requirements = json_object_new_array();
	GString *help = machine_help(finding, language);

	for (const char **id = finding->requirements; id && *id; id++)
		json_object_array_add(requirements, json_object_new_string(*id));
	json_member(object, "requirements", requirements);
	json_member_string(object, "confidence", confidence_name(finding->rule->confidence));
	json_member_text(object, "help", help->str);
	json_member_text(object, "part", finding->part);
	json_member_text(object, "smtpReply", finding->rule->smtp_reply);
	g_string_free(help, TRUE);
	return object;
}

/* GitHub shows a suppressed result as any other; hence they are written with --verbose only. */
static struct json_object *suppressions_array(const struct suppression *suppression)
{
	struct json_object *array = json_object_new_array(), *object = json_object_new_object();

	json_member_string(object, "kind", suppression->kind == SUPPRESSED_IN_SOURCE ? "inSource" : "external");
	json_member_text(object, "justification", suppression->reason);
	json_object_array_add(array, object);
	return array;
}

/* Lines and columns and text, or byte offsets and bytes, never both (SARIF 2.1.0, sections 3.57.3 and 3.57.4). */
static struct json_object *replacement_object(const struct fix_edit *edit)
{
	struct json_object *object = json_object_new_object(), *region = json_object_new_object(), *content = json_object_new_object();

	if (edit->is_text) {
		json_member_size(region, "startLine", edit->start.line);
		json_member_size(region, "startColumn", edit->start.column);
		json_member_size(region, "endLine", edit->end.line);
		json_member_size(region, "endColumn", edit->end.column);
		json_member(content, "text", json_object_new_string_len(edit->with.p, (int)edit->with.n));
	} else {
		g_autofree char *base64 = g_base64_encode((const guchar *)edit->with.p, edit->with.n);
		json_member_size(region, "byteOffset", edit->start.offset);
		json_member_size(region, "byteLength", edit->end.offset - edit->start.offset);
		json_member_string(content, "binary", base64);
	}
	json_member(object, "deletedRegion", region);
	json_member(object, "insertedContent", content);
	return object;
}

static struct json_object *fixes_array(const char *path, const struct finding *finding, enum language language)
{
	const struct fix *fix = finding->fix;
	struct json_object *array = json_object_new_array(), *object = json_object_new_object(), *changes = json_object_new_array();
	struct json_object *change = json_object_new_object(), *replacements = json_object_new_array(), *properties = json_object_new_object();
	g_autofree char *description = finding_format(finding, &fix->how->text, language);

	json_member(object, "description", text_object(description));
	json_member(change, "artifactLocation", artifact_location(path));
	for (size_t i = 0; i < fix->n_edits; i++)
		json_object_array_add(replacements, replacement_object(&fix->edits[i]));
	json_member(change, "replacements", replacements);
	json_object_array_add(changes, change);
	json_member(object, "artifactChanges", changes);
	json_member(properties, "safe", json_object_new_boolean(fix->safe));
	json_member(object, "properties", properties);
	json_object_array_add(array, object);
	return array;
}

static struct json_object *result_object(const struct machine_finding *row, size_t rule_index, enum language language)
{
	const struct finding *finding = row->finding;
	struct json_object *object = json_object_new_object(), *fingerprints = json_object_new_object();
	GString *message = machine_message(finding, language);
	g_autofree char *fingerprint = g_strdup_printf("%s:%zu", finding->fingerprint, row->occurrence);

	part_links(message);
	json_member_string(object, "ruleId", finding->rule->id);
	json_member_size(object, "ruleIndex", rule_index);
	json_member_string(object, "level", level_of(finding->severity));
	json_member(object, "message", text_object(message->str));
	json_member(object, "locations", locations_array(row->result->path, finding));
	json_member_string(fingerprints, "presendFingerprint/v1", fingerprint);
	json_member(object, "partialFingerprints", fingerprints);
	if (machine_has_fix(finding))
		json_member(object, "fixes", fixes_array(row->result->path, finding, language));
	if (finding->suppressed)
		json_member(object, "suppressions", suppressions_array(finding->suppressed));
	json_member(object, "properties", result_properties(finding, language));
	g_string_free(message, TRUE);
	return object;
}

/* --- the run ------------------------------------------------------------------------------------------------------------------ */

static struct json_object *notification_object(const char *id, const char *level, const char *text, const char *path)
{
	struct json_object *object = json_object_new_object(), *descriptor = json_object_new_object();
	GString *line = g_string_new(NULL);

	safe_append_terminal(line, span_str(text), false);
	json_member_string(descriptor, "id", id);
	json_member(object, "descriptor", descriptor);
	json_member_string(object, "level", level);
	json_member(object, "message", text_object(line->str));
	if (path)
		json_member(object, "locations", locations_array(path, NULL));
	g_string_free(line, TRUE);
	return object;
}

static struct json_object *invocation_object(const struct report_view *view, size_t n_results, size_t n_left_out, enum language language)
{
	struct json_object *object = json_object_new_object(), *notifications = json_object_new_array();

	json_member(object, "executionSuccessful", json_object_new_boolean(view->exit_code < 2));
	json_member(object, "exitCode", json_object_new_int(view->exit_code));
	for (size_t i = 0; i < view->n_errors; i++) {
		const struct report_error *error = &view->errors[i];
		g_autofree char *message = machine_error_message(error, language);
		g_autofree char *text = g_strdup_printf("%s: %s", machine_error_path(error), message);

		json_object_array_add(notifications, notification_object("unreadable", "error", text, error->path));
	}
	if (n_left_out > 0) {
		g_autofree char *text = g_strdup_printf(
		        "%zu findings of the least severe are left out: code scanning takes no more than %d.", n_left_out, MOST_RESULTS);
		json_object_array_add(notifications, notification_object("results-left-out", "warning", text, NULL));
	}
	if (n_results > SHOWN_RESULTS) {
		g_autofree char *text = g_strdup_printf("Of %zu findings code scanning shows the %d most severe.", n_results, SHOWN_RESULTS);
		json_object_array_add(notifications, notification_object("results-not-shown", "note", text, NULL));
	}
	json_member(object, "toolExecutionNotifications", notifications);
	return object;
}

static struct json_object *driver_object(const struct report_view *view, const GPtrArray *rules, enum language language)
{
	static const struct {
		const char *id, *name, *text, *help;
	} notifications[] = {
	        {"unreadable", "UnreadableFile", "A file could not be read and was not checked.", "Make it readable, or leave it out."},
	        {"results-left-out", "ResultsLeftOut", "There are more findings than code scanning takes.", "Check fewer files at once."},
	        {"results-not-shown", "ResultsNotShown", "There are more findings than code scanning shows.",
	                "Mend the most severe ones first."},
	};
	struct json_object *driver = json_object_new_object(), *array = json_object_new_array(), *kinds = json_object_new_array();
	struct json_object *properties = json_object_new_object();

	json_member_string(driver, "name", "presend");
	json_member_string(driver, "version", view->tool_version);
	json_member_string(driver, "semanticVersion", view->tool_version);
	for (guint i = 0; i < rules->len; i++)
		json_object_array_add(array, rule_object(g_ptr_array_index(rules, i), language));
	json_member(driver, "rules", array);
	for (size_t i = 0; i < G_N_ELEMENTS(notifications); i++) {
		struct json_object *kind = json_object_new_object();
		json_member_string(kind, "id", notifications[i].id);
		json_member_string(kind, "name", notifications[i].name);
		/* GitHub wants all three of whatever has an id. */
		json_member(kind, "shortDescription", text_object(notifications[i].text));
		json_member(kind, "fullDescription", text_object(notifications[i].text));
		json_member(kind, "help", text_object(notifications[i].help));
		json_object_array_add(kinds, kind);
	}
	json_member(driver, "notifications", kinds);
	json_member_string(properties, "rulesVersion", view->rules_version);
	json_member(driver, "properties", properties);
	return driver;
}

static struct json_object *run_object(const struct report_view *view, const struct report_options *options)
{
	const enum language language = machine_language(options);
	struct json_object *run = json_object_new_object(), *tool = json_object_new_object(), *bases = json_object_new_object();
	struct json_object *base = json_object_new_object(), *array = json_object_new_array(), *results = json_object_new_array();
	GHashTable *indices = g_hash_table_new(NULL, NULL);
	GArray *findings = machine_findings(view, options->verbose);
	size_t n_left_out = machine_limit(findings, MOST_RESULTS);
	GPtrArray *rules = rules_of(findings, indices);

	json_member(tool, "driver", driver_object(view, rules, language));
	json_member(run, "tool", tool);
	json_object_array_add(array, invocation_object(view, findings->len, n_left_out, language));
	json_member(run, "invocations", array);
	json_member(base, "description", text_object("The folder in which presend was run."));
	json_member(bases, "%SRCROOT%", base);
	json_member(run, "originalUriBaseIds", bases);
	json_member_string(run, "language", language == LANGUAGE_JA ? "ja" : "en");
	json_member_string(run, "columnKind", "unicodeCodePoints");
	for (guint i = 0; i < findings->len; i++) {
		const struct machine_finding *row = &g_array_index(findings, struct machine_finding, i);
		size_t rule_index = GPOINTER_TO_SIZE(g_hash_table_lookup(indices, row->finding->rule)) - 1;
		json_object_array_add(results, result_object(row, rule_index, language));
	}
	json_member(run, "results", results);
	g_hash_table_destroy(indices);
	g_ptr_array_free(rules, TRUE);
	g_array_unref(findings);
	return run;
}

static void sarif_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	struct json_object *log = json_object_new_object(), *runs = json_object_new_array();

	json_member_string(log, "$schema", schema_uri);
	json_member_string(log, "version", "2.1.0");
	json_object_array_add(runs, run_object(view, options));
	json_member(log, "runs", runs);
	json_append(out, log, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	json_object_put(log);
}

const struct reporter report_sarif = {.name = "sarif", .write = sarif_write};
