#include "io/cms_seal.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "io/cms_chain.h"
#include "io/der.h"

enum { SEAL_MAX = 4 << 20, CERTS_MAX = 64, MM_MAX = 1000, ID_MAX = 64, NAME_MAX_BYTES = 600 };

static const char *const signature_oids[X509_ALGORITHM_MAX] = {
	[X509_RSA] = "1.2.840.113549.1.1.11",
	[X509_SM2] = "1.2.156.10197.1.501",
	[X509_P256] = "1.2.840.10045.4.3.2",
};

#define JOIN(a, tag, ...) der_join(a, tag, (const struct bytes[]){__VA_ARGS__, {NULL, 0}})

/* --- writing --- */

static struct bytes header(struct arena *a, const struct cms_seal *s)
{
	return JOIN(a, DER_SEQUENCE, der_text(a, DER_IA5, "ES"), der_number(a, 4), der_text(a, DER_IA5, s->vendor));
}

static struct bytes certs(struct arena *a, const struct cms_seal *s)
{
	struct bytes *part = arena_array(a, s->certs.count + 1, sizeof *part);

	for (size_t i = 0; i < s->certs.count; i++)
		part[i] = der_wrap(a, DER_OCTETS, ((const struct bytes *)s->certs.at)[i]);
	part[s->certs.count] = (struct bytes){0};
	return der_join(a, DER_SEQUENCE, part);
}

static struct bytes property(struct arena *a, const struct cms_seal *s)
{
	return JOIN(a, DER_SEQUENCE, der_number(a, s->type), der_text(a, DER_UTF8, s->name), der_number(a, 1),
		certs(a, s), der_time(a, s->created), der_time(a, s->valid_from), der_time(a, s->valid_to));
}

static struct bytes picture(struct arena *a, const struct cms_seal *s)
{
	return JOIN(a, DER_SEQUENCE, der_text(a, DER_IA5, s->picture_type), der_wrap(a, DER_OCTETS, s->picture),
		der_number(a, s->width_mm), der_number(a, s->height_mm));
}

enum err cms_seal_make(struct arena *a, const struct cms_seal *s, const struct x509_key *maker_key,
	struct bytes maker_cert, struct bytes *ret_der)
{
	const char *oid = signature_oids[x509_key_algorithm(maker_key)];
	struct bytes info = JOIN(
		a, DER_SEQUENCE, header(a, s), der_text(a, DER_IA5, s->id), property(a, s), picture(a, s));
	struct bytes signature;
	enum err e = x509_key_sign(a, maker_key, info, &signature);

	if (e == ERR_OK)
		*ret_der = JOIN(a, DER_SEQUENCE, info, der_wrap(a, DER_OCTETS, maker_cert), der_oid(a, oid),
			der_bits(a, signature));
	return e;
}

bool cms_seal_key(struct bytes cert, enum x509_algorithm *ret_algorithm)
{
	bool weak;

	return cms_chain_key(cert, ret_algorithm, &weak) && !weak;
}

/* --- reading --- */

static bool text(struct arena *a, struct bytes *from, unsigned tag, size_t max, const char **ret_text)
{
	struct bytes body;

	if (!der_take(from, tag, &body) || body.len > max || !utf8_valid((const char *)body.at, body.len))
		return false;
	*ret_text = arena_textn(a, (const char *)body.at, body.len);
	return true;
}

static bool read_header(struct arena *a, struct bytes b, struct cms_seal *s)
{
	const char *id;

	return text(a, &b, DER_IA5, 4, &id) && text_eq(id, "ES") && der_take_number(&b, &s->version) &&
	       text(a, &b, DER_IA5, ID_MAX, &s->vendor) && !b.len;
}

/* The members are certificates, or digests: SEQUENCE { PrintableString, OCTET STRING }. */
static bool read_certs(struct arena *a, struct bytes b, struct cms_seal *s)
{
	struct bytes *at = arena_array(a, CERTS_MAX, sizeof *at), one;
	size_t n = 0;

	for (; b.len && n < CERTS_MAX; n++) {
		if (!s->digests) {
			if (!der_take(&b, DER_OCTETS, &at[n]))
				return false;
			continue;
		}
		if (!der_take(&b, DER_SEQUENCE, &one) || one.len < 2 || !der_take(&one, one.at[0], &at[n]) ||
			!der_take(&one, DER_OCTETS, &at[n]) || one.len)
			return false;
	}
	s->certs = (struct list){at, n};
	return n > 0 && !b.len;
}

