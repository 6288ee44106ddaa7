/* Checks of Subject and text as such: presence, length, symbols, contradictions. Words and phrases are data: rules.d/text and rules.d/phrases. */
#include "rule/check_common.h"
#include "rule/furniture.h"

#include <glib.h>
#include <string.h>

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
		check_report_text(c, m->subject, ((struct range){utf8_offset(m->subject->bytes, limit), m->subject->bytes.n}), NULL,
		        ARG_I("length", n), ARG_I("limit", limit));
}

/* Where the Subject proper begins: behind "Re:", "FW:" and the names of lists in brackets, which are no words of its writer. */
static size_t behind_prefixes(struct span s)
{
	static const char *const prefixes[] = {"re:", "fw:", "fwd:"};

	for (size_t at = 0;;) {
		while (at < s.n && s.p[at] == ' ')
			at++;
		struct span rest = span_cut(s, at, s.n);
		size_t end = rest.n && rest.p[0] == '[' ? span_find_byte(rest, ']', 0) : rest.n, step = 0;
		for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
			if (span_starts_ci(rest, span_str(prefixes[i])))
				step = strlen(prefixes[i]);
		if (end < rest.n)
			step = end + 1;
		if (!step)
			return at;
		at += step;
	}
}

/* Cased letters, mostly capitals. A Subject that is mainly in a script without case is not judged: its few Latin words are names
 * and acronyms. with: letters (least number), percent. */
CHECK(subject_capitals)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "letters", 10),
	       percent = (size_t)rule_setting_int(check_rule(c), "percent", 80);
	size_t upper = 0, lower = 0, caseless = 0, words = 0;
	bool in_word = false;

	if (!m->subject) {
		check_not_applicable(c);
		return;
	}
	struct span s = m->subject->bytes;
	size_t first = behind_prefixes(s), code_end = first;
	struct tag_list tags = tag_scan(check_arena(c), s);
	for (size_t at = first; at < s.n;) {
		/* The letters of a tag are not those that readers see. */
		const struct tag *tag = tag_at(&tags, at);
		if (tag && tag->certain) {
			at = code_end = tag->range.end;
			in_word = false;
			continue;
		}
		if (at >= code_end && (at == first || s.p[at - 1] == ' ')) {
			/* ASCII words with digits are codes and file names: capitals are their spelling. */
			size_t end = at;
			bool digit = false, ascii = true;
			for (; end < s.n && s.p[end] != ' '; end++) {
				digit |= ascii_is_digit(s.p[end]);
				ascii &= (unsigned char)s.p[end] < 0x80;
			}
			code_end = digit && ascii ? end : at;
		}
		uint32_t ch = utf8_next(s, &at);
		if (at <= code_end) {
			in_word = false;
			continue;
		}
		bool up = g_unichar_isupper(ch), low = g_unichar_islower(ch);
		upper += up;
		lower += low;
		caseless += !up && !low && g_unichar_isalpha(ch);
		words += (up || low) && !in_word;
		in_word = up || low || ch == '\'' || ch == 0x2019;
	}
	/* One or two words of capitals are a name or an acronym. */
	if (words >= 3 && upper + lower >= least && upper * 100 > (upper + lower) * percent && upper >= 4 * caseless)
		check_report_text(c, m->subject, ((struct range){first, s.n}), NULL, ARG_I("count", upper));
}

/* Is there a line end of the header block at the place of these bytes of a value, or right before? Then folding put the blank
 * there. */
static bool is_folding(const struct message *m, const struct text *value, size_t start, size_t end)
{
	struct range in_file = text_to_file(value, start, end);
	struct span raw = span_cut(m->file->bytes, in_file.start ? in_file.start - 1 : 0, in_file.end + 1);

	return span_find_byte(raw, '\n', 0) < raw.n || span_find_byte(raw, '\r', 0) < raw.n;
}

/* Not where a tag may be what they belong to, nor where CRs end lines. */
static void fix_blanks(struct check *c, const struct field *f, const struct text *text, struct range range, struct span with)
{
	if (!(f->flags & (FIELD_BARE_CR | FIELD_BLANK_CONTINUATION)) && tag_scan(check_arena(c), f->value->bytes).n == 0)
		check_fix(c, text, range, with);
}

