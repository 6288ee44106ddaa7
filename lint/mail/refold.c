/* Header fields written anew. Must not judge a field: what is written, and whether it may be, its callers know. */
#include "mail/refold.h"

#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/rewrite.h"

enum { WORD_LENGTH = 75, LEAST_ROOM = 30 };

/* ---- encoded words ---- */

/* RFC 2047, section 5 (3): what may stand in a phrase may stand anywhere. */
static bool is_plain_q(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!*+-/", c));
}

static void put_q(GString *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];
		if (is_plain_q(c))
			g_string_append_c(out, c);
		else if (c == ' ')
			g_string_append_c(out, '_');
		else
			g_string_append_printf(out, "=%02X", (unsigned char)c);
	}
}

struct word_style refold_utf8_style(struct span text)
{
	size_t q = 0;

	for (size_t i = 0; i < text.n; i++)
		q += is_plain_q(text.p[i]) || text.p[i] == ' ' ? 1 : 3;
	return (struct word_style){ SPAN_LIT("UTF-8"), q <= (text.n + 2) / 3 * 4 ? 'Q' : 'B' };
}

static void put_word(struct arena *arena, GString *out, const struct word_style *style, struct span text)
{
	struct span bytes = SPAN_EMPTY;

	charset_encode(arena, charset_label_parse(style->charset), text, &bytes);
	g_string_append_printf(out, "=?%.*s?%c?", (int)style->charset.n, style->charset.p, style->encoding);
	if (style->encoding == 'Q') {
		put_q(out, bytes);
	} else {
		gchar *base64 = g_base64_encode((const guchar *)bytes.p, bytes.n);
		g_string_append(out, base64);
		g_free(base64);
	}
	g_string_append(out, "?=");
}

void refold_put_words(struct arena *arena, GString *out, const struct word_style *style, struct span text, size_t column, const char *between)
{
	GString *word = g_string_new(NULL), *longer = g_string_new(NULL);
	size_t room = column + LEAST_ROOM > FOLD_WORDS ? WORD_LENGTH : MIN(WORD_LENGTH, FOLD_WORDS - column);

	for (size_t start = 0, end; start < text.n; start = end) {
		end = start;
		utf8_next(text, &end);
		g_string_truncate(word, 0);
		put_word(arena, word, style, span_cut(text, start, end));
		for (size_t next = end; next < text.n;) {
			utf8_next(text, &next);
			g_string_truncate(longer, 0);
			put_word(arena, longer, style, span_cut(text, start, next));
			if (longer->len > room)
				break;
			g_string_assign(word, longer->str);
			end = next;
		}
		if (start)
			g_string_append(out, between);
		g_string_append_len(out, word->str, (gssize)word->len);
		room = WORD_LENGTH;
	}
	g_string_free(word, TRUE);
	g_string_free(longer, TRUE);
}

/* ---- folding ---- */

/* A place where a line end may be put. */
struct fold {
	size_t at;
	bool blank; /* a blank must be put behind it */
	bool good;  /* between two members or parameters */
};

struct folder {
	struct span s;        /* the field */
	size_t value, end;    /* behind the colon; behind the last character that is no white space */
	enum field_kind kind;
	const struct encoded_word *words;
	size_t n_words;
	GArray *folds;        /* struct fold, rising */
};

static void add_fold(struct folder *f, size_t at, bool blank, bool good)
{
	struct fold fold = { at, blank, good };

	g_array_append_val(f->folds, fold);
}

/* One blank with text on both sides. More of them, and tabs in a text, would be seen at the start of a line by readers that take them for text. */
static bool is_single_blank(const struct folder *f, size_t at)
{
	char c = f->s.p[at];

	return (c == ' ' || (c == '\t' && f->kind != FIELD_UNSTRUCTURED)) && at > f->value && !ascii_is_space(f->s.p[at - 1]) && at + 1 < f->end &&
	       !ascii_is_space(f->s.p[at + 1]);
}

static bool is_separator(const struct folder *f, char c)
{
	return c == (f->kind == FIELD_MIME ? ';' : ',') && f->kind != FIELD_UNSTRUCTURED;
}

/* Behind a quoted string or comment that begins there; at where none does, and the end where it is never closed. */
static size_t behind_piece(const struct folder *f, size_t at)
{
	size_t behind = at;

	if (f->kind == FIELD_UNSTRUCTURED)
		return at;
	if (f->s.p[at] == '"')
		behind = lex_quoted(f->s, at, f->end, false);
	else if (f->s.p[at] == '(')
		behind = lex_comment(f->s, at, f->end, false);
	return behind ? behind : f->end;
}

