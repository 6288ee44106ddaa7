/* A template as a tree of blocks, with what is wrong in their nesting.
 * Knows the words of the languages and no expressions. Sources: see template_language.c. */
#include "doc/template_tree.h"

#include <glib.h>
#include <stdlib.h>

#include "base/limits.h"
#include "doc/template_code.h"

/* --- one tag ------------------------------------------------------------------------------------------------------------------- */

enum action { ACT_LEAF, ACT_OPEN, ACT_MIDDLE, ACT_CLOSE, ACT_CODE };

/* What a tag is in its language. */
struct item {
	enum action action;
	enum template_node_kind kind;
	struct span word, expression;
	struct span name;      /* ACT_CLOSE: the block that it closes by name; empty: whichever is open */
	bool inverted, else_branch, escaped, trim_left, trim_right;
	struct code_effect effect;
};

struct parser {
	struct arena *arena;
	struct span text;
	const struct tag_list *tags;
	enum template_language language;
	GArray *nodes, *faults;
	GHashTable *closers; /* names that some tag of the text closes: "trans" of endtrans, Mailchimp's END:X */
	GHashTable *signed_opens; /* names that some tag of Handlebars opens with its sign, "{{#if" */
	GHashTable *endless; /* names of raw blocks that no later tag ends: each is looked for once */
	size_t next;         /* index of the next tag */
	size_t copied;       /* end of what is in the tree */
	struct frame {
		size_t block, branch; /* indexes of nodes */
		struct span name;     /* what closes it; empty where any closing tag does */
		bool has_else;
		struct range else_tag;
	} stack[LIMIT_TEMPLATE_DEPTH];
	size_t depth;
	size_t too_deep;     /* open blocks that were not pushed */
	/* Blocks that were given up, whose closing tag may still come, with the fault that says so. */
	struct given_up {
		struct span name;
		size_t fault;
	} given_up[8];
	size_t n_given_up;
	bool cut;
};

static bool is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The first word of s, which is trimmed; more: bytes that belong to words here. */
static struct span word_of(struct span s, const char *more)
{
	size_t n = 0;

	while (n < s.n && (is_word_byte(s.p[n]) || (s.p[n] && strchr(more, s.p[n]))))
		n++;
	return span_cut(s, 0, n);
}

static struct span behind(struct span s, struct span word)
{
	return span_trim(span_cut(s, word.n, s.n));
}

/* Take marks of white space control off both ends of the inside. */
static struct span without_marks(struct span s, const char *left, const char *right, struct item *item)
{
	if (s.n && strchr(left, s.p[0]) && s.p[0]) {
		item->trim_left = s.p[0] != '+';
		s = span_cut(s, 1, s.n);
	}
	if (s.n && strchr(right, s.p[s.n - 1]) && s.p[s.n - 1]) {
		item->trim_right = s.p[s.n - 1] != '+';
		s = span_cut(s, 0, s.n - 1);
	}
	return span_trim(s);
}

static void set_leaf(struct item *item, enum template_node_kind kind, struct span word, struct span expression)
{
	item->action = ACT_LEAF;
	item->kind = kind;
	item->word = word;
	item->expression = expression;
}

static void set_open(struct item *item, enum template_node_kind kind, struct span word, struct span expression)
{
	set_leaf(item, kind, word, expression);
	item->action = ACT_OPEN;
	item->name = word;
}

/* "else", and "else if x", which has a condition of its own. */
static void set_else(struct item *item, struct span word, struct span rest)
{
	struct span second = word_of(rest, "");

	item->action = ACT_MIDDLE;
	item->word = word;
	item->expression = rest;
	item->else_branch = !span_in(second, "if unless each with");
	if (item->else_branch)
		return;
	item->word = span_of(word.p, (size_t)(second.p - word.p) + second.n);
	item->expression = behind(rest, second);
	item->inverted = span_eq(second, SPAN_LIT("unless"));
}

static bool has_name(GHashTable *names, struct span name)
{
	char *key = g_strndup(name.p, name.n);
	bool found = g_hash_table_contains(names, key);

	g_free(key);
	return found;
}

/* Does a tag of the text close a block of this name? */
static bool is_closed(const struct parser *p, struct span word)
{
	return has_name(p->closers, word);
}

/* --- braces: Mustache, Handlebars, Go ------------------------------------------------------------------------------------------ */

