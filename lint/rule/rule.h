/* A rule as data. Built-in rules are packed by rules2c at build time (rule/pack.h); a user's rules are read by rule_load.c into the same
 * structures, or unpacked from a file of `presend rules compile`. Everything here is const once made. The language: docs/RULES.md. */
#ifndef PRESEND_RULE_RULE_H
#define PRESEND_RULE_RULE_H

#include <stddef.h>
#include <stdint.h>

#include "rule/data_list.h"
#include "rule/options.h"

/* A text in every language; never NULL for a loaded rule. */
struct localized {
	const char *text[N_LANGUAGES];
};

/* One of several wordings of the message; a native check names the case. */
struct rule_message {
	const char *case_name; /* "default" where the rule has one */
	struct localized text; /* with {argument} places */
};

/* How a finding with that case is mended; the edits are the check's. */
struct rule_fix {
	const char *case_name;
	bool safe;             /* changes nothing that a reader or a receiver could miss */
	struct localized text; /* "add MIME-Version: 1.0" */
};

/* All fields that are set must fit; 0 means "any". Bits are 1 << enum value. */
struct rule_condition {
	unsigned stages, classes, volumes, profiles;
	int target_jis;                /* 0 any, 1 only when the outgoing charset is Japanese legacy, -1 only when not */
	const char *const *fields;     /* values of the argument "field", lower case; NULL-terminated; NULL: any */
	const char *const *cases;      /* case names; NULL: any */
	const char *const *added;      /* header fields, all of which the list system adds when it sends; NULL: not asked */
	int severity;                  /* enum severity; -1: the condition does not change it */
	const char *const *requirements; /* added to the rule's; NULL: none */
};

struct rule_source {
	const char *name;              /* "Gmail, Email sender guidelines" */
	const char *section;           /* NULL where none */
	const char *url;               /* http or https; NULL for a source that is on no web page ("common practice") */
	const char *date;              /* of the text that was read, ISO 8601; NULL for RFCs */
};

/* A match tree. */
enum match_kind { MATCH_PHRASE, MATCH_REGEX, MATCH_ANY, MATCH_ALL, MATCH_NOT, MATCH_COUNT, MATCH_WITHIN };

enum match_target {
	TARGET_SUBJECT, TARGET_FROM_NAME, TARGET_FROM_ADDRESS, TARGET_TO_NAME, TARGET_REPLY_TO_ADDRESS,
	TARGET_HEADER,       /* the decoded value of the field named in header */
	TARGET_HEADER_RAW,   /* unfolded, not decoded */
	TARGET_BODY,         /* visible text of every displayed part */
	TARGET_PLAIN, TARGET_HTML_VISIBLE, TARGET_HTML_HIDDEN, TARGET_HTML_SOURCE,
	TARGET_TEXT,         /* subject and body */
	TARGET_LINK_URL, TARGET_LINK_HOST, TARGET_LINK_LABEL, TARGET_FILE_NAME
};

/* The last two are of phrases that are also looked for in disguise: base/disguise.h. */
enum match_form { FORM_L1, FORM_L1_KANA, FORM_DECODED, FORM_GAPS, FORM_MASKS };
enum match_border { BORDER_NONE, BORDER_WORD };

struct rule_match {
	enum match_kind kind;
	/* leaves */
	enum match_target target;
	const char *header;            /* TARGET_HEADER, TARGET_HEADER_RAW */
	enum match_form form;
	enum match_border border;
	const char *const *phrases;    /* MATCH_PHRASE: literals in that form, NULL-terminated */
	const char *const *except;     /* a hit inside one of these (same form) does not count; NULL: none */
	const char *regex;             /* MATCH_REGEX: PCRE2, UTF */
	/* inner nodes */
	const struct rule_match *const *children; /* NULL-terminated */
	int min, max;                  /* MATCH_COUNT: hits of the child; max < 0: no upper bound */
	bool distinct;                 /* MATCH_COUNT: different texts only */
	int distance;                  /* MATCH_WITHIN: characters between neighbouring children's hits at most */
};

/* How much a listed phrase says: weak ones count in company only. */
enum phrase_strength { PHRASE_WEAK, PHRASE_MEDIUM, PHRASE_STRONG };
enum { N_PHRASE_STRENGTHS = PHRASE_STRONG + 1 };

/* One entry of "phrases:". */
struct rule_phrase {
	enum phrase_strength strength;
	const char *hit, *miss;        /* a text that it must be found in, and a near miss */
	const char *note;              /* who writes it honestly; NULL */
	bool subject;                  /* the two are Subjects; else bodies */
	bool shop;                     /* a weak one that every shop writes: no company for others */
	int line;                      /* of the rule file */
};

/* "with:" of a native check. */
struct rule_setting {
	const char *key;
	const char *value;             /* a scalar; NULL where list or data is set */
	const char *const *list;       /* NULL-terminated; NULL where there is none */
	const struct data_list *const *data; /* the lists of facts that are named ("@shorteners"), NULL-terminated; NULL: none */
};

