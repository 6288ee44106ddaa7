/* Role: adds up what the features of one message are worth, and ties each sum to a place.
 * May not: look at anything but the features, or decide what a feature is. */
#include "rule/score.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "rule/features.h"

enum { EXCERPT_CHARACTERS = 60, LINES_SHOWN = 20 };

struct sums {
	struct message_result *result;
	const struct message *message;
	const struct score_model *model;
	GArray *contributions; /* struct contribution */
	double log_odds;
};

/* Contributions are kept to four decimals, so that what is printed adds up. */
static double to_points(double log_odds)
{
	return round(log_odds * SCORE_SCALE * 1e4) / 1e4;
}

static void add(struct sums *s, struct contribution contribution, double log_odds)
{
	contribution.points = to_points(log_odds);
	s->log_odds += log_odds;
	if (contribution.points != 0)
		g_array_append_val(s->contributions, contribution);
}

static int compare_name(const void *key, const void *element)
{
	return strcmp(key, ((const struct named_weight *)element)->name);
}

double score_worth(const struct score_model *model, const struct feature *feature)
{
	if (!feature->name)
		return model->words[feature->bucket] * model->unit * feature->value;
	const struct named_weight *named = bsearch(feature->name, model->named, model->n_named, sizeof *model->named, compare_name);
	return named ? (double)named->weight * feature->value : 0;
}

/* The text behind a normal form, and its range there. */
void score_show_place(struct arena *arena, const struct message *message, struct contribution *contribution, const struct text *text, struct range range)
{
	const struct text *shown = text;

	if (text->n_sources) {
		const struct text *source;
		struct range there = text_to_source(text, range.start, range.end, &source);
		if (source && source->n_sources) {
			shown = source;
			range = there;
		}
	}
	struct range raw = text_to_file(shown, range.start, range.end);
	struct span excerpt = span_trim(span_cut(shown->bytes, range.start, range.end));
	size_t cut = utf8_offset(excerpt, EXCERPT_CHARACTERS);

	contribution->excerpt = cut < excerpt.n ? arena_printf(arena, "%.*s\xE2\x80\xA6", (int)cut, excerpt.p)
						: arena_copy(arena, excerpt);
	contribution->start = line_position(message->lines, raw.start);
	contribution->end = line_position(message->lines, raw.end);
}

struct line {
	const struct text *text;
	struct range range;
	double log_odds;
};

static int compare_lines(const void *a, const void *b)
{
	double left = ((const struct line *)a)->log_odds, right = ((const struct line *)b)->log_odds;

	return (left < right) - (left > right);
}

struct range score_line_around(const struct text *text, size_t at)
{
	struct range line = { at, span_find_byte(text->bytes, '\n', at) };

	while (line.start > 0 && text->bytes.p[line.start - 1] != '\n')
		line.start--;
	return line;
}

/* Words of the body, line by line: a person can change a line. The lines worth most have an entry each, the others one together. */
static size_t add_lines(struct sums *s, const struct features *features)
{
	GArray *lines = g_array_new(FALSE, TRUE, sizeof(struct line));
	size_t i = 0, first_shown;
	double rest = 0;

	for (; i < features->n && !features->items[i].name && features->items[i].bucket < FEATURE_BODY_BUCKETS; i++) {
		const struct feature *feature = &features->items[i];
		struct line *last = lines->len ? &g_array_index(lines, struct line, lines->len - 1) : NULL;
		if (!last || last->text != feature->text || feature->range.start >= last->range.end) {
			struct line line = { feature->text, score_line_around(feature->text, feature->range.start), 0 };
			g_array_append_val(lines, line);
			last = &g_array_index(lines, struct line, lines->len - 1);
		}
		last->log_odds += score_worth(s->model, feature);
	}
	g_array_sort(lines, compare_lines);
	for (first_shown = 0; first_shown < lines->len; first_shown++) {
		const struct line *line = &g_array_index(lines, struct line, first_shown);
		struct contribution contribution = { .kind = CONTRIBUTION_LINE, .name = "words" };
		if (first_shown >= LINES_SHOWN || line->log_odds <= 0) {
			rest += line->log_odds;
			continue;
		}
		score_show_place(s->result->arena, s->message, &contribution, line->text, line->range);
		add(s, contribution, line->log_odds);
	}
	add(s, (struct contribution){ .kind = CONTRIBUTION_REST, .name = "other-words" }, rest);
	g_array_free(lines, TRUE);
	return i;
}

