/* Role: program of the project that learns the score: labelled mail in, a model file and a page about it out. Weights only: no text of anybody's
 * mail goes into either. See docs/score.md for what is measured and why it is done this way.
 * May not: be linked into presend.
 *
 * Learning is liblinear's logistic regression (L2, dual). Each word is scaled by how much it tells the two kinds apart when it is taken alone
 * (S. Wang, C. Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", ACL 2012), so that words that tell nothing
 * are not bent to fit single messages. Messages that are to weigh more stand in the problem more than once. */
#include <glib.h>
#include <linear.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc/message.h"
#include "rule/engine.h"
#include "rule/features.h"
#include "run.h"

enum { FOLDS = 5, DRAWS = 5, SKETCH = 24, BAND = 3, SOURCE_LEAST = 20, WORD_BYTES = 40, WORDS_SHOWN = 40, WORD_LEAST = 20 };

/* Chosen by cross-validation: strength of the regularisation; how far a language or being HTML may explain a label away; of the scale of a
 * word, the share that is the same for all; and what is added to each count behind it. */
#define REGULARISATION_C 30.0
#define NUISANCE_VALUE 0.5
#define SCALE_FLOOR 0.25
#define SCALE_COUNT 3.0

/* GOOD_DRAFT: a template, or a newsletter written for our tests. It is learned from, and the verdicts must spare it; how well real mail is told
 * apart, it does not say. */
enum label { GOOD_MAIL, GOOD_NEWSLETTER, GOOD_DRAFT, BAD_MAIL, N_LABELS };
static const char *const label_names[] = { "good mail", "newsletters", "templates and drafts", "bad mail" };
static const int copies[] = { [GOOD_MAIL] = 1, [GOOD_NEWSLETTER] = 12, [GOOD_DRAFT] = 1, [BAD_MAIL] = 3 };

/* How messages are put into folds. */
enum way { AT_RANDOM, BY_CAMPAIGN, BY_TIME, BY_SOURCE, N_WAYS };
static const char *const way_names[] = { "at random", "by campaign", "by time", "by source" };

struct sample {
	char *path, *source, *language;
	uint32_t hash;              /* of its bytes: where a message lies must not say in which fold it is */
	enum label label;
	bool html;
	int64_t time;               /* of its Date; 0: none */
	struct feature_node *nodes; /* buckets and named, then base and nuisances; ends with index -1 */
	size_t n_nodes;             /* without nuisances */
	double base;                /* log-odds by the model that is learned on top of */
	size_t campaign;            /* near copies have the same */
	uint32_t campaign_hash;     /* the smallest of theirs */
	size_t folds[N_WAYS];       /* of the draw at hand */
	double held_out[N_WAYS][DRAWS]; /* by a model that has not seen it */
};

struct word {
	uint32_t bucket;
	size_t bad, good;           /* messages that have it */
};

struct trainer {
	const struct lint_options *options;
	struct engine_worker *worker;
	GArray *samples;            /* struct sample */
	GHashTable *named;          /* name -> index from FEATURE_BUCKETS on, + 1: all that may be used */
	GPtrArray *names;
	GHashTable *vetoes;         /* set of words */
	GHashTable *words;          /* text -> struct word, for the page */
	GHashTable *nuisances;      /* name -> number + 1 */
	GPtrArray *nuisance_names;
	struct base {
		bool given;
		double prior, start, unit, suspicious, spam_like;
		double *weights;    /* of buckets, then of named features */
	} base;
	size_t n[N_LABELS];
};

static struct sample *sample_at(const struct trainer *t, size_t i)
{
	return &g_array_index(t->samples, struct sample, i);
}

static double logit(double p)
{
	return log(p / (1 - p));
}

static G_GNUC_NORETURN void refuse(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("train: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(2);
}

static char **lines_of(const char *path)
{
	char *text;
	GError *error = NULL;

	if (!g_file_get_contents(path, &text, NULL, &error))
		refuse("%s", error->message);
	char **lines = g_strsplit(text, "\n", -1);
	g_free(text);
	return lines;
}

/* -- reading -- */

static size_t number_of(GHashTable *table, GPtrArray *names, const char *name)
{
	gpointer at = g_hash_table_lookup(table, name);

	if (at)
		return GPOINTER_TO_SIZE(at) - 1;
	char *copy = g_strdup(name);
	g_ptr_array_add(names, copy);
	g_hash_table_insert(table, copy, GSIZE_TO_POINTER(names->len));
	return names->len - 1;
}

/* rules.d/score-features.txt: what may be learned from, and what may not. */
static void read_choice(struct trainer *t, const char *path)
{
	char **lines = lines_of(path);

	for (size_t i = 0; lines[i]; i++) {
		if (g_str_has_prefix(lines[i], "use "))
			number_of(t->named, t->names, lines[i] + 4);
		else if (g_str_has_prefix(lines[i], "veto "))
			g_hash_table_add(t->vetoes, g_strdup(lines[i] + 5));
		else if (lines[i][0] && lines[i][0] != '#')
			refuse("%s:%zu: expected \"use NAME\" or \"veto WORD\"", path, i + 1);
	}
	g_strfreev(lines);
}

/* A model to learn on top of. */
static void read_base(struct trainer *t, const char *path)
{
	char **lines = lines_of(path);
	struct base *base = &t->base;
	size_t n_words = 0;

	base->given = true;
	base->weights = g_new0(double, FEATURE_BUCKETS + t->names->len);
	for (size_t i = 0; lines[i]; i++) {
		char **cells = g_strsplit(lines[i], " ", 3);
		double number = cells[0] && cells[1] ? g_ascii_strtod(cells[g_strv_length(cells) - 1], NULL) : 0;
		struct {
			const char *name;
			double *place;
		} numbers[] = { { "prior", &base->prior }, { "start", &base->start }, { "unit", &base->unit }, { "suspicious", &base->suspicious },
				{ "spam-like", &base->spam_like } };
		for (size_t k = 0; cells[0] && k < G_N_ELEMENTS(numbers); k++) {
			if (strcmp(cells[0], numbers[k].name) == 0)
				*numbers[k].place = number;
		}
		if (g_strcmp0(cells[0], "named") == 0 && g_hash_table_contains(t->named, cells[1]))
			base->weights[FEATURE_BUCKETS + number_of(t->named, t->names, cells[1])] = number;
		if (g_strcmp0(cells[0], "words") == 0) {
			gsize n;
			guchar *bytes = g_base64_decode(cells[1], &n);
			for (gsize k = 0; k < n && n_words < FEATURE_BUCKETS; k++)
				base->weights[n_words++] = (int8_t)bytes[k] * base->unit;
			g_free(bytes);
		}
		g_strfreev(cells);
	}
	if (n_words != FEATURE_BUCKETS || base->prior <= 0 || base->prior >= 1)
		refuse("%s: this is no model of the score", path);
	g_strfreev(lines);
}

static bool label_of(const char *word, enum label *out)
{
	static const struct {
		const char *word;
		enum label label;
	} labels[] = { { "ham", GOOD_MAIL }, { "newsletter", GOOD_NEWSLETTER }, { "template", GOOD_DRAFT }, { "sample", GOOD_DRAFT }, { "spam", BAD_MAIL },
		       { "phishing", BAD_MAIL } };

	for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
		if (strcmp(word, labels[i].word) == 0) {
			*out = labels[i].label;
			return true;
		}
	}
	return false;
}

