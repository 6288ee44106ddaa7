/* Role: searches the few places of a mail that, left out or said otherwise, bring its score under a limit.
 * May not: judge, or promise what was not scored again without these places.
 *
 * A mail is taken apart into lines, each with its words. A word counts once however many lines have it, so leaving a line out takes away only what no other
 * line says; and the alternatives of a mail say everything twice. Therefore lines that mostly say the same go together, and every step is
 * scored as a whole. Greedy, the most worth first; then each step that the later ones made needless is taken back. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "rule/features.h"
#include "rule/score.h"

enum { MOST_EDITS = 12, MOST_CANDIDATES = 40, FEW_WORDS = 3 };
/* Lines say the same where this much of the words of the one is in the other. */
#define SAME_SHARE 0.8
#define LEAST_GAIN 0.05

struct entry {
	uint32_t bucket;
	const struct text *text;
	size_t text_number, line_start;
	struct range range;
};

struct line {
	const struct text *text;
	struct range range;
	size_t first, n;    /* of buckets */
	bool is_head, gone;
	double worth;       /* of its words, as if it were alone with them */
};

struct candidate {
	size_t line;        /* SIZE_MAX: a named feature */
	GArray *also;       /* size_t: other lines that say the same */
	const struct feature *named;
	bool chosen;
};

struct part {
	double sum, length; /* of weights of words that are still there; of the vector */
	size_t n;
};

struct search {
	const struct score_model *model;
	GArray *lines;      /* struct line */
	GArray *buckets;    /* uint32_t, each once in a line */
	uint32_t *counts;   /* how many lines have a bucket */
	struct part body, head;
	double named;
	GArray *candidates; /* struct candidate */
};

static struct line *line_at(const struct search *s, size_t i)
{
	return &g_array_index(s->lines, struct line, i);
}

static const uint32_t *buckets_of(const struct search *s, const struct line *line)
{
	return &g_array_index(s->buckets, uint32_t, line->first);
}

static double points_of(const struct search *s)
{
	double log_odds = s->model->start + s->named;

	if (s->body.n)
		log_odds += s->body.sum * s->body.length / sqrt((double)s->body.n);
	if (s->head.n)
		log_odds += s->head.sum * s->head.length / sqrt((double)s->head.n);
	return SCORE_LINE + SCORE_SCALE * (log_odds - s->model->suspicious);
}

static void set_gone(struct search *s, size_t number, bool gone)
{
	struct line *line = line_at(s, number);
	const uint32_t *buckets = buckets_of(s, line);
	struct part *part = line->is_head ? &s->head : &s->body;

	if (line->gone == gone)
		return;
	line->gone = gone;
	for (size_t i = 0; i < line->n; i++) {
		double weight = s->model->words[buckets[i]] * s->model->unit;
		uint32_t *count = &s->counts[buckets[i]];
		if (gone && --*count == 0) {
			part->sum -= weight;
			part->n--;
		} else if (!gone && (*count)++ == 0) {
			part->sum += weight;
			part->n++;
		}
	}
}

static void choose(struct search *s, struct candidate *candidate, bool chosen)
{
	if (candidate->chosen == chosen)
		return;
	candidate->chosen = chosen;
	if (candidate->named) {
		double worth = score_worth(s->model, candidate->named);
		s->named += chosen ? -worth : worth;
		return;
	}
	set_gone(s, candidate->line, chosen);
	for (guint i = 0; i < candidate->also->len; i++)
		set_gone(s, g_array_index(candidate->also, size_t, i), chosen);
}

/* -- taking a mail apart -- */

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	if (left->text_number != right->text_number)
		return left->text_number < right->text_number ? -1 : 1;
	if (left->line_start != right->line_start)
		return left->line_start < right->line_start ? -1 : 1;
	return left->bucket < right->bucket ? -1 : left->bucket > right->bucket;
}

static void take_entries(GArray *entries, GPtrArray *texts, const struct feature *features, size_t n)
{
	for (size_t i = 0; i < n && !features[i].name; i++) {
		const struct feature *feature = &features[i];
		struct range line = { 0, feature->text->bytes.n };
		guint number;
		if (!g_ptr_array_find(texts, feature->text, &number)) {
			number = texts->len;
			g_ptr_array_add(texts, (gpointer)feature->text);
		}
		if (feature->bucket < FEATURE_BODY_BUCKETS)
			line = score_line_around(feature->text, feature->range.start);
		struct entry entry = { feature->bucket, feature->text, number, line.start, line };
		g_array_append_val(entries, entry);
	}
}

