/* Charsets: labels, decoded text, problems with their places, maps, guessing, classes of characters. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/charset.h"

#define BYTES(s) s, sizeof(s) - 1
#define KANJI_IN "\x1b$B"
#define ASCII_IN "\x1b(B"
#define BAD "\xef\xbf\xbd"

struct fixture {
	struct arena *arena;
	struct text source;
	char *bytes;
	struct charset_result result;
};

static void decode(struct fixture *f, const char *label, const char *in, size_t n)
{
	/* Exactly n bytes on the heap, without a NUL: a sanitizer sees every over-read. */
	*f = (struct fixture){ .arena = arena_new(), .bytes = malloc(n ? n : 1) };
	memcpy(f->bytes, in, n);
	f->source.bytes = span_of(f->bytes, n);
	f->result = charset_decode(f->arena, charset_label_parse(span_str(label)), &f->source);
}

static void release(struct fixture *f)
{
	arena_free(f->arena);
	free(f->bytes);
}

enum {
	ILLEGAL = CHARSET_PROBLEM_ILLEGAL,
	UNASSIGNED = CHARSET_PROBLEM_UNASSIGNED,
	EOL = CHARSET_PROBLEM_JIS_EOL,
	END = CHARSET_PROBLEM_JIS_END,
	ODD = CHARSET_PROBLEM_JIS_ODD_BYTE,
	EIGHT = CHARSET_PROBLEM_JIS_8BIT,
	SHIFT = CHARSET_PROBLEM_JIS_SHIFT,
	KANA = CHARSET_PROBLEM_JIS_KANA_ESCAPE,
	UNKNOWN = CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE,
	FOREIGN = CHARSET_PROBLEM_JIS_FOREIGN_SET,
	REDUNDANT = CHARSET_PROBLEM_JIS_REDUNDANT_ESCAPE,
	SPACE = CHARSET_PROBLEM_JIS_SPACE,
	STRIPPED = CHARSET_PROBLEM_JIS_ESC_STRIPPED,
	NEC13 = CHARSET_PROBLEM_NEC_ROW13,
	NECSEL = CHARSET_PROBLEM_NEC_SELECTED,
	IBM = CHARSET_PROBLEM_IBM_EXTENSION,
	USER = CHARSET_PROBLEM_USER_DEFINED,
	HALF = CHARSET_PROBLEM_HALF_WIDTH_KANA
};

#define OK 0, { { 0, 0, 0, 0, 0 } }

