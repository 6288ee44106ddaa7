/* Role: the match trees of rules over the texts of a message: one prefilter pass a text and form, then phrases and patterns around
 * the literals found.
 * May not: report; use PCRE2 or ICU itself; keep anything of a message after match_run(). */
#include "rule/match.h"

#include <string.h>

#include "base/disguise.h"
#include "base/limits.h"
#include "base/normal.h"
#include "base/unwrap.h"
#include "base/utf8.h"
#include "rule/pattern.h"
#include "rule/prefilter.h"
#include "rule/quoted.h"

#define N_FORMS 5
/* Hits kept of one leaf and of one rule in one message; the engine reports LIMIT_FINDINGS_PER_RULE and counts the rest. */
#define MOST_LEAF_HITS 1000
/* Places of one literal kept in one text. */
#define MOST_PLACES 200000
/* Windows of one pattern in one text; where there are more, the text is one window. */
#define MOST_WINDOWS 20000
#define WINDOW_GAP 16
/* Word border checks between two looks at the clock. */
#define BORDER_CHECKS_A_LOOK 16

/* A kind of text: the targets that are one, then one kind for every header field that a rule names. */
#define CLASS_BIT(target) (1u << (target))
#define FIRST_HEADER_CLASS 32

struct header_class {
	const char *name;
	bool raw;
};

struct leaf {
	const struct rule_match *match;
	uint32_t rule;
	uint32_t classes;   /* bits of enum match_target */
	int header_class;   /* FIRST_HEADER_CLASS + index, or -1 */
	uint32_t *literals; /* numbers in the prefilter of the form */
	struct span *literal_bytes;
	struct span *plain; /* FORM_MASKS: the phrase that a literal is a spelling of */
	size_t n_literals;          /* 0: a slow regex */
	struct pattern_shape shape; /* of a regex */
	struct span *except;
	size_t n_except;
};

struct node {
	const struct rule_match *match;
	uint32_t leaf; /* of leaves */
	struct node *children;
	size_t n_children;
};

struct set_rule {
	const struct rule *rule;
	struct node *root;
	uint32_t first_leaf, end_leaf;
	bool has_absence; /* can be true without a hit: a NOT, or a COUNT that allows none */
	bool has_limit;   /* a NOT, or a COUNT with an upper bound: more hits can make it false */
};

/* Leaves that wait for a literal. */
struct waiting {
	uint32_t *leaves;
	size_t n;
};

struct form_set {
	struct prefilter *prefilter;
	struct waiting *waiting; /* by literal */
	uint32_t *slow;          /* leaves without a literal */
	size_t n_slow;
};

struct match_set {
	struct arena *arena;
	struct arena *scratch; /* while the set is made: what reading a regex leaves behind */
	struct set_rule *rules;
	size_t n_rules;
	struct leaf *leaves;
	size_t n_leaves;
	struct header_class *headers;
	size_t n_headers;
	struct form_set forms[N_FORMS];
};

/* ---- making a set ---- */

static bool is_leaf(const struct rule_match *match)
{
	return match->kind == MATCH_PHRASE || match->kind == MATCH_REGEX;
}

static size_t count_strings(const char *const *strings)
{
	size_t n = 0;

	while (strings && strings[n])
		n++;
	return n;
}

static size_t count_children(const struct rule_match *match)
{
	size_t n = 0;

	while (match->children && match->children[n])
		n++;
	return n;
}

static size_t count_leaves(const struct rule_match *match)
{
	size_t n = 0;

	if (is_leaf(match))
		return 1;
	for (size_t i = 0; i < count_children(match); i++)
		n += count_leaves(match->children[i]);
	return n;
}

/* The kinds of text that a target means. */
static uint32_t classes_of(enum match_target target)
{
	switch (target) {
	case TARGET_BODY:
		return CLASS_BIT(TARGET_PLAIN) | CLASS_BIT(TARGET_HTML_VISIBLE);
	case TARGET_TEXT:
		return CLASS_BIT(TARGET_SUBJECT) | CLASS_BIT(TARGET_PLAIN) | CLASS_BIT(TARGET_HTML_VISIBLE);
	case TARGET_HEADER:
	case TARGET_HEADER_RAW:
		return 0;
	default:
		return CLASS_BIT(target);
	}
}

static int header_class_of(struct match_set *set, const struct rule_match *match)
{
	bool raw = match->target == TARGET_HEADER_RAW;

	if ((match->target != TARGET_HEADER && !raw) || !match->header)
		return -1;
	for (size_t i = 0; i < set->n_headers; i++) {
		if (set->headers[i].raw == raw && g_ascii_strcasecmp(set->headers[i].name, match->header) == 0)
			return FIRST_HEADER_CLASS + (int)i;
	}
	set->headers[set->n_headers] = (struct header_class){match->header, raw};
	return FIRST_HEADER_CLASS + (int)set->n_headers++;
}

/* The literals of a phrase leaf. */
static size_t add_phrases(struct match_set *set, struct leaf *leaf)
{
	const struct rule_match *match = leaf->match;
	size_t n = count_strings(match->phrases), total = 0;
	struct span **spellings;
	size_t *counts;

	if (match->form != FORM_MASKS) {
		leaf->literal_bytes = ARENA_ARRAY(set->arena, struct span, n + 1);
		for (size_t i = 0; i < n; i++)
			leaf->literal_bytes[i] = span_str(match->phrases[i]);
		return n;
	}
	spellings = ARENA_ARRAY(set->arena, struct span *, n + 1);
	counts = ARENA_ARRAY(set->arena, size_t, n + 1);
	for (size_t i = 0; i < n; i++)
		total += counts[i] = disguise_spellings(set->arena, span_str(match->phrases[i]), &spellings[i]);
	leaf->literal_bytes = ARENA_ARRAY(set->arena, struct span, total + 1);
	leaf->plain = ARENA_ARRAY(set->arena, struct span, total + 1);
	total = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < counts[i]; k++) {
			leaf->plain[total] = span_str(match->phrases[i]);
			leaf->literal_bytes[total++] = spellings[i][k];
		}
	}
	return total;
}

