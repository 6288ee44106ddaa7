/* Reports. A reporter sees results and never a message; it returns text, and run.c writes it. */
#ifndef PRESEND_REPORT_REPORT_H
#define PRESEND_REPORT_REPORT_H

#include <glib.h>

#include "rule/finding.h"
#include "rule/score.h"

struct report_options {
	enum language language;
	bool language_given;       /* machine formats are English unless --lang is given */
	bool color;
	bool hyperlinks;           /* OSC 8 on a terminal */
	bool terminal;             /* long lines are wrapped, also those that an editor would read as one */
	bool verbose;              /* show all info remarks */
	bool quiet;                /* only the summary line; nothing where there is no finding */
	bool statistics;           /* counts per rule in the end */
	int width;                 /* terminal columns; 100 where it is not a terminal */
	enum severity fail_on;     /* SEVERITY_OFF: never */
};

struct report_error {          /* things that could not be read */
	const char *path;          /* NULL: none */
	const char *message;       /* already in the user's language */
};

struct report_view {
	struct message_result *const *results; /* path order */
	size_t n_results;
	const struct report_error *errors;
	size_t n_errors;
	const char *tool_version, *rules_version;
	bool output_taken;         /* the fixed draft is on standard output: reports for it go to standard error */
	int exit_code;             /* what the run will end with, as far as it is known before reports are written */
};

struct reporter {
	const char *name;          /* "text", "json", "jsonl" */
	/* Append the whole report. */
	void (*write)(GString *out, const struct report_view *view, const struct report_options *options);
	/* jsonl and text can go message by message; NULL where the format needs everything at once. */
	void (*write_message)(GString *out, const struct message_result *result, const struct report_options *options);
};

extern const struct reporter report_text, report_json, report_jsonl, report_sarif, report_junit, report_github, report_gitlab,
        report_checkstyle, report_rdjson, report_markdown, report_html;
extern const struct reporter report_refusal; /* of the gate; not in the list of formats */
/* NULL where there is none of that name. */
const struct reporter *reporter_find(const char *name);
/* The name nearest to a misspelt one, for did-you-mean; NULL where none is near. */
const char *reporter_suggest(const char *name);
/* Append a JSON string with its quotes, for files that are JSON and no report. */
void report_json_string(GString *out, const char *text);

#endif
