/* Fuzz target: what an editor sends. The first byte: bit 0 the bytes as they are, else messages with a NUL between, each of which is given its
 * Content-Length; bit 1 "initialize" comes before them. The server reads and writes files of memory in place of standard input and output.
 * May not judge what is answered: sanitizers and the clock judge. */
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/span.h"
#include "base/write.h"
#include "doc/message.h"
#include "lsp.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_message(GString *out, struct span message)
{
	g_string_append_printf(out, "Content-Length: %zu\r\n\r\n", message.n);
	g_string_append_len(out, message.p, (gssize)message.n);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	message_library_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	GString *all = g_string_new(NULL);
	struct span rest = span_of((const char *)data + 1, size - 1);

	if (data[0] & 2)
		put_message(all, SPAN_LIT("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}"));
	for (size_t at = 0; !(data[0] & 1) && at < rest.n;) {
		size_t end = span_find_byte(rest, '\0', at);
		put_message(all, span_cut(rest, at, end));
		at = end + 1;
	}
	if (data[0] & 1)
		g_string_append_len(all, rest.p, (gssize)rest.n);

	int in = memfd_create("in", 0), out = memfd_create("out", 0), kept_in = dup(STDIN_FILENO), kept_out = dup(STDOUT_FILENO);
	if (in < 0 || out < 0 || !write_whole(in, span_of(all->str, all->len)) || lseek(in, 0, SEEK_SET) < 0 || dup2(in, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0)
		abort();
	const struct run_options options = { .isolated = true, .max_score = -1, .lint = { .now = 1795478430 } };
	lsp_serve(&options);
	if (kept_in >= 0)
		dup2(kept_in, STDIN_FILENO);
	if (kept_out >= 0)
		dup2(kept_out, STDOUT_FILENO);
	int files[] = { in, out, kept_in, kept_out };
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
		if (files[i] >= 0)
			close(files[i]);
	g_string_free(all, TRUE);
	return 0;
}
