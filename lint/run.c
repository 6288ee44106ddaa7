/* The pipeline for files: read, decode, document, rules, findings, score, reports. Parses no options and judges nothing. */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/lines.h"
#include "baseline_use.h"
#include "checklist_dns.h"
#include "diff.h"
#include "doc/message.h"
#include "git.h"
#include "mail/input.h"
#include "progress.h"
#include "report/checklist.h"
#include "report/reason.h"
#include "report/safe.h"
#include "rule/check.h"
#include "rule/engine.h"
#include "rule/fix.h"
#include "rule/rule_load.h"
#include "rule/several.h"
#include "run_page.h"
#include "run_rows.h"
#include "run_stream.h"
#include "setup.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* Where run_say() puts what it says; NULL: standard error. */
static GString *said;

void run_say_into(GString *lines)
{
	said = lines;
}

void run_say(const char *what, const char *message)
{
	GString *line = g_string_new("presend: ");

	if (what) {
		safe_append_terminal(line, span_str(what), false);
		g_string_append(line, ": ");
	}
	safe_append_terminal(line, span_str(message), false);
	if (said)
		g_string_append_printf(said, "%s\n", line->str);
	else
		fprintf(stderr, "%s\n", line->str);
	g_string_free(line, TRUE);
}

static void say_reason(enum language language, const char *what, const char *message)
{
	char *reason = reason_in(language, message);
	run_say(what, reason);
	g_free(reason);
}

/* --- rules ------------------------------------------------------------------------------------------------------------------- */

static int compare_rules(const void *a, const void *b)
{
	return strcmp((*(const struct rule *const *)a)->id, (*(const struct rule *const *)b)->id);
}

bool run_load_rules(const char *path, bool no_builtin_rules, enum language language, struct run_rules *out)
{
	const struct rule_set *builtin = builtin_rules();

	*out = (struct run_rules){ .arena = arena_new() };
	if (!path && !no_builtin_rules) {
		out->set = *builtin;
		return true;
	}
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	if (path)
		own_rules_load(out->arena, path, language, &out->own, errors);
	const struct rule **all = ARENA_ARRAY(out->arena, const struct rule *, out->own.set.n + builtin->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < out->own.set.n; i++)
		all[n++] = out->own.set.rules[i];
	/* What presend says about itself (a limit reached, a rule that gave up) is never left out. */
	for (size_t i = 0; i < builtin->n; i++)
		if (!no_builtin_rules || strcmp(builtin->rules[i]->area, "engine") == 0)
			all[n++] = builtin->rules[i];
	qsort(all, n, sizeof *all, compare_rules);
	out->set = (struct rule_set){ all, n };
	for (guint i = 0; i < errors->len; i++)
		run_say(NULL, g_ptr_array_index(errors, i));
	bool good = errors->len == 0;
	g_ptr_array_free(errors, TRUE);
	if (!good)
		run_rules_release(out);
	return good;
}

void run_rules_release(struct run_rules *rules)
{
	rule_file_close(&rules->own.file);
	arena_free(rules->arena);
	*rules = (struct run_rules){ 0 };
}

/* --- one file ---------------------------------------------------------------------------------------------------------------- */

void run_correct_kind(const struct lint_options *options, struct span bytes, enum input_kind *kind, enum template_kind *template_kind)
{
	bool holds_message = input_holds_message(bytes);

	if (*kind == INPUT_TEMPLATE && *template_kind == TEMPLATE_TEXT && holds_message) {
		*kind = INPUT_MESSAGE;
		*template_kind = TEMPLATE_NONE;
	} else if (*kind == INPUT_MESSAGE && options->stage_given && options->stage == STAGE_TEMPLATE && !holds_message) {
		struct span text = span_trim(bytes);
		*kind = INPUT_TEMPLATE;
		*template_kind = text.n && text.p[0] == '<' ? TEMPLATE_HTML : TEMPLATE_TEXT;
	}
}

/* Which engine is to judge a message. */
typedef const struct engine *(*engine_chooser)(void *data, const struct message *message);

/* What is done beside with each message; NULL: nothing. */
typedef void (*message_visitor)(void *data, const struct engine *engine, const struct message *message, struct message_result *result);

/* Lint all messages of a file's bytes and append their results. */
static void lint_bytes(struct engine_worker *worker, engine_chooser choose, message_visitor visit, void *data, const char *path, struct span bytes, bool cut,
		       enum input_kind kind, enum template_kind template_kind, GPtrArray *results)
{
	struct arena *arena = arena_new();
	const struct text file = { .bytes = bytes };
	const struct line_index lines = line_index_new(arena, bytes);
	size_t n = 1;
	bool is_mbox = false;
	struct range whole = { 0, bytes.n };
	struct range *ranges = &whole;

