/* DKIM signatures: the tag list of each, and the hash of the body in canonical form.
 * Verifies no signature and looks nothing up. */
#include "mail/dkim.h"

#include <glib.h>

/* --- tag=value lists (RFC 6376, section 3.2) ----------------------------------------------------------------------------------- */

struct reader {
	struct arena *arena;
	struct span file;
	struct dkim_signature *signature;
	struct dkim_problem problems[DKIM_TAGS_MAX];
};

static void add_problem(struct reader *r, enum dkim_problem_kind kind, struct span tag, struct range range)
{
	if (r->signature->n_problems < DKIM_TAGS_MAX)
		r->problems[r->signature->n_problems++] = (struct dkim_problem){ kind, tag, range };
}

static struct range trimmed(struct span file, size_t start, size_t end)
{
	while (start < end && ascii_is_space(file.p[start]))
		start++;
	while (end > start && ascii_is_space(file.p[end - 1]))
		end--;
	return (struct range){ start, end };
}

static bool is_tag_name(struct span s)
{
	if (s.n == 0 || !ascii_is_alpha(s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

const struct dkim_tag *dkim_tag_find(const struct dkim_signature *signature, const char *name)
{
	for (size_t i = 0; i < signature->n_tags; i++)
		if (span_eq(signature->tags[i].name, span_str(name)))
			return &signature->tags[i];
	return NULL;
}

static void read_tag(struct reader *r, size_t start, size_t end)
{
	struct dkim_signature *s = r->signature;
	struct range whole = trimmed(r->file, start, end);
	size_t equals = span_find_byte(span_of(r->file.p, whole.end), '=', whole.start);
	struct range name_range = trimmed(r->file, whole.start, equals);
	struct span name = span_cut(r->file, name_range.start, name_range.end);

	if (equals == whole.end || !is_tag_name(name)) {
		add_problem(r, DKIM_TAG_MALFORMED, SPAN_EMPTY, whole);
		return;
	}
	for (size_t i = 0; i < s->n_tags; i++) {
		if (span_eq(s->tags[i].name, name)) {
			add_problem(r, DKIM_TAG_DOUBLE, name, whole);
			return;
		}
	}
	s->tags[s->n_tags++] = (struct dkim_tag){ name, whole, trimmed(r->file, equals + 1, whole.end) };
}

static void read_tags(struct reader *r)
{
	struct dkim_signature *s = r->signature;
	size_t end = field_read_end(s->field);
	struct span value = span_of(r->file.p, end);

	s->tags = ARENA_ARRAY(r->arena, struct dkim_tag, DKIM_TAGS_MAX);
	for (size_t at = s->field->value_start; at < end;) {
		size_t semicolon = span_find_byte(value, ';', at);
		struct range piece = trimmed(r->file, at, semicolon);
		/* A semicolon may end the list. */
		if (piece.start == piece.end && semicolon == end)
			break;
		if (s->n_tags == DKIM_TAGS_MAX) {
			add_problem(r, DKIM_TOO_MANY, SPAN_EMPTY, piece);
			break;
		}
		read_tag(r, at, semicolon);
		at = semicolon + 1;
	}
}

/* --- values -------------------------------------------------------------------------------------------------------------------- */

/* The value of a tag without any white space; folding may stand in it. Empty where the tag is missing. */
static struct span value_of(struct reader *r, const struct dkim_tag *tag)
{
	if (!tag)
		return SPAN_EMPTY;
	char *clean = arena_alloc(r->arena, tag->value.end - tag->value.start + 1);
	size_t n = 0;
	for (size_t i = tag->value.start; i < tag->value.end; i++)
		if (!ascii_is_space(r->file.p[i]))
			clean[n++] = r->file.p[i];
	return span_of(clean, n);
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool dkim_read_base64(struct span s, unsigned char *out, size_t capacity, size_t *n_out)
{
	size_t n = s.n, bytes = 0;
	uint32_t bits = 0;
	unsigned n_bits = 0;

	*n_out = 0;
	if (s.n % 4)
		return false;
	while (n > 0 && s.n - n < 2 && s.p[n - 1] == '=')
		n--;
	for (size_t i = 0; i < n; i++) {
		int value = base64_value(s.p[i]);
		if (value < 0)
			return false;
		bits = (bits << 6 | (uint32_t)value) & 0xffffff;
		n_bits += 6;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		if (bytes < capacity)
			out[bytes] = (unsigned char)(bits >> n_bits);
		bytes++;
	}
	*n_out = bytes;
	return true;
}

/* Unsigned digits, saturated. false: anything else, or none. */
static bool read_number(struct span s, int64_t *out)
{
	int64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		value = value > INT64_MAX / 10 - 1 ? value : value * 10 + (s.p[i] - '0');
	}
	*out = value;
	return true;
}

/* Labels of letters, digits, hyphens and underscores; bytes above 7F, because RFC 8616 allows names in UTF-8. */
static bool is_domain(struct span s, bool needs_dot)
{
	size_t label = 0, dots = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
			dots++;
		} else if (ascii_is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80) {
			label++;
		} else {
			return false;
		}
	}
	return label > 0 && (dots > 0 || !needs_dot);
}

static bool is_canonical(struct span s, enum dkim_canonical *out)
{
	if (span_eq_ci(s, SPAN_LIT("relaxed")))
		*out = DKIM_RELAXED;
	else if (span_eq_ci(s, SPAN_LIT("simple")))
		*out = DKIM_SIMPLE;
	else
		return false;
	return true;
}

static void read_algorithm(struct reader *r, const struct dkim_tag *tag)
{
	struct dkim_signature *s = r->signature;

	s->algorithm = value_of(r, tag);
	s->is_rsa = span_starts_ci(s->algorithm, SPAN_LIT("rsa-"));
	if (span_eq_ci(s->algorithm, SPAN_LIT("rsa-sha1")))
		s->hash = DKIM_HASH_SHA1;
	else if (span_eq_ci(s->algorithm, SPAN_LIT("rsa-sha256")) || span_eq_ci(s->algorithm, SPAN_LIT("ed25519-sha256")))
		s->hash = DKIM_HASH_SHA256;
	else if (s->algorithm.n)
		add_problem(r, DKIM_BAD_ALGORITHM, tag->name, tag->value);
}

/* "c=header/body"; the body's is simple where only one is given (RFC 6376, section 3.5). */
static void read_canonical(struct reader *r, const struct dkim_tag *tag)
{
	struct span value = value_of(r, tag);
	enum dkim_canonical header = DKIM_SIMPLE;

	if (!tag)
		return;
	size_t slash = span_find_byte(value, '/', 0);
	if (!is_canonical(span_cut(value, 0, slash), &header) ||
	    (slash < value.n && !is_canonical(span_cut(value, slash + 1, value.n), &r->signature->body_canonical)))
		add_problem(r, DKIM_BAD_CANONICAL, tag->name, tag->value);
}

static void read_names(struct reader *r, const struct dkim_tag *tag)
{
	struct dkim_signature *s = r->signature;
	size_t n = 1;

	if (!tag)
		return;
	struct span value = span_of(r->file.p, tag->value.end);
	for (size_t i = tag->value.start; i < tag->value.end; i++)
		n += value.p[i] == ':';
	s->names = ARENA_ARRAY(r->arena, struct dkim_name, n < DKIM_NAMES_MAX ? n : DKIM_NAMES_MAX);
	for (size_t at = tag->value.start; at < tag->value.end;) {
		size_t colon = span_find_byte(value, ':', at);
		struct range piece = trimmed(r->file, at, colon);
		at = colon + 1;
		if (piece.start == piece.end)
			continue;
		if (s->n_names == DKIM_NAMES_MAX) {
			s->names_cut = true;
			add_problem(r, DKIM_TOO_MANY, tag->name, piece);
			return;
		}
		s->names[s->n_names++] = (struct dkim_name){ span_cut(r->file, piece.start, piece.end), piece };
	}
}

static void read_hashes(struct reader *r, const struct dkim_tag *bh, const struct dkim_tag *b)
{
	struct dkim_signature *s = r->signature;
	size_t n = 0;

	if (bh && bh->value.end > bh->value.start) {
		if (!dkim_read_base64(value_of(r, bh), s->body_hash, sizeof s->body_hash, &n))
			add_problem(r, DKIM_BAD_BASE64, bh->name, bh->value);
		else if (s->hash != DKIM_HASH_UNKNOWN && n != (s->hash == DKIM_HASH_SHA1 ? 20 : 32))
			add_problem(r, DKIM_BAD_HASH_LENGTH, bh->name, bh->value);
		else
			s->n_body_hash = n <= sizeof s->body_hash ? n : 0;
	}
	if (b && b->value.end > b->value.start && !dkim_read_base64(value_of(r, b), NULL, 0, &s->n_signature))
		add_problem(r, DKIM_BAD_BASE64, b->name, b->value);
}

static void read_domains(struct reader *r, const struct dkim_tag *d, const struct dkim_tag *selector, const struct dkim_tag *i)
{
	struct dkim_signature *s = r->signature;

	s->domain = value_of(r, d);
	s->selector = value_of(r, selector);
	if (s->domain.n && !is_domain(s->domain, true))
		add_problem(r, DKIM_BAD_DOMAIN, d->name, d->value);
	if (s->selector.n && !is_domain(s->selector, false))
		add_problem(r, DKIM_BAD_DOMAIN, selector->name, selector->value);
	if (!i || s->domain.n == 0)
		return;
	struct span identity = value_of(r, i);
	size_t at = identity.n;
	while (at > 0 && identity.p[at - 1] != '@')
		at--;
	struct span domain = span_cut(identity, at, identity.n);
	if (at == 0 || !span_ends_ci(domain, s->domain) ||
	    (domain.n > s->domain.n && domain.p[domain.n - s->domain.n - 1] != '.'))
		add_problem(r, DKIM_BAD_IDENTITY, i->name, i->value);
}

static bool read_number_tag(struct reader *r, const char *name, int64_t *out)
{
	const struct dkim_tag *tag = dkim_tag_find(r->signature, name);

	if (!tag)
		return false;
	if (read_number(value_of(r, tag), out))
		return true;
	add_problem(r, DKIM_BAD_NUMBER, tag->name, tag->value);
	return false;
}

static void read_query(struct reader *r, const struct dkim_tag *tag)
{
	struct span value = value_of(r, tag);

	if (!tag)
		return;
	for (size_t at = 0; at <= value.n;) {
		size_t colon = span_find_byte(value, ':', at);
		if (span_eq_ci(span_cut(value, at, colon), SPAN_LIT("dns/txt")))
			return;
		at = colon + 1;
	}
	add_problem(r, DKIM_BAD_QUERY, tag->name, tag->value);
}

static void read_signature(struct reader *r)
{
	static const char *const needed[] = { "v", "a", "b", "bh", "d", "h", "s" };
	struct dkim_signature *s = r->signature;
	const struct field *field = s->field;

	read_tags(r);
	for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
		const struct dkim_tag *tag = dkim_tag_find(s, needed[i]);
		if (!tag)
			add_problem(r, DKIM_TAG_MISSING, span_str(needed[i]), (struct range){ field->start, field->start + field->name.n });
		else if (tag->value.start == tag->value.end)
			add_problem(r, DKIM_TAG_EMPTY, tag->name, tag->range);
	}
	const struct dkim_tag *version = dkim_tag_find(s, "v");
	struct span version_value = value_of(r, version);
	if (version_value.n && !span_eq(version_value, SPAN_LIT("1")))
		add_problem(r, DKIM_BAD_VERSION, version->name, version->value);
	read_algorithm(r, dkim_tag_find(s, "a"));
	read_canonical(r, dkim_tag_find(s, "c"));
	read_hashes(r, dkim_tag_find(s, "bh"), dkim_tag_find(s, "b"));
	read_domains(r, dkim_tag_find(s, "d"), dkim_tag_find(s, "s"), dkim_tag_find(s, "i"));
	read_names(r, dkim_tag_find(s, "h"));
	read_query(r, dkim_tag_find(s, "q"));
	int64_t length = 0;
	s->has_length = read_number_tag(r, "l", &length);
	s->length = (uint64_t)length;
	s->has_time = read_number_tag(r, "t", &s->time);
	s->has_expiry = read_number_tag(r, "x", &s->expiry);

	s->problems = ARENA_ARRAY(r->arena, struct dkim_problem, s->n_problems ? s->n_problems : 1);
	if (s->n_problems)
		memcpy(s->problems, r->problems, s->n_problems * sizeof *s->problems);
}

