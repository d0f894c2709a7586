#include "io/x509_make.h"

#include <openssl/asn1t.h>
#include <openssl/bn.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "io/x509_evp.h"

enum { REQUEST_MAX = 16384, SERIAL_DIGITS_MAX = 40 };

static void x509_done(X509 **x)
{
	X509_free(*x);
}

static void request_done(X509_REQ **r)
{
	X509_REQ_free(*r);
}

static void crl_done(X509_CRL **c)
{
	X509_CRL_free(*c);
}

static void name_done(X509_NAME **n)
{
	X509_NAME_free(*n);
}

static void context_done(EVP_MD_CTX **m)
{
	EVP_MD_CTX_free(*m);
}

static void pkey_done(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void extension_done(X509_EXTENSION **e)
{
	X509_EXTENSION_free(*e);
}

static EVP_MD_CTX *signing(const struct x509_key *k)
{
	return x509_evp_context(x509_key_evp(k), true, X509_SM2_ID, X509_SM2_ID_LEN);
}

/* --- names --- */

static bool add_part(X509_NAME *name, int nid, int type, const char *text)
{
	return !text || !*text ||
	       X509_NAME_add_entry_by_NID(name, nid, type, (const unsigned char *)text, (int)strlen(text), -1, 0) == 1;
}

/* Chinese parts are UTF8String, the country PrintableString, as the authority's own certificates have it.  The limits of
 * length are OpenSSL's, counted in characters. */
X509_NAME *x509_evp_name(const struct x509_subject *s, const char **ret_say)
{
	X509_NAME *name = X509_NAME_new();
	const struct {
		int nid, type;
		const char *text, *label;
	} parts[] = {
		{NID_countryName, V_ASN1_PRINTABLESTRING, "CN", "国家"},
		{NID_stateOrProvinceName, MBSTRING_UTF8, s->province, "省份"},
		{NID_localityName, MBSTRING_UTF8, s->locality, "单位法定地址（最多128个字）"},
		{NID_organizationName, MBSTRING_UTF8, s->organisation, "单位名称（最多64个字）"},
		{NID_commonName, MBSTRING_UTF8, s->common_name, "证书名称（最多64个字）"},
	};

	for (size_t i = 0; name && i < ARRAY_LEN(parts); i++)
		if (!add_part(name, parts[i].nid, parts[i].type, parts[i].text)) {
			*ret_say = parts[i].label;
			X509_NAME_free(name);
			name = NULL;
		}
	ERR_clear_error();
	return name;
}

/* --- requests --- */

static void name_signer(X509_REQ *r, const EVP_PKEY *key)
{
	enum x509_algorithm algorithm;
	ASN1_OCTET_STRING *id;

	if (!x509_evp_algorithm(key, &algorithm) || algorithm != X509_SM2)
		return;
	id = ASN1_OCTET_STRING_new();
	if (id && ASN1_OCTET_STRING_set(id, (const unsigned char *)X509_SM2_ID, X509_SM2_ID_LEN))
		X509_REQ_set0_distinguishing_id(r, id);
	else
		ASN1_OCTET_STRING_free(id);
}

enum err x509_request_make(
	struct arena *a, const struct x509_key *k, const struct x509_subject *subject, struct bytes *ret_der)
{
	const char *say;
	X509_NAME *name CLEANUP(name_done) = x509_evp_name(subject, &say);
	X509_REQ *r CLEANUP(request_done) = X509_REQ_new();
	EVP_MD_CTX *m CLEANUP(context_done) = signing(k);
	unsigned char *der = NULL;
	int n;

	if (!name)
		return ERR_INVALID;
	if (!r || !m || !X509_REQ_set_version(r, 0) || !X509_REQ_set_subject_name(r, name) ||
		!X509_REQ_set_pubkey(r, x509_key_evp(k)) || !X509_REQ_sign_ctx(r, m))
		return ERR_INTERNAL;
	n = i2d_X509_REQ(r, &der);
	return x509_evp_take(a, der, n, ret_der);
}

static enum err request_fault(const char *text, const char **ret_say)
{
	ERR_clear_error();
	*ret_say = text;
	return ERR_INVALID;
}

enum err x509_request_read(struct arena *a, struct bytes der, struct bytes *ret_spki,
	enum x509_algorithm *ret_algorithm, const char **ret_say)
{
	const unsigned char *at = der.at;
	X509_REQ *r CLEANUP(request_done) = der.len <= REQUEST_MAX ? d2i_X509_REQ(NULL, &at, (long)der.len) : NULL;
	EVP_PKEY *key CLEANUP(pkey_done) = r ? X509_REQ_get_pubkey(r) : NULL;
	unsigned char *spki = NULL;
	int n;

	if (!r || at != der.at + der.len)
		return request_fault("证书请求的格式不正确", ret_say);
	if (!key || !x509_evp_algorithm(key, ret_algorithm))
		return request_fault("证书请求的密钥种类不被接受", ret_say);
	if (*ret_algorithm == X509_RSA && EVP_PKEY_get_bits(key) < X509_RSA_BITS_MIN)
		return request_fault("证书请求的密钥长度不足2048位", ret_say);
	name_signer(r, key);
	if (X509_REQ_verify(r, key) != 1)
		return request_fault("证书请求的签名与其中的密钥不符", ret_say);
	n = i2d_PUBKEY(key, &spki);
	return x509_evp_take(a, spki, n, ret_spki);
}

/* --- certificates --- */

static bool add_extension(X509 *x, const char *oid, bool critical, const unsigned char *der, int n)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 0);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e CLEANUP(extension_done) = NULL;

	if (object && value && ASN1_OCTET_STRING_set(value, der, n))
		e = X509_EXTENSION_create_by_OBJ(NULL, object, critical, value);
	ASN1_OBJECT_free(object);
	ASN1_OCTET_STRING_free(value);
	return e && X509_add_ext(x, e, -1) == 1;
}

