/* Role: expands macros of SPF (RFC 7208, section 7).
 * May not: ask DNS itself; what %{p} needs comes from its caller. */
#include <arpa/inet.h>
#include <glib.h>

#include "preflight/spf_record.h"

/* What one expansion may become before it is cut: names are cut to 253 anyway, and an explanation is a sentence. */
enum { LONGEST_EXPANSION = 4096, LONGEST_NAME = 253 };

/* %{i}: dotted, IPv6 by half bytes. */
static const char *dotted(struct arena *arena, struct span address)
{
	const unsigned char *byte = (const unsigned char *)address.p;
	char text[65];

	if (address.n == 4)
		return arena_printf(arena, "%u.%u.%u.%u", byte[0], byte[1], byte[2], byte[3]);
	for (size_t i = 0; i < 16; i++)
		g_snprintf(text + 4 * i, 5, "%X.%X.", byte[i] >> 4, byte[i] & 15u);
	return arena_copy(arena, span_of(text, 63));
}

static const char *readable(struct arena *arena, struct span address)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(address.n == 4 ? AF_INET : AF_INET6, address.p, text, sizeof text);
	return arena_copy(arena, span_str(text));
}

static const char *value_of(struct arena *arena, char letter, const struct spf_macro_values *values)
{
	switch (letter) {
	case 's':
		return arena_printf(arena, "%s@%s", values->local_part, values->sender_domain);
	case 'l':
		return values->local_part;
	case 'o':
		return values->sender_domain;
	case 'd':
		return values->domain;
	case 'i':
		return dotted(arena, values->address);
	case 'p':
		return values->validated_name(values->data);
	case 'h':
		return values->helo;
	case 'v':
		return values->address.n == 4 ? "in-addr" : "ip6";
	case 'c':
		return readable(arena, values->address);
	default:
		/* r, t: who receives and when is not known before sending. */
		return "unknown";
	}
}

static void append(GString *out, struct span text)
{
	if (out->len < LONGEST_EXPANSION)
		g_string_append_len(out, text.p, (gssize)MIN(text.n, LONGEST_EXPANSION));
}

static void append_escaped(GString *out, const char *text, bool escape)
{
	g_autofree char *escaped = escape ? g_uri_escape_string(text, NULL, FALSE) : NULL;

	append(out, span_str(escaped ? escaped : text));
}

/* Parts between delimiters, turned round and cut to the last ones, joined by dots. */
static char *transform(const char *value, struct span transformers)
{
	size_t at = 0, keep = 0;
	bool reverse = false;
	char delimiters[16] = ".";
	size_t n_delimiters = 0;

	for (; at < transformers.n && ascii_is_digit(transformers.p[at]); at++)
		keep = MIN(10 * keep + (size_t)(transformers.p[at] - '0'), 1000);
	if (at < transformers.n && ascii_lower(transformers.p[at]) == 'r') {
		reverse = true;
		at++;
	}
	for (; at < transformers.n; at++) {
		if (n_delimiters < sizeof delimiters - 1 && !memchr(delimiters, transformers.p[at], n_delimiters))
			delimiters[n_delimiters++] = transformers.p[at];
		delimiters[n_delimiters] = '\0';
	}
	g_auto(GStrv) parts = g_strsplit_set(value, delimiters, -1);
	size_t n = g_strv_length(parts);
	for (size_t i = 0; reverse && i < n / 2; i++) {
		char *swapped = parts[i];
		parts[i] = parts[n - 1 - i];
		parts[n - 1 - i] = swapped;
	}
	return g_strjoinv(".", parts + (keep > 0 && keep < n ? n - keep : 0));
}

static void expand_macro(struct arena *arena, GString *out, struct span macro, const struct spf_macro_values *values)
{
	char letter = ascii_lower(macro.p[2]);
	const char *value = value_of(arena, letter, values);
	g_autofree char *changed = transform(value, span_cut(macro, 3, macro.n - 1));

	append_escaped(out, changed, macro.p[2] != letter);
}

const char *spf_expand(struct arena *arena, struct span text, const struct spf_macro_values *values, bool explanation)
{
	GString *out = g_string_new(NULL);

	for (size_t at = 0; at < text.n;) {
		char next = text.p[at] == '%' && at + 1 < text.n ? text.p[at + 1] : '\0';
		size_t end = at + 1;
		if (next == '{') {
			end = span_find_byte(text, '}', at) + 1;
			expand_macro(arena, out, span_cut(text, at, end), values);
		} else if (next) {
			end = at + 2;
			append(out, next == '%' ? SPAN_LIT("%") : next == '_' ? SPAN_LIT(" ") : SPAN_LIT("%20"));
		} else {
			append(out, span_cut(text, at, end));
		}
		at = end;
	}
	const char *start = arena_copy(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	while (!explanation && strlen(start) > LONGEST_NAME + (g_str_has_suffix(start, ".") ? 1 : 0) && strchr(start, '.'))
		start = strchr(start, '.') + 1;
	return start;
}
