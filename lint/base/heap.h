/* The heap, before it is used. */
#ifndef PRESEND_BASE_HEAP_H
#define PRESEND_BASE_HEAP_H

#include <stddef.h>

/* Have so many bytes of the heap at hand: what is allocated from now on lies in pages that are there. A fault for each of them costs ten
 * times what the page costs, and a cold start is made of little else (make bench). */
void heap_warm(size_t bytes);

#endif
