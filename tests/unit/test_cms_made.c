#include "unit.h"

#include "world.h"

/* Files that must be refused or accepted, as far as their form decides: shell, signer, attributes.
 * Algorithms and signatures are in test_cms_algorithm.c, certificates and lists in test_cms_chain.c. */

/* --- shell --- */

static void good(struct forge *f, const char *arg)
{
	(void)f;
	(void)arg;
}

static void other_content(struct forge *f, const char *arg)
{
	(void)forge_sign(f);
	f->made = forge_sign(f);
	f->content = pki_bytes(arg);
}

static void outer(struct forge *f, const char *arg)
{
	f->outer_oid = der_oid(mem, arg);
}

static void inner(struct forge *f, const char *arg)
{
	f->inner = FORGE_JOIN(DER_SEQUENCE, der_oid(mem, arg));
	forge_attrs(f, arg);
}

/* Shell and content of the other family, signed so. */
static void gm_family(struct forge *f, const char *arg)
{
	inner(f, FORGE_GM_DATA);
	outer(f, arg);
}

static void attached(struct forge *f, const char *arg)
{
	f->inner = FORGE_JOIN(DER_SEQUENCE, der_oid(mem, FORGE_DATA),
		der_wrap(mem, DER_0, der_wrap(mem, DER_OCTETS, arg ? pki_bytes(arg) : f->content)));
}

/* Signed data about signed data, the inner one good. */
static void nested(struct forge *f, const char *arg)
{
	struct forge in = *f;
	struct bytes whole = forge_sign(&in);

	(void)arg;
	f->inner = FORGE_JOIN(DER_SEQUENCE, der_oid(mem, FORGE_SIGNED), der_wrap(mem, DER_0, whole));
	forge_attrs(f, FORGE_SIGNED);
}

static void behind(struct forge *f, const char *arg)
{
	f->behind = forge_hex(arg);
}

/* The same with the outermost length written otherwise: "80" indefinite, "00" with a zero in front. */
static void outer_length(struct forge *f, const char *arg)
{
	struct bytes whole = forge_sign(f), body, at = whole, head;
	unsigned tag;

	assert_true(der_next(&at, &tag, &body, &whole));
	head = text_eq(arg, "80") ? forge_hex("3080") : forge_cat(forge_hex("308300"), (struct bytes){whole.at + 2, 2});
	f->made = forge_cat(head, text_eq(arg, "80") ? forge_cat(body, forge_hex("0000")) : body);
}

static void signature_in_pieces(struct forge *f, const char *arg)
{
	struct bytes whole = forge_sign(f);
	unsigned char *at = memmem(whole.at, whole.len, f->signature.at, f->signature.len);

	(void)arg;
	assert_true(f->signature.len == 256);
	at[-4] = 0x24;
	at[0] = 0x04;
	at[1] = 0x81;
	at[2] = 0xfd;
	f->made = whole;
}

/* Written from the inside outwards, into one piece of memory. */
static void deep(struct forge *f, const char *arg)
{
	size_t n = strtoul(arg, NULL, 10), room = n * 6 + 2;
	unsigned char *at = arena_alloc(mem, room) + room;
	struct bytes all;

	*--at = 0;
	*--at = DER_NULL;
	all = (struct bytes){at, 2};
	for (size_t i = 0; i < n; i++) {
		size_t len = all.len;
		unsigned char head[6] = {DER_SEQUENCE, (unsigned char)len};
		size_t k = len < 0x80 ? 2 : len < 0x100 ? 3 : len < 0x10000 ? 4 : 5;

		for (size_t j = 2; j < k; j++)
			head[j] = (unsigned char)(len >> (8 * (k - 1 - j)));
		if (k > 2)
			head[1] = (unsigned char)(0x80 | (k - 2));
		at -= k;
		memcpy(at, head, k);
		all = (struct bytes){at, len + k};
	}
	f->made = all;
}

/* Filled with an attribute that nobody signed to this many bytes. */
static void filled(struct forge *f, const char *arg)
{
	size_t want = strtoul(arg, NULL, 10), n = want - forge_sign(f).len - 40;
	struct bytes fill;

	do {
		fill = der_wrap(mem, DER_OCTETS, (struct bytes){arena_alloc(mem, ++n), n});
		f->unsigned_attrs = der_wrap(mem, DER_1, forge_attr("1.2.3.4", fill));
	} while (forge_sign(f).len < want);
}

