/* Fuzz target: the HTML reader alone, as UTF-8 text in memory; many times faster than the whole pipeline.
 * May not write a file or keep anything between two inputs. */
#include <glib.h>
#include <stdint.h>

#include "base/utf8.h"
#include "doc/html.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	html_library_init();
	return 0;
}

/* What every finding about HTML rests on: places inside the source, parents in front of their children. */
static void check_places(const struct html *html)
{
	size_t n = html->source->bytes.n;

	for (size_t i = 0; i < html->n_elements; i++) {
		const struct html_element *e = &html->elements[i];
		g_assert(e->start_tag.start <= e->start_tag.end && e->start_tag.end <= n);
		g_assert(e->end_tag.start <= e->end_tag.end && e->end_tag.end <= n);
		g_assert(e->parent == HTML_NO_PARENT || e->parent < i);
		for (size_t k = 0; k < e->n_attributes; k++) {
			g_assert(e->attributes[k].value_range.end <= n);
			g_assert(e->attributes[k].value);
		}
	}
	for (size_t i = 0; i < html->n_texts; i++)
		g_assert(html->texts[i].range.start <= html->texts[i].range.end && html->texts[i].range.end <= n);
	const struct text *derived[] = { html->visible, html->hidden, html->preheader };
	for (size_t i = 0; i < G_N_ELEMENTS(derived); i++) {
		if (!derived[i])
			continue;
		g_assert(utf8_valid(derived[i]->bytes));
		struct range place = text_to_file(derived[i], 0, derived[i]->bytes.n);
		g_assert(place.start <= place.end && place.end <= n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct text source = { .bytes = span_of((const char *)data + 1, size - 1) };
	/* html_parse() is promised decoded text. */
	if (!utf8_valid(source.bytes))
		return 0;
	struct arena *arena = arena_new();
	struct html *html = html_parse(arena, &source);

	check_places(html);
	for (size_t i = 0; i < html->n_elements && i < 50; i++)
		html_element_text(arena, html, i, data[0] & 2);
	arena_free(arena);
	return 0;
}
