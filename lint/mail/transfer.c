/* Content transfer encodings: base64 and quoted-printable to bytes, with a map and what was wrong.
 * Looks at bytes only; knows nothing of charsets or MIME parts. */
#include "mail/transfer.h"

#include <glib.h>

enum { PROBLEMS_MAX = 100, LINE_MAX_CHARACTERS = 76 };

/* A decoder at work. */
struct decoder {
	struct arena *arena;
	const char *p;   /* the file */
	size_t end;      /* of the body, in the file */
	char line_end;   /* LF; CR where the body has no LF at all */
	char *out;
	size_t n_out;
	struct map_builder map;
	struct transfer_result result;
	unsigned seen;   /* bit per enum transfer_problem_kind of which only the first is kept */
};

static void problem(struct decoder *d, enum transfer_problem_kind kind, size_t offset, size_t length)
{
	if (d->result.n_problems == PROBLEMS_MAX) {
		d->result.n_dropped++;
		return;
	}
	if (!d->result.problems)
		d->result.problems = ARENA_ARRAY(d->arena, struct transfer_problem, PROBLEMS_MAX);
	d->result.problems[d->result.n_problems++] = (struct transfer_problem){ kind, offset, length };
}

static void problem_once(struct decoder *d, enum transfer_problem_kind kind, size_t offset, size_t length)
{
	if (!(d->seen & 1u << kind))
		problem(d, kind, offset, length);
	d->seen |= 1u << kind;
}

static void bad(struct decoder *d, enum transfer_problem_kind kind, size_t offset, size_t length)
{
	d->result.n_bad++;
	problem(d, kind, offset, length);
}

/* body clamped to the file. */
static struct range clamp(const struct text *file, struct range body)
{
	if (body.end > file->bytes.n)
		body.end = file->bytes.n;
	if (body.start > body.end)
		body.start = body.end;
	return body;
}

static struct decoder decoder_new(struct arena *arena, const struct text *file, struct range body, size_t out_max_bytes)
{
	struct decoder d = { .arena = arena, .p = file->bytes.p, .end = body.end };

	d.line_end = body.end > body.start && memchr(d.p + body.start, '\n', body.end - body.start) ? '\n' : '\r';
	map_builder_init(&d.map);
	d.out = arena_alloc(arena, out_max_bytes + 1);
	return d;
}

static struct transfer_result decoder_finish(struct decoder *d, const struct text *file)
{
	d->result.text = text_new(d->arena, span_of(d->out, d->n_out), map_builder_finish(&d->map, d->arena), file);
	return d->result;
}

/* The end of the line that starts at at, without and (next_out) with its line end. */
static size_t line_end(const struct decoder *d, size_t at, size_t *next_out)
{
	const char *found = memchr(d->p + at, d->line_end, d->end - at);
	size_t end = found ? (size_t)(found - d->p) : d->end;

	*next_out = found ? end + 1 : end;
	return found && d->line_end == '\n' && end > at && d->p[end - 1] == '\r' ? end - 1 : end;
}

static void check_line_length(struct decoder *d, size_t start, size_t end)
{
	if (end - start <= LINE_MAX_CHARACTERS)
		return;
	d->result.n_long_lines++;
	problem_once(d, TRANSFER_PROBLEM_LINE_LONG, start, end - start);
}

/* --- base64 --- */

/* Value + 1 of the characters of the alphabet (RFC 4648, section 4), 0 for all others. */
static const unsigned char base64_values[256] = {
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0, 63,  0,  0,  0, 64,
	53, 54, 55, 56, 57, 58, 59, 60, 61, 62,  0,  0,  0,  0,  0,  0,
	 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,  0,  0,  0,  0,  0,
	 0, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41,
	42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,  0,  0,  0,  0,  0,
};

/* Up to four characters that make three bytes; they may lie on several lines. */
struct quantum {
	unsigned char value[4];
	size_t at[4];
	unsigned n;
	unsigned padding_wanted, padding_seen; /* of the last quantum, if it was cut short by '=' */
	size_t padding_at;
};

static unsigned value_of(const struct decoder *d, size_t at)
{
	return base64_values[(unsigned char)d->p[at]];
}

