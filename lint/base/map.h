/* Position maps: which bytes of a source a range of a derived text came from.
 *
 * A map is a list of runs in the order of the target. A run covers target bytes [dst, dst + dst_len) that were made
 * from source bytes [src, src + src_len). Inside a run the bytes correspond in blocks: every src_unit source bytes gave
 * dst_unit target bytes (copied text is 1:1, a JIS pair in UTF-8 is 2:3, an entity or a ligature is one block, n:m).
 * MAP_BASE64 runs are 4:3 with the exact bits: target byte i lies in characters floor(4i/3) to ceil(4(i+1)/3).
 * Nothing is stored per character. */
#ifndef PRESEND_BASE_MAP_H
#define PRESEND_BASE_MAP_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

enum map_kind {
	MAP_BLOCKS,   /* repeated blocks of src_unit : dst_unit; copied text is 1 : 1 */
	MAP_BASE64,   /* 4 characters to 3 bytes, bit by bit */
	MAP_INSERTED, /* target bytes with no source of their own (src_len 0) */
	MAP_REMOVED   /* source bytes that left nothing (dst_len 0) */
};

struct map_run {
	uint32_t src, src_len;
	uint32_t dst, dst_len;
	uint32_t src_unit, dst_unit;
	uint16_t source_id; /* index into text.sources */
	uint8_t kind;       /* enum map_kind */
};

struct map {
	struct map_run *runs;
	size_t n;
};

/* Builds a map; runs must come in the order of the target, neighbours of one kind are joined. */
struct map_builder {
	struct map_run *runs; /* g_malloc'd until map_builder_finish() */
	size_t n, allocated;
	uint32_t dst; /* length of the target so far */
	uint16_t source_id;
};

void map_builder_init(struct map_builder *b);
/* Following runs come from this source (index into text.sources); 0 at first. */
void map_builder_set_source(struct map_builder *b, uint16_t source_id);
/* len bytes copied unchanged from src. */
void map_add_copied(struct map_builder *b, size_t src, size_t len);
/* One block: src_len source bytes became dst_len target bytes (both > 0). Equal neighbouring blocks are joined. */
void map_add_block(struct map_builder *b, size_t src, size_t src_len, size_t dst_len);
/* src_len base64 characters, without a line break between, that gave dst_len bytes. */
void map_add_base64(struct map_builder *b, size_t src, size_t src_len, size_t dst_len);
/* dst_len target bytes that stand for the place src in the source. */
void map_add_inserted(struct map_builder *b, size_t src, size_t dst_len);
/* src_len source bytes that left nothing. */
void map_add_removed(struct map_builder *b, size_t src, size_t src_len);
/* Move the runs into the arena; b is empty afterwards. */
struct map map_builder_finish(struct map_builder *b, struct arena *arena);
/* Throw the runs away. */
void map_builder_release(struct map_builder *b);

/* A text derived from one or more sources: always UTF-8 or (for transfer-decoded bodies) plain bytes.
 * A text with sources == NULL is the file itself: offsets in it are file offsets. */
struct text {
	struct span bytes;
	struct map map;
	const struct text *const *sources;
	size_t n_sources;
	bool is_normal_form; /* made for matching (base/normal.h): never shown; its source is */
};

/* A range of bytes [start, end). */
struct range {
	size_t start, end;
};

/* The smallest range of the text's source that holds everything that [start, end) was made of.
 * An empty range gives an empty range at the matching place. source_out (may be NULL) gets the source. A range over several
 * sources is answered for the source of its start. */
struct range text_to_source(const struct text *text, size_t start, size_t end, const struct text **source_out);
/* The same, followed down to the file. */
struct range text_to_file(const struct text *text, size_t start, size_t end);
/* A range of ancestor (one of the texts that text was made of) that [start, end) of text came from. */
struct range text_to_ancestor(const struct text *text, size_t start, size_t end, const struct text *ancestor);

/* A new text in the arena with one source. The bytes are not copied. */
struct text *text_new(struct arena *arena, struct span bytes, struct map map, const struct text *source);

/* Where a byte of the source went: the target offset of the first target byte made at or after src.
 * Used to place findings about removed source bytes. source_id as in map_run. */
size_t map_to_target(const struct map *map, uint16_t source_id, size_t src);
/* The same for many, in rising order, in one pass: each is replaced by its target offset. */
void map_to_targets(const struct map *map, uint16_t source_id, size_t *offsets, size_t n);

#endif
