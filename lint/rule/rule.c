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
	g_assert(!setting || !setting->data);
	return setting ? setting->list : NULL;
}

/* --- lists of facts ----------------------------------------------------------------------------------------------------------- */

/* The settings that are read with rule_setting_words(). */
static const struct {
	const char *check, *key;
} data_settings[] = {
	{"archive_blocked", "extensions"},
	{"attachment_blocked", "extensions"},
	{"file_name_deceptive", "extensions"},
	{"from_free_mail", "domains"},
	{"link_download", "extensions"},
	{"link_host", "hosts"},
	{"link_redirector", "redirectors"},
	{"link_shortener", "first_party"},
	{"link_shortener", "hosts"},
	{"office_macro", "extensions"},
	{"reply_to_foreign", "domains"},
};

bool rule_setting_takes_data(const char *check, const char *key)
{
	for (size_t i = 0; i < G_N_ELEMENTS(data_settings); i++)
		if (strcmp(data_settings[i].check, check) == 0 && strcmp(data_settings[i].key, key) == 0)
			return true;
	return false;
}

struct word_list rule_setting_words(const struct rule *rule, const char *key)
{
	const struct rule_setting *setting = find_setting(rule, key);
	return setting ? (struct word_list){setting->list, setting->data} : (struct word_list){NULL, NULL};
}

bool word_list_has(struct word_list list, struct span word)
{
	for (const char *const *w = list.words; w && *w; w++)
		if (span_eq_ci(span_str(*w), word))
			return true;
	for (const struct data_list *const *data = list.data; data && *data; data++)
		if (data_list_has(*data, word))
			return true;
	return false;
}

bool word_list_has_host(struct word_list list, struct span host)
{
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	if (word_list_has(list, host))
		return true;
	for (size_t dot = span_find_byte(host, '.', 0); dot < host.n; dot = span_find_byte(host, '.', dot + 1))
		if (word_list_has(list, span_cut(host, dot, host.n)))
			return true;
	return false;
}

/* What may stand for the star of "yahoo.*": "fr", "com", "co.jp", "com.br". "live.nicovideo.jp" is no house of live.com. */
static bool is_country_ending(struct span ending)
{
	size_t dot = span_find_byte(ending, '.', 0);

	if (dot == ending.n)
		return ending.n >= 2;
	return dot >= 2 && dot <= 3 && ending.n - dot - 1 == 2;
}

bool word_list_has_domain(struct word_list list, struct span domain)
{
	enum { LONGEST_STEM = 64 }; /* one label and its dot */
	char family[LONGEST_STEM + 1];

	if (domain.n && domain.p[domain.n - 1] == '.')
		domain.n--;
	if (word_list_has(list, domain))
		return true;
	size_t stem = span_find_byte(domain, '.', 0) + 1;
	if (stem > domain.n || stem > LONGEST_STEM || !is_country_ending(span_cut(domain, stem, domain.n)))
		return false;
	memcpy(family, domain.p, stem);
	family[stem] = '*';
	return word_list_has(list, span_of(family, stem + 1));
}

/* --- rule sets ---------------------------------------------------------------------------------------------------------------- */

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

static bool any_begins(const char *const *ids, const char *beginning)
{
	for (; ids && *ids; ids++)
		if (g_str_has_prefix(*ids, beginning))
			return true;
	return false;
}

bool rule_set_knows(const struct rule_set *set, const char *id)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct rule *rule = set->rules[i];
		if (g_str_has_prefix(rule->id, id) || any_begins(rule->requirements, id))
			return true;
		for (size_t k = 0; k < rule->n_conditions; k++)
			if (any_begins(rule->conditions[k].requirements, id))
				return true;
	}
	return false;
}
