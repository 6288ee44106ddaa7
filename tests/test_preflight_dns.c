/* Questions to DNS and their snapshots, without network. tests/preflight_dns.sh asks real servers. */
#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preflight/dns.h"

static struct arena *arena;
static char *file;

static void set_up(void)
{
	arena = arena_new();
	file = g_strdup_printf("%s/presend-test-dns-%d.json", g_get_tmp_dir(), (int)getpid());
}

static void tear_down(void)
{
	g_unlink(file);
	g_free(file);
	arena_free(arena);
}

static struct dns *replay(const char *answers)
{
	g_autofree char *text = g_strdup_printf("{\"version\": 1, \"tool\": \"presend\", \"dns\": [\n%s\n]}\n", answers);
	char *error = NULL;

	ck_assert(g_file_set_contents(file, text, -1, NULL));
	struct dns *dns = dns_open(arena, &(struct dns_options){ .replay = file }, &error);
	ck_assert_msg(dns != NULL, "%s", error);
	return dns;
}

static void done(struct dns *dns)
{
	char *error = NULL;

	ck_assert(dns_close(dns, &error));
}

/* What is wrong with a snapshot, without the name of the file. */
static void assert_refused(const char *answers, const char *expected)
{
	g_autofree char *text = g_strdup_printf("{\"version\": 1, \"tool\": \"presend\", \"dns\": [\n%s\n]}\n", answers);
	char *error = NULL;

	ck_assert(g_file_set_contents(file, text, -1, NULL));
	ck_assert_ptr_null(dns_open(arena, &(struct dns_options){ .replay = file }, &error));
	ck_assert_msg(g_str_has_prefix(error, file), "%s", error);
	ck_assert_str_eq(error + strlen(file) + 1, expected);
	g_free(error);
}

static bool is_data(const struct dns_answer *answer, size_t i, const char *expected)
{
	return span_eq(answer->records[i].data, span_str(expected));
}

START_TEST(types_of_records)
{
	struct dns *dns = replay(
		"{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"found\", \"ttl\": 60, \"records\": [\"192.0.2.1\"]},\n"
		"{\"name\": \"a.example\", \"type\": \"AAAA\", \"status\": \"found\", \"ttl\": 60, \"records\": [\"2001:db8::1\"]},\n"
		"{\"name\": \"a.example\", \"type\": \"MX\", \"status\": \"found\", \"ttl\": 4294967295, \"records\": [\"10 Mx.a.example.\", \"0 .\"]},\n"
		"{\"name\": \"a.example\", \"type\": \"TXT\", \"status\": \"found\", \"ttl\": 0, \"records\": [[\"one\", \" two\"], \"\\\\000\\\\\\\\\\\\255\"]},\n"
		"{\"name\": \"_25._tcp.a.example\", \"type\": \"TLSA\", \"status\": \"found\", \"ttl\": 1, \"records\": [\"3 1 1 00fF\"], \"authentic\": true},\n"
		"{\"name\": \"1.2.0.192.in-addr.arpa\", \"type\": \"PTR\", \"status\": \"found\", \"ttl\": 1, \"records\": [\"a.example\"], \"canonical\": \"1.b.example\"}");
	const struct dns_answer *answer = dns_ask(dns, "A.Example.", DNS_A);

	ck_assert_int_eq(answer->status, DNS_FOUND);
	ck_assert_str_eq(answer->name, "a.example");
	ck_assert_mem_eq(answer->records[0].data.p, "\xC0\x00\x02\x01", 4);
	answer = dns_ask(dns, "a.example", DNS_AAAA);
	ck_assert_uint_eq(answer->records[0].data.n, 16);
	ck_assert_str_eq(dns_record_text(arena, DNS_AAAA, &answer->records[0]), "2001:db8::1");
	answer = dns_ask(dns, "a.example", DNS_MX);
	ck_assert_uint_eq(answer->n_records, 2);
	ck_assert_uint_eq(answer->records[0].ttl, 4294967295u);
	ck_assert_uint_eq(answer->records[0].preference, 10);
	ck_assert(is_data(answer, 0, "mx.a.example"));
	ck_assert(is_data(answer, 1, ""));
	ck_assert_str_eq(dns_record_text(arena, DNS_MX, &answer->records[1]), "0 .");
	answer = dns_ask(dns, "a.example", DNS_TXT);
	ck_assert(is_data(answer, 0, "one two"));
	ck_assert_uint_eq(answer->records[0].n_strings, 2);
	ck_assert_uint_eq(answer->records[0].string_sizes[1], 4);
	ck_assert_uint_eq(answer->records[1].data.n, 3);
	ck_assert_mem_eq(answer->records[1].data.p, "\0\\\xFF", 3);
	answer = dns_ask(dns, "_25._tcp.a.example", DNS_TLSA);
	ck_assert(answer->authentic);
	ck_assert_mem_eq(answer->records[0].data.p, "\3\1\1\0\xFF", 5);
	answer = dns_ask(dns, dns_reverse_name(arena, span_of("\xC0\x00\x02\x01", 4)), DNS_PTR);
	ck_assert(is_data(answer, 0, "a.example"));
	ck_assert_str_eq(answer->canonical, "1.b.example");
	done(dns);
}
END_TEST

