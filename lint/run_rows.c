/* Every recipient: expands a template with each row, lints what comes out, and tells each fault once, with the rows that have it.
 * Judges nothing itself. What a harmless value brings about as well is the template's own fault and not the row's, so it is left out here:
 * the template was linted for itself. */
#include "run_rows.h"

#include <string.h>

#include "base/utf8.h"
#include "data/blueprint.h"
#include "mail/input.h"
#include "report/reason.h"
#include "row_shape.h"
#include "run.h"

struct run_rows {
	struct input_bytes bytes;
	struct rows *rows;           /* NULL: only what is made up */
	enum language language;      /* of what is said on standard error */
	bool rows_only;              /* nothing is made up */
	bool each_row;               /* rows of one shape are not trusted to have the same */
};

struct run_rows *run_rows_of(const char *name, struct span bytes, bool each_row, GPtrArray *errors)
{
	struct run_rows *run = g_new0(struct run_rows, 1);

	if (!span_eq(bytes, SPAN_LIT(RUN_ROWS_WORST_CASES)) && !(run->rows = rows_read(name, bytes, errors)))
		g_clear_pointer(&run, run_rows_free);
	else
		run->rows_only = run->rows != NULL;
	if (run)
		run->each_row = each_row;
	return run;
}

struct run_rows *run_rows_open(const char *data, enum language language)
{
	struct run_rows *run = g_new0(struct run_rows, 1);
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;
	bool good = true;

	run->language = language;
	if (strcmp(data, RUN_ROWS_WORST_CASES) != 0) {
		if (!input_read(data, &run->bytes, &error)) {
			char *reason = reason_in(language, error->message);
			run_say(data, reason);
			g_free(reason);
			g_error_free(error);
			good = false;
		} else if (run->bytes.cut) {
			run_say(data, language == LANGUAGE_JA ? "データファイルが大きすぎます" : "the data file is too large");
			good = false;
		} else {
			run->rows = rows_read(data, run->bytes.bytes, errors);
			good = run->rows != NULL;
			if (good && rows_count(run->rows) == 0)
				run_say(data, language == LANGUAGE_JA ? "データの行がないため、作りものの値だけで検査します" : "there are no rows; only made up values are tried");
		}
	}
	for (guint i = 0; i < errors->len; i++)
		run_say(NULL, g_ptr_array_index(errors, i));
	g_ptr_array_free(errors, TRUE);
	if (!good) {
		run_rows_free(run);
		return NULL;
	}
	return run;
}

void run_rows_free(struct run_rows *run)
{
	if (!run)
		return;
	rows_free(run->rows);
	if (run->bytes.storage)
		input_bytes_release(&run->bytes);
	g_free(run);
}

/* --- what is made up ----------------------------------------------------------------------------------------------------------- */

struct worst_case {
	struct localized name;
	const char *text;            /* of every value that is shown; NULL: there is none */
};

static const struct worst_case worst_cases[] = {
	{ { { "empty values", "空の値" } }, "" },
	{ { { "missing columns", "列がない" } }, NULL },
	{ { { "very long values", "とても長い値" } },
	  "Wolfeschlegelsteinhausenbergerdorff Wolfeschlegelsteinhausenbergerdorff Wolfeschlegelsteinhausen" },
	{ { { "emoji", "絵文字" } }, "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80\xf0\x9f\x8e\x89" },
	{ { { "right-to-left text", "右から左に書く文字" } }, "\xd9\x85\xd8\xad\xd9\x85\xd8\xaf" },
	{ { { "markup in values", "値の中のマークアップ" } }, "<b>Sato</b> & \"Co\"" },
};

/* Two rows of harmless values, in two scripts. */
static const char *const harmless[] = { "Hanako", "\xe8\x8a\xb1\xe5\xad\x90" };