static const struct {
	const char *name, *label, *in;
	size_t n_in;
	const char *want;
	size_t n_want;
	size_t n_problems;
	struct { int kind; uint32_t code_point; size_t offset, length, target; } problems[5];
} cases[] = {
	/* ISO-2022-JP, good. */
	{ "JIS kanji", "iso-2022-jp", BYTES("a" KANJI_IN "=U$N9f" ASCII_IN "b\r\n"), BYTES("a春の号b\r\n"), OK },
	{ "JIS 1978", "iso-2022-jp", BYTES("\x1b$@$\"" ASCII_IN), BYTES("あ"), OK },
	{ "JIS Roman", "iso-2022-jp", BYTES("\x1b(Ja\\~" ASCII_IN "\\~"), BYTES("a¥‾\\~"), OK },
	{ "JIS ends the line in Roman", "iso-2022-jp", BYTES(KANJI_IN "$\"\x1b(J\r\nx\\" ASCII_IN), BYTES("あ\r\nx¥"), OK },
	{ "JIS wave dash is the Windows one", "iso-2022-jp", BYTES(KANJI_IN "!A!]!B" ASCII_IN), BYTES("～－∥"), OK },
	{ "JIS empty", "iso-2022-jp", BYTES(""), BYTES(""), OK },
	/* Machine-dependent characters. */
	{ "JIS circled one", "iso-2022-jp", BYTES(KANJI_IN "$\"-!$$" ASCII_IN), BYTES("あ①い"), 1, { { NEC13, 0x2460, 5, 2, 3 } } },
	{ "JIS kabu", "iso-2022-jp", BYTES(KANJI_IN "-j$\"" ASCII_IN), BYTES("㈱あ"), 1, { { NEC13, 0x3231, 3, 2, 0 } } },
	{ "JIS ladder taka", "iso-2022-jp", BYTES(KANJI_IN "|b$\"" ASCII_IN), BYTES("髙あ"), 1, { { NECSEL, 0x9AD9, 3, 2, 0 } } },
	{ "JIS unassigned", "iso-2022-jp", BYTES(KANJI_IN ")!$\"" ASCII_IN), BYTES(BAD "あ"), 1, { { UNASSIGNED, 0, 3, 2, 0 } } },
	{ "JIS row 94", "iso-2022-jp", BYTES(KANJI_IN "~~" ASCII_IN), BYTES(BAD), 1, { { UNASSIGNED, 0, 3, 2, 0 } } },
	/* Half-width katakana, three ways. */
	{ "JIS kana escape", "iso-2022-jp", BYTES("\x1b(IJY" ASCII_IN), BYTES("ﾊﾙ"), 1, { { KANA, 0, 0, 3, 0 } } },
	{ "JIS kana escape under cp50221", "cp50221", BYTES("\x1b(I1" ASCII_IN), BYTES("ｱ"), 1, { { KANA, 0, 0, 3, 0 } } },
	{ "JIS 8-bit kana", "iso-2022-jp", BYTES("a\xca\xd9z"), BYTES("aﾊﾙz"), 1, { { EIGHT, 0xFF8A, 1, 2, 1 } } },
	{ "JIS shift", "iso-2022-jp", BYTES("\x0eJY\x0f" "b"), BYTES("ﾊﾙb"), 2, { { SHIFT, 0, 0, 1, 0 }, { SHIFT, 0, 3, 1, 6 } } },
	{ "JIS shift ends with the line", "iso-2022-jp", BYTES("\x0eJ\nJ"), BYTES("ﾊ\nJ"), 1, { { SHIFT, 0, 0, 1, 0 } } },
	/* Line and text ends. */
	{ "JIS no return", "iso-2022-jp", BYTES(KANJI_IN "$\"\r\nabcd\r\n"), BYTES("あ\r\nabcd\r\n"), 1, { { EOL, 0, 5, 2, 3 } } },
	{ "JIS no return, LF", "iso-2022-jp", BYTES(KANJI_IN "$\"\nab"), BYTES("あ\nab"), 1, { { EOL, 0, 5, 1, 3 } } },
	{ "JIS kana to the end of the line", "iso-2022-jp", BYTES("\x1b(I1\nab"), BYTES("ｱ\nab"), 2,
	  { { KANA, 0, 0, 3, 0 }, { EOL, 0, 4, 1, 3 } } },
	{ "JIS folded between bytes", "iso-2022-jp", BYTES(KANJI_IN "$\"$\r\n$$&" ASCII_IN), BYTES("あ" BAD "\r\n$$&"), 2,
	  { { ODD, 0, 5, 1, 3 }, { EOL, 0, 6, 2, 6 } } },
	{ "JIS odd byte before ESC", "iso-2022-jp", BYTES(KANJI_IN "$\"$" ASCII_IN "abc"), BYTES("あ" BAD "abc"), 1, { { ODD, 0, 5, 1, 3 } } },
	{ "JIS open at the end", "iso-2022-jp", BYTES(KANJI_IN "$\""), BYTES("あ"), 1, { { END, 0, 5, 0, 3 } } },
	{ "JIS Roman at the end", "iso-2022-jp", BYTES("\x1b(Ja"), BYTES("a"), 1, { { END, 0, 4, 0, 1 } } },
	{ "JIS odd byte at the end", "iso-2022-jp", BYTES(KANJI_IN "$\"$"), BYTES("あ" BAD), 2, { { ODD, 0, 5, 1, 3 }, { END, 0, 6, 0, 6 } } },
	{ "JIS space in a run", "iso-2022-jp", BYTES(KANJI_IN "$\"  $$" ASCII_IN), BYTES("あ  い"), 1, { { SPACE, ' ', 5, 2, 3 } } },
	{ "JIS odd byte before space", "iso-2022-jp", BYTES(KANJI_IN "$ $$" ASCII_IN), BYTES(BAD " い"), 2,
	  { { ODD, 0, 3, 1, 0 }, { SPACE, ' ', 4, 1, 3 } } },
	/* Escapes. */
	{ "JIS redundant", "iso-2022-jp", BYTES(KANJI_IN "$\"" ASCII_IN KANJI_IN "$$" ASCII_IN), BYTES("あい"), 1, { { REDUNDANT, 0, 5, 6, 3 } } },
	{ "JIS redundant at the start", "iso-2022-jp", BYTES(ASCII_IN KANJI_IN "$$" ASCII_IN), BYTES("い"), 1, { { REDUNDANT, 0, 0, 6, 0 } } },
	{ "JIS escapes with a line end between", "iso-2022-jp", BYTES(KANJI_IN "$\"" ASCII_IN "\n" KANJI_IN "$$" ASCII_IN), BYTES("あ\nい"), OK },
	{ "JIS ESC ( H", "iso-2022-jp", BYTES(KANJI_IN "$\"\x1b(Habc"), BYTES("あabc"), 1, { { UNKNOWN, 0, 5, 3, 3 } } },
	{ "JIS lone ESC", "iso-2022-jp", BYTES("a\x1bz\x1b"), BYTES("a" BAD "z" BAD), 2, { { UNKNOWN, 0, 1, 1, 1 }, { UNKNOWN, 0, 3, 1, 5 } } },
	{ "JIS unknown set", "iso-2022-jp", BYTES("\x1b)Xab"), BYTES(BAD "ab"), 1, { { UNKNOWN, 0, 0, 3, 0 } } },
	{ "JIS escape cut off", "iso-2022-jp", BYTES("a\x1b$"), BYTES("a" BAD "$"), 1, { { UNKNOWN, 0, 1, 1, 1 } } },
	{ "JIS X 0212", "iso-2022-jp", BYTES("\x1b$(D0!" ASCII_IN), BYTES("丂"), 1, { { FOREIGN, 0, 0, 4, 0 } } },
	{ "JIS X 0212 where promised", "iso-2022-jp-1", BYTES("\x1b$(D0!" ASCII_IN), BYTES("丂"), OK },
	{ "GB 2312", "iso-2022-jp", BYTES("\x1b$AVP" ASCII_IN), BYTES("中"), 1, { { FOREIGN, 0, 0, 3, 0 } } },
	{ "KS C 5601 where promised", "iso-2022-jp-2", BYTES("\x1b$(C0!" ASCII_IN), BYTES("가"), OK },
	{ "Latin-1 by ESC N", "iso-2022-jp-2", BYTES("\x1b.Acaf\x1bNi"), BYTES("café"), OK },
	{ "Greek by ESC N", "iso-2022-jp-2", BYTES("\x1b.F\x1bNa"), BYTES("α"), OK },
	{ "JIS X 0213", "iso-2022-jp", BYTES("\x1b$(O$\"" ASCII_IN), BYTES("あ"), 1, { { FOREIGN, 0, 0, 4, 0 } } },
	{ "JIS X 0213 plane 2", "iso-2022-jp", BYTES("\x1b$(P!!" ASCII_IN), BYTES(BAD), 2, { { FOREIGN, 0, 0, 4, 0 }, { UNASSIGNED, 0, 4, 2, 0 } } },
	{ "JIS private area", "iso-2022-jp-ms", BYTES("\x1b$(?!!" ASCII_IN), BYTES("\xee\x80\x80"), 2,
	  { { UNKNOWN, 0, 0, 4, 0 }, { USER, 0xE000, 4, 2, 0 } } },
	{ "JIS 8-bit inside a run", "iso-2022-jp", BYTES(KANJI_IN "$\"\xff$$" ASCII_IN), BYTES("あ" BAD "い"), 1, { { EIGHT, 0, 5, 1, 3 } } },
	/* ESC lost. */
	{ "stripped, ASCII", "us-ascii", BYTES("a $B$3$s$K$A$O(B"), BYTES("a $B$3$s$K$A$O(B"), 1, { { STRIPPED, 0x3053, 2, 14, 2 } } },
	{ "stripped, JIS", "iso-2022-jp", BYTES("$B$3$s(Jx$@=U(B"), BYTES("$B$3$s(Jx$@=U(B"), 2,
	  { { STRIPPED, 0x3053, 0, 8, 0 }, { STRIPPED, 0x6625, 9, 6, 9 } } },
	{ "stripped, UTF-8", "utf-8", BYTES("あ$B2q5D(B"), BYTES("あ$B2q5D(B"), 1, { { STRIPPED, 0x4F1A, 3, 8, 3 } } },
	{ "stripped, no label", "", BYTES("$B$3$s(B"), BYTES("$B$3$s(B"), 1, { { STRIPPED, 0x3053, 0, 8, 0 } } },
	{ "stripped, Latin-1", "iso-8859-1", BYTES("\xe9$B$3$s(B"), BYTES("é$B$3$s(B"), 1, { { STRIPPED, 0x3053, 1, 8, 2 } } },
	{ "not stripped: a word", "us-ascii", BYTES("$BASE(B) $B(B $B$(B $B a(B"), BYTES("$BASE(B) $B(B $B$(B $B a(B"), OK },
	{ "not stripped: odd", "us-ascii", BYTES("$B$3$(B"), BYTES("$B$3$(B"), OK },
	{ "not stripped: ESC is there", "us-ascii", BYTES(KANJI_IN "$3$s" ASCII_IN), BYTES("こん"), OK },
	/* Shift_JIS. */
	{ "SJIS", "Shift_JIS", BYTES("\x82\xa0\x95\x5c" "a"), BYTES("あ表a"), OK },
	{ "SJIS machine-dependent", "Shift_JIS", BYTES("\x87\x8a\x8d\x82\xfb\xfc\xfa\xb1"), BYTES("㈱高髙﨑"), 3,
	  { { NEC13, 0x3231, 0, 2, 0 }, { IBM, 0x9AD9, 4, 2, 6 }, { IBM, 0xFA11, 6, 2, 9 } } },
	{ "SJIS as windows-31j", "windows-31j", BYTES("\x87\x8a\x8d\x82\xfb\xfc\xfa\xb1"), BYTES("㈱高髙﨑"), 3,
	  { { NEC13, 0x3231, 0, 2, 0 }, { IBM, 0x9AD9, 4, 2, 6 }, { IBM, 0xFA11, 6, 2, 9 } } },
	{ "SJIS as x-sjis", "x-sjis", BYTES("\x87\x8a\x8d\x82\xfb\xfc\xfa\xb1"), BYTES("㈱高髙﨑"), 3,
	  { { NEC13, 0x3231, 0, 2, 0 }, { IBM, 0x9AD9, 4, 2, 6 }, { IBM, 0xFA11, 6, 2, 9 } } },
	{ "SJIS circled one", "shift_jis", BYTES("\x87\x40\x82\xa0"), BYTES("①あ"), 1, { { NEC13, 0x2460, 0, 2, 0 } } },
	{ "SJIS NEC-selected", "cp932", BYTES("\xed\x95"), BYTES("﨑"), 1, { { NECSEL, 0xFA11, 0, 2, 0 } } },
	{ "SJIS user", "cp932", BYTES("\xf8\x9f\xf6\x60"), BYTES("\xee\x98\xbe\xee\x92\x88"), 2,
	  { { USER, 0xE63E, 0, 2, 0 }, { USER, 0xE488, 2, 2, 3 } } },
	{ "SJIS half-width", "shift_jis", BYTES("a\xca\xd9z"), BYTES("aﾊﾙz"), 1, { { HALF, 0xFF8A, 1, 2, 1 } } },
	{ "SJIS URL", "shift_jis", BYTES("http://www.example.jp/~user/\\"), BYTES("http://www.example.jp/~user/\\"), OK },
	{ "SJIS controls stay", "shift_jis", BYTES("\x1a\x1c\x7f"), BYTES("\x1a\x1c\x7f"), OK },
	{ "SJIS lead before CRLF", "shift_jis", BYTES("\x82\r\n\x82"), BYTES(BAD "\r\n" BAD), 2, { { ILLEGAL, 0, 0, 1, 0 }, { ILLEGAL, 0, 3, 1, 5 } } },
	{ "SJIS no such byte", "shift_jis", BYTES("\x80\xa0\xfd"), BYTES(BAD BAD BAD), 3,
	  { { ILLEGAL, 0, 0, 1, 0 }, { ILLEGAL, 0, 1, 1, 3 }, { ILLEGAL, 0, 2, 1, 6 } } },
	{ "SJIS unassigned", "shift_jis", BYTES("\x85\x40" "a"), BYTES(BAD "a"), 1, { { UNASSIGNED, 0, 0, 2, 0 } } },
	/* EUC-JP. */
	{ "EUC", "euc-jp", BYTES("\xa4\xa2\xb0\xa1" "a"), BYTES("あ亜a"), OK },
	{ "EUC half-width", "euc-jp", BYTES("\x8e\xca\x8e\xd9"), BYTES("ﾊﾙ"), 1, { { HALF, 0xFF8A, 0, 4, 0 } } },
	{ "EUC JIS X 0212", "euc-jp", BYTES("\x8f\xb0\xa1"), BYTES("丂"), OK },
	{ "EUC NEC", "eucjp-ms", BYTES("\xad\xa1"), BYTES("①"), 1, { { NEC13, 0x2460, 0, 2, 0 } } },
	{ "EUC bad", "euc-jp", BYTES("\xa4\xff\xa4" "a\x8f\xb0"), BYTES(BAD BAD BAD "a" BAD BAD), 5,
	  { { ILLEGAL, 0, 0, 1, 0 }, { ILLEGAL, 0, 1, 1, 3 }, { ILLEGAL, 0, 2, 1, 6 }, { ILLEGAL, 0, 4, 1, 10 }, { ILLEGAL, 0, 5, 1, 13 } } },
	/* UTF-8. The examples are those of the Unicode Standard, section 3.9, tables 3-8 to 3-11. */
	{ "UTF-8", "utf-8", BYTES("aあ\xf0\x9f\x98\x80\0z"), BYTES("aあ\xf0\x9f\x98\x80\0z"), OK },
	{ "UTF-8 overlong", "utf-8", BYTES("\xc0\xaf" "A"), BYTES(BAD BAD "A"), 2, { { ILLEGAL, 0, 0, 1, 0 }, { ILLEGAL, 0, 1, 1, 3 } } },
	{ "UTF-8 surrogate", "utf-8", BYTES("\xed\xa0\x80"), BYTES(BAD BAD BAD), 3,
	  { { ILLEGAL, 0, 0, 1, 0 }, { ILLEGAL, 0, 1, 1, 3 }, { ILLEGAL, 0, 2, 1, 6 } } },
	{ "UTF-8 above 10FFFF", "utf-8", BYTES("\xf4\x90\x80\x80"), BYTES(BAD BAD BAD BAD), 4,
	  { { ILLEGAL, 0, 0, 1, 0 }, { ILLEGAL, 0, 1, 1, 3 }, { ILLEGAL, 0, 2, 1, 6 }, { ILLEGAL, 0, 3, 1, 9 } } },
	{ "UTF-8 truncated", "utf-8", BYTES("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf" "A"), BYTES(BAD BAD BAD BAD "A"), 4,
	  { { ILLEGAL, 0, 0, 2, 0 }, { ILLEGAL, 0, 2, 1, 3 }, { ILLEGAL, 0, 3, 3, 6 }, { ILLEGAL, 0, 6, 2, 9 } } },
	{ "UTF-8 cut at the end", "utf-8", BYTES("a\xe3\x81"), BYTES("a" BAD), 1, { { ILLEGAL, 0, 1, 2, 1 } } },
	/* By ICU. */
	{ "Latin-1", "iso-8859-1", BYTES("caf\xe9\n"), BYTES("café\n"), OK },
	{ "windows-1252", "windows-1252", BYTES("\x93q\x94\x80"), BYTES("“q”€"), OK },
	{ "KOI8-R", "koi8-r", BYTES("\xd0\xd2"), BYTES("пр"), OK },
	{ "GB18030, four bytes", "gb18030", BYTES("a\x94\x39\xda\x33z"), BYTES("a\xf0\x9f\x92\xa9z"), OK },
	{ "EUC-KR bad", "euc-kr", BYTES("\xb0\xa1\xff" "a"), BYTES("가" BAD "a"), 1, { { ILLEGAL, 0, 2, 1, 3 } } },
	{ "Big5 cut", "big5", BYTES("\xa4\xa4\xa4"), BYTES("中" BAD), 1, { { ILLEGAL, 0, 2, 1, 3 } } },
	/* The label is wrong or missing. */
	{ "no label, JIS", "", BYTES(KANJI_IN "=U" ASCII_IN), BYTES("春"), OK },
	{ "utf-8, but JIS", "utf-8", BYTES(KANJI_IN "=U" ASCII_IN), BYTES("春"), OK },
	{ "us-ascii, but UTF-8", "us-ascii", BYTES("春"), BYTES("春"), OK },
	{ "unknown label, SJIS", "x-no-such", BYTES("\x82\xb1\x82\xf1"), BYTES("こん"), OK },
	{ "utf-7 is not decoded", "utf-7", BYTES("+JmM-"), BYTES("+JmM-"), OK },
	{ "iso-2022-jp, but UTF-8", "iso-2022-jp", BYTES("a春の"), BYTES("a春の"), 1, { { EIGHT, 0, 1, 6, 1 } } },
	{ "iso-2022-jp, but SJIS", "iso-2022-jp", BYTES("\x82\xb1\x82\xf1z\x82\xbe"), BYTES("こんzだ"), 2,
	  { { EIGHT, 0, 0, 4, 0 }, { EIGHT, 0, 5, 2, 7 } } },
};

