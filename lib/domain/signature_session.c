#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "domain/account.h"
#include "domain/audit.h"
#include "domain/clock.h"
#include "domain/rate.h"
#include "domain/signature.h"
#include "domain/signature_check.h"
#include "domain/trust.h"

/* Signing in by certificate: a challenge, its signature, a session of the account that the certificate belongs to. */

enum { PHONE };

static const struct sql sql[] = {
	[PHONE] = {"SELECT phone_sealed FROM account WHERE id=?", "i", "b"},
};
SQL_TABLE(signature_session);

struct sealed {
	struct bytes value;
};
static const struct field sealed_fields[] = {BYTES(struct sealed, value, "phone", 0)};
static const struct shape sealed_shape = SHAPE(struct sealed, sealed_fields);

static enum err offer(struct ctx *c, void *arg)
{
	struct challenge *k = arg;

	*k = (struct challenge){.purpose = CHALLENGE_SESSION, .subject = "-", .content_sha256 = "-"};
	return challenge_make(c, k);
}

enum err signature_offer_session(struct ctx *c, struct challenge *ret_challenge)
{
	int64_t wait;
	enum err e = rate_hit(c, "login-ip", c->actor.addr, 60, c->house->config.rate_login_ip_minute, &wait);

	return e == ERR_OK ? ctx_tx(c, offer, ret_challenge) : e;
}

struct entering {
	struct register_certificate row;
	const struct challenge *challenge; /* NULL: TLS has proved the key */
	bool homeless;			   /* nobody's phone is known */
};

static enum err phone_of(struct ctx *c, int64_t account_id, const char **ret_phone)
{
	struct sealed s;
	enum err e = db_one(c->db, &sql[PHONE], &sealed_shape, &s, I(account_id));

	return e == ERR_OK ? ctx_open(c, "account.phone", s.value, ret_phone) : e;
}

/* The account of the case that issued it; else of the agent who dealt with it last. */
static enum err home_of(struct ctx *c, struct entering *n, int64_t *ret_account, const char **ret_phone)
{
	struct register_agent agent = {0};
	enum err e;

	*ret_account = n->row.account_id;
	if (n->row.account_id)
		return phone_of(c, n->row.account_id, ret_phone);
	e = register_agent(c, &n->row, &agent);
	n->homeless = e == ERR_NOT_FOUND || (e == ERR_OK && !agent.phone);
	if (n->homeless || e != ERR_OK)
		return n->homeless ? ERR_OK : e;
	*ret_phone = agent.phone;
	return account_of_phone(c, agent.phone, ret_account);
}

static enum err enter(struct ctx *c, void *arg)
{
	struct entering *n = arg;
	const char *phone = NULL;
	int64_t account = 0;
	enum err e = n->challenge ? challenge_use(c, n->challenge) : ERR_OK;

	if (e == ERR_OK)
		e = home_of(c, n, &account, &phone);
	if (e != ERR_OK || n->homeless)
		return e;
	c->actor = (struct actor){
		.kind = ACTOR_APPLICANT, .account_id = account, .phone = phone, .addr = c->actor.addr};
	audit_add(c, "sign_in", "session", n->row.sign_serial);
	return ERR_OK;
}

static enum err come_in(struct ctx *c, struct entering *n, struct session_made *ret_session)
{
	enum err e = ctx_tx(c, enter, n);

	if (e == ERR_OK && n->homeless)
		return ctx_say(c, ERR_INVALID, "这张证书还没有登记经办人手机，请改用手机验证码登录");
	if (e == ERR_CONFLICT)
		return signature_refuse(c, "session", "challenge", "used");
	return e == ERR_OK ? session_start(c, ret_session) : e;
}

enum err signature_sign_in(struct ctx *c, const struct signature_in *in, struct session_made *ret_session)
{
	struct challenge k;
	struct entering n = {.challenge = &k};
	struct cms_report report;
	struct bytes cms;
	const char *reason;
	enum err e = signature_limit(c, c->actor.addr);

	if (e == ERR_OK && !signature_decode(c->arena, in->signature, &cms))
		return signature_refuse(c, "session", "base64", "");
	if (e == ERR_OK)
		e = challenge_find(c, in->nonce, 0, "-", &k);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && k.used_at))
		return signature_refuse(c, "session", "challenge", "");
	if (e == ERR_OK)
		e = signature_verify(c, cms, k.text, &report);
	if (e == ERR_OK && report.reason != CMS_GOOD)
		return signature_refuse(c, "session", cms_reason_words[report.reason], report.detail);
	if (e == ERR_OK)
		e = signature_registered(c, &report.cert, &n.row, &reason);
	if (e == ERR_OK && reason)
		return signature_refuse(c, "session", reason, report.cert.serial);
	return e == ERR_OK ? come_in(c, &n, ret_session) : e;
}

/* --- by TLS --- */

/* ret_reason: NULL when it is good now. */
static enum err look_at(struct ctx *c, struct bytes der, const char **ret_reason, const char **ret_detail)
{
	const struct cms_trust *trust;
	enum x509_algorithm algorithm;
	struct bytes spki;
	enum cms_reason r;
	enum err e = clock_check(c);

	*ret_reason = NULL;
	*ret_detail = "";
	if (e == ERR_OK)
		e = trust_load(c, &trust);
	if (e != ERR_OK)
		return e;
	r = cms_check_certificate(c->arena, der, trust, c->now, ret_detail);
	if (r == CMS_GOOD && (x509_cert_public(c->arena, der, &spki, &algorithm) != ERR_OK || algorithm != X509_RSA))
		r = CMS_ALGORITHM;
	if (r != CMS_GOOD)
		*ret_reason = cms_reason_words[r];
	return ERR_OK;
}

enum err signature_sign_in_tls(struct ctx *c, const char *pem, struct session_made *ret_session)
{
	struct bytes text = {(const unsigned char *)pem, strlen(pem)}, der;
	struct entering n = {0};
	const char *reason, *detail;
	const struct x509_cert *cert;
	struct list certs;
	enum err e = signature_limit(c, c->actor.addr);

	if (e == ERR_OK && (x509_unpem(c->arena, "CERTIFICATE", text, &der) != ERR_OK ||
				   x509_read(c->arena, text, &certs, &detail) != ERR_OK))
		return signature_refuse(c, "session", cms_reason_words[CMS_SYNTAX], "");
	if (e == ERR_OK)
		e = look_at(c, der, &reason, &detail);
	if (e == ERR_OK && reason)
		return signature_refuse(c, "session", reason, detail);
	if (e != ERR_OK)
		return e;
	cert = certs.at;
	e = signature_registered(c, cert, &n.row, &reason);
	if (e == ERR_OK && reason)
		return signature_refuse(c, "session", reason, cert->serial);
	return e == ERR_OK ? come_in(c, &n, ret_session) : e;
}
