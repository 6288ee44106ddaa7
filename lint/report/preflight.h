/* What preflight found, as data for text, JSON and the verdict sheet. */
#ifndef PRESEND_REPORT_PREFLIGHT_H
#define PRESEND_REPORT_PREFLIGHT_H

#include "report/report.h"
#include "rule/rule.h"

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
};

struct preflight_report {
	const char *path;   /* of the draft; NULL: a domain was named */
	const char *domain; /* of From */
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

void report_preflight_text(GString *out, const struct preflight_report *report, const struct report_options *options);
void report_preflight_json(GString *out, const struct preflight_report *report);

#endif
