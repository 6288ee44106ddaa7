/* Reads rows of data, strictly: a table that is not what it seems must not be sent to anybody. Expands nothing. */
#include "data/rows.h"

#include <json-c/json.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/charset.h"

enum {
	MOST_FAULTS_TOLD = 5,
	ROWS_FOR_COLUMNS = 1000 /* JSON has no head: its columns are the members of the first rows */
};

struct rows {
	struct arena *arena;
	const char *path;
	struct span bytes;           /* in UTF-8 or Shift_JIS, without a byte order mark */
	char *converted;             /* from UTF-16; NULL */
	bool json;
	bool shift_jis;
	char separator;
	struct { size_t offset, line; } *starts; /* of each row, and one behind the last */
	size_t n, allocated;
	size_t end;                  /* where the last row ends */
	const char **columns;        /* NULL-terminated */
	size_t n_columns;
	GPtrArray *errors;           /* while it is read */
	size_t n_faults;
};

static void fault(struct rows *rows, size_t line, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void fault(struct rows *rows, size_t line, const char *format, ...)
{
	va_list args;

	if (rows->n_faults++ >= MOST_FAULTS_TOLD)
		return;
	va_start(args, format);
	char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(rows->errors, g_strdup_printf("%s:%zu: %s", rows->path, line, what));
	g_free(what);
}

static void add_start(struct rows *rows, size_t offset, size_t line)
{
	if (rows->n == rows->allocated) {
		rows->allocated = rows->allocated ? rows->allocated * 2 : 256;
		rows->starts = g_realloc(rows->starts, rows->allocated * sizeof *rows->starts);
	}
	rows->starts[rows->n].offset = offset;
	rows->starts[rows->n].line = line;
	rows->n++;
}

/* --- CSV --------------------------------------------------------------------------------------------------------------------- */

/* One field, from *at on, which moves behind it. Bytes of Shift_JIS need no care: no second byte of it is a quote, a separator or a line
 * end. */
struct field_bytes {
	struct span raw;             /* without the quotes, doubled quotes still doubled */
	bool quoted, doubled;
	bool last;                   /* of its record */
	size_t lines;                /* line ends within it and behind it */
	const char *wrong;           /* NULL */
};

static size_t count_lines(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n' || (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'));
	return n;
}

static struct field_bytes next_field(const struct rows *rows, size_t *at)
{
	struct span s = rows->bytes;
	struct field_bytes field = { 0 };
	size_t start = *at, i = start;

	if (i < s.n && s.p[i] == '"') {
		field.quoted = true;
		start = ++i;
		while ((i = span_find_byte(s, '"', i)) + 1 < s.n && s.p[i + 1] == '"') {
			field.doubled = true;
			i += 2;
		}
		if (i == s.n)
			field.wrong = "a quoted field does not end";
		field.raw = span_cut(s, start, i);
		field.lines = count_lines(field.raw);
		i += i < s.n;
		if (i < s.n && s.p[i] != rows->separator && s.p[i] != '\r' && s.p[i] != '\n' && !field.wrong) {
			field.wrong = "there is text behind the closing quote of a field";
			while (i < s.n && s.p[i] != rows->separator && s.p[i] != '\r' && s.p[i] != '\n')
				i++;
		}
	} else {
		while (i < s.n && s.p[i] != rows->separator && s.p[i] != '\r' && s.p[i] != '\n')
			i++;
		field.raw = span_cut(s, start, i);
		if (memchr(field.raw.p, '"', field.raw.n))
			field.wrong = "a quote stands inside a field that does not begin with one";
	}
	field.last = i == s.n || s.p[i] != rows->separator;
	if (i < s.n) {
		if (field.last) {
			field.lines++;
			i += s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : 1;
		} else {
			i++;
		}
	}
	*at = i;
	return field;
}

static struct span field_text(const struct rows *rows, struct arena *arena, const struct field_bytes *field)
{
	struct span raw = field->raw;

	if (field->doubled) {
		char *copy = arena_alloc(arena, raw.n + 1);
		size_t n = 0;
		for (size_t i = 0; i < raw.n; i++) {
			copy[n++] = raw.p[i];
			i += raw.p[i] == '"';
		}
		raw = span_of(copy, n);
	}
	if (!rows->shift_jis || span_is_ascii(raw))
		return raw;
	struct text *source = ARENA_NEW(arena, struct text);
	source->bytes = raw;
	return charset_decode(arena, charset_label_parse(SPAN_LIT("windows-31j")), source).text->bytes;
}

