/* The MIME tree: which part stands where, what it is, its decoded text.
 * The only user of GMime; may not interpret what a text says, and may not fail on any input. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem() */
#endif
#include "mail/mime.h"

#include <glib.h>
#include <gmime/gmime.h>

#include "base/limits.h"

/* Header fields of all parts together. One block is cut at LIMIT_HEADER_FIELDS, but thousands of parts may hold one each; behind
 * this many the rest of the parts is not looked at, so that memory stays bounded. */
#define HEADER_FIELDS_TOTAL ((size_t)4 * LIMIT_HEADER_FIELDS)

/* The bytes of a part with what ends them. */
struct region {
	size_t start;    /* first byte behind the boundary line (or of the message) */
	size_t body_end; /* before the line end that belongs to the boundary */
	size_t limit;    /* first byte of the boundary line that ends the part; else the end of the message */
	bool at_end;     /* the part ends with the message, no boundary line follows */
};

/* One pass over a message. */
struct walk {
	struct arena *arena;
	const struct text *file;
	struct range range;
	GPtrArray *all;       /* struct entity *, in the order of the file */
	GArray *children;     /* struct entity *, the children found so far of all open multiparts, one behind the other */
	size_t n_fields;
	struct span boundaries[LIMIT_MIME_DEPTH + 1]; /* of the open multiparts */
	size_t n_boundaries;
	bool too_many;
	bool header_cut;      /* a header block with too many fields was seen */
	char line_end;        /* LF; CR where the message has no LF at all, as in header_scan() */
};

static struct entity *walk_entity(struct walk *walk, struct entity *parent, struct region region, const char *path, bool in_digest,
				  bool in_message);

void mime_library_init(void)
{
	g_mime_init();
}

bool entity_is(const struct entity *entity, const char *type, const char *subtype)
{
	return span_eq(entity->content_type.type, span_str(type)) &&
	       (!subtype || span_eq(entity->content_type.subtype, span_str(subtype)));
}

/* --- lines and boundaries ------------------------------------------------------------------------------------------------------ */

/* Offset behind the line end of the line that holds at; limit where the line is not ended before. */
static size_t line_end_behind(struct span file, char line_end, size_t at, size_t limit)
{
	const char *end = at < limit ? memchr(file.p + at, line_end, limit - at) : NULL;

	return end ? (size_t)(end - file.p) + 1 : limit;
}

/* at without the line end (LF, CRLF, or CR where that is the only kind) that stands before it, but not below floor. */
static size_t without_line_end(struct span file, char line_end, size_t at, size_t floor)
{
	if (at > floor && file.p[at - 1] == line_end) {
		at--;
		if (line_end == '\n' && at > floor && file.p[at - 1] == '\r')
			at--;
	}
	return at;
}

static struct span trim_right_blanks(struct span s)
{
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct boundary_line {
	size_t start, end; /* end: behind the line end */
	bool closing;
};

/* The next line at or behind from that is the delimiter ("--" and the boundary), perhaps with "--" behind it, perhaps with blanks
 * at its end (RFC 2046, section 5.1.1). from must be the start of a line. false where there is none before limit. */
static bool next_boundary_line(const struct walk *walk, struct span delimiter, size_t from, size_t limit, struct boundary_line *out)
{
	const struct span file = walk->file->bytes;
	size_t at = from;

	while (at < limit) {
		const char *hit = memmem(file.p + at, limit - at, delimiter.p, delimiter.n);
		if (!hit)
			return false;
		size_t start = (size_t)(hit - file.p);
		size_t end = line_end_behind(file, walk->line_end, start, limit);
		/* A delimiter with a line end in it (by RFC 2231) reaches behind its line and matches nothing. */
		if ((start == from || file.p[start - 1] == walk->line_end) && start + delimiter.n <= end) {
			struct span rest = trim_right_blanks(span_cut(file, start + delimiter.n, end));
			if (rest.n == 0 || span_eq(rest, SPAN_LIT("--"))) {
				*out = (struct boundary_line){ start, end, rest.n != 0 };
				return true;
			}
		}
		/* Only a hit at the start of a line can count, so one look a line is enough, and the cost stays linear. */
		at = end;
	}
	return false;
}

static bool is_blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_space(s.p[i]))
			return false;
	}
	return true;
}

