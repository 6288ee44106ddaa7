/* The MIME tree with exact places. The only user of GMime (besides its declaration of cleanup functions): GMime gives the
 * structure and the bounds of every body; fields are scanned by header.c from the raw bytes. Source: RFC 2045, RFC 2046. */
#ifndef PRESEND_MAIL_MIME_H
#define PRESEND_MAIL_MIME_H

#include "base/arena.h"
#include "base/map.h"
#include "mail/charset.h"
#include "mail/header.h"
#include "mail/params.h"
#include "mail/transfer.h"

enum transfer_encoding {
	TRANSFER_7BIT, /* also where the field is missing */
	TRANSFER_8BIT,
	TRANSFER_BINARY,
	TRANSFER_QP,
	TRANSFER_BASE64,
	TRANSFER_UNKNOWN /* treated as identity */
};

enum entity_flag {
	ENTITY_NO_BOUNDARY = 1 << 0,      /* multipart without a usable boundary parameter */
	ENTITY_NOT_CLOSED = 1 << 1,       /* no closing --boundary-- */
	ENTITY_NO_PARTS = 1 << 2,         /* multipart with no part in it */
	ENTITY_BOUNDARY_NESTED = 1 << 3,  /* the same boundary as an enclosing multipart, or one is a prefix of the other */
	ENTITY_PREAMBLE = 1 << 4,         /* text other than a "multi-part message" sentence before the first boundary */
	ENTITY_EPILOGUE = 1 << 5,         /* text behind the closing boundary */
	ENTITY_TOO_DEEP = 1 << 6,         /* LIMIT_MIME_DEPTH: its children were not looked at */
	ENTITY_TOO_MANY = 1 << 7,         /* on the root: LIMIT_MIME_PARTS, the rest was not looked at */
	ENTITY_TRUNCATED = 1 << 8,        /* the file ends inside this part's header */
	ENTITY_TEXT_CUT = 1 << 9          /* LIMIT_TEXT_BYTES: only the beginning of the text was decoded */
};

struct entity {
	const struct entity *parent;      /* NULL for the root */
	struct entity **children;
	size_t n_children;
	const char *path;                 /* "1.2" as IMAP numbers parts (RFC 3501, section 6.4.5); "" for a root multipart, "1" for a root leaf */
	int depth;                        /* 0 for the root */

	struct header header;
	struct range body;                /* in the file: the encoded body, without the line end that belongs to the boundary */
	struct range preamble, epilogue;  /* of a multipart */
	unsigned flags;                   /* enum entity_flag */

	struct content_value content_type;    /* the field, or the default by parent (text/plain, message/rfc822 in a digest) */
	struct content_value disposition;
	const struct field *content_type_field, *transfer_field;
	enum transfer_encoding transfer;
	bool is_text;                     /* type text, or no Content-Type and a leaf */
	bool is_attachment;               /* disposition attachment, or a leaf that is neither text nor an inline image */
	bool is_displayed;                /* a text that a reader sees: text/plain or text/html, not an attachment, not inside message/rfc822 */
	struct text *file_name;           /* filename or name, decoded; NULL */

	/* Of leaves: */
	struct transfer_result decoded;   /* text: decoded bytes */
	/* Of text leaves: */
	struct charset_label charset;
	struct span charset_name;         /* as written; empty where none */
	struct range charset_range;       /* the value in the file; empty where none */
	struct charset_result charset_result; /* text: UTF-8 with a map to decoded.text */
	/* message/rfc822: children[0] is its root. */
};

struct mime {
	struct entity *root;
	struct entity **all;              /* every entity in the order of the file, root first */
	size_t n;
};

/* Call once in a process before anything else here. */
void mime_library_init(void);
/* Parse a message. file: the root text; range: where the message is in it (all of it for an .eml, one message of an mbox).
 * Never fails: odd input sets flags. What it returns lives in the arena. */
struct mime mime_parse(struct arena *arena, const struct text *file, struct range range);

/* A template file as a tree of one leaf: text/html, text/plain or text/markdown in UTF-8. A leading header block (lines "Name: value" that name Subject
 * or From, then an empty line) or YAML front matter between "---" lines (subject, from, preheader; each becomes a field whose place is its line) is
 * header; else header is empty (n 0, start = end = range.start). TEMPLATE_MESSAGE: use mime_parse(). */
struct mime mime_from_template(struct arena *arena, const struct text *file, struct range range, int template_kind, bool *has_header_out);

/* Decode the transfer encoding of a body. An empty result still leads to the place of its body. */
struct transfer_result mime_decode_body(struct arena *arena, const struct text *file, struct range body, enum transfer_encoding transfer);

/* The transfer-decoded text of a leaf, or its beginning where it is longer than LIMIT_TEXT_BYTES (then ENTITY_TEXT_CUT is set): the
 * position map of a hostile text needs many times its size. For the files of this layer that decode parts. */
const struct text *mime_text_to_read(struct arena *arena, struct entity *entity);

/* Is it type/subtype (both lower case)? subtype NULL: any. */
bool entity_is(const struct entity *entity, const char *type, const char *subtype);

#endif
