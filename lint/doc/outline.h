/* What a reader reads of an HTML part, as blocks in reading order: paragraphs, headings, list items, table rows, with the texts, links and images in
 * them. For everything that turns HTML into something else: the preview, a text/plain part, comparisons. Hidden text and head are left out. */
#ifndef PRESEND_DOC_OUTLINE_H
#define PRESEND_DOC_OUTLINE_H

#include "doc/html.h"

enum outline_kind {
	OUTLINE_PARAGRAPH,
	OUTLINE_HEADING,      /* level: 1 to 6 */
	OUTLINE_ITEM,         /* of a list; level: depth of the list from 1; number: its place in an ordered list, 0 in others */
	OUTLINE_ROW,          /* of a table whose cells are short lines; pieces say which cell they are of */
	OUTLINE_PREFORMATTED, /* white space as it stands; line ends are OUTLINE_BREAK */
	OUTLINE_LINE          /* hr; no pieces */
};

enum outline_piece_kind {
	OUTLINE_TEXT,
	OUTLINE_IMAGE,        /* text: the alternative text; images with alt="" and those of a pixel or two are left out */
	OUTLINE_BREAK         /* br */
};

struct outline_piece {
	enum outline_piece_kind kind;
	struct span text;     /* UTF-8, white space folded; the texts of a block one behind the other are its line */
	struct range range;   /* in html.source: what it was made of */
	size_t element;       /* the image or br; of a text the innermost element around its start. HTML_NO_PARENT at the top */
	size_t link;          /* the <a href> around it; HTML_NO_PARENT where none */
	unsigned cell;        /* of a row, from 0; cells without text are counted */
	bool no_alt;          /* an image without an alt attribute; its text is empty */
};

struct outline_block {
	enum outline_kind kind;
	unsigned level, number, quote; /* quote: depth of <blockquote> */
	bool apart;           /* an empty line stands in front of it: paragraphs, headings, tables, two <br>. Else it is only a line of its own */
	bool head;            /* a row of <th> */
	size_t element;       /* the innermost block element around it; HTML_NO_PARENT at the top */
	size_t first_piece, n_pieces;
};

struct outline {
	struct outline_block *blocks;
	size_t n_blocks;
	struct outline_piece *pieces;
	size_t n_pieces;
};

/* Never fails; cost linear. Blocks hold at least one piece with something to see, but for OUTLINE_LINE. */
struct outline outline_new(struct arena *arena, const struct html *html);
/* What the link leads to, trimmed; empty where link is HTML_NO_PARENT. */
struct span outline_link_target(const struct html *html, size_t link);
/* Does the link look like a button: alone in its block, with a background of its own? */
bool outline_is_button(const struct html *html, const struct outline *outline, const struct outline_block *block);

#endif
