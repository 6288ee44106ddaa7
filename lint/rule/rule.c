/* Look-ups in rules and rule sets. Reads no files; also part of the build-machine program, so nothing but GLib may be used here. */
#include "rule/rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct rule_setting *find_setting(const struct rule *rule, const char *key)
{
	for (size_t i = 0; i < rule->n_settings; i++)
		if (strcmp(rule->settings[i].key, key) == 0)
			return &rule->settings[i];
	return NULL;
}

const char *rule_setting(const struct rule *rule, const char *key, const char *fallback)
{
	const struct rule_setting *setting = find_setting(rule, key);
	return setting && setting->value ? setting->value : fallback;
}

long rule_setting_int(const struct rule *rule, const char *key, long fallback)
{
	const char *value = rule_setting(rule, key, NULL);
	char *end;

	if (!value)
		return fallback;
	errno = 0;
	long number = strtol(value, &end, 10);
	return errno || end == value || *end ? fallback : number;
}

const char *const *rule_setting_list(const struct rule *rule, const char *key)
{
	const struct rule_setting *setting = find_setting(rule, key);
	return setting ? setting->list : NULL;
}

const struct rule *rule_set_find(const struct rule_set *set, const char *id)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(id, set->rules[middle]->id);
		if (order == 0)
			return set->rules[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *rule_set_suggest(const struct rule_set *set, const char *id)
{
	const char *nearest = NULL;
	unsigned best = G_MAXUINT;

	for (size_t i = 0; i < set->n; i++)
		if (word_nearer(id, set->rules[i]->id, &best))
			nearest = set->rules[i]->id;
	return nearest;
}
