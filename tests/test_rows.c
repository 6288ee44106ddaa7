/* Rows of data: what good files become, in every form and charset, and every refusal with its line. Sources of what is expected: RFC 4180,
 * RFC 8259, JSON Lines (jsonlines.org). */
#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "data/rows.h"

struct bench {
	struct rows *rows;
	struct arena *arena;
	GPtrArray *errors;
};

static void read_bytes(struct bench *b, struct span bytes)
{
	b->errors = g_ptr_array_new_with_free_func(g_free);
	b->arena = arena_new();
	b->rows = rows_read("r.csv", bytes, b->errors);
}

static void release(struct bench *b)
{
	rows_free(b->rows);
	arena_free(b->arena);
	g_ptr_array_unref(b->errors);
}

static void read_good(struct bench *b, struct span bytes, size_t n)
{
	read_bytes(b, bytes);
	ck_assert_msg(b->rows != NULL, "%s", b->errors->len ? (const char *)b->errors->pdata[0] : "no rows and no error");
	ck_assert_uint_eq(b->errors->len, 0);
	ck_assert_uint_eq(rows_count(b->rows), n);
}

static void check_cell(struct bench *b, size_t i, const char *column, const char *expected)
{
	struct row row = rows_get(b->rows, b->arena, i);
	const struct value *value = value_get(row.values, span_str(column));

	ck_assert_uint_eq(row.number, i + 1);
	ck_assert_int_eq(value->kind, VALUE_STRING);
	ck_assert_str_eq(arena_copy(b->arena, value->text), expected);
	ck_assert_str_eq(value->column, column);
}

static void check_refused(struct span bytes, const char *expected)
{
	struct bench b;

	read_bytes(&b, bytes);
	ck_assert_ptr_null(b.rows);
	ck_assert_uint_ge(b.errors->len, 1);
	ck_assert_str_eq(b.errors->pdata[0], expected);
	release(&b);
}

START_TEST(csv)
{
	struct bench b;

	read_good(&b, SPAN_LIT("name,city\r\n\"Sato, Hana\",Tokyo\r\n\"a\"\"b\",\"two\nlines\"\r\n,\n\nend,x"), 4);
	check_cell(&b, 0, "name", "Sato, Hana");
	check_cell(&b, 1, "name", "a\"b");
	check_cell(&b, 1, "city", "two\nlines");
	check_cell(&b, 2, "name", "");
	check_cell(&b, 3, "city", "x");
	ck_assert_uint_eq(rows_get(b.rows, b.arena, 1).line, 3);
	ck_assert_uint_eq(rows_get(b.rows, b.arena, 2).line, 5);
	ck_assert_uint_eq(rows_get(b.rows, b.arena, 3).line, 7);
	ck_assert(rows_has_column(b.rows, SPAN_LIT("city")));
	ck_assert(!rows_has_column(b.rows, SPAN_LIT("town")));
	release(&b);
}
END_TEST

START_TEST(csv_separators)
{
	struct bench b;

	read_good(&b, SPAN_LIT("name;note\nA;1,5\n"), 1);
	check_cell(&b, 0, "note", "1,5");
	release(&b);
	read_good(&b, SPAN_LIT("name\tnote\nA\ta;b\n"), 1);
	check_cell(&b, 0, "note", "a;b");
	release(&b);
	read_good(&b, SPAN_LIT("name\nA\n"), 1);
	check_cell(&b, 0, "name", "A");
	release(&b);
	/* A separator within quotes does not count. */
	read_good(&b, SPAN_LIT("\"a;b;c\",note\nA,B\n"), 1);
	check_cell(&b, 0, "a;b;c", "A");
	release(&b);
}
END_TEST

START_TEST(csv_charsets)
{
	struct bench b;

	read_good(&b, SPAN_LIT("\xef\xbb\xbfname,city\n\xe5\xb1\xb1\xe7\x94\xb0,\xe6\x9d\xb1\xe4\xba\xac\n"), 1);
	check_cell(&b, 0, "name", "山田");
	release(&b);
	/* 氏名,住所 / 髙橋 ソ,東京都 in CP932: FBFC is an IBM extension, the second byte of 835C is a backslash. */
	read_good(&b, SPAN_LIT("\x8e\x81\x96\xbc,\x8f\x5a\x8f\x8a\r\n\xfb\xfc\x8b\xb4 \x83\x5c,\x93\x8c\x8b\x9e\x93\x73\r\n"
			       "\x8e\x52\x93\x63\x82\xb3\x82\xf1,\x91\xe5\x8d\xe3\x82\xcc\x8a\x58\r\n"), 2);
	check_cell(&b, 0, "氏名", "髙橋 ソ");
	check_cell(&b, 1, "住所", "大阪の街");
	release(&b);
}
END_TEST

/* "Unicode text" of Excel: UTF-16 with a byte order mark, tabs. */
START_TEST(csv_utf16)
{
	struct bench b;

	read_good(&b, SPAN_LIT("\xff\xfen\0,\0m\0\r\0\n\0\x71\x5c\x30\x75,\0\x3d\xd8\x00\xde\r\0\n\0"), 1);
	check_cell(&b, 0, "n", "山田");
	check_cell(&b, 0, "m", "\xf0\x9f\x98\x80");
	release(&b);
	read_good(&b, SPAN_LIT("\xfe\xff\0n\0\t\0m\0\n\x5c\x71\x75\x30\0\t\0,\0\n"), 1);
	check_cell(&b, 0, "n", "山田");
	check_cell(&b, 0, "m", ",");
	release(&b);
	check_refused(SPAN_LIT("\xff\xfen\0\n"), "r.csv:1: the file begins like UTF-16, and is not");
	check_refused(SPAN_LIT("\xff\xfe\x3d\xd8\n\0"), "r.csv:1: the file begins like UTF-16, and is not");
	check_refused(SPAN_LIT("\xff\xfen\0\n\0\0\0A\0"), "r.csv:1: the file holds NUL bytes");
	check_refused(SPAN_LIT("\xff\xfe"), "r.csv:1: the file is empty");
}
END_TEST

