/* Role: tells how much of the catalogue the rules decide.
 * May not: judge a message. */
#include "rule/coverage.h"

#include <string.h>

static bool listed(const char *const *ids, const char *id)
{
	for (; ids && *ids; ids++)
		if (strcmp(*ids, id) == 0)
			return true;
	return false;
}

bool coverage_rule_decides(const struct rule *rule, const char *id)
{
	if (listed(rule->requirements, id))
		return true;
	for (size_t i = 0; i < rule->n_conditions; i++)
		if (listed(rule->conditions[i].requirements, id))
			return true;
	return false;
}

/* Markdown would take these for its own marks. */
static void append_text(GString *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_<>|[]", *text))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
}

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* Links to the rules' pages; their number. */
static size_t append_rules(GString *out, const struct rule_set *rules, const char *id, enum language language)
{
	size_t n = 0;

	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = rules->rules[i];
		if (!coverage_rule_decides(rule, id))
			continue;
		g_string_append_printf(out, "%s[%s](rules/%s.md)%s%s", n ? say(language, ", ", "、") : "", rule->id, rule->id,
				       rule->several_messages ? say(language, " (over several messages)", "（複数のメールで判定）") : "",
				       rule->default_off ? say(language, " (off by default)", "（既定で無効）") : "");
		n++;
	}
	return n;
}

static const char *letter(enum decided_by decided_by)
{
	static const char *const letters[] = { "E", "E\\*", "D", "I", "A" };

	return letters[decided_by];
}

/* Notes are English. In Japanese their first word is told, which says how far the rules go. */
static void append_note(GString *out, const char *note, enum language language)
{
	static const char *const kinds[][2] = { { "part:", "（一部だけを判定）" }, { "config:", "（設定があればさらに判定）" }, { "several:", "（複数のメールが必要）" } };

	if (language == LANGUAGE_EN) {
		g_string_append(out, ". ");
		append_text(out, note);
	}
	for (size_t i = 0; language == LANGUAGE_JA && i < G_N_ELEMENTS(kinds); i++)
		if (g_str_has_prefix(note, kinds[i][0]))
			g_string_append(out, kinds[i][1]);
}

static void append_row(GString *out, const struct rule_set *rules, const struct requirement *requirement, enum language language)
{
	static const char *const needs[][N_LANGUAGES] = {
		{ "", "" }, { "needs ", "確認先: " }, { "needs DNS: ", "DNS: " }, { "needs the sending server: ", "送信サーバー: " }, { "advice: ", "人による確認: " }
	};
	GString *cell = g_string_new(NULL);
	size_t n = append_rules(cell, rules, requirement->id, language);
	const char *answer = requirement->answer.text[language];

	if (answer && (n == 0 || requirement->decided_by != DECIDED_BY_SIGNED_FILE)) {
		g_string_append(cell, n ? say(language, " (a hint only); ", "（手掛かりのみ）。") : "");
		g_string_append(cell, needs[requirement->decided_by][language]);
		/* DNS stands in front of these answers already. */
		append_text(cell, g_str_has_prefix(answer, "DNS: ") ? answer + strlen("DNS: ") : answer);
	}
	if (n == 0 && (requirement->decided_by == DECIDED_BY_FILE || requirement->decided_by == DECIDED_BY_SIGNED_FILE)) {
		g_string_append(cell, answer ? say(language, "; ", "。") : "");
		g_string_append(cell, say(language, "**no rule yet**", "**ルールなし**"));
	}
	if (requirement->note)
		append_note(cell, requirement->note, language);
	g_string_append_printf(out, "| %s | ", requirement->id);
	append_text(out, requirement->title.text[language]);
	g_string_append_printf(out, " | %s | %s | %s |\n", level_name(requirement->level), letter(requirement->decided_by), cell->str);
	g_string_free(cell, TRUE);
}

static const char head_en[] = "# Coverage\n\n"
			      "日本語: [coverage.ja.md](coverage.ja.md)\n\n"
			      "Made from `rules.d/requirements.tsv` and the rules; `make docs` writes it.\n\n"
			      "Every requirement that presend knows, and what decides it. E: the draft alone. E\\*: the signed file or a\n"
			      "delivered copy. D: DNS. I: the sending server. A: nothing a program can look at. Where a note begins with *part*,\n"
			      "the rules decide a part\n"
			      "of the requirement; with *config*, they would decide more with settings that this version does not read; with *several*,\n"
			      "they need several messages in one run. Requirements of LJ, LU, LE, LC and JR are judged under their profile only.\n\n";
static const char head_ja[] = "# 要件とルールの対応表\n\n"
			      "English: [coverage.md](coverage.md)\n\n"
			      "`rules.d/requirements.tsv` とルールから `make docs` で作られます。\n\n"
			      "presend が知っているすべての要件と、何で判定できるかの一覧です。E: 原稿だけで判定できる。E\\*: 署名済みのファイルか、届いたコピーが必要。\n"
			      "D: DNS が必要。I: 送信サーバーの情報が必要。A: プログラムでは判定できない。「一部だけを判定」とあるものは、要件の一部だけをルールが判定します。\n"
			      "「設定があればさらに判定」とあるものは、このバージョンが読まない設定があれば、判定できる範囲が広がります。LJ・LU・LE・LC・JR の要件は、\n"
			      "そのプロファイルを選んだときだけ判定します。\n\n";

void coverage_append(GString *out, const struct rule_set *rules, enum language language)
{
	size_t decidable = 0, decided = 0;
	GString *missing = g_string_new(NULL);

	for (size_t i = 0; i < n_builtin_requirements; i++) {
		const struct requirement *requirement = &builtin_requirements[i];
		bool found = false;
		if (requirement->decided_by != DECIDED_BY_FILE && requirement->decided_by != DECIDED_BY_SIGNED_FILE)
			continue;
		decidable++;
		for (size_t k = 0; k < rules->n && !found; k++)
			found = coverage_rule_decides(rules->rules[k], requirement->id);
		decided += found;
		if (!found)
			g_string_append_printf(missing, " %s", requirement->id);
	}
	g_string_append(out, say(language, head_en, head_ja));
	g_string_append_printf(out,
			       language == LANGUAGE_JA ? "要件は %zu 件です。ファイルから判定できるもの（E、E\\*）は %zu 件で、ルールがあるものは %zu 件、ないものは %zu 件です" :
			       "Requirements: %zu. Decidable from a file (E, E\\*): %zu, of which rules decide %zu and no rule decides %zu",
			       n_builtin_requirements, decidable, decided, decidable - decided);
	g_string_append_printf(out, "%s%s%s\n\n", missing->len ? ":" : "", missing->str, say(language, ".", "。"));
	g_string_append(out, say(language, "| id | requirement | level | | decided by |\n", "| ID | 要件 | 水準 | | 判定するもの |\n"));
	g_string_append(out, "|---|---|---|---|---|\n");
	for (size_t i = 0; i < n_builtin_requirements; i++)
		append_row(out, rules, &builtin_requirements[i], language);
	g_string_free(missing, TRUE);
}