/* The sentence that old mail programs showed: "This is a multi-part message in MIME format." and its relatives. */
static bool is_mime_sentence(struct span s)
{
	s = span_trim(s);
	return s.n <= 400 && span_find(s, SPAN_LIT("://"), 0) == s.n &&
	       (span_find_ci(s, SPAN_LIT("mime"), 0) < s.n || span_find_ci(s, SPAN_LIT("multipart"), 0) < s.n ||
		span_find_ci(s, SPAN_LIT("multi-part"), 0) < s.n);
}

/* --- one entity ---------------------------------------------------------------------------------------------------------------- */

static enum transfer_encoding transfer_of(const struct field *field)
{
	static const struct {
		struct span name;
		enum transfer_encoding transfer;
	} names[] = {
		{ { "7bit", 4 }, TRANSFER_7BIT },
		{ { "8bit", 4 }, TRANSFER_8BIT },
		{ { "binary", 6 }, TRANSFER_BINARY },
		{ { "quoted-printable", 16 }, TRANSFER_QP },
		{ { "base64", 6 }, TRANSFER_BASE64 },
	};

	if (!field)
		return TRANSFER_7BIT;
	struct span value = span_trim(field->unfolded->bytes);
	/* A comment or a stray parameter behind the token does not keep readers from decoding. */
	size_t end = 0;
	while (end < value.n && !ascii_is_space(value.p[end]) && value.p[end] != ';' && value.p[end] != '(')
		end++;
	value = span_cut(value, 0, end);
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = span_cut(value, 1, value.n - 1);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (span_eq_ci(value, names[i].name))
			return names[i].transfer;
	}
	return TRANSFER_UNKNOWN;
}

/* Read the fields that say what the entity is. */
static void read_types(struct walk *walk, struct entity *entity, bool in_digest)
{
	entity->content_type_field = header_find(&entity->header, "Content-Type");
	entity->transfer_field = header_find(&entity->header, "Content-Transfer-Encoding");
	entity->content_type = content_value_parse(walk->arena, walk->file, entity->content_type_field);
	entity->disposition = content_value_parse(walk->arena, walk->file, header_find(&entity->header, "Content-Disposition"));
	entity->transfer = transfer_of(entity->transfer_field);
	/* RFC 2046, section 5.1.5: the default in a digest is a message. RFC 2045, section 5.2: text/plain without or with an
	 * unreadable Content-Type. */
	if (!entity->content_type_field && in_digest) {
		entity->content_type.type = SPAN_LIT("message");
		entity->content_type.subtype = SPAN_LIT("rfc822");
	} else if (entity->content_type.type.n == 0 || entity->content_type.subtype.n == 0) {
		entity->content_type.type = SPAN_LIT("text");
		entity->content_type.subtype = SPAN_LIT("plain");
	}
}

static bool is_message_type(const struct entity *entity)
{
	/* An encoded message would have to be decoded to be looked into; RFC 2046, section 5.2.1 forbids it. */
	return (entity_is(entity, "message", "rfc822") || entity_is(entity, "message", "global") ||
		entity_is(entity, "message", "news")) &&
	       entity->transfer != TRANSFER_BASE64 && entity->transfer != TRANSFER_QP;
}

/* Reports in plain text for machines and people (RFC 3464, RFC 8098, RFC 5965). */
static bool is_report_text(const struct entity *entity)
{
	return entity_is(entity, "message", "delivery-status") || entity_is(entity, "message", "disposition-notification") ||
	       entity_is(entity, "message", "feedback-report");
}

static bool is_inline_image(const struct entity *entity)
{
	if (!entity_is(entity, "image", NULL))
		return false;
	return span_eq_ci(entity->disposition.type, SPAN_LIT("inline")) || header_find(&entity->header, "Content-ID") ||
	       (entity->parent && entity_is(entity->parent, "multipart", "related"));
}

