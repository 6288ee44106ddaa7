/* RFC 2047: finds and decodes encoded words and raw 8-bit text of header fields, with a map to the file.
 * Must not know which field it works for beyond its field_kind, and must not judge: it sets flags. */
#include "mail/encoded_word.h"

#include "base/utf8.h"

enum {
	ESC = 0x1b,
	WORD_MAX = 75,        /* RFC 2047, section 2 */
	CHARSET_NAME_MAX = 78, /* a longer "charset" is prose */
	ENCODING_NAME_MAX = 8
};

/* ---- raw text ---- */

size_t lex_line_end(struct span s, size_t at, size_t end)
{
	if (s.p[at] == '\n')
		return 1;
	if (s.p[at] != '\r' || at + 1 >= end)
		return 0;
	if (s.p[at + 1] == '\n')
		return 2;
	return s.p[at + 1] == ' ' || s.p[at + 1] == '\t' ? 1 : 0;
}

static bool is_8bit(char c)
{
	return (unsigned char)c >= 0x80;
}

bool raw_is_shift_jis(struct span raw)
{
	bool certain;
	const char *name;

	return !span_is_ascii(raw) && !utf8_valid(raw) && charset_guess(raw, &name, &certain) == CHARSET_SHIFT_JIS;
}

static bool is_shift_jis_lead(unsigned char c)
{
	return (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc);
}

/* The two-byte run ends behind ESC ( and one more byte, or where the line ends: readers give up there. */
static size_t jis_run_end(struct span s, size_t at, size_t end)
{
	size_t i = at + 2;

	while (i < end && s.p[i] != '\r' && s.p[i] != '\n') {
		if (s.p[i] == ESC && i + 2 < end && s.p[i + 1] == '(')
			return i + 3;
		i++;
	}
	return i;
}

size_t lex_opaque(struct span s, size_t at, size_t end, bool shift_jis)
{
	if (s.p[at] == ESC && at + 1 < end && s.p[at + 1] == '$')
		return jis_run_end(s, at, end);
	if (s.p[at] == ESC && at + 2 < end && s.p[at + 1] == '(')
		return at + 3;
	if (!is_8bit(s.p[at]))
		return 0;
	if (shift_jis && is_shift_jis_lead((unsigned char)s.p[at]) && at + 1 < end && (unsigned char)s.p[at + 1] >= 0x40)
		return at + 2;
	return at + 1;
}

size_t lex_quoted(struct span s, size_t at, size_t end, bool shift_jis)
{
	for (size_t i = at + 1; i < end;) {
		size_t behind = lex_opaque(s, i, end, shift_jis);
		if (behind)
			i = behind;
		else if (s.p[i] == '\\')
			i += 2;
		else if (s.p[i++] == '"')
			return i;
	}
	return 0;
}

size_t lex_comment(struct span s, size_t at, size_t end, bool shift_jis)
{
	size_t depth = 0;

	for (size_t i = at; i < end;) {
		size_t behind = lex_opaque(s, i, end, shift_jis);
		if (behind) {
			i = behind;
			continue;
		}
		if (s.p[i] == '\\') {
			i += 2;
			continue;
		}
		if (s.p[i] == '(')
			depth++;
		if (s.p[i++] == ')' && --depth == 0)
			return i;
	}
	return 0;
}

/* ---- the shape of a word ---- */

struct shape {
	struct range charset, text; /* in the file; charset without its language */
	size_t end;
	char encoding;   /* 'B', 'Q', or 0 */
	unsigned flags;
};

static bool may_be_in_charset(char c)
{
	return c > ' ' && c < 0x7f && !strchr("=<>()[]\"@,;:", c);
}

/* "=?charset?X?" at that place. Only the bytes up to the first '?' behind the charset are looked at, and none of them is
 * '=' or '?', so that trying this at every "=?" stays linear. */
static bool read_prefix(struct span s, size_t at, size_t end, struct shape *shape)
{
	size_t i = at + 2, star = 0;
	unsigned flags = 0;

	if (at + 5 > end || s.p[at] != '=' || s.p[at + 1] != '?')
		return false;
	for (; i < end && s.p[i] != '?'; i++) {
		if (i - at > CHARSET_NAME_MAX)
			return false;
		if (s.p[i] == '\r' || s.p[i] == '\n')
			flags |= EW_FOLD_INSIDE;
		else if (s.p[i] == ' ' || s.p[i] == '\t')
			flags |= flags & EW_FOLD_INSIDE ? 0 : EW_SPACE_INSIDE;
		else if (!may_be_in_charset(s.p[i]))
			return false;
		else if (s.p[i] == '*' && !star)
			star = i;
	}
	size_t encoding = i + 1, j = encoding;
	while (j < end && ascii_is_alnum(s.p[j]) && j - encoding < ENCODING_NAME_MAX)
		j++;
	if (i >= end || j >= end || s.p[j] != '?')
		return false;
	char letter = j - encoding == 1 ? ascii_lower(s.p[encoding]) : 0;
	*shape = (struct shape){ .charset = { at + 2, star ? star : i }, .text = { j + 1, j + 1 }, .flags = flags };
	shape->encoding = letter == 'b' ? 'B' : letter == 'q' ? 'Q' : 0;
	/* With blanks in it and no known encoding it is prose. */
	return shape->encoding || (!flags && i > at + 2);
}