static void make_leaf(struct match_set *set, struct leaf *leaf, const struct rule_match *match, uint32_t rule)
{
	struct prefilter *prefilter = set->forms[match->form].prefilter;
	size_t n = 0;

	leaf->match = match;
	leaf->rule = rule;
	leaf->classes = classes_of(match->target);
	leaf->header_class = header_class_of(set, match);
	leaf->n_except = count_strings(match->except);
	leaf->except = ARENA_ARRAY(set->arena, struct span, leaf->n_except + 1);
	for (size_t i = 0; i < leaf->n_except; i++)
		leaf->except[i] = span_str(match->except[i]);

	if (match->kind == MATCH_REGEX) {
		/* Whether literals are in the form is match_check_rule()'s question. */
		leaf->shape = pattern_analyse(set->scratch, match->regex ? match->regex : "", FORM_DECODED);
		n = leaf->shape.n_literals;
		leaf->literal_bytes = ARENA_ARRAY(set->arena, struct span, n + 1);
		for (size_t i = 0; i < n; i++)
			leaf->literal_bytes[i] = arena_copy_span(set->arena, leaf->shape.literals[i]);
		leaf->shape.literals = leaf->literal_bytes;
	} else {
		n = add_phrases(set, leaf);
	}
	leaf->literals = ARENA_ARRAY(set->arena, uint32_t, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (leaf->literal_bytes[i].n == 0)
			continue;
		leaf->literal_bytes[leaf->n_literals] = leaf->literal_bytes[i];
		if (leaf->plain)
			leaf->plain[leaf->n_literals] = leaf->plain[i];
		leaf->literals[leaf->n_literals++] = prefilter_add(prefilter, leaf->literal_bytes[i], leaf->shape.ignore_case);
	}
}

/* Nesting is bounded by LIMIT_YAML_DEPTH. */
static void make_node(struct match_set *set, struct node *node, const struct rule_match *match, uint32_t rule)
{
	struct set_rule *owner = &set->rules[rule];

	node->match = match;
	if (is_leaf(match)) {
		node->leaf = (uint32_t)set->n_leaves;
		make_leaf(set, &set->leaves[set->n_leaves++], match, rule);
		return;
	}
	if (match->kind == MATCH_NOT || (match->kind == MATCH_COUNT && match->min <= 0))
		owner->has_absence = true;
	if (match->kind == MATCH_NOT || (match->kind == MATCH_COUNT && match->max >= 0))
		owner->has_limit = true;
	node->n_children = count_children(match);
	node->children = ARENA_ARRAY(set->arena, struct node, node->n_children + 1);
	for (size_t i = 0; i < node->n_children; i++)
		make_node(set, &node->children[i], match->children[i], rule);
}

/* Lists of waiting leaves, by counting first. */
static void make_waiting(struct match_set *set, size_t form)
{
	struct form_set *forms = &set->forms[form];
	size_t n_literals = prefilter_count(forms->prefilter), total = 0;
	uint32_t *all;

	forms->waiting = ARENA_ARRAY(set->arena, struct waiting, n_literals + 1);
	forms->slow = ARENA_ARRAY(set->arena, uint32_t, set->n_leaves + 1);
	for (size_t i = 0; i < set->n_leaves; i++) {
		const struct leaf *leaf = &set->leaves[i];

		if ((size_t)leaf->match->form != form)
			continue;
		if (leaf->n_literals == 0 && leaf->match->kind == MATCH_REGEX)
			forms->slow[forms->n_slow++] = (uint32_t)i;
		for (size_t k = 0; k < leaf->n_literals; k++)
			forms->waiting[leaf->literals[k]].n++;
		total += leaf->n_literals;
	}
	all = ARENA_ARRAY(set->arena, uint32_t, total + 1);
	for (size_t i = 0; i < n_literals; i++) {
		forms->waiting[i].leaves = all;
		all += forms->waiting[i].n;
		forms->waiting[i].n = 0;
	}
	for (size_t i = 0; i < set->n_leaves; i++) {
		const struct leaf *leaf = &set->leaves[i];

		if ((size_t)leaf->match->form != form)
			continue;
		for (size_t k = 0; k < leaf->n_literals; k++) {
			struct waiting *waiting = &forms->waiting[leaf->literals[k]];

			waiting->leaves[waiting->n++] = (uint32_t)i;
		}
	}
}

struct match_set *match_set_new(const struct rule_set *rules)
{
	struct arena *arena = arena_new();
	struct match_set *set = ARENA_NEW(arena, struct match_set);
	size_t n_leaves = 0;

	set->arena = arena;
	set->scratch = arena_new();
	set->rules = ARENA_ARRAY(arena, struct set_rule, rules->n + 1);
	for (size_t i = 0; i < rules->n; i++) {
		if (!rules->rules[i]->match)
			continue;
		set->rules[set->n_rules++].rule = rules->rules[i];
		n_leaves += count_leaves(rules->rules[i]->match);
	}
	set->leaves = ARENA_ARRAY(arena, struct leaf, n_leaves + 1);
	set->headers = ARENA_ARRAY(arena, struct header_class, n_leaves + 1);
	for (size_t form = 0; form < N_FORMS; form++)
		set->forms[form].prefilter = prefilter_new(arena);
	for (size_t i = 0; i < set->n_rules; i++) {
		struct set_rule *rule = &set->rules[i];

		rule->first_leaf = (uint32_t)set->n_leaves;
		rule->root = ARENA_NEW(arena, struct node);
		make_node(set, rule->root, rule->rule->match, (uint32_t)i);
		rule->end_leaf = (uint32_t)set->n_leaves;
	}
	for (size_t form = 0; form < N_FORMS; form++) {
		prefilter_finish(set->forms[form].prefilter);
		make_waiting(set, form);
	}
	arena_free(set->scratch);
	set->scratch = NULL;
	return set;
}

void match_set_free(struct match_set *set)
{
	/* The set lives in its own arena. */
	if (set)
		arena_free(set->arena);
}

/* ---- workers ---- */

/* A hit, and where its text stands among the texts of the run. */
struct found {
	struct match_hit hit;
	uint32_t order;
};

struct leaf_state {
	GArray *found;        /* struct found; NULL: none yet */
	size_t first_of_text; /* index of the first one of the text at hand */
	size_t n_quoted;      /* hits left out because they are quoted to warn of them */
	bool gave_up;
	bool queued; /* for the text at hand */
};