struct dkim_signature *dkim_signatures(struct arena *arena, const struct text *file, const struct header *header, size_t *n_out, bool *cut_out)
{
	struct dkim_signature *signatures = NULL;
	size_t n = 0;

	*cut_out = false;
	for (const struct field *f = header_find(header, "DKIM-Signature"); f; f = header_find_next(header, f)) {
		if (n == DKIM_SIGNATURES_MAX) {
			*cut_out = true;
			break;
		}
		if (!signatures)
			signatures = ARENA_ARRAY(arena, struct dkim_signature, DKIM_SIGNATURES_MAX);
		struct reader r = { .arena = arena, .file = file->bytes, .signature = &signatures[n++] };
		r.signature->field = f;
		read_signature(&r);
	}
	*n_out = n;
	return signatures;
}

bool dkim_signs(const struct dkim_signature *signature, struct span name)
{
	for (size_t i = 0; i < signature->n_names; i++)
		if (span_eq_ci(signature->names[i].name, name))
			return true;
	return false;
}

/* --- the body in canonical form (RFC 6376, sections 3.4.3 and 3.4.4) ----------------------------------------------------------- */

struct sink {
	GChecksum *checksum;
	unsigned char buffer[4096];
	size_t used;
	uint64_t octets; /* all of them */
	uint64_t limit;  /* only so many are hashed */
};

