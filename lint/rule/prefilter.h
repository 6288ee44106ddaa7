/* Finding many literals in one pass over a text: a window of a few bytes is hashed at every position, a bitmap tells whether any
 * literal begins with that hash, and only then literals are compared. Cost: linear in the text, nearly free of the number of
 * literals while few of them occur. */
#ifndef PRESEND_RULE_PREFILTER_H
#define PRESEND_RULE_PREFILTER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* Const once finished; may be shared by threads. */
struct prefilter;

/* An empty prefilter. It lives in the arena, and so do the bytes given to prefilter_add(). */
struct prefilter *prefilter_new(struct arena *arena);
/* Add a literal of at least one byte; returns its number, the same one for the same bytes. ignore_case: ASCII case does not count,
 * the literal must be given in lower case. */
uint32_t prefilter_add(struct prefilter *prefilter, struct span literal, bool ignore_case);
/* No literal may be added behind this. */
void prefilter_finish(struct prefilter *prefilter);
size_t prefilter_count(const struct prefilter *prefilter);
/* The bytes of a literal, by its number. */
struct span prefilter_literal(const struct prefilter *prefilter, uint32_t literal);

/* Called for every place of every literal; places of one literal come in ascending order. */
typedef void (*prefilter_callback)(uint32_t literal, size_t offset, void *data);
void prefilter_scan(const struct prefilter *prefilter, struct span text, prefilter_callback callback, void *data);

#endif
