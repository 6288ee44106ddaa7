/* Address lists of RFC 5322, section 3.4, with the place of every piece. A parser of ours, because GMime drops addresses it
 * does not like without a word and gives no positions. Lenient: it finds what was meant and flags what is wrong. */
#ifndef PRESEND_MAIL_ADDRESS_H
#define PRESEND_MAIL_ADDRESS_H

#include "base/arena.h"
#include "base/map.h"
#include "mail/header.h"

enum mailbox_flag {
	MAILBOX_NO_DOMAIN = 1 << 0,      /* no '@' or nothing behind it */
	MAILBOX_NO_LOCAL = 1 << 1,
	MAILBOX_DOTS = 1 << 2,           /* leading, trailing or double dot in an unquoted local part */
	MAILBOX_LOCAL_CHARACTER = 1 << 3,/* a character that an unquoted local part may not have */
	MAILBOX_BAD_DOMAIN = 1 << 4,     /* empty label, bad character, hyphen at an end of a label, more than one '@' */
	MAILBOX_NO_DOT = 1 << 5,         /* domain of one label */
	MAILBOX_LITERAL = 1 << 6,        /* domain is [...] */
	MAILBOX_NON_ASCII = 1 << 7,      /* byte >= 80 in the addr-spec */
	MAILBOX_FULL_WIDTH = 1 << 8,     /* U+FF20 or U+FF0E in it */
	MAILBOX_NAME_SPECIAL = 1 << 9,   /* unquoted special in the display name other than '.' */
	MAILBOX_NAME_DOT = 1 << 10,      /* unquoted '.' in the display name: obsolete, harmless */
	MAILBOX_UNBALANCED = 1 << 11,    /* quote, comment or '<' not closed */
	MAILBOX_IN_GROUP = 1 << 12,
	MAILBOX_QUOTED_LOCAL = 1 << 13,
	MAILBOX_LOCAL_LONG = 1 << 14,    /* more than 64 octets */
	MAILBOX_DOMAIN_LONG = 1 << 15,   /* domain more than 255 octets, or a label more than 63 */
	MAILBOX_JUNK_BEHIND = 1 << 16,   /* text behind '>' */
	MAILBOX_NO_ADDRESS = 1 << 17,    /* a phrase with no address at all (what an unquoted comma leaves) */
	MAILBOX_TAG = 1 << 18            /* the addr-spec holds a template tag and cannot be judged */
};

struct mailbox {
	struct range whole;   /* in the file */
	struct range name;    /* display name as written, with its quotes; empty range where there is none */
	struct range address; /* addr-spec without <> */
	struct range local_range, domain_range;
	struct text *name_text; /* decoded, unquoted, trimmed; NULL where there is none; source: file */
	struct span local;    /* unquoted */
	struct span domain;   /* as written, without a dot at the end; comments and folding removed */
	struct span group;    /* name of the group it is in */
	unsigned flags;       /* enum mailbox_flag */
};

struct address_list {
	struct mailbox *mailboxes;
	size_t n;
	size_t n_groups;
	bool empty_group;     /* "undisclosed-recipients:;" */
	bool empty_member;    /* ",," or a comma at an end: obsolete */
	bool too_many;        /* more than 20,000 members: the rest is not listed */
};

/* Parse the value of an address field. Never fails. Cost linear. */
struct address_list address_list_parse(struct arena *arena, const struct text *file, const struct field *field);
/* Parse one addr-spec (no display name) that stands in any text, e.g. a mailto: target; ranges are offsets in utf8. */
struct mailbox address_parse_spec(struct arena *arena, struct span utf8);

#endif
