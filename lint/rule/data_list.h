/* Lists of facts that age: rules.d/data/NAME.txt (one entry a line) and NAME.tsv (one limit a line), each under a header that says where
 * it is from and of when. Built-in lists are constant tables made by rules2c, a user's are read from DIR/data into the same structures.
 * The format: docs/RULES.md, "Lists of facts". Also part of the build-machine program, so nothing but GLib may be used here. */
#ifndef PRESEND_RULE_DATA_LIST_H
#define PRESEND_RULE_DATA_LIST_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

struct data_list {
	const char *name;              /* of the file, without its ending */
	const char *title, *title_ja;  /* the Japanese one is the other where the file has none */
	const char *date;              /* of the text that was read, ISO 8601; NULL for a table: every line has its own */
	const char *text;              /* all lines, each with a NUL behind it, sorted bytewise */
	const uint32_t *starts;        /* where line i begins in text; starts[n] is the end */
	size_t n;
	bool is_table;                 /* a line is KEY, AMOUNT, UNIT, ... with tabs between */
};

/* Sorted by name. */
struct data_set {
	const struct data_list *const *lists;
	size_t n;
};
extern const struct data_set builtin_data; /* generated */
const struct data_list *data_set_find(const struct data_set *set, const char *name);

/* Read FOLDER/NAME.txt and FOLDER/NAME.tsv; a folder that does not exist has none. Every refusal is one line "file:line:column: message" in
 * errors. Refused: a header that lacks a key or has one twice or a wrong value, entries that are not sorted bytewise, stand twice, have
 * capital letters, blanks at their ends or control characters, empty lines, CR, no line end at the end, bytes that are not UTF-8,
 * more than LIMIT_DATA_FILE_BYTES. Returns the lists that are whole. */
struct data_set data_load_folder(struct arena *arena, const char *folder, GPtrArray *errors);

/* Both sets as one, for rules that may name lists of either. A name in both is refused; folder: where own was read. */
struct data_set data_set_join(struct arena *arena, const struct data_set *own, const struct data_set *builtin, const char *folder,
			      GPtrArray *errors);

struct span data_list_line(const struct data_list *list, size_t i);
/* Is the word an entry, without regard to ASCII case? By binary search. */
bool data_list_has(const struct data_list *list, struct span word);

/* One line of a table. */
struct data_limit {
	uint64_t value;                /* in octets, or whatever is counted */
	char written[32];              /* as people read it: "25 MB", "5,000" */
};
bool data_list_limit(const struct data_list *table, struct span key, struct data_limit *out);

#endif
