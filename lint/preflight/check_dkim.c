/* Checks of DKIM: keys as published, signatures of the file, and whether both domains belong to that of From. */
#include "doc/alignment.h"
#include "preflight/check.h"
#include "preflight/dkim_verify.h"

enum { RSA_BITS_LEAST = 1024, RSA_BITS_GOOD = 2048 }; /* RFC 8301, section 3.2; Gmail and Yahoo */

/* --- keys ------------------------------------------------------------------------------------------------------------------------ */

static const char *fault_words(struct preflight *p, const struct dkim_key *key)
{
	switch (key->fault) {
	case DKIM_KEY_NO_KEY:
		return preflight_say(p, "there is no p=", "p= がありません");
	case DKIM_KEY_VERSION:
		return preflight_say(p, "v= is not DKIM1 or does not come first", "v= が DKIM1 でないか、先頭にありません");
	case DKIM_KEY_MALFORMED:
		return arena_printf(p->arena, preflight_say(p, "\"%.*s\" is no tag=value, or there twice", "「%.*s」は tag=value の形でないか、重複しています"),
				    (int)key->text.n, key->text.p);
	case DKIM_KEY_QUOTES:
		return preflight_say(p, "there are quotation marks or backslashes of a zone file in p=", "p= にゾーンファイルの引用符や円記号（バックスラッシュ）が混ざっています");
	case DKIM_KEY_BASE64:
		return preflight_say(p, "p= is no base64", "p= が base64 ではありません");
	case DKIM_KEY_TYPE:
		return arena_printf(p->arena, preflight_say(p, "k=%.*s is not supported by receivers", "k=%.*s は受信側で使えません"), (int)key->text.n, key->text.p);
	case DKIM_KEY_HASH:
		return arena_printf(p->arena, preflight_say(p, "h=%.*s does not allow sha256", "h=%.*s では sha256 が使えません"), (int)key->text.n, key->text.p);
	case DKIM_KEY_SERVICE:
		return arena_printf(p->arena, preflight_say(p, "s=%.*s is not for mail", "s=%.*s はメール用ではありません"), (int)key->text.n, key->text.p);
	default:
		return preflight_say(p, "what p= holds is no public key", "p= の内容が公開鍵ではありません");
	}
}

static bool has_space(struct span record)
{
	size_t p = span_find(record, SPAN_LIT("p="), 0);
	struct span value = span_trim(span_cut(record, p + 2, span_find_byte(record, ';', p)));

	return span_find_byte(value, ' ', 0) < value.n;
}

/* Returns the last row, which lacks its evidence. answer: one record. */
static struct preflight_row *tell_key(struct preflight *p, const char *name, const struct dkim_key *key, const struct dns_answer *answer)
{
	const char *bits = arena_printf(p->arena, "%u", key->bits), *kind = key->is_ed25519 ? "Ed25519" : "RSA";

	switch (key->fault) {
	case DKIM_KEY_REVOKED:
		return tell(p, "dkim-key-revoked", "name", name, NULL);
	case DKIM_KEY_CUT:
		return tell(p, "dkim-key-cut", "name", name, NULL);
	case DKIM_KEY_GOOD:
		break;
	default:
		return tell(p, "dkim-key-broken", "name", name, "fault", fault_words(p, key), NULL);
	}
	if (!key->is_ed25519 && key->bits < RSA_BITS_LEAST)
		return tell(p, "dkim-key-small", "name", name, "bits", bits, NULL);
	bool short_one = !key->is_ed25519 && key->bits < RSA_BITS_GOOD;
	if (short_one)
		row_answer(p, tell(p, "dkim-key-1024", "name", name, "bits", bits, NULL), answer);
	else if (key->testing)
		tell(p, "dkim-key-size", "name", name, "kind", kind, "bits", bits, NULL);
	if (key->testing)
		return tell(p, "dkim-key-testing", "name", name, NULL);
	if (short_one)
		return tell(p, "dkim-key-usable", "name", name, NULL);
	if (has_space(answer->records[0].data))
		row_evidence(p, tell(p, "dkim-key-spaces", "name", name, NULL), name);
	return tell(p, "dkim-key-good", "name", name, "kind", kind, "bits", bits, NULL);
}

static bool is_usable(const struct dkim_key *key)
{
	return key->fault == DKIM_KEY_GOOD && !key->testing && (key->is_ed25519 || key->bits >= RSA_BITS_LEAST);
}

struct key_count {
	size_t usable, rsa, open, bad;
	size_t sized;  /* keys of which AU-06 is said */
};

