/* Tells rows apart by what rules could tell them apart by. A value counts with all its bytes unless it is plain; of a plain one only the class of
 * each character counts, which leaves every length, width and place in the mail as it is. Plain is what
 *  - is letters of one kind in few words, or a number, or in an address a token: nothing that means anything in HTML, in a header or in an URL;
 *  - holds no word, whole or in part, that a rule looks for (in its matches, its settings, or in C), also not together with the text around it;
 *  - stands nowhere else in the template, and in no other value of the row;
 *  - is no number next to what makes it a date, a time, a price or a share.
 * Judges nothing. That rows of a shape do get the same findings is held by tests/test_row_shape.c, and tried again in every run (run_rows.c). */
#include "row_shape.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "rule/prefilter.h"

enum {
	MOST_VALUES = 64,            /* of a row; with more all of them count in full */
	LONGEST_PLAIN = 64,          /* bytes of a value */
	AROUND = 48,                 /* bytes of the text around a value that a word may begin or end in */
	LONGEST_AROUND = 400,        /* what is looked through for them */
	SHORTEST_TOKEN = 8,
	LONGEST_NUMBER = 6           /* digits: longer ones are telephone numbers and the like */
};

/* How a word is taken to be there. */
enum word_kind { WORD_ANYWHERE, WORD_WHOLE };

struct row_shapes {
	struct prefilter *words;
	GArray *kinds;               /* enum word_kind of each; while it is made */
	const unsigned char *kind_of;
	struct span lower;           /* the template in lower case */
	unsigned char *everyday;     /* bits: kanji of level 1 of JIS X 0208 */
};

/* --- the words of rules -------------------------------------------------------------------------------------------------------- */

/* String literals of the checks, taken out of their sources when presend is built. */
static const char *const words_of_code[] = {
#include "code_words.inc"
};

/* Below three letters a word says too little: everything would hold one. It is no word that anybody looks for inside of a name. */
static void add_word(struct row_shapes *s, struct arena *arena, struct span raw)
{
	const char *normal = normal_l1_plain(arena, raw);
	struct span word = span_trim(span_str(normal));
	bool ascii = span_is_ascii(word), digits = false, letters = false;

	for (size_t i = 0; i < word.n; i++) {
		digits |= ascii_is_digit(word.p[i]);
		letters |= ascii_is_alpha(word.p[i]);
	}
	if (word.n == 0 || (ascii && word.n < (digits ? 2 : 3)) || (ascii && !digits && !letters))
		return;
	size_t before = prefilter_count(s->words), number = prefilter_add(s->words, word, false);
	if (number < before)
		return;
	const unsigned char kind = ascii && word.n < 5 ? WORD_WHOLE : WORD_ANYWHERE;
	g_array_append_val(s->kinds, kind);
}

static void add_words(struct row_shapes *s, struct arena *arena, const char *const *words)
{
	for (; words && *words; words++)
		add_word(s, arena, span_str(*words));
}

/* Letters of a regular expression that stand in a row; of a class of characters each for itself. A letter that may be missing ends a row. */
static void add_words_of_regex(struct row_shapes *s, struct arena *arena, struct span regex)
{
	bool in_class = false;

	for (size_t at = 0, start = 0; at <= regex.n;) {
		size_t next = at;
		uint32_t c = at < regex.n ? utf8_next(regex, &next) : 0;
		bool letter = c >= 0x80 || (c < 0x80 && ascii_is_alnum((char)c));
		if (letter && in_class) {
			if (c >= 0x80)
				add_word(s, arena, span_cut(regex, at, next));
			start = next;
		} else if (!letter) {
			size_t end = at;
			if (end > start && (c == '?' || c == '*' || c == '{')) {
				utf8_previous(regex, &end);
				add_word(s, arena, span_cut(regex, end, at));
			}
			if (end > start)
				add_word(s, arena, span_cut(regex, start, end));
			if (c == '\\' && next < regex.n)
				utf8_next(regex, &next);
			in_class = c == '[' || (in_class && c != ']');
			start = next;
		}
		at = at < regex.n ? next : at + 1;
	}
}

