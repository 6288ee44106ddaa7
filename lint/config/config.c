/* Strict reader of a configuration file: every key and value is judged by the table of keys, all faults are told. Follows no "extends" and
 * decides nothing. */
#include "config/config.h"

#include <stdarg.h>
#include <string.h>

#include "report/report.h"
#include "rule/client.h"

/* --- faults ------------------------------------------------------------------------------------------------------------------ */

static const char *say(const struct config_faults *faults, const char *en, const char *ja) __attribute__((format_arg(2), format_arg(3)));

static const char *say(const struct config_faults *faults, const char *en, const char *ja)
{
	return faults->language == LANGUAGE_JA ? ja : en;
}

static void add_fault(struct config_faults *faults, const struct config_file *file, struct toml_place place, const char *message)
{
	char *line = g_strdup_printf("%s:%u:%u: %s", file->path, place.line, place.column, message);

	/* A file that several others extend is read for each of them. */
	if (g_ptr_array_find_with_equal_func(faults->lines, line, g_str_equal, NULL))
		g_free(line);
	else
		g_ptr_array_add(faults->lines, line);
}

void config_fault(struct config_faults *faults, const struct config_file *file, struct toml_place place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	add_fault(faults, file, place, message);
	g_free(message);
}

void config_fault_word(struct config_faults *faults, const struct config_file *file, struct toml_place place, const char *suggestion,
		       const char *what, const char *word)
{
	if (suggestion)
		config_fault(faults, file, place, say(faults, "%s \"%s\"; did you mean \"%s\"?", "%s「%s」（もしかして「%s」）"), what, word,
			     suggestion);
	else
		config_fault(faults, file, place, say(faults, "%s \"%s\"", "%s「%s」"), what, word);
}

/* --- values ------------------------------------------------------------------------------------------------------------------ */

struct reader {
	struct arena *arena;
	struct config_file *file;
	struct config_faults *faults;
};

const struct toml_node *config_string(const struct toml_node *value, size_t n)
{
	if (value->kind == TOML_ARRAY)
		return n < value->n_children ? value->children[n] : NULL;
	return n == 0 ? value : NULL;
}

static void wrong_type(const struct reader *r, const struct config_key_definition *key, const struct toml_node *node)
{
	static const char *const wanted[][N_LANGUAGES] = {
		[TYPE_BOOLEAN] = { "true or false", " true または false " },
		[TYPE_NUMBER] = { "a number, 0 or more", " 0 以上の数値" },
		[TYPE_STRING] = { "a string", "文字列" },
		[TYPE_STRINGS] = { "a string or a list of strings", "文字列またはそのリスト" },
		[TYPE_WORD] = { "a string", "文字列" },
		[TYPE_WORDS] = { "a string or a list of strings", "文字列またはそのリスト" },
		[TYPE_SEVERITIES] = { "a table of rule ids and severities", "ルール ID と重大度の表" },
		[TYPE_LISTS] = { "tables such as [lists.weekly]", " [lists.weekly] のような表" },
		[TYPE_PATHS] = { "tables [[path]]", " [[path]] の表" },
	};

	config_fault(r->faults, r->file, node->place, say(r->faults, "%s must be %s", "%s には%sを指定してください"), key->name,
		     wanted[key->type][r->faults->language]);
}

static bool check_word(const struct reader *r, const struct config_key_definition *key, const struct toml_node *node)
{
	for (const char *const *word = key->words; *word; word++)
		if (strcmp(*word, node->string) == 0)
			return true;
	const char *nearest = word_nearest(node->string, key->words);
	char *all = g_strjoinv(", ", (char **)(void *)key->words);
	char *what = g_strdup_printf(say(r->faults, "%s takes %s; unknown value", "%s に指定できるのは %s です。不明な値"), key->name, all);
	config_fault_word(r->faults, r->file, node->place, nearest, what, node->string);
	g_free(all);
	g_free(what);
	return false;
}

static bool check_format(const struct reader *r, const struct toml_node *node)
{
	char *name = g_strndup(node->string, strcspn(node->string, "="));
	bool good = reporter_find(name) && !g_str_has_suffix(node->string, "=");

	if (!good)
		config_fault_word(r->faults, r->file, node->place, reporter_find(name) ? NULL : reporter_suggest(name), say(r->faults, "unknown format", "不明な形式"), node->string);
	g_free(name);
	return good;
}

