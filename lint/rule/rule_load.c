/* Strict reader of rule files: nodes of YAML to constant rules. Also part of the build-machine program, so nothing but GLib may be used
 * here. It never prints. */
#include "rule/rule_load.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "rule/node.h"

/* [a-z][a-z0-9]* with parts joined by the separator. */
bool rule_is_name(const char *text, char separator)
{
	bool start = true;

	if (strlen(text) > 64 || !(*text >= 'a' && *text <= 'z'))
		return false;
	for (; *text; text++) {
		if (*text == separator) {
			if (start)
				return false;
			start = true;
		} else if ((*text >= 'a' && *text <= 'z') || ascii_is_digit(*text)) {
			start = false;
		} else {
			return false;
		}
	}
	return !start;
}

bool rule_is_requirement(const char *text)
{
	return strlen(text) == 5 && g_ascii_isupper(text[0]) && g_ascii_isupper(text[1]) && text[2] == '-' &&
	       ascii_is_digit(text[3]) && ascii_is_digit(text[4]);
}

/* A list of requirement ids; NULL where there are none or after a refusal. */
static const char *const *requirements_of(struct loader *l, const struct node *node)
{
	if (node->kind != NODE_LIST) {
		REFUSE(l, node, "requirements must be a list");
		return NULL;
	}
	for (const struct node *item = node->children; item; item = item->next)
		if (item->kind == NODE_SCALAR && *item->text && !rule_is_requirement(item->text))
			REFUSE(l, item, "\"%s\" is no requirement id such as UN-01", item->text);
	return strings_of(l, node, "requirements", true);
}

/* --- texts -------------------------------------------------------------------------------------------------------------------- */

/* The arguments of a text, sorted, each once (strings of the table's own). false after a refusal. */
static bool collect_arguments(struct loader *l, const struct node *node, const char *text, GPtrArray *names)
{
	for (const char *p = text; (p = strchr(p, '{')) != NULL;) {
		const char *close = NULL;
		if (p[1] == '{')
			close = strstr(p + 2, "}}");
		else if (p[1] == '%')
			close = strstr(p + 2, "%}");
		if (close) {
			p = close + 2;
			continue;
		}
		size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
		if (n == 0 || p[1 + n] != '}' || !(p[1] >= 'a' && p[1] <= 'z')) {
			REFUSE(l, node, "\"{\" begins no argument such as {count}");
			return false;
		}
		char *name = g_strndup(p + 1, n);
		if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_free(name);
		else
			g_ptr_array_add(names, name);
		p += n + 2;
	}
	return true;
}

enum argument_rule { ARGUMENTS_NONE, ARGUMENTS_OF_CHECK, ARGUMENTS_OF_MATCH, ARGUMENTS_OF_PHRASES };

static void check_arguments(
        struct loader *l, const struct node *const nodes[N_LANGUAGES], const struct localized *text, enum argument_rule rule)
{
	static const char *const of_match[] = {"excerpt", "words", "count", NULL};
	GPtrArray *names[N_LANGUAGES];
	bool good = true;

	for (int i = 0; i < N_LANGUAGES; i++) {
		names[i] = g_ptr_array_new_with_free_func(g_free);
		good = collect_arguments(l, nodes[i], text->text[i], names[i]) && good;
	}
	for (int i = 0; good && i < N_LANGUAGES; i++) {
		for (guint k = 0; k < names[i]->len; k++) {
			const char *name = g_ptr_array_index(names[i], k);
			if (rule >= ARGUMENTS_OF_MATCH && !g_strv_contains(of_match, name))
				REFUSE(l, nodes[i], "{%s}: a rule with match or phrases has the arguments {excerpt}, {words} and {count} only",
				        name);
			if (!g_ptr_array_find_with_equal_func(names[!i], name, g_str_equal, NULL))
				REFUSE(l, nodes[!i], "the argument {%s} of the other language is missing here", name);
		}
	}
	for (int i = 0; i < N_LANGUAGES; i++)
		g_ptr_array_unref(names[i]);
}

/* Prose is wrapped in the rule file to be read there: a single line end is a blank, or nothing between two characters that are not
 * ASCII (Japanese has no blanks between words). An empty line parts paragraphs and stays. NULL stays NULL. */
static const char *folded(struct arena *arena, const char *text)
{
	if (!text || !strchr(text, '\n'))
		return text;
	char *copy = arena_copy(arena, span_str(text)), *out = copy;

	for (const char *p = text; *p; p++) {
		if (*p != '\n') {
			*out++ = *p;
			continue;
		}
		size_t line_ends = strspn(p, "\n");
		const char *next = p + line_ends;
		if (line_ends > 1) {
			*out++ = '\n';
			*out++ = '\n';
		} else if (!((unsigned char)p[-1] >= 0x80 && (unsigned char)*next >= 0x80)) {
			*out++ = ' ';
		}
		p = next - 1;
	}
	*out = '\0';
	return copy;
}

/* The list that "@name" names; NULL after a refusal. */
static const struct data_list *list_of(struct loader *l, const struct node *node, struct span name, bool is_table)
{
	static const struct data_set none = {NULL, 0};
	const struct data_set *lists = l->lists ? l->lists : &none;
	char *copy = arena_copy(l->arena, name);
	const struct data_list *list = data_set_find(lists, copy);

	if (!list) {
		const char *near = NULL;
		unsigned best = G_MAXUINT;
		for (size_t i = 0; i < lists->n; i++)
			if (word_nearer(copy, lists->lists[i]->name, &best))
				near = lists->lists[i]->name;
		if (near)
			REFUSE(l, node, "there is no list \"@%s\"; did you mean \"@%s\"?", copy, near);
		else
			REFUSE(l, node, "there is no list \"@%s\"", copy);
	} else if (list->is_table != is_table) {
		REFUSE(l, node, is_table ? "\"@%s\" is a list of words, not a table" : "\"@%s\" is a table; write \"@%s/KEY\"", copy, copy);
		return NULL;
	}
	return list;
}

/* "TABLE/KEY", without the "@". false after a refusal. */
static bool limit_of(struct loader *l, const struct node *node, struct span place, struct data_limit *limit)
{
	size_t slash = span_find_byte(place, '/', 0);
	const struct data_list *table = list_of(l, node, span_cut(place, 0, slash), true);

	if (!table)
		return false;
	if (!data_list_limit(table, span_cut(place, slash + 1, place.n), limit)) {
		REFUSE(l, node, "the table \"@%s\" has no such line as \"@%.*s\"", table->name, (int)place.n, place.p);
		return false;
	}
	return true;
}

