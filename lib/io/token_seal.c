#include <string.h>

#include "base/str.h"
#include "io/cms_seal.h"
#include "io/file.h"
#include "io/token_part.h"

/* The seal of each certificate, in a file of its own beside the token: it is large, signed by its maker and bound to the
 * certificate, so that it needs no other guard. */

static char *path(struct token *t, const char *serial)
{
	return arena_printf(t->arena, "%s/seal-%s", t->dir, serial);
}

static bool is_for(const struct cms_seal *s, struct bytes cert)
{
	const struct bytes *c = s->certs.at;

	for (size_t i = 0; i < s->certs.count && !s->digests; i++)
		if (c[i].len == cert.len && memcmp(c[i].at, cert.at, cert.len) == 0)
			return true;
	return false;
}

enum err token_take_seal(struct token *t, const char *serial, struct bytes cert, const char *base64)
{
	struct cms_seal seal;
	const char *say;
	struct bytes der;

	if (!base64)
		return ERR_OK;
	if (token_unbase64(t->arena, base64, &der) != ERR_OK || cms_seal_read(t->arena, der, &seal, &say) != ERR_OK ||
		!seal.signed_well)
		return token_refuse(t, ERR_INVALID, "印章数据的格式不正确，或签名不符");
	if (!is_for(&seal, cert))
		return token_refuse(t, ERR_CONFLICT, "印章数据不是给这张证书的");
	return file_write(t->arena, path(t, serial), 0600, der) == ERR_OK
		       ? ERR_OK
		       : token_refuse(t, ERR_DISK, "UKey无法写入，请检查后再试");
}

enum err token_seal_of(struct token *t, struct bytes cert, struct token_certificate *c)
{
	struct cms_seal seal = {0};
	const char *say;
	struct bytes der;
	enum err e = file_read(t->arena, path(t, c->serial), &der);

	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e == ERR_OK)
		e = cms_seal_read(t->arena, der, &seal, &say);
	if (e != ERR_OK || !seal.signed_well || !is_for(&seal, cert))
		return ERR_CHECKSUM;
	c->seal_id = seal.id;
	c->seal_name = seal.name;
	c->seal_width_mm = seal.width_mm;
	c->seal_height_mm = seal.height_mm;
	return ERR_OK;
}
