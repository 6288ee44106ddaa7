/* The tree: lets libxml2's HTML parser decide which element lies in which, as mail programs built on it do.
 * The only user of libxml2. It never sees the draft's own bytes: the tokenizer's events are written out as bare tags, each start tag with
 * the index of its element as only attribute, each text run as one letter and a comment with its index. So the parser's
 * weak spots (many attributes, deep nesting, charsets in <meta>, broken quotes) are out of reach, and what it reports leads
 * back to elements without any guess about places. */
#include "doc/html_private.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#include "base/limits.h"

enum { LARGEST_STACK = 2 * LIMIT_HTML_DEPTH + 16 };

struct open_element {
	size_t element;   /* HTML_NO_PARENT where libxml2 implied it */
	size_t effective; /* element, or the nearest real ancestor */
};

struct builder {
	struct html_work *work;
	xmlParserCtxtPtr parser;
	struct open_element stack[LARGEST_STACK];
	size_t depth;
	size_t texts_seen;      /* text runs in front of the present event */
	size_t end;             /* index of the end tag that is being handled, or HTML_NO_PARENT */
};

void html_library_init(void)
{
	xmlInitParser();
}

uint32_t html_entity(struct span name)
{
	char copy[16];

	if (name.n >= sizeof copy)
		return 0;
	memcpy(copy, name.p, name.n);
	copy[name.n] = '\0';
	const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)copy);
	return entity ? entity->value : 0;
}

static size_t effective_top(const struct builder *b)
{
	return b->depth ? b->stack[b->depth - 1].effective : HTML_NO_PARENT;
}

/* The number behind the first character of s. */
static size_t number(const char *s)
{
	size_t value = 0;

	for (; ascii_is_digit(*s); s++)
		value = value * 10 + (size_t)(*s - '0');
	return value;
}

static void on_start(void *data, const xmlChar *name, const xmlChar **attributes)
{
	struct builder *b = data;
	size_t index = HTML_NO_PARENT;

	(void)name;
	if (b->depth == LARGEST_STACK) {
		html_flag(b->work->html, HTML_TOO_DEEP, (struct range){ 0, 0 });
		xmlStopParser(b->parser);
		return;
	}
	if (attributes && attributes[0] && attributes[1])
		index = number((const char *)attributes[1]);
	if (index < b->work->elements->len) {
		struct html_element *e = &g_array_index(b->work->elements, struct html_element, index);
		size_t parent = effective_top(b);
		/* Parents come first: html and body that libxml2 moves up must not turn the order round. */
		if (parent == HTML_NO_PARENT || parent < index)
			e->parent = parent;
		b->texts_seen = e->first_text;
		if (!(e->traits & HTML_NO_EVENTS))
			e->end_tag = (struct range){ e->start_tag.end, e->start_tag.end };
	} else {
		index = HTML_NO_PARENT;
	}
	b->stack[b->depth] = (struct open_element){ index, index == HTML_NO_PARENT ? effective_top(b) : index };
	b->depth++;
}

static void on_end(void *data, const xmlChar *name)
{
	struct builder *b = data;

	if (b->depth == 0)
		return;
	size_t index = b->stack[--b->depth].element;
	if (index == HTML_NO_PARENT)
		return;
	struct html_element *e = &g_array_index(b->work->elements, struct html_element, index);
	e->n_texts = b->texts_seen > e->first_text ? b->texts_seen - e->first_text : 0;
	if (b->end == HTML_NO_PARENT)
		return;
	/* Of all elements that an end tag closes, the one of its name is the last. */
	const struct html_end *end = &g_array_index(b->work->ends, struct html_end, b->end);
	struct span tag = span_cut(b->work->source, end->range.start + 2, end->range.end);
	struct span wanted = e->name;
	(void)name;
	if (tag.n > wanted.n && span_eq_ci(span_cut(tag, 0, wanted.n), wanted) && !ascii_is_alnum(tag.p[wanted.n])) {
		e->end_tag = end->range;
		b->end = HTML_NO_PARENT;
	}
}