/* Where no one can tell an encoding the "?=" must follow in one go. */
static bool finish_unknown(struct span s, size_t end, struct shape *shape)
{
	for (size_t i = shape->text.start; i + 1 < end && !ascii_is_space(s.p[i]); i++) {
		if (s.p[i] == '?' && s.p[i + 1] == '=') {
			shape->text.end = i;
			shape->end = i + 2;
			shape->flags |= EW_BAD_ENCODING;
			return true;
		}
		if (s.p[i] == '=' && s.p[i + 1] == '?')
			return false;
	}
	return false;
}

static bool is_base64(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '/' || c == '=';
}

static bool is_structured(enum field_kind kind)
{
	return kind == FIELD_ADDRESS || kind == FIELD_PHRASE_ID || kind == FIELD_MIME;
}

/* The word that starts at at. A following "=?charset?B?" ends the search for "?=", so that each byte is searched once. */
static bool read_word(struct span s, size_t at, size_t end, enum field_kind kind, struct shape *shape)
{
	struct shape next;
	bool blank = false;
	size_t i;

	if (!read_prefix(s, at, end, shape))
		return false;
	if (!shape->encoding)
		return finish_unknown(s, end, shape);
	for (i = shape->text.start; i < end; i++) {
		if (s.p[i] == '?' && i + 1 < end && s.p[i + 1] == '=') {
			shape->text.end = i;
			shape->end = i + 2;
			return true;
		}
		if (s.p[i] == '=' && i + 1 < end && s.p[i + 1] == '?' && read_prefix(s, i, end, &next) && next.encoding)
			break;
		blank = blank || ascii_is_space(s.p[i]);
		if (blank && is_structured(kind) && s.p[i] && strchr("\"<>,;", s.p[i]))
			break;
	}
	/* It never ends. It is shown as it stands; how far it reaches is a guess. */
	shape->flags |= EW_UNTERMINATED;
	size_t stop = i;
	for (i = shape->text.start; i < stop && !ascii_is_space(s.p[i]); i++)
		if (shape->encoding == 'B' ? !is_base64(s.p[i]) : is_structured(kind) && s.p[i] && strchr("\"<>,;", s.p[i]))
			break;
	shape->text.end = shape->end = i;
	return true;
}

size_t lex_encoded_word(struct span s, size_t at, size_t end)
{
	struct shape shape;

	if (s.p[at] != '=' || !read_prefix(s, at, end, &shape) || shape.flags || !shape.encoding)
		return 0;
	for (size_t i = shape.text.start; i + 1 < end && !ascii_is_space(s.p[i]); i++) {
		if (s.p[i] == '?' && s.p[i + 1] == '=')
			return i + 2;
		if (s.p[i] == '=' && s.p[i + 1] == '?' && read_prefix(s, i, end, &shape))
			return 0;
	}
	return 0;
}

/* ---- bytes with places ---- */

void located_add(struct located_bytes *located, char byte, size_t start, size_t end)
{
	if (located->n == located->allocated) {
		located->allocated = located->allocated ? located->allocated * 2 : 256;
		located->bytes = g_realloc(located->bytes, located->allocated);
		located->start = g_renew(uint32_t, located->start, located->allocated);
		located->end = g_renew(uint32_t, located->end, located->allocated);
	}
	located->bytes[located->n] = byte;
	located->start[located->n] = (uint32_t)start;
	located->end[located->n++] = (uint32_t)end;
}

void located_release(struct located_bytes *located)
{
	g_free(located->bytes);
	g_free(located->start);
	g_free(located->end);
	*located = (struct located_bytes){ 0 };
}

struct text *located_text(struct arena *arena, const struct text *file, const GString *out, struct map_builder *map, size_t place)
{
	struct span bytes = arena_copy_span(arena, span_of(out->str, out->len));

	if (map->n)
		return text_new(arena, bytes, map_builder_finish(map, arena), file);
	map_builder_release(map);
	struct map_run *run = ARENA_NEW(arena, struct map_run);
	*run = (struct map_run){ .src = (uint32_t)place, .kind = MAP_INSERTED };
	return text_new(arena, bytes, (struct map){ run, 1 }, file);
}

