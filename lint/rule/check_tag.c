/* Checks of template tags: left over in a rendered mail, or in places where no engine fills them. */
#include "rule/check_common.h"
#include "rule/field_fix.h"

#include <glib.h>

#include "base/utf8.h"

/* Tags by the names that rules have for syntaxes. */
static const char *const syntax_names[] = {"mustache", "statement", "mailchimp", "percent", "double-percent", "dollar",
        "dollar-name", "hash-brace", "erb", "bracket-percent", "at-brace", "salesforce", "double-hash", "double-underscore"};

/* One tag that no engine filled in, in a place where a reader or a program meets it. */
struct left_over {
	const struct text *text;
	struct range range;
	enum tag_syntax syntax;
	const char *where; /* subject, header, header-link, text, link */
	bool encoded;      /* in an encoded word, where engines do not see it */
};

static void add_tags(GArray *all, const struct text *text, const struct tag_list *tags, const struct html *html, const char *where)
{
	for (size_t i = 0; i < tags->n; i++) {
		const struct tag *tag = &tags->tags[i];
		if (!tag->certain || (html && shows_code(html, tag->range.start)))
			continue;
		struct left_over left = {text, tag->range, tag->syntax, where, false};
		if (html && is_in_address(html, tag->range.start))
			left.where = "link";
		g_array_append_val(all, left);
	}
}

/* Tags of plain text; those inside of a URL are the link's. *k: a link that is none behind the body's; moved on. */
static void add_text_tags(GArray *all, const struct message *m, const struct body *body, size_t *k)
{
	for (size_t i = 0; i < body->tags.n; i++) {
		const struct tag *tag = &body->tags.tags[i];
		if (!tag->certain)
			continue;
		struct left_over left = {body->source, tag->range, tag->syntax, "text", false};
		for (; *k < m->n_links && m->links[*k].body && m->links[*k].body <= body; ++*k) {
			const struct link *link = &m->links[*k];
			if (link->body != body)
				continue;
			struct range range = text_to_ancestor(link->target, 0, link->target->bytes.n, body->source);
			if (range.end <= tag->range.start)
				continue;
			if (range.start <= tag->range.start)
				left.where = "link";
			break;
		}
		g_array_append_val(all, left);
	}
}

/* Is the tag of the field written in other bytes than its own? */
static bool is_in_encoded_word(const struct message *m, const struct field *f, struct range tag)
{
	struct range in_file = text_to_file(f->value, tag.start, tag.end);

	return f->n_words && !span_eq(file_span(m, in_file), span_cut(f->value->bytes, tag.start, tag.end));
}

/* Tags in header fields, displayed texts and links, in this order. To be freed with g_array_free(). */
static GArray *collect_tags(struct check *c, const struct message *m)
{
	/* Protocol fields hold bounce addresses and hashes that look like anything. */
	static const char *const opaque[] = {"DKIM-Signature", "ARC-Seal", "ARC-Message-Signature", "Received", "Return-Path",
	        "Authentication-Results", "ARC-Authentication-Results", "X-Google-DKIM-Signature", NULL};
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct left_over));

	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (f->flags & FIELD_NO_COLON || f->value->bytes.n == 0 || word_in_list(opaque, f->name))
			continue;
		struct tag_list tags = tag_scan(check_arena(c), f->value->bytes);
		bool link = span_eq_ci(f->name, SPAN_LIT("List-Unsubscribe"));
		guint before = all->len;
		add_tags(all, f->value, &tags, NULL, f == m->subject_field ? "subject" : link ? "header-link" : "header");
		for (guint k = before; k < all->len; k++) {
			struct left_over *left = &g_array_index(all, struct left_over, k);
			left->encoded = is_in_encoded_word(m, f, left->range);
		}
	}
	for (size_t i = 0, k = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		if (body->html)
			add_tags(all, body->source, &body->tags, body->html, "text");
		else
			add_text_tags(all, m, body, &k);
	}
	for (size_t i = 0; i < m->n_links; i++) {
		struct tag_list encoded = tag_scan_url(check_arena(c), m->links[i].target->bytes);
		add_tags(all, m->links[i].target, &encoded, NULL, "link");
	}
	return all;
}

/* The settings of the rule that takes a file with many tags for a template: how many. */
static guint many_tags(void)
{
	const struct rule *rule = rule_set_find(builtin_rules(), "template-as-message");

	return rule ? (guint)rule_setting_int(rule, "minimum", 3) : G_MAXUINT;
}