struct making {
	struct arena *arena;
	const struct blueprint *blueprint;
	const char *text;            /* NULL: leave it out */
	bool everywhere;             /* also what stands in addresses, by something harmless, and what is no text */
	bool no_base;                /* there is no row to be like: addresses are harmless */
};

static const struct blueprint_name *use_of(const struct making *making, struct span name)
{
	size_t n;
	const struct blueprint_name *names = blueprint_names(making->blueprint, &n);

	for (size_t i = 0; i < n; i++)
		if (span_eq_ci(names[i].name, name))
			return &names[i];
	return NULL;
}

/* Text that a person may have given: no number, no address, no date. */
static bool is_given_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_alpha(s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			return !memchr(s.p, '@', s.n) && span_find(s, SPAN_LIT("://"), 0) == s.n;
	return s.n == 0;
}

static const struct value *made_leaf(const struct making *making, const char *text, const struct value *like)
{
	struct value *value = value_new(making->arena, VALUE_STRING);

	value->text = span_str(text);
	value->column = like ? like->column : NULL;
	return value;
}

/* The value with its texts replaced; NULL where it is left out. */
static const struct value *made_value(const struct making *making, const struct blueprint_name *use, const struct value *value)
{
	if (value->kind == VALUE_LIST || value->kind == VALUE_MAP) {
		struct value *copy = value_new(making->arena, value->kind);
		copy->column = value->column;
		copy->members = ARENA_ARRAY(making->arena, struct value_member, value->n + 1);
		for (size_t i = 0; i < value->n; i++) {
			const struct value *member = made_value(making, use, value->members[i].value);
			if (member)
				copy->members[copy->n++] = (struct value_member){ value->members[i].name, member };
		}
		return copy;
	}
	if (value->kind != VALUE_STRING && value->kind != VALUE_NULL && !making->everywhere)
		return value;
	if (use->is_url || use->in_url) {
		if (!making->everywhere && !making->no_base)
			return value;
		return made_leaf(making, use->is_url ? "https://www.example.com/" : "4b1f0c7d9a2e6385", value);
	}
	if (!use->in_text || (value->kind == VALUE_STRING && !is_given_text(value->text) && !making->everywhere))
		return value;
	return making->text ? made_leaf(making, making->text, value) : NULL;
}

/* A row like base with other texts. Without a base every name that the template shows has a value. */
static const struct value *made_row(const struct making *making, const struct value *base)
{
	struct value *row = value_new(making->arena, VALUE_MAP);
	size_t n;
	const struct blueprint_name *names = blueprint_names(making->blueprint, &n);

	row->members = ARENA_ARRAY(making->arena, struct value_member, (base ? base->n : n) + 1);
	for (size_t i = 0; i < (base ? base->n : n); i++) {
		struct span name = base ? base->members[i].name : names[i].name;
		const struct blueprint_name *use = use_of(making, name);
		const struct value like = { .column = base ? NULL : arena_copy(making->arena, name) };
		const struct value *value = base ? base->members[i].value : made_leaf(making, harmless[0], &like);
		if (use)
			value = made_value(making, use, value);
		if (value)
			row->members[row->n++] = (struct value_member){ name, value };
	}
	return row;
}

/* --- what was found ------------------------------------------------------------------------------------------------------------ */

/* Where a rule found something, wherever the row: in the template. */
struct fault_key {
	const struct rule *rule;
	const struct rule_message *message;
	size_t start, end;
};

struct tally {
	struct fault_key key;
	struct finding finding;      /* of the first row, in the arena of the worker */
	struct finding_row first[FINDING_ROWS_SHOWN];
	size_t n_first, n;
	size_t last;                 /* the row that was added last */
};

/* Rows of one shape (row_shape.h): those that are linted speak for the others. */
struct group {
	size_t n, n_linted;
	GPtrArray *tallies;          /* struct tally: what its first row has; NULL: nothing */
	bool doubtful;               /* another of its rows had something else: each is linted */
};

