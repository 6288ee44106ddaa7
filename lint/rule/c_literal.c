/* Role: writes C for the programs of the build machine that make constant tables.
 * May not: be linked into presend. */
#include "rule/c_literal.h"

void put_string(GString *out, const char *text)
{
	if (!text) {
		g_string_append(out, "NULL");
		return;
	}
	g_string_append_c(out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		/* A question mark is escaped too: two of them may begin a trigraph. */
		if (c == '"' || c == '\\' || c == '?')
			g_string_append_printf(out, "\\%c", c);
		else if (c == '\n')
			g_string_append(out, p[1] ? "\\n\"\n\t\"" : "\\n");
		else if (c < 0x20 || c == 0x7F)
			g_string_append_printf(out, "\\%03o", c);
		else
			g_string_append_c(out, (char)c);
	}
	g_string_append_c(out, '"');
}

void put_field(GString *out, const char *field, const char *text)
{
	if (!text)
		return;
	g_string_append_printf(out, " .%s = ", field);
	put_string(out, text);
	g_string_append_c(out, ',');
}

void put_list(GString *out, const char *field, const char *const *strings)
{
	if (!strings)
		return;
	g_string_append_printf(out, " .%s = (const char *const[]){ ", field);
	for (; *strings; strings++) {
		put_string(out, *strings);
		g_string_append(out, ", ");
	}
	g_string_append(out, "NULL },");
}
