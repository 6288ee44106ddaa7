/* What preflight can say, as data: one row for each case, in both languages, with the requirements it is about. */
#ifndef PRESEND_PREFLIGHT_CASES_H
#define PRESEND_PREFLIGHT_CASES_H

#include "report/preflight.h"

struct preflight_case {
	const char *id;                /* "dmarc-missing" */
	enum preflight_status status;
	const char *requirements;      /* ids with blanks between; "" */
	struct localized message;      /* with {argument} places */
	struct localized help;         /* texts NULL: nothing is to be done */
	struct rule_source source;     /* name NULL: that of the first requirement in the catalogue */
};

extern const struct preflight_case preflight_cases[];
extern const size_t n_preflight_cases;
/* Aborts where there is none: a slip of ours. */
const struct preflight_case *preflight_case_find(const char *id);

#endif
