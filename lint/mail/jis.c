/* ISO-2022-JP: the segmenter, the double-byte tables, the class of a character, replacements for machine-dependent ones.
 * Reports what it sees and judges nothing; uses no converter of ICU for ISO-2022, only its tables for character pairs. */
#include "mail/jis.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

enum { ESC = 0x1B, SO = 0x0E, SI = 0x0F, REPLACEMENT = 0xFFFD, HALF_WIDTH_FIRST = 0xFF61 };

void charset_output_init(struct charset_output *output, size_t source_bytes)
{
	*output = (struct charset_output){ .allocated = source_bytes + source_bytes / 2 + 64 };
	output->bytes = g_malloc(output->allocated);
	map_builder_init(&output->map);
}

void charset_output_release(struct charset_output *output)
{
	g_free(output->bytes);
	g_free(output->problems);
	map_builder_release(&output->map);
	*output = (struct charset_output){ 0 };
}

void charset_output_grow(struct charset_output *output, size_t size_bytes)
{
	output->allocated += output->allocated / 2 + size_bytes;
	output->bytes = g_realloc(output->bytes, output->allocated);
}

void charset_output_problem(struct charset_output *output, enum charset_problem_kind kind, uint32_t code_point, size_t offset,
			    size_t length)
{
	if (kind == CHARSET_PROBLEM_ILLEGAL || kind == CHARSET_PROBLEM_UNASSIGNED)
		output->n_illegal++;
	if (output->n_problems == CHARSET_MAX_PROBLEMS) {
		output->n_dropped++;
		return;
	}
	if (output->n_problems == output->n_allocated_problems) {
		output->n_allocated_problems = output->n_allocated_problems ? output->n_allocated_problems * 2 : 8;
		output->problems = g_renew(struct charset_problem, output->problems, output->n_allocated_problems);
	}
	output->problems[output->n_problems++] = (struct charset_problem){
		.kind = kind, .code_point = code_point, .offset = offset, .length = length, .target = output->n
	};
}

void charset_output_problem_run(struct charset_output *output, enum charset_problem_kind kind, uint32_t code_point, size_t offset,
				size_t length)
{
	struct charset_problem *last = output->n_problems ? &output->problems[output->n_problems - 1] : NULL;

	if (last && last->kind == kind && last->offset + last->length == offset)
		last->length += length;
	else
		charset_output_problem(output, kind, code_point, offset, length);
}

/* --- the tables --- */

static void mark_unassigned(const void *context, UConverterToUnicodeArgs *args, const char *bytes, int32_t length,
			    UConverterCallbackReason reason, UErrorCode *error)
{
	/* A noncharacter, which no cell of these sets holds. */
	static const UChar none = 0xFFFF;

	(void)context;
	(void)bytes;
	(void)length;
	if (reason > UCNV_IRREGULAR)
		return;
	*error = U_ZERO_ERROR;
	ucnv_cbToUWriteUChars(args, &none, 1, 0, error);
}

static const struct {
	const char *converter;
	unsigned rows, cell_bytes;
} table_sources[JIS_TABLES] = {
	[JIS_TABLE_SHIFT_JIS] = { "ibm-943_P15A-2003", JIS_ROWS, 2 },
	[JIS_TABLE_EUC_JP] = { "euc-jp-2007", 94, 2 },
	[JIS_TABLE_X_0212] = { "euc-jp-2007", 94, 3 },
	[JIS_TABLE_GB_2312] = { "ibm-1383_P110-1999", 94, 2 },
	[JIS_TABLE_KS_C_5601] = { "ibm-970_P110_P110-2006_U2", 94, 2 },
};

/* The bytes of a cell in the converter's charset. */
static void cell_bytes(enum jis_table table, unsigned row, unsigned cell, unsigned char *out)
{
	if (table == JIS_TABLE_SHIFT_JIS) {
		out[0] = (unsigned char)(row < 63 ? 0x81 + (row - 1) / 2 : 0xC1 + (row - 1) / 2);
		out[1] = (unsigned char)(row % 2 ? cell + 0x3F + (cell >= 64) : cell + 0x9E);
		return;
	}
	if (table == JIS_TABLE_X_0212)
		*out++ = 0x8F;
	out[0] = (unsigned char)(row + 0xA0);
	out[1] = (unsigned char)(cell + 0xA0);
}

