/* Checks of Subject and text as such: presence, length, symbols, contradictions. Words and phrases are data: rules.d/text. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"

/* Cases: missing, empty. Invisible characters count as nothing. */
CHECK(subject_missing)
{
	if (!m->subject_field) {
		if (m->kind == INPUT_TEMPLATE)
			check_not_applicable(c);
		else
			check_report(c, message_header_end(m), "missing");
		return;
	}
	if (m->subject_l1->bytes.n == 0 || span_trim(m->subject_l1->bytes).n == 0)
		check_report(c, field_range(m->subject_field), "empty");
}

/* with: limit, in code points. */
CHECK(subject_long)
{
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", 200);

	if (!m->subject) {
		check_not_applicable(c);
		return;
	}
	size_t n = utf8_count(m->subject->bytes);
	if (n > limit)
		check_report_text(c, m->subject, ((struct range){ utf8_offset(m->subject->bytes, limit), m->subject->bytes.n }), NULL,
				  ARG_I("length", n), ARG_I("limit", limit));
}

/* Cased letters, mostly capitals. with: letters (least number), percent. */
CHECK(subject_capitals)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "letters", 10), percent = (size_t)rule_setting_int(check_rule(c), "percent", 80);
	size_t upper = 0, lower = 0, words = 0;
	bool in_word = false;

	if (!m->subject) {
		check_not_applicable(c);
		return;
	}
	struct span s = m->subject->bytes;
	for (size_t at = 0; at < s.n;) {
		uint32_t ch = utf8_next(s, &at);
		bool up = (ch >= 'A' && ch <= 'Z') || (ch >= 0xFF21 && ch <= 0xFF3A);
		bool low = (ch >= 'a' && ch <= 'z') || (ch >= 0xFF41 && ch <= 0xFF5A);
		upper += up;
		lower += low;
		if ((up || low) && !in_word)
			words++;
		in_word = up || low;
	}
	/* One word of capitals is a name or an acronym. */
	if (words >= 3 && upper + lower >= least && upper * 100 > (upper + lower) * percent)
		check_report_text(c, m->subject, ((struct range){ 0, s.n }), NULL, ARG_I("count", upper));
}

/* Blanks and control characters around or inside the Subject. Cases: ends, tab, several. */
CHECK(subject_blanks)
{
	const struct field *f = m->subject_field;

	if (!f || f->value->bytes.n == 0) {
		check_not_applicable(c);
		return;
	}
	struct span s = f->value->bytes;
	size_t tab = span_find_byte(s, '\t', 0);
	if (tab < s.n)
		check_report_text(c, f->value, ((struct range){ tab, tab + 1 }), "tab");
	else if (span_trim(s).n < s.n) {
		size_t at = s.p[0] == ' ' ? 0 : s.n - 1;
		check_report_text(c, f->value, ((struct range){ at, at + 1 }), "ends");
	}
}

static bool is_decoration(uint32_t ch)
{
	static const uint32_t decorations[] = { 0x203B, 0x2605, 0x2606, 0x25A0, 0x25A1, 0x25CF, 0x25CB, 0x25CE, 0x25C6, 0x25C7, 0x25BC, 0x25BD,
						0x25B2, 0x25B3, 0x266A, 0x2665, 0x2192, 0x21D2, 0x2501, 0x2500, 0x2728, 0x26A1, 0x3013 };
	for (size_t i = 0; i < G_N_ELEMENTS(decorations); i++)
		if (decorations[i] == ch)
			return true;
	return false;
}

/* with: symbols, brackets: more decorative symbols or 【】 pairs than this in the Subject. Cases: symbols, brackets. */
CHECK(subject_decoration)
{
	size_t most = (size_t)rule_setting_int(check_rule(c), "symbols", 3), most_brackets = (size_t)rule_setting_int(check_rule(c), "brackets", 2);
	size_t symbols = 0, brackets = 0;
	struct range range = { 0, 0 };

	if (!m->subject) {
		check_not_applicable(c);
		return;
	}
	for (size_t at = 0; at < m->subject->bytes.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(m->subject->bytes, &at);
		bool bracket = ch == 0x3010;
		if (!is_decoration(ch) && !bracket)
			continue;
		if (symbols + brackets == 0)
			range.start = start;
		range.end = at;
		symbols += !bracket;
		brackets += bracket;
	}
	if (symbols > most)
		check_report_text(c, m->subject, range, "symbols", ARG_I("count", symbols));
	else if (brackets > most_brackets)
		check_report_text(c, m->subject, range, "brackets", ARG_I("count", brackets));
}