/* Blanks at the ends or inside the Subject that its writer did not mean. Cases: ends, tab, several. Folding of the header is no
 * fault. */
CHECK(subject_blanks)
{
	const struct field *f = m->subject_field;

	if (!f || f->value->bytes.n == 0) {
		check_not_applicable(c);
		return;
	}
	struct span s = f->value->bytes;
	if (span_trim(s).n == 0)
		return; /* the Subject is empty, which is told elsewhere */
	if (s.p[0] == ' ' || s.p[0] == '\t' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t') {
		size_t leading = (size_t)(span_trim(s).p - s.p);
		struct range range = leading ? (struct range){0, leading} : (struct range){span_trim(s).n, s.n};
		check_report_text(c, f->value, range, "ends", ARG_I("count", range.end - range.start));
		fix_blanks(c, f, f->value, range, SPAN_EMPTY);
		return;
	}
	/* A value is trimmed where it is unfolded; a blank before the line end stands in the file only. */
	struct span raw = span_cut(m->file->bytes, f->value_start, f->value_end);
	if (raw.p[raw.n - 1] == ' ' || raw.p[raw.n - 1] == '\t') {
		size_t kept = (size_t)(span_trim(raw).p - raw.p) + span_trim(raw).n;
		struct range behind = {f->value_start + kept, f->value_end};
		check_report(c, behind, "ends", ARG_I("count", raw.n - kept));
		fix_blanks(c, f, NULL, behind, SPAN_EMPTY);
		return;
	}
	for (size_t at = 0; at < s.n;) {
		size_t end = at;
		bool tab = false;
		for (; end < s.n && (s.p[end] == ' ' || s.p[end] == '\t'); end++)
			tab |= s.p[end] == '\t';
		if ((tab || end > at + 1) && !is_folding(m, f->value, at, end)) {
			check_report_text(
			        c, f->value, ((struct range){at, end}), tab ? "tab" : "several", ARG_I("count", end - at));
			fix_blanks(c, f, f->value, (struct range){at, end}, SPAN_LIT(" "));
			return;
		}
		at = end > at ? end : at + 1;
	}
}

static bool is_decoration(uint32_t ch)
{
	static const uint32_t decorations[] = {0x203B, 0x2605, 0x2606, 0x25A0, 0x25A1, 0x25CF, 0x25CB, 0x25CE, 0x25C6, 0x25C7,
	        0x25BC, 0x25BD, 0x25B2, 0x25B3, 0x266A, 0x2665, 0x2192, 0x21D2, 0x2501, 0x2500, 0x2728, 0x26A1, 0x3013};
	for (size_t i = 0; i < G_N_ELEMENTS(decorations); i++)
		if (decorations[i] == ch)
			return true;
	return false;
}

