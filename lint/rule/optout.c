/* Role: finds the words that offer a way out of a list.
 * May not: decide whether a link or an address goes with them; that is the checks'. */
#include "rule/optout.h"

#include "base/normal.h"
#include "rule/check_common.h"
#include "rule/prefilter.h"

enum { KIND_PHRASE = 1, KIND_ACTION = 2, KIND_WISH = 4 };

struct optout_filter {
	struct prefilter *prefilter;
	struct { size_t length; unsigned kinds; } *words; /* of each literal; a word may be of several kinds */
};

static size_t count_words(const char *const *words)
{
	return words ? g_strv_length((char **)words) : 0;
}

static const struct optout_filter *filter_new(struct arena *arena, const struct optout_words *words)
{
	const char *const *const lists[] = { words->phrases, words->actions, words->wishes };
	struct optout_filter *filter = ARENA_NEW(arena, struct optout_filter);

	filter->prefilter = prefilter_new(arena);
	filter->words = arena_alloc(arena, sizeof *filter->words * (count_words(lists[0]) + count_words(lists[1]) + count_words(lists[2]) + 1));
	for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++) {
		for (const char *const *word = lists[i]; word && *word; word++) {
			size_t before = prefilter_count(filter->prefilter), number = prefilter_add(filter->prefilter, span_str(*word), false);
			if (number == before)
				filter->words[number].kinds = 0;
			filter->words[number].length = strlen(*word);
			filter->words[number].kinds |= 1u << i;
		}
	}
	prefilter_finish(filter->prefilter);
	return filter;
}

const struct optout_words *optout_words_new(struct arena *arena, const struct rule *rule)
{
	struct optout_words *words = ARENA_NEW(arena, struct optout_words);

	*words = (struct optout_words){ rule_setting_list(rule, "phrases"),    rule_setting_list(rule, "objects"),
					rule_setting_list(rule, "actions"),    rule_setting_list(rule, "wishes"),
					rule_setting_list(rule, "not_before"), rule_setting_list(rule, "not_behind"),
					rule_setting_list(rule, "url_words"),  NULL };
	words->filter = filter_new(arena, words);
	return words;
}

struct optout_words optout_words_of(const struct check *c)
{
	struct arena *arena;
	void **kept = check_kept(c, check_rule(c), &arena);

	if (!*kept) {
		const char *owner = rule_setting(check_rule(c), "words_of", NULL);
		const struct rule *rule = owner ? rule_set_find(builtin_rules(), owner) : NULL;
		*kept = (void *)optout_words_new(arena, rule ? rule : check_rule(c));
	}
	return *(const struct optout_words *)*kept;
}

/* Does one of the words end at end? Its length, 0 where none. */
static size_t ends_with_any(struct span s, size_t end, const char *const *words)
{
	for (; words && *words; words++) {
		size_t n = strlen(*words);
		if (end >= n && memcmp(s.p + end - n, *words, n) == 0)
			return n;
	}
	return 0;
}

static bool starts_with_any(struct span s, size_t at, const char *const *words)
{
	for (; words && *words; words++)
		if (span_starts(span_cut(s, at, s.n), span_str(*words)))
			return true;
	return false;
}

/* The mention that the word at range makes, if it makes one: range grows to the object in front of it. */
static bool joined(const struct optout_words *words, struct span l1, struct range *range)
{
	static const char *const particles[] = { "のご", "をご", "の", "を", "ご", NULL };

	size_t end = range->start - ends_with_any(l1, range->start, particles), length = ends_with_any(l1, end, words->objects);
	range->start = end - length;
	return length > 0;
}

/* As joined(), with a few characters of any kind between the two. */
static bool wished(const struct optout_words *words, struct span l1, struct range *range)
{
	enum { BETWEEN_BYTES = 36 };
	size_t least = range->start > BETWEEN_BYTES ? range->start - BETWEEN_BYTES : 0;

	for (size_t end = range->start; end > least; end--) {
		size_t length = ends_with_any(l1, end, words->objects);
		if (length) {
			range->start = end - length;
			return true;
		}
	}
	return false;
}

