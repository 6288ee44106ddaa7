/* --help and usage, made from the tables of cli.h. */
#ifndef PRESEND_HELP_H
#define PRESEND_HELP_H

#include "cli.h"

/* Append the text of --help; command NULL: of presend as a whole. */
void help_append(GString *out, const struct command_definition *command, const struct report_options *report);
/* The short usage, for wrong use; width: of the terminal. */
void help_append_usage(GString *out, enum language language, size_t width);
/* The title over the options of a group. */
const char *help_group_title(enum option_group group, enum language language);

#endif
