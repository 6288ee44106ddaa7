/* Builds the mail around an example. Writes no file, and judges nothing. */
#include "rule/example.h"

#include <string.h>

#include "base/span.h"

#define BOUNDARY "=_4f1d6c0b9a7e"

/* The good mail. Plain ASCII, so that a headers example may claim any charset; host names that are not reserved for examples, since
 * those are a fault in a final mail. In this order the fields come out. */
static const struct {
	const char *name, *value;
} good_fields[] = {
        {"Date", "Tue, 24 Nov 2026 09:00:00 +0900"},
        {"From", "\"Hanami Books\" <news@hanami-books.jp>"},
        {"To", "<reader@hanami-reader.jp>"},
        {"Subject", "New books for November"},
        {"Message-ID", "<20261124090000.9f3c1b7a2d4e6f80@hanami-books.jp>"},
        {"List-Id", "\"Hanami Books News\" <news.hanami-books.jp>"},
        {"List-Unsubscribe", "<https://hanami-books.jp/u/9f3c1b7a2d4e6f80>"},
        {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
        {"MIME-Version", "1.0"},
};

static const char *const good_text = "These are the books that our readers liked best this month. The full list, with\n"
                                     "reviews by the staff of our shop in Jimbocho, is on our site:\n"
                                     "https://hanami-books.jp/news/2026-11\n";

static const char *const good_footer = "\n"
                                       "--\n"
                                       "You receive this mail because you subscribed on our site.\n"
                                       "To unsubscribe: https://hanami-books.jp/u/9f3c1b7a2d4e6f80\n"
                                       "Hanami Books Co., Ltd., 2-5-1 Kanda Jimbocho, Chiyoda-ku, Tokyo 101-0051, Japan\n"
                                       "Contact: info@hanami-books.jp\n";

static const char *const good_html = "<p>These are the books that our readers liked best this month. The full list, with reviews "
                                     "by the staff of our shop in Jimbocho,\n"
                                     "is on <a href=\"https://hanami-books.jp/news/2026-11\">our site</a>.</p>\n";

static const char *const good_html_footer = "<p>You receive this mail because you subscribed on our site.<br>\n"
                                            "<a href=\"https://hanami-books.jp/u/9f3c1b7a2d4e6f80\">Unsubscribe</a><br>\n"
                                            "Hanami Books Co., Ltd., 2-5-1 Kanda Jimbocho, Chiyoda-ku, Tokyo 101-0051, Japan<br>\n"
                                            "Contact: info@hanami-books.jp</p>\n";

/* Append text as the value of an unstructured field: as it is where it is ASCII, else as encoded words of UTF-8, folded, each of at
 * most 75 characters and of whole characters, on lines of at most 76 (RFC 2047, sections 2 and 5). The first line has the name,
 * "Subject: ". */
static void put_encoded(GString *out, const char *text)
{
	enum { BYTES_OF_FIRST_WORD = 39, BYTES_PER_WORD = 45 };

	if (span_is_ascii(span_str(text))) {
		g_string_append(out, text);
		return;
	}
	for (const char *start = text; *start;) {
		const char *end = start;
		long most = start == text ? BYTES_OF_FIRST_WORD : BYTES_PER_WORD;
		while (*end && g_utf8_next_char(end) - start <= most)
			end = g_utf8_next_char(end);
		char *base64 = g_base64_encode((const guchar *)start, (gsize)(end - start));
		g_string_append_printf(out, "%s=?UTF-8?B?%s?=", start == text ? "" : "\n ", base64);
		g_free(base64);
		start = end;
	}
}

/* The name of the field that a line begins, without blanks before the colon; empty where it begins none. */
static struct span field_name(struct span line)
{
	size_t colon = span_find_byte(line, ':', 0);

	if (colon == line.n || !line.n || line.p[0] == ' ' || line.p[0] == '\t')
		return SPAN_EMPTY;
	return span_trim(span_cut(line, 0, colon));
}

/* "-NAME": the field to be taken away; empty where the line says no such thing. */
static struct span removed_name(struct span line)
{
	if (line.n < 2 || line.p[0] != '-')
		return SPAN_EMPTY;
	for (size_t i = 1; i < line.n; i++)
		if (!ascii_is_alnum(line.p[i]) && line.p[i] != '-')
			return SPAN_EMPTY;
	return span_cut(line, 1, line.n);
}

/* The next line of a block, without its LF; moves *at behind it. */
static struct span next_line(struct span block, size_t *at)
{
	size_t end = span_find_byte(block, '\n', *at);
	struct span line = span_cut(block, *at, end);
	*at = end + 1;
	return line;
}

/* Does the block replace or remove this field? */
static bool block_has(struct span block, const char *name)
{
	for (size_t at = 0; at < block.n;) {
		struct span line = next_line(block, &at);
		if (span_eq_ci(field_name(line), span_str(name)) || span_eq_ci(removed_name(line), span_str(name)))
			return true;
	}
	return false;
}

/* The good fields without those the block replaces, then the block's own lines. */
static void put_fields(GString *out, const char *extra, const char *content_type)
{
	struct span block = span_str(extra);

	for (size_t i = 0; i < G_N_ELEMENTS(good_fields); i++)
		if (!block_has(block, good_fields[i].name))
			g_string_append_printf(out, "%s: %s\n", good_fields[i].name, good_fields[i].value);
	if (!block_has(block, "Content-Type"))
		g_string_append_printf(out, "Content-Type: %s\n", content_type);
	for (size_t at = 0; at < block.n;) {
		struct span line = next_line(block, &at);
		if (!removed_name(line).n) {
			g_string_append_len(out, line.p, (gssize)line.n);
			g_string_append_c(out, '\n');
		}
	}
}

static const char *transfer_encoding(const char *body)
{
	return span_is_ascii(span_str(body)) ? "7bit" : "8bit";
}

static void put_line_end(GString *out)
{
	if (out->len && out->str[out->len - 1] != '\n')
		g_string_append_c(out, '\n');
}

/* A text/plain mail. extra: header lines; body NULL: the good one. */
static void put_text_mail(GString *out, const char *extra, const char *body)
{
	const char *text = body ? body : good_text;

	put_fields(out, extra, "text/plain; charset=UTF-8");
	if (!block_has(span_str(extra), "Content-Transfer-Encoding"))
		g_string_append_printf(out, "Content-Transfer-Encoding: %s\n", transfer_encoding(text));
	g_string_append_printf(out, "\n%s", text);
	put_line_end(out);
	g_string_append(out, good_footer);
}

static bool is_whole_document(const char *html)
{
	struct span trimmed = span_trim(span_str(html));
	return span_starts_ci(trimmed, SPAN_LIT("<!doctype")) || span_starts_ci(trimmed, SPAN_LIT("<html"));
}

static void put_html_mail(GString *out, const char *html)
{
	put_fields(out, "", "multipart/alternative; boundary=\"" BOUNDARY "\"");
	g_string_append_printf(out,
	        "\n--" BOUNDARY "\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 7bit\n\n%s%s", good_text,
	        good_footer);
	g_string_append_printf(out, "\n--" BOUNDARY "\nContent-Type: text/html; charset=UTF-8\nContent-Transfer-Encoding: %s\n\n",
	        transfer_encoding(html));
	if (is_whole_document(html)) {
		g_string_append(out, html);
	} else {
		g_string_append_printf(out,
		        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html; "
		        "charset=UTF-8\">\n"
		        "<meta name=\"viewport\" content=\"width=device-width\">\n"
		        "<title>New books for November</title>\n</head>\n<body>\n%s%s",
		        good_html, html);
		put_line_end(out);
		g_string_append_printf(out, "%s</body>\n</html>\n", good_html_footer);
	}
	put_line_end(out);
	g_string_append(out, "\n--" BOUNDARY "--\n");
}

/* The escapes of kind bytes, which the loader has checked. */
static void put_unescaped(GString *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p != '\\' || !p[1]) {
			g_string_append_c(out, *p);
			continue;
		}
		switch (*++p) {
		case 'e':
			g_string_append_c(out, '\x1B');
			break;
		case 'r':
			g_string_append_c(out, '\r');
			break;
		case 'n':
			g_string_append_c(out, '\n');
			break;
		case 't':
			g_string_append_c(out, '\t');
			break;
		case 'x':
			if (p[1] && p[2]) {
				g_string_append_c(out, (char)(ascii_hex_value(p[1]) * 16 + ascii_hex_value(p[2])));
				p += 2;
			}
			break;
		default:
			g_string_append_c(out, *p);
		}
	}
}

