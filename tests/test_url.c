/* Tests of URL parsing and of finding URLs in text. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "doc/url.h"

static char *exact(const char *s, size_t n)
{
	char *copy = malloc(n ? n : 1);
	memcpy(copy, s, n);
	return copy;
}

/* want: scheme|userinfo|host|port|path|query|fragment */
static const struct {
	const char *in, *want;
	unsigned flags;
} cases[] = {
	{ "https://e.jp/a/b?x=1#y", "https||e.jp||/a/b|x=1|y", 0 },
	{ "  https://e.jp \n", "https||e.jp||||", 0 },
	{ "HTTP://E.JP:8080/", "HTTP||E.JP|8080|/||", URL_PORT },
	{ "http://e.jp:80/", "http||e.jp|80|/||", 0 },
	{ "https://bank.example@evil.example/", "https|bank.example|evil.example||/||", URL_USERINFO },
	{ "https://e.jp/@user", "https||e.jp||/@user||", 0 },
	{ "/x", "||||/x||", URL_NO_SCHEME },
	{ "x.html?a", "||||x.html|a|", URL_NO_SCHEME },
	{ "//e.jp/x", "||e.jp||/x||", URL_NO_SCHEME | URL_NETWORK_PATH },
	{ "#top", "||||||top", URL_NO_SCHEME | URL_FRAGMENT_ONLY },
	{ "", "||||||", URL_EMPTY },
	{ " \t ", "||||||", URL_EMPTY },
	{ "mailto:info@e.jp?subject=a", "mailto||||info@e.jp|subject=a|", 0 },
	{ "javascript:alert(1)", "javascript||||alert(1)||", 0 },
	{ "java\tscript:alert(1)", "javascript||||alert(1)||", URL_CONTROL },
	{ "\x01javascript:x", "javascript||||x||", 0 },
	{ "data:text/html,x", "data||||text/html,x||", 0 },
	{ "file:///C:/a.png", "file||||/C:/a.png||", 0 },
	{ "cid:a@b", "cid||||a@b||", 0 },
	{ "http://192.0.2.1/", "http||192.0.2.1||/||", URL_IP_HOST },
	{ "http://3221225985/", "http||3221225985||/||", URL_IP_HOST },
	{ "http://0xC0000201/", "http||0xC0000201||/||", URL_IP_HOST },
	{ "http://0300.0.2.1/", "http||0300.0.2.1||/||", URL_IP_HOST },
	{ "http://[2001:db8::1]:81/", "http||[2001:db8::1]|81|/||", URL_IP_HOST | URL_PORT },
	{ "http://1.2.3.4.5/", "http||1.2.3.4.5||/||", 0 },
	{ "http:///x", "http||x||||", 0 },
	{ "http://", "http||||||", URL_BAD_HOST },
	{ "http:x", "http||||x||", URL_BAD_HOST },
	{ "http://a b.jp/", "http||a b.jp||/||", URL_BAD_HOST | URL_BLANK_INSIDE },
	{ "http://a..jp/", "http||a..jp||/||", URL_BAD_HOST },
	{ "http://.jp/", "http||.jp||/||", URL_BAD_HOST },
	{ "https://e.jp/a b", "https||e.jp||/a b||", URL_BLANK_INSIDE },
	{ "https://\xe4\xbe\x8b.jp/", "https||\xe4\xbe\x8b.jp||/||", URL_NON_ASCII },
	{ "https:\\\\e.jp\\x", "https||e.jp||\\x||", 0 },
	{ "{{url}}", "||||{{url}}||", URL_NO_SCHEME | URL_TAG },
	{ "*|ARCHIVE|*", "||||*|ARCHIVE|*||", URL_NO_SCHEME | URL_TAG },
	{ "https://{{host}}/x", "https||{{host}}||/x||", URL_TAG },
	{ "https://{{ h | default: \"a/b\" }}/x", "https||{{ h | default: \"a/b\" }}||/x||", URL_TAG | URL_BLANK_INSIDE },
	{ "https://e.jp/{{id}}?a=1", "https||e.jp||/{{id}}|a=1|", 0 },
	{ "tel:+81-3-0000-0000", "tel||||+81-3-0000-0000||", 0 },
	{ ":", "||||:||", URL_NO_SCHEME },
};

START_TEST(parses)
{
	size_t n = strlen(cases[_i].in);
	char *in = exact(cases[_i].in, n);
	struct url u = url_parse(span_of(in, n));
	const struct span parts[] = { u.scheme, u.userinfo, u.host, u.port, u.path, u.query, u.fragment };
	char got[300] = "";

	for (size_t i = 0; i < 7; i++) {
		size_t used = strlen(got);
		snprintf(got + used, sizeof got - used, "%s%.*s", i ? "|" : "", (int)parts[i].n, parts[i].p);
	}
	ck_assert_msg(strcmp(got, cases[_i].want) == 0, "%s: %s, want %s", cases[_i].in, got, cases[_i].want);
	ck_assert_msg(u.flags == cases[_i].flags, "%s: flags %x, want %x", cases[_i].in, u.flags, cases[_i].flags);
	if (u.host.n)
		ck_assert_ptr_eq(u.host.p, u.whole.p + u.host_offset);
	free(in);
}
END_TEST

