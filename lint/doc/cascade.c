/* Whom the rules of style blocks meet, and which of them wins. Rules are indexed by the last thing their selectors ask for (id, class or name), so that
 * an element is compared with few; steps are counted and bounded. */
#include "doc/cascade.h"

#include "base/limits.h"
#include "doc/html_private.h"

/* The declarations of one rule that matter stand side by side. */
struct wanted {
	const struct css_declaration *declaration;
	int property;
};

/* One selector of a rule. */
struct entry {
	const struct css_selector *selector;
	size_t first_wanted, n_wanted;
	uint32_t order;              /* of the rule in all sheets */
	enum cascade_match media[HTML_N_SCREENS];
	bool is_maybe;               /* a template tag or a feature not evaluated decides */
	struct entry *next;          /* with the same key */
};

/* Where an element stands among its siblings. */
struct siblings {
	size_t before;               /* the element before it, HTML_NO_PARENT */
	uint32_t index, count;       /* 1 for the first; of all children of its parent */
};

struct cascade {
	struct html *html;
	struct arena *arena;
	GHashTable *index;           /* ".class", "#id", "tname", "*" in lower case -> struct entry */
	GArray *wanted;              /* struct wanted */
	GHashTable *arguments;       /* struct css_simple -> struct argument */
	struct siblings *siblings;   /* NULL until a selector asks */
	size_t steps;
	int (*property_of)(struct span name);
};

/* The selectors in the brackets of :not() and the like. */
struct argument {
	const struct css_selector *selectors;
	size_t n;
};

enum { LONGEST_KEY = 200, DEEPEST_ARGUMENT = 3, BYTES_PER_STEP = 16 };

static const char *key_of(char buffer[LONGEST_KEY + 2], char kind, struct span name)
{
	if (name.n > LONGEST_KEY)
		return NULL;
	buffer[0] = kind;
	for (size_t i = 0; i < name.n; i++)
		buffer[i + 1] = name.p[i] ? ascii_lower(name.p[i]) : ' ';
	buffer[name.n + 1] = '\0';
	return buffer;
}

/* -- one condition -- */

static enum cascade_match match_compounds(struct cascade *c, const struct css_simple *parts, size_t n, size_t element, int depth);

static bool same_attribute(const struct css_simple *part, struct span a, struct span b)
{
	return part->ignore_case ? span_eq_ci(a, b) : span_eq(a, b);
}

static bool attribute_contains(const struct css_simple *part, struct span value)
{
	size_t at = part->ignore_case ? span_find_ci(value, part->value, 0) : span_find(value, part->value, 0);
	return part->value.n && at < value.n;
}

static enum cascade_match match_attribute(struct cascade *c, const struct css_simple *part, const struct html_element *e)
{
	const struct html_attribute *a = NULL;

	for (size_t i = 0; i < e->n_attributes && !a; i++)
		if (span_eq(e->attributes[i].name, part->name))
			a = &e->attributes[i];
	if (!a)
		return CASCADE_NO;
	struct span value = a->value->bytes, wanted = part->value;
	bool yes = true;
	c->steps += value.n / BYTES_PER_STEP;
	switch (part->match) {
	case '=':
		yes = same_attribute(part, value, wanted);
		break;
	case '^':
		yes = wanted.n && same_attribute(part, span_cut(value, 0, wanted.n), wanted);
		break;
	case '$':
		yes = wanted.n && value.n >= wanted.n && same_attribute(part, span_cut(value, value.n - wanted.n, value.n), wanted);
		break;
	case '|':
		yes = same_attribute(part, span_cut(value, 0, wanted.n), wanted) && (value.n == wanted.n || (value.n > wanted.n && value.p[wanted.n] == '-'));
		break;
	case '*':
		yes = attribute_contains(part, value);
		break;
	case '~':
		yes = false;
		for (size_t i = 0; i < value.n && !yes;) {
			size_t end = i;
			while (end < value.n && !ascii_is_space(value.p[end]))
				end++;
			yes = end > i && same_attribute(part, span_cut(value, i, end), wanted);
			i = end + 1;
		}
		break;
	default:
		break;
	}
	return yes ? CASCADE_YES : CASCADE_NO;
}

/* Classes and ids that differ in case alone are the same in quirks mode only, and which mode a mail is shown in is for the client to say. */
static enum cascade_match match_name(struct span name, struct span wanted)
{
	if (span_eq(name, wanted))
		return CASCADE_YES;
	return span_eq_ci(name, wanted) ? CASCADE_MAYBE : CASCADE_NO;
}

