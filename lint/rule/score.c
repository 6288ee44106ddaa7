/* Role: turns the findings of one message into points, each explained by its rule.
 * May not: look at the message, or make anybody believe that the points were calibrated. */
#include "rule/score.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Provisional, hand-set: no corpus stands behind these numbers. Five points is where the usual filters draw their line. */
#define SCORE_SUSPICIOUS 3.0
#define SCORE_SPAM_LIKE 5.0
/* probability = 1 / (1 + e^-((points - middle) / scale)): one half at the spam-like threshold, 0.02 without any point. */
#define SCORE_MIDDLE SCORE_SPAM_LIKE
#define SCORE_SCALE 1.3

/* Contributions are kept to four decimals, so that what is printed adds up. */
static double round_points(double points)
{
	return round(points * 1e4) / 1e4;
}

/* The phrases that were found, up to the cap of their rule. */
static double points_of_phrases(const struct message_result *result, const struct rule *rule)
{
	double sum = 0;

	for (size_t i = 0; i < result->n_findings; i++) {
		if (result->findings[i].rule == rule)
			sum += result->findings[i].points;
	}
	for (size_t i = 0; i < builtin_score_phrases.n_caps; i++) {
		const struct score_points *cap = &builtin_score_phrases.caps[i];

		if (strcmp(cap->rule, rule->id) == 0 && sum > cap->points)
			return cap->points;
	}
	return sum;
}

static double points_of(const struct rule *rule)
{
	for (size_t i = 0; i < n_builtin_score_points; i++) {
		if (strcmp(builtin_score_points[i].rule, rule->id) == 0)
			return builtin_score_points[i].points;
	}
	return 0;
}

static bool is_in_area(const struct contribution *contribution, const struct score_area *area)
{
	const char *name = contribution->definition->area;

	return name && strcmp(name, area->area) == 0;
}

static int compare_contributions(const void *a, const void *b)
{
	const struct contribution *left = a, *right = b;

	if (left->points != right->points)
		return left->points > right->points ? -1 : 1;
	return strcmp(left->rule, right->rule);
}

/* Scale the contributions of an area down where together they are above its cap: none vanishes, each keeps its share. */
static void apply_cap(struct contribution *contributions, size_t n, const struct score_area *area)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_in_area(&contributions[i], area))
			sum += contributions[i].points;
	}
	if (sum <= area->cap || sum <= 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (is_in_area(&contributions[i], area))
			contributions[i].points *= area->cap / sum;
	}
}

void score_compute(struct message_result *result)
{
	struct score *score = ARENA_NEW(result->arena, struct score);
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	size_t n = 0;

	for (size_t i = 0; i < result->n_findings; i++)
		g_hash_table_add(seen, (gpointer)result->findings[i].rule->id);
	score->contributions = ARENA_ARRAY(result->arena, struct contribution, g_hash_table_size(seen) + 1);
	g_hash_table_remove_all(seen);

	for (size_t i = 0; i < result->n_findings; i++) {
		const struct rule *rule = result->findings[i].rule;
		double points;

		if (!g_hash_table_add(seen, (gpointer)rule->id))
			continue;
		points = rule->n_phrases ? points_of_phrases(result, rule) : points_of(rule);
		if (points == 0 || !isfinite(points))
			continue;
		score->contributions[n++] = (struct contribution){.rule = rule->id, .points = points, .definition = rule};
	}
	g_hash_table_destroy(seen);

	for (size_t i = 0; i < n_builtin_score_areas; i++)
		apply_cap(score->contributions, n, &builtin_score_areas[i]);
	for (size_t i = 0; i < n; i++)
		score->contributions[i].points = round_points(score->contributions[i].points);
	if (n > 1)
		qsort(score->contributions, n, sizeof(*score->contributions), compare_contributions);

	score->n_contributions = n;
	for (size_t i = 0; i < n; i++)
		score->points += score->contributions[i].points;
	score->points = round_points(score->points);
	score->probability = 1 / (1 + exp(-(score->points - SCORE_MIDDLE) / SCORE_SCALE));
	score->verdict = score->points >= SCORE_SPAM_LIKE    ? "spam-like"
	                 : score->points >= SCORE_SUSPICIOUS ? "suspicious"
	                                                     : "clean";
	result->score = score;
}
