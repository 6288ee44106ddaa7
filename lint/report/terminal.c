/* Role: what reports for people share: colours, columns, prose in lines.
 * May not: know findings, or pass a byte of a draft on without report/safe.h. */
#include "report/terminal.h"

#include <string.h>

#include "base/utf8.h"
#include "report/safe.h"

static const char *const style_codes[] = {
        [STYLE_BOLD] = "\x1b[1m",
        [STYLE_DIM] = "\x1b[2m",
        [STYLE_ERROR] = "\x1b[1;31m",
        [STYLE_WARNING] = "\x1b[33m",
        [STYLE_INFO] = "\x1b[36m",
        [STYLE_GOOD] = "\x1b[32m",
};

void style_begin(GString *out, const struct report_options *options, enum style style)
{
	if (options->color)
		g_string_append(out, style_codes[style]);
}

void style_end(GString *out, const struct report_options *options)
{
	if (options->color)
		g_string_append(out, "\x1b[0m");
}

void append_styled(GString *out, const struct report_options *options, enum style style, const char *safe_text)
{
	style_begin(out, options, style);
	g_string_append(out, safe_text);
	style_end(out, options);
}

void append_spaces(GString *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		g_string_append_c(out, ' ');
}

void append_padded(GString *out, const char *text, size_t columns, bool right)
{
	size_t width = text_width(span_str(text), false);
	size_t padding = columns > width ? columns - width : 0;

	append_spaces(out, right ? padding : 0);
	g_string_append(out, text);
	append_spaces(out, right ? 0 : padding);
}

static bool is_wide(uint32_t c)
{
	return char_width(c, false) == 2;
}

/* The text made safe, with the line ends of the rule file folded: a space between words, nothing between Japanese characters. */
GString *safe_prose(const char *text)
{
	struct span s = span_trim(span_str(text));
	GString *folded = g_string_sized_new(s.n), *safe = g_string_sized_new(s.n);
	uint32_t previous = 0;

	for (size_t at = 0; at < s.n;) {
		size_t start = at, end, peek;
		uint32_t c = utf8_next(s, &at);

		if (c != '\n' && c != '\r') {
			g_string_append_len(folded, s.p + start, (gssize)(at - start));
			previous = c;
			continue;
		}
		for (end = at; end < s.n && ascii_is_space(s.p[end]); end++)
			;
		peek = end;
		if (!is_wide(previous) || peek >= s.n || !is_wide(utf8_next(s, &peek)))
			g_string_append_c(folded, ' ');
		at = end;
	}
	safe_append_terminal(safe, span_of(folded->str, folded->len), true);
	g_string_free(folded, TRUE);
	return safe;
}

/* True where c is one of the characters of set. */
static bool is_one_of(uint32_t c, const char *set)
{
	struct span s = span_str(set);

	for (size_t at = 0; at < s.n;) {
		if (utf8_next(s, &at) == c)
			return true;
	}
	return false;
}

/* Between words, and between Japanese characters, except where one of them may not begin or end a line (JIS X 4051, the common
 * part). */
static bool may_break_between(uint32_t left, uint32_t right)
{
	if (left == ' ')
		return right != ' ';
	if (!is_wide(left) && !is_wide(right))
		return false;
	return right != ' ' &&
	       !is_one_of(right, "、。，．・：；？！）」』】〕〉》”’々ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}") &&
	       !is_one_of(left, "（「『【〔〈《“‘([{");
}

/* Behind a colour that style_begin() or style_end() wrote, whose ESC stands before at. Safe text has no other ESC. */
static size_t behind_style(struct span text, size_t at)
{
	while (at < text.n && text.p[at] != 'm')
		at++;
	return at < text.n ? at + 1 : at;
}

/* Could a word be broken here, if it must? Marks and what a joiner joins stay whole. */
static bool may_split_between(uint32_t left, uint32_t right)
{
	return left && left != 0x200d && char_width(right, false) > 0;
}

/* split: a word that is longer than a line is broken. */
static void wrap(GString *out, struct span text, size_t column, size_t indent, size_t width, bool split)
{
	size_t line_start = 0, break_at = 0, split_at = 0, at = 0, style_at = SIZE_MAX; /* where a style behind the previous character begins */
	uint32_t previous = 0;

	while (at < text.n) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		if (c == 0x1b) {
			at = behind_style(text, at);
			style_at = MIN(style_at, start);
			continue;
		}
		start = MIN(start, style_at);
		style_at = SIZE_MAX;
		if (start > line_start && may_break_between(previous, c))
			break_at = start;
		if (split && start > line_start && may_split_between(previous, c))
			split_at = start;
		column += (size_t)char_width(c, false);
		if (column > width && c != ' ' && MAX(break_at, split_at) > line_start) {
			size_t end = break_at > line_start ? break_at : split_at;
			size_t next = end;

			while (end > line_start && text.p[end - 1] == ' ')
				end--;
			g_string_append_len(out, text.p + line_start, (gssize)(end - line_start));
			g_string_append_c(out, '\n');
			append_spaces(out, indent);
			line_start = next;
			at = next;
			column = indent;
			previous = 0;
			continue;
		}
		previous = c;
	}
	g_string_append_len(out, text.p + line_start, (gssize)(text.n - line_start));
}

void append_wrapped(GString *out, struct span text, size_t column, size_t indent, size_t width)
{
	wrap(out, text, column, indent, MAX(width, indent + LEAST_COLUMNS), false);
}

void append_wrapped_within(GString *out, struct span text, size_t column, size_t indent, size_t width)
{
	wrap(out, text, column, indent, width, true);
}

void append_for_terminal(GString *out, const struct report_options *options, const GString *text, size_t column, size_t indent)
{
	append_wrapped(out, span_of(text->str, text->len), column, indent, options->terminal ? (size_t)options->width : SIZE_MAX);
}
