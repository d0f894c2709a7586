#include "io/cmp.h"

#include <openssl/bio.h>
#include <openssl/cmp.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/x509_evp.h"

static void context_done(OSSL_CMP_CTX **c)
{
	OSSL_CMP_CTX_free(*c);
}

/* libcrypto's own log would go to the terminal; what counts is in ret_say and our log.  What stands behind a colon is the
 * subject of a certificate, which no log may hold. */
static int silent(const char *component, const char *file, int line, OSSL_CMP_severity level, const char *message)
{
	(void)component;
	(void)file;
	(void)line;
	if (level <= OSSL_CMP_LOG_ERR)
		log_at(LOG_WARN, "cmp: %.*s", (int)strcspn(message, ":/"), message);
	return 1;
}

/* SHA-256 throughout; hmac-sha1 is what libcrypto would take for the secret. */
static bool protect(OSSL_CMP_CTX *c, const struct cmp_server *s, int digest)
{
	return OSSL_CMP_CTX_set1_referenceValue(c, (const unsigned char *)s->reference, (int)strlen(s->reference)) &&
	       OSSL_CMP_CTX_set1_secretValue(c, s->secret.at, (int)s->secret.len) &&
	       OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_OWF_ALGNID, NID_sha256) &&
	       OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_MAC_ALGNID, NID_hmacWithSHA256) &&
	       OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_DIGEST_ALGNID, digest);
}

static OSSL_CMP_CTX *begin(const struct cmp_server *s, int digest)
{
	OSSL_CMP_CTX *c CLEANUP(context_done) = OSSL_CMP_CTX_new(NULL, NULL), *ready;

	if (!c || !OSSL_CMP_CTX_set_log_cb(c, silent) || !OSSL_CMP_CTX_set1_server(c, s->host) ||
		!OSSL_CMP_CTX_set_serverPort(c, (int)s->port) || !OSSL_CMP_CTX_set1_serverPath(c, s->path) ||
		!OSSL_CMP_CTX_set1_no_proxy(c, s->host) || !protect(c, s, digest) ||
		!OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_MSG_TIMEOUT, (int)s->timeout_s) ||
		!OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_TOTAL_TIMEOUT, (int)s->timeout_s))
		return NULL;
	ready = c;
	c = NULL;
	return ready;
}

static const char *words_of(struct arena *a, OSSL_CMP_CTX *c)
{
	OSSL_CMP_PKIFREETEXT *all = OSSL_CMP_CTX_get0_statusString(c);
	struct str s;

	str_init(&s, a);
	for (int i = 0; i < sk_ASN1_UTF8STRING_num(all); i++) {
		const ASN1_UTF8STRING *text = sk_ASN1_UTF8STRING_value(all, i);
		const char *at = (const char *)ASN1_STRING_get0_data(text);
		size_t n = (size_t)ASN1_STRING_length(text);

		if (n < 500 && utf8_valid(at, n))
			str_addf(&s, "%s%.*s", i ? "；" : "", (int)n, at);
	}
	return s.at ? s.at : "";
}

/* unreached: nobody listened, so nothing was sent.  unfit: the certificate that came is for another key. */
struct traces {
	bool unreached, unfit;
};

static struct traces traces(void)
{
	struct traces t = {0};
	unsigned long e;

	while ((e = ERR_get_error())) {
		int lib = ERR_GET_LIB(e), reason = ERR_GET_REASON(e);

		if (lib == ERR_LIB_BIO && (reason == BIO_R_CONNECT_ERROR || reason == BIO_R_CONNECT_TIMEOUT ||
						  reason == BIO_R_NBIO_CONNECT_ERROR))
			t.unreached = true;
		if (lib == ERR_LIB_CMP && reason == CMP_R_CERTIFICATE_NOT_ACCEPTED)
			t.unfit = true;
	}
	return t;
}

static bool says(OSSL_CMP_CTX *c, int failure)
{
	int info = OSSL_CMP_CTX_get_failInfoCode(c);

	return info > 0 && info >> failure & 1;
}

/* Once the authority has answered anything but a refusal, a broken end leaves open what it did. */
static enum err ending(struct arena *a, OSSL_CMP_CTX *c, bool done, const char **ret_say)
{
	int status = OSSL_CMP_CTX_get_status(c);
	struct traces t = traces();

