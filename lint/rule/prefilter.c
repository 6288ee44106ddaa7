/* Role: literals in one pass over a text.
 * May not: know of rules or regular expressions; read behind the end of a text. */
#include "rule/prefilter.h"

#include <glib.h>

/* Literals are looked for by their first bytes: six of them (two kana or kanji, or six letters) where they have as many. Each
 * level is a pass of its own, so that a level that no literal needs costs nothing. */
static const size_t level_bytes[] = {6, 3, 2, 1};
#define N_LEVELS G_N_ELEMENTS(level_bytes)

/* The bitmap has 2^BITMAP_BITS bits, 8 kB: it stays in the first-level cache and is 1.5 % full with 1,000 literals. */
#define BITMAP_BITS 16
#define HASH_FACTOR UINT64_C(0x9e3779b97f4a7c15)
#define NO_LITERAL UINT32_MAX
/* Sets bit 5 of every byte, which makes ASCII letters alike. Other bytes that become alike are told apart by the comparison. */
#define CASE_BITS UINT64_C(0x2020202020202020)

struct literal {
	struct span bytes;
	bool ignore_case;
	uint32_t hash; /* of its level */
	uint32_t next; /* in its bucket */
};

struct level {
	size_t n;
	uint64_t mask, case_bits;
	uint64_t *bitmap;
	uint32_t *buckets; /* heads by the low bits of the hash */
	uint32_t bucket_mask;
};

struct prefilter {
	struct arena *arena;
	struct literal *literals;
	size_t n, allocated;
	uint32_t *slots; /* open hash table of literal numbers, until prefilter_finish(); g_malloc'd */
	size_t n_slots;  /* a power of two */
	bool finished;
	struct level levels[N_LEVELS];
};

struct prefilter *prefilter_new(struct arena *arena)
{
	struct prefilter *prefilter = ARENA_NEW(arena, struct prefilter);

	prefilter->arena = arena;
	return prefilter;
}

static size_t slot_of(const struct prefilter *prefilter, struct span literal, bool ignore_case)
{
	uint64_t hash = ignore_case ? 1 : 0;
	size_t slot;

	for (size_t i = 0; i < literal.n; i++)
		hash = (hash ^ (unsigned char)literal.p[i]) * HASH_FACTOR;
	slot = (size_t)(hash >> 32) & (prefilter->n_slots - 1);
	while (prefilter->slots[slot] != NO_LITERAL) {
		const struct literal *there = &prefilter->literals[prefilter->slots[slot]];

		if (there->ignore_case == ignore_case && span_eq(there->bytes, literal))
			break;
		slot = (slot + 1) & (prefilter->n_slots - 1);
	}
	return slot;
}

/* Room for one more literal; the table stays at most half full. */
static void grow(struct prefilter *prefilter)
{
	size_t allocated = prefilter->allocated ? prefilter->allocated * 2 : 64;
	struct literal *grown = ARENA_ARRAY(prefilter->arena, struct literal, allocated);

	if (prefilter->n)
		memcpy(grown, prefilter->literals, prefilter->n * sizeof(*grown));
	prefilter->literals = grown;
	prefilter->allocated = allocated;
	prefilter->n_slots = allocated * 2;
	prefilter->slots = g_renew(uint32_t, prefilter->slots, prefilter->n_slots);
	for (size_t i = 0; i < prefilter->n_slots; i++)
		prefilter->slots[i] = NO_LITERAL;
	for (size_t i = 0; i < prefilter->n; i++)
		prefilter->slots[slot_of(prefilter, grown[i].bytes, grown[i].ignore_case)] = (uint32_t)i;
}

uint32_t prefilter_add(struct prefilter *prefilter, struct span literal, bool ignore_case)
{
	size_t slot;

	g_assert(literal.n > 0 && !prefilter->finished);
	if (prefilter->n == prefilter->allocated)
		grow(prefilter);
	slot = slot_of(prefilter, literal, ignore_case);
	if (prefilter->slots[slot] != NO_LITERAL)
		return prefilter->slots[slot];
	prefilter->literals[prefilter->n] = (struct literal){.bytes = literal, .ignore_case = ignore_case};
	prefilter->slots[slot] = (uint32_t)prefilter->n;
	return (uint32_t)prefilter->n++;
}

static size_t level_of(const struct literal *literal)
{
	size_t level = 0;

	while (literal->bytes.n < level_bytes[level])
		level++;
	return level;
}

/* The first bytes at p as a little-endian number; room is at least 1. */
static uint64_t load(const char *p, size_t room)
{
	uint64_t word = 0;

	if (room >= sizeof(word))
		memcpy(&word, p, sizeof(word));
	else
		memcpy(&word, p, room);
	return GUINT64_FROM_LE(word);
}

