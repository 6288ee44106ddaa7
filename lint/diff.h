/* Two versions of a file as a unified diff. */
#ifndef PRESEND_DIFF_H
#define PRESEND_DIFF_H

#include <glib.h>

#include "base/span.h"

struct diff_options {
	bool terminal;  /* control characters are shown as codes; else the bytes are as they are, for patch(1) */
	bool color;
};

/* Append the difference; nothing where there is none. path: as it is told, with a/ and b/ in front. */
void diff_append(GString *out, const char *path, struct span old, struct span new, const struct diff_options *options);

#endif