/* Convert every cell in one call of ICU. Without the converter all cells stay 0, that is, unassigned. */
static void table_fill(enum jis_table table, uint16_t *cells)
{
	unsigned rows = table_sources[table].rows, size = table_sources[table].cell_bytes;
	size_t n_cells = (size_t)rows * JIS_CELLS, n_bytes = n_cells * size, n_units_max = n_cells * 2 + 16;
	UErrorCode error = U_ZERO_ERROR;
	UConverter *converter = ucnv_open(table_sources[table].converter, &error);

	if (U_FAILURE(error))
		return;
	ucnv_setToUCallBack(converter, mark_unassigned, NULL, NULL, NULL, &error);
	unsigned char *bytes = g_malloc(n_bytes);
	UChar *units = g_new(UChar, n_units_max);
	int32_t *offsets = g_new(int32_t, n_units_max);
	for (unsigned row = 1; row <= rows; row++)
		for (unsigned cell = 1; cell <= JIS_CELLS; cell++)
			cell_bytes(table, row, cell, bytes + ((size_t)(row - 1) * JIS_CELLS + (cell - 1)) * size);
	const char *from = (const char *)bytes;
	UChar *to = units;
	ucnv_toUnicode(converter, &to, units + n_units_max, &from, from + n_bytes, offsets, true, &error);
	for (size_t i = 0; i < (size_t)(to - units); i++) {
		size_t cell = offsets[i] < 0 ? n_cells : (size_t)offsets[i] / size;
		/* A cell of more than one unit, or none at all, is not used: these sets have single characters of the BMP. */
		bool single = (i == 0 || offsets[i - 1] != offsets[i]) && (size_t)offsets[i] % size == 0 && !U16_IS_SURROGATE(units[i]);
		if (cell < n_cells)
			cells[cell] = single && units[i] < 0xFFF0 ? units[i] : 0;
	}
	g_free(offsets);
	g_free(units);
	g_free(bytes);
	ucnv_close(converter);
}

const uint16_t *jis_table(enum jis_table table)
{
	/* The only static data here that is written: constant tables that ICU already has on disk, copied once under a lock and only
	 * read afterwards, the same for all threads. Shipping them as source would be 56,000 numbers. */
	static uint16_t cells[JIS_TABLES][JIS_ROWS * JIS_CELLS];
	static gsize done[JIS_TABLES];

	if (g_once_init_enter(&done[table])) {
		table_fill(table, cells[table]);
		g_once_init_leave(&done[table], 1);
	}
	return cells[table];
}

/* --- the segmenter --- */

enum jis_set {
	SET_ASCII,
	SET_ROMAN,
	SET_KANA,
	/* Two bytes from here on. */
	SET_X_0208,
	SET_X_0213, /* plane 1: a superset of JIS X 0208, of which only that part is read */
	SET_X_0212,
	SET_GB_2312,
	SET_KS_C_5601,
	SET_USER,        /* the private area of ISO-2022-JP-MS */
	SET_UNKNOWN_PAIRS
};

enum escape_class { ESCAPE_PLAIN, ESCAPE_KANA, ESCAPE_RELATIVE, ESCAPE_FOREIGN, ESCAPE_UNKNOWN, ESCAPE_PREFIX };

static const struct {
	const char *bytes; /* behind ESC */
	enum jis_set set;
	enum escape_class class;
} escapes[] = {
	{ "(B", SET_ASCII, ESCAPE_PLAIN },
	{ "(J", SET_ROMAN, ESCAPE_PLAIN },
	{ "$B", SET_X_0208, ESCAPE_PLAIN },
	{ "$@", SET_X_0208, ESCAPE_PLAIN },
	{ "(I", SET_KANA, ESCAPE_KANA },
	{ "$(D", SET_X_0212, ESCAPE_RELATIVE },
	{ "$A", SET_GB_2312, ESCAPE_RELATIVE },
	{ "$(C", SET_KS_C_5601, ESCAPE_RELATIVE },
	{ "$(O", SET_X_0213, ESCAPE_FOREIGN },
	{ "$(Q", SET_X_0213, ESCAPE_FOREIGN },
	{ "$(P", SET_UNKNOWN_PAIRS, ESCAPE_FOREIGN },
	{ "$(?", SET_USER, ESCAPE_UNKNOWN },
	/* An old mistake for "(B". */
	{ "(H", SET_ASCII, ESCAPE_UNKNOWN },
	/* The long forms of ISO 2022, which no mail standard has. */
	{ "$(B", SET_X_0208, ESCAPE_UNKNOWN },
	{ "$(@", SET_X_0208, ESCAPE_UNKNOWN },
	{ "$(A", SET_GB_2312, ESCAPE_UNKNOWN },
	/* "JIS X 0208:1990 follows": its "$B" comes behind it. */
	{ "&@", SET_ASCII, ESCAPE_PREFIX },
};

