/* The keys of presend.toml as data: one table from which the reader, the JSON Schema, the reference page and the commented default
 * file are made. */
#ifndef PRESEND_CONFIG_KEYS_H
#define PRESEND_CONFIG_KEYS_H

#include "base/span.h"
#include "rule/options.h"

enum config_key {
	/* of the whole file */
	KEY_ROOT, KEY_EXTENDS, KEY_INCLUDE, KEY_EXCLUDE, KEY_RULES, KEY_LANG, KEY_FORMAT,
	/* of the whole file, a path or a list */
	KEY_STAGE, KEY_CLASS, KEY_VOLUME, KEY_PROFILE, KEY_TARGET_CHARSET, KEY_CLIENTS, KEY_SELECT, KEY_EXTEND_SELECT, KEY_IGNORE, KEY_SEVERITY,
	KEY_FAIL_ON, KEY_MAX_SCORE,
	/* of a list */
	KEY_LIST_ID, KEY_NAMES, KEY_DOMAINS, KEY_ADDRESSES, KEY_ADDS_HEADERS, KEY_TAGS,
	KEY_MAIL_FROM, KEY_DKIM_DOMAINS, KEY_DKIM_SELECTORS, KEY_SENDING_ADDRESSES, KEY_HELO,
	/* of a path */
	KEY_MATCH, KEY_LIST,
	/* tables */
	KEY_LISTS, KEY_PATH,
	N_CONFIG_KEYS
};

/* Where a key may stand; bits. */
enum config_scope { SCOPE_FILE = 1, SCOPE_LIST = 2, SCOPE_PATH = 4 };

enum config_type {
	TYPE_BOOLEAN,
	TYPE_NUMBER,                   /* 0 or more */
	TYPE_STRING,
	TYPE_STRINGS,                  /* a string or a list of strings */
	TYPE_WORD,                     /* one of words */
	TYPE_WORDS,                    /* one of words or a list of them */
	TYPE_SEVERITIES,               /* a table: rule id to one of words */
	TYPE_LISTS,                    /* a table of tables, by name */
	TYPE_PATHS                     /* a list of tables */
};

/* What a string must look like, beyond not being empty. */
struct config_form {
	const char *pattern;           /* for the JSON Schema; NULL: the program alone can tell */
	const char *what[N_LANGUAGES]; /* "a domain" */
	bool (*fits)(const char *value);
};

struct config_key_definition {
	enum config_key key;
	const char *name;
	unsigned scopes;
	enum config_type type;
	const char *const *words;      /* NULL-terminated; NULL: any */
	const struct config_form *form;/* of each string; NULL: any */
	bool rule_ids;                 /* the strings are rule ids, requirement ids or beginnings of them */
	bool globs;                    /* the strings are patterns of paths */
	bool must;                     /* in its table */
	const char *option;            /* the option that wins over it, without "--"; NULL */
	const char *standard;          /* the value where nothing is said, as TOML; NULL: none */
	const char *example;           /* a value, as TOML */
	const char *help[N_LANGUAGES]; /* one or two sentences */
};

const struct config_key_definition *config_key(enum config_key key);
/* The key of that name that may stand in one of the scopes; NULL. */
const struct config_key_definition *config_key_find(const char *name, unsigned scopes);
/* The key that an option of the command line wins over; NULL. */
const struct config_key_definition *config_key_of_option(const char *option);

#endif
