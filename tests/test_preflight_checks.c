/* Tests of the checks of preflight: a sound zone, and what each change of it makes them say. Expectations come from the catalogue of requirements. */
#include <stdio.h>
#include <stdlib.h>

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
	/* The name of the PTR record leads back, that of EHLO elsewhere; one of several addresses will do. */
	{ "25.2.0.192.in-addr.arpa PTR mx9.hanami.example\nmx9.hanami.example A 192.0.2.25\nmail.hanami.example A 192.0.2.99", "dkim-ed25519-only helo-other" },
	{ "mail.hanami.example A 192.0.2.99\nmail.hanami.example A 192.0.2.25", "dkim-ed25519-only" },
	{ "25.2.0.192.in-addr.arpa PTR mx9.hanami.example\nmx9.hanami.example A 192.0.2.25\nmail.hanami.example A -\nmail.hanami.example AAAA 2001:db8::1",
	  "dkim-ed25519-only" },
	{ "25.2.0.192.in-addr.arpa PTR mx9.hanami.example\nmx9.hanami.example A 192.0.2.25\nmail.hanami.example A ?\nmail.hanami.example AAAA 2001:db8::1",
	  "dkim-ed25519-only" },
};

/* What the checks of the core say of a zone. */
static void core(struct preflight *p)
{
	check_domains(p);
	check_dkim(p);
	check_dmarc(p);
	check_alignment(p);
	check_addresses(p);
}

/* checks: which. least: rows below this status are left out. */
static char *rows_of(const char *base, const char *changes, enum language language, void (*checks)(struct preflight *p), enum preflight_status least)
{
	struct arena *arena = arena_new();
	struct dns *dns = zone_open(arena, base, changes);
	GPtrArray *addresses = g_ptr_array_new(), *selectors = g_ptr_array_new();
	GString *out = g_string_new(NULL);
	struct sender sender;

	g_ptr_array_add(addresses, (gpointer)"192.0.2.25");
	g_ptr_array_add(selectors, (gpointer)"s1");
	const char *why = NULL;
	const struct preflight_options options = { .addresses = addresses, .selectors = selectors,
						   .helo = "mail.hanami.example", .mail_from = "bounce@hanami.example" };
	ck_assert(sender_find(arena, &options, NULL, NULL, "hanami.example", language, &why, &sender));
	struct preflight p = { .arena = arena, .dns = dns, .language = language, .volume = VOLUME_BULK, .sender = &sender,
			       .rows = g_array_new(FALSE, FALSE, sizeof(struct preflight_row)) };
	checks(&p);
	for (guint i = 0; i < p.rows->len; i++) {
		const struct preflight_row *row = &g_array_index(p.rows, struct preflight_row, i);
		ck_assert_msg(!strchr(row->message, '{') && !(row->help && strchr(row->help, '{')), "%s: %s", row->check, row->message);
		if (row->status >= least)
			g_string_append_printf(out, "%s%s", out->len ? " " : "", row->check);
	}
	g_array_free(p.rows, TRUE);
	g_ptr_array_free(addresses, TRUE);
	g_ptr_array_free(selectors, TRUE);
	zone_close(dns);
	arena_free(arena);
	return g_string_free(out, FALSE);
}

static char *said_of(const char *changes, enum language language)
{
	return rows_of(sound, changes, language, core, PREFLIGHT_UNKNOWN);
}

START_TEST(zones)
{
	g_autofree char *en = said_of(cases[_i].changes, LANGUAGE_EN), *ja = said_of(cases[_i].changes, LANGUAGE_JA);

	ck_assert_msg(strcmp(en, cases[_i].said) == 0, "%s\nsaid: %s\nnot:  %s", cases[_i].changes, en, cases[_i].said);
	ck_assert_str_eq(en, ja);
}
END_TEST

/* --- further records ------------------------------------------------------------------------------------------------------------------ */

#define HASH_32 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A domain without any of them, but for what each must have. */
static const char plain[] =
	"hanami.example MX 10 mx.hanami.example\nhanami.example A 192.0.2.1\nhanami.example TXT v=spf1 mx -all\n"
	"_dmarc.hanami.example TXT v=DMARC1; p=reject\n_dmarc.example TXT NX\ndefault._bimi.hanami.example TXT NX\n"
	"_mta-sts.hanami.example TXT NX\n_smtp._tls.hanami.example TXT NX\n_25._tcp.mx.hanami.example TLSA NX\n"
	"mta-sts.hanami.example A 192.0.2.9\nmta-sts.hanami.example AAAA -\n";

