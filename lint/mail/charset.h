/* Any charset to UTF-8, with a map and a list of what was wrong. Uses ICU; ISO-2022-JP by a segmenter of our own.
 * Sources: RFC 1468 (ISO-2022-JP), RFC 2237, RFC 1554, IANA CP50220 registration; RFC 3629 (UTF-8). */
#ifndef PRESEND_MAIL_CHARSET_H
#define PRESEND_MAIL_CHARSET_H

#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"

enum charset_family {
	CHARSET_NONE,        /* no label given */
	CHARSET_ASCII,
	CHARSET_UTF8,
	CHARSET_ISO_2022_JP, /* and its relatives, by the segmenter */
	CHARSET_SHIFT_JIS,   /* and Windows-31J: ibm-943_P15A-2003 */
	CHARSET_EUC_JP,      /* euc-jp-2007 */
	CHARSET_OTHER,       /* any other charset that ICU knows */
	CHARSET_FORBIDDEN,   /* utf-7, utf-16, utf-32, binary ...: not usable in mail text; not decoded as such */
	CHARSET_UNKNOWN      /* a label that nobody knows */
};

/* Remarks about the label itself. */
enum charset_label_flag {
	CHARSET_LABEL_UNREGISTERED = 1, /* understood here, but not an IANA name: iso2022jp, x-sjis, utf8, cp932 */
	CHARSET_LABEL_EXTENDED_JIS = 2, /* ISO-2022-JP relative that many readers do not know: cp50220, iso-2022-jp-ms, -1, -2 */
	CHARSET_LABEL_UNUSABLE = 4      /* iso-2022-jp-3, -2004, shift_jisx0213: nobody can read it */
};

struct charset_label {
	enum charset_family family;
	unsigned flags;           /* enum charset_label_flag */
	const char *converter;    /* ICU converter name; NULL where the segmenter or nothing is used; static */
	const char *suggested;    /* the IANA name to write instead, NULL where the label is right; static */
};

enum charset_problem_kind {
	CHARSET_PROBLEM_ILLEGAL,          /* bytes that cannot be in this charset: U+FFFD each */
	CHARSET_PROBLEM_UNASSIGNED,       /* well-formed code with no character (JIS pair or other) */
	CHARSET_PROBLEM_JIS_EOL,          /* line ends outside ASCII and JIS X 0201 Roman */
	CHARSET_PROBLEM_JIS_END,          /* text ends outside ASCII */
	CHARSET_PROBLEM_JIS_ODD_BYTE,     /* one byte of a two-byte character left alone */
	CHARSET_PROBLEM_JIS_8BIT,         /* byte 80..FF */
	CHARSET_PROBLEM_JIS_SHIFT,        /* SO or SI */
	CHARSET_PROBLEM_JIS_KANA_ESCAPE,  /* ESC ( I */
	CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE,
	CHARSET_PROBLEM_JIS_FOREIGN_SET,  /* JIS X 0212, JIS X 0213, GB 2312, KS C 5601 under a label without them */
	CHARSET_PROBLEM_JIS_REDUNDANT_ESCAPE,
	CHARSET_PROBLEM_JIS_SPACE,        /* 20 inside a two-byte run */
	CHARSET_PROBLEM_JIS_ESC_STRIPPED, /* $B ... (B with no ESC */
	CHARSET_PROBLEM_NEC_ROW13,        /* machine-dependent characters, by where they stand in the code */
	CHARSET_PROBLEM_NEC_SELECTED,
	CHARSET_PROBLEM_IBM_EXTENSION,
	CHARSET_PROBLEM_USER_DEFINED,
	CHARSET_PROBLEM_HALF_WIDTH_KANA   /* JIS X 0201 katakana as 8-bit bytes under Shift_JIS or 8E under EUC-JP: no fault there, noted */
};

struct charset_problem {
	enum charset_problem_kind kind;
	uint32_t code_point;   /* the character it became, 0 where none */
	size_t offset, length; /* in the bytes that were decoded */
	size_t target;         /* UTF-8 offset of the result (or of the next character) */
};

