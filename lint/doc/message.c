/* Builds the document of one message from the layers below: parts, texts, links, address fields.
 * Judges nothing: rules do. */
#include "doc/message.h"

#include <glib.h>
#include <stdlib.h>

#include "base/normal.h"

void message_library_init(void)
{
	mime_library_init();
	html_library_init();
}

static struct address_list address_field(struct message *m, const char *name)
{
	const struct field *field = header_find(m->header, name);
	return field ? address_list_parse(m->arena, m->file, field) : (struct address_list){ 0 };
}

/* --- what one reader of a template gets ----------------------------------------------------------------------------------------- */

/* The branches of a text that the view leaves out; *n_fresh_out: of the file, what the view before left out is added to the fresh. */
static struct range *left_out(struct message *m, const struct template_tree *tree, const struct text *text, GArray *fresh, size_t *n_out)
{
	size_t n;

	if (m->view > 0) {
		struct range *before = template_hidden(m->arena, tree, m->view - 1, &n);
		for (size_t i = 0; i < n; i++) {
			struct range in_file = text ? text_to_file(text, before[i].start, before[i].end) : before[i];
			g_array_append_val(fresh, in_file);
		}
	}
	return template_hidden(m->arena, tree, m->view, n_out);
}

/* "{% if x %}Subject: ..." is a field, too: the tags in front belong to no name. */
static void cut_tags_of_name(struct field *field)
{
	struct tag tag;

	while (!(field->flags & FIELD_NO_COLON) && field->name.n && tag_first(field->name, 0, &tag) && tag.range.start == 0) {
		field->name = span_trim(span_cut(field->name, tag.range.end, field->name.n));
		field->kind = field_kind_of(field->name);
	}
}

/* Fields of a template that stand in branches which this reader does not get are none. */
static void view_header(struct message *m, GArray *fresh, unsigned *n_views)
{
	struct header *header = &m->mime.root->header;
	size_t n_hidden, n = 0, k = 0;

	if (m->kind != INPUT_TEMPLATE || header->n == 0)
		return;
	struct span block = span_cut(m->file->bytes, 0, header->end);
	struct tag_list tags = tag_scan(m->arena, block);
	if (tags.n == 0)
		return;
	struct template_tree *tree = template_tree_parse(m->arena, block, &tags, template_language_of(m->path, block, &tags).language);
	const struct range *hidden = left_out(m, tree, NULL, fresh, &n_hidden);
	*n_views = template_views(tree, &m->views_cut);
	for (size_t i = 0; i < header->n; i++) {
		cut_tags_of_name(&header->fields[i]);
		struct span name = header->fields[i].name;
		size_t at = name.n && name.p >= block.p && name.p < block.p + block.n ? (size_t)(name.p - block.p) : header->fields[i].start;
		while (k < n_hidden && hidden[k].end <= at)
			k++;
		if (k == n_hidden || at < hidden[k].start)
			header->fields[n++] = header->fields[i];
	}
	header->n = n;
}

static int compare_ranges(const void *a, const void *b)
{
	size_t x = ((const struct range *)a)->start, y = ((const struct range *)b)->start;
	return (x > y) - (x < y);
}

