/* CSS as it stands in mail: style blocks and style attributes, taken apart with exact places. Tokens are those of CSS Syntax Module Level 3, section 4;
 * rules and declarations those of section 5, with nested rules. Knows no property and no element: what a value means, and whom a
 * selector meets, is for style.c and for checks. Never fails; what browsers skip is kept as an error with its place.
 *
 * Every range is of the text that was parsed (sheet->text), which has a map to the HTML source: check_report_text() and text_to_source() take
 * both as they are. */
#ifndef PRESEND_DOC_CSS_H
#define PRESEND_DOC_CSS_H

#include "base/arena.h"
#include "base/map.h"
#include "doc/tag.h"

/* -- tokens -- */

/* The byte that stands for each byte of a template tag in spans of CSS. */
#define CSS_TAG_BYTE '\x01'

enum css_token_kind {
	CSS_END,
	CSS_SPACE,
	CSS_IDENT,
	CSS_FUNCTION,     /* name( */
	CSS_AT_KEYWORD,   /* @name */
	CSS_HASH,         /* #name, also a hex colour */
	CSS_STRING,
	CSS_BAD_STRING,   /* a line ends inside it */
	CSS_URL,          /* url(x) without quotes; url("x") is a function and a string */
	CSS_BAD_URL,
	CSS_NUMBER,
	CSS_PERCENTAGE,
	CSS_DIMENSION,
	CSS_DELIM,        /* any other character */
	CSS_COLON,
	CSS_SEMICOLON,
	CSS_COMMA,
	CSS_OPEN,         /* ( [ { */
	CSS_CLOSE,        /* ) ] } */
	CSS_CDO,          /* <!-- */
	CSS_CDC,          /* --> */
	CSS_TEMPLATE_TAG, /* one tag, or several without a gap */
	CSS_COMMENT       /* not given out by css_next_token() */
};

struct css_token {
	enum css_token_kind kind;
	struct range range;  /* in the text that is read */
	struct span text;    /* the name of an identifier, function, at-keyword or hash, the unit of a dimension, the inside of a string or url();
	                      * as written, see css_name() */
	double number;       /* of a number, percentage or dimension */
	char c;              /* of a delimiter or bracket; the quote of a string */
	bool unclosed;       /* a string, comment or url that the end of the text closes */
};

struct css_reader {
	struct span css;
	size_t at;
};

/* The next token; comments are passed over. CSS_END at the end, again and again. */
struct css_token css_next_token(struct css_reader *reader);
/* A name with its escapes resolved, in lower case where asked for. The span itself where nothing changes. */
struct span css_name(struct arena *arena, struct span name, bool lower);

/* -- selectors -- */

enum css_simple_kind {
	CSS_UNIVERSAL,
	CSS_TYPE,
	CSS_CLASS,
	CSS_ID,
	CSS_ATTRIBUTE,
	CSS_PSEUDO_CLASS,
	CSS_PSEUDO_ELEMENT, /* also :before, :after, :first-line and :first-letter */
	CSS_NESTING         /* & */
};

/* One condition of a selector. */
struct css_simple {
	enum css_simple_kind kind;
	char combinator;       /* where this begins a compound behind another one: ' ', '>', '+', '~'; else 0 */
	char match;            /* of an attribute: 0 (is there), '=', '~', '|', '^', '$', '*' */
	bool ignore_case;      /* of an attribute: [a=b i] */
	struct span name;      /* escapes resolved; lower case except classes and ids */
	struct span value;     /* of an attribute; what stands in the brackets of a pseudo-class */
	struct range range;
};

struct css_selector {
	struct css_simple *parts; /* as written */
	size_t n_parts;
	struct range range;
	uint32_t specificity;     /* ids << 16 | classes << 8 | types, each at most 255 (Selectors Level 4, section 17); brackets of :not() and the like count as one class */
	bool valid;               /* the grammar holds; else parts are those in front of the fault */
	bool has_tag;             /* a template tag stands in it: whom it meets cannot be known */
};

/* -- rules -- */

