/* Fuzz target: what came back. The first byte chooses a message or a mail log. May not keep anything between two inputs. */
#include <glib.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "bounce/log.h"
#include "bounce/read.h"
#include "doc/message.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	message_library_init();
	return 0;
}

/* What reports rest on. */
static void check_entry(const struct bounce_entry *entry, void *data)
{
	(void)data;
	g_assert(entry->path && bounce_kind_name(entry->kind));
	g_assert(entry->n_replies <= BOUNCE_REPLIES_MAX);
	g_assert(entry->ambiguous == (entry->n_replies > 1));
	g_assert(!entry->status || strlen(entry->status) >= 5);
}

static void fuzz_log(const uint8_t *data, size_t size)
{
	int ends[2];

	if (size > 60000 || pipe(ends) != 0)
		return;
	ssize_t written = write(ends[1], data, size);
	close(ends[1]);
	char *path = g_strdup_printf("/dev/fd/%d", ends[0]);
	struct stream *stream = written == (ssize_t)size ? stream_open(path, NULL) : NULL;
	if (stream) {
		log_recognise(stream_peek(stream));
		log_read(stream, "log", 1795564800, check_entry, NULL);
		stream_close(stream);
	}
	g_free(path);
	close(ends[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 1) {
		fuzz_log(data + 1, size - 1);
		return 0;
	}
	struct arena *arena = arena_new();
	GPtrArray *entries = g_ptr_array_new();

	bounce_read(arena, "bounce", 0, bounce_line_feeds(arena, span_of((const char *)data + 1, size - 1)), entries);
	g_assert(entries->len > 0);
	for (guint i = 0; i < entries->len; i++)
		check_entry(g_ptr_array_index(entries, i), NULL);
	g_ptr_array_free(entries, TRUE);
	arena_free(arena);
	return 0;
}
