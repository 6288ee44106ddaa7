/* DMARC records and where they count. Judges nothing. */
#include "preflight/dmarc.h"

#include <glib.h>

#include "doc/alignment.h"

/* --- the record ------------------------------------------------------------------------------------------------------------------ */

static const char *const policies[] = { "none", "quarantine", "reject" };

const char *dmarc_policy_name(enum dmarc_policy policy)
{
	return policies[policy];
}

static bool one_of(struct span value, const char *const *words, size_t n, size_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (span_eq_ci(value, span_str(words[i]))) {
			*out = i;
			return true;
		}
	}
	return false;
}

static void note_bad(struct dmarc_record *record, const struct record_tag *tag)
{
	if (!record->bad_tag.p)
		record->bad_tag = tag->name;
}

/* A tag whose value is one word; fallback where it is missing or another. */
static size_t read_word(struct dmarc_record *record, const char *name, const char *const *words, size_t n, size_t fallback, bool *has)
{
	const struct record_tag *tag = record_tag_find(&record->tags, name);
	size_t found = fallback;

	*has = tag && one_of(tag->value, words, n, &found);
	if (tag && !*has)
		note_bad(record, tag);
	return found;
}

/* "1", "d:s": failure options, with colons between. */
static void read_options(struct dmarc_record *record)
{
	static const char *const words[] = { "0", "1", "d", "s" };
	const struct record_tag *tag = record_tag_find(&record->tags, "fo");
	struct span piece;
	size_t found;

	for (size_t at = 0; tag && record_list_next(tag->value, ':', &at, &piece);)
		if (!one_of(piece, words, G_N_ELEMENTS(words), &found))
			note_bad(record, tag);
}

static void read_names(struct dmarc_record *record)
{
	static const char *const known[] = { "v", "p", "sp", "np", "psd", "t", "adkim", "aspf", "fo", "rua", "ruf" };
	static const char *const dropped[] = { "pct", "rf", "ri" };
	size_t found;

	for (size_t i = 0; i < record->tags.n; i++) {
		struct span name = record->tags.tags[i].name;
		if (one_of(name, dropped, G_N_ELEMENTS(dropped), &found)) {
			if (!record->dropped_tag.p)
				record->dropped_tag = name;
		} else if (!one_of(name, known, G_N_ELEMENTS(known), &found) && !record->unknown_tag.p) {
			record->unknown_tag = name;
		}
	}
}

bool dmarc_read(struct span text, struct dmarc_record *out)
{
	static const char *const modes[] = { "r", "s" }, *const yes_no[] = { "n", "y" }, *const psd[] = { "u", "y", "n" };
	bool has;

	*out = (struct dmarc_record){ .text = text };
	if (!record_has_version(text, "DMARC1"))
		return false;
	record_tags_read(text, &out->tags);
	out->p = (enum dmarc_policy)read_word(out, "p", policies, G_N_ELEMENTS(policies), DMARC_NONE, &out->has_p);
	out->sp = (enum dmarc_policy)read_word(out, "sp", policies, G_N_ELEMENTS(policies), out->p, &out->has_sp);
	out->np = (enum dmarc_policy)read_word(out, "np", policies, G_N_ELEMENTS(policies), out->sp, &out->has_np);
	out->strict_dkim = read_word(out, "adkim", modes, G_N_ELEMENTS(modes), 0, &has) == 1;
	out->strict_spf = read_word(out, "aspf", modes, G_N_ELEMENTS(modes), 0, &has) == 1;
	out->testing = read_word(out, "t", yes_no, G_N_ELEMENTS(yes_no), 0, &has) == 1;
	out->psd = psd[read_word(out, "psd", psd, G_N_ELEMENTS(psd), 0, &has)][0];
	out->rua = record_tag_value(&out->tags, "rua");
	read_options(out);
	read_names(out);
	return true;
}

/* --- one name -------------------------------------------------------------------------------------------------------------------- */

/* Meant for DMARC, to judge by its looks: other TXT records at the name are nobody's fault. */
static bool is_meant(struct span text)
{
	return span_find_ci(text, SPAN_LIT("dmarc"), 0) < text.n;
}

struct dmarc_at dmarc_ask(struct arena *arena, struct dns *dns, const char *domain)
{
	struct dmarc_at at = { .domain = domain, .state = DMARC_ABSENT };
	struct dmarc_record record;

