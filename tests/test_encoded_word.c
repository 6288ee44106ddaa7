/* Tests of lint/mail/encoded_word.c: decoded text, flags and places. Expectations come from RFC 2047 and RFC 1468. */
#include "draft_file.h"

static const struct {
	const char *name, *in, *want;
	unsigned flags; /* of all words together */
	size_t n_words;
	enum field_kind kind;
} cases[] = {
	{ "no word", "Plain text", "Plain text", 0, 0, FIELD_UNSTRUCTURED },
	{ "RFC 2047 section 8", "(=?ISO-8859-1?Q?a?= b)", "(a b)", EW_ASCII_ONLY, 1, FIELD_UNSTRUCTURED },
	{ "white space between words", "=?ISO-8859-1?Q?=E4?= \r\n  =?ISO-8859-1?Q?=E4b?=", "\xc3\xa4\xc3\xa4" "b",
	  0, 2, FIELD_UNSTRUCTURED },
	{ "underscore", "=?ISO-8859-1?Q?=E4_b?=", "\xc3\xa4 b", 0, 1, FIELD_UNSTRUCTURED },
	{ "lower case", "=?utf-8?b?44GC?= x =?utf-8?q?=e3=81=84?=", "あ x い", 0, 2, FIELD_UNSTRUCTURED },
	{ "language", "=?UTF-8*ja?B?44GC?=", "あ", 0, 1, FIELD_UNSTRUCTURED },
	{ "padded words",
	  "=?ISO-2022-JP?B?GyRCJCpDTiRpJDsbKEIx?=\r\n =?ISO-2022-JP?B?GyRCPVUkTjlmJEckORsoQg==?=\r\n"
	  " =?ISO-2022-JP?B?GyRCPSokbyRqGyhC?=", "お知らせ1春の号です終わり", 0, 3, FIELD_UNSTRUCTURED },
	{ "old tag", "=?ISO-2022-JP?B?GyRCTCQ+NUJ6OS05cCIoPVUkTjlmGyhC?=", "未承諾広告※春の号", 0, 1, FIELD_UNSTRUCTURED },
	{ "split character", "=?UTF-8?B?44GC4w==?= =?UTF-8?B?gYQ=?=", "あい", EW_SPLIT_CHAR, 2, FIELD_UNSTRUCTURED },
	{ "split without padding", "=?UTF-8?B?44GC44GE4w?= =?UTF-8?B?gYY?=", "あいう", EW_SPLIT_CHAR | EW_BAD_BASE64, 2, FIELD_UNSTRUCTURED },
	{ "base64 cut anywhere", "=?UTF-8?B?44GC4?= =?UTF-8?B?4GE?=", "あい", EW_BAD_BASE64 | EW_SPLIT_CHAR, 2, FIELD_UNSTRUCTURED },
	{ "split pair of Shift_JIS", "=?Shift_JIS?B?jpE=?= =?Shift_JIS?B?lw==?= =?Shift_JIS?B?v5Vc?=", "資料表",
	  EW_SPLIT_CHAR, 3, FIELD_UNSTRUCTURED },
	{ "state carried over", "=?ISO-2022-JP?B?GyRCJCIk?= =?ISO-2022-JP?B?JCQmJCgkKhsoQg==?=", "あいうえお",
	  EW_SPLIT_CHAR | EW_STATE_OPEN, 2, FIELD_UNSTRUCTURED },
	{ "state open alone", "=?ISO-2022-JP?B?GyRCJCI=?=", "あ", EW_STATE_OPEN, 1, FIELD_UNSTRUCTURED },
	{ "JIS in Q", "=?ISO-2022-JP?Q?=1B$B$\"=1B(B?=", "あ", EW_JIS_Q, 1, FIELD_UNSTRUCTURED },
	{ "injection", "=?UTF-8?B?YQ0KQmNjOiB4QGV4YW1wbGUuanA=?=", "a\r\nBcc: x@example.jp", EW_CONTROL, 1, FIELD_UNSTRUCTURED },
	{ "glued before", "[x]=?UTF-8?B?44GC?=", "[x]あ", EW_GLUED_BEFORE, 1, FIELD_UNSTRUCTURED },
	{ "glued behind", "=?UTF-8?B?44GC?=!", "あ!", EW_GLUED_AFTER, 1, FIELD_UNSTRUCTURED },
	{ "glued words", "=?UTF-8?B?44GC?==?UTF-8?B?44GE?=", "あい", EW_GLUED_BEFORE | EW_GLUED_AFTER, 2, FIELD_UNSTRUCTURED },
	{ "parentheses", "(=?UTF-8?B?44GC?=)", "(あ)", 0, 1, FIELD_UNSTRUCTURED },
	{ "angle in a subject", "=?UTF-8?B?44GC?=<a>", "あ<a>", EW_GLUED_AFTER, 1, FIELD_UNSTRUCTURED },
	{ "angle in an address", "=?UTF-8?B?44GC?=<a@b.jp>", "あ<a@b.jp>", 0, 1, FIELD_ADDRESS },
	{ "in quotes", "\"=?ISO-2022-JP?B?GyRCOzNFREJATzobKEI=?=\" <a@b.jp>", "\"山田太郎\" <a@b.jp>", EW_IN_QUOTED_STRING, 1, FIELD_ADDRESS },
	{ "quotes in a subject", "\"=?UTF-8?B?44GC?= x\"", "\"あ x\"", EW_GLUED_BEFORE, 1, FIELD_UNSTRUCTURED },
	{ "quote never closed", "\"x =?UTF-8?B?44GC?= <a@b.jp>", "\"x あ <a@b.jp>", 0, 1, FIELD_ADDRESS },
	{ "in a comment", "a@b.jp (\" =?UTF-8?B?44GC?=)", "a@b.jp (\" あ)", 0, 1, FIELD_ADDRESS },
	{ "local part", "=?UTF-8?B?44GC?=@example.jp", "あ@example.jp", EW_IN_ADDRESS | EW_GLUED_AFTER, 1, FIELD_ADDRESS },
	{ "in angles", "x <=?UTF-8?B?44GC?=>", "x <あ>", EW_IN_ADDRESS, 1, FIELD_ADDRESS },
	{ "in a message id", "<=?UTF-8?B?44GC?= >", "<あ >", EW_MISPLACED | EW_GLUED_BEFORE, 1, FIELD_STRICT },
	{ "in a parameter", "text/plain; name=\"=?UTF-8?B?44GC?=\"", "text/plain; name=\"あ\"",
	  EW_MISPLACED | EW_IN_QUOTED_STRING, 1, FIELD_MIME },
	{ "blank inside", "=?UTF-8?Q?hello world?=", "hello world", EW_SPACE_INSIDE | EW_ASCII_ONLY, 1, FIELD_UNSTRUCTURED },
	{ "folded inside", "=?UTF-8?B?44GC\r\n 44GE?=", "あい", EW_FOLD_INSIDE, 1, FIELD_UNSTRUCTURED },
	{ "unterminated", "=?UTF-8?B?44GC and more", "=?UTF-8?B?44GC and more", EW_UNTERMINATED, 1, FIELD_UNSTRUCTURED },
	{ "unterminated, then a good one", "=?UTF-8?B?44GC =?UTF-8?B?44GE?=", "=?UTF-8?B?44GC い", EW_UNTERMINATED, 2, FIELD_UNSTRUCTURED },
	{ "unterminated before an address", "=?UTF-8?B?44GC <a@b.jp>, x?= <c@d.jp>", "=?UTF-8?B?44GC <a@b.jp>, x?= <c@d.jp>",
	  EW_UNTERMINATED, 1, FIELD_ADDRESS },
	{ "neither B nor Q", "=?UTF-8?X?abc?=", "=?UTF-8?X?abc?=", EW_BAD_ENCODING, 1, FIELD_UNSTRUCTURED },
	{ "no charset", "=??B?44GC?=", "あ", EW_BAD_CHARSET, 1, FIELD_UNSTRUCTURED },
	{ "unknown charset", "=?nosuch?Q?=E3=81=82?=", "あ", EW_BAD_CHARSET, 1, FIELD_UNSTRUCTURED },
	{ "unregistered charset", "=?utf8?Q?=E3=81=82?=", "あ", EW_UNREGISTERED_CHARSET, 1, FIELD_UNSTRUCTURED },
	{ "padding in the middle", "=?UTF-8?B?YQ==44GC?=", "aあ", EW_BAD_BASE64, 1, FIELD_UNSTRUCTURED },
	{ "too much padding", "=?UTF-8?B?44GC====?=", "あ", EW_BAD_BASE64, 1, FIELD_UNSTRUCTURED },
	{ "no padding", "=?UTF-8?B?44GC4g?=x", "あ�x", EW_BAD_BASE64 | EW_SPLIT_CHAR | EW_GLUED_AFTER, 1, FIELD_UNSTRUCTURED },
	{ "foreign character", "=?UTF-8?B?44-GC?=", "あ", EW_BAD_BASE64, 1, FIELD_UNSTRUCTURED },
	{ "bad Q", "=?UTF-8?Q?100=zz=E3=81=82?=", "100=zzあ", EW_BAD_Q, 1, FIELD_UNSTRUCTURED },
	{ "ASCII", "=?UTF-8?B?SGVsbG8=?=", "Hello", EW_ASCII_ONLY, 1, FIELD_UNSTRUCTURED },
	{ "ASCII piece of a run", "=?UTF-8?B?SGVsbG8=?= =?UTF-8?B?44GC?=", "Helloあ", 0, 2, FIELD_UNSTRUCTURED },
	{ "ASCII that looks encoded", "=?UTF-8?Q?=3D=3Fx?=", "=?x", 0, 1, FIELD_UNSTRUCTURED },
	{ "ASCII with a comma in a phrase", "=?UTF-8?Q?Example,_Inc?= <a@b.jp>", "Example, Inc <a@b.jp>", 0, 1, FIELD_ADDRESS },
	{ "not in the charset", "=?UTF-8?B?Yf9i?=", "a�b", EW_UNDECODABLE, 1, FIELD_UNSTRUCTURED },
	{ "8-bit under us-ascii", "=?us-ascii?B?44GC?=", "あ", EW_UNDECODABLE, 1, FIELD_UNSTRUCTURED },
	/* 98 94 is no code of GB 2312; https://encoding.spec.whatwg.org/#names-and-labels reads the label as GBK, where it is U+69D8. */
	{ "GBK under gb2312", "=?gb2312?B?pKq/zZiUpM4=?=", "お客様の", 0, 1, FIELD_UNSTRUCTURED },
	{ "NEC row 13", "=?ISO-2022-JP?B?GyRCLSEbKEI=?=", "①", EW_MACHINE_DEPENDENT, 1, FIELD_UNSTRUCTURED },
	{ "no word", "if (a=?b) c?=d", "if (a=?b) c?=d", 0, 0, FIELD_UNSTRUCTURED },
	{ "no word either", "=?x y?is this?=", "=?x y?is this?=", 0, 0, FIELD_UNSTRUCTURED },
	{ "raw UTF-8", "春 =?UTF-8?B?44GC?=", "春 あ", 0, 1, FIELD_UNSTRUCTURED },
	{ "raw JIS", "x \x1b$B=U\x1b(B", "x 春", 0, 0, FIELD_UNSTRUCTURED },
	{ "raw JIS that looks like a word", "\x1b$B=?UTF-8?B?44GC?=\x1b(B", NULL, 0, 0, FIELD_UNSTRUCTURED },
	{ "trimmed", " \t a \r\n b \t", "a  b", 0, 0, FIELD_UNSTRUCTURED },
	{ "empty", "  ", "", 0, 0, FIELD_UNSTRUCTURED },
	{ "75 characters", "=?UTF-8?Q?=E3=81=82aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?=",
	  "あaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, 1, FIELD_UNSTRUCTURED },
	{ "76 characters", "=?UTF-8?Q?=E3=81=82aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?=",
	  "あaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", EW_TOO_LONG, 1, FIELD_UNSTRUCTURED },
};

START_TEST(decoded)
{
	struct draft_file draft;
	struct encoded_word *words;
	size_t n, length = strlen(cases[_i].in);
	unsigned flags = 0;

	draft_file_init(&draft, cases[_i].in, length);
	struct text *text = encoded_words_decode(draft.arena, draft.file, (struct range){ 0, length }, cases[_i].kind, &words, &n);
	for (size_t i = 0; i < n; i++) {
		flags |= words[i].flags;
		ck_assert_uint_le(words[i].value.end, text->bytes.n);
	}
	if (cases[_i].want)
		ck_assert_msg(span_eq(text->bytes, span_str(cases[_i].want)), "%s: \"%s\"", cases[_i].name,
			      draft_file_text(&draft, text));
	ck_assert_msg(flags == cases[_i].flags, "%s: flags %x, not %x", cases[_i].name, flags, cases[_i].flags);
	ck_assert_msg(n == cases[_i].n_words, "%s: %zu words", cases[_i].name, n);
	draft_file_release(&draft);
}
END_TEST

/* Each character leads to exactly the characters of the file that hold its bits. */
static const struct {
	const char *in, *piece, *want;
} places[] = {
	{ "x =?UTF-8?B?44GC44GE?=", "い", "44GE" },
	{ "x =?UTF-8?B?44GC44GE?=", "x", "x" },
	{ "=?UTF-8?B?YeOBgg==?=", "a", "Ye" },
	{ "=?UTF-8?B?YeOBgg==?=", "あ", "eOBgg" },
	{ "=?UTF-8?Q?a=E3=81=82b?= c", "あ", "=E3=81=82" },
	{ "=?UTF-8?Q?a=E3=81=82b?= c", "b", "b" },
	{ "=?UTF-8?Q?a=E3=81=82?= =?UTF-8?Q?=E3=81=84?= c", "い", "=E3=81=84" },
	{ "=?UTF-8?Q?a=E3=81=82?= =?UTF-8?Q?=E3=81=84?= c", "c", "c" },
	{ "=?UTF-8?Q?=E3?= =?UTF-8?Q?=81=84?=", "い", "=E3?= =?UTF-8?Q?=81=84" },
	{ "=?ISO-2022-JP?B?GyRCJCIkJBsoQg==?=", "あ", "JCI" }, /* bytes 3 and 4: characters 4, 5 and half of 6 */
	{ "=?UTF-8?B?44GC\r\n 44GE?=", "い", "44GE" },
	{ "\x1b$B=UEb\x1b(B", "春", "=U" },
	{ "a\r\n b", "a b", "a\r\n b" },
	{ "a\r\n b", "b", "b" },
};

START_TEST(place)
{
	struct draft_file draft;
	size_t length = strlen(places[_i].in);

	draft_file_init(&draft, places[_i].in, length);
	struct text *text = encoded_words_decode(draft.arena, draft.file, (struct range){ 0, length }, FIELD_UNSTRUCTURED, NULL, NULL);
	size_t at = span_find(text->bytes, span_str(places[_i].piece), 0);
	ck_assert_uint_lt(at, text->bytes.n);
	ck_assert_str_eq(draft_file_cut(&draft, text_to_file(text, at, at + strlen(places[_i].piece))), places[_i].want);
	draft_file_release(&draft);
}
END_TEST

START_TEST(word_ranges)
{
	static const char in[] = "Re: =?UTF-8?B?44GC4w==?= =?UTF-8?B?gYQ=?= =?UTF-8?Q?x=0D?=";
	struct draft_file draft;
	struct encoded_word *words;
	size_t n;

	draft_file_init(&draft, in, sizeof in - 1);
	struct range all = { 0, sizeof in - 1 };
	struct text *text = encoded_words_decode(draft.arena, draft.file, all, FIELD_UNSTRUCTURED, &words, &n);
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(draft_file_cut(&draft, (struct range){ words[0].start, words[0].end }), "=?UTF-8?B?44GC4w==?=");
	ck_assert(span_eq(words[0].charset, SPAN_LIT("UTF-8")));
	ck_assert_int_eq(words[0].encoding, 'B');
	ck_assert_int_eq(words[2].encoding, 'Q');
	/* The cut character counts to the word that begins it. */
	ck_assert(span_eq(span_cut(text->bytes, words[0].value.start, words[0].value.end), SPAN_LIT("あい")));
	ck_assert_uint_eq(words[1].value.start, words[1].value.end);
	ck_assert(span_eq(span_cut(text->bytes, words[2].value.start, words[2].value.end), SPAN_LIT("x\r")));
	ck_assert_uint_eq(words[2].flags, EW_CONTROL);
	ck_assert_uint_eq(words[2].control, 0x0d);
	draft_file_release(&draft);
}
END_TEST

/* A megabyte of whatever looks like the beginning of something. */
static const char *const floods[] = { "=?", "=?a?b?", "=?a?x?", "\"", "(", "<", "=?utf-8?q?a?= ", "=?iso-2022-jp?b?GyRCJCIbKEI=?= ",
				      "=?shift_jis?b?jpE=?=\n ", "\x1b$", "\n ", "\x83", "=?a?q?=?", "{{", "\\", "=?UTF-8?B?4?= " };

START_TEST(flood)
{
	struct draft_file draft;
	GString *in = g_string_new(NULL);

	while (in->len < 1000 * 1000)
		g_string_append(in, floods[_i]);
	draft_file_init(&draft, in->str, in->len);
	for (int kind = FIELD_UNSTRUCTURED; kind <= FIELD_STRICT; kind++) {
		struct range all = { 0, in->len };
		struct text *text = encoded_words_decode(draft.arena, draft.file, all, (enum field_kind)kind, NULL, NULL);
		ck_assert_uint_le(text->bytes.n, 4 * in->len);
	}
	g_string_free(in, TRUE);
	draft_file_release(&draft);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("encoded_word");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, decoded, 0, N_ROWS(cases));
	tcase_add_loop_test(tcase, place, 0, N_ROWS(places));
	tcase_add_test(tcase, word_ranges);
	tcase_add_loop_test(tcase, flood, 0, N_ROWS(floods));
	return run_case("encoded_word", tcase);
}
