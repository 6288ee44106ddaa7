/* A TOML file as a plain tree that keeps line and column of everything in it. */
#ifndef PRESEND_CONFIG_TOML_H
#define PRESEND_CONFIG_TOML_H

#include "base/arena.h"

enum toml_kind { TOML_STRING, TOML_INTEGER, TOML_FLOAT, TOML_BOOLEAN, TOML_DATE, TOML_ARRAY, TOML_TABLE };

struct toml_place {
	unsigned line, column;         /* 1-based; columns count code points */
};

struct toml_node {
	enum toml_kind kind;
	const char *key;               /* of a member of a table; NULL in an array. UTF-8 without NUL */
	struct toml_place key_place;   /* where the key stands; of an element of an array: where the value does */
	struct toml_place place;       /* where the value stands */
	const char *string;            /* TOML_STRING: UTF-8 without NUL */
	double number;                 /* TOML_INTEGER, TOML_FLOAT */
	bool boolean;                  /* TOML_BOOLEAN */
	const struct toml_node *const *children; /* TOML_ARRAY: in their order; TOML_TABLE: in the order of the file */
	size_t n_children;
};

/* What is wrong with a file that is no TOML. */
struct toml_fault {
	struct toml_place place;
	const char *message;           /* English, in the arena */
};

/* Read a whole file. Everything returned lives in the arena. NULL, and *fault set, for a file that is no TOML 1.0, is larger than
 * LIMIT_CONFIG_BYTES or nested deeper than LIMIT_CONFIG_DEPTH, or that holds a NUL in a string. A byte order mark is skipped. */
const struct toml_node *toml_read(struct arena *arena, struct span bytes, struct toml_fault *fault);

#endif