START_TEST(decoded)
{
	struct fixture f;
	decode(&f, cases[_i].label, cases[_i].in, cases[_i].n_in);
	struct span got = f.result.text->bytes;
	ck_assert_msg(span_eq(got, span_of(cases[_i].want, cases[_i].n_want)), "%s: got '%.*s'", cases[_i].name, (int)got.n, got.p);
	for (size_t i = 0; i < f.result.n_problems && i < cases[_i].n_problems; i++) {
		const struct charset_problem *p = &f.result.problems[i];
		ck_assert_msg((int)p->kind == cases[_i].problems[i].kind && p->code_point == cases[_i].problems[i].code_point &&
				      p->offset == cases[_i].problems[i].offset && p->length == cases[_i].problems[i].length &&
				      p->target == cases[_i].problems[i].target,
			      "%s: problem %zu: kind %d U+%04X at %zu+%zu, target %zu", cases[_i].name, i, (int)p->kind, p->code_point,
			      p->offset, p->length, p->target);
	}
	ck_assert_msg(f.result.n_problems == cases[_i].n_problems, "%s: %zu problems", cases[_i].name, f.result.n_problems);
	/* The map covers the text exactly, in order. */
	size_t dst = 0;
	for (size_t i = 0; i < f.result.text->map.n; i++) {
		const struct map_run *r = &f.result.text->map.runs[i];
		ck_assert_uint_eq(r->dst, dst);
		dst += r->dst_len;
		ck_assert_uint_le((size_t)r->src + r->src_len, cases[_i].n_in);
	}
	ck_assert_uint_eq(dst, got.n);
	release(&f);
}
END_TEST

