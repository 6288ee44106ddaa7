/* The table of replies: looking up, and the words for what stands in it. */
#include "rule/reply.h"

#include <string.h>

#include "rule/requirement.h"

const struct reply *reply_find(const char *id)
{
	for (size_t i = 0; i < n_builtin_replies; i++)
		if (strcmp(builtin_replies[i].id, id) == 0)
			return &builtin_replies[i];
	return NULL;
}

const struct reply_receiver *reply_receiver_find(const char *id)
{
	for (size_t i = 0; i < n_builtin_reply_receivers; i++)
		if (strcmp(builtin_reply_receivers[i].id, id) == 0)
			return &builtin_reply_receivers[i];
	return NULL;
}

const char *reply_fixer_name(enum reply_fixer fixer)
{
	static const char *const names[] = {"draft", "sending", "list", "setup", "receiver", "wait"};

	return names[fixer];
}

bool reply_fixer_is_sender(enum reply_fixer fixer)
{
	return fixer != FIXER_RECEIVER && fixer != FIXER_WAIT;
}

bool reply_means(const char *listed, const char *requirement)
{
	size_t n = strlen(listed);

	return listed[n - 1] == '*' ? strncmp(listed, requirement, n - 1) == 0 : strcmp(listed, requirement) == 0;
}

static void add_once(GPtrArray *list, const void *item)
{
	if (!g_ptr_array_find(list, item, NULL))
		g_ptr_array_add(list, (gpointer)item);
}

static void add_id(GPtrArray *list, const char *id)
{
	for (guint i = 0; i < list->len; i++)
		if (strcmp(g_ptr_array_index(list, i), id) == 0)
			return;
	g_ptr_array_add(list, (gpointer)id);
}

GPtrArray *reply_requirements(const struct reply *const *replies, size_t n, bool whole)
{
	GPtrArray *ids = g_ptr_array_new();

	for (size_t i = 0; i < n; i++) {
		for (const char *const *listed = replies[i]->requirements; listed && *listed; listed++) {
			if (!whole || !strchr(*listed, '*'))
				add_id(ids, *listed);
			for (size_t k = 0; whole && strchr(*listed, '*') && k < n_builtin_requirements; k++)
				if (reply_means(*listed, builtin_requirements[k].id))
					add_id(ids, builtin_requirements[k].id);
		}
	}
	return ids;
}

static bool decides(const struct rule *rule, const char *listed)
{
	for (const char *const *id = rule->requirements; id && *id; id++)
		if (reply_means(listed, *id))
			return true;
	for (size_t i = 0; i < rule->n_conditions; i++)
		for (const char *const *id = rule->conditions[i].requirements; id && *id; id++)
			if (reply_means(listed, *id))
				return true;
	return false;
}

GPtrArray *reply_rules(const GPtrArray *requirements)
{
	const struct rule_set *all = builtin_rules();
	GPtrArray *rules = g_ptr_array_new();

	for (guint i = 0; i < requirements->len; i++)
		for (size_t k = 0; k < all->n; k++)
			if (decides(all->rules[k], g_ptr_array_index(requirements, i)))
				add_once(rules, all->rules[k]);
	return rules;
}
