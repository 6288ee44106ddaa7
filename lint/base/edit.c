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

struct edit edit_trimmed(struct span bytes, struct edit edit)
{
	while (edit.start < edit.end && edit.with.n && bytes.p[edit.start] == edit.with.p[0]) {
		edit.start++;
		edit.with = span_cut(edit.with, 1, edit.with.n);
	}
	while (edit.start < edit.end && edit.with.n && bytes.p[edit.end - 1] == edit.with.p[edit.with.n - 1]) {
		edit.end--;
		edit.with.n--;
	}
	return edit;
}
