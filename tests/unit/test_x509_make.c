#include "unit.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "io/file.h"
#include "io/x509.h"
#include "io/x509_make.h"

/* What we make is judged by the openssl command line too: another program than the library calls that made it. */

#define DISTID "distid:1234567812345678"

static const int64_t from = 1790000000, to = 1790000000 + 365 * 86400;

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){(const unsigned char *)text, strlen(text)};
}

static char folder[] = "/tmp/zy-x509-XXXXXX";

static const char *put(const char *name, struct bytes content)
{
	char *path = arena_printf(mem, "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0 && write(fd, content.at, content.len) == (ssize_t)content.len);
	close(fd);
	return path;
}

/* Exit status of openssl with these words; what it says goes to `said`. */
static int openssl(const char *const *words, char *said, size_t size)
{
	char *path = arena_printf(mem, "%s/said", folder);
	posix_spawn_file_actions_t actions;
	int status = -1, fd;
	ssize_t n;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	assert_int_equal(posix_spawnp(&pid, "openssl", &actions, NULL, (char *const *)(uintptr_t)words, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	assert_true(waitpid(pid, &status, 0) == pid);
	fd = open(path, O_RDONLY);
	n = read(fd, said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	close(fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct pair {
	struct x509_key *ca_key, *key;
	struct bytes ca, spki;
};

static void pair_done(struct pair *p)
{
	x509_key_free(p->ca_key);
	x509_key_free(p->key);
}

static const struct x509_subject ca_name = {.organisation = "示范认证机构", .common_name = "示范根证书"};
static const struct x509_subject unit_name = {.province = "广东省",
	.locality = "广州市海珠区海洲路38号",
	.organisation = "广州𠮷祥䶮科技（集团）有限公司",
	.common_name = "广州𠮷祥䶮科技（集团）有限公司"};

static void make_pair(enum x509_algorithm algorithm, struct pair *p)
{
	struct x509_order order = {
		.serial = "01", .subject = ca_name, .usage = X509_FOR_CA, .not_before = from, .not_after = to};
	struct x509_ca self = {0};
	const char *say = NULL;

	assert_int_equal(x509_key_new(algorithm, &p->ca_key), ERR_OK);
	assert_int_equal(x509_key_new(algorithm, &p->key), ERR_OK);
	assert_int_equal(x509_key_public(mem, p->ca_key, &order.spki), ERR_OK);
	assert_int_equal(x509_key_public(mem, p->key, &p->spki), ERR_OK);
	self.key = p->ca_key;
	assert_int_equal(x509_make(mem, &self, &order, &p->ca, &say), ERR_OK);
}

static void keys_come_back_and_sign(void **state)
{
	(void)state;
	for (int i = 0; i < X509_ALGORITHM_MAX; i++) {
		struct x509_key *k CLEANUP(x509_key_done) = NULL, *again CLEANUP(x509_key_done) = NULL;
		struct bytes der, spki, signature, content = text_bytes("办理内容：续期𬭊");

		assert_int_equal(x509_key_new((enum x509_algorithm)i, &k), ERR_OK);
		assert_int_equal(x509_key_write(mem, k, &der), ERR_OK);
		assert_int_equal(x509_key_read(der, &again), ERR_OK);
		expect(i, x509_key_algorithm(again) == (enum x509_algorithm)i);
		assert_int_equal(x509_key_sign(mem, again, content, &signature), ERR_OK);
		assert_int_equal(x509_key_public(mem, k, &spki), ERR_OK);
		expect(i, x509_signed(spki, content, signature));
		expect(i, !x509_signed(spki, text_bytes("办理内容：续期"), signature));
		der.len--;
		expect(i, x509_key_read(der, &again) == ERR_INVALID);
	}
}

/* The example of GB/T 32918.5: SM2 with the conventional user id. */
static void the_published_sm2_signature_fits(void **state)
{
	static const char spki_hex[] = "3059301306072A8648CE3D020106082A811CCF5501822D034200"
				       "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
				       "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
	static const char signature_hex[] = "3046022100F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
					    "022100B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";
	unsigned char spki[sizeof spki_hex / 2], signature[sizeof signature_hex / 2];

	(void)state;
	assert_true(hex_decode(spki_hex, strlen(spki_hex), spki));
	assert_true(hex_decode(signature_hex, strlen(signature_hex), signature));
	assert_true(x509_signed((struct bytes){spki, sizeof spki}, text_bytes("message digest"),
		(struct bytes){signature, sizeof signature}));
	signature[20] ^= 1;
	assert_false(x509_signed((struct bytes){spki, sizeof spki}, text_bytes("message digest"),
		(struct bytes){signature, sizeof signature}));
}

static void requests_prove_their_key(void **state)
{
	(void)state;
	for (int i = 0; i < X509_ALGORITHM_MAX; i++) {
		struct x509_key *k CLEANUP(x509_key_done) = NULL;
		enum x509_algorithm algorithm;
		struct bytes der, spki, have;
		const char *say = NULL;
		unsigned char *changed;
		char said[4000];

		assert_int_equal(x509_key_new((enum x509_algorithm)i, &k), ERR_OK);
		assert_int_equal(x509_request_make(mem, k, &unit_name, &der), ERR_OK);
		assert_int_equal(x509_request_read(mem, der, &spki, &algorithm, &say), ERR_OK);
		assert_int_equal(x509_key_public(mem, k, &have), ERR_OK);
		expect(i, algorithm == (enum x509_algorithm)i && spki.len == have.len &&
				  memcmp(spki.at, have.at, have.len) == 0);
		expect(i, openssl((const char *[]){"openssl", "req", "-verify", "-noout", "-inform", "DER", "-in",
					  put("req.der", der), i == X509_SM2 ? "-vfyopt" : NULL, DISTID, NULL},
				  said, sizeof said) == 0 &&
				  strstr(said, "verify OK"));
		changed = arena_dup(mem, der.at, der.len);
		changed[der.len - 5] ^= 1;
		assert_int_equal(
			x509_request_read(mem, (struct bytes){changed, der.len}, &spki, &algorithm, &say), ERR_INVALID);
		assert_non_null(strstr(say, "签名"));
		assert_int_equal(x509_request_read(mem, (struct bytes){der.at, der.len - 1}, &spki, &algorithm, &say),
			ERR_INVALID);
		assert_int_equal(
			x509_request_read(mem, (struct bytes){changed, 0}, &spki, &algorithm, &say), ERR_INVALID);
	}
}

static struct x509_order order_of(const struct pair *p, enum x509_usage usage, const char *serial)
{
	static const struct x509_text_extension extension[] = {
		{"1.2.156.10260.4.1.4", "91440101MA5XXXXX0X"}, {"1.3.6.1.4.1.18760.1.14", "GD20261122000001"}};

	return (struct x509_order){.serial = serial,
		.subject = unit_name,
		.spki = p->spki,
		.usage = usage,
		.not_before = from,
		.not_after = to,
		.email = "ca@example.com",
		.crl_url = "http://127.0.0.1/crl.der",
		.policy_oid = "1.3.6.1.4.1.18760.1",
		.extension = extension,
		.extension_count = ARRAY_LEN(extension)};
}

static void certificates_say_what_was_ordered(void **state)
{
	(void)state;
	for (int i = 0; i < X509_ALGORITHM_MAX; i++) {
		struct pair p CLEANUP(pair_done) = {0};
		struct x509_order order;
		struct bytes der;
		struct list certs;
		const struct x509_cert *cert;
		const char *say = NULL, *ca_path;
		char said[4000];

		make_pair((enum x509_algorithm)i, &p);
		order = order_of(&p, X509_FOR_SIGNING, "4D2F00000000000001");
		assert_int_equal(x509_make(mem, &(struct x509_ca){p.ca_key, p.ca}, &order, &der, &say), ERR_OK);
		assert_int_equal(x509_read(mem, x509_pem(mem, "CERTIFICATE", der), &certs, &say), ERR_OK);
		cert = certs.at;
		expect_text(i, cert->serial, order.serial);
		expect_text(i, cert->organisation, unit_name.organisation);
		expect_text(i, cert->locality, unit_name.locality);
		expect_text(i, cert->province, unit_name.province);
		expect_text(i, cert->country, "CN");
		expect_text(i, x509_extension(cert, "1.2.156.10260.4.1.4"), "91440101MA5XXXXX0X");
		expect(i, cert->not_before == from && cert->not_after == to);
		expect(i, cert->signing && !cert->encrypting && !cert->ca);
		ca_path = put("ca.pem", x509_pem(mem, "CERTIFICATE", p.ca));
		expect(i, openssl((const char *[]){"openssl", "verify", "-attime", "1790000100", "-CAfile", ca_path,
					  i == X509_SM2 ? "-vfyopt" : "-x509_strict",
					  i == X509_SM2 ? DISTID : "-x509_strict",
					  put("leaf.pem", x509_pem(mem, "CERTIFICATE", der)), NULL},
				  said, sizeof said) == 0);
		order = order_of(&p, X509_FOR_ENCRYPTION, "4D2F00000000000002");
		assert_int_equal(x509_make(mem, &(struct x509_ca){p.ca_key, p.ca}, &order, &der, &say), ERR_OK);
		assert_int_equal(x509_read(mem, x509_pem(mem, "CERTIFICATE", der), &certs, &say), ERR_OK);
		cert = certs.at;
		expect(i, !cert->signing && cert->encrypting);
	}
}

static void what_cannot_stand_in_a_certificate_is_refused(void **state)
{
	struct pair p CLEANUP(pair_done) = {0};
	struct x509_ca ca;
	struct bytes der;
	char *long_name = arena_textn(mem, "", 0);
	const char *say;
	struct x509_order good;

	(void)state;
	make_pair(X509_P256, &p);
	ca = (struct x509_ca){p.ca_key, p.ca};
	good = order_of(&p, X509_FOR_SIGNING, "4D2F00000000000001");
	for (int i = 0; i < 65; i++)
		long_name = arena_printf(mem, "%s𠮷", long_name);
	for (int i = 0; i < 8; i++) {
		struct x509_order o = good;

		say = NULL;
		if (i == 0)
			o.subject.organisation = long_name;
		if (i == 1)
			o.serial = "0";
		if (i == 2)
			o.serial = "8000000000000000";
		if (i == 3)
			o.serial = "0000";
		if (i == 4)
			o.not_after = o.not_before;
		if (i == 5)
			o.spki.len--;
		if (i == 6)
			o.policy_oid = "no oid";
		if (i == 7)
			o.serial = "00112233445566778899001122334455667788990011";
		expect(i, x509_make(mem, &ca, &o, &der, &say) == ERR_INVALID && say);
	}
	assert_int_equal(x509_make(mem, &ca, &good, &der, &say), ERR_OK);
}

static void revocation_lists_are_signed_and_complete(void **state)
{
	static const struct x509_revoked gone[] = {{"4D2F00000000000009", 1790001000, 4},
		{"4D2F00000000000001", 1790002000, 6}, {"4D2F00000000000005", 1790003000, 0}};

	(void)state;
	for (int i = 0; i < X509_ALGORITHM_MAX; i++) {
		struct pair p CLEANUP(pair_done) = {0};
		struct bytes der;
		const char *ca_path, *crl_path;
		char said[8000];

		make_pair((enum x509_algorithm)i, &p);
		assert_int_equal(x509_crl_make(mem, &(struct x509_ca){p.ca_key, p.ca}, 7, from, from + 86400, gone,
					 ARRAY_LEN(gone), &der),
			ERR_OK);
		ca_path = put("ca.pem", x509_pem(mem, "CERTIFICATE", p.ca));
		crl_path = put("crl.pem", x509_pem(mem, "X509 CRL", der));
		expect(i, openssl((const char *[]){"openssl", "crl", "-in", crl_path, "-noout", "-text", "-CAfile",
					  ca_path, NULL},
				  said, sizeof said) == 0);
		expect(i, strstr(said, "4D2F00000000000009") && strstr(said, "Superseded") &&
				  strstr(said, "Certificate Hold"));
		/* The command line has no way to say the user id for a list. */
		if (i != X509_SM2)
			expect(i, strstr(said, "verify OK"));
	}
}

static int setup(void **state)
{
	return unit_setup(state) || !mkdtemp(folder);
}

static int teardown(void **state)
{
	static const char *const names[] = {"said", "req.der", "ca.pem", "leaf.pem", "crl.pem"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlink(arena_printf(mem, "%s/%s", folder, names[i]));
	rmdir(folder);
	return unit_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_come_back_and_sign),
		cmocka_unit_test(the_published_sm2_signature_fits),
		cmocka_unit_test(requests_prove_their_key),
		cmocka_unit_test(certificates_say_what_was_ordered),
		cmocka_unit_test(what_cannot_stand_in_a_certificate_is_refused),
		cmocka_unit_test(revocation_lists_are_signed_and_complete),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