/* The bytes that a stretch of the text came from. */
static const struct {
	const char *label, *in, *stretch;
	size_t want_start, want_end;
} places[] = {
	{ "iso-2022-jp", "a" KANJI_IN "=U$N9f" ASCII_IN "b", "a", 0, 1 },
	{ "iso-2022-jp", "a" KANJI_IN "=U$N9f" ASCII_IN "b", "春", 4, 6 },
	{ "iso-2022-jp", "a" KANJI_IN "=U$N9f" ASCII_IN "b", "の号", 6, 10 },
	{ "iso-2022-jp", "a" KANJI_IN "=U$N9f" ASCII_IN "b", "号b", 8, 14 },
	{ "iso-2022-jp", "a" KANJI_IN "=U$N9f" ASCII_IN "b", "b", 13, 14 },
	{ "iso-2022-jp", KANJI_IN "$\"-!$$" ASCII_IN, "①", 5, 7 },
	{ "iso-2022-jp", KANJI_IN "-!$$" ASCII_IN, "い", 5, 7 },
	{ "iso-2022-jp", KANJI_IN "$\"" ASCII_IN KANJI_IN "$$" ASCII_IN, "い", 11, 13 },
	{ "iso-2022-jp", "\x1b(Ja\\~" ASCII_IN "z", "¥", 4, 5 },
	{ "iso-2022-jp", "\x1b(Ja\\~" ASCII_IN "z", "‾", 5, 6 },
	{ "iso-2022-jp", "\x1b(Ja\\~" ASCII_IN "z", "z", 9, 10 },
	{ "iso-2022-jp", "\x1b(IJY" ASCII_IN, "ﾙ", 4, 5 },
	{ "iso-2022-jp-2", "\x1b.Acaf\x1bNi.", "é", 6, 9 },
	{ "shift_jis", "\x87\x8a\xb1z\xfb\xfc", "㈱", 0, 2 },
	{ "shift_jis", "\x87\x8a\xb1z\xfb\xfc", "ｱ", 2, 3 },
	{ "shift_jis", "\x87\x8a\xb1z\xfb\xfc", "z", 3, 4 },
	{ "shift_jis", "\x87\x8a\xb1z\xfb\xfc", "髙", 4, 6 },
	{ "euc-jp", "\x8f\xb0\xa1\x8e\xca\xa4\xa2", "丂", 0, 3 },
	{ "euc-jp", "\x8f\xb0\xa1\x8e\xca\xa4\xa2", "ﾊ", 3, 5 },
	{ "euc-jp", "\x8f\xb0\xa1\x8e\xca\xa4\xa2", "あ", 5, 7 },
	{ "utf-8", "a\xe3\x81" "bあ", BAD, 1, 3 },
	{ "utf-8", "a\xe3\x81" "bあ", "あ", 4, 7 },
	{ "iso-8859-1", "caf\xe9\xe8!", "é", 3, 4 },
	{ "iso-8859-1", "caf\xe9\xe8!", "è!", 4, 6 },
	{ "gb18030", "a\x94\x39\xda\x33\xb0\xa1z", "\xf0\x9f\x92\xa9", 1, 5 },
	{ "gb18030", "a\x94\x39\xda\x33\xb0\xa1z", "啊", 5, 7 },
	{ "gb18030", "a\x94\x39\xda\x33\xb0\xa1z", "z", 7, 8 },
};

