/* Japanese mail from end to end: what an expert would try first, byte for byte, and each finding at its place in the file. May not
 * judge by what the program prints: expectations come from the standards and the requirement catalogue. */
#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc/message.h"
#include "rule/check.h"
#include "rule/score.h"
#include "run.h"

/* A finding above "info" that is not wanted fails a row, and so does one wanted that is not there. */
struct want {
	const char *ids;          /* requirements of the finding, with blanks between; more are allowed */
	enum severity severity;
	enum { ANYWHERE, AT, IN } how;
	size_t start, end;        /* AT: the exact range, IN: a range that holds it; in the shown bytes, 0-based */
	struct span hit;          /* AT, IN: given by these bytes instead of start and end; their first place in the shown bytes */
	const char *excerpt;      /* decoded; NULL: not looked at */
	size_t column;            /* in the decoded line; 0: not looked at */
	const char *replacement;  /* what to write instead of a character; NULL: not looked at */
	const char *looks;        /* the charset that the bytes really are in; NULL: not looked at */
};

struct row {
	const char *name;
	const char *options;
	const char *head;         /* header lines besides the usual ones; one of the same name takes the place of the usual one */
	bool in_head;             /* the shown bytes are header lines */
	struct span before;       /* of the body, in front of the shown bytes */
	struct span shown;
	const char *after;        /* NULL: a line end and the usual footer */
	const char *subject;      /* decoded; NULL: not looked at */
	const char *from;
	const char *text;         /* must be in the visible text of the last displayed part */
	const char *link;         /* an address that must be among the links */
	const char *file_name;    /* of the attachment */
	struct want wants[4];
	const char *never[4];     /* requirements that no finding has, not even at "info" */
};

#define BYTES(literal) { (literal), sizeof(literal) - 1 }
#define RANGE(from, to) .how = AT, .start = (from), .end = (to)
#define HIT(literal) .how = AT, .hit = BYTES(literal)
#define WITHIN(literal) .how = IN, .hit = BYTES(literal)

#define PLAIN(charset, transfer) "Content-Type: text/plain; charset=" charset "\r\nContent-Transfer-Encoding: " transfer "\r\n"
#define JIS PLAIN("iso-2022-jp", "7bit")
#define UTF8 PLAIN("UTF-8", "8bit")
#define TO_JIS "--target-charset iso-2022-jp"
#define MIXED "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n"
#define FIRST_PART                                                                                                       \
	"--=_b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"                                                  \
	"The list of new books is attached to this mail.\r\n"                                                            \
	"Unsubscribe: https://hanami-books.jp/u/9f3c1b7a2d4e6f80\r\n"                                                    \
	"--=_b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
#define PDF_AND_END "\r\n\r\nJVBERi0xLjQK\r\n--=_b--\r\n"
#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n"
#define PLAIN_AND_HTML                                                                                                   \
	"--=_b\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"                  \
	"① 無料の新刊案内をお送りします。\r\n今月は旅と料理の本を中心に、五冊をご紹介します。\r\n配信停止 https://hanami-books.jp/u/9f3c1b7a2d4e6f80\r\n"                          \
	"--=_b\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
#define HTML_END "<p>今月は旅と料理の本を中心に、五冊をご紹介します。</p><p><a href=\"https://hanami-books.jp/u/9f3c1b7a2d4e6f80\">配信停止</a></p></body></html>\r\n--=_b--\r\n"

