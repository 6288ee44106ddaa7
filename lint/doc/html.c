/* The HTML part as a whole: runs the tokenizer, the tree, styles and visible text in order, and answers questions about it.
 * Does no parsing of its own. */
#include "doc/html.h"

#include "doc/html_private.h"

static void *into_arena(struct arena *arena, GArray *array, size_t size_bytes)
{
	void *copy = arena_alloc(arena, array->len ? array->len * size_bytes : 1);

	if (array->len)
		memcpy(copy, array->data, array->len * size_bytes);
	g_array_free(array, TRUE);
	return copy;
}

/* A copy of the source in which each byte of a template tag, and of what is left out, is HTML_TAG_BYTE, so that no later step reads into it. */
static const char *mask_tags(struct arena *arena, const struct html *html)
{
	if (html->tags.n == 0 && html->n_left_out == 0)
		return html->source->bytes.p;
	char *masked = arena_copy(arena, html->source->bytes);
	for (size_t i = 0; i < html->tags.n; i++)
		memset(masked + html->tags.tags[i].range.start, HTML_TAG_BYTE, html->tags.tags[i].range.end - html->tags.tags[i].range.start);
	for (size_t i = 0; i < html->n_left_out; i++)
		memset(masked + html->left_out[i].start, HTML_TAG_BYTE, html->left_out[i].end - html->left_out[i].start);
	return masked;
}

struct html *html_parse(struct arena *arena, const struct text *source)
{
	struct tag_list tags = tag_scan(arena, source->bytes);

	return html_parse_view(arena, source, &tags, NULL, 0);
}

struct html *html_parse_view(struct arena *arena, const struct text *source, const struct tag_list *tags, const struct range *left_out,
			     size_t n_left_out)
{
	struct html *html = ARENA_NEW(arena, struct html);

	html->source = source;
	html->tags = *tags;
	html->left_out = left_out;
	html->n_left_out = n_left_out;
	struct html_work work = {
		.arena = arena,
		.html = html,
		.source = source->bytes,
		.masked = mask_tags(arena, html),
		.elements = g_array_new(FALSE, FALSE, sizeof(struct html_element)),
		.texts = g_array_new(FALSE, FALSE, sizeof(struct html_text_run)),
		.comments = g_array_new(FALSE, FALSE, sizeof(struct html_comment)),
		.attributes = g_array_new(FALSE, FALSE, sizeof(struct html_attribute)),
		.ends = g_array_new(FALSE, FALSE, sizeof(struct html_end)),
		.events = g_string_sized_new(source->bytes.n / 2 + 64),
	};
	html_tokenize(&work);
	html_tree_build(&work);
	g_string_free(work.events, TRUE);
	g_array_free(work.ends, TRUE);
	g_array_free(work.attributes, TRUE);
	html->n_elements = work.elements->len;
	html->n_texts = work.texts->len;
	html->n_comments = work.comments->len;
	html->elements = into_arena(arena, work.elements, sizeof(struct html_element));
	html->texts = into_arena(arena, work.texts, sizeof(struct html_text_run));
	html->comments = into_arena(arena, work.comments, sizeof(struct html_comment));
	html_style_compute(arena, html);
	html_visible_build(arena, html);
	return html;
}

void html_flag(struct html *html, enum html_flag flag, struct range range)
{
	if (html->flags == 0)
		html->flag_range = range;
	html->flags |= flag;
}

const struct html_attribute *html_attribute(const struct html_element *element, const char *name)
{
	struct span wanted = span_str(name);

	for (size_t i = 0; i < element->n_attributes; i++)
		if (span_eq(element->attributes[i].name, wanted))
			return &element->attributes[i];
	return NULL;
}

bool html_inside(const struct html *html, size_t element, const char *name)
{
	struct span wanted = span_str(name);

	for (size_t i = element; i < html->n_elements; i = html->elements[i].parent)
		if (i != element && span_eq(html->elements[i].name, wanted))
			return true;
	return false;
}