START_TEST(what_is_not_there)
{
	struct dns *dns = replay(
		"{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"nodata\"},\n"
		"{\"name\": \"b.example\", \"type\": \"A\", \"status\": \"nxdomain\"},\n"
		"{\"name\": \"c.example\", \"type\": \"A\", \"status\": \"unknown\", \"reason\": \"SERVFAIL\"}");

	ck_assert_int_eq(dns_ask(dns, "a.example", DNS_A)->status, DNS_NODATA);
	ck_assert_int_eq(dns_ask(dns, "b.example", DNS_A)->status, DNS_NXDOMAIN);
	ck_assert_int_eq(dns_ask(dns, "c.example", DNS_A)->status, DNS_UNKNOWN);
	ck_assert_str_eq(dns_ask(dns, "c.example", DNS_A)->reason, "SERVFAIL");
	ck_assert_int_eq(dns_ask(dns, "a.example", DNS_MX)->status, DNS_UNKNOWN);
	ck_assert_str_eq(dns_ask(dns, "a.example", DNS_MX)->reason, "not in the snapshot");
	done(dns);
}
END_TEST

START_TEST(names_that_cannot_be)
{
	char label[65], name[300] = "";
	struct dns *dns = replay("{\"name\": \"xn--r8jz45g.example\", \"type\": \"A\", \"status\": \"nodata\"}");

	memset(label, 'a', 64);
	label[64] = '\0';
	for (int i = 0; i < 130; i++)
		strcat(name, "a.");
	const char *const bad[] = { "", ".", "a..b", ".a", label, name, "a\tb.example", "a\\b.example", "a\n.example", "\xFF.example", "\xEF\xBC\x8E.example" };
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		ck_assert_msg(dns_ask(dns, bad[i], DNS_A)->status == DNS_NXDOMAIN, "\"%s\"", bad[i]);
		ck_assert_str_eq(dns_ask(dns, bad[i], DNS_A)->reason, "not a name that DNS can hold");
	}
	label[63] = '\0';
	ck_assert_str_eq(dns_ask(dns, label, DNS_A)->reason, "not in the snapshot");
	ck_assert_int_eq(dns_ask(dns, "例え.example", DNS_A)->status, DNS_NODATA);
	done(dns);
}
END_TEST