static void take_lines(struct search *s, const struct features *features)
{
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	GPtrArray *texts = g_ptr_array_new();

	take_entries(entries, texts, features->items, features->n);
	take_entries(entries, texts, features->repeats, features->n_repeats);
	g_array_sort(entries, compare_entries);
	for (guint i = 0; i < entries->len; i++) {
		const struct entry *entry = &g_array_index(entries, struct entry, i), *before = i ? entry - 1 : NULL;
		bool new_line = !before || before->text_number != entry->text_number || before->line_start != entry->line_start;
		if (!new_line && before->bucket == entry->bucket)
			continue;
		if (new_line) {
			struct line line = { .text = entry->text, .range = entry->range, .first = s->buckets->len, .is_head = entry->bucket >= FEATURE_BODY_BUCKETS, .gone = true };
			g_array_append_val(s->lines, line);
		}
		g_array_append_val(s->buckets, entry->bucket);
		line_at(s, s->lines->len - 1)->n++;
	}
	for (size_t i = 0; i < features->n && !features->items[i].name; i++) {
		struct part *part = features->items[i].bucket < FEATURE_BODY_BUCKETS ? &s->body : &s->head;
		part->length += (double)features->items[i].value * features->items[i].value;
	}
	s->body.length = sqrt(s->body.length);
	s->head.length = sqrt(s->head.length);
	for (guint i = 0; i < s->lines->len; i++)
		set_gone(s, i, false);
	g_array_free(entries, TRUE);
	g_ptr_array_free(texts, TRUE);
}

/* -- candidates -- */

static int compare_worth(const void *a, const void *b, void *data)
{
	const struct line *left = line_at(data, *(const size_t *)a), *right = line_at(data, *(const size_t *)b);

	if (left->worth != right->worth)
		return left->worth > right->worth ? -1 : 1;
	return left->first < right->first ? -1 : left->first > right->first;
}

/* Other lines that mostly say the same: the line in the other alternative, or again. marks: of buckets, all false. */
static GArray *find_same(const struct search *s, size_t number, bool *marks)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(size_t));
	const struct line *line = line_at(s, number);

	for (size_t i = 0; i < line->n; i++)
		marks[buckets_of(s, line)[i]] = true;
	for (size_t k = 0; k < s->lines->len; k++) {
		const struct line *other = line_at(s, k);
		size_t shared = 0, least = MIN(line->n, other->n);
		for (size_t i = 0; i < other->n; i++)
			shared += marks[buckets_of(s, other)[i]];
		if (k != number && shared >= (size_t)ceil(SAME_SHARE * (double)least) && (least >= FEW_WORDS || (shared == line->n && shared == other->n)))
			g_array_append_val(out, k);
	}
	for (size_t i = 0; i < line->n; i++)
		marks[buckets_of(s, line)[i]] = false;
	return out;
}

static void take_candidates(struct search *s, const struct features *features)
{
	GArray *order = g_array_new(FALSE, FALSE, sizeof(size_t));
	bool *marks = g_new0(bool, FEATURE_BUCKETS);

	for (size_t i = 0; i < s->lines->len; i++) {
		struct line *line = line_at(s, i);
		for (size_t k = 0; k < line->n; k++)
			line->worth += s->model->words[buckets_of(s, line)[k]] * s->model->unit;
		if (line->worth > 0)
			g_array_append_val(order, i);
	}
	g_array_sort_with_data(order, compare_worth, s);
	for (guint i = 0; i < MIN(order->len, MOST_CANDIDATES); i++) {
		struct candidate candidate = { .line = g_array_index(order, size_t, i) };
		candidate.also = find_same(s, candidate.line, marks);
		g_array_append_val(s->candidates, candidate);
	}
	for (size_t i = 0; i < features->n; i++) {
		struct candidate candidate = { .line = SIZE_MAX, .named = &features->items[i] };
		double worth = candidate.named->name ? score_worth(s->model, candidate.named) : 0;
		s->named += worth;
		if (worth > 0)
			g_array_append_val(s->candidates, candidate);
	}
	g_array_free(order, TRUE);
	g_free(marks);
}

/* -- searching -- */

static double points_with(struct search *s, struct candidate *candidate, bool chosen)
{
	bool before = candidate->chosen;

	choose(s, candidate, chosen);
	double out = points_of(s);
	choose(s, candidate, before);
	return out;
}

static struct candidate *best_of(struct search *s)
{
	struct candidate *best = NULL;
	double least = points_of(s) - LEAST_GAIN;

