/* The furniture of a newsletter: rule lines and the footer. What stands there is not what a mail says; no phrase in it counts. */
#ifndef PRESEND_RULE_FURNITURE_H
#define PRESEND_RULE_FURNITURE_H

#include "base/span.h"

/* A line of at least eight characters, nine of ten of them drawing signs, dashes or ornaments. */
bool furniture_is_rule(struct span line);
/* Where the footer of a text begins: behind the last rule line, or at the first line that names the publisher or the way to
 * unsubscribe, both among the last lines and in the second half. text.n where there is none. */
size_t furniture_footer(struct span text);

#endif
