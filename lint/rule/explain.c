/* Pages of rules and their index, as text, Markdown and JSON. Looks at rules only: no message, no finding, no file. */
#include "rule/explain.h"

#include <string.h>

#include "base/span.h"

enum { PAGE_COLUMNS = 80, LEAST_COLUMNS = 24, INDENT = 2 };

enum label {
	LABEL_AREA,
	LABEL_BAD,
	LABEL_CONFIDENCE,
	LABEL_ENTRIES,
	LABEL_EXAMPLES,
	LABEL_FILE,
	LABEL_FIX,
	LABEL_FIX_UNSAFE,
	LABEL_GOOD,
	LABEL_HELP,
	LABEL_LISTS,
	LABEL_MESSAGE,
	LABEL_OFF_BY_DEFAULT,
	LABEL_OPTIONS,
	LABEL_PHRASES,
	LABEL_REPLY,
	LABEL_REQUIREMENTS,
	LABEL_RULE,
	LABEL_SECTION,
	LABEL_SEVERITY,
	LABEL_SOURCES,
	LABEL_SUPERSEDES,
	LABEL_SUPERSEDES_ALL,
	LABEL_WHEN,
	LABEL_WHY
};

static const struct localized labels[] = {
        [LABEL_AREA] = {{"Area", "分野"}},
        [LABEL_BAD] = {{"Found", "指摘される例"}},
        [LABEL_CONFIDENCE] = {{"Confidence", "確からしさ"}},
        [LABEL_ENTRIES] = {{"entries", "件数"}},
        [LABEL_EXAMPLES] = {{"Examples", "例"}},
        [LABEL_FILE] = {{"Defined in", "定義ファイル"}},
        [LABEL_FIX] = {{"What --fix does", "--fix による修正"}},
        [LABEL_FIX_UNSAFE] = {{"with --unsafe-fixes", "--unsafe-fixes が必要"}},
        [LABEL_GOOD] = {{"Not found", "指摘されない例"}},
        [LABEL_HELP] = {{"How to fix it", "対処"}},
        [LABEL_LISTS] = {{"Lists of facts", "使っているリスト"}},
        [LABEL_MESSAGE] = {{"What it says", "メッセージ"}},
        [LABEL_OFF_BY_DEFAULT] = {{"Runs only when selected by name.", "名前を指定したときだけ実行されます。"}},
        [LABEL_OPTIONS] = {{"with", "条件:"}},
        [LABEL_PHRASES] = {{"Phrases", "語句"}},
        [LABEL_REPLY] = {{"A receiver answers", "受信側の応答"}},
        [LABEL_REQUIREMENTS] = {{"Requirements", "要件"}},
        [LABEL_RULE] = {{"Rule", "ルール"}},
        [LABEL_SECTION] = {{"section", "節"}},
        [LABEL_SEVERITY] = {{"Severity", "重大度"}},
        [LABEL_SOURCES] = {{"Sources", "根拠"}},
        [LABEL_SUPERSEDES] = {{"Where it reports, these are silent", "同じ箇所では次のルールに優先"}},
        [LABEL_SUPERSEDES_ALL] = {{"every other rule", "ほかのすべてのルール"}},
        [LABEL_WHEN] = {{"when", "条件"}},
        [LABEL_WHY] = {{"Why", "理由"}},
};

static const char *label(enum label id, enum language language)
{
	return labels[id].text[language];
}

/* "add MIME-Version: 1.0", with a word where it takes more than --fix. g_free() it. */
static char *fix_line(const struct rule_fix *fix, enum language language)
{
	const char *text = fix->text.text[language];

	return fix->safe ? g_strdup(text) : g_strdup_printf(language == LANGUAGE_JA ? "%s（%s）" : "%s (%s)", text, label(LABEL_FIX_UNSAFE, language));
}

bool explain_format_parse(const char *word, enum explain_format *out)
{
	static const char *const words[] = {"text", "markdown", "json"};
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(word, words[i]) == 0) {
			*out = (enum explain_format)i;
			return true;
		}
	}
	return false;
}

/* --- texts -------------------------------------------------------------------------------------------------------------------- */

/* Control characters, bidi controls and other format characters as escapes, so that what is read is what is there. Line ends stay.
 */
static char *visible(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c == 0x1B)
			g_string_append(out, "\\e");
		else if (c == '\r')
			g_string_append(out, "\\r");
		else if (c == '\t')
			g_string_append(out, "\\t");
		else if (c != '\n' && c < 0x100 && g_unichar_iscntrl(c))
			g_string_append_printf(out, "\\x%02X", c);
		else if (g_unichar_type(c) == G_UNICODE_FORMAT || c == 0x2028 || c == 0x2029)
			g_string_append_printf(out, "\\u{%04X}", c);
		else
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

