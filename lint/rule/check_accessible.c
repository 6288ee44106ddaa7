/* Checks of what HTML tells those who do not see it: language, direction, what is a table and what is only layout. What is drawn stands in
 * check_html.c and check_markup.c. An attribute that a template fills in is unknown, and the checks are silent about it. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/language.h"
#include "base/normal.h"
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

/* The first template tag that ends behind a place of the source. */
static size_t tag_behind(const struct html *html, size_t place_in_source)
{
	size_t low = 0, high = html->tags.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (html->tags.tags[middle].range.end > place_in_source)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Does a template tag stand in the range of the source, or reach into it? */
static bool holds_tag(const struct html *html, struct range range)
{
	size_t i = tag_behind(html, range.start);

	return i < html->tags.n && html->tags.tags[i].range.start < range.end;
}

static bool in_a_value(const struct html_element *e, size_t place_in_source)
{
	for (size_t i = 0; i < e->n_attributes; i++)
		if (place_in_source >= e->attributes[i].value_range.start && place_in_source < e->attributes[i].value_range.end)
			return true;
	return false;
}

/* May a template write attributes into the tag? */
static bool takes_attributes(const struct html *html, const struct html_element *e)
{
	for (size_t i = tag_behind(html, e->start_tag.start); i < html->tags.n && html->tags.tags[i].range.start < e->start_tag.end; i++)
		if (!in_a_value(e, html->tags.tags[i].range.start))
			return true;
	return false;
}

/* The tree is not to be trusted where it was cut. */
static bool is_whole(const struct html *html)
{
	return html && !(html->flags & (HTML_TOO_DEEP | HTML_TOO_MANY_NODES | HTML_UNCLOSED_TAG));
}

/* --- attributes that a fix adds ---------------------------------------------------------------------------------------------------- */

/* May so many bytes be put into the part? Not where they would push its end over the length at which Gmail cuts; each of the rules that write
 * attributes may take a quarter of what is left. with: limit. */
static bool has_room(const struct check *c, const struct body *body, size_t n)
{
	enum { N_RULES = 4 };
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", GMAIL_CUTS_HTML_AT);
	const struct text *decoded = body->entity->decoded.text;
	size_t size = decoded ? decoded->bytes.n : body->source->bytes.n;

	return size > limit || n <= (limit - size) / N_RULES;
}

/* Adds attributes behind the names of tags, in the order of the tags. */
struct attribute_writer {
	struct check *c;
	const struct body *body;
	size_t line_start; /* of the line that the last one stands on, as it will be */
	size_t added;      /* bytes put into that line */
};

static bool ends_line(char c)
{
	return c == '\n' || c == '\r';
}

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
	while (start > w->line_start && !ends_line(s.p[start - 1]) && at - start < LONGEST)
		start--;
	if (start != w->line_start) {
		w->line_start = start;
		w->added = 0;
	}
	while (end < s.n && !ends_line(s.p[end]) && end - start < LONGEST)
		end++;
	return end - start + w->added + n > LONGEST;
}

static void add_attribute(struct attribute_writer *w, const struct html_element *e, const char *name, struct span value)
{
	size_t at = e->start_tag.start + 1 + e->name.n;
	const char *text = arena_printf(check_arena(w->c), " %s=\"%.*s\"", name, (int)value.n, value.p);

	if (line_is_full(w, at, strlen(text))) {
		struct span s = w->body->source->bytes;
		text = arena_printf(check_arena(w->c), "%s%s", rewrite_line_end(s), text + 1);
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

	if (!has_room(c, body, strlen(name) + value.n + strlen(" =\"\"")))
		return;
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
		if ((lang && span_trim(lang->value->bytes).n) || takes_attributes(html, e))
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
		} else if (!takes_attributes(html, frame)) {
			check_report_text(c, html->source, frame->start_tag, NULL, ARG_I("count", letters));
			set_attribute(c, body, frame, "dir", SPAN_LIT("rtl"));
		}
	}
}

/* --- tables ------------------------------------------------------------------------------------------------------------------------ */