/* Write the bytes of the characters collected so far: one less than there are. */
static void quantum_flush(struct decoder *d, struct quantum *q)
{
	unsigned n_bytes = q->n - 1;
	bool together = q->at[q->n - 1] - q->at[0] == q->n - 1;
	unsigned char *out = (unsigned char *)d->out + d->n_out;

	out[0] = (unsigned char)(q->value[0] << 2 | q->value[1] >> 4);
	if (n_bytes > 1)
		out[1] = (unsigned char)(q->value[1] << 4 | q->value[2] >> 2);
	if (n_bytes > 2)
		out[2] = (unsigned char)(q->value[2] << 6 | q->value[3]);
	d->n_out += n_bytes;
	if (together) {
		map_add_base64(&d->map, q->at[0], q->n, n_bytes);
	} else {
		/* Byte i has bits of characters i and i + 1; what lies between them belongs to it. */
		for (unsigned i = 0; i < n_bytes; i++)
			map_add_block(&d->map, q->at[i], q->at[i + 1] + 1 - q->at[i], 1);
	}
	q->n = 0;
}

static void padding(struct decoder *d, struct quantum *q, size_t at)
{
	if (q->n >= 2) {
		q->padding_wanted = 4 - q->n;
		q->padding_seen = 1;
		q->padding_at = at;
		quantum_flush(d, q);
	} else if (q->n == 0 && q->padding_seen < q->padding_wanted) {
		q->padding_seen++;
	} else {
		/* Nothing to pad, or six bits that make no byte. */
		bad(d, TRANSFER_PROBLEM_BAD_PADDING, at, 1);
		if (q->n == 1)
			map_add_removed(&d->map, q->at[0], 1);
		q->n = 0;
	}
	map_add_removed(&d->map, at, 1);
}

/* Characters of the alphabet in [at, end). */
static void base64_stretch(struct decoder *d, struct quantum *q, size_t at, size_t end)
{
	if (q->padding_wanted) {
		bad(d, TRANSFER_PROBLEM_BAD_PADDING, q->padding_at, 1);
		q->padding_wanted = q->padding_seen = 0;
	}
	while (at < end) {
		if (q->n == 0 && end - at >= 4) {
			size_t n_whole = (end - at) / 4;
			const unsigned char *in = (const unsigned char *)d->p + at;
			unsigned char *out = (unsigned char *)d->out + d->n_out;
			for (size_t i = 0; i < n_whole; i++, in += 4, out += 3) {
				unsigned bits = (base64_values[in[0]] - 1u) << 18 | (base64_values[in[1]] - 1u) << 12 |
						(base64_values[in[2]] - 1u) << 6 | (base64_values[in[3]] - 1u);
				out[0] = (unsigned char)(bits >> 16);
				out[1] = (unsigned char)(bits >> 8);
				out[2] = (unsigned char)bits;
			}
			map_add_base64(&d->map, at, n_whole * 4, n_whole * 3);
			d->n_out += n_whole * 3;
			at += n_whole * 4;
			continue;
		}
		q->value[q->n] = (unsigned char)(value_of(d, at) - 1);
		q->at[q->n++] = at++;
		if (q->n == 4)
			quantum_flush(d, q);
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* One line without its line end. */
static void base64_line(struct decoder *d, struct quantum *q, size_t at, size_t end)
{
	while (at < end) {
		size_t stop = at;
		while (stop < end && value_of(d, stop))
			stop++;
		if (stop > at) {
			base64_stretch(d, q, at, stop);
			at = stop;
			continue;
		}
		if (d->p[at] == '=') {
			padding(d, q, at++);
			continue;
		}
		bool blank = is_blank(d->p[at]);
		while (stop < end && !value_of(d, stop) && d->p[stop] != '=' && is_blank(d->p[stop]) == blank)
			stop++;
		if (!blank)
			bad(d, TRANSFER_PROBLEM_BAD_CHARACTER, at, stop - at);
		/* Inside a quantum the gap belongs to the byte around it. */
		if (q->n == 0)
			map_add_removed(&d->map, at, stop - at);
		at = stop;
	}
}

struct transfer_result transfer_decode_base64(struct arena *arena, const struct text *file, struct range body)
{
	body = clamp(file, body);
	struct decoder decoder = decoder_new(arena, file, body, (body.end - body.start) / 4 * 3 + 3), *d = &decoder;
	struct quantum q = { .n = 0 };

	for (size_t at = body.start, next; at < body.end; at = next) {
		size_t end = line_end(d, at, &next);
		check_line_length(d, at, end);
		base64_line(d, &q, at, end);
		if (q.n == 0)
			map_add_removed(&d->map, end, next - end);
	}
	if (q.n) {
		/* The length is no multiple of 4. One character alone has only six bits: it is lost. */
		size_t first = q.at[0], behind = q.at[q.n - 1] + 1;
		bad(d, TRANSFER_PROBLEM_BAD_PADDING, first, behind - first);
		if (q.n > 1)
			quantum_flush(d, &q);
		else
			behind = first;
		map_add_removed(&d->map, behind, body.end - behind);
	} else if (q.padding_seen < q.padding_wanted) {
		bad(d, TRANSFER_PROBLEM_BAD_PADDING, q.padding_at, 1);
	}
	return decoder_finish(d, file);
}

/* --- quoted-printable --- */

static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7F) || c == '\t';
}