static int columns_of(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/* Characters that Japanese typesetting keeps off the start, and off the end, of a line. */
static bool not_at_start(gunichar c)
{
	static const char *const set = "、。，．,.!?！？:;：；)]}）］｝」』】〉》〕ー・々っゃゅょぁぃぅぇぉッャュョァィゥェォ%％";
	return g_utf8_strchr(set, -1, c) != NULL;
}

static bool not_at_end(gunichar c)
{
	return g_utf8_strchr("([{（［｛「『【〈《〔", -1, c) != NULL;
}

/* A line may end between these two: at a blank, or beside a wide character. */
static bool may_break(gunichar before, gunichar after)
{
	if (after == ' ')
		return true;
	return (g_unichar_iswide(before) || g_unichar_iswide(after)) && before != ' ' && !not_at_end(before) &&
	       !not_at_start(after);
}

/* One paragraph, filled to that many columns behind an indent. A word that is too long stays whole. */
static void put_paragraph(GString *out, const char *text, int indent, int columns)
{
	const char *start = text;

	while (*start) {
		const char *best = NULL, *p = start;
		int column = indent;
		while (*p) {
			gunichar c = g_utf8_get_char(p);
			const char *next = g_utf8_next_char(p);
			column += columns_of(c);
			if (*next && may_break(c, g_utf8_get_char(next)) && (column <= columns || !best))
				best = next;
			p = next;
			if (column > columns && best)
				break;
		}
		if (!*p && column <= columns)
			best = p;
		if (!best)
			best = p;
		g_string_append_printf(out, "%*s", indent, "");
		g_string_append_len(out, start, best - start);
		g_string_append_c(out, '\n');
		start = best;
		while (*start == ' ')
			start++;
	}
}

/* Text of several paragraphs, each on lines of its own. */
static void put_prose(GString *out, const char *text, int indent, int columns)
{
	char *shown = visible(text), **lines = g_strsplit(shown, "\n", -1);

	for (char **line = lines; *line; line++) {
		if (**line)
			put_paragraph(out, *line, indent, columns);
		else
			g_string_append_c(out, '\n');
	}
	g_strfreev(lines);
	g_free(shown);
}

/* Lines as they are, behind an indent. */
static void put_block(GString *out, const char *text, int indent)
{
	char *shown = visible(text), **lines = g_strsplit(shown, "\n", -1);

	for (char **line = lines; *line; line++) {
		if (!line[1] && !**line)
			break;
		g_string_append_printf(out, "%*s%s\n", **line ? indent : 0, "", *line);
	}
	g_strfreev(lines);
	g_free(shown);
}

static void put_inline(GString *out, const char *text)
{
	char *shown = visible(text);
	g_string_append(out, shown);
	g_free(shown);
}

static void put_words(GString *out, const char *const *words)
{
	for (size_t i = 0; words && words[i]; i++) {
		g_string_append(out, i ? ", " : "");
		put_inline(out, words[i]);
	}
}

static bool has_words(const char *const *words)
{
	return words && words[0];
}

/* "case" stands for no message but the only one. */
static bool is_default_case(const struct rule *rule, size_t i)
{
	return rule->n_messages == 1 || strcmp(rule->messages[i].case_name, "default") == 0;
}

/* --- conditions --------------------------------------------------------------------------------------------------------------- */

static const char *stage_word(unsigned value)
{
	return stage_name((enum stage)value);
}

static const char *class_word(unsigned value)
{
	return class_name((enum mail_class)value);
}

static const char *volume_word(unsigned value)
{
	return volume_name((enum volume)value);
}

static const char *profile_word(unsigned value)
{
	return profile_name(1U << value);
}

static void put_key(GString *out, const char *key)
{
	g_string_append_printf(out, "%s%s ", out->len ? ", " : "", key);
}

static void put_bits(GString *out, const char *key, unsigned bits, const char *(*word)(unsigned))
{
	bool first = true;

	if (!bits)
		return;
	put_key(out, key);
	for (unsigned i = 0; i < 32; i++) {
		if (!(bits & (1U << i)))
			continue;
		g_string_append_printf(out, "%s%s", first ? "" : "/", word(i));
		first = false;
	}
}

static void put_strings(GString *out, const char *key, const char *const *strings)
{
	if (!strings)
		return;
	put_key(out, key);
	for (size_t i = 0; strings[i]; i++) {
		g_string_append(out, i ? "/" : "");
		put_inline(out, strings[i]);
	}
}

/* The condition in the words of the options: "stage template, volume bulk". g_free() it. */
static char *condition_words(const struct rule_condition *condition)
{
	GString *out = g_string_new(NULL);

	put_bits(out, "stage", condition->stages, stage_word);
	put_bits(out, "class", condition->classes, class_word);
	put_bits(out, "volume", condition->volumes, volume_word);
	put_bits(out, "profile", condition->profiles, profile_word);
	if (condition->target_jis) {
		put_key(out, "target");
		g_string_append(out, condition->target_jis > 0 ? "japanese" : "other");
	}
	put_strings(out, "field", condition->fields);
	put_strings(out, "case", condition->cases);
	put_strings(out, "added", condition->added);
	return g_string_free(out, FALSE);
}

/* "error", "error, + LJ-11", "+ LJ-11". g_free() it. */
static char *condition_result(const struct rule_condition *condition)
{
	GString *out = g_string_new(condition->severity >= 0 ? severity_name((enum severity)condition->severity) : "");

	if (has_words(condition->requirements)) {
		g_string_append(out, out->len ? ", + " : "+ ");
		put_words(out, condition->requirements);
	}
	return g_string_free(out, FALSE);
}

/* --- examples ----------------------------------------------------------------------------------------------------------------- */

/* The content of an example as it is to be shown. g_free() it. */
static char *example_text(const struct rule_example *example)
{
	if (example->parts)
		return g_strjoinv("\n--\n", (char **)example->parts);
	if (example->repeat_line)
		return g_strdup_printf("%s%s... (%d times)", example->content, example->repeat_line, example->repeat_times);
	if (example->data)
		return g_strdup_printf("%s\n--- --data ---\n%s", example->content, example->data);
	return g_strdup(example->content);
}

static void put_example_head(GString *out, const struct rule_example *example, enum language language)
{
	g_string_append(out, label(example->fail ? LABEL_BAD : LABEL_GOOD, language));
	g_string_append_printf(out, " (%s", example->kind);
	if (example->file_name) {
		g_string_append_c(out, ' ');
		put_inline(out, example->file_name);
	}
	g_string_append_c(out, ')');
	if (example->options) {
		g_string_append_printf(out, ", %s ", label(LABEL_OPTIONS, language));
		put_inline(out, example->options);
	}
	if (example->severity)
		g_string_append_printf(out, ": %s", example->severity);
	/* The notes of our own rules are English, and of no use to who reads only Japanese. */
	if (example->name && (language != LANGUAGE_JA || !g_str_is_ascii(example->name))) {
		g_string_append(out, " - ");
		put_inline(out, example->name);
	}
}

/* --- one rule as text --------------------------------------------------------------------------------------------------------- */

static void put_heading(GString *out, enum label id, enum language language)
{
	g_string_append_printf(out, "\n%s\n", label(id, language));
}

static void put_source_text(GString *out, const struct rule_source *source, enum language language)
{
	put_inline(out, source->name);
	if (source->section) {
		g_string_append_printf(out, ", %s ", label(LABEL_SECTION, language));
		put_inline(out, source->section);
	}
	if (source->date)
		g_string_append_printf(out, " (%s)", source->date);
}

/* Calls put for each list of facts that the rule names; false where there is none. */
static bool each_list(const struct rule *rule, void (*put)(GString *out, const struct data_list *list, enum language language),
                      GString *out, enum language language)
{
	bool any = false;

	for (size_t i = 0; i < rule->n_settings; i++) {
		for (const struct data_list *const *list = rule->settings[i].data; list && *list; list++) {
			if (put)
				put(out, *list, language);
			any = true;
		}
	}
	return any;
}

static const char *list_title(const struct data_list *list, enum language language)
{
	return language == LANGUAGE_JA ? list->title_ja : list->title;
}

static void put_list_text(GString *out, const struct data_list *list, enum language language)
{
	g_string_append_printf(out, "%*s@%s: ", INDENT, "", list->name);
	put_inline(out, list_title(list, language));
	g_string_append_printf(out, " (%s: %zu, %s)\n", label(LABEL_ENTRIES, language), list->n, list->date);
}

/* What an entry of a list of phrases looks for: words, a pattern, or words close together. A disguise has the plain form first. */
static void put_wanted(GString *out, const struct rule_match *match)
{
	if (match->kind == MATCH_PHRASE) {
		for (size_t i = 0; match->phrases[i]; i++)
			g_string_append_printf(out, "%s%s", i ? " / " : "", match->phrases[i]);
	} else if (match->kind == MATCH_REGEX) {
		g_string_append(out, match->regex);
	} else {
		for (size_t i = 0; match->children[i] && (i == 0 || match->kind != MATCH_ANY); i++) {
			if (i)
				g_string_append(out, " … ");
			put_wanted(out, match->children[i]);
		}
	}
}

static const char *strength_word(enum phrase_strength strength, enum language language)
{
	static const struct localized words[N_PHRASE_STRENGTHS] = {
	        [PHRASE_WEAK] = {{"weak", "弱"}}, [PHRASE_MEDIUM] = {{"medium", "中"}}, [PHRASE_STRONG] = {{"strong", "強"}}};

	return words[strength].text[language];
}

/* A word of every shop counts only where other weak ones are told. */
static const char *shop_word(const struct rule_phrase *phrase, enum language language)
{
	static const struct localized mark = {{" (shops)", "（店の言葉）"}};

	return phrase->shop ? mark.text[language] : "";
}

static void put_phrases_text(GString *out, const struct rule *rule, enum language language)
{
	for (size_t i = 0; i < rule->n_phrases; i++) {
		GString *wanted = g_string_new(NULL);

		put_wanted(wanted, rule->match->children[i]);
		g_string_append_printf(out, "%*s%s%s  ", INDENT, "", strength_word(rule->phrases[i].strength, language), shop_word(&rule->phrases[i], language));
		put_inline(out, wanted->str);
		/* The notes of our own rules are English, and of no use to who reads only Japanese. */
		if (rule->phrases[i].note && strcmp(rule->phrases[i].note, "none") != 0 && language == LANGUAGE_EN) {
			g_string_append(out, "  (");
			put_inline(out, rule->phrases[i].note);
			g_string_append_c(out, ')');
		}
		g_string_append_c(out, '\n');
		g_string_free(wanted, TRUE);
	}
}

static void rule_as_text(GString *out, const struct rule *rule, enum language language, int columns)
{
	char *title = g_strdup_printf("%s: %s", rule->id, rule->title.text[language]);
	put_prose(out, title, 0, columns);
	g_free(title);

	g_string_append_printf(out, "\n%s: %s\n", label(LABEL_SEVERITY, language), severity_name(rule->severity));
	for (size_t i = 0; i < rule->n_conditions; i++) {
		char *words = condition_words(&rule->conditions[i]), *result = condition_result(&rule->conditions[i]);
		g_string_append_printf(out, "%*s%s %s: %s\n", INDENT, "", label(LABEL_WHEN, language), words, result);
		g_free(words);
		g_free(result);
	}
	g_string_append_printf(out, "%s: %s\n", label(LABEL_CONFIDENCE, language), confidence_name(rule->confidence));
	if (has_words(rule->requirements)) {
		g_string_append_printf(out, "%s: ", label(LABEL_REQUIREMENTS, language));
		put_words(out, rule->requirements);
		g_string_append_c(out, '\n');
	}
	if (rule->default_off)
		g_string_append_printf(out, "%s\n", label(LABEL_OFF_BY_DEFAULT, language));
	if (has_words(rule->supersedes)) {
		g_string_append_printf(out, "%s: ", label(LABEL_SUPERSEDES, language));
		if (strcmp(rule->supersedes[0], "*") == 0)
			g_string_append(out, label(LABEL_SUPERSEDES_ALL, language));
		else
			put_words(out, rule->supersedes);
		g_string_append_c(out, '\n');
	}

	put_heading(out, LABEL_WHY, language);
	put_prose(out, rule->why.text[language], INDENT, columns);
	put_heading(out, LABEL_HELP, language);
	put_prose(out, rule->help.text[language], INDENT, columns);
	put_heading(out, LABEL_MESSAGE, language);
	for (size_t i = 0; i < rule->n_messages; i++) {
		if (!is_default_case(rule, i))
			g_string_append_printf(out, "%*s[%s]\n", INDENT, "", rule->messages[i].case_name);
		put_prose(out, rule->messages[i].text.text[language], is_default_case(rule, i) ? INDENT : 2 * INDENT, columns);
	}
	if (rule->n_fixes)
		put_heading(out, LABEL_FIX, language);
	for (size_t i = 0; i < rule->n_fixes; i++) {
		char *line = fix_line(&rule->fixes[i], language);
		put_prose(out, line, INDENT, columns);
		g_free(line);
	}
	if (rule->smtp_reply) {
		put_heading(out, LABEL_REPLY, language);
		put_prose(out, rule->smtp_reply, INDENT, columns);
	}
	if (rule->n_phrases) {
		put_heading(out, LABEL_PHRASES, language);
		put_phrases_text(out, rule, language);
	}
	put_heading(out, LABEL_EXAMPLES, language);
	struct arena *arena = arena_new();
	size_t n_examples;
	const struct rule_example *examples = rule_examples(rule, arena, &n_examples);
	for (size_t i = 0; i < n_examples; i++) {
		char *content = example_text(&examples[i]);
		g_string_append_printf(out, "%*s", INDENT, "");
		put_example_head(out, &examples[i], language);
		g_string_append_c(out, '\n');
		put_block(out, content, 3 * INDENT);
		g_free(content);
	}
	arena_free(arena);
	put_heading(out, LABEL_SOURCES, language);
	for (size_t i = 0; i < rule->n_sources; i++) {
		GString *source = g_string_new(NULL);
		put_source_text(source, &rule->sources[i], language);
		put_paragraph(out, source->str, INDENT, columns);
		g_string_free(source, TRUE);
		if (rule->sources[i].url)
			put_block(out, rule->sources[i].url, 2 * INDENT);
	}
	if (each_list(rule, NULL, NULL, language)) {
		put_heading(out, LABEL_LISTS, language);
		each_list(rule, put_list_text, out, language);
	}
	g_string_append_printf(out, "\n%s: %s\n", label(LABEL_FILE, language), rule->file);
}

/* --- one rule as Markdown ----------------------------------------------------------------------------------------------------- */

/* Inline text of Markdown: what would be taken for markup is escaped, line ends become blanks. */
static void put_markdown(GString *out, const char *text)
{
	char *shown = visible(text);
	for (const char *p = shown; *p; p++) {
		if (*p == '\n') {
			g_string_append_c(out, ' ');
			continue;
		}
		if (strchr("\\`*_[]<>|#", *p))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
	g_free(shown);
}

/* The same with paragraphs kept. */
static void put_markdown_prose(GString *out, const char *text)
{
	char **paragraphs = g_strsplit(text, "\n\n", -1);
	for (char **paragraph = paragraphs; *paragraph; paragraph++) {
		put_markdown(out, *paragraph);
		g_string_append(out, "\n\n");
	}
	g_strfreev(paragraphs);
}

/* A code block; its fence is longer than any run of backticks inside. */
static void put_fenced(GString *out, const char *text)
{
	char *shown = visible(text);
	size_t run = 0, longest = 2, n = strlen(shown);

	for (const char *p = shown; *p; p++) {
		run = *p == '`' ? run + 1 : 0;
		longest = MAX(longest, run);
	}
	char *fence = g_strnfill(longest + 1, '`');
	g_string_append_printf(out, "%s\n%s%s%s\n", fence, shown, n && shown[n - 1] == '\n' ? "" : "\n", fence);
	g_free(fence);
	g_free(shown);
}

static void put_markdown_labels(GString *out, enum label id)
{
	g_string_append_printf(out, "%s / %s", label(id, LANGUAGE_EN), label(id, LANGUAGE_JA));
}

static void put_markdown_row(GString *out, enum label id, const char *value)
{
	g_string_append(out, "| ");
	put_markdown_labels(out, id);
	g_string_append(out, " | ");
	put_markdown(out, value);
	g_string_append(out, " |\n");
}

static void put_markdown_facts(GString *out, const struct rule *rule)
{
	g_string_append(out, "| | |\n|---|---|\n");
	put_markdown_row(out, LABEL_AREA, rule->area);
	put_markdown_row(out, LABEL_SEVERITY, severity_name(rule->severity));
	for (size_t i = 0; i < rule->n_conditions; i++) {
		char *words = condition_words(&rule->conditions[i]), *result = condition_result(&rule->conditions[i]);
		g_string_append(out, "| … ");
		put_markdown(out, words);
		g_string_append(out, " | ");
		put_markdown(out, result);
		g_string_append(out, " |\n");
		g_free(words);
		g_free(result);
	}
	put_markdown_row(out, LABEL_CONFIDENCE, confidence_name(rule->confidence));
	if (has_words(rule->requirements)) {
		char *words = g_strjoinv(", ", (char **)rule->requirements);
		put_markdown_row(out, LABEL_REQUIREMENTS, words);
		g_free(words);
	}
	if (has_words(rule->supersedes)) {
		char *words = g_strjoinv(", ", (char **)rule->supersedes);
		put_markdown_row(out, LABEL_SUPERSEDES, strcmp(words, "*") == 0 ? label(LABEL_SUPERSEDES_ALL, LANGUAGE_EN) : words);
		g_free(words);
	}
	put_markdown_row(out, LABEL_FILE, rule->file);
	if (rule->default_off) {
		g_string_append_c(out, '\n');
		put_markdown_labels(out, LABEL_OFF_BY_DEFAULT);
		g_string_append_c(out, '\n');
	}
}

static void put_markdown_texts(GString *out, const struct rule *rule, enum language language)
{
	g_string_append(out, "\n## ");
	put_markdown(out, rule->title.text[language]);
	g_string_append_printf(out, "\n\n**%s** ", label(LABEL_WHY, language));
	put_markdown_prose(out, rule->why.text[language]);
	g_string_append_printf(out, "**%s** ", label(LABEL_HELP, language));
	put_markdown_prose(out, rule->help.text[language]);
	g_string_append_printf(out, "**%s**\n\n", label(LABEL_MESSAGE, language));
	for (size_t i = 0; i < rule->n_messages; i++) {
		g_string_append(out, "- ");
		if (!is_default_case(rule, i))
			g_string_append_printf(out, "`%s`: ", rule->messages[i].case_name);
		put_markdown(out, rule->messages[i].text.text[language]);
		g_string_append_c(out, '\n');
	}
	if (rule->n_fixes)
		g_string_append_printf(out, "\n**%s**\n\n", label(LABEL_FIX, language));
	for (size_t i = 0; i < rule->n_fixes; i++) {
		char *line = fix_line(&rule->fixes[i], language);
		g_string_append(out, "- ");
		put_markdown(out, line);
		g_string_append_c(out, '\n');
		g_free(line);
	}
}

/* Built-in lists are described on a page beside the folder of these. */
static void put_list_markdown(GString *out, const struct data_list *list, enum language language)
{
	if (data_set_find(&builtin_data, list->name) == list)
		g_string_append_printf(out, "- [@%s](../data.md#%s): ", list->name, list->name);
	else
		g_string_append_printf(out, "- @%s: ", list->name);
	put_markdown(out, list_title(list, language));
	g_string_append_printf(out, " (%s: %zu, %s)\n", label(LABEL_ENTRIES, language), list->n, list->date);
}

/* In code spans, where a pattern needs no escapes but for the border of a cell. */
static void put_phrases_markdown(GString *out, const struct rule *rule)
{
	g_string_append(out, "| Strength / 強さ | Phrase / 語句 | Who writes it honestly |\n|---|---|---|\n");
	for (size_t i = 0; i < rule->n_phrases; i++) {
		GString *wanted = g_string_new(NULL);

		put_wanted(wanted, rule->match->children[i]);
		g_string_append_printf(out, "| %s%s | `", strength_word(rule->phrases[i].strength, LANGUAGE_EN), shop_word(&rule->phrases[i], LANGUAGE_EN));
		for (const char *p = wanted->str; *p; p++)
			g_string_append_printf(out, "%s%c", *p == '|' ? "\\" : "", *p);
		g_string_append(out, "` | ");
		if (rule->phrases[i].note)
			put_markdown(out, rule->phrases[i].note);
		g_string_append(out, " |\n");
		g_string_free(wanted, TRUE);
	}
}

static void rule_as_markdown(GString *out, const struct rule *rule)
{
	g_string_append_printf(out, "<!-- Made from %s by `make docs`. Do not edit. -->\n# %s\n\n", rule->file, rule->id);
	put_markdown_facts(out, rule);
	for (int i = 0; i < N_LANGUAGES; i++)
		put_markdown_texts(out, rule, (enum language)i);
	if (rule->smtp_reply) {
		g_string_append(out, "\n## ");
		put_markdown_labels(out, LABEL_REPLY);
		g_string_append(out, "\n\n");
		put_fenced(out, rule->smtp_reply);
	}
	if (rule->n_phrases) {
		g_string_append(out, "\n## ");
		put_markdown_labels(out, LABEL_PHRASES);
		g_string_append(out, "\n\n");
		put_phrases_markdown(out, rule);
	}
	g_string_append(out, "\n## ");
	put_markdown_labels(out, LABEL_EXAMPLES);
	g_string_append_c(out, '\n');
	struct arena *arena = arena_new();
	size_t n_examples;
	const struct rule_example *examples = rule_examples(rule, arena, &n_examples);
	for (size_t i = 0; i < n_examples; i++) {
		const struct rule_example *example = &examples[i];
		char *content = example_text(example);
		GString *head = g_string_new(NULL);
		put_example_head(head, example, LANGUAGE_EN);
		g_string_append_c(out, '\n');
		put_markdown(out, head->str);
		g_string_append(out, "\n\n");
		put_fenced(out, content);
		g_string_free(head, TRUE);
		g_free(content);
	}
	arena_free(arena);
	g_string_append(out, "\n## ");
	put_markdown_labels(out, LABEL_SOURCES);
	g_string_append(out, "\n\n");
	for (size_t i = 0; i < rule->n_sources; i++) {
		GString *source = g_string_new(NULL);
		put_source_text(source, &rule->sources[i], LANGUAGE_EN);
		g_string_append(out, "- ");
		put_markdown(out, source->str);
		if (rule->sources[i].url)
			g_string_append_printf(out, ": <%s>", rule->sources[i].url);
		g_string_append_c(out, '\n');
		g_string_free(source, TRUE);
	}
	if (each_list(rule, NULL, NULL, LANGUAGE_EN)) {
		g_string_append(out, "\n## ");
		put_markdown_labels(out, LABEL_LISTS);
		g_string_append(out, "\n\n");
		each_list(rule, put_list_markdown, out, LANGUAGE_EN);
	}
}

/* --- one rule as JSON --------------------------------------------------------------------------------------------------------- */

/* A JSON string (RFC 8259, section 7). */
static void put_json(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '"' || c == '\\')
			g_string_append_printf(out, "\\%c", c);
		else if (c == '\n')
			g_string_append(out, "\\n");
		else if (c < 0x20 || c == 0x7F)
			g_string_append_printf(out, "\\u%04x", c);
		else
			g_string_append_c(out, (char)c);
	}
	g_string_append_c(out, '"');
}