struct table_facts {
	size_t rows, cells, cells_in_row, most_cells; /* in a row */
	size_t rows_of_two, rows_of_three;            /* rows of at least so many cells */
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
			facts[k].data = table_of_data(e) || takes_attributes(html, e);
		if (!f)
			continue;
		f->data |= word_in_list(parts, e->name) || (cell && cell_of_data(e));
		f->tables += is_named(e, "table");
		if (is_named(e, "tr")) {
			f->rows++;
			f->cells_in_row = 0;
		} else if (cell) {
			f->cells++;
			f->cells_in_row++;
			f->most_cells = MAX(f->most_cells, f->cells_in_row);
			f->rows_of_two += f->cells_in_row == 2;
			f->rows_of_three += f->cells_in_row == 3;
		}
	}
	return facts;
}

/* Bytes of text in an element. */
static size_t text_bytes(const struct html *html, const struct html_element *e)
{
	enum { MOST_RUNS = 2000 };
	size_t sum = 0;

	for (size_t k = e->first_text; k < e->first_text + MIN(e->n_texts, MOST_RUNS) && k < html->n_texts; k++)
		sum += span_trim(html->texts[k].decoded->bytes).n;
	return sum;
}

/* Is it layout for certain? Nothing of it says data, and tables lie in it, or it is one row or one column. A grid may be data, also where spacers are tables:
 * it is layout only where its cells hold whole parts of the mail. The signs are those of HTML, section 4.9.1, with a border as a sign of data. */
static bool is_layout(const struct html *html, const struct html_element *table, const struct table_facts *f)
{
	enum { LARGE_CELL = 200 };
	struct span border = attribute(table, "border");

	if (f->data || !f->cells)
		return false;
	if (f->rows_of_three >= 2 || f->rows_of_two >= 3)
		return f->tables && text_bytes(html, table) >= LARGE_CELL * f->cells;
	if (f->tables)
		return true;
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
			if (is_named(e, "table") && is_layout(html, e, &facts[k]) && !count++)
				first = k;
		}
		if (!count)
			continue;
		check_report_text(c, html->source, html->elements[first].start_tag, NULL, ARG_I("count", count));
		if (!has_room(c, body, count * strlen(" role=\"presentation\"")))
			continue;
		struct attribute_writer w = { .c = c, .body = body };
		for (size_t k = first; k < html->n_elements; k++)
			if (is_named(&html->elements[k], "table") && is_layout(html, &html->elements[k], &facts[k]))
				add_attribute(&w, &html->elements[k], "role", SPAN_LIT("presentation"));
	}
}

/* --- pictures ---------------------------------------------------------------------------------------------------------------------- */

/* Is it said that the picture is no content, or what it is, in another way than by alt? */
static bool is_explained(const struct html *html, const struct html_element *e)
{
	struct span role = attribute(e, "role");

	return attribute(e, "aria-label").n || html_attribute(e, "aria-labelledby") || span_eq_ci(attribute(e, "aria-hidden"), SPAN_LIT("true")) ||
	       span_eq_ci(role, SPAN_LIT("presentation")) || span_eq_ci(role, SPAN_LIT("none")) || takes_attributes(html, e);
}

/* Has the link a name: words, an alternative text, or one given by an attribute? */
static bool has_name(const struct link *link)
{
	const struct html *html = link->body->html;
	const struct html_element *a = &html->elements[link->element];

	if (span_trim(link->label->bytes).n || attribute(a, "title").n || is_explained(html, a) || has_words_to_hear(html, link->element))
		return true;
	for (size_t k = link->element + 1; k < html->n_elements && html->elements[k].start_tag.start < a->end_tag.start; k++)
		if (attribute(&html->elements[k], "alt").n || attribute(&html->elements[k], "aria-label").n || attribute(&html->elements[k], "title").n)
			return true;
	return false;
}

static guint hash_span(gconstpointer key)
{
	const struct span *s = key;
	guint hash = 5381;

	for (size_t i = 0; i < s->n; i++)
		hash = hash * 33 + (unsigned char)s->p[i];
	return hash;
}

static gboolean equal_spans(gconstpointer a, gconstpointer b)
{
	return span_eq(*(const struct span *)a, *(const struct span *)b);
}

