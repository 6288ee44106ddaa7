/* Mail logs. One table of queue ids, bounded; the oldest is told and forgotten when it is full. */
#include "bounce/log.h"

#include <stdlib.h>
#include <string.h>

#include "bounce/read.h"
#include "bounce/reply.h"

enum {
	QUEUES_MAX = 20000,            /* Postfix's own bound of its active queue */
	QUEUE_RECIPIENTS_MAX = 1000,   /* of one mail; more are told at once */
	RECOGNISE_LINES = 200
};

struct attempt {
	char *recipient, *original, *relay, *status, *text;
	enum bounce_action action;
	int64_t time;
};

struct queue {
	char *id, *sender, *message_id;
	GArray *attempts;              /* struct attempt, the last one of each recipient */
	GList *place;                  /* in log.order */
};

struct log {
	const char *path;
	int64_t now;
	bounce_taker take;
	void *data;
	GHashTable *queues;            /* id: struct queue */
	GQueue order;                  /* oldest first */
	size_t index;
	int year;                      /* of now */
	GTimeZone *zone;               /* of dates that name none */
};

/* --- lines ---------------------------------------------------------------------------------------------------------------------- */

enum line_kind { LINE_NONE, LINE_POSTFIX, LINE_SENDMAIL, LINE_EXIM };

struct line {
	enum line_kind kind;
	struct span date, id, rest;    /* rest: what stands behind the id */
};

static bool is_id(struct span id)
{
	if (id.n < 5 || id.n > 40)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!ascii_is_alnum(id.p[i]) && id.p[i] != '-')
			return false;
	return true;
}

/* "2026-11-24 13:24:46 1rABCD-000001-AB <= sender" */
static bool take_exim(struct span s, struct line *out)
{
	if (s.n < 40 || !ascii_is_digit(s.p[0]) || s.p[4] != '-' || s.p[10] != ' ' || s.p[13] != ':')
		return false;
	size_t at = 20;
	/* A zone, and the number of the process. */
	while (at < s.n && (s.p[at] == '[' || s.p[at] == '+' || s.p[at] == '-')) {
		size_t end = span_find_byte(s, ' ', at);
		at = end < s.n ? end + 1 : s.n;
	}
	size_t end = span_find_byte(s, ' ', at);
	struct span id = span_cut(s, at, end);
	if (!is_id(id) || id.n < 16 || id.p[6] != '-' || end + 3 > s.n)
		return false;
	*out = (struct line){LINE_EXIM, span_cut(s, 0, 19), id, span_cut(s, end + 1, s.n)};
	return true;
}

