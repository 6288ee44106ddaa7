/* Texts made of the table of keys. Reads no configuration. */
#include "config/schema.h"

#include <json-c/json.h>
#include <string.h>

#include "config/keys.h"

/* --- JSON Schema ------------------------------------------------------------------------------------------------------------- */

static void add(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add(object, key, value);
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
	add(object, key, json_object_new_string(text));
}

static struct json_object *words_array(const char *const *words)
{
	struct json_object *array = json_object_new_array();

	for (; *words; words++)
		json_object_array_add(array, json_object_new_string(*words));
	return array;
}

static struct json_object *string_schema(const struct config_key_definition *key)
{
	struct json_object *schema = json_object_new_object();

	add_text(schema, "type", "string");
	if (key->words)
		add(schema, "enum", words_array(key->words));
	else
		add(schema, "minLength", json_object_new_int(1));
	if (key->form && key->form->pattern)
		add_text(schema, "pattern", key->form->pattern);
	return schema;
}

static struct json_object *table_schema(unsigned scope, enum language language);

static void add_type(struct json_object *schema, const struct config_key_definition *key, enum language language)
{
	struct json_object *several, *list;

	switch (key->type) {
	case TYPE_BOOLEAN:
		add_text(schema, "type", "boolean");
		break;
	case TYPE_NUMBER:
		add_text(schema, "type", "number");
		add(schema, "minimum", json_object_new_int(0));
		break;
	case TYPE_STRING:
	case TYPE_WORD:
		json_object_put(schema);
		break;
	case TYPE_STRINGS:
	case TYPE_WORDS:
		several = json_object_new_array();
		list = json_object_new_object();
		add_text(list, "type", "array");
		add(list, "items", string_schema(key));
		json_object_array_add(several, string_schema(key));
		json_object_array_add(several, list);
		add(schema, "oneOf", several);
		break;
	case TYPE_SEVERITIES:
		add_text(schema, "type", "object");
		add(schema, "additionalProperties", string_schema(key));
		break;
	case TYPE_LISTS:
		add_text(schema, "type", "object");
		add(schema, "additionalProperties", table_schema(SCOPE_LIST, language));
		break;
	case TYPE_PATHS:
		add_text(schema, "type", "array");
		add(schema, "items", table_schema(SCOPE_PATH, language));
		break;
	}
}

static struct json_object *key_schema(const struct config_key_definition *key, enum language language)
{
	bool plain = key->type == TYPE_STRING || key->type == TYPE_WORD;
	struct json_object *schema = plain ? string_schema(key) : json_object_new_object();

	if (!plain)
		add_type(schema, key, language);
	add_text(schema, "description", key->help[language]);
	return schema;
}

static struct json_object *table_schema(unsigned scope, enum language language)
{
	struct json_object *schema = json_object_new_object(), *properties = json_object_new_object(), *must = json_object_new_array();

	add_text(schema, "type", "object");
	for (int i = 0; i < N_CONFIG_KEYS; i++) {
		const struct config_key_definition *key = config_key((enum config_key)i);
		if (!(key->scopes & scope))
			continue;
		add(properties, key->name, key_schema(key, language));
		if (key->must)
			json_object_array_add(must, json_object_new_string(key->name));
	}
	add(schema, "properties", properties);
	if (json_object_array_length(must))
		add(schema, "required", must);
	else
		json_object_put(must);
	add(schema, "additionalProperties", json_object_new_boolean(0));
	return schema;
}

