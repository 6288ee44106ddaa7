/* Date fields. Sources: RFC 5322, sections 3.3 and 4.3; RFC 3339 for --now. */
#ifndef PRESEND_MAIL_DATE_H
#define PRESEND_MAIL_DATE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

enum date_flag {
	DATE_BAD_SYNTAX = 1 << 0,   /* not RFC 5322, not even obsolete */
	DATE_OBSOLETE = 1 << 1,     /* two-digit year, named zone such as GMT */
	DATE_UNKNOWN_ZONE = 1 << 2, /* a zone name that is not in the obsolete list, such as JST */
	DATE_WEEKDAY = 1 << 3,      /* the weekday does not match the day */
	DATE_RANGE = 1 << 4         /* no such day, hour, minute, second or zone */
};

struct date {
	unsigned flags;       /* enum date_flag */
	int64_t time;         /* seconds since 1970-01-01 UTC; 0 with DATE_BAD_SYNTAX or DATE_RANGE */
	int zone_minutes;
	size_t bad_start, bad_end; /* the offending piece in the value, for flags other than 0 */
	int right_weekday;    /* 0 = Sunday, for DATE_WEEKDAY */
};

/* value: the unfolded value of a Date field; comments are allowed. Never fails. */
struct date date_parse(struct span value);
/* "Tue, 24 Nov 2026 09:00:00 +0900". */
const char *date_write(struct arena *arena, int64_t time, int zone_minutes);
/* ISO 8601 / RFC 3339: 2026-11-24T09:00:00+09:00, 2026-11-24, ...Z. false where it is none. */
bool date_parse_iso(struct span value, int64_t *time_out);

#endif
