#include "unit.h"

#include "base/str.h"
#include "io/cms_seal.h"
#include "io/der.h"
#include "pki.h"

static const unsigned char png[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 1, 2, 3};

static struct cms_seal seal_of(struct bytes *certs, size_t n)
{
	return (struct cms_seal){.id = "0f9d3c1e5b7a4d2f8c6e1a3b5d7f9b1c",
		.vendor = "ZHENGYIN",
		.name = "广州𠮷祥䶮科技（集团）有限公司公章",
		.type = 1,
		.certs = {certs, n},
		.created = PKI_NOW,
		.valid_from = PKI_NOW,
		.valid_to = PKI_NOW + PKI_YEAR,
		.picture_type = "PNG",
		.picture = {png, sizeof png},
		.width_mm = 42,
		.height_mm = 42};
}

static struct bytes long_length(struct bytes cert)
{
	unsigned char *at = arena_alloc(mem, cert.len + 1);

	assert_true(cert.at[1] == 0x82);
	memcpy(at, "\x30\x83\0", 3);
	memcpy(at + 3, cert.at + 2, cert.len - 2);
	return (struct bytes){at, cert.len + 1};
}

static void what_was_made_reads_the_same(void **state)
{
	(void)state;
	for (int i = 0; i < X509_ALGORITHM_MAX; i++) {
		struct pki p CLEANUP(pki_done) = {0};
		struct pki_person holder CLEANUP(pki_person_done) = {0}, maker CLEANUP(pki_person_done) = {0};
		struct cms_seal in, out;
		const char *say = NULL;
		unsigned char *changed;
		struct bytes der, ber;

		pki_new(&p, (enum x509_algorithm)i);
		pki_person(&p, (enum x509_algorithm)i, (struct x509_order){0}, &holder);
		pki_person(&p, (enum x509_algorithm)i, (struct x509_order){.serial = "07"}, &maker);
		in = seal_of(&holder.cert, 1);
		assert_int_equal(cms_seal_make(mem, &in, maker.key, maker.cert, &der), ERR_OK);
		assert_int_equal(cms_seal_read(mem, der, &out, &say), ERR_OK);
		expect(i, out.signed_well && out.version == 4 && out.type == 1 && !out.digests);
		expect_text(i, out.id, in.id);
		expect_text(i, out.name, in.name);
		expect_text(i, out.picture_type, "PNG");
		expect(i, out.width_mm == 42 && out.height_mm == 42 && der_equal(out.picture, in.picture));
		expect(i, out.created == PKI_NOW && out.valid_to == PKI_NOW + PKI_YEAR);
		expect(i, out.certs.count == 1 && der_equal(*(const struct bytes *)out.certs.at, holder.cert));
		expect(i, der_equal(out.maker, maker.cert));
		/* Another picture under the same signature. */
		changed = arena_dup(mem, der.at, der.len);
		memcpy(memmem(changed, der.len, png, sizeof png), "\x89PNG\r\n\x1a\n\0\1\2\4", sizeof png);
		assert_int_equal(cms_seal_read(mem, (struct bytes){changed, der.len}, &out, &say), ERR_OK);
		expect(i, !out.signed_well);
		/* The maker's certificate with a length that is not as short as can be. */
		assert_int_equal(cms_seal_make(mem, &in, maker.key, long_length(maker.cert), &ber), ERR_OK);
		assert_int_equal(cms_seal_read(mem, ber, &out, &say), ERR_OK);
		expect(i, !out.signed_well);
		/* Cut, and something behind it. */
		expect(i, cms_seal_read(mem, (struct bytes){der.at, der.len - 1}, &out, &say) == ERR_INVALID);
		expect(i, cms_seal_read(mem, (struct bytes){changed, 0}, &out, &say) == ERR_INVALID);
	}
}

static void every_cut_and_every_changed_byte_is_survived(void **state)
{
	struct pki p CLEANUP(pki_done) = {0};
	struct pki_person maker CLEANUP(pki_person_done) = {0};
	struct cms_seal in, out;
	const char *say = NULL;
	struct bytes der;
	size_t from, to; /* the maker's certificate: judged by who trusts it, not by the signature */

	(void)state;
	pki_new(&p, X509_P256);
	pki_person(&p, X509_P256, (struct x509_order){0}, &maker);
	in = seal_of(&maker.cert, 1);
	assert_int_equal(cms_seal_make(mem, &in, maker.key, maker.cert, &der), ERR_OK);
	assert_int_equal(cms_seal_read(mem, der, &out, &say), ERR_OK);
	from = (size_t)(out.maker.at - der.at);
	to = from + out.maker.len;
	for (size_t n = 0; n < der.len; n++) {
		unsigned char *changed = arena_dup(mem, der.at, der.len);

		assert_int_equal(cms_seal_read(mem, (struct bytes){der.at, n}, &out, &say), ERR_INVALID);
		changed[n] ^= 0x21;
		if (cms_seal_read(mem, (struct bytes){changed, der.len}, &out, &say) == ERR_OK && out.signed_well &&
			(n < from || n >= to))
			fail_msg("byte %zu", n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_made_reads_the_same),
		cmocka_unit_test(every_cut_and_every_changed_byte_is_survived),
	};

	return UNIT_MAIN(tests);
}
