/* Role: text of drafts and rules, escaped for XML and HTML.
 * May not: write an element; the formats do. */
#include "report/xml.h"

#include "base/utf8.h"
#include "report/safe.h"

static void append_escaped(GString *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (text[i]) {
		case '&':
			g_string_append(out, "&amp;");
			break;
		case '<':
			g_string_append(out, "&lt;");
			break;
		case '>':
			g_string_append(out, "&gt;");
			break;
		case '"':
			g_string_append(out, "&quot;");
			break;
		case '\'':
			g_string_append(out, "&#39;");
			break;
		default:
			g_string_append_c(out, text[i]);
		}
	}
}

static void append_safe(GString *out, struct span text, bool source)
{
	GString *safe = g_string_sized_new(16);

	for (size_t at = 0; at < text.n;) {
		size_t peek = at;
		uint32_t c = utf8_next(text, &peek);

		if (c == '\n' || c == '\r') {
			at = peek;
			if (c == '\r' && at < text.n && text.p[at] == '\n')
				at++;
			g_string_append_c(out, ' ');
			continue;
		}
		/* Noncharacters: XML forbids two of them, and the terminal does not mind. */
		if (c == 0xfffe || c == 0xffff) {
			at = peek;
			g_string_append_printf(out, "&lt;U+%04X&gt;", (unsigned int)c);
			continue;
		}
		if (c == '\t' && source) {
			at = peek;
			g_string_append_c(out, '\t');
			continue;
		}
		g_string_truncate(safe, 0);
		safe_next(safe, text, &at, source);
		append_escaped(out, safe->str, safe->len);
	}
	g_string_free(safe, TRUE);
}

void xml_append_text(GString *out, struct span text)
{
	append_safe(out, text, false);
}

void xml_append_source(GString *out, struct span text)
{
	append_safe(out, text, true);
}

void xml_append_markup(GString *out, struct span text)
{
	for (size_t at = 0; at < text.n;) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		if (c == 0 || (at - start == 1 && (unsigned char)text.p[start] >= 0x80))
			g_string_append(out, "\xEF\xBF\xBD");
		else
			append_escaped(out, text.p + start, at - start);
	}
}

void xml_append_attribute(GString *out, const char *name, const char *value)
{
	g_string_append_printf(out, " %s=\"", name);
	xml_append_text(out, span_str(value));
	g_string_append_c(out, '"');
}

void xml_append_attribute_size(GString *out, const char *name, size_t value)
{
	g_string_append_printf(out, " %s=\"%zu\"", name, value);
}
