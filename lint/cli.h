/* The command line: one table of options, from which parser, --help and the man page's check are made. */
#ifndef PRESEND_CLI_H
#define PRESEND_CLI_H

#include "rule/explain.h"
#include "run.h"

enum command {
	COMMAND_LINT,
	COMMAND_CHECKLIST,
	COMMAND_EXPLAIN,
	COMMAND_RULES,
	COMMAND_HELP,
	COMMAND_VERSION
};

struct cli {
	enum command command;
	struct run_options run;
	char **operands;               /* pointers into argv */
	size_t n_operands;
	char *root;                    /* see run_find_root() */
	enum explain_format rules_format; /* of presend rules and explain */
	bool coverage;                 /* presend rules --format coverage: the page docs/coverage.md */
};

/* Parse the command line. false after having said on standard error what is wrong (exit 2). */
bool cli_parse(int argc, char **argv, struct cli *out);
void cli_release(struct cli *cli);
/* Append the text of --help. */
void cli_help(GString *out, enum language language);
/* The short usage, for wrong use; static. */
const char *cli_usage(enum language language);
/* The language of LC_ALL, LC_MESSAGES, LANG. */
enum language cli_environment_language(void);

#endif
