/* Fixes of header fields. Knows no rule; how words and folds are written is the business of mail/refold.c. */
#include "rule/field_fix.h"

#include "base/utf8.h"
#include "mail/refold.h"
#include "mail/rewrite.h"
#include "rule/check_common.h"

enum { LONGEST_FIELD = 100000 };

/* Fields of what is signed, or of a mail that is enclosed, are not the writer's to change; nor is a file in which CRs end lines. */
static bool may_change(const struct message *m, const struct field *f)
{
	const struct entity *e = message_entity_at(m, f->start);

	if (f->flags & (FIELD_BARE_CR | FIELD_TOO_LONG | FIELD_NO_COLON) || f->end - f->start > LONGEST_FIELD)
		return false;
	for (e = e ? e->parent : NULL; e; e = e->parent)
		if (entity_is(e, "multipart", "signed") || !entity_is(e, "multipart", NULL))
			return false;
	return true;
}

static bool field_has_tag(struct check *c, const struct message *m, const struct field *f)
{
	return has_tag(c, span_cut(m->file->bytes, f->start, f->end));
}

void field_fix_drop(struct check *c, const struct message *m, const struct field *f)
{
	const struct entity *e = message_entity_at(m, f->start);

	if (may_change(m, f) && !field_has_tag(c, m, f) && (e->header.n > 1 || &e->header != m->header))
		check_fix(c, NULL, (struct range){ f->start, f->end }, SPAN_EMPTY);
}

void field_fix_value(struct check *c, const struct message *m, const struct field *f, struct span value)
{
	if (!may_change(m, f) || field_has_tag(c, m, f))
		return;
	/* An empty value stands behind the colon, and its blank with it. */
	bool empty = f->unfolded->bytes.n == 0;
	struct range place = empty ? (struct range){ f->value_start, f->value_end } : field_value_range(m, f);
	check_fix(c, NULL, place, empty ? span_str(arena_printf(check_arena(c), " %.*s", (int)value.n, value.p)) : value);
}

void field_fix_decoded(struct check *c, const struct message *m, const struct field *f)
{
	static const unsigned doubt = EW_BAD_CHARSET | EW_BAD_ENCODING | EW_BAD_BASE64 | EW_BAD_Q | EW_UNTERMINATED | EW_UNDECODABLE | EW_CONTROL;
	struct span value = f->value->bytes;

	for (size_t w = 0; w < f->n_words; w++)
		if (f->words[w].flags & doubt)
			return;
	if (f->kind == FIELD_STRICT && span_is_ascii(value) && span_find(value, SPAN_LIT("=?"), 0) == value.n)
		field_fix_value(c, m, f, value);
}

void field_fix_place(struct check *c, const struct message *m, const struct field *f, struct range place, struct span with)
{
	struct edit inner = { place.start, place.end, with };

	if (!may_change(m, f) || field_has_tag(c, m, f))
		return;
	struct edit edit = refold_field(check_arena(c), m->file, f, &inner, 1, (struct fold_limits){ FOLD_WORDS, FOLD_WORDS }, NULL);
	check_fix(c, NULL, (struct range){ edit.start, edit.end }, edit.with);
}

void field_fix_merge(struct check *c, const struct message *m, const struct field *into)
{
	struct span first = file_span(m, field_value_range(m, into));
	const char *eol = rewrite_line_end(m->file->bytes);
	GString *members = g_string_new(NULL);

	/* All at once, however many there are: one after the other would need a round each. */
	for (const struct field *f = into; f; f = header_find_next(m->header, f)) {
		struct span value = file_span(m, field_value_range(m, f));
		if (!may_change(m, f) || field_has_tag(c, m, f) || value.n == 0) {
			g_string_free(members, TRUE);
			return;
		}
		if (f != into && !span_eq(into->unfolded->bytes, f->unfolded->bytes))
			g_string_append_printf(members, "%s%s %.*s", members->len == 0 && first.p[first.n - 1] == ',' ? "" : ",", eol, (int)value.n, value.p);
	}
	check_fix(c, NULL, place(field_value_range(m, into).end), span_of(members->str, members->len));
	for (const struct field *f = header_find_next(m->header, into); f; f = header_find_next(m->header, f))
		check_fix(c, NULL, (struct range){ f->start, f->end }, SPAN_EMPTY);
	g_string_free(members, TRUE);
}

