/* Role: takes from a message what the HTML report shows of it, as data in the arena of the result.
 * May not: judge anything or write HTML. */
#include "run_page.h"

#include <glib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "report/page.h"
#include "run_page_cid.h"
#include "run_page_fix.h"
#include "run_preview.h"

/* --- stretches of a text ------------------------------------------------------------------------------------------------------- */

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static size_t join_ranges(GArray *ranges)
{
	struct range *r = (struct range *)(void *)ranges->data;
	size_t n = 0, total = 0;

	qsort(r, ranges->len, sizeof *r, compare_ranges);
	for (guint i = 0; i < ranges->len; i++) {
		if (n && r[i].start <= r[n - 1].end)
			r[n - 1].end = MAX(r[n - 1].end, r[i].end);
		else
			r[n++] = r[i];
	}
	g_array_set_size(ranges, (guint)n);
	for (size_t i = 0; i < n; i++)
		total += r[i].end - r[i].start;
	return total;
}

/* Backwards to the start of the line where it is near, else of the character. */
static size_t begin_near(struct span text, size_t least, size_t at)
{
	size_t from = at - MIN(at - least, LIMIT_PAGE_AROUND_BYTES), start = from;

	if (from == least)
		return least;
	while (start < at && text.p[start - 1] != '\n')
		start++;
	if (start == at)
		for (start = from; start < at && ((unsigned char)text.p[start] & 0xC0) == 0x80; start++)
			;
	return start;
}

static size_t end_near(struct span text, size_t most, size_t at)
{
	size_t end = at + MIN(most - at, LIMIT_PAGE_AROUND_BYTES);

	while (end < most && end > at && ((unsigned char)text.p[end] & 0xC0) == 0x80)
		end--;
	for (size_t back = end; back > at; back--)
		if (text.p[back - 1] == '\n')
			return back;
	return end;
}

static void add_around(GArray *ranges, struct span text, struct range whole, const struct page_mark *mark)
{
	size_t start = CLAMP(mark->start, whole.start, whole.end), end = CLAMP(mark->end, start, whole.end);
	struct range around = { begin_near(text, whole.start, start), end_near(text, whole.end, MIN(end, start + LIMIT_PAGE_AROUND_BYTES)) };

	g_array_append_val(ranges, around);
}

/* As many of the ranges as there is room for. */
static void put_pieces(struct arena *arena, struct span text, struct range whole, const GArray *ranges, struct page_text *out)
{
	struct page_piece *pieces = ARENA_ARRAY(arena, struct page_piece, ranges->len + 1);
	size_t line = 1, at = whole.start;

	for (guint i = 0; i < ranges->len && out->shown < LIMIT_PAGE_SOURCE_BYTES; i++) {
		struct range r = g_array_index(ranges, struct range, i);
		r.end = MIN(r.end, r.start + (LIMIT_PAGE_SOURCE_BYTES - out->shown));
		for (; at < r.start; at++)
			line += text.p[at] == '\n' || (text.p[at] == '\r' && (at + 1 == text.n || text.p[at + 1] != '\n'));
		pieces[out->n_pieces++] = (struct page_piece){ .offset = r.start, .line = line, .inside_line = r.start > whole.start && text.p[r.start - 1] != '\n',
							      .bytes = arena_copy_span(arena, span_cut(text, r.start, r.end)) };
		out->shown += r.end - r.start;
	}
	out->pieces = pieces;
	out->start = whole.start;
	out->size = whole.end - whole.start;
}

/* readable: ranges that are shown where all of them have room. */
static void choose_pieces(struct arena *arena, struct span text, struct range whole, GArray *readable, struct page_text *out)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct range));

	if (join_ranges(readable) <= LIMIT_PAGE_SOURCE_BYTES)
		g_array_append_vals(ranges, readable->data, readable->len);
	for (size_t i = 0; i < out->n_marks; i++)
		add_around(ranges, text, whole, &out->marks[i]);
	if (!ranges->len) {
		struct range head = { whole.start, whole.start + MIN(whole.end - whole.start, LIMIT_PAGE_SOURCE_BYTES / 8) };
		g_array_append_val(ranges, head);
	}
	join_ranges(ranges);
	put_pieces(arena, text, whole, ranges, out);
	g_array_free(ranges, TRUE);
}

/* --- the raw file -------------------------------------------------------------------------------------------------------------- */

static int compare_marks(const void *a, const void *b)
{
	const struct page_mark *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

/* All of the message but what no person can read. */
static GArray *readable_ranges(const struct message *message)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
	size_t at = message->range.start;

	for (size_t i = 0; i < message->mime.n; i++) {
		const struct entity *entity = message->mime.all[i];
		if (entity->n_children || (entity->is_text && entity->transfer != TRANSFER_BASE64) || entity->body.end - entity->body.start <= LIMIT_PAGE_AROUND_BYTES || entity->body.start < at)
			continue;
		struct range readable = { at, entity->body.start };
		g_array_append_val(ranges, readable);
		at = entity->body.end;
	}
	if (at < message->range.end || !ranges->len) {
		struct range rest = { at, message->range.end };
		g_array_append_val(ranges, rest);
	}
	return ranges;
}

