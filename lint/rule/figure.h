/* Figures of a text that can be compared however they are written: prices, percentages, dates, times of day, telephone numbers. */
#ifndef PRESEND_RULE_FIGURE_H
#define PRESEND_RULE_FIGURE_H

#include <stdint.h>

#include "base/map.h"

enum figure_kind { FIGURE_PRICE, FIGURE_PERCENT, FIGURE_DATE, FIGURE_TIME, FIGURE_PHONE };

struct figure {
	enum figure_kind kind;
	struct range range;  /* in the text, with signs, units and a weekday in brackets */
	int64_t value;       /* price, percentage: ten-thousandths; date: month * 100 + day; time: minutes; telephone: the number without a leading 0 */
	int32_t detail;      /* price: the currency's first letter; date: the year, 0 where none; time: 1 where it is surely of 24 hours;
	                        telephone: 1 where a foreign country code leads */
	bool turned;         /* date: day and month may be the other way round */
};

/* The figure that begins at at. s: form L1. *next (always set): where to go on reading. URLs are the caller's. */
bool figure_at(struct span s, size_t at, struct figure *out, size_t *next);
/* May both mean the same? False only where they surely do not. a and b are of the texts sa and sb. */
bool figure_same(struct span sa, const struct figure *a, struct span sb, const struct figure *b);

#endif
