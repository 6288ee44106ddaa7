/* Checks of template tags: left over in a rendered mail, in places where no engine fills them, or not balanced. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/utf8.h"

/* with: syntaxes (names below); prose: "false" leaves spellings out that prose may have. Tags in displayed texts, headers and
 * links. In a file with many tags one finding stands at the first of each syntax and counts the rest. */
static const char *const syntax_names[] = {"mustache", "statement", "mailchimp", "percent", "double-percent", "dollar",
        "dollar-name", "hash-brace", "erb", "bracket-percent", "at-brace", "salesforce", "double-hash", "double-underscore"};

static bool wanted(const struct check *c, const struct tag *tag)
{
	const char *const *syntaxes = rule_setting_list(check_rule(c), "syntaxes");
	return tag->certain && word_in_list(syntaxes, span_str(syntax_names[tag->syntax]));
}

struct tag_tally {
	struct check *c;
	size_t count;
	const struct text *text; /* of the first tag */
	struct range range;
	const char *where;
	struct span shown;
};

static void tally(
        struct tag_tally *t, const struct text *text, const struct tag_list *tags, const struct html *html, const char *where)
{
	for (size_t i = 0; i < tags->n; i++) {
		const struct tag *tag = &tags->tags[i];
		if (!wanted(t->c, tag))
			continue;
		if (html) {
			/* An article about templates shows them in <code> or <pre>; style and script have braces of their own. */
			size_t element = html_element_at(html, tag->range.start);
			if (element != HTML_NO_PARENT &&
			        (html_inside(html, element, "code") || html_inside(html, element, "pre") ||
			                html_inside(html, element, "script") || html_inside(html, element, "style") ||
			                span_eq(html->elements[element].name, SPAN_LIT("code")) ||
			                span_eq(html->elements[element].name, SPAN_LIT("pre")) ||
			                span_eq(html->elements[element].name, SPAN_LIT("style")) ||
			                span_eq(html->elements[element].name, SPAN_LIT("script"))))
				continue;
		}
		if (!t->count++) {
			t->text = text;
			t->range = tag->range;
			t->where = where;
			t->shown = span_cut(text->bytes, tag->range.start, tag->range.end);
		}
	}
}

/* Cases: subject, header, text, link: where the first one stands. Argument count: all of them. */
CHECK(tag_left_over)
{
	struct tag_tally t = {.c = c};

	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (f->flags & FIELD_NO_COLON || f->value->bytes.n == 0)
			continue;
		/* Protocol fields hold bounce addresses and hashes that look like anything. */
		static const char *const opaque[] = {"DKIM-Signature", "ARC-Seal", "ARC-Message-Signature", "Received",
		        "Return-Path", "Authentication-Results", "ARC-Authentication-Results", "X-Google-DKIM-Signature", NULL};
		if (word_in_list(opaque, f->name))
			continue;
		struct tag_list tags = tag_scan(check_arena(c), f->value->bytes);
		tally(&t, f->value, &tags, NULL, f == m->subject_field ? "subject" : "header");
	}
	for (size_t i = 0; i < m->n_bodies; i++)
		tally(&t, m->bodies[i].source, &m->bodies[i].tags, m->bodies[i].html, "text");
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		struct tag_list encoded = tag_scan_url(check_arena(c), link->target->bytes);
		tally(&t, link->target, &encoded, NULL, "link");
	}
	if (t.count)
		check_report_text(c, t.text, t.range, t.where, ARG_I("count", t.count), ARG_T("tag", t.shown));
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
			struct range in_file = text_to_file(f->value, tags.tags[k].range.start, tags.tags[k].range.end);
			struct span raw = file_span(m, in_file);
			struct span tag = span_cut(f->value->bytes, tags.tags[k].range.start, tags.tags[k].range.end);
			if (!span_eq(raw, tag)) {
				check_report_text(
				        c, f->value, tags.tags[k].range, NULL, ARG_T("field", f->name), ARG_T("tag", tag));
				break;
			}
		}
	}
}

/* A message file with many tags and no --stage: it is a template. One finding that says so; the rule supersedes the single ones.
 * with: minimum. */
CHECK(template_as_message)
{
	size_t minimum = (size_t)rule_setting_int(check_rule(c), "minimum", 3), count = 0;
	const struct text *text = NULL;
	struct range first = {0, 0};

	if (check_options(c)->stage_given || m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		for (size_t k = 0; k < body->tags.n; k++) {
			if (!body->tags.tags[k].certain)
				continue;
			if (!count++) {
				text = body->source;
				first = body->tags.tags[k].range;
			}
		}
	}
	if (count >= minimum)
		check_report_text(c, text, first, NULL, ARG_I("count", count));
}

/* Block tags that are not closed, or closed and never opened. Cases: open, close. Only where a file uses block tags of one syntax.
 */
CHECK(tag_unbalanced)
{
	enum { DEEPEST = 64 };

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct tag *stack[DEEPEST];
		size_t depth = 0;
		for (size_t k = 0; k < body->tags.n; k++) {
			const struct tag *tag = &body->tags.tags[k];
			if (tag->place == TAG_OPEN) {
				if (depth == DEEPEST)
					return;
				stack[depth++] = tag;
			} else if (tag->place == TAG_CLOSE) {
				if (depth == 0) {
					check_report_text(c, body->source, tag->range, "close",
					        ARG_T("tag", span_cut(body->source->bytes, tag->range.start, tag->range.end)));
					return;
				}
				depth--;
			}
		}
		if (depth) {
			const struct tag *tag = stack[depth - 1];
			check_report_text(c, body->source, tag->range, "open",
			        ARG_T("tag", span_cut(body->source->bytes, tag->range.start, tag->range.end)));
		}
	}
}