static void check_key(struct preflight *p, const struct sender_key *which, const struct dns_answer *answer, struct key_count *count)
{
	const char *n_records = arena_printf(p->arena, "%zu", answer->n_records);

	if (answer->status == DNS_UNKNOWN) {
		count->open++;
		row_answer(p, tell(p, "dkim-key-unknown", "name", which->name, "reason", answer_reason(p, answer), NULL), answer);
		return;
	}
	if (answer->n_records != 1) {
		count->bad++;
		row_answer(p, answer->n_records ? tell(p, "dkim-key-several", "name", which->name, "count", n_records, NULL)
						: tell(p, "dkim-key-missing", "name", which->name, NULL), answer);
		return;
	}
	struct dkim_key key = dkim_key_read(p->arena, answer->records[0].data);
	row_answer(p, tell_key(p, which->name, &key, answer), answer);
	count->sized += key.fault == DKIM_KEY_GOOD || key.fault == DKIM_KEY_CUT;
	count->usable += is_usable(&key);
	count->rsa += is_usable(&key) && !key.is_ed25519;
	count->bad += !is_usable(&key);
	public_key_free(key.key);
}

/* Of selectors and domains that were named apart, a pair that is not there is no fault where the selector has a key at another domain. */
static bool found_elsewhere(struct preflight *p, const struct sender_key *which)
{
	for (size_t i = 0; i < p->sender->n_keys; i++) {
		const struct sender_key *other = &p->sender->keys[i];
		if (other != which && other->optional && strcmp(other->selector, which->selector) == 0 &&
		    dns_ask(p->dns, other->name, DNS_TXT)->status == DNS_FOUND)
			return true;
	}
	return false;
}

static void check_keys(struct preflight *p)
{
	const struct sender *s = p->sender;
	struct key_count count = { 0 };

	if (s->n_keys == 0) {
		tell(p, "dkim-no-selector", NULL);
		return;
	}
	for (size_t i = 0; i < s->n_keys; i++) {
		const struct dns_answer *answer = dns_ask(p->dns, s->keys[i].name, DNS_TXT);
		bool absent = answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN;
		if (!absent || !s->keys[i].optional || !found_elsewhere(p, &s->keys[i]))
			check_key(p, &s->keys[i], answer, &count);
	}
	if (!count.sized && !count.open)
		tell(p, "dkim-no-size", NULL);
	if (count.usable && !count.rsa && !count.open && !count.bad)
		tell(p, "dkim-ed25519-only", NULL);
	p->dkim = count.usable ? ANSWER_YES : count.open ? ANSWER_OPEN : ANSWER_NO;
}

/* --- signatures ------------------------------------------------------------------------------------------------------------------ */

static const char *form_words(struct preflight *p, enum dkim_result result)
{
	switch (result) {
	case DKIM_FAIL_ALGORITHM:
		return preflight_say(p, "a= is not the algorithm of the key, or it is rsa-sha1", "a= が公開鍵の方式と合わないか、rsa-sha1 です");
	case DKIM_FAIL_SIZE:
		return preflight_say(p, "the key has fewer than 1024 bits", "公開鍵が 1024 ビット未満です");
	case DKIM_FAIL_FROM:
		return preflight_say(p, "h= does not name From", "h= に From がありません");
	case DKIM_FAIL_IDENTITY:
		return preflight_say(p, "i= is below d=, which the key forbids (t=s)", "i= が d= の下位ドメインです（公開鍵の t=s により禁止）");
	default:
		return preflight_say(p, "the field is not well formed", "ヘッダーの書式が正しくありません");
	}
}

static const char *result_case(enum dkim_result result)
{
	switch (result) {
	case DKIM_PASS:
		return "dkim-verified";
	case DKIM_FAIL_BODY:
		return "dkim-fail-body";
	case DKIM_FAIL_HEADER:
		return "dkim-fail-header";
	case DKIM_FAIL_EXPIRED:
		return "dkim-fail-expired";
	case DKIM_FAIL_KEY:
		return "dkim-fail-key";
	default:
		return "dkim-fail-form";
	}
}

static bool body_changed(const struct dkim_mail *mail, const struct dkim_signature *signature)
{
	enum dkim_body_state state = dkim_body_compare(mail->file, mail->body, signature).state;

	return state == DKIM_BODY_APPENDED || state == DKIM_BODY_SHORTER || state == DKIM_BODY_CHANGED;
}

static void check_signature(struct preflight *p, const struct dkim_signature *signature)
{
	const struct message *m = p->sender->message;
	const struct dkim_mail mail = { m->file, m->header, { m->header->end, m->range.end } };
	const char *domain = arena_copy(p->arena, signature->domain), *selector = arena_copy(p->arena, signature->selector);
	const char *name = arena_printf(p->arena, "%s._domainkey.%s", selector, domain);
	const struct dns_answer *answer = dns_ask(p->dns, name, DNS_TXT);
	struct dkim_key key = { .fault = DKIM_KEY_NO_KEY };
	struct preflight_row *row;

	if (answer->n_records == 1)
		key = dkim_key_read(p->arena, answer->records[0].data);
	enum dkim_result result = dkim_verify(p->arena, &mail, signature, &key, p->now);
	public_key_free(key.key);
	/* A body that changed is known without a key; of the rest nothing is. */
	if (answer->status == DNS_UNKNOWN && result == DKIM_FAIL_KEY && body_changed(&mail, signature))
		result = DKIM_FAIL_BODY;
	if (answer->status == DNS_UNKNOWN && result == DKIM_FAIL_KEY)
		row = tell(p, "dkim-verify-unknown", "domain", domain, "selector", selector, "reason", answer_reason(p, answer), NULL);
	else
		row = tell(p, result_case(result), "domain", domain, "selector", selector, "fault", form_words(p, result), NULL);
	if (domains_aligned(signature->domain, span_str(p->sender->from_domain)))
		row_requirement(p, row, "AU-16");
	if (answer->status != DNS_UNKNOWN || result == DKIM_FAIL_KEY)
		row_answer(p, row, answer);
	if (result != DKIM_PASS && row->status != PREFLIGHT_UNKNOWN && p->dkim == ANSWER_YES && m->n_signatures == 1)
		p->dkim = ANSWER_NO;
}

