/* What servers write for people: sendmail, Postfix, qmail, Exim, Exchange, Domino, Japanese carriers and many more. One reader for all of them,
 * because they share their shapes: a line that begins with the address, then what was said; or sentences with the address inside. */
#include "bounce/read.h"

#include <string.h>

#include "bounce/reply.h"

enum {
	TRANSCRIPT_LINES_MAX = 4000, /* read of one text; what a server says stands in front of the mail that comes back */
	TRANSCRIPT_RECIPIENTS_MAX = 2000,
	REPLY_TEXT_MAX = 4000        /* bytes of what was said about one recipient */
};

/* --- addresses ------------------------------------------------------------------------------------------------------------------ */

static bool is_local(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || memchr(".!#$%&'*+-/=?^_`{|}~", c, 20) != NULL;
}

static bool is_domain(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || c == '-' || c == '.' || c == '_';
}

bool next_address(struct span text, size_t *at, struct span *address)
{
	for (size_t sign = span_find_byte(text, '@', *at); sign < text.n; sign = span_find_byte(text, '@', sign + 1)) {
		size_t start = sign, end = sign + 1;

		if (start > 0 && text.p[start - 1] == '"') {
			/* A quoted local part. */
			for (start--; start > *at && start > sign - MIN(sign, 66) && text.p[start - 1] != '"'; start--)
				;
			start -= start > *at && text.p[start - 1] == '"';
		} else {
			while (start > *at && sign - start < 320 && is_local(text.p[start - 1]))
				start--;
		}
		while (end < text.n && end - sign < 256 && is_domain(text.p[end]))
			end++;
		while (end > sign + 1 && (text.p[end - 1] == '.' || text.p[end - 1] == '-' || text.p[end - 1] == '_'))
			end--;
		if (end < text.n && text.p[end] == '[' && end == sign + 1) {
			size_t close = span_find_byte(span_cut(text, 0, end + 64), ']', end);
			end = close < text.n && close < end + 64 ? close + 1 : end;
		}
		/* "dda:SMTP=reader@example.com" of X.400, and a quote in front of the local part. */
		struct span local = span_cut(text, start, sign);
		size_t smtp = span_find_ci(local, SPAN_LIT("SMTP="), 0);
		if (smtp < local.n)
			start += smtp + strlen("SMTP=");
		while (start < sign && (text.p[start] == '\'' || text.p[start] == '`' || text.p[start] == '*' || text.p[start] == '-' || text.p[start] == '.'))
			start++;
		/* "/home/reader/reader@example.com" is a file. */
		if (start < sign && text.p[start] == '/')
			for (size_t i = start; i < sign; i++)
				start = text.p[i] == '/' ? i + 1 : start;
		if (start == sign || end == sign + 1)
			continue;
		*address = span_cut(text, start, end);
		*at = end;
		return true;
	}
	return false;
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

/* --- what the words say ---------------------------------------------------------------------------------------------------------- */

bool transcript_says_failure(struct span text)
{
	static const char *const words[] = {
		"could not be delivered", "couldn't be delivered", "could not deliver", "couldn't deliver", "cannot be delivered", "can't be delivered",
		"not be delivered", "unable to deliver", "unable to be delivered", "was not delivered", "wasn't delivered", "were not delivered",
		"not delivered to", "undeliverable", "undelivered", "delivery failed", "delivery has failed", "delivery failure", "failed to deliver",
		"delivery to the following", "delivery failed for the following", "delivery errors", "delivery problems", "failed permanently",
		"permanent fatal errors", "transient non-fatal errors", "permanent error", "fatal errors", "did not reach", "didn't reach",
		"returned mail", "returned to sender", "returned to you", "was rejected", "rejected by", "been rejected", "has been delayed",
		"delivery temporarily suspended", "remote host said", "no such user", "user unknown", "unknown user", "unknown recipient", "mailbox full",
		"mailbox is full", "over quota", "quota exceeded", "error delivering your mail", "error was encountered", "trouble delivering",
		"there was an error", "error sending", "not listed in", "doesn't have a", "account has been disabled", "invalid user", "invalid address",
		"does not exist", "exceeded the local limit", "could not send", "couldn't be found", "not be found", "was undeliverable", "message has not been",
		"mail has not been", "failure notice", "failure reasons", "host unknown", "unrouteable", "unroutable", "not accept", "bounced", "not a valid user", "invalid recipient", "unknown host", "no valid recipients", "无法发送", "无法投递", "退信",
		"配信でき",
		"送信できません",
		"送信に失敗",
		"お届けでき",
		"届けられ",
		"宛先不明",
		"配送でき",
		"не может быть доставлено",
		"konnte nicht zugestellt", "unzustellbar", "no se pudo entregar", "no se ha podido entregar", "n'a pas pu être", "non recapitabile", NULL};

	return any_ci(text, words);
}

enum reply_stage stage_of(struct span text)
{
	static const char *const rcpt[] = {"reply to RCPT TO", "after RCPT", "during RCPT", "[RCPT_TO]", "RCPT TO command", "SMTP:RCPT", NULL};
	static const char *const data[] = {"reply to end of DATA", "reply to DATA", "end of data", "after DATA", "after pipelined end of data", "final DATA", "SMTP:DATA", ">>> DATA", "SMTP:EOM", NULL};

	if (any_ci(text, data))
		return REPLY_STAGE_DATA;
	return any_ci(text, rcpt) ? REPLY_STAGE_RCPT : REPLY_STAGE_ANY;
}

static bool says_delay(struct span text)
{
	static const char *const words[] = {"has been delayed", "THIS IS A WARNING", "still being retried", "not yet been delivered", "will be retried", "will continue to",
					    "transient non-fatal", "will keep trying", "could not be delivered for more than", "Could not send message for past",
					    "not been able to deliver", "delivery will continue", "Will-Retry-Until", "being retried", "no action is required on your part",
					    "delivery attempts will continue", "Warning--Could not send", NULL};
	static const char *const final[] = {"permanent fatal errors", "permanent error", "given up", "giving up", NULL};

	return any_ci(text, words) && !any_ci(text, final);
}

/* --- the mail that came back ------------------------------------------------------------------------------------------------------- */

static struct span line_at(struct span text, size_t at, size_t *next)
{
	size_t end = span_find_byte(text, '\n', at);

	*next = end < text.n ? end + 1 : text.n;
	return span_cut(text, at, end);
}

static bool is_separator(struct span line)
{
	static const char *const words[] = {
		"original message", "copy of the message", "copy of your message", "header of the original", "headers of the message", "header of the message",
		"returned message", "message headers follow", "message header follow", "unsent message", "message text follows", "copy of the original",
		"original mail", "the message header", "text of your message", "message follows", "this is a copy of the headers", "beginning of your message",
		"copy of the message header", "original headers", "message header is as follows", "message is attached", NULL};
	struct span text = span_trim(line);
	bool ruled = text.n > 2 && (text.p[0] == '-' || text.p[0] == '|' || text.p[0] == '=' || text.p[0] == '*' || text.p[0] == '_' || text.p[0] == '+');

	if (text.n == 0 || text.n > 100)
		return false;
	if (span_eq_ci(text, SPAN_LIT("Message headers follow.")) || span_eq_ci(text, SPAN_LIT("Original message follows.")) ||
	    span_eq_ci(text, SPAN_LIT("Included is a copy of the message header:")))
		return true;
	return ruled && any_ci(text, words);
}

/* A header block in running text: these fields at line starts. */
static bool is_trace_field(struct span line)
{
	static const char *const names[] = {"Received:", "Return-Path:", "DKIM-Signature:", "Message-ID:", "X-Mailer:", "MIME-Version:", "Delivered-To:",
					    "Authentication-Results:", "DomainKey-Signature:", "X-Originating-IP:", "X-Received:", NULL};

	for (size_t i = 0; names[i]; i++)
		if (span_starts_ci(line, span_str(names[i])))
			return true;
	return false;
}

size_t transcript_original(struct span text)
{
	size_t next;

	for (size_t at = 0, n = 0; at < text.n && n < TRANSCRIPT_LINES_MAX; at = next, n++) {
		struct span line = line_at(text, at, &next);

		if (is_separator(line) || is_trace_field(line))
			return at;
	}
	return text.n;
}

/* --- lines -------------------------------------------------------------------------------------------------------------------------- */

struct record {
	struct span address;
	GString *said;           /* lines about it */
};

struct reading {
	struct arena *arena;
	struct span text;        /* without the mail that came back */
	const char *sender;
	GArray *records;         /* struct record */
	GString *common;         /* lines before the first recipient, and those of the dialogue */
	GString *host;           /* who was talked to, last */
};

/* Addresses that are never a recipient: the server's own, and the one the report went to. Mail may have gone to a postmaster, but in a
 * sentence that is whom to ask. */
static bool is_nobody(const struct reading *r, struct span address, bool in_sentence)
{
	static const char *const locals[] = {"mailer-daemon@", "mailerdaemon@", "no-reply@", "noreply@", "mail-daemon@", "postmaster@", "abuse@", NULL};

	for (size_t i = 0; locals[i] && (in_sentence || locals[i][0] != 'p'); i++)
		if (span_starts_ci(address, span_str(locals[i])))
			return true;
	return r->sender && span_eq_ci(address, span_str(r->sender));
}

static struct record *record_of(struct reading *r, struct span address, bool create)
{
	for (guint i = 0; i < r->records->len; i++)
		if (span_eq_ci(g_array_index(r->records, struct record, i).address, address))
			return &g_array_index(r->records, struct record, i);
	if (!create || r->records->len >= TRANSCRIPT_RECIPIENTS_MAX)
		return NULL;
	struct record record = {address, g_string_new(NULL)};
	g_array_append_val(r->records, record);
	return &g_array_index(r->records, struct record, r->records->len - 1);
}

static void say_line(GString *said, struct span line)
{
	if (said->len + line.n > REPLY_TEXT_MAX)
		return;
	g_string_append_len(said, line.p, (gssize)line.n);
	g_string_append_c(said, '\n');
}

static void end_paragraph(GString *said)
{
	if (said->len > 1 && said->str[said->len - 2] != '\n')
		g_string_append_c(said, '\n');
}

/* Lines that name addresses of the sender or of the mail, not of who it failed for. */
static bool is_about_mail(struct span line)
{
	static const char *const names[] = {"From:", "To:", "Subject:", "Date:", "Sent:", "Cc:", "Reply-To:", "Sender:", "Original Sender", "Original-Sender", "Message-Id:", "MAIL FROM",
					    "Return-Path:", "Received:", "Return-path", "References:", "In-Reply-To:", "envelope-from", "Sender-MTA", "Message ID", ">>> MAIL", "X-", NULL};
	static const char *const inside[] = {"please contact", "please send mail", "please forward", "for assistance", "for further assistance", "contact your", "send an e-mail to", "mailto:",
					     "write to", "questions", "envelope-from", "envelope sender", "unsubscribe", "Message-ID", NULL};

	for (size_t i = 0; names[i]; i++)
		if (span_starts_ci(line, span_str(names[i])))
			return true;
	return any_ci(line, inside);
}

/* Does a line begin with an address, as a head of what is said about it? */
static bool head_of(struct span line, struct span *address, struct span *rest)
{
	size_t at = 0;
	struct span s = line;

	while (s.n && (strchr(" \t*->\"'`=|#", s.p[0]) || ascii_is_space(s.p[0])))
		s = span_cut(s, 1, s.n);
	if (span_starts_ci(s, SPAN_LIT("Recipient:")) || span_starts_ci(s, SPAN_LIT("Recipient(s):")))
		s = span_trim(span_cut(s, span_find_byte(s, ':', 0) + 1, s.n));
	else if (span_starts_ci(s, SPAN_LIT("rfc822;")))
		s = span_trim(span_cut(s, 7, s.n));
	bool bracket = s.n && s.p[0] == '<';
	struct span body = bracket ? span_cut(s, 1, s.n) : s;
	if (!next_address(body, &at, address) || address->p != body.p)
		return false;
	struct span behind = span_cut(body, at, body.n);
	if (bracket) {
		if (!behind.n || behind.p[0] != '>')
			return false;
		behind = span_cut(behind, 1, behind.n);
	}
	while (behind.n && (behind.p[0] == '"' || behind.p[0] == '\''))
		behind = span_cut(behind, 1, behind.n);
	*rest = span_trim(behind);
	if (rest->n == 0 || strchr(":;,([.<-=", rest->p[0]))
		return true;
	/* "reader@example.com on Thu, 29 Apr", "reader@example.com Invalid Address", "... User unknown" */
	return bracket || span_starts_ci(*rest, SPAN_LIT("on ")) || transcript_says_failure(*rest) || reply_code_of(*rest) ||
	       has_ci(*rest, "error") || has_ci(*rest, "fail") || has_ci(*rest, "reason");
}

/* The text of a line of a dialogue: "<<< 550 x", "Received >>> 550 x"; empty where it is none. */
static struct span server_line(struct span line)
{
	static const char *const marks[] = {"<<< ", "<<<", "Received >>> ", "<-- "};
	struct span s = span_trim(line);

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (span_starts_ci(s, span_str(marks[i]))) {
			s = span_trim(span_cut(s, strlen(marks[i]), s.n));
			return s.n > 3 && ascii_is_digit(s.p[0]) ? s : SPAN_EMPTY;
		}
	}
	return SPAN_EMPTY;
}

