/* Role: the baseline of a run: read, written, applied, and what is to be said about it.
 * May not: know what a baseline looks like. */
#include "baseline_use.h"

#include <string.h>

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

bool baseline_load(const struct run_options *options, struct baseline **out)
{
	GError *error = NULL;
	const char *file = options->baseline ? options->baseline : RUN_BASELINE;

	*out = NULL;
	if (!options->baseline && !options->write_baseline)
		return true;
	*out = baseline_read(file, &error);
	if (*out)
		return true;
	bool missing = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
	bool good = missing && options->write_baseline;
	if (missing && !good)
		run_say(file, say(options->report.language, "no such baseline; --write-baseline writes it",
				  "ベースラインがありません。--write-baseline で作成できます"));
	else if (!good)
		run_say(NULL, error->message);
	g_error_free(error);
	return good;
}

/* Write what was found as the new baseline. It then knows all of it. */
static bool write_baseline(const struct run_options *options, struct baseline **baseline, struct message_result *const *results, size_t n)
{
	enum language language = options->report.language;
	const char *file = options->baseline ? options->baseline : RUN_BASELINE;
	size_t n_findings;
	GString *text = baseline_text(file, *baseline, results, n, &n_findings);
	GError *error = NULL;
	bool good = g_file_set_contents_full(file, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &error);

	g_string_free(text, TRUE);
	if (!good) {
		run_say(NULL, error->message);
		g_error_free(error);
		return false;
	}
	baseline_free(*baseline);
	*baseline = baseline_read(file, NULL);
	char *count = language == LANGUAGE_JA ? g_strdup_printf("指摘 %zu 件を書き込みました", n_findings) :
						g_strdup_printf("findings written: %zu", n_findings);
	run_say(file, count);
	g_free(count);
	return *baseline != NULL;
}

/* Entries that were not found again do no harm but hide the same fault when it comes back: told, and no failure. */
static void tell_stale(const struct run_options *options, const struct baseline *baseline, struct message_result *const *results, size_t n)
{
	enum language language = options->report.language;
	GPtrArray *lines = baseline_stale(baseline, results, n);

	if (lines->len && !options->report.quiet) {
		char *count = language == LANGUAGE_JA ?
				      g_strdup_printf("該当する指摘がなくなった項目が %u 件あります。--write-baseline で削除できます", lines->len) :
				      g_strdup_printf("entries not found any more: %u; --write-baseline takes them out", lines->len);
		run_say(options->baseline, count);
		g_free(count);
		for (guint i = 0; options->report.verbose && i < lines->len; i++)
			run_say(options->baseline, g_ptr_array_index(lines, i));
	}
	g_ptr_array_free(lines, TRUE);
}

bool baseline_use(const struct run_options *options, struct baseline **baseline, struct message_result *const *results, size_t n)
{
	if (options->write_baseline && !write_baseline(options, baseline, results, n))
		return false;
	if (!*baseline)
		return true;
	baseline_apply(*baseline, results, n);
	if (!options->write_baseline)
		tell_stale(options, *baseline, results, n);
	return true;
}