/* What parts the fields of the first record: whichever of the three stands in it most often outside of quotes. */
static char find_separator(struct span s)
{
	size_t commas = 0, semicolons = 0, tabs = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n && (quoted || (s.p[i] != '\n' && s.p[i] != '\r')); i++) {
		quoted ^= s.p[i] == '"';
		commas += !quoted && s.p[i] == ',';
		semicolons += !quoted && s.p[i] == ';';
		tabs += !quoted && s.p[i] == '\t';
	}
	return tabs > commas && tabs >= semicolons ? '\t' : semicolons > commas ? ';' : ',';
}

static bool is_listed(const struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->n_columns; i++)
		if (strcmp(rows->columns[i], name) == 0)
			return true;
	return false;
}

/* The names of the columns; returns the place behind them. */
static size_t read_head(struct rows *rows, size_t *line)
{
	GPtrArray *names = g_ptr_array_new();
	struct field_bytes field;
	size_t at = 0, first = *line;

	do {
		field = next_field(rows, &at);
		if (field.wrong)
			fault(rows, *line, "%s", field.wrong);
		*line += field.lines;
		g_ptr_array_add(names, arena_copy(rows->arena, span_trim(field_text(rows, rows->arena, &field))));
	} while (!field.last && names->len < LIMIT_DATA_COLUMNS);
	if (!field.last)
		fault(rows, first, "more than %d columns", LIMIT_DATA_COLUMNS);
	rows->columns = ARENA_ARRAY(rows->arena, const char *, names->len + 1);
	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		if (*name && is_listed(rows, name))
			fault(rows, first, "two columns are called \"%s\"", name);
		rows->columns[rows->n_columns++] = name;
	}
	g_ptr_array_free(names, TRUE);
	return at;
}

static bool at_empty_line(const struct rows *rows, size_t at)
{
	return rows->bytes.p[at] == '\r' || rows->bytes.p[at] == '\n';
}

static void read_csv(struct rows *rows)
{
	size_t line = 1, at;

	rows->separator = find_separator(rows->bytes);
	at = read_head(rows, &line);
	while (at < rows->bytes.n && rows->n_faults < MOST_FAULTS_TOLD) {
		size_t first = line, n = 0;
		struct field_bytes field;
		/* An empty line, as editors leave at the end, is no row, unless the table has one column, which may be empty. */
		bool empty = at_empty_line(rows, at);
		if (!empty)
			add_start(rows, at, line);
		do {
			field = next_field(rows, &at);
			n++;
			if (field.wrong)
				fault(rows, line, "%s", field.wrong);
			line += field.lines;
		} while (!field.last);
		if (!empty && n != rows->n_columns)
			fault(rows, first, "%zu fields, but the first line has %zu", n, rows->n_columns);
	}
	rows->end = rows->bytes.n;
}

static struct row csv_row(const struct rows *rows, struct arena *arena, size_t i)
{
	struct value *map = value_new(arena, VALUE_MAP);
	size_t at = rows->starts[i].offset;

	map->members = ARENA_ARRAY(arena, struct value_member, rows->n_columns);
	for (size_t k = 0; k < rows->n_columns; k++) {
		struct field_bytes field = next_field(rows, &at);
		if (!*rows->columns[k])
			continue;
		struct value *cell = value_new(arena, VALUE_STRING);
		cell->text = field_text(rows, arena, &field);
		cell->column = rows->columns[k];
		map->members[map->n].name = span_str(rows->columns[k]);
		map->members[map->n++].value = cell;
	}
	return (struct row){ i + 1, rows->starts[i].line, map };
}

/* --- JSON -------------------------------------------------------------------------------------------------------------------- */

static struct json_object *parse_object(struct json_tokener *tokener, struct span bytes, size_t at, size_t *end_out)
{
	json_tokener_reset(tokener);
	struct json_object *object = json_tokener_parse_ex(tokener, bytes.p + at, (int)(bytes.n - at));
	*end_out = at + json_tokener_get_parse_end(tokener);
	return object;
}

static struct json_tokener *new_tokener(void)
{
	struct json_tokener *tokener = json_tokener_new_ex(LIMIT_DATA_DEPTH);

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	return tokener;
}

