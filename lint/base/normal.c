/* Role: the normal form L1 with its map; kana folding.
 * May not: know of mail; keep anything between calls. */
#include "base/normal.h"

#include <glib.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include "base/utf8.h"

/* Code points normalised in one go. Longer runs of combining marks are cut here: ordering them costs the square of their
 * number in ICU, and the Stream-Safe Text Format (UAX #15, section 13) asks for no more than 30. */
#define SEGMENT_CHARS 64
/* No code point expands to more than 18 UTF-16 units (UAX #15, section 9). */
#define SEGMENT_RESULT_UNITS (SEGMENT_CHARS * 18 + 2)
#define CACHE_SLOTS 256

struct cached {
	uint32_t c; /* 0: empty */
	uint8_t n;
	uint32_t result[4];
};

struct normaliser {
	const UNormalizer2 *nfkc_cf;
	const unsigned char *p; /* the source */
	size_t n;
	unsigned char *out; /* g_malloc'd */
	size_t out_n, out_size;
	struct map_builder *map; /* NULL: not wanted */
	bool after_blank;
	struct cached cache[CACHE_SLOTS];
};

static const char *const squared_words[] = {
        /* U+1F18A */ "p", "ic", "pa", "sa", "ab", "wc", "dj", "cl", "cool", "free", "id", "new", "ng", "ok", "sos", "up!", "vs",
        /* U+1F19B */ "3d", "2ndscr", "2k", "4k", "8k", "5.1", "7.1", "22.2", "60p", "120p", "d", "hc", "hdr", "hi-res", "lossless",
        /* U+1F1AA */ "shv", "uhd", "vod"};

static void reserve(struct normaliser *z, size_t more)
{
	if (z->out_size - z->out_n >= more)
		return;
	z->out_size = z->out_size * 2 + more;
	z->out = g_realloc(z->out, z->out_size);
}

/* ---- extra folds, on code points of the NFKC_Casefold result ---- */

static void put(struct normaliser *z, uint32_t c)
{
	char bytes[4];
	size_t n = utf8_write(bytes, c);

	reserve(z, 4);
	memcpy(z->out + z->out_n, bytes, n);
	z->out_n += n;
	z->after_blank = false;
}

static void put_number(struct normaliser *z, uint32_t number)
{
	if (number >= 10)
		put(z, '0' + number / 10);
	put(z, '0' + number % 10);
}

static void put_blank(struct normaliser *z)
{
	if (z->after_blank)
		return;
	put(z, ' ');
	z->after_blank = true;
}

static void put_folded(struct normaliser *z, uint32_t c)
{
	if (c > 0x20 && c < 0x7e) {
		put(z, c);
		return;
	}
	switch (c) {
	case ' ':
	case '\t':
	case '\v':
	case '\f':
	case 0x1680:
	case 0x2800:
	case 0x1d159:
		put_blank(z);
		return;
	case '\n':
	case '\r':
	case 0x85:
	case 0x2028:
	case 0x2029:
		put(z, '\n');
		return;
	case '~':
	case 0x2053:
	case 0x223c:
	case 0x3030:
		put(z, 0x301c);
		return;
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2015:
	case 0x2043:
	case 0x2212:
		put(z, '-');
		return;
	case 0x24ff:
	case 0x1f10b:
	case 0x1f10c:
		put(z, '0');
		return;
	default:
		break;
	}
	if (c < 0x24eb || (c > 0x2793 && c < 0x1f150) || c > 0x1f1ac)
		put(z, c);
	else if (c >= 0x24eb && c <= 0x24f4)
		put_number(z, c - 0x24eb + 11);
	else if (c >= 0x24f5 && c <= 0x24fe)
		put_number(z, c - 0x24f5 + 1);
	else if (c >= 0x2776 && c <= 0x2793)
		put_number(z, (c - 0x2776) % 10 + 1);
	else if (c >= 0x1f150 && c <= 0x1f169)
		put(z, c - 0x1f150 + 'a');
	else if (c >= 0x1f170 && c <= 0x1f189)
		put(z, c - 0x1f170 + 'a');
	else if (c >= 0x1f18a && c <= 0x1f1ac)
		for (const char *word = squared_words[c - 0x1f18a]; *word; word++)
			put(z, (unsigned char)*word);
	else
		put(z, c);
}