static void read_handlebars_open(struct item *item, char sign, struct span s)
{
	bool decorator = s.n && s.p[0] == '*', part = s.n && s.p[0] == '>';

	if (decorator || part)
		s = span_trim(span_cut(s, 1, s.n));
	struct span word = word_of(s, ".-/@");
	struct span rest = behind(s, word);
	if (part)
		set_open(item, NODE_BLOCK, word, rest);
	else if (decorator)
		set_open(item, NODE_DEFINE, word, rest);
	else if (span_in(word, "if unless"))
		set_open(item, NODE_IF, word, rest);
	else if (span_in(word, "each"))
		set_open(item, NODE_FOR, word, rest);
	else if (span_in(word, "with"))
		set_open(item, NODE_WITH, word, rest);
	else if (rest.n == 0)
		set_open(item, NODE_SECTION, word, word);
	else
		set_open(item, NODE_WRAP, word, rest);
	item->inverted = (sign == '^') != (item->kind == NODE_IF && span_eq(word, SPAN_LIT("unless")));
}

static void read_handlebars(struct parser *p, struct item *item, struct span s, bool triple)
{
	char sign = s.n ? s.p[0] : '\0';
	struct span rest = span_trim(span_cut(s, 1, s.n));
	struct span word = word_of(s, "");

	item->escaped = !triple && sign != '&';
	if (sign == '!' || sign == '=')
		set_leaf(item, NODE_COMMENT, SPAN_EMPTY, SPAN_EMPTY);
	else if (sign == '>')
		set_leaf(item, NODE_INCLUDE, span_cut(s, 0, 1), rest);
	else if (sign == '^' && rest.n == 0)
		*item = (struct item){ .action = ACT_MIDDLE, .word = span_cut(s, 0, 1), .expression = SPAN_EMPTY, .else_branch = true };
	else if (sign == '#' || sign == '^')
		read_handlebars_open(item, sign, rest);
	else if (sign == '/')
		item->action = ACT_CLOSE, item->name = word_of(rest, ".-/@");
	else if (span_in(word, "else"))
		set_else(item, word, behind(s, word));
	else if (span_in(word, "if for foreach each unless") && is_closed(p, word) && !has_name(p->signed_opens, word))
		/* JsRender and services of its kind: "{{if x}} ... {{/if}}". */
		set_open(item, span_in(word, "if unless") ? NODE_IF : NODE_FOR, word, behind(s, word));
	else if (span_in(word, "elseif"))
		*item = (struct item){ .action = ACT_MIDDLE, .word = word, .expression = behind(s, word) };
	else
		set_leaf(item, NODE_OUTPUT, SPAN_EMPTY, sign == '&' ? rest : s);
}

static void read_go(struct item *item, struct span s)
{
	struct span word = s.n && s.p[0] == '$' ? SPAN_EMPTY : word_of(s, "");
	struct span rest = behind(s, word);
	struct span variable = span_trim(word_of(s, "$"));

	item->escaped = true;
	if (span_starts(s, SPAN_LIT("/*")))
		set_leaf(item, NODE_COMMENT, SPAN_EMPTY, SPAN_EMPTY);
	else if (span_in(word, "if"))
		set_open(item, NODE_IF, word, rest);
	else if (span_in(word, "range"))
		set_open(item, NODE_FOR, word, rest);
	else if (span_in(word, "with"))
		set_open(item, NODE_WITH, word, rest);
	else if (span_in(word, "define"))
		set_open(item, NODE_DEFINE, word, rest);
	else if (span_in(word, "block") && !span_starts(rest, SPAN_LIT("(")))
		set_open(item, NODE_BLOCK, word, rest);
	else if (span_in(word, "else"))
		set_else(item, word, rest);
	else if (span_in(word, "end"))
		item->action = ACT_CLOSE, item->name = SPAN_EMPTY;
	else if (span_in(word, "template"))
		set_leaf(item, NODE_INCLUDE, word, rest);
	else if (span_in(word, "break continue"))
		set_leaf(item, NODE_CODE, word, rest);
	else if (variable.n && (span_starts(behind(s, variable), SPAN_LIT(":=")) || (span_starts(behind(s, variable), SPAN_LIT("=")) &&
	                                                                               !span_starts(behind(s, variable), SPAN_LIT("==")))))
		set_leaf(item, NODE_SET, SPAN_EMPTY, s);
	else
		set_leaf(item, NODE_OUTPUT, SPAN_EMPTY, s);
	if (item->action == ACT_OPEN)
		item->name = SPAN_EMPTY; /* "end" closes any */
}