#define CSS_NONE ((size_t)-1)

struct css_declaration {
	struct range range;       /* from the name to the end of the value, or of "!important" */
	struct range name_range, value_range;
	struct span name;         /* lower case, escapes resolved */
	struct span value;        /* trimmed, without comments and "!important"; bytes of a template tag are CSS_TAG_BYTE */
	size_t rule;              /* index into rules; CSS_NONE in @font-face and the like, and in a style attribute */
	size_t at_rule;           /* the innermost @-rule around it, CSS_NONE */
	bool important;
	bool has_tag;             /* a template tag stands in the value */
};

struct css_rule {
	struct range range;       /* with the block */
	struct range prelude;     /* the selectors */
	size_t first_selector, n_selectors;
	size_t first_declaration, n_declarations;
	size_t at_rule;           /* the innermost @-rule around it, CSS_NONE */
	size_t parent;            /* the rule it is nested in (CSS Nesting), CSS_NONE */
	bool valid;               /* every selector is: else browsers drop the rule. False in @keyframes, where there are no selectors */
	bool has_tag;             /* a template tag stands in a selector or directly in front: whom it meets cannot be known */
};

struct css_at_rule {
	struct span name;         /* lower case, without the @: "media", "-webkit-keyframes" */
	struct range range;       /* with the block or the semicolon */
	struct range name_range;  /* with the @ */
	struct range prelude_range;
	struct span prelude;      /* trimmed, without comments */
	size_t parent;            /* the @-rule around it, CSS_NONE */
	size_t parent_rule;       /* the style rule around it, CSS_NONE */
	bool has_block;
	bool has_tag;             /* a template tag stands in the prelude */
};

enum css_error_kind {
	CSS_BAD_DECLARATION,      /* no name or no colon: browsers skip up to the semicolon */
	CSS_EMPTY_VALUE,          /* color:; */
	CSS_BAD_SELECTOR,         /* browsers drop the rule */
	CSS_MISSING_BLOCK,        /* what looks like a selector, and no { behind it */
	CSS_UNCLOSED_BLOCK,       /* the sheet ends inside { }; at the { */
	CSS_UNCLOSED_BRACKET,     /* the sheet ends inside ( ) or [ ]; at the bracket */
	CSS_UNCLOSED_STRING,      /* a line or the sheet ends inside it */
	CSS_UNCLOSED_COMMENT,
	CSS_BAD_URL_TEXT,
	CSS_STRAY_CLOSE           /* a } that closes nothing */
};

struct css_error {
	enum css_error_kind kind;
	struct range range;
};

enum css_flag {
	CSS_TOO_MANY = 1 << 0,    /* LIMIT_CSS_ITEMS: the rest was not read */
	CSS_TOO_DEEP = 1 << 1,    /* LIMIT_CSS_DEPTH: deeper blocks were passed over */
	CSS_HAS_LOOSE_TAG = 1 << 2 /* a template tag where a rule or a declaration could begin: it may bring more of them, or leave some out */
};

struct css_sheet {
	const struct text *text;
	struct css_rule *rules;   /* in order; a nested one behind its parent */
	size_t n_rules;
	struct css_selector *selectors;
	size_t n_selectors;
	struct css_declaration *declarations;
	size_t n_declarations;
	struct css_at_rule *at_rules;
	size_t n_at_rules;
	struct css_error *errors; /* in order, at most LIMIT_CSS_ERRORS */
	size_t n_errors;
	unsigned flags;           /* enum css_flag */
};

/* Read a style sheet. tags: the template tags of the text's source, NULL where there are none. Cost linear. */
struct css_sheet *css_parse_sheet(struct arena *arena, const struct text *css, const struct tag_list *tags);
/* Read a list of declarations, as in a style attribute. */
struct css_sheet *css_parse_declarations(struct arena *arena, const struct text *css, const struct tag_list *tags);
/* Read the selectors of a list, as in :not(...); ranges are of the list. */
struct css_selector *css_parse_selectors(struct arena *arena, struct span list, size_t *n);

#endif
