/* Checks of records that a sender may have: BIMI, MTA-STS, TLS-RPT, TLSA of mail servers, and SPF of the web site's domain. A record that is not
 * there is no fault but for the last.
 * Sources: RFC 8461, section 3.1; RFC 8460, section 3; RFC 6698, section 2.1; RFC 7672, section 3.1; draft-brand-indicators-for-message-identification,
 * section 4.2. */
#include "doc/alignment.h"
#include "preflight/check.h"
#include "preflight/spf.h"

enum { HOSTS_ASKED = 5, STS_ID_MAX = 32, TLSA_HEAD = 3, SHA256_SIZE = 32, SHA512_SIZE = 64 };

/* The records of an answer that say they are of this version; first: of them. */
static size_t of_version(const struct dns_answer *answer, const char *version, struct span *first)
{
	size_t n = 0;

	for (size_t i = 0; i < answer->n_records; i++) {
		if (!record_has_version(answer->records[i].data, version))
			continue;
		if (n++ == 0)
			*first = answer->records[i].data;
	}
	return n;
}

/* --- faults that all tag lists may have ----------------------------------------------------------------------------------------------------- */

static const char *several_words(struct preflight *p, size_t n)
{
	return arena_printf(p->arena, preflight_say(p, "there are %zu records", "レコードが %zu 件あります"), n);
}

/* NULL: none. */
static const char *list_fault(struct preflight *p, const struct record_tags *tags)
{
	if (tags->malformed.p)
		return arena_printf(p->arena, preflight_say(p, "\"%.*s\" is no tag=value", "「%.*s」は tag=value の形ではありません"),
				    (int)tags->malformed.n, tags->malformed.p);
	if (tags->doubled.p)
		return arena_printf(p->arena, preflight_say(p, "%.*s= stands there twice", "%.*s= が重複しています"), (int)tags->doubled.n, tags->doubled.p);
	return NULL;
}

static const char *missing_tag(struct preflight *p, const char *name)
{
	return arena_printf(p->arena, preflight_say(p, "there is no %s=", "%s= がありません"), name);
}

/* --- BIMI ----------------------------------------------------------------------------------------------------------------------------------- */

static bool is_https(struct span value)
{
	return span_starts_ci(value, SPAN_LIT("https://")) && value.n > sizeof "https://" - 1;
}

static const char *bimi_fault(struct preflight *p, const struct record_tags *tags, size_t n)
{
	struct span location = record_tag_value(tags, "l"), evidence = record_tag_value(tags, "a");
	const char *fault = list_fault(p, tags);

	if (n > 1)
		return several_words(p, n);
	if (fault)
		return fault;
	if (!location.p)
		return missing_tag(p, "l");
	if (!is_https(location))
		return preflight_say(p, "l= is no https address", "l= が https のアドレスではありません");
	if (evidence.n && !is_https(evidence))
		return preflight_say(p, "a= is no https address", "a= が https のアドレスではありません");
	return NULL;
}

/* A domain may say that it has no logo, with both empty. */
static bool declines(const struct record_tags *tags)
{
	struct span location = record_tag_value(tags, "l");

	return location.p && location.n == 0 && record_tag_value(tags, "a").n == 0;
}

/* The policy must be enforced for the domain. */
static struct preflight_row *tell_bimi(struct preflight *p, const char *domain)
{
	const struct dmarc_view *view = &p->dmarc;

	if (view->unknown)
		return tell(p, "bimi-unknown", "domain", domain, "reason",
			    preflight_say(p, "the DMARC policy is not known", "DMARC ポリシーを確認できていません"), NULL);
	if (!view->at)
		return tell(p, "bimi-not-enforced", "domain", domain, "policy", preflight_say(p, "missing", "未公開"), NULL);
	if (view->policy == DMARC_NONE)
		return tell(p, "bimi-not-enforced", "domain", domain, "policy", dmarc_policy_name(view->policy), NULL);
	return tell(p, "bimi-good", "domain", domain, NULL);
}

static void check_bimi(struct preflight *p)
{
	const char *from = p->sender->from_domain, *above = arena_copy(p->arena, registrable_domain(span_str(from)));
	const char *const domains[] = { from, above };
	const struct dns_answer *answer = NULL;
	struct span record = SPAN_EMPTY;
	struct record_tags tags;
	size_t n = 0;

	/* What stands at the domain itself counts; without it what stands above. */
	for (size_t i = 0; i < G_N_ELEMENTS(domains) && n == 0; i++) {
		if (i && (!*above || strcmp(above, from) == 0))
			break;
		answer = dns_ask(p->dns, arena_printf(p->arena, "default._bimi.%s", domains[i]), DNS_TXT);
		if (answer->status == DNS_UNKNOWN) {
			row_answer(p, tell(p, "bimi-unknown", "domain", from, "reason", answer_reason(p, answer), NULL), answer);
			return;
		}
		n = of_version(answer, "BIMI1", &record);
	}
	record_tags_read(record, &tags);
	if (n == 0 || (n == 1 && declines(&tags))) {
		row_answer(p, tell(p, "bimi-none", "domain", from, NULL), answer);
		return;
	}
	const char *fault = bimi_fault(p, &tags, n);
	row_answer(p, fault ? tell(p, "bimi-bad", "domain", from, "fault", fault, NULL) : tell_bimi(p, from), answer);
}