/* "Nov 24 13:24:46 host postfix/smtp[123]: 4XYZ: rest", or with a date of RFC 3339 */
static bool take_line(struct span s, struct line *out)
{
	if (s.n && s.p[0] == '<') {
		size_t end = span_find_byte(span_cut(s, 0, 6), '>', 0);
		s = span_cut(s, end + 1, s.n);
	}
	while (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	if (s.n < 30)
		return false;
	if (take_exim(s, out))
		return true;
	bool iso = ascii_is_digit(s.p[0]) && s.p[4] == '-';
	size_t date_end = iso ? span_find_byte(s, ' ', 0) : 15;
	struct span head = span_cut(s, date_end, date_end + 300);
	size_t bracket = span_find(head, SPAN_LIT("]: "), 0);
	if (bracket == head.n || (!iso && (s.p[3] != ' ' || s.p[9] != ':')))
		return false;
	struct span program = span_cut(head, 0, bracket);
	enum line_kind kind = LINE_NONE;
	if (span_find(program, SPAN_LIT("postfix"), 0) < program.n)
		kind = LINE_POSTFIX;
	else if (span_find(program, SPAN_LIT(" sendmail["), 0) < program.n || span_find(program, SPAN_LIT(" sm-mta["), 0) < program.n ||
		 span_find(program, SPAN_LIT(" sm-msp-queue["), 0) < program.n)
		kind = LINE_SENDMAIL;
	else
		return false;
	struct span rest = span_cut(s, date_end + bracket + 3, s.n);
	/* "[ID 197553 mail.info] " of Solaris. */
	if (span_starts(rest, SPAN_LIT("[ID ")))
		rest = span_cut(rest, span_find(rest, SPAN_LIT("] "), 0) + 2, rest.n);
	size_t colon = span_find_byte(rest, ':', 0);
	struct span id = span_cut(rest, 0, colon);
	if (!is_id(id) || colon + 2 > rest.n || span_eq(id, SPAN_LIT("NOQUEUE")))
		return false;
	*out = (struct line){kind, span_cut(s, 0, date_end), id, span_cut(rest, colon + 2, rest.n)};
	return true;
}

bool log_recognise(struct span start)
{
	struct line line;
	size_t at = 0;

	for (int n = 0; at < start.n && n < RECOGNISE_LINES; n++) {
		size_t end = span_find_byte(start, '\n', at);

		if (take_line(span_cut(start, at, end), &line))
			return true;
		/* A message begins with a field, a log never does. */
		if (n == 0 && span_find_byte(span_cut(start, 0, 80), ':', 0) < 20 && !ascii_is_digit(start.p[0]) && start.n > 10 && start.p[3] != ' ')
			return false;
		at = end + 1;
	}
	return false;
}

/* "key=value, " or "key=<value>, "; the value without brackets. */
static bool value_of(struct span rest, const char *key, struct span *value)
{
	struct span name = span_str(key);

	for (size_t at = span_find(rest, name, 0); at < rest.n; at = span_find(rest, name, at + 1)) {
		if (at > 0 && rest.p[at - 1] != ' ' && rest.p[at - 1] != ',')
			continue;
		size_t start = at + name.n, end;
		if (start < rest.n && rest.p[start] == '<') {
			end = span_find_byte(rest, '>', start);
			*value = span_cut(rest, start + 1, end);
		} else {
			end = span_find(rest, SPAN_LIT(", "), start);
			struct span all = span_cut(rest, start, end);
			*value = span_cut(all, 0, span_find_byte(all, ' ', 0));
		}
		return true;
	}
	return false;
}

static int64_t time_of(const struct log *log, struct span date)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[40] = "";
	g_autoptr(GDateTime) time = NULL;

	memcpy(text, date.p, MIN(date.n, sizeof(text) - 1));
	if (ascii_is_digit(text[0])) {
		if (text[10] == ' ')
			text[10] = 'T';
		time = g_date_time_new_from_iso8601(text, log->zone);
	} else {
		const char *month = date.n >= 15 ? g_strstr_len(months, -1, ((char[]){text[0], text[1], text[2], '\0'})) : NULL;
		if (!month)
			return 0;
		int number = (int)(month - months) / 3 + 1;
		time = g_date_time_new(log->zone, log->year, number, atoi(text + 4), atoi(text + 7), atoi(text + 10), atoi(text + 13));
		/* No year is written: the last time that it was this day. */
		if (time && g_date_time_to_unix(time) > log->now + 24 * 3600) {
			g_date_time_unref(time);
			time = g_date_time_new(log->zone, log->year - 1, number, atoi(text + 4), atoi(text + 7), atoi(text + 10), atoi(text + 13));
		}
	}
	return time ? g_date_time_to_unix(time) : 0;
}

/* --- the table ------------------------------------------------------------------------------------------------------------------- */

static char *copy(struct span s)
{
	return s.n ? g_strndup(s.p, s.n) : NULL;
}

static void attempt_clear(struct attempt *attempt)
{
	g_free(attempt->recipient);
	g_free(attempt->original);
	g_free(attempt->relay);
	g_free(attempt->status);
	g_free(attempt->text);
}

static struct queue *queue_of(struct log *log, struct span id);

