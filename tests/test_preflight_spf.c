/* SPF by RFC 7208 on zones of our own; the public suite is test_preflight_spf_suite. */
#include <check.h>
#include <stdlib.h>

#include "preflight/spf.h"
#include "spf_zones.h"

static const char zones_text_yaml[] =
	"shop.example:\n"
	"  - TXT: v=spf1 ip4:192.0.2.0/28 ip6:2001:db8::/32 include:esp.example mx ~all\n"
	"  - TXT: some-verification=1\n"
	"  - MX: [10, mx.shop.example]\n"
	"mx.shop.example: [{A: 198.51.100.7}]\n"
	"esp.example: [{TXT: 'v=spf1 exists:%{ir}.%{l1r-}._spf.%{d} -all exp=no.%{d}'}]\n"
	"9.113.0.203.bounce._spf.esp.example: [{A: 127.0.0.2}]\n"
	"says.example: [{TXT: 'v=spf1 -all exp=why.says.example'}]\n"
	"why.says.example: [{TXT: '%{i} is not ours, see https://says.example/%{S}'}]\n"
	"two.example: [{TXT: v=spf1 -all}, {TXT: v=spf1 +all}]\n"
	"slip.example: [{TXT: v=spf1 ipv4:192.0.2.1 -all}]\n"
	"loop.example: [{TXT: v=spf1 include:loop.example -all}]\n"
	"gone.example: [{TXT: v=spf1 include:nothing.example -all}]\n"
	"slow.example: [{TXT: TIMEOUT}]\n"
	"waits.example: [{TXT: v=spf1 include:slow.example -all}]\n"
	"voids.example: [{TXT: v=spf1 a:no1.example a:no2.example a:no3.example -all}]\n"
	"moved.example: [{TXT: v=spf1 redirect=shop.example}]\n";

struct run {
	const char *address, *from;
	void (*use)(struct arena *arena, struct dns *dns, const struct spf_check *check);
	const char *lint;
	void (*use_lint)(struct arena *arena, const struct spf_lint *lint);
};

static void run_document(yaml_document_t *document, void *data)
{
	const struct run *run = data;
	struct arena *arena = arena_new();
	struct zones zones = { arena, document, yaml_document_get_root_node(document) };
	char *error = NULL, address[16];
	struct dns *dns = dns_open(arena, &(struct dns_options){ .source = zones_answer, .source_data = &zones }, &error);

	if (run->lint) {
		struct spf_lint lint = spf_lint(arena, dns, run->lint);
		run->use_lint(arena, &lint);
	} else {
		int family = strchr(run->address, ':') ? AF_INET6 : AF_INET;
		ck_assert_int_eq(inet_pton(family, run->address, address), 1);
		struct spf_check check = spf_check(arena, dns, span_of(address, family == AF_INET ? 4 : 16), run->from, "mx.shop.example");
		run->use(arena, dns, &check);
	}
	dns_close(dns, &error);
	arena_free(arena);
}

static void check(const char *address, const char *from, void (*use)(struct arena *, struct dns *, const struct spf_check *))
{
	struct run run = { .address = address, .from = from, .use = use };

	ck_assert_int_eq(yaml_each(zones_text_yaml, strlen(zones_text_yaml), run_document, &run), 1);
}

static void lint(const char *zones, const char *domain, void (*use)(struct arena *, const struct spf_lint *))
{
	struct run run = { .lint = domain, .use_lint = use };

	ck_assert_int_eq(yaml_each(zones, strlen(zones), run_document, &run), 1);
}

static void is_pass_by_range(struct arena *arena, struct dns *dns, const struct spf_check *check)
{
	(void)arena, (void)dns;
	ck_assert_int_eq(check->result, SPF_PASS);
	ck_assert_str_eq(check->mechanism, "ip4:192.0.2.0/28");
	ck_assert_uint_eq(check->lookups, 0);
}