static void read_mustache(struct parser *p, struct item *item, struct span bytes)
{
	bool raw = span_starts(bytes, SPAN_LIT("{{{{"));
	bool triple = !raw && span_starts(bytes, SPAN_LIT("{{{"));
	size_t n = raw ? 4 : triple ? 3 : 2;
	bool go = p->language == LANGUAGE_GO;
	/* "-" is white space control where numbers may not follow at once. */
	struct span s = span_cut(bytes, n, bytes.n - n);
	bool handlebars = p->language == LANGUAGE_HANDLEBARS || p->language == LANGUAGE_MUSTACHE;

	if (handlebars && span_starts(span_trim(s), SPAN_LIT("!")))
		s = span_trim(s);
	s = without_marks(s, handlebars ? "~" : "-~", handlebars ? "~" : "-~", item);
	if (go) {
		read_go(item, s);
	} else if (raw) {
		bool closes = s.n && s.p[0] == '/';
		set_leaf(item, NODE_RAW, word_of(span_cut(s, closes, s.n), "-"), SPAN_EMPTY);
		item->action = closes ? ACT_CLOSE : ACT_OPEN;
		item->name = item->word;
	} else if (handlebars) {
		read_handlebars(p, item, s, triple);
	} else {
		item->escaped = true;
		set_leaf(item, NODE_OUTPUT, SPAN_EMPTY, s);
	}
}

/* --- statements: Liquid, Jinja, Twig, Django ----------------------------------------------------------------------------------- */

static bool has_equals(struct span s)
{
	for (size_t at = span_find_byte(s, '=', 0); at < s.n; at = span_find_byte(s, '=', at + 1))
		if (at > 0 && !memchr("=!<>", s.p[at - 1], 4) && !(at + 1 < s.n && s.p[at + 1] == '='))
			return true;
	return false;
}

/* The kind of block a word opens; NODE_BRANCH where it opens none. */
static enum template_node_kind statement_block(const struct parser *p, struct span word, struct span rest)
{
	if (span_in(word, "if unless ifequal ifnotequal ifchanged"))
		return NODE_IF;
	if (span_in(word, "case"))
		return NODE_CASE;
	if (span_in(word, "for tablerow"))
		return NODE_FOR;
	if (span_in(word, "raw verbatim"))
		/* Tornado: {% raw x %} puts a value in. */
		return is_closed(p, word) || rest.n == 0 ? NODE_RAW : NODE_BRANCH;
	if (span_in(word, "comment"))
		return is_closed(p, word) || rest.n == 0 ? NODE_COMMENT : NODE_BRANCH;
	if (span_in(word, "capture"))
		return NODE_CAPTURE;
	if (span_in(word, "set"))
		return has_equals(rest) ? NODE_BRANCH : NODE_CAPTURE;
	if (span_in(word, "macro"))
		return NODE_DEFINE;
	if (span_in(word, "block")) {
		/* Twig: {% block title 'text' %} needs no end. */
		struct span more = behind(rest, word_of(rest, "-"));
		return more.n && !span_in(more, "scoped required") && !is_closed(p, word) ? NODE_BRANCH : NODE_BLOCK;
	}
	if (span_in(word, "embed"))
		return NODE_BLOCK;
	if (span_in(word, "with"))
		return NODE_WITH;
	if (span_in(word, "filter spaceless apply") || (span_in(word, "autoescape") && !span_in(rest, "None")))
		return NODE_WRAP;
	return is_closed(p, word) ? NODE_WRAP : NODE_BRANCH;
}

static void read_statement(struct parser *p, struct item *item, struct span bytes)
{
	struct span s = without_marks(span_cut(bytes, 2, bytes.n - 2), "-~+", "-~+", item);
	struct span word = word_of(s, "");
	struct span rest = behind(s, word);

	item->escaped = true;
	if (span_starts(bytes, SPAN_LIT("{#")) || (s.n && s.p[0] == '#')) {
		set_leaf(item, NODE_COMMENT, SPAN_EMPTY, SPAN_EMPTY);
	} else if (span_in(word, "else")) {
		set_else(item, word, rest);
	} else if (span_in(word, "elif elsif elseif when")) {
		*item = (struct item){ .action = ACT_MIDDLE, .word = word, .expression = rest, .trim_left = item->trim_left, .trim_right = item->trim_right };
	} else if (span_in(word, "empty plural pluralize") && rest.n == 0) {
		set_else(item, word, SPAN_EMPTY);
	} else if (word.n > 3 && span_starts(word, SPAN_LIT("end"))) {
		item->action = ACT_CLOSE;
		item->name = span_cut(word, word.p[3] == '_' ? 4 : 3, word.n);
	} else if (span_in(word, "end")) {
		item->action = ACT_CLOSE;
	} else if (span_in(word, "include render import from extends use partial layout section sections")) {
		set_leaf(item, NODE_INCLUDE, word, rest);
	} else if (span_in(word, "echo print")) {
		set_leaf(item, NODE_OUTPUT, word, rest);
	} else {
		enum template_node_kind kind = statement_block(p, word, rest);
		if (kind != NODE_BRANCH)
			set_open(item, kind, word, rest);
		else
			set_leaf(item, span_in(word, "assign set") ? NODE_SET : NODE_CODE, word, rest);
		item->inverted = kind == NODE_IF && span_in(word, "unless ifnotequal");
	}
	/* {% include %} and others are blocks where the text closes them: {% section %} of Twig's friends. */
	if (item->action == ACT_LEAF && item->kind == NODE_INCLUDE && is_closed(p, word))
		set_open(item, NODE_BLOCK, word, rest);
}

