/* Tags whose names the list system does not know, by what the configuration says of it. Silent where a name may be the template's own,
 * that of another object, or a helper's. */
#include "rule/check_common.h"

#include <glib.h>

#include "doc/template_names.h"

/* What the list says of its tags. */
struct known_tags {
	GHashTable *written;   /* as they stand in the configuration */
	GHashTable *names;     /* the names in them */
	GPtrArray *list;       /* the same with NULL at the end, of the arena: for did-you-mean */
	bool syntaxes[TAG_DOUBLE_UNDERSCORE + 1]; /* of those that are written as tags */
};

static void know_tag(struct check *c, struct known_tags *known, struct span written)
{
	struct tag tag;

	written = span_trim(written);
	if (written.n == 0)
		return;
	g_hash_table_add(known->written, arena_copy(check_arena(c), written));
	if (tag_first(written, 0, &tag)) {
		known->syntaxes[tag.syntax] = true;
		written = tag.name.n ? tag.name : written;
	}
	char *name = arena_copy(check_arena(c), written);
	g_hash_table_add(known->names, name);
	g_ptr_array_add(known->list, name);
}

/* Static sites and senders of their kind give templates the keys of the front matter, bare or as those of a page. */
static void know_front_matter(struct check *c, struct known_tags *known, const struct message *m)
{
	struct span block = span_cut(m->file->bytes, m->header->start, m->header->end);

	if (m->kind != INPUT_TEMPLATE || !(span_starts(block, SPAN_LIT("---")) || span_starts(block, SPAN_LIT("+++"))))
		return;
	g_hash_table_add(known->names, arena_copy(check_arena(c), SPAN_LIT("page")));
	for (size_t at = 0; at < block.n; at = span_find_byte(block, '\n', at) + 1) {
		size_t end = at;
		while (end < block.n && (ascii_is_alnum(block.p[end]) || block.p[end] == '_' || block.p[end] == '-'))
			end++;
		if (end > at)
			g_hash_table_add(known->names, arena_copy(check_arena(c), span_cut(block, at, end)));
	}
}

static struct known_tags known_tags(struct check *c, const struct message *m)
{
	const struct lint_options *options = check_options(c);
	struct known_tags known = {g_hash_table_new(g_str_hash, g_str_equal), g_hash_table_new(g_str_hash, g_str_equal), g_ptr_array_new(), {false}};

	for (const char *const *tag = options->list ? options->list->tags : NULL; tag && *tag; tag++)
		know_tag(c, &known, span_str(*tag));
	for (const char *p = options->tags; p && *p;) {
		size_t n = strcspn(p, ",");
		know_tag(c, &known, span_of(p, n));
		p += n + (p[n] == ',');
	}
	if (known.list->len)
		know_front_matter(c, &known, m);
	g_ptr_array_add(known.list, NULL);
	return known;
}

static bool has_word(struct check *c, GHashTable *words, struct span word)
{
	return g_hash_table_contains(words, arena_copy(check_arena(c), word));
}

/* "user" of "user.name": an object that the list declares as a whole. */
static struct span root_of(struct span name)
{
	size_t end = 0;

	while (end < name.n && !memchr(".[-:", name.p[end], 4))
		end++;
	return span_cut(name, 0, end);
}

/* --- which tags are the plain place of a value ------------------------------------------------------------------------------------- */

