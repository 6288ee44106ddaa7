/* Strict reader of lists of facts, and looking things up in them. Never prints. */
#include "rule/data_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* --- looking up --------------------------------------------------------------------------------------------------------------- */

const struct data_list *data_set_find(const struct data_set *set, const char *name)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, set->lists[middle]->name);
		if (order == 0)
			return set->lists[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

struct span data_list_line(const struct data_list *list, size_t i)
{
	return span_of(list->text + list->starts[i], list->starts[i + 1] - list->starts[i] - 1);
}

/* Bytewise, the word in small letters. */
static int compare_word(struct span word, struct span entry)
{
	for (size_t i = 0; i < word.n && i < entry.n; i++) {
		unsigned char a = (unsigned char)ascii_lower(word.p[i]), b = (unsigned char)entry.p[i];
		if (a != b)
			return a < b ? -1 : 1;
	}
	return word.n == entry.n ? 0 : word.n < entry.n ? -1 : 1;
}

/* What is looked up of a line: all of it, or the key of a table. */
static struct span key_of(const struct data_list *list, size_t i)
{
	struct span line = data_list_line(list, i);
	return list->is_table ? span_cut(line, 0, span_find_byte(line, '\t', 0)) : line;
}

static bool find_line(const struct data_list *list, struct span word, size_t *at)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_word(word, key_of(list, middle));
		if (order == 0) {
			*at = middle;
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

bool data_list_has(const struct data_list *list, struct span word)
{
	size_t at;
	return find_line(list, word, &at);
}

/* --- tables of limits --------------------------------------------------------------------------------------------------------- */

enum { N_COLUMNS = 7 };
static const char *const column_names[N_COLUMNS] = {"key", "amount", "unit", "receiver", "source", "address", "date"};

struct unit {
	const char *name, *written; /* receivers say MB and mean the power of two as often as not */
	uint64_t factor;
};
static const struct unit units[] = {
        {"KiB", " kB", 1024}, {"MiB", " MB", 1024 * 1024}, {"bytes", " bytes", 1}, {"count", "", 1}, {"kB", " kB", 1000}};

static const struct unit *unit_of(struct span name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (span_eq(name, span_str(units[i].name)))
			return &units[i];
	return NULL;
}

/* 0 where it is no whole number of one to nine digits without a zero in front. */
static uint64_t amount_of(struct span text)
{
	uint64_t amount = 0;

	if (text.n == 0 || text.n > 9 || text.p[0] == '0')
		return 0;
	for (size_t i = 0; i < text.n; i++) {
		if (!ascii_is_digit(text.p[i]))
			return 0;
		amount = amount * 10 + (uint64_t)(text.p[i] - '0');
	}
	return amount;
}

/* The columns of a line; their number, N_COLUMNS + 1 where there are more. */
static size_t split_columns(struct span line, struct span columns[N_COLUMNS])
{
	size_t n = 0;

	for (size_t at = 0; at <= line.n; n++) {
		size_t tab = span_find_byte(line, '\t', at);
		if (n == N_COLUMNS)
			return N_COLUMNS + 1;
		columns[n] = span_cut(line, at, tab);
		at = tab + 1;
	}
	return n;
}

/* With commas: 5,000. */
static void write_amount(uint64_t amount, const char *unit, char *out, size_t size)
{
	char digits[24];
	int n = g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, amount);
	size_t used = 0;

	for (int i = 0; i < n && used + 2 < size; i++) {
		out[used++] = digits[i];
		if ((n - i - 1) % 3 == 0 && i + 1 < n)
			out[used++] = ',';
	}
	g_strlcpy(out + used, unit, size - used);
}

bool data_list_limit(const struct data_list *table, struct span key, struct data_limit *out)
{
	struct span columns[N_COLUMNS];
	size_t at;

	if (!table->is_table || !find_line(table, key, &at))
		return false;
	split_columns(data_list_line(table, at), columns);
	uint64_t amount = amount_of(columns[1]);
	const struct unit *unit = unit_of(columns[2]);
	out->value = amount * unit->factor;
	write_amount(amount, unit->written, out->written, sizeof out->written);
	return true;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

struct reader {
	struct arena *arena;
	GPtrArray *errors;
	const char *file;
	int line;
};

static void refuse(struct reader *r, size_t column, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void refuse(struct reader *r, size_t column, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *message = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(r->errors, g_strdup_printf("%s:%d:%zu: %s", r->file, r->line, column, message));
	g_free(message);
}

/* The column, in characters, of a byte of a line that is UTF-8 up to there. */
static size_t column_of(struct span line, size_t offset)
{
	return (size_t)g_utf8_strlen(line.p, (gssize)offset) + 1;
}

/* The header: lines "# key: value" above the first entry. */
struct header {
	const char *title, *title_ja, *date, *licence, *refresh;
	bool has_source;
};

static bool is_date(struct span text)
{
	static const char shape[] = "dddd-dd-dd";

	if (span_eq(text, SPAN_LIT("undated")))
		return true;
	if (text.n != 4 && text.n != 7 && text.n != 10)
		return false;
	for (size_t i = 0; i < text.n; i++) /* a part of the shape */
		if (shape[i] == 'd' ? !ascii_is_digit(text.p[i]) : text.p[i] != shape[i])
			return false;
	return true;
}

static bool is_address(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] == '<' || text.p[i] == '>' || text.p[i] == '"')
			return false;
	return text.n > strlen("https://") && span_starts(text, SPAN_LIT("https://"));
}

/* "NAME <https://...>" */
static bool is_source(struct span value)
{
	size_t open = span_find_byte(value, '<', 0);
	return open > 1 && open < value.n && value.p[open - 1] == ' ' && value.p[value.n - 1] == '>' &&
	       is_address(span_cut(value, open + 1, value.n - 1));
}

static void read_header_line(struct reader *r, struct span line, struct header *h)
{
	size_t colon = span_find_byte(line, ':', 0);
	struct span key = span_cut(line, 2, colon), value = span_cut(line, colon + 2, line.n);
	const char **once = NULL;

	if (!span_starts(line, SPAN_LIT("# ")) || colon + 2 > line.n || line.p[colon + 1] != ' ' || !key.n || !span_trim(value).n) {
		refuse(r, 1, "a line of the header has the form \"# key: value\"");
		return;
	}
	size_t column = column_of(line, colon + 2);
	if (span_eq(key, SPAN_LIT("title")))
		once = &h->title;
	else if (span_eq(key, SPAN_LIT("title-ja")))
		once = &h->title_ja;
	else if (span_eq(key, SPAN_LIT("date")))
		once = &h->date;
	else if (span_eq(key, SPAN_LIT("licence")))
		once = &h->licence;
	else if (span_eq(key, SPAN_LIT("refresh")))
		once = &h->refresh;
	else if (span_eq(key, SPAN_LIT("source")))
		h->has_source = true;
	else if (!span_eq(key, SPAN_LIT("note")) && !span_eq(key, SPAN_LIT("add")) && !span_eq(key, SPAN_LIT("drop")))
		refuse(r, 3, "unknown key \"%.*s\" in the header", (int)key.n, key.p);
	if (once && *once)
		refuse(r, 3, "key \"%.*s\" stands twice", (int)key.n, key.p);
	if (once == &h->date && !is_date(value))
		refuse(r, column, "date must be 2026, 2026-03, 2026-03-21 or undated");
	if (span_eq(key, SPAN_LIT("source")) && !is_source(value))
		refuse(r, column, "source must be NAME <https://...>");
	if (once)
		*once = arena_copy(r->arena, value);
}

static void check_header(struct reader *r, const struct header *h, bool is_table)
{
	const struct {
		const char *key;
		bool there;
	} needed[] = {{"title", h->title}, {"source", h->has_source || is_table}, {"date", h->date || is_table}, {"licence", h->licence},
	        {"refresh", h->refresh}};

	r->line = 1;
	for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
		if (!needed[i].there)
			refuse(r, 1, "the header lacks \"# %s: ...\"", needed[i].key);
	if (is_table && (h->has_source || h->date))
		refuse(r, 1, "source and date stand in the lines of a table, not in its header");
}

/* What no line may have. */
static bool check_bytes(struct reader *r, struct span line)
{
	const char *bad;

	if (!line.n) {
		refuse(r, 1, "empty line");
		return false;
	}
	if (!g_utf8_validate(line.p, (gssize)line.n, &bad)) {
		refuse(r, column_of(line, (size_t)(bad - line.p)), *bad ? "not UTF-8" : "NUL character");
		return false;
	}
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7F) {
			refuse(r, column_of(line, i), c == '\r' ? "CR; lines end in LF alone" : "control character");
			return false;
		}
	}
	if (span_starts(line, SPAN_LIT("\xEF\xBB\xBF"))) {
		refuse(r, 1, "byte order mark; save the file as UTF-8 without it");
		return false;
	}
	if (ascii_is_space(line.p[0]) || ascii_is_space(line.p[line.n - 1])) {
		refuse(r, ascii_is_space(line.p[0]) ? 1 : column_of(line, line.n - 1), "blank at the end of a line");
		return false;
	}
	return true;
}