static void add_match(struct row_shapes *s, struct arena *arena, const struct rule_match *match)
{
	add_words(s, arena, match->phrases);
	add_words(s, arena, match->except);
	if (match->regex)
		add_words_of_regex(s, arena, span_str(match->regex));
	for (const struct rule_match *const *child = match->children; child && *child; child++)
		add_match(s, arena, *child);
}

static void add_rules(struct row_shapes *s, struct arena *arena, const struct rule_set *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = rules->rules[i];
		if (rule->match)
			add_match(s, arena, rule->match);
		for (size_t k = 0; k < rule->n_settings; k++) {
			add_words(s, arena, rule->settings[k].list);
			if (rule->settings[k].value)
				add_words_of_regex(s, arena, span_str(rule->settings[k].value));
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(words_of_code); i++)
		add_word(s, arena, span_str(words_of_code[i]));
}

/* Kanji of level 1, rows 16 to 47: what garbled text and other countries' forms are made of is not among them. */
static void mark_everyday(struct row_shapes *s, struct arena *arena)
{
	GString *bytes = g_string_new(NULL);
	struct text source;

	for (int row = 16; row <= 47; row++) {
		for (int cell = 1; cell <= (row == 47 ? 51 : 94); cell++) {
			int lead = (row - 1) / 2 + 0x81, trail = row % 2 ? cell + 0x3F + (cell >= 64) : cell + 0x9E;
			g_string_append_c(bytes, (char)lead);
			g_string_append_c(bytes, (char)trail);
		}
	}
	source = (struct text){ .bytes = span_of(bytes->str, bytes->len) };
	struct span kanji = charset_decode(arena, charset_label_parse(SPAN_LIT("windows-31j")), &source).text->bytes;
	s->everyday = arena_alloc(arena, 0x10000 / 8);
	memset(s->everyday, 0, 0x10000 / 8);
	for (size_t at = 0; at < kanji.n;) {
		uint32_t c = utf8_next(kanji, &at);
		if (c >= 0x4E00 && c <= 0x9FFF)
			s->everyday[c / 8] |= (unsigned char)(1u << c % 8);
	}
	g_string_free(bytes, TRUE);
}

const struct row_shapes *row_shapes_new(struct arena *arena, const struct rule_set *rules, struct span template)
{
	struct row_shapes *s = ARENA_NEW(arena, struct row_shapes);
	char *lower = arena_alloc(arena, template.n + 1);

	s->words = prefilter_new(arena);
	s->kinds = g_array_new(FALSE, FALSE, 1);
	add_rules(s, arena, rules);
	prefilter_finish(s->words);
	s->kind_of = (const unsigned char *)arena_copy_span(arena, span_of(s->kinds->data, s->kinds->len)).p;
	g_array_free(s->kinds, TRUE);
	for (size_t i = 0; i < template.n; i++)
		lower[i] = ascii_lower(template.p[i]);
	s->lower = span_of(lower, template.n);
	mark_everyday(s, arena);
	return s;
}

/* --- classes of characters ----------------------------------------------------------------------------------------------------- */

/* One letter for a class, '\0' for a character that is not plain. */
static char class_of(const struct row_shapes *s, uint32_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? 'a' : c >= 'A' && c <= 'Z' ? 'A' : '\0';
	if (c >= 0x3041 && c <= 0x3093)
		return 'h';
	if (c >= 0x30A1 && c <= 0x30F4)
		return 'k';
	if (c >= 0x4E00 && c <= 0x9FFF && s->everyday[c / 8] & (1u << c % 8))
		return 'K';
	return '\0';
}

/* Words of letters, with single blanks or a wide blank between them. One of them may be a single letter, for more of them may be one word that was
 * pulled apart. */
