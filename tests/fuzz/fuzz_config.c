/* Fuzz target: the reader of configuration files and that of ignore files. The first byte chooses the language of faults.
 * May not write a file or keep anything between two inputs. */
#include <glib.h>
#include <stdint.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Faults have a place, and are text that a terminal can show once it is made safe. */
static void check_faults(const struct config_faults *faults)
{
	for (guint i = 0; i < faults->lines->len; i++) {
		const char *line = g_ptr_array_index(faults->lines, i);
		g_assert(g_str_has_prefix(line, "presend.toml:") && g_utf8_validate(line, -1, NULL));
	}
}

static void check_table(const struct config_table *table)
{
	for (int i = 0; i < N_CONFIG_KEYS; i++) {
		const struct toml_node *value = table->values[i];
		if (value)
			g_assert(value->key && value->place.line && value->place.column);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "a", "a.eml", "a/b/c.eml", "a/b", "[x]/\\*.eml", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" };
	struct config_faults faults = { size && data[0] & 1 ? LANGUAGE_JA : LANGUAGE_EN, g_ptr_array_new_with_free_func(g_free) };
	struct span bytes = size ? span_of((const char *)data + 1, size - 1) : SPAN_EMPTY;
	struct arena *arena = arena_new();

	const struct config_file *file = config_read(arena, bytes, "presend.toml", "/r", "/r", &faults);
	check_faults(&faults);
	check_table(&file->top);
	for (size_t i = 0; i < file->n_paths; i++)
		check_table(&file->paths[i]);
	for (size_t i = 0; i < file->n_lists; i++)
		check_table(&file->lists[i]);

	struct glob_set *globs = glob_set_new(arena);
	glob_set_add_file(globs, arena, bytes);
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		glob_set_match(globs, paths[i], i % 2);
		glob_set_covers(globs, paths[i]);
	}
	g_ptr_array_free(faults.lines, TRUE);
	arena_free(arena);
	return 0;
}
