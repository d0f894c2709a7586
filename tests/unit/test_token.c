#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "io/cms.h"
#include "io/cms_wrap.h"
#include "io/crypto.h"
#include "io/file.h"
#include "io/token_part.h"

#include "pki.h"

static char folder[] = "/tmp/zy-token-XXXXXX";
static struct x509_key *portal; /* its unlock key */
static const char pin[] = "246810", wrong[] = "135790";

static void done(struct token **t)
{
	token_done(t);
}

static const char *dir_of(const char *name)
{
	return arena_printf(mem, "%s/%s", folder, name);
}

static const char *file_of(const char *name, const char *file)
{
	return arena_printf(mem, "%s/%s/%s", folder, name, file);
}

static void make(const char *name, enum x509_algorithm algorithm, const char *serial)
{
	struct token_order o = {.serial = serial, .algorithm = algorithm, .pin = pin};
	const char *say = "";

	assert_int_equal(x509_key_public(mem, portal, &o.unlock_spki), ERR_OK);
	if (token_make(mem, dir_of(name), &o, &say) != ERR_OK)
		fail_msg("token_make: %s", say);
}

static struct token *open_token(const char *name)
{
	struct token *t = NULL;

	assert_int_equal(token_open(dir_of(name), &t), ERR_OK);
	return t;
}

/* Opened anew, one try, closed. */
static enum err try_pin(const char *name, const char *with)
{
	struct token *t CLEANUP(done) = open_token(name);

	return token_enter(t, with);
}

static int64_t left(const char *name)
{
	struct token *t CLEANUP(done) = open_token(name);

	return token_tries_left(t);
}

static void test_orders(void **state)
{
	static const struct token_order bad[] = {
		{.algorithm = X509_P256, .pin = pin},
		{.algorithm = X509_RSA, .pin = "12345"},
		{.algorithm = X509_RSA, .pin = "123456789012345678901234567890123"},
		{.algorithm = X509_RSA, .pin = "12 3456"},
		{.algorithm = X509_RSA, .pin = "密码一二三四"},
		{.algorithm = X509_RSA},
		{.serial = "K1", .algorithm = X509_RSA, .pin = pin},
		{.serial = "K12345\n", .algorithm = X509_RSA, .pin = pin},
	};
	const char *say;
	struct token *t = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		say = NULL;
		expect(i, token_make(mem, dir_of("bad"), &bad[i], &say) == ERR_INVALID && say);
	}
	assert_int_equal(token_open(dir_of("bad"), &t), ERR_NOT_FOUND);
	make("made", X509_SM2, NULL);
	assert_int_equal(
		token_make(mem, dir_of("made"), &(struct token_order){.algorithm = X509_SM2, .pin = pin}, &say),
		ERR_CONFLICT);
	assert_int_equal(try_pin("made", pin), ERR_OK);
}

static void test_lock(void **state)
{
	(void)state;
	make("lock", X509_SM2, "K20000000001");
	for (int i = 1; i <= 3; i++) {
		expect(i, try_pin("lock", wrong) == ERR_CREDENTIALS);
		expect(i, left("lock") == TOKEN_TRIES - i);
	}
	assert_int_equal(try_pin("lock", "12"), ERR_INVALID); /* none that could be right: not counted */
	assert_int_equal(left("lock"), 3);
	assert_int_equal(try_pin("lock", pin), ERR_OK);
	assert_int_equal(left("lock"), TOKEN_TRIES);
	for (int i = 1; i < TOKEN_TRIES; i++)
		expect(i, try_pin("lock", wrong) == ERR_CREDENTIALS);
	assert_int_equal(try_pin("lock", wrong), ERR_LOCKED);
	assert_int_equal(left("lock"), 0);
	assert_int_equal(try_pin("lock", pin), ERR_LOCKED);
	assert_int_equal(unlink(file_of("lock", "tries")), 0);
	assert_int_equal(try_pin("lock", pin), ERR_LOCKED);
}