	if (kind == INPUT_MESSAGE)
		ranges = input_split_mbox(arena, bytes, &n, &is_mbox);
	for (size_t i = 0; i < n; i++) {
		struct message *message = message_new(path, &file, &lines, ranges[i], i, kind, template_kind);
		message->input_cut = cut && i == n - 1;
		if (n == 1)
			message->from_line_length = ranges[0].start;
		const struct engine *engine = choose(data, message);
		struct message_result *result = engine_run_with(worker, engine, message);
		fix_realise(result, &file, &lines);
		if (visit)
			visit(data, engine, message, result);
		g_ptr_array_add(results, result);
		message_free(message);
	}
	arena_free(arena);
}

static const struct engine *same_engine(void *data, const struct message *message)
{
	(void)message;
	return data;
}

GPtrArray *run_lint_bytes(const struct rule_set *rules, const struct lint_options *options, const char *path, struct span bytes,
			  bool is_template, int template_kind)
{
	struct engine *engine = engine_new(rules, options);
	struct engine_worker *worker = engine_worker_new(engine);
	GPtrArray *results = g_ptr_array_new();

	enum input_kind kind = is_template ? INPUT_TEMPLATE : INPUT_MESSAGE;
	enum template_kind corrected = (enum template_kind)template_kind;

	run_correct_kind(options, bytes, &kind, &corrected);
	lint_bytes(worker, same_engine, NULL, engine, path, bytes, false, kind, corrected, results);
	engine_run_several(engine, (struct message_result **)results->pdata, results->len);
	engine_worker_free(worker);
	engine_free(engine);
	return results;
}

/* A template in memory, with its rows. */
struct filled_in {
	const struct engine *engine;
	const struct lint_options *options;
	const struct run_rows *rows;
};

static const struct engine *engine_of_filled_in(void *data, const struct message *message)
{
	(void)message;
	return ((struct filled_in *)data)->engine;
}

static void fill_in_alone(void *data, const struct engine *engine, const struct message *message, struct message_result *result)
{
	const struct filled_in *filled_in = data;

	run_rows_lint(filled_in->rows, engine, filled_in->options, 1, message, result);
}

GPtrArray *run_lint_rows(const struct rule_set *rules, const struct lint_options *options, const char *path, struct span bytes, int template_kind,
			 struct span data, bool each_row, GPtrArray *errors)
{
	struct run_rows *rows = run_rows_of("data", data, each_row, errors);

	if (!rows)
		return NULL;
	struct engine *engine = engine_new(rules, options);
	struct engine_worker *worker = engine_worker_new(engine);
	GPtrArray *results = g_ptr_array_new();
	struct filled_in filled_in = { engine, options, rows };

	lint_bytes(worker, engine_of_filled_in, fill_in_alone, &filled_in, path, bytes, false, INPUT_TEMPLATE, (enum template_kind)template_kind, results);
	engine_worker_free(worker);
	engine_free(engine);
	run_rows_free(rows);
	return results;
}

/* --- many files -------------------------------------------------------------------------------------------------------------- */

struct job {
	const struct input_file *file;
	struct setup_place place;
	struct setup *setup;
	const struct run_rows *rows;   /* of --data; NULL */
	bool page;                     /* a report shows the mail */
	size_t number;                 /* of the file in the run */
	int threads;                   /* for these */
	bool filled;                   /* a template with tags: rows were put in */
	GPtrArray *results;            /* struct message_result */
	char *trouble;                 /* why it could not be read; NULL */
	struct engine_worker *worker;  /* of the thread that runs it */
	bool cut;                      /* the file is longer than what is looked at */
	enum input_kind kind;
	enum template_kind template_kind;
	const struct fix_options *fix;
	const struct baseline *baseline; /* for the fixes; NULL */
	size_t n_fixed;
	bool unfinished;               /* more could be fixed */
	GString *fixed;                /* FIX_DIFF: the difference; of standard input the new bytes; NULL */
	char *write_trouble;           /* why it was not written; NULL */
};

struct job_queue {
	struct setup *setup;
	const struct run_rows *rows;
	int wanted;                    /* --jobs */
	struct job *jobs;
	size_t n;
	gint next;                     /* atomic: the next job to take */
	struct progress progress;
	const GThread *teller;         /* the one thread that tells of it */
	const struct run_options *options;
	const struct baseline *baseline;
};

