/* Patterns of paths, with the meaning they have in .gitignore. */
#ifndef PRESEND_CONFIG_PATHS_H
#define PRESEND_CONFIG_PATHS_H

#include "base/arena.h"

struct glob_set;               /* const once made; lives in its arena */

enum glob_verdict { GLOB_SILENT, GLOB_MATCH, GLOB_NEGATED };

/* An empty set. */
struct glob_set *glob_set_new(struct arena *arena);
/* Add one pattern as a line of .gitignore: "#" and blanks at the end mean nothing special here. false for a pattern that can match nothing:
 * empty, a bracket or a backslash that is not finished. */
bool glob_set_add(struct glob_set *set, struct arena *arena, struct span pattern);
/* Add all lines of a file of the form of .gitignore. */
void glob_set_add_file(struct glob_set *set, struct arena *arena, struct span bytes);
/* The word of the last pattern that fits. path: relative to the folder of the patterns, without "/" at its start and end. A pattern for folders ("x/")
 * fits only where is_folder. Whether a folder above fits is for the caller to ask.
 * Linear in path and pattern for each "*" (no exponential case). Source: gitignore(5). */
enum glob_verdict glob_set_match(const struct glob_set *set, const char *path, bool is_folder);

/* For lists of what is meant, rather than of what is ignored: does the set cover a file? What covers a folder covers all in it, unless a later
 * pattern takes something back. GLOB_FOLDER: by a pattern that says nothing about the names of files, such as "newsletters/" or "a/" "**". */
enum glob_cover { GLOB_NOT_COVERED, GLOB_FOLDER, GLOB_NAMED };
enum glob_cover glob_set_covers(const struct glob_set *set, const char *path);

#endif
