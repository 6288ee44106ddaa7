/* What the checks of mark-up find in an element, for others that ask where it stands. */
#ifndef PRESEND_RULE_CHECK_MARKUP_H
#define PRESEND_RULE_CHECK_MARKUP_H

#include "rule/check.h"

/* A remote picture that is not seen and carries something of one's own in its address; a spacer is none. */
bool is_tracking_pixel(const struct html_element *e);

#endif
