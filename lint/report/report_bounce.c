/* Role: what came back, for people: what was said, what it means, whether the sender can do anything, and what to look at.
 * May not: look at a message, or pass a byte of a report on without report/safe.h. */
#include "report/report_bounce.h"

#include <string.h>

#include "report/safe.h"
#include "report/terminal.h"
#include "rule/requirement.h"

enum { RULES_SHOWN = 6, REPLIES_SHOWN = 5, INDENT = 4, LABEL_COLUMNS = 10 };

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* Append the text with {0}, {1}, {2} filled in. */
static void fill(GString *out, const char *text, const char *const *args)
{
	for (; *text; text++) {
		if (*text == '{' && text[1] >= '0' && text[1] <= '2' && text[2] == '}') {
			g_string_append(out, args[text[1] - '0']);
			text += 2;
		} else {
			g_string_append_c(out, *text);
		}
	}
}

#define FILL(out, text, ...) fill((out), (text), (const char *const[]){__VA_ARGS__, NULL})

bool bounce_format_parse(const char *name, enum bounce_format *out)
{
	static const char *const names[] = {"text", "json", "jsonl", "csv"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum bounce_format)i;
			return true;
		}
	}
	return false;
}

/* --- words --------------------------------------------------------------------------------------------------------------------- */

static const char *outcome(const struct bounce_entry *entry, enum language language)
{
	switch (entry->kind) {
	case BOUNCE_COMPLAINT:
		return say(language, "complaint", "苦情（迷惑メール報告）");
	case BOUNCE_AUTO_REPLY:
		return say(language, "automatic reply, not a bounce", "自動応答（不達ではありません）");
	case BOUNCE_NONE:
		return say(language, "not a bounce", "不達通知ではありません");
	case BOUNCE_DSN:
	case BOUNCE_TRANSCRIPT:
	case BOUNCE_LOG:
		break;
	}
	switch (entry->action) {
	case ACTION_DELAYED:
		return say(language, "delayed, will be tried again", "遅延（自動で再送されます）");
	case ACTION_DELIVERED:
		return say(language, "accepted", "受け取り済み");
	case ACTION_RELAYED:
		return say(language, "passed on", "中継済み");
	case ACTION_EXPANDED:
		return say(language, "passed on to a list", "メーリングリストに配送済み");
	case ACTION_FAILED:
	case ACTION_UNKNOWN:
		break;
	}
	return entry->temporary ? say(language, "failed after temporary refusals", "一時的な拒否が続いて不達") : say(language, "failed", "不達");
}

static const char *fixer_words(enum reply_fixer fixer, enum language language)
{
	switch (fixer) {
	case FIXER_DRAFT:
		return say(language, "you can, in the draft", "原稿で対処できます");
	case FIXER_SENDING:
		return say(language, "you can, where you send from: authentication, servers, pace", "送信側（認証・サーバー・送信の速度）で対処できます");
	case FIXER_LIST:
		return say(language, "you can, in the list of addresses", "宛先リストで対処できます");
	case FIXER_SETUP:
		return say(language, "you can, in your own account or mail program", "自分のアカウントかメールソフトの設定で対処できます");
	case FIXER_RECEIVER:
		return say(language, "only the receiver can", "受信側にしか対処できません");
	case FIXER_WAIT:
		break;
	}
	return say(language, "nobody needs to; it is tried again", "対処は不要です（自動で再送されます）");
}

static void append_list_advice(GString *out, const struct bounce_entry *entry, enum language language)
{
	const struct reply_list *list = entry->list;
	const char *zone = *list->zone == '.' ? list->zone + 1 : list->zone;

	if (list->dead && list->closed)
		FILL(out, say(language, "The block list {0} was closed ({1}) and {2}.", "ブロックリスト {0} は閉鎖済み（{1}）で、{2}。"), zone, list->closed,
		     list->now.text[language]);
	else if (list->dead)
		FILL(out, say(language, "The block list {0} is closed: it {1}.", "ブロックリスト {0} は閉鎖済みで、{1}。"), zone, list->now.text[language]);
	if (list->dead)
		g_string_append(out, say(language, " Nothing in the mail needs to change: tell the recipient by another way that their mail server must drop that list.",
					 "メールの内容を変える必要はありません。受信者に別の手段で連絡し、受信側のサーバーからこのリストを外してもらってください。"));
	else if (list->of_domains)
		FILL(out, say(language, "A domain in the mail is on the block list {0}. Find out which of From, links and images is meant, and look it up there.",
			      "メールの中のドメインがブロックリスト {0} に載っています。From・リンク・画像のどのドメインかを調べてください。"), zone);
	else
		FILL(out, say(language, "The address that sends is on the block list {0}. Look it up there and have it taken off.",
			      "送信元 IP がブロックリスト {0} に載っています。照会して、削除を申請してください。"), zone);
}