static bool add_text_extension(X509 *x, const struct x509_text_extension *in)
{
	ASN1_UTF8STRING *text = ASN1_UTF8STRING_new();
	unsigned char *der = NULL;
	int n = -1;
	bool right;

	if (text && ASN1_STRING_set(text, in->value, (int)strlen(in->value)))
		n = i2d_ASN1_UTF8STRING(text, &der);
	right = n > 0 && add_extension(x, in->oid, false, der, n);
	ASN1_UTF8STRING_free(text);
	OPENSSL_free(der);
	return right;
}

/* One of the extensions that OpenSSL can write from words. */
static bool add_standard(X509 *x, X509 *issuer, int nid, const char *words)
{
	CONF *none = NCONF_new(NULL); /* policies are not read without one, though they need nothing from it */
	X509V3_CTX context;
	X509_EXTENSION *e CLEANUP(extension_done) = NULL;

	X509V3_set_ctx(&context, issuer ? issuer : x, x, NULL, NULL, 0);
	X509V3_set_nconf(&context, none);
	e = X509V3_EXT_nconf_nid(none, &context, nid, words);
	NCONF_free(none);
	return e && X509_add_ext(x, e, -1) == 1;
}

static bool add_extensions(struct arena *a, X509 *x, X509 *issuer, const struct x509_order *o)
{
	static const struct {
		const char *usage, *constraints;
	} by[] = {
		[X509_FOR_CA] = {"critical,keyCertSign,cRLSign", "critical,CA:TRUE"},
		[X509_FOR_SIGNING] = {"critical,digitalSignature,nonRepudiation", "critical,CA:FALSE"},
		[X509_FOR_ENCRYPTION] = {"critical,keyEncipherment,dataEncipherment", "critical,CA:FALSE"},
	};
	bool right = add_standard(x, issuer, NID_basic_constraints, by[o->usage].constraints) &&
		     add_standard(x, issuer, NID_key_usage, by[o->usage].usage) &&
		     add_standard(x, issuer, NID_subject_key_identifier, "hash");

	if (right && issuer)
		right = add_standard(x, issuer, NID_authority_key_identifier, "keyid:always");
	if (right && o->email)
		right = add_standard(x, issuer, NID_subject_alt_name, arena_printf(a, "email:%s", o->email));
	if (right && o->crl_url)
		right = add_standard(x, issuer, NID_crl_distribution_points, arena_printf(a, "URI:%s", o->crl_url));
	if (right && o->policy_oid)
		right = add_standard(x, issuer, NID_certificate_policies, o->policy_oid);
	for (size_t i = 0; right && i < o->extension_count; i++)
		right = add_text_extension(x, &o->extension[i]);
	return right;
}

