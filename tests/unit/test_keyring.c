#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/keyring.h"

static char dir[32];

static char *at(const char *name)
{
	return arena_printf(mem, "%s/%s", dir, name);
}

static void put(const char *name, const void *bytes, size_t n, mode_t mode)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static int files(void)
{
	DIR *d = opendir(dir);
	int n = -2;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static int setup(void **state)
{
	unit_setup(state);
	memcpy(dir, "/tmp/zyXXXXXX", sizeof "/tmp/zyXXXXXX");
	if (!mkdtemp(dir))
		return -1;
	put("master.key", "0123456789abcdef0123456789abcdef", 32, 0640);
	return 0;
}

static int teardown(void **state)
{
	DIR *d = opendir(dir);
	struct dirent *f;

	while ((f = readdir(d)))
		unlinkat(dirfd(d), f->d_name, 0);
	closedir(d);
	rmdir(dir);
	return unit_teardown(state);
}

static struct keyring held(void)
{
	struct keyring r;

	assert_int_equal(keyring_load(&r, dir), ERR_OK);
	assert_int_equal(keyring_hold(&r), ERR_OK);
	return r;
}

static struct bytes seal(const struct keyring *r)
{
	return keyring_seal(mem, r, "place", "𬭊", 4);
}

static bool opens(struct keyring *r, struct bytes sealed)
{
	struct bytes plain;

	return keyring_open(mem, r, "place", sealed, &plain) == ERR_OK && plain.len == 4 &&
	       memcmp(plain.at, "𬭊", 4) == 0;
}

static void one_seals_all_open(void **state)
{
	struct keyring r = held(), other = held(), later;
	struct bytes first = seal(&r), second, third;
	struct stat st;

	(void)state;
	assert_int_equal(r.count, 1);
	assert_int_equal(keyring_rotate(&r), ERR_OK);
	second = seal(&r);
	assert_false(crypto_names(second, other.id[0]));
	assert_true(opens(&r, first) && opens(&r, second));
	assert_true(opens(&other, second)); /* read from the folder when it is met */
	assert_true(crypto_names(seal(&other), other.id[0]) &&
		    crypto_names(first, other.id[0])); /* but not before the next request */
	keyring_release(&other);
	assert_int_equal(keyring_hold(&other), ERR_OK);
	third = seal(&other);
	assert_true(crypto_names(third, r.id[0]));
	assert_int_equal(keyring_rotate(&other), ERR_OK);
	later = held();
	assert_int_equal(later.count, 3);
	assert_true(opens(&later, first) && opens(&later, second) && opens(&later, third) && opens(&r, seal(&other)));
	assert_int_equal(stat(at("master.key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640); /* whoever read it still does */
	assert_int_equal(files(), 3);
	keyring_close(&r);
	keyring_close(&other);
	keyring_close(&later);
}

/* A kill between the steps of a rotation leaves one of these. */
static void half_a_rotation(void **state)
{
	struct keyring r = held(), again;
	const char *old = keyring_id_text(mem, r.id[0]);
	struct bytes first = seal(&r);

	(void)state;
	assert_int_equal(link(at("master.key"), at(arena_printf(mem, "master-%s.key", old))), 0);
	put("master.key.next", "half", 4, 0600);
	again = held();
	assert_int_equal(again.count, 1);
	assert_int_equal(keyring_rotate(&again), ERR_OK);
	assert_int_equal(again.count, 2);
	assert_true(opens(&again, first));
	assert_int_equal(files(), 2);
	keyring_close(&r);
	keyring_close(&again);
}

static void retiring(void **state)
{
	struct keyring r = held(), busy = held(), later;
	const char *old = keyring_id_text(mem, r.id[0]);
	struct bytes first = seal(&r);
	struct keyring_old taken;

	(void)state;
	assert_int_equal(keyring_take(mem, &r, old, &taken), ERR_WRONG_STATE);
	assert_int_equal(keyring_rotate(&r), ERR_OK);
	assert_int_equal(keyring_take(mem, &r, old, &taken), ERR_LOCKED); /* busy holds it */
	assert_int_equal(keyring_take(mem, &r, "00000000", &taken), ERR_NOT_FOUND);
	assert_int_equal(keyring_take(mem, &r, "../../..", &taken), ERR_NOT_FOUND);
	assert_int_equal(keyring_take(mem, &r, "", &taken), ERR_NOT_FOUND);
	keyring_release(&busy);
	assert_int_equal(keyring_take(mem, &r, old, &taken), ERR_OK);
	keyring_keep(&taken);
	assert_int_equal(files(), 2);
	assert_int_equal(keyring_take(mem, &r, old, &taken), ERR_OK);
	assert_int_equal(keyring_retire(&r, &taken), ERR_OK);
	assert_int_equal(files(), 1);
	assert_int_equal(keyring_take(mem, &r, old, &taken), ERR_NOT_FOUND);
	assert_int_equal(keyring_hold(&busy), ERR_OK);
	assert_true(crypto_names(seal(&busy), r.id[0]));
	old = keyring_id_text(mem, r.id[0]); /* the one that busy has changed to */
	assert_int_equal(keyring_rotate(&r), ERR_OK);
	assert_int_equal(keyring_take(mem, &r, old, &taken), ERR_LOCKED);
	later = held();
	assert_false(opens(&later, first));
	assert_true(opens(&later, seal(&r)));
	keyring_close(&r);
	keyring_close(&busy);
	keyring_close(&later);
}

/* Programs seal without pause while the key is changed again and again: none seals with a key that was retired. */
static void nobody_seals_with_a_retired_key(void **state)
{
	enum { CHILDREN = 3, ROUNDS = 20 };
	struct board {
		int stop, wrong, sealed;
		unsigned char retired[ROUNDS][CRYPTO_KEY_ID];
		int count;
	} *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct keyring r;

	(void)state;
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0) {
			struct keyring mine;

			if (keyring_load(&mine, dir) != ERR_OK)
				_exit(1);
			while (!__atomic_load_n(&board->stop, __ATOMIC_SEQ_CST)) {
				if (keyring_hold(&mine) != ERR_OK)
					_exit(1);
				usleep(200);
				for (int k = __atomic_load_n(&board->count, __ATOMIC_SEQ_CST) - 1; k >= 0; k--)
					if (memcmp(board->retired[k], mine.id[0], CRYPTO_KEY_ID) == 0)
						__atomic_add_fetch(&board->wrong, 1, __ATOMIC_SEQ_CST);
				__atomic_add_fetch(&board->sealed, 1, __ATOMIC_SEQ_CST);
				keyring_release(&mine);
			}
			_exit(0);
		}
	r = held();
	for (int i = 0; i < ROUNDS; i++) {
		const char *old = keyring_id_text(mem, r.id[0]);
		struct keyring_old taken;
		enum err e;

		assert_int_equal(keyring_rotate(&r), ERR_OK);
		do
			e = keyring_take(mem, &r, old, &taken);
		while (e == ERR_LOCKED);
		assert_int_equal(e, ERR_OK);
		memcpy(board->retired[i], taken.id, CRYPTO_KEY_ID);
		__atomic_add_fetch(&board->count, 1, __ATOMIC_SEQ_CST);
		assert_int_equal(keyring_retire(&r, &taken), ERR_OK);
	}
	__atomic_store_n(&board->stop, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < CHILDREN; i++) {
		int status = -1;

		wait(&status);
		assert_int_equal(status, 0);
	}
	assert_int_equal(board->wrong, 0);
	assert_true(board->sealed > ROUNDS);
	keyring_close(&r);
	munmap(board, sizeof *board);
}

static void bad_files(void **state)
{
	struct keyring r = held(), other;

	(void)state;
	put("master-0123abcd.key", "short", 5, 0600); /* passed over */
	put("master-0123ABCD.key", "0123456789abcdef0123456789abcdeX", 32, 0600);
	put("master-0123abcd.key.old", "0123456789abcdef0123456789abcdeY", 32, 0600);
	assert_int_equal(keyring_load(&other, dir), ERR_OK);
	assert_int_equal(other.count, 1);
	keyring_close(&other);
	assert_int_equal(rename(at("master.key"), at("elsewhere")), 0);
	keyring_release(&r);
	assert_int_equal(keyring_hold(&r), ERR_INTERNAL);
	assert_int_equal(keyring_load(&other, dir), ERR_INTERNAL);
	keyring_close(&other);
	put("master.key", "0123456789abcdef0123456789abcdef", 32, 0644);
	assert_int_equal(keyring_load(&other, dir), ERR_INTERNAL);
	keyring_close(&other);
	assert_int_equal(rename(at("elsewhere"), at("master.key")), 0);
	assert_int_equal(keyring_hold(&r), ERR_OK);
	keyring_close(&r);
}

static void many(void **state)
{
	struct keyring r = held();
	struct bytes first = seal(&r);

	(void)state;
	for (int i = 1; i < KEYRING_MAX; i++)
		assert_int_equal(keyring_rotate(&r), ERR_OK);
	assert_int_equal(keyring_rotate(&r), ERR_CONFLICT);
	assert_int_equal(files(), KEYRING_MAX);
	assert_true(opens(&r, first));
	keyring_close(&r);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(one_seals_all_open),
		CASE(half_a_rotation),
		CASE(retiring),
		CASE(nobody_seals_with_a_retired_key),
		CASE(bad_files),
		CASE(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
