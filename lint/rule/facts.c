/* What is remembered of each message for the rules over several messages. Bounded, whatever the message. */
#include "rule/facts.h"

#include <glib.h>

enum { LONGEST_FACT_BYTES = 1000, LONGEST_LINE_BYTES = 400 };

static const char *bounded(struct arena *arena, struct span value)
{
	return arena_copy(arena, span_cut(value, 0, LONGEST_FACT_BYTES));
}

static struct fact make_fact(struct arena *arena, const struct message *m, struct span value, struct range place)
{
	struct fact fact = { .value = bounded(arena, value),
			     .start = line_position(m->lines, place.start),
			     .end = line_position(m->lines, place.end) };
	fact.raw_line = arena_copy(arena, span_cut(line_bytes(m->lines, fact.start.line), 0, LONGEST_LINE_BYTES));
	return fact;
}

static const char *lower_copy(struct arena *arena, struct span value)
{
	char *copy = arena_copy(arena, span_cut(value, 0, LONGEST_FACT_BYTES));
	for (char *p = copy; *p; p++)
		*p = ascii_lower(*p);
	return copy;
}

/* The place of the first address of a list that has one. */
static struct range first_address_range(const struct address_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->mailboxes[i].address.end > list->mailboxes[i].address.start)
			return list->mailboxes[i].address;
	return (struct range){ 0, 0 };
}

static const char *first_address(struct arena *arena, const struct message *m, const struct address_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct mailbox *box = &list->mailboxes[i];
		if (box->address.end > box->address.start)
			return lower_copy(arena, span_of(m->file->bytes.p + box->address.start, box->address.end - box->address.start));
	}
	return NULL;
}

struct facts *facts_collect(struct arena *arena, const struct message *m)
{
	struct facts *facts = ARENA_NEW(arena, struct facts);
	const struct field *id = header_find(m->header, "Message-ID");
	const struct field *list_id = header_find(m->header, "List-Id");

	facts->is_template = m->kind == INPUT_TEMPLATE;
	if (id && id->unfolded->bytes.n)
		facts->message_id = make_fact(arena, m, id->unfolded->bytes, text_to_file(id->unfolded, 0, id->unfolded->bytes.n));
	if (m->subject && m->subject->bytes.n)
		facts->subject = make_fact(arena, m, m->subject->bytes, text_to_file(m->subject, 0, m->subject->bytes.n));
	for (size_t i = 0; i < m->n_unsubscribe; i++) {
		if (span_eq_ci(m->unsubscribe[i].url.scheme, SPAN_LIT("https"))) {
			facts->unsubscribe_uri = make_fact(arena, m, m->unsubscribe[i].uri, m->unsubscribe[i].range);
			break;
		}
	}
	facts->one_click = header_find(m->header, "List-Unsubscribe-Post") != NULL;
	facts->recipient = first_address(arena, m, &m->to);
	facts->sender = first_address(arena, m, &m->from);
	if (facts->sender)
		facts->from_address = make_fact(arena, m, span_str(facts->sender), first_address_range(&m->from));
	const struct field *feedback = header_find(m->header, "Feedback-ID"), *post = header_find(m->header, "List-Post");
	if (feedback && feedback->unfolded->bytes.n)
		facts->feedback_id = make_fact(arena, m, feedback->unfolded->bytes,
					       text_to_file(feedback->unfolded, 0, feedback->unfolded->bytes.n));
	facts->is_discussion = (post && !span_starts_ci(post->unfolded->bytes, SPAN_LIT("no"))) || header_find(m->header, "X-BeenThere") ||
			       header_find(m->header, "Mailing-List");
	if (list_id)
		facts->list_id = lower_copy(arena, list_id->unfolded->bytes);
	return facts;
}
