/* Charsets: labels, decoding to UTF-8, guessing. Reports problems with their places and judges none of them;
 * ISO-2022-JP is the business of jis.c. */
#include "mail/charset.h"

#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ustring.h>

#include "base/utf8.h"
#include "mail/jis.h"

enum { LABEL_MAX = 64, REPLACEMENT = 0xFFFD, ESC = 0x1B, ICU_CHUNK_BYTES = 32 * 1024 };

#define SHIFT_JIS_CONVERTER "ibm-943_P15A-2003"
#define EUC_JP_CONVERTER "euc-jp-2007"

/* --- labels --- */

struct known_label {
	const char *name; /* lower case */
	struct charset_label label;
};

#define JIS(bits, better) { CHARSET_ISO_2022_JP, (bits), NULL, (better) }
#define SHIFT_JIS(bits, better) { CHARSET_SHIFT_JIS, (bits), SHIFT_JIS_CONVERTER, (better) }
#define EUC_JP(bits, better) { CHARSET_EUC_JP, (bits), EUC_JP_CONVERTER, (better) }
#define FORBIDDEN { CHARSET_FORBIDDEN, 0, NULL, "UTF-8" }
#define UNREGISTERED CHARSET_LABEL_UNREGISTERED
#define EXTENDED CHARSET_LABEL_EXTENDED_JIS
#define UNUSABLE CHARSET_LABEL_UNUSABLE

/* What ICU does not know, knows under a lenient or ambiguous name, or is not to be asked for.
 * Registered names: https://www.iana.org/assignments/character-sets */
static const struct known_label known_labels[] = {
	{ "utf-8", { CHARSET_UTF8, 0, NULL, NULL } },
	{ "csutf8", { CHARSET_UTF8, 0, NULL, NULL } },
	{ "utf8", { CHARSET_UTF8, UNREGISTERED, NULL, "UTF-8" } },
	{ "us-ascii", { CHARSET_ASCII, 0, NULL, NULL } },
	{ "ascii", { CHARSET_ASCII, UNREGISTERED, NULL, "US-ASCII" } },
	{ "iso-2022-jp", JIS(0, NULL) },
	{ "csiso2022jp", JIS(0, NULL) },
	{ "iso2022jp", JIS(UNREGISTERED, "ISO-2022-JP") },
	{ "iso-2022-jp-1", JIS(EXTENDED | UNREGISTERED, "UTF-8") },
	{ "iso-2022-jp-2", JIS(EXTENDED, "UTF-8") },
	{ "csiso2022jp2", JIS(EXTENDED, "UTF-8") },
	{ "iso-2022-jp-ms", JIS(EXTENDED | UNREGISTERED, "UTF-8") },
	{ "cp50220", JIS(EXTENDED, "ISO-2022-JP") },
	{ "cscp50220", JIS(EXTENDED, "ISO-2022-JP") },
	{ "cp50221", JIS(EXTENDED | UNREGISTERED, "ISO-2022-JP") },
	{ "cp50222", JIS(EXTENDED | UNREGISTERED, "ISO-2022-JP") },
	{ "x-windows-50220", JIS(EXTENDED | UNREGISTERED, "ISO-2022-JP") },
	{ "x-windows-50221", JIS(EXTENDED | UNREGISTERED, "ISO-2022-JP") },
	{ "x-windows-50222", JIS(EXTENDED | UNREGISTERED, "ISO-2022-JP") },
	{ "jis", JIS(EXTENDED | UNREGISTERED, "ISO-2022-JP") },
	{ "jis7", JIS(EXTENDED | UNREGISTERED, "ISO-2022-JP") },
	{ "jis_encoding", JIS(EXTENDED, "ISO-2022-JP") },
	{ "csjisencoding", JIS(EXTENDED, "ISO-2022-JP") },
	{ "iso-2022-jp-3", JIS(EXTENDED | UNREGISTERED | UNUSABLE, "UTF-8") },
	{ "iso-2022-jp-2004", JIS(EXTENDED | UNREGISTERED | UNUSABLE, "UTF-8") },
	{ "shift_jis", SHIFT_JIS(0, NULL) },
	{ "ms_kanji", SHIFT_JIS(0, NULL) },
	{ "csshiftjis", SHIFT_JIS(0, NULL) },
	{ "windows-31j", SHIFT_JIS(0, NULL) },
	{ "cswindows31j", SHIFT_JIS(0, NULL) },
	{ "shift-jis", SHIFT_JIS(UNREGISTERED, "Shift_JIS") },
	{ "shiftjis", SHIFT_JIS(UNREGISTERED, "Shift_JIS") },
	{ "sjis", SHIFT_JIS(UNREGISTERED, "Shift_JIS") },
	{ "x-sjis", SHIFT_JIS(UNREGISTERED, "Shift_JIS") },
	{ "cp932", SHIFT_JIS(UNREGISTERED, "Windows-31J") },
	{ "ms932", SHIFT_JIS(UNREGISTERED, "Windows-31J") },
	{ "windows-932", SHIFT_JIS(UNREGISTERED, "Windows-31J") },
	{ "shift_jisx0213", SHIFT_JIS(UNREGISTERED | UNUSABLE, "UTF-8") },
	{ "shift_jis-2004", SHIFT_JIS(UNREGISTERED | UNUSABLE, "UTF-8") },
	{ "euc-jp", EUC_JP(0, NULL) },
	{ "cseucpkdfmtjapanese", EUC_JP(0, NULL) },
	{ "cp51932", EUC_JP(0, NULL) },
	{ "x-euc-jp", EUC_JP(UNREGISTERED, "EUC-JP") },
	{ "eucjp", EUC_JP(UNREGISTERED, "EUC-JP") },
	{ "ujis", EUC_JP(UNREGISTERED, "EUC-JP") },
	{ "eucjp-ms", EUC_JP(UNREGISTERED, "EUC-JP") },
	{ "eucjp-win", EUC_JP(UNREGISTERED, "EUC-JP") },
	{ "ks_c_5601-1987", { CHARSET_OTHER, 0, "windows-949-2000", NULL } }, /* ICU has the name, but not as IANA's */
	{ "csksc56011987", { CHARSET_OTHER, 0, "windows-949-2000", NULL } },
	{ "unknown-8bit", FORBIDDEN },
	{ "x-user-defined", FORBIDDEN },
	{ "binary", FORBIDDEN },
	{ "8bit", FORBIDDEN },
	{ "utf-16", FORBIDDEN },
	{ "utf-32", FORBIDDEN },
	{ "utf-7", FORBIDDEN },
	{ "unicode-1-1-utf-7", FORBIDDEN },
	{ "iso-10646-ucs-2", FORBIDDEN },
	{ "iso-10646-ucs-4", FORBIDDEN },
};

