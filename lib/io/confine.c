#include "io/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { EXIT_NOT_CONFINED = 125, EXIT_NOT_STARTED = 126 };

/* A program built with AddressSanitizer can neither start nor go on under a memory limit. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

/* Of a build that counts lines (`make cover`) a child of ours writes its figures when it ends, so it may write files; nobody's
 * bytes but the tests' ever reach one. */
#ifdef ZY_COVER
enum { MEASURED = 1 };
#else
enum { MEASURED = 0 };
#endif

/* What decoding needs: memory, reading and writing what is open, leaving. */
static const int working[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(pread64),
	SCMP_SYS(lseek),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(close),
	SCMP_SYS(mmap),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(mprotect),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(futex),
	SCMP_SYS(getrandom),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(sched_yield),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(sched_getaffinity),
};

/* What the loader, the C library and fontconfig need on top until the program is there. */
static const int starting[] = {
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(stat),
	SCMP_SYS(lstat),
	SCMP_SYS(statx),
	SCMP_SYS(statfs),
	SCMP_SYS(fstatfs),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getdents64),
	SCMP_SYS(getcwd),
	SCMP_SYS(fadvise64),
	SCMP_SYS(fcntl),
	SCMP_SYS(arch_prctl),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(uname),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getrlimit),
	SCMP_SYS(sysinfo),
};

static bool allow(scmp_filter_ctx f, const int *calls, size_t n)
{
	bool right = f != NULL;

	for (size_t i = 0; right && i < n; i++)
		right = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) == 0;
	return right;
}

/* Reading only: no flag of open that writes, makes or empties a file; a limit may be asked for, not set. */
static bool allow_opening(scmp_filter_ctx f)
{
	const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
	int e = seccomp_rule_add(
		f, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, writing, O_RDONLY));

	e |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, writing, O_RDONLY));
	e |= SANITIZED ? seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 0)
		       : seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0));
	return e == 0;
}

/* Everything that is not on a list is EPERM: sockets, processes, tracing, other programs.  The one execve that may happen is
 * ours, known by the address of its path. */
static bool load_filter(const char *path)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool right = allow(f, working, ARRAY_LEN(working)) && allow(f, starting, ARRAY_LEN(starting)) &&
		     allow_opening(f) &&
		     seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(execve), 1,
			     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)(uintptr_t)path, 0)) == 0 &&
		     /* the second filter of confine_self */
		     seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
			     SCMP_A0(SCMP_CMP_EQ, PR_SET_NO_NEW_PRIVS, 0)) == 0 &&
		     seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(seccomp), 0) == 0 && seccomp_load(f) == 0;

	seccomp_release(f);
	return right;
}

bool confine_self(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool right = allow(f, working, ARRAY_LEN(working)) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		     (MEASURED || seccomp_load(f) == 0);

	seccomp_release(f);
	return right;
}

