/* Fixing files: what is fixed is looked at again, until there is nothing more to fix. */
#ifndef PRESEND_FIX_FILES_H
#define PRESEND_FIX_FILES_H

#include <glib.h>

#include "baseline.h"
#include "base/span.h"
#include "rule/options.h"

enum fix_mode { FIX_NONE, FIX_WRITE, FIX_DIFF };

struct fix_options {
	enum fix_mode mode;
	bool unsafe;            /* also fixes that are not safe */
};

/* Lint bytes; the results (struct message_result) are the caller's. */
typedef GPtrArray *(*fix_linter)(void *data, struct span bytes);

struct fixed_file {
	GString *bytes;         /* NULL: nothing was fixed */
	size_t n_fixed;
	GPtrArray *results;     /* of the bytes as they are now */
	bool unfinished;        /* there would be more after LIMIT_FIX_ROUNDS */
};

/* Fix the bytes of a file. What the baseline (NULL: none) knows is left alone. */
struct fixed_file fix_file(const struct fix_options *options, const struct baseline *baseline, struct span bytes, fix_linter lint, void *data);

/* Replace a file that holds old by new: a temporary file beside it, written out, with the mode and owner of the old one, then renamed. Through a
 * symbolic link, what it points to. False and *error (the reason alone) where that failed or the file is not what it was; then nothing is changed. */
bool fix_write(const char *path, struct span old, struct span new, GError **error);

#endif