/* One character made from the bytes [from, to) of located. */
static void map_character(const struct located_bytes *located, size_t from, size_t to, size_t length, struct map_builder *map,
			  size_t *cursor)
{
	size_t start, end;

	if (from >= to) {
		map_add_inserted(map, from < located->n ? located->start[from] : located->n ? located->end[located->n - 1] : 0, length);
		return;
	}
	start = located->start[from];
	end = located->end[to - 1];
	if (end <= start)
		end = start + 1;
	if (cursor && start > *cursor)
		map_add_removed(map, *cursor, start - *cursor);
	map_add_block(map, start, end - start, length);
	if (cursor && end > *cursor)
		*cursor = end;
}

struct charset_result located_decode(struct arena *arena, struct charset_label label, const struct located_bytes *located,
				     size_t from, size_t to, GString *out, struct map_builder *map, size_t *cursor,
				     located_character *each, void *context)
{
	struct charset_result result = { 0 };
	struct span bytes = from < to ? span_of(located->bytes + from, to - from) : SPAN_EMPTY, text = bytes;

	/* The two cheap cases are nearly all of today's mail, and need no converter. */
	bool as_is = label.family == CHARSET_UTF8    ? utf8_valid(bytes) && !(bytes.n && memchr(bytes.p, ESC, bytes.n)) :
		     label.family == CHARSET_ASCII ? span_is_ascii(bytes) && !memchr(bytes.p, ESC, bytes.n) :
						       false;
	if (!as_is) {
		struct text *root = ARENA_NEW(arena, struct text);
		root->bytes = arena_copy_span(arena, bytes);
		result = charset_decode(arena, label, root);
		text = result.text->bytes;
	}
	for (size_t at = 0; at < text.n;) {
		size_t start = at, out_offset = out->len;
		uint32_t character = utf8_next(text, &at);
		struct range r = { start, at };
		if (!as_is)
			r = text_to_source(result.text, start, at, NULL);
		map_character(located, from + r.start, from + r.end, at - start, map, cursor);
		g_string_append_len(out, text.p + start, (gssize)(at - start));
		if (each)
			each(context, character, from + r.start, out_offset, at - start);
	}
	return result;
}

/* ---- where characters are cut ---- */

static size_t utf8_length_of_lead(unsigned char c)
{
	return c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 1;
}

static bool is_utf8_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static struct charset_edges edges_of_utf8(struct span bytes)
{
	struct charset_edges edges = { 0 };

	while (edges.head < bytes.n && edges.head < 3 && is_utf8_tail(bytes.p[edges.head]))
		edges.head++;
	for (size_t back = 1; back <= 3 && back + edges.head <= bytes.n; back++) {
		unsigned char c = (unsigned char)bytes.p[bytes.n - back];
		if (is_utf8_tail((char)c))
			continue;
		if (utf8_length_of_lead(c) > back)
			edges.tail = back;
		break;
	}
	return edges;
}

/* Two-byte codes, and the three bytes of EUC-JP's JIS X 0212. */
static struct charset_edges edges_of_pairs(enum charset_family family, struct span bytes, const struct charset_edges *before)
{
	struct charset_edges edges = { .head = before && before->tail && bytes.n ? 1 : 0 };

	for (size_t i = edges.head; i < bytes.n;) {
		unsigned char c = (unsigned char)bytes.p[i];
		size_t length = 1;
		if (family == CHARSET_SHIFT_JIS)
			length = is_shift_jis_lead(c) ? 2 : 1;
		else if (family == CHARSET_EUC_JP)
			length = c == 0x8f ? 3 : c == 0x8e || c >= 0xa1 ? 2 : 1;
		else
			length = c > 0x80 ? 2 : 1;
		if (i + length > bytes.n)
			edges.tail = bytes.n - i;
		i += length;
	}
	return edges;
}

static struct charset_edges edges_of_jis(struct span bytes, const struct charset_edges *before)
{
	struct charset_edges edges = { 0 };
	bool ascii = true, two_byte = false, odd = false;

	if (before && before->two_byte && bytes.n && bytes.p[0] != ESC) {
		edges.starts_open = two_byte = true;
		ascii = false;
		edges.head = before->tail ? 1 : 0;
	}
	for (size_t i = edges.head; i < bytes.n;) {
		char c = bytes.p[i];
		if (c == ESC && i + 2 < bytes.n && (bytes.p[i + 1] == '$' || bytes.p[i + 1] == '(')) {
			two_byte = bytes.p[i + 1] == '$';
			ascii = !two_byte && bytes.p[i + 2] == 'B';
			odd = false;
			i += two_byte && bytes.p[i + 2] == '(' ? 4 : 3;
			continue;
		}
		odd = two_byte && c > ' ' && c < 0x7f && !odd;
		i++;
	}
	edges.ends_open = !ascii;
	edges.two_byte = two_byte;
	edges.tail = odd ? 1 : 0;
	return edges;
}