static void tell(struct log *log, const struct queue *queue, const struct attempt *attempt)
{
	struct arena *arena = arena_new();
	struct bounce_entry entry = {.path = log->path, .index = log->index++, .kind = BOUNCE_LOG, .recipient = attempt->recipient,
				     .original_recipient = attempt->original, .remote_mta = attempt->relay, .status = attempt->status, .action = attempt->action,
				     .message_id = queue->message_id, .sender = queue->sender};
	struct span text = span_str(attempt->text);
	size_t code = transcript_code(text);

	if (text.n) {
		struct span reply = span_cut(text, code < text.n ? code : 0, text.n);
		const char *status = reply_status_of(arena, reply);
		entry.stage = stage_of(text);
		entry.reply_code = reply_code_of(reply);
		if (status && (!entry.status || strcmp(entry.status + 1, ".0.0") == 0))
			entry.status = status;
		entry.reply = reply_joined(arena, reply);
		/* "host mx.example.com[192.0.2.1] said:" names who answered; relay may be another. */
		struct span host = span_starts(text, SPAN_LIT("host ")) ? span_cut(text, 5, MIN(span_find_byte(text, '[', 0), span_find_byte(text, ' ', 5))) : SPAN_EMPTY;
		if (host.n && code < text.n)
			entry.remote_mta = arena_copy(arena, host);
	}
	if (attempt->time) {
		g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(attempt->time);
		g_autofree char *date = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
		entry.date = date ? arena_copy(arena, span_str(date)) : NULL;
	}
	entry.temporary = entry.action == ACTION_DELAYED || (entry.action == ACTION_FAILED && entry.status && entry.status[0] == '4');
	reply_judge(&entry);
	log->take(&entry, log->data);
	arena_free(arena);
}

static void queue_tell(struct log *log, struct queue *queue)
{
	for (guint i = 0; i < queue->attempts->len; i++) {
		struct attempt *attempt = &g_array_index(queue->attempts, struct attempt, i);
		tell(log, queue, attempt);
		attempt_clear(attempt);
	}
	g_array_set_size(queue->attempts, 0);
}

static void queue_remove(struct log *log, struct queue *queue)
{
	queue_tell(log, queue);
	g_queue_delete_link(&log->order, queue->place);
	g_hash_table_remove(log->queues, queue->id);
}

static void queue_free(gpointer data)
{
	struct queue *queue = data;

	for (guint i = 0; i < queue->attempts->len; i++)
		attempt_clear(&g_array_index(queue->attempts, struct attempt, i));
	g_array_free(queue->attempts, TRUE);
	g_free(queue->sender);
	g_free(queue->message_id);
	g_free(queue->id);
	g_free(queue);
}

static struct queue *queue_find(const struct log *log, struct span id)
{
	char key[48];

	memcpy(key, id.p, id.n);
	key[id.n] = '\0';
	return g_hash_table_lookup(log->queues, key);
}

static struct queue *queue_of(struct log *log, struct span id)
{
	struct queue *queue = queue_find(log, id);

	if (queue)
		return queue;
	if (log->order.length >= QUEUES_MAX)
		queue_remove(log, log->order.head->data);
	queue = g_new0(struct queue, 1);
	queue->id = copy(id);
	queue->attempts = g_array_new(FALSE, TRUE, sizeof(struct attempt));
	g_queue_push_tail(&log->order, queue);
	queue->place = log->order.tail;
	g_hash_table_insert(log->queues, queue->id, queue);
	return queue;
}

static void set(char **field, struct span value)
{
	if (!value.n)
		return;
	g_free(*field);
	*field = copy(value);
}

/* As it stands in the mail, in brackets. */
static void set_id(struct queue *queue, struct span id)
{
	g_free(queue->message_id);
	queue->message_id = g_strdup_printf("<%.*s>", (int)MIN(id.n, (size_t)998), id.p);
}

/* The last word on a recipient; an attempt before it is forgotten. */
static void add_attempt(struct log *log, struct queue *queue, struct attempt *attempt)
{
	for (guint i = 0; i < queue->attempts->len; i++) {
		struct attempt *known = &g_array_index(queue->attempts, struct attempt, i);
		if (g_strcmp0(known->recipient, attempt->recipient) == 0) {
			attempt_clear(known);
			*known = *attempt;
			return;
		}
	}
	if (queue->attempts->len >= QUEUE_RECIPIENTS_MAX)
		queue_tell(log, queue);
	g_array_append_val(queue->attempts, *attempt);
}

