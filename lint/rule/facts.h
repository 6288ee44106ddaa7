/* What is remembered of each message for the rules over several messages: small and bounded, whatever the message's size. */
#ifndef PRESEND_RULE_FACTS_H
#define PRESEND_RULE_FACTS_H

#include "base/arena.h"
#include "base/lines.h"
#include "doc/message.h"
#include "rule/options.h"

struct fact {
	const char *value;           /* NUL-terminated, at most 1,000 bytes; NULL where the message has none */
	struct position start, end;  /* its place in the raw file */
	const char *raw_line;        /* the raw line of start */
};

struct facts {
	struct fact message_id;      /* with < > */
	struct fact unsubscribe_uri; /* the https member of List-Unsubscribe */
	bool one_click;              /* List-Unsubscribe-Post is there */
	struct fact subject;         /* decoded */
	const char *recipient;       /* first To address, lower case; NULL */
	const char *list_id;         /* lower case; NULL */
	const char *sender;          /* From address, lower case; NULL */
	struct fact from_address;    /* the same, lower case, with its place */
	struct fact feedback_id;     /* the value of Feedback-ID */
	bool is_discussion;          /* a list on which readers write: its From is anybody's */
	enum stage stage;
	bool is_template;
};

/* Collect the facts of a message into arena. */
struct facts *facts_collect(struct arena *arena, const struct message *message);

#endif
