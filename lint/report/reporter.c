/* Role: the list of report formats; a new format is one row here and one file.
 * May not: write anything. */
#include "report/report.h"

#include <string.h>

#include "rule/options.h"

static const struct reporter *const reporters[] = {&report_text, &report_json, &report_jsonl, &report_sarif, &report_junit, &report_github,
        &report_gitlab, &report_checkstyle, &report_rdjson, &report_markdown, &report_html};

const struct reporter *reporter_find(const char *name)
{
	for (size_t i = 0; name && i < G_N_ELEMENTS(reporters); i++) {
		if (strcmp(reporters[i]->name, name) == 0)
			return reporters[i];
	}
	return NULL;
}

const char *reporter_suggest(const char *name)
{
	const char *nearest = NULL;
	unsigned best = G_MAXUINT;

	for (size_t i = 0; i < G_N_ELEMENTS(reporters); i++)
		if (word_nearer(name, reporters[i]->name, &best))
			nearest = reporters[i]->name;
	return nearest;
}