static bool is_path_byte(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The end of "@user.name", "$user->name" that begins at at; at where no path does. */
static size_t path_end(struct span s, size_t at)
{
	size_t end = at;

	while (end < s.n && (s.p[end] == '@' || s.p[end] == '$'))
		end++;
	if (end == s.n || !is_path_byte(s.p[end]) || ascii_is_digit(s.p[end]))
		return at;
	for (;;) {
		while (end < s.n && is_path_byte(s.p[end]))
			end++;
		size_t dot = end + (span_starts(span_cut(s, end, s.n), SPAN_LIT("->")) ? 2 : end < s.n && s.p[end] == '.');
		if (dot == end || dot >= s.n || !is_path_byte(s.p[dot]))
			return end;
		end = dot;
	}
}

/* Code that puts one value in and does nothing else: <%= user.name %>, <?= $name ?>, [% name | html %]. */
static bool is_plain_code(struct span bytes, const struct tag *tag)
{
	struct span inside = span_cut(bytes, tag->range.start + 2, tag->range.end - 2);
	bool bracket = tag->syntax == TAG_BRACKET_PERCENT;

	if (!bracket && !(inside.n && (inside.p[0] == '=' || inside.p[0] == '-')))
		return false;
	size_t at = 0;
	while (at < inside.n && (memchr("=-_", inside.p[at], 3) || ascii_is_space(inside.p[at])))
		at++;
	size_t end = path_end(inside, at), rest = end;
	while (rest < inside.n && (memchr("-_", inside.p[rest], 2) || ascii_is_space(inside.p[rest])))
		rest++;
	return end > at && (rest == inside.n || (bracket && inside.p[rest] == '|'));
}

/* Not code, a part (">"), a path out of the present object ("../", "@index", "this"), nor the call of a helper, which has words behind
 * its name. */
static bool is_plain_value(struct span bytes, const struct tag *tag)
{
	/* What engines give by themselves; "body" is where the layouts of Handlebars put the page. */
	static const char *const of_engines[] = {"this", "self", "forloop", "tablerowloop", "loop", "super", "block.super", "yield", "content", "body",
	        "nil", "null", "true", "false", "none", "_self", "_context", "_charset", "app", NULL};

	if (!tag->certain || tag->place != TAG_OUTPUT || tag->syntax == TAG_STATEMENT || tag->name.n == 0 || ascii_is_digit(tag->name.p[0]) ||
	    word_in_list(of_engines, root_of(tag->name)))
		return false;
	if (tag->syntax == TAG_ERB || tag->syntax == TAG_BRACKET_PERCENT)
		return is_plain_code(bytes, tag);
	size_t name = (size_t)(tag->name.p - bytes.p), at;
	for (at = tag->range.start; at < name; at++)
		if (memchr("/@>(\"'[", bytes.p[at], 7) && tag->syntax != TAG_AT_BRACE)
			return false;
	/* {{ $book.Title }} is a variable of Go, {{ $.Title }} a name of the mail. */
	if (tag->syntax == TAG_MUSTACHE && bytes.p[name - 1] == '$')
		return false;
	for (at = name + tag->name.n; at < tag->range.end && ascii_is_space(bytes.p[at]); at++)
		;
	if (at + 1 < tag->range.end && (bytes.p[at] == '-' || bytes.p[at] == '~') && bytes.p[at + 1] == '}')
		return true;
	return at < tag->range.end && memchr("}|%*$#?:_", bytes.p[at], 9) != NULL;
}

/* A bare word of Go is a function, in code it may be one: told only where it looks like a name of the list, or where the list writes its
 * tags in that form. */
static bool may_be_function(const struct known_tags *known, struct span bytes, const struct tag *tag, enum template_language language)
{
	if (tag->syntax == TAG_ERB || tag->syntax == TAG_BRACKET_PERCENT)
		return !known->syntaxes[tag->syntax];
	size_t name = (size_t)(tag->name.p - bytes.p);
	return tag->syntax == TAG_MUSTACHE && language == LANGUAGE_GO && name > 0 && bytes.p[name - 1] != '.';
}

/* --- judging ------------------------------------------------------------------------------------------------------------------- */

struct judge {
	struct check *c;
	const struct message *m;
	struct known_tags known;
	GHashTable *told;             /* names, of the arena: each is told once */
	struct template_names of_file;/* names that the file gives, header and all */
	struct template_names of_text;
	enum template_language language;
};

static struct template_names names_of(struct judge *j, struct span text, const struct tag_list *tags, enum template_language *language)
{
	*language = template_language_of(j->m->path, text, tags).language;
	return template_names_of(check_arena(j->c), text, tags, template_tree_parse(check_arena(j->c), text, tags, *language));
}

/* Is the name the template's own, or one of another object? {{ $.Title }} of Go is the mail's everywhere. */
static bool is_not_the_lists(const struct judge *j, const struct template_names *names, struct span bytes, const struct tag *tag, size_t offset)
{
	size_t name = (size_t)(tag->name.p - bytes.p);
	bool root = name >= 2 && bytes.p[name - 1] == '.' && bytes.p[name - 2] == '$' && j->language == LANGUAGE_GO;

	return template_names_given(names, tag->name, offset) || (!root && template_names_foreign(names, offset));
}

static void judge_tag(struct judge *j, const struct text *text, const struct tag *tag)
{
	struct span bytes = span_cut(text->bytes, tag->range.start, tag->range.end);
	size_t in_file = text_to_file(text, tag->range.start, tag->range.end).start;

	if (!is_plain_value(text->bytes, tag) || has_word(j->c, j->known.written, bytes) || has_word(j->c, j->known.names, tag->name) ||
	    has_word(j->c, j->known.names, root_of(tag->name)) || is_not_the_lists(j, &j->of_text, text->bytes, tag, tag->range.start) ||
	    is_not_the_lists(j, &j->of_file, text->bytes, tag, in_file))
		return;
	char *name = arena_copy(check_arena(j->c), tag->name);
	const char *const *known = (const char *const *)j->known.list->pdata;
	const char *nearest = word_nearest(name, known);
	if (!nearest)
		nearest = word_nearest(arena_copy(check_arena(j->c), root_of(tag->name)), known);
	if (!nearest && may_be_function(&j->known, text->bytes, tag, j->language))
		return;
	if (g_hash_table_add(j->told, name))
		check_report_text(j->c, text, tag->range, nearest ? "near" : "unknown", ARG_T("tag", bytes),
		                  ARG_T("nearest", span_str(nearest ? nearest : "")));
}

static void judge_header(struct judge *j)
{
	j->of_text = (struct template_names){0};
	for (size_t i = 0; i < j->m->header->n; i++) {
		const struct field *f = &j->m->header->fields[i];
		if (f->flags & FIELD_NO_COLON || f->value->bytes.n == 0)
			continue;
		struct tag_list tags = tag_scan(check_arena(j->c), f->value->bytes);
		for (size_t k = 0; k < tags.n; k++)
			judge_tag(j, f->value, &tags.tags[k]);
	}
}

static void judge_body(struct judge *j, const struct body *body)
{
	if (body->written_tags.n == 0)
		return;
	j->of_text = names_of(j, body->written->bytes, &body->written_tags, &j->language);
	for (size_t k = 0; k < body->written_tags.n; k++) {
		const struct tag *tag = &body->written_tags.tags[k];
		if (!tag->raw && !(body->html && shows_code(body->html, tag->range.start)))
			judge_tag(j, body->written, tag);
	}
}

/* A tag that is none of those that the list knows, in header fields and texts, each name once. Silent where the list says nothing of its
 * tags. Cases: near (there is a name like it), unknown. */
CHECK(tag_unknown)
{
	struct judge j = {.c = c, .m = m, .known = known_tags(c, m), .told = g_hash_table_new(g_str_hash, g_str_equal)};

	if (g_hash_table_size(j.known.written)) {
		struct tag_list tags = tag_scan(check_arena(c), m->file->bytes);
		j.of_file = names_of(&j, m->file->bytes, &tags, &j.language);
		judge_header(&j);
		/* All branches are read at once. */
		for (size_t i = 0; m->view == 0 && i < m->n_bodies; i++)
			judge_body(&j, &m->bodies[i]);
	}
	g_hash_table_unref(j.known.written);
	g_hash_table_unref(j.known.names);
	g_ptr_array_free(j.known.list, TRUE);
	g_hash_table_unref(j.told);
}
