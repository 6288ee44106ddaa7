/* Role: the forms L2 and L3 with their maps, and what tells a disguise from ordinary writing.
 * May not: know of rules or mail; keep anything between calls. */
#include "base/disguise.h"

#include <glib.h>
#include <string.h>

#include "base/utf8.h"

#define MASK 0x25cbu
enum { MOST_GAP_CHARS = 2 };

static bool is_katakana(uint32_t c)
{
	return c >= 0x30a1 && c <= 0x30fa;
}

static bool is_kanji(uint32_t c)
{
	return c == 0x3005 || c == 0x3006 || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0x20000 && c <= 0x3fffd);
}

/* Kana and kanji: what words of Japanese are made of. */
static bool is_letter(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x3096) || c == 0x309d || c == 0x309e || is_katakana(c) || (c >= 0x30fc && c <= 0x30fe) ||
	       is_kanji(c);
}

/* Signs and blanks that may stand between the characters of a word; commas, full stops and brackets part words. */
static bool is_gap(uint32_t c)
{
	if (c < 0x80)
		return c && strchr(" #$%&*+-/<=>@\\^_`|~", (int)c) != NULL;
	return c == 0xb7 || c == 0xd7 || (c >= 0x2020 && c <= 0x2022) || c == 0x203b || (c >= 0x2190 && c <= 0x2bff) ||
	       c == 0x3004 || c == 0x3012 || c == 0x3013 || c == 0x301c || c == 0x3020 || c == 0x30fb ||
	       (c >= 0x1f000 && c <= 0x1faff);
}

/* Signs that stand for a character that is not to be seen. */
static bool is_mask(uint32_t c)
{
	return c == MASK || c == 0x25ef || c == 0x3007 || c == 0x25cf || c == 0xd7 || c == 'x' || c == '*' || c == 0x30fb || c == '_';
}

/* Characters that look alike, of different scripts or rare: UTS #39 calls these confusable, and a few more are. */
static const struct {
	uint32_t from, to;
} alike[] = {
        {0x30ed, 0x53e3}, /* ロ 口 */
        {0x30ab, 0x529b}, /* カ 力 */
        {0x30a8, 0x5de5}, /* エ 工 */
        {0x30cb, 0x4e8c}, /* ニ 二 */
        {0x30cf, 0x516b}, /* ハ 八 */
        {0x30c8, 0x535c}, /* ト 卜 */
        {0x30bf, 0x5915}, /* タ 夕 */
        {0x30fc, 0x4e00}, /* ー 一 */
        {0x30aa, 0x624d}, /* オ 才 */
        {0x30c1, 0x5343}, /* チ 千 */
        {0x4e3c, 0x4e95}, /* 丼 井 */
        {0x65e0, 0x7121}, /* 无 無 */
        {0x65e1, 0x7121}, /* 旡 無 */
        {0x66f0, 0x65e5}, /* 曰 日 */
};

static uint32_t look_of(uint32_t c)
{
	if (is_mask(c))
		return MASK;
	for (size_t i = 0; i < G_N_ELEMENTS(alike); i++) {
		if (alike[i].from == c)
			return alike[i].to;
	}
	return c;
}

/* A kanji that a katakana looks like. */
static bool looks_like_katakana(uint32_t c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(alike); i++) {
		if (alike[i].to == c && is_katakana(alike[i].from))
			return true;
	}
	return false;
}

/* Hardly in use but for their look. */
static bool is_rare_twin(uint32_t c)
{
	return c == 0x65e0 || c == 0x65e1 || c == 0x66f0;
}

/* ---- stretches ---- */

struct writer {
	GString *out;
	struct map_builder map;
};

static void put_line_end(struct writer *w, size_t src)
{
	g_string_append_c(w->out, '\n');
	map_add_inserted(&w->map, src, 1);
}

static void put_without_gaps(struct writer *w, struct span source, size_t start, size_t end)
{
	for (size_t at = start; at < end;) {
		size_t before = at;

		if (is_letter(utf8_next(source, &at))) {
			g_string_append_len(w->out, source.p + before, (gssize)(at - before));
			map_add_copied(&w->map, before, at - before);
		} else {
			map_add_removed(&w->map, before, at - before);
		}
	}
	put_line_end(w, end);
}

static void put_masks_alike(struct writer *w, struct span source, size_t start, size_t end)
{
	for (size_t at = start; at < end;) {
		size_t before = at, n;
		uint32_t c = utf8_next(source, &at), look = look_of(c);
		char bytes[4];

		n = utf8_write(bytes, look);
		g_string_append_len(w->out, bytes, (gssize)n);
		if (look == c)
			map_add_copied(&w->map, before, at - before);
		else
			map_add_block(&w->map, before, at - before, n);
	}
	put_line_end(w, end);
}

static struct text *finish(struct writer *w, struct arena *arena, const struct text *l1)
{
	struct text *text = text_new(
	        arena, arena_copy_span(arena, span_of(w->out->str, w->out->len)), map_builder_finish(&w->map, arena), l1);

	text->is_normal_form = true;
	g_string_free(w->out, TRUE);
	return text;
}

/* A stretch: letters, with at most MOST_GAP_CHARS gap characters between two of them. */
struct text *disguise_without_gaps(struct arena *arena, const struct text *l1)
{
	struct writer w = {.out = g_string_new(NULL)};
	size_t start = 0, letters_end = 0, gap = 0;
	bool inside = false, has_gap = false;