void report_bounce_advice(GString *out, const struct bounce_entry *entry, enum language language)
{
	if (entry->list && (entry->list->dead || !entry->n_replies)) {
		append_list_advice(out, entry, language);
	} else if (entry->ambiguous && entry->cut) {
		g_string_append(out, say(language, "The reply is cut and fits several refusals. What is certain and quick to check comes first: the form of the mail.",
					 "応答が途中で切れており、複数の拒否理由に当てはまります。確実ですぐ確認できるもの（メールの形式）から順に並べています。"));
	} else if (entry->ambiguous) {
		g_string_append(out, say(language, "The reply fits several refusals; the likeliest comes first.", "応答が複数の拒否理由に当てはまります。可能性の高い順に並べています。"));
	} else if (entry->n_replies) {
		g_string_append(out, entry->replies[0]->fix.text[language]);
	} else if (entry->kind == BOUNCE_COMPLAINT) {
		g_string_append(out, say(language, "A reader pressed the button for spam. Take the address off the list, and do not write to it again.",
					 "読者が迷惑メールとして報告しました。このアドレスを宛先リストから外し、二度と送らないでください。"));
	} else if (entry->kind == BOUNCE_AUTO_REPLY) {
		g_string_append(out, say(language, "The mail arrived; nothing is to be done.", "メールは届いています。対処は不要です。"));
	} else if (entry->kind == BOUNCE_NONE) {
		g_string_append(out, say(language, "Nothing in it says that a mail came back.", "メールが戻ってきたことを示す内容がありません。"));
	} else if (entry->action == ACTION_DELIVERED || entry->action == ACTION_RELAYED || entry->action == ACTION_EXPANDED) {
		g_string_append(out, say(language, "The server took the mail; where it was put after that, it does not say.",
					 "サーバーはメールを受け取りました。その後の振り分けまでは分かりません。"));
	} else if (entry->temporary) {
		g_string_append(out, say(language, "A temporary refusal; the server tries again.", "一時的な拒否です。サーバーが自動で再送します。"));
	} else {
		g_string_append(out, say(language, "No known refusal: read the text of the reply.", "既知の拒否理由に当てはまりません。応答の文面を読んでください。"));
	}
}

bool report_bounce_can_fix(const struct bounce_entry *entry)
{
	if (entry->list)
		return !entry->list->dead;
	if (entry->kind == BOUNCE_COMPLAINT)
		return true;
	for (size_t i = 0; i < entry->n_replies; i++)
		if (reply_fixer_is_sender(entry->replies[i]->fixer))
			return true;
	return false;
}

/* --- text ---------------------------------------------------------------------------------------------------------------------- */

static size_t width_of(const struct report_options *options)
{
	return options->width > 0 ? (size_t)options->width : 100;
}

/* "    label     text", wrapped under the text. */
static void append_labelled(GString *out, const struct report_options *options, const char *label, struct span safe)
{
	append_spaces(out, INDENT);
	style_begin(out, options, STYLE_DIM);
	append_padded(out, label, LABEL_COLUMNS, false);
	style_end(out, options);
	append_wrapped(out, safe, INDENT + LABEL_COLUMNS, INDENT + LABEL_COLUMNS, width_of(options));
	g_string_append_c(out, '\n');
}

static void append_unsafe(GString *out, const struct report_options *options, const char *label, const char *text)
{
	GString *safe = g_string_new(NULL);

	safe_append_terminal(safe, span_str(text), true);
	append_labelled(out, options, label, span_of(safe->str, safe->len));
	g_string_free(safe, TRUE);
}

