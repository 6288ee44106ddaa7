/* Checks of what HTML tells those who do not see it: language, direction, what is a table and what is only layout. What is drawn stands in
 * check_html.c and check_markup.c. An attribute that a template fills in is unknown, and the checks are silent about it. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/language.h"
#include "base/utf8.h"
#include "mail/rewrite.h"

static bool is_named(const struct html_element *e, const char *name)
{
	return span_eq(e->name, span_str(name));
}

static struct span attribute(const struct html_element *e, const char *name)
{
	const struct html_attribute *a = html_attribute(e, name);

	return a ? span_trim(a->value->bytes) : SPAN_EMPTY;
}

/* Does a template tag stand in the range of the source, or reach into it? */
static bool holds_tag(const struct html *html, struct range range)
{
	size_t low = 0, high = html->tags.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (html->tags.tags[middle].range.end > range.start)
			high = middle;
		else
			low = middle + 1;
	}
	return low < html->tags.n && html->tags.tags[low].range.start < range.end;
}

/* The tree is not to be trusted where it was cut. */
static bool is_whole(const struct html *html)
{
	return html && !(html->flags & (HTML_TOO_DEEP | HTML_TOO_MANY_NODES | HTML_UNCLOSED_TAG));
}

/* --- attributes that a fix adds ---------------------------------------------------------------------------------------------------- */

/* Adds attributes behind the names of tags, in the order of the tags. */
struct attribute_writer {
	struct check *c;
	const struct body *body;
	size_t line_start; /* of the line that the last one stands on, as it will be */
	size_t added;      /* bytes put into that line */
};

/* A part that is not encoded must not get lines above the 998 octets of RFC 5322, section 2.1.1: there a line end parts the attribute from the name, which
 * is as good as a blank. 100 are left for charsets that need more than UTF-8. */
static bool line_is_full(struct attribute_writer *w, size_t at, size_t n)
{
	enum { LONGEST = 998 - 100 };
	struct span s = w->body->source->bytes;
	enum transfer_encoding transfer = w->body->entity->transfer;
	size_t start = at, end = at;

	if (transfer == TRANSFER_QP || transfer == TRANSFER_BASE64)
		return false;
	while (start > w->line_start && s.p[start - 1] != '\n' && at - start < LONGEST)
		start--;
	if (start != w->line_start) {
		w->line_start = start;
		w->added = 0;
	}
	while (end < s.n && s.p[end] != '\n' && end - start < LONGEST)
		end++;
	return end - start + w->added + n > LONGEST;
}

static void add_attribute(struct attribute_writer *w, const struct html_element *e, const char *name, struct span value)
{
	size_t at = e->start_tag.start + 1 + e->name.n;
	const char *text = arena_printf(check_arena(w->c), " %s=\"%.*s\"", name, (int)value.n, value.p);

	if (line_is_full(w, at, strlen(text))) {
		text = arena_printf(check_arena(w->c), "%s%s", rewrite_line_end(w->body->source->bytes), text + 1);
		w->line_start = at;
		w->added = strlen(text);
	} else {
		w->added += strlen(text);
	}
	check_fix(w->c, w->body->source, place(at), span_str(text));
}

/* Write a value in the place of the one that stands there, or add the attribute. */
static void set_attribute(struct check *c, const struct body *body, const struct html_element *e, const char *name, struct span value)
{
	const struct html_attribute *a = html_attribute(e, name);
	struct attribute_writer w = { .c = c, .body = body };

	if (!a) {
		add_attribute(&w, e, name, value);
	} else if (a->has_value && a->value_range.end > a->value_range.start) {
		check_fix(c, body->source, a->value_range, value);
	} else {
		const char *text = arena_printf(check_arena(c), "%s=\"%.*s\"", name, (int)value.n, value.p);
		char quote = a->value_range.end < body->source->bytes.n ? body->source->bytes.p[a->value_range.end] : 0;
		size_t end = !a->has_value ? a->name_range.end : a->value_range.end + (quote == '"' || quote == '\'');
		check_fix(c, body->source, ((struct range){ a->name_range.start, end }), span_str(text));
	}
}