void field_fix_fold(struct check *c, const struct message *m, const struct field *f, size_t words, size_t any)
{
	if (!may_change(m, f) || has_tag(c, f->unfolded->bytes))
		return;
	struct edit edit = refold_field(check_arena(c), m->file, f, NULL, 0, (struct fold_limits){ words, any }, NULL);
	if (edit.start < edit.end || edit.with.n)
		check_fix(c, NULL, (struct range){ edit.start, edit.end }, edit.with);
}

/* --- encoded words --- */

static bool holds_control(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((text.p[i] >= 0 && text.p[i] < ' ' && text.p[i] != '\t') || text.p[i] == 0x7F)
			return true;
	return false;
}

/* Does nothing say that the words of the stretch were read wrongly? */
static bool is_sure(const struct field_words *words, unsigned tolerated)
{
	static const unsigned doubt = EW_BAD_CHARSET | EW_BAD_ENCODING | EW_BAD_BASE64 | EW_BAD_Q | EW_FOLD_INSIDE | EW_UNTERMINATED | EW_UNDECODABLE |
				      EW_CONTROL | EW_IN_ADDRESS;

	for (size_t i = words->first; i < words->last; i++)
		if (words->field->words[i].flags & doubt & ~tolerated)
			return false;
	return words->text.n && utf8_valid(words->text) && span_find(words->text, SPAN_LIT("\xEF\xBF\xBD"), 0) == words->text.n &&
	       (tolerated & EW_CONTROL || !holds_control(words->text));
}

static void find_words(struct field_words *words)
{
	const struct field *f = words->field;

	for (words->first = 0; words->first < f->n_words && f->words[words->first].end <= words->place.start;)
		words->first++;
	for (words->last = words->first; words->last < f->n_words && f->words[words->last].start < words->place.end;)
		words->last++;
}

/* White space beside a word is lost where another one follows: a stretch reaches to white space, and over it where the neighbour is a word. */
static struct range grown(const struct message *m, const struct field *f, struct range at)
{
	struct span s = m->file->bytes;
	size_t n = f->n_words, w;

	for (struct range before = { 0, 0 }; before.start != at.start || before.end != at.end;) {
		before = at;
		while (at.start > f->value_start && !ascii_is_space(s.p[at.start - 1]))
			at.start--;
		while (at.end < f->value_end && !ascii_is_space(s.p[at.end]))
			at.end++;
		size_t left = at.start, right = at.end;
		while (left > f->value_start && ascii_is_space(s.p[left - 1]))
			left--;
		while (right < f->value_end && ascii_is_space(s.p[right]))
			right++;
		for (w = 0; w < n && f->words[w].start < at.start; w++)
			if (f->words[w].end == left || f->words[w].end > at.start)
				at.start = f->words[w].start;
		for (w = n; w > 0 && f->words[w - 1].end > at.end; w--)
			if (f->words[w - 1].start == right || f->words[w - 1].start < at.end)
				at.end = f->words[w - 1].end;
	}
	return at;
}

static bool text_at(struct check *c, const struct message *m, const struct field *f, struct range at, struct field_words *out)
{
	out->place = grown(m, f, at);
	struct span text = encoded_words_decode(check_arena(c), m->file, out->place, f->kind, NULL, NULL)->bytes;
	char *written = arena_copy(check_arena(c), text);
	/* A tab is what somebody folded with. */
	for (size_t i = 0; i < text.n; i++)
		written[i] = (char)(text.p[i] == '\t' ? ' ' : text.p[i]);
	out->text = span_of(written, text.n);
	return true;
}

/* Is there a comment in the name, or is it one? */
static bool has_comment(struct span name)
{
	bool quoted = false;

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '\\')
			i++;
		else if (name.p[i] == '"')
			quoted = !quoted;
		else if (name.p[i] == '(' && !quoted)
			return true;
	}
	return false;
}

/* The display name of a member, if it can be written anew. */
static bool name_of(const struct message *m, const struct mailbox *box, struct field_words *out)
{
	if (!box->name_text || box->flags & (MAILBOX_UNBALANCED | MAILBOX_NO_ADDRESS | MAILBOX_JUNK_BEHIND) || has_comment(file_span(m, box->name)))
		return false;
	out->place = box->name;
	out->text = box->name_text->bytes;
	out->phrase = true;
	return true;
}

