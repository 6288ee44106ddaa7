/* Position maps: each row builds a map and asks where a range of the target came from. The wanted ranges follow from the definition of
 * the runs (blocks n:m, RFC 4648 base64 bit by bit) and are worked out by hand. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/map.h"
#include "draft_file.h"

/* One builder call: c copied, k block, b base64, i inserted, r removed, s set source; 0 ends. */
struct step {
	char kind;
	size_t src, src_len, dst_len;
};

static struct map build(struct arena *arena, const struct step *steps)
{
	struct map_builder b;

	map_builder_init(&b);
	for (; steps->kind; steps++) {
		switch (steps->kind) {
		case 'c':
			map_add_copied(&b, steps->src, steps->src_len);
			break;
		case 'k':
			map_add_block(&b, steps->src, steps->src_len, steps->dst_len);
			break;
		case 'b':
			map_add_base64(&b, steps->src, steps->src_len, steps->dst_len);
			break;
		case 'i':
			map_add_inserted(&b, steps->src, steps->dst_len);
			break;
		case 'r':
			map_add_removed(&b, steps->src, steps->src_len);
			break;
		case 's':
			map_builder_set_source(&b, (uint16_t)steps->src);
			break;
		default:
			ck_abort_msg("unknown step");
		}
	}
	return map_builder_finish(&b, arena);
}

static const struct {
	const char *name;
	struct step steps[8];
	size_t start, end;           /* of the target */
	size_t want_start, want_end; /* of the source */
	size_t want_runs;
} places[] = {
	{ "copied text is 1:1", { { 'c', 10, 5, 0 } }, 1, 3, 11, 13, 1 },
	{ "copied neighbours are one run", { { 'c', 10, 5, 0 }, { 'c', 15, 5, 0 } }, 3, 8, 13, 18, 1 },
	{ "a gap in the source makes two runs", { { 'c', 10, 5, 0 }, { 'c', 17, 5, 0 } }, 4, 6, 14, 18, 2 },
	{ "two bytes of JIS are three of UTF-8", { { 'k', 3, 2, 3 }, { 'k', 5, 2, 3 }, { 'k', 7, 2, 3 } }, 3, 6, 5, 7, 1 },
	{ "one byte in the middle of a block means the whole block", { { 'k', 3, 2, 3 }, { 'k', 5, 2, 3 } }, 4, 5, 5, 7, 1 },
	{ "a range over a border of blocks", { { 'k', 3, 2, 3 }, { 'k', 5, 2, 3 } }, 2, 4, 3, 7, 1 },
	{ "blocks of another size do not join", { { 'k', 0, 2, 3 }, { 'k', 2, 1, 1 } }, 0, 4, 0, 3, 2 },
	{ "an entity is one block", { { 'c', 0, 2, 0 }, { 'k', 2, 5, 1 }, { 'c', 7, 1, 0 } }, 2, 3, 2, 7, 3 },
	{ "a ligature is one block, longer in the target", { { 'k', 4, 3, 3 }, { 'k', 7, 3, 1 } }, 3, 4, 7, 10, 2 },
	/* RFC 4648, section 4: 8-bit byte i of a quantum stands in the bits 8i to 8i + 7 of 6-bit characters. */
	{ "base64: byte 0 is in characters 0 and 1", { { 'b', 100, 4, 3 } }, 0, 1, 100, 102, 1 },
	{ "base64: byte 1 is in characters 1 and 2", { { 'b', 100, 4, 3 } }, 1, 2, 101, 103, 1 },
	{ "base64: byte 2 is in characters 2 and 3", { { 'b', 100, 4, 3 } }, 2, 3, 102, 104, 1 },
	{ "base64: second quantum", { { 'b', 100, 8, 6 } }, 3, 4, 104, 106, 1 },
	{ "base64: padding is inside the run", { { 'b', 100, 4, 1 } }, 0, 1, 100, 102, 1 },
	{ "base64: a line break between two quanta", { { 'b', 0, 4, 3 }, { 'r', 4, 2, 0 }, { 'b', 6, 4, 3 } }, 2, 4, 2, 8, 3 },
	{ "base64: whole quanta that touch are one run", { { 'b', 0, 4, 3 }, { 'b', 4, 4, 3 } }, 2, 4, 2, 6, 1 },
	{ "base64: behind a cut quantum a new run begins", { { 'b', 0, 4, 1 }, { 'b', 4, 4, 3 } }, 1, 2, 4, 6, 2 },
	{ "removed bytes between are covered", { { 'c', 0, 3, 0 }, { 'r', 3, 2, 0 }, { 'c', 5, 3, 0 } }, 2, 4, 2, 6, 3 },
	{ "removed bytes at the border are not", { { 'c', 0, 3, 0 }, { 'r', 3, 2, 0 }, { 'c', 5, 3, 0 } }, 3, 4, 5, 6, 3 },
	{ "removed bytes before the end are not", { { 'c', 0, 3, 0 }, { 'r', 3, 2, 0 }, { 'c', 5, 3, 0 } }, 2, 3, 2, 3, 3 },
	{ "removed neighbours are one run", { { 'r', 3, 2, 0 }, { 'r', 5, 2, 0 }, { 'c', 7, 3, 0 } }, 0, 1, 7, 8, 2 },
	{ "an inserted byte stands for an empty place", { { 'c', 0, 3, 0 }, { 'i', 3, 0, 1 }, { 'c', 3, 3, 0 } }, 3, 4, 3, 3, 3 },
	{ "an inserted byte inside a range adds nothing", { { 'c', 0, 3, 0 }, { 'i', 3, 0, 1 }, { 'c', 3, 3, 0 } }, 2, 5, 2, 4, 3 },
	{ "inserted bytes at one place are one run", { { 'i', 3, 0, 1 }, { 'i', 3, 0, 2 } }, 2, 3, 3, 3, 1 },
	{ "an empty range in a run", { { 'c', 10, 5, 0 } }, 2, 2, 12, 12, 1 },
	{ "an empty range at the end", { { 'c', 10, 5, 0 } }, 5, 5, 15, 15, 1 },
	{ "a range behind the target ends at the source's end", { { 'c', 10, 5, 0 } }, 7, 9, 15, 15, 1 },
	{ "a range that is upside down is empty", { { 'c', 10, 5, 0 } }, 3, 1, 13, 13, 1 },
	{ "a map without runs", { { 0 } }, 0, 4, 0, 0, 0 },
	{ "text out of order: the smallest range that holds all", { { 'c', 20, 3, 0 }, { 'c', 5, 3, 0 } }, 2, 4, 5, 23, 2 },
	{ "nothing copied is no run", { { 'c', 3, 0, 0 }, { 'i', 3, 0, 0 }, { 'r', 3, 0, 0 }, { 'c', 4, 2, 0 } }, 0, 1, 4, 5, 1 },
};