static bool check_client(const struct reader *r, const struct toml_node *node)
{
	char *name = g_strndup(node->string, strcspn(node->string, " ="));
	bool good = client_word_is_known(node->string);

	if (!good)
		config_fault_word(r->faults, r->file, node->place, client_word_is_known(name) ? NULL : client_suggest(name),
				  say(r->faults, "unknown mail client", "不明なメールソフト"), node->string);
	g_free(name);
	return good;
}

/* One string of a value. */
static bool check_string(const struct reader *r, const struct config_key_definition *key, const struct toml_node *node)
{
	if (node->kind != TOML_STRING) {
		wrong_type(r, key, node);
		return false;
	}
	if (!*node->string) {
		config_fault(r->faults, r->file, node->place, say(r->faults, "%s: an empty string says nothing", "%s に空の文字列は指定できません"),
			     key->name);
		return false;
	}
	if (key->words)
		return check_word(r, key, node);
	if (key->key == KEY_FORMAT)
		return check_format(r, node);
	if (key->key == KEY_CLIENTS)
		return check_client(r, node);
	if (key->form && !key->form->fits(node->string)) {
		config_fault(r->faults, r->file, node->place, say(r->faults, "%s takes %s, not \"%s\"", "%s には%sを指定してください（「%s」は使えません）"),
			     key->name, key->form->what[r->faults->language], node->string);
		return false;
	}
	if (key->globs && !glob_set_add(glob_set_new(r->arena), r->arena, span_str(node->string))) {
		config_fault(r->faults, r->file, node->place,
			     say(r->faults, "%s: this pattern can match nothing: \"%s\"", "%s: 何にも一致しないパターンです:「%s」"), key->name,
			     node->string);
		return false;
	}
	return true;
}

static bool check_strings(const struct reader *r, const struct config_key_definition *key, const struct toml_node *value)
{
	bool good = true;

	if (value->kind != TOML_ARRAY && value->kind != TOML_STRING) {
		wrong_type(r, key, value);
		return false;
	}
	for (size_t i = 0; config_string(value, i); i++)
		good = check_string(r, key, config_string(value, i)) && good;
	return good;
}

static bool check_severities(const struct reader *r, const struct config_key_definition *key, const struct toml_node *value)
{
	bool good = true;

	if (value->kind != TOML_TABLE) {
		wrong_type(r, key, value);
		return false;
	}
	for (size_t i = 0; i < value->n_children; i++)
		good = check_string(r, key, value->children[i]) && good;
	return good;
}

/* Is it what the key takes? Tables of tables are read elsewhere. */
static bool check_value(const struct reader *r, const struct config_key_definition *key, const struct toml_node *value)
{
	switch (key->type) {
	case TYPE_BOOLEAN:
		if (value->kind == TOML_BOOLEAN)
			return true;
		break;
	case TYPE_NUMBER:
		if ((value->kind == TOML_INTEGER || value->kind == TOML_FLOAT) && value->number >= 0)
			return true;
		break;
	case TYPE_STRING:
	case TYPE_WORD:
		return check_string(r, key, value);
	case TYPE_STRINGS:
	case TYPE_WORDS:
		return check_strings(r, key, value);
	case TYPE_SEVERITIES:
		return check_severities(r, key, value);
	case TYPE_LISTS:
	case TYPE_PATHS:
		break;
	}
	wrong_type(r, key, value);
	return false;
}

static const struct glob_set *read_globs(const struct reader *r, const struct toml_node *value)
{
	struct glob_set *set = glob_set_new(r->arena);

	for (size_t i = 0; config_string(value, i); i++)
		glob_set_add(set, r->arena, span_str(config_string(value, i)->string));
	return set;
}

/* --- tables ------------------------------------------------------------------------------------------------------------------ */

static const char *nearest_key(const char *word, unsigned scope)
{
	const char *nearest = NULL;
	unsigned best = G_MAXUINT;

	for (int i = 0; i < N_CONFIG_KEYS; i++) {
		const struct config_key_definition *key = config_key((enum config_key)i);
		if (key->scopes & scope && word_nearer(word, key->name, &best))
			nearest = key->name;
	}
	return nearest;
}