/* --- language ---------------------------------------------------------------------------------------------------------------------- */

/* What is said of the language of the letters: by the element (HTML_NO_PARENT: by none). */
struct language_use {
	size_t element;
	struct script_count count;
};

/* The letters that a reader sees, by the element that says their language; those of none first. Text in Latin letters is left out where a
 * template will put text: what stands there now are names of its own. */
static struct language_use *language_uses(struct check *c, const struct html *html, size_t *n_out)
{
	size_t *by = ARENA_ARRAY(check_arena(c), size_t, html->n_elements + 1);
	GArray *uses = g_array_new(FALSE, TRUE, sizeof(struct language_use));

	g_array_append_val(uses, ((struct language_use){ .element = HTML_NO_PARENT }));
	for (size_t k = 0; k < html->n_elements; k++) {
		size_t parent = html->elements[k].parent;
		by[k] = parent < k ? by[parent] : 0;
		if (attribute(&html->elements[k], "lang").n) {
			by[k] = uses->len;
			g_array_append_val(uses, ((struct language_use){ .element = k }));
		}
	}
	for (size_t k = 0; k < html->n_texts; k++) {
		const struct html_text_run *run = &html->texts[k];
		if (run->hidden != HTML_VISIBLE)
			continue;
		bool filled_in = holds_tag(html, run->range);
		struct language_use *use = &g_array_index(uses, struct language_use, run->parent < html->n_elements ? by[run->parent] : 0);
		for (size_t at = 0; at < run->decoded->bytes.n;) {
			uint32_t ch = utf8_next(run->decoded->bytes, &at);
			if (!filled_in || script_of(ch) != SCRIPT_LATIN)
				script_add(&use->count, ch);
		}
	}
	struct language_use *out = ARENA_ARRAY(check_arena(c), struct language_use, uses->len);
	memcpy(out, uses->data, uses->len * sizeof *out);
	*n_out = uses->len;
	g_array_free(uses, TRUE);
	return out;
}

static struct script_count all_letters(const struct language_use *uses, size_t n)
{
	struct script_count sum = { .all = 0 };

	for (size_t i = 0; i < n; i++) {
		sum.all += uses[i].count.all;
		for (size_t k = 0; k < N_SCRIPTS; k++)
			sum.letters[k] += uses[i].count.letters[k];
	}
	return sum;
}

/* Names of scripts, for messages. Kana and kanji together are Japanese. */
static const struct localized script_names[N_SCRIPTS] = {
	[SCRIPT_LATIN] = {{ "Latin letters", "ラテン文字" }},	     [SCRIPT_KANA] = {{ "Japanese", "日本語" }},
	[SCRIPT_HAN] = {{ "Chinese characters", "漢字" }},	     [SCRIPT_HANGUL] = {{ "Korean", "ハングル" }},
	[SCRIPT_CYRILLIC] = {{ "Cyrillic letters", "キリル文字" }}, [SCRIPT_GREEK] = {{ "Greek", "ギリシャ文字" }},
	[SCRIPT_HEBREW] = {{ "Hebrew letters", "ヘブライ文字" }},   [SCRIPT_ARABIC] = {{ "Arabic letters", "アラビア文字" }},
	[SCRIPT_THAI] = {{ "Thai", "タイ文字" }},		     [SCRIPT_INDIC] = {{ "Indic letters", "インド系の文字" }},
};

/* The script of a text in which its language cannot be written; SCRIPT_NONE where there may be a reason for what stands there. Foreign names in
 * Latin letters stand in every text, so Latin counts only where there is nothing else. */
