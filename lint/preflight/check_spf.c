/* Checks of SPF: the record of the envelope domain, that of the From domain, and the addresses that send. What SPF says is in spf.c. */
#include "preflight/check.h"
#include "preflight/spf.h"

/* A longer record is not repeated as what to publish. */
enum { FAULTS_TOLD = 20, LONGEST_TO_PUBLISH = 4000 };

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

	if (strnlen(record, LONGEST_TO_PUBLISH + 1) > LONGEST_TO_PUBLISH)
		return;
	record_txt(p, row, domain, arena_printf(p->arena, "%.*s %s%s", (int)(rest - record), record, term_for(p, address), rest));
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
		row_evidence_lines(p, row, lint->tree, lint->n_tree);
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

/* Is all said of the addresses, too? scratch: freed when it is told. */
static bool check_record(struct preflight *p, const char *domain, struct arena *scratch)
{
	struct spf_lint lint = spf_lint(scratch, p->dns, domain);
	const struct dns_answer *answer = dns_ask(p->dns, domain, DNS_TXT);
	bool faulty = false;
	size_t n_told = 0;

	if (!lint.known) {
		row_answer(p, with_carriers(p, tell(p, "spf-unknown", "domain", domain, "reason", answer_reason(p, answer), NULL), "JR-11"), answer);
		return false;
	}
	const struct spf_fault *open = NULL;
	for (size_t i = 0; i < lint.n_faults; i++) {
		const struct spf_fault *fault = &lint.faults[i];
		if (fault->kind == SPF_MULTIPLE && strcmp(fault->domain, answer->name) == 0) {
			struct preflight_row *row = tell(p, "spf-several", "domain", domain, "count", arena_printf(p->arena, "%zu", fault->number), NULL);
			row_answer(p, with_addresses(p, with_carriers(p, row, "JR-11")), answer);
			tell(p, "spf-no-word", "domain", domain, NULL);
			p->spf = ANSWER_NO;
			return true;
		}
		if (fault->kind == SPF_DNS) {
			open = open ? open : fault;
			continue;
		}
		faulty |= fault->kind <= SPF_ERROR_LAST;
		if (n_told < FAULTS_TOLD)
			tell_fault(p, &lint, fault, domain);
		else if (n_told == FAULTS_TOLD)
			tell_only_first(p, preflight_say(p, "faults of the SPF record", "SPF レコードの問題"), FAULTS_TOLD, "AU-03");
		n_told++;
	}
	/* An error of the record is one, whatever else did not come. */
	if (faulty) {
		tell(p, "spf-no-word", "domain", domain, NULL);
		p->spf = ANSWER_NO;
		return false;
	}
	if (open) {
		p->spf = ANSWER_OPEN;
		with_carriers(p, tell(p, "spf-unknown", "domain", domain, "reason", fault_words(p, open, domain), NULL), "JR-11");
		return false;
	}
	if (!lint.record) {
		struct preflight_row *row = with_addresses(p, with_carriers(p, tell(p, "spf-missing", "domain", domain, NULL), "JR-11"));
		row_answer(p, row, answer);
		record_new(p, row, domain);
		tell(p, "spf-no-word", "domain", domain, NULL);
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
	row_evidence_lines(p, row, lint.tree, lint.n_tree);
	return false;
}

/* --- the addresses ------------------------------------------------------------------------------------------------------------------ */

static void add_evidence(struct preflight *p, struct preflight_row *row, const struct spf_check *check, struct arena *scratch)
{
	size_t n;
	const char *const *lines = spf_evidence(scratch, check, &n);

	row->query = arena_printf(p->arena, "TXT %s", check->domain);
	row_evidence_lines(p, row, lines, n);
}

static void check_address(struct preflight *p, const struct sender_address *address, struct arena *scratch)
{
	const struct sender *s = p->sender;
	struct spf_check check = spf_check(scratch, p->dns, address->bytes, s->mail_from, s->helo ? s->helo : "");
	const char *domain = s->envelope_domain;
	struct preflight_row *row;

	switch (check.result) {
	case SPF_PASS:
		add_evidence(p, with_carriers(p, tell(p, "spf-pass", "address", address->text, "domain", domain, NULL), "JR-07"), &check, scratch);
		return;
	case SPF_TEMPERROR:
		row = tell(p, "spf-address-unknown", "address", address->text, "reason", spf_fault_text(p->arena, &check.fault, p->language), NULL);
		add_evidence(p, with_carriers(p, row, "JR-07"), &check, scratch);
		p->spf = p->spf == ANSWER_NO ? ANSWER_NO : ANSWER_OPEN;
		return;
	case SPF_PERMERROR:
		/* The fault of the record is told already. */
		row = tell(p, "spf-permerror", "address", address->text, "domain", domain, "reason",
			   spf_fault_text(p->arena, &check.fault, p->language), NULL);
		add_evidence(p, with_carriers(p, row, "JR-07"), &check, scratch);
		p->spf = ANSWER_NO;
		return;
	default:
		row = tell(p, "spf-not-pass", "address", address->text, "domain", domain, "result", spf_result_name(check.result), NULL);
		add_evidence(p, with_carriers(p, row, "JR-07"), &check, scratch);
		if (check.record)
			record_with(p, row, domain, check.record, address);
		p->spf = ANSWER_NO;
	}
}

static void check_from_address(struct preflight *p, const struct sender_address *address, struct arena *scratch)
{
	const struct sender *s = p->sender;
	struct spf_check check =
		spf_check(scratch, p->dns, address->bytes, arena_printf(p->arena, "postmaster@%s", s->from_domain), s->helo ? s->helo : "");
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
	add_evidence(p, row, &check, scratch);
}

/* docomo, au and SoftBank look at the domain of From. Are the addresses worth a look? */
static bool check_from(struct preflight *p, struct arena *scratch)
{
	const struct sender *s = p->sender;
	struct spf_lint lint = spf_lint(scratch, p->dns, s->from_domain);
	const struct dns_answer *answer = dns_ask(p->dns, s->from_domain, DNS_TXT);

	if (!lint.known) {
		row_answer(p, tell(p, "spf-from-unknown", "domain", s->from_domain, "reason", answer_reason(p, answer), NULL), answer);
		return false;
	}
	if (!lint.record) {
		struct preflight_row *row = tell(p, "spf-from-missing", "domain", s->from_domain, NULL);
		row_answer(p, row, answer);
		record_new(p, row, s->from_domain);
		return false;
	}
	row_answer(p, tell(p, "spf-from-good", "domain", s->from_domain, NULL), answer);
	return true;
}

/* A hostile record takes megabytes for each address: what is not shown is freed at once. */
static void check_each(struct preflight *p, void (*check)(struct preflight *p, const struct sender_address *address, struct arena *scratch))
{
	for (size_t i = 0; i < p->sender->n_addresses; i++) {
		if (p->sender->addresses[i].is_private)
			continue;
		struct arena *scratch = arena_new();
		check(p, &p->sender->addresses[i], scratch);
		arena_free(scratch);
	}
}

void check_spf(struct preflight *p)
{
	struct arena *scratch = arena_new();
	bool all_said = check_record(p, p->sender->envelope_domain, scratch);

	if (!all_said)
		check_each(p, check_address);
	if (!is_one_domain(p) && check_from(p, scratch))
		check_each(p, check_from_address);
	arena_free(scratch);
}
