/* Tests of lint/mail/input.c: kinds by name, folders, Maildir, reading, mbox. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "mail/input.h"

/* --- kinds --------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *path;
	enum input_kind kind;
	enum template_kind template_kind;
} kinds[] = {
	{ "a.eml", INPUT_MESSAGE, TEMPLATE_NONE },
	{ "a.EML", INPUT_MESSAGE, TEMPLATE_NONE },
	{ "a.mbox", INPUT_MESSAGE, TEMPLATE_NONE },
	{ "draft", INPUT_MESSAGE, TEMPLATE_NONE },
	{ "cur/1700000000.M1P2.host:2,S", INPUT_MESSAGE, TEMPLATE_NONE },
	{ "templates.html/a.eml", INPUT_MESSAGE, TEMPLATE_NONE },
	{ "a.html", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "a.htm", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "dir/a.mjml", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "a.txt", INPUT_TEMPLATE, TEMPLATE_TEXT },
	{ "a.md", INPUT_TEMPLATE, TEMPLATE_MARKDOWN },
	{ "weekly.html.j2", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "weekly.txt.jinja2", INPUT_TEMPLATE, TEMPLATE_TEXT },
	{ "weekly.text.erb", INPUT_TEMPLATE, TEMPLATE_TEXT },
	{ "weekly.md.liquid", INPUT_TEMPLATE, TEMPLATE_MARKDOWN },
	{ "weekly.txt.gotmpl", INPUT_TEMPLATE, TEMPLATE_TEXT },
	{ "weekly.html.handlebars", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "weekly.txt.django", INPUT_TEMPLATE, TEMPLATE_TEXT },
	{ "weekly.html.php", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "weekly.php", INPUT_MESSAGE, TEMPLATE_NONE },
	{ "weekly.eml.j2", INPUT_TEMPLATE, TEMPLATE_MESSAGE },
	{ "welcome.hbs", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "welcome.mustache", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "welcome.jinja", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "welcome.ejs", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "welcome.twig", INPUT_TEMPLATE, TEMPLATE_HTML },
	{ "", INPUT_MESSAGE, TEMPLATE_NONE },
};

START_TEST(kind)
{
	enum template_kind template_kind;

	ck_assert_msg(input_kind_of(kinds[_i].path, &template_kind) == kinds[_i].kind, "%s", kinds[_i].path);
	ck_assert_msg(template_kind == kinds[_i].template_kind, "%s: %d", kinds[_i].path, template_kind);
}
END_TEST

static const struct {
	const char *text;
	bool message;
} texts[] = {
	{ "From: <news@hanami-books.jp>\nDate: Tue, 24 Nov 2026 00:00:00 +0000\n\nMay\n", true },
	{ "From: <news@hanami-books.jp>\nReceived: by mx.hanami-reader.jp\n\nMay\n", true },
	{ "From news@hanami-books.jp Tue Nov 24 00:00:00 2026\n", true },
	/* A bounce without From. */
	{ "Return-Path: <>\nReceived: by mx.hanami-reader.jp;\n Tue, 24 Nov 2026 00:00:00 +0000\nSubject: failed\nMIME-Version: 1.0\n\nText\n", true },
	/* What a template begins with. */
	{ "Subject: May\nFrom: <news@hanami-books.jp>\n\nMay\n", false },
	{ "Date: 24 November\nPlace: Kyoto\n\nMay\n", false },
	{ "Received: your order\n\nThank you.\n", false },
	{ "Dear readers,\nReturn-Path: and Date: are fields\n", false },
	{ "", false },
};

START_TEST(text_holds_message)
{
	ck_assert_msg(input_holds_message(span_str(texts[_i].text)) == texts[_i].message, "%s", texts[_i].text);
}
END_TEST

/* --- folders ------------------------------------------------------------------------------------------------------------------- */

static char *folder;

static void folder_setup(void)
{
	folder = g_dir_make_tmp("presend-input-XXXXXX", NULL);
	ck_assert_ptr_nonnull(folder);
}

static void remove_all(const char *path)
{
	GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

	if (dir) {
		const char *name;
		while ((name = g_dir_read_name(dir))) {
			char *child = g_build_filename(path, name, NULL);
			remove_all(child);
			g_free(child);
		}
		g_dir_close(dir);
	}
	g_remove(path);
}

static void folder_teardown(void)
{
	remove_all(folder);
	g_free(folder);
}

