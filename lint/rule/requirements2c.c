/* A program of the build machine: rules.d/requirements.tsv in, constant C tables out. rule/requirement.h says what the columns are.
 * Uses GLib only; strict, because a slip in the data would be a wrong verdict. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/c_literal.h"
#include "rule/requirement.h"

enum column {
	COLUMN_ID, COLUMN_LEVEL, COLUMN_WHO, COLUMN_DECIDED_BY, COLUMN_CLASSES, COLUMN_PROFILES, COLUMN_SOURCES, COLUMN_REPLY,
	COLUMN_TITLE_EN, COLUMN_TITLE_JA, COLUMN_ANSWER_EN, COLUMN_ANSWER_JA, COLUMN_NOTE, N_COLUMNS
};
enum { SOURCE_KEY, SOURCE_NAME, SOURCE_URL, SOURCE_DATE, N_SOURCE_FIELDS };

static const char *file_name;
static int line_number, faults;

static void refuse(const char *what, const char *word)
{
	fprintf(stderr, "%s:%d:1: %s: %s\n", file_name, line_number, what, word);
	faults++;
}

/* The place of the word in the list, or a fault and 0. */
static int index_of(const char *word, const char *const *words, const char *what)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	refuse(what, word);
	return 0;
}

static unsigned classes_of(const char *field)
{
	unsigned classes = 0;

	if (!field)
		return 0;
	char **words = g_strsplit(field, ",", -1);
	for (char **word = words; *word; word++) {
		enum mail_class mail_class;
		if (class_parse(*word, &mail_class))
			classes |= 1u << mail_class;
		else
			refuse("unknown class", *word);
	}
	g_strfreev(words);
	return classes;
}

static unsigned profiles_of(const char *field, bool *format_set)
{
	unsigned profiles = 0;

	*format_set = false;
	if (!field)
		return 0;
	char **words = g_strsplit(field, ",", -1);
	for (char **word = words; *word; word++) {
		unsigned profile = 0;
		if (strcmp(*word, "format") == 0)
			*format_set = true;
		else if (profile_parse(*word, &profile))
			profiles |= profile;
		else
			refuse("unknown profile", *word);
	}
	g_strfreev(words);
	return profiles;
}

static void put_rfc(GString *out, const char *word)
{
	const char *number = word + strlen("RFC");
	size_t digits = strspn(number, "0123456789");
	const char *section = number[digits] == ':' ? number + digits + 1 : NULL;

	if (!digits || (number[digits] && (!section || !*section)))
		refuse("not an RFC and its section", word);
	g_string_append_printf(out, "{ .name = \"RFC %.*s\", ", (int)digits, number);
	if (section)
		g_string_append_printf(out, ".section = \"%s\", ", section);
	g_string_append_printf(out, ".url = \"https://www.rfc-editor.org/rfc/rfc%.*s%s%s\" },", (int)digits, number,
			       section ? "#section-" : "", section ? section : "");
}

static void put_sources(GString *out, GHashTable *sources, const char *field)
{
	char **words = g_strsplit(field ? field : "", ",", -1);
	guint n = g_strv_length(words);

	if (n == 0)
		refuse("needs a source", "-");
	g_string_append(out, "\n\t  .sources = (const struct rule_source[]){ ");
	for (char **word = words; *word; word++) {
		char *const *source = g_hash_table_lookup(sources, *word);
		if (g_str_has_prefix(*word, "RFC")) {
			put_rfc(out, *word);
		} else if (source) {
			g_string_append(out, "{ .name = ");
			put_string(out, source[SOURCE_NAME]);
			g_string_append(out, ", .url = ");
			put_string(out, source[SOURCE_URL]);
			g_string_append(out, ", .date = ");
			put_string(out, source[SOURCE_DATE]);
			g_string_append(out, " },");
		} else {
			refuse("unknown source", *word);
		}
	}
	g_string_append_printf(out, " },\n\t  .n_sources = %u,", n);
	g_strfreev(words);
}

static void put_localized(GString *out, const char *field, const char *en, const char *ja)
{
	g_string_append_printf(out, "\n\t  .%s = { { ", field);
	put_string(out, en);
	g_string_append(out, ", ");
	put_string(out, ja);
	g_string_append(out, " } },");
}

