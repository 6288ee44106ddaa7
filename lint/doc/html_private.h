/* What the files that make up html_parse() share. Nobody else includes this. */
#ifndef PRESEND_DOC_HTML_PRIVATE_H
#define PRESEND_DOC_HTML_PRIVATE_H

#include <glib.h>

#include "doc/html.h"

/* The byte that stands for each byte of a template tag in html_work.masked. Real ones are treated alike: no text has them. */
#define HTML_TAG_BYTE '\x01'

/* An end tag as the tokenizer met it. */
struct html_end {
	struct range range;
	size_t first_text; /* number of text runs in front of it */
};

/* Work space of one html_parse() call; the arrays move into the arena at the end. */
struct html_work {
	struct arena *arena;
	struct html *html;
	struct span source;      /* html->source->bytes */
	const char *masked;      /* as source, with tags blanked by HTML_TAG_BYTE; same length */
	GArray *elements;        /* struct html_element */
	GArray *texts;           /* struct html_text_run */
	GArray *comments;        /* struct html_comment */
	GArray *attributes;      /* struct html_attribute of the tag being read */
	GArray *ends;            /* struct html_end */
	GString *events;         /* the tokens once more, as bare markup for libxml2; see html_tree.c */
};

/* Tokenize into elements, texts, comments and events. Parents, end tags and extents are filled in as far as simple nesting
 * tells (html_tree.c does better). */
void html_tokenize(struct html_work *work);
/* Decode the entities of a part of the source. in_attribute: the stricter rule for names without a semicolon. */
struct text *html_decode(struct html_work *work, struct range range, bool in_attribute);
/* Add a flag, remembering the place of the first. */
void html_flag(struct html *html, enum html_flag flag, struct range range);

/* Let libxml2 build the tree and correct parents, end tags and extents. */
void html_tree_build(struct html_work *work);
/* The code point of a named character reference of HTML 4 (253 names, case matters); 0 where there is none. */
uint32_t html_entity(struct span name);

/* Read the style blocks and style attributes (html->sheets, elements[].style_css), fill in html->elements[].style and the hidden reason of each
 * text run. */
void html_style_compute(struct arena *arena, struct html *html);

/* Fill in html->visible, hidden, preheader and title. */
void html_visible_build(struct arena *arena, struct html *html);

enum html_trait {
	HTML_VOID = 1 << 0,           /* no end tag */
	HTML_NOT_SHOWN_NAME = 1 << 1, /* its text is no text of the page */
	HTML_BLOCK = 1 << 2,
	HTML_CELL = 1 << 3,
	HTML_KEEPS_SPACE = 1 << 4,
	HTML_RAW = 1 << 5,            /* what is inside is no markup */
	HTML_NO_EVENTS = 1 << 6,      /* raw to libxml2 as well */
	HTML_DEFAULT_STYLE = 1 << 7,  /* browsers give it a size or colour of its own */
	HTML_CLOSABLE = 1 << 8        /* its end tag may be left out */
};

/* enum html_trait of an element name in lower case. */
unsigned html_traits(struct span name);

#endif
