/* The row of a message in an inbox. Knows the widths of mail programs, and draws nothing. */
#include "doc/inbox.h"

#include <glib.h>

#include "base/utf8.h"
#include "doc/template_tree.h"

/* Measured: EmailTooltester, "Email Subject Line Character Limit" (iPhone 14, Apple Mail: 48). Published: theMarketer, "How long should your preview texts
 * be" (Gmail in a browser 97, Apple Mail on iPhone upright 81 and on the desktop 140, Outlook for Windows 35, for iOS 55). Everything else is typical: no
 * published number, or several that disagree, and it depends on the window and the font. docs/preview.md says so number by number. */
static const char *const gmail_desktop[] = { "gmail-web", NULL };
static const char *const gmail_phone[] = { "gmail-ios", "gmail-android", "gmail-mobile-web", NULL };
static const char *const outlook_desktop[] = { "outlook-windows", "outlook-windows-mail", "outlook-com", "outlook-macos", NULL };
static const char *const outlook_phone[] = { "outlook-ios", "outlook-android", NULL };
static const char *const apple_desktop[] = { "apple-mail-macos", NULL };
static const char *const apple_phone[] = { "apple-mail-ios", NULL };

const struct inbox_client inbox_clients[] = {
	{ "gmail-desktop", "Gmail", gmail_desktop, false, true, 110, { 20, INBOX_TYPICAL }, { 70, INBOX_TYPICAL }, { 97, INBOX_PUBLISHED } },
	{ "gmail-phone", "Gmail", gmail_phone, true, false, 0, { 24, INBOX_TYPICAL }, { 40, INBOX_TYPICAL }, { 45, INBOX_TYPICAL } },
	{ "outlook-desktop", "Outlook", outlook_desktop, false, false, 0, { 30, INBOX_TYPICAL }, { 55, INBOX_TYPICAL }, { 35, INBOX_PUBLISHED } },
	{ "outlook-phone", "Outlook", outlook_phone, true, false, 0, { 24, INBOX_TYPICAL }, { 38, INBOX_TYPICAL }, { 55, INBOX_PUBLISHED } },
	{ "apple-desktop", "Apple Mail", apple_desktop, false, false, 0, { 30, INBOX_TYPICAL }, { 65, INBOX_TYPICAL }, { 140, INBOX_PUBLISHED } },
	{ "apple-phone", "Apple Mail", apple_phone, true, false, 0, { 24, INBOX_TYPICAL }, { 48, INBOX_MEASURED }, { 81, INBOX_PUBLISHED } },
};
const size_t n_inbox_clients = G_N_ELEMENTS(inbox_clients);

/* --- cutting ----------------------------------------------------------------------------------------------------------------- */