	map_builder_init(&w.map);
	for (size_t at = 0; at < l1->bytes.n;) {
		if (!inside && (at = span_find_non_ascii(l1->bytes, at)) == l1->bytes.n)
			break;
		size_t before = at;
		uint32_t c = utf8_next(l1->bytes, &at);

		if (is_letter(c)) {
			if (!inside)
				start = before;
			has_gap = inside && (has_gap || gap > 0);
			inside = true;
			letters_end = at;
			gap = 0;
		} else if (inside && is_gap(c) && gap < MOST_GAP_CHARS) {
			gap++;
		} else {
			if (has_gap)
				put_without_gaps(&w, l1->bytes, start, letters_end);
			inside = has_gap = false;
			gap = 0;
		}
	}
	if (has_gap)
		put_without_gaps(&w, l1->bytes, start, letters_end);
	return finish(&w, arena, l1);
}

/* A stretch: letters and masks. Its sign: a mask between two letters, a kanji beside a katakana that it may stand for, a rare twin. */
struct text *disguise_masks_alike(struct arena *arena, const struct text *l1)
{
	struct writer w = {.out = g_string_new(NULL)};
	size_t start = 0, end = 0;
	uint32_t last = 0, last_but_one = 0;
	bool inside = false, has_sign = false;

	map_builder_init(&w.map);
	for (size_t at = 0; at <= l1->bytes.n;) {
		size_t before = at;
		/* ASCII stands in no sign at the beginning: a mask needs a letter on its left. */
		if (!inside && at < l1->bytes.n && (unsigned char)l1->bytes.p[at] < 0x80) {
			at = span_find_non_ascii(l1->bytes, at);
			continue;
		}
		uint32_t c = at < l1->bytes.n ? utf8_next(l1->bytes, &at) : (at++, '\n');

		if (!is_letter(c) && !is_mask(c)) {
			if (has_sign)
				put_masks_alike(&w, l1->bytes, start, end);
			inside = has_sign = false;
			last = last_but_one = 0;
			continue;
		}
		if (!inside)
			start = before;
		inside = true;
		end = at;
		has_sign = has_sign || is_rare_twin(c) || (is_mask(last) && !is_letter(last) && is_letter(c) && is_letter(last_but_one)) ||
		           (is_katakana(c) && looks_like_katakana(last)) || (looks_like_katakana(c) && is_katakana(last));
		last_but_one = last;
		last = c;
	}
	return finish(&w, arena, l1);
}

/* ---- judging hits ---- */

static bool kanji_stands(struct span l1, struct range place)
{
	size_t before = place.start, after = place.end;

	return (place.start > 0 && is_kanji(utf8_previous(l1, &before))) || (place.end < l1.n && is_kanji(utf8_next(l1, &after)));
}

bool disguise_gaps_are_real(const struct text *without_gaps, struct range hit, struct words *words)
{
	const struct text *l1;
	struct range place = text_to_source(without_gaps, hit.start, hit.end, &l1);
	struct span gap = {0}, first_gap = {0};
	size_t letters = 0, gaps = 0, plain = hit.start;
	bool at_border = false;

	for (size_t at = place.start; at < place.end;) {
		size_t before = at;

		if (!is_letter(utf8_next(l1->bytes, &at))) {
			gap = span_cut(l1->bytes, gap.n ? (size_t)(gap.p - l1->bytes.p) : before, at);
			continue;
		}
		if (gap.n) {
			if (gaps && !span_eq(gap, first_gap))
				return false;
			first_gap = gap;
			gaps++;
			at_border = at_border || words_is_border(words, without_gaps->bytes, plain, plain);
			gap.n = 0;
		}
		letters++;
		plain += at - before;
	}
	if (gaps == 0 || (letters == 2 && kanji_stands(l1->bytes, place)))
		return false;
	return gaps + 1 == letters || !at_border;
}

size_t disguise_spellings(struct arena *arena, struct span phrase, struct span **out)
{
	size_t chars = utf8_count(phrase), n = 0;

	*out = ARENA_ARRAY(arena, struct span, chars + 1);
	/* masked 0: none; else the number of the character that is. */
	for (size_t masked = 0; masked + 1 < chars || masked == 0; masked++) {
		GString *spelling = g_string_new(NULL);
		size_t number = 0;

		for (size_t at = 0; at < phrase.n; number++) {
			uint32_t c = utf8_next(phrase, &at);
			char bytes[4];

			g_string_append_len(spelling, bytes, (gssize)utf8_write(bytes, masked && number == masked ? MASK : look_of(c)));
		}
		(*out)[n++] = arena_copy_span(arena, span_of(spelling->str, spelling->len));
		g_string_free(spelling, TRUE);
	}
	return n;
}

bool disguise_mask_is_real(const struct text *masks_alike, struct range hit, struct span phrase, struct words *words)
{
	enum { CONTEXT_BYTES = 96 };
	const struct text *l1;
	struct range place = text_to_source(masks_alike, hit.start, hit.end, &l1);
	struct span text = l1->bytes;
	size_t from = place.start > CONTEXT_BYTES ? place.start - CONTEXT_BYTES : 0;
	size_t to = place.end + CONTEXT_BYTES < text.n ? place.end + CONTEXT_BYTES : text.n;
	GString *plain;
	bool real;

	if (span_eq(span_cut(text, place.start, place.end), phrase))
		return false;
	while (from < place.start && ((unsigned char)text.p[from] & 0xc0) == 0x80)
		from++;
	while (to > place.end && to < text.n && ((unsigned char)text.p[to] & 0xc0) == 0x80)
		to--;
	plain = g_string_new_len(text.p + from, (gssize)(place.start - from));
	g_string_append_len(plain, phrase.p, (gssize)phrase.n);
	g_string_append_len(plain, text.p + place.end, (gssize)(to - place.end));
	real = words_is_border(words, span_of(plain->str, plain->len), place.start - from, place.start - from + phrase.n);
	g_string_free(plain, TRUE);
	return real;
}