/* An entry, or the key of a table. */
static void check_entry(struct reader *r, struct span entry)
{
	for (const char *p = entry.p; p < entry.p + entry.n; p = g_utf8_next_char(p)) {
		if (*p == '\t' || g_unichar_isupper(g_utf8_get_char(p))) {
			refuse(r, column_of(entry, (size_t)(p - entry.p)), *p == '\t' ? "tab in an entry" : "capital letter in an entry");
			return;
		}
	}
}

static void check_table_line(struct reader *r, struct span line)
{
	struct span columns[N_COLUMNS];
	size_t n = split_columns(line, columns);

	if (n != N_COLUMNS) {
		refuse(r, 1, "a line of a table has %d columns: key, amount, unit, receiver, source, address, date", N_COLUMNS);
		return;
	}
	const bool good[N_COLUMNS] = {columns[0].n > 0, amount_of(columns[1]) > 0, unit_of(columns[2]) != NULL, columns[3].n > 0,
	        columns[4].n > 0, span_eq(columns[5], SPAN_LIT("-")) || is_address(columns[5]), is_date(columns[6])};
	check_entry(r, columns[0]);
	for (size_t i = 0; i < N_COLUMNS; i++)
		if (!good[i])
			refuse(r, column_of(line, (size_t)(columns[i].p - line.p)), "%s cannot be \"%.*s\"", column_names[i],
			        (int)columns[i].n, columns[i].p);
}