bool message_is_fresh(const struct message *message, size_t offset)
{
	size_t low = 0, high = message->n_fresh;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (message->fresh[middle].end > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low < message->n_fresh && message->fresh[low].start <= offset;
}

static void build_header(struct message *m)
{
	m->header = &m->mime.root->header;
	m->from_field = header_find(m->header, "From");
	m->subject_field = header_find(m->header, "Subject");
	if (m->subject_field) {
		m->subject = m->subject_field->value;
		m->subject_l1 = normal_l1(m->arena, m->subject);
	}
	m->from = address_field(m, "From");
	m->sender = address_field(m, "Sender");
	m->reply_to = address_field(m, "Reply-To");
	m->to = address_field(m, "To");
	m->cc = address_field(m, "Cc");
	m->bcc = address_field(m, "Bcc");
	const struct field *date = header_find(m->header, "Date");
	if (date) {
		m->date = date_parse(date->unfolded->bytes);
		m->has_date = true;
	}
	m->signatures = dkim_signatures(m->arena, m->file, m->header, &m->n_signatures, &m->signatures_cut);
}

/* The text without some of its ranges, which are in order. */
static const struct text *without_ranges(struct arena *arena, const struct text *text, const struct range *ranges, size_t n)
{
	char *bytes = arena_alloc(arena, text->bytes.n + 1);
	struct map_builder b;
	size_t at = 0, kept = 0;

	map_builder_init(&b);
	for (size_t i = 0; i <= n; i++) {
		size_t end = i < n ? ranges[i].start : text->bytes.n;
		memcpy(bytes + kept, text->bytes.p + at, end - at);
		map_add_copied(&b, at, end - at);
		kept += end - at;
		if (i < n) {
			map_add_removed(&b, ranges[i].start, ranges[i].end - ranges[i].start);
			at = ranges[i].end;
		}
	}
	return text_new(arena, span_of(bytes, kept), map_builder_finish(&b, arena), text);
}

/* The text as one reader of a template gets it. HTML keeps its bytes, so that markup is found where it stands. */
static void build_view(struct message *m, struct body *body, GArray *fresh, unsigned *n_views)
{
	bool is_html = entity_is(body->entity, "text", "html");
	const struct range *hidden = NULL;
	size_t n_hidden = 0;

	if (m->kind == INPUT_TEMPLATE && body->tree) {
		hidden = left_out(m, body->tree, body->written, fresh, &n_hidden);
		bool cut;
		*n_views = MAX(*n_views, template_views(body->tree, &cut));
		m->views_cut |= cut;
	}
	if (is_html && n_hidden) {
		body->tags = template_tags_in_view(m->arena, &body->written_tags, hidden, n_hidden);
	} else if (n_hidden) {
		body->source = without_ranges(m->arena, body->written, hidden, n_hidden);
		body->tags = tag_scan(m->arena, body->source->bytes);
	}
	body->html = is_html ? html_parse_view(m->arena, body->source, &body->tags, hidden, n_hidden) : NULL;
	body->visible = is_html ? body->html->visible : body->source;
}

static void build_bodies(struct message *m, GArray *fresh, unsigned *n_views)
{
	m->bodies = ARENA_ARRAY(m->arena, struct body, m->mime.n ? m->mime.n : 1);
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!e->is_displayed || !e->charset_result.text)
			continue;
		struct body *body = &m->bodies[m->n_bodies++];
		body->entity = e;
		body->source = body->written = e->charset_result.text;
		body->tags = body->written_tags = tag_scan(m->arena, body->source->bytes);
		if (body->tags.n) {
			body->language = template_language_of(m->path, body->source->bytes, &body->tags);
			body->tree = template_tree_parse(m->arena, body->source->bytes, &body->tags, body->language.language);
		}
		build_view(m, body, fresh, n_views);
		body->l1 = normal_l1(m->arena, body->visible);
	}
}

/* A growing list of links; moved into the arena when all are known. */
struct link_builder {
	struct link *links;
	size_t n, allocated;
};

static struct link *add_link(struct link_builder *b, enum link_kind kind, const struct body *body, struct text *target)
{
	if (b->n == b->allocated) {
		b->allocated = b->allocated ? b->allocated * 2 : 32;
		b->links = g_renew(struct link, b->links, b->allocated);
	}
	struct link *link = &b->links[b->n++];
	*link = (struct link){ .kind = kind, .body = body, .element = HTML_NO_PARENT, .target = target };
	link->url = url_parse(target->bytes);
	return link;
}

/* The part [start, end) of a text as a text of its own. */
static struct text *cut_text(struct arena *arena, const struct text *source, size_t start, size_t end)
{
	struct map_builder b;
	map_builder_init(&b);
	map_add_copied(&b, start, end - start);
	return text_new(arena, span_of(source->bytes.p + start, end - start), map_builder_finish(&b, arena), source);
}

