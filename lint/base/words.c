/* Role: word borders around a hit.
 * May not: run over a whole text; be shared by threads. */
#include "base/words.h"

#include <glib.h>
#include <unicode/ubrk.h>
#include <unicode/utf16.h>

#include "base/utf8.h"

/* How far the iterator looks to each side of a place, in code points. */
#define CONTEXT_CHARS 64
/* Longer hits are looked at end by end. */
#define TOGETHER_CHARS 128

struct words {
	UBreakIterator *iterator;
	bool failed; /* no data for it: every place is a border */
	UChar units[(CONTEXT_CHARS * 2 + TOGETHER_CHARS) * 2];
};

struct words *words_new(void)
{
	return g_new0(struct words, 1);
}

void words_free(struct words *words)
{
	if (!words)
		return;
	if (words->iterator)
		ubrk_close(words->iterator);
	g_free(words);
}

static bool open_iterator(struct words *words)
{
	UErrorCode error = U_ZERO_ERROR;

	if (!words->iterator && !words->failed) {
		words->iterator = ubrk_open(UBRK_WORD, "ja", NULL, 0, &error);
		words->failed = U_FAILURE(error);
		if (words->failed)
			words->iterator = NULL;
	}
	return words->iterator;
}

static bool is_line_end(uint32_t c)
{
	return c == '\n' || c == '\r';
}

/* The stretch around [start, end): at most CONTEXT_CHARS to each side, within the line. */
static struct span context(struct span text, size_t start, size_t end)
{
	size_t from = start, to = end;

	for (int i = 0; i < CONTEXT_CHARS && from > 0; i++) {
		size_t before = from;

		if (is_line_end(utf8_previous(text, &before)))
			break;
		from = before;
	}
	for (int i = 0; i < CONTEXT_CHARS && to < text.n; i++) {
		size_t after = to;

		if (is_line_end(utf8_next(text, &after)))
			break;
		to = after;
	}
	return span_of(text.p + from, to - from);
}

enum verdict { NO_BORDER, IS_BORDER, ASK_ICU };

/* What the two characters at a place tell without a dictionary. */
static enum verdict quick_verdict(struct span text, size_t at)
{
	size_t before = at, after = at;
	uint32_t left, right;

	if (at == 0 || at >= text.n)
		return IS_BORDER;
	left = utf8_previous(text, &before);
	right = utf8_next(text, &after);
	if (is_line_end(left) || is_line_end(right))
		return IS_BORDER;
	if (left >= 0x80 || right >= 0x80)
		return left == ' ' || right == ' ' ? IS_BORDER : ASK_ICU;
	return ascii_is_alnum((char)left) && ascii_is_alnum((char)right) ? NO_BORDER : IS_BORDER;
}

/* Ask ICU about one or two places in one stretch. */
static bool icu_borders(struct words *words, struct span text, size_t start, size_t end, bool ask_start, bool ask_end)
{
	struct span around = context(text, start, end);
	size_t offset = (size_t)(around.p - text.p), at = 0;
	int32_t n = 0, start_unit = -1, end_unit = -1;
	UErrorCode error = U_ZERO_ERROR;

	while (at < around.n && n + 2 <= (int32_t)G_N_ELEMENTS(words->units)) {
		if (offset + at == start)
			start_unit = n;
		if (offset + at == end)
			end_unit = n;
		/* A variable of its own: the macro reads it more than once. */
		UChar32 c = (UChar32)utf8_next(around, &at);
		U16_APPEND_UNSAFE(words->units, n, c);
	}
	if (offset + at == end)
		end_unit = n;
	/* An end inside a character is no border. */
	if ((ask_start && start_unit < 0) || (ask_end && end_unit < 0))
		return false;
	ubrk_setText(words->iterator, words->units, n, &error);
	if (U_FAILURE(error))
		return true;
	return (!ask_start || ubrk_isBoundary(words->iterator, start_unit)) &&
	       (!ask_end || ubrk_isBoundary(words->iterator, end_unit));
}

bool words_is_border(struct words *words, struct span text, size_t start, size_t end)
{
	enum verdict first, last;

	if (end > text.n)
		end = text.n;
	if (start > end)
		start = end;
	first = quick_verdict(text, start);
	last = quick_verdict(text, end);
	if (first == NO_BORDER || last == NO_BORDER)
		return false;
	if (first == IS_BORDER && last == IS_BORDER)
		return true;
	if (!words) {
		/* No iterator to keep: one for this call. */
		struct words *own = words_new();
		bool answer = words_is_border(own, text, start, end);

		words_free(own);
		return answer;
	}
	if (!open_iterator(words))
		return true;
	if (utf8_count(span_cut(text, start, end > start + 4 * TOGETHER_CHARS ? start + 4 * TOGETHER_CHARS : end)) < TOGETHER_CHARS)
		return icu_borders(words, text, start, end, first == ASK_ICU, last == ASK_ICU);
	return (first == IS_BORDER || icu_borders(words, text, start, start, true, false)) &&
	       (last == IS_BORDER || icu_borders(words, text, end, end, false, true));
}
