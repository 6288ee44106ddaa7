/* Tests of lint/mail/params.c. Expectations come from RFC 2045, section 5.1, RFC 2231 and RFC 2183. */
#include "draft_file.h"
#include "mail/params.h"

static char *describe(struct draft_file *draft, const struct content_value *value)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s/%s", arena_copy(draft->arena, value->type), arena_copy(draft->arena, value->subtype));
	for (size_t i = 0; i < value->n; i++)
		g_string_append_printf(out, " %s=%s|%x", arena_copy(draft->arena, value->params[i].name),
				       draft_file_text(draft, value->params[i].value), value->params[i].flags);
	if (value->syntax_error)
		g_string_append_printf(out, " error:%s", draft_file_cut(draft, value->error_range));
	char *text = arena_copy(draft->arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return text;
}

static void parse(struct draft_file *draft, const char *in, struct content_value *value)
{
	draft_file_init(draft, in, strlen(in));
	struct field field = draft_file_field(draft);
	*value = content_value_parse(draft->arena, draft->file, &field);
}

#define T "Content-Type: "
#define D "Content-Disposition: "

static const struct {
	const char *in, *want;
} cases[] = {
	{ T "text/plain", "text/plain" },
	{ T "Text/HTML; charset=UTF-8", "text/html charset=UTF-8|0" },
	{ T "text/plain; charset=us-ascii (Plain; text)", "text/plain charset=us-ascii|0" },
	{ T "text / plain ;\r\n\tcharset = \"a\\\"b;c\" ; format=flowed;", "text/plain charset=a\"b;c|0 format=flowed|0" },
	{ T "multipart/mixed; boundary=\"a b\"; boundary=\"a b\"", "multipart/mixed boundary=a b|0 boundary=a b|0" },
	{ T "multipart/mixed; boundary=a; Boundary=b", "multipart/mixed boundary=a|0 Boundary=b|40" },
	{ T "text", "text/ error:text" },
	{ T "text; charset=x", "text/ charset=x|0 error:text" },
	{ T "", "/ error:" },
	{ T "; charset=x", "/ charset=x|0 error:" },
	{ T "text/plain charset=x", "text/plain charset=x|0 error:charset=x" },
	{ T "text/plain; utf-8; a=b", "text/plain a=b|0 error:utf-8" },
	{ T "text/plain; charset=\"x; a=b", "text/plain charset=x|0 a=b|0 error:\"x" },
	{ T "text/plain; name=my file.txt; a=b", "text/plain name=my file.txt|0 a=b|0 error:file.txt" },
	{ T "text/plain; a=b c=d", "text/plain a=b|0 c=d|0 error:c=d" },
	{ T "text/plain; a=\"b\" junk; c=d", "text/plain a=b|0 c=d|0 error:junk" },
	{ T "multipart/mixed; boundary=----=_Part_1", "multipart/mixed boundary=----=_Part_1|0" },
	{ D "attachment; filename=a.pdf", "attachment/ filename=a.pdf|0" },
	{ D "attachment filename=a.pdf", "attachment/ filename=a.pdf|0 error:filename=a.pdf" },
	{ D "attachment; filename=\"=?UTF-8?B?6LM=?= =?UTF-8?B?h+aWmS5wZGY=?=\"", "attachment/ filename=資料.pdf|101" },
	{ D "attachment; filename==?ISO-2022-JP?B?GyRCO3FOQRsoQi5wZGY=?=", "attachment/ filename=資料.pdf|3" },
	{ D "attachment; filename==?UTF-8?B?6LOH?=\r\n =?UTF-8?B?5paZ?=; x=y", "attachment/ filename=資料|3 x=y|0" },
	{ D "attachment; filename=\"資料.pdf\"", "attachment/ filename=資料.pdf|4" },
	{ D "attachment; filename=\"\x1b$B;qNA\x1b(B.pdf\"", "attachment/ filename=資料.pdf|8" },
	{ D "attachment; filename=\"\x95\x5c\x82\xcc\x82\xb1\x82\xc6.pdf\"; a=b", "attachment/ filename=表のこと.pdf|4 a=b|0" },
	{ D "attachment; filename*=utf-8''%E3%81%82.pdf", "attachment/ filename=あ.pdf|10" },
	{ D "attachment; filename*=utf-8'ja'%e3%81%82.pdf; filename=a.pdf", "attachment/ filename=あ.pdf|10 filename=a.pdf|0" },
	{ D "attachment; filename*=utf-8''a.pdf; filename=\"あ.pdf\"", "attachment/ filename=a.pdf|10 filename=あ.pdf|44" },
	/* RFC 2231, section 4.1, its own example. */
	{ T "application/x-stuff;\r\n title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n"
	  " title*2=\"isn't it!\"", "application/x-stuff title=This is even more ***fun*** isn't it!|30" },
	{ T "message/external-body; URL*1=\"b.html\"; x=y; URL*0=\"a/\"", "message/external-body URL=a/b.html|30 x=y|0" },
	{ D "attachment; filename*0*=iso-2022-jp''%1B%24B%3B%71; filename*1*=%4E%41%1B%28B.pdf", "attachment/ filename=資料.pdf|30" },
	{ D "attachment; filename*0*=iso-2022-jp''%1B%24B%3B; filename*1*=%71%1B%28B", "attachment/ filename=資|130" },
	{ D "attachment; filename*0*=utf-8''%E3%81; filename*1*=%82", "attachment/ filename=あ|130" },
	{ D "attachment; filename*0*=utf-8''%E3%81%82; filename*2*=b", "attachment/ filename=あb|b0" },
	{ D "attachment; filename*1*=utf-8''%E3%81%82", "attachment/ filename=あ|b0" },
	{ D "attachment; filename*00*=utf-8''%E3%81%82; filename*01*=b", "attachment/ filename=あb|b0" },
	{ D "attachment; filename*0*=utf-8''%E3%81%82; filename*1*=utf-8''b", "attachment/ filename=あb|b0" },
	{ D "attachment; filename*=nosuch''%E3%81%82", "attachment/ filename=あ|210" },
	{ D "attachment; filename*=%E3%81%82", "attachment/ filename=あ|210" },
	{ D "attachment; filename*=utf-8''100%", "attachment/ filename=100%|10" },
	{ D "attachment; filename*x=a", "attachment/ filename*x=a|0" },
};

