/* One message or pasted text: what kind it is, and what stands in it. Knows the forms; the readers of each are files of their own. */
#include "bounce/read.h"

#include <string.h>

#include "bounce/reply.h"
#include "doc/message.h"

enum { TEXT_MAX = 256 * 1024 }; /* bytes of one text part that are read */

struct seen {
	const struct message *message;
	bool from_daemon;      /* who wrote it, by name, or nobody by an empty return path */
	bool from_mailer;      /* MAILER-DAEMON by name, or nobody at all */
	bool subject_failure;
	bool auto_reply;
	bool trouble;          /* X-Failed-Recipients, or a machine-readable part */
};

static const struct field *field_of(const struct message *message, const char *name)
{
	return header_find(message->header, name);
}

static struct span value_of(const struct message *message, const char *name)
{
	const struct field *field = field_of(message, name);

	return field && field->value ? field->value->bytes : SPAN_EMPTY;
}

static bool has_ci(struct span text, const char *word)
{
	return span_find_ci(text, span_str(word), 0) < text.n;
}

static bool any_ci(struct span text, const char *const *words)
{
	for (; *words; words++)
		if (has_ci(text, *words))
			return true;
	return false;
}

static bool is_daemon(struct span from)
{
	static const char *const words[] = {"mailer-daemon", "mailerdaemon", "mail delivery", "mail deliver system", "postmaster", "mail.delivery", "mdaemon", "mail-daemon",
					    "post_master", "system administrator", "bounce", "maildaemon", "delivery subsystem", "mail system", "mailer_daemon", NULL};

	return from.n == 0 || any_ci(from, words);
}

static bool is_failure_subject(struct span subject)
{
	static const char *const words[] = {
		"undeliver", "delivery status notification", "delivery notification", "failure notice", "returned mail", "mail delivery", "delivery failure", "delivery failed",
		"delivery has failed", "undelivered", "mail system error", "delivery error", "non-delivery", "nondeliverable", "could not send", "warning: message",
		"delayed mail", "delivery report", "delivery problem", "message delivery", "mail could not be", "mail failure", "failed mail", "error sending your mail",
		"failed delivery", "failure delivery", "failure report", "delivery status", "could not be delivered", "rejected", "couldn't be delivered", "message status",
		"unknown user", "undelivrable", "mail error", "unzustellbar", "returned to sender", "returning to sender", "mail failed", "email delivery", "エラー通知", "不達",
		"配信", "не достав", NULL};

	return any_ci(subject, words);
}

/* A subject without "Re:" and the like, and without the tag of a list. */
static struct span bare_subject(const struct message *message)
{
	struct span s = message->subject ? span_trim(message->subject->bytes) : SPAN_EMPTY;

	for (int i = 0; i < 4; i++) {
		if (span_starts_ci(s, SPAN_LIT("re:")) || span_starts_ci(s, SPAN_LIT("aw:")))
			s = span_trim(span_cut(s, 3, s.n));
		else if (s.n && s.p[0] == '[' && span_find_byte(s, ']', 0) < s.n)
			s = span_trim(span_cut(s, span_find_byte(s, ']', 0) + 1, s.n));
	}
	return s;
}

/* RFC 3834, and those who came before it. */
static bool is_auto_reply(const struct message *message)
{
	static const char *const subjects[] = {"out of office", "out of the office", "auto reply", "auto-reply", "autoreply", "auto response", "autoresponse", "auto:", "automatic reply",
					       "automatic response", "automated reply", "vacation reply", "away from my mail", "away from the office", "on vacation", "abwesenheit",
					       "automatische antwort", "réponse automatique", "respuesta automática", "risposta automatica", "自動応答", "自動返信", "自動回答", "不在", "不在通知", NULL};
	struct span submitted = value_of(message, "Auto-Submitted"), precedence = value_of(message, "Precedence"), subject = bare_subject(message);

	if (has_ci(submitted, "auto-replied") || has_ci(submitted, "auto-notified") || field_of(message, "X-Autoreply") || field_of(message, "X-Autorespond") ||
	    has_ci(precedence, "auto_reply") || field_of(message, "X-Auto-Reply"))
		return true;
	for (size_t i = 0; subjects[i]; i++)
		if (span_starts_ci(subject, span_str(subjects[i])))
			return true;
	return false;
}

