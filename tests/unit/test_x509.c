#include "unit.h"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include "catalog_fixture.h"
#include "domain/register_import.h"
#include "io/x509.h"

/* Certificates made here, so that every shape of subject and extension is at hand. */
struct make {
	const char *serial, *province, *place, *unit, *name, *usage;
	const char *customer, *class, *oid, *value; /* value: text as UTF8String; "#…" DER in hex */
	bool ca;
};

static void add_name(X509_NAME *n, const char *key, const char *value)
{
	if (value)
		assert_true(X509_NAME_add_entry_by_txt(n, key, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0));
}

static void add_extension(X509 *x, const char *oid, const char *value)
{
	ASN1_OCTET_STRING *os = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	unsigned char *der = NULL, raw[200];
	X509_EXTENSION *ext;
	int n;

	if (*value == '#') {
		n = (int)strlen(value + 1) / 2;
		assert_true(hex_decode(value + 1, strlen(value + 1), raw));
		ASN1_OCTET_STRING_set(os, raw, n);
	} else {
		ASN1_UTF8STRING *s = ASN1_UTF8STRING_new();

		ASN1_STRING_set(s, value, -1);
		n = i2d_ASN1_UTF8STRING(s, &der);
		ASN1_OCTET_STRING_set(os, der, n);
		OPENSSL_free(der);
		ASN1_UTF8STRING_free(s);
	}
	ext = X509_EXTENSION_create_by_OBJ(NULL, o, 0, os);
	assert_true(X509_add_ext(x, ext, -1));
	X509_EXTENSION_free(ext);
	ASN1_OBJECT_free(o);
	ASN1_OCTET_STRING_free(os);
}

static void add_known(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(ext);
	assert_true(X509_add_ext(x, ext, -1));
	X509_EXTENSION_free(ext);
}

