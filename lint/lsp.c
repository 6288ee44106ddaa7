/* Role: the methods of the Language Server Protocol: drafts that are open, what is found in them, hover, quick fixes.
 * May not: judge, or fix by itself.
 * Source: Language Server Protocol 3.17, https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/ */
#include "lsp.h"

#include <json-c/json.h>
#include <string.h>

#include "base/limits.h"
#include "lsp_text.h"
#include "report/json.h"
#include "report/machine.h"
#include "rpc.h"
#include "rule/explain.h"
#include "rule/fix.h"

struct document {
	char *uri, *path;          /* path: as messages and configuration have it */
	bool is_file;              /* path is where it lies */
	double version;
	char *shown;               /* the characters of the editor */
	size_t n_shown;
	struct lsp_text text;
	struct run_memory *memory; /* NULL: its configuration is not sound, or it is left out */
	GPtrArray *results;        /* struct message_result; NULL: not yet judged */
	bool stale;                /* results are of an earlier text */
};

struct lsp {
	struct run_options options;
	struct rpc *rpc;
	GHashTable *documents;     /* by uri */
	char *last_trouble;        /* with the configuration, as it was told; NULL */
	bool initialized, shut_down, left;
};

/* --- documents ---------------------------------------------------------------------------------------------------------------- */

static void forget_results(struct document *document)
{
	if (document->results)
		message_results_free(document->results);
	run_memory_free(document->memory);
	document->results = NULL;
	document->memory = NULL;
}

static void document_free(void *data)
{
	struct document *document = data;

	forget_results(document);
	lsp_text_close(&document->text);
	g_free(document->shown);
	g_free(document->uri);
	g_free(document->path);
	g_free(document);
}

/* A draft that was never saved has no name that would tell its kind. */
static const char *name_of_unsaved(const char *language_id, struct span text)
{
	text = span_trim(text);
	if (g_strcmp0(language_id, "markdown") == 0)
		return "unsaved.md";
	if (text.n && text.p[0] == '<')
		return "unsaved.html";
	return input_holds_message(text) ? "unsaved.eml" : "unsaved.txt";
}

static void take_text(struct document *document, const char *shown, size_t n)
{
	g_free(document->shown);
	document->shown = g_strndup(shown, n);
	document->n_shown = n;
	document->stale = true;
}

/* What is in force is asked for anew each time: the configuration may have changed under the editor, and to read it costs a millisecond. */
static void judge(struct lsp *lsp, struct document *document)
{
	GString *trouble = g_string_new(NULL);

	forget_results(document);
	lsp_text_set(&document->text, document->is_file ? document->path : NULL, span_of(document->shown, document->n_shown));
	run_say_into(trouble);
	document->memory = run_memory_new(&lsp->options, document->path);
	run_say_into(NULL);
	if (document->memory && run_memory_left_out(document->memory)) {
		run_memory_free(document->memory);
		document->memory = NULL;
	}
	if (document->memory)
		document->results = run_memory_lint(document->memory, span_of(document->text.bytes->str, document->text.bytes->len));
	document->stale = false;
	g_strchomp(trouble->str);
	/* The same trouble once, and not at every key. */
	if (*trouble->str && g_strcmp0(trouble->str, lsp->last_trouble) != 0) {
		struct json_object *params = json_object_new_object();
		json_member_size(params, "type", 1);
		json_member_string(params, "message", trouble->str);
		rpc_notify(lsp->rpc, "window/showMessage", params);
	}
	g_free(lsp->last_trouble);
	lsp->last_trouble = g_string_free(trouble, FALSE);
}

/* --- what is found ------------------------------------------------------------------------------------------------------------ */

static struct json_object *place_object(const struct lsp_text *text, size_t offset)
{
	struct json_object *object = json_object_new_object();
	size_t line, character;

	lsp_text_place(text, offset, &line, &character);
	json_member_size(object, "line", line);
	json_member_size(object, "character", character);
	return object;
}

static struct json_object *range_object(const struct lsp_text *text, size_t start, size_t end)
{
	struct json_object *object = json_object_new_object();

	json_member(object, "start", place_object(text, start));
	json_member(object, "end", place_object(text, MAX(start, end)));
	return object;
}

static enum language language_of(const struct lsp *lsp)
{
	return lsp->options.report.language;
}

static struct json_object *diagnostic_object(const struct lsp *lsp, const struct document *document, const struct finding *finding)
{
	struct json_object *object = json_object_new_object(), *page;
	GString *message = machine_message(finding, language_of(lsp)), *help = machine_help(finding, language_of(lsp));

