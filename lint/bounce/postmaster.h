/* Exports of the Postmaster Tools API, version 2: what only Google knows of a domain. Two answers are read, alone or one in a file each:
 * domains.getComplianceStatus and domains.domainStats.query with a metric for SPAM_RATE, whose name holds "spam".
 * Shape: https://developers.google.com/workspace/gmail/postmaster/reference/rest/v2 */
#ifndef PRESEND_BOUNCE_POSTMASTER_H
#define PRESEND_BOUNCE_POSTMASTER_H

#include "base/arena.h"

enum postmaster_state { POSTMASTER_UNKNOWN, POSTMASTER_PASS, POSTMASTER_WARN, POSTMASTER_FAIL };

enum { POSTMASTER_ROWS_MAX = 32 };

struct postmaster_row {
	const char *requirement;       /* id of the catalogue */
	const char *name;              /* as Google calls it */
	enum postmaster_state state;
	const char *evidence;          /* "0.34 % on 2026-11-23"; NULL */
};

struct postmaster {
	const char *path, *domain;     /* domain: NULL where the file does not say */
	struct postmaster_row rows[POSTMASTER_ROWS_MAX];
	size_t n;
};

/* Does the file begin like such an answer? */
bool postmaster_recognise(struct span bytes);
/* NULL where it is no JSON of that shape. Strings live in the arena. */
struct postmaster *postmaster_read(struct arena *arena, const char *path, struct span bytes);
const char *postmaster_state_name(enum postmaster_state state); /* "pass", "warn", "fail", "unknown" */

#endif
