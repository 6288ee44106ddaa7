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

/* "row 17 and 3 more: " */
static void append_rows(GString *out, const struct finding_rows *rows, enum language language)
{
	bool ja = language == LANGUAGE_JA;
	const struct finding_row *first = &rows->first[0];

	if (first->worst && rows->n == rows->of)
		return; /* whatever the values: it is the template's */
	if (first->worst) {
		g_string_append_printf(out, ja ? "最悪ケース「%s」: " : "worst case \"%s\": ", first->worst->text[language]);
	} else if (rows->n == rows->of && rows->n > 1) {
		g_string_append(out, ja ? "すべての行: " : "every row: ");
	} else if (rows->n == 1) {
		g_string_append_printf(out, ja ? "データ %zu 行目: " : "row %zu: ", first->number);
	} else {
		g_string_append_printf(out, ja ? "データ %zu 行目ほか %zu 行: " : "row %zu and %zu more: ", first->number, rows->n - 1);
	}
}

char *finding_format(const struct finding *finding, const struct localized *text, enum language language)
{
	GString *out = g_string_new(NULL);

	if (finding->rows && finding->message && text == &finding->message->text)
		append_rows(out, finding->rows, language);

	for (const char *p = text->text[language]; *p;) {
		const char *close = *p == '{' ? strchr(p, '}') : NULL;
		if (close && append_argument(out, finding, p + 1, (size_t)(close - p - 1), language))
			p = close + 1;
		else
			g_string_append_c(out, *p++);
	}
	return g_string_free(out, FALSE);
}

static const char *copy_text(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, span_str(text)) : NULL;
}

struct finding finding_copy(struct arena *arena, const struct finding *finding)
{
	struct finding copy = *finding;
	size_t n = 0;

	while (finding->requirements[n])
		n++;
	copy.requirements = ARENA_ARRAY(arena, const char *, n + 1);
	memcpy(copy.requirements, finding->requirements, n * sizeof *copy.requirements);
	for (size_t i = 0; i < copy.n_args; i++) {
		copy.args[i].name = copy_text(arena, finding->args[i].name);
		copy.args[i].text = copy_text(arena, finding->args[i].text);
	}
	copy.part = copy_text(arena, finding->part);
	copy.excerpt = copy_text(arena, finding->excerpt);
	copy.decoded_line = copy_text(arena, finding->decoded_line);
	copy.raw_line = copy_text(arena, finding->raw_line);
	copy.print = copy_text(arena, finding->print);
	copy.fingerprint = copy_text(arena, finding->fingerprint);
	copy.fix = NULL;
	copy.suppressed = NULL;
	return copy;
}

void message_result_free(struct message_result *result)
{
	if (result)
		arena_free(result->arena);
}

void message_results_free(GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++)
		message_result_free(g_ptr_array_index(results, i));
	g_ptr_array_free(results, TRUE);
}