struct places {
	uint32_t *at;
	size_t n, allocated;
	bool cut; /* MOST_PLACES */
};

struct match_worker {
	const struct match_set *set;
	struct words *words, *own_words;
	struct pattern **patterns; /* by leaf; compiled at first use */
	struct leaf_state *leaves;
	struct places *places[N_FORMS]; /* by literal */
	bool *wanted;                   /* by rule */
	int64_t *budget_us;             /* by rule, of the message at hand */
	size_t *work;                   /* by rule: see struct pattern_budget */
	GArray *touched_literals;       /* uint32_t */
	GArray *queue;                  /* uint32_t: leaves */
	GArray *touched_leaves;         /* uint32_t: leaves whose state must be cleared */
};

struct match_worker *match_worker_new(const struct match_set *set, struct words *words)
{
	struct match_worker *worker = g_new0(struct match_worker, 1);

	worker->set = set;
	worker->words = words ? words : (worker->own_words = words_new());
	worker->patterns = g_new0(struct pattern *, set->n_leaves + 1);
	worker->leaves = g_new0(struct leaf_state, set->n_leaves + 1);
	for (size_t form = 0; form < N_FORMS; form++)
		worker->places[form] = g_new0(struct places, prefilter_count(set->forms[form].prefilter) + 1);
	worker->wanted = g_new0(bool, set->n_rules + 1);
	worker->budget_us = g_new0(int64_t, set->n_rules + 1);
	worker->work = g_new0(size_t, set->n_rules + 1);
	worker->touched_literals = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	worker->queue = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	worker->touched_leaves = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return worker;
}

void match_worker_free(struct match_worker *worker)
{
	if (!worker)
		return;
	for (size_t i = 0; i < worker->set->n_leaves; i++) {
		pattern_free(worker->patterns[i]);
		if (worker->leaves[i].found)
			g_array_free(worker->leaves[i].found, TRUE);
	}
	for (size_t form = 0; form < N_FORMS; form++) {
		for (size_t i = 0; i < prefilter_count(worker->set->forms[form].prefilter); i++)
			g_free(worker->places[form][i].at);
		g_free(worker->places[form]);
	}
	g_array_free(worker->touched_literals, TRUE);
	g_array_free(worker->queue, TRUE);
	g_array_free(worker->touched_leaves, TRUE);
	words_free(worker->own_words);
	g_free(worker->patterns);
	g_free(worker->leaves);
	g_free(worker->wanted);
	g_free(worker->budget_us);
	g_free(worker->work);
	g_free(worker);
}

/* ---- the texts of a message ---- */

struct run {
	struct match_worker *worker;
	const struct match_set *set;
	struct arena *scratch;
	int64_t message_us;
	uint32_t wanted_classes[N_FORMS];
	bool *wanted_headers[N_FORMS]; /* by header class; NULL where there are none */
	/* The text at hand. */
	int class;
	const struct text *forms[N_FORMS];
	const struct text *unwrapped; /* what is looked at in place of a form, while wrapped lines are; else NULL */
	size_t form;
	uint32_t order;
	uint32_t leaf;
	size_t literal; /* of a phrase leaf, among its literals */
	unsigned border_checks;
	int64_t clock;
};

static bool class_wanted(const struct run *run, size_t form, int class)
{
	if (class < FIRST_HEADER_CLASS)
		return run->wanted_classes[form] >> class & 1;
	return run->wanted_headers[form][class - FIRST_HEADER_CLASS];
}

static bool leaf_takes(const struct leaf *leaf, int class)
{
	return class < FIRST_HEADER_CLASS ? leaf->classes >> class & 1 : leaf->header_class == class;
}

/* The same text with U+FFFD for broken bytes: patterns need valid UTF-8. */
static const struct text *repaired(struct arena *arena, const struct text *text)
{
	struct map_builder map;
	GString *bytes;
	struct text *result;
	size_t at = 0;

	if (utf8_valid(text->bytes))
		return text;
	bytes = g_string_sized_new(text->bytes.n + 16);
	map_builder_init(&map);
	while (at < text->bytes.n) {
		struct span rest = span_cut(text->bytes, at, text->bytes.n);
		size_t n = utf8_valid_prefix(rest);

		g_string_append_len(bytes, rest.p, (gssize)n);
		map_add_copied(&map, at, n);
		at += n;
		if (at < text->bytes.n) {
			g_string_append(bytes, "\xef\xbf\xbd");
			map_add_block(&map, at, 1, 3);
			at++;
		}
	}
	result = text_new(arena, arena_copy_span(arena, span_of(bytes->str, bytes->len)), map_builder_finish(&map, arena), text);
	g_string_free(bytes, TRUE);
	return result;
}

/* The text in a form, made at first need. */
static const struct text *text_in_form(struct run *run, const struct text *decoded, size_t form)
{
	if (run->forms[form])
		return run->forms[form];
	if (form == FORM_DECODED)
		run->forms[form] = repaired(run->scratch, decoded);
	else if (form == FORM_L1)
		run->forms[form] = normal_l1(run->scratch, decoded);
	else if (form == FORM_L1_KANA)
		run->forms[form] = normal_fold_kana(run->scratch, text_in_form(run, decoded, FORM_L1));
	else if (form == FORM_GAPS)
		run->forms[form] = disguise_without_gaps(run->scratch, text_in_form(run, decoded, FORM_L1));
	else
		run->forms[form] = disguise_masks_alike(run->scratch, text_in_form(run, decoded, FORM_L1));
	return run->forms[form];
}

/* ---- hits ---- */

static void touch_leaf(struct match_worker *worker, uint32_t leaf)
{
	struct leaf_state *state = &worker->leaves[leaf];

	if (!state->found)
		state->found = g_array_new(FALSE, FALSE, sizeof(struct found));
	g_array_append_val(worker->touched_leaves, leaf);
}

static bool inside_except(const struct leaf *leaf, struct span text, struct range range)
{
	for (size_t i = 0; i < leaf->n_except; i++) {
		struct span except = leaf->except[i];
		size_t first, last;

		if (except.n < range.end - range.start)
			continue;
		first = range.end > except.n ? range.end - except.n : 0;
		last = text.n - range.start < except.n ? text.n - except.n : range.start;
		for (size_t at = first; at <= last && except.n <= text.n; at++) {
			if (memcmp(text.p + at, except.p, except.n) == 0)
				return true;
		}
	}
	return false;
}