/* Requirements that no rule decides, with who can answer; rules with their titles. */
static void append_where_to_look(GString *out, const struct report_options *options, const struct reply *reply)
{
	enum language language = options->language;
	GPtrArray *requirements = reply_requirements(&reply, 1, false), *rules = reply_rules(requirements);
	GString *kinds = g_string_new(NULL);
	size_t shown = 0;

	for (guint i = 0; i < requirements->len; i++) {
		const char *id = g_ptr_array_index(requirements, i);
		const struct requirement *requirement = requirement_find(id);

		if (!requirement) {
			g_string_append_printf(kinds, "%s%.2s", kinds->len ? "," : "", id);
			continue;
		}
		GString *line = g_string_new(NULL);
		g_string_append_printf(line, "%s  %s", id, requirement->title.text[language]);
		for (guint k = 0; k < rules->len; k++) {
			const struct rule *rule = g_ptr_array_index(rules, k);
			for (const char *const *own = rule->requirements; own && *own; own++)
				if (strcmp(*own, id) == 0 && strlen(line->str) < 300)
					g_string_append_printf(line, "%s%s", strstr(line->str, " [") ? ", " : " [", rule->id);
		}
		if (strstr(line->str, " ["))
			g_string_append_c(line, ']');
		if (shown++ < RULES_SHOWN || options->verbose)
			append_labelled(out, options, shown == 1 ? say(language, "look at", "確認") : "", span_of(line->str, line->len));
		g_string_free(line, TRUE);
	}
	if (shown > RULES_SHOWN && !options->verbose) {
		char *count = g_strdup_printf("%zu", shown - RULES_SHOWN);
		GString *more = g_string_new(NULL);
		FILL(more, say(language, "and {0} more (--verbose)", "ほか {0} 件（--verbose で表示）"), count);
		append_labelled(out, options, "", span_of(more->str, more->len));
		g_string_free(more, TRUE);
		g_free(count);
	}
	if (kinds->len) {
		GString *line = g_string_new(NULL);
		FILL(line, say(language, "all rules of {0}: presend --select {0} DRAFT", "{0} のすべてのルール: presend --select {0} 原稿"), kinds->str);
		append_labelled(out, options, shown ? "" : say(language, "look at", "確認"), span_of(line->str, line->len));
		g_string_free(line, TRUE);
	}
	g_string_free(kinds, TRUE);
	g_ptr_array_unref(rules);
	g_ptr_array_unref(requirements);
}

static void append_reply(GString *out, const struct report_options *options, const struct reply *reply, bool first)
{
	enum language language = options->language;
	char *meaning = g_strdup_printf("%s  %s", reply->id, reply->meaning.text[language]);

	if (!first)
		g_string_append_c(out, '\n');
	append_labelled(out, options, say(language, "means", "意味"), span_str(meaning));
	g_free(meaning);
	append_labelled(out, options, say(language, "who", "対処者"), span_str(fixer_words(reply->fixer, language)));
	append_labelled(out, options, say(language, "do", "対処"), span_str(reply->fix.text[language]));
	append_where_to_look(out, options, reply);
	char *source = g_strdup_printf("%s%s%s%s", reply->source->name, reply->source->date ? " (" : "", reply->source->date ? reply->source->date : "",
				       reply->source->date ? ")" : "");
	append_labelled(out, options, say(language, "source", "根拠"), span_str(source));
	g_free(source);
}

static void append_meaning(GString *out, const struct report_options *options, const struct bounce_entry *entry)
{
	enum language language = options->language;
	GString *advice = g_string_new(NULL);

	report_bounce_advice(advice, entry, language);
	if (entry->ambiguous || !entry->n_replies)
		append_labelled(out, options, say(language, "note", "注意"), span_of(advice->str, advice->len));
	if (entry->list && entry->n_replies) {
		g_string_truncate(advice, 0);
		append_list_advice(advice, entry, language);
		append_labelled(out, options, say(language, "list", "リスト"), span_of(advice->str, advice->len));
	}
	g_string_free(advice, TRUE);
	size_t shown = options->verbose ? entry->n_replies : MIN(entry->n_replies, (size_t)REPLIES_SHOWN);
	for (size_t i = 0; i < shown; i++)
		append_reply(out, options, entry->replies[i], i == 0);
	if (shown < entry->n_replies) {
		GString *rest = g_string_new(say(language, "also possible: ", "ほかの可能性: "));
		for (size_t i = shown; i < entry->n_replies; i++)
			g_string_append_printf(rest, "%s%s", i > shown ? ", " : "", entry->replies[i]->id);
		g_string_append(rest, say(language, " (--verbose)", "（--verbose で表示）"));
		append_labelled(out, options, "", span_of(rest->str, rest->len));
		g_string_free(rest, TRUE);
	}
}

