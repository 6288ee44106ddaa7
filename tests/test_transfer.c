/* Transfer encodings: decoded bytes, exact places in the file, problems. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "mail/transfer.h"

/* The file: some bytes that are not the body, the body, and nothing behind it, so that over-reads are seen. */
enum { BODY_START = 5 };

struct fixture {
	struct arena *arena;
	struct text file;
	char *bytes;
	struct transfer_result result;
};

static void decode(struct fixture *f, char encoding, const char *in, size_t n)
{
	*f = (struct fixture){ .arena = arena_new(), .bytes = malloc(BODY_START + n) };
	memcpy(f->bytes, "head:", BODY_START);
	memcpy(f->bytes + BODY_START, in, n);
	f->file.bytes = span_of(f->bytes, BODY_START + n);
	struct range body = { BODY_START, BODY_START + n };
	if (encoding == 'B')
		f->result = transfer_decode_base64(f->arena, &f->file, body);
	else if (encoding == 'Q')
		f->result = transfer_decode_qp(f->arena, &f->file, body);
	else
		f->result = transfer_decode_identity(f->arena, &f->file, body);
}

static void release(struct fixture *f)
{
	arena_free(f->arena);
	free(f->bytes);
}

enum { L = TRANSFER_PROBLEM_LINE_LONG, C = TRANSFER_PROBLEM_BAD_CHARACTER, P = TRANSFER_PROBLEM_BAD_PADDING,
       E = TRANSFER_PROBLEM_BAD_ESCAPE, W = TRANSFER_PROBLEM_LOWER_CASE, T = TRANSFER_PROBLEM_TRAILING_BLANK };

#define BYTES(s) s, sizeof(s) - 1
#define A76 "QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD"
#define ABC57 "ABCABCABCABCABCABCABCABCABCABCABCABCABCABCABCABCABCABCABC"

static const struct {
	const char *name;
	char encoding;
	const char *in;
	size_t n_in;
	const char *want;
	size_t n_want;
	/* Problems in order: kind, offset in the body, length. */
	size_t n_problems;
	struct { int kind; size_t offset, length; } problems[4];
} cases[] = {
	/* RFC 4648, section 10. */
	{ "empty", 'B', BYTES(""), BYTES(""), 0, { { 0 } } },
	{ "f", 'B', BYTES("Zg=="), BYTES("f"), 0, { { 0 } } },
	{ "fo", 'B', BYTES("Zm8="), BYTES("fo"), 0, { { 0 } } },
	{ "foo", 'B', BYTES("Zm9v"), BYTES("foo"), 0, { { 0 } } },
	{ "foobar", 'B', BYTES("Zm9vYmFy\r\n"), BYTES("foobar"), 0, { { 0 } } },
	{ "all alphabet", 'B', BYTES("+/+/"), BYTES("\xfb\xff\xbf"), 0, { { 0 } } },
	{ "straddling quantum", 'B', BYTES("Zm9vY\r\nmFy"), BYTES("foobar"), 0, { { 0 } } },
	{ "one a line", 'B', BYTES("Z\nm\n9\nv\n"), BYTES("foo"), 0, { { 0 } } },
	{ "blanks", 'B', BYTES("Zm 9v \tYmFy\n"), BYTES("foobar"), 0, { { 0 } } },
	{ "bad characters", 'B', BYTES("Zm!?9v*"), BYTES("foo"), 2, { { C, 2, 2 }, { C, 6, 1 } } },
	{ "NUL and 8-bit", 'B', BYTES("Zm\0\xe3" "9v"), BYTES("foo"), 1, { { C, 2, 2 } } },
	{ "padding in the middle", 'B', BYTES("Zg==Zm9v"), BYTES("ffoo"), 1, { { P, 2, 1 } } },
	{ "padding in the middle, lines", 'B', BYTES("Zm8=\r\nZm8=\r\n"), BYTES("fofo"), 1, { { P, 3, 1 } } },
	{ "no padding", 'B', BYTES("Zm8"), BYTES("fo"), 1, { { P, 0, 3 } } },
	{ "half padding", 'B', BYTES("Zg="), BYTES("f"), 1, { { P, 2, 1 } } },
	{ "padding split", 'B', BYTES("Zg=\r\n="), BYTES("f"), 0, { { 0 } } },
	{ "too much padding", 'B', BYTES("Zg==="), BYTES("f"), 1, { { P, 4, 1 } } },
	{ "padding alone", 'B', BYTES("===="), BYTES(""), 4, { { P, 0, 1 }, { P, 1, 1 }, { P, 2, 1 }, { P, 3, 1 } } },
	{ "one character", 'B', BYTES("Zm9vZ\r\n"), BYTES("foo"), 1, { { P, 4, 1 } } },
	{ "76", 'B', BYTES(A76 "\r\n" A76), BYTES(ABC57 ABC57), 0, { { 0 } } },
	{ "cr only", 'B', BYTES("Zm9v\rYmFy\r"), BYTES("foobar"), 0, { { 0 } } },
	{ "cr beside lf", 'B', BYTES("Zm9v\rYmFy\n"), BYTES("foobar"), 1, { { C, 4, 1 } } },
	{ "80", 'B', BYTES(A76 "QUJD\r\n" A76 "QUJD\r\n"), BYTES(ABC57 "ABC" ABC57 "ABC"), 1, { { L, 0, 80 } } },

	{ "plain", 'Q', BYTES("a b\r\nc\n"), BYTES("a b\r\nc\n"), 0, { { 0 } } },
	{ "escapes", 'Q', BYTES("=E3=81=82=3D"), BYTES("\xe3\x81\x82="), 0, { { 0 } } },
	{ "soft", 'Q', BYTES("ab=\r\ncd=\nef"), BYTES("abcdef"), 0, { { 0 } } },
	{ "soft, cr only", 'Q', BYTES("ab=\rcd\ref"), BYTES("abcd\ref"), 0, { { 0 } } },
	{ "soft with blanks", 'Q', BYTES("ab= \t\r\ncd"), BYTES("abcd"), 1, { { T, 3, 2 } } },
	{ "soft at the end", 'Q', BYTES("ab="), BYTES("ab"), 0, { { 0 } } },
	{ "trailing", 'Q', BYTES("ab  \r\ncd \r\n"), BYTES("ab\r\ncd\r\n"), 1, { { T, 2, 2 } } },
	{ "lower", 'Q', BYTES("=e3=81=8a=E3"), BYTES("\xe3\x81\x8a\xe3"), 1, { { W, 0, 3 } } },
	{ "bad escape", 'Q', BYTES("a=4Gb=\xe3"), BYTES("a=4Gb=\xe3"), 3, { { E, 1, 3 }, { E, 5, 2 }, { C, 6, 1 } } },
	{ "cut escape", 'Q', BYTES("a=4"), BYTES("a=4"), 1, { { E, 1, 2 } } },
	{ "double equals", 'Q', BYTES("a==\r\nb"), BYTES("a=b"), 1, { { E, 1, 2 } } },
	{ "8-bit", 'Q', BYTES("a\xe3\x81\x82" "b\0c"), BYTES("a\xe3\x81\x82" "b\0c"), 2, { { C, 1, 3 }, { C, 5, 1 } } },
	{ "long", 'Q', BYTES(A76 "=41\r\n" A76), BYTES(A76 "A\r\n" A76), 1, { { L, 0, 79 } } },
	{ "escaped JIS", 'Q', BYTES("=1B$B$\"=1B(B"), BYTES("\x1b$B$\"\x1b(B"), 0, { { 0 } } },

	{ "identity", '8', BYTES("a=41\r\n\0\xff"), BYTES("a=41\r\n\0\xff"), 0, { { 0 } } },
};