static void cut(struct forge *f, const char *arg)
{
	f->made = (struct bytes){forge_sign(f).at, strtoul(arg, NULL, 10)};
}

static void sd_version(struct forge *f, const char *arg)
{
	f->sd_version = forge_hex(arg);
}

/* --- signers --- */

static void no_signers(struct forge *f, const char *arg)
{
	struct bytes body = forge_cat(forge_cat(f->sd_version, der_wrap(mem, DER_SET, f->digest_alg)),
		forge_cat(forge_cat(f->inner, f->certs), forge_hex("3100")));

	if (arg) /* as certs-only: no digests either */
		body = forge_cat(forge_cat(f->sd_version, forge_hex("3100")),
			forge_cat(forge_cat(f->inner, f->certs), forge_hex("3100")));
	f->made = FORGE_JOIN(DER_SEQUENCE, f->outer_oid, der_wrap(mem, DER_0, der_wrap(mem, DER_SEQUENCE, body)));
}

static struct bytes signer_of(struct bytes signed_data)
{
	struct bytes b = signed_data, skip, set, last = {0};
	unsigned tag;

	assert_true(der_take(&b, DER_SEQUENCE, &skip));
	b = skip;
	assert_true(der_take(&b, DER_OID, &skip) && der_take(&b, DER_0, &skip));
	b = skip;
	assert_true(der_take(&b, DER_SEQUENCE, &skip));
	b = skip;
	while (der_next(&b, &tag, &set, &skip))
		last = set;
	return last;
}

static void second_signer(struct forge *f, const char *arg)
{
	struct forge again = *f;

	(void)arg;
	f->more_signers = signer_of(forge_sign(&again));
}

static void counter_signed(struct forge *f, const char *arg)
{
	struct forge again = *f;

	again.content = pki_bytes("x");
	f->unsigned_attrs = der_wrap(mem, DER_1, forge_attr("1.2.840.113549.1.9.6", signer_of(forge_sign(&again))));
	if (arg)
		no_signers(f, NULL);
}

static void by_key_id(struct forge *f, const char *arg)
{
	f->signer_version = der_number(mem, strtol(arg, NULL, 10));
	f->who = der_wrap(mem, DER_0_PLAIN, forge_hex("0102030405060708090a0b0c0d0e0f1011121314"));
}

static void signer_version(struct forge *f, const char *arg)
{
	f->signer_version = der_number(mem, strtol(arg, NULL, 10));
}

static void certificates(struct forge *f, const char *arg)
{
	struct bytes all = {0}, other = world('r').p.ca;
	unsigned char *changed = arena_dup(mem, f->cert.at, f->cert.len);

	changed[f->cert.len - 1] ^= 1;
	for (; *arg; arg++)
		all = forge_cat(all, *arg == 'o'   ? other
				     : *arg == 'c' ? (struct bytes){changed, f->cert.len}
				     : *arg == '0' ? forge_hex("3000")
						   : f->cert);
	f->certs = all.len ? der_wrap(mem, DER_0, all) : all;
}

static void many_certificates(struct forge *f, const char *arg)
{
	size_t n = strtoul(arg, NULL, 10);
	struct bytes one = forge_hex(
		"3006300402020101"); /* 8 bytes: not one, but ten thousand real ones are too long */
	unsigned char *all = arena_alloc(mem, n * one.len);

	for (size_t i = 0; i < n; i++)
		memcpy(all + i * one.len, one.at, one.len);
	f->certs = der_wrap(mem, DER_0, forge_cat(f->cert, (struct bytes){all, n * one.len}));
}

/* --- attributes --- */

static void no_attrs(struct forge *f, const char *arg)
{
	(void)arg;
	f->no_attrs = true;
}

/* A sequence of: c t d the good ones, C another content type, D another digest, T another time, L a leap second, u an
 * unknown one, U another value of it, e an unknown one without values, 2 a digest with two values.  '!' in front: in this order. */