static bool is_regional(uint32_t c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

/* Move *at behind what a reader takes for one character: marks, selectors, skin tones, what a joiner joins, the two halves of a flag. Returns its
 * columns. Source: Unicode Standard Annex #29, extended grapheme clusters, as far as mail has them. */
static unsigned next_cluster(struct span s, size_t *at)
{
	uint32_t c = utf8_next(s, at);
	unsigned width = (unsigned)char_width(c, false);
	bool joined = false, flag = is_regional(c);

	if (flag)
		width = 2;
	while (*at < s.n) {
		size_t next = *at;
		c = utf8_next(s, &next);
		bool half = flag && is_regional(c);
		bool mark = char_width(c, false) == 0 || (c >= 0x1f3fb && c <= 0x1f3ff);
		if (!mark && !joined && !half)
			break;
		joined = c == 0x200d;
		flag = false;
		*at = next;
	}
	return width;
}

struct inbox_text inbox_cut(struct arena *arena, struct span text, unsigned columns)
{
	unsigned width = 0;
	size_t fits = 0;             /* what leaves a column for the sign of the cut */

	for (size_t at = 0; at < text.n;) {
		size_t start = at;
		unsigned w = next_cluster(text, &at);
		if (width + w <= columns - 1)
			fits = at;
		width += w;
		if (width > columns) {
			while (fits > 0 && text.p[fits - 1] == ' ')
				fits--;
			return (struct inbox_text){ span_str(arena_printf(arena, "%.*s…", (int)MIN(fits, start), text.p)), true };
		}
	}
	return (struct inbox_text){ text, false };
}

/* --- the preview text ---------------------------------------------------------------------------------------------------------- */

enum { FILLER = 4 };                 /* invisible characters in a row that nobody writes by chance */

struct collector {
	GString *out;
	struct arena *arena;         /* of a template: statements are no text; NULL elsewhere */
	size_t chars;
	bool space;
	unsigned invisible;
	bool filled, hidden, shown;
	bool keeps_filler;           /* a filler does not end the text */
};

static bool is_full(const struct collector *c)
{
	return c->filled || c->chars >= INBOX_PREVIEW_CHARS;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Behind the end of a line where nothing but blanks stands on it around a tag that ends at at; else at. *kept: what is kept in front of the tag. */
static size_t behind_line(struct span text, size_t at, const char *out, size_t *kept)
{
	size_t start = *kept, end = at;

	while (start > 0 && is_blank(out[start - 1]))
		start--;
	while (end < text.n && is_blank(text.p[end]))
		end++;
	if (end + 1 < text.n && text.p[end] == '\r' && text.p[end + 1] == '\n')
		end++;
	if (end == text.n || text.p[end] != '\n' || (start > 0 && out[start - 1] != '\n'))
		return at;
	*kept = start;
	return end + 1;
}

struct span inbox_without_statements(struct arena *arena, struct span text)
{
	struct tag_list tags = tag_scan(arena, text);
	char *out = arena_alloc(arena, text.n + 1);
	size_t n = 0, from = 0;

	for (size_t i = 0; i < tags.n; i++) {
		if (tags.tags[i].place == TAG_OUTPUT || tags.tags[i].range.start < from)
			continue;
		memcpy(out + n, text.p + from, tags.tags[i].range.start - from);
		n += tags.tags[i].range.start - from;
		from = behind_line(text, tags.tags[i].range.end, out, &n);
	}
	memcpy(out + n, text.p + from, text.n - from);
	return span_of(out, n + text.n - from);
}

struct span inbox_as_one_reader(struct arena *arena, const char *path, struct span text)
{
	struct tag_list tags = tag_scan(arena, text);
	size_t n_hidden, n = 0, from = 0;

	if (tags.n == 0)
		return text;
	const struct template_tree *tree = template_tree_parse(arena, text, &tags, template_language_of(path, text, &tags).language);
	const struct range *hidden = template_hidden(arena, tree, 0, &n_hidden);
	char *out = arena_alloc(arena, text.n + 1);
	for (size_t i = 0; i <= n_hidden; i++) {
		size_t end = i < n_hidden ? hidden[i].start : text.n;
		memcpy(out + n, text.p + from, end - from);
		n += end - from;
		from = i < n_hidden ? hidden[i].end : end;
	}
	return inbox_without_statements(arena, span_of(out, n));
}

/* Blanks fold, line ends are blanks, what is invisible goes; much of it is there to end the preview. */
static void collect(struct collector *c, struct span s)
{
	if (c->arena)
		s = inbox_without_statements(c->arena, s);
	for (size_t at = 0; at < s.n && !is_full(c);) {
		size_t start = at;
		uint32_t u = utf8_next(s, &at);
		bool blank = u == ' ' || u == '\t' || u == '\r' || u == '\n' || u == '\f' || u == 0xa0 || u == 0x3000 || (u >= 0x2000 && u <= 0x200a) || u == 0x202f;
		/* Joiners of emoji and scripts stand between letters, one at a time. */
		if (blank || html_is_padding(u)) {
			c->space |= blank;
			if (!blank && u > ' ' && !c->keeps_filler && ++c->invisible >= FILLER && c->out->len)
				c->filled = true;
			if (!blank && u == 0x200d && c->out->len && !c->space)
				g_string_append_len(c->out, s.p + start, (gssize)(at - start));
			continue;
		}
		if (c->space && c->out->len) {
			g_string_append_c(c->out, ' ');
			c->chars++;
		}
		c->space = false;
		c->invisible = 0;
		g_string_append_len(c->out, s.p + start, (gssize)(at - start));
		c->chars++;
	}
}

static struct span collected(struct arena *arena, struct collector *c)
{
	struct span text = arena_copy_span(arena, span_of(c->out->str, c->out->len));

	g_string_free(c->out, TRUE);
	return text;
}

/* Everything in the order of the source, hidden or not; images by their alternative texts. */
static void collect_html(struct collector *c, const struct html *html)
{
	size_t element = 0;

	for (size_t i = 0; i <= html->n_texts && !is_full(c); i++) {
		size_t place = i < html->n_texts ? html->texts[i].range.start : html->source->bytes.n;
		for (; element < html->n_elements && html->elements[element].start_tag.start < place; element++) {
			const struct html_element *e = &html->elements[element];
			const struct html_attribute *alt = span_eq(e->name, SPAN_LIT("img")) ? html_attribute(e, "alt") : NULL;
			c->space |= e->style.block || e->style.cell || span_eq(e->name, SPAN_LIT("br"));
			if (alt && e->style.hidden == HTML_VISIBLE && span_trim(alt->value->bytes).n) {
				c->shown = true;
				c->space = true;
				collect(c, alt->value->bytes);
				c->space = true;
			}
		}
		if (i == html->n_texts || html->texts[i].hidden == HTML_NOT_SHOWN)
			continue;
		size_t before = c->chars;
		collect(c, html->texts[i].decoded->bytes);
		if (c->chars > before && !c->shown)
			*(html->texts[i].hidden == HTML_VISIBLE ? &c->shown : &c->hidden) = true;
	}
}

/* The text of <mj-preview>, which becomes the preheader. */
static struct span mjml_preview(const struct html *html)
{
	for (size_t i = 0; i < html->n_texts; i++) {
		size_t parent = html->texts[i].parent;
		if (parent != HTML_NO_PARENT && span_eq(html->elements[parent].name, SPAN_LIT("mj-preview")))
			return html->texts[i].decoded->bytes;
	}
	return SPAN_EMPTY;
}

static const struct body *preview_body(const struct message *message)
{
	for (size_t i = 0; i < message->n_bodies; i++)
		if (message->bodies[i].html)
			return &message->bodies[i];
	return message->n_bodies ? &message->bodies[0] : NULL;
}

/* A template that is filled in has no statements left: what looks like one came out of the data. */
static bool has_statements(const struct message *message)
{
	return message->kind == INPUT_TEMPLATE && !message->expansion;
}

static struct span one_reader(struct arena *arena, const struct message *message, struct span text)
{
	return has_statements(message) ? inbox_as_one_reader(arena, message->path, text) : text;
}

static void find_preview(struct arena *arena, const struct message *message, struct inbox *inbox)
{
	const struct body *body = preview_body(message);
	const struct field *declared = message->kind == INPUT_TEMPLATE ? header_find(message->header, "preheader") : NULL;
	struct span mjml = body && body->html ? mjml_preview(body->html) : SPAN_EMPTY;
	struct collector c = { .out = g_string_new(NULL), .arena = has_statements(message) ? arena : NULL };

	if (declared || span_trim(mjml).n) {
		collect(&c, declared ? one_reader(arena, message, declared->value->bytes) : mjml);
		inbox->source = INBOX_DECLARED;
	} else if (body && body->html) {
		collect_html(&c, body->html);
		inbox->source = c.hidden ? INBOX_HIDDEN : INBOX_VISIBLE;
	} else if (body) {
		collect(&c, body->visible->bytes);
		inbox->source = INBOX_PLAIN;
	}
	inbox->filled = c.filled;
	if (c.out->len == 0)
		inbox->source = INBOX_NOTHING;
	inbox->preview = collected(arena, &c);
}

/* A field as it stands in a list: one line. */
static struct span folded(struct arena *arena, struct span text)
{
	struct collector c = { .out = g_string_new(NULL), .keeps_filler = true };

	collect(&c, text);
	return collected(arena, &c);
}

struct inbox inbox_new(struct arena *arena, const struct message *message)
{
	struct inbox inbox = { .sender = SPAN_EMPTY, .subject = SPAN_EMPTY, .preview = SPAN_EMPTY };
	const struct mailbox *from = message->from.n ? &message->from.mailboxes[0] : NULL;

	if (from && from->name_text)
		inbox.sender = folded(arena, one_reader(arena, message, from->name_text->bytes));
	if (from && inbox.sender.n == 0) {
		inbox.sender = folded(arena, span_cut(message->file->bytes, from->address.start, from->address.end));
		inbox.sender_is_address = true;
	}
	if (message->subject)
		inbox.subject = folded(arena, one_reader(arena, message, message->subject->bytes));
	find_preview(arena, message, &inbox);
	return inbox;
}

struct inbox_row inbox_row_new(struct arena *arena, const struct inbox *inbox, const struct inbox_client *client)
{
	struct inbox_row row = { .sender = inbox_cut(arena, inbox->sender, client->sender.columns),
				 .subject = inbox_cut(arena, inbox->subject, client->subject.columns) };
	unsigned columns = client->preview.columns;

	if (client->one_line) {
		size_t taken = text_width(row.subject.text, false) + 3; /* " - " */
		columns = taken + 2 > client->line ? 2 : MIN(columns, client->line - (unsigned)taken);
	}
	row.preview = inbox_cut(arena, inbox->preview, columns);
	return row;
}
