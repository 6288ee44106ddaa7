/* Public keys and signatures, by OpenSSL: the only user of it. Why OpenSSL: docs/preflight.md. */
#ifndef PRESEND_PREFLIGHT_CRYPTO_H
#define PRESEND_PREFLIGHT_CRYPTO_H

#include "base/span.h"

struct public_key;

/* An RSA key in DER: SubjectPublicKeyInfo, as everybody publishes it, or RSAPublicKey, as RFC 6376 has it. NULL where it is none.
 * *cut_out: it says that it is longer than it is. */
struct public_key *public_key_rsa(struct span der, bool *cut_out);
/* 32 bytes (RFC 8463, section 4); NULL where they are no key. */
struct public_key *public_key_ed25519(struct span bytes);
void public_key_free(struct public_key *key);
unsigned public_key_bits(const struct public_key *key);
/* Is the signature one of the data? RSA: PKCS #1 v1.5 over SHA-256; Ed25519: over the SHA-256 hash of the data (RFC 8463, section 3). */
bool public_key_verify(const struct public_key *key, struct span data, struct span signature);

#endif