/* Without the white space at both ends, which HTML strips from URLs. */
static struct text *trimmed(struct arena *arena, struct text *text)
{
	struct span inner = span_trim(text->bytes);
	if (inner.n == text->bytes.n)
		return text;
	size_t start = (size_t)(inner.p - text->bytes.p);
	return cut_text(arena, text, start, start + inner.n);
}

static const struct {
	const char *element, *attribute;
	enum link_kind kind;
} link_attributes[] = {
	{ "a", "href", LINK_ANCHOR },	    { "area", "href", LINK_ANCHOR },	{ "img", "src", LINK_IMAGE },
	{ "input", "src", LINK_IMAGE },	    { "form", "action", LINK_FORM },	{ "link", "href", LINK_OTHER },
	{ "iframe", "src", LINK_OTHER },    { "frame", "src", LINK_OTHER },	{ "script", "src", LINK_OTHER },
	{ "object", "data", LINK_OTHER },   { "embed", "src", LINK_OTHER },	{ "base", "href", LINK_OTHER },
	{ "video", "src", LINK_OTHER },	    { "audio", "src", LINK_OTHER },	{ "source", "src", LINK_OTHER },
	{ NULL, "background", LINK_IMAGE }, { "v:fill", "src", LINK_IMAGE },	{ "v:imagedata", "src", LINK_IMAGE },
	/* documentation.mjml.io, "Body components" */
	{ "mj-button", "href", LINK_ANCHOR },	      { "mj-image", "href", LINK_ANCHOR },	     { "mj-image", "src", LINK_IMAGE },
	{ "mj-navbar-link", "href", LINK_ANCHOR },    { "mj-social-element", "href", LINK_ANCHOR },  { "mj-social-element", "src", LINK_IMAGE },
	{ "mj-carousel-image", "href", LINK_ANCHOR }, { "mj-carousel-image", "src", LINK_IMAGE },    { "mj-hero", "background-url", LINK_IMAGE },
	{ "mj-section", "background-url", LINK_IMAGE }, { "mj-wrapper", "background-url", LINK_IMAGE },
};

static bool is_css_picture(struct span css, size_t at)
{
	static const struct span names[] = { { "background", 10 }, { "list-style", 10 }, { "border-image", 12 }, { "content", 7 } };
	size_t start = at;

	/* The name of the property in front: not of a font, not of @import. */
	while (start > 0 && !memchr(";{}", css.p[start - 1], 3))
		start--;
	struct span name = span_trim(span_cut(css, start, at));
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (span_starts_ci(name, names[i]))
			return true;
	return false;
}

/* Pictures that a style names: url(x), url('x'). attribute: NULL for a style element. */
static void add_style_links(struct message *m, struct link_builder *b, const struct body *body, size_t element, const struct text *css,
			    const struct html_attribute *attribute)
{
	struct span s = css->bytes;

	for (size_t at = span_find_ci(s, SPAN_LIT("url("), 0); at < s.n; at = span_find_ci(s, SPAN_LIT("url("), at + 4)) {
		size_t start = at + 4, end;
		while (start < s.n && ascii_is_space(s.p[start]))
			start++;
		char quote = start < s.n && (s.p[start] == '"' || s.p[start] == '\'') ? s.p[start++] : ')';
		end = span_find_byte(s, quote, start);
		if (end == s.n || end == start || !is_css_picture(s, at))
			continue;
		struct link *link = add_link(b, LINK_IMAGE, body, trimmed(m->arena, cut_text(m->arena, css, start, end)));
		link->element = element;
		link->attribute = attribute;
		link->hidden = body->html->elements[element].style.hidden != HTML_VISIBLE;
	}
}

