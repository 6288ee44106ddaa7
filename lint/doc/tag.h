/* Template tags: found on decoded text before anything else reads it. Sources: the vendors' own documentation, listed in tag.c. */
#ifndef PRESEND_DOC_TAG_H
#define PRESEND_DOC_TAG_H

#include "base/arena.h"
#include "base/map.h"

enum tag_syntax {
	TAG_MUSTACHE,        /* {{name}} {{{name}}} {{#if}}: Mustache, Handlebars, Liquid, Jinja, Twig, Go */
	TAG_STATEMENT,       /* {% ... %}, {# ... #}: Liquid, Jinja, Twig */
	TAG_MAILCHIMP,       /* *|FNAME|* */
	TAG_PERCENT,         /* %recipient.name%, %FIRSTNAME% */
	TAG_DOUBLE_PERCENT,  /* %%name%% */
	TAG_DOLLAR,          /* ${name} */
	TAG_DOLLAR_NAME,     /* $name$ */
	TAG_HASH_BRACE,      /* #{name} */
	TAG_ERB,             /* <%= name %>, <% ... %>, <?= ... ?>, <?php ... ?> */
	TAG_BRACKET_PERCENT, /* [% name %] */
	TAG_AT_BRACE,        /* @{name} */
	TAG_SALESFORCE,      /* {!Contact.FirstName} */
	TAG_DOUBLE_HASH,     /* ##name## */
	TAG_DOUBLE_UNDERSCORE/* __name__ */
};

/* A TAG_COMMENT holds the whole comment, also {% comment %} ... {% endcomment %}. */
enum tag_place { TAG_OUTPUT, TAG_OPEN, TAG_MIDDLE, TAG_CLOSE, TAG_COMMENT };

struct tag {
	struct range range;    /* in the text that was scanned */
	enum tag_syntax syntax;
	enum tag_place place;
	struct span name;      /* the first word inside: "name", "if", "FNAME" */
	bool raw;              /* within {% raw %}, {% verbatim %} or {{{{raw}}}}: the engine copies it */
	bool certain;          /* false for spellings that prose may have (%PATH%, __init__, $a$): near misses are not even listed */
};

struct tag_list {
	struct tag *tags;      /* in order, not overlapping */
	size_t n;
};

/* Find the tags of a UTF-8 text. Cost linear. Never fails. Not tags: percent-encoded bytes (%E3%81%82), CSS and JavaScript braces,
 * "100% ... 50%", prices ($100), MSO conditional comments, <?xml ...?>, C-like __FILE__ alone in code. */
struct tag_list tag_scan(struct arena *arena, struct span utf8);
/* Percent-encoded forms (%7B%7Bname%7D%7D, %25%25name%25%25, *%7CNAME%7C*) in a URL. */
struct tag_list tag_scan_url(struct arena *arena, struct span url);
/* The first tag that starts at or behind from, without an arena: false where there is none. Linear for one call, so not for loops
 * over long texts. */
bool tag_first(struct span utf8, size_t from, struct tag *out);
/* Is offset inside a tag? */
const struct tag *tag_at(const struct tag_list *tags, size_t offset);
/* "{{...}}" and the like, for messages; static. */
const char *tag_syntax_example(enum tag_syntax syntax);

#endif
