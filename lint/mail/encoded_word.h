/* Pieces that the readers of header fields share: stretches of raw text that must not be looked into, bytes that remember
 * where in the file they stood, and undoing quotes. Private to header.c, encoded_word.c, address.c, params.c and refold.c; everybody
 * else uses encoded_words_decode() of mail/header.h. */
#ifndef PRESEND_MAIL_ENCODED_WORD_H
#define PRESEND_MAIL_ENCODED_WORD_H

#include <glib.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "mail/charset.h"
#include "mail/header.h"

/* All lex_ functions look at s[at] with at < end <= s.n, and answer with the offset behind the piece; 0 where there is none. */

/* Length of the line end of a folded field at that place: CRLF, LF, or a CR before a blank; 0 where there is none. */
size_t lex_line_end(struct span s, size_t at, size_t end);
/* True where raw bytes must be stepped over as Shift_JIS pairs, whose second byte may be '\', '@' or '|'. */
bool raw_is_shift_jis(struct span raw);
/* A two-byte run of raw ISO-2022-JP with its escapes, a raw UTF-8 or 8-bit byte, a Shift_JIS pair. */
size_t lex_opaque(struct span s, size_t at, size_t end, bool shift_jis);
/* A quoted string: at is its opening quote. 0 also where it is never closed. */
size_t lex_quoted(struct span s, size_t at, size_t end, bool shift_jis);
/* A comment, with the comments inside it. 0 also where it is never closed. */
size_t lex_comment(struct span s, size_t at, size_t end, bool shift_jis);
/* An encoded word in B or Q without a blank in it. */
size_t lex_encoded_word(struct span s, size_t at, size_t end);

/* Decoded bytes, each with the range of the file that it was made from. */
struct located_bytes {
	char *bytes; /* g_malloc'd, as start and end */
	uint32_t *start, *end;
	size_t n, allocated;
};

void located_add(struct located_bytes *located, char byte, size_t start, size_t end);
void located_release(struct located_bytes *located);

/* Move a text that was put together into the arena; place: where in the file an empty one belongs. */
struct text *located_text(struct arena *arena, const struct text *file, const GString *out, struct map_builder *map, size_t place);

/* Receives each character of located_decode(): its first byte in located and its place in out. */
typedef void located_character(void *context, uint32_t character, size_t byte, size_t out_offset, size_t out_length);

/* Decode the bytes [from, to) as the label says, append the text to out and its runs to the map. cursor: the file offset up to
 * which the map is complete; what lies between it and a character becomes a removed run; NULL where pieces may come in any
 * order. The result's text is NULL and its problems are none where the bytes were UTF-8 or ASCII as declared. */
struct charset_result located_decode(struct arena *arena, struct charset_label label, const struct located_bytes *located,
				     size_t from, size_t to, GString *out, struct map_builder *map, size_t *cursor,
				     located_character *each, void *context);

/* What one word or segment looks like when it is taken alone. */
struct charset_edges {
	size_t head;    /* bytes that belong to a character begun before */
	size_t tail;    /* bytes of a character that does not end here */
	bool starts_open; /* ISO-2022-JP: begins in the two-byte set of the word before */
	bool ends_open; /* ISO-2022-JP: does not end in ASCII */
	bool two_byte;  /* ... but in a two-byte set */
};

/* before: the edges of the neighbour before, of the same charset; NULL where there is none. */
struct charset_edges charset_edges_of(struct charset_label label, struct span charset, struct span bytes,
				      const struct charset_edges *before);

/* A text without the quotes and backslashes of quoted strings, and trimmed. What came out of encoded words stays as it is.
 * decoded: made by encoded_words_decode() from file, with its words. Source of the result: file. */
struct text *text_unquote(struct arena *arena, const struct text *file, const struct text *decoded,
			  const struct encoded_word *words, size_t n_words);

#endif