/* --- Mailchimp ----------------------------------------------------------------------------------------------------------------- */

static bool is_word_ci(struct span word, const char *wanted)
{
	return span_eq_ci(word, span_str(wanted));
}

static void read_mailchimp(struct parser *p, struct item *item, struct span bytes)
{
	struct span s = span_trim(span_cut(bytes, 2, bytes.n - 2));
	size_t colon = span_find_byte(s, ':', 0);
	struct span word = span_cut(s, 0, colon);
	struct span rest = span_trim(span_cut(s, MIN(colon + 1, s.n), s.n));

	item->escaped = false;
	if (is_word_ci(word, "END")) {
		item->action = ACT_CLOSE;
		item->name = rest;
	} else if (is_word_ci(word, "ELSE") || is_word_ci(word, "ELSEIF")) {
		item->action = ACT_MIDDLE;
		item->word = word;
		item->expression = rest;
		item->else_branch = is_word_ci(word, "ELSE");
	} else if (is_word_ci(word, "IF") || is_word_ci(word, "IFNOT")) {
		set_open(item, NODE_IF, word, rest);
		item->name = SPAN_LIT("IF");
		item->inverted = is_word_ci(word, "IFNOT");
	} else if (is_word_ci(word, "INTERESTED")) {
		set_open(item, NODE_IF, word, rest);
	} else if (is_closed(p, word) || is_word_ci(word, "RSSITEMS") || is_word_ci(word, "FEEDITEMS") || is_word_ci(word, "FEEDBLOCK")) {
		set_open(item, span_ends_ci(word, SPAN_LIT("ITEMS")) ? NODE_FOR : NODE_WRAP, word, rest);
	} else {
		set_leaf(item, NODE_OUTPUT, SPAN_EMPTY, s);
	}
}

/* --- languages of code --------------------------------------------------------------------------------------------------------- */

static enum template_node_kind code_kind(struct span word)
{
	static const struct {
		const char *words;
		enum template_node_kind kind;
	} kinds[] = { { "if unless IF UNLESS", NODE_IF }, { "case switch SWITCH", NODE_CASE }, { "for foreach while until FOR FOREACH WHILE", NODE_FOR },
		      { "def BLOCK", NODE_DEFINE } };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (span_in(word, kinds[i].words))
			return kinds[i].kind;
	return is_word_ci(word, "if") ? NODE_IF : is_word_ci(word, "for") ? NODE_FOR : NODE_WRAP;
}

static void set_code_middle(struct item *item, struct span rest)
{
	struct span second = word_of(rest, "");

	item->expression = rest;
	if (item->else_branch || !is_word_ci(second, "if"))
		return;
	item->word = span_of(item->word.p, (size_t)(second.p - item->word.p) + second.n);
	item->expression = behind(rest, second);
}

/* The first word of code says what a brace opens: "if (x) {", "items.forEach(function (i) {". */
static void read_code(struct parser *p, struct item *item, struct span s)
{
	item->effect = template_code_effect(s, p->language);
	if (!item->effect.closes && !item->effect.opens && !item->effect.middle) {
		struct span word = word_of(s, "");
		bool include = span_in(word, "INCLUDE PROCESS INSERT include require");
		set_leaf(item, include ? NODE_INCLUDE : NODE_CODE, word, include ? behind(s, word) : s);
		return;
	}
	struct span first = word_of(s, "");
	bool brace = item->effect.word.n == 1 && item->effect.word.p[0] == '{';
	item->action = ACT_CODE;
	item->word = brace && first.n ? first : item->effect.word;
	item->kind = code_kind(item->word);
	bool each = brace && span_find(s, SPAN_LIT("forEach"), 0) < s.n;
	if (each)
		item->kind = NODE_FOR;
	size_t at = (size_t)(item->word.p - s.p) + item->word.n;
	item->expression = item->kind == NODE_WRAP || each ? s : span_trim(span_cut(s, at, s.n));
	item->inverted = span_in(item->word, "unless UNLESS");
	item->else_branch = item->effect.has_default;
	if (item->effect.middle)
		set_code_middle(item, span_trim(span_cut(s, at, s.n)));
	/* "if (x) {" and "if (x):" end with the sign of their block. */
	if (item->expression.n && (brace || p->language == LANGUAGE_PHP || item->effect.middle) && memchr("{:", item->expression.p[item->expression.n - 1], 2))
		item->expression = span_trim(span_cut(item->expression, 0, item->expression.n - 1));
}

