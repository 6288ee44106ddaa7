/* The command line: one table of options and one of commands, from which parser, --help and completions are made and which the man pages are held against. */
#ifndef PRESEND_CLI_H
#define PRESEND_CLI_H

#include "gate.h"
#include "rule/explain.h"
#include "run.h"
#include "run_bounce.h"
#include "run_preview.h"

enum command {
	COMMAND_LINT,
	COMMAND_CHECKLIST,
	COMMAND_BOUNCE,
	COMMAND_PREVIEW,
	COMMAND_PREFLIGHT,
	COMMAND_EXPLAIN,
	COMMAND_RULES,
	COMMAND_CONFIG,
	COMMAND_GATE,
	COMMAND_INIT,
	COMMAND_COMPLETIONS,
	COMMAND_LSP,
	COMMAND_MCP,
	COMMAND_HELP,
	COMMAND_VERSION
};

enum option_group { GROUP_DRAFT, GROUP_RULES, GROUP_FAIL, GROUP_FIX, GROUP_GATE, GROUP_BOUNCE, GROUP_PREVIEW, GROUP_PREFLIGHT, GROUP_CONFIGURATION, GROUP_OUTPUT, N_GROUPS };

/* What the value of an option is: completions and tests need to know. */
enum option_value {
	VALUE_NONE,
	VALUE_TEXT,
	VALUE_WORD,            /* one of words */
	VALUE_WORDS,           /* several of words, with commas between */
	VALUE_RULES,           /* rule ids, with commas between */
	VALUE_FORMAT,          /* cli_formats() of the command */
	VALUE_FILE,
	VALUE_FOLDER
};

struct option_definition {
	int id;                        /* enum option_id of cli.c */
	char short_name;               /* 0: none */
	const char *name;
	const char *argument[N_LANGUAGES]; /* NULL: takes none */
	const char *help[N_LANGUAGES];
	enum option_group group;
	unsigned commands;             /* bits 1 << enum command; ask cli_option_of() */
	enum option_value value;
	const char *words;             /* with blanks between; NULL */
};

struct command_definition {
	enum command command;
	const char *name;
	const char *usage[N_LANGUAGES];    /* behind "presend " */
	const char *summary[N_LANGUAGES];
	const char *examples;          /* lines; NULL */
	const char *description[N_LANGUAGES]; /* sentences */
};

/* Of presend preflight. */
struct cli_preflight {
	bool json;
	GPtrArray *addresses, *selectors, *mta_configs; /* char *, pointers into argv; NULL: none were given */
	const char *helo, *mail_from, *blocklists, *resolver, *save_dns, *dns; /* NULL */
	unsigned dns_seconds;          /* 0: not given */
};

struct cli {
	enum command command;
	int command_at;                /* where argv names it; 0: it does not */
	struct run_options run;
	struct bounce_options bounce;
	struct preview_options preview;
	struct cli_preflight preflight;
	GPtrArray *dns_words;          /* options that presend-preflight has, too, as it is given them; char *; NULL */
	char **operands;               /* pointers into argv */
	size_t n_operands;
	char *root;                    /* see run_find_root() */
	enum explain_format rules_format; /* of presend rules, explain and config */
	const char *output;            /* of presend rules compile; NULL */
	bool schema;                   /* presend config --schema */
	bool coverage;                 /* presend rules --format coverage: the page docs/coverage.md */
	struct gate_options gate;      /* command is operands */
	const struct command_definition *help_of; /* COMMAND_HELP: of one command; NULL: of all */
};

/* Parse the command line. false after having said on standard error what is wrong; command is set as far as it is known. */
bool cli_parse(int argc, char **argv, struct cli *out);
void cli_release(struct cli *cli);
/* The language of LC_ALL, LC_MESSAGES, LANG. */
enum language cli_environment_language(void);

/* The tables, in the order of --help. */
const struct option_definition *cli_options(size_t *n);
const struct command_definition *cli_commands(size_t *n);
bool cli_option_of(const struct option_definition *option, enum command command);
/* What --format of a command takes, with blanks between; static. "" for a command without it. */
const char *cli_formats(enum command command);

#endif
