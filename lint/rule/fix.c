/* Fixes of findings. Knows no rule; how an edit is encoded is the business of mail/rewrite.c. */
#include "rule/fix.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
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

static struct fix_edit edit_at(const struct line_index *lines, const struct edit *edit)
{
	struct fix_edit at = { .start = line_position(lines, edit->start), .end = line_position(lines, edit->end), .with = edit->with };

	at.is_text = utf8_valid(edit->with) && utf8_valid(line_bytes(lines, at.start.line)) && utf8_valid(line_bytes(lines, at.end.line));
	return at;
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
			fix->edits[k] = edit_at(lines, &edits[k]);
			spent += edits[k].with.n;
		}
	}
}

static int compare_taken(gconstpointer a, gconstpointer b, gpointer unused)
{
	(void)unused;
	return rewrite_compare(a, b);
}

/* Does the fix touch nothing that is taken? What is taken touches nothing of itself, so the neighbours of each edit tell. */
static bool fits_in(GSequence *taken, const struct fix *fix)
{
	for (size_t i = 0; i < fix->n_rewrites; i++) {
		struct rewrite *new = &fix->rewrites[i];
		GSequenceIter *behind = g_sequence_search(taken, new, compare_taken, NULL), *before = g_sequence_iter_prev(behind);
		if (!g_sequence_iter_is_end(behind) && rewrite_conflicts(new, g_sequence_get(behind)))
			return false;
		if (before != behind && rewrite_conflicts(g_sequence_get(before), new))
			return false;
	}
	return true;
}

size_t fix_apply(GString *out, const struct text *file, struct message_result *const *results, size_t n, bool unsafe)
{
	GSequence *taken = g_sequence_new(NULL);
	size_t n_fixes = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < results[i]->n_findings; k++) {
			struct fix *fix = results[i]->findings[k].fix;
			if (!fix || results[i]->findings[k].suppressed || (!fix->safe && !unsafe) || !fits_in(taken, fix))
				continue;
			for (size_t r = 0; r < fix->n_rewrites; r++)
				g_sequence_insert_sorted(taken, &fix->rewrites[r], compare_taken, NULL);
			n_fixes++;
		}
	}
	if (n_fixes) {
		struct arena *arena = arena_new();
		size_t n_edits, n_taken = 0;
		struct rewrite *rewrites = ARENA_ARRAY(arena, struct rewrite, (size_t)g_sequence_get_length(taken));
		for (GSequenceIter *at = g_sequence_get_begin_iter(taken); !g_sequence_iter_is_end(at); at = g_sequence_iter_next(at))
			rewrites[n_taken++] = *(const struct rewrite *)g_sequence_get(at);
		struct edit *edits = rewrite_realise(arena, file, rewrites, n_taken, &n_edits);
		edits_apply(out, file->bytes, edits, n_edits);
		arena_free(arena);
	}
	g_sequence_free(taken);
	return n_fixes;
}