/* A program that ends while it looks at the PIN has used up a try. */
static void test_killed(void **state)
{
	int fd[2];
	pid_t child;

	(void)state;
	make("killed", X509_SM2, "K20000000002");
	for (int i = 1; i <= 2; i++) {
		char c;

		assert_int_equal(pipe(fd), 0);
		child = fork();
		if (!child) {
			struct token *t = open_token("killed");

			close(fd[0]);
			(void)!write(fd[1], "x", 1);
			for (;;)
				(void)!token_enter(t, wrong);
		}
		close(fd[1]);
		assert_int_equal(read(fd[0], &c, 1), 1);
		for (int n = 0; n < 5000; n++) {
			struct bytes b;

			if (file_read(mem, file_of("killed", "tries"), &b) == ERR_OK && b.at[0] == '0' + i)
				break;
			usleep(1000);
		}
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		close(fd[0]);
		expect(i, left("killed") <= TOKEN_TRIES - i);
		if (left("killed") < TOKEN_TRIES - i)
			break;
	}
	assert_true(left("killed") < TOKEN_TRIES);
}

static void test_altered(void **state)
{
	struct bytes was;
	unsigned char *now;
	struct token *t = NULL;

	(void)state;
	make("altered", X509_SM2, "K20000000003");
	assert_int_equal(file_read(mem, file_of("altered", "token"), &was), ERR_OK);
	for (size_t i = 0; i < was.len; i += 41) {
		now = arena_dup(mem, was.at, was.len);
		now[i] ^= 1;
		assert_int_equal(
			file_write(mem, file_of("altered", "token"), 0600, (struct bytes){now, was.len}), ERR_OK);
		expect(i, token_open(dir_of("altered"), &t) == ERR_CHECKSUM);
	}
	assert_int_equal(
		file_write(mem, file_of("altered", "token"), 0600, (struct bytes){was.at, was.len - 1}), ERR_OK);
	assert_int_equal(token_open(dir_of("altered"), &t), ERR_CHECKSUM);
	assert_int_equal(file_write(mem, file_of("altered", "token"), 0600, was), ERR_OK);
	assert_int_equal(try_pin("altered", pin), ERR_OK);
	assert_int_equal(
		file_write(mem, file_of("altered", "device"), 0600, pki_bytes("0123456789abcdef0123456789abcdef")),
		ERR_OK);
	assert_int_equal(token_open(dir_of("altered"), &t), ERR_CHECKSUM);
}

/* No secret stands in the file for who may only read what is told to everybody. */
static void test_face(void **state)
{
	struct token_face face;
	struct token *t CLEANUP(done) = NULL;

	(void)state;
	make("face", X509_RSA, "K20000000004");
	t = open_token("face");
	assert_int_equal(token_look(t, &face), ERR_OK);
	assert_string_equal(face.serial, "K20000000004");
	assert_string_equal(face.algorithm, "rsa");
	assert_string_equal(face.state, "ready");
	assert_int_equal(face.certificates.count, 0);
	assert_false(face.waiting);
}

/* What an authority answers to the request of a token: its certificate, and the encryption pair wrapped for its key. */
static void answer(struct pki *p, struct bytes request, const char *serial, int64_t from, struct token_delivery *ret)
{
	enum x509_algorithm algorithm;
	struct x509_order o = {.serial = serial, .subject = pki_unit, .usage = X509_FOR_SIGNING, .not_before = from};
	struct x509_ca ca = {p->ca_key, p->ca};
	struct x509_key *other = NULL;
	struct bytes der, envelope, spki;
	const char *say = "";
	struct str s;

	*ret = (struct token_delivery){0};
	assert_int_equal(x509_request_read(mem, request, &spki, &algorithm, &say), ERR_OK);
	o.spki = spki;
	o.not_after = PKI_NOW + PKI_YEAR;
	assert_int_equal(x509_make(mem, &ca, &o, &der, &say), ERR_OK);
	ret->certificate = (const char *)x509_pem(mem, "CERTIFICATE", der).at;
	assert_int_equal(x509_key_new(algorithm, &other), ERR_OK);
	assert_int_equal(x509_key_public(mem, other, &o.spki), ERR_OK);
	o.serial = arena_printf(mem, "%sEE", serial);
	o.usage = X509_FOR_ENCRYPTION;
	assert_int_equal(x509_make(mem, &ca, &o, &der, &say), ERR_OK);
	ret->encryption_certificate = (const char *)x509_pem(mem, "CERTIFICATE", der).at;
	assert_int_equal(cms_wrap(mem, spki, other, &envelope), ERR_OK);
	x509_key_free(other);
	str_init(&s, mem);
	str_base64(&s, envelope.at, envelope.len);
	ret->encryption_key = s.at;
}

