/* The pipeline of "presend preview": reads one draft, asks lint/doc/ what its readers see, and hands that to the report, which knows no message. */
#include "run_preview.h"

#include <stdio.h>

#include "base/lines.h"
#include "doc/inbox.h"
#include "doc/message.h"
#include "doc/outline.h"
#include "doc/spoken.h"
#include "report/preview.h"
#include "report/reason.h"
#include "rule/client.h"
#include "run_rows.h"
#include "setup.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* --- the model --------------------------------------------------------------------------------------------------------------- */

static const char *const basis_names[] = { [INBOX_MEASURED] = "measured", [INBOX_PUBLISHED] = "published", [INBOX_TYPICAL] = "typical" };

static const char *const source_names[] = { [INBOX_NOTHING] = NULL,	  [INBOX_DECLARED] = "declared", [INBOX_HIDDEN] = "hidden",
					    [INBOX_VISIBLE] = "visible", [INBOX_PLAIN] = "plain" };

static const enum preview_kind block_kinds[] = { [OUTLINE_PARAGRAPH] = PREVIEW_PARAGRAPH, [OUTLINE_HEADING] = PREVIEW_HEADING,
						 [OUTLINE_ITEM] = PREVIEW_ITEM,		 [OUTLINE_ROW] = PREVIEW_ROW,
						 [OUTLINE_PREFORMATTED] = PREVIEW_PREFORMATTED, [OUTLINE_LINE] = PREVIEW_LINE };

static const char *const spoken_names[] = { [SPOKEN_TITLE] = "title",
					    [SPOKEN_NO_TITLE] = "no-title",
					    [SPOKEN_LANGUAGE] = "language",
					    [SPOKEN_NO_LANGUAGE] = "no-language",
					    [SPOKEN_TABLE] = "table",
					    [SPOKEN_HEADING] = "heading",
					    [SPOKEN_ITEM] = "item",
					    [SPOKEN_TEXT] = "text",
					    [SPOKEN_LINK] = "link",
					    [SPOKEN_LINK_ADDRESS] = "link-address",
					    [SPOKEN_IMAGE] = "image",
					    [SPOKEN_IMAGE_FILE] = "image-file" };

static struct preview_text text_of(const struct inbox_text *text, const struct inbox_width *width)
{
	return (struct preview_text){ text->text, width->columns, basis_names[width->basis], text->cut };
}

/* The clients that a row of an inbox stands for. */
static guint64 clients_of(const struct inbox_client *row)
{
	guint64 mask = 0;

	for (size_t i = 0; row->clients[i]; i++)
		for (size_t k = 0; k < n_builtin_clients; k++)
			if (g_str_equal(row->clients[i], builtin_clients[k].name))
				mask |= (guint64)1 << k;
	return mask;
}

/* Chosen clients of whose inbox nothing is known. */
static void name_without_row(struct arena *arena, const struct client_choice *choice, guint64 without, struct preview *out)
{
	const char **names = ARENA_ARRAY(arena, const char *, n_builtin_clients + 1);
	size_t n = 0;

	for (size_t i = 0; i < n_builtin_clients; i++)
		if (without >> i & 1)
			names[n++] = builtin_clients[i].name;
	out->without_row_names = names;
	if (n)
		out->without_row = client_list(arena, choice, without);
}

/* clients: as options have them; NULL: all rows. */
static void fill_rows(struct arena *arena, const struct message *message, const char *clients, struct preview *out)
{
	struct inbox inbox = inbox_new(arena, message);
	struct preview_row *rows = ARENA_ARRAY(arena, struct preview_row, n_inbox_clients);
	struct client_choice choice = { .mask = ~(guint64)0 };
	guint64 without = 0;

	if (clients && client_choice_parse(clients, &choice, NULL))
		without = choice.mask;
	for (size_t i = 0; i < n_inbox_clients; i++) {
		const struct inbox_client *client = &inbox_clients[i];
		if (!(clients_of(client) & choice.mask))
			continue;
		without &= ~clients_of(client);
		struct inbox_row row = inbox_row_new(arena, &inbox, client);
		rows[out->n_rows++] = (struct preview_row){ .id = client->id, .name = client->name, .phone = client->phone, .one_line = client->one_line,
						.sender = text_of(&row.sender, &client->sender), .subject = text_of(&row.subject, &client->subject),
						.preview = text_of(&row.preview, &client->preview) };
	}
	out->sender = inbox.sender;
	out->sender_is_address = inbox.sender_is_address;
	out->subject = inbox.subject;
	out->preview = inbox.preview;
	out->source = source_names[inbox.source];
	out->filled = inbox.filled;
	out->rows = rows;
	name_without_row(arena, &choice, without, out);
}