/* An end tag that closed nothing. Those of body and html take effect at the end of the document only; "</p>" and "</br>" stand for empty
 * elements. */
static void note_stray_end(struct html_work *work, struct range range)
{
	struct span name = span_cut(work->source, range.start + 2, range.end);
	size_t n = 0;

	while (n < name.n && ascii_is_alnum(name.p[n]))
		n++;
	char lower[12];
	if (n == 0 || n >= sizeof lower)
		return;
	for (size_t i = 0; i < n; i++)
		lower[i] = ascii_lower(name.p[i]);
	if (!span_in(span_of(lower, n), "a b i u em font span strong center div table tbody tr td th ul ol h1 h2 h3 h4 h5 h6 blockquote"))
		return;
	if (!work->html->n_stray_ends++)
		work->html->stray_end = range;
}

static void on_comment(void *data, const xmlChar *value)
{
	struct builder *b = data;
	const char *s = (const char *)value;
	size_t index = number(s + (*s != '\0'));

	if (b->end != HTML_NO_PARENT)
		note_stray_end(b->work, g_array_index(b->work->ends, struct html_end, b->end).range);
	b->end = HTML_NO_PARENT;
	if (s[0] == 't' && index < b->work->texts->len) {
		g_array_index(b->work->texts, struct html_text_run, index).parent = effective_top(b);
		b->texts_seen = index + 1;
	} else if (s[0] == 'e' && index < b->work->ends->len) {
		b->end = index;
		b->texts_seen = g_array_index(b->work->ends, struct html_end, index).first_text;
	}
}

/* Depths, and extents that hold all that lies in an element: texts that libxml2 never saw are among it. */
static void settle(struct html_work *work)
{
	struct html_element *elements = (struct html_element *)(void *)work->elements->data;

	for (size_t i = 0; i < work->texts->len; i++) {
		size_t parent = g_array_index(work->texts, struct html_text_run, i).parent;
		if (parent != HTML_NO_PARENT && elements[parent].first_text + elements[parent].n_texts <= i)
			elements[parent].n_texts = i + 1 - elements[parent].first_text;
	}
	for (size_t i = work->elements->len; i > 0; i--) {
		const struct html_element *e = &elements[i - 1];
		size_t end = e->first_text + e->n_texts;
		if (e->parent != HTML_NO_PARENT && elements[e->parent].first_text + elements[e->parent].n_texts < end)
			elements[e->parent].n_texts = end - elements[e->parent].first_text;
	}
	for (size_t i = 0; i < work->elements->len; i++)
		elements[i].depth = elements[i].parent == HTML_NO_PARENT ? 0 : elements[elements[i].parent].depth + 1;
}

void html_tree_build(struct html_work *work)
{
	if (work->elements->len == 0)
		return;
	g_assert(work->events->len < INT32_MAX);
	htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(work->events->str, (int)work->events->len);
	/* Without memory the library aborts elsewhere; here the plain nesting of the tokenizer would do. */
	if (!parser) {
		settle(work);
		return;
	}
	struct builder *b = g_new0(struct builder, 1);
	b->work = work;
	b->parser = parser;
	b->end = HTML_NO_PARENT;
	htmlCtxtUseOptions(parser, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_RECOVER | HTML_PARSE_IGNORE_ENC);
	/* The events are ASCII; saying so keeps the parser from looking for a charset. */
	parser->charset = XML_CHAR_ENCODING_UTF8;
	memset(parser->sax, 0, sizeof *parser->sax);
	parser->sax->startElement = on_start;
	parser->sax->endElement = on_end;
	parser->sax->comment = on_comment;
	parser->userData = b;
	htmlParseDocument(parser);
	while (b->depth) {
		b->texts_seen = work->texts->len;
		on_end(b, NULL);
	}
	htmlFreeParserCtxt(parser);
	g_free(b);
	settle(work);
}