struct segmenter {
	struct charset_output *output;
	struct span in;
	bool extended;
	enum jis_set set;
	bool shifted;             /* between SO and SI */
	char upper;               /* set of ESC N: 0, 'A' Latin-1, 'F' Greek */
	size_t last_escape_start, last_escape_end;
};

static unsigned char byte_at(const struct segmenter *s, size_t i)
{
	return (unsigned char)s->in.p[i];
}

static bool is_pair_byte(unsigned char c)
{
	return c >= 0x21 && c <= 0x7E;
}

/* A problem whose bytes become one U+FFFD. */
static void put_bad(struct segmenter *s, enum charset_problem_kind kind, size_t offset, size_t length)
{
	charset_output_problem(s->output, kind, 0, offset, length);
	charset_output_put(s->output, REPLACEMENT, offset, length);
}

/* The last character of ESC N in the upper half of ISO 8859-7. */
static uint32_t greek(unsigned char c)
{
	static const char same_as_latin[] = "\xA0\xA3\xA6\xA7\xA8\xA9\xAB\xAC\xAD\xB0\xB1\xB2\xB3\xB7\xBB\xBD";

	if (c == 0xA1 || c == 0xA2)
		return c == 0xA1 ? 0x2018 : 0x2019;
	if (c == 0xAF)
		return 0x2015;
	if (memchr(same_as_latin, c, sizeof same_as_latin - 1))
		return c;
	return c >= 0xB4 && c <= 0xFE && c != 0xD2 ? c + 0x2D0u : REPLACEMENT;
}

/* ESC that starts no sequence known here. Returns its length. */
static size_t unknown_escape(struct segmenter *s, size_t at)
{
	size_t end = at + 1;

	while (end < s->in.n && end - at <= 3 && byte_at(s, end) >= 0x20 && byte_at(s, end) <= 0x2F)
		end++;
	/* ISO/IEC 2022: intermediate bytes 2/0 to 2/15, then a final byte. Anything else is a lone ESC. */
	if (end == at + 1 || end == s->in.n || byte_at(s, end) < 0x30 || byte_at(s, end) > 0x7E)
		end = at + 1;
	else
		end++;
	put_bad(s, CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE, at, end - at);
	if (end > at + 1 && s->in.p[at + 1] == '$')
		s->set = SET_UNKNOWN_PAIRS;
	else if (end > at + 1 && s->in.p[at + 1] == '(')
		s->set = SET_ASCII;
	return end - at;
}

/* Escapes of ISO-2022-JP-2 for single characters: ESC . A, ESC . F, ESC N x. Returns the length, 0 for none of them. */
static size_t single_shift(struct segmenter *s, size_t at)
{
	size_t left = s->in.n - at;

	if (left >= 3 && s->in.p[at + 1] == '.' && (s->in.p[at + 2] == 'A' || s->in.p[at + 2] == 'F')) {
		s->upper = s->in.p[at + 2];
		if (!s->extended)
			charset_output_problem(s->output, CHARSET_PROBLEM_JIS_FOREIGN_SET, 0, at, 3);
		map_add_removed(&s->output->map, at, 3);
		return 3;
	}
	if (left >= 3 && s->in.p[at + 1] == 'N' && s->upper && byte_at(s, at + 2) >= 0x20 && byte_at(s, at + 2) <= 0x7F) {
		unsigned char c = byte_at(s, at + 2) | 0x80;
		charset_output_put(s->output, s->upper == 'A' ? c : greek(c), at, 3);
		return 3;
	}
	return 0;
}

