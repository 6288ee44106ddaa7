/* What readers see of one message before and after they open it, as data: the rows of inboxes, the mail with images off, what a screen reader says. */
#ifndef PRESEND_REPORT_PREVIEW_H
#define PRESEND_REPORT_PREVIEW_H

#include "report/report.h"

struct preview_text {
	struct span text;
	unsigned columns;          /* that the mail program has for it */
	const char *basis;         /* what that rests on: "measured", "published", "typical" */
	bool cut;
};

struct preview_row {
	const char *id, *name;
	bool phone, one_line;
	struct preview_text sender, subject, preview;
};

enum preview_kind { PREVIEW_PARAGRAPH, PREVIEW_HEADING, PREVIEW_ITEM, PREVIEW_ROW, PREVIEW_PREFORMATTED, PREVIEW_LINE, PREVIEW_BUTTON };

enum preview_piece_kind { PREVIEW_TEXT, PREVIEW_IMAGE, PREVIEW_BREAK, PREVIEW_CELL };

struct preview_piece {
	enum preview_piece_kind kind;
	struct span text;
	struct span url, host;     /* of a link, on its last piece */
	bool linked;
};

struct preview_block {
	enum preview_kind kind;
	unsigned level, number, quote;
	bool apart;
	const struct preview_piece *pieces;
	size_t n_pieces;
};

struct preview_spoken {
	const char *kind;          /* "heading", "image-file": enum spoken_kind of doc/spoken.h, as JSON has it */
	struct span text;
	unsigned number, columns;
	bool stumble;
};

struct preview {
	const char *path;
	size_t index, n_messages;
	bool is_template, has_header;
	struct span sender, subject, preview; /* whole; empty where there is none */
	bool sender_is_address;
	const char *source;        /* of the preview text: "hidden", "visible", "plain", "declared"; NULL where there is none */
	bool filled;
	size_t n_views;            /* of a template: how many readers get something else, as far as its branches tell; the first is shown */
	const char *data;          /* the file whose row is filled in; NULL */
	size_t row, line;
	const char *unfilled;      /* tags for which something harmless stands there; NULL */
	const struct preview_row *rows;
	size_t n_rows;
	const char *without_row;   /* chosen mail clients that have no row, as people call them; NULL */
	const char *const *without_row_names; /* the same as options name them; ends with NULL */
	const struct preview_block *blocks;
	size_t n_blocks;
	const struct preview_spoken *spoken;
	size_t n_spoken;           /* 0: there is no HTML part */
	bool more_spoken;
	size_t n_tables, n_image_files, n_link_addresses;
};

void report_preview_text(GString *out, const struct preview *preview, const struct report_options *options);
void report_preview_json(GString *out, const struct preview *preview);

#endif
