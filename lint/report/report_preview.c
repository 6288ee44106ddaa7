/* Role: draws the preview for people: inbox rows, the mail with images off, what a screen reader says.
 * May not: know a message, or put a byte of a draft out without report/safe.h. */
#include "report/preview.h"

#include "base/utf8.h"
#include "report/phrases.h"
#include "report/safe.h"
#include "report/terminal.h"

enum { INDENT = 2, LONGEST_SPOKEN = 70 };

static size_t width_of(const struct report_options *options)
{
	return options->width > 0 ? (size_t)options->width : 80;
}

static void append_title(GString *out, const struct report_options *options, enum phrase title)
{
	append_styled(out, options, STYLE_BOLD, phrase(title, options->language));
	g_string_append_c(out, '\n');
}

static void append_phrase_of(GString *out, enum phrase which, enum language language, struct span text)
{
	GString *safe = g_string_new(NULL);

	safe_append_terminal(safe, text, true);
	PHRASE_APPEND(out, which, language, safe->str);
	g_string_free(safe, TRUE);
}

/* Styled text of a draft. */
static void append_draft(GString *out, const struct report_options *options, enum style style, struct span text)
{
	style_begin(out, options, style);
	safe_append_terminal(out, text, true);
	style_end(out, options);
}

static void append_block(GString *out, const GString *safe, size_t indent, size_t width)
{
	append_spaces(out, indent);
	append_wrapped_within(out, span_of(safe->str, safe->len), indent, indent, width);
	g_string_append_c(out, '\n');
}

static void append_note(GString *out, const struct report_options *options, enum phrase which)
{
	GString *note = g_string_new(phrase(which, options->language));

	append_block(out, note, INDENT, width_of(options));
	g_string_free(note, TRUE);
}

/* A note about something of the draft or of its data. */
static void append_note_of(GString *out, const struct report_options *options, enum phrase which, const char *text)
{
	GString *note = g_string_new(NULL);

	append_phrase_of(note, which, options->language, span_str(text));
	append_block(out, note, INDENT, width_of(options));
	g_string_free(note, TRUE);
}

/* --- inbox --------------------------------------------------------------------------------------------------------------------- */

static struct span sender_of(const struct preview *preview, const struct preview_row *row, enum language language)
{
	enum phrase otherwise = preview->is_template && !preview->has_header ? PHRASE_SENDER_ELSEWHERE : PHRASE_NO_SENDER;

	return row->sender.text.n ? row->sender.text : span_str(phrase(otherwise, language));
}

static struct span subject_of(const struct preview *preview, const struct preview_row *row, enum language language)
{
	enum phrase otherwise = preview->is_template && !preview->has_header ? PHRASE_SUBJECT_ELSEWHERE : PHRASE_NO_SUBJECT;

	return row->subject.text.n ? row->subject.text : span_str(phrase(otherwise, language));
}

static void append_one_line(GString *out, const struct preview *preview, const struct preview_row *row, const struct report_options *options)
{
	GString *line = g_string_new(NULL);
	struct span sender = sender_of(preview, row, options->language);
	size_t taken = safe_width(sender, true);

	append_draft(line, options, STYLE_BOLD, sender);
	append_spaces(line, row->sender.columns > taken ? row->sender.columns - taken + 2 : 2);
	append_draft(line, options, STYLE_BOLD, subject_of(preview, row, options->language));
	if (row->preview.text.n) {
		g_string_append(line, " - ");
		append_draft(line, options, STYLE_DIM, row->preview.text);
	}
	append_block(out, line, 2 * INDENT, width_of(options));
	g_string_free(line, TRUE);
}

static void append_lines(GString *out, const struct preview *preview, const struct preview_row *row, const struct report_options *options)
{
	const struct {
		struct span text;
		enum style style;
	} lines[] = { { sender_of(preview, row, options->language), STYLE_BOLD },
		      { subject_of(preview, row, options->language), STYLE_BOLD },
		      { row->preview.text, STYLE_DIM } };

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		GString *line = g_string_new(NULL);
		if (lines[i].text.n) {
			append_draft(line, options, lines[i].style, lines[i].text);
			append_block(out, line, 2 * INDENT, width_of(options));
		}
		g_string_free(line, TRUE);
	}
}

