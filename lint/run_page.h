/* What the HTML report shows of a message, taken from it while it is there. */
#ifndef PRESEND_RUN_PAGE_H
#define PRESEND_RUN_PAGE_H

#include "doc/message.h"
#include "rule/finding.h"

/* Fill result->page. place: how many messages of the run come before this one, as far as that does not depend on threads: beyond
 * LIMIT_PAGE_MESSAGES only figures are kept. */
void run_page(const struct message *message, struct message_result *result, size_t place);

/* The HTML of a mail without the few elements that load, lead or frame something whatever a policy says: their names get "x-" in front. Tags come of nothing
 * but "<" and a name, so that no browser reads one that was missed. Exported for the tests. */
struct span run_page_harmless(struct arena *arena, struct span html);

#endif