	at.answer = dns_ask(dns, arena_printf(arena, "_dmarc.%s", domain), DNS_TXT);
	if (at.answer->status == DNS_UNKNOWN)
		at.state = DMARC_UNKNOWN;
	for (size_t i = 0; i < at.answer->n_records; i++) {
		struct span text = at.answer->records[i].data;
		if (dmarc_read(text, &record)) {
			at.record = record;
			at.state = at.n_records++ ? DMARC_SEVERAL : DMARC_PRESENT;
		} else if (at.state == DMARC_ABSENT && is_meant(text)) {
			at.state = DMARC_BROKEN;
			at.record.text = text;
		}
	}
	return at;
}

/* --- the walk -------------------------------------------------------------------------------------------------------------------- */

static size_t label_count(const char *name)
{
	size_t n = *name ? 1 : 0;

	for (; *name; name++)
		n += *name == '.';
	return n;
}

static const char *without_first_label(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? dot + 1 : name + strlen(name);
}

/* Section 4.10.2. */
static void choose_organisation(struct dmarc_walk *walk)
{
	size_t chosen = walk->n;

	for (size_t i = 0; i < walk->n; i++) {
		const struct dmarc_at *step = &walk->steps[i];
		if (step->state != DMARC_PRESENT)
			continue;
		if (step->record.psd == 'y' && i > 0) {
			/* A public suffix: the domain one label below is the organisation, whether or not it has a record. */
			walk->organisation = walk->steps[i - 1].domain;
			walk->organisation_step = walk->steps[i - 1].state == DMARC_PRESENT ? i - 1 : walk->n;
			return;
		}
		chosen = i;
		if (step->record.psd == 'n')
			break;
	}
	walk->organisation_step = chosen;
	walk->organisation = chosen < walk->n ? walk->steps[chosen].domain : walk->steps[0].domain;
}

struct dmarc_walk *dmarc_walk(struct arena *arena, struct dns *dns, const char *domain)
{
	struct dmarc_walk *walk = ARENA_NEW(arena, struct dmarc_walk);
	const char *name = domain;

	while (walk->n < DMARC_WALK_MAX && *name) {
		struct dmarc_at *step = &walk->steps[walk->n++];
		*step = dmarc_ask(arena, dns, name);
		walk->unknown |= step->state == DMARC_UNKNOWN;
		if (step->state == DMARC_PRESENT && step->record.psd != 'u')
			break;
		name = without_first_label(name);
		/* Long names are shortened in one step. */
		while (walk->n == 1 && label_count(name) >= DMARC_WALK_MAX)
			name = without_first_label(name);
	}
	choose_organisation(walk);
	return walk;
}

/* --- what counts ------------------------------------------------------------------------------------------------------------------- */

static enum dmarc_policy lowered(enum dmarc_policy policy, bool testing)
{
	return testing && policy > DMARC_NONE ? (enum dmarc_policy)(policy - 1) : policy;
}

struct dmarc_view dmarc_view_9989(const struct dmarc_walk *walk, bool exists)
{
	struct dmarc_view view = { .organisation = walk->organisation };
	const struct dmarc_at *first = &walk->steps[0], *last = &walk->steps[walk->n - 1];

	if (first->state == DMARC_PRESENT) {
		view.at = first;
		view.policy = lowered(first->record.p, first->record.testing);
		return view;
	}
	view.unknown = walk->unknown;
	view.from_above = true;
	if (walk->organisation_step < walk->n)
		view.at = &walk->steps[walk->organisation_step];
	else if (last->state == DMARC_PRESENT && last->record.psd == 'y')
		view.at = last;
	if (view.at)
		view.policy = lowered(exists ? view.at->record.sp : view.at->record.np, view.at->record.testing);
	return view;
}

struct dmarc_view dmarc_view_7489(struct arena *arena, struct dns *dns, const struct dmarc_at *first)
{
	struct span organisation = registrable_domain(span_str(first->domain));
	struct dmarc_view view = { .organisation = arena_copy(arena, organisation) };

	if (first->state == DMARC_PRESENT) {
		view.at = first;
		view.policy = first->record.p;
		return view;
	}
	if (organisation.n == strlen(first->domain)) {
		view.unknown = first->state == DMARC_UNKNOWN;
		return view;
	}
	struct dmarc_at *above = ARENA_NEW(arena, struct dmarc_at);
	*above = dmarc_ask(arena, dns, view.organisation);
	view.from_above = true;
	view.unknown = first->state == DMARC_UNKNOWN || above->state == DMARC_UNKNOWN;
	if (above->state == DMARC_PRESENT) {
		view.at = above;
		view.policy = above->record.sp;
	}
	return view;
}