static void note_columns(struct rows *rows, GPtrArray *names, struct json_object *object)
{
	json_object_object_foreach(object, key, value) {
		(void)value;
		if (names->len < LIMIT_DATA_COLUMNS && !g_ptr_array_find_with_equal_func(names, key, g_str_equal, NULL))
			g_ptr_array_add(names, arena_copy(rows->arena, span_str(key)));
	}
}

/* Blanks from at on, and their lines. */
static size_t skip_blanks(struct span s, size_t at, size_t *line)
{
	for (; at < s.n && ascii_is_space(s.p[at]); at++)
		*line += s.p[at] == '\n';
	return at;
}

static void read_json(struct rows *rows)
{
	struct json_tokener *tokener = new_tokener();
	GPtrArray *names = g_ptr_array_new();
	struct span s = rows->bytes;
	size_t line = 1, at = skip_blanks(s, 0, &line);
	bool array = s.p[at] == '[', closed = false;

	at += array;
	for (at = skip_blanks(s, at, &line); at < s.n && !closed; at = skip_blanks(s, at, &line)) {
		if (array && s.p[at] == ']' && rows->n == 0) {
			closed = true;
			at++;
			break;
		}
		if (s.p[at] != '{') {
			fault(rows, line, "a row must be an object: {\"name\": \"...\"}");
			break;
		}
		size_t end;
		struct json_object *object = parse_object(tokener, s, at, &end);
		if (!object) {
			enum json_tokener_error error = json_tokener_get_error(tokener);
			line += count_lines(span_cut(s, at, end));
			fault(rows, line, "%s", error == json_tokener_continue ? "the file ends inside a row" : json_tokener_error_desc(error));
			break;
		}
		add_start(rows, at, line);
		if (rows->n <= ROWS_FOR_COLUMNS)
			note_columns(rows, names, object);
		json_object_put(object);
		line += count_lines(span_cut(s, at, end));
		rows->end = end;
		at = skip_blanks(s, end, &line);
		if (!array)
			continue;
		closed = at < s.n && s.p[at] == ']';
		if (!closed && (at == s.n || s.p[at] != ',')) {
			fault(rows, line, "a comma or ] must follow a row");
			break;
		}
		at++;
	}
	if (array && !closed && rows->n_faults == 0)
		fault(rows, line, "the array does not end");
	else if (rows->n_faults == 0 && skip_blanks(s, at, &line) < s.n)
		fault(rows, line, "there is text behind the array");
	json_tokener_free(tokener);
	rows->n_columns = names->len;
	rows->columns = ARENA_ARRAY(rows->arena, const char *, names->len + 1);
	for (guint i = 0; i < names->len; i++)
		rows->columns[i] = g_ptr_array_index(names, i);
	g_ptr_array_free(names, TRUE);
}

static const struct value *value_of_json(struct arena *arena, struct json_object *object, const char *path)
{
	struct value *value = value_new(arena, VALUE_NULL);

	value->column = path;
	switch (json_object_get_type(object)) {
	case json_type_null:
		break;
	case json_type_boolean:
		value->kind = VALUE_BOOL;
		value->truth = json_object_get_boolean(object);
		break;
	case json_type_int:
	case json_type_double:
		value->kind = VALUE_NUMBER;
		value->number = json_object_get_double(object);
		value->text = arena_copy_span(arena, span_str(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN)));
		break;
	case json_type_string:
		value->kind = VALUE_STRING;
		value->text = arena_copy_span(arena, span_of(json_object_get_string(object), (size_t)json_object_get_string_len(object)));
		break;
	case json_type_array:
		value->kind = VALUE_LIST;
		value->n = json_object_array_length(object);
		value->members = ARENA_ARRAY(arena, struct value_member, value->n + 1);
		for (size_t i = 0; i < value->n; i++) {
			value->members[i].name = SPAN_EMPTY;
			value->members[i].value = value_of_json(arena, json_object_array_get_idx(object, i),
								arena_printf(arena, "%s[%zu]", path, i));
		}
		break;
	case json_type_object:
		value->kind = VALUE_MAP;
		value->members = ARENA_ARRAY(arena, struct value_member, (size_t)json_object_object_length(object) + 1);
		json_object_object_foreach(object, key, member) {
			struct value_member *to = &value->members[value->n++];
			to->name = span_str(arena_copy(arena, span_str(key)));
			to->value = value_of_json(arena, member, path ? arena_printf(arena, "%s.%s", path, key) : to->name.p);
		}
		break;
	}
	return value;
}