static bool client_line(struct span line, struct span *command)
{
	static const char *const marks[] = {">>> ", "Sent <<< ", "--> "};
	struct span s = span_trim(line);

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (span_starts_ci(s, span_str(marks[i]))) {
			*command = span_trim(span_cut(s, strlen(marks[i]), s.n));
			return true;
		}
	}
	return false;
}

const char *transcript_reply(struct arena *arena, struct span text)
{
	GString *group = g_string_new(NULL), *last = g_string_new(NULL);
	size_t next;

	for (size_t at = 0; at < text.n; at = next) {
		struct span line = server_line(line_at(text, at, &next));

		if (!line.n || (line.p[0] != '4' && line.p[0] != '5')) {
			g_string_truncate(group, 0);
			continue;
		}
		say_line(group, line);
		g_string_assign(last, group->str);
		if (line.p[3] != '-')
			g_string_truncate(group, 0);
	}
	const char *reply = last->len ? arena_copy(arena, span_trim(span_of(last->str, last->len))) : NULL;
	g_string_free(group, TRUE);
	g_string_free(last, TRUE);
	return reply;
}

/* "... while talking to mx.example.com.:", "host mx.example.com[192.0.2.1] said:", "Server mx[192.0.2.1] failed with" */
static void find_host(struct reading *r, struct span line)
{
	static const char *const marks[] = {"while talking to ", "host: ", " host ", "Server ", "remote host ", "connect to ", "by the server for the recipient domain "};

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		size_t at = span_find_ci(line, span_str(marks[i]), 0);
		size_t start = at + strlen(marks[i]), end = start;

		if (at == line.n)
			continue;
		while (end < line.n && (is_domain(line.p[end])))
			end++;
		while (end > start && (line.p[end - 1] == '.' || line.p[end - 1] == '-'))
			end--;
		struct span host = span_cut(line, start, end);
		if (host.n > 3 && span_find_byte(host, '.', 0) < host.n) {
			g_string_truncate(r->host, 0);
			g_string_append_len(r->host, host.p, (gssize)host.n);
			return;
		}
	}
}