static void append_head(GString *out, const struct report_options *options, const struct bounce_entry *entry)
{
	enum language language = options->language;
	enum style style = entry->kind == BOUNCE_NONE || entry->kind == BOUNCE_AUTO_REPLY ? STYLE_DIM
			   : entry->action == ACTION_DELIVERED || entry->action == ACTION_RELAYED || entry->action == ACTION_EXPANDED ? STYLE_GOOD
			   : entry->temporary ? STYLE_WARNING : STYLE_ERROR;

	g_string_append(out, "  ");
	style_begin(out, options, STYLE_BOLD);
	if (entry->recipient)
		safe_append_terminal(out, span_str(entry->recipient), true);
	else
		g_string_append(out, say(language, "(no recipient named)", "（宛先の記載なし）"));
	style_end(out, options);
	g_string_append(out, "  ");
	append_styled(out, options, style, outcome(entry, language));
	if (entry->status) {
		g_string_append(out, "  ");
		safe_append_terminal(out, span_str(entry->status), true);
	}
	if (entry->receiver)
		g_string_append_printf(out, "  %s", entry->receiver->name.text[language]);
	if (entry->remote_mta) {
		g_string_append(out, "  ");
		style_begin(out, options, STYLE_DIM);
		safe_append_terminal(out, span_str(entry->remote_mta), true);
		style_end(out, options);
	}
	g_string_append_c(out, '\n');
	if (entry->original_recipient)
		append_unsafe(out, options, say(language, "sent to", "元の宛先"), entry->original_recipient);
}

static void write_text(struct bounce_writer *writer, GString *out, const struct bounce_entry *entry)
{
	const struct report_options *options = writer->options;
	enum language language = options->language;

	/* A log is asked for what went wrong. */
	if (entry->kind == BOUNCE_LOG && entry->action == ACTION_DELIVERED && !options->verbose) {
		writer->n_accepted++;
		writer->n_unproven += entry->n_replies > 0;
		return;
	}
	if (!writer->last_path || strcmp(writer->last_path, entry->path) != 0) {
		if (writer->last_path)
			g_string_append_c(out, '\n');
		style_begin(out, options, STYLE_BOLD);
		safe_append_terminal(out, span_str(entry->path), true);
		style_end(out, options);
		g_string_append_c(out, '\n');
	}
	append_head(out, options, entry);
	if (!options->quiet) {
		GString *said = g_string_new(NULL);
		append_meaning(said, options, entry);
		if (entry->reply)
			append_unsafe(out, options, say(language, "reply", "応答"), entry->reply);
		if (writer->last_said && strcmp(writer->last_said, said->str) == 0 && writer->last_path && strcmp(writer->last_path, entry->path) == 0)
			append_labelled(out, options, say(language, "means", "意味"), span_str(say(language, "the same as above", "上と同じ")));
		else
			g_string_append_len(out, said->str, (gssize)said->len);
		g_free(writer->last_said);
		writer->last_said = g_string_free(said, FALSE);
	}
	writer->last_path = entry->path;
}

/* --- CSV ------------------------------------------------------------------------------------------------------------------------- */

/* A cell: quoted, and never begun with a sign that a spreadsheet would take for a formula. */
static void append_cell(GString *out, const char *text, bool first)
{
	if (!first)
		g_string_append_c(out, ',');
	g_string_append_c(out, '"');
	if (text && *text && strchr("=+-@\t\r", *text))
		g_string_append_c(out, '\'');
	for (; text && *text; text++) {
		if (*text == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *text == '\n' || *text == '\r' ? ' ' : *text);
	}
	g_string_append_c(out, '"');
}

