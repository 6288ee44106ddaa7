/* Role: the fixed words of the HTML report, with their places filled in.
 * May not: hold any word of a rule; those stand in rules.d. */
#include "report/page_words.h"

#include "report/xml.h"

#define PAGE_WORD_ROW(name, en, ja) {{en, ja}},
static const struct {
	const char *text[N_LANGUAGES];
} words[N_PAGE_WORDS] = {PAGE_WORDS(PAGE_WORD_ROW)};
#undef PAGE_WORD_ROW

void page_word_append(GString *out, enum page_word which, enum language language, const char *const *args)
{
	const char *from = words[which].text[language];
	size_t n_args = 0;

	while (args[n_args])
		n_args++;
	for (const char *p = from;; p++) {
		bool place = p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}' && (size_t)(p[1] - '0') < n_args;

		if (*p && !place)
			continue;
		xml_append_text(out, span_of(from, (size_t)(p - from)));
		if (!*p)
			break;
		xml_append_text(out, span_str(args[p[1] - '0']));
		p += 2;
		from = p + 1;
	}
}