static bool name_at(struct check *c, const struct message *m, const struct field *f, struct range at, struct field_words *out)
{
	struct address_list list = address_list_parse(check_arena(c), m->file, f);

	for (size_t i = 0; i < list.n; i++)
		if (list.mailboxes[i].name.start < at.end && list.mailboxes[i].name.end > at.start)
			return name_of(m, &list.mailboxes[i], out);
	return false;
}

/* The words in front of the <id> of List-Id. */
static bool phrase_at(struct check *c, const struct message *m, const struct field *f, struct range at, struct field_words *out)
{
	struct range value = field_value_range(m, f);
	struct span raw = file_span(m, value);
	size_t open = span_find_byte(raw, '<', 0);
	struct span name = span_trim(span_cut(raw, 0, open));

	if (open == raw.n || name.n == 0 || at.start >= value.start + open || has_comment(name))
		return false;
	out->place = (struct range){ value.start, value.start + name.n };
	out->phrase = true;
	struct encoded_word *words;
	size_t n;
	struct text *text = encoded_words_decode(check_arena(c), m->file, out->place, FIELD_PHRASE_ID, &words, &n);
	struct span said = text->bytes;
	if (said.n > 1 && said.p[0] == '"' && said.p[said.n - 1] == '"')
		said = span_cut(said, 1, said.n - 1);
	out->text = said;
	return span_find_byte(said, '"', 0) == said.n && span_find_byte(said, '\\', 0) == said.n;
}

bool field_words_at(struct check *c, const struct message *m, const struct field *f, struct range at, unsigned tolerated, struct field_words *out)
{
	bool found = false;

	*out = (struct field_words){ .field = f };
	if (!may_change(m, f) || has_tag(c, f->value->bytes))
		return false;
	if (f->kind == FIELD_UNSTRUCTURED)
		found = text_at(c, m, f, at, out);
	else if (f->kind == FIELD_ADDRESS)
		found = name_at(c, m, f, at, out);
	else if (f->kind == FIELD_PHRASE_ID)
		found = phrase_at(c, m, f, at, out);
	if (!found)
		return false;
	find_words(out);
	return is_sure(out, tolerated);
}

static bool can_write(struct check *c, struct span charset, struct span text)
{
	struct span bytes;

	return charset_encode_new(check_arena(c), charset_label_parse(charset), text, &bytes);
}

/* Is all text that the draft shows in ISO-2022-JP? Then its header is, too. */
static bool is_jis_draft(const struct message *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_bodies; i++) {
		if (m->bodies[i].entity->charset.family != CHARSET_ISO_2022_JP)
			return false;
		n++;
	}
	return n > 0;
}

static struct word_style style_for(struct check *c, const struct message *m, const struct field_words *words)
{
	struct span text = words->text;
	struct span charset = SPAN_EMPTY;
	bool same = words->first < words->last, q = true;

	for (size_t i = words->first; i < words->last; i++) {
		const struct encoded_word *word = &words->field->words[i];
		struct charset_label label = charset_label_parse(word->charset);
		struct span name = label.suggested ? span_str(label.suggested) : word->charset;
		same = same && (charset.n == 0 || span_eq_ci(charset, name)) && !(label.flags & CHARSET_LABEL_UNUSABLE);
		charset = charset.n ? charset : name;
		q = q && word->encoding == 'Q' && label.family != CHARSET_ISO_2022_JP;
	}
	if (same && can_write(c, charset, text))
		return (struct word_style){ charset, q ? 'Q' : 'B' };
	if (is_jis_draft(m) && can_write(c, SPAN_LIT("ISO-2022-JP"), text))
		return (struct word_style){ SPAN_LIT("ISO-2022-JP"), 'B' };
	return refold_utf8_style(text);
}

