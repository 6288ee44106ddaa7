/* Answers of the Postmaster Tools API as rows of the catalogue. Google's own bounds for the spam rate: below 0.10 %, and never 0.30 % or more
 * (Email sender guidelines). */
#include "bounce/postmaster.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *requirement;
} known_rows[] = {
	{"SPF", "AU-04"}, {"DKIM", "AU-05"}, {"SPF_AND_DKIM", "AU-02"}, {"DMARC_POLICY", "AU-12"}, {"DMARC_ALIGNMENT", "AU-14"}, {"MESSAGE_FORMATTING", "FM-16"},
	{"DNS_RECORDS", "AU-22"}, {"ENCRYPTION", "AU-24"}, {"USER_REPORTED_SPAM_RATE", "OP-01"}, {"ONE_CLICK_UNSUBSCRIBE", "UN-01"}, {"HONOR_UNSUBSCRIBE", "UN-16"},
};

const char *postmaster_state_name(enum postmaster_state state)
{
	static const char *const names[] = {"unknown", "pass", "warn", "fail"};

	return names[state];
}

bool postmaster_recognise(struct span bytes)
{
	struct span text = span_trim(bytes);
	struct span start = span_cut(text, 0, 4096);

	return text.n && text.p[0] == '{' &&
	       (span_find(start, SPAN_LIT("\"complianceData\""), 0) < start.n || span_find(start, SPAN_LIT("\"domainStats\""), 0) < start.n);
}

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	return object && json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static const char *text_of(struct json_object *value)
{
	return value && json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static void add_row(struct arena *arena, struct postmaster *postmaster, const char *name, enum postmaster_state state, const char *evidence)
{
	const char *requirement = NULL;

	for (size_t i = 0; i < sizeof(known_rows) / sizeof(known_rows[0]); i++)
		if (strcmp(known_rows[i].name, name) == 0)
			requirement = known_rows[i].requirement;
	if (!requirement)
		return;
	/* The row of the registered domain and that of the subdomain: the worse one counts. */
	for (size_t i = 0; i < postmaster->n; i++) {
		struct postmaster_row *row = &postmaster->rows[i];
		if (strcmp(row->requirement, requirement) != 0)
			continue;
		if (state > row->state)
			row->state = state;
		if (evidence)
			row->evidence = arena_copy(arena, span_str(evidence));
		return;
	}
	if (postmaster->n < POSTMASTER_ROWS_MAX)
		postmaster->rows[postmaster->n++] = (struct postmaster_row){requirement, arena_copy(arena, span_str(name)), state,
									    evidence ? arena_copy(arena, span_str(evidence)) : NULL};
}

static enum postmaster_state state_of(struct json_object *holder)
{
	const char *word = text_of(member(member(holder, "status"), "status"));

	if (!word)
		return POSTMASTER_UNKNOWN;
	return strcmp(word, "COMPLIANT") == 0 ? POSTMASTER_PASS : strcmp(word, "NEEDS_WORK") == 0 ? POSTMASTER_FAIL : POSTMASTER_UNKNOWN;
}

static void read_compliance(struct arena *arena, struct postmaster *postmaster, struct json_object *data)
{
	struct json_object *rows = member(data, "rowData");
	const char *domain = text_of(member(data, "domainId"));

	if (domain)
		postmaster->domain = arena_copy(arena, span_str(domain));
	for (size_t i = 0; rows && json_object_is_type(rows, json_type_array) && i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		const char *name = text_of(member(row, "requirement"));
		if (name)
			add_row(arena, postmaster, name, state_of(row), NULL);
	}
	if (member(data, "oneClickUnsubscribeVerdict"))
		add_row(arena, postmaster, "ONE_CLICK_UNSUBSCRIBE", state_of(member(data, "oneClickUnsubscribeVerdict")), text_of(member(member(data, "oneClickUnsubscribeVerdict"), "reason")));
	if (member(data, "honorUnsubscribeVerdict"))
		add_row(arena, postmaster, "HONOR_UNSUBSCRIBE", state_of(member(data, "honorUnsubscribeVerdict")), text_of(member(member(data, "honorUnsubscribeVerdict"), "reason")));
}

static bool is_number(struct json_object *value)
{
	return value && (json_object_is_type(value, json_type_double) || json_object_is_type(value, json_type_int));
}

static int date_part(struct json_object *date, const char *key)
{
	struct json_object *part = member(date, key);

	return part && json_object_is_type(part, json_type_int) ? json_object_get_int(part) : 0;
}

/* The last day is told; a day with 0.30 % or more fails whatever came after it. */
static void read_stats(struct arena *arena, struct postmaster *postmaster, struct json_object *stats)
{
	double last = -1, worst = -1;
	int last_day = -1, worst_day = 0;

	for (size_t i = 0; json_object_is_type(stats, json_type_array) && i < json_object_array_length(stats); i++) {
		struct json_object *stat = json_object_array_get_idx(stats, i), *value = member(stat, "value"), *date = member(stat, "date");
		struct json_object *number = member(value, "doubleValue") ? member(value, "doubleValue") : member(value, "floatValue");
		const char *metric = text_of(member(stat, "metric"));
		int day = (date_part(date, "year") % 10000) * 10000 + (date_part(date, "month") % 100) * 100 + date_part(date, "day") % 100;

		if (!metric || !(span_find_ci(span_str(metric), SPAN_LIT("spam"), 0) < strlen(metric)) || !is_number(number))
			continue;
		double rate = json_object_get_double(number);
		if (!(rate >= 0 && rate <= 1))
			continue;
		if (day >= last_day) {
			last = rate;
			last_day = day;
		}
		if (rate > worst) {
			worst = rate;
			worst_day = day;
		}
	}
	if (last < 0)
		return;
	/* In hundredths of a percent: Google gives its bounds in these. */
	enum postmaster_state state = worst >= 0.003 ? POSTMASTER_FAIL : worst >= 0.001 ? POSTMASTER_WARN : POSTMASTER_PASS;
	char evidence[160];
	snprintf(evidence, sizeof(evidence), "%.2f %% on %04d-%02d-%02d, at most %.2f %% (%04d-%02d-%02d)", last * 100, last_day / 10000, last_day / 100 % 100, last_day % 100,
		 worst * 100, worst_day / 10000, worst_day / 100 % 100, worst_day % 100);
	add_row(arena, postmaster, "USER_REPORTED_SPAM_RATE", state, evidence);
}

struct postmaster *postmaster_read(struct arena *arena, const char *path, struct span bytes)
{
	struct json_tokener *tokener = json_tokener_new_ex(16);
	struct json_object *root = json_tokener_parse_ex(tokener, bytes.p, (int)(bytes.n < 16 * 1024 * 1024 ? bytes.n : 16 * 1024 * 1024));
	struct postmaster *postmaster = NULL;

	if (root && json_tokener_get_error(tokener) == json_tokener_success && json_object_is_type(root, json_type_object)) {
		postmaster = ARENA_NEW(arena, struct postmaster);
		postmaster->path = path;
		read_compliance(arena, postmaster, member(root, "complianceData"));
		if (member(root, "subdomainComplianceData"))
			read_compliance(arena, postmaster, member(root, "subdomainComplianceData"));
		if (member(root, "domainStats"))
			read_stats(arena, postmaster, member(root, "domainStats"));
	}
	json_object_put(root);
	json_tokener_free(tokener);
	return postmaster;
}