#define BIMI "default._bimi.hanami.example TXT "
#define STS "_mta-sts.hanami.example TXT "
#define RPT "_smtp._tls.hanami.example TXT "
#define TLSA "_25._tcp.mx.hanami.example TLSA "

static const struct {
	const char *changes, *said;
} further_cases[] = {
	{ "", "bimi-none web-spf-good" },
	/* BIMI */
	{ BIMI "v=BIMI1; l=https://hanami.example/logo.svg; a=https://hanami.example/vmc.pem", "bimi-good web-spf-good" },
	{ BIMI "v=BIMI1; l=https://hanami.example/logo.svg; a=;", "bimi-good web-spf-good" },
	{ BIMI "v=BIMI1; l=; a=;", "bimi-none web-spf-good" },
	{ BIMI "v=spf1 -all", "bimi-none web-spf-good" },
	{ BIMI "v=BIMI1; l=http://hanami.example/logo.svg", "bimi-bad web-spf-good" },
	{ BIMI "v=BIMI1; l=https://hanami.example/logo.svg; a=vmc.pem", "bimi-bad web-spf-good" },
	{ BIMI "v=BIMI1; l=https://a.example/1.svg; avp", "bimi-bad web-spf-good" },
	{ BIMI "v=BIMI1; l=https://a.example/1.svg; avp=brand", "bimi-good web-spf-good" },
	{ BIMI "v=BIMI1; a=https://hanami.example/vmc.pem", "bimi-bad web-spf-good" },
	{ BIMI "v=BIMI1; l=https://a.example/1.svg; l=https://a.example/2.svg", "bimi-bad web-spf-good" },
	{ BIMI "v=BIMI1; l=https://a.example/1.svg\n" BIMI "v=BIMI1; l=https://a.example/2.svg", "bimi-bad web-spf-good" },
	{ BIMI "v=BIMI1; l=https://a.example/1.svg\n_dmarc.hanami.example TXT v=DMARC1; p=none", "bimi-not-enforced web-spf-good" },
	{ BIMI "v=BIMI1; l=https://a.example/1.svg\n_dmarc.hanami.example TXT v=DMARC1; p=quarantine", "bimi-good web-spf-good" },
	{ BIMI "v=BIMI1; l=https://a.example/1.svg\n_dmarc.hanami.example TXT NX", "bimi-not-enforced web-spf-good" },
	{ BIMI "v=BIMI1; l=https://a.example/1.svg\n_dmarc.hanami.example TXT ?", "bimi-unknown web-spf-good" },
	{ BIMI "?", "bimi-unknown web-spf-good" },
	/* MTA-STS: RFC 8461, section 3.1 */
	{ STS "v=STSv1; id=20160831085700Z;", "bimi-none mta-sts-good mta-sts-policy web-spf-good" },
	{ STS "v=STSv1; id=1\nmta-sts.hanami.example A -", "bimi-none mta-sts-good mta-sts-no-host web-spf-good" },
	{ STS "v=STSv1; id=1\nmta-sts.hanami.example A -\nmta-sts.hanami.example AAAA 2001:db8::9", "bimi-none mta-sts-good mta-sts-policy web-spf-good" },
	{ STS "v=STSv1; id=1\nmta-sts.hanami.example A -\nmta-sts.hanami.example AAAA ?", "bimi-none mta-sts-good mta-sts-host-unknown web-spf-good" },
	{ STS "v=STSv1; id=2016-08-31", "bimi-none mta-sts-bad web-spf-good" },
	{ STS "v=STSv1; id=012345678901234567890123456789012", "bimi-none mta-sts-bad web-spf-good" },
	{ STS "v=STSv1; id=01234567890123456789012345678901", "bimi-none mta-sts-good mta-sts-policy web-spf-good" },
	{ STS "v=STSv1", "bimi-none mta-sts-bad web-spf-good" },
	{ STS "v=STSv1; id=1\n" STS "v=STSv1; id=2", "bimi-none mta-sts-bad web-spf-good" },
	{ STS "v=STSv1; id=1\n" STS "other", "bimi-none mta-sts-good mta-sts-policy web-spf-good" },
	{ STS "id=1; v=STSv1", "bimi-none mta-sts-bad web-spf-good" },
	{ STS "v=spf1 -all", "bimi-none web-spf-good" },
	{ STS "?", "bimi-none web-spf-good" },
	{ STS "v=STSv1; id=1; id=2", "bimi-none mta-sts-bad web-spf-good" },
	{ STS "v=STSv1; id=1; now", "bimi-none mta-sts-bad web-spf-good" },
	{ STS "v=STSv1; id=1; x=now", "bimi-none mta-sts-good mta-sts-policy web-spf-good" },
	/* TLS-RPT: RFC 8460, section 3 */
	{ RPT "v=TLSRPTv1; rua=mailto:tls@hanami.example,https://hanami.example/tls", "bimi-none tls-rpt-good web-spf-good" },
	{ RPT "v=TLSRPTv1; rua=tls@hanami.example", "bimi-none tls-rpt-bad web-spf-good" },
	{ RPT "v=TLSRPTv1; rua=mailto:tls", "bimi-none tls-rpt-bad web-spf-good" },
	{ RPT "v=TLSRPTv1; rua=mailto:tls@hanami.example\n" RPT "v=TLSRPTv1; rua=https://hanami.example/tls", "bimi-none tls-rpt-bad web-spf-good" },
	{ RPT "v=TLSRPTv1;rua=mailto:tls@hanami.example;", "bimi-none tls-rpt-good web-spf-good" },
	{ RPT "v=TLSRPTv1", "bimi-none tls-rpt-bad web-spf-good" },
	{ RPT "v=tlsrptv1; rua=mailto:tls@hanami.example", "bimi-none tls-rpt-bad web-spf-good" },
	/* TLSA: RFC 7672, section 3.1 */
	{ TLSA "3 1 1 " HASH_32, "bimi-none tlsa-good web-spf-good" },
	{ TLSA "2 0 2 " HASH_32 HASH_32, "bimi-none tlsa-good web-spf-good" },
	{ TLSA "3 1 2 " HASH_32, "bimi-none tlsa-bad web-spf-good" },
	{ TLSA "1 1 1 " HASH_32, "bimi-none tlsa-bad web-spf-good" },
	{ TLSA "4 1 1 " HASH_32, "bimi-none tlsa-bad web-spf-good" },
	{ TLSA "3 2 1 " HASH_32, "bimi-none tlsa-bad web-spf-good" },
	{ TLSA "3 1 0 " HASH_32, "bimi-none tlsa-good web-spf-good" },
	{ TLSA "3 1 3 " HASH_32, "bimi-none tlsa-bad web-spf-good" },
	/* The web site */
	{ "hanami.example TXT v=spf1 -all", "bimi-none web-spf-good" },
	{ "hanami.example TXT -", "bimi-none web-spf-missing" },
	{ "hanami.example TXT v=spf10 -all", "bimi-none web-spf-missing" },
	{ "hanami.example TXT v=spf1 mx -all\nhanami.example TXT v=spf1 a -all", "bimi-none web-spf-several" },
	{ "hanami.example TXT ?", "bimi-none web-unknown" },
	{ "hanami.example TXT NX", "bimi-none web-unknown" },
};