static bool read_property(struct arena *a, struct bytes b, struct cms_seal *s)
{
	struct bytes list;
	int64_t list_type;

	if (!der_take_number(&b, &s->type) || s->type < 1 || !text(a, &b, DER_UTF8, NAME_MAX_BYTES, &s->name) ||
		!der_take_number(&b, &list_type) || list_type < 1 || list_type > 2 ||
		!der_take(&b, DER_SEQUENCE, &list))
		return false;
	s->digests = list_type == 2;
	return read_certs(a, list, s) && der_take_time(&b, &s->created) && der_take_time(&b, &s->valid_from) &&
	       der_take_time(&b, &s->valid_to) && !b.len;
}

static bool read_picture(struct arena *a, struct bytes b, struct cms_seal *s)
{
	return text(a, &b, DER_IA5, 8, &s->picture_type) && der_take(&b, DER_OCTETS, &s->picture) &&
	       der_take_number(&b, &s->width_mm) && s->width_mm <= MM_MAX && der_take_number(&b, &s->height_mm) &&
	       s->height_mm <= MM_MAX && !b.len;
}

/* extDatas were seen under [0] and without a tag; whatever they say, we do not act on it. */
static bool read_info(struct arena *a, struct bytes b, struct cms_seal *s)
{
	struct bytes head, properties, image, extra;

	if (!der_take(&b, DER_SEQUENCE, &head) || !read_header(a, head, s) || !text(a, &b, DER_IA5, ID_MAX, &s->id) ||
		!der_take(&b, DER_SEQUENCE, &properties) || !read_property(a, properties, s) ||
		!der_take(&b, DER_SEQUENCE, &image) || !read_picture(a, image, s))
		return false;
	if (b.len && !der_take(&b, DER_0, &extra) && !der_take(&b, DER_SEQUENCE, &extra))
		return false;
	return !b.len;
}

static enum err unreadable(const char *why, const char **ret_say)
{
	*ret_say = why;
	return ERR_INVALID;
}

/* The signature's algorithm is the key's; what the seal says about it must not differ. */
static bool fits(struct bytes maker, struct bytes oid, struct bytes info, struct bytes bits)
{
	struct bytes spki, signature = {bits.at + 1, bits.len - 1};
	enum x509_algorithm algorithm;
	bool weak;

	if (bits.len < 2 || bits.at[0] != 0 || !der_strict(maker) || !cms_chain_key(maker, &algorithm, &weak) || weak ||
		!der_is_oid(oid, signature_oids[algorithm]))
		return false;
	return cms_chain_spki(maker, &spki) && x509_signed(spki, info, signature);
}

enum err cms_seal_read(struct arena *a, struct bytes der, struct cms_seal *ret_seal, const char **ret_say)
{
	struct bytes all, info, inner, oid, bits, at;

	*ret_seal = (struct cms_seal){0};
	if (der.len > SEAL_MAX || !der_strict(der) || !der_take(&der, DER_SEQUENCE, &all))
		return unreadable("不是印章数据", ret_say);
	at = all;
	if (!der_take_whole(&all, DER_SEQUENCE, &info) || !der_take(&at, DER_SEQUENCE, &inner))
		return unreadable("不是印章数据", ret_say);
	if (!read_info(a, inner, ret_seal) || ret_seal->version != 4)
		return unreadable("不是第4版印章数据", ret_say);
	if (!der_take(&all, DER_OCTETS, &ret_seal->maker) || !der_take(&all, DER_OID, &oid) ||
		!der_take(&all, DER_BITS, &bits) || all.len)
		return unreadable("印章数据的签名部分不完整", ret_say);
	ret_seal->signed_well = fits(ret_seal->maker, oid, info, bits);
	return ERR_OK;
}