/* Lines that begin with any number of ">" and "From " get one ">" more (RFC 4155, appendix A, in its reversible form). */
static void put_mbox(GString *out, const char *const *messages)
{
	for (; *messages; messages++) {
		g_string_append(out, "From news@hanami-books.jp Tue Nov 24 00:00:00 2026\n");
		struct span message = span_str(*messages);
		for (size_t at = 0; at < message.n;) {
			struct span line = next_line(message, &at);
			size_t quotes = 0;
			while (quotes < line.n && line.p[quotes] == '>')
				quotes++;
			if (span_starts(span_cut(line, quotes, line.n), SPAN_LIT("From ")))
				g_string_append_c(out, '>');
			g_string_append_len(out, line.p, (gssize)line.n);
			g_string_append_c(out, '\n');
		}
		g_string_append_c(out, '\n');
	}
}

static bool put_corpus_file(struct example_file *out, const char *root, const char *name, GError **error)
{
	char *path = g_build_filename(root, "corpus", name, NULL), *bytes;
	gsize n;
	bool read = g_file_get_contents(path, &bytes, &n, error);

	g_free(path);
	if (!read)
		return false;
	g_string_append_len(out->bytes, bytes, (gssize)n);
	g_free(bytes);
	return true;
}

bool example_build(const struct rule_example *example, const char *root, struct example_file *out, GError **error)
{
	const char *kind = example->kind, *content = example->content;
	char *field;

	*out = (struct example_file){.path = g_strdup("example.eml"), .bytes = g_string_new(NULL)};
	if (strcmp(kind, "subject") == 0) {
		GString *subject = g_string_new("Subject: ");
		put_encoded(subject, content);
		put_text_mail(out->bytes, subject->str, NULL);
		g_string_free(subject, TRUE);
	} else if (strcmp(kind, "from") == 0) {
		field = g_strconcat("From: ", content, NULL);
		put_text_mail(out->bytes, field, NULL);
		g_free(field);
	} else if (strcmp(kind, "headers") == 0) {
		put_text_mail(out->bytes, content, NULL);
	} else if (strcmp(kind, "text") == 0) {
		put_text_mail(out->bytes, "", content);
	} else if (strcmp(kind, "html") == 0) {
		put_html_mail(out->bytes, content);
	} else if (strcmp(kind, "eml") == 0) {
		g_string_append(out->bytes, content);
	} else if (strcmp(kind, "bytes") == 0) {
		put_unescaped(out->bytes, content);
	} else if (strcmp(kind, "template") == 0) {
		g_free(out->path);
		out->path = g_strdup(example->file_name ? example->file_name : "example.html");
		out->is_template = true;
		g_string_append(out->bytes, content);
	} else if (strcmp(kind, "repeat") == 0) {
		g_string_append(out->bytes, content);
		for (int i = 0; i < example->repeat_times; i++)
			g_string_append(out->bytes, example->repeat_line);
	} else if (strcmp(kind, "messages") == 0) {
		g_free(out->path);
		out->path = g_strdup("example.mbox");
		put_mbox(out->bytes, example->parts);
	} else if (strcmp(kind, "file") == 0) {
		g_free(out->path);
		out->path = g_path_get_basename(content);
		if (!put_corpus_file(out, root, content, error)) {
			example_file_release(out);
			return false;
		}
	} else {
		out->is_skipped = true;
	}
	return true;
}

void example_file_release(struct example_file *file)
{
	g_free(file->path);
	if (file->bytes)
		g_string_free(file->bytes, TRUE);
	*file = (struct example_file){0};
}

bool example_options(const struct rule_example *example, struct lint_options *out)
{
	*out = (struct lint_options){
	        .stage = STAGE_DRAFT,
	        .mail_class = CLASS_NEWSLETTER,
	        .volume = VOLUME_UNKNOWN,
	        .profiles = PROFILE_GMAIL | PROFILE_GMAIL_BULK,
	        .now = EXAMPLE_NOW,
	};
	return !example->options || lint_options_set_line(out, example->options);
}