struct charset_result {
	struct text *text;     /* UTF-8; source is the text given */
	enum charset_family decoded_as;
	const char *looks;     /* the charset that the text evidently is in instead of the one its label names, and was read as; NULL where the
	                        * label may be right or names none; static */
	bool doubtful;         /* may not have been read rightly: words that are not found in it may be there all the same */
	struct charset_problem *problems; /* in the order of offset */
	size_t n_problems, n_dropped;     /* n_dropped: more than were kept (CHARSET_MAX_PROBLEMS) */
	size_t n_illegal;                 /* all illegal and unassigned ones, odd bytes and 8-bit bytes of ISO-2022-JP, kept or not */
	bool larger_set;                  /* text was read by the larger set that mail programs take the label for (GB 18030 for gb2312),
	                                   * because all of it is in that one; problems are those of the set that the label names */
};

enum { CHARSET_MAX_PROBLEMS = 2000 };

/* Read a label: case, blanks and quotes do not matter. Never fails. */
struct charset_label charset_label_parse(struct span label);

/* Decode bytes (the whole of source->bytes) as the family and converter of the label say. CHARSET_NONE, _ASCII, _UNKNOWN and
 * _FORBIDDEN are decoded as charset_guess() finds. Evident lies are seen through, too: text that is not in the charset of its label and
 * that charset_guess() is certain of, raw ISO-2022-JP under any label, and UTF-8, Shift_JIS and EUC-JP under the name of a single-byte
 * charset where there is enough of it; looks names the charset then and problems are those of that one (under ISO-2022-JP each 8-bit byte still
 * counts in n_illegal). CHARSET_PROBLEM_JIS_ESC_STRIPPED is looked for under every label. Problems of neighbouring
 * bytes are one for _JIS_8BIT, _JIS_SPACE and _HALF_WIDTH_KANA. The result's map leads to source. Never fails. Cost linear.
 * Any thread may call it: the only static data are conversion tables that are filled once and constant from then on. */
struct charset_result charset_decode(struct arena *arena, struct charset_label label, const struct text *source);

/* Strict trial decoding (ISO-2022-JP, UTF-8, EUC-JP, Shift_JIS, else windows-1252); a few damaged places in a long text are
 * forgiven at the end. certain_out: false where only a share of hiragana, kanji without kana, a forgiven place or nothing
 * decided. ASCII bytes give CHARSET_ASCII. name_out: a label to print; static. */
enum charset_family charset_guess(struct span bytes, const char **name_out, bool *certain_out);

/* UTF-8 in the bytes of a charset, beginning and ending in its first state. False where a character is not in it exactly (no look-alikes), or where the
 * label names no charset that mail can be written in; a label without a charset takes ASCII only. out lives in the arena. */
bool charset_encode(struct arena *arena, struct charset_label label, struct span utf8, struct span *out);
/* The same for words that are written new: in ISO-2022-JP only what RFC 1468 has. What stands there already, ICU writes back as it was read. */
bool charset_encode_new(struct arena *arena, struct charset_label label, struct span utf8, struct span *out);

/* Where a character would stand in Japanese legacy charsets; for drafts that will be sent in ISO-2022-JP or Shift_JIS. */
enum jis_class {
	JIS_ASCII,
	JIS_X_0208,
	JIS_NEC_ROW13,
	JIS_IBM,          /* NEC-selected and IBM extension */
	JIS_HALF_WIDTH,   /* half-width katakana */
	JIS_USER_DEFINED, /* private use */
	JIS_IGNORABLE,    /* default-ignorable: encoders drop it silently */
	JIS_NONE          /* not representable */
};
struct jis_encoder;
/* One per worker; NULL where ICU has no such converter. */
struct jis_encoder *jis_encoder_new(void);
void jis_encoder_free(struct jis_encoder *encoder);
enum jis_class jis_classify(struct jis_encoder *encoder, uint32_t code_point);

/* A replacement for a machine-dependent character as UTF-8: "(1)" for U+2460, "(株)" for U+3231, "高" for U+9AD9; NULL where
 * there is none. certain_out: false where it is only advice (a variant in a name). Static. */
const char *machine_dependent_replacement(uint32_t code_point, bool *certain_out);

#endif
