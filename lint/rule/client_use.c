/* Finds what a message uses of HTML and CSS. One pass over the elements and one over the declarations; each name is looked up in the sorted table of
 * probes. Where the answer would need the cascade, it is "not used". */
#include "rule/client_use.h"

#include <string.h>

#include "base/limits.h"
#include "doc/css.h"

/* Questions about an element that cost more than a look at its attributes, for one body; then the answer is "there is a fallback". */
enum { MAX_SEARCHES = 200, MAX_STEPS = 200 };

/* Conditional comments, as Word reads them. */
struct conditions {
	const struct html_comment *comments;
	bool any, table, vml;        /* markup for Word alone */
	struct range *others;        /* between [if !mso] and its end: not for Word */
	size_t n_others;
};

/* A list of declarations: a rule of a sheet, or a style attribute. */
struct block {
	const struct css_sheet *sheet;
	size_t first, n;
	size_t element;              /* HTML_NO_PARENT: a rule, that meets several */
	const struct css_rule *rule; /* NULL: a style attribute */
};

struct finder {
	struct arena *arena;
	const struct html *html;
	guint64 clients, word;       /* chosen; those that Word draws */
	struct conditions conditions;
	GHashTable *names;           /* "p", ".class", "#id", "[attribute" of elements that are seen, char * */
	bool *concealed;             /* of each element */
	size_t n_searches;
	struct client_use *uses;
};

static bool is_word(struct span s, const char *word)
{
	return span_eq_ci(s, span_str(word));
}

/* --- what the document is like ------------------------------------------------------------------------------------------------ */

static void note_condition(struct finder *f, struct span comment)
{
	size_t close = span_find_byte(comment, ']', 0);
	struct span condition = span_cut(comment, 0, close), body = span_cut(comment, close, comment.n);
	static const char *const words[] = { "mso", "gte", "lte", "ie" };

	if (span_find(condition, SPAN_LIT("!"), 4) < condition.n)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (span_find_ci(condition, span_str(words[i]), 0) == condition.n)
			continue;
		f->conditions.any = true;
		f->conditions.table |= span_find_ci(body, SPAN_LIT("<table"), 0) < body.n;
		f->conditions.vml |= span_find_ci(body, SPAN_LIT("<v:"), 0) < body.n;
	}
}

/* <!--[if !mso]><!--> and <![if !mso]> open, a comment with endif closes. */
static void read_conditions(struct finder *f)
{
	const struct html *html = f->html;
	size_t open = 0;
	bool is_open = false;

	f->conditions.others = ARENA_ARRAY(f->arena, struct range, html->n_comments + 1);
	for (size_t i = 0; i < html->n_comments; i++) {
		struct range range = html->comments[i].range;
		struct span comment = span_cut(html->source->bytes, range.start, range.end);
		size_t condition = span_find_ci(comment, SPAN_LIT("[if"), 0);
		if (condition < comment.n && condition < 6) {
			size_t close = span_find_byte(comment, ']', 0);
			if (span_find_byte(span_cut(comment, 0, close), '!', 4) < close) {
				open = range.end;
				is_open = true;
			} else {
				note_condition(f, comment);
			}
		} else if (is_open && span_find_ci(comment, SPAN_LIT("endif"), 0) < comment.n) {
			f->conditions.others[f->conditions.n_others++] = (struct range){ open, range.start };
			is_open = false;
		}
	}
}