static void unknown_key(const struct reader *r, const struct toml_node *node, unsigned scope)
{
	static const struct {
		unsigned scope;
		const char *where[N_LANGUAGES];
	} places[] = {
		{ SCOPE_FILE, { "outside of tables", "表の外" } },
		{ SCOPE_LIST, { "in [lists.NAME]", "[lists.名前] の中" } },
		{ SCOPE_PATH, { "in [[path]]", "[[path]] の中" } },
	};
	const struct config_key_definition *elsewhere = config_key_find(node->key, ~0u);

	for (size_t i = 0; elsewhere && i < G_N_ELEMENTS(places); i++) {
		if (!(elsewhere->scopes & places[i].scope))
			continue;
		config_fault(r->faults, r->file, node->key_place, say(r->faults, "\"%s\" may not stand here; it stands %s", "「%s」はここには書けません。%sに書いてください"),
			     node->key, places[i].where[r->faults->language]);
		return;
	}
	config_fault_word(r->faults, r->file, node->key_place, nearest_key(node->key, scope), say(r->faults, "unknown key", "不明なキー"), node->key);
}

static void read_table(const struct reader *r, const struct toml_node *node, unsigned scope, struct config_table *out);

static void read_lists(const struct reader *r, const struct config_key_definition *key, const struct toml_node *value)
{
	if (value->kind != TOML_TABLE) {
		wrong_type(r, key, value);
		return;
	}
	r->file->lists = ARENA_ARRAY(r->arena, struct config_table, value->n_children + 1);
	for (size_t i = 0; i < value->n_children; i++) {
		const struct toml_node *list = value->children[i];
		if (list->kind != TOML_TABLE) {
			wrong_type(r, key, list);
			continue;
		}
		struct config_table *out = &r->file->lists[r->file->n_lists++];
		read_table(r, list, SCOPE_LIST, out);
		out->list = list->key;
	}
}

static void read_paths(const struct reader *r, const struct config_key_definition *key, const struct toml_node *value)
{
	if (value->kind != TOML_ARRAY) {
		wrong_type(r, key, value);
		return;
	}
	r->file->paths = ARENA_ARRAY(r->arena, struct config_table, value->n_children + 1);
	for (size_t i = 0; i < value->n_children; i++) {
		if (value->children[i]->kind == TOML_TABLE)
			read_table(r, value->children[i], SCOPE_PATH, &r->file->paths[r->file->n_paths++]);
		else
			wrong_type(r, key, value->children[i]);
	}
}

static void read_member(const struct reader *r, const struct toml_node *node, unsigned scope, struct config_table *out)
{
	const struct config_key_definition *key = config_key_find(node->key, scope);

	if (!key) {
		unknown_key(r, node, scope);
		return;
	}
	if (key->type == TYPE_LISTS) {
		read_lists(r, key, node);
		return;
	}
	if (key->type == TYPE_PATHS) {
		read_paths(r, key, node);
		return;
	}
	if (!check_value(r, key, node))
		return;
	out->values[key->key] = node;
	if (key->key == KEY_MATCH)
		out->match = read_globs(r, node);
	else if (key->key == KEY_INCLUDE)
		r->file->include = read_globs(r, node);
	else if (key->key == KEY_EXCLUDE)
		r->file->exclude = read_globs(r, node);
}

static void read_table(const struct reader *r, const struct toml_node *node, unsigned scope, struct config_table *out)
{
	out->file = r->file;
	out->place = node->key ? node->key_place : node->place;
	for (size_t i = 0; i < node->n_children; i++)
		read_member(r, node->children[i], scope, out);
	for (int i = 0; i < N_CONFIG_KEYS; i++) {
		const struct config_key_definition *key = config_key((enum config_key)i);
		bool written = false;
		if (!key->must || !(key->scopes & scope))
			continue;
		for (size_t k = 0; k < node->n_children; k++)
			written = written || strcmp(node->children[k]->key, key->name) == 0;
		if (!written)
			config_fault(r->faults, r->file, out->place, say(r->faults, "\"%s\" is missing here", "「%s」がありません"), key->name);
	}
}

struct config_file *config_read(struct arena *arena, struct span bytes, const char *path, const char *folder, const char *base,
				struct config_faults *faults)
{
	struct config_file *file = ARENA_NEW(arena, struct config_file);
	struct reader r = { arena, file, faults };
	struct toml_fault fault;

	file->path = arena_copy(arena, span_str(path));
	file->folder = arena_copy(arena, span_str(folder));
	file->base = arena_copy(arena, span_str(base));
	file->top.file = file;
	const struct toml_node *root = toml_read(arena, bytes, &fault);
	if (root)
		read_table(&r, root, SCOPE_FILE, &file->top);
	else
		config_fault(faults, file, fault.place, say(faults, "this is no TOML: %s", "TOML として読めません: %s"), fault.message);
	return file;
}
