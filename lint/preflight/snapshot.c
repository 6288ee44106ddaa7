/* Role: reads and writes snapshots of DNS, strictly: what is not exactly right is refused with its place.
 * May not: ask anybody. JSON is YAML, and of the libraries in use the YAML one knows lines and columns. */
#include "preflight/snapshot.h"

#include <arpa/inet.h>
#include <json.h>

#include "base/limits.h"
#include "report/json.h"
#include "rule/node.h"

enum { SNAPSHOT_VERSION = 1, LONGEST_STRING = 255 };

static const char *const status_names[] = { "found", "nodata", "nxdomain", "unknown" };

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

/* "\\" and "\ddd" of a zone file to bytes, appended to out. false after a refusal. */
static bool unescape(struct loader *l, const struct node *node, GString *out)
{
	if (node->kind != NODE_SCALAR) {
		REFUSE(l, node, "must be a text");
		return false;
	}
	for (const char *at = node->text; *at; at++) {
		if (*at < ' ' || *at > '~') {
			REFUSE(l, node, "a byte that is no printable ASCII must be written as \\ and three decimal digits");
			return false;
		}
		if (*at != '\\') {
			g_string_append_c(out, *at);
			continue;
		}
		int number = 0, digits = 0;
		while (digits < 3 && ascii_is_digit(at[digits + 1]))
			number = 10 * number + at[++digits] - '0';
		if (digits == 3 && number <= 255) {
			g_string_append_c(out, (char)number);
			at += 3;
		} else if (at[1] == '\\') {
			g_string_append_c(out, *++at);
		} else {
			REFUSE(l, node, "behind a \\ must stand three decimal digits up to 255, or another \\");
			return false;
		}
	}
	return true;
}

/* A name in small letters, without the dot at its end; NULL after a refusal. */
static const char *name_of(struct loader *l, const struct node *node, const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || n > 4 * LONGEST_STRING || strpbrk(text, "\t\r\n") || !span_is_ascii(span_str(text)) || (n > 1 && strstr(text, ".."))) {
		REFUSE(l, node, "\"%s\" is not a domain name", text);
		return NULL;
	}
	char *name = g_ascii_strdown(text, (gssize)(n - (text[n - 1] == '.')));
	const char *kept = keep(l, name);
	g_free(name);
	return kept;
}

static bool read_number_of(struct loader *l, const struct node *node, const char *text, guint64 largest, unsigned *out)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(text, 10, 0, largest, &number, NULL)) {
		REFUSE(l, node, "\"%s\" must be a whole number up to %" G_GUINT64_FORMAT, text, largest);
		return false;
	}
	*out = (unsigned)number;
	return true;
}

static bool read_address(struct loader *l, const struct node *node, int family, struct dns_record *out)
{
	char bytes[16];

	if (inet_pton(family, node->text, bytes) != 1) {
		REFUSE(l, node, "\"%s\" is not an IPv%c address", node->text, family == AF_INET ? '4' : '6');
		return false;
	}
	out->data = arena_copy_span(l->arena, span_of(bytes, family == AF_INET ? 4 : 16));
	return true;
}

/* A list of strings, or one string. */
static bool read_text(struct loader *l, const struct node *node, struct dns_record *out)
{
	GString *joined = g_string_new(NULL);
	size_t n = node->kind == NODE_LIST ? count_children(node) : 1;
	unsigned *sizes = ARENA_ARRAY(l->arena, unsigned, n + 1);
	bool good = n > 0;

	if (n == 0)
		REFUSE(l, node, "a record must have a string");
	for (const struct node *item = node->kind == NODE_LIST ? node->children : node; item && good; item = node->kind == NODE_LIST ? item->next : NULL) {
		size_t before = joined->len;
		good = unescape(l, item, joined);
		if (good && joined->len - before > LONGEST_STRING) {
			REFUSE(l, item, "a string of more than %d bytes", LONGEST_STRING);
			good = false;
		}
		sizes[out->n_strings++] = (unsigned)(joined->len - before);
	}
	out->data = arena_copy_span(l->arena, span_of(joined->str, joined->len));
	out->string_sizes = sizes;
	g_string_free(joined, TRUE);
	return good;
}

/* "3 1 1 0123…" */
static bool read_tlsa(struct loader *l, const struct node *node, struct dns_record *out)
{
	g_auto(GStrv) words = g_strsplit(node->text, " ", 4);
	GString *bytes = g_string_new(NULL);
	unsigned number = 0;
	bool good = g_strv_length(words) == 4 && *words[3];

	for (size_t i = 0; good && i < 3; i++) {
		good = read_number_of(l, node, words[i], 255, &number);
		g_string_append_c(bytes, (char)number);
	}
	for (const char *at = good ? words[3] : ""; good && *at; at += 2) {
		good = ascii_hex_value(at[0]) >= 0 && ascii_hex_value(at[1]) >= 0;
		if (!good)
			break;
		g_string_append_c(bytes, (char)(ascii_hex_value(at[0]) << 4 | ascii_hex_value(at[1])));
	}
	if (!good)
		REFUSE(l, node, "\"%s\" must be three numbers and hexadecimal digits", node->text);
	out->data = arena_copy_span(l->arena, span_of(bytes->str, bytes->len));
	g_string_free(bytes, TRUE);
	return good;
}

