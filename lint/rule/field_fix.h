/* Fixes of header fields that checks share: taken away, given another value, its words encoded anew, its lines folded. Each begins or goes on with the fix
 * of what was reported last, as check_fix() does, and makes none where it cannot be sure. */
#ifndef PRESEND_RULE_FIELD_FIX_H
#define PRESEND_RULE_FIELD_FIX_H

#include "rule/check.h"

/* Take the field with its lines away. None where it would leave no field at all, or where the field has template tags. */
void field_fix_drop(struct check *c, const struct message *m, const struct field *f);
/* Give the field another value (raw bytes, no folds). */
void field_fix_value(struct check *c, const struct message *m, const struct field *f, struct span value);
/* A field in which no encoded word may stand says in ASCII what its words say. */
void field_fix_decoded(struct check *c, const struct message *m, const struct field *f);
/* Put another text in a place of the field, and fold its lines where they become longer than 76. */
void field_fix_place(struct check *c, const struct message *m, const struct field *f, struct range place, struct span with);
/* Put the members of all later fields of that name into this one of the root header, and take those away. */
void field_fix_merge(struct check *c, const struct message *m, const struct field *into);
/* Fold the lines that are longer; what the unfolded field says stays the same byte for byte, but for a blank behind a comma or semicolon. */
void field_fix_fold(struct check *c, const struct message *m, const struct field *f, size_t words, size_t any);

/* A stretch of a field that is written as one run of encoded words. */
struct field_words {
	const struct field *field;
	struct range place;        /* in the file */
	struct span text;          /* what it says, UTF-8, or is to say */
	size_t first, last;        /* its words: [first, last) of field->words */
	bool phrase;               /* a display name or the like, without its quotes */
};

/* The stretch around a place of the field (a word, raw text) that must be written together; false where the field has template tags, where what it says is
 * not sure (a word in it has flags besides those of tolerated that leave doubt), or where no encoded word may stand. */
bool field_words_at(struct check *c, const struct message *m, const struct field *f, struct range at, unsigned tolerated, struct field_words *out);
/* Would the stretch be written without encoding? */
bool field_words_plain(const struct field_words *words);
/* Write the stretches, in order, all of one field: as they are where they are ASCII and may stand so, a name of ASCII in quotes where it needs them, else in encoded words, and fold the lines that are then
 * too long. Words stay in the charset and encoding that all of a stretch have, where that has the text. other_text: the text was changed, and the
 * field need not say what it said. */
void field_fix_words(struct check *c, const struct message *m, const struct field_words *words, size_t n, bool other_text);
/* The display names of an address field in which the bytes of the range hold something that is not ASCII, all in one fix. */
void field_fix_raw_names(struct check *c, const struct message *m, const struct field *f, struct range range);

#endif