static struct seen look(const struct message *message)
{
	struct seen seen = {.message = message};
	const struct field *path = field_of(message, "Return-Path");
	struct span from = value_of(message, "From");

	seen.from_daemon = (message->from_field && is_daemon(from)) || (path && path->value && span_eq(span_trim(path->value->bytes), SPAN_LIT("<>")));
	seen.from_mailer = message->from_field && (has_ci(from, "mailer-daemon") || span_eq(span_trim(from), SPAN_LIT("<>")) || span_trim(from).n == 0);
	seen.subject_failure = message->subject && is_failure_subject(message->subject->bytes);
	seen.auto_reply = is_auto_reply(message);
	seen.trouble = field_of(message, "X-Failed-Recipients") != NULL;
	return seen;
}

/* --- parts ---------------------------------------------------------------------------------------------------------------------------- */

static struct span text_of_part(const struct entity *entity)
{
	if (entity->charset_result.text)
		return entity->charset_result.text->bytes;
	return entity->decoded.text ? entity->decoded.text->bytes : SPAN_EMPTY;
}

static const struct entity *find_part(const struct message *message, const char *type, const char *const *subtypes)
{
	for (size_t i = 0; i < message->mime.n; i++)
		for (size_t k = 0; subtypes[k]; k++)
			if (entity_is(message->mime.all[i], type, subtypes[k]))
				return message->mime.all[i];
	return NULL;
}

/* Texts that stand in front of the mail that came back, one behind the other. Where the tree of parts is broken, all of the body. */
static GString *texts_of(const struct message *message)
{
	GString *texts = g_string_new(NULL);

	for (size_t i = 0; i < message->n_bodies; i++) {
		const struct body *body = &message->bodies[i];
		const struct entity *up = body->entity;

		while (up->parent && !entity_is(up->parent, "message", NULL))
			up = up->parent;
		if (up->parent)
			continue;
		struct span text = body->visible ? body->visible->bytes : SPAN_EMPTY;
		g_string_append_len(texts, text.p, (gssize)MIN(text.n, (size_t)TEXT_MAX));
		g_string_append_c(texts, '\n');
	}
	if (span_trim(span_of(texts->str, texts->len)).n == 0) {
		struct span body = span_cut(message->file->bytes, message->header->end, message->range.end);
		g_string_append_len(texts, body.p, (gssize)MIN(body.n, (size_t)TEXT_MAX));
	}
	return texts;
}

/* The mail that came back: who sent it, and its Message-ID. */
struct original {
	const char *message_id, *sender, *to; /* to: NULL where it went to several */
};

static void read_original_fields(struct arena *arena, struct span block, struct original *original)
{
	const struct text file = {.bytes = block};
	struct header header = header_scan(arena, &file, 0, block.n);
	const struct field *id = header_find(&header, "Message-ID"), *from = header_find(&header, "From"), *to = header_find(&header, "To");
	struct span address, second;
	size_t at = 0, to_at = 0;

	if (id && id->value && !original->message_id)
		original->message_id = arena_copy(arena, span_trim(id->value->bytes));
	if (from && from->value && !original->sender && next_address(from->value->bytes, &at, &address))
		original->sender = arena_copy(arena, address);
	if (to && to->value && !original->to && next_address(to->value->bytes, &to_at, &address) && !next_address(to->value->bytes, &to_at, &second))
		original->to = arena_copy(arena, address);
}

static struct original original_of(struct arena *arena, const struct message *message, struct span texts)
{
	static const char *const whole[] = {"rfc822", "global", NULL}, *const headers[] = {"rfc822-headers", NULL}, *const global[] = {"global-headers", NULL};
	struct original original = {NULL, NULL, NULL};
	const struct entity *part = find_part(message, "message", whole);

