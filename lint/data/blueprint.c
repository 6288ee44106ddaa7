/* Fills templates in. Decides nothing about what comes out: rules do.
 * What each block does: the sources of expression.c; for the places of values, HTML Living Standard, section 13.2.5. */
#include "data/blueprint.h"

#include "base/limits.h"
#include "base/normal.h"
#include "base/utf8.h"
#include "data/expression.h"
#include "doc/template_tree.h"

/* for x in list, each list as |x i|, range $i, $x := .List, list.forEach(x => ...), list.each do |x| */
struct loop {
	struct span item, index;   /* names; empty where there are none */
	const struct expression *list;
	size_t limit;              /* of Liquid; 0: none */
};

/* What is known of a node beside the tree. */
struct plan {
	const struct expression *expression;
	const struct loop *loop;
	struct span name;          /* NODE_SET, NODE_CAPTURE: what gets the value; NODE_WITH: likewise, empty where it is the context */
	struct range text;         /* NODE_TEXT: what white space control leaves of it */
	enum slot_place place;     /* NODE_OUTPUT */
	bool in_html;
	bool guarded;              /* the expression has an answer for what is missing */
};

struct blueprint {
	struct arena *arena;
	const struct text *source;
	const struct text *sources[1];
	enum template_language language;
	bool html_name;            /* engines that go by the name of a file escape in it */
	const struct template_tree *tree;
	struct plan *plans;        /* of each node */
	const char *const *columns;
	const struct blueprint_part *parts;
	size_t n_parts;
	struct blueprint_name *names;
	size_t n_names;
};

/* Something that nobody knows: names of a service, results of unknown functions. Everything in it is unknown, too. */
static const struct value value_unknown = { .kind = VALUE_STRING, .text = { "Sample", 6 } };

static bool is_column(const struct blueprint *b, struct span name)
{
	for (const char *const *column = b->columns; column && *column; column++)
		if (span_eq_ci(span_str(*column), name))
			return true;
	return false;
}

/* --- where tags stand ---------------------------------------------------------------------------------------------------------- */

struct scanner {
	const struct blueprint *b;
	const struct tag_list *tags;
	GArray *code;              /* struct range: style, script, comments */
};

static void find_code(struct scanner *s, const char *open, const char *close)
{
	struct span text = s->b->source->bytes;

	for (size_t at = span_find_ci(text, span_str(open), 0); at < text.n; at = span_find_ci(text, span_str(open), at)) {
		struct range range = { at, span_find_ci(text, span_str(close), at) };
		g_array_append_val(s->code, range);
		at = MAX(range.end, at + 1);
	}
}

static bool is_in_code(const struct scanner *s, size_t at)
{
	for (guint i = 0; i < s->code->len; i++) {
		const struct range *range = &g_array_index(s->code, struct range, i);
		if (range->start < at && at < range->end)
			return true;
	}
	return false;
}

static const struct blueprint_part *part_at(const struct blueprint *b, size_t at)
{
	for (size_t i = 0; i < b->n_parts; i++)
		if (b->parts[i].range.start <= at && at < b->parts[i].range.end)
			return &b->parts[i];
	return NULL;
}

enum { LOOK_BACK_BYTES = 2000 }; /* how far before a tag the address or the element that it stands in may begin */

static enum slot_place place_in_url(struct span before)
{
	if (span_find_byte(before, '?', 0) < before.n || span_find_byte(before, '#', 0) < before.n)
		return SLOT_URL_QUERY;
	return SLOT_URL_PART;
}

/* Running text: an address goes back to a blank. */
static enum slot_place place_in_text(const struct scanner *s, size_t at, size_t limit, enum slot_place otherwise)
{
	struct span text = s->b->source->bytes;
	size_t start = at;

	while (start > limit && at - start < LOOK_BACK_BYTES && !ascii_is_space(text.p[start - 1]) && !memchr("<>\"()", text.p[start - 1], 5))
		start--;
	struct span before = span_cut(text, start, at);
	size_t scheme = span_find(before, SPAN_LIT("://"), 0);
	return scheme < before.n ? place_in_url(before) : otherwise;
}

/* Inside of an element's tag, which begins at start. */
static enum slot_place place_in_element(const struct scanner *s, size_t start, size_t at)
{
	static const char *const addresses[] = { "href", "src", "action", "background", NULL };
	struct span text = s->b->source->bytes, name = SPAN_EMPTY;
	size_t value = 0;
	char quote = '\0';

	for (size_t i = start; i < at; i++) {
		char c = text.p[i];
		const struct tag *tag = tag_at(s->tags, i);
		if (tag) {
			i = tag->range.end - 1;
		} else if (quote) {
			if (c == quote)
				quote = '\0';
		} else if (c == '=' && i + 1 < at && (text.p[i + 1] == '"' || text.p[i + 1] == '\'')) {
			size_t from = i;
			while (from > start && (ascii_is_alnum(text.p[from - 1]) || text.p[from - 1] == '-'))
				from--;
			name = span_cut(text, from, i);
			quote = text.p[i + 1];
			value = i + 2;
			i++;
		}
	}
	if (!quote)
		return SLOT_CODE; /* a whole attribute, or a part of a name */
	if (span_eq_ci(name, SPAN_LIT("style")) || span_starts_ci(name, SPAN_LIT("on")))
		return SLOT_CODE;
	struct span before = span_trim(span_cut(text, value, at));
	for (const char *const *address = addresses; *address; address++) {
		if (!span_eq_ci(name, span_str(*address)))
			continue;
		if (before.n == 0)
			return SLOT_URL;
		if (span_starts_ci(before, SPAN_LIT("mailto:")) && !memchr(before.p, '?', before.n))
			return SLOT_ATTRIBUTE;
		return place_in_url(before);
	}
	return SLOT_ATTRIBUTE;
}

