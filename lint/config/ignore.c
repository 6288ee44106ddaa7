/* Ignore files by folder, and who has the last word on an entry. Reads ignore files only; what a pattern means is known to paths.c. */
#include "config/ignore.h"

#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "config/files.h"

struct folder {
	const char *path;              /* absolute */
	const struct folder *above;    /* NULL: this is "/" */
	const struct config_chain *chain;
	bool in_work_tree;             /* of git */
	bool is_top;                   /* .git lies here */
	const struct glob_set *own;    /* .presendignore; NULL: none */
	const struct glob_set *git;    /* .gitignore; NULL: none, or no working tree */
	const struct glob_set *git_exclude; /* .git/info/exclude */
};

struct ignore {
	struct arena *arena;
	struct config_finder *finder;
	GHashTable *folders;           /* path to struct folder */
};

struct ignore *ignore_new(struct config_finder *finder)
{
	struct ignore *ignore = g_new0(struct ignore, 1);

	ignore->arena = arena_new();
	ignore->finder = finder;
	ignore->folders = g_hash_table_new(g_str_hash, g_str_equal);
	return ignore;
}

void ignore_free(struct ignore *ignore)
{
	if (!ignore)
		return;
	g_hash_table_destroy(ignore->folders);
	arena_free(ignore->arena);
	g_free(ignore);
}

static const struct glob_set *read_patterns(struct ignore *ignore, const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	struct glob_set *set = NULL;
	struct span bytes;
	int number;

	/* As git does: one that cannot be read is none. */
	if (file_read_small(ignore->arena, path, LIMIT_IGNORE_BYTES, &bytes, &number) == FILE_READ) {
		set = glob_set_new(ignore->arena);
		glob_set_add_file(set, ignore->arena, span_cut(bytes, 0, LIMIT_IGNORE_BYTES));
	}
	g_free(path);
	return set;
}

static const struct folder *folder_of(struct ignore *ignore, const char *path)
{
	struct folder *folder = g_hash_table_lookup(ignore->folders, path);

	if (folder)
		return folder;
	folder = ARENA_NEW(ignore->arena, struct folder);
	folder->path = arena_copy(ignore->arena, span_str(path));
	if (strcmp(path, "/") != 0) {
		char *above = g_path_get_dirname(path);
		folder->above = folder_of(ignore, above);
		g_free(above);
	}
	folder->chain = config_chain_of(ignore->finder, path);
	char *git = g_build_filename(path, ".git", NULL);
	folder->is_top = access(git, F_OK) == 0;
	g_free(git);
	folder->in_work_tree = folder->is_top || (folder->above && folder->above->in_work_tree);
	folder->own = read_patterns(ignore, path, ".presendignore");
	if (folder->in_work_tree)
		folder->git = read_patterns(ignore, path, ".gitignore");
	if (folder->is_top)
		folder->git_exclude = read_patterns(ignore, path, ".git/info/exclude");
	g_hash_table_insert(ignore->folders, (gpointer)folder->path, folder);
	return folder;
}

static enum glob_verdict match_below(const struct glob_set *set, const char *base, const char *path, bool is_folder)
{
	const char *below = set ? file_relative(path, base) : NULL;

	return below && *below ? glob_set_match(set, below, is_folder) : GLOB_SILENT;
}

static enum glob_verdict by_own(const struct folder *folder, const char *path, bool is_folder)
{
	enum glob_verdict verdict = GLOB_SILENT;

	for (const struct folder *at = folder; at && verdict == GLOB_SILENT; at = at->above)
		verdict = match_below(at->own, at->path, path, is_folder);
	for (size_t i = folder->chain->n; i > 0 && verdict == GLOB_SILENT; i--)
		verdict = match_below(folder->chain->files[i - 1]->exclude, folder->chain->files[i - 1]->base, path, is_folder);
	return verdict;
}

static enum glob_verdict by_git(const struct folder *folder, const char *path, bool is_folder)
{
	for (const struct folder *at = folder; at && at->in_work_tree; at = at->above) {
		enum glob_verdict verdict = match_below(at->git, at->path, path, is_folder);
		if (verdict == GLOB_SILENT)
			verdict = match_below(at->git_exclude, at->path, path, is_folder);
		if (verdict != GLOB_SILENT || at->is_top)
			return verdict;
	}
	return GLOB_SILENT;
}

bool ignore_covers(struct ignore *ignore, const char *path, bool is_folder)
{
	char *parent = g_path_get_dirname(path);
	const struct folder *folder = folder_of(ignore, parent);
	enum glob_verdict verdict = by_own(folder, path, is_folder);

	if (verdict == GLOB_SILENT)
		verdict = by_git(folder, path, is_folder);
	g_free(parent);
	return verdict == GLOB_MATCH;
}

bool ignore_covers_named(struct ignore *ignore, const char *path, bool is_folder)
{
	char *name = g_strdup(path);
	bool covered = false;

	/* From the outermost folder on: what lies in a folder that is left out cannot be taken back. */
	for (char *end = name; end && !covered;) {
		end = strchr(end + 1, '/');
		if (end)
			*end = '\0';
		char *parent = g_path_get_dirname(name);
		covered = by_own(folder_of(ignore, parent), name, end ? true : is_folder) == GLOB_MATCH;
		g_free(parent);
		if (end)
			*end = '/';
	}
	g_free(name);
	return covered;
}