size_t html_element_at(const struct html *html, size_t offset)
{
	size_t low = 0, high = html->n_elements;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (html->elements[middle].start_tag.start > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low ? low - 1 : HTML_NO_PARENT;
}

/* What this program has to know about element names, sorted. */
static const struct {
	const char *name;
	unsigned traits;
} name_traits[] = {
	{ "a", HTML_DEFAULT_STYLE },
	{ "address", HTML_BLOCK },
	{ "area", HTML_VOID },
	{ "article", HTML_BLOCK },
	{ "aside", HTML_BLOCK },
	{ "audio", HTML_NOT_SHOWN_NAME },
	{ "base", HTML_VOID | HTML_NOT_SHOWN_NAME },
	{ "basefont", HTML_VOID },
	{ "bgsound", HTML_VOID },
	{ "big", HTML_DEFAULT_STYLE },
	{ "blockquote", HTML_BLOCK },
	{ "body", HTML_BLOCK },
	{ "br", HTML_VOID },
	{ "caption", HTML_BLOCK },
	{ "center", HTML_BLOCK },
	{ "col", HTML_VOID },
	{ "datalist", HTML_NOT_SHOWN_NAME },
	{ "dd", HTML_BLOCK | HTML_CLOSABLE },
	{ "details", HTML_BLOCK },
	{ "dialog", HTML_BLOCK },
	{ "dir", HTML_BLOCK },
	{ "div", HTML_BLOCK },
	{ "dl", HTML_BLOCK },
	{ "dt", HTML_BLOCK | HTML_CLOSABLE },
	{ "embed", HTML_VOID },
	{ "fieldset", HTML_BLOCK },
	{ "figcaption", HTML_BLOCK },
	{ "figure", HTML_BLOCK },
	{ "footer", HTML_BLOCK },
	{ "form", HTML_BLOCK },
	{ "frame", HTML_VOID },
	{ "h1", HTML_BLOCK | HTML_DEFAULT_STYLE },
	{ "h2", HTML_BLOCK | HTML_DEFAULT_STYLE },
	{ "h3", HTML_BLOCK | HTML_DEFAULT_STYLE },
	{ "h4", HTML_BLOCK },
	{ "h5", HTML_BLOCK | HTML_DEFAULT_STYLE },
	{ "h6", HTML_BLOCK | HTML_DEFAULT_STYLE },
	{ "head", HTML_NOT_SHOWN_NAME | HTML_CLOSABLE },
	{ "header", HTML_BLOCK },
	{ "hr", HTML_VOID | HTML_BLOCK },
	{ "html", HTML_BLOCK },
	{ "iframe", HTML_NOT_SHOWN_NAME | HTML_RAW },
	{ "img", HTML_VOID },
	{ "input", HTML_VOID },
	{ "keygen", HTML_VOID },
	{ "legend", HTML_BLOCK },
	{ "li", HTML_BLOCK | HTML_CLOSABLE },
	{ "link", HTML_VOID | HTML_NOT_SHOWN_NAME },
	{ "listing", HTML_KEEPS_SPACE },
	{ "main", HTML_BLOCK },
	{ "menu", HTML_BLOCK },
	{ "meta", HTML_VOID | HTML_NOT_SHOWN_NAME },
	{ "nav", HTML_BLOCK },
	{ "noembed", HTML_NOT_SHOWN_NAME | HTML_RAW },
	{ "noframes", HTML_NOT_SHOWN_NAME | HTML_RAW },
	{ "ol", HTML_BLOCK },
	{ "optgroup", HTML_BLOCK },
	{ "option", HTML_BLOCK | HTML_CLOSABLE },
	{ "p", HTML_BLOCK | HTML_CLOSABLE },
	{ "param", HTML_VOID | HTML_NOT_SHOWN_NAME },
	{ "plaintext", HTML_BLOCK | HTML_KEEPS_SPACE | HTML_RAW },
	{ "pre", HTML_BLOCK | HTML_KEEPS_SPACE },
	{ "script", HTML_NOT_SHOWN_NAME | HTML_RAW | HTML_NO_EVENTS },
	{ "section", HTML_BLOCK },
	{ "small", HTML_DEFAULT_STYLE },
	{ "source", HTML_VOID },
	{ "style", HTML_NOT_SHOWN_NAME | HTML_RAW | HTML_NO_EVENTS },
	{ "sub", HTML_DEFAULT_STYLE },
	{ "summary", HTML_BLOCK },
	{ "sup", HTML_DEFAULT_STYLE },
	{ "table", HTML_BLOCK },
	{ "tbody", HTML_BLOCK },
	{ "td", HTML_CELL | HTML_CLOSABLE },
	{ "template", HTML_NOT_SHOWN_NAME },
	{ "textarea", HTML_KEEPS_SPACE | HTML_RAW },
	{ "tfoot", HTML_BLOCK },
	{ "th", HTML_CELL | HTML_CLOSABLE },
	{ "thead", HTML_BLOCK },
	{ "title", HTML_NOT_SHOWN_NAME | HTML_RAW },
	{ "tr", HTML_BLOCK | HTML_CLOSABLE },
	{ "track", HTML_VOID },
	{ "ul", HTML_BLOCK },
	{ "video", HTML_NOT_SHOWN_NAME },
	{ "wbr", HTML_VOID },
	{ "xmp", HTML_BLOCK | HTML_KEEPS_SPACE | HTML_RAW },
};

unsigned html_traits(struct span name)
{
	size_t low = 0, high = G_N_ELEMENTS(name_traits);

	if (name.n == 0 || name.n > 12)
		return 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *candidate = name_traits[middle].name;
		/* A candidate that goes on behind the name sorts after it. */
		int order = strncmp(candidate, name.p, name.n);
		size_t length = strlen(candidate);
		if (order == 0 && length == name.n)
			return name_traits[middle].traits;
		if (order < 0 || (order == 0 && length < name.n))
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}
