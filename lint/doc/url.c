/* URLs taken apart, and found in running text.
 * Works offline and without an arena where it can; parts are spans of the text that was given. */
#include "doc/url.h"

#include "base/utf8.h"
#include "doc/alignment.h"
#include "doc/tag.h"

static bool is_scheme_byte(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '-' || c == '.';
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* The known scheme that is left of s when control characters are dropped; browsers do drop them, so "java<TAB>script:" runs. */
static struct span known_scheme(struct span s)
{
	static const char *const known[] = { "http", "https", "javascript", "vbscript", "data", "file", "mailto", "tel", "sms", "cid", "ftp" };
	char clean[16];
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (is_control(s.p[i]))
			continue;
		if (n == sizeof clean)
			return s;
		clean[n++] = s.p[i];
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_eq_ci(span_of(clean, n), span_str(known[i])))
			return span_str(known[i]);
	return s;
}

/* One part of an IPv4 address in the forms that browsers take: decimal, 0x hexadecimal, 0 octal. -1 where it is none. */
static long long ipv4_part(struct span part)
{
	unsigned base = 10;
	long long value = 0;

	if (part.n >= 2 && part.p[0] == '0' && ascii_lower(part.p[1]) == 'x') {
		base = 16;
		part = span_cut(part, 2, part.n);
	} else if (part.n >= 2 && part.p[0] == '0') {
		base = 8;
		part = span_cut(part, 1, part.n);
	} else if (part.n == 0) {
		return -1;
	}
	for (size_t i = 0; i < part.n; i++) {
		int digit = ascii_hex_value(part.p[i]);
		if (digit < 0 || (unsigned)digit >= base || value > 0xffffffffLL)
			return -1;
		value = value * base + digit;
	}
	return value <= 0xffffffffLL ? value : -1;
}

/* Read a host as an IPv4 address of one to four parts (WHATWG URL, "IPv4 parser"). */
static bool ipv4_parse(struct span host, uint32_t *address)
{
	uint64_t sum = 0;
	int parts = 0;

	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	for (size_t start = 0; start <= host.n;) {
		size_t end = span_find_byte(host, '.', start);
		long long value = ipv4_part(span_cut(host, start, end));
		if (value < 0 || ++parts > 4)
			return false;
		if (end == host.n) {
			/* The last part fills all bytes that are left. */
			if ((uint64_t)value >= (uint64_t)1 << (8 * (5 - parts)))
				return false;
			*address = (uint32_t)(sum << (8 * (5 - parts)) | (uint64_t)value);
			return true;
		}
		if (value > 255)
			return false;
		sum = sum << 8 | (uint64_t)value;
		start = end + 1;
	}
	return false;
}

static unsigned judge_host(struct span host)
{
	uint32_t address;

	if (host.n == 0)
		return URL_BAD_HOST;
	if (host.p[0] == '[')
		return host.p[host.n - 1] == ']' && host.n > 3 ? URL_IP_HOST : URL_BAD_HOST;
	if (ipv4_parse(host, &address))
		return URL_IP_HOST;
	bool label_empty = true;
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];
		/* '%' is decoded by browsers; no host in mail needs it. WHATWG "forbidden domain code point". */
		if (is_control(c) || strchr(" #%/:<>?@[\\]^`{|}\"'(),;!*$&=+~", c))
			return URL_BAD_HOST;
		if (c == '.' && label_empty)
			return URL_BAD_HOST;
		label_empty = c == '.';
	}
	return 0;
}

/* Split [user@]host[:port]. */
static void split_authority(struct url *url, struct span authority, size_t offset)
{
	size_t at = authority.n, colon;

	for (size_t i = authority.n; i > 0; i--)
		if (authority.p[i - 1] == '@') {
			at = i - 1;
			break;
		}
	if (at < authority.n) {
		url->userinfo = span_cut(authority, 0, at);
		url->flags |= URL_USERINFO;
		offset += at + 1;
		authority = span_cut(authority, at + 1, authority.n);
	}
	colon = authority.n;
	for (size_t i = authority.n; i > 0 && authority.p[i - 1] != ']'; i--)
		if (authority.p[i - 1] == ':') {
			colon = i - 1;
			break;
		}
	url->host = span_cut(authority, 0, colon);
	url->host_offset = offset;
	if (colon < authority.n) {
		url->port = span_cut(authority, colon + 1, authority.n);
		if (url->port.n && !span_eq(url->port, SPAN_LIT("80")) && !span_eq(url->port, SPAN_LIT("443")))
			url->flags |= URL_PORT;
	}
}

