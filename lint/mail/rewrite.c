/* Edits of decoded texts made edits of the raw file. Decides nothing about content; what it cannot say faithfully it refuses. */
#include "mail/rewrite.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "mail/refold.h"

enum { LINE_LENGTH = 76, LINE_LENGTH_BYTES = 998 };

const char *rewrite_line_end(struct span bytes)
{
	size_t at = span_find_byte(bytes, '\n', 0);

	if (at == bytes.n)
		return span_find_byte(bytes, '\r', 0) < bytes.n ? "\r" : "\r\n";
	return at == 0 || bytes.p[at - 1] != '\r' ? "\n" : "\r\n";
}

/* The byte that ends a line, for the decoders, too. */
static char last_of_line(struct span bytes)
{
	const char *end = rewrite_line_end(bytes);

	return end[strlen(end) - 1];
}

/* --- where an edit belongs --- */

static const struct entity *entity_of_text(const struct mime *mime, const struct text *text)
{
	for (size_t i = 0; i < mime->n; i++)
		if (mime->all[i]->charset_result.text == text)
			return mime->all[i];
	return NULL;
}

static const struct field *field_of_text(const struct mime *mime, const struct text *text)
{
	for (size_t i = 0; i < mime->n; i++)
		for (size_t k = 0; k < mime->all[i]->header.n; k++)
			if (mime->all[i]->header.fields[k].value == text)
				return &mime->all[i]->header.fields[k];
	return NULL;
}

static bool is_identity(enum transfer_encoding transfer)
{
	return transfer == TRANSFER_7BIT || transfer == TRANSFER_8BIT || transfer == TRANSFER_BINARY;
}

/* The charset in which new words may be put into the part: that of its label, if it was read as that. Where there is no label, or none that helped,
 * ASCII is all that is sure. */
static bool charset_to_write(const struct entity *e, struct charset_label *out)
{
	const struct charset_result *result = &e->charset_result;

	*out = e->charset;
	if (result->looks || result->doubtful || result->larger_set || e->flags & ENTITY_TEXT_CUT)
		return false;
	if (result->decoded_as == e->charset.family)
		return true;
	if (result->decoded_as == CHARSET_ISO_2022_JP)
		return false;
	out->family = CHARSET_ASCII;
	return true;
}

static struct rewrite of_file(struct range range, struct span with)
{
	return (struct rewrite){ .target = REWRITE_FILE, .unit = range, .start = range.start, .end = range.end, .with = with };
}

static bool place_in_body(struct arena *arena, const struct entity *e, struct range range, struct span with, struct rewrite *out)
{
	struct charset_label charset;
	struct span bytes;

	if (!charset_to_write(e, &charset) || !charset_encode_new(arena, charset, with, &bytes))
		return false;
	if (e->transfer == TRANSFER_UNKNOWN || (e->transfer == TRANSFER_BASE64 && e->decoded.n_bad))
		return false;
	struct range in_body = text_to_ancestor(e->charset_result.text, range.start, range.end, e->decoded.text);
	bool jis = charset.family == CHARSET_ISO_2022_JP;
	if (!is_identity(e->transfer) || jis) {
		*out = (struct rewrite){ REWRITE_BODY, e->body, e->transfer, charset, in_body.start, in_body.end, with };
		return true;
	}
	if (e->transfer == TRANSFER_7BIT && !span_is_ascii(bytes))
		return false;
	*out = of_file(text_to_file(e->decoded.text, in_body.start, in_body.end), bytes);
	return true;
}

/* White space only, so that the two words are one text? */
static bool are_joined(const struct text *file, const struct encoded_word *a, const struct encoded_word *b)
{
	return span_trim(span_cut(file->bytes, a->end, b->start)).n == 0;
}

static bool touches(struct range range, struct range value)
{
	return range.start == range.end ? range.start >= value.start && range.start <= value.end
					: range.start < value.end && value.start < range.end;
}