/* Does what stands in front make it another thing? "ロック解除", and for a bare 解除 "ロックの解除", too. */
static bool is_of_another_thing(const struct optout_words *words, struct span l1, struct range hit)
{
	static const char *const of[] = { "の", NULL };
	size_t start = hit.start;

	if (span_starts(span_cut(l1, hit.start, hit.end), SPAN_LIT("解除")))
		start -= ends_with_any(l1, start, of);
	return ends_with_any(l1, start, words->not_before) > 0;
}

struct search {
	const struct optout_words *words;
	struct span l1;
	bool (*visit)(struct range hit, void *data);
	void *data;
	bool done;
};

static void look_at(uint32_t literal, size_t at, void *data)
{
	struct search *s = data;
	const struct optout_filter *filter = s->words->filter;

	for (unsigned kind = KIND_PHRASE; kind <= KIND_WISH && !s->done; kind <<= 1) {
		struct range hit = { at, at + filter->words[literal].length };
		if (!(filter->words[literal].kinds & kind) || (kind == KIND_ACTION && !joined(s->words, s->l1, &hit)) ||
		    (kind == KIND_WISH && !wished(s->words, s->l1, &hit)) || is_of_another_thing(s->words, s->l1, hit) ||
		    starts_with_any(s->l1, hit.end, s->words->not_behind))
			continue;
		s->done = !s->visit(hit, s->data);
	}
}

static void each_in_line(const struct optout_words *words, struct span l1, bool (*visit)(struct range hit, void *data), void *data)
{
	struct search search = { words, l1, visit, data, false };

	prefilter_scan(words->filter->prefilter, l1, look_at, &search);
}

void optout_each(const struct optout_words *words, struct span l1, bool (*visit)(struct range hit, void *data), void *data)
{
	if (span_find_byte(l1, '\n', 0) == l1.n) {
		each_in_line(words, l1, visit, data);
		return;
	}
	/* A wrapped line may part the words: "no longer wish\nto receive". */
	char *copy = g_memdup2(l1.p, l1.n);
	for (char *p = copy; (p = memchr(p, '\n', (size_t)(copy + l1.n - p)));)
		*p++ = ' ';
	each_in_line(words, span_of(copy, l1.n), visit, data);
	g_free(copy);
}

static bool note(struct range hit, void *data)
{
	(void)hit;
	*(bool *)data = true;
	return false;
}

bool optout_mentioned(const struct optout_words *words, struct span l1)
{
	bool found = false;

	optout_each(words, l1, note, &found);
	return found;
}

bool optout_in_words(const struct check *c, const struct link *link, const struct optout_words *words)
{
	enum { HIDDEN_RUNS = 20 };

	if (link->kind != LINK_ANCHOR)
		return false;
	const struct html *html = link->body->html;
	const struct html_element *e = &html->elements[link->element];
	const struct html_attribute *title = html_attribute(e, "title");
	/* The words of a hidden link are no label. */
	for (size_t i = e->first_text; link->hidden && i < e->first_text + e->n_texts && i < e->first_text + HIDDEN_RUNS; i++)
		if (optout_mentioned(words, normal_l1(check_arena(c), html->texts[i].decoded)->bytes))
			return true;
	return (link->label && optout_mentioned(words, normal_l1(check_arena(c), link->label)->bytes)) ||
	       (title && optout_mentioned(words, normal_l1(check_arena(c), title->value)->bytes));
}

bool optout_promised(const struct check *c, const struct link *link, const struct optout_words *words)
{
	struct span url = link->target->bytes;

	if (link->kind != LINK_ANCHOR && link->kind != LINK_TEXT)
		return false;
	for (const char *const *word = words->url_words; word && *word; word++)
		if (span_find_ci(url, span_str(*word), 0) < url.n)
			return true;
	return optout_in_words(c, link, words);
}
