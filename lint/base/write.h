/* Writing to file descriptors. */
#ifndef PRESEND_BASE_WRITE_H
#define PRESEND_BASE_WRITE_H

#include "base/span.h"

/* Write all bytes, in as many pieces as it takes, also where a signal comes between. False, and errno, where that failed. */
bool write_whole(int fd, struct span bytes);

#endif