/* The text with every {@TABLE/KEY} replaced by the limit as people write it. */
static const char *with_limits(struct loader *l, const struct node *node, const char *text)
{
	if (!text || !strstr(text, "{@"))
		return text;
	GString *out = g_string_new(NULL);
	const char *p = text, *mark, *close;
	struct data_limit limit;

	while ((mark = strstr(p, "{@")) && (close = strchr(mark, '}'))) {
		g_string_append_len(out, p, mark - p);
		if (limit_of(l, node, span_of(mark + 2, (size_t)(close - mark) - 2), &limit))
			g_string_append(out, limit.written);
		p = close + 1;
	}
	g_string_append(out, p);
	const char *copy = arena_copy(l->arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return copy;
}

static struct localized localized_of(struct loader *l, const struct node *node, const char *what, enum argument_rule rule)
{
	static const char *const languages[] = {"en", "ja", NULL};
	struct localized text = {{NULL, NULL}};
	const struct node *nodes[N_LANGUAGES] = {NULL, NULL};

	if (!only_keys(l, node, what, languages))
		return text;
	for (int i = 0; i < N_LANGUAGES; i++) {
		nodes[i] = get(node, languages[i]);
		if (!nodes[i])
			REFUSE(l, node, "%s has no \"%s\"", what, languages[i]);
		else
			text.text[i] = with_limits(l, nodes[i], strcmp(what, "title") == 0 ? text_of(l, nodes[i], what) :
			                                                            folded(l->arena, text_of(l, nodes[i], what)));
	}
	if (rule != ARGUMENTS_NONE && text.text[LANGUAGE_EN] && text.text[LANGUAGE_JA])
		check_arguments(l, nodes, &text, rule);
	return text;
}

static void read_messages(struct loader *l, const struct node *node, struct rule *rule, enum argument_rule arguments)
{
	bool several = node->kind == NODE_MAP && node->children && !get(node, "en") && !get(node, "ja");

	if (!several) {
		struct rule_message *message = ARENA_NEW(l->arena, struct rule_message);
		message->case_name = "default";
		message->text = localized_of(l, node, "message", arguments);
		rule->messages = message;
		rule->n_messages = 1;
		return;
	}
	if (arguments == ARGUMENTS_OF_MATCH)
		REFUSE(l, node, "a rule with match has one message, {en: ..., ja: ...}");
	struct rule_message *messages = ARENA_ARRAY(l->arena, struct rule_message, count_children(node));
	for (const struct node *child = node->children; child; child = child->next) {
		if (!rule_is_name(child->key, '-'))
			REFUSE_KEY(l, child, "\"%s\" is no case name (small letters, digits, hyphens)", child->key);
		messages[rule->n_messages].case_name = child->key;
		messages[rule->n_messages++].text = localized_of(l, child, "message", arguments);
	}
	rule->messages = messages;
}

static bool has_case(const struct rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->n_messages; i++)
		if (rule->messages[i].case_name && strcmp(rule->messages[i].case_name, name) == 0)
			return true;
	return false;
}

static void read_fix(struct loader *l, const struct node *node, struct rule_fix *fix)
{
	static const char *const keys[] = {"safe", "en", "ja", NULL};
	const struct node *safe = get(node, "safe"), *texts[N_LANGUAGES] = {get(node, "en"), get(node, "ja")};

	if (!only_keys(l, node, "fix", keys))
		return;
	if (!safe || !texts[LANGUAGE_EN] || !texts[LANGUAGE_JA]) {
		REFUSE(l, node, "a fix has \"safe\", \"en\" and \"ja\"");
		return;
	}
	fix->safe = boolean_of(l, safe, "safe");
	for (int i = 0; i < N_LANGUAGES; i++)
		fix->text.text[i] = line_of(l, texts[i], "fix");
	if (fix->text.text[LANGUAGE_EN] && fix->text.text[LANGUAGE_JA])
		check_arguments(l, texts, &fix->text, ARGUMENTS_OF_CHECK);
}

static void read_fixes(struct loader *l, const struct node *node, struct rule *rule)
{
	bool several = node->kind == NODE_MAP && node->children && !get(node, "safe");
	struct rule_fix *fixes = ARENA_ARRAY(l->arena, struct rule_fix, several ? count_children(node) : 1);

	rule->fixes = fixes;
	if (!several) {
		fixes[rule->n_fixes].case_name = "default";
		read_fix(l, node, &fixes[rule->n_fixes++]);
		return;
	}
	for (const struct node *child = node->children; child; child = child->next) {
		fixes[rule->n_fixes].case_name = child->key;
		read_fix(l, child, &fixes[rule->n_fixes++]);
	}
}

/* --- conditions --------------------------------------------------------------------------------------------------------------- */

static bool stage_bit(const char *word, unsigned *bit)
{
	enum stage value;
	bool known = stage_parse(word, &value);
	*bit = known ? 1U << value : 0;
	return known;
}

static bool class_bit(const char *word, unsigned *bit)
{
	enum mail_class value;
	bool known = class_parse(word, &value);
	*bit = known ? 1U << value : 0;
	return known;
}

static bool volume_bit(const char *word, unsigned *bit)
{
	enum volume value;
	bool known = volume_parse(word, &value);
	*bit = known ? 1U << value : 0;
	return known;
}

/* The bits of a word or list of words; 0 where the key is absent or refused. */
static unsigned bits_of(struct loader *l, const struct node *map, const char *key, bool (*parse)(const char *, unsigned *))
{
	const struct node *node = get(map, key);
	const char *const *words = node ? strings_of(l, node, key, false) : NULL;
	unsigned bits = 0, bit;

	if (!words)
		return 0;
	const struct node *item = node->kind == NODE_LIST ? node->children : node;
	for (; *words; words++, item = item->next) {
		if (parse(*words, &bit))
			bits |= bit;
		else
			REFUSE(l, item, "\"%s\" is no %s", *words, key);
	}
	return bits;
}

static enum severity severity_of(struct loader *l, const struct node *node)
{
	enum severity severity = SEVERITY_OFF;
	if (node->kind != NODE_SCALAR || !severity_parse(node->text, &severity))
		REFUSE(l, node, "severity must be error, warning, info or off");
	return severity;
}

