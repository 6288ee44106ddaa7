/* What stands inside a template tag, as far as it is known for certain what the engine makes of it: paths, literals, comparisons, and/or/not,
 * defaults and a few filters without side effects. Everything else is refused when it is read, and then nobody guesses.
 * Sources: see expression.c. */
#ifndef PRESEND_DATA_EXPRESSION_H
#define PRESEND_DATA_EXPRESSION_H

#include <glib.h>

#include "data/value.h"
#include "doc/template_language.h"

enum expression_kind {
	EXPRESSION_LITERAL, EXPRESSION_PATH, EXPRESSION_NOT, EXPRESSION_AND, EXPRESSION_OR,
	EXPRESSION_COALESCE, /* a ?? b */
	EXPRESSION_CHOICE,   /* c ? a : b */
	EXPRESSION_EQUAL, EXPRESSION_UNEQUAL, EXPRESSION_SAME, EXPRESSION_NOT_SAME /* === */, EXPRESSION_LESS, EXPRESSION_GREATER, EXPRESSION_AT_MOST, EXPRESSION_AT_LEAST,
	EXPRESSION_CONTAINS, EXPRESSION_JOIN, /* a ~ b */
	EXPRESSION_FILTER
};

/* user.name, ../name, this.name, @index, $.Name, $x */
struct expression_path {
	struct span *parts;
	size_t n;
	size_t up;           /* ../ of Handlebars */
	bool here;           /* begins at the value at hand: "this.x", and ".x" of Go */
	bool top;            /* begins at the row: "$.x" of Go, "@root.x" */
	struct span whole;   /* as it is written, for names that hold dots or blanks, and for people */
};

struct expression {
	enum expression_kind kind;
	const struct value *literal;
	struct expression_path path;
	const struct filter *filter;
	const struct expression *a, *b, *c; /* operands; of a filter: its input and its arguments */
	size_t n_arguments;
};

struct evaluation {
	struct arena *arena;
	enum template_language language;
	/* The value of a path; &value_missing where there is none. */
	const struct value *(*look_up)(void *data, const struct expression_path *path);
	void *data;
	bool failed;         /* something was met that is not known to have an answer */
};

/* Read an expression as that language does. condition: of an if and the like. NULL where it is beyond what is known. What is returned lives
 * in the arena and points into the text. */
const struct expression *expression_parse(struct arena *arena, struct span text, enum template_language language, bool condition);
const struct value *expression_evaluate(struct evaluation *e, const struct expression *expression);
/* Does the language take the value for true? */
bool expression_is_true(const struct value *value, enum template_language language);
/* Visit every path of the expression. guarded: it has a default, or is only asked for its being there. */
void expression_visit(const struct expression *expression, bool guarded, void (*visit)(void *data, const struct expression_path *path, bool guarded),
		      void *data);
/* What the language writes for a value, nothing escaped. false where that is not known (a list, a map). */
bool value_append(GString *out, const struct value *value, enum template_language language);
/* The bytes as the language escapes them for HTML. */
void value_escape(GString *out, struct span text, enum template_language language);

#endif
