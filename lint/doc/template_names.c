/* Names that a template gives itself, with their scopes.
 * Reads no expressions beyond the names in them; where in doubt it takes a name for given, because its callers complain of the others. */
#include "doc/template_names.h"

#include <glib.h>
#include <stdlib.h>

struct collector {
	GArray *scopes;
	struct range everywhere;
};

static bool is_name_byte(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static void add_scope(struct collector *c, struct span name, struct range range)
{
	struct template_scope scope = { name, range };

	if (range.start < range.end)
		g_array_append_val(c->scopes, scope);
}

static void add_name(struct collector *c, struct span name, struct range range)
{
	if (name.n)
		add_scope(c, name, range);
}

/* The next word at or behind *at, which moves behind it; empty at the end. */
static struct span next_word(struct span s, size_t *at)
{
	size_t start = *at, end;

	while (start < s.n && !is_name_byte(s.p[start])) {
		char quote = s.p[start++];
		if (quote == '"' || quote == '\'')
			start = MIN(span_find_byte(s, quote, start), s.n - 1) + 1;
	}
	for (end = start; end < s.n && is_name_byte(s.p[end]); end++)
		;
	*at = end;
	return span_cut(s, start, end);
}

static void add_words(struct collector *c, struct span s, struct range range)
{
	for (size_t at = 0; at < s.n;)
		add_name(c, next_word(s, &at), range);
}

/* "book in books", "key, book in shelf": the words in front of "in". */
static void add_loop_names(struct collector *c, struct span s, struct range range)
{
	guint before = c->scopes->len;

	for (size_t at = 0; at < s.n;) {
		struct span word = next_word(s, &at);
		if (span_eq(word, SPAN_LIT("in")))
			return;
		add_name(c, word, range);
	}
	g_array_set_size(c->scopes, before);
}

/* "a = 1, b = 2": what stands before a single "=". */
static void add_assigned(struct collector *c, struct span s, struct range range)
{
	for (size_t at = 0; at < s.n;) {
		struct span word = next_word(s, &at);
		size_t sign = at;
		while (sign < s.n && s.p[sign] == ' ')
			sign++;
		if (sign < s.n && s.p[sign] == '=' && !(sign + 1 < s.n && s.p[sign + 1] == '='))
			add_name(c, word, range);
	}
}

/* "... as name", "... as a, b": the words behind each "as"; of Handlebars "as |a b|". */
static void add_as(struct collector *c, struct span s, struct range range)
{
	bool after = false;

	for (size_t at = 0; at < s.n;) {
		struct span word = next_word(s, &at);
		if (after)
			add_name(c, word, range);
		after |= span_eq(word, SPAN_LIT("as"));
	}
}

/* --- one node of the tree ------------------------------------------------------------------------------------------------------ */

static bool is_braces(enum template_language language)
{
	return language == LANGUAGE_MUSTACHE || language == LANGUAGE_HANDLEBARS || language == LANGUAGE_GO;
}

/* Does the block, in its first branch, speak of another object? */
static bool changes_object(const struct template_tree *tree, const struct template_node *node)
{
	bool go = tree->language == LANGUAGE_GO;

	switch (node->kind) {
	case NODE_FOR:
		return is_braces(tree->language) || tree->language == LANGUAGE_MAILCHIMP || tree->language == LANGUAGE_TOOLKIT;
	case NODE_WITH:
		/* Twig: {% with {a: 1} %} names what no list has to know. */
		return is_braces(tree->language) || span_find_byte(node->expression, '{', 0) < node->expression.n;
	case NODE_SECTION:
		return !node->inverted;
	case NODE_WRAP:
		return is_braces(tree->language) || tree->language == LANGUAGE_MAILCHIMP;
	case NODE_BLOCK:
		/* {{block "name" .}} keeps the object. */
		return go && !span_ends_ci(node->expression, SPAN_LIT(" ."));
	case NODE_DEFINE:
		return is_braces(tree->language) || tree->language == LANGUAGE_TOOLKIT;
	default:
		return false;
	}
}

static void add_of_block(struct collector *c, const struct template_tree *tree, size_t index)
{
	const struct template_node *node = &tree->nodes[index];
	struct range inside = tree->nodes[index + 1].inside;

	if (changes_object(tree, node))
		add_scope(c, SPAN_EMPTY, inside);
	if (is_braces(tree->language)) {
		add_as(c, node->expression, inside);
		return;
	}
	if (node->kind == NODE_FOR)
		add_loop_names(c, node->expression, inside);
	else if (node->kind == NODE_CAPTURE)
		add_words(c, node->expression, c->everywhere);
	else if (node->kind == NODE_DEFINE)
		add_words(c, span_cut(node->expression, span_find_byte(node->expression, '(', 0), node->expression.n), inside);
	else if (node->kind == NODE_WITH || node->kind == NODE_WRAP)
		add_assigned(c, node->expression, inside);
	/* {% blocktrans count n=books|length as shown %}, {% call(book) list(books) %} */
	if (node->kind == NODE_WRAP || node->kind == NODE_WITH)
		add_as(c, node->expression, inside);
	if (node->kind == NODE_WRAP && span_starts(node->expression, SPAN_LIT("(")))
		add_words(c, span_cut(node->expression, 0, span_find_byte(node->expression, ')', 0)), inside);
}

/* {% liquid %}: one statement on each line. */
static void add_of_liquid(struct collector *c, struct span s)
{
	for (size_t at = 0; at < s.n;) {
		size_t end = span_find_byte(s, '\n', at), word_end = 0;
		struct span line = span_trim(span_cut(s, at, end)), word = next_word(line, &word_end);
		struct span rest = span_cut(line, word_end, line.n);
		if (span_in(word, "assign capture increment decrement"))
			add_name(c, next_word(line, &word_end), c->everywhere);
		else if (span_in(word, "for tablerow"))
			add_loop_names(c, rest, c->everywhere);
		at = end + 1;
	}
}

static void add_of_statement(struct collector *c, const struct template_node *node)
{
	size_t at = 0;

	if (span_in(node->word, "increment decrement"))
		add_name(c, next_word(node->expression, &at), c->everywhere);
	else if (span_in(node->word, "liquid"))
		add_of_liquid(c, node->expression);
	else if (span_in(node->word, "from"))
		add_words(c, span_cut(node->expression, span_find(node->expression, SPAN_LIT("import"), 0) + 6, node->expression.n), c->everywhere);
	else
		add_as(c, node->expression, c->everywhere);
}

static void add_of_set(struct collector *c, const struct template_node *node)
{
	/* "a, b = 1, 2": what stands in front of the first sign. */
	add_words(c, span_cut(node->expression, 0, span_find_byte(node->expression, '=', 0)), c->everywhere);
}

/* --- languages of code: no scopes, a name that the code binds somewhere is known ------------------------------------------------------ */

static char sign_behind(struct span code, size_t at, size_t *sign)
{
	while (at < code.n && ascii_is_space(code.p[at]))
		at++;
	*sign = at;
	return at < code.n ? code.p[at] : '\0';
}

/* Does a word stand here that the code gives a value: "x = 1", "x => ...", "x -> ..."? */
static bool is_bound(struct span code, size_t end)
{
	size_t sign;
	char c = sign_behind(code, end, &sign), next = sign + 1 < code.n ? code.p[sign + 1] : '\0';

	return (c == '=' && next != '=' && next != '~') || (c == '-' && next == '>');
}

/* "|book, i|" of Ruby: the words between two strokes, where only words, commas and blanks are. */
static void add_block_parameters(struct collector *c, struct span code)
{
	for (size_t open = span_find_byte(code, '|', 0); open < code.n;) {
		size_t close = open + 1;
		while (close < code.n && (is_name_byte(code.p[close]) || memchr(", ()*&", code.p[close], 7)))
			close++;
		if (close < code.n && code.p[close] == '|' && close > open + 1) {
			add_words(c, span_cut(code, open, close), c->everywhere);
			close++;
		}
		open = span_find_byte(code, '|', close);
	}
}

/* "function (book, i)", "(book, i) =>": the words between brackets. */
static void add_function_parameters(struct collector *c, struct span code)
{
	for (size_t open = span_find_byte(code, '(', 0), close; open < code.n; open = span_find_byte(code, '(', close)) {
		size_t sign;
		for (close = open + 1; close < code.n && code.p[close] != '(' && code.p[close] != ')'; close++)
			;
		if (close == code.n)
			return;
		bool arrow = code.p[close] == ')' && sign_behind(code, close + 1, &sign) == '=' && sign + 1 < code.n && code.p[sign + 1] == '>';
		size_t before = open;
		while (before > 0 && (is_name_byte(code.p[before - 1]) || code.p[before - 1] == ' '))
			before--;
		if (arrow || (code.p[close] == ')' && span_find(span_cut(code, before, open), SPAN_LIT("function"), 0) < open - before))
			add_words(c, span_cut(code, open, close), c->everywhere);
	}
}

static void add_of_code(struct collector *c, struct span code)
{
	struct span before = SPAN_EMPTY, earlier = SPAN_EMPTY;

	for (size_t at = 0; at < code.n;) {
		struct span word = next_word(code, &at);
		/* "as $key => $value" names two. */
		if (is_bound(code, at) || span_in(before, "var let const for each my as FOREACH") || span_eq(earlier, SPAN_LIT("as")))
			add_name(c, word, c->everywhere);
		earlier = before;
		before = word;
	}
	add_block_parameters(c, code);
	add_function_parameters(c, code);
}

/* --- all of them --------------------------------------------------------------------------------------------------------------- */

static int compare_names(struct span a, struct span b)
{
	int order = memcmp(a.p, b.p, MIN(a.n, b.n));

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_scopes(const void *a, const void *b)
{
	const struct template_scope *x = a, *y = b;
	int order = compare_names(x->name, y->name);

	if (order)
		return order;
	order = (x->range.start > y->range.start) - (x->range.start < y->range.start);
	return order ? order : (x->range.end < y->range.end) - (x->range.end > y->range.end);
}

struct template_names template_names_of(struct arena *arena, struct span text, const struct tag_list *tags, const struct template_tree *tree)
{
	struct collector c = { g_array_new(FALSE, FALSE, sizeof(struct template_scope)), { 0, text.n + 1 } };
	struct template_names names = { 0 };

	for (size_t i = 0; tree && i < tree->n; i++) {
		const struct template_node *node = &tree->nodes[i];
		if (node->kind >= NODE_IF && node->kind < NODE_BRANCH)
			add_of_block(&c, tree, i);
		else if (node->kind == NODE_SET)
			add_of_set(&c, node);
		else if ((node->kind == NODE_CODE || node->kind == NODE_INCLUDE) && !is_braces(tree->language))
			add_of_statement(&c, node);
	}
	for (size_t i = 0; i < tags->n; i++) {
		const struct tag *tag = &tags->tags[i];
		if ((tag->syntax == TAG_ERB || tag->syntax == TAG_BRACKET_PERCENT) && tag->place != TAG_COMMENT)
			add_of_code(&c, span_cut(text, tag->range.start + 2, tag->range.end - 2));
	}
	g_array_sort(c.scopes, compare_scopes);
	names.scopes = ARENA_ARRAY(arena, struct template_scope, c.scopes->len + 1);
	for (guint i = 0; i < c.scopes->len; i++) {
		struct template_scope scope = g_array_index(c.scopes, struct template_scope, i);
		struct template_scope *last = names.n ? &names.scopes[names.n - 1] : NULL;
		if (last && span_eq(last->name, scope.name) && scope.range.start < last->range.end)
			last->range.end = MAX(last->range.end, scope.range.end);
		else
			names.scopes[names.n++] = scope;
	}
	g_array_free(c.scopes, TRUE);
	return names;
}

static bool is_in_scope(const struct template_names *names, struct span name, size_t offset)
{
	size_t low = 0, high = names->n;

	/* The last scope that begins at or in front of the offset. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_names(names->scopes[middle].name, name);
		if (order > 0 || (order == 0 && names->scopes[middle].range.start > offset))
			high = middle;
		else
			low = middle + 1;
	}
	return low > 0 && span_eq(names->scopes[low - 1].name, name) && offset < names->scopes[low - 1].range.end;
}

bool template_names_given(const struct template_names *names, struct span name, size_t offset)
{
	size_t end = 0;

	while (end < name.n && is_name_byte(name.p[end]))
		end++;
	return end > 0 && is_in_scope(names, span_cut(name, 0, end), offset);
}

bool template_names_foreign(const struct template_names *names, size_t offset)
{
	return is_in_scope(names, SPAN_EMPTY, offset);
}