static enum slot_place place_of(const struct scanner *s, size_t at)
{
	const struct blueprint_part *part = part_at(s->b, at);
	struct span text = s->b->source->bytes;

	if (!part)
		return place_in_text(s, at, 0, SLOT_HEADER);
	if (!part->html)
		return place_in_text(s, at, part->range.start, SLOT_TEXT);
	if (is_in_code(s, at))
		return SLOT_CODE;
	for (size_t i = at; i > part->range.start && at - i < LOOK_BACK_BYTES; i--) {
		const struct tag *tag = tag_at(s->tags, i - 1);
		if (tag) {
			i = tag->range.start + 1;
			continue;
		}
		if (text.p[i - 1] == '>')
			break;
		if (text.p[i - 1] == '<')
			return place_in_element(s, i - 1, at);
	}
	return place_in_text(s, at, part->range.start, SLOT_HTML);
}

/* --- making it ready ----------------------------------------------------------------------------------------------------------- */

static struct span take_name(struct span *s)
{
	size_t n = 0;

	*s = span_trim(*s);
	while (n < s->n && (ascii_is_alnum(s->p[n]) || s->p[n] == '_' || s->p[n] == '-' || s->p[n] == '$' || (unsigned char)s->p[n] >= 0x80))
		n++;
	struct span name = span_cut(*s, 0, n);
	*s = span_trim(span_cut(*s, n, s->n));
	return name;
}

static bool take_literal(struct span *s, const char *literal)
{
	*s = span_trim(*s);
	if (!span_starts(*s, span_str(literal)))
		return false;
	*s = span_trim(span_cut(*s, strlen(literal), s->n));
	return true;
}

static const struct expression *read_list(struct blueprint *b, struct span s, struct loop *loop)
{
	/* Liquid: "in items limit:3". Other settings change the order. */
	size_t limit = span_find(s, SPAN_LIT(" limit:"), 0);

	if (b->language == LANGUAGE_LIQUID && limit < s.n) {
		struct span number = span_trim(span_cut(s, limit + 7, s.n));
		loop->limit = (size_t)g_ascii_strtoull(arena_copy(b->arena, number), NULL, 10);
		s = span_cut(s, 0, limit);
	}
	return expression_parse(b->arena, s, b->language, false);
}

/* "items.each do |item|", "items.forEach(function (item) {", "items.forEach(item => {" */
static bool read_code_loop(struct blueprint *b, struct span s, const char *call, struct loop *loop)
{
	size_t at = span_find(s, span_str(call), 0);

	if (at == s.n)
		return false;
	loop->list = expression_parse(b->arena, span_cut(s, 0, at), b->language, false);
	s = span_cut(s, at + strlen(call), s.n);
	while (s.n && !take_literal(&s, "function") && memchr("( |", s.p[0], 3))
		s = span_cut(s, 1, s.n);
	while (take_literal(&s, "("))
		;
	loop->item = take_name(&s);
	if (take_literal(&s, ","))
		loop->index = take_name(&s);
	return loop->item.n > 0;
}

static const struct loop *read_loop(struct blueprint *b, const struct template_node *node)
{
	struct loop *loop = ARENA_NEW(b->arena, struct loop);
	struct span s = node->expression;

	switch (b->language) {
	case LANGUAGE_HANDLEBARS:
	case LANGUAGE_MUSTACHE: {
		size_t as = span_find(s, SPAN_LIT(" as |"), 0);
		struct span names = span_cut(s, MIN(as + 5, s.n), s.n);
		loop->item = take_name(&names);
		loop->index = take_name(&names);
		loop->list = expression_parse(b->arena, span_cut(s, 0, as), b->language, false);
		break;
	}
	case LANGUAGE_GO: {
		size_t assign = span_find(s, SPAN_LIT(":="), 0);
		if (assign < s.n) {
			struct span names = span_cut(s, 0, assign);
			loop->item = take_name(&names);
			if (take_literal(&names, ",")) {
				loop->index = loop->item;
				loop->item = take_name(&names);
			}
			s = span_cut(s, assign + 2, s.n);
		}
		loop->list = expression_parse(b->arena, s, b->language, false);
		break;
	}
	case LANGUAGE_EJS:
		if (read_code_loop(b, s, ".forEach", loop))
			break;
		while (take_literal(&s, "(") || take_literal(&s, "const ") || take_literal(&s, "let ") || take_literal(&s, "var "))
			;
		loop->item = take_name(&s);
		if (!take_literal(&s, "of "))
			return NULL;
		loop->list = expression_parse(b->arena, span_cut(s, 0, span_find_byte(s, ')', 0)), b->language, false);
		break;
	case LANGUAGE_ERB:
		if (!read_code_loop(b, s, ".each do", loop) && !read_code_loop(b, s, ".each {", loop))
			return NULL;
		break;
	case LANGUAGE_PHP: {
		take_literal(&s, "(");
		size_t as = span_find(s, SPAN_LIT(" as "), 0);
		struct span names = span_cut(s, MIN(as + 4, s.n), s.n);
		take_literal(&names, "$");
		loop->item = take_name(&names);
		if (!loop->item.n || take_literal(&names, "=>"))
			return NULL;
		loop->list = expression_parse(b->arena, span_cut(s, 0, as), b->language, false);
		break;
	}
	case LANGUAGE_JINJA:
	case LANGUAGE_DJANGO:
	case LANGUAGE_TWIG:
	case LANGUAGE_LIQUID:
		loop->item = take_name(&s);
		if (b->language == LANGUAGE_TWIG && take_literal(&s, ",")) {
			loop->index = loop->item;
			loop->item = take_name(&s);
		}
		if (!take_literal(&s, "in "))
			return NULL;
		loop->list = read_list(b, s, loop);
		break;
	default:
		return NULL;
	}
	return loop->list ? loop : NULL;
}

