/* From configurations to rules and engines: what judges which message. Lints nothing itself. */
#include "setup.h"

#include <string.h>

#include "config/files.h"
#include "config/ignore.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* Own rules of one place, compiled once. */
struct bench {
	const char *rules_path;      /* NULL: built-in rules only */
	struct run_rules rules;
	struct engine *first;          /* what it has compiled is shared by those beside it; its options are those of the command line */
};

/* What is in force where. */
struct setup {
	const struct run_options *options;
	struct settings_base base;
	struct config_finder *finder;
	struct settings_store *store;
	GPtrArray *benches;            /* struct bench */
	GHashTable *by_settings, *by_engine; /* to struct in_force; under lock */
	GMutex lock;
	struct ignore *ignore;
	GHashTable *checked;           /* chains whose ids are known to name rules, or were told */
	GPtrArray *strings;            /* char *, that live as long */
};

/* What judges a message. */
struct in_force {
	struct engine *engine;
	const struct settings *settings;
	const struct bench *bench;
};

static void bench_free(void *data)
{
	struct bench *bench = data;

	engine_free(bench->first);
	run_rules_release(&bench->rules);
	g_free(bench);
}

static void in_force_free(void *data)
{
	struct in_force *in_force = data;

	engine_free(in_force->engine);
	g_free(in_force);
}

struct setup *setup_new(const struct run_options *options)
{
	struct setup *setup = g_new0(struct setup, 1);

	setup->options = options;
	setup->base = (struct settings_base){ options->lint, options->report.fail_on, options->max_score, options->rules_path, options->given };
	setup->finder = config_finder_new(options->config_file, options->isolated, options->report.language);
	setup->store = settings_store_new(setup->finder, &setup->base);
	setup->ignore = ignore_new(setup->finder);
	setup->benches = g_ptr_array_new_with_free_func(bench_free);
	setup->by_settings = g_hash_table_new_full(NULL, NULL, NULL, in_force_free);
	setup->by_engine = g_hash_table_new(NULL, NULL);
	setup->checked = g_hash_table_new(NULL, NULL);
	setup->strings = g_ptr_array_new_with_free_func(g_free);
	g_mutex_init(&setup->lock);
	return setup;
}

void setup_free(struct setup *setup)
{
	if (!setup)
		return;
	g_hash_table_destroy(setup->by_engine);
	g_hash_table_destroy(setup->by_settings);
	g_ptr_array_free(setup->benches, TRUE);
	g_ptr_array_free(setup->strings, TRUE);
	g_hash_table_destroy(setup->checked);
	ignore_free(setup->ignore);
	settings_store_free(setup->store);
	config_finder_free(setup->finder);
	g_mutex_clear(&setup->lock);
	g_free(setup);
}

bool setup_configured(const struct setup *setup)
{
	return config_chain_of(setup->finder, config_working_directory(setup->finder))->n > 0;
}

bool setup_sound(const struct setup *setup)
{
	const GPtrArray *faults = config_finder_faults(setup->finder)->lines;

	for (guint i = 0; i < faults->len; i++)
		run_say(NULL, g_ptr_array_index(faults, i));
	return faults->len == 0;
}

/* Every id of --select and the like must name something. */
static bool ids_known(const struct rule_set *rules, const GPtrArray *ids, enum language language)
{
	for (guint i = 0; ids && i < ids->len; i++) {
		const char *id = g_ptr_array_index(ids, i);
		if (rule_set_knows(rules, id))
			continue;
		run_say(say(language, "no such rule", "そのようなルールはありません"), id);
		const char *nearest = rule_set_suggest(rules, id);
		if (nearest)
			run_say(say(language, "did you mean", "もしかして"), nearest);
		return false;
	}
	return true;
}

/* The ids that the command line names must be rules. */
static bool command_line_known(const struct run_options *options, const struct rule_set *rules)
{
	const GPtrArray *const lists[] = { options->lint.select, options->lint.ignore, options->lint.extend_select };

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		if (!ids_known(rules, lists[i], options->report.language))
			return false;
	return true;
}

/* The bench for a group of files; NULL, and said why, where its rules cannot be loaded or the command line names unknown ones. */
static struct bench *bench_of(struct setup *setup, struct settings_group *group)
{
	const char *path = settings_rules_path(setup->store, group);