/* The links of one body. */
struct part_links {
	const struct link **around; /* by element: the link that it stands in; NULL where none */
	GHashTable *named;          /* struct span: the targets of links that have a name; these without query and fragment; their hosts */
};

static struct span *address_of(struct check *c, const struct link *link)
{
	struct span *address = ARENA_NEW(check_arena(c), struct span);
	struct span target = link->target->bytes;

	*address = span_cut(target, 0, MIN(span_find_byte(target, '?', 0), span_find_byte(target, '#', 0)));
	return address;
}

static struct part_links part_links(struct check *c, const struct message *m, const struct body *body)
{
	struct part_links links = { ARENA_ARRAY(check_arena(c), const struct link *, body->html->n_elements + 1), g_hash_table_new(hash_span, equal_spans) };

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->body != body || link->kind != LINK_ANCHOR || !link->label || !is_named(&body->html->elements[link->element], "a"))
			continue;
		links.around[link->element] = link;
		if (!has_name(link))
			continue;
		g_hash_table_add(links.named, &link->target->bytes);
		g_hash_table_add(links.named, address_of(c, link));
		g_hash_table_add(links.named, (gpointer)&link->url.host);
	}
	for (size_t k = 0; k < body->html->n_elements; k++) {
		size_t parent = body->html->elements[k].parent;
		if (!links.around[k] && parent < k)
			links.around[k] = links.around[parent];
	}
	return links;
}

/* Does nothing tell where the link leads? It has no name, and no other link to the same place has one. Where clicks are counted, every link has an
 * address of its own, and nobody knows which of them lead to the same place. */
static bool is_mute(struct check *c, const struct part_links *links, const struct link *link)
{
	/* Letters of no size around a picture are a common way to part columns. */
	enum html_hidden hidden = link ? link->body->html->elements[link->element].style.hidden : HTML_NOT_SHOWN;

	if ((hidden != HTML_VISIBLE && hidden != HTML_HIDDEN_FONT && hidden != HTML_HIDDEN_COLOUR) || link->url.flags & (URL_EMPTY | URL_TAG) || has_name(link) || g_hash_table_contains(links->named, &link->target->bytes))
		return false;
	const struct span *address = address_of(c, link);
	if (address->n && address->n < link->target->bytes.n && g_hash_table_contains(links->named, address))
		return false;
	return !(has_made_word(link->target->bytes) && g_hash_table_contains(links->named, &link->url.host));
}

/* Pictures without an alt attribute; those of a pixel or two are another rule's. Cases: link (it is all that a link has, and no other link to the same
 * place has a name), picture (others). The first of each in a part, with the count; of links with the count of links. */
CHECK(image_alt_missing)
{
	enum { LINK, PICTURE, N_CASES };
	static const char *const names[N_CASES] = { "link", "picture" };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t count[N_CASES] = { 0 };
		const struct html_element *first[N_CASES] = { NULL };
		const struct link *last = NULL;
		if (!html)
			continue;
		struct part_links links = part_links(c, m, &m->bodies[i]);
		for (size_t k = 0; k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			const struct link *link = links.around[k];
			if (html_attribute(e, "alt") || !is_content_image(e, 4) || is_explained(html, e))
				continue;
			bool alone = is_mute(c, &links, link);
			size_t kind = alone ? LINK : PICTURE;
			if (alone && link == last)
				continue;
			last = alone ? link : last;
			if (!count[kind]++)
				first[kind] = e;
		}
		g_hash_table_destroy(links.named);
		for (size_t k = 0; k < N_CASES; k++)
			if (count[k])
				check_report_text(c, html->source, first[k]->start_tag, names[k], ARG_I("count", count[k]));
	}
}