/* A member with a comma before it, except at the start of an object; nothing for NULL. */
static void put_member(GString *out, const char *key, const char *value)
{
	if (!value)
		return;
	if (out->str[out->len - 1] != '{')
		g_string_append_c(out, ',');
	g_string_append_printf(out, "\"%s\":", key);
	put_json(out, value);
}

static void put_array(GString *out, const char *key, const char *const *strings)
{
	if (out->str[out->len - 1] != '{')
		g_string_append_c(out, ',');
	g_string_append_printf(out, "\"%s\":[", key);
	for (size_t i = 0; strings && strings[i]; i++) {
		g_string_append(out, i ? "," : "");
		put_json(out, strings[i]);
	}
	g_string_append_c(out, ']');
}

static void put_list_json(GString *out, const struct data_list *list, enum language language)
{
	g_string_append(out, out->str[out->len - 1] == '[' ? "{" : ",{");
	put_member(out, "name", list->name);
	put_member(out, "title", list_title(list, language));
	put_member(out, "date", list->date);
	g_string_append_printf(out, ",\"entries\":%zu}", list->n);
}

static void rule_as_json(GString *out, const struct rule *rule, enum language language)
{
	g_string_append_c(out, '{');
	put_member(out, "id", rule->id);
	put_member(out, "area", rule->area);
	put_array(out, "requirements", rule->requirements);
	put_member(out, "severity", severity_name(rule->severity));
	put_member(out, "confidence", confidence_name(rule->confidence));
	g_string_append_printf(out, ",\"default\":%s,\"when\":[", rule->default_off ? "false" : "true");
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct rule_condition *condition = &rule->conditions[i];
		char *words = condition_words(condition);
		g_string_append(out, i ? ",{" : "{");
		put_member(out, "condition", words);
		if (condition->severity >= 0)
			put_member(out, "severity", severity_name((enum severity)condition->severity));
		if (condition->requirements)
			put_array(out, "requirements", condition->requirements);
		g_string_append_c(out, '}');
		g_free(words);
	}
	g_string_append_c(out, ']');
	put_member(out, "title", rule->title.text[language]);
	put_member(out, "why", rule->why.text[language]);
	put_member(out, "help", rule->help.text[language]);
	g_string_append(out, ",\"messages\":{");
	for (size_t i = 0; i < rule->n_messages; i++)
		put_member(out, rule->messages[i].case_name, rule->messages[i].text.text[language]);
	g_string_append(out, "},\"sources\":[");
	for (size_t i = 0; i < rule->n_sources; i++) {
		g_string_append(out, i ? ",{" : "{");
		put_member(out, "name", rule->sources[i].name);
		put_member(out, "section", rule->sources[i].section);
		put_member(out, "url", rule->sources[i].url);
		put_member(out, "date", rule->sources[i].date);
		g_string_append_c(out, '}');
	}
	g_string_append(out, "],\"lists\":[");
	each_list(rule, put_list_json, out, language);
	g_string_append_c(out, ']');
	if (rule->n_phrases) {
		g_string_append(out, ",\"phrases\":[");
		for (size_t i = 0; i < rule->n_phrases; i++) {
			GString *wanted = g_string_new(NULL);
			put_wanted(wanted, rule->match->children[i]);
			g_string_append(out, i ? ",{" : "{");
			put_member(out, "strength", strength_word(rule->phrases[i].strength, LANGUAGE_EN));
			put_member(out, "phrase", wanted->str);
			put_member(out, "note", rule->phrases[i].note);
			g_string_append_c(out, '}');
			g_string_free(wanted, TRUE);
		}
		g_string_append_c(out, ']');
	}
	if (rule->n_fixes)
		g_string_append(out, ",\"fixes\":[");
	for (size_t i = 0; i < rule->n_fixes; i++) {
		g_string_append(out, i ? ",{" : "{");
		put_member(out, "case", rule->fixes[i].case_name);
		g_string_append_printf(out, ",\"safe\":%s", rule->fixes[i].safe ? "true" : "false");
		put_member(out, "en", rule->fixes[i].text.text[LANGUAGE_EN]);
		put_member(out, "ja", rule->fixes[i].text.text[LANGUAGE_JA]);
		g_string_append_c(out, '}');
	}
	if (rule->n_fixes)
		g_string_append_c(out, ']');
	put_member(out, "smtp_reply", rule->smtp_reply);
	if (rule->supersedes)
		put_array(out, "supersedes", rule->supersedes);
	g_string_append(out, ",\"examples\":[");
	struct arena *arena = arena_new();
	size_t n_examples;
	const struct rule_example *examples = rule_examples(rule, arena, &n_examples);
	for (size_t i = 0; i < n_examples; i++) {
		const struct rule_example *example = &examples[i];
		char *content = example_text(example);
		g_string_append(out, i ? ",{" : "{");
		g_string_append_printf(out, "\"fail\":%s", example->fail ? "true" : "false");
		put_member(out, "name", example->name);
		put_member(out, "kind", example->kind);
		put_member(out, "content", content);
		put_member(out, "options", example->options);
		g_string_append_c(out, '}');
		g_free(content);
	}
	arena_free(arena);
	g_string_append(out, "]}");
}

