/* The pipeline for many messages. One lock guards what comes next and what is told next; looking at a message happens outside of it. */
#include "run_stream.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "mail/mbox.h"
#include "message_line.h"
#include "report/reason.h"
#include "rule/check.h"
#include "rule/engine.h"
#include "rule/fix.h"
#include "rule/several.h"
#include "rule/verdict.h"

/* Told at most so many messages behind the first that is still looked at, for each worker. A worker more pays from so many on. */
enum { WINDOW_PER_WORKER = 8, MESSAGES_PER_WORKER = 8 };
/* A line of JSON: a message of LIMIT_INPUT_BYTES in base64, and room for other members. */
#define LIMIT_LINE_BYTES (LIMIT_INPUT_BYTES / 3 * 4 + 1024 * 1024)

/* What one worker looks at. */
struct piece {
	size_t number;                 /* its turn */
	size_t input;
	struct stream *stream;         /* a file that is one message, open; NULL */
	struct mbox_message message;   /* of an mbox; bytes NULL: none */
	GByteArray *line;              /* of JSON; NULL */
	size_t line_number;
	bool line_cut;                 /* longer than LIMIT_LINE_BYTES */
	char *trouble;                 /* it could not be opened */
	bool several;                  /* other messages are known to be there */
};

/* What came of it. */
struct outcome {
	bool done;
	size_t input, line_number;
	struct message_result *result; /* NULL: it could not be read */
	GString *text;                 /* as it is told; NULL: not yet known */
	char *trouble;
};

struct work {
	struct stream_run *run;
	GMutex lock;
	GCond moved;
	/* What comes next. */
	size_t next_input, next_number;
	struct stream *open;           /* of the input before next_input */
	struct mbox *mbox;
	size_t line_number;
	bool ended;
	GPtrArray *threads;
	size_t most_threads;
	/* What is told next. */
	struct outcome *window;
	size_t n_window, told, n_results;
	struct outcome first;          /* waits for a second: rules over several messages */
	struct several_memory *memory;
	const GThread *teller;
};

static const char *say(const struct work *w, const char *en, const char *ja)
{
	return w->run->options->report.language == LANGUAGE_JA ? ja : en;
}

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	interrupted = number;
}