static bool place_in_words(struct arena *arena, const struct text *file, const struct field *field, struct range range, struct span with,
			   size_t first, struct rewrite *out)
{
	static const unsigned odd = EW_BAD_CHARSET | EW_BAD_ENCODING | EW_BAD_BASE64 | EW_BAD_Q | EW_SPACE_INSIDE | EW_FOLD_INSIDE | EW_IN_QUOTED_STRING |
				    EW_IN_ADDRESS | EW_MISPLACED | EW_UNTERMINATED | EW_UNDECODABLE | EW_GLUED_BEFORE | EW_GLUED_AFTER;
	size_t last = first;
	struct span bytes;

	while (first > 0 && are_joined(file, &field->words[first - 1], &field->words[first]))
		first--;
	while (last + 1 < field->n_words && are_joined(file, &field->words[last], &field->words[last + 1]))
		last++;
	for (size_t i = first; i <= last; i++) {
		struct charset_label label = charset_label_parse(field->words[i].charset);
		/* The words around are written again with it. */
		if (field->words[i].flags & odd || field->words[i].looks || !charset_encode_new(arena, label, with, &bytes) ||
		    !charset_encode(arena, label, span_cut(field->value->bytes, field->words[i].value.start, field->words[i].value.end), &bytes))
			return false;
	}
	struct range unit = { field->words[first].start, field->words[last].end };
	struct range said = { field->words[first].value.start, field->words[last].value.end };
	struct text *alone = encoded_words_decode(arena, file, unit, FIELD_UNSTRUCTURED, NULL, NULL);
	if (range.start < said.start || range.end > said.end ||
	    !span_eq(alone->bytes, span_cut(field->value->bytes, said.start, said.end)) || (!with.n && range.end - range.start == said.end - said.start))
		return false;
	*out = (struct rewrite){ .target = REWRITE_WORDS, .unit = unit, .start = range.start - said.start, .end = range.end - said.start, .with = with };
	return true;
}

static bool place_in_field(struct arena *arena, const struct text *file, const struct field *field, struct range range, struct span with,
			   struct rewrite *out)
{
	for (size_t i = 0; i < field->n_words; i++)
		if (touches(range, field->words[i].value))
			return place_in_words(arena, file, field, range, with, i, out);
	if (field->flags & (FIELD_RAW_JIS | FIELD_TOO_LONG) || (field->flags & FIELD_RAW_8BIT && !(field->flags & FIELD_RAW_UTF8)))
		return false;
	if (!span_is_ascii(with) && !(field->flags & FIELD_RAW_UTF8))
		return false;
	*out = of_file(text_to_file(field->value, range.start, range.end), with);
	return true;
}

bool rewrite_place(struct arena *arena, const struct mime *mime, const struct text *file, const struct text *text, struct range range,
		   struct span with, struct rewrite *out)
{
	while (text && text->n_sources) {
		const struct entity *e = entity_of_text(mime, text);
		if (e)
			return place_in_body(arena, e, range, with, out);
		const struct field *field = field_of_text(mime, text);
		if (field)
			return place_in_field(arena, file, field, range, with, out);
		const struct text *source;
		range = text_to_source(text, range.start, range.end, &source);
		text = source;
	}
	*out = of_file(range, with);
	return true;
}