static char *in_folder(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

static void put(const char *name, const char *content)
{
	char *path = in_folder(name);
	char *parent = g_path_get_dirname(path);

	ck_assert_int_eq(g_mkdir_with_parents(parent, 0700), 0);
	ck_assert(g_file_set_contents(path, content, -1, NULL));
	g_free(parent);
	g_free(path);
}

static void make_folder(const char *name)
{
	char *path = in_folder(name);

	ck_assert_int_eq(g_mkdir_with_parents(path, 0700), 0);
	g_free(path);
}

/* The names found below the test folder, "+" in front of templates, then errors ("!") and remarks ("?"), in one string. */
static char *expanded(char *const *paths, size_t n, const char *stdin_name)
{
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *remarks = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *files = input_expand(paths, n, stdin_name, NULL, errors, remarks);
	GString *out = g_string_new(NULL);
	size_t skip = strlen(folder) + 1;

	for (guint i = 0; i < files->len; i++) {
		struct input_file *file = g_ptr_array_index(files, i);
		bool below = g_str_has_prefix(file->path, folder);
		g_string_append_printf(out, "%s%s%s ", file->kind == INPUT_TEMPLATE ? "+" : "", file->is_stdin ? "stdin:" : "",
				       file->path + (below ? skip : 0));
		input_file_free(file);
	}
	for (guint i = 0; i < errors->len; i++)
		g_string_append_printf(out, "!%s ", (char *)g_ptr_array_index(errors, i) + skip);
	for (guint i = 0; i < remarks->len; i++)
		g_string_append_printf(out, "?%s ", (char *)g_ptr_array_index(remarks, i) + strlen(folder));
	g_ptr_array_free(files, TRUE);
	g_ptr_array_free(errors, TRUE);
	g_ptr_array_free(remarks, TRUE);
	return g_string_free(out, FALSE);
}

static void assert_expanded(const char *want)
{
	char *got = expanded(&folder, 1, NULL);

	ck_assert_str_eq(got, want);
	g_free(got);
}

START_TEST(folder_walk)
{
	put("b.eml", "");
	put("a/z.html", "");
	put("a/weekly.txt.j2", "");
	put("a/README.md", "");
	put("notes.txt", "");
	put("list.mbox", "");
	put("picture.png", "");
	put("deploy.yaml.j2", "");
	put(".hidden.eml", "");
	put(".git/x.eml", "");
	put("node_modules/p/x.html", "");
	put("B.eml", "");
	assert_expanded("B.eml +a/weekly.txt.j2 +a/z.html b.eml list.mbox ");
}
END_TEST

START_TEST(maildir)
{
	put("Mail/cur/1.host:2,S", "");
	put("Mail/new/2.host", "");
	put("Mail/new/page.html", "");
	put("Mail/tmp/3.host", "");
	put("Mail/index.dat", "");
	put("other/cur/4.host", ""); /* no Maildir: new and tmp are missing */
	assert_expanded("Mail/cur/1.host:2,S Mail/new/2.host Mail/new/page.html ");
}
END_TEST

START_TEST(empty_folder)
{
	put("README.md", "");
	assert_expanded("?: no drafts in this folder ");
}
END_TEST

START_TEST(links)
{
	char *loop = in_folder("sub/loop"), *link_path = in_folder("link.eml"), *dangling = in_folder("dangling.eml");

	put("sub/a.eml", "");
	put("target", "");
	ck_assert_int_eq(symlink(folder, loop), 0);
	ck_assert_int_eq(symlink("target", link_path), 0);
	ck_assert_int_eq(symlink("nowhere", dangling), 0);
	assert_expanded("link.eml sub/a.eml ");
	g_free(loop);
	g_free(link_path);
	g_free(dangling);
}
END_TEST

START_TEST(pipes_are_no_drafts)
{
	char *pipe_path = in_folder("pipe.eml");

	put("a.eml", "");
	ck_assert_int_eq(mkfifo(pipe_path, 0600), 0);
	assert_expanded("a.eml ");
	g_free(pipe_path);
}
END_TEST

START_TEST(named_paths)
{
	char *paths[] = { in_folder("z"), in_folder("missing.eml"), in_folder("notes.txt"), g_strdup("-") };

	put("z", "");
	put("notes.txt", "");
	char *got = expanded(paths, 4, "weekly.html");
	ck_assert_str_eq(got, "z +notes.txt +stdin:weekly.html !missing.eml: No such file or directory ");
	g_free(got);
	got = expanded(paths + 3, 1, NULL);
	ck_assert_str_eq(got, "stdin:- ");
	g_free(got);
	for (size_t i = 0; i < 4; i++)
		g_free(paths[i]);
}
END_TEST

START_TEST(deep_folders)
{
	GString *path = g_string_new("d");

	for (int i = 0; i < LIMIT_FOLDER_DEPTH + 5; i++)
		g_string_append(path, "/d");
	make_folder(path->str);
	char *got = expanded(&folder, 1, NULL);
	ck_assert_ptr_nonnull(strstr(got, "nested too deeply"));
	g_free(got);
	g_string_free(path, TRUE);
}
END_TEST

/* --- reading ------------------------------------------------------------------------------------------------------------------- */

START_TEST(reading)
{
	struct input_bytes bytes;
	GError *error = NULL;
	char *path = in_folder("a.eml");

	ck_assert(g_file_set_contents(path, "a\0b", 3, NULL));
	ck_assert(input_read(path, &bytes, &error));
	ck_assert_ptr_null(error);
	ck_assert(span_eq(bytes.bytes, span_of("a\0b", 3)));
	ck_assert(!bytes.cut);
	input_bytes_release(&bytes);
	ck_assert_uint_eq(bytes.bytes.n, 0);

	ck_assert(g_file_set_contents(path, "", 0, NULL));
	ck_assert(input_read(path, &bytes, &error));
	ck_assert_uint_eq(bytes.bytes.n, 0);
	input_bytes_release(&bytes);
	g_free(path);
}
END_TEST

START_TEST(reading_fails)
{
	struct input_bytes bytes;
	GError *error = NULL;
	char *path = in_folder("missing");

	ck_assert(!input_read(path, &bytes, &error));
	ck_assert_str_eq(error->message, g_strerror(ENOENT));
	g_clear_error(&error);
	ck_assert(!input_read(folder, &bytes, &error));
	ck_assert_str_eq(error->message, g_strerror(EISDIR));
	g_clear_error(&error);
	input_bytes_release(&bytes);
	g_free(path);
}
END_TEST

/* A sparse file is longer than the cap without filling the disk. */
START_TEST(reading_is_capped)
{
	struct input_bytes bytes;
	char *path = in_folder("big.eml");
	int descriptor = open(path, O_CREAT | O_WRONLY, 0600);

	ck_assert_int_ge(descriptor, 0);
	ck_assert_int_eq(ftruncate(descriptor, (off_t)LIMIT_INPUT_BYTES), 0);
	ck_assert(input_read(path, &bytes, NULL));
	ck_assert(!bytes.cut);
	ck_assert_uint_eq(bytes.bytes.n, LIMIT_INPUT_BYTES);
	input_bytes_release(&bytes);
	ck_assert_int_eq(ftruncate(descriptor, (off_t)LIMIT_INPUT_BYTES + 1), 0);
	ck_assert(input_read(path, &bytes, NULL));
	ck_assert(bytes.cut);
	ck_assert_uint_eq(bytes.bytes.n, LIMIT_INPUT_BYTES);
	input_bytes_release(&bytes);
	close(descriptor);
	g_free(path);
}
END_TEST

/* Standard input from a pipe, in pieces, and much longer than the first buffer. */
START_TEST(reading_standard_input)
{
	int ends[2];
	struct input_bytes bytes;

	ck_assert_int_eq(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		for (int i = 0; i < 30000; i++) {
			if (write(ends[1], "0123456789", 10) != 10)
				_exit(1);
		}
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_ge(dup2(ends[0], STDIN_FILENO), 0);
	ck_assert(input_read("-", &bytes, NULL));
	ck_assert_uint_eq(bytes.bytes.n, 300000);
	ck_assert_int_eq(bytes.bytes.p[299999], '9');
	input_bytes_release(&bytes);
	close(ends[0]);
}
END_TEST

/* --- mbox ---------------------------------------------------------------------------------------------------------------------- */

#define FROM "From a@example.com Sat Jan  1 00:00:00 2022"

/* want: the messages, each in <>; "mbox" in front where the file is one. */
static const struct {
	const char *name, *in, *want;
} mboxes[] = {
	{ "empty", "", "<>" },
	{ "message", "Subject: a\n\nb\n", "<Subject: a||b|>" },
	{ "separators do not count in a message", "Subject: a\n\n" FROM "\nb\n", "<Subject: a||" FROM "|b|>" },
	{ "one", FROM "\nSubject: a\n\nb\n\n", "mbox<Subject: a||b||>" },
	{ "two", FROM "\nS: a\n\nb\n\n" FROM "\nS: c\n\nd\n\n", "mbox<S: a||b|><S: c||d|>" },
	{ "two without last empty line", FROM "\nS: a\n\nb\n\n" FROM "\nS: c\n\nd", "mbox<S: a||b|><S: c||d>" },
	{ "crlf", FROM "\r\nS: a\r\n\r\nb\r\n\r\n" FROM "\r\nS: c\r\n", "mbox<S: a||b|><S: c|>" },
	{ "no empty line before", FROM "\nS: a\n\nb\n" FROM "\nc\n", "mbox<S: a||b|" FROM "|c|>" },
	{ "prose", FROM "\nS: a\n\nFrom here on, all is new.\n\nFrom Sat Jan on\n", "mbox<S: a||From here on, all is new.||From Sat Jan on|>" },
	{ "no address", FROM "\nS: a\n\nFrom Sat Jan  1 00:00:00 2022\n", "mbox<S: a||From Sat Jan  1 00:00:00 2022|>" },
	{ "quoted", FROM "\nS: a\n\n>" FROM "\n", "mbox<S: a||>" FROM "|>" },
	{ "any first line", "From somebody\nS: a\n\nb\n", "mbox<S: a||b|>" },
	{ "only a separator", FROM, "mbox<>" },
	{ "dates", FROM "\n\n\nFrom - Sat Jan 1 00:00 2022\n1\n\nFrom b Mon Feb 28 01:02:03 +0900 2022\n2\n\nFrom c Mon Feb 28 01:02:03 2022 +0900\n3\n",
	  "mbox<|><1|><2|><3|>" },
	{ "not dates", FROM "\nx\n\nFrom b Mon Feb 28 01:02:03\n\nFrom b Mon Foo 28 01:02:03 2022\n\nFrom b Mon Feb 28 2022\n",
	  "mbox<x||From b Mon Feb 28 01:02:03||From b Mon Foo 28 01:02:03 2022||From b Mon Feb 28 2022|>" },
};

START_TEST(mbox)
{
	struct arena *arena = arena_new();
	size_t length = strlen(mboxes[_i].in), n = 0;
	char *bytes = g_malloc(length ? length : 1);
	bool is_mbox = false;
	GString *got = g_string_new(NULL);

	memcpy(bytes, mboxes[_i].in, length);
	struct range *ranges = input_split_mbox(arena, span_of(bytes, length), &n, &is_mbox);
	ck_assert_uint_ge(n, 1);
	if (is_mbox)
		g_string_append(got, "mbox");
	for (size_t i = 0; i < n; i++) {
		g_string_append_c(got, '<');
		for (size_t k = ranges[i].start; k < ranges[i].end; k++) {
			if (bytes[k] == '\n')
				g_string_append_c(got, '|');
			else if (bytes[k] != '\r')
				g_string_append_c(got, bytes[k]);
		}
		g_string_append_c(got, '>');
	}
	ck_assert_msg(strcmp(got->str, mboxes[_i].want) == 0, "%s:\n got  %s\n want %s", mboxes[_i].name, got->str, mboxes[_i].want);
	g_string_free(got, TRUE);
	g_free(bytes);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("input");
	TCase *names = tcase_create("names");
	TCase *files = tcase_create("files");

	tcase_add_loop_test(names, kind, 0, G_N_ELEMENTS(kinds));
	tcase_add_loop_test(names, text_holds_message, 0, G_N_ELEMENTS(texts));
	tcase_add_loop_test(names, mbox, 0, G_N_ELEMENTS(mboxes));
	suite_add_tcase(suite, names);
	tcase_add_checked_fixture(files, folder_setup, folder_teardown);
	tcase_set_timeout(files, 30);
	tcase_add_test(files, folder_walk);
	tcase_add_test(files, maildir);
	tcase_add_test(files, empty_folder);
	tcase_add_test(files, links);
	tcase_add_test(files, pipes_are_no_drafts);
	tcase_add_test(files, named_paths);
	tcase_add_test(files, deep_folders);
	tcase_add_test(files, reading);
	tcase_add_test(files, reading_fails);
	tcase_add_test(files, reading_is_capped);
	tcase_add_test(files, reading_standard_input);
	suite_add_tcase(suite, files);

	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
