#include "unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "io/cmp.h"
#include "io/der.h"
#include "pki.h"

/* Against `openssl cmp` as the authority: another implementation of the server side, over a real socket. */

static char folder[] = "/tmp/zy-cmp-XXXXXX";

static const char *put(const char *name, struct bytes content)
{
	char *path = arena_printf(mem, "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0 && write(fd, content.at, content.len) == (ssize_t)content.len);
	close(fd);
	return path;
}

/* A port that is free now. */
static int free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(
		s >= 0 && bind(s, (struct sockaddr *)&at, n) == 0 && getsockname(s, (struct sockaddr *)&at, &n) == 0);
	close(s);
	return ntohs(at.sin_port);
}

struct authority {
	pid_t pid;
	struct cmp_server server;
};

static void authority_done(struct authority *m)
{
	if (m->pid > 0) {
		kill(m->pid, SIGKILL);
		waitpid(m->pid, NULL, 0);
	}
}

static bool listening(int port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool right = connect(s, (struct sockaddr *)&at, sizeof at) == 0;

	close(s);
	return right;
}

/* extra: further words of the command line, ended by NULL. */
static void start(struct authority *m, struct bytes cert, struct bytes ca, const char *const *extra)
{
	int port = free_port(), n = 0;
	const char *words[40] = {"openssl", "cmp", "-port", arena_printf(mem, "%d", port), "-srv_ref", "portal",
		"-srv_secret", "pass:一个共享的口令", "-rsp_cert", put("rsp.pem", x509_pem(mem, "CERTIFICATE", cert)),
		"-rsp_capubs", put("cap.pem", x509_pem(mem, "CERTIFICATE", ca))};
	posix_spawn_file_actions_t quiet;

	while (words[n])
		n++;
	while (*extra)
		words[n++] = *extra++;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	assert_int_equal(posix_spawnp(&m->pid, "openssl", &quiet, NULL, (char *const *)(uintptr_t)words, environ), 0);
	posix_spawn_file_actions_destroy(&quiet);
	m->server = (struct cmp_server){.host = "127.0.0.1",
		.path = "pkix/",
		.port = port,
		.reference = "portal",
		.secret = pki_bytes("一个共享的口令"),
		.timeout_s = 5};
	for (int i = 0; i < 200 && !listening(port); i++)
		nanosleep(&(struct timespec){0, 20000000}, NULL);
}

static const char *const plain[] = {NULL};

struct scene {
	struct pki p;
	struct pki_person who;
	struct authority m;
	struct cmp_order order;
};

static void scene_done(struct scene *s)
{
	authority_done(&s->m);
	pki_person_done(&s->who);
	pki_done(&s->p);
}

static void scene(struct scene *s, enum x509_algorithm algorithm, const char *const *extra)
{
	time_t now = time(NULL);

	pki_new(&s->p, algorithm);
	pki_person(
		&s->p, algorithm, (struct x509_order){.not_before = now - 100, .not_after = now + PKI_YEAR}, &s->who);
	start(&s->m, s->who.cert, s->p.ca, extra);
	s->order = (struct cmp_order){.kind = CMP_INITIAL, .subject = pki_unit, .key = s->who.key};
}

static void each_kind_brings_the_certificate(void **state)
{
	(void)state;
	for (int kind = CMP_INITIAL; kind <= CMP_AGAIN + 1; kind++) {
		struct scene s CLEANUP(scene_done) = {0};
		struct bytes cert = {0};
		const char *say = NULL;
		enum err e;

		scene(&s, X509_RSA, plain);
		if (kind > CMP_AGAIN) {
			assert_int_equal(x509_request_make(mem, s.who.key, &pki_unit, &s.order.request), ERR_OK);
			s.order.key = NULL;
		} else {
			s.order.kind = (enum cmp_kind)kind;
			s.order.old_cert = s.who.cert;
		}
		e = cmp_issue(mem, &s.m.server, &s.order, &cert, &say);
		if (e != ERR_OK)
			fail_msg("row %d: %d %s", kind, e, say);
		expect(kind, der_equal(cert, s.who.cert));
	}
}

static void an_sm2_key_is_asked_for_too(void **state)
{
	struct scene s CLEANUP(scene_done) = {0};
	struct bytes cert = {0};
	const char *say = NULL;

	(void)state;
	scene(&s, X509_SM2, plain);
	assert_int_equal(cmp_issue(mem, &s.m.server, &s.order, &cert, &say), ERR_OK);
	assert_true(der_equal(cert, s.who.cert));
}

static void revoking_and_asking_whether_it_is_there(void **state)
{
	struct scene s CLEANUP(scene_done) = {0};
	const char *say = NULL;

	(void)state;
	scene(&s, X509_P256, plain);
	assert_int_equal(cmp_alive(mem, &s.m.server, &say), ERR_OK);
	assert_int_equal(cmp_revoke(mem, &s.m.server, s.who.cert, 4, &say), ERR_OK);
}

static void a_refusal_comes_with_its_words(void **state)
{
	static const char *const refuse[] = {
		"-pkistatus", "2", "-failure", "9", "-statusstring", "单位名称与登记不符", NULL};
	struct scene s CLEANUP(scene_done) = {0};
	struct bytes cert = {0};
	const char *say = NULL;

	(void)state;
	scene(&s, X509_P256, refuse);
	assert_int_equal(cmp_issue(mem, &s.m.server, &s.order, &cert, &say), ERR_INVALID);
	assert_non_null(strstr(say, "单位名称与登记不符"));
	assert_int_equal(cert.len, 0);
}

