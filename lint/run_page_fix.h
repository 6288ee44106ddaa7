/* What the fixes of a message would change, for the HTML report. */
#ifndef PRESEND_RUN_PAGE_FIX_H
#define PRESEND_RUN_PAGE_FIX_H

#include "doc/message.h"
#include "report/page.h"

void run_page_fixes(const struct message *message, const struct message_result *result, struct page_mail *page);

#endif
