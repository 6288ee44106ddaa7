/* Role: the machine formats json and jsonl, version 1 of the documented fields.
 * May not: invent a field, write a byte that is not valid UTF-8, or depend on the locale. */
#include "report/advice.h"
#include "report/report.h"
#include "report/reason.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "report/checklist.h"
#include "report/json.h"
#include "report/machine.h"
#include "rule/verdict.h"

enum { JSON_FORMAT_VERSION = 1 };

/* At most four decimals, with a point in any locale, always with at least one digit behind it. */
static void add_double(struct json_object *object, const char *key, double value)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE];
	size_t n;

	if (!isfinite(value) || fabs(value) > 1e9)
		value = 0;
	value = round(value * 1e4) / 1e4;
	g_ascii_formatd(buffer, sizeof(buffer), "%.4f", value == 0 ? 0.0 : value);
	for (n = strlen(buffer); n > 2 && buffer[n - 1] == '0' && buffer[n - 2] != '.'; n--)
		buffer[n - 1] = '\0';
	json_member(object, key, json_object_new_double_s(value, buffer));
}

static struct json_object *position_object(const struct position *position)
{
	struct json_object *object = json_object_new_object();

	json_member_size(object, "offset", position->offset);
	json_member_size(object, "line", position->line);
	json_member_size(object, "column", position->column);
	return object;
}

static struct json_object *suppression_object(const struct suppression *suppression)
{
	struct json_object *object;

	if (!suppression)
		return NULL;
	object = json_object_new_object();
	json_member_string(object, "kind", suppression_name(suppression->kind));
	json_member_string(object, "reason", suppression->reason);
	return object;
}

/* text where the replacement is UTF-8 meant byte for byte, else bytes_base64. */
static struct json_object *edit_object(const struct fix_edit *edit)
{
	struct json_object *object = json_object_new_object();

	json_member_size(object, "start", edit->start.offset);
	json_member_size(object, "end", edit->end.offset);
	if (utf8_valid(edit->with)) {
		json_member(object, "text", json_object_new_string_len(edit->with.p, (int)edit->with.n));
	} else {
		g_autofree char *base64 = g_base64_encode((const guchar *)edit->with.p, edit->with.n);
		json_member_string(object, "bytes_base64", base64);
	}
	return object;
}

static struct json_object *fix_object(const struct finding *finding, enum language language)
{
	const struct fix *fix = finding->fix;

	if (!machine_has_fix(finding))
		return NULL;
	struct json_object *object = json_object_new_object(), *edits = json_object_new_array();
	g_autofree char *description = finding_format(finding, &fix->how->text, language);
	json_member(object, "safe", json_object_new_boolean(fix->safe));
	json_member_string(object, "description", description);
	for (size_t i = 0; i < fix->n_edits; i++)
		json_object_array_add(edits, edit_object(&fix->edits[i]));
	json_member(object, "edits", edits);
	return object;
}

static struct json_object *row_of_data(const struct finding_row *row, enum language language)
{
	struct json_object *object = json_object_new_object();

	if (row->worst) {
		json_member_string(object, "worst_case", row->worst->text[language]);
	} else {
		json_member_size(object, "row", row->number);
		json_member_size(object, "line", row->line);
	}
	json_member_string(object, "values", row->values);
	json_member_string(object, "becomes", row->becomes);
	return object;
}

static struct json_object *rows_object(const struct finding_rows *rows, enum language language)
{
	struct json_object *object = json_object_new_object(), *first = json_object_new_array();

	json_member_string(object, "data", rows->data_path);
	json_member_size(object, "count", rows->n);
	json_member_size(object, "of", rows->of);
	for (size_t i = 0; i < rows->n_first; i++)
		json_object_array_add(first, row_of_data(&rows->first[i], language));
	json_member(object, "first", first);
	return object;
}