static void read_condition(struct loader *l, const struct node *node, struct rule_condition *out)
{
	static const char *const keys[] = {
	        "stage", "class", "volume", "profile", "target", "field", "case", "added", "severity", "requirements", NULL};
	const struct node *value;

	out->severity = -1;
	if (!only_keys(l, node, "when", keys))
		return;
	out->stages = bits_of(l, node, "stage", stage_bit);
	out->classes = bits_of(l, node, "class", class_bit);
	out->volumes = bits_of(l, node, "volume", volume_bit);
	out->profiles = bits_of(l, node, "profile", profile_parse);
	value = get(node, "target");
	if (value) {
		out->target_jis = g_strcmp0(value->text, "japanese") == 0 ? 1 : g_strcmp0(value->text, "other") == 0 ? -1 : 0;
		if (!out->target_jis)
			REFUSE(l, value, "target must be japanese or other");
	}
	value = get(node, "field");
	if (value) {
		out->fields = strings_of(l, value, "field", false);
		for (const char *const *field = out->fields; field && *field; field++)
			for (const char *p = *field; *p; p++)
				if (*p >= 'A' && *p <= 'Z') {
					REFUSE(l, value, "field \"%s\" must be in small letters", *field);
					break;
				}
	}
	value = get(node, "case");
	if (value)
		out->cases = strings_of(l, value, "case", false);
	value = get(node, "added");
	if (value)
		out->added = strings_of(l, value, "added", false);
	value = get(node, "severity");
	if (value)
		out->severity = (int)severity_of(l, value);
	value = get(node, "requirements");
	if (value)
		out->requirements = requirements_of(l, value);

	size_t n_results = (get(node, "severity") != NULL) + (get(node, "requirements") != NULL);
	if (n_results == 0)
		REFUSE(l, node, "an entry of when needs severity or requirements");
	if (count_children(node) == n_results)
		REFUSE(l, node, "an entry of when needs a condition");
}

static void read_conditions(struct loader *l, const struct node *node, struct rule *rule)
{
	if (node->kind != NODE_LIST || !node->children) {
		REFUSE(l, node, "when must be a list of maps");
		return;
	}
	struct rule_condition *conditions = ARENA_ARRAY(l->arena, struct rule_condition, count_children(node));
	for (const struct node *item = node->children; item; item = item->next) {
		struct rule_condition *condition = &conditions[rule->n_conditions++];
		read_condition(l, item, condition);
		const struct node *cases = get(item, "case");
		for (const char *const *name = condition->cases; name && *name; name++) {
			bool known = false;
			for (size_t i = 0; i < rule->n_messages; i++)
				known = known || strcmp(rule->messages[i].case_name, *name) == 0;
			if (!known)
				REFUSE(l, cases, "message has no case \"%s\"", *name);
		}
	}
	rule->conditions = conditions;
}

/* --- sources ------------------------------------------------------------------------------------------------------------------ */

static void read_sources(struct loader *l, const struct node *node, struct rule *rule)
{
	if (node->kind != NODE_LIST || !node->children) {
		REFUSE(l, node, "sources must be a list of maps");
		return;
	}
	struct rule_source *sources = ARENA_ARRAY(l->arena, struct rule_source, count_children(node));
	for (const struct node *item = node->children; item; item = item->next)
		read_source(l, item, &sources[rule->n_sources++]);
	rule->sources = sources;
}

/* --- match -------------------------------------------------------------------------------------------------------------------- */

/* In the order of enum match_target. literal: addresses and sources, which L1 would falsify. */
static const struct {
	const char *name;
	bool literal;
} target_words[] = {
        [TARGET_SUBJECT] = {"subject", false},
        [TARGET_FROM_NAME] = {"from-name", false},
        [TARGET_FROM_ADDRESS] = {"from-address", true},
        [TARGET_TO_NAME] = {"to-name", false},
        [TARGET_REPLY_TO_ADDRESS] = {"reply-to-address", true},
        [TARGET_HEADER] = {"header", false},
        [TARGET_HEADER_RAW] = {"header-raw", true},
        [TARGET_BODY] = {"body", false},
        [TARGET_PLAIN] = {"plain", false},
        [TARGET_HTML_VISIBLE] = {"html-visible", false},
        [TARGET_HTML_HIDDEN] = {"html-hidden", false},
        [TARGET_HTML_SOURCE] = {"html-source", true},
        [TARGET_TEXT] = {"text", false},
        [TARGET_LINK_URL] = {"link-url", true},
        [TARGET_LINK_HOST] = {"link-host", true},
        [TARGET_LINK_LABEL] = {"link-label", false},
        [TARGET_FILE_NAME] = {"file-name", false},
};

static const struct rule_match *read_match(struct loader *l, const struct node *node);

static void read_children(struct loader *l, const struct node *node, struct rule_match *out, const char *what)
{
	if (node->kind != NODE_LIST || !node->children) {
		REFUSE(l, node, "%s must be a list of matches", what);
		return;
	}
	const struct rule_match **children = ARENA_ARRAY(l->arena, const struct rule_match *, count_children(node) + 1);
	bool positive = false;
	size_t n = 0;
	for (const struct node *item = node->children; item; item = item->next) {
		if (get(item, "not") && out->kind != MATCH_ALL)
			REFUSE(l, item, "not may stand inside all only");
		positive = positive || !get(item, "not");
		const struct rule_match *child = read_match(l, item);
		if (child)
			children[n++] = child;
	}
	if (!positive && out->kind == MATCH_ALL)
		REFUSE(l, node, "all needs a child that is not a \"not\"");
	out->children = children;
}

static void read_only_child(struct loader *l, const struct node *node, struct rule_match *out)
{
	const struct rule_match **children = ARENA_ARRAY(l->arena, const struct rule_match *, 2);
	if (get(node, "not"))
		REFUSE(l, node, "not may stand inside all only");
	children[0] = read_match(l, node);
	out->children = children;
}