/* Lines of decoration, ※ notes and the like in a text: what many ask about. with: none. One info for a message; counts lines. */
CHECK(text_furniture)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct text *text = m->bodies[i].visible;
		size_t rules = 0, notes = 0, headings = 0;
		struct range first = { 0, 0 };
		for (size_t start = 0; start < text->bytes.n;) {
			size_t end = span_find_byte(text->bytes, '\n', start);
			struct span line = span_trim(span_cut(text->bytes, start, end));
			size_t symbols = 0, chars = 0;
			uint32_t head = 0;
			for (size_t at = 0; at < line.n && chars < 400; chars++) {
				uint32_t ch = utf8_next(line, &at);
				if (chars == 0)
					head = ch;
				symbols += is_decoration(ch) || (ch >= 0x2500 && ch <= 0x257F) || ch == '-' || ch == '=' || ch == '*' || ch == '_' ||
					   ch == 0xFF1D || ch == 0x30FC || ch == 0xFF0D || ch == 0x2015 || ch == '~' || ch == 0xFF5E;
			}
			bool rule = chars >= 8 && symbols * 10 >= chars * 9;
			rules += rule;
			notes += !rule && head == 0x203B;
			headings += !rule && head == 0x3010;
			if (first.end == 0 && (rule || head == 0x203B || head == 0x3010))
				first = (struct range){ start, (size_t)(line.p - text->bytes.p) + line.n };
			start = end + 1;
		}
		if (rules + notes + headings == 0)
			continue;
		check_report_text(c, text, first, NULL, ARG_I("rules", rules), ARG_I("notes", notes), ARG_I("headings", headings));
		return; /* alternatives say the same */
	}
}

static bool text_has(const struct message *m, const char *const *phrases, const struct text **text, struct range *range)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		for (const char *const *p = phrases; p && *p; p++) {
			struct span phrase = span_str(*p);
			size_t at = span_find(m->bodies[i].l1->bytes, phrase, 0);
			if (at < m->bodies[i].l1->bytes.n) {
				*text = m->bodies[i].l1;
				*range = (struct range){ at, at + phrase.n };
				return true;
			}
		}
	}
	return false;
}

static bool is_no_reply(struct span local)
{
	static const char *const names[] = { "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "no.reply" };
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (span_starts_ci(local, span_str(names[i])))
			return true;
	return false;
}

/* with: send_only, by_reply (L1 phrases), send_only_en. Cases: contradiction (unsubscribe by reply, and replies are not read), undeclared (noreply
 * address and not a word about it), reply-works (declared send-only with a Reply-To of another address). */
CHECK(send_only)
{
	const char *const *declared = rule_setting_list(check_rule(c), "declared");
	const char *const *by_reply = rule_setting_list(check_rule(c), "by_reply");
	const struct mailbox *box = m->from.n == 1 ? &m->from.mailboxes[0] : NULL;
	const struct text *text = NULL, *reply_text = NULL;
	struct range range, reply_range;

	if (m->n_bodies == 0) {
		check_not_applicable(c);
		return;
	}
	bool says_so = text_has(m, declared, &text, &range);
	bool asks_reply = text_has(m, by_reply, &reply_text, &reply_range);
	bool no_reply = box && is_no_reply(box->local);
	bool other_reply = m->reply_to.n && box && m->reply_to.mailboxes[0].local.n && !is_no_reply(m->reply_to.mailboxes[0].local);
	if (asks_reply && (says_so || (no_reply && !other_reply)))
		check_report_text(c, reply_text, reply_range, "contradiction");
	else if (no_reply && !says_so && !other_reply)
		check_report(c, box->address, "undeclared", ARG_T("address", file_span(m, box->address)));
}

/* Damage done to the text before this file was written: UTF-8 read as Shift_JIS, as Latin-1, Shift_JIS or EUC-JP read as Latin-1.
 * Several different signs are needed, so that an article that shows one is left alone. Cases: sjis, latin, entity. */
struct mojibake {
	size_t hits;
	struct range first;
};

static void count_mojibake(struct span s, const char *const *signs, struct mojibake *out)
{
	for (; *signs; signs++) {
		struct span sign = span_str(*signs);
		for (size_t at = span_find(s, sign, 0); at < s.n; at = span_find(s, sign, at + sign.n)) {
			if (!out->hits || at < out->first.start)
				out->first = (struct range){ at, at + sign.n };
			out->hits++;
		}
	}
}

static void mojibake_in(struct check *c, const struct text *text, bool subject)
{
	/* 縺 and 繧, 繝 are the first halves of every kana of UTF-8 read as Shift_JIS; ã with a C1 or sign likewise as windows-1252. */
	static const char *const sjis[] = { "\xE7\xB8\xBA", "\xE7\xB9\xA7", "\xE7\xB9\x9D", NULL };
	static const char *const latin[] = { "\xC3\xA3\xC2\x81", "\xC3\xA3\xC2\x82", "\xC3\xA3\xC2\x83", "\xC3\xA3\xE2\x80\x9A", "\xC3\xA3\xC6\x92",
					     "\xE2\x80\x9A\xC2\xB1", "\xC3\x83\xC2\xA3", "\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2", NULL };
	struct mojibake a = { 0 }, b = { 0 };
	size_t needed = subject ? 2 : 4;

	count_mojibake(text->bytes, sjis, &a);
	count_mojibake(text->bytes, latin, &b);
	if (a.hits >= needed)
		check_report_text(c, text, a.first, "sjis", ARG_I("count", a.hits));
	else if (b.hits >= needed)
		check_report_text(c, text, b.first, "latin", ARG_I("count", b.hits));
}

CHECK(mojibake)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		mojibake_in(c, m->bodies[i].visible, false);
	if (m->subject)
		mojibake_in(c, m->subject, true);
}
