#include "io/pkcs11.h"

#include <dlfcn.h>
#define CRYPTOKI_GNU 1
#include <p11-kit-1/p11-kit/pkcs11.h>
#include <string.h>

#include "base/str.h"
#include "io/cms.h"
#include "io/cms_chain.h"
#include "io/crypto.h"
#include "io/der.h"

enum { OBJECTS_MAX = 32, VALUE_MAX = 16384, ID = 16, RSA_BITS = 2048 };

struct pkcs11 {
	struct arena *arena;
	void *library;
	struct ck_function_list *call;
	ck_slot_id_t slot;
	ck_session_handle_t session;
	bool begun, open;
	const char *say;
};

static enum err refuse(struct pkcs11 *p, enum err e, const char *say)
{
	p->say = say;
	return e;
}

const char *pkcs11_say(const struct pkcs11 *p)
{
	return p && p->say ? p->say : "";
}

/* --- module and session --- */

static enum err load(struct pkcs11 *p, const char *module)
{
	CK_C_GetFunctionList list;
	void *symbol;

	p->library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	symbol = p->library ? dlsym(p->library, "C_GetFunctionList") : NULL;
	if (!symbol)
		return refuse(p, ERR_NOT_FOUND, "PKCS#11模块无法载入");
	memcpy(&list, &symbol, sizeof list);
	if (list(&p->call) != CKR_OK || p->call->C_Initialize(NULL) != CKR_OK)
		return refuse(p, ERR_INTERNAL, "PKCS#11模块无法启动");
	p->begun = true;
	return ERR_OK;
}

static enum err sign_in(struct pkcs11 *p, const char *pin)
{
	ck_rv_t r = p->call->C_OpenSession(p->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &p->session);

	if (r != CKR_OK)
		return refuse(p, ERR_INTERNAL, "UKey无法打开");
	p->open = true;
	r = p->call->C_Login(p->session, CKU_USER, (unsigned char *)(uintptr_t)pin, strlen(pin));
	if (r == CKR_PIN_LOCKED)
		return refuse(p, ERR_LOCKED, "UKey已锁定，请办理解锁");
	return r == CKR_OK ? ERR_OK : refuse(p, ERR_CREDENTIALS, "PIN码不正确");
}

enum err pkcs11_open(struct arena *a, const char *module, int64_t slot, const char *pin, struct pkcs11 **ret_token)
{
	struct pkcs11 *p = *ret_token = arena_alloc(a, sizeof *p);
	ck_slot_id_t slots[OBJECTS_MAX];
	unsigned long n = OBJECTS_MAX;
	enum err e;

	p->arena = a;
	e = load(p, module);
	if (e != ERR_OK)
		return e;
	if (p->call->C_GetSlotList(1, slots, &n) != CKR_OK || slot < 0 || (uint64_t)slot >= n)
		return refuse(p, ERR_NOT_FOUND, "这个插槽里没有UKey");
	p->slot = slots[slot];
	return sign_in(p, pin);
}

void pkcs11_done(struct pkcs11 **p)
{
	struct pkcs11 *one = *p;

	if (!one)
		return;
	if (one->open)
		one->call->C_CloseSession(one->session);
	if (one->begun)
		one->call->C_Finalize(NULL);
	if (one->library)
		dlclose(one->library);
	*p = NULL;
}

/* --- objects --- */

static bool find(
	struct pkcs11 *p, struct ck_attribute *what, unsigned long count, ck_object_handle_t *ret, unsigned long *ret_n)
{
	bool right = p->call->C_FindObjectsInit(p->session, what, count) == CKR_OK;

	*ret_n = 0;
	right = right && p->call->C_FindObjects(p->session, ret, OBJECTS_MAX, ret_n) == CKR_OK;
	p->call->C_FindObjectsFinal(p->session);
	return right;
}

static bool value(struct pkcs11 *p, ck_object_handle_t object, ck_attribute_type_t type, struct bytes *ret_bytes)
{
	unsigned char *at = arena_alloc(p->arena, VALUE_MAX);
	struct ck_attribute get = {type, at, VALUE_MAX};

	if (p->call->C_GetAttributeValue(p->session, object, &get, 1) != CKR_OK || get.value_len > VALUE_MAX)
		return false;
	*ret_bytes = (struct bytes){at, get.value_len};
	return true;
}

static bool all_of(struct pkcs11 *p, ck_object_class_t class, ck_object_handle_t *ret, unsigned long *ret_n)
{
	struct ck_attribute what[] = {{CKA_CLASS, &class, sizeof class}};

	return find(p, what, 1, ret, ret_n);
}