static bool is_two_byte_name(struct span charset)
{
	return span_starts_ci(charset, SPAN_LIT("gb")) || span_starts_ci(charset, SPAN_LIT("big5")) ||
	       span_starts_ci(charset, SPAN_LIT("euc-")) || span_starts_ci(charset, SPAN_LIT("ks_c"));
}

struct charset_edges charset_edges_of(struct charset_label label, struct span charset, struct span bytes,
				      const struct charset_edges *before)
{
	switch (label.family) {
	case CHARSET_UTF8:
		return edges_of_utf8(bytes);
	case CHARSET_SHIFT_JIS:
	case CHARSET_EUC_JP:
		return edges_of_pairs(label.family, bytes, before);
	case CHARSET_ISO_2022_JP:
		return edges_of_jis(bytes, before);
	case CHARSET_OTHER:
		if (is_two_byte_name(charset))
			return edges_of_pairs(label.family, bytes, before);
		return (struct charset_edges){ 0 };
	default:
		return (struct charset_edges){ 0 };
	}
}

/* ---- the decoder ---- */

/* A word of a run of neighbours, waiting to be decoded together with them. */
struct pending {
	size_t word;     /* index into decoder.words */
	size_t from, to; /* bytes in decoder.located */
	struct charset_label label;
	struct charset_edges edges;
	bool carries;    /* its base64 goes on in the next word in the middle of a byte */
	bool joined;     /* decoded together with the word before */
};

struct decoder {
	struct arena *arena;
	struct span s;           /* the file */
	size_t end;              /* of the stretch */
	enum field_kind kind;
	bool shift_jis;
	GString *out;
	struct map_builder map;
	GArray *words;           /* struct encoded_word */
	GArray *run;             /* struct pending */
	struct located_bytes located;
	size_t cursor;           /* file offset up to which out and map are complete */
	struct span last_charset; /* cache of one label: long subjects repeat it */
	struct charset_label last_label;
	size_t current;          /* index into run, while a run is decoded */
};

static struct encoded_word *word_of(struct decoder *d, size_t i)
{
	return &g_array_index(d->words, struct encoded_word, i);
}

static struct pending *pending_of(struct decoder *d, size_t i)
{
	return &g_array_index(d->run, struct pending, i);
}

static struct charset_label label_of(struct decoder *d, struct span charset)
{
	if (!d->last_charset.p || !span_eq(charset, d->last_charset)) {
		d->last_charset = charset;
		d->last_label = charset_label_parse(charset);
	}
	return d->last_label;
}

/* Text outside words: copied without its line ends. */
static void copy_gap(struct decoder *d, size_t from, size_t to)
{
	size_t start = from;

	for (size_t i = from; i < to;) {
		size_t line_end = d->s.p[i] == '\r' || d->s.p[i] == '\n' ? lex_line_end(d->s, i, to) : 0;
		if (!line_end) {
			i++;
			continue;
		}
		map_add_copied(&d->map, start, i - start);
		g_string_append_len(d->out, d->s.p + start, (gssize)(i - start));
		map_add_removed(&d->map, i, line_end);
		start = i += line_end;
	}
	map_add_copied(&d->map, start, to - start);
	g_string_append_len(d->out, d->s.p + start, (gssize)(to - start));
	d->cursor = to;
}

/* The same for raw JIS and raw 8-bit text that is no UTF-8. */
static void decode_gap(struct decoder *d, size_t from, size_t to, const char *label)
{
	d->located.n = 0;
	for (size_t i = from; i < to;) {
		size_t line_end = lex_line_end(d->s, i, to);
		if (!line_end)
			located_add(&d->located, d->s.p[i], i, i + 1);
		i += line_end ? line_end : 1;
	}
	located_decode(d->arena, charset_label_parse(span_str(label)), &d->located, 0, d->located.n, d->out, &d->map, &d->cursor,
		       NULL, NULL);
	map_add_removed(&d->map, d->cursor, to - d->cursor);
	d->cursor = to;
}

static void flush_gap(struct decoder *d, size_t from, size_t to)
{
	struct span gap = span_cut(d->s, from, to);
	const char *name = NULL;
	bool certain;

	if (from >= to)
		return;
	bool ascii = span_is_ascii(gap);
	bool escape = memchr(gap.p, ESC, gap.n) != NULL;
	if ((ascii && !escape) || (!escape && utf8_valid(gap)) || charset_guess(gap, &name, &certain) == CHARSET_ASCII)
		copy_gap(d, from, to);
	else
		decode_gap(d, from, to, name);
}

/* Bits of base64 that do not make up a byte yet. */
struct carry {
	unsigned bits, n_bits;
	size_t start; /* file offset of the character with the oldest of them */
};

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

