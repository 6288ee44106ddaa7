/* Rows of a data file: CSV (RFC 4180; also with semicolons or tabs, in UTF-8 or Shift_JIS), an array of JSON objects, or JSON Lines
 * (RFC 8259). The whole file is checked when it is read; a row is made into values when it is asked for, so that memory does not grow with
 * the number of rows. */
#ifndef PRESEND_DATA_ROWS_H
#define PRESEND_DATA_ROWS_H

#include <glib.h>

#include "data/value.h"

struct rows;

struct row {
	size_t number;                /* 1 is the first row of data */
	size_t line;                  /* of the file, where it begins */
	const struct value *values;   /* a VALUE_MAP; each value knows its column */
};

/* Read the bytes of a file. NULL, and all that is wrong ("file:line: message", char *, at most MOST_FAULTS_TOLD of them) in errors. path is
 * only told; bytes must live as long as the rows. */
struct rows *rows_read(const char *path, struct span bytes, GPtrArray *errors);
void rows_free(struct rows *rows);
size_t rows_count(const struct rows *rows);
const char *rows_path(const struct rows *rows);
/* Row i of rows_count(), in the arena. Of any thread. */
struct row rows_get(const struct rows *rows, struct arena *arena, size_t i);
/* Is there a column of that name? Of JSON: a member of the first rows. */
bool rows_has_column(const struct rows *rows, struct span name);
/* The names of all columns, NULL-terminated. */
const char *const *rows_columns(const struct rows *rows);

#endif