	if (help->len)
		g_string_append_printf(message, "\n%s", help->str);
	json_member(object, "range", range_object(&document->text, finding->start.offset, finding->end.offset));
	json_member_size(object, "severity", finding->severity == SEVERITY_ERROR ? 1 : finding->severity == SEVERITY_WARNING ? 2 : 3);
	json_member_string(object, "code", finding->rule->id);
	if (finding_url(finding)) {
		page = json_object_new_object();
		json_member_string(page, "href", finding_url(finding));
		json_member(object, "codeDescription", page);
	}
	json_member_string(object, "source", "presend");
	json_member_string(object, "message", message->str);
	g_string_free(help, TRUE);
	g_string_free(message, TRUE);
	return object;
}

/* The findings that are told, in the order of the file; g_ptr_array_free(). */
static GPtrArray *findings_of(const struct document *document)
{
	GPtrArray *findings = g_ptr_array_new();

	for (guint i = 0; document->results && i < document->results->len; i++) {
		const struct message_result *result = g_ptr_array_index(document->results, i);
		for (size_t k = 0; k < result->n_findings && findings->len < LIMIT_LSP_FINDINGS; k++)
			if (!result->findings[k].suppressed)
				g_ptr_array_add(findings, &result->findings[k]);
	}
	return findings;
}

static void publish(struct lsp *lsp, const struct document *document, bool closed)
{
	struct json_object *params = json_object_new_object(), *list = json_object_new_array();
	GPtrArray *findings = findings_of(document);

	for (guint i = 0; !closed && i < findings->len; i++)
		json_object_array_add(list, diagnostic_object(lsp, document, g_ptr_array_index(findings, i)));
	json_member_string(params, "uri", document->uri);
	if (!closed)
		json_member(params, "version", json_object_new_int64((int64_t)document->version));
	json_member(params, "diagnostics", list);
	rpc_notify(lsp->rpc, "textDocument/publishDiagnostics", params);
	g_ptr_array_free(findings, TRUE);
}

/* Judge what changed and tell of it. */
static void catch_up(struct lsp *lsp, struct document *document)
{
	if (!document->stale)
		return;
	judge(lsp, document);
	publish(lsp, document, false);
}

static void catch_up_all(struct lsp *lsp)
{
	GHashTableIter iter;
	gpointer document;

	g_hash_table_iter_init(&iter, lsp->documents);
	while (g_hash_table_iter_next(&iter, NULL, &document))
		catch_up(lsp, document);
}

/* --- notifications ------------------------------------------------------------------------------------------------------------ */

static struct document *document_of(struct lsp *lsp, struct json_object *message)
{
	const char *uri = rpc_string(message, "params.textDocument.uri", NULL);

	return uri ? g_hash_table_lookup(lsp->documents, uri) : NULL;
}

static void did_open(struct lsp *lsp, struct json_object *message)
{
	size_t n;
	const char *uri = rpc_string(message, "params.textDocument.uri", NULL), *shown = rpc_string(message, "params.textDocument.text", &n);

	if (!uri || !shown || (g_hash_table_size(lsp->documents) >= LIMIT_LSP_DOCUMENTS && !g_hash_table_contains(lsp->documents, uri)))
		return;
	struct document *document = g_new0(struct document, 1);
	document->uri = g_strdup(uri);
	document->path = g_filename_from_uri(uri, NULL, NULL);
	document->is_file = document->path != NULL;
	if (!document->path)
		document->path = g_strdup(name_of_unsaved(rpc_string(message, "params.textDocument.languageId", NULL), span_of(shown, n)));
	rpc_number(message, "params.textDocument.version", &document->version);
	take_text(document, shown, n);
	lsp_text_open(&document->text, document->is_file ? document->path : NULL, span_of(shown, n));
	g_hash_table_replace(lsp->documents, document->uri, document);
}

/* The whole text each time, as asked for; of several, the last counts. */
static void did_change(struct lsp *lsp, struct json_object *message)
{
	struct document *document = document_of(lsp, message);
	struct json_object *changes = rpc_get(message, "params.contentChanges");
	size_t n, n_changes = json_object_is_type(changes, json_type_array) ? json_object_array_length(changes) : 0;

	if (!document || !n_changes)
		return;
	struct json_object *change = json_object_array_get_idx(changes, n_changes - 1);
	const char *shown = rpc_string(change, "text", &n);
	if (!shown || rpc_get(change, "range"))
		return;
	rpc_number(message, "params.textDocument.version", &document->version);
	take_text(document, shown, n);
}

