/* Reading in a fixed amount of memory. The decompressor is GIO's, as in archive.c. */
#include "mail/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

enum { STREAM_BYTES = 64 * 1024 };

struct stream {
	int descriptor;
	GConverter *converter;         /* NULL: plain */
	char *raw;                     /* of a compressed file: bytes as they stand there, [raw_start, raw_end) */
	size_t raw_start, raw_end;
	char *text;                    /* [start, end) is not taken yet */
	size_t start, end;
	bool raw_ended, ended, failed;
};

/* Read more of the file into a buffer; 0 at its end. */
static size_t read_some(struct stream *s, char *to, size_t n)
{
	ssize_t got;

	do
		got = read(s->descriptor, to, n);
	while (got < 0 && errno == EINTR);
	s->failed = s->failed || got < 0;
	return got > 0 ? (size_t)got : 0;
}

static void fill_compressed(struct stream *s)
{
	while (s->end < STREAM_BYTES && !s->ended) {
		gsize used = 0, made = 0;
		GError *error = NULL;

		if (s->raw_start == s->raw_end && !s->raw_ended) {
			s->raw_start = 0;
			s->raw_end = read_some(s, s->raw, STREAM_BYTES);
			s->raw_ended = s->raw_end == 0;
		}
		GConverterResult result = g_converter_convert(s->converter, s->raw + s->raw_start, s->raw_end - s->raw_start, s->text + s->end,
							      STREAM_BYTES - s->end, s->raw_ended ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS,
							      &used, &made, &error);
		s->raw_start += used;
		s->end += made;
		if (result == G_CONVERTER_ERROR) {
			/* A partial line of input asks for more; anything else is damage. */
			bool more = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) && !s->raw_ended;
			g_clear_error(&error);
			if (more && s->raw_start > 0 && s->raw_start < s->raw_end) {
				memmove(s->raw, s->raw + s->raw_start, s->raw_end - s->raw_start);
				s->raw_end -= s->raw_start;
				s->raw_start = 0;
			}
			if (more && s->raw_end < STREAM_BYTES) {
				size_t n = read_some(s, s->raw + s->raw_end, STREAM_BYTES - s->raw_end);
				s->raw_end += n;
				s->raw_ended = n == 0;
				continue;
			}
			s->failed = s->ended = true;
		} else if (result == G_CONVERTER_FINISHED) {
			/* Rotated logs are joined as they are: one gzip file behind the other. */
			if (s->raw_start == s->raw_end) {
				s->raw_start = 0;
				s->raw_end = read_some(s, s->raw, STREAM_BYTES);
			}
			if (s->raw_start == s->raw_end)
				s->ended = true;
			else
				g_converter_reset(s->converter);
		}
	}
}

/* Make room at the end of the buffer and fill it. */
static void fill(struct stream *s)
{
	if (s->start > 0) {
		memmove(s->text, s->text + s->start, s->end - s->start);
		s->end -= s->start;
		s->start = 0;
	}
	if (s->converter) {
		fill_compressed(s);
		return;
	}
	while (s->end < STREAM_BYTES && !s->ended) {
		size_t n = read_some(s, s->text + s->end, STREAM_BYTES - s->end);
		s->end += n;
		s->ended = n == 0;
	}
}

struct stream *stream_open(const char *path, GError **error)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int descriptor = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (descriptor >= 0 && !is_stdin && fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
		close(descriptor);
		descriptor = -1;
		errno = EISDIR;
	}
	if (descriptor < 0) {
		g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(errno), g_strerror(errno));
		return NULL;
	}
	struct stream *s = g_new0(struct stream, 1);
	s->descriptor = descriptor;
	s->text = g_malloc(STREAM_BYTES);
	fill(s);
	if (s->end > 2 && memcmp(s->text, "\x1F\x8B\x08", 3) == 0) {
		s->converter = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
		s->raw = s->text;
		s->raw_end = s->end;
		s->raw_ended = s->ended;
		s->text = g_malloc(STREAM_BYTES);
		s->start = s->end = 0;
		s->ended = false;
		fill(s);
	}
	return s;
}

void stream_close(struct stream *s)
{
	if (s->descriptor != STDIN_FILENO)
		close(s->descriptor);
	g_clear_object(&s->converter);
	g_free(s->raw);
	g_free(s->text);
	g_free(s);
}

struct span stream_peek(struct stream *s)
{
	if (s->end - s->start < STREAM_BYTES && !s->ended)
		fill(s);
	return span_of(s->text + s->start, s->end - s->start);
}

void stream_skip(struct stream *s, size_t n)
{
	s->start += MIN(n, s->end - s->start);
}

bool stream_line(struct stream *s, struct span *line)
{
	const char *end = memchr(s->text + s->start, '\n', s->end - s->start);

	if (!end && !s->ended) {
		fill(s);
		end = memchr(s->text + s->start, '\n', s->end - s->start);
	}
	if (s->start == s->end)
		return false;
	*line = span_of(s->text + s->start, end ? (size_t)(end - s->text) - s->start : s->end - s->start);
	s->start += line->n + (end != NULL);
	return true;
}

GByteArray *stream_rest(struct stream *s, bool *cut)
{
	GByteArray *all = g_byte_array_new();

	*cut = false;
	for (;;) {
		struct span part = stream_peek(s);
		size_t room = LIMIT_INPUT_BYTES - all->len, n = MIN(part.n, room);

		if (part.n == 0)
			return all;
		if (room == 0) {
			*cut = true;
			return all;
		}
		g_byte_array_append(all, (const guint8 *)part.p, (guint)n);
		s->start += n;
	}
}

bool stream_is_whole(const struct stream *s)
{
	return !s->failed;
}
