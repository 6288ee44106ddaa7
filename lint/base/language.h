/* Language tags and the scripts that languages are written in. Sources: RFC 5646 (BCP 47), section 2.1; IANA language subtag registry, field
 * Suppress-Script; Unicode Standard Annex #24. */
#ifndef PRESEND_BASE_LANGUAGE_H
#define PRESEND_BASE_LANGUAGE_H

#include <stdint.h>

#include "base/span.h"

enum script {
	SCRIPT_NONE,       /* no letter, or one that many scripts share */
	SCRIPT_LATIN,
	SCRIPT_KANA,
	SCRIPT_HAN,
	SCRIPT_HANGUL,
	SCRIPT_CYRILLIC,
	SCRIPT_GREEK,
	SCRIPT_HEBREW,
	SCRIPT_ARABIC,
	SCRIPT_THAI,
	SCRIPT_INDIC,      /* Devanagari, Bengali, Tamil and their kin: told apart by nobody here */
	SCRIPT_OTHER,
	N_SCRIPTS
};

/* Letters of a text by script. */
struct script_count {
	size_t letters[N_SCRIPTS], all;
};

enum script script_of(uint32_t ch);
void script_add(struct script_count *count, uint32_t ch);
/* The language that is written in these letters for certain: "ja", "ko", "th", "el", static; NULL where the letters do not tell. Chinese has no kana,
 * and kana in another language are a name or two. */
const char *script_language(const struct script_count *count);

/* Well-formed, and a primary language that exists: "ja", "en-US", "x-house"; not "en_US", "jp", "japanese", "". */
bool language_tag_is_valid(struct span tag);
/* The scripts in which the language of a tag is written, as bits (1 << enum script); 0 where that is not known or not one thing: tags that name a
 * script, languages with several. */
unsigned language_scripts(struct span tag);

#endif
