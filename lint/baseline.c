/* Role: baselines: reads them strictly, marks what they know, makes their text.
 * May not: write a file or print. JSON is YAML, and of the libraries in use the YAML one knows lines and columns. */
#include "baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "base/limits.h"
#include "base/path.h"
#include "report/report.h"
#include "rule/suppress.h"

enum { BASELINE_VERSION = 1 };

struct entry {
	char *path;                /* from the folder of the baseline; valid UTF-8 */
	char *rule;
	char *print;
	size_t count;
	size_t left;               /* of count, not found again so far */
};

struct baseline {
	char *folder;
	GPtrArray *entries;        /* struct entry, as in the file */
	GHashTable *by_key;        /* "path NUL rule NUL print", see key_of(), to an entry */
};

static void entry_free(gpointer data)
{
	struct entry *entry = data;

	g_free(entry->path);
	g_free(entry->rule);
	g_free(entry->print);
	g_free(entry);
}

static struct baseline *baseline_new(const char *file)
{
	struct baseline *baseline = g_new0(struct baseline, 1);

	baseline->folder = g_path_get_dirname(file);
	baseline->entries = g_ptr_array_new_with_free_func(entry_free);
	baseline->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return baseline;
}

void baseline_free(struct baseline *baseline)
{
	if (!baseline)
		return;
	g_hash_table_destroy(baseline->by_key);
	g_ptr_array_free(baseline->entries, TRUE);
	g_free(baseline->folder);
	g_free(baseline);
}

/* Ids and prints have no line end, so the key cannot be that of another. */
static char *key_of(const char *path, const char *rule, const char *print)
{
	return g_strconcat(rule, "\n", print, "\n", path, NULL);
}

/* Entries of one key are one: a merge may have kept both. The larger count holds. */
static void add_entry(struct baseline *baseline, const char *path, const char *rule, const char *print, size_t count)
{
	char *key = key_of(path, rule, print);
	struct entry *entry = g_hash_table_lookup(baseline->by_key, key);

	if (entry) {
		entry->count = MAX(entry->count, count);
		entry->left = entry->count;
		g_free(key);
		return;
	}
	entry = g_new0(struct entry, 1);
	*entry = (struct entry){ g_strdup(path), g_strdup(rule), g_strdup(print), count, count };
	g_ptr_array_add(baseline->entries, entry);
	g_hash_table_insert(baseline->by_key, key, entry);
}

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

struct reader {
	const char *file;
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	GError **error;
};

