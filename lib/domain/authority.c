#include "domain/authority.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "io/file.h"

enum { ROOT_YEARS = 20, ISSUER_YEARS = 10, SIGNER_YEARS = 9, LIST_DAYS = 2, SERIAL_RANDOM = 7 };

static const enum x509_algorithm offered[] = {X509_RSA, X509_SM2};

static const char *word(enum x509_algorithm algorithm)
{
	return x509_algorithm_words[algorithm];
}

static const char *key_path(struct arena *a, const struct config *c, enum x509_algorithm algorithm, const char *which)
{
	return arena_printf(a, "%s/authority-%s%s.key", c->secret_dir, word(algorithm), which);
}

static const char *trust_path(
	struct arena *a, const struct config *c, const char *folder, enum x509_algorithm algorithm, const char *which)
{
	return arena_printf(a, "%s/%s/builtin-%s%s.pem", c->trust_dir, folder, word(algorithm), which);
}

const char *authority_serial(struct arena *a)
{
	unsigned char bits[SERIAL_RANDOM];
	struct str s;

	crypto_random(bits, sizeof bits);
	str_init(&s, a);
	str_add(&s, "4D");
	for (size_t i = 0; i < sizeof bits; i++)
		str_addf(&s, "%02X", bits[i]);
	return s.at;
}

void authority_close(struct authority *a)
{
	x509_key_free(a->key);
	a->key = NULL;
}

static enum err make_folders(struct arena *a, const struct config *c)
{
	const char *const all[] = {c->trust_dir, arena_printf(a, "%s/anchors", c->trust_dir),
		arena_printf(a, "%s/intermediates", c->trust_dir), arena_printf(a, "%s/crls", c->trust_dir),
		arena_printf(a, "%s/seals", c->trust_dir), arena_printf(a, "%s/casefiles", c->trust_dir), c->gen_dir,
		arena_printf(a, "%s/crl", c->gen_dir)};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (file_folder(all[i]) != ERR_OK)
			return ERR_DISK;
	return ERR_OK;
}

static enum err write_key(struct arena *a, const char *path, const struct x509_key *k)
{
	struct bytes der;
	enum err e = x509_key_write(a, k, &der);

	if (e == ERR_OK)
		e = file_write(a, path, 0600, der);
	if (e == ERR_OK)
		crypto_wipe((void *)(uintptr_t)der.at, der.len);
	return e;
}

static enum err read_key(struct arena *a, const char *path, struct x509_key **ret_key)
{
	struct bytes der;
	enum err e = file_read(a, path, &der);

	if (e == ERR_OK)
		e = x509_key_read(der, ret_key);
	return e;
}

static enum err certify(struct arena *a, const struct x509_ca *by, const struct x509_key *key, enum x509_usage usage,
	const char *name, int64_t now, int years, struct bytes *ret_der)
{
	struct x509_order o = {.serial = authority_serial(a),
		.subject = {.organisation = "证印演示认证中心", .common_name = name},
		.usage = usage,
		.not_before = now - DAY_S,
		.not_after = now + (int64_t)years * 365 * DAY_S};
	const char *say = "";
	enum err e = x509_key_public(a, key, &o.spki);

	return e == ERR_OK ? x509_make(a, by, &o, ret_der, &say) : e;
}

static enum err write_pem(struct arena *a, const char *path, const char *label, struct bytes der)
{
	return file_write(a, path, 0644, x509_pem(a, label, der));
}

/* The root signs twice, here: the issuing certificate, and a list that says that it is not revoked. */
static enum err make_root(struct arena *a, const struct config *c, const struct authority *ours, int64_t now,
	struct x509_key *root_key, struct bytes *ret_cert)
{
	enum x509_algorithm algorithm = ours->algorithm;
	struct x509_ca root = {.key = root_key};
	struct bytes crl;
	enum err e = certify(a, &root, root_key, X509_FOR_CA, arena_printf(a, "证印演示根证书（%s）", word(algorithm)),
		now, ROOT_YEARS, &root.cert);

	if (e == ERR_OK)
		e = certify(a, &root, ours->key, X509_FOR_CA,
			arena_printf(a, "证印演示运营证书（%s）", word(algorithm)), now, ISSUER_YEARS, ret_cert);
	if (e == ERR_OK)
		e = x509_crl_make(a, &root, now, now - DAY_S, now + ISSUER_YEARS * 365 * DAY_S, NULL, 0, &crl);
	if (e == ERR_OK)
		e = write_pem(a, trust_path(a, c, "anchors", algorithm, ""), "CERTIFICATE", root.cert);
	if (e == ERR_OK)
		e = write_pem(a, trust_path(a, c, "crls", algorithm, "-root"), "X509 CRL", crl);
	return e;
}

static enum err make(struct arena *a, const struct config *c, enum x509_algorithm algorithm, int64_t now)
{
	struct x509_key *root CLEANUP(x509_key_done) = NULL;
	struct authority ours CLEANUP(authority_close) = {.algorithm = algorithm};
	enum err e = x509_key_new(algorithm, &root);