static bool is_for_others(const struct finder *f, size_t offset)
{
	size_t low = 0, high = f->conditions.n_others;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (f->conditions.others[middle].end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->conditions.n_others && f->conditions.others[low].start <= offset;
}

/* Does nobody see it, in any client? Hiding by the attribute hidden or by visibility is itself what some do not know. */
static bool conceals(const struct html_element *element)
{
	struct span display = html_inline_style(element, "display");

	return is_word(display, "none") || is_word(html_inline_style(element, "mso-hide"), "all");
}

static void read_concealed(struct finder *f)
{
	const struct html *html = f->html;

	f->concealed = ARENA_ARRAY(f->arena, bool, html->n_elements + 1);
	for (size_t i = 0; i < html->n_elements; i++) {
		const struct html_element *element = &html->elements[i];
		enum html_hidden hidden = element->style.hidden;
		bool way = hidden == HTML_HIDDEN_DISPLAY || hidden == HTML_HIDDEN_VISIBILITY || hidden == HTML_VISIBLE || hidden == HTML_HIDDEN_COLOUR;
		f->concealed[i] = !way || conceals(element) || (element->parent != HTML_NO_PARENT && element->parent < i && f->concealed[element->parent] &&
								html->elements[element->parent].style.hidden != HTML_NOT_SHOWN);
	}
}

static void add_name(struct finder *f, char mark, struct span name)
{
	if (!name.n)
		return;
	char *key = arena_alloc(f->arena, name.n + 2);
	key[0] = mark;
	memcpy(key + 1, name.p, name.n);
	key[name.n + 1] = '\0';
	g_hash_table_add(f->names, key);
}

static bool has_name(const struct finder *f, char mark, struct span name)
{
	char key[200];

	if (!name.n || name.n + 2 > sizeof key)
		return false;
	key[0] = mark;
	memcpy(key + 1, name.p, name.n);
	key[name.n + 1] = '\0';
	return g_hash_table_contains(f->names, key);
}

static void read_names(struct finder *f)
{
	const struct html *html = f->html;

	f->names = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < html->n_elements; i++) {
		const struct html_element *element = &html->elements[i];
		if (f->concealed[i])
			continue;
		add_name(f, '<', element->name);
		for (size_t j = 0; j < element->n_attributes; j++) {
			const struct html_attribute *attribute = &element->attributes[j];
			struct span value = attribute->value->bytes;
			add_name(f, '[', attribute->name);
			if (span_eq(attribute->name, SPAN_LIT("id")))
				add_name(f, '#', span_trim(value));
			if (!span_eq(attribute->name, SPAN_LIT("class")))
				continue;
			for (size_t at = 0; at < value.n;) {
				size_t end = at;
				while (end < value.n && !ascii_is_space(value.p[end]))
					end++;
				add_name(f, '.', span_cut(value, at, end));
				at = end + 1;
			}
		}
	}
}

/* --- fallbacks ---------------------------------------------------------------------------------------------------------------- */

static struct css_declaration *declaration_of(const struct block *block, size_t i)
{
	return &block->sheet->declarations[block->first + i];
}

