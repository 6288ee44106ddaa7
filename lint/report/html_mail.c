/* Role: the mail in a sandboxed frame, its rows in inboxes, and its links with where they lead, in the HTML report.
 * May not: let anything of the mail act: the frame has no rights (sandbox=""), a policy of its own, and links of the mail are text. */
#include "report/html_page.h"

#include "base/limits.h"
#include "report/phrases.h"
#include "report/xml.h"

/* In front of the mail, in its frame. A policy can only be made stricter: that of the page holds in the frame, too. The script of the page replaces
 * "img-src data:" when the reader asks for images. base: a click would open a window, which the sandbox refuses, and so goes nowhere. */
static const char frame_head[] =
        "<!DOCTYPE html><meta http-equiv=\"Content-Security-Policy\" content=\"img-src data:; default-src 'none'; style-src 'unsafe-inline'\">"
        "<meta name=\"referrer\" content=\"no-referrer\"><meta http-equiv=\"x-dns-prefetch-control\" content=\"off\"><base target=\"_blank\">";

/* --- the frame ----------------------------------------------------------------------------------------------------------------- */

static void put_choice(const struct html_view *view, const char *name, enum page_word legend, const enum page_word *words, const char *const *values, size_t n)
{
	g_string_append(view->out, "<fieldset><legend>");
	html_word(view, legend);
	g_string_append(view->out, "</legend>");
	for (size_t i = 0; i < n; i++) {
		g_string_append_printf(view->out, "<label><input type=\"radio\" name=\"m%zu-%s\" value=\"%s\"%s> ", view->number, name, values[i],
		        i ? "" : " checked");
		html_word(view, words[i]);
		g_string_append(view->out, "</label> ");
	}
	g_string_append(view->out, "</fieldset>");
}

static void put_controls(const struct html_view *view)
{
	static const enum page_word widths[] = {WORD_DESKTOP, WORD_PHONE}, colours[] = {WORD_LIGHT, WORD_DARK, WORD_INVERTED};
	static const char *const width_values[] = {"desktop", "phone"}, *const colour_values[] = {"light", "dark", "inverted"};

	g_string_append(view->out, "<div class=\"controls\">");
	put_choice(view, "width", WORD_WIDTH, widths, width_values, G_N_ELEMENTS(widths));
	put_choice(view, "colours", WORD_COLOURS, colours, colour_values, G_N_ELEMENTS(colours));
	g_string_append(view->out, "<p class=\"ask\" hidden><button type=\"button\" class=\"images\">");
	html_word(view, WORD_IMAGES);
	g_string_append(view->out, "</button> <small>");
	html_word(view, WORD_IMAGES_NOTE);
	g_string_append(view->out, "</small></p></div>\n");
}

static void put_frame(const struct html_view *view, const struct page_mail *page)
{
	char size[32], most[32];

	g_string_append(view->out, "<div class=\"stage\">");
	put_controls(view);
	if (page->html_size > LIMIT_PAGE_MAIL_BYTES) {
		g_string_append(view->out, "<p class=\"note\">");
		WORD_APPEND(view->out, WORD_MAIL_CUT, view->language, html_number(size, page->html_size), html_number(most, LIMIT_PAGE_MAIL_BYTES));
		g_string_append(view->out, "</p>");
	}
	if (page->n_pictures_missing) {
		g_string_append(view->out, "<p class=\"note\">");
		WORD_APPEND(view->out, WORD_PICTURES_MISSING, view->language, html_number(size, page->n_pictures_missing));
		g_string_append(view->out, "</p>");
	}
	g_string_append(view->out, "<div class=\"desk\"><iframe sandbox=\"\" loading=\"lazy\" referrerpolicy=\"no-referrer\" title=\"");
	html_word(view, WORD_MAIL_FRAME);
	/* A hundred documents at once are too much: each is made when its message is unfolded. */
	g_string_append(view->out, view->several ? "\" data-srcdoc=\"" : "\" srcdoc=\"");
	xml_append_markup(view->out, span_str(frame_head));
	xml_append_markup(view->out, page->html);
	g_string_append(view->out, "\"></iframe></div>");
	if (view->several) {
		g_string_append(view->out, "<noscript>");
		html_note(view, WORD_MAIL_SCRIPT);
		g_string_append(view->out, "</noscript>");
	}
	g_string_append(view->out, "</div>\n");
}

static void put_plain(const struct html_view *view, const struct page_mail *page)
{
	struct span rest = page->plain;

	g_string_append_printf(view->out, "<details class=\"plain\"%s><summary>", page->html_size ? "" : " open");
	html_word(view, WORD_PLAIN);
	g_string_append(view->out, "</summary><pre tabindex=\"0\">\n");
	while (rest.n) {
		size_t end = span_find_byte(rest, '\n', 0), line = end && rest.p[end - 1] == '\r' ? end - 1 : end;
		xml_append_source(view->out, span_cut(rest, 0, line));
		g_string_append_c(view->out, '\n');
		rest = span_cut(rest, end + 1, rest.n);
	}
	g_string_append(view->out, "</pre></details>\n");
}

void html_mail(const struct html_view *view)
{
	const struct page_mail *page = view->result->page;

	html_section(view, "mail", WORD_MAIL);
	if (page->html_size) {
		html_note(view, WORD_MAIL_SAFE);
		put_frame(view, page);
	}
	if (page->plain_size)
		put_plain(view, page);
	if (!page->html_size && !page->plain_size)
		html_note(view, WORD_NO_BODY);
	g_string_append(view->out, "</section>\n");
}