static enum script foreign_script(struct span tag, const struct script_count *count)
{
	enum { LEAST = 60, LEAST_LATIN = 400 };
	unsigned own = language_scripts(tag);
	const size_t *letters = count->letters;
	const char *language = script_language(count);

	if (!own || count->all < LEAST)
		return SCRIPT_NONE;
	/* Chinese, but kana all over. */
	if (language && span_eq(span_str(language), SPAN_LIT("ja")) && !(own & 1u << SCRIPT_KANA) &&
	    (letters[SCRIPT_KANA] + letters[SCRIPT_HAN]) * 10 >= count->all * 6)
		return SCRIPT_KANA;
	for (size_t k = SCRIPT_HAN; k < SCRIPT_OTHER; k++)
		if (!(own & 1u << k) && letters[k] * 10 >= count->all * 6)
			return (enum script)k;
	if (!(own & 1u << SCRIPT_LATIN) && letters[SCRIPT_LATIN] >= LEAST_LATIN && letters[SCRIPT_LATIN] * 50 >= count->all * 49)
		return SCRIPT_LATIN;
	return SCRIPT_NONE;
}

/* The language that the message gives besides lang: xml:lang, which browsers do not look at in text/html, a meta element, Content-Language. Only one
 * that is valid, alone and can be written in the letters that stand there. */
static struct span language_said(const struct message *m, const struct body *body, const struct html_element *e, const struct script_count *count)
{
	const struct field *field = header_find(&body->entity->header, "Content-Language");
	struct span said[3] = { attribute(e, "xml:lang"), SPAN_EMPTY, SPAN_EMPTY };

	for (size_t k = 0; k < body->html->n_elements && !said[1].n; k++)
		if (is_named(&body->html->elements[k], "meta") && span_eq_ci(attribute(&body->html->elements[k], "http-equiv"), SPAN_LIT("content-language")))
			said[1] = attribute(&body->html->elements[k], "content");
	if (!field && m->header)
		field = header_find(m->header, "Content-Language");
	if (field)
		said[2] = span_trim(field->unfolded->bytes);
	for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
		if (language_tag_is_valid(said[i]) && foreign_script(said[i], count) == SCRIPT_NONE && !script_language(count))
			return said[i];
	return SPAN_EMPTY;
}

static struct span language_of_text(const struct message *m, const struct body *body, const struct html_element *e, const struct script_count *count)
{
	const char *language = script_language(count);

	return language ? span_str(language) : language_said(m, body, e, count);
}

static void tell_missing_language(struct check *c, const struct message *m, const struct body *body, const struct language_use *uses, size_t n)
{
	const struct html *html = body->html;
	struct script_count sum = all_letters(uses, n);

	/* Elements inside that say it for nine letters of ten do what html would do, and better: many mail programs drop html. */
	if (n > 1 && uses[0].count.all * 10 <= sum.all)
		return;
	for (size_t k = 0; k < html->n_elements; k++) {
		const struct html_element *e = &html->elements[k];
		if (!is_named(e, "html"))
			continue;
		const struct html_attribute *lang = html_attribute(e, "lang");
		if ((lang && span_trim(lang->value->bytes).n) || holds_tag(html, e->start_tag))
			return;
		struct span language = language_of_text(m, body, e, &sum);
		check_report_text(c, html->source, e->start_tag, "missing", ARG_I("count", 1), ARG_T("tag", SPAN_EMPTY));
		if (language.n)
			set_attribute(c, body, e, "lang", language);
		return;
	}
}

/* A tag with "_" for "-" is mended so; one that names no language becomes that of the text, if the letters tell it. */
static void fix_language_tag(struct check *c, const struct body *body, const struct html_element *e, const struct script_count *count)
{
	struct span tag = attribute(e, "lang");
	char *text = arena_copy(check_arena(c), tag);
	const char *language = script_language(count);

	g_strdelimit(text, "_", '-');
	if (language_tag_is_valid(span_of(text, tag.n)))
		set_attribute(c, body, e, "lang", span_of(text, tag.n));
	else if (language)
		set_attribute(c, body, e, "lang", span_str(language));
}

