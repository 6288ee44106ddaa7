/* Role: evaluates SPF for an address as RFC 7208, sections 4 to 6, says, and keeps what it did step by step.
 * May not: judge a record beyond that; spf_lint.c does. */
#include "preflight/spf.h"

#include <glib.h>

#include "preflight/spf_record.h"

/* Of hostile records, which have thousands of terms, the first are kept, and those that ask or decide. */
enum { LONGEST_LOCAL_PART = 256, STEPS_KEPT = 400 };

struct evaluation {
	struct arena *arena;
	struct dns *dns;
	struct spf_check *out;
	GArray *steps;
	struct spf_macro_values values;
	const char *name_of_address; /* %{p}, once it was asked for */
	struct spf_step passing;     /* the term that is looked at, where it is not kept */
	unsigned depth;
};

const char *spf_result_name(enum spf_result result)
{
	static const char *const names[] = { "none", "neutral", "pass", "fail", "softfail", "temperror", "permerror" };

	return names[result];
}

static const char *printable(struct arena *arena, struct span text)
{
	return dns_record_text(arena, DNS_TXT, &(struct dns_record){ .data = text });
}

/* The end of evaluation: nothing that comes later changes it. */
static enum spf_result broken(struct evaluation *e, enum spf_fault_kind kind, const char *domain, const struct spf_term *term, const char *detail, size_t number)
{
	e->out->fault = (struct spf_fault){ .kind = kind, .domain = domain, .detail = detail, .number = number };
	if (term)
		e->out->fault.term = term->text;
	return kind == SPF_DNS ? SPF_TEMPERROR : SPF_PERMERROR;
}

static enum spf_result not_answered(struct evaluation *e, const char *domain, const struct spf_term *term, const struct dns_answer *answer)
{
	enum spf_result result = broken(e, SPF_DNS, domain, term, NULL, 0);

	e->out->fault.answer = answer;
	return result;
}

/* --- what DNS says of a term --------------------------------------------------------------------------------------------------- */

/* MATCH and NO_MATCH of a term; STOP: e->out->fault says why the whole evaluation ends with result. */
enum verdict { NO_MATCH, MATCH, STOP };

struct term_view {
	const char *domain; /* whose record */
	const struct spf_term *term;
	struct spf_step *step;
	enum spf_result result; /* with STOP */
};

static enum verdict stop(struct term_view *view, enum spf_result result)
{
	view->result = result;
	return STOP;
}

/* Answers that hold nothing count (section 4.6.4), but for names that were never asked. */
static bool is_void(const struct dns_answer *answer)
{
	return answer->status == DNS_NODATA || (answer->status == DNS_NXDOMAIN && !answer->reason);
}

/* Ask for a term; NULL where evaluation ends here. */
static const struct dns_answer *ask(struct evaluation *e, struct term_view *view, const char *name, enum dns_type type)
{
	const struct dns_answer *answer = dns_ask(e->dns, name, type);

	if (answer->status == DNS_UNKNOWN) {
		view->result = not_answered(e, view->domain, view->term, answer);
		return NULL;
	}
	if (is_void(answer) && ++e->out->voids > SPF_VOIDS) {
		view->result = broken(e, SPF_TOO_MANY_VOIDS, view->domain, view->term, NULL, e->out->voids);
		return NULL;
	}
	return answer;
}

static enum dns_type address_type(const struct evaluation *e)
{
	return e->values.address.n == 4 ? DNS_A : DNS_AAAA;
}

static bool holds_address(const struct evaluation *e, const struct dns_answer *answer, unsigned bits)
{
	for (size_t i = 0; i < answer->n_records; i++)
		if (spf_same_network((const unsigned char *)answer->records[i].data.p, (const unsigned char *)e->values.address.p, bits))
			return true;
	return false;
}

static unsigned bits_of(const struct evaluation *e, const struct spf_term *term)
{
	return e->values.address.n == 4 ? term->prefix4 : term->prefix6;
}

static enum verdict match_a(struct evaluation *e, struct term_view *view, const char *target)
{
	const struct dns_answer *answer = ask(e, view, target, address_type(e));

	if (!answer)
		return STOP;
	return holds_address(e, answer, bits_of(e, view->term)) ? MATCH : NO_MATCH;
}

static enum verdict match_mx(struct evaluation *e, struct term_view *view, const char *target)
{
	const struct dns_answer *exchanges = ask(e, view, target, DNS_MX);