static void classify_leaf(struct entity *entity, bool in_message)
{
	struct span disposition = entity->disposition.type;

	entity->is_text = entity_is(entity, "text", NULL) || is_report_text(entity);
	if (disposition.n)
		/* RFC 2183, section 2.8: an unknown disposition is to be treated as attachment. */
		entity->is_attachment = !span_eq_ci(disposition, SPAN_LIT("inline"));
	if (!entity->is_text && !is_inline_image(entity))
		entity->is_attachment = true;
	entity->is_displayed = !in_message && !entity->is_attachment &&
			       (entity_is(entity, "text", "plain") || entity_is(entity, "text", "html"));
}

/* The decoded file name: filename of Content-Disposition, else name of Content-Type. */
static struct text *file_name_of(const struct entity *entity)
{
	const struct param *param = content_param(&entity->disposition, "filename");

	if (!param)
		param = content_param(&entity->content_type, "name");
	return param ? param->value : NULL;
}

struct transfer_result mime_decode_body(struct arena *arena, const struct text *file, struct range body, enum transfer_encoding transfer)
{
	struct transfer_result result = { 0 };

	switch (transfer) {
	case TRANSFER_QP:
		result = transfer_decode_qp(arena, file, body);
		break;
	case TRANSFER_BASE64:
		result = transfer_decode_base64(arena, file, body);
		break;
	case TRANSFER_7BIT:
	case TRANSFER_8BIT:
	case TRANSFER_BINARY:
	case TRANSFER_UNKNOWN:
		result = transfer_decode_identity(arena, file, body);
		break;
	}
	if (result.text->map.n == 0) {
		/* A finding about an empty part must not land at the start of the file. */
		struct map_run *anchor = ARENA_NEW(arena, struct map_run);
		*anchor = (struct map_run){ .src = (uint32_t)body.start, .kind = MAP_REMOVED };
		result.text->map = (struct map){ anchor, 1 };
	}
	return result;
}

const struct text *mime_text_to_read(struct arena *arena, struct entity *entity)
{
	struct text *text = entity->decoded.text;

	if (text->bytes.n <= LIMIT_TEXT_BYTES)
		return text;
	entity->flags |= ENTITY_TEXT_CUT;
	struct text *beginning = ARENA_NEW(arena, struct text);
	*beginning = *text;
	beginning->bytes.n = LIMIT_TEXT_BYTES;
	return beginning;
}

/* Decode the body of a leaf, and its charset where it is text. */
static void decode_leaf(const struct walk *walk, struct entity *entity)
{
	entity->decoded = mime_decode_body(walk->arena, walk->file, entity->body, entity->transfer);
	entity->charset_name = SPAN_EMPTY;
	if (!entity->is_text)
		return;
	const struct param *charset = content_param(&entity->content_type, "charset");
	if (charset) {
		entity->charset_range = charset->value_range;
		entity->charset_name = span_cut(walk->file->bytes, charset->value_range.start, charset->value_range.end);
	}
	if (charset && charset->value && span_trim(charset->value->bytes).n)
		entity->charset = charset_label_parse(charset->value->bytes);
	else
		entity->charset = (struct charset_label){ .family = CHARSET_NONE };
	entity->charset_result = charset_decode(walk->arena, entity->charset, mime_text_to_read(walk->arena, entity));
}

/* --- children ------------------------------------------------------------------------------------------------------------------ */

static const char *child_path(struct walk *walk, const char *path, size_t number)
{
	return path[0] ? arena_printf(walk->arena, "%s.%zu", path, number) : arena_printf(walk->arena, "%zu", number);
}

/* The usable boundary: RFC 2046 strips blanks at its end. */
static struct span boundary_of(const struct entity *entity)
{
	const struct param *param = content_param(&entity->content_type, "boundary");

	return param && param->value ? trim_right_blanks(param->value->bytes) : SPAN_EMPTY;
}

static struct span delimiter_of(struct arena *arena, struct span boundary)
{
	char *p = arena_alloc(arena, boundary.n + 2);

	p[0] = p[1] = '-';
	memcpy(p + 2, boundary.p, boundary.n);
	return span_of(p, boundary.n + 2);
}

/* Is the boundary one of an open multipart, or is one the start of the other? */
static bool boundary_is_nested(const struct walk *walk, struct span boundary)
{
	for (size_t i = 0; i < walk->n_boundaries; i++) {
		if (span_starts(walk->boundaries[i], boundary) || span_starts(boundary, walk->boundaries[i]))
			return true;
	}
	return false;
}