/* "name = expression" */
static struct span read_assignment(struct blueprint *b, struct span s, const struct expression **out)
{
	struct span name = take_name(&s);

	take_literal(&s, b->language == LANGUAGE_GO && span_starts(s, SPAN_LIT(":=")) ? ":=" : "=");
	*out = expression_parse(b->arena, s, b->language, false);
	return name;
}

static void note_guarded(void *data, const struct expression_path *path, bool guarded)
{
	(void)path;
	*(bool *)data |= guarded;
}

static void make_plan(struct blueprint *b, size_t i)
{
	const struct template_node *node = &b->tree->nodes[i];
	struct plan *plan = &b->plans[i];

	switch (node->kind) {
	case NODE_OUTPUT:
		plan->expression = expression_parse(b->arena, node->expression, b->language, false);
		break;
	case NODE_BRANCH:
		if (!node->else_branch && node->parent != TEMPLATE_NO_NODE && b->tree->nodes[node->parent].kind == NODE_IF)
			plan->expression = expression_parse(b->arena, node->expression, b->language, true);
		break;
	case NODE_CASE:
	case NODE_SECTION:
		plan->expression = expression_parse(b->arena, node->expression, b->language, false);
		break;
	case NODE_WITH:
		if (b->language == LANGUAGE_HANDLEBARS || b->language == LANGUAGE_GO)
			plan->expression = expression_parse(b->arena, node->expression, b->language, false);
		else
			plan->name = read_assignment(b, node->expression, &plan->expression);
		break;
	case NODE_SET:
		plan->name = read_assignment(b, node->expression, &plan->expression);
		break;
	case NODE_CAPTURE: {
		struct span rest = node->expression;
		plan->name = take_name(&rest);
		break;
	}
	case NODE_FOR:
		plan->loop = read_loop(b, node);
		break;
	case NODE_WRAP:
		/* "items.each do |item|": the word that opens it says nothing. */
		if (b->language == LANGUAGE_ERB)
			plan->loop = read_loop(b, node);
		break;
	default:
		break;
	}
	expression_visit(plan->expression, false, note_guarded, &plan->guarded);
}

/* White space control: what stands next to a tag that asks for it goes. */
static void make_trims(struct blueprint *b)
{
	GHashTable *left = g_hash_table_new(NULL, NULL), *right = g_hash_table_new(NULL, NULL);
	struct span text = b->source->bytes;

	for (size_t i = 0; i < b->tree->n; i++) {
		const struct template_node *node = &b->tree->nodes[i];
		if (node->kind == NODE_TEXT)
			continue;
		if (node->trim_left)
			g_hash_table_add(left, GSIZE_TO_POINTER(node->tag.start));
		if (node->trim_right)
			g_hash_table_add(right, GSIZE_TO_POINTER(node->tag.end));
		if (node->close_trim_left)
			g_hash_table_add(left, GSIZE_TO_POINTER(node->close.start));
		if (node->close_trim_right)
			g_hash_table_add(right, GSIZE_TO_POINTER(node->close.end));
	}
	for (size_t i = 0; i < b->tree->n; i++) {
		struct range range = b->tree->nodes[i].range;
		if (b->tree->nodes[i].kind != NODE_TEXT)
			continue;
		if (g_hash_table_contains(right, GSIZE_TO_POINTER(range.start)))
			while (range.start < range.end && ascii_is_space(text.p[range.start]))
				range.start++;
		if (g_hash_table_contains(left, GSIZE_TO_POINTER(range.end)))
			while (range.end > range.start && ascii_is_space(text.p[range.end - 1]))
				range.end--;
		b->plans[i].text = range;
	}
	g_hash_table_destroy(left);
	g_hash_table_destroy(right);
}

struct naming {
	struct blueprint *b;
	enum slot_place place;
	GArray *names;
};

static void add_name(void *data, const struct expression_path *path, bool guarded)
{
	struct naming *naming = data;
	struct blueprint_name *found = NULL, name = { 0 };
	struct span first = path->n ? path->parts[0] : SPAN_EMPTY;

	(void)guarded;
	if (is_column(naming->b, path->whole))
		first = path->whole;
	if (!first.n)
		return;
	for (guint i = 0; i < naming->names->len && !found; i++)
		if (span_eq_ci(g_array_index(naming->names, struct blueprint_name, i).name, first))
			found = &g_array_index(naming->names, struct blueprint_name, i);
	if (!found) {
		name.name = first;
		g_array_append_val(naming->names, name);
		found = &g_array_index(naming->names, struct blueprint_name, naming->names->len - 1);
	}
	found->is_url |= naming->place == SLOT_URL;
	found->in_url |= naming->place == SLOT_URL_PART || naming->place == SLOT_URL_QUERY || naming->place == SLOT_CODE;
	found->in_text |= naming->place <= SLOT_ATTRIBUTE;
}

static void collect_names(struct blueprint *b)
{
	struct naming naming = { b, SLOT_TEXT, g_array_new(FALSE, TRUE, sizeof(struct blueprint_name)) };

	for (size_t i = 0; i < b->tree->n; i++) {
		naming.place = b->plans[i].place;
		if (b->tree->nodes[i].kind == NODE_OUTPUT)
			expression_visit(b->plans[i].expression, false, add_name, &naming);
		else if (b->plans[i].loop) {
			naming.place = SLOT_HTML;
			expression_visit(b->plans[i].loop->list, false, add_name, &naming);
		}
	}
	b->n_names = naming.names->len;
	b->names = ARENA_ARRAY(b->arena, struct blueprint_name, b->n_names + 1);
	if (b->n_names)
		memcpy(b->names, naming.names->data, b->n_names * sizeof *b->names);
	g_array_free(naming.names, TRUE);
}

