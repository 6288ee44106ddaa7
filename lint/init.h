/* presend init: a configuration to begin with, and the hook. */
#ifndef PRESEND_INIT_H
#define PRESEND_INIT_H

#include "rule/options.h"

/* In the working directory; what is there already stays. Says on standard output what was done. Returns the exit code. */
int init_run(enum language language);

#endif