/* What is looked for, in the target that out has already. */
static void read_pattern(struct loader *l, const struct node *node, struct rule_match *out)
{
	const struct node *phrase = get(node, "phrase"), *regex = get(node, "regex"), *value;
	const char *target = target_words[out->target].name;
	bool literal = target_words[out->target].literal;

	out->form = literal ? FORM_DECODED : FORM_L1;
	if (!phrase == !regex)
		REFUSE(l, node, "a match has either phrase or regex");
	if (phrase) {
		out->kind = MATCH_PHRASE;
		out->phrases = strings_of(l, phrase, "phrase", false);
		out->border = BORDER_WORD;
	} else if (regex) {
		out->kind = MATCH_REGEX;
		out->regex = content_of(l, regex, "regex", false);
		if (out->regex && strlen(out->regex) > LIMIT_PATTERN_BYTES)
			REFUSE(l, regex, "regex of more than %d bytes", LIMIT_PATTERN_BYTES);
	}
	value = get(node, "form");
	if (value) {
		if (g_strcmp0(value->text, "l1") == 0) {
			out->form = FORM_L1;
			if (literal)
				REFUSE(l, value, "%s is matched as it is, form: decoded", target);
		} else if (g_strcmp0(value->text, "decoded") == 0) {
			out->form = FORM_DECODED;
		} else {
			REFUSE(l, value, "form must be l1 or decoded");
		}
	}
	value = get(node, "kana");
	if (value) {
		if (g_strcmp0(value->text, "fold") != 0)
			REFUSE(l, value, "kana must be fold, or left out");
		else if (out->form == FORM_DECODED)
			REFUSE(l, value, "kana: fold needs form: l1");
		out->form = FORM_L1_KANA;
	}
	value = get(node, "border");
	if (value) {
		if (g_strcmp0(value->text, "word") == 0)
			out->border = BORDER_WORD;
		else if (g_strcmp0(value->text, "none") == 0)
			out->border = BORDER_NONE;
		else
			REFUSE(l, value, "border must be word or none");
	}
	value = get(node, "except");
	if (value)
		out->except = strings_of(l, value, "except", false);
}

static void read_leaf(struct loader *l, const struct node *node, struct rule_match *out)
{
	static const char *const keys[] = {"on", "header", "phrase", "regex", "form", "kana", "border", "except", NULL};
	const struct node *on, *header = get(node, "header");

	if (!only_keys(l, node, "match", keys))
		return;
	on = get(node, "on");
	size_t target = 0;
	if (!on) {
		REFUSE(l, node, "a match needs \"on\", or one of any, all, count, within");
	} else {
		while (target < G_N_ELEMENTS(target_words) && g_strcmp0(on->text, target_words[target].name) != 0)
			target++;
		if (target == G_N_ELEMENTS(target_words)) {
			REFUSE(l, on, "unknown target \"%s\"", on->text ? on->text : "");
			target = 0;
		}
	}
	out->target = (enum match_target)target;
	bool is_header = out->target == TARGET_HEADER || out->target == TARGET_HEADER_RAW;
	if (is_header != (header != NULL))
		REFUSE(l, node,
		        is_header ? "on: header needs the field's name in header" : "header belongs to on: header and header-raw");
	if (header)
		out->header = line_of(l, header, "header");

	read_pattern(l, node, out);
}

static void read_count(struct loader *l, const struct node *node, struct rule_match *out)
{
	static const char *const keys[] = {"min", "max", "distinct", "of", NULL};
	const struct node *min, *max, *distinct, *of;

	out->min = 1;
	out->max = -1;
	if (!only_keys(l, node, "count", keys))
		return;
	min = get(node, "min");
	max = get(node, "max");
	distinct = get(node, "distinct");
	of = get(node, "of");
	if (min)
		out->min = number_of(l, min, "min", 1);
	if (max)
		out->max = number_of(l, max, "max", 1);
	if (max && out->max >= 0 && out->max < out->min)
		REFUSE(l, max, "max is less than min");
	if (distinct)
		out->distinct = boolean_of(l, distinct, "distinct");
	if (of)
		read_only_child(l, of, out);
	else
		REFUSE(l, node, "count needs \"of\"");
}

static void read_within(struct loader *l, const struct node *node, struct rule_match *out)
{
	static const char *const keys[] = {"distance", "of", NULL};
	const struct node *distance, *of;

	if (!only_keys(l, node, "within", keys))
		return;
	distance = get(node, "distance");
	of = get(node, "of");
	if (distance)
		out->distance = number_of(l, distance, "distance", 0);
	else
		REFUSE(l, node, "within needs \"distance\"");
	if (!of) {
		REFUSE(l, node, "within needs \"of\"");
		return;
	}
	if (of->kind == NODE_LIST && count_children(of) < 2)
		REFUSE(l, of, "within needs two matches at least");
	read_children(l, of, out, "of");
}

/* NULL where node is no map, which is refused. The depth of the tree is that of the YAML, so the recursion is bounded. */
static const struct rule_match *read_match(struct loader *l, const struct node *node)
{
	static const struct {
		const char *key;
		enum match_kind kind;
	} inner[] = {
	        {"any", MATCH_ANY},
	        {"all", MATCH_ALL},
	        {"not", MATCH_NOT},
	        {"count", MATCH_COUNT},
	        {"within", MATCH_WITHIN},
	};

	if (node->kind != NODE_MAP) {
		REFUSE(l, node, "a match must be a map");
		return NULL;
	}
	struct rule_match *match = ARENA_NEW(l->arena, struct rule_match);
	for (size_t i = 0; i < G_N_ELEMENTS(inner); i++) {
		const struct node *child = get(node, inner[i].key);
		if (!child)
			continue;
		if (count_children(node) > 1)
			REFUSE(l, node, "%s must stand alone in its map", inner[i].key);
		match->kind = inner[i].kind;
		if (match->kind == MATCH_ANY || match->kind == MATCH_ALL)
			read_children(l, child, match, inner[i].key);
		else if (match->kind == MATCH_NOT)
			read_only_child(l, child, match);
		else if (match->kind == MATCH_COUNT)
			read_count(l, child, match);
		else
			read_within(l, child, match);
		return match;
	}
	read_leaf(l, node, match);
	return match;
}

/* --- phrases ------------------------------------------------------------------------------------------------------------------- */

/* The leaf of a disguise: the same phrases, looked for in another form. Borders are judged there as if the word stood plainly. */
static const struct rule_match *disguise_of(struct loader *l, const struct rule_match *leaf, enum match_form form)
{
	struct rule_match *copy = ARENA_NEW(l->arena, struct rule_match);
	*copy = *leaf;
	copy->form = form;
	copy->border = BORDER_WORD;
	return copy;
}

