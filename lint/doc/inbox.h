/* The row of a message in an inbox: sender, subject and preview text as mail programs build them, and cut at the width they have. */
#ifndef PRESEND_DOC_INBOX_H
#define PRESEND_DOC_INBOX_H

#include "doc/message.h"

/* Where the preview text comes from. */
enum inbox_source {
	INBOX_NOTHING,
	INBOX_DECLARED, /* the front matter of a template, <mj-preview> */
	INBOX_HIDDEN,   /* text in front of the mail that its reader does not see: a preheader */
	INBOX_VISIBLE,  /* the first visible text of the HTML part */
	INBOX_PLAIN     /* the text part, where there is no HTML */
};

struct inbox {
	struct span sender;        /* display name, else the address; empty where there is neither */
	bool sender_is_address;
	struct span subject;       /* empty where there is none */
	struct span preview;       /* blanks folded, invisible characters left out; INBOX_PREVIEW_CHARS at most */
	enum inbox_source source;
	bool filled;               /* filler characters behind the preheader keep the text behind it out of the inbox */
};

enum { INBOX_PREVIEW_CHARS = 255 }; /* more is shown nowhere: Outlook keeps 255 characters */

/* What the widths of a mail program rest on. */
enum inbox_basis { INBOX_MEASURED, INBOX_PUBLISHED, INBOX_TYPICAL };

struct inbox_width {
	unsigned columns;          /* of half-width characters: a full-width one takes two */
	enum inbox_basis basis;
};

struct inbox_client {
	const char *id, *name;     /* "gmail-desktop", "Gmail" */
	const char *const *clients; /* as rules.d/clients names them; ends with NULL */
	bool phone;
	bool one_line;             /* sender, subject and preview stand on one line */
	unsigned line;             /* of one_line: subject and preview share so many columns */
	struct inbox_width sender, subject, preview;
};

extern const struct inbox_client inbox_clients[];
extern const size_t n_inbox_clients;

struct inbox_text {
	struct span text;          /* with "…" at its end where it is cut */
	bool cut;
};

struct inbox_row {
	struct inbox_text sender, subject, preview;
};

/* Texts live in the arena and the message. Never fails. */
struct inbox inbox_new(struct arena *arena, const struct message *message);
struct inbox_row inbox_row_new(struct arena *arena, const struct inbox *inbox, const struct inbox_client *client);
/* The text as far as it fits, by East Asian width; emoji and letters with marks stay whole. */
struct inbox_text inbox_cut(struct arena *arena, struct span text, unsigned columns);

/* The text of a template without its statements and comments; what it puts out stays as it is. A line that held nothing else goes. */
struct span inbox_without_statements(struct arena *arena, struct span text);
/* The same of a text whose branches all stand in it: as the reader of the first view gets it (doc/template_tree.h). path tells the language. */
struct span inbox_as_one_reader(struct arena *arena, const char *path, struct span text);

#endif