static enum phrase source_phrase(const char *source)
{
	static const struct {
		const char *source;
		enum phrase phrase;
	} known[] = { { "hidden", PHRASE_PREVIEW_HIDDEN }, { "visible", PHRASE_PREVIEW_VISIBLE }, { "plain", PHRASE_PREVIEW_PLAIN }, { "declared", PHRASE_PREVIEW_DECLARED } };

	for (size_t i = 0; source && i < G_N_ELEMENTS(known); i++)
		if (g_str_equal(known[i].source, source))
			return known[i].phrase;
	return PHRASE_PREVIEW_NOTHING;
}

static void append_inbox(GString *out, const struct preview *preview, const struct report_options *options)
{
	append_title(out, options, PHRASE_INBOX);
	for (size_t i = 0; i < preview->n_rows; i++) {
		const struct preview_row *row = &preview->rows[i];
		append_spaces(out, INDENT);
		style_begin(out, options, STYLE_INFO);
		g_string_append_printf(out, "%s%s%s", row->name, phrase(PHRASE_LIST_COMMA, options->language),
				       phrase(row->phone ? PHRASE_ON_PHONE : PHRASE_ON_COMPUTER, options->language));
		style_end(out, options);
		g_string_append_c(out, '\n');
		if (row->one_line)
			append_one_line(out, preview, row, options);
		else
			append_lines(out, preview, row, options);
	}
	if (preview->n_rows)
		append_note(out, options, source_phrase(preview->source));
	if (preview->without_row)
		append_note_of(out, options, PHRASE_NO_ROW_FOR, preview->without_row);
}

/* --- the mail -------------------------------------------------------------------------------------------------------------------- */

/* Where a link leads: its host, else its address ("mailto:…", "#top"). */
static void append_target(GString *out, const struct report_options *options, const struct preview_piece *piece)
{
	style_begin(out, options, STYLE_DIM);
	g_string_append(out, " <");
	safe_append_terminal(out, piece->host.n ? piece->host : piece->url, true);
	g_string_append_c(out, '>');
	style_end(out, options);
}

/* Do the words of a link name where it leads? An address is not said twice. */
static bool says_itself(const struct preview_piece *piece)
{
	struct span url = piece->url;

	if (span_starts_ci(url, SPAN_LIT("mailto:")) || span_starts_ci(url, SPAN_LIT("tel:")))
		url = span_cut(url, span_find_byte(url, ':', 0) + 1, url.n);
	return span_eq_ci(span_trim(piece->text), url) || span_eq_ci(span_trim(piece->text), piece->host);
}

static void append_piece(GString *out, const struct report_options *options, const struct preview_piece *piece)
{
	switch (piece->kind) {
	case PREVIEW_TEXT:
		if (piece->linked)
			append_draft(out, options, STYLE_INFO, piece->text);
		else
			safe_append_terminal(out, piece->text, true);
		break;
	case PREVIEW_IMAGE:
		if (piece->text.n)
			append_phrase_of(out, PHRASE_IMAGE, options->language, piece->text);
		else
			g_string_append(out, phrase(PHRASE_IMAGE_EMPTY, options->language));
		break;
	case PREVIEW_CELL:
		g_string_append(out, " | ");
		break;
	case PREVIEW_BREAK:
		break;
	}
	if (piece->url.n && !says_itself(piece))
		append_target(out, options, piece);
}

/* What stands in front of the first line of a block. Deep nesting must leave room for a text. */
static void append_mark(GString *out, const struct preview_block *block, size_t width)
{
	unsigned deepest = (unsigned)MIN(width / 10, 8);

	for (unsigned i = 0; i < MIN(block->quote, deepest); i++)
		g_string_append(out, "> ");
	if (block->kind == PREVIEW_HEADING) {
		for (unsigned i = 0; i < block->level; i++)
			g_string_append_c(out, '#');
		g_string_append_c(out, ' ');
	} else if (block->level) {
		append_spaces(out, 2 * (MIN(block->level, deepest) - 1));
		if (block->kind == PREVIEW_ITEM && block->number)
			g_string_append_printf(out, "%u. ", block->number);
		else
			g_string_append(out, block->kind == PREVIEW_ITEM ? "- " : "  ");
	}
}

