/* Tests of the checks of preflight: a sound zone, and what each change of it makes them say. Expectations come from the catalogue of requirements. */
#include <stdio.h>

#include "draft_file.h"
#include "preflight/check.h"
#include "preflight_zone.h"

#define KEY "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static const char sound[] =
	"hanami.example MX 10 mx.hanami.example\nhanami.example A -\nhanami.example AAAA -\n"
	"hanami.example SOA ns.hanami.example. root.hanami.example. 1 7200 900 1209600 300\n"
	"mx.hanami.example A 192.0.2.1\nmx.hanami.example AAAA -\n"
	"25.2.0.192.in-addr.arpa PTR mail.hanami.example\nmail.hanami.example A 192.0.2.25\nmail.hanami.example AAAA -\n"
	"s1._domainkey.hanami.example TXT " KEY "\n"
	"_dmarc.hanami.example TXT v=DMARC1; p=reject; rua=mailto:dmarc@hanami.example\n_dmarc.example TXT NX\n";

/* What stands in the rows of fail, warn and unknown: ids in the order of the report. */
static const struct {
	const char *changes, *said;
} cases[] = {
	{ "", "dkim-ed25519-only" },
	{ "hanami.example MX 0 .", "mx-null dkim-ed25519-only" },
	{ "hanami.example MX -", "domain-no-host dkim-ed25519-only" },
	{ "hanami.example MX -\nhanami.example A 192.0.2.1", "dkim-ed25519-only" },
	{ "hanami.example MX NX\nhanami.example A NX\nhanami.example AAAA NX", "domain-missing dkim-ed25519-only" },
	{ "hanami.example MX ?", "domain-unknown dkim-ed25519-only" },
	{ "hanami.example SOA -", "domain-no-soa dkim-ed25519-only" },
	{ "mx.hanami.example A NX\nmx.hanami.example AAAA NX", "mx-target-missing dkim-ed25519-only" },
	{ "s1._domainkey.hanami.example TXT NX", "dkim-key-missing" },
	{ "s1._domainkey.hanami.example TXT ?", "dkim-key-unknown" },
	{ "s1._domainkey.hanami.example TXT v=DKIM1; p=", "dkim-key-revoked" },
	{ "s1._domainkey.hanami.example TXT " KEY "\ns1._domainkey.hanami.example TXT v=DKIM1; p=", "dkim-key-several" },
	{ "s1._domainkey.hanami.example TXT " KEY "; t=y", "dkim-key-testing" },
	{ "s1._domainkey.hanami.example TXT v=spf1 -all", "dkim-key-broken" },
	{ "_dmarc.hanami.example TXT NX", "dkim-ed25519-only dmarc-missing" },
	{ "_dmarc.hanami.example TXT ?", "dkim-ed25519-only dmarc-unknown" },
	{ "_dmarc.hanami.example TXT p=none; v=DMARC1", "dkim-ed25519-only dmarc-broken" },
	{ "_dmarc.hanami.example TXT v=DMARC1; p=none\n_dmarc.hanami.example TXT v=DMARC1; p=reject", "dkim-ed25519-only dmarc-several" },
	{ "_dmarc.hanami.example TXT v=DMARC1; p=none", "dkim-ed25519-only dmarc-policy-none dmarc-no-reports" },
	{ "_dmarc.hanami.example TXT v=DMARC1; p=reject; rua=dmarc@hanami.example", "dkim-ed25519-only dmarc-reports-bad-target" },
	{ "_dmarc.hanami.example TXT v=DMARC1; p=reject; rua=mailto:a@reports.test\nhanami.example._report._dmarc.reports.test TXT NX",
	  "dkim-ed25519-only dmarc-reports-refused" },
	{ "_dmarc.hanami.example TXT v=DMARC1; p=reject; rua=mailto:a@reports.test\nhanami.example._report._dmarc.reports.test TXT v=DMARC1;", "dkim-ed25519-only" },
	{ "_dmarc.hanami.example TXT v=DMARC1; p=reject; rua=mailto:a@hanami.example!10m; pct=50", "dkim-ed25519-only" },
	{ "25.2.0.192.in-addr.arpa PTR NX", "dkim-ed25519-only ptr-missing" },
	{ "25.2.0.192.in-addr.arpa PTR ?", "dkim-ed25519-only ptr-unknown" },
	{ "mail.hanami.example A 192.0.2.26", "dkim-ed25519-only ptr-not-confirmed" },
	{ "25.2.0.192.in-addr.arpa PTR 192-0-2-25.isp.test\n192-0-2-25.isp.test A 192.0.2.25", "dkim-ed25519-only ptr-generic" },
	{ "25.2.0.192.in-addr.arpa PTR x7.pool.isp.test\nx7.pool.isp.test A 192.0.2.25", "dkim-ed25519-only ptr-generic" },
	{ "25.2.0.192.in-addr.arpa PTR mail.carpool.test\nmail.carpool.test A 192.0.2.25", "dkim-ed25519-only" },
	{ "mail.hanami.example A -", "dkim-ed25519-only ptr-not-confirmed helo-unresolved" },
};

