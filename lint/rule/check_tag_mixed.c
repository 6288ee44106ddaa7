/* Tags of more languages than one template can have: its own engine fills in one, the service that sends another, nobody a third; and tags
 * of another language between braces that the engine of the file takes for its own.
 * Sources: the documentation of the languages, listed in doc/template_language.c. */
#include "rule/check_common.h"

/* How authors call the language of a tag; those of one family may stand together. NULL: spellings that prose and programs share. */
static const char *family_of(enum tag_syntax syntax)
{
	switch (syntax) {
	case TAG_MUSTACHE:
	case TAG_STATEMENT:
		return "{{ }}";
	case TAG_MAILCHIMP:
		return "*|X|*";
	case TAG_PERCENT:
	case TAG_DOUBLE_PERCENT:
		return "%X%";
	case TAG_ERB:
		return "<% %>";
	case TAG_BRACKET_PERCENT:
		return "[% %]";
	case TAG_SALESFORCE:
		return "{!X}";
	default:
		return NULL;
	}
}

/* Does some engine read the tag here? What a URL holds a service of its own may fill in. */
static bool is_read(const struct body *body, const struct tag *tag)
{
	if (!tag->certain || tag->raw || tag->place == TAG_COMMENT)
		return false;
	return !body->html || (!shows_code(body->html, tag->range.start) && !is_in_address(body->html, tag->range.start));
}

/* At the first tag of the third family. Family names are few: they are compared as pointers. */
static void report_third(struct check *c, const struct body *body)
{
	const char *seen[2] = {NULL, NULL};

	for (size_t i = 0; i < body->written_tags.n; i++) {
		const struct tag *tag = &body->written_tags.tags[i];
		const char *family = is_read(body, tag) ? family_of(tag->syntax) : NULL;
		if (!family || family == seen[0] || family == seen[1])
			continue;
		if (seen[0] && seen[1]) {
			check_report_text(c, body->written, tag->range, "third", ARG_T("first", span_str(seen[0])), ARG_T("second", span_str(seen[1])),
			                  ARG_T("third", span_str(family)));
			return;
		}
		seen[seen[0] != NULL] = family;
	}
}

/* What stands between braces, without signs of white space control. */
static struct span between_braces(struct span text, const struct tag *tag)
{
	struct span inside = span_trim(span_cut(text, tag->range.start + 2, tag->range.end - 2));

	while (inside.n && (inside.p[0] == '~' || inside.p[0] == '-'))
		inside = span_trim(span_cut(inside, 1, inside.n));
	return inside;
}

/* {{#if x}} {{/if}} {{^x}}: no expression of Liquid, Jinja, Twig or Django. Liquid puts nothing in its place and shows all the branches, the
 * others refuse the whole template. */
static bool is_section(struct span inside)
{
	return inside.n > 1 && memchr("#/^", inside.p[0], 3) && (ascii_is_alpha(inside.p[1]) || inside.p[1] == '_');
}

/* {{.Name}} {{else}} {{end}}: none of Jinja, Twig or Django either. */
static bool is_go(struct span inside)
{
	return (inside.n > 1 && inside.p[0] == '.' && inside.p[1] >= 'A' && inside.p[1] <= 'Z') || span_in(inside, "else end");
}

/* "name | upper": no expression of Handlebars, which refuses the whole template. Strings may have the sign, and "as |x|". */
static bool has_filter(struct span inside)
{
	size_t at = 0;

	while (at < inside.n && inside.p[at] != '|')
		at = inside.p[at] == '"' || inside.p[at] == '\'' ? span_find_byte(inside, inside.p[at], at + 1) + 1 : at + 1;
	return at > 0 && at + 1 < inside.n && inside.p[at + 1] != '|' && !is_section(inside) && !span_ends_ci(span_cut(inside, 0, at), SPAN_LIT(" as "));
}

/* How a text reads {{ }}. */
struct reader {
	bool expressions;    /* as Liquid, Jinja, Twig and Django do: filters, no sections */
	bool go_is_foreign;  /* and is it sure that {{.Name}} is none of them? */
	bool sections;       /* as Handlebars does: sections, no filters */
	struct span witness; /* the name of the language, or a tag that only it has */
};

/* By the ending of the file; without one, statements and a filter: whoever reads these fails at a section, and Handlebars at the filter. */
static struct reader reader_of(const char *path, const struct body *body)
{
	enum template_language named = template_language_of_path(path);
	struct reader reader = {.witness = span_str(template_language_name(named)), .sections = named == LANGUAGE_HANDLEBARS};
	struct span filter = SPAN_EMPTY;
	bool statement = false;

	reader.expressions = named == LANGUAGE_LIQUID || named == LANGUAGE_JINJA || named == LANGUAGE_TWIG;
	reader.go_is_foreign = named == LANGUAGE_JINJA || named == LANGUAGE_TWIG;
	for (size_t i = 0; named == LANGUAGE_NONE && i < body->written_tags.n; i++) {
		const struct tag *tag = &body->written_tags.tags[i];
		if (!is_read(body, tag))
			continue;
		statement |= tag->syntax == TAG_STATEMENT;
		if (!filter.n && tag->syntax == TAG_MUSTACHE && has_filter(between_braces(body->written->bytes, tag)))
			filter = span_cut(body->written->bytes, tag->range.start, tag->range.end);
	}
	if (statement && filter.n) {
		reader.expressions = true;
		reader.witness = filter;
	}
	return reader;
}

/* At the first tag between braces that the engine of the file cannot read, with the count. */
static bool report_foreign(struct check *c, const char *path, const struct body *body)
{
	struct reader reader = reader_of(path, body);
	struct range first = {0, 0};
	size_t count = 0;

	for (size_t i = 0; (reader.expressions || reader.sections) && i < body->written_tags.n; i++) {
		const struct tag *tag = &body->written_tags.tags[i];
		if (tag->syntax != TAG_MUSTACHE || !tag->certain || tag->raw || (body->html && shows_code(body->html, tag->range.start)))
			continue;
		struct span inside = between_braces(body->written->bytes, tag);
		bool foreign = reader.sections ? has_filter(inside) : is_section(inside) || (reader.go_is_foreign && is_go(inside));
		if (foreign && !count++)
			first = tag->range;
	}
	if (count)
		check_report_text(c, body->written, first, "foreign", ARG_T("own", reader.witness),
		                  ARG_T("tag", span_cut(body->written->bytes, first.start, first.end)), ARG_I("count", count));
	return count > 0;
}

/* Of each part one finding. Cases: foreign (a tag between braces that the engine of the file cannot read; own, tag, count), third (tags of three
 * families: first, second, third). What the service that sends fills in, in tags of a language other than the file's, is no fault. */
CHECK(tag_mixed)
{
	/* All branches are read at once. */
	for (size_t i = 0; m->view == 0 && i < m->n_bodies; i++)
		if (!report_foreign(c, m->path, &m->bodies[i]))
			report_third(c, &m->bodies[i]);
}