int rewrite_compare(const void *a, const void *b)
{
	const struct rewrite *x = a, *y = b;

	if (x->unit.start != y->unit.start)
		return x->unit.start < y->unit.start ? -1 : 1;
	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static bool same_unit(const struct rewrite *a, const struct rewrite *b)
{
	return a->target == b->target && a->target != REWRITE_FILE && a->unit.start == b->unit.start;
}

bool rewrite_conflicts(const struct rewrite *a, const struct rewrite *b)
{
	if (same_unit(a, b))
		return b->start < a->end || (b->start == a->start && (a->start == a->end || b->start == b->end));
	/* Something put in front of a unit, or right behind it, does not touch it. */
	if (b->unit.start == a->unit.start && a->unit.start == a->unit.end && a->target == b->target)
		return true;
	return b->unit.start < a->unit.end;
}

/* --- ISO-2022-JP --- */

/* A character of a text with escapes: its bytes and the escape that was in force. */
struct jis_token {
	struct span escape, bytes;
	size_t start;
};

#define JIS_ASCII_ESCAPE SPAN_LIT("\x1B(B")

/* The length of the escape at a place; 0 where none begins. RFC 1468; ESC $ ( D and the like have four bytes. */
static size_t escape_length(struct span s, size_t at)
{
	if (s.p[at] != '\x1B' || at + 2 >= s.n)
		return 0;
	return s.p[at + 1] == '$' && s.p[at + 2] == '(' ? (at + 3 < s.n ? 4 : 0) : 3;
}

/* Step to the next character: true with its token, false at the end. escape: in force, updated. */
static bool next_token(struct span s, size_t *at, struct span *escape, struct jis_token *token)
{
	for (size_t n; *at < s.n && (n = escape_length(s, *at)); *at += n)
		*escape = span_cut(s, *at, *at + n);
	if (*at >= s.n)
		return false;
	bool pair = escape->p[1] == '$' && *at + 1 < s.n && s.p[*at] > ' ' && s.p[*at + 1] > ' ';
	*token = (struct jis_token){ *escape, span_cut(s, *at, *at + (pair ? 2 : 1)), *at };
	*at += token->bytes.n;
	return true;
}

static void put_escape(GString *out, struct span *current, struct span wanted)
{
	if (!span_eq(*current, wanted))
		g_string_append_len(out, wanted.p, (gssize)wanted.n);
	*current = wanted;
}

static void put_token(GString *out, struct span *current, const struct jis_token *token)
{
	put_escape(out, current, token->escape);
	g_string_append_len(out, token->bytes.p, (gssize)token->bytes.n);
}

/* Put new words, which begin and end in ASCII. */
static void put_words(GString *out, struct span *current, struct span words)
{
	struct span escape = JIS_ASCII_ESCAPE;
	struct jis_token token;

	for (size_t at = 0; next_token(words, &at, &escape, &token);)
		put_token(out, current, &token);
}

/* Write a line anew with the edits in it. before: the escape in force at its start; afterwards that at its end. */
static void write_jis_line(struct arena *arena, GString *out, struct span bytes, struct range line, const struct rewrite *edits, size_t n, struct span before)
{
	struct span escape = before, current = before, s = span_cut(bytes, 0, line.end);
	struct jis_token token;
	size_t at = line.start, k = 0;

	while (next_token(s, &at, &escape, &token)) {
		while (k < n && edits[k].start <= token.start && (edits[k].end > token.start || edits[k].end == edits[k].start)) {
			struct span words;
			if (charset_encode(arena, edits[k].charset, edits[k].with, &words))
				put_words(out, &current, words);
			k++;
		}
		bool gone = k > 0 && edits[k - 1].start <= token.start && token.start < edits[k - 1].end;
		if (!gone)
			put_token(out, &current, &token);
	}
	for (; k < n; k++) {
		struct span words;
		if (charset_encode(arena, edits[k].charset, edits[k].with, &words))
			put_words(out, &current, words);
	}
	put_escape(out, &current, escape);
}

static size_t line_start(struct span s, size_t at, char ends)
{
	while (at > 0 && s.p[at - 1] != ends)
		at--;
	return at;
}

static size_t line_stop(struct span s, size_t at, char ends)
{
	size_t end = span_find_byte(s, ends, at);

	return ends == '\n' && end > at && end < s.n && s.p[end - 1] == '\r' ? end - 1 : end;
}

/* Edits of ISO-2022-JP become edits of its bytes, one for each line. */
static size_t jis_edits(struct arena *arena, struct span bytes, const struct rewrite *edits, size_t n, struct edit *out)
{
	struct span escape = JIS_ASCII_ESCAPE;
	size_t n_out = 0, scanned = 0;
	char ends = last_of_line(bytes);

	for (size_t i = 0, next; i < n; i = next) {
		struct range line = { line_start(bytes, edits[i].start, ends), line_stop(bytes, edits[i].end, ends) };
		for (next = i + 1; next < n && edits[next].start <= line.end; next++)
			if (edits[next].end > line.end)
				line.end = line_stop(bytes, edits[next].end, ends);
		struct jis_token token;
		while (next_token(span_cut(bytes, 0, line.start), &scanned, &escape, &token))
			;
		GString *text = g_string_new(NULL);
		write_jis_line(arena, text, bytes, line, edits + i, next - i, escape);
		out[n_out++] = (struct edit){ line.start, line.end, arena_copy_span(arena, span_of(text->str, text->len)) };
		g_string_free(text, TRUE);
	}
	return n_out;
}

/* --- bytes of a body to bytes of the file --- */

static void put_qp_byte(GString *out, unsigned char c)
{
	g_string_append_printf(out, "=%02X", c);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void put_qp(GString *out, struct span bytes, const char *line_end)
{
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		if (c == '\n' || (c == '\r' && i + 1 < bytes.n && bytes.p[i + 1] == '\n')) {
			g_string_append(out, line_end);
			i += c == '\r';
		} else if ((c >= ' ' && c < 0x7F && c != '=') || c == '\t') {
			g_string_append_c(out, (char)c);
		} else {
			put_qp_byte(out, c);
		}
	}
}

/* Where a line that is too long may be broken: not inside of an escape, nor between the bytes of one character of UTF-8. */
static size_t break_at(struct span s, size_t start)
{
	size_t at = start + LINE_LENGTH - 1, limit = at;

	if (s.p[at - 1] == '=')
		at -= 1;
	else if (s.p[at - 2] == '=')
		at -= 2;
	/* In Shift_JIS a letter may stand in front of such a byte: three back is then inside of another escape. */
	while (at + 12 > limit && at + 2 < s.n && s.p[at] == '=' && s.p[at + 1] >= '8' && s.p[at + 1] <= 'B' && s.p[at - 3] == '=')
		at -= 3;
	return at;
}

void rewrite_fold_qp(GString *out, struct span line, const char *line_end)
{
	size_t start = 0;

	while (line.n - start > LINE_LENGTH) {
		size_t at = break_at(line, start);
		g_string_append_len(out, line.p + start, (gssize)(at - start));
		g_string_append_printf(out, "=%s", line_end);
		start = at;
	}
	g_string_append_len(out, line.p + start, (gssize)(line.n - start));
}

/* Rule (3): no white space in front of a line end. */
static void put_folded_lines(GString *out, struct span text, const char *line_end)
{
	GString *line = g_string_new(NULL);
	char ends = line_end[strlen(line_end) - 1];

	for (size_t at = 0, end, next; at <= text.n; at = next) {
		end = line_stop(text, at, ends);
		g_string_truncate(line, 0);
		g_string_append_len(line, text.p + at, (gssize)(end - at));
		if (line->len && is_blank(line->str[line->len - 1])) {
			unsigned char blank = (unsigned char)line->str[line->len - 1];
			g_string_truncate(line, line->len - 1);
			put_qp_byte(line, blank);
		}
		rewrite_fold_qp(out, span_of(line->str, line->len), line_end);
		next = MIN(span_find_byte(text, ends, end), text.n) + 1;
		if (end < text.n)
			g_string_append_len(out, text.p + end, (gssize)(next - end));
	}
	g_string_free(line, TRUE);
}

/* Edits of decoded bytes in quoted-printable: the lines they stand on, with everything else on them as it was. */
static void qp_to_file(struct arena *arena, const struct text *file, struct range body, const struct edit *edits, size_t n, GArray *out)
{
	const struct text *decoded = transfer_decode_qp(arena, file, body).text;
	struct span raw = span_cut(file->bytes, 0, body.end);
	const char *eol = rewrite_line_end(span_cut(file->bytes, body.start, body.end));
	char ends = eol[strlen(eol) - 1];
	struct edit *in_raw = ARENA_ARRAY(arena, struct edit, n);

	for (size_t i = 0; i < n; i++) {
		struct range place = text_to_file(decoded, edits[i].start, edits[i].end);
		GString *encoded = g_string_new(NULL);
		put_qp(encoded, edits[i].with, eol);
		in_raw[i] = (struct edit){ place.start, place.end, arena_copy_span(arena, span_of(encoded->str, encoded->len)) };
		g_string_free(encoded, TRUE);
	}
	for (size_t i = 0, next; i < n; i = next) {
		struct range lines = { MAX(line_start(raw, in_raw[i].start, ends), body.start), line_stop(raw, in_raw[i].end, ends) };
		for (next = i + 1; next < n && in_raw[next].start <= lines.end; next++)
			if (in_raw[next].end > lines.end)
				lines.end = line_stop(raw, in_raw[next].end, ends);
		GString *text = g_string_new(NULL), *folded = g_string_new(NULL);
		/* White space at the end of a line is no text: what was said before it must not become so. */
		size_t said = lines.end;
		while (said > in_raw[next - 1].end && said > lines.start && is_blank(raw.p[said - 1]))
			said--;
		for (size_t k = i; k < next; k++) {
			in_raw[k].start -= lines.start;
			in_raw[k].end -= lines.start;
		}
		edits_apply(text, span_cut(raw, lines.start, said), in_raw + i, next - i);
		put_folded_lines(folded, span_of(text->str, text->len), eol);
		struct edit edit = { lines.start, lines.end, arena_copy_span(arena, span_of(folded->str, folded->len)) };
		g_array_append_val(out, edit);
		g_string_free(text, TRUE);
		g_string_free(folded, TRUE);
	}
}

static void put_base64(GString *out, struct span bytes, size_t line_length, const char *line_end)
{
	gchar *text = g_base64_encode((const guchar *)bytes.p, bytes.n);
	size_t n = strlen(text);

	for (size_t at = 0; at < n; at += line_length) {
		if (at)
			g_string_append(out, line_end);
		g_string_append_len(out, text + at, (gssize)MIN(line_length, n - at));
	}
	g_free(text);
}

void rewrite_put_base64(GString *out, struct span bytes, const char *line_end)
{
	put_base64(out, bytes, LINE_LENGTH, line_end);
}

/* Whatever changes in base64 moves all bits behind it: the body is encoded anew, in lines as long as its first one. */
static void base64_to_file(struct arena *arena, const struct text *file, struct range body, const struct edit *edits, size_t n, GArray *out)
{
	const struct text *decoded = transfer_decode_base64(arena, file, body).text;
	struct span raw = span_cut(file->bytes, body.start, body.end), data = span_trim(raw);
	size_t first = line_stop(data, 0, last_of_line(raw));
	GString *bytes = g_string_new(NULL), *text = g_string_new(NULL);

	edits_apply(bytes, decoded->bytes, edits, n);
	put_base64(text, span_of(bytes->str, bytes->len), first >= 4 && first <= LINE_LENGTH && first < data.n ? first - first % 4 : LINE_LENGTH,
		   rewrite_line_end(raw));
	size_t start = body.start + (data.n ? (size_t)(data.p - raw.p) : 0);
	struct edit edit = { start, start + data.n, arena_copy_span(arena, span_of(text->str, text->len)) };
	edit = edit_trimmed(file->bytes, edit);
	g_array_append_val(out, edit);
	g_string_free(bytes, TRUE);
	g_string_free(text, TRUE);
}

static void body_to_file(struct arena *arena, const struct text *file, const struct rewrite *rewrites, size_t n, GArray *out)
{
	struct edit *edits = ARENA_ARRAY(arena, struct edit, n);
	struct range body = rewrites[0].unit;
	size_t n_edits = n;

	if (rewrites[0].charset.family == CHARSET_ISO_2022_JP) {
		const struct text *decoded = mime_decode_body(arena, file, body, rewrites[0].transfer).text;
		n_edits = jis_edits(arena, decoded->bytes, rewrites, n, edits);
	} else {
		for (size_t i = 0; i < n; i++) {
			edits[i] = (struct edit){ rewrites[i].start, rewrites[i].end, SPAN_EMPTY };
			charset_encode(arena, rewrites[i].charset, rewrites[i].with, &edits[i].with);
		}
	}
	if (rewrites[0].transfer == TRANSFER_QP) {
		qp_to_file(arena, file, body, edits, n_edits, out);
	} else if (rewrites[0].transfer == TRANSFER_BASE64) {
		base64_to_file(arena, file, body, edits, n_edits, out);
	} else {
		for (size_t i = 0; i < n_edits; i++) {
			edits[i].start += body.start;
			edits[i].end += body.start;
			edits[i] = edit_trimmed(file->bytes, edits[i]);
			g_array_append_val(out, edits[i]);
		}
	}
}

/* --- encoded words --- */

/* Words of a run that must be encoded together: [first, last] grown until no edit and no character reaches over its ends. */
static size_t last_of_group(const struct encoded_word *words, size_t n, size_t first, const struct rewrite *edits, size_t n_edits, size_t *used)
{
	size_t last = first;

	for (;;) {
		while (*used < n_edits && edits[*used].start < words[last].value.end + (edits[*used].start == edits[*used].end)) {
			while (last + 1 < n && edits[*used].end > words[last].value.end)
				last++;
			++*used;
		}
		if (last + 1 == n || !(words[last + 1].flags & (EW_SPLIT_CHAR | EW_STATE_OPEN)))
			return last;
		last++;
	}
}

static void words_to_file(struct arena *arena, const struct text *file, const struct rewrite *edits, size_t n, GArray *out)
{
	struct encoded_word *words;
	size_t n_words;
	struct text *text = encoded_words_decode(arena, file, edits[0].unit, FIELD_UNSTRUCTURED, &words, &n_words);

	for (size_t i = 0, w = 0; i < n && w < n_words;) {
		size_t used = i, first = w;
		if (edits[i].start > words[w].value.end || (edits[i].start == words[w].value.end && edits[i].end > edits[i].start)) {
			w++;
			continue;
		}
		while (first > 0 && words[first].flags & (EW_SPLIT_CHAR | EW_STATE_OPEN) && words[first - 1].flags & (EW_SPLIT_CHAR | EW_STATE_OPEN))
			first--;
		size_t last = last_of_group(words, n_words, first, edits, n, &used);
		struct range said = { words[first].value.start, words[last].value.end }, place = { words[first].start, words[last].end };
		struct edit *inner = ARENA_ARRAY(arena, struct edit, used - i);
		GString *changed = g_string_new(NULL), *encoded = g_string_new(NULL);
		for (size_t k = i; k < used; k++)
			inner[k - i] = (struct edit){ edits[k].start - said.start, edits[k].end - said.start, edits[k].with };
		edits_apply(changed, span_cut(text->bytes, said.start, said.end), inner, used - i);
		const struct word_style style = { words[first].charset, words[first].encoding };
		refold_put_words(arena, encoded, &style, span_of(changed->str, changed->len),
				 place.start - line_start(file->bytes, place.start, last_of_line(file->bytes)), arena_printf(arena, "%s ", rewrite_line_end(file->bytes)));
		/* A word with nothing in it goes with the white space beside it. */
		if (!changed->len && last + 1 < n_words)
			place.end = words[last + 1].start;
		else if (!changed->len && first > 0)
			place.start = words[first - 1].end;
		struct edit edit = { place.start, place.end, arena_copy_span(arena, span_of(encoded->str, encoded->len)) };
		g_array_append_val(out, edit);
		g_string_free(changed, TRUE);
		g_string_free(encoded, TRUE);
		i = used;
		w = last + 1;
	}
}

/* --- all together --- */

struct edit *rewrite_realise(struct arena *arena, const struct text *file, const struct rewrite *rewrites, size_t n, size_t *n_out)
{
	GArray *edits = g_array_new(FALSE, FALSE, sizeof(struct edit));

	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n && same_unit(&rewrites[i], &rewrites[next]);)
			next++;
		if (rewrites[i].target == REWRITE_BODY) {
			body_to_file(arena, file, rewrites + i, next - i, edits);
		} else if (rewrites[i].target == REWRITE_WORDS) {
			words_to_file(arena, file, rewrites + i, next - i, edits);
		} else {
			struct edit edit = { rewrites[i].start, rewrites[i].end, rewrites[i].with };
			g_array_append_val(edits, edit);
		}
	}
	struct edit *all = ARENA_ARRAY(arena, struct edit, edits->len + 1);
	if (edits->len)
		memcpy(all, edits->data, edits->len * sizeof *all);
	*n_out = edits->len;
	g_array_free(edits, TRUE);
	return all;
}

