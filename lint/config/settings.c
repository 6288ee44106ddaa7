/* Merges tables of configuration files and the command line into options. Reads no file and judges no value: config.c did. */
#include "config/settings.h"

#include <string.h>

#include "config/files.h"

struct settings_group {
	const struct config_chain *chain;
	const struct config_table *const *paths; /* that fit, weakest first */
	size_t n_paths;
	const char *list;              /* what a path says; NULL */
	const struct settings **made;  /* by list of the chain, the last one without a list; NULL: not made yet */
};

struct settings_store {
	struct arena *arena;
	struct config_finder *finder;
	const struct settings_base *base;
	GHashTable *groups;            /* GBytes of the pointers that make a group, to struct settings_group */
	GMutex lock;                   /* arena and made, once there are several threads */
};

struct settings_store *settings_store_new(struct config_finder *finder, const struct settings_base *base)
{
	struct settings_store *store = g_new0(struct settings_store, 1);

	store->arena = arena_new();
	store->finder = finder;
	store->base = base;
	store->groups = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	g_mutex_init(&store->lock);
	return store;
}

static void free_lists(const struct settings *settings)
{
	for (size_t i = 0; i < settings->lint.n_selections; i++) {
		const struct rule_selection *step = &settings->lint.selections[i];
		const GPtrArray *const lists[] = { step->select, step->extend_select, step->ignore };
		for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
			if (lists[k])
				g_ptr_array_free((GPtrArray *)lists[k], TRUE);
	}
}

void settings_store_free(struct settings_store *store)
{
	GHashTableIter iter;
	gpointer value;

	if (!store)
		return;
	g_hash_table_iter_init(&iter, store->groups);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct settings_group *group = value;
		for (guint i = 0; i <= g_strv_length((char **)(void *)group->chain->lists); i++)
			if (group->made[i])
				free_lists(group->made[i]);
	}
	g_hash_table_destroy(store->groups);
	g_mutex_clear(&store->lock);
	arena_free(store->arena);
	g_free(store);
}

/* --- groups ------------------------------------------------------------------------------------------------------------------ */

static struct settings_group *group_with(struct settings_store *store, const struct config_chain *chain, const GPtrArray *paths)
{
	GByteArray *key = g_byte_array_new();

	g_byte_array_append(key, (const guint8 *)&chain, sizeof chain);
	if (paths->len)
		g_byte_array_append(key, (const guint8 *)paths->pdata, (guint)(paths->len * sizeof *paths->pdata));
	GBytes *bytes = g_byte_array_free_to_bytes(key);
	struct settings_group *group = g_hash_table_lookup(store->groups, bytes);
	if (group) {
		g_bytes_unref(bytes);
		return group;
	}
	group = ARENA_NEW(store->arena, struct settings_group);
	group->chain = chain;
	group->n_paths = paths->len;
	const struct config_table **copy = ARENA_ARRAY(store->arena, const struct config_table *, paths->len + 1);
	for (guint i = 0; i < paths->len; i++) {
		copy[i] = g_ptr_array_index(paths, i);
		if (copy[i]->values[KEY_LIST])
			group->list = copy[i]->values[KEY_LIST]->string;
	}
	group->paths = copy;
	group->made = ARENA_ARRAY(store->arena, const struct settings *, g_strv_length((char **)(void *)chain->lists) + 1);
	g_hash_table_insert(store->groups, bytes, group);
	return group;
}

static bool table_fits(const struct config_table *table, const char *path)
{
	const char *below = file_relative(path, table->file->base);

	return below && *below && glob_set_covers(table->match, below) != GLOB_NOT_COVERED;
}

struct settings_group *settings_group_of(struct settings_store *store, const char *path)
{
	char *absolute = file_absolute(path, config_working_directory(store->finder));
	char *folder = g_path_get_dirname(absolute);
	const struct config_chain *chain = config_chain_of(store->finder, folder);
	GPtrArray *paths = g_ptr_array_new();

	for (size_t i = 0; i < chain->n; i++)
		for (size_t k = 0; k < chain->files[i]->n_paths; k++)
			if (table_fits(&chain->files[i]->paths[k], absolute))
				g_ptr_array_add(paths, &chain->files[i]->paths[k]);
	struct settings_group *group = group_with(store, chain, paths);
	g_ptr_array_free(paths, TRUE);
	g_free(folder);
	g_free(absolute);
	return group;
}