static bool is_vetoed(const struct trainer *t, const char *text)
{
	char **words = g_strsplit_set(text, " .@/:-_'", -1);
	bool out = g_hash_table_contains(t->vetoes, text);

	for (size_t i = 0; words[i] && !out; i++)
		out = g_hash_table_contains(t->vetoes, words[i]);
	g_strfreev(words);
	return out;
}

static void count_word(struct trainer *t, const char *text, uint32_t bucket, enum label label)
{
	struct word *word = g_hash_table_lookup(t->words, text);

	if (!word) {
		word = g_new0(struct word, 1);
		word->bucket = bucket;
		g_hash_table_insert(t->words, g_strdup(text), word);
	}
	if (label == BAD_MAIL)
		word->bad++;
	else
		word->good++;
}

static void take_features(struct trainer *t, struct sample *sample, const struct features *features)
{
	GArray *nodes = g_array_new(FALSE, FALSE, sizeof(struct feature_node));

	for (size_t i = 0; i < features->n; i++) {
		const struct feature *feature = &features->items[i];
		size_t index = feature->bucket;
		if (feature->name) {
			if (!g_hash_table_contains(t->named, feature->name))
				continue;
			index = FEATURE_BUCKETS + number_of(t->named, t->names, feature->name);
		} else {
			struct span text = span_cut(feature->text->bytes, feature->range.start, feature->range.end);
			char *word = g_strdup_printf("%s%.*s", feature->bucket < FEATURE_BODY_BUCKETS ? "" : "head: ", (int)text.n, text.p);
			bool vetoed = is_vetoed(t, word);
			if (!vetoed && text.n <= WORD_BYTES)
				count_word(t, word, feature->bucket, sample->label);
			g_free(word);
			if (vetoed)
				continue;
		}
		struct feature_node node = { (int)index, feature->value };
		g_array_append_val(nodes, node);
		if (t->base.given)
			sample->base += t->base.weights[index] * feature->value;
	}
	sample->base += t->base.start;
	sample->n_nodes = nodes->len;
	sample->nodes = (struct feature_node *)(void *)g_array_free(nodes, FALSE);
}

static void read_sample(struct trainer *t, struct sample *sample)
{
	struct input_bytes bytes = { 0 };
	GError *error = NULL;

	if (!input_read(sample->path, &bytes, &error))
		refuse("%s: %s", sample->path, error->message);
	GBytes *whole = g_bytes_new_static(bytes.bytes.p, bytes.bytes.n);
	sample->hash = g_bytes_hash(whole);
	g_bytes_unref(whole);
	struct arena *arena = arena_new();
	const struct text file = { .bytes = bytes.bytes };
	struct line_index lines = line_index_new(arena, bytes.bytes);
	size_t n;
	bool is_mbox;
	struct range *ranges = input_split_mbox(arena, bytes.bytes, &n, &is_mbox);
	enum template_kind template_kind;
	enum input_kind kind = input_kind_of(sample->path, &template_kind);
	run_correct_kind(t->options, bytes.bytes, &kind, &template_kind);
	struct message *message = message_new(sample->path, &file, &lines, ranges[0], 0, kind, template_kind);
	struct message_result *result = engine_run(t->worker, message);
	struct features features = features_collect(arena, message, result, false);

	for (size_t i = 0; i < message->n_bodies; i++)
		sample->html |= message->bodies[i].html != NULL;
	sample->time = message->has_date ? message->date.time : 0;
	take_features(t, sample, &features);
	arena_free(result->arena);
	message_free(message);
	arena_free(arena);
	input_bytes_release(&bytes);
}

/* Lines of "path TAB label TAB language TAB source". */
static void read_list(struct trainer *t, const char *path)
{
	char **rows = lines_of(path);

	for (size_t i = 0; rows[i]; i++) {
		char **cells = g_strsplit(rows[i], "\t", 5);
		struct sample sample = { 0 };
		if (g_strv_length(cells) >= 4 && label_of(cells[1], &sample.label)) {
			sample.path = g_strdup(cells[0]);
			sample.language = g_strdup(cells[2]);
			sample.source = g_strdup(cells[3]);
			read_sample(t, &sample);
			t->n[sample.label]++;
			g_array_append_val(t->samples, sample);
		}
		g_strfreev(cells);
	}
	g_strfreev(rows);
	if (t->n[BAD_MAIL] < FOLDS || t->n[GOOD_MAIL] + t->n[GOOD_NEWSLETTER] < FOLDS)
		refuse("%s: to tell two kinds apart one must see both: at least %d good and %d bad messages", path, FOLDS, FOLDS);
}

/* -- near copies: messages that share a band of their smallest hashes are one campaign -- */