START_TEST(decoded)
{
	struct fixture f;
	decode(&f, cases[_i].encoding, cases[_i].in, cases[_i].n_in);
	struct span got = f.result.text->bytes;
	ck_assert_msg(span_eq(got, span_of(cases[_i].want, cases[_i].n_want)), "%s: got '%.*s'", cases[_i].name, (int)got.n, got.p);
	ck_assert_msg(f.result.n_problems == cases[_i].n_problems, "%s: %zu problems", cases[_i].name, f.result.n_problems);
	for (size_t i = 0; i < f.result.n_problems; i++) {
		const struct transfer_problem *p = &f.result.problems[i];
		ck_assert_msg((int)p->kind == cases[_i].problems[i].kind && p->offset == BODY_START + cases[_i].problems[i].offset &&
				      p->length == cases[_i].problems[i].length,
			      "%s: problem %zu: kind %d at %zu+%zu", cases[_i].name, i, (int)p->kind, p->offset, p->length);
	}
	release(&f);
}
END_TEST

/* Every byte of a case leads to a place from which alone (with its neighbours' bits) it was made. */
static const struct {
	const char *name;
	char encoding;
	const char *in;
	size_t start, end;            /* in the decoded bytes */
	size_t want_start, want_end;  /* in the body */
} places[] = {
	{ "quantum byte 0", 'B', "Zm9vYmFy", 0, 1, 0, 2 },
	{ "quantum byte 1", 'B', "Zm9vYmFy", 1, 2, 1, 3 },
	{ "quantum byte 2", 'B', "Zm9vYmFy", 2, 3, 2, 4 },
	{ "second quantum", 'B', "Zm9vYmFy", 3, 6, 4, 8 },
	{ "behind CRLF", 'B', "Zm9v\r\nYmFy", 3, 4, 6, 8 },
	{ "over CRLF", 'B', "Zm9v\r\nYmFy", 2, 4, 2, 8 },
	{ "straddling, before", 'B', "Zm9vYm\r\nFy", 3, 4, 4, 6 },
	{ "straddling, in it", 'B', "Zm9vYm\r\nFy", 4, 5, 5, 9 },
	{ "straddling, behind", 'B', "Zm9vYm\r\nFy", 5, 6, 8, 10 },
	{ "behind padding", 'B', "Zg==Zm9v", 1, 4, 4, 8 },
	{ "padded byte", 'B', "Zm8=", 1, 2, 1, 3 },
	{ "behind bad", 'B', "!!Zm9v", 0, 3, 2, 6 },
	{ "QP escape", 'Q', "a=E3=81=82b", 2, 3, 4, 7 },
	{ "QP character", 'Q', "a=E3=81=82b", 1, 4, 1, 10 },
	{ "QP behind", 'Q', "a=E3=81=82b", 4, 5, 10, 11 },
	{ "QP over soft break", 'Q', "ab=\r\ncd", 1, 3, 1, 6 },
	{ "QP behind soft break", 'Q', "ab=\r\ncd", 2, 3, 5, 6 },
	{ "QP behind blanks", 'Q', "ab  \r\ncd", 2, 4, 4, 6 },
	{ "QP bad escape", 'Q', "a=zzb", 1, 2, 1, 2 },
	{ "identity", '7', "abc", 1, 3, 1, 3 },
};

