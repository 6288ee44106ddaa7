/* What the reports for programs share: the order and number of findings, and their texts on one line. */
#ifndef PRESEND_REPORT_MACHINE_H
#define PRESEND_REPORT_MACHINE_H

#include "report/report.h"

struct machine_finding {
	const struct message_result *result;
	const struct finding *finding;
	size_t occurrence;         /* 1 for the first finding with its fingerprint, 2 for the next: together they are unique */
};

/* The findings of all messages in the order of the report, those that are suppressed only where asked for; free with
 * g_array_unref(). */
GArray *machine_findings(const struct report_view *view, bool suppressed);
/* Errors first, then warnings, then remarks; else the order is kept. */
void machine_sort(GArray *findings);
/* Drop the least severe until there are limit; the order is kept. Returns how many were dropped. */
size_t machine_limit(GArray *findings, size_t limit);

/* Reports for programs are English unless --lang is given. */
enum language machine_language(const struct report_options *options);
/* The message and the help of a finding on one line, safe for a terminal, since CI systems show them in one. */
GString *machine_message(const struct finding *finding, enum language language);
GString *machine_help(const struct finding *finding, enum language language);
/* The same texts for Markdown and HTML, where words of a draft must stand in code, so that nothing of them is a link, a mention or
 * mark-up: what the draft says is put out by quoted, the words of the rule by plain. */
struct machine_writer {
	void (*plain)(GString *out, struct span text);
	void (*quoted)(GString *out, struct span text);
};
void machine_append_message(
        GString *out, const struct finding *finding, enum language language, const struct machine_writer *writer);
void machine_append_help(GString *out, const struct finding *finding, enum language language, const struct machine_writer *writer);
/* The path without "./" in front: CI systems compare it with the paths of a repository. Points into path. */
const char *machine_path(const char *path);
/* Is there a fix to tell? What is suppressed is not fixed. */
bool machine_has_fix(const struct finding *finding);
/* Where something that was not checked lies; "." where that is not known. And why; g_free() it. */
const char *machine_error_path(const struct report_error *error);
char *machine_error_message(const struct report_error *error, enum language language);
/* An https or http address of the first source; NULL where it has none. */
const char *machine_url(const struct rule *rule);

#endif
