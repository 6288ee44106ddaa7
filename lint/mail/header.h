/* Header blocks and fields as they stand in the file, and their decoded values.
 * Sources: RFC 5322, section 2.2; RFC 2047; RFC 2231, section 5. */
#ifndef PRESEND_MAIL_HEADER_H
#define PRESEND_MAIL_HEADER_H

#include "base/arena.h"
#include "base/map.h"

enum encoded_word_flag {
	EW_TOO_LONG = 1 << 0,        /* more than 75 characters */
	EW_BAD_CHARSET = 1 << 1,     /* empty, unknown or unusable charset */
	EW_BAD_ENCODING = 1 << 2,    /* neither B nor Q */
	EW_BAD_BASE64 = 1 << 3,      /* padding in the middle, extra '=', wrong length, foreign character */
	EW_BAD_Q = 1 << 4,           /* '=' without two hexadecimal digits */
	EW_SPACE_INSIDE = 1 << 5,    /* a blank between =? and ?= */
	EW_FOLD_INSIDE = 1 << 6,     /* a line end between =? and ?= */
	EW_SPLIT_CHAR = 1 << 7,      /* begins or ends inside a character of its charset */
	EW_STATE_OPEN = 1 << 8,      /* ISO-2022-JP: does not end in ASCII, or starts in the two-byte set of the word before */
	EW_GLUED_BEFORE = 1 << 9,    /* touched by a character that is no white space (nor '(' or, in address fields, ,;<>:") before it */
	EW_GLUED_AFTER = 1 << 10,
	EW_IN_QUOTED_STRING = 1 << 11, /* between double quotes of a structured field */
	EW_IN_ADDRESS = 1 << 12,     /* part of an addr-spec or of <...> */
	EW_MISPLACED = 1 << 13,      /* in a field where none may stand (Message-ID, Date, MIME parameters, List-* URIs, Received ...) */
	EW_CONTROL = 1 << 14,        /* decodes to CR, LF, NUL, ESC or another control character */
	EW_UNTERMINATED = 1 << 15,   /* =?charset?X? without ?= before the field ends */
	EW_ASCII_ONLY = 1 << 16,     /* decodes to printable ASCII that needs no encoding */
	EW_UNDECODABLE = 1 << 17,    /* some bytes are not in the declared charset */
	EW_JIS_Q = 1 << 18,          /* ISO-2022-JP in Q */
	EW_UNREGISTERED_CHARSET = 1 << 19, /* understood, but not an IANA name */
	EW_MACHINE_DEPENDENT = 1 << 20,    /* ISO-2022-JP or Shift_JIS with NEC or IBM characters, or ESC ( I */
	EW_REDUNDANT_ESCAPE = 1 << 21      /* ISO-2022-JP: two escapes with no character between them */
};

struct encoded_word {
	size_t start, end;        /* in the file, from "=?" to behind "?=" */
	unsigned flags;           /* enum encoded_word_flag */
	struct span charset;      /* as written, without the RFC 2231 language */
	char encoding;            /* 'B' or 'Q', 0 where neither */
	struct range value;       /* in field.value */
	uint32_t control;         /* the first control character for EW_CONTROL */
	const char *looks;        /* the charset that its bytes evidently are in instead; NULL where its label may be right; static */
};

enum field_flag {
	FIELD_NO_COLON = 1 << 0,         /* a line that is no field and no continuation */
	FIELD_BAD_NAME = 1 << 1,         /* a byte outside 33..126 in the name */
	FIELD_SPACE_BEFORE_COLON = 1 << 2,
	FIELD_BLANK_CONTINUATION = 1 << 3, /* a continuation line of white space only */
	FIELD_RAW_8BIT = 1 << 4,         /* a byte >= 80 in the value */
	FIELD_RAW_UTF8 = 1 << 5,         /* ... and the value is valid UTF-8 */
	FIELD_RAW_JIS = 1 << 6,          /* ESC $ or ESC ( in the value */
	FIELD_NUL = 1 << 7,
	FIELD_CONTROL = 1 << 8,          /* a control character other than TAB (and ESC of JIS) */
	FIELD_BARE_CR = 1 << 9,          /* a CR that is no part of CRLF; where a block has no LF at all, CR ends its lines */
	FIELD_TOO_LONG = 1 << 10         /* only the first FIELD_READ_MAX bytes of the value are unfolded, decoded and parsed */
};

/* A folded line costs 30 times its size in map runs, so hostile blocks have a limit; 10,000 recipients fit. Bytes. */
enum { FIELD_READ_MAX = 1024 * 1024, HEADER_READ_MAX = 4 * 1024 * 1024 };

enum field_kind {
	FIELD_UNSTRUCTURED, /* Subject, Comments, X-...: encoded words anywhere */
	FIELD_ADDRESS,      /* From, Sender, To, Cc, Bcc, Reply-To, Resent-*, Disposition-Notification-To, Return-Receipt-To */
	FIELD_MIME,         /* Content-Type, Content-Disposition: encoded words are parameter values, wrongly */
	FIELD_PHRASE_ID,    /* List-Id: phrase, then <id> */
	FIELD_STRICT        /* no encoded word at all: Message-ID, References, Date, Received, List-Unsubscribe ... */
};

struct field {
	struct span name;         /* as written, without blanks before the colon; empty for FIELD_NO_COLON */
	size_t start, end;        /* in the file: first byte of the name to behind the last line end */
	size_t value_start;       /* behind the colon */
	size_t value_end;         /* before the last line end */
	unsigned flags;           /* enum field_flag */
	enum field_kind kind;
	struct text *unfolded;    /* line ends removed (RFC 5322, section 2.2.3), ends trimmed, nothing decoded; source: file */
	struct text *value;       /* unfolded and RFC 2047-decoded to UTF-8 with white space between words dropped; source: file */
	struct encoded_word *words;
	size_t n_words;
	/* Raw 8-bit and raw JIS bytes are decoded by charset_guess(), so that value is readable. */
};

struct header {
	size_t start, end;        /* in the file: the block with the empty line that ends it, if there is one */
	size_t fields_end;        /* offset of that empty line (of end, where there is none): where a missing field is reported */
	bool terminated;          /* an empty line ends the block */
	struct field *fields;
	size_t n;
	bool too_many;            /* LIMIT_HEADER_FIELDS or HEADER_READ_MAX reached: the fields behind are not listed */
};

/* Scan the header block that starts at start; never goes beyond limit. A line that is neither field nor continuation becomes
 * a field with FIELD_NO_COLON.
 * Never fails. Cost linear. */
struct header header_scan(struct arena *arena, const struct text *file, size_t start, size_t limit);

/* Where reading the value ends: value_end, or earlier with FIELD_TOO_LONG. */
size_t field_read_end(const struct field *field);
/* The field_kind of a name, without regard to case. */
enum field_kind field_kind_of(struct span name);
/* First field of that name, without regard to case; NULL. */
const struct field *header_find(const struct header *header, const char *name);
/* The next one behind field. */
const struct field *header_find_next(const struct header *header, const struct field *field);
/* Where the value stands in the file, without the white space at its ends; behind the colon where there is none. */
struct range header_value_range(struct span file, const struct field *field);
size_t header_count(const struct header *header, const char *name);

/* Decode the encoded words of any stretch of the file, as header_scan() does for a field value: for display names, comments,
 * parameter values. Returns the decoded text (source: file). words_out, n_out may be NULL. */
struct text *encoded_words_decode(struct arena *arena, const struct text *file, struct range stretch, enum field_kind kind,
				  struct encoded_word **words_out, size_t *n_out);

#endif