const struct blueprint *blueprint_new(struct arena *arena, const char *path, const struct text *text, const struct blueprint_part *parts, size_t n_parts,
				      const char *const *columns)
{
	struct blueprint *b = ARENA_NEW(arena, struct blueprint);
	struct tag_list tags = tag_scan(arena, text->bytes);
	struct scanner scanner = { b, &tags, g_array_new(FALSE, FALSE, sizeof(struct range)) };

	b->arena = arena;
	b->source = text;
	b->sources[0] = text;
	b->language = template_language_of(path, text->bytes, &tags).language;
	b->html_name = span_find_ci(span_str(path), SPAN_LIT(".htm"), 0) < strlen(path) || span_find_ci(span_str(path), SPAN_LIT(".mjml"), 0) < strlen(path);
	b->tree = template_tree_parse(arena, text->bytes, &tags, b->language);
	b->plans = ARENA_ARRAY(arena, struct plan, b->tree->n + 1);
	b->columns = columns;
	b->parts = parts;
	b->n_parts = n_parts;
	find_code(&scanner, "<style", "</style");
	find_code(&scanner, "<script", "</script");
	find_code(&scanner, "<!--", "-->");
	for (size_t i = 0; i < b->tree->n; i++) {
		const struct template_node *node = &b->tree->nodes[i];
		make_plan(b, i);
		if (node->kind == NODE_OUTPUT || node->kind == NODE_INCLUDE || node->kind == NODE_CODE) {
			const struct blueprint_part *part = part_at(b, node->range.start);
			b->plans[i].place = place_of(&scanner, node->range.start);
			b->plans[i].in_html = part && part->html;
		}
	}
	g_array_free(scanner.code, TRUE);
	make_trims(b);
	collect_names(b);
	return b;
}

bool blueprint_has_tags(const struct blueprint *b)
{
	for (size_t i = 0; i < b->tree->n; i++)
		if (b->tree->nodes[i].kind != NODE_TEXT)
			return true;
	return false;
}

const struct blueprint_name *blueprint_names(const struct blueprint *b, size_t *n)
{
	*n = b->n_names;
	return b->names;
}

/* --- filling it in ------------------------------------------------------------------------------------------------------------- */

struct variable {
	struct span name;
	const struct value *value;
};

enum { DEEPEST_CONTEXT = LIMIT_TEMPLATE_DEPTH + 2, MOST_VARIABLES = 1000 };

struct filler {
	const struct blueprint *b;
	struct arena *arena;
	const struct value *row;
	struct evaluation evaluation;
	bool guarded;              /* of the expression at hand */
	const struct value *contexts[DEEPEST_CONTEXT];
	size_t n_contexts;
	GArray *variables;         /* struct variable */
	GString *out;
	struct map_builder map;
	GArray *insertions, *notes;
	unsigned captures;         /* > 0: what is made becomes a value, and has no place */
	size_t n_steps;            /* of loops */
	bool stopped;
};

static void add_note(struct filler *f, enum expansion_note_kind kind, struct span expression, size_t start, const char *nearest)
{
	struct expansion_note note = { kind, { start, f->out->len }, expression, nearest };

	/* A tag that is met again in a loop tells nothing new. */
	for (guint i = 0; i < f->notes->len; i++)
		if (g_array_index(f->notes, struct expansion_note, i).expression.p == expression.p)
			return;
	if (!f->captures)
		g_array_append_val(f->notes, note);
}

/* Stop where a row would make a book of the mail: what Gmail shows is far below. */
static bool may_go_on(struct filler *f)
{
	if (!f->stopped && (f->out->len > LIMIT_EXPANSION_BYTES || f->n_steps > LIMIT_EXPANSION_STEPS)) {
		f->stopped = true;
		add_note(f, NOTE_TOO_LONG, SPAN_EMPTY, f->out->len, NULL);
	}
	return !f->stopped;
}

static void copy(struct filler *f, struct range range)
{
	if (range.end <= range.start || !may_go_on(f))
		return;
	g_string_append_len(f->out, f->b->source->bytes.p + range.start, (gssize)(range.end - range.start));
	if (!f->captures)
		map_add_copied(&f->map, range.start, range.end - range.start);
}

/* --- names --- */

static const struct value *member_of(const struct value *value, struct span part)
{
	if (value == &value_unknown)
		return value;
	if (value->kind == VALUE_LIST) {
		char *end;
		char digits[12] = "";
		memcpy(digits, part.p, MIN(part.n, sizeof digits - 1));
		size_t index = (size_t)g_ascii_strtoull(digits, &end, 10);
		if (part.n && !*end && ascii_is_digit(digits[0]))
			return index < value->n ? value->members[index].value : &value_missing;
		if (value->n && span_eq(part, SPAN_LIT("first")))
			return value->members[0].value;
		if (value->n && span_eq(part, SPAN_LIT("last")))
			return value->members[value->n - 1].value;
	}
	return value_get(value, part);
}

static const struct value *walk(struct filler *f, const struct value *value, const struct expression_path *path, size_t from)
{
	for (size_t i = from; i < path->n; i++) {
		bool size = span_eq(path->parts[i], SPAN_LIT("size")) || span_eq(path->parts[i], SPAN_LIT("length"));
		if (size && value->kind == VALUE_LIST)
			return value_number(f->arena, (double)value->n);
		value = member_of(value, path->parts[i]);
	}
	return value;
}