	*ret_say = words_of(a, c);
	if (done)
		return ERR_OK;
	if (status == OSSL_CMP_PKISTATUS_rejection && says(c, OSSL_CMP_PKIFAILUREINFO_certRevoked))
		return ERR_CONFLICT;
	if (status == OSSL_CMP_PKISTATUS_rejection)
		return says(c, OSSL_CMP_PKIFAILUREINFO_systemUnavail) ? ERR_BUSY : ERR_INVALID;
	if (t.unfit)
		return ERR_INVALID;
	return status < 0 && t.unreached ? ERR_BUSY : ERR_UNCERTAIN;
}

static X509 *read_cert(struct bytes der)
{
	const unsigned char *at = der.at;

	return der.len ? d2i_X509(NULL, &at, (long)der.len) : NULL;
}

static bool set_subject(OSSL_CMP_CTX *c, const struct x509_subject *s, const char **ret_say)
{
	X509_NAME *name = x509_evp_name(s, ret_say);
	bool right = name && OSSL_CMP_CTX_set1_subjectName(c, name);

	X509_NAME_free(name);
	return right;
}

static bool set_old(OSSL_CMP_CTX *c, struct bytes cert)
{
	X509 *old = read_cert(cert);
	bool right = old && OSSL_CMP_CTX_set1_oldCert(c, old);

	X509_free(old);
	return right;
}

static bool set_key(OSSL_CMP_CTX *c, const struct x509_key *k)
{
	EVP_PKEY *key = x509_key_evp(k);

	if (!EVP_PKEY_up_ref(key))
		return false;
	if (OSSL_CMP_CTX_set0_newPkey(c, 1, key))
		return true;
	EVP_PKEY_free(key);
	return false;
}

static void request_done(X509_REQ **r)
{
	X509_REQ_free(*r);
}

static bool same_name(const X509_REQ *request, const struct x509_subject *s, const char **ret_say)
{
	X509_NAME *name = x509_evp_name(s, ret_say);
	bool same = name && X509_NAME_cmp(name, X509_REQ_get_subject_name(request)) == 0;

	X509_NAME_free(name);
	return same;
}

/* ret_p10cr: it is sent as it is. */
static bool set_request(OSSL_CMP_CTX *c, const struct cmp_order *o, bool *ret_p10cr, const char **ret_say)
{
	const unsigned char *at = o->request.at;
	X509_REQ *r CLEANUP(request_done) = d2i_X509_REQ(NULL, &at, (long)o->request.len);
	EVP_PKEY *key = r ? X509_REQ_get0_pubkey(r) : NULL;

	*ret_p10cr = r && same_name(r, &o->subject, ret_say);
	if (*ret_p10cr)
		return OSSL_CMP_CTX_set1_p10CSR(c, r);
	if (!key || !EVP_PKEY_up_ref(key))
		return false;
	if (OSSL_CMP_CTX_set0_newPkey(c, 0, key))
		return OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_POPO_METHOD, OSSL_CRMF_POPO_RAVERIFIED);
	EVP_PKEY_free(key);
	return false;
}

static void extensions_done(X509_EXTENSIONS **all)
{
	sk_X509_EXTENSION_pop_free(*all, X509_EXTENSION_free);
}

/* Takes what was made, or NULL for what could not be. */
static bool add(X509_EXTENSIONS *all, X509_EXTENSION *e)
{
	if (e && sk_X509_EXTENSION_push(all, e) > 0)
		return true;
	X509_EXTENSION_free(e);
	return false;
}

static X509_EXTENSION *text_extension(const struct x509_text_extension *in)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(in->oid, 1);
	ASN1_UTF8STRING *text = ASN1_UTF8STRING_new();
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e = NULL;
	unsigned char *der = NULL;
	int n = text && ASN1_STRING_set(text, in->value, -1) ? i2d_ASN1_UTF8STRING(text, &der) : 0;

	if (oid && value && n > 0 && ASN1_OCTET_STRING_set(value, der, n))
		e = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
	OPENSSL_free(der);
	ASN1_OCTET_STRING_free(value);
	ASN1_UTF8STRING_free(text);
	ASN1_OBJECT_free(oid);
	return e;
}