static const struct engine *engine_of_job(void *data, const struct message *message)
{
	const struct job *job = data;

	return setup_engine_for(job->setup, &job->place, message);
}

static void fill_in(void *data, const struct engine *engine, const struct message *message, struct message_result *result)
{
	struct job *job = data;
	const struct settings *settings = setup_settings_for(job->setup, &job->place, message);

	if (result->stage == STAGE_TEMPLATE)
		job->filled |= run_rows_lint(job->rows, engine, &settings->lint, job->threads, message, result);
}

static void visit_job(void *data, const struct engine *engine, const struct message *message, struct message_result *result)
{
	const struct job *job = data;

	if (job->rows)
		fill_in(data, engine, message, result);
	if (job->page)
		run_page(message, result, job->number + message->index);
}

static GPtrArray *lint_job(void *data, struct span bytes)
{
	struct job *job = data;
	GPtrArray *results = g_ptr_array_new();

	lint_bytes(job->worker, engine_of_job, job->rows || job->page ? visit_job : NULL, job, job->file->path, bytes, job->cut, job->kind, job->template_kind, results);
	return results;
}

/* Fix the file in memory, then write it, or keep what is to be shown. */
static void fix_job(struct job *job, struct span bytes, const struct diff_options *look)
{
	struct fixed_file fixed = fix_file(job->fix, job->baseline, bytes, lint_job, job);
	GError *error = NULL;

	g_ptr_array_free(job->results, TRUE);
	job->results = fixed.results;
	job->unfinished = fixed.unfinished;
	struct span new = fixed.bytes ? span_of(fixed.bytes->str, fixed.bytes->len) : bytes;
	if (job->fix->mode == FIX_DIFF) {
		job->fixed = g_string_new(NULL);
		diff_append(job->fixed, job->file->path, bytes, new, look);
	} else if (job->file->is_stdin) {
		job->fixed = g_string_new_len(new.p, (gssize)new.n);
	} else if (fixed.bytes && !fix_write(job->file->path, bytes, new, &error)) {
		job->write_trouble = g_strdup(error->message);
		g_error_free(error);
	}
	if (fixed.bytes && !job->write_trouble)
		job->n_fixed = fixed.n_fixed;
	if (fixed.bytes)
		g_string_free(fixed.bytes, TRUE);
}

/* Machine formats are English unless --lang is given. */
static enum language dns_language(const struct run_options *options)
{
	for (size_t i = 0; i < options->n_formats; i++)
		if (options->formats[i].reporter == &report_checklist)
			return options->report.language;
	return options->report.language_given ? options->report.language : LANGUAGE_EN;
}

static void run_job(struct engine_worker *worker, struct job *job, const struct diff_options *look, const struct run_options *options)
{
	struct input_bytes input;
	GError *error = NULL;

	if (job->file->has_content) {
		input = job->file->content;
	} else if (!input_read(job->file->is_stdin ? "-" : job->file->path, &input, &error)) {
		job->trouble = g_strdup(error->message);
		g_error_free(error);
		return;
	}
	job->worker = worker;
	job->cut = input.cut;
	job->kind = job->file->kind;
	job->template_kind = job->file->template_kind;
	run_correct_kind(job->place.options, input.bytes, &job->kind, &job->template_kind);
	/* Half of a file cannot be put in the place of it. */
	if (job->fix->mode != FIX_NONE && !input.cut)
		fix_job(job, input.bytes, look);
	else
		lint_bytes(worker, engine_of_job, job->rows || job->page ? visit_job : NULL, job, job->file->path, input.bytes, input.cut, job->kind, job->template_kind, job->results);
	if (options->dns_words)
		checklist_dns_ask(options->dns_words, dns_language(options), job->file->path, input.bytes, job->results, &job->trouble);
	if (!job->file->has_content)
		input_bytes_release(&input);
}

/* The worker of this thread for the rules of a bench. */
static struct engine_worker *worker_for(GHashTable *workers, const struct bench *bench)
{
	struct engine_worker *worker = g_hash_table_lookup(workers, bench);

	if (!worker) {
		worker = setup_worker(bench);
		g_hash_table_insert(workers, (gpointer)bench, worker);
	}
	return worker;
}

static void worker_destroy(void *worker)
{
	engine_worker_free(worker);
}