START_TEST(range_of_the_source)
{
	struct arena *arena = arena_new();
	static const struct text file = { .bytes = { "", 0 } };
	const struct text *text = text_new(arena, SPAN_EMPTY, build(arena, places[_i].steps), &file);
	const struct text *source = NULL;
	struct range got = text_to_source(text, places[_i].start, places[_i].end, &source);

	ck_assert_msg(text->map.n == places[_i].want_runs, "%s: %zu runs, want %zu", places[_i].name, text->map.n, places[_i].want_runs);
	ck_assert_msg(got.start == places[_i].want_start && got.end == places[_i].want_end, "%s: [%zu, %zu), want [%zu, %zu)",
		      places[_i].name, got.start, got.end, places[_i].want_start, places[_i].want_end);
	ck_assert_ptr_eq(source, &file);
	got = text_to_source(text, places[_i].start, places[_i].end, NULL);
	ck_assert_uint_eq(got.start, places[_i].want_start);
	arena_free(arena);
}
END_TEST

static const struct {
	const char *name;
	struct step steps[8];
	uint16_t source;
	size_t src, want;
} targets[] = {
	{ "copied", { { 'c', 10, 5, 0 } }, 0, 12, 2 },
	{ "before the first run", { { 'c', 10, 5, 0 } }, 0, 3, 0 },
	{ "behind the last run", { { 'c', 10, 5, 0 } }, 0, 15, 5 },
	{ "first byte of a block", { { 'k', 0, 2, 3 }, { 'k', 2, 2, 3 } }, 0, 2, 3 },
	{ "second byte of a block: the block's first", { { 'k', 0, 2, 3 }, { 'k', 2, 2, 3 } }, 0, 3, 3 },
	{ "removed: where it was", { { 'c', 0, 3, 0 }, { 'r', 3, 4, 0 }, { 'c', 7, 3, 0 } }, 0, 5, 3 },
	{ "behind removed bytes", { { 'c', 0, 3, 0 }, { 'r', 3, 4, 0 }, { 'c', 7, 3, 0 } }, 0, 8, 4 },
	{ "base64, whole quantum", { { 'b', 0, 8, 6 } }, 0, 4, 3 },
	{ "another source", { { 'c', 0, 3, 0 }, { 's', 1, 0, 0 }, { 'c', 0, 3, 0 } }, 1, 1, 4 },
	{ "a gap in the source: what follows it", { { 'c', 0, 3, 0 }, { 'c', 9, 3, 0 } }, 0, 5, 3 },
	{ "no runs", { { 0 } }, 0, 5, 0 },
};

START_TEST(place_in_the_target)
{
	struct arena *arena = arena_new();
	const struct map map = build(arena, targets[_i].steps);
	size_t got = map_to_target(&map, targets[_i].source, targets[_i].src);

	ck_assert_msg(got == targets[_i].want, "%s: %zu, want %zu", targets[_i].name, got, targets[_i].want);
	arena_free(arena);
}
END_TEST