static size_t find_root(size_t *parent, size_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

static uint32_t mix(uint32_t x, uint32_t salt)
{
	x = (x ^ salt) * 2654435761u;
	x ^= x >> 15;
	x *= 2246822519u;
	return x ^ x >> 13;
}

static void find_campaigns(struct trainer *t)
{
	size_t n = t->samples->len;
	size_t *parent = g_new(size_t, n);
	GHashTable *bands = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < n; i++) {
		struct sample *sample = sample_at(t, i);
		uint32_t smallest[SKETCH];

		parent[i] = i;
		for (size_t k = 0; k < SKETCH; k++) {
			smallest[k] = UINT32_MAX;
			for (size_t j = 0; j < sample->n_nodes && sample->nodes[j].index < FEATURE_BODY_BUCKETS; j++)
				smallest[k] = MIN(smallest[k], mix((uint32_t)sample->nodes[j].index, (uint32_t)k * 40503u + 1));
		}
		if (smallest[0] == UINT32_MAX)
			continue;
		for (size_t k = 0; k + BAND <= SKETCH; k += BAND) {
			char *key = g_strdup_printf("%zu %x %x %x", k, smallest[k], smallest[k + 1], smallest[k + 2]);
			gpointer other = g_hash_table_lookup(bands, key);
			if (other) {
				parent[find_root(parent, i)] = find_root(parent, GPOINTER_TO_SIZE(other) - 1);
				g_free(key);
			} else {
				g_hash_table_insert(bands, key, GSIZE_TO_POINTER(i + 1));
			}
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct sample *first = sample_at(t, find_root(parent, i));
		sample_at(t, i)->campaign = find_root(parent, i);
		first->campaign_hash = MIN(first->campaign_hash ? first->campaign_hash : UINT32_MAX, sample_at(t, i)->hash);
	}
	for (size_t i = 0; i < n; i++)
		sample_at(t, i)->campaign_hash = sample_at(t, sample_at(t, i)->campaign)->campaign_hash;
	g_hash_table_destroy(bands);
	g_free(parent);
}

/* -- folds -- */

static int compare_times(const void *a, const void *b, void *data)
{
	const struct sample *left = sample_at(data, *(const size_t *)a), *right = sample_at(data, *(const size_t *)b);
	int sources = strcmp(left->source, right->source);

	return sources ? sources : left->time < right->time ? -1 : left->time > right->time ? 1 : (left->hash > right->hash) - (left->hash < right->hash);
}

/* By time: each source is cut into FOLDS spans of time; a campaign goes where its first message lies. Mail without a date is spread. */
static void fold_by_time(struct trainer *t)
{
	size_t n = t->samples->len;
	size_t *order = g_new(size_t, n), *of_campaign = g_new(size_t, n);

	for (size_t i = 0; i < n; i++) {
		order[i] = i;
		of_campaign[i] = SIZE_MAX;
	}
	g_qsort_with_data(order, (int)n, sizeof *order, compare_times, t);
	for (size_t start = 0, end; start < n; start = end) {
		size_t undated = start;
		for (end = start; end < n && strcmp(sample_at(t, order[end])->source, sample_at(t, order[start])->source) == 0; end++)
			undated += sample_at(t, order[end])->time == 0;
		for (size_t i = start; i < end; i++) {
			struct sample *sample = sample_at(t, order[i]);
			size_t *fold = &of_campaign[sample->campaign];
			if (*fold == SIZE_MAX)
				*fold = i < undated ? mix(sample->hash, 7) % FOLDS : (i - undated) * FOLDS / (end - undated);
			sample->folds[BY_TIME] = *fold;
		}
	}
	g_free(order);
	g_free(of_campaign);
}

/* At random and by campaign there are many ways to put messages into folds, and one of them may be lucky: those two are drawn several times. */
static int draws_of(enum way way)
{
	return way == AT_RANDOM || way == BY_CAMPAIGN ? DRAWS : 1;
}

static void draw_folds(struct trainer *t, int draw)
{
	for (size_t i = 0; i < t->samples->len; i++) {
		struct sample *sample = sample_at(t, i);
		sample->folds[AT_RANDOM] = mix(sample->hash, 7 + (uint32_t)draw) % FOLDS;
		sample->folds[BY_CAMPAIGN] = mix(sample->campaign_hash, 7 + (uint32_t)draw) % FOLDS;
	}
}

static void choose_folds(struct trainer *t, GPtrArray *sources)
{
	GHashTable *counts = g_hash_table_new(g_str_hash, g_str_equal), *numbers = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < t->samples->len; i++) {
		gpointer count = g_hash_table_lookup(counts, sample_at(t, i)->source);
		g_hash_table_insert(counts, sample_at(t, i)->source, GSIZE_TO_POINTER(GPOINTER_TO_SIZE(count) + 1));
	}
	number_of(numbers, sources, "all others");
	for (size_t i = 0; i < t->samples->len; i++) {
		struct sample *sample = sample_at(t, i);
		bool large = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, sample->source)) >= SOURCE_LEAST;
		sample->folds[BY_SOURCE] = large ? number_of(numbers, sources, sample->source) : 0;
	}
	fold_by_time(t);
	g_hash_table_destroy(counts);
	g_hash_table_destroy(numbers);
}

/* -- learning -- */

static size_t n_kept(const struct trainer *t)
{
	return FEATURE_BUCKETS + t->names->len;
}

/* What may not be learned: a language or being HTML is allowed to explain a label while weights are found, and is thrown away afterwards. */
static void add_nuisances(struct trainer *t)
{
	size_t first = n_kept(t) + 1;

	for (size_t i = 0; i < t->samples->len; i++) {
		struct sample *sample = sample_at(t, i);
		size_t at = sample->n_nodes;

		sample->nodes = g_renew(struct feature_node, sample->nodes, at + 4);
		sample->nodes[at++] = (struct feature_node){ (int)n_kept(t), sample->base };
		if (sample->html)
			sample->nodes[at++] = (struct feature_node){ (int)first, NUISANCE_VALUE };
		if (strcmp(sample->language, "en") != 0 && strcmp(sample->language, "und") != 0)
			sample->nodes[at++] =
			    (struct feature_node){ (int)(first + 1 + number_of(t->nuisances, t->nuisance_names, sample->language)), NUISANCE_VALUE };
		sample->nodes[at].index = -1;
	}
}

