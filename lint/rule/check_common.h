/* Small things that several files of checks need. */
#ifndef PRESEND_RULE_CHECK_COMMON_H
#define PRESEND_RULE_CHECK_COMMON_H

#include "rule/check.h"

/* A field from its name to the end of its value, without the last line end. */
static inline struct range field_range(const struct field *field)
{
	return (struct range){ field->start, field->value_end };
}

/* The value without the white space at both ends; an empty range behind the colon where there is none. */
struct range field_value_range(const struct message *m, const struct field *field);
/* Octets of HTML that Gmail shows (rules.d/size/html-clipped.yaml has the source): what settings named limit are where a rule file has none. */
enum { GMAIL_CUTS_HTML_AT = 102400 };
/* Does a template tag stand in the text? */
bool has_tag(const struct check *c, struct span text);
/* Is the word in the list, without regard to ASCII case? list: NULL-terminated or NULL. */
bool word_in_list(const char *const *list, struct span word);
/* An empty range at a place. */
static inline struct range place(size_t offset)
{
	return (struct range){ offset, offset };
}
/* A letter or a digit of any script. */
bool is_letter(uint32_t ch);
/* Does the text hold one of the phrases? phrases: NULL-terminated or NULL. */
bool holds_any_phrase(struct span s, const char *const *phrases);
/* Is it the local part of an address that nobody reads? */
bool is_no_reply(struct span local);
/* Are the two shown instead of each other? True where they meet in a multipart/alternative. */
bool are_alternatives(const struct entity *a, const struct entity *b);
/* Is it a sample of code there? An article about templates shows tags in <code> or <pre>, a form in <textarea>; style and script have braces of their own. */
bool shows_code(const struct html *html, size_t offset);
/* Does the offset lie in the value of an attribute that is an address? */
bool is_in_address(const struct html *html, size_t offset);
/* Could the text not be read for certain (a wrong charset, lost escapes)? That is told, and words not found in it may be there. */
bool body_is_doubtful(const struct body *body);
bool any_body_is_doubtful(const struct message *m);
/* The end of a part's body, as an empty range: where a missing body item is reported. */
struct range body_end(const struct entity *entity);
/* Bytes of the file in a range. */
static inline struct span file_span(const struct message *m, struct range range)
{
	return span_cut(m->file->bytes, range.start, range.end);
}

/* The first picture that a reader sees behind the text of a body, by background="" or by a style of an element; NULL. Which elements the rules of a style sheet meet is
 * not asked here. */
const struct link *background_picture(const struct message *m, const struct body *body);
/* A picture that shows something: none that is hidden or narrower or lower than this by its attributes or its style. */
bool is_content_image(const struct html_element *e, double least_px);
/* Does a screen reader find words in the element? Those count that are only kept from the eye: clipped, moved off the screen, of no size. */
bool has_words_to_hear(const struct html *html, size_t element);

/* Does the address hold a word of letters and digits that nobody would make up? Then it may lead anywhere: clicks are counted so. */
bool has_made_word(struct span address);

/* The names that the configuration gives the sender, in form L1; NULL-terminated, empty where it gives none. */
const char *const *list_names(const struct check *c);
/* Does the text (form L1) hold the name as a word or words, also over the end of a line? */
bool holds_name(struct span l1, struct span name);
/* One of list_names() that the text holds; NULL. */
const char *list_name_in(const struct check *c, struct span l1);
/* Does the configuration say which domains the sender has? */
bool list_has_domains(const struct check *c);
/* Is the host one of the sender's own, or below one, by what the configuration says of the list? */
bool list_owns_host(const struct check *c, struct span host);

#endif