static struct json_object *finding_object(const struct finding *finding, enum language language)
{
	struct json_object *object = json_object_new_object();
	struct json_object *requirements = json_object_new_array();
	struct json_object *place = json_object_new_object();
	const struct rule *rule = finding->rule;
	g_autofree char *message = finding_format(finding, finding->message ? &finding->message->text : &rule->title, language);
	g_autofree char *help = finding_format(finding, &rule->help, language);

	json_member_string(object, "rule", rule->id);
	json_member_string(object, "severity", severity_name(finding->severity));
	json_member_string(object, "confidence", confidence_name(rule->confidence));
	for (const char **id = finding->requirements; id && *id; id++)
		json_object_array_add(requirements, json_object_new_string(*id));
	json_member(object, "requirements", requirements);
	/* Block texts of rule files end with a line end. */
	json_member_string(object, "message", g_strchomp(message));
	json_member_string(object, "help", g_strchomp(help));
	json_member_string(object, "url", finding_url(finding));
	json_member_string(object, "part", finding->part);
	json_member(place, "start", position_object(&finding->start));
	json_member(place, "end", position_object(&finding->end));
	json_member(object, "span", place);
	json_member_string(object, "excerpt", finding->excerpt);
	json_member_string(object, "decoded_line", finding->decoded_line);
	if (finding->decoded_line && *finding->decoded_line && finding->decoded_column > 0)
		json_member_size(object, "decoded_column", finding->decoded_column);
	else
		json_member(object, "decoded_column", NULL);
	json_member_string(object, "smtp_reply", rule->smtp_reply);
	json_member_string(object, "fingerprint", finding->fingerprint);
	json_member(object, "fix", fix_object(finding, language));
	/* Additive: only where --data was given. */
	if (finding->rows)
		json_member(object, "rows", rows_object(finding->rows, language));
	json_member(object, "suppressed", suppression_object(finding->suppressed));
	return object;
}

static struct json_object *contribution_object(const struct contribution *contribution, enum language language)
{
	struct json_object *row = json_object_new_object();
	g_autofree char *advice = score_advice(contribution, language);

	json_member_string(row, "rule", contribution->definition ? contribution->name : NULL);
	json_member_string(row, "feature", contribution->definition ? NULL : contribution->name);
	add_double(row, "points", contribution->points);
	json_member_string(row, "advice", advice);
	if (contribution->excerpt) {
		struct json_object *place = json_object_new_object();
		json_member(place, "start", position_object(&contribution->start));
		json_member(place, "end", position_object(&contribution->end));
		json_member(row, "span", place);
		json_member_string(row, "excerpt", contribution->excerpt);
	}
	return row;
}

static struct json_object *advice_object(const struct advice *advice, enum language language)
{
	struct json_object *object = json_object_new_object(), *edits = json_object_new_array();

	add_double(object, "limit", advice->limit);
	json_member(object, "reached", json_object_new_boolean(advice->reached));
	add_double(object, "points", advice->points);
	add_double(object, "probability", advice->probability);
	for (size_t i = 0; i < advice->n_edits; i++) {
		struct json_object *row = contribution_object(&advice->edits[i].what, language), *also = json_object_new_array();
		for (size_t k = 0; k < advice->edits[i].n_also; k++)
			json_object_array_add(also, position_object(&advice->edits[i].also[k]));
		json_member(row, "also", also);
		json_object_array_add(edits, row);
	}
	json_member(object, "edits", edits);
	return object;
}

static struct json_object *score_object(const struct score *score, enum language language)
{
	struct json_object *object, *contributions;

	if (!score)
		return NULL;
	object = json_object_new_object();
	contributions = json_object_new_array();
	add_double(object, "points", score->points);
	add_double(object, "probability", score->probability);
	json_member_string(object, "verdict", score->verdict);
	for (size_t i = 0; i < score->n_contributions; i++)
		json_object_array_add(contributions, contribution_object(&score->contributions[i], language));
	json_member(object, "contributions", contributions);
	/* Additive: only where --advice was given. */
	if (score->advice)
		json_member(object, "advice", advice_object(score->advice, language));
	return object;
}