struct settings_group *settings_group_of_folder(struct settings_store *store, const char *folder)
{
	char *absolute = file_absolute(folder, config_working_directory(store->finder));
	GPtrArray *none = g_ptr_array_new();
	struct settings_group *group = group_with(store, config_chain_of(store->finder, absolute), none);

	g_ptr_array_free(none, TRUE);
	g_free(absolute);
	return group;
}

const struct config_chain *settings_group_chain(const struct settings_group *group)
{
	return group->chain;
}

const char *settings_rules_path(const struct settings_store *store, const struct settings_group *group)
{
	if (store->base->given & (uint64_t)1 << KEY_RULES)
		return store->base->rules_path;
	for (size_t i = group->chain->n; i > 0; i--) {
		const struct config_file *file = group->chain->files[i - 1];
		if (!file->top.values[KEY_RULES])
			continue;
		char *path = file_absolute(file->top.values[KEY_RULES]->string, file->folder);
		/* As a user would write it, for faults in the rules. */
		const char *below = file_relative(path, config_working_directory(store->finder));
		const char *copy = arena_copy(store->arena, span_str(below && *below ? below : path));
		g_free(path);
		return copy;
	}
	return NULL;
}

/* --- lists ------------------------------------------------------------------------------------------------------------------- */

/* The value of a list in the closest file that gives it one. */
static const struct toml_node *list_value(const struct config_chain *chain, const char *list, enum config_key key)
{
	for (size_t i = chain->n; i > 0; i--) {
		const struct config_file *file = chain->files[i - 1];
		for (size_t k = 0; k < file->n_lists; k++)
			if (strcmp(file->lists[k].list, list) == 0 && file->lists[k].values[key])
				return file->lists[k].values[key];
	}
	return NULL;
}

static bool holds(const struct toml_node *value, struct span word)
{
	for (size_t i = 0; value && config_string(value, i); i++)
		if (span_eq_ci(span_str(config_string(value, i)->string), word))
			return true;
	return false;
}

/* Is the address at one of the domains, or at a host below one? */
static bool at_domain(const struct toml_node *domains, struct span address)
{
	struct span host = span_cut(address, span_find_byte(address, '@', 0) + 1, address.n);

	for (size_t i = 0; domains && config_string(domains, i); i++) {
		struct span domain = span_str(config_string(domains, i)->string);
		if (span_ends_ci(host, domain) && (host.n == domain.n || host.p[host.n - domain.n - 1] == '.'))
			return true;
	}
	return false;
}

/* The only list with that value; NULL where none or several have it. */
static const char *only_list(const struct config_chain *chain, enum config_key key, struct span word)
{
	const char *found = NULL;

	for (const char *const *list = chain->lists; word.n && *list; list++) {
		const struct toml_node *value = list_value(chain, *list, key);
		if (!(key == KEY_DOMAINS ? at_domain(value, word) : holds(value, word)))
			continue;
		if (found)
			return NULL;
		found = *list;
	}
	return found;
}

const char *settings_list_of(const struct settings_group *group, struct span list_id, struct span from)
{
	if (group->list)
		return group->list;
	const char *list = only_list(group->chain, KEY_LIST_ID, list_id);
	if (list)
		return list;
	list = only_list(group->chain, KEY_ADDRESSES, from);
	if (!list)
		list = only_list(group->chain, KEY_DOMAINS, from);
	/* The List-Id of another list: not ours, whoever sends it. */
	return list && list_id.n && list_value(group->chain, list, KEY_LIST_ID) ? NULL : list;
}

/* --- merging ----------------------------------------------------------------------------------------------------------------- */