/* A row that is to be linted, and what was found. */
struct item {
	size_t row;
	GPtrArray *tallies;          /* struct tally; NULL: nothing */
};

struct expander {
	const struct run_rows *run;
	const struct blueprint *blueprint;
	const struct engine *engine;
	const struct message *message;
	const struct message_result *result;
	const struct row_shapes *shapes; /* NULL: each row is linted */
	GHashTable *own;             /* struct fault_key: what harmless values bring about as well */
	size_t n_rows;
	struct row_shape *of_row;    /* the shape of each row */
	guint32 *group_of_row;
	GArray *groups;              /* struct group */
	GArray *items;               /* struct item: of the round at hand */
	gint next;                   /* atomic: the next stretch of rows or items */
};

/* One thread, with what it found. */
struct expander_worker {
	struct expander *all;
	struct engine_worker *engine;
	struct arena *arena;         /* of the tallies */
	GHashTable *tallies;         /* struct tally, by its key */
};

static guint key_hash(gconstpointer data)
{
	const struct fault_key *key = data;

	return g_direct_hash(key->rule) ^ (guint)(key->start * 2654435761u) ^ (guint)(key->end * 40503u) ^ g_direct_hash(key->message);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
	const struct fault_key *x = a, *y = b;

	return x->rule == y->rule && x->message == y->message && x->start == y->start && x->end == y->end;
}

static struct range in_template(const struct expansion *expansion, const struct finding *finding)
{
	size_t start = finding->start.offset, end = finding->end.offset;
	struct range range = text_to_source(expansion->text, start, end, NULL);

	/* Tags that left nothing belong to it. */
	for (size_t i = 0; end > start && i < expansion->n_insertions; i++) {
		const struct insertion *insertion = &expansion->insertions[i];
		if (insertion->range.start != insertion->range.end || insertion->range.start < start || insertion->range.start > end)
			continue;
		range.start = MIN(range.start, insertion->tag.start);
		range.end = MAX(range.end, insertion->tag.end);
	}
	return range;
}

static struct message_result *lint_expansion(const struct expander *all, struct engine_worker *worker, struct expansion *expansion)
{
	const struct text file = { .bytes = expansion->text->bytes };
	struct arena *arena = arena_new();
	const struct line_index lines = line_index_new(arena, file.bytes);
	struct message *message = message_new(all->message->path, &file, &lines, (struct range){ 0, file.bytes.n }, 0, all->message->kind,
					      all->message->template_kind);

	message->expansion = expansion;
	struct message_result *result = engine_try(worker, all->engine, message);
	message_free(message);
	arena_free(arena);
	return result;
}

/* "name = \"\", city = \"Tokyo\"": what was put in where the finding stands. */
static const char *values_at(struct arena *arena, const struct expansion *expansion, const struct finding *finding)
{
	GString *out = g_string_new(NULL);
	unsigned n = 0;

	for (size_t i = 0; i < expansion->n_insertions && n < 3; i++) {
		const struct insertion *insertion = &expansion->insertions[i];
		if (insertion->range.end < finding->start.offset || insertion->range.start > finding->end.offset || insertion->stand_in)
			continue;
		struct span value = span_of(insertion->value.p, MIN(insertion->value.n, 200));
		const char *name = insertion->column ? insertion->column : arena_copy(arena, insertion->expression);
		while (value.n && value.n < insertion->value.n && ((unsigned char)insertion->value.p[value.n] & 0xC0) == 0x80)
			value.n--;
		g_string_append_printf(out, "%s%s = \"%.*s\"", n++ ? ", " : "", name, (int)value.n, value.p);
	}
	const char *copy = n ? arena_copy(arena, span_of(out->str, out->len)) : NULL;
	g_string_free(out, TRUE);
	return copy;
}

