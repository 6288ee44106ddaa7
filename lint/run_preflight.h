/* "presend preflight": hand over to the program beside this one. */
#ifndef PRESEND_RUN_PREFLIGHT_H
#define PRESEND_RUN_PREFLIGHT_H

#include "rule/options.h"

/* Start presend-preflight with the same words but the name of the command, which stands at argv[command_at]. Returns only where it cannot be started:
 * the exit code, and said why. */
int run_preflight(enum language language, int argc, char *const *argv, int command_at);

/* The program: beside this one, or in ../libexec/presend; NULL where it is in neither place. g_free() it. */
char *run_preflight_find(void);

#endif