/* May one more level or part be looked at? Notes it where not. */
static bool may_descend(struct walk *walk, struct entity *entity)
{
	if (entity->depth + 1 >= LIMIT_MIME_DEPTH) {
		entity->flags |= ENTITY_TOO_DEEP;
		return false;
	}
	if (walk->all->len >= LIMIT_MIME_PARTS || walk->n_fields >= HEADER_FIELDS_TOTAL) {
		walk->too_many = true;
		return false;
	}
	return true;
}

static void set_children(struct walk *walk, struct entity *entity, size_t first)
{
	entity->n_children = walk->children->len - first;
	entity->children = ARENA_ARRAY(walk->arena, struct entity *, entity->n_children ? entity->n_children : 1);
	for (size_t i = 0; i < entity->n_children; i++)
		entity->children[i] = g_array_index(walk->children, struct entity *, first + i);
	g_array_set_size(walk->children, (guint)first);
}

static void add_child(struct walk *walk, struct entity *entity, struct region region, const char *path, bool in_message)
{
	struct entity *child = walk_entity(walk, entity, region, path, entity_is(entity, "multipart", "digest"), in_message);

	g_array_append_val(walk->children, child);
}

static void walk_multipart(struct walk *walk, struct entity *entity, struct region region, bool in_message)
{
	const struct span file = walk->file->bytes;
	const struct span boundary = boundary_of(entity);
	const size_t first = walk->children->len;
	struct boundary_line line = { 0 }, next = { 0 };
	size_t n_parts = 0;

	entity->preamble = entity->epilogue = (struct range){ entity->body.end, entity->body.end };
	if (boundary.n == 0) {
		entity->flags |= ENTITY_NO_BOUNDARY | ENTITY_NO_PARTS;
		return;
	}
	if (boundary_is_nested(walk, boundary))
		entity->flags |= ENTITY_BOUNDARY_NESTED;
	const struct span delimiter = delimiter_of(walk->arena, boundary);
	bool found = next_boundary_line(walk, delimiter, entity->body.start, region.limit, &line);
	size_t preamble_end = found ? without_line_end(file, walk->line_end, line.start, entity->body.start) : entity->body.end;
	entity->preamble = (struct range){ entity->body.start, preamble_end };
	struct span preamble = span_cut(file, entity->preamble.start, entity->preamble.end);
	if (!is_blank(preamble) && !is_mime_sentence(preamble))
		entity->flags |= ENTITY_PREAMBLE;

	walk->boundaries[walk->n_boundaries++] = boundary;
	while (found && !line.closing) {
		bool more = next_boundary_line(walk, delimiter, line.end, region.limit, &next);
		struct region part = { line.end, region.body_end, region.limit, region.at_end };
		if (more)
			part = (struct region){ line.end, without_line_end(file, walk->line_end, next.start, line.end), next.start, false };
		part.body_end = MAX(part.body_end, part.start);
		n_parts++;
		if (!may_descend(walk, entity)) {
			found = false;
			break;
		}
		add_child(walk, entity, part, child_path(walk, entity->path, n_parts), in_message);
		found = more;
		line = next;
	}
	walk->n_boundaries--;
	set_children(walk, entity, first);

	if (n_parts == 0)
		entity->flags |= ENTITY_NO_PARTS;
	if (found) { /* line is the closing one */
		entity->epilogue = (struct range){ MIN(line.end, entity->body.end), entity->body.end };
		if (!is_blank(span_cut(file, entity->epilogue.start, entity->epilogue.end)))
			entity->flags |= ENTITY_EPILOGUE;
	} else if (!walk->too_many && !(entity->flags & ENTITY_TOO_DEEP)) {
		entity->flags |= ENTITY_NOT_CLOSED;
	}
}

static void walk_message(struct walk *walk, struct entity *entity, struct region region)
{
	const size_t first = walk->children->len;

	region.start = entity->body.start;
	if (!may_descend(walk, entity))
		return;
	/* RFC 3501, section 6.4.5: a part of an enclosed multipart is numbered below the enclosing part ("4.1"), and the body of
	 * an enclosed single part is ".1" of it. The enclosed multipart itself shares the number of the enclosing part. */
	add_child(walk, entity, region, entity->path, true);
	set_children(walk, entity, first);
}