static bool classify_words(const struct row_shapes *s, struct span value, GString *out)
{
	size_t letters = 0, single = 0;

	for (size_t at = 0; at <= value.n;) {
		size_t next = at;
		uint32_t c = at < value.n ? utf8_next(value, &next) : ' ';
		char class = class_of(s, c);
		if (class) {
			g_string_append_c(out, class);
			letters++;
		} else if ((c >= 0xC0 && c <= 0x17F && c != 0xD7 && c != 0xF7) || ((c == '\'' || c == '-') && letters && next < value.n && ascii_is_alpha(value.p[next]))) {
			/* Letters with marks, O'Brien, Anna-Lena: such a sign counts as it is. */
			g_string_append_len(out, value.p + at, (gssize)(next - at));
			letters++;
		} else if ((c == ' ' || c == 0x3000) && letters) {
			if (at < value.n)
				g_string_append_c(out, c == ' ' ? ' ' : '_');
			single += letters == 1;
			letters = 0;
		} else {
			return false;
		}
		at = at < value.n ? next : at + 1;
	}
	return single <= 1 && value.p[value.n - 1] != ' ';
}

/* Tokens of links and of addresses: letters and digits. At least one digit, so that it is no word. */
static bool classify_token(struct span value, GString *out)
{
	size_t digits = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_is_alnum(value.p[i]))
			return false;
		digits += ascii_is_digit(value.p[i]);
	}
	if (value.n < SHORTEST_TOKEN || digits == 0)
		return false;
	for (size_t i = 0; i < value.n; i++)
		g_string_append_c(out, digits == value.n ? '0' : 't');
	return true;
}

/* A whole address: all in front of its last part, which begins at *from, counts. */
static bool classify_url(struct span value, GString *out, size_t *from)
{
	size_t at = value.n;

	while (at > 0 && ascii_is_alnum(value.p[at - 1]))
		at--;
	if (at < 8 || (value.p[at - 1] != '/' && value.p[at - 1] != '='))
		return false;
	/* A host name has no slash but the two in front of it. */
	size_t host = span_find(value, SPAN_LIT("://"), 0);
	if (host == value.n || span_find_byte(value, '/', host + 3) >= at)
		return false;
	g_string_append_len(out, value.p, (gssize)at);
	*from = at;
	return classify_token(span_cut(value, at, value.n), out);
}

/* All behind the @ counts. */
static bool classify_mail_address(struct span value, GString *out, size_t *end)
{
	size_t at = span_find_byte(value, '@', 0);

	if (at < 3 || at + 3 >= value.n)
		return false;
	for (size_t i = 0; i < at; i++) {
		char c = value.p[i];
		bool sign = c == '.' || c == '_' || c == '-';
		if (!ascii_is_alnum(c) && (!sign || i == 0 || i + 1 == at || !ascii_is_alnum(value.p[i - 1])))
			return false;
		g_string_append_c(out, ascii_is_digit(c) ? '0' : sign ? c : c >= 'a' ? 'a' : 'A');
	}
	g_string_append_len(out, value.p + at, (gssize)(value.n - at));
	*end = at;
	return true;
}

/* --- what is around a value ---------------------------------------------------------------------------------------------------- */

/* The text next to a place, without tags of HTML: what a word that goes over the border could be made of. */
static struct span text_before(struct span s, size_t at, char *buffer)
{
	size_t n = 0, from = at;
	bool tag = false;

	while (from > 0 && at - from < LONGEST_AROUND && n < AROUND) {
		char c = s.p[--from];
		tag = c == '>' || (tag && c != '<');
		if (!tag && c != '<')
			buffer[AROUND - ++n] = c;
	}
	return span_of(buffer + AROUND - n, n);
}

static struct span text_behind(struct span s, size_t at, char *buffer)
{
	size_t n = 0;
	bool tag = false;

	for (size_t i = at; i < s.n && i - at < LONGEST_AROUND && n < AROUND; i++) {
		tag = s.p[i] == '<' || (tag && s.p[i] != '>');
		if (!tag && s.p[i] != '>')
			buffer[n++] = s.p[i];
	}
	return span_of(buffer, n);
}

