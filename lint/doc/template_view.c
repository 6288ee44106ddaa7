/* Views of a template: which of its branches a reader gets, as ranges of text that are left out.
 * Knows nothing of what conditions say but that a block and its opposite are never both shown. */
#include <glib.h>

#include "base/limits.h"
#include "doc/template_tree.h"

/* The view of a node that a reader does not get. */
#define HIDDEN ((unsigned)-1)

static bool is_choice(enum template_node_kind kind)
{
	return kind == NODE_IF || kind == NODE_CASE || kind == NODE_SECTION || kind == NODE_FOR || kind == NODE_WITH || kind == NODE_WRAP;
}

static size_t count_branches(const struct template_tree *tree, size_t block)
{
	size_t n = 0;

	for (size_t i = block + 1; i < tree->nodes[block].end; i = tree->nodes[i].end)
		n++;
	return n;
}

/* Is this block of one branch shown exactly when one shortly before it is not? "{% if x %}..{% endif %}{% unless x %}..{% endunless %}". */
static bool is_opposite(const struct template_tree *tree, size_t a, size_t b)
{
	const struct template_node *x = &tree->nodes[a], *y = &tree->nodes[b];

	return x->kind == y->kind && (x->kind == NODE_IF || x->kind == NODE_SECTION) && x->inverted != y->inverted && span_eq(x->expression, y->expression) &&
	       count_branches(tree, a) == 1 && count_branches(tree, b) == 1;
}

/* For each block of one branch that has an opposite: the index of the other; else TEMPLATE_NO_NODE. */
static size_t *find_opposites(const struct template_tree *tree)
{
	enum { NEAR = 8 };
	size_t *opposites = g_new(size_t, tree->n + 1);
	size_t recent[NEAR], n = 0;

	for (size_t i = 0; i < tree->n; i++) {
		opposites[i] = TEMPLATE_NO_NODE;
		if (tree->nodes[i].kind != NODE_IF && tree->nodes[i].kind != NODE_SECTION)
			continue;
		for (size_t k = n > NEAR ? n - NEAR : 0; k < n; k++) {
			size_t other = recent[k % NEAR];
			if (tree->nodes[other].parent == tree->nodes[i].parent && opposites[other] == TEMPLATE_NO_NODE && is_opposite(tree, other, i)) {
				opposites[other] = i;
				opposites[i] = other;
				break;
			}
		}
		recent[n++ % NEAR] = i;
	}
	return opposites;
}

/* How the views are shared out: each branch of a choice has as many, one after the other, as the choices within it need. */
struct plan {
	size_t *opposites;
	unsigned *need; /* of each node: the views in which all that is in it is shown once; of the whole text behind the last */
	unsigned *from; /* of a branch, and of the second of two opposites: its first view, counted within its parent */
};

static unsigned add_views(unsigned a, unsigned b)
{
	return MIN(a + b, TEMPLATE_MOST_VIEWS + 1u);
}

/* In front of the first "when" stands no branch, blanks mostly, for all readers. */
static size_t first_choice(const struct template_tree *tree, size_t block, size_t n_branches)
{
	return tree->nodes[block].kind == NODE_CASE && n_branches > 1;
}

static unsigned plan_block(struct plan *plan, const struct template_tree *tree, size_t block)
{
	size_t n = count_branches(tree, block), first = first_choice(tree, block, n), k = 0;
	unsigned sum = 0, most = 1;

	for (size_t i = block + 1; i < tree->nodes[block].end; i = tree->nodes[i].end, k++) {
		plan->from[i] = is_choice(tree->nodes[block].kind) ? sum : 0;
		sum = k >= first ? add_views(sum, plan->need[i]) : sum;
		most = MAX(most, plan->need[i]);
	}
	return is_choice(tree->nodes[block].kind) ? MAX(sum, most) : most;
}

static struct plan plan_views(const struct template_tree *tree)
{
	struct plan plan = { find_opposites(tree), g_new(unsigned, tree->n + 1), g_new0(unsigned, tree->n + 1) };