/* Is name one that IANA lists for this converter? */
static bool is_iana_name(const char *converter, const char *name)
{
	UErrorCode error = U_ZERO_ERROR;
	UEnumeration *names = ucnv_openStandardNames(converter, "IANA", &error);
	bool found = false;
	const char *next;

	if (U_FAILURE(error))
		return false;
	while (!found && (next = uenum_next(names, NULL, &error)) && U_SUCCESS(error))
		found = span_eq_ci(span_str(next), span_str(name));
	uenum_close(names);
	return found;
}

/* Mail lines and tags are ASCII: a charset where the ASCII letters are other bytes (EBCDIC) cannot be used. */
static bool keeps_ascii(UConverter *converter)
{
	static const char sample[] = "Az09 <a@b.c>=\"/\"";
	UChar units[2 * sizeof sample];
	UErrorCode error = U_ZERO_ERROR;
	int32_t n = ucnv_toUChars(converter, units, G_N_ELEMENTS(units), sample, sizeof sample - 1, &error);

	if (U_FAILURE(error) || n != (int32_t)sizeof sample - 1)
		return false;
	for (int32_t i = 0; i < n; i++)
		if (units[i] != (UChar)sample[i])
			return false;
	return true;
}

static enum charset_family family_of_converter(UConverter *converter, const char *name)
{
	switch (ucnv_getType(converter)) {
	case UCNV_UTF8:
		return CHARSET_UTF8;
	case UCNV_US_ASCII:
		return CHARSET_ASCII;
	case UCNV_UTF7:
	case UCNV_IMAP_MAILBOX:
	case UCNV_UTF16:
	case UCNV_UTF16_BigEndian:
	case UCNV_UTF16_LittleEndian:
	case UCNV_UTF32:
	case UCNV_UTF32_BigEndian:
	case UCNV_UTF32_LittleEndian:
	case UCNV_SCSU:
	case UCNV_BOCU1:
	case UCNV_CESU8:
	case UCNV_COMPOUND_TEXT:
		return CHARSET_FORBIDDEN;
	case UCNV_ISO_2022:
		if (strstr(name, "locale=ja"))
			return CHARSET_ISO_2022_JP;
		break;
	default:
		break;
	}
	if (g_str_has_prefix(name, "ibm-943_"))
		return CHARSET_SHIFT_JIS;
	if (g_str_has_prefix(name, "euc-jp") || g_str_has_prefix(name, "ibm-33722_"))
		return CHARSET_EUC_JP;
	return keeps_ascii(converter) ? CHARSET_OTHER : CHARSET_FORBIDDEN;
}

static struct charset_label ask_icu(const char *name)
{
	struct charset_label label = { CHARSET_UNKNOWN, 0, NULL, NULL };
	UErrorCode error = U_ZERO_ERROR;
	const char *canonical = ucnv_getAlias(name, 0, &error);

	if (U_FAILURE(error) || !canonical)
		return label;
	error = U_ZERO_ERROR;
	UConverter *converter = ucnv_open(canonical, &error);
	if (U_FAILURE(error))
		return label;
	label.family = family_of_converter(converter, canonical);
	ucnv_close(converter);
	if (label.family == CHARSET_FORBIDDEN) {
		label.suggested = "UTF-8";
		return label;
	}
	if (label.family == CHARSET_OTHER)
		label.converter = canonical;
	else if (label.family == CHARSET_SHIFT_JIS)
		label.converter = SHIFT_JIS_CONVERTER;
	else if (label.family == CHARSET_EUC_JP)
		label.converter = EUC_JP_CONVERTER;
	if (label.family == CHARSET_ISO_2022_JP)
		label.flags |= CHARSET_LABEL_EXTENDED_JIS;
	if (!is_iana_name(canonical, name)) {
		error = U_ZERO_ERROR;
		label.flags |= CHARSET_LABEL_UNREGISTERED;
		label.suggested = ucnv_getStandardName(canonical, "MIME", &error);
		if (!label.suggested || U_FAILURE(error)) {
			error = U_ZERO_ERROR;
			label.suggested = ucnv_getStandardName(canonical, "IANA", &error);
		}
		if (label.family == CHARSET_SHIFT_JIS)
			label.suggested = "Shift_JIS";
		else if (label.family == CHARSET_EUC_JP)
			label.suggested = "EUC-JP";
	}
	return label;
}

struct charset_label charset_label_parse(struct span label)
{
	char name[LABEL_MAX + 1];
	size_t n = 0;