/* The certificate of another token's request, and parts of it among one's own, are refused. */
static void install_only_own(struct pki *p, const char *name, const struct token_delivery *foreign)
{
	struct token_delivery mine, mixed;
	struct token *t CLEANUP(done) = open_token(name);
	struct bytes request, again;
	struct token_face face;

	assert_int_equal(token_enter(t, pin), ERR_OK);
	assert_int_equal(token_install(t, foreign), ERR_CONFLICT); /* it waits for none */
	assert_int_equal(token_request(t, &request), ERR_OK);
	assert_int_equal(token_install(t, foreign), ERR_CONFLICT);
	token_done(&t);
	t = open_token(name);
	assert_int_equal(token_enter(t, pin), ERR_OK);
	assert_int_equal(token_request(t, &again), ERR_OK); /* the key that waits, also after a lost answer */
	answer(p, again, "4D71", PKI_NOW - PKI_YEAR, &mine);
	mixed = mine;
	mixed.encryption_key = foreign->encryption_key;
	assert_int_equal(token_install(t, &mixed), ERR_CONFLICT);
	mixed = mine;
	mixed.encryption_certificate = foreign->encryption_certificate;
	assert_int_equal(token_install(t, &mixed), ERR_CONFLICT);
	mixed.encryption_certificate = "nothing";
	assert_int_equal(token_install(t, &mixed), ERR_INVALID);
	assert_int_equal(token_look(t, &face), ERR_OK);
	assert_true(face.waiting && face.certificates.count == 0);
	assert_int_equal(token_install(t, &mine), ERR_OK);
	assert_int_equal(token_install(t, &mine), ERR_OK); /* the same again */
}

static void sign_by(struct token *t, struct pki *p, enum x509_algorithm k)
{
	struct bytes cms, text = pki_bytes("zhengyin-challenge/1\n申请：广州𠮷祥\n");
	struct cms_report report;
	const char *serial;

	for (int gm = 0; gm <= 1; gm++) {
		expect(k, token_sign(t, NULL, text, PKI_NOW, gm, &cms, &serial) == ERR_OK);
		cms_verify(mem, cms, text, &p->trust, PKI_NOW, &report);
		expect_text(k, cms_reason_words[report.reason], "good");
		expect(k, report.gm == (gm && k == X509_SM2));
	}
}

static void renew_and_fill(struct token *t, struct pki *p)
{
	struct token_delivery next;
	struct bytes request, cms, text = pki_bytes("续期");
	const char *serial;

	assert_int_equal(token_request(t, &request), ERR_OK);
	answer(p, request, "4D72", PKI_NOW - PKI_DAY, &next);
	assert_int_equal(token_install(t, &next), ERR_OK);
	assert_int_equal(token_sign(t, NULL, text, PKI_NOW, false, &cms, &serial), ERR_OK);
	assert_string_equal(serial, "4D72"); /* the newest */
	assert_int_equal(token_sign(t, "4D71", text, PKI_NOW, false, &cms, &serial), ERR_OK);
	assert_string_equal(serial, "4D71");
	assert_int_equal(token_sign(t, "4D70", text, PKI_NOW, false, &cms, &serial), ERR_NOT_FOUND);
	for (int more = 3; more <= TOKEN_SLOTS; more++) {
		expect(more, token_request(t, &request) == ERR_OK);
		answer(p, request, arena_printf(mem, "4D7%d", more), PKI_NOW - PKI_YEAR, &next);
		expect(more, token_install(t, &next) == ERR_OK);
	}
	assert_int_equal(token_request(t, &request), ERR_CONFLICT);
}

