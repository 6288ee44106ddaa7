/* International domain names: A-labels to U-labels (UTS #46, IDNA2008), the restriction level of UTS #39 section 5.2, and a skeleton
 * for names that look alike. Needs ICU's uidna and script data, both of libicuuc. uspoof lies in libicui18n (3.3 MB), which would be loaded at
 * every start for the few drafts that have such a name: measured, 1 to 4 ms of CPU at each start, and 1.3 to 2.2 ms more to open it. So the level is decided from scripts here, and look-alikes come from a short table
 * of ours: Latin against Cyrillic, Greek and digits, kana against kanji. */
#ifndef PRESEND_BASE_IDN_H
#define PRESEND_BASE_IDN_H

#include "base/arena.h"
#include "base/span.h"

struct idn;   /* a conversion service; one per user, not for two threads at once */

enum idn_flag {
	IDN_INTERNATIONAL = 1 << 0, /* holds a label beyond ASCII, or one that claims to */
	IDN_INVALID = 1 << 1,       /* not valid by UTS #46, or an A-label that does not lead to itself */
	IDN_SYMBOL = 1 << 2,        /* a character that is no letter, mark or digit: IDNA2008 allows none (emoji) */
	IDN_MIXED = 1 << 3          /* a label that is not "Highly Restrictive" */
};

struct idn_host {
	unsigned flags;        /* enum idn_flag */
	struct span unicode;   /* the name with U-labels, lower case, in the arena; the host itself where it is ASCII only */
	struct span bad_label; /* of unicode: the first that IDN_SYMBOL or IDN_MIXED speaks of */
};

/* Never NULL. */
struct idn *idn_new(void);
void idn_free(struct idn *idn);
/* host: a name as it stands in a URL or address, at most 255 octets are looked at; without a dot at the end. Never fails. */
struct idn_host idn_examine(struct idn *idn, struct arena *arena, struct span host);
/* The name with A-labels in small letters, as DNS is asked; empty where it is not valid by UTS #46. In the arena. */
struct span idn_to_ascii(struct idn *idn, struct arena *arena, struct span host);
/* Two names that look the same have the same skeleton. unicode: a name in lower case with U-labels. In the arena. */
struct span idn_skeleton(struct arena *arena, struct span unicode);
/* Does the character look like a Latin letter without being one (Cyrillic, Greek)? */
bool idn_looks_latin(unsigned code_point);

#endif
