/* Which rows of data make the same of a template, as far as rules can tell: names of the same length and script that no rule knows a word of,
 * numbers and tokens likewise. Of rows of one shape, one is linted for all. */
#ifndef PRESEND_ROW_SHAPE_H
#define PRESEND_ROW_SHAPE_H

#include "doc/expansion.h"
#include "rule/rule.h"

struct row_shapes;

struct row_shape {
	unsigned char sum[16];
};

/* rules: whose words are looked for. template: its bytes. Const once made: any thread may use it. Lives in the arena. */
const struct row_shapes *row_shapes_new(struct arena *arena, const struct rule_set *rules, struct span template);
/* The shape of a template filled in. Cost: linear in the template once for each value, the rest in the values. */
struct row_shape row_shape_of(const struct row_shapes *shapes, const struct expansion *expansion);

#endif
