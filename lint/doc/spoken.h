/* What a screen reader says of an HTML part, from its beginning, and what it would stumble over. */
#ifndef PRESEND_DOC_SPOKEN_H
#define PRESEND_DOC_SPOKEN_H

#include "doc/outline.h"

enum spoken_kind {
	SPOKEN_TITLE,
	SPOKEN_NO_TITLE,
	SPOKEN_LANGUAGE,     /* text: the tag */
	SPOKEN_NO_LANGUAGE,  /* the voice is whatever the reader's program is set to */
	SPOKEN_TABLE,        /* a table that is not said to be layout is announced with its size */
	SPOKEN_HEADING,      /* number: level */
	SPOKEN_ITEM,
	SPOKEN_TEXT,
	SPOKEN_LINK,
	SPOKEN_LINK_ADDRESS, /* a link without words or alternative text: its address is read */
	SPOKEN_IMAGE,
	SPOKEN_IMAGE_FILE    /* an image without alt: its file name is read */
};

struct spoken {
	enum spoken_kind kind;
	struct span text;
	unsigned number, columns; /* of a table: rows and columns */
	bool stumble;             /* of no use to a listener */
};

struct spoken_list {
	struct spoken *items;     /* title, language, and what comes first */
	size_t n;
	bool more;                /* there is more behind */
	size_t n_tables, n_image_files, n_link_addresses; /* of the whole part */
};

enum { SPOKEN_FIRST = 14 };       /* items; behind title and language */

/* Texts live in the arena and the part. Cost linear. */
struct spoken_list spoken_new(struct arena *arena, const struct html *html, const struct outline *outline);

#endif