	label = span_trim(label);
	while (label.n && (label.p[0] == '"' || label.p[0] == '\''))
		label = span_trim(span_cut(label, 1, label.n));
	while (label.n && (label.p[label.n - 1] == '"' || label.p[label.n - 1] == '\''))
		label = span_trim(span_cut(label, 0, label.n - 1));
	if (label.n == 0)
		return (struct charset_label){ CHARSET_NONE, 0, NULL, NULL };
	if (label.n > LABEL_MAX)
		return (struct charset_label){ CHARSET_UNKNOWN, 0, NULL, NULL };
	for (; n < label.n; n++) {
		/* ICU would take options behind a comma. */
		if (!ascii_is_alnum(label.p[n]) && !(label.p[n] && strchr("-_.:+()", label.p[n])))
			return (struct charset_label){ CHARSET_UNKNOWN, 0, NULL, NULL };
		name[n] = ascii_lower(label.p[n]);
	}
	name[n] = '\0';
	for (size_t i = 0; i < G_N_ELEMENTS(known_labels); i++)
		if (strcmp(known_labels[i].name, name) == 0)
			return known_labels[i].label;
	return ask_icu(name);
}

/* --- UTF-8 --- */

/* The length of the well-formed sequence at at (Unicode Standard, table 3-7); 0 where there is none: then *bad_out is the length of
 * the longest part that could have begun one, at least 1. */
static size_t utf8_sequence(struct span in, size_t at, size_t *bad_out)
{
	const unsigned char *p = (const unsigned char *)in.p + at;
	size_t left = in.n - at, need;
	unsigned char low = 0x80, high = 0xBF;

	if (p[0] < 0x80)
		return 1;
	*bad_out = 1;
	if (p[0] >= 0xC2 && p[0] <= 0xDF)
		need = 2;
	else if (p[0] >= 0xE0 && p[0] <= 0xEF)
		need = 3;
	else if (p[0] >= 0xF0 && p[0] <= 0xF4)
		need = 4;
	else
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	for (size_t i = 1; i < need; i++) {
		if (i == left || p[i] < low || p[i] > high) {
			*bad_out = i;
			return 0;
		}
		low = 0x80;
		high = 0xBF;
	}
	return need;
}

/* The first place at or after at where in is not UTF-8; in.n where there is none. Adds the number of longer sequences to
 * *n_multibyte. */
static size_t utf8_good_end(struct span in, size_t at, size_t *n_multibyte, size_t *bad_out)
{
	while (at < in.n) {
		uint64_t word;
		if (at + sizeof word <= in.n) {
			memcpy(&word, in.p + at, sizeof word);
			if (!(word & 0x8080808080808080u)) {
				at += sizeof word;
				continue;
			}
		}
		size_t length = utf8_sequence(in, at, bad_out);
		if (!length)
			break;
		*n_multibyte += length > 1;
		at += length;
	}
	return at;
}

static void decode_utf8(struct charset_output *output, struct span in)
{
	size_t at = 0, n_multibyte = 0, bad = 0;

	while (at < in.n) {
		size_t end = utf8_good_end(in, at, &n_multibyte, &bad);
		charset_output_copy(output, in, at, end - at);
		if (end == in.n)
			break;
		charset_output_problem(output, CHARSET_PROBLEM_ILLEGAL, 0, end, bad);
		charset_output_put(output, REPLACEMENT, end, bad);
		at = end + bad;
	}
}

/* --- Shift_JIS and EUC-JP --- */

/* One character of a double-byte charset. */
struct step {
	uint32_t code_point; /* 0: bad */
	size_t length;
	bool noted;          /* kind says something about a good character, too */
	enum charset_problem_kind kind;
	unsigned row, cell;  /* 0: single byte */
};

static struct step bad_step(enum charset_problem_kind kind, size_t length)
{
	return (struct step){ .length = length, .noted = true, .kind = kind };
}

static struct step kana_step(unsigned char c, size_t length)
{
	return (struct step){ .code_point = 0xFF61 + (c - 0xA1u), .length = length, .noted = true, .kind = CHARSET_PROBLEM_HALF_WIDTH_KANA };
}

static void note(struct step *step, enum charset_problem_kind kind)
{
	step->noted = true;
	step->kind = kind;
}

/* At a byte >= 80. */
static struct step shift_jis_step(const uint16_t *table, struct span in, size_t at)
{
	unsigned char lead = (unsigned char)in.p[at], trail;

	if (lead >= 0xA1 && lead <= 0xDF)
		return kana_step(lead, 1);
	if (lead == 0x80 || lead == 0xA0 || lead > 0xFC || at + 1 == in.n)
		return bad_step(CHARSET_PROBLEM_ILLEGAL, 1);
	trail = (unsigned char)in.p[at + 1];
	if (trail < 0x40 || trail == 0x7F || trail > 0xFC)
		return bad_step(CHARSET_PROBLEM_ILLEGAL, 1);
	struct step step = { .length = 2 };
	step.row = (lead < 0xA0 ? lead - 0x81u : lead - 0xC1u) * 2 + 1 + (trail >= 0x9F);
	step.cell = trail >= 0x9F ? trail - 0x9Eu : trail - 0x3Fu - (trail >= 0x80);
	step.code_point = table[(step.row - 1) * JIS_CELLS + (step.cell - 1)];
	if (!step.code_point)
		note(&step, CHARSET_PROBLEM_UNASSIGNED);
	else if (step.row == 13)
		note(&step, CHARSET_PROBLEM_NEC_ROW13);
	else if (step.row >= 89 && step.row <= 92)
		note(&step, CHARSET_PROBLEM_NEC_SELECTED);
	else if (step.row >= 95 && step.row <= 114)
		note(&step, CHARSET_PROBLEM_USER_DEFINED);
	else if (step.row >= 115)
		note(&step, CHARSET_PROBLEM_IBM_EXTENSION);
	return step;
}

static bool is_euc_byte(struct span in, size_t at)
{
	return at < in.n && (unsigned char)in.p[at] >= 0xA1 && (unsigned char)in.p[at] <= 0xFE;
}

/* At a byte >= 80. supplement: JIS X 0212. */
static struct step euc_jp_step(const uint16_t *table, const uint16_t *supplement, struct span in, size_t at)
{
	unsigned char lead = (unsigned char)in.p[at];
	bool three = lead == 0x8F;
	size_t pair = at + three;

