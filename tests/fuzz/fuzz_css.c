/* Fuzz target: the CSS reader alone, as a style sheet and as a style attribute. May not write a file or keep anything between two inputs. */
#include <glib.h>
#include <stdint.h>

#include "doc/css.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_range(const struct css_sheet *sheet, struct range range)
{
	g_assert(range.start <= range.end && range.end <= sheet->text->bytes.n);
}

/* What findings and the cascade rest on: places inside the text, indexes inside the arrays, outer things in front of inner ones. */
static void check_sheet(const struct css_sheet *sheet)
{
	for (size_t i = 0; i < sheet->n_at_rules; i++) {
		check_range(sheet, sheet->at_rules[i].range);
		check_range(sheet, sheet->at_rules[i].prelude_range);
		g_assert(sheet->at_rules[i].parent == CSS_NONE || sheet->at_rules[i].parent < i);
	}
	for (size_t i = 0; i < sheet->n_rules; i++) {
		const struct css_rule *rule = &sheet->rules[i];
		check_range(sheet, rule->range);
		check_range(sheet, rule->prelude);
		g_assert(rule->parent == CSS_NONE || rule->parent < i);
		g_assert(rule->at_rule == CSS_NONE || rule->at_rule < sheet->n_at_rules);
		g_assert(rule->first_selector + rule->n_selectors <= sheet->n_selectors);
		g_assert(rule->first_declaration + rule->n_declarations <= sheet->n_declarations);
		for (size_t k = 0; k < rule->n_declarations; k++)
			g_assert(sheet->declarations[rule->first_declaration + k].rule == i);
	}
	for (size_t i = 0; i < sheet->n_selectors; i++) {
		check_range(sheet, sheet->selectors[i].range);
		for (size_t k = 0; k < sheet->selectors[i].n_parts; k++)
			check_range(sheet, sheet->selectors[i].parts[k].range);
	}
	for (size_t i = 0; i < sheet->n_declarations; i++) {
		check_range(sheet, sheet->declarations[i].range);
		check_range(sheet, sheet->declarations[i].name_range);
		check_range(sheet, sheet->declarations[i].value_range);
	}
	for (size_t i = 0; i < sheet->n_errors; i++)
		check_range(sheet, sheet->errors[i].range);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct text *source = ARENA_NEW(arena, struct text);
	struct map_builder b;

	source->bytes = span_of((const char *)data, size);
	map_builder_init(&b);
	map_add_copied(&b, 0, size);
	const struct text *css = text_new(arena, source->bytes, map_builder_finish(&b, arena), source);
	struct tag_list tags = tag_scan(arena, source->bytes);
	check_sheet(css_parse_sheet(arena, css, &tags));
	check_sheet(css_parse_declarations(arena, css, &tags));
	arena_free(arena);
	return 0;
}
