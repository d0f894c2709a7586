#include "unit.h"

#include "world.h"

/* Signed data whose form is right: which algorithms, keys and signatures are accepted. */

/* --- algorithms --- */

static void digest_alg(struct forge *f, const char *arg)
{
	f->digest_alg = forge_algorithm(arg);
}

static void weak_digest(struct forge *f, const char *arg)
{
	f->md = EVP_get_digestbyname(arg);
	f->digest_alg = forge_algorithm(text_eq(arg, "MD5")    ? "1.2.840.113549.2.5"
					: text_eq(arg, "SHA1") ? "1.3.14.3.2.26"
							       : "2.16.840.1.101.3.4.2.2");
	forge_attrs(f, FORGE_DATA);
}

static void digest_set(struct forge *f, const char *arg)
{
	f->digests = der_wrap(
		mem, DER_SET, text_eq(arg, "two") ? forge_cat(f->digest_alg, f->digest_alg) : forge_algorithm(arg));
}

static void digest_parameters(struct forge *f, const char *arg)
{
	f->digest_alg = FORGE_JOIN(DER_SEQUENCE, der_oid(mem, FORGE_SHA256), forge_hex(arg));
}

static void no_parameters(struct forge *f, const char *arg)
{
	(void)arg;
	f->digest_alg = FORGE_JOIN(DER_SEQUENCE, der_oid(mem, f->sm2 ? FORGE_SM3 : FORGE_SHA256));
}

static void signature_alg(struct forge *f, const char *arg)
{
	f->signature_alg = forge_algorithm(arg);
}

static void signature_parameters(struct forge *f, const char *arg)
{
	f->signature_alg = FORGE_JOIN(DER_SEQUENCE, der_oid(mem, "1.2.840.113549.1.1.1"), forge_hex(arg));
}

static void pss(struct forge *f, const char *arg)
{
	f->signature = forge_raw(f->key, f->md, NULL, RSA_PKCS1_PSS_PADDING, forge_signed_set(f));
	f->signature_alg = forge_algorithm(arg);
}

static EVP_PKEY *new_rsa(const char *kind, unsigned bits, unsigned exponent)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	BIGNUM *e = BN_new();
	EVP_PKEY *key = NULL;

	BN_set_word(e, exponent);
	assert_true(EVP_PKEY_keygen_init(c) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(c, (int)bits) == 1 &&
		    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(c, e) == 1 && EVP_PKEY_keygen(c, &key) == 1);
	BN_free(e);
	EVP_PKEY_CTX_free(c);
	return key;
}

/* Another key in the certificate, which is good otherwise. */
static void with_key(struct forge *f, EVP_PKEY *key)
{
	X509 *x = forge_cert_read(f->cert);

	assert_int_equal(X509_set_pubkey(x, key), 1);
	forge_use(f, forge_cert(x, f->ca_key, EVP_sha256()));
	f->key = keep_key(key);
}

static void rsa_of(struct forge *f, const char *arg)
{
	with_key(f, new_rsa("RSA", (unsigned)strtoul(arg, NULL, 10), 65537));
}

/* The largest s with s^3 <= 00 01 FF…FF 00 DigestInfo hash FF…: a checker that does not look at the end takes it. */
static struct bytes cube_root(struct bytes digest)
{
	static const char head[] = "0001ffffffffffffffffffff003031300d060960864801650304020105000420";
	unsigned char *all = arena_alloc(mem, 256), *root = arena_alloc(mem, 256);
	struct bytes front = forge_cat(forge_hex(head), digest);
	BN_CTX *c = BN_CTX_new();
	BIGNUM *want = BN_new(), *s = BN_new(), *cube = BN_new();

	memset(all, 0xff, 256);
	memcpy(all, front.at, front.len);
	BN_bin2bn(all, 256, want);
	for (int bit = 690; bit >= 0; bit--) {
		BN_set_bit(s, bit);
		BN_sqr(cube, s, c);
		BN_mul(cube, cube, s, c);
		if (BN_cmp(cube, want) > 0)
			BN_clear_bit(s, bit);
	}
	BN_bn2binpad(s, root, 256);
	BN_sqr(cube, s, c);
	BN_mul(cube, cube, s, c);
	BN_bn2binpad(cube, all, 256);
	assert_memory_equal(all, front.at, front.len);
	BN_free(want);
	BN_free(s);
	BN_free(cube);
	BN_CTX_free(c);
	return (struct bytes){root, 256};
}