	if (!exchanges)
		return STOP;
	if (exchanges->n_records > SPF_LOOKUPS)
		return stop(view, broken(e, SPF_TOO_MANY_MX, view->domain, view->term, NULL, exchanges->n_records));
	for (size_t i = 0; i < exchanges->n_records; i++)
		if (exchanges->records[i].data.n > 0)
			dns_want(e->dns, exchanges->records[i].data.p, address_type(e));
	for (size_t i = 0; i < exchanges->n_records; i++) {
		if (exchanges->records[i].data.n == 0)
			continue; /* null MX */
		const struct dns_answer *answer = ask(e, view, exchanges->records[i].data.p, address_type(e));
		if (!answer)
			return STOP;
		if (holds_address(e, answer, bits_of(e, view->term)))
			return MATCH;
	}
	return NO_MATCH;
}

/* Names of the address that lead back to it, at most 10 looked at (section 5.5). Failures are as good as none. */
static GPtrArray *validated_names(struct evaluation *e, const struct dns_answer *names)
{
	GPtrArray *out = g_ptr_array_new();

	for (size_t i = 0; i < names->n_records && i < SPF_LOOKUPS; i++) {
		if (names->records[i].data.n == 0)
			continue;
		const struct dns_answer *answer = dns_ask(e->dns, names->records[i].data.p, address_type(e));
		if (holds_address(e, answer, e->values.address.n == 4 ? 32 : 128))
			g_ptr_array_add(out, (void *)names->records[i].data.p);
	}
	return out;
}

/* Is name domain itself, or below it? */
static bool is_below(const char *name, const char *domain)
{
	size_t n = strlen(name), n_domain = strlen(domain);

	if (n_domain > 0 && domain[n_domain - 1] == '.')
		n_domain--;
	return n >= n_domain && g_ascii_strncasecmp(name + n - n_domain, domain, n_domain) == 0 && (n == n_domain || name[n - n_domain - 1] == '.');
}

static enum verdict match_ptr(struct evaluation *e, struct term_view *view, const char *target)
{
	const struct dns_answer *names = dns_ask(e->dns, dns_reverse_name(e->arena, e->values.address), DNS_PTR);
	bool found = false;

	/* A failure is no match here (section 5.5), and no temperror. */
	if (names->status != DNS_UNKNOWN && !ask(e, view, names->name, DNS_PTR))
		return STOP;
	GPtrArray *valid = validated_names(e, names);
	for (guint i = 0; i < valid->len && !found; i++)
		found = is_below(valid->pdata[i], target);
	g_ptr_array_free(valid, TRUE);
	return found ? MATCH : NO_MATCH;
}

/* %{p}: the name of the address that fits the domain best (section 7.3). */
static const char *name_of_address(void *data)
{
	struct evaluation *e = data;

	if (e->name_of_address)
		return e->name_of_address;
	GPtrArray *valid = validated_names(e, dns_ask(e->dns, dns_reverse_name(e->arena, e->values.address), DNS_PTR));
	const char *same = NULL, *below = NULL;
	for (guint i = 0; i < valid->len; i++) {
		const char *name = valid->pdata[i];
		if (!same && g_ascii_strcasecmp(name, e->values.domain) == 0)
			same = name;
		else if (!below && is_below(name, e->values.domain))
			below = name;
	}
	const char *best = same ? same : below ? below : valid->len ? valid->pdata[0] : "unknown";
	g_ptr_array_free(valid, TRUE);
	return best;
}

static enum verdict match_exists(struct evaluation *e, struct term_view *view, const char *target)
{
	const struct dns_answer *answer = ask(e, view, target, DNS_A);

	if (!answer)
		return STOP;
	return answer->n_records > 0 ? MATCH : NO_MATCH;
}

/* --- records ----------------------------------------------------------------------------------------------------------------- */

static enum spf_result check_host(struct evaluation *e, const char *domain, const struct spf_term *by, const char *by_domain);

static enum verdict match_include(struct evaluation *e, struct term_view *view, const char *target)
{
	const char *domain = e->values.domain;

	e->depth++;
	enum spf_result result = check_host(e, target, view->term, view->domain);
	e->depth--;
	e->values.domain = domain;
	switch (result) {
	case SPF_PASS:
		return MATCH;
	case SPF_TEMPERROR:
	case SPF_PERMERROR:
		return stop(view, result);
	case SPF_NONE:
		return stop(view, broken(e, SPF_INCLUDE_NONE, view->domain, view->term, target, 0));
	default:
		return NO_MATCH;
	}
}

static enum verdict match_range(const struct evaluation *e, const struct spf_term *term)
{
	size_t n = term->mechanism == SPF_IP4 ? 4 : 16;

	return n == e->values.address.n && spf_same_network(term->address, (const unsigned char *)e->values.address.p, bits_of(e, term)) ? MATCH : NO_MATCH;
}

static const char *target_of(struct evaluation *e, const struct spf_term *term)
{
	return term->name.n ? spf_expand(e->arena, term->name, &e->values, false) : e->values.domain;
}

static struct spf_step *add_step(struct evaluation *e, const char *domain)
{
	struct spf_step *step = ARENA_NEW(e->arena, struct spf_step);