static unsigned decode_base64(struct decoder *d, struct range text, struct carry *carry)
{
	size_t n_characters = 0, n_padding = 0;
	unsigned flags = 0;

	for (size_t i = text.start; i < text.end; i++) {
		char c = d->s.p[i];
		int value = base64_value(c);
		if (ascii_is_space(c))
			continue;
		if (c == '=') {
			n_padding++;
			/* What is left of the bits is filling. */
			carry->n_bits = carry->bits = 0;
			continue;
		}
		if (value < 0) {
			flags |= EW_BAD_BASE64;
			continue;
		}
		if (n_padding) {
			/* Text behind a padding: a new start, as readers that go on do it. */
			flags |= EW_BAD_BASE64;
			n_characters = n_padding = 0;
		}
		n_characters++;
		if (carry->n_bits == 0)
			carry->start = i;
		carry->bits = carry->bits << 6 | (unsigned)value;
		carry->n_bits += 6;
		if (carry->n_bits >= 8) {
			carry->n_bits -= 8;
			located_add(&d->located, (char)(carry->bits >> carry->n_bits & 0xff), carry->start, i + 1);
			carry->bits &= (1u << carry->n_bits) - 1;
			carry->start = i;
		}
	}
	if ((n_characters + n_padding) % 4 || n_padding > 2 || (n_padding && n_characters % 4 < 2))
		flags |= EW_BAD_BASE64;
	return flags;
}

static unsigned decode_q(struct decoder *d, struct range text)
{
	struct span s = d->s;
	unsigned flags = 0;

	for (size_t i = text.start; i < text.end; i++) {
		char c = s.p[i];
		if (c == '=' && i + 2 < text.end && ascii_hex_value(s.p[i + 1]) >= 0 && ascii_hex_value(s.p[i + 2]) >= 0) {
			located_add(&d->located, (char)(ascii_hex_value(s.p[i + 1]) << 4 | ascii_hex_value(s.p[i + 2])), i, i + 3);
			i += 2;
			continue;
		}
		if (c == '=' || is_8bit(c) || (c >= 0 && c < ' ' && !ascii_is_space(c)))
			flags |= EW_BAD_Q;
		if (c != '\r' && c != '\n')
			located_add(&d->located, c == '_' ? ' ' : c, i, i + 1);
	}
	return flags;
}

static unsigned label_flags(struct charset_label label)
{
	unsigned flags = 0;

	if (label.family == CHARSET_NONE || label.family == CHARSET_UNKNOWN || label.family == CHARSET_FORBIDDEN ||
	    label.flags & CHARSET_LABEL_UNUSABLE)
		flags |= EW_BAD_CHARSET;
	if (label.flags & CHARSET_LABEL_UNREGISTERED)
		flags |= EW_UNREGISTERED_CHARSET;
	return flags;
}

static bool same_coding(const struct encoded_word *a, const struct encoded_word *b)
{
	return a->encoding == b->encoding && span_eq_ci(a->charset, b->charset);
}

/* Undo B and Q of all words of the run and look at each alone, as RFC 2047, section 5 (3) wants it. */
static void decode_run_bytes(struct decoder *d, const struct range *texts)
{
	struct carry carry = { 0 };

	for (size_t i = 0; i < d->run->len; i++) {
		struct pending *p = pending_of(d, i), *before = i ? pending_of(d, i - 1) : NULL;
		struct encoded_word *word = word_of(d, p->word);
		bool neighbour = before && same_coding(word, word_of(d, before->word));
		if (!neighbour)
			carry = (struct carry){ 0 };
		if (before)
			before->carries = carry.n_bits > 0;
		p->from = d->located.n;
		word->flags |= word->encoding == 'B' ? decode_base64(d, texts[i], &carry) : decode_q(d, texts[i]);
		/* Left-over bits that are zero are what a missing padding leaves; others go on in the next word. */
		if (carry.n_bits < 6 && carry.bits == 0)
			carry = (struct carry){ 0 };
		p->to = d->located.n;
		p->label = label_of(d, word->charset);
		word->flags |= label_flags(p->label);
		struct span bytes = p->from < p->to ? span_of(d->located.bytes + p->from, p->to - p->from) : SPAN_EMPTY;
		p->edges = charset_edges_of(p->label, word->charset, bytes, neighbour ? &before->edges : NULL);
		if (p->edges.head || p->edges.tail)
			word->flags |= EW_SPLIT_CHAR;
		if (before && before->carries) {
			word->flags |= EW_SPLIT_CHAR;
			word_of(d, before->word)->flags |= EW_SPLIT_CHAR;
		}
		if (p->edges.starts_open || p->edges.ends_open)
			word->flags |= EW_STATE_OPEN;
		if (p->label.family == CHARSET_ISO_2022_JP && word->encoding == 'Q')
			word->flags |= EW_JIS_Q;
		if (p->label.family == CHARSET_ASCII && (!span_is_ascii(bytes) || (bytes.n && memchr(bytes.p, ESC, bytes.n))))
			word->flags |= EW_UNDECODABLE;
		p->joined = neighbour && (before->carries || before->edges.tail || before->edges.two_byte || p->edges.head);
	}
}