/* A name; the root is empty. */
static bool read_name(struct loader *l, const struct node *node, const char *text, struct dns_record *out)
{
	const char *name = name_of(l, node, text);

	out->data = span_str(name);
	return name != NULL;
}

static bool read_exchange(struct loader *l, const struct node *node, struct dns_record *out)
{
	g_auto(GStrv) words = g_strsplit(node->text, " ", 2);

	if (g_strv_length(words) != 2) {
		REFUSE(l, node, "\"%s\" must be a preference and a name", node->text);
		return false;
	}
	return read_number_of(l, node, words[0], 65535, &out->preference) && read_name(l, node, words[1], out);
}

static bool read_record(struct loader *l, const struct node *node, enum dns_type type, struct dns_record *out)
{
	if (type == DNS_TXT || type == DNS_SPF)
		return read_text(l, node, out);
	if (!line_of(l, node, "a record"))
		return false;
	switch (type) {
	case DNS_A:
		return read_address(l, node, AF_INET, out);
	case DNS_AAAA:
		return read_address(l, node, AF_INET6, out);
	case DNS_MX:
		return read_exchange(l, node, out);
	case DNS_TLSA:
		return read_tlsa(l, node, out);
	case DNS_SOA:
		out->data = span_str(node->text);
		return true;
	default:
		return read_name(l, node, node->text, out);
	}
}

static bool read_records(struct loader *l, const struct node *list, unsigned ttl, struct dns_answer *out)
{
	if (list->kind != NODE_LIST || !list->children) {
		REFUSE(l, list, "records must be a list that is not empty");
		return false;
	}
	struct dns_record *records = ARENA_ARRAY(l->arena, struct dns_record, count_children(list));
	for (const struct node *node = list->children; node; node = node->next) {
		struct dns_record *record = &records[out->n_records++];
		record->ttl = ttl;
		if (!read_record(l, node, out->type, record))
			return false;
	}
	out->records = records;
	return true;
}

/* What must stand and what may not with a status. */
static bool fits_status(struct loader *l, const struct node *map, const struct dns_answer *answer)
{
	bool found = answer->status == DNS_FOUND;

	if (found != (get(map, "records") != NULL) || (!found && get(map, "ttl")))
		REFUSE(l, map, "an answer has records and a ttl where its status is \"found\", and only there");
	else if ((answer->status == DNS_UNKNOWN) != (get(map, "reason") != NULL))
		REFUSE(l, map, "an answer has a reason where its status is \"unknown\", and only there");
	else
		return true;
	return false;
}

static bool read_question(struct loader *l, const struct node *map, struct dns_answer *out)
{
	const struct node *name = get(map, "name"), *type = get(map, "type"), *status = get(map, "status");

	if (!name || !type || !status || !text_of(l, name, "name") || !text_of(l, type, "type") || !text_of(l, status, "status")) {
		REFUSE(l, map, "an answer must have name, type and status");
		return false;
	}
	out->name = name_of(l, name, name->text);
	out->type = dns_type_of(type->text);
	if (!out->type)
		REFUSE(l, type, "\"%s\" is no type that is asked for", type->text);
	for (size_t i = 0; i < G_N_ELEMENTS(status_names); i++) {
		out->status = (enum dns_status)i;
		if (strcmp(status->text, status_names[i]) == 0)
			return out->name && out->type;
	}
	REFUSE(l, status, "status must be found, nodata, nxdomain or unknown");
	return false;
}

static bool read_answer(struct loader *l, const struct node *map, struct dns_answer *out)
{
	static const char *const keys[] = { "name", "type", "status", "reason", "canonical", "authentic", "ttl", "records", NULL };
	const struct node *ttl = get(map, "ttl"), *reason = get(map, "reason"), *canonical = get(map, "canonical"), *authentic = get(map, "authentic");
	unsigned seconds = 0;

	if (!only_keys(l, map, "an answer", keys) || !read_question(l, map, out) || !fits_status(l, map, out))
		return false;
	if (reason && !(out->reason = line_of(l, reason, "reason")))
		return false;
	if (canonical && (!line_of(l, canonical, "canonical") || !(out->canonical = name_of(l, canonical, canonical->text))))
		return false;
	if (ttl && (!line_of(l, ttl, "ttl") || !read_number_of(l, ttl, ttl->text, G_MAXUINT32, &seconds)))
		return false;
	out->authentic = authentic && boolean_of(l, authentic, "authentic");
	return out->status != DNS_FOUND || read_records(l, get(map, "records"), seconds, out);
}

