/* presend config --print: settles what is in force for one path, as a run would. Judges no message. */
#include "config_command.h"

#include <string.h>

#include "config/files.h"
#include "config/print.h"
#include "setup.h"

/* The settings of the first message in a file, as far as there is one. */
static const struct settings *settings_of_file(struct setup *setup, const struct setup_place *place, const char *path)
{
	struct input_bytes input;
	enum template_kind template_kind;
	enum input_kind kind = input_kind_of(path, &template_kind);

	if (!input_read(path, &input, NULL))
		return NULL;
	struct arena *arena = arena_new();
	const struct text file = { .bytes = input.bytes };
	const struct line_index lines = line_index_new(arena, input.bytes);
	size_t n = 1;
	bool is_mbox;
	struct range range = { 0, input.bytes.n };
	message_library_init();
	run_correct_kind(place->options, input.bytes, &kind, &template_kind);
	if (kind == INPUT_MESSAGE)
		range = input_split_mbox(arena, input.bytes, &n, &is_mbox)[0];
	struct message *message = message_new(path, &file, &lines, range, 0, kind, template_kind);
	const struct settings *settings = setup_settings_for(setup, place, message);
	message_free(message);
	arena_free(arena);
	input_bytes_release(&input);
	return settings;
}

bool config_command_print(GString *out, const struct run_options *options, const char *path)
{
	struct run_options run = *options;
	struct setup *setup = setup_new(options);
	struct setup_place place;
	bool is_folder = !path || g_file_test(path, G_FILE_TEST_IS_DIR);
	bool good = setup_run_keys(setup, &run);

	if (good && is_folder)
		good = setup_place_of_folder(setup, path ? path : ".", &place);
	else if (good)
		good = setup_place_of(setup, path, &place);
	good = good && setup_sound(setup);
	if (good) {
		const struct settings *settings = path && !is_folder ? settings_of_file(setup, &place, path) : NULL;
		/* A file that is still to be written: its path tells what it can. */
		if (!settings)
			settings = setup_settings_of_path(setup, &place);
		config_print(out, setup_base(setup), place.group, settings, run.report.language);
		if (path && setup_leaves_out(setup, path))
			g_string_append(out, run.report.language == LANGUAGE_JA ? "# このパスは除外されています\n" : "# this path is excluded\n");
	}
	setup_free(setup);
	return good;
}
