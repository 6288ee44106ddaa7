/* An HTML part: elements, attributes, text runs and comments with exact places (a tokenizer of ours), and the tree (libxml2) as
 * parent links. The only user of libxml2 is html_tree.c. Source: WHATWG HTML, section 13.2.5 (tokenization), simplified:
 * what mail has, never failing. */
#ifndef PRESEND_DOC_HTML_H
#define PRESEND_DOC_HTML_H

#include "base/arena.h"
#include "base/map.h"
#include "doc/css.h"
#include "doc/tag.h"

struct html_attribute {
	struct range name_range, value_range; /* in html.source; value without quotes; empty range behind the name where there is none */
	struct span name;                     /* lower case */
	struct text *value;                   /* entities decoded, UTF-8; source: html.source. Never NULL */
	bool has_value;
};

enum html_hidden {
	HTML_VISIBLE,
	HTML_HIDDEN_DISPLAY,     /* display:none, hidden attribute, mso-hide:all */
	HTML_HIDDEN_VISIBILITY,  /* visibility:hidden or collapse */
	HTML_HIDDEN_OPACITY,     /* opacity below 0.1 */
	HTML_HIDDEN_SIZE,        /* height or max-height or width 0 with overflow hidden */
	HTML_HIDDEN_OFF_SCREEN,  /* position far outside, text-indent below -500px */
	HTML_HIDDEN_CLIP,        /* clip:rect(0...), clip-path that leaves nothing */
	HTML_HIDDEN_FONT,        /* font-size below 3px */
	HTML_HIDDEN_COLOUR,      /* contrast of text and background below 1.3 */
	HTML_NOT_SHOWN           /* head, style, script, template, title, comments: never text of the page */
};

/* On what a mail is seen: a window of a mail program by day, a telephone by day, a window in dark colours. */
enum html_screen { HTML_DESKTOP, HTML_PHONE, HTML_DARK, HTML_N_SCREENS };

struct html_style {          /* computed for one screen, from style blocks, style attributes, attributes and inheritance; see style.c */
	enum html_hidden hidden;   /* first reason found from the root down */
	double font_size_px;       /* 16 at the root; < 0: unknown */
	uint32_t colour, background; /* 0xRRGGBB */
	bool colour_known, background_known; /* background unknown: image, gradient, alpha, a rule that may hold */
	bool colour_written, background_written; /* by the mail, and not left to the client */
	bool switched_by_class;    /* a style block may show what hides: on another screen, in another client, by what the reader does */
	size_t hider;              /* index of the element that hides, for hidden reasons */
	bool block;                /* stands on lines of its own */
	bool cell;                 /* a table cell */
	bool keeps_space;          /* white-space: pre and the like */
};

struct html_element {
	struct span name;                     /* lower case */
	struct range start_tag, end_tag;      /* in html.source; end_tag empty where there is none */
	struct html_attribute *attributes;
	size_t n_attributes;
	size_t parent;                        /* index of the parent element, HTML_NO_PARENT at the top */
	int depth;
	struct html_style style;              /* on a desktop */
	const struct css_sheet *style_css;    /* the style attribute; NULL where there is none */
	bool self_closing;
	unsigned short traits;                /* of the name, for the HTML code itself */
	size_t first_text, n_texts;           /* text runs from the start tag to the end of the element, in html.texts */
};

#define HTML_NO_PARENT ((size_t)-1)

struct html_text_run {
	struct range range;                   /* in html.source */
	size_t parent;                        /* element index or HTML_NO_PARENT */
	struct text *decoded;                 /* entities decoded; source: html.source */
	enum html_hidden hidden;
};

struct html_comment {
	struct range range;                   /* with <!-- and --> */
	bool conditional;                     /* <!--[if mso]> */
};