static void further(struct preflight *p)
{
	check_dmarc(p);
	p->rows->len = 0;
	check_further_records(p);
}

START_TEST(further_records)
{
	g_autofree char *en = rows_of(plain, further_cases[_i].changes, LANGUAGE_EN, further, PREFLIGHT_NOT_APPLICABLE);
	g_autofree char *ja = rows_of(plain, further_cases[_i].changes, LANGUAGE_JA, further, PREFLIGHT_NOT_APPLICABLE);

	ck_assert_msg(strcmp(en, further_cases[_i].said) == 0, "%s\nsaid: %s\nnot:  %s", further_cases[_i].changes, en, further_cases[_i].said);
	ck_assert_str_eq(en, ja);
}
END_TEST

/* --- block lists ---------------------------------------------------------------------------------------------------------------------- */

/* The entries of RFC 5782, section 5, and of the sender none. Of closed lists there is nothing: who asks them gets "not in the snapshot". */
static const char lists[] =
	"2.0.0.127.zen.spamhaus.org A 127.0.0.2\n1.0.0.127.zen.spamhaus.org A NX\n25.2.0.192.zen.spamhaus.org A NX\n"
	"test.dbl.spamhaus.org A NX\ninvalid.dbl.spamhaus.org A NX\nhanami.example.dbl.spamhaus.org A NX\n"
	"test.own.test A NX\n2.0.0.127.own.test A 127.0.0.2\n1.0.0.127.own.test A NX\n25.2.0.192.own.test A NX\n";

