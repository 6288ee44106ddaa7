/* presend config. */
#ifndef PRESEND_CONFIG_COMMAND_H
#define PRESEND_CONFIG_COMMAND_H

#include <glib.h>

#include "run.h"

/* Append what is in force for a path (NULL: the working directory), with the origin of each value. A message is read, so that its list is known. false, and said why
 * on standard error, where a configuration or the path is wrong. */
bool config_command_print(GString *out, const struct run_options *options, const char *path);

#endif