START_TEST(place)
{
	struct fixture f;
	decode(&f, places[_i].label, places[_i].in, strlen(places[_i].in));
	struct span text = f.result.text->bytes, stretch = span_str(places[_i].stretch);
	size_t at = span_find(text, stretch, 0);
	ck_assert_uint_lt(at, text.n);
	struct range got = text_to_file(f.result.text, at, at + stretch.n);
	ck_assert_msg(got.start == places[_i].want_start && got.end == places[_i].want_end, "%s, '%s': %zu..%zu", places[_i].label,
		      places[_i].stretch, got.start, got.end);
	release(&f);
}
END_TEST

/* A text longer than what is handed to ICU at once, shifted so that characters lie across the border. */
START_TEST(long_text_by_icu)
{
	static const char unit[] = "\xb0\xa1\x94\x39\xda\x33" "x";
	size_t n = (size_t)_i, n_units = 20000;
	char *in = malloc(n + n_units * 7);
	memset(in, 'y', n);
	for (size_t i = 0; i < n_units; i++)
		memcpy(in + n + i * 7, unit, 7);
	struct fixture f;
	decode(&f, "gb18030", in, n + n_units * 7);
	ck_assert_uint_eq(f.result.n_problems, 0);
	ck_assert_uint_eq(f.result.text->bytes.n, n + n_units * 8);
	for (size_t i = 0; i < n_units; i++) {
		size_t at = n + i * 8, from = n + i * 7;
		ck_assert(memcmp(f.result.text->bytes.p + at, "啊\xf0\x9f\x92\xa9x", 8) == 0);
		struct range a = text_to_file(f.result.text, at, at + 3), b = text_to_file(f.result.text, at + 3, at + 7);
		ck_assert_uint_eq(a.start, from);
		ck_assert_uint_eq(a.end, from + 2);
		ck_assert_uint_eq(b.start, from + 2);
		ck_assert_uint_eq(b.end, from + 6);
	}
	release(&f);
	free(in);
}
END_TEST

