/* Role: the built-in rules, unpacked once.
 * May not: hold anything else that changes. */
#include "rule/pack.h"

const struct rule_set *builtin_rules(void)
{
	static gsize done;
	static struct rule_set rules;
	/* Kept to the end; volatile, or a compiler drops what nobody reads, and to a leak detector the arena is lost. */
	static struct arena *volatile arena;

	if (g_once_init_enter(&done)) {
		struct data_set none;
		arena = arena_new();
		if (!rule_pack_read(arena, &builtin_pack, &builtin_data, &rules, &none, NULL))
			g_assert_not_reached();
		g_once_init_leave(&done, 1);
	}
	return &rules;
}
