/* How a document was made from a template and a row of data. Plain data: made in data/, read by checks. */
#ifndef PRESEND_DOC_EXPANSION_H
#define PRESEND_DOC_EXPANSION_H

#include "base/map.h"

/* Where in the mail a value is put. */
enum slot_place {
	SLOT_HEADER,
	SLOT_TEXT,      /* plain text */
	SLOT_HTML,      /* text of HTML */
	SLOT_ATTRIBUTE,
	SLOT_URL,       /* the beginning of an address */
	SLOT_URL_PART,  /* of one, before its query */
	SLOT_URL_QUERY, /* of one, in its query or fragment */
	SLOT_CODE       /* style, script, comment */
};

struct insertion {
	struct range range;      /* in the text that was made */
	struct range tag;        /* in the template */
	enum slot_place place;
	struct span expression;
	struct span value;       /* as it was before it was escaped */
	const char *column;      /* of the data; NULL: a default or a literal of the template */
	bool escaped;            /* escaping changed it */
	bool unescaped;          /* nothing was escaped, because the language or the tag does not */
	bool asked;              /* and the author asked for that: {{{x}}}, | raw, | url_encode */
	bool stand_in;           /* nobody knows the value: something harmless stands there */
};

enum expansion_note_kind {
	NOTE_BEYOND,             /* the expression is beyond what is known of the language */
	NOTE_NO_COLUMN,          /* the data has no such column */
	NOTE_TOO_LONG            /* the rest was left out */
};

struct expansion_note {
	enum expansion_note_kind kind;
	struct range range;      /* in the text that was made */
	struct span expression;
	const char *nearest;     /* a column with a name like it; NULL */
};

struct expansion {
	struct text *text;       /* sources[0]: the template */
	struct insertion *insertions;
	size_t n_insertions;
	struct expansion_note *notes;
	size_t n_notes;
	const char *data_path;   /* NULL: none */
	bool harmless;           /* filled in to learn what is the template's own: what is not known of it is told elsewhere */
	bool made_up;            /* nobody has such a row */
};

#endif