/* A token that cannot write a subject: the authority gets the one wanted, and our word for the proof. */
static void a_request_of_another_name_is_sent_for_its_key(void **state)
{
	static const char *const trusting[] = {"-accept_raverified", NULL};
	static const struct x509_subject token = {.common_name = "ZY1234567"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct scene s CLEANUP(scene_done) = {0};
		struct bytes cert = {0};
		const char *say = NULL;
		enum err e;

		scene(&s, X509_RSA, i ? trusting : plain);
		assert_int_equal(x509_request_make(mem, s.who.key, &token, &s.order.request), ERR_OK);
		s.order.key = NULL;
		s.order.usage = X509_FOR_SIGNING;
		s.order.days = 365;
		e = cmp_issue(mem, &s.m.server, &s.order, &cert, &say);
		expect(i, e == (i ? ERR_OK : ERR_INVALID));
		expect(i, der_equal(cert, i ? s.who.cert : (struct bytes){0}));
	}
}

static void a_certificate_for_another_key_is_refused_and_handed_out(void **state)
{
	struct scene s CLEANUP(scene_done) = {0};
	struct x509_key *other CLEANUP(x509_key_done) = NULL;
	struct bytes cert = {0};
	const char *say = NULL;

	(void)state;
	scene(&s, X509_RSA, plain);
	assert_int_equal(x509_key_new(X509_RSA, &other), ERR_OK);
	s.order.key = other;
	assert_int_equal(cmp_issue(mem, &s.m.server, &s.order, &cert, &say), ERR_INVALID);
	assert_true(der_equal(cert, s.who.cert));
}

static void refusals_that_mean_something_else(void **state)
{
	static const struct {
		const char *failure;
		enum err e;
	} rows[] = {{"10", ERR_CONFLICT}, {"24", ERR_BUSY}, {"4", ERR_INVALID}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *const refuse[] = {"-pkistatus", "2", "-failure", rows[i].failure, NULL};
		struct scene s CLEANUP(scene_done) = {0};
		const char *say = NULL;

		scene(&s, X509_P256, refuse);
		expect(i, cmp_revoke(mem, &s.m.server, s.who.cert, 1, &say) == rows[i].e);
	}
}

static void what_is_not_known_is_called_uncertain(void **state)
{
	static const char *const slow[] = {"-poll_count", "100", "-check_after", "1", NULL};
	struct scene s CLEANUP(scene_done) = {0};
	struct bytes cert = {0};
	const char *say = NULL;

	(void)state;
	scene(&s, X509_P256, slow);
	s.m.server.timeout_s = 2;
	assert_int_equal(cmp_issue(mem, &s.m.server, &s.order, &cert, &say), ERR_UNCERTAIN);
}

static void a_wrong_secret_is_no_answer(void **state)
{
	struct scene s CLEANUP(scene_done) = {0};
	struct bytes cert = {0};
	const char *say = NULL;

	(void)state;
	scene(&s, X509_P256, plain);
	s.m.server.secret = pki_bytes("另一个口令");
	assert_int_not_equal(cmp_issue(mem, &s.m.server, &s.order, &cert, &say), ERR_OK);
	assert_int_equal(cert.len, 0);
}

static void nobody_there_means_nothing_happened(void **state)
{
	struct pki p CLEANUP(pki_done) = {0};
	struct cmp_server nobody = {.host = "127.0.0.1",
		.path = "pkix/",
		.port = free_port(),
		.reference = "portal",
		.secret = pki_bytes("x"),
		.timeout_s = 2};
	struct cmp_order order = {.kind = CMP_INITIAL, .subject = pki_unit};
	struct bytes cert = {0};
	const char *say = NULL;

	(void)state;
	pki_new(&p, X509_P256);
	order.key = p.ca_key;
	assert_int_equal(cmp_issue(mem, &nobody, &order, &cert, &say), ERR_BUSY);
	assert_int_equal(cmp_alive(mem, &nobody, &say), ERR_BUSY);
}

static int setup(void **state)
{
	signal(SIGPIPE, SIG_IGN);
	return unit_setup(state) || !mkdtemp(folder);
}

static int teardown(void **state)
{
	unlink(arena_printf(mem, "%s/rsp.pem", folder));
	unlink(arena_printf(mem, "%s/cap.pem", folder));
	rmdir(folder);
	return unit_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_brings_the_certificate),
		cmocka_unit_test(an_sm2_key_is_asked_for_too),
		cmocka_unit_test(revoking_and_asking_whether_it_is_there),
		cmocka_unit_test(a_refusal_comes_with_its_words),
		cmocka_unit_test(a_request_of_another_name_is_sent_for_its_key),
		cmocka_unit_test(a_certificate_for_another_key_is_refused_and_handed_out),
		cmocka_unit_test(refusals_that_mean_something_else),
		cmocka_unit_test(what_is_not_known_is_called_uncertain),
		cmocka_unit_test(a_wrong_secret_is_no_answer),
		cmocka_unit_test(nobody_there_means_nothing_happened),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