/* --- the inbox ----------------------------------------------------------------------------------------------------------------- */

static void put_shown(const struct html_view *view, const char *class, const struct preview_text *text, enum page_word without)
{
	g_string_append_printf(view->out, "<span class=\"%s\">", class);
	if (text->text.n)
		xml_append_text(view->out, text->text);
	else if (without != N_PAGE_WORDS)
		html_word(view, without);
	g_string_append(view->out, "</span> ");
}

void html_inbox(const struct html_view *view)
{
	static const enum page_word heads[] = {WORD_CLIENT, WORD_ROW_SHOWN};
	const struct preview *preview = &view->result->page->preview;

	html_section(view, "inbox", WORD_INBOX);
	html_table(view, "inbox", heads, G_N_ELEMENTS(heads));
	for (size_t i = 0; i < preview->n_rows; i++) {
		const struct preview_row *row = &preview->rows[i];
		g_string_append_printf(view->out, "<tr><th scope=\"row\">%s <small>", row->name);
		xml_append_text(view->out, span_str(phrase(row->phone ? PHRASE_ON_PHONE : PHRASE_ON_COMPUTER, view->language)));
		g_string_append_printf(view->out, "</small></th><td class=\"%s\">", row->one_line ? "one" : "several");
		put_shown(view, "sender", &row->sender, WORD_NO_SENDER);
		put_shown(view, "subject", &row->subject, WORD_NO_SUBJECT);
		put_shown(view, "preview", &row->preview, N_PAGE_WORDS);
		g_string_append(view->out, "</td></tr>\n");
	}
	html_table_end(view);
	g_string_append(view->out, "</section>\n");
}

/* --- links --------------------------------------------------------------------------------------------------------------------- */

static void put_target(GString *out, const struct page_link *link)
{
	size_t at = link->host.n ? (size_t)(link->host.p - link->target.p) : 0;

	g_string_append(out, "<code>");
	xml_append_source(out, span_cut(link->target, 0, at));
	if (link->host.n) {
		g_string_append(out, "<b>");
		xml_append_source(out, link->host);
		g_string_append(out, "</b>");
	}
	xml_append_source(out, span_cut(link->target, at + link->host.n, link->target.n));
	g_string_append(out, "</code>");
}

/* The findings about a target; the first of them is a link. */
static void put_link_findings(const struct html_view *view, const struct page_link *link)
{
	size_t n = 0, first = 0;
	char number[32];

	for (size_t i = 0; i < view->result->n_findings; i++) {
		const struct finding *finding = &view->result->findings[i];
		if (finding->suppressed || finding->start.offset < link->file_start || finding->end.offset > link->file_end ||
		        finding->start.offset == finding->end.offset)
			continue;
		if (!n++)
			first = i;
	}
	if (!n)
		return;
	g_string_append_printf(view->out, "<a href=\"#m%zu-f%zu\">", view->number, first);
	WORD_APPEND(view->out, n == 1 ? WORD_LINK_FINDINGS_ONE : WORD_LINK_FINDINGS_MANY, view->language, html_number(number, n));
	g_string_append(view->out, "</a> ");
}

static void put_label(const struct html_view *view, const struct page_link *link)
{
	enum page_word word = link->kind == PAGE_LINK_HEADER ? WORD_LINK_HEADER
	                      : link->kind == PAGE_LINK_TEXT ? WORD_LINK_BARE
	                      : link->kind == PAGE_LINK_FORM ? WORD_LINK_FORM
	                                                     : WORD_LINK_EMPTY;

	if (link->label.n) {
		xml_append_text(view->out, link->label);
		return;
	}
	g_string_append(view->out, "<em>");
	html_word(view, word);
	g_string_append(view->out, "</em>");
}

static void put_link(const struct html_view *view, const struct page_link *link)
{
	g_string_append(view->out, "<tr><td>");
	put_label(view, link);
	g_string_append(view->out, "</td><td>");
	put_target(view->out, link);
	g_string_append(view->out, "</td><td>");
	if (link->plain_http) {
		g_string_append(view->out, "<span class=\"tag\">");
		html_word(view, WORD_LINK_HTTP);
		g_string_append(view->out, "</span> ");
	}
	if (link->hidden) {
		g_string_append(view->out, "<span class=\"tag\">");
		html_word(view, WORD_LINK_HIDDEN);
		g_string_append(view->out, "</span> ");
	}
	put_link_findings(view, link);
	g_string_append(view->out, "</td></tr>\n");
}

void html_links(const struct html_view *view)
{
	const struct page_mail *page = view->result->page;
	char number[32];

	html_section(view, "links", WORD_LINKS);
	html_note(view, page->n_links ? WORD_LINKS_NOTE : WORD_NO_LINKS);
	if (page->n_links_shown) {
		static const enum page_word heads[] = {WORD_LINK_TEXT, WORD_LINK_TARGET, WORD_LINK_NOTES};
		html_table(view, "links", heads, G_N_ELEMENTS(heads));
		for (size_t i = 0; i < page->n_links_shown; i++)
			put_link(view, &page->links[i]);
		html_table_end(view);
	}
	if (page->n_links > page->n_links_shown) {
		g_string_append(view->out, "<p class=\"note\">");
		WORD_APPEND(view->out, WORD_LINKS_MORE, view->language, html_number(number, page->n_links - page->n_links_shown));
		g_string_append(view->out, "</p>\n");
	}
	g_string_append(view->out, "</section>\n");
}