static void is_pass_by_include(struct arena *arena, struct dns *dns, const struct spf_check *check)
{
	size_t n;
	const char *const *lines = spf_evidence(arena, check, &n);
	static const char *const expected[] = {
		"shop.example: v=spf1 ip4:192.0.2.0/28 ip6:2001:db8::/32 include:esp.example mx ~all",
		"  ip4:192.0.2.0/28",
		"  ip6:2001:db8::/32",
		"  include:esp.example [1/10] *",
		"    esp.example: v=spf1 exists:%{ir}.%{l1r-}._spf.%{d} -all exp=no.%{d}",
		"      exists:%{ir}.%{l1r-}._spf.%{d} [2/10] -> 9.113.0.203.bounce._spf.esp.example *",
	};

	(void)dns;
	ck_assert_int_eq(check->result, SPF_PASS);
	ck_assert_str_eq(check->mechanism, "include:esp.example");
	ck_assert_str_eq(check->mechanism_domain, "shop.example");
	ck_assert_uint_eq(n, G_N_ELEMENTS(expected));
	for (size_t i = 0; i < n; i++)
		ck_assert_str_eq(lines[i], expected[i]);
}

static void is_pass_by_mx(struct arena *arena, struct dns *dns, const struct spf_check *check)
{
	(void)arena, (void)dns;
	ck_assert_int_eq(check->result, SPF_PASS);
	ck_assert_str_eq(check->mechanism, "mx");
	ck_assert_uint_eq(check->lookups, 3); /* include, exists in it, mx */
	ck_assert_uint_eq(check->voids, 1);   /* exists found nothing */
}

static void is_softfail(struct arena *arena, struct dns *dns, const struct spf_check *check)
{
	(void)arena, (void)dns;
	ck_assert_int_eq(check->result, SPF_SOFTFAIL);
	ck_assert_str_eq(check->mechanism, "~all");
	ck_assert_ptr_null(check->explanation);
}

static void is_fail_with_words(struct arena *arena, struct dns *dns, const struct spf_check *check)
{
	(void)arena, (void)dns;
	ck_assert_int_eq(check->result, SPF_FAIL);
	ck_assert_str_eq(check->explanation, "203.0.113.9 is not ours, see https://says.example/a%20b%40says.example");
}

static enum spf_fault_kind expected_fault;
static enum spf_result expected_result;

static void is_broken(struct arena *arena, struct dns *dns, const struct spf_check *check)
{
	(void)dns;
	ck_assert_int_eq(check->result, expected_result);
	ck_assert_int_eq(check->fault.kind, expected_fault);
	for (int language = 0; language < N_LANGUAGES; language++) {
		ck_assert_str_ne(spf_fault_text(arena, &check->fault, (enum language)language), "");
		ck_assert_str_ne(spf_fault_help(arena, &check->fault, (enum language)language), "");
	}
}

START_TEST(passes_by_range)
{
	check("192.0.2.15", "a@shop.example", is_pass_by_range);
	check("::ffff:192.0.2.15", "a@shop.example", is_pass_by_range);
}
END_TEST

START_TEST(passes_by_include)
{
	check("203.0.113.9", "bounce-weekly@shop.example", is_pass_by_include);
}
END_TEST

START_TEST(passes_by_mx)
{
	check("198.51.100.7", "a@shop.example", is_pass_by_mx);
}
END_TEST

START_TEST(fails)
{
	check("192.0.2.16", "a@shop.example", is_softfail);
	check("192.0.2.16", "a@moved.example", is_softfail);
	check("203.0.113.9", "a b@says.example", is_fail_with_words);
}
END_TEST

START_TEST(broken_records)
{
	static const struct {
		const char *from;
		enum spf_result result;
		enum spf_fault_kind fault;
	} cases[] = {
		{ "a@two.example", SPF_PERMERROR, SPF_MULTIPLE },	   { "a@slip.example", SPF_PERMERROR, SPF_UNKNOWN_MECHANISM },
		{ "a@loop.example", SPF_PERMERROR, SPF_TOO_MANY_LOOKUPS }, { "a@gone.example", SPF_PERMERROR, SPF_INCLUDE_NONE },
		{ "a@slow.example", SPF_TEMPERROR, SPF_DNS },		   { "a@waits.example", SPF_TEMPERROR, SPF_DNS },
		{ "a@voids.example", SPF_PERMERROR, SPF_TOO_MANY_VOIDS },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		expected_result = cases[i].result;
		expected_fault = cases[i].fault;
		check("203.0.113.9", cases[i].from, is_broken);
	}
}
END_TEST