static void did_close(struct lsp *lsp, struct json_object *message)
{
	struct document *document = document_of(lsp, message);

	if (!document)
		return;
	publish(lsp, document, true);
	g_hash_table_remove(lsp->documents, document->uri);
}

static void did_save(struct lsp *lsp, struct json_object *message)
{
	struct document *document = document_of(lsp, message);

	if (document)
		document->stale = true;
}

/* Configuration or files changed beside the editor. */
static void did_change_elsewhere(struct lsp *lsp, struct json_object *message)
{
	GHashTableIter iter;
	gpointer document;

	(void)message;
	g_hash_table_iter_init(&iter, lsp->documents);
	while (g_hash_table_iter_next(&iter, NULL, &document))
		((struct document *)document)->stale = true;
}

static void did_exit(struct lsp *lsp, struct json_object *message)
{
	(void)message;
	lsp->left = true;
}

/* --- requests ----------------------------------------------------------------------------------------------------------------- */

static struct json_object *initialize(struct lsp *lsp, struct json_object *message)
{
	struct json_object *result = json_object_new_object(), *can = json_object_new_object(), *sync = json_object_new_object();
	struct json_object *actions = json_object_new_object(), *kinds = json_object_new_array(), *server = json_object_new_object();
	const char *locale = rpc_string(message, "params.locale", NULL);

	if (locale && !lsp->options.report.language_given)
		lsp->options.report.language = g_str_has_prefix(locale, "ja") ? LANGUAGE_JA : LANGUAGE_EN;
	json_member(sync, "openClose", json_object_new_boolean(true));
	json_member_size(sync, "change", 1);
	json_member(sync, "save", json_object_new_boolean(true));
	json_object_array_add(kinds, json_object_new_string("quickfix"));
	json_object_array_add(kinds, json_object_new_string("source.fixAll.presend"));
	json_member(actions, "codeActionKinds", kinds);
	json_member_string(can, "positionEncoding", "utf-16");
	json_member(can, "textDocumentSync", sync);
	json_member(can, "hoverProvider", json_object_new_boolean(true));
	json_member(can, "codeActionProvider", actions);
	json_member_string(server, "name", "presend");
	json_member_string(server, "version", PRESEND_VERSION);
	json_member(result, "capabilities", can);
	json_member(result, "serverInfo", server);
	lsp->initialized = true;
	return result;
}

static struct json_object *shut_down(struct lsp *lsp, struct json_object *message)
{
	(void)message;
	lsp->shut_down = true;
	return NULL;
}

struct place {
	double line, character;
};

static bool read_place(struct json_object *object, const char *path, struct place *out)
{
	struct json_object *place = rpc_get(object, path);

	return rpc_number(place, "line", &out->line) && rpc_number(place, "character", &out->character);
}

static bool is_before(const struct place *a, const struct place *b)
{
	return a->line < b->line || (a->line == b->line && a->character < b->character);
}

/* Does the finding touch the range? */
static bool touches(const struct document *document, const struct finding *finding, const struct place *start, const struct place *end)
{
	size_t line, character;
	struct place first, last;

	lsp_text_place(&document->text, finding->start.offset, &line, &character);
	first = (struct place){ (double)line, (double)character };
	lsp_text_place(&document->text, MAX(finding->start.offset, finding->end.offset), &line, &character);
	last = (struct place){ (double)line, (double)character };
	return !is_before(end, &first) && !is_before(&last, start);
}

static struct json_object *hover(struct lsp *lsp, struct json_object *message)
{
	struct document *document = document_of(lsp, message);
	struct place place;
	struct json_object *result = NULL;

	if (!document || !read_place(message, "params.position", &place))
		return NULL;
	catch_up(lsp, document);
	GPtrArray *findings = findings_of(document);
	GString *page = g_string_new(NULL);
	const struct finding *first = NULL;
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		if (!touches(document, finding, &place, &place) || (first && finding->rule == first->rule))
			continue;
		if (page->len)
			g_string_append_c(page, '\n');
		explain_rule(page, finding->rule, EXPLAIN_TEXT, language_of(lsp), 80);
		first = first ? first : finding;
	}
	if (first) {
		struct json_object *contents = json_object_new_object();
		json_member_string(contents, "kind", "plaintext");
		json_member_string(contents, "value", page->str);
		result = json_object_new_object();
		json_member(result, "contents", contents);
		json_member(result, "range", range_object(&document->text, first->start.offset, first->end.offset));
	}
	g_string_free(page, TRUE);
	g_ptr_array_free(findings, TRUE);
	return result;
}

