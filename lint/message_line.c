/* One line of JSON to the bytes of a message. */
#include "message_line.h"

#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "report/json.h"

enum { JSON_DEPTH = 16 };

static struct json_object *parse(struct span line, const char **reason)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	struct json_object *object = line.n < INT_MAX ? json_tokener_parse_ex(tokener, line.p, (int)line.n) : NULL;
	if (json_tokener_get_error(tokener) != json_tokener_success)
		*reason = json_tokener_get_error(tokener) == json_tokener_continue ? "the line ends inside its JSON" : "not JSON";
	else if (!object || !json_object_is_type(object, json_type_object))
		*reason = "not a JSON object";
	json_tokener_free(tokener);
	if (*reason && object) {
		json_object_put(object);
		object = NULL;
	}
	return object;
}

static char *json_text(struct json_object *value)
{
	GString *text = g_string_new(NULL);

	json_append(text, value, JSON_C_TO_STRING_PLAIN);
	g_string_truncate(text, text->len - strlen("\n"));
	return g_string_free(text, FALSE);
}

/* base64 of RFC 4648, whole; blanks and line ends may stand in it. */
static GString *decode(const char *text, size_t n)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t digits = 0, padding = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '=')
			padding++;
		else if (text[i] && strchr(alphabet, text[i]) && !padding)
			digits++;
		else if (!text[i] || !strchr(" \t\r\n", text[i]))
			return NULL;
	}
	if (padding > 2 || (digits + padding) % 4 != 0)
		return NULL;
	gint state = 0;
	guint save = 0;
	GString *out = g_string_sized_new(n / 4 * 3 + 3);
	out->len = g_base64_decode_step(text, n, (guchar *)out->str, &state, &save);
	out->str[out->len] = '\0';
	return out;
}

bool message_line_parse(struct span line, struct message_line *out, const char **reason)
{
	struct json_object *path, *id, *text, *base64;

	*out = (struct message_line){ NULL, NULL, NULL };
	*reason = NULL;
	struct json_object *object = parse(line, reason);
	if (!object)
		return false;
	if (json_object_object_get_ex(object, "id", &id))
		out->id = json_text(id);
	if (json_object_object_get_ex(object, "path", &path) && path) {
		if (json_object_is_type(path, json_type_string) && json_object_get_string_len(path) > 0 &&
		    !memchr(json_object_get_string(path), 0, (size_t)json_object_get_string_len(path)))
			out->path = g_strdup(json_object_get_string(path));
		else
			*reason = "\"path\" is no name";
	}
	bool has_text = json_object_object_get_ex(object, "text", &text) && text;
	bool has_base64 = json_object_object_get_ex(object, "base64", &base64) && base64;
	if (*reason)
		;
	else if (has_text == has_base64)
		*reason = has_text ? "has both \"text\" and \"base64\"" : "has neither \"text\" nor \"base64\"";
	else if (!json_object_is_type(has_text ? text : base64, json_type_string))
		*reason = has_text ? "\"text\" is no string" : "\"base64\" is no string";
	else if (has_text)
		out->bytes = g_string_new_len(json_object_get_string(text), json_object_get_string_len(text));
	else if (!(out->bytes = decode(json_object_get_string(base64), (size_t)json_object_get_string_len(base64))))
		*reason = "\"base64\" is not base64";
	json_object_put(object);
	return !*reason;
}

void message_line_write_error(GString *out, const struct message_line *line, const char *reason)
{
	struct json_object *object = json_object_new_object();

	json_member_string(object, "path", line->path);
	json_member_string(object, "error", reason);
	json_append(out, object, JSON_C_TO_STRING_PLAIN);
	json_object_put(object);
}

void message_line_append_id(GString *out, const struct message_line *line)
{
	if (!line->id)
		return;
	char *member = g_strdup_printf("\"id\":%s,", line->id);

	g_string_insert(out, 1, member);
	g_free(member);
}

void message_line_release(struct message_line *line)
{
	g_free(line->path);
	g_free(line->id);
	if (line->bytes)
		g_string_free(line->bytes, TRUE);
	*line = (struct message_line){ NULL, NULL, NULL };
}
