#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void pieces_are_zeroed_and_aligned(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t n = 0; n < 3000; n += 7) {
			unsigned char *p = arena_alloc(a, n);

			expect(n, (uintptr_t)p % 16 == 0);
			for (size_t i = 0; i < n; i++)
				expect(n, p[i] == 0);
			memset(p, 0xAA, n);
		}
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
	arena_free(a);
	arena_free(NULL);
}

static void large_pieces(void **state)
{
	struct arena *a = arena_new();
	char *small = arena_text(a, "𠮷野家"), *large = arena_alloc(a, 5 << 20), *after = arena_text(a, "后");

	(void)state;
	memset(large, 'x', 5 << 20);
	assert_string_equal(small, "𠮷野家");
	assert_string_equal(after, "后");
	assert_true(arena_used(a) >= 5 << 20);
	arena_reset(a);
	arena_reset(a);
	assert_string_equal(arena_text(a, "again"), "again");
	arena_free(a);
}

static void arrays_grow(void **state)
{
	size_t cap = 0, *at = NULL, *before;
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		before = at;
		at = arena_grow(a, at, i, &cap, sizeof *at);
		expect(i, cap > i && (i == 0 || at == before || cap == 2 * i));
		at[i] = i * i;
	}
	for (size_t i = 0; i < 100000; i++)
		expect(i, at[i] == i * i);
	assert_true(arena_used(a) < 4 * 100000 * sizeof *at);
	arena_free(a);
}

static void texts(void **state)
{
	char *long_text;

	(void)state;
	assert_null(arena_text(mem, NULL));
	assert_string_equal(arena_text(mem, ""), "");
	assert_string_equal(arena_textn(mem, "统一信用代码", 6), "统一");
	assert_string_equal(arena_textn(mem, NULL, 0), "");
	assert_memory_equal(arena_dup(mem, "a\0b", 3), "a\0b", 3);
	assert_string_equal(arena_printf(mem, "%s共%d张", "需办", 3), "需办共3张");
	long_text = arena_printf(mem, "%100000d", 7);
	assert_int_equal(strlen(long_text), 100000);
}

static void locals_are_cleaned(void **state)
{
	CLEANUP(arena_done) struct arena *a = arena_new();

	(void)state;
	assert_non_null(arena_alloc(a, 10)); /* the leak checker is the assert */
}

/* Must not return a small piece for a size that wrapped around. */
static void dies(size_t count, size_t bytes)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		fclose(stderr);
		signal(SIGABRT, SIG_DFL);
		if (bytes)
			arena_array(arena_new(), count, bytes);
		else
			arena_alloc(arena_new(), count);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void overflow_ends_the_process(void **state)
{
	(void)state;
	dies(SIZE_MAX / 2, 4);
	dies(SIZE_MAX, 0);
	dies(SIZE_MAX - 3, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_and_aligned),
		cmocka_unit_test(large_pieces),
		cmocka_unit_test(arrays_grow),
		cmocka_unit_test(texts),
		cmocka_unit_test(locals_are_cleaned),
		cmocka_unit_test(overflow_ends_the_process),
	};

	return UNIT_MAIN(tests);
}