static uint32_t hash_of(const struct level *level, uint64_t word)
{
	return (uint32_t)((((word & level->mask) | level->case_bits) * HASH_FACTOR) >> 32);
}

static uint32_t bitmap_index(uint32_t hash)
{
	return hash >> (32 - BITMAP_BITS);
}

void prefilter_finish(struct prefilter *prefilter)
{
	g_free(prefilter->slots);
	prefilter->slots = NULL;
	prefilter->finished = true;
	for (size_t i = 0; i < prefilter->n; i++) {
		struct level *level = &prefilter->levels[level_of(&prefilter->literals[i])];

		level->n++;
		if (prefilter->literals[i].ignore_case)
			level->case_bits = CASE_BITS;
	}
	for (size_t i = 0; i < N_LEVELS; i++) {
		struct level *level = &prefilter->levels[i];
		uint32_t buckets = 64;

		if (level->n == 0)
			continue;
		while (buckets < level->n * 2)
			buckets *= 2;
		level->mask = (UINT64_C(1) << (8 * level_bytes[i])) - 1;
		level->case_bits &= level->mask;
		level->bitmap = ARENA_ARRAY(prefilter->arena, uint64_t, (1 << BITMAP_BITS) / 64);
		level->buckets = ARENA_ARRAY(prefilter->arena, uint32_t, buckets);
		level->bucket_mask = buckets - 1;
		for (uint32_t k = 0; k < buckets; k++)
			level->buckets[k] = NO_LITERAL;
	}
	for (size_t i = 0; i < prefilter->n; i++) {
		struct literal *literal = &prefilter->literals[i];
		struct level *level = &prefilter->levels[level_of(literal)];
		uint32_t bit, *bucket;

		literal->hash = hash_of(level, load(literal->bytes.p, literal->bytes.n));
		bit = bitmap_index(literal->hash);
		level->bitmap[bit / 64] |= UINT64_C(1) << (bit % 64);
		bucket = &level->buckets[literal->hash & level->bucket_mask];
		literal->next = *bucket;
		*bucket = (uint32_t)i;
	}
}

size_t prefilter_count(const struct prefilter *prefilter)
{
	return prefilter->n;
}

struct span prefilter_literal(const struct prefilter *prefilter, uint32_t literal)
{
	return prefilter->literals[literal].bytes;
}

static bool stands_at(const struct literal *literal, const char *p)
{
	if (!literal->ignore_case)
		return memcmp(p, literal->bytes.p, literal->bytes.n) == 0;
	for (size_t i = 0; i < literal->bytes.n; i++) {
		if (ascii_lower(p[i]) != literal->bytes.p[i])
			return false;
	}
	return true;
}

static void confirm(const struct prefilter *prefilter, const struct level *level, uint32_t hash, struct span text, size_t at,
        prefilter_callback callback, void *data)
{
	for (uint32_t i = level->buckets[hash & level->bucket_mask]; i != NO_LITERAL; i = prefilter->literals[i].next) {
		const struct literal *literal = &prefilter->literals[i];

		if (literal->hash == hash && literal->bytes.n <= text.n - at && stands_at(literal, text.p + at))
			callback(i, at, data);
	}
}

static void scan_level(const struct prefilter *prefilter, const struct level *level, size_t window, struct span text,
        prefilter_callback callback, void *data)
{
	/* Eight bytes are loaded at a time; the last positions are done byte by byte. */
	size_t at = 0, fast_end = text.n >= 8 ? text.n - 7 : 0;

	if (text.n < window)
		return;
	for (; at < fast_end; at++) {
		uint64_t word;
		uint32_t hash, bit;

		memcpy(&word, text.p + at, sizeof(word));
		hash = hash_of(level, GUINT64_FROM_LE(word));
		bit = bitmap_index(hash);
		if (G_UNLIKELY(level->bitmap[bit / 64] >> (bit % 64) & 1))
			confirm(prefilter, level, hash, text, at, callback, data);
	}
	for (; at + window <= text.n; at++) {
		uint32_t hash = hash_of(level, load(text.p + at, text.n - at));
		uint32_t bit = bitmap_index(hash);

		if (level->bitmap[bit / 64] >> (bit % 64) & 1)
			confirm(prefilter, level, hash, text, at, callback, data);
	}
}

void prefilter_scan(const struct prefilter *prefilter, struct span text, prefilter_callback callback, void *data)
{
	g_assert(prefilter->finished);
	for (size_t i = 0; i < N_LEVELS; i++) {
		if (prefilter->levels[i].n)
			scan_level(prefilter, &prefilter->levels[i], level_bytes[i], text, callback, data);
	}
}