	*step = (struct spf_step){ .depth = e->depth, .domain = domain, .lookups = e->out->lookups };
	g_array_append_val(e->steps, step);
	return step;
}

/* One more term that asks; false where it is one too many. */
static bool count_lookup(struct evaluation *e, struct term_view *view)
{
	if (++e->out->lookups <= SPF_LOOKUPS)
		return true;
	view->result = broken(e, SPF_TOO_MANY_LOOKUPS, view->domain, view->term, NULL, e->out->lookups);
	return false;
}

static enum verdict match_term(struct evaluation *e, struct term_view *view)
{
	const struct spf_term *term = view->term;

	if (e->steps->len < STEPS_KEPT || spf_asks(term->mechanism)) {
		view->step = add_step(e, view->domain);
		view->step->term = printable(e->arena, term->text);
	} else {
		view->step = &e->passing;
	}
	if (spf_asks(term->mechanism)) {
		if (!count_lookup(e, view))
			return STOP;
		view->step->lookups = e->out->lookups;
		view->step->target = target_of(e, term);
	}
	switch (term->mechanism) {
	case SPF_ALL:
		return MATCH;
	case SPF_INCLUDE:
		return match_include(e, view, view->step->target);
	case SPF_A:
		return match_a(e, view, view->step->target);
	case SPF_MX:
		return match_mx(e, view, view->step->target);
	case SPF_PTR_MECHANISM:
		return match_ptr(e, view, view->step->target);
	case SPF_EXISTS:
		return match_exists(e, view, view->step->target);
	case SPF_IP4:
	case SPF_IP6:
		return match_range(e, term);
	default:
		return NO_MATCH;
	}
}

/* Questions that need no macro go out together. */
static void ask_ahead(struct evaluation *e, const struct spf_record *record)
{
	unsigned n = 0;

	for (size_t i = 0; i < record->n_terms && n < SPF_LOOKUPS; i++) {
		const struct spf_term *term = &record->terms[i];
		if (!spf_asks(term->mechanism) || spf_has_macros(term->name) || term->mechanism == SPF_PTR_MECHANISM)
			continue;
		const char *target = target_of(e, term);
		bool text = term->mechanism == SPF_INCLUDE || term->mechanism == SPF_REDIRECT;
		dns_want(e->dns, target,
			text ? DNS_TXT : term->mechanism == SPF_MX ? DNS_MX : term->mechanism == SPF_EXISTS ? DNS_A : address_type(e));
		n++;
	}
}

static enum spf_result of_qualifier(char qualifier)
{
	return qualifier == '-' ? SPF_FAIL : qualifier == '~' ? SPF_SOFTFAIL : qualifier == '?' ? SPF_NEUTRAL : SPF_PASS;
}

/* exp= of a record (section 6.2): what does not work is as good as none. */
static const char *explanation_of(struct evaluation *e, const struct spf_record *record)
{
	if (!record->exp)
		return NULL;
	const struct dns_answer *answer = dns_ask(e->dns, target_of(e, record->exp), DNS_TXT);
	if (answer->n_records != 1 || !spf_macros_valid(answer->records[0].data, true))
		return NULL;
	return printable(e->arena, span_str(spf_expand(e->arena, answer->records[0].data, &e->values, true)));
}

static enum spf_result follow_redirect(struct evaluation *e, const char *domain, const struct spf_record *record)
{
	struct term_view view = { .domain = domain, .term = record->redirect, .step = add_step(e, domain) };

	view.step->term = printable(e->arena, record->redirect->text);
	if (!count_lookup(e, &view))
		return view.result;
	view.step->lookups = e->out->lookups;
	view.step->target = target_of(e, record->redirect);
	e->depth++;
	enum spf_result result = check_host(e, view.step->target, record->redirect, domain);
	e->depth--;
	return result == SPF_NONE ? broken(e, SPF_INCLUDE_NONE, domain, record->redirect, view.step->target, 0) : result;
}

/* The terms of a record in their order. by_include: what decides is the include above, and its explanation is not ours. */
static enum spf_result evaluate(struct evaluation *e, const char *domain, const struct spf_record *record, bool by_include)
{
	for (size_t i = 0; i < record->n_terms; i++) {
		struct term_view view = { .domain = domain, .term = &record->terms[i] };
		if (view.term->mechanism >= SPF_REDIRECT)
			continue;
		enum verdict verdict = match_term(e, &view);
		if (verdict == STOP)
			return view.result;
		if (verdict == NO_MATCH)
			continue;
		if (view.step == &e->passing) {
			view.step = add_step(e, domain);
			view.step->term = printable(e->arena, view.term->text);
		}
		view.step->matched = true;
		enum spf_result result = of_qualifier(view.term->qualifier);
		if (by_include)
			return result;
		e->out->mechanism = view.step->term;
		e->out->mechanism_domain = domain;
		if (result == SPF_FAIL)
			e->out->explanation = explanation_of(e, record);
		return result;
	}
	return record->redirect ? follow_redirect(e, domain, record) : SPF_NEUTRAL;
}