static void sink_flush(struct sink *sink)
{
	if (sink->used)
		g_checksum_update(sink->checksum, sink->buffer, (gssize)sink->used);
	sink->used = 0;
}

static void sink_byte(struct sink *sink, char c)
{
	if (sink->octets++ >= sink->limit)
		return;
	if (sink->used == sizeof sink->buffer)
		sink_flush(sink);
	sink->buffer[sink->used++] = (unsigned char)c;
}

static void sink_line_end(struct sink *sink)
{
	sink_byte(sink, '\r');
	sink_byte(sink, '\n');
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void sink_line(struct sink *sink, struct span line, enum dkim_canonical canonical)
{
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];
		if (canonical == DKIM_RELAXED && is_blank(c)) {
			while (i + 1 < line.n && is_blank(line.p[i + 1]))
				i++;
			c = ' ';
		}
		sink_byte(sink, c);
	}
	sink_line_end(sink);
}

/* What one pass over a body saw. */
struct pass {
	size_t lines;        /* that are not empty in canonical form */
	bool may_be_escaped; /* ">From " at the beginning of a line: an mbox may have put the > there */
	bool lone_cr;
	size_t signed_end;   /* in the file: behind the line that holds the last hashed octet */
};

static bool digest_is(GChecksum *checksum, const struct dkim_signature *signature)
{
	guint8 digest[32];
	gsize n = sizeof digest;

	g_checksum_get_digest(checksum, digest, &n);
	return n == signature->n_body_hash && memcmp(digest, signature->body_hash, n) == 0;
}

