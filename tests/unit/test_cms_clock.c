#include "unit.h"

#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/str.h"
#include "domain/register.h"
#include "io/file.h"
#include "pki.h"

/* The verifier and the renewal window by the clock of the machine: this program runs itself under faketime at the edges, and
 * says what it finds.  The certificate ends with the leap day of 2028, in Shanghai. */

enum { FROM = 1830268800 /* 2028-01-01 00:00:00 +08:00 */, LEAP_END = 1835452799 /* 2028-02-29 23:59:59 +08:00 */ };

static const char *const parts[] = {"root", "ca", "root_crl", "ca_crl", "signed"};
static const char *self;

/* --- under faketime --- */

static int look(const char *dir)
{
	struct bytes part[5];
	struct cms_report r;
	struct date today = date_of_moment((int64_t)time(NULL)), opens;
	static const char *const words[] = {"early", "open", "over"};

	mem = arena_new();
	for (int i = 0; i < 5; i++)
		if (file_read(mem, arena_printf(mem, "%s/%s", dir, parts[i]), &part[i]) != ERR_OK)
			return 2;
	cms_verify(mem, part[4], pki_bytes("x"),
		&(struct cms_trust){.anchors = {&part[0], 1}, .intermediates = {&part[1], 1}, .crls = {&part[2], 2}},
		(int64_t)time(NULL), &r);
	printf("%s %s", cms_reason_words[r.reason],
		words[register_renewal(today, date_of_moment(LEAP_END), 90, &opens)]);
	arena_free(mem);
	return 0;
}

/* --- from outside --- */

static const char *at(const char *when, const char *dir)
{
	char said[200] = "";
	int ends[2], status;
	pid_t child;
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		setenv("TZ", "Asia/Shanghai", 1);
		setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
		/* What an earlier process of this number left behind when it was killed. */
		sem_unlink(arena_printf(mem, "/faketime_sem_%ld", (long)getpid()));
		shm_unlink(arena_printf(mem, "/faketime_shm_%ld", (long)getpid()));
		execlp("faketime", "faketime", "-f", arena_printf(mem, "@%s", when), self, dir, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	n = read(ends[0], said, sizeof said - 1);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || n <= 0)
		fail_msg("under faketime %s: status %d", when, status);
	return arena_text(mem, said);
}

static void keep(const char *dir, const char *name, struct bytes b)
{
	FILE *out = fopen(arena_printf(mem, "%s/%s", dir, name), "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(b.at, 1, b.len, out), b.len);
	fclose(out);
}

static const struct {
	const char *when, *want;
} rows[] = {
	{"2027-11-30 23:59:59", "not_yet_valid early"},
	{"2027-12-01 00:00:00", "not_yet_valid open"},
	{"2027-12-31 23:59:59", "not_yet_valid open"},
	{"2028-01-01 00:00:00", "good open"},
	{"2028-02-28 12:00:00", "good open"},
	{"2028-02-29 00:00:00", "good open"},
	{"2028-02-29 23:59:59", "good open"},
	{"2028-03-01 00:00:00", "expired over"},
	{"2029-02-28 12:00:00", "expired over"},
	/* the clock goes back: nothing was remembered */
	{"2028-02-29 12:00:00", "good open"},
	{"2027-06-01 12:00:00", "not_yet_valid early"},
};

static void the_clock_decides(void **state)
{
	char dir[] = "/tmp/cms_clock_XXXXXX";
	struct pki p CLEANUP(pki_done) = {0};
	struct pki_person who CLEANUP(pki_person_done) = {0};
	struct bytes made[5];
	int64_t begin = FROM - PKI_YEAR, end = LEAP_END + 2 * (int64_t)PKI_YEAR;
	struct x509_order order = {.usage = X509_FOR_CA, .not_before = begin, .not_after = end, .serial = "01"};

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(x509_key_new(X509_SM2, &p.root_key), ERR_OK);
	assert_int_equal(x509_key_new(X509_SM2, &p.ca_key), ERR_OK);
	order.subject.common_name = "示范根证书";
	p.root = made[0] = pki_make(p.root_key, (struct bytes){0}, p.root_key, order);
	order.subject.common_name = "示范运营证书";
	order.serial = "02";
	p.ca = made[1] = pki_make(p.root_key, p.root, p.ca_key, order);
	pki_person(&p, X509_SM2, (struct x509_order){.not_before = FROM, .not_after = LEAP_END}, &who);
	assert_int_equal(
		x509_crl_make(mem, &(struct x509_ca){p.root_key, p.root}, 1, begin, end, NULL, 0, &made[2]), ERR_OK);
	assert_int_equal(
		x509_crl_make(mem, &(struct x509_ca){p.ca_key, p.ca}, 1, begin, end, NULL, 0, &made[3]), ERR_OK);
	assert_int_equal(cms_sign(mem, who.key, who.cert, pki_bytes("x"), FROM, true, &made[4]), ERR_OK);
	for (int i = 0; i < 5; i++)
		keep(dir, parts[i], made[i]);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_text(i, at(rows[i].when, dir), rows[i].want);
	for (int i = 0; i < 5; i++)
		unlink(arena_printf(mem, "%s/%s", dir, parts[i]));
	rmdir(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_decides),
	};

	self = argv[0];
	return argc == 2 ? look(argv[1]) : UNIT_MAIN(tests);
}
