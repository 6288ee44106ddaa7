/* Role: a message as the model of the score sees it.
 * May not: judge, or look at anything that only transport, an archive or a mailing list put there.
 *
 * Words instead of ICU's dictionary: over a whole Japanese text that costs more than everything else, and pairs of characters tell as
 * much (measured in docs/score.md). Digits are all taken as 0, so that a price or a token is no word of its own. */
#include "rule/features.h"

#include <glib.h>
#include <math.h>

#include "base/limits.h"
#include "base/normal.h"
#include "base/utf8.h"

/* Lengths of the vectors: all words of the body together, all words of the head, each named feature. Chosen by cross-validation. */
#define BODY_LENGTH 1.0
#define HEAD_LENGTH 0.6
#define NAMED_VALUE 0.1f

enum {
	DIGITS_KEPT = 4,     /* of a run of digits */
	PREFIX_MAX = 30,     /* bytes of a [name] in front of a Subject */
	SENDER_BYTES = 500,  /* of a sender's name */
	LIST_FOOTER_LINES = 4 /* below its line of underscores */
};

struct collector {
	struct arena *arena;
	GArray *features;     /* struct feature, each bucket once */
	GArray *repeats;      /* those that were met before; NULL: not wanted */
	uint32_t *seen;       /* bit set of buckets */
	const struct text *text;
};

/* -- hashing: FNV-1a, 32 bits (Fowler, Noll, Vo; RFC 9923), then its high half folded in -- */

enum { FNV_START = 2166136261u, FNV_PRIME = 16777619u };

static uint32_t hash_byte(uint32_t hash, unsigned char byte)
{
	return (hash ^ byte) * FNV_PRIME;
}

static uint32_t hash_code_point(uint32_t hash, uint32_t c)
{
	for (int shift = 0; shift < 24; shift += 8)
		hash = hash_byte(hash, (unsigned char)(c >> shift));
	return hash;
}

static uint32_t bucket_of(uint32_t hash, uint32_t buckets)
{
	return (hash ^ hash >> 16) & (buckets - 1);
}

static void add(struct collector *c, uint32_t bucket, struct range range)
{
	struct feature feature = { .bucket = bucket, .text = c->text, .range = range };
	uint32_t bit = 1u << (bucket & 31), *word = &c->seen[bucket >> 5];

	if (!(*word & bit))
		g_array_append_val(c->features, feature);
	else if (c->repeats)
		g_array_append_val(c->repeats, feature);
	*word |= bit;
}

/* -- words -- */

enum kind { BLANK, LINE_END, WORD, IDEOGRAPH, SIGN };

static enum kind kind_of(uint32_t c)
{
	if (c == '\n')
		return LINE_END;
	if (c < 0x80)
		return ascii_is_alnum((char)c) || c == '_' ? WORD : c <= ' ' || c == 0x7F ? BLANK : SIGN;
	if ((c >= 0x3040 && c <= 0x30FF && c != 0x30FB) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
	    (c >= 0xAC00 && c <= 0xD7AF) || c == 0x3005 || (c >= 0x20000 && c <= 0x3FFFF))
		return IDEOGRAPH;
	if (char_width(c, false) == 0)
		return BLANK;
	return utf8_is_letter(c) ? WORD : SIGN;
}

struct stream {
	struct collector *collector;
	uint32_t first_bucket, buckets, start; /* of the hashes: what kind of text it is */
	bool has_previous;
	uint32_t previous;                     /* hash of the word in front */
	size_t previous_start;
};

static void add_hash(struct stream *s, uint32_t hash, size_t start, size_t end)
{
	add(s->collector, s->first_bucket + bucket_of(hash, s->buckets), (struct range){ start, end });
}

/* A word, and it together with the one in front on the same line. */
static void add_word(struct stream *s, uint32_t hash, size_t start, size_t end)
{
	add_hash(s, hash, start, end);
	if (s->has_previous)
		add_hash(s, hash_code_point(s->previous, ' ') * 31 + hash, s->previous_start, end);
	s->has_previous = true;
	s->previous = hash;
	s->previous_start = start;
}