enum html_flag {
	HTML_TOO_MANY_ATTRIBUTES = 1 << 0,    /* LIMIT_HTML_ATTRIBUTES: the tree was built without the rest */
	HTML_TOO_DEEP = 1 << 1,               /* LIMIT_HTML_DEPTH: deeper elements hang on the last level */
	HTML_TOO_MANY_NODES = 1 << 2,         /* LIMIT_HTML_NODES: the rest was not looked at */
	HTML_UNCLOSED_TAG = 1 << 3,           /* the source ends inside a tag or comment */
	HTML_TOO_MUCH_CSS = 1 << 4            /* LIMIT_CSS_STEPS, _ITEMS or _DEPTH: some of the style blocks was not applied */
};

/* A style block that browsers read: of CSS, and not the frame that AMP asks for. */
struct html_sheet {
	size_t element;                       /* of the style element */
	const struct css_sheet *css;
};

struct html {
	const struct text *source;            /* decoded UTF-8 of the part */
	struct tag_list tags;                 /* template tags in source; those left out are not among them */
	const struct range *left_out;         /* ranges of source that this reader of the template does not get, in order; they leave nothing */
	size_t n_left_out;
	struct html_element *elements;        /* in the order of their start tags */
	size_t n_elements;
	struct html_text_run *texts;          /* in order */
	size_t n_texts;
	struct html_comment *comments;
	size_t n_comments;
	struct html_sheet *sheets;            /* in order */
	size_t n_sheets;
	struct html_style *screens[HTML_N_SCREENS]; /* of all elements, where they are not those of a desktop; see html_style_on() */
	struct range doctype;                 /* empty where none */
	struct range second_doctype;          /* empty where none */
	struct range stray_end;               /* the first end tag that closes nothing; empty where none */
	size_t n_stray_ends;
	unsigned flags;                       /* enum html_flag */
	struct range flag_range;              /* where the first flag arose, in source */
	struct text *visible;                 /* what a reader sees: block elements and br on lines of their own, white space folded as
	                                       * CSS does, alt texts of images left out, hidden runs left out; source: html.source */
	struct text *hidden;                  /* the hidden runs, one line each, HTML_NOT_SHOWN left out; source: html.source */
	struct text *preheader;               /* the first hidden block where it is a preheader (HT-12), NULL; source: html.source */
	struct span title;                    /* text of <title>, decoded */
};

void html_library_init(void);
/* Parse. Tags are masked before the tree is built. Never fails. Cost linear. */
struct html *html_parse(struct arena *arena, const struct text *source);
/* The same with the tags as they were found, and ranges that are left out: branches of a template that one reader does not get. */
struct html *html_parse_view(struct arena *arena, const struct text *source, const struct tag_list *tags, const struct range *left_out,
			     size_t n_left_out);
const struct html_attribute *html_attribute(const struct html_element *element, const char *name);
/* The computed style of an element on a screen. What the words are on a telephone, say, is the rule's to look up: texts[].hidden and the like are
 * of a desktop. */
const struct html_style *html_style_on(const struct html *html, size_t element, enum html_screen screen);
/* Is element (index) inside an element of that name? */
bool html_inside(const struct html *html, size_t element, const char *name);
/* The visible text of an element with its descendants, white space folded and trimmed, alt texts of images included where with_alt.
 * Cut behind HTML_ELEMENT_TEXT_BYTES, because unclosed elements reach to the end of the document and there may be many. */
#define HTML_ELEMENT_TEXT_BYTES 4000
struct text *html_element_text(struct arena *arena, const struct html *html, size_t element, bool with_alt);
/* The index of the element whose start tag begins at or last before offset. */
size_t html_element_at(const struct html *html, size_t offset);
/* What the style attribute of an element says of a property, without "!important"; empty where nothing. */
struct span html_inline_style(const struct html_element *element, const char *property);
/* Blanks, and what fills a preheader up so that the inbox shows nothing of the body behind it: nobody sees these characters. */
bool html_is_padding(uint32_t c);
/* Contrast ratio of two colours 0xRRGGBB, 1 to 21. Source: WCAG 2.1, "contrast ratio" and "relative luminance". */
double html_contrast(uint32_t a, uint32_t b);
/* Read a CSS colour (hex, rgb(), rgba(), hsl(), a name). alpha 0 to 1. False where it is none of these. */
bool html_colour(struct span value, uint32_t *colour, double *alpha);

#endif
