/* Checks of encoded words (RFC 2047) in every header block: one rule of rules.d for each flag. */
#include "rule/check_common.h"
#include "rule/field_fix.h"

#include <glib.h>

/* The names of encoded_word_flag; where a word has several, the first one tells the cause. */
static const struct {
	const char *name;
	unsigned flag;
} flag_names[] = {
	{ "unterminated", EW_UNTERMINATED },
	{ "too-long", EW_TOO_LONG },
	{ "bad-charset", EW_BAD_CHARSET },
	{ "bad-encoding", EW_BAD_ENCODING },
	{ "bad-base64", EW_BAD_BASE64 },
	{ "bad-q", EW_BAD_Q },
	{ "space-inside", EW_SPACE_INSIDE },
	{ "fold-inside", EW_FOLD_INSIDE },
	{ "split-character", EW_SPLIT_CHAR },
	{ "state-open", EW_STATE_OPEN },
	{ "glued-before", EW_GLUED_BEFORE },
	{ "glued-after", EW_GLUED_AFTER },
	{ "in-address", EW_IN_ADDRESS },
	{ "misplaced", EW_MISPLACED },
	{ "in-quotes", EW_IN_QUOTED_STRING },
	{ "control", EW_CONTROL },
	{ "ascii-only", EW_ASCII_ONLY },
	{ "undecodable", EW_UNDECODABLE },
	{ "jis-q", EW_JIS_Q },
	{ "unregistered-charset", EW_UNREGISTERED_CHARSET },
	{ "machine-dependent", EW_MACHINE_DEPENDENT },
	{ "redundant-escape", EW_REDUNDANT_ESCAPE },
};

/* In a MIME parameter a word has no business at all, which is told by parameter_flag: only what keeps it from being read counts. */
static const unsigned not_in_parameters = EW_TOO_LONG | EW_MISPLACED | EW_IN_QUOTED_STRING | EW_GLUED_BEFORE | EW_GLUED_AFTER | EW_ASCII_ONLY |
					  EW_JIS_Q | EW_UNREGISTERED_CHARSET;

/* Do two words of a field follow each other with white space only between? */
static bool are_joined(const struct message *m, const struct encoded_word *a, const struct encoded_word *b)
{
	return span_trim(file_span(m, (struct range){ a->end, b->start })).n == 0;
}

/* What is told of a word: flags that another finding tells already are left out. */
static unsigned flags_to_tell(const struct message *m, const struct field *field, size_t w)
{
	const struct encoded_word *word = &field->words[w];
	unsigned flags = word->flags;

	if (field->kind == FIELD_MIME)
		flags &= ~not_in_parameters;
	/* Of two words without a blank between them the second one tells it. */
	if (w + 1 < field->n_words && field->words[w + 1].start == word->end && field->words[w + 1].flags & EW_GLUED_BEFORE)
		flags &= ~(unsigned)EW_GLUED_AFTER;
	/* Where a word may not stand at all, no blank around it would help. */
	if (flags & (EW_IN_ADDRESS | EW_MISPLACED))
		flags &= ~(unsigned)(EW_GLUED_BEFORE | EW_GLUED_AFTER);
	/* Half a character at the end of a word that stands alone was not cut there: its charset is another one. */
	if (flags & EW_SPLIT_CHAR && !(w > 0 && are_joined(m, &field->words[w - 1], word)) &&
	    !(w + 1 < field->n_words && are_joined(m, word, &field->words[w + 1])))
		flags = (flags & ~(unsigned)EW_SPLIT_CHAR) | EW_UNDECODABLE;
	/* A text that was encoded whole and cut afterwards is one fault: it is told of the word where the first cut is. */
	if (w > 0 && field->words[w - 1].flags & (EW_SPLIT_CHAR | EW_STATE_OPEN) && are_joined(m, &field->words[w - 1], word))
		flags &= ~(unsigned)(EW_SPLIT_CHAR | EW_STATE_OPEN | EW_UNDECODABLE);
	/* A text under a wrong label is one fault, however many words it was cut into. */
	if (w > 0 && word->looks && field->words[w - 1].looks && are_joined(m, &field->words[w - 1], word))
		flags &= ~(unsigned)EW_UNDECODABLE;
	/* What comes out of bytes in a charset that nobody knows says nothing. */
	if (flags & EW_BAD_CHARSET)
		flags &= ~(unsigned)(EW_CONTROL | EW_UNDECODABLE | EW_SPLIT_CHAR);
	/* The words of a run are plain together. */
	if (w > 0 && field->words[w - 1].flags & EW_ASCII_ONLY)
		flags &= ~(unsigned)EW_ASCII_ONLY;
	return flags;
}