static void add_row(struct tally *tally, const struct finding_row *row)
{
	size_t at = tally->n_first;

	/* Twice in one row is one row. */
	if (tally->n && tally->last == row->number)
		return;
	tally->last = row->number;
	tally->n++;
	while (at > 0 && tally->first[at - 1].number > row->number)
		at--;
	if (at == FINDING_ROWS_SHOWN)
		return;
	size_t last = MIN(tally->n_first, (size_t)FINDING_ROWS_SHOWN - 1);
	memmove(&tally->first[at + 1], &tally->first[at], (last - at) * sizeof *tally->first);
	tally->first[at] = *row;
	tally->n_first = MIN(tally->n_first + 1, (size_t)FINDING_ROWS_SHOWN);
}

static struct tally *tally_of(struct expander_worker *w, const struct expansion *expansion, const struct finding *finding, struct finding_row row)
{
	struct range place = in_template(expansion, finding);
	struct fault_key key = { finding->rule, finding->message, place.start, place.end };
	struct tally *tally = g_hash_table_lookup(w->tallies, &key);

	if (g_hash_table_contains(w->all->own, &key))
		return NULL;
	/* That nothing is left of a template when all is empty silences everything else, and nobody sends such a mail. */
	if (row.worst && finding->rule->supersedes && strcmp(finding->rule->supersedes[0], "*") == 0)
		return NULL;
	if (!tally) {
		tally = ARENA_NEW(w->arena, struct tally);
		tally->key = key;
		g_hash_table_insert(w->tallies, &tally->key, tally);
	}
	/* What is kept of it: the row that will be told first, and what the others become. */
	if (tally->n_first < FINDING_ROWS_SHOWN || row.number < tally->first[tally->n_first - 1].number) {
		row.values = values_at(w->arena, expansion, finding);
		const char *line = finding->decoded_line ? finding->decoded_line : finding->raw_line;
		row.becomes = line ? arena_copy(w->arena, span_str(line)) : NULL;
	}
	if (tally->n == 0 || row.number < tally->first[0].number) {
		tally->finding = finding_copy(w->arena, finding);
		engine_move_finding(&tally->finding, w->arena, w->all->message->lines, place);
	}
	add_row(tally, &row);
	return tally;
}

static struct expansion *expand(const struct expander *all, struct arena *arena, const struct value *values)
{
	struct expansion *expansion = blueprint_expand(all->blueprint, arena, values);

	expansion->data_path = all->run->rows ? rows_path(all->run->rows) : NULL;
	return expansion;
}

/* What the row has that is not the template's own; NULL for nothing. */
static GPtrArray *lint_row(struct expander_worker *w, const struct value *values, struct finding_row row)
{
	struct arena *arena = arena_new();
	struct expansion *expansion = expand(w->all, arena, values);
	GPtrArray *tallies = NULL;

	expansion->made_up = row.worst != NULL;
	struct message_result *result = lint_expansion(w->all, w->engine, expansion);
	for (size_t i = 0; i < result->n_findings; i++) {
		struct tally *tally = tally_of(w, expansion, &result->findings[i], row);
		if (!tallies)
			tallies = g_ptr_array_new();
		if (tally && !g_ptr_array_find(tallies, tally, NULL))
			g_ptr_array_add(tallies, tally);
	}
	message_result_free(result);
	arena_free(arena);
	if (tallies && tallies->len == 0)
		g_clear_pointer(&tallies, g_ptr_array_unref);
	return tallies;
}

static struct expander_worker *worker_new(struct expander *all)
{
	struct expander_worker *w = g_new0(struct expander_worker, 1);

	w->all = all;
	w->engine = engine_worker_new(all->engine);
	w->arena = arena_new();
	w->tallies = g_hash_table_new(key_hash, key_equal);
	return w;
}

static void worker_free(struct expander_worker *w)
{
	engine_worker_free(w->engine);
	g_hash_table_destroy(w->tallies);
	arena_free(w->arena);
	g_free(w);
}

enum { ROWS_AT_A_TIME = 64, ITEMS_AT_A_TIME = 8 };