static void attrs(struct forge *f, const char *arg)
{
	struct bytes good_ones[3];
	size_t n = 0;

	memcpy(good_ones, f->attr, sizeof good_ones);
	f->as_sent = *arg == '!';
	for (arg += *arg == '!'; *arg; arg++, n++)
		switch (*arg) {
		case 'c': f->attr[n] = good_ones[0]; break;
		case 't': f->attr[n] = good_ones[1]; break;
		case 'd': f->attr[n] = good_ones[2]; break;
		case 'C': f->attr[n] = forge_attr("1.2.840.113549.1.9.3", der_oid(mem, FORGE_SIGNED)); break;
		case 'D':
			f->attr[n] = forge_attr(
				"1.2.840.113549.1.9.4", der_wrap(mem, DER_OCTETS, forge_digest(f->md, pki_bytes("x"))));
			break;
		case 'T':
			f->attr[n] = forge_attr("1.2.840.113549.1.9.5", der_text(mem, DER_UTC_TIME, "270115080001Z"));
			break;
		case 'L':
			f->attr[n] = forge_attr("1.2.840.113549.1.9.5", der_text(mem, DER_UTC_TIME, "161231235960Z"));
			break;
		case 'u': f->attr[n] = forge_attr("1.2.3.5", forge_hex("0101ff")); break;
		case 'U': f->attr[n] = forge_attr("1.2.3.5", forge_hex("010100")); break;
		case 'e': f->attr[n] = forge_attr("1.2.3.6", (struct bytes){0}); break;
		default:
			f->attr[n] = forge_attr("1.2.840.113549.1.9.4",
				forge_cat(der_wrap(mem, DER_OCTETS, forge_digest(f->md, f->content)),
					der_wrap(mem, DER_OCTETS, forge_digest(f->md, pki_bytes("x")))));
		}
	f->attr[n] = (struct bytes){0};
}

/* Signed with one time, sent with another. */
static void altered_attr(struct forge *f, const char *arg)
{
	f->signature = forge_raw(f->key, f->md, f->sm2_id, 0, forge_signed_set(f));
	for (size_t i = 0; f->attr[i].at; i++)
		if (memmem(f->attr[i].at, f->attr[i].len, "270115080000Z", 13))
			f->attr[i] = forge_attr("1.2.840.113549.1.9.5", der_text(mem, DER_UTC_TIME, arg));
}

/* Signed in the order of DER, sent in another: the sender would have it sorted again. */
static void sent_unsorted(struct forge *f, const char *arg)
{
	struct bytes first;

	(void)arg;
	f->signature = forge_raw(f->key, f->md, f->sm2_id, 0, forge_signed_set(f));
	f->as_sent = true;
	first = f->attr[0];
	f->attr[0] = f->attr[1];
	f->attr[1] = first;
}

static void signed_as_sent(struct forge *f, const char *arg)
{
	struct bytes set = forge_signed_set(f);
	unsigned char *other = arena_dup(mem, set.at, set.len);

	(void)arg;
	other[0] = DER_0; /* over the bytes as they stand in the file, not as a set */
	f->signature = forge_raw(f->key, f->md, f->sm2_id, 0, (struct bytes){other, set.len});
}