/* The candidates of srcset: "a.png 1x, b.png 2x". Source: HTML Living Standard, "srcset attributes". */
static void add_srcset_links(struct message *m, struct link_builder *b, const struct body *body, size_t element,
			     const struct html_attribute *attribute)
{
	struct span s = attribute->value->bytes;

	for (size_t at = 0; at < s.n;) {
		while (at < s.n && (ascii_is_space(s.p[at]) || s.p[at] == ','))
			at++;
		size_t start = at;
		while (at < s.n && !ascii_is_space(s.p[at]))
			at++;
		size_t end = at;
		while (end > start && s.p[end - 1] == ',')
			end--;
		if (end > start) {
			struct link *link = add_link(b, LINK_IMAGE, body, cut_text(m->arena, attribute->value, start, end));
			link->element = element;
			link->attribute = attribute;
			link->hidden = body->html->elements[element].style.hidden != HTML_VISIBLE;
		}
		/* A descriptor, if there was no comma. */
		if (end == at)
			at = span_find_byte(s, ',', at);
	}
}

static void add_html_links(struct message *m, struct link_builder *b, const struct body *body)
{
	for (size_t i = 0; i < body->html->n_elements; i++) {
		const struct html_element *e = &body->html->elements[i];
		for (size_t a = 0; a < e->n_attributes; a++) {
			for (size_t k = 0; k < G_N_ELEMENTS(link_attributes); k++) {
				if (!span_eq(e->attributes[a].name, span_str(link_attributes[k].attribute)) ||
				    (link_attributes[k].element && !span_eq(e->name, span_str(link_attributes[k].element))) ||
				    !e->attributes[a].has_value)
					continue;
				/* The bar says where its links begin. */
				bool below_bar = e->parent != HTML_NO_PARENT && html_attribute(&body->html->elements[e->parent], "base-url");
				if (below_bar && span_eq(e->name, SPAN_LIT("mj-navbar-link")))
					break;
				struct link *link = add_link(b, link_attributes[k].kind, body,
							     trimmed(m->arena, e->attributes[a].value));
				link->element = i;
				link->attribute = &e->attributes[a];
				link->hidden = e->style.hidden != HTML_VISIBLE;
				if (link->kind == LINK_ANCHOR)
					link->label = html_element_text(m->arena, body->html, i, true);
				break;
			}
			if (span_eq(e->attributes[a].name, SPAN_LIT("style")))
				add_style_links(m, b, body, i, e->attributes[a].value, &e->attributes[a]);
			else if (span_eq(e->attributes[a].name, SPAN_LIT("srcset")))
				add_srcset_links(m, b, body, i, &e->attributes[a]);
		}
	}
	for (size_t i = 0; i < body->html->n_texts; i++) {
		const struct html_text_run *run = &body->html->texts[i];
		if (run->parent != HTML_NO_PARENT && span_eq(body->html->elements[run->parent].name, SPAN_LIT("style")))
			add_style_links(m, b, body, run->parent, run->decoded, NULL);
	}
}

/* Where a URL ends that tags may be a part of, blanks and all: behind a value ("http://a.jp/<%= id %>/"), in front of a condition.
 * *k: a tag that does not end in front of the URL; moved on. */
static size_t end_with_tags(const struct body *body, struct range url, size_t *k)
{
	size_t end = url.end;

	while (*k < body->tags.n && body->tags.tags[*k].range.end <= url.start)
		++*k;
	for (size_t i = *k; i < body->tags.n && body->tags.tags[i].range.start <= end; i++) {
		const struct tag *tag = &body->tags.tags[i];
		if (tag->range.start <= url.start)
			return end; /* a URL that code mentions */
		if (tag->place != TAG_OUTPUT)
			return tag->range.start;
		end = MAX(end, url_end_in_text(body->source->bytes, tag->range.end));
	}
	return end;
}

static void add_text_links(struct message *m, struct link_builder *b, const struct body *body)
{
	struct range found;
	size_t k = 0;

	for (size_t at = 0; url_find_in_text(body->source->bytes, at, &found); at = found.end > at ? found.end : at + 1) {
		/* A comment of the template never reaches a reader. */
		const struct tag *tag = tag_at(&body->tags, found.start);
		if (tag && tag->place == TAG_COMMENT)
			continue;
		found.end = end_with_tags(body, found, &k);
		add_link(b, LINK_TEXT, body, cut_text(m->arena, body->source, found.start, found.end));
	}
}