static void read_answers(struct loader *l, const struct node *list, GPtrArray *answers)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (const struct node *map = list->children; map; map = map->next) {
		struct dns_answer *answer = ARENA_NEW(l->arena, struct dns_answer);
		if (!read_answer(l, map, answer))
			continue;
		if (!g_hash_table_add(seen, arena_printf(l->arena, "%d %s", (int)answer->type, answer->name)))
			REFUSE(l, map, "%s %s stands twice", answer->name, dns_type_name(answer->type));
		g_ptr_array_add(answers, answer);
	}
	g_hash_table_destroy(seen);
}

static void read_file(struct loader *l, GPtrArray *answers)
{
	static const char *const keys[] = { "version", "tool", "dns", NULL };
	const struct node *top = read_tree_within(l, l->file, LIMIT_SNAPSHOT_BYTES);

	if (!top || !only_keys(l, top, "a snapshot", keys))
		return;
	const struct node *version = get(top, "version"), *tool = get(top, "tool"), *list = get(top, "dns");
	if (!version || !tool || !list) {
		REFUSE(l, top, "a snapshot must have version, tool and dns");
		return;
	}
	int number = number_of(l, version, "version", 1);
	if (number > 0 && number != SNAPSHOT_VERSION)
		REFUSE(l, version, "version %d is not one that this presend reads (%d)", number, SNAPSHOT_VERSION);
	if (tool->kind != NODE_SCALAR || strcmp(tool->text, "presend") != 0)
		REFUSE(l, tool, "tool: the file of another program");
	if (list->kind != NODE_LIST)
		REFUSE(l, list, "dns must be a list of answers");
	else
		read_answers(l, list, answers);
}

GPtrArray *snapshot_read(struct arena *arena, const char *path, char **error)
{
	struct loader loader = { .arena = arena, .errors = g_ptr_array_new_with_free_func(g_free), .file = path };
	GPtrArray *answers = g_ptr_array_new();

	read_file(&loader, answers);
	if (loader.errors->len > 0) {
		*error = g_strdup(loader.errors->pdata[0]);
		g_ptr_array_free(answers, TRUE);
		answers = NULL;
	}
	g_ptr_array_free(loader.errors, TRUE);
	return answers;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------- */

static struct json_object *strings(struct arena *arena, const struct dns_record *record)
{
	struct json_object *list = json_object_new_array();
	size_t at = 0;

	for (unsigned i = 0; i < record->n_strings; at += record->string_sizes[i++]) {
		struct dns_record part = { .data = span_of(record->data.p + at, record->string_sizes[i]) };
		json_object_array_add(list, json_object_new_string(dns_record_text(arena, DNS_TXT, &part)));
	}
	return list;
}

static struct json_object *entry(struct arena *arena, const struct dns_answer *answer)
{
	struct json_object *map = json_object_new_object();

	json_member_string(map, "name", answer->name);
	json_member_string(map, "type", dns_type_name(answer->type));
	json_member_string(map, "status", status_names[answer->status]);
	json_member_text(map, "reason", answer->status == DNS_UNKNOWN ? answer->reason : NULL);
	json_member_text(map, "canonical", answer->canonical);
	if (answer->authentic)
		json_member(map, "authentic", json_object_new_boolean(TRUE));
	if (answer->status != DNS_FOUND)
		return map;
	struct json_object *list = json_object_new_array();
	for (size_t i = 0; i < answer->n_records; i++)
		json_object_array_add(list, answer->type == DNS_TXT || answer->type == DNS_SPF ?
			strings(arena, &answer->records[i]) :
			json_object_new_string(dns_record_text(arena, answer->type, &answer->records[i])));
	json_member(map, "ttl", json_object_new_int64(answer->records[0].ttl));
	json_member(map, "records", list);
	return map;
}

static int compare_answers(const void *a, const void *b)
{
	const struct dns_answer *left = *(struct dns_answer *const *)a, *right = *(struct dns_answer *const *)b;
	int order = strcmp(left->name, right->name);

	return order ? order : (int)left->type - (int)right->type;
}

/* One answer a line, so that a difference between two snapshots can be read. */
bool snapshot_write(struct arena *arena, const char *path, GPtrArray *answers, char **error)
{
	GString *text = g_string_new("{\n \"version\": 1,\n \"tool\": \"presend\",\n \"dns\": [\n");
	GError *failed = NULL;
	bool first = true;

	qsort(answers->pdata, answers->len, sizeof *answers->pdata, compare_answers);
	for (guint i = 0; i < answers->len; i++) {
		const struct dns_answer *answer = answers->pdata[i];
		if (answer->status == DNS_NXDOMAIN && answer->reason)
			continue; /* never asked: the name cannot be one */
		struct json_object *map = entry(arena, answer);
		g_string_append_printf(text, "%s  %s", first ? "" : ",\n",
			json_object_to_json_string_ext(map, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(map);
		first = false;
	}
	g_string_append(text, first ? " ]\n}\n" : "\n ]\n}\n");
	bool good = g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &failed);
	g_string_free(text, TRUE);
	if (!good) {
		*error = g_strdup(failed->message);
		g_error_free(failed);
	}
	return good;
}