/* Feed the body to the sink. From the line number candidates_from on, the hash up to each line is compared with bh=: the first that
 * fits ends the pass. Returns where the file goes on behind that line; body.end where none fits. */
static size_t read_body(struct span file, struct range body, const struct dkim_signature *signature, size_t candidates_from,
			struct sink *sink, struct pass *pass)
{
	struct span bytes = span_of(file.p, body.end);
	size_t empty_lines = 0;

	*pass = (struct pass){ .signed_end = body.start };
	for (size_t at = body.start; at < body.end;) {
		size_t line_end = span_find_byte(bytes, '\n', at);
		size_t next = line_end < body.end ? line_end + 1 : body.end;
		struct span line = span_cut(bytes, at, line_end);
		if (line.n && line_end < body.end && line.p[line.n - 1] == '\r')
			line.n--;
		pass->may_be_escaped |= span_starts(line, SPAN_LIT(">From "));
		pass->lone_cr |= span_find_byte(line, '\r', 0) < line.n;
		at = next;
		while (signature->body_canonical == DKIM_RELAXED && line.n && is_blank(line.p[line.n - 1]))
			line.n--;
		if (line.n == 0) {
			empty_lines++;
			continue;
		}
		for (; empty_lines; empty_lines--)
			sink_line_end(sink);
		bool is_signed = sink->octets < sink->limit;
		sink_line(sink, line, signature->body_canonical);
		if (is_signed)
			pass->signed_end = next;
		if (pass->lines++ < candidates_from)
			continue;
		sink_flush(sink);
		GChecksum *so_far = g_checksum_copy(sink->checksum);
		bool fits = digest_is(so_far, signature);
		g_checksum_free(so_far);
		if (fits)
			return next;
	}
	/* An empty body is one line end in the simple form and nothing in the relaxed one (RFC 4871, erratum 1376, taken over). */
	if (pass->lines == 0 && signature->body_canonical == DKIM_SIMPLE)
		sink_line_end(sink);
	sink_flush(sink);
	return body.end;
}

