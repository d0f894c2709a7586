#include <openssl/evp.h>
#include <string.h>

#include "io/cms.h"
#include "io/der.h"
#include "io/x509_evp.h"

/* Signed data as the portal wants it, for the soft token and the tests: detached, one signer by issuer and serial, signed
 * attributes in the order of DER. */

static const struct kind {
	const char *digest, *signature;
} kinds[X509_ALGORITHM_MAX] = {
	[X509_RSA] = {"2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.1"},
	[X509_P256] = {"2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"},
	[X509_SM2] = {"1.2.156.10197.1.401", "1.2.156.10197.1.301.1"},
};

#define JOIN(a, tag, ...) der_join(a, tag, (const struct bytes[]){__VA_ARGS__, {NULL, 0}})

static struct bytes algorithm(struct arena *a, const char *oid)
{
	return JOIN(a, DER_SEQUENCE, der_oid(a, oid), der_wrap(a, DER_NULL, (struct bytes){0}));
}

static struct bytes attribute(struct arena *a, const char *oid, struct bytes value)
{
	return JOIN(a, DER_SEQUENCE, der_oid(a, oid), der_wrap(a, DER_SET, value));
}

static int by_bytes(struct bytes x, struct bytes y)
{
	size_t n = x.len < y.len ? x.len : y.len;
	int differ = memcmp(x.at, y.at, n);

	return differ ? differ : x.len < y.len ? -1 : x.len > y.len;
}

static void sort(struct bytes *part, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && by_bytes(part[k], part[k - 1]) < 0; k--) {
			struct bytes swap = part[k];

			part[k] = part[k - 1];
			part[k - 1] = swap;
		}
}

/* CMS wants UTCTime as long as it can say the year, until 2049. */
static struct bytes utc_time(struct arena *a, int64_t moment)
{
	struct bytes t = der_time(a, moment);

	return der_wrap(a, DER_UTC_TIME, (struct bytes){t.at + 4, t.len - 4});
}

/* The set of attributes as it is signed. */
static enum err attributes(struct arena *a, enum x509_algorithm key, struct bytes content, int64_t now,
	const char *data, struct bytes *ret_set)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct bytes part[4] = {{0}};

	if (EVP_Digest(content.at, content.len, digest, &n, x509_evp_digest(key), NULL) != 1)
		return ERR_INTERNAL;
	part[0] = attribute(a, "1.2.840.113549.1.9.3", der_oid(a, data));
	part[1] = attribute(a, "1.2.840.113549.1.9.4", der_wrap(a, DER_OCTETS, (struct bytes){digest, n}));
	part[2] = attribute(a, "1.2.840.113549.1.9.5", utc_time(a, now));
	sort(part, 3);
	*ret_set = der_join(a, DER_SET, part);
	return ERR_OK;
}

static bool issuer_and_serial(struct arena *a, struct bytes cert, struct bytes *ret)
{
	struct bytes outer, tbs, skip, serial, issuer;

	if (!der_take(&cert, DER_SEQUENCE, &outer) || !der_take(&outer, DER_SEQUENCE, &tbs))
		return false;
	(void)der_take(&tbs, DER_0, &skip);
	if (!der_take_whole(&tbs, DER_INTEGER, &serial) || !der_take(&tbs, DER_SEQUENCE, &skip) ||
		!der_take_whole(&tbs, DER_SEQUENCE, &issuer))
		return false;
	*ret = JOIN(a, DER_SEQUENCE, issuer, serial);
	return true;
}

/* The same bytes under the tag of their place. */
static struct bytes retag(struct arena *a, unsigned tag, struct bytes whole)
{
	unsigned char *at = arena_dup(a, whole.at, whole.len);

	at[0] = (unsigned char)tag;
	return (struct bytes){at, whole.len};
}

enum err cms_sign_by(struct arena *a, enum x509_algorithm key, cms_signer sign, void *arg, struct bytes cert_der,
	struct bytes content, int64_t now, bool gm, struct bytes *ret_der)
{
	const struct kind *kind = &kinds[key];
	const char *data = gm ? "1.2.156.10197.6.1.4.2.1" : "1.2.840.113549.1.7.1";
	struct bytes set, signature, who, signer, body;
	enum err e = attributes(a, key, content, now, data, &set);

	if (e == ERR_OK)
		e = sign(arg, a, set, &signature);
	if (e == ERR_OK && !issuer_and_serial(a, cert_der, &who))
		e = ERR_INVALID;
	if (e != ERR_OK)
		return e;
	signer = JOIN(a, DER_SEQUENCE, der_number(a, 1), who, algorithm(a, kind->digest), retag(a, DER_0, set),
		algorithm(a, kind->signature), der_wrap(a, DER_OCTETS, signature));
	body = JOIN(a, DER_SEQUENCE, der_number(a, 1), der_wrap(a, DER_SET, algorithm(a, kind->digest)),
		JOIN(a, DER_SEQUENCE, der_oid(a, data)), der_wrap(a, DER_0, cert_der), der_wrap(a, DER_SET, signer));
	*ret_der = JOIN(a, DER_SEQUENCE, der_oid(a, gm ? "1.2.156.10197.6.1.4.2.2" : "1.2.840.113549.1.7.2"),
		der_wrap(a, DER_0, body));
	return ERR_OK;
}

static enum err sign_by_key(void *arg, struct arena *a, struct bytes content, struct bytes *ret_signature)
{
	return x509_key_sign(a, arg, content, ret_signature);
}

enum err cms_sign(struct arena *a, const struct x509_key *key, struct bytes cert_der, struct bytes content, int64_t now,
	bool gm, struct bytes *ret_der)
{
	return cms_sign_by(
		a, x509_key_algorithm(key), sign_by_key, (void *)(uintptr_t)key, cert_der, content, now, gm, ret_der);
}
