/* Parameters of RFC 2231. Must not decide which parameter is written so, nor where it stands. */
#include "mail/param_write.h"

#include "base/utf8.h"

enum { PIECE_LENGTH = 74 }; /* a blank in front, a semicolon behind */

#define CHARSET "UTF-8''"

/* RFC 2231, section 7: attribute-char. */
static bool is_attribute_character(char c)
{
	return c > ' ' && c < 0x7F && !strchr("*'%()<>@,;:\\\"/[]?=", c);
}

static void put_encoded(GString *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (is_attribute_character(bytes.p[i]))
			g_string_append_c(out, bytes.p[i]);
		else
			g_string_append_printf(out, "%%%02X", (unsigned char)bytes.p[i]);
	}
}

void param_write(GString *out, struct span name, struct span value)
{
	GString *piece = g_string_new(NULL), *character = g_string_new(NULL);
	unsigned number = 0;

	put_encoded(piece, value);
	if (name.n + strlen("*=" CHARSET) + piece->len <= PIECE_LENGTH) {
		g_string_append_printf(out, "%.*s*=%s%s", (int)name.n, name.p, CHARSET, piece->str);
	} else {
		for (size_t at = 0; at < value.n;) {
			g_string_printf(piece, "%.*s*%u*=%s", (int)name.n, name.p, number, number ? "" : CHARSET);
			for (bool first = true; at < value.n; first = false) {
				size_t next = at;
				utf8_next(value, &next);
				g_string_truncate(character, 0);
				put_encoded(character, span_cut(value, at, next));
				if (!first && piece->len + character->len > PIECE_LENGTH)
					break;
				g_string_append(piece, character->str);
				at = next;
			}
			g_string_append_printf(out, "%s%s", number++ ? "; " : "", piece->str);
		}
	}
	g_string_free(piece, TRUE);
	g_string_free(character, TRUE);
}
