/* Rules of one's own: folders of rule files, and the one file that `presend rules compile` makes of them. */
#ifndef PRESEND_OWN_RULES_H
#define PRESEND_OWN_RULES_H

#include <glib.h>

#include "base/arena.h"
#include "rule/rule_file.h"

struct own_rules {
	struct rule_set set;           /* in the arena, or in the file */
	struct rule_file file;         /* where they were read from one */
};

/* Of folders: read strictly, every pattern tried, no id that a built-in rule has. lists (may be NULL): the lists of facts of the folders. Faults
 * are lines in errors (char *). */
struct rule_set own_rules_of_folders(struct arena *arena, char *const *folders, size_t n, struct data_set *lists, GPtrArray *errors);
/* Of a folder or a file of `presend rules compile`. */
void own_rules_load(struct arena *arena, const char *path, enum language language, struct own_rules *out, GPtrArray *errors);

/* presend rules compile DIR... -o FILE. Returns the exit code. */
int own_rules_compile(char *const *folders, size_t n, const char *out, enum language language);

#endif
