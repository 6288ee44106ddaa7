/* Names that a template gives itself, and where they mean something: what a loop or a block calls its things, what is assigned. */
#ifndef PRESEND_DOC_TEMPLATE_NAMES_H
#define PRESEND_DOC_TEMPLATE_NAMES_H

#include "doc/template_tree.h"

/* A name within a range of the text. An empty name: all names there are those of another object than the mail's ({{#each books}}). */
struct template_scope {
	struct span name;
	struct range range;
};

struct template_names {
	struct template_scope *scopes; /* by name, then by place; those of one name do not overlap */
	size_t n;
};

/* tree: of the text, of those tags. Where the scope of a name cannot be told it is the whole text. Cost n log n, and never fails. */
struct template_names template_names_of(struct arena *arena, struct span text, const struct tag_list *tags, const struct template_tree *tree);
/* Does the template itself say what name means at this offset? name: "book" of {{ book.title }}. */
bool template_names_given(const struct template_names *names, struct span name, size_t offset);
/* Are names there those of another object? */
bool template_names_foreign(const struct template_names *names, size_t offset);

#endif