/* --- MTA-STS and TLS-RPT -------------------------------------------------------------------------------------------------------------------- */

static const char *sts_fault(struct preflight *p, const struct record_tags *tags)
{
	struct span id = record_tag_value(tags, "id");
	bool good = id.n > 0 && id.n <= STS_ID_MAX;

	if (!id.p)
		return missing_tag(p, "id");
	for (size_t i = 0; i < id.n && good; i++)
		good = ascii_is_alnum(id.p[i]);
	return good ? NULL : preflight_say(p, "id= is not made of 1 to 32 letters and digits", "id= が 1～32 文字の英数字ではありません");
}

static const char *rpt_fault(struct preflight *p, const struct record_tags *tags)
{
	struct span rua = record_tag_value(tags, "rua"), target;

	if (!rua.p)
		return missing_tag(p, "rua");
	for (size_t at = 0; record_list_next(rua, ',', &at, &target);)
		if (!is_https(target) && !(span_starts_ci(target, SPAN_LIT("mailto:")) && span_find_byte(target, '@', 0) < target.n))
			return arena_printf(p->arena, preflight_say(p, "rua= names \"%.*s\", which is neither mailto: nor https:",
								   "rua= の「%.*s」が mailto: でも https: でもありません"), (int)target.n, target.p);
	return NULL;
}

/* The policy is fetched over HTTPS from a host of this name. */
static void check_sts_host(struct preflight *p, const char *domain)
{
	const char *host = arena_printf(p->arena, "mta-sts.%s", domain);
	const struct dns_answer *a = dns_ask(p->dns, host, DNS_A), *aaaa = dns_ask(p->dns, host, DNS_AAAA);
	const struct dns_answer *open = a->status == DNS_UNKNOWN ? a : aaaa;
	struct preflight_row *row;

	if (a->n_records || aaaa->n_records) {
		tell(p, "mta-sts-policy", "host", host, NULL);
	} else if (open->status == DNS_UNKNOWN) {
		row_answer(p, tell(p, "mta-sts-host-unknown", "host", host, "reason", answer_reason(p, open), NULL), open);
	} else {
		row = tell(p, "mta-sts-no-host", "domain", domain, "host", host, NULL);
		row_answer(p, row, a);
		row_answer(p, row, aaaa);
	}
}

struct optional_record {
	const char *prefix, *version, *good, *bad; /* good, bad: ids of cases */
	const char *(*fault)(struct preflight *p, const struct record_tags *tags);
	void (*beyond)(struct preflight *p, const char *domain); /* where it is sound; NULL */
};

/* A record that has the version in another form is meant for one; others at the name come from a wildcard. */
static bool is_meant_for(const struct dns_answer *answer, const char *version)
{
	for (size_t i = 0; i < answer->n_records; i++)
		if (span_find_ci(answer->records[i].data, span_str(version), 0) < answer->records[i].data.n)
			return true;
	return false;
}

static void check_optional(struct preflight *p, const char *domain, const struct optional_record *which)
{
	const struct dns_answer *answer = dns_ask(p->dns, arena_printf(p->arena, "%s.%s", which->prefix, domain), DNS_TXT);
	struct span record = SPAN_EMPTY;
	size_t n = of_version(answer, which->version, &record);
	struct record_tags tags;
	const char *fault;

	if (n == 0 && !is_meant_for(answer, which->version))
		return;
	record_tags_read(record, &tags);
	if (n == 0)
		fault = arena_printf(p->arena, preflight_say(p, "it does not begin with v=%s", "先頭が v=%s ではありません"), which->version);
	else if (n > 1)
		fault = several_words(p, n);
	else
		fault = list_fault(p, &tags);
	if (!fault)
		fault = which->fault(p, &tags);
	row_answer(p, fault ? tell(p, which->bad, "domain", domain, "fault", fault, NULL) : tell(p, which->good, "domain", domain, NULL), answer);
	if (!fault && which->beyond)
		which->beyond(p, domain);
}

/* --- TLSA ----------------------------------------------------------------------------------------------------------------------------------- */