/* Where a member of List-Unsubscribe without brackets ends: before the comma or the bracket of the next one, those within a tag aside.
 * tags: of the text from origin on. */
static size_t end_of_bare_member(struct span value, size_t at, size_t origin, const struct tag_list *tags)
{
	for (;;) {
		const struct tag *tag = at < value.n ? tag_at(tags, at - origin) : NULL;
		if (tag)
			at = origin + tag->range.end;
		else if (at < value.n && value.p[at] != ',' && value.p[at] != '<')
			at++;
		else
			return MIN(at, value.n);
	}
}

/* "<%= url %>" is a tag, not a bracket; "<%name%>" is a bracket: a tag of the same signs would put nothing in. */
static bool opens_bracket(struct span value, size_t at, size_t origin, const struct tag_list *tags)
{
	const struct tag *tag = tag_at(tags, at - origin);

	return value.p[at] == '<' && !(tag && tag->range.start == at - origin && value.n - at > 2 && memchr("=-?", value.p[at + 1] == '?' ? '?' : value.p[at + 2], 3));
}

/* Where the bracket closes that is open at at; those within a tag ("<<%= url %>>") are its own. tags: of the text from origin on. */
static size_t end_of_brackets(struct span value, size_t at, size_t origin, const struct tag_list *tags)
{
	for (;;) {
		at = span_find_byte(value, '>', at);
		const struct tag *tag = at < value.n ? tag_at(tags, at - origin) : NULL;
		if (!tag)
			return at;
		at = origin + tag->range.end;
	}
}

/* The URIs of List-Unsubscribe: each in angle brackets, separated by commas, comments allowed (RFC 2369, section 2). A member
 * without brackets is kept and marked; a lone semicolon in place of the comma is no member. */
static void build_unsubscribe(struct message *m, struct link_builder *b)
{
	const struct field *field = header_find(m->header, "List-Unsubscribe");
	bool parted = true;
	if (!field)
		return;
	struct span file = m->file->bytes, value = span_of(file.p, field->value_end);
	struct tag_list tags = tag_scan(m->arena, span_cut(file, field->value_start, field->value_end));
	size_t capacity = 0;
	/* A comma begins one member; a bracket ends one without brackets, begins one, and another may follow it. */
	for (size_t i = field->value_start; i < field->value_end; i++)
		capacity += file.p[i] == '<' ? 2 : file.p[i] == ',';
	m->unsubscribe = ARENA_ARRAY(m->arena, struct list_uri, capacity + 1);

	for (size_t i = field->value_start; i < field->value_end;) {
		char c = file.p[i];
		if (ascii_is_space(c) || c == ',' || c == ';') {
			parted |= c == ',';
			i++;
			continue;
		}
		if (c == '(') {
			size_t close = span_find_byte(value, ')', i);
			i = close < field->value_end ? close + 1 : field->value_end;
			continue;
		}
		struct list_uri *uri = &m->unsubscribe[m->n_unsubscribe];
		bool bracket = opens_bracket(value, i, field->value_start, &tags);
		size_t start = bracket ? i + 1 : i;
		size_t end = bracket ? end_of_brackets(value, start, field->value_start, &tags) :
				       end_of_bare_member(value, start, field->value_start, &tags);
		uri->bracketed = bracket && end < field->value_end;
		uri->glued = !parted;
		parted = false;
		i = uri->bracketed ? end + 1 : end;
		uri->range = (struct range){ start, end };
		while (uri->range.end > start && ascii_is_space(file.p[uri->range.end - 1]))
			uri->range.end--;
		/* Line ends and the white space of folding are no part of the URI; a blank within a line stays and is a fault. */
		char *clean = arena_alloc(m->arena, uri->range.end - start + 1);
		size_t n = 0;
		for (size_t k = start; k < uri->range.end; k++) {
			if (file.p[k] == '\r' || file.p[k] == '\n') {
				uri->folded = true;
				while (k + 1 < uri->range.end && ascii_is_space(file.p[k + 1]))
					k++;
				continue;
			}
			clean[n++] = file.p[k];
		}
		uri->uri = span_of(clean, n);
		uri->url = url_parse(uri->uri);
		m->n_unsubscribe++;

		struct map_builder mb;
		map_builder_init(&mb);
		if (uri->range.end > start)
			map_add_block(&mb, start, uri->range.end - start, n ? n : 1);
		struct text *target = text_new(m->arena, uri->uri, map_builder_finish(&mb, m->arena), m->file);
		add_link(b, LINK_HEADER, NULL, target);
	}
}