static struct json_object *edit_object(const struct document *document, size_t start, size_t end, struct span with)
{
	char *text = lsp_text_shown(&document->text, with);

	if (!text)
		return NULL;
	struct json_object *edit = json_object_new_object();
	json_member(edit, "range", range_object(&document->text, start, end));
	json_member(edit, "newText", json_object_new_string(text));
	g_free(text);
	return edit;
}

/* An action that makes the edits; takes them over. */
static struct json_object *action_object(const struct document *document, const char *title, const char *kind, struct json_object *edits)
{
	struct json_object *action = json_object_new_object(), *edit = json_object_new_object(), *changes = json_object_new_array();
	struct json_object *of_document = json_object_new_object(), *identity = json_object_new_object();

	json_member_string(identity, "uri", document->uri);
	json_member(identity, "version", json_object_new_int64((int64_t)document->version));
	json_member(of_document, "textDocument", identity);
	json_member(of_document, "edits", edits);
	json_object_array_add(changes, of_document);
	json_member(edit, "documentChanges", changes);
	json_member_string(action, "title", title);
	json_member_string(action, "kind", kind);
	json_member(action, "edit", edit);
	return action;
}

static struct json_object *quick_fix(const struct lsp *lsp, const struct document *document, const struct finding *finding)
{
	const struct fix *fix = finding->fix;
	struct json_object *edits = json_object_new_array();

	for (size_t i = 0; i < fix->n_edits; i++) {
		struct json_object *edit = edit_object(document, fix->edits[i].start.offset, fix->edits[i].end.offset, fix->edits[i].with);
		/* Half of a fix is none. */
		if (!edit) {
			json_object_put(edits);
			return NULL;
		}
		json_object_array_add(edits, edit);
	}
	char *text = finding_format(finding, &fix->how->text, language_of(lsp));
	char *title = fix->safe ? g_strdup(text) : g_strdup_printf(language_of(lsp) == LANGUAGE_JA ? "%s（要確認）" : "%s (look at it)", text);
	struct json_object *action = action_object(document, title, "quickfix", edits), *solved = json_object_new_array();
	json_object_array_add(solved, diagnostic_object(lsp, document, finding));
	json_member(action, "diagnostics", solved);
	if (fix->safe)
		json_member(action, "isPreferred", json_object_new_boolean(true));
	g_free(title);
	g_free(text);
	return action;
}

/* All safe fixes, as --fix makes them: one edit from the first difference to the last. */
static struct json_object *fix_all(const struct lsp *lsp, const struct document *document)
{
	struct span old = span_of(document->text.bytes->str, document->text.bytes->len);
	GString *fixed = document->memory ? run_memory_fix(document->memory, old, false) : NULL;
	struct json_object *action = NULL;

	if (!fixed)
		return NULL;
	struct span new = span_of(fixed->str, fixed->len);
	size_t start = 0, end = 0, most = MIN(old.n, new.n);
	while (start < most && old.p[start] == new.p[start])
		start++;
	/* Whole lines: no character of any charset is cut. */
	while (start && old.p[start - 1] != '\n')
		start--;
	while (end < most - start && old.p[old.n - end - 1] == new.p[new.n - end - 1])
		end++;
	while (end && old.p[old.n - end - 1] != '\n')
		end--;
	struct json_object *edit = edit_object(document, start, old.n - end, span_cut(new, start, new.n - end));
	if (edit) {
		struct json_object *edits = json_object_new_array();
		json_object_array_add(edits, edit);
		action = action_object(document, language_of(lsp) == LANGUAGE_JA ? "安全に直せるものをすべて修正" : "mend all that is safe to mend",
				       "source.fixAll.presend", edits);
	}
	g_string_free(fixed, TRUE);
	return action;
}

/* Does the client ask for actions of this kind, or of all? "source" asks for "source.fixAll.presend". */
static bool wants(struct json_object *message, const char *kind)
{
	struct json_object *only = rpc_get(message, "params.context.only");

	if (!json_object_is_type(only, json_type_array))
		return true;
	for (size_t i = 0; i < json_object_array_length(only); i++) {
		const char *asked = rpc_string(json_object_array_get_idx(only, i), "", NULL);
		size_t n = asked ? strlen(asked) : 0;
		if (asked && strncmp(kind, asked, n) == 0 && (!n || !kind[n] || kind[n] == '.'))
			return true;
	}
	return false;
}

