/* Public keys and signatures. Knows nothing of mail. */
#include "preflight/crypto.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

enum { SHA256_BYTES = 32 };

/* struct public_key is OpenSSL's. */
static EVP_PKEY *inner(const struct public_key *key)
{
	return (EVP_PKEY *)(uintptr_t)key;
}

/* The length that the outermost element of DER claims, with its own head; 0 where there is no such head. */
static size_t claimed_length(struct span der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	if (der.n < 2 || p[0] != 0x30)
		return 0;
	if (p[1] < 0x80)
		return 2 + (size_t)p[1];
	size_t n_bytes = p[1] & 0x7f, length = 0;
	if (n_bytes == 0 || n_bytes > 3 || der.n < 2 + n_bytes)
		return 0;
	for (size_t i = 0; i < n_bytes; i++)
		length = length << 8 | p[2 + i];
	return 2 + n_bytes + length;
}

struct public_key *public_key_rsa(struct span der, bool *cut_out)
{
	const unsigned char *p = (const unsigned char *)der.p;

	*cut_out = claimed_length(der) > der.n;
	if (*cut_out || der.n > 64 * 1024)
		return NULL;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)der.n);
	if (!key) {
		p = (const unsigned char *)der.p;
		key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)der.n);
	}
	if (key && (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || p != (const unsigned char *)der.p + der.n)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return (struct public_key *)key;
}

struct public_key *public_key_ed25519(struct span bytes)
{
	if (bytes.n != 32)
		return NULL;
	return (struct public_key *)EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)bytes.p, bytes.n);
}

void public_key_free(struct public_key *key)
{
	EVP_PKEY_free(inner(key));
}

unsigned public_key_bits(const struct public_key *key)
{
	return (unsigned)EVP_PKEY_get_bits(inner(key));
}

bool public_key_verify(const struct public_key *key, struct span data, struct span signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char digest[SHA256_BYTES];
	bool is_rsa = EVP_PKEY_get_base_id(inner(key)) == EVP_PKEY_RSA, good;

	if (is_rsa)
		good = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, inner(key)) == 1 &&
		       EVP_DigestVerify(context, (const unsigned char *)signature.p, signature.n, (const unsigned char *)data.p, data.n) == 1;
	else
		good = EVP_Digest(data.p, data.n, digest, NULL, EVP_sha256(), NULL) == 1 &&
		       EVP_DigestVerifyInit(context, NULL, NULL, NULL, inner(key)) == 1 &&
		       EVP_DigestVerify(context, (const unsigned char *)signature.p, signature.n, digest, sizeof digest) == 1;
	EVP_MD_CTX_free(context);
	return good;
}