/* with: symbols, brackets: more decorative symbols or 【】 pairs than this in the Subject. Cases: symbols, brackets. */
CHECK(subject_decoration)
{
	size_t most = (size_t)rule_setting_int(check_rule(c), "symbols", 3),
	       most_brackets = (size_t)rule_setting_int(check_rule(c), "brackets", 2);
	size_t symbols = 0, brackets = 0;
	struct range range = {0, 0};

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

/* Rule lines, ※ notes and 【】 headings: what many ask about. One remark for a message, where there are at least as many such lines
 * as with: lines says, or as many rule lines of more than with: columns as long_lines says. Cases: marks, lines, both. Alternatives say
 * the same, so the first part that has them counts. */
CHECK(text_furniture)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "lines", 5);
	size_t columns = (size_t)rule_setting_int(check_rule(c), "columns", 40);
	size_t least_long = (size_t)rule_setting_int(check_rule(c), "long_lines", 10);

	if (m->n_bodies == 0) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct text *text = m->bodies[i].visible;
		size_t rules = 0, notes = 0, headings = 0, longs = 0;
		struct range first = {0, 0};
		bool asked = false; /* nobody asks about lines of hyphens */
		for (size_t start = 0; start < text->bytes.n;) {
			size_t end = span_find_byte(text->bytes, '\n', start);
			struct span line = span_trim(span_cut(text->bytes, start, end));
			size_t at = 0;
			uint32_t head = line.n ? utf8_next(line, &at) : 0;
			bool rule = furniture_is_rule(line);
			bool note = !rule && head == 0x203B, heading = !rule && head == 0x3010;
			rules += rule;
			longs += rule && text_width(line, false) > columns;
			notes += note;
			headings += heading;
			asked |= note || heading || (rule && !span_is_ascii(line));
			if (first.end == 0 && (rule || note || heading))
				first = (struct range){(size_t)(line.p - text->bytes.p), (size_t)(line.p - text->bytes.p) + line.n};
			start = end + 1;
		}
		bool marks = asked && rules + notes + headings >= least, lines = longs >= least_long;
		if (!marks && !lines)
			continue;
		check_report_text(c, text, first, marks && lines ? "both" : marks ? "marks" : "lines", ARG_I("rules", rules),
		        ARG_I("notes", notes), ARG_I("headings", headings), ARG_I("long", longs));
		return;
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
				*range = (struct range){at, at + phrase.n};
				return true;
			}
		}
	}
	return false;
}

/* with: declared (says that replies are not read), by_reply (asks for an answer), contact (names another way); phrases in form L1.
 * Cases: contradiction (both at once), undeclared (a no-reply address and neither a word about it nor a way to answer), no-contact (the word
 * alone),
 * reply-works (replies are not read, says the text, but Reply-To leads somewhere else). */
CHECK(send_only)
{
	const char *const *declared = rule_setting_list(check_rule(c), "declared");
	const char *const *by_reply = rule_setting_list(check_rule(c), "by_reply");
	const char *const *contact = rule_setting_list(check_rule(c), "contact");
	const struct mailbox *box = m->from.n == 1 ? &m->from.mailboxes[0] : NULL;
	const struct mailbox *reply_to = m->reply_to.n ? &m->reply_to.mailboxes[0] : NULL;
	const struct text *text = NULL, *reply_text = NULL, *contact_text = NULL;
	struct range range, reply_range, contact_range;

	if (m->n_bodies == 0 || !box) {
		check_not_applicable(c);
		return;
	}
	bool says_so = text_has(m, declared, &text, &range);
	bool asks_reply = text_has(m, by_reply, &reply_text, &reply_range);
	bool no_reply = is_no_reply(box->local);
	bool other_reply = reply_to && reply_to->local.n && !is_no_reply(reply_to->local) &&
	                   !(span_eq_ci(reply_to->local, box->local) && span_eq_ci(reply_to->domain, box->domain));

	if (asks_reply && (says_so || (no_reply && !other_reply))) {
		check_report_text(c, reply_text, reply_range, "contradiction");
	} else if (no_reply && !other_reply && !text_has(m, contact, &contact_text, &contact_range)) {
		for (size_t i = 0; i < m->n_links; i++)
			if (m->links[i].body && span_eq_ci(m->links[i].url.scheme, SPAN_LIT("mailto")))
				return; /* an address to write to is in the text */
		check_report(c, box->address, says_so ? "no-contact" : "undeclared", ARG_T("address", file_span(m, box->address)));
	} else if (says_so && other_reply) {
		check_report_text(c, text, range, "reply-works", ARG_T("address", file_span(m, reply_to->address)));
	}
}

/* Damage done to the text before this file was written. A sign is a pair or triple of characters that one wrong decoding yields and
 * that writing hardly ever has; an article about such damage shows one sample, so many signs on several lines are needed. */