/* --- lint -------------------------------------------------------------------------------------------------------------------- */

static const char *expected_faults; /* kinds as numbers and terms, one a line */

static void has_faults(struct arena *arena, const struct spf_lint *lint)
{
	GString *found = g_string_new(NULL);

	for (size_t i = 0; i < lint->n_faults; i++) {
		const struct spf_fault *fault = &lint->faults[i];
		g_string_append_printf(found, "%d %s %zu %.*s%s%s%s\n", (int)fault->kind, fault->domain, fault->at, (int)fault->term.n, fault->term.p,
			fault->detail ? " (" : "", fault->detail ? fault->detail : "", fault->detail ? ")" : "");
		for (int language = 0; language < N_LANGUAGES; language++) {
			const char *text = spf_fault_text(arena, fault, (enum language)language), *help = spf_fault_help(arena, fault, (enum language)language);
			ck_assert_msg(*text && !strstr(text, "{d") && !strstr(text, "{n") && !strstr(text, "{t") && *help, "%s / %s", text, help);
		}
	}
	ck_assert_str_eq(found->str, expected_faults);
	g_string_free(found, TRUE);
}

/* The record alone, the rest of the zone, and what is found. */
static void lint_record(const char *record, const char *more, const char *expected)
{
	g_autofree char *zones = g_strconcat("d.example:\n  - TXT: '", record, "'\n", more, NULL);

	expected_faults = expected;
	lint(zones, "d.example", has_faults);
}

static char *line(enum spf_fault_kind kind, const char *rest)
{
	return g_strdup_printf("%d d.example %s\n", (int)kind, rest);
}

static void expect_one(const char *record, const char *more, enum spf_fault_kind kind, const char *rest)
{
	g_autofree char *expected = line(kind, rest);

	lint_record(record, more, expected);
}

START_TEST(clean_records)
{
	lint_record("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:i.example ~all", "i.example: [{TXT: v=spf1 a:h.example -all}]\nh.example: [{A: 192.0.2.1}]\n", "");
	lint_record("v=spf1 -all", "", "");
	lint_record("v=spf1 redirect=i.example", "i.example: [{TXT: v=spf1 ip4:192.0.2.1 -all}]\n", "");
	lint_record("v=spf1 exists:%{i}._spf.d.example -all", "", "");
}
END_TEST

START_TEST(syntax_of_records)
{
	expect_one("v=spf1 ipv4:192.0.2.1 -all", "", SPF_UNKNOWN_MECHANISM, "7 ipv4:192.0.2.1 (ip4)");
	expect_one("v=spf1 ip4:192.0.2 -all", "", SPF_BAD_ADDRESS, "7 ip4:192.0.2");
	expect_one("v=spf1 ip4:192.0.2.0/33 -all", "", SPF_BAD_PREFIX, "7 ip4:192.0.2.0/33");
	expect_one("v=spf1 include: -all", "", SPF_NEEDS_VALUE, "7 include:");
	expect_one("v=spf1 ip4 -all", "", SPF_NEEDS_VALUE, "7 ip4");
	expect_one("v=spf1 a:192.0.2.1 -all", "", SPF_ADDRESS_AS_NAME, "7 a:192.0.2.1");
	expect_one("v=spf1 a:localhost -all", "", SPF_BAD_NAME, "7 a:localhost");
	expect_one("v=spf1 exists:%{x}.d.example -all", "", SPF_BAD_MACRO, "7 exists:%{x}.d.example");
	expect_one("v=spf1 exists:%{i0}.d.example -all", "", SPF_BAD_MACRO, "7 exists:%{i0}.d.example");
	expect_one("v=spf1 -all exp=a.example exp=b.example", "", SPF_MODIFIER_TWICE, "26 exp=b.example");
	expect_one("v=spf1 ip4:192.0.2.1 -all/24", "", SPF_NO_VALUE, "21 -all/24");
	expect_one("v=spf1 ip4:192.0.2.1 −all", "", SPF_NON_ASCII, "21 −all");
}
END_TEST