static void build_links(struct message *m)
{
	struct link_builder b = { 0 };

	for (size_t i = 0; i < m->n_bodies; i++) {
		if (m->bodies[i].html)
			add_html_links(m, &b, &m->bodies[i]);
		else
			add_text_links(m, &b, &m->bodies[i]);
	}
	build_unsubscribe(m, &b);
	m->links = ARENA_ARRAY(m->arena, struct link, b.n ? b.n : 1);
	if (b.n)
		memcpy(m->links, b.links, b.n * sizeof *b.links);
	m->n_links = b.n;
	g_free(b.links);
}

/* *n_views: how many there are of the template. */
static struct message *message_of_view(struct arena *arena, const char *path, const struct text *file, const struct line_index *lines, struct range range,
				  size_t index, enum input_kind kind, enum template_kind template_kind, unsigned view, unsigned *n_views)
{
	struct message *m = ARENA_NEW(arena, struct message);
	GArray *fresh = g_array_new(FALSE, FALSE, sizeof(struct range));
	unsigned n_header = 1, n_bodies = 1;

	m->arena = arena;
	m->view = view;
	m->path = path;
	m->index = index;
	m->kind = kind;
	m->template_kind = template_kind;
	m->file = file;
	m->lines = lines;
	m->range = range;
	if (kind == INPUT_TEMPLATE && template_kind != TEMPLATE_MESSAGE) {
		m->mime = mime_from_template(arena, file, range, (int)template_kind, &m->has_header);
	} else {
		m->mime = mime_parse(arena, file, range);
		m->has_header = true;
	}
	view_header(m, fresh, &n_header);
	build_header(m);
	build_bodies(m, fresh, &n_bodies);
	build_links(m);
	*n_views = MAX(n_header, n_bodies);
	m->n_fresh = fresh->len;
	m->fresh = ARENA_ARRAY(arena, struct range, fresh->len + 1);
	if (fresh->len)
		memcpy(m->fresh, fresh->data, fresh->len * sizeof *m->fresh);
	qsort(m->fresh, m->n_fresh, sizeof *m->fresh, compare_ranges);
	g_array_free(fresh, TRUE);
	return m;
}

struct message *message_new(const char *path, const struct text *file, const struct line_index *lines, struct range range, size_t index,
			    enum input_kind kind, enum template_kind template_kind)
{
	struct arena *arena = arena_new();
	unsigned n_views;
	struct message *first = message_of_view(arena, path, file, lines, range, index, kind, template_kind, 0, &n_views), *last = first;

	for (unsigned view = 1; view < n_views; view++) {
		unsigned same;
		struct message *next = message_of_view(arena, path, file, lines, range, index, kind, template_kind, view, &same);
		last->next_view = next;
		last = next;
	}
	return first;
}

void message_free(struct message *message)
{
	if (message)
		arena_free(message->arena);
}

struct range message_header_end(const struct message *message)
{
	return (struct range){ message->header->fields_end, message->header->fields_end };
}

const struct entity *message_entity_at(const struct message *message, size_t offset)
{
	const struct entity *found = message->mime.root;

	/* In the order of the file; a later part that begins at or before the offset is further inside or behind. */
	for (size_t i = 0; i < message->mime.n; i++) {
		const struct entity *e = message->mime.all[i];
		size_t end = e->body.end > e->header.end ? e->body.end : e->header.end;
		if (e->header.start <= offset && (offset < end || (offset == end && e->n_children == 0)))
			found = e;
	}
	return found;
}
