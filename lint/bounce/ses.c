/* Notifications of Amazon SES (bounces and complaints), as SNS mails or posts them: JSON, alone or inside the envelope of SNS. */
#include <json-c/json.h>
#include <string.h>

#include "bounce/read.h"
#include "bounce/reply.h"

enum { SES_DEPTH = 16, SES_RECIPIENTS_MAX = 1000 };

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	return object && json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static struct span text_of(struct json_object *value)
{
	return value && json_object_is_type(value, json_type_string) ? span_str(json_object_get_string(value)) : SPAN_EMPTY;
}

static const char *copy_of(struct arena *arena, struct span text)
{
	return text.n ? arena_copy(arena, text) : NULL;
}

/* "smtp; 550 5.1.1 text": without the type. */
static struct span behind_type(struct span value)
{
	size_t at = span_find_byte(value, ';', 0);

	return span_trim(at < 8 && at < value.n ? span_cut(value, at + 1, value.n) : value);
}

static enum bounce_action action_of(struct span word)
{
	return span_eq_ci(word, SPAN_LIT("failed")) ? ACTION_FAILED : span_eq_ci(word, SPAN_LIT("delayed")) ? ACTION_DELAYED : ACTION_UNKNOWN;
}

static void read_recipients(struct arena *arena, struct json_object *list, const struct bounce_entry *common, GPtrArray *entries)
{
	size_t n = list && json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n && i < SES_RECIPIENTS_MAX; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		struct span address, status = text_of(member(item, "status"));
		size_t at = 0;

		if (!next_address(text_of(member(item, "emailAddress")), &at, &address))
			continue;
		struct bounce_entry *entry = ARENA_NEW(arena, struct bounce_entry);
		*entry = *common;
		entry->recipient = arena_copy(arena, address);
		entry->action = action_of(text_of(member(item, "action")));
		entry->status = is_status_code(status) ? arena_copy(arena, status) : NULL;
		entry->reply = copy_of(arena, behind_type(text_of(member(item, "diagnosticCode"))));
		g_ptr_array_add(entries, entry);
	}
}

/* false where it has no type. */
static bool read_notification(struct arena *arena, struct json_object *root, GPtrArray *entries)
{
	struct json_object *bounce = member(root, "bounce"), *complaint = member(root, "complaint"), *mail = member(root, "mail");
	struct span type = text_of(member(root, "notificationType")), sender = text_of(member(mail, "source"));
	struct bounce_entry common = {.message_id = copy_of(arena, text_of(member(member(mail, "commonHeaders"), "messageId"))), .sender = copy_of(arena, sender)};

	if (!type.n)
		type = text_of(member(root, "eventType"));
	if (span_eq(type, SPAN_LIT("Bounce"))) {
		common.kind = BOUNCE_DSN;
		common.reporting_mta = copy_of(arena, behind_type(text_of(member(bounce, "reportingMTA"))));
		read_recipients(arena, member(bounce, "bouncedRecipients"), &common, entries);
	} else if (span_eq(type, SPAN_LIT("Complaint"))) {
		common.kind = BOUNCE_COMPLAINT;
		common.remark = copy_of(arena, text_of(member(complaint, "complaintFeedbackType")));
		read_recipients(arena, member(complaint, "complainedRecipients"), &common, entries);
	}
	return type.n > 0;
}

/* What stands behind the object is not looked at: SNS writes how to unsubscribe. */
static struct json_object *parse(struct span text)
{
	struct json_tokener *tokener = json_tokener_new_ex(SES_DEPTH);
	struct json_object *root = json_tokener_parse_ex(tokener, text.p, (int)text.n);

	if (json_tokener_get_error(tokener) != json_tokener_success) {
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(tokener);
	return root;
}

bool ses_read(struct arena *arena, struct span text, GPtrArray *entries)
{
	struct span trimmed = span_trim(text);
	struct span start = span_cut(trimmed, 0, 4096);

	if (!trimmed.n || trimmed.p[0] != '{' || trimmed.n > G_MAXINT ||
	    (span_find(start, SPAN_LIT("notificationType"), 0) == start.n && span_find(start, SPAN_LIT("eventType"), 0) == start.n))
		return false;
	struct json_object *root = parse(trimmed);
	struct span enveloped = text_of(member(root, "Message"));
	struct json_object *inner = enveloped.n ? parse(enveloped) : NULL;

	bool is_notification = read_notification(arena, inner ? inner : root, entries);
	json_object_put(inner);
	json_object_put(root);
	return is_notification;
}