	if (lead == 0x8E && is_euc_byte(in, at + 1) && (unsigned char)in.p[at + 1] <= 0xDF)
		return kana_step((unsigned char)in.p[at + 1], 2);
	if (!is_euc_byte(in, pair) || !is_euc_byte(in, pair + 1))
		return bad_step(CHARSET_PROBLEM_ILLEGAL, 1);
	struct step step = { .length = 2 + (size_t)three };
	step.row = (unsigned char)in.p[pair] - 0xA0u;
	step.cell = (unsigned char)in.p[pair + 1] - 0xA0u;
	step.code_point = (three ? supplement : table)[(step.row - 1) * JIS_CELLS + (step.cell - 1)];
	if (!step.code_point)
		note(&step, CHARSET_PROBLEM_UNASSIGNED);
	else if (step.code_point >= 0xE000 && step.code_point <= 0xF8FF)
		note(&step, CHARSET_PROBLEM_USER_DEFINED);
	else if (!three && step.row == 13)
		note(&step, CHARSET_PROBLEM_NEC_ROW13);
	else if (!three && step.row >= 89 && step.row <= 92)
		note(&step, CHARSET_PROBLEM_NEC_SELECTED);
	else if (three && step.row >= 83)
		/* eucJP-ms puts the IBM extension into rows 83 and 84 of this plane. */
		note(&step, CHARSET_PROBLEM_IBM_EXTENSION);
	return step;
}

/* The tables of a family, fetched once per text. */
struct stepper {
	enum charset_family family;
	const uint16_t *table, *supplement;
};

static struct stepper stepper_of(enum charset_family family)
{
	if (family == CHARSET_SHIFT_JIS)
		return (struct stepper){ family, jis_table(JIS_TABLE_SHIFT_JIS), NULL };
	return (struct stepper){ family, jis_table(JIS_TABLE_EUC_JP), jis_table(JIS_TABLE_X_0212) };
}

static struct step step_at(const struct stepper *stepper, struct span in, size_t at)
{
	return stepper->family == CHARSET_SHIFT_JIS ? shift_jis_step(stepper->table, in, at)
						    : euc_jp_step(stepper->table, stepper->supplement, in, at);
}

static size_t ascii_end(struct span in, size_t at)
{
	while (at < in.n && (unsigned char)in.p[at] < 0x80)
		at++;
	return at;
}

static void decode_double_byte(struct charset_output *output, struct span in, enum charset_family family)
{
	struct stepper stepper = stepper_of(family);

	for (size_t at = 0; at < in.n;) {
		size_t end = ascii_end(in, at);
		charset_output_copy(output, in, at, end - at);
		for (at = end; at < in.n && (unsigned char)in.p[at] >= 0x80;) {
			struct step step = step_at(&stepper, in, at);
			if (step.noted && step.kind == CHARSET_PROBLEM_HALF_WIDTH_KANA)
				charset_output_problem_run(output, step.kind, step.code_point, at, step.length);
			else if (step.noted)
				charset_output_problem(output, step.kind, step.code_point, at, step.length);
			charset_output_put(output, step.code_point ? step.code_point : REPLACEMENT, at, step.length);
			at += step.length;
		}
	}
}

/* --- everything else, by ICU --- */

/* Noncharacters that stand for a bad place until the text is written. */
enum { MARK_ILLEGAL = 0xFFFE, MARK_UNASSIGNED = 0xFFFF };

static void mark_bad(const void *context, UConverterToUnicodeArgs *args, const char *bytes, int32_t length,
		     UConverterCallbackReason reason, UErrorCode *error)
{
	UChar mark = reason == UCNV_UNASSIGNED ? MARK_UNASSIGNED : MARK_ILLEGAL;

	(void)context;
	(void)bytes;
	(void)length;
	if (reason > UCNV_IRREGULAR)
		return;
	*error = U_ZERO_ERROR;
	ucnv_cbToUWriteUChars(args, &mark, 1, 0, error);
}

/* n UTF-16 units were made of source bytes [start, end). no_c1: the charset has nothing at 80 to 9F, and the converter passes it through. */
static void put_units(struct charset_output *output, const UChar *units, size_t n, size_t start, size_t end, bool no_c1)
{
	size_t written = 0;

	for (size_t i = 0; i < n;) {
		UChar32 c;
		U16_NEXT(units, i, n, c);
		if (c == MARK_ILLEGAL || c == MARK_UNASSIGNED) {
			charset_output_problem(output, c == MARK_ILLEGAL ? CHARSET_PROBLEM_ILLEGAL : CHARSET_PROBLEM_UNASSIGNED, 0, start,
					       end - start);
			c = REPLACEMENT;
		} else if (U_IS_SURROGATE(c)) {
			c = REPLACEMENT;
		} else if (no_c1 && c >= 0x80 && c < 0xA0) {
			charset_output_problem(output, CHARSET_PROBLEM_ILLEGAL, 0, start, end - start);
		}
		written += charset_output_write(output, (uint32_t)c);
	}
	if (end > start)
		map_add_block(&output->map, start, end - start, written);
	else
		map_add_inserted(&output->map, start, written);
}

/* EUC-CN, which ICU opens for the label gb2312. It has kana where EUC-JP has them. */
static bool is_gb_2312(const char *converter)
{
	return g_str_has_prefix(converter, "ibm-1383_");
}

/* Work space of decode_with_icu(). No charset gives more than two units a byte, plus what a chunk before held back. */
struct icu_chunk {
	UChar units[2 * ICU_CHUNK_BYTES + 64];
	int32_t offsets[2 * ICU_CHUNK_BYTES + 64];
};