static char *ids_of(const struct bounce_entry *entry)
{
	GString *ids = g_string_new(NULL);

	for (size_t i = 0; i < entry->n_replies; i++)
		g_string_append_printf(ids, "%s%s", i ? " " : "", entry->replies[i]->id);
	return g_string_free(ids, FALSE);
}

static void write_csv(GString *out, const struct bounce_entry *entry, enum language language)
{
	GString *advice = g_string_new(NULL);
	char *ids = ids_of(entry);

	report_bounce_advice(advice, entry, language);
	append_cell(out, entry->path, true);
	append_cell(out, bounce_kind_name(entry->kind), false);
	append_cell(out, entry->recipient, false);
	append_cell(out, bounce_action_name(entry->action), false);
	append_cell(out, entry->status, false);
	append_cell(out, entry->receiver ? entry->receiver->id : "other", false);
	append_cell(out, ids, false);
	append_cell(out, entry->reply, false);
	append_cell(out, advice->str, false);
	g_string_append(out, "\r\n");
	g_free(ids);
	g_string_free(advice, TRUE);
}

/* --- all formats ----------------------------------------------------------------------------------------------------------------- */

void report_bounce_begin(struct bounce_writer *writer, GString *out, enum bounce_format format, const struct report_options *options)
{
	*writer = (struct bounce_writer){.options = options, .format = format};
	if (format == BOUNCE_JSON)
		report_json_bounce_begin(out);
	else if (format == BOUNCE_CSV)
		g_string_append(out, "path,kind,recipient,action,status,receiver,replies,reply,advice\r\n");
}

void report_bounce_entry(struct bounce_writer *writer, GString *out, const struct bounce_entry *entry)
{
	if (writer->format == BOUNCE_TEXT)
		write_text(writer, out, entry);
	else if (writer->format == BOUNCE_CSV)
		write_csv(out, entry, writer->options->language_given ? writer->options->language : LANGUAGE_EN);
	else
		report_json_bounce_entry(out, entry, writer->options, writer->format == BOUNCE_JSONL, writer->n);
	writer->n++;
}

static void write_postmaster(struct bounce_writer *writer, GString *out, const struct postmaster *postmaster)
{
	static const enum style styles[] = {STYLE_INFO, STYLE_GOOD, STYLE_WARNING, STYLE_ERROR};
	const struct report_options *options = writer->options;

	if (writer->last_path)
		g_string_append_c(out, '\n');
	style_begin(out, options, STYLE_BOLD);
	safe_append_terminal(out, span_str(postmaster->path), true);
	style_end(out, options);
	g_string_append(out, "\n  Postmaster Tools  ");
	safe_append_terminal(out, span_str(postmaster->domain), true);
	g_string_append_c(out, '\n');
	for (size_t i = 0; i < postmaster->n; i++) {
		const struct postmaster_row *row = &postmaster->rows[i];
		const struct requirement *requirement = requirement_find(row->requirement);

		append_spaces(out, INDENT);
		style_begin(out, options, styles[row->state]);
		append_padded(out, postmaster_state_name(row->state), LABEL_COLUMNS, false);
		style_end(out, options);
		g_string_append_printf(out, "%s  %s", row->requirement, requirement ? requirement->title.text[options->language] : row->name);
		if (row->evidence) {
			g_string_append(out, ": ");
			safe_append_terminal(out, span_str(row->evidence), true);
		}
		g_string_append_c(out, '\n');
	}
	writer->last_path = postmaster->path;
}

void report_bounce_end(struct bounce_writer *writer, GString *out, const GPtrArray *postmasters, const struct report_error *errors, size_t n_errors)
{
	enum language language = writer->options->language;

	if (writer->format == BOUNCE_JSON)
		report_json_bounce_end(out, postmasters, errors, n_errors);
	for (guint i = 0; i < postmasters->len && writer->format == BOUNCE_TEXT; i++)
		write_postmaster(writer, out, g_ptr_array_index(postmasters, i));
	if (writer->n_accepted) {
		char *accepted = g_strdup_printf("%zu", writer->n_accepted), *unproven = g_strdup_printf("%zu", writer->n_unproven);
		FILL(out, say(language, "\nAccepted: {0} (--verbose lists them).\n", "\n受け取り済み: {0} 件（--verbose で一覧）。\n"), accepted);
		if (writer->n_unproven)
			FILL(out, say(language, "{0} of them went to docomo, au or SoftBank. That proves nothing: these drop mail that they take for spoofed without a word (D-13).\n",
				      "うち {0} 件はドコモ・au・ソフトバンク宛てです。なりすましと判定したメールを通知なしで破棄するため、届いた証明にはなりません（D-13）。\n"), unproven);
		g_free(accepted);
		g_free(unproven);
	}
	g_free(writer->last_said);
	writer->last_said = NULL;
}

