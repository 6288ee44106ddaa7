/* Fixes of findings. Knows no rule; how an edit is encoded is the business of mail/rewrite.c. */
#include "rule/fix.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "mail/rewrite.h"

const struct rule_fix *rule_fix_of(const struct rule *rule, const char *case_name)
{
	for (size_t i = 0; i < rule->n_fixes; i++)
		if (strcmp(rule->fixes[i].case_name, case_name) == 0)
			return &rule->fixes[i];
	return NULL;
}

void fix_add(struct arena *arena, struct fix *fix, const struct message *m, const struct text *text, struct range range, struct span with)
{
	struct rewrite rewrite;

	/* A fix that is refused stays so: half of one is none. */
	if (fix->refused)
		return;
	if (!rewrite_place(m->arena, &m->mime, m->file, text, range, with, &rewrite)) {
		fix->refused = true;
		return;
	}
	rewrite.with = arena_copy_span(arena, rewrite.with);
	if (fix->n_rewrites == fix->allocated) {
		size_t allocated = fix->allocated ? 2 * fix->allocated : 2;
		struct rewrite *more = ARENA_ARRAY(arena, struct rewrite, allocated);
		if (fix->n_rewrites)
			memcpy(more, fix->rewrites, fix->n_rewrites * sizeof *more);
		fix->rewrites = more;
		fix->allocated = allocated;
	}
	fix->rewrites[fix->n_rewrites++] = rewrite;
}

bool fix_finish(struct fix *fix)
{
	if (fix->refused || !fix->n_rewrites)
		return false;
	qsort(fix->rewrites, fix->n_rewrites, sizeof *fix->rewrites, rewrite_compare);
	for (size_t i = 1; i < fix->n_rewrites; i++)
		if (rewrite_conflicts(&fix->rewrites[i - 1], &fix->rewrites[i]))
			return false;
	return true;
}

void fix_realise(struct message_result *result, const struct text *file, const struct line_index *lines)
{
	size_t spent = 0;

	for (size_t i = 0; i < result->n_findings; i++) {
		struct fix *fix = result->findings[i].fix;
		if (!fix || spent > LIMIT_FIX_BYTES)
			continue;
		struct edit *edits = rewrite_realise(result->arena, file, fix->rewrites, fix->n_rewrites, &fix->n_edits);
		fix->edits = ARENA_ARRAY(result->arena, struct fix_edit, fix->n_edits + 1);
		for (size_t k = 0; k < fix->n_edits; k++) {
			fix->edits[k] = (struct fix_edit){ line_position(lines, edits[k].start), line_position(lines, edits[k].end), edits[k].with };
			spent += edits[k].with.n;
		}
	}
}

static bool fits_in(const GArray *taken, const struct fix *fix)
{
	for (size_t i = 0; i < fix->n_rewrites; i++) {
		const struct rewrite *new = &fix->rewrites[i];
		for (guint k = 0; k < taken->len; k++) {
			const struct rewrite *old = &g_array_index(taken, struct rewrite, k);
			bool first = rewrite_compare(new, old) < 0;
			if (rewrite_conflicts(first ? new : old, first ? old : new))
				return false;
		}
	}
	return true;
}

size_t fix_apply(GString *out, const struct text *file, struct message_result *const *results, size_t n, bool unsafe)
{
	GArray *taken = g_array_new(FALSE, FALSE, sizeof(struct rewrite));
	size_t n_fixes = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < results[i]->n_findings; k++) {
			const struct finding *finding = &results[i]->findings[k];
			const struct fix *fix = finding->fix;
			if (!fix || finding->suppressed || (!fix->safe && !unsafe) || !fits_in(taken, fix))
				continue;
			g_array_append_vals(taken, fix->rewrites, (guint)fix->n_rewrites);
			n_fixes++;
		}
	}
	if (n_fixes) {
		struct arena *arena = arena_new();
		size_t n_edits;
		qsort(taken->data, taken->len, sizeof(struct rewrite), rewrite_compare);
		struct edit *edits = rewrite_realise(arena, file, (const struct rewrite *)(const void *)taken->data, taken->len, &n_edits);
		edits_apply(out, file->bytes, edits, n_edits);
		arena_free(arena);
	}
	g_array_free(taken, TRUE);
	return n_fixes;
}
