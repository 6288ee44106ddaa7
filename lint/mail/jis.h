/* ISO-2022-JP and the double-byte tables behind it; what the decoders of charset.c and jis.c share. Private to these two.
 * Sources: RFC 1468, RFC 1554, RFC 2237; JIS X 0208 to Shift_JIS is arithmetic (JIS X 0208:1997, annex 1). */
#ifndef PRESEND_MAIL_JIS_H
#define PRESEND_MAIL_JIS_H

#include <glib.h>

#include "mail/charset.h"

/* Where a decoder puts its result. All memory is g_malloc'd until charset_output_release(). */
struct charset_output {
	char *bytes; /* UTF-8 so far */
	size_t n, allocated;
	struct map_builder map;
	struct charset_problem *problems;
	size_t n_problems, n_allocated_problems;
	size_t n_dropped, n_illegal;
};

void charset_output_init(struct charset_output *output, size_t source_bytes);
void charset_output_release(struct charset_output *output);
/* Make room for size_bytes more bytes. */
void charset_output_grow(struct charset_output *output, size_t size_bytes);
/* Note a problem at source bytes [offset, offset + length); its target is the end of the output so far. Illegal and unassigned ones
 * are counted. */
void charset_output_problem(struct charset_output *output, enum charset_problem_kind kind, uint32_t code_point, size_t offset,
			    size_t length);
/* The same, but a problem of this kind that ends at offset is made longer instead. */
void charset_output_problem_run(struct charset_output *output, enum charset_problem_kind kind, uint32_t code_point, size_t offset,
				size_t length);

static inline void charset_output_reserve(struct charset_output *output, size_t size_bytes)
{
	if (output->allocated - output->n < size_bytes)
		charset_output_grow(output, size_bytes);
}

/* Source bytes [offset, offset + length) of in, copied unchanged. */
static inline void charset_output_copy(struct charset_output *output, struct span in, size_t offset, size_t length)
{
	if (length == 0)
		return;
	charset_output_reserve(output, length);
	memcpy(output->bytes + output->n, in.p + offset, length);
	output->n += length;
	map_add_copied(&output->map, offset, length);
}

/* Append one character without a run in the map; returns its size in bytes. */
static inline size_t charset_output_write(struct charset_output *output, uint32_t c)
{
	charset_output_reserve(output, 4);
	unsigned char *to = (unsigned char *)output->bytes + output->n;
	size_t size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (size == 1) {
		to[0] = (unsigned char)c;
	} else if (size == 2) {
		to[0] = (unsigned char)(0xC0 | c >> 6);
		to[1] = (unsigned char)(0x80 | (c & 0x3F));
	} else if (size == 3) {
		to[0] = (unsigned char)(0xE0 | c >> 12);
		to[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (unsigned char)(0x80 | (c & 0x3F));
	} else {
		to[0] = (unsigned char)(0xF0 | c >> 18);
		to[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
		to[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
		to[3] = (unsigned char)(0x80 | (c & 0x3F));
	}
	output->n += size;
	return size;
}

/* One character made of source bytes [offset, offset + length). */
static inline void charset_output_put(struct charset_output *output, uint32_t c, size_t offset, size_t length)
{
	size_t size = charset_output_write(output, c);
	map_add_block(&output->map, offset, length, size);
}

/* Double-byte sets, as ICU converts them. */
enum jis_table {
	JIS_TABLE_SHIFT_JIS, /* rows 1..120 of Shift_JIS: JIS X 0208 with NEC rows, 95..114 private use, 115..119 IBM extension */
	JIS_TABLE_EUC_JP,    /* rows 1..94 of EUC-JP */
	JIS_TABLE_X_0212,    /* rows 1..94 behind 8F in EUC-JP */
	JIS_TABLE_GB_2312,
	JIS_TABLE_KS_C_5601,
	JIS_TABLES
};
enum { JIS_CELLS = 94, JIS_ROWS = 120 };

/* JIS_ROWS * JIS_CELLS code points, 0 where there is no character: index (row - 1) * JIS_CELLS + (cell - 1). Filled at the first
 * call, the same for every thread and never changed afterwards. */
const uint16_t *jis_table(enum jis_table table);

/* Decode ISO-2022-JP. extended: the label promises the sets of RFC 1554 and RFC 2237. */
void jis_decode(struct charset_output *output, struct span in, bool extended);

/* Find the next "$B...(B" that has lost its ESC, from *at on; false where there is none. *at moves behind it. Only for texts
 * without ESC. skip[2] is private and starts as { 0, 0 }: it keeps the cost of a whole scan linear. */
bool jis_find_stripped(struct span in, size_t *at, size_t skip[2], struct range *found, uint32_t *first_character);

#endif
