/* Checks of DMARC: is there a record, is it sound, what does it ask for, and do reports arrive. */
#include "doc/alignment.h"
#include "preflight/check.h"

enum { TARGETS_MAX = 20 };

static const char *text_of(struct preflight *p, struct span s)
{
	return arena_copy(p->arena, s);
}

static const char *where_of(struct preflight *p, const struct dmarc_at *at)
{
	return arena_printf(p->arena, "_dmarc.%s", at->domain);
}

/* --- the record -------------------------------------------------------------------------------------------------------------------- */

static void check_form(struct preflight *p, const struct dmarc_at *at)
{
	const struct dmarc_record *record = &at->record;
	const char *where = where_of(p, at);
	bool good = true;

	if (record->bad_tag.p) {
		bool policy = span_eq_ci(record->bad_tag, SPAN_LIT("p")) || span_eq_ci(record->bad_tag, SPAN_LIT("sp")) ||
			      span_eq_ci(record->bad_tag, SPAN_LIT("np"));
		const char *tag = text_of(p, record->bad_tag);
		row_answer(p, tell(p, policy ? "dmarc-bad-policy" : "dmarc-bad-tag", "where", where, "tag", tag, "value",
				   text_of(p, record_tag_value(&record->tags, tag)), NULL), at->answer);
		good = false;
	}
	if (!record->has_p && !record_tag_find(&record->tags, "p")) {
		row_answer(p, tell(p, "dmarc-no-policy", "where", where, NULL), at->answer);
		good = false;
	}
	if (record->tags.malformed.p || record->tags.doubled.p) {
		struct span what = record->tags.malformed.p ? record->tags.malformed : record->tags.doubled;
		row_answer(p, tell(p, "dmarc-malformed", "where", where, "value", text_of(p, what), NULL), at->answer);
		good = false;
	}
	if (record->unknown_tag.p) {
		row_answer(p, tell(p, "dmarc-unknown-tag", "where", where, "tag", text_of(p, record->unknown_tag), NULL), at->answer);
		good = false;
	}
	if (record->dropped_tag.p)
		row_answer(p, tell(p, "dmarc-dropped-tag", "where", where, "tag", text_of(p, record->dropped_tag), NULL), at->answer);
	if (good)
		row_answer(p, tell(p, "dmarc-good", "where", where, NULL), at->answer);
}

static void check_policy(struct preflight *p)
{
	const struct dmarc_view *view = &p->dmarc;
	const char *domain = p->sender->from_domain, *policy = dmarc_policy_name(view->policy);
	struct preflight_row *row;

	if (view->at->record.testing)
		row = tell(p, "dmarc-policy-testing", "where", where_of(p, view->at), "policy", policy, NULL);
	else if (view->policy == DMARC_NONE)
		row = tell(p, "dmarc-policy-none", "domain", domain, NULL);
	else
		row = tell(p, "dmarc-enforced", "domain", domain, "policy", policy, NULL);
	row_answer(p, row, view->at->answer);
}

/* --- reports ------------------------------------------------------------------------------------------------------------------------ */

/* The host of "mailto:address!10m"; empty where it is no such target. */
static struct span target_host(struct span target)
{
	if (!span_starts_ci(target, SPAN_LIT("mailto:")))
		return SPAN_EMPTY;
	struct span address = span_cut(target, strlen("mailto:"), span_find_byte(target, '!', 0));
	address = span_cut(address, 0, span_find_byte(address, '?', 0));
	size_t at = span_find_byte(address, '@', 0);
	return at > 0 && at < address.n ? span_cut(address, at + 1, address.n) : SPAN_EMPTY;
}

/* Does another organisation take reports about the domain (RFC 9990, section 4; RFC 7489, section 7.1)? */
static void check_authorised(struct preflight *p, const char *target, const char *host)
{
	const char *domain = p->dmarc.at->domain;
	const char *name = arena_printf(p->arena, "%s._report._dmarc.%s", domain, host);
	const struct dns_answer *answer = dns_ask(p->dns, name, DNS_TXT);
	bool allowed = false;

	if (answer->status == DNS_UNKNOWN) {
		row_answer(p, tell(p, "dmarc-reports-unknown", "host", host, "domain", domain, "reason", answer_reason(p, answer), NULL), answer);
		return;
	}
	for (size_t i = 0; i < answer->n_records; i++)
		allowed |= record_has_version(answer->records[i].data, "DMARC1");
	if (allowed) {
		row_answer(p, tell(p, "dmarc-reports-good", "target", target, NULL), answer);
		return;
	}
	struct preflight_row *row = tell(p, "dmarc-reports-refused", "target", target, "host", host, "domain", domain, NULL);
	row_answer(p, row, answer);
	row_record(p, row, arena_printf(p->arena, "%s. IN TXT \"v=DMARC1;\"", name));
}

