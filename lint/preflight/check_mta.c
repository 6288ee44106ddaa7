/* Checks of a mail server's own settings: block lists that are closed, and TLS. Reads what Postfix (main.cf), sendmail (sendmail.mc) and Exim have.
 * A list is told only where the settings make it one: behind reject_rbl_client and the like, in FEATURE(dnsbl), in dnslists. */
#include "bounce/reply.h"
#include "mail/input.h"
#include "preflight/check.h"
#include "report/reason.h"

enum mta_kind { MTA_POSTFIX, MTA_SENDMAIL, MTA_EXIM };

struct config {
	const char *path;
	const char *raw;
	struct span text;      /* the same in small letters */
	enum mta_kind kind;
	bool speaks_of_lists;  /* in the setting so far */
	struct span before;    /* the word before, of the same setting */
	const struct reply_list *found; /* the last closed list, and the line */
	size_t found_line;
	const char *level, *use; /* Postfix: the last values of smtp_tls_security_level and smtp_use_tls */
};

static bool holds(struct span text, const char *word)
{
	return span_find(text, span_str(word), 0) < text.n;
}

/* --- lines and settings ---------------------------------------------------------------------------------------------------------------------- */

static bool is_comment(const struct config *config, struct span line)
{
	struct span text = span_trim(line);

	return text.n == 0 || text.p[0] == '#' || (config->kind == MTA_SENDMAIL && span_starts(text, SPAN_LIT("dnl")));
}

/* Does a line go on with the setting of the one before? */
static bool goes_on(const struct config *config, struct span line, struct span last)
{
	switch (config->kind) {
	case MTA_POSTFIX:
		return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
	case MTA_EXIM:
		last = span_trim(last);
		return last.n && last.p[last.n - 1] == '\\';
	default:
		/* Until the parenthesis of FEATURE is closed. */
		last = span_trim(last);
		return last.n && last.p[last.n - 1] == ',';
	}
}

/* --- lists ----------------------------------------------------------------------------------------------------------------------------------- */

static bool is_between_words(char c)
{
	return !ascii_is_alnum(c) && c != '.' && c != '-' && c != '_';
}

/* Words after which a list may stand, in a setting of theirs. */
static bool opens_lists(const struct config *config, struct span word)
{
	static const char *const postfix[] = { "maps_rbl_domains", "postscreen_dnsbl_sites" };

	switch (config->kind) {
	case MTA_EXIM:
		return span_starts(word, SPAN_LIT("dnslists")) || span_starts(word, SPAN_LIT("rbl_domains"));
	case MTA_SENDMAIL:
		return span_eq(word, SPAN_LIT("dnsbl")) || span_eq(word, SPAN_LIT("enhdnsbl")) || span_eq(word, SPAN_LIT("rbl")) ||
		       span_eq(word, SPAN_LIT("rhsbl"));
	default:
		for (size_t i = 0; i < G_N_ELEMENTS(postfix); i++)
			if (span_starts(word, span_str(postfix[i])))
				return true;
		return false;
	}
}

