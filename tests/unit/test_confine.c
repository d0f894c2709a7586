#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/confine.h"

/* This program runs itself confined as `test_confine WHAT`: it tries one thing and says "did" or "no". */

static char self[PATH_MAX];

static bool opens(const char *path, int flags)
{
	return open(path, flags, 0600) >= 0;
}

static bool try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool try_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool try_program(void)
{
	char *argv[] = {(char[]){"/bin/true"}, NULL};

	execv(argv[0], argv);
	return errno != EPERM;
}

static bool try_kill(void)
{
	return kill(getppid(), 0) == 0;
}

static bool try_trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool try_write(void)
{
	return opens("/tmp/test_confine", O_WRONLY | O_CREAT) || opens("/dev/null", O_RDWR);
}

static bool try_read(void) /* ours and everybody's, where keys and the store could be */
{
	return opens("/etc/passwd", O_RDONLY) || opens("/tmp", O_RDONLY) || opens("/proc/self/environ", O_RDONLY);
}

static bool try_unlink(void)
{
	return unlink("/tmp/test_confine") == 0 || errno != EPERM;
}

static bool try_limits(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_CPU, &r) != 0 || r.rlim_max == RLIM_INFINITY;
}

static bool try_self(void) /* what a program of ours does before it looks at its input */
{
	return !confine_self() || opens("/usr/share/zoneinfo/Asia/Shanghai", O_RDONLY);
}

static bool try_memory(void)
{
	return mmap(NULL, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool try_cpu(void)
{
	volatile bool on = true;

	while (on)
		;
	return true;
}

static bool try_output(void)
{
	static char part[1 << 16];

	for (;;)
		if (write(1, part, sizeof part) <= 0)
			return true;
}

static bool try_sleep(void)
{
	unsigned never = 0;

	return syscall(SYS_futex, &never, FUTEX_WAIT, 0, NULL, NULL, 0) == 0;
}

static const struct {
	const char *what;
	bool (*try)(void);
	enum confine_end how;
	bool landlock, memory; /* only where there is one */
} rows[] = {
	{"socket", try_socket, CONFINE_EXITED, false, false},
	{"process", try_process, CONFINE_EXITED, false, false},
	{"program", try_program, CONFINE_EXITED, false, false},
	{"kill", try_kill, CONFINE_EXITED, false, false},
	{"trace", try_trace, CONFINE_EXITED, false, false},
	{"write", try_write, CONFINE_EXITED, false, false},
	{"read", try_read, CONFINE_EXITED, true, false},
	{"unlink", try_unlink, CONFINE_EXITED, false, false},
	{"limits", try_limits, CONFINE_EXITED, false, false},
	{"self", try_self, CONFINE_EXITED, false, false},
	{"memory", try_memory, CONFINE_EXITED, false, true},
	{"cpu", try_cpu, CONFINE_LIMIT, false, false},
	{"output", try_output, CONFINE_OUTPUT, false, false},
	{"sleep", try_sleep, CONFINE_LIMIT, false, false},
};

static int child(const char *what)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(what, rows[i].what) == 0) {
			const char *said = rows[i].try() ? "did" : "no";

			_exit(write(1, said, strlen(said)) > 0 ? 7 : 8);
		}
	_exit(9);
}

static struct confine confine(const char *what)
{
	const char **argv = arena_array(mem, 3, sizeof *argv);

	argv[0] = self;
	argv[1] = what;
	return (struct confine){.argv = argv,
		.ours = true,
		.memory_bytes = 100 << 20,
		.cpu_s = 1,
		.wall_ms = 60000,
		.out_max = 1 << 20};
}

#ifdef ZY_COVER
enum { CONFINED = 0 };
#else
enum { CONFINED = 1 };
#endif

#if defined(__SANITIZE_ADDRESS__)
enum { MEMORY_LIMITED = 0 };
#else
enum { MEMORY_LIMITED = 1 };
#endif

static void what_it_cannot_do(void **state)
{
	(void)state;
	if (!CONFINED)
		return; /* `make cover` lets a child write its figures, and nothing else of this list can be told then */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct confine c = confine(rows[i].what);
		struct confine_result r;

		if ((rows[i].landlock && !confine_landlock()) || (rows[i].memory && !MEMORY_LIMITED))
			continue;
		if (rows[i].try == try_sleep)
			c.wall_ms = 300;
		expect(i, confine_run(mem, &c, (struct bytes){(const unsigned char *)"x", 1}, &r) == ERR_OK);
		expect(i, r.how == rows[i].how);
		if (r.how == CONFINE_EXITED) {
			expect(i, r.code == 7);
			expect_text(i, arena_textn(mem, (const char *)r.out.at, r.out.len), "no");
		}
	}
}

/* The rows above would pass with a child that can do nothing at all, or with tries that never work. */
static void what_it_could_do_unconfined(void **state)
{
	static bool (*const tries[])(void) = {
		try_socket, try_process, try_kill, try_write, try_read, try_unlink, try_limits, try_memory};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(tries[i]() ? 7 : 8);
		expect(i, pid > 0 && waitpid(pid, &status, 0) == pid);
		expect(i, WIFEXITED(status) && WEXITSTATUS(status) == 7);
	}
}

static void what_it_used(void **state)
{
	struct confine c = confine("cpu");
	struct confine_result r;

	(void)state;
	assert_int_equal(confine_run(mem, &c, (struct bytes){(const unsigned char *)"x", 1}, &r), ERR_OK);
	/* the kernel counts by ticks */
	assert_true(r.cpu_ms >= 500 && (!MEMORY_LIMITED || !CONFINED || r.cpu_ms <= 1500));
	assert_true(r.peak_bytes > 100000);
}

/* Built otherwise than this one, so with its limits in every build. */
static void another_program(void **state)
{
	const char *argv[] = {"/bin/echo", "你好", NULL};
	struct confine c = confine("x");
	struct confine_result r;

	(void)state;
	c.argv = argv;
	c.ours = false;
	assert_int_equal(confine_run(mem, &c, (struct bytes){(const unsigned char *)"x", 1}, &r), ERR_OK);
	assert_int_equal(r.how, CONFINE_EXITED);
	assert_int_equal(r.code, 0);
	assert_string_equal(arena_textn(mem, (const char *)r.out.at, r.out.len), "你好\n");
}

static void not_there(void **state)
{
	const char *argv[] = {"/nonexistent", NULL};
	struct confine c = confine("x");
	struct confine_result r;

	(void)state;
	c.argv = argv;
	assert_int_equal(confine_run(mem, &c, (struct bytes){(const unsigned char *)"x", 1}, &r), ERR_INTERNAL);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_cannot_do),
		cmocka_unit_test(what_it_could_do_unconfined),
		cmocka_unit_test(what_it_used),
		cmocka_unit_test(another_program),
		cmocka_unit_test(not_there),
	};

	if (argc == 2)
		return child(argv[1]);
	if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0)
		return 1;
	return UNIT_MAIN(tests);
}