/* Keep the word whose value is being written in step with the characters. */
static void note_character(void *context, uint32_t character, size_t byte, size_t out_offset, size_t out_length)
{
	struct decoder *d = context;

	while (d->current + 1 < d->run->len && byte >= pending_of(d, d->current + 1)->from &&
	       pending_of(d, d->current + 1)->joined) {
		d->current++;
		struct encoded_word *next = word_of(d, pending_of(d, d->current)->word);
		next->value = (struct range){ out_offset, out_offset };
	}
	struct encoded_word *word = word_of(d, pending_of(d, d->current)->word);
	word->value.end = out_offset + out_length;
	bool control = (character < 0x20 && character != '\t') || (character >= 0x7f && character < 0xa0);
	if (control && !(word->flags & EW_CONTROL)) {
		word->flags |= EW_CONTROL;
		word->control = character;
	}
}

static void note_problems(struct decoder *d, size_t first, size_t last, const struct charset_result *result)
{
	size_t base = pending_of(d, first)->from, i = first;

	for (size_t k = first; k <= last && result->looks; k++) {
		struct encoded_word *word = word_of(d, pending_of(d, k)->word);
		word->flags |= EW_UNDECODABLE;
		word->looks = result->looks;
	}
	for (size_t k = 0; k < result->n_problems; k++) {
		const struct charset_problem *problem = &result->problems[k];
		size_t byte = base + problem->offset;
		while (i < last && byte >= pending_of(d, i + 1)->from)
			i++;
		const struct pending *p = pending_of(d, i);
		struct encoded_word *word = word_of(d, p->word);
		switch (problem->kind) {
		case CHARSET_PROBLEM_ILLEGAL:
		case CHARSET_PROBLEM_UNASSIGNED:
		case CHARSET_PROBLEM_JIS_8BIT:
		case CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE:
			/* A cut character is told as such; what the larger set reads arrives. */
			if (!result->larger_set && byte >= p->from + p->edges.head && byte + p->edges.tail < p->to)
				word->flags |= EW_UNDECODABLE;
			break;
		case CHARSET_PROBLEM_JIS_KANA_ESCAPE:
		case CHARSET_PROBLEM_NEC_ROW13:
		case CHARSET_PROBLEM_NEC_SELECTED:
		case CHARSET_PROBLEM_IBM_EXTENSION:
			word->flags |= EW_MACHINE_DEPENDENT;
			break;
		case CHARSET_PROBLEM_JIS_REDUNDANT_ESCAPE:
			/* The last escape of a word and the first of the next one are as they should be. */
			if (byte + problem->length <= p->to)
				word->flags |= EW_REDUNDANT_ESCAPE;
			break;
		default:
			break;
		}
	}
}

static bool is_plain_ascii(struct span text, enum field_kind kind)
{
	/* In a phrase these would need quotes: encoding them is as good. */
	const char *specials = kind == FIELD_UNSTRUCTURED ? "" : "()<>[]:;@\\,.\"";

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~' || strchr(specials, text.p[i]))
			return false;
	return span_find(text, SPAN_LIT("=?"), 0) == text.n;
}

/* A long subject cut in words may have a piece that is ASCII by chance: all words of the run must be. */
static void note_ascii_only(struct decoder *d)
{
	struct encoded_word *first = word_of(d, pending_of(d, 0)->word);
	struct encoded_word *last = word_of(d, pending_of(d, d->run->len - 1)->word);
	struct span text = span_of(d->out->str + first->value.start, last->value.end - first->value.start);

	/* Blanks at the ends are lost unless they are encoded. */
	if (text.n == 0 || text.p[0] == ' ' || text.p[text.n - 1] == ' ' || !is_plain_ascii(text, d->kind))
		return;
	for (size_t i = 0; i < d->run->len; i++)
		word_of(d, pending_of(d, i)->word)->flags |= EW_ASCII_ONLY;
}

/* Decode the waiting words. Words that are whole are decoded alone; where a character or a shift state is spread over
 * several they are put together, which is what the writer meant. */
