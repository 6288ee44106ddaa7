/* Content transfer encodings, decoded with a map. Source: RFC 2045, sections 6.7 and 6.8. */
#ifndef PRESEND_MAIL_TRANSFER_H
#define PRESEND_MAIL_TRANSFER_H

#include "base/arena.h"
#include "base/map.h"

enum transfer_problem_kind {
	TRANSFER_PROBLEM_LINE_LONG,       /* an encoded line of more than 76 characters; the first one only, count in n_long_lines */
	TRANSFER_PROBLEM_BAD_CHARACTER,   /* base64: outside the alphabet; QP: a byte that may not stand there raw (8-bit, control) */
	TRANSFER_PROBLEM_BAD_PADDING,     /* base64: '=' in the middle, or a length that is no multiple of 4 */
	TRANSFER_PROBLEM_BAD_ESCAPE,      /* QP: '=' not followed by two hexadecimal digits or a line end */
	TRANSFER_PROBLEM_LOWER_CASE,      /* QP: '=e3'; the first one only */
	TRANSFER_PROBLEM_TRAILING_BLANK   /* QP: white space before a line end; the first one only */
};

struct transfer_problem {
	enum transfer_problem_kind kind;
	size_t offset, length; /* in the file */
};

struct transfer_result {
	struct text *text; /* decoded bytes; the source is file */
	struct transfer_problem *problems;
	size_t n_problems, n_dropped; /* at most 100 are kept */
	size_t n_long_lines, n_bad;
};

/* file: the root text (the whole file). body: the range of the encoded body in it. Never fails: bad characters are skipped
 * (base64) or kept as text (QP) and noted. Base64 goes on behind a padding in the middle. */
struct transfer_result transfer_decode_base64(struct arena *arena, const struct text *file, struct range body);
struct transfer_result transfer_decode_qp(struct arena *arena, const struct text *file, struct range body);
/* 7bit, 8bit, binary: the bytes as they are. */
struct transfer_result transfer_decode_identity(struct arena *arena, const struct text *file, struct range body);

#endif