static void read_erb(struct parser *p, struct item *item, struct span bytes)
{
	bool php = bytes.n > 1 && bytes.p[1] == '?';
	struct span s = span_cut(bytes, 2, bytes.n - 2);
	char sign = s.n ? s.p[0] : '\0';

	item->escaped = true;
	if (!php && sign == '#') {
		set_leaf(item, NODE_COMMENT, SPAN_EMPTY, SPAN_EMPTY);
		return;
	}
	if (!php && span_starts(s, SPAN_LIT("--"))) { /* Java's */
		set_leaf(item, NODE_COMMENT, SPAN_EMPTY, SPAN_EMPTY);
		return;
	}
	if (php && span_starts_ci(s, SPAN_LIT("php")))
		s = span_cut(s, 3, s.n);
	bool output = sign == '=';
	if (output) {
		bool twice = s.n > 1 && s.p[1] == '=';
		s = span_cut(s, twice ? 2 : 1, s.n);
		item->escaped = !twice && !php;
	} else if (!php && p->language == LANGUAGE_EJS && sign == '-') {
		output = true;
		item->escaped = false;
		s = span_cut(s, 1, s.n);
	}
	s = without_marks(s, output ? "" : "-_", "-_", item);
	read_code(p, item, s);
	if (output && item->action == ACT_LEAF)
		set_leaf(item, NODE_OUTPUT, SPAN_EMPTY, s);
}

static void read_toolkit(struct parser *p, struct item *item, struct span bytes)
{
	struct span s = span_cut(bytes, 2, bytes.n - 2);

	if (s.n && s.p[0] == '#') {
		set_leaf(item, NODE_COMMENT, SPAN_EMPTY, SPAN_EMPTY);
		return;
	}
	s = without_marks(s, "-=~+", "-=~+", item);
	read_code(p, item, s);
	if (item->action == ACT_LEAF && item->kind == NODE_CODE && !span_in(item->word, "SET DEFAULT CALL USE META STOP RETURN LAST NEXT"))
		set_leaf(item, has_equals(s) ? NODE_SET : NODE_OUTPUT, SPAN_EMPTY, s);
}

static void read_ampscript(struct parser *p, struct item *item, struct span bytes)
{
	if (span_starts(bytes, SPAN_LIT("%%[")))
		read_code(p, item, span_trim(span_cut(bytes, 3, bytes.n - 3)));
	else if (span_starts(bytes, SPAN_LIT("%%=")))
		set_leaf(item, NODE_OUTPUT, SPAN_EMPTY, span_trim(span_cut(bytes, 3, bytes.n - 3)));
	else
		set_leaf(item, NODE_OUTPUT, SPAN_EMPTY, span_trim(span_cut(bytes, 2, bytes.n - 2)));
}

/* --- the tag in its language --------------------------------------------------------------------------------------------------- */

static struct item read_tag(struct parser *p, const struct tag *tag)
{
	struct item item = { .word = SPAN_EMPTY, .expression = SPAN_EMPTY, .name = SPAN_EMPTY, .effect = { .word = SPAN_EMPTY } };
	struct span bytes = span_cut(p->text, tag->range.start, tag->range.end);

	if (tag->place == TAG_COMMENT) {
		set_leaf(&item, NODE_COMMENT, SPAN_EMPTY, SPAN_EMPTY);
		return item;
	}
	switch (tag->syntax) {
	case TAG_MUSTACHE:
		read_mustache(p, &item, bytes);
		break;
	case TAG_STATEMENT:
		read_statement(p, &item, bytes);
		break;
	case TAG_MAILCHIMP:
		read_mailchimp(p, &item, bytes);
		break;
	case TAG_ERB:
		read_erb(p, &item, bytes);
		break;
	case TAG_BRACKET_PERCENT:
		read_toolkit(p, &item, bytes);
		break;
	case TAG_DOUBLE_PERCENT:
		read_ampscript(p, &item, bytes);
		break;
	default:
		set_leaf(&item, NODE_OUTPUT, SPAN_EMPTY, tag->name);
	}
	return item;
}

/* --- the tree ------------------------------------------------------------------------------------------------------------------ */

static struct template_node *node_at(struct parser *p, size_t index)
{
	return &g_array_index(p->nodes, struct template_node, index);
}

static size_t add_node(struct parser *p, struct template_node node)
{
	node.parent = p->depth ? p->stack[p->depth - 1].branch : TEMPLATE_NO_NODE;
	node.end = p->nodes->len + 1;
	g_array_append_val(p->nodes, node);
	return p->nodes->len - 1;
}

static void copy_text(struct parser *p, size_t end)
{
	if (p->copied < end)
		add_node(p, (struct template_node){ .kind = NODE_TEXT, .range = { p->copied, end }, .word = SPAN_EMPTY, .expression = SPAN_EMPTY });
	p->copied = end;
}

