/* Checks of what a draft says about findings of its own: presend-ignore comments and X-Presend-Ignore fields. Whether one was of any use
 * only the engine knows, once all rules have looked. */
#include "rule/check_common.h"

static void report_ignore(struct check *c, const struct ignore *ignore, const char *case_name)
{
	check_report_text(c, ignore->text, ignore->range, case_name);
}

/* Cases: keyword (there is no such comment), no-rule (it names none), forbidden (a rule that a draft cannot silence), too-many. */
CHECK(ignore_malformed)
{
	const struct ignores *ignores = check_ignores(c);
	(void)m;

	for (size_t i = 0; ignores && i < ignores->n; i++) {
		const struct ignore *ignore = &ignores->all[i];
		if (ignore->unknown_keyword)
			report_ignore(c, ignore, "keyword");
		else if (ignore->n_words == 0)
			report_ignore(c, ignore, "no-rule");
		for (size_t k = 0; k < ignore->n_words; k++)
			if (ignore->words[k].forbidden)
				check_report_text(c, ignore->text, ignore->words[k].range, "forbidden");
		if (ignores->cut && i == ignores->n - 1)
			check_report_text(c, ignore->text, ignore->range, "too-many", ARG_I("limit", ignores->n));
	}
}

/* Cases: near (with {suggestion}), unknown. */
CHECK(ignore_unknown_rule)
{
	const struct ignores *ignores = check_ignores(c);
	(void)m;

	for (size_t i = 0; ignores && i < ignores->n; i++) {
		const struct ignore *ignore = &ignores->all[i];
		for (size_t k = 0; k < ignore->n_words; k++) {
			const struct ignore_word *word = &ignore->words[k];
			const char *suggestion = word->known ? NULL : check_suggest_rule(c, word->word);
			if (suggestion)
				check_report_text(c, ignore->text, word->range, "near", ARG_T("suggestion", span_str(suggestion)));
			else if (!word->known)
				check_report_text(c, ignore->text, word->range, "unknown");
		}
	}
}

CHECK(ignore_reason_missing)
{
	const struct ignores *ignores = check_ignores(c);
	(void)m;

	for (size_t i = 0; ignores && i < ignores->n; i++)
		if (ignores->all[i].n_words && !ignores->all[i].reason)
			report_ignore(c, &ignores->all[i], NULL);
}

/* Cases: field, comment (one finding for all HTML comments; comments of template languages never leave the engine). Argument: count. */
CHECK(ignore_left)
{
	const struct ignores *ignores = check_ignores(c);
	const struct ignore *first_comment = NULL;
	size_t n_comments = 0;
	(void)m;

	for (size_t i = 0; ignores && i < ignores->n; i++) {
		const struct ignore *ignore = &ignores->all[i];
		if (ignore->form == IGNORE_FIELD)
			check_report(c, ignore->scope, "field", ARG_I("count", 1));
		if (ignore->form != IGNORE_HTML_COMMENT)
			continue;
		first_comment = first_comment ? first_comment : ignore;
		n_comments++;
	}
	if (first_comment)
		check_report_text(c, first_comment->text, first_comment->range, "comment", ARG_I("count", n_comments));
}