/* At ESC. Returns the length of the sequence. */
static size_t escape(struct segmenter *s, size_t at)
{
	struct span rest = span_of(s->in.p + at + 1, s->in.n - at - 1);
	size_t i = 0, length;

	while (i < G_N_ELEMENTS(escapes) && !span_starts(rest, span_str(escapes[i].bytes)))
		i++;
	if (i == G_N_ELEMENTS(escapes)) {
		length = single_shift(s, at);
		return length ? length : unknown_escape(s, at);
	}
	length = 1 + strlen(escapes[i].bytes);
	enum escape_class class = escapes[i].class;
	if (class == ESCAPE_KANA)
		charset_output_problem(s->output, CHARSET_PROBLEM_JIS_KANA_ESCAPE, 0, at, length);
	else if (class == ESCAPE_FOREIGN || (class == ESCAPE_RELATIVE && !s->extended))
		charset_output_problem(s->output, CHARSET_PROBLEM_JIS_FOREIGN_SET, 0, at, length);
	else if (class == ESCAPE_UNKNOWN || class == ESCAPE_PREFIX)
		charset_output_problem(s->output, CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE, 0, at, length);
	map_add_removed(&s->output->map, at, length);
	if (class == ESCAPE_PREFIX)
		return length;
	/* Some receivers show U+FFFD for an escape straight behind another one, so both are named. */
	if (s->last_escape_end == at && at > 0)
		charset_output_problem(s->output, CHARSET_PROBLEM_JIS_REDUNDANT_ESCAPE, 0, s->last_escape_start,
				       at + length - s->last_escape_start);
	s->last_escape_start = at;
	s->last_escape_end = at + length;
	s->set = escapes[i].set;
	return length;
}

static size_t line_end(struct segmenter *s, size_t at)
{
	size_t length = s->in.p[at] == '\r' && at + 1 < s->in.n && s->in.p[at + 1] == '\n' ? 2 : 1;

	if (s->set >= SET_KANA) {
		charset_output_problem(s->output, CHARSET_PROBLEM_JIS_EOL, 0, at, length);
		s->set = SET_ASCII;
	}
	s->shifted = false;
	s->upper = 0;
	charset_output_copy(s->output, s->in, at, length);
	return length;
}

/* Bytes 80..FF: half-width katakana is read as such, since that is what was meant; the rest becomes U+FFFD. */
static size_t eight_bit(struct segmenter *s, size_t at)
{
	size_t i = at;

	for (; i < s->in.n && byte_at(s, i) >= 0x80; i++) {
		unsigned char c = byte_at(s, i);
		uint32_t code_point = c >= 0xA1 && c <= 0xDF ? HALF_WIDTH_FIRST + (c - 0xA1u) : 0;
		charset_output_problem_run(s->output, CHARSET_PROBLEM_JIS_8BIT, code_point, i, 1);
		s->output->n_illegal++;
		charset_output_put(s->output, code_point ? code_point : REPLACEMENT, i, 1);
	}
	return i - at;
}

/* Bytes of a one-byte set up to the next one that needs a look. Returns how many. */
static size_t one_byte_run(struct segmenter *s, size_t at)
{
	enum jis_set set = s->shifted ? SET_KANA : s->set;
	size_t i = at;

	if (set == SET_ASCII) {
		for (; i < s->in.n; i++) {
			unsigned char c = byte_at(s, i);
			if (c >= 0x80 || c == ESC || c == SO || c == SI)
				break;
			if (c == '\n' || c == '\r')
				s->upper = 0;
		}
		charset_output_copy(s->output, s->in, at, i - at);
		return i - at;
	}
	for (; i < s->in.n; i++) {
		unsigned char c = byte_at(s, i);
		if (c >= 0x80 || c == ESC || c == SO || c == SI || c == '\r' || c == '\n')
			break;
		if (set == SET_ROMAN && (c == 0x5C || c == 0x7E))
			charset_output_put(s->output, c == 0x5C ? 0xA5 : 0x203E, i, 1);
		else if (set == SET_KANA && c >= 0x21 && c <= 0x5F)
			charset_output_put(s->output, HALF_WIDTH_FIRST + (c - 0x21u), i, 1);
		else if (set == SET_KANA && c >= 0x60)
			put_bad(s, CHARSET_PROBLEM_ILLEGAL, i, 1);
		else
			charset_output_copy(s->output, s->in, i, 1);
	}
	return i - at;
}