static enum cascade_match match_class(struct cascade *c, struct span wanted, const struct html_element *e)
{
	const struct html_attribute *class = html_attribute(e, "class");
	struct span list = class ? class->value->bytes : SPAN_EMPTY;
	enum cascade_match best = CASCADE_NO;

	c->steps += list.n / BYTES_PER_STEP;
	for (size_t i = 0; i < list.n && best < CASCADE_YES;) {
		size_t end = i;
		while (end < list.n && !ascii_is_space(list.p[end]))
			end++;
		best = cascade_most(best, match_name(span_cut(list, i, end), wanted));
		i = end + 1;
	}
	return best;
}

static void find_siblings(struct cascade *c)
{
	const struct html *html = c->html;
	size_t *last = g_new(size_t, html->n_elements + 1);

	c->siblings = arena_alloc(c->arena, (html->n_elements + 1) * sizeof *c->siblings);
	for (size_t i = 0; i <= html->n_elements; i++)
		last[i] = HTML_NO_PARENT;
	for (size_t i = 0; i < html->n_elements; i++) {
		size_t *before = &last[html->elements[i].parent == HTML_NO_PARENT ? html->n_elements : html->elements[i].parent];
		c->siblings[i] = (struct siblings){ *before, *before == HTML_NO_PARENT ? 1 : c->siblings[*before].index + 1, 0 };
		*before = i;
	}
	for (size_t i = html->n_elements; i-- > 0;) {
		size_t parent = html->elements[i].parent == HTML_NO_PARENT ? html->n_elements : html->elements[i].parent;
		c->siblings[i].count = c->siblings[last[parent]].index;
	}
	g_free(last);
}

static const struct siblings *siblings_of(struct cascade *c, size_t element)
{
	if (!c->siblings)
		find_siblings(c);
	return &c->siblings[element];
}

/* odd, even, 3, 2n, 2n+1; anything else is not evaluated. */
static enum cascade_match match_nth(struct span formula, uint32_t index)
{
	int64_t step = 0, offset = 0;
	struct css_reader reader = { span_trim(formula), 0 };
	struct css_token t = css_next_token(&reader);

	if (t.kind == CSS_IDENT && span_eq_ci(t.text, SPAN_LIT("odd"))) {
		step = 2;
		offset = 1;
	} else if (t.kind == CSS_IDENT && span_eq_ci(t.text, SPAN_LIT("even"))) {
		step = 2;
	} else if (t.kind == CSS_NUMBER) {
		offset = (int64_t)t.number;
	} else if (t.kind == CSS_DIMENSION && span_eq_ci(t.text, SPAN_LIT("n"))) {
		step = (int64_t)t.number;
	} else {
		return CASCADE_MAYBE;
	}
	t = css_next_token(&reader);
	if (step && t.kind == CSS_NUMBER) {
		offset = (int64_t)t.number;
		t = css_next_token(&reader);
	}
	if (t.kind != CSS_END)
		return CASCADE_MAYBE;
	int64_t rest = (int64_t)index - offset;
	return (step ? rest % step == 0 && rest / step >= 0 : rest == 0) ? CASCADE_YES : CASCADE_NO;
}

static const struct argument *argument_of(struct cascade *c, const struct css_simple *part)
{
	struct argument *argument = g_hash_table_lookup(c->arguments, part);

	if (!argument) {
		argument = ARENA_NEW(c->arena, struct argument);
		argument->selectors = css_parse_selectors(c->arena, part->value, &argument->n);
		g_hash_table_insert(c->arguments, (void *)part, argument);
	}
	return argument;
}

static enum cascade_match match_argument(struct cascade *c, const struct css_simple *part, size_t element, int depth)
{
	enum cascade_match best = CASCADE_NO;

	if (depth >= DEEPEST_ARGUMENT)
		return CASCADE_MAYBE;
	const struct argument *argument = argument_of(c, part);
	for (size_t i = 0; i < argument->n; i++) {
		const struct css_selector *s = &argument->selectors[i];
		best = cascade_most(best, s->valid ? match_compounds(c, s->parts, s->n_parts, element, depth + 1) : CASCADE_MAYBE);
	}
	if (!span_eq(part->name, SPAN_LIT("not")))
		return best;
	return best == CASCADE_YES ? CASCADE_NO : best == CASCADE_MAYBE ? CASCADE_MAYBE : CASCADE_YES;
}

static enum cascade_match yes_or_no(bool yes)
{
	return yes ? CASCADE_YES : CASCADE_NO;
}