	if (!part)
		part = find_part(message, "text", headers);
	if (!part)
		part = find_part(message, "message", global);
	if (part)
		read_original_fields(arena, span_cut(message->file->bytes, part->body.start, MIN(part->body.end, part->body.start + TEXT_MAX)), &original);
	size_t start = transcript_original(texts);
	/* Behind the ruled line. */
	for (int i = 0; i < 3 && start < texts.n && !original.message_id; i++) {
		read_original_fields(arena, span_cut(texts, start, texts.n), &original);
		size_t end = span_find_byte(texts, '\n', start);
		for (start = end; start < texts.n && ascii_is_space(texts.p[start]); start++)
			;
	}
	return original;
}

/* --- entries -------------------------------------------------------------------------------------------------------------------------- */

static const char *iso_date(struct arena *arena, const struct message *message)
{
	if (!message->has_date || (message->date.flags & (DATE_BAD_SYNTAX | DATE_RANGE)))
		return NULL;
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(message->date.time);
	g_autofree char *text = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

	return text ? arena_copy(arena, span_str(text)) : NULL;
}

/* "5.0.0" says no more than "failed"; the reply may. */
static bool is_general(const char *status)
{
	return !status || strcmp(status + 1, ".0.0") == 0;
}

/* Fill what follows from the rest, and look the reply up. texts: what the report says to people. */
static void complete(struct arena *arena, struct bounce_entry *entry, struct span texts)
{
	if (entry->kind > BOUNCE_LOG) {
		reply_judge(entry);
		return;
	}
	if (entry->reply) {
		struct span reply = span_str(entry->reply);
		const char *status = reply_status_of(arena, reply);

		entry->reply_code = reply_code_of(reply);
		if (is_general(entry->status) && status)
			entry->status = status;
		if (!entry->stage)
			entry->stage = stage_of(reply);
		entry->cut = entry->cut || reply_is_cut(reply);
		entry->reply = reply_joined(arena, reply);
	}
	if (!entry->stage && entry->kind == BOUNCE_DSN)
		entry->stage = stage_of(texts);
	if (entry->action == ACTION_UNKNOWN)
		entry->action = entry->status && entry->status[0] == '2' ? ACTION_DELIVERED : entry->status && entry->status[0] == '4' ? ACTION_DELAYED : ACTION_FAILED;
	entry->temporary = entry->action == ACTION_DELAYED ||
			   (entry->action == ACTION_FAILED && (entry->status ? entry->status[0] == '4' : entry->reply_code / 100 == 4));
	reply_judge(entry);
}

static void complete_all(struct arena *arena, GPtrArray *entries, guint first, const char *path, size_t index, const char *date, struct original original, struct span texts)
{
	for (guint i = first; i < entries->len; i++) {
		struct bounce_entry *entry = g_ptr_array_index(entries, i);

		entry->path = path;
		entry->index = index;
		entry->date = date;
		if (!entry->message_id)
			entry->message_id = original.message_id;
		if (!entry->sender)
			entry->sender = original.sender;
		/* Some servers say what failed and not for whom, and send the mail back. */
		if (!entry->recipient && entry->kind == BOUNCE_TRANSCRIPT && entries->len - first == 1)
			entry->recipient = original.to;
		complete(arena, entry, texts);
	}
}

static void add_plain(struct arena *arena, GPtrArray *entries, enum bounce_kind kind, const char *recipient, const char *remark)
{
	struct bounce_entry *entry = ARENA_NEW(arena, struct bounce_entry);

	entry->kind = kind;
	entry->recipient = recipient;
	entry->remark = remark;
	g_ptr_array_add(entries, entry);
}

/* X-Failed-Recipients: those that the text does not name. */
static void add_failed_recipients(struct arena *arena, const struct message *message, GPtrArray *entries, guint first)
{
	struct span value = value_of(message, "X-Failed-Recipients"), address;
	size_t at = 0;
	const struct bounce_entry *model = entries->len > first ? g_ptr_array_index(entries, first) : NULL;

	while (next_address(value, &at, &address)) {
		bool known = false;

		for (guint i = first; i < entries->len; i++) {
			const struct bounce_entry *entry = g_ptr_array_index(entries, i);
			known = known || (entry->recipient && span_eq_ci(span_str(entry->recipient), address));
		}
		if (known)
			continue;
		/* What the text says without an address is about this one. */
		if (model && !model->recipient) {
			((struct bounce_entry *)g_ptr_array_index(entries, first))->recipient = arena_copy(arena, address);
			continue;
		}
		add_plain(arena, entries, BOUNCE_TRANSCRIPT, arena_copy(arena, address), NULL);
	}
}

