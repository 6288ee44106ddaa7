/* Role: installs the pre-commit hook of presend init.
 * May not: touch a hook that presend did not write. */
#include "hook.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "git.h"
#include "report/safe.h"

/* The second line of every hook of ours: by it a later init knows it again. */
#define HOOK_MARK "# Written by presend init: checks what is about to be committed. Delete this file to be rid of it."

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* The program by its name, so that an upgrade is used; else where it was when the hook was written, for presend runs from its build folder, too. Where
 * there is none nothing was checked, and that is no success. */
static char *hook_text(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *quoted = g_shell_quote(program ? program : "presend");

	return g_strdup_printf("#!/bin/sh\n" HOOK_MARK "\n"
			       "presend=presend\n"
			       "command -v presend >/dev/null 2>&1 || presend=%s\n"
			       "command -v \"$presend\" >/dev/null 2>&1 || {\n"
			       "\techo 'presend: not found, so this commit was not checked; git commit --no-verify goes on without it' >&2\n"
			       "\texit 2\n"
			       "}\n"
			       "exec \"$presend\" lint --staged\n",
			       quoted);
}

static enum hook_result report_line(GString *report, enum hook_result result, const char *path, const char *what)
{
	safe_append_terminal(report, span_str(path), false);
	g_string_append(report, ": ");
	safe_append_terminal(report, span_str(what), false);
	g_string_append_c(report, '\n');
	return result;
}

static enum hook_result write_hook(const char *path, const char *text, enum language language, GString *report)
{
	g_autofree char *folder = g_path_get_dirname(path);
	GError *error = NULL;

	if (g_mkdir_with_parents(folder, 0777) != 0)
		return report_line(report, HOOK_FAILED, folder, g_strerror(errno));
	if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0755, &error)) {
		report_line(report, HOOK_FAILED, path, error->message);
		g_error_free(error);
		return HOOK_FAILED;
	}
	/* The mode above is for a new file only. */
	if (chmod(path, 0755) != 0)
		return report_line(report, HOOK_FAILED, path, g_strerror(errno));
	return report_line(report, HOOK_WRITTEN, path,
			   say(language, "written; it checks what is staged before each commit", "書き込みました。コミットの前に、ステージされた内容を検査します"));
}

static bool is_ours(const char *path, const char *text)
{
	struct stat status;

	/* A link leads to where other tools keep theirs. */
	return lstat(path, &status) == 0 && S_ISREG(status.st_mode) && strstr(text, HOOK_MARK) != NULL;
}

enum hook_result hook_install(const char *folder, enum language language, GString *report)
{
	GError *error = NULL;
	g_autofree char *path = git_hook_path(folder, "pre-commit", language, &error);
	g_autofree char *text = hook_text(), *before = NULL;

	if (!path) {
		report_line(report, HOOK_NO_PLACE, folder, error->message);
		g_error_free(error);
		return HOOK_NO_PLACE;
	}
	bool there = g_file_get_contents(path, &before, NULL, NULL);
	if (!there && g_file_test(path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
		before = g_strdup("");
	if (before && !is_ours(path, before))
		return report_line(report, HOOK_FOREIGN, path,
				   say(language, "there is a hook that presend did not write; left alone. Add this line to it: presend lint --staged || exit",
				       "presend が書いたものではないフックがあるため、変更しません。次の行を追加してください: presend lint --staged || exit"));
	if (before && strcmp(before, text) == 0 && access(path, X_OK) == 0)
		return report_line(report, HOOK_THERE, path, say(language, "is there already", "すでにあります"));
	return write_hook(path, text, language, report);
}
