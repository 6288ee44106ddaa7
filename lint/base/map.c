/* Position maps: building, joining and following runs. Knows nothing of mail. */
#include "base/map.h"

#include <glib.h>

void map_builder_init(struct map_builder *b)
{
	*b = (struct map_builder){ 0 };
}

void map_builder_set_source(struct map_builder *b, uint16_t source_id)
{
	b->source_id = source_id;
}

void map_builder_release(struct map_builder *b)
{
	g_free(b->runs);
	*b = (struct map_builder){ 0 };
}

static struct map_run *last_run(struct map_builder *b)
{
	return b->n ? &b->runs[b->n - 1] : NULL;
}

static void add_run(struct map_builder *b, struct map_run run)
{
	if (b->n == b->allocated) {
		b->allocated = b->allocated ? b->allocated * 2 : 16;
		b->runs = g_renew(struct map_run, b->runs, b->allocated);
	}
	run.dst = b->dst;
	run.source_id = b->source_id;
	b->runs[b->n++] = run;
	b->dst += run.dst_len;
}

/* True where a run that starts at src continues the last run without a gap. */
static bool continues(const struct map_run *last, const struct map_builder *b, enum map_kind kind, size_t src)
{
	return last && last->kind == kind && last->source_id == b->source_id && last->src + last->src_len == src;
}

static void add_blocks(struct map_builder *b, size_t src, size_t src_len, size_t dst_len, size_t src_unit, size_t dst_unit)
{
	struct map_run *last = last_run(b);

	if (continues(last, b, MAP_BLOCKS, src) && last->src_unit == src_unit && last->dst_unit == dst_unit) {
		last->src_len += (uint32_t)src_len;
		last->dst_len += (uint32_t)dst_len;
		b->dst += (uint32_t)dst_len;
		return;
	}
	add_run(b, (struct map_run){ .src = (uint32_t)src,
				     .src_len = (uint32_t)src_len,
				     .dst_len = (uint32_t)dst_len,
				     .src_unit = (uint32_t)src_unit,
				     .dst_unit = (uint32_t)dst_unit,
				     .kind = MAP_BLOCKS });
}

void map_add_copied(struct map_builder *b, size_t src, size_t len)
{
	if (len)
		add_blocks(b, src, len, len, 1, 1);
}

void map_add_block(struct map_builder *b, size_t src, size_t src_len, size_t dst_len)
{
	g_assert(src_len > 0 && dst_len > 0);
	add_blocks(b, src, src_len, dst_len, src_len, dst_len);
}

void map_add_base64(struct map_builder *b, size_t src, size_t src_len, size_t dst_len)
{
	struct map_run *last = last_run(b);

	if (dst_len == 0) {
		map_add_removed(b, src, src_len);
		return;
	}
	/* Only whole quanta can be continued: 4 characters, 3 bytes. */
	if (continues(last, b, MAP_BASE64, src) && last->src_len % 4 == 0 && last->dst_len == last->src_len / 4 * 3) {
		last->src_len += (uint32_t)src_len;
		last->dst_len += (uint32_t)dst_len;
		b->dst += (uint32_t)dst_len;
		return;
	}
	add_run(b, (struct map_run){ .src = (uint32_t)src,
				     .src_len = (uint32_t)src_len,
				     .dst_len = (uint32_t)dst_len,
				     .src_unit = 4,
				     .dst_unit = 3,
				     .kind = MAP_BASE64 });
}

void map_add_inserted(struct map_builder *b, size_t src, size_t dst_len)
{
	if (dst_len == 0)
		return;
	struct map_run *last = last_run(b);
	if (last && last->kind == MAP_INSERTED && last->src == src && last->source_id == b->source_id) {
		last->dst_len += (uint32_t)dst_len;
		b->dst += (uint32_t)dst_len;
		return;
	}
	add_run(b, (struct map_run){ .src = (uint32_t)src, .dst_len = (uint32_t)dst_len, .kind = MAP_INSERTED });
}

void map_add_removed(struct map_builder *b, size_t src, size_t src_len)
{
	if (src_len == 0)
		return;
	struct map_run *last = last_run(b);
	if (continues(last, b, MAP_REMOVED, src)) {
		last->src_len += (uint32_t)src_len;
		return;
	}
	add_run(b, (struct map_run){ .src = (uint32_t)src, .src_len = (uint32_t)src_len, .kind = MAP_REMOVED });
}

struct map map_builder_finish(struct map_builder *b, struct arena *arena)
{
	struct map map = { ARENA_ARRAY(arena, struct map_run, b->n ? b->n : 1), b->n };
	if (b->n)
		memcpy(map.runs, b->runs, b->n * sizeof *b->runs);
	map_builder_release(b);
	return map;
}

