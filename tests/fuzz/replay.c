/* Feeds files through a fuzz target without a fuzzer: the drafts of corpus/ in every `make check-full`, and inputs that once crashed.
 * May not know what the target does.
 *
 * replay PATH...         each file as it is told by its name: a byte of options is put in front, several in turn
 * replay --raw PATH...   seeds, and inputs written by the fuzzer, which have that byte already */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak)); /* not every target has it */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Kind by name as in mail/input.h, coarsely: a template read as a message is a fair input too. Bits as in fuzz_message.c. */
static uint8_t kind_bits(const char *path)
{
	static const struct {
		const char *ending;
		uint8_t bits;
	} endings[] = {
		{ ".eml.j2", 0x07 }, { ".md", 0x06 }, { ".txt", 0x05 }, { ".html", 0x04 }, { ".j2", 0x04 }, { ".erb", 0x04 },
		{ ".hbs", 0x04 }, { ".liquid", 0x04 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_str_has_suffix(path, endings[i].ending))
			return endings[i].bits;
	return 0;
}

/* The input on the heap, exactly as long as it is, so that a sanitizer sees every step too far. */
static void feed(const char *bytes, size_t n, int option_byte)
{
	size_t extra = option_byte >= 0;
	uint8_t *input = g_malloc(n + extra ? n + extra : 1);

	if (extra)
		input[0] = (uint8_t)option_byte;
	memcpy(input + extra, bytes, n);
	LLVMFuzzerTestOneInput(input, n + extra);
	g_free(input);
}

static size_t replay_file(const char *path, bool raw)
{
	/* Stage final English, draft Japanese to ISO-2022-JP, received English to Shift_JIS. */
	static const uint8_t turns[] = { 0x10, 0x68, 0x98 };
	char *bytes;
	gsize n;
	GError *error = NULL;

	if (!g_file_get_contents(path, &bytes, &n, &error)) {
		fprintf(stderr, "replay: %s\n", error->message);
		g_error_free(error);
		return 0;
	}
	if (raw) {
		feed(bytes, n, -1);
	} else {
		for (size_t i = 0; i < G_N_ELEMENTS(turns); i++)
			feed(bytes, n, turns[i] | kind_bits(path));
	}
	g_free(bytes);
	return 1;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum { DEEPEST_FOLDER = 16 };

static size_t replay_path(const char *path, bool raw, int depth)
{
	GDir *folder = depth < DEEPEST_FOLDER ? g_dir_open(path, 0, NULL) : NULL;
	size_t n = 0;

	if (!folder)
		return replay_file(path, raw);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	for (const char *name; (name = g_dir_read_name(folder));)
		if (!g_str_has_suffix(name, ".expect") && !g_str_has_suffix(name, ".options"))
			g_ptr_array_add(names, g_build_filename(path, name, NULL));
	g_dir_close(folder);
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++)
		n += replay_path(g_ptr_array_index(names, i), raw, depth + 1);
	g_ptr_array_free(names, TRUE);
	return n;
}

int main(int argc, char **argv)
{
	bool raw = argc > 1 && strcmp(argv[1], "--raw") == 0;
	int first = raw ? 2 : 1;
	size_t n = 0;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	if (first >= argc)
		n = replay_path("corpus", raw, 0);
	for (int i = first; i < argc; i++)
		n += replay_path(argv[i], raw, 0);
	printf("replay: %zu files\n", n);
	return n == 0;
}