/* false where the converter cannot be opened or breaks off. */
static bool decode_with_icu(struct charset_output *output, struct span in, const char *name)
{
	UErrorCode error = U_ZERO_ERROR;
	/* Opening again is cheap, since ICU keeps what it has loaded (below 1 us measured), so no converter is kept here. */
	UConverter *converter = name ? ucnv_open(name, &error) : NULL;

	if (!converter || U_FAILURE(error))
		return false;
	ucnv_setToUCallBack(converter, mark_bad, NULL, NULL, NULL, &error);
	struct icu_chunk *chunk = g_new(struct icu_chunk, 1);
	size_t covered = 0, pending = 0;
	for (size_t base = 0; base < in.n && U_SUCCESS(error);) {
		size_t size = MIN(in.n - base, (size_t)ICU_CHUNK_BYTES), n;
		const char *from = in.p + base;
		UChar *to = chunk->units;
		ucnv_toUnicode(converter, &to, chunk->units + G_N_ELEMENTS(chunk->units), &from, from + size, chunk->offsets,
			       base + size == in.n, &error);
		if (U_FAILURE(error))
			break;
		n = (size_t)(to - chunk->units);
		size_t carried = base - pending; /* where a character begun in the last chunk starts */
		pending = (size_t)ucnv_toUCountPending(converter, &error);
		size_t used_end = base + size - MIN(pending, size);
		for (size_t i = 0, end; i < n; i = end) {
			for (end = i + 1; end < n && chunk->offsets[end] == chunk->offsets[i];)
				end++;
			size_t start = chunk->offsets[i] < 0 ? carried : base + (size_t)chunk->offsets[i];
			size_t stop = end < n && chunk->offsets[end] >= 0 ? base + (size_t)chunk->offsets[end] : used_end;
			start = MAX(start, covered);
			stop = MAX(stop, start);
			map_add_removed(&output->map, covered, start - covered);
			put_units(output, chunk->units + i, end - i, start, stop, is_gb_2312(name));
			covered = stop;
		}
		base += size;
	}
	if (U_SUCCESS(error))
		map_add_removed(&output->map, covered, in.n - covered);
	g_free(chunk);
	ucnv_close(converter);
	return U_SUCCESS(error);
}

/* Mail programs take the label gb2312 for its superset (https://encoding.spec.whatwg.org/#names-and-labels). Where all of in belongs
 * to that: its text in place of what output has so far, whose problems stay. */
static bool read_larger_set(struct charset_output *output, struct span in, const char *converter)
{
	struct charset_output wide;

	if (!is_gb_2312(converter))
		return false;
	charset_output_init(&wide, 0);
	charset_output_reserve(&wide, in.n + in.n / 4);
	if (!decode_with_icu(&wide, in, "gb18030") || wide.n_illegal) {
		charset_output_release(&wide);
		return false;
	}
	struct charset_output strict = *output;
	*output = wide;
	output->problems = strict.problems;
	output->n_problems = strict.n_problems;
	output->n_allocated_problems = strict.n_allocated_problems;
	output->n_dropped = strict.n_dropped;
	output->n_illegal = strict.n_illegal;
	strict.problems = wide.problems;
	charset_output_release(&strict);
	return true;
}

/* --- guessing --- */

struct trial {
	size_t n_bad, n_characters;
	size_t n_hiragana, n_kana; /* full-width; n_kana includes hiragana */
	uint64_t hiragana[2];      /* the cells of row 4 that occur, a bit each */
	size_t n_neutral;          /* half-width katakana and punctuation: what Latin-1 text and drawings made of bytes give, too */
	size_t n_half_width;       /* half-width katakana */
	size_t n_plausible;        /* kana, and kanji of level 1 that do not stand alone */
};

static struct trial try_double_byte(struct span in, enum charset_family family)
{
	struct stepper stepper = stepper_of(family);
	struct trial trial = { 0 };

	for (size_t at = ascii_end(in, 0); at < in.n; at = ascii_end(in, at)) {
		/* One character alone between ASCII is more likely an apostrophe of windows-1252 and the letter behind it (92 73). */
		size_t n_together = 0, n_kanji = 0;
		for (; at < in.n && (unsigned char)in.p[at] >= 0x80; n_together++) {
			struct step step = step_at(&stepper, in, at);
			bool kana = step.code_point && (step.row == 4 || step.row == 5);
			trial.n_characters++;
			trial.n_bad += !step.code_point;
			trial.n_hiragana += kana && step.row == 4;
			if (kana && step.row == 4)
				trial.hiragana[step.cell / 64] |= (uint64_t)1 << step.cell % 64;
			trial.n_kana += kana;
			trial.n_neutral += step.code_point && step.row < 4;
			trial.n_half_width += step.code_point && step.row == 0;
			n_kanji += step.code_point && step.row >= 16 && step.row < 48;
			at += step.length;
		}
		trial.n_plausible += n_together > 1 ? n_kanji : 0;
	}
	trial.n_plausible += trial.n_kana;
	return trial;
}

static bool fits(const struct trial *trial)
{
	/* Half-width katakana and kanji without kana between them are other people's letters. */
	if (trial->n_kana == 0 && trial->n_half_width > 0)
		return false;
	/* So are long runs of kanji alone, which rows of · ¸ ´ ¯ in Latin-1 look like. */
	enum { MOST_WITHOUT_KANA = 24 };
	if (trial->n_kana == 0 && trial->n_plausible > MOST_WITHOUT_KANA)
		return false;
	return trial->n_bad == 0 && trial->n_plausible > 0 && trial->n_plausible * 2 >= trial->n_characters - trial->n_neutral;
}

/* Is one more plausibly Japanese? Compares shares, since the two readings differ in the number of characters. */
static bool more(size_t part_a, size_t whole_a, size_t part_b, size_t whole_b)
{
	return (double)part_a * (double)whole_b > (double)part_b * (double)whole_a;
}