static char *pem_of(const struct make *m)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	BIO *out = BIO_new(BIO_s_mem());
	BIGNUM *bn = NULL;
	char *at, *text;
	long n;

	X509_set_version(x, 2);
	BN_hex2bn(&bn, m->serial);
	BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x));
	BN_free(bn);
	ASN1_TIME_set_string(X509_getm_notBefore(x), "20260508013000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(x), "20290507160000Z"); /* midnight in Shanghai */
	add_name(name, "C", "CN");
	add_name(name, "ST", m->province);
	add_name(name, "L", m->place);
	add_name(name, "O", m->unit);
	add_name(name, "CN", m->name);
	X509_set_pubkey(x, key);
	if (m->usage)
		add_known(x, NID_key_usage, m->usage);
	add_known(x, NID_basic_constraints, m->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	if (m->customer)
		add_extension(x, "1.3.6.1.4.1.18760.1.14", m->customer);
	if (m->class)
		add_extension(x, "1.3.6.1.4.1.18760.1.12.12.2", m->class);
	if (m->oid)
		add_extension(x, m->oid, m->value);
	assert_true(X509_sign(x, key, EVP_sha256()));
	assert_true(PEM_write_bio_X509(out, x));
	n = BIO_get_mem_data(out, &at);
	text = arena_textn(mem, at, (size_t)n);
	BIO_free(out);
	X509_free(x);
	EVP_PKEY_free(key);
	return text;
}

#define SIGN "critical,digitalSignature,nonRepudiation"
#define ENC "critical,keyEncipherment,dataEncipherment"
#define STREET "广东省广州市越秀区青龙坊䶮楼38号首层"
#define UNIT "广州𠮷祥（测试）科技有限公司"

static struct list read_pem(const char *text, enum err want)
{
	struct list certs = {NULL, 0};
	const char *say;

	assert_int_equal(x509_read(mem, (struct bytes){(const unsigned char *)text, strlen(text)}, &certs, &say), want);
	assert_true(!say == (want == ERR_OK));
	return certs;
}

static void one(void **state)
{
	const struct make m = {"0A1B2C", "广东省", STREET, UNIT, "买买提·吐尔逊", SIGN, "C0001", "003",
		"1.2.156.10260.4.1.4", "91350100M000100Y43", false};
	const char *pem = pem_of(&m);
	struct list certs = read_pem(arena_printf(mem, "Bag Attributes\n%s%s", pem, pem), ERR_OK);
	const struct x509_cert *cert = certs.at;

	(void)state;
	assert_int_equal(certs.count, 2);
	expect_text(0, cert->serial, "0A1B2C");
	expect_text(0, cert->country, "CN");
	expect_text(0, cert->locality, STREET);
	expect_text(0, cert->organisation, UNIT);
	expect_text(0, cert->common_name, "买买提·吐尔逊");
	expect_text(0, moment_text(mem, cert->not_before), "2026-05-08T09:30:00+08:00");
	assert_true(cert->signing && !cert->encrypting && !cert->ca);
	assert_int_equal(cert->extensions.count, 3);
	expect_text(0, x509_extension(cert, "1.2.156.10260.4.1.4"), "91350100M000100Y43");
	assert_null(x509_extension(cert, "1.2.3"));
	expect_text(0, cert[1].subject, cert[0].subject);
}

static void extensions(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
		{"𠮷", "𠮷"}, {"#80053132333435", "12345"}, /* [0] IMPLICIT */
		{"#a0070c053132333435", "12345"},	    /* [0] EXPLICIT UTF8String */
		{"#13053132333435", "12345"},		    /* PrintableString */
		{"#1e0459296c38", "天永"},		    /* BMPString */
		{"#04053132333435", "12345"},		    /* OCTET STRING of text */
		{"#3132333435", "12345"},		    /* text without a type */
		{"#3003020105", "#3003020105"},		    /* SEQUENCE */
		{"#0c05313233", "#0c05313233"},		    /* cut */
		{"#0c02fffe", "#0c02fffe"},		    /* not UTF-8 */
		{"#0c0131ff", "#0c0131ff"},		    /* more behind */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct make m = {
			"01", NULL, NULL, UNIT, NULL, SIGN, NULL, NULL, "1.2.156.10260.4.1.1", cases[i].value, false};

		expect_text(i, x509_extension(read_pem(pem_of(&m), ERR_OK).at, m.oid), cases[i].want);
	}
}

static void broken(void **state)
{
	struct make m = {"01", NULL, NULL, UNIT, NULL, SIGN, NULL, NULL, NULL, NULL, false};
	char *pem = pem_of(&m);

	(void)state;
	read_pem("", ERR_INVALID);
	read_pem("证书", ERR_INVALID);
	read_pem(arena_textn(mem, pem, strlen(pem) / 2), ERR_INVALID);
	read_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ERR_INVALID);
	pem[strlen(pem) / 2] = '!';
	read_pem(pem, ERR_INVALID);
	m.serial = "0102030405060708090A0B0C0D0E0F101112131415";
	read_pem(pem_of(&m), ERR_INVALID);
}

static char path[] = "/tmp/test-x509-XXXXXX";

static void put(const char *name, const struct make *m)
{
	FILE *file = fopen(arena_printf(mem, "%s/%s", path, name), "w");

	assert_non_null(file);
	fputs(pem_of(m), file);
	fclose(file);
}

static enum err read_folder(struct list *rows, struct faults *f)
{
	faults_init(f, mem);
	return register_read_folder(mem, the_catalog(), (struct date){2026, 11, 22}, path, rows, f);
}

/* "…@ccccTT1" and Base64 of a credit code, the way the programme's certificates carry it. */
#define UNIQUE64 "00001@1086001OTEzNTAxMDBNMDAwMTAwWTQz"