static struct row json_row(const struct rows *rows, struct arena *arena, size_t i)
{
	struct json_tokener *tokener = new_tokener();
	size_t end;
	struct json_object *object = parse_object(tokener, rows->bytes, rows->starts[i].offset, &end);
	struct row row = { i + 1, rows->starts[i].line, value_of_json(arena, object, NULL) };

	json_object_put(object);
	json_tokener_free(tokener);
	return row;
}

/* --- the file ---------------------------------------------------------------------------------------------------------------- */

/* "Unicode text" of Excel. */
static bool convert_utf16(struct rows *rows, bool big_endian)
{
	size_t n = rows->bytes.n / 2 - 1;
	const unsigned char *p = (const unsigned char *)rows->bytes.p + 2;
	gunichar2 *units = g_new(gunichar2, n + 1);
	glong length = 0;
	bool nul = false;

	for (size_t i = 0; i < n; i++) {
		units[i] = (gunichar2)(big_endian ? p[2 * i] << 8 | p[2 * i + 1] : p[2 * i + 1] << 8 | p[2 * i]);
		nul |= units[i] == 0;
	}
	rows->converted = rows->bytes.n % 2 ? NULL : g_utf16_to_utf8(units, (glong)n, NULL, &length, NULL);
	g_free(units);
	if (!rows->converted) {
		fault(rows, 1, "the file begins like UTF-16, and is not");
		return false;
	}
	/* What is converted ends there. */
	if (nul)
		fault(rows, 1, "the file holds NUL bytes");
	rows->bytes = span_of(rows->converted, (size_t)length);
	return rows->n_faults == 0;
}

/* Strip a byte order mark and find out the charset. false and said why where it is neither of the two. */
static bool settle_charset(struct rows *rows)
{
	bool certain = false;
	const char *name = NULL;

	if (span_starts(rows->bytes, SPAN_LIT("\xff\xfe")))
		return convert_utf16(rows, false);
	if (span_starts(rows->bytes, SPAN_LIT("\xfe\xff")))
		return convert_utf16(rows, true);
	if (span_starts(rows->bytes, SPAN_LIT("\xef\xbb\xbf")))
		rows->bytes = span_cut(rows->bytes, 3, rows->bytes.n);
	if (utf8_valid(rows->bytes))
		return true;
	rows->shift_jis = charset_guess(rows->bytes, &name, &certain) == CHARSET_SHIFT_JIS && certain;
	if (!rows->shift_jis)
		fault(rows, 1, "the file is neither in UTF-8 nor in Shift_JIS");
	return rows->shift_jis;
}

struct rows *rows_read(const char *path, struct span bytes, GPtrArray *errors)
{
	struct rows *rows = g_new0(struct rows, 1);

	rows->arena = arena_new();
	rows->path = arena_copy(rows->arena, span_str(path));
	rows->bytes = bytes;
	rows->errors = errors;
	if (settle_charset(rows)) {
		struct span start = span_trim(rows->bytes);
		if (start.n == 0)
			fault(rows, 1, "the file is empty");
		else if (memchr(rows->bytes.p, '\0', rows->bytes.n))
			fault(rows, 1, "the file holds NUL bytes");
		else if ((rows->json = !rows->shift_jis && (start.p[0] == '{' || start.p[0] == '[')))
			read_json(rows);
		else
			read_csv(rows);
	}
	if (rows->n_faults) {
		rows_free(rows);
		return NULL;
	}
	return rows;
}

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	g_free(rows->starts);
	g_free(rows->converted);
	arena_free(rows->arena);
	g_free(rows);
}

size_t rows_count(const struct rows *rows)
{
	return rows->n;
}

const char *rows_path(const struct rows *rows)
{
	return rows->path;
}

struct row rows_get(const struct rows *rows, struct arena *arena, size_t i)
{
	return rows->json ? json_row(rows, arena, i) : csv_row(rows, arena, i);
}

const char *const *rows_columns(const struct rows *rows)
{
	return rows->columns;
}

bool rows_has_column(const struct rows *rows, struct span name)
{
	for (size_t i = 0; i < rows->n_columns; i++)
		if (span_eq(span_str(rows->columns[i]), name))
			return true;
	return false;
}