static size_t add_fault(struct parser *p, enum template_fault_kind kind, struct range tag, struct range other)
{
	struct template_fault fault = { kind, tag, other };

	g_array_append_val(p->faults, fault);
	return p->faults->len - 1;
}

static struct template_node leaf_of(const struct item *item, struct range range)
{
	return (struct template_node){ .kind = item->kind, .range = range, .tag = range, .word = item->word, .expression = item->expression,
		                       .inverted = item->inverted, .escaped = item->escaped, .trim_left = item->trim_left, .trim_right = item->trim_right };
}

static void begin_branch(struct parser *p, const struct item *item, struct range tag, bool first)
{
	struct frame *frame = &p->stack[p->depth - 1];
	struct template_node branch = leaf_of(item, tag);

	branch.kind = NODE_BRANCH;
	branch.else_branch = item->else_branch;
	branch.inside = (struct range){ tag.end, tag.end };
	if (first) {
		branch.range.start = tag.end;
		branch.tag = (struct range){ tag.end, tag.end };
		branch.trim_left = branch.trim_right = false;
		branch.else_branch = false;
	}
	branch.parent = frame->block;
	branch.end = p->nodes->len + 1;
	g_array_append_val(p->nodes, branch);
	frame->branch = p->nodes->len - 1;
}

static void end_branch(struct parser *p, size_t at)
{
	struct template_node *branch = node_at(p, p->stack[p->depth - 1].branch);

	branch->range.end = branch->inside.end = at;
	branch->end = p->nodes->len;
}

static void open_block(struct parser *p, const struct item *item, struct range tag)
{
	if (p->depth == LIMIT_TEMPLATE_DEPTH) {
		struct template_node leaf = leaf_of(item, tag);
		leaf.kind = NODE_CODE;
		add_node(p, leaf);
		p->too_deep++;
		p->cut = true;
		return;
	}
	size_t block = add_node(p, leaf_of(item, tag));
	p->stack[p->depth++] = (struct frame){ .block = block, .name = item->name };
	begin_branch(p, item, tag, true);
}

/* close: empty where the block is given up at close.start. */
static void close_block(struct parser *p, const struct item *item, struct range close)
{
	end_branch(p, close.start);
	struct template_node *block = node_at(p, p->stack[--p->depth].block);
	block->range.end = close.end;
	block->close = close;
	block->end = p->nodes->len;
	if (item) {
		block->close_trim_left = item->trim_left;
		block->close_trim_right = item->trim_right;
	}
}

static void give_up(struct parser *p, struct span name, size_t fault)
{
	if (p->n_given_up == G_N_ELEMENTS(p->given_up)) {
		memmove(p->given_up, p->given_up + 1, sizeof p->given_up - sizeof p->given_up[0]);
		p->n_given_up--;
	}
	p->given_up[p->n_given_up++] = (struct given_up){ name, fault };
}

static bool is_closed_by(const struct parser *p, const struct frame *frame, struct span name)
{
	if (name.n == 0 || frame->name.n == 0)
		return true;
	return p->language == LANGUAGE_MAILCHIMP ? span_eq_ci(frame->name, name) : span_eq(frame->name, name);
}

/* A closing tag that fits no open block: if a block was given up before that it would have closed, the two are crossed. */
static void close_nothing(struct parser *p, const struct item *item, struct range tag)
{
	for (size_t i = p->n_given_up; i > 0; i--) {
		struct given_up *old = &p->given_up[i - 1];
		if (!item->name.n || !old->name.n || !span_eq_ci(old->name, item->name))
			continue;
		struct template_fault *fault = &g_array_index(p->faults, struct template_fault, old->fault);
		if (fault->kind == FAULT_OPEN && fault->other.end)
			*fault = (struct template_fault){ FAULT_CROSSED, fault->other, fault->tag };
		else if (fault->kind == FAULT_OTHER)
			*fault = (struct template_fault){ FAULT_CLOSE, fault->tag, { 0, 0 } };
		old->name = SPAN_EMPTY;
		return;
	}
	if (p->depth == 0) {
		add_fault(p, FAULT_CLOSE, tag, (struct range){ 0, 0 });
		return;
	}
	struct frame *top = &p->stack[p->depth - 1];
	give_up(p, top->name, add_fault(p, FAULT_OTHER, tag, node_at(p, top->block)->tag));
	close_block(p, item, tag);
}