static enum cascade_match match_pseudo(struct cascade *c, const struct css_simple *part, size_t element, int depth)
{
	/* What the reader does, and what a program checks for itself. */
	static const char *const states[] = { "hover", "active", "focus", "focus-within", "focus-visible", "visited", "checked", "target", "-webkit-full-screen" };
	struct span name = part->name;

	for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
		if (span_eq(name, span_str(states[i])))
			return CASCADE_ELSEWHERE;
	if (span_eq(name, SPAN_LIT("link")) || span_eq(name, SPAN_LIT("any-link")))
		return yes_or_no(span_eq(c->html->elements[element].name, SPAN_LIT("a")) && html_attribute(&c->html->elements[element], "href"));
	if (span_eq(name, SPAN_LIT("root")))
		return yes_or_no(span_eq(c->html->elements[element].name, SPAN_LIT("html")));
	if (span_eq(name, SPAN_LIT("first-child")))
		return yes_or_no(siblings_of(c, element)->index == 1);
	if (span_eq(name, SPAN_LIT("last-child")))
		return yes_or_no(siblings_of(c, element)->index == siblings_of(c, element)->count);
	if (span_eq(name, SPAN_LIT("only-child")))
		return yes_or_no(siblings_of(c, element)->count == 1);
	if (span_eq(name, SPAN_LIT("nth-child")))
		return match_nth(part->value, siblings_of(c, element)->index);
	if (span_eq(name, SPAN_LIT("nth-last-child")))
		return match_nth(part->value, siblings_of(c, element)->count - siblings_of(c, element)->index + 1);
	if (span_eq(name, SPAN_LIT("not")) || span_eq(name, SPAN_LIT("is")) || span_eq(name, SPAN_LIT("where")))
		return match_argument(c, part, element, depth);
	return CASCADE_MAYBE;
}

static enum cascade_match match_simple(struct cascade *c, const struct css_simple *part, size_t element, int depth)
{
	const struct html_element *e = &c->html->elements[element];
	const struct html_attribute *id;

	switch (part->kind) {
	case CSS_UNIVERSAL:
		return CASCADE_YES;
	case CSS_TYPE:
		return yes_or_no(span_eq(e->name, part->name));
	case CSS_CLASS:
		return match_class(c, part->name, e);
	case CSS_ID:
		id = html_attribute(e, "id");
		return id ? match_name(span_trim(id->value->bytes), part->name) : CASCADE_NO;
	case CSS_ATTRIBUTE:
		return match_attribute(c, part, e);
	case CSS_PSEUDO_CLASS:
		return match_pseudo(c, part, element, depth);
	case CSS_PSEUDO_ELEMENT:
		return CASCADE_NO;
	default:
		return CASCADE_MAYBE;
	}
}

/* -- whole selectors -- */

static enum cascade_match match_compound(struct cascade *c, const struct css_simple *parts, size_t n, size_t element, int depth)
{
	enum cascade_match all = CASCADE_YES;

	c->steps += n;
	for (size_t i = 0; i < n && all > CASCADE_NO; i++)
		all = cascade_least(all, match_simple(c, &parts[i], element, depth));
	return all;
}

/* Browsers put a tbody between a table and its rows, which stands in no source. */
static bool lacks_tbody(const struct html *html, size_t element, size_t parent)
{
	return parent != HTML_NO_PARENT && span_eq(html->elements[element].name, SPAN_LIT("tr")) &&
	       span_eq(html->elements[parent].name, SPAN_LIT("table"));
}

static size_t before_of(struct cascade *c, size_t element, char combinator)
{
	return combinator == '+' || combinator == '~' ? siblings_of(c, element)->before : c->html->elements[element].parent;
}

/* Do the first n parts meet the element, the last compound the element itself? */
static enum cascade_match match_compounds(struct cascade *c, const struct css_simple *parts, size_t n, size_t element, int depth)
{
	size_t begin = n;

	if (c->steps > LIMIT_CSS_STEPS)
		return CASCADE_MAYBE;
	while (begin > 0 && !parts[--begin].combinator)
		;
	enum cascade_match match = match_compound(c, parts + begin, n - begin, element, depth), best = CASCADE_NO;
	if (match == CASCADE_NO || begin == 0)
		return match;
	char combinator = parts[begin].combinator;
	size_t other = before_of(c, element, combinator);
	if (combinator == '>' && lacks_tbody(c->html, element, other))
		return cascade_least(match, CASCADE_MAYBE);
	for (; other != HTML_NO_PARENT && best < CASCADE_YES; other = before_of(c, other, combinator)) {
		best = cascade_most(best, match_compounds(c, parts, begin, other, depth));
		if (combinator == '>' || combinator == '+')
			break;
	}
	return cascade_least(match, best);
}