/* How much each word tells the two kinds apart when it is taken alone: the logarithm of how much more often the one has it. Scaled so that the
 * vectors are as long as before. */
static double *scales_of(const struct trainer *t, const bool *is_seen)
{
	double *scales = g_new(double, n_kept(t)), *bad = g_new0(double, FEATURE_BUCKETS), *good = g_new0(double, FEATURE_BUCKETS);
	double n_bad = 0, n_good = 0, before = 0, after = 0;

	for (size_t i = 0; i < t->samples->len; i++) {
		const struct sample *sample = sample_at(t, i);
		bool is_bad = sample->label == BAD_MAIL;
		double weight = is_bad ? 1 : copies[sample->label];
		if (!is_seen[i])
			continue;
		*(is_bad ? &n_bad : &n_good) += weight;
		for (size_t j = 0; j < sample->n_nodes && sample->nodes[j].index < FEATURE_BUCKETS; j++)
			(is_bad ? bad : good)[sample->nodes[j].index] += weight;
	}
	for (size_t j = 0; j < FEATURE_BUCKETS; j++) {
		double ratio = log((bad[j] + SCALE_COUNT) / n_bad / ((good[j] + SCALE_COUNT) / n_good));
		scales[j] = SCALE_FLOOR + (1 - SCALE_FLOOR) * fabs(ratio);
	}
	for (size_t i = 0; i < t->samples->len; i++) {
		const struct sample *sample = sample_at(t, i);
		for (size_t j = 0; is_seen[i] && j < sample->n_nodes && sample->nodes[j].index < FEATURE_BUCKETS; j++) {
			double value = sample->nodes[j].value, scaled = value * scales[sample->nodes[j].index];
			before += value * value;
			after += scaled * scaled;
		}
	}
	for (size_t j = 0; j < n_kept(t); j++)
		scales[j] = j < FEATURE_BUCKETS ? scales[j] * sqrt(before / after) : 1;
	g_free(bad);
	g_free(good);
	return scales;
}

/* A row of liblinear's, which counts from 1. */
static struct feature_node *row_of(const struct trainer *t, const struct sample *sample, const double *scales)
{
	size_t n = sample->n_nodes;

	while (sample->nodes[n].index >= 0)
		n++;
	struct feature_node *row = g_new(struct feature_node, n + 1);
	for (size_t j = 0; j < n; j++) {
		row[j] = sample->nodes[j];
		if ((size_t)row[j].index < n_kept(t))
			row[j].value *= scales[row[j].index];
		row[j].index++;
	}
	row[n].index = -1;
	return row;
}

/* Weights of buckets, named features and the base, from the messages that are seen. */
static double *learn(const struct trainer *t, const bool *is_seen)
{
	double *scales = scales_of(t, is_seen), *out = g_new(double, n_kept(t) + 1);
	GPtrArray *rows = g_ptr_array_new(), *owned = g_ptr_array_new_with_free_func(g_free);
	GArray *targets = g_array_new(FALSE, FALSE, sizeof(double));

	for (size_t i = 0; i < t->samples->len; i++) {
		const struct sample *sample = sample_at(t, i);
		double target = sample->label == BAD_MAIL ? 1 : -1;
		if (!is_seen[i])
			continue;
		g_ptr_array_add(owned, row_of(t, sample, scales));
		for (int k = 0; k < copies[sample->label]; k++) {
			g_ptr_array_add(rows, owned->pdata[owned->len - 1]);
			g_array_append_val(targets, target);
		}
	}
	struct problem problem = { .l = (int)rows->len, .n = (int)(n_kept(t) + 2 + t->nuisance_names->len), .y = (double *)(void *)targets->data,
				   .x = (struct feature_node **)rows->pdata, .bias = -1 };
	struct parameter parameter = { .solver_type = L2R_LR_DUAL, .eps = 0.01, .C = REGULARISATION_C };
	srand(1); /* liblinear shuffles with rand() */
	struct model *model = train(&problem, &parameter);
	double sign = model->label[0] == 1 ? 1 : -1;

	for (size_t j = 0; j <= n_kept(t); j++) {
		out[j] = sign * model->w[j] * (j < n_kept(t) ? scales[j] : 1);
		/* A fault that a rule finds never makes a mail look better: who mends it must not be punished. */
		if (j >= FEATURE_BUCKETS && out[j] < 0)
			out[j] = 0;
	}
	free_and_destroy_model(&model);
	g_ptr_array_free(rows, TRUE);
	g_ptr_array_free(owned, TRUE);
	g_array_free(targets, TRUE);
	g_free(scales);
	return out;
}

static double value_of(const struct trainer *t, const double *weights, const struct sample *sample)
{
	double sum = weights[n_kept(t)] * sample->base;

	for (size_t j = 0; j < sample->n_nodes; j++)
		sum += weights[sample->nodes[j].index] * sample->nodes[j].value;
	return sum;
}

static void hold_out(struct trainer *t, enum way way, int draw, size_t n_folds)
{
	size_t n = t->samples->len;
	bool *is_seen = g_new(bool, n);

	for (size_t fold = 0; fold < n_folds; fold++) {
		for (size_t i = 0; i < n; i++)
			is_seen[i] = sample_at(t, i)->folds[way] != fold;
		double *weights = learn(t, is_seen);
		for (size_t i = 0; i < n; i++) {
			if (!is_seen[i])
				sample_at(t, i)->held_out[way][draw] = value_of(t, weights, sample_at(t, i));
		}
		g_free(weights);
	}
	g_free(is_seen);
}

static void say_nothing(const char *text)
{
	(void)text;
}

/* -- calibration -- */

static bool counts(const struct sample *sample)
{
	return sample->label != GOOD_DRAFT;
}