static gpointer work(gpointer data)
{
	struct job_queue *queue = data;
	GHashTable *workers = g_hash_table_new_full(NULL, NULL, NULL, worker_destroy);

	for (;;) {
		size_t i = (size_t)g_atomic_int_add(&queue->next, 1);
		if (i >= queue->n)
			break;
		if (g_thread_self() == queue->teller)
			progress_tell(&queue->progress, i, queue->n);
		const struct diff_options look = { queue->options->report.terminal, queue->options->report.color };
		run_job(worker_for(workers, queue->jobs[i].place.bench), &queue->jobs[i], &look, queue->options);
	}
	g_hash_table_destroy(workers);
	return NULL;
}

static bool wants_page(const struct run_options *options)
{
	for (size_t i = 0; i < options->n_formats; i++)
		if (options->formats[i].reporter == &report_html)
			return true;
	return false;
}

/* What is in force for each file. false, and all that is wrong said, where it cannot be known: then nothing is linted. */
static bool prepare_jobs(struct job_queue *queue, const GPtrArray *files)
{
	queue->jobs = g_new0(struct job, files->len + 1);
	queue->n = files->len;
	for (guint i = 0; i < files->len; i++) {
		struct job *job = &queue->jobs[i];
		job->file = g_ptr_array_index(files, i);
		job->setup = queue->setup;
		job->rows = queue->rows;
		job->page = wants_page(queue->options);
		job->number = i;
		job->threads = files->len > 1 ? 1 : queue->wanted;
		job->results = g_ptr_array_new();
		job->fix = &queue->options->fix;
		job->baseline = queue->baseline;
		if (!setup_place_of(queue->setup, job->file->path, &job->place)) {
			queue->n = i + 1;
			return false;
		}
	}
	return setup_sound(queue->setup);
}

enum { FILES_PER_THREAD = 8 }; /* fewer files than this do not pay a thread's start */

static void run_jobs(struct job_queue *queue, int wanted)
{
	size_t n = wanted > 0 ? (size_t)wanted : g_get_num_processors();

	if (wanted <= 0 && n > queue->n / FILES_PER_THREAD)
		n = queue->n / FILES_PER_THREAD;
	if (n > queue->n)
		n = queue->n;
	GPtrArray *threads = g_ptr_array_new();
	for (size_t i = 1; i < n; i++)
		g_ptr_array_add(threads, g_thread_new("lint", work, queue));
	work(queue);
	for (guint i = 0; i < threads->len; i++)
		g_thread_join(g_ptr_array_index(threads, i));
	g_ptr_array_free(threads, TRUE);
}

static int compare_jobs(const void *a, const void *b)
{
	const struct job *x = a, *y = b;
	int by_path = strcmp(x->file->path, y->file->path);

	return by_path ? by_path : x->number < y->number ? -1 : x->number > y->number;
}

/* Messages of files that are read and nothing else: one after the other, and told at once where the one report there is allows it. */
static bool is_stream(const struct run_options *options)
{
	return options->fix.mode == FIX_NONE && !options->data && !options->dns_words && !options->staged && !options->changed_since && !wants_page(options);
}

static const struct reporter *stream_teller(const struct job_queue *queue)
{
	const struct run_options *options = queue->options;
	bool alone = options->n_formats == 1 && !options->formats[0].file && !queue->baseline && !options->write_baseline && !options->lint.advice;

	return alone && options->formats[0].reporter == &report_jsonl ? &report_jsonl : NULL;
}

static void stream_jobs(struct job_queue *queue, struct stream_run *stream)
{
	qsort(queue->jobs, queue->n, sizeof *queue->jobs, compare_jobs);
	*stream = (struct stream_run){ .setup = queue->setup, .options = queue->options, .inputs = g_new0(struct stream_input, queue->n + 1), .n = queue->n,
				       .lines = queue->options->input_lines, .progress = &queue->progress };
	for (size_t i = 0; i < queue->n; i++)
		stream->inputs[i] = (struct stream_input){ queue->jobs[i].file, queue->jobs[i].place, queue->jobs[i].results, NULL };
	stream->teller = stream->lines || run_stream_tells(stream) ? stream_teller(queue) : NULL;
	run_stream(stream);
	for (size_t i = 0; i < queue->n; i++)
		queue->jobs[i].trouble = stream->inputs[i].trouble;
	g_free(stream->inputs);
}

/* --- one file in memory ------------------------------------------------------------------------------------------------------ */

struct run_memory {
	struct setup *setup;
	struct job job;
	struct input_file file;
};

struct run_memory *run_memory_new(const struct run_options *options, const char *path)
{
	struct run_memory *memory = g_new0(struct run_memory, 1);
	struct job *job = &memory->job;

