/* Role: what the fixes of a message would change, as the lines before and after, taken from it while it is there.
 * May not: make a fix or judge one; the edits come from rule/fix.c. */
#include "run_page_fix.h"

#include <glib.h>
#include <string.h>

#include "base/edit.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/rewrite.h"

enum {
	CHANGES_SHOWN = 3,    /* of one fix */
	AROUND_BYTES = 160,   /* of a long line, on either side of an edit */
	CHANGE_BYTES = 1200   /* of what is put in */
};

/* Back to the start of the character, but not behind least; of what is no UTF-8 any byte will do. */
static size_t on_character(struct span text, size_t least, size_t at)
{
	for (int i = 0; i < 3 && at > least && at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80; i++)
		at--;
	return at;
}

/* Back to the start of the line, or not so far. */
static size_t line_start(struct span text, size_t at, bool *cut)
{
	size_t start = at;

	while (start > 0 && text.p[start - 1] != '\n' && at - start < AROUND_BYTES)
		start--;
	*cut |= start > 0 && text.p[start - 1] != '\n';
	return on_character(text, 0, start);
}

/* On to the end of the line, its line end left out, or not so far. */
static size_t line_end(struct span text, size_t at, bool *cut)
{
	size_t end = at;

	while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r' && end - at < AROUND_BYTES)
		end++;
	*cut |= end < text.n && text.p[end] != '\n' && text.p[end] != '\r';
	return on_character(text, at, end);
}

static struct span without_line_end(struct span text)
{
	while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	return text;
}

static struct span shorten(struct arena *arena, struct span text, bool *cut)
{
	text = without_line_end(text);
	*cut |= text.n > CHANGE_BYTES;
	return arena_copy_span(arena, text.n > CHANGE_BYTES ? span_cut(text, 0, on_character(text, 0, CHANGE_BYTES)) : text);
}

/* Edits of lines that touch each other are one change; whole lines put in stand alone. Returns how many edits it took. */
static size_t take_change(struct arena *arena, struct span text, const struct edit *edits, size_t n, struct page_change *out)
{
	const struct edit *first = &edits[0];
	bool whole = first->start == first->end && first->with.n && first->with.p[first->with.n - 1] == '\n' && (first->start == 0 || text.p[first->start - 1] == '\n');
	size_t start = whole ? first->start : line_start(text, first->start, &out->cut), end = whole ? first->end : line_end(text, first->end, &out->cut), k = 1;
	GString *after = g_string_new(NULL);

	for (; !whole && k < n && edits[k].start <= end; k++)
		end = line_end(text, MAX(end, edits[k].end), &out->cut);
	/* Edits count from the start of the text, what is shown from the start of the line. */
	struct edit *local = g_new(struct edit, k);
	for (size_t i = 0; i < k; i++)
		local[i] = (struct edit){ edits[i].start - start, edits[i].end - start, edits[i].with };
	edits_apply(after, span_cut(text, start, end), local, k);
	out->before = shorten(arena, span_cut(text, start, end), &out->cut);
	out->after = shorten(arena, span_of(after->str, after->len), &out->cut);
	g_string_free(after, TRUE);
	g_free(local);
	return k;
}

/* The decoded bytes of the body that all edits are of, where they are UTF-8: these can be read. */
static const struct text *decoded_of(const struct message *message, const struct fix *fix)
{
	for (size_t i = 0; i < message->n_bodies; i++) {
		const struct entity *entity = message->bodies[i].entity;
		bool all = true;
		for (size_t k = 0; k < fix->n_rewrites && all; k++)
			all = fix->rewrites[k].target == REWRITE_BODY && fix->rewrites[k].unit.start == entity->body.start && fix->rewrites[k].unit.end == entity->body.end &&
			      fix->rewrites[k].end <= entity->decoded.text->bytes.n;
		if (all && utf8_valid(entity->decoded.text->bytes))
			return entity->decoded.text;
	}
	return NULL;
}

static void take_fix(const struct message *message, const struct message_result *result, const struct fix *fix, struct page_fix *out)
{
	const struct text *decoded = decoded_of(message, fix);
	struct span text = decoded ? decoded->bytes : message->file->bytes;
	size_t n = decoded ? fix->n_rewrites : fix->n_edits;
	struct edit *edits = g_new(struct edit, n);
	struct page_change *changes = ARENA_ARRAY(result->arena, struct page_change, CHANGES_SHOWN);

	memset(changes, 0, CHANGES_SHOWN * sizeof *changes);
	for (size_t i = 0; i < n; i++)
		edits[i] = decoded ? (struct edit){ fix->rewrites[i].start, fix->rewrites[i].end, fix->rewrites[i].with }
				   : (struct edit){ fix->edits[i].start.offset, fix->edits[i].end.offset, fix->edits[i].with };
	for (size_t i = 0; i < n;) {
		struct page_change unseen = { 0 };
		bool shown = out->n < CHANGES_SHOWN;
		i += take_change(result->arena, text, &edits[i], n - i, shown ? &changes[out->n] : &unseen);
		*(shown ? &out->n : &out->more) += 1;
	}
	out->fix = fix;
	out->changes = changes;
	g_free(edits);
}

void run_page_fixes(const struct message *message, const struct message_result *result, struct page_mail *page)
{
	struct page_fix *fixes = ARENA_ARRAY(result->arena, struct page_fix, LIMIT_PAGE_FIXES);

	for (size_t i = 0; i < result->n_findings && page->n_fixes < LIMIT_PAGE_FIXES; i++) {
		const struct finding *finding = &result->findings[i];
		if (finding->suppressed || !finding->fix || !finding->fix->n_edits)
			continue;
		fixes[page->n_fixes] = (struct page_fix){ 0 };
		take_fix(message, result, finding->fix, &fixes[page->n_fixes++]);
	}
	page->fixes = fixes;
}