static const struct row rows[] = {
	/* 1. Words with padding in the middle of a run. */
	{ .name = "1 padded words of the Subject", .in_head = true,
	  .shown = BYTES("Subject: =?ISO-2022-JP?B?GyRCJCpDTiRpJDsbKEIx?=\r\n"
			 " =?ISO-2022-JP?B?GyRCPVUkTjlmJEckORsoQg==?=\r\n"
			 "\t=?ISO-2022-JP?B?GyRCPSokbyRqGyhC?=\r\n"),
	  .subject = "お知らせ1春の号です終わり" },
	{ .name = "1 padded words of the sender", .in_head = true,
	  .shown = BYTES("From: =?UTF-8?B?6Iqx6KaLMQ==?= =?UTF-8?B?44Gu5pys5bGL44OL44Ol44O844K5?= <a@hanami-books.jp>\r\n"),
	  .from = "花見1の本屋ニュース" },

	/* 2. The label of unsolicited advertising: six characters, from the fourth base64 character to the twentieth. */
	{ .name = "2 old label", .in_head = true,
	  .shown = BYTES("Subject: =?ISO-2022-JP?B?GyRCTCQ+NUJ6OS05cCIoPVUkTjlmGyhC?=\r\n"),
	  .subject = "未承諾広告※春の号",
	  .wants = { { .ids = "TX-07", .severity = SEVERITY_ERROR, HIT("TCQ+NUJ6OS05cCIo"), .excerpt = "未承諾広告※" } } },
	{ .name = "2 its look-alike", .in_head = true,
	  .shown = BYTES("Subject: =?ISO-2022-JP?B?GyRCS3Y+NUJ6OS05cCIoPVUkTjlmGyhC?=\r\n"),
	  .subject = "末承諾広告※春の号",
	  .wants = { { .ids = "TX-07", .severity = SEVERITY_ERROR, WITHIN("S3Y+NUJ6OS05cCIo") } } },

	/* 3. NEC row 13 in JIS. */
	{ .name = "3 circled digit in JIS", .head = JIS,
	  .shown = BYTES("\x1b$B$\"-!$$\x1b(B"), .text = "あ①い",
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(5, 7), .excerpt = "①", .column = 2 } },
	  .never = { "MI-30", "MI-04" } },

	/* 4. NEC row 13 and IBM extensions under three names of one charset. */
	{ .name = "4 Shift_JIS", .head = PLAIN("Shift_JIS", "8bit"),
	  .shown = BYTES("\x87\x8a\x8d\x82\xfb\xfc\xfa\xb1"), .text = "㈱高髙﨑",
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(0, 2), .excerpt = "㈱", .column = 1 },
		     { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(4, 6), .excerpt = "髙", .column = 3 },
		     { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(6, 8), .excerpt = "﨑", .column = 4 } },
	  .never = { "MI-04", "MI-03" } },
	{ .name = "4 windows-31j", .head = PLAIN("windows-31j", "8bit"),
	  .shown = BYTES("\x87\x8a\x8d\x82\xfb\xfc\xfa\xb1"), .text = "㈱高髙﨑",
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(0, 2) },
		     { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(4, 6) },
		     { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(6, 8) } },
	  .never = { "MI-04", "MI-03" } },
	{ .name = "4 x-sjis", .head = PLAIN("x-sjis", "8bit"),
	  .shown = BYTES("\x87\x8a\x8d\x82\xfb\xfc\xfa\xb1"), .text = "㈱高髙﨑",
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(0, 2) },
		     { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(4, 6) },
		     { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(6, 8) },
		     { .ids = "MI-03", .severity = SEVERITY_WARNING } },
	  .never = { "MI-04" } },
	{ .name = "4 in base64", .head = PLAIN("Shift_JIS", "base64"), .options = "--class transactional",
	  .shown = BYTES("h4qNgvv8+rENCk5ldyBib29rcyBvZiB0aGlzIG1vbnRoLg0K"), .after = "\r\n", .text = "㈱高髙﨑",
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(0, 3) },
		     { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(5, 8) },
		     { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(8, 11) } } },

	/* 5. Half-width katakana. */
	{ .name = "5 by escape", .head = JIS, .shown = BYTES("\x1b(IJY\x1b(B"), .text = "ﾊﾙ",
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, WITHIN("\x1b(IJY") } } },
	{ .name = "5 by escape under a label that has it", .head = PLAIN("cp50221", "7bit"),
	  .shown = BYTES("\x1b(IJY\x1b(B"), .text = "ﾊﾙ",
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_WARNING, WITHIN("\x1b(IJY") },
		     { .ids = "MI-03", .severity = SEVERITY_WARNING } } },
	{ .name = "5 in 8 bits", .head = JIS, .shown = BYTES("\xca\xd9"), .text = "ﾊﾙ",
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, WITHIN("\xca\xd9") } } },
	{ .name = "5 by shift codes", .head = JIS, .shown = BYTES("\x0eJY\x0f"), .text = "ﾊﾙ",
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, WITHIN("\x0eJY\x0f") } } },

	/* 6. No return to ASCII before the line end. */
	{ .name = "6 line end", .head = JIS, .shown = BYTES("\x1b$B$\"\r\nabcd\r\n"), .text = "あ\r\nabcd\r\n",
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, RANGE(5, 7) } } },
	{ .name = "6 line end, LF", .head = JIS, .shown = BYTES("\x1b$B$\"\nabcd\n"), .text = "あ\nabcd\n",
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, RANGE(5, 6) },
		     { .ids = "FM-14", .severity = SEVERITY_ERROR } } },
	{ .name = "6 Roman may end a line", .head = JIS, .shown = BYTES("\x1b$B$\"\x1b(J\r\nabcd\x1b(B\r\n"), .text = "あ\r\nabcd" },
	{ .name = "6 the text ends in two-byte characters", .head = JIS, .options = "--class transactional",
	  .before = BYTES("Our list of new books is here.\r\n"), .shown = BYTES("\x1b$B$\""), .after = "", .text = "あ",
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, RANGE(5, 5) } } },
	{ .name = "6 the text ends in Roman", .head = JIS, .options = "--class transactional",
	  .before = BYTES("Our list of new books is here.\r\n"), .shown = BYTES("\x1b$B$\"\x1b(J\r\n"), .after = "", .text = "あ",
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, RANGE(10, 10) } } },

	/* 7. A line folded between the two bytes of a character: one fault. */
	{ .name = "7 folded between two bytes", .head = JIS, .shown = BYTES("\x1b$B$\"$\r\n$$&\x1b(B"),
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, RANGE(5, 6) } } },

	/* 8. Escape behind escape. */
	{ .name = "8 consecutive escapes", .head = JIS, .shown = BYTES("\x1b$B$\"\x1b(B\x1b$B$$\x1b(B"), .text = "あい",
	  .wants = { { .ids = "MI-38", .severity = SEVERITY_WARNING, RANGE(5, 11) } },
	  .never = { "MI-30", "MI-40", "MI-04" } },

	/* 9. The escape bytes are gone. */
	{ .name = "9 ESC lost", .head = JIS, .shown = BYTES("$B$3$s$K$A$O(B"),
	  .wants = { { .ids = "MI-37", .severity = SEVERITY_ERROR, RANGE(0, 14) } } },
	{ .name = "9 ESC lost, UTF-8", .head = UTF8, .shown = BYTES("$B$3$s$K$A$O(B"),
	  .wants = { { .ids = "MI-37", .severity = SEVERITY_ERROR, RANGE(0, 14) } } },
	{ .name = "9 prices and escape sequences in prose", .head = JIS,
	  .shown = BYTES("Plan $B costs 20; (B) costs 30. ESC $ B begins, ESC ( B ends it."), .never = { "MI-37" } },

	/* 10. Another charset than the label says. */
	{ .name = "10 Shift_JIS under iso-2022-jp", .head = JIS,
	  .shown = BYTES("\x8ft\x82\xcc\x90V\x8a\xa7\x82\xcc\x82\xa8\x92m\x82\xe7\x82\xb9\x82\xc5\x82\xb7\x81""B"),
	  .text = "春の新刊のお知らせです。",
	  .wants = { { .ids = "MI-04", .severity = SEVERITY_ERROR, .looks = "Shift_JIS" } },
	  .never = { "MI-30", "MI-42" } },
	{ .name = "10 UTF-8 under iso-2022-jp", .head = JIS, .shown = BYTES("春の新刊のお知らせです。"),
	  .text = "春の新刊のお知らせです。",
	  .wants = { { .ids = "MI-04", .severity = SEVERITY_ERROR, .looks = "UTF-8" } },
	  .never = { "MI-30", "MI-42" } },
	{ .name = "10 JIS without a charset", .head = "Content-Type: text/plain\r\n",
	  .shown = BYTES("\x1b$B=U$N?74)$N$*CN$i$;$G$9!#\x1b(B"), .text = "春の新刊のお知らせです。",
	  .wants = { { .ids = "MI-03", .severity = SEVERITY_ERROR, .looks = "ISO-2022-JP" } }, .never = { "MI-40", "FM-15" } },
	{ .name = "10 JIS without any MIME field", .head = "", .shown = BYTES("\x1b$B=U$N?74)$N$*CN$i$;$G$9!#\x1b(B"),
	  .text = "春の新刊のお知らせです。",
	  .wants = { { .ids = "MI-03", .severity = SEVERITY_ERROR, .looks = "ISO-2022-JP" } } },

	/* 11. Raw bytes in the header. */
	{ .name = "11 raw JIS", .in_head = true, .shown = BYTES("Subject: \x1b$B=U\x1b(B\r\n"), .subject = "春",
	  .wants = { { .ids = "FM-19 MI-27", .severity = SEVERITY_ERROR, RANGE(9, 17) } }, .never = { "MI-40", "FM-15" } },
	{ .name = "11 raw UTF-8", .in_head = true, .shown = BYTES("Subject: \xe6\x98\xa5\r\n"), .subject = "春",
	  .wants = { { .ids = "FM-19 MI-27", .severity = SEVERITY_ERROR, RANGE(9, 12) } } },
	{ .name = "11 raw Shift_JIS", .in_head = true, .shown = BYTES("Subject: \x8ft\x82\xcc\x8d\x86\r\n"), .subject = "春の号",
	  .wants = { { .ids = "FM-19 MI-27", .severity = SEVERITY_ERROR, RANGE(9, 15) } } },

	/* 12. One character in two words. */
	{ .name = "12 split character", .in_head = true,
	  .shown = BYTES("Subject: =?UTF-8?B?44GC4w==?= =?UTF-8?B?gYQ=?=\r\n"), .subject = "あい",
	  .wants = { { .ids = "MI-22", .severity = SEVERITY_ERROR, HIT("=?UTF-8?B?44GC4w==?=") } }, .never = { "MI-29" } },

	/* 13. Two-byte state carried from word to word. */
	{ .name = "13 state between words", .in_head = true,
	  .shown = BYTES("Subject: =?ISO-2022-JP?B?GyRCJCIk?= =?ISO-2022-JP?B?JCQmJCgkKhsoQg==?=\r\n"), .subject = "あいうえお",
	  .wants = { { .ids = "MI-22", .severity = SEVERITY_ERROR, HIT("=?ISO-2022-JP?B?GyRCJCIk?=") } } },

	/* 14. Line ends inside a word. */
	{ .name = "14 injection, B", .in_head = true, .shown = BYTES("Subject: =?UTF-8?B?YQ0KQmNjOiB4QGV4YW1wbGUuanA=?=\r\n"),
	  .wants = { { .ids = "FM-25", .severity = SEVERITY_ERROR, HIT("=?UTF-8?B?YQ0KQmNjOiB4QGV4YW1wbGUuanA=?=") } } },
	{ .name = "14 injection, Q, in the sender's name", .in_head = true,
	  .shown = BYTES("From: =?utf-8?Q?Hi=0D=0ABcc:_x?= <a@hanami-books.jp>\r\n"),
	  .wants = { { .ids = "FM-25", .severity = SEVERITY_ERROR, HIT("=?utf-8?Q?Hi=0D=0ABcc:_x?=") } } },

	/* 15. Quotes and commas in From. */
	{ .name = "15 quoted word", .in_head = true,
	  .shown = BYTES("From: \"=?ISO-2022-JP?B?GyRCOzNFREJATzobKEI=?=\" <a@example.jp>\r\n"), .from = "山田太郎",
	  .wants = { { .ids = "MI-23", .severity = SEVERITY_WARNING, HIT("=?ISO-2022-JP?B?GyRCOzNFREJATzobKEI=?=") } } },
	{ .name = "15 raw comma", .in_head = true, .shown = BYTES("From: 山田, 太郎 <a@example.jp>\r\n"),
	  .wants = { { .ids = "ID-01", .severity = SEVERITY_ERROR, WITHIN("山田, 太郎 <a@example.jp>") },
		     { .ids = "FM-19 MI-27", .severity = SEVERITY_ERROR, WITHIN("山田, 太郎") } } },
	{ .name = "15 comma between words", .in_head = true,
	  .shown = BYTES("From: =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?=, =?ISO-2022-JP?B?GyRCQkBPOhsoQg==?= <a@example.jp>\r\n"),
	  .wants = { { .ids = "ID-01", .severity = SEVERITY_ERROR,
		       WITHIN("=?ISO-2022-JP?B?GyRCOzNFRBsoQg==?=, =?ISO-2022-JP?B?GyRCQkBPOhsoQg==?= <a@example.jp>") } } },
	{ .name = "15 comma in a word", .in_head = true,
	  .shown = BYTES("From: =?UTF-8?B?5bGx55SwLCDlpKrpg44=?= <a@example.jp>\r\n"),
	  .from = "山田, 太郎" },
	{ .name = "15 full-width comma", .in_head = true,
	  .shown = BYTES("From: =?UTF-8?B?5bGx55Sw77yM5aSq6YOO?= <a@example.jp>\r\n"),
	  .from = "山田，太郎" },

	/* 16. Dots before the @. */
	{ .name = "16 old address in To", .in_head = true, .shown = BYTES("To: A <a..b.@docomo.ne.jp>\r\n"),
	  .wants = { { .ids = "FM-21", .severity = SEVERITY_WARNING, HIT("a..b.@docomo.ne.jp") } } },
	{ .name = "16 without brackets", .in_head = true, .shown = BYTES("To: a..b@docomo.ne.jp\r\n"),
	  .wants = { { .ids = "FM-21", .severity = SEVERITY_WARNING, HIT("a..b@docomo.ne.jp") } } },
	{ .name = "16 quoted", .in_head = true, .shown = BYTES("To: \"a..b.\"@docomo.ne.jp\r\n"), .never = { "FM-21" } },
	{ .name = "16 in From", .in_head = true, .shown = BYTES("From: \"Hanami\" <.a..b@hanami-books.jp>\r\n"),
	  .wants = { { .ids = "FM-21", .severity = SEVERITY_ERROR, HIT(".a..b@hanami-books.jp") } } },
	{ .name = "16 in Reply-To", .in_head = true, .shown = BYTES("Reply-To: <a.@hanami-books.jp>\r\n"),
	  .wants = { { .ids = "FM-21", .severity = SEVERITY_ERROR, HIT("a.@hanami-books.jp") } } },

	/* Drafts in UTF-8 that will be sent in ISO-2022-JP: both readings of six cells, and what has no cell. */
	{ .name = "target: U+301C", .head = UTF8, .options = TO_JIS, .shown = BYTES("本〜本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("〜") } } },
	{ .name = "target: U+FF5E", .head = UTF8, .options = TO_JIS, .shown = BYTES("本～本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("～") } } },
	{ .name = "target: U+2016", .head = UTF8, .options = TO_JIS, .shown = BYTES("本‖本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("‖") } } },
	{ .name = "target: U+2225", .head = UTF8, .options = TO_JIS, .shown = BYTES("本∥本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("∥") } } },
	{ .name = "target: U+2212", .head = UTF8, .options = TO_JIS, .shown = BYTES("本−本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("−") } } },
	{ .name = "target: U+FF0D", .head = UTF8, .options = TO_JIS, .shown = BYTES("本－本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("－") } } },
	{ .name = "target: U+00A2", .head = UTF8, .options = TO_JIS, .shown = BYTES("本¢本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("¢") } } },
	{ .name = "target: U+FFE0", .head = UTF8, .options = TO_JIS, .shown = BYTES("本￠本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("￠") } } },
	{ .name = "target: U+00A3", .head = UTF8, .options = TO_JIS, .shown = BYTES("本£本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("£") } } },
	{ .name = "target: U+FFE1", .head = UTF8, .options = TO_JIS, .shown = BYTES("本￡本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("￡") } } },
	{ .name = "target: U+00AC", .head = UTF8, .options = TO_JIS, .shown = BYTES("本¬本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("¬") } } },
	{ .name = "target: U+FFE2", .head = UTF8, .options = TO_JIS, .shown = BYTES("本￢本"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, HIT("￢") } } },
	{ .name = "target: circled digit", .head = UTF8, .options = TO_JIS, .shown = BYTES("本①本"),
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, HIT("①") } } },
	{ .name = "target: ligature", .head = UTF8, .options = TO_JIS, .shown = BYTES("本㈱本"),
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, HIT("㈱") } } },
	{ .name = "target: IBM kanji", .head = UTF8, .options = TO_JIS, .shown = BYTES("本髙本"),
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, HIT("髙") } } },
	{ .name = "target: half-width kana", .head = UTF8, .options = TO_JIS, .shown = BYTES("本ｶ本"),
	  .wants = { { .ids = "MI-30", .severity = SEVERITY_ERROR, HIT("ｶ") } } },
	{ .name = "target: emoji", .head = UTF8, .options = TO_JIS, .shown = BYTES("本😀本"),
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_ERROR, HIT("😀") } } },
	{ .name = "target: Hangul", .head = UTF8, .options = TO_JIS, .shown = BYTES("本가本"),
	  .wants = { { .ids = "MI-39", .severity = SEVERITY_ERROR, HIT("가") } } },

	/* 17. Wave dash. */
	{ .name = "17 wave dash", .head = UTF8, .options = TO_JIS, .shown = BYTES("10時〜12時"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, RANGE(5, 8), .excerpt = "〜", .column = 4 } },
	  .never = { "MI-39" } },
	{ .name = "17 fullwidth tilde", .head = UTF8, .options = TO_JIS, .shown = BYTES("10時～12時"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, RANGE(5, 8), .excerpt = "～", .column = 4 } },
	  .never = { "MI-39" } },
	{ .name = "17 safe in UTF-8", .head = UTF8, .shown = BYTES("10時〜12時、10時～12時"), .never = { "MI-41", "MI-39" } },
	{ .name = "17 one code in JIS", .head = JIS,
	  .shown = BYTES("10\x1b$B;~!A\x1b(B12\x1b$B;~\x1b(B"), .never = { "MI-41", "MI-39" } },
	{ .name = "17 a wave dash that is lost", .head = UTF8, .shown = BYTES("10時?12時"),
	  .wants = { { .ids = "MI-41", .severity = SEVERITY_INFO, WITHIN("10時?12時") } } },

	/* 18. Tilde and backslash in Shift_JIS. */
	{ .name = "18 tilde in an address", .head = PLAIN("Shift_JIS", "8bit"),
	  .shown = BYTES("\x95\\\x82\xcd https://www.hanami-books.jp/~user/"), .text = "表は https://www.hanami-books.jp/~user/",
	  .link = "https://www.hanami-books.jp/~user/", .never = { "MI-39", "LK-22", "LK-10", "LK-12" } },

	/* 19. Invisible characters inside words; words inside other words. */
	{ .name = "19 zero width space", .head = UTF8, .shown = BYTES("\xe7\x84\xa1\xe2\x80\x8b\xe6\x96\x99"),
	  .wants = { { .ids = "HT-20", .severity = SEVERITY_ERROR, RANGE(3, 6), .column = 2 } } },
	{ .name = "19 zero width space in the old label", .in_head = true,
	  .shown = BYTES("Subject: =?UTF-8?B?5pyq5om/6Ku+4oCL5bqD5ZGK4oC7?=\r\n"), .subject = "未承諾\u200b広告※",
	  .wants = { { .ids = "TX-07", .severity = SEVERITY_ERROR, HIT("5pyq5om/6Ku+4oCL5bqD5ZGK4oC7") },
		     { .ids = "HT-20", .severity = SEVERITY_ERROR, HIT("4oCL") } } },
	{ .name = "19 pulled apart", .head = UTF8, .shown = BYTES("★ 完・全・無・料 ★ お届けします"),
	  .wants = { { .ids = "TX-11 TX-12", .severity = SEVERITY_INFO, HIT("完・全・無・料"), .column = 3 } } },
	{ .name = "19 a masked character", .head = UTF8, .shown = BYTES("出◯い系の方へ"),
	  .wants = { { .ids = "TX-11 TX-12", .severity = SEVERITY_WARNING, HIT("出◯い系") } } },
	{ .name = "19 a squared character", .head = UTF8, .shown = BYTES("本日は🈚料でお届け"),
	  .wants = { { .ids = "TX-11 TX-12", .severity = SEVERITY_INFO, HIT("🈚料") } } },
	{ .name = "19 half-width katakana", .head = UTF8, .shown = BYTES("ﾑﾘｮｳでお届け"),
	  .wants = { { .ids = "TX-11", .severity = SEVERITY_INFO, HIT("ﾑﾘｮｳ") } } },
	{ .name = "19 more innocent words", .head = UTF8,
	  .shown = BYTES("入会無料・料金表は別紙。思い出・いつもの店。三人妻子、出会い頭、処女作、当選者発表、副業務、設備投資、AV機器、風俗習慣、無料化"),
	  .never = { "TX-11", "TX-12", "HT-20" } },
	{ .name = "19 innocent words", .head = UTF8, .shown = BYTES("送料の有無　料金表、支援助成金、ピエロの公演、ONLINE追加"),
	  .never = { "TX-11", "HT-20" } },

	/* 21. HTML that names another charset, an entity, and a hidden letter inside a word. */
	{ .name = "21 wrong meta", .head = ALTERNATIVE, .before = BYTES(PLAIN_AND_HTML),
	  .shown = BYTES("<!DOCTYPE html><html lang=ja><head><title>新刊</title><meta charset=Shift_JIS></head>"
			 "<body><p>&#x2460; 無料の新刊案内をお送りします。</p>"),
	  .after = HTML_END, .text = "① 無料の新刊案内をお送りします。",
	  .wants = { { .ids = "MI-31", .severity = SEVERITY_WARNING, WITHIN("<meta charset=Shift_JIS>") } },
	  .never = { "MI-39" } },
	{ .name = "21 an entity is ASCII in any charset", .head = ALTERNATIVE, .options = TO_JIS,
	  .before = BYTES("--=_b\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
			  "無料の新刊案内をお送りします。\r\n今月は旅と料理の本を中心に、五冊をご紹介します。\r\n配信停止 https://hanami-books.jp/u/9f3c1b7a2d4e6f80\r\n"
			  "--=_b\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"),
	  .shown = BYTES("<!DOCTYPE html><html lang=ja><head><title>新刊</title></head>"
			 "<body><p>&#x2460; 無料の新刊案内をお送りします。</p>"),
	  .after = HTML_END, .text = "① 無料の新刊案内をお送りします。", .never = { "MI-39" } },
	{ .name = "21 hidden letter", .head = ALTERNATIVE, .before = BYTES(PLAIN_AND_HTML),
	  .shown = BYTES("<!DOCTYPE html><html lang=ja><head><title>新刊</title></head>"
			 "<body><p>① 無<span style=\"display:none\">x</span>料の新刊案内をお送りします。</p>"),
	  .after = HTML_END, .text = "① 無料の新刊案内をお送りします。",
	  .wants = { { .ids = "HT-11", .severity = SEVERITY_ERROR, WITHIN("<span style=\"display:none\">x</span>") } } },

	/* 22. Footers. */
	{ .name = "22 contradiction", .head = UTF8,
	  .before = BYTES("今月の新刊をご案内します。\r\n"),
	  .shown = BYTES("※送信専用アドレスです。返信できません\r\n配信停止をご希望の場合は返信にてお知らせください\r\n"),
	  .after = "花見書店 info@hanami-books.jp 配信停止 https://hanami-books.jp/u/9f3c1b7a2d4e6f80\r\n",
	  .wants = { { .ids = "TX-20", .severity = SEVERITY_WARNING } } },
	{ .name = "22 no way out", .head = UTF8, .before = BYTES("今月の新刊をご案内します。今月は旅と料理の本を中心に、五冊をご紹介します。\r\n"),
	  .shown = BYTES("花見書店 https://hanami-books.jp/\r\n"),
	  .after = "", .wants = { { .ids = "UN-13", .severity = SEVERITY_WARNING } } },
	{ .name = "22 no way out, Japanese law", .head = UTF8, .options = "--profile law-jp",
	  .before = BYTES("今月の新刊をご案内します。今月は旅と料理の本を中心に、五冊をご紹介します。\r\n"),
	  .shown = BYTES("株式会社花見書店 〒101-0051 東京都千代田区神田神保町2-5-1 お問い合わせ：info@hanami-books.jp\r\n"),
	  .after = "", .wants = { { .ids = "UN-13 LJ-02 LJ-03", .severity = SEVERITY_WARNING } }, .never = { "LJ-01", "LJ-04", "LJ-05" } },
	{ .name = "22 to unlock is not to unsubscribe", .head = UTF8, .before = BYTES("今月の新刊をご案内します。\r\n"),
	  .shown = BYTES("花見書店 ロック解除はこちら https://hanami-books.jp/lock\r\n"), .after = "",
	  .wants = { { .ids = "UN-13", .severity = SEVERITY_WARNING } } },

	/* 23. Radicals and decomposed kana. */
	{ .name = "23 Kangxi radical", .head = UTF8, .shown = BYTES("\xe2\xbd\xa4"),
	  .wants = { { .ids = "MI-40", .severity = SEVERITY_WARNING, RANGE(0, 3) } } },
	{ .name = "23 CJK radical", .head = UTF8, .shown = BYTES("\xe2\xbb\x91"),
	  .wants = { { .ids = "MI-40", .severity = SEVERITY_WARNING, RANGE(0, 3) } } },
	{ .name = "23 decomposed kana", .head = UTF8, .shown = BYTES("\xe3\x81\x8b\xe3\x82\x99"),
	  .wants = { { .ids = "MI-40", .severity = SEVERITY_WARNING, WITHIN("\xe3\x81\x8b\xe3\x82\x99") } } },

	/* 24. Names of attachments. */
	{ .name = "24 split character in a name", .head = MIXED, .before = BYTES(FIRST_PART),
	  .shown = BYTES("Content-Disposition: attachment; filename=\"=?UTF-8?B?6LM=?= =?UTF-8?B?h+aWmS5wZGY=?=\""),
	  .after = PDF_AND_END,
	  .file_name = "資料.pdf",
	  .wants = { { .ids = "MI-19", .severity = SEVERITY_WARNING, WITHIN("\"=?UTF-8?B?6LM=?= =?UTF-8?B?h+aWmS5wZGY=?=\"") },
		     { .ids = "MI-22", .severity = SEVERITY_ERROR, HIT("=?UTF-8?B?6LM=?=") } } },
	{ .name = "24 continuation in JIS", .head = MIXED, .before = BYTES(FIRST_PART),
	  .shown = BYTES("Content-Disposition: attachment;\r\n filename*0*=iso-2022-jp''%1B%24B%3BqNA%1B%28B;\r\n filename*1=.pdf"),
	  .after = PDF_AND_END, .file_name = "資料.pdf" },
	{ .name = "24 two-byte state carried on", .head = MIXED, .before = BYTES(FIRST_PART),
	  .shown = BYTES("Content-Disposition: attachment;\r\n"
			 " filename*0*=iso-2022-jp''%1B%24B%3Bq;\r\n filename*1*=NA%1B%28B.pdf"),
	  .after = PDF_AND_END, .file_name = "資料.pdf" },
	{ .name = "24 bare word", .head = MIXED, .before = BYTES(FIRST_PART),
	  .shown = BYTES("Content-Disposition: attachment; filename==?ISO-2022-JP?B?GyRCO3FOQRsoQi5wZGY=?="), .after = PDF_AND_END,
	  .file_name = "資料.pdf",
	  .wants = { { .ids = "MI-19", .severity = SEVERITY_WARNING, HIT("=?ISO-2022-JP?B?GyRCO3FOQRsoQi5wZGY=?=") } } },

	/* 25. Lengths; those of lines are in a test of their own. */
	{ .name = "25 word of 18 characters", .in_head = true,
	  .shown = BYTES("Subject:\r\n =?ISO-2022-JP?B?GyRCPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VGyhC?=\r\n"),
	  .subject = "春春春春春春春春春春春春春春春春春春", .never = { "MI-20", "MI-21" } },
	{ .name = "25 word of 19 characters", .in_head = true,
	  .shown = BYTES("Subject:\r\n =?ISO-2022-JP?B?GyRCPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VPVUbKEI=?=\r\n"),
	  .subject = "春春春春春春春春春春春春春春春春春春春",
	  .wants = { { .ids = "MI-20", .severity = SEVERITY_WARNING,
		       HIT("=?ISO-2022-JP?B?GyRCPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VPVU9VT1VPVUbKEI=?=") } } },
};

#include "japanese_rows.h"
#include "japanese_names.h"

static const struct rule_set *builtin(void)
{
	static struct rule_set set;
	set = *builtin_rules();
	return &set;
}

/* --- building a mail ---------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *value;
} usual_fields[] = {
	{ "Date", "Tue, 24 Nov 2026 09:00:00 +0900" },
	{ "From", "\"Hanami Books\" <news@hanami-books.jp>" },
	{ "To", "<reader@hanami-reader.jp>" },
	{ "Subject", "New books for November" },
	{ "Message-ID", "<20261124090000.9f3c1b7a2d4e6f80@hanami-books.jp>" },
	{ "List-Id", "\"Hanami Books News\" <news.hanami-books.jp>" },
	{ "List-Unsubscribe", "<https://hanami-books.jp/u/9f3c1b7a2d4e6f80>" },
	{ "List-Unsubscribe-Post", "List-Unsubscribe=One-Click" },
};

static const char usual_footer[] = "\r\n\r\nYou receive this mail because you subscribed on our site.\r\n"
				   "To unsubscribe: https://hanami-books.jp/u/9f3c1b7a2d4e6f80\r\n"
				   "Hanami Books Co., Ltd., Chiyoda-ku, Tokyo 101-0051, Japan\r\n"
				   "Contact: info@hanami-books.jp\r\n";

static void put_usual_fields(GString *mail, struct span replaced)
{
	for (size_t i = 0; i < G_N_ELEMENTS(usual_fields); i++) {
		char *label = g_strdup_printf("%s:", usual_fields[i].name);
		if (!span_starts_ci(replaced, span_str(label)))
			g_string_append_printf(mail, "%s %s\r\n", label, usual_fields[i].value);
		g_free(label);
	}
}

/* The mail of a row; *shown_out is where the shown bytes begin. */
static GString *build(const struct row *row, size_t *shown_out)
{
	GString *mail = g_string_new(NULL);

	put_usual_fields(mail, row->in_head ? row->shown : SPAN_EMPTY);
	if (!row->head || *row->head)
		g_string_append(mail, "MIME-Version: 1.0\r\n");
	g_string_append(mail, row->head ? row->head : PLAIN("us-ascii", "7bit"));
	if (row->in_head) {
		*shown_out = mail->len;
		g_string_append_len(mail, row->shown.p, (gssize)row->shown.n);
	}
	g_string_append(mail, "\r\n");
	if (!row->in_head) {
		if (row->before.n)
			g_string_append_len(mail, row->before.p, (gssize)row->before.n);
		*shown_out = mail->len;
		g_string_append_len(mail, row->shown.p, (gssize)row->shown.n);
	}
	g_string_append(mail, row->after ? row->after : usual_footer);
	return mail;
}

/* Exactly as long as the mail and without a NUL behind it, so that a sanitizer sees a read too far. */
static struct span exact_copy(const GString *mail)
{
	return span_of(g_memdup2(mail->str, mail->len), mail->len);
}

static void set_options(struct lint_options *options, const char *line)
{
	*options = (struct lint_options){ .stage = STAGE_DRAFT };
	ck_assert(lint_options_set_line(options, "--volume unknown --profile gmail-bulk --now 2026-11-24T00:00:30Z"));
	ck_assert_msg(!line || lint_options_set_line(options, line), "options: %s", line);
}

/* --- judging ------------------------------------------------------------------------------------------------------------------ */

static bool has_requirement(const struct finding *finding, const char *id)
{
	return g_strv_contains((const gchar *const *)finding->requirements, id);
}

static bool has_requirements(const struct finding *finding, const char *ids)
{
	gchar **each = g_strsplit(ids, " ", -1);
	bool all = true;

	for (gchar **id = each; *id; id++)
		all = all && has_requirement(finding, *id);
	g_strfreev(each);
	return all;
}

static bool stands_where_wanted(const struct finding *finding, const struct want *want, struct span shown, size_t shown_at)
{
	size_t start = want->start, end = want->end;

	if (want->hit.n) {
		start = span_find(shown, want->hit, 0);
		ck_assert_msg(start < shown.n, "the row is wrong: its hit is not in the shown bytes");
		end = start + want->hit.n;
	}
	start += shown_at;
	end += shown_at;
	if (want->how == AT)
		return finding->start.offset == start && finding->end.offset == end;
	return want->how == ANYWHERE || (finding->start.offset >= start && finding->end.offset <= end);
}

static bool is_wanted(const struct finding *finding, const struct want *want, struct span shown, size_t shown_at)
{
	/* A line without a decoded form of its own has its column in the raw line. */
	size_t column = finding->decoded_column ? finding->decoded_column : finding->start.column;
	const struct finding_arg *looks = finding_arg(finding, "looks"), *replacement = finding_arg(finding, "replacement");

	return finding->severity == want->severity && has_requirements(finding, want->ids) &&
	       stands_where_wanted(finding, want, shown, shown_at) &&
	       (!want->excerpt || g_strcmp0(finding->excerpt, want->excerpt) == 0) && (!want->column || column == want->column) &&
	       (!want->replacement || (replacement && g_strcmp0(replacement->text, want->replacement) == 0)) &&
	       (!want->looks || (looks && g_strcmp0(looks->text, want->looks) == 0));
}

static void describe(GString *out, const struct finding *finding, size_t shown_at)
{
	char *ids = g_strjoinv(" ", (char **)finding->requirements);
	g_string_append_printf(out, "\n  %s %s [%s] at %ld..%ld of the shown bytes, column %zu: %s",
			       severity_name(finding->severity),
			       finding->rule->id, ids, (long)finding->start.offset - (long)shown_at,
			       (long)finding->end.offset - (long)shown_at,
			       finding->decoded_column ? finding->decoded_column : finding->start.column,
			       finding->excerpt ? finding->excerpt : "");
	g_free(ids);
}

static void judge_findings(const struct row *row, const struct message_result *result, size_t shown_at, GString *faults)
{
	bool *used = g_new0(bool, result->n_findings + 1);

	for (size_t i = 0; i < G_N_ELEMENTS(row->wants) && row->wants[i].ids; i++) {
		const struct want *want = &row->wants[i];
		size_t k = 0;
		while (k < result->n_findings && (used[k] || !is_wanted(&result->findings[k], want, row->shown, shown_at)))
			k++;
		if (k == result->n_findings)
			g_string_append_printf(faults, "\n %s (%s), number %zu of those wanted, is not there", want->ids,
					       severity_name(want->severity), i + 1);
		used[k] = true;
	}
	for (size_t k = 0; k < result->n_findings; k++) {
		const struct finding *finding = &result->findings[k];
		if (!used[k] && finding->severity > SEVERITY_INFO)
			g_string_append_printf(faults, "\n %s is not wanted", finding->rule->id);
		for (size_t i = 0; i < G_N_ELEMENTS(row->never) && row->never[i]; i++)
			if (has_requirement(finding, row->never[i]))
				g_string_append_printf(faults, "\n %s must not be there", row->never[i]);
	}
	g_free(used);
	if (faults->len) {
		g_string_append(faults, "\n found:");
		for (size_t k = 0; k < result->n_findings; k++)
			describe(faults, &result->findings[k], shown_at);
	}
}

static void judge_file_name(const struct row *row, const struct entity *entity, bool *seen)
{
	for (size_t i = 0; i < entity->n_children; i++)
		judge_file_name(row, entity->children[i], seen);
	if (entity->file_name && span_eq(entity->file_name->bytes, span_str(row->file_name)))
		*seen = true;
}

/* What was decoded: looked at in the document, as no report shows all of it. */
static void judge_texts(const struct row *row, struct span bytes, GString *faults)
{
	struct arena *arena = arena_new();
	const struct text file = { .bytes = bytes };
	const struct line_index lines = line_index_new(arena, bytes);
	const struct range whole = { 0, bytes.n };
	struct message *message = message_new("row.eml", &file, &lines, whole, 0, INPUT_MESSAGE, TEMPLATE_NONE);

	if (row->text) {
		struct span visible = message->n_bodies ? message->bodies[message->n_bodies - 1].visible->bytes : SPAN_EMPTY;
		if (span_find(visible, span_str(row->text), 0) == visible.n)
			g_string_append_printf(faults, "\n the text is \"%.*s\"", (int)visible.n, visible.p);
	}
	bool seen = !row->link;
	for (size_t i = 0; i < message->n_links && !seen; i++)
		seen = span_eq(message->links[i].target->bytes, span_str(row->link));
	if (!seen)
		g_string_append_printf(faults, "\n there is no link to %s", row->link);
	seen = !row->file_name;
	if (!seen)
		judge_file_name(row, message->mime.root, &seen);
	if (!seen)
		g_string_append_printf(faults, "\n no part has the name %s", row->file_name);
	message_free(message);
	arena_free(arena);
}

/* The finding that a row of the paper is about comes from this rule; "-": nothing above info. */
static void judge_rule(const struct paper_row *paper, const struct message_result *result, GString *faults)
{
	bool seen = false;

	for (size_t k = 0; k < result->n_findings; k++)
		seen = seen || (strcmp(paper->rule, "-") == 0 ? result->findings[k].severity > SEVERITY_INFO :
								strcmp(result->findings[k].rule->id, paper->rule) == 0);
	if (seen == (strcmp(paper->rule, "-") == 0))
		g_string_append_printf(faults, "\n the page says: %s", paper->rule);
}

static void judge_row(const struct row *row, const struct paper_row *paper)
{
	struct lint_options options;
	size_t shown_at = 0;
	GString *mail = build(row, &shown_at), *faults = g_string_new(NULL);
	struct span bytes = exact_copy(mail);

	set_options(&options, row->options);
	GPtrArray *results = run_lint_bytes(builtin(), &options, "row.eml", bytes, false, TEMPLATE_NONE);
	ck_assert_uint_eq(results->len, 1);
	struct message_result *result = g_ptr_array_index(results, 0);
	judge_texts(row, bytes, faults);
	if (row->subject && g_strcmp0(result->subject, row->subject) != 0)
		g_string_append_printf(faults, "\n the Subject is \"%s\"", result->subject ? result->subject : "");
	if (row->from && (!result->from || !strstr(result->from, row->from)))
		g_string_append_printf(faults, "\n From is \"%s\"", result->from ? result->from : "");
	if (paper)
		judge_rule(paper, result, faults);
	judge_findings(row, result, shown_at, faults);
	ck_assert_msg(faults->len == 0, "%s:%s", row->name, faults->str);
	message_result_free(result);
	g_ptr_array_free(results, TRUE);
	g_string_free(faults, TRUE);
	g_string_free(mail, TRUE);
	g_free((char *)bytes.p);
}

#include "japanese_labels.h"
#include "japanese_cells.h"

START_TEST(row_is_judged)
{
	judge_row(&rows[_i], NULL);
}
END_TEST

START_TEST(paper_row_is_judged)
{
	judge_row(&paper_rows[_i].row, &paper_rows[_i]);
}
END_TEST

/* The tables of docs/japanese.md, made of the rows, and those of its Japanese twin. */
static const char *name_in(const char *entry, bool ja)
{
	for (size_t i = 0; ja && i < G_N_ELEMENTS(names_in_japanese); i++)
		if (strcmp(names_in_japanese[i].entry, entry) == 0)
			return names_in_japanese[i].ja;
	return entry;
}

static void put_row(GString *page, const struct paper_row *paper, bool ja)
{
	bool label = ja && g_str_has_prefix(paper->entry, "label ");

	g_string_append_printf(page, "| %s%s |", label ? "文字コード名 " : "", label ? paper->entry + strlen("label ") : name_in(paper->entry, ja));
	if (strcmp(paper->rule, "-") == 0)
		g_string_append(page, " | |\n");
	else
		g_string_append_printf(page, " [%s](rules/%s.md) | %s |\n", paper->rule, paper->rule, severity_name(paper->row.wants[0].severity));
}

static bool put_page(GString *page, bool ja)
{
	size_t section = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(paper_rows); i++) {
		if (section < G_N_ELEMENTS(paper_sections) && strcmp(paper_rows[i].entry, paper_sections[section].entry) == 0)
			g_string_append_printf(page, "\n## %s\n\n| %s |\n|---|---|---|\n", name_in(paper_sections[section++].title, ja),
					       ja ? "内容 | ルール | 重大度" : "what | rule | severity");
		put_row(page, &paper_rows[i], ja);
	}
	return section == G_N_ELEMENTS(paper_sections);
}

/* The page with these tables in place of its own. */
static char *page_with(const char *path, const char *first_title, const GString *tables)
{
	char *text = NULL, *start = g_strdup_printf("\n## %s\n", first_title);

	if (!g_file_get_contents(path, &text, NULL, NULL) || !strstr(text, start)) {
		g_free(text);
		g_free(start);
		return NULL;
	}
	*strstr(text, start) = '\0';
	char *page = g_strconcat(text, tables->str, NULL);
	g_free(text);
	g_free(start);
	return page;
}

static bool write_page(const char *path, bool ja)
{
	GString *tables = g_string_new(NULL);
	char *page = put_page(tables, ja) ? page_with(path, name_in(paper_sections[0].title, ja), tables) : NULL;
	bool written = page && g_file_set_contents(path, page, -1, NULL);

	g_free(page);
	g_string_free(tables, TRUE);
	return written;
}

static const char *const pages[] = { "docs/japanese.md", "docs/japanese.ja.md" };

START_TEST(page_is_true)
{
	char *text = NULL;
	GString *page = g_string_new(NULL);

	ck_assert(g_file_get_contents(pages[_i], &text, NULL, NULL));
	ck_assert(put_page(page, _i == 1));
	ck_assert_msg(g_str_has_suffix(text, page->str), "%s does not end with the tables of the rows; run \"make docs\"", pages[_i]);
	g_string_free(page, TRUE);
	g_free(text);
}
END_TEST

/* --- 17, 19, 23: what a phrase of a rule matches ------------------------------------------------------------------------------ */

static const struct {
	const char *phrase;
	const char *extra;        /* further keys of the leaf */
	const char *text;
	const char *hit;          /* the bytes that the finding covers; NULL: none is found */
} phrases[] = {
	{ "10時〜12時", "", "10時〜12時\r\n", "10時〜12時" },
	{ "10時〜12時", "", "10時～12時\r\n", "10時～12時" },
	{ "無料", "", "会費は無\u200b料です\r\n", "無\u200b料" },
	{ "無料", "", "会費は🈚料です\r\n", "🈚料" },
	{ "むりょう", "kana: fold, border: none, ", "会費はﾑﾘｮｳです\r\n", "ﾑﾘｮｳ" },
	{ "無料", "", "送料の有無　料金表\r\n", NULL },
	{ "無料", "", "有無料金\r\n", NULL },
	{ "援助", "", "支援助成金\r\n", NULL },
	{ "エロ", "", "ピエロの公演\r\n", NULL },
	{ "line追加", "", "ONLINE追加\r\n", NULL },
	{ "利用", "", "サイトを利⽤する\r\n", "利⽤" },
	{ "がくぶち", "border: none, ", "か\u3099くぶち\r\n", "か\u3099くぶち" },
};

START_TEST(phrase_matches)
{
	GError *error = NULL;
	char *folder = g_dir_make_tmp("presend-XXXXXX", &error);
	ck_assert_msg(folder, "%s", error ? error->message : "?");
	char *file = g_build_filename(folder, "house-phrase.yaml", NULL);
	char *yaml = g_strdup_printf("id: house-phrase\nseverity: warning\nconfidence: certain\n"
				     "title: {en: t, ja: t}\nwhy: {en: w, ja: w}\nmessage: {en: m, ja: m}\nhelp: {en: h, ja: h}\n"
				     "sources:\n  - {name: House style}\nmatch: {on: body, %sphrase: [%s]}\n"
				     "examples:\n  - fail: {text: \"x\"}\n  - pass: {text: \"y\"}\n",
				     phrases[_i].extra, phrases[_i].phrase);
	struct run_rules rules;

	ck_assert(g_file_set_contents(file, yaml, -1, NULL));
	bool loaded = run_load_rules(folder, true, LANGUAGE_EN, &rules);
	g_unlink(file);
	g_rmdir(folder);
	ck_assert_msg(loaded, "the rule is refused");

	const struct row row = { .head = UTF8, .shown = span_str(phrases[_i].text) };
	struct lint_options options;
	size_t shown_at = 0;
	GString *mail = build(&row, &shown_at);
	struct span bytes = exact_copy(mail);
	set_options(&options, NULL);
	GPtrArray *results = run_lint_bytes(&rules.set, &options, "row.eml", bytes, false, TEMPLATE_NONE);
	struct message_result *result = g_ptr_array_index(results, 0);

	ck_assert_msg(result->n_findings == (phrases[_i].hit ? 1 : 0), "%s in %s: %zu findings", phrases[_i].phrase,
		      phrases[_i].text, result->n_findings);
	if (phrases[_i].hit) {
		struct span covered = span_cut(bytes, result->findings[0].start.offset, result->findings[0].end.offset);
		ck_assert_msg(span_eq(covered, span_str(phrases[_i].hit)), "%s in %s: covers %.*s",
			      phrases[_i].phrase, phrases[_i].text, (int)covered.n, covered.p);
	}
	message_result_free(result);
	g_ptr_array_free(results, TRUE);
	run_rules_release(&rules);
	g_string_free(mail, TRUE);
	g_free((char *)bytes.p);
	g_free(yaml);
	g_free(file);
	g_free(folder);
}
END_TEST

/* --- 20: an ordinary newsletter ----------------------------------------------------------------------------------------------- */

static const char newsletter[] =
	"━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\r\n"
	"■□ 花見通信 第123号 2026.11.24 □■          （購読者 1,234名）\r\n"
	"━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\r\n"
	"※このメールは送信専用アドレスから配信しています。\r\n"
	"※等幅フォントでご覧ください。\r\n"
	"┌─────────────┐\r\n"
	"【1】今月のお知らせ   【2】セミナー   【3】編集後記\r\n"
	"└─────────────┘\r\n"
	"◆◇━━━━━━━━━━━━━━━━━◇◆\r\n"
	"いつも花見通信をお読みいただき、ありがとうございます。今月は、神保町\r\n"
	"の店頭で開く読書会と、冬に読みたい新刊を三冊ご紹介します。読書会の会\r\n"
	"場は二階です。定員は二十名、参加費は五百円(飲み物付き)です。\r\n"
	"▼詳しくはこちら  → https://www.hanami-books.jp/\r\n"
	"-----------------------------------\r\n"
	"発行：株式会社花見書店  編集：春田  〒101-0051 東京都千代田区神田神保町2-5-1\r\n"
	"お問い合わせ：info@hanami-books.jp\r\n"
	"配信停止：https://hanami-books.jp/u/9f3c1b7a2d4e6f80\r\n"
	"無断転載を禁じます  Copyright(C) 2026\r\n"
	"━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\r\n";

static const struct {
	const char *charset, *transfer, *options;
} newsletters[] = { { "ISO-2022-JP", "7bit", NULL },
		    { "UTF-8", "8bit", NULL },
		    { "UTF-8", "base64", NULL },
		    { "ISO-2022-JP", "7bit", "--profile law-jp,japan-carriers" },
		    { "UTF-8", "8bit", "--profile law-jp" },
		    { "UTF-8", "base64", "--profile law-jp" } };

START_TEST(ordinary_newsletter)
{
	const char *charset = newsletters[_i].charset, *transfer = newsletters[_i].transfer;
	GString *mail = g_string_new(NULL), *faults = g_string_new(NULL);
	gsize n = 0;
	char *body = g_convert(newsletter, -1, charset, "UTF-8", NULL, &n, NULL);
	ck_assert_msg(body, "no converter to %s", charset);

	put_usual_fields(mail, SPAN_LIT("Subject:"));
	g_string_append_printf(mail, "Subject: =?UTF-8?B?44CQ6Iqx6KaL6YCa5L+h44CR56ysMTIz5Y+3?=\r\nMIME-Version: 1.0\r\n"
				     "Content-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n",
			       charset, transfer);
	if (strcmp(transfer, "base64") == 0) {
		char *base64 = g_base64_encode((const guchar *)body, n);
		for (size_t i = 0; i < strlen(base64); i += 76)
			g_string_append_printf(mail, "%.76s\r\n", base64 + i);
		g_free(base64);
	} else {
		g_string_append_len(mail, body, (gssize)n);
	}
	struct span bytes = exact_copy(mail);
	struct lint_options options;
	set_options(&options, newsletters[_i].options);
	GPtrArray *results = run_lint_bytes(builtin(), &options, "newsletter.eml", bytes, false, TEMPLATE_NONE);
	struct message_result *result = g_ptr_array_index(results, 0);
	bool above = false;
	size_t n_law = 0;

	/* Every item of the law that a file can show is there. */
	for (size_t i = 0; i < result->n_requirements; i++) {
		bool law = g_str_has_prefix(result->requirements[i].id, "LJ-");
		ck_assert_msg(!law || result->requirements[i].verdict != REQUIREMENT_FAIL, "%s fails", result->requirements[i].id);
		n_law += law && result->requirements[i].verdict == REQUIREMENT_PASS;
	}
	ck_assert_msg(!newsletters[_i].options || n_law >= 5, "only %zu items of the law pass", n_law);

	ck_assert_str_eq(result->subject, "【花見通信】第123号");
	for (size_t i = 0; i < result->n_findings; i++) {
		describe(faults, &result->findings[i], 0);
		above = above || result->findings[i].severity > SEVERITY_INFO;
	}
	ck_assert_msg(!above && result->n_findings <= 3, "%s, %s:%s", charset, transfer, faults->str);
	ck_assert_msg(result->score && strcmp(result->score->verdict, "clean") == 0, "%s, %s: %.2f points", charset, transfer,
		      result->score ? result->score->points : -1.0);
	message_result_free(result);
	g_ptr_array_free(results, TRUE);
	g_string_free(faults, TRUE);
	g_string_free(mail, TRUE);
	g_free((char *)bytes.p);
	g_free(body);
}
END_TEST

/* --- 25: lengths of lines ----------------------------------------------------------------------------------------------------- */

static const struct {
	const char *head;
	const char *start, *character, *end; /* the line: character repeated between start and end */
	size_t times;
	size_t octets;                       /* of the line, so that a wrong row is seen */
	bool wide;                           /* over 78 columns, two for each character: a remark */
	bool too_long;                       /* for SMTP: over 998 octets; then that alone is told */
} line_lengths[] = {
	{ JIS, "\x1b$B", "=U", "\x1b(B", 36, 78, false, false },
	{ JIS, "\x1b$B", "=U", "\x1b(B", 37, 80, false, false },
	{ JIS, "\x1b$B", "=U", "\x1b(B", 40, 86, true, false },
	{ JIS, "\x1b$B", "=U", "\x1b(B", 496, 998, true, false },
	{ JIS, "\x1b$B", "=U", "\x1b(B", 497, 1000, false, true },
	{ UTF8, "", "春", "", 39, 117, false, false },
	{ UTF8, "", "春", "", 40, 120, true, false },
	{ UTF8, "", "春", "", 332, 996, true, false },
	{ UTF8, "", "春", "", 333, 999, false, true },
};

START_TEST(line_length)
{
	GString *line = g_string_new(line_lengths[_i].start);
	for (size_t i = 0; i < line_lengths[_i].times; i++)
		g_string_append(line, line_lengths[_i].character);
	g_string_append(line, line_lengths[_i].end);
	ck_assert_uint_eq(line->len, line_lengths[_i].octets);

	const struct row row = { .head = line_lengths[_i].head, .shown = span_of(line->str, line->len) };
	struct lint_options options;
	size_t shown_at = 0;
	GString *mail = build(&row, &shown_at), *faults = g_string_new(NULL);
	struct span bytes = exact_copy(mail);
	set_options(&options, NULL);
	GPtrArray *results = run_lint_bytes(builtin(), &options, "row.eml", bytes, false, TEMPLATE_NONE);
	struct message_result *result = g_ptr_array_index(results, 0);
	size_t above = 0, told = 0, remarks = 0;

	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding *finding = &result->findings[i];
		describe(faults, finding, shown_at);
		above += finding->severity > SEVERITY_INFO;
		bool inside = finding->start.offset >= shown_at && finding->end.offset <= shown_at + line->len;
		told += finding->severity == SEVERITY_ERROR && has_requirement(finding, "FM-12") && inside;
		remarks += finding->severity == SEVERITY_INFO && has_requirement(finding, "FM-13") && inside;
	}
	size_t want = line_lengths[_i].too_long ? 1 : 0;
	ck_assert_msg(remarks == (line_lengths[_i].wide ? 1 : 0), "a line of %zu octets, %zu remarks:%s", line->len, remarks, faults->str);
	ck_assert_msg(above == want && told == want, "a line of %zu octets:%s", line->len, faults->str);
	message_result_free(result);
	g_ptr_array_free(results, TRUE);
	g_string_free(faults, TRUE);
	g_string_free(mail, TRUE);
	g_string_free(line, TRUE);
	g_free((char *)bytes.p);
}
END_TEST

/* --- section 5: what satisfies the law's items, and what only looks like it --------------------------------------------------- */

static const struct {
	const char *id;           /* the requirement */
	const char *line;         /* of the text; an address follows where the way out is meant */
	bool missing;             /* the line does not satisfy it */
} wordings[] = {
	{ "LJ-02", "配信停止はこちら", false },
	{ "LJ-02", "配信停止をご希望の方は", false },
	{ "LJ-02", "配信停止をご希望の場合は下記へ", false },
	{ "LJ-02", "配信停止のお手続き", false },
	{ "LJ-02", "配信停止に関するご案内", false },
	{ "LJ-02", "配信解除", false },
	{ "LJ-02", "配信中止のご連絡", false },
	{ "LJ-02", "登録解除", false },
	{ "LJ-02", "メルマガ登録の解除", false },
	{ "LJ-02", "解除はこちら", false },
	{ "LJ-02", "メルマガ解除", false },
	{ "LJ-02", "メルマガの解除", false },
	{ "LJ-02", "購読解除", false },
	{ "LJ-02", "購読停止", false },
	{ "LJ-02", "購読の停止はこちら", false },
	{ "LJ-02", "受信停止", false },
	{ "LJ-02", "受信拒否", false },
	{ "LJ-02", "受信を停止する", false },
	{ "LJ-02", "退会のお手続き", false },
	{ "LJ-02", "メールが不要な方は", false },
	{ "LJ-02", "メールがご不要の場合は", false },
	{ "LJ-02", "今後このようなメールを希望されない方は", false },
	{ "LJ-02", "今後のご案内を希望されない場合は", false },
	{ "LJ-02", "ワンクリック解除", false },
	{ "LJ-02", "２クリック解除", false },
	{ "LJ-02", "オプトアウト", false },
	{ "LJ-02", "マイページからメール配信設定を変更できます", false },
	{ "LJ-02", "メールマガジンの配信を停止する", false },
	{ "LJ-02", "ﾒﾙﾏｶﾞ解除", false },
	{ "LJ-02", "Unsubscribe", false },
	{ "LJ-01", "発行：花見堂", false },
	{ "LJ-01", "㈱花見堂", false },
	{ "LJ-01", "（有）花見堂", false },
	{ "LJ-01", "【発行元】花見堂", false },
	{ "LJ-01", "編集・発行 花見堂", false },
	{ "LJ-01", "運営会社：花見堂", false },
	{ "LJ-01", "ＮＰＯ法人花見", false },
	{ "LJ-01", "霧丘市役所 広報課", false },
	{ "LJ-01", "Hanami Books, Inc.", false },
	{ "LJ-01", "Hanami Co., Ltd.", false },
	{ "LJ-04", "〒101-0051", false },
	{ "LJ-04", "〒１０１－００５１", false },
	{ "LJ-04", "東京都千代田区神田", false },
	{ "LJ-04", "神奈川県鎌倉市", false },
	{ "LJ-04", "大阪市北区梅田1-2-3", false },
	{ "LJ-04", "霧丘市本町一丁目", false },
	{ "LJ-04", "会社概要 https://hanami-books.jp/company", false },
	{ "LJ-05", "お問い合わせ：info@hanami-books.jp", false },
	{ "LJ-05", "お問合せ先 03-0000-0000", false },
	{ "LJ-05", "TEL:０１２０－０００－１１１", false },
	{ "LJ-05", "ご意見・ご感想 https://hanami-books.jp/form", false },
	{ "LJ-05", "お客様相談室 0570-000-111", false },
	{ "LJ-05", "連絡先 050-0000-1111", false },
	{ "LJ-02", "画面ロック解除", true },
	{ "LJ-02", "制限解除のお知らせ", true },
	{ "LJ-02", "予約のキャンセル", true },
	{ "LJ-02", "注文の解除", true },
	{ "LJ-02", "契約解除", true },
	{ "LJ-02", "警報解除", true },
	{ "LJ-02", "規制解除", true },
	{ "LJ-02", "配送停止", true },
	{ "LJ-02", "自動退会", true },
	{ "LJ-02", "解約手数料", true },
	{ "LJ-02", "配信停止を承りました", true },
	{ "LJ-02", "配信停止承りました", true },
	{ "LJ-02", "ロックの解除を希望される方は", true },
	{ "LJ-02", "警報の解除方法", true },
	{ "LJ-02", "このメールを削除してください", true },
	{ "LJ-02", "動画配信停止のお詫び", true },
	{ "LJ-02", "ドメイン指定受信設定をお願いします", true },
	{ "LJ-02", "車両登録", true },
	{ "LJ-01", "11月24日発行", true },
	{ "LJ-01", "銀行振込ができます", true },
	{ "LJ-01", "大学生の読者へ", true },
	{ "LJ-01", "https://hanami.co.jp/", true },
	{ "LJ-01", "花見堂より", true },
	{ "LJ-01", "編集後記", true },
	{ "LJ-01", "zinc. の本", true },
	{ "LJ-04", "東京都の市場", true },
	{ "LJ-04", "県内の町へ", true },
	{ "LJ-04", "03-0000-0000", true },
	{ "LJ-04", "2026-11-24", true },
	{ "LJ-04", "〒 郵便でも承ります", true },
	{ "LJ-04", "アンケート ご住所：", true },
	{ "LJ-05", "お問い合わせの多い本", true },
	{ "LJ-05", "03-0000-0000", true },
	{ "LJ-05", "電話の歴史", true },
	{ "LJ-05", "お問い合わせ番号 123456789012", true },
	{ "LJ-05", "サポートの歴史 https://hanami-books.jp/x", true },
};

/* Is the item of the law told as missing in a mail with this line? */
static bool is_missing(const char *id, const char *text)
{
	bool way_out = strcmp(id, "LJ-02") == 0, told = false;
	char *body = g_strdup_printf("新刊を三冊ご紹介します。\r\n%s\r\n%s", text, way_out ? "https://hanami-books.jp/x/9f3c1b7a2d4e6f80\r\n" : "");
	const struct row row = { .head = UTF8, .shown = span_str(body), .after = "" };
	struct lint_options options;
	size_t shown_at = 0;
	GString *mail = build(&row, &shown_at);
	struct span bytes = exact_copy(mail);

	set_options(&options, "--profile law-jp");
	GPtrArray *results = run_lint_bytes(builtin(), &options, "row.eml", bytes, false, TEMPLATE_NONE);
	struct message_result *result = g_ptr_array_index(results, 0);
	for (size_t i = 0; i < result->n_findings; i++)
		told |= has_requirement(&result->findings[i], id);
	message_result_free(result);
	g_ptr_array_free(results, TRUE);
	g_string_free(mail, TRUE);
	g_free((char *)bytes.p);
	g_free(body);
	return told;
}

START_TEST(law_wording)
{
	bool told = is_missing(wordings[_i].id, wordings[_i].line);

	ck_assert_msg(told == wordings[_i].missing, "%s: \"%s\" is %s", wordings[_i].id, wordings[_i].line, told ? "not enough" : "taken for it");
}
END_TEST

/* Kinds of wordings that satisfy an item: each of the words, with something behind and in front. */
static const struct {
	const char *id, *before, *words, *behind;
} wording_kinds[] = {
	{ "LJ-01", "花見",
	  "株式会社 有限会社 合同会社 合資会社 一般社団法人 一般財団法人 公益社団法人 公益財団法人 特定非営利活動法人 npo法人 学校法人 医療法人 "
	  "社会福祉法人 宗教法人 独立行政法人 国立大学法人 協同組合 事務所 大学 市役所 商工会議所",
	  "" },
	{ "LJ-01", "", "㈱ ㍿ (株) (有) （株） ㈲", "花見" },
	{ "LJ-01", "",
	  "発行 発行者 発行元 発行人 発行所 発行責任者 編集 編集部 編集長 編集人 編集発行 配信元 配信者 送信元 送信者 運営会社 運営元 運営者 "
	  "運営事務局 主催 販売者 販売元 販売業者 販売責任者 制作・著作 制作著作",
	  "：花見堂" },
	{ "LJ-04", "",
	  "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 "
	  "長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 "
	  "高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県",
	  "霧丘市本町1-2-3" },
	{ "LJ-04", "長野県霧丘", "市 区 町 村 郡", "" },
	{ "LJ-04", "", "〒101-0051 〒1010051 〒１０１－００５１ 〒101−0051 101-0051", " 花見ビル" },
	{ "LJ-04", "", "住所 所在地", " https://hanami-books.jp/x" },
	{ "LJ-05", "",
	  "お問い合わせ お問合わせ 問い合わせ お問合せ 問合せ お問い合せ 連絡先 ご連絡先 ご意見 ご感想 苦情 お客様窓口 お客様相談室 お客様センター "
	  "お客様サポート サポート サポート窓口 contact tel 電話 fax フリーダイヤル",
	  " 03-0000-0000" },
	{ "LJ-05", "",
	  "お問い合わせ お問合わせ 問い合わせ お問合せ 問合せ お問い合せ 連絡先 ご連絡先 ご意見 ご感想 苦情 お客様窓口 お客様相談室 お客様センター "
	  "お客様サポート サポート窓口 contact",
	  "\r\n\r\nhttps://hanami-books.jp/form" },
	{ "LJ-05", "電話 ", "03-0000-0000 0120-000-000 0120000000 0570-000-000 0800-000-0000 050-0000-0000 03(0000)0000 0265-00-0000", "" },
};

START_TEST(law_wording_kind)
{
	char **words = g_strsplit(wording_kinds[_i].words, " ", -1);

	for (char **word = words; *word; word++) {
		char *text = g_strconcat(wording_kinds[_i].before, *word, wording_kinds[_i].behind, NULL);
		ck_assert_msg(!is_missing(wording_kinds[_i].id, text), "%s: \"%s\" is not enough", wording_kinds[_i].id, text);
		g_free(text);
	}
	g_strfreev(words);
}
END_TEST

/* --- section 5: whole footers ------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *body;
	const char *missing;      /* the items of the law that are told, all of them */
	bool seller_link_missing;
} footers[] = {
	{ "a shop",
	  "春の煎茶 1,200円（税込） ご注文はこちら https://hanami-books.jp/tea\r\n"
	  "特定商取引法に基づく表記 https://hanami-books.jp/t\r\n"
	  "━━━━━━━━━━━━━━\r\n"
	  "発行：有限会社花見茶舗\r\n"
	  "〒424-0001 静岡市清水区梅ケ谷1-2\r\n"
	  "TEL：054-123-4567（10時～18時）\r\n"
	  "配信停止：https://hanami-books.jp/u/9f3c1b7a2d4e\r\n",
	  "", false },
	{ "a city",
	  "今月のお知らせです。\r\n"
	  "--\r\n"
	  "霧丘市役所 広報課\r\n"
	  "長野県霧丘市本町三丁目2番1号\r\n"
	  "電話 0263-12-3456（内線 123） ファックス 0263-12-3457\r\n"
	  "メールの登録解除は https://hanami-books.jp/kaijo/9f3c1b7a2d4e から\r\n",
	  "", false },
	{ "a school",
	  "保護者の皆様\r\n"
	  "学校法人霧丘学園 霧丘中学校\r\n"
	  "長野県霧丘市大字本町100番地\r\n"
	  "お問合せ先：kouhou@hanami-books.jp\r\n"
	  "今後このようなメールを希望されない方は、本メールにご返信ください。\r\n",
	  "", false },
	{ "a club",
	  "例会のご案内です。\r\n"
	  "霧丘囲碁クラブ事務局（代表：星野太郎）\r\n"
	  "東京都千代田区神田神保町1-2-3 花見ビル2F\r\n"
	  "ご意見・ご感想は igo@hanami-books.jp まで\r\n"
	  "退会をご希望の方は igo-taikai@hanami-books.jp へ空メールをお送りください。\r\n",
	  "", false },
	{ "a bank",
	  "※本メールは送信専用です。\r\n"
	  "株式会社霧丘銀行\r\n"
	  "本店所在地：長野県霧丘市中央1-1-1\r\n"
	  "お客様センター 0120-123-456（平日9:00～17:00）\r\n"
	  "メール配信の変更・停止はこちら\r\n"
	  "https://hanami-books.jp/mail/9f3c1b7a2d4e\r\n",
	  "", false },
	{ "an event",
	  "花見フェス2026\r\n"
	  "参加費 3,000円 お申し込みは https://hanami-books.jp/f\r\n"
	  "主催：花見フェス実行委員会\r\n"
	  "会社概要・特定商取引法に基づく表記\r\n"
	  "https://hanami-books.jp/about\r\n"
	  "お問い合わせフォーム\r\n"
	  "https://hanami-books.jp/contact\r\n"
	  "ワンクリック解除\r\n"
	  "https://hanami-books.jp/x/9f3c1b7a2d4e\r\n",
	  "", false },
	{ "an association",
	  "特定非営利活動法人 緑の会\r\n"
	  "〒1010051 東京都千代田区神田神保町\r\n"
	  "Mail: midori@hanami-books.jp / Tel: 03(1234)5678\r\n"
	  "メルマガの購読を中止される方はマイページからお手続きください。\r\n"
	  "https://hanami-books.jp/mypage\r\n",
	  "", false },
	{ "a technical letter",
	  "発行元 ㈱花見技研\r\n"
	  "所在地・連絡先：https://hanami-books.jp/company/\r\n"
	  "購読解除: https://hanami-books.jp/u/9f3c1b7a2d4e\r\n"
	  "(c) 2026 Hanami Giken\r\n",
	  "", false },
	{ "a hotel",
	  "［運営会社］合同会社花見リゾート\r\n"
	  "北海道札幌市中央区北１条西２丁目\r\n"
	  "【お客様相談室】０１１－１２３－４５６７\r\n"
	  "件名に「配信停止」とご記入のうえ info@hanami-books.jp までお送りください。\r\n",
	  "", false },
	{ "no footer",
	  "ご来店をお待ちしています。\r\n"
	  "スマートフォンのロック解除の方法、ご注文のキャンセルは店頭で。\r\n"
	  "https://hanami-books.jp/\r\n",
	  "LJ-01 LJ-02 LJ-03 LJ-04 LJ-05", false },
	{ "only the way out",
	  "花見堂\r\n"
	  "お問い合わせは店頭へ。\r\n"
	  "配信停止はこちら\r\n"
	  "https://hanami-books.jp/u/unsubscribe/9f3c1b7a2d4e\r\n",
	  "LJ-01 LJ-04 LJ-05", false },
	{ "cosmetics",
	  "花見コスメ\r\n"
	  "美容液 5,500円（税別）　カートに入れる https://hanami-books.jp/c\r\n"
	  "販売業者: 株式会社花見\r\n"
	  "住所: 大阪府大阪市北区梅田1-1\r\n"
	  "お問い合わせ窓口: フリーダイヤル 0800-123-4567\r\n"
	  "メールが不要な方は https://hanami-books.jp/stop/9f3c1b7a2d4e\r\n",
	  "", true },
};

START_TEST(footer_is_judged)
{
	static const char *const items[] = { "LJ-01", "LJ-02", "LJ-03", "LJ-04", "LJ-05", "LJ-06" };
	const struct row row = { .head = UTF8, .shown = span_str(footers[_i].body), .after = "" };
	struct lint_options options;
	size_t shown_at = 0;
	bool seller = false;
	GString *mail = build(&row, &shown_at);
	struct span bytes = exact_copy(mail);

	set_options(&options, "--profile law-jp");
	GPtrArray *results = run_lint_bytes(builtin(), &options, "row.eml", bytes, false, TEMPLATE_NONE);
	struct message_result *result = g_ptr_array_index(results, 0);
	for (size_t k = 0; k < G_N_ELEMENTS(items); k++) {
		bool told = false;
		for (size_t i = 0; i < result->n_findings; i++)
			told |= has_requirement(&result->findings[i], items[k]);
		ck_assert_msg(told == (strstr(footers[_i].missing, items[k]) != NULL), "the footer of %s: %s is %s", footers[_i].name, items[k],
			      told ? "told" : "not told");
	}
	for (size_t i = 0; i < result->n_findings; i++)
		seller |= strcmp(result->findings[i].rule->id, "jp-seller-link-missing") == 0;
	ck_assert_msg(seller == footers[_i].seller_link_missing, "the footer of %s: the link to the seller", footers[_i].name);
	message_result_free(result);
	g_ptr_array_free(results, TRUE);
	g_string_free(mail, TRUE);
	g_free((char *)bytes.p);
}
END_TEST

/* --- section 4: words inside innocent ones ------------------------------------------------------------------------------------ */

/* In company of weak words of two lists, so that a weak one would count, too. */
static const char *const traps[] = { "",	   "支援助成金",   "有無料金",	   "送料の有無　料金表", "ピエロの公演",	 "ONLINE追加講座", "出会い頭の事故",
				     "処女作",	   "当選者発表",   "副業務責任者", "設備投資",	  "三人妻子",	 "Essex",	   "AV機器",
				     "風俗習慣",	   "ロック解除",   "削除依頼",	   "アダルトチルドレン", "無料化の議論", "カジノ法案" };

START_TEST(trap_counts_nothing)
{
	char *body = g_strdup_printf("今だけ、残りわずか、半額。\r\n%sについての記事をお届けします。\r\n", traps[_i]);
	const struct row row = { .head = UTF8, .shown = span_str(body) };
	struct lint_options options;
	size_t shown_at = 0, told = 0;
	GString *mail = build(&row, &shown_at), *faults = g_string_new(NULL);
	struct span bytes = exact_copy(mail);

	set_options(&options, NULL);
	GPtrArray *results = run_lint_bytes(builtin(), &options, "row.eml", bytes, false, TEMPLATE_NONE);
	struct message_result *result = g_ptr_array_index(results, 0);
	for (size_t i = 0; i < result->n_findings; i++) {
		if (!result->findings[i].rule->n_phrases)
			continue;
		told++;
		describe(faults, &result->findings[i], shown_at);
	}
	ck_assert_msg(told == 2, "\"%s\": %zu lists instead of two:%s", traps[_i], told, faults->str);
	message_result_free(result);
	g_ptr_array_free(results, TRUE);
	g_string_free(faults, TRUE);
	g_string_free(mail, TRUE);
	g_free((char *)bytes.p);
	g_free(body);
}
END_TEST

/* --write: the tables of the page, in place of a test. */
int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--write") == 0)
		return write_page(pages[0], false) && write_page(pages[1], true) ? EXIT_SUCCESS : EXIT_FAILURE;
	Suite *suite = suite_create("japanese");
	TCase *cases = tcase_create("cases");

	message_library_init();
	tcase_set_timeout(cases, 60);
	tcase_add_loop_test(cases, row_is_judged, 0, G_N_ELEMENTS(rows));
	tcase_add_loop_test(cases, page_is_true, 0, G_N_ELEMENTS(pages));
	tcase_add_loop_test(cases, paper_row_is_judged, 0, G_N_ELEMENTS(paper_rows));
	tcase_add_loop_test(cases, phrase_matches, 0, G_N_ELEMENTS(phrases));
	tcase_add_loop_test(cases, ordinary_newsletter, 0, G_N_ELEMENTS(newsletters));
	tcase_add_loop_test(cases, law_wording, 0, G_N_ELEMENTS(wordings));
	tcase_add_loop_test(cases, law_wording_kind, 0, G_N_ELEMENTS(wording_kinds));
	tcase_add_loop_test(cases, footer_is_judged, 0, G_N_ELEMENTS(footers));
	tcase_add_loop_test(cases, trap_counts_nothing, 0, G_N_ELEMENTS(traps));
	tcase_add_loop_test(cases, line_length, 0, G_N_ELEMENTS(line_lengths));
	tcase_add_loop_test(cases, cell_of_row_13, 0, G_N_ELEMENTS(cell_codes) * G_N_ELEMENTS(row_13));
	tcase_add_test(cases, cells_of_other_classes);
	tcase_add_test(cases, cells_of_half_width_kana);
	tcase_add_loop_test(cases, two_readings_of_a_cell, 0, G_N_ELEMENTS(two_readings));
	tcase_add_loop_test(cases, word_length, 0, G_N_ELEMENTS(word_lengths));
	tcase_add_loop_test(cases, front_of_the_file, 0, G_N_ELEMENTS(fronts));
	tcase_add_loop_test(cases, wrong_label, 0, G_N_ELEMENTS(japanese_charsets) * G_N_ELEMENTS(wrong_labels));
	tcase_add_loop_test(cases, other_language, 0, G_N_ELEMENTS(other_languages));
	tcase_add_loop_test(cases, doubtful_text, 0, G_N_ELEMENTS(doubtful_texts));
	tcase_add_loop_test(cases, wrong_word, 0, G_N_ELEMENTS(wrong_words));
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
