#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "io/cms.h"
#include "io/cms_chain.h"
#include "io/cms_wrap.h"
#include "io/token_part.h"

enum { UNLOCK_ID = 8, UNLOCK_KEY_MAX = 1024 }; /* bytes */

static const struct field certificate_fields[] = {
	TEXT(struct token_certificate, serial, "证书序列号", 0, 0, NULL),
	TEXT(struct token_certificate, name, "证书名称", 0, 0, NULL),
	TEXT(struct token_certificate, organisation, "单位名称", 0, 0, NULL),
	TEXT(struct token_certificate, encryption_serial, "加密证书序列号", 0, 0, NULL),
	TIME(struct token_certificate, not_before, "生效时间"),
	TIME(struct token_certificate, not_after, "到期时间"),
	TEXT(struct token_certificate, pem, "证书", 0, 0, NULL),
	TEXT(struct token_certificate, encryption_pem, "加密证书", 0, 0, NULL),
	TEXT(struct token_certificate, seal_id, "印章编号", 0, 0, NULL),
	TEXT(struct token_certificate, seal_name, "印章名称", 0, 0, NULL),
	INT(struct token_certificate, seal_width_mm, "印章宽", 0, 0),
	INT(struct token_certificate, seal_height_mm, "印章高", 0, 0),
};
static const struct shape certificate_shape = SHAPE(struct token_certificate, certificate_fields);

static const struct field face_fields[] = {
	TEXT(struct token_face, serial, "UKey编号", 0, 0, NULL),
	TEXT(struct token_face, algorithm, "算法", 0, 0, NULL),
	TEXT(struct token_face, state, "状态", 0, 0, NULL),
	INT(struct token_face, tries_left, "还可以试的次数", 0, 0),
	BOOL(struct token_face, waiting, "等待证书"),
	LIST(struct token_face, certificates, "证书", 0, TOKEN_SLOTS, &certificate_shape),
};
const struct shape token_face_shape = SHAPE(struct token_face, face_fields);

static const struct field permission_fields[] = {
	TEXT_REQUIRED(struct token_permission, serial, "UKey编号", 1, 40, NULL),
	TEXT_REQUIRED(struct token_permission, nonce, "许可编号", 32, 32, NULL),
	TIME(struct token_permission, until, "有效期"),
	TEXT_REQUIRED(struct token_permission, signature, "许可签名", 1, 1024, NULL),
};
const struct shape token_permission_shape = SHAPE(struct token_permission, permission_fields);

static const struct field challenge_fields[] = {
	TEXT(struct token_challenge, serial, "UKey编号", 0, 0, NULL),
	TEXT(struct token_challenge, nonce, "解锁编号", 0, 0, NULL),
	TEXT(struct token_challenge, key, "解锁公钥", 0, 0, NULL),
};
const struct shape token_challenge_shape = SHAPE(struct token_challenge, challenge_fields);

static void key_done(struct x509_key **k)
{
	x509_key_done(k);
}

/* --- what everybody may see --- */

static enum err read_pem(
	struct token *t, const char *base64, const char **ret_pem, struct x509_cert *ret_cert, struct bytes *ret_der)
{
	struct bytes pem;
	struct list certs;
	const char *say;
	enum err e = token_unbase64(t->arena, base64, ret_der);

	if (e != ERR_OK)
		return e;
	pem = x509_pem(t->arena, "CERTIFICATE", *ret_der);
	e = x509_read(t->arena, pem, &certs, &say);
	if (e != ERR_OK)
		return e;
	*ret_pem = (const char *)pem.at;
	*ret_cert = *(const struct x509_cert *)certs.at;
	return ERR_OK;
}

static enum err certificate_of(struct token *t, const struct token_slot *s, struct token_certificate *ret)
{
	struct x509_cert cert, other;
	struct bytes der, other_der;
	enum err e = read_pem(t, s->certificate, &ret->pem, &cert, &der);

	if (e != ERR_OK)
		return e;
	ret->serial = cert.serial;
	ret->name = cert.common_name;
	ret->organisation = cert.organisation;
	ret->not_before = cert.not_before;
	ret->not_after = cert.not_after;
	e = token_seal_of(t, der, ret);
	if (e != ERR_OK || !s->encryption_certificate)
		return e;
	e = read_pem(t, s->encryption_certificate, &ret->encryption_pem, &other, &other_der);
	if (e == ERR_OK)
		ret->encryption_serial = other.serial;
	return e;
}

enum err token_look(struct token *t, struct token_face *ret_face)
{
	struct token_certificate *all = arena_array(t->arena, TOKEN_SLOTS, sizeof *all);
	size_t n = 0;

