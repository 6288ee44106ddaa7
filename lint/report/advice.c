/* Role: names what contributes to a score.
 * May not: judge. */
#include "report/advice.h"

#include <glib.h>
#include <string.h>

static const struct {
	const char *name;
	enum phrase phrase;
} features[] = {
	{ "subject:exclamation", PHRASE_SUBJECT_EXCLAMATION },
	{ "subject:dollar", PHRASE_SUBJECT_DOLLAR },
	{ "link:without-words", PHRASE_LINK_WITHOUT_WORDS },
	{ "link:escaped-host", PHRASE_LINK_ESCAPED_HOST },
};

char *score_advice(const struct contribution *contribution, enum language language)
{
	if (contribution->definition)
		return g_strchomp(g_strdup(contribution->definition->title.text[language]));
	for (size_t i = 0; i < G_N_ELEMENTS(features); i++) {
		if (strcmp(contribution->name, features[i].name) == 0)
			return g_strdup(phrase(features[i].phrase, language));
	}
	switch (contribution->kind) {
	case CONTRIBUTION_LINE: {
		GString *out = g_string_new(NULL);
		g_autofree char *line = g_strdup_printf("%zu", contribution->start.line);
		PHRASE_APPEND(out, PHRASE_WORDS_OF_LINE, language, line, contribution->excerpt);
		return g_string_free(out, FALSE);
	}
	case CONTRIBUTION_SUBJECT:
		return g_strdup(phrase(PHRASE_WORDS_OF_SUBJECT, language));
	case CONTRIBUTION_SENDER:
		return g_strdup(phrase(PHRASE_WORDS_OF_SENDER, language));
	case CONTRIBUTION_START:
		return g_strdup(phrase(PHRASE_SCORE_START, language));
	case CONTRIBUTION_REST:
	case CONTRIBUTION_RULE:
		break;
	}
	return g_strdup(phrase(PHRASE_WORDS_ELSEWHERE, language));
}