static const struct {
	const char *label;
	enum charset_family family;
	unsigned flags;
	const char *suggested;
} labels[] = {
	{ "", CHARSET_NONE, 0, NULL },
	{ " \"\" ", CHARSET_NONE, 0, NULL },
	{ "UTF-8", CHARSET_UTF8, 0, NULL },
	{ " \"utf-8\" ", CHARSET_UTF8, 0, NULL },
	{ "'Utf-8'", CHARSET_UTF8, 0, NULL },
	{ "utf8", CHARSET_UTF8, CHARSET_LABEL_UNREGISTERED, "UTF-8" },
	{ "US-ASCII", CHARSET_ASCII, 0, NULL },
	{ "ISO-2022-JP", CHARSET_ISO_2022_JP, 0, NULL },
	{ "iso2022jp", CHARSET_ISO_2022_JP, CHARSET_LABEL_UNREGISTERED, "ISO-2022-JP" },
	{ "cp50220", CHARSET_ISO_2022_JP, CHARSET_LABEL_EXTENDED_JIS, "ISO-2022-JP" },
	{ "ISO-2022-JP-MS", CHARSET_ISO_2022_JP, CHARSET_LABEL_EXTENDED_JIS | CHARSET_LABEL_UNREGISTERED, "UTF-8" },
	{ "iso-2022-jp-2", CHARSET_ISO_2022_JP, CHARSET_LABEL_EXTENDED_JIS, "UTF-8" },
	{ "iso-2022-jp-2004", CHARSET_ISO_2022_JP,
	  CHARSET_LABEL_EXTENDED_JIS | CHARSET_LABEL_UNREGISTERED | CHARSET_LABEL_UNUSABLE, "UTF-8" },
	{ "Shift_JIS", CHARSET_SHIFT_JIS, 0, NULL },
	{ "x-sjis", CHARSET_SHIFT_JIS, CHARSET_LABEL_UNREGISTERED, "Shift_JIS" },
	{ "CP932", CHARSET_SHIFT_JIS, CHARSET_LABEL_UNREGISTERED, "Windows-31J" },
	{ "windows-31j", CHARSET_SHIFT_JIS, 0, NULL },
	{ "ibm-943", CHARSET_SHIFT_JIS, CHARSET_LABEL_UNREGISTERED, "Shift_JIS" },
	{ "EUC-JP", CHARSET_EUC_JP, 0, NULL },
	{ "ujis", CHARSET_EUC_JP, CHARSET_LABEL_UNREGISTERED, "EUC-JP" },
	{ "iso-8859-15", CHARSET_OTHER, 0, NULL },
	{ "latin1", CHARSET_OTHER, 0, NULL },
	{ "iso88591", CHARSET_OTHER, CHARSET_LABEL_UNREGISTERED, "ISO-8859-1" },
	{ "GB2312", CHARSET_OTHER, 0, NULL },
	{ "koi8-r", CHARSET_OTHER, 0, NULL },
	{ "iso-2022-kr", CHARSET_OTHER, 0, NULL },
	{ "utf-7", CHARSET_FORBIDDEN, 0, "UTF-8" },
	{ "UTF-16", CHARSET_FORBIDDEN, 0, "UTF-8" },
	{ "utf-16le", CHARSET_FORBIDDEN, 0, "UTF-8" },
	{ "UTF-32BE", CHARSET_FORBIDDEN, 0, "UTF-8" },
	{ "scsu", CHARSET_FORBIDDEN, 0, "UTF-8" },
	{ "ibm037", CHARSET_FORBIDDEN, 0, "UTF-8" },
	{ "unknown-8bit", CHARSET_FORBIDDEN, 0, "UTF-8" },
	{ "binary", CHARSET_FORBIDDEN, 0, "UTF-8" },
	{ "no-such-charset", CHARSET_UNKNOWN, 0, NULL },
	{ "iso-8859-1,version=1", CHARSET_UNKNOWN, 0, NULL },
	{ "utf-8\x01", CHARSET_UNKNOWN, 0, NULL },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", CHARSET_UNKNOWN, 0, NULL },
};

START_TEST(label)
{
	/* A span without a NUL behind it. */
	size_t n = strlen(labels[_i].label);
	char *copy = malloc(n ? n : 1);
	memcpy(copy, labels[_i].label, n);
	struct charset_label got = charset_label_parse(span_of(copy, n));
	free(copy);
	ck_assert_msg(got.family == labels[_i].family && got.flags == labels[_i].flags, "%s: family %d flags %u", labels[_i].label,
		      (int)got.family, got.flags);
	ck_assert_pstr_eq(got.suggested, labels[_i].suggested);
	if (got.family == CHARSET_OTHER)
		ck_assert_ptr_nonnull(got.converter);
}
END_TEST