/* --- entry points ------------------------------------------------------------------------------------------------------------- */

void explain_rule(GString *out, const struct rule *rule, enum explain_format format, enum language language, int columns)
{
	switch (format) {
	case EXPLAIN_TEXT:
		rule_as_text(out, rule, language, CLAMP(columns, LEAST_COLUMNS, PAGE_COLUMNS));
		break;
	case EXPLAIN_MARKDOWN:
		rule_as_markdown(out, rule);
		break;
	case EXPLAIN_JSON:
		rule_as_json(out, rule, language);
		g_string_append_c(out, '\n');
		break;
	}
}

static void list_as_text(GString *out, const struct rule_set *set, enum language language)
{
	int widest = 0;

	for (size_t i = 0; i < set->n; i++)
		widest = MAX(widest, (int)strlen(set->rules[i]->id));
	for (size_t i = 0; i < set->n; i++) {
		g_string_append_printf(out, "%-*s  %-7s  ", widest, set->rules[i]->id, severity_name(set->rules[i]->severity));
		put_inline(out, set->rules[i]->title.text[language]);
		g_string_append_c(out, '\n');
	}
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_area_as_markdown(GString *out, const struct rule_set *set, const char *area)
{
	g_string_append_printf(out, "\n## %s\n\n| ", area);
	put_markdown_labels(out, LABEL_RULE);
	g_string_append(out, " | ");
	put_markdown_labels(out, LABEL_SEVERITY);
	g_string_append(out, " | ");
	put_markdown_labels(out, LABEL_REQUIREMENTS);
	g_string_append(out, " | English | 日本語 |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < set->n; i++) {
		const struct rule *rule = set->rules[i];
		if (strcmp(rule->area, area) != 0)
			continue;
		g_string_append_printf(out, "| [%s](%s.md) | %s%s | ", rule->id, rule->id, severity_name(rule->severity),
		        rule->n_conditions ? " …" : "");
		put_words(out, rule->requirements);
		for (int language = 0; language < N_LANGUAGES; language++) {
			g_string_append(out, " | ");
			put_markdown(out, rule->title.text[language]);
		}
		g_string_append(out, " |\n");
	}
}

static void list_as_markdown(GString *out, const struct rule_set *set)
{
	GPtrArray *areas = g_ptr_array_new();

	for (size_t i = 0; i < set->n; i++)
		if (!g_ptr_array_find_with_equal_func(areas, set->rules[i]->area, g_str_equal, NULL))
			g_ptr_array_add(areas, (char *)set->rules[i]->area);
	g_ptr_array_sort(areas, compare_text);
	g_string_append_printf(out,
	        "<!-- Made from rules.d by `make docs`. Do not edit. -->\n# Rules / ルール一覧\n\n"
	        "%zu rules. \"…\": the severity depends on stage, class, volume, profile or the case found; see the page.\n\n"
	        "全 %zu ルール。「…」の付いた重大度は、段階・種別・配信規模・プロファイルなどによって変わります。\n",
	        set->n, set->n);
	for (guint i = 0; i < areas->len; i++)
		list_area_as_markdown(out, set, g_ptr_array_index(areas, i));
	g_ptr_array_unref(areas);
}

void explain_list(GString *out, const struct rule_set *set, enum explain_format format, enum language language)
{
	switch (format) {
	case EXPLAIN_TEXT:
		list_as_text(out, set, language);
		break;
	case EXPLAIN_MARKDOWN:
		list_as_markdown(out, set);
		break;
	case EXPLAIN_JSON:
		g_string_append(out, "{\"version\":1,\"rules\":[");
		for (size_t i = 0; i < set->n; i++) {
			g_string_append(out, i ? ",\n" : "\n");
			rule_as_json(out, set->rules[i], language);
		}
		g_string_append(out, "\n]}\n");
		break;
	}
}
