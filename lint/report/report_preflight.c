/* Role: what preflight found, as JSON, and one word on each requirement.
 * May not: ask DNS or judge; the rows come from lint/preflight/. */
#include <json-c/json.h>
#include <string.h>

#include "report/json.h"
#include "report/preflight.h"

const char *preflight_status_name(enum preflight_status status)
{
	static const char *const names[] = {"not-applicable", "pass", "unknown", "warn", "fail"};

	return names[status];
}

bool preflight_not_asked(const struct preflight_row *row)
{
	return row->status == PREFLIGHT_NOT_APPLICABLE && row->help;
}

static int compare_verdicts(const void *a, const void *b)
{
	return strcmp(((const struct preflight_verdict *)a)->requirement, ((const struct preflight_verdict *)b)->requirement);
}

static void note(GArray *verdicts, const char *id, enum preflight_status status)
{
	for (guint i = 0; i < verdicts->len; i++) {
		struct preflight_verdict *known = &g_array_index(verdicts, struct preflight_verdict, i);

		if (strcmp(known->requirement, id) != 0)
			continue;
		known->status = MAX(known->status, status);
		return;
	}
	struct preflight_verdict verdict = {id, status};
	g_array_append_val(verdicts, verdict);
}

GArray *preflight_verdicts(const struct preflight_report *report)
{
	GArray *verdicts = g_array_new(FALSE, FALSE, sizeof(struct preflight_verdict));

	for (size_t i = 0; i < report->n; i++)
		for (const char *const *id = report->rows[i].requirements; *id; id++)
			note(verdicts, *id, report->rows[i].status);
	g_array_sort(verdicts, compare_verdicts);
	return verdicts;
}

struct json_object *preflight_row_object(const struct preflight_row *row)
{
	struct json_object *object = json_object_new_object(), *ids = json_object_new_array();

	for (const char *const *id = row->requirements; *id; id++)
		json_object_array_add(ids, json_object_new_string(*id));
	json_member_string(object, "requirement", row->requirements[0]);
	json_member_string(object, "status", preflight_status_name(row->status));
	json_member_string(object, "evidence", row->evidence);
	json_member_string(object, "message", row->message);
	json_member_string(object, "help", row->help);
	json_member_string(object, "query", row->query);
	json_member_string(object, "check", row->check);
	json_member(object, "requirements", ids);
	json_member_string(object, "record", row->record);
	json_member_string(object, "url", row->source ? row->source->url : NULL);
	return object;
}

void report_preflight_json(GString *out, const struct preflight_report *report, bool one_line)
{
	struct json_object *object = json_object_new_object(), *checks = json_object_new_array(), *words = json_object_new_array();
	GArray *verdicts = preflight_verdicts(report);

	for (size_t i = 0; i < report->n; i++)
		json_object_array_add(checks, preflight_row_object(&report->rows[i]));
	for (guint i = 0; i < verdicts->len; i++) {
		const struct preflight_verdict *verdict = &g_array_index(verdicts, struct preflight_verdict, i);
		struct json_object *word = json_object_new_object();

		json_member_string(word, "id", verdict->requirement);
		json_member_string(word, "status", preflight_status_name(verdict->status));
		json_object_array_add(words, word);
	}
	json_member(object, "version", json_object_new_int(1));
	json_member_string(object, "tool", "presend");
	json_member_string(object, "tool_version", PRESEND_VERSION);
	json_member_string(object, "domain", report->domain);
	json_member_string(object, "path", report->path);
	if (report->path)
		json_member_size(object, "index", report->index);
	json_member_text(object, "error", report->trouble);
	json_member(object, "checks", checks);
	json_member(object, "requirements", words);
	json_append(out, object, one_line ? JSON_C_TO_STRING_PLAIN : JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	json_object_put(object);
	g_array_unref(verdicts);
}