static const struct {
	const char *in;
	enum charset_family family;
	bool certain;
	const char *name;
} guesses[] = {
	{ "", CHARSET_ASCII, true, "US-ASCII" },
	{ "plain \x1b[0m", CHARSET_ASCII, true, "US-ASCII" },
	{ KANJI_IN "=U" ASCII_IN, CHARSET_ISO_2022_JP, true, "ISO-2022-JP" },
	{ "春の号", CHARSET_UTF8, true, "UTF-8" },
	{ "\x8f\x74\x82\xcc\x8d\x86", CHARSET_SHIFT_JIS, true, "Shift_JIS" },
	{ "\xbd\xd5\xa4\xce\xb9\xe6\xa4\xc7\xa4\xb9", CHARSET_EUC_JP, true, "EUC-JP" },
	/* Kanji alone decide, but not for certain. */
	{ "\x89\xef\x8b\x63", CHARSET_SHIFT_JIS, false, "Shift_JIS" },
	/* An apostrophe of windows-1252 and an s are a kanji of Shift_JIS; inverted exclamation marks are a wide space of EUC-JP. */
	{ "it\x92s", CHARSET_OTHER, false, "windows-1252" },
	{ "\xa1\xa1Hola", CHARSET_OTHER, false, "windows-1252" },
	{ "caf\xe9 au lait", CHARSET_OTHER, false, "windows-1252" },
	{ "r\xe9sum\xe9s", CHARSET_OTHER, false, "windows-1252" },
	{ "M\xfcller", CHARSET_OTHER, false, "windows-1252" },
	/* A wave drawn of middle dots, cedillas and accents: 30 kanji without a kana between them are no Japanese text. */
	{ "\xb7\xb8\xb8\xb7\xb4\xb4\xb7\xb8\xb8\xb7\xb4\xb4\xb7\xb8\xb8\xb7\xb4\xb4\xb7\xb8\xb8\xb7\xb4\xb4\xb7\xb8\xb8\xb7\xb4\xb4"
	  "\xb7\xb8\xb8\xb7\xb4\xb4\xb7\xb8\xb8\xb7\xb4\xb4\xb7\xb8\xb8\xb7\xb4\xb4\xb7\xb8\xb8\xb7\xb4\xb4\xb7\xb8\xb8\xb7\xb4\xb4", CHARSET_OTHER, false, "windows-1252" },
	/* One damaged place does not hide what the text is. */
	{ "春の号のお知らせです。よろしく\xe3", CHARSET_UTF8, false, "UTF-8" },
};

START_TEST(guess)
{
	const char *name = NULL;
	bool certain = false;
	enum charset_family got = charset_guess(span_str(guesses[_i].in), &name, &certain);
	ck_assert_msg(got == guesses[_i].family && certain == guesses[_i].certain, "%s: %s, certain %d", guesses[_i].in, name, certain);
	ck_assert_str_eq(name, guesses[_i].name);
	ck_assert_int_eq(charset_guess(span_str(guesses[_i].in), NULL, NULL), got);
}
END_TEST

START_TEST(problems_are_capped_and_counted)
{
	enum { N = 5000 };
	char *in = malloc(N);
	memset(in, 0xFF, N);
	struct fixture f;
	decode(&f, "utf-8", in, N);
	ck_assert_uint_eq(f.result.n_problems, CHARSET_MAX_PROBLEMS);
	ck_assert_uint_eq(f.result.n_dropped, N - CHARSET_MAX_PROBLEMS);
	ck_assert_uint_eq(f.result.n_illegal, N);
	ck_assert_uint_eq(f.result.text->bytes.n, 3 * N);
	release(&f);
	free(in);
}
END_TEST

START_TEST(valid_utf8_is_not_copied)
{
	struct fixture f;
	decode(&f, "utf-8", "春の号", 9);
	ck_assert_ptr_eq(f.result.text->bytes.p, f.bytes);
	ck_assert_uint_eq(f.result.text->map.n, 1);
	ck_assert_int_eq(f.result.decoded_as, CHARSET_UTF8);
	release(&f);
}
END_TEST

/* Texts that invite a search to start again at every byte; the time limit of the case is the test. */
START_TEST(hostile_texts_are_linear)
{
	static const char *const units[] = { "$B", "$B!!", "$@$B$\"", "$BAB", KANJI_IN, "\x1b", "\x0e", KANJI_IN "$", "\xe3\x81", "\x82", "$B(B" };
	static const char *const names[] = { "", "iso-2022-jp", "utf-8", "shift_jis", "euc-jp", "gb18030" };
	const char *unit = units[_i % (int)(sizeof units / sizeof *units)], *name = names[_i / (int)(sizeof units / sizeof *units)];
	size_t n_unit = strlen(unit), n = 2000000 / n_unit * n_unit;
	char *in = malloc(n);
	for (size_t i = 0; i < n; i += n_unit)
		memcpy(in + i, unit, n_unit);
	struct fixture f;
	decode(&f, name, in, n);
	ck_assert_uint_le(f.result.n_problems, CHARSET_MAX_PROBLEMS);
	release(&f);
	free(in);
}
END_TEST

static const struct {
	uint32_t code_point;
	enum jis_class class;
} classes[] = {
	{ 'a', JIS_ASCII },          { 0x3042, JIS_X_0208 },      { 0x6625, JIS_X_0208 },     { 0x2605, JIS_X_0208 },   { 0x3012, JIS_X_0208 },
	{ 0x2460, JIS_NEC_ROW13 },   { 0x3231, JIS_NEC_ROW13 },   { 0x2116, JIS_NEC_ROW13 },  { 0x9AD9, JIS_IBM },      { 0xFA11, JIS_IBM },
	{ 0x2170, JIS_IBM },         { 0xFF71, JIS_HALF_WIDTH },  { 0xE63E, JIS_USER_DEFINED }, { 0xF86F, JIS_USER_DEFINED },
	{ 0x200B, JIS_IGNORABLE },   { 0xFEFF, JIS_IGNORABLE },   { 0xFE0F, JIS_IGNORABLE },  { 0xE0100, JIS_IGNORABLE },
	{ 0x1F600, JIS_NONE },       { 0x20B9F, JIS_NONE },       { 0xE9, JIS_NONE },         { 0xA0, JIS_NONE },       { 0x3099, JIS_NONE },
	{ 0x2665, JIS_NONE },        { 0x20AC, JIS_NONE },        { 0xD800, JIS_NONE },       { 0x110000, JIS_NONE },
	/* Both readings of the cells that are read in two ways. */
	{ 0x301C, JIS_X_0208 },      { 0xFF5E, JIS_X_0208 },      { 0x2016, JIS_X_0208 },     { 0x2225, JIS_X_0208 },   { 0x2212, JIS_X_0208 },
	{ 0xFF0D, JIS_X_0208 },      { 0xA2, JIS_X_0208 },        { 0xFFE0, JIS_X_0208 },     { 0xA3, JIS_X_0208 },     { 0xFFE1, JIS_X_0208 },
	{ 0xAC, JIS_X_0208 },        { 0xFFE2, JIS_X_0208 },      { 0x2014, JIS_X_0208 },     { 0x2015, JIS_X_0208 },
};

