/* How checks say something: rows of the table with arguments, evidence and what to publish. Decides nothing but what a bulk sender alone must do. */
#include "preflight/check.h"

#include <stdarg.h>
#include <string.h>

#include "preflight/dns_text.h"
#include "rule/requirement.h"

/* Of hostile zones: the longest record in use, a key of 4096 bits, has 750 bytes, and a sound chain of includes has some dozens of terms. */
enum { RECORDS_SHOWN = 5, ARGUMENT_SHOWN = 1000, LINE_SHOWN = 2000, LINES_SHOWN = 80, LAST_LINES_SHOWN = 20 };

const char *preflight_say(const struct preflight *p, const char *en, const char *ja)
{
	return p->language == LANGUAGE_JA ? ja : en;
}

/* --- requirements ----------------------------------------------------------------------------------------------------------------- */

static const char *const *split_requirements(struct arena *arena, const char *ids, size_t more)
{
	char **words = g_strsplit(ids, " ", -1);
	size_t n = 0;
	const char **out = ARENA_ARRAY(arena, const char *, g_strv_length(words) + more + 1);

	for (char **word = words; *word; word++)
		if (**word)
			out[n++] = arena_copy(arena, span_str(*word));
	g_strfreev(words);
	return out;
}

/* What only bulk senders must do is no failure of those of whom that is not known (guidelines of the catalogue: "Volume"). */
static enum preflight_status status_for(const struct preflight *p, const struct preflight_row *row)
{
	if (row->status != PREFLIGHT_FAIL || p->volume == VOLUME_BULK || !row->requirements[0])
		return row->status;
	for (const char *const *id = row->requirements; *id; id++) {
		const struct requirement *requirement = requirement_find(*id);
		if (requirement && requirement->level == LEVEL_MUST && !requirement->bulk_only && !requirement_needs_profile(requirement))
			return PREFLIGHT_FAIL;
	}
	return PREFLIGHT_WARN;
}

void row_requirement(struct preflight *p, struct preflight_row *row, const char *id)
{
	if (g_strv_contains(row->requirements, id))
		return;
	char *joined = g_strjoinv(" ", (char **)(uintptr_t)row->requirements);
	char *longer = g_strjoin(" ", joined, id, NULL);

	row->requirements = split_requirements(p->arena, longer, 0);
	g_free(longer);
	g_free(joined);
	if (!row->source && requirement_find(id))
		row->source = &requirement_find(id)->sources[0];
}

/* --- rows -------------------------------------------------------------------------------------------------------------------------- */

static const char *filled(struct preflight *p, const struct finding *args, const struct localized *text)
{
	if (!text->text[p->language])
		return NULL;
	char *out = finding_format(args, text, p->language);
	const char *copy = arena_copy(p->arena, span_str(out));
	g_free(out);
	return copy;
}

/* An argument that is not too long; what DNS says may have 64 KiB. */
static const char *shown_argument(struct preflight *p, const char *text)
{
	size_t n = strnlen(text, ARGUMENT_SHOWN + 1);

	if (n <= ARGUMENT_SHOWN)
		return text;
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	return arena_printf(p->arena, "%.*s …", (int)n, text);
}

struct preflight_row *tell(struct preflight *p, const char *case_id, ...)
{
	const struct preflight_case *which = preflight_case_find(case_id);
	struct finding args = { .n_args = 0 };
	struct preflight_row row = { .check = which->id, .status = which->status };
	va_list list;

	va_start(list, case_id);
	for (const char *name; (name = va_arg(list, const char *)) && args.n_args < FINDING_MAX_ARGS;)
		args.args[args.n_args++] = (struct finding_arg){ .name = name, .kind = ARG_TEXT, .text = shown_argument(p, va_arg(list, const char *)) };
	va_end(list);
	row.requirements = split_requirements(p->arena, which->requirements, 0);
	row.status = status_for(p, &row);
	row.message = filled(p, &args, &which->message);
	row.help = filled(p, &args, &which->help);
	row.source = which->source.name ? &which->source : NULL;
	if (!row.source && row.requirements[0])
		row.source = &requirement_find(row.requirements[0])->sources[0];
	g_array_append_val(p->rows, row);
	return &g_array_index(p->rows, struct preflight_row, p->rows->len - 1);
}

/* --- evidence ---------------------------------------------------------------------------------------------------------------------- */

static const char *with_line(struct arena *arena, const char *lines, const char *line)
{
	return lines ? arena_printf(arena, "%s\n%s", lines, line) : arena_copy(arena, span_str(line));
}

/* A line that is not too long. */
static const char *shown_line(struct preflight *p, const char *line)
{
	return strnlen(line, LINE_SHOWN + 1) <= LINE_SHOWN ? line : arena_printf(p->arena, "%.*s …", LINE_SHOWN, line);
}

void row_evidence(struct preflight *p, struct preflight_row *row, const char *line)
{
	row->evidence = with_line(p->arena, row->evidence, shown_line(p, line));
}

void row_evidence_lines(struct preflight *p, struct preflight_row *row, const char *const *lines, size_t n)
{
	size_t left_out = n > LINES_SHOWN ? n - LINES_SHOWN : 0, cut = LINES_SHOWN - LAST_LINES_SHOWN;
	GString *text = g_string_new(row->evidence);

	for (size_t i = 0; i < n; i++) {
		g_string_append_printf(text, "%s%s", text->len ? "\n" : "", shown_line(p, lines[i]));
		if (left_out && i + 1 == cut) {
			g_string_append(text, "\n…");
			i += left_out;
		}
	}
	row->evidence = arena_copy(p->arena, span_of(text->str, text->len));
	g_string_free(text, TRUE);
}

void row_record(struct preflight *p, struct preflight_row *row, const char *line)
{
	row->record = with_line(p->arena, row->record, line);
}

const char *answer_reason(const struct preflight *p, const struct dns_answer *answer)
{
	return dns_reason_text(answer, p->language);
}

void row_answer(struct preflight *p, struct preflight_row *row, const struct dns_answer *answer)
{
	const char *query = arena_printf(p->arena, "%s %s", dns_type_name(answer->type), answer->name);

	if (!row->query)
		row->query = query;
	if (answer->status == DNS_NXDOMAIN)
		row_evidence(p, row, arena_printf(p->arena, "%s: %s", query, preflight_say(p, "no such name (NXDOMAIN)", "名前が存在しません（NXDOMAIN）")));
	else if (answer->status == DNS_NODATA)
		row_evidence(p, row, arena_printf(p->arena, "%s: %s", query, preflight_say(p, "no record of this type", "この種類のレコードはありません")));
	else if (answer->status == DNS_UNKNOWN)
		row_evidence(p, row, arena_printf(p->arena, "%s: %s", query, answer_reason(p, answer)));
	for (size_t i = 0; i < answer->n_records && i < RECORDS_SHOWN; i++) {
		struct dns_record shown = answer->records[i];
		shown.data.n = MIN(shown.data.n, (size_t)LINE_SHOWN);
		row_evidence(p, row, arena_printf(p->arena, "%s: %s", query, dns_record_text(p->arena, answer->type, &shown)));
	}
	if (answer->n_records > RECORDS_SHOWN)
		row_evidence(p, row, arena_printf(p->arena, preflight_say(p, "%s: and %zu more", "%s: ほか %zu 件"), query, answer->n_records - RECORDS_SHOWN));
}

void tell_only_first(struct preflight *p, const char *what, size_t count, const char *requirement)
{
	row_requirement(p, tell(p, "only-first", "what", what, "count", arena_printf(p->arena, "%zu", count), NULL), requirement);
}
