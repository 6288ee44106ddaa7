/* Strict reader of rules.d/replies (YAML): what receivers answer. Only the build-machine program and its tests use it. */
#ifndef PRESEND_RULE_REPLY_LOAD_H
#define PRESEND_RULE_REPLY_LOAD_H

#include <glib.h>

#include "base/arena.h"
#include "rule/reply.h"

struct reply_tables {
	GArray *replies;   /* struct reply, in the order of files and of entries in them */
	GArray *cuts;      /* struct reply_cut */
	GArray *receivers; /* struct reply_receiver */
	GArray *lists;     /* struct reply_list */
};

/* Read FOLDER/NAME.yaml, sorted by name; "standard.yaml" is last, because it is for replies that no other file knows. Strings live in the
 * arena, the arrays until reply_tables_release(). Every refusal is one line "file:line:column: message" in errors (char *). Refused beside
 * what rule_load.h names: an id that stands twice, words that are not in folded form, an entry that nothing can find, a missing meaning, fix,
 * example or near miss, "before" with a reply that stands before it. */
struct reply_tables reply_load_folder(struct arena *arena, const char *folder, GPtrArray *errors);
void reply_tables_release(struct reply_tables *tables);

#endif