/* A line of a block: the pieces from i to the next break. Returns the piece behind it. */
static size_t append_line(GString *out, const struct report_options *options, const struct preview_block *block, size_t i)
{
	GString *line = g_string_new(NULL);
	GString *mark = g_string_new(NULL);
	size_t indent;

	append_mark(mark, block, width_of(options));
	indent = INDENT + text_width(span_of(mark->str, mark->len), false);
	append_spaces(out, INDENT);
	if (i == 0)
		g_string_append(out, mark->str);
	else
		append_spaces(out, indent - INDENT);
	if (block->kind == PREVIEW_HEADING)
		style_begin(line, options, STYLE_BOLD);
	if (block->kind == PREVIEW_BUTTON)
		g_string_append(line, "[ ");
	for (; i < block->n_pieces && block->pieces[i].kind != PREVIEW_BREAK; i++) {
		struct preview_piece piece = block->pieces[i];
		if (block->kind == PREVIEW_BUTTON)
			piece.url = SPAN_EMPTY;
		append_piece(line, options, &piece);
	}
	if (block->kind == PREVIEW_BUTTON) {
		g_string_append(line, " ]");
		append_target(line, options, &block->pieces[block->n_pieces - 1]);
	}
	if (block->kind == PREVIEW_HEADING)
		style_end(line, options);
	append_wrapped_within(out, span_of(line->str, line->len), indent, indent, width_of(options));
	g_string_append_c(out, '\n');
	g_string_free(line, TRUE);
	g_string_free(mark, TRUE);
	return i + 1;
}

static void append_mail(GString *out, const struct preview *preview, const struct report_options *options)
{
	append_title(out, options, preview->n_spoken ? PHRASE_IMAGES_OFF : PHRASE_PLAIN_VIEW);
	if (preview->n_blocks == 0)
		append_note(out, options, PHRASE_BODY_EMPTY);
	for (size_t i = 0; i < preview->n_blocks; i++) {
		const struct preview_block *block = &preview->blocks[i];
		if (block->apart)
			g_string_append_c(out, '\n');
		if (block->kind == PREVIEW_LINE)
			g_string_append(out, "  ----\n");
		for (size_t k = 0; k < block->n_pieces;)
			k = append_line(out, options, block, k);
	}
}

/* --- screen readers -------------------------------------------------------------------------------------------------------------- */

static enum phrase spoken_phrase(const char *kind)
{
	static const struct {
		const char *kind;
		enum phrase phrase;
	} known[] = { { "title", PHRASE_SPOKEN_TITLE }, { "no-title", PHRASE_SPOKEN_NO_TITLE }, { "language", PHRASE_SPOKEN_LANGUAGE },
		      { "no-language", PHRASE_SPOKEN_NO_LANGUAGE }, { "table", PHRASE_SPOKEN_TABLE }, { "heading", PHRASE_SPOKEN_HEADING },
		      { "item", PHRASE_SPOKEN_ITEM }, { "link", PHRASE_SPOKEN_LINK }, { "link-address", PHRASE_SPOKEN_LINK_ADDRESS },
		      { "image", PHRASE_SPOKEN_IMAGE }, { "image-file", PHRASE_SPOKEN_IMAGE_FILE } };

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (g_str_equal(known[i].kind, kind))
			return known[i].phrase;
	return PHRASE_SPOKEN_TEXT;
}