enum mojibake_kind {
	MOJIBAKE_SJIS,      /* UTF-8 read as Shift_JIS: 縺ｮ */
	MOJIBAKE_LATIN,     /* UTF-8 read as ISO-8859-1 or windows-1252: ã®, Ã© */
	MOJIBAKE_FROM_SJIS, /* Shift_JIS read as windows-1252: ‚± */
	MOJIBAKE_FROM_EUC,  /* EUC-JP read as ISO-8859-1: ¤³ */
	MOJIBAKE_ENTITY,    /* numeric references in text/plain: &#12354; */
	MOJIBAKE_QP,        /* quoted-printable that nobody decoded: =E3=81, =1B$B */
	N_MOJIBAKE
};
static const char *const mojibake_cases[N_MOJIBAKE] = {"sjis", "latin", "from-sjis", "from-euc", "entity", "quoted-printable"};

struct mojibake {
	size_t hits[N_MOJIBAKE], lines[N_MOJIBAKE]; /* signs; lines with two or more of them */
	struct range first[N_MOJIBAKE];
	size_t kana, characters; /* proper kana; everything but blanks */
};

/* What a byte 80 to BF becomes in ISO-8859-1 or windows-1252. */
static bool is_read_trail(uint32_t ch)
{
	static const uint32_t windows[] = {0x20AC, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
	        0x0152, 0x017D, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153,
	        0x017E, 0x0178};
	if (ch >= 0x80 && ch <= 0xBF)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(windows); i++)
		if (windows[i] == ch)
			return true;
	return false;
}

/* The same without the characters that follow a letter in French and English typesetting: quotes, dashes, dots, no-break blank. */
static bool is_odd_trail(uint32_t ch)
{
	return is_read_trail(ch) && !(ch >= 0x2013 && ch <= 0x2026) && !(ch >= 0xA0 && ch <= 0xBF) && ch != 0x2039 && ch != 0x203A;
}

/* The kind of sign that begins with a; N_MOJIBAKE where none does. */
static enum mojibake_kind sign_of(uint32_t a, uint32_t b, uint32_t third)
{
	/* The first halves of all kana; the second half is half-width katakana or a kanji, or was lost. */
	if (a == 0x7E3A || a == 0x7E67 || a == 0x7E5D)
		return MOJIBAKE_SJIS;
	/* E3 81, E3 82, E3 83 begin kana; E4 to E9 kanji. */
	if (a == 0xE3 && (b == 0x81 || b == 0x82 || b == 0x83 || b == 0x201A || b == 0x0192) && is_read_trail(third))
		return MOJIBAKE_LATIN;
	if (a >= 0xE4 && a <= 0xE9 && is_odd_trail(b) && is_read_trail(third))
		return MOJIBAKE_LATIN;
	if (a == 0xE2 && (b == 0x80 || b == 0x20AC) && is_read_trail(third))
		return MOJIBAKE_LATIN;
	if (a == 0xC3 && is_read_trail(b) && b != 0xA0 && b != 0xAB && b != 0xBB && !(b >= 0x2013 && b <= 0x2026))
		return MOJIBAKE_LATIN;
	/* 82 9F to 82 F1 are hiragana, 83 xx katakana; A4 xx and A5 xx are those of EUC-JP. */
	if (a == 0x201A && b >= 0x9F && b <= 0xF1)
		return MOJIBAKE_FROM_SJIS;
	if (a == 0x0192 && (is_odd_trail(b) || (b >= '@' && b <= '~' && (third == 0x0192 || third == 0x201A))))
		return MOJIBAKE_FROM_SJIS;
	if ((a == 0xA4 || a == 0xA5) && b >= 0xA1 && b <= 0xF6)
		return MOJIBAKE_FROM_EUC;
	return N_MOJIBAKE;
}

/* The escapes of ISO-2022-JP in quoted-printable. */
static bool is_quoted_escape(struct span s)
{
	return span_starts_ci(s, SPAN_LIT("=1B")) && (span_starts(span_cut(s, 3, s.n), SPAN_LIT("$B")) ||
	        span_starts(span_cut(s, 3, s.n), SPAN_LIT("$@")) || span_starts(span_cut(s, 3, s.n), SPAN_LIT("(B")) ||
	        span_starts(span_cut(s, 3, s.n), SPAN_LIT("(J")));
}