/* The gravest control character of a word. Cases: line-end (another field can be smuggled in), null, other, c1 (a character of a
 * wider set than the declared one, such as windows-1252 under the name of iso-8859-1). */
static const char *control_case(const struct field *field, const struct encoded_word *word, uint32_t *character)
{
	struct span value = span_cut(field->value->bytes, word->value.start, word->value.end);
	const char *kind = word->control == 0 ? "null" : word->control < 0x80 ? "other" : "c1";

	*character = word->control;
	for (size_t i = 0; i < value.n; i++) {
		unsigned char byte = (unsigned char)value.p[i];
		if (byte == '\r' || byte == '\n') {
			*character = byte;
			return "line-end";
		}
		if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
			*character = byte;
			kind = byte ? "other" : "null";
		}
	}
	return kind;
}

/* --- fixes -------------------------------------------------------------------------------------------------------------------- */

/* The text without its control characters: none at the ends, a blank for each run of them that holds a line end. */
static struct span without_controls(struct arena *arena, struct span text, bool *at_ends_only)
{
	char *out = arena_alloc(arena, text.n + 1);
	size_t n = 0, start = 0, end = text.n;

	while (start < end && (unsigned char)text.p[start] <= ' ')
		start++;
	while (end > start && (unsigned char)text.p[end - 1] <= ' ')
		end--;
	*at_ends_only = true;
	for (size_t i = start; i < end; i++) {
		unsigned char byte = (unsigned char)text.p[i];
		bool control = (byte < ' ' && byte != '\t') || byte == 0x7F;
		if (control)
			*at_ends_only = false;
		if (!control)
			out[n++] = (char)byte;
		else if ((byte == '\r' || byte == '\n') && n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return span_of(out, n);
}

static void fix_control(struct check *c, const struct message *m, const struct field *f, struct range at)
{
	struct field_words words;
	bool at_ends_only;

	if (!field_words_at(c, m, f, at, EW_CONTROL, &words))
		return;
	words.text = without_controls(check_arena(c), words.text, &at_ends_only);
	if (words.text.n == 0)
		return;
	field_fix_words(c, m, &words, 1, true);
	if (!at_ends_only)
		check_fix_unsafe(c);
}

/* The stretch around the word written anew. In Q nobody knows whether the blank of a fold inside a word belongs to the text; what was decoded against the
 * rules, or by another charset than the word names, somebody should look at. */
static void fix_word(struct check *c, const struct message *m, const struct field *f, const struct encoded_word *word, unsigned flag)
{
	static const unsigned unsure = EW_BAD_BASE64 | EW_BAD_Q | EW_UNDECODABLE;
	struct range at = { word->start, word->end };
	struct field_words words;

	if (flag == EW_CONTROL) {
		fix_control(c, m, f, at);
	} else if (flag == EW_MISPLACED) {
		field_fix_decoded(c, m, f);
	} else if (field_words_at(c, m, f, at, flag & (unsure | EW_FOLD_INSIDE), &words) && (flag != EW_ASCII_ONLY || field_words_plain(&words))) {
		field_fix_words(c, m, &words, 1, false);
		if (flag & unsure || (flag == EW_FOLD_INSIDE && word->encoding == 'Q'))
			check_fix_unsafe(c);
	}
}

static void report_word(struct check *c, const struct message *m, const struct field *field, size_t w, const char *const *wanted)
{
	const struct encoded_word *word = &field->words[w];
	unsigned flags = flags_to_tell(m, field, w);
	uint32_t character = 0;
	const char *control = flags & EW_CONTROL ? control_case(field, word, &character) : NULL;
	char code[16];

	g_snprintf(code, sizeof code, "U+%04X", character);
	for (size_t i = 0; i < G_N_ELEMENTS(flag_names); i++) {
		if (!(flags & flag_names[i].flag) || !word_in_list(wanted, span_str(flag_names[i].name)))
			continue;
		const char *kind = flag_names[i].flag == EW_CONTROL			    ? control :
				   flag_names[i].flag == EW_UNDECODABLE && word->looks ? "wrong-charset" :
											 flag_names[i].name;
		check_report(c, ((struct range){ word->start, word->end }), kind, ARG_T("field", field->name),
			     ARG_T("charset", word->charset), ARG_T("looks", span_str(word->looks ? word->looks : "")), ARG_I("length", word->end - word->start), ARG_T("code", span_str(code)));
		fix_word(c, m, field, word, flag_names[i].flag);
		return; /* one word, one finding of a rule: the first flag says enough */
	}
}

/* with: flags, names of encoded_word_flag in small letters. One finding for each word that has one of them; the case is the flag's
 * name, for "control" one of those of control_case(), for "undecodable" wrong-charset where the right one is evident ({looks}). */
CHECK(encoded_word_flag)
{
	const char *const *wanted = rule_setting_list(check_rule(c), "flags");

	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++)
			for (size_t w = 0; w < header->fields[i].n_words; w++)
				report_word(c, m, &header->fields[i], w, wanted);
	}
}

