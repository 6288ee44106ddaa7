/* Role: where a long line may be broken, by ICU's iterator.
 * May not: know what the text is of. */
#include "base/wrap.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "base/utf8.h"

enum { LONGEST_URL = 2048 };

static struct span without_blanks(struct span s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static bool is_url_byte(char c)
{
	return c > ' ' && c < 0x7F;
}

/* Both sides of the place are of one URL. */
static bool in_url(struct span text, size_t at)
{
	size_t start = at, end = at;

	while (start > 0 && at - start < LONGEST_URL && is_url_byte(text.p[start - 1]))
		start--;
	while (end < text.n && end - at < 3 && is_url_byte(text.p[end]))
		end++;
	struct span word = span_cut(text, start, end);
	return start < at && end > at && span_find(word, SPAN_LIT("://"), 0) < word.n;
}

static void put_line(GString *out, const char *before, struct span line)
{
	line = without_blanks(line);
	g_string_append(out, before);
	g_string_append_len(out, line.p, (gssize)line.n);
	while (!line.n && out->len && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

void wrap_append(GString *out, struct span text, size_t width, const char *first, const char *rest)
{
	if (text_width(span_str(first), false) + text_width(text, false) <= width) {
		put_line(out, first, text);
		return;
	}
	UErrorCode error = U_ZERO_ERROR;
	UText *utext = utext_openUTF8(NULL, text.p, (int64_t)text.n, &error);
	/* Strict: a small kana does not begin a line. */
	UBreakIterator *breaks = ubrk_open(UBRK_LINE, "ja@lb=strict", NULL, 0, &error);
	size_t start = 0, columns = text_width(span_str(first), false), done = 0;
	const char *before = first;

	ubrk_setUText(breaks, utext, &error);
	for (size_t at = 0; U_SUCCESS(error) && at < text.n; ) {
		int32_t next = ubrk_next(breaks);
		if (next == UBRK_DONE)
			break;
		at = (size_t)next;
		if (at < text.n && in_url(text, at))
			continue;
		struct span piece = span_cut(text, done, at);
		if (done > start && columns + text_width(without_blanks(piece), false) > width) {
			put_line(out, before, span_cut(text, start, done));
			before = rest;
			start = done;
			columns = text_width(span_str(rest), false);
		}
		columns += text_width(piece, false);
		done = at;
	}
	put_line(out, before, span_cut(text, start, text.n));
	ubrk_close(breaks);
	utext_close(utext);
}
