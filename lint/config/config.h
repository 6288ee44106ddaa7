/* One configuration file, read strictly against the table of keys. */
#ifndef PRESEND_CONFIG_CONFIG_H
#define PRESEND_CONFIG_CONFIG_H

#include <glib.h>

#include "config/keys.h"
#include "config/paths.h"
#include "config/toml.h"

struct config_file;

/* The whole file, one [[path]] or one of [lists]. */
struct config_table {
	const struct config_file *file;
	const char *list;              /* the name of a list; NULL */
	struct toml_place place;
	const struct toml_node *values[N_CONFIG_KEYS]; /* NULL where nothing is said */
	const struct glob_set *match;  /* of a path */
};

struct config_file {
	const char *path;              /* as it is to be printed */
	const char *folder;            /* absolute: what "extends" and "rules" count from */
	const char *base;              /* absolute: what globs count from; that of the file that extends this one */
	struct config_table top;
	struct config_table *paths, *lists;
	size_t n_paths, n_lists;
	const struct glob_set *include, *exclude;
};

/* Collects what is wrong: lines "file:line:column: message" in one language. */
struct config_faults {
	enum language language;
	GPtrArray *lines;              /* char * */
};
void config_fault(struct config_faults *faults, const struct config_file *file, struct toml_place place, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A message with a did-you-mean behind it where suggestion is not NULL. */
void config_fault_word(struct config_faults *faults, const struct config_file *file, struct toml_place place, const char *suggestion,
		       const char *what, const char *word);

/* Read the bytes of a file. Always returns a file; what is wrong with it is in faults, and wrong values are left out. Does not follow "extends".
 * Everything lives in the arena. path, folder and base as above; they are copied. */
struct config_file *config_read(struct arena *arena, struct span bytes, const char *path, const char *folder, const char *base,
				struct config_faults *faults);

/* The strings of a value: of the string itself, or of the list. n: 0.. ; NULL behind the last. */
const struct toml_node *config_string(const struct toml_node *value, size_t n);

#endif