static void may_read(int ruleset, const char *path, bool folder)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE |
				  (folder ? LANDLOCK_ACCESS_FS_READ_DIR : 0),
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};

	if (rule.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

/* All rights of the first version are taken; only reading below a few folders comes back. */
static bool landlock(const char *program)
{
	static const char *const folders[] = {
		"/usr", "/lib", "/lib64", "/etc/fonts", "/var/cache/fontconfig", "/etc/poppler"};
	static const char *const files[] = {"/etc/ld.so.cache", "/dev/null", "/dev/urandom"};
	struct landlock_ruleset_attr all = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	bool right;

	if (ruleset < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		may_read(ruleset, folders[i], true);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		may_read(ruleset, files[i], false);
	may_read(ruleset, program, false);
	right = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return right;
}

static bool limit(int which, int64_t value)
{
	struct rlimit r = {(rlim_t)value, (rlim_t)value};

	return setrlimit((__rlimit_resource_t)which, &r) == 0;
}

static bool measured(const struct confine *c)
{
	return MEASURED && c->ours;
}

static bool limits(const struct confine *c)
{
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_CPU, c->cpu_s * ((SANITIZED && c->ours) || measured(c) ? 5 : 1)) &&
	       (measured(c) || limit(RLIMIT_FSIZE, 0)) && limit(RLIMIT_NOFILE, 32) && limit(RLIMIT_MEMLOCK, 0) &&
	       limit(RLIMIT_NPROC, 0) && (SANITIZED || limit(RLIMIT_AS, c->memory_bytes));
}

static void child(const struct confine *c, int in, int out)
{
	char *const nothing[] = {NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(EXIT_NOT_STARTED);
	close_range(3, ~0u, 0);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		errno = 0; /* not permitted here: seccomp denies sockets anyway */
	if (chdir("/") != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		_exit(EXIT_NOT_CONFINED);
	if (!measured(c))
		(void)landlock(c->argv[0]);
	if (c->nice && setpriority(PRIO_PROCESS, 0, c->nice) != 0)
		errno = 0; /* it is as urgent as we are, then */
	if (!limits(c) || (!measured(c) && !load_filter(c->argv[0])))
		_exit(EXIT_NOT_CONFINED);
	if (SANITIZED && !c->ours && !limit(RLIMIT_AS, c->memory_bytes)) /* until now we could not have gone on */
		_exit(EXIT_NOT_CONFINED);
	execve(c->argv[0], (char *const *)(uintptr_t)c->argv, nothing);
	_exit(EXIT_NOT_STARTED);
}

/* The bytes as a file that nobody can change any more. */
static int sealed_file(struct bytes b)
{
	int fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t done = 0;

	while (fd >= 0 && done < b.len) {
		ssize_t n = write(fd, b.at + done, b.len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	if (fd >= 0 && (lseek(fd, 0, SEEK_SET) != 0 ||
			       fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

/* Collects output until the other side closes it.  How it ended so far. */
static enum confine_end collect(int fd, const struct confine *c, struct str *out)
{
	int64_t until = now_ms() + c->wall_ms;
	char *part = malloc(1 << 16);
	enum confine_end how = CONFINE_EXITED;

	while (part) {
		struct pollfd p = {fd, POLLIN, 0};
		int64_t left = until - now_ms();
		ssize_t n;

		if (left <= 0) {
			how = CONFINE_LIMIT;
			break;
		}
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, part, 1 << 16);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (out->len + (size_t)n > c->out_max) {
			how = CONFINE_OUTPUT;
			break;
		}
		str_addn(out, part, (size_t)n);
	}
	free(part);
	return how;
}

static int64_t cpu_ms(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000ll + (u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1000;
}

static enum err finish(pid_t pid, int fd, const struct confine *c, struct str *out, struct confine_result *ret_result)
{
	enum confine_end how = collect(fd, c, out);
	struct rusage use = {0};
	int status = 0;

	if (how != CONFINE_EXITED)
		kill(pid, SIGKILL);
	while (wait4(pid, &status, 0, &use) < 0 && errno == EINTR)
		;
	if (how == CONFINE_EXITED && !WIFEXITED(status))
		how = CONFINE_LIMIT;
	*ret_result = (struct confine_result){.how = how,
		.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		.out = {(const unsigned char *)out->at, out->len},
		.cpu_ms = cpu_ms(&use),
		.peak_bytes = use.ru_maxrss * 1024};
	if (how != CONFINE_EXITED || (ret_result->code != EXIT_NOT_CONFINED && ret_result->code != EXIT_NOT_STARTED))
		return ERR_OK;
	log_at(LOG_ERROR, "confine: %s %s", c->argv[0],
		ret_result->code == EXIT_NOT_CONFINED ? "cannot be confined" : "does not start");
	return ERR_INTERNAL;
}

bool confine_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void say_once_without_landlock(void)
{
	static bool asked;

	if (!asked && !confine_landlock())
		log_at(LOG_WARN, "confine: this kernel has no Landlock; going on without it");
	asked = true;
}

enum err confine_run(struct arena *a, const struct confine *c, struct bytes in, struct confine_result *ret_result)
{
	int file = sealed_file(in), ends[2] = {-1, -1};
	struct str out;
	enum err e = ERR_INTERNAL;
	pid_t pid;

	say_once_without_landlock();
	str_init(&out, a);
	if (file < 0 || pipe2(ends, O_CLOEXEC) != 0) {
		if (file >= 0)
			close(file);
		return ERR_INTERNAL;
	}
	pid = fork();
	if (pid == 0)
		child(c, file, ends[1]);
	close(file);
	close(ends[1]);
	if (pid > 0)
		e = finish(pid, ends[0], c, &out, ret_result);
	close(ends[0]);
	return e;
}
