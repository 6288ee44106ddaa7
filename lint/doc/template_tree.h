/* A template taken apart into blocks: what the engine copies, puts in, chooses and repeats. The one parser of block structure, for the
 * check of balance and for whoever expands templates. It reads no expressions: those are handed on as they are written. */
#ifndef PRESEND_DOC_TEMPLATE_TREE_H
#define PRESEND_DOC_TEMPLATE_TREE_H

#include "doc/template_language.h"

enum template_node_kind {
	/* Leaves. */
	NODE_TEXT,    /* bytes that the engine copies; also tags of another language than the tree's */
	NODE_OUTPUT,  /* a value: expression; escaped tells whether the tag asks for escaping */
	NODE_COMMENT, /* leaves nothing */
	NODE_RAW,     /* raw, verbatim, {{{{raw}}}}: inside is copied as it is, with the tags in it */
	NODE_SET,     /* assign, set x = ..., {{$x := ...}}: expression "x = ..." without the word */
	NODE_INCLUDE, /* include, partial, {{> x}}, {{template "x" .}}, extends, import: word, expression */
	NODE_CODE,    /* any other statement: word, expression (the whole inside for code languages) */
	/* Blocks. Their children are NODE_BRANCH, at least one; text stands in branches only. */
	NODE_IF,      /* if, unless, ifnot, #if: branches with conditions, the last one maybe without */
	NODE_CASE,    /* case, switch: the first branch is what stands before the first "when" */
	NODE_SECTION, /* Mustache {{#name}} and {{^name}}: if or for, as the value decides */
	NODE_FOR,     /* for, each, range, RSSITEMS; a second branch is for "nothing there" (else, empty) */
	NODE_WITH,    /* with, {{#with x}}: names are those of x or made by it; a second branch is for "nothing there" */
	NODE_CAPTURE, /* capture x, set x (block form): text becomes a value, nothing is shown here */
	NODE_DEFINE,  /* define, macro, {{#*inline}}: text is used elsewhere, nothing is shown here */
	NODE_BLOCK,   /* block, partial block: shown here, and may be replaced by another template */
	NODE_WRAP,    /* autoescape, filter, trans and all unknown blocks: content, maybe changed; with a second branch: a choice that
	               * only the engine knows */
	NODE_BRANCH
};

struct template_node {
	enum template_node_kind kind;
	struct range range;        /* in the text; of a block: from its opening to behind its closing tag; of a branch: from its tag to the
	                            * next tag of the block */
	struct range tag;          /* the (opening) tag; empty for NODE_TEXT, and for the first branch, whose tag is the block's */
	struct range close;        /* the closing tag; empty where there is none */
	struct range inside;       /* NODE_RAW, NODE_BRANCH: what stands between the tags */
	struct span word;          /* "if", "elsif", "each", "name" of {{#name}}; empty where there is none */
	struct span expression;    /* behind the word, trimmed, without delimiters and marks; of a first branch: the block's */
	bool inverted;             /* of a branch: unless, ^, IFNOT */
	bool escaped;              /* NODE_OUTPUT: false for {{{x}}}, {{&x}}, <%- x %> in EJS, <%== x %> in ERB */
	bool trim_left, trim_right;/* of the (opening) tag: {{- -}} {%- -%} {{~ ~}} <%- -%>: white space beside it goes */
	bool close_trim_left, close_trim_right; /* of the closing tag */
	bool else_branch;          /* of a branch: has no condition, taken when no other is */
	size_t parent;             /* index, TEMPLATE_NO_NODE at the top */
	size_t end;                /* index behind the last descendant: children are i + 1, then nodes[child].end, below nodes[i].end */
};

#define TEMPLATE_NO_NODE ((size_t)-1)

enum template_fault_kind {
	FAULT_OPEN,          /* tag is never closed */
	FAULT_CLOSE,         /* tag closes nothing */
	FAULT_OTHER,         /* tag does not close other, the block that is open */
	FAULT_CROSSED,       /* tag closes a block while other, opened within it, is open still */
	FAULT_MIDDLE,        /* else or the like outside of a block that may have one */
	FAULT_AFTER_ELSE     /* else or elsif behind other, the else of the same block */
};

struct template_fault {
	enum template_fault_kind kind;
	struct range tag, other; /* other: empty where none */
};

struct template_tree {
	enum template_language language;
	struct template_node *nodes; /* in the order of the text, parents before children */
	size_t n;
	struct template_fault *faults; /* in order */
	size_t n_faults;
	bool too_deep;               /* LIMIT_TEMPLATE_DEPTH: blocks further in are NODE_CODE, their faults unknown */
};

/* tags: of the text. Tags that language does not have are text. Never fails, whatever the text; linear. Where blocks are not balanced
 * the tree is what a reader would take it for, and faults say what is wrong. */
struct template_tree *template_tree_parse(struct arena *arena, struct span text, const struct tag_list *tags, enum template_language language);
/* What some readers do not see: of each choice, all branches but one are left out. View 0 takes the first of each, and each branch is in one view at
 * least, also one within another; a block of one branch is shown in all views, but of "{{#x}} ... {{/x}}{{^x}} ... {{/x}}" each has its own.
 * There are at most TEMPLATE_MOST_VIEWS, of long texts LIMIT_TEMPLATE_VIEWS_BYTES worth: each view costs as much as the text alone.
 * *cut_out: that is too few for all branches. */
enum { TEMPLATE_MOST_VIEWS = 256 };
unsigned template_views(const struct template_tree *tree, bool *cut_out);
/* The ranges of the text that a view leaves out, in order, not overlapping. */
struct range *template_hidden(struct arena *arena, const struct template_tree *tree, unsigned view, size_t *n_out);
/* The tags that do not begin in one of the ranges. */
struct tag_list template_tags_in_view(struct arena *arena, const struct tag_list *tags, const struct range *hidden, size_t n_hidden);
/* Languages other than first whose block tags the text has, one of each syntax; at most max are written. Returns how many. */
size_t template_other_languages(const struct tag_list *tags, enum template_language first, enum template_language *out, size_t max);

#endif
