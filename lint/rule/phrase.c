/* Role: judges the hits of phrases of one message together.
 * May not: find phrases, or set severities. */
#include "rule/phrase.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "rule/furniture.h"
#include "rule/quoted.h"

enum { COMPANY_PHRASES = 3, COMPANY_RULES = 2, DENSE_HITS = 4, DENSE_CHARS = 200, MOST_WORDS_TOLD = 8 };

static const struct rule_phrase *entry_of(const struct phrase_hit *hit)
{
	return &hit->rule->phrases[hit->entry];
}

static bool is_weak(const struct phrase_hit *hit)
{
	return !hit->disguised && entry_of(hit)->strength == PHRASE_WEAK;
}

/* ---- written to hide ---- */

static bool is_invisible(uint32_t c)
{
	return c == 0xad || c == 0x34f || c == 0x180e || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

static bool is_framed(uint32_t c)
{
	return (c >= 0x3200 && c <= 0x33ff) || (c >= 0x1f100 && c <= 0x1f2ff);
}

bool phrase_is_dressed_up(const struct rule *rule, size_t entry, struct span shown)
{
	if (rule->match->children[entry]->kind != MATCH_ANY)
		return false; /* not looked for in disguise */
	for (size_t at = 0; at < shown.n;) {
		uint32_t c = utf8_next(shown, &at);

		if (is_invisible(c) || is_framed(c))
			return true;
	}
	return false;
}

/* ---- what does not count ---- */

static bool in_rule_line(struct span text, struct range range)
{
	size_t start = range.start, end = range.end;

	while (start > 0 && text.p[start - 1] != '\n')
		start--;
	while (end < text.n && text.p[end] != '\n')
		end++;
	return furniture_is_rule(span_cut(text, start, end));
}

/* Hits of one text stand together: sorted. */
static void drop_furniture(GArray *hits, const struct message *message)
{
	const struct text *text = NULL;
	size_t footer = 0;
	guint kept = 0;

	for (guint i = 0; i < hits->len; i++) {
		struct phrase_hit hit = g_array_index(hits, struct phrase_hit, i);

		if (hit.text != text) {
			text = hit.text;
			footer = text == message->subject ? text->bytes.n : furniture_footer(text->bytes);
		}
		if (hit.range.start < footer && (text == message->subject || !in_rule_line(text->bytes, hit.range)) &&
		    !quoted_as_warning(text->bytes, hit.range))
			g_array_index(hits, struct phrase_hit, kept++) = hit;
	}
	g_array_set_size(hits, kept);
}

/* A phrase inside a longer one says nothing of its own. */
static void drop_inner(GArray *hits)
{
	const struct text *text = NULL;
	size_t end = 0;
	guint kept = 0;

	for (guint i = 0; i < hits->len; i++) {
		struct phrase_hit hit = g_array_index(hits, struct phrase_hit, i);

		if (hit.text == text && hit.range.end <= end)
			continue;
		end = hit.range.end;
		text = hit.text;
		g_array_index(hits, struct phrase_hit, kept++) = hit;
	}
	g_array_set_size(hits, kept);
}

/* ---- order ---- */

static size_t file_offset(const struct phrase_hit *hit)
{
	return text_to_file(hit->text, hit->range.start, hit->range.end).start;
}

static int compare_sizes(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

/* By text and place; at one place the longer, then the stronger first. */
static int by_place(const void *a, const void *b)
{
	const struct phrase_hit *x = a, *y = b;
	int order;

	if (x->text != y->text)
		return (order = compare_sizes(file_offset(x), file_offset(y))) ? order : compare_sizes((size_t)x->text, (size_t)y->text);
	if ((order = compare_sizes(x->range.start, y->range.start)))
		return order;
	if ((order = compare_sizes(y->range.end, x->range.end)))
		return order;
	if ((order = (int)entry_of(y)->strength - (int)entry_of(x)->strength))
		return order;
	if ((order = strcmp(x->rule->id, y->rule->id)))
		return order;
	return compare_sizes(x->entry, y->entry);
}

static int by_entry(const void *a, const void *b)
{
	const struct phrase_hit *x = a, *y = b;
	int order = strcmp(x->rule->id, y->rule->id);

	if (order || (order = compare_sizes(x->entry, y->entry)))
		return order;
	return compare_sizes(file_offset(x), file_offset(y));
}

static void sort(GArray *hits, int (*compare)(const void *, const void *))
{
	if (hits->len > 1)
		qsort(hits->data, hits->len, sizeof(struct phrase_hit), compare);
}

/* ---- company ---- */

/* Sorted by entry. The words of every shop keep nobody company, themselves included. */
static bool weak_ones_have_company(const GArray *hits)
{
	size_t phrases = 0, rules = 0;
	const struct phrase_hit *last = NULL;

	for (guint i = 0; i < hits->len; i++) {
		const struct phrase_hit *hit = &g_array_index(hits, struct phrase_hit, i);

		if (!is_weak(hit) || entry_of(hit)->shop || (last && last->rule == hit->rule && last->entry == hit->entry))
			continue;
		phrases++;
		rules += !last || last->rule != hit->rule;
		last = hit;
	}
	return phrases >= COMPANY_PHRASES && rules >= COMPANY_RULES;
}

/* n hits of one entry. */
static bool is_dense(const struct phrase_hit *hits, size_t n)
{
	size_t in_first = 0;

	for (size_t i = 0; i < n; i++)
		in_first += hits[i].text == hits[0].text;
	return in_first >= DENSE_HITS && in_first * DENSE_CHARS > utf8_count(hits[0].text->bytes);
}

/* ---- reports ---- */

/* One report for all weak entries of a rule. */
struct weak {
	struct phrase_report report;
	GString *words;
	size_t n_words;
};

static void add_weak(struct weak *weak, const struct phrase_hit *hits, size_t n)
{
	if (weak->report.count == 0 || file_offset(&hits[0]) < text_to_file(weak->report.text, weak->report.range.start, weak->report.range.end).start) {
		weak->report.text = hits[0].text;
		weak->report.range = hits[0].range;
	}
	weak->report.rule = hits[0].rule;
	weak->report.case_name = "weak";
	weak->report.count += n;
	if (weak->n_words++ < MOST_WORDS_TOLD)
		g_string_append_printf(weak->words, "%s%.*s", weak->words->len ? ", " : "", (int)hits[0].words.n, hits[0].words.p);
}

static void end_weak(struct weak *weak, GArray *reports, const struct message *message)
{
	if (weak->report.count) {
		weak->report.words = arena_copy_span(message->arena, span_of(weak->words->str, weak->words->len));
		g_array_append_val(reports, weak->report);
	}
	g_string_set_size(weak->words, 0);
	weak->n_words = 0;
	weak->report = (struct phrase_report){0};
}

/* The hit to show of n hits of one entry: a disguised one says more. */
static const struct phrase_hit *shown_hit(const struct phrase_hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (hits[i].disguised)
			return &hits[i];
	}
	return &hits[0];
}

static void tell(GArray *reports, const struct phrase_hit *hits, size_t n)
{
	static const char *const names[] = {"weak", "medium", "strong"};
	const struct phrase_hit *hit = shown_hit(hits, n);
	struct phrase_report report = {
	        .rule = hit->rule,
	        .case_name = hit->disguised ? "disguised" : names[entry_of(hit)->strength],
	        .text = hit->text,
	        .range = hit->range,
	        .words = hit->words,
	        .count = n,
	};

	g_array_append_val(reports, report);
}

GArray *phrase_judge(GArray *hits, const struct message *message)
{
	GArray *reports = g_array_new(FALSE, TRUE, sizeof(struct phrase_report));
	struct weak weak = {.words = g_string_new(NULL)};
	const struct phrase_hit *all;
	bool company;

	sort(hits, by_place);
	drop_furniture(hits, message);
	drop_inner(hits);
	sort(hits, by_entry);
	company = weak_ones_have_company(hits);
	all = (const struct phrase_hit *)(const void *)hits->data;
	for (size_t i = 0, n; i < hits->len; i += n) {
		for (n = 1; i + n < hits->len && all[i + n].rule == all[i].rule && all[i + n].entry == all[i].entry; n++)
			;
		if (i && all[i].rule != all[i - 1].rule)
			end_weak(&weak, reports, message);
		if (!is_weak(shown_hit(&all[i], n)))
			tell(reports, &all[i], n);
		else if (company || (!entry_of(&all[i])->shop && is_dense(&all[i], n)))
			add_weak(&weak, &all[i], n);
	}
	end_weak(&weak, reports, message);
	g_string_free(weak.words, TRUE);
	return reports;
}