	message_library_init();
	memory->setup = setup_new(options);
	memory->file.path = g_strdup(path);
	memory->file.kind = input_kind_of(path, &memory->file.template_kind);
	job->file = &memory->file;
	job->setup = memory->setup;
	if (setup_place_of(memory->setup, path, &job->place) && setup_sound(memory->setup)) {
		job->worker = setup_worker(job->place.bench);
		return memory;
	}
	run_memory_free(memory);
	return NULL;
}

void run_memory_free(struct run_memory *memory)
{
	if (!memory)
		return;
	engine_worker_free(memory->job.worker);
	setup_free(memory->setup);
	g_free(memory->file.path);
	g_free(memory);
}

bool run_memory_left_out(struct run_memory *memory)
{
	return setup_leaves_out(memory->setup, memory->file.path);
}

static GPtrArray *lint_memory(void *data, struct span bytes)
{
	struct job *job = data;

	job->cut = bytes.n > LIMIT_INPUT_BYTES;
	if (job->cut)
		bytes.n = LIMIT_INPUT_BYTES;
	job->kind = job->file->kind;
	job->template_kind = job->file->template_kind;
	run_correct_kind(job->place.options, bytes, &job->kind, &job->template_kind);
	return lint_job(job, bytes);
}

GPtrArray *run_memory_lint(struct run_memory *memory, struct span bytes)
{
	GPtrArray *results = lint_memory(&memory->job, bytes);

	setup_run_several(memory->setup, results);
	return results;
}

GString *run_memory_fix(struct run_memory *memory, struct span bytes, bool unsafe)
{
	const struct fix_options options = { FIX_WRITE, unsafe };
	/* Half of a file cannot be put in the place of it. */
	if (bytes.n > LIMIT_INPUT_BYTES)
		return NULL;
	struct fixed_file fixed = fix_file(&options, NULL, bytes, lint_memory, &memory->job);

	message_results_free(fixed.results);
	return fixed.bytes;
}

/* --- reports ----------------------------------------------------------------------------------------------------------------- */

static bool write_all(FILE *out, const GString *text)
{
	return fwrite(text->str, 1, text->len, out) == text->len && fflush(out) == 0;
}

/* A report in a file is written beside it and renamed, so that a reader never sees half of it. */
static bool write_file(const char *path, const GString *text, enum language language)
{
	GError *error = NULL;

	if (g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &error))
		return true;
	const char *reason = g_strrstr(error->message, ": ");
	say_reason(language, path, reason ? reason + 2 : error->message);
	g_error_free(error);
	return false;
}

static bool write_reports(const struct run_options *options, const struct report_view *view)
{
	static const struct run_format text_format = { &report_text, NULL };
	const struct run_format *formats = options->n_formats ? options->formats : &text_format;
	size_t n = options->n_formats ? options->n_formats : 1;
	bool good = true;

	for (size_t i = 0; i < n; i++) {
		struct report_options report = options->report;
		if (formats[i].file)
			report.color = report.hyperlinks = report.terminal = false;
		GString *out = g_string_new(NULL);
		formats[i].reporter->write(out, view, &report);
		if (formats[i].file) {
			good = write_file(formats[i].file, out, report.language) && good;
		} else if (!write_all(view->output_taken ? stderr : stdout, out)) {
			/* A closed pipe (presend ... | head) is the reader's choice and no failure of ours to report. */
			if (errno != EPIPE)
				say_reason(report.language, say(report.language, "standard output", "標準出力"), g_strerror(errno));
			good = false;
		}
		g_string_free(out, TRUE);
	}
	return good;
}

/* jsonl and the JSON of the checklist have no place for what could not be read, and a report in a file is not before the user's eyes: told on standard error. */
static void tell_errors(const struct run_options *options, const GArray *errors)
{
	for (size_t i = 0; i < options->n_formats; i++)
		if (!options->formats[i].file && options->formats[i].reporter != &report_jsonl &&
		    options->formats[i].reporter != &report_checklist_json)
			return;
	if (options->n_formats == 0)
		return;
	for (guint i = 0; i < errors->len; i++) {
		const struct report_error *error = &g_array_index(errors, struct report_error, i);
		say_reason(options->report.language, error->path, error->message);
	}
}

/* Messages are told by path, then by their place in the file, whatever the order of arguments and threads. */
static int compare_results(const void *a, const void *b)
{
	const struct message_result *x = *(const struct message_result *const *)a, *y = *(const struct message_result *const *)b;
	int by_path = strcmp(x->path, y->path);

	if (by_path)
		return by_path;
	return x->index < y->index ? -1 : x->index > y->index;
}