static struct json_object *message_object(const struct message_result *result, enum language language)
{
	struct json_object *object = json_object_new_object();
	struct json_object *findings = json_object_new_array();
	struct json_object *requirements = json_object_new_array();

	json_member_string(object, "path", result->path);
	json_member_size(object, "index", result->index);
	json_member_string(object, "kind", result->is_template ? "template" : "message");
	json_member_string(object, "subject", result->subject);
	json_member_string(object, "from", result->from);
	json_member_size(object, "size", result->size);
	json_member(object, "score", score_object(result->score, language));
	for (size_t i = 0; i < result->n_findings; i++)
		json_object_array_add(findings, finding_object(&result->findings[i], language));
	json_member(object, "findings", findings);
	for (size_t i = 0; i < result->n_requirements; i++) {
		struct json_object *row = json_object_new_object();

		json_member_string(row, "id", result->requirements[i].id);
		json_member_string(row, "status", verdict_name(result->requirements[i].verdict));
		json_object_array_add(requirements, row);
	}
	json_member(object, "requirements", requirements);
	return object;
}

void report_json_string(GString *out, const char *text)
{
	struct json_object *string = json_object_new_string(text);

	json_append(out, string, JSON_C_TO_STRING_PLAIN);
	g_string_truncate(out, out->len - strlen("\n"));
	json_object_put(string);
}

/* One object a line, so that a folder of messages needs the memory of one message's tree only. */
static void json_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	struct json_object *head = json_object_new_object();

	json_member(head, "version", json_object_new_int(JSON_FORMAT_VERSION));
	json_member_string(head, "tool", "presend");
	json_member_string(head, "tool_version", view->tool_version);
	json_member_string(head, "rules_version", view->rules_version);
	json_append(out, head, JSON_C_TO_STRING_PLAIN);
	json_object_put(head);
	/* The head stays open: its closing brace and line end go. */
	g_string_truncate(out, out->len - strlen("}\n"));
	g_string_append(out, ",\n\"messages\":[");
	for (size_t i = 0; i < view->n_results; i++) {
		struct json_object *object = message_object(view->results[i], machine_language(options));
		g_string_append(out, i ? ",\n" : "\n");
		json_append(out, object, JSON_C_TO_STRING_PLAIN);
		g_string_truncate(out, out->len - strlen("\n"));
		json_object_put(object);
	}
	g_string_append(out, "],\n\"errors\":[");
	for (size_t i = 0; i < view->n_errors; i++) {
		struct json_object *row = json_object_new_object();

		json_member_string(row, "path", view->errors[i].path);
		char *reason = reason_in(machine_language(options), view->errors[i].message);
		json_member_string(row, "message", reason);
		g_free(reason);
		g_string_append(out, i ? ",\n" : "\n");
		json_append(out, row, JSON_C_TO_STRING_PLAIN);
		g_string_truncate(out, out->len - strlen("\n"));
		json_object_put(row);
	}
	g_string_append(out, "]}\n");
}

static void jsonl_write_message(GString *out, const struct message_result *result, const struct report_options *options)
{
	struct json_object *object = message_object(result, machine_language(options));

	json_append(out, object, JSON_C_TO_STRING_PLAIN);
	json_object_put(object);
}

static void jsonl_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	for (size_t i = 0; i < view->n_results; i++)
		jsonl_write_message(out, view->results[i], options);
}

const struct reporter report_json = {.name = "json", .write = json_write};
const struct reporter report_jsonl = {.name = "jsonl", .write = jsonl_write, .write_message = jsonl_write_message};

/* --- the verdict sheet -------------------------------------------------------------------------------------------------------- */

/* The names of the profiles, in the order of their bits. */
static struct json_object *profiles_array(unsigned profiles)
{
	struct json_object *array = json_object_new_array();

	for (unsigned bit = 1; bit <= PROFILE_LAW_EU; bit <<= 1) {
		if (profiles & bit)
			json_object_array_add(array, json_object_new_string(profile_name(bit)));
	}
	return array;
}