static void close_named(struct parser *p, const struct item *item, struct range tag)
{
	size_t at = p->depth;

	if (p->too_deep) {
		p->too_deep--;
		return;
	}
	while (at > 0 && !is_closed_by(p, &p->stack[at - 1], item->name))
		at--;
	if (at == 0) {
		close_nothing(p, item, tag);
		return;
	}
	while (p->depth > at) {
		struct frame *top = &p->stack[p->depth - 1];
		give_up(p, top->name, add_fault(p, FAULT_OPEN, node_at(p, top->block)->tag, tag));
		close_block(p, NULL, (struct range){ tag.start, tag.start });
	}
	close_block(p, item, tag);
}

static bool may_be_divided(enum template_node_kind kind, struct span word)
{
	if (span_in(word, "elif elsif elseif"))
		return kind == NODE_IF || kind == NODE_WRAP;
	if (span_in(word, "when"))
		return kind == NODE_CASE || kind == NODE_WRAP;
	return kind == NODE_IF || kind == NODE_CASE || kind == NODE_FOR || kind == NODE_SECTION || kind == NODE_WITH || kind == NODE_WRAP;
}

static void divide_block(struct parser *p, const struct item *item, struct range tag)
{
	if (p->too_deep)
		return;
	struct frame *top = p->depth ? &p->stack[p->depth - 1] : NULL;
	if (!top || !may_be_divided(node_at(p, top->block)->kind, item->word)) {
		add_fault(p, FAULT_MIDDLE, tag, (struct range){ 0, 0 });
		return;
	}
	/* "case" of a switch comes behind "default" in some languages, "else" of a loop behind nothing. */
	if (top->has_else && node_at(p, top->block)->kind != NODE_CASE)
		add_fault(p, FAULT_AFTER_ELSE, tag, top->else_tag);
	if (item->else_branch) {
		top->has_else = true;
		top->else_tag = tag;
	}
	end_branch(p, tag.start);
	begin_branch(p, item, tag, false);
}

/* A piece of code that closes, divides and opens. */
static void run_code(struct parser *p, const struct item *item, struct range tag)
{
	struct item close = { .action = ACT_CLOSE, .name = SPAN_EMPTY, .trim_left = item->trim_left, .trim_right = item->trim_right };
	size_t closes = item->effect.closes, opens = item->effect.opens;

	if (item->effect.middle && closes == opens && closes < 2) {
		divide_block(p, item, tag);
		return;
	}
	for (; closes > 0; closes--)
		close_named(p, &close, tag);
	for (size_t i = 0; i < opens; i++) {
		/* All but the first block begin at the end of the tag. */
		open_block(p, item, i ? (struct range){ tag.end, tag.end } : tag);
	}
}

/* The index of the tag that ends a block whose inside is not read; tags->n where there is none. */
static size_t find_raw_end(struct parser *p, const struct item *open)
{
	for (size_t i = has_name(p->endless, open->name) ? p->tags->n : p->next; i < p->tags->n; i++) {
		const struct tag *tag = &p->tags->tags[i];
		if (tag->raw || tag->syntax != p->tags->tags[p->next - 1].syntax || !template_language_has(p->language, tag->syntax))
			continue;
		struct item item = read_tag(p, tag);
		if (item.action == ACT_CLOSE && span_eq(item.name, open->name))
			return i;
	}
	g_hash_table_add(p->endless, g_strndup(open->name.p, open->name.n));
	return p->tags->n;
}

static void add_raw(struct parser *p, const struct item *item, struct range tag)
{
	size_t end = find_raw_end(p, item);
	struct template_node node = leaf_of(item, tag);

	if (end == p->tags->n) {
		node.kind = NODE_CODE;
		add_node(p, node);
		add_fault(p, FAULT_OPEN, tag, (struct range){ 0, 0 });
		return;
	}
	struct item close = read_tag(p, &p->tags->tags[end]);
	node.close = p->tags->tags[end].range;
	node.inside = (struct range){ tag.end, node.close.start };
	node.range.end = node.close.end;
	node.close_trim_left = close.trim_left;
	node.close_trim_right = close.trim_right;
	add_node(p, node);
	p->copied = node.range.end;
	p->next = end + 1;
}

static void take_tag(struct parser *p, const struct tag *tag)
{
	struct item item = read_tag(p, tag);

	copy_text(p, tag->range.start);
	p->copied = tag->range.end;
	switch (item.action) {
	case ACT_OPEN:
		if (item.kind == NODE_RAW || item.kind == NODE_COMMENT)
			add_raw(p, &item, tag->range);
		else
			open_block(p, &item, tag->range);
		break;
	case ACT_MIDDLE:
		divide_block(p, &item, tag->range);
		break;
	case ACT_CLOSE:
		close_named(p, &item, tag->range);
		break;
	case ACT_CODE:
		run_code(p, &item, tag->range);
		break;
	default:
		add_node(p, leaf_of(&item, tag->range));
	}
}