bool run_fails(const struct message_result *result)
{
	if (result->max_score >= 0 && result->score && result->score->points > result->max_score)
		return true;
	if (result->fail_on == SEVERITY_OFF)
		return false;
	for (size_t i = 0; i < result->n_findings; i++)
		if (!result->findings[i].suppressed && result->findings[i].severity >= result->fail_on)
			return true;
	return false;
}

char *run_find_root(void)
{
	char *start = g_get_current_dir(), *folder = g_strdup(start);

	for (;;) {
		char *mark = g_build_filename(folder, ".git", NULL);
		bool found = access(mark, F_OK) == 0;
		g_free(mark);
		if (found || strcmp(folder, "/") == 0 || strcmp(folder, ".") == 0) {
			char *root = found ? folder : start;
			g_free(found ? start : folder);
			return root;
		}
		char *parent = g_path_get_dirname(folder);
		g_free(folder);
		folder = parent;
	}
}

/* "./drafts/a.eml" is told as "drafts/a.eml" where nobody wrote the dot. */
static void strip_dots(const GPtrArray *files)
{
	for (guint i = 0; i < files->len; i++) {
		struct input_file *file = g_ptr_array_index(files, i);
		if (g_str_has_prefix(file->path, "./"))
			memmove(file->path, file->path + 2, strlen(file->path) - 1);
	}
}

struct outcome {
	GPtrArray *troubles, *remarks; /* char * */
	GPtrArray *results;            /* struct message_result */
	GArray *errors;                /* struct report_error */
	bool told;                     /* message by message, to standard output */
};

/* "path: reason" in two; no reason has a colon. */
static struct report_error split_trouble(char *text)
{
	char *colon = g_strrstr(text, ": ");

	if (!colon)
		return (struct report_error){ NULL, text };
	*colon = '\0';
	return (struct report_error){ text, colon + 2 };
}

static void gather(const struct job_queue *queue, struct outcome *outcome)
{
	for (guint i = 0; i < outcome->troubles->len; i++) {
		struct report_error error = split_trouble(g_ptr_array_index(outcome->troubles, i));
		g_array_append_val(outcome->errors, error);
	}
	for (size_t i = 0; i < queue->n; i++) {
		struct job *job = &queue->jobs[i];
		if (job->trouble || job->write_trouble) {
			struct report_error error = { job->file->path, job->trouble ? job->trouble : job->write_trouble };
			g_array_append_val(outcome->errors, error);
		}
		for (guint k = 0; k < job->results->len; k++)
			g_ptr_array_add(outcome->results, g_ptr_array_index(job->results, k));
	}
	g_ptr_array_sort(outcome->results, compare_results);
}

static int report_outcome(const struct setup *setup, const struct run_options *options, const struct outcome *outcome, bool output_taken)
{
	int code = EXIT_CLEAN;

	for (guint i = 0; i < outcome->remarks->len; i++)
		say_reason(options->report.language, NULL, g_ptr_array_index(outcome->remarks, i));
	for (guint i = 0; i < outcome->results->len; i++) {
		struct message_result *result = g_ptr_array_index(outcome->results, i);
		const struct settings *settings = setup_settings_of(setup, result);
		result->fail_on = settings->fail_on;
		result->max_score = settings->max_score;
		if (run_fails(result) || checklist_dns_fails(result))
			code = EXIT_FINDINGS;
	}
	struct report_view view = { .results = (struct message_result *const *)outcome->results->pdata,
				    .n_results = outcome->results->len,
				    .errors = (const struct report_error *)(const void *)outcome->errors->data,
				    .n_errors = outcome->errors->len,
				    .tool_version = PRESEND_VERSION,
				    .rules_version = builtin_rules_version,
				    .output_taken = output_taken,
				    .exit_code = outcome->errors->len ? EXIT_TROUBLE : code };
	tell_errors(options, outcome->errors);
	if ((!outcome->told && !write_reports(options, &view)) || outcome->errors->len)
		code = EXIT_TROUBLE;
	return code;
}

/* --- fixes -------------------------------------------------------------------------------------------------------------------- */