/* Letters and digits up to the end of the word; of a run of digits only the length counts, up to DIGITS_KEPT. */
static size_t take_word(struct stream *s, struct span text, size_t start)
{
	uint32_t hash = s->start;
	unsigned digits = 0;
	size_t at = start, end = start;

	while (at < text.n) {
		uint32_t c = utf8_next(text, &at);
		if (kind_of(c) != WORD)
			break;
		end = at;
		digits = c >= '0' && c <= '9' ? digits + 1 : 0;
		if (digits > DIGITS_KEPT)
			continue;
		hash = hash_code_point(hash, digits ? '0' : c);
	}
	add_word(s, hash, start, end);
	return end;
}

/* Pairs and triples of a run of ideographs, kana or Hangul; a single one stands for itself. */
static size_t take_ideographs(struct stream *s, struct span text, size_t start)
{
	uint32_t last = 0, before = 0; /* hashes of one and of two characters that end here */
	size_t at = start, here = start, last_start = start, before_start = start, n = 0;

	for (; at < text.n; n++) {
		here = at;
		uint32_t c = utf8_next(text, &at);
		if (kind_of(c) != IDEOGRAPH)
			break;
		if (n >= 2)
			add_hash(s, hash_code_point(before, c), before_start, at);
		if (n >= 1)
			add_hash(s, hash_code_point(last, c), last_start, at);
		before = n >= 1 ? hash_code_point(last, c) : 0;
		before_start = last_start;
		last = hash_code_point(s->start ^ 'c', c);
		last_start = here;
		here = at;
	}
	if (n == 1)
		add_hash(s, last, start, here);
	s->has_previous = false;
	return here;
}

static void take_text(struct stream *s, struct span text, size_t start)
{
	size_t at = start;

	s->has_previous = false;
	while (at < text.n) {
		size_t here = at;
		uint32_t c = utf8_next(text, &at);

		switch (kind_of(c)) {
		case WORD:
			at = take_word(s, text, here);
			break;
		case IDEOGRAPH:
			at = take_ideographs(s, text, here);
			break;
		case SIGN:
			add_word(s, hash_code_point(s->start, c), here, at);
			break;
		case LINE_END:
			s->has_previous = false;
			break;
		case BLANK:
			break;
		}
	}
}

/* Give the features from first on this length together. */
static void scale(struct collector *c, guint first, double length)
{
	guint n = c->features->len - first;

	for (guint i = first; i < c->features->len; i++)
		g_array_index(c->features, struct feature, i).value = (float)(length / sqrt(n));
}

/* What list software puts below a mail: a line of underscores, "NAME mailing list", an address or two. It says through which list a mail came, and
 * not what it is. text.n where there is none; *end: behind it. */
static size_t list_footer(struct span text, size_t from, size_t *end)
{
	const struct span line = SPAN_LIT("____________________");

	for (size_t at = span_find(text, line, from); at < text.n;) {
		size_t next = span_find_byte(text, '\n', at), stop = next;
		struct span name = span_cut(text, next, span_find_byte(text, '\n', next + 1));
		if (span_find(name, SPAN_LIT("mailing list"), 0) < name.n) {
			for (int i = 0; i < LIST_FOOTER_LINES && stop < text.n; i++)
				stop = span_find_byte(text, '\n', stop + 1);
			*end = stop;
			return at;
		}
		at = span_find(text, line, next);
	}
	*end = text.n;
	return text.n;
}

static void take_bodies(struct collector *c, const struct message *m)
{
	size_t left = LIMIT_FEATURE_TEXT_BYTES;
	guint first = c->features->len;

	for (size_t i = 0; i < m->n_bodies && left > 0; i++) {
		struct stream s = { .collector = c, .buckets = FEATURE_BODY_BUCKETS, .start = FNV_START };

		c->text = m->bodies[i].l1;
		if (!c->text)
			continue;
		struct span text = span_cut(c->text->bytes, 0, left);
		for (size_t at = 0, end; at < text.n; at = end)
			take_text(&s, span_cut(text, 0, list_footer(text, at, &end)), at);
		left -= text.n;
	}
	scale(c, first, BODY_LENGTH);
}

/* -- the head -- */