/* The lines below the header, each with a NUL behind it instead of its line end. */
static void read_entries(struct reader *r, char *text, size_t n, struct data_list *list)
{
	size_t lines = 0;
	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	uint32_t *starts = ARENA_ARRAY(r->arena, uint32_t, lines + 1);
	struct span before = SPAN_EMPTY;

	for (size_t at = 0; at < n; r->line++) {
		size_t end = span_find_byte(span_of(text, n), '\n', at);
		struct span line = span_cut(span_of(text, n), at, end);
		starts[list->n++] = (uint32_t)at;
		at = end + 1;
		if (!check_bytes(r, line))
			continue;
		if (line.p[0] == '#') {
			refuse(r, 1, "a line of the header below the first entry");
			continue;
		}
		if (list->is_table)
			check_table_line(r, line);
		else
			check_entry(r, line);
		struct span key = list->is_table ? span_cut(line, 0, span_find_byte(line, '\t', 0)) : line;
		if (before.n) {
			int order = compare_word(before, key);
			if (order == 0)
				refuse(r, 1, "\"%.*s\" stands twice", (int)key.n, key.p);
			else if (order > 0)
				refuse(r, 1, "\"%.*s\" is not in order behind \"%.*s\" (bytewise)", (int)key.n, key.p, (int)before.n, before.p);
		}
		before = key;
		text[end] = '\0';
	}
	starts[list->n] = (uint32_t)n;
	list->text = text;
	list->starts = starts;
}

/* The whole file; NULL after a refusal. */
static char *read_file(struct reader *r, const char *path, size_t *n)
{
	GError *error = NULL;
	char *bytes, *copy = NULL;
	gsize length;

	if (!g_file_get_contents(path, &bytes, &length, &error)) {
		refuse(r, 1, "cannot be read: %s", error->message);
		g_error_free(error);
		return NULL;
	}
	if (length > LIMIT_DATA_FILE_BYTES)
		refuse(r, 1, "more than %zu bytes", LIMIT_DATA_FILE_BYTES);
	else if (length == 0)
		refuse(r, 1, "the file is empty");
	else if (bytes[length - 1] != '\n')
		refuse(r, 1, "the last line has no line end");
	else
		copy = arena_copy(r->arena, span_of(bytes, length));
	g_free(bytes);
	*n = length;
	return copy;
}