START_TEST(place)
{
	struct fixture f;
	decode(&f, places[_i].encoding, places[_i].in, strlen(places[_i].in));
	struct range got = text_to_file(f.result.text, places[_i].start, places[_i].end);
	ck_assert_msg(got.start == BODY_START + places[_i].want_start && got.end == BODY_START + places[_i].want_end,
		      "%s: %zu..%zu", places[_i].name, got.start - BODY_START, got.end - BODY_START);
	release(&f);
}
END_TEST

START_TEST(removed_bytes_have_a_target)
{
	struct fixture f;
	decode(&f, 'Q', "ab  \r\ncd=\r\nef", 13);
	ck_assert_uint_eq(map_to_target(&f.result.text->map, 0, BODY_START + 2), 2);
	ck_assert_uint_eq(map_to_target(&f.result.text->map, 0, BODY_START + 8), 6);
	ck_assert_uint_eq(map_to_target(&f.result.text->map, 0, BODY_START + 11), 6);
	release(&f);
}
END_TEST

START_TEST(counts_go_on_behind_the_cap)
{
	struct fixture f;
	char in[4000];
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = i % 2 ? 'Q' : '!';
	decode(&f, 'B', in, sizeof in);
	ck_assert_uint_eq(f.result.n_problems, 100);
	/* 2000 lone '!', and one line of 4000 characters. */
	ck_assert_uint_eq(f.result.n_bad, 2000);
	ck_assert_uint_eq(f.result.n_dropped, 2001 - 100);
	ck_assert_uint_eq(f.result.n_long_lines, 1);
	ck_assert_uint_eq(f.result.text->bytes.n, 1500);
	release(&f);
}
END_TEST

/* Encode by hand, break into lines of any length, and ask for the place of every single byte. */
START_TEST(base64_places_for_any_line_length)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char plain[60];
	char in[200];
	size_t at_of[80], n = 0, n_characters = sizeof plain / 3 * 4;
	size_t width = (size_t)_i + 1;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (unsigned char)(i * 37 + 11);
	for (size_t i = 0; i < n_characters; i++) {
		size_t bit = i * 6, byte = bit / 8, shift = bit % 8;
		unsigned pair = (unsigned)plain[byte] << 8 | (byte + 1 < sizeof plain ? plain[byte + 1] : 0u);
		if (i && i % width == 0)
			in[n++] = '\n';
		at_of[i] = n;
		in[n++] = alphabet[pair >> (10 - shift) & 63];
	}
	struct fixture f;
	decode(&f, 'B', in, n);
	ck_assert(span_eq(f.result.text->bytes, span_of((char *)plain, sizeof plain)));
	ck_assert_uint_eq(f.result.n_bad, 0);
	for (size_t i = 0; i < sizeof plain; i++) {
		struct range got = text_to_file(f.result.text, i, i + 1);
		ck_assert_uint_eq(got.start, BODY_START + at_of[i * 8 / 6]);
		ck_assert_uint_eq(got.end, BODY_START + at_of[(i * 8 + 7) / 6] + 1);
	}
	release(&f);
}
END_TEST

START_TEST(body_outside_the_file)
{
	struct arena *arena = arena_new();
	struct text file = { .bytes = SPAN_LIT("Zm9v") };
	ck_assert_uint_eq(transfer_decode_base64(arena, &file, (struct range){ 0, 99 }).text->bytes.n, 3);
	ck_assert_uint_eq(transfer_decode_qp(arena, &file, (struct range){ 50, 99 }).text->bytes.n, 0);
	ck_assert_uint_eq(transfer_decode_identity(arena, &file, (struct range){ 2, 99 }).text->bytes.n, 2);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("transfer");
	TCase *tcase = tcase_create("transfer");
	tcase_add_loop_test(tcase, decoded, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_loop_test(tcase, place, 0, (int)(sizeof places / sizeof *places));
	tcase_add_test(tcase, removed_bytes_have_a_target);
	tcase_add_test(tcase, counts_go_on_behind_the_cap);
	tcase_add_loop_test(tcase, base64_places_for_any_line_length, 0, 80);
	tcase_add_test(tcase, body_outside_the_file);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