/* Would another number be another date, time, price or share here? */
static bool is_counted_with(struct span before, struct span behind)
{
	static const char *const signs[] = { "年", "月", "日", "時", "分", "秒", "円", "¥", "￥", "$", "€", "£", "%", "％", "割", "曜", "〒", "令和", "平成",
					     "歳", "才", "万", "億", "倍", "週", "号", NULL };

	before = span_trim(before);
	behind = span_trim(behind);
	if ((before.n && strchr("/:-.,()+#~&;0123456789", before.p[before.n - 1])) || (behind.n && strchr("/:-.,()+#~&;0123456789", behind.p[0])))
		return true;
	if ((before.n && ascii_is_alpha(before.p[before.n - 1])) || (behind.n && ascii_is_alpha(behind.p[0])))
		return true;
	for (const char *const *sign = signs; *sign; sign++) {
		size_t n = strlen(*sign);
		if (span_starts(behind, span_str(*sign)) || (before.n >= n && memcmp(before.p + before.n - n, *sign, n) == 0))
			return true;
	}
	return false;
}

static bool classify_number(struct span value, struct span before, struct span behind, GString *out)
{
	if (value.n > LONGEST_NUMBER || value.p[0] == '0' || is_counted_with(before, behind))
		return false;
	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_is_digit(value.p[i]))
			return false;
		g_string_append_c(out, '0');
	}
	return true;
}

struct word_search {
	const struct row_shapes *shapes;
	struct span text;
	struct range value;
	const size_t *lengths;
	bool found;
};

/* Of a short word in Latin letters other letters are a border. */
static bool is_border(struct span s, size_t at)
{
	return at >= s.n || !ascii_is_alnum(s.p[at]);
}

static void note_word(uint32_t word, size_t offset, void *data)
{
	struct word_search *w = data;
	size_t end = offset + prefilter_literal(w->shapes->words, word).n;

	if (offset >= w->value.end || end <= w->value.start)
		return;
	bool begins = offset == 0 || offset == w->value.start || is_border(w->text, offset - 1), ends = end == w->value.end || is_border(w->text, end);
	w->found |= w->shapes->kind_of[word] == WORD_ANYWHERE || (begins && ends);
}

/* Does it, with the text around it, hold a word that a rule looks for? */
static bool holds_word(const struct row_shapes *s, struct arena *arena, struct span value, struct span before, struct span behind)
{
	GString *text = g_string_new(normal_l1_plain(arena, before));
	struct word_search search = { .shapes = s, .value = { text->len, 0 } };

	g_string_append(text, normal_l1_plain(arena, value));
	search.value.end = text->len;
	g_string_append(text, normal_l1_plain(arena, behind));
	struct text l1 = { .bytes = span_of(text->str, text->len) };
	search.text = l1.bytes;
	prefilter_scan(s->words, search.text, note_word, &search);
	if (!search.found && !span_is_ascii(l1.bytes)) {
		search.text = normal_fold_kana(arena, &l1)->bytes;
		prefilter_scan(s->words, search.text, note_word, &search);
	}
	g_string_free(text, TRUE);
	return search.found;
}

static bool is_in_template(const struct row_shapes *s, struct span value)
{
	char lower[LONGEST_PLAIN];

	for (size_t i = 0; i < value.n; i++)
		lower[i] = ascii_lower(value.p[i]);
	return span_find(s->lower, span_of(lower, value.n), 0) < s->lower.n;
}

/* Is there another value in the row that is a part of this one, or that this one is a part of? The same value of the same column is the same in every
 * row. */
static bool is_like_another(const struct expansion *e, size_t i)
{
	struct span value = e->insertions[i].value;

	for (size_t k = 0; k < e->n_insertions; k++) {
		const struct insertion *other = &e->insertions[k];
		if (k == i || other->value.n == 0 || (other->column && e->insertions[i].column && strcmp(other->column, e->insertions[i].column) == 0))
			continue;
		if (span_find(value, other->value, 0) < value.n || span_find(other->value, value, 0) < other->value.n)
			return true;
	}
	return false;
}

/* --- the shape ----------------------------------------------------------------------------------------------------------------- */