START_TEST(sense_of_records)
{
	static const char host[] = "h.example: [{A: 192.0.2.1}]\n";

	expect_one("v=spf1 +all", "", SPF_EVERYBODY, "7 +all");
	expect_one("v=spf1 all", "", SPF_EVERYBODY, "7 all");
	expect_one("v=spf1 ip4:0.0.0.0/0 -all", "", SPF_EVERYBODY, "7 ip4:0.0.0.0/0");
	expect_one("v=spf1 ip4:192.0.2.1 ?all", "", SPF_NEUTRAL_ALL, "21 ?all");
	expect_one("v=spf1 ip4:192.0.2.1", "", SPF_NO_ALL, "0 ");
	expect_one("v=spf1 -all ip4:192.0.2.1", "", SPF_UNREACHABLE, "12 ip4:192.0.2.1");
	expect_one("v=spf1 ptr -all", "", SPF_PTR, "7 ptr");
	expect_one("v=spf1 a:h.example A:H.example -all", host, SPF_DUPLICATE, "19 A:H.example (a:h.example)");
	expect_one("v=spf1 ip4:192.0.2.1/24 -all", "", SPF_HOST_BITS, "7 ip4:192.0.2.1/24 (192.0.2.0/24)");
	expect_one("v=spf1 ip6:2001:db8::1/32 -all", "", SPF_HOST_BITS, "7 ip6:2001:db8::1/32 (2001:db8::/32)");
	/* How wide a range may be no published document says. */
	lint_record("v=spf1 ip4:10.0.0.0/8 -all", "", "");
	expect_one("v=spf1 ~all redirect=i.example", "i.example: [{TXT: v=spf1 -all}]\n", SPF_REDIRECT_IGNORED, "12 redirect=i.example");
	expect_one("v=spf1 a:gone.example -all", "", SPF_VOID, "7 a:gone.example (gone.example)");
	expect_one("v=spf1 include:gone.example -all", "", SPF_INCLUDE_NONE, "7 include:gone.example (gone.example)");
	expect_one("v=spf1 include:d.example -all", "", SPF_LOOP, "7 include:d.example (d.example)");
	expect_one("v=spf1 -all", "  - TXT: 'v=spf1 ~all'\n", SPF_MULTIPLE, "0 ");
	expect_one("v=spf1 -all", "  - SPF: 'v=spf1 -all'\n", SPF_OLD_TYPE, "0 ");
	lint_record("v=spf1 ip4:192.0.2.1 -all", "  - TXT: 'spf2.0/pra ip4:192.0.2.1 -all'\n", "");
}
END_TEST

static unsigned expected_lookups;

static void has_lookups(struct arena *arena, const struct spf_lint *lint)
{
	(void)arena;
	ck_assert_uint_eq(lint->lookups, expected_lookups);
}

/* 11 over all branches, though an address in the first would stop evaluation early. */
START_TEST(lookups_of_all_branches)
{
	static const char zones[] =
		"d.example: [{TXT: 'v=spf1 include:a.example include:b.example mx -all'}, {MX: [0, h.example]}]\n"
		"a.example: [{TXT: 'v=spf1 a:h.example a:h.example a:h.example a:h.example -all'}]\n"
		"b.example: [{TXT: 'v=spf1 a:h.example a:h.example a:h.example a:h.example -all'}]\n"
		"h.example: [{A: 192.0.2.1}]\n";

	expected_lookups = 11;
	lint(zones, "d.example", has_lookups);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("preflight_spf");
	TCase *tests = tcase_create("spf");
	SRunner *runner = srunner_create(suite);

	tcase_add_test(tests, passes_by_range);
	tcase_add_test(tests, passes_by_include);
	tcase_add_test(tests, passes_by_mx);
	tcase_add_test(tests, fails);
	tcase_add_test(tests, broken_records);
	tcase_add_test(tests, clean_records);
	tcase_add_test(tests, syntax_of_records);
	tcase_add_test(tests, sense_of_records);
	tcase_add_test(tests, lookups_of_all_branches);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