static const struct row rows[] = {
	{"good RSA", "good", 'r', good, NULL},
	{"good P-256", "good", 'p', good, NULL},
	{"good SM2, PKCS#7", "good", 's', good, NULL},
	{"good SM2, GM/T 0010", "good", 'g', good, NULL},
	{"with its chain", "good", 'r', certificates, "fo"},
	{"a further attribute", "good", 'p', attrs, "cdtu"},
	{"without time", "good", 'g', attrs, "cd"},
	{"countersigned", "good", 'r', counter_signed, NULL},
	{"64 KiB", "good", 'r', filled, "65536"},
	{"64 KiB + 1", "size", 'r', filled, "65537"},
	{"10^5 nested", "size", 'r', deep, "100000"},
	{"10^4 nested", "syntax", 'r', deep, "10000"},
	{"empty", "syntax", 'r', cut, "0"},
	{"cut", "syntax", 'r', cut, "100"},
	{"behind it", "syntax", 'r', behind, "00"},
	{"a second one behind it", "syntax", 'r', behind, "0500"},
	{"indefinite length", "syntax", 'r', outer_length, "80"},
	{"length with a zero", "syntax", 'r', outer_length, "00"},
	{"octets in pieces", "syntax", 'r', signature_in_pieces, NULL},
	{"version 3", "syntax", 'r', sd_version, "020103"},
	{"version with a zero", "syntax", 'r', sd_version, "02020001"},
	{"data", "content_type", 'r', outer, FORGE_DATA},
	{"enveloped data", "content_type", 'r', outer, "1.2.840.113549.1.7.3"},
	{"about digested data", "content_type", 'r', inner, "1.2.840.113549.1.7.5"},
	{"nested signed data", "content_type", 'r', nested, NULL},
	{"GM data in PKCS#7", "content_type", 's', inner, FORGE_GM_DATA},
	{"PKCS#7 data in GM", "content_type", 'g', inner, FORGE_DATA},
	{"the family changed after signing", "content_type", 'g', outer, FORGE_SIGNED},
	{"GM shell about PKCS#7 data, RSA", "content_type", 'r', outer, FORGE_GM_SIGNED},
	{"RSA in the GM family", "algorithm", 'r', gm_family, FORGE_GM_SIGNED},
	{"P-256 in the GM family", "algorithm", 'p', gm_family, FORGE_GM_SIGNED},
	{"attached", "attached", 'r', attached, NULL},
	{"attached, other content", "attached", 'r', attached, "x"},
	{"no signers", "signers", 'r', no_signers, NULL},
	{"certificates only", "signers", 'r', no_signers, "only"},
	{"two signers", "signers", 'r', second_signer, NULL},
	{"countersignature only", "signers", 'r', counter_signed, "only"},
	{"by key id", "signers", 'r', by_key_id, "3"},
	{"by key id, version 1", "signers", 'r', by_key_id, "1"},
	{"signer of version 3", "signers", 'r', signer_version, "3"},
	{"no certificates", "no_certificate", 'r', certificates, ""},
	{"another's certificate", "no_certificate", 'r', certificates, "o"},
	{"certificate twice", "no_certificate", 'r', certificates, "ff"},
	{"twice, other bytes", "no_certificate", 'r', certificates, "fc"},
	{"twice, other bytes first", "no_certificate", 'r', certificates, "cf"},
	{"other bytes", "chain", 'r', certificates, "c"},
	{"an empty certificate", "syntax", 'r', certificates, "f0"},
	{"17 certificates", "syntax", 'r', certificates, "foooooooooooooooo"},
	{"10^4 certificates", "size", 'r', many_certificates, "10000"},
	{"6000 certificates", "syntax", 'r', many_certificates, "6000"},
	{"no signed attributes, RSA", "no_signed_attrs", 'r', no_attrs, NULL},
	{"no signed attributes, SM2", "no_signed_attrs", 's', no_attrs, NULL},
	{"no signed attributes, GM", "no_signed_attrs", 'g', no_attrs, NULL},
	{"no attributes in them", "signed_attrs", 'r', attrs, ""},
	{"another order", "signed_attrs", 'r', attrs, "!dtc"},
	{"another order, signed as a set", "signed_attrs", 'r', sent_unsorted, NULL},
	{"digest missing", "signed_attrs", 'r', attrs, "ct"},
	{"digest twice", "signed_attrs", 'r', attrs, "ctdd"},
	{"two digests", "signed_attrs", 'r', attrs, "ctdD"},
	{"digest of two values", "signed_attrs", 'r', attrs, "ct2"},
	{"content type missing", "signed_attrs", 'r', attrs, "td"},
	{"two content types", "signed_attrs", 'r', attrs, "cCtd"},
	{"another content type", "signed_attrs", 'r', attrs, "Ctd"},
	{"two times", "signed_attrs", 'r', attrs, "ctTd"},
	{"a leap second", "signed_attrs", 'r', attrs, "cLd"},
	{"an unknown one twice", "signed_attrs", 'r', attrs, "ctduU"},
	{"one without values", "signed_attrs", 'r', attrs, "ctde"},
	{"another content", "digest", 'r', other_content, "zhengyin-challenge/1\n"},
	{"no content", "digest", 'g', other_content, ""},
	{"digest of something else", "digest", 'p', attrs, "ctD"},
	{"altered attribute, RSA", "signature", 'r', altered_attr, "270115080001Z"},
	{"altered attribute, P-256", "signature", 'p', altered_attr, "270115080001Z"},
	{"altered attribute, SM2", "signature", 'g', altered_attr, "270115080001Z"},
	{"signed under the tag of its place", "signature", 'r', signed_as_sent, NULL},
};

WORLD_TESTS(rows, CMS_GOOD, CMS_SIZE, CMS_SYNTAX, CMS_CONTENT_TYPE, CMS_ATTACHED, CMS_SIGNERS, CMS_NO_CERTIFICATE,
	CMS_NO_SIGNED_ATTRS, CMS_SIGNED_ATTRS, CMS_DIGEST)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_told_by_its_reason),
		cmocka_unit_test(no_reason_is_left_out),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