/* Where the Subject itself begins: behind "Re:", "Fwd:" and the [names] of lists, which say where a mail was and not what it is. */
static size_t subject_start(struct span subject)
{
	size_t at = 0;

	for (;;) {
		while (at < subject.n && ascii_is_space(subject.p[at]))
			at++;
		struct span rest = span_cut(subject, at, subject.n);
		size_t close;

		if (span_starts_ci(rest, span_str("re:")) || span_starts_ci(rest, span_str("fw:")))
			at += 3;
		else if (span_starts_ci(rest, span_str("fwd:")))
			at += 4;
		else if (rest.n && rest.p[0] == '[' && (close = span_find_byte(rest, ']', 0)) < rest.n && close <= PREFIX_MAX)
			at += close + 1;
		else
			return at;
	}
}

static void take_head(struct collector *c, const struct message *m)
{
	guint first = c->features->len;
	struct stream s = { .collector = c, .first_bucket = FEATURE_BODY_BUCKETS, .buckets = FEATURE_HEAD_BUCKETS };

	if (m->subject_l1) {
		c->text = m->subject_l1;
		s.start = FNV_START ^ 's';
		take_text(&s, c->text->bytes, subject_start(c->text->bytes));
	}
	if (m->from.n && m->from.mailboxes[0].name_text) {
		c->text = normal_l1(c->arena, m->from.mailboxes[0].name_text);
		s.start = FNV_START ^ 'f';
		/* List software writes "NAME via LIST" where it sends in its own name. */
		size_t via = span_find(c->text->bytes, SPAN_LIT(" via "), 0);
		take_text(&s, span_cut(c->text->bytes, 0, MIN(via, SENDER_BYTES)), 0);
	}
	scale(c, first, HEAD_LENGTH);
}

/* -- named features -- */

static void add_named(struct collector *c, const char *name)
{
	struct feature feature = { .bucket = FEATURE_BUCKETS, .name = name, .value = NAMED_VALUE };

	g_array_append_val(c->features, feature);
}

/* Every rule that fired; which of them count is the model's to say (rules.d/score-features.txt). */
static void take_rules(struct collector *c, const struct message_result *result)
{
	GHashTable *seen = g_hash_table_new(g_direct_hash, g_direct_equal);

	for (size_t i = 0; i < result->n_findings; i++) {
		const struct rule *rule = result->findings[i].rule;
		if (g_hash_table_add(seen, (gpointer)rule))
			add_named(c, rule->id);
	}
	g_hash_table_destroy(seen);
}

static void take_subject_signs(struct collector *c, const struct message *m)
{
	struct span subject = m->subject ? m->subject->bytes : SPAN_EMPTY;

	if (span_find_byte(subject, '!', 0) < subject.n || span_find(subject, span_str("\xEF\xBC\x81"), 0) < subject.n)
		add_named(c, "subject:exclamation");
	if (span_find_byte(subject, '$', 0) < subject.n)
		add_named(c, "subject:dollar");
}

static void take_links(struct collector *c, const struct message *m)
{
	bool unnamed = false, escaped = false;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->kind == LINK_HEADER)
			continue;
		unnamed |= link->kind == LINK_ANCHOR && link->label && span_trim(link->label->bytes).n == 0;
		escaped |= span_find_byte(link->url.host, '%', 0) < link->url.host.n;
	}
	if (unnamed)
		add_named(c, "link:without-words");
	if (escaped)
		add_named(c, "link:escaped-host");
}

static struct feature *keep(struct arena *arena, GArray *features)
{
	struct feature *out = ARENA_ARRAY(arena, struct feature, features->len + 1);

	if (features->len)
		memcpy(out, features->data, features->len * sizeof *out);
	g_array_free(features, TRUE);
	return out;
}

struct features features_collect(struct arena *arena, const struct message *message, const struct message_result *result, bool with_repeats)
{
	struct collector c = { .arena = arena,
			       .features = g_array_new(FALSE, FALSE, sizeof(struct feature)),
			       .repeats = with_repeats ? g_array_new(FALSE, FALSE, sizeof(struct feature)) : NULL,
			       .seen = g_new0(uint32_t, FEATURE_BUCKETS / 32) };
	struct features out = { 0 };

	take_bodies(&c, message);
	take_head(&c, message);
	take_rules(&c, result);
	take_subject_signs(&c, message);
	take_links(&c, message);
	out.n = c.features->len;
	out.items = keep(arena, c.features);
	if (c.repeats) {
		out.n_repeats = c.repeats->len;
		out.repeats = keep(arena, c.repeats);
	}
	g_free(c.seen);
	return out;
}
