/* Role: the Code Quality report of GitLab, one JSON array.
 * May not: give two findings one fingerprint: GitLab would show one of them.
 * Source: GitLab Docs, "Code Quality", "Code Quality report format". */
#include "report/json.h"
#include "report/machine.h"

#include <json-c/json.h>

/* GitLab's scale is info, minor, major, critical, blocker. What a receiver refuses stops a mailing, and what was not looked at may. */
static const char *severity_word(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "critical" : severity == SEVERITY_WARNING ? "minor" : "info";
}

static struct json_object *location_object(const char *path, size_t begin, size_t end)
{
	struct json_object *location = json_object_new_object(), *lines = json_object_new_object();

	json_member_string(location, "path", path);
	json_member_size(lines, "begin", begin);
	json_member_size(lines, "end", end);
	json_member(location, "lines", lines);
	return location;
}

static struct json_object *finding_object(const struct machine_finding *row, enum language language)
{
	const struct finding *finding = row->finding;
	struct json_object *object = json_object_new_object();
	GString *message = machine_message(finding, language);
	/* A repeated finding has its number behind the fingerprint. */
	g_autofree char *fingerprint = row->occurrence > 1 ? g_strdup_printf("%s-%zu", finding->fingerprint, row->occurrence)
	                                                   : g_strdup(finding->fingerprint);

	json_member_string(object, "description", message->str);
	json_member_string(object, "check_name", finding->rule->id);
	json_member_string(object, "fingerprint", fingerprint);
	json_member_string(object, "severity", severity_word(finding->severity));
	json_member(object, "location", location_object(machine_path(row->result->path), finding->start.line, finding->end.line));
	g_string_free(message, TRUE);
	return object;
}

static struct json_object *error_object(const struct report_error *error, enum language language)
{
	struct json_object *object = json_object_new_object();
	const char *path = machine_error_path(error);
	g_autofree char *message = machine_error_message(error, language);
	g_autofree char *key = g_strdup_printf("unreadable %s %s", path, error->path ? "" : error->message);
	g_autofree char *fingerprint = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);

	json_member_string(object, "description", message);
	json_member_string(object, "check_name", "unreadable");
	json_member_string(object, "fingerprint", fingerprint);
	json_member_string(object, "severity", "blocker");
	json_member(object, "location", location_object(path, 1, 1));
	return object;
}

static void gitlab_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	struct json_object *array = json_object_new_array();
	GArray *findings = machine_findings(view, false);

	for (guint i = 0; i < findings->len; i++)
		json_object_array_add(
		        array, finding_object(&g_array_index(findings, struct machine_finding, i), machine_language(options)));
	for (size_t i = 0; i < view->n_errors; i++)
		json_object_array_add(array, error_object(&view->errors[i], machine_language(options)));
	json_append(out, array, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	json_object_put(array);
	g_array_unref(findings);
}

const struct reporter report_gitlab = {.name = "gitlab", .write = gitlab_write};