START_TEST(class)
{
	struct jis_encoder *encoder = jis_encoder_new();
	ck_assert_ptr_nonnull(encoder);
	enum jis_class got = jis_classify(encoder, classes[_i].code_point);
	ck_assert_msg(got == classes[_i].class, "U+%04X: %d", classes[_i].code_point, (int)got);
	/* Asked again it is the same. */
	ck_assert_int_eq(jis_classify(encoder, classes[_i].code_point), got);
	jis_encoder_free(encoder);
}
END_TEST

/* JIS X 0208 has 6879 characters, and seven more code points are folded to one of them; NEC row 13 has 74 of its own. */
START_TEST(classes_of_all_characters)
{
	struct jis_encoder *encoder = jis_encoder_new();
	size_t n[JIS_NONE + 1] = { 0 };
	for (uint32_t c = 0; c <= 0x10FFFF; c++)
		n[jis_classify(encoder, c)]++;
	ck_assert_uint_eq(n[JIS_ASCII], 128);
	ck_assert_uint_eq(n[JIS_X_0208], 6879 + 7);
	ck_assert_uint_eq(n[JIS_NEC_ROW13], 74);
	ck_assert_uint_eq(n[JIS_IBM], 373);
	ck_assert_uint_eq(n[JIS_HALF_WIDTH], 63);
	jis_encoder_free(encoder);
}
END_TEST

static const struct {
	uint32_t code_point;
	const char *text;
	bool certain;
} replaced[] = {
	{ 0x2460, "(1)", true },	 { 0x2473, "(20)", true },    { 0x2160, "I", true },	   { 0x2169, "X", true },
	{ 0x2179, "x", true },		 { 0x3231, "(株)", true },    { 0x32A5, "(中)", true },	   { 0x2116, "No.", true },
	{ 0x2121, "TEL", true },	 { 0x337B, "平成", true },    { 0x32FF, "令和", true },	   { 0x3349, "ミリ", true },
	{ 0x33A1, "m2", true },		 { 0x9AD9, "高", false },     { 0xFA11, "崎", false },	   { 0xFF71, "ア", true },
	{ 0xFF9F, "゜", true },		 { 0xFF61, "。", true },      { 0x222E, NULL, false },	   { 0x3042, NULL, false },
	{ 0xFFA0, NULL, false },	 { 0, NULL, false },
};

START_TEST(replacement)
{
	bool certain = true;
	const char *got = machine_dependent_replacement(replaced[_i].code_point, &certain);
	ck_assert_pstr_eq(got, replaced[_i].text);
	ck_assert_int_eq(certain, replaced[_i].certain);
	ck_assert_pstr_eq(machine_dependent_replacement(replaced[_i].code_point, NULL), replaced[_i].text);
}
END_TEST

/* What is proposed can be sent, and nothing that can be sent already is replaced. */
START_TEST(replacements_can_be_sent)
{
	struct jis_encoder *encoder = jis_encoder_new();
	size_t n = 0, n_nec = 0;
	for (uint32_t c = 0; c <= 0xFFFF; c++) {
		const char *text = machine_dependent_replacement(c, NULL);
		enum jis_class before = jis_classify(encoder, c);
		n_nec += text && before == JIS_NEC_ROW13;
		if (!text)
			continue;
		n++;
		ck_assert_msg(before != JIS_ASCII && before != JIS_X_0208, "U+%04X needs no replacement", c);
		ck_assert_msg(before != JIS_NONE || c == 0x32FF, "U+%04X is in no Japanese set", c);
		for (const unsigned char *p = (const unsigned char *)text; *p;) {
			uint32_t to = *p < 0x80 ? *p : (uint32_t)((p[0] & 15) << 12 | (p[1] & 63) << 6 | (p[2] & 63));
			if (*p >= 0xC0 && *p < 0xE0)
				to = (uint32_t)((p[0] & 31) << 6 | (p[1] & 63));
			p += *p < 0x80 ? 1 : *p < 0xE0 ? 2 : 3;
			enum jis_class after = jis_classify(encoder, to);
			ck_assert_msg(after == JIS_ASCII || after == JIS_X_0208, "U+%04X becomes U+%04X", c, to);
		}
	}
	/* All of row 13 but the two mathematical signs without a likeness, and all half-width katakana. */
	ck_assert_uint_eq(n_nec, 74 - 2);
	ck_assert_uint_gt(n, 72 + 63);
	jis_encoder_free(encoder);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("charset");
	TCase *tcase = tcase_create("charset");
	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, decoded, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_loop_test(tcase, place, 0, (int)(sizeof places / sizeof *places));
	tcase_add_loop_test(tcase, long_text_by_icu, 0, 7);
	tcase_add_loop_test(tcase, label, 0, (int)(sizeof labels / sizeof *labels));
	tcase_add_loop_test(tcase, guess, 0, (int)(sizeof guesses / sizeof *guesses));
	tcase_add_test(tcase, problems_are_capped_and_counted);
	tcase_add_test(tcase, valid_utf8_is_not_copied);
	tcase_add_loop_test(tcase, hostile_texts_are_linear, 0, 11 * 6);
	tcase_add_loop_test(tcase, class, 0, (int)(sizeof classes / sizeof *classes));
	tcase_add_test(tcase, classes_of_all_characters);
	tcase_add_loop_test(tcase, replacement, 0, (int)(sizeof replaced / sizeof *replaced));
	tcase_add_test(tcase, replacements_can_be_sent);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
