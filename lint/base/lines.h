/* Lines of the raw file: byte offset to line and column. */
#ifndef PRESEND_BASE_LINES_H
#define PRESEND_BASE_LINES_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

struct line_index {
	struct span file;
	const uint32_t *starts; /* offset of the first byte of each line */
	size_t n;               /* at least 1 */
};

struct position {
	size_t offset; /* bytes from the start of the file, 0-based */
	size_t line;   /* 1-based; CRLF, LF and a lone CR each end a line */
	size_t column; /* 1-based; code points where the raw line is valid UTF-8, else bytes */
	size_t byte_column; /* 1-based; bytes */
};

/* Index the lines of a file; the file must live as long as the index. */
struct line_index line_index_new(struct arena *arena, struct span file);
/* How many line ends it finds: LF, CRLF, or a CR alone. */
size_t line_ends_count(struct span file);
/* The position of a byte offset, clamped to the file's length. */
struct position line_position(const struct line_index *index, size_t offset);
/* The bytes of a line (1-based) without its line end. */
struct span line_bytes(const struct line_index *index, size_t line);

#endif