static const struct rule_match *with_disguises(struct loader *l, const struct node *node, const struct rule_match *leaf)
{
	const char *const *words = strings_of(l, node, "disguise", false);
	const struct rule_match **children = ARENA_ARRAY(l->arena, const struct rule_match *, 4);
	struct rule_match *any = ARENA_NEW(l->arena, struct rule_match);
	size_t n = 0;

	if (leaf->kind != MATCH_PHRASE || leaf->form != FORM_L1)
		REFUSE(l, node, "disguise belongs to phrase, without kana: fold");
	children[n++] = leaf;
	for (size_t i = 0; words && words[i] && n < 3; i++) {
		if (strcmp(words[i], "gaps") == 0)
			children[n++] = disguise_of(l, leaf, FORM_GAPS);
		else if (strcmp(words[i], "masks") == 0)
			children[n++] = disguise_of(l, leaf, FORM_MASKS);
		else
			REFUSE(l, node, "disguise is gaps, masks, or both");
	}
	any->kind = MATCH_ANY;
	any->children = children;
	return any;
}

/* near: lists of phrases, one of each within so many characters. */
static const struct rule_match *read_near(struct loader *l, const struct node *node, enum match_target target)
{
	static const char *const keys[] = {"distance", "of", NULL};
	struct rule_match *within = ARENA_NEW(l->arena, struct rule_match);
	const struct node *distance, *of;

	within->kind = MATCH_WITHIN;
	if (!only_keys(l, node, "near", keys))
		return within;
	distance = get(node, "distance");
	of = get(node, "of");
	if (!distance || !of || of->kind != NODE_LIST || count_children(of) < 2) {
		REFUSE(l, node, "near needs distance, and of: two lists of phrases at least");
		return within;
	}
	within->distance = number_of(l, distance, "distance", 0);
	const struct rule_match **children = ARENA_ARRAY(l->arena, const struct rule_match *, count_children(of) + 1);
	size_t n = 0;
	for (const struct node *item = of->children; item; item = item->next) {
		struct rule_match *leaf = ARENA_NEW(l->arena, struct rule_match);
		leaf->kind = MATCH_PHRASE;
		leaf->target = target;
		leaf->form = FORM_L1;
		leaf->phrases = strings_of(l, item, "of", false);
		children[n++] = leaf;
	}
	within->children = children;
	return within;
}

static const struct rule_match *read_phrase(struct loader *l, const struct node *node, const struct rule *rule, struct rule_phrase *out)
{
	static const char *const keys[] = {"phrase", "regex", "near", "strength", "on", "kana", "border", "except", "disguise",
	        "shop", "hit", "miss", "note", NULL};
	static const char *const strengths[] = {"weak", "medium", "strong"};
	struct rule_match *leaf = ARENA_NEW(l->arena, struct rule_match);
	const struct node *strength, *hit, *miss, *on, *phrase, *regex, *near, *value;

	if (!only_keys(l, node, "a phrase", keys))
		return leaf;
	out->line = node->line;
	strength = get(node, "strength");
	hit = get(node, "hit");
	miss = get(node, "miss");
	on = get(node, "on");
	phrase = get(node, "phrase");
	regex = get(node, "regex");
	near = get(node, "near");
	size_t number = 0;
	while (strength && number < N_PHRASE_STRENGTHS && g_strcmp0(strength->text, strengths[number]) != 0)
		number++;
	if (!strength || number == N_PHRASE_STRENGTHS)
		REFUSE(l, strength ? strength : node, "a phrase needs its strength: weak, medium or strong");
	out->strength = (enum phrase_strength)number;
	if (!hit || !miss)
		REFUSE(l, node, "a phrase needs hit, a text it is found in, and miss, a text like it where it is not");
	if (hit)
		out->hit = content_of(l, hit, "hit", false);
	if (miss)
		out->miss = content_of(l, miss, "miss", false);
	if ((value = get(node, "note")))
		out->note = line_of(l, value, "note");
	out->subject = on && g_strcmp0(on->text, "subject") == 0;
	if (on && !out->subject)
		REFUSE(l, on, "a phrase is looked for in Subject and body; on: subject is the one choice");
	if ((value = get(node, "shop")))
		out->shop = boolean_of(l, value, "shop");
	if (out->shop && out->strength != PHRASE_WEAK)
		REFUSE(l, value, "a word of shops is weak");
	if ((phrase != NULL) + (regex != NULL) + (near != NULL) != 1) {
		REFUSE(l, node, "an entry has one of phrase, regex and near");
		return leaf;
	}
	leaf->target = out->subject ? TARGET_SUBJECT : TARGET_TEXT;
	if (near)
		return read_near(l, near, leaf->target);
	read_pattern(l, node, leaf);
	value = get(node, "disguise");
	if (value && !has_case(rule, "disguised"))
		REFUSE(l, value, "the message has no case disguised");
	return value ? with_disguises(l, value, leaf) : leaf;
}

static void read_phrases(struct loader *l, const struct node *node, struct rule *rule)
{
	struct rule_match *any = ARENA_NEW(l->arena, struct rule_match);

	if (node->kind != NODE_LIST || !node->children) {
		REFUSE(l, node, "phrases must be a list of maps");
		return;
	}
	const struct rule_match **children = ARENA_ARRAY(l->arena, const struct rule_match *, count_children(node) + 1);
	struct rule_phrase *phrases = ARENA_ARRAY(l->arena, struct rule_phrase, count_children(node));
	for (const struct node *item = node->children; item; item = item->next, rule->n_phrases++)
		children[rule->n_phrases] = read_phrase(l, item, rule, &phrases[rule->n_phrases]);
	any->kind = MATCH_ANY;
	any->children = children;
	rule->phrases = phrases;
	rule->match = any;
}

/* --- check -------------------------------------------------------------------------------------------------------------------- */

/* Take the names of lists ("@shorteners") out of the words; the rest stays in their order. */
static void resolve_lists(struct loader *l, const struct node *node, const struct rule *rule, struct rule_setting *setting)
{
	const struct node *item = node->kind == NODE_LIST ? node->children : node;
	size_t count = count_children(node) + 2, n_words = 0, n_lists = 0;
	const char **words = ARENA_ARRAY(l->arena, const char *, count);
	const struct data_list **lists = ARENA_ARRAY(l->arena, const struct data_list *, count);

	for (const char *const *word = setting->list; *word; word++, item = item->next) {
		if (**word != '@')
			words[n_words++] = *word;
		else
			lists[n_lists++] = list_of(l, item, span_str(*word + 1), false);
	}
	if (n_lists == 0)
		return;
	if (rule->check && !rule_setting_takes_data(rule->check, node->key))
		REFUSE(l, node, "the setting %s of %s cannot be a list of facts", node->key, rule->check);
	setting->list = n_words ? words : NULL;
	setting->data = lists;
}