/* Share of bad mail among what counts. */
static double prior_of(const struct trainer *t)
{
	return (double)t->n[BAD_MAIL] / (double)(t->n[GOOD_MAIL] + t->n[GOOD_NEWSLETTER] + t->n[BAD_MAIL]);
}

/* log-odds = slope * value + the log-odds of the prior, so that a mail without any feature is as likely bad as any mail. The slope by maximum
 * likelihood, Newton's method, with J. Platt's targets (1999), which leave a doubt however well the two kinds lie apart. */
static double calibrate(const struct trainer *t, enum way way, int draw)
{
	double slope = 1, n_bad = (double)t->n[BAD_MAIL], n_good = (double)(t->n[GOOD_MAIL] + t->n[GOOD_NEWSLETTER]);

	for (int round = 0; round < 100; round++) {
		double gradient = 0, curvature = 1e-9;
		for (size_t i = 0; i < t->samples->len; i++) {
			const struct sample *sample = sample_at(t, i);
			double x = sample->held_out[way][draw], p = 1 / (1 + exp(-(slope * x + logit(prior_of(t)))));
			if (!counts(sample))
				continue;
			gradient += (p - (sample->label == BAD_MAIL ? (n_bad + 1) / (n_bad + 2) : 1 / (n_good + 2))) * x;
			curvature += p * (1 - p) * x * x;
		}
		slope -= gradient / curvature;
		if (fabs(gradient / curvature) < 1e-9)
			break;
	}
	for (size_t i = 0; i < t->samples->len; i++)
		sample_at(t, i)->held_out[way][draw] = slope * sample_at(t, i)->held_out[way][draw] + logit(prior_of(t));
	return slope;
}

/* -- judging: held_out is log-odds from here on -- */

struct scored {
	double value;
	bool is_bad;
};

static int compare_scored(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->value, y = ((const struct scored *)b)->value;

	return (x > y) - (x < y);
}

struct ranking {
	struct scored *sorted; /* rising */
	size_t n, n_bad, n_good;
};

/* labels: bits of those that take part. */
static struct ranking rank(const struct trainer *t, enum way way, int draw, unsigned labels)
{
	struct ranking out = { .sorted = g_new(struct scored, t->samples->len) };

	for (size_t i = 0; i < t->samples->len; i++) {
		const struct sample *sample = sample_at(t, i);
		bool is_bad = sample->label == BAD_MAIL;
		if (!(labels >> sample->label & 1))
			continue;
		out.sorted[out.n++] = (struct scored){ sample->held_out[way][draw], is_bad };
		out.n_bad += is_bad;
	}
	out.n_good = out.n - out.n_bad;
	qsort(out.sorted, out.n, sizeof *out.sorted, compare_scored);
	return out;
}

/* Share of pairs (bad, good) in the right order; ties count half. */
static double area_under_curve(const struct ranking *ranking)
{
	const struct scored *sorted = ranking->sorted;
	double good_before = 0, sum = 0;

	for (size_t i = 0, j; i < ranking->n; i = j) {
		double good = 0, bad = 0;
		for (j = i; j < ranking->n && sorted[j].value == sorted[i].value; j++)
			*(sorted[j].is_bad ? &bad : &good) += 1;
		sum += bad * (good_before + good / 2);
		good_before += good;
	}
	return sum / (double)ranking->n_good / (double)ranking->n_bad;
}

/* Half of the 95 % interval of an area (J. Hanley, B. McNeil, Radiology 143, 1982). */
static double area_interval(const struct ranking *ranking, double area)
{
	double q1 = area / (2 - area), q2 = 2 * area * area / (1 + area), bad = (double)ranking->n_bad, good = (double)ranking->n_good;

	return 1.96 * sqrt((area * (1 - area) + (bad - 1) * (q1 - area * area) + (good - 1) * (q2 - area * area)) / bad / good);
}

/* The value above which the share of good mail is at most that. */
static double threshold_for(const struct ranking *ranking, double share)
{
	size_t above = 0;

	for (size_t i = ranking->n; i-- > 0;) {
		if (!ranking->sorted[i].is_bad && ++above > (size_t)(share * (double)ranking->n_good))
			return ranking->sorted[i].value;
	}
	return -INFINITY;
}

/* The same over all draws by campaign, taken together, of what has these labels. */
static double threshold_of_draws(const struct trainer *t, unsigned labels, double share)
{
	struct ranking all = { .sorted = g_new(struct scored, t->samples->len * DRAWS) };

	for (int draw = 0; draw < DRAWS; draw++) {
		struct ranking one = rank(t, BY_CAMPAIGN, draw, labels);
		for (size_t i = 0; i < one.n; i++)
			all.sorted[all.n++] = one.sorted[i];
		all.n_good += one.n_good;
		g_free(one.sorted);
	}
	qsort(all.sorted, all.n, sizeof *all.sorted, compare_scored);
	double out = threshold_for(&all, share);
	g_free(all.sorted);
	return out;
}

static size_t count_above(const struct ranking *ranking, double threshold, bool bad)
{
	size_t out = 0;

	for (size_t i = 0; i < ranking->n; i++)
		out += ranking->sorted[i].is_bad == bad && ranking->sorted[i].value > threshold;
	return out;
}

/* The same figure of several draws. */
struct figure {
	double sum, least, most;
	int n;
};

static void add_draw(struct figure *figure, double value)
{
	figure->least = figure->n ? fmin(figure->least, value) : value;
	figure->most = figure->n ? fmax(figure->most, value) : value;
	figure->sum += value;
	figure->n++;
}

static void say_range(GString *page, const struct figure *figure, double unit, int digits)
{
	if (figure->n > 1)
		g_string_append_printf(page, " %.*f to %.*f |", digits, unit * figure->least, digits, unit * figure->most);
	else
		g_string_append(page, " one draw |");
}

/* "12.4 of 2271 | 0.55 % | 0.44 to 0.62 | 0.31 to 0.95 %": a share as the mean of the draws, from the least to the most of them, and the 95 % interval
 * of the mean (Wilson) for the number of messages. */
