/* Checks of SPF: the record of the envelope domain, that of the From domain, and the addresses that send. What SPF says is in spf.c. */
#include "preflight/check.h"
#include "preflight/spf.h"

/* --- what to publish --------------------------------------------------------------------------------------------------------------- */

static const char *term_for(struct preflight *p, const struct sender_address *address)
{
	return arena_printf(p->arena, "ip%d:%s", address->bytes.n == 4 ? 4 : 6, address->text);
}

static void record_txt(struct preflight *p, struct preflight_row *row, const char *domain, const char *text)
{
	row_record(p, row, arena_printf(p->arena, "%s. IN TXT \"%s\"", domain, text));
}

/* A record for a domain that has none. Without addresses: one to be filled in. */
static void record_new(struct preflight *p, struct preflight_row *row, const char *domain)
{
	GString *text = g_string_new("v=spf1");

	for (size_t i = 0; i < p->sender->n_addresses; i++)
		g_string_append_printf(text, " %s", term_for(p, &p->sender->addresses[i]));
	if (!p->sender->n_addresses)
		g_string_append(text, " mx");
	g_string_append(text, " ~all");
	record_txt(p, row, domain, text->str);
	g_string_free(text, TRUE);
}

/* The record with the address in front of its first term that is not "v=spf1": it must come before what refuses it. */
static void record_with(struct preflight *p, struct preflight_row *row, const char *domain, const char *record, const struct sender_address *address)
{
	const char *rest = record + strcspn(record, " ");

	record_txt(p, row, domain, arena_printf(p->arena, "%.*s %s%s", (int)(rest - record), record, term_for(p, address), rest));
}

static void add_lines(struct preflight *p, struct preflight_row *row, const char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		row_evidence(p, row, lines[i]);
}

/* Envelope and From are one domain: what is said of it answers docomo, au and SoftBank, too, who look at From. */
static bool is_one_domain(const struct preflight *p)
{
	return strcmp(p->sender->envelope_domain, p->sender->from_domain) == 0;
}

static struct preflight_row *with_carriers(struct preflight *p, struct preflight_row *row, const char *id)
{
	if (is_one_domain(p)) {
		row_requirement(p, row, "JR-01");
		row_requirement(p, row, id);
	}
	return row;
}

/* --- the record of the envelope domain ---------------------------------------------------------------------------------------------- */

static const char *fault_words(struct preflight *p, const struct spf_fault *fault, const char *domain)
{
	const char *text = spf_fault_text(p->arena, fault, p->language);

	return strcmp(fault->domain ? fault->domain : domain, domain) == 0 ? text : arena_printf(p->arena, "%s: %s", fault->domain, text);
}

static void tell_fault(struct preflight *p, const struct spf_lint *lint, const struct spf_fault *fault, const char *domain)
{
	bool fatal = fault->kind <= SPF_ERROR_LAST;
	struct preflight_row *row = tell(p, fatal ? "spf-fault" : "spf-remark", "domain", domain, "fault", fault_words(p, fault, domain), NULL);
	const char *help = spf_fault_help(p->arena, fault, p->language);

	if (fatal)
		with_carriers(p, row, "JR-11");
	row->help = help ? help : row->help;
	row->query = arena_printf(p->arena, "TXT %s", fault->domain ? fault->domain : domain);
	if (fault->record)
		row_evidence(p, row, arena_printf(p->arena, "TXT %s: %s", fault->domain, fault->record));
	if (fault->kind == SPF_TOO_MANY_LOOKUPS || fault->kind == SPF_TOO_MANY_VOIDS)
		add_lines(p, row, lint->tree, lint->n_tree);
}

/* Without one record no address passes: what is said of the record is said of them. */
static struct preflight_row *with_addresses(struct preflight *p, struct preflight_row *row)
{
	for (size_t i = 0; i < p->sender->n_addresses; i++) {
		if (p->sender->addresses[i].is_private)
			continue;
		row_requirement(p, row, "AU-04");
		return with_carriers(p, row, "JR-07");
	}
	return row;
}

/* Is all said of the addresses, too? */
static bool check_record(struct preflight *p, const char *domain)
{
	struct spf_lint lint = spf_lint(p->arena, p->dns, domain);
	const struct dns_answer *answer = dns_ask(p->dns, domain, DNS_TXT);
	bool faulty = false;

	if (!lint.known) {
		row_answer(p, with_carriers(p, tell(p, "spf-unknown", "domain", domain, "reason", answer_reason(p, answer), NULL), "JR-11"), answer);
		return false;
	}
	for (size_t i = 0; i < lint.n_faults; i++) {
		if (lint.faults[i].kind == SPF_MULTIPLE) {
			struct preflight_row *row = tell(p, "spf-several", "domain", domain, "count", arena_printf(p->arena, "%zu", lint.faults[i].number), NULL);
			row_answer(p, with_addresses(p, with_carriers(p, row, "JR-11")), answer);
			p->spf = ANSWER_NO;
			return true;
		} else if (lint.faults[i].kind != SPF_DNS) {
			tell_fault(p, &lint, &lint.faults[i], domain);
			faulty |= lint.faults[i].kind <= SPF_ERROR_LAST;
		} else {
			p->spf = ANSWER_OPEN;
			with_carriers(p, tell(p, "spf-unknown", "domain", domain, "reason", fault_words(p, &lint.faults[i], domain), NULL), "JR-11");
			return false;
		}
	}
	if (faulty) {
		p->spf = ANSWER_NO;
		return false;
	}
	if (!lint.record) {
		struct preflight_row *row = with_addresses(p, with_carriers(p, tell(p, "spf-missing", "domain", domain, NULL), "JR-11"));
		row_answer(p, row, answer);
		record_new(p, row, domain);
		p->spf = ANSWER_NO;
		return true;
	}
	struct preflight_row *row = tell(p, lint.never_sends ? "spf-never-sends" : "spf-may-send", "domain", domain, NULL);
	row_evidence(p, row, arena_printf(p->arena, "TXT %s: %s", domain, lint.record));
	row->query = arena_printf(p->arena, "TXT %s", domain);
	p->spf = lint.never_sends ? ANSWER_NO : ANSWER_YES;
	row = with_carriers(p, tell(p, "spf-good", "domain", domain, "lookups", arena_printf(p->arena, "%u", lint.lookups), NULL), "JR-11");
	row->query = arena_printf(p->arena, "TXT %s", domain);
	row_evidence(p, row, arena_printf(p->arena, "TXT %s: %s", domain, lint.record));
	add_lines(p, row, lint.tree, lint.n_tree);
	return false;
}