static struct sink sink_new(const struct dkim_signature *signature)
{
	return (struct sink){ .checksum = g_checksum_new(signature->hash == DKIM_HASH_SHA1 ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256),
			      .limit = signature->has_length ? signature->length : UINT64_MAX };
}

struct dkim_body dkim_body_compare(const struct text *file, struct range body, const struct dkim_signature *signature)
{
	/* Footers of lists and virus scanners are short; each of these lines costs a copy of the state of the hash. */
	enum { LINES_TRIED = 500 };
	struct dkim_body result = { .state = DKIM_BODY_UNKNOWN };
	struct pass pass;

	if (signature->hash == DKIM_HASH_UNKNOWN || signature->n_body_hash == 0)
		return result;
	struct sink sink = sink_new(signature);
	read_body(file->bytes, body, signature, SIZE_MAX, &sink, &pass);
	result.octets = sink.octets;
	bool same = digest_is(sink.checksum, signature);
	g_checksum_free(sink.checksum);

	if (signature->has_length && signature->length > result.octets) {
		result.state = DKIM_BODY_SHORTER;
	} else if (same) {
		result.state = DKIM_BODY_SAME;
		if (signature->has_length && signature->length < result.octets)
			result.appended = trimmed(file->bytes, pass.signed_end, body.end);
	} else if (!pass.may_be_escaped && !pass.lone_cr) {
		result.state = DKIM_BODY_CHANGED;
		if (signature->has_length || pass.lines < 2)
			return result;
		sink = sink_new(signature);
		size_t rest = read_body(file->bytes, body, signature, pass.lines > LINES_TRIED ? pass.lines - LINES_TRIED : 0, &sink, &pass);
		g_checksum_free(sink.checksum);
		struct range appended = trimmed(file->bytes, rest, body.end);
		if (appended.end > appended.start) {
			result.state = DKIM_BODY_APPENDED;
			result.appended = appended;
		}
	}
	return result;
}
