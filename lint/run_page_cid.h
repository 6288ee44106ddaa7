/* Pictures that a mail carries itself (cid:), put into its HTML for the frame of the HTML report. */
#ifndef PRESEND_RUN_PAGE_CID_H
#define PRESEND_RUN_PAGE_CID_H

#include "doc/message.h"

/* The HTML with each cid: of a raster picture of the mail as a data: URL. missing: how many stay as they are, for their part is not there, is no such
 * picture, or has no room on the page. */
struct span run_page_pictures(struct arena *arena, const struct message *message, struct span html, size_t *missing);

#endif
