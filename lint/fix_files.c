/* Role: rounds of fixing one file, and replacing it safely.
 * May not: know a rule, or how an edit is made. */
#include "fix_files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/write.h"
#include "rule/fix.h"

struct fixed_file fix_file(const struct fix_options *options, const struct baseline *baseline, struct span bytes, fix_linter lint, void *data)
{
	struct fixed_file fixed = { .results = lint(data, bytes) };

	for (int round = 0;; round++) {
		const struct text file = { .bytes = fixed.bytes ? span_of(fixed.bytes->str, fixed.bytes->len) : bytes };
		GString *next = g_string_new(NULL);
		if (baseline)
			baseline_withhold_fixes(baseline, (struct message_result *const *)fixed.results->pdata, fixed.results->len);
		size_t n = fix_apply(next, &file, (struct message_result *const *)fixed.results->pdata, fixed.results->len, options->unsafe);
		if (!n || round == LIMIT_FIX_ROUNDS) {
			fixed.unfinished = n > 0;
			g_string_free(next, TRUE);
			return fixed;
		}
		fixed.n_fixed += n;
		message_results_free(fixed.results);
		if (fixed.bytes)
			g_string_free(fixed.bytes, TRUE);
		fixed.bytes = next;
		fixed.results = lint(data, span_of(next->str, next->len));
	}
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */

static bool failed(GError **error, int number)
{
	g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(number), g_strerror(number));
	return false;
}

/* Mode and owner as the file has them; an owner that only root could give is left out, and with it the bits that would then mean somebody else. */
static bool like_the_old(int fd, const struct stat *old)
{
	mode_t mode = old->st_mode & 07777;

	if (fchown(fd, old->st_uid, old->st_gid) != 0)
		mode &= 01777;
	return fchmod(fd, mode) == 0;
}

static bool is_still(const char *path, struct span old)
{
	char *now;
	gsize n;

	if (!g_file_get_contents(path, &now, &n, NULL))
		return false;
	bool same = span_eq(span_of(now, n), old);
	g_free(now);
	return same;
}

/* Make the entry itself last, not only what it names. */
static void sync_folder(const char *path)
{
	char *folder = g_path_get_dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	g_free(folder);
}

bool fix_write(const char *path, struct span old, struct span new, GError **error)
{
	struct stat before;
	char *real = realpath(path, NULL);

	if (!real || stat(real, &before) != 0 || access(real, W_OK) != 0) {
		int number = errno;
		free(real);
		return failed(error, number);
	}
	char *temporary = g_strdup_printf("%s.XXXXXX", real);
	int fd = g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write_whole(fd, new) && like_the_old(fd, &before) && fsync(fd) == 0;
	int number = errno;
	if (fd >= 0)
		good = close(fd) == 0 && good;
	if (good && !is_still(real, old)) {
		g_unlink(temporary);
		g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "it changed while it was being fixed");
	} else if (!good || rename(temporary, real) != 0) {
		number = good ? errno : number;
		if (fd >= 0)
			g_unlink(temporary);
		failed(error, number);
		good = false;
	} else {
		sync_folder(real);
	}
	g_free(temporary);
	free(real);
	return good && (!error || !*error);
}
