/* Role: what came back, as JSON and JSON Lines, version 1 of the documented fields. */
#include <json-c/json.h>
#include <string.h>

#include "report/json.h"
#include "report/report_bounce.h"

void report_json_bounce_begin(GString *out)
{
	g_string_append(out, "{\n  \"version\": 1,\n  \"tool\": \"presend\",\n  \"tool_version\": \"" PRESEND_VERSION "\",\n  \"bounces\": [");
}

static struct json_object *entry_object(const struct bounce_entry *entry, enum language language)
{
	struct json_object *object = json_object_new_object(), *replies = json_object_new_array(), *requirements = json_object_new_array(),
			   *rules = json_object_new_array();
	GPtrArray *ids = reply_requirements(entry->replies, entry->n_replies, true), *decided = reply_rules(ids);
	GString *advice = g_string_new(NULL);

	if (entry->list && !entry->list->dead && !entry->n_replies)
		json_object_array_add(requirements, json_object_new_string(entry->list->of_domains ? "LK-18" : "AU-27"));
	for (size_t i = 0; i < entry->n_replies; i++)
		json_object_array_add(replies, json_object_new_string(entry->replies[i]->id));
	for (guint i = 0; i < ids->len; i++)
		json_object_array_add(requirements, json_object_new_string(g_ptr_array_index(ids, i)));
	for (guint i = 0; i < decided->len; i++)
		json_object_array_add(rules, json_object_new_string(((const struct rule *)g_ptr_array_index(decided, i))->id));
	report_bounce_advice(advice, entry, language);
	json_member_string(object, "path", entry->path);
	json_member(object, "index", json_object_new_uint64(entry->index));
	json_member(object, "kind", json_object_new_string(bounce_kind_name(entry->kind)));
	json_member_string(object, "recipient", entry->recipient);
	json_member_string(object, "original_recipient", entry->original_recipient);
	json_member_string(object, "date", entry->date);
	json_member_string(object, "reporting_mta", entry->reporting_mta);
	json_member_string(object, "remote_mta", entry->remote_mta);
	json_member_string(object, "action", entry->kind <= BOUNCE_LOG ? bounce_action_name(entry->action) : NULL);
	json_member_string(object, "status", entry->status);
	json_member(object, "reply_code", entry->reply_code ? json_object_new_int(entry->reply_code) : NULL);
	json_member_string(object, "reply", entry->reply);
	json_member(object, "temporary", json_object_new_boolean(entry->temporary));
	json_member(object, "receiver", json_object_new_string(entry->receiver ? entry->receiver->id : "other"));
	json_member(object, "replies", replies);
	json_member(object, "ambiguous", json_object_new_boolean(entry->ambiguous));
	json_member(object, "block_list", entry->list ? json_object_new_string(entry->list->zone + (*entry->list->zone == '.')) : NULL);
	json_member(object, "block_list_closed", entry->list ? json_object_new_boolean(entry->list->dead) : NULL);
	json_member(object, "sender_can_fix", json_object_new_boolean(report_bounce_can_fix(entry)));
	json_member(object, "requirements", requirements);
	json_member(object, "rules", rules);
	json_member_string(object, "advice", advice->str);
	json_member_string(object, "message_id", entry->message_id);
	json_member_string(object, "remark", entry->remark);
	g_string_free(advice, TRUE);
	g_ptr_array_unref(decided);
	g_ptr_array_unref(ids);
	return object;
}

void report_json_bounce_entry(GString *out, const struct bounce_entry *entry, const struct report_options *options, bool lines, size_t n)
{
	struct json_object *object = entry_object(entry, options->language_given ? options->language : LANGUAGE_EN);
	int flags = (lines ? JSON_C_TO_STRING_PLAIN : JSON_C_TO_STRING_SPACED);

	if (!lines)
		g_string_append(out, n ? ",\n    " : "\n    ");
	json_append(out, object, flags);
	if (!lines)
		g_string_truncate(out, out->len - 1);
	json_object_put(object);
}

static struct json_object *postmaster_object(const struct postmaster *postmaster)
{
	struct json_object *object = json_object_new_object(), *rows = json_object_new_array();

	json_member_string(object, "path", postmaster->path);
	json_member_string(object, "domain", postmaster->domain);
	for (size_t i = 0; i < postmaster->n; i++) {
		struct json_object *row = json_object_new_object();
		json_member_string(row, "requirement", postmaster->rows[i].requirement);
		json_member_string(row, "status", postmaster_state_name(postmaster->rows[i].state));
		json_member_string(row, "evidence", postmaster->rows[i].evidence);
		json_object_array_add(rows, row);
	}
	json_member(object, "checks", rows);
	return object;
}

void report_json_bounce_end(GString *out, const GPtrArray *postmasters, const struct report_error *errors, size_t n_errors)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < n_errors; i++) {
		struct json_object *object = json_object_new_object();
		json_member_string(object, "path", errors[i].path);
		json_member_string(object, "message", errors[i].message);
		json_object_array_add(list, object);
	}
	struct json_object *checks = json_object_new_array();
	for (guint i = 0; i < postmasters->len; i++)
		json_object_array_add(checks, postmaster_object(g_ptr_array_index(postmasters, i)));
	g_string_append(out, "\n  ],\n  \"postmaster\": ");
	json_append(out, checks, JSON_C_TO_STRING_SPACED);
	g_string_truncate(out, out->len - 1);
	json_object_put(checks);
	g_string_append(out, ",\n  \"errors\": ");
	json_append(out, list, JSON_C_TO_STRING_PLAIN);
	g_string_append(out, "}\n");
	json_object_put(list);
}
