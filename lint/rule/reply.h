/* What receivers answer when they refuse a mail, and what each answer means: constant tables, made from rules.d/replies by replies2c at build
 * time. One entry is one reply of the catalogue ("G-01"). The language of the files: docs/bounces.md, "Adding a reply". */
#ifndef PRESEND_RULE_REPLY_H
#define PRESEND_RULE_REPLY_H

#include <glib.h>

#include "rule/rule.h"

/* Who can do something about it, and where. */
enum reply_fixer {
	FIXER_DRAFT,    /* the sender, in the mail itself */
	FIXER_SENDING,  /* the sender: authentication, servers, reputation, pace */
	FIXER_LIST,     /* the sender, in the list of addresses */
	FIXER_SETUP,    /* the sender's own account or mail program; not about this mail */
	FIXER_RECEIVER, /* only the receiver */
	FIXER_WAIT      /* nobody: it is tried again */
};

enum reply_stage { REPLY_STAGE_ANY, REPLY_STAGE_RCPT, REPLY_STAGE_DATA };
enum reply_class { REPLY_CLASS_ANY, REPLY_CLASS_TEMPORARY, REPLY_CLASS_PERMANENT };

/* How an entry is found. */
enum reply_use {
	REPLY_BY_TEXT,     /* its words, else its anchor, else its status */
	REPLY_BY_STATUS,   /* its status or words that all servers use, and only where no other entry fits */
	REPLY_IF_ACCEPTED, /* the mail was accepted, and this receiver drops mail without a word */
	REPLY_IF_UNKNOWN   /* nothing else of this receiver is known */
};

struct reply_example {
	bool hit;             /* else a near miss */
	const char *text;     /* the reply as it stands in a report */
	const char *receiver; /* NULL: not known */
	const char *status;   /* NULL */
	enum reply_stage stage;
};

struct reply {
	const char *id;
	const char *const *receivers; /* ids of receivers; NULL: any */
	enum reply_use use;
	const char *const *codes;     /* "550"; NULL */
	const char *const *statuses;  /* "5.7.1", "5.5.*", "5.7.606-649"; NULL */
	/* Words in folded form (bounce/reply.h). '*' stands for at most a few words. All of all, one of any, none of none. */
	const char *const *all, *const *any, *const *none;
	const char *const *anchors;   /* in links, lower case: "?p=NAME" */
	const char *const *answers;   /* in links: "answer/NUMBER" */
	enum reply_stage stage;
	enum reply_class class;
	bool common_words;            /* other receivers say the same: it counts only where the receiver is known */
	enum reply_fixer fixer;
	struct localized meaning, fix;
	const char *const *requirements; /* ids, or "LK-*" for all of a kind; NULL */
	const struct rule_source *source;
	const char *since, *until;    /* ISO 8601; NULL */
	const struct reply_example *examples;
	size_t n_examples;
};

/* The beginning of several replies, of which a cut report has kept no more. */
struct reply_cut {
	const char *receiver;
	const char *text;             /* folded; the reply ends with it */
	const char *const *replies;   /* ids, in the order in which they are worth looking at */
};

/* How a receiver is known. A name that begins with a dot stands for all below it. Lower case, NULL-terminated; NULL where there are none. */
struct reply_receiver {
	const char *id;
	struct localized name;
	const char *const *hosts;     /* its mail servers */
	const char *const *domains;   /* of recipients */
	const char *const *texts;     /* words that only its replies have, folded */
};

/* A block list that replies name. */
struct reply_list {
	const char *zone;             /* lower case; with a dot in front: and all below */
	bool dead;                    /* closed: the receiver asks a list that is no more */
	bool of_domains;              /* of domains in the content; else of sending addresses */
	const char *closed;           /* when, ISO 8601 or a year; NULL */
	struct localized now;         /* what it does since; texts NULL where it is not dead */
	const struct rule_source *source;
};

/* Generated. Replies stand in the order in which they are tried. */
extern const struct reply builtin_replies[];
extern const size_t n_builtin_replies;
extern const struct reply_cut builtin_reply_cuts[];
extern const size_t n_builtin_reply_cuts;
extern const struct reply_receiver builtin_reply_receivers[];
extern const size_t n_builtin_reply_receivers;
extern const struct reply_list builtin_reply_lists[];
extern const size_t n_builtin_reply_lists;

const struct reply *reply_find(const char *id);
const struct reply_receiver *reply_receiver_find(const char *id);
const char *reply_fixer_name(enum reply_fixer fixer); /* "draft", "sending", "list", "setup", "receiver", "wait" */
/* True where somebody at the sender's can do something. */
bool reply_fixer_is_sender(enum reply_fixer fixer);

/* Is a requirement of the catalogue meant by an entry of a reply's list, which may be "LK-*"? */
bool reply_means(const char *listed, const char *requirement);
/* The ids of the requirements that the replies lead to, each once, in the order of the replies and of their lists; "LK-*" is spelt out where
 * whole. Strings are constant. g_ptr_array_unref() it. */
GPtrArray *reply_requirements(const struct reply *const *replies, size_t n, bool whole);
/* The built-in rules that decide these requirements (as reply_requirements() gives them), each once, in that order. */
GPtrArray *reply_rules(const GPtrArray *requirements);

#endif