	if (e == ERR_OK)
		e = x509_key_new(algorithm, &ours.key);
	if (e == ERR_OK)
		e = make_root(a, c, &ours, now, root, &ours.cert);
	if (e == ERR_OK)
		e = write_key(a, key_path(a, c, algorithm, "-root"), root);
	if (e == ERR_OK)
		e = write_key(a, key_path(a, c, algorithm, ""), ours.key);
	if (e == ERR_OK)
		e = authority_publish(a, c, &ours, now, NULL, 0);
	if (e == ERR_OK) /* last: with it the authority is there */
		e = write_pem(a, trust_path(a, c, "intermediates", algorithm, ""), "CERTIFICATE", ours.cert);
	return e;
}

/* Who signs for the authority beside it: a key of its own, a certificate in a folder of its own. */
static const struct signer {
	const char *folder, *key, *name;
	bool offered[X509_ALGORITHM_MAX];
} signers[] = {
	[AUTHORITY_SEALS] = {"seals", "-seal", "制章者", {[X509_RSA] = true, [X509_SM2] = true}},
	[AUTHORITY_CASEFILES] = {"casefiles", "-casefile", "归档签名", {[X509_RSA] = true}},
};

static enum err make_signer(struct arena *a, const struct config *c, const struct signer *signer,
	enum x509_algorithm algorithm, int64_t now)
{
	struct authority ours CLEANUP(authority_close) = {0};
	struct x509_key *key CLEANUP(x509_key_done) = NULL;
	struct bytes cert;
	struct x509_ca ca;
	enum err e = authority_open(a, c, algorithm, &ours);

	ca = (struct x509_ca){ours.key, ours.cert};
	if (e == ERR_OK)
		e = x509_key_new(algorithm, &key);
	if (e == ERR_OK)
		e = certify(a, &ca, key, X509_FOR_SIGNING,
			arena_printf(a, "证印演示%s（%s）", signer->name, word(algorithm)), now, SIGNER_YEARS, &cert);
	if (e == ERR_OK)
		e = write_key(a, key_path(a, c, algorithm, signer->key), key);
	if (e == ERR_OK) /* last: with it the signer is there */
		e = write_pem(a, trust_path(a, c, signer->folder, algorithm, ""), "CERTIFICATE", cert);
	return e;
}

enum err authority_init(struct arena *a, const struct config *c, int64_t now, int *ret_made)
{
	enum err e = make_folders(a, c);

	*ret_made = 0;
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(offered); i++) {
		if (!file_exists(trust_path(a, c, "intermediates", offered[i], ""))) {
			e = make(a, c, offered[i], now);
			*ret_made += e == ERR_OK;
		}
		for (size_t k = 0; e == ERR_OK && k < ARRAY_LEN(signers); k++) {
			if (!signers[k].offered[offered[i]] ||
				file_exists(trust_path(a, c, signers[k].folder, offered[i], "")))
				continue;
			e = make_signer(a, c, &signers[k], offered[i], now);
			*ret_made += e == ERR_OK;
		}
	}
	return e;
}

static enum err open_pair(struct arena *a, const char *cert_path, const char *from_path, enum x509_algorithm algorithm,
	struct authority *ret_authority)
{
	struct authority ours = {.algorithm = algorithm};
	struct bytes pem;
	enum err e = file_read(a, cert_path, &pem);

	if (e == ERR_OK)
		e = x509_unpem(a, "CERTIFICATE", pem, &ours.cert);
	if (e == ERR_OK)
		e = read_key(a, from_path, &ours.key);
	if (e == ERR_OK)
		*ret_authority = ours;
	else if (e != ERR_NOT_FOUND)
		log_at(LOG_ERROR, "authority %s: key or certificate cannot be read", word(algorithm));
	return e;
}

enum err authority_open(
	struct arena *a, const struct config *c, enum x509_algorithm algorithm, struct authority *ret_authority)
{
	return open_pair(a, trust_path(a, c, "intermediates", algorithm, ""), key_path(a, c, algorithm, ""), algorithm,
		ret_authority);
}

enum err authority_open_signer(struct arena *a, const struct config *c, enum authority_signer which,
	enum x509_algorithm algorithm, struct authority *ret_signer)
{
	return open_pair(a, trust_path(a, c, signers[which].folder, algorithm, ""),
		key_path(a, c, algorithm, signers[which].key), algorithm, ret_signer);
}

enum err authority_publish(struct arena *a, const struct config *c, const struct authority *from, int64_t now,
	const struct x509_revoked *revoked, size_t count)
{
	struct x509_ca ca = {from->key, from->cert};
	struct bytes der;
	/* Numbers must rise; lists are made at most once a second. */
	enum err e = x509_crl_make(a, &ca, now, now, now + LIST_DAYS * DAY_S, revoked, count, &der);

	if (e == ERR_OK)
		e = file_write(a, arena_printf(a, "%s/crl/%s.crl", c->gen_dir, word(from->algorithm)), 0644, der);
	if (e == ERR_OK)
		e = write_pem(a, trust_path(a, c, "crls", from->algorithm, ""), "X509 CRL", der);
	return e;
}