static void tell_fixed(const struct run_options *options, const struct job_queue *queue)
{
	enum language language = options->report.language;
	size_t n_fixed = 0, n_files = 0;

	for (size_t i = 0; i < queue->n; i++) {
		const struct job *job = &queue->jobs[i];
		n_fixed += job->n_fixed;
		n_files += job->n_fixed > 0;
		if (job->unfinished)
			run_say(job->file->path, say(language, "more could be fixed; run --fix again", "まだ修正できる箇所があります。もう一度 --fix を実行してください"));
	}
	if (!n_fixed || options->report.quiet)
		return;
	char *text = language == LANGUAGE_JA ? g_strdup_printf("%zu 件を修正しました（ファイル %zu 個）", n_fixed, n_files) :
					       g_strdup_printf("fixed: %zu (files: %zu)", n_fixed, n_files);
	run_say(NULL, text);
	g_free(text);
}

/* Write what the fixes leave for standard output. False where that failed. */
static bool write_fixed(const struct job_queue *queue, bool *differs)
{
	bool good = true;

	for (size_t i = 0; i < queue->n; i++) {
		const GString *fixed = queue->jobs[i].fixed;
		*differs |= fixed && fixed->len > 0;
		if (fixed)
			good = write_all(stdout, fixed) && good;
	}
	return good;
}

static bool has_standard_input(const struct job_queue *queue)
{
	for (size_t i = 0; i < queue->n; i++)
		if (queue->jobs[i].file->is_stdin)
			return true;
	return false;
}

/* --diff: the differences are all that is shown, and what is there decides. */
static int report_diff(const struct run_options *options, const struct job_queue *queue, const struct outcome *outcome)
{
	bool differs = false, good = write_fixed(queue, &differs);

	for (guint i = 0; i < outcome->errors->len; i++) {
		const struct report_error *error = &g_array_index(outcome->errors, struct report_error, i);
		say_reason(options->report.language, error->path, error->message);
	}
	if (!good || outcome->errors->len)
		return EXIT_TROUBLE;
	return differs ? EXIT_FINDINGS : EXIT_CLEAN;
}

/* Data that went nowhere is a mistake, unless git says which files there are. */
static bool is_data_used(const struct run_options *options, const struct job_queue *queue)
{
	if (!queue->rows || !queue->n || options->staged || options->changed_since)
		return true;
	for (size_t i = 0; i < queue->n; i++)
		if (queue->jobs[i].filled)
			return true;
	run_say(options->data, say(options->report.language, "no template with tags is among the files, so that no row was checked",
				   "差し込みタグのあるテンプレートがないため、データの行を検査していません"));
	return false;
}

static int report_all(const struct setup *setup, const struct run_options *options, const struct job_queue *queue, const struct outcome *outcome)
{
	bool differs = false, to_output = options->fix.mode == FIX_WRITE && has_standard_input(queue);

	if (options->fix.mode == FIX_DIFF)
		return report_diff(options, queue, outcome);
	if (options->fix.mode == FIX_WRITE)
		tell_fixed(options, queue);
	bool good = write_fixed(queue, &differs);
	int code = report_outcome(setup, options, outcome, to_output);
	return good ? code : EXIT_TROUBLE;
}

enum { MOST_PATHS_TOLD = 5 };

/* The paths to look at: with --force-exclude without those that are excluded, of which the user is told. */
static GPtrArray *named_paths(struct setup *setup, const struct run_options *options, char *const *paths, size_t n, GPtrArray *remarks)
{
	GPtrArray *named = g_ptr_array_new();
	GString *left_out = g_string_new(NULL);
	unsigned n_left_out = 0;

	for (size_t i = 0; i < n; i++) {
		if (!options->force_exclude || !setup_leaves_out(setup, paths[i])) {
			g_ptr_array_add(named, paths[i]);
			continue;
		}
		n_left_out++;
		if (n_left_out <= MOST_PATHS_TOLD)
			g_string_append_printf(left_out, "%s%s", n_left_out > 1 ? ", " : "", paths[i]);
	}
	if (n_left_out > MOST_PATHS_TOLD)
		g_string_append(left_out, ", ...");
	if (n_left_out) {
		char *text = g_strdup_printf("%s (%u): %s", say(options->report.language, "left out, since they are excluded", "除外設定により検査しませんでした"),
					     n_left_out, left_out->str);
		g_ptr_array_add(remarks, text);
	}
	g_string_free(left_out, TRUE);
	return named;
}