static struct json_object *sources_array(const struct requirement *requirement)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < requirement->n_sources; i++) {
		const struct rule_source *source = &requirement->sources[i];
		struct json_object *object = json_object_new_object();

		json_member_string(object, "name", source->name);
		json_member_string(object, "section", source->section);
		json_member_string(object, "url", source->url);
		json_member_string(object, "date", source->date);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *row_findings(
        const struct message_result *result, const struct checklist_row *row, enum language language)
{
	struct json_object *array = json_object_new_array();
	const struct finding *finding = NULL;

	while ((row->verdict == REQUIREMENT_FAIL || row->reason == REASON_REMARK) &&
	        (finding = checklist_finding(result, row, finding))) {
		struct json_object *object = json_object_new_object();
		g_autofree char *message =
		        finding_format(finding, finding->message ? &finding->message->text : &finding->rule->title, language);

		json_member_string(object, "rule", finding->rule->id);
		json_member_string(object, "severity", severity_name(finding->severity));
		json_member_size(object, "line", finding->start.line);
		json_member_size(object, "column", finding->start.column);
		json_member_string(object, "message", g_strchomp(message));
		json_member_string(object, "fingerprint", finding->fingerprint);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *row_answers(const struct message_result *result, const struct checklist_row *row)
{
	struct json_object *array = json_object_new_array();
	const struct preflight_row *answer = NULL;

	while ((answer = checklist_answer(result, row, answer)))
		json_object_array_add(array, preflight_row_object(answer));
	return array;
}

static struct json_object *row_object(const struct message_result *result, const struct checklist_row *row, enum language language)
{
	const struct requirement *requirement = row->requirement;
	struct json_object *object = json_object_new_object();

	json_member_string(object, "id", requirement->id);
	json_member_string(object, "status", verdict_name(row->verdict));
	json_member_string(object, "reason", reason_name(row->reason));
	json_member_string(object, "title", requirement->title.text[language]);
	json_member_string(object, "level", level_name(requirement->level));
	json_member_string(object, "who", requirement->bulk_only ? "bulk" : "all");
	json_member_string(object, "decided_by", decided_by_name(requirement->decided_by));
	json_member(object, "profiles", profiles_array(row->asked_by));
	json_member(object, "sources", sources_array(requirement));
	json_member(object, "findings", row_findings(result, row, language));
	json_member_string(object, "smtp_reply", checklist_reply(result, row));
	json_member_string(object, "answer",
	        row->verdict == REQUIREMENT_NEEDS_DNS || row->verdict == REQUIREMENT_NEEDS_RECEIVER ? requirement->answer.text[language]
	                                                                                          : NULL);
	g_autofree char *command = checklist_command(result, row);
	json_member_text(object, "command", command);
	if (result->preflight)
		json_member(object, "preflight", row_answers(result, row));
	return object;
}

/* One sheet a line: one object for a file with one message, as many as there are messages else. */
static void checklist_json_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	for (size_t i = 0; i < view->n_results; i++) {
		const struct message_result *result = view->results[i];
		g_autoptr(GArray) rows = checklist_rows(result, result->profiles);
		struct json_object *sheet = json_object_new_object(), *array = json_object_new_array();

		json_member(sheet, "version", json_object_new_int(JSON_FORMAT_VERSION));
		json_member_string(sheet, "tool", "presend");
		json_member_string(sheet, "tool_version", view->tool_version);
		json_member_string(sheet, "rules_version", view->rules_version);
		json_member_string(sheet, "path", result->path);
		json_member_size(sheet, "index", result->index);
		json_member(sheet, "profiles", profiles_array(result->profiles));
		for (guint k = 0; k < rows->len; k++)
			json_object_array_add(
			        array, row_object(result, &g_array_index(rows, struct checklist_row, k), machine_language(options)));
		json_member(sheet, "rows", array);
		json_append(out, sheet, JSON_C_TO_STRING_PLAIN);
		json_object_put(sheet);
	}
}

const struct reporter report_checklist_json = {.name = "json", .write = checklist_json_write};