/* Take what was used since the last look off the budgets; false where one is spent. */
static bool look_at_clock(struct run *run, uint32_t rule)
{
	int64_t now = pattern_cpu_us(), used = run->clock ? now - run->clock : 0;

	run->clock = now;
	run->worker->budget_us[rule] -= used;
	run->message_us -= used;
	return run->worker->budget_us[rule] > 0 && run->message_us > 0;
}

/* A candidate of the leaf at hand; false: no more are wanted. */
static bool accept(struct range range, void *data)
{
	struct run *run = data;
	const struct leaf *leaf = &run->set->leaves[run->leaf];
	struct leaf_state *state = &run->worker->leaves[run->leaf];
	const struct text *text = run->unwrapped ? run->unwrapped : run->forms[run->form];
	struct range place = range;
	struct found found;

	if (state->found->len >= MOST_LEAF_HITS)
		return false;
	if (run->unwrapped) {
		place = text_to_ancestor(text, range.start, range.end, run->forms[run->form]);
		if (!unwrap_crosses(run->forms[FORM_L1], place))
			return true; /* found without */
	}
	if (inside_except(leaf, text->bytes, range))
		return true;
	if (run->set->rules[leaf->rule].rule->skips_quoted && state->n_quoted < MOST_LEAF_HITS &&
	    quoted_as_warning(run->forms[run->form]->bytes, place)) {
		state->n_quoted++;
		return true;
	}
	if (leaf->match->border == BORDER_WORD) {
		bool spent = run->worker->budget_us[leaf->rule] <= 0 || run->message_us <= 0;

		if (++run->border_checks % BORDER_CHECKS_A_LOOK == 0)
			spent |= !look_at_clock(run, leaf->rule);
		if (spent) {
			state->gave_up = true;
			return false;
		}
		if (leaf->match->form != FORM_MASKS && !words_is_border(run->worker->words, text->bytes, range.start, range.end))
			return true;
	}
	if (leaf->match->form == FORM_GAPS && !disguise_gaps_are_real(text, range, run->worker->words))
		return true;
	if (leaf->match->form == FORM_MASKS &&
	        !disguise_mask_is_real(text, range, leaf->plain[run->literal], run->worker->words))
		return true;
	found.hit.text = run->forms[run->form];
	found.hit.range = place;
	found.hit.matched = leaf->plain ? leaf->plain[run->literal] : span_cut(text->bytes, range.start, range.end);
	found.hit.form = leaf->match->form;
	found.hit.entry = 0;
	found.order = run->order;
	g_array_append_val(state->found, found);
	return state->found->len < MOST_LEAF_HITS;
}

/* In the order of the texts; at one place the longer first. */
static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->hit.range.start != y->hit.range.start)
		return x->hit.range.start < y->hit.range.start ? -1 : 1;
	if (x->hit.range.end != y->hit.range.end)
		return x->hit.range.end > y->hit.range.end ? -1 : 1;
	return 0;
}

/* Hits of one leaf do not overlap: of two phrases at one place the first or longer one counts. */
static void drop_overlaps(GArray *found, size_t first)
{
	size_t kept = first;

	if (found->len <= first + 1)
		return;
	qsort(&g_array_index(found, struct found, first), found->len - first, sizeof(struct found), compare_found);
	for (size_t i = first; i < found->len; i++) {
		const struct found *now = &g_array_index(found, struct found, i);

		if (kept > first && now->hit.range.start < g_array_index(found, struct found, kept - 1).hit.range.end)
			continue;
		g_array_index(found, struct found, kept) = *now;
		kept++;
	}
	g_array_set_size(found, (guint)kept);
}

static void run_phrases(struct run *run, const struct leaf *leaf)
{
	struct leaf_state *state = &run->worker->leaves[run->leaf];

	for (size_t i = 0; i < leaf->n_literals; i++) {
		const struct places *places = &run->worker->places[run->form][leaf->literals[i]];

		run->literal = i;
		for (size_t k = 0; k < places->n; k++) {
			struct range range = {places->at[k], places->at[k] + leaf->literal_bytes[i].n};

			if (!accept(range, run))
				break;
		}
		if (state->gave_up)
			break;
	}
}

/* Start positions [from, to]. */
struct window {
	size_t from, to;
};

