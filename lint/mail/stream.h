/* A file or standard input, read line by line in a fixed amount of memory; gzip is unpacked on the way (by GIO, zlib). */
#ifndef PRESEND_MAIL_STREAM_H
#define PRESEND_MAIL_STREAM_H

#include <glib.h>

#include "base/span.h"

struct stream;

/* path "-": standard input. NULL and *error (the reason alone) where it cannot be opened. */
struct stream *stream_open(const char *path, GError **error);
void stream_close(struct stream *stream);
/* What comes next, up to 64 KiB of it, without taking it. Valid until the next call. */
struct span stream_peek(struct stream *stream);
/* Take so many of them. */
void stream_skip(struct stream *stream, size_t n);
/* The next line without its end; a longer one than 64 KiB comes in pieces. false at the end. Valid until the next call. */
bool stream_line(struct stream *stream, struct span *line);
/* Everything that is left, LIMIT_INPUT_BYTES at most; *cut where there is more. g_byte_array_unref() it. */
GByteArray *stream_rest(struct stream *stream, bool *cut);
/* False where reading failed, or a gzip file is damaged: what came before is good. */
bool stream_is_whole(const struct stream *stream);

#endif