/* Cases: missing (html has no lang), malformed (no language tag, or one of no language), wrong (one whose language cannot be written in the letters that
 * stand there). The first of each in a part, with the count. */
CHECK(html_language)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		size_t n, n_malformed = 0, n_wrong = 0;
		if (!is_whole(html) || body_is_doubtful(body))
			continue;
		struct language_use *uses = language_uses(c, html, &n);
		const struct language_use *malformed = NULL, *wrong = NULL;
		enum script script = SCRIPT_NONE;
		tell_missing_language(c, m, body, uses, n);
		for (size_t k = 1; k < n; k++) {
			const struct html_attribute *lang = html_attribute(&html->elements[uses[k].element], "lang");
			if (holds_tag(html, lang->value_range))
				continue;
			enum script foreign = foreign_script(span_trim(lang->value->bytes), &uses[k].count);
			if (!language_tag_is_valid(span_trim(lang->value->bytes))) {
				malformed = n_malformed++ ? malformed : &uses[k];
			} else if (foreign != SCRIPT_NONE && !n_wrong++) {
				wrong = &uses[k];
				script = foreign;
			}
		}
		if (malformed) {
			const struct html_element *e = &html->elements[malformed->element];
			check_report_text(c, html->source, html_attribute(e, "lang")->value_range, "malformed", ARG_I("count", n_malformed), ARG_T("tag", attribute(e, "lang")));
			if (n_malformed == 1)
				fix_language_tag(c, body, e, &malformed->count);
		}
		if (wrong) {
			const struct html_element *e = &html->elements[wrong->element];
			const char *language = script_language(&wrong->count);
			check_report_text(c, html->source, html_attribute(e, "lang")->value_range, "wrong", ARG_I("count", n_wrong), ARG_T("tag", attribute(e, "lang")),
					  ARG_L("script", &script_names[script]));
			if (language && n_wrong == 1)
				set_attribute(c, body, e, "lang", span_str(language));
		}
	}
}

/* --- direction --------------------------------------------------------------------------------------------------------------------- */

static bool says_direction(const struct css_sheet *css)
{
	for (size_t i = 0; css && i < css->n_declarations; i++)
		if (span_eq(css->declarations[i].name, SPAN_LIT("direction")))
			return true;
	return false;
}

/* Does any attribute or style of the part say a direction? */
static bool has_direction(const struct html *html)
{
	for (size_t k = 0; k < html->n_elements; k++)
		if (html_attribute(&html->elements[k], "dir") || is_named(&html->elements[k], "bdo") || says_direction(html->elements[k].style_css))
			return true;
	for (size_t k = 0; k < html->n_sheets; k++)
		if (says_direction(html->sheets[k].css))
			return true;
	return false;
}

/* Text of which most letters are Hebrew or Arabic, in a part that says no direction anywhere. At html, else body, else the first text. */
CHECK(html_direction)
{
	enum { LEAST = 40 };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		size_t n;
		const struct html_element *frame = NULL;
		if (!is_whole(html) || body_is_doubtful(body) || span_is_ascii(body->visible->bytes))
			continue;
		const struct language_use *uses = language_uses(c, html, &n);
		struct script_count sum = all_letters(uses, n);
		size_t letters = sum.letters[SCRIPT_HEBREW] + sum.letters[SCRIPT_ARABIC];
		if (letters < LEAST || letters * 10 < sum.all * 6 || has_direction(html))
			continue;
		for (size_t k = 0; k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (is_named(e, "html") || (!frame && is_named(e, "body")))
				frame = e;
		}
		if (!frame) {
			check_report_text(c, html->source, place(0), NULL, ARG_I("count", letters));
		} else if (!holds_tag(html, frame->start_tag)) {
			check_report_text(c, html->source, frame->start_tag, NULL, ARG_I("count", letters));
			set_attribute(c, body, frame, "dir", SPAN_LIT("rtl"));
		}
	}
}