/* ---- the map ---- */

static void map_copied(struct normaliser *z, size_t src, size_t n)
{
	if (z->map)
		map_add_copied(z->map, src, n);
}

static void map_changed(struct normaliser *z, size_t src, size_t src_len, size_t dst_len)
{
	if (!z->map)
		return;
	if (dst_len == 0)
		map_add_removed(z->map, src, src_len);
	else if (src_len == 0)
		map_add_inserted(z->map, src, dst_len);
	else
		map_add_block(z->map, src, src_len, dst_len);
}

/* Source bytes [src, src + src_len) gave what was written since out_start. What begins alike is called copied. */
static void map_segment(struct normaliser *z, size_t src, size_t src_len, size_t out_start)
{
	size_t dst_len = z->out_n - out_start, same = 0, whole = 0;

	if (!z->map)
		return;
	while (same < src_len && same < dst_len && z->p[src + same] == z->out[out_start + same])
		same++;
	/* Only whole characters on both sides. */
	whole = same;
	while (whole > 0 && ((whole < src_len && (z->p[src + whole] & 0xc0) == 0x80) ||
	                            (whole < dst_len && (z->out[out_start + whole] & 0xc0) == 0x80)))
		whole--;
	/* The rest must not be target bytes without a source: the last character then belongs to the block. */
	if (whole == src_len && whole < dst_len)
		whole = 0;
	map_copied(z, src, whole);
	if (src_len > whole)
		map_changed(z, src + whole, src_len - whole, dst_len - whole);
}

/* ---- NFKC_Casefold ---- */

static bool is_kana(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x3096) || c == 0x309d || (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fd ||
	       (c >= 0xff66 && c <= 0xff9d && c != 0xff70);
}

/* The spacing voiced marks, which NFKC would turn into a blank and a mark. */
static bool is_spacing_mark(uint32_t c)
{
	return c == 0x309b || c == 0x309c;
}

/* True where c does not change what stands before it. */
static bool boundary_before(const struct normaliser *z, uint32_t previous, uint32_t c)
{
	if (c < 0x80)
		return true;
	if (is_spacing_mark(c) && is_kana(previous))
		return false;
	return unorm2_hasBoundaryBefore(z->nfkc_cf, (UChar32)c);
}

static void put_single(struct normaliser *z, uint32_t c)
{
	struct cached *slot = &z->cache[(c ^ c >> 8) % CACHE_SLOTS];
	UChar in[2], result[40];
	int32_t in_n = 0, n, at = 0;
	UErrorCode error = U_ZERO_ERROR;

	if (slot->c == c) {
		for (size_t i = 0; i < slot->n; i++)
			put_folded(z, slot->result[i]);
		return;
	}
	U16_APPEND_UNSAFE(in, in_n, (UChar32)c);
	n = unorm2_normalize(z->nfkc_cf, in, in_n, result, G_N_ELEMENTS(result), &error);
	if (U_FAILURE(error)) {
		put_folded(z, c);
		return;
	}
	slot->c = c;
	slot->n = 0;
	while (at < n) {
		UChar32 d;

		U16_NEXT(result, at, n, d);
		put_folded(z, (uint32_t)d);
		if (slot->n < G_N_ELEMENTS(slot->result))
			slot->result[slot->n++] = (uint32_t)d;
		else
			slot->c = 0;
	}
}

