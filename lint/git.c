/* Role: asks git what is staged or changed, and for the bytes in its index. Git runs as a program of its own, without a shell: it knows about partial
 * commits, working trees that share a repository, sparse ones and formats to come, and linking a library for it would make every start slower.
 * May not: write anything, to the repository either. */
#include "git.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/path.h"

#define GIT_ERROR g_quark_from_static_string("presend-git")

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

static bool fail(GError **error, char *message)
{
	g_set_error_literal(error, GIT_ERROR, 0, message);
	g_free(message);
	return false;
}

/* --- the process ------------------------------------------------------------------------------------------------------------- */

struct process {
	GPid pid;
	FILE *out;
	FILE *problems;            /* its standard error: a file, so that nothing waits */
};

/* Nothing is locked or written by looking, and names are names, whatever signs they hold. */
static char **git_environment(void)
{
	char **environment = g_get_environ();

	environment = g_environ_setenv(environment, "GIT_OPTIONAL_LOCKS", "0", TRUE);
	return g_environ_setenv(environment, "GIT_LITERAL_PATHSPECS", "1", TRUE);
}

/* words: "git" and its arguments, NULL behind the last. folder: where it runs; NULL: here. in: its standard input; NULL: none. */
static bool process_start(struct process *process, const char *const *words, const char *folder, FILE *in, GError **error)
{
	char **environment = git_environment();
	int out = -1;

	*process = (struct process){ .problems = tmpfile() };
	if (!process->problems) {
		g_strfreev(environment);
		return fail(error, g_strdup(g_strerror(errno)));
	}
	bool started = g_spawn_async_with_pipes_and_fds(folder, words, (const gchar *const *)environment,
							 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
							 NULL, in ? fileno(in) : -1, -1, fileno(process->problems), NULL, NULL, 0, &process->pid,
							 NULL, &out, NULL, error);
	g_strfreev(environment);
	if (started)
		process->out = fdopen(out, "r");
	else
		fclose(process->problems);
	return started;
}

/* What it said on standard error: the first line, without the "fatal: " that git puts in front. */
static char *first_problem(FILE *problems)
{
	char line[1000];

	rewind(problems);
	if (!fgets(line, sizeof line, problems))
		return g_strdup("?");
	g_strchomp(line);
	return g_strdup(g_str_has_prefix(line, "fatal: ") ? line + strlen("fatal: ") : line);
}