static bool set_serial(ASN1_INTEGER *to, const char *hex)
{
	size_t n = hex ? strlen(hex) : 0;
	BIGNUM *number = NULL;
	bool right = n >= 2 && n % 2 == 0 && n <= SERIAL_DIGITS_MAX && strspn(hex, "0123456789ABCDEF") == n &&
		     hex[0] < '8' && BN_hex2bn(&number, hex) && !BN_is_zero(number) && BN_to_ASN1_INTEGER(number, to);

	BN_free(number);
	return right;
}

static enum err make_fault(const char *text, const char **ret_say)
{
	ERR_clear_error();
	*ret_say = text;
	return ERR_INVALID;
}

static X509 *read_cert(struct bytes der)
{
	const unsigned char *at = der.at;
	X509 *x = der.len ? d2i_X509(NULL, &at, (long)der.len) : NULL;

	ERR_clear_error();
	return x;
}

static bool set_times(X509 *x, const struct x509_order *o)
{
	time_t from = (time_t)o->not_before, to = (time_t)o->not_after;

	return from < to && ASN1_TIME_set(X509_getm_notBefore(x), from) && ASN1_TIME_set(X509_getm_notAfter(x), to);
}

enum err x509_make(struct arena *a, const struct x509_ca *ca, const struct x509_order *o, struct bytes *ret_der,
	const char **ret_say)
{
	X509_NAME *name CLEANUP(name_done) = x509_evp_name(&o->subject, ret_say);
	X509 *x CLEANUP(x509_done) = X509_new(), *issuer CLEANUP(x509_done) = read_cert(ca->cert);
	EVP_PKEY *key CLEANUP(pkey_done) = NULL;
	EVP_MD_CTX *m CLEANUP(context_done) = signing(ca->key);
	unsigned char *der = NULL;
	int n;

	if (!name)
		return ERR_INVALID;
	if (!x || !m || (!issuer && o->usage != X509_FOR_CA))
		return ERR_INTERNAL;
	if (!set_serial(X509_get_serialNumber(x), o->serial))
		return make_fault("证书序列号不正确", ret_say);
	if (!set_times(x, o))
		return make_fault("证书有效期的起止日不正确", ret_say);
	if (x509_evp_public(o->spki, &key) != ERR_OK)
		return make_fault("公钥不被接受", ret_say);
	if (!X509_set_version(x, 2) || !X509_set_subject_name(x, name) ||
		!X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : name) || !X509_set_pubkey(x, key))
		return ERR_INTERNAL;
	if (!add_extensions(a, x, issuer, o))
		return make_fault("证书扩展项不正确", ret_say);
	if (!X509_sign_ctx(x, m))
		return ERR_INTERNAL;
	n = i2d_X509(x, &der);
	return x509_evp_take(a, der, n, ret_der);
}

/* --- revocation lists --- */

static bool add_revoked(X509_CRL *crl, const struct x509_revoked *in)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)in->at);
	ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
	bool right = r && serial && at && reason && set_serial(serial, in->serial) &&
		     X509_REVOKED_set_serialNumber(r, serial) && X509_REVOKED_set_revocationDate(r, at);

	/* "Unspecified" is said by leaving the reason out. */
	if (right && in->reason)
		right = ASN1_ENUMERATED_set(reason, (long)in->reason) &&
			X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, reason, 0, 0) == 1;
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(at);
	ASN1_ENUMERATED_free(reason);
	if (right && X509_CRL_add0_revoked(crl, r))
		return true;
	X509_REVOKED_free(r);
	return false;
}

