/* Findings: wording with arguments, and the end of a result. Knows no message. */
#include "rule/finding.h"

#include <glib.h>
#include <string.h>

const struct finding_arg *finding_arg(const struct finding *finding, const char *name)
{
	for (size_t i = 0; i < finding->n_args; i++)
		if (strcmp(finding->args[i].name, name) == 0)
			return &finding->args[i];
	return NULL;
}

void finding_count_fixes(const struct message_result *result, size_t *safe, size_t *unsafe)
{
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding *finding = &result->findings[i];
		if (!finding->fix || finding->suppressed)
			continue;
		if (finding->fix->safe)
			++*safe;
		else
			++*unsafe;
	}
}

const char *finding_url(const struct finding *finding)
{
	if (finding->url)
		return finding->url;
	return finding->rule->n_sources > 0 ? finding->rule->sources[0].url : NULL;
}

const char *suppression_name(enum suppression_kind kind)
{
	return kind == SUPPRESSED_BY_BASELINE ? "baseline" : "inSource";
}

/* Append the argument named by [start, end); false where there is none. */
static bool append_argument(GString *out, const struct finding *finding, const char *start, size_t length, enum language language)
{
	for (size_t i = 0; i < finding->n_args; i++) {
		const struct finding_arg *arg = &finding->args[i];
		if (strlen(arg->name) != length || memcmp(arg->name, start, length) != 0)
			continue;
		if (arg->kind == ARG_INT)
			g_string_append_printf(out, "%" G_GINT64_FORMAT, arg->number);
		else if (arg->kind == ARG_PHRASE)
			g_string_append(out, arg->phrase->text[language]);
		else
			g_string_append(out, arg->text);
		return true;
	}
	return false;
}

char *finding_format(const struct finding *finding, const struct localized *text, enum language language)
{
	GString *out = g_string_new(NULL);

	for (const char *p = text->text[language]; *p;) {
		const char *close = *p == '{' ? strchr(p, '}') : NULL;
		if (close && append_argument(out, finding, p + 1, (size_t)(close - p - 1), language))
			p = close + 1;
		else
			g_string_append_c(out, *p++);
	}
	return g_string_free(out, FALSE);
}

void message_result_free(struct message_result *result)
{
	if (result)
		arena_free(result->arena);
}