/* May the text stand as it is? A word too long for a line cannot be folded unless it is encoded. */
static bool is_plain(struct span text, bool phrase)
{
	enum { LONGEST_WORD = 60 };

	for (size_t at = 0, end; at < text.n; at = end + 1) {
		end = span_find_byte(text, ' ', at);
		if (end - at > LONGEST_WORD)
			return false;
	}
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~' || (phrase && !ascii_is_alnum(text.p[i]) && !strchr(" !#$%&'*+-/=?^_`{|}~", text.p[i])))
			return false;
	return text.n && text.p[0] != ' ' && text.p[text.n - 1] != ' ' && span_find(text, SPAN_LIT("=?"), 0) == text.n &&
	       !(phrase && span_find(text, SPAN_LIT("  "), 0) < text.n);
}

bool field_words_plain(const struct field_words *words)
{
	return is_plain(words->text, words->phrase);
}

/* A name in ASCII that needs quotes: true, and it was written. */
static bool put_quoted(GString *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~')
			return false;
	if (text.n == 0 || span_find(text, SPAN_LIT("=?"), 0) < text.n)
		return false;
	g_string_append_c(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, text.p[i]);
	}
	g_string_append_c(out, '"');
	return true;
}

/* The column at which the stretch begins. */
static size_t column_of(const struct message *m, size_t offset)
{
	return offset - m->lines->starts[line_position(m->lines, offset).line - 1];
}

/* What the field says, without what quotes it. */
static bool says_the_same(const struct field *f, struct span a, struct span b)
{
	size_t i = 0, k = 0;

	if (f->kind == FIELD_UNSTRUCTURED) {
		a = span_trim(a);
		b = span_trim(b);
		while (i < a.n && i < b.n && (a.p[i] == b.p[i] || (a.p[i] == ' ' && b.p[i] == '\t')))
			i++;
		return a.n == b.n && i == a.n;
	}
	for (;;) {
		while (i < a.n && (strchr("\"\\", a.p[i]) || ascii_is_space(a.p[i])))
			i++;
		while (k < b.n && (strchr("\"\\", b.p[k]) || ascii_is_space(b.p[k])))
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (a.p[i++] != b.p[k++])
			return false;
	}
}

/* What becomes of one stretch. */
static struct edit edit_of(struct check *c, const struct message *m, const struct field_words *words)
{
	const struct field *f = words->field;
	GString *with = g_string_new(NULL);

	if (is_plain(words->text, words->phrase)) {
		g_string_append_len(with, words->text.p, (gssize)words->text.n);
	} else if (!words->phrase || !put_quoted(with, words->text)) {
		struct word_style style = style_for(c, m, words);
		refold_put_words(check_arena(c), with, &style, words->text, column_of(m, words->place.start), " ");
	}
	/* RFC 2047, section 5 (3): white space parts a word of a phrase from what follows. */
	if (words->phrase && words->place.end < f->value_end && m->file->bytes.p[words->place.end] == '<')
		g_string_append_c(with, ' ');
	struct edit edit = { words->place.start, words->place.end, arena_copy_span(check_arena(c), span_of(with->str, with->len)) };
	g_string_free(with, TRUE);
	return edit;
}

void field_fix_words(struct check *c, const struct message *m, const struct field_words *words, size_t n, bool other_text)
{
	struct arena *arena = check_arena(c);
	struct edit *inner = ARENA_ARRAY(arena, struct edit, n + 1);
	struct span whole;

	if (n == 0)
		return;
	const struct field *f = words[0].field;
	for (size_t i = 0; i < n; i++)
		inner[i] = edit_of(c, m, &words[i]);
	struct edit edit = refold_field(arena, m->file, f, inner, n, (struct fold_limits){ .words = FOLD_WORDS }, &whole);
	/* What is written must be read as what was there. */
	struct text *root = ARENA_NEW(arena, struct text);
	root->bytes = whole;
	struct text *read = encoded_words_decode(arena, root, (struct range){ f->value_start - f->start, whole.n }, f->kind, NULL, NULL);
	if (!other_text && !says_the_same(f, read->bytes, f->value->bytes))
		return;
	if (edit.start < edit.end || edit.with.n)
		check_fix(c, NULL, (struct range){ edit.start, edit.end }, edit.with);
}

void field_fix_raw_names(struct check *c, const struct message *m, const struct field *f, struct range range)
{
	struct address_list list = address_list_parse(check_arena(c), m->file, f);
	struct field_words *names = ARENA_ARRAY(check_arena(c), struct field_words, list.n + 1);
	size_t n = 0;

	if (!may_change(m, f) || has_tag(c, f->value->bytes))
		return;
	for (size_t i = 0; i < list.n; i++) {
		struct range name = list.mailboxes[i].name;
		struct span raw = file_span(m, name);
		if (name.start >= range.end || name.end <= range.start || (span_is_ascii(raw) && span_find_byte(raw, 0x1B, 0) == raw.n))
			continue;
		names[n] = (struct field_words){ .field = f };
		if (name_of(m, &list.mailboxes[i], &names[n])) {
			find_words(&names[n]);
			n += is_sure(&names[n], 0);
		}
	}
	field_fix_words(c, m, names, n, false);
}
