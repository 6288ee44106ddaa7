/* Every word of preflight, with a zone that makes it say so and one that nearly does: each row of cases.c, each fault of an SPF record and of a DKIM key.
 * And of each requirement that preflight decides, a zone in which it fails and a near miss in which it passes. Expectations come from the catalogue. */
#include <stdio.h>
#include <stdlib.h>

#include "base/lines.h"
#include "draft_file.h"
#include "preflight/check.h"
#include "preflight/dkim_key.h"
#include "preflight/spf.h"
#include "preflight_zone.h"
#include "rule/requirement.h"

#define RSA_2048 \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0T+jHAOQt9Jz/l+cS1U3aphY9T9WKe3TvC7tVzlphQcbmT0GTZ7XeQ1HHS8UA1CTuypdxvZ65ATjFssIQTvq+R9BIN79Z6VUp3E1hTszLO" \
	"tvMoZzw3vzmLw+oKFCYbXCd+bXvTbOTaBtCYAqGSS8+kawE0X9Pn9KIdIRfqIlsw1DgYUSjYkXKWA7m8beZ8ftvIaio5xDBfcV6ckADpvxMEeTL2N4J0+akks2mJ49/4/82u6fHvVaZnarFpL2dN1i" \
	"DnHyfXqveI6+XLEI8qfZTZauHjLAqq2YhKwQX1oXIpD4hMjOPiEYm6NPiH8h3GZF3vQQ8CvWb1Gk4EBYUjxpewIDAQAB"
#define RSA_2048_BEGIN "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0T+jHAOQt9Jz/l+cS1U3aphY9T9WKe3TvC7tVzlphQcbmT0GTZ7XeQ1HHS8UA1CTuypdxvZ65ATjFssIQTvq+R9BIN79Z6VUp3E1hTszLOtvMoZzw3vzmLw+oKFCYbXCd+bXvTbOTaBtCYAqGSS8+kawE0X9"
#define RSA_1024 \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
#define RSA_768 "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhALpZGNMac7uxztB4PdG17NSTxYyq4ZfvWXkGN5T7DS5mMgf88h03YjnPytWkb9f8IHwBZu2TGVud9H+ABV8cxtgmu3rmz9NY4h4RSDq6ZpdCsV7kP0nMDwGWUx4p0TC29QIDAQAB"
#define RSA_SPACES \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0T+jHAOQt9Jz/l+cS1U3aphY9T9WKe3TvC7tVzlphQcbmT0GTZ7XeQ1H HS8UA1CTuypdxvZ65ATjFssIQTvq+R9BIN79Z6VUp3E1hTszL" \
	"OtvMoZzw3vzmLw+oKFCYbXCd+bXvTbOTaBtCYAqGSS8+kawE0X9Pn9KIdIRfqIlsw1DgYUSjYkXKWA7m8beZ8ftvIaio5xDBfcV6ckADpvxMEeTL2N4J0+akks2mJ49/4/82u6fHvVaZnarFpL2dN1" \
	"iDnHyfXqveI6+XLEI8qfZTZauHjLAqq2YhKwQX1oXIpD4hMjOPiEYm6NPiH8h3GZF3vQQ8CvWb1Gk4EBYUjxpewIDAQAB"
#define ED25519 "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

#define KEY_AT "s1._domainkey.hanami.example TXT "
#define DMARC_AT "_dmarc.hanami.example TXT "
#define SPF_AT "hanami.example TXT "
#define SIGNED_KEY "k3._domainkey.hanami.example TXT "
#define HASH_32 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define V4_NAME "25.2.0.192.in-addr.arpa PTR "
#define V6_NAME "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR "
#define ZEN "--lists zen.spamhaus.org\n--ips 192.0.2.25\n"
#define DBL "--lists dbl.spamhaus.org\n" LINK
#define LINK "--mail From: a@hanami.example||https://books.example/\n"
#define OWN_ENVELOPE "--mail-from b@bounce.hanami.example\nbounce.hanami.example TXT v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all\n"
#define OTHERS_ENVELOPE "--mail-from b@bounce.esp.test\n"
#define OTHERS_KEY "--selectors k._domainkey.esp.test\nk._domainkey.esp.test TXT v=DKIM1; p=" RSA_2048 "\n"
#define BELOW "--from x.mail.hanami.example\nx.mail.hanami.example A 192.0.2.1\n_dmarc.x.mail.hanami.example TXT NX\n_dmarc.mail.hanami.example TXT v=DMARC1; p=reject\n"
#define REPORTS_4 "mailto:a@hanami.example,mailto:b@hanami.example,mailto:c@hanami.example,mailto:d@hanami.example"
#define REPORTS_20 REPORTS_4 "," REPORTS_4 "," REPORTS_4 "," REPORTS_4 "," REPORTS_4

/* A sender of whom there is nothing to say. */
static const char sound[] =
	"hanami.example MX 10 mx.hanami.example\nhanami.example A -\nhanami.example AAAA -\n"
	"hanami.example SOA ns.hanami.example. root.hanami.example. 1 7200 900 1209600 300\n"
	SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all\nhanami.example SPF -\n"
	"mx.hanami.example A 192.0.2.1\nmx.hanami.example AAAA -\n_25._tcp.mx.hanami.example TLSA NX\n"
	V4_NAME "mail.hanami.example\n" V6_NAME "mail.hanami.example\nmail.hanami.example A 192.0.2.25\nmail.hanami.example AAAA 2001:db8::25\n"
	KEY_AT "v=DKIM1; k=rsa; p=" RSA_2048 "\n"
	DMARC_AT "v=DMARC1; p=reject; rua=mailto:dmarc@hanami.example\n_dmarc.example TXT NX\n"
	"default._bimi.hanami.example TXT NX\n_mta-sts.hanami.example TXT NX\n_smtp._tls.hanami.example TXT NX\n"
	"mta-sts.hanami.example A 192.0.2.9\nmta-sts.hanami.example AAAA -\nbooks.example A 192.0.2.7\nbooks.example TXT v=spf1 -all\n"
	"2.0.0.127.zen.spamhaus.org A 127.0.0.2\n1.0.0.127.zen.spamhaus.org A NX\n25.2.0.192.zen.spamhaus.org A NX\n"
	"test.dbl.spamhaus.org A 127.0.1.2\ninvalid.dbl.spamhaus.org A NX\nhanami.example.dbl.spamhaus.org A NX\nbooks.example.dbl.spamhaus.org A NX\n"
	"--ips 192.0.2.25,2001:db8::25\n--selectors s1\n--helo mail.hanami.example\n--mail-from b@hanami.example\n--from hanami.example\n--now 1795500000\n";