static const struct {
	const char *names, *changes, *said;
} list_cases[] = {
	{ NULL, "", "blocklists-not-asked" },
	{ "zen.spamhaus.org", "", "blocklist-clear" },
	{ "zen.spamhaus.org", "25.2.0.192.zen.spamhaus.org A 127.0.0.2", "blocklist-listed" },
	{ "zen.spamhaus.org", "25.2.0.192.zen.spamhaus.org A ?", "blocklist-unknown" },
	/* A query refused is no listing. */
	{ "zen.spamhaus.org", "2.0.0.127.zen.spamhaus.org A 127.255.255.254", "blocklist-refused" },
	{ "zen.spamhaus.org", "25.2.0.192.zen.spamhaus.org A 127.255.255.255", "blocklist-refused" },
	/* A wildcard, an empty zone, a parked domain, one that does not answer. */
	{ "zen.spamhaus.org", "1.0.0.127.zen.spamhaus.org A 127.0.0.2", "blocklist-broken" },
	{ "own.test", "2.0.0.127.own.test A NX", "blocklist-broken" },
	{ "own.test", "2.0.0.127.own.test A 203.0.113.7\n1.0.0.127.own.test A 203.0.113.7", "blocklist-broken" },
	{ "own.test", "2.0.0.127.own.test A ?", "blocklist-unknown" },
	{ "own.test", "", "blocklist-clear" },
	{ "no domain", "", "blocklist-broken" },
	/* Lists of domains. */
	{ "dbl.spamhaus.org", "", "blocklist-clear" },
	{ "dbl.spamhaus.org", "hanami.example.dbl.spamhaus.org A 127.0.1.2", "blocklist-listed" },
	{ "dbl.spamhaus.org", "invalid.dbl.spamhaus.org A 127.0.1.2", "blocklist-broken" },
	{ "multi.uribl.com", "test.multi.uribl.com A 127.0.0.1\ninvalid.multi.uribl.com A 127.0.0.1", "blocklist-refused" },
	/* Closed ones are never asked, in whatever letters. */
	{ "relays.ordb.org", "", "blocklist-dead blocklists-none-asked" },
	{ "DNSBL.sorbs.net., dul.ru,zen.spamhaus.org", "", "blocklist-dead blocklist-dead blocklist-clear" },
	{ "ix.dnsbl.manitu.net,bl.emailbasura.org,dnsbl.inps.de,combined.njabl.org", "",
	  "blocklist-dead blocklist-dead blocklist-dead blocklist-dead blocklists-none-asked" },
};

static const char *lists_to_ask;

static void ask_lists(struct preflight *p)
{
	check_blocklists(p, lists_to_ask);
}

START_TEST(block_lists)
{
	lists_to_ask = list_cases[_i].names;
	g_autofree char *en = rows_of(lists, list_cases[_i].changes, LANGUAGE_EN, ask_lists, PREFLIGHT_NOT_APPLICABLE);
	g_autofree char *ja = rows_of(lists, list_cases[_i].changes, LANGUAGE_JA, ask_lists, PREFLIGHT_NOT_APPLICABLE);

	ck_assert_msg(strcmp(en, list_cases[_i].said) == 0, "%s %s\nsaid: %s\nnot:  %s", list_cases[_i].names, list_cases[_i].changes, en, list_cases[_i].said);
	ck_assert_str_eq(en, ja);
}
END_TEST

