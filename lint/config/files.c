/* Small files and names of files. Knows nothing of what is in them. */
#include "config/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int descriptor, char *buffer, size_t limit, size_t *n_out, int *errno_out)
{
	*n_out = 0;
	while (*n_out < limit) {
		ssize_t got = read(descriptor, buffer + *n_out, limit - *n_out);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			*errno_out = errno;
		if (got <= 0)
			return got == 0;
		*n_out += (size_t)got;
	}
	return true;
}

enum file_state file_read_small(struct arena *arena, const char *path, size_t limit, struct span *out, int *errno_out)
{
	struct stat status;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*out = SPAN_EMPTY;
	*errno_out = errno;
	if (descriptor < 0)
		return *errno_out == ENOENT || *errno_out == ENOTDIR ? FILE_ABSENT : FILE_TROUBLE;
	enum file_state state = FILE_TROUBLE;
	if (fstat(descriptor, &status) != 0) {
		*errno_out = errno;
	} else if (!S_ISREG(status.st_mode)) {
		*errno_out = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
	} else {
		size_t n = MIN((size_t)status.st_size, limit) + 1;
		char *buffer = arena_alloc(arena, n);
		if (read_all(descriptor, buffer, n, &out->n, errno_out))
			state = FILE_READ;
		out->p = buffer;
	}
	close(descriptor);
	return state;
}

char *file_absolute(const char *path, const char *folder)
{
	return g_canonicalize_filename(path, folder);
}

const char *file_relative(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	if (n == 1 && folder[0] == '/')
		return path[0] == '/' ? path + 1 : NULL;
	if (strncmp(path, folder, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return path[n] ? path + n + 1 : path + n;
}
