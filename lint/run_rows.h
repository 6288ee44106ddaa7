/* presend lint --data: a template as each recipient gets it. */
#ifndef PRESEND_RUN_ROWS_H
#define PRESEND_RUN_ROWS_H

#include "data/rows.h"
#include "doc/message.h"
#include "rule/engine.h"

struct run_rows;

/* --data worst-cases: no file, only what is made up. A file of that name: "./worst-cases". */
#define RUN_ROWS_WORST_CASES "worst-cases"

/* Read the data of a run. NULL, and all that is wrong said on standard error, where it cannot be used. */
struct run_rows *run_rows_open(const char *data, enum language language);
/* The same of bytes in memory, which must live as long, or of the word: either the rows or what is made up, not both. each_row: no row speaks
 * for others. NULL, and why in errors (char *). */
struct run_rows *run_rows_of(const char *name, struct span bytes, bool each_row, GPtrArray *errors);
void run_rows_free(struct run_rows *rows);

/* Lint what a template becomes with each row and with what is made up, and add what is found to its result. engine: the one that judged the
 * template. options: what it was judged by. jobs: how many threads; 0: as many as it is worth. false: there is no tag in it,
 * and nothing was done. */
bool run_rows_lint(const struct run_rows *rows, const struct engine *engine, const struct lint_options *options, int jobs, const struct message *message,
		   struct message_result *result);

/* What a template becomes with row number n, from 1, in the arena; *row gets the row. NULL, and said why on standard error, where there is no such row
 * or nothing to fill in. message and rows must live as long. */
struct expansion *run_rows_fill(const struct run_rows *rows, struct arena *arena, const struct message *message, size_t number, struct row *row);

#endif
