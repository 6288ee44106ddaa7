/* Role: pages of the heap asked for in one go.
 * May not: keep any of it. */
#include "base/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

void heap_warm(size_t bytes)
{
	enum { PAGE_BYTES = 4096 };
	char *block = malloc(bytes + PAGE_BYTES);

	if (!block)
		return;
	uintptr_t start = ((uintptr_t)block + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1);
	/* Linux 5.14; elsewhere it fails, and nothing is lost. */
	(void)!madvise((void *)start, bytes & ~(size_t)(PAGE_BYTES - 1), MADV_POPULATE_WRITE);
	free(block);
}
