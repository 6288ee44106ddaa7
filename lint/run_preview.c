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

static void fill_rows(struct arena *arena, const struct message *message, struct preview *out)
{
	struct inbox inbox = inbox_new(arena, message);
	struct preview_row *rows = ARENA_ARRAY(arena, struct preview_row, n_inbox_clients);

	for (size_t i = 0; i < n_inbox_clients; i++) {
		const struct inbox_client *client = &inbox_clients[i];
		struct inbox_row row = inbox_row_new(arena, &inbox, client);
		rows[i] = (struct preview_row){ .id = client->id, .name = client->name, .phone = client->phone, .one_line = client->one_line,
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
	out->n_rows = n_inbox_clients;
}

static void keep(struct arena *arena, struct span *text)
{
	*text = arena_copy_span(arena, *text);
}

void run_preview_inbox(struct arena *arena, const struct message *message, struct preview *out)
{
	out->is_template = message->kind == INPUT_TEMPLATE;
	out->has_header = message->has_header;
	fill_rows(arena, message, out);
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

static struct preview_block block_of(struct arena *arena, const struct html *html, const struct outline *outline, const struct outline_block *b, bool is_template)
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
			.text = is_template ? inbox_without_statements(arena, p->text) : p->text, .url = url, .host = url.n ? url_parse(url).host : SPAN_EMPTY, .linked = p->link != HTML_NO_PARENT
		};
	}
	if (outline_is_button(html, outline, b))
		out.kind = PREVIEW_BUTTON;
	return out;
}

static void fill_html(struct arena *arena, const struct html *html, struct preview *out)
{
	struct outline outline = outline_new(arena, html);
	struct spoken_list spoken = spoken_new(arena, html, &outline);
	struct preview_block *blocks = ARENA_ARRAY(arena, struct preview_block, outline.n_blocks + 1);
	struct preview_spoken *items = ARENA_ARRAY(arena, struct preview_spoken, spoken.n + 1);

	for (size_t i = 0; i < outline.n_blocks; i++) {
		struct preview_block block = block_of(arena, html, &outline, &outline.blocks[i], out->is_template);
		if (!is_empty(&block))
			blocks[out->n_blocks++] = block;
	}
	for (size_t i = 0; i < spoken.n; i++) {
		const struct spoken *s = &spoken.items[i];
		struct span text = out->is_template ? span_trim(inbox_without_statements(arena, s->text)) : s->text;
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

static void fill(struct arena *arena, const struct message *message, struct preview *out)
{
	const struct body *body = message->n_bodies ? &message->bodies[0] : NULL;

	for (size_t i = 0; i < message->n_bodies && !body->html; i++)
		if (message->bodies[i].html)
			body = &message->bodies[i];
	out->path = message->path;
	out->index = message->index;
	out->is_template = message->kind == INPUT_TEMPLATE;
	out->has_header = message->has_header;
	fill_rows(arena, message, out);
	if (body && body->html)
		fill_html(arena, body->html, out);
	else if (body)
		fill_plain(arena, body->visible->bytes, out);
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

static int preview_bytes(const struct run_options *options, const struct preview_options *preview, const struct input_file *file, struct span bytes)
{
	struct arena *arena = arena_new();
	enum input_kind kind = file->kind;
	enum template_kind template_kind = file->template_kind;
	const struct text text = { .bytes = bytes };
	const struct line_index lines = line_index_new(arena, bytes);
	struct range whole = { 0, bytes.n }, *ranges = &whole;
	size_t n = 1, wanted = preview->message ? preview->message - 1 : 0;
	int code = EXIT_TROUBLE;

	run_correct_kind(&options->lint, bytes, &kind, &template_kind);
	if (kind == INPUT_MESSAGE)
		ranges = input_split_mbox(arena, bytes, &n, NULL);
	if (wanted < n) {
		struct message *message = message_new(file->path, &text, &lines, ranges[wanted], wanted, kind, template_kind);
		struct preview model = { .n_messages = n };
		fill(arena, message, &model);
		code = write_preview(&model, options, preview->json) ? EXIT_CLEAN : EXIT_TROUBLE;
		message_free(message);
	} else {
		run_say(file->path, say(options->report.language, "there are not so many messages in it", "そこまでの数のメールは入っていません"));
	}
	arena_free(arena);
	return code;
}

int run_preview(const struct run_options *options, const struct preview_options *preview, const char *path)
{
	bool is_stdin = g_str_equal(path, "-");
	struct input_file file = { .path = (char *)(is_stdin && options->stdin_name ? options->stdin_name : path), .is_stdin = is_stdin };
	struct input_bytes input;
	GError *error = NULL;
	char *reason;

	file.kind = input_kind_of(file.path, &file.template_kind);
	if (!input_read(path, &input, &error)) {
		reason = reason_in(options->report.language, error->message);
		run_say(path, reason);
		g_free(reason);
		g_error_free(error);
		return EXIT_TROUBLE;
	}
	message_library_init();
	int code = preview_bytes(options, preview, &file, input.bytes);
	if (input.cut)
		run_say(path, say(options->report.language, "only the beginning was read", "先頭の部分だけを読みました"));
	input_bytes_release(&input);
	return code;
}
