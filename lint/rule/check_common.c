/* Small things that several files of checks need. Reports nothing itself. */
#include "rule/check_common.h"

struct range field_value_range(const struct message *m, const struct field *field)
{
	struct span value = span_cut(m->file->bytes, field->value_start, field->value_end);
	struct span inner = span_trim(value);

	if (inner.n == 0)
		return place(field->value_start);
	size_t start = field->value_start + (size_t)(inner.p - value.p);
	return (struct range){ start, start + inner.n };
}

bool word_in_list(const char *const *list, struct span word)
{
	for (; list && *list; list++)
		if (span_eq_ci(span_str(*list), word))
			return true;
	return false;
}

bool body_is_doubtful(const struct body *body)
{
	return body->entity->charset_result.doubtful;
}

bool any_body_is_doubtful(const struct message *m)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		if (body_is_doubtful(&m->bodies[i]))
			return true;
	return false;
}

struct range body_end(const struct entity *entity)
{
	return place(entity->body.end);
}

bool is_no_reply(struct span local)
{
	static const char *const names[] = { "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "no.reply" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (span_starts_ci(local, span_str(names[i])))
			return true;
	return false;
}

bool are_alternatives(const struct entity *a, const struct entity *b)
{
	while (a->depth > b->depth)
		a = a->parent;
	while (b->depth > a->depth)
		b = b->parent;
	while (a != b) {
		a = a->parent;
		b = b->parent;
	}
	return entity_is(a, "multipart", "alternative");
}

bool list_owns_host(const struct check *c, struct span host)
{
	const struct list_options *list = check_options(c)->list;

	for (const char *const *domain = list ? list->domains : NULL; domain && *domain; domain++) {
		struct span own = span_str(*domain);
		if (span_ends_ci(host, own) && (host.n == own.n || host.p[host.n - own.n - 1] == '.'))
			return true;
	}
	return false;
}