static bool set_crl_times(X509_CRL *crl, int64_t this_update, int64_t next_update)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)this_update), *to = ASN1_TIME_set(NULL, (time_t)next_update);
	bool right = from && to && X509_CRL_set1_lastUpdate(crl, from) && X509_CRL_set1_nextUpdate(crl, to);

	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return right;
}

static bool add_crl_extensions(X509_CRL *crl, X509 *issuer, int64_t number)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	X509V3_CTX context;
	X509_EXTENSION *keyid CLEANUP(extension_done) = NULL;
	bool right = n && ASN1_INTEGER_set_int64(n, number) && X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0) == 1;

	ASN1_INTEGER_free(n);
	X509V3_set_ctx(&context, issuer, NULL, NULL, crl, 0);
	keyid = X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
	return right && keyid && X509_CRL_add_ext(crl, keyid, -1) == 1;
}

enum err x509_crl_make(struct arena *a, const struct x509_ca *ca, int64_t number, int64_t this_update,
	int64_t next_update, const struct x509_revoked *revoked, size_t count, struct bytes *ret_der)
{
	X509 *issuer CLEANUP(x509_done) = read_cert(ca->cert);
	X509_CRL *crl CLEANUP(crl_done) = X509_CRL_new();
	EVP_MD_CTX *m CLEANUP(context_done) = signing(ca->key);
	unsigned char *der = NULL;
	bool right = issuer && crl && m && X509_CRL_set_version(crl, 1) &&
		     X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) &&
		     set_crl_times(crl, this_update, next_update);
	int n;

	for (size_t i = 0; right && i < count; i++)
		right = add_revoked(crl, &revoked[i]);
	if (!right || !X509_CRL_sort(crl) || !add_crl_extensions(crl, issuer, number) || !X509_CRL_sign_ctx(crl, m))
		return ERR_INTERNAL;
	n = i2d_X509_CRL(crl, &der);
	return x509_evp_take(a, der, n, ret_der);
}

enum err x509_cert_public(
	struct arena *a, struct bytes cert_der, struct bytes *ret_spki, enum x509_algorithm *ret_algorithm)
{
	X509 *x CLEANUP(x509_done) = read_cert(cert_der);
	EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;
	unsigned char *der = NULL;
	int n = key && x509_evp_algorithm(key, ret_algorithm) ? i2d_PUBKEY(key, &der) : 0;

	ERR_clear_error();
	return n > 0 ? x509_evp_take(a, der, n, ret_spki) : ERR_INVALID;
}

/* --- PEM --- */

struct bytes x509_pem(struct arena *a, const char *label, struct bytes der)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	struct bytes pem = {0};
	long n = 0;

	if (out && PEM_write_bio(out, label, "", der.at, (long)der.len) > 0)
		n = BIO_get_mem_data(out, &text);
	if (n > 0)
		pem = (struct bytes){(const unsigned char *)arena_textn(a, text, (size_t)n), (size_t)n};
	BIO_free(out);
	return pem;
}

enum err x509_unpem(struct arena *a, const char *label, struct bytes pem, struct bytes *ret_der)
{
	BIO *in = pem.len && pem.len <= INT32_MAX ? BIO_new_mem_buf(pem.at, (int)pem.len) : NULL;
	char *name = NULL, *head = NULL;
	unsigned char *der = NULL;
	long n = 0;
	enum err e = ERR_INVALID;

	while (e != ERR_OK && in && PEM_read_bio(in, &name, &head, &der, &n) == 1) {
		if (strcmp(name, label) == 0) {
			*ret_der = (struct bytes){arena_dup(a, der, (size_t)n), (size_t)n};
			e = ERR_OK;
		}
		OPENSSL_free(name);
		OPENSSL_free(head);
		OPENSSL_clear_free(der, (size_t)n);
	}
	ERR_clear_error();
	BIO_free(in);
	return e;
}