/* "@TABLE/KEY" is a number of a table, "@NAME" a list. */
static void read_scalar_setting(struct loader *l, const struct node *node, const struct rule *rule, struct rule_setting *setting)
{
	const char *text = content_of(l, node, node->key, false);
	struct data_limit limit;

	if (!text || *text != '@') {
		setting->value = text;
	} else if (strchr(text, '/')) {
		if (limit_of(l, node, span_str(text + 1), &limit))
			setting->value = arena_printf(l->arena, "%" G_GUINT64_FORMAT, limit.value);
	} else {
		setting->list = strings_of(l, node, node->key, false);
		resolve_lists(l, node, rule, setting);
	}
}

static void read_settings(struct loader *l, const struct node *node, struct rule *rule)
{
	if (node->kind != NODE_MAP || !node->children) {
		REFUSE(l, node, "with must be a map");
		return;
	}
	struct rule_setting *settings = ARENA_ARRAY(l->arena, struct rule_setting, count_children(node));
	for (const struct node *child = node->children; child; child = child->next) {
		struct rule_setting *setting = &settings[rule->n_settings++];
		if (!rule_is_name(child->key, '_'))
			REFUSE_KEY(l, child, "\"%s\" is no name of a setting (small letters, digits, underscores)", child->key);
		setting->key = child->key;
		if (child->kind != NODE_LIST)
			read_scalar_setting(l, child, rule, setting);
		else if ((setting->list = strings_of(l, child, child->key, false)))
			resolve_lists(l, child, rule, setting);
	}
	rule->settings = settings;
}

static void read_check(struct loader *l, const struct node *node, struct rule *rule)
{
	rule->check = line_of(l, node, "check");
	if (!rule->check)
		return;
	if (!rule_is_name(rule->check, '_'))
		REFUSE(l, node, "\"%s\" is no name of a check (small letters, digits, underscores)", rule->check);
	else if (l->known_check && !l->known_check(rule->check))
		REFUSE(l, node, "there is no check \"%s\"", rule->check);
}

/* --- examples ----------------------------------------------------------------------------------------------------------------- */

static bool good_escapes(const char *text)
{
	for (; *text; text++) {
		if (*text != '\\')
			continue;
		text++;
		if (*text == 'x' && ascii_hex_value(text[1]) >= 0 && ascii_hex_value(text[2]) >= 0)
			text += 2;
		else if (!*text || !strchr("ernt\\", *text))
			return false;
	}
	return true;
}

static bool is_plain_path(const char *path)
{
	bool good = *path && *path != '/';
	char **parts = g_strsplit(path, "/", -1);
	for (char **part = parts; *part; part++)
		good = good && **part && strcmp(*part, "..") != 0 && strcmp(*part, ".") != 0;
	g_strfreev(parts);
	return good;
}

static void read_repeat(struct loader *l, const struct node *node, struct rule_example *out)
{
	static const char *const keys[] = {"header", "line", "times", NULL};

	if (!only_keys(l, node, "repeat", keys))
		return;
	const struct node *header = get(node, "header"), *line = get(node, "line"), *times = get(node, "times");
	if (!header || !line || !times) {
		REFUSE(l, node, "repeat needs header, line and times");
		return;
	}
	out->content = content_of(l, header, "header", true);
	out->repeat_line = content_of(l, line, "line", false);
	out->repeat_times = number_of(l, times, "times", 1);
	if (out->repeat_line && out->repeat_times > 0 && strlen(out->repeat_line) * (size_t)out->repeat_times > LIMIT_INPUT_BYTES)
		REFUSE(l, node, "repeat makes more than %zu bytes", LIMIT_INPUT_BYTES);
}

static void read_content(struct loader *l, const struct node *node, struct rule_example *out)
{
	static const char *const kinds[] = {"subject", "from", "headers", "text", "html", "eml", "bytes", "template", "file",
	        "messages", "repeat", "engine", NULL};
	static const char *const template_keys[] = {"name", "content", "data", NULL};

	if (!only_keys(l, node, "an example", kinds))
		return;
	if (count_children(node) != 1) {
		REFUSE(l, node, "an example has exactly one kind of content");
		return;
	}
	const struct node *value = node->children;
	out->kind = value->key;
	if (strcmp(out->kind, "messages") == 0) {
		out->parts = strings_of(l, value, "messages", false);
		if (value->kind != NODE_LIST || count_children(value) < 2)
			REFUSE(l, value, "messages must be a list of two at least");
		return;
	}
	if (strcmp(out->kind, "template") == 0 && value->kind == NODE_MAP) {
		only_keys(l, value, "template", template_keys);
		const struct node *name = get(value, "name"), *content = get(value, "content");
		if (!name || !content) {
			REFUSE(l, value, "template needs name and content");
			return;
		}
		out->file_name = line_of(l, name, "name");
		if (out->file_name && !is_plain_path(out->file_name))
			REFUSE(l, name, "name must be a plain file name");
		if (get(value, "data"))
			out->data = content_of(l, get(value, "data"), "data", false);
		value = content;
	}
	if (strcmp(out->kind, "repeat") == 0) {
		read_repeat(l, value, out);
		return;
	}
	out->content = content_of(l, value, out->kind, true);
	if (!out->content)
		return;
	if (strcmp(out->kind, "engine") == 0 && !(out->fail && is_plain_path(out->content)))
		REFUSE(l, value, "engine is for fail, and names the test file that shows it");
	if (strcmp(out->kind, "bytes") == 0 && !good_escapes(out->content))
		REFUSE(l, value, "a backslash must begin \\xHH, \\e, \\r, \\n, \\t or \\\\");
	if (strcmp(out->kind, "file") == 0 && !is_plain_path(out->content))
		REFUSE(l, value, "file must be a path below corpus/");
	if (strcmp(out->kind, "subject") == 0 && strpbrk(out->content, "\r\n"))
		REFUSE(l, value, "subject must be one line; use headers for more");
}

