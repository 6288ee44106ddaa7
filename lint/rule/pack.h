/* Rules as constant data without a single pointer: numbers of 32 bits, and one block of text that they point into. The built-in rules are such
 * a pack, made by rules2c, and so is what `presend rules compile` writes (rule_file.h); one writer and one reader serve both. The loader of
 * programs has nothing to relocate, strings are used in place, and examples are unpacked when somebody asks for them (rule_examples()).
 * Also part of the build-machine program, so nothing but GLib may be used here. */
#ifndef PRESEND_RULE_PACK_H
#define PRESEND_RULE_PACK_H

#include <glib.h>

#include "base/arena.h"
#include "rule/rule.h"

struct rule_pack {
	const uint32_t *words;
	size_t n_words;
	const char *text;              /* strings, each with a NUL behind it */
	size_t n_text;
	uint32_t rules, n_rules;       /* where the first one stands in words, and how many there are */
	uint32_t lists, n_lists;       /* the lists of facts that are packed with them */
	bool trusted;                  /* ours, not a file that anybody may have written */
};

extern const struct rule_pack builtin_pack; /* generated */

/* What a pack is made of; g_array_free() and g_string_free() them. */
struct packed {
	GArray *words;                 /* uint32_t */
	GString *text;
	uint32_t rules, lists;
};
/* The same rules and lists give the same bytes. lists: those that are to be packed with the rules; others are named only. */
struct packed rule_pack_write(const struct rule_set *rules, const struct data_set *lists);

/* Unpack: the structures into the arena, their strings stay where they are, so what the pack points to must outlive them. lists: what rules may name besides
 * the lists of the pack. false where the pack is broken, and *missing (may be NULL) the name of a list that is nowhere, or NULL. Whatever the
 * bytes are: no crash, time and memory linear in them. */
bool rule_pack_read(struct arena *arena, const struct rule_pack *pack, const struct data_set *lists, struct rule_set *rules,
		    struct data_set *own_lists, const char **missing);

/* A number made of names and kinds of everything that is packed: packs of another number cannot be read. */
uint32_t rule_pack_schema(void);

#endif