static bool set_wishes(OSSL_CMP_CTX *c, const struct cmp_order *o)
{
	static const char *const usages[] = {
		[X509_FOR_SIGNING] = "critical,digitalSignature,nonRepudiation",
		[X509_FOR_ENCRYPTION] = "critical,keyEncipherment,dataEncipherment",
	};
	X509_EXTENSIONS *all CLEANUP(extensions_done) = sk_X509_EXTENSION_new_null();
	bool right = all && (!o->days || OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_VALIDITY_DAYS, (int)o->days));

	if (right && o->usage != X509_FOR_CA)
		right = add(all, X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, usages[o->usage]));
	for (size_t i = 0; right && i < o->extension_count; i++)
		right = add(all, text_extension(&o->extension[i]));
	if (!right || !sk_X509_EXTENSION_num(all))
		return right;
	right = OSSL_CMP_CTX_set0_reqExtensions(c, all);
	all = right ? NULL : all; /* NOLINT(clang-analyzer-deadcode.DeadStores): CLEANUP reads it */
	return right;
}

static bool ask(OSSL_CMP_CTX *c, const struct cmp_order *o, bool *ret_p10cr, const char **ret_say)
{
	*ret_p10cr = false;
	if (!(o->key ? set_key(c, o->key) : set_request(c, o, ret_p10cr, ret_say)))
		return false;
	return *ret_p10cr || (set_subject(c, &o->subject, ret_say) && set_wishes(c, o) &&
				     (o->kind != CMP_RENEWAL || set_old(c, o->old_cert)));
}

enum err cmp_issue(struct arena *a, const struct cmp_server *server, const struct cmp_order *o, struct bytes *ret_cert,
	const char **ret_say)
{
	static const int types[] = {
		[CMP_INITIAL] = OSSL_CMP_IR, [CMP_RENEWAL] = OSSL_CMP_KUR, [CMP_AGAIN] = OSSL_CMP_CR};
	bool sm2 = o->key && x509_key_algorithm(o->key) == X509_SM2, p10cr;
	OSSL_CMP_CTX *c CLEANUP(context_done) = begin(server, sm2 ? NID_sm3 : NID_sha256);
	unsigned char *der = NULL;
	X509 *cert;
	enum err e;
	int n;

	*ret_say = "";
	*ret_cert = (struct bytes){0};
	if (!c)
		return ERR_INTERNAL;
	if (!ask(c, o, &p10cr, ret_say)) {
		ERR_clear_error();
		return ERR_INVALID;
	}
	ERR_clear_error();
	cert = OSSL_CMP_exec_certreq(c, p10cr ? OSSL_CMP_P10CR : types[o->kind], NULL);
	e = ending(a, c, cert != NULL, ret_say);
	if (e == ERR_INVALID)
		cert = OSSL_CMP_CTX_get0_newCert(c);
	if (!cert || (e != ERR_OK && e != ERR_INVALID))
		return e;
	n = i2d_X509(cert, &der);
	return x509_evp_take(a, der, n, ret_cert) == ERR_OK ? e : ERR_INTERNAL;
}

enum err cmp_revoke(
	struct arena *a, const struct cmp_server *server, struct bytes cert, int64_t reason, const char **ret_say)
{
	OSSL_CMP_CTX *c CLEANUP(context_done) = begin(server, NID_sha256);

	*ret_say = "";
	if (!c || !OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_REVOCATION_REASON, (int)reason))
		return ERR_INTERNAL;
	if (!set_old(c, cert))
		return ERR_INVALID;
	return ending(a, c, OSSL_CMP_exec_RR_ses(c) == 1, ret_say);
}

enum err cmp_alive(struct arena *a, const struct cmp_server *server, const char **ret_say)
{
	OSSL_CMP_CTX *c CLEANUP(context_done) = begin(server, NID_sha256);
	STACK_OF(OSSL_CMP_ITAV) * answer;
	enum err e;

	*ret_say = "";
	if (!c)
		return ERR_INTERNAL;
	answer = OSSL_CMP_exec_GENM_ses(c);
	e = ending(a, c, answer != NULL, ret_say);
	sk_OSSL_CMP_ITAV_pop_free(answer, OSSL_CMP_ITAV_free);
	return e;
}