/* Pictures of a pixel or two without an alt attribute: spacers, lines, tracking pixels. The first in a part, with the count. */
CHECK(pixel_alt_missing)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		struct attribute_writer w = { .c = c, .body = body };
		GArray *found = g_array_new(FALSE, FALSE, sizeof(const struct html_element *));
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			if (is_named(e, "img") && !html_attribute(e, "alt") && e->style.hidden != HTML_HIDDEN_DISPLAY &&
			    e->style.hidden != HTML_HIDDEN_VISIBILITY && !is_content_image(e, 4) && !is_explained(html, e) && !html_inside(html, k, "a"))
				g_array_append_val(found, e);
		}
		if (found->len)
			check_report_text(c, html->source, g_array_index(found, const struct html_element *, 0)->start_tag, NULL, ARG_I("count", found->len));
		for (size_t k = 0; k < found->len && has_room(c, body, found->len * strlen(" alt=\"\"")); k++)
			add_attribute(&w, g_array_index(found, const struct html_element *, k), "alt", SPAN_EMPTY);
		g_array_free(found, TRUE);
	}
}

static bool is_file_name(struct span alt)
{
	static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp" };

	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
		if (span_ends_ci(alt, span_str(endings[i])) && alt.n > strlen(endings[i]))
			return true;
	return false;
}

/* with: words (form L1). Cases: file-name (the alternative text is the name of a file), placeholder (a word that stands for no content). The first
 * of each in a part, with the count. */
CHECK(image_alt_says_nothing)
{
	enum { FILE_NAME, PLACEHOLDER, N_CASES };
	static const char *const names[N_CASES] = { "file-name", "placeholder" };
	const char *const *words = rule_setting_list(check_rule(c), "words");

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct html *html = m->bodies[i].html;
		size_t count[N_CASES] = { 0 };
		const struct html_attribute *first[N_CASES] = { NULL };
		for (size_t k = 0; html && k < html->n_elements; k++) {
			const struct html_element *e = &html->elements[k];
			const struct html_attribute *alt = is_content_image(e, 4) ? html_attribute(e, "alt") : NULL;
			struct span text = alt ? span_trim(alt->value->bytes) : SPAN_EMPTY;
			if (!text.n || text.n > 200 || holds_tag(html, alt->value_range))
				continue;
			size_t kind = is_file_name(text) ? FILE_NAME : N_CASES;
			if (kind == N_CASES && word_in_list(words, span_str(normal_l1_plain(check_arena(c), text))))
				kind = PLACEHOLDER;
			if (kind < N_CASES && !count[kind]++)
				first[kind] = alt;
		}
		for (size_t k = 0; k < N_CASES; k++)
			if (count[k])
				check_report_text(c, html->source, first[k]->value_range, names[k], ARG_I("count", count[k]),
						  ARG_T("alt", span_trim(first[k]->value->bytes)));
	}
}

static struct span words_of(struct check *c, struct span text)
{
	return span_str(normal_l1_plain(check_arena(c), span_trim(text)));
}

/* An alternative text that repeats the words beside the picture: in the same link, or in the next link where that leads to the same place. The first in a
 * part, with the count. */
CHECK(image_alt_repeated)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct html *html = body->html;
		size_t count = 0;
		const struct html_attribute *first = NULL;
		const struct link *before = NULL;
		for (size_t n = 0; html && n < m->n_links; n++) {
			const struct link *link = &m->links[n];
			if (link->body != body || link->kind != LINK_ANCHOR || !link->label || link->hidden)
				continue;
			struct span words = words_of(c, html_element_text(check_arena(c), html, link->element, false)->bytes);
			const struct link *pictures[2] = { link, before && span_eq(before->target->bytes, link->target->bytes) ? before : NULL };
			before = words.n ? NULL : link;
			for (size_t p = 0; p < G_N_ELEMENTS(pictures) && words.n; p++) {
				for (size_t k = pictures[p] ? pictures[p]->element + 1 : html->n_elements;
				     k < html->n_elements && html->elements[k].depth > html->elements[pictures[p]->element].depth; k++) {
					const struct html_attribute *alt = is_content_image(&html->elements[k], 4) ? html_attribute(&html->elements[k], "alt") : NULL;
					if (!alt || !span_trim(alt->value->bytes).n || !span_eq(words_of(c, alt->value->bytes), words))
						continue;
					first = count++ ? first : alt;
				}
			}
		}
		if (count)
			check_report_text(c, html->source, first->value_range, NULL, ARG_I("count", count), ARG_T("alt", span_trim(first->value->bytes)));
	}
}
