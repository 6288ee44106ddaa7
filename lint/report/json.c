/* Role: JSON objects as the reports write them: strings of drafts made valid UTF-8, output that a terminal may show.
 * May not: know findings or any one format. */
#include "report/json.h"

#include <json-c/json.h>

#include "base/utf8.h"

void json_member(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add_ex(object, key, value, JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

void json_member_string(struct json_object *object, const char *key, const char *text)
{
	struct span s = span_str(text);
	GString *fixed;

	if (s.n == 0) {
		json_member(object, key, NULL);
		return;
	}
	if (utf8_valid(s)) {
		json_member(object, key, json_object_new_string_len(s.p, (int)MIN(s.n, (size_t)G_MAXINT)));
		return;
	}
	fixed = g_string_sized_new(s.n);
	for (size_t at = 0; at < s.n;) {
		char bytes[4];

		g_string_append_len(fixed, bytes, (gssize)utf8_write(bytes, utf8_next(s, &at)));
	}
	json_member(object, key, json_object_new_string_len(fixed->str, (int)MIN(fixed->len, (size_t)G_MAXINT)));
	g_string_free(fixed, TRUE);
}

void json_member_text(struct json_object *object, const char *key, const char *text)
{
	if (text && *text)
		json_member_string(object, key, text);
}

void json_member_size(struct json_object *object, const char *key, size_t value)
{
	json_member(object, key, json_object_new_uint64(value));
}

/* Inside strings json-c leaves DEL, C1, bidi controls and line separators as they are. JSON allows that; a terminal that
 * shows the report would obey them. They stand in strings only, so an escape of the same meaning may replace them anywhere. */
static bool needs_escape(uint32_t c)
{
	return (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void json_append(GString *out, struct json_object *object, int flags)
{
	size_t length = 0;
	const char *text = json_object_to_json_string_length(object, flags | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
	struct span s = span_of(text, length);
	size_t copied = 0;

	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		uint32_t c;

		/* Most bytes are ASCII; only the others are worth a look. */
		if ((unsigned char)s.p[at] < 0x7f) {
			at++;
			continue;
		}
		c = utf8_next(s, &at);
		if (!needs_escape(c))
			continue;
		g_string_append_len(out, s.p + copied, (gssize)(start - copied));
		g_string_append_printf(out, "\\u%04x", (unsigned int)c);
		copied = at;
	}
	g_string_append_len(out, s.p + copied, (gssize)(s.n - copied));
	g_string_append_c(out, '\n');
}
