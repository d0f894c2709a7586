#include "io/cmp.h"

#include <openssl/cmp.h>
#include <openssl/err.h>
#include <openssl/bio.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/x509_evp.h"

static void context_done(OSSL_CMP_CTX **c)
{
	OSSL_CMP_CTX_free(*c);
}

/* libcrypto's own log would go to the terminal; what counts is in ret_say and our log. */
static int silent(const char *component, const char *file, int line, OSSL_CMP_severity level, const char *message)
{
	(void)component;
	(void)file;
	(void)line;
	if (level <= OSSL_CMP_LOG_ERR)
		log_at(LOG_WARN, "cmp: %s", message);
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

/* Nobody listened, so nothing was sent. */
static bool unreached(void)
{
	unsigned long e;
	bool found = false;

	while ((e = ERR_get_error())) {
		int reason = ERR_GET_REASON(e);

		if (ERR_GET_LIB(e) == ERR_LIB_BIO &&
			(reason == BIO_R_CONNECT_ERROR || reason == BIO_R_CONNECT_TIMEOUT ||
				reason == BIO_R_NBIO_CONNECT_ERROR))
			found = true;
	}
	return found;
}

/* Once the authority has answered anything, a broken end leaves open what it did. */
static enum err ending(struct arena *a, OSSL_CMP_CTX *c, bool done, const char **ret_say)
{
	int status = OSSL_CMP_CTX_get_status(c);
	enum err e = ERR_UNCERTAIN;

	*ret_say = words_of(a, c);
	if (done)
		e = ERR_OK;
	else if (status == OSSL_CMP_PKISTATUS_rejection)
		e = ERR_INVALID;
	else if (status < 0 && unreached())
		e = ERR_BUSY;
	ERR_clear_error();
	return e;
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

static bool set_request(OSSL_CMP_CTX *c, struct bytes der)
{
	const unsigned char *at = der.at;
	X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)der.len);
	bool right = request && OSSL_CMP_CTX_set1_p10CSR(c, request);

	X509_REQ_free(request);
	return right;
}

static bool ask(OSSL_CMP_CTX *c, const struct cmp_order *o, const char **ret_say)
{
	if (!o->key)
		return set_request(c, o->request);
	return set_key(c, o->key) && set_subject(c, &o->subject, ret_say) &&
	       (o->kind != CMP_RENEWAL || set_old(c, o->old_cert));
}

enum err cmp_issue(struct arena *a, const struct cmp_server *server, const struct cmp_order *o, struct bytes *ret_cert,
	const char **ret_say)
{
	static const int types[] = {
		[CMP_INITIAL] = OSSL_CMP_IR, [CMP_RENEWAL] = OSSL_CMP_KUR, [CMP_AGAIN] = OSSL_CMP_CR};
	bool sm2 = o->key && x509_key_algorithm(o->key) == X509_SM2;
	OSSL_CMP_CTX *c CLEANUP(context_done) = begin(server, sm2 ? NID_sm3 : NID_sha256);
	unsigned char *der = NULL;
	X509 *cert;
	enum err e;
	int n;

	*ret_say = "";
	if (!c)
		return ERR_INTERNAL;
	if (!ask(c, o, ret_say))
		return ERR_INVALID;
	cert = OSSL_CMP_exec_certreq(c, o->key ? types[o->kind] : OSSL_CMP_P10CR, NULL);
	e = ending(a, c, cert != NULL, ret_say);
	if (e != ERR_OK)
		return e;
	n = i2d_X509(cert, &der);
	return x509_evp_take(a, der, n, ret_cert);
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