	for (size_t i = 0; i <= tree->n; i++)
		plan.need[i] = 1;
	/* Children stand behind their parents: those of a branch have told it what they need. */
	for (size_t i = tree->n; i-- > 0;) {
		const struct template_node *node = &tree->nodes[i];
		size_t opposite = plan.opposites[i];
		if (node->kind == NODE_BRANCH)
			continue;
		unsigned need = plan.need[i] = plan_block(&plan, tree, i);
		if (opposite != TEMPLATE_NO_NODE && opposite > i) {
			plan.from[opposite] = need;
			need = add_views(need, plan.need[opposite]);
		}
		size_t parent = node->parent == TEMPLATE_NO_NODE ? tree->n : node->parent;
		plan.need[parent] = MAX(plan.need[parent], need);
	}
	return plan;
}

static void plan_clear(struct plan *plan)
{
	g_free(plan->opposites);
	g_free(plan->need);
	g_free(plan->from);
}

unsigned template_views(const struct template_tree *tree, bool *cut_out)
{
	struct plan plan = plan_views(tree);
	size_t bytes = tree->n ? tree->nodes[tree->n - 1].range.end : 0;
	size_t limit = CLAMP(LIMIT_TEMPLATE_VIEWS_BYTES / (bytes + 1), 2, (size_t)TEMPLATE_MOST_VIEWS);
	unsigned need = plan.need[tree->n];

	plan_clear(&plan);
	*cut_out = need > limit;
	return (unsigned)MIN(need, limit);
}

static void hide(GArray *hidden, struct range range)
{
	/* What lies in a branch that is left out is left out with it. */
	if (range.start < range.end && (hidden->len == 0 || g_array_index(hidden, struct range, hidden->len - 1).end <= range.start))
		g_array_append_val(hidden, range);
}

/* Which view each branch of the block is in, or HIDDEN; view: that of the block. */
static void place_branches(unsigned *views, const struct plan *plan, const struct template_tree *tree, size_t block, unsigned view)
{
	size_t n = count_branches(tree, block), first = first_choice(tree, block, n), k = 0;
	bool choice = is_choice(tree->nodes[block].kind) && n > 1;

	for (size_t i = block + 1; i < tree->nodes[block].end; i = tree->nodes[i].end, k++) {
		unsigned from = plan->from[i];
		bool shown = !choice || k < first || (view >= from && (k + 1 == n || view < from + plan->need[i]));
		views[i] = !shown ? HIDDEN : k < first ? view : view - from;
	}
}

struct range *template_hidden(struct arena *arena, const struct template_tree *tree, unsigned view, size_t *n_out)
{
	GArray *hidden = g_array_new(FALSE, FALSE, sizeof(struct range));
	struct plan plan = plan_views(tree);
	unsigned *views = g_new(unsigned, tree->n + 1);

	for (size_t i = 0; i < tree->n; i++) {
		const struct template_node *node = &tree->nodes[i];
		size_t opposite = plan.opposites[i];
		if (node->kind == NODE_BRANCH) {
			if (views[i] == HIDDEN)
				hide(hidden, node->inside);
			continue;
		}
		unsigned of_parent = node->parent == TEMPLATE_NO_NODE ? view : views[node->parent];
		views[i] = of_parent;
		if (opposite != TEMPLATE_NO_NODE && of_parent != HIDDEN) {
			unsigned from = plan.from[MAX(i, opposite)];
			views[i] = (opposite > i) == (of_parent < from) ? of_parent - (opposite > i ? 0 : from) : HIDDEN;
		}
		if (views[i] == HIDDEN)
			for (size_t k = i + 1; k < node->end; k = tree->nodes[k].end)
				views[k] = HIDDEN;
		else
			place_branches(views, &plan, tree, i, views[i]);
	}
	plan_clear(&plan);
	g_free(views);
	*n_out = hidden->len;
	struct range *ranges = ARENA_ARRAY(arena, struct range, hidden->len + 1);
	if (hidden->len)
		memcpy(ranges, hidden->data, hidden->len * sizeof *ranges);
	g_array_free(hidden, TRUE);
	return ranges;
}

struct tag_list template_tags_in_view(struct arena *arena, const struct tag_list *tags, const struct range *hidden, size_t n_hidden)
{
	struct tag_list list = { ARENA_ARRAY(arena, struct tag, tags->n + 1), 0 };

	for (size_t i = 0, k = 0; i < tags->n; i++) {
		while (k < n_hidden && hidden[k].end <= tags->tags[i].range.start)
			k++;
		if (k == n_hidden || tags->tags[i].range.start < hidden[k].start)
			list.tags[list.n++] = tags->tags[i];
	}
	return list;
}
