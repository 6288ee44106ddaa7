/* Values of templates. Knows nothing of files and of template languages. */
#include "data/value.h"

#include <glib.h>
#include <math.h>

const struct value value_missing = { .kind = VALUE_MISSING };
const struct value value_null = { .kind = VALUE_NULL };
const struct value value_true = { .kind = VALUE_BOOL, .truth = true };
const struct value value_false = { .kind = VALUE_BOOL };

struct value *value_new(struct arena *arena, enum value_kind kind)
{
	struct value *value = ARENA_NEW(arena, struct value);

	value->kind = kind;
	return value;
}

const struct value *value_string(struct arena *arena, struct span text)
{
	struct value *value = value_new(arena, VALUE_STRING);

	value->text = text;
	return value;
}

const struct value *value_number(struct arena *arena, double number)
{
	struct value *value = value_new(arena, VALUE_NUMBER);
	char digits[G_ASCII_DTOSTR_BUF_SIZE];

	value->number = number;
	if (floor(number) == number && fabs(number) < 1e15)
		value->text = span_str(arena_printf(arena, "%.0f", number));
	else
		value->text = arena_copy_span(arena, span_str(g_ascii_dtostr(digits, sizeof digits, number)));
	return value;
}

const struct value *value_get(const struct value *map, struct span name)
{
	if (map->kind == VALUE_MAP)
		for (size_t i = 0; i < map->n; i++)
			if (span_eq(map->members[i].name, name))
				return map->members[i].value;
	return &value_missing;
}

static char loose(char c)
{
	return c == '-' || c == ' ' ? '_' : ascii_lower(c);
}

const struct value *value_get_loosely(const struct value *map, struct span name)
{
	const struct value *exact = value_get(map, name);

	if (exact->kind != VALUE_MISSING || map->kind != VALUE_MAP)
		return exact;
	for (size_t i = 0; i < map->n; i++) {
		struct span member = map->members[i].name;
		size_t k = 0;
		while (member.n == name.n && k < name.n && loose(member.p[k]) == loose(name.p[k]))
			k++;
		if (member.n == name.n && k == name.n)
			return map->members[i].value;
	}
	return &value_missing;
}