static struct json_object *code_action(struct lsp *lsp, struct json_object *message)
{
	struct document *document = document_of(lsp, message);
	struct json_object *actions = json_object_new_array();
	struct place start, end;

	if (!document || !read_place(message, "params.range.start", &start) || !read_place(message, "params.range.end", &end))
		return actions;
	catch_up(lsp, document);
	/* What the editor shows is not what lies in the file: an edit would miss its place. */
	if (document->text.from_disk)
		return actions;
	GPtrArray *findings = findings_of(document);
	bool quick = wants(message, "quickfix"), any_safe = false;
	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = g_ptr_array_index(findings, i);
		if (!finding->fix)
			continue;
		any_safe |= finding->fix->safe;
		struct json_object *action = quick && finding->fix->n_edits && touches(document, finding, &start, &end) ? quick_fix(lsp, document, finding) : NULL;
		if (action)
			json_object_array_add(actions, action);
	}
	g_ptr_array_free(findings, TRUE);
	/* Editors ask at every move of the cursor, and to fix is to lint several times: only where there is something to fix. */
	struct json_object *all = any_safe && wants(message, "source.fixAll.presend") ? fix_all(lsp, document) : NULL;
	if (all)
		json_object_array_add(actions, all);
	return actions;
}

/* --- the loop ----------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *method;
	struct json_object *(*answer)(struct lsp *lsp, struct json_object *message); /* the result is the caller's; NULL: null */
} requests[] = {
	{ "initialize", initialize },
	{ "shutdown", shut_down },
	{ "textDocument/hover", hover },
	{ "textDocument/codeAction", code_action },
};

static const struct {
	const char *method;
	void (*take)(struct lsp *lsp, struct json_object *message);
} notifications[] = {
	{ "textDocument/didOpen", did_open },
	{ "textDocument/didChange", did_change },
	{ "textDocument/didClose", did_close },
	{ "textDocument/didSave", did_save },
	{ "workspace/didChangeConfiguration", did_change_elsewhere },
	{ "workspace/didChangeWatchedFiles", did_change_elsewhere },
	{ "exit", did_exit },
};

static void answer_request(struct lsp *lsp, const char *method, struct json_object *id, struct json_object *message)
{
	if (!lsp->initialized && strcmp(method, "initialize") != 0) {
		rpc_refuse(lsp->rpc, id, RPC_NOT_INITIALIZED, "initialize comes first");
		return;
	}
	if (lsp->shut_down || (lsp->initialized && strcmp(method, "initialize") == 0)) {
		rpc_refuse(lsp->rpc, id, RPC_INVALID_REQUEST, lsp->shut_down ? "nothing but exit comes after shutdown" : "initialize comes once");
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
		if (strcmp(requests[i].method, method) == 0) {
			rpc_reply(lsp->rpc, id, requests[i].answer(lsp, message));
			return;
		}
	}
	rpc_refuse(lsp->rpc, id, RPC_METHOD_NOT_FOUND, "presend has no such method");
}

static void take_message(struct lsp *lsp, struct json_object *message)
{
	const char *method = rpc_string(message, "method", NULL);
	struct json_object *id = rpc_get(message, "id");

	/* An answer: presend asks nothing. */
	if (!method)
		return;
	if (id) {
		answer_request(lsp, method, id, message);
		return;
	}
	/* Notifications before initialize are dropped, but for exit (section "Initialize Request"). */
	if ((!lsp->initialized || lsp->shut_down) && strcmp(method, "exit") != 0)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(notifications); i++)
		if (strcmp(notifications[i].method, method) == 0)
			notifications[i].take(lsp, message);
}

int lsp_serve(const struct run_options *options)
{
	struct lsp lsp = { .options = *options, .rpc = rpc_new(RPC_HEADERS), .documents = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, document_free) };
	enum rpc_event event = RPC_MESSAGE;
	struct json_object *message;

	while (!lsp.left && (event = rpc_read(lsp.rpc, &message)) == RPC_MESSAGE) {
		take_message(&lsp, message);
		json_object_put(message);
		/* Keys come faster than one can read: what waits is taken in before anything is judged. */
		if (!rpc_pending(lsp.rpc))
			catch_up_all(&lsp);
	}
	g_hash_table_destroy(lsp.documents);
	g_free(lsp.last_trouble);
	rpc_free(lsp.rpc);
	return event == RPC_FAILED ? EXIT_TROUBLE : lsp.left && lsp.shut_down ? 0 : 1;
}