/* --- summary --------------------------------------------------------------------------------------------------------------------- */

struct bounce_summary {
	GHashTable *rows;              /* key: char *; value: struct row * */
};

struct row {
	char *reply, *receiver, *outcome;
	const struct reply *known;
	size_t n;
};

static void row_free(gpointer data)
{
	struct row *row = data;

	g_free(row->reply);
	g_free(row->receiver);
	g_free(row->outcome);
	g_free(row);
}

struct bounce_summary *bounce_summary_new(void)
{
	struct bounce_summary *summary = g_new0(struct bounce_summary, 1);

	summary->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, row_free);
	return summary;
}

void bounce_summary_free(struct bounce_summary *summary)
{
	g_hash_table_destroy(summary->rows);
	g_free(summary);
}

void bounce_summary_add(struct bounce_summary *summary, const struct bounce_entry *entry)
{
	bool refused = entry->kind <= BOUNCE_LOG;
	const char *what = refused ? (entry->action == ACTION_UNKNOWN ? "failed" : bounce_action_name(entry->action)) : bounce_kind_name(entry->kind);
	const char *receiver = entry->receiver ? entry->receiver->id : "other";
	char *ids = entry->list && entry->list->dead ? g_strdup(entry->list->zone + (*entry->list->zone == '.')) : ids_of(entry);
	char *key = g_strdup_printf("%s\t%s\t%s", ids, receiver, what);
	struct row *row = g_hash_table_lookup(summary->rows, key);

	if (!row) {
		row = g_new0(struct row, 1);
		row->reply = ids;
		row->receiver = g_strdup(receiver);
		row->outcome = g_strdup(what);
		row->known = entry->n_replies == 1 ? entry->replies[0] : NULL;
		g_hash_table_insert(summary->rows, key, row);
	} else {
		g_free(ids);
		g_free(key);
	}
	row->n++;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	int order;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	if ((order = strcmp(x->receiver, y->receiver)) || (order = strcmp(x->outcome, y->outcome)))
		return order;
	return strcmp(x->reply, y->reply);
}

void bounce_summary_write(const struct bounce_summary *summary, GString *out, enum bounce_format format, const struct report_options *options)
{
	bool csv = format == BOUNCE_CSV;
	enum language language = csv && !options->language_given ? LANGUAGE_EN : options->language;
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, summary->rows);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		g_ptr_array_add(rows, value);
	g_ptr_array_sort(rows, compare_rows);
	if (csv)
		g_string_append(out, "count,receiver,outcome,reply,meaning\r\n");
	for (guint i = 0; i < rows->len; i++) {
		const struct row *row = g_ptr_array_index(rows, i);
		char *count = g_strdup_printf("%zu", row->n);
		const char *meaning = row->known ? row->known->meaning.text[language] : "";

		if (csv) {
			append_cell(out, count, true);
			append_cell(out, row->receiver, false);
			append_cell(out, row->outcome, false);
			append_cell(out, row->reply, false);
			append_cell(out, meaning, false);
			g_string_append(out, "\r\n");
		} else {
			append_padded(out, count, 8, true);
			g_string_append(out, "  ");
			append_padded(out, row->receiver, 12, false);
			append_padded(out, row->outcome, 13, false);
			append_padded(out, *row->reply ? row->reply : "-", 8, false);
			if (*meaning) {
				g_string_append(out, "  ");
				append_wrapped(out, span_str(meaning), 8 + 2 + 12 + 13 + 8 + 2, 8 + 2 + 12 + 13 + 8 + 2, width_of(options));
			}
			g_string_append_c(out, '\n');
		}
		g_free(count);
	}
}
