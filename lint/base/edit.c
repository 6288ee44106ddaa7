/* Edits of bytes. */
#include "base/edit.h"

void edits_apply(GString *out, struct span bytes, const struct edit *edits, size_t n)
{
	size_t done = 0;

	for (size_t i = 0; i < n; i++) {
		g_string_append_len(out, bytes.p + done, (gssize)(edits[i].start - done));
		g_string_append_len(out, edits[i].with.p, (gssize)edits[i].with.n);
		done = edits[i].end;
	}
	g_string_append_len(out, bytes.p + done, (gssize)(bytes.n - done));
}