/* Normalise from *at to the next boundary. */
static void put_segment(struct normaliser *z, size_t *at)
{
	const struct span source = {(const char *)z->p, z->n};
	UChar in[SEGMENT_CHARS * 2], result[SEGMENT_RESULT_UNITS];
	int32_t in_n = 0, n, i = 0;
	size_t start = *at, out_start = z->out_n, chars = 1, after;
	uint32_t c = utf8_next(source, at), next, first = c;
	UErrorCode error = U_ZERO_ERROR;

	U16_APPEND_UNSAFE(in, in_n, (UChar32)c);
	while (*at < z->n && chars < SEGMENT_CHARS) {
		after = *at;
		next = utf8_next(source, &after);
		if (boundary_before(z, c, next))
			break;
		if (is_spacing_mark(next) && is_kana(c))
			next -= 2; /* U+309B to U+3099, U+309C to U+309A */
		U16_APPEND_UNSAFE(in, in_n, (UChar32)next);
		c = next;
		*at = after;
		chars++;
	}
	if (chars == 1) {
		put_single(z, first);
	} else {
		n = unorm2_normalize(z->nfkc_cf, in, in_n, result, SEGMENT_RESULT_UNITS, &error);
		if (U_FAILURE(error))
			n = 0;
		while (i < n) {
			UChar32 d;

			U16_NEXT(result, i, n, d);
			put_folded(z, (uint32_t)d);
		}
	}
	map_segment(z, start, *at - start, out_start);
}

/* ---- fast paths ---- */