static void exponent_3(struct forge *f, const char *arg)
{
	with_key(f, new_rsa("RSA", 2048, 3));
	if (text_eq(arg, "forged"))
		f->signature = cube_root(forge_digest(f->md, forge_signed_set(f)));
}

/* With the exponent 1 the signature is the padded digest itself. */
static void exponent_1(struct forge *f, const char *arg)
{
	BIGNUM *n = NULL;
	unsigned char modulus[256], *body;
	struct bytes rsa, spki, digest;
	const unsigned char *at;
	EVP_PKEY *key;

	(void)arg;
	assert_int_equal(EVP_PKEY_get_bn_param(f->key, "n", &n), 1);
	BN_bn2binpad(n, modulus, 256);
	BN_free(n);
	rsa = FORGE_JOIN(DER_SEQUENCE,
		der_wrap(mem, DER_INTEGER, forge_cat(forge_hex("00"), (struct bytes){modulus, 256})),
		der_number(mem, 1));
	spki = FORGE_JOIN(DER_SEQUENCE, forge_algorithm("1.2.840.113549.1.1.1"), der_bits(mem, rsa));
	at = spki.at;
	key = d2i_PUBKEY(NULL, &at, (long)spki.len);
	assert_non_null(key);
	digest = forge_digest(f->md, forge_signed_set(f));
	with_key(f, key);
	body = arena_alloc(mem, 256);
	memset(body, 0xff, 256);
	body[0] = 0;
	body[1] = 1;
	digest = forge_cat(forge_hex("003031300d060960864801650304020105000420"), digest);
	memcpy(body + 256 - digest.len, digest.at, digest.len);
	f->signature = (struct bytes){body, 256};
}

static void other_kind(struct forge *f, const char *arg)
{
	EVP_PKEY *key = text_eq(arg, "Ed25519")	  ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
			: text_eq(arg, "RSA-PSS") ? new_rsa(arg, 2048, 65537)
						  : EVP_EC_gen(arg);

	f->signature = forge_hex("00");
	with_key(f, key);
}

/* The same key with its curve written out. */
static void explicit_curve(struct forge *f, const char *arg)
{
	struct bytes whole;

	(void)arg;
	EVP_PKEY_set_utf8_string_param(f->key, "encoding", "explicit");
	EVP_PKEY_up_ref(f->key);
	with_key(f, f->key);
	EVP_PKEY_set_utf8_string_param(f->key, "encoding", "named_curve");
	whole = f->cert;
	assert_non_null(memmem(whole.at, whole.len, "\x2a\x86\x48\xce\x3d\x01\x01", 7)); /* prime-field, spelt out */
}

/* --- signatures --- */

static void sm2_id(struct forge *f, const char *arg)
{
	f->sm2_id = *arg ? arg : NULL;
}

static void empty_id_allowed(struct forge *f, const char *arg)
{
	f->sm2_id = *arg ? arg : NULL;
	f->trust.empty_sm2_id = true;
}

static void raw_signature(struct forge *f, const char *arg)
{
	f->signature = forge_hex(arg);
}

/* The good one, written otherwise: "+" a zero in front of r, "." a byte behind, "r" as 64 bytes, "n" r + n. */
static void rewritten(struct forge *f, const char *arg)
{
	struct bytes good_one = forge_raw(f->key, f->md, f->sm2_id, 0, forge_signed_set(f)), b = good_one, r, s, body;

	assert_true(der_take(&b, DER_SEQUENCE, &body) && der_take(&body, DER_INTEGER, &r) &&
		    der_take(&body, DER_INTEGER, &s));
	if (*arg == '+')
		f->signature = FORGE_JOIN(DER_SEQUENCE, der_wrap(mem, DER_INTEGER, forge_cat(forge_hex("00"), r)),
			der_wrap(mem, DER_INTEGER, s));
	else if (*arg == '.')
		f->signature = forge_cat(good_one, forge_hex("00"));
	else if (*arg == 'r')
		f->signature = forge_cat(
			(struct bytes){r.at + (r.len > 32), 32}, (struct bytes){s.at + (s.len > 32), 32});
	else
		f->signature = FORGE_JOIN(DER_SEQUENCE, der_wrap(mem, DER_INTEGER, s), der_wrap(mem, DER_INTEGER, r));
}

