/* Checks over the records of several messages (facts.h), in path order. Sees no message. Cost: linear in the records. */
#include "rule/several.h"

#include <glib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return g_strcmp0(a, b) == 0;
}

/* What each check remembers by. */
enum seen { SEEN_MESSAGE_ID, SEEN_URI, SEEN_SUBJECT, SEEN_LIST, SEEN_ISSUE, N_SEEN };

/* What is kept of a message for those that come later. */
struct record {
	const char *path, *recipient, *subject, *message_id, *from_address, *feedback_id;
};

struct several_memory {
	struct arena *arena;
	GStringChunk *strings;          /* each once: subjects, paths and addresses come again and again */
	GHashTable *seen[N_SEEN];       /* a value to the record that had it first */
};

struct several_memory *several_memory_new(void)
{
	struct several_memory *memory = g_new0(struct several_memory, 1);

	memory->arena = arena_new();
	memory->strings = g_string_chunk_new(4096);
	for (size_t i = 0; i < N_SEEN; i++)
		memory->seen[i] = g_hash_table_new(g_str_hash, g_str_equal);
	return memory;
}

void several_memory_free(struct several_memory *memory)
{
	if (!memory)
		return;
	for (size_t i = 0; i < N_SEEN; i++)
		g_hash_table_destroy(memory->seen[i]);
	g_string_chunk_free(memory->strings);
	arena_free(memory->arena);
	g_free(memory);
}

static const char *keep(struct several_memory *memory, const char *text)
{
	return text ? g_string_chunk_insert_const(memory->strings, text) : NULL;
}

static const struct record *record_of(struct several_memory *memory, const struct message_result *result)
{
	const struct facts *f = result->facts;
	struct record *record = ARENA_NEW(memory->arena, struct record);

	*record = (struct record){ keep(memory, result->path), keep(memory, f->recipient), keep(memory, f->subject.value),
				   keep(memory, f->message_id.value), keep(memory, f->from_address.value), keep(memory, f->feedback_id.value) };
	return record;
}

/* The earlier message that had the value; NULL: message i is the first, and is remembered. */
static const struct record *earlier_with(struct several *s, enum seen by, const char *value, size_t i)
{
	const struct record *earlier = g_hash_table_lookup(s->memory->seen[by], value);

	if (!earlier)
		g_hash_table_insert(s->memory->seen[by], (gpointer)keep(s->memory, value), (gpointer)record_of(s->memory, s->results[i]));
	return earlier;
}

/* The same with a key that this frees. */
static const struct record *earlier_with_own(struct several *s, enum seen by, char *key, size_t i)
{
	const struct record *earlier = earlier_with(s, by, key, i);

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
	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || !f->message_id.value || !*f->message_id.value)
			continue;
		const struct record *earlier = earlier_with(s, SEEN_MESSAGE_ID, f->message_id.value, i);
		/* The same bytes of the same file seen twice (a path named twice) or one message stored in two places is no reuse. */
		if (!earlier || (same(f->recipient, earlier->recipient) && same(f->subject.value, earlier->subject)))
			continue;
		struct finding_arg args[] = { text_arg("id", f->message_id.value), text_arg("other", earlier->path) };
		s->report(s, i, &f->message_id, NULL, args, G_N_ELEMENTS(args));
	}
}

/* UN-06: one unsubscribe URI for different recipients: it cannot tell who leaves. Only where it claims to be one-click: the page of a
 * discussion list that asks for the address is the same for all, rightly. */
static void unsubscribe_uri_shared(struct several *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || !f->one_click || !f->unsubscribe_uri.value || !f->recipient)
			continue;
		const struct record *earlier = earlier_with(s, SEEN_URI, f->unsubscribe_uri.value, i);
		if (!earlier || same(f->recipient, earlier->recipient))
			continue;
		struct finding_arg args[] = { text_arg("other", earlier->path),
					      text_arg("recipient", earlier->recipient) };
		s->report(s, i, &f->unsubscribe_uri, NULL, args, G_N_ELEMENTS(args));
	}
}

/* TP-16: the same Subject in two issues of one list to the same or an unnamed recipient. Re-sends exist: the rule is an info. */
static void subject_repeated(struct several *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || !f->subject.value || !*f->subject.value || !f->list_id)
			continue;
		char *key = g_strdup_printf("%s\n%s\n%s", f->list_id, f->recipient ? f->recipient : "", f->subject.value);
		const struct record *earlier = earlier_with_own(s, SEEN_SUBJECT, key, i);
		if (!earlier || same(f->message_id.value, earlier->message_id))
			continue;
		struct finding_arg args[] = { text_arg("other", earlier->path) };
		s->report(s, i, &f->subject, NULL, args, G_N_ELEMENTS(args));
	}
}

/* ID-17: issues of one list with different From addresses. Which mail belongs to one category only the List-Id can tell here. */
static void sender_changed(struct several *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || f->is_discussion || !f->list_id || !f->from_address.value)
			continue;
		const struct record *earlier = earlier_with(s, SEEN_LIST, f->list_id, i);
		if (!earlier || same(f->from_address.value, earlier->from_address))
			continue;
		struct finding_arg args[] = { text_arg("address", f->from_address.value), text_arg("other", earlier->path),
					      text_arg("earlier", earlier->from_address) };
		s->report(s, i, &f->from_address, NULL, args, G_N_ELEMENTS(args));
	}
}

/* UN-25: two copies of one issue for two readers whose Feedback-IDs differ: an id that is new in each mail counts nothing. */
static void feedback_id_unique(struct several *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct facts *f = s->results[i]->facts;
		if (f->is_template || !f->feedback_id.value || !f->subject.value || !f->sender || !f->recipient)
			continue;
		char *key = g_strdup_printf("%s\n%s\n%s", f->sender, f->list_id ? f->list_id : "", f->subject.value);
		const struct record *earlier = earlier_with_own(s, SEEN_ISSUE, key, i);
		if (!earlier || same(f->recipient, earlier->recipient) || same(f->feedback_id.value, earlier->feedback_id))
			continue;
		struct finding_arg args[] = { text_arg("id", f->feedback_id.value), text_arg("other", earlier->path),
					      text_arg("earlier", earlier->feedback_id) };
		s->report(s, i, &f->feedback_id, NULL, args, G_N_ELEMENTS(args));
	}
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