/* Refuse at a place, 0-based. Returns false, for the caller to pass on. */
static bool refuse_at(struct reader *r, size_t line, size_t column, const char *format, ...) G_GNUC_PRINTF(4, 5);
static bool refuse_at(struct reader *r, size_t line, size_t column, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(r->error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%zu:%zu: %s", r->file, line + 1, column + 1, what);
	g_free(what);
	return false;
}

#define REFUSE(r, ...) refuse_at((r), (r)->event.start_mark.line, (r)->event.start_mark.column, __VA_ARGS__)

static bool next(struct reader *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = yaml_parser_parse(&r->parser, &r->event) != 0;
	if (r->has_event)
		return true;
	const yaml_mark_t *mark = &r->parser.problem_mark;
	return refuse_at(r, mark->line, mark->column, "not JSON: %s", r->parser.problem ? r->parser.problem : "broken");
}

static bool begins_map(struct reader *r, const char *what)
{
	if (r->event.type != YAML_MAPPING_START_EVENT || r->event.data.mapping_start.style != YAML_FLOW_MAPPING_STYLE)
		return REFUSE(r, "%s: must be an object, {...}", what);
	return true;
}

/* A string in double quotes at hand, and go on. g_free() *out. */
static bool read_string(struct reader *r, const char *what, char **out)
{
	if (r->event.type != YAML_SCALAR_EVENT || r->event.data.scalar.style != YAML_DOUBLE_QUOTED_SCALAR_STYLE)
		return REFUSE(r, "%s: must be a string", what);
	if (strlen((const char *)r->event.data.scalar.value) != r->event.data.scalar.length)
		return REFUSE(r, "%s: holds a NUL", what);
	g_free(*out);
	*out = g_strdup((const char *)r->event.data.scalar.value);
	return next(r);
}

static bool read_number(struct reader *r, const char *what, size_t *out)
{
	guint64 number;

	if (r->event.type != YAML_SCALAR_EVENT || r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
	    !g_ascii_string_to_unsigned((const char *)r->event.data.scalar.value, 10, 1, G_MAXINT, &number, NULL))
		return REFUSE(r, "%s: must be a number from 1 on", what);
	*out = (size_t)number;
	return next(r);
}

static bool is_print(const char *word)
{
	return strlen(word) == 16 && strspn(word, "0123456789abcdef") == 16;
}

/* {"path": …, "rule": …, "print": …, "count": …} in any order. */
static bool read_entry(struct reader *r, struct baseline *baseline)
{
	g_autofree char *key = NULL, *path = NULL, *rule = NULL, *print = NULL;
	size_t count = 0, line, column;
	bool good = true;

	if (!begins_map(r, "an entry"))
		return false;
	line = r->event.start_mark.line;
	column = r->event.start_mark.column;
	if (!next(r))
		return false;
	while (good && r->event.type != YAML_MAPPING_END_EVENT) {
		size_t key_line = r->event.start_mark.line, key_column = r->event.start_mark.column;
		if (!read_string(r, "a key", &key))
			return false;
		if (strcmp(key, "path") == 0 && !path)
			good = read_string(r, "path", &path);
		else if (strcmp(key, "rule") == 0 && !rule)
			good = read_string(r, "rule", &rule);
		else if (strcmp(key, "print") == 0 && !print)
			good = read_string(r, "print", &print);
		else if (strcmp(key, "count") == 0 && !count)
			good = read_number(r, "count", &count);
		else
			return refuse_at(r, key_line, key_column, "\"%s\": unknown or written twice; an entry has path, rule, print and count", key);
	}
	if (!good)
		return false;
	if (!path || !rule || !print || !count)
		return refuse_at(r, line, column, "an entry must have path, rule, print and count");
	if (!is_print(print))
		return refuse_at(r, line, column, "print: must be 16 hexadecimal digits");
	add_entry(baseline, path, rule, print, count);
	return next(r);
}

static bool read_findings(struct reader *r, struct baseline *baseline)
{
	if (r->event.type != YAML_SEQUENCE_START_EVENT || r->event.data.sequence_start.style != YAML_FLOW_SEQUENCE_STYLE)
		return REFUSE(r, "findings: must be a list, [...]");
	if (!next(r))
		return false;
	while (r->event.type != YAML_SEQUENCE_END_EVENT)
		if (!read_entry(r, baseline))
			return false;
	return next(r);
}

static bool read_top(struct reader *r, struct baseline *baseline)
{
	g_autofree char *key = NULL, *tool = NULL;
	size_t version = 0, line, column;
	bool findings = false, good = true;

	if (!begins_map(r, "a baseline"))
		return false;
	line = r->event.start_mark.line;
	column = r->event.start_mark.column;
	if (!next(r))
		return false;
	while (good && r->event.type != YAML_MAPPING_END_EVENT) {
		size_t key_line = r->event.start_mark.line, key_column = r->event.start_mark.column;
		if (!read_string(r, "a key", &key))
			return false;
		size_t value_line = r->event.start_mark.line, value_column = r->event.start_mark.column;
		if (strcmp(key, "version") == 0 && !version) {
			good = read_number(r, "version", &version);
			if (good && version != BASELINE_VERSION)
				return refuse_at(r, value_line, value_column, "version %zu is not one that this presend reads (%d)", version,
						 BASELINE_VERSION);
		} else if (strcmp(key, "tool") == 0 && !tool) {
			good = read_string(r, "tool", &tool);
			if (good && strcmp(tool, "presend") != 0)
				return refuse_at(r, value_line, value_column, "tool: the baseline of another program");
		} else if (strcmp(key, "findings") == 0 && !findings) {
			findings = true;
			good = read_findings(r, baseline);
		} else {
			return refuse_at(r, key_line, key_column, "\"%s\": unknown or written twice; a baseline has version, tool and findings", key);
		}
	}
	if (good && (!version || !tool || !findings))
		return refuse_at(r, line, column, "a baseline must have version, tool and findings");
	return good;
}

/* The stream around the one value. */
static bool read_all(struct reader *r, struct baseline *baseline)
{
	if (!next(r) || !next(r))
		return false;
	if (r->event.type != YAML_DOCUMENT_START_EVENT)
		return REFUSE(r, "the file is empty");
	if (!next(r) || !read_top(r, baseline) || !next(r) || !next(r))
		return false;
	if (r->event.type != YAML_STREAM_END_EVENT)
		return REFUSE(r, "more than one value");
	return true;
}

static bool read_bytes(const char *file, char **bytes, size_t *n, GError **error)
{
	const char *bad;

	if (!g_file_get_contents(file, bytes, n, error))
		return false;
	if (*n > LIMIT_BASELINE_BYTES)
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:1:1: more than %zu bytes", file, LIMIT_BASELINE_BYTES);
	else if (!g_utf8_validate(*bytes, (gssize)*n, &bad))
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:1:1: not UTF-8 (byte %zu)", file, (size_t)(bad - *bytes));
	else
		return true;
	g_free(*bytes);
	*bytes = NULL;
	return false;
}

struct baseline *baseline_read(const char *file, GError **error)
{
	struct reader r = { .file = file, .error = error };
	struct baseline *baseline;
	char *bytes = NULL;
	size_t n = 0;

	if (!read_bytes(file, &bytes, &n, error))
		return NULL;
	baseline = baseline_new(file);
	if (!yaml_parser_initialize(&r.parser))
		g_error("out of memory");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, n);
	bool good = read_all(&r, baseline);
	if (r.has_event)
		yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	g_free(bytes);
	if (good)
		return baseline;
	baseline_free(baseline);
	return NULL;
}