/* The length of a sign in ASCII at the place: "&#12354;", "=E3=81" or "=1B$B"; 0 where none. */
static size_t ascii_sign(struct span s, size_t at, bool plain, enum mojibake_kind *kind)
{
	if (plain && s.p[at] == '&' && at + 2 < s.n && s.p[at + 1] == '#') {
		size_t end = at + 2;
		while (end < s.n && end < at + 9 && ascii_is_digit(s.p[end]))
			end++;
		*kind = MOJIBAKE_ENTITY;
		return end < s.n && s.p[end] == ';' && end >= at + 6 ? end + 1 - at : 0;
	}
	if (s.p[at] == '=' && at + 5 < s.n && s.p[at + 3] == '=' && (s.p[at + 1] == 'E' || s.p[at + 1] == 'e') &&
	        s.p[at + 2] >= '3' && s.p[at + 2] <= '9' && ascii_hex_value(s.p[at + 4]) >= 8 &&
	        ascii_hex_value(s.p[at + 4]) <= 11 && ascii_hex_value(s.p[at + 5]) >= 0) {
		*kind = MOJIBAKE_QP;
		return 6;
	}
	if (is_quoted_escape(span_cut(s, at, s.n))) {
		*kind = MOJIBAKE_QP;
		return 5;
	}
	return 0;
}

static void count_mojibake(struct span s, bool plain, struct mojibake *out)
{
	size_t on_line[N_MOJIBAKE] = {0};

	for (size_t at = 0; at < s.n;) {
		size_t start = at, end;
		enum mojibake_kind kind = N_MOJIBAKE;
		uint32_t ch = utf8_next(s, &at);
		if (ch == '\n') {
			memset(on_line, 0, sizeof(on_line));
			continue;
		}
		out->kana += ch >= 0x3041 && ch <= 0x30FA;
		out->characters += ch > ' ';
		end = at;
		if (ch == '&' || ch == '=') {
			size_t n = ascii_sign(s, start, plain, &kind);
			if (!n)
				continue;
			end = at = start + n;
		} else if (ch >= 0x80) {
			size_t behind = at;
			uint32_t second = behind < s.n ? utf8_next(s, &behind) : 0;
			end = behind;
			uint32_t third = behind < s.n ? utf8_next(s, &behind) : 0;
			kind = sign_of(ch, second, third);
		}
		if (kind == N_MOJIBAKE)
			continue;
		if (!out->hits[kind]++)
			out->first[kind] = (struct range){start, end};
		if (++on_line[kind] == 2)
			out->lines[kind]++;
	}
}

/* guessed: the charset was not declared, or the bytes are not in it. Text that looks damaged is then our own guess. */
static void mojibake_in(struct check *c, const struct text *text, bool plain, bool header, bool guessed)
{
	struct mojibake found = {0};
	size_t needed = header ? 2 : 4;

	count_mojibake(text->bytes, plain, &found);
	for (size_t kind = 0; kind < N_MOJIBAKE; kind++) {
		/* Without proper kana, and with signs nearly everywhere, the text is the damage itself and no article about it. */
		bool whole = kind < MOJIBAKE_ENTITY && found.kana < found.hits[kind] / 2 + 1 &&
		             (header || found.hits[kind] * 10 >= found.characters);
		if (guessed && kind < MOJIBAKE_ENTITY)
			continue;
		if (found.hits[kind] >= needed && (found.lines[kind] >= 3 || whole)) {
			check_report_text(c, text, found.first[kind], mojibake_cases[kind], ARG_I("count", found.hits[kind]));
			return;
		}
	}
}

/* A text about mail, which may show an encoded word on a line of its own. */
static bool speaks_of_encoding(struct span s)
{
	static const char *const terms[] = {"encod", "base64", "mime", "rfc", "charset", "header", "subject", "codage", "kodier",
	        "エンコード", "デコード", "符号化", "ヘッダ", "件名", "文字コード", "文字化け"};

	for (size_t i = 0; i < G_N_ELEMENTS(terms); i++)
		if (span_find_ci(s, span_str(terms[i]), 0) < s.n)
			return true;
	return false;
}