/* Find out the shape of each row. */
static gpointer sign_rows(gpointer data)
{
	const struct expander_worker *w = data;
	struct expander *all = w->all;

	for (;;) {
		size_t from = (size_t)g_atomic_int_add(&all->next, 1) * ROWS_AT_A_TIME;
		if (from >= all->n_rows)
			return NULL;
		for (size_t i = from; i < MIN(from + ROWS_AT_A_TIME, all->n_rows); i++) {
			struct arena *arena = arena_new();
			all->of_row[i] = row_shape_of(all->shapes, expand(all, arena, rows_get(all->run->rows, arena, i).values));
			arena_free(arena);
		}
	}
}

static gpointer lint_items(gpointer data)
{
	struct expander_worker *w = data;
	struct expander *all = w->all;

	for (;;) {
		size_t from = (size_t)g_atomic_int_add(&all->next, 1) * ITEMS_AT_A_TIME;
		if (from >= all->items->len)
			return NULL;
		for (size_t i = from; i < MIN(from + ITEMS_AT_A_TIME, all->items->len); i++) {
			struct arena *arena = arena_new();
			struct item *item = &g_array_index(all->items, struct item, i);
			struct row row = rows_get(all->run->rows, arena, item->row);
			item->tallies = lint_row(w, row.values, (struct finding_row){ .number = row.number, .line = row.line });
			arena_free(arena);
		}
	}
}

/* Have all workers do their share. */
static void share(struct expander *all, GPtrArray *workers, GThreadFunc work)
{
	GPtrArray *threads = g_ptr_array_new();

	g_atomic_int_set(&all->next, 0);
	for (guint i = 1; i < workers->len; i++)
		g_ptr_array_add(threads, g_thread_new("rows", work, g_ptr_array_index(workers, i)));
	work(g_ptr_array_index(workers, 0));
	for (guint i = 0; i < threads->len; i++)
		g_thread_join(g_ptr_array_index(threads, i));
	g_ptr_array_free(threads, TRUE);
}

static guint shape_hash(gconstpointer data)
{
	guint hash;

	memcpy(&hash, data, sizeof hash);
	return hash;
}

static gboolean shape_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(struct row_shape)) == 0;
}

static void group_rows(struct expander *all)
{
	GHashTable *numbers = g_hash_table_new(shape_hash, shape_equal);

	for (size_t i = 0; i < all->n_rows; i++) {
		gpointer number;
		if (!all->shapes || !g_hash_table_lookup_extended(numbers, &all->of_row[i], NULL, &number)) {
			const struct group group = { 0 };
			number = GUINT_TO_POINTER(all->groups->len);
			g_array_append_val(all->groups, group);
			if (all->shapes)
				g_hash_table_insert(numbers, &all->of_row[i], number);
		}
		all->group_of_row[i] = GPOINTER_TO_UINT(number);
		g_array_index(all->groups, struct group, GPOINTER_TO_UINT(number)).n++;
	}
	g_hash_table_destroy(numbers);
}

static struct group *group_of(const struct expander *all, size_t row)
{
	return &g_array_index(all->groups, struct group, all->group_of_row[row]);
}

/* 0, 8, 64, 512, ...: the first row of a group, and those that try whether it speaks for the others. */
static bool is_tried(size_t ordinal)
{
	size_t power = 8;

	while (power < ordinal)
		power *= 8;
	return ordinal == 0 || ordinal == power;
}

/* The rows of a round: first those that are tried; then those that the report may name, and all the others of a doubtful group. */
static void choose_items(struct expander *all, bool first_round)
{
	gsize *ordinals = g_new0(gsize, all->groups->len + 1);

	g_array_set_size(all->items, 0);
	for (size_t i = 0; i < all->n_rows; i++) {
		struct group *group = group_of(all, i);
		size_t ordinal = ordinals[all->group_of_row[i]]++;
		bool named = group->tallies && ordinal < FINDING_ROWS_SHOWN;
		if (is_tried(ordinal) != first_round || !(first_round || named || group->doubtful))
			continue;
		const struct item item = { i, NULL };
		g_array_append_val(all->items, item);
		group->n_linted++;
	}
	g_free(ordinals);
}

