/* Checks over the records of several messages (facts.h), in path order. Sees no message. Cost: linear in the records. */
#include "rule/several.h"

#include <glib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return g_strcmp0(a, b) == 0;
}

/* The record that had the value first; the table maps a value to its index + 1. */
static size_t first_with(GHashTable *seen, const char *value, size_t index)
{
	gpointer earlier = g_hash_table_lookup(seen, value);
	if (earlier)
		return GPOINTER_TO_SIZE(earlier) - 1;
	g_hash_table_insert(seen, (gpointer)value, GSIZE_TO_POINTER(index + 1));
	return index;
}

/* The same with a key that this takes over; the table frees its keys. */
static size_t first_with_own(GHashTable *seen, char *key, size_t i)
{
	size_t earlier = first_with(seen, key, i);

	if (earlier != i)
		g_free(key);
	return earlier;
}

static struct finding_arg text_arg(const char *name, const char *text)
{
	return (struct finding_arg){ .name = name, .kind = ARG_TEXT, .text = text };
}

/* FM-08: the same Message-ID in two messages of the run. Copies of one message to several recipients of one transaction share it
 * legally, so the recipients must differ or both be unknown. */
static void message_id_repeated(struct several *s)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || !f->message_id.value || !*f->message_id.value)
			continue;
		size_t earlier = first_with(seen, f->message_id.value, i);
		const struct facts *g = s->results[earlier]->facts;
		/* The same bytes of the same file seen twice (a path named twice) or one message stored in two places is no reuse. */
		if (earlier == i || (same(f->recipient, g->recipient) && same(f->subject.value, g->subject.value)))
			continue;
		struct finding_arg args[] = { text_arg("id", f->message_id.value), text_arg("other", s->results[earlier]->path) };
		s->report(s, i, &f->message_id, NULL, args, G_N_ELEMENTS(args));
	}
	g_hash_table_destroy(seen);
}

/* UN-06: one unsubscribe URI for different recipients: it cannot tell who leaves. Only where it claims to be one-click: the page of a
 * discussion list that asks for the address is the same for all, rightly. */
static void unsubscribe_uri_shared(struct several *s)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || !f->one_click || !f->unsubscribe_uri.value || !f->recipient)
			continue;
		size_t earlier = first_with(seen, f->unsubscribe_uri.value, i);
		if (earlier == i || same(f->recipient, s->results[earlier]->facts->recipient))
			continue;
		struct finding_arg args[] = { text_arg("other", s->results[earlier]->path),
					      text_arg("recipient", s->results[earlier]->facts->recipient) };
		s->report(s, i, &f->unsubscribe_uri, NULL, args, G_N_ELEMENTS(args));
	}
	g_hash_table_destroy(seen);
}

/* TP-16: the same Subject in two issues of one list to the same or an unnamed recipient. Re-sends exist: the rule is an info. */
static void subject_repeated(struct several *s)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || !f->subject.value || !*f->subject.value || !f->list_id)
			continue;
		char *key = g_strdup_printf("%s\n%s\n%s", f->list_id, f->recipient ? f->recipient : "", f->subject.value);
		size_t earlier = first_with_own(seen, key, i);
		const struct message_result *other = s->results[earlier];
		if (earlier == i || same(f->message_id.value, other->facts->message_id.value))
			continue;
		struct finding_arg args[] = { text_arg("other", other->path) };
		s->report(s, i, &f->subject, NULL, args, G_N_ELEMENTS(args));
	}
	g_hash_table_destroy(seen);
}

/* ID-17: issues of one list with different From addresses. Which mail belongs to one category only the List-Id can tell here. */
static void sender_changed(struct several *s)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || f->is_discussion || !f->list_id || !f->from_address.value)
			continue;
		size_t earlier = first_with(seen, f->list_id, i);
		const struct facts *g = s->results[earlier]->facts;
		if (earlier == i || same(f->from_address.value, g->from_address.value))
			continue;
		struct finding_arg args[] = { text_arg("address", f->from_address.value), text_arg("other", s->results[earlier]->path),
					      text_arg("earlier", g->from_address.value) };
		s->report(s, i, &f->from_address, NULL, args, G_N_ELEMENTS(args));
	}
	g_hash_table_destroy(seen);
}

/* UN-25: two copies of one issue for two readers whose Feedback-IDs differ: an id that is new in each mail counts nothing. */
static void feedback_id_unique(struct several *s)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || !f->feedback_id.value || !f->subject.value || !f->sender || !f->recipient)
			continue;
		char *key = g_strdup_printf("%s\n%s\n%s", f->sender, f->list_id ? f->list_id : "", f->subject.value);
		size_t earlier = first_with_own(seen, key, i);
		const struct message_result *other = s->results[earlier];
		if (earlier == i || same(f->recipient, other->facts->recipient) || same(f->feedback_id.value, other->facts->feedback_id.value))
			continue;
		struct finding_arg args[] = { text_arg("id", f->feedback_id.value), text_arg("other", other->path),
					      text_arg("earlier", other->facts->feedback_id.value) };
		s->report(s, i, &f->feedback_id, NULL, args, G_N_ELEMENTS(args));
	}
	g_hash_table_destroy(seen);
}

static const struct {
	const char *name;
	several_function function;
} several_checks[] = {
	{ "feedback_id_unique", feedback_id_unique },
	{ "message_id_repeated", message_id_repeated },
	{ "sender_changed", sender_changed },
	{ "subject_repeated", subject_repeated },
	{ "unsubscribe_uri_shared", unsubscribe_uri_shared },
};

several_function several_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(several_checks); i++)
		if (strcmp(several_checks[i].name, name) == 0)
			return several_checks[i].function;
	return NULL;
}