/* --- tables ------------------------------------------------------------------------------------------------------------------------ */

struct table_facts {
	size_t rows, cells, cells_in_row, most_cells; /* in a row */
	size_t tables;                                /* that lie in it */
	bool data;                                    /* it has what only a table of data needs */
};

static bool cell_of_data(const struct html_element *e)
{
	return is_named(e, "th") || html_attribute(e, "scope") || html_attribute(e, "headers") || html_attribute(e, "abbr") || html_attribute(e, "axis") ||
	       html_attribute(e, "role");
}

static bool table_of_data(const struct html_element *e)
{
	for (size_t i = 0; i < e->n_attributes; i++)
		if (span_starts(e->attributes[i].name, SPAN_LIT("aria-")))
			return true;
	return html_attribute(e, "role") || attribute(e, "summary").n || html_attribute(e, "rules") || html_attribute(e, "datatable");
}

/* What the tables of a part are, by element; the facts of a table are its own, without those of the tables in it. */
static struct table_facts *table_facts(struct check *c, const struct html *html)
{
	static const char *const parts[] = { "caption", "thead", "tfoot", "colgroup", NULL };
	struct table_facts *facts = ARENA_ARRAY(check_arena(c), struct table_facts, html->n_elements + 1);
	size_t *around = ARENA_ARRAY(check_arena(c), size_t, html->n_elements + 1);

	for (size_t k = 0; k < html->n_elements; k++) {
		const struct html_element *e = &html->elements[k];
		around[k] = e->parent >= k ? HTML_NO_PARENT : is_named(&html->elements[e->parent], "table") ? e->parent : around[e->parent];
		struct table_facts *f = around[k] == HTML_NO_PARENT ? NULL : &facts[around[k]];
		bool cell = is_named(e, "td") || is_named(e, "th");
		if (is_named(e, "table"))
			facts[k].data = table_of_data(e) || holds_tag(html, e->start_tag);
		if (!f)
			continue;
		f->data |= word_in_list(parts, e->name) || (cell && cell_of_data(e));
		f->tables += is_named(e, "table");
		if (is_named(e, "tr")) {
			f->rows++;
			f->cells_in_row = 0;
		} else if (cell) {
			f->cells++;
			f->most_cells = MAX(f->most_cells, ++f->cells_in_row);
		}
	}
	return facts;
}

/* Is it layout for certain? Nothing of it says data, and tables lie in it, or it is one row or one column; the rows and columns of the others may mean
 * something. The signs are those of HTML, section 4.9.1, with a border as a sign of data; a large grid with few tables in it is taken for data. */
static bool is_layout(const struct html_element *table, const struct table_facts *f)
{
	struct span border = attribute(table, "border");

	if (f->data || !f->cells)
		return false;
	if (f->tables)
		return f->most_cells < 3 || f->rows < 2 || f->tables * 2 >= f->cells;
	return (f->most_cells == 1 || f->rows <= 1) && (!border.n || border.p[0] == '0');
}

/* Tables for layout without a role. The first in a part, with the count. */
CHECK(table_role)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		size_t count = 0, first = 0;
		if (!is_whole(html))
			continue;
		const struct table_facts *facts = table_facts(c, html);
		for (size_t k = 0; k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (is_named(e, "table") && is_layout(e, &facts[k]) && !count++)
				first = k;
		}
		if (!count)
			continue;
		check_report_text(c, html->source, html->elements[first].start_tag, NULL, ARG_I("count", count));
		struct attribute_writer w = { .c = c, .body = body };
		for (size_t k = first; k < html->n_elements; k++)
			if (is_named(&html->elements[k], "table") && is_layout(&html->elements[k], &facts[k]))
				add_attribute(&w, &html->elements[k], "role", SPAN_LIT("presentation"));
	}
}
