/* Small files and names of files, for configurations and lists of what to ignore. */
#ifndef PRESEND_CONFIG_FILES_H
#define PRESEND_CONFIG_FILES_H

#include "base/arena.h"

enum file_state { FILE_READ, FILE_ABSENT, FILE_TROUBLE };

/* Read a regular file whole, at most limit + 1 bytes of it (so that the caller sees that there is more). FILE_ABSENT: no such file; FILE_TROUBLE and
 * *errno_out for one that is there and cannot be read, or is no regular file. A pipe is not waited for. */
enum file_state file_read_small(struct arena *arena, const char *path, size_t limit, struct span *out, int *errno_out);

/* Absolute, without "." and "..", not resolving links; g_free() it. */
char *file_absolute(const char *path, const char *folder);
/* What stands behind "folder/" in path; "" for the folder itself, NULL where path lies elsewhere. Both absolute. Points into path. */
const char *file_relative(const char *path, const char *folder);

#endif