static void keep(struct arena *arena, struct span *text)
{
	*text = arena_copy_span(arena, *text);
}

void run_preview_inbox(struct arena *arena, const struct message *message, struct preview *out)
{
	out->is_template = message->kind == INPUT_TEMPLATE;
	out->has_header = message->has_header;
	fill_rows(arena, message, NULL, out);
	keep(arena, &out->sender);
	keep(arena, &out->subject);
	keep(arena, &out->preview);
	for (size_t i = 0; i < out->n_rows; i++) {
		struct preview_row *row = (struct preview_row *)&out->rows[i];
		keep(arena, &row->sender.text);
		keep(arena, &row->subject.text);
		keep(arena, &row->preview.text);
	}
}

/* A block of a template that held nothing but statements has nothing to show. */
static bool is_empty(const struct preview_block *block)
{
	for (size_t i = 0; i < block->n_pieces; i++)
		if (block->pieces[i].kind == PREVIEW_IMAGE || span_trim(block->pieces[i].text).n)
			return false;
	return block->kind != PREVIEW_LINE;
}

static struct preview_block block_of(struct arena *arena, const struct html *html, const struct outline *outline, const struct outline_block *b, bool has_statements)
{
	struct preview_piece *pieces = ARENA_ARRAY(arena, struct preview_piece, 2 * b->n_pieces + 1);
	struct preview_block out = { .kind = block_kinds[b->kind], .level = b->level, .number = b->number, .quote = b->quote, .apart = b->apart, .pieces = pieces };

	for (size_t i = 0; i < b->n_pieces; i++) {
		const struct outline_piece *p = &outline->pieces[b->first_piece + i];
		bool last = i + 1 == b->n_pieces || p[1].link != p->link;
		struct span url = last ? outline_link_target(html, p->link) : SPAN_EMPTY;
		if (b->kind == OUTLINE_ROW && i && p->cell != p[-1].cell)
			pieces[out.n_pieces++].kind = PREVIEW_CELL;
		pieces[out.n_pieces++] = (struct preview_piece){
			.kind = p->kind == OUTLINE_TEXT ? PREVIEW_TEXT : p->kind == OUTLINE_IMAGE ? PREVIEW_IMAGE : PREVIEW_BREAK,
			.text = has_statements ? inbox_without_statements(arena, p->text) : p->text, .url = url, .host = url.n ? url_parse(url).host : SPAN_EMPTY, .linked = p->link != HTML_NO_PARENT
		};
	}
	if (outline_is_button(html, outline, b))
		out.kind = PREVIEW_BUTTON;
	return out;
}

static void fill_html(struct arena *arena, const struct html *html, bool has_statements, struct preview *out)
{
	struct outline outline = outline_new(arena, html);
	struct spoken_list spoken = spoken_new(arena, html, &outline);
	struct preview_block *blocks = ARENA_ARRAY(arena, struct preview_block, outline.n_blocks + 1);
	struct preview_spoken *items = ARENA_ARRAY(arena, struct preview_spoken, spoken.n + 1);

	for (size_t i = 0; i < outline.n_blocks; i++) {
		struct preview_block block = block_of(arena, html, &outline, &outline.blocks[i], has_statements);
		if (!is_empty(&block))
			blocks[out->n_blocks++] = block;
	}
	for (size_t i = 0; i < spoken.n; i++) {
		const struct spoken *s = &spoken.items[i];
		struct span text = has_statements ? span_trim(inbox_without_statements(arena, s->text)) : s->text;
		if (text.n || !s->text.n)
			items[out->n_spoken++] = (struct preview_spoken){ spoken_names[s->kind], text, s->number, s->columns, s->stumble };
	}
	out->blocks = blocks;
	out->spoken = items;
	out->more_spoken = spoken.more;
	out->n_tables = spoken.n_tables;
	out->n_image_files = spoken.n_image_files;
	out->n_link_addresses = spoken.n_link_addresses;
}

