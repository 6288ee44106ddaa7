/* One file of rules that `presend rules compile` makes: a pack (rule/pack.h) under a header that says what it is. Loading it parses nothing. The
 * same bytes on every machine; whoever reads one must take it for hostile. */
#ifndef PRESEND_RULE_RULE_FILE_H
#define PRESEND_RULE_RULE_FILE_H

#include <glib.h>

#include "rule/pack.h"

/* The bytes of a file; g_string_free() them. lists: those of the folders that the rules come from. */
GString *rule_file_make(const struct rule_set *rules, const struct data_set *lists);

#define RULE_FILE_HEADER_BYTES 64
/* Put the sum of all other bytes into the header; n is RULE_FILE_HEADER_BYTES at least. */
void rule_file_seal(char *file, size_t n);

enum rule_file_state {
	RULE_FILE_GOOD,
	RULE_FILE_FOREIGN,       /* something else */
	RULE_FILE_OTHER_VERSION, /* of a presend that packs otherwise */
	RULE_FILE_BROKEN         /* cut off, changed */
};

struct rule_file {
	struct rule_pack pack;
	char version[16];        /* of the presend that made it; "?" where it says none */
	void *block;             /* of rule_file_open() */
	size_t n;
};

/* What the bytes are; where they are good, out->pack lies in them. They must be aligned for numbers, and be put in the machine's order. Their
 * structure is not looked at: rule_pack_read() does. */
enum rule_file_state rule_file_look(void *bytes, size_t n, struct rule_file *out);
/* Read a whole file into memory of its own. false, and errno, where it cannot be read: EFBIG beyond LIMIT_COMPILED_RULES_BYTES. */
bool rule_file_open(const char *path, struct rule_file *out, enum rule_file_state *state);
void rule_file_close(struct rule_file *file);

#endif