/* A pair that is not an ordinary character of JIS X 0208. */
static void odd_pair(struct segmenter *s, uint32_t code_point, size_t at)
{
	unsigned row = byte_at(s, at) - 0x20u;

	if (!code_point) {
		put_bad(s, CHARSET_PROBLEM_UNASSIGNED, at, 2);
		return;
	}
	if (s->set == SET_USER)
		charset_output_problem(s->output, CHARSET_PROBLEM_USER_DEFINED, code_point, at, 2);
	else if (s->set == SET_X_0208)
		charset_output_problem(s->output, row == 13 ? CHARSET_PROBLEM_NEC_ROW13 : CHARSET_PROBLEM_NEC_SELECTED, code_point, at, 2);
	charset_output_put(s->output, code_point, at, 2);
}

static uint32_t user_cell(unsigned row, unsigned cell)
{
	return row <= 20 ? 0xE000 + (row - 1) * JIS_CELLS + (cell - 1) : 0;
}

/* Pairs up to the next byte that cannot be in one. Returns how many bytes. */
static size_t pair_run(struct segmenter *s, size_t at)
{
	static const enum jis_table tables[] = {
		[SET_X_0208] = JIS_TABLE_SHIFT_JIS, [SET_X_0213] = JIS_TABLE_SHIFT_JIS,   [SET_X_0212] = JIS_TABLE_X_0212,
		[SET_GB_2312] = JIS_TABLE_GB_2312,  [SET_KS_C_5601] = JIS_TABLE_KS_C_5601
	};
	const uint16_t *table = s->set < G_N_ELEMENTS(tables) ? jis_table(tables[s->set]) : NULL;
	size_t i = at;

	for (; i + 1 < s->in.n; i += 2) {
		unsigned char b1 = byte_at(s, i), b2 = byte_at(s, i + 1);
		if (!is_pair_byte(b1) || !is_pair_byte(b2))
			break;
		unsigned row = b1 - 0x20u, cell = b2 - 0x20u;
		uint32_t code_point = table ? table[(row - 1) * JIS_CELLS + (cell - 1)] : 0;
		if (s->set == SET_USER)
			code_point = user_cell(row, cell);
		if (code_point && s->set != SET_USER && (s->set != SET_X_0208 || (row != 13 && row < 85)))
			charset_output_put(s->output, code_point, i, 2);
		else
			odd_pair(s, code_point, i);
	}
	return i - at;
}

/* In a two-byte set, at a byte that starts no pair. Returns how many bytes were used. */
static size_t pair_stop(struct segmenter *s, size_t at)
{
	unsigned char c = byte_at(s, at);

	if (is_pair_byte(c)) {
		put_bad(s, CHARSET_PROBLEM_JIS_ODD_BYTE, at, 1);
		s->output->n_illegal++;
	} else if (c == ' ' || c == '\t') {
		charset_output_problem_run(s->output, CHARSET_PROBLEM_JIS_SPACE, c, at, 1);
		charset_output_copy(s->output, s->in, at, 1);
	} else {
		put_bad(s, CHARSET_PROBLEM_ILLEGAL, at, 1);
	}
	return 1;
}

void jis_decode(struct charset_output *output, struct span in, bool extended)
{
	struct segmenter segmenter = { .output = output, .in = in, .extended = extended }, *s = &segmenter;
	size_t i = 0;

	while (i < in.n) {
		unsigned char c = byte_at(s, i);
		if (c == ESC) {
			i += escape(s, i);
		} else if (c == SO || c == SI) {
			charset_output_problem(output, CHARSET_PROBLEM_JIS_SHIFT, 0, i, 1);
			map_add_removed(&output->map, i, 1);
			s->shifted = c == SO;
			i++;
		} else if (c == '\r' || c == '\n') {
			i += line_end(s, i);
		} else if (c >= 0x80) {
			i += eight_bit(s, i);
		} else if (s->shifted || s->set < SET_X_0208) {
			i += one_byte_run(s, i);
		} else {
			size_t used = pair_run(s, i);
			i += used ? used : pair_stop(s, i);
		}
	}
	if (s->set != SET_ASCII)
		charset_output_problem(output, CHARSET_PROBLEM_JIS_END, 0, in.n, 0);
}