/* A text part, line by line. */
static void fill_plain(struct arena *arena, struct span text, struct preview *out)
{
	size_t n = 1, at = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	struct preview_block *block = ARENA_NEW(arena, struct preview_block);
	struct preview_piece *pieces = ARENA_ARRAY(arena, struct preview_piece, 2 * n);
	block->kind = PREVIEW_PREFORMATTED;
	block->pieces = pieces;
	while (at < text.n) {
		size_t end = span_find_byte(text, '\n', at);
		size_t line = end > at && text.p[end - 1] == '\r' ? end - 1 : end;
		pieces[block->n_pieces++] = (struct preview_piece){ .kind = PREVIEW_TEXT, .text = span_cut(text, at, line) };
		if (end < text.n)
			pieces[block->n_pieces++] = (struct preview_piece){ .kind = PREVIEW_BREAK };
		at = end + 1;
	}
	out->blocks = block;
	out->n_blocks = block->n_pieces > 0;
}

static void fill(struct arena *arena, const struct message *message, const char *clients, struct preview *out)
{
	/* What is filled in has none: what looks like one came out of the data. */
	bool has_statements = message->kind == INPUT_TEMPLATE && !message->expansion;
	const struct body *body = message->n_bodies ? &message->bodies[0] : NULL;

	for (size_t i = 0; i < message->n_bodies && !body->html; i++)
		if (message->bodies[i].html)
			body = &message->bodies[i];
	out->path = message->path;
	out->index = message->index;
	out->is_template = message->kind == INPUT_TEMPLATE;
	out->has_header = message->has_header;
	for (const struct message *view = message; view && has_statements; view = view->next_view)
		out->n_views++;
	fill_rows(arena, message, clients, out);
	if (body && body->html)
		fill_html(arena, body->html, has_statements, out);
	else if (body)
		fill_plain(arena, has_statements ? inbox_without_statements(arena, body->visible->bytes) : body->visible->bytes, out);
}

/* --- the file ---------------------------------------------------------------------------------------------------------------- */

static bool write_preview(const struct preview *preview, const struct run_options *options, bool json)
{
	GString *out = g_string_new(NULL);

	if (json)
		report_preview_json(out, preview);
	else
		report_preview_text(out, preview, &options->report);
	bool good = fwrite(out->str, 1, out->len, stdout) == out->len && fflush(stdout) == 0;
	g_string_free(out, TRUE);
	return good;
}

/* What a preview is made with. */
struct previewer {
	struct setup *setup;
	const struct run_options *options;
	const struct preview_options *preview;
	const struct run_rows *rows;   /* NULL */
};

/* The expressions for which something harmless stands there, each once. */
static const char *unfilled(struct arena *arena, const struct expansion *expansion)
{
	enum { MOST = 8 };
	GString *out = g_string_new(NULL);
	size_t n = 0;

	for (size_t i = 0; i < expansion->n_notes; i++) {
		bool told = expansion->notes[i].kind == NOTE_TOO_LONG;
		for (size_t k = 0; k < i && !told; k++)
			told = span_eq(expansion->notes[k].expression, expansion->notes[i].expression);
		if (told || n++ >= MOST)
			continue;
		g_string_append_printf(out, "%s%.*s", n > 1 ? ", " : "", (int)MIN(expansion->notes[i].expression.n, 200), expansion->notes[i].expression.p);
	}
	if (n > MOST)
		g_string_append(out, ", ...");
	const char *copy = n ? arena_copy(arena, span_of(out->str, out->len)) : NULL;
	g_string_free(out, TRUE);
	return copy;
}

static bool is_cut(const struct expansion *expansion)
{
	for (size_t i = 0; i < expansion->n_notes; i++)
		if (expansion->notes[i].kind == NOTE_TOO_LONG)
			return true;
	return false;
}

/* The template with a row filled in, to be freed; NULL, and said why, where there is none. It points into the template. */
static struct message *filled_in(const struct previewer *p, struct arena *arena, const struct message *message, struct preview *model)
{
	enum language language = p->options->report.language;
	struct row row;
	struct expansion *expansion = run_rows_fill(p->rows, arena, message, MAX(p->preview->row, 1), &row);