void config_write_schema(GString *out, enum language language)
{
	struct json_object *schema = json_object_new_object(), *table = table_schema(SCOPE_FILE, language);

	add_text(schema, "$schema", "http://json-schema.org/draft-07/schema#");
	add_text(schema, "title", "presend.toml");
	json_object_object_foreach(table, key, value) {
		add(schema, key, json_object_get(value));
	}
	json_object_put(table);
	g_string_append(out, json_object_to_json_string_ext(schema, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	g_string_append_c(out, '\n');
	json_object_put(schema);
}

/* --- reference page ---------------------------------------------------------------------------------------------------------- */

static const struct {
	unsigned scope;
	const char *heading[N_LANGUAGES], *intro[N_LANGUAGES];
} sections[] = {
	{ SCOPE_FILE,
	  { "Keys outside of tables", "表の外に書くキー" },
	  { "They hold for all files below the folder of the configuration.", "設定ファイルのフォルダー以下のすべてのファイルに適用されます。" } },
	{ SCOPE_PATH,
	  { "`[[path]]`", "`[[path]]`" },
	  { "Settings for the files that `match` names.", "`match` に一致するファイルだけの設定です。" } },
	{ SCOPE_LIST,
	  { "`[lists.NAME]`", "`[lists.名前]`" },
	  { "What is true of a mailing list, whichever file its messages lie in.", "メーリングリストごとの設定です。メールがどのファイルにあっても適用されます。" } },
};

static void append_cell(GString *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
}

static void append_row(GString *out, const struct config_key_definition *key, enum language language)
{
	g_string_append_printf(out, "| `%s` | ", key->name);
	append_cell(out, key->help[language]);
	if (key->words) {
		g_string_append(out, language == LANGUAGE_JA ? " 値: " : " One of ");
		for (const char *const *word = key->words; *word; word++)
			g_string_append_printf(out, "%s`%s`", word == key->words ? "" : language == LANGUAGE_JA ? "、" : ", ", *word);
		g_string_append(out, language == LANGUAGE_JA ? "。" : ".");
	}
	g_string_append_printf(out, " | %s%s%s | ", key->standard ? "`" : "", key->standard ? key->standard : "", key->standard ? "`" : "");
	g_string_append(out, key->example ? "`" : "");
	append_cell(out, key->example ? key->example : "");
	g_string_append_printf(out, "%s |\n", key->example ? "`" : "");
}

void config_write_reference(GString *out, enum language language)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
		g_string_append_printf(out, "%s### %s\n\n%s\n\n", i ? "\n" : "", sections[i].heading[language], sections[i].intro[language]);
		g_string_append(out, language == LANGUAGE_JA ? "| キー | 意味 | 既定値 | 例 |\n|---|---|---|---|\n" :
							      "| key | what | where nothing is said | example |\n|---|---|---|---|\n");
		for (int k = 0; k < N_CONFIG_KEYS; k++)
			if (config_key((enum config_key)k)->scopes & sections[i].scope)
				append_row(out, config_key((enum config_key)k), language);
	}
}

/* --- default file ------------------------------------------------------------------------------------------------------------ */

/* May a line end behind a character: at a blank, and anywhere in Japanese, unless a mark follows that closes. */
static bool may_break(gunichar before, gunichar after)
{
	static const char closing[] = "。、）」";
	char utf8[7] = "";

	utf8[g_unichar_to_utf8(after, utf8)] = '\0';
	return before == ' ' || (g_unichar_iswide(before) && after && !strstr(closing, utf8));
}

static void append_comment(GString *out, const char *text)
{
	enum { WIDTH = 110 };

	while (*text) {
		const char *end = text, *last = NULL;
		for (int width = 0; *end && width < WIDTH;) {
			gunichar ch = g_utf8_get_char(end);
			end = g_utf8_next_char(end);
			width += g_unichar_iswide(ch) ? 2 : 1;
			if (may_break(ch, g_utf8_get_char(end)))
				last = end;
		}
		if (*end && last)
			end = last;
		size_t n = (size_t)(end - text);
		while (n && text[n - 1] == ' ')
			n--;
		g_string_append_printf(out, "# %.*s\n", (int)n, text);
		text = end;
	}
}

static void append_key(GString *out, const struct config_key_definition *key, enum language language)
{
	append_comment(out, key->help[language]);
	g_string_append_printf(out, "#%s = %s\n", key->name, key->standard ? key->standard : key->example);
}

void config_write_default(GString *out, enum language language)
{
	append_comment(out, language == LANGUAGE_JA ? "presend の設定。「#」を外すと有効になります。説明: presend config --format markdown" :
						      "Configuration of presend. Take a \"#\" away to make a line count. All keys: presend config --format markdown");
	for (int i = 0; i < N_CONFIG_KEYS; i++) {
		const struct config_key_definition *key = config_key((enum config_key)i);
		if (!(key->scopes & SCOPE_FILE) || !key->example)
			continue;
		g_string_append_c(out, '\n');
		append_key(out, key, language);
	}
	g_string_append_c(out, '\n');
	append_comment(out, config_key(KEY_PATH)->help[language]);
	g_string_append(out, "#[[path]]\n#match = \"templates/**\"\n#stage = \"template\"\n#list = \"weekly\"\n");
	g_string_append_c(out, '\n');
	append_comment(out, config_key(KEY_LISTS)->help[language]);
	g_string_append(out, "#[lists.weekly]\n");
	for (int i = 0; i < N_CONFIG_KEYS; i++) {
		const struct config_key_definition *key = config_key((enum config_key)i);
		if (key->scopes == SCOPE_LIST)
			append_key(out, key, language);
	}
}