static int compare_windows(const void *a, const void *b)
{
	const struct window *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* Where a match may begin, given the places of one literal. */
static void add_windows(GArray *windows, const struct pattern_shape *shape, struct span text, const struct places *places)
{
	size_t previous_place = 0, previous_from = 0;

	for (size_t i = 0; i < places->n; i++) {
		size_t place = places->at[i];
		struct window window;

		if (place < shape->before_min)
			continue;
		window.to = place - shape->before_min;
		if (shape->before_max != PATTERN_UNBOUNDED) {
			window.from = place > shape->before_max ? place - shape->before_max : 0;
		} else {
			/* The line, and not more than PATTERN_LOOK_BYTES of it. What lies before the place before was seen. */
			size_t limit = place > PATTERN_LOOK_BYTES ? place - PATTERN_LOOK_BYTES : 0;
			size_t stop = previous_place > limit ? previous_place : limit, at = place;

			while (at > stop && text.p[at - 1] != '\n')
				at--;
			if (at == stop && stop > limit)
				at = previous_from > limit ? previous_from : limit;
			window.from = at < window.to ? at : window.to;
			previous_place = place;
			previous_from = at;
		}
		g_array_append_val(windows, window);
	}
}

static struct pattern *pattern_of(struct match_worker *worker, uint32_t leaf)
{
	if (!worker->patterns[leaf]) {
		g_autoptr(GError) error = NULL;

		worker->patterns[leaf] = pattern_compile(worker->set->leaves[leaf].match->regex, &error);
	}
	return worker->patterns[leaf];
}

static void run_regex(struct run *run, const struct leaf *leaf, struct span text)
{
	struct match_worker *worker = run->worker;
	struct leaf_state *state = &worker->leaves[run->leaf];
	struct pattern *pattern = pattern_of(worker, run->leaf);
	struct pattern_budget budget = {
	        .rule_us = worker->budget_us[leaf->rule], .message_us = &run->message_us, .work = worker->work[leaf->rule]};
	GArray *windows;
	size_t total = 0, next = 0;
	bool whole = leaf->n_literals == 0;

	if (state->gave_up)
		return;
	if (!pattern || budget.rule_us <= 0 || run->message_us <= 0) {
		state->gave_up = true;
		return;
	}
	windows = g_array_new(FALSE, FALSE, sizeof(struct window));
	for (size_t i = 0; i < leaf->n_literals; i++) {
		const struct places *places = &worker->places[run->form][leaf->literals[i]];

		total += places->n;
		whole |= places->cut;
	}
	if (whole || total > MOST_WINDOWS) {
		struct window window = {0, text.n};

		g_array_append_val(windows, window);
	} else {
		for (size_t i = 0; i < leaf->n_literals; i++)
			add_windows(windows, &leaf->shape, text, &worker->places[run->form][leaf->literals[i]]);
		if (leaf->n_literals > 1 && windows->len > 1)
			qsort(windows->data, windows->len, sizeof(struct window), compare_windows);
	}
	pattern_budget_start(&budget);
	for (guint i = 0; i < windows->len;) {
		struct window window = g_array_index(windows, struct window, i);
		guint k = i + 1;

		/* Windows that nearly touch are one: a few more start positions cost less than another call. */
		while (k < windows->len && g_array_index(windows, struct window, k).from <= window.to + WINDOW_GAP) {
			size_t to = g_array_index(windows, struct window, k).to;

			window.to = to > window.to ? to : window.to;
			k++;
		}
		i = k;
		if (window.from < next)
			window.from = next;
		if (window.from > window.to)
			continue;
		if (pattern_find(pattern, &leaf->shape, text, window.from, window.to, &budget, accept, run, &next) ==
		        PATTERN_GAVE_UP)
			state->gave_up = true;
		if (state->gave_up || state->found->len >= MOST_LEAF_HITS)
			break;
	}
	pattern_budget_stop(&budget);
	worker->budget_us[leaf->rule] = budget.rule_us;
	worker->work[leaf->rule] = budget.work;
	g_array_free(windows, TRUE);
}

static void on_literal(uint32_t literal, size_t offset, void *data)
{
	struct run *run = data;
	struct places *places = &run->worker->places[run->form][literal];

	if (places->n == 0)
		g_array_append_val(run->worker->touched_literals, literal);
	if (places->n == MOST_PLACES) {
		places->cut = true;
		return;
	}
	if (places->n == places->allocated) {
		places->allocated = places->allocated ? places->allocated * 2 : 8;
		places->at = g_renew(uint32_t, places->at, places->allocated);
	}
	places->at[places->n++] = (uint32_t)offset;
}

static void enqueue(struct run *run, uint32_t leaf)
{
	struct leaf_state *state = &run->worker->leaves[leaf];

	if (state->queued || !run->worker->wanted[run->set->leaves[leaf].rule] || !leaf_takes(&run->set->leaves[leaf], run->class))
		return;
	/* A pattern may have its own idea of lines, but for those of phrases. */
	if (run->unwrapped && run->set->leaves[leaf].match->kind == MATCH_REGEX && !run->set->rules[run->set->leaves[leaf].rule].rule->phrases)
		return;
	state->queued = true;
	g_array_append_val(run->worker->queue, leaf);
	touch_leaf(run->worker, leaf);
}

/* The leaves of the form at hand over one text. */
static void run_leaves(struct run *run, struct span text)
{
	struct match_worker *worker = run->worker;
	const struct form_set *forms = &run->set->forms[run->form];

	g_array_set_size(worker->touched_literals, 0);
	g_array_set_size(worker->queue, 0);
	prefilter_scan(forms->prefilter, text, on_literal, run);
	for (guint i = 0; i < worker->touched_literals->len; i++) {
		const struct waiting *waiting = &forms->waiting[g_array_index(worker->touched_literals, uint32_t, i)];

		for (size_t k = 0; k < waiting->n; k++)
			enqueue(run, waiting->leaves[k]);
	}
	for (size_t i = 0; i < forms->n_slow && !run->unwrapped; i++)
		enqueue(run, forms->slow[i]);

	for (guint i = 0; i < worker->queue->len; i++) {
		const struct leaf *leaf;
		struct leaf_state *state;

		run->leaf = g_array_index(worker->queue, uint32_t, i);
		leaf = &run->set->leaves[run->leaf];
		state = &worker->leaves[run->leaf];
		state->queued = false;
		state->first_of_text = state->found->len;
		while (state->first_of_text > 0 && g_array_index(state->found, struct found, state->first_of_text - 1).order == run->order)
			state->first_of_text--;
		/* Few border checks are not timed; many short texts with one each are. */
		run->clock = run->border_checks > BORDER_CHECKS_A_LOOK && leaf->match->border == BORDER_WORD ? pattern_cpu_us() : 0;
		if (leaf->match->kind == MATCH_REGEX)
			run_regex(run, leaf, text);
		else
			run_phrases(run, leaf);
		if (run->clock && leaf->match->kind == MATCH_PHRASE)
			look_at_clock(run, leaf->rule);
		drop_overlaps(state->found, state->first_of_text);
	}
	for (guint i = 0; i < worker->touched_literals->len; i++) {
		struct places *places = &worker->places[run->form][g_array_index(worker->touched_literals, uint32_t, i)];

		places->n = 0;
		places->cut = false;
		/* A big list of one text is not kept for the next. */
		if (places->allocated > 4096) {
			g_free(places->at);
			places->at = NULL;
			places->allocated = 0;
		}
	}
}

/* One text in one form. Phrases are also looked for across the line ends that only the width of a page made. */
static void run_form(struct run *run, const struct text *decoded, size_t form)
{
	const struct text *text = text_in_form(run, decoded, form), *unwrapped;

	run->form = form;
	run_leaves(run, text->bytes);
	if ((form != FORM_L1 && form != FORM_L1_KANA) || (run->class != TARGET_PLAIN && run->class != TARGET_HTML_VISIBLE))
		return;
	unwrapped = unwrap_lines(run->scratch, text);
	if (!unwrapped)
		return;
	run->unwrapped = unwrapped;
	run_leaves(run, unwrapped->bytes);
	run->unwrapped = NULL;
}

/* One text of a message. l1: its normal form where the document has it already; else NULL. */
static void run_text(struct run *run, int class, const struct text *decoded, const struct text *l1)
{
	if (!decoded || decoded->bytes.n == 0)
		return;
	run->class = class;
	for (size_t form = 0; form < N_FORMS; form++)
		run->forms[form] = NULL;
	run->forms[FORM_L1] = l1;
	for (size_t form = 0; form < N_FORMS; form++) {
		if (class_wanted(run, form, class)) {
			run->order++;
			run_form(run, decoded, form);
		}
	}
}

static bool any_form_wanted(const struct run *run, int class)
{
	for (size_t form = 0; form < N_FORMS; form++) {
		if (class_wanted(run, form, class))
			return true;
	}
	return false;
}

/* A part of a text as a text of its own. */
static struct text *part_of(struct arena *arena, const struct text *text, struct range range)
{
	struct map_builder map;

	map_builder_init(&map);
	map_add_copied(&map, range.start, range.end - range.start);
	return text_new(arena, span_cut(text->bytes, range.start, range.end), map_builder_finish(&map, arena), text);
}

/* Display names or addr-specs of an address field. */
static void run_addresses(struct run *run, const struct message *message, int class, const struct address_list *list, bool names)
{
	if (!any_form_wanted(run, class))
		return;
	for (size_t i = 0; i < list->n; i++) {
		const struct mailbox *mailbox = &list->mailboxes[i];

		if (names)
			run_text(run, class, mailbox->name_text, NULL);
		else if (mailbox->address.end > mailbox->address.start && mailbox->address.end <= message->file->bytes.n)
			run_text(run, class, part_of(run->scratch, message->file, mailbox->address), NULL);
	}
}

static void run_headers(struct run *run, const struct message *message)
{
	if (!message->header)
		return;
	for (size_t i = 0; i < run->set->n_headers; i++) {
		const struct header_class *class = &run->set->headers[i];
		int number = FIRST_HEADER_CLASS + (int)i;

		if (!any_form_wanted(run, number))
			continue;
		for (size_t k = 0; k < message->header->n; k++) {
			const struct field *field = &message->header->fields[k];

			if (span_eq_ci(field->name, span_str(class->name)))
				run_text(run, number, class->raw ? field->unfolded : field->value, NULL);
		}
	}
}

/* The host of a link in lower case; NULL where it has none. */
static const struct text *host_text(struct arena *arena, const struct link *link)
{
	struct span host = link->url.host, whole = link->target->bytes;
	struct text *text;
	char *lower;

	if (host.n == 0 || host.p < whole.p || host.p + host.n > whole.p + whole.n)
		return NULL;
	text = part_of(arena, link->target, (struct range){(size_t)(host.p - whole.p), (size_t)(host.p - whole.p) + host.n});
	lower = arena_copy(arena, host);
	for (size_t i = 0; i < host.n; i++)
		lower[i] = ascii_lower(lower[i]);
	text->bytes = span_of(lower, host.n);
	return text;
}

static void run_links(struct run *run, const struct message *message)
{
	bool urls = any_form_wanted(run, TARGET_LINK_URL), hosts = any_form_wanted(run, TARGET_LINK_HOST);
	bool labels = any_form_wanted(run, TARGET_LINK_LABEL);

	if (!urls && !hosts && !labels)
		return;
	for (size_t i = 0; i < message->n_links; i++) {
		const struct link *link = &message->links[i];

		if (urls)
			run_text(run, TARGET_LINK_URL, link->target, NULL);
		if (hosts && link->target)
			run_text(run, TARGET_LINK_HOST, host_text(run->scratch, link), NULL);
		if (labels)
			run_text(run, TARGET_LINK_LABEL, link->label, NULL);
	}
}

static void run_texts(struct run *run, const struct message *message)
{
	run_addresses(run, message, TARGET_FROM_NAME, &message->from, true);
	run_addresses(run, message, TARGET_FROM_ADDRESS, &message->from, false);
	run_addresses(run, message, TARGET_TO_NAME, &message->to, true);
	run_addresses(run, message, TARGET_REPLY_TO_ADDRESS, &message->reply_to, false);
	run_text(run, TARGET_SUBJECT, message->subject, message->subject_l1);
	run_headers(run, message);
	for (size_t i = 0; i < message->n_bodies; i++) {
		const struct body *body = &message->bodies[i];

		run_text(run, body->html ? TARGET_HTML_VISIBLE : TARGET_PLAIN, body->visible, body->l1);
		if (body->html) {
			run_text(run, TARGET_HTML_HIDDEN, body->html->hidden, NULL);
			run_text(run, TARGET_HTML_SOURCE, body->source, NULL);
		}
	}
	run_links(run, message);
	for (size_t i = 0; i < message->mime.n; i++)
		run_text(run, TARGET_FILE_NAME, message->mime.all[i]->file_name, NULL);
}

/* ---- trees ---- */

static bool evaluate(const struct match_worker *worker, const struct node *node, GArray *hits);

/* Sort, and keep each place once. */
static void tidy(GArray *hits)
{
	guint kept = 0;

	if (hits->len < 2)
		return;
	qsort(hits->data, hits->len, sizeof(struct found), compare_found);
	for (guint i = 0; i < hits->len; i++) {
		const struct found *now = &g_array_index(hits, struct found, i);

		if (kept && compare_found(now, &g_array_index(hits, struct found, kept - 1)) == 0)
			continue;
		g_array_index(hits, struct found, kept) = *now;
		kept++;
	}
	g_array_set_size(hits, kept);
}

static GArray *new_hits(void)
{
	return g_array_new(FALSE, FALSE, sizeof(struct found));
}

static size_t count_distinct(const GArray *hits)
{
	GHashTable *seen = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	size_t n;

	for (guint i = 0; i < hits->len; i++) {
		struct span matched = g_array_index(hits, struct found, i).hit.matched;

		g_hash_table_add(seen, g_bytes_new_static(matched.p, matched.n));
	}
	n = g_hash_table_size(seen);
	g_hash_table_destroy(seen);
	return n;
}

/* Hits of the children, those that are true. */
static bool evaluate_any(const struct match_worker *worker, const struct node *node, GArray *hits)
{
	bool any = false;

	for (size_t i = 0; i < node->n_children; i++)
		any |= evaluate(worker, &node->children[i], hits);
	return any;
}

static bool evaluate_count(const struct match_worker *worker, const struct node *node, GArray *hits)
{
	GArray *own = new_hits();
	size_t n;
	bool good;

	evaluate_any(worker, node, own);
	tidy(own);
	n = node->match->distinct ? count_distinct(own) : own->len;
	good = (node->match->min <= 0 || n >= (size_t)node->match->min) && (node->match->max < 0 || n <= (size_t)node->match->max);
	if (good)
		g_array_append_vals(hits, own->data, own->len);
	g_array_free(own, TRUE);
	return good;
}

/* True where not more than distance characters lie between two hits of one text; overlapping hits have none between them. */
static bool is_near(const struct found *a, const struct found *b, size_t distance)
{
	size_t from, to;

	if (a->order != b->order)
		return false;
	if (a->hit.range.start > b->hit.range.start) {
		const struct found *swap = a;

		a = b;
		b = swap;
	}
	from = a->hit.range.end;
	to = b->hit.range.start;
	if (to <= from)
		return true;
	if (to - from > distance * 4)
		return false;
	return utf8_count(span_cut(a->hit.text->bytes, from, to)) <= distance;
}

/* Mark each hit of left that has a marked hit of right near it. Cost: the product of two lists of at most MOST_LEAF_HITS, cut
 * short by the order of the texts. */
static void mark_near(const GArray *left, bool *left_marks, const GArray *right, const bool *right_marks, size_t distance)
{
	guint first = 0;

	for (guint i = 0; i < left->len; i++) {
		const struct found *a = &g_array_index(left, struct found, i);

		left_marks[i] = false;
		while (first < right->len && g_array_index(right, struct found, first).order < a->order)
			first++;
		for (guint k = first; k < right->len && g_array_index(right, struct found, k).order == a->order; k++) {
			const struct found *b = &g_array_index(right, struct found, k);

			if (b->hit.range.start > a->hit.range.end + distance * 4)
				break;
			if (right_marks[k] && is_near(a, b, distance)) {
				left_marks[i] = true;
				break;
			}
		}
	}
}

/* A chain of hits, one of each child, neighbours near each other. The hits of all such chains are added. */
static bool evaluate_within(const struct match_worker *worker, const struct node *node, GArray *hits)
{
	size_t n = node->n_children, distance = node->match->distance > 0 ? (size_t)node->match->distance : 0;
	GArray **lists = g_new0(GArray *, n + 1);
	bool **marks = g_new0(bool *, n + 1);
	bool good = n > 0;

	for (size_t i = 0; i < n; i++) {
		lists[i] = new_hits();
		evaluate(worker, &node->children[i], lists[i]);
		tidy(lists[i]);
		if (lists[i]->len > MOST_LEAF_HITS)
			g_array_set_size(lists[i], MOST_LEAF_HITS);
		marks[i] = g_new(bool, lists[i]->len + 1);
		memset(marks[i], true, lists[i]->len + 1);
		good = good && lists[i]->len;
	}
	if (good) {
		/* From the last to the first: what a chain can be continued from; then forward: what a chain leads to. */
		for (size_t i = n - 1; i-- > 0;)
			mark_near(lists[i], marks[i], lists[i + 1], marks[i + 1], distance);
		for (size_t i = 1; i < n; i++) {
			bool *reached = g_new(bool, lists[i]->len + 1);

			mark_near(lists[i], reached, lists[i - 1], marks[i - 1], distance);
			for (guint k = 0; k < lists[i]->len; k++)
				marks[i][k] = marks[i][k] && reached[k];
			g_free(reached);
		}
		good = false;
		for (size_t i = 0; i < n; i++) {
			for (guint k = 0; k < lists[i]->len; k++) {
				if (!marks[i][k])
					continue;
				good = true;
				g_array_append_vals(hits, &g_array_index(lists[i], struct found, k), 1);
			}
		}
	}
	for (size_t i = 0; i < n; i++) {
		g_array_free(lists[i], TRUE);
		g_free(marks[i]);
	}
	g_free(lists);
	g_free(marks);
	return good;
}

/* Is the tree true? Hits are added only where it is. Nesting is bounded by LIMIT_YAML_DEPTH. */
static bool evaluate(const struct match_worker *worker, const struct node *node, GArray *hits)
{
	guint before = hits->len;

	switch (node->match->kind) {
	case MATCH_PHRASE:
	case MATCH_REGEX: {
		const GArray *found = worker->leaves[node->leaf].found;

		if (!found || found->len == 0)
			return false;
		g_array_append_vals(hits, found->data, found->len);
		return true;
	}
	case MATCH_ANY:
		return evaluate_any(worker, node, hits);
	case MATCH_ALL:
		for (size_t i = 0; i < node->n_children; i++) {
			if (!evaluate(worker, &node->children[i], hits)) {
				g_array_set_size(hits, before);
				return false;
			}
		}
		return true;
	case MATCH_NOT: {
		bool any = evaluate_any(worker, node, hits);

		g_array_set_size(hits, before);
		return !any;
	}
	case MATCH_COUNT:
		return evaluate_count(worker, node, hits);
	case MATCH_WITHIN:
		return evaluate_within(worker, node, hits);
	}
	return false;
}

/* Each entry of a list of phrases by itself; its hits bear its number. */
static void evaluate_entries(const struct match_worker *worker, const struct node *root, GArray *hits)
{
	for (size_t i = 0; i < root->n_children; i++) {
		guint before = hits->len;

		evaluate(worker, &root->children[i], hits);
		for (guint k = before; k < hits->len; k++)
			g_array_index(hits, struct found, k).hit.entry = i;
	}
}

static void call_back(struct match_worker *worker, const struct set_rule *rule, match_callback callback, void *data)
{
	bool gave_up = false, touched = false, good;
	GArray *hits;
	struct match_hit *out;

	for (uint32_t i = rule->first_leaf; i < rule->end_leaf; i++) {
		gave_up |= worker->leaves[i].gave_up;
		touched |= worker->leaves[i].found && worker->leaves[i].found->len > 0;
	}
	if (!touched && !rule->has_absence && !gave_up)
		return;
	hits = new_hits();
	if (rule->rule->n_phrases) {
		evaluate_entries(worker, rule->root, hits);
		good = hits->len > 0;
	} else {
		good = evaluate(worker, rule->root, hits);
	}
	/* What was not found for want of time may be there. */
	if (gave_up && rule->has_limit)
		good = false;
	if (!good)
		g_array_set_size(hits, 0);
	if (good || gave_up) {
		if (!rule->rule->n_phrases)
			tidy(hits);
		if (hits->len > MOST_LEAF_HITS)
			g_array_set_size(hits, MOST_LEAF_HITS);
		out = g_new(struct match_hit, hits->len + 1);
		for (guint i = 0; i < hits->len; i++)
			out[i] = g_array_index(hits, struct found, i).hit;
		callback(rule->rule, out, hits->len, gave_up, data);
		g_free(out);
	}
	g_array_free(hits, TRUE);
}

void match_run(struct match_worker *worker, const struct message *message, bool (*wanted)(const struct rule *rule, void *data),
        match_callback callback, void *data)
{
	const struct match_set *set = worker->set;
	struct run run = {.worker = worker, .set = set, .message_us = LIMIT_MESSAGE_BUDGET_US};

	run.scratch = arena_new();
	for (size_t form = 0; form < N_FORMS; form++)
		run.wanted_headers[form] = ARENA_ARRAY(run.scratch, bool, set->n_headers + 1);
	for (size_t i = 0; i < set->n_rules; i++) {
		worker->wanted[i] = !wanted || wanted(set->rules[i].rule, data);
		worker->budget_us[i] = LIMIT_PATTERN_BUDGET_US;
		worker->work[i] = 0;
	}
	for (size_t i = 0; i < set->n_leaves; i++) {
		const struct leaf *leaf = &set->leaves[i];

		if (!worker->wanted[leaf->rule])
			continue;
		run.wanted_classes[leaf->match->form] |= leaf->classes;
		if (leaf->header_class >= FIRST_HEADER_CLASS)
			run.wanted_headers[leaf->match->form][leaf->header_class - FIRST_HEADER_CLASS] = true;
	}
	run_texts(&run, message);
	for (size_t i = 0; i < set->n_rules; i++) {
		if (worker->wanted[i])
			call_back(worker, &set->rules[i], callback, data);
	}
	for (guint i = 0; i < worker->touched_leaves->len; i++) {
		struct leaf_state *state = &worker->leaves[g_array_index(worker->touched_leaves, uint32_t, i)];

		g_array_set_size(state->found, 0);
		state->gave_up = false;
		state->n_quoted = 0;
	}
	g_array_set_size(worker->touched_leaves, 0);
	arena_free(run.scratch);
}

/* ---- checking a rule ---- */

static GQuark match_error(void)
{
	return g_quark_from_static_string("presend-match");
}

static bool is_disguise(enum match_form form)
{
	return form == FORM_GAPS || form == FORM_MASKS;
}

static const char *form_name(enum match_form form)
{
	return form == FORM_L1_KANA ? "the normal form with hiragana for katakana" : "the normal form";
}

/* A phrase that its text never holds would never hit. */
static bool check_phrase(struct arena *arena, const char *phrase, enum match_form form, GError **error)
{
	struct text l1;
	struct span want = span_str(phrase);

	if (want.n == 0) {
		g_set_error_literal(error, match_error(), 0, "empty phrase");
		return false;
	}
	if (want.n > LIMIT_PATTERN_BYTES) {
		g_set_error(error, match_error(), 0, "phrase of %zu bytes; at most %d are allowed", want.n, LIMIT_PATTERN_BYTES);
		return false;
	}
	if (!utf8_valid(want)) {
		g_set_error_literal(error, match_error(), 0, "phrase is not UTF-8");
		return false;
	}
	if (form == FORM_DECODED || is_disguise(form))
		return true; /* a disguise has the phrases of its plain leaf */
	l1 = (struct text){.bytes = span_str(normal_l1_plain(arena, want))};
	if (form == FORM_L1_KANA)
		l1.bytes = normal_fold_kana(arena, &l1)->bytes;
	if (span_eq(l1.bytes, want))
		return true;
	g_set_error(error, match_error(), 0, "phrase \"%s\" is not in %s it is matched in; write \"%.*s\"", phrase, form_name(form),
	        (int)l1.bytes.n, l1.bytes.p);
	return false;
}

static bool check_regex(struct arena *arena, const char *regex, enum match_form form, bool *slow_out, GError **error)
{
	struct pattern *pattern = pattern_compile(regex, error);
	struct pattern_shape shape;

	if (!pattern)
		return false;
	pattern_free(pattern);
	shape = pattern_analyse(arena, regex, form);
	if (shape.nested_repeats) {
		g_set_error_literal(error, match_error(), 0,
		        "regex has a repeat without upper bound inside another one; bound one of them, or make the inner "
		        "possessive");
		return false;
	}
	if (shape.foreign) {
		char character[5] = "";

		utf8_write(character, shape.foreign);
		g_set_error(error, match_error(), 0, "regex holds \"%s\" (U+%04X), which %s never has", character,
		        (unsigned)shape.foreign, form_name(form));
		return false;
	}
	if (shape.n_literals == 0)
		*slow_out = true;
	return true;
}

static bool check_tree(struct arena *arena, const struct rule_match *match, bool *slow_out, GError **error)
{
	if (!is_leaf(match)) {
		for (size_t i = 0; i < count_children(match); i++) {
			if (!check_tree(arena, match->children[i], slow_out, error))
				return false;
		}
		return true;
	}
	for (size_t i = 0; i < count_strings(match->except); i++) {
		if (!check_phrase(arena, match->except[i], match->form, error))
			return false;
	}
	if (match->kind == MATCH_REGEX)
		return check_regex(arena, match->regex ? match->regex : "", match->form, slow_out, error);
	for (size_t i = 0; i < count_strings(match->phrases); i++) {
		if (!check_phrase(arena, match->phrases[i], match->form, error))
			return false;
	}
	return true;
}

bool match_check_rule(const struct rule *rule, bool *slow_out, GError **error)
{
	struct arena *arena;
	bool slow = false, good = true;

	if (rule->match) {
		arena = arena_new();
		good = check_tree(arena, rule->match, &slow, error);
		arena_free(arena);
	}
	if (slow_out)
		*slow_out = slow;
	return good;
}
