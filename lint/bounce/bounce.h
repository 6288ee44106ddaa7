/* What came back: one entry for each recipient of a report, a transcript or a log. Plain data; everything lives in the arena it was read into. */
#ifndef PRESEND_BOUNCE_BOUNCE_H
#define PRESEND_BOUNCE_BOUNCE_H

#include <glib.h>
#include <stdint.h>

#include "base/arena.h"
#include "rule/reply.h"

enum bounce_kind { BOUNCE_DSN, BOUNCE_TRANSCRIPT, BOUNCE_LOG, BOUNCE_COMPLAINT, BOUNCE_AUTO_REPLY, BOUNCE_NONE };
enum bounce_action { ACTION_UNKNOWN, ACTION_FAILED, ACTION_DELAYED, ACTION_DELIVERED, ACTION_RELAYED, ACTION_EXPANDED };

enum { BOUNCE_REPLIES_MAX = 12 };

struct bounce_entry {
	const char *path;
	size_t index;                 /* of the message in its file */
	enum bounce_kind kind;
	/* NULL where it is not said: */
	const char *recipient;
	const char *original_recipient; /* where it is another: the address that was written to */
	const char *date;             /* ISO 8601 */
	const char *reporting_mta, *remote_mta, *status, *reply;
	const char *message_id, *sender; /* of the mail that came back */
	enum bounce_action action;
	enum reply_stage stage;
	int reply_code;               /* 0: none */
	bool temporary;
	bool cut;                     /* the reply ends in the middle */
	const struct reply_receiver *receiver; /* NULL: other or not known */
	bool host_known;              /* who answered is known, whether it is in the table or not */
	const struct reply *replies[BOUNCE_REPLIES_MAX]; /* best first */
	size_t n_replies;
	bool ambiguous;
	const struct reply_list *list; /* the block list that the reply names; NULL */
	const char *remark;           /* English and stable, for what could not be read: "cut", ...; NULL */
};

const char *bounce_kind_name(enum bounce_kind kind);       /* "dsn", "transcript", ... "not-a-bounce" */
const char *bounce_action_name(enum bounce_action action); /* "failed", ...; NULL for ACTION_UNKNOWN */

#endif
