/* Role: what came back, as JSON and JSON Lines, version 1 of the documented fields. */
#include <json-c/json.h>
#include <string.h>

#include "base/utf8.h"
#include "report/report_bounce.h"

static void add(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add_ex(object, key, value, JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

/* A string; NULL and "" are null. Broken UTF-8 becomes U+FFFD, one for each byte. */
static struct json_object *string_object(const char *text)
{
	struct span s = span_str(text);
	struct json_object *object;

	if (s.n == 0)
		return NULL;
	if (utf8_valid(s))
		return json_object_new_string_len(s.p, (int)s.n);
	GString *fixed = g_string_sized_new(s.n);
	for (size_t at = 0; at < s.n;) {
		char bytes[4];
		g_string_append_len(fixed, bytes, (gssize)utf8_write(bytes, utf8_next(s, &at)));
	}
	object = json_object_new_string_len(fixed->str, (int)fixed->len);
	g_string_free(fixed, TRUE);
	return object;
}

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
	add(object, "path", string_object(entry->path));
	add(object, "index", json_object_new_uint64(entry->index));
	add(object, "kind", json_object_new_string(bounce_kind_name(entry->kind)));
	add(object, "recipient", string_object(entry->recipient));
	add(object, "original_recipient", string_object(entry->original_recipient));
	add(object, "date", string_object(entry->date));
	add(object, "reporting_mta", string_object(entry->reporting_mta));
	add(object, "remote_mta", string_object(entry->remote_mta));
	add(object, "action", entry->kind <= BOUNCE_LOG ? string_object(bounce_action_name(entry->action)) : NULL);
	add(object, "status", string_object(entry->status));
	add(object, "reply_code", entry->reply_code ? json_object_new_int(entry->reply_code) : NULL);
	add(object, "reply", string_object(entry->reply));
	add(object, "temporary", json_object_new_boolean(entry->temporary));
	add(object, "receiver", json_object_new_string(entry->receiver ? entry->receiver->id : "other"));
	add(object, "replies", replies);
	add(object, "ambiguous", json_object_new_boolean(entry->ambiguous));
	add(object, "block_list", entry->list ? json_object_new_string(entry->list->zone + (*entry->list->zone == '.')) : NULL);
	add(object, "block_list_closed", entry->list ? json_object_new_boolean(entry->list->dead) : NULL);
	add(object, "sender_can_fix", json_object_new_boolean(report_bounce_can_fix(entry)));
	add(object, "requirements", requirements);
	add(object, "rules", rules);
	add(object, "advice", string_object(advice->str));
	add(object, "message_id", string_object(entry->message_id));
	add(object, "remark", string_object(entry->remark));
	g_string_free(advice, TRUE);
	g_ptr_array_unref(decided);
	g_ptr_array_unref(ids);
	return object;
}

void report_json_bounce_entry(GString *out, const struct bounce_entry *entry, const struct report_options *options, bool lines, size_t n)
{
	struct json_object *object = entry_object(entry, options->language_given ? options->language : LANGUAGE_EN);
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE | (lines ? JSON_C_TO_STRING_PLAIN : JSON_C_TO_STRING_SPACED);

	if (!lines)
		g_string_append(out, n ? ",\n    " : "\n    ");
	g_string_append(out, json_object_to_json_string_ext(object, flags));
	if (lines)
		g_string_append_c(out, '\n');
	json_object_put(object);
}

void report_json_bounce_end(GString *out, const struct report_error *errors, size_t n_errors)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < n_errors; i++) {
		struct json_object *object = json_object_new_object();
		add(object, "path", string_object(errors[i].path));
		add(object, "message", string_object(errors[i].message));
		json_object_array_add(list, object);
	}
	g_string_append_printf(out, "\n  ],\n  \"errors\": %s\n}\n", json_object_to_json_string_ext(list, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(list);
}