static void check_reports(struct preflight *p)
{
	const struct dmarc_at *at = p->dmarc.at;
	struct span piece, rua = at->record.rua;
	size_t n = 0;

	if (!rua.p || !rua.n) {
		struct preflight_row *row = tell(p, "dmarc-no-reports", "where", where_of(p, at), NULL);
		row_answer(p, row, at->answer);
		struct span text = at->record.text;
		while (text.n && (ascii_is_space(text.p[text.n - 1]) || text.p[text.n - 1] == ';'))
			text.n--;
		row_record(p, row, arena_printf(p->arena, "_dmarc.%s. IN TXT \"%.*s; rua=mailto:dmarc@%s\"", at->domain, (int)text.n, text.p, at->domain));
		return;
	}
	for (size_t next = 0; record_list_next(rua, ',', &next, &piece); n++) {
		if (n == TARGETS_MAX) {
			tell_only_first(p, preflight_say(p, "addresses for DMARC reports", "DMARC レポートの送信先"), n, "AU-17");
			return;
		}
		const char *target = text_of(p, piece);
		struct span host_span = target_host(piece);
		const char *host = host_span.n ? sender_domain(p->arena, host_span) : NULL;
		if (!host)
			row_answer(p, tell(p, "dmarc-reports-bad-target", "target", target, NULL), at->answer);
		else if (domains_aligned(span_str(host), span_str(at->domain)))
			row_answer(p, tell(p, "dmarc-reports-good", "target", target, NULL), at->answer);
		else
			check_authorised(p, target, host);
	}
}

/* --- which record ------------------------------------------------------------------------------------------------------------------- */

static const char *view_words(struct preflight *p, const struct dmarc_view *view)
{
	if (!view->at)
		return preflight_say(p, "no record", "レコードなし");
	return arena_printf(p->arena, "p=%s (_dmarc.%s)", dmarc_policy_name(view->policy), view->at->domain);
}

static void check_views(struct preflight *p, const struct dmarc_view *old)
{
	const struct dmarc_view *new = &p->dmarc;

	if (old->unknown || new->unknown || (!old->at && !new->at))
		return;
	if (old->at && new->at && strcmp(old->at->domain, new->at->domain) == 0)
		return;
	struct preflight_row *row = tell(p, "dmarc-two-views", "domain", p->sender->from_domain, "new", view_words(p, new), "old", view_words(p, old), NULL);
	for (size_t i = 0; i < p->walk->n; i++)
		row_answer(p, row, p->walk->steps[i].answer);
}

static void tell_missing(struct preflight *p)
{
	const char *domain = p->sender->from_domain;
	const char *organisation = text_of(p, registrable_domain(span_str(domain)));
	struct preflight_row *row = tell(p, "dmarc-missing", "domain", domain, NULL);

	for (size_t i = 0; i < p->walk->n; i++)
		row_answer(p, row, p->walk->steps[i].answer);
	row_record(p, row, arena_printf(p->arena, "_dmarc.%s. IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@%s\"", organisation, organisation));
	tell(p, "dmarc-no-form", "domain", domain, NULL);
}

/* A record that nobody can use stands where one is looked for. true: it was told. */
static bool tell_unusable(struct preflight *p)
{
	for (size_t i = 0; i < p->walk->n; i++) {
		const struct dmarc_at *step = &p->walk->steps[i];
		/* Above the organisation nobody of it can publish. */
		if (i > 0 && registrable_domain(span_str(step->domain)).n == strlen(step->domain) && strchr(step->domain, '.') == NULL)
			break;
		if (step->state == DMARC_SEVERAL)
			row_answer(p, tell(p, "dmarc-several", "where", where_of(p, step), "count", arena_printf(p->arena, "%zu", step->n_records), NULL), step->answer);
		else if (step->state == DMARC_BROKEN)
			row_answer(p, tell(p, "dmarc-broken", "where", where_of(p, step), NULL), step->answer);
		else
			continue;
		return true;
	}
	return false;
}

void check_dmarc(struct preflight *p)
{
	const char *domain = p->sender->from_domain;
	bool exists = dns_ask(p->dns, domain, DNS_A)->status != DNS_NXDOMAIN;

	p->walk = dmarc_walk(p->arena, p->dns, domain);
	p->dmarc = dmarc_view_9989(p->walk, exists);
	struct dmarc_view old = dmarc_view_7489(p->arena, p->dns, &p->walk->steps[0]);
	bool unusable = tell_unusable(p);
	if (p->dmarc.unknown && !unusable) {
		struct preflight_row *row = NULL;
		for (size_t i = 0; i < p->walk->n; i++) {
			const struct dns_answer *answer = p->walk->steps[i].answer;
			if (answer->status == DNS_UNKNOWN && !row)
				row = tell(p, "dmarc-unknown", "domain", domain, "reason", answer_reason(p, answer), NULL);
		}
		for (size_t i = 0; i < p->walk->n; i++)
			row_answer(p, row, p->walk->steps[i].answer);
		return;
	}
	if (!p->dmarc.at) {
		if (!unusable)
			tell_missing(p);
		return;
	}
	struct preflight_row *row = tell(p, "dmarc-found", "domain", domain, "where", where_of(p, p->dmarc.at), NULL);
	for (size_t i = 0; i < p->walk->n; i++)
		row_answer(p, row, p->walk->steps[i].answer);
	check_views(p, &old);
	check_form(p, p->dmarc.at);
	check_policy(p);
	check_reports(p);
}