static const char *const *strings(struct arena *arena, const struct toml_node *value)
{
	size_t n = 0;

	if (!value)
		return NULL;
	while (config_string(value, n))
		n++;
	const char **copy = ARENA_ARRAY(arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		copy[i] = config_string(value, i)->string;
	return copy;
}

/* The strings of a value, which the array borrows. */
static const GPtrArray *ids(const struct toml_node *value)
{
	if (!value)
		return NULL;
	GPtrArray *array = g_ptr_array_new();
	for (size_t i = 0; config_string(value, i); i++)
		g_ptr_array_add(array, (gpointer)config_string(value, i)->string);
	return array;
}

GPtrArray *settings_tables(const struct settings_group *group, const char *list)
{
	const struct config_chain *chain = group->chain;
	GPtrArray *tables = g_ptr_array_new();

	for (size_t i = 0; i < chain->n; i++)
		g_ptr_array_add(tables, (gpointer)&chain->files[i]->top);
	for (size_t i = 0; list && i < chain->n; i++)
		for (size_t k = 0; k < chain->files[i]->n_lists; k++)
			if (strcmp(chain->files[i]->lists[k].list, list) == 0)
				g_ptr_array_add(tables, &chain->files[i]->lists[k]);
	for (size_t i = 0; i < group->n_paths; i++)
		g_ptr_array_add(tables, (gpointer)group->paths[i]);
	return tables;
}

static void add_severities(GArray *severities, const struct toml_node *value, unsigned level)
{
	for (size_t i = 0; value && i < value->n_children; i++) {
		struct severity_override override = { .id = value->children[i]->key, .level = level };
		severity_parse(value->children[i]->string, &override.severity);
		g_array_append_val(severities, override);
	}
}

static void merge_choices(struct arena *arena, const GPtrArray *tables, struct settings *out)
{
	struct rule_selection *selections = ARENA_ARRAY(arena, struct rule_selection, tables->len + 1);
	GArray *severities = g_array_new(FALSE, FALSE, sizeof(struct severity_override));

	for (guint i = 0; i < tables->len; i++) {
		const struct toml_node *const *values = ((const struct config_table *)g_ptr_array_index(tables, i))->values;
		add_severities(severities, values[KEY_SEVERITY], i);
		if (values[KEY_SELECT] || values[KEY_EXTEND_SELECT] || values[KEY_IGNORE])
			selections[out->lint.n_selections++] =
				(struct rule_selection){ ids(values[KEY_SELECT]), ids(values[KEY_EXTEND_SELECT]), ids(values[KEY_IGNORE]) };
	}
	out->lint.selections = selections;
	out->lint.n_severities = severities->len;
	struct severity_override *copy = ARENA_ARRAY(arena, struct severity_override, severities->len + 1);
	if (severities->len)
		memcpy(copy, severities->data, severities->len * sizeof *copy);
	out->lint.severities = copy;
	g_array_free(severities, TRUE);
}

static unsigned profile_bits(const struct toml_node *value)
{
	unsigned bits = 0, one;

	for (size_t i = 0; config_string(value, i); i++)
		if (profiles_parse(config_string(value, i)->string, &one))
			bits |= one;
	return bits;
}

/* As --clients has them. */
static const char *client_words(const struct toml_node *value)
{
	GString *words = g_string_new(NULL);

	for (size_t i = 0; config_string(value, i); i++)
		g_string_append_printf(words, "%s%s", i ? "," : "", config_string(value, i)->string);
	const char *out = g_intern_string(words->str);
	g_string_free(words, TRUE);
	return out;
}

static void apply(struct settings *out, enum config_key key, const struct toml_node *value)
{
	switch (key) {
	case KEY_STAGE:
	case KEY_CLASS:
	case KEY_VOLUME:
	case KEY_TARGET_CHARSET: {
		char *option = g_strconcat("--", config_key(key)->option, NULL);
		lint_options_set(&out->lint, option, value->string);
		g_free(option);
		break;
	}
	case KEY_PROFILE:
		out->lint.profiles = profile_bits(value);
		break;
	case KEY_CLIENTS:
		out->lint.clients = client_words(value);
		break;
	case KEY_FAIL_ON:
		if (!severity_parse(value->string, &out->fail_on))
			out->fail_on = SEVERITY_OFF;
		break;
	case KEY_MAX_SCORE:
		out->max_score = out->lint.advice_limit = value->number;
		break;
	default:
		break;
	}
}

static const char *string_of(const struct toml_node *value)
{
	return value ? value->string : NULL;
}

static const struct list_options *list_options(struct arena *arena, const struct config_chain *chain, const char *list)
{
	struct list_options *out = ARENA_NEW(arena, struct list_options);

	out->name = list;
	out->list_id = string_of(list_value(chain, list, KEY_LIST_ID));
	out->names = strings(arena, list_value(chain, list, KEY_NAMES));
	out->domains = strings(arena, list_value(chain, list, KEY_DOMAINS));
	out->addresses = strings(arena, list_value(chain, list, KEY_ADDRESSES));
	out->adds_headers = strings(arena, list_value(chain, list, KEY_ADDS_HEADERS));
	out->tags = strings(arena, list_value(chain, list, KEY_TAGS));
	out->mail_from = string_of(list_value(chain, list, KEY_MAIL_FROM));
	out->helo = string_of(list_value(chain, list, KEY_HELO));
	out->dkim_domains = strings(arena, list_value(chain, list, KEY_DKIM_DOMAINS));
	out->dkim_selectors = strings(arena, list_value(chain, list, KEY_DKIM_SELECTORS));
	out->sending_addresses = strings(arena, list_value(chain, list, KEY_SENDING_ADDRESSES));
	return out;
}

static const struct settings *make_settings(struct settings_store *store, const struct settings_group *group, const char *list)
{
	struct settings *out = ARENA_NEW(store->arena, struct settings);
	GPtrArray *tables = settings_tables(group, list);

	out->lint = store->base->lint;
	out->fail_on = store->base->fail_on;
	out->max_score = store->base->max_score;
	for (guint i = 0; i < tables->len; i++) {
		const struct config_table *table = g_ptr_array_index(tables, i);
		for (int key = 0; key < N_CONFIG_KEYS; key++)
			if (table->values[key])
				out->sources[key] = (struct setting_source){ table, table->values[key] };
	}
	for (int key = 0; key < N_CONFIG_KEYS; key++) {
		if (store->base->given & (uint64_t)1 << key)
			out->sources[key] = (struct setting_source){ NULL, NULL };
		else if (out->sources[key].value)
			apply(out, (enum config_key)key, out->sources[key].value);
	}
	merge_choices(store->arena, tables, out);
	if (list)
		out->lint.list = list_options(store->arena, group->chain, list);
	g_ptr_array_free(tables, TRUE);
	return out;
}

const struct settings *settings_of(struct settings_store *store, struct settings_group *group, const char *list)
{
	size_t i = 0;

	while (group->chain->lists[i] && !(list && strcmp(group->chain->lists[i], list) == 0))
		i++;
	g_mutex_lock(&store->lock);
	if (!group->made[i])
		group->made[i] = make_settings(store, group, list);
	const struct settings *settings = group->made[i];
	g_mutex_unlock(&store->lock);
	return settings;
}

/* --- ids --------------------------------------------------------------------------------------------------------------------- */

static void check_id(struct config_faults *faults, const struct config_table *table, struct toml_place place, const char *id,
		     const struct rule_set *rules)
{
	if (!rule_set_knows(rules, id))
		config_fault_word(faults, table->file, place, rule_set_suggest(rules, id),
				  faults->language == LANGUAGE_JA ? "そのようなルールはありません:" : "there is no such rule:", id);
}

static void check_table(struct config_faults *faults, const struct config_table *table, const struct rule_set *rules)
{
	for (int i = 0; i < N_CONFIG_KEYS; i++) {
		const struct config_key_definition *key = config_key((enum config_key)i);
		const struct toml_node *value = table->values[i];
		if (!key->rule_ids || !value)
			continue;
		if (key->type == TYPE_SEVERITIES) {
			for (size_t k = 0; k < value->n_children; k++)
				check_id(faults, table, value->children[k]->key_place, value->children[k]->key, rules);
		} else {
			for (size_t k = 0; config_string(value, k); k++)
				check_id(faults, table, config_string(value, k)->place, config_string(value, k)->string, rules);
		}
	}
}

void settings_check_ids(struct config_finder *finder, const struct config_chain *chain, const struct rule_set *rules)
{
	struct config_faults *faults = config_finder_faults(finder);

	for (size_t i = 0; i < chain->n; i++) {
		const struct config_file *file = chain->files[i];
		check_table(faults, &file->top, rules);
		for (size_t k = 0; k < file->n_lists; k++)
			check_table(faults, &file->lists[k], rules);
		for (size_t k = 0; k < file->n_paths; k++)
			check_table(faults, &file->paths[k], rules);
	}
}
