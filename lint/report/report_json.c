/* Role: the machine formats json and jsonl, version 1 of the documented fields. The only user of json-c.
 * May not: invent a field, write a byte that is not valid UTF-8, or depend on the locale. */
#include "report/report.h"
#include "report/reason.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "report/checklist.h"
#include "rule/verdict.h"

enum { JSON_FORMAT_VERSION = 1 };

/* Machine formats are English unless a language was asked for. */
static enum language language_of(const struct report_options *options)
{
	return options->language_given ? options->language : LANGUAGE_EN;
}

static void add(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add_ex(object, key, value, JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

/* A string; NULL and "" are null. Broken UTF-8 becomes U+FFFD, one for each byte. */
static void add_string(struct json_object *object, const char *key, const char *text)
{
	struct span s = span_str(text);
	GString *fixed;

	if (s.n == 0) {
		add(object, key, NULL);
		return;
	}
	if (utf8_valid(s)) {
		add(object, key, json_object_new_string_len(s.p, (int)MIN(s.n, (size_t)G_MAXINT)));
		return;
	}
	fixed = g_string_sized_new(s.n);
	for (size_t at = 0; at < s.n;) {
		char bytes[4];

		g_string_append_len(fixed, bytes, (gssize)utf8_write(bytes, utf8_next(s, &at)));
	}
	add(object, key, json_object_new_string_len(fixed->str, (int)MIN(fixed->len, (size_t)G_MAXINT)));
	g_string_free(fixed, TRUE);
}

static void add_size(struct json_object *object, const char *key, size_t value)
{
	add(object, key, json_object_new_uint64(value));
}

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
	add(object, key, json_object_new_double_s(value, buffer));
}

static struct json_object *position_object(const struct position *position)
{
	struct json_object *object = json_object_new_object();

	add_size(object, "offset", position->offset);
	add_size(object, "line", position->line);
	add_size(object, "column", position->column);
	return object;
}

static struct json_object *suppression_object(const struct suppression *suppression)
{
	struct json_object *object;

	if (!suppression)
		return NULL;
	object = json_object_new_object();
	add_string(object, "kind", suppression_name(suppression->kind));
	add_string(object, "reason", suppression->reason);
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

	add_string(object, "rule", rule->id);
	add_string(object, "severity", severity_name(finding->severity));
	add_string(object, "confidence", confidence_name(rule->confidence));
	for (const char **id = finding->requirements; id && *id; id++)
		json_object_array_add(requirements, json_object_new_string(*id));
	add(object, "requirements", requirements);
	/* Block texts of rule files end with a line end. */
	add_string(object, "message", g_strchomp(message));
	add_string(object, "help", g_strchomp(help));
	add_string(object, "url", rule->n_sources > 0 ? rule->sources[0].url : NULL);
	add_string(object, "part", finding->part);
	add(place, "start", position_object(&finding->start));
	add(place, "end", position_object(&finding->end));
	add(object, "span", place);
	add_string(object, "excerpt", finding->excerpt);
	add_string(object, "decoded_line", finding->decoded_line);
	if (finding->decoded_line && *finding->decoded_line && finding->decoded_column > 0)
		add_size(object, "decoded_column", finding->decoded_column);
	else
		add(object, "decoded_column", NULL);
	add_string(object, "smtp_reply", rule->smtp_reply);
	add_string(object, "fingerprint", finding->fingerprint);
	add(object, "fix", NULL);
	add(object, "suppressed", suppression_object(finding->suppressed));
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
	add_string(object, "verdict", score->verdict);
	for (size_t i = 0; i < score->n_contributions; i++) {
		const struct contribution *contribution = &score->contributions[i];
		struct json_object *row = json_object_new_object();

		add_string(row, "rule", contribution->rule);
		add_double(row, "points", contribution->points);
		add_string(row, "advice",
		        contribution->definition ? contribution->definition->title.text[language] : contribution->advice);
		json_object_array_add(contributions, row);
	}
	add(object, "contributions", contributions);
	return object;
}

static struct json_object *message_object(const struct message_result *result, enum language language)
{
	struct json_object *object = json_object_new_object();
	struct json_object *findings = json_object_new_array();
	struct json_object *requirements = json_object_new_array();

	add_string(object, "path", result->path);
	add_size(object, "index", result->index);
	add_string(object, "kind", result->is_template ? "template" : "message");
	add_string(object, "subject", result->subject);
	add_string(object, "from", result->from);
	add_size(object, "size", result->size);
	add(object, "score", score_object(result->score, language));
	for (size_t i = 0; i < result->n_findings; i++)
		json_object_array_add(findings, finding_object(&result->findings[i], language));
	add(object, "findings", findings);
	for (size_t i = 0; i < result->n_requirements; i++) {
		struct json_object *row = json_object_new_object();

		add_string(row, "id", result->requirements[i].id);
		add_string(row, "status", verdict_name(result->requirements[i].verdict));
		json_object_array_add(requirements, row);
	}
	add(object, "requirements", requirements);
	return object;
}

/* Inside strings json-c leaves DEL, C1, bidi controls and line separators as they are. JSON allows that; a terminal that
 * shows the report would obey them. They stand in strings only, so an escape of the same meaning may replace them anywhere. */
static bool needs_escape(uint32_t c)
{
	return (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void append_serialized(GString *out, struct json_object *object, int flags)
{
	size_t length = 0;
	const char *text = json_object_to_json_string_length(object, flags | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
	struct span s = span_of(text, length);
	size_t copied = 0;

	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		uint32_t c;

		/* Most bytes are ASCII; only the others are worth a look. */
		if ((unsigned char)s.p[at] < 0x7f) {
			at++;
			continue;
		}
		c = utf8_next(s, &at);
		if (!needs_escape(c))
			continue;
		g_string_append_len(out, s.p + copied, (gssize)(start - copied));
		g_string_append_printf(out, "\\u%04x", (unsigned int)c);
		copied = at;
	}
	g_string_append_len(out, s.p + copied, (gssize)(s.n - copied));
	g_string_append_c(out, '\n');
}

void report_json_string(GString *out, const char *text)
{
	struct json_object *string = json_object_new_string(text);

	append_serialized(out, string, JSON_C_TO_STRING_PLAIN);
	g_string_truncate(out, out->len - strlen("\n"));
	json_object_put(string);
}

/* One object a line, so that a folder of messages needs the memory of one message's tree only. */
static void json_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	struct json_object *head = json_object_new_object();

	add(head, "version", json_object_new_int(JSON_FORMAT_VERSION));
	add_string(head, "tool", "presend");
	add_string(head, "tool_version", view->tool_version);
	add_string(head, "rules_version", view->rules_version);
	append_serialized(out, head, JSON_C_TO_STRING_PLAIN);
	json_object_put(head);
	/* The head stays open: its closing brace and line end go. */
	g_string_truncate(out, out->len - strlen("}\n"));
	g_string_append(out, ",\n\"messages\":[");
	for (size_t i = 0; i < view->n_results; i++) {
		struct json_object *object = message_object(view->results[i], language_of(options));
		g_string_append(out, i ? ",\n" : "\n");
		append_serialized(out, object, JSON_C_TO_STRING_PLAIN);
		g_string_truncate(out, out->len - strlen("\n"));
		json_object_put(object);
	}
	g_string_append(out, "],\n\"errors\":[");
	for (size_t i = 0; i < view->n_errors; i++) {
		struct json_object *row = json_object_new_object();

		add_string(row, "path", view->errors[i].path);
		char *reason = reason_in(language_of(options), view->errors[i].message);
		add_string(row, "message", reason);
		g_free(reason);
		g_string_append(out, i ? ",\n" : "\n");
		append_serialized(out, row, JSON_C_TO_STRING_PLAIN);
		g_string_truncate(out, out->len - strlen("\n"));
		json_object_put(row);
	}
	g_string_append(out, "]}\n");
}

static void jsonl_write_message(GString *out, const struct message_result *result, const struct report_options *options)
{
	struct json_object *object = message_object(result, language_of(options));

	append_serialized(out, object, JSON_C_TO_STRING_PLAIN);
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

		add_string(object, "name", source->name);
		add_string(object, "section", source->section);
		add_string(object, "url", source->url);
		add_string(object, "date", source->date);
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

		add_string(object, "rule", finding->rule->id);
		add_string(object, "severity", severity_name(finding->severity));
		add_size(object, "line", finding->start.line);
		add_size(object, "column", finding->start.column);
		add_string(object, "message", g_strchomp(message));
		add_string(object, "fingerprint", finding->fingerprint);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *row_object(const struct message_result *result, const struct checklist_row *row, enum language language)
{
	const struct requirement *requirement = row->requirement;
	struct json_object *object = json_object_new_object();

	add_string(object, "id", requirement->id);
	add_string(object, "status", verdict_name(row->verdict));
	add_string(object, "reason", reason_name(row->reason));
	add_string(object, "title", requirement->title.text[language]);
	add_string(object, "level", level_name(requirement->level));
	add_string(object, "who", requirement->bulk_only ? "bulk" : "all");
	add_string(object, "decided_by", decided_by_name(requirement->decided_by));
	add(object, "profiles", profiles_array(row->asked_by));
	add(object, "sources", sources_array(requirement));
	add(object, "findings", row_findings(result, row, language));
	add_string(object, "smtp_reply", checklist_reply(result, row));
	add_string(object, "answer",
	        row->verdict == REQUIREMENT_NEEDS_DNS || row->verdict == REQUIREMENT_NEEDS_RECEIVER ? requirement->answer.text[language]
	                                                                                          : NULL);
	return object;
}

/* One sheet a line: one object for a file with one message, as many as there are messages else. */
static void checklist_json_write(GString *out, const struct report_view *view, const struct report_options *options)
{
	for (size_t i = 0; i < view->n_results; i++) {
		const struct message_result *result = view->results[i];
		g_autoptr(GArray) rows = checklist_rows(result, result->profiles);
		struct json_object *sheet = json_object_new_object(), *array = json_object_new_array();

		add(sheet, "version", json_object_new_int(JSON_FORMAT_VERSION));
		add_string(sheet, "tool", "presend");
		add_string(sheet, "tool_version", view->tool_version);
		add_string(sheet, "rules_version", view->rules_version);
		add_string(sheet, "path", result->path);
		add_size(sheet, "index", result->index);
		add(sheet, "profiles", profiles_array(result->profiles));
		for (guint k = 0; k < rows->len; k++)
			json_object_array_add(
			        array, row_object(result, &g_array_index(rows, struct checklist_row, k), language_of(options)));
		add(sheet, "rows", array);
		append_serialized(out, sheet, JSON_C_TO_STRING_PLAIN);
		json_object_put(sheet);
	}
}

const struct reporter report_checklist_json = {.name = "json", .write = checklist_json_write};
