/* Become presend-preflight: what asks DNS is a program of its own, so that presend itself is linked with nothing for networks. */
#include "run_preflight.h"

#include <errno.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "run.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

char *run_preflight_find(void)
{
	static const char *const places[] = { "presend-preflight", "../libexec/presend/presend-preflight" };
	char *self = g_file_read_link("/proc/self/exe", NULL), *found = NULL;
	/* Where no /proc is mounted, the kernel's word of how it was called must do. */
	char *folder = g_path_get_dirname(self ? self : (const char *)getauxval(AT_EXECFN));

	for (size_t i = 0; i < G_N_ELEMENTS(places) && !found; i++) {
		char *path = g_build_filename(folder, places[i], NULL);
		if (access(path, F_OK) == 0)
			found = path;
		else
			g_free(path);
	}
	g_free(folder);
	g_free(self);
	return found;
}

int run_preflight(enum language language, int argc, char *const *argv, int command_at)
{
	char *program = run_preflight_find();
	char **words = g_new0(char *, (size_t)argc + 1);
	size_t n = 0;

	for (int i = 0; i < argc; i++)
		if (i != command_at)
			words[n++] = argv[i];
	words[0] = (char *)"presend-preflight";
	/* Returns only where it cannot be started. */
	if (program)
		execv(program, words);
	run_say("presend-preflight", program ? g_strerror(errno)
					     : say(language, "is not installed; it belongs beside presend or into ../libexec/presend",
						   "インストールされていません。presend と同じフォルダーか ../libexec/presend に置いてください"));
	g_free(words);
	g_free(program);
	return EXIT_TROUBLE;
}