#define SM2_N "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"

static const struct row rows[] = {
	{"sha256WithRSA", "good", 'r', signature_alg, "1.2.840.113549.1.1.11"},
	{"SM2 as the key's id", "good", 'g', signature_alg, "1.2.156.10197.1.301"},
	{"SM3 with SM2", "good", 's', signature_alg, "1.2.156.10197.1.501"},
	{"digest without parameters", "good", 'r', no_parameters, NULL},
	{"MD5", "algorithm", 'r', weak_digest, "MD5"},
	{"SHA-1", "algorithm", 'r', weak_digest, "SHA1"},
	{"SHA-384", "algorithm", 'r', weak_digest, "SHA384"},
	{"SHA-1 outside, SHA-256 inside", "algorithm", 'r', digest_set, "1.3.14.3.2.26"},
	{"two digests outside", "algorithm", 'r', digest_set, "two"},
	{"SHA-1 said inside", "algorithm", 'r', digest_alg, "1.3.14.3.2.26"},
	{"SM3 with RSA", "algorithm", 'r', digest_alg, FORGE_SM3},
	{"SHA-256 with SM2", "algorithm", 's', digest_alg, FORGE_SHA256},
	{"parameters of a digest", "algorithm", 'r', digest_parameters, "020100"},
	{"two NULLs", "algorithm", 'r', digest_parameters, "05000500"},
	{"parameters of RSA", "algorithm", 'r', signature_parameters, "020100"},
	{"SHA-1 with RSA", "algorithm", 'r', signature_alg, "1.2.840.113549.1.1.5"},
	{"ECDSA said, RSA key", "algorithm", 'r', signature_alg, "1.2.840.10045.4.3.2"},
	{"RSA said, P-256 key", "algorithm", 'p', signature_alg, "1.2.840.113549.1.1.1"},
	{"ECDSA said, SM2 key", "algorithm", 's', signature_alg, "1.2.840.10045.4.3.2"},
	{"PSS", "algorithm", 'r', pss, "1.2.840.113549.1.1.10"},
	{"PSS, not said", "signature", 'r', pss, "1.2.840.113549.1.1.1"},
	{"P-384", "algorithm", 'p', other_kind, "P-384"},
	{"secp256k1", "algorithm", 'p', other_kind, "secp256k1"},
	{"Ed25519", "algorithm", 'p', other_kind, "Ed25519"},
	{"a key for PSS", "algorithm", 'r', other_kind, "RSA-PSS"},
	{"curve written out", "algorithm", 'p', explicit_curve, NULL},
	{"RSA-1024", "weak_key", 'r', rsa_of, "1024"},
	{"RSA-2040", "weak_key", 'r', rsa_of, "2040"},
	{"RSA-3072", "good", 'r', rsa_of, "3072"},
	{"exponent 3", "good", 'r', exponent_3, "signed"},
	{"exponent 3, forged padding", "signature", 'r', exponent_3, "forged"},
	{"exponent 1", "weak_key", 'r', exponent_1, NULL},
	{"empty user id", "signature", 's', sm2_id, ""},
	{"empty user id, allowed", "good", 's', empty_id_allowed, ""},
	{"another user id", "signature", 'g', sm2_id, "ALICE123@YAHOO.COM"},
	{"another user id, empty allowed", "signature", 'g', empty_id_allowed, "1234567812345679"},
	{"SM2 (0,0)", "signature", 'g', raw_signature, "3006020100020100"},
	{"SM2 (n,n)", "signature", 'g', raw_signature, "3046022100" SM2_N "022100" SM2_N},
	{"ECDSA (0,0)", "signature", 'p', raw_signature, "3006020100020100"},
	{"SM2, a zero in front", "signature", 'g', rewritten, "+"},
	{"SM2, a byte behind", "signature", 's', rewritten, "."},
	{"SM2, 64 bytes", "signature", 'g', rewritten, "r"},
	{"SM2, r and s swapped", "signature", 'g', rewritten, "s"},
	{"ECDSA, a zero in front", "signature", 'p', rewritten, "+"},
	{"empty signature", "signature", 'r', raw_signature, ""},
};

WORLD_TESTS(rows, CMS_GOOD, CMS_ALGORITHM, CMS_WEAK_KEY, CMS_SIGNATURE)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_told_by_its_reason),
		cmocka_unit_test(no_reason_is_left_out),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
