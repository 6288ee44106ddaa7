/* Why a file was not read or written, in the user's language: the system's own words come from a locale, which may not be there. */
#ifndef PRESEND_REPORT_REASON_H
#define PRESEND_REPORT_REASON_H

#include "rule/options.h"

/* text ends in a reason, alone or behind "path: ". New text, to be freed; the same where the reason is not a known one. */
char *reason_in(enum language language, const char *text);

#endif