/* Services write a name in capitals, and put the kind of record in front. */
static const struct value *in_row(struct filler *f, const struct expression_path *path)
{
	static const char *const prefixes[] = { "recipient.", "Contact.", "Recipient.", "Lead.", "contact.", "lead.", NULL };
	enum template_language language = f->b->language;
	const struct value *whole = value_get(f->row, path->whole);

	if (whole->kind != VALUE_MISSING)
		return whole;
	if (language == LANGUAGE_MAILCHIMP || language == LANGUAGE_AMPSCRIPT || language >= LANGUAGE_PERCENT)
		whole = value_get_loosely(f->row, path->whole);
	for (const char *const *prefix = prefixes; *prefix && language >= LANGUAGE_PERCENT && whole->kind == VALUE_MISSING; prefix++)
		if (span_starts(path->whole, span_str(*prefix)))
			whole = value_get_loosely(f->row, span_cut(path->whole, strlen(*prefix), path->whole.n));
	return whole;
}

static const struct value *variable(struct filler *f, struct span name)
{
	for (guint i = f->variables->len; i-- > 0;)
		if (span_eq(g_array_index(f->variables, struct variable, i).name, name))
			return g_array_index(f->variables, struct variable, i).value;
	return NULL;
}

static const struct value *look_up(void *data, const struct expression_path *path)
{
	struct filler *f = data;
	enum template_language language = f->b->language;
	bool braces = language == LANGUAGE_HANDLEBARS || language == LANGUAGE_MUSTACHE;
	size_t at = f->n_contexts - 1 - MIN(path->up, f->n_contexts - 1);
	const struct value *found = NULL;

	if (path->n == 0 || path->here || path->up || language == LANGUAGE_GO) {
		const struct value *from = path->top ? f->row : f->contexts[at];
		found = path->n && !path->here && !path->top ? variable(f, path->parts[0]) : NULL;
		found = found ? walk(f, found, path, 1) : walk(f, from, path, 0);
		/* The row itself at the top: "." of Go is where its columns are. */
		if (from != f->row || path->n == 0)
			return found;
	} else {
		found = variable(f, path->parts[0]);
		if (found)
			return walk(f, found, path, 1);
		for (size_t i = at + 1; i-- > 0 && braces; ) {
			found = member_of(f->contexts[i], path->parts[0]);
			if (found->kind != VALUE_MISSING)
				return walk(f, found, path, 1);
			if (language == LANGUAGE_HANDLEBARS)
				break;
		}
		if (language == LANGUAGE_HANDLEBARS && at > 0)
			return &value_missing;
		found = in_row(f, path);
		if (found->kind == VALUE_MISSING)
			found = walk(f, f->row, path, 0);
	}
	if (found->kind != VALUE_MISSING || f->guarded || is_column(f->b, path->n ? path->parts[0] : path->whole) || is_column(f->b, path->whole) ||
	    !f->b->columns)
		return found;
	return &value_unknown;
}

/* guarded: what is missing is taken for missing, whoever might have it. */
static const struct value *evaluate_guarded(struct filler *f, bool guarded, const struct expression *expression, bool *known)
{
	f->guarded = guarded;
	f->evaluation.failed = false;
	const struct value *value = expression ? expression_evaluate(&f->evaluation, expression) : &value_unknown;
	*known = expression && !f->evaluation.failed;
	return *known ? value : &value_unknown;
}

static const struct value *evaluate(struct filler *f, const struct plan *plan, const struct expression *expression, bool *known)
{
	return evaluate_guarded(f, plan->guarded, expression, known);
}

/* A condition: what is asked for need not be there. */
static const struct value *ask(struct filler *f, const struct expression *expression, bool *known)
{
	return evaluate_guarded(f, true, expression, known);
}

static void set_variable(struct filler *f, struct span name, const struct value *value)
{
	struct variable new_one = { name, value };

	for (guint i = 0; i < f->variables->len; i++)
		if (span_eq(g_array_index(f->variables, struct variable, i).name, name)) {
			g_array_index(f->variables, struct variable, i).value = value;
			return;
		}
	if (f->variables->len < MOST_VARIABLES)
		g_array_append_val(f->variables, new_one);
}

/* --- values --- */

/* Something harmless for a value that nobody knows. */
static struct span stand_in(enum slot_place place)
{
	switch (place) {
	case SLOT_URL:
		return SPAN_LIT("https://www.example.com/");
	case SLOT_URL_PART:
	case SLOT_URL_QUERY:
		return SPAN_LIT("4b1f0c7d9a2e6385");
	case SLOT_CODE:
		return SPAN_EMPTY;
	default:
		return value_unknown.text;
	}
}

/* Does the engine escape what a tag puts in here? Mustache, Handlebars, Django and EJS always do; Jinja, Twig, ERB (as Rails sets them up) and
 * Go (html/template) by the name of the file; the others never. */
static bool escapes(const struct blueprint *b, const struct plan *plan)
{
	switch (b->language) {
	case LANGUAGE_MUSTACHE:
	case LANGUAGE_HANDLEBARS:
	case LANGUAGE_DJANGO:
	case LANGUAGE_EJS:
		return true;
	case LANGUAGE_JINJA:
	case LANGUAGE_TWIG:
	case LANGUAGE_ERB:
	case LANGUAGE_GO:
		return b->html_name && plan->in_html;
	default:
		return false;
	}
}

