/* Role: one word on each requirement: pass, fail, or who would know.
 * May not: run rules or look at the message. */
#include "rule/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "rule/requirement.h"

/* A word and its reason travel in one pointer. */
enum { REASON_SHIFT = 8, VERDICT_MASK = (1 << REASON_SHIFT) - 1 };

static gpointer packed(enum requirement_verdict verdict, enum requirement_reason reason)
{
	return GINT_TO_POINTER((int)verdict | (int)reason << REASON_SHIFT);
}

static enum requirement_verdict packed_verdict(gpointer word)
{
	return (enum requirement_verdict)(GPOINTER_TO_INT(word) & VERDICT_MASK);
}

static enum requirement_reason packed_reason(gpointer word)
{
	return (enum requirement_reason)(GPOINTER_TO_INT(word) >> REASON_SHIFT);
}

GHashTable *verdict_table_new(void)
{
	return g_hash_table_new(g_str_hash, g_str_equal);
}

/* A rule that waits for several messages says least: any other rule about the same requirement has looked at this one. What is still to be
 * added is open, even where other rules have nothing against the mail. */
static int weight(enum requirement_verdict verdict, enum requirement_reason reason)
{
	switch (verdict) {
	case REQUIREMENT_FAIL:
		return 5;
	case REQUIREMENT_UNKNOWN:
		return reason == REASON_REMARK ? 4 : reason == REASON_ADDED ? 3 : 0;
	case REQUIREMENT_PASS:
		return 2;
	default:
		return 1;
	}
}

void verdict_note(GHashTable *table, const char *id, enum requirement_verdict verdict, enum requirement_reason reason)
{
	gpointer known;

	if (!g_hash_table_lookup_extended(table, id, NULL, &known) ||
	    weight(verdict, reason) > weight(packed_verdict(known), packed_reason(known)))
		g_hash_table_insert(table, (gpointer)id, packed(verdict, reason));
}

/* A finding of warning or error: fail. An info remark leaves it open. */
static void note_findings(GHashTable *table, const struct message_result *result)
{
	for (size_t i = 0; i < result->n_findings; i++) {
		bool fails = result->findings[i].severity >= SEVERITY_WARNING;
		for (const char **id = result->findings[i].requirements; *id; id++)
			verdict_note(table, *id, fails ? REQUIREMENT_FAIL : REQUIREMENT_UNKNOWN, fails ? REASON_NONE : REASON_REMARK);
	}
}

/* The word on a row of the catalogue, from what the rules said (known NULL: none did) and from what it takes to know. */
static gpointer settle(const struct requirement *requirement, const gpointer *known, const struct lint_options *options,
		       bool is_signed)
{
	enum requirement_verdict verdict = known ? packed_verdict(*known) : REQUIREMENT_UNKNOWN;
	enum requirement_reason reason = known ? packed_reason(*known) : REASON_NO_RULE;
	bool silenced = verdict == REQUIREMENT_NOT_APPLICABLE && (reason == REASON_CLASS || reason == REASON_VOLUME);

	if (verdict == REQUIREMENT_FAIL || silenced)
		return packed(verdict, reason);
	if (requirement->classes && !(requirement->classes & 1u << options->mail_class))
		return packed(REQUIREMENT_NOT_APPLICABLE, REASON_CLASS);
	if (requirement->decided_by == DECIDED_BY_FILE)
		return packed(verdict, reason);
	if (requirement->bulk_only && options->volume == VOLUME_SMALL)
		return packed(REQUIREMENT_NOT_APPLICABLE, REASON_VOLUME);
	switch (requirement->decided_by) {
	case DECIDED_BY_SIGNED_FILE:
		/* A rule that waits for a later stage has not decided anything. */
		if (!is_signed || (verdict == REQUIREMENT_NOT_APPLICABLE && reason == REASON_STAGE))
			return packed(REQUIREMENT_NEEDS_RECEIVER, REASON_NONE);
		return packed(verdict, reason);
	case DECIDED_BY_DNS:
		return packed(REQUIREMENT_NEEDS_DNS, REASON_NONE);
	default:
		return packed(REQUIREMENT_NEEDS_RECEIVER, REASON_NONE);
	}
}

static int compare_statuses(const void *a, const void *b)
{
	return strcmp(((const struct requirement_status *)a)->id, ((const struct requirement_status *)b)->id);
}