/* First pass: lines that begin with an address, and the dialogue. */
static void read_heads(struct reading *r)
{
	struct record *current = NULL, *talking = NULL;
	bool data = false, sender_next = false;
	size_t next;

	for (size_t at = 0, n = 0; at < r->text.n && n < TRANSCRIPT_LINES_MAX; at = next, n++) {
		struct span line = line_at(r->text, at, &next), trimmed = span_trim(line), address, rest, command, answer;
		size_t from = 0;

		if (!trimmed.n) {
			end_paragraph(current ? current->said : r->common);
			continue;
		}
		/* "A message sent by", and on the next line by whom. */
		bool is_sender = sender_next;
		sender_next = span_ends_ci(trimmed, SPAN_LIT("sent by"));
		if (is_sender)
			continue;
		find_host(r, trimmed);
		if (client_line(trimmed, &command)) {
			data = span_starts_ci(command, SPAN_LIT("DATA")) || span_eq(command, SPAN_LIT("."));
			if (span_starts_ci(command, SPAN_LIT("RCPT")) && next_address(command, &from, &address) && !is_nobody(r, address, false))
				talking = record_of(r, address, true);
			if (span_starts_ci(command, SPAN_LIT("RCPT")) || data || span_starts_ci(command, SPAN_LIT("MAIL")) || span_starts_ci(command, SPAN_LIT("EHLO")))
				continue;
		}
		if ((answer = server_line(trimmed)).n) {
			if (answer.p[0] != '4' && answer.p[0] != '5')
				continue;
			GString *said = talking && !data ? talking->said : r->common;
			say_line(said, trimmed);
			if (data && !strstr(said->str, "[end of DATA]"))
				say_line(said, SPAN_LIT("(in reply to end of DATA command)"));
			continue;
		}
		if (is_about_mail(trimmed) && !(ascii_is_digit(trimmed.p[0]) && reply_code_of(trimmed)))
			continue;
		if (head_of(trimmed, &address, &rest) && !is_nobody(r, address, false)) {
			current = record_of(r, address, true);
			if (current && rest.n)
				say_line(current->said, rest.p[0] == ':' ? span_trim(span_cut(rest, 1, rest.n)) : rest);
			continue;
		}
		/* "550 5.1.1 <reader@example.com>... User unknown" in a transcript belongs to that reader. */
		if (reply_code_of(trimmed) && ascii_is_digit(trimmed.p[0]) && next_address(trimmed, &from, &address) && !is_nobody(r, address, false)) {
			struct record *named = record_of(r, address, false);
			say_line(named ? named->said : current ? current->said : r->common, trimmed);
			continue;
		}
		say_line(current ? current->said : r->common, trimmed);
	}
}