static bool are_alike(const GPtrArray *a, const GPtrArray *b)
{
	if (!a || !b || a->len != b->len)
		return !a && !b;
	for (guint i = 0; i < a->len; i++) {
		const struct tally *tally = g_ptr_array_index(a, i);
		bool found = false;
		for (guint k = 0; k < b->len && !found; k++)
			found = key_equal(&tally->key, &((const struct tally *)g_ptr_array_index(b, k))->key);
		if (!found)
			return false;
	}
	return true;
}

/* What the first rows of the groups have stands for the groups, unless one that was tried has something else. */
static void compare_items(struct expander *all)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < all->items->len; i++) {
		const struct item *item = &g_array_index(all->items, struct item, i);
		struct group *group = group_of(all, item->row);
		if (g_hash_table_add(seen, group)) {
			group->tallies = item->tallies;
			continue;
		}
		group->doubtful |= !are_alike(group->tallies, item->tallies);
		if (item->tallies)
			g_ptr_array_unref(item->tallies);
	}
	g_hash_table_destroy(seen);
}

/* The rows that were not linted have what the first of their group has. */
static void count_the_others(struct expander *all)
{
	for (guint i = 0; i < all->groups->len; i++) {
		struct group *group = &g_array_index(all->groups, struct group, i);
		for (guint k = 0; group->tallies && k < group->tallies->len; k++)
			((struct tally *)g_ptr_array_index(group->tallies, k))->n += group->n - group->n_linted;
		if (group->tallies)
			g_ptr_array_unref(group->tallies);
	}
}

static void lint_rows(struct expander *all, GPtrArray *workers)
{
	all->of_row = g_new0(struct row_shape, all->n_rows + 1);
	all->group_of_row = g_new0(guint32, all->n_rows + 1);
	all->groups = g_array_new(FALSE, FALSE, sizeof(struct group));
	all->items = g_array_new(FALSE, FALSE, sizeof(struct item));
	if (all->shapes)
		share(all, workers, sign_rows);
	group_rows(all);
	choose_items(all, true);
	share(all, workers, lint_items);
	compare_items(all);
	choose_items(all, false);
	share(all, workers, lint_items);
	for (guint i = 0; i < all->items->len; i++) {
		const struct item *item = &g_array_index(all->items, struct item, i);
		if (item->tallies)
			g_ptr_array_unref(item->tallies);
	}
	count_the_others(all);
	g_array_free(all->items, TRUE);
	g_array_free(all->groups, TRUE);
	g_free(all->group_of_row);
	g_free(all->of_row);
}

/* --- all of it ----------------------------------------------------------------------------------------------------------------- */

/* What harmless values bring about, and what the template has of itself. */
static void learn_own(struct expander *all, struct expander_worker *w, struct arena *arena, const struct value *base)
{
	for (size_t k = 0; k < G_N_ELEMENTS(harmless); k++) {
		const struct making making = { arena, all->blueprint, harmless[k], true, !base };
		struct expansion *expansion = blueprint_expand(all->blueprint, arena, made_row(&making, base));
		expansion->harmless = true;
		struct message_result *result = lint_expansion(all, w->engine, expansion);
		for (size_t i = 0; i < result->n_findings; i++) {
			const struct finding *finding = &result->findings[i];
			struct range place = in_template(expansion, finding);
			struct fault_key *key = ARENA_NEW(arena, struct fault_key);
			*key = (struct fault_key){ finding->rule, finding->message, place.start, place.end };
			g_hash_table_add(all->own, key);
		}
		message_result_free(result);
	}
	for (size_t i = 0; i < all->result->n_findings; i++) {
		const struct finding *finding = &all->result->findings[i];
		struct fault_key *key = ARENA_NEW(arena, struct fault_key);
		*key = (struct fault_key){ finding->rule, finding->message, finding->start.offset, finding->end.offset };
		g_hash_table_add(all->own, key);
	}
}

