/* Tests of lint/mail/address.c. Expectations come from RFC 5322, sections 3.4 and 4.4, and RFC 5321, section 4.5.3.1. */
#include "draft_file.h"
#include "mail/address.h"

/* Each mailbox as name<local@domain>flags, with the group before it; then what the list is. */
static char *describe(struct draft_file *draft, const struct address_list *list)
{
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < list->n; i++) {
		const struct mailbox *m = &list->mailboxes[i];
		const char *name = draft_file_text(draft, m->name_text);
		g_string_append_printf(out, "%s%s%s<%s@%s>%x", i ? " " : "", arena_copy(draft->arena, m->group), name ? name : "",
				       arena_copy(draft->arena, m->local), arena_copy(draft->arena, m->domain), m->flags);
	}
	if (list->n_groups)
		g_string_append_printf(out, " groups %zu", list->n_groups);
	g_string_append(out, list->empty_group ? " empty group" : "");
	g_string_append(out, list->empty_member ? " empty member" : "");
	char *text = arena_copy(draft->arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return text;
}

static const struct {
	const char *in, *want;
} cases[] = {
	{ "a@example.jp", "<a@example.jp>0" },
	{ "<a@example.jp>", "<a@example.jp>0" },
	{ "News <a@example.jp>, b@example.jp", "News<a@example.jp>0 <b@example.jp>0" },
	{ "\"Ex. \\\"A\\\", Inc.\" <a@example.jp>", "Ex. \"A\", Inc.<a@example.jp>0" },
	{ "Example Inc. <a@example.jp>", "Example Inc.<a@example.jp>400" },
	{ "Example, Inc. <a@example.jp>", "Example<@>20000 Inc.<a@example.jp>400" },
	{ "山田, 太郎 <a@example.jp>", "山田<@>20000 太郎<a@example.jp>0" },
	{ "=?UTF-8?B?5bGx55Sw?=, =?UTF-8?B?5aSq6YOO?= <a@example.jp>", "山田<@>20000 太郎<a@example.jp>0" },
	{ "=?UTF-8?Q?a,b?= <a@example.jp>", "a,b<a@example.jp>0" },
	{ "\"=?ISO-2022-JP?B?GyRCOzNFREJATzobKEI=?=\" <a@example.jp>", "山田太郎<a@example.jp>0" },
	{ "=?UTF-8?Q?=22A=22_B?= <a@example.jp>", "\"A\" B<a@example.jp>0" },
	{ "山田，太郎 <a@example.jp>", "山田，太郎<a@example.jp>0" },
	{ "\x1b$B;3ED\x1b(B <a@example.jp>", "山田<a@example.jp>0" },
	{ "\x1b$B\"(,<\x1b(B <a@example.jp>", NULL },
	{ "\x95\x5c\x8e\xa6\x82\xcc\x82\xa0\x82\xc4\x82\xb3\x82\xab <a@example.jp>", "表示のあてさき<a@example.jp>0" },
	{ "株式会社<A> <a@example.jp>", "株式会社<A><a@example.jp>200" },
	{ "A@B <a@example.jp>", "A@B<a@example.jp>200" },
	{ "A <a..b.@docomo.ne.jp>", "A<a..b.@docomo.ne.jp>4" },
	{ "a..b@docomo.ne.jp", "<a..b@docomo.ne.jp>4" },
	{ "\"a..b.\"@docomo.ne.jp", "<a..b.@docomo.ne.jp>2000" },
	{ ".a@example.jp", "<.a@example.jp>4" },
	{ "info＠example.jp", "<info＠example.jp@>181" },
	{ "info@example．jp", "<info@example．jp>1a0" },
	{ "ニュース@例.jp", "<ニュース@例.jp>80" },
	{ "a@localhost", "<a@localhost>20" },
	{ "a@[192.0.2.1]", "<a@[192.0.2.1]>40" },
	{ "a@[IPv6:2001:db8::1], b@example.jp", "<a@[IPv6:2001:db8::1]>40 <b@example.jp>0" },
	{ "a@example..jp", "<a@example..jp>10" },
	{ "a@-example.jp", "<a@-example.jp>10" },
	{ "a@exa_mple.jp", "<a@exa_mple.jp>10" },
	{ "a@example.jp.", "<a@example.jp>0" },
	{ "a@b@example.jp", "<a@b@example.jp>10" },
	{ "a b <a b@example.jp>", "a b<ab@example.jp>8" },
	{ "<@example.jp>", "<@example.jp>2" },
	{ "<a@>", "<a@>1" },
	{ "<a>", "<a@>1" },
	{ "X <>", "X<@>3" },
	{ "<@a.jp,@b.jp:c@example.jp>", "<c@example.jp>0" },
	{ "a @ example . jp", "<a@example.jp>0" },
	{ "a(x)@(y)example.jp (Name)", "Name<a@example.jp>0" },
	{ "a@example.jp (Na(m)e)", "Na(m)e<a@example.jp>0" },
	{ "foo a@example.jp", "foo<a@example.jp>200" },
	{ "a@example.jp foo", "<a@example.jp>10000" },
	{ "A <a@example.jp> foo", "A<a@example.jp>10000" },
	{ "A <a@example.jp> <b@example.jp>", "A<a@example.jp>10000" },
	{ "A <a@example.jp", "A<a@example.jp>800" },
	{ "A <a@example.jp, b@example.jp", "A<a@example.jp>800 <b@example.jp>0" },
	{ "A <<a@example.jp>", "A<a@example.jp>800" },
	{ "\"A <a@example.jp>", "A<a@example.jp>a00" },
	{ "A (b <a@example.jp>", "A (b<a@example.jp>a00" },
	{ "A [b] <a@example.jp>", "A [b]<a@example.jp>200" },
	{ "undisclosed-recipients:;", " groups 1 empty group" },
	{ "Friends: a@example.jp, B <b@example.jp>;, c@example.jp",
	  "Friends<a@example.jp>1000 FriendsB<b@example.jp>1000 <c@example.jp>0 groups 1" },
	{ "Re: News <a@example.jp>", "Re: News<a@example.jp>200" },
	{ "a@example.jp; b@example.jp", "<a@example.jp>10000 <b@example.jp>0" },
	{ "a@example.jp,, b@example.jp", "<a@example.jp>0 <b@example.jp>0 empty member" },
	{ "a@example.jp,", "<a@example.jp>0 empty member" },
	{ ", a@example.jp", "<a@example.jp>0 empty member" },
	{ "{{email}}", "<{{email}}@>40000" },
	{ "{{name, x}} <{{ e@mail }}>", "{{name, x}}<{{ e@mail }}@>40000" },
	{ "*|NAME|* <*|EMAIL|*>", "*|NAME|*<*|EMAIL|*@>40000" },
	{ "<%= user.mail %>", "<<%= user.mail %>@>40000" },
	{ "News <%email%@example.jp>", "News<%email%@example.jp>40000" },
	{ "News <${mail}>", "News<${mail}@>40000" },
	{ "a%b@example.jp", "<a%b@example.jp>0" },
	{ "\"\" <a@example.jp>", "<a@example.jp>0" },
	{ "", "" },
	{ "山田", "山田<@>20000" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.jp",
	  "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.jp>4000" },
	{ "a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp",
	  "<a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp>8000" },
};