static void say_share(GString *page, const struct figure *count, size_t n)
{
	double z = 1.96, size = (double)n, k = count->sum / count->n, p = k / size, d = 1 + z * z / size;
	double centre = p + z * z / (2 * size), half = z * sqrt(p * (1 - p) / size + z * z / (4 * size * size));

	if (n) {
		g_string_append_printf(page, " %.1f of %zu | %.2f %% |", k, n, 100 * p);
		say_range(page, count, 100 / size, 2);
		g_string_append_printf(page, " %.2f to %.2f %% |", 100 * fmax(0, (centre - half) / d), 100 * (centre + half) / d);
	} else {
		g_string_append(page, " 0 of 0 | | | |");
	}
}

enum { ALL_MAIL = 1 << GOOD_MAIL | 1 << GOOD_NEWSLETTER | 1 << BAD_MAIL, NEWSLETTERS = 1 << GOOD_NEWSLETTER | 1 << BAD_MAIL,
       GOOD_LETTERS = 1 << GOOD_NEWSLETTER | 1 << GOOD_DRAFT };

static void say_rankings(GString *page, const struct trainer *t)
{
	static const double rates[] = { 0.001, 0.005, 0.01, 0.02, 0.05, 0.1 };

	g_string_append_printf(page, "## Ranking\n\nMeans of %d draws of the folds, and the least and the most of them; by time there is one.\n\n"
			       "| held out | good mail | messages | area under the curve | draws | 95 %% interval | caught at 1 %% false alarms | share | draws | 95 %% interval |\n"
			       "|---|---|---|---|---|---|---|---|---|---|\n", DRAWS);
	for (enum way way = AT_RANDOM; way <= BY_TIME; way++) {
		for (int only = 0; only < 2; only++) {
			struct figure areas = { 0 }, caught = { 0 };
			struct ranking ranking = { 0 };
			for (int draw = 0; draw < draws_of(way); draw++) {
				g_free(ranking.sorted);
				ranking = rank(t, way, draw, only ? NEWSLETTERS : ALL_MAIL);
				add_draw(&areas, area_under_curve(&ranking));
				add_draw(&caught, (double)count_above(&ranking, threshold_for(&ranking, 0.01), true));
			}
			double area = areas.sum / areas.n, half = area_interval(&ranking, area);
			g_string_append_printf(page, "| %s | %s | %zu | %.4f |", way_names[way], only ? "newsletters only" : "all", ranking.n, area);
			say_range(page, &areas, 1, 4);
			g_string_append_printf(page, " %.4f to %.4f |", area - half, fmin(1, area + half));
			say_share(page, &caught, ranking.n_bad);
			g_string_append_c(page, '\n');
			g_free(ranking.sorted);
		}
	}
	g_string_append(page, "\nPoints of the curve: share of bad mail caught at a share of good mail taken for bad, mean of the draws.\n\n| held out | good mail |");
	for (size_t i = 0; i < G_N_ELEMENTS(rates); i++)
		g_string_append_printf(page, " %.1f %% |", 100 * rates[i]);
	g_string_append(page, "\n|---|---|---|---|---|---|---|---|\n");
	for (enum way way = AT_RANDOM; way <= BY_TIME; way++) {
		for (int only = 0; only < 2; only++) {
			double shares[G_N_ELEMENTS(rates)] = { 0 };
			for (int draw = 0; draw < draws_of(way); draw++) {
				struct ranking ranking = rank(t, way, draw, only ? NEWSLETTERS : ALL_MAIL);
				for (size_t i = 0; i < G_N_ELEMENTS(rates); i++)
					shares[i] += (double)count_above(&ranking, threshold_for(&ranking, rates[i]), true) / (double)ranking.n_bad / draws_of(way);
				g_free(ranking.sorted);
			}
			g_string_append_printf(page, "| %s | %s |", way_names[way], only ? "newsletters only" : "all");
			for (size_t i = 0; i < G_N_ELEMENTS(rates); i++)
				g_string_append_printf(page, " %.1f %% |", 100 * shares[i]);
			g_string_append_c(page, '\n');
		}
	}
}

enum { BINS = 10 };

/* A table of ten bins of probability, and the mean distance between what was said and what was so, weighted by the mail in the bins. prior:
 * weigh the two kinds so that so much is bad, and move the log-odds likewise. */
static void say_calibration(GString *page, const struct trainer *t, enum way way, double prior)
{
	double n[BINS] = { 0 }, bad[BINS] = { 0 }, sum[BINS] = { 0 }, total = 0, error = 0, share = prior_of(t);
	size_t messages[BINS] = { 0 };

	for (size_t i = 0; i < t->samples->len; i++) {
		const struct sample *sample = sample_at(t, i);
		bool is_bad = sample->label == BAD_MAIL;
		double p = 1 / (1 + exp(-(sample->held_out[way][0] + logit(prior) - logit(share))));
		double weight = is_bad ? prior / share : (1 - prior) / (1 - share);
		int bin = MIN((int)(p * BINS), BINS - 1);
		if (!counts(sample))
			continue;
		messages[bin]++;
		n[bin] += weight;
		sum[bin] += weight * p;
		bad[bin] += weight * is_bad;
		total += weight;
	}
	g_string_append_printf(page, "\nHeld out %s, first draw, at a prior of %.1f %%:\n\n| probability | messages | mean | share of bad mail |\n|---|---|---|---|\n", way_names[way],
			       100 * prior);
	for (int b = 0; b < BINS; b++) {
		if (n[b] == 0)
			continue;
		error += fabs(sum[b] - bad[b]) / total;
		g_string_append_printf(page, "| %.1f to %.1f | %zu | %.3f | %.3f |\n", b / (double)BINS, (b + 1) / (double)BINS, messages[b], sum[b] / n[b], bad[b] / n[b]);
	}
	g_string_append_printf(page, "\nExpected calibration error: %.4f.\n", error);
}