/* sendmail keeps the first line of a reply in the report, and all of it in the transcript. */
static void complete_reply(struct arena *arena, struct bounce_entry *entry, struct span texts)
{
	const char *whole = entry->reply && reply_is_cut(span_str(entry->reply)) ? transcript_reply(arena, texts) : NULL;

	if (!whole)
		return;
	GString *short_form = reply_fold(span_str(entry->reply)), *long_form = reply_fold(span_str(whole));
	if (g_str_has_prefix(long_form->str, short_form->str))
		entry->reply = whole;
	g_string_free(short_form, TRUE);
	g_string_free(long_form, TRUE);
}

/* Entries of a report whose text names the same recipient with more than the report has. */
static void fill_from_text(struct arena *arena, GPtrArray *entries, guint first, struct span texts)
{
	GPtrArray *told = g_ptr_array_new();

	transcript_read(arena, texts, NULL, told);
	for (guint i = first; i < entries->len; i++) {
		struct bounce_entry *entry = g_ptr_array_index(entries, i);

		complete_reply(arena, entry, texts);
		for (guint k = 0; k < told->len; k++) {
			const struct bounce_entry *other = g_ptr_array_index(told, k);
			bool same = entry->recipient && other->recipient && g_ascii_strcasecmp(entry->recipient, other->recipient) == 0;

			if (!same && !(told->len == 1 && entries->len - first == 1))
				continue;
			if (!entry->reply)
				entry->reply = other->reply;
			if (!entry->stage)
				entry->stage = other->stage;
			if (!entry->remote_mta)
				entry->remote_mta = other->remote_mta;
			break;
		}
	}
	g_ptr_array_free(told, TRUE);
}

static const char *first_address(struct arena *arena, struct span value)
{
	struct span address;
	size_t at = 0;

	return next_address(value, &at, &address) ? arena_copy(arena, address) : NULL;
}

/* A complaint: RFC 5965. */
static void read_complaint(struct arena *arena, struct span fields, GPtrArray *entries)
{
	const struct text file = {.bytes = fields};
	struct header header = header_scan(arena, &file, 0, fields.n);
	const struct field *recipient = header_find(&header, "Original-Rcpt-To"), *type = header_find(&header, "Feedback-Type");

	if (!recipient)
		recipient = header_find(&header, "Removal-Recipient");
	add_plain(arena, entries, BOUNCE_COMPLAINT, recipient && recipient->value ? first_address(arena, recipient->value->bytes) : NULL,
		  type && type->value ? arena_copy(arena, span_trim(type->value->bytes)) : NULL);
}