/* Wait for the end. -1 where it was killed. *problem_out (may be NULL): g_free() it. */
static int process_end(struct process *process, char **problem_out)
{
	int status;

	fclose(process->out);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	g_spawn_close_pid(process->pid);
	if (problem_out)
		*problem_out = first_problem(process->problems);
	fclose(process->problems);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* All that git says. Its exit code, or -1 with *error where it could not be started. *problem_out as above. */
static int ask(const char *const *words, const char *folder, GString *answer, char **problem_out, GError **error)
{
	struct process process;
	char buffer[65536];
	size_t n;

	*problem_out = NULL;
	if (!process_start(&process, words, folder, NULL, error))
		return -1;
	while ((n = fread(buffer, 1, sizeof buffer, process.out)) > 0)
		g_string_append_len(answer, buffer, (gssize)n);
	return process_end(&process, problem_out);
}

/* The same where anything but success is a failure. */
static bool ask_sure(const char *const *words, const char *folder, GString *answer, GError **error)
{
	char *problem;
	int code = ask(words, folder, answer, &problem, error);

	if (code > 0)
		fail(error, g_strdup_printf("git: %s", problem));
	else if (code < 0 && problem)
		fail(error, g_strdup_printf("git: %s", words[1]));
	g_free(problem);
	return code == 0;
}

static void strip_line_end(GString *s)
{
	if (s->len && s->str[s->len - 1] == '\n')
		g_string_truncate(s, s->len - 1);
}

/* --- what there is ----------------------------------------------------------------------------------------------------------- */

struct search {
	const struct git_request *request;
	char *top;                 /* of the working tree, absolute */
	const char *folder;        /* where git runs: top, or NULL where that is here, as hooks need it */
	GPtrArray *names;          /* of the paths asked for, from top; char * */
	GPtrArray *files, *troubles;
	GPtrArray *wanted;         /* struct staged */
};

struct staged {
	char id[72];               /* of the blob, hexadecimal */
	struct input_file *file;   /* in files, when its bytes are there */
};

static bool find_top(struct search *search, GError **error)
{
	static const char *const words[] = { "git", "rev-parse", "--is-inside-work-tree", "--show-prefix", NULL };
	GString *answer = g_string_new(NULL);
	bool good = ask_sure(words, NULL, answer, error);

	if (good && !g_str_has_prefix(answer->str, "true\n"))
		good = fail(error, g_strdup(say(search->request->language, "git: not in a working tree", "git: 作業ツリーの中ではありません")));
	if (good) {
		GString *up = g_string_new(".");
		for (const char *p = answer->str + strlen("true\n"); *p; p++)
			if (*p == '/')
				g_string_append(up, "/..");
		search->top = path_absolute(up->str);
		search->folder = up->len > 1 ? search->top : NULL;
		g_string_free(up, TRUE);
	}
	g_string_free(answer, TRUE);
	return good;
}

/* The path of a file as people see it from here. */
static char *shown_path(const struct search *search, const char *name)
{
	g_autofree char *whole = g_build_filename(search->top, name, NULL);

	return path_relative(".", whole);
}

static void add_trouble(const struct search *search, const char *path, const char *en, const char *ja)
{
	g_ptr_array_add(search->troubles, g_strdup_printf("%s: %s", path, say(search->request->language, en, ja)));
}

/* Would a walk from the top come to the file and take it? */
static bool counts_in_walk(const struct search *search, const char *name)
{
	const struct input_filter *filter = search->request->filter;

	for (const char *slash = strchr(name, '/'); filter && slash; slash = strchr(slash + 1, '/')) {
		g_autofree char *folder = g_strndup(name, (gsize)(slash - name)), *path = shown_path(search, folder);
		if (filter->choose(filter->data, path, true) == INPUT_SKIP)
			return false;
	}
	g_autofree char *path = shown_path(search, name);
	enum input_choice choice = filter ? filter->choose(filter->data, path, false) : INPUT_BY_NAME;
	return choice != INPUT_SKIP && input_counts_in_walk(name, choice == INPUT_TAKE);
}

/* Is it a draft: named, or such that a walk would take it? NULL where it is none. */
static struct input_file *take_file(const struct search *search, const char *name)
{
	bool named = g_ptr_array_find_with_equal_func(search->names, name, g_str_equal, NULL);
	enum template_kind template_kind;
	enum input_kind kind = input_kind_of(name, &template_kind);

	if (!named && !counts_in_walk(search, name))
		return NULL;
	struct input_file *file = g_new0(struct input_file, 1);
	file->path = shown_path(search, name);
	file->kind = kind;
	file->template_kind = template_kind;
	return file;
}

/* One record of diff --raw: ":100644 100644 ID ID M" and a name. */
static void take_record(struct search *search, const char *record, const char *name)
{
	char **words = g_strsplit(record, " ", 5);
	bool regular = g_strv_length(words) == 5 && (strcmp(words[1], "100644") == 0 || strcmp(words[1], "100755") == 0);
	bool unmerged = g_strv_length(words) == 5 && words[4][0] == 'U';
	struct input_file *file = regular || unmerged ? take_file(search, name) : NULL;

	if (file && unmerged) {
		add_trouble(search, file->path, "has conflicts that are not resolved; not checked", "競合が解決されていないため検査していません");
		input_file_free(file);
	} else if (file && search->request->changed_since) {
		g_ptr_array_add(search->files, file);
	} else if (file) {
		struct staged *staged = g_new0(struct staged, 1);
		g_strlcpy(staged->id, words[3], sizeof staged->id);
		staged->file = file;
		g_ptr_array_add(search->wanted, staged);
	}
	g_strfreev(words);
}

static void take_records(struct search *search, const GString *answer)
{
	const char *end = answer->str + answer->len;

	for (const char *record = answer->str; record < end;) {
		const char *name = record + strlen(record) + 1;
		if (name >= end)
			return;
		take_record(search, record, name);
		record = name + strlen(name) + 1;
	}
}

/* The command with "--" and the names behind it. Free the array, not the words. */
static GPtrArray *with_names(const struct search *search, const char *const *words)
{
	GPtrArray *all = g_ptr_array_new();

	for (; *words; words++)
		g_ptr_array_add(all, (gpointer)*words);
	g_ptr_array_add(all, (gpointer) "--");
	for (guint i = 0; i < search->names->len; i++)
		g_ptr_array_add(all, g_ptr_array_index(search->names, i));
	g_ptr_array_add(all, NULL);
	return all;
}

static bool ask_with_names(const struct search *search, const char *const *words, GString *answer, GError **error)
{
	GPtrArray *all = with_names(search, words);
	bool good = ask_sure((const char *const *)all->pdata, search->folder, answer, error);

	g_ptr_array_free(all, TRUE);
	return good;
}

/* Options that keep the configuration of a user from changing what the answer looks like. No renames: a file with a new name is a new file. */
#define DIFF "git", "diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff", "--no-color", "--diff-filter=ACMTU", \
	     "--ignore-submodules=all"

static bool list_staged(struct search *search, GError **error)
{
	static const char *const words[] = { DIFF, "--cached", NULL };
	GString *answer = g_string_new(NULL);
	bool good = ask_with_names(search, words, answer, error);

	if (good)
		take_records(search, answer);
	g_string_free(answer, TRUE);
	return good;
}

/* --- what changed ------------------------------------------------------------------------------------------------------------ */

/* The commit where HEAD left the revision. NULL and *error. */
static char *find_base(const struct search *search, GError **error)
{
	const char *revision = search->request->changed_since;
	enum language language = search->request->language;
	g_autofree char *commit = g_strdup_printf("%s^{commit}", revision);
	const char *const verify[] = { "git", "rev-parse", "--verify", "--quiet", "--end-of-options", commit, NULL };
	GString *answer = g_string_new(NULL);
	char *problem, *base = NULL;
	int code = ask(verify, search->folder, answer, &problem, error);

	g_free(problem);
	if (code == 0) {
		strip_line_end(answer);
		g_autofree char *tip = g_strdup(answer->str);
		const char *const merge_base[] = { "git", "merge-base", tip, "HEAD", NULL };
		g_string_truncate(answer, 0);
		code = ask(merge_base, search->folder, answer, &problem, error);
		g_free(problem);
		if (code == 0) {
			strip_line_end(answer);
			base = g_strdup(answer->str);
		} else if (!error || !*error) {
			fail(error, g_strdup_printf("%s: %s", revision,
						    say(language, "no history in common with HEAD (a shallow clone needs git fetch --unshallow)",
							"HEAD と共通の履歴がありません（shallow clone なら git fetch --unshallow が必要です）")));
		}
	} else if (!error || !*error) {
		fail(error, g_strdup_printf("%s: %s", revision, say(language, "no such revision", "そのようなリビジョンはありません")));
	}
	g_string_free(answer, TRUE);
	return base;
}

/* Files that git neither knows nor ignores: a draft that was not added yet is most in need of a look. */
static bool list_untracked(struct search *search, GError **error)
{
	static const char *const words[] = { "git", "ls-files", "--others", "--exclude-standard", "-z", NULL };
	GString *answer = g_string_new(NULL);
	bool good = ask_with_names(search, words, answer, error);

	for (const char *name = answer->str; good && name < answer->str + answer->len; name += strlen(name) + 1) {
		g_autofree char *whole = g_build_filename(search->top, name, NULL);
		bool regular = g_file_test(whole, G_FILE_TEST_IS_REGULAR) && !g_file_test(whole, G_FILE_TEST_IS_SYMLINK);
		struct input_file *file = regular ? take_file(search, name) : NULL;
		if (file)
			g_ptr_array_add(search->files, file);
	}
	g_string_free(answer, TRUE);
	return good;
}

static bool list_changed(struct search *search, GError **error)
{
	g_autofree char *base = find_base(search, error);
	GString *answer = g_string_new(NULL);
	bool good = false;

	if (base) {
		const char *const words[] = { DIFF, base, NULL };
		good = ask_with_names(search, words, answer, error);
	}
	if (good)
		take_records(search, answer);
	g_string_free(answer, TRUE);
	return good && list_untracked(search, error);
}

/* --- bytes of the index ------------------------------------------------------------------------------------------------------ */

/* Read n bytes, keeping LIMIT_INPUT_BYTES of them. */
static bool read_blob(FILE *in, size_t n, struct input_bytes *out)
{
	size_t kept = MIN(n, LIMIT_INPUT_BYTES);
	char *buffer = g_malloc(MAX(kept, 1)), rest[4096];

	*out = (struct input_bytes){ .bytes = span_of(buffer, kept), .cut = kept < n, .storage = buffer };
	bool good = fread(buffer, 1, kept, in) == kept;
	for (size_t left = n - kept; good && left > 0;) {
		size_t got = fread(rest, 1, MIN(left, sizeof rest), in);
		good = got > 0;
		left -= got;
	}
	return good && getc(in) == '\n';
}

/* Git LFS keeps a few lines in the index instead of the file. The file beside them is what is meant, if its hash says so. */
static bool take_lfs(struct input_file *file)
{
	enum { HASH_CHARACTERS = 64 };
	struct span bytes = file->content.bytes, oid = SPAN_LIT("\noid sha256:");
	size_t at = span_find(bytes, oid, 0) + oid.n;
	struct input_bytes working;

	if (at + HASH_CHARACTERS > bytes.n || !input_read(file->path, &working, NULL))
		return false;
	g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)working.bytes.p, working.bytes.n);
	if (working.cut || strncmp(hash, bytes.p + at, HASH_CHARACTERS) != 0) {
		input_bytes_release(&working);
		return false;
	}
	input_bytes_release(&file->content);
	file->content = working;
	return true;
}