/* "From " at the start of a line is changed on the way, and a dot alone may be taken for the end of the mail. */
static bool is_fragile(struct span line)
{
	return span_starts(line, SPAN_LIT("From ")) || span_eq(line, SPAN_LIT(".")) || span_eq(line, SPAN_LIT(".\r"));
}

static bool lines_fit(struct span bytes)
{
	for (size_t at = 0, end; at < bytes.n; at = end + 1) {
		end = span_find_byte(bytes, '\n', at);
		if (end - at > LINE_LENGTH_BYTES || is_fragile(span_cut(bytes, at, end)))
			return false;
	}
	return true;
}

enum transfer_encoding rewrite_encode_body(GString *out, struct span bytes, enum transfer_encoding wanted, const char *line_end)
{
	bool plain = span_is_ascii(bytes) && lines_fit(bytes);

	if (wanted == TRANSFER_BASE64 && !plain) {
		put_base64(out, bytes, LINE_LENGTH, line_end);
		g_string_append(out, line_end);
		return TRANSFER_BASE64;
	}
	if (plain || (wanted == TRANSFER_8BIT && lines_fit(bytes))) {
		g_string_append_len(out, bytes.p, (gssize)bytes.n);
		return plain ? TRANSFER_7BIT : TRANSFER_8BIT;
	}
	GString *text = g_string_new(NULL);
	for (size_t at = 0, end; at < bytes.n; at = end) {
		end = MIN(span_find_byte(bytes, '\n', at) + 1, bytes.n);
		struct span line = span_cut(bytes, at, end);
		bool fragile = is_fragile(line.p[line.n - 1] == '\n' ? span_cut(line, 0, line.n - 1) : line);
		if (fragile)
			put_qp_byte(text, (unsigned char)line.p[0]);
		put_qp(text, span_cut(line, fragile, line.n), line_end);
	}
	put_folded_lines(out, span_of(text->str, text->len), line_end);
	g_string_free(text, TRUE);
	return TRANSFER_QP;
}
