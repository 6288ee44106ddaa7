/* Paths as words: what is shared, what is gone up, slashes and dots. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/path.h"
#include "draft_file.h"

static const struct {
	const char *folder, *path, *want;
} rows[] = {
	{ "/w", "/w/a.eml", "a.eml" },	       { "/w/", "/w//d/./a.eml", "d/a.eml" }, { "/w", "/w/d/../a.eml", "a.eml" },
	{ "/w/d", "/w/a.eml", "../a.eml" },    { "/w/d/e", "/w/f/a.eml", "../../f/a.eml" },
	{ "/w/dr", "/w/drafts/a.eml", "../drafts/a.eml" }, /* one name begins the other */
	{ "/w/drafts", "/w/dr/a.eml", "../dr/a.eml" },
	{ "/", "/a.eml", "a.eml" },	       { "/w/d", "/", "../.." },	     { "/", "/", "." },
	{ "/w", "/w", "." },		       { "/w/d", "/w", ".." },		     { "/w", "/../w/a.eml", "a.eml" },
	{ "/w", "/w/\xff \n", "\xff \n" },
};

START_TEST(test_relative)
{
	char *got = path_relative(rows[_i].folder, rows[_i].path);

	ck_assert_msg(strcmp(got, rows[_i].want) == 0, "%s from %s: %s, not %s", rows[_i].path, rows[_i].folder, got, rows[_i].want);
	g_free(got);
}
END_TEST

/* Relative paths count from the working folder. */
START_TEST(test_working_folder)
{
	char *here = g_get_current_dir(), *a = path_relative(here, "d/./a.eml"), *b = path_relative("d", "a.eml"), *c = path_absolute("x/../y");
	char *want = g_build_filename(here, "y", NULL);

	ck_assert_str_eq(a, "d/a.eml");
	ck_assert_str_eq(b, "../a.eml");
	ck_assert_str_eq(c, want);
	g_free(here);
	g_free(a);
	g_free(b);
	g_free(c);
	g_free(want);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("path");

	tcase_add_loop_test(tcase, test_relative, 0, N_ROWS(rows));
	tcase_add_test(tcase, test_working_folder);
	return run_case("path", tcase);
}
