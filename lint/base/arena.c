/* Arena: chunks that double up to 1 MiB; a large request gets a chunk of its own. Knows nothing of mail. */
#include "base/arena.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

enum { FIRST_CHUNK_BYTES = 4 * 1024, LARGEST_CHUNK_BYTES = 1024 * 1024, ALIGN = 16 };

struct chunk {
	struct chunk *next;
	size_t size, used;
	_Alignas(16) char bytes[];
};

struct arena {
	struct chunk *chunks;
	size_t next_size;
	size_t used;
};

struct arena *arena_new(void)
{
	struct arena *arena = g_new0(struct arena, 1);
	arena->next_size = FIRST_CHUNK_BYTES;
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct chunk *c = arena->chunks, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	g_free(arena);
}

/* A chunk for many requests is not zeroed: that is done for what is handed out, which is less than it holds. One of its own is, by
 * calloc(): a large array costs nothing then where nothing is put in, since fresh pages of the kernel are zero already. */
static struct chunk *chunk_new(size_t size, bool zeroed)
{
	struct chunk *c = zeroed ? calloc(1, sizeof *c + size) : malloc(sizeof *c + size);
	if (!c)
		g_error("out of memory: %zu bytes", size);
	c->next = NULL;
	c->size = size;
	c->used = 0;
	return c;
}

/* Bytes as they come, where zeroed does not ask for better. */
static void *take(struct arena *arena, size_t size_bytes, bool zeroed)
{
	size_t size = (size_bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct chunk *c = arena->chunks;

	g_assert(size >= size_bytes && arena->used + size <= LIMIT_ARENA_BYTES);
	if (!c || c->size - c->used < size) {
		if (size > arena->next_size / 2) {
			/* A chunk of its own, placed behind the current one, which may still have room. */
			struct chunk *own = chunk_new(size, zeroed);
			own->used = size;
			arena->used += size;
			if (c) {
				own->next = c->next;
				c->next = own;
			} else {
				arena->chunks = own;
			}
			return own->bytes;
		}
		c = chunk_new(arena->next_size, false);
		c->next = arena->chunks;
		arena->chunks = c;
		if (arena->next_size < LARGEST_CHUNK_BYTES)
			arena->next_size *= 2;
	}
	void *result = c->bytes + c->used;
	c->used += size;
	arena->used += size;
	return zeroed ? memset(result, 0, size_bytes) : result;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
	return take(arena, size_bytes, true);
}

char *arena_copy(struct arena *arena, struct span bytes)
{
	char *copy = take(arena, bytes.n + 1, false);
	if (bytes.n)
		memcpy(copy, bytes.p, bytes.n);
	copy[bytes.n] = '\0';
	return copy;
}

struct span arena_copy_span(struct arena *arena, struct span bytes)
{
	return span_of(arena_copy(arena, bytes), bytes.n);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = g_strdup_vprintf(format, args);
	va_end(args);
	char *copy = arena_copy(arena, span_str(text));
	g_free(text);
	return copy;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