static void test_life(void **state)
{
	struct pki p;

	(void)state;
	for (enum x509_algorithm k = X509_RSA; k <= X509_SM2; k++) {
		const char *name = x509_algorithm_words[k], *other = arena_printf(mem, "%s-other", name), *serial;
		const struct token_certificate *c;
		struct token_delivery foreign;
		struct bytes request, cms;
		struct token_face face;
		struct token *t CLEANUP(done) = NULL;

		pki_new(&p, k);
		make(name, k, NULL);
		make(other, k, NULL);
		t = open_token(other);
		assert_int_equal(token_enter(t, pin), ERR_OK);
		assert_int_equal(token_request(t, &request), ERR_OK);
		answer(&p, request, "4D70", PKI_NOW - PKI_DAY, &foreign);
		expect(k, token_sign(t, NULL, request, PKI_NOW, false, &cms, &serial) == ERR_NOT_FOUND);
		token_done(&t);
		install_only_own(&p, name, &foreign);

		t = open_token(name);
		assert_int_equal(token_look(t, &face), ERR_OK);
		expect(k, face.certificates.count == 1 && !face.waiting);
		c = face.certificates.at;
		expect_text(k, c->serial, "4D71");
		expect_text(k, c->encryption_serial, "4D71EE");
		expect_text(k, c->name, pki_unit.common_name);
		assert_int_equal(token_enter(t, pin), ERR_OK);
		sign_by(t, &p, k);
		renew_and_fill(t, &p);
		pki_done(&p);
	}
}

static void test_change_pin(void **state)
{
	struct token *t CLEANUP(done) = NULL;

	(void)state;
	make("pin", X509_SM2, "K20000000007");
	t = open_token("pin");
	assert_int_equal(token_enter(t, pin), ERR_OK);
	assert_int_equal(token_change_pin(t, "12345"), ERR_INVALID);
	assert_int_equal(token_change_pin(t, "新的密码"), ERR_INVALID);
	assert_int_equal(token_change_pin(t, "new-PIN#7"), ERR_OK);
	token_done(&t);
	assert_int_equal(try_pin("pin", pin), ERR_CREDENTIALS);
	assert_int_equal(try_pin("pin", "new-PIN#7"), ERR_OK);
}

static enum err unlock_with(const char *name, const struct token_permission *p, int64_t now, const char *new_pin)
{
	struct token *t CLEANUP(done) = open_token(name);

	return token_unlock(t, p, now, new_pin);
}

static enum err unlock(const char *name, const struct token_permission *p, int64_t now)
{
	return unlock_with(name, p, now, "864209");
}

/* A permission of the portal for the challenge that the token makes now. */
static struct token_permission permitted(const char *name, int64_t until)
{
	struct token *t CLEANUP(done) = open_token(name);
	struct token_challenge made = {0};
	struct token_permission p;
	struct bytes spki;

	assert_int_equal(token_challenge(t, &made), ERR_OK);
	assert_int_equal(x509_key_public(mem, portal, &spki), ERR_OK);
	assert_string_equal(made.key, token_unlock_id(mem, spki));
	assert_int_equal(strspn(made.nonce, "0123456789abcdef"), 32);
	p = (struct token_permission){
		.serial = arena_text(mem, made.serial), .nonce = arena_text(mem, made.nonce), .until = until};
	assert_int_equal(token_permit(mem, portal, &p), ERR_OK);
	return p;
}

static void lock(const char *name)
{
	for (int i = 0; i < TOKEN_TRIES; i++)
		(void)!try_pin(name, wrong);
	assert_int_equal(try_pin(name, pin), ERR_LOCKED);
}

static struct bytes request_of(const char *name, const char *with)
{
	struct token *t CLEANUP(done) = open_token(name);
	struct bytes request, key;
	enum x509_algorithm algorithm;
	const char *say;

	assert_int_equal(token_enter(t, with), ERR_OK);
	assert_int_equal(token_request(t, &request), ERR_OK);
	assert_int_equal(x509_request_read(mem, request, &key, &algorithm, &say), ERR_OK);
	return key;
}

