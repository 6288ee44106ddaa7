/* Finds configuration files upwards and follows "extends". Looks at no draft, and merges nothing: the order is all it decides. */
#include "config/discover.h"

#include <string.h>

#include "base/limits.h"
#include "config/files.h"

static const char *const file_names[] = { "presend.toml", ".presend.toml" };

struct config_finder {
	struct arena *arena;
	struct config_faults faults;
	char *working_directory;
	const struct config_chain *fixed; /* of --config and --isolated; NULL: look for files */
	GHashTable *folders;              /* absolute path, owned by the table, to struct config_chain */
};

static const char *say(const struct config_finder *finder, const char *en, const char *ja)
	__attribute__((format_arg(2), format_arg(3)));

static const char *say(const struct config_finder *finder, const char *en, const char *ja)
{
	return finder->faults.language == LANGUAGE_JA ? ja : en;
}

/* As it is to be printed: short where it lies below the working directory. */
static const char *shown_path(const struct config_finder *finder, const char *path)
{
	const char *below = file_relative(path, finder->working_directory);

	return below && *below ? below : path;
}

/* A file that could not be read, for faults that are told of it. */
static struct config_file *stand_in(struct config_finder *finder, const char *path)
{
	struct config_file *file = ARENA_NEW(finder->arena, struct config_file);

	file->path = arena_copy(finder->arena, span_str(shown_path(finder, path)));
	return file;
}

/* path: absolute. base NULL: the file's own folder. NULL where there is no such file. */
static const struct config_file *read_file(struct config_finder *finder, const char *path, const char *base)
{
	struct span bytes;
	int number;
	enum file_state state = file_read_small(finder->arena, path, LIMIT_CONFIG_BYTES, &bytes, &number);

	if (state == FILE_ABSENT)
		return NULL;
	if (state == FILE_TROUBLE) {
		struct config_file *file = stand_in(finder, path);
		config_fault(&finder->faults, file, (struct toml_place){ 1, 1 }, "%s", g_strerror(number));
		return file;
	}
	char *folder = g_path_get_dirname(path);
	const struct config_file *file =
		config_read(finder->arena, bytes, shown_path(finder, path), folder, base ? base : folder, &finder->faults);
	g_free(folder);
	return file;
}

/* --- extends ----------------------------------------------------------------------------------------------------------------- */

/* Add what a file extends, then the file. open: absolute paths of the files that led here. */
static void add_with_bases(struct config_finder *finder, const struct config_file *file, GPtrArray *open, GPtrArray *chain);

static void add_base(struct config_finder *finder, const struct config_file *file, const struct toml_node *name, GPtrArray *open,
		     GPtrArray *chain)
{
	char *path = file_absolute(name->string, file->folder);
	const struct config_file *base = NULL;

	if (g_ptr_array_find_with_equal_func(open, path, g_str_equal, NULL))
		config_fault(&finder->faults, file, name->place, say(finder, "\"%s\" extends this file in turn", "「%s」とこのファイルが互いに extends しています"),
			     name->string);
	else if (open->len + chain->len >= LIMIT_CONFIG_FILES)
		config_fault(&finder->faults, file, name->place, say(finder, "too many configuration files in force, up to \"%s\"", "適用される設定ファイルが多すぎます（「%s」まで）"),
			     name->string);
	else if (!(base = read_file(finder, path, file->base)))
		config_fault(&finder->faults, file, name->place, say(finder, "there is no file \"%s\"", "ファイル「%s」がありません"), name->string);
	if (base) {
		g_ptr_array_add(open, path);
		add_with_bases(finder, base, open, chain);
		g_ptr_array_remove_index(open, open->len - 1);
	}
	g_free(path);
}

static void add_with_bases(struct config_finder *finder, const struct config_file *file, GPtrArray *open, GPtrArray *chain)
{
	const struct toml_node *extends = file->top.values[KEY_EXTENDS];

	for (size_t i = 0; extends && config_string(extends, i); i++)
		add_base(finder, file, config_string(extends, i), open, chain);
	g_ptr_array_add(chain, (gpointer)file);
}

/* --- chains ------------------------------------------------------------------------------------------------------------------ */

static const char *const *list_names(struct arena *arena, const GPtrArray *files)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < files->len; i++) {
		const struct config_file *file = g_ptr_array_index(files, i);
		for (size_t k = 0; k < file->n_lists; k++)
			if (!g_ptr_array_find_with_equal_func(names, file->lists[k].list, g_str_equal, NULL))
				g_ptr_array_add(names, (gpointer)file->lists[k].list);
	}
	const char **copy = ARENA_ARRAY(arena, const char *, names->len + 1);
	for (guint i = 0; i < names->len; i++)
		copy[i] = g_ptr_array_index(names, i);
	g_ptr_array_free(names, TRUE);
	return copy;
}

/* A path may only be given a list that there is. */
static void check_lists(struct config_finder *finder, const struct config_file *file, const char *const *lists)
{
	for (size_t i = 0; i < file->n_paths; i++) {
		const struct toml_node *list = file->paths[i].values[KEY_LIST];
		if (!list || g_strv_contains((const gchar *const *)lists, list->string))
			continue;
		config_fault_word(&finder->faults, file, list->place, word_nearest(list->string, lists),
				  say(finder, "there is no table [lists] with the name", "[lists] にない名前です:"), list->string);
	}
}