/* Second pass, where no line begins with one: any address in a line that speaks of recipients or failure. */
static void read_sentences(struct reading *r, bool strict)
{
	static const char *const words[] = {"deliver", "unknown", "fail", "reject", "not listed", "invalid", "rcpt", "recipient", "no such", "error", "user", "mailbox",
					    "does not exist", "could not", "couldn't", "cannot", "unable", "address", "sent to", "full", "quota", "disabled", "smtp=",
					    "宛先", NULL};
	bool failure = false;
	size_t next;

	for (size_t at = 0, n = 0; at < r->text.n && n < TRANSCRIPT_LINES_MAX; at = next, n++) {
		struct span line = span_trim(line_at(r->text, at, &next)), address;
		size_t from = 0;

		failure = failure || transcript_says_failure(line);
		if (is_about_mail(line))
			continue;
		while (next_address(line, &from, &address))
			if (!is_nobody(r, address, strict) && (any_ci(line, words) || (failure && address.n == line.n)))
				record_of(r, address, true);
	}
}

/* Third, the mail's own To, where the server repeats it. */
static void read_to(struct reading *r)
{
	size_t next;

	for (size_t at = 0, n = 0; at < r->text.n && n < TRANSCRIPT_LINES_MAX; at = next, n++) {
		struct span line = span_trim(line_at(r->text, at, &next)), address;
		size_t from = 0;

		if (span_starts_ci(line, SPAN_LIT("To:")) && next_address(line, &from, &address) && !is_nobody(r, address, false))
			record_of(r, address, true);
	}
}

