/* What a piece of program in a template (<% %>, <?php ?>, [% %], %%[ ]%%) does to the nesting of blocks. */
#ifndef PRESEND_DOC_TEMPLATE_CODE_H
#define PRESEND_DOC_TEMPLATE_CODE_H

#include "doc/template_language.h"

struct code_effect {
	size_t closes;    /* blocks of earlier tags that end here */
	size_t opens;     /* blocks that begin here and go on behind the tag */
	bool middle;      /* else, elsif, when, case of a block of an earlier tag */
	bool has_default; /* the middle is an else without a condition */
	struct span word; /* the first word that opens, divides or closes; empty where none does */
};

/* code: the inside of the tag. language: one of the code languages. Strings and comments do not count. Linear. */
struct code_effect template_code_effect(struct span code, enum template_language language);

#endif