	for (size_t i = 0; i < TOKEN_SLOTS; i++) {
		if (!t->slot[i].certificate)
			continue;
		if (certificate_of(t, &t->slot[i], &all[n++]) != ERR_OK)
			return token_refuse(t, ERR_CHECKSUM, "UKey里的数据已损坏");
	}
	*ret_face = (struct token_face){t->state.serial, t->state.algorithm,
		token_tries_left(t) > 0 ? "ready" : "locked", token_tries_left(t), t->state.waiting, {all, n}};
	return ERR_OK;
}

/* --- keys and their certificates --- */

static enum err key_of(struct token *t, const char *base64, struct x509_key **ret_key)
{
	struct bytes der;
	enum err e = token_unbase64(t->arena, base64, &der);

	if (e == ERR_OK) {
		e = x509_key_read(der, ret_key);
		crypto_wipe((void *)(uintptr_t)der.at, der.len);
	}
	return e == ERR_OK ? ERR_OK : token_refuse(t, ERR_CHECKSUM, "UKey里的数据已损坏");
}

static enum err text_of(struct token *t, const struct x509_key *k, const char **ret_base64)
{
	struct bytes der;
	enum err e = x509_key_write(t->arena, k, &der);

	if (e == ERR_OK) {
		*ret_base64 = token_base64(t->arena, der);
		crypto_wipe((void *)(uintptr_t)der.at, der.len);
	}
	return e;
}

/* The slot of the key that waits, or the first that is free. */
static size_t room(const struct token *t)
{
	size_t at = TOKEN_SLOTS;

	for (size_t i = TOKEN_SLOTS; i-- > 0;)
		if (!t->slot[i].certificate && (t->secret[i].key || at == TOKEN_SLOTS || !t->secret[at].key))
			at = i;
	return at;
}

static enum err new_key(struct token *t, size_t slot)
{
	int algorithm = text_index(x509_algorithm_words, t->state.algorithm);
	struct x509_key *key CLEANUP(key_done) = NULL;
	enum err e = x509_key_new((enum x509_algorithm)algorithm, &key);

	if (e == ERR_OK)
		e = text_of(t, key, &t->secret[slot].key);
	t->state.waiting = true;
	return e == ERR_OK ? token_save(t) : e;
}

enum err token_request(struct token *t, struct bytes *ret_der)
{
	struct x509_subject subject = {.common_name = t->state.serial};
	struct x509_key *key CLEANUP(key_done) = NULL;
	size_t slot = room(t);
	enum err e = ERR_OK;

	assert(t->entered);
	if (slot == TOKEN_SLOTS)
		return token_refuse(t, ERR_CONFLICT, "UKey里最多放4对证书，已经放满");
	if (!t->secret[slot].key)
		e = new_key(t, slot);
	if (e == ERR_OK)
		e = key_of(t, t->secret[slot].key, &key);
	return e == ERR_OK ? x509_request_make(t->arena, key, &subject, ret_der) : e;
}

static enum err unpem(struct token *t, const char *pem, struct bytes *ret_der)
{
	return x509_unpem(
		t->arena, "CERTIFICATE", (struct bytes){(const unsigned char *)pem, pem ? strlen(pem) : 0}, ret_der);
}

static bool fits(struct token *t, const struct x509_key *key, struct bytes cert)
{
	struct bytes own, its;

	return x509_key_public(t->arena, key, &own) == ERR_OK && cms_chain_spki(cert, &its) && own.len == its.len &&
	       memcmp(own.at, its.at, its.len) == 0;
}

/* The encryption pair into the slot, not saved yet. */
static enum err take_encryption(
	struct token *t, const struct token_delivery *d, const struct x509_key *key, struct token_slot *slot, size_t at)
{
	struct x509_key *other CLEANUP(key_done) = NULL;
	struct bytes cert, envelope;

	if (!d->encryption_certificate && !d->encryption_key)
		return ERR_OK;
	if (unpem(t, d->encryption_certificate, &cert) != ERR_OK ||
		token_unbase64(t->arena, d->encryption_key, &envelope) != ERR_OK)
		return token_refuse(t, ERR_INVALID, "加密证书或其密钥的格式不正确");
	if (cms_unwrap(t->arena, key, envelope, &other) != ERR_OK)
		return token_refuse(t, ERR_CONFLICT, "加密密钥不是发给这个UKey的");
	if (!fits(t, other, cert))
		return token_refuse(t, ERR_CONFLICT, "加密证书与其密钥不符");
	slot->encryption_certificate = token_base64(t->arena, cert);
	return text_of(t, other, &t->secret[at].encryption_key);
}

/* With what the portal signs permissions from now on, not saved yet. */
static enum err take_unlock_key(struct token *t, const char *given)
{
	struct bytes spki;

