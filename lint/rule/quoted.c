/* Role: tells quoted fraud from fraud.
 * May not: report anything; take a warning for granted that the sender of a fraud would write, too (ご注意ください alone is one). */
#include "rule/quoted.h"

#include <glib.h>
#include <string.h>

enum { QUOTE_BYTES = 240, SENTENCE_BYTES = 360 };

static const struct span stop = { "。", sizeof "。" - 1 };

static const char *const opening[] = { "「", "『", "｢", "“" };
static const char *const closing[] = { "」", "』", "｣", "”" };

/* The length of the mark that begins at at, 0 where none does. */
static size_t mark_at(struct span text, size_t at, const char *const *marks)
{
	for (size_t i = 0; i < G_N_ELEMENTS(opening); i++)
		if (span_starts(span_cut(text, at, text.n), span_str(marks[i])))
			return strlen(marks[i]);
	return 0;
}

/* The quotation around the range, without its marks; empty where there is none. */
static struct range quotation(struct span text, struct range range)
{
	const struct range none = { 0, 0 };
	size_t start = range.start, end = range.end;
	size_t least = start > QUOTE_BYTES ? start - QUOTE_BYTES : 0, most = text.n - end > QUOTE_BYTES ? end + QUOTE_BYTES : text.n;

	for (; start > least && !mark_at(text, start - 1, opening); start--)
		if (mark_at(text, start - 1, closing))
			return none;
	if (start == least)
		return none;
	for (; end < most && !mark_at(text, end, closing); end++)
		if (mark_at(text, end, opening))
			return none;
	return end == most ? none : (struct range){ start - 1, end };
}

/* From the sentence end before the quotation to the second one behind it. */
static struct span sentences_around(struct span text, struct range quoted)
{
	size_t start = quoted.start > SENTENCE_BYTES ? quoted.start - SENTENCE_BYTES : 0;
	struct span behind = span_cut(text, quoted.end, quoted.end + SENTENCE_BYTES), before;

	for (before = span_cut(text, start, quoted.start); span_find(before, stop, 0) < before.n;
	     before = span_cut(text, start, quoted.start))
		start += span_find(before, stop, 0) + stop.n;
	size_t first = span_find(behind, stop, 0), second = first < behind.n ? span_find(behind, stop, first + stop.n) : behind.n;
	return span_cut(text, start, quoted.end + second);
}

bool quoted_as_warning(struct span text, struct range range)
{
	static const char *const warnings[] = { "手口", "詐欺", "架空請求", "不審なメール", "偽メール", "偽の", "フィッシング", "迷惑メール",
						"だまされ", "騙され", "をかたる", "をかたり", "を騙", "を装", "メールにご注意", "メールに注意",
						"請求にご注意", "電話にご注意", "相談が", "心当たりのない請求", "注意喚起", "消費生活センター",
						"国民生活センター" };
	struct range quoted = quotation(text, range);

	if (quoted.end == 0)
		return false;
	struct span around = sentences_around(text, quoted);
	for (size_t i = 0; i < G_N_ELEMENTS(warnings); i++)
		if (span_find(around, span_str(warnings[i]), 0) < around.n)
			return true;
	return false;
}