static void finish_run(struct decoder *d, GArray *texts)
{
	size_t n = d->run->len;

	if (n == 0)
		return;
	d->located.n = 0;
	decode_run_bytes(d, (const struct range *)(void *)texts->data);
	for (size_t i = 0, last; i < n; i = last + 1) {
		last = i;
		while (last + 1 < n && pending_of(d, last + 1)->joined)
			last++;
		const struct pending *p = pending_of(d, i);
		d->current = i;
		word_of(d, p->word)->value = (struct range){ d->out->len, d->out->len };
		struct charset_result result = located_decode(d->arena, p->label, &d->located, p->from, pending_of(d, last)->to,
							      d->out, &d->map, &d->cursor, note_character, d);
		while (d->current < last)
			word_of(d, pending_of(d, ++d->current)->word)->value = (struct range){ d->out->len, d->out->len };
		note_problems(d, i, last, &result);
	}
	size_t end = word_of(d, pending_of(d, n - 1)->word)->end;
	if (end > d->cursor)
		map_add_removed(&d->map, d->cursor, end - d->cursor);
	d->cursor = end;
	note_ascii_only(d);
	g_array_set_size(d->run, 0);
	g_array_set_size(texts, 0);
}

static bool is_blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_space(s.p[i]))
			return false;
	return true;
}

/* Characters other than white space that may touch a word. */
static bool may_touch(char c, enum field_kind kind, bool before)
{
	if (ascii_is_space(c) || c == (before ? '(' : ')'))
		return true;
	if (kind == FIELD_ADDRESS || kind == FIELD_PHRASE_ID)
		return c && strchr(",;<>:\"", c) != NULL;
	/* Parameters are name=value and "value": other flags tell what is wrong there. */
	return kind == FIELD_MIME && c && strchr(before ? "=;\"" : ";\"", c) != NULL;
}

/* What surrounds the place that the scan has reached, in a structured field. */
struct surroundings {
	size_t quoted_end, comment_end; /* behind the piece that is open */
	bool angle;
	bool no_quotes, no_comments;    /* the next one is never closed: do not look again */
};

static unsigned surroundings_flags(const struct decoder *d, const struct surroundings *around, const struct shape *shape, size_t at,
				   size_t from)
{
	unsigned flags = 0;
	char before = at > from ? d->s.p[at - 1] : ' ', behind = shape->end < d->end ? d->s.p[shape->end] : ' ';

	if (!may_touch(before, d->kind, true))
		flags |= EW_GLUED_BEFORE;
	if (!(shape->flags & EW_UNTERMINATED) && !may_touch(behind, d->kind, false))
		flags |= EW_GLUED_AFTER;
	if (at < around->quoted_end)
		flags |= EW_IN_QUOTED_STRING;
	if (d->kind == FIELD_MIME || d->kind == FIELD_STRICT)
		flags |= EW_MISPLACED;
	if ((d->kind == FIELD_ADDRESS || d->kind == FIELD_PHRASE_ID) && at >= around->quoted_end && at >= around->comment_end &&
	    (around->angle || before == '@' || behind == '@'))
		flags |= EW_IN_ADDRESS;
	return flags;
}

static void look_inside(struct span text, unsigned *flags)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\r' || text.p[i] == '\n') {
			*flags |= EW_FOLD_INSIDE;
			/* The blank of the folding itself is no second fault. */
			while (i + 1 < text.n && ascii_is_space(text.p[i + 1]))
				i++;
		} else if (text.p[i] == ' ' || text.p[i] == '\t') {
			*flags |= EW_SPACE_INSIDE;
		}
	}
}

/* Step over one byte or piece that is no word. */
static size_t step(const struct decoder *d, struct surroundings *around, size_t at)
{
	size_t behind = lex_opaque(d->s, at, d->end, d->shift_jis);

	if (behind)
		return behind;
	if (!is_structured(d->kind))
		return at + 1;
	char c = d->s.p[at];
	if (at < around->quoted_end || at < around->comment_end)
		return c == '\\' && at + 1 < d->end ? at + 2 : at + 1;
	if (c == '"' && !around->no_quotes) {
		around->quoted_end = lex_quoted(d->s, at, d->end, d->shift_jis);
		around->no_quotes = around->quoted_end == 0;
	} else if (c == '(' && !around->no_comments) {
		around->comment_end = lex_comment(d->s, at, d->end, d->shift_jis);
		around->no_comments = around->comment_end == 0;
	} else if (c == '<') {
		around->angle = true;
	} else if (c == '>' || c == ',') {
		around->angle = false;
	}
	return at + 1;
}

