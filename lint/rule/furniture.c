/* Role: tells rule lines and the footer from the text of a newsletter.
 * May not: report anything. */
#include "rule/furniture.h"

#include <glib.h>

#include "base/utf8.h"

/* A footer is at most so many lines that are not empty. */
enum { MOST_FOOTER_LINES = 20, LEAST_RULE_CHARS = 8, MOST_RULE_CHARS = 400 };

static bool is_rule_sign(uint32_t c)
{
	/* ― … ※ ◆ to ◎ ★ ☆ 「 〜 ・ ー － ＝ ＿ ＊ ～ and fullwidth and ideographic blanks */
	static const uint32_t signs[] = {0x2010, 0x2012, 0x2013, 0x2014, 0x2015, 0x2026, 0x203b, 0x3000, 0x300c, 0x301c, 0x30fb, 0x30fc,
	        0xff0a, 0xff0b, 0xff0d, 0xff0f, 0xff1d, 0xff3f, 0xff5e, 0x2212, 0x266a, 0x2665};
	if (c < 0x80)
		return c && strchr("-=_*~+#/|. ", (int)c) != NULL;
	if ((c >= 0x2500 && c <= 0x25ff) || c == 0x2605 || c == 0x2606)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (signs[i] == c)
			return true;
	}
	return false;
}

bool furniture_is_rule(struct span line)
{
	size_t chars = 0, signs = 0;

	line = span_trim(line);
	for (size_t at = 0; at < line.n && chars < MOST_RULE_CHARS; chars++) {
		signs += is_rule_sign(utf8_next(line, &at));
		/* Too many others, whatever follows: a line has no more characters than bytes. */
		if ((chars + 1 - signs) * 10 > line.n)
			return false;
	}
	return chars >= LEAST_RULE_CHARS && signs * 10 >= chars * 9;
}

static bool names_publisher(struct span line)
{
	static const char *const words[] = {"発行：", "発行:", "発行元", "発行者", "配信元", "編集：", "編集:", "配信停止", "配信解除",
	        "購読解除", "購読停止", "登録解除", "メルマガ解除", "送信専用", "unsubscribe", "Copyright", "©"};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (span_find_ci(line, span_str(words[i]), 0) < line.n)
			return true;
	}
	return false;
}

/* From the last line up. */
size_t furniture_footer(struct span text)
{
	size_t footer = text.n, lines = 0;
	bool content_below = false, rule_seen = false;

	for (size_t end = text.n; end > text.n / 2 && lines < MOST_FOOTER_LINES;) {
		size_t start = end;
		struct span line;

		while (start > 0 && text.p[start - 1] != '\n')
			start--;
		line = span_cut(text, start, end);
		if (start < text.n / 2)
			break;
		if (span_trim(line).n) {
			bool rule = furniture_is_rule(line);

			lines++;
			if (rule && content_below && !rule_seen) {
				rule_seen = true;
				footer = start;
			}
			content_below = content_below || !rule;
			if (!rule && names_publisher(line))
				footer = start;
		}
		end = start ? start - 1 : 0;
	}
	return footer;
}
