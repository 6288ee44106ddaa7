/* Keys of DKIM: the record taken apart, the key measured. Asks no DNS. */
#include "preflight/dkim_key.h"

#include <stdint.h>

#include "mail/dkim.h"
#include "preflight/tags.h"

/* 64 kB of TXT are more than any answer holds. */
enum { KEY_BYTES_MAX = 64 * 1024, BASE64_GROUP = 4 };

static struct dkim_key faulty(struct dkim_key key, enum dkim_key_fault fault, struct span text)
{
	key.fault = fault;
	key.text = text;
	return key;
}

static bool lists(struct span list, const char *word, bool or_star)
{
	struct span piece;

	for (size_t at = 0; record_list_next(list, ':', &at, &piece);)
		if (span_eq_ci(piece, span_str(word)) || (or_star && span_eq(piece, SPAN_LIT("*"))))
			return true;
	return false;
}

/* White space may stand in base64 (RFC 6376, section 2.10). There is room for the rest of a group behind the text. */
static struct span without_space(struct arena *arena, struct span s)
{
	char *clean = arena_alloc(arena, s.n + BASE64_GROUP);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_space(s.p[i]))
			clean[n++] = s.p[i];
	return span_of(clean, n);
}

/* base64 that lost its end still tells how long the key was. */
static bool is_cut(struct span clean, unsigned char *bytes)
{
	size_t whole = clean.n, n;
	bool cut = false;

	while (whole % BASE64_GROUP)
		((char *)(uintptr_t)clean.p)[whole++] = 'A';
	if (dkim_read_base64(span_of(clean.p, whole), bytes, KEY_BYTES_MAX, &n))
		public_key_free(public_key_rsa(span_of((const char *)bytes, n), &cut));
	return cut;
}

static struct dkim_key read_public_key(struct arena *arena, struct dkim_key key, struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == '"' || value.p[i] == '\\')
			return faulty(key, DKIM_KEY_QUOTES, span_cut(value, i, i + 1));
	struct span clean = without_space(arena, value);
	size_t n = 0;
	unsigned char *bytes = arena_alloc(arena, clean.n + BASE64_GROUP);
	bool cut = false;
	if (clean.n > KEY_BYTES_MAX || !dkim_read_base64(clean, bytes, KEY_BYTES_MAX, &n)) {
		cut = clean.n < KEY_BYTES_MAX && !key.is_ed25519 && is_cut(clean, bytes);
		return faulty(key, cut ? DKIM_KEY_CUT : DKIM_KEY_BASE64, SPAN_EMPTY);
	}
	struct span der = span_of((const char *)bytes, n);
	key.key = key.is_ed25519 ? public_key_ed25519(der) : public_key_rsa(der, &cut);
	if (!key.key)
		return faulty(key, cut ? DKIM_KEY_CUT : DKIM_KEY_NOT_A_KEY, SPAN_EMPTY);
	key.bits = public_key_bits(key.key);
	return key;
}

struct dkim_key dkim_key_read(struct arena *arena, struct span record)
{
	struct dkim_key key = { .fault = DKIM_KEY_GOOD, .text = SPAN_EMPTY };
	struct record_tags *tags = ARENA_NEW(arena, struct record_tags);

	record_tags_read(record, tags);
	struct span version = record_tag_value(tags, "v"), type = record_tag_value(tags, "k"), hashes = record_tag_value(tags, "h"),
		    services = record_tag_value(tags, "s"), flags = record_tag_value(tags, "t"), data = record_tag_value(tags, "p");
	key.no_version = !version.p;
	key.testing = flags.p && lists(flags, "y", false);
	key.strict = flags.p && lists(flags, "s", false);
	key.is_ed25519 = type.p && span_eq_ci(type, SPAN_LIT("ed25519"));
	if (!data.p)
		return faulty(key, DKIM_KEY_NO_KEY, SPAN_EMPTY);
	if (version.p && (!record_has_version(record, "DKIM1")))
		return faulty(key, DKIM_KEY_VERSION, version);
	if (tags->malformed.p || tags->doubled.p)
		return faulty(key, DKIM_KEY_MALFORMED, tags->malformed.p ? tags->malformed : tags->doubled);
	if (data.n == 0)
		return faulty(key, DKIM_KEY_REVOKED, SPAN_EMPTY);
	if (type.p && !key.is_ed25519 && !span_eq_ci(type, SPAN_LIT("rsa")))
		return faulty(key, DKIM_KEY_TYPE, type);
	if (hashes.p && !lists(hashes, "sha256", false))
		return faulty(key, DKIM_KEY_HASH, hashes);
	if (services.p && !lists(services, "email", true))
		return faulty(key, DKIM_KEY_SERVICE, services);
	return read_public_key(arena, key, data);
}
