/* Strict reader of rule files (YAML). Used by rules2c at build time, by --rules DIR and by
 * "presend rules check". */
#ifndef PRESEND_RULE_RULE_LOAD_H
#define PRESEND_RULE_RULE_LOAD_H

#include <glib.h>

#include "base/arena.h"
#include "rule/rule.h"

/* Read DIR/AREA/ID.yaml and DIR/ID.yaml (area "user"), sorted by id. All strings live in the arena. Every refusal is one line
 * "file:line:column: message" in errors (GPtrArray of char *); reading goes on, so that all faults are told at once. Refused:
 * unknown or double keys, empty texts, a missing language, id that is not the file's name, unknown enum words, an argument in a
 * text that is no identifier, both or neither of check and match, arguments that differ between the languages, a missing source, a
 * missing failing or passing example, anchors, aliases and tags of YAML, more than LIMIT_YAML_DEPTH levels or
 * LIMIT_RULE_FILE_BYTES, bytes that are not UTF-8, lists of facts that are not in lists (NULL: there are none). DIR/data is left to
 * data_load_folder(). Not checked here: that a native check exists (known_check, may be NULL, is asked), that a regex compiles.
 * Returns the rules that are whole. */
struct rule_set rule_load_folder(struct arena *arena, const char *folder, bool (*known_check)(const char *name), const struct data_set *lists,
				 GPtrArray *errors);

/* A name: small letters and digits, in parts with the separator between, at most 64 bytes. */
bool rule_is_name(const char *text, char separator);
/* An id such as UN-01. */
bool rule_is_requirement(const char *text);

#endif
