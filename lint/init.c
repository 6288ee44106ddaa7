/* Role: presend init.
 * May not: overwrite anything. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config/schema.h"
#include "hook.h"
#include "run.h"

#define CONFIG_NAME "presend.toml"
#define HIDDEN_CONFIG_NAME ".presend.toml"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* Either whole and new or not at all: a file that somebody else makes meanwhile wins. */
static bool write_new(const char *path, const GString *text)
{
	char *temporary = g_strdup_printf("%s.XXXXXX", path);
	int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0644);
	bool good = fd >= 0 && write(fd, text->str, text->len) == (ssize_t)text->len && fsync(fd) == 0;
	int reason = errno;

	if (fd >= 0)
		close(fd);
	if (good && link(temporary, path) != 0) {
		good = false;
		reason = errno;
	}
	if (fd >= 0)
		unlink(temporary);
	g_free(temporary);
	errno = reason;
	return good;
}

static bool write_configuration(enum language language)
{
	static const char *const names[] = { CONFIG_NAME, HIDDEN_CONFIG_NAME };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (access(names[i], F_OK) == 0) {
			printf("%s: %s\n", names[i], say(language, "is there already", "すでにあります"));
			return true;
		}
	GString *text = g_string_new(NULL);
	config_write_default(text, language);
	bool good = write_new(CONFIG_NAME, text);
	if (good)
		printf("%s: %s\n", CONFIG_NAME,
		       say(language, "written; all of it is comments that tell what can be set", "書き込みました。設定できる項目をすべてコメントで説明しています"));
	else
		run_say(CONFIG_NAME, g_strerror(errno));
	g_string_free(text, TRUE);
	return good;
}

int init_run(enum language language)
{
	GString *report = g_string_new(NULL);
	bool good = write_configuration(language);
	enum hook_result hook = hook_install(".", language, report);

	fputs(report->str, hook == HOOK_FAILED ? stderr : stdout);
	g_string_free(report, TRUE);
	if (fflush(stdout) != 0 || hook == HOOK_FAILED)
		good = false;
	return good ? EXIT_CLEAN : EXIT_TROUBLE;
}
