/* The hook of presend init with a real git: where it is put, what it leaves alone, and what it does in a commit. */
#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "draft_file.h"
#include "hook.h"

/* A folder of its own for each test, removed behind it; git sees no configuration of the user's. */
static char *scratch;

static void set_up(void)
{
	static const char *const variables[] = { "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY" };

	for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
		g_unsetenv(variables[i]);
	scratch = g_dir_make_tmp("presend-hook-XXXXXX", NULL);
	g_setenv("GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
	g_setenv("GIT_CONFIG_SYSTEM", "/dev/null", TRUE);
	g_setenv("GIT_CEILING_DIRECTORIES", scratch, TRUE);
}

/* Run a shell line in the scratch folder; its exit code. */
static int sh(const char *line)
{
	g_autofree char *whole = g_strdup_printf("cd '%s' && { %s; } >out 2>&1", scratch, line);
	int status = system(whole);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void tear_down(void)
{
	g_autofree char *line = g_strdup_printf("rm -rf '%s'", scratch);

	ck_assert_int_eq(system(line), 0);
	g_free(scratch);
}

static char *in_scratch(const char *name)
{
	return g_build_filename(scratch, name, NULL);
}

static char *contents(const char *name)
{
	g_autofree char *path = in_scratch(name);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text;
}

static enum hook_result install(const char *folder)
{
	GString *report = g_string_new(NULL);
	g_autofree char *path = in_scratch(folder);
	enum hook_result result = hook_install(path, LANGUAGE_EN, report);

	/* Something is always said, in whole lines. */
	ck_assert(report->len > 1 && report->str[report->len - 1] == '\n');
	g_string_free(report, TRUE);
	return result;
}

START_TEST(test_new)
{
	struct stat status;

	ck_assert_int_eq(sh("git init -q repo && mkdir repo/sub"), 0);
	ck_assert_int_eq(install("repo/sub"), HOOK_WRITTEN);
	g_autofree char *path = in_scratch("repo/.git/hooks/pre-commit");
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_mode & 0777, 0755);
	ck_assert_int_eq(sh("sh -n repo/.git/hooks/pre-commit"), 0);
	ck_assert_int_eq(install("repo"), HOOK_THERE);
	ck_assert_int_eq(sh("chmod -x repo/.git/hooks/pre-commit"), 0);
	ck_assert_int_eq(install("repo"), HOOK_WRITTEN);
	/* Ours of another version is renewed. */
	ck_assert_int_eq(sh("echo true >>repo/.git/hooks/pre-commit"), 0);
	ck_assert_int_eq(install("repo"), HOOK_WRITTEN);
	ck_assert_int_eq(install("repo"), HOOK_THERE);
	ck_assert_int_eq(sh("git init -q bare-hooks && rm -rf bare-hooks/.git/hooks"), 0);
	ck_assert_int_eq(install("bare-hooks"), HOOK_WRITTEN);
}
END_TEST

START_TEST(test_foreign)
{
	ck_assert_int_eq(sh("git init -q repo && printf '#!/bin/sh\\nmake\\n' >repo/.git/hooks/pre-commit"), 0);
	ck_assert_int_eq(install("repo"), HOOK_FOREIGN);
	g_autofree char *text = contents("repo/.git/hooks/pre-commit");
	ck_assert_str_eq(text, "#!/bin/sh\nmake\n");
	ck_assert_int_eq(sh("cd repo/.git/hooks && rm pre-commit && ln -s ../../nowhere pre-commit"), 0);
	ck_assert_int_eq(install("repo"), HOOK_FOREIGN);
	ck_assert_int_eq(sh("cd repo/.git/hooks && rm pre-commit && mkdir pre-commit"), 0);
	ck_assert_int_eq(install("repo"), HOOK_FOREIGN);
}
END_TEST

START_TEST(test_places)
{
	ck_assert_int_eq(install("."), HOOK_NO_PLACE);
	ck_assert_int_eq(sh("git init -q repo && cd repo && git config core.hooksPath .husky"), 0);
	ck_assert_int_eq(install("repo"), HOOK_WRITTEN);
	ck_assert_int_eq(sh("test -x repo/.husky/pre-commit"), 0);
	/* Another working tree of the same repository has the same hooks. */
	ck_assert_int_eq(sh("git init -q main && cd main && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && "
			    "git worktree add -q ../tree"),
			 0);
	ck_assert_int_eq(install("tree"), HOOK_WRITTEN);
	ck_assert_int_eq(sh("test -x main/.git/hooks/pre-commit"), 0);
	/* A folder for all repositories of the machine is nobody's to write to. */
	ck_assert_int_eq(sh("git config --file gitconfig core.hooksPath \"$PWD/all\" && git init -q other"), 0);
	g_autofree char *global = in_scratch("gitconfig");
	g_setenv("GIT_CONFIG_GLOBAL", global, TRUE);
	ck_assert_int_eq(install("other"), HOOK_NO_PLACE);
	ck_assert_int_eq(sh("test -e all"), 1);
}
END_TEST

#define COMMIT "git -c user.name=a -c user.email=a@hanami-books.jp commit -qm x"

START_TEST(test_commit)
{
	g_autofree char *folder = g_get_current_dir();
	const char *build = g_getenv("B");
	g_autofree char *program = g_build_filename(folder, build ? build : "build", "presend", NULL);

	if (!g_file_test(program, G_FILE_TEST_IS_EXECUTABLE))
		return;
	ck_assert_int_eq(sh("git init -q repo"), 0);
	ck_assert_int_eq(install("repo"), HOOK_WRITTEN);
	/* What is found by its name is used, wherever the hook was written from. */
	g_autofree char *link = g_strdup_printf("mkdir bin && ln -s '%s' bin/presend", program);
	ck_assert_int_eq(sh(link), 0);
	ck_assert_int_eq(sh("cd repo && echo '<p>{{#if a}}</p>' >a.html && git add . && PATH=\"$PWD/../bin:$PATH\" " COMMIT), 1);
	g_autofree char *out = contents("out");
	ck_assert_ptr_nonnull(strstr(out, "a.html:1:4: error"));
	ck_assert_int_eq(sh("cd repo && echo '<p>{{a}}</p>' >a.html && git add . && echo '<p>{{#if a}}</p>' >a.html && PATH=\"$PWD/../bin:$PATH\" " COMMIT), 0);
	/* Without the program nothing was checked, and that is said. */
	ck_assert_int_eq(sh("cd repo && sed -i 's|^command -v presend .*|presend=/nowhere|' .git/hooks/pre-commit && git add . && " COMMIT), 1);
	g_autofree char *told = contents("out");
	ck_assert_ptr_nonnull(strstr(told, "not checked"));
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("hook");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_new);
	tcase_add_test(tcase, test_foreign);
	tcase_add_test(tcase, test_places);
	tcase_add_test(tcase, test_commit);
	return run_case("hook", tcase);
}