	for (guint i = 0; i < setup->benches->len; i++) {
		struct bench *bench = g_ptr_array_index(setup->benches, i);
		if (g_strcmp0(bench->rules_path, path) == 0)
			return bench;
	}
	struct bench *bench = g_new0(struct bench, 1);
	bench->rules_path = path;
	if (!run_load_rules(path, setup->options->no_builtin_rules, setup->options->report.language, &bench->rules)) {
		g_free(bench);
		return NULL;
	}
	if (!command_line_known(setup->options, &bench->rules.set)) {
		bench_free(bench);
		return NULL;
	}
	bench->first = engine_new(&bench->rules.set, &setup->options->lint);
	g_ptr_array_add(setup->benches, bench);
	return bench;
}

/* --- messages ---------------------------------------------------------------------------------------------------------------- */

/* The id in List-Id: what stands in its last angle brackets. */
static struct span list_id_of(const struct message *message)
{
	const struct field *field = header_find(message->header, "List-Id");

	if (!field)
		return SPAN_EMPTY;
	struct span value = field->unfolded->bytes;
	for (size_t open = value.n; open > 0; open--)
		if (value.p[open - 1] == '<')
			return span_trim(span_cut(value, open, span_find_byte(value, '>', open)));
	return SPAN_EMPTY;
}

const struct settings *setup_settings_from(struct setup *setup, const struct setup_place *place, struct span list_id, struct span from)
{
	return settings_of(setup->store, place->group, settings_list_of(place->group, list_id, from));
}

const struct settings *setup_settings_for(struct setup *setup, const struct setup_place *place, const struct message *message)
{
	struct span from = SPAN_EMPTY;

	if (message->from.n == 1) {
		struct range address = message->from.mailboxes[0].address;
		from = span_cut(message->file->bytes, address.start, address.end);
	}
	return setup_settings_from(setup, place, list_id_of(message), from);
}

static const struct engine *engine_for(struct setup *setup, const struct bench *bench, const struct settings *settings)
{
	g_mutex_lock(&setup->lock);
	struct in_force *in_force = g_hash_table_lookup(setup->by_settings, settings);
	if (!in_force) {
		in_force = g_new(struct in_force, 1);
		*in_force = (struct in_force){ engine_new_beside(bench->first, &settings->lint), settings, bench };
		g_hash_table_insert(setup->by_settings, (gpointer)settings, in_force);
		g_hash_table_insert(setup->by_engine, in_force->engine, in_force);
	}
	const struct engine *engine = in_force->engine;
	g_mutex_unlock(&setup->lock);
	return engine;
}

const struct settings *setup_settings_of_path(struct setup *setup, const struct setup_place *place)
{
	return setup_settings_from(setup, place, SPAN_EMPTY, SPAN_EMPTY);
}

const struct settings_base *setup_base(const struct setup *setup)
{
	return &setup->base;
}

const struct engine *setup_engine_for(struct setup *setup, const struct setup_place *place, const struct message *message)
{
	return engine_for(setup, place->bench, setup_settings_for(setup, place, message));
}

struct engine_worker *setup_worker(const struct bench *bench)
{
	return engine_worker_new(bench->first);
}

/* What judged it, once all threads are done. */
static const struct in_force *in_force_for(const struct setup *setup, const struct message_result *result)
{
	return g_hash_table_lookup(setup->by_engine, result->engine);
}

const struct settings *setup_settings_of(const struct setup *setup, const struct message_result *result)
{
	return in_force_for(setup, result)->settings;
}

void setup_run_several(const struct setup *setup, GPtrArray *results)
{
	for (guint i = 0; i < setup->benches->len; i++) {
		const struct bench *bench = g_ptr_array_index(setup->benches, i);
		GPtrArray *own = g_ptr_array_new();
		for (guint k = 0; k < results->len; k++) {
			struct message_result *result = g_ptr_array_index(results, k);
			if (in_force_for(setup, result)->bench == bench)
				g_ptr_array_add(own, result);
		}
		engine_run_several(bench->first, (struct message_result **)own->pdata, own->len);
		g_ptr_array_free(own, TRUE);
	}
}

/* --- the run ----------------------------------------------------------------------------------------------------------------- */