/* --- programs -------------------------------------------------------------------------------------------------------------------- */

static enum bounce_action action_of(struct span word)
{
	if (span_starts_ci(word, SPAN_LIT("sent")))
		return ACTION_DELIVERED;
	if (span_starts_ci(word, SPAN_LIT("bounced")) || span_starts_ci(word, SPAN_LIT("expired")) || span_starts_ci(word, SPAN_LIT("undeliverable")))
		return ACTION_FAILED;
	if (span_starts_ci(word, SPAN_LIT("deferred")) || span_starts_ci(word, SPAN_LIT("queued")) || span_starts_ci(word, SPAN_LIT("SOFTBOUNCE")))
		return ACTION_DELAYED;
	return ACTION_UNKNOWN;
}

/* "mx.example.com[192.0.2.1]:25", "mx.example.com. [192.0.2.1]": the name. */
static struct span relay_name(struct span relay)
{
	size_t end = 0;

	while (end < relay.n && relay.p[end] != '[' && relay.p[end] != ':' && relay.p[end] != ' ')
		end++;
	while (end > 0 && relay.p[end - 1] == '.')
		end--;
	struct span name = span_cut(relay, 0, end);
	return span_find_byte(name, '.', 0) < name.n ? name : SPAN_EMPTY;
}

static void read_postfix(struct log *log, const struct line *line)
{
	struct span value, rest = line->rest;
	struct queue *queue;

	if (span_eq(rest, SPAN_LIT("removed"))) {
		if ((queue = queue_find(log, line->id)))
			queue_remove(log, queue);
		return;
	}
	if (span_starts(rest, SPAN_LIT("message-id="))) {
		set(&queue_of(log, line->id)->message_id, span_cut(rest, strlen("message-id="), rest.n));
		return;
	}
	if (span_starts(rest, SPAN_LIT("from=<"))) {
		queue = queue_of(log, line->id);
		if (value_of(rest, "from=", &value))
			set(&queue->sender, value);
		return;
	}
	size_t status = span_find(rest, SPAN_LIT(" status="), 0);
	if (!span_starts(rest, SPAN_LIT("to=<")) || status == rest.n)
		return;
	struct span head = span_cut(rest, 0, status + 1), tail = span_cut(rest, status + 8, rest.n);
	struct attempt attempt = {.action = action_of(tail), .time = time_of(log, line->date)};
	if (attempt.action == ACTION_UNKNOWN)
		return;
	size_t open = span_find_byte(tail, '(', 0);
	struct span text = span_trim(span_cut(tail, open + 1, tail.n));
	if (text.n && text.p[text.n - 1] == ')')
		text.n--;
	if (value_of(head, "to=", &value))
		attempt.recipient = copy(value);
	if (value_of(head, "orig_to=", &value))
		attempt.original = copy(value);
	if (value_of(head, "relay=", &value))
		attempt.relay = copy(relay_name(value));
	if (value_of(head, "dsn=", &value) && is_status_code(value))
		attempt.status = copy(value);
	attempt.text = copy(text);
	add_attempt(log, queue_of(log, line->id), &attempt);
}

