/* Writing to file descriptors. Knows no files and no formats. */
#include "base/write.h"

#include <errno.h>
#include <unistd.h>

bool write_whole(int fd, struct span bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = span_cut(bytes, (size_t)n, bytes.n);
	}
	return true;
}
