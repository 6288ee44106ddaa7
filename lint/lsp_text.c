/* Role: the bytes of a file from the characters of an editor, and places from one to the other.
 * May not: know findings, or the protocol. */
#include "lsp_text.h"

#include <string.h>

#include "base/utf8.h"
#include "mail/input.h"

static const char mark[] = "\xEF\xBB\xBF";

/* What editors open files as that are not UTF-8, the likeliest first. */
static const char *const charsets[] = { "CP932", "EUC-JP", "ISO-2022-JP", "WINDOWS-1252", "GB18030", "EUC-KR", "BIG5" };

static char *convert(struct span from, const char *to_charset, const char *from_charset, gsize *n)
{
	return g_convert(from.p, (gssize)from.n, to_charset, from_charset, NULL, n, NULL);
}

/* Does the file read in the charset give the text, and the text written in it the file? */
static bool is_read_as(struct span file, struct span text, const char *charset)
{
	gsize n = 0;
	char *read = convert(file, "UTF-8", charset, &n);
	bool same = read && span_eq(span_of(read, n), text);

	g_free(read);
	if (!same)
		return false;
	char *written = convert(text, charset, "UTF-8", &n);
	same = written && span_eq(span_of(written, n), file);
	g_free(written);
	return same;
}

static bool has_byte(struct span s, char byte)
{
	return span_find_byte(s, byte, 0) < s.n;
}

/* A file of ISO-2022-JP is ASCII, escape sequences and all, to who reads it as UTF-8. */
static bool is_read_otherwise(struct span file, struct span text)
{
	return !utf8_valid(file) || (has_byte(file, '\033') && !has_byte(text, '\033'));
}

void lsp_text_open(struct lsp_text *out, const char *path, struct span text)
{
	struct input_bytes file;

	*out = (struct lsp_text){ .bytes = g_string_new(NULL) };
	if (path && input_read(path, &file, NULL)) {
		struct span bytes = file.bytes;
		if (span_starts(bytes, span_str(mark)) && !span_starts(text, span_str(mark))) {
			out->has_mark = true;
			bytes = span_cut(bytes, sizeof mark - 1, bytes.n);
		}
		if (is_read_otherwise(bytes, text)) {
			for (size_t i = 0; i < G_N_ELEMENTS(charsets) && !out->charset; i++)
				if (is_read_as(bytes, text, charsets[i]))
					out->charset = charsets[i];
			out->from_disk = !out->charset;
		}
		input_bytes_release(&file);
	}
}

static void take_file(struct lsp_text *text, const char *path)
{
	struct input_bytes file;

	if (!path || !input_read(path, &file, NULL))
		return;
	g_string_truncate(text->bytes, 0);
	g_string_append_len(text->bytes, file.bytes.p, (gssize)file.bytes.n);
	input_bytes_release(&file);
}

void lsp_text_set(struct lsp_text *text, const char *path, struct span shown)
{
	gsize n = 0;
	/* A character that the charset lacks could not be saved; until then it counts as a question mark. */
	char *written = text->charset ? g_convert_with_fallback(shown.p, (gssize)shown.n, text->charset, "UTF-8", "?", NULL, &n, NULL) : NULL;

	if (text->from_disk) {
		take_file(text, path);
	} else {
		g_string_assign(text->bytes, text->has_mark ? mark : "");
		g_string_append_len(text->bytes, written ? written : shown.p, (gssize)(written ? n : shown.n));
	}
	g_free(written);
	if (text->arena)
		arena_free(text->arena);
	text->arena = arena_new();
	text->lines = line_index_new(text->arena, span_of(text->bytes->str, text->bytes->len));
}

void lsp_text_close(struct lsp_text *text)
{
	if (text->arena)
		arena_free(text->arena);
	g_string_free(text->bytes, TRUE);
	*text = (struct lsp_text){ 0 };
}

static size_t utf16_units(struct span s)
{
	size_t n = 0;

	for (size_t at = 0; at < s.n;)
		n += utf8_next(s, &at) > 0xFFFF ? 2 : 1;
	return n;
}

void lsp_text_place(const struct lsp_text *text, size_t offset, size_t *line, size_t *character)
{
	struct position position = line_position(&text->lines, offset);
	struct span before = span_cut(line_bytes(&text->lines, position.line), 0, position.byte_column - 1);

	*line = position.line - 1;
	if (position.line == 1 && text->has_mark)
		before = span_cut(before, MIN(before.n, sizeof mark - 1), before.n);
	gsize n = 0;
	char *shown = text->charset ? convert(before, "UTF-8", text->charset, &n) : NULL;
	/* In the middle of a character, and where the file is shown as it is: a broken byte is one unit, as U+FFFD in its place would be. */
	*character = utf16_units(shown ? span_of(shown, n) : before);
	g_free(shown);
}

char *lsp_text_shown(const struct lsp_text *text, struct span bytes)
{
	if (text->charset)
		return convert(bytes, "UTF-8", text->charset, NULL);
	return utf8_valid(bytes) && !has_byte(bytes, '\0') ? g_strndup(bytes.p, bytes.n) : NULL;
}
