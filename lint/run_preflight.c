/* Become presend-preflight: what asks DNS is a program of its own, so that presend itself is linked with nothing for networks. */
#include "run_preflight.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* Returns only where the file is not there or cannot be started. */
static void become(const char *folder, const char *name, char *const *words)
{
	char *path = g_build_filename(folder, name, NULL);

	execv(path, words);
	g_free(path);
}

int run_preflight(enum language language, int argc, char *const *argv, int command_at)
{
	char *self = g_file_read_link("/proc/self/exe", NULL);
	char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
	char **words = g_new0(char *, (size_t)argc + 1);
	size_t n = 0;

	for (int i = 0; i < argc; i++)
		if (i != command_at)
			words[n++] = argv[i];
	words[0] = (char *)"presend-preflight";
	become(folder, "presend-preflight", words);
	bool missing = errno == ENOENT;
	if (missing) {
		become(folder, "../libexec/presend/presend-preflight", words);
		missing = errno == ENOENT;
	}
	run_say("presend-preflight", missing ? say(language, "is not installed; it belongs beside presend or into ../libexec/presend",
						   "インストールされていません。presend と同じフォルダーか ../libexec/presend に置いてください")
					     : g_strerror(errno));
	g_free(words);
	g_free(folder);
	g_free(self);
	return EXIT_TROUBLE;
}