static void parse(struct draft_file *draft, const char *value, struct address_list *list)
{
	char *in = g_strconcat("To: ", value, NULL);

	draft_file_init(draft, in, strlen(in));
	struct field field = draft_file_field(draft);
	*list = address_list_parse(draft->arena, draft->file, &field);
	g_free(in);
}

START_TEST(parsed)
{
	struct draft_file draft;
	struct address_list list;

	parse(&draft, cases[_i].in, &list);
	if (cases[_i].want)
		ck_assert_msg(strcmp(describe(&draft, &list), cases[_i].want) == 0, "%s: %s", cases[_i].in, describe(&draft, &list));
	else
		ck_assert_uint_eq(list.n, 1);
	draft_file_release(&draft);
}
END_TEST

START_TEST(ranges)
{
	struct draft_file draft;
	struct address_list list;

	parse(&draft, " x@y.jp,\r\n \"=?UTF-8?B?44GC44GE?=\"  < a.b@example.jp. > (c) ,z@y.jp", &list);
	ck_assert_uint_eq(list.n, 3);
	const struct mailbox *m = &list.mailboxes[1];
	ck_assert_str_eq(draft_file_cut(&draft, m->whole), "\"=?UTF-8?B?44GC44GE?=\"  < a.b@example.jp. > (c)");
	ck_assert_str_eq(draft_file_cut(&draft, m->name), "\"=?UTF-8?B?44GC44GE?=\"");
	ck_assert_str_eq(draft_file_cut(&draft, m->address), "a.b@example.jp.");
	ck_assert_str_eq(draft_file_cut(&draft, m->local_range), "a.b");
	ck_assert_str_eq(draft_file_cut(&draft, m->domain_range), "example.jp.");
	ck_assert_str_eq(draft_file_cut(&draft, text_to_file(m->name_text, 3, 6)), "44GE");
	ck_assert_str_eq(draft_file_cut(&draft, list.mailboxes[0].whole), "x@y.jp");
	ck_assert_uint_eq(list.mailboxes[0].name.start, list.mailboxes[0].name.end);
	ck_assert_ptr_null(list.mailboxes[0].name_text);
	draft_file_release(&draft);
}
END_TEST

START_TEST(spec)
{
	struct arena *arena = arena_new();
	struct mailbox m = address_parse_spec(arena, SPAN_LIT(" info@example.jp "));

	ck_assert_uint_eq(m.flags, 0);
	ck_assert(span_eq(m.domain, SPAN_LIT("example.jp")));
	ck_assert_uint_eq(m.domain_range.start, 6);
	ck_assert_uint_eq(m.domain_range.end, 16);
	ck_assert_uint_eq(address_parse_spec(arena, SPAN_LIT("")).flags, MAILBOX_NO_LOCAL | MAILBOX_NO_DOMAIN);
	ck_assert_uint_eq(address_parse_spec(arena, SPAN_LIT("info＠example.jp")).flags,
			  MAILBOX_NON_ASCII | MAILBOX_FULL_WIDTH | MAILBOX_NO_DOMAIN);
	arena_free(arena);
}
END_TEST

static const char *const floods[] = { "<", "(", "\"", "=?", "a,", "a@", "<\"", "(<", "[", "{{",
				      ":", ":;", ";", "@[", "\\", "\x1b$", "a <b", "<@" };

START_TEST(flood)
{
	struct draft_file draft;
	struct address_list list;
	GString *in = g_string_new(NULL);

	while (in->len < 500 * 1000)
		g_string_append(in, floods[_i]);
	parse(&draft, in->str, &list);
	for (size_t i = 0; i < list.n; i++)
		ck_assert_uint_le(list.mailboxes[i].address.end, in->len + 4);
	g_string_free(in, TRUE);
	draft_file_release(&draft);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("address");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, parsed, 0, N_ROWS(cases));
	tcase_add_test(tcase, ranges);
	tcase_add_test(tcase, spec);
	tcase_add_loop_test(tcase, flood, 0, N_ROWS(floods));
	return run_case("address", tcase);
}