/* Names that the text closes somewhere: a word that languages do not have themselves opens a block only then. */
static void collect_closers(struct parser *p)
{
	for (size_t i = 0; i < p->tags->n; i++) {
		const struct tag *tag = &p->tags->tags[i];
		bool named = tag->syntax == TAG_STATEMENT || tag->syntax == TAG_MAILCHIMP || tag->syntax == TAG_MUSTACHE;
		if (!named || tag->raw || (tag->place != TAG_CLOSE && tag->place != TAG_OPEN) || !template_language_has(p->language, tag->syntax))
			continue;
		struct item item = read_tag(p, tag);
		if (item.action == ACT_CLOSE && item.name.n)
			g_hash_table_add(p->closers, g_strndup(item.name.p, item.name.n));
		else if (item.action == ACT_OPEN && tag->syntax == TAG_MUSTACHE && span_find_byte(span_cut(p->text, tag->range.start, tag->range.end), '#', 0) <
		                                                                      tag->range.end - tag->range.start)
			g_hash_table_add(p->signed_opens, g_strndup(item.name.p, item.name.n));
	}
}

static int compare_faults(const void *a, const void *b)
{
	size_t x = ((const struct template_fault *)a)->tag.start, y = ((const struct template_fault *)b)->tag.start;
	return (x > y) - (x < y);
}

static void finish(struct parser *p, struct template_tree *tree)
{
	copy_text(p, p->text.n);
	while (p->depth) {
		add_fault(p, FAULT_OPEN, node_at(p, p->stack[p->depth - 1].block)->tag, (struct range){ 0, 0 });
		close_block(p, NULL, (struct range){ p->text.n, p->text.n });
	}
	tree->n = p->nodes->len;
	tree->nodes = ARENA_ARRAY(p->arena, struct template_node, tree->n + 1);
	if (tree->n)
		memcpy(tree->nodes, p->nodes->data, tree->n * sizeof *tree->nodes);
	tree->n_faults = p->faults->len;
	tree->faults = ARENA_ARRAY(p->arena, struct template_fault, tree->n_faults + 1);
	if (tree->n_faults)
		memcpy(tree->faults, p->faults->data, tree->n_faults * sizeof *tree->faults);
	qsort(tree->faults, tree->n_faults, sizeof *tree->faults, compare_faults);
	tree->too_deep = p->cut;
}

struct template_tree *template_tree_parse(struct arena *arena, struct span text, const struct tag_list *tags, enum template_language language)
{
	struct template_tree *tree = ARENA_NEW(arena, struct template_tree);
	struct parser *p = g_new0(struct parser, 1);

	tree->language = p->language = language;
	p->arena = arena;
	p->text = text;
	p->tags = tags;
	p->nodes = g_array_new(FALSE, FALSE, sizeof(struct template_node));
	p->faults = g_array_new(FALSE, FALSE, sizeof(struct template_fault));
	p->closers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->signed_opens = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->endless = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	collect_closers(p);
	while (p->next < tags->n) {
		const struct tag *tag = &tags->tags[p->next++];
		if (!tag->raw && template_language_has(language, tag->syntax) && tag->range.start >= p->copied)
			take_tag(p, tag);
	}
	finish(p, tree);
	g_array_free(p->nodes, TRUE);
	g_array_free(p->faults, TRUE);
	g_hash_table_unref(p->closers);
	g_hash_table_unref(p->signed_opens);
	g_hash_table_unref(p->endless);
	g_free(p);
	return tree;
}

size_t template_other_languages(const struct tag_list *tags, enum template_language first, enum template_language *out, size_t max)
{
	static const struct {
		enum tag_syntax syntax;
		enum template_language language;
	} others[] = { { TAG_MUSTACHE, LANGUAGE_HANDLEBARS }, { TAG_STATEMENT, LANGUAGE_JINJA }, { TAG_ERB, LANGUAGE_ERB },
		       { TAG_MAILCHIMP, LANGUAGE_MAILCHIMP }, { TAG_DOUBLE_PERCENT, LANGUAGE_AMPSCRIPT }, { TAG_BRACKET_PERCENT, LANGUAGE_TOOLKIT } };
	size_t n = 0;

	for (size_t k = 0; k < G_N_ELEMENTS(others) && n < max; k++) {
		if (others[k].syntax != TAG_MUSTACHE && template_language_has(first, others[k].syntax))
			continue;
		if (others[k].syntax == TAG_MUSTACHE && template_language_has(first, TAG_MUSTACHE) && !template_language_has(first, TAG_STATEMENT))
			continue;
		for (size_t i = 0; i < tags->n; i++)
			if (tags->tags[i].syntax == others[k].syntax && !tags->tags[i].raw && tags->tags[i].place != TAG_OUTPUT && tags->tags[i].place != TAG_COMMENT) {
				out[n++] = others[k].language;
				break;
			}
	}
	return n;
}