/* Postfix' restrictions take the one word behind them. */
static bool takes_list(struct span word)
{
	static const char *const names[] = { "reject_rbl_client", "reject_rhsbl_", "permit_dnswl_client", "permit_rhswl_client" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (span_starts(word, span_str(names[i])))
			return true;
	return false;
}

static void tell_dead(struct preflight *p, struct config *config, const struct reply_list *list, struct span word, size_t number, struct span line)
{
	const char *where = arena_printf(p->arena, "%zu", number), *name = arena_copy(p->arena, word);
	struct preflight_row *row;

	/* The text for the refused names it once more. */
	if (config->found == list && config->found_line == number)
		return;
	config->found = list;
	config->found_line = number;
	row = tell(p, "mta-dead-list", "file", config->path, "line", where, "list", name, NULL);
	row->source = list->source;
	row_evidence(p, row, arena_copy(p->arena, span_trim(span_of(config->raw + (line.p - config->text.p), line.n))));
}

static void check_word(struct preflight *p, struct config *config, struct span word, size_t number, struct span line)
{
	if (config->speaks_of_lists || (config->kind == MTA_POSTFIX && takes_list(config->before))) {
		const struct reply_list *list = reply_list_named(word);
		if (list && list->dead)
			tell_dead(p, config, list, word, number, line);
	}
	config->speaks_of_lists |= opens_lists(config, word);
	config->before = word;
}

static void check_line(struct preflight *p, struct config *config, struct span line, size_t number)
{
	size_t at = 0;

	while (at < line.n) {
		while (at < line.n && is_between_words(line.p[at]))
			at++;
		size_t begin = at;
		while (at < line.n && !is_between_words(line.p[at]))
			at++;
		struct span word = span_cut(line, begin, at);
		/* What follows is a comment of m4. */
		if (config->kind == MTA_SENDMAIL && span_eq(word, SPAN_LIT("dnl")))
			return;
		if (word.n)
			check_word(p, config, word, number, line);
	}
}

/* --- TLS of Postfix --------------------------------------------------------------------------------------------------------------------------- */

static void read_tls(struct preflight *p, struct config *config, struct span line)
{
	size_t equals = span_find_byte(line, '=', 0);
	struct span name = span_trim(span_cut(line, 0, equals));

	if (config->kind != MTA_POSTFIX || equals == line.n)
		return;
	if (span_eq(name, SPAN_LIT("smtp_tls_security_level")))
		config->level = arena_copy(p->arena, span_trim(span_cut(line, equals + 1, line.n)));
	else if (span_eq(name, SPAN_LIT("smtp_use_tls")))
		config->use = arena_copy(p->arena, span_trim(span_cut(line, equals + 1, line.n)));
}

/* What is not set is what the release and compatibility_level make of it. The older setting counts only where the newer is not there. */
static bool tell_tls(struct preflight *p, const struct config *config)
{
	static const char *const levels[] = { "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure" };
	const char *level = config->level ? config->level : "", *use = config->use ? config->use : "";
	bool on = false, off = false;
	const char *setting;

	for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
		on |= strcmp(level, levels[i]) == 0;
	off = strcmp(level, "none") == 0;
	if (!*level) {
		on = strcmp(use, "yes") == 0;
		off = strcmp(use, "no") == 0;
	}
	if (!on && !off)
		return false;
	setting = *level ? arena_printf(p->arena, "smtp_tls_security_level = %s", level) : arena_printf(p->arena, "smtp_use_tls = %s", use);
	row_evidence(p, tell(p, on ? "mta-tls-good" : "mta-tls-off", "setting", setting, NULL), arena_printf(p->arena, "%s: %s", config->path, setting));
	return true;
}

/* --- files ----------------------------------------------------------------------------------------------------------------------------------- */

static enum mta_kind kind_of(struct span text)
{
	if (holds(text, "feature("))
		return MTA_SENDMAIL;
	return holds(text, "begin acl") || holds(text, "dnslists") ? MTA_EXIM : MTA_POSTFIX;
}

/* true: it says something about TLS. */
static bool check_text(struct preflight *p, struct config *config)
{
	struct span line, last = SPAN_EMPTY;
	size_t number = 0;

	for (size_t at = 0; at < config->text.n;) {
		size_t end = span_find_byte(config->text, '\n', at);
		line = span_cut(config->text, at, end);
		at = end + 1;
		number++;
		/* Comments may stand between the lines of a setting. */
		if (is_comment(config, line))
			continue;
		if (!goes_on(config, line, last)) {
			config->speaks_of_lists = false;
			config->before = SPAN_EMPTY;
		}
		check_line(p, config, line, number);
		read_tls(p, config, line);
		last = line;
	}
	if (!config->found)
		row_evidence(p, tell(p, "mta-lists-good", "file", config->path, NULL), config->path);
	return tell_tls(p, config);
}

static bool check_file(struct preflight *p, const char *path)
{
	struct input_bytes bytes;
	GError *error = NULL;

	if (!input_read(path, &bytes, &error)) {
		char *reason = reason_in(p->language, error->message);
		tell(p, "mta-unreadable", "file", path, "reason", arena_copy(p->arena, span_str(reason)), NULL);
		g_free(reason);
		g_error_free(error);
		return false;
	}
	char *lower = arena_copy(p->arena, bytes.bytes);
	struct config config = { .path = path, .raw = arena_copy(p->arena, bytes.bytes), .text = span_of(lower, bytes.bytes.n) };
	input_bytes_release(&bytes);
	for (size_t i = 0; i < config.text.n; i++)
		lower[i] = ascii_lower(lower[i]);
	config.kind = kind_of(config.text);
	return check_text(p, &config);
}

void check_mta_configs(struct preflight *p, const GPtrArray *files)
{
	bool tls = false;

	for (guint i = 0; files && i < files->len; i++)
		tls |= check_file(p, g_ptr_array_index(files, i));
	if (!tls)
		tell(p, files && files->len ? "tls-unknown" : "tls-not-asked", NULL);
}