struct rule_example {
	bool fail;                     /* must hit; else must not */
	const char *name;              /* what it shows, one line; NULL */
	const char *kind;              /* "subject", "from", "headers", "text", "html", "eml", "bytes", "template", "file",
	                                * "messages", "repeat", "engine" */
	const char *content;           /* of kind file: a path below corpus/; NULL for messages. See rule/example.h */
	const char *file_name;         /* of kind template: the name it is linted under; NULL: "example.html" */
	const char *data;              /* of kind template: the rows it is filled in with, CSV or JSON; NULL: none */
	const char *repeat_line;       /* of kind repeat: content, then this repeat_times times */
	int repeat_times;
	const char *const *parts;      /* of kind messages: whole messages, NULL-terminated; else NULL */
	int line;                      /* of the rule file */
	const char *hit;               /* the raw source text the finding's span must be; NULL: not checked; "" : an empty span */
	const char *excerpt;           /* the decoded excerpt it must show; NULL: not checked */
	const char *severity;          /* expected; NULL: the default */
	const char *options;           /* "--stage final --volume bulk"; NULL */
	/* fail: the finding's ids must be exactly these. pass: no finding of any rule has one of them. NULL: not asked. */
	const char *const *requirements;
	const char *fixed;             /* bytes that the file must hold once the finding is fixed, which ends it; NULL: not asked */
	const char *fix;               /* of the first finding: "safe", "unsafe" or "none"; NULL: not asked */
	int count;                     /* number of findings of this rule; 0: at least one */
};

struct rule_pack;

struct rule {
	const char *id;
	const char *area;              /* folder name: header, mime, charset, list, identity, link, html, text, template, size, ... */
	const char *file;              /* for messages about the rule */
	const char *const *requirements;
	enum severity severity;
	enum confidence confidence;
	const struct rule_condition *conditions; /* first that fits wins */
	size_t n_conditions;
	struct localized title, why, help;
	const struct rule_message *messages;
	size_t n_messages;
	const struct rule_fix *fixes;
	size_t n_fixes;                /* 0: what it finds cannot be mended by a program */
	const struct rule_source *sources;
	size_t n_sources;
	const char *smtp_reply;        /* what a receiver answers; NULL where none is known */
	const char *const *supersedes; /* rule ids, or the one entry "*": every other rule; NULL */
	const char *check;             /* native check; NULL where match is set */
	const struct rule_setting *settings;
	size_t n_settings;
	const struct rule_match *match;/* NULL where check is set */
	const struct rule_phrase *phrases; /* match is then the ANY of one child for each, in this order */
	size_t n_phrases;
	const struct rule_example *examples; /* of a rule that was read from a rule file; else they are in pack: ask rule_examples() */
	size_t n_examples;
	const struct rule_pack *pack;  /* what it was unpacked from; NULL */
	uint32_t packed_examples;
	bool several_messages;         /* runs over the records of all messages */
	bool skips_quoted;             /* a hit of match that is quoted to warn of it does not count */
	bool default_off;              /* only with --select or --extend-select */
};

/* The examples, which live as long as the arena and the rule. 0 of n_examples where they are in a file that is broken there. */
const struct rule_example *rule_examples(const struct rule *rule, struct arena *arena, size_t *n);

/* "with:" look-up; fallback where the key is absent. */
const char *rule_setting(const struct rule *rule, const char *key, const char *fallback);
long rule_setting_int(const struct rule *rule, const char *key, long fallback);
/* The words written in the rule file. Not for a setting that may name lists of facts, for which it aborts: see below. */
const char *const *rule_setting_list(const struct rule *rule, const char *key);

/* Words written in the rule file together with the lists of facts it names. */
struct word_list {
	const char *const *words;
	const struct data_list *const *data;
};
/* Only for settings that stand in the table of rule.c, since only there rule files may name lists. Empty where the key is absent. */
struct word_list rule_setting_words(const struct rule *rule, const char *key);
bool rule_setting_takes_data(const char *check, const char *key);
/* Is the word an entry, without regard to ASCII case? */
bool word_list_has(struct word_list list, struct span word);
/* Is the host, with or without a dot at its end, an entry, or below an entry that begins with a dot (".short.gy")? */
bool word_list_has_host(struct word_list list, struct span host);
/* Is the domain an entry or of a family such as "yahoo.*": yahoo.fr, yahoo.co.jp, yahoo.com.br, not yahoo.hanami-books.jp? */
bool word_list_has_domain(struct word_list list, struct span domain);

extern const char builtin_rules_version[]; /* hash over rules.d; generated */

/* A set of rules in force, sorted by id. */
struct rule_set {
	const struct rule *const *rules;
	size_t n;
};
/* The built-in rules. Unpacked by whoever asks first, and kept. */
const struct rule_set *builtin_rules(void);
const struct rule *rule_set_find(const struct rule_set *set, const char *id);
/* The nearest id, for did-you-mean; NULL where none is near. */
const char *rule_set_suggest(const struct rule_set *set, const char *id);
/* Is it a rule id, a requirement id or the beginning of one? */
bool rule_set_knows(const struct rule_set *set, const char *id);

#endif
