/* The pipeline: inputs to reports. The only code that knows every layer. */
#ifndef PRESEND_RUN_H
#define PRESEND_RUN_H

#include "fix_files.h"
#include "mail/input.h"
#include "own_rules.h"
#include "report/report.h"
#include "rule/options.h"

struct run_format {
	const struct reporter *reporter;
	const char *file;              /* NULL: standard output */
};

struct run_options {
	struct lint_options lint;
	struct report_options report;
	struct run_format formats[8];
	size_t n_formats;              /* 0: text */
	double max_score;              /* negative: none */
	const char *rules_path;        /* --rules: a folder or a file; NULL */
	bool no_builtin_rules;
	const char *stdin_name;        /* NULL */
	const char *data;              /* --data: rows to fill templates in with; NULL */
	bool staged;                   /* what is in the index of git; paths, if any, say which of it */
	const char *changed_since;     /* what changed since this revision, likewise; NULL */
	const char *baseline;          /* NULL */
	bool write_baseline;           /* to baseline, or to RUN_BASELINE where none is named */
	struct fix_options fix;
	bool input_lines;              /* --input jsonl: each line of the files is a message */
	int jobs;                      /* 0: as many as it is worth */
	uint64_t given;                /* bits 1 << enum config_key: options that the command line gives */
	const char *config_file;       /* --config; NULL: look for files */
	bool isolated;                 /* no configuration */
	const GPtrArray *dns_words;    /* --dns: options for presend-preflight, char *; NULL: it is not asked */
	bool force_exclude;            /* exclusions hold for named paths, too */
};

/* What --write-baseline writes to where no --baseline names a file. */
#define RUN_BASELINE "presend-baseline.json"

/* Exit codes of the program (interface.md). */
enum { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_TROUBLE = 2 };

/* Lint the paths and write the reports. Messages about trouble go to standard error. Returns the exit code. Without paths: the working directory,
 * if it has a configuration; else -1, and nothing was said. */
int run_lint(const struct run_options *options, char *const *paths, size_t n_paths);

/* Does it fail the run: by its fail_on and max_score? */
bool run_fails(const struct message_result *result);

/* The folder that fingerprints count from: the nearest one upwards with a .git, which may be a file (worktrees); else the working folder. So
 * they are the same from any folder of a repository and in any clone. g_free() it. */
char *run_find_root(void);

/* "presend: WHAT: MESSAGE" on standard error, made safe for a terminal: file names are as hostile as drafts. what may be NULL. */
void run_say(const char *what, const char *message);
/* From now on run_say() appends its lines here; NULL: to standard error, again. Of one thread. */
void run_say_into(GString *lines);

/* The rules in force: built-in ones and those of a folder or a file of `presend rules compile`. false after having printed every fault to standard error. */
struct run_rules {
	struct arena *arena;
	struct rule_set set;
	struct own_rules own;
};
bool run_load_rules(const char *path, bool no_builtin_rules, enum language language, struct run_rules *out);
void run_rules_release(struct run_rules *rules);

/* presend rules check DIR, or a file of `presend rules compile`: load strictly, compile every pattern, run every example, name the slow ones. Returns the exit code. */
int run_check_rules(const char *path, enum language language);

/* Run the examples of one rule, and the hit and the near miss of each of its phrases; each failure is one line in failures (GPtrArray of char *). Used by the tests for the shipped rules. */
void run_rule_examples(const struct rule_set *set, const struct rule *rule, GPtrArray *failures);

/* Lint one message that is in memory, for tests and fuzz targets: nothing is printed, nothing is kept. template_kind as in
 * mail/input.h. The results (one per message of an mbox) are the caller's: message_result_free() each, then g_ptr_array_free(). */
GPtrArray *run_lint_bytes(const struct rule_set *rules, const struct lint_options *options, const char *path, struct span bytes,
			  bool is_template, int template_kind);

/* The same for a template that is filled in with data: CSV or JSON, or the word for what is made up. each_row: each row is linted,
 * also where its shape is that of another. Returns NULL, and why in errors (char *), where the data cannot be used. */
GPtrArray *run_lint_rows(const struct rule_set *rules, const struct lint_options *options, const char *path, struct span bytes, int template_kind,
			 struct span data, bool each_row, GPtrArray *errors);

/* One file in memory, judged as its path would be: with the configuration in force there. For who asks again and again, as editors do. options must
 * outlive it. NULL, and said why, where the configuration or the rules are not sound. */
struct run_memory;
struct run_memory *run_memory_new(const struct run_options *options, const char *path);
void run_memory_free(struct run_memory *memory);
/* Does the configuration leave the path out? */
bool run_memory_left_out(struct run_memory *memory);
/* Lint the bytes; as run_lint_bytes(). The results must be freed before the memory. */
GPtrArray *run_memory_lint(struct run_memory *memory, struct span bytes);
/* The bytes with all fixes made, as --fix makes them; NULL: there is nothing to fix. g_string_free() them. */
GString *run_memory_fix(struct run_memory *memory, struct span bytes, bool unsafe);

/* Names tell the kind of a file, but not always the truth: a .txt may hold a mail, and what the user calls a template may have any
 * name. */
void run_correct_kind(const struct lint_options *options, struct span bytes, enum input_kind *kind, enum template_kind *template_kind);

#endif