void check_dkim(struct preflight *p)
{
	const struct message *m = p->sender->message;

	check_keys(p);
	for (size_t i = 0; m && i < m->n_signatures; i++)
		check_signature(p, &m->signatures[i]);
	if (m && m->signatures_cut)
		tell_only_first(p, preflight_say(p, "DKIM signatures of the file", "ファイルの DKIM 署名"), m->n_signatures, "AU-11");
	if (!m || m->n_signatures == 0)
		tell(p, "dkim-unsigned", NULL);
}

/* --- alignment ------------------------------------------------------------------------------------------------------------------- */

static bool is_aligned(struct preflight *p, const char *domain, bool strict)
{
	const char *from = p->sender->from_domain;

	if (strcmp(domain, from) == 0)
		return true;
	if (strict)
		return false;
	/* Receivers of RFC 7489 and of RFC 9989 must both say so. */
	if (!domains_aligned(span_str(domain), span_str(from)))
		return false;
	if (p->walk->unknown)
		return true;
	struct dmarc_walk *walk = dmarc_walk(p->arena, p->dns, domain);
	return walk->unknown || strcmp(walk->organisation, p->walk->organisation) == 0;
}

/* An aligned signing domain, else the first one. */
static const char *signing_domain(struct preflight *p, bool strict, bool *aligned)
{
	const struct sender *s = p->sender;

	*aligned = false;
	for (size_t i = 0; i < s->n_keys; i++) {
		if (is_aligned(p, s->keys[i].domain, strict)) {
			*aligned = true;
			return s->keys[i].domain;
		}
	}
	return s->n_keys ? s->keys[0].domain : NULL;
}

void check_alignment(struct preflight *p)
{
	const struct sender *s = p->sender;
	const struct dmarc_record *record = p->dmarc.at ? &p->dmarc.at->record : NULL;
	bool signer_aligned, envelope_known = !s->envelope_assumed;
	const char *signer = signing_domain(p, record && record->strict_dkim, &signer_aligned);
	bool envelope_aligned = envelope_known && is_aligned(p, s->envelope_domain, record && record->strict_spf);

	if (!envelope_known && !signer) {
		tell(p, "aligned-unknown", "domain", s->from_domain, NULL);
	} else if (envelope_aligned && signer_aligned) {
		tell(p, "aligned-both", "envelope", s->envelope_domain, "signer", signer, NULL);
	} else if (envelope_aligned || signer_aligned) {
		tell(p, "aligned-one", "aligned", envelope_aligned ? s->envelope_domain : signer, "domain", s->from_domain, NULL);
		if (envelope_known && signer)
			tell(p, "aligned-one-only", "other", envelope_aligned ? signer : s->envelope_domain, "domain", s->from_domain, NULL);
		else
			tell(p, "aligned-one-open", "domain", s->from_domain, NULL);
	} else if (envelope_known && signer) {
		tell(p, "aligned-none", "envelope", s->envelope_domain, "signer", signer, "domain", s->from_domain, NULL);
	} else {
		tell(p, "aligned-unknown", "domain", s->from_domain, NULL);
	}
}

/* SPF or DKIM: one is enough for small senders. */
void check_authentication(struct preflight *p)
{
	const char *how = p->spf == ANSWER_YES && p->dkim == ANSWER_YES ? "SPF, DKIM" : p->spf == ANSWER_YES ? "SPF" : "DKIM";
	struct preflight_row *row;
	bool v6 = false;

	if (p->spf == ANSWER_YES || p->dkim == ANSWER_YES)
		row = tell(p, "auth-either", "domain", p->sender->from_domain, "how", how, NULL);
	else if (p->spf == ANSWER_NO && p->dkim == ANSWER_NO)
		row = tell(p, "auth-neither", "domain", p->sender->from_domain, NULL);
	else
		row = tell(p, "auth-unknown", "domain", p->sender->from_domain, NULL);
	for (size_t i = 0; i < p->sender->n_addresses; i++)
		v6 |= p->sender->addresses[i].bytes.n == 16 && !p->sender->addresses[i].is_private;
	if (v6)
		row_requirement(p, row, "AU-26");
}