static void take_blob(struct search *search, struct staged *staged)
{
	struct input_file *file = staged->file;

	if (span_starts(file->content.bytes, SPAN_LIT("version https://git-lfs.github.com/spec/")) && !take_lfs(file)) {
		add_trouble(search, file->path, "is kept by Git LFS, and the file here is not what is staged; not checked",
			    "Git LFS の管理下にあり、手元のファイルはステージされた内容と違うため検査していません");
		return;
	}
	file->has_content = true;
	g_ptr_array_add(search->files, file);
	staged->file = NULL;
}

/* "ID blob SIZE" and the bytes, or "ID missing". */
static bool read_answer(struct search *search, struct staged *staged, FILE *out)
{
	char line[200], kind[20];
	size_t size;

	if (!fgets(line, sizeof line, out))
		return false;
	if (sscanf(line, "%*s %19s %zu", kind, &size) != 2 || strcmp(kind, "blob") != 0) {
		add_trouble(search, staged->file->path, "git does not have its content; not checked", "git に内容がないため検査していません");
		return true;
	}
	if (!read_blob(out, size, &staged->file->content))
		return false;
	take_blob(search, staged);
	return true;
}

/* The bytes as they are in the index, which is what will be committed, without the filters of a checkout. One process for all. */
static bool read_staged(struct search *search, GError **error)
{
	static const char *const words[] = { "git", "cat-file", "--batch", NULL };
	struct process process;
	FILE *ids = tmpfile();
	char *problem;

	if (!ids)
		return fail(error, g_strdup(g_strerror(errno)));
	for (guint i = 0; i < search->wanted->len; i++)
		fprintf(ids, "%s\n", ((const struct staged *)g_ptr_array_index(search->wanted, i))->id);
	rewind(ids);
	if (!process_start(&process, words, search->folder, ids, error)) {
		fclose(ids);
		return false;
	}
	bool good = true;
	for (guint i = 0; good && i < search->wanted->len; i++)
		good = read_answer(search, g_ptr_array_index(search->wanted, i), process.out);
	int code = process_end(&process, &problem);
	fclose(ids);
	good = good && code == 0;
	if (!good)
		fail(error, g_strdup_printf("git cat-file: %s", problem));
	g_free(problem);
	return good;
}

