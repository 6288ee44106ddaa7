/* Role: one word on each requirement: pass, fail, or who would know.
 * May not: run rules or look at the message. */
#include "rule/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "rule/requirement.h"

/* A word and its reason. */
struct word {
	bool known;
	unsigned char verdict, reason;
};

/* Rows of the catalogue by number; of ids that stand in no catalogue, as users' rules may name them, the statuses themselves. */
struct verdict_table {
	struct word *words;
	GArray *others;
};

static struct word word_of(enum requirement_verdict verdict, enum requirement_reason reason)
{
	return (struct word){ true, (unsigned char)verdict, (unsigned char)reason };
}

struct verdict_table *verdict_table_new(void)
{
	struct verdict_table *table = g_new0(struct verdict_table, 1);

	table->words = g_new0(struct word, n_builtin_requirements);
	return table;
}

void verdict_table_free(struct verdict_table *table)
{
	if (table->others)
		g_array_free(table->others, TRUE);
	g_free(table->words);
	g_free(table);
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

static void note_other(struct verdict_table *table, const char *id, enum requirement_verdict verdict, enum requirement_reason reason)
{
	struct requirement_status status = { id, verdict, reason };

	if (!table->others)
		table->others = g_array_new(FALSE, FALSE, sizeof status);
	for (guint i = 0; i < table->others->len; i++) {
		struct requirement_status *known = &g_array_index(table->others, struct requirement_status, i);
		if (strcmp(known->id, id) == 0) {
			if (weight(verdict, reason) > weight(known->verdict, known->reason))
				*known = status;
			return;
		}
	}
	g_array_append_val(table->others, status);
}

void verdict_note(struct verdict_table *table, const char *id, enum requirement_verdict verdict, enum requirement_reason reason)
{
	ssize_t number = requirement_number(id);

	if (number < 0) {
		note_other(table, id, verdict, reason);
		return;
	}
	struct word *known = &table->words[number];
	if (!known->known || weight(verdict, reason) > weight(known->verdict, known->reason))
		*known = word_of(verdict, reason);
}

/* A finding of warning or error: fail. An info remark leaves it open. */
static void note_findings(struct verdict_table *table, const struct message_result *result)
{
	for (size_t i = 0; i < result->n_findings; i++) {
		bool fails = result->findings[i].severity >= SEVERITY_WARNING;
		for (const char **id = result->findings[i].requirements; *id; id++)
			verdict_note(table, *id, fails ? REQUIREMENT_FAIL : REQUIREMENT_UNKNOWN, fails ? REASON_NONE : REASON_REMARK);
	}
}

/* The word on a row of the catalogue, from what the rules said (if any did) and from what it takes to know. */
static struct word settle(const struct requirement *requirement, struct word said, const struct lint_options *options, bool is_signed)
{
	enum requirement_verdict verdict = said.known ? said.verdict : REQUIREMENT_UNKNOWN;
	enum requirement_reason reason = said.known ? said.reason : REASON_NO_RULE;
	bool silenced = verdict == REQUIREMENT_NOT_APPLICABLE && (reason == REASON_CLASS || reason == REASON_VOLUME);

	if (verdict == REQUIREMENT_FAIL || silenced)
		return word_of(verdict, reason);
	if (requirement->classes && !(requirement->classes & 1u << options->mail_class))
		return word_of(REQUIREMENT_NOT_APPLICABLE, REASON_CLASS);
	if (requirement->decided_by == DECIDED_BY_FILE)
		return word_of(verdict, reason);
	if (requirement->bulk_only && options->volume == VOLUME_SMALL)
		return word_of(REQUIREMENT_NOT_APPLICABLE, REASON_VOLUME);
	switch (requirement->decided_by) {
	case DECIDED_BY_SIGNED_FILE:
		/* A rule that waits for a later stage has not decided anything. */
		if (!is_signed || (verdict == REQUIREMENT_NOT_APPLICABLE && reason == REASON_STAGE))
			return word_of(REQUIREMENT_NEEDS_RECEIVER, REASON_NONE);
		return word_of(verdict, reason);
	case DECIDED_BY_DNS:
		return word_of(REQUIREMENT_NEEDS_DNS, REASON_NONE);
	default:
		return word_of(REQUIREMENT_NEEDS_RECEIVER, REASON_NONE);
	}
}

static int compare_statuses(const void *a, const void *b)
{
	return strcmp(((const struct requirement_status *)a)->id, ((const struct requirement_status *)b)->id);
}

static void take(struct message_result *result, const struct verdict_table *table)
{
	size_t n = 0, n_others = table->others ? table->others->len : 0;

	result->requirements = ARENA_ARRAY(result->arena, struct requirement_status, n_builtin_requirements + n_others + 1);
	for (size_t i = 0; i < n_builtin_requirements; i++)
		if (table->words[i].known)
			result->requirements[n++] = (struct requirement_status){ builtin_requirements[i].id, table->words[i].verdict, table->words[i].reason };
	for (size_t i = 0; i < n_others; i++)
		result->requirements[n++] = g_array_index(table->others, struct requirement_status, i);
	result->n_requirements = n;
	/* The catalogue is sorted. */
	if (n_others)
		qsort(result->requirements, n, sizeof *result->requirements, compare_statuses);
}

void verdict_finish(struct message_result *result, struct verdict_table *table, const struct lint_options *options, bool is_signed)
{
	note_findings(table, result);
	for (size_t i = 0; i < n_builtin_requirements; i++) {
		const struct requirement *requirement = &builtin_requirements[i];
		struct word *word = &table->words[i];
		bool asked = requirement_asked_by(requirement, options->profiles) != 0;

		if (!asked && requirement_needs_profile(requirement))
			word->known = false;
		else if (asked || word->known)
			*word = settle(requirement, *word, options, is_signed);
	}
	take(result, table);
}

void verdict_finish_several(struct message_result *result)
{
	struct verdict_table *table = verdict_table_new();

	for (size_t i = 0; i < result->n_requirements; i++) {
		const struct requirement_status *status = &result->requirements[i];
		if (status->verdict == REQUIREMENT_UNKNOWN && status->reason == REASON_SEVERAL)
			verdict_note(table, status->id, REQUIREMENT_PASS, REASON_NONE);
		else
			verdict_note(table, status->id, status->verdict, status->reason);
	}
	note_findings(table, result);
	take(result, table);
	verdict_table_free(table);
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
