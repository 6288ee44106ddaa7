/* The pipeline of "presend bounce": read each input, ask lint/bounce/ what came back, hand every entry to the report at once. */
#include "run_bounce.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bounce/log.h"
#include "bounce/postmaster.h"
#include "bounce/read.h"
#include "doc/message.h"
#include "mail/input.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

struct state {
	const struct run_options *options;
	const struct bounce_options *bounce;
	struct bounce_writer writer;
	struct bounce_summary *summary;
	GHashTable *replies;           /* const struct reply *: all that were named, for --draft */
	GString *out;
	bool broken_pipe, write_failed;
	size_t n_not_a_bounce;
	struct arena *arena;           /* of the postmasters */
	GPtrArray *postmasters;        /* struct postmaster * */
};

enum { FLUSH_BYTES = 64 * 1024 };

static void flush(struct state *state)
{
	if (state->out->len && !state->write_failed && fwrite(state->out->str, 1, state->out->len, stdout) != state->out->len) {
		state->write_failed = true;
		state->broken_pipe = errno == EPIPE;
	}
	g_string_truncate(state->out, 0);
}

/* Is it about the mail that was asked for? */
static bool wanted(const struct bounce_options *options, const struct bounce_entry *entry)
{
	if (options->message_id && !(entry->message_id && strstr(entry->message_id, options->message_id)))
		return false;
	if (options->from && !(entry->sender && g_ascii_strcasecmp(entry->sender, options->from) == 0))
		return false;
	if (options->since) {
		g_autoptr(GDateTime) time = entry->date ? g_date_time_new_from_iso8601(entry->date, NULL) : NULL;
		if (time && g_date_time_to_unix(time) < options->since)
			return false;
	}
	return true;
}

static void take(struct state *state, const struct bounce_entry *entry)
{
	if (entry->kind == BOUNCE_NONE)
		state->n_not_a_bounce++;
	if (!wanted(state->bounce, entry))
		return;
	for (size_t i = 0; i < entry->n_replies; i++)
		g_hash_table_add(state->replies, (gpointer)entry->replies[i]);
	if (state->summary)
		bounce_summary_add(state->summary, entry);
	else
		report_bounce_entry(&state->writer, state->out, entry);
	if (state->out->len > FLUSH_BYTES)
		flush(state);
}

static void read_messages(struct state *state, const char *path, struct span bytes)
{
	struct arena *ranges_arena = arena_new();
	size_t n;
	bool is_mbox;

	bytes = bounce_line_feeds(ranges_arena, bytes);
	struct range *ranges = input_split_mbox(ranges_arena, bytes, &n, &is_mbox);

	for (size_t i = 0; i < n; i++) {
		struct arena *arena = arena_new();
		GPtrArray *entries = g_ptr_array_new();

		bounce_read(arena, path, i, span_cut(bytes, ranges[i].start, ranges[i].end), entries);
		for (guint k = 0; k < entries->len; k++)
			take(state, g_ptr_array_index(entries, k));
		g_ptr_array_free(entries, TRUE);
		arena_free(arena);
	}
	arena_free(ranges_arena);
}

static void take_logged(const struct bounce_entry *entry, void *data)
{
	take(data, entry);
}

static void add_error(GArray *errors, GPtrArray *texts, const char *path, const char *message)
{
	struct report_error error = {path, g_strdup(message)};

	g_ptr_array_add(texts, (gpointer)error.message);
	g_array_append_val(errors, error);
}

static void read_file(struct state *state, const struct input_file *file, GArray *errors, GPtrArray *texts)
{
	enum language language = state->options->report.language;
	GError *error = NULL;
	struct stream *stream = stream_open(file->is_stdin ? "-" : file->path, &error);

	if (!stream) {
		add_error(errors, texts, file->path, error->message);
		g_error_free(error);
		return;
	}
	if (log_recognise(stream_peek(stream))) {
		log_read(stream, file->path, state->options->lint.now, take_logged, state);
	} else {
		bool cut;
		GByteArray *bytes = stream_rest(stream, &cut);
		struct span text = span_of((const char *)bytes->data, bytes->len);
		struct postmaster *postmaster = postmaster_recognise(text) ? postmaster_read(state->arena, file->path, text) : NULL;
		if (postmaster)
			g_ptr_array_add(state->postmasters, postmaster);
		else
			read_messages(state, file->path, text);
		g_byte_array_unref(bytes);
		if (cut)
			add_error(errors, texts, file->path, say(language, "only the first 64 MiB were read", "先頭の 64 MiB だけを読みました"));
	}
	if (!stream_is_whole(stream))
		add_error(errors, texts, file->path, say(language, "could not be read to its end", "最後まで読めませんでした"));
	stream_close(stream);
}

/* --- the draft ------------------------------------------------------------------------------------------------------------------- */

static int compare_replies(const void *a, const void *b)
{
	const struct reply *x = *(const struct reply *const *)a, *y = *(const struct reply *const *)b;

	return x < y ? -1 : x > y;
}