static void find_folds(struct folder *f)
{
	bool angle = false;
	size_t word = 0;

	for (size_t at = f->value; at < f->end;) {
		while (word < f->n_words && f->words[word].end <= at)
			word++;
		if (word < f->n_words && f->words[word].start <= at) {
			at = f->words[word].end;
			continue;
		}
		size_t behind = behind_piece(f, at);
		if (behind > at) {
			at = behind;
			continue;
		}
		char c = f->s.p[at];
		if (f->kind != FIELD_UNSTRUCTURED && (c == '<' || c == '>'))
			angle = c == '<';
		if (!angle && is_single_blank(f, at))
			add_fold(f, at, false, is_separator(f, f->s.p[at - 1]));
		else if (!angle && is_separator(f, c) && f->kind != FIELD_STRICT && at + 1 < f->end && !ascii_is_space(f->s.p[at + 1]))
			add_fold(f, at + 1, true, true);
		at++;
	}
}

/* The fold for a line that begins at start: the last good one within the limit, else the last one, else the first behind it. next: the first fold behind
 * start; moved on. */
static const struct fold *choose_fold(const struct folder *f, size_t *next, size_t start, size_t stop, size_t limit)
{
	const struct fold *best = NULL, *good = NULL;

	for (; *next < f->folds->len; ++*next) {
		const struct fold *fold = &g_array_index(f->folds, struct fold, *next);
		if (fold->at >= stop || (fold->at > start + limit && best))
			break;
		if (fold->at <= start)
			continue;
		best = fold;
		good = fold->good && fold->at <= start + limit ? fold : good;
		if (fold->at > start + limit)
			break;
	}
	return good ? good : best;
}

static void put_line(const struct folder *f, GString *out, size_t start, size_t stop, size_t limit, size_t *next, const char *eol)
{
	size_t blank = 0;

	while (limit && stop - start + blank > limit) {
		const struct fold *fold = choose_fold(f, next, start, stop, limit - blank);
		if (!fold)
			break;
		g_string_append_len(out, f->s.p + start, (gssize)(fold->at - start));
		g_string_append(out, eol);
		blank = fold->blank;
		if (blank)
			g_string_append_c(out, ' ');
		start = fold->at;
		/* Those behind a good one were stepped over. */
		while (*next > 0 && g_array_index(f->folds, struct fold, *next - 1).at > start)
			--*next;
	}
	g_string_append_len(out, f->s.p + start, (gssize)(stop - start));
}

static void fold_lines(const struct folder *f, GString *out, struct fold_limits limits, const char *eol)
{
	char ends = eol[strlen(eol) - 1];
	size_t word = 0, next = 0;

	for (size_t start = 0, stop; start < f->s.n; start = stop + 1) {
		stop = span_find_byte(f->s, ends, start);
		size_t content = stop > start && f->s.p[stop - 1] == '\r' ? stop - 1 : stop;
		while (word < f->n_words && f->words[word].start < start)
			word++;
		bool has_word = word < f->n_words && f->words[word].start < content;
		put_line(f, out, start, content, has_word ? limits.words : limits.any, &next, eol);
		g_string_append_len(out, f->s.p + content, (gssize)(MIN(stop + 1, f->s.n) - content));
	}
}

struct edit refold_field(struct arena *arena, const struct text *file, const struct field *field, const struct edit *edits, size_t n,
			 struct fold_limits limits, struct span *whole_out)
{
	struct span old = span_cut(file->bytes, field->start, field->value_end);
	struct edit *inner = ARENA_ARRAY(arena, struct edit, n + 1);
	GString *edited = g_string_new(NULL), *out = g_string_new(NULL);
	struct text *root = ARENA_NEW(arena, struct text);
	struct encoded_word *words;
	size_t n_words;

	for (size_t i = 0; i < n; i++)
		inner[i] = (struct edit){ edits[i].start - field->start, edits[i].end - field->start, edits[i].with };
	edits_apply(edited, old, inner, n);
	root->bytes = arena_copy_span(arena, span_of(edited->str, edited->len));
	size_t value = field->value_start - field->start;
	encoded_words_decode(arena, root, (struct range){ value, root->bytes.n }, field->kind, &words, &n_words);
	size_t end = root->bytes.n;
	while (end > value && ascii_is_space(root->bytes.p[end - 1]))
		end--;
	size_t first = value;
	while (first < end && ascii_is_space(root->bytes.p[first]))
		first++;
	struct folder folder = { root->bytes, first, end, field->kind, words, n_words, g_array_new(FALSE, FALSE, sizeof(struct fold)) };
	find_folds(&folder);
	fold_lines(&folder, out, limits, rewrite_line_end(span_cut(file->bytes, field->start, file->bytes.n)));
	struct span new = arena_copy_span(arena, span_of(out->str, out->len));
	if (whole_out)
		*whole_out = new;
	g_array_free(folder.folds, TRUE);
	g_string_free(edited, TRUE);
	g_string_free(out, TRUE);
	return edit_trimmed(file->bytes, (struct edit){ field->start, field->value_end, new });
}