static void read_example(struct loader *l, const struct node *node, struct rule_example *out)
{
	static const char *const keys[] = {
	        "fail", "pass", "name", "hit", "excerpt", "severity", "options", "requirements", "count", "fixed", "fix", NULL};
	static const char *const fail_only[] = {"hit", "excerpt", "severity", "count", "fixed", "fix"};
	const struct node *fail = get(node, "fail"), *pass = get(node, "pass"), *value;

	out->line = node->line;
	if (!only_keys(l, node, "examples", keys))
		return;
	const struct node *content = fail ? fail : pass;
	if (!content || (fail && pass)) {
		REFUSE(l, node, "an example is either fail or pass");
		return;
	}
	out->fail = fail != NULL;
	read_content(l, content, out);
	for (size_t i = 0; pass && i < G_N_ELEMENTS(fail_only); i++) {
		value = get(node, fail_only[i]);
		if (value)
			REFUSE_KEY(l, value, "%s belongs to a failing example", fail_only[i]);
	}
	value = get(node, "name");
	if (value)
		out->name = line_of(l, value, "name");
	value = get(node, "hit");
	if (value)
		out->hit = content_of(l, value, "hit", true);
	value = get(node, "fixed");
	if (value)
		out->fixed = content_of(l, value, "fixed", false);
	value = get(node, "fix");
	if (value && value->text && strcmp(value->text, "safe") != 0 && strcmp(value->text, "unsafe") != 0 && strcmp(value->text, "none") != 0)
		REFUSE(l, value, "the fix of an example is safe, unsafe or none");
	else if (value)
		out->fix = line_of(l, value, "fix");
	value = get(node, "excerpt");
	if (value)
		out->excerpt = content_of(l, value, "excerpt", false);
	value = get(node, "severity");
	if (value) {
		if (severity_of(l, value) == SEVERITY_OFF && g_strcmp0(value->text, "off") == 0)
			REFUSE(l, value, "a finding cannot have the severity off; write a passing example");
		out->severity = value->text;
	}
	value = get(node, "options");
	if (value) {
		struct lint_options options = {0};
		out->options = line_of(l, value, "options");
		if (out->options && !lint_options_set_line(&options, out->options))
			REFUSE(l, value,
			        "options may be --stage, --class, --volume, --profile, --target-charset, --now, --tags, --names, --domains, each with its "
			        "value");
	}
	value = get(node, "requirements");
	if (value) {
		out->requirements = requirements_of(l, value);
		if (value->kind == NODE_LIST && !value->children)
			out->requirements = ARENA_ARRAY(l->arena, const char *, 1);
	}
	value = get(node, "count");
	if (value)
		out->count = number_of(l, value, "count", 1);
}

static void read_examples(struct loader *l, const struct node *node, struct rule *rule)
{
	bool fail = false, pass = false;

	if (node->kind != NODE_LIST || !node->children) {
		REFUSE(l, node, "examples must be a list of maps");
		return;
	}
	struct rule_example *examples = ARENA_ARRAY(l->arena, struct rule_example, count_children(node));
	for (const struct node *item = node->children; item; item = item->next) {
		fail = fail || get(item, "fail");
		pass = pass || get(item, "pass");
		read_example(l, item, &examples[rule->n_examples++]);
	}
	if (!fail)
		REFUSE(l, node, "there is no failing example");
	if (!pass)
		REFUSE(l, node, "there is no passing example");
	rule->examples = examples;
}

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static void read_identity(struct loader *l, const struct node *node, struct rule *rule, const char *wanted_id)
{
	const char *id = line_of(l, node, "id");
	if (!id)
		return;
	if (!rule_is_name(id, '-'))
		REFUSE(l, node, "\"%s\" is no id (small letters, digits, hyphens)", id);
	else if (strcmp(id, wanted_id) != 0)
		REFUSE(l, node, "id \"%s\" is not the file's name, %s.yaml", id, wanted_id);
	rule->id = id;
}

static void read_supersedes(struct loader *l, const struct node *node, struct rule *rule)
{
	rule->supersedes = strings_of(l, node, "supersedes", false);
	if (rule->supersedes && strcmp(rule->supersedes[0], "*") == 0 && !rule->supersedes[1])
		return;
	for (const char *const *id = rule->supersedes; id && *id; id++) {
		if (!rule_is_name(*id, '-'))
			REFUSE(l, node, "\"%s\" is no id of a rule", *id);
		else if (rule->id && strcmp(*id, rule->id) == 0)
			REFUSE(l, node, "a rule cannot supersede itself");
	}
}

