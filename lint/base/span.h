/* Spans: pointer and length, not owned, not NUL-terminated.
 * Bytes of a draft travel as spans because drafts hold NULs. */
#ifndef PRESEND_BASE_SPAN_H
#define PRESEND_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

#define SPAN_LIT(literal) ((struct span){ (literal), sizeof(literal) - 1 })
#define SPAN_EMPTY ((struct span){ "", 0 })

static inline struct span span_of(const char *p, size_t n)
{
	return (struct span){ p, n };
}

/* The span of a C string; NULL gives the empty span. */
static inline struct span span_str(const char *s)
{
	return s ? (struct span){ s, strlen(s) } : SPAN_EMPTY;
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline bool ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

/* Space, TAB, CR or LF: the white space of RFC 5322, section 2.2.3. */
static inline bool ascii_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of a hexadecimal digit, -1 where c is none. */
static inline int ascii_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool span_eq(struct span a, struct span b);
/* Compare without regard to ASCII case. */
bool span_eq_ci(struct span a, struct span b);
/* Is the word one of those in a list, with single blanks between them? */
bool span_in(struct span word, const char *list);
/* The same without regard to ASCII case. */
bool span_in_ci(struct span word, const char *list);
bool span_starts(struct span s, struct span prefix);
bool span_starts_ci(struct span s, struct span prefix);
bool span_ends_ci(struct span s, struct span suffix);
/* Position of the first needle at or after from; s.n where there is none. An empty needle is found at from. */
size_t span_find(struct span s, struct span needle, size_t from);
size_t span_find_ci(struct span s, struct span needle, size_t from);
/* Position of the first byte c at or after from; s.n where there is none. */
size_t span_find_byte(struct span s, char c, size_t from);
/* s without the ASCII white space at both ends. */
struct span span_trim(struct span s);
/* The part [start, end) of s, both clamped to s. */
struct span span_cut(struct span s, size_t start, size_t end);
/* Position of the first byte of 0x80 or above at or after from; s.n where there is none. */
size_t span_find_non_ascii(struct span s, size_t from);
/* True where every byte is below 0x80. */
bool span_is_ascii(struct span s);

#endif