/* Made when a PIN still took eight times the work: it opens, and its next PIN takes what all take. */
static void test_former(void **state)
{
	static const char *const files[] = {"token", "tries", "device"};
	struct token *t CLEANUP(done) = NULL;
	struct bytes b;

	(void)state;
	assert_int_equal(mkdir(dir_of("former"), 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		assert_int_equal(file_read(mem, arena_printf(mem, "tests/golden/token/%s", files[i]), &b), ERR_OK);
		assert_int_equal(file_write(mem, file_of("former", files[i]), 0600, b), ERR_OK);
	}
	t = open_token("former");
	assert_int_equal(t->state.work, 0);
	assert_int_equal(token_enter(t, wrong), ERR_CREDENTIALS);
	assert_int_equal(token_enter(t, pin), ERR_OK);
	assert_int_equal(token_change_pin(t, "new-PIN#7"), ERR_OK);
	token_done(&t);
	t = open_token("former");
	assert_int_equal(t->state.work, 14);
	assert_int_equal(token_enter(t, "new-PIN#7"), ERR_OK);
}

static void test_permission(void **state)
{
	struct x509_key *stranger = NULL;
	struct token_permission good, p;
	struct bytes key, same;

	(void)state;
	make("unlock", X509_SM2, "K20000000008");
	make("unlock2", X509_SM2, "K20000000009");
	key = request_of("unlock", pin);
	lock("unlock");
	good = permitted("unlock", PKI_NOW + 600);
	(void)permitted("unlock2", PKI_NOW + 600);

	assert_int_equal(unlock("unlock2", &good, PKI_NOW), ERR_FORBIDDEN); /* another's */
	p = good;
	p.serial = "K20000000009";
	assert_int_equal(unlock("unlock2", &p, PKI_NOW), ERR_FORBIDDEN);	 /* another's, rewritten */
	assert_int_equal(unlock("unlock", &good, PKI_NOW + 600), ERR_FORBIDDEN); /* too late */
	p = good;
	p.until += 3600;
	assert_int_equal(unlock("unlock", &p, PKI_NOW), ERR_FORBIDDEN); /* made longer */
	p = good;
	p.nonce = "0123456789abcdef0123456789abcdee";
	assert_int_equal(unlock("unlock", &p, PKI_NOW), ERR_FORBIDDEN);
	assert_int_equal(token_permit(mem, portal, &p), ERR_OK);
	assert_int_equal(unlock("unlock", &p, PKI_NOW), ERR_FORBIDDEN); /* signed, but for no challenge of this token */
	assert_int_equal(x509_key_new(X509_SM2, &stranger), ERR_OK);
	p = good;
	assert_int_equal(token_permit(mem, stranger, &p), ERR_OK);
	x509_key_free(stranger);
	assert_int_equal(unlock("unlock", &p, PKI_NOW), ERR_FORBIDDEN); /* another's signature */
	assert_int_equal(left("unlock"), 0);

	assert_int_equal(unlock("unlock", &good, PKI_NOW), ERR_OK);
	assert_int_equal(try_pin("unlock", pin), ERR_CREDENTIALS);
	assert_int_equal(try_pin("unlock", "864209"), ERR_OK);
	assert_int_equal(unlock("unlock", &good, PKI_NOW), ERR_FORBIDDEN); /* once */
	same = request_of("unlock", "864209");				   /* its keys are what they were */
	assert_int_equal(key.len, same.len);
	assert_memory_equal(key.at, same.at, key.len);
}

/* A PIN that is refused does not use the permission up; a newer challenge does. */
static void test_permission_again(void **state)
{
	static const char *const bad[] = {"12345", "000000", "123456", "987654", "abcdef", "有中文的密码", "12 3456"};
	struct token_permission p, newer;

	(void)state;
	make("again", X509_RSA, "K20000000012");
	lock("again");
	p = permitted("again", PKI_NOW + 600);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(unlock_with("again", &p, PKI_NOW, bad[i]), ERR_INVALID);
	newer = permitted("again", PKI_NOW + 600);
	assert_int_equal(unlock("again", &p, PKI_NOW), ERR_FORBIDDEN);
	assert_int_equal(left("again"), 0);
	assert_int_equal(unlock("again", &newer, PKI_NOW), ERR_OK);
	assert_int_equal(left("again"), TOKEN_TRIES);
	/* Forgotten, but not locked. */
	p = permitted("again", PKI_NOW + 600);
	assert_int_equal(unlock_with("again", &p, PKI_NOW, "forgot-7"), ERR_OK);
	assert_int_equal(try_pin("again", "forgot-7"), ERR_OK);
}

/* The unlock key comes with a certificate, and takes the place of the one before. */
static void test_unlock_key_delivered(void **state)
{
	struct x509_key *before = portal;
	struct token_permission p, old;
	struct token_delivery d;
	struct token *t CLEANUP(done) = NULL;
	struct bytes request, spki;
	struct pki pki;
	struct str s;

	(void)state;
	pki_new(&pki, X509_SM2);
	make("rotate", X509_SM2, "K20000000013");
	t = open_token("rotate");
	assert_int_equal(token_enter(t, pin), ERR_OK);
	assert_int_equal(token_request(t, &request), ERR_OK);
	answer(&pki, request, "4D81", PKI_NOW - PKI_DAY, &d);
	assert_int_equal(x509_key_new(X509_SM2, &portal), ERR_OK);
	assert_int_equal(x509_key_public(mem, portal, &spki), ERR_OK);
	str_init(&s, mem);
	str_base64(&s, spki.at, spki.len);
	d.unlock_key = "not Base64";
	assert_int_equal(token_install(t, &d), ERR_INVALID);
	d.unlock_key = s.at;
	assert_int_equal(token_install(t, &d), ERR_OK);
	token_done(&t);
	lock("rotate");
	p = permitted("rotate", PKI_NOW + 600); /* names the new key */
	old = p;
	assert_int_equal(token_permit(mem, before, &old), ERR_OK);
	assert_int_equal(unlock("rotate", &old, PKI_NOW), ERR_FORBIDDEN);
	assert_int_equal(unlock("rotate", &p, PKI_NOW), ERR_OK);
	x509_key_free(portal);
	portal = before;
	pki_done(&pki);
}

static void test_without_unlock(void **state)
{
	struct token_permission p = {
		.serial = "K20000000010", .nonce = "0123456789abcdef0123456789abcdef", .until = PKI_NOW + 600};
	struct token_challenge made;
	struct token *t CLEANUP(done) = NULL;
	const char *say;

	(void)state;
	assert_int_equal(
		token_make(mem, dir_of("alone"),
			&(struct token_order){.serial = "K20000000010", .algorithm = X509_RSA, .pin = pin}, &say),
		ERR_OK);
	t = open_token("alone");
	assert_int_equal(token_challenge(t, &made), ERR_FORBIDDEN);
	token_done(&t);
	assert_int_equal(token_permit(mem, portal, &p), ERR_OK);
	assert_int_equal(unlock("alone", &p, PKI_NOW), ERR_FORBIDDEN);
}

static int setup(void **state)
{
	unit_setup(state);
	if (!mkdtemp(folder) || x509_key_new(X509_SM2, &portal) != ERR_OK)
		return -1;
	return 0;
}

static int teardown(void **state)
{
	DIR *d = opendir(folder);
	struct dirent *f;

	while ((f = readdir(d))) {
		if (f->d_name[0] == '.')
			continue;
		unlink(file_of(f->d_name, "token"));
		unlink(file_of(f->d_name, "tries"));
		unlink(file_of(f->d_name, "device"));
		rmdir(dir_of(f->d_name));
	}
	closedir(d);
	rmdir(folder);
	x509_key_free(portal);
	return unit_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_altered),
		cmocka_unit_test(test_face),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_change_pin),
		cmocka_unit_test(test_former),
		cmocka_unit_test(test_permission),
		cmocka_unit_test(test_permission_again),
		cmocka_unit_test(test_unlock_key_delivered),
		cmocka_unit_test(test_without_unlock),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