static void take_raw(struct arena *arena, const struct message *message, const struct message_result *result, struct page_text *out)
{
	struct page_mark *marks = ARENA_ARRAY(arena, struct page_mark, result->n_findings + 1);
	GArray *readable = readable_ranges(message);

	for (size_t i = 0; i < result->n_findings; i++) {
		size_t start = result->findings[i].start.offset, end = result->findings[i].end.offset;
		marks[out->n_marks++] = (struct page_mark){ start, end, start, end };
	}
	qsort(marks, out->n_marks, sizeof *marks, compare_marks);
	out->marks = marks;
	choose_pieces(arena, message->file->bytes, message->range, readable, out);
	for (size_t i = 0; i < out->n_pieces; i++) /* lines count from the start of the file, as those of findings do */
		((struct page_piece *)out->pieces)[i].line = line_position(message->lines, out->pieces[i].offset).line;
	g_array_free(readable, TRUE);
}

/* --- decoded parts ------------------------------------------------------------------------------------------------------------- */

static bool is_decoded(const struct body *body)
{
	const struct entity *entity = body->entity;

	return entity->transfer == TRANSFER_QP || entity->transfer == TRANSFER_BASE64 || !utf8_valid(entity->decoded.text->bytes) ||
	       !span_eq(entity->decoded.text->bytes, body->source->bytes);
}

/* Offsets of the file, in rising order, become offsets of the text. */
static void to_text(const struct text *text, size_t *offsets, size_t n)
{
	if (!text->sources || !text->n_sources)
		return;
	to_text(text->sources[0], offsets, n);
	map_to_targets(&text->map, 0, offsets, n);
}

static int compare_sizes(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static size_t found(const size_t *from, const size_t *to, size_t n, size_t offset)
{
	const size_t *at = bsearch(&offset, from, n, sizeof *from, compare_sizes);

	return at ? to[at - from] : 0;
}

static size_t on_character(struct span text, size_t at, bool forward)
{
	at = MIN(at, text.n);
	while (at < text.n && at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80)
		at = forward ? at + 1 : at - 1;
	return at;
}

static void take_marks(struct arena *arena, const struct body *body, const struct message_result *result, struct page_text *out)
{
	const struct range in = body->entity->body;
	size_t *from = g_new(size_t, 2 * result->n_findings + 1), *to = g_new(size_t, 2 * result->n_findings + 1), n = 0;
	struct page_mark *marks = ARENA_ARRAY(arena, struct page_mark, result->n_findings + 1);
	struct span text = body->source->bytes;

	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding *finding = &result->findings[i];
		if (finding->start.offset < in.start || finding->end.offset > in.end)
			continue;
		marks[out->n_marks++] = (struct page_mark){ finding->start.offset, finding->end.offset, 0, 0 };
		from[n++] = finding->start.offset;
		from[n++] = finding->end.offset;
	}
	qsort(from, n, sizeof *from, compare_sizes);
	memcpy(to, from, n * sizeof *to);
	to_text(body->source, to, n);
	for (size_t i = 0; i < out->n_marks; i++) {
		marks[i].start = on_character(text, found(from, to, n, marks[i].file_start), false);
		marks[i].end = MAX(marks[i].start, on_character(text, found(from, to, n, marks[i].file_end), true));
	}
	qsort(marks, out->n_marks, sizeof *marks, compare_marks);
	out->marks = marks;
	g_free(from);
	g_free(to);
}

static void take_decoded(struct arena *arena, const struct message *message, const struct message_result *result, struct page_mail *page)
{
	struct page_text *texts = ARENA_ARRAY(arena, struct page_text, message->n_bodies + 1);

	for (size_t i = 0; i < message->n_bodies; i++) {
		const struct body *body = &message->bodies[i];
		if (!is_decoded(body))
			continue;
		struct page_text *out = &texts[page->n_decoded++];
		const struct range whole = { 0, body->source->bytes.n };
		GArray *readable = g_array_new(FALSE, FALSE, sizeof(struct range));
		g_array_append_val(readable, whole);
		out->part = arena_copy(arena, span_str(body->entity->path));
		out->type = body->html ? "text/html" : "text/plain";
		out->markup = body->html != NULL;
		take_marks(arena, body, result, out);
		choose_pieces(arena, body->source->bytes, whole, readable, out);
		g_array_free(readable, TRUE);
	}
	page->decoded = texts;
}

/* --- the mail ------------------------------------------------------------------------------------------------------------------ */

/* What loads, leads elsewhere or frames. meta: its http-equiv refreshes, and switches the look-up of names on. */
static const char *const harmful[] = { "link", "meta", "base", "script", "iframe", "frame", "frameset", "object", "embed", "applet", "portal", "fencedframe" };

