#include "domain/signature_check.h"

#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/clock.h"
#include "domain/rate.h"
#include "domain/register_import.h"
#include "domain/trust.h"

enum { TRIES_A_MINUTE = 20 };

/* --- what is refused, and how it is said --- */

#define UNKNOWN "unknown_certificate"
#define STATUS "status"

static const char one_sentence[] = "签名没有通过核验，请确认UKey插好、选对证书，刷新页面后重新签名";

/* What the holder of a certificate that did sign may know, with the way that is open. */
static const struct {
	const char *reason, *text;
} ways[] = {
	{"expired", "这张证书已过期，不能用来签名；请改办新申请，或线下办理续期"},
	{"not_yet_valid", "这张证书还没有生效，请换一张有效的证书签名"},
	{"revoked", "这张证书已被注销，请换一张有效的证书签名，或改办新申请"},
	{STATUS, "这张证书现在不是有效状态，请换一张有效的证书签名，或改办新申请"},
	{SIGNATURE_OTHER_NAME, "签名的证书不是本单位（本人）的，请插入同名的UKey；没有同名证书的请改办新申请"},
	{SIGNATURE_OTHER_PERSON, "签名的证书是本单位另一个人的，请插入申请人本人的UKey"},
	{UNKNOWN, "本中心没有登记这张证书，请插入本中心发给您的UKey；没有的请改办新申请"},
	{"crl_missing", "暂时不能核验证书状态，请稍后再试"},
	{"crl_stale", "暂时不能核验证书状态，请稍后再试"},
};

static const char *sentence(const char *reason)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (text_eq(ways[i].reason, reason))
			return ways[i].text;
	return one_sentence;
}

static const char *public_code(const char *reason)
{
	return sentence(reason) == one_sentence ? "signature" : reason;
}

enum err signature_refuse(struct ctx *c, const char *object, const char *reason, const char *detail)
{
	enum err e = audit_look(c, "signature_refused", object, arena_printf(c->arena, "%s %s", reason, detail));

	if (e != ERR_OK)
		return e;
	fault_add(&c->faults, "/signature", public_code(reason), "%s", sentence(reason));
	return ctx_say(c, ERR_INVALID, "%s", sentence(reason));
}

/* --- the signed data --- */

/* Base64 as clients send it: with line ends, sometimes. */
bool signature_decode(struct arena *a, const char *text, struct bytes *ret_der)
{
	size_t n = 0, len = strlen(text);
	char *plain = arena_alloc(a, len + 1);
	unsigned char *der = arena_alloc(a, len / 4 * 3 + 3);

	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r' && text[i] != '\n' && text[i] != ' ')
			plain[n++] = text[i];
	*ret_der = (struct bytes){der, 0};
	return base64_decode(plain, n, der, &ret_der->len);
}

enum err signature_verify(struct ctx *c, struct bytes cms, const char *text, struct cms_report *ret_report)
{
	const struct cms_trust *trust;
	enum err e = clock_check(c);

	if (e == ERR_OK)
		e = trust_load(c, &trust);
	if (e == ERR_OK)
		cms_verify(c->arena, cms, (struct bytes){(const unsigned char *)text, strlen(text)}, trust, c->now,
			ret_report);
	return e;
}

/* A name given twice could be read in two ways: by the authority that looked at one, by us who look at the other. */
static bool given_once(const struct x509_cert *cert, const char *oid)
{
	size_t n = strlen(oid), times = 0;

	for (const char *at = cert->subject; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		times += strncmp(at, oid, n) == 0;
	}
	return times <= 1;
}

static bool same_key(struct ctx *c, const char *a, const char *b)
{
	return a && b && text_eq(name_key(c->arena, a), name_key(c->arena, b));
}

/* What only one of the two knows does not speak against the other. */
static bool same_number(const char *in_certificate, const char *in_register)
{
	return !in_certificate || text_empty(in_register) || text_eq(in_certificate, in_register);
}

static enum err same_person(
	struct ctx *c, const struct register_certificate *row, const struct x509_cert *cert, bool *ret_same)
{
	const char *name = NULL, *number = NULL;
	enum err e = register_person(c, row, &name);

	if (e == ERR_OK)
		e = register_id_number(c, row, &number);
	*ret_same = given_once(cert, "2.5.4.3=") && same_key(c, cert->common_name, name) &&
		    same_number(register_identifier(c->arena, cert, REGISTER_ID_PERSON), number);
	return e;
}

static bool same_unit(struct ctx *c, const struct register_certificate *row, const struct x509_cert *cert)
{
	return given_once(cert, "2.5.4.10=") && same_key(c, cert->organisation, row->unit_name) &&
	       same_number(register_identifier(c->arena, cert, REGISTER_ID_UNIT), row->uscc);
}

/* A serial alone could be another authority's: the names must be those of the row, and the numbers, where it has them.
 * ret_reason: what speaks against it, NULL for nothing. */
static enum err check_holder(
	struct ctx *c, const struct register_certificate *row, const struct x509_cert *cert, const char **ret_reason)
{
	bool unit = !text_eq(row->holder, "ind"), person = !text_eq(row->holder, "org"), same = true;
	enum err e = ERR_OK;

	*ret_reason = NULL;
	if (unit && !same_unit(c, row, cert))
		*ret_reason = SIGNATURE_OTHER_NAME;
	if (person && !*ret_reason)
		e = same_person(c, row, cert, &same);
	if (!same)
		*ret_reason = unit ? SIGNATURE_OTHER_PERSON : SIGNATURE_OTHER_NAME;
	return e;
}

enum err signature_registered(
	struct ctx *c, const struct x509_cert *cert, struct register_certificate *ret_row, const char **ret_reason)
{
	enum err e = register_find(c, cert->serial, ret_row);
	const char *against = NULL;

	*ret_reason = NULL;
	if (e == ERR_OK) {
		e = check_holder(c, ret_row, cert, &against);
		if (e != ERR_OK)
			return e;
	}
	if (e == ERR_NOT_FOUND)
		*ret_reason = UNKNOWN;
	else if (e == ERR_OK && !text_eq(ret_row->sign_serial, cert->serial))
		*ret_reason = "key_usage";
	else if (against)
		*ret_reason = against;
	else if (e == ERR_OK && ret_row->status != REGISTER_VALID)
		*ret_reason = ret_row->status == REGISTER_EXPIRED ? "expired" : STATUS;
	return *ret_reason ? ERR_OK : e;
}

enum err signature_limit(struct ctx *c, const char *who)
{
	int64_t wait;

	return rate_hit(c, "signature", who, 60, TRIES_A_MINUTE, &wait);
}