static void append_spoken(GString *out, const struct report_options *options, const struct preview_spoken *item)
{
	enum phrase which = spoken_phrase(item->kind);
	GString *line = g_string_new(NULL), *text = g_string_new(NULL);
	struct span shown = span_cut(item->text, 0, utf8_offset(item->text, LONGEST_SPOKEN));
	g_autofree char *number = g_strdup_printf("%u", item->number), *columns = g_strdup_printf("%u", item->columns);

	safe_append_terminal(text, shown, true);
	if (shown.n < item->text.n)
		g_string_append(text, "…");
	if (item->stumble)
		style_begin(line, options, STYLE_WARNING);
	g_string_append(line, item->stumble ? "! " : "  ");
	if (which == PHRASE_SPOKEN_TABLE)
		PHRASE_APPEND(line, which, options->language, number, columns);
	else if (which == PHRASE_SPOKEN_HEADING)
		PHRASE_APPEND(line, which, options->language, number, text->str);
	else
		PHRASE_APPEND(line, which, options->language, text->str);
	if (item->stumble)
		style_end(line, options);
	append_spaces(out, INDENT);
	append_wrapped_within(out, span_of(line->str, line->len), INDENT, 2 * INDENT, width_of(options));
	g_string_append_c(out, '\n');
	g_string_free(line, TRUE);
	g_string_free(text, TRUE);
}

static void append_count(GString *out, const struct report_options *options, enum phrase which, size_t n)
{
	if (n == 0)
		return;
	GString *line = g_string_new(NULL);
	g_autofree char *number = g_strdup_printf("%zu", n);

	PHRASE_APPEND(line, which, options->language, number);
	append_block(out, line, INDENT, width_of(options));
	g_string_free(line, TRUE);
}

static void append_screen_reader(GString *out, const struct preview *preview, const struct report_options *options)
{
	if (preview->n_spoken == 0)
		return;
	g_string_append_c(out, '\n');
	append_title(out, options, PHRASE_SPOKEN);
	for (size_t i = 0; i < preview->n_spoken; i++)
		append_spoken(out, options, &preview->spoken[i]);
	if (preview->more_spoken)
		g_string_append(out, "    …\n");
	append_count(out, options, PHRASE_SPOKEN_TABLES, preview->n_tables);
	append_count(out, options, PHRASE_SPOKEN_IMAGE_FILES, preview->n_image_files);
	append_count(out, options, PHRASE_SPOKEN_LINK_ADDRESSES, preview->n_link_addresses);
}

/* Which of its readers a template is shown for. */
static void append_template_notes(GString *out, const struct preview *preview, const struct report_options *options)
{
	if (preview->n_views > 1)
		append_note(out, options, PHRASE_FIRST_BRANCHES);
	if (preview->data) {
		g_autofree char *row = g_strdup_printf("%zu", preview->row), *line = g_strdup_printf("%zu", preview->line);
		GString *note = g_string_new(NULL), *path = g_string_new(NULL);
		safe_append_terminal(path, span_str(preview->data), true);
		PHRASE_APPEND(note, PHRASE_ROW_FILLED_IN, options->language, row, path->str, line);
		append_block(out, note, INDENT, width_of(options));
		g_string_free(note, TRUE);
		g_string_free(path, TRUE);
	}
	if (preview->unfilled)
		append_note_of(out, options, PHRASE_UNFILLED, preview->unfilled);
}

void report_preview_text(GString *out, const struct preview *preview, const struct report_options *options)
{
	GString *head = g_string_new(NULL);

	safe_append_terminal(head, span_str(preview->path), true);
	if (preview->n_messages > 1) {
		g_autofree char *number = g_strdup_printf("%zu", preview->index + 1), *count = g_strdup_printf("%zu", preview->n_messages);
		g_string_append(head, phrase(PHRASE_LIST_COLON, options->language));
		PHRASE_APPEND(head, PHRASE_OF_MESSAGES, options->language, number, count);
	}
	append_block(out, head, 0, width_of(options));
	g_string_free(head, TRUE);
	append_template_notes(out, preview, options);
	g_string_append_c(out, '\n');
	append_inbox(out, preview, options);
	g_string_append_c(out, '\n');
	append_mail(out, preview, options);
	append_screen_reader(out, preview, options);
}