/* --- settings of mail servers --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *text, *said; /* said: case, and the line in front of a closed list */
} mta_cases[] = {
	/* Postfix */
	{ "smtpd_recipient_restrictions = permit_mynetworks,\n  reject_rbl_client zen.spamhaus.org,\n  # old\n  reject_rbl_client dnsbl.sorbs.net\n",
	  "4:dnsbl.sorbs.net tls-unknown" },
	{ "smtpd_client_restrictions = reject_rbl_client\n  relays.ordb.org=127.0.0.2, permit\n", "2:relays.ordb.org tls-unknown" },
	{ "postscreen_dnsbl_sites = zen.spamhaus.org*2\n  Ix.DNSBL.manitu.net*1\n  bl.spamcop.net\nmydestination = sorbs.net\n",
	  "2:ix.dnsbl.manitu.net tls-unknown" },
	{ "smtpd_sender_restrictions = reject_rhsbl_sender dsn.rfc-ignorant.org\n", "1:dsn.rfc-ignorant.org tls-unknown" },
	{ "# reject_rbl_client dnsbl.sorbs.net\nsmtpd_client_restrictions = reject_rbl_client zen.spamhaus.org\n", "mta-lists-good tls-unknown" },
	{ "relay_domains = dnsbl.sorbs.net\n", "mta-lists-good tls-unknown" },
	{ "smtpd_client_restrictions = reject_rbl_client dnsbl.notsorbs.net\n", "mta-lists-good tls-unknown" },
	/* sendmail */
	{ "dnl FEATURE(`dnsbl', `relays.ordb.org')dnl\nFEATURE(`dnsbl', `dnsbl.sorbs.net', `\"550 see http://www.sorbs.net/\"')dnl\n",
	  "2:dnsbl.sorbs.net tls-unknown" },
	{ "FEATURE(`enhdnsbl', `dnsbl.njabl.org')dnl\r\nFEATURE(`dnsbl',\n `dul.ru')dnl\n", "1:dnsbl.njabl.org 3:dul.ru tls-unknown" },
	{ "FEATURE(`dnsbl', `zen.spamhaus.org')dnl was dnsbl.sorbs.net\nFEATURE(`access_db')\n", "mta-lists-good tls-unknown" },
	/* Exim */
	{ "begin acl\n  deny message = listed at $dnslist_domain\n       dnslists = zen.spamhaus.org : \\\n                  dnsbl.ahbl.org/$sender_address_domain\n",
	  "4:dnsbl.ahbl.org tls-unknown" },
	{ "begin acl\n  deny dnslists = zen.spamhaus.org\n       domains = sorbs.net\n", "mta-lists-good tls-unknown" },
	/* TLS of Postfix: the last line counts. */
	{ "smtp_tls_security_level = may\n", "mta-lists-good mta-tls-good" },
	{ "smtp_tls_security_level = may\nsmtp_tls_security_level = none\n", "mta-lists-good mta-tls-off" },
	{ "smtp_use_tls = yes\n", "mta-lists-good mta-tls-good" },
	{ "smtp_use_tls = yes\nsmtp_tls_security_level=none\n", "mta-lists-good mta-tls-off" },
	{ "smtpd_tls_security_level = none\n", "mta-lists-good tls-unknown" },
	{ "smtp_tls_security_level = $other\n", "mta-lists-good tls-unknown" },
};

static char *mta_said(const char *path, enum language language)
{
	struct arena *arena = arena_new();
	GPtrArray *files = g_ptr_array_new();
	GString *out = g_string_new(NULL);
	struct preflight p = { .arena = arena, .language = language, .rows = g_array_new(FALSE, FALSE, sizeof(struct preflight_row)) };

	g_ptr_array_add(files, (gpointer)(uintptr_t)path);
	check_mta_configs(&p, files);
	for (guint i = 0; i < p.rows->len; i++) {
		const struct preflight_row *row = &g_array_index(p.rows, struct preflight_row, i);
		const char *word = row->check, *at = row->message + strlen(path) + 1;
		g_autofree char *place = NULL;
		ck_assert_msg(!strchr(row->message, '{'), "%s", row->message);
		if (strcmp(word, "mta-dead-list") == 0) {
			ck_assert_msg(g_str_has_prefix(row->message, path), "%s", row->message);
			const char *list = strstr(row->message, language == LANGUAGE_JA ? "リスト " : "asks ");
			ck_assert_ptr_nonnull(list);
			list = strchr(list, ' ') + 1;
			word = place = g_strdup_printf("%lu:%.*s", strtoul(at, NULL, 10), (int)strcspn(list, " ,"), list);
		}
		g_string_append_printf(out, "%s%s", out->len ? " " : "", word);
	}
	g_array_free(p.rows, TRUE);
	g_ptr_array_free(files, TRUE);
	arena_free(arena);
	return g_string_free(out, FALSE);
}

START_TEST(mta_settings)
{
	g_autofree char *path = g_strdup_printf("%s/presend-test-mta-%d.cf", g_get_tmp_dir(), (int)getpid());

	ck_assert(g_file_set_contents(path, mta_cases[_i].text, -1, NULL));
	g_autofree char *en = mta_said(path, LANGUAGE_EN), *ja = mta_said(path, LANGUAGE_JA);
	g_unlink(path);
	ck_assert_msg(strcmp(en, mta_cases[_i].said) == 0, "%s\nsaid: %s\nnot:  %s", mta_cases[_i].text, en, mta_cases[_i].said);
	ck_assert_str_eq(en, ja);
	g_autofree char *gone = mta_said(path, LANGUAGE_EN);
	ck_assert_str_eq(gone, "mta-unreadable tls-unknown");
}
END_TEST

/* --- the report ----------------------------------------------------------------------------------------------------------------------- */

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
	report_preflight_json(out, &report, false);
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
	tcase_add_loop_test(tcase, further_records, 0, N_ROWS(further_cases));
	tcase_add_loop_test(tcase, block_lists, 0, N_ROWS(list_cases));
	tcase_add_loop_test(tcase, mta_settings, 0, N_ROWS(mta_cases));
	tcase_add_test(tcase, json);
	return run_case("preflight_checks", tcase);
}
