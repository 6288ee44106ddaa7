/* Replies made comparable, and looked up: text before status, status before nothing. Decides nothing about where a reply stood. */
#include "bounce/reply.h"

#include <stdlib.h>
#include <string.h>

/* --- codes -------------------------------------------------------------------------------------------------------------------- */

/* Length of a status ("5.7.1", "5.7.606") at the place, 0 where there is none. */
static size_t status_length(struct span s, size_t at)
{
	size_t i = at;

	if (i + 5 > s.n || !memchr("245", s.p[i], 3) || s.p[i + 1] != '.')
		return 0;
	i += 2;
	for (int part = 0; part < 2; part++) {
		size_t digits = 0;

		while (i + digits < s.n && ascii_is_digit(s.p[i + digits]))
			digits++;
		if (digits < 1 || digits > 3)
			return 0;
		i += digits;
		if (part == 0) {
			if (i >= s.n || s.p[i] != '.')
				return 0;
			i++;
		}
	}
	/* 5.7.1.2 is an address or a version. */
	if (i < s.n && (ascii_is_alnum(s.p[i]) || (s.p[i] == '.' && i + 1 < s.n && ascii_is_digit(s.p[i + 1]))))
		return 0;
	return i - at;
}

bool is_status_code(struct span text)
{
	return text.n && status_length(text, 0) == text.n;
}

static bool word_start(struct span s, size_t at)
{
	return at == 0 || !(ascii_is_alnum(s.p[at - 1]) || s.p[at - 1] == '.' || s.p[at - 1] == '-' || s.p[at - 1] == '_' || s.p[at - 1] == '@');
}

/* A reply code with what separates it: "550 ", "550-", "550-5.7.1 ", "550 5.7.1 ", "550" at the end. Its length, with the status where
 * with_status; 0 where there is none. */