/* n_known: files of the chain that were checked before. */
static const struct config_chain *make_chain(struct config_finder *finder, const GPtrArray *files, guint n_known)
{
	struct config_chain *chain = ARENA_NEW(finder->arena, struct config_chain);
	const struct config_file **copy = ARENA_ARRAY(finder->arena, const struct config_file *, files->len + 1);

	for (guint i = 0; i < files->len; i++)
		copy[i] = g_ptr_array_index(files, i);
	chain->files = copy;
	chain->n = files->len;
	chain->lists = list_names(finder->arena, files);
	for (guint i = n_known; i < files->len; i++)
		check_lists(finder, copy[i], chain->lists);
	return chain;
}

static const struct config_chain *empty_chain(struct config_finder *finder)
{
	GPtrArray *none = g_ptr_array_new();
	const struct config_chain *chain = make_chain(finder, none, 0);

	g_ptr_array_free(none, TRUE);
	return chain;
}

/* above: the chain of the folder above; NULL where nothing above counts. path: absolute. */
static const struct config_chain *chain_with(struct config_finder *finder, const struct config_chain *above, const struct config_file *file,
					     char *path)
{
	GPtrArray *files = g_ptr_array_new(), *open = g_ptr_array_new();
	guint n_known = above ? (guint)above->n : 0;

	for (guint i = 0; i < n_known; i++)
		g_ptr_array_add(files, (gpointer)above->files[i]);
	g_ptr_array_add(open, path);
	add_with_bases(finder, file, open, files);
	const struct config_chain *chain = make_chain(finder, files, n_known);
	g_ptr_array_free(open, TRUE);
	g_ptr_array_free(files, TRUE);
	return chain;
}

/* The file of one folder; *path_out: its absolute path, to be freed. */
static const struct config_file *file_in(struct config_finder *finder, const char *folder, char **path_out)
{
	const struct config_file *found = NULL;

	*path_out = NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(file_names); i++) {
		char *path = g_build_filename(folder, file_names[i], NULL);
		const struct config_file *file = read_file(finder, path, NULL);
		if (file && found)
			config_fault(&finder->faults, file, (struct toml_place){ 1, 1 },
				     say(finder, "there is %s in this folder, too; keep one of them", "同じフォルダーに %s もあります。どちらか一方にしてください"),
				     file_names[0]);
		if (file && !found) {
			found = file;
			*path_out = path;
		} else {
			g_free(path);
		}
	}
	return found;
}

static bool is_root(const struct config_file *file)
{
	const struct toml_node *root = file->top.values[KEY_ROOT];

	return root && root->boolean;
}

const struct config_chain *config_chain_of(struct config_finder *finder, const char *folder)
{
	const struct config_chain *chain = finder->fixed ? finder->fixed : g_hash_table_lookup(finder->folders, folder);
	char *path;

	if (chain)
		return chain;
	const struct config_file *file = file_in(finder, folder, &path);
	const struct config_chain *above = NULL;
	if (!(file && is_root(file)) && strcmp(folder, "/") != 0) {
		char *parent = g_path_get_dirname(folder);
		above = config_chain_of(finder, parent);
		g_free(parent);
	}
	if (file)
		chain = chain_with(finder, above, file, path);
	else
		chain = above ? above : empty_chain(finder);
	g_free(path);
	g_hash_table_insert(finder->folders, g_strdup(folder), (gpointer)chain);
	return chain;
}

/* --- the finder -------------------------------------------------------------------------------------------------------------- */

/* A file with nothing in it in the place of one that is not there, and a fault. */
static const struct config_file *absent_file(struct config_finder *finder, const char *path)
{
	struct config_file *absent = stand_in(finder, path);

	config_fault(&finder->faults, absent, (struct toml_place){ 1, 1 }, "%s",
		     say(finder, "there is no such configuration file", "この設定ファイルはありません"));
	return absent;
}

static const struct config_chain *fixed_chain(struct config_finder *finder, const char *name)
{
	char *path = file_absolute(name, NULL);
	const struct config_file *file = read_file(finder, path, finder->working_directory);
	const struct config_chain *chain = chain_with(finder, NULL, file ? file : absent_file(finder, path), path);

	g_free(path);
	return chain;
}

struct config_finder *config_finder_new(const char *fixed, bool isolated, enum language language)
{
	struct config_finder *finder = g_new0(struct config_finder, 1);

	finder->arena = arena_new();
	finder->faults = (struct config_faults){ language, g_ptr_array_new_with_free_func(g_free) };
	finder->working_directory = g_get_current_dir();
	finder->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (isolated)
		finder->fixed = empty_chain(finder);
	else if (fixed)
		finder->fixed = fixed_chain(finder, fixed);
	return finder;
}

void config_finder_free(struct config_finder *finder)
{
	if (!finder)
		return;
	g_hash_table_destroy(finder->folders);
	g_ptr_array_free(finder->faults.lines, TRUE);
	g_free(finder->working_directory);
	arena_free(finder->arena);
	g_free(finder);
}

struct config_faults *config_finder_faults(struct config_finder *finder)
{
	return &finder->faults;
}

const char *config_working_directory(const struct config_finder *finder)
{
	return finder->working_directory;
}
