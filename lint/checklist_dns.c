/* Role: starts presend-preflight with the bytes of a draft, reads its JSON, and puts each answer where the sheet lacks it.
 * May not: judge; the answers are presend-preflight's, and which of two words counts is in rule/verdict.c. */
#include "checklist_dns.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/preflight.h"
#include "rule/requirement.h"
#include "rule/verdict.h"
#include "run_preflight.h"

enum { JSON_DEPTH = 16 };

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* --- the program ------------------------------------------------------------------------------------------------------------------ */

/* It reads all before it writes anything, so neither waits for the other. */
static void feed(int out, struct span bytes)
{
	while (bytes.n) {
		ssize_t n = write(out, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		bytes = span_cut(bytes, (size_t)n, bytes.n);
	}
	close(out);
}

static void read_all(int in, GString *out)
{
	char buffer[16384];
	ssize_t n;

	while ((n = read(in, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			g_string_append_len(out, buffer, n);
	close(in);
}

/* What it writes; NULL, and why in *error, where it cannot be started. What is wrong with the draft or the answers it says on standard error itself. */
static GString *run_program(char *const *argv, struct span bytes, char **error)
{
	GError *trouble = NULL;
	GString *out;
	GPid pid;
	int to, from, status;

	if (!g_spawn_async_with_pipes(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &to, &from, NULL, &trouble)) {
		*error = g_strdup(trouble->message);
		g_error_free(trouble);
		return NULL;
	}
	out = g_string_new(NULL);
	feed(to, bytes);
	read_all(from, out);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	g_spawn_close_pid(pid);
	return out;
}

/* --- its JSON --------------------------------------------------------------------------------------------------------------------- */

static const char *text_of(struct arena *arena, struct json_object *object, const char *key)
{
	struct json_object *value = json_object_object_get(object, key);

	return value && json_object_is_type(value, json_type_string) ? arena_copy(arena, span_str(json_object_get_string(value))) : NULL;
}

static enum preflight_status status_of(struct json_object *object)
{
	const char *name = json_object_get_string(json_object_object_get(object, "status"));

	for (int i = PREFLIGHT_NOT_APPLICABLE; i <= PREFLIGHT_FAIL; i++)
		if (g_strcmp0(name, preflight_status_name((enum preflight_status)i)) == 0)
			return (enum preflight_status)i;
	return PREFLIGHT_UNKNOWN;
}

static void read_row(struct arena *arena, struct json_object *object, struct preflight_row *row)
{
	struct json_object *ids = json_object_object_get(object, "requirements");
	size_t n = json_object_is_type(ids, json_type_array) ? json_object_array_length(ids) : 0;
	const char **list = ARENA_ARRAY(arena, const char *, n + 1);

	for (size_t i = 0; i < n; i++)
		list[i] = arena_copy(arena, span_str(json_object_get_string(json_object_array_get_idx(ids, i))));
	*row = (struct preflight_row){ .check = text_of(arena, object, "check"), .requirements = list, .status = status_of(object),
				       .message = text_of(arena, object, "message"), .help = text_of(arena, object, "help"),
				       .evidence = text_of(arena, object, "evidence"), .query = text_of(arena, object, "query"),
				       .record = text_of(arena, object, "record") };
}

static const struct preflight_report *read_report(struct arena *arena, struct json_object *object)
{
	struct json_object *checks = json_object_object_get(object, "checks");
	size_t n = json_object_is_type(checks, json_type_array) ? json_object_array_length(checks) : 0;
	struct preflight_report *report = ARENA_ARRAY(arena, struct preflight_report, 1);
	struct preflight_row *rows = ARENA_ARRAY(arena, struct preflight_row, n + 1);

	for (size_t i = 0; i < n; i++)
		read_row(arena, json_object_array_get_idx(checks, i), &rows[i]);
	*report = (struct preflight_report){ .domain = text_of(arena, object, "domain"), .trouble = text_of(arena, object, "error"), .rows = rows, .n = n };
	return report;
}

/* One object for each message. */
static void read_answers(const GString *text, const GPtrArray *results)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
	size_t at = 0;

	while (at < text->len) {
		struct json_object *object = json_tokener_parse_ex(tokener, text->str + at, (int)(text->len - at));
		if (!object)
			break;
		at += json_tokener_get_parse_end(tokener);
		size_t index = (size_t)json_object_get_int64(json_object_object_get(object, "index"));
		for (guint i = 0; i < results->len; i++) {
			struct message_result *result = g_ptr_array_index(results, i);
			if (result->index == index)
				result->preflight = read_report(result->arena, object);
		}
		json_object_put(object);
		while (at < text->len && g_ascii_isspace(text->str[at]))
			at++;
	}
	json_tokener_free(tokener);
}

bool checklist_dns_ask(const GPtrArray *words, enum language language, const char *path, struct span bytes, const GPtrArray *results, char **error)
{
	char *program = run_preflight_find();
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	GString *text = NULL;
	bool good = true;

	if (program) {
		g_ptr_array_add(argv, program);
		for (guint i = 0; i < words->len; i++)
			g_ptr_array_add(argv, g_strdup(g_ptr_array_index(words, i)));
		g_ptr_array_add(argv, g_strdup_printf("--lang=%s", say(language, "en", "ja")));
		g_ptr_array_add(argv, g_strdup("--format=json"));
		g_ptr_array_add(argv, g_strdup_printf("--stdin-filename=%s", path));
		g_ptr_array_add(argv, g_strdup("-"));
		g_ptr_array_add(argv, NULL);
		text = run_program((char *const *)argv->pdata, bytes, error);
	} else {
		*error = g_strdup(say(language, "presend-preflight is not installed; it belongs beside presend or into ../libexec/presend",
				      "presend-preflight がインストールされていません。presend と同じフォルダーか ../libexec/presend に置いてください"));
	}
	if (text) {
		read_answers(text, results);
		g_string_free(text, TRUE);
	}
	for (guint i = 0; i < results->len; i++)
		good &= ((struct message_result *)g_ptr_array_index(results, i))->preflight != NULL;
	if (!good && !*error)
		*error = g_strdup(say(language, "presend-preflight gave no answer", "presend-preflight から結果が得られませんでした"));
	g_ptr_array_free(argv, TRUE);
	return good;
}

/* --- the sheet -------------------------------------------------------------------------------------------------------------------- */

/* Is a requirement only open because nobody asked for what would tell it? */
static bool is_not_asked(const struct preflight_report *report, const char *id)
{
	for (size_t i = 0; i < report->n; i++)
		if (g_strv_contains(report->rows[i].requirements, id) && preflight_not_asked(&report->rows[i]))
			return true;
	return false;
}

static enum requirement_verdict verdict_of(enum preflight_status status)
{
	static const enum requirement_verdict verdicts[] = { REQUIREMENT_NOT_APPLICABLE, REQUIREMENT_PASS, REQUIREMENT_UNKNOWN, REQUIREMENT_FAIL, REQUIREMENT_FAIL };

	return verdicts[status];
}

void checklist_dns_settle(struct message_result *result)
{
	static const struct preflight_report nothing = { .rows = NULL };
	const struct preflight_report *report = result->preflight ? result->preflight : &nothing;
	GArray *words = preflight_verdicts(report);

	for (size_t i = 0; i < result->n_requirements; i++) {
		struct requirement_status *status = &result->requirements[i];
		const struct preflight_verdict *word = NULL;
		for (guint k = 0; k < words->len && !word; k++)
			if (strcmp(g_array_index(words, struct preflight_verdict, k).requirement, status->id) == 0)
				word = &g_array_index(words, struct preflight_verdict, k);
		if (word)
			verdict_answer(status, verdict_of(word->status), is_not_asked(report, status->id));
		else
			verdict_answer(status, REQUIREMENT_UNKNOWN, true);
	}
	g_array_unref(words);
}

static bool is_on_sheet(const struct message_result *result, const struct preflight_row *row)
{
	for (const char *const *id = row->requirements; *id; id++) {
		const struct requirement *requirement = requirement_find(*id);
		if (requirement && requirement_asked_by(requirement, result->profiles))
			return true;
	}
	return false;
}

bool checklist_dns_fails(const struct message_result *result)
{
	enum preflight_status least = result->fail_on == SEVERITY_ERROR ? PREFLIGHT_FAIL : PREFLIGHT_WARN;

	for (size_t i = 0; result->preflight && result->fail_on != SEVERITY_OFF && i < result->preflight->n; i++)
		if (result->preflight->rows[i].status >= least && is_on_sheet(result, &result->preflight->rows[i]))
			return true;
	return false;
}
