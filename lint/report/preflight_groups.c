/* Role: what was found for several messages, joined by domain of From: rows that say the same stand there once, with the messages they are about.
 * May not: ask DNS or judge; the rows come from lint/preflight/. */
#include <string.h>

#include "base/arena.h"
#include "report/phrases.h"
#include "report/preflight.h"
#include "report/safe.h"

enum { PLACES_SHOWN = 5 };

struct letter {
	const char *path;      /* NULL: a domain was named */
	size_t index;
};

struct joined_row {
	struct preflight_row row;
	GArray *letters;       /* size_t: places in the letters of the group, rising */
};

struct group {
	struct preflight_report report;
	GArray *letters;       /* struct letter */
	GArray *rows;          /* struct joined_row */
	GHashTable *known;     /* what a row says -> its place + 1 */
};

struct preflight_groups {
	struct arena *arena;
	GPtrArray *all;        /* struct group */
	GHashTable *of_domain;
};

struct preflight_groups *preflight_groups_new(void)
{
	struct preflight_groups *groups = g_new0(struct preflight_groups, 1);

	groups->arena = arena_new();
	groups->all = g_ptr_array_new();
	groups->of_domain = g_hash_table_new(g_str_hash, g_str_equal);
	return groups;
}

static void group_free(struct group *group)
{
	for (guint i = 0; i < group->rows->len; i++)
		g_array_unref(g_array_index(group->rows, struct joined_row, i).letters);
	g_array_unref(group->rows);
	g_array_unref(group->letters);
	g_hash_table_destroy(group->known);
	g_free(group);
}

void preflight_groups_free(struct preflight_groups *groups)
{
	for (guint i = 0; i < groups->all->len; i++)
		group_free(g_ptr_array_index(groups->all, i));
	g_ptr_array_free(groups->all, TRUE);
	g_hash_table_destroy(groups->of_domain);
	arena_free(groups->arena);
	g_free(groups);
}

/* --- joining ---------------------------------------------------------------------------------------------------------------------- */

static const char *copy(struct preflight_groups *groups, const char *text)
{
	return text ? arena_copy(groups->arena, span_str(text)) : NULL;
}

static struct group *group_of(struct preflight_groups *groups, const struct preflight_report *report)
{
	struct group *group = g_hash_table_lookup(groups->of_domain, report->domain);

	if (group)
		return group;
	group = g_new0(struct group, 1);
	group->report = (struct preflight_report){ .domain = copy(groups, report->domain), .snapshot = copy(groups, report->snapshot) };
	group->letters = g_array_new(FALSE, FALSE, sizeof(struct letter));
	group->rows = g_array_new(FALSE, FALSE, sizeof(struct joined_row));
	group->known = g_hash_table_new(g_str_hash, g_str_equal);
	g_ptr_array_add(groups->all, group);
	g_hash_table_insert(groups->of_domain, (gpointer)group->report.domain, group);
	return group;
}

static struct preflight_row row_copy(struct preflight_groups *groups, const struct preflight_row *row)
{
	struct preflight_row out = *row;
	size_t n = g_strv_length((char **)(uintptr_t)row->requirements);
	const char **ids = ARENA_ARRAY(groups->arena, const char *, n + 1);

	for (size_t i = 0; i < n; i++)
		ids[i] = copy(groups, row->requirements[i]);
	out.requirements = ids;
	out.message = copy(groups, row->message);
	out.help = copy(groups, row->help);
	out.evidence = copy(groups, row->evidence);
	out.query = copy(groups, row->query);
	out.record = copy(groups, row->record);
	return out;
}

static void add_row(struct preflight_groups *groups, struct group *group, const struct preflight_row *row, size_t letter)
{
	g_autofree char *says = g_strjoin("\n", row->check, row->message, row->evidence ? row->evidence : "", NULL);
	size_t known = GPOINTER_TO_SIZE(g_hash_table_lookup(group->known, says));

	if (!known) {
		struct joined_row joined = { row_copy(groups, row), g_array_new(FALSE, FALSE, sizeof(size_t)) };
		g_array_append_val(group->rows, joined);
		known = group->rows->len;
		g_hash_table_insert(group->known, (gpointer)copy(groups, says), GSIZE_TO_POINTER(known));
	}
	GArray *letters = g_array_index(group->rows, struct joined_row, known - 1).letters;
	if (letters->len == 0 || g_array_index(letters, size_t, letters->len - 1) != letter)
		g_array_append_val(letters, letter);
}