/* Length 3 where a character stands at p that NFKC_Casefold leaves alone unless a mark follows: kana, kanji, CJK punctuation. */
static size_t inert_length(const unsigned char *p, size_t n)
{
	if (n < 3 || p[0] < 0xe3 || p[0] > 0xe9 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
		return 0;
	if (p[0] > 0xe4)
		return 3;
	if (p[0] == 0xe4)
		return p[1] >= 0xb8 ? 3 : 0;
	switch (p[1]) {
	case 0x80: /* U+3001 to U+3029; U+3000 is a blank */
		return p[2] >= 0x81 && p[2] <= 0xa9 ? 3 : 0;
	case 0x81: /* U+3041 to U+307F */
		return p[2] >= 0x81 ? 3 : 0;
	case 0x82: /* U+3080 to U+3096, U+309D, U+309E, U+30A0 to U+30BF */
		return p[2] <= 0x96 || p[2] == 0x9d || p[2] == 0x9e || p[2] >= 0xa0 ? 3 : 0;
	case 0x83: /* U+30C0 to U+30FE */
		return p[2] <= 0xbe ? 3 : 0;
	default:
		return 0;
	}
}

/* True where the character before at can be copied whatever stands at at. */
static bool ends_before(const struct normaliser *z, size_t last, size_t at)
{
	const struct span source = {(const char *)z->p, z->n};
	size_t after = at;

	if (at >= z->n || z->p[at] < 0x80)
		return true;
	return boundary_before(z, utf8_next(source, &last), utf8_next(source, &after));
}

/* Copy kana and kanji from *at on; false where nothing could be copied. */
static bool copy_inert(struct normaliser *z, size_t *at)
{
	size_t end = *at, length;

	while ((length = inert_length(z->p + end, z->n - end)) != 0)
		end += length;
	if (end == *at)
		return false;
	if (!ends_before(z, end - 3, end))
		end -= 3;
	if (end == *at)
		return false;
	reserve(z, end - *at);
	memcpy(z->out + z->out_n, z->p + *at, end - *at);
	z->out_n += end - *at;
	z->after_blank = false;
	map_copied(z, *at, end - *at);
	*at = end;
	return true;
}

/* Lower-case and copy ASCII from *at on, except what the extra folds change; false where nothing could be copied. */
static bool copy_ascii(struct normaliser *z, size_t *at)
{
	size_t end = *at, room = z->n - *at;
	bool after_blank = z->after_blank;
	unsigned char *out;

	reserve(z, room < 4096 ? room : 4096);
	if (room > 4096)
		room = 4096;
	out = z->out + z->out_n;
	for (; end - *at < room; end++) {
		unsigned char c = z->p[end];

		if (c >= 0x7e || (c < 0x20 && c != '\n' && c >= '\t' && c <= '\r'))
			break;
		if (c == ' ') {
			if (after_blank)
				break;
			after_blank = true;
		} else {
			after_blank = false;
		}
		*out++ = c >= 'A' && c <= 'Z' ? c + 32 : c;
	}
	/* A mark may follow the last one. */
	if (end > *at && end < z->n && z->p[end] >= 0x80 && !ends_before(z, end - 1, end)) {
		end--;
		after_blank = end > *at && z->p[end - 1] == ' ';
		if (end == *at)
			after_blank = z->after_blank;
	}
	if (end == *at)
		return false;
	z->out_n += end - *at;
	z->after_blank = after_blank;
	map_copied(z, *at, end - *at);
	*at = end;
	return true;
}

static void normalise(struct normaliser *z, struct span source, struct map_builder *map)
{
	UErrorCode error = U_ZERO_ERROR;
	size_t at = 0;

	z->nfkc_cf = unorm2_getNFKCCasefoldInstance(&error);
	g_assert(U_SUCCESS(error));
	z->p = (const unsigned char *)source.p;
	z->n = source.n;
	z->out_size = source.n + source.n / 16 + 64;
	z->out = g_malloc(z->out_size);
	z->out_n = 0;
	z->map = map;
	z->after_blank = false;
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		z->cache[i].c = 0;

	while (at < z->n) {
		unsigned char c = z->p[at];
		size_t out_start = z->out_n;

		if (c < 0x80) {
			if (copy_ascii(z, &at))
				continue;
			if (ends_before(z, at, at + 1)) {
				/* A blank, a line end, a tilde. CR LF is one line end. */
				size_t length = c == '\r' && at + 1 < z->n && z->p[at + 1] == '\n' ? 2 : 1;

				put_folded(z, c);
				map_segment(z, at, length, out_start);
				at += length;
				continue;
			}
		} else if (copy_inert(z, &at)) {
			continue;
		}
		put_segment(z, &at);
	}
}

struct text *normal_l1(struct arena *arena, const struct text *source)
{
	struct normaliser *z = g_new(struct normaliser, 1);
	struct map_builder map;
	struct text *text;

	map_builder_init(&map);
	normalise(z, source->bytes, &map);
	text = text_new(
	        arena, arena_copy_span(arena, span_of((const char *)z->out, z->out_n)), map_builder_finish(&map, arena), source);
	text->is_normal_form = true;
	g_free(z->out);
	g_free(z);
	return text;
}

char *normal_l1_plain(struct arena *arena, struct span utf8)
{
	struct normaliser *z = g_new(struct normaliser, 1);
	char *plain;

	normalise(z, utf8, NULL);
	plain = arena_copy(arena, span_of((const char *)z->out, z->out_n));
	g_free(z->out);
	g_free(z);
	return plain;
}

struct text *normal_fold_kana(struct arena *arena, const struct text *l1)
{
	char *bytes = arena_copy(arena, l1->bytes);
	struct text *text = ARENA_NEW(arena, struct text);
	size_t n = l1->bytes.n;

	/* U+30A1 to U+30F6, U+30FD and U+30FE, less 0x60: E3 82 A1 to E3 83 BE. */
	for (size_t i = 0; i + 2 < n; i++) {
		const unsigned char *p = (const unsigned char *)bytes + i;
		uint32_t c;

		if (p[0] != 0xe3 || (p[1] != 0x82 && p[1] != 0x83) || (p[2] & 0xc0) != 0x80)
			continue;
		c = 0x3000u | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
		if ((c >= 0x30a1 && c <= 0x30f6) || c == 0x30fd || c == 0x30fe)
			utf8_write(bytes + i, c - 0x60);
		i += 2;
	}
	*text = *l1;
	text->bytes = span_of(bytes, n);
	return text;
}