/* base64 in the file, a JIS charset over the bytes, an entity over the characters: "&amp;" (5 bytes) became one. */
START_TEST(three_texts_deep)
{
	struct arena *arena = arena_new();
	const struct text file = { .bytes = SPAN_LIT("0123456789012345678901234567890123456789") };
	/* Bytes 0 to 11 from characters 8 to 23 of the file. */
	const struct text *bytes = text_new(arena, SPAN_EMPTY, build(arena, (struct step[]){ { 'b', 8, 16, 12 }, { 0 } }), &file);
	/* Two JIS pairs (3 bytes each in UTF-8), then eight bytes as they are. */
	const struct text *characters = text_new(
		arena, SPAN_EMPTY,
		build(arena, (struct step[]){ { 'k', 0, 2, 3 }, { 'k', 2, 2, 3 }, { 'c', 4, 8, 0 }, { 0 } }), bytes);
	/* The pairs, "&amp;" as one sign, the last three. */
	const struct text *decoded = text_new(
		arena, SPAN_EMPTY, build(arena, (struct step[]){ { 'c', 0, 6, 0 }, { 'k', 6, 5, 1 }, { 'c', 11, 3, 0 }, { 0 } }),
		characters);

	/* The sign: characters [6, 11) = bytes [4, 9) = base64 characters 8 + floor(16/3) to 8 + 12. */
	struct range got = text_to_file(decoded, 6, 7);
	ck_assert_uint_eq(got.start, 8 + 5);
	ck_assert_uint_eq(got.end, 8 + 12);
	/* The second pair: bytes [2, 4) = characters 8 + floor(8/3) to 8 + ceil(16/3). */
	got = text_to_file(decoded, 3, 6);
	ck_assert_uint_eq(got.start, 8 + 2);
	ck_assert_uint_eq(got.end, 8 + 6);
	/* An ancestor on the way. */
	got = text_to_ancestor(decoded, 6, 7, characters);
	ck_assert_uint_eq(got.start, 6);
	ck_assert_uint_eq(got.end, 11);
	got = text_to_ancestor(decoded, 6, 7, bytes);
	ck_assert_uint_eq(got.start, 4);
	ck_assert_uint_eq(got.end, 9);
	got = text_to_ancestor(decoded, 6, 7, decoded);
	ck_assert_uint_eq(got.start, 6);
	ck_assert_uint_eq(got.end, 7);
	/* An empty range stays empty the whole way down. */
	got = text_to_file(decoded, 6, 6);
	ck_assert_uint_eq(got.start, got.end);
	/* The file itself: offsets are file offsets. */
	got = text_to_file(&file, 4, 9);
	ck_assert_uint_eq(got.start, 4);
	ck_assert_uint_eq(got.end, 9);
	arena_free(arena);
}
END_TEST

/* A text of two sources is answered for the source of its start. */
START_TEST(several_sources)
{
	struct arena *arena = arena_new();
	static const struct text one = { .bytes = { "one", 3 } }, two = { .bytes = { "two", 3 } };
	static const struct text *const both[] = { &one, &two };
	struct text *text = text_new(
		arena, SPAN_LIT("onetwo"),
		build(arena, (struct step[]){ { 'c', 0, 3, 0 }, { 's', 1, 0, 0 }, { 'c', 0, 3, 0 }, { 0 } }), NULL);
	const struct text *source = NULL;

	ck_assert_uint_eq(text->n_sources, 0);
	ck_assert_uint_eq(text->map.n, 2);
	text->sources = both;
	text->n_sources = 2;
	struct range got = text_to_source(text, 4, 6, &source);
	ck_assert_ptr_eq(source, &two);
	ck_assert_uint_eq(got.start, 1);
	ck_assert_uint_eq(got.end, 3);
	got = text_to_source(text, 1, 6, &source);
	ck_assert_ptr_eq(source, &one);
	ck_assert_uint_eq(got.start, 1);
	ck_assert_uint_eq(got.end, 3);
	arena_free(arena);
}
END_TEST

/* Nothing is stored per character: a megabyte of JIS is one run. */
START_TEST(long_text_is_one_run)
{
	struct arena *arena = arena_new();
	struct map_builder b;

	map_builder_init(&b);
	for (size_t i = 0; i < 500000; i++)
		map_add_block(&b, i * 2, 2, 3);
	struct map map = map_builder_finish(&b, arena);
	ck_assert_uint_eq(map.n, 1);
	ck_assert_uint_eq(map_to_target(&map, 0, 999998), 1499997);
	map_builder_init(&b);
	map_add_copied(&b, 0, 5);
	map_builder_release(&b);
	ck_assert_uint_eq(b.n, 0);
	arena_free(arena);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("map");

	tcase_add_loop_test(tcase, range_of_the_source, 0, N_ROWS(places));
	tcase_add_loop_test(tcase, place_in_the_target, 0, N_ROWS(targets));
	tcase_add_test(tcase, three_texts_deep);
	tcase_add_test(tcase, several_sources);
	tcase_add_test(tcase, long_text_is_one_run);
	return run_case("map", tcase);
}
