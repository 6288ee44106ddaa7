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

/* Links to the rules' pages; their number. */
static size_t append_rules(GString *out, const struct rule_set *rules, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = rules->rules[i];
		if (!coverage_rule_decides(rule, id))
			continue;
		g_string_append_printf(out, "%s[%s](rules/%s.md)%s%s", n ? ", " : "", rule->id, rule->id,
				       rule->several_messages ? " (over several messages)" : "", rule->default_off ? " (off by default)" : "");
		n++;
	}
	return n;
}

static const char *letter(enum decided_by decided_by)
{
	static const char *const letters[] = { "E", "E\\*", "D", "I", "A" };

	return letters[decided_by];
}

static void append_row(GString *out, const struct rule_set *rules, const struct requirement *requirement)
{
	static const char *const needs[] = { "", "needs ", "needs DNS: ", "needs the sending server: ", "advice: " };
	GString *cell = g_string_new(NULL);
	size_t n = append_rules(cell, rules, requirement->id);
	const char *answer = requirement->answer.text[LANGUAGE_EN];

	if (answer && (n == 0 || requirement->decided_by != DECIDED_BY_SIGNED_FILE)) {
		g_string_append(cell, n ? " (a hint only); " : "");
		g_string_append(cell, needs[requirement->decided_by]);
		/* DNS stands in front of these answers already. */
		append_text(cell, g_str_has_prefix(answer, "DNS: ") ? answer + strlen("DNS: ") : answer);
	}
	if (n == 0 && (requirement->decided_by == DECIDED_BY_FILE || requirement->decided_by == DECIDED_BY_SIGNED_FILE)) {
		g_string_append(cell, answer ? "; " : "");
		g_string_append(cell, "**no rule yet**");
	}
	if (requirement->note) {
		g_string_append(cell, ". ");
		append_text(cell, requirement->note);
	}
	g_string_append_printf(out, "| %s | ", requirement->id);
	append_text(out, requirement->title.text[LANGUAGE_EN]);
	g_string_append_printf(out, " | %s | %s | %s |\n", level_name(requirement->level), letter(requirement->decided_by), cell->str);
	g_string_free(cell, TRUE);
}

void coverage_append(GString *out, const struct rule_set *rules)
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
	g_string_append(out, "# Coverage\n\n"
			     "Made from `rules.d/requirements.tsv` and the rules; `make docs` writes it.\n\n"
			     "Every requirement that presend knows, and what decides it. E: the draft alone. E\\*: the signed file or a\n"
			     "delivered copy. D: DNS. I: the sending server. A: nothing a program can look at. Where a note begins with *part*,\n"
			     "the rules decide a part\n"
			     "of the requirement; with *config*, they would decide more with settings that this version does not read; with *several*,\n"
			     "they need several messages in one run. Requirements of LJ, LU, LE, LC and JR are judged under their profile only.\n\n");
	g_string_append_printf(out,
			       "Requirements: %zu. Decidable from a file (E, E\\*): %zu, of which rules decide %zu and no rule decides %zu",
			       n_builtin_requirements, decidable, decided, decidable - decided);
	g_string_append_printf(out, "%s%s.\n\n", missing->len ? ":" : "", missing->str);
	g_string_append(out, "| id | requirement | level | | decided by |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < n_builtin_requirements; i++)
		append_row(out, rules, &builtin_requirements[i]);
	g_string_free(missing, TRUE);
}
