/* Fuzz target: a template's tags, language, tree and views. The first byte names the file, the rest is the template; fuzz_message.c has the rules.
 * May not write a file or keep anything between two inputs. */
#include <glib.h>
#include <stdint.h>

#include "base/utf8.h"
#include "doc/template_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { NULL, "a.hbs", "a.mustache", "a.liquid", "a.html.j2", "a.twig", "a.html.tmpl", "a.erb", "a.ejs", "a.php", "a.html" };

static void check_range(struct range range, size_t n)
{
	g_assert(range.start <= range.end && range.end <= n);
}

/* What every finding and every expansion rests on: places inside the text, children behind their parents and within them. */
static void check_tree(const struct template_tree *tree, size_t n)
{
	for (size_t i = 0; i < tree->n; i++) {
		const struct template_node *node = &tree->nodes[i];
		check_range(node->range, n);
		check_range(node->tag, n);
		check_range(node->close, n);
		check_range(node->inside, n);
		g_assert(node->end > i && node->end <= tree->n);
		g_assert(node->parent == TEMPLATE_NO_NODE || (node->parent < i && node->end <= tree->nodes[node->parent].end));
	}
	for (size_t i = 0; i < tree->n_faults; i++) {
		check_range(tree->faults[i].tag, n);
		check_range(tree->faults[i].other, n);
	}
}

static void check_views(struct arena *arena, const struct template_tree *tree, const struct tag_list *tags, size_t n)
{
	unsigned n_views = template_views(tree);

	g_assert(n_views <= TEMPLATE_MOST_VIEWS);
	for (unsigned view = 0; view < n_views; view++) {
		size_t n_hidden, last = 0;
		const struct range *hidden = template_hidden(arena, tree, view, &n_hidden);
		for (size_t i = 0; i < n_hidden; i++) {
			check_range(hidden[i], n);
			g_assert(hidden[i].start >= last);
			last = hidden[i].end;
		}
		g_assert(template_tags_in_view(arena, tags, hidden, n_hidden).n <= tags->n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const char *path = names[data[0] % G_N_ELEMENTS(names)];
	struct span text = span_of((const char *)data + 1, size - 1);
	/* tag_scan() is promised decoded text. */
	if (!utf8_valid(text))
		return 0;
	struct arena *arena = arena_new();
	struct tag_list tags = tag_scan(arena, text);
	size_t last = 0;

	for (size_t i = 0; i < tags.n; i++) {
		check_range(tags.tags[i].range, text.n);
		g_assert(tags.tags[i].range.start >= last);
		last = tags.tags[i].range.end;
	}
	tag_scan_url(arena, text);
	/* Its own language, and the one of the byte whatever the text says: a check tries several. */
	enum template_language languages[] = { template_language_of(path, text, &tags).language,
					       (enum template_language)(data[0] % (LANGUAGE_OTHER + 1)) };
	for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
		const struct template_tree *tree = template_tree_parse(arena, text, &tags, languages[i]);
		check_tree(tree, text.n);
		check_views(arena, tree, &tags, text.n);
	}
	arena_free(arena);
	return 0;
}
