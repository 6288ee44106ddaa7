/* Machine-readable reports: RFC 3464, and RFC 6533 with its addresses in UTF-8. Lenient: groups are told by their fields, not by empty lines alone,
 * because servers put empty lines where they like. */
#include <stdlib.h>
#include <string.h>

#include "bounce/read.h"
#include "bounce/reply.h"

enum { DSN_RECIPIENTS_MAX = 10000, DSN_VALUE_MAX = 16 * 1024 };

/* "rfc822; reader@example.com": what stands behind the type. */
static struct span behind_type(struct span value, struct span *type)
{
	size_t at = span_find_byte(value, ';', 0);

	if (at == value.n) {
		*type = SPAN_EMPTY;
		return span_trim(value);
	}
	*type = span_trim(span_cut(value, 0, at));
	return span_trim(span_cut(value, at + 1, value.n));
}

/* Undo the encodings of an address: "+2B" of xtext, "\x{3042}" of utf-8-addr-xtext (RFC 6533, section 3). */
static char *address_decoded(struct arena *arena, struct span type, struct span address)
{
	GString *out = g_string_sized_new(address.n + 1);
	bool international = span_eq_ci(type, SPAN_LIT("utf-8"));

	for (size_t at = 0; at < address.n; at++) {
		if (address.p[at] == '+' && at + 2 < address.n && g_ascii_isxdigit(address.p[at + 1]) && g_ascii_isxdigit(address.p[at + 2]) &&
		    !g_ascii_islower(address.p[at + 1]) && !g_ascii_islower(address.p[at + 2]) &&
		    ascii_hex_value(address.p[at + 1]) * 16 + ascii_hex_value(address.p[at + 2]) > 0x20 &&
		    strchr("+=", ascii_hex_value(address.p[at + 1]) * 16 + ascii_hex_value(address.p[at + 2]))) {
			g_string_append_c(out, (char)(ascii_hex_value(address.p[at + 1]) * 16 + ascii_hex_value(address.p[at + 2])));
			at += 2;
		} else if (international && span_starts(span_cut(address, at, address.n), SPAN_LIT("\\x{"))) {
			size_t end = span_find_byte(address, '}', at);
			unsigned long c = end < address.n && end - at <= 9 ? strtoul(address.p + at + 3, NULL, 16) : 0;
			if (c >= 0x20 && g_unichar_validate((gunichar)c)) {
				g_string_append_unichar(out, (gunichar)c);
				at = end;
			} else {
				g_string_append_c(out, '\\');
			}
		} else {
			g_string_append_c(out, address.p[at]);
		}
	}
	char *decoded = arena_copy(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return decoded;
}

/* The address of a recipient field; NULL where it is none. */
static const char *recipient_of(struct arena *arena, struct span value)
{
	struct span type, address = behind_type(value, &type), found;
	size_t at = 0;

	if (span_find(address, SPAN_LIT("\\x{"), 0) < address.n)
		address = span_str(address_decoded(arena, type, address));
	if (next_address(address, &at, &found))
		return address_decoded(arena, type, found);
	/* A local user without a domain, or an international address: as it stands, without brackets. */
	if (address.n >= 2 && address.p[0] == '<' && address.p[address.n - 1] == '>')
		address = span_cut(address, 1, address.n - 1);
	if (span_find_byte(address, ' ', 0) < address.n || address.n == 0 || address.n > 320)
		return NULL;
	return address_decoded(arena, type, address);
}

static const char *host_of(struct arena *arena, struct span value)
{
	struct span type, host = behind_type(value, &type);
	size_t end = 0;

	while (end < host.n && !ascii_is_space(host.p[end]) && host.p[end] != '(')
		end++;
	host = span_cut(host, 0, end);
	while (host.n && (host.p[0] == '[' || host.p[0] == '<'))
		host = span_cut(host, 1, host.n);
	while (host.n && (host.p[host.n - 1] == ']' || host.p[host.n - 1] == '>' || host.p[host.n - 1] == '.'))
		host.n--;
	return host.n ? arena_copy(arena, host) : NULL;
}

static enum bounce_action action_of(struct span value)
{
	static const struct {
		const char *word;
		enum bounce_action action;
	} words[] = {{"failed", ACTION_FAILED}, {"failure", ACTION_FAILED}, {"error", ACTION_FAILED}, {"delayed", ACTION_DELAYED},
		     {"deferred", ACTION_DELAYED}, {"delivered", ACTION_DELIVERED}, {"deliverable", ACTION_DELIVERED}, {"relayed", ACTION_RELAYED},
		     {"expanded", ACTION_EXPANDED}};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (span_starts_ci(value, span_str(words[i].word)))
			return words[i].action;
	return ACTION_UNKNOWN;
}

/* What stands in front of the first recipient holds for all of them. */
struct report_fields {
	const char *reporting_mta;
};

static void apply(struct arena *arena, struct bounce_entry *entry, struct span name, struct span value)
{
	struct span type;

	if (span_eq_ci(name, SPAN_LIT("Action"))) {
		entry->action = action_of(value);
	} else if (span_eq_ci(name, SPAN_LIT("Status"))) {
		struct span word = span_cut(value, 0, strcspn(arena_copy(arena, value), " \t("));
		if (!entry->status && is_status_code(word))
			entry->status = arena_copy(arena, word);
	} else if (span_eq_ci(name, SPAN_LIT("Remote-MTA")) || (span_eq_ci(name, SPAN_LIT("X-Actual-Host")) && !entry->remote_mta)) {
		const char *host = host_of(arena, value);
		if (host)
			entry->remote_mta = host;
	} else if (span_eq_ci(name, SPAN_LIT("Diagnostic-Code"))) {
		struct span text = behind_type(value, &type);
		/* Some leave the type out; then a ";" belongs to the text. */
		if (!entry->reply && text.n)
			entry->reply = arena_copy(arena, type.n && span_find_byte(type, ' ', 0) < type.n ? value : text);
	}
}

/* One field, unfolded with its line ends kept, so that the lines of a reply stay apart. */
static bool next_field(struct span text, size_t *at, struct span *name, struct span *value, bool *empty_line)
{
	*empty_line = false;
	while (*at < text.n) {
		size_t end = span_find_byte(text, '\n', *at);
		struct span line = span_cut(text, *at, end);
		size_t colon = span_find_byte(line, ':', 0);

		*at = end < text.n ? end + 1 : end;
		if (span_trim(line).n == 0) {
			*empty_line = true;
			continue;
		}
		if (colon == line.n || colon == 0 || ascii_is_space(line.p[0]) || memchr(line.p, ' ', colon))
			continue;
		*name = span_cut(line, 0, colon);
		size_t start = (size_t)(line.p - text.p) + colon + 1;
		/* Continuation lines; and what a careless server forgot to indent: a line of a reply that begins with its code. */
		while (*at < text.n) {
			size_t next = span_find_byte(text, '\n', *at);
			struct span more = span_cut(text, *at, next);
			bool folded = more.n && (more.p[0] == ' ' || more.p[0] == '\t') && span_trim(more).n;

			if (!folded && !(more.n > 4 && ascii_is_digit(more.p[0]) && ascii_is_digit(more.p[1]) && ascii_is_digit(more.p[2]) &&
					 (more.p[3] == ' ' || more.p[3] == '-')))
				break;
			*at = next < text.n ? next + 1 : next;
		}
		*value = span_trim(span_cut(text, start, MIN(*at, start + DSN_VALUE_MAX)));
		return true;
	}
	return false;
}

static bool stands_already(const struct bounce_entry *entry, struct span name)
{
	return (entry->action && span_eq_ci(name, SPAN_LIT("Action"))) || (entry->status && span_eq_ci(name, SPAN_LIT("Status"))) ||
	       (entry->reply && span_eq_ci(name, SPAN_LIT("Diagnostic-Code")));
}

size_t dsn_read(struct arena *arena, struct span text, GPtrArray *entries)
{
	struct report_fields report = {NULL};
	struct bounce_entry *entry = NULL;
	struct bounce_entry pending = {0};
	struct span name, value;
	size_t at = 0, n = 0;
	bool empty_line, pending_any = false;

	while (n < DSN_RECIPIENTS_MAX && next_field(text, &at, &name, &value, &empty_line)) {
		bool final = span_eq_ci(name, SPAN_LIT("Final-Recipient")), original = span_eq_ci(name, SPAN_LIT("Original-Recipient"));

		if (span_eq_ci(name, SPAN_LIT("Reporting-MTA"))) {
			report.reporting_mta = host_of(arena, value);
			continue;
		}
		/* A new group begins with the next recipient, or with a field that its group has already. */
		if (entry && ((final && entry->recipient) || (original && (entry->original_recipient || (entry->recipient && empty_line))) ||
			      (empty_line && stands_already(entry, name))))
			entry = NULL;
		if (final || original) {
			const char *address = recipient_of(arena, value);

			if (!entry) {
				entry = ARENA_NEW(arena, struct bounce_entry);
				if (pending_any)
					*entry = pending;
				pending = (struct bounce_entry){0};
				pending_any = false;
				entry->kind = BOUNCE_DSN;
				g_ptr_array_add(entries, entry);
				n++;
			}
			if (final)
				entry->recipient = address;
			else
				entry->original_recipient = address;
			continue;
		}
		/* Action and Status may stand in front of the recipient of their group. */
		if (entry)
			apply(arena, entry, name, value);
		else {
			apply(arena, &pending, name, value);
			pending_any = true;
		}
	}
	for (guint i = entries->len - (guint)n; i < entries->len; i++) {
		entry = g_ptr_array_index(entries, i);
		entry->reporting_mta = report.reporting_mta;
		if (!entry->recipient || (!strchr(entry->recipient, '@') && entry->original_recipient))
			entry->recipient = entry->original_recipient;
		if (entry->original_recipient && g_ascii_strcasecmp(entry->recipient, entry->original_recipient) == 0)
			entry->original_recipient = NULL;
	}
	return n;
}
