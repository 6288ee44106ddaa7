/* The document: everything that a rule may look at. Read-only once built. */
#ifndef PRESEND_DOC_MESSAGE_H
#define PRESEND_DOC_MESSAGE_H

#include "base/lines.h"
#include "base/map.h"
#include "doc/expansion.h"
#include "doc/html.h"
#include "doc/tag.h"
#include "doc/template_tree.h"
#include "doc/url.h"
#include "mail/address.h"
#include "mail/date.h"
#include "mail/dkim.h"
#include "mail/header.h"
#include "mail/input.h"
#include "mail/mime.h"

/* One displayed text part. */
struct body {
	const struct entity *entity;
	const struct text *written;  /* decoded UTF-8 of the part: plain text, or HTML source */
	const struct text *source;   /* the same; of plain text, without the branches of a template that this view leaves out */
	struct html *html;           /* NULL for plain text */
	const struct text *visible;  /* what a reader sees (plain text: source) */
	const struct text *l1;       /* normal form L1 of visible */
	struct tag_list tags;        /* in source; HTML: html->tags, those in view */
	struct tag_list written_tags;/* all tags in written */
	struct template_guess language; /* of the tags */
	const struct template_tree *tree; /* of written in that language; NULL where there are no tags */
};

enum link_kind {
	LINK_ANCHOR,  /* a, area: href */
	LINK_IMAGE,   /* img src, srcset, background, url() of a style */
	LINK_FORM,    /* form action */
	LINK_OTHER,   /* link, iframe, object, script ... */
	LINK_TEXT,    /* URL in plain text */
	LINK_HEADER   /* List-Unsubscribe and the like */
};

struct link {
	enum link_kind kind;
	const struct body *body;         /* NULL for LINK_HEADER */
	size_t element;                  /* in body->html, HTML_NO_PARENT where none */
	const struct html_attribute *attribute;
	struct text *target;             /* the URL, entities decoded, trimmed; leads to the file */
	struct url url;                  /* parts of target->bytes */
	struct text *label;              /* visible text of an anchor with alt texts, folded; NULL where none */
	bool hidden;                     /* the element is not visible */
};

/* One URI of List-Unsubscribe (RFC 2369, section 2). */
struct list_uri {
	struct range range;              /* in the file, without < > */
	struct span uri;                 /* folding removed */
	struct url url;
	bool bracketed;                  /* between < and > */
	bool folded;                     /* a line end within the brackets */
	bool glued;                      /* no comma between this one and the one before */
};

struct message {
	struct arena *arena;
	const struct message *next_view; /* the same template as another reader gets it; NULL. It dies with the first */
	unsigned view;                   /* see doc/template_tree.h; 0 for all that are no templates */
	bool views_cut;                  /* the template has branches that no view shows */
	struct range *fresh;             /* ranges of the file that the view before left out and this one shows, in order */
	size_t n_fresh;
	const char *path;                /* as given; NUL-terminated */
	size_t index;                    /* of the message in its file */
	enum input_kind kind;
	enum template_kind template_kind;
	const struct text *file;         /* root text: the whole file */
	const struct line_index *lines;  /* of the whole file */
	struct range range;              /* this message in the file */
	bool input_cut;                  /* LIMIT_INPUT_BYTES */
	bool has_header;                 /* false for a template without a header block or front matter */
	size_t from_line_length;         /* a "From " line in front of a single message, else 0 */

	struct mime mime;
	const struct header *header;     /* of the root */
	const struct field *from_field, *subject_field;
	const struct text *subject;      /* decoded; NULL where none */
	const struct text *subject_l1;   /* NULL where none */
	struct address_list from, sender, reply_to, to, cc, bcc; /* of the first field of that name */
	struct date date;
	bool has_date;
	struct dkim_signature *signatures; /* of the root header, from the top; most drafts have none */
	size_t n_signatures;
	bool signatures_cut;             /* there are more than DKIM_SIGNATURES_MAX */

	struct body *bodies;             /* displayed text parts in order */
	size_t n_bodies;
	struct link *links;              /* of all bodies, in order, then of headers */
	size_t n_links;
	struct list_uri *unsubscribe;    /* of the first List-Unsubscribe */
	size_t n_unsubscribe;

	const struct expansion *expansion; /* a template filled in with a row: the file is what it became; else NULL */
};

/* Call once in a process. */
void message_library_init(void);
/* Build the document of one message. file is the root text (see struct text), lines its index; they and path must outlive the
 * message. Never fails. */
struct message *message_new(const char *path, const struct text *file, const struct line_index *lines, struct range range, size_t index,
			    enum input_kind kind, enum template_kind template_kind);
void message_free(struct message *message);

/* Does the offset of the file lie in what no view before this one showed? */
bool message_is_fresh(const struct message *message, size_t offset);
/* The place where a missing header field is reported: the empty line that ends the root header block, as an empty range. */
struct range message_header_end(const struct message *message);
/* The entity whose header or body holds a file offset; the innermost. */
const struct entity *message_entity_at(const struct message *message, size_t offset);

#endif