/* Values that say "as if the property were not there". */
static bool is_idle(struct span value)
{
	static const char *const words[] = { "none", "normal", "initial", "inherit", "unset", "revert", "auto", "0", "0px", "visible", "static", "transparent", "1" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (is_word(value, words[i]))
			return true;
	return !value.n;
}

static bool value_fits(struct span value, const char *wanted)
{
	if (!wanted)
		return !is_idle(value);
	return is_word(value, wanted) || (strcmp(wanted, "0") == 0 && (is_word(value, "0px") || is_word(value, "0 !important")));
}

static bool block_has(const struct block *block, const char *property, const char *value)
{
	for (size_t i = 0; i < block->n; i++)
		if (span_eq(declaration_of(block, i)->name, span_str(property)) && value_fits(declaration_of(block, i)->value, value))
			return true;
	return false;
}

static bool attribute_is(const struct html_element *element, const char *name)
{
	const struct html_attribute *attribute = html_attribute(element, name);
	return attribute && span_trim(attribute->value->bytes).n;
}

static bool is_inside(const struct html *html, size_t i, const char *name)
{
	int depth = html->elements[i].depth;

	for (size_t j = i + 1; j < html->n_elements && j <= i + MAX_STEPS && html->elements[j].depth > depth; j++)
		if (span_eq(html->elements[j].name, span_str(name)))
			return true;
	return false;
}

/* The end of the text runs in the element. */
static size_t texts_end(const struct html_element *element)
{
	return element->first_text + element->n_texts;
}

/* Do all words of the element stand in elements of that name inside it? */
static bool has_words_in(const struct html *html, size_t i, const char *name)
{
	const struct html_element *element = &html->elements[i];
	size_t checked = element->first_text, n_words = 0;

	for (size_t j = element->first_text; j < texts_end(element) && j < element->first_text + MAX_STEPS; j++, checked++) {
		size_t parent = html->texts[j].parent;
		if (!span_trim(html->texts[j].decoded->bytes).n)
			continue;
		n_words++;
		while (parent != HTML_NO_PARENT && parent > i && !span_eq(html->elements[parent].name, span_str(name)))
			parent = html->elements[parent].parent;
		if (parent == HTML_NO_PARENT || parent <= i)
			return false;
	}
	return n_words > 0 && checked == texts_end(element);
}

/* Does nothing stand behind the element in its parent? */
static bool is_last(const struct html *html, size_t i)
{
	const struct html_element *element = &html->elements[i];
	size_t next = i + 1;

	if (element->parent == HTML_NO_PARENT)
		return false;
	while (next < html->n_elements && next <= i + MAX_STEPS && html->elements[next].depth > element->depth)
		next++;
	if (next < html->n_elements && html->elements[next].depth >= element->depth)
		return false;
	size_t end = texts_end(&html->elements[element->parent]), at = texts_end(element);
	while (at < end && at < texts_end(element) + MAX_STEPS && !span_trim(html->texts[at].decoded->bytes).n)
		at++;
	return at == end;
}

/* Is there text in the element, seen or not? */
static bool has_words(const struct html *html, size_t i)
{
	const struct html_element *element = &html->elements[i];

	for (size_t j = 0; j < element->n_texts && j < MAX_STEPS; j++)
		if (span_trim(html->texts[element->first_text + j].decoded->bytes).n)
			return true;
	return element->n_texts > MAX_STEPS;
}

static bool has_class(const struct html_element *element, struct span name)
{
	const struct html_attribute *attribute = html_attribute(element, "class");
	size_t at = attribute ? span_find(attribute->value->bytes, name, 0) : 0;

	if (!attribute || at == attribute->value->bytes.n)
		return false;
	size_t end = at + name.n;
	struct span value = attribute->value->bytes;
	return (at == 0 || ascii_is_space(value.p[at - 1])) && (end == value.n || ascii_is_space(value.p[end]));
}

/* May the rule meet the element, as far as the last of its names tells? */
static bool may_meet(const struct block *block, const struct html_element *element)
{
	for (size_t i = 0; i < block->rule->n_selectors; i++) {
		const struct css_selector *selector = &block->sheet->selectors[block->rule->first_selector + i];
		const struct css_simple *last = selector->n_parts ? &selector->parts[selector->n_parts - 1] : NULL;
		const struct html_attribute *id = html_attribute(element, "id");
		if (!last)
			continue;
		if ((last->kind == CSS_CLASS && has_class(element, last->name)) || (last->kind == CSS_TYPE && span_eq(element->name, last->name)) ||
		    (last->kind == CSS_ID && id && span_eq(span_trim(id->value->bytes), last->name)))
			return true;
	}
	return false;
}

static bool element_makes_up(const struct finder *f, const struct client_fallback *fallback, size_t i)
{
	const struct html_element *element = &f->html->elements[i];

	switch (fallback->kind) {
	case FALLBACK_PROPERTY:
		return value_fits(html_inline_style(element, fallback->name), fallback->value);
	case FALLBACK_ATTRIBUTE:
		return attribute_is(element, fallback->name);
	case FALLBACK_ELEMENT:
		return span_eq(element->name, span_str(fallback->name)) || has_words_in(f->html, i, fallback->name);
	case FALLBACK_LAST:
		return span_eq(element->name, SPAN_LIT("table")) && is_word(html_inline_style(element, "float"), "left") && is_last(f->html, i);
	case FALLBACK_INSIDE:
		return is_inside(f->html, i, fallback->name);
	case FALLBACK_TEXT:
		return html_element_text(f->arena, f->html, i, true)->bytes.n > 0;
	case FALLBACK_EMPTY:
		return !is_inside(f->html, i, "img") && !has_words(f->html, i);
	default:
		return false;
	}
}

/* For a rule: do all elements that it may meet have it? */
static bool all_make_up(struct finder *f, const struct client_fallback *fallback, const struct block *block)
{
	if (++f->n_searches > MAX_SEARCHES)
		return true;
	for (size_t i = 0; i < f->html->n_elements; i++)
		if (!f->concealed[i] && may_meet(block, &f->html->elements[i]) && !element_makes_up(f, fallback, i))
			return false;
	return true;
}

static bool has_colour(struct span value)
{
	struct css_reader reader = { .css = value };
	uint32_t colour;
	double alpha;

	for (struct css_token t = css_next_token(&reader); t.kind != CSS_END; t = css_next_token(&reader))
		if ((t.kind == CSS_HASH && t.text.n >= 3) || (t.kind == CSS_IDENT && html_colour(t.text, &colour, &alpha) && alpha > 0) ||
		    (t.kind == CSS_FUNCTION && (is_word(t.text, "rgb") || is_word(t.text, "hsl"))))
			return true;
	return false;
}

static guint64 excused_by_comment(const struct finder *f, const struct client_fallback *fallback)
{
	bool has = fallback->name[1] == 't' ? f->conditions.table : fallback->name[1] == 'v' ? f->conditions.vml : f->conditions.any;
	return has ? f->word : 0;
}

/* The clients for which something makes up for the lack of the feature. element: HTML_NO_PARENT where block is a rule. */
static guint64 excused(struct finder *f, const struct client_feature *feature, size_t element, const struct block *block, struct span value)
{
	guint64 out = 0;

	for (size_t i = 0; i < feature->n_fallbacks && out != f->clients; i++) {
		const struct client_fallback *fallback = &feature->fallbacks[i];
		bool all = false;
		if (fallback->kind == FALLBACK_MSO)
			out |= excused_by_comment(f, fallback);
		else if (fallback->kind == FALLBACK_COLOUR)
			all = has_colour(value);
		else if (fallback->kind == FALLBACK_PROPERTY && block && block_has(block, fallback->name, fallback->value))
			all = true;
		else if (element != HTML_NO_PARENT)
			all = ++f->n_searches > MAX_SEARCHES * MAX_STEPS || element_makes_up(f, fallback, element);
		else if (block && block->rule)
			all = all_make_up(f, fallback, block);
		if (all)
			out = f->clients;
	}
	return out;
}

/* One place. offset: of the source of the body. */
static void add_use(struct finder *f, unsigned index, const struct text *text, struct range range, size_t offset, size_t element,
		    const struct block *block, struct span value)
{
	const struct client_feature *feature = &builtin_client_features[index];
	struct client_use *use = &f->uses[index];
	guint64 concerned = f->clients & (feature->unsupported | feature->unknown);

	if (is_for_others(f, offset))
		concerned &= ~f->word;
	if (concerned)
		concerned &= ~excused(f, feature, element, block, value);
	if (!concerned)
		return;
	if (concerned & feature->unsupported)
		use->places++;
	/* The first place is one where something is lacking, if there is one. */
	if (!use->text || (!use->unsupported && concerned & feature->unsupported)) {
		use->text = text;
		use->range = range;
	}
	use->unsupported |= concerned & feature->unsupported;
	use->unknown |= concerned & feature->unknown;
}

/* --- declarations ------------------------------------------------------------------------------------------------------------- */

static bool value_has_word(struct span value, const char *const *words)
{
	struct css_reader reader = { .css = value };

	for (struct css_token t = css_next_token(&reader); t.kind != CSS_END; t = css_next_token(&reader))
		for (const char *const *word = words; t.kind == CSS_IDENT && *word; word++)
			if (is_word(t.text, *word))
				return true;
	return false;
}

static bool value_below(struct span value, const char *limit)
{
	struct css_reader reader = { .css = value };
	struct css_token token = css_next_token(&reader);

	return token.kind == CSS_NUMBER && token.number < g_ascii_strtod(limit, NULL);
}

static bool property_fits(const struct client_probe *probe, const struct css_declaration *d)
{
	switch (probe->test) {
	case TEST_WORDS:
		return value_has_word(d->value, probe->values);
	case TEST_BELOW:
		return value_below(d->value, probe->values[0]);
	case TEST_URL:
		return span_find_ci(d->value, SPAN_LIT("url("), 0) < d->value.n;
	default:
		return !d->has_tag && !is_idle(d->value);
	}
}

static const struct client_probe *probes_end(void)
{
	return builtin_client_probes + n_builtin_client_probes;
}

static bool is_same(const struct client_probe *a, const struct client_probe *b)
{
	return a < probes_end() && a->kind == b->kind && strcmp(a->name, b->name) == 0;
}

static size_t block_offset(const struct block *block, struct range range)
{
	return text_to_source(block->sheet->text, range.start, range.end, NULL).start;
}

static void add_declaration(struct finder *f, const struct client_probe *probe, const struct block *block, const struct css_declaration *d)
{
	add_use(f, probe->feature, block->sheet->text, d->range, block_offset(block, d->range), block->element, block, d->value);
}

/* Does a declaration in front give the same property a value without the word? Who does not know the later one keeps it. */
static bool has_value_before(const struct block *block, size_t i, struct span word)
{
	const struct css_declaration *d = declaration_of(block, i);

	for (size_t j = i; j-- > 0 && i - j <= MAX_STEPS;) {
		const struct css_declaration *before = declaration_of(block, j);
		if (span_eq(before->name, d->name) && before->value.n && span_find_ci(before->value, word, 0) == before->value.n)
			return true;
	}
	return false;
}

static void look_at_token(struct finder *f, const struct block *block, size_t i, const struct css_token *token)
{
	enum client_probe_kind kind = token->kind == CSS_FUNCTION ? PROBE_FUNCTION : token->kind == CSS_DIMENSION ? PROBE_UNIT : PROBE_VALUE;
	char lower[32];

	if (!token->text.n || token->text.n > sizeof lower)
		return;
	for (size_t j = 0; j < token->text.n; j++)
		lower[j] = ascii_lower(token->text.p[j]);
	const struct client_probe *first = client_probe_find(kind, span_of(lower, token->text.n));
	for (const struct client_probe *probe = first; probe && is_same(probe, first); probe++)
		if (!has_value_before(block, i, token->text))
			add_declaration(f, probe, block, declaration_of(block, i));
}

static void look_at_declaration(struct finder *f, const struct block *block, size_t i)
{
	const struct css_declaration *d = declaration_of(block, i);
	const struct client_probe *first = client_probe_find(PROBE_PROPERTY, d->name);

	if (span_starts(d->name, SPAN_LIT("--")))
		return;
	for (const struct client_probe *probe = first; probe && is_same(probe, first); probe++)
		if (property_fits(probe, d))
			add_declaration(f, probe, block, d);
	struct css_reader reader = { .css = d->value };
	for (struct css_token t = css_next_token(&reader); t.kind != CSS_END; t = css_next_token(&reader))
		if (t.kind == CSS_FUNCTION || t.kind == CSS_DIMENSION || t.kind == CSS_IDENT)
			look_at_token(f, block, i, &t);
}

static void look_at_block(struct finder *f, const struct block *block)
{
	if (block_has(block, "display", "none") || block_has(block, "mso-hide", "all"))
		return;
	for (size_t i = 0; i < block->n; i++)
		if (declaration_of(block, i)->at_rule == CSS_NONE)
			look_at_declaration(f, block, i);
}

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

/* Are all the names of the selector there? Selectors for one client alone (".ExternalClass", "u + #body") mostly are not. */
static bool meets_something(const struct finder *f, const struct css_selector *selector)
{
	if (!selector->valid || selector->has_tag)
		return false;
	for (size_t i = 0; i < selector->n_parts; i++) {
		const struct css_simple *part = &selector->parts[i];
		bool of_name = span_eq(part->name, SPAN_LIT("class")) || span_eq(part->name, SPAN_LIT("id"));
		bool is_root = span_eq(part->name, SPAN_LIT("html")) || span_eq(part->name, SPAN_LIT("body"));
		if ((part->kind == CSS_CLASS && !has_name(f, '.', part->name)) || (part->kind == CSS_ID && !has_name(f, '#', part->name)) ||
		    (part->kind == CSS_TYPE && !is_root && !has_name(f, '<', part->name)) ||
		    (part->kind == CSS_ATTRIBUTE && (of_name || !has_name(f, '[', part->name))))
			return false;
	}
	return selector->n_parts > 0;
}

static bool writes_words(const struct block *block)
{
	for (size_t i = 0; i < block->n; i++) {
		const struct css_declaration *d = declaration_of(block, i);
		struct span value = span_trim(d->value);
		if (span_eq(d->name, SPAN_LIT("content")) && value.n > 2 && !is_idle(value))
			return true;
	}
	return false;
}

static void add_selector(struct finder *f, enum client_probe_kind kind, struct span name, const struct block *block, struct range range)
{
	const struct client_probe *probe = client_probe_find(kind, name);

	if (probe)
		add_use(f, probe->feature, block->sheet->text, range, block_offset(block, range), HTML_NO_PARENT, block, SPAN_EMPTY);
}

static void look_at_selector(struct finder *f, const struct block *block, const struct css_selector *selector)
{
	for (size_t i = 0; i < selector->n_parts; i++) {
		const struct css_simple *part = &selector->parts[i];
		bool follows = i > 0 && !part->combinator;
		bool generated = span_eq(part->name, SPAN_LIT("before")) || span_eq(part->name, SPAN_LIT("after"));
		if (part->combinator && part->combinator != ' ')
			add_selector(f, PROBE_COMBINATOR, span_of(&part->combinator, 1), block, part->range);
		if (part->kind == CSS_PSEUDO_CLASS)
			add_selector(f, PROBE_PSEUDO_CLASS, part->name, block, part->range);
		else if (part->kind == CSS_PSEUDO_ELEMENT && (!generated || writes_words(block)))
			add_selector(f, PROBE_PSEUDO_ELEMENT, part->name, block, part->range);
		else if (part->kind == CSS_ATTRIBUTE)
			add_selector(f, PROBE_ATTRIBUTE_SELECTOR, SPAN_EMPTY, block, part->range);
		else if (part->kind == CSS_CLASS && follows && selector->parts[i - 1].kind == CSS_CLASS)
			add_selector(f, PROBE_CHAINED_CLASSES, SPAN_EMPTY, block, part->range);
	}
}

/* A selector with a pseudo-class or -element is for a moment or a detail: its declarations are no layout. */
static bool is_plain(const struct css_selector *selector)
{
	for (size_t i = 0; i < selector->n_parts; i++)
		if (selector->parts[i].kind == CSS_PSEUDO_CLASS || selector->parts[i].kind == CSS_PSEUDO_ELEMENT)
			return false;
	return true;
}

static void look_at_rule(struct finder *f, const struct css_sheet *sheet, const struct css_rule *rule)
{
	struct block block = { .sheet = sheet, .first = rule->first_declaration, .n = rule->n_declarations, .element = HTML_NO_PARENT, .rule = rule };
	bool plain = false;

	if (rule->at_rule != CSS_NONE || !rule->valid || rule->has_tag || !rule->n_declarations)
		return;
	for (size_t i = 0; i < rule->n_selectors; i++) {
		const struct css_selector *selector = &sheet->selectors[rule->first_selector + i];
		if (!meets_something(f, selector))
			continue;
		plain |= is_plain(selector);
		look_at_selector(f, &block, selector);
		if (rule->parent != CSS_NONE)
			add_selector(f, PROBE_NESTING, SPAN_EMPTY, &block, selector->range);
	}
	if (plain)
		look_at_block(f, &block);
}

static void look_at_at_rule(struct finder *f, const struct css_sheet *sheet, const struct css_at_rule *rule)
{
	struct block block = { .sheet = sheet, .element = HTML_NO_PARENT };
	struct css_reader reader = { .css = rule->prelude };

	add_selector(f, PROBE_AT_RULE, rule->name, &block, rule->name_range);
	if (!span_eq(rule->name, SPAN_LIT("media")))
		return;
	enum css_token_kind before = CSS_END;
	for (struct css_token t = css_next_token(&reader); t.kind != CSS_END; t = css_next_token(&reader)) {
		if (t.kind == CSS_IDENT && before == CSS_OPEN)
			add_selector(f, PROBE_MEDIA, t.text, &block, rule->prelude_range);
		if (t.kind != CSS_SPACE)
			before = t.kind;
	}
}

static void look_at_sheet(struct finder *f, const struct css_sheet *sheet)
{
	for (size_t i = 0; i < sheet->n_rules; i++)
		look_at_rule(f, sheet, &sheet->rules[i]);
	for (size_t i = 0; i < sheet->n_at_rules; i++)
		look_at_at_rule(f, sheet, &sheet->at_rules[i]);
}

/* --- elements ----------------------------------------------------------------------------------------------------------------- */

static void add_element(struct finder *f, const struct client_probe *probe, size_t i, struct range range)
{
	add_use(f, probe->feature, f->html->source, range, range.start, i, NULL, SPAN_EMPTY);
}

/* The letters behind the last dot of the path. */
static struct span ending_of(struct span address, char *lower, size_t size)
{
	size_t end = 0, dot;

	while (end < address.n && address.p[end] != '?' && address.p[end] != '#')
		end++;
	for (dot = end; dot > 0 && address.p[dot - 1] != '.' && address.p[dot - 1] != '/'; dot--)
		;
	if (dot == 0 || address.p[dot - 1] != '.' || end - dot > size)
		return SPAN_EMPTY;
	for (size_t i = dot; i < end; i++)
		lower[i - dot] = ascii_lower(address.p[i]);
	return span_of(lower, end - dot);
}

static void look_at_address(struct finder *f, size_t i, const struct html_attribute *attribute)
{
	struct span value = span_trim(attribute->value->bytes);
	char lower[8];

	if (span_eq(attribute->name, SPAN_LIT("src")) && span_eq(f->html->elements[i].name, SPAN_LIT("img"))) {
		struct span ending = ending_of(value, lower, sizeof lower);
		const struct client_probe *probe = ending.n ? client_probe_find(PROBE_IMAGE, ending) : NULL;
		if (probe)
			add_element(f, probe, i, attribute->value_range);
	}
	if (span_eq(attribute->name, SPAN_LIT("href")) && value.n > 1 && value.p[0] == '#' && ascii_is_alnum(value.p[1])) {
		const struct client_probe *probe = client_probe_find(PROBE_HREF, SPAN_EMPTY);
		if (probe)
			add_element(f, probe, i, attribute->value_range);
	}
}

static bool attribute_fits(const struct client_probe *probe, const struct html_element *element, const struct html_attribute *attribute)
{
	bool fits = !probe->values;

	if (probe->element && !span_eq(element->name, span_str(probe->element)))
		return false;
	for (const char *const *value = probe->values; value && *value; value++)
		fits |= is_word(span_trim(attribute->value->bytes), *value);
	return fits;
}

static void look_at_element(struct finder *f, size_t i)
{
	const struct html_element *element = &f->html->elements[i];
	const struct client_probe *probe = client_probe_find(PROBE_ELEMENT, element->name);

	if (probe)
		add_element(f, probe, i, element->start_tag);
	if (element->style_css)
		look_at_block(f, &(struct block){ .sheet = element->style_css, .n = element->style_css->n_declarations, .element = i });
	for (size_t j = 0; j < element->n_attributes; j++) {
		const struct html_attribute *attribute = &element->attributes[j];
		const struct client_probe *first = client_probe_find(PROBE_ATTRIBUTE, attribute->name);
		for (probe = first; probe && is_same(probe, first); probe++)
			if (attribute_fits(probe, element, attribute))
				add_element(f, probe, i, (struct range){ attribute->name_range.start,
									 attribute->has_value ? attribute->value_range.end : attribute->name_range.end });
		look_at_address(f, i, attribute);
	}
}

static void look_at_body(struct finder *f, const struct html *html)
{
	f->html = html;
	f->conditions = (struct conditions){ 0 };
	f->n_searches = 0;
	read_conditions(f);
	read_concealed(f);
	read_names(f);
	for (size_t i = 0; i < html->n_elements; i++)
		if (!f->concealed[i] || span_eq(html->elements[i].name, SPAN_LIT("meta")))
			look_at_element(f, i);
	for (size_t i = 0; i < html->n_sheets; i++)
		look_at_sheet(f, html->sheets[i].css);
	g_hash_table_unref(f->names);
}

const struct client_use *client_uses(struct arena *arena, const struct message *m, guint64 clients)
{
	struct finder f = { .arena = arena, .clients = clients };

	for (size_t i = 0; i < n_builtin_clients; i++)
		if (builtin_clients[i].word)
			f.word |= (guint64)1 << i;
	for (size_t i = 0; i < m->n_bodies; i++) {
		if (!m->bodies[i].html)
			continue;
		if (!f.uses)
			f.uses = ARENA_ARRAY(arena, struct client_use, n_builtin_client_features);
		look_at_body(&f, m->bodies[i].html);
	}
	return f.uses;
}