static bool has_jis_escape(struct span bytes)
{
	for (size_t at = 0; (at = span_find_byte(bytes, ESC, at)) + 2 < bytes.n; at++)
		if (bytes.p[at + 1] == '$' || (bytes.p[at + 1] == '(' && bytes.p[at + 2] == 'I'))
			return true;
	return false;
}

static enum charset_family answer(enum charset_family family, bool certain, const char **name_out, bool *certain_out)
{
	static const char *const names[] = {
		[CHARSET_ASCII] = "US-ASCII",     [CHARSET_UTF8] = "UTF-8",   [CHARSET_ISO_2022_JP] = "ISO-2022-JP",
		[CHARSET_SHIFT_JIS] = "Shift_JIS", [CHARSET_EUC_JP] = "EUC-JP", [CHARSET_OTHER] = "windows-1252"
	};

	if (name_out)
		*name_out = names[family];
	if (certain_out)
		*certain_out = certain;
	return family;
}

enum charset_family charset_guess(struct span bytes, const char **name_out, bool *certain_out)
{
	size_t n_multibyte = 0, n_bad = 0, bad = 0;

	if (span_is_ascii(bytes))
		return answer(has_jis_escape(bytes) ? CHARSET_ISO_2022_JP : CHARSET_ASCII, true, name_out, certain_out);
	for (size_t at = 0; (at = utf8_good_end(bytes, at, &n_multibyte, &bad)) < bytes.n; at += bad)
		n_bad++;
	if (n_bad == 0)
		return answer(CHARSET_UTF8, true, name_out, certain_out);
	struct trial euc = try_double_byte(bytes, CHARSET_EUC_JP), sjis = try_double_byte(bytes, CHARSET_SHIFT_JIS);
	bool euc_fits = fits(&euc), sjis_fits = fits(&sjis);
	if (euc_fits && sjis_fits) {
		bool is_euc = more(euc.n_hiragana, euc.n_characters, sjis.n_hiragana, sjis.n_characters);
		return answer(is_euc ? CHARSET_EUC_JP : CHARSET_SHIFT_JIS, false, name_out, certain_out);
	}
	if (euc_fits)
		return answer(CHARSET_EUC_JP, euc.n_kana > 0, name_out, certain_out);
	if (sjis_fits)
		return answer(CHARSET_SHIFT_JIS, sjis.n_kana > 0, name_out, certain_out);
	/* None fits strictly. A text with a single damaged place is still to be readable. */
	if (n_multibyte >= 10 * n_bad)
		return answer(CHARSET_UTF8, false, name_out, certain_out);
	if (sjis.n_hiragana && sjis.n_hiragana * 4 >= sjis.n_characters && sjis.n_bad * 20 <= sjis.n_characters)
		return answer(CHARSET_SHIFT_JIS, false, name_out, certain_out);
	if (euc.n_hiragana && euc.n_hiragana * 4 >= euc.n_characters && euc.n_bad * 20 <= euc.n_characters)
		return answer(CHARSET_EUC_JP, false, name_out, certain_out);
	return answer(CHARSET_OTHER, false, name_out, certain_out);
}

/* --- writing --- */

/* Can bytes be put in anywhere, whatever stands around them? Not in HZ and the relatives of ISO-2022-JP with their states. */
static bool is_stateless(const UConverter *converter)
{
	switch (ucnv_getType(converter)) {
	case UCNV_SBCS:
	case UCNV_DBCS:
	case UCNV_MBCS:
	case UCNV_LATIN_1:
	case UCNV_US_ASCII:
		return true;
	default:
		return false;
	}
}

static bool encode_with_icu(struct arena *arena, const char *name, bool jis, struct span utf8, struct span *out)
{
	UErrorCode error = U_ZERO_ERROR;
	UConverter *converter = ucnv_open(name, &error);

	if (U_FAILURE(error) || !converter || (!jis && !is_stateless(converter))) {
		ucnv_close(converter);
		return false;
	}
	int32_t n_units = 0, room = (int32_t)utf8.n * 8 + 16; /* an escape on both sides of each character */
	UChar *units = g_new(UChar, utf8.n + 1);
	char *bytes = arena_alloc(arena, (size_t)room);
	u_strFromUTF8(units, (int32_t)utf8.n + 1, &n_units, utf8.p, (int32_t)utf8.n, &error);
	ucnv_setFallback(converter, false);
	ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
	int32_t n = ucnv_fromUChars(converter, bytes, room, units, n_units, &error);
	g_free(units);
	ucnv_close(converter);
	*out = span_of(bytes, n > 0 ? (size_t)n : 0);
	return U_SUCCESS(error);
}

bool charset_encode(struct arena *arena, struct charset_label label, struct span utf8, struct span *out)
{
	enum { MOST_BYTES = 4 * 1024 * 1024 };

	*out = utf8;
	if (label.flags & CHARSET_LABEL_UNUSABLE || label.family == CHARSET_FORBIDDEN || label.family == CHARSET_UNKNOWN || utf8.n > MOST_BYTES)
		return span_is_ascii(utf8) && label.family != CHARSET_FORBIDDEN;
	if (label.family == CHARSET_UTF8)
		return true;
	if (label.family == CHARSET_NONE || label.family == CHARSET_ASCII)
		return span_is_ascii(utf8);
	if (label.family == CHARSET_ISO_2022_JP)
		return encode_with_icu(arena, "ISO-2022-JP", true, utf8, out);
	return label.converter && encode_with_icu(arena, label.converter, false, utf8, out);
}

bool charset_encode_new(struct arena *arena, struct charset_label label, struct span utf8, struct span *out)
{
	if (!charset_encode(arena, label, utf8, out))
		return false;
	if (label.family != CHARSET_ISO_2022_JP || span_is_ascii(utf8))
		return true;
	struct jis_encoder *encoder = jis_encoder_new();
	bool said = encoder;
	for (size_t at = 0; said && at < utf8.n;) {
		enum jis_class class = jis_classify(encoder, utf8_next(utf8, &at));
		said = class == JIS_ASCII || class == JIS_X_0208;
	}
	jis_encoder_free(encoder);
	return said;
}

