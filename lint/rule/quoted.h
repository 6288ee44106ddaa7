/* Phrases that are quoted to warn of them: 「法的措置を取ります」というメールは詐欺です. What a city or a bank quotes so is not what it says itself. */
#ifndef PRESEND_RULE_QUOTED_H
#define PRESEND_RULE_QUOTED_H

#include "base/map.h"

/* Does the range stand in Japanese quotation marks, with words that warn of fraud in the same sentence or the next one? Looks at a fixed
 * number of bytes on both sides. The text is decoded or of form L1. */
bool quoted_as_warning(struct span text, struct range range);

#endif
