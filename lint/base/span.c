/* Spans: comparison and search. Knows nothing of mail. */
#define _GNU_SOURCE
#include "base/span.h"

bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_eq_ci(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

static bool is_in(struct span word, const char *list, bool (*equal)(struct span, struct span))
{
	for (const char *p = list; *p;) {
		size_t n = strcspn(p, " ");
		if (equal(word, span_of(p, n)))
			return true;
		p += n + (p[n] == ' ');
	}
	return false;
}

bool span_in(struct span word, const char *list)
{
	return is_in(word, list, span_eq);
}

bool span_in_ci(struct span word, const char *list)
{
	return is_in(word, list, span_eq_ci);
}

bool span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && span_eq(span_of(s.p, prefix.n), prefix);
}

bool span_starts_ci(struct span s, struct span prefix)
{
	return s.n >= prefix.n && span_eq_ci(span_of(s.p, prefix.n), prefix);
}

bool span_ends_ci(struct span s, struct span suffix)
{
	return s.n >= suffix.n && span_eq_ci(span_of(s.p + s.n - suffix.n, suffix.n), suffix);
}

size_t span_find(struct span s, struct span needle, size_t from)
{
	/* A span of nothing may have no bytes to point at, and memchr() must not be given NULL. */
	if (from >= s.n)
		return s.n;
	if (needle.n == 0)
		return from;
	/* Most of what is looked for begins with a byte that the text has not, a kana in English above all, and memchr() is the fastest to say so. */
	const char *hit = memchr(s.p + from, needle.p[0], s.n - from);
	if (hit && needle.n > 1)
		hit = memmem(hit, s.n - (size_t)(hit - s.p), needle.p, needle.n);
	return hit ? (size_t)(hit - s.p) : s.n;
}

size_t span_find_ci(struct span s, struct span needle, size_t from)
{
	if (needle.n == 0)
		return from < s.n ? from : s.n;
	for (size_t i = from; i + needle.n <= s.n; i++)
		if (ascii_lower(s.p[i]) == ascii_lower(needle.p[0]) && span_eq_ci(span_of(s.p + i, needle.n), needle))
			return i;
	return s.n;
}

size_t span_find_byte(struct span s, char c, size_t from)
{
	if (from >= s.n)
		return s.n;
	const char *hit = memchr(s.p + from, c, s.n - from);
	return hit ? (size_t)(hit - s.p) : s.n;
}

struct span span_trim(struct span s)
{
	while (s.n > 0 && ascii_is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct span span_cut(struct span s, size_t start, size_t end)
{
	if (end > s.n)
		end = s.n;
	if (start > end)
		start = end;
	return span_of(s.p + start, end - start);
}

size_t span_find_non_ascii(struct span s, size_t from)
{
	size_t i = from;

	for (; i + sizeof(unsigned long) <= s.n; i += sizeof(unsigned long)) {
		unsigned long word;
		memcpy(&word, s.p + i, sizeof word);
		if (word & (~0ul / 255 * 0x80))
			break;
	}
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i < s.n ? i : s.n;
}

bool span_is_ascii(struct span s)
{
	return span_find_non_ascii(s, 0) == s.n;
}