static void folder(void **state)
{
	struct make org = {
		"A1", "广东省", STREET, UNIT, UNIT, SIGN, "C1", NULL, "1.3.6.1.4.1.18760.1.12.11", UNIQUE64, false};
	struct make rep = {"B1", "广东省", STREET, UNIT, "赵𪚥", SIGN, "C2", "003", "1.2.156.10260.4.4",
		"91350100M000100Y43", false};
	struct make ind = {"C1", "广东省", NULL, NULL, "王𬭊", SIGN, "C3", NULL, "1.2.156.10260.4.1.1",
		"#a0140c12"
		"313130313035313934393132333130303258",
		false};
	struct make ca = {"D1", NULL, NULL, "某CA", NULL, "critical,keyCertSign", NULL, NULL, NULL, NULL, true};
	const struct register_row *row;
	struct list rows;
	struct faults f;

	(void)state;
	assert_non_null(mkdtemp(path));
	put("1签名.pem", &org);
	put("2.crt", &rep);
	put("3.cer", &ind);
	put("ca.pem", &ca);
	org.serial = "A2", rep.serial = "B2", ind.serial = "C2";
	org.usage = rep.usage = ind.usage = ENC;
	put("1加密.pem", &org);
	put("2e.crt", &rep);
	put("3e.cer", &ind);
	put("notes.txt", &org);
	if (read_folder(&rows, &f) != ERR_OK)
		fail_msg("%s: %s", f.at[0].pointer, f.at[0].detail);
	assert_int_equal(rows.count, 3);
	row = rows.at;
	for (size_t i = 0; i < 3; i++) {
		const struct register_in *in = &row[i].in;

		expect_text(i, date_text(mem, in->not_before), "2026-05-08");
		expect_text(i, date_text(mem, in->not_after), "2029-05-07");
		switch (in->sign_serial[0]) {
		case 'A':
			expect_text(i, in->enc_serial, "A2");
			expect_text(i, in->holder, "org");
			expect_text(i, in->uscc, "91350100M000100Y43");
			expect_text(i, in->unit_address, STREET);
			expect_text(i, in->seal_name, UNIT);
			break;
		case 'B':
			expect_text(i, in->holder, "rep");
			expect_text(i, in->uscc, "91350100M000100Y43");
			expect_text(i, in->person_name, "赵𪚥");
			expect_text(i, in->seal_kind, NULL);
			break;
		default:
			expect_text(i, in->holder, "ind");
			expect_text(i, in->unit_name, NULL);
			expect_text(i, in->id_number, "11010519491231002X");
		}
	}
}

/* After folder(): the same files, each time one more that spoils it. */
static void pairs(void **state)
{
	static const struct make cases[] = {
		{"E1", NULL, NULL, "只有一张厂", NULL, SIGN, NULL, NULL, NULL, NULL, false},
		{"E2", NULL, NULL, "没有用途厂", NULL, NULL, NULL, NULL, NULL, NULL, false},
		{"E3", NULL, NULL, "两用厂", NULL, "digitalSignature,keyEncipherment", NULL, NULL, NULL, NULL, false},
		{"E4", "广东省", STREET, UNIT, UNIT, SIGN, "C1", NULL, NULL, NULL, false},
	};
	struct list rows;
	struct faults f;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		put("x.pem", &cases[i]);
		expect(i, read_folder(&rows, &f) == ERR_INVALID);
		expect(i, f.count && text_eq(f.at[f.count - 1].code, "pair"));
	}
	unlink(arena_printf(mem, "%s/x.pem", path));
	assert_int_equal(read_folder(&rows, &f), ERR_OK);
	for (size_t i = 0; i < 8; i++) {
		static const char *const names[] = {
			"1签名.pem", "2.crt", "3.cer", "ca.pem", "1加密.pem", "2e.crt", "3e.cer", "notes.txt"};

		unlink(arena_printf(mem, "%s/%s", path, names[i]));
	}
	rmdir(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one),
		cmocka_unit_test(extensions),
		cmocka_unit_test(broken),
		cmocka_unit_test(folder),
		cmocka_unit_test(pairs),
	};

	return UNIT_MAIN(tests);
}
