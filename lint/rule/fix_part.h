/* Fixes that write a part anew, for the checks that find it wrongly sent. */
#ifndef PRESEND_RULE_FIX_PART_H
#define PRESEND_RULE_FIX_PART_H

#include "mail/recode.h"
#include "rule/check.h"

/* The fix of what was reported last: edits of the file. */
void fix_edits(struct check *c, const struct edit *edits, size_t n);
/* Does the part hold template tags? Engines that fill in the file as it is must find them in it. */
bool part_has_tags(const struct check *c, const struct entity *e);
/* The fix of what was reported last: a text part with the same text in another transfer encoding. */
void fix_transfer(struct check *c, const struct message *m, const struct entity *e, enum recode_transfer how);
/* The same for the label of its charset. */
void fix_charset_label(struct check *c, const struct message *m, const struct entity *e, const char *charset);
/* The same for a text part in UTF-8. */
void fix_to_utf8(struct check *c, const struct message *m, const struct entity *e);

#endif