/* --- what was said ------------------------------------------------------------------------------------------------------------------ */

/* A reply that begins at the code in a text of lines: its lines up to the one without a hyphen, or the rest of the paragraph. */
static struct span reply_from(struct span text, size_t start)
{
	size_t end = start, next;

	for (size_t at = start; at < text.n; at = next) {
		struct span line = line_at(text, at, &next);
		bool numbered = line.n > 3 && ascii_is_digit(line.p[0]) && ascii_is_digit(line.p[1]) && ascii_is_digit(line.p[2]);

		if (at > start && (!span_trim(line).n || (line.n > 3 && (span_starts(line, SPAN_LIT("---")) || span_starts(line, SPAN_LIT("==="))))))
			break;
		/* Another reply begins. */
		if (at > start && numbered && !memchr("-", text.p[start + 3], 1) && line.p[3] == ' ' && text.p[start + 3] != '-')
			break;
		end = at + line.n;
		if (at > start && numbered && line.p[3] == ' ')
			break;
		if (end - start > REPLY_TEXT_MAX)
			break;
	}
	return span_trim(span_cut(text, start, end));
}

/* Where a refusal's code stands in the text, at a word's start and with words behind it; text.n where there is none. */
size_t transcript_code(struct span text)
{
	for (size_t at = 0; at + 4 <= text.n; at++) {
		bool start = at == 0 || (!ascii_is_alnum(text.p[at - 1]) && !memchr(".-_@#", text.p[at - 1], 5));

		if (start && (text.p[at] == '4' || text.p[at] == '5') && reply_code_at(text, at) && text.p[at + 1] <= '5')
			return at;
	}
	return text.n;
}

