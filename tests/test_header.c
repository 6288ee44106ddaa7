/* Tests of lint/mail/header.c: where fields begin and end, their flags, values. Expectations come from RFC 5322, section 2.2. */
#include "base/limits.h"
#include "draft_file.h"

/* The block as text: name|value|flags, one field a line; then whether it ended. */
static char *describe(struct draft_file *draft, const struct header *header)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < header->n; i++) {
		const struct field *field = &header->fields[i];
		g_string_append_printf(out, "%s|%s|%x\n", arena_copy(draft->arena, field->name),
				       draft_file_text(draft, field->value), field->flags);
	}
	g_string_append_printf(out, "%zu %zu %d", header->fields_end, header->end, header->terminated);
	char *text = arena_copy(draft->arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return text;
}

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "CRLF", "A: b\r\nC: d\r\n\r\nbody", "A|b|0\nC|d|0\n12 14 1" },
	{ "LF", "A: b\nC: d\n\nbody", "A|b|0\nC|d|0\n10 11 1" },
	{ "CR only", "A: b\rC: d\r e\r\rbody", "A|b|200\nC|d e|200\n13 14 1" },
	{ "a CR inside", "A: b\rC: d\n\n", "A|b\rC: d|200\n10 11 1" },
	{ "CR CR LF", "A: b\r\r\n\r\r\nx", "A|b|200\n7 10 1" },
	{ "no end", "A: b\nC:", "A|b|0\nC||0\n7 7 0" },
	{ "empty", "", "0 0 0" },
	{ "empty block", "\r\nbody", "0 2 1" },
	{ "folded", "A: b\r\n c\r\n\td\r\n\r\n", "A|b c\td|0\n14 16 1" },
	{ "blank continuation", "A: b\r\n  \r\n c\r\n\r\n", "A|b   c|8\n14 16 1" },
	{ "no colon", "A: b\nnothing here\n more\nC: d\n\n", "A|b|0\n|nothing here more|1\nC|d|0\n29 30 1" },
	{ "continuation at the start", " x: y\nA: b\n\n", "|x: y|1\nA|b|0\n11 12 1" },
	{ "quoted separator", ">From a@b.jp Mon Jan  1 00:00:00 2024\nA: b\n\n",
	  "|>From a@b.jp Mon Jan  1 00:00:00 2024|1\nA|b|0\n43 44 1" },
	{ "separator", "From a@b.jp Mon Jan  1 00:00:00 2024\n\n", "|From a@b.jp Mon Jan  1 00:00:00 2024|1\n37 38 1" },
	{ "blank before the colon", "From : a@b.jp\n\n", "From|a@b.jp|4\n14 15 1" },
	{ "name with a blank", "My Field: x\n\n", "My Field|x|2\n12 13 1" },
	{ "name in Japanese", "件名: x\n\n", "件名|x|2\n10 11 1" },
	{ "byte order mark", "\xef\xbb\xbf" "From: x\n\n", "\xef\xbb\xbf" "From|x|2\n11 12 1" },
	{ "no name", ": x\n\n", "|: x|1\n4 5 1" },
	{ "raw UTF-8", "Subject: 春\n\n", "Subject|春|30\n13 14 1" },
	{ "raw JIS", "Subject: \x1b$B=U\x1b(B\n\n", "Subject|春|40\n18 19 1" },
	{ "raw Shift_JIS", "Subject: \x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd\n\n", "Subject|こんにちは|10\n20 21 1" },
	{ "control", "A: b\x07\n\n", "A|b\x07|100\n6 7 1" },
	{ "escape that is no JIS", "A: \x1b[0m\n\n", "A|\x1b[0m|100\n8 9 1" },
	{ "trailing blanks", "A:   b  \n\n", "A|b|0\n9 10 1" },
};

START_TEST(scanned)
{
	struct draft_file draft;

	draft_file_init(&draft, cases[_i].in, strlen(cases[_i].in));
	struct header header = header_scan(draft.arena, draft.file, 0, draft.file->bytes.n);
	ck_assert_msg(strcmp(describe(&draft, &header), cases[_i].want) == 0, "%s: %s", cases[_i].name, describe(&draft, &header));
	draft_file_release(&draft);
}
END_TEST