START_TEST(reverse_names)
{
	static const char v6[16] = { 0x20, 0x01, 0x0d, (char)0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

	ck_assert_str_eq(dns_reverse_name(arena, span_of("\x0A\x01\x02\xFF", 4)), "255.2.1.10.in-addr.arpa");
	ck_assert_str_eq(dns_reverse_name(arena, span_of(v6, 16)), "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}
END_TEST

/* A snapshot of a replayed one holds what was asked, sorted, and gives the same answers. */
START_TEST(written_again)
{
	g_autofree char *second = g_strconcat(file, ".2", NULL), *text = NULL;
	char *error = NULL;
	static const char good[] =
		"{ \"name\": \"a.example\", \"type\": \"A\", \"status\": \"found\", \"ttl\": 60, \"records\": [ \"192.0.2.1\" ] },\n"
		"  { \"name\": \"a.example\", \"type\": \"TXT\", \"status\": \"found\", \"authentic\": true, \"ttl\": 5, \"records\": [ [ \"a/\\\"\", \"\\\\000\\\\\\\\\" ] ] },\n"
		"  { \"name\": \"b.example\", \"type\": \"NS\", \"status\": \"unknown\", \"reason\": \"timeout\", \"canonical\": \"c.example\" }";
	struct dns *dns = replay(good);

	done(dns);
	dns = dns_open(arena, &(struct dns_options){ .replay = file, .save = second }, &error);
	ck_assert_ptr_nonnull(dns);
	dns_ask(dns, "b.example", DNS_NS);
	dns_ask(dns, "a.example", DNS_TXT);
	dns_ask(dns, "a..example", DNS_TXT);
	dns_want(dns, "d.example", DNS_TXT);
	dns_ask(dns, "a.example", DNS_A);
	done(dns);
	ck_assert(g_file_get_contents(second, &text, NULL, NULL));
	g_autofree char *expected = g_strdup_printf("{\n \"version\": 1,\n \"tool\": \"presend\",\n \"dns\": [\n  %s\n ]\n}\n", good);
	ck_assert_str_eq(text, expected);
	g_unlink(second);
}
END_TEST

START_TEST(broken_snapshots)
{
	assert_refused("{\"name\": \"a.example\", \"type\": \"A\"}", "2:1: an answer must have name, type and status");
	assert_refused("{\"name\": \"a.example\", \"type\": \"HINFO\", \"status\": \"nodata\"}", "2:31: \"HINFO\" is no type that is asked for");
	assert_refused("{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"none\"}", "2:46: status must be found, nodata, nxdomain or unknown");
	assert_refused("{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"nodata\", \"staus\": 1}",
		"2:56: unknown key \"staus\" in an answer; did you mean \"status\"?");
	assert_refused("{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"unknown\"}",
		"2:1: an answer has a reason where its status is \"unknown\", and only there");
	assert_refused("{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"found\"}",
		"2:1: an answer has records and a ttl where its status is \"found\", and only there");
	assert_refused("{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"found\", \"records\": [\"192.0.2.256\"]}",
		"2:67: \"192.0.2.256\" is not an IPv4 address");
	assert_refused("{\"name\": \"a.example\", \"type\": \"TXT\", \"status\": \"found\", \"records\": [\"\\\\25\"]}",
		"2:69: behind a \\ must stand three decimal digits up to 255, or another \\");
	assert_refused("{\"name\": \"a.example\", \"type\": \"MX\", \"status\": \"found\", \"records\": [\"mx.a.example\"]}",
		"2:68: \"mx.a.example\" must be a preference and a name");
	assert_refused("{\"name\": \"a.example\", \"type\": \"TLSA\", \"status\": \"found\", \"records\": [\"3 1 1 abc\"]}",
		"2:70: \"3 1 1 abc\" must be three numbers and hexadecimal digits");
	assert_refused("{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"nodata\"},\n{\"name\": \"A.example.\", \"type\": \"A\", \"status\": \"nodata\"}",
		"3:1: a.example A stands twice");
	assert_refused("{\"name\": \"a.example\", \"type\": \"A\", \"status\": \"nodata\"", "3:1: did not find expected ',' or '}'");
}
END_TEST

START_TEST(resolvers)
{
	static const char *const good[] = { "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353" };
	static const char *const bad[] = { "", "dns.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "[2001:db8::1", "[2001:db8::1]53", "192.0.2" };

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		char *error = NULL;
		struct dns *dns = dns_open(arena, &(struct dns_options){ .resolver = good[i] }, &error);
		ck_assert_msg(dns != NULL, "%s", error);
		done(dns);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		char *error = NULL;
		ck_assert_msg(!dns_open(arena, &(struct dns_options){ .resolver = bad[i] }, &error), "%s", bad[i]);
		ck_assert_ptr_nonnull(error);
		g_free(error);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("preflight_dns");
	TCase *tests = tcase_create("dns");
	SRunner *runner = srunner_create(suite);

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, types_of_records);
	tcase_add_test(tests, what_is_not_there);
	tcase_add_test(tests, names_that_cannot_be);
	tcase_add_test(tests, reverse_names);
	tcase_add_test(tests, written_again);
	tcase_add_test(tests, broken_snapshots);
	tcase_add_test(tests, resolvers);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