/* The end of the last encoded word of a line that holds nothing else, but perhaps the title behind a name; 0 where it is another line. */
static size_t words_only(struct span line)
{
	static const char *const titles[] = {"様", "さま", "さん", "御中"};
	size_t end = 0;

	if (!span_starts(line, SPAN_LIT("=?")))
		return 0;
	for (size_t at = span_find(line, SPAN_LIT("?="), 2); at < line.n; at = span_find(line, SPAN_LIT("?="), at + 1))
		end = at + 2;
	struct span rest = span_trim(span_cut(line, end, line.n));
	if (!rest.n)
		return end;
	for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
		if (span_starts(rest, span_str(titles[i])))
			return end;
	return 0;
}

static bool reads_as_japanese(struct span s)
{
	bool japanese = false;

	for (size_t at = 0; at < s.n;) {
		uint32_t ch = utf8_next(s, &at);
		if (ch == 0xFFFD)
			return false;
		japanese = japanese || (ch >= 0x3041 && ch <= 0x30FA) || (ch >= 0x4E00 && ch <= 0x9FFF);
	}
	return japanese && span_find(s, SPAN_LIT("=?"), 0) >= s.n;
}

/* A field of a header that was put into the text as it stands there. Only the first line of that kind is told. */
static void encoded_words_in(struct check *c, const struct text *text)
{
	enum { LINE_BYTES = 998, LINES_TRIED = 32 }; /* a reader's line; bounds the room for decoding */
	struct span s = text->bytes;
	size_t tried = 0;

	for (size_t at = 0, next; at < s.n && tried < LINES_TRIED; at = next + 1) {
		next = span_find_byte(s, '\n', at);
		struct span line = span_trim(span_cut(s, at, next));
		size_t end = line.n <= LINE_BYTES ? words_only(line) : 0;
		if (!end)
			continue;
		tried++;
		size_t start = (size_t)(line.p - s.p);
		struct range words = {start, start + end};
		const struct text *decoded = encoded_words_decode(check_arena(c), text, words, FIELD_UNSTRUCTURED, NULL, NULL);
		if (!reads_as_japanese(decoded->bytes))
			continue;
		if (!speaks_of_encoding(s))
			check_report_text(c, text, words, "encoded-word");
		return;
	}
}

/* Does a reader see this, or can he open it: a picture, an attachment, a part of another kind? */
static bool has_things_to_see(const struct message *m)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		if (span_trim(m->bodies[i].visible->bytes).n)
			return true;
	for (size_t i = 0; i < m->n_links; i++)
		if (m->links[i].kind == LINK_IMAGE || m->links[i].kind == LINK_OTHER)
			return true;
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!e->n_children && !e->is_displayed && e->body.end > e->body.start)
			return true;
	}
	return false;
}

/* A mail without anything in it. The place: the end of the first text, of the message where there is none. */
CHECK(body_empty)
{
	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	if (has_things_to_see(m))
		return;
	size_t end = m->n_bodies ? m->bodies[0].entity->body.end : m->range.end;
	check_report(c, ((struct range){ end, end }), m->n_bodies && m->bodies[0].html ? "html" : "text");
}

static bool has_unreadable_bytes(const struct field *field)
{
	return field && field->flags & FIELD_RAW_8BIT && !(field->flags & FIELD_RAW_UTF8);
}

/* Cases: those of enum mojibake_kind, the first kind found of each displayed text, of the Subject and of the sender's name; encoded-word. */
CHECK(mojibake)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct entity *e = m->bodies[i].entity;
		bool guessed = e && e->charset_result.decoded_as == CHARSET_OTHER && e->charset.family != CHARSET_OTHER;
		mojibake_in(c, m->bodies[i].visible, !m->bodies[i].html, false, guessed);
		encoded_words_in(c, m->bodies[i].visible);
	}
	if (m->subject)
		mojibake_in(c, m->subject, false, true, has_unreadable_bytes(m->subject_field));
	if (m->from.n && m->from.mailboxes[0].name_text)
		mojibake_in(c, m->from.mailboxes[0].name_text, false, true, has_unreadable_bytes(m->from_field));
}
