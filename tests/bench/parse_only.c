/* What any linter built on these libraries must pay for a message: read, GMime parse, decode each part, HTML tree (libxml2, encoding
 * forced to UTF-8), text to NFKC_Casefold and back. The yardstick for presend: `make bench` prints ratios to it.
 * May not look for faults. */
#define _GNU_SOURCE /* nftw() */
#include <ftw.h>
#include <gmime/gmime.h>
#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static struct {
	size_t messages, bytes, parts, folded_bytes;
} sum;
static const UNormalizer2 *nfkc_casefold;

static void *grown(void *buffer, size_t *have, size_t want)
{
	if (*have < want) {
		*have = want * 2;
		buffer = g_realloc(buffer, *have);
	}
	return buffer;
}

/* UTF-8 to UTF-16, fold, and back. Buffers are kept from text to text, as a linter would. */
static void fold(const char *text, size_t n)
{
	static UChar *wide, *folded;
	static char *narrow;
	static size_t have_wide, have_folded, have_narrow;
	UErrorCode status = U_ZERO_ERROR;
	int32_t n_wide, n_folded, n_narrow;

	wide = grown(wide, &have_wide, (n + 1) * sizeof *wide);
	u_strFromUTF8Lenient(wide, (int32_t)(have_wide / sizeof *wide), &n_wide, text, (int32_t)n, &status);
	if (U_FAILURE(status))
		return;
	folded = grown(folded, &have_folded, ((size_t)n_wide * 4 + 64) * sizeof *folded);
	n_folded = unorm2_normalize(nfkc_casefold, wide, n_wide, folded, (int32_t)(have_folded / sizeof *folded), &status);
	if (U_FAILURE(status))
		return;
	narrow = grown(narrow, &have_narrow, (size_t)n_folded * 3 + 4);
	u_strToUTF8WithSub(narrow, (int32_t)have_narrow, &n_narrow, folded, n_folded, 0xFFFD, NULL, &status);
	sum.folded_bytes += U_SUCCESS(status) ? (size_t)n_narrow : 0;
}

static void collect_text(const xmlNode *node, GString *out)
{
	/* By hand and not by recursion: libxml2 stops at 250 levels, but siblings are many. */
	for (const xmlNode *top = node; node;) {
		if (node->type == XML_TEXT_NODE && node->content)
			g_string_append(out, (const char *)node->content);
		if (node->children) {
			node = node->children;
			continue;
		}
		while (node && node != top && !node->next)
			node = node->parent;
		if (!node || node == top)
			break;
		node = node->next;
	}
}

static void read_html(const char *html, size_t n)
{
	GString *text = g_string_sized_new(n);
	htmlDocPtr doc = htmlReadMemory(html, (int)n, NULL, "UTF-8",
					HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);

	if (doc) {
		collect_text(xmlDocGetRootElement(doc), text);
		xmlFreeDoc(doc);
	}
	fold(text->str, text->len);
	g_string_free(text, TRUE);
}

static void read_part(GMimeObject *parent, GMimeObject *object, gpointer data)
{
	(void)parent;
	(void)data;
	if (!GMIME_IS_PART(object))
		return;
	GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));
	if (!content)
		return;
	sum.parts++;
	GMimeStream *memory = g_mime_stream_mem_new();
	GMimeContentType *type = g_mime_object_get_content_type(object);
	bool is_text = g_mime_content_type_is_type(type, "text", "*");
	const char *charset = is_text ? g_mime_object_get_content_type_parameter(object, "charset") : NULL;
	GMimeStream *out = g_object_ref(memory);
	GMimeFilter *filter = charset ? g_mime_filter_charset_new(charset, "utf-8") : NULL;
	if (filter) {
		g_object_unref(out);
		out = g_mime_stream_filter_new(memory);
		g_mime_stream_filter_add(GMIME_STREAM_FILTER(out), filter);
		g_object_unref(filter);
	}
	g_mime_data_wrapper_write_to_stream(content, out);
	g_mime_stream_flush(out);
	const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	if (is_text && bytes && bytes->len) {
		if (g_mime_content_type_is_type(type, "text", "html"))
			read_html((const char *)bytes->data, bytes->len);
		else
			fold((const char *)bytes->data, bytes->len);
	}
	g_object_unref(out);
	g_object_unref(memory);
}

static void read_message(const char *path)
{
	char *bytes;
	gsize n;

	if (!g_file_get_contents(path, &bytes, &n, NULL))
		return;
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	sum.messages++;
	sum.bytes += n;
	if (message) {
		const char *subject = g_mime_message_get_subject(message);
		if (subject)
			fold(subject, strlen(subject));
		g_mime_message_foreach(message, read_part, NULL);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	g_free(bytes);
}

static int visit(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)place;
	if (kind == FTW_F)
		read_message(path);
	return 0;
}

int main(int argc, char **argv)
{
	UErrorCode status = U_ZERO_ERROR;

	g_mime_init();
	nfkc_casefold = unorm2_getNFKCCasefoldInstance(&status);
	if (U_FAILURE(status))
		return EXIT_FAILURE;
	for (int i = 1; i < argc; i++)
		nftw(argv[i], visit, 16, FTW_PHYS);
	printf("%zu messages, %zu bytes, %zu parts, %zu bytes folded\n", sum.messages, sum.bytes, sum.parts, sum.folded_bytes);
	return sum.messages ? EXIT_SUCCESS : EXIT_FAILURE;
}