/* Does the selector meet the element? One that asks for surroundings that are not there meets it elsewhere: Gmail's u + .body, [data-ogsc] of
 * Outlook.com, .ExternalClass and their like stand in front of what they switch. */
static enum cascade_match match_selector(struct cascade *c, const struct css_selector *selector, size_t element)
{
	const struct css_simple *parts = selector->parts;
	size_t n = selector->n_parts, begin = n;
	enum cascade_match match = match_compounds(c, parts, n, element, 0);

	if (match != CASCADE_NO)
		return match;
	while (begin > 0 && !parts[--begin].combinator)
		;
	return begin && match_compound(c, parts + begin, n - begin, element, 0) != CASCADE_NO ? CASCADE_ELSEWHERE : CASCADE_NO;
}

/* -- the index -- */

/* What an @-rule with those around it lets through. */
static enum cascade_match at_rule_match(const struct css_sheet *css, size_t index, enum html_screen screen)
{
	enum cascade_match all = CASCADE_YES;

	for (; index != CSS_NONE && all > CASCADE_NO; index = css->at_rules[index].parent) {
		const struct css_at_rule *rule = &css->at_rules[index];
		if (span_eq(rule->name, SPAN_LIT("media")))
			all = cascade_least(all, rule->has_tag ? CASCADE_MAYBE : cascade_media(rule->prelude, screen));
		else if (span_ends_ci(rule->name, SPAN_LIT("document")))
			all = cascade_least(all, CASCADE_ELSEWHERE);
		else if (!span_eq(rule->name, SPAN_LIT("layer")))
			all = cascade_least(all, CASCADE_MAYBE);
	}
	return all;
}

/* The key under which elements look for a selector: an id, else a class, else a name of its last compound. */
static const char *selector_key(char buffer[LONGEST_KEY + 2], const struct css_selector *selector)
{
	const struct css_simple *best = NULL;

	for (size_t i = selector->n_parts; i-- > 0;) {
		const struct css_simple *part = &selector->parts[i];
		if (part->kind == CSS_PSEUDO_ELEMENT)
			return NULL;
		bool better = part->kind == CSS_ID || (part->kind == CSS_CLASS && (!best || best->kind == CSS_TYPE)) || (part->kind == CSS_TYPE && !best);
		best = better ? part : best;
		if (part->combinator)
			break;
	}
	if (!best)
		return "*";
	return key_of(buffer, best->kind == CSS_ID ? '#' : best->kind == CSS_CLASS ? '.' : 't', best->name);
}

static void add_selector(struct cascade *c, const struct css_selector *selector, struct entry entry)
{
	char buffer[LONGEST_KEY + 2];
	const char *key = selector_key(buffer, selector);

	if (!key)
		return;
	struct entry *copy = ARENA_NEW(c->arena, struct entry);
	*copy = entry;
	copy->selector = selector;
	struct entry *first = g_hash_table_lookup(c->index, key);
	if (first) {
		copy->next = first->next;
		first->next = copy;
	} else {
		g_hash_table_insert(c->index, g_strdup(key), copy);
	}
}

static void add_rule(struct cascade *c, const struct css_sheet *css, const struct css_rule *rule, struct entry entry)
{
	if (!rule->valid)
		return;
	entry.first_wanted = c->wanted->len;
	for (size_t i = 0; i < rule->n_declarations; i++) {
		const struct css_declaration *d = &css->declarations[rule->first_declaration + i];
		const struct wanted wanted = { d, c->property_of(d->name) };
		if (wanted.property >= 0)
			g_array_append_val(c->wanted, wanted);
	}
	entry.n_wanted = c->wanted->len - entry.first_wanted;
	/* Nested selectors are not put together with the outer ones. */
	entry.is_maybe = rule->has_tag || rule->parent != CSS_NONE;
	if (entry.n_wanted == 0)
		return;
	for (size_t screen = 0; screen < HTML_N_SCREENS; screen++)
		entry.media[screen] = cascade_least(entry.media[screen], at_rule_match(css, rule->at_rule, (enum html_screen)screen));
	for (size_t i = 0; i < rule->n_selectors; i++)
		add_selector(c, &css->selectors[rule->first_selector + i], entry);
}

struct cascade *cascade_new(struct html *html, struct arena *arena, int (*property_of)(struct span name))
{
	if (html->n_sheets == 0)
		return NULL;
	struct cascade *c = g_new0(struct cascade, 1);
	uint32_t order = 0;

