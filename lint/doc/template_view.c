/* Views of a template: which of its branches a reader gets, as ranges of text that are left out.
 * Knows nothing of what conditions say but that a block and its opposite are never both shown. */
#include <glib.h>

#include "base/limits.h"
#include "doc/template_tree.h"

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

/* For each block of one branch that has an opposite: 1 for the first of the two, 2 for the second; else 0. */
static unsigned char *find_opposites(const struct template_tree *tree)
{
	enum { NEAR = 8 };
	unsigned char *roles = g_malloc0(tree->n + 1);
	size_t recent[NEAR], n = 0;

	for (size_t i = 0; i < tree->n; i++) {
		if (tree->nodes[i].kind != NODE_IF && tree->nodes[i].kind != NODE_SECTION)
			continue;
		for (size_t k = n > NEAR ? n - NEAR : 0; k < n; k++) {
			size_t other = recent[k % NEAR];
			if (tree->nodes[other].parent == tree->nodes[i].parent && !roles[other] && is_opposite(tree, other, i)) {
				roles[other] = 1;
				roles[i] = 2;
				break;
			}
		}
		recent[n++ % NEAR] = i;
	}
	return roles;
}

unsigned template_views(const struct template_tree *tree)
{
	size_t most = 1;
	unsigned char *roles = find_opposites(tree);

	for (size_t i = 0; i < tree->n; i++) {
		if (!is_choice(tree->nodes[i].kind))
			continue;
		size_t n = roles[i] ? 2 : count_branches(tree, i);
		/* In front of the first "when" stands no branch. */
		n -= tree->nodes[i].kind == NODE_CASE && n > 1;
		most = MAX(most, n);
	}
	g_free(roles);
	size_t bytes = tree->n ? tree->nodes[tree->n - 1].range.end : 0;
	size_t limit = CLAMP(LIMIT_TEMPLATE_VIEWS_BYTES / (bytes + 1), 2, (size_t)TEMPLATE_MOST_VIEWS);
	return (unsigned)MIN(most, limit);
}

static void hide(GArray *hidden, struct range range)
{
	/* What lies in a branch that is left out is left out with it. */
	if (range.start < range.end && (hidden->len == 0 || g_array_index(hidden, struct range, hidden->len - 1).end <= range.start))
		g_array_append_val(hidden, range);
}

/* Mark the branches of a block that the view leaves out. */
static void mark_branches(unsigned char *left_out, const struct template_tree *tree, size_t block, unsigned view)
{
	size_t n = count_branches(tree, block), first = tree->nodes[block].kind == NODE_CASE && n > 1, k = 0;
	size_t taken = first + MIN((size_t)view, n - first - 1);

	/* What stands in front of the first "when" is nobody's, blanks mostly. */
	for (size_t i = block + 1; n > 1 && i < tree->nodes[block].end; i = tree->nodes[i].end, k++)
		left_out[i] = k != taken && k >= first;
}

struct range *template_hidden(struct arena *arena, const struct template_tree *tree, unsigned view, size_t *n_out)
{
	GArray *hidden = g_array_new(FALSE, FALSE, sizeof(struct range));
	unsigned char *roles = find_opposites(tree), *left_out = g_malloc0(tree->n + 1);

	for (size_t i = 0; i < tree->n; i++) {
		if (roles[i])
			left_out[i + 1] = (roles[i] == 1) == (view > 0);
		else if (is_choice(tree->nodes[i].kind))
			mark_branches(left_out, tree, i, view);
		else if (left_out[i])
			hide(hidden, tree->nodes[i].inside);
	}
	g_free(roles);
	g_free(left_out);
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