static void put_requirement(GString *out, GHashTable *sources, char **fields)
{
	static const char *const levels[] = { "must", "should", "may", NULL };
	static const char *const senders[] = { "all", "bulk", NULL };
	static const char *const letters[] = { "E", "E*", "D", "I", "A", NULL };
	bool format_set;

	for (int i = COLUMN_ID; i <= COLUMN_DECIDED_BY; i++) {
		if (!fields[i]) {
			refuse("an empty column", "id, level, who, decided by");
			return;
		}
	}
	int letter = index_of(fields[COLUMN_DECIDED_BY], letters, "unknown letter");
	unsigned profiles = profiles_of(fields[COLUMN_PROFILES], &format_set);

	if (!fields[COLUMN_TITLE_EN] || !fields[COLUMN_TITLE_JA])
		refuse("needs a title in both languages", fields[COLUMN_ID]);
	/* What the draft decides needs no other answer, and everything else does. */
	if ((letter == DECIDED_BY_FILE) != !fields[COLUMN_ANSWER_EN] || !fields[COLUMN_ANSWER_EN] != !fields[COLUMN_ANSWER_JA])
		refuse("what answers it: in both languages, or not for E", fields[COLUMN_ID]);
	if (strlen(fields[COLUMN_ID]) > sizeof(uint64_t))
		refuse("an id is at most eight characters", fields[COLUMN_ID]);
	g_string_append(out, "\t{ .id = ");
	put_string(out, fields[COLUMN_ID]);
	g_string_append_printf(out, ", .key = UINT64_C(0x%" PRIx64 ")", requirement_key(fields[COLUMN_ID]));
	g_string_append_printf(out, ", .level = %d, .bulk_only = %d, .decided_by = %d, .classes = %uu, .profiles = %uu, .format_set = %d,",
			       index_of(fields[COLUMN_LEVEL], levels, "unknown level"), index_of(fields[COLUMN_WHO], senders, "unknown word"),
			       letter, classes_of(fields[COLUMN_CLASSES]), profiles, format_set);
	put_sources(out, sources, fields[COLUMN_SOURCES]);
	g_string_append(out, "\n\t  .reply = ");
	put_string(out, fields[COLUMN_REPLY]);
	g_string_append_c(out, ',');
	put_localized(out, "title", fields[COLUMN_TITLE_EN], fields[COLUMN_TITLE_JA]);
	put_localized(out, "answer", fields[COLUMN_ANSWER_EN], fields[COLUMN_ANSWER_JA]);
	g_string_append(out, "\n\t  .note = ");
	put_string(out, fields[COLUMN_NOTE]);
	g_string_append(out, " },\n");
}

/* The fields of a line, NULL for "-"; NULL after a fault. */
static char **fields_of(const char *line, guint wanted)
{
	char **fields = g_strsplit(line, "\t", -1);

	if (g_strv_length(fields) != wanted) {
		char *text = g_strdup_printf("%u fields, not %u", g_strv_length(fields), wanted);
		refuse("a line", text);
		g_free(text);
		g_strfreev(fields);
		return NULL;
	}
	for (guint i = 0; i < wanted; i++) {
		if (!*fields[i])
			refuse("an empty field is written -", line);
		if (strcmp(fields[i], "-") == 0)
			fields[i] = NULL; /* the tool ends soon; its memory is not counted */
	}
	return fields;
}

int main(int argc, char **argv)
{
	char *text;
	gsize n;
	size_t count = 0;
	const char *last = "";

	if (argc != 3) {
		fprintf(stderr, "usage: %s REQUIREMENTS.tsv OUTPUT.c\n", argv[0]);
		return 2;
	}
	file_name = argv[1];
	if (!g_file_get_contents(argv[1], &text, &n, NULL) || !g_utf8_validate(text, (gssize)n, NULL)) {
		refuse("cannot be read as UTF-8", argv[1]);
		return 2;
	}
	GHashTable *sources = g_hash_table_new(g_str_hash, g_str_equal);
	GString *out = g_string_new("/* Made from the list of requirements by requirements2c. Do not edit. */\n"
				    "#include \"rule/requirement.h\"\n\n"
				    "const struct requirement builtin_requirements[] = {\n");
	for (char *line = text; line && *line;) {
		char *end = strchr(line, '\n');
		if (end)
			*end = '\0';
		line_number++;
		if (*line == '@') {
			char **fields = fields_of(line + 1, N_SOURCE_FIELDS);
			if (fields && (!fields[SOURCE_KEY] || !fields[SOURCE_NAME]))
				refuse("a source needs a key and a name", line);
			else if (fields && !g_hash_table_insert(sources, fields[SOURCE_KEY], fields))
				refuse("a source twice", fields[SOURCE_KEY]);
		} else if (*line != '#') {
			char **fields = fields_of(line, N_COLUMNS);
			if (fields && fields[COLUMN_ID] && strcmp(last, fields[COLUMN_ID]) >= 0)
				refuse("not sorted by id, or twice", fields[COLUMN_ID]);
			if (fields && fields[COLUMN_ID])
				last = fields[COLUMN_ID];
			if (fields)
				put_requirement(out, sources, fields);
			count++;
		}
		line = end ? end + 1 : NULL;
	}
	g_string_append_printf(out, "};\nconst size_t n_builtin_requirements = %zu;\n", count);
	if (!faults && !g_file_set_contents(argv[2], out->str, (gssize)out->len, NULL))
		refuse("cannot be written", argv[2]);
	g_string_free(out, TRUE);
	return faults ? 2 : 0;
}