static void put_bytes(struct filler *f, const struct template_node *node, struct span bytes)
{
	g_string_append_len(f->out, bytes.p, (gssize)bytes.n);
	if (f->captures)
		return;
	if (bytes.n)
		map_add_block(&f->map, node->range.start, node->range.end - node->range.start, bytes.n);
	else
		map_add_removed(&f->map, node->range.start, node->range.end - node->range.start);
}

/* false where nobody knows what the engine writes: then something harmless stands there. */
static bool put(struct filler *f, const struct template_node *node, const struct plan *plan, const struct value *value)
{
	GString *plain = g_string_new(NULL), *shown = g_string_new(NULL);
	bool escape = node->escaped && escapes(f->b, plan) && !value->safe;
	bool known = value != &value_unknown && value_append(plain, value, f->b->language);
	size_t start = f->out->len;

	if (!known) {
		struct span harmless = stand_in(plan->place);
		g_string_assign(plain, "");
		g_string_append_len(plain, harmless.p, (gssize)harmless.n);
		escape = false;
	}
	struct span bytes = span_of(plain->str, plain->len);
	if (escape) {
		value_escape(shown, bytes, f->b->language);
		bytes = span_of(shown->str, shown->len);
	}
	put_bytes(f, node, bytes);
	if (!f->captures) {
		struct insertion insertion = { .range = { start, f->out->len },
					       .tag = node->range,
					       .place = plan->place,
					       .expression = node->expression,
					       .value = arena_copy_span(f->arena, span_of(plain->str, plain->len)),
					       .column = value->column,
					       .escaped = escape && !span_eq(bytes, span_of(plain->str, plain->len)),
					       .unescaped = !escape,
					       .asked = value->safe || (!node->escaped && escapes(f->b, plan)),
					       .stand_in = !known };
		g_array_append_val(f->insertions, insertion);
	}
	g_string_free(plain, TRUE);
	g_string_free(shown, TRUE);
	return known;
}

struct missing {
	struct filler *f;
	bool found;
	struct span name;
};

static void note_missing(void *data, const struct expression_path *path, bool guarded)
{
	struct missing *missing = data;

	if (guarded || missing->found || look_up(missing->f, path) != &value_unknown)
		return;
	missing->found = true;
	missing->name = path->whole;
}

/* How many letters differ between what two words begin and end with alike. */
static size_t letters_apart(const char *a, const char *b)
{
	glong n, m;
	gunichar *x = g_utf8_to_ucs4_fast(a, -1, &n), *y = g_utf8_to_ucs4_fast(b, -1, &m);
	glong head = 0, tail = 0;

	while (head < n && head < m && x[head] == y[head])
		head++;
	while (tail < n - head && tail < m - head && x[n - 1 - tail] == y[m - 1 - tail])
		tail++;
	g_free(x);
	g_free(y);
	return (size_t)(MAX(n, m) - head - tail);
}

/* A name that differs by one or two letters, or only in its signs, in capitals or in width. */
static const char *nearest_column(struct filler *f, struct span name)
{
	const char *word = normal_l1_plain(f->arena, name), *nearest = NULL;
	size_t best = 3, length = utf8_count(span_str(word));

	for (const char *const *column = f->b->columns; column && *column; column++) {
		size_t apart = letters_apart(normal_l1_plain(f->arena, span_str(*column)), word);
		if (apart < best && apart * 3 < length) {
			best = apart;
			nearest = *column;
		}
	}
	return nearest;
}

static void fill_output(struct filler *f, const struct template_node *node, const struct plan *plan)
{
	bool known;
	const struct value *value = evaluate(f, plan, plan->expression, &known);
	struct missing missing = { f, false, SPAN_EMPTY };
	size_t start = f->out->len;

	if (!may_go_on(f))
		return;
	bool written = put(f, node, plan, value);
	if (known && value == &value_unknown)
		expression_visit(plan->expression, false, note_missing, &missing);
	if (missing.found)
		add_note(f, NOTE_NO_COLUMN, missing.name, start, nearest_column(f, missing.name));
	else if (!known || (!written && value != &value_unknown))
		add_note(f, NOTE_BEYOND, node->expression, start, NULL);
}

/* --- blocks --- */

static void fill_children(struct filler *f, size_t i);

static void note_beyond(struct filler *f, const struct template_node *node)
{
	size_t start = f->out->len;

	add_note(f, NOTE_BEYOND, node->expression, start, NULL);
}

static size_t next_branch(const struct filler *f, size_t block, size_t branch)
{
	size_t next_one = branch ? f->b->tree->nodes[branch].end : block + 1;

	return next_one < f->b->tree->nodes[block].end ? next_one : 0;
}

static void fill_if(struct filler *f, size_t i)
{
	for (size_t branch = next_branch(f, i, 0); branch; branch = next_branch(f, i, branch)) {
		const struct template_node *node = &f->b->tree->nodes[branch];
		bool known = true, taken = node->else_branch;
		if (!taken) {
			const struct value *value = ask(f, f->b->plans[branch].expression, &known);
			taken = !known || expression_is_true(value, f->b->language) != node->inverted;
		}
		if (!known)
			note_beyond(f, node->tag.end > node->tag.start ? node : &f->b->tree->nodes[i]);
		if (taken) {
			fill_children(f, branch);
			return;
		}
	}
}

/* One of the values of "when": "a", "b" or "c". */
static bool when_fits(struct filler *f, struct span list, const struct value *subject, bool *known)
{
	while (list.n) {
		size_t comma = span_find_byte(list, ',', 0), or = span_find(list, SPAN_LIT(" or "), 0);
		size_t end = MIN(comma, or);
		const struct expression *expression = expression_parse(f->arena, span_trim(span_cut(list, 0, end)), f->b->language, false);
		list = span_trim(span_cut(list, MIN(end + (end == comma ? 1 : 4), list.n), list.n));
		if (!expression) {
			*known = false;
			return true;
		}
		const struct value *value = expression_evaluate(&f->evaluation, expression);
		if (subject->kind == value->kind && (subject->kind == VALUE_STRING || subject->kind == VALUE_NUMBER) && span_eq(subject->text, value->text))
			return true;
	}
	return false;
}