	for (guint i = 0; i < s->candidates->len; i++) {
		struct candidate *candidate = &g_array_index(s->candidates, struct candidate, i);
		double points;
		if (candidate->chosen || (!candidate->named && line_at(s, candidate->line)->gone))
			continue;
		points = points_with(s, candidate, true);
		if (points < least) {
			least = points;
			best = candidate;
		}
	}
	return best;
}

/* What was chosen, in that order. */
static GPtrArray *search_edits(struct search *s, double limit)
{
	GPtrArray *out = g_ptr_array_new();
	struct candidate *candidate;

	while (points_of(s) > limit && out->len < MOST_EDITS && (candidate = best_of(s))) {
		choose(s, candidate, true);
		g_ptr_array_add(out, candidate);
	}
	if (points_of(s) > limit)
		return out;
	for (guint i = out->len; i-- > 0;) {
		if (points_with(s, out->pdata[i], false) <= limit) {
			choose(s, out->pdata[i], false);
			g_ptr_array_remove_index(out, i);
		}
	}
	return out;
}

/* -- telling -- */

static void tell_edit(struct search *s, struct message_result *result, const struct message *message, const struct candidate *candidate, struct score_edit *edit)
{
	struct contribution *what = &edit->what;

	if (candidate->named) {
		*what = (struct contribution){ .kind = CONTRIBUTION_RULE, .name = candidate->named->name, .definition = score_rule_of(result, candidate->named->name) };
		return;
	}
	const struct line *line = line_at(s, candidate->line);
	*what = (struct contribution){ .kind = CONTRIBUTION_LINE, .name = "words" };
	if (line->is_head) {
		bool is_subject = line->text == message->subject_l1;
		what->kind = is_subject ? CONTRIBUTION_SUBJECT : CONTRIBUTION_SENDER;
		what->name = is_subject ? "subject-words" : "sender-words";
	}
	score_show_place(result->arena, message, what, line->text, line->range);
	edit->also = ARENA_ARRAY(result->arena, struct position, candidate->also->len + 1);
	for (guint i = 0; i < candidate->also->len; i++) {
		const struct line *other = line_at(s, g_array_index(candidate->also, size_t, i));
		struct contribution place = { 0 };
		score_show_place(result->arena, message, &place, other->text, other->range);
		edit->also[edit->n_also++] = place.start;
	}
}

static void tell(struct search *s, struct message_result *result, const struct message *message, double limit, double shift, GPtrArray *chosen)
{
	struct advice *advice = ARENA_NEW(result->arena, struct advice);
	double before, after;

	for (guint i = 0; i < chosen->len; i++)
		choose(s, chosen->pdata[i], false);
	advice->limit = limit;
	advice->edits = ARENA_ARRAY(result->arena, struct score_edit, chosen->len + 1);
	before = points_of(s);
	for (guint i = 0; i < chosen->len; i++) {
		struct candidate *candidate = chosen->pdata[i];
		struct score_edit *edit = &advice->edits[advice->n_edits++];
		choose(s, candidate, true);
		after = points_of(s);
		edit->what.points = edit->gain = round((before - after) * 1e4) / 1e4;
		tell_edit(s, result, message, candidate, edit);
		edit->what.points = edit->gain;
		before = after;
	}
	advice->points = round(before * 1e4) / 1e4;
	advice->reached = before <= limit;
	advice->probability = 1 / (1 + exp(-((before - SCORE_LINE) / SCORE_SCALE + s->model->suspicious + shift)));
	result->score->advice = advice;
}

void score_advise(struct message_result *result, const struct message *message, const struct score_model *model, double limit, double prior)
{
	struct arena *arena = arena_new();
	struct features features = features_collect(arena, message, result, true);
	struct search s = { .model = model, .lines = g_array_new(FALSE, FALSE, sizeof(struct line)), .buckets = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
			    .counts = g_new0(uint32_t, FEATURE_BUCKETS), .candidates = g_array_new(FALSE, FALSE, sizeof(struct candidate)) };

	take_lines(&s, &features);
	take_candidates(&s, &features);
	GPtrArray *chosen = search_edits(&s, limit);
	tell(&s, result, message, limit, score_prior_shift(model, prior), chosen);
	for (guint i = 0; i < s.candidates->len; i++) {
		if (g_array_index(s.candidates, struct candidate, i).also)
			g_array_free(g_array_index(s.candidates, struct candidate, i).also, TRUE);
	}
	g_ptr_array_free(chosen, TRUE);
	g_array_free(s.lines, TRUE);
	g_array_free(s.buckets, TRUE);
	g_array_free(s.candidates, TRUE);
	g_free(s.counts);
	arena_free(arena);
}
