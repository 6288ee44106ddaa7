/* Which declarations of the style blocks meet an element, and which of them win: selectors, media queries, the order of the cascade.
 * Knows no value; style.c makes computed styles of what is found here. Sources: Selectors Level 4; Media Queries Level 4; CSS Cascading and
 * Inheritance Level 4, section 6. Only files of the HTML part include this. */
#ifndef PRESEND_DOC_CASCADE_H
#define PRESEND_DOC_CASCADE_H

#include <glib.h>

#include "doc/css.h"
#include "doc/html.h"

/* How sure it is that a declaration holds, in this order. */
enum cascade_match {
	CASCADE_NO,
	CASCADE_ELSEWHERE,   /* not here, but on another screen, while the pointer is there, or in a client that adds what the selector asks for */
	CASCADE_MAYBE,       /* cannot be known: a template tag, a condition that no one here evaluates */
	CASCADE_YES
};

static inline enum cascade_match cascade_least(enum cascade_match a, enum cascade_match b)
{
	return a < b ? a : b;
}

static inline enum cascade_match cascade_most(enum cascade_match a, enum cascade_match b)
{
	return a > b ? a : b;
}

struct cascade_hit {
	uint64_t rank;       /* the greater one wins */
	const struct css_declaration *declaration;
	int property;
	enum cascade_match match;
	unsigned char differs; /* the screens (bits) on which its rule does not hold just as on this one */
};

struct cascade;

/* Index the style sheets of html (html->sheets). property_of: the number of a property that matters, < 0 for one that does not. NULL where there is
 * nothing to match. */
struct cascade *cascade_new(struct html *html, struct arena *arena, int (*property_of)(struct span name));
/* Append the declarations of style blocks that meet the element (struct cascade_hit), CASCADE_NO left out, in no order. */
void cascade_find(struct cascade *cascade, size_t element, enum html_screen screen, GArray *hits);
/* Was the work cut short (LIMIT_CSS_STEPS)? Then what was not matched is CASCADE_MAYBE. */
bool cascade_is_capped(const struct cascade *cascade);
void cascade_free(struct cascade *cascade);
/* The rank of declaration number n of a style attribute. */
uint64_t cascade_inline_rank(const struct css_declaration *declaration, size_t n);
/* Does a list of media queries hold? Exposed for tests. */
enum cascade_match cascade_media(struct span queries, enum html_screen screen);

#endif
