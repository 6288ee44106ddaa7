/* Why an answer of DNS did not come, for people. */
#ifndef PRESEND_PREFLIGHT_DNS_TEXT_H
#define PRESEND_PREFLIGHT_DNS_TEXT_H

#include "preflight/dns.h"
#include "rule/rule.h"

/* Of an answer that is DNS_UNKNOWN. A reason of a snapshot that is none of ours stays as it is. */
const char *dns_reason_text(const struct dns_answer *answer, enum language language);

#endif