/* The records of a name that are SPF; *n of them. */
static const struct dns_record *find_record(const struct dns_answer *answer, size_t *n)
{
	const struct dns_record *found = NULL;

	*n = 0;
	for (size_t i = 0; i < answer->n_records; i++) {
		if (!spf_is_record(answer->records[i].data))
			continue;
		found = found ? found : &answer->records[i];
		++*n;
	}
	return found;
}

/* check_host() of section 4. by: the term that leads here; NULL at the start. */
static enum spf_result check_host(struct evaluation *e, const char *domain, const struct spf_term *by, const char *by_domain)
{
	const struct dns_answer *answer = dns_ask(e->dns, domain, DNS_TXT);
	size_t n;

	if (answer->status == DNS_UNKNOWN)
		return not_answered(e, by ? by_domain : domain, by, answer);
	const struct dns_record *text = find_record(answer, &n);
	if (n == 0)
		return SPF_NONE;
	if (n > 1)
		return broken(e, SPF_MULTIPLE, answer->name, NULL, NULL, n);
	struct spf_step *step = add_step(e, answer->name);
	step->record = printable(e->arena, text->data);
	if (e->depth == 0)
		e->out->record = step->record;
	struct spf_record record = spf_record_read(e->arena, text->data);
	if (record.n_faults > 0) {
		e->out->fault = record.faults[0];
		e->out->fault.domain = answer->name;
		e->out->fault.record = step->record;
		return SPF_PERMERROR;
	}
	e->values.domain = answer->name;
	ask_ahead(e, &record);
	return evaluate(e, answer->name, &record, e->depth > 0 && by->mechanism == SPF_INCLUDE);
}

/* IPv4 inside of IPv6 is IPv4 (section 5). */
static struct span plain_address(struct span address)
{
	static const char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (char)0xFF, (char)0xFF };

	return address.n == 16 && memcmp(address.p, mapped, 12) == 0 ? span_cut(address, 12, 16) : address;
}

/* A name that mail can come from: more than one label, and no literal (section 4.3). */
static bool can_be_checked(const char *domain)
{
	const char *dot = strchr(domain, '.');

	return dot && dot[1] && domain[0] != '[';
}

struct spf_check spf_check(struct arena *arena, struct dns *dns, struct span address, const char *mail_from, const char *helo)
{
	struct spf_check out = { .result = SPF_NONE };
	const char *at = strrchr(mail_from, '@');
	struct evaluation e = { .arena = arena, .dns = dns, .out = &out, .steps = g_array_new(FALSE, FALSE, sizeof(struct spf_step *)) };

	out.domain = *mail_from ? (at ? at + 1 : mail_from) : helo;
	e.values = (struct spf_macro_values){
		.address = plain_address(address),
		.local_part = at && at > mail_from ? arena_copy(arena, span_of(mail_from, MIN((size_t)(at - mail_from), LONGEST_LOCAL_PART))) : "postmaster",
		.sender_domain = out.domain,
		.helo = helo,
		.domain = out.domain,
		.validated_name = name_of_address,
		.data = &e,
	};
	if (can_be_checked(out.domain))
		out.result = check_host(&e, out.domain, NULL, NULL);
	if (out.result != SPF_TEMPERROR && out.result != SPF_PERMERROR)
		out.fault.kind = SPF_NO_FAULT;
	struct spf_step *steps = ARENA_ARRAY(arena, struct spf_step, e.steps->len + 1);
	for (guint i = 0; i < e.steps->len; i++)
		steps[i] = *g_array_index(e.steps, struct spf_step *, i);
	out.steps = steps;
	out.n_steps = e.steps->len;
	g_array_free(e.steps, TRUE);
	return out;
}

const char *const *spf_evidence(struct arena *arena, const struct spf_check *check, size_t *n)
{
	const char **lines = ARENA_ARRAY(arena, const char *, check->n_steps + 1);

	for (size_t i = 0; i < check->n_steps; i++) {
		const struct spf_step *step = &check->steps[i];
		const char *text = step->record ? arena_printf(arena, "%s: %s", step->domain, step->record) : step->term;
		const char *count = step->target ? arena_printf(arena, " [%u/%d]", step->lookups, SPF_LOOKUPS) : "";
		bool shows = step->target && strchr(step->term, '%');
		lines[i] = arena_printf(arena, "%*s%s%s%s%s%s", (int)(4 * step->depth + (step->record ? 0 : 2)), "", text, count, shows ? " -> " : "",
			shows ? step->target : "", step->matched ? " *" : "");
	}
	*n = check->n_steps;
	return lines;
}