/* --- all together --- */

/* What a text is read as. looks and doubtful as in struct charset_result. */
struct reading {
	struct charset_label label;
	const char *looks;
	bool doubtful;
};

static bool is_single_byte(const char *converter)
{
	UErrorCode error = U_ZERO_ERROR;
	UConverter *opened = converter ? ucnv_open(converter, &error) : NULL;

	if (!opened || U_FAILURE(error))
		return false;
	bool single = ucnv_getMaxCharSize(opened) == 1;
	ucnv_close(opened);
	return single;
}

/* Any bytes are a text in a single-byte charset, and most of EUC-JP one of half-width katakana in Shift_JIS, of Chinese in Big5. */
static bool takes_any_bytes(struct charset_label label)
{
	return label.family == CHARSET_SHIFT_JIS || (label.family == CHARSET_OTHER && !is_gb_2312(label.converter));
}

/* Under such a name a guess needs more than to fit: a "¤" row of ornament is valid EUC-JP, "É" with a
 * no-break space valid UTF-8. Demanded are several characters, different ones, and for Japanese a share of hiragana that prose has. */
static bool is_plentiful(struct span in, enum charset_family guess, int different_at_least)
{
	enum { SHARE = 5 };

	if (guess == CHARSET_UTF8) {
		uint64_t seen = 0;
		size_t bad = 0;
		for (size_t at = ascii_end(in, 0), length; at < in.n; at = ascii_end(in, at + length)) {
			length = utf8_sequence(in, at, &bad);
			/* Neighbours in a script differ in the last byte. */
			seen |= (uint64_t)1 << ((unsigned char)in.p[at + length - 1] & 0x3F);
		}
		return __builtin_popcountll(seen) >= different_at_least;
	}
	struct trial trial = try_double_byte(in, guess);
	int different = __builtin_popcountll(trial.hiragana[0]) + __builtin_popcountll(trial.hiragana[1]);
	return different >= different_at_least && trial.n_hiragana * SHARE >= trial.n_characters;
}

/* UTF-8 with a few bad places: among them it has as many long sequences, which no other charset makes by chance. */
static bool is_damaged_utf8(struct span in)
{
	size_t n_long = 0, n_bad = 0, bad = 0;

	for (size_t at = ascii_end(in, 0); at < in.n; at = ascii_end(in, at)) {
		size_t length = utf8_sequence(in, at, &bad);
		n_long += length > 2;
		n_bad += length == 0;
		at += length ? length : bad;
	}
	return n_long > 0 && n_long >= n_bad;
}

/* What the bytes are decoded as: the label, or what they evidently are. bad: not all of them are in the charset that the label names. */
static struct reading choose(struct charset_label label, struct span in, bool bad)
{
	struct reading reading = { label, NULL, false };
	bool certain = false, declared = false, ascii = span_is_ascii(in), escape = in.n && memchr(in.p, ESC, in.n);
	const char *name = NULL;

	switch (label.family) {
	case CHARSET_ASCII:
		if (ascii && !escape)
			return reading;
		break;
	case CHARSET_ISO_2022_JP:
		/* With its escapes it is what the label says, whatever else was pasted into it. */
		if (ascii || escape)
			return reading;
		declared = true;
		break;
	case CHARSET_UTF8:
	case CHARSET_SHIFT_JIS:
	case CHARSET_EUC_JP:
	case CHARSET_OTHER:
		/* Raw ISO-2022-JP is ASCII, and thus all of these; nobody means its escapes as text. Other charsets of ISO 2022 begin like it. */
		if (ascii && (!escape || (label.converter && g_str_has_prefix(label.converter, "ISO_2022"))))
			return reading;
		if (!ascii && !bad && !takes_any_bytes(label))
			return reading;
		if (label.family == CHARSET_UTF8 && bad && is_damaged_utf8(in))
			return reading;
		declared = true;
		break;
	default:
		break;
	}
	enum { SOME = 4, MANY = 8 };
	enum charset_family guess = charset_guess(in, &name, &certain);
	if (!declared) {
		reading.label = (struct charset_label){ guess, 0, guess == CHARSET_OTHER ? "windows-1252" : NULL, NULL };
		reading.doubtful = !certain;
		return reading;
	}
	if (guess == label.family || guess == CHARSET_OTHER || guess == CHARSET_ASCII)
		return reading;
	reading.doubtful = !certain;
	if (certain && !ascii && (label.family == CHARSET_OTHER ? !bad || guess != CHARSET_UTF8 : takes_any_bytes(label)))
		reading.doubtful = !is_plentiful(in, guess, label.family == CHARSET_SHIFT_JIS || is_single_byte(label.converter) ? SOME : MANY);
	if (reading.doubtful)
		return reading;
	reading.label = (struct charset_label){ guess, 0, NULL, NULL };
	reading.looks = name;
	return reading;
}

static int compare_problems(const void *a, const void *b)
{
	const struct charset_problem *one = a, *other = b;

	if (one->offset != other->offset)
		return one->offset < other->offset ? -1 : 1;
	if (one->length != other->length)
		return one->length < other->length ? -1 : 1;
	return one->kind < other->kind ? -1 : one->kind > other->kind;
}

/* Give problems [first, n), which are in the order of offset, their targets: one walk through the runs. */
static void place_targets(struct charset_output *output, size_t first)
{
	size_t run = 0;

	for (size_t i = first; i < output->n_problems; i++) {
		struct charset_problem *problem = &output->problems[i];
		while (run < output->map.n && output->map.runs[run].src + output->map.runs[run].src_len <= problem->offset)
			run++;
		if (run == output->map.n) {
			problem->target = output->n;
			continue;
		}
		const struct map_run *r = &output->map.runs[run];
		problem->target = r->dst;
		if (r->kind == MAP_BLOCKS && problem->offset > r->src)
			problem->target += (problem->offset - r->src) / r->src_unit * r->dst_unit;
	}
}