static const struct {
	const char *host, *organisation;
	bool internal, example;
} hosts[] = {
	{ "www.e.co.jp", "e.co.jp", false, false },
	{ "a.b.example.jp", "example.jp", false, false },
	{ "news.shop.co.uk.", "shop.co.uk", false, false },
	{ "e.jp", "e.jp", false, false },
	{ "co.jp", "co.jp", false, false },
	{ "www.city.tokyo.jp", "city.tokyo.jp", false, false },
	{ "mail.example.com", "example.com", false, true },
	{ "badexample.com", "badexample.com", false, false },
	{ "x.example", "x.example", false, true },
	{ "localhost", "localhost", true, false },
	{ "printer.local", "printer.local", true, false },
	{ "a.test", "a.test", true, false },
	{ "10.1.2.3", "10.1.2.3", true, false },
	{ "192.168.0.1", "192.168.0.1", true, false },
	{ "172.31.0.1", "172.31.0.1", true, false },
	{ "172.32.0.1", "172.32.0.1", false, false },
	{ "127.1", "127.1", true, false },
	{ "8.8.8.8", "8.8.8.8", false, false },
	{ "[::1]", "[::1]", true, false },
	/* by the public suffix list: Japanese cities and their exceptions, a wildcard, shared hosting, countries that a short list forgets */
	{ "www.city.kawasaki.jp", "city.kawasaki.jp", false, false },
	{ "a.b.takatsu.kawasaki.jp", "b.takatsu.kawasaki.jp", false, false },
	{ "www.hanami.github.io", "hanami.github.io", false, false },
	{ "www.hanami.co.ke", "hanami.co.ke", false, false },
	{ "WWW.Hanami.Co.JP", "Hanami.Co.JP", false, false },
	{ "a.b.no-such-ending", "b.no-such-ending", false, false },
	{ "", "", false, false },
};

START_TEST(judges_hosts)
{
	size_t n = strlen(hosts[_i].host);
	char *in = exact(hosts[_i].host, n);
	struct span organisation = host_organisation(span_of(in, n));

	ck_assert_msg(span_eq(organisation, span_str(hosts[_i].organisation)), "%s: %.*s", hosts[_i].host, (int)organisation.n, organisation.p);
	ck_assert_int_eq(host_is_internal(span_of(in, n)), hosts[_i].internal);
	ck_assert_int_eq(host_is_reserved_example(span_of(in, n)), hosts[_i].example);
	free(in);
}
END_TEST

START_TEST(lowers_hosts)
{
	struct arena *arena = arena_new();
	struct url url = url_parse(SPAN_LIT("https://WWW.E.Jp./x"));
	ck_assert(span_eq(url_host_lower(arena, &url), SPAN_LIT("www.e.jp")));
	arena_free(arena);
}
END_TEST

/* want: the URLs found, joined by ' ' */
static const struct {
	const char *in, *want;
} texts[] = {
	{ "see https://e.jp/ and http://a.b", "https://e.jp/ http://a.b" },
	{ "https://e.jp/\xe3\x81\xa7\xe3\x81\x99\xe3\x80\x82", "https://e.jp/" },
	{ "\xe8\xa9\xb3\xe3\x81\x97\xe3\x81\x8fhttps://e.jp/x\xe3\x80\x81", "https://e.jp/x" },
	{ "\xef\xbc\x88https://e.jp/x\xef\xbc\x89", "https://e.jp/x" },
	{ "(https://e.jp/x)", "https://e.jp/x" },
	{ "https://e.jp/a_(b)", "https://e.jp/a_(b)" },
	{ "<https://e.jp/x>", "https://e.jp/x" },
	{ "http://h/~user.", "http://h/~user" },
	{ "Go to www.e.jp, now!", "www.e.jp" },
	{ "mailto:a@e.jp.", "mailto:a@e.jp" },
	{ "HTTPS://E.JP/?a=1&b=2;", "HTTPS://E.JP/?a=1&b=2" },
	{ "https://e.jp/{{id}}?x", "https://e.jp/{{id}}?x" },
	{ "https://e.jp/\xc3\xa9t\xc3\xa9", "https://e.jp/\xc3\xa9t\xc3\xa9" },
	{ "http:// https://, www. xhttp://a", "" },
	{ "http://a\r\nb", "http://a" },
	{ "ftp://a x@www.b", "" },
	{ "http:", "" },
	{ "w", "" },
};

START_TEST(finds_in_text)
{
	size_t n = strlen(texts[_i].in);
	char *in = exact(texts[_i].in, n);
	struct range r = { 0, 0 };
	char got[300] = "";

	while (url_find_in_text(span_of(in, n), r.end, &r)) {
		size_t used = strlen(got);
		snprintf(got + used, sizeof got - used, "%s%.*s", used ? " " : "", (int)(r.end - r.start), in + r.start);
	}
	ck_assert_msg(strcmp(got, texts[_i].want) == 0, "%s: %s, want %s", texts[_i].in, got, texts[_i].want);
	free(in);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("url");
	TCase *tcase = tcase_create("url");

	tcase_add_loop_test(tcase, parses, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(tcase, judges_hosts, 0, sizeof hosts / sizeof *hosts);
	tcase_add_test(tcase, lowers_hosts);
	tcase_add_loop_test(tcase, finds_in_text, 0, sizeof texts / sizeof *texts);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
