/* Mail clients and what they support: constant tables, made from rules.d/clients by clients2c at build time, and what --clients says. One bit
 * of a mask is one client, by its place in builtin_clients. The files: docs/clients.md. */
#ifndef PRESEND_RULE_CLIENT_H
#define PRESEND_RULE_CLIENT_H

#include <glib.h>

#include "base/arena.h"
#include "rule/rule.h"

enum { MAX_CLIENTS = 64 };

struct client {
	const char *name, *family, *platform; /* "gmail-ios", "Gmail", "iOS" */
	unsigned weight;                      /* how many of a hundred readers, roughly */
	bool word;                            /* Word draws it: what stands behind [if mso] is for it */
};
extern const struct client builtin_clients[];
extern const size_t n_builtin_clients;

struct client_preset {
	const char *name;
	const unsigned char *clients;         /* places in builtin_clients */
	const unsigned *weights;
	size_t n;
};
extern const struct client_preset builtin_client_presets[];
extern const size_t n_builtin_client_presets;

enum client_grade {
	CLIENT_CONTENT,  /* without the feature something is missing, or shows that should not */
	CLIENT_LAYOUT,   /* what belongs side by side, on top or below is elsewhere */
	CLIENT_DEGRADED, /* plainer, and still right */
	CLIENT_COSMETIC  /* few notice */
};

/* How a feature is found in a draft. */
enum client_probe_kind {
	PROBE_ELEMENT,            /* name */
	PROBE_ATTRIBUTE,          /* name, with element and values where they are given */
	PROBE_HREF,               /* a link within the mail */
	PROBE_IMAGE,              /* ending of the address of an img */
	PROBE_PROPERTY,           /* name; the value as test and values say */
	PROBE_FUNCTION,           /* name( in a value */
	PROBE_UNIT,
	PROBE_VALUE,              /* a word in a value */
	PROBE_AT_RULE,
	PROBE_MEDIA,              /* a feature that @media asks for */
	PROBE_PSEUDO_CLASS,
	PROBE_PSEUDO_ELEMENT,
	PROBE_COMBINATOR,         /* > + ~ */
	PROBE_ATTRIBUTE_SELECTOR,
	PROBE_CHAINED_CLASSES,    /* .a.b */
	PROBE_NESTING
};

enum client_test {
	TEST_ANY,   /* any value but those that say "as if it were not there" */
	TEST_WORDS, /* one of values stands in it */
	TEST_BELOW, /* a number below values[0] */
	TEST_URL    /* a picture */
};

struct client_probe {
	enum client_probe_kind kind;
	const char *name;
	const char *element;           /* NULL: any */
	enum client_test test;
	const char *const *values;     /* NULL-terminated; NULL */
	unsigned feature;              /* place in builtin_client_features */
};
/* Sorted by kind and name. */
extern const struct client_probe builtin_client_probes[];
extern const size_t n_builtin_client_probes;

/* What makes up for the lack of a feature. */
enum client_fallback_kind {
	FALLBACK_PROPERTY,        /* another property of the same block, with the value where one is given */
	FALLBACK_ATTRIBUTE,       /* an attribute of the element */
	FALLBACK_ELEMENT,         /* it stands on this element, or all words in it stand in such elements */
	FALLBACK_INSIDE,          /* such an element is inside */
	FALLBACK_TEXT,            /* text is inside */
	FALLBACK_EMPTY,           /* nothing is inside, so that nothing can be lost or show */
	FALLBACK_LAST,            /* the value is left, on a table behind which nothing stands in its parent: it lies there anyway */
	FALLBACK_COLOUR,          /* a plain colour in the same value */
	FALLBACK_MSO              /* markup for Word in a conditional comment: "<table", "<v:" or any */
};

struct client_fallback {
	enum client_fallback_kind kind;
	const char *name, *value; /* NULL */
};

struct client_feature {
	const char *slug, *title;      /* "css-display-flex", "display:flex" */
	const char *tested;            /* date of the last test, ISO 8601 */
	enum client_grade grade;
	guint64 unsupported, unknown;  /* masks of clients; what is in neither is supported, at least in part */
	const struct client_fallback *fallbacks;
	size_t n_fallbacks;
	struct localized advice;
	const char *hit, *miss;        /* HTML that has it, and a near miss */
};
/* In the order of features.yaml. */
extern const struct client_feature builtin_client_features[];
extern const size_t n_builtin_client_features;
extern const char builtin_clients_date[]; /* of the newest test */

/* The clients that count. */
struct client_choice {
	guint64 mask;
	unsigned weights[MAX_CLIENTS]; /* 0 outside of mask */
	unsigned total;
};

/* Names of clients and presets with commas between, each with "=WEIGHT" where it is to have another weight, which a preset deals out by the weights
 * of its clients; later ones win; a weight of 0 takes clients out. NULL: the preset "default". false where a word is none, or no client is left;
 * bad (may be NULL) then gets the word, for g_free(), "" where none is left. */
bool client_choice_parse(const char *words, struct client_choice *out, char **bad);
/* Is it one such word: a name, or a name with a weight? */
bool client_word_is_known(const char *word);
/* The nearest name, for did-you-mean; NULL where none is near. */
const char *client_suggest(const char *word);
/* How many in a hundred readers use one of the clients, rounded, at least 1 where any does. */
unsigned client_share(const struct client_choice *choice, guint64 clients);
/* "Gmail, Outlook (Windows, Mac)": a family as a whole where all of it that was chosen is meant. */
const char *client_list(struct arena *arena, const struct client_choice *choice, guint64 clients);
/* The first probe of a kind and a name (small letters); those behind it may be of the same. NULL where none is. */
const struct client_probe *client_probe_find(enum client_probe_kind kind, struct span name);

#endif