/* --- the addresses ------------------------------------------------------------------------------------------------------------------ */

static void add_evidence(struct preflight *p, struct preflight_row *row, const struct spf_check *check)
{
	size_t n;
	const char *const *lines = spf_evidence(p->arena, check, &n);

	row->query = arena_printf(p->arena, "TXT %s", check->domain);
	add_lines(p, row, lines, n);
}

static void check_address(struct preflight *p, const struct sender_address *address)
{
	const struct sender *s = p->sender;
	struct spf_check check = spf_check(p->arena, p->dns, address->bytes, s->mail_from, s->helo ? s->helo : "");
	const char *domain = s->envelope_domain;
	struct preflight_row *row;

	switch (check.result) {
	case SPF_PASS:
		add_evidence(p, with_carriers(p, tell(p, "spf-pass", "address", address->text, "domain", domain, NULL), "JR-07"), &check);
		return;
	case SPF_TEMPERROR:
		row = tell(p, "spf-address-unknown", "address", address->text, "reason", spf_fault_text(p->arena, &check.fault, p->language), NULL);
		add_evidence(p, with_carriers(p, row, "JR-07"), &check);
		p->spf = p->spf == ANSWER_NO ? ANSWER_NO : ANSWER_OPEN;
		return;
	case SPF_PERMERROR:
		/* The fault of the record is told already. */
		row = tell(p, "spf-permerror", "address", address->text, "domain", domain, "reason",
			   spf_fault_text(p->arena, &check.fault, p->language), NULL);
		add_evidence(p, with_carriers(p, row, "JR-07"), &check);
		p->spf = ANSWER_NO;
		return;
	default:
		row = tell(p, "spf-not-pass", "address", address->text, "domain", domain, "result", spf_result_name(check.result), NULL);
		add_evidence(p, with_carriers(p, row, "JR-07"), &check);
		if (check.record)
			record_with(p, row, domain, check.record, address);
		p->spf = ANSWER_NO;
	}
}

/* docomo, au and SoftBank look at the domain of From. */
static void check_from(struct preflight *p)
{
	const struct sender *s = p->sender;
	struct spf_lint lint = spf_lint(p->arena, p->dns, s->from_domain);
	const struct dns_answer *answer = dns_ask(p->dns, s->from_domain, DNS_TXT);

	if (!lint.known) {
		row_answer(p, tell(p, "spf-from-unknown", "domain", s->from_domain, "reason", answer_reason(p, answer), NULL), answer);
		return;
	}
	if (!lint.record) {
		struct preflight_row *row = tell(p, "spf-from-missing", "domain", s->from_domain, NULL);
		row_answer(p, row, answer);
		record_new(p, row, s->from_domain);
		return;
	}
	row_answer(p, tell(p, "spf-from-good", "domain", s->from_domain, NULL), answer);
	for (size_t i = 0; i < s->n_addresses; i++) {
		const struct sender_address *address = &s->addresses[i];
		if (address->is_private)
			continue;
		struct spf_check check =
			spf_check(p->arena, p->dns, address->bytes, arena_printf(p->arena, "postmaster@%s", s->from_domain), s->helo ? s->helo : "");
		struct preflight_row *row;
		if (check.result == SPF_PASS) {
			row = tell(p, "spf-from-pass", "domain", s->from_domain, "address", address->text, NULL);
		} else if (check.result == SPF_TEMPERROR) {
			row = tell(p, "spf-from-unknown", "domain", s->from_domain, "reason", spf_fault_text(p->arena, &check.fault, p->language), NULL);
		} else {
			row = tell(p, "spf-from-not-pass", "domain", s->from_domain, "address", address->text, "result", spf_result_name(check.result), NULL);
			if (check.record && check.result != SPF_PERMERROR)
				record_with(p, row, s->from_domain, check.record, address);
		}
		add_evidence(p, row, &check);
	}
}

void check_spf(struct preflight *p)
{
	const struct sender *s = p->sender;

	bool all_said = check_record(p, s->envelope_domain);
	for (size_t i = 0; !all_said && i < s->n_addresses; i++)
		if (!s->addresses[i].is_private)
			check_address(p, &s->addresses[i]);
	if (!is_one_domain(p))
		check_from(p);
}
