/* What the HTML report shows of one mail, as data: its sources with marks, the HTML to look at, the inbox, the links. Made while the message is there
 * (run_page.c); it lives in the arena of the result. */
#ifndef PRESEND_REPORT_PAGE_H
#define PRESEND_REPORT_PAGE_H

#include <stdint.h>

#include "report/preview.h"

/* A stretch of a text. */
struct page_piece {
	size_t offset, line;       /* of its first byte; line is 1-based */
	bool inside_line;          /* it begins inside a line */
	struct span bytes;
};

/* Where a finding lies in a text. */
struct page_mark {
	size_t file_start, file_end; /* the span of the finding, which names it */
	size_t start, end;           /* in the text */
};

/* The raw file, or the decoded text of a part, whole or as much of it as lies around findings. */
struct page_text {
	const char *part;          /* "1.2"; NULL: the raw file */
	const char *type;          /* "text/html"; NULL */
	bool markup;               /* HTML */
	size_t start, size;        /* the text begins at this offset (a message of an mbox); its bytes, shown or not */
	size_t shown;              /* bytes of the pieces */
	const struct page_piece *pieces; /* in order, apart */
	size_t n_pieces;
	const struct page_mark *marks;   /* sorted by start */
	size_t n_marks;
};

enum page_link_kind { PAGE_LINK_ANCHOR, PAGE_LINK_TEXT, PAGE_LINK_HEADER, PAGE_LINK_FORM };

struct page_link {
	enum page_link_kind kind;
	bool hidden;               /* no reader sees it */
	struct span label, target; /* what a reader sees; where it leads */
	struct span host;          /* a part of target; empty */
	bool plain_http;
	size_t file_start, file_end; /* of the target in the file */
};

/* What a fix makes of some lines: decoded where that can be read, else as the file has them. */
struct page_change {
	struct span before, after; /* without the last line end; either may be empty */
	bool cut;                  /* long lines and long insertions are shown in part */
};

struct page_fix {
	const struct fix *fix;
	const struct page_change *changes;
	size_t n, more;            /* more: changes that are not shown */
};

struct page_mail {
	/* Of every message. */
	size_t n_characters;       /* of the text that a reader sees, blanks left out */
	size_t n_links, n_images;
	bool has_date;
	int64_t date;              /* seconds since 1970 */
	/* Of the first LIMIT_PAGE_MESSAGES messages of the run. */
	bool whole;
	struct preview preview;    /* the inbox alone */
	struct span html;          /* what goes into the frame: without what loads or leads (run_page.h); empty where there is no HTML part */
	size_t html_size;
	size_t n_pictures_missing; /* cid: that the frame does not show */
	struct span plain;         /* the text part */
	size_t plain_size;
	struct page_text raw;
	const struct page_text *decoded; /* parts that the raw file shows in another form */
	size_t n_decoded;
	const struct page_link *links;
	size_t n_links_shown;
	const struct page_fix *fixes; /* of the first LIMIT_PAGE_FIXES findings that have one */
	size_t n_fixes;
};

#endif