static bool begins_harmful(struct span html, size_t at)
{
	for (size_t i = 0; i < G_N_ELEMENTS(harmful); i++)
		if (span_starts_ci(span_cut(html, at + 1, html.n), span_str(harmful[i])))
			return true;
	return false;
}

struct span run_page_harmless(struct arena *arena, struct span html)
{
	GString *out = g_string_sized_new(html.n + 64);
	size_t from = 0;

	for (size_t at = span_find_byte(html, '<', 0); at < html.n; at = span_find_byte(html, '<', at + 1)) {
		if (!begins_harmful(html, at))
			continue;
		g_string_append_len(out, html.p + from, (gssize)(at + 1 - from));
		g_string_append(out, "x-");
		from = at + 1;
	}
	g_string_append_len(out, html.p + from, (gssize)(html.n - from));
	struct span copy = arena_copy_span(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return copy;
}

static struct span whole_characters(struct span text, size_t most)
{
	return text.n <= most ? text : span_cut(text, 0, on_character(text, most, false));
}

static void take_bodies(struct arena *arena, const struct message *message, struct page_mail *page)
{
	for (size_t i = 0; i < message->n_bodies; i++) {
		const struct body *body = &message->bodies[i];
		struct span text = body->source->bytes;
		if (body->html && !page->html_size) {
			page->html = run_page_harmless(arena, whole_characters(text, LIMIT_PAGE_MAIL_BYTES));
			page->html = run_page_pictures(arena, message, page->html, &page->n_pictures_missing);
			page->html_size = text.n;
		} else if (!body->html && !page->plain_size) {
			page->plain = arena_copy_span(arena, whole_characters(text, LIMIT_PAGE_MAIL_BYTES));
			page->plain_size = text.n;
		}
	}
}

static size_t count_characters(const struct message *message)
{
	size_t n = 0;

	for (size_t i = 0; i < message->n_bodies; i++) {
		struct span text = message->bodies[i].visible->bytes;
		size_t of_body = 0;
		for (size_t at = 0; at < text.n;)
			of_body += utf8_next(text, &at) > ' ';
		n = MAX(n, of_body); /* of a text part and an HTML part, which say the same, the longer one */
	}
	return n;
}

static bool is_shown_link(const struct link *link)
{
	return link->kind == LINK_ANCHOR || link->kind == LINK_TEXT || link->kind == LINK_HEADER || link->kind == LINK_FORM;
}

static enum page_link_kind link_kind_of(enum link_kind kind)
{
	return kind == LINK_ANCHOR ? PAGE_LINK_ANCHOR : kind == LINK_TEXT ? PAGE_LINK_TEXT : kind == LINK_FORM ? PAGE_LINK_FORM : PAGE_LINK_HEADER;
}

static struct page_link link_of(struct arena *arena, const struct link *link)
{
	struct span target = arena_copy_span(arena, whole_characters(link->target->bytes, LIMIT_PATTERN_BYTES));
	struct url url = url_parse(target);
	struct range place = text_to_file(link->target, 0, link->target->bytes.n);

	return (struct page_link){ .kind = link_kind_of(link->kind), .hidden = link->hidden, .target = target, .host = url.host,
				   .label = link->label ? arena_copy_span(arena, link->label->bytes) : SPAN_EMPTY,
				   .plain_http = span_eq_ci(url.scheme, SPAN_LIT("http")), .file_start = place.start, .file_end = place.end };
}

static void take_links(struct arena *arena, const struct message *message, struct page_mail *page)
{
	struct page_link *links = page->whole ? ARENA_ARRAY(arena, struct page_link, MIN(message->n_links, LIMIT_PAGE_LINKS) + 1) : NULL;

	for (size_t i = 0; i < message->n_links; i++) {
		const struct link *link = &message->links[i];
		page->n_images += link->kind == LINK_IMAGE;
		if (!is_shown_link(link))
			continue;
		page->n_links++;
		if (page->whole && page->n_links_shown < LIMIT_PAGE_LINKS)
			links[page->n_links_shown++] = link_of(arena, link);
	}
	page->links = links;
}

void run_page(const struct message *message, struct message_result *result, size_t place)
{
	struct page_mail *page = ARENA_NEW(result->arena, struct page_mail);

	page->whole = place < LIMIT_PAGE_MESSAGES;
	page->n_characters = count_characters(message);
	page->has_date = message->has_date && !(message->date.flags & (DATE_BAD_SYNTAX | DATE_RANGE));
	page->date = message->date.time;
	take_links(result->arena, message, page);
	if (page->whole) {
		run_preview_inbox(result->arena, message, &page->preview);
		take_bodies(result->arena, message, page);
		take_raw(result->arena, message, result, &page->raw);
		take_decoded(result->arena, message, result, page);
		run_page_fixes(message, result, page);
	}
	result->page = page;
}