/* The end of a part that stops at any byte of stops, stepping over template tags: {{ a | default: "x/y" }} has no path in it. */
static size_t part_end(struct span text, size_t from, const char *stops, bool *tag_seen)
{
	struct tag tag;
	/* Tags are looked for at most as far as the part goes in practice; a host of 2,000 bytes is none. */
	struct span near = span_cut(text, 0, from + 2000);
	bool more = tag_first(near, from, &tag);

	for (size_t i = from; i < text.n; i++) {
		if (more && i == tag.range.start) {
			*tag_seen = true;
			i = tag.range.end - 1;
			more = tag_first(near, tag.range.end, &tag);
			continue;
		}
		if (strchr(stops, text.p[i]) && text.p[i])
			return i;
	}
	return text.n;
}

static bool is_special(struct span scheme)
{
	return span_eq_ci(scheme, SPAN_LIT("http")) || span_eq_ci(scheme, SPAN_LIT("https")) || span_eq_ci(scheme, SPAN_LIT("ftp"));
}

struct url url_parse(struct span text)
{
	struct url url = { 0 };
	struct span whole = span_trim(text);
	struct tag tag;
	bool tag_seen = false;
	size_t i = 0;

	while (whole.n && (unsigned char)whole.p[0] <= ' ')
		whole = span_of(whole.p + 1, whole.n - 1);
	while (whole.n && (unsigned char)whole.p[whole.n - 1] <= ' ')
		whole.n--;
	url.whole = whole;
	url.scheme = url.userinfo = url.host = url.port = url.path = url.query = url.fragment = span_of(whole.p, 0);
	if (whole.n == 0) {
		url.flags = URL_EMPTY;
		return url;
	}
	for (size_t k = 0; k < whole.n; k++) {
		if (is_control(whole.p[k]))
			url.flags |= URL_CONTROL;
		else if (whole.p[k] == ' ')
			url.flags |= URL_BLANK_INSIDE;
		else if ((unsigned char)whole.p[k] >= 0x80)
			url.flags |= URL_NON_ASCII;
	}
	if (whole.p[0] == '#' && !(tag_first(span_cut(whole, 0, 300), 0, &tag) && tag.range.start == 0)) {
		url.flags |= URL_FRAGMENT_ONLY | URL_NO_SCHEME;
		url.fragment = span_cut(whole, 1, whole.n);
		return url;
	}
	if (tag_first(span_cut(whole, 0, 2000), 0, &tag) && tag.range.start == 0) {
		tag_seen = true;
		i = tag.range.end;
	}
	/* A scheme: a letter, then letters, digits, "+-."; control characters in it are dropped, a tag may stand for a part. */
	size_t scheme_start = tag_seen ? i : 0;
	while (i < whole.n && (is_scheme_byte(whole.p[i]) || is_control(whole.p[i])))
		i++;
	bool has_scheme = i < whole.n && whole.p[i] == ':' && (tag_seen || ascii_is_alpha(whole.p[scheme_start]));
	if (has_scheme) {
		url.scheme = span_cut(whole, 0, i);
		if (url.flags & URL_CONTROL)
			url.scheme = known_scheme(url.scheme);
		i++;
	} else {
		url.flags |= URL_NO_SCHEME;
		/* "{{scheme}}://host" has its tag in the scheme; "{{url}}/x" starts with an unknown base. */
		i = 0;
	}
	bool slashes = i + 1 < whole.n && (whole.p[i] == '/' || whole.p[i] == '\\') && (whole.p[i + 1] == '/' || whole.p[i + 1] == '\\');
	if (!has_scheme && slashes)
		url.flags |= URL_NETWORK_PATH;
	if (slashes) {
		size_t start = i + 2;
		/* Browsers skip any number of slashes for http. */
		while (is_special(url.scheme) && start < whole.n && (whole.p[start] == '/' || whole.p[start] == '\\'))
			start++;
		bool tag_inside = false;
		size_t end = part_end(whole, start, is_special(url.scheme) ? "/\\?#" : "/?#", &tag_inside);
		if (tag_inside) {
			/* What the tag will bring is unknown, so nothing in it is a sign of the URL's own. */
			url.host = span_cut(whole, start, end);
			url.host_offset = start;
			tag_seen = true;
		} else {
			split_authority(&url, span_cut(whole, start, end), start);
		}
		/* file:///x and the like have no host and need none. */
		if (!tag_seen && (is_special(url.scheme) || !has_scheme || url.host.n))
			url.flags |= judge_host(url.host);
		i = end;
	} else if (is_special(url.scheme)) {
		url.flags |= URL_BAD_HOST;
	}
	if (tag_seen)
		url.flags |= URL_TAG;
	bool later = false;
	size_t query = part_end(whole, i, "?#", &later);
	url.path = span_cut(whole, i, query);
	size_t fragment = span_find_byte(whole, '#', query);
	if (query < whole.n && whole.p[query] == '?')
		url.query = span_cut(whole, query + 1, fragment);
	if (fragment < whole.n)
		url.fragment = span_cut(whole, fragment + 1, whole.n);
	return url;
}