static void say_verdicts(GString *page, const struct trainer *t, double suspicious, double spam_like)
{
	static const struct {
		const char *what;
		unsigned labels;
	} kinds[] = { { "newsletters", 1 << GOOD_NEWSLETTER }, { "newsletters, templates, drafts", GOOD_LETTERS }, { "all good mail", 1 << GOOD_MAIL | GOOD_LETTERS }, { "bad mail", 1 << BAD_MAIL } };

	g_string_append_printf(page, "\n## Verdicts\n\nSuspicious from log-odds of %.2f on, spam-like from %.2f; held out by campaign, means of %d draws.\n\n"
			       "| verdict | mail | called so, or worse | share | draws | 95 %% interval |\n|---|---|---|---|---|---|\n", suspicious, spam_like, DRAWS);
	for (int k = 0; k < 2; k++) {
		const char *word = k ? "spam-like" : "suspicious";
		double threshold = k ? spam_like : suspicious;
		for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
			bool bad = kinds[i].labels == 1 << BAD_MAIL;
			struct figure called = { 0 };
			size_t n = 0;
			for (int draw = 0; draw < DRAWS; draw++) {
				struct ranking ranking = rank(t, BY_CAMPAIGN, draw, kinds[i].labels);
				add_draw(&called, (double)count_above(&ranking, threshold, bad));
				n = ranking.n;
				g_free(ranking.sorted);
			}
			g_string_append_printf(page, "| %s | %s |", word, kinds[i].what);
			say_share(page, &called, n);
			g_string_append_c(page, '\n');
		}
	}
}

static void say_sources(GString *page, const struct trainer *t, const GPtrArray *sources)
{
	g_string_append(page, "\n## One source left out\n\nLearned from all other sources. Wrong: good mail above a probability of one half, bad mail below it.\n\n"
			      "| source | good | wrong | bad | wrong |\n|---|---|---|---|---|\n");
	for (guint s = 0; s < sources->len; s++) {
		size_t n[2] = { 0 }, wrong[2] = { 0 };
		for (size_t i = 0; i < t->samples->len; i++) {
			const struct sample *sample = sample_at(t, i);
			bool is_bad = sample->label == BAD_MAIL;
			if (sample->folds[BY_SOURCE] != s)
				continue;
			n[is_bad]++;
			wrong[is_bad] += (sample->held_out[BY_SOURCE][0] > 0) != is_bad;
		}
		g_string_append_printf(page, "| %s | %zu | %zu | %zu | %zu |\n", (const char *)sources->pdata[s], n[0], wrong[0], n[1], wrong[1]);
	}
}

/* -- what was learned -- */

struct shown {
	const char *text;
	double weight;
	size_t bad, good;
};

static int compare_shown(const void *a, const void *b)
{
	const struct shown *left = a, *right = b;

	return left->weight != right->weight ? (left->weight < right->weight ? 1 : -1) : strcmp(left->text, right->text);
}

/* Text in a cell of a table. */
static void say_cell(GString *page, const char *text)
{
	g_string_append(page, "| `");
	for (; *text; text++)
		g_string_append_c(page, *text == '|' || *text == '`' || (unsigned char)*text < ' ' ? '?' : *text);
	g_string_append(page, "` |");
}

static void say_weights(GString *page, const struct trainer *t, const double *weights)
{
	GArray *words = g_array_new(FALSE, FALSE, sizeof(struct shown)), *named = g_array_new(FALSE, FALSE, sizeof(struct shown));
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, t->words);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		const struct word *word = value;
		struct shown shown = { key, weights[word->bucket], word->bad, word->good };
		if (word->bad + word->good >= WORD_LEAST)
			g_array_append_val(words, shown);
	}
	for (guint i = 0; i < t->names->len; i++) {
		struct shown shown = { t->names->pdata[i], weights[FEATURE_BUCKETS + i], 0, 0 };
		for (size_t k = 0; k < t->samples->len; k++) {
			const struct sample *sample = sample_at(t, k);
			for (size_t j = sample->n_nodes; j-- > 0 && sample->nodes[j].index >= FEATURE_BUCKETS;)
				*(sample->label == BAD_MAIL ? &shown.bad : &shown.good) += (size_t)sample->nodes[j].index == FEATURE_BUCKETS + i;
		}
		g_array_append_val(named, shown);
	}
	g_array_sort(words, compare_shown);
	g_array_sort(named, compare_shown);
	g_string_append(page, "\n## What was learned\n\nWeights per unit of a feature; a word of a text of n different words and pairs counts 1/√n of it, a named feature one tenth.\n"
			      "Words of fewer messages than 20 are not shown. `rules.d/score-features.txt` says what may be learned from.\n\n"
			      "| named | weight | bad | good |\n|---|---|---|---|\n");
	for (guint i = 0; i < named->len; i++) {
		const struct shown *shown = &g_array_index(named, struct shown, i);
		say_cell(page, shown->text);
		g_string_append_printf(page, " %.2f | %zu | %zu |\n", shown->weight, shown->bad, shown->good);
	}
	for (int side = 0; side < 2; side++) {
		g_string_append_printf(page, "\n| words of %s mail | weight | bad | good |\n|---|---|---|---|\n", side ? "good" : "bad");
		for (guint i = 0; i < MIN(words->len, WORDS_SHOWN); i++) {
			const struct shown *shown = &g_array_index(words, struct shown, side ? words->len - 1 - i : i);
			say_cell(page, shown->text);
			g_string_append_printf(page, " %.2f | %zu | %zu |\n", shown->weight, shown->bad, shown->good);
		}
	}
	g_array_free(words, TRUE);
	g_array_free(named, TRUE);
}

static void say_data(GString *out, const struct trainer *t, const GPtrArray *sources, const char *line_start)
{
	for (guint s = 0; s < sources->len; s++) {
		size_t n[N_LABELS] = { 0 };
		for (size_t i = 0; i < t->samples->len; i++)
			n[sample_at(t, i)->label] += sample_at(t, i)->folds[BY_SOURCE] == s;
		g_string_append_printf(out, "%s%s:", line_start, (const char *)sources->pdata[s]);
		for (int label = 0, first = 1; label < N_LABELS; label++) {
			if (n[label])
				g_string_append_printf(out, "%s %zu %s", first ? "" : ",", n[label], label_names[label]);
			first &= !n[label];
		}
		g_string_append_c(out, '\n');
	}
}

