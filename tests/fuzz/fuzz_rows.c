/* Fuzz target: rows of data, and templates filled in with them. The first byte is the name of the template, then the template, a NUL, the data. */
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "data/blueprint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "a.html.hbs", "a.html.mustache", "a.html.liquid", "a.html.j2", "a.html.twig", "a.html", "a.html.erb",
				     "a.html.ejs", "a.txt", "a.php" };

enum { MOST_ROWS = 20 };

static void fill_in(const char *name, struct span template, struct span bytes)
{
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	struct rows *rows = rows_read("data", bytes, errors);
	struct arena *arena = arena_new();
	const struct text text = { .bytes = template };
	const struct blueprint_part part = { { 0, template.n }, true };

	/* Either rows or a reason. */
	if (!rows == !errors->len)
		abort();
	for (size_t i = 0; rows && i < MIN(rows_count(rows), (size_t)MOST_ROWS); i++) {
		const struct blueprint *blueprint = blueprint_new(arena, name, &text, &part, 1, rows_columns(rows));
		const struct expansion *expansion = blueprint_expand(blueprint, arena, rows_get(rows, arena, i).values);
		struct span made = expansion->text->bytes;
		if (!utf8_valid(made) && utf8_valid(template))
			abort();
		for (size_t k = 0; k < expansion->n_insertions; k++) {
			const struct insertion *insertion = &expansion->insertions[k];
			if (insertion->range.end > made.n || insertion->range.start > insertion->range.end || insertion->tag.end > template.n)
				abort();
		}
		if (made.n) {
			struct range range = text_to_source(expansion->text, 0, made.n, NULL);
			if (range.end > template.n || range.start > range.end)
				abort();
		}
	}
	rows_free(rows);
	arena_free(arena);
	g_ptr_array_unref(errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	/* Exactly as long as they are, so that a read too far is seen. */
	struct span all = span_of((const char *)data + 1, size - 1);
	size_t middle = span_find_byte(all, '\0', 0);
	struct span template = span_cut(all, 0, middle), rest = span_cut(all, MIN(middle + 1, all.n), all.n);
	char *first = g_memdup2(template.p, template.n), *second = g_memdup2(rest.p, rest.n);
	struct span one = span_of(first ? first : "", template.n), other = span_of(second ? second : "", rest.n);

	/* A template that is no UTF-8 is not filled in. */
	if (utf8_valid(one))
		fill_in(names[data[0] % G_N_ELEMENTS(names)], one, other);
	g_free(first);
	g_free(second);
	return 0;
}