/* A message with many tags and no --stage is probably a template. */
static bool is_taken_for_template(struct check *c, const struct message *m, const GArray *tags)
{
	return !check_options(c)->stage_given && m->kind != INPUT_TEMPLATE && tags->len >= many_tags();
}

/* Where a file is told to be a template: its first tag that an engine would see. */
static const struct left_over *first_visible(const GArray *tags)
{
	for (guint i = 0; i < tags->len; i++)
		if (!g_array_index(tags, struct left_over, i).encoded)
			return &g_array_index(tags, struct left_over, i);
	return &g_array_index(tags, struct left_over, 0);
}

/* with: syntaxes (names above). Cases: subject, header, header-link (List-Unsubscribe), text, link: of each one finding, at the first tag, with
 * the number. Where the file is taken for a template, all stand at its first tag, where one finding says so and takes their rows over. */
CHECK(tag_left_over)
{
	static const char *const places[] = {"subject", "header", "header-link", "text", "link"};
	const char *const *syntaxes = rule_setting_list(check_rule(c), "syntaxes");
	GArray *tags = collect_tags(c, m);
	bool as_template = is_taken_for_template(c, m, tags);

	for (size_t p = 0; p < G_N_ELEMENTS(places); p++) {
		const struct left_over *first = NULL;
		size_t count = 0;
		for (guint i = 0; i < tags->len; i++) {
			const struct left_over *left = &g_array_index(tags, struct left_over, i);
			if (strcmp(left->where, places[p]) != 0 || !word_in_list(syntaxes, span_str(syntax_names[left->syntax])))
				continue;
			if (!count++)
				first = left;
		}
		if (!count)
			continue;
		struct span shown = span_cut(first->text->bytes, first->range.start, first->range.end);
		const struct left_over *at = as_template && !first->encoded ? first_visible(tags) : first;
		check_report_text(c, at->text, at->range, places[p], ARG_I("count", count), ARG_T("tag", shown));
	}
	g_array_free(tags, TRUE);
}

/* A tag that is percent-encoded in a URL of a template: engines look for its own signs. */
CHECK(tag_percent_encoded)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct tag_list encoded = tag_scan_url(check_arena(c), link->target->bytes);
		for (size_t k = 0; k < encoded.n; k++)
			if (encoded.tags[k].certain) {
				struct range range = encoded.tags[k].range;
				check_report_text(c, link->target, range, NULL, ARG_T("tag", span_cut(link->target->bytes, range.start, range.end)));
				break;
			}
	}
}

/* The field as plain text, for an engine that fills it and encodes what comes of it. */
static void fix_encoded_tag(struct check *c, const struct message *m, const struct field *f)
{
	enum { LONGEST = 900 };
	static const unsigned doubt = EW_BAD_CHARSET | EW_BAD_ENCODING | EW_BAD_BASE64 | EW_BAD_Q | EW_UNTERMINATED | EW_UNDECODABLE | EW_CONTROL;
	struct span value = f->value->bytes;

	for (size_t w = 0; w < f->n_words; w++)
		if (f->words[w].flags & doubt)
			return;
	if (check_stage(c) == STAGE_TEMPLATE && f->kind == FIELD_UNSTRUCTURED && value.n < LONGEST && utf8_valid(value))
		field_fix_value(c, m, f, value);
}

/* A tag inside an encoded word: the engine that fills templates never sees it. In every stage. The place: the encoded word. */
CHECK(tag_in_encoded_word)
{
	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (f->n_words == 0)
			continue;
		struct tag_list tags = tag_scan(check_arena(c), f->value->bytes);
		for (size_t k = 0; k < tags.n; k++) {
			if (!tags.tags[k].certain)
				continue;
			if (is_in_encoded_word(m, f, tags.tags[k].range)) {
				struct span tag = span_cut(f->value->bytes, tags.tags[k].range.start, tags.tags[k].range.end);
				check_report_text(c, f->value, tags.tags[k].range, NULL, ARG_T("field", f->name), ARG_T("tag", tag));
				fix_encoded_tag(c, m, f);
				break;
			}
		}
	}
}

/* A message file with many tags and no --stage: it is a template. One finding that says so, at the first tag; the rule supersedes the
 * single ones. with: minimum. */
CHECK(template_as_message)
{
	GArray *tags = collect_tags(c, m);

	if (check_options(c)->stage_given || m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
	} else if (is_taken_for_template(c, m, tags)) {
		const struct left_over *first = first_visible(tags);
		check_report_text(c, first->text, first->range, NULL, ARG_I("count", tags->len));
	}
	g_array_free(tags, TRUE);
}
