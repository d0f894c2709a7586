#include "domain/unlock_key.h"

#include <string.h>

#include "base/log.h"
#include "io/crypto.h"
#include "io/file.h"
#include "io/token.h"

enum { ID_LENGTH = 16 };

static const char *key_path(struct arena *a, const struct config *c, const char *id)
{
	return arena_printf(a, "%s/unlock-%s.key", c->secret_dir, id);
}

static const char *public_path(struct arena *a, const struct config *c)
{
	return arena_printf(a, "%s/unlock.pem", c->secret_dir);
}

static enum err keep(struct arena *a, const struct config *c, const struct x509_key *key, struct bytes spki)
{
	struct bytes der;
	enum err e = x509_key_write(a, key, &der);

	if (e != ERR_OK)
		return e;
	e = file_create(a, key_path(a, c, token_unlock_id(a, spki)), 0600, der);
	crypto_wipe((void *)(uintptr_t)der.at, der.len);
	return e;
}

enum err unlock_key_rotate(struct arena *a, const struct config *c)
{
	struct x509_key *key CLEANUP(x509_key_done) = NULL;
	struct bytes spki;
	enum err e = x509_key_new(X509_SM2, &key);

	if (e == ERR_OK)
		e = x509_key_public(a, key, &spki);
	if (e == ERR_OK)
		e = keep(a, c, key, spki);
	if (e == ERR_OK) /* last: a token never learns of a key that was not kept */
		e = file_write(a, public_path(a, c), 0600, x509_pem(a, "PUBLIC KEY", spki));
	return e;
}

enum err unlock_key_init(struct arena *a, const struct config *c, bool *ret_made)
{
	*ret_made = !file_exists(public_path(a, c));
	return *ret_made ? unlock_key_rotate(a, c) : ERR_OK;
}

enum err unlock_key_public(struct arena *a, const struct config *c, struct bytes *ret_spki)
{
	struct bytes pem;
	enum err e = file_read(a, public_path(a, c), &pem);

	return e == ERR_OK ? x509_unpem(a, "PUBLIC KEY", pem, ret_spki) : e;
}

enum err unlock_key_open(struct arena *a, const struct config *c, const char *id, struct x509_key **ret_key)
{
	struct bytes der;
	enum err e;

	if (strlen(id) != ID_LENGTH || strspn(id, "0123456789abcdef") != ID_LENGTH)
		return ERR_NOT_FOUND;
	e = file_read(a, key_path(a, c, id), &der);
	if (e == ERR_OK) {
		e = x509_key_read(der, ret_key);
		crypto_wipe((void *)(uintptr_t)der.at, der.len);
	}
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		log_at(LOG_ERROR, "unlock key %s cannot be read", id);
	return e;
}
