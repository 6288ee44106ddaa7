/* Small things that several files of checks need. Reports nothing itself. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"

struct range field_value_range(const struct message *m, const struct field *field)
{
	return header_value_range(m->file->bytes, field);
}

bool has_tag(const struct check *c, struct span text)
{
	return tag_scan(check_arena(c), text).n > 0;
}

bool word_in_list(const char *const *list, struct span word)
{
	for (; list && *list; list++)
		if (span_eq_ci(span_str(*list), word))
			return true;
	return false;
}

bool is_letter(uint32_t ch)
{
	return ch >= 0x80 ? g_unichar_isalnum((gunichar)ch) : ascii_is_alnum((char)ch);
}

bool holds_any_phrase(struct span s, const char *const *phrases)
{
	for (; phrases && *phrases; phrases++)
		if (span_find(s, span_str(*phrases), 0) < s.n)
			return true;
	return false;
}

bool shows_code(const struct html *html, size_t offset)
{
	static const char *const names[] = {"code", "pre", "samp", "kbd", "textarea", "script", "style", NULL};
	size_t element = html_element_at(html, offset);

	if (element == HTML_NO_PARENT)
		return false;
	for (const char *const *name = names; *name; name++)
		if (span_eq(html->elements[element].name, span_str(*name)) || html_inside(html, element, *name))
			return true;
	return false;
}

bool is_in_address(const struct html *html, size_t offset)
{
	static const char *const names[] = {"href", "src", "srcset", "action", "background", NULL};
	size_t element = html_element_at(html, offset);

	if (element == HTML_NO_PARENT)
		return false;
	const struct html_element *e = &html->elements[element];
	for (size_t a = 0; a < e->n_attributes; a++)
		if (e->attributes[a].value_range.start <= offset && offset < e->attributes[a].value_range.end)
			return word_in_list(names, e->attributes[a].name);
	return false;
}

bool body_is_doubtful(const struct body *body)
{
	return body->entity->charset_result.doubtful;
}

bool any_body_is_doubtful(const struct message *m)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		if (body_is_doubtful(&m->bodies[i]))
			return true;
	return false;
}

struct range body_end(const struct entity *entity)
{
	return place(entity->body.end);
}

bool is_no_reply(struct span local)
{
	static const char *const names[] = { "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "no.reply" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (span_starts_ci(local, span_str(names[i])))
			return true;
	return false;
}

bool are_alternatives(const struct entity *a, const struct entity *b)
{
	while (a->depth > b->depth)
		a = a->parent;
	while (b->depth > a->depth)
		b = b->parent;
	while (a != b) {
		a = a->parent;
		b = b->parent;
	}
	return entity_is(a, "multipart", "alternative");
}

/* The next word of "a,b,c"; *rest moves behind it. */
static struct span next_of_line(struct span *rest)
{
	size_t comma = span_find_byte(*rest, ',', 0);
	struct span word = span_cut(*rest, 0, comma);

	*rest = span_cut(*rest, comma + 1, rest->n);
	return word;
}

const char *const *list_names(const struct check *c)
{
	const struct lint_options *options = check_options(c);
	const char *const *given = options->list ? options->list->names : NULL;
	struct span line = options->names ? span_str(options->names) : SPAN_EMPTY;
	GPtrArray *names = g_ptr_array_new();

	for (; given && *given; given++)
		g_ptr_array_add(names, normal_l1_plain(check_arena(c), span_str(*given)));
	while (line.n)
		g_ptr_array_add(names, normal_l1_plain(check_arena(c), next_of_line(&line)));
	const char **copy = ARENA_ARRAY(check_arena(c), const char *, names->len + 1);
	for (guint i = 0; i < names->len; i++)
		copy[i] = g_ptr_array_index(names, i);
	g_ptr_array_free(names, TRUE);
	return copy;
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\n';
}

/* Where the name ends that begins at at; at where there is none. A blank of the name is any run of blanks and line ends. */
static size_t end_of_name(struct span l1, size_t at, struct span name)
{
	size_t end = at;

	for (size_t i = 0; i < name.n; i++) {
		if (end >= l1.n || (name.p[i] == ' ' ? !is_blank(l1.p[end]) : l1.p[end] != name.p[i]))
			return at;
		end++;
		while (name.p[i] == ' ' && end < l1.n && is_blank(l1.p[end]))
			end++;
	}
	return end;
}