/* The header block of a part. Lines behind a boundary that are all no fields are the text of a part whose empty line was
 * forgotten: readers show them. At the root such lines stay in the header, where they are reported. */
static struct header part_header(struct walk *walk, struct region region, bool is_root)
{
	struct header header = header_scan(walk->arena, walk->file, region.start, region.limit);

	if (is_root || header.n == 0)
		return header;
	for (size_t i = 0; i < header.n; i++) {
		if (!(header.fields[i].flags & FIELD_NO_COLON))
			return header;
	}
	return header_scan(walk->arena, walk->file, region.start, region.start);
}

/* A multipart whose empty line behind the header was forgotten: its first boundary line stands in the header block and ends it.
 * Otherwise the first part would be lost in the header. */
static void end_header_at_boundary(struct walk *walk, struct entity *entity, bool in_digest)
{
	struct boundary_line line;

	if (!entity_is(entity, "multipart", NULL) || !entity->content_type_field)
		return;
	const struct span boundary = boundary_of(entity);
	if (boundary.n == 0 || !next_boundary_line(walk, delimiter_of(walk->arena, boundary), entity->content_type_field->end,
						   entity->header.end, &line))
		return;
	entity->header = header_scan(walk->arena, walk->file, entity->header.start, line.start);
	read_types(walk, entity, in_digest);
}

static struct entity *walk_entity(struct walk *walk, struct entity *parent, struct region region, const char *path, bool in_digest,
				  bool in_message)
{
	struct entity *entity = ARENA_NEW(walk->arena, struct entity);

	g_ptr_array_add(walk->all, entity);
	entity->parent = parent;
	entity->depth = parent ? parent->depth + 1 : 0;
	entity->header = part_header(walk, region, !parent);
	read_types(walk, entity, in_digest);
	end_header_at_boundary(walk, entity, in_digest);
	walk->n_fields += entity->header.n;
	walk->header_cut |= entity->header.too_many;
	entity->body = (struct range){ entity->header.end, MAX(entity->header.end, region.body_end) };
	if (!entity->header.terminated && region.at_end && entity->header.end == region.limit && (parent || region.limit > region.start))
		entity->flags |= ENTITY_TRUNCATED;
	entity->charset_name = SPAN_EMPTY;

	bool multipart = entity_is(entity, "multipart", NULL);
	/* The root of a message (of the file or of an enclosed one) has a number of its own only if it is a single part. */
	bool is_message_root = !parent || !entity_is(parent, "multipart", NULL);
	entity->path = is_message_root && !multipart ? child_path(walk, path, 1) : path;
	region.start = entity->body.start;
	region.body_end = entity->body.end;
	if (multipart)
		walk_multipart(walk, entity, region, in_message);
	else if (is_message_type(entity))
		walk_message(walk, entity, region);
	else
		classify_leaf(entity, in_message);
	entity->file_name = file_name_of(entity);
	return entity;
}

/* --- GMime --------------------------------------------------------------------------------------------------------------------- */

/* Bytes that GMime may see: up to LIMIT_MIME_PARTS lines that begin with "--" and something else. Each may be a part of 1.7 kB in
 * memory to GMime; what lies behind is looked at here all the same. */
static size_t bytes_for_gmime(struct span bytes)
{
	size_t n = 0;

	for (size_t at = 0; at < bytes.n; at = line_end_behind(bytes, '\n', at, bytes.n)) {
		if (bytes.n - at > 2 && bytes.p[at] == '-' && bytes.p[at + 1] == '-' && !ascii_is_space(bytes.p[at + 2]) &&
		    ++n > LIMIT_MIME_PARTS)
			return at;
	}
	return bytes.n;
}