/* What is read once for a run, from the configuration of the working directory: the language and the formats. */
static void take_run_keys(const struct settings *settings, struct run_options *options, GPtrArray *strings)
{
	const struct toml_node *lang = settings->sources[KEY_LANG].value, *format = settings->sources[KEY_FORMAT].value;

	if (lang) {
		options->report.language = strcmp(lang->string, "ja") == 0 ? LANGUAGE_JA : LANGUAGE_EN;
		options->report.language_given = true;
	}
	for (size_t i = 0; format && options->n_formats < G_N_ELEMENTS(options->formats) && config_string(format, i); i++) {
		const char *word = config_string(format, i)->string, *file = strchr(word, '=');
		char *name = g_strndup(word, strcspn(word, "="));
		/* Reports in files lie where the configuration says, wherever it is run. */
		char *path = file ? file_absolute(file + 1, settings->sources[KEY_FORMAT].table->file->folder) : NULL;
		options->formats[options->n_formats++] = (struct run_format){ reporter_find(name), path };
		if (path)
			g_ptr_array_add(strings, path);
		g_free(name);
	}
}

/* Rule ids of the configuration, once for each chain. */
static void check_ids(struct setup *setup, const struct config_chain *chain, const struct bench *bench)
{
	if (g_hash_table_add(setup->checked, (gpointer)chain))
		settings_check_ids(setup->finder, chain, &bench->rules.set);
}

bool setup_run_keys(struct setup *setup, struct run_options *run)
{
	struct settings_group *group = settings_group_of_folder(setup->store, ".");

	if (!setup_sound(setup))
		return false;
	struct bench *bench = bench_of(setup, group);
	if (!bench)
		return false;
	check_ids(setup, settings_group_chain(group), bench);
	if (!setup_sound(setup))
		return false;
	take_run_keys(settings_of(setup->store, group, NULL), run, setup->strings);
	return true;
}

const struct rule_set *setup_rules(const struct setup *setup)
{
	return &((const struct bench *)g_ptr_array_index(setup->benches, 0))->rules.set;
}

static bool place_of_group(struct setup *setup, struct settings_group *group, struct setup_place *out)
{
	const struct bench *bench = bench_of(setup, group);

	if (!bench)
		return false;
	check_ids(setup, settings_group_chain(group), bench);
	*out = (struct setup_place){ group, bench, &settings_of(setup->store, group, NULL)->lint };
	return true;
}

bool setup_place_of(struct setup *setup, const char *path, struct setup_place *out)
{
	return place_of_group(setup, settings_group_of(setup->store, path), out);
}

bool setup_place_of_folder(struct setup *setup, const char *folder, struct setup_place *out)
{
	return place_of_group(setup, settings_group_of_folder(setup->store, folder), out);
}

/* --- walks ------------------------------------------------------------------------------------------------------------------- */

/* "include" of the closest file that has one. */
static enum input_choice choose_by_include(const struct config_chain *chain, const char *path)
{
	for (size_t i = chain->n; i > 0; i--) {
		const struct config_file *file = chain->files[i - 1];
		if (!file->include)
			continue;
		const char *below = file_relative(path, file->base);
		enum glob_cover cover = below && *below ? glob_set_covers(file->include, below) : GLOB_NOT_COVERED;
		return cover == GLOB_NOT_COVERED ? INPUT_SKIP : cover == GLOB_NAMED ? INPUT_TAKE : INPUT_BY_NAME;
	}
	return INPUT_BY_NAME;
}

static enum input_choice choose(void *data, const char *path, bool is_folder)
{
	struct setup *setup = data;
	char *absolute = file_absolute(path, config_working_directory(setup->finder));
	enum input_choice choice = INPUT_BY_NAME;

	if (ignore_covers(setup->ignore, absolute, is_folder)) {
		choice = INPUT_SKIP;
	} else if (!is_folder) {
		char *folder = g_path_get_dirname(absolute);
		choice = choose_by_include(config_chain_of(setup->finder, folder), absolute);
		g_free(folder);
	}
	g_free(absolute);
	return choice;
}

struct input_filter setup_filter(struct setup *setup)
{
	return (struct input_filter){ choose, setup };
}

bool setup_leaves_out(struct setup *setup, const char *path)
{
	bool left_out;

	if (strcmp(path, "-") == 0)
		path = setup->options->stdin_name ? setup->options->stdin_name : path;
	char *absolute = file_absolute(path, config_working_directory(setup->finder));
	left_out = ignore_covers_named(setup->ignore, absolute, g_file_test(path, G_FILE_TEST_IS_DIR));
	g_free(absolute);
	return left_out;
}
