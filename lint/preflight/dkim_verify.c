/* Verifies DKIM signatures: the header in canonical form, the hash of the body by mail/dkim.c, the signature by crypto.c. Asks no DNS. */
#include "preflight/dkim_verify.h"

#include <glib.h>

/* --- the header in canonical form (RFC 6376, sections 3.4.1 and 3.4.2) --------------------------------------------------------- */

static enum dkim_canonical header_canonical(const struct dkim_mail *mail, const struct dkim_signature *signature)
{
	const struct dkim_tag *tag = dkim_tag_find(signature, "c");

	if (!tag)
		return DKIM_SIMPLE;
	struct span value = span_cut(mail->file->bytes, tag->value.start, tag->value.end);
	return span_eq_ci(span_trim(span_cut(value, 0, span_find_byte(value, '/', 0))), SPAN_LIT("relaxed")) ? DKIM_RELAXED : DKIM_SIMPLE;
}

static void append_simple(GString *out, struct span field)
{
	for (size_t i = 0; i < field.n; i++) {
		if (field.p[i] == '\n' && (i == 0 || field.p[i - 1] != '\r'))
			g_string_append_c(out, '\r');
		g_string_append_c(out, field.p[i]);
	}
}

static void append_relaxed(GString *out, struct span field)
{
	size_t colon = span_find_byte(field, ':', 0);
	struct span name = span_trim(span_cut(field, 0, colon)), value = span_trim(span_cut(field, colon + 1, field.n));

	for (size_t i = 0; i < name.n; i++)
		g_string_append_c(out, ascii_lower(name.p[i]));
	g_string_append_c(out, ':');
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (!ascii_is_space(c)) {
			g_string_append_c(out, c);
			continue;
		}
		/* Line ends of folding vanish; what blanks are around them are one space. */
		bool blank = false;
		for (; i < value.n && ascii_is_space(value.p[i]); i++)
			blank |= value.p[i] == ' ' || value.p[i] == '\t';
		i--;
		if (blank)
			g_string_append_c(out, ' ');
	}
}

static void append_field(GString *out, struct span field, enum dkim_canonical canonical)
{
	if (canonical == DKIM_RELAXED)
		append_relaxed(out, field);
	else
		append_simple(out, field);
}

/* Each name of h= takes the lowest field of that name that none before it took (section 5.4.2). */
static void append_signed_fields(GString *out, const struct dkim_mail *mail, const struct dkim_signature *signature,
				 enum dkim_canonical canonical)
{
	const struct header *header = mail->header;
	/* Where the search for a name goes on, by name in small letters: fields from there on are taken. */
	GHashTable *taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < signature->n_names; i++) {
		char *name = g_ascii_strdown(signature->names[i].name.p, (gssize)signature->names[i].name.n);
		gpointer from;
		size_t at = g_hash_table_lookup_extended(taken, name, NULL, &from) ? GPOINTER_TO_SIZE(from) : header->n;

		while (at > 0 && !span_eq_ci(header->fields[at - 1].name, signature->names[i].name))
			at--;
		if (at > 0) {
			const struct field *field = &header->fields[--at];
			append_field(out, span_cut(mail->file->bytes, field->start, field->value_end), canonical);
			g_string_append(out, "\r\n");
		}
		g_hash_table_insert(taken, name, GSIZE_TO_POINTER(at));
	}
	g_hash_table_destroy(taken);
}

/* The signature's own field with nothing behind "b=" (section 3.7), and without a line end. */
static void append_own_field(GString *out, const struct dkim_mail *mail, const struct dkim_signature *signature, enum dkim_canonical canonical)
{
	const struct field *field = signature->field;
	const struct dkim_tag *tag = dkim_tag_find(signature, "b");
	struct span file = mail->file->bytes, upto = span_of(file.p, field->value_end);
	size_t equals = span_find_byte(upto, '=', tag->range.start), end = span_find_byte(upto, ';', tag->value.end);
	GString *own = g_string_new_len(file.p + field->start, (gssize)(equals + 1 - field->start));

	g_string_append_len(own, file.p + end, (gssize)(field->value_end - end));
	append_field(out, span_of(own->str, own->len), canonical);
	g_string_free(own, TRUE);
}

/* --- the verdict ---------------------------------------------------------------------------------------------------------------- */

static struct span signature_bytes(struct arena *arena, const struct dkim_mail *mail, const struct dkim_signature *signature)
{
	const struct dkim_tag *tag = dkim_tag_find(signature, "b");
	char *clean = arena_alloc(arena, tag->value.end - tag->value.start + 1);
	unsigned char *bytes = arena_alloc(arena, signature->n_signature + 1);
	size_t n = 0;

	for (size_t i = tag->value.start; i < tag->value.end; i++)
		if (!ascii_is_space(mail->file->bytes.p[i]))
			clean[n++] = mail->file->bytes.p[i];
	dkim_read_base64(span_of(clean, n), bytes, signature->n_signature, &n);
	return span_of((const char *)bytes, n);
}

/* t=s: the domain of i= must be that of d= (section 3.6.1). */
static bool identity_fits(const struct dkim_mail *mail, const struct dkim_signature *signature)
{
	const struct dkim_tag *tag = dkim_tag_find(signature, "i");

	if (!tag)
		return true;
	struct span value = span_cut(mail->file->bytes, tag->value.start, tag->value.end);
	size_t at = value.n;
	while (at > 0 && value.p[at - 1] != '@')
		at--;
	return span_eq_ci(span_trim(span_cut(value, at, value.n)), signature->domain);
}

static bool header_holds(struct arena *arena, const struct dkim_mail *mail, const struct dkim_signature *signature, const struct dkim_key *key)
{
	enum dkim_canonical canonical = header_canonical(mail, signature);
	GString *data = g_string_new(NULL);

	append_signed_fields(data, mail, signature, canonical);
	append_own_field(data, mail, signature, canonical);
	bool good = public_key_verify(key->key, span_of(data->str, data->len), signature_bytes(arena, mail, signature));
	g_string_free(data, TRUE);
	return good;
}

enum dkim_result dkim_verify(struct arena *arena, const struct dkim_mail *mail, const struct dkim_signature *signature, const struct dkim_key *key,
			     int64_t now)
{
	enum { RSA_BITS_LEAST = 1024 }; /* RFC 8301, section 3.2 */

	if (signature->n_problems)
		return DKIM_FAIL_SYNTAX;
	if (!dkim_signs(signature, SPAN_LIT("From")))
		return DKIM_FAIL_FROM;
	if (signature->hash != DKIM_HASH_SHA256)
		return DKIM_FAIL_ALGORITHM;
	if (key->fault != DKIM_KEY_GOOD)
		return DKIM_FAIL_KEY;
	if (signature->is_rsa == key->is_ed25519)
		return DKIM_FAIL_ALGORITHM;
	if (signature->is_rsa && key->bits < RSA_BITS_LEAST)
		return DKIM_FAIL_SIZE;
	if (key->strict && !identity_fits(mail, signature))
		return DKIM_FAIL_IDENTITY;
	struct dkim_body body = dkim_body_compare(mail->file, mail->body, signature);
	if (body.state != DKIM_BODY_SAME)
		return DKIM_FAIL_BODY;
	if (!header_holds(arena, mail, signature, key))
		return DKIM_FAIL_HEADER;
	return signature->has_expiry && signature->expiry < now ? DKIM_FAIL_EXPIRED : DKIM_PASS;
}