/* --- using ------------------------------------------------------------------------------------------------------------------- */

/* How a baseline in folder names a file. JSON is UTF-8, file names are bytes. g_free() it. */
static char *path_for(const char *folder, const char *path)
{
	g_autofree char *relative = strcmp(path, "-") == 0 ? g_strdup(path) : path_relative(folder, path);

	return g_utf8_make_valid(relative, -1);
}

void baseline_apply(struct baseline *baseline, struct message_result *const *results, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct message_result *result = results[i];
		g_autofree char *path = path_for(baseline->folder, result->path);

		for (size_t k = 0; k < result->n_findings; k++) {
			struct finding *finding = &result->findings[k];
			if (finding->suppressed || !suppress_allowed(finding->rule))
				continue;
			g_autofree char *key = key_of(path, finding->rule->id, finding->print);
			struct entry *entry = g_hash_table_lookup(baseline->by_key, key);
			if (!entry || !entry->left)
				continue;
			entry->left--;
			struct suppression *suppression = ARENA_NEW(result->arena, struct suppression);
			*suppression = (struct suppression){ .kind = SUPPRESSED_BY_BASELINE };
			finding->suppressed = suppression;
		}
	}
}

void baseline_withhold_fixes(const struct baseline *baseline, struct message_result *const *results, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *path = path_for(baseline->folder, results[i]->path);

		for (size_t k = 0; k < results[i]->n_findings; k++) {
			struct finding *finding = &results[i]->findings[k];
			g_autofree char *key = finding->fix ? key_of(path, finding->rule->id, finding->print) : NULL;
			if (key && g_hash_table_contains(baseline->by_key, key))
				finding->fix = NULL;
		}
	}
}