/* What nohup or a shell's background has switched off stays so. */
static void take_signal(int number, struct sigaction *before)
{
	const struct sigaction action = { .sa_handler = interrupt, .sa_flags = (int)(SA_RESETHAND | SA_RESTART) };

	sigaction(number, NULL, before);
	if (before->sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

/* --- what comes next ------------------------------------------------------------------------------------------------------------ */

static void close_input(struct work *w)
{
	if (w->mbox)
		mbox_free(w->mbox);
	if (w->open)
		stream_close(w->open);
	w->mbox = NULL;
	w->open = NULL;
}

/* The next line of the open input, without its end. Empty lines are passed over. false: there is none. */
static bool next_line(struct work *w, struct piece *out)
{
	GByteArray *line = g_byte_array_new();

	out->line_cut = false;
	for (struct span part; (part = stream_peek(w->open)).n > 0;) {
		size_t n = span_find_byte(part, '\n', 0);
		bool whole = n < part.n;
		size_t room = LIMIT_LINE_BYTES - line->len;
		out->line_cut |= n > room;
		g_byte_array_append(line, (const guint8 *)part.p, (guint)MIN(n, room));
		stream_skip(w->open, n + whole);
		if (!whole)
			continue;
		w->line_number++;
		if (span_trim(span_of((const char *)line->data, line->len)).n)
			goto found;
		g_byte_array_set_size(line, 0);
	}
	w->line_number++;
	if (!span_trim(span_of((const char *)line->data, line->len)).n) {
		g_byte_array_unref(line);
		return false;
	}
found:
	out->line = line;
	out->line_number = w->line_number;
	return true;
}

/* Open the next input. A file that is one message goes into the piece: true. */
static bool open_next(struct work *w, struct piece *out)
{
	struct stream_run *run = w->run;
	const struct input_file *file = run->inputs[w->next_input].file;
	GError *error = NULL;

	out->input = w->next_input++;
	w->open = stream_open(file->is_stdin ? "-" : file->path, &error);
	w->line_number = 0;
	if (!w->open) {
		out->trouble = g_strdup(error->message);
		g_error_free(error);
		return true;
	}
	if (run->lines)
		return false;
	enum input_kind kind = file->kind;
	enum template_kind template_kind = file->template_kind;
	struct span head = stream_peek(w->open);
	run_correct_kind(run->inputs[out->input].place.options, head, &kind, &template_kind);
	if (kind == INPUT_MESSAGE && span_starts(head, SPAN_LIT("From "))) {
		w->mbox = mbox_new(w->open);
		return false;
	}
	out->stream = w->open;
	w->open = NULL;
	return true;
}

/* Under the lock. false: that was all. */
static bool next_piece(struct work *w, struct piece *out)
{
	*out = (struct piece){ .number = w->next_number, .several = w->n_results > 1 };
	while (!w->ended) {
		if (w->run->write_failed || interrupted)
			break;
		out->input = w->next_input - 1;
		if ((w->mbox && mbox_next(w->mbox, &out->message)) || (w->run->lines && w->open && next_line(w, out)))
			break;
		if (w->open && !stream_is_whole(w->open))
			out->trouble = g_strdup(say(w, "could not be read to its end", "最後まで読めませんでした"));
		close_input(w);
		if (out->trouble || (w->next_input < w->run->n && open_next(w, out)))
			break;
		w->ended = w->next_input >= w->run->n && !w->open;
	}
	w->ended |= w->run->write_failed || interrupted;
	w->next_number += !w->ended;
	return !w->ended;
}

/* --- one message ---------------------------------------------------------------------------------------------------------------- */

/* From places in the bytes at hand to places in the file. */
static void move_position(struct position *position, size_t offset, size_t lines)
{
	position->offset += offset;
	position->line += lines;
}

static void move_result(struct message_result *result, size_t offset, size_t lines)
{
	struct fact *facts[] = { &result->facts->message_id, &result->facts->unsubscribe_uri, &result->facts->subject, &result->facts->from_address,
				 &result->facts->feedback_id };

	for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
		move_position(&facts[i]->start, offset, lines);
		move_position(&facts[i]->end, offset, lines);
	}
	for (size_t i = 0; i < result->n_findings; i++) {
		struct finding *finding = &result->findings[i];
		move_position(&finding->start, offset, lines);
		move_position(&finding->end, offset, lines);
		for (size_t k = 0; k < finding->n_args; k++)
			if (finding->args[k].kind == ARG_INT && strcmp(finding->args[k].name, "line") == 0)
				finding->args[k].number += (int64_t)lines;
		for (size_t k = 0; finding->fix && k < finding->fix->n_edits; k++) {
			move_position(&finding->fix->edits[k].start, offset, lines);
			move_position(&finding->fix->edits[k].end, offset, lines);
		}
	}
	for (size_t i = 0; result->score && i < result->score->n_contributions; i++) {
		move_position(&result->score->contributions[i].start, offset, lines);
		move_position(&result->score->contributions[i].end, offset, lines);
	}
}

/* message: where it stands in the bytes, and what is known of it. */
static struct message_result *look_at(GHashTable *workers, struct setup *setup, const struct setup_place *place, const struct input_file *named,
				      struct span bytes, const struct mbox_message *where)
{
	struct engine_worker *worker = g_hash_table_lookup(workers, place->bench);
	enum input_kind kind = named->kind;
	enum template_kind template_kind = named->template_kind;

	if (!worker) {
		worker = setup_worker(place->bench);
		g_hash_table_insert(workers, (gpointer)place->bench, worker);
	}
	run_correct_kind(place->options, bytes, &kind, &template_kind);
	struct arena *arena = arena_new();
	const struct text file = { .bytes = bytes };
	const struct line_index lines = line_index_new(arena, bytes);
	struct message *message = message_new(named->path, &file, &lines, (struct range){ where->start, where->end }, where->index, kind, template_kind);
	message->input_cut = where->cut;
	if (where->alone)
		message->from_line_length = where->start;
	const struct settings *settings = setup_settings_for(setup, place, message);
	struct message_result *result = engine_run_with(worker, setup_engine_for(setup, place, message), message);
	fix_realise(result, &file, &lines);
	result->fail_on = settings->fail_on;
	result->max_score = settings->max_score;
	if (where->offset)
		move_result(result, where->offset, where->lines);
	message_free(message);
	arena_free(arena);
	return result;
}

static GString *text_of(const struct stream_run *run, const struct message_result *result)
{
	GString *text = g_string_new(NULL);

	run->teller->write_message(text, result, &run->options->report);
	return text;
}

static void look_at_line(GHashTable *workers, struct work *w, struct piece *piece, struct outcome *out)
{
	struct stream_run *run = w->run;
	struct message_line line;
	const char *reason;
	struct span text = span_of((const char *)piece->line->data, piece->line->len);
	struct input_file named = { .kind = INPUT_MESSAGE };
	struct setup_place place = run->inputs[piece->input].place;

	if (piece->line_cut) {
		line = (struct message_line){ NULL, NULL, NULL };
		reason = "the line is too long";
	} else {
		message_line_parse(text, &line, &reason);
	}
	if (!reason && line.path) {
		named.kind = input_kind_of(line.path, &named.template_kind);
		g_mutex_lock(&w->lock);
		if (!setup_place_of(run->setup, line.path, &place))
			reason = "its configuration is not sound";
		g_mutex_unlock(&w->lock);
	}
	named.path = line.path ? line.path : run->inputs[piece->input].file->path;
	struct span bytes = line.bytes ? span_of(line.bytes->str, line.bytes->len) : SPAN_EMPTY;
	struct mbox_message where = { .cut = bytes.n > LIMIT_INPUT_BYTES, .alone = true };
	bytes = span_cut(bytes, 0, LIMIT_INPUT_BYTES);
	struct arena *arena = arena_new();
	size_t n = 1;
	struct range *ranges = input_split_mbox(arena, bytes, &n, NULL);
	if (!reason && n > 1)
		reason = "holds several messages, as an mbox does; each needs a line of its own";
	where.start = ranges[0].start;
	where.end = ranges[0].end;
	if (named.kind == INPUT_TEMPLATE)
		where = (struct mbox_message){ .end = bytes.n, .cut = where.cut };
	if (!reason) {
		out->result = look_at(workers, run->setup, &place, &named, bytes, &where);
		out->text = text_of(run, out->result);
	} else {
		out->text = g_string_new(NULL);
		message_line_write_error(out->text, &line, reason);
		out->trouble = g_strdup(reason);
	}
	message_line_append_id(out->text, &line);
	arena_free(arena);
	message_line_release(&line);
}

static void look_at_piece(GHashTable *workers, struct work *w, struct piece *piece, struct outcome *out)
{
	struct stream_run *run = w->run;
	const struct stream_input *input = &run->inputs[piece->input];

	*out = (struct outcome){ .done = true, .input = piece->input, .line_number = piece->line_number, .trouble = piece->trouble };
	if (piece->line) {
		look_at_line(workers, w, piece, out);
		g_byte_array_unref(piece->line);
	} else if (piece->message.bytes) {
		struct span bytes = span_of((const char *)piece->message.bytes->data, piece->message.bytes->len);
		out->result = look_at(workers, run->setup, &input->place, input->file, bytes, &piece->message);
		g_byte_array_unref(piece->message.bytes);
	} else if (piece->stream) {
		bool cut;
		GByteArray *rest = stream_rest(piece->stream, &cut);
		if (stream_is_whole(piece->stream)) {
			struct mbox_message where = { .end = rest->len, .cut = cut };
			out->result = look_at(workers, run->setup, &input->place, input->file, span_of((const char *)rest->data, rest->len), &where);
		} else {
			out->trouble = g_strdup(say(w, "could not be read to its end", "最後まで読めませんでした"));
		}
		g_byte_array_unref(rest);
		stream_close(piece->stream);
	}
	if (run->teller && out->result && !out->text && piece->several) {
		verdict_finish_several(out->result);
		out->text = text_of(run, out->result);
	}
}

/* --- what is told next ---------------------------------------------------------------------------------------------------------- */

static void write_out(struct work *w, struct outcome *outcome)
{
	if (!outcome->text)
		outcome->text = text_of(w->run, outcome->result);
	/* A closed pipe (presend ... | head) is the reader's choice and no failure of ours to report. */
	if (!w->run->write_failed && (fwrite(outcome->text->str, 1, outcome->text->len, stdout) != outcome->text->len || fflush(stdout) != 0)) {
		w->run->write_failed = true;
		if (errno != EPIPE)
			run_say(say(w, "standard output", "標準出力"), g_strerror(errno));
	}
	w->run->fails |= outcome->result && run_fails(outcome->result);
	g_string_free(outcome->text, TRUE);
	message_result_free(outcome->result);
}

/* With what the messages before it were. */
static void tell_with_others(struct work *w, struct outcome *outcome)
{
	if (engine_run_several_after(outcome->result->engine, w->memory, &outcome->result, 1) && outcome->text) {
		g_string_free(outcome->text, TRUE);
		outcome->text = NULL;
	}
	write_out(w, outcome);
}

static void tell_trouble(struct work *w, struct outcome *outcome)
{
	struct stream_input *input = &w->run->inputs[outcome->input];

	if (!outcome->line_number) {
		g_free(input->trouble);
		input->trouble = outcome->trouble;
		return;
	}
	char *reason = reason_in(w->run->options->report.language, outcome->trouble);
	char *place = g_strdup_printf("%s:%zu", input->file->path, outcome->line_number);
	run_say(place, reason);
	w->run->bad_lines = true;
	g_free(place);
	g_free(reason);
	g_free(outcome->trouble);
}

static void tell(struct work *w, struct outcome *outcome)
{
	if (outcome->trouble)
		tell_trouble(w, outcome);
	if (w->run->lines && outcome->text) {
		write_out(w, outcome);
	} else if (outcome->result && !w->run->teller) {
		g_ptr_array_add(w->run->inputs[outcome->input].results, outcome->result);
	} else if (outcome->result) {
		w->n_results++;
		if (w->n_results == 1) {
			w->first = *outcome;
			return;
		}
		if (w->n_results == 2)
			tell_with_others(w, &w->first);
		tell_with_others(w, outcome);
	}
}

/* Under the lock: all whose turn it is. */
static void tell_all(struct work *w)
{
	for (struct outcome *next; (next = &w->window[w->told % w->n_window])->done; w->told++) {
		next->done = false;
		tell(w, next);
	}
}

/* --- workers ---------------------------------------------------------------------------------------------------------------------- */

static void worker_destroy(void *worker)
{
	engine_worker_free(worker);
}

static gpointer work(gpointer data)
{
	struct work *w = data;
	GHashTable *workers = g_hash_table_new_full(NULL, NULL, NULL, worker_destroy);
	struct piece piece;

	g_mutex_lock(&w->lock);
	for (;;) {
		while (w->next_number - w->told >= w->n_window)
			g_cond_wait(&w->moved, &w->lock);
		if (!next_piece(w, &piece))
			break;
		if (w->threads->len + 1 < w->most_threads && w->next_number > (w->threads->len + 1) * MESSAGES_PER_WORKER)
			g_ptr_array_add(w->threads, g_thread_new("lint", work, w));
		if (g_thread_self() == w->teller && !w->run->lines)
			progress_tell(w->run->progress, piece.input, w->run->n);
		g_mutex_unlock(&w->lock);
		struct outcome outcome;
		look_at_piece(workers, w, &piece, &outcome);
		g_mutex_lock(&w->lock);
		w->window[piece.number % w->n_window] = outcome;
		tell_all(w);
		g_cond_broadcast(&w->moved);
	}
	g_mutex_unlock(&w->lock);
	g_hash_table_destroy(workers);
	return NULL;
}

bool run_stream_tells(const struct stream_run *run)
{
	for (size_t i = 1; i < run->n; i++)
		if (run->inputs[i].place.bench != run->inputs[0].place.bench || strcmp(run->inputs[i].file->path, run->inputs[i - 1].file->path) == 0)
			return false;
	return true;
}

void run_stream(struct stream_run *run)
{
	int wanted = run->options->jobs;
	struct work w = { .run = run, .threads = g_ptr_array_new(), .teller = g_thread_self(), .memory = several_memory_new() };
	struct sigaction before[2];

	w.most_threads = wanted > 0 ? (size_t)wanted : g_get_num_processors();
	w.n_window = w.most_threads * WINDOW_PER_WORKER;
	w.window = g_new0(struct outcome, w.n_window);
	g_mutex_init(&w.lock);
	g_cond_init(&w.moved);
	if (run->teller) {
		take_signal(SIGINT, &before[0]);
		take_signal(SIGTERM, &before[1]);
	}
	work(&w);
	/* Only workers start workers, under the lock: none does any more once the end is reached. */
	for (guint i = 0; i < w.threads->len; i++)
		g_thread_join(g_ptr_array_index(w.threads, i));
	if (w.n_results == 1)
		write_out(&w, &w.first);
	if (run->teller) {
		sigaction(SIGINT, &before[0], NULL);
		sigaction(SIGTERM, &before[1], NULL);
	}
	run->interrupted = interrupted;
	close_input(&w);
	g_ptr_array_free(w.threads, TRUE);
	several_memory_free(w.memory);
	g_mutex_clear(&w.lock);
	g_cond_clear(&w.moved);
	g_free(w.window);
}