	c->html = html;
	c->arena = arena;
	c->property_of = property_of;
	c->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	c->arguments = g_hash_table_new(NULL, NULL);
	c->wanted = g_array_new(FALSE, FALSE, sizeof(struct wanted));
	for (size_t i = 0; i < html->n_sheets; i++) {
		const struct html_attribute *media = html_attribute(&html->elements[html->sheets[i].element], "media");
		struct entry entry = { .n_wanted = 0 };
		for (size_t screen = 0; screen < HTML_N_SCREENS; screen++)
			entry.media[screen] = media ? cascade_media(media->value->bytes, (enum html_screen)screen) : CASCADE_YES;
		for (size_t k = 0; k < html->sheets[i].css->n_rules; k++, order++) {
			entry.order = order;
			add_rule(c, html->sheets[i].css, &html->sheets[i].css->rules[k], entry);
		}
	}
	return c;
}

void cascade_free(struct cascade *cascade)
{
	if (!cascade)
		return;
	g_hash_table_destroy(cascade->index);
	g_hash_table_destroy(cascade->arguments);
	g_array_free(cascade->wanted, TRUE);
	g_free(cascade);
}

bool cascade_is_capped(const struct cascade *cascade)
{
	return cascade && cascade->steps > LIMIT_CSS_STEPS;
}

/* Importance, then style attribute, then specificity, then order (CSS Cascading Level 4, section 6.1). */
enum { RANK_IMPORTANT_BIT = 62, RANK_INLINE_BIT = 61, RANK_SPECIFICITY_BIT = 32 };

uint64_t cascade_inline_rank(const struct css_declaration *declaration, size_t n)
{
	return (uint64_t)declaration->important << RANK_IMPORTANT_BIT | (uint64_t)1 << RANK_INLINE_BIT | (n & 0xffffffff);
}

/* The screens (bits) on which the rule does not hold just as on this one. */
static unsigned char differing_screens(const struct entry *entry, enum html_screen here)
{
	unsigned char bits = 0;

	for (int screen = 0; screen < HTML_N_SCREENS; screen++)
		if (entry->media[screen] != entry->media[here])
			bits |= (unsigned char)(1u << screen);
	return bits;
}

static void find_by_key(struct cascade *c, const char *key, size_t element, enum html_screen screen, GArray *hits)
{
	const struct entry *entry = key ? g_hash_table_lookup(c->index, key) : NULL;

	for (; entry; entry = entry->next) {
		enum cascade_match match = cascade_least(entry->media[screen], entry->is_maybe ? CASCADE_MAYBE : CASCADE_YES);
		if (match != CASCADE_NO)
			match = cascade_least(match, match_selector(c, entry->selector, element));
		if (match == CASCADE_NO)
			continue;
		c->steps += entry->n_wanted;
		unsigned char differs = differing_screens(entry, screen);
		for (size_t i = 0; i < entry->n_wanted; i++) {
			const struct wanted *wanted = &g_array_index(c->wanted, struct wanted, entry->first_wanted + i);
			const struct cascade_hit hit = {
				.rank = (uint64_t)wanted->declaration->important << RANK_IMPORTANT_BIT |
					(uint64_t)entry->selector->specificity << RANK_SPECIFICITY_BIT | entry->order,
				.declaration = wanted->declaration,
				.property = wanted->property,
				.match = match,
				.differs = differs,
			};
			g_array_append_val(hits, hit);
		}
		if (c->steps > LIMIT_CSS_STEPS)
			return;
	}
}

void cascade_find(struct cascade *cascade, size_t element, enum html_screen screen, GArray *hits)
{
	const struct html_element *e = &cascade->html->elements[element];
	const struct html_attribute *class = html_attribute(e, "class"), *id = html_attribute(e, "id");
	struct span list = class ? class->value->bytes : SPAN_EMPTY;
	char buffer[LONGEST_KEY + 2];

	if (cascade_is_capped(cascade))
		return;
	find_by_key(cascade, "*", element, screen, hits);
	find_by_key(cascade, key_of(buffer, 't', e->name), element, screen, hits);
	if (id)
		find_by_key(cascade, key_of(buffer, '#', span_trim(id->value->bytes)), element, screen, hits);
	for (size_t i = 0; i < list.n;) {
		size_t end = i;
		while (end < list.n && !ascii_is_space(list.p[end]))
			end++;
		if (end > i)
			find_by_key(cascade, key_of(buffer, '.', span_cut(list, i, end)), element, screen, hits);
		i = end + 1;
	}
}
