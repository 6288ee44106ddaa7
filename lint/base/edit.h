/* Edits of bytes: what stands at a range is replaced. */
#ifndef PRESEND_BASE_EDIT_H
#define PRESEND_BASE_EDIT_H

#include <glib.h>

#include "base/span.h"

struct edit {
	size_t start, end;  /* end exclusive; the same: nothing is taken away */
	struct span with;
};

/* Append the bytes with the edits made. Edits are sorted, do not overlap and lie in the bytes. */
void edits_apply(GString *out, struct span bytes, const struct edit *edits, size_t n);
/* An edit of bytes without those at both ends that stay the same. */
struct edit edit_trimmed(struct span bytes, struct edit edit);

#endif
