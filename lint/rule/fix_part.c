/* Fixes that write a part anew. Knows no rule. */
#include "rule/fix_part.h"

#include "rule/check_charset.h"
#include "rule/check_common.h"

void fix_edits(struct check *c, const struct edit *edits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_fix(c, NULL, (struct range){ edits[i].start, edits[i].end }, edits[i].with);
}

bool part_has_tags(const struct check *c, const struct entity *e)
{
	const struct text *text = e->charset_result.text ? e->charset_result.text : e->decoded.text;

	return text && has_tag(c, text->bytes);
}

static bool is_for_us(const struct check *c, const struct message *m, const struct entity *e)
{
	return m->kind != INPUT_TEMPLATE && (e->is_text || entity_is(e, "text", NULL)) && !entity_is_enclosed(e) && recode_is_possible(e) && !part_has_tags(c, e);
}

void fix_transfer(struct check *c, const struct message *m, const struct entity *e, enum recode_transfer how)
{
	size_t n;

	if (!is_for_us(c, m, e) || e->transfer == TRANSFER_UNKNOWN || (e->transfer == TRANSFER_BASE64 && e->decoded.n_bad))
		return;
	const struct edit *edits = recode_part(check_arena(c), m->file, e, e->decoded.text->bytes, how, NULL, &n);
	fix_edits(c, edits, n);
}

void fix_charset_label(struct check *c, const struct message *m, const struct entity *e, const char *charset)
{
	size_t n;

	if (!is_for_us(c, m, e))
		return;
	const struct edit *edits = recode_label(check_arena(c), m->file, e, charset, &n);
	fix_edits(c, edits, n);
}

void fix_to_utf8(struct check *c, const struct message *m, const struct entity *e)
{
	struct span text = e->charset_result.text->bytes;
	size_t n;

	if (!is_for_us(c, m, e) || e->transfer == TRANSFER_UNKNOWN || e->decoded.n_bad)
		return;
	if (entity_is(e, "text", "html") && text.n > GMAIL_CUTS_HTML_AT && e->decoded.text->bytes.n <= GMAIL_CUTS_HTML_AT)
		return;
	const struct edit *edits = recode_part(check_arena(c), m->file, e, text, RECODE_ENCODED, "UTF-8", &n);
	fix_edits(c, edits, n);
}
