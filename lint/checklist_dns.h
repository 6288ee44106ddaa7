/* "presend checklist --dns": what presend-preflight says of a draft, from a file of answers, put into its verdict sheet. */
#ifndef PRESEND_CHECKLIST_DNS_H
#define PRESEND_CHECKLIST_DNS_H

#include "base/span.h"
#include "rule/finding.h"

/* Ask it about the bytes of a file. Each result of the file (struct message_result) gets what was said of its message. words: the options of the command line that
 * are its, too. false, and why in *error (g_free() it), where it cannot be started or does not speak of every message. */
bool checklist_dns_ask(const GPtrArray *words, enum language language, const char *path, struct span bytes, const GPtrArray *results, char **error);
/* All rules have spoken: no requirement of the result waits for DNS any more. */
void checklist_dns_settle(struct message_result *result);
/* Does what was said fail the run? Only what one of the chosen profiles asks does, for only that is on the sheet. */
bool checklist_dns_fails(const struct message_result *result);

#endif