	if (!expansion)
		return NULL;
	struct text *text = ARENA_NEW(arena, struct text);
	struct line_index *lines = ARENA_NEW(arena, struct line_index);
	text->bytes = expansion->text->bytes;
	*lines = line_index_new(arena, text->bytes);
	struct message *filled = message_new(message->path, text, lines, (struct range){ 0, text->bytes.n }, message->index, message->kind, message->template_kind);
	filled->expansion = expansion;
	if (is_cut(expansion))
		run_say(message->path, say(language, "only the beginning of what the row makes of it is shown", "差し込んだ結果の先頭の部分だけを表示しています"));
	model->data = p->options->data;
	model->row = row.number;
	model->line = row.line;
	model->unfilled = unfilled(arena, expansion);
	return filled;
}

static int preview_message(const struct previewer *p, struct arena *arena, const struct setup_place *place, const struct message *message, size_t n_messages)
{
	struct preview model = { .n_messages = n_messages };
	struct message *filled = p->rows ? filled_in(p, arena, message, &model) : NULL;
	const char *clients = setup_settings_for(p->setup, place, message)->lint.clients;

	if (p->rows && !filled)
		return EXIT_TROUBLE;
	fill(arena, filled ? filled : message, clients, &model);
	int code = write_preview(&model, p->options, p->preview->json) ? EXIT_CLEAN : EXIT_TROUBLE;
	message_free(filled);
	return code;
}

static int preview_bytes(const struct previewer *p, const struct setup_place *place, const struct input_file *file, struct span bytes)
{
	struct arena *arena = arena_new();
	enum input_kind kind = file->kind;
	enum template_kind template_kind = file->template_kind;
	const struct text text = { .bytes = bytes };
	const struct line_index lines = line_index_new(arena, bytes);
	struct range whole = { 0, bytes.n }, *ranges = &whole;
	size_t n = 1, wanted = p->preview->message ? p->preview->message - 1 : 0;
	int code = EXIT_TROUBLE;

	run_correct_kind(place->options, bytes, &kind, &template_kind);
	if (kind == INPUT_MESSAGE)
		ranges = input_split_mbox(arena, bytes, &n, NULL);
	if (wanted < n) {
		struct message *message = message_new(file->path, &text, &lines, ranges[wanted], wanted, kind, template_kind);
		code = preview_message(p, arena, place, message, n);
		message_free(message);
	} else {
		run_say(file->path, say(p->options->report.language, "there are not so many messages in it", "そこまでの数のメールは入っていません"));
	}
	arena_free(arena);
	return code;
}

static int preview_file(const struct previewer *p, const char *path)
{
	enum language language = p->options->report.language;
	bool is_stdin = g_str_equal(path, "-");
	struct input_file file = { .path = (char *)(is_stdin && p->options->stdin_name ? p->options->stdin_name : path), .is_stdin = is_stdin };
	struct setup_place place;
	struct input_bytes input;
	GError *error = NULL;

	file.kind = input_kind_of(file.path, &file.template_kind);
	if (!setup_place_of(p->setup, file.path, &place) || !setup_sound(p->setup))
		return EXIT_TROUBLE;
	if (!input_read(path, &input, &error)) {
		char *reason = reason_in(language, error->message);
		run_say(path, reason);
		g_free(reason);
		g_error_free(error);
		return EXIT_TROUBLE;
	}
	message_library_init();
	int code = preview_bytes(p, &place, &file, input.bytes);
	if (input.cut)
		run_say(path, say(language, "only the beginning was read", "先頭の部分だけを読みました"));
	input_bytes_release(&input);
	return code;
}

int run_preview(const struct run_options *options, const struct preview_options *preview, const char *path)
{
	struct run_options run = *options;
	struct setup *setup = setup_new(options);
	struct previewer previewer = { setup, &run, preview, NULL };
	struct run_rows *rows = NULL;
	int code = EXIT_TROUBLE;

	if (setup_run_keys(setup, &run) && (!run.data || (rows = run_rows_open(run.data, run.report.language)))) {
		previewer.rows = rows;
		code = preview_file(&previewer, path);
	}
	run_rows_free(rows);
	setup_free(setup);
	return code;
}
