/* Tag lists of DNS records. Knows no tag. */
#include "preflight/tags.h"

static bool is_name(struct span s)
{
	if (s.n == 0 || !ascii_is_alpha(s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

static void read_tag(struct span piece, struct record_tags *out)
{
	size_t equals = span_find_byte(piece, '=', 0);
	struct span name = span_trim(span_cut(piece, 0, equals));

	if (equals == piece.n || !is_name(name)) {
		if (!out->malformed.p)
			out->malformed = piece;
		return;
	}
	for (size_t i = 0; i < out->n; i++) {
		if (span_eq_ci(out->tags[i].name, name)) {
			if (!out->doubled.p)
				out->doubled = name;
			return;
		}
	}
	if (out->n < RECORD_TAGS_MAX)
		out->tags[out->n++] = (struct record_tag){ name, span_trim(span_cut(piece, equals + 1, piece.n)) };
}

void record_tags_read(struct span record, struct record_tags *out)
{
	struct span piece;

	*out = (struct record_tags){ .n = 0 };
	for (size_t at = 0; record_list_next(record, ';', &at, &piece);)
		/* A semicolon may end the list. */
		if (piece.n || at < record.n)
			read_tag(piece, out);
}

const struct record_tag *record_tag_find(const struct record_tags *tags, const char *name)
{
	for (size_t i = 0; i < tags->n; i++)
		if (span_eq_ci(tags->tags[i].name, span_str(name)))
			return &tags->tags[i];
	return NULL;
}

struct span record_tag_value(const struct record_tags *tags, const char *name)
{
	const struct record_tag *tag = record_tag_find(tags, name);

	return tag ? tag->value : (struct span){ NULL, 0 };
}

bool record_has_version(struct span record, const char *version)
{
	struct span first = span_cut(record, 0, span_find_byte(record, ';', 0));
	size_t equals = span_find_byte(first, '=', 0);

	return equals < first.n && span_eq_ci(span_trim(span_cut(first, 0, equals)), SPAN_LIT("v")) &&
	       span_eq(span_trim(span_cut(first, equals + 1, first.n)), span_str(version));
}

bool record_list_next(struct span list, char separator, size_t *at, struct span *piece)
{
	if (*at > list.n)
		return false;
	size_t end = span_find_byte(list, separator, *at);
	*piece = span_trim(span_cut(list, *at, end));
	*at = end + 1;
	return true;
}
