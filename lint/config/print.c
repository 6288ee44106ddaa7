/* What is in force, as TOML with origins. Merges nothing itself. */
#include "config/print.h"

#include <string.h>

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

struct printer {
	GString *out;
	const struct settings_base *base;
	const struct settings *settings;
	enum language language;
};

/* A basic string of TOML: nothing in it can act on a terminal. Bytes above 0x7F are valid UTF-8, since toml.cc took them; the controls
 * among them are escaped, too. */
static void append_string(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar ch = g_utf8_get_char(p);
		GUnicodeType type = g_unichar_type(ch);
		if (ch == '"' || ch == '\\')
			g_string_append_printf(out, "\\%c", (char)ch);
		else if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
			 type == G_UNICODE_PARAGRAPH_SEPARATOR)
			g_string_append_printf(out, ch > 0xFFFF ? "\\U%08X" : "\\u%04X", ch);
		else
			g_string_append_unichar(out, ch);
	}
	g_string_append_c(out, '"');
}

static void append_value(GString *out, const struct toml_node *value)
{
	if (value->kind != TOML_ARRAY) {
		append_string(out, value->string);
		return;
	}
	g_string_append_c(out, '[');
	for (size_t i = 0; i < value->n_children; i++) {
		g_string_append(out, i ? ", " : "");
		append_string(out, value->children[i]->string);
	}
	g_string_append_c(out, ']');
}

/* "name = value" stands in line; the comment behind it. */
static void end_line(const struct printer *p, GString *line, const char *origin)
{
	enum { COMMENT_COLUMN = 40 };

	g_string_append_printf(p->out, "%-*s # %s\n", COMMENT_COLUMN, line->str, origin);
	g_string_free(line, TRUE);
}

static char *place_of(const struct config_table *table, const struct toml_node *value)
{
	GString *place = g_string_new(NULL);
	append_string(place, table->file->path);
	/* The quotes only where they are needed. */
	if (strchr(place->str, '\\') == NULL) {
		g_string_erase(place, 0, 1);
		g_string_truncate(place, place->len - 1);
	}
	g_string_append_printf(place, ":%u", value->key_place.line);
	return g_string_free(place, FALSE);
}

/* Who says the value of a key that can have one only. */
static char *origin_of(const struct printer *p, enum config_key key)
{
	const struct setting_source *source = &p->settings->sources[key];

	if (p->base->given & (uint64_t)1 << key)
		return g_strdup_printf("--%s", config_key(key)->option);
	return source->value ? place_of(source->table, source->value) : g_strdup(say(p->language, "default", "既定値"));
}

static void print_word(const struct printer *p, enum config_key key, const char *word)
{
	GString *line = g_string_new(NULL);
	char *origin = origin_of(p, key);

	g_string_printf(line, "%s = \"%s\"", config_key(key)->name, word);
	end_line(p, line, origin);
	g_free(origin);
}

static void print_profiles(const struct printer *p)
{
	GString *line = g_string_new("profile = [");
	char *origin = origin_of(p, KEY_PROFILE);
	bool first = true;

	for (unsigned bit = PROFILE_GMAIL; bit <= PROFILE_LAW_EU; bit <<= 1) {
		if (!(p->settings->lint.profiles & bit))
			continue;
		g_string_append_printf(line, "%s\"%s\"", first ? "" : ", ", profile_name(bit));
		first = false;
	}
	g_string_append_c(line, ']');
	end_line(p, line, origin);
	g_free(origin);
}

static void print_scalars(const struct printer *p)
{
	const struct lint_options *lint = &p->settings->lint;
	enum severity fail_on = p->settings->fail_on;

	if (lint->stage_given)
		print_word(p, KEY_STAGE, stage_name(lint->stage));
	else
		g_string_append_printf(p->out, "# stage: %s\n", say(p->language, "\"template\" for a template file, \"draft\" for a message",
								  "テンプレートは template、メールは draft"));
	print_word(p, KEY_CLASS, class_name(lint->mail_class));
	print_word(p, KEY_VOLUME, volume_name(lint->volume));
	print_profiles(p);
	print_word(p, KEY_TARGET_CHARSET, lint->target_jis ? "iso-2022-jp" : lint->target_sjis ? "shift_jis" : "utf-8");
	print_word(p, KEY_CLIENTS, lint->clients ? lint->clients : "default");
	print_word(p, KEY_FAIL_ON, fail_on == SEVERITY_OFF ? "never" : severity_name(fail_on));
	if (p->settings->max_score >= 0) {
		char number[G_ASCII_DTOSTR_BUF_SIZE];
		GString *line = g_string_new(NULL);
		char *origin = origin_of(p, KEY_MAX_SCORE);
		g_string_printf(line, "max-score = %s", g_ascii_dtostr(number, sizeof number, p->settings->max_score));
		end_line(p, line, origin);
		g_free(origin);
	}
}