/* changes: what of the value does not count. */
static bool classify(const struct row_shapes *s, const struct insertion *insertion, struct span before, struct span behind, GString *out, struct range *changes)
{
	struct span value = insertion->value;

	switch (insertion->place) {
	case SLOT_URL:
		return classify_url(value, out, &changes->start);
	case SLOT_URL_PART:
	case SLOT_URL_QUERY:
		return classify_token(value, out);
	case SLOT_CODE:
		return false;
	default:
		break;
	}
	if (ascii_is_digit(value.p[0]))
		return classify_number(value, before, behind, out);
	if (memchr(value.p, '@', value.n))
		return classify_mail_address(value, out, &changes->end);
	return classify_words(s, value, out);
}

static bool is_plain(const struct row_shapes *s, struct arena *arena, const struct expansion *e, size_t i, GString *out)
{
	const struct insertion *insertion = &e->insertions[i];
	struct span text = e->text->bytes, value = insertion->value;
	char before[AROUND], behind[AROUND];

	if (insertion->stand_in || !insertion->column || value.n == 0 || value.n > LONGEST_PLAIN || e->n_insertions > MOST_VALUES ||
	    !span_eq(value, span_cut(text, insertion->range.start, insertion->range.end)))
		return false;
	struct range changes = { 0, value.n };
	struct span left = text_before(text, insertion->range.start, before), right = text_behind(text, insertion->range.end, behind);
	if (!classify(s, insertion, left, right, out, &changes) || is_like_another(e, i) || is_in_template(s, span_cut(value, changes.start, changes.end)))
		return false;
	left = text_before(text, insertion->range.start + changes.start, before);
	right = text_behind(text, insertion->range.start + changes.end, behind);
	return !holds_word(s, arena, span_cut(value, changes.start, changes.end), left, right);
}

static void add_bytes(GChecksum *sum, const void *bytes, size_t n)
{
	if (n)
		g_checksum_update(sum, bytes, (gssize)n);
}

static void add_insertion(GChecksum *sum, const struct row_shapes *s, struct arena *arena, const struct expansion *e, size_t i)
{
	const struct insertion *insertion = &e->insertions[i];
	GString *class = g_string_new(NULL);
	bool plain = is_plain(s, arena, e, i, class);
	const size_t numbers[] = { insertion->range.start, insertion->range.end, insertion->tag.start, insertion->tag.end, insertion->place, insertion->escaped,
				   insertion->unescaped, insertion->asked, insertion->stand_in, plain, plain ? class->len : insertion->value.n };

	add_bytes(sum, numbers, sizeof numbers);
	if (insertion->column)
		add_bytes(sum, insertion->column, strlen(insertion->column) + 1);
	if (plain) {
		add_bytes(sum, class->str, class->len);
	} else {
		add_bytes(sum, insertion->value.p, insertion->value.n);
		add_bytes(sum, e->text->bytes.p + insertion->range.start, insertion->range.end - insertion->range.start);
	}
	g_string_free(class, TRUE);
}

struct row_shape row_shape_of(const struct row_shapes *s, const struct expansion *e)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	struct arena *arena = arena_new();
	struct row_shape shape;
	unsigned char digest[32];
	gsize n = sizeof digest;

	/* What is copied of the template, and where to. */
	for (size_t i = 0; i < e->text->map.n; i++) {
		const struct map_run *run = &e->text->map.runs[i];
		const uint32_t numbers[] = { run->src, run->src_len, run->dst, run->dst_len, run->kind };
		add_bytes(sum, numbers, sizeof numbers);
	}
	for (size_t i = 0; i < e->n_insertions; i++)
		add_insertion(sum, s, arena, e, i);
	for (size_t i = 0; i < e->n_notes; i++) {
		const size_t numbers[] = { e->notes[i].kind, e->notes[i].range.start, e->notes[i].range.end, (size_t)e->notes[i].expression.p };
		add_bytes(sum, numbers, sizeof numbers);
	}
	g_checksum_get_digest(sum, digest, &n);
	memcpy(shape.sum, digest, sizeof shape.sum);
	g_checksum_free(sum);
	arena_free(arena);
	return shape;
}