static bool private_key(struct pkcs11 *p, struct bytes id, ck_object_handle_t *ret_key)
{
	ck_object_class_t class = CKO_PRIVATE_KEY;
	ck_object_handle_t found[OBJECTS_MAX];
	unsigned long n;
	struct ck_attribute what[] = {{CKA_CLASS, &class, sizeof class}, {CKA_ID, (void *)(uintptr_t)id.at, id.len}};

	if (!find(p, what, 2, found, &n) || n != 1)
		return false;
	*ret_key = found[0];
	return true;
}

static const char *padded(struct arena *a, const unsigned char *text, size_t n)
{
	while (n && text[n - 1] == ' ')
		n--;
	return arena_textn(a, (const char *)text, n);
}

enum err pkcs11_look(struct pkcs11 *p, struct pkcs11_face *ret_face)
{
	ck_object_handle_t found[OBJECTS_MAX];
	struct bytes *certs = arena_array(p->arena, OBJECTS_MAX, sizeof *certs);
	struct ck_token_info info;
	unsigned long n;

	if (p->call->C_GetTokenInfo(p->slot, &info) != CKR_OK || !all_of(p, CKO_CERTIFICATE, found, &n))
		return refuse(p, ERR_INTERNAL, "UKey无法读取");
	for (unsigned long i = 0; i < n; i++)
		if (!value(p, found[i], CKA_VALUE, &certs[i]))
			return refuse(p, ERR_INTERNAL, "UKey无法读取");
	*ret_face = (struct pkcs11_face){padded(p->arena, info.serial_number, sizeof info.serial_number),
		padded(p->arena, info.label, sizeof info.label), {certs, n}};
	return ERR_OK;
}

/* --- keys --- */

static struct bytes number(struct arena *a, struct bytes big)
{
	unsigned char *at = arena_alloc(a, big.len + 1);

	while (big.len > 1 && !big.at[0])
		big = (struct bytes){big.at + 1, big.len - 1};
	memcpy(at + 1, big.at, big.len);
	return der_wrap(
		a, DER_INTEGER, big.at[0] & 0x80 ? (struct bytes){at, big.len + 1} : (struct bytes){at + 1, big.len});
}

#define JOIN(a, tag, ...) der_join(a, tag, (const struct bytes[]){__VA_ARGS__, {NULL, 0}})

static struct bytes algorithm(struct arena *a, const char *oid)
{
	return JOIN(a, DER_SEQUENCE, der_oid(a, oid), der_wrap(a, DER_NULL, (struct bytes){0}));
}

static bool public_key(struct pkcs11 *p, ck_object_handle_t key, struct bytes *ret_spki)
{
	struct arena *a = p->arena;
	struct bytes n, e;

	if (!value(p, key, CKA_MODULUS, &n) || !value(p, key, CKA_PUBLIC_EXPONENT, &e) || !n.len || !e.len)
		return false;
	*ret_spki = JOIN(a, DER_SEQUENCE, algorithm(a, "1.2.840.113549.1.1.1"),
		der_bits(a, JOIN(a, DER_SEQUENCE, number(a, n), number(a, e))));
	return true;
}

struct signer {
	struct pkcs11 *token;
	ck_object_handle_t key;
};

static struct bytes subject_of(struct bytes cert)
{
	struct bytes outer, tbs, skip, subject = {0};

	if (!der_take(&cert, DER_SEQUENCE, &outer) || !der_take(&outer, DER_SEQUENCE, &tbs))
		return subject;
	(void)der_take(&tbs, DER_0, &skip);
	if (der_take(&tbs, DER_INTEGER, &skip) && der_take(&tbs, DER_SEQUENCE, &skip) &&
		der_take(&tbs, DER_SEQUENCE, &skip) && der_take(&tbs, DER_SEQUENCE, &skip))
		(void)der_take_whole(&tbs, DER_SEQUENCE, &subject);
	return subject;
}

static enum err sign(void *arg, struct arena *a, struct bytes content, struct bytes *ret_signature)
{
	struct signer *s = arg;
	struct ck_mechanism how = {CKM_SHA256_RSA_PKCS, NULL, 0};
	unsigned char *out = arena_alloc(a, RSA_BITS);
	unsigned long n = RSA_BITS;

	if (s->token->call->C_SignInit(s->token->session, &how, s->key) != CKR_OK ||
		s->token->call->C_Sign(
			s->token->session, (unsigned char *)(uintptr_t)content.at, content.len, out, &n) != CKR_OK)
		return refuse(s->token, ERR_INTERNAL, "UKey签名失败");
	*ret_signature = (struct bytes){out, n};
	return ERR_OK;
}

