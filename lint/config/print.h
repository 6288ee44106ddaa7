/* presend config --print: what is in force, and who says so. */
#ifndef PRESEND_CONFIG_PRINT_H
#define PRESEND_CONFIG_PRINT_H

#include "config/settings.h"

/* Append what is in force as TOML, each value with its origin in a comment. Text of files is made safe for a terminal. */
void config_print(GString *out, const struct settings_base *base, const struct settings_group *group, const struct settings *settings,
		  enum language language);

#endif