/* First run with a target byte behind dst, that is dst < run.dst + run.dst_len; map->n where there is none. */
static size_t run_at(const struct map *map, size_t dst)
{
	size_t low = 0, high = map->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct map_run *r = &map->runs[middle];
		if ((size_t)r->dst + r->dst_len > dst)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Source offset where target byte dst (inside r) begins. */
static size_t source_start(const struct map_run *r, size_t dst)
{
	size_t i = dst - r->dst;

	switch (r->kind) {
	case MAP_BLOCKS:
		return r->src + i / r->dst_unit * r->src_unit;
	case MAP_BASE64:
		return r->src + i * 4 / 3;
	default:
		return r->src;
	}
}

/* Source offset where target byte dst (inside r) ends. */
static size_t source_end(const struct map_run *r, size_t dst)
{
	size_t i = dst - r->dst, end;

	switch (r->kind) {
	case MAP_BLOCKS:
		return r->src + (i / r->dst_unit + 1) * r->src_unit;
	case MAP_BASE64:
		end = ((i + 1) * 4 + 2) / 3;
		return r->src + (end < r->src_len ? end : r->src_len);
	default:
		return r->src;
	}
}

struct range text_to_source(const struct text *text, size_t start, size_t end, const struct text **source_out)
{
	const struct map *map = &text->map;

	if (end < start)
		end = start;
	size_t first = run_at(map, start);
	/* A run that came out empty or a place behind the last run: the end of the source that was used. */
	if (first == map->n) {
		const struct map_run *r = map->n ? &map->runs[map->n - 1] : NULL;
		size_t at = r ? (size_t)r->src + r->src_len : 0;
		if (source_out)
			*source_out = text->n_sources ? text->sources[r ? r->source_id : 0] : NULL;
		return (struct range){ at, at };
	}
	const struct map_run *a = &map->runs[first];
	if (source_out)
		*source_out = text->n_sources ? text->sources[a->source_id] : NULL;
	size_t source_from = source_start(a, start);
	if (end == start)
		return (struct range){ source_from, source_from };
	size_t source_to = source_from;
	size_t last = run_at(map, end - 1);
	if (last == map->n)
		last = map->n - 1;
	for (size_t i = first; i <= last; i++) {
		const struct map_run *r = &map->runs[i];
		if (r->source_id != a->source_id || r->dst_len == 0)
			continue;
		size_t run_end = (size_t)r->dst + r->dst_len;
		size_t from = source_start(r, r->dst > start ? r->dst : start);
		size_t to = source_end(r, (end < run_end ? end : run_end) - 1);
		if (from < source_from)
			source_from = from;
		if (to > source_to)
			source_to = to;
	}
	return (struct range){ source_from, source_to };
}

struct range text_to_file(const struct text *text, size_t start, size_t end)
{
	return text_to_ancestor(text, start, end, NULL);
}

struct range text_to_ancestor(const struct text *text, size_t start, size_t end, const struct text *ancestor)
{
	struct range r = { start, end < start ? start : end };

	while (text && text != ancestor && text->n_sources) {
		const struct text *source = NULL;
		r = text_to_source(text, r.start, r.end, &source);
		text = source;
	}
	return r;
}

struct text *text_new(struct arena *arena, struct span bytes, struct map map, const struct text *source)
{
	struct text *text = ARENA_NEW(arena, struct text);
	const struct text **sources = ARENA_NEW(arena, const struct text *);

	*sources = source;
	text->bytes = bytes;
	text->map = map;
	text->sources = (const struct text *const *)sources;
	text->n_sources = source ? 1 : 0;
	return text;
}

static size_t target_in_run(const struct map_run *r, size_t src)
{
	if (r->kind == MAP_REMOVED || r->kind == MAP_INSERTED || src <= r->src)
		return r->dst;
	if (r->kind == MAP_BASE64)
		return r->dst + (src - r->src) * 3 / 4;
	return r->dst + (src - r->src) / r->src_unit * r->dst_unit;
}

size_t map_to_target(const struct map *map, uint16_t source_id, size_t src)
{
	map_to_targets(map, source_id, &src, 1);
	return src;
}

void map_to_targets(const struct map *map, uint16_t source_id, size_t *offsets, size_t n)
{
	size_t end = map->n ? (size_t)map->runs[map->n - 1].dst + map->runs[map->n - 1].dst_len : 0, i = 0;

	for (size_t k = 0; k < n; k++) {
		while (i < map->n && (map->runs[i].source_id != source_id || (size_t)map->runs[i].src + map->runs[i].src_len <= offsets[k]))
			i++;
		offsets[k] = i < map->n ? target_in_run(&map->runs[i], offsets[k]) : end;
	}
}