static void merge(GHashTable *into, const struct expander_worker *w)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, w->tallies);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct tally *tally = value, *other = g_hash_table_lookup(into, &tally->key);
		if (!other) {
			g_hash_table_insert(into, &tally->key, tally);
			continue;
		}
		size_t n = other->n + tally->n;
		if (tally->first[0].number < other->first[0].number)
			other->finding = tally->finding;
		for (size_t i = 0; i < tally->n_first; i++)
			add_row(other, &tally->first[i]);
		other->n = n;
	}
}

static void add_tally(GArray *findings, struct arena *arena, const struct expander *all, const struct tally *tally)
{
	struct finding finding = finding_copy(arena, &tally->finding);
	struct finding_rows *rows = ARENA_NEW(arena, struct finding_rows);

	if (all->run->rows)
		rows->data_path = arena_copy(arena, span_str(rows_path(all->run->rows)));
	rows->n = tally->n;
	rows->of = tally->first[0].worst ? G_N_ELEMENTS(worst_cases) : all->n_rows;
	rows->n_first = tally->n_first;
	for (size_t i = 0; i < tally->n_first; i++) {
		rows->first[i] = tally->first[i];
		rows->first[i].values = tally->first[i].values ? arena_copy(arena, span_str(tally->first[i].values)) : NULL;
		rows->first[i].becomes = tally->first[i].becomes ? arena_copy(arena, span_str(tally->first[i].becomes)) : NULL;
	}
	/* Nobody has such a row yet. */
	if (rows->first[0].worst && finding.severity > SEVERITY_WARNING)
		finding.severity = SEVERITY_WARNING;
	finding.rows = rows;
	g_array_append_val(findings, finding);
}

/* What is made up is told only where no row has it already. */
static void lint_worst_cases(struct expander *all, struct expander_worker *w, struct arena *arena, const struct value *base)
{
	for (size_t i = 0; i < G_N_ELEMENTS(worst_cases); i++) {
		const struct making making = { arena, all->blueprint, worst_cases[i].text, false, !base };
		GPtrArray *tallies = lint_row(w, made_row(&making, base), (struct finding_row){ .worst = &worst_cases[i].name, .number = i });
		if (tallies)
			g_ptr_array_unref(tallies);
	}
}

static bool is_told(GHashTable *rows, const struct tally *worst)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, rows);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct tally *tally = value;
		if (tally->key.rule == worst->key.rule && tally->key.start == worst->key.start)
			return true;
	}
	return false;
}

static void collect(struct expander *all, GPtrArray *workers, struct expander_worker *worst, struct message_result *result)
{
	GHashTable *rows = g_hash_table_new(key_hash, key_equal);
	GArray *findings = g_array_new(FALSE, TRUE, sizeof(struct finding));
	GHashTableIter iter;
	gpointer value;

	for (guint i = 0; i < workers->len; i++)
		merge(rows, g_ptr_array_index(workers, i));
	g_hash_table_iter_init(&iter, rows);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		add_tally(findings, result->arena, all, value);
	g_hash_table_iter_init(&iter, worst->tallies);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (!is_told(rows, value))
			add_tally(findings, result->arena, all, value);
	engine_add_findings(result, findings);
	g_array_free(findings, TRUE);
	g_hash_table_destroy(rows);
}

enum { FEWEST_ROWS_TO_SHAPE = 16 }; /* fewer do not pay the making of the table of words */