static void fill_case(struct filler *f, size_t i)
{
	bool known;
	const struct value *subject = evaluate(f, &f->b->plans[i], f->b->plans[i].expression, &known);
	size_t branch = next_branch(f, i, 0);

	if (!known || f->b->language != LANGUAGE_LIQUID) {
		note_beyond(f, &f->b->tree->nodes[i]);
		branch = next_branch(f, i, branch);
		if (branch)
			fill_children(f, branch);
		return;
	}
	for (branch = next_branch(f, i, branch); branch; branch = next_branch(f, i, branch)) {
		const struct template_node *node = &f->b->tree->nodes[branch];
		if (node->else_branch || when_fits(f, node->expression, subject, &known)) {
			fill_children(f, branch);
			break;
		}
	}
	if (!known)
		note_beyond(f, &f->b->tree->nodes[i]);
}

static bool push_context(struct filler *f, const struct value *value)
{
	if (f->n_contexts == DEEPEST_CONTEXT)
		return false;
	f->contexts[f->n_contexts++] = value;
	return true;
}

/* What loops know of themselves: loop.index, forloop.last, @first. */
static void set_loop_variables(struct filler *f, size_t i, size_t n)
{
	static const struct {
		const char *name;
		int kind; /* 0: from 0, 1: from 1, 2: first, 3: last, 4: how many */
	} members[] = { { "index0", 0 }, { "counter0", 0 }, { "index", 1 }, { "counter", 1 }, { "first", 2 }, { "last", 3 }, { "length", 4 } };
	enum template_language language = f->b->language;
	struct value *map = value_new(f->arena, VALUE_MAP);

	map->members = ARENA_ARRAY(f->arena, struct value_member, G_N_ELEMENTS(members));
	for (size_t k = 0; k < G_N_ELEMENTS(members); k++) {
		int kind = members[k].kind;
		const struct value *value = kind == 2 ? (i == 0 ? &value_true : &value_false) :
					    kind == 3 ? (i + 1 == n ? &value_true : &value_false) :
							value_number(f->arena, (double)(kind == 4 ? n : i + (size_t)kind));
		map->members[map->n++] = (struct value_member){ span_str(members[k].name), value };
	}
	if (language == LANGUAGE_HANDLEBARS) {
		set_variable(f, SPAN_LIT("@index"), map->members[0].value);
		set_variable(f, SPAN_LIT("@first"), map->members[4].value);
		set_variable(f, SPAN_LIT("@last"), map->members[5].value);
	} else if (language == LANGUAGE_LIQUID || language == LANGUAGE_DJANGO) {
		set_variable(f, SPAN_LIT("forloop"), map);
	} else if (language == LANGUAGE_JINJA || language == LANGUAGE_TWIG) {
		set_variable(f, SPAN_LIT("loop"), map);
	}
}

static void repeat(struct filler *f, size_t branch, const struct value *list, const struct loop *loop)
{
	bool unknown = list == &value_unknown;
	size_t n = unknown ? 1 : list->n, limit = loop && loop->limit ? MIN(loop->limit, n) : n;
	guint before = f->variables->len;

	for (size_t i = 0; i < limit && may_go_on(f); i++) {
		const struct value *item = unknown ? &value_unknown : list->members[i].value;
		f->n_steps++;
		bool pushed = push_context(f, item);
		if (loop) {
			set_loop_variables(f, i, limit);
			if (loop->item.n)
				set_variable(f, loop->item, item);
			if (loop->index.n)
				set_variable(f, loop->index, list->kind == VALUE_MAP ? value_string(f->arena, list->members[i].name) : value_number(f->arena, (double)i));
		}
		fill_children(f, branch);
		f->n_contexts -= pushed;
	}
	/* Names of the loop end with it; those that Liquid assigns in it do not. */
	if (f->b->language != LANGUAGE_LIQUID)
		g_array_set_size(f->variables, MIN(before, f->variables->len));
}

static void fill_for(struct filler *f, size_t i)
{
	const struct plan *plan = &f->b->plans[i];
	size_t branch = next_branch(f, i, 0), otherwise = branch ? next_branch(f, i, branch) : 0;
	bool known;
	const struct value *list = evaluate(f, plan, plan->loop ? plan->loop->list : NULL, &known);
	bool loops = list == &value_unknown || list->kind == VALUE_LIST || list->kind == VALUE_MAP;

	if (!known || (!loops && expression_is_true(list, f->b->language))) {
		note_beyond(f, &f->b->tree->nodes[i]);
		list = &value_unknown;
	}
	if (!branch)
		return;
	if (list == &value_unknown || (list->kind >= VALUE_LIST && list->n))
		repeat(f, branch, list, plan->loop);
	else if (otherwise)
		fill_children(f, otherwise);
}

static void fill_section(struct filler *f, size_t i)
{
	size_t branch = next_branch(f, i, 0), otherwise = branch ? next_branch(f, i, branch) : 0;
	bool known, inverted = branch && f->b->tree->nodes[branch].inverted;

	const struct value *value = ask(f, f->b->plans[i].expression, &known);

	if (!known)
		note_beyond(f, &f->b->tree->nodes[i]);
	bool is = expression_is_true(value, f->b->language);
	if (!branch)
		return;
	if (is == inverted) {
		if (otherwise)
			fill_children(f, otherwise);
	} else if (!inverted && value->kind == VALUE_LIST) {
		repeat(f, branch, value, NULL);
	} else {
		bool pushed = !inverted && value != &value_unknown && push_context(f, value);
		fill_children(f, branch);
		f->n_contexts -= pushed;
	}
}