bool jis_find_stripped(struct span in, size_t *at, size_t skip[2], struct range *found, uint32_t *first_character)
{
	const uint16_t *table = NULL; /* filled at first need: most texts have no $B at all */

	for (size_t start = *at; (start = span_find_byte(in, '$', start)) + 3 < in.n; start++) {
		size_t from = start + 2, i = from;
		bool mixed = false; /* not just a word of ASCII letters */
		bool japanese = false, failed = false;
		if ((in.p[start + 1] != 'B' && in.p[start + 1] != '@') || from < skip[from & 1])
			continue;
		if (!table)
			table = jis_table(JIS_TABLE_SHIFT_JIS);
		for (; i + 1 < in.n; i += 2) {
			unsigned char b1 = (unsigned char)in.p[i], b2 = (unsigned char)in.p[i + 1];
			if (i > from && b1 == '(' && (b2 == 'B' || b2 == 'J'))
				break;
			unsigned row = b1 - 0x20u, cell = b2 - 0x20u;
			if (!is_pair_byte(b1) || !is_pair_byte(b2) || row > 84 || !table[(row - 1) * JIS_CELLS + (cell - 1)]) {
				/* What ends this attempt would end every later one that begins before it at the same parity. */
				skip[from & 1] = i + 2;
				failed = true;
				break;
			}
			mixed = mixed || !(ascii_is_alpha((char)b1) || b1 == '_') || !(ascii_is_alpha((char)b2) || b2 == '_');
			japanese = japanese || row == 4 || row == 5 || row >= 16;
		}
		if (!failed && i + 1 >= in.n)
			skip[from & 1] = in.n;
		if (failed || i + 1 >= in.n || !mixed || !japanese)
			continue;
		unsigned row = (unsigned char)in.p[from] - 0x20u, cell = (unsigned char)in.p[from + 1] - 0x20u;
		*first_character = table[(row - 1) * JIS_CELLS + (cell - 1)];
		*found = (struct range){ start, i + 2 };
		*at = i + 2;
		return true;
	}
	*at = in.n;
	return false;
}

/* --- the class of a character --- */

struct jis_encoder {
	UConverter *converter;
	uint8_t known[0x10000]; /* class + 1 of a character of the BMP, 0: not asked yet */
};

struct jis_encoder *jis_encoder_new(void)
{
	UErrorCode error = U_ZERO_ERROR;
	UConverter *converter = ucnv_open("Shift_JIS", &error);

	if (U_FAILURE(error))
		return NULL;
	ucnv_setFallback(converter, false);
	ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
	if (U_FAILURE(error)) {
		ucnv_close(converter);
		return NULL;
	}
	struct jis_encoder *encoder = g_new0(struct jis_encoder, 1);
	encoder->converter = converter;
	return encoder;
}

void jis_encoder_free(struct jis_encoder *encoder)
{
	if (!encoder)
		return;
	ucnv_close(encoder->converter);
	g_free(encoder);
}

/* Six cells have two readings, and a seventh has in JIS X 0213 tables: fold to the one that ICU encodes. */
static uint32_t fold_ambiguous(uint32_t c)
{
	switch (c) {
	case 0x301C:
		return 0xFF5E;
	case 0x2016:
		return 0x2225;
	case 0x2212:
		return 0xFF0D;
	case 0xA2:
		return 0xFFE0;
	case 0xA3:
		return 0xFFE1;
	case 0xAC:
		return 0xFFE2;
	case 0x2014:
		return 0x2015;
	default:
		return c;
	}
}

/* The row of Shift_JIS bytes, 1 to 120. */
static unsigned sjis_row(unsigned char lead, unsigned char trail)
{
	return (lead < 0xA0 ? lead - 0x81u : lead - 0xC1u) * 2 + 1 + (trail >= 0x9F);
}