static void take(struct message_result *result, GHashTable *table)
{
	GHashTableIter iter;
	gpointer id, word;

	result->requirements = ARENA_ARRAY(result->arena, struct requirement_status, g_hash_table_size(table) + 1);
	result->n_requirements = 0;
	g_hash_table_iter_init(&iter, table);
	while (g_hash_table_iter_next(&iter, &id, &word))
		result->requirements[result->n_requirements++] =
			(struct requirement_status){ id, packed_verdict(word), packed_reason(word) };
	qsort(result->requirements, result->n_requirements, sizeof *result->requirements, compare_statuses);
}

void verdict_finish(struct message_result *result, GHashTable *table, const struct lint_options *options, bool is_signed)
{
	note_findings(table, result);
	for (size_t i = 0; i < n_builtin_requirements; i++) {
		const struct requirement *requirement = &builtin_requirements[i];
		bool asked = requirement_asked_by(requirement, options->profiles) != 0;
		gpointer word;
		bool known = g_hash_table_lookup_extended(table, requirement->id, NULL, &word);

		if (!asked && requirement_needs_profile(requirement))
			g_hash_table_remove(table, requirement->id);
		else if (asked || known)
			g_hash_table_insert(table, (gpointer)requirement->id,
					    settle(requirement, known ? &word : NULL, options, is_signed));
	}
	take(result, table);
}

void verdict_finish_several(struct message_result *result)
{
	GHashTable *table = verdict_table_new();

	for (size_t i = 0; i < result->n_requirements; i++) {
		const struct requirement_status *status = &result->requirements[i];
		if (status->verdict == REQUIREMENT_UNKNOWN && status->reason == REASON_SEVERAL)
			verdict_note(table, status->id, REQUIREMENT_PASS, REASON_NONE);
		else
			verdict_note(table, status->id, status->verdict, status->reason);
	}
	note_findings(table, result);
	take(result, table);
	g_hash_table_destroy(table);
}

/* Of a mail that is not signed yet DNS only tells that nothing stands in the way: what will be signed nobody has seen. */
static bool awaits_signature(const struct requirement_status *status)
{
	const struct requirement *requirement = requirement_find(status->id);

	return status->verdict == REQUIREMENT_NEEDS_RECEIVER && requirement && requirement->decided_by == DECIDED_BY_SIGNED_FILE;
}

void verdict_answer(struct requirement_status *status, enum requirement_verdict answer, bool not_asked)
{
	bool waits = status->verdict == REQUIREMENT_NEEDS_DNS || status->verdict == REQUIREMENT_NEEDS_RECEIVER;

	if (status->verdict == REQUIREMENT_FAIL || (!waits && status->verdict != REQUIREMENT_PASS))
		return;
	/* What only a server or a delivered copy can tell stays so where nobody asked; what only DNS can tell has been asked now. */
	if (not_asked && answer != REQUIREMENT_FAIL && answer != REQUIREMENT_PASS) {
		if (status->verdict != REQUIREMENT_NEEDS_DNS)
			return;
		answer = REQUIREMENT_UNKNOWN;
	}
	if ((answer == REQUIREMENT_PASS || answer == REQUIREMENT_NOT_APPLICABLE) && (awaits_signature(status) || status->verdict == REQUIREMENT_PASS))
		return;
	status->verdict = answer;
	status->reason = answer == REQUIREMENT_UNKNOWN || answer == REQUIREMENT_NOT_APPLICABLE ? REASON_DNS : REASON_NONE;
}

const char *verdict_name(enum requirement_verdict verdict)
{
	switch (verdict) {
	case REQUIREMENT_PASS:
		return "pass";
	case REQUIREMENT_FAIL:
		return "fail";
	case REQUIREMENT_NEEDS_DNS:
		return "needs-dns";
	case REQUIREMENT_NEEDS_RECEIVER:
		return "needs-receiver";
	case REQUIREMENT_NOT_APPLICABLE:
		return "not-applicable";
	case REQUIREMENT_UNKNOWN:
		break;
	}
	return "unknown";
}

const char *reason_name(enum requirement_reason reason)
{
	static const char *const names[] = { [REASON_NOTHING] = "nothing", [REASON_STAGE] = "stage",     [REASON_CLASS] = "class",
					     [REASON_VOLUME] = "volume",   [REASON_PROFILE] = "profile", [REASON_REMARK] = "remark",
					     [REASON_SEVERAL] = "several", [REASON_ADDED] = "added",     [REASON_NO_RULE] = "no-rule",
					     [REASON_DNS] = "dns" };

	return names[reason];
}
