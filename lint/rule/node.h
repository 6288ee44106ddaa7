/* YAML files as small trees of nodes, and readers of values that refuse what is not exactly right with its place. Private to the readers of
 * our YAML files: rule_load.c (rules, points), reply_load.c (what receivers answer) and preflight/snapshot.c (JSON, which is YAML). */
#ifndef PRESEND_RULE_NODE_H
#define PRESEND_RULE_NODE_H

#include <glib.h>

#include "base/arena.h"
#include "rule/rule.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

/* One YAML value with its place. Every scalar is a string to us. */
struct node {
	enum node_kind kind;
	int line, column;
	const char *text; /* NODE_SCALAR */
	struct node *children, *next;
	const char *key; /* where the parent is a map */
	int key_line, key_column;
};

struct loader {
	struct arena *arena;
	GPtrArray *errors; /* "file:line:column: message", char * */
	const char *file;
	bool (*known_check)(const char *name); /* of rules; NULL */
	const struct data_set *lists;          /* of rules; NULL */
};

void refuse(struct loader *l, int line, int column, const char *format, ...) G_GNUC_PRINTF(4, 5);
#define REFUSE(l, node, ...) refuse((l), (node)->line, (node)->column, __VA_ARGS__)
#define REFUSE_KEY(l, node, ...) refuse((l), (node)->key_line, (node)->key_column, __VA_ARGS__)
/* A copy in the arena. */
const char *keep(struct loader *l, const char *text);

/* The tree of a file, a map; NULL where anything was refused. */
struct node *read_tree(struct loader *l, const char *path);
/* The same with a limit of one's own in place of LIMIT_RULE_FILE_BYTES. */
struct node *read_tree_within(struct loader *l, const char *path, size_t limit);
/* The value of a key; NULL. */
struct node *get(const struct node *map, const char *key);
/* Refuse keys that are not in allowed (NULL-terminated). false where node is no map. */
bool only_keys(struct loader *l, const struct node *node, const char *what, const char *const *allowed);
/* A scalar that is not empty, without blanks at its ends; NULL after a refusal. */
const char *text_of(struct loader *l, const struct node *node, const char *what);
/* The same for text that is taken as it is written. */
const char *content_of(struct loader *l, const struct node *node, const char *what, bool may_be_empty);
/* A text of one line. */
const char *line_of(struct loader *l, const struct node *node, const char *what);
size_t count_children(const struct node *node);
/* One scalar or a list of them, as they are written: NULL-terminated array. NULL after a refusal or where the list is empty and may
 * be. */
const char *const *strings_of(struct loader *l, const struct node *node, const char *what, bool may_be_empty);
/* A whole number of at most six digits; -1 after a refusal. */
int number_of(struct loader *l, const struct node *node, const char *what, int smallest);
bool boolean_of(struct loader *l, const struct node *node, const char *what);
/* One entry of "sources:": {name, url, date, section} or {rfc, section}. */
void read_source(struct loader *l, const struct node *node, struct rule_source *out);

#endif