START_TEST(parsed)
{
	struct draft_file draft;
	struct content_value value;

	parse(&draft, cases[_i].in, &value);
	ck_assert_msg(strcmp(describe(&draft, &value), cases[_i].want) == 0, "%s: %s", cases[_i].in, describe(&draft, &value));
	draft_file_release(&draft);
}
END_TEST

START_TEST(ranges)
{
	struct draft_file draft;
	struct content_value value;

	parse(&draft, T " Text/Plain; name=\"=?UTF-8?B?44GC44GE?=\"; x*0*=utf-8''%E3%81%82; x*1=\"b\"", &value);
	ck_assert_str_eq(draft_file_cut(&draft, value.type_range), "Text/Plain");
	const struct param *param = content_param(&value, "NAME");
	ck_assert_ptr_nonnull(param);
	ck_assert_str_eq(draft_file_cut(&draft, param->range), "name=\"=?UTF-8?B?44GC44GE?=\"");
	ck_assert_str_eq(draft_file_cut(&draft, param->value_range), "=?UTF-8?B?44GC44GE?=");
	ck_assert_str_eq(draft_file_cut(&draft, text_to_file(param->value, 3, 6)), "44GE");
	param = content_param(&value, "x");
	ck_assert_str_eq(draft_file_cut(&draft, param->range), "x*0*=utf-8''%E3%81%82; x*1=\"b\"");
	ck_assert_str_eq(draft_file_cut(&draft, text_to_file(param->value, 0, 3)), "%E3%81%82");
	ck_assert_str_eq(draft_file_cut(&draft, text_to_file(param->value, 3, 4)), "b");
	ck_assert_ptr_null(content_param(&value, "y"));
	draft_file_release(&draft);
}
END_TEST

START_TEST(choice)
{
	struct draft_file draft;
	struct content_value value;

	parse(&draft, D "attachment; filename=a.pdf; filename*=utf-8''%E3%81%82.pdf", &value);
	ck_assert_uint_eq(content_param(&value, "filename")->flags, PARAM_RFC2231);
	draft_file_release(&draft);
	value = content_value_parse(NULL, NULL, NULL);
	ck_assert_uint_eq(value.type.n + value.n, 0);
	ck_assert(!value.syntax_error);
}
END_TEST

static const char *const floods[] = { ";a*0=1", ";a=\"", ";a", "(", "\"", ";a=b c", ";a=b c=", "=?a?b?",
				      ";a==?a?q?", ";a*=''", "a=(", ";\x1b$" };

START_TEST(flood)
{
	struct draft_file draft;
	struct content_value value;
	GString *in = g_string_new(T "a/b");

	while (in->len < 500 * 1000)
		g_string_append(in, floods[_i]);
	parse(&draft, in->str, &value);
	for (size_t i = 0; i < value.n; i++)
		ck_assert_uint_le(value.params[i].value_range.end, in->len);
	g_string_free(in, TRUE);
	draft_file_release(&draft);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("params");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, parsed, 0, N_ROWS(cases));
	tcase_add_test(tcase, ranges);
	tcase_add_test(tcase, choice);
	tcase_add_loop_test(tcase, flood, 0, N_ROWS(floods));
	return run_case("params", tcase);
}