static const struct blueprint *make_blueprint(struct arena *arena, const struct run_rows *run, const struct message *message)
{
	struct blueprint_part *parts = ARENA_ARRAY(arena, struct blueprint_part, message->n_bodies + 1);

	for (size_t i = 0; i < message->n_bodies; i++)
		parts[i] = (struct blueprint_part){ message->bodies[i].entity->body, message->bodies[i].html != NULL };
	return blueprint_new(arena, message->path, message->file, parts, message->n_bodies, run->rows && rows_columns(run->rows)[0] ? rows_columns(run->rows) : NULL);
}

static bool is_fillable(const struct run_rows *run, const struct message *message)
{
	if (utf8_valid(message->file->bytes))
		return true;
	run_say(message->path, run->language == LANGUAGE_JA ? "UTF-8 ではないテンプレートなので、データを差し込んでいません" : "not in UTF-8, so that its rows were not checked");
	return false;
}

struct expansion *run_rows_fill(const struct run_rows *run, struct arena *arena, const struct message *message, size_t number, struct row *row)
{
	const struct blueprint *blueprint;

	if (!run->rows || number == 0 || number > rows_count(run->rows)) {
		run_say(run->rows ? rows_path(run->rows) : RUN_ROWS_WORST_CASES, run->language == LANGUAGE_JA ? "指定した行はデータにありません" : "the data has no such row");
		return NULL;
	}
	if (message->kind == INPUT_TEMPLATE && !is_fillable(run, message))
		return NULL;
	if (message->kind != INPUT_TEMPLATE || !blueprint_has_tags(blueprint = make_blueprint(arena, run, message))) {
		run_say(message->path, run->language == LANGUAGE_JA ? "差し込みタグのあるテンプレートではありません" : "is no template with tags, so that no row can be filled in");
		return NULL;
	}
	*row = rows_get(run->rows, arena, number - 1);
	return blueprint_expand(blueprint, arena, row->values);
}

bool run_rows_lint(const struct run_rows *run, const struct engine *engine, const struct lint_options *options, int jobs, const struct message *message,
		   struct message_result *result)
{
	struct arena *arena = arena_new();
	struct lint_options rendered = *options;
	struct expander all = { .run = run, .message = message, .result = result };

	if (!rendered.stage_given || rendered.stage == STAGE_TEMPLATE)
		rendered.stage = STAGE_DRAFT;
	rendered.stage_given = true;
	if (!is_fillable(run, message)) {
		arena_free(arena);
		return true;
	}
	all.blueprint = make_blueprint(arena, run, message);
	all.n_rows = run->rows ? rows_count(run->rows) : 0;
	if (!blueprint_has_tags(all.blueprint)) {
		arena_free(arena);
		return false;
	}
	struct engine *drafts = engine_new_beside(engine, &rendered);
	all.engine = drafts;
	all.own = g_hash_table_new(key_hash, key_equal);
	struct expander_worker *first = worker_new(&all), *worst = worker_new(&all);
	const struct value *base = all.n_rows ? rows_get(run->rows, arena, 0).values : NULL;
	learn_own(&all, first, arena, base);
	if (!run->rows_only)
		lint_worst_cases(&all, worst, arena, base);

	GPtrArray *workers = g_ptr_array_new();
	size_t n = jobs > 0 ? (size_t)jobs : g_get_num_processors();
	if (all.n_rows >= FEWEST_ROWS_TO_SHAPE && !run->each_row)
		all.shapes = row_shapes_new(arena, engine_rules(engine), message->file->bytes);
	g_ptr_array_add(workers, first);
	for (size_t i = 1; i < n && i * ROWS_AT_A_TIME < all.n_rows; i++)
		g_ptr_array_add(workers, worker_new(&all));
	lint_rows(&all, workers);
	collect(&all, workers, worst, result);
	for (guint i = 0; i < workers->len; i++)
		worker_free(g_ptr_array_index(workers, i));
	worker_free(worst);
	g_ptr_array_free(workers, TRUE);
	g_hash_table_destroy(all.own);
	engine_free(drafts);
	arena_free(arena);
	return true;
}