static bool new_pair(struct pkcs11 *p, ck_object_handle_t *ret_public, ck_object_handle_t *ret_private)
{
	struct ck_mechanism how = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
	unsigned char id[ID], yes = 1, no = 0, exponent[] = {1, 0, 1};
	unsigned long bits = RSA_BITS;
	struct ck_attribute open[] = {{CKA_TOKEN, &yes, 1}, {CKA_VERIFY, &yes, 1}, {CKA_ID, id, ID},
		{CKA_MODULUS_BITS, &bits, sizeof bits}, {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent}};
	struct ck_attribute closed[] = {{CKA_TOKEN, &yes, 1}, {CKA_PRIVATE, &yes, 1}, {CKA_SENSITIVE, &yes, 1},
		{CKA_EXTRACTABLE, &no, 1}, {CKA_SIGN, &yes, 1}, {CKA_ID, id, ID}};

	crypto_random(id, sizeof id);
	return p->call->C_GenerateKeyPair(p->session, &how, open, ARRAY_LEN(open), closed, ARRAY_LEN(closed),
		       ret_public, ret_private) == CKR_OK;
}

enum err pkcs11_request(struct pkcs11 *p, struct bytes *ret_der)
{
	struct arena *a = p->arena;
	struct signer s = {.token = p};
	struct pkcs11_face face;
	struct bytes spki, info, signature;
	ck_object_handle_t key;
	enum err e = pkcs11_look(p, &face);

	if (e == ERR_OK && (!new_pair(p, &key, &s.key) || !public_key(p, key, &spki)))
		return refuse(p, ERR_INTERNAL, "UKey无法生成密钥");
	if (e != ERR_OK)
		return e;
	info = JOIN(a, DER_SEQUENCE, der_number(a, 0),
		JOIN(a, DER_SEQUENCE,
			JOIN(a, DER_SET,
				JOIN(a, DER_SEQUENCE, der_oid(a, "2.5.4.3"), der_text(a, DER_UTF8, face.serial)))),
		spki, der_wrap(a, DER_0, (struct bytes){0}));
	e = sign(&s, a, info, &signature);
	if (e == ERR_OK)
		*ret_der = JOIN(a, DER_SEQUENCE, info, algorithm(a, "1.2.840.113549.1.1.11"), der_bits(a, signature));
	return e;
}

enum err pkcs11_install(struct pkcs11 *p, struct bytes cert)
{
	ck_object_class_t class = CKO_CERTIFICATE;
	ck_certificate_type_t type = CKC_X_509;
	ck_object_handle_t keys[OBJECTS_MAX], made;
	struct bytes its, own, id, subject = subject_of(cert);
	unsigned char yes = 1;
	unsigned long n;

	if (!cms_chain_spki(cert, &its))
		return refuse(p, ERR_INVALID, "证书的格式不正确");
	if (!all_of(p, CKO_PUBLIC_KEY, keys, &n))
		return refuse(p, ERR_INTERNAL, "UKey无法读取");
	for (unsigned long i = 0; i < n; i++) {
		struct ck_attribute what[] = {{CKA_CLASS, &class, sizeof class}, {CKA_TOKEN, &yes, 1},
			{CKA_CERTIFICATE_TYPE, &type, sizeof type}, {CKA_ID, NULL, 0},
			{CKA_SUBJECT, (void *)(uintptr_t)subject.at, subject.len},
			{CKA_VALUE, (void *)(uintptr_t)cert.at, cert.len}};

		if (!public_key(p, keys[i], &own) || !der_equal(own, its) || !value(p, keys[i], CKA_ID, &id))
			continue;
		what[3] = (struct ck_attribute){CKA_ID, (void *)(uintptr_t)id.at, id.len};
		return p->call->C_CreateObject(p->session, what, ARRAY_LEN(what), &made) == CKR_OK
			       ? ERR_OK
			       : refuse(p, ERR_INTERNAL, "证书无法写入UKey");
	}
	return refuse(p, ERR_CONFLICT, "这张证书不是为这个UKey里的密钥签发的");
}

static bool has_serial(struct pkcs11 *p, struct bytes cert, const char *serial)
{
	struct list certs;
	const char *say;

	return !serial || (x509_read(p->arena, x509_pem(p->arena, "CERTIFICATE", cert), &certs, &say) == ERR_OK &&
				  text_eq(((const struct x509_cert *)certs.at)->serial, serial));
}

enum err pkcs11_sign(struct pkcs11 *p, const char *serial, struct bytes content, int64_t now, struct bytes *ret_der)
{
	ck_object_handle_t found[OBJECTS_MAX];
	struct signer s = {.token = p};
	struct bytes cert, id;
	unsigned long n;

	if (!all_of(p, CKO_CERTIFICATE, found, &n))
		return refuse(p, ERR_INTERNAL, "UKey无法读取");
	for (unsigned long i = 0; i < n; i++)
		if (value(p, found[i], CKA_VALUE, &cert) && has_serial(p, cert, serial) &&
			value(p, found[i], CKA_ID, &id) && private_key(p, id, &s.key))
			return cms_sign_by(p->arena, X509_RSA, sign, &s, cert, content, now, false, ret_der);
	return refuse(p, ERR_NOT_FOUND, "UKey里没有这张证书");
}
