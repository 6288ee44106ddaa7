/* Lines and columns of the raw file: CRLF, LF and a lone CR each end a line; a column counts code points where the line is valid UTF-8,
 * else bytes. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/lines.h"
#include "draft_file.h"

static const struct {
	const char *name, *in;
	size_t n, offset;
	size_t want_offset, want_line, want_column;
} positions[] = {
	{ "empty file", "", 0, 0, 0, 1, 1 },
	{ "behind an empty file", "", 0, 5, 0, 1, 1 },
	{ "first byte", "ab\ncd", 5, 0, 0, 1, 1 },
	{ "LF: the line end belongs to its line", "ab\ncd", 5, 2, 2, 1, 3 },
	{ "LF: first byte of the next line", "ab\ncd", 5, 3, 3, 2, 1 },
	{ "end of the file without a line end", "ab\ncd", 5, 5, 5, 2, 3 },
	{ "behind the end: clamped", "ab\ncd", 5, 99, 5, 2, 3 },
	{ "end of a file that ends in LF: an empty last line", "ab\n", 3, 3, 3, 2, 1 },
	{ "CRLF: CR", "ab\r\ncd", 6, 2, 2, 1, 3 },
	{ "CRLF: next line", "ab\r\ncd", 6, 4, 4, 2, 1 },
	{ "lone CR ends a line", "ab\rcd", 5, 3, 3, 2, 1 },
	{ "lone CR at the end of the file", "ab\r", 3, 3, 3, 2, 1 },
	{ "CR CR LF: two line ends", "a\r\r\nb", 5, 4, 4, 3, 1 },
	{ "LF CR: two line ends", "a\n\rb", 4, 3, 3, 3, 1 },
	{ "mixed line ends", "a\nb\r\nc\rd", 8, 7, 7, 4, 1 },
	{ "column in code points", "\xE3\x81\x82\xE3\x81\x84x", 7, 6, 6, 1, 3 },
	{ "four-byte character is one", "\xF0\x9F\x8E\x81x", 5, 4, 4, 1, 2 },
	{ "Shift_JIS line: column in bytes", "\x82\xA0\x82\xA2x", 5, 4, 4, 1, 5 },
	{ "only the line with other bytes counts bytes", "\x82\xA0\n\xE3\x81\x82x", 7, 6, 6, 2, 2 },
	{ "NUL is a byte as any other", "a\0b", 3, 2, 2, 1, 3 },
};

START_TEST(position_of_offset)
{
	struct draft_file draft;

	draft_file_init(&draft, positions[_i].in, positions[_i].n);
	struct line_index index = line_index_new(draft.arena, draft.file->bytes);
	struct position got = line_position(&index, positions[_i].offset);
	ck_assert_msg(got.offset == positions[_i].want_offset && got.line == positions[_i].want_line && got.column == positions[_i].want_column,
		      "%s: offset %zu line %zu column %zu, want %zu %zu %zu", positions[_i].name, got.offset, got.line, got.column,
		      positions[_i].want_offset, positions[_i].want_line, positions[_i].want_column);
	draft_file_release(&draft);
}
END_TEST

static const struct {
	const char *name, *in;
	size_t line;
	const char *want;
} lines[] = {
	{ "LF", "ab\ncd\n", 1, "ab" },
	{ "second", "ab\ncd\n", 2, "cd" },
	{ "empty last line", "ab\ncd\n", 3, "" },
	{ "no such line", "ab\ncd\n", 4, "" },
	{ "line 0", "ab\n", 0, "" },
	{ "CRLF is no part of it", "ab\r\ncd", 1, "ab" },
	{ "lone CR", "ab\rcd", 2, "cd" },
	{ "empty line between", "ab\n\ncd", 2, "" },
	{ "last line without an end", "ab\ncd", 2, "cd" },
};

START_TEST(bytes_of_line)
{
	struct draft_file draft;

	draft_file_init(&draft, lines[_i].in, strlen(lines[_i].in));
	struct line_index index = line_index_new(draft.arena, draft.file->bytes);
	struct span got = line_bytes(&index, lines[_i].line);
	ck_assert_msg(span_eq(got, span_str(lines[_i].want)), "%s: \"%.*s\", want \"%s\"", lines[_i].name, (int)got.n, got.p,
		      lines[_i].want);
	draft_file_release(&draft);
}
END_TEST

/* Every offset of a file has the line whose start is the last one at or before it: checked against a plain count. */
START_TEST(every_offset)
{
	static const char in[] = "From: a\r\n\r\n\xE3\x81\x82\n\rx\r\r\n\n\nlast";
	struct draft_file draft;
	size_t line = 1, start = 0;

	draft_file_init(&draft, in, sizeof in - 1);
	struct line_index index = line_index_new(draft.arena, draft.file->bytes);
	for (size_t i = 0; i < sizeof in; i++) {
		bool ends = i > 0 && (in[i - 1] == '\n' || (in[i - 1] == '\r' && in[i] != '\n'));
		if (ends) {
			line++;
			start = i;
		}
		ck_assert_uint_eq(line_position(&index, i).line, line);
		ck_assert_uint_eq(index.starts[line - 1], start);
	}
	ck_assert_uint_eq(index.n, line);
	ck_assert_uint_eq(line_ends_count(draft.file->bytes), line - 1);
	draft_file_release(&draft);
}
END_TEST

/* The bytes of an empty file have no place in memory. */
START_TEST(nothing)
{
	ck_assert_uint_eq(line_ends_count(SPAN_EMPTY), 0);
	ck_assert_uint_eq(span_find(SPAN_EMPTY, SPAN_LIT("x"), 0), 0);
	ck_assert_uint_eq(span_find_non_ascii(SPAN_EMPTY, 0), 0);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("lines");

	tcase_add_loop_test(tcase, position_of_offset, 0, N_ROWS(positions));
	tcase_add_loop_test(tcase, bytes_of_line, 0, N_ROWS(lines));
	tcase_add_test(tcase, every_offset);
	tcase_add_test(tcase, nothing);
	return run_case("lines", tcase);
}