/* What is to be linted. false, and said why, where git cannot say. */
static bool find_files(struct setup *setup, const struct run_options *options, char *const *paths, size_t n_paths, struct outcome *outcome,
		       GPtrArray **files)
{
	static char *const here[] = { (char *)"." };
	const struct input_filter filter = setup_filter(setup);
	bool from_git = options->staged || options->changed_since, good = true;
	bool whole = n_paths == 0;
	GPtrArray *named = named_paths(setup, options, whole && !from_git ? here : paths, whole && !from_git ? 1 : n_paths, outcome->remarks);
	const struct git_request request = { options->changed_since, (char *const *)named->pdata, named->len, &filter, options->report.language };
	GError *error = NULL;

	if (!from_git) {
		*files = input_expand((char *const *)named->pdata, named->len, options->stdin_name, &filter, outcome->troubles, outcome->remarks);
		if (whole)
			strip_dots(*files);
	} else {
		*files = g_ptr_array_new();
		/* Where all that was named is left out, nothing is meant, and not everything. */
		good = (n_paths && !named->len) || git_collect(&request, *files, outcome->troubles, &error);
	}
	if (!good) {
		run_say(NULL, error->message);
		g_error_free(error);
	}
	g_ptr_array_free(named, TRUE);
	return good;
}

/* Lint what the paths stand for, with the setup at hand. */
static int lint_paths(struct setup *setup, const struct run_options *options, const struct run_rows *rows, char *const *paths, size_t n_paths)
{
	struct outcome outcome;
	GPtrArray *files;
	struct job_queue queue = { .setup = setup, .options = options, .rows = rows, .wanted = options->jobs };
	struct stream_run stream = { .n = 0 };
	struct baseline *baseline;
	int code = EXIT_TROUBLE;

	if (!baseline_load(options, &baseline))
		return EXIT_TROUBLE;
	outcome = (struct outcome){ g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free), g_ptr_array_new(),
				    g_array_new(FALSE, TRUE, sizeof(struct report_error)), false };
	queue.baseline = baseline;
	message_library_init();
	if (find_files(setup, options, paths, n_paths, &outcome, &files) && prepare_jobs(&queue, files)) {
		queue.teller = g_thread_self();
		progress_begin(&queue.progress, &options->report);
		if (is_stream(options))
			stream_jobs(&queue, &stream);
		else
			run_jobs(&queue, options->jobs);
		progress_end(&queue.progress);
		outcome.told = stream.teller != NULL;
		gather(&queue, &outcome);
		setup_run_several(setup, outcome.results);
		for (guint i = 0; options->dns_words && i < outcome.results->len; i++)
			checklist_dns_settle(g_ptr_array_index(outcome.results, i));
		bool known = options->fix.mode == FIX_DIFF || baseline_use(options, &baseline, (struct message_result *const *)outcome.results->pdata, outcome.results->len);
		code = report_all(setup, options, &queue, &outcome);
		if (!is_data_used(options, &queue) || !known || stream.write_failed || stream.bad_lines)
			code = EXIT_TROUBLE;
		else if (stream.fails && code == EXIT_CLEAN)
			code = EXIT_FINDINGS;
	}
	baseline_free(baseline);
	for (guint i = 0; i < outcome.results->len; i++)
		message_result_free(g_ptr_array_index(outcome.results, i));
	for (size_t i = 0; i < queue.n; i++) {
		g_ptr_array_free(queue.jobs[i].results, TRUE);
		g_free(queue.jobs[i].trouble);
		g_free(queue.jobs[i].write_trouble);
		if (queue.jobs[i].fixed)
			g_string_free(queue.jobs[i].fixed, TRUE);
	}
	for (guint i = 0; i < files->len; i++)
		input_file_free(g_ptr_array_index(files, i));
	g_free(queue.jobs);
	g_ptr_array_free(files, TRUE);
	g_ptr_array_free(outcome.results, TRUE);
	g_ptr_array_free(outcome.troubles, TRUE);
	g_ptr_array_free(outcome.remarks, TRUE);
	g_array_free(outcome.errors, TRUE);
	/* What was told is whole. Who started this shall see that it did not end by itself. */
	if (stream.interrupted)
		raise(stream.interrupted);
	return code;
}

int run_lint(const struct run_options *options, char *const *paths, size_t n_paths)
{
	struct run_options run = *options;
	struct setup *setup = setup_new(options);
	struct run_rows *rows = NULL;
	int code = EXIT_TROUBLE;

	if (n_paths == 0 && !options->staged && !options->changed_since && !setup_configured(setup))
		code = -1;
	else if (setup_run_keys(setup, &run) && (!run.data || (rows = run_rows_open(run.data, run.report.language))))
		code = lint_paths(setup, &run, rows, paths, n_paths);
	run_rows_free(rows);
	setup_free(setup);
	return code;
}