static char *said_of(const char *changes, enum language language)
{
	struct arena *arena = arena_new();
	struct dns *dns = zone_open(arena, sound, changes);
	GPtrArray *addresses = g_ptr_array_new(), *selectors = g_ptr_array_new();
	GString *out = g_string_new(NULL);
	struct sender sender;

	g_ptr_array_add(addresses, (gpointer)"192.0.2.25");
	g_ptr_array_add(selectors, (gpointer)"s1");
	const struct preflight_options options = { .operand = "hanami.example", .addresses = addresses, .selectors = selectors,
						   .helo = "mail.hanami.example", .mail_from = "bounce@hanami.example" };
	ck_assert(sender_find(arena, &options, NULL, NULL, "hanami.example", language, &sender));
	struct preflight p = { .arena = arena, .dns = dns, .language = language, .volume = VOLUME_BULK, .sender = &sender,
			       .rows = g_array_new(FALSE, FALSE, sizeof(struct preflight_row)) };
	check_domains(&p);
	check_dkim(&p);
	check_dmarc(&p);
	check_alignment(&p);
	check_addresses(&p);
	for (guint i = 0; i < p.rows->len; i++) {
		const struct preflight_row *row = &g_array_index(p.rows, struct preflight_row, i);
		ck_assert_msg(!strchr(row->message, '{') && !(row->help && strchr(row->help, '{')), "%s: %s", row->check, row->message);
		if (row->status > PREFLIGHT_PASS)
			g_string_append_printf(out, "%s%s", out->len ? " " : "", row->check);
	}
	g_array_free(p.rows, TRUE);
	g_ptr_array_free(addresses, TRUE);
	g_ptr_array_free(selectors, TRUE);
	zone_close(dns);
	arena_free(arena);
	return g_string_free(out, FALSE);
}

START_TEST(zones)
{
	g_autofree char *en = said_of(cases[_i].changes, LANGUAGE_EN), *ja = said_of(cases[_i].changes, LANGUAGE_JA);

	ck_assert_msg(strcmp(en, cases[_i].said) == 0, "%s\nsaid: %s\nnot:  %s", cases[_i].changes, en, cases[_i].said);
	ck_assert_str_eq(en, ja);
}
END_TEST

/* Of several rows about a requirement the worst counts; a row without one is null. */
START_TEST(json)
{
	static const char *const first[] = { "AU-12", "JR-03", NULL }, *const second[] = { "AU-05", "JR-03", NULL }, *const none[] = { NULL };
	const struct preflight_row rows[] = { { .check = "a", .requirements = first, .status = PREFLIGHT_WARN, .message = "m\033" },
					      { .check = "b", .requirements = second, .status = PREFLIGHT_PASS, .message = "n" },
					      { .check = "c", .requirements = none, .status = PREFLIGHT_UNKNOWN, .message = "o" } };
	const struct preflight_report report = { .domain = "hanami.example", .rows = rows, .n = 3 };
	GArray *verdicts = preflight_verdicts(&report);
	GString *said = g_string_new(NULL), *out = g_string_new(NULL);

	for (guint i = 0; i < verdicts->len; i++) {
		const struct preflight_verdict *verdict = &g_array_index(verdicts, struct preflight_verdict, i);
		g_string_append_printf(said, "%s %s, ", verdict->requirement, preflight_status_name(verdict->status));
	}
	ck_assert_str_eq(said->str, "AU-05 pass, AU-12 warn, JR-03 warn, ");
	report_preflight_json(out, &report);
	ck_assert_msg(strstr(out->str, "\"requirement\": null") && !strchr(out->str, '\033') && strstr(out->str, "\"domain\": \"hanami.example\""), "%s", out->str);
	g_string_free(out, TRUE);
	g_string_free(said, TRUE);
	g_array_unref(verdicts);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("preflight_checks");

	tcase_add_loop_test(tcase, zones, 0, N_ROWS(cases));
	tcase_add_test(tcase, json);
	return run_case("preflight_checks", tcase);
}