static void decode_stretch(struct decoder *d, size_t from)
{
	struct surroundings around = { 0 };
	GArray *texts = g_array_new(FALSE, FALSE, sizeof(struct range));
	size_t gap = from;
	struct shape shape;

	for (size_t at = from; at < d->end;) {
		if (d->s.p[at] != '=' || !read_word(d->s, at, d->end, d->kind, &shape)) {
			at = step(d, &around, at);
			continue;
		}
		struct encoded_word word = { .start = at, .end = shape.end, .encoding = shape.encoding };
		word.charset = span_trim(span_cut(d->s, shape.charset.start, shape.charset.end));
		word.flags = shape.flags | surroundings_flags(d, &around, &shape, at, from);
		if (shape.end - at > WORD_MAX)
			word.flags |= EW_TOO_LONG;
		if (shape.flags & (EW_UNTERMINATED | EW_BAD_ENCODING)) {
			finish_run(d, texts);
			flush_gap(d, gap, at);
			word.value.start = d->out->len;
			flush_gap(d, at, shape.end);
			word.value.end = d->out->len;
			g_array_append_val(d->words, word);
		} else {
			look_inside(span_cut(d->s, shape.text.start, shape.text.end), &word.flags);
			if (d->run->len == 0 || !is_blank(span_cut(d->s, gap, at))) {
				finish_run(d, texts);
				flush_gap(d, gap, at);
			}
			struct pending pending = { .word = d->words->len };
			g_array_append_val(d->words, word);
			g_array_append_val(d->run, pending);
			g_array_append_val(texts, shape.text);
		}
		gap = at = shape.end;
	}
	finish_run(d, texts);
	flush_gap(d, gap, d->end);
	g_array_free(texts, TRUE);
}

struct text *encoded_words_decode(struct arena *arena, const struct text *file, struct range stretch, enum field_kind kind,
				  struct encoded_word **words_out, size_t *n_out)
{
	struct span whole = span_cut(file->bytes, stretch.start, stretch.end), trimmed = span_trim(whole);
	size_t from = (size_t)(trimmed.p - file->bytes.p);
	struct decoder d = {
		.arena = arena,
		.s = file->bytes,
		.end = from + trimmed.n,
		.kind = kind,
		.shift_jis = raw_is_shift_jis(trimmed),
		.out = g_string_sized_new(trimmed.n),
		.words = g_array_new(FALSE, FALSE, sizeof(struct encoded_word)),
		.run = g_array_new(FALSE, FALSE, sizeof(struct pending)),
		.cursor = from,
	};

	map_builder_init(&d.map);
	map_add_removed(&d.map, from - (size_t)(trimmed.p - whole.p), (size_t)(trimmed.p - whole.p));
	decode_stretch(&d, from);
	struct text *text = located_text(arena, file, d.out, &d.map, from);
	if (words_out) {
		*words_out = ARENA_ARRAY(arena, struct encoded_word, d.words->len);
		if (d.words->len)
			memcpy(*words_out, d.words->data, d.words->len * sizeof(struct encoded_word));
	}
	if (n_out)
		*n_out = d.words->len;
	g_string_free(d.out, TRUE);
	g_array_free(d.words, TRUE);
	g_array_free(d.run, TRUE);
	located_release(&d.located);
	return text;
}

/* ---- quotes ---- */

/* The file's own byte that a character of the text was copied from; 0 where it was made from something else. */
static char copied_byte(const struct text *file, struct range r)
{
	return r.end == r.start + 1 && r.start < file->bytes.n ? file->bytes.p[r.start] : 0;
}

struct text *text_unquote(struct arena *arena, const struct text *file, const struct text *decoded,
			  const struct encoded_word *words, size_t n_words)
{
	struct map_builder map;
	GString *out = g_string_sized_new(decoded->bytes.n);
	struct span s = decoded->bytes;
	size_t word = 0;
	bool pair = false;

	map_builder_init(&map);
	size_t kept = 0;
	size_t place = text_to_ancestor(decoded, 0, 0, file).start;
	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		uint32_t character = utf8_next(s, &at);
		struct range r = text_to_ancestor(decoded, start, at, file);
		while (word < n_words && words[word].value.end <= start)
			word++;
		bool in_word = word < n_words && start >= words[word].value.start && !(words[word].flags & EW_UNTERMINATED);
		char raw = in_word || character >= 0x80 ? 0 : copied_byte(file, r);
		bool drop = raw && !pair && (raw == '"' || raw == '\\');
		pair = drop && raw == '\\';
		if (drop || (kept == 0 && ascii_is_space(s.p[start]))) {
			map_add_removed(&map, r.start, r.end - r.start);
			continue;
		}
		if (r.end > r.start)
			map_add_block(&map, r.start, r.end - r.start, at - start);
		else
			map_add_inserted(&map, r.start, at - start);
		g_string_append_len(out, s.p + start, (gssize)(at - start));
		kept++;
	}
	/* Blanks at the end: the runs may reach further than the text, which no reader of the map minds. */
	while (out->len && ascii_is_space(out->str[out->len - 1]))
		g_string_truncate(out, out->len - 1);
	struct text *text = located_text(arena, file, out, &map, place);
	g_string_free(out, TRUE);
	return text;
}