static enum jis_class classify(struct jis_encoder *encoder, uint32_t c)
{
	if (c < 0x80)
		return JIS_ASCII;
	if (c >= HALF_WIDTH_FIRST && c <= 0xFF9F)
		return JIS_HALF_WIDTH;
	if ((c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0x10FFFD))
		return JIS_USER_DEFINED;
	if (c > 0x10FFFF || U_IS_SURROGATE(c))
		return JIS_NONE;
	if (u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
		return JIS_IGNORABLE;
	if (c > 0xFFFF)
		return JIS_NONE;
	UErrorCode error = U_ZERO_ERROR;
	UChar unit = (UChar)fold_ambiguous(c);
	char bytes[8];
	ucnv_resetFromUnicode(encoder->converter);
	int32_t n = ucnv_fromUChars(encoder->converter, bytes, sizeof bytes, &unit, 1, &error);
	if (U_FAILURE(error) || n != 2)
		return JIS_NONE;
	unsigned row = sjis_row((unsigned char)bytes[0], (unsigned char)bytes[1]);
	if (row == 13)
		return JIS_NEC_ROW13;
	if (row <= 84)
		return JIS_X_0208;
	return row >= 95 && row <= 114 ? JIS_USER_DEFINED : JIS_IBM;
}

enum jis_class jis_classify(struct jis_encoder *encoder, uint32_t code_point)
{
	if (code_point > 0xFFFF)
		return classify(encoder, code_point);
	uint8_t *known = &encoder->known[code_point];
	if (!*known)
		*known = (uint8_t)(classify(encoder, code_point) + 1);
	return (enum jis_class)(*known - 1);
}

/* --- replacements --- */

struct replacement {
	uint32_t code_point;
	const char *text;
	bool certain;
};

/* By code point. What stands for the same thing is certain; another form of a kanji is not, since names use it on purpose. */
static const struct replacement replacements[] = {
	{ 0x2116, "No.", true },
	{ 0x2121, "TEL", true },
	{ 0x2160, "I", true },
	{ 0x2161, "II", true },
	{ 0x2162, "III", true },
	{ 0x2163, "IV", true },
	{ 0x2164, "V", true },
	{ 0x2165, "VI", true },
	{ 0x2166, "VII", true },
	{ 0x2167, "VIII", true },
	{ 0x2168, "IX", true },
	{ 0x2169, "X", true },
	{ 0x2170, "i", true },
	{ 0x2171, "ii", true },
	{ 0x2172, "iii", true },
	{ 0x2173, "iv", true },
	{ 0x2174, "v", true },
	{ 0x2175, "vi", true },
	{ 0x2176, "vii", true },
	{ 0x2177, "viii", true },
	{ 0x2178, "ix", true },
	{ 0x2179, "x", true },
	{ 0x2211, "Σ", false },
	{ 0x22BF, "△", false },
	{ 0x2460, "(1)", true },
	{ 0x2461, "(2)", true },
	{ 0x2462, "(3)", true },
	{ 0x2463, "(4)", true },
	{ 0x2464, "(5)", true },
	{ 0x2465, "(6)", true },
	{ 0x2466, "(7)", true },
	{ 0x2467, "(8)", true },
	{ 0x2468, "(9)", true },
	{ 0x2469, "(10)", true },
	{ 0x246A, "(11)", true },
	{ 0x246B, "(12)", true },
	{ 0x246C, "(13)", true },
	{ 0x246D, "(14)", true },
	{ 0x246E, "(15)", true },
	{ 0x246F, "(16)", true },
	{ 0x2470, "(17)", true },
	{ 0x2471, "(18)", true },
	{ 0x2472, "(19)", true },
	{ 0x2473, "(20)", true },
	{ 0x301D, "\"", true },
	{ 0x301F, "\"", true },
	{ 0x3231, "(株)", true },
	{ 0x3232, "(有)", true },
	{ 0x3239, "(代)", true },
	{ 0x32A4, "(上)", true },
	{ 0x32A5, "(中)", true },
	{ 0x32A6, "(下)", true },
	{ 0x32A7, "(左)", true },
	{ 0x32A8, "(右)", true },
	{ 0x32FF, "令和", true },
	{ 0x3303, "アール", true },
	{ 0x330D, "カロリー", true },
	{ 0x3314, "キロ", true },
	{ 0x3318, "グラム", true },
	{ 0x3322, "センチ", true },
	{ 0x3323, "セント", true },
	{ 0x3326, "ドル", true },
	{ 0x3327, "トン", true },
	{ 0x332B, "パーセント", true },
	{ 0x3336, "ヘクタール", true },
	{ 0x333B, "ページ", true },
	{ 0x3349, "ミリ", true },
	{ 0x334A, "ミリバール", true },
	{ 0x334D, "メートル", true },
	{ 0x3351, "リットル", true },
	{ 0x3357, "ワット", true },
	{ 0x337B, "平成", true },
	{ 0x337C, "昭和", true },
	{ 0x337D, "大正", true },
	{ 0x337E, "明治", true },
	{ 0x338E, "mg", true },
	{ 0x338F, "kg", true },
	{ 0x339C, "mm", true },
	{ 0x339D, "cm", true },
	{ 0x339E, "km", true },
	{ 0x33A1, "m2", true },
	{ 0x33C4, "cc", true },
	{ 0x33CD, "K.K.", true },
	{ 0x589E, "増", false },
	{ 0x5BEC, "寛", false },
	{ 0x5FB7, "徳", false },
	{ 0x654E, "教", false },
	{ 0x663B, "昂", false },
	{ 0x66FB, "昇", false },
	{ 0x6852, "桑", false },
	{ 0x6A6B, "横", false },
	{ 0x6DF8, "清", false },
	{ 0x6FF5, "浜", false },
	{ 0x7028, "瀬", false },
	{ 0x7DD6, "緒", false },
	{ 0x85B0, "薫", false },
	{ 0x8CF4, "頼", false },
	{ 0x90DE, "郎", false },
	{ 0x9115, "郷", false },
	{ 0x9592, "間", false },
	{ 0x9751, "青", false },
	{ 0x9AD9, "高", false },
	{ 0x9ED1, "黒", false },
	{ 0xF929, "朗", false },
	{ 0xF9DC, "隆", false },
	{ 0xFA10, "塚", false },
	{ 0xFA11, "崎", false },
	{ 0xFA12, "晴", false },
	{ 0xFA16, "猪", false },
	{ 0xFA17, "益", false },
	{ 0xFA18, "礼", false },
	{ 0xFA19, "神", false },
	{ 0xFA1A, "祥", false },
	{ 0xFA1B, "福", false },
	{ 0xFA1C, "靖", false },
	{ 0xFA1D, "精", false },
	{ 0xFA1E, "羽", false },
	{ 0xFA22, "諸", false },
	{ 0xFA25, "逸", false },
	{ 0xFA26, "都", false },
	{ 0xFA2A, "飯", false },
	{ 0xFA2B, "飼", false },
	{ 0xFA2C, "館", false },
	{ 0xFA2D, "鶴", false },
	{ 0xFF02, "\"", true },
	{ 0xFF07, "'", true },
	{ 0xFFE4, "|", true },
};

/* U+FF61 to U+FF9F. */
static const char *const full_width_kana[] = {
	"。", "「", "」", "、", "・", "ヲ", "ァ", "ィ", "ゥ", "ェ", "ォ", "ャ", "ュ", "ョ", "ッ", "ー",
	"ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク", "ケ", "コ", "サ", "シ", "ス", "セ", "ソ", "タ",
	"チ", "ツ", "テ", "ト", "ナ", "ニ", "ヌ", "ネ", "ノ", "ハ", "ヒ", "フ", "ヘ", "ホ", "マ", "ミ",
	"ム", "メ", "モ", "ヤ", "ユ", "ヨ", "ラ", "リ", "ル", "レ", "ロ", "ワ", "ン", "゛", "゜"
};

static int compare_replacement(const void *key, const void *entry)
{
	uint32_t code_point = *(const uint32_t *)key, other = ((const struct replacement *)entry)->code_point;

	return code_point < other ? -1 : code_point > other;
}

const char *machine_dependent_replacement(uint32_t code_point, bool *certain_out)
{
	const char *text = NULL;
	bool certain = true;

	if (code_point >= HALF_WIDTH_FIRST && code_point < HALF_WIDTH_FIRST + G_N_ELEMENTS(full_width_kana)) {
		text = full_width_kana[code_point - HALF_WIDTH_FIRST];
	} else {
		const struct replacement *found = bsearch(&code_point, replacements, G_N_ELEMENTS(replacements), sizeof *replacements,
							  compare_replacement);
		text = found ? found->text : NULL;
		certain = found && found->certain;
	}
	if (certain_out)
		*certain_out = text && certain;
	return text;
}
