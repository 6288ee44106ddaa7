/* Who sends: what options say, else the configuration, else the draft, else the domain of From. Asks no DNS. */
#include "preflight/sender.h"

#include <arpa/inet.h>

#include "base/idn.h"
#include "doc/alignment.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

const char *sender_domain(struct arena *arena, struct span name)
{
	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n == 0 || name.n > 253 || span_find_byte(name, '.', 0) == name.n)
		return NULL;
	struct idn *idn = idn_new();
	struct span ascii = idn_to_ascii(idn, arena, name);
	idn_free(idn);
	for (size_t i = 0; i < ascii.n; i++)
		if (!ascii_is_alnum(ascii.p[i]) && ascii.p[i] != '-' && ascii.p[i] != '_' && ascii.p[i] != '.')
			return NULL;
	return ascii.n ? arena_copy(arena, ascii) : NULL;
}

/* --- addresses -------------------------------------------------------------------------------------------------------------------- */

static bool in_range(const unsigned char *bytes, const unsigned char *prefix, unsigned n_bits)
{
	for (unsigned i = 0; i < n_bits; i++)
		if ((bytes[i / 8] ^ prefix[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

/* RFC 6890: private use, loopback, link-local, shared, unique local. Addresses for documentation are taken as they are: examples have them. */
static bool is_private(struct span address)
{
	static const struct {
		unsigned char prefix[2];
		unsigned n_bits;
	} v4[] = { { { 10, 0 }, 8 }, { { 172, 16 }, 12 }, { { 192, 168 }, 16 }, { { 127, 0 }, 8 }, { { 169, 254 }, 16 }, { { 100, 64 }, 10 }, { { 0, 0 }, 8 } },
	  v6[] = { { { 0xfc, 0 }, 7 }, { { 0xfe, 0x80 }, 10 } };
	static const unsigned char loopback[16] = { [15] = 1 };
	const unsigned char *bytes = (const unsigned char *)address.p;

	if (address.n == 16) {
		for (size_t i = 0; i < G_N_ELEMENTS(v6); i++)
			if (in_range(bytes, v6[i].prefix, v6[i].n_bits))
				return true;
		return memcmp(bytes, loopback, sizeof loopback) == 0;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(v4); i++)
		if (in_range(bytes, v4[i].prefix, v4[i].n_bits))
			return true;
	return false;
}

static bool add_address(struct arena *arena, struct sender *s, const char *text, enum language language, const char **why)
{
	unsigned char bytes[16];
	char printed[INET6_ADDRSTRLEN];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	size_t n = family == AF_INET6 ? 16 : 4;

	if (inet_pton(family, text, bytes) != 1) {
		*why = arena_printf(arena, "%s: %s", text, say(language, "is no IPv4 or IPv6 address", "IPv4 または IPv6 のアドレスではありません"));
		return false;
	}
	struct span copy = arena_copy_span(arena, span_of((const char *)bytes, n));
	for (size_t i = 0; i < s->n_addresses; i++)
		if (span_eq(s->addresses[i].bytes, copy))
			return true;
	if (s->n_addresses == SENDER_ADDRESSES_MAX) {
		*why = arena_printf(arena, "%s: %s", text, say(language, "too many addresses: 64 at most", "アドレスが多すぎます（64 個まで）"));
		return false;
	}
	inet_ntop(family, bytes, printed, sizeof printed);
	s->addresses[s->n_addresses++] = (struct sender_address){ arena_copy(arena, span_str(printed)), copy, is_private(copy) };
	return true;
}

static bool find_addresses(struct arena *arena, const struct preflight_options *options, const struct list_options *list, enum language language,
			   const char **why, struct sender *s)
{
	for (guint i = 0; options->addresses && i < options->addresses->len; i++)
		if (!add_address(arena, s, g_ptr_array_index(options->addresses, i), language, why))
			return false;
	for (size_t i = 0; s->n_addresses == 0 && list && list->sending_addresses && list->sending_addresses[i]; i++)
		if (!add_address(arena, s, list->sending_addresses[i], language, why))
			return false;
	return true;
}

/* --- the envelope ----------------------------------------------------------------------------------------------------------------- */

/* The address in Return-Path of a delivered copy; empty where there is none. */
static struct span return_path(const struct message *message)
{
	const struct field *field = message ? header_find(message->header, "Return-Path") : NULL;

	if (!field)
		return SPAN_EMPTY;
	struct span value = span_trim(field->unfolded->bytes);
	if (value.n > 2 && value.p[0] == '<' && value.p[value.n - 1] == '>')
		value = span_trim(span_cut(value, 1, value.n - 1));
	return value;
}

static bool find_envelope(struct arena *arena, const struct preflight_options *options, const struct list_options *list, enum language language,
			  const char **why, struct sender *s)
{
	struct span said = options->mail_from ? span_str(options->mail_from)
			 : list && list->mail_from ? span_str(list->mail_from) : return_path(s->message);
	size_t at = said.n;

	while (at > 0 && said.p[at - 1] != '@')
		at--;
	const char *domain = said.n ? sender_domain(arena, span_cut(said, at, said.n)) : NULL;
	if (said.n && !domain && options->mail_from) {
		*why = arena_printf(arena, "%s: %s", options->mail_from, say(language, "is no address and no domain", "メールアドレスでもドメインでもありません"));
		return false;
	}
	s->envelope_assumed = !domain;
	s->envelope_domain = domain ? domain : s->from_domain;
	s->mail_from = domain && at > 1 ? arena_printf(arena, "%.*s%s", (int)at, said.p, domain)
					: arena_printf(arena, "postmaster@%s", s->envelope_domain);
	return true;
}

/* --- keys ------------------------------------------------------------------------------------------------------------------------- */

static void add_key(struct arena *arena, struct sender *s, struct span selector, const char *domain, bool optional)
{
	char *name = arena_printf(arena, "%.*s._domainkey.%s", (int)selector.n, selector.p, domain);

	for (char *p = name; *p; p++)
		*p = ascii_lower(*p);
	for (size_t i = 0; i < s->n_keys; i++)
		if (strcmp(s->keys[i].name, name) == 0)
			return;
	if (s->n_keys == SENDER_KEYS_MAX)
		s->keys_cut = true;
	else
		s->keys[s->n_keys++] = (struct sender_key){ arena_copy(arena, selector), domain, name, optional };
}

/* A selector for each of the domains, or the whole name of a key. */
static void add_selector(struct arena *arena, struct sender *s, const char *word, const char *const *domains)
{
	static const char middle[] = "._domainkey.";
	const char *at = strstr(word, middle);
	size_t n = g_strv_length((char **)(uintptr_t)domains);

	if (at && at > word) {
		const char *domain = sender_domain(arena, span_str(at + strlen(middle)));
		if (domain)
			add_key(arena, s, span_of(word, (size_t)(at - word)), domain, false);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *domain = sender_domain(arena, span_str(domains[i]));
		if (domain)
			add_key(arena, s, span_str(word), domain, n > 1);
	}
}

static void find_keys(struct arena *arena, const struct preflight_options *options, const struct list_options *list, struct sender *s)
{
	const char *const own[] = { s->from_domain, NULL };
	const char *const *domains = list && list->dkim_domains ? list->dkim_domains : own;
	size_t n_signatures = s->message ? s->message->n_signatures : 0;

	for (size_t i = 0; i < n_signatures; i++) {
		const struct dkim_signature *signature = &s->message->signatures[i];
		const char *domain = sender_domain(arena, signature->domain);
		if (domain && signature->selector.n)
			add_key(arena, s, signature->selector, domain, false);
	}
	for (guint i = 0; options->selectors && i < options->selectors->len; i++)
		add_selector(arena, s, g_ptr_array_index(options->selectors, i), domains);
	for (size_t i = 0; !(options->selectors && options->selectors->len) && list && list->dkim_selectors && list->dkim_selectors[i]; i++)
		add_selector(arena, s, list->dkim_selectors[i], domains);
	s->domains_known = s->n_keys > 0;
}

/* --- links ------------------------------------------------------------------------------------------------------------------------ */

static bool is_asked(struct span host)
{
	return host.n && host.p[0] != '[' && span_find_byte(host, '.', 0) < host.n && !host_is_internal(host);
}

static void find_links(struct arena *arena, struct sender *s)
{
	GHashTable *counts = g_hash_table_new(g_str_hash, g_str_equal);
	size_t most = 0;

	for (size_t i = 0; s->message && i < s->message->n_links; i++) {
		const struct link *link = &s->message->links[i];
		struct span scheme = link->url.scheme;
		if (!span_eq_ci(scheme, SPAN_LIT("https")) && !span_eq_ci(scheme, SPAN_LIT("http")))
			continue;
		struct span host = url_host_lower(arena, &link->url);
		const char *name = is_asked(host) ? sender_domain(arena, host) : NULL;
		/* An address of four numbers is no name. */
		unsigned char bytes[4];
		if (!name || inet_pton(AF_INET, name, bytes) == 1)
			continue;
		size_t k = 0;
		while (k < s->n_links && strcmp(s->links[k], name) != 0)
			k++;
		if (k == SENDER_LINKS_MAX) {
			s->links_cut = true;
			continue;
		}
		if (k == s->n_links)
			s->links[s->n_links++] = name;
		const char *organisation = arena_copy(arena, registrable_domain(span_str(name)));
		size_t count = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, organisation)) + 1;
		g_hash_table_replace(counts, (gpointer)organisation, GSIZE_TO_POINTER(count));
		if (count > most) {
			most = count;
			s->web_domain = organisation;
		}
	}
	g_hash_table_destroy(counts);
	if (!s->web_domain)
		s->web_domain = arena_copy(arena, registrable_domain(span_str(s->from_domain)));
}

bool sender_find(struct arena *arena, const struct preflight_options *options, const struct list_options *list, const struct message *message,
		 const char *domain, enum language language, const char **why, struct sender *out)
{
	*out = (struct sender){ .message = message, .path = message ? message->path : NULL, .list = list ? list->name : NULL };
	if (domain)
		out->from_domain = sender_domain(arena, span_str(domain));
	else if (message->from.n)
		out->from_domain = sender_domain(arena, message->from.mailboxes[0].domain);
	if (!out->from_domain) {
		*why = domain ? say(language, "is neither a file nor a domain", "ファイルでもドメインでもありません")
			      : say(language, "has no From field with a domain", "From にドメインがありません");
		return false;
	}
	out->helo = options->helo ? options->helo : list ? list->helo : NULL;
	if (!find_envelope(arena, options, list, language, why, out) || !find_addresses(arena, options, list, language, why, out))
		return false;
	find_keys(arena, options, list, out);
	if (out->keys_cut) {
		run_say("DKIM", say(language, "too many selectors: 64 keys at most", "セレクターが多すぎます（鍵は 64 個まで）"));
		return false;
	}
	find_links(arena, out);
	return true;
}