/* The bounds of every body that GMime found, by start; the offsets are file offsets. */
static void collect_bounds(GMimeObject *object, const GByteArray *bytes, size_t base, int depth, GHashTable *bounds)
{
	/* GMime itself stops at 1,024 levels. */
	if (!object || depth > LIMIT_MIME_DEPTH)
		return;
	if (GMIME_IS_MULTIPART(object)) {
		GMimeMultipart *multipart = GMIME_MULTIPART(object);
		for (int i = 0; i < g_mime_multipart_get_count(multipart); i++)
			collect_bounds(g_mime_multipart_get_part(multipart, i), bytes, base, depth + 1, bounds);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		if (message)
			collect_bounds(g_mime_message_get_mime_part(message), bytes, base, depth + 1, bounds);
	} else if (GMIME_IS_PART(object)) {
		GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));
		GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
		/* Only a window on our own bytes tells places in the file. */
		if (!stream || !GMIME_IS_STREAM_MEM(stream) || g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream)) != bytes ||
		    stream->bound_start < 0 || stream->bound_end < stream->bound_start || stream->bound_end > (gint64)bytes->len)
			return;
		g_hash_table_insert(bounds, GSIZE_TO_POINTER(base + (size_t)stream->bound_start),
				    GSIZE_TO_POINTER(base + (size_t)stream->bound_end));
	}
}

/* Let GMime read the bytes, which must outlive nothing: all of GMime's objects are gone on return. */
static GHashTable *gmime_bounds(struct span bytes, size_t base)
{
	GHashTable *bounds = g_hash_table_new(g_direct_hash, g_direct_equal);
	/* The stream reads from our bytes without a copy; GMime does not write to a stream that it parses. */
	GByteArray array = { .data = (guint8 *)(uintptr_t)bytes.p, .len = (guint)bytes.n };
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(&array);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	g_mime_parser_set_persist_stream(parser, TRUE);
	g_mime_parser_set_respect_content_length(parser, FALSE);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (message) {
		collect_bounds(g_mime_message_get_mime_part(message), &array, base, 0, bounds);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return bounds;
}

/* Bodies that GMime saw at the same start end where it says, as far as that is within the part. */
static void apply_bounds(const struct walk *walk)
{
	const struct range range = walk->range;
	size_t n = bytes_for_gmime(span_cut(walk->file->bytes, range.start, range.end));

	/* Tried: 350,000 short header fields (1 MB) cost GMime 226 MB. */
	if (n == 0 || walk->header_cut)
		return;
	GHashTable *bounds = gmime_bounds(span_of(walk->file->bytes.p + range.start, n), range.start);
	for (size_t i = 0; i < walk->all->len; i++) {
		struct entity *entity = g_ptr_array_index(walk->all, i);
		size_t end = GPOINTER_TO_SIZE(g_hash_table_lookup(bounds, GSIZE_TO_POINTER(entity->body.start)));
		/* An end that is the end of what GMime was shown may be the cut. Tried: where line ends are mixed, GMime 3.2.13 takes
		 * two bytes for a line end of one; a difference of line end bytes alone is not believed. */
		if (entity->n_children || end <= entity->body.start || end > entity->body.end || end == range.start + n ||
		    is_blank(span_cut(walk->file->bytes, end, entity->body.end)))
			continue;
		entity->body.end = end;
	}
	g_hash_table_destroy(bounds);
}

struct mime mime_parse(struct arena *arena, const struct text *file, struct range range)
{
	range.end = MIN(range.end, file->bytes.n);
	range.start = MIN(range.start, range.end);
	struct span bytes = span_cut(file->bytes, range.start, range.end);
	struct walk walk = { .arena = arena,
			     .file = file,
			     .range = range,
			     .line_end = span_find_byte(bytes, '\n', 0) < bytes.n ? '\n' : '\r',
			     .all = g_ptr_array_new(),
			     .children = g_array_new(FALSE, FALSE, sizeof(struct entity *)) };
	struct mime mime = { 0 };
	mime.root = walk_entity(&walk, NULL, (struct region){ range.start, range.end, range.end, true }, "", false, false);
	apply_bounds(&walk);
	if (walk.too_many)
		mime.root->flags |= ENTITY_TOO_MANY;
	mime.n = walk.all->len;
	mime.all = ARENA_ARRAY(arena, struct entity *, mime.n);
	for (size_t i = 0; i < mime.n; i++) {
		mime.all[i] = g_ptr_array_index(walk.all, i);
		if (mime.all[i]->n_children == 0)
			decode_leaf(&walk, mime.all[i]);
	}
	g_ptr_array_free(walk.all, TRUE);
	g_array_free(walk.children, TRUE);
	return mime;
}