/* --- all of it --------------------------------------------------------------------------------------------------------------- */

static void staged_free(gpointer data)
{
	struct staged *staged = data;

	input_file_free(staged->file);
	g_free(staged);
}

bool git_collect(const struct git_request *request, GPtrArray *files, GPtrArray *troubles, GError **error)
{
	struct search search = { .request = request,
				 .names = g_ptr_array_new_with_free_func(g_free),
				 .files = files,
				 .troubles = troubles,
				 .wanted = g_ptr_array_new_with_free_func(staged_free) };
	bool good = find_top(&search, error);

	for (size_t i = 0; good && i < request->n_paths; i++)
		g_ptr_array_add(search.names, path_relative(search.top, request->paths[i]));
	if (good && request->changed_since)
		good = list_changed(&search, error);
	else if (good)
		good = list_staged(&search, error);
	if (good && search.wanted->len)
		good = read_staged(&search, error);
	g_ptr_array_free(search.wanted, TRUE);
	g_ptr_array_free(search.names, TRUE);
	g_free(search.top);
	return good;
}

char *git_hook_path(const char *folder, const char *hook, enum language language, GError **error)
{
	g_autofree char *name = g_strdup_printf("hooks/%s", hook);
	const char *const path_words[] = { "git", "rev-parse", "--git-path", name, NULL };
	const char *const scope_words[] = { "git", "config", "--show-scope", "--get", "core.hooksPath", NULL };
	GString *path = g_string_new(NULL), *scope = g_string_new(NULL);
	char *problem, *result = NULL;

	if (ask_sure(path_words, folder, path, error)) {
		strip_line_end(path);
		int code = ask(scope_words, folder, scope, &problem, error);
		g_free(problem);
		if (code == 0 && !g_str_has_prefix(scope->str, "local") && !g_str_has_prefix(scope->str, "worktree"))
			fail(error, g_strdup_printf("%s: %s", path->str,
						    say(language, "all repositories of this machine have their hooks there (core.hooksPath); left alone",
							"このマシンのすべてのリポジトリーが使うフックの場所です（core.hooksPath）。書き込みません")));
		else if (code >= 0)
			result = g_path_is_absolute(path->str) || strcmp(folder, ".") == 0 ? g_strdup(path->str) :
											     g_build_filename(folder, path->str, NULL);
	}
	g_string_free(path, TRUE);
	g_string_free(scope, TRUE);
	return result;
}