static void find_stripped(struct charset_output *output, struct span in)
{
	size_t first = output->n_problems, at = 0, skip[2] = { 0, 0 };
	struct range found;
	uint32_t character = 0;

	if (in.n == 0 || memchr(in.p, ESC, in.n))
		return;
	while (jis_find_stripped(in, &at, skip, &found, &character))
		charset_output_problem(output, CHARSET_PROBLEM_JIS_ESC_STRIPPED, character, found.start, found.end - found.start);
	place_targets(output, first);
}

/* The 8-bit bytes of a text that was declared ISO-2022-JP and read as something else. */
static void find_eight_bit(struct charset_output *output, struct span in)
{
	size_t first = output->n_problems;

	for (size_t at = ascii_end(in, 0), end; at < in.n; at = ascii_end(in, end)) {
		for (end = at; end < in.n && (unsigned char)in.p[end] >= 0x80;)
			end++;
		charset_output_problem(output, CHARSET_PROBLEM_JIS_8BIT, 0, at, end - at);
		output->n_illegal += end - at;
	}
	place_targets(output, first);
}

/* Text that every converter of Windows 125x and of ISO 8859-1 leaves as it stands. ICU names the first ibm-5346 to ibm-5354. */
static bool is_plain_ascii(const char *converter, struct span in)
{
	if (!converter || !(strcmp(converter, "ISO-8859-1") == 0 || g_str_has_prefix(converter, "ibm-534") || g_str_has_prefix(converter, "ibm-535")))
		return false;
	for (size_t i = 0; i < in.n; i++)
		if (((unsigned char)in.p[i] < ' ' && in.p[i] != '\n' && in.p[i] != '\r' && in.p[i] != '\t') || (unsigned char)in.p[i] >= 0x7F)
			return false;
	return true;
}

/* Decode all of in; *same_out: the UTF-8 is the source, byte for byte. The family it was read as. */
static enum charset_family decode_as(struct charset_output *output, struct span in, struct charset_label label, bool *same_out, bool *larger_set_out)
{
	*same_out = *larger_set_out = false;
	switch (label.family) {
	case CHARSET_ISO_2022_JP:
		charset_output_reserve(output, in.n + in.n / 2);
		jis_decode(output, in, label.flags & CHARSET_LABEL_EXTENDED_JIS);
		break;
	case CHARSET_SHIFT_JIS:
	case CHARSET_EUC_JP:
		charset_output_reserve(output, in.n + in.n / 2);
		decode_double_byte(output, in, label.family);
		break;
	case CHARSET_OTHER:
		if (is_plain_ascii(label.converter, in)) {
			*same_out = true;
			map_add_copied(&output->map, 0, in.n);
			output->n = in.n;
			break;
		}
		charset_output_reserve(output, in.n + in.n / 4);
		if (!decode_with_icu(output, in, label.converter)) {
			charset_output_release(output);
			charset_output_init(output, in.n);
			decode_utf8(output, in);
			return CHARSET_UTF8;
		}
		if (output->n_illegal)
			*larger_set_out = read_larger_set(output, in, label.converter);
		break;
	default: {
		size_t n_multibyte = 0, bad = 0;
		*same_out = utf8_good_end(in, 0, &n_multibyte, &bad) == in.n;
		if (*same_out) {
			map_add_copied(&output->map, 0, in.n);
			output->n = in.n;
		} else {
			decode_utf8(output, in);
		}
		break;
	}
	}
	return label.family;
}

/* So many wrong bytes that a word may be lost among them: French under the name of UTF-8 has one in a hundred. */
static bool is_riddled(size_t n_illegal, size_t n_bytes)
{
	return n_illegal >= 3 && n_illegal >= n_bytes / 100;
}

struct charset_result charset_decode(struct arena *arena, struct charset_label label, const struct text *source)
{
	struct span in = source->bytes;
	struct reading reading = choose(label, in, false);
	struct charset_output output;
	bool same = false, larger_set = false;

	charset_output_init(&output, 0);
	enum charset_family family = decode_as(&output, in, reading.label, &same, &larger_set);
	if (output.n_illegal && !reading.looks) {
		reading = choose(label, in, true);
		if (reading.looks) {
			charset_output_release(&output);
			charset_output_init(&output, 0);
			family = decode_as(&output, in, reading.label, &same, &larger_set);
		}
	}
	size_t n_found = output.n_problems;
	if (label.family == CHARSET_ISO_2022_JP && family != CHARSET_ISO_2022_JP)
		find_eight_bit(&output, in);
	size_t n_whole = output.n_problems;
	find_stripped(&output, in);
	bool stripped = output.n_problems > n_whole;
	if (output.n_problems > 1 && (output.n_problems > n_found || family == CHARSET_ISO_2022_JP))
		qsort(output.problems, output.n_problems, sizeof *output.problems, compare_problems);

	struct charset_result result = {
		.decoded_as = family,
		.looks = reading.looks,
		.doubtful = reading.doubtful || stripped || (!reading.looks && is_riddled(output.n_illegal, in.n)),
		.n_problems = output.n_problems,
		.n_dropped = output.n_dropped,
		.n_illegal = output.n_illegal,
		.larger_set = larger_set,
		.problems = ARENA_ARRAY(arena, struct charset_problem, output.n_problems + 1),
	};
	if (output.n_problems)
		memcpy(result.problems, output.problems, output.n_problems * sizeof *output.problems);
	struct span bytes = same ? in : arena_copy_span(arena, span_of(output.bytes, output.n));
	result.text = text_new(arena, bytes, map_builder_finish(&output.map, arena), source);
	charset_output_release(&output);
	return result;
}