/* Words of the Subject, then of the sender's name. */
static size_t add_head(struct sums *s, const struct features *features, size_t i)
{
	while (i < features->n && !features->items[i].name) {
		const struct text *text = features->items[i].text;
		bool is_subject = text == s->message->subject_l1;
		struct contribution contribution = { .kind = is_subject ? CONTRIBUTION_SUBJECT : CONTRIBUTION_SENDER,
						     .name = is_subject ? "subject-words" : "sender-words" };
		double log_odds = 0;
		for (; i < features->n && !features->items[i].name && features->items[i].text == text; i++)
			log_odds += score_worth(s->model, &features->items[i]);
		score_show_place(s->result->arena, s->message, &contribution, text, (struct range){ 0, text->bytes.n });
		add(s, contribution, log_odds);
	}
	return i;
}

const struct rule *score_rule_of(const struct message_result *result, const char *name)
{
	for (size_t i = 0; i < result->n_findings; i++) {
		if (strcmp(result->findings[i].rule->id, name) == 0)
			return result->findings[i].rule;
	}
	return NULL;
}

static void add_named(struct sums *s, const struct features *features, size_t i)
{
	for (; i < features->n; i++) {
		const struct rule *rule = score_rule_of(s->result, features->items[i].name);
		add(s, (struct contribution){ .kind = CONTRIBUTION_RULE, .name = features->items[i].name, .definition = rule },
		    score_worth(s->model, &features->items[i]));
	}
}

static int compare_contributions(const void *a, const void *b)
{
	const struct contribution *left = a, *right = b;

	if (left->points != right->points)
		return left->points > right->points ? -1 : 1;
	if (left->start.offset != right->start.offset)
		return left->start.offset < right->start.offset ? -1 : 1;
	return strcmp(left->name, right->name);
}

double score_prior_shift(const struct score_model *model, double prior)
{
	return prior > 0 && prior < 1 ? log(prior / (1 - prior)) - log(model->prior / (1 - model->prior)) : 0;
}

void score_compute(struct message_result *result, const struct message *message, const struct score_model *model, double prior)
{
	struct arena *arena = arena_new();
	struct features features = features_collect(arena, message, result, false);
	struct sums s = { .result = result, .message = message, .model = model, .contributions = g_array_new(FALSE, TRUE, sizeof(struct contribution)) };
	struct score *score = ARENA_NEW(result->arena, struct score);
	double shift = score_prior_shift(model, prior);
	double line = SCORE_LINE / SCORE_SCALE - model->suspicious;

	add(&s, (struct contribution){ .kind = CONTRIBUTION_START, .name = "start" }, model->start + line);
	s.log_odds -= line;
	add_named(&s, &features, add_head(&s, &features, add_lines(&s, &features)));
	g_array_sort(s.contributions, compare_contributions);

	score->n_contributions = s.contributions->len;
	score->contributions = ARENA_ARRAY(result->arena, struct contribution, score->n_contributions + 1);
	for (size_t i = 0; i < score->n_contributions; i++) {
		score->contributions[i] = g_array_index(s.contributions, struct contribution, i);
		score->points += score->contributions[i].points;
	}
	score->points = round(score->points * 1e4) / 1e4;
	score->probability = 1 / (1 + exp(-(s.log_odds + shift)));
	score->verdict = s.log_odds > model->spam_like ? "spam-like" : s.log_odds > model->suspicious ? "suspicious" : "clean";
	g_array_free(s.contributions, TRUE);
	arena_free(arena);
	result->score = score;
}
