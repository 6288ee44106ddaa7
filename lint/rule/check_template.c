/* Checks of templates as a whole: blocks that are not balanced, and what their branches hide from some readers. */
#include "rule/check_common.h"

#include <glib.h>

/* --- balance ------------------------------------------------------------------------------------------------------------------- */

enum { MOST_FAULTS = 5 };

/* Languages whose tags look alike: where one of them finds blocks and no fault there is none, whatever the guess was. */
static const enum template_language look_alikes[][4] = {
        {LANGUAGE_HANDLEBARS, LANGUAGE_GO}, {LANGUAGE_ERB, LANGUAGE_EJS, LANGUAGE_PHP}, {LANGUAGE_JINJA}, {LANGUAGE_MAILCHIMP},
        {LANGUAGE_AMPSCRIPT}, {LANGUAGE_TOOLKIT}};

static bool look_alike(enum template_language a, enum template_language b)
{
	if (a == LANGUAGE_MUSTACHE)
		a = LANGUAGE_HANDLEBARS;
	if (a == LANGUAGE_LIQUID || a == LANGUAGE_TWIG || a == LANGUAGE_DJANGO)
		a = LANGUAGE_JINJA;
	for (size_t i = 0; i < G_N_ELEMENTS(look_alikes); i++) {
		bool has_a = false, has_b = false;
		for (size_t k = 0; k < 4; k++) {
			has_a |= look_alikes[i][k] == a;
			has_b |= look_alikes[i][k] == b;
		}
		if (has_a)
			return has_b;
	}
	return false;
}

static bool has_blocks(const struct template_tree *tree)
{
	for (size_t i = 0; i < tree->n; i++)
		if (tree->nodes[i].kind == NODE_BRANCH)
			return true;
	return false;
}

/* Would the text be balanced in that language? */
static bool reads_well(struct check *c, struct span text, const struct tag_list *tags, enum template_language language)
{
	const struct template_tree *tree = template_tree_parse(check_arena(c), text, tags, language);

	return tree->n_faults == 0 && has_blocks(tree);
}

/* The tree of the text in the language, or NULL where a language of the same look finds no fault. */
static const struct template_tree *faulty_tree(struct check *c, struct span text, const struct tag_list *tags, enum template_language language)
{
	const struct template_tree *tree = template_tree_parse(check_arena(c), text, tags, language);

	if (tree->n_faults == 0 || tree->too_deep)
		return NULL;
	for (enum template_language other = LANGUAGE_MUSTACHE; other <= LANGUAGE_MAILCHIMP; other++)
		if (other != language && look_alike(language, other) && reads_well(c, text, tags, other))
			return NULL;
	return tree;
}

/* Trees with faults of a text, one for each of the languages that its tags are of. Returns how many. */
enum { MOST_LANGUAGES = 6 };
static size_t faulty_trees(struct check *c, const char *path, struct span text, const struct tag_list *tags, const struct template_tree **out)
{
	enum template_language languages[MOST_LANGUAGES] = {template_language_of(path, text, tags).language};
	size_t n_languages = 1 + template_other_languages(tags, languages[0], languages + 1, MOST_LANGUAGES - 1), n = 0;

	for (size_t i = 0; i < n_languages; i++) {
		const struct template_tree *tree = faulty_tree(c, text, tags, languages[i]);
		if (tree)
			out[n++] = tree;
	}
	return n;
}

/* source: NULL where text is the file. */
static void report_faults(struct check *c, const struct message *m, const struct text *source, struct span text, const struct template_tree *tree)
{
	static const char *const cases[] = {"open", "close", "other", "crossed", "middle", "after-else"};

	for (size_t i = 0; i < tree->n_faults && i < MOST_FAULTS; i++) {
		const struct template_fault *fault = &tree->faults[i];
		struct range other = source ? text_to_file(source, fault->other.start, fault->other.end) : fault->other;
		const struct check_arg args[] = {{0}, ARG_T("tag", span_cut(text, fault->tag.start, fault->tag.end)),
		        ARG_T("open", span_cut(text, fault->other.start, fault->other.end)), ARG_I("line", line_position(m->lines, other.start).line)};
		check_report_args(c, source, fault->tag, cases[fault->kind], args, G_N_ELEMENTS(args) - 1);
	}
}

/* The engine reads the file, header and all: a condition may begin in one field and end in another. True where the file as a whole is
 * told about; its bytes say what its text is only without a transfer encoding and in UTF-8. */
static bool judge_file(struct check *c, const struct message *m)
{
	const struct template_tree *trees[MOST_LANGUAGES];
	const struct entity *root = m->mime.root;
	struct span file = file_span(m, m->range);

	if (!m->has_header || m->kind != INPUT_TEMPLATE)
		return false;
	struct tag_list tags = tag_scan(check_arena(c), m->file->bytes);
	size_t n = faulty_trees(c, m->path, m->file->bytes, &tags, trees);
	if (n == 0)
		return true;
	bool plain = root->n_children == 0 && root->transfer != TRANSFER_BASE64 && root->transfer != TRANSFER_QP && !memchr(file.p, '\033', file.n);
	for (size_t i = 0; plain && i < n; i++)
		report_faults(c, m, NULL, m->file->bytes, trees[i]);
	return plain;
}

/* Block tags that are not closed, closed and never opened, closed in the name of another, crossed, or divided where nothing is open. Cases: open,
 * close, other, crossed, middle, after-else. Arguments: tag, open (the other tag), line (of that). */
CHECK(tag_unbalanced)
{
	/* All branches are read at once. */
	if (m->view > 0 || judge_file(c, m))
		return;
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		const struct template_tree *trees[MOST_LANGUAGES];
		size_t n = body->written_tags.n ? faulty_trees(c, m->path, body->written->bytes, &body->written_tags, trees) : 0;
		for (size_t k = 0; k < n; k++)
			report_faults(c, m, body->written, body->written->bytes, trees[k]);
	}
}