static size_t code_length(struct span s, size_t at, bool *hyphen, bool *has_status)
{
	size_t i = at + 3;

	*hyphen = *has_status = false;
	if (s.n - at < 3 || !memchr("245", s.p[at], 3) || !memchr("012345", s.p[at + 1], 6) || !ascii_is_digit(s.p[at + 2]))
		return 0;
	if (i == s.n)
		return 3;
	if (s.p[i] == '-')
		*hyphen = true;
	else if (!ascii_is_space(s.p[i]) && !(s.p[i] == ':' && i + 1 < s.n && s.p[i + 1] == ' '))
		return 0;
	i++;
	while (!*hyphen && i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	if (i < s.n && s.p[i] == '#')
		i++;
	size_t status = i < s.n ? status_length(s, i) : 0;
	if (status) {
		*has_status = true;
		i += status;
	}
	/* 555-1234 is a telephone. */
	if (*hyphen && !*has_status && i < s.n && ascii_is_digit(s.p[i]))
		return 0;
	return i - at;
}

bool reply_code_at(struct span reply, size_t at)
{
	bool hyphen, has_status;

	return at < reply.n && code_length(reply, at, &hyphen, &has_status) > 0;
}

int reply_code_of(struct span reply)
{
	bool hyphen, has_status;

	for (size_t at = 0; at + 3 <= reply.n; at++)
		if (word_start(reply, at) && code_length(reply, at, &hyphen, &has_status))
			return atoi(((char[]){reply.p[at], reply.p[at + 1], reply.p[at + 2], '\0'}));
	return 0;
}

const char *reply_status_of(struct arena *arena, struct span reply)
{
	int code = reply_code_of(reply);

	for (size_t at = 0; at + 5 <= reply.n; at++) {
		size_t n = word_start(reply, at) || (at >= 4 && reply.p[at - 1] == '-' && ascii_is_digit(reply.p[at - 2])) ? status_length(reply, at) : 0;

		if (n && (!code || code / 100 == reply.p[at] - '0'))
			return arena_copy(arena, span_cut(reply, at, at + n));
	}
	return NULL;
}

bool reply_is_cut(struct span reply)
{
	struct span text = span_trim(reply);
	bool hyphen = false, has_status, last_hyphen = false, any = false;

	/* Where it is on one line, the codes stand inside; the last one decides. */
	for (size_t at = 0; at + 3 <= text.n; at++) {
		if (!word_start(text, at))
			continue;
		size_t n = code_length(text, at, &hyphen, &has_status);
		/* Inside a line only a code with its status is one. */
		if (!n || (at > 0 && text.p[at - 1] != '\n' && !has_status))
			continue;
		any = true;
		last_hyphen = hyphen;
	}
	return any && last_hyphen;
}

/* --- forms -------------------------------------------------------------------------------------------------------------------- */

static bool quote_at(struct span s, size_t at, char *out)
{
	if (s.n - at < 3 || (unsigned char)s.p[at] != 0xE2 || (unsigned char)s.p[at + 1] != 0x80)
		return false;
	unsigned char third = (unsigned char)s.p[at + 2];
	if (third == 0x98 || third == 0x99)
		*out = '\'';
	else if (third == 0x9C || third == 0x9D)
		*out = '"';
	else
		return false;
	return true;
}

GString *reply_fold(struct span reply)
{
	GString *out = g_string_sized_new(reply.n + 1);
	bool blank = false, line_start = true, hyphen, has_status;

	for (size_t at = 0; at < reply.n;) {
		char c = reply.p[at], quote;
		size_t n;

		if (ascii_is_space(c) || c == '\0') {
			blank = true;
			line_start = line_start || c == '\n';
			at++;
			continue;
		}
		if (word_start(reply, at) && (n = code_length(reply, at, &hyphen, &has_status)) && (line_start || has_status || out->len == 0)) {
			at += n;
			blank = true;
			line_start = false;
			continue;
		}
		line_start = false;
		if (blank && out->len)
			g_string_append_c(out, ' ');
		blank = false;
		if (quote_at(reply, at, &quote)) {
			g_string_append_c(out, quote);
			at += 3;
			continue;
		}
		if ((c == 'e' || c == 'E') && word_start(reply, at)) {
			struct span rest = span_cut(reply, at, at + 6);
			if (span_starts_ci(rest, SPAN_LIT("email"))) {
				at++;
				continue;
			}
			if (span_starts_ci(rest, SPAN_LIT("e-mail"))) {
				at += 2;
				continue;
			}
		}
		g_string_append_c(out, ascii_lower(c));
		at++;
	}
	return out;
}

char *reply_joined(struct arena *arena, struct span reply)
{
	GString *out = g_string_sized_new(reply.n + 1);
	bool blank = false, line_start = true, hyphen, has_status;

	for (size_t at = 0; at < reply.n;) {
		char c = reply.p[at];
		size_t n;

		if (ascii_is_space(c) || c == '\0') {
			blank = true;
			line_start = line_start || c == '\n';
			at++;
			continue;
		}
		if (out->len && word_start(reply, at) && (n = code_length(reply, at, &hyphen, &has_status)) && (line_start || has_status) && at + n < reply.n) {
			at += n;
			blank = true;
			line_start = false;
			continue;
		}
		line_start = false;
		if (blank && out->len)
			g_string_append_c(out, ' ');
		blank = false;
		g_string_append_c(out, c);
		at++;
	}
	char *joined = arena_copy(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return joined;
}

/* --- matching ------------------------------------------------------------------------------------------------------------------ */

enum { GAP_MAX = 80 }; /* bytes that a '*' stands for at most */

/* Is the phrase in the text? Each piece behind a '*' must begin within GAP_MAX of the end of the one before. */
static bool phrase_in(struct span text, const char *phrase)
{
	const char *star = strchr(phrase, '*');
	struct span first = star ? span_of(phrase, (size_t)(star - phrase)) : span_str(phrase);

	for (size_t at = span_find(text, first, 0); at < text.n; at = span_find(text, first, at + 1)) {
		size_t end = at + first.n;
		const char *rest = star;
		bool whole = true;

		while (rest && whole) {
			const char *piece = rest + 1, *next = strchr(piece, '*');
			struct span part = next ? span_of(piece, (size_t)(next - piece)) : span_str(piece);
			struct span window = span_cut(text, end, end + GAP_MAX + part.n);
			size_t found = span_find(window, part, 0);

			whole = found < window.n;
			end += found + part.n;
			rest = next;
		}
		if (whole)
			return true;
	}
	return false;
}

static bool any_in(struct span text, const char *const *phrases)
{
	for (; phrases && *phrases; phrases++)
		if (phrase_in(text, *phrases))
			return true;
	return false;
}

static bool all_in(struct span text, const char *const *phrases)
{
	for (; phrases && *phrases; phrases++)
		if (!phrase_in(text, *phrases))
			return false;
	return true;
}

static bool has_word(const char *const *words, const char *word)
{
	for (; words && *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

/* "5.7.1", "5.5.*", "5.7.606-649" */
static bool status_fits(const char *pattern, const char *status)
{
	const char *last = strrchr(pattern, '.'), *last_of_status = strrchr(status, '.');
	size_t head = (size_t)(last - pattern) + 1;
	const char *dash = strchr(last, '-');

	if (!last_of_status || (size_t)(last_of_status - status) + 1 != head || strncmp(pattern, status, head) != 0)
		return false;
	if (last[1] == '*')
		return true;
	int value = atoi(last_of_status + 1);
	return dash ? value >= atoi(last + 1) && value <= atoi(dash + 1) : strcmp(last + 1, last_of_status + 1) == 0;
}

static bool has_status(const struct reply *reply, const char *status)
{
	for (const char *const *pattern = reply->statuses; status && pattern && *pattern; pattern++)
		if (status_fits(*pattern, status))
			return true;
	return false;
}

static bool class_fits(const struct reply *reply, const struct bounce_entry *entry)
{
	if (reply->class == REPLY_CLASS_ANY || (!entry->reply_code && !entry->status))
		return true;
	return (reply->class == REPLY_CLASS_TEMPORARY) == entry->temporary;
}

/* The stage where it is told; else the status tells docomo's twins apart. */
static bool stage_fits(const struct reply *reply, const struct bounce_entry *entry)
{
	if (reply->stage == REPLY_STAGE_ANY)
		return true;
	if (entry->stage != REPLY_STAGE_ANY)
		return reply->stage == entry->stage;
	return !entry->status || !entry->status[0] || has_status(reply, entry->status) || strcmp(entry->status, "5.0.0") == 0;
}

/* May this entry of the table be meant at all? */
static bool receiver_fits(const struct reply *reply, const struct bounce_entry *entry)
{
	if (!reply->receivers)
		return true;
	if (entry->receiver)
		return has_word(reply->receivers, entry->receiver->id);
	return !reply->common_words;
}

static void add(struct bounce_entry *entry, const struct reply *reply)
{
	for (size_t i = 0; i < entry->n_replies; i++)
		if (entry->replies[i] == reply)
			return;
	if (reply && entry->n_replies < BOUNCE_REPLIES_MAX)
		entry->replies[entry->n_replies++] = reply;
}

static void by_text(struct bounce_entry *entry, struct span text, struct span raw)
{
	for (size_t i = 0; i < n_builtin_replies; i++) {
		const struct reply *reply = &builtin_replies[i];

		if (reply->use != REPLY_BY_TEXT || (!reply->all && !reply->any) || !receiver_fits(reply, entry) || !class_fits(reply, entry) ||
		    !stage_fits(reply, entry))
			continue;
		/* Words of the reply, or, for the few that name it, its code with them. */
		if (!all_in(text, reply->all) && !all_in(raw, reply->all))
			continue;
		if (reply->any && !any_in(text, reply->any) && !any_in(raw, reply->any))
			continue;
		if (any_in(text, reply->none))
			continue;
		/* Twins that only the stage separates are both named where it is not told. */
		if (entry->n_replies && (reply->stage == REPLY_STAGE_ANY || entry->replies[0]->stage == REPLY_STAGE_ANY))
			return;
		add(entry, reply);
		if (reply->stage == REPLY_STAGE_ANY)
			return;
	}
}

/* The report kept the beginning only. */
static void by_cut(struct bounce_entry *entry, struct span text)
{
	const struct reply_cut *best = NULL;

	while (text.n && (text.p[text.n - 1] == '.' || text.p[text.n - 1] == ')' || text.p[text.n - 1] == ' ' || text.p[text.n - 1] == ':'))
		text.n--;
	for (size_t i = 0; i < n_builtin_reply_cuts; i++) {
		const struct reply_cut *cut = &builtin_reply_cuts[i];
		struct span words = span_str(cut->text);

		if (entry->receiver && cut->receiver && strcmp(entry->receiver->id, cut->receiver) != 0)
			continue;
		if (text.n >= words.n && span_eq(span_cut(text, text.n - words.n, text.n), words) && (!best || strlen(best->text) < words.n))
			best = cut;
	}
	if (!best)
		return;
	for (const char *const *id = best->replies; *id; id++)
		add(entry, reply_find(*id));
	if (!entry->receiver && best->receiver)
		entry->receiver = reply_receiver_find(best->receiver);
	entry->cut = true;
}

/* Links of a reply survive changes of its prose. */
static bool names_anchor(struct span text, const char *anchor)
{
	struct span word = span_str(anchor);

	for (size_t at = span_find(text, SPAN_LIT("p="), 0); at < text.n; at = span_find(text, SPAN_LIT("p="), at + 1)) {
		size_t start = at + 2 + (at + 2 < text.n && text.p[at + 2] == ' ');

		if (at == 0 || !memchr("?& ", text.p[at - 1], 3) || !span_eq(span_cut(text, start, start + word.n), word))
			continue;
		if (start + word.n >= text.n || !ascii_is_alnum(text.p[start + word.n]))
			return true;
	}
	return false;
}

static bool names_answer(struct span text, const char *answer)
{
	struct span word = span_str(answer);

	for (size_t at = span_find(text, SPAN_LIT("answer"), 0); at < text.n; at = span_find(text, SPAN_LIT("answer"), at + 1)) {
		size_t start = at + strlen("answer") + 1;

		if (start > text.n || !memchr("/=", text.p[start - 1], 2))
			continue;
		start += start < text.n && text.p[start] == ' ';
		if (span_eq(span_cut(text, start, start + word.n), word) &&
		    (start + word.n >= text.n || (!ascii_is_digit(text.p[start + word.n]) && text.p[start + word.n] != '#')))
			return true;
	}
	return false;
}

static void by_link(struct bounce_entry *entry, struct span text)
{
	for (int pass = 0; pass < 2 && !entry->n_replies; pass++) {
		for (size_t i = 0; i < n_builtin_replies; i++) {
			const struct reply *reply = &builtin_replies[i];
			const char *const *key = pass == 0 ? reply->anchors : reply->answers;

			if (!class_fits(reply, entry))
				continue;
			for (; key && *key; key++)
				if (pass == 0 ? names_anchor(text, *key) : names_answer(text, *key))
					add(entry, reply);
		}
	}
}

enum { STATUS_REPLIES_MAX = 4 }; /* more that share one status say nothing */

static void by_status(struct bounce_entry *entry, enum reply_use use)
{
	const struct reply *found[STATUS_REPLIES_MAX + 1];
	size_t n = 0;

	if (!entry->status)
		return;
	for (size_t i = 0; i < n_builtin_replies && n <= STATUS_REPLIES_MAX; i++) {
		const struct reply *reply = &builtin_replies[i];

		if (reply->use != use || !has_status(reply, entry->status))
			continue;
		/* Receivers reuse numbers freely, so those of a receiver need the receiver. */
		if (use == REPLY_BY_TEXT && (!entry->receiver || !reply->receivers || !has_word(reply->receivers, entry->receiver->id)))
			continue;
		if (class_fits(reply, entry) && stage_fits(reply, entry))
			found[n++] = reply;
	}
	for (size_t i = 0; n <= STATUS_REPLIES_MAX && i < n; i++)
		add(entry, found[i]);
}

/* Words that servers everywhere use for what a standard status says. */
static void by_common_words(struct bounce_entry *entry, struct span text)
{
	for (size_t i = 0; i < n_builtin_replies && !entry->n_replies; i++) {
		const struct reply *reply = &builtin_replies[i];

		if (reply->use == REPLY_BY_STATUS && any_in(text, reply->any) && !any_in(text, reply->none))
			add(entry, reply);
	}
}

static void by_use(struct bounce_entry *entry, enum reply_use use)
{
	for (size_t i = 0; i < n_builtin_replies; i++)
		if (builtin_replies[i].use == use && entry->receiver && has_word(builtin_replies[i].receivers, entry->receiver->id))
			add(entry, &builtin_replies[i]);
}

static bool is_host_character(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

/* Does the text name the zone, or, for one with a dot in front, something in it? */
static bool names_zone(struct span text, const char *zone)
{
	struct span name = span_str(*zone == '.' ? zone + 1 : zone);

	for (size_t at = span_find(text, name, 0); at < text.n; at = span_find(text, name, at + 1)) {
		size_t end = at + name.n;
		bool begins = at == 0 || (!is_host_character(text.p[at - 1]) && text.p[at - 1] != '@' && (text.p[at - 1] != '.' || *zone == '.'));
		bool ends = end >= text.n || (!is_host_character(text.p[end]) && !(text.p[end] == '.' && end + 1 < text.n && is_host_character(text.p[end + 1])));

		/* www.sorbs.net is their page, which people link to, too; it names the list all the same. */
		if (begins && ends)
			return true;
	}
	return false;
}

/* Words that go with a block list; a zone's name alone may be anything. */
static bool speaks_of_list(struct span text)
{
	static const char *const words[] = {"block", "list", "rbl", "reject", "denied", "refused", "spam", "banned", NULL};

	return any_in(text, words);
}

const struct reply_list *reply_list_named(struct span text)
{
	for (size_t i = 0; i < n_builtin_reply_lists; i++)
		if (names_zone(text, builtin_reply_lists[i].zone))
			return &builtin_reply_lists[i];
	return NULL;
}

void reply_judge(struct bounce_entry *entry)
{
	/* Most lines of a log. */
	if (entry->action == ACTION_DELIVERED || entry->action == ACTION_RELAYED || entry->action == ACTION_EXPANDED) {
		entry->receiver = reply_receiver_of(entry->remote_mta, entry->recipient, SPAN_EMPTY);
		by_use(entry, REPLY_IF_ACCEPTED);
		return;
	}
	struct span raw_reply = span_str(entry->reply);
	GString *folded = reply_fold(raw_reply);
	GString *lower = g_string_ascii_down(g_string_new(entry->reply));
	struct span text = span_of(folded->str, folded->len);

	entry->receiver = reply_receiver_of(entry->remote_mta, entry->recipient, text);
	if (entry->kind != BOUNCE_COMPLAINT && entry->kind != BOUNCE_AUTO_REPLY && entry->kind != BOUNCE_NONE) {
		entry->list = speaks_of_list(text) ? reply_list_named(text) : NULL;
		if (!entry->list || !entry->list->dead) {
			by_text(entry, text, span_of(lower->str, lower->len));
			if (!entry->n_replies)
				by_link(entry, text);
			if (!entry->n_replies)
				by_cut(entry, text);
			if (!entry->n_replies)
				by_status(entry, REPLY_BY_TEXT);
			if (!entry->n_replies)
				by_common_words(entry, text);
			if (!entry->n_replies && entry->receiver && (!entry->status || entry->status[2] == '7' || entry->status[2] == '0'))
				by_use(entry, REPLY_IF_UNKNOWN);
			if (!entry->n_replies)
				by_status(entry, REPLY_BY_STATUS);
		}
	}
	entry->ambiguous = entry->n_replies > 1;
	g_string_free(folded, TRUE);
	g_string_free(lower, TRUE);
}