	if (!given)
		return ERR_OK;
	if (token_unbase64(t->arena, given, &spki) != ERR_OK || spki.len > UNLOCK_KEY_MAX)
		return token_refuse(t, ERR_INVALID, "解锁公钥的格式不正确");
	t->state.unlock_key = token_base64(t->arena, spki);
	return ERR_OK;
}

static enum err serial_of(struct token *t, const char *base64, const char **ret_serial)
{
	struct x509_cert cert = {0};
	struct bytes der;
	const char *pem;
	enum err e = read_pem(t, base64, &pem, &cert, &der);

	*ret_serial = cert.serial;
	return e;
}

static bool there(const struct token *t, const char *certificate)
{
	for (size_t i = 0; i < TOKEN_SLOTS; i++)
		if (text_eq(t->slot[i].certificate, certificate))
			return true;
	return false;
}

enum err token_install(struct token *t, const struct token_delivery *d)
{
	struct x509_key *key CLEANUP(key_done) = NULL;
	const char *serial;
	struct token_slot slot = {0};
	size_t at = room(t);
	struct bytes cert;
	enum err e;

	assert(t->entered);
	if (unpem(t, d->certificate, &cert) != ERR_OK)
		return token_refuse(t, ERR_INVALID, "证书的格式不正确");
	slot.certificate = token_base64(t->arena, cert);
	e = serial_of(t, slot.certificate, &serial);
	if (e != ERR_OK)
		return token_refuse(t, ERR_INVALID, "证书的格式不正确");
	if (there(t, slot.certificate))
		return token_take_seal(t, serial, cert, d->seal);
	if (at == TOKEN_SLOTS || !t->secret[at].key)
		return token_refuse(t, ERR_CONFLICT, "这个UKey没有在等待证书");
	e = key_of(t, t->secret[at].key, &key);
	if (e == ERR_OK && !fits(t, key, cert))
		return token_refuse(t, ERR_CONFLICT, "这张证书不是为这个UKey里的密钥签发的");
	if (e == ERR_OK)
		e = take_encryption(t, d, key, &slot, at);
	if (e == ERR_OK)
		e = take_unlock_key(t, d->unlock_key);
	if (e == ERR_OK)
		e = token_take_seal(t, serial, cert, d->seal);
	if (e != ERR_OK)
		return e;
	t->slot[at] = slot;
	t->state.waiting = false;
	return token_save(t);
}

/* --- signing --- */

static enum err pick(struct token *t, const char *serial, size_t *ret_slot, struct token_certificate *ret_cert)
{
	bool found = false;

	for (size_t i = 0; i < TOKEN_SLOTS; i++) {
		struct token_certificate c = {0};

		if (!t->slot[i].certificate || certificate_of(t, &t->slot[i], &c) != ERR_OK)
			continue;
		if (serial ? strcmp(serial, c.serial) != 0 : found && c.not_before <= ret_cert->not_before)
			continue;
		*ret_slot = i;
		*ret_cert = c;
		found = true;
	}
	return found ? ERR_OK : token_refuse(t, ERR_NOT_FOUND, "UKey里没有这张证书");
}

enum err token_sign(struct token *t, const char *serial, struct bytes content, int64_t now, bool gm,
	struct bytes *ret_der, const char **ret_serial)
{
	struct x509_key *key CLEANUP(key_done) = NULL;
	struct token_certificate c = {0};
	struct bytes cert;
	size_t slot = 0;
	enum err e = pick(t, serial, &slot, &c);

	assert(t->entered);
	if (e == ERR_OK)
		e = key_of(t, t->secret[slot].key, &key);
	if (e == ERR_OK)
		e = token_unbase64(t->arena, t->slot[slot].certificate, &cert);
	if (e == ERR_OK)
		e = cms_sign(t->arena, key, cert, content, now, gm && x509_key_algorithm(key) == X509_SM2, ret_der);
	if (e == ERR_OK)
		*ret_serial = c.serial;
	return e;
}

/* --- permissions to unlock --- */

char *token_unlock_id(struct arena *a, struct bytes spki)
{
	unsigned char hash[CRYPTO_HASH];
	struct str s;

	crypto_sha256(spki.at, spki.len, hash);
	str_init(&s, a);
	str_hex(&s, hash, UNLOCK_ID);
	return s.at;
}

char *token_permission_text(struct arena *a, const struct token_permission *p)
{
	return arena_printf(
		a, "zhengyin-unlock/1\nserial: %s\nnonce: %s\nuntil: %" PRId64 "\n", p->serial, p->nonce, p->until);
}

enum err token_permit(struct arena *a, const struct x509_key *key, struct token_permission *p)
{
	const char *text = token_permission_text(a, p);
	struct bytes signature;
	enum err e = x509_key_sign(a, key, (struct bytes){(const unsigned char *)text, strlen(text)}, &signature);

	if (e == ERR_OK)
		p->signature = token_base64(a, signature);
	return e;
}
