/* Phrases in disguise: forms L2 and L3 of a text, made of its normal form L1, in which a word reads plainly again.
 *
 * L2 takes the gaps out of a word: 完・全・無・料, 無 料, お★得. A gap is one or two signs or blanks between two kana or kanji; what
 * ends a sentence or a clause is none. L3 puts one mask sign for every sign that stands for an inner character (出◯い, 無×正) and
 * one character for those that look alike across scripts (工ロ with a kanji, エロ).
 * Both hold only stretches that have such a sign, each as a line of its own; most texts have few or none. */
#ifndef PRESEND_BASE_DISGUISE_H
#define PRESEND_BASE_DISGUISE_H

#include "base/map.h"
#include "base/words.h"

/* Cost linear in the text. */
struct text *disguise_without_gaps(struct arena *arena, const struct text *l1);
struct text *disguise_masks_alike(struct arena *arena, const struct text *l1);

/* Is a hit in L2 a word that gaps pull apart, and not two words with something between them? All gaps are alike; if not every
 * character has one, none stands at a word border; two characters need no kanji on either side. */
bool disguise_gaps_are_real(const struct text *without_gaps, struct range hit, struct words *words);

/* What a phrase may look like in L3: one inner character masked, or none. Phrases of less than three characters have no mask. */
size_t disguise_spellings(struct arena *arena, struct span phrase, struct span **out);
/* Is a hit in L3 not the plain phrase, and a word by itself when the phrase is put there? */
bool disguise_mask_is_real(const struct text *masks_alike, struct range hit, struct span phrase, struct words *words);

#endif