static const char *tlsa_fault(struct preflight *p, struct span record)
{
	const unsigned char *b = (const unsigned char *)record.p;
	size_t matched = record.n - TLSA_HEAD;

	if (record.n <= TLSA_HEAD)
		return preflight_say(p, "it matches nothing", "照合するデータがありません");
	if (b[0] < 2)
		return arena_printf(p->arena, preflight_say(p, "usage %u is not for mail", "usage %u はメールでは使われません"), b[0]);
	if (b[0] > 3)
		return arena_printf(p->arena, preflight_say(p, "there is no usage %u", "usage %u は定義されていません"), b[0]);
	if (b[1] > 1)
		return arena_printf(p->arena, preflight_say(p, "there is no selector %u", "selector %u は定義されていません"), b[1]);
	if (b[2] > 2)
		return arena_printf(p->arena, preflight_say(p, "there is no matching type %u", "matching type %u は定義されていません"), b[2]);
	if ((b[2] == 1 && matched != SHA256_SIZE) || (b[2] == 2 && matched != SHA512_SIZE))
		return arena_printf(p->arena, preflight_say(p, "the hash has %zu bytes, and should have %d", "ハッシュが %zu バイトです（正しくは %d バイト）"), matched,
				    b[2] == 1 ? SHA256_SIZE : SHA512_SIZE);
	return NULL;
}

static void check_tlsa(struct preflight *p, const char *host)
{
	const struct dns_answer *answer = dns_ask(p->dns, arena_printf(p->arena, "_25._tcp.%s", host), DNS_TLSA);
	const char *fault = NULL;

	if (!answer->n_records)
		return;
	for (size_t i = 0; i < answer->n_records && !fault; i++)
		fault = tlsa_fault(p, answer->records[i].data);
	row_answer(p, fault ? tell(p, "tlsa-bad", "host", host, "fault", fault, NULL) : tell(p, "tlsa-good", "host", host, NULL), answer);
}

/* seen: of a host that serves both domains is told once. */
static void check_servers(struct preflight *p, const char *domain, GHashTable *seen)
{
	const struct dns_answer *mx = dns_ask(p->dns, domain, DNS_MX);

	for (size_t i = 0; i < mx->n_records && i < HOSTS_ASKED; i++) {
		char *host = arena_copy(p->arena, mx->records[i].data);
		if (*host && g_hash_table_add(seen, host))
			check_tlsa(p, host);
	}
}

/* --- the web site --------------------------------------------------------------------------------------------------------------------------- */

static bool takes_mail(struct preflight *p, const char *domain)
{
	const struct dns_answer *mx = dns_ask(p->dns, domain, DNS_MX);

	return mx->status == DNS_UNKNOWN || (mx->n_records && mx->records[0].data.n) || strcmp(domain, p->sender->from_domain) == 0 ||
	       strcmp(domain, p->sender->envelope_domain) == 0;
}

static void check_web(struct preflight *p)
{
	const char *domain = p->sender->web_domain;
	const struct dns_answer *answer = dns_ask(p->dns, domain, DNS_TXT);
	struct preflight_row *row;

	/* That a domain is not there is told elsewhere. */
	if (answer->status == DNS_NXDOMAIN) {
		row = tell(p, "web-unknown", "domain", domain, "reason", preflight_say(p, "there is no such name", "ドメインが存在しません"), NULL);
	} else if (answer->status == DNS_UNKNOWN) {
		row = tell(p, "web-unknown", "domain", domain, "reason", answer_reason(p, answer), NULL);
	} else {
		size_t n = 0;
		for (size_t i = 0; i < answer->n_records; i++)
			n += spf_is_record(answer->records[i].data);
		if (n > 1)
			row = tell(p, "web-spf-several", "domain", domain, "count", arena_printf(p->arena, "%zu", n), NULL);
		else
			row = n ? tell(p, "web-spf-good", "domain", domain, NULL) : tell(p, "web-spf-missing", "domain", domain, NULL);
		/* Whether a domain that takes mail sends some, too, nobody knows. */
		if (n == 0 && !takes_mail(p, domain))
			row_record(p, row, arena_printf(p->arena, "%s. IN TXT \"v=spf1 -all\"", domain));
	}
	row_answer(p, row, answer);
}

void check_further_records(struct preflight *p)
{
	static const struct optional_record optional[] = {
		{ "_mta-sts", "STSv1", "mta-sts-good", "mta-sts-bad", sts_fault, check_sts_host },
		{ "_smtp._tls", "TLSRPTv1", "tls-rpt-good", "tls-rpt-bad", rpt_fault, NULL },
	};
	const struct sender *s = p->sender;
	const char *const domains[] = { s->from_domain, s->envelope_domain };
	size_t n = strcmp(s->from_domain, s->envelope_domain) == 0 ? 1 : 2;
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	check_bimi(p);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < G_N_ELEMENTS(optional); k++)
			check_optional(p, domains[i], &optional[k]);
		check_servers(p, domains[i], seen);
	}
	g_hash_table_destroy(seen);
	check_web(p);
}