/* [at, end) copied as it is; what should not stand there is noted. */
static void qp_copy(struct decoder *d, size_t at, size_t end)
{
	unsigned odd = 0;

	if (end == at)
		return;
	for (size_t i = at; i < end; i++)
		odd |= !is_plain((unsigned char)d->p[i]);
	for (size_t i = at, stop; odd && i < end; i = stop) {
		for (stop = i; stop < end && !is_plain((unsigned char)d->p[stop]);)
			stop++;
		if (stop > i)
			bad(d, TRANSFER_PROBLEM_BAD_CHARACTER, i, stop - i);
		while (stop < end && is_plain((unsigned char)d->p[stop]))
			stop++;
	}
	memcpy(d->out + d->n_out, d->p + at, end - at);
	d->n_out += end - at;
	map_add_copied(&d->map, at, end - at);
}

/* At '=' with more behind it on the line. Returns how many bytes were used. */
static size_t qp_escape(struct decoder *d, size_t at, size_t end)
{
	int high = ascii_hex_value(d->p[at + 1]), low = at + 2 < end ? ascii_hex_value(d->p[at + 2]) : -1;

	if (high < 0 || low < 0) {
		bad(d, TRANSFER_PROBLEM_BAD_ESCAPE, at, MIN(end - at, (size_t)3));
		d->out[d->n_out++] = '=';
		map_add_copied(&d->map, at, 1);
		return 1;
	}
	/* RFC 2045, section 6.7, rule (1): upper case only. */
	if (d->p[at + 1] >= 'a' || d->p[at + 2] >= 'a')
		problem_once(d, TRANSFER_PROBLEM_LOWER_CASE, at, 3);
	d->out[d->n_out++] = (char)(high << 4 | low);
	map_add_block(&d->map, at, 3, 1);
	return 3;
}

/* One line without its line end; true where the line goes on in the next one. removed_out: where what left nothing starts. */
static bool qp_line(struct decoder *d, size_t at, size_t end, size_t *removed_out)
{
	size_t trimmed = end;

	/* Rule (3): white space at the end of a line was added on the way. */
	while (trimmed > at && is_blank(d->p[trimmed - 1]))
		trimmed--;
	bool soft = trimmed > at && d->p[trimmed - 1] == '=';
	size_t stop = soft ? trimmed - 1 : trimmed;
	while (at < stop) {
		const char *next = memchr(d->p + at, '=', stop - at);
		size_t equals = next ? (size_t)(next - d->p) : stop;
		qp_copy(d, at, equals);
		at = equals;
		if (at < stop)
			at += at + 1 < stop ? qp_escape(d, at, stop) : qp_escape(d, at, trimmed);
	}
	if (trimmed < end)
		problem_once(d, TRANSFER_PROBLEM_TRAILING_BLANK, trimmed, end - trimmed);
	*removed_out = stop;
	return soft;
}

struct transfer_result transfer_decode_qp(struct arena *arena, const struct text *file, struct range body)
{
	body = clamp(file, body);
	struct decoder decoder = decoder_new(arena, file, body, body.end - body.start), *d = &decoder;

	for (size_t at = body.start, next; at < body.end; at = next) {
		size_t end = line_end(d, at, &next), removed;
		check_line_length(d, at, end);
		if (qp_line(d, at, end, &removed)) {
			map_add_removed(&d->map, removed, next - removed);
			continue;
		}
		map_add_removed(&d->map, removed, end - removed);
		if (next == end)
			continue;
		memcpy(d->out + d->n_out, d->p + end, next - end);
		d->n_out += next - end;
		map_add_copied(&d->map, end, next - end);
	}
	return decoder_finish(d, file);
}

/* --- none --- */

struct transfer_result transfer_decode_identity(struct arena *arena, const struct text *file, struct range body)
{
	struct map_builder map;
	struct transfer_result result = { 0 };

	body = clamp(file, body);
	map_builder_init(&map);
	map_add_copied(&map, body.start, body.end - body.start);
	result.text = text_new(arena, span_cut(file->bytes, body.start, body.end), map_builder_finish(&map, arena), file);
	return result;
}