static const char *reply_in(struct arena *arena, const GString *said)
{
	struct span text = span_of(said->str, said->len);
	const char *dialogue = transcript_reply(arena, text);

	if (dialogue)
		return dialogue;
	size_t code = transcript_code(text);
	if (code < text.n) {
		struct span reply = reply_from(text, code);
		/* "(reason: 550 ...)" */
		if (code > 0 && reply.n && reply.p[reply.n - 1] == ')' && span_find_byte(reply, '(', 0) == reply.n)
			reply.n--;
		return arena_copy(arena, reply);
	}
	/* No code: the first paragraph that says something. */
	struct span words = span_trim(text);
	size_t end = span_find(words, SPAN_LIT("\n\n"), 0);
	if (end < 12)
		end = span_find(words, SPAN_LIT("\n\n"), end + 2);
	return words.n ? arena_copy(arena, span_cut(words, 0, MIN(end, (size_t)600))) : NULL;
}

static void finish(struct reading *r, const struct record *record, bool delayed, GPtrArray *entries)
{
	struct bounce_entry *entry = ARENA_NEW(r->arena, struct bounce_entry);
	struct span said = span_of(record->said->str, record->said->len), common = span_of(r->common->str, r->common->len);
	bool own = transcript_code(said) < said.n || reply_status_of(r->arena, said);

	entry->kind = BOUNCE_TRANSCRIPT;
	entry->recipient = arena_copy(r->arena, record->address);
	entry->reply = own || transcript_code(common) == common.n ? reply_in(r->arena, record->said) : NULL;
	if (!entry->reply)
		entry->reply = reply_in(r->arena, r->common);
	entry->stage = stage_of(said);
	if (!entry->stage && !own)
		entry->stage = stage_of(common);
	entry->status = reply_status_of(r->arena, span_str(entry->reply));
	if (!entry->status && own)
		entry->status = reply_status_of(r->arena, said);
	if (!entry->status && !own)
		entry->status = reply_status_of(r->arena, common);
	if (r->host->len)
		entry->remote_mta = arena_copy(r->arena, span_of(r->host->str, r->host->len));
	entry->action = delayed ? ACTION_DELAYED : ACTION_FAILED;
	g_ptr_array_add(entries, entry);
}

size_t transcript_read(struct arena *arena, struct span text, const char *sender, GPtrArray *entries)
{
	struct reading r = {.arena = arena, .text = span_cut(text, 0, transcript_original(text)), .sender = sender,
			    .records = g_array_new(FALSE, FALSE, sizeof(struct record)), .common = g_string_new(NULL), .host = g_string_new(NULL)};
	bool delayed = says_delay(r.text);

	read_heads(&r);
	for (int pass = 0; pass < 2 && !r.records->len; pass++)
		read_sentences(&r, pass == 0);
	if (!r.records->len)
		read_to(&r);
	size_t n = r.records->len;
	for (guint i = 0; i < r.records->len; i++) {
		struct record *record = &g_array_index(r.records, struct record, i);
		finish(&r, record, delayed, entries);
		g_string_free(record->said, TRUE);
	}
	/* No address, but a refusal: pasted text. */
	size_t code = transcript_code(r.text);
	if (!n && code < r.text.n) {
		struct record record = {SPAN_EMPTY, g_string_new_len(r.text.p, (gssize)MIN(r.text.n, REPLY_TEXT_MAX))};
		finish(&r, &record, delayed, entries);
		((struct bounce_entry *)g_ptr_array_index(entries, entries->len - 1))->recipient = NULL;
		g_string_free(record.said, TRUE);
		n = 1;
	}
	g_array_free(r.records, TRUE);
	g_string_free(r.common, TRUE);
	g_string_free(r.host, TRUE);
	return n;
}