/* Words of several charsets in one field. The place: the first word of another charset than the word before. */
CHECK(encoded_word_charsets)
{
	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++) {
			const struct field *f = &header->fields[i];
			size_t w = 1;
			/* Each name of a list of addresses is a text of its own. */
			while (w < f->n_words && (!are_joined(m, &f->words[w - 1], &f->words[w]) || span_eq_ci(f->words[w].charset, f->words[w - 1].charset)))
				w++;
			if (w >= f->n_words || (f->words[w].flags | f->words[w - 1].flags) & EW_BAD_CHARSET)
				continue;
			struct range at = { f->words[w].start, f->words[w].end };
			struct field_words words;
			check_report(c, at, NULL, ARG_T("field", f->name), ARG_T("first", f->words[w - 1].charset), ARG_T("charset", f->words[w].charset));
			if (field_words_at(c, m, f, at, 0, &words))
				field_fix_words(c, m, &words, 1, false);
		}
	}
}

/* with: limit. A physical header line with an encoded word that is longer. The place is the line. A word that is too long itself
 * makes its line so, and is told alone. */
CHECK(encoded_word_line_long)
{
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", 76);

	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++) {
			const struct field *f = &header->fields[i];
			for (size_t w = 0; w < f->n_words && f->kind != FIELD_MIME;) {
				size_t line = line_position(m->lines, f->words[w].start).line;
				struct span bytes = line_bytes(m->lines, line);
				size_t line_end = m->lines->starts[line - 1] + bytes.n;
				bool told = false;
				for (bool first = true; w < f->n_words && (first || f->words[w].start < line_end); w++, first = false)
					told = told || f->words[w].flags & EW_TOO_LONG;
				if (told || bytes.n <= limit)
					continue;
				size_t start = m->lines->starts[line - 1];
				check_report(c, ((struct range){ start, start + bytes.n }), NULL, ARG_T("field", f->name),
					     ARG_I("length", bytes.n));
				field_fix_fold(c, m, f, limit, 0);
			}
		}
	}
}

/* What the words are that came out of words. */
static void fix_twice(struct check *c, const struct message *m, const struct field *f, struct range at)
{
	struct field_words words;
	struct encoded_word *inner;
	size_t n;

	if (!field_words_at(c, m, f, at, 0, &words))
		return;
	struct text *root = ARENA_NEW(check_arena(c), struct text);
	root->bytes = words.text;
	struct text *text = encoded_words_decode(check_arena(c), root, (struct range){ 0, root->bytes.n }, f->kind, &inner, &n);
	for (size_t i = 0; i < n; i++)
		if (inner[i].flags & (EW_BAD_CHARSET | EW_BAD_ENCODING | EW_BAD_BASE64 | EW_BAD_Q | EW_UNTERMINATED | EW_UNDECODABLE | EW_CONTROL))
			return;
	words.text = text->bytes;
	field_fix_words(c, m, &words, 1, true);
}

/* The decoded value still holds an encoded word: encoded twice. */
CHECK(encoded_twice)
{
	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (f->n_words == 0)
			continue;
		struct span value = f->value->bytes;
		for (size_t at = span_find(value, SPAN_LIT("=?"), 0); at < value.n; at = span_find(value, SPAN_LIT("=?"), at + 2)) {
			size_t end = span_find(value, SPAN_LIT("?="), at + 2);
			size_t q = span_find_byte(value, '?', at + 2);
			/* =?charset?X?...?= : a question mark behind a word, then one letter. */
			if (end >= value.n || q >= value.n || q + 2 >= value.n || value.p[q + 2] != '?' || !strchr("BbQq", value.p[q + 1]))
				continue;
			size_t close = span_find(value, SPAN_LIT("?="), q + 3);
			if (close >= value.n)
				break;
			struct range in_file = text_to_file(f->value, at, close + 2);
			/* Words that could not be decoded are left as they stand, and are other rules' business. */
			if (span_eq(file_span(m, in_file), span_cut(value, at, close + 2)))
				continue;
			check_report_text(c, f->value, ((struct range){ at, close + 2 }), NULL, ARG_T("field", f->name));
			fix_twice(c, m, f, in_file);
			break;
		}
	}
}
