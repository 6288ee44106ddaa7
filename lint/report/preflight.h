/* What preflight found, as data for text, JSON and the verdict sheet. */
#ifndef PRESEND_REPORT_PREFLIGHT_H
#define PRESEND_REPORT_PREFLIGHT_H

#include "report/report.h"
#include "rule/rule.h"

struct json_object;

/* From the best to the worst: of several rows about one requirement the worst counts. */
enum preflight_status { PREFLIGHT_NOT_APPLICABLE, PREFLIGHT_PASS, PREFLIGHT_UNKNOWN, PREFLIGHT_WARN, PREFLIGHT_FAIL };

/* One answer. Texts are in the language of the run, not yet made safe for a terminal; NULL where there is nothing to say. */
struct preflight_row {
	const char *check;                /* "dmarc-missing" */
	const char *const *requirements;  /* NULL-terminated; may be empty */
	enum preflight_status status;
	const char *message, *help;
	const char *evidence;             /* lines */
	const char *query;                /* the first question, "TXT _dmarc.example.jp" */
	const char *record;               /* lines: exactly what to publish */
	const struct rule_source *source; /* NULL */
	const char *places;               /* of several messages, the ones that it is about; NULL: all */
};

struct preflight_report {
	const char *path;   /* of the draft, or of several with commas between; NULL: a domain was named */
	size_t index;       /* of the message in the file */
	const char *domain; /* of From; NULL: see trouble */
	const char *trouble; /* why nothing could be looked at; NULL */
	const char *assumed; /* what was taken to be so, in lines; NULL */
	const struct preflight_row *rows;
	size_t n;
	const char *snapshot; /* NULL */
};

/* The word on one requirement. */
struct preflight_verdict {
	const char *requirement;
	enum preflight_status status;
};

const char *preflight_status_name(enum preflight_status status); /* "not-applicable" */
/* Requirements that rows speak of, sorted; free with g_array_unref(). */
GArray *preflight_verdicts(const struct preflight_report *report);

/* The row as JSON has it, here and in the verdict sheet. */
struct json_object *preflight_row_object(const struct preflight_row *row);
/* Not applicable, but only because nobody asked for it: the help says how. */
bool preflight_not_asked(const struct preflight_row *row);

void report_preflight_text(GString *out, const struct preflight_report *report, const struct report_options *options);
/* one_line: as one of several. */
void report_preflight_json(GString *out, const struct preflight_report *report, bool one_line);

/* What was found for several messages, told by domain of From, and what is the same for all of them once. */
struct preflight_groups;
struct preflight_groups *preflight_groups_new(void);
void preflight_groups_free(struct preflight_groups *groups);
/* All is copied. */
void preflight_groups_add(struct preflight_groups *groups, const struct preflight_report *report);
void preflight_groups_append(struct preflight_groups *groups, GString *out, const struct report_options *options);

#endif