static void fill_with(struct filler *f, size_t i)
{
	const struct plan *plan = &f->b->plans[i];
	size_t branch = next_branch(f, i, 0), otherwise = branch ? next_branch(f, i, branch) : 0;
	bool known;
	const struct value *value = evaluate(f, plan, plan->expression, &known);

	if (!known)
		note_beyond(f, &f->b->tree->nodes[i]);
	if (!branch)
		return;
	if (plan->name.n) {
		set_variable(f, plan->name, value);
		fill_children(f, branch);
	} else if (expression_is_true(value, f->b->language)) {
		bool pushed = push_context(f, value);
		fill_children(f, branch);
		f->n_contexts -= pushed;
	} else if (otherwise) {
		fill_children(f, otherwise);
	}
}

static void fill_capture(struct filler *f, size_t i)
{
	GString *outside = f->out;
	size_t branch = next_branch(f, i, 0);

	f->out = g_string_new(NULL);
	f->captures++;
	if (branch)
		fill_children(f, branch);
	f->captures--;
	struct value *value = value_new(f->arena, VALUE_STRING);
	value->text = arena_copy_span(f->arena, span_of(f->out->str, f->out->len));
	value->safe = true; /* what was to be escaped in it is */
	g_string_free(f->out, TRUE);
	f->out = outside;
	set_variable(f, f->b->plans[i].name, value);
}

static void fill_set(struct filler *f, const struct template_node *node, const struct plan *plan)
{
	bool known;
	const struct value *value = evaluate(f, plan, plan->expression, &known);

	if (!known)
		note_beyond(f, node);
	set_variable(f, plan->name, value);
}

static void fill_node(struct filler *f, size_t i)
{
	const struct template_node *node = &f->b->tree->nodes[i];
	const struct plan *plan = &f->b->plans[i];
	size_t branch;

	switch (node->kind) {
	case NODE_TEXT:
		copy(f, plan->text);
		break;
	case NODE_OUTPUT:
		fill_output(f, node, plan);
		break;
	case NODE_COMMENT:
	case NODE_DEFINE:
		break;
	case NODE_RAW:
		copy(f, node->inside);
		break;
	case NODE_SET:
		fill_set(f, node, plan);
		break;
	case NODE_INCLUDE:
	case NODE_CODE:
		note_beyond(f, node);
		break;
	case NODE_IF:
		fill_if(f, i);
		break;
	case NODE_CASE:
		fill_case(f, i);
		break;
	case NODE_SECTION:
		fill_section(f, i);
		break;
	case NODE_FOR:
		fill_for(f, i);
		break;
	case NODE_WITH:
		fill_with(f, i);
		break;
	case NODE_CAPTURE:
		fill_capture(f, i);
		break;
	case NODE_WRAP:
		if (plan->loop) {
			fill_for(f, i);
			break;
		}
		note_beyond(f, node);
		/* fall through */
	case NODE_BLOCK:
		branch = next_branch(f, i, 0);
		if (branch)
			fill_children(f, branch);
		break;
	case NODE_BRANCH:
		fill_children(f, i);
		break;
	}
}

static void fill_children(struct filler *f, size_t i)
{
	for (size_t child = i + 1; child < f->b->tree->nodes[i].end && may_go_on(f); child = f->b->tree->nodes[child].end)
		fill_node(f, child);
}

struct expansion *blueprint_expand(const struct blueprint *b, struct arena *arena, const struct value *values)
{
	struct expansion *expansion = ARENA_NEW(arena, struct expansion);
	struct filler f = { .b = b,
			    .arena = arena,
			    .row = values,
			    .contexts = { values },
			    .n_contexts = 1,
			    .variables = g_array_new(FALSE, FALSE, sizeof(struct variable)),
			    .out = g_string_sized_new(b->source->bytes.n + 256),
			    .insertions = g_array_new(FALSE, FALSE, sizeof(struct insertion)),
			    .notes = g_array_new(FALSE, FALSE, sizeof(struct expansion_note)) };

	f.evaluation = (struct evaluation){ .arena = arena, .language = b->language, .look_up = look_up, .data = &f };
	map_builder_init(&f.map);
	for (size_t i = 0; i < b->tree->n; i = b->tree->nodes[i].end)
		fill_node(&f, i);
	struct text *text = ARENA_NEW(arena, struct text);
	text->bytes = arena_copy_span(arena, span_of(f.out->str, f.out->len));
	text->map = map_builder_finish(&f.map, arena);
	text->sources = b->sources;
	text->n_sources = 1;
	expansion->text = text;
	expansion->n_insertions = f.insertions->len;
	expansion->insertions = ARENA_ARRAY(arena, struct insertion, f.insertions->len + 1);
	if (f.insertions->len)
		memcpy(expansion->insertions, f.insertions->data, f.insertions->len * sizeof *expansion->insertions);
	expansion->n_notes = f.notes->len;
	expansion->notes = ARENA_ARRAY(arena, struct expansion_note, f.notes->len + 1);
	if (f.notes->len)
		memcpy(expansion->notes, f.notes->data, f.notes->len * sizeof *expansion->notes);
	g_array_free(f.insertions, TRUE);
	g_array_free(f.notes, TRUE);
	g_array_free(f.variables, TRUE);
	g_string_free(f.out, TRUE);
	return expansion;
}