static void read_sendmail(struct log *log, const struct line *line)
{
	struct span value, rest = line->rest;
	struct queue *queue;

	if (span_starts(rest, SPAN_LIT("from="))) {
		queue = queue_of(log, line->id);
		if (value_of(rest, "from=", &value))
			set(&queue->sender, value);
		if (value_of(rest, "msgid=", &value))
			set_id(queue, value);
		return;
	}
	size_t stat = span_find(rest, SPAN_LIT(", stat="), 0);
	if (!span_starts(rest, SPAN_LIT("to=")) || stat == rest.n)
		return;
	struct span text = span_cut(rest, stat + 7, rest.n), head = span_cut(rest, 0, stat + 2), status = SPAN_EMPTY, relay = SPAN_EMPTY, address;
	enum bounce_action action = span_starts_ci(text, SPAN_LIT("Sent")) ? ACTION_DELIVERED
				    : span_starts_ci(text, SPAN_LIT("Deferred")) || span_starts_ci(text, SPAN_LIT("queued")) ? ACTION_DELAYED : ACTION_FAILED;
	if (value_of(head, "dsn=", &value) && is_status_code(value))
		status = value;
	if (value_of(head, "relay=", &value))
		relay = relay_name(value);
	struct span to = span_cut(head, 3, MIN(span_find(head, SPAN_LIT(", ctladdr="), 0), span_find(head, SPAN_LIT(", delay="), 0)));
	size_t at = 0;
	queue = queue_of(log, line->id);
	while (next_address(to, &at, &address)) {
		struct attempt attempt = {.recipient = copy(address), .relay = copy(relay), .status = copy(status), .text = copy(text), .action = action,
					  .time = time_of(log, line->date)};
		add_attempt(log, queue, &attempt);
	}
}

static void read_exim(struct log *log, const struct line *line)
{
	struct span rest = line->rest, value, address;
	struct queue *queue;
	size_t at = 0;

	if (span_eq(rest, SPAN_LIT("Completed"))) {
		if ((queue = queue_find(log, line->id)))
			queue_remove(log, queue);
		return;
	}
	if (rest.n < 4 || rest.p[2] != ' ')
		return;
	struct span mark = span_cut(rest, 0, 2), behind = span_cut(rest, 3, rest.n);
	if (span_eq(mark, SPAN_LIT("<="))) {
		queue = queue_of(log, line->id);
		set(&queue->sender, span_cut(behind, 0, span_find_byte(behind, ' ', 0)));
		if (value_of(behind, "id=", &value))
			set_id(queue, value);
		return;
	}
	enum bounce_action action = span_eq(mark, SPAN_LIT("=>")) || span_eq(mark, SPAN_LIT("->")) ? ACTION_DELIVERED
				    : span_eq(mark, SPAN_LIT("**")) ? ACTION_FAILED : span_eq(mark, SPAN_LIT("==")) ? ACTION_DELAYED : ACTION_UNKNOWN;
	if (action == ACTION_UNKNOWN || !next_address(behind, &at, &address))
		return;
	struct attempt attempt = {.recipient = copy(address), .action = action, .time = time_of(log, line->date)};
	size_t error = span_find(behind, SPAN_LIT(": "), at);
	struct span reply = span_cut(behind, error + 2, behind.n);
	/* What was delivered: C="250 ok". */
	if (action == ACTION_DELIVERED) {
		size_t answer = span_find(behind, SPAN_LIT(" C=\""), at) + 4;
		reply = span_cut(behind, answer, span_find_byte(behind, '"', MIN(answer, behind.n)));
	}
	if (value_of(behind, "H=", &value))
		attempt.relay = copy(relay_name(value));
	attempt.text = copy(reply);
	add_attempt(log, queue_of(log, line->id), &attempt);
}

void log_read(struct stream *stream, const char *path, int64_t now, bounce_taker take, void *data)
{
	struct log log = {.path = path, .now = now, .take = take, .data = data, .queues = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, queue_free)};
	g_autoptr(GDateTime) today = g_date_time_new_from_unix_local(now);
	struct span text;
	struct line line;

	log.year = today ? g_date_time_get_year(today) : 1970;
	log.zone = g_time_zone_new_local();
	g_queue_init(&log.order);
	while (stream_line(stream, &text)) {
		if (!take_line(text, &line))
			continue;
		if (line.kind == LINE_POSTFIX)
			read_postfix(&log, &line);
		else if (line.kind == LINE_SENDMAIL)
			read_sendmail(&log, &line);
		else
			read_exim(&log, &line);
	}
	while (log.order.length)
		queue_remove(&log, log.order.head->data);
	g_hash_table_destroy(log.queues);
	g_time_zone_unref(log.zone);
}