START_TEST(csv_refused)
{
	check_refused(SPAN_LIT("a,b\n1,2\n3\n"), "r.csv:3: 1 fields, but the first line has 2");
	check_refused(SPAN_LIT("a,b\n\"1\n,2\n"), "r.csv:2: a quoted field does not end");
	check_refused(SPAN_LIT("a,b\n\"1\"x,2\n"), "r.csv:2: there is text behind the closing quote of a field");
	check_refused(SPAN_LIT("a,b\n1,2\"\n"), "r.csv:2: a quote stands inside a field that does not begin with one");
	check_refused(SPAN_LIT("a,a\n1,2\n"), "r.csv:1: two columns are called \"a\"");
	check_refused(SPAN_LIT("  \n"), "r.csv:1: the file is empty");
	check_refused(SPAN_LIT("a\n\0\n"), "r.csv:1: the file holds NUL bytes");
	check_refused(SPAN_LIT("a\n\xc3\x28\xa0\xa1\n"), "r.csv:1: the file is neither in UTF-8 nor in Shift_JIS");
}
END_TEST

START_TEST(json)
{
	struct bench b;

	read_good(&b, SPAN_LIT("[\n {\"name\": \"A\", \"user\": {\"city\": \"T\\u00f6\"}},\n {\"name\": null, \"n\": 1.50, \"list\": [true, \"x\"]}\n]\n"), 2);
	check_cell(&b, 0, "name", "A");
	struct row row = rows_get(b.rows, b.arena, 0);
	const struct value *city = value_get(value_get(row.values, SPAN_LIT("user")), SPAN_LIT("city"));
	ck_assert_str_eq(arena_copy(b.arena, city->text), "Tö");
	ck_assert_str_eq(city->column, "user.city");
	row = rows_get(b.rows, b.arena, 1);
	ck_assert_uint_eq(row.line, 3);
	ck_assert_int_eq(value_get(row.values, SPAN_LIT("name"))->kind, VALUE_NULL);
	/* A number is shown as it was written. */
	ck_assert_str_eq(arena_copy(b.arena, value_get(row.values, SPAN_LIT("n"))->text), "1.50");
	const struct value *list = value_get(row.values, SPAN_LIT("list"));
	ck_assert_uint_eq(list->n, 2);
	ck_assert(list->members[0].value->truth);
	ck_assert_str_eq(list->members[1].value->column, "list[1]");
	ck_assert_int_eq(value_get(row.values, SPAN_LIT("user"))->kind, VALUE_MISSING);
	ck_assert(rows_has_column(b.rows, SPAN_LIT("list")));
	release(&b);
}
END_TEST

START_TEST(json_lines)
{
	struct bench b;

	read_good(&b, SPAN_LIT("{\"name\": \"A\"}\n{\"name\": \"B\"}\n\n"), 2);
	check_cell(&b, 1, "name", "B");
	ck_assert_uint_eq(rows_get(b.rows, b.arena, 1).line, 2);
	release(&b);
	read_good(&b, SPAN_LIT("{\n \"name\": \"A\"\n}"), 1);
	release(&b);
	read_good(&b, SPAN_LIT("[]"), 0);
	release(&b);
}
END_TEST

START_TEST(json_refused)
{
	check_refused(SPAN_LIT("[\n{\"a\": 1}\n{\"a\": 2}]"), "r.csv:3: a comma or ] must follow a row");
	check_refused(SPAN_LIT("[\n1]"), "r.csv:2: a row must be an object: {\"name\": \"...\"}");
	check_refused(SPAN_LIT("[{\"a\": 1},"), "r.csv:1: the array does not end");
	check_refused(SPAN_LIT("[{\"a\": 1}] x"), "r.csv:1: there is text behind the array");
	check_refused(SPAN_LIT("{\"a\": 1}\n{\"a\": "), "r.csv:2: the file ends inside a row");
	check_refused(SPAN_LIT("{\"a\":\n tru}"), "r.csv:2: boolean expected");
}
END_TEST

START_TEST(loose_names)
{
	struct bench b;

	read_good(&b, SPAN_LIT("First Name,x\nA,1\n"), 1);
	struct row row = rows_get(b.rows, b.arena, 0);
	ck_assert_int_eq(value_get_loosely(row.values, SPAN_LIT("FIRST_NAME"))->kind, VALUE_STRING);
	ck_assert_int_eq(value_get_loosely(row.values, SPAN_LIT("FIRSTNAME"))->kind, VALUE_MISSING);
	ck_assert_int_eq(value_get(row.values, SPAN_LIT("FIRST_NAME"))->kind, VALUE_MISSING);
	release(&b);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rows");
	TCase *c = tcase_create("rows");

	tcase_add_test(c, csv);
	tcase_add_test(c, csv_separators);
	tcase_add_test(c, csv_charsets);
	tcase_add_test(c, csv_utf16);
	tcase_add_test(c, csv_refused);
	tcase_add_test(c, json);
	tcase_add_test(c, json_lines);
	tcase_add_test(c, json_refused);
	tcase_add_test(c, loose_names);
	suite_add_tcase(suite, c);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