/* Run the rules that the replies lead to on the draft. */
static int run_draft(struct state *state)
{
	struct run_options options = *state->options;
	GPtrArray *replies = g_ptr_array_new(), *ids;
	GHashTableIter iter;
	gpointer key;
	int code = EXIT_CLEAN;

	g_hash_table_iter_init(&iter, state->replies);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		g_ptr_array_add(replies, key);
	g_ptr_array_sort(replies, compare_replies);
	ids = reply_requirements((const struct reply *const *)replies->pdata, replies->len, true);
	g_autoptr(GPtrArray) rules = reply_rules(ids);
	if (rules->len == 0) {
		run_say(state->bounce->draft, say(options.report.language, "no rule about drafts belongs to these replies", "これらの応答に対応する原稿のルールはありません"));
	} else {
		options.lint.select = g_ptr_array_new();
		for (guint i = 0; i < rules->len; i++)
			g_ptr_array_add(options.lint.select, (gpointer)((const struct rule *)g_ptr_array_index(rules, i))->id);
		options.n_formats = 0;
		options.report.verbose = true;
		options.max_score = -1;
		char *paths[] = {(char *)state->bounce->draft};
		fputc('\n', stdout);
		code = run_lint(&options, paths, 1);
		g_ptr_array_free(options.lint.select, TRUE);
	}
	g_ptr_array_free(replies, TRUE);
	g_ptr_array_unref(ids);
	return code;
}

static bool postmaster_fails(const struct state *state)
{
	for (guint i = 0; i < state->postmasters->len; i++) {
		const struct postmaster *postmaster = g_ptr_array_index(state->postmasters, i);
		for (size_t k = 0; k < postmaster->n; k++)
			if (postmaster->rows[k].state == POSTMASTER_FAIL)
				return true;
	}
	return false;
}

int run_bounce(const struct run_options *options, const struct bounce_options *bounce, char *const *paths, size_t n_paths)
{
	/* Two documents on standard output are none that a program could read. */
	if (bounce->draft && bounce->format != BOUNCE_TEXT) {
		run_say("--draft", say(options->report.language, "goes with --format text only", "--format text でのみ使えます"));
		return EXIT_TROUBLE;
	}
	struct state state = {.options = options, .bounce = bounce, .out = g_string_new(NULL), .replies = g_hash_table_new(NULL, NULL), .arena = arena_new(), .postmasters = g_ptr_array_new()};
	GPtrArray *troubles = g_ptr_array_new_with_free_func(g_free), *remarks = g_ptr_array_new_with_free_func(g_free),
		  *texts = g_ptr_array_new_with_free_func(g_free);
	GArray *errors = g_array_new(FALSE, TRUE, sizeof(struct report_error));
	int code = EXIT_CLEAN;

	message_library_init();
	GPtrArray *files = input_expand(paths, n_paths, options->stdin_name, NULL, troubles, remarks);
	for (guint i = 0; i < troubles->len; i++) {
		struct report_error error = {NULL, g_ptr_array_index(troubles, i)};
		g_array_append_val(errors, error);
	}
	if (bounce->summary)
		state.summary = bounce_summary_new();
	else
		report_bounce_begin(&state.writer, state.out, bounce->format, &options->report);
	for (guint i = 0; i < files->len && !state.write_failed; i++)
		read_file(&state, g_ptr_array_index(files, i), errors, texts);
	if (state.summary) {
		bounce_summary_write(state.summary, state.out, bounce->format, &options->report);
		bounce_summary_free(state.summary);
	} else {
		report_bounce_end(&state.writer, state.out, state.postmasters, (const struct report_error *)(const void *)errors->data, errors->len);
	}
	flush(&state);
	if (fflush(stdout) != 0)
		state.write_failed = true;
	for (guint i = 0; i < remarks->len; i++)
		run_say(NULL, g_ptr_array_index(remarks, i));
	for (guint i = 0; i < errors->len && bounce->format != BOUNCE_JSON; i++) {
		const struct report_error *error = &g_array_index(errors, struct report_error, i);
		run_say(error->path, error->message);
	}
	if (state.n_not_a_bounce || postmaster_fails(&state))
		code = EXIT_FINDINGS;
	if (bounce->draft && !state.write_failed && run_draft(&state) == EXIT_TROUBLE)
		code = EXIT_TROUBLE;
	if (errors->len || state.write_failed)
		code = EXIT_TROUBLE;
	g_ptr_array_free(state.postmasters, TRUE);
	arena_free(state.arena);
	g_hash_table_destroy(state.replies);
	g_string_free(state.out, TRUE);
	for (guint i = 0; i < files->len; i++)
		input_file_free(g_ptr_array_index(files, i));
	g_ptr_array_unref(files);
	g_array_free(errors, TRUE);
	g_ptr_array_unref(troubles);
	g_ptr_array_unref(remarks);
	g_ptr_array_unref(texts);
	return code;
}