static void read_rule(struct loader *l, const struct node *root, struct rule *rule, const char *wanted_id)
{
	static const char *const keys[] = {"id", "requirements", "severity", "confidence", "when", "title", "why", "message",
	        "help", "fix", "sources", "smtp_reply", "supersedes", "check", "match", "phrases", "with", "several-messages", "skip-quoted-warnings", "default",
	        "examples",
	        NULL};
	static const char *const required[] = {
	        "id", "severity", "confidence", "title", "why", "message", "help", "sources", "examples"};
	const struct node *value;

	if (!only_keys(l, root, "a rule", keys))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(required); i++)
		if (!get(root, required[i]))
			REFUSE(l, root, "\"%s\" is missing", required[i]);

	const struct node *check = get(root, "check"), *match = get(root, "match"), *phrases = get(root, "phrases");
	enum argument_rule arguments = ARGUMENTS_OF_CHECK;
	if (!check && (match || phrases))
		arguments = phrases ? ARGUMENTS_OF_PHRASES : ARGUMENTS_OF_MATCH;
	if ((check != NULL) + (match != NULL) + (phrases != NULL) != 1)
		REFUSE(l, root, "a rule has one of check, match and phrases");
	if ((value = get(root, "id")))
		read_identity(l, value, rule, wanted_id);
	if ((value = get(root, "requirements")))
		rule->requirements = requirements_of(l, value);
	if (!rule->requirements)
		rule->requirements = ARENA_ARRAY(l->arena, const char *, 1);
	if ((value = get(root, "severity")))
		rule->severity = severity_of(l, value);
	if ((value = get(root, "confidence")) && !(value->kind == NODE_SCALAR && confidence_parse(value->text, &rule->confidence)))
		REFUSE(l, value, "confidence must be certain, likely or opinion");
	if ((value = get(root, "title"))) {
		rule->title = localized_of(l, value, "title", ARGUMENTS_NONE);
		for (int i = 0; i < N_LANGUAGES; i++)
			if (rule->title.text[i] && strchr(rule->title.text[i], '\n'))
				REFUSE(l, value, "title must be one line");
	}
	if ((value = get(root, "why")))
		rule->why = localized_of(l, value, "why", ARGUMENTS_NONE);
	if ((value = get(root, "message")))
		read_messages(l, value, rule, arguments);
	if ((value = get(root, "help")))
		rule->help = localized_of(l, value, "help", arguments);
	if ((value = get(root, "fix"))) {
		if (!check)
			REFUSE_KEY(l, value, "fix belongs to check");
		read_fixes(l, value, rule);
		for (size_t i = 0; i < rule->n_fixes; i++)
			if (!has_case(rule, rule->fixes[i].case_name))
				REFUSE(l, value, "fix: message has no case \"%s\"", rule->fixes[i].case_name);
	}
	if ((value = get(root, "when")))
		read_conditions(l, value, rule);
	if ((value = get(root, "sources")))
		read_sources(l, value, rule);
	if ((value = get(root, "smtp_reply")))
		rule->smtp_reply = line_of(l, value, "smtp_reply");
	if ((value = get(root, "supersedes")))
		read_supersedes(l, value, rule);
	if (check)
		read_check(l, check, rule);
	if (match)
		rule->match = read_match(l, match);
	if (phrases)
		read_phrases(l, phrases, rule);
	if ((value = get(root, "with"))) {
		if (!check)
			REFUSE_KEY(l, value, "with belongs to check");
		read_settings(l, value, rule);
	}
	if ((value = get(root, "skip-quoted-warnings"))) {
		rule->skips_quoted = boolean_of(l, value, "skip-quoted-warnings");
		if (rule->skips_quoted && !match)
			REFUSE_KEY(l, value, "skip-quoted-warnings needs match");
	}
	if ((value = get(root, "several-messages"))) {
		rule->several_messages = boolean_of(l, value, "several-messages");
		if (rule->several_messages && !check)
			REFUSE_KEY(l, value, "several-messages needs check");
	}
	if ((value = get(root, "default"))) {
		rule->default_off = g_strcmp0(value->text, "off") == 0;
		if (!rule->default_off && g_strcmp0(value->text, "on") != 0)
			REFUSE(l, value, "default must be on or off");
	}
	if ((value = get(root, "examples")))
		read_examples(l, value, rule);

	bool can_fire = rule->severity != SEVERITY_OFF;
	for (size_t i = 0; i < rule->n_conditions; i++)
		can_fire = can_fire || rule->conditions[i].severity > SEVERITY_OFF;
	value = get(root, "severity");
	if (!can_fire && value && g_strcmp0(value->text, "off") == 0)
		REFUSE(l, value, "severity off, and no entry of when raises it");
}

static void load_file(struct loader *l, const char *path, const char *area, const char *name, GPtrArray *rules)
{
	guint faults = l->errors->len;
	char *id = g_strndup(name, strlen(name) - strlen(".yaml"));
	struct rule *rule = ARENA_NEW(l->arena, struct rule);

	l->file = keep(l, path);
	const struct node *root = read_tree(l, path);
	if (root) {
		rule->area = keep(l, area);
		rule->file = l->file;
		read_rule(l, root, rule, id);
		if (l->errors->len == faults)
			g_ptr_array_add(rules, rule);
	}
	g_free(id);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is in a folder, sorted; NULL after a refusal. */
static GPtrArray *list_folder(struct loader *l, const char *path)
{
	GError *error = NULL;
	GDir *dir = g_dir_open(path, 0, &error);
	const char *name;

	if (!dir) {
		l->file = keep(l, path);
		refuse(l, 1, 1, "%s", error->message);
		g_error_free(error);
		return NULL;
	}
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	while ((name = g_dir_read_name(dir)))
		if (*name != '.')
			g_ptr_array_add(names, g_strdup(name));
	g_dir_close(dir);
	g_ptr_array_sort(names, compare_names);
	return names;
}

static void load_folder(struct loader *l, const char *path, const char *area, GPtrArray *rules)
{
	GPtrArray *names = list_folder(l, path);

	for (guint i = 0; names && i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		char *child = g_build_filename(path, name, NULL);
		if (g_file_test(child, G_FILE_TEST_IS_DIR)) {
			l->file = keep(l, child);
			if (!area && (strcmp(name, "clients") == 0 || strcmp(name, "data") == 0 || strcmp(name, "replies") == 0))
				; /* lists of facts */
			else if (area)
				refuse(l, 1, 1, "folders of rules are one level deep");
			else if (!rule_is_name(name, '-'))
				refuse(l, 1, 1, "\"%s\" is no name of an area (small letters, digits, hyphens)", name);
			else
				load_folder(l, child, name, rules);
		} else if (g_str_has_suffix(name, ".yaml")) {
			/* This one stands beside the areas and is no rule. */
			if (area || strcmp(name, "renamed.yaml") != 0)
				load_file(l, child, area ? area : "user", name, rules);
		} else if (g_str_has_suffix(name, ".yml")) {
			l->file = keep(l, child);
			refuse(l, 1, 1, "a rule file ends in .yaml");
		}
		g_free(child);
	}
	if (names)
		g_ptr_array_unref(names);
}

static int compare_rules(const void *a, const void *b)
{
	const struct rule *first = *(const struct rule *const *)a, *second = *(const struct rule *const *)b;
	int order = strcmp(first->id, second->id);
	return order ? order : strcmp(first->file, second->file);
}

struct rule_set rule_load_folder(struct arena *arena, const char *folder, bool (*known_check)(const char *name), const struct data_set *lists,
				 GPtrArray *errors)
{
	struct loader l = {.arena = arena, .errors = errors, .known_check = known_check, .lists = lists};
	GPtrArray *rules = g_ptr_array_new();

	load_folder(&l, folder, NULL, rules);
	g_ptr_array_sort(rules, compare_rules);
	const struct rule **kept = ARENA_ARRAY(arena, const struct rule *, rules->len + 1);
	size_t n = 0;
	for (guint i = 0; i < rules->len; i++) {
		const struct rule *rule = g_ptr_array_index(rules, i);
		if (n && strcmp(kept[n - 1]->id, rule->id) == 0) {
			l.file = rule->file;
			refuse(&l, 1, 1, "the rule \"%s\" is also in %s", rule->id, kept[n - 1]->file);
		} else {
			kept[n++] = rule;
		}
	}
	g_ptr_array_unref(rules);
	return (struct rule_set){.rules = kept, .n = n};
}
