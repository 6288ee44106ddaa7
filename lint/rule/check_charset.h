/* What the checks of charsets and of transfer encodings share. */
#ifndef PRESEND_RULE_CHECK_CHARSET_H
#define PRESEND_RULE_CHECK_CHARSET_H

#include "rule/check.h"

/* Is the part inside an enclosed message (message/rfc822)? That is a copy of somebody else's mail, not the writer's to mend. */
bool entity_is_enclosed(const struct entity *entity);
/* True where 8-bit bytes of a text part are told as a fault of its charset (none, us-ascii, or evidently a wrong one); then
 * *place_out is where that finding stands. */
bool charset_fault_place(const struct message *m, const struct entity *entity, struct range *place_out);

#endif