/* Keys that are handed on as they are written: those of the file as a whole that have a value. */
static void print_written(const struct printer *p, enum config_key key)
{
	const struct setting_source *source = &p->settings->sources[key];

	if (!source->value)
		return;
	GString *line = g_string_new(NULL);
	char *origin = origin_of(p, key);
	g_string_printf(line, "%s = ", config_key(key)->name);
	append_value(line, source->value);
	end_line(p, line, origin);
	g_free(origin);
}

static void print_step(const struct printer *p, const struct config_table *table, enum config_key key)
{
	const struct toml_node *value = table->values[key];

	if (!value)
		return;
	GString *line = g_string_new(NULL);
	char *place = place_of(table, value);
	g_string_printf(line, "#   %s = ", config_key(key)->name);
	append_value(line, value);
	end_line(p, line, place);
	g_free(place);
}

static void print_given_step(const struct printer *p, enum config_key key, const GPtrArray *ids)
{
	if (!ids)
		return;
	g_string_append_printf(p->out, "#   %s = ", config_key(key)->name);
	for (guint i = 0; i < ids->len; i++) {
		g_string_append(p->out, i ? ", " : "");
		append_string(p->out, g_ptr_array_index(ids, i));
	}
	g_string_append_printf(p->out, " # --%s\n", config_key(key)->option);
}

/* Rules are chosen step by step, so that no one value says it. */
static void print_selection(const struct printer *p, const GPtrArray *tables)
{
	const struct lint_options *lint = &p->settings->lint;

	if (!lint->n_selections && !lint->select && !lint->extend_select && !lint->ignore)
		return;
	g_string_append(p->out, say(p->language, "# rules, step by step:\n", "# ルールの選択（上から順に適用）:\n"));
	for (guint i = 0; i < tables->len; i++) {
		const struct config_table *table = g_ptr_array_index(tables, i);
		print_step(p, table, KEY_SELECT);
		print_step(p, table, KEY_EXTEND_SELECT);
		print_step(p, table, KEY_IGNORE);
	}
	print_given_step(p, KEY_SELECT, lint->select);
	print_given_step(p, KEY_EXTEND_SELECT, lint->extend_select);
	print_given_step(p, KEY_IGNORE, lint->ignore);
}

static bool said_later(const GPtrArray *tables, guint from, const char *id)
{
	for (guint i = from; i < tables->len; i++) {
		const struct toml_node *value = ((const struct config_table *)g_ptr_array_index(tables, i))->values[KEY_SEVERITY];
		for (size_t k = 0; value && k < value->n_children; k++)
			if (strcmp(value->children[k]->key, id) == 0)
				return true;
	}
	return false;
}

static void print_severities(const struct printer *p, const GPtrArray *tables)
{
	if (!p->settings->lint.n_severities)
		return;
	g_string_append(p->out, "\n[severity]\n");
	for (guint i = 0; i < tables->len; i++) {
		const struct config_table *table = g_ptr_array_index(tables, i);
		const struct toml_node *value = table->values[KEY_SEVERITY];
		for (size_t k = 0; value && k < value->n_children; k++) {
			if (said_later(tables, i + 1, value->children[k]->key))
				continue;
			GString *line = g_string_new(NULL);
			char *place = place_of(table, value->children[k]);
			append_string(line, value->children[k]->key);
			g_string_append_printf(line, " = \"%s\"", value->children[k]->string);
			end_line(p, line, place);
			g_free(place);
		}
	}
}

static void print_list(const struct printer *p)
{
	static const enum config_key keys[] = { KEY_LIST_ID, KEY_NAMES, KEY_DOMAINS, KEY_ADDRESSES, KEY_ADDS_HEADERS, KEY_TAGS };

	if (!p->settings->lint.list)
		return;
	g_string_append(p->out, "\n[lists.");
	append_string(p->out, p->settings->lint.list->name);
	g_string_append(p->out, "]\n");
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		print_written(p, keys[i]);
}

void config_print(GString *out, const struct settings_base *base, const struct settings_group *group, const struct settings *settings,
		  enum language language)
{
	const struct printer p = { out, base, settings, language };
	const struct config_chain *chain = settings_group_chain(group);
	GPtrArray *tables = settings_tables(group, settings->lint.list ? settings->lint.list->name : NULL);

	if (chain->n == 0)
		g_string_append(out, say(language, "# no configuration file\n", "# 設定ファイルなし\n"));
	for (size_t i = 0; i < chain->n; i++) {
		g_string_append(out, "# ");
		append_string(out, chain->files[i]->path);
		g_string_append_c(out, '\n');
	}
	print_written(&p, KEY_INCLUDE);
	for (size_t i = 0; i < chain->n; i++)
		if (chain->files[i]->top.values[KEY_EXCLUDE])
			print_step(&p, &chain->files[i]->top, KEY_EXCLUDE);
	print_written(&p, KEY_RULES);
	print_written(&p, KEY_LANG);
	print_written(&p, KEY_FORMAT);
	print_scalars(&p);
	print_selection(&p, tables);
	print_severities(&p, tables);
	print_list(&p);
	g_ptr_array_free(tables, TRUE);
}
