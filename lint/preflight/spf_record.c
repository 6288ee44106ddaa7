/* Role: takes SPF records apart by the grammar of RFC 7208, section 12, and says what does not fit.
 * May not: ask DNS. Records are hostile bytes without NUL at the end. */
#include "preflight/spf_record.h"

#include <arpa/inet.h>
#include <glib.h>

#include "rule/options.h"

static const char *const mechanism_names[] = { "all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists", NULL };

bool spf_is_record(struct span text)
{
	return span_starts_ci(text, SPAN_LIT("v=spf1")) && (text.n == 6 || text.p[6] == ' ');
}

bool spf_asks(enum spf_mechanism mechanism)
{
	switch (mechanism) {
	case SPF_INCLUDE:
	case SPF_A:
	case SPF_MX:
	case SPF_PTR_MECHANISM:
	case SPF_EXISTS:
	case SPF_REDIRECT:
		return true;
	default:
		return false;
	}
}

bool spf_same_network(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

/* --- macros and names -------------------------------------------------------------------------------------------------------- */

/* The length of a macro-expand at the start of text, 0 where there is none. */
static size_t macro_length(struct span text, bool explanation)
{
	size_t at = 3;

	if (text.n >= 2 && text.p[0] == '%' && strchr("%_-", text.p[1]) && text.p[1])
		return 2;
	if (text.n < 4 || text.p[0] != '%' || text.p[1] != '{' || !text.p[2] || !strchr(explanation ? "slodiphcrtv" : "slodiphv", ascii_lower(text.p[2])))
		return 0;
	size_t digits = at;
	while (at < text.n && ascii_is_digit(text.p[at]))
		at++;
	/* A number of labels that are kept: zero of them is none (section 7.1). */
	bool zero = at > digits;
	for (size_t i = digits; i < at; i++)
		zero = zero && text.p[i] == '0';
	if (zero)
		return 0;
	if (at < text.n && ascii_lower(text.p[at]) == 'r')
		at++;
	while (at < text.n && text.p[at] && strchr(".-+,/_=", text.p[at]))
		at++;
	return at < text.n && text.p[at] == '}' ? at + 1 : 0;
}

static bool is_top_label(struct span label)
{
	bool alpha = false, dash = false;

	if (label.n == 0 || label.p[0] == '-' || label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++) {
		if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-')
			return false;
		alpha = alpha || ascii_is_alpha(label.p[i]);
		dash = dash || label.p[i] == '-';
	}
	return alpha || dash;
}

bool spf_has_macros(struct span text)
{
	return span_find_byte(text, '%', 0) < text.n;
}

bool spf_macros_valid(struct span text, bool explanation)
{
	size_t literal = 0; /* where the text behind the last macro begins */

	for (size_t at = 0; at < text.n;) {
		unsigned char byte = (unsigned char)text.p[at];
		size_t macro = byte == '%' ? macro_length(span_cut(text, at, text.n), explanation) : 0;
		if (byte == '%' ? macro == 0 : byte > '~' || byte < (explanation ? ' ' : '!'))
			return false;
		at += macro ? macro : 1;
		literal = macro ? at : literal;
	}
	if (explanation)
		return true;
	/* domain-end: a macro, or a dot and a top label. */
	if (text.n == 0 || literal == text.n)
		return text.n > 0;
	size_t end = text.p[text.n - 1] == '.' ? text.n - 1 : text.n, dot = end;
	while (dot > literal && text.p[dot - 1] != '.')
		dot--;
	return dot > literal && is_top_label(span_cut(text, dot, end));
}

/* --- terms ------------------------------------------------------------------------------------------------------------------- */

struct reader {
	struct arena *arena;
	struct spf_record *record;
	struct span term; /* at hand */
};

static bool fault(struct reader *r, enum spf_fault_kind kind, const char *detail)
{
	r->record->faults[r->record->n_faults++] = (struct spf_fault){
		.kind = kind, .term = r->term, .at = (size_t)(r->term.p - r->record->text.p), .detail = detail
	};
	return false;
}

/* A prefix length at the end of value, cut off: "/" or "//" and digits. -1: none, -2: not valid. */
static int cut_prefix(struct span *value, const char *slash, unsigned largest)
{
	size_t digits = value->n, n_slash = strlen(slash);
	int number = 0;

	while (digits > 0 && ascii_is_digit(value->p[digits - 1]))
		digits--;
	if (digits == value->n || digits < n_slash || memcmp(value->p + digits - n_slash, slash, n_slash) != 0)
		return -1;
	if (value->n - digits > 3 || (value->p[digits] == '0' && value->n - digits > 1))
		return -2;
	for (size_t i = digits; i < value->n; i++)
		number = 10 * number + value->p[i] - '0';
	value->n = digits - n_slash;
	return (unsigned)number <= largest ? number : -2;
}

/* What looks like an address where a name must stand. */
static bool is_address(struct span text)
{
	char copy[INET6_ADDRSTRLEN + 1];
	unsigned char bytes[16];

	if (text.n == 0 || text.n > INET6_ADDRSTRLEN)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	bool digits = span_find_byte(text, '.', 0) < text.n;
	for (size_t i = 0; i < text.n; i++)
		digits = digits && (ascii_is_digit(text.p[i]) || text.p[i] == '.');
	return digits || inet_pton(AF_INET6, copy, bytes) == 1;
}

static bool read_name(struct reader *r, struct spf_term *term, struct span value)
{
	if (value.n == 0)
		return fault(r, SPF_NEEDS_VALUE, NULL);
	if (!spf_macros_valid(value, false)) {
		bool macros = spf_has_macros(value);
		return fault(r, is_address(value) ? SPF_ADDRESS_AS_NAME : macros ? SPF_BAD_MACRO : SPF_BAD_NAME, NULL);
	}
	term->name = value;
	return true;
}

static bool read_address(struct reader *r, struct spf_term *term, struct span value)
{
	bool is_v4 = term->mechanism == SPF_IP4;
	int prefix = cut_prefix(&value, "/", is_v4 ? 32 : 128);
	char copy[INET6_ADDRSTRLEN + 1];

	if (prefix == -2)
		return fault(r, SPF_BAD_PREFIX, NULL);
	if (prefix >= 0)
		*(is_v4 ? &term->prefix4 : &term->prefix6) = (unsigned)prefix;
	if (value.n == 0)
		return fault(r, SPF_NEEDS_VALUE, NULL);
	if (value.n > INET6_ADDRSTRLEN || memchr(value.p, '\0', value.n))
		return fault(r, SPF_BAD_ADDRESS, NULL);
	memcpy(copy, value.p, value.n);
	copy[value.n] = '\0';
	return inet_pton(is_v4 ? AF_INET : AF_INET6, copy, term->address) == 1 || fault(r, SPF_BAD_ADDRESS, NULL);
}

/* [":" domain-spec] [dual-cidr-length]; rest: all behind the word. */
static bool read_host(struct reader *r, struct spf_term *term, struct span rest)
{
	int prefix6 = cut_prefix(&rest, "//", 128), prefix4 = prefix6 == -2 ? -1 : cut_prefix(&rest, "/", 32);

	if (prefix4 == -2 || prefix6 == -2)
		return fault(r, SPF_BAD_PREFIX, NULL);
	term->prefix4 = prefix4 >= 0 ? (unsigned)prefix4 : 32;
	term->prefix6 = prefix6 >= 0 ? (unsigned)prefix6 : 128;
	if (rest.n == 0)
		return true;
	return rest.p[0] == ':' ? read_name(r, term, span_cut(rest, 1, rest.n)) : fault(r, SPF_BAD_PREFIX, NULL);
}

/* rest begins with ":" or "/", or is empty. */
static bool read_rest(struct reader *r, struct spf_term *term, struct span rest)
{
	bool colon = rest.n > 0 && rest.p[0] == ':';

	switch (term->mechanism) {
	case SPF_ALL:
		return rest.n == 0 || fault(r, SPF_NO_VALUE, NULL);
	case SPF_PTR_MECHANISM:
		if (rest.n == 0)
			return true;
		return colon ? read_name(r, term, span_cut(rest, 1, rest.n)) : fault(r, SPF_NO_VALUE, NULL);
	case SPF_A:
	case SPF_MX:
		return read_host(r, term, rest);
	case SPF_IP4:
	case SPF_IP6:
		return colon ? read_address(r, term, span_cut(rest, 1, rest.n)) : fault(r, SPF_NEEDS_VALUE, NULL);
	default:
		return colon ? read_name(r, term, span_cut(rest, 1, rest.n)) : fault(r, SPF_NEEDS_VALUE, NULL);
	}
}

static const char *meant(struct span word)
{
	static const struct {
		const char *written, *meant;
	} slips[] = { { "ip", "ip4" },	      { "ipv4", "ip4" }, { "ipv6", "ip6" },	     { "inc", "include" }, { "includes", "include" },
		      { "redirect", "redirect=" }, { "exp", "exp=" },  { "exist", "exists" }, { "all.", "all" },    { "all;", "all" } };

	for (size_t i = 0; i < G_N_ELEMENTS(slips); i++)
		if (span_eq_ci(word, span_str(slips[i].written)))
			return slips[i].meant;
	if (word.n < 3 || word.n > 16 || memchr(word.p, '\0', word.n))
		return NULL;
	g_autofree char *small = g_ascii_strdown(word.p, (gssize)word.n);
	return word_nearest(small, mechanism_names);
}

static bool read_mechanism(struct reader *r, struct spf_term *term)
{
	struct span text = r->term;
	size_t start = text.n > 0 && text.p[0] && strchr("+-~?", text.p[0]) ? 1 : 0, end = start;

	term->qualifier = start ? text.p[0] : '+';
	while (end < text.n && text.p[end] != ':' && text.p[end] != '/')
		end++;
	struct span word = span_cut(text, start, end);
	for (size_t i = 0; mechanism_names[i]; i++) {
		if (!span_eq_ci(word, span_str(mechanism_names[i])))
			continue;
		term->mechanism = (enum spf_mechanism)i;
		term->prefix4 = 32;
		term->prefix6 = 128;
		return read_rest(r, term, span_cut(text, end, text.n));
	}
	return fault(r, SPF_UNKNOWN_MECHANISM, meant(word));
}

/* name "=" value; false where the term is none. */
static bool is_modifier(struct span text, size_t *equals)
{
	size_t at = 0;

	if (text.n == 0 || !ascii_is_alpha(text.p[0]))
		return false;
	while (at < text.n && (ascii_is_alnum(text.p[at]) || (text.p[at] && strchr("-_.", text.p[at]))))
		at++;
	*equals = at;
	return at < text.n && text.p[at] == '=';
}

static bool read_modifier(struct reader *r, struct spf_term *term, size_t equals)
{
	struct span name = span_cut(r->term, 0, equals), value = span_cut(r->term, equals + 1, r->term.n);
	bool redirect = span_eq_ci(name, SPAN_LIT("redirect")), exp = span_eq_ci(name, SPAN_LIT("exp"));

	term->mechanism = redirect ? SPF_REDIRECT : exp ? SPF_EXP : SPF_OTHER_MODIFIER;
	if ((redirect && r->record->redirect) || (exp && r->record->exp))
		return fault(r, SPF_MODIFIER_TWICE, NULL);
	if (!redirect && !exp) {
		/* include=… is a modifier that nobody knows, by the grammar, and does nothing. Section 6 lets all of them pass. */
		return spf_macros_valid(value, true) || fault(r, SPF_BAD_MACRO, NULL);
	}
	if (!read_name(r, term, value))
		return false;
	*(redirect ? &r->record->redirect : &r->record->exp) = term;
	return true;
}

static bool read_term(struct reader *r, struct spf_term *term)
{
	size_t equals;

	*term = (struct spf_term){ .text = r->term, .qualifier = '+' };
	for (size_t i = 0; i < r->term.n; i++)
		if ((unsigned char)r->term.p[i] > '~' || (unsigned char)r->term.p[i] < ' ')
			return fault(r, SPF_NON_ASCII, NULL);
	return is_modifier(r->term, &equals) ? read_modifier(r, term, equals) : read_mechanism(r, term);
}

struct spf_record spf_record_read(struct arena *arena, struct span text)
{
	struct spf_record record = { .text = text };
	struct reader reader = { .arena = arena, .record = &record };
	size_t most = 0;

	for (size_t i = 0; i < text.n; i++)
		most += text.p[i] == ' ';
	record.terms = ARENA_ARRAY(arena, struct spf_term, most + 1);
	record.faults = ARENA_ARRAY(arena, struct spf_fault, most + 1);
	for (size_t at = 6; at < text.n;) {
		size_t end = span_find_byte(text, ' ', at);
		reader.term = span_cut(text, at, end);
		if (reader.term.n > 0 && read_term(&reader, &record.terms[record.n_terms]))
			record.n_terms++;
		at = end + 1;
	}
	return record;
}