/* Changes of the zone, and options as lines that begin with "--": in the first it says id, in the second it does not. */
static const struct row {
	const char *id, *told, *near;
} rows[] = {
	/* SPF */
	{ "spf-good", "", SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::/129 ~all" },
	{ "spf-missing", SPF_AT "v=spf10 ip4:192.0.2.25 ~all", SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all" },
	{ "spf-several", SPF_AT "v=spf1 ip4:192.0.2.25 ~all\n" SPF_AT "v=spf1 ip6:2001:db8::25 ~all",
	  SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all\n" SPF_AT "spf2.0/pra -all" },
	{ "spf-fault", SPF_AT "v=spf1 ip4:192.0.2.25/33 ~all", SPF_AT "v=spf1 ip4:192.0.2.25/32 ip6:2001:db8::25 ~all" },
	{ "spf-remark", SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ?all", SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all" },
	{ "spf-unknown", SPF_AT "?", "" },
	{ "spf-may-send", SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all", SPF_AT "v=spf1 -all" },
	{ "spf-never-sends", SPF_AT "v=spf1 -all", SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all" },
	{ "spf-no-word", SPF_AT "v=spf1 ip4:192.0.2 -all", SPF_AT "v=spf1 ip4:192.0.2.25 -all" },
	{ "spf-several", SPF_AT "v=spf1 -all\n" SPF_AT "v=spf1 ~all", SPF_AT "v=spf1 include:e.test ~all\ne.test TXT v=spf1 -all\ne.test TXT v=spf1 ~all" },
	{ "spf-from-good", OWN_ENVELOPE, OWN_ENVELOPE SPF_AT "-" },
	{ "spf-from-missing", OWN_ENVELOPE SPF_AT "verification=1", OWN_ENVELOPE SPF_AT "verification=1\n" SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all" },
	{ "spf-from-not-pass", OWN_ENVELOPE SPF_AT "v=spf1 ip4:192.0.2.25 -all", OWN_ENVELOPE },
	{ "spf-from-pass", OWN_ENVELOPE "--ips 192.0.2.25", OWN_ENVELOPE "--ips 192.0.2.26" },
	{ "spf-from-unknown", OWN_ENVELOPE SPF_AT "v=spf1 include:esp.test -all\nesp.test TXT ?", OWN_ENVELOPE SPF_AT "v=spf1 include:esp.test -all\nesp.test TXT v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all" },
	{ "spf-pass", "--ips 192.0.2.25", "--ips 192.0.2.26" },
	{ "spf-not-pass", SPF_AT "v=spf1 ip4:192.0.2.24 ip6:2001:db8::25 ~all", SPF_AT "v=spf1 ip4:192.0.2.24/31 ip6:2001:db8::25 ~all" },
	{ "spf-permerror", SPF_AT "v=spf1 include:esp.test ~all\nesp.test TXT -", SPF_AT "v=spf1 include:esp.test ~all\nesp.test TXT v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all" },
	{ "spf-address-unknown", SPF_AT "v=spf1 include:esp.test ~all\nesp.test TXT ?", SPF_AT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 include:esp.test ~all\nesp.test TXT ?" },
	{ "address-missing", "--ips ", "" },
	{ "address-private", "--ips 10.0.0.1", "--ips 11.0.0.1" },
	/* DKIM: keys */
	{ "dkim-key-good", "", KEY_AT "NX" },
	{ "dkim-key-usable", KEY_AT "v=DKIM1; p=" RSA_1024, KEY_AT "v=DKIM1; p=" RSA_768 },
	{ "dkim-key-size", KEY_AT "v=DKIM1; t=y; p=" RSA_2048, KEY_AT "v=DKIM1; t=y; p=" RSA_1024 },
	{ "dkim-no-size", KEY_AT "NX", KEY_AT "NX\n--selectors s1,s2\ns2._domainkey.hanami.example TXT v=DKIM1; p=" RSA_2048 },
	{ "dkim-key-1024", KEY_AT "v=DKIM1; p=" RSA_1024, "" },
	{ "dkim-key-small", KEY_AT "v=DKIM1; p=" RSA_768, KEY_AT "v=DKIM1; p=" RSA_2048 },
	{ "dkim-key-missing", KEY_AT "NX", "" },
	{ "dkim-key-several", KEY_AT "v=DKIM1; p=" RSA_2048 "\n" KEY_AT "v=DKIM1; p=" RSA_1024, "" },
	{ "dkim-key-revoked", KEY_AT "v=DKIM1; p=", "" },
	{ "dkim-key-cut", KEY_AT RSA_2048_BEGIN, "" },
	{ "dkim-key-broken", KEY_AT "k=rsa; v=DKIM1; p=" RSA_2048, KEY_AT "k=rsa; p=" RSA_2048 },
	{ "dkim-key-spaces", KEY_AT "v=DKIM1; p=" RSA_SPACES, KEY_AT "v=DKIM1; p= " RSA_2048 " ; s=email" },
	{ "dkim-key-testing", KEY_AT "v=DKIM1; t=s:y; p=" RSA_2048, KEY_AT "v=DKIM1; t=s; p=" RSA_2048 },
	{ "dkim-key-unknown", KEY_AT "?", "" },
	{ "dkim-ed25519-only", KEY_AT ED25519, KEY_AT ED25519 "\n--selectors s1,s2\ns2._domainkey.hanami.example TXT v=DKIM1; p=" RSA_2048 },
	{ "dkim-no-selector", "--selectors ", "" },
	/* DKIM: signatures */
	{ "dkim-verified", "--signed ", "--signed Autumn|Spring" },
	{ "dkim-fail-body", "--signed are here|were here", "--signed " },
	{ "dkim-fail-header", "--signed a@reader|b@reader", "--signed " },
	{ "dkim-fail-expired", "--signed \n--now 1795564801", "--signed \n--now 1795564800" },
	{ "dkim-fail-form", "--signed from:to:subject:date:message-id:from|to:subject", "--signed " },
	{ "dkim-fail-key", "--signed \n" SIGNED_KEY "v=DKIM1; k=ed25519; p=", "--signed " },
	{ "dkim-verify-unknown", "--signed \n" SIGNED_KEY "?", "--signed are here|were here\n" SIGNED_KEY "?" },
	{ "dkim-unsigned", "", "--signed " },
	{ "only-first", DMARC_AT "v=DMARC1; p=reject; rua=" REPORTS_20 ",mailto:e@hanami.example", DMARC_AT "v=DMARC1; p=reject; rua=" REPORTS_20 },
	/* DMARC */
	{ "dmarc-found", "", DMARC_AT "NX" },
	{ "dmarc-missing", DMARC_AT "verification=1", DMARC_AT "verification=1\n" DMARC_AT "v=DMARC1; p=reject; rua=mailto:dmarc@hanami.example" },
	{ "dmarc-several", DMARC_AT "v=DMARC1; p=none\n" DMARC_AT "v=DMARC1; p=reject", "" },
	{ "dmarc-broken", DMARC_AT "p=reject; v=DMARC1", "" },
	{ "dmarc-no-form", DMARC_AT "NX", DMARC_AT "p=none; v=DMARC1" },
	{ "dmarc-good", "", DMARC_AT "v=DMARC1; p=rejected" },
	{ "dmarc-bad-policy", DMARC_AT "v=DMARC1; p=reject; np=no; rua=mailto:a@hanami.example", DMARC_AT "v=DMARC1; p=reject; np=none; rua=mailto:a@hanami.example" },
	{ "dmarc-bad-tag", DMARC_AT "v=DMARC1; p=reject; adkim=strict; rua=mailto:a@hanami.example", DMARC_AT "v=DMARC1; p=reject; adkim=s; rua=mailto:a@hanami.example" },
	{ "dmarc-no-policy", DMARC_AT "v=DMARC1; rua=mailto:a@hanami.example", DMARC_AT "v=DMARC1; p=none; rua=mailto:a@hanami.example" },
	{ "dmarc-malformed", DMARC_AT "v=DMARC1; p=reject; sp; rua=mailto:a@hanami.example", DMARC_AT "v=DMARC1; p=reject ; rua=mailto:a@hanami.example ; " },
	{ "dmarc-unknown-tag", DMARC_AT "v=DMARC1; p=reject; pq=1; rua=mailto:a@hanami.example", DMARC_AT "v=DMARC1; p=reject; psd=n; rua=mailto:a@hanami.example" },
	{ "dmarc-dropped-tag", DMARC_AT "v=DMARC1; p=reject; pct=50; rua=mailto:a@hanami.example", DMARC_AT "v=DMARC1; p=reject; fo=1; rua=mailto:a@hanami.example" },
	{ "dmarc-two-views", BELOW DMARC_AT "NX", BELOW },
	{ "dmarc-unknown", DMARC_AT "?", "" },
	{ "dmarc-enforced", DMARC_AT "v=DMARC1; p=quarantine", DMARC_AT "v=DMARC1; p=none" },
	{ "dmarc-policy-none", DMARC_AT "v=DMARC1; p=none; sp=reject", DMARC_AT "v=DMARC1; p=reject; sp=none" },
	{ "dmarc-policy-testing", DMARC_AT "v=DMARC1; p=quarantine; t=y", DMARC_AT "v=DMARC1; p=quarantine; t=n" },
	{ "dmarc-reports-good", DMARC_AT "v=DMARC1; p=none; rua=mailto:a@reports.test\nhanami.example._report._dmarc.reports.test TXT v=DMARC1", DMARC_AT "v=DMARC1; p=none" },
	{ "dmarc-no-reports", DMARC_AT "v=DMARC1; p=reject; ruf=mailto:a@hanami.example", "" },
	{ "dmarc-reports-refused", DMARC_AT "v=DMARC1; p=reject; rua=mailto:a@reports.test\nhanami.example._report._dmarc.reports.test TXT NX",
	  DMARC_AT "v=DMARC1; p=reject; rua=mailto:a@reports.hanami.example" },
	{ "dmarc-reports-bad-target", DMARC_AT "v=DMARC1; p=reject; rua=a@hanami.example", DMARC_AT "v=DMARC1; p=reject; rua=MAILTO:a@hanami.example!10m" },
	{ "dmarc-reports-unknown", DMARC_AT "v=DMARC1; p=reject; rua=mailto:a@reports.test\nhanami.example._report._dmarc.reports.test TXT ?",
	  DMARC_AT "v=DMARC1; p=reject; rua=mailto:a@reports.test\nhanami.example._report._dmarc.reports.test TXT v=DMARC1;" },
	/* Alignment: of what the list system will send */
	{ "aligned-both", "", OTHERS_ENVELOPE },
	{ "aligned-one", OTHERS_ENVELOPE, "" },
	{ "aligned-one-only", OTHERS_KEY, "" },
	{ "aligned-none", OTHERS_ENVELOPE OTHERS_KEY, OWN_ENVELOPE },
	{ "aligned-unknown", "--selectors \n--mail-from ", "" },
	{ "aligned-one-open", "--selectors ", OWN_ENVELOPE },
	/* Both together */
	{ "auth-either", KEY_AT "NX", KEY_AT "NX\n" SPF_AT "NX" },
	{ "auth-neither", KEY_AT "NX\n" SPF_AT "NX", KEY_AT "NX" },
	{ "auth-unknown", KEY_AT "?\n" SPF_AT "NX", SPF_AT "NX" },
	/* Domains */
	{ "domain-exists", "", "hanami.example SOA -" },
	{ "domain-missing", "hanami.example MX NX\nhanami.example A NX\nhanami.example AAAA NX", "" },
	{ "domain-no-host", "hanami.example MX -", "hanami.example MX -\nhanami.example AAAA 2001:db8::1" },
	{ "domain-no-soa", "hanami.example SOA -", "" },
	{ "domain-unknown", "hanami.example MX ?", "" },
	{ "mx-open", "", "hanami.example MX 0 ." },
	{ "mx-null", "hanami.example MX 0 .", "hanami.example MX 0 mx.hanami.example" },
	{ "mx-target-missing", "mx.hanami.example A NX\nmx.hanami.example AAAA NX", "mx.hanami.example A -\nmx.hanami.example AAAA 2001:db8::1" },
	/* Addresses */
	{ "ptr-good", "", "--ips 192.0.2.26\n26.2.0.192.in-addr.arpa PTR NX" },
	{ "ptr-missing", V4_NAME "NX\n" V6_NAME "NX", "" },
	{ "ptr-not-confirmed", "mail.hanami.example A 192.0.2.26", "mail.hanami.example A 192.0.2.26\nmail.hanami.example A 192.0.2.25" },
	{ "ptr-unknown", V6_NAME "?", "" },
	{ "ptr-own", "", V4_NAME "192-0-2-25.isp.test\n192-0-2-25.isp.test A 192.0.2.25\n--ips 192.0.2.25" },
	{ "ptr-generic", V4_NAME "ec2-192-0-2-25.cloud.test\nec2-192-0-2-25.cloud.test A 192.0.2.25", V4_NAME "mx25.hanami.example\nmx25.hanami.example A 192.0.2.25" },
	{ "ptr-generic", V6_NAME "2001-db8--25.isp.test\n2001-db8--25.isp.test AAAA 2001:db8::25", V6_NAME "mx-25.hanami.example\nmx-25.hanami.example AAAA 2001:db8::25" },
	{ "ptr-generic", V6_NAME "ip6-2001-db8-0-0-0-0-0-25.isp.test\nip6-2001-db8-0-0-0-0-0-25.isp.test AAAA 2001:db8::25", V6_NAME "mx-25.hanami.example\nmx-25.hanami.example AAAA 2001:db8::25" },
	{ "ptr-generic", V6_NAME "2001-0db8-0000-0000-0000-0000-0000-0025.isp.test\n2001-0db8-0000-0000-0000-0000-0000-0025.isp.test AAAA 2001:db8::25", V6_NAME "mx-25.hanami.example\nmx-25.hanami.example AAAA 2001:db8::25" },
	{ "ptr-generic", V6_NAME "p20010db8000000000000000000000025.isp.test\np20010db8000000000000000000000025.isp.test AAAA 2001:db8::25", V6_NAME "mx-25.hanami.example\nmx-25.hanami.example AAAA 2001:db8::25" },
	{ "ptr-generic", V6_NAME "2001.db8.0.0.0.0.0.25.v6.isp.test\n2001.db8.0.0.0.0.0.25.v6.isp.test AAAA 2001:db8::25", V6_NAME "mx-25.hanami.example\nmx-25.hanami.example AAAA 2001:db8::25" },
	{ "ptr-generic", V6_NAME "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.v6.isp.test\n5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.v6.isp.test AAAA 2001:db8::25", V6_NAME "mx-25.hanami.example\nmx-25.hanami.example AAAA 2001:db8::25" },
	{ "no-ipv6", "--ips 192.0.2.25", "" },
	{ "helo-good", "", "--helo mail" },
	{ "helo-bad", "--helo mail.localdomain", "" },
	{ "helo-unresolved", "--helo mx2.hanami.example\nmx2.hanami.example A NX\nmx2.hanami.example AAAA NX", "" },
	{ "helo-other", "--helo mx2.hanami.example\nmx2.hanami.example A 192.0.2.99\nmx2.hanami.example AAAA -", "--helo mx2.hanami.example\nmx2.hanami.example A 192.0.2.99\nmx2.hanami.example A 192.0.2.25\nmx2.hanami.example AAAA -" },
	{ "helo-missing", "--helo ", "" },
	{ "helo-unknown", "--helo mx2.hanami.example\nmx2.hanami.example A ?\nmx2.hanami.example AAAA -", "" },
	/* Further records */
	{ "bimi-good", "default._bimi.hanami.example TXT v=BIMI1; l=https://hanami.example/logo.svg", "" },
	{ "bimi-none", "", "default._bimi.hanami.example TXT v=BIMI1; l=https://hanami.example/logo.svg" },
	{ "bimi-not-enforced", "default._bimi.hanami.example TXT v=BIMI1; l=https://hanami.example/logo.svg\n" DMARC_AT "v=DMARC1; p=none", "default._bimi.hanami.example TXT v=BIMI1; l=https://hanami.example/logo.svg" },
	{ "bimi-bad", "default._bimi.hanami.example TXT v=BIMI1; l=logo.svg", "default._bimi.hanami.example TXT v=BIMI1; l=https://hanami.example/logo.svg" },
	{ "bimi-unknown", "default._bimi.hanami.example TXT ?", "" },
	{ "mta-sts-good", "_mta-sts.hanami.example TXT v=STSv1; id=1;", "" },
	{ "mta-sts-no-host", "_mta-sts.hanami.example TXT v=STSv1; id=1;\nmta-sts.hanami.example A NX\nmta-sts.hanami.example AAAA NX", "_mta-sts.hanami.example TXT v=STSv1; id=1;" },
	{ "mta-sts-host-unknown", "_mta-sts.hanami.example TXT v=STSv1; id=1;\nmta-sts.hanami.example A ?", "_mta-sts.hanami.example TXT v=STSv1; id=1;" },
	{ "mta-sts-policy", "_mta-sts.hanami.example TXT v=STSv1; id=1;", "_mta-sts.hanami.example TXT v=STSv1;" },
	{ "mta-sts-bad", "_mta-sts.hanami.example TXT v=STSv1; id=1;\n_mta-sts.hanami.example TXT v=STSv1; id=2;", "_mta-sts.hanami.example TXT v=STSv1; id=1;\n_mta-sts.hanami.example TXT verification=1" },
	{ "tls-rpt-good", "_smtp._tls.hanami.example TXT v=TLSRPTv1; rua=mailto:a@hanami.example", "" },
	{ "tls-rpt-bad", "_smtp._tls.hanami.example TXT v=TLSRPTv1; rua=http://hanami.example/", "_smtp._tls.hanami.example TXT v=TLSRPTv1; rua=https://hanami.example/" },
	{ "tlsa-good", "_25._tcp.mx.hanami.example TLSA 3 1 1 " HASH_32, "" },
	{ "tlsa-bad", "_25._tcp.mx.hanami.example TLSA 1 1 1 " HASH_32, "_25._tcp.mx.hanami.example TLSA 2 1 1 " HASH_32 },
	/* The web site and the links */
	{ "web-spf-good", LINK, LINK "books.example TXT -" },
	{ "web-spf-missing", LINK "books.example TXT v=spf2 -all", LINK },
	{ "web-spf-several", LINK "books.example TXT v=spf1 -all\nbooks.example TXT v=spf1 ~all", LINK },
	{ "web-unknown", LINK "books.example TXT ?", LINK },
	{ "link-domain-missing", LINK "books.example A NX", LINK },
	{ "links-exist", LINK, LINK "books.example A ?" },
	{ "links-unknown", LINK "books.example A ?", LINK },
	{ "links-none", "--mail From: a@hanami.example||mailto:a@books.example", LINK },
	/* Block lists */
	{ "blocklist-clear", ZEN, ZEN "25.2.0.192.zen.spamhaus.org A 127.0.0.4" },
	{ "blocklist-listed", ZEN "25.2.0.192.zen.spamhaus.org A 127.0.0.4", ZEN },
	{ "blocklist-refused", ZEN "25.2.0.192.zen.spamhaus.org A 127.255.255.254", ZEN "25.2.0.192.zen.spamhaus.org A 127.0.0.10" },
	{ "blocklist-broken", ZEN "1.0.0.127.zen.spamhaus.org A 127.0.0.2", ZEN },
	{ "blocklist-unknown", ZEN "25.2.0.192.zen.spamhaus.org A ?", ZEN },
	{ "blocklist-dead", ZEN "--lists relays.ordb.org", ZEN },
	{ "blocklists-none-asked", ZEN "--lists relays.ordb.org", ZEN "--lists relays.ordb.org,zen.spamhaus.org" },
	{ "blocklist-no-address", DBL "--ips 10.0.0.1", DBL },
	{ "blocklists-not-asked", "", DBL },
	/* The mail server's settings */
	{ "mta-dead-list", "--mta smtpd_recipient_restrictions = reject_rbl_client relays.ordb.org", "--mta # reject_rbl_client relays.ordb.org" },
	{ "mta-lists-good", "--mta smtpd_recipient_restrictions = reject_rbl_client zen.spamhaus.org", "--mta smtpd_recipient_restrictions = reject_rbl_client relays.ordb.org" },
	{ "mta-unreadable", "--mta-missing", "--mta smtp_tls_security_level = may" },
	{ "mta-tls-good", "--mta smtp_tls_security_level = may", "--mta smtpd_tls_security_level = may" },
	{ "mta-tls-off", "--mta smtp_tls_security_level = none", "--mta smtp_tls_security_level = may" },
	{ "tls-unknown", "--mta smtpd_tls_security_level = may", "--mta smtp_tls_security_level = may" },
	{ "tls-not-asked", "", "--mta smtp_tls_security_level = may" },
	/* Once more, for requirements that each stand in several rows: the domain list about a link, and the From domain's own SPF record. */
	{ "blocklist-listed", DBL "books.example.dbl.spamhaus.org A 127.0.1.2", DBL },
	{ "blocklist-listed", DBL "hanami.example.dbl.spamhaus.org A 127.0.1.2", DBL },
};

/* --- a run ----------------------------------------------------------------------------------------------------------------------------- */

/* What one run says; rows, and what they hold, live as long as the arena. */
struct said {
	struct arena *arena;
	struct dns *dns;
	struct message *message;
	struct sender sender;
	struct preflight p;
};

/* The last line of the name; NULL: there is none. */
static const char *option_of(struct arena *arena, const char *text, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	const char *value = NULL;

	for (char **line = lines; *line; line++)
		if (g_str_has_prefix(*line, name) && ((*line)[strlen(name)] == ' ' || !(*line)[strlen(name)]))
			value = arena_copy(arena, span_str(*line + strlen(name) + ((*line)[strlen(name)] == ' ')));
	return value;
}

static char *without_options(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *out = g_string_new(NULL);

	for (char **line = lines; *line; line++)
		if (!g_str_has_prefix(*line, "--"))
			g_string_append_printf(out, "%s\n", *line);
	return g_string_free(out, FALSE);
}

static GPtrArray *words_of(struct arena *arena, const char *text)
{
	GPtrArray *out = g_ptr_array_new();
	struct span word;

	for (size_t at = 0; record_list_next(span_str(text), ',', &at, &word);)
		if (word.n)
			g_ptr_array_add(out, arena_copy(arena, word));
	return out;
}

/* "|" in an option stands for a line end. */
static char *lines_of(const char *text)
{
	return g_strdelimit(g_strdup(text), "|", '\n');
}

/* The mail of tests/preflight/signed/, with one thing made another: "from|to". */
static char *signed_mail(const char *change)
{
	g_auto(GStrv) words = g_strsplit(change, "|", 2);
	char *mail;

	ck_assert(g_file_get_contents("tests/preflight/signed/expiry.eml", &mail, NULL, NULL));
	GString *out = g_string_new(mail);
	if (words[0])
		ck_assert_uint_ge(g_string_replace(out, words[0], words[1], 0), 1);
	g_free(mail);
	return g_string_free(out, FALSE);
}

static struct message *message_of(struct arena *arena, const char *options)
{
	const char *mail = option_of(arena, options, "--mail"), *change = option_of(arena, options, "--signed");
	g_autofree char *text = mail ? lines_of(mail) : change ? signed_mail(change) : NULL;
	struct text *file = ARENA_NEW(arena, struct text);
	struct line_index *lines = ARENA_NEW(arena, struct line_index);

	if (!text)
		return NULL;
	message_library_init();
	file->bytes = arena_copy_span(arena, span_str(text));
	*lines = line_index_new(arena, file->bytes);
	return message_new("draft.eml", file, lines, (struct range){ 0, file->bytes.n }, 0, INPUT_MESSAGE, TEMPLATE_NONE);
}

static void check_all(struct preflight *p, const char *options)
{
	const char *mta = option_of(p->arena, options, "--mta");
	g_autofree char *path = g_strdup_printf("%s/presend-test-cases-%d.cf", g_get_tmp_dir(), (int)getpid());
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	check_domains(p);
	check_spf(p);
	check_dkim(p);
	check_dmarc(p);
	check_alignment(p);
	check_authentication(p);
	check_addresses(p);
	check_further_records(p);
	check_links(p);
	check_blocklists(p, option_of(p->arena, options, "--lists"));
	if (mta) {
		g_autofree char *text = lines_of(mta);
		ck_assert(g_file_set_contents(path, text, -1, NULL));
	}
	if (mta || option_of(p->arena, options, "--mta-missing"))
		g_ptr_array_add(files, path);
	check_mta_configs(p, files);
	g_unlink(path);
}

static struct said *run(const char *changes, enum language language)
{
	struct arena *arena = arena_new();
	struct said *said = ARENA_NEW(arena, struct said);
	g_autofree char *all = g_strconcat(sound, changes, NULL), *zone = without_options(changes), *base = without_options(sound);
	const char *helo = option_of(arena, all, "--helo"), *mail_from = option_of(arena, all, "--mail-from"), *why = NULL;
	g_autoptr(GPtrArray) addresses = words_of(arena, option_of(arena, all, "--ips")), selectors = words_of(arena, option_of(arena, all, "--selectors"));
	g_autofree char *key = NULL;

	ck_assert(g_file_get_contents("tests/preflight/signed/expiry.txt", &key, NULL, NULL));
	g_autofree char *whole = g_strconcat(base, SIGNED_KEY, key, NULL);
	said->arena = arena;
	said->dns = zone_open(arena, whole, zone);
	said->message = message_of(arena, changes);
	const struct preflight_options options = { .addresses = addresses, .selectors = selectors, .helo = *helo ? helo : NULL, .mail_from = *mail_from ? mail_from : NULL };
	ck_assert(sender_find(arena, &options, NULL, said->message, said->message ? NULL : option_of(arena, all, "--from"), language, &why, &said->sender));
	said->p = (struct preflight){ .arena = arena, .dns = said->dns, .language = language, .volume = VOLUME_BULK, .sender = &said->sender,
				      .now = strtol(option_of(arena, all, "--now"), NULL, 10), .rows = g_array_new(FALSE, FALSE, sizeof(struct preflight_row)) };
	check_all(&said->p, all);
	return said;
}

static void release(struct said *said)
{
	g_array_free(said->p.rows, TRUE);
	zone_close(said->dns);
	if (said->message)
		message_free(said->message);
	arena_free(said->arena);
}

static const struct preflight_row *row_of(const struct said *said, guint i)
{
	return &g_array_index(said->p.rows, struct preflight_row, i);
}

static bool says(const struct said *said, const char *id)
{
	for (guint i = 0; i < said->p.rows->len; i++)
		if (strcmp(row_of(said, i)->check, id) == 0)
			return true;
	return false;
}

/* -1: no row is about it. */
static int verdict_on(const struct said *said, const char *requirement)
{
	const struct preflight_report report = { .rows = said->p.rows->len ? row_of(said, 0) : NULL, .n = said->p.rows->len };
	GArray *verdicts = preflight_verdicts(&report);
	int status = -1;

	for (guint i = 0; i < verdicts->len; i++)
		if (strcmp(g_array_index(verdicts, struct preflight_verdict, i).requirement, requirement) == 0)
			status = (int)g_array_index(verdicts, struct preflight_verdict, i).status;
	g_array_unref(verdicts);
	return status;
}

/* --- each word -------------------------------------------------------------------------------------------------------------------------- */

/* Two English words one behind the other: prose. Records, names and options have none; "matching type" is the name of a field of TLSA. */
static void is_japanese(const char *id, const char *text)
{
	if (text)
		ck_assert_msg(!g_regex_match_simple("(?<![-a-z])(?!matching type)[a-z]{2,} [a-z]{2,}\\b|\\btimeout\\b", text, 0, 0), "%s: %s", id, text);
}

static void compare_languages(const struct said *en, const struct said *ja)
{
	ck_assert_uint_eq(en->p.rows->len, ja->p.rows->len);
	for (guint i = 0; i < en->p.rows->len; i++) {
		const struct preflight_row *left = row_of(en, i), *right = row_of(ja, i);
		ck_assert_str_eq(left->check, right->check);
		ck_assert_int_eq(left->status, right->status);
		ck_assert_msg(!strpbrk(left->message, "{}") && !(left->help && strpbrk(left->help, "{}")), "%s: %s", left->check, left->message);
		is_japanese(right->check, right->message);
		is_japanese(right->check, right->help);
		ck_assert_str_eq(left->record ? left->record : "", right->record ? right->record : "");
	}
}

/* Of each requirement there is a word, whatever is wrong: else the verdict sheet would not know why it has none. */
static void answers_all(const char *id, const struct said *said)
{
	GString *open = g_string_new(NULL);

	for (size_t i = 0; i < n_builtin_requirements; i++)
		if (requirement_by_preflight(&builtin_requirements[i]) && verdict_on(said, builtin_requirements[i].id) < 0)
			g_string_append_printf(open, " %s", builtin_requirements[i].id);
	ck_assert_msg(open->len == 0, "%s: no word on%s", id, open->str);
	g_string_free(open, TRUE);
}

START_TEST(words)
{
	const char *const changes[] = { rows[_i].told, rows[_i].near };

	for (size_t i = 0; i < 2; i++) {
		struct said *en = run(changes[i], LANGUAGE_EN), *ja = run(changes[i], LANGUAGE_JA);
		GString *all = g_string_new(NULL);
		for (guint k = 0; k < en->p.rows->len; k++)
			if (row_of(en, k)->status >= PREFLIGHT_UNKNOWN)
				g_string_append_printf(all, " %s", row_of(en, k)->check);
		ck_assert_msg(says(en, rows[_i].id) == (i == 0), "%s is%s said of \"%s\":%s", rows[_i].id, i == 0 ? " not" : "", changes[i], all->str);
		compare_languages(en, ja);
		answers_all(rows[_i].id, en);
		g_string_free(all, TRUE);
		release(en);
		release(ja);
	}
}
END_TEST

START_TEST(every_case_has_a_row)
{
	for (size_t i = 0; i < n_preflight_cases; i++) {
		size_t n = 0;
		for (size_t k = 0; k < N_ROWS(rows); k++)
			n += strcmp(rows[k].id, preflight_cases[i].id) == 0;
		ck_assert_msg(n > 0, "no zone for %s", preflight_cases[i].id);
	}
	for (size_t k = 0; k < N_ROWS(rows); k++)
		ck_assert_str_eq(preflight_case_find(rows[k].id)->id, rows[k].id);
}
END_TEST

/* --- each requirement ------------------------------------------------------------------------------------------------------------------- */

struct seen {
	bool about, fails_and_passes;
};

static void note_row(const struct row *row, struct seen *seen)
{
	struct said *told = run(row->told, LANGUAGE_EN), *near = run(row->near, LANGUAGE_EN);

	for (size_t i = 0; i < n_builtin_requirements; i++) {
		int bad = verdict_on(told, builtin_requirements[i].id), good = verdict_on(near, builtin_requirements[i].id);
		bool by_this = false;
		seen[i].about |= bad >= 0 || good >= 0;
		for (guint k = 0; k < told->p.rows->len; k++)
			by_this |= strcmp(row_of(told, k)->check, row->id) == 0 && g_strv_contains(row_of(told, k)->requirements, builtin_requirements[i].id);
		seen[i].fails_and_passes |= by_this && bad >= (int)PREFLIGHT_WARN && good == (int)PREFLIGHT_PASS;
	}
	release(told);
	release(near);
}

/* What it says it decides it decides, and nothing else but what the signed file alone decides, too. */
START_TEST(requirements)
{
	struct seen *seen = g_new0(struct seen, n_builtin_requirements);
	size_t n = 0;

	for (size_t k = 0; k < N_ROWS(rows); k++)
		note_row(&rows[k], seen);
	for (size_t i = 0; i < n_builtin_requirements; i++) {
		const struct requirement *requirement = &builtin_requirements[i];
		bool decides = requirement_by_preflight(requirement);
		ck_assert_msg(!decides || seen[i].about, "%s is decided by preflight, and no row is about it", requirement->id);
		ck_assert_msg(!seen[i].about || decides || requirement->decided_by == DECIDED_BY_SIGNED_FILE, "%s is not decided by preflight", requirement->id);
		ck_assert_msg(!seen[i].about || seen[i].fails_and_passes, "%s has no zone in which it fails and a near one in which it passes", requirement->id);
		n += decides;
	}
	ck_assert_uint_ge(n, 28);
	for (size_t i = 0; i < n_preflight_cases; i++) {
		g_auto(GStrv) ids = g_strsplit(preflight_cases[i].requirements, " ", -1);
		for (char **id = ids; *id; id++)
			ck_assert_msg(!**id || requirement_find(*id), "%s: %s", preflight_cases[i].id, *id);
	}
	g_free(seen);
}
END_TEST

/* --- each fault of an SPF record -------------------------------------------------------------------------------------------------------- */

#define ADDRESSES "ip4:192.0.2.25 ip6:2001:db8::25"
#define A_1 "a:a1.test a:a2.test a:a3.test a:a4.test a:a5.test "
#define A_2 "a:a6.test a:a7.test a:a8.test a:a9.test a:b1.test "
#define HOSTS \
	"\na1.test A 192.0.2.1\na2.test A 192.0.2.1\na3.test A 192.0.2.1\na4.test A 192.0.2.1\na5.test A 192.0.2.1\na6.test A 192.0.2.1" \
	"\na7.test A 192.0.2.1\na8.test A 192.0.2.1\na9.test A 192.0.2.1\nb1.test A 192.0.2.1\nb2.test A 192.0.2.1\n" AAAA_5 AAAA_6
#define AAAA_5 "a1.test AAAA -\na2.test AAAA -\na3.test AAAA -\na4.test AAAA -\na5.test AAAA -\n"
#define AAAA_6 "a6.test AAAA -\na7.test AAAA -\na8.test AAAA -\na9.test AAAA -\nb1.test AAAA -\nb2.test AAAA -\n"
#define MX_10 \
	"\nm.test MX 0 a1.test\nm.test MX 1 a2.test\nm.test MX 2 a3.test\nm.test MX 3 a4.test\nm.test MX 4 a5.test\nm.test MX 5 a6.test" \
	"\nm.test MX 6 a7.test\nm.test MX 7 a8.test\nm.test MX 8 a9.test\nm.test MX 9 b1.test"
#define LETTERS_100 "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

static const struct {
	enum spf_fault_kind kind;
	const char *told, *near;
} spf_rows[] = {
	{ SPF_DNS, "v=spf1 include:e.test ~all\ne.test TXT ?", "v=spf1 include:e.test ~all\ne.test TXT v=spf1 -all" },
	{ SPF_MULTIPLE, "v=spf1 ~all\n" SPF_AT "v=spf1 -all", "v=spf1 ~all\n" SPF_AT "v=spf10 -all" },
	{ SPF_INCLUDE_NONE, "v=spf1 include:e.test ~all\ne.test TXT verification", "v=spf1 include:e.test ~all\ne.test TXT verification\ne.test TXT v=spf1 -all" },
	{ SPF_LOOP, "v=spf1 include:e.test ~all\ne.test TXT v=spf1 include:hanami.example -all", "v=spf1 include:e.test include:e.test ~all\ne.test TXT v=spf1 -all" },
	{ SPF_TOO_MANY_LOOKUPS, "v=spf1 " A_1 A_2 "a:b2.test ~all" HOSTS, "v=spf1 " A_1 A_2 "~all" HOSTS },
	{ SPF_TOO_MANY_VOIDS, "v=spf1 exists:n1.test exists:n2.test exists:n3.test ~all\nn1.test A NX\nn2.test A -\nn3.test A NX",
	  "v=spf1 exists:n1.test exists:n2.test exists:n3.test ~all\nn1.test A NX\nn2.test A -\nn3.test A 192.0.2.1" },
	{ SPF_TOO_MANY_MX, "v=spf1 mx:m.test ~all" MX_10 "\nm.test MX 10 b2.test" HOSTS, "v=spf1 mx:m.test ~all" MX_10 HOSTS },
	{ SPF_NON_ASCII, "v=spf1 " ADDRESSES " −all", "v=spf1 " ADDRESSES " -all" },
	{ SPF_UNKNOWN_MECHANISM, "v=spf1 ipv4:192.0.2.25 ~all", "v=spf1 IP4:192.0.2.25 ipv4=192.0.2.25 ~all" },
	{ SPF_NEEDS_VALUE, "v=spf1 ip4: 192.0.2.25 ~all", "v=spf1 ip4:192.0.2.25 a mx ~all\nhanami.example A 192.0.2.1" },
	{ SPF_NO_VALUE, "v=spf1 " ADDRESSES " ~all:hanami.example", "v=spf1 " ADDRESSES " ~all" },
	{ SPF_BAD_ADDRESS, "v=spf1 ip4:2001:db8::25 ~all", "v=spf1 ip6:2001:db8::25 ~all" },
	{ SPF_BAD_PREFIX, "v=spf1 ip6:2001:db8::/129 ~all", "v=spf1 ip6:2001:db8::/128 ~all" },
	{ SPF_ADDRESS_AS_NAME, "v=spf1 a:192.0.2.25 ~all", "v=spf1 a:192.0.2.25.e.test ~all\n192.0.2.25.e.test A 192.0.2.1\n192.0.2.25.e.test AAAA -" },
	{ SPF_BAD_NAME, "v=spf1 include:localhost ~all", "v=spf1 include:e.test ~all\ne.test TXT v=spf1 -all" },
	{ SPF_BAD_MACRO, "v=spf1 exists:%{z}.e.test ~all", "v=spf1 exists:%{i}.e.test ~all" },
	{ SPF_MODIFIER_TWICE, "v=spf1 redirect=e.test redirect=f.test\ne.test TXT ?", "v=spf1 redirect=e.test x=e.test x=f.test\ne.test TXT v=spf1 -all" },
	{ SPF_EVERYBODY, "v=spf1 ip6:::/0 ~all", "v=spf1 " ADDRESSES " -ip6:::/0 ~all" },
	{ SPF_NEAR_MISS, "v=spf1; " ADDRESSES " ~all", "v=spf1 " ADDRESSES " ~all" },
	{ SPF_UNREACHABLE, "v=spf1 ~all " ADDRESSES, "v=spf1 " ADDRESSES " ~all exp=e.test" },
	{ SPF_REDIRECT_IGNORED, "v=spf1 redirect=e.test ~all", "v=spf1 redirect=e.test\ne.test TXT v=spf1 -all" },
	{ SPF_NO_ALL, "v=spf1 " ADDRESSES, "v=spf1 " ADDRESSES " redirect=e.test\ne.test TXT v=spf1 -all" },
	{ SPF_NEUTRAL_ALL, "v=spf1 " ADDRESSES " ?all", "v=spf1 ?ip4:192.0.2.0/24 ~all" },
	{ SPF_PTR, "v=spf1 ptr ~all", "v=spf1 a:ptr.test ~all\nptr.test A 192.0.2.1\nptr.test AAAA -" },
	{ SPF_VOID, "v=spf1 a:e.test ~all\ne.test A -\ne.test AAAA NX", "v=spf1 a:e.test ~all\ne.test A -\ne.test AAAA 2001:db8::1" },
	{ SPF_LONG_ANSWER, "v=spf1 ~all\n" SPF_AT LETTERS_100 LETTERS_100 LETTERS_100 LETTERS_100 "01234567890123456789012345",
	  "v=spf1 ~all\n" SPF_AT LETTERS_100 LETTERS_100 LETTERS_100 LETTERS_100 "0123456789012345678901234" },
	{ SPF_DUPLICATE, "v=spf1 ip4:192.0.2.25 +ip4:192.0.2.25 ~all", "v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 ~all" },
	{ SPF_HOST_BITS, "v=spf1 ip4:192.0.2.25/24 ~all", "v=spf1 ip4:192.0.2.24/29 ~all" },
	{ SPF_OLD_TYPE, "v=spf1 ~all\nhanami.example SPF v=spf1 ~all", "v=spf1 ~all\nhanami.example SPF -" },
};

static bool has_fault(struct said *said, enum spf_fault_kind kind, const char **text)
{
	struct spf_lint lint = spf_lint(said->arena, said->dns, "hanami.example");

	for (size_t i = 0; i < lint.n_faults; i++) {
		if (lint.faults[i].kind != kind)
			continue;
		*text = spf_fault_text(said->arena, &lint.faults[i], said->p.language);
		is_japanese("", said->p.language == LANGUAGE_JA ? *text : NULL);
		is_japanese("", said->p.language == LANGUAGE_JA ? spf_fault_help(said->arena, &lint.faults[i], LANGUAGE_JA) : NULL);
		return true;
	}
	return false;
}

/* Found, and told in the row that fits. */
START_TEST(spf_faults)
{
	enum spf_fault_kind kind = spf_rows[_i].kind;
	const char *id = kind == SPF_MULTIPLE ? "spf-several" : kind == SPF_DNS ? "spf-unknown" : kind <= SPF_ERROR_LAST ? "spf-fault" : "spf-remark";

	for (int language = 0; language < N_LANGUAGES; language++) {
		g_autofree char *told = g_strconcat(SPF_AT, spf_rows[_i].told, NULL), *near = g_strconcat(SPF_AT, spf_rows[_i].near, NULL);
		struct said *bad = run(told, (enum language)language), *good = run(near, (enum language)language);
		const char *text = NULL, *other = NULL;
		bool is_told = kind == SPF_MULTIPLE;
		ck_assert_msg(has_fault(bad, kind, &text), "not found: %s", told);
		ck_assert_msg(!has_fault(good, kind, &other), "found: %s", near);
		for (guint i = 0; i < bad->p.rows->len; i++)
			is_told |= strcmp(row_of(bad, i)->check, id) == 0 && strstr(row_of(bad, i)->message, text);
		ck_assert_msg(is_told && says(bad, id), "not told as %s: %s", id, text);
		release(bad);
		release(good);
	}
}
END_TEST

START_TEST(every_spf_fault_has_a_row)
{
	ck_assert_uint_eq(N_ROWS(spf_rows), SPF_OLD_TYPE);
	for (size_t i = 0; i < N_ROWS(spf_rows); i++)
		ck_assert_int_eq(spf_rows[i].kind, (int)i + 1);
}
END_TEST

/* --- each fault of a DKIM key ------------------------------------------------------------------------------------------------------------ */

static const struct {
	enum dkim_key_fault fault;
	const char *told, *near;
} key_rows[] = {
	{ DKIM_KEY_NO_KEY, "v=DKIM1; k=rsa", "k=rsa; p=" RSA_2048 },
	{ DKIM_KEY_VERSION, "v=DKIM2; p=" RSA_2048, "v=DKIM1;p=" RSA_2048 },
	{ DKIM_KEY_MALFORMED, "v=DKIM1; rsa; p=" RSA_2048, "v=DKIM1; n=rsa; p=" RSA_2048 },
	{ DKIM_KEY_REVOKED, "v=DKIM1; p=;", "v=DKIM1; p=" RSA_2048 ";" },
	{ DKIM_KEY_QUOTES, "v=DKIM1; p=MII\"\"BIj", "v=DKIM1; n=\"a\"; p=" RSA_2048 },
	{ DKIM_KEY_BASE64, "v=DKIM1; p=MII*", "v=DKIM1; p= " RSA_2048 },
	{ DKIM_KEY_CUT, RSA_2048_BEGIN, "v=DKIM1; k=rsa; p=" RSA_2048 },
	{ DKIM_KEY_NOT_A_KEY, "v=DKIM1; k=ed25519; p=" RSA_1024, "v=DKIM1; p=" RSA_1024 },
	{ DKIM_KEY_TYPE, "v=DKIM1; k=dsa; p=" RSA_2048, "v=DKIM1; k=RSA; p=" RSA_2048 },
	{ DKIM_KEY_HASH, "v=DKIM1; h=sha1; p=" RSA_2048, "v=DKIM1; h=sha1:sha256; p=" RSA_2048 },
	{ DKIM_KEY_SERVICE, "v=DKIM1; s=other; p=" RSA_2048, "v=DKIM1; s=other:email; p=" RSA_2048 },
};

START_TEST(key_faults)
{
	const char *const records[] = { key_rows[_i].told, key_rows[_i].near };
	enum dkim_key_fault fault = key_rows[_i].fault;
	const char *id = fault == DKIM_KEY_REVOKED ? "dkim-key-revoked" : fault == DKIM_KEY_CUT ? "dkim-key-cut" : "dkim-key-broken";

	for (size_t i = 0; i < 2; i++) {
		g_autofree char *changes = g_strconcat(KEY_AT, records[i], NULL);
		struct said *en = run(changes, LANGUAGE_EN), *ja = run(changes, LANGUAGE_JA);
		struct dkim_key key = dkim_key_read(en->arena, span_str(records[i]));
		ck_assert_msg(key.fault == (i == 0 ? fault : DKIM_KEY_GOOD), "%d: %s", (int)key.fault, records[i]);
		ck_assert_msg(says(en, id) == (i == 0), "%s: %s", id, records[i]);
		ck_assert_int_eq(verdict_on(en, "AU-05"), (int)(i == 0 ? PREFLIGHT_FAIL : PREFLIGHT_PASS));
		compare_languages(en, ja);
		public_key_free(key.key);
		release(en);
		release(ja);
	}
}
END_TEST

START_TEST(every_key_fault_has_a_row)
{
	ck_assert_uint_eq(N_ROWS(key_rows), DKIM_KEY_SERVICE);
	for (size_t i = 0; i < N_ROWS(key_rows); i++)
		ck_assert_int_eq(key_rows[i].fault, (int)i + 1);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("preflight_cases");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, words, 0, N_ROWS(rows));
	tcase_add_test(tcase, every_case_has_a_row);
	tcase_add_test(tcase, requirements);
	tcase_add_loop_test(tcase, spf_faults, 0, N_ROWS(spf_rows));
	tcase_add_test(tcase, every_spf_fault_has_a_row);
	tcase_add_loop_test(tcase, key_faults, 0, N_ROWS(key_rows));
	tcase_add_test(tcase, every_key_fault_has_a_row);
	return run_case("preflight_cases", tcase);
}
