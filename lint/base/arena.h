/* Arena: memory that dies with its owner, with a hard maximum. */
#ifndef PRESEND_BASE_ARENA_H
#define PRESEND_BASE_ARENA_H

#include "base/span.h"

struct arena;

/* A new, empty arena. Out of memory aborts, as with g_malloc(). */
struct arena *arena_new(void);
/* Free the arena and everything allocated from it. NULL is allowed. */
void arena_free(struct arena *arena);

/* size_bytes zeroed bytes, aligned for any type; valid until arena_free().
 * Never NULL: the caps of base/limits.h bound what callers ask for; more than LIMIT_ARENA_BYTES in all aborts. */
void *arena_alloc(struct arena *arena, size_t size_bytes);
/* A copy of the bytes with a NUL behind them. */
char *arena_copy(struct arena *arena, struct span bytes);
/* The same as a span. */
struct span arena_copy_span(struct arena *arena, struct span bytes);
/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes handed out so far. */
size_t arena_used(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (n)))

#endif