struct span url_host_lower(struct arena *arena, const struct url *url)
{
	char *lower = arena_alloc(arena, url->host.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < url->host.n; i++)
		if (!is_control(url->host.p[i]))
			lower[n++] = ascii_lower(url->host.p[i]);
	if (n && lower[n - 1] == '.')
		n--;
	return span_of(lower, n);
}

struct span host_organisation(struct span host)
{
	uint32_t address;

	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	if (host.n == 0 || host.p[0] == '[' || ipv4_parse(host, &address))
		return host;
	return registrable_domain(host);
}

/* The same name or a name below it. */
static bool is_below(struct span host, const char *name)
{
	struct span suffix = span_str(name);

	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	return span_ends_ci(host, suffix) && (host.n == suffix.n || host.p[host.n - suffix.n - 1] == '.');
}

bool host_is_internal(struct span host)
{
	static const char *const names[] = { "localhost", "local", "internal", "test", "invalid", "localdomain", "lan", "home.arpa" };
	uint32_t a;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is_below(host, names[i]))
			return true;
	if (host.n && host.p[0] == '[') {
		/* ::1, fc00::/7 and fe80::/10 (RFC 4193, RFC 4291). */
		struct span inner = span_cut(host, 1, host.n - 1);
		return span_eq(inner, SPAN_LIT("::1")) || span_starts_ci(inner, SPAN_LIT("fc")) || span_starts_ci(inner, SPAN_LIT("fd")) ||
		       span_starts_ci(inner, SPAN_LIT("fe8")) || span_starts_ci(inner, SPAN_LIT("fe9")) || span_starts_ci(inner, SPAN_LIT("fea")) ||
		       span_starts_ci(inner, SPAN_LIT("feb"));
	}
	if (!ipv4_parse(host, &a))
		return false;
	/* RFC 6890: this host, private, loopback, link-local, shared. */
	return a >> 24 == 0 || a >> 24 == 10 || a >> 24 == 127 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe || a >> 22 == 0x191;
}

bool host_is_reserved_example(struct span host)
{
	return is_below(host, "example.com") || is_below(host, "example.net") || is_below(host, "example.org") || is_below(host, "example");
}

/* Letters and punctuation of East Asia and typographic signs end a URL in running text, other letters do not. */
static bool ends_url(uint32_t c)
{
	if (c < 0x80)
		return c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '"' || c == '`' || c == '\\' || c == '^';
	return c == 0xa0 || c == 0xab || c == 0xbb || (c >= 0x1100 && c <= 0x11ff) || (c >= 0x2000 && c <= 0x206f) || (c >= 0x2190 && c <= 0x2bff) ||
	       (c >= 0x2e80 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe10 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xffff) ||
	       c >= 0x1f000;
}

size_t url_end_in_text(struct span text, size_t start)
{
	size_t at = start;
	int open_round = 0, open_square = 0, open_curly = 0;

	while (at < text.n) {
		size_t next = at;
		uint32_t c = utf8_next(text, &next);
		if (ends_url(c))
			break;
		open_round += c == '(';
		open_square += c == '[';
		open_curly += c == '{';
		if ((c == ')' && --open_round < 0) || (c == ']' && --open_square < 0) || (c == '}' && --open_curly < 0))
			break;
		at = next;
	}
	/* A sentence goes on behind the URL: its full stop is no part of it. */
	while (at > start && memchr(".,;:!?'", text.p[at - 1], 7))
		at--;
	return at;
}

bool url_find_in_text(struct span text, size_t from, struct range *out)
{
	static const struct span starts[] = { { "https://", 8 }, { "http://", 7 }, { "mailto:", 7 }, { "www.", 4 } };

	for (size_t i = from; i < text.n; i++) {
		char c = ascii_lower(text.p[i]);
		if ((c != 'h' && c != 'm' && c != 'w') || (i > 0 && (ascii_is_alnum(text.p[i - 1]) || memchr("-_@.", text.p[i - 1], 4))))
			continue;
		for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
			if (!span_starts_ci(span_cut(text, i, text.n), starts[k]))
				continue;
			size_t end = url_end_in_text(text, i);
			/* Something must follow the start, or there is no URL. */
			if (end <= i + starts[k].n || (k < 2 && end < i + starts[k].n + 1))
				break;
			*out = (struct range){ i, end };
			return true;
		}
	}
	return false;
}