START_TEST(offsets)
{
	static const char in[] = "xxA: b\r\nSubject:  =?UTF-8?B?44GC?=\r\n\t=?UTF-8?B?44GE?= \r\n\r\nbody";
	struct draft_file draft;

	draft_file_init(&draft, in, sizeof in - 1);
	struct header header = header_scan(draft.arena, draft.file, 2, sizeof in - 1);
	ck_assert_uint_eq(header.start, 2);
	ck_assert_uint_eq(header.n, 2);
	const struct field *field = header_find(&header, "subject");
	ck_assert_ptr_eq(field, &header.fields[1]);
	ck_assert_str_eq(draft_file_cut(&draft, (struct range){ field->start, field->value_start }), "Subject:");
	ck_assert_str_eq(draft_file_cut(&draft, (struct range){ field->value_end, field->end }), "\r\n");
	ck_assert_str_eq(draft_file_text(&draft, field->unfolded), "=?UTF-8?B?44GC?=\t=?UTF-8?B?44GE?=");
	ck_assert_str_eq(draft_file_text(&draft, field->value), "あい");
	ck_assert_str_eq(draft_file_cut(&draft, text_to_file(field->value, 3, 6)), "44GE");
	ck_assert_str_eq(draft_file_cut(&draft, text_to_file(field->unfolded, 16, 17)), "\t");
	ck_assert_str_eq(draft_file_cut(&draft, (struct range){ header.end, sizeof in - 1 }), "body");
	draft_file_release(&draft);
}
END_TEST

START_TEST(empty_value_has_a_place)
{
	struct draft_file draft;

	draft_file_init(&draft, "A: b\nSubject:\nTo: \n\n", 20);
	struct header header = header_scan(draft.arena, draft.file, 0, 20);
	ck_assert_uint_eq(text_to_file(header.fields[1].value, 0, 0).start, 13);
	ck_assert_uint_eq(text_to_file(header.fields[2].value, 0, 0).start, 17);
	draft_file_release(&draft);
}
END_TEST

START_TEST(nul_is_kept)
{
	struct draft_file draft;

	draft_file_init(&draft, "A: b\0c\n\n", 8);
	struct field field = draft_file_field(&draft);
	ck_assert_uint_eq(field.flags, FIELD_NUL);
	ck_assert_uint_eq(field.value->bytes.n, 3);
	draft_file_release(&draft);
}
END_TEST

START_TEST(limit_is_kept)
{
	struct draft_file draft;

	draft_file_init(&draft, "A: b\nC: d\n\n", 11);
	struct header header = header_scan(draft.arena, draft.file, 0, 8);
	ck_assert_str_eq(describe(&draft, &header), "A|b|0\nC||0\n8 8 0");
	draft_file_release(&draft);
}
END_TEST

START_TEST(looking_up)
{
	struct draft_file draft;

	draft_file_init(&draft, "TO: a\nCc: b\nto: c\nTo\n\n", 22);
	struct header header = header_scan(draft.arena, draft.file, 0, 22);
	ck_assert_uint_eq(header_count(&header, "To"), 2);
	ck_assert_ptr_eq(header_find_next(&header, header_find(&header, "To")), &header.fields[2]);
	ck_assert_ptr_null(header_find_next(&header, &header.fields[2]));
	ck_assert_ptr_null(header_find(&header, "Bcc"));
	ck_assert_ptr_null(header_find(&header, ""));
	ck_assert_int_eq(field_kind_of(SPAN_LIT("REPLY-TO")), FIELD_ADDRESS);
	ck_assert_int_eq(field_kind_of(SPAN_LIT("Resent-Date")), FIELD_STRICT);
	ck_assert_int_eq(field_kind_of(SPAN_LIT("list-id")), FIELD_PHRASE_ID);
	ck_assert_int_eq(field_kind_of(SPAN_LIT("X-From")), FIELD_UNSTRUCTURED);
	draft_file_release(&draft);
}
END_TEST

START_TEST(caps)
{
	struct draft_file draft;
	GString *in = g_string_new(NULL);

	for (int i = 0; i < LIMIT_HEADER_FIELDS + 5; i++)
		g_string_append(in, "A: b\n");
	g_string_append(in, "\nbody");
	draft_file_init(&draft, in->str, in->len);
	struct header header = header_scan(draft.arena, draft.file, 0, in->len);
	ck_assert(header.too_many && header.terminated);
	ck_assert_uint_eq(header.n, LIMIT_HEADER_FIELDS);
	ck_assert_uint_eq(header.end, in->len - 4);
	draft_file_release(&draft);
	g_string_assign(in, "A: ");
	while (in->len < FIELD_READ_MAX + 100)
		g_string_append(in, "x\n ");
	g_string_append(in, "x");
	draft_file_init(&draft, in->str, in->len);
	struct field field = draft_file_field(&draft);
	ck_assert_uint_eq(field.flags, FIELD_TOO_LONG);
	ck_assert_uint_eq(field.value_end, in->len);
	ck_assert_uint_le(text_to_file(field.unfolded, field.unfolded->bytes.n, field.unfolded->bytes.n).end, FIELD_READ_MAX + 2);
	g_string_free(in, TRUE);
	draft_file_release(&draft);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("header");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, scanned, 0, N_ROWS(cases));
	tcase_add_test(tcase, offsets);
	tcase_add_test(tcase, empty_value_has_a_place);
	tcase_add_test(tcase, nul_is_kept);
	tcase_add_test(tcase, limit_is_kept);
	tcase_add_test(tcase, looking_up);
	tcase_add_test(tcase, caps);
	return run_case("header", tcase);
}
