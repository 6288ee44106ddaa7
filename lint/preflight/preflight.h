/* "presend preflight": who sends, what DNS says of it, and the report. */
#ifndef PRESEND_PREFLIGHT_PREFLIGHT_H
#define PRESEND_PREFLIGHT_PREFLIGHT_H

#include "preflight/dns.h"
#include "run.h"

struct preflight_options {
	char *const *operands;         /* domains, files, "-" */
	size_t n_operands;
	bool json;
	GPtrArray *addresses, *selectors; /* char *; NULL: none were given */
	const char *helo, *mail_from;  /* NULL */
	const char *blocklists;        /* names with commas between, or "default"; NULL: none is asked */
	GPtrArray *mta_configs;        /* files of a mail server, char *; NULL */
	const char *snapshot;          /* that answers come from, for the report; NULL */
};

/* Check and write the report to standard output. dns stays open. Exit codes of interface.md. */
int preflight_run(const struct run_options *run, const struct preflight_options *options, struct dns *dns);

#endif