/* -- the model file -- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void write_file(const char *path, const GString *text)
{
	GError *error = NULL;

	if (!g_file_set_contents(path, text->str, (gssize)text->len, &error))
		refuse("%s", error->message);
}

static void write_model(const struct trainer *t, const double *weights, double prior, double suspicious, double spam_like, const GPtrArray *sources, const char *path)
{
	GString *out = g_string_new("# The model of the score, weights only. Learned by lint/model/train.c (make model); docs/score.md says how, and how well it does.\n");
	double largest = 1e-9;

	say_data(out, t, sources, "# from ");
	if (t->base.given)
		g_string_append(out, "# on top of an older model\n");
	for (size_t j = 0; j < FEATURE_BUCKETS; j++)
		largest = fmax(largest, fabs(weights[j]));
	double unit = largest / 127;
	g_string_append_printf(out, "format 1\nprior %.4f\nstart %.6f\nunit %.8f\nsuspicious %.4f\nspam-like %.4f\n", prior, logit(prior), unit, suspicious, spam_like);
	const char **names = g_new(const char *, t->names->len);
	memcpy(names, t->names->pdata, t->names->len * sizeof *names);
	qsort(names, t->names->len, sizeof *names, compare_names);
	for (guint i = 0; i < t->names->len; i++) {
		double weight = weights[FEATURE_BUCKETS + GPOINTER_TO_SIZE(g_hash_table_lookup(t->named, names[i])) - 1];
		if (weight > 0)
			g_string_append_printf(out, "named %s %.4f\n", names[i], weight);
	}
	g_free(names);
	guchar *steps = g_new(guchar, FEATURE_BUCKETS);
	for (size_t j = 0; j < FEATURE_BUCKETS; j++)
		steps[j] = (guchar)(int8_t)lround(weights[j] / unit);
	for (size_t j = 0; j < FEATURE_BUCKETS; j += 96) {
		char *row = g_base64_encode(steps + j, MIN(96, FEATURE_BUCKETS - j));
		g_string_append_printf(out, "words %s\n", row);
		g_free(row);
	}
	g_free(steps);
	write_file(path, out);
	g_string_free(out, TRUE);
}

int main(int argc, char **argv)
{
	if (argc < 5 || argc > 6)
		refuse("usage: train LIST FEATURES MODEL PAGE [BASE]\nLIST has lines of path, label, language, source, with tabs between.");
	message_library_init();
	set_print_string_function(say_nothing);
	/* The clock plays no part: no rule that looks at it is a feature. */
	struct lint_options options = { .stage_given = true, .stage = STAGE_DRAFT, .profiles = PROFILE_GMAIL | PROFILE_GMAIL_BULK, .now = 1,
					.select = g_ptr_array_new(), .ignore = g_ptr_array_new(), .extend_select = g_ptr_array_new(),
					.no_inline_ignores = true };
	struct engine *engine = engine_new(builtin_rules(), &options);
	struct trainer trainer = { .options = &options, .worker = engine_worker_new(engine), .samples = g_array_new(FALSE, TRUE, sizeof(struct sample)),
				   .named = g_hash_table_new(g_str_hash, g_str_equal), .names = g_ptr_array_new(),
				   .vetoes = g_hash_table_new(g_str_hash, g_str_equal), .words = g_hash_table_new(g_str_hash, g_str_equal),
				   .nuisances = g_hash_table_new(g_str_hash, g_str_equal), .nuisance_names = g_ptr_array_new() };
	struct trainer *t = &trainer;
	GPtrArray *sources = g_ptr_array_new();

	read_choice(t, argv[2]);
	if (argc == 6)
		read_base(t, argv[5]);
	read_list(t, argv[1]);
	find_campaigns(t);
	choose_folds(t, sources);
	add_nuisances(t);
	double slope = 0;
	for (int draw = 0; draw < DRAWS; draw++) {
		draw_folds(t, draw);
		for (enum way way = AT_RANDOM; way < N_WAYS; way++) {
			if (draw >= draws_of(way))
				continue;
			hold_out(t, way, draw, way == BY_SOURCE ? sources->len : FOLDS);
			double of_way = calibrate(t, way, draw);
			slope += way == AT_RANDOM ? of_way / DRAWS : 0;
		}
	}

	/* Thresholds: by the letters, of which there must be enough; a model that is learned on top of another keeps those of that. */
	double prior = t->base.given ? t->base.prior : prior_of(t);
	double suspicious = t->base.given ? t->base.suspicious : threshold_of_draws(t, GOOD_LETTERS, 0.005);
	double spam_like = t->base.given ? t->base.spam_like : threshold_of_draws(t, GOOD_LETTERS, 0.001);

	bool *all = g_new(bool, t->samples->len);
	memset(all, true, t->samples->len * sizeof *all);
	double *weights = learn(t, all);
	for (size_t j = 0; j < n_kept(t); j++)
		weights[j] = slope * (weights[j] + weights[n_kept(t)] * (t->base.given ? t->base.weights[j] : 0));

	GString *page = g_string_new("# The model of the score: what it was learned from, and how well it does\n\nWritten by `make model`. [../score.md](../score.md) explains the figures.\n\n"
				     "## Mail\n\n");
	say_data(page, t, sources, "- ");
	g_string_append_c(page, '\n');
	say_rankings(page, t);
	g_string_append(page, "\n## Calibration\n");
	say_calibration(page, t, AT_RANDOM, prior_of(t));
	say_calibration(page, t, AT_RANDOM, 0.05);
	say_calibration(page, t, BY_CAMPAIGN, prior_of(t));
	say_verdicts(page, t, suspicious, spam_like);
	say_sources(page, t, sources);
	say_weights(page, t, weights);
	write_model(t, weights, prior, suspicious, spam_like, sources, argv[3]);
	write_file(argv[4], page);
	return 0;
}
