/* What is left out: .presendignore, "exclude" of the configuration, .gitignore. */
#ifndef PRESEND_CONFIG_IGNORE_H
#define PRESEND_CONFIG_IGNORE_H

#include "config/discover.h"

/* Remembers the ignore files of every folder it was asked about; each is looked for once. Of one thread. */
struct ignore;

struct ignore *ignore_new(struct config_finder *finder);
void ignore_free(struct ignore *ignore);

/* Is an entry of a folder that is walked left out? path: absolute; that the folders above it are not is for the caller to know. The first that has a
 * word on it decides: .presendignore of its folder or of one above, "exclude", .gitignore and .git/info/exclude up to the top of the working tree.
 * Source: gitignore(5); the ignore file of the user (core.excludesFile) is not read, so that a run is the same on every machine. */
bool ignore_covers(struct ignore *ignore, const char *path, bool is_folder);
/* Is a path that was named left out, or a folder above it? By .presendignore and "exclude" only: git, too, ignores nothing that it was told to track. */
bool ignore_covers_named(struct ignore *ignore, const char *path, bool is_folder);

#endif