static GHashTable *paths_of(const char *folder, struct message_result *const *results, size_t n)
{
	GHashTable *paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < n; i++)
		g_hash_table_add(paths, path_for(folder, results[i]->path));
	return paths;
}

/* Standard input is never gone. */
static bool is_gone(const char *folder, const char *path)
{
	g_autofree char *whole = g_build_filename(folder, path, NULL);

	return strcmp(path, "-") != 0 && access(whole, F_OK) != 0 && errno == ENOENT;
}

GPtrArray *baseline_stale(const struct baseline *baseline, struct message_result *const *results, size_t n)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) checked = paths_of(baseline->folder, results, n);

	for (guint i = 0; i < baseline->entries->len; i++) {
		const struct entry *entry = g_ptr_array_index(baseline->entries, i);
		if (entry->left && (g_hash_table_contains(checked, entry->path) || is_gone(baseline->folder, entry->path)))
			g_ptr_array_add(lines, g_strdup_printf("%s: %s (%zu)", entry->path, entry->rule, entry->left));
	}
	return lines;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------- */

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
	int order = strcmp(x->path, y->path);

	if (!order)
		order = strcmp(x->rule, y->rule);
	return order ? order : strcmp(x->print, y->print);
}

static void count_finding(struct baseline *baseline, const char *path, const struct finding *finding)
{
	g_autofree char *key = key_of(path, finding->rule->id, finding->print);
	struct entry *entry = g_hash_table_lookup(baseline->by_key, key);

	add_entry(baseline, path, finding->rule->id, finding->print, entry ? entry->count + 1 : 1);
}

/* What drafts say of themselves need not be said twice. */
static size_t count_findings(struct baseline *baseline, struct message_result *const *results, size_t n)
{
	size_t n_findings = 0;

	for (size_t i = 0; i < n; i++) {
		g_autofree char *path = path_for(baseline->folder, results[i]->path);
		for (size_t k = 0; k < results[i]->n_findings; k++) {
			const struct finding *finding = &results[i]->findings[k];
			if (finding->suppressed || !suppress_allowed(finding->rule))
				continue;
			count_finding(baseline, path, finding);
			n_findings++;
		}
	}
	return n_findings;
}

/* One entry a line, sorted: a finding more or less is a line more or less, and two branches seldom meet on one. */
static GString *text_of(const struct baseline *baseline)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "{\n  \"version\": %d,\n  \"tool\": \"presend\",\n  \"findings\": [", BASELINE_VERSION);
	for (guint i = 0; i < baseline->entries->len; i++) {
		const struct entry *entry = g_ptr_array_index(baseline->entries, i);
		g_string_append(out, i ? ",\n    {\"path\": " : "\n    {\"path\": ");
		report_json_string(out, entry->path);
		g_string_append(out, ", \"rule\": ");
		report_json_string(out, entry->rule);
		g_string_append_printf(out, ", \"print\": \"%s\", \"count\": %zu}", entry->print, entry->count);
	}
	g_string_append(out, baseline->entries->len ? "\n  ]\n}\n" : "]\n}\n");
	return out;
}

GString *baseline_text(const char *file, const struct baseline *old, struct message_result *const *results, size_t n, size_t *n_findings_out)
{
	struct baseline *baseline = baseline_new(file);
	g_autoptr(GHashTable) checked = paths_of(baseline->folder, results, n);

	for (guint i = 0; old && i < old->entries->len; i++) {
		const struct entry *entry = g_ptr_array_index(old->entries, i);
		if (!g_hash_table_contains(checked, entry->path) && !is_gone(baseline->folder, entry->path))
			add_entry(baseline, entry->path, entry->rule, entry->print, entry->count);
	}
	*n_findings_out = count_findings(baseline, results, n);
	g_ptr_array_sort(baseline->entries, compare_entries);
	GString *out = text_of(baseline);
	baseline_free(baseline);
	return out;
}