static const struct data_list *load_list(struct reader *r, const char *path, const char *name)
{
	struct data_list *list = ARENA_NEW(r->arena, struct data_list);
	guint faults = r->errors->len;
	struct header header = {0};
	size_t n, at = 0;

	r->file = arena_copy(r->arena, span_str(path));
	r->line = 1;
	char *text = read_file(r, path, &n);
	if (!text)
		return NULL;
	list->name = arena_copy(r->arena, span_of(name, strlen(name) - strlen(".txt")));
	list->is_table = g_str_has_suffix(name, ".tsv");
	for (; at < n && text[at] == '#'; r->line++) {
		size_t end = span_find_byte(span_of(text, n), '\n', at);
		struct span line = span_cut(span_of(text, n), at, end);
		if (check_bytes(r, line))
			read_header_line(r, line, &header);
		at = end + 1;
	}
	if (at == n)
		refuse(r, 1, "there is no entry");
	read_entries(r, text + at, n - at, list);
	check_header(r, &header, list->is_table);
	list->title = header.title;
	list->title_ja = header.title_ja ? header.title_ja : header.title;
	list->date = header.date;
	return r->errors->len == faults ? list : NULL;
}

/* [a-z][a-z0-9-]*.txt or .tsv */
static bool is_list_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return n > 0 && ascii_is_alpha(name[0]) && name[n - 1] != '-' && (strcmp(name + n, ".txt") == 0 || strcmp(name + n, ".tsv") == 0);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_lists(const void *a, const void *b)
{
	return strcmp((*(const struct data_list *const *)a)->name, (*(const struct data_list *const *)b)->name);
}

struct data_set data_load_folder(struct arena *arena, const char *folder, GPtrArray *errors)
{
	struct reader r = {.arena = arena, .errors = errors, .line = 1};
	GPtrArray *lists = g_ptr_array_new(), *names = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (*name != '.')
			g_ptr_array_add(names, g_strdup(name));
	if (dir)
		g_dir_close(dir);
	/* In one order on every machine, for the refusals. */
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		name = g_ptr_array_index(names, i);
		char *path = g_build_filename(folder, name, NULL);
		const struct data_list *list = NULL;
		if (is_list_name(name)) {
			list = load_list(&r, path, name);
		} else {
			r.file = arena_copy(arena, span_str(path));
			r.line = 1;
			refuse(&r, 1, "a list is NAME.txt or NAME.tsv (small letters, digits, hyphens)");
		}
		if (list)
			g_ptr_array_add(lists, (gpointer)list);
		g_free(path);
	}
	g_ptr_array_sort(lists, compare_lists);
	const struct data_list **kept = ARENA_ARRAY(arena, const struct data_list *, lists->len + 1);
	size_t n = 0;
	for (guint i = 0; i < lists->len; i++) {
		kept[n++] = g_ptr_array_index(lists, i);
		if (n > 1 && compare_lists(&kept[n - 2], &kept[n - 1]) == 0) {
			r.file = arena_copy(arena, span_str(folder));
			r.line = 1;
			refuse(&r, 1, "there are two lists \"%s\", .txt and .tsv", kept[--n]->name);
		}
	}
	g_ptr_array_unref(lists);
	g_ptr_array_unref(names);
	return (struct data_set){.lists = kept, .n = n};
}

struct data_set data_set_join(struct arena *arena, const struct data_set *own, const struct data_set *builtin, const char *folder, GPtrArray *errors)
{
	const struct data_list **all = ARENA_ARRAY(arena, const struct data_list *, own->n + builtin->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < own->n; i++) {
		all[n++] = own->lists[i];
		if (data_set_find(builtin, own->lists[i]->name))
			g_ptr_array_add(errors, g_strdup_printf("%s/%s.%s:1:1: there is already a list of this name", folder,
			                                own->lists[i]->name, own->lists[i]->is_table ? "tsv" : "txt"));
	}
	for (size_t i = 0; i < builtin->n; i++)
		all[n++] = builtin->lists[i];
	qsort(all, n, sizeof *all, compare_lists);
	return (struct data_set){.lists = all, .n = n};
}