bool holds_name(struct span l1, struct span name)
{
	name = span_trim(name);
	if (name.n == 0)
		return false;
	for (size_t at = span_find_byte(l1, name.p[0], 0); at < l1.n; at = span_find_byte(l1, name.p[0], at + 1)) {
		size_t end = end_of_name(l1, at, name);
		/* Letters beside it make it part of a longer word; Japanese has no blanks between words. */
		bool before = at > 0 && ascii_is_alnum(l1.p[at - 1]) && ascii_is_alnum(name.p[0]);
		bool behind = end < l1.n && ascii_is_alnum(l1.p[end]) && ascii_is_alnum(name.p[name.n - 1]);
		if (end > at && !before && !behind)
			return true;
	}
	return false;
}

const char *list_name_in(const struct check *c, struct span l1)
{
	for (const char *const *name = list_names(c); *name; name++)
		if (holds_name(l1, span_str(*name)))
			return *name;
	return NULL;
}

bool list_has_domains(const struct check *c)
{
	const struct lint_options *options = check_options(c);

	return options->domains || (options->list && options->list->domains);
}

static bool is_at_or_below(struct span host, struct span own)
{
	return span_ends_ci(host, own) && (host.n == own.n || host.p[host.n - own.n - 1] == '.');
}

bool list_owns_host(const struct check *c, struct span host)
{
	const struct lint_options *options = check_options(c);
	struct span line = options->domains ? span_str(options->domains) : SPAN_EMPTY;

	for (const char *const *domain = options->list ? options->list->domains : NULL; domain && *domain; domain++)
		if (is_at_or_below(host, span_str(*domain)))
			return true;
	while (line.n)
		if (is_at_or_below(host, next_of_line(&line)))
			return true;
	return false;
}

const struct link *background_picture(const struct message *m, const struct body *body)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->body == body && link->kind == LINK_IMAGE && !link->hidden && link->attribute &&
		    (span_eq_ci(link->attribute->name, SPAN_LIT("background")) || span_eq_ci(link->attribute->name, SPAN_LIT("style"))))
			return link;
	}
	return NULL;
}

bool is_content_image(const struct html_element *e, double least_px)
{
	static const char *const sides[] = { "width", "height" };

	/* Size and colour of letters are nothing to a picture. */
	if (!span_eq(e->name, SPAN_LIT("img")) ||
	    (e->style.hidden != HTML_VISIBLE && e->style.hidden != HTML_HIDDEN_FONT && e->style.hidden != HTML_HIDDEN_COLOUR))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
		const struct html_attribute *side = html_attribute(e, sides[i]);
		struct span style = html_inline_style(e, sides[i]), value = style.n ? style : side ? span_trim(side->value->bytes) : SPAN_EMPTY;
		size_t n = 0;
		double px = 0;
		while (n < value.n && n < 6 && ascii_is_digit(value.p[n]))
			px = px * 10 + (value.p[n++] - '0');
		if (n && (n == value.n || value.p[n] == 'p') && px < least_px)
			return false;
	}
	return true;
}

bool has_words_to_hear(const struct html *html, size_t element)
{
	enum { MOST_RUNS = 256 }; /* an element that nothing closes reaches to the end, and there may be many */
	const struct html_element *e = &html->elements[element];

	for (size_t k = e->first_text; k < e->first_text + MIN(e->n_texts, MOST_RUNS) && k < html->n_texts; k++) {
		const struct html_text_run *run = &html->texts[k];
		if (run->hidden == HTML_HIDDEN_DISPLAY || run->hidden == HTML_HIDDEN_VISIBILITY || run->hidden == HTML_NOT_SHOWN)
			continue;
		for (size_t at = 0; at < run->decoded->bytes.n;)
			if (is_letter(utf8_next(run->decoded->bytes, &at)))
				return true;
	}
	return false;
}

bool has_made_word(struct span address)
{
	enum { LEAST = 16 };
	size_t run = 0, digits = 0;

	for (size_t i = 0; i < address.n; i++) {
		run = ascii_is_alnum(address.p[i]) ? run + 1 : 0;
		digits = run ? digits + ascii_is_digit(address.p[i]) : 0;
		if (run >= LEAST && digits)
			return true;
	}
	return false;
}
