/* What the checks of laws find in a text, for others that ask where it stands. */
#ifndef PRESEND_RULE_CHECK_LAW_H
#define PRESEND_RULE_CHECK_LAW_H

#include "rule/check.h"

/* A postal address as it is written in Japan, or a street with a house number. l1: form L1. */
bool holds_postal_address(struct span l1);

#endif