static void read_message(struct arena *arena, const struct message *message, size_t index, GPtrArray *entries)
{
	static const char *const whole[] = {"rfc822", NULL}, *const status[] = {"delivery-status", "global-delivery-status", "partial-delivery-status", NULL}, *const feedback[] = {"feedback-report", NULL};
	struct seen seen = look(message);
	const struct entity *report = find_part(message, "message", status), *complaint = find_part(message, "message", feedback);
	const struct entity *returned = find_part(message, "message", whole);
	GString *texts = texts_of(message);
	struct span text = span_of(texts->str, texts->len);
	struct original original = original_of(arena, message, text);
	const char *date = iso_date(arena, message), *sender = first_address(arena, value_of(message, "To"));
	guint first = entries->len;

	if (complaint) {
		read_complaint(arena, text_of_part(complaint), entries);
	} else if (has_ci(message->subject ? message->subject->bytes : SPAN_EMPTY, "complaint about message from") && returned) {
		add_plain(arena, entries, BOUNCE_COMPLAINT, NULL, NULL);
	} else if (report && dsn_read(arena, text_of_part(report), entries)) {
		fill_from_text(arena, entries, first, text);
	} else if (ses_read(arena, text, entries)) {
		/* Everything stands in it. */
	} else if (seen.auto_reply && !seen.trouble && !report && !(seen.from_daemon && seen.subject_failure) &&
		   !(seen.from_mailer && transcript_says_failure(text))) {
		add_plain(arena, entries, BOUNCE_AUTO_REPLY, first_address(arena, value_of(message, "From")), NULL);
	} else {
		bool failure = transcript_says_failure(text);

		/* Fields of a report in a text of its own, as many servers send them. */
		if ((seen.from_daemon || seen.subject_failure || report) && has_ci(text, "\nFinal-Recipient:") && dsn_read(arena, text, entries))
			fill_from_text(arena, entries, first, text);
		else if (seen.trouble || report || seen.from_mailer || (seen.from_daemon && (seen.subject_failure || failure)) || (seen.subject_failure && failure))
			transcript_read(arena, text, sender, entries);
		/* The name of the writer alone is not enough for what names nobody. */
		for (guint i = entries->len; i > first && !failure && !seen.subject_failure && !seen.trouble && !report; i--)
			if (!((const struct bounce_entry *)g_ptr_array_index(entries, i - 1))->recipient)
				g_ptr_array_remove_index(entries, i - 1);
		if (seen.trouble)
			add_failed_recipients(arena, message, entries, first);
		if (entries->len == first && (report || (seen.from_daemon && seen.subject_failure && failure)))
			add_plain(arena, entries, BOUNCE_TRANSCRIPT, NULL, "names no recipient");
	}
	if (entries->len == first)
		add_plain(arena, entries, BOUNCE_NONE, NULL, NULL);
	complete_all(arena, entries, first, message->path, index, date, original, text);
	g_string_free(texts, TRUE);
}

struct span bounce_line_feeds(struct arena *arena, struct span bytes)
{
	if (span_find_byte(bytes, '\n', 0) < bytes.n || span_find_byte(bytes, '\r', 0) == bytes.n)
		return bytes;
	char *copy = arena_copy(arena, bytes);
	for (size_t i = 0; i < bytes.n; i++)
		if (copy[i] == '\r')
			copy[i] = '\n';
	return span_of(copy, bytes.n);
}

/* A message begins with a field; pasted text does not. */
static bool has_header(const struct message *message)
{
	static const char *const names[] = {"From", "To", "Subject", "Date", "Received", "Message-ID", "Return-Path", "Content-Type", "MIME-Version", "Delivered-To"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (field_of(message, names[i]))
			return true;
	return false;
}

static void read_pasted(struct arena *arena, const char *path, size_t index, struct span bytes, GPtrArray *entries)
{
	const struct text file = {.bytes = span_cut(bytes, 0, TEXT_MAX)};
	struct charset_result decoded = charset_decode(arena, charset_label_parse(SPAN_EMPTY), &file);
	struct span text = decoded.text ? decoded.text->bytes : file.bytes;
	guint first = entries->len;

	struct span trimmed = span_trim(text);
	bool mark_up = trimmed.n > 1 && trimmed.p[0] == '<' && (trimmed.p[1] == '!' || (ascii_is_alpha(trimmed.p[1]) && span_find_byte(span_cut(trimmed, 0, 320), '@', 0) > span_find_byte(trimmed, '>', 0)));

	if (!mark_up && !ses_read(arena, text, entries) && !(has_ci(text, "Final-Recipient:") && dsn_read(arena, text, entries)))
		transcript_read(arena, text, NULL, entries);
	if (entries->len == first)
		add_plain(arena, entries, BOUNCE_NONE, NULL, NULL);
	complete_all(arena, entries, first, path, index, NULL, (struct original){NULL, NULL, NULL}, text);
}

void bounce_read(struct arena *arena, const char *path, size_t index, struct span bytes, GPtrArray *entries)
{
	const struct text file = {.bytes = bytes};
	struct line_index lines = line_index_new(arena, file.bytes);
	struct message *message = message_new(path, &file, &lines, (struct range){0, file.bytes.n}, index, INPUT_MESSAGE, TEMPLATE_NONE);

	if (has_header(message))
		read_message(arena, message, index, entries);
	else
		read_pasted(arena, path, index, file.bytes, entries);
	message_free(message);
}