void preflight_groups_add(struct preflight_groups *groups, const struct preflight_report *report)
{
	struct group *group = group_of(groups, report);
	const struct letter letter = { copy(groups, report->path), report->index };

	if (report->assumed && !group->report.assumed)
		group->report.assumed = copy(groups, report->assumed);
	g_array_append_val(group->letters, letter);
	for (size_t i = 0; i < report->n; i++)
		add_row(groups, group, &report->rows[i], group->letters->len - 1);
}

/* --- the report ------------------------------------------------------------------------------------------------------------------- */

/* Is the letter the only one of its file? */
static bool is_alone(const GArray *letters, size_t at)
{
	const char *path = g_array_index(letters, struct letter, at).path;

	return g_array_index(letters, struct letter, at).index == 0 && (at == 0 || g_strcmp0(g_array_index(letters, struct letter, at - 1).path, path) != 0) &&
	       (at + 1 == letters->len || g_strcmp0(g_array_index(letters, struct letter, at + 1).path, path) != 0);
}

/* The file, where the one told before is another, and the number of the message, where there are more. */
static void append_letter(GString *out, const GArray *letters, size_t at, const char **file, enum language language)
{
	const struct letter *letter = &g_array_index(letters, struct letter, at);
	bool same = *file && strcmp(*file, letter->path) == 0;

	if (!same)
		g_string_append_printf(out, "%s%s", *file ? ", " : "", letter->path);
	if (!is_alone(letters, at)) {
		g_autofree char *number = g_strdup_printf("%zu", letter->index + 1);
		g_string_append_c(out, ' ');
		PHRASE_APPEND(out, PHRASE_MESSAGE_NUMBER, language, number);
	}
	*file = letter->path;
}

/* which: places in letters; NULL: all of them. A domain that was named has no place. */
static const char *names(struct preflight_groups *groups, const GArray *letters, const GArray *which, enum language language)
{
	size_t n = which ? which->len : letters->len, told = 0;
	GString *out = g_string_new(NULL);
	const char *file = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t at = which ? g_array_index(which, size_t, i) : i;
		if (g_array_index(letters, struct letter, at).path && told++ < PLACES_SHOWN)
			append_letter(out, letters, at, &file, language);
	}
	if (told > PLACES_SHOWN) {
		g_autofree char *count = g_strdup_printf("%zu", told - PLACES_SHOWN);
		g_string_append(out, ", ");
		PHRASE_APPEND(out, PHRASE_PREFLIGHT_MORE_MESSAGES, language, count);
	}
	const char *text = told ? arena_copy(groups->arena, span_str(out->str)) : NULL;
	g_string_free(out, TRUE);
	return text;
}

static void append_group(struct preflight_groups *groups, GString *out, struct group *group, const struct report_options *options)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct preflight_row));

	for (guint i = 0; i < group->rows->len; i++) {
		struct joined_row *joined = &g_array_index(group->rows, struct joined_row, i);
		if (joined->letters->len < group->letters->len)
			joined->row.places = names(groups, group->letters, joined->letters, options->language);
		g_array_append_val(rows, joined->row);
	}
	group->report.path = names(groups, group->letters, NULL, options->language);
	group->report.rows = (const struct preflight_row *)(const void *)rows->data;
	group->report.n = rows->len;
	report_preflight_text(out, &group->report, options);
	g_array_unref(rows);
}

void preflight_groups_append(struct preflight_groups *groups, GString *out, const struct report_options *options)
{
	for (guint i = 0; i < groups->all->len; i++) {
		g_string_append(out, i > 0 ? "\n" : "");
		append_group(groups, out, g_ptr_array_index(groups->all, i), options);
	}
}
