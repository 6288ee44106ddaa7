/* A template made ready to be filled in many times: its tree of blocks with every expression read. */
#ifndef PRESEND_DATA_BLUEPRINT_H
#define PRESEND_DATA_BLUEPRINT_H

#include "data/rows.h"
#include "doc/expansion.h"
#include "doc/template_language.h"

struct blueprint;

/* A displayed part of the template; what lies in none is header. */
struct blueprint_part {
	struct range range;
	bool html;
};

/* text: the whole file, UTF-8, which must outlive the blueprint as the arena does. columns: names that the data has, NULL-terminated; NULL: any
 * name may be in it. Const once made: any thread may use it. */
const struct blueprint *blueprint_new(struct arena *arena, const char *path, const struct text *text, const struct blueprint_part *parts, size_t n_parts,
				      const char *const *columns);
/* Are there tags to fill in? */
bool blueprint_has_tags(const struct blueprint *blueprint);
/* Fill it in. values: a VALUE_MAP. The result lives in the arena and points into the blueprint and the values. Never fails: what cannot be
 * expanded is replaced by something harmless and noted. Linear in what comes out, which has a limit. */
struct expansion *blueprint_expand(const struct blueprint *blueprint, struct arena *arena, const struct value *values);

/* Names of the data that the template puts in, and where. */
struct blueprint_name {
	struct span name;      /* the first part of the path */
	bool in_text;          /* header, text or attribute */
	bool in_url;           /* as a part of an address */
	bool is_url;           /* as an address */
};
const struct blueprint_name *blueprint_names(const struct blueprint *blueprint, size_t *n);

#endif
