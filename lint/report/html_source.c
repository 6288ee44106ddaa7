/* Role: the sources of a mail in the HTML report: lines with numbers, and marks that lead to their findings and can be jumped to.
 * May not: choose what is shown of a long text; run_page.c did. */
#include "report/html_page.h"

#include "report/xml.h"

/* A mark is shown so far only: a finding about a whole body needs no yellow page. */
enum { MARK_BYTES = 2000 };

struct mark {
	size_t start, end;
	size_t finding;
};

struct marked {
	const struct html_view *view;
	char kind;                 /* 'r' for the raw file, 'd' for decoded text: part of the ids of marks */
	GArray *marks;             /* struct mark, by start */
	guint next;
	GArray *active;            /* struct mark, those that hold the place at hand */
};

static size_t first_finding_at(const struct message_result *result, size_t offset)
{
	size_t low = 0, high = result->n_findings;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (result->findings[middle].start.offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Which findings the marks are of; rules over several messages may have added some that have none. */
static GArray *marks_of(const struct html_view *view, const struct page_text *text)
{
	const struct message_result *result = view->result;
	GArray *marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
	bool *taken = g_new0(bool, result->n_findings + 1);

	for (size_t i = 0; i < text->n_marks; i++) {
		const struct page_mark *from = &text->marks[i];
		for (size_t k = first_finding_at(result, from->file_start); k < result->n_findings; k++) {
			const struct finding *finding = &result->findings[k];
			if (finding->start.offset != from->file_start)
				break;
			if (taken[k] || finding->suppressed || finding->end.offset != from->file_end)
				continue;
			struct mark mark = {from->start, MIN(from->end, from->start + MARK_BYTES), k};
			g_array_append_val(marks, mark);
			taken[k] = true;
			break;
		}
	}
	g_free(taken);
	return marks;
}

static const struct mark *worst_active(const struct marked *m)
{
	const struct mark *worst = NULL;

	for (guint i = 0; i < m->active->len; i++) {
		const struct mark *mark = &g_array_index(m->active, struct mark, i);
		if (!worst || m->view->result->findings[mark->finding].severity > m->view->result->findings[worst->finding].severity)
			worst = mark;
	}
	return worst;
}

static void put_anchor(struct marked *m, const struct mark *mark)
{
	bool *there = m->kind == 'r' ? m->view->in_raw : m->view->in_decoded;
	const struct finding *finding = &m->view->result->findings[mark->finding];

	if (there[mark->finding])
		return;
	there[mark->finding] = true;
	g_string_append_printf(m->view->out, "<i class=\"at\" id=\"m%zu-%c%zu\"></i>", m->view->number, m->kind, mark->finding);
	if (mark->end == mark->start) {
		g_string_append_printf(m->view->out, "<a class=\"mk here %c\" href=\"#m%zu-f%zu\"", html_severity_class(finding->severity),
		        m->view->number, mark->finding);
		xml_append_attribute(m->view->out, "title", finding->rule->title.text[m->view->language]);
		g_string_append(m->view->out, "><mark>&#9656;</mark></a>");
	}
}

/* Open what begins at or before the place, close what ends there. */
static void step_marks(struct marked *m, size_t at)
{
	for (; m->next < m->marks->len; m->next++) {
		const struct mark *mark = &g_array_index(m->marks, struct mark, m->next);
		if (mark->start > at)
			break;
		put_anchor(m, mark);
		if (mark->end > at)
			g_array_append_vals(m->active, mark, 1);
	}
	for (guint i = 0; i < m->active->len;) {
		if (g_array_index(m->active, struct mark, i).end <= at)
			g_array_remove_index_fast(m->active, i);
		else
			i++;
	}
}

static size_t next_border(const struct marked *m, size_t end)
{
	if (m->next < m->marks->len)
		end = MIN(end, g_array_index(m->marks, struct mark, m->next).start);
	for (guint i = 0; i < m->active->len; i++)
		end = MIN(end, g_array_index(m->active, struct mark, i).end);
	return end;
}

static void put_stretch(const struct marked *m, struct span bytes)
{
	const struct mark *worst = worst_active(m);
	GString *out = m->view->out;

	if (worst) {
		const struct finding *finding = &m->view->result->findings[worst->finding];
		g_string_append_printf(
		        out, "<a class=\"mk %c\" href=\"#m%zu-f%zu\"", html_severity_class(finding->severity), m->view->number, worst->finding);
		xml_append_attribute(out, "title", finding->rule->title.text[m->view->language]);
		g_string_append(out, "><mark>");
	}
	xml_append_source(out, bytes);
	if (worst)
		g_string_append(out, "</mark></a>");
}

static void put_line(struct marked *m, const struct page_piece *piece, size_t start, size_t end)
{
	size_t at = start;

	for (;;) {
		step_marks(m, piece->offset + at);
		if (at >= end)
			break;
		size_t stop = next_border(m, piece->offset + end) - piece->offset;
		put_stretch(m, span_cut(piece->bytes, at, stop));
		at = stop;
	}
}

static void put_piece(struct marked *m, const struct page_piece *piece)
{
	struct span s = piece->bytes;
	size_t line = piece->line, start = 0;

	/* Marks that begin in what is left out have no place to jump to. */
	for (; m->next < m->marks->len && g_array_index(m->marks, struct mark, m->next).start < piece->offset; m->next++)
		;
	g_array_set_size(m->active, 0);
	while (start < s.n) {
		size_t end = start;
		while (end < s.n && s.p[end] != '\n' && s.p[end] != '\r')
			end++;
		g_string_append_printf(m->view->out, "<code data-n=\"%zu\">", line);
		if (start == 0 && piece->inside_line)
			g_string_append(m->view->out, "&hellip;");
		put_line(m, piece, start, end);
		g_string_append(m->view->out, "</code>\n");
		start = end + (end + 1 < s.n && s.p[end] == '\r' && s.p[end + 1] == '\n' ? 2 : 1);
		line++;
	}
	/* Marks behind the last line, such as the place of what is missing. */
	if (m->next < m->marks->len && g_array_index(m->marks, struct mark, m->next).start <= piece->offset + s.n) {
		g_string_append(m->view->out, "<code data-n=\"\">");
		step_marks(m, piece->offset + s.n);
		g_string_append(m->view->out, "</code>\n");
	}
}

static void put_gap(const struct html_view *view, size_t n)
{
	char number[32];

	if (!n)
		return;
	g_string_append(view->out, "<p class=\"gap\">");
	WORD_APPEND(view->out, WORD_LEFT_OUT, view->language, html_number(number, n));
	g_string_append(view->out, "</p>\n");
}

static void put_text(const struct html_view *view, const struct page_text *text, bool open)
{
	struct marked m = {view, text->part ? 'd' : 'r', marks_of(view, text), 0, g_array_new(FALSE, FALSE, sizeof(struct mark))};
	size_t at = text->start;
	char number[32];

	g_string_append_printf(view->out, "<details class=\"text\"%s><summary>", open ? " open" : "");
	if (text->part)
		WORD_APPEND(view->out, WORD_DECODED, view->language, *text->part ? text->part : "1");
	else
		html_word(view, WORD_RAW);
	g_string_append_printf(view->out, " <small>%s%s%s</small></summary>\n", text->type ? text->type : "", text->type ? ", " : "",
	        html_bytes(number, text->size));
	if (text->shown < text->size)
		html_note(view, WORD_PARTLY);
	g_string_append(view->out, "<div class=\"code\" tabindex=\"0\">\n");
	for (size_t i = 0; i < text->n_pieces; i++) {
		put_gap(view, text->pieces[i].offset - at);
		put_piece(&m, &text->pieces[i]);
		at = text->pieces[i].offset + text->pieces[i].bytes.n;
	}
	put_gap(view, text->start + text->size - at);
	g_string_append(view->out, "</div></details>\n");
	g_array_free(m.marks, TRUE);
	g_array_free(m.active, TRUE);
}

/* Are there findings that no decoded part shows? */
static bool only_raw(const struct html_view *view)
{
	for (size_t i = 0; i < view->result->n_findings; i++)
		if (!view->in_decoded[i] && !view->result->findings[i].suppressed)
			return true;
	return false;
}

void html_sources(const struct html_view *view)
{
	const struct page_mail *page = view->result->page;

	for (size_t i = 0; i < page->n_decoded; i++)
		put_text(view, &page->decoded[i], page->decoded[i].n_marks > 0);
	put_text(view, &page->raw, only_raw(view));
}
