#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/field.h"
#include "base/str.h"
#include "io/file.h"
#include "io/strongbox.h"

static char dir[] = "/tmp/zyXXXXXX";
static struct keyring master, other;

static char *at(const char *name)
{
	return arena_printf(mem, "%s/%s", dir, name);
}

static unsigned char byte_of(size_t i)
{
	return (unsigned char)(i * 7 + i / 251);
}

/* A box of n bytes, put in pieces of so many. */
static char *box_of(const char *name, size_t n, size_t step)
{
	char *path = at(name);
	struct strongbox *b CLEANUP(strongbox_close) = strongbox_create(path, &master);
	unsigned char *bytes = arena_alloc(mem, n + 1);

	assert_non_null(b);
	for (size_t i = 0; i < n; i++)
		bytes[i] = byte_of(i);
	for (size_t i = 0; i < n; i += step)
		assert_int_equal(strongbox_put(b, bytes + i, n - i < step ? n - i : step), ERR_OK);
	assert_int_equal(strongbox_end(b), ERR_OK);
	return path;
}

static enum err read_whole(const char *path, struct keyring *ring, size_t n)
{
	struct strongbox *b CLEANUP(strongbox_close) = NULL;
	const char *key = NULL;
	unsigned char *got = arena_alloc(mem, n + 1);
	enum err e = strongbox_open(mem, path, ring, &b, &key);

	if (e == ERR_OK)
		e = strongbox_get(b, got, n);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n; i++)
		if (got[i] != byte_of(i))
			return ERR_CONFLICT;
	return strongbox_at_end(b) ? ERR_OK : ERR_CHECKSUM;
}

static int setup(void **state)
{
	struct key k;

	unit_setup(state);
	assert_non_null(mkdtemp(dir));
	crypto_random(k.at, sizeof k.at);
	keyring_only(&master, &k);
	crypto_random(k.at, sizeof k.at);
	keyring_only(&other, &k);
	return 0;
}

static int teardown(void **state)
{
	rmdir(dir);
	return unit_teardown(state);
}

static void round_trips(void **state)
{
	static const size_t sizes[] = {0, 1, 100, STRONGBOX_PIECE - 1, STRONGBOX_PIECE, STRONGBOX_PIECE + 1,
		2 * STRONGBOX_PIECE, 2 * STRONGBOX_PIECE + 77};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char *path = box_of("box", sizes[i], 65537);
		struct stat st;

		expect(i, read_whole(path, &master, sizes[i]) == ERR_OK);
		expect(i, read_whole(path, &master, sizes[i] + 1) == ERR_CHECKSUM);		 /* no more than that */
		expect(i, !sizes[i] || read_whole(path, &master, sizes[i] - 1) == ERR_CHECKSUM); /* nor less */
		expect(i, stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
		expect(i, strongbox_create(path, &master) == NULL);
		unlink(path);
	}
}

static void names_the_key(void **state)
{
	char *path = box_of("box", 100, 7);
	struct strongbox *b = NULL;
	const char *key = NULL;

	(void)state;
	assert_int_equal(strongbox_open(mem, path, &other, &b, &key), ERR_LOCKED);
	assert_string_equal(key, keyring_id_text(mem, master.id[0]));
	assert_null(b);
	assert_int_equal(strongbox_open(mem, at("none"), &master, &b, &key), ERR_NOT_FOUND);
	unlink(path);
}

/* Every byte changed, every length cut: never what was put in, and never the whole of it. */
static void altered(void **state)
{
	enum { N = 300 };
	char *path = box_of("box", N, 50), *bad = at("bad");
	struct bytes whole;

	(void)state;
	assert_int_equal(file_read(mem, path, &whole), ERR_OK);
	for (size_t i = 0; i < whole.len; i++) {
		unsigned char *bytes = arena_alloc(mem, whole.len);

		memcpy(bytes, whole.at, whole.len);
		bytes[i] ^= 0x10;
		assert_int_equal(file_write(mem, bad, 0600, (struct bytes){bytes, whole.len}), ERR_OK);
		expect(i, read_whole(bad, &master, N) != ERR_OK);
		assert_int_equal(file_write(mem, bad, 0600, (struct bytes){whole.at, i}), ERR_OK);
		expect(i, read_whole(bad, &master, N) != ERR_OK);
	}
	unlink(path);
	unlink(bad);
}

/* Pieces of one box in another order, or of two boxes, do not open. */
static void put_together(void **state)
{
	enum { N = 3 * STRONGBOX_PIECE };
	char *one = box_of("one", N, N), *two = box_of("two", N, N), *bad = at("bad");
	struct bytes a, b;
	size_t piece = 4 + 1 + STRONGBOX_PIECE + CRYPTO_SEAL_MORE, head;
	unsigned char *mixed;

	(void)state;
	assert_int_equal(file_read(mem, one, &a), ERR_OK);
	assert_int_equal(file_read(mem, two, &b), ERR_OK);
	assert_int_equal(a.len, b.len);
	head = a.len - 3 * piece - (4 + 1 + CRYPTO_SEAL_MORE); /* three full ones and the empty last */
	mixed = arena_alloc(mem, a.len);
	memcpy(mixed, a.at, a.len);
	memcpy(mixed + head + piece, b.at + head + piece, piece);
	assert_int_equal(file_write(mem, bad, 0600, (struct bytes){mixed, a.len}), ERR_OK);
	assert_int_equal(read_whole(bad, &master, N), ERR_CHECKSUM);
	memcpy(mixed, a.at, a.len);
	memcpy(mixed + head, a.at + head + piece, piece);
	memcpy(mixed + head + piece, a.at + head, piece);
	assert_int_equal(file_write(mem, bad, 0600, (struct bytes){mixed, a.len}), ERR_OK);
	assert_int_equal(read_whole(bad, &master, N), ERR_CHECKSUM);
	assert_int_equal(file_write(mem, bad, 0600, a), ERR_OK); /* and the whole does */
	assert_int_equal(read_whole(bad, &master, N), ERR_OK);
	unlink(one);
	unlink(two);
	unlink(bad);
}

static void disk_full(void **state)
{
	const struct rlimit room = {STRONGBOX_PIECE / 2, RLIM_INFINITY}, all = {RLIM_INFINITY, RLIM_INFINITY};
	struct strongbox *b CLEANUP(strongbox_close) = strongbox_create(at("box"), &master);
	unsigned char *bytes = arena_alloc(mem, STRONGBOX_PIECE);

	(void)state;
	assert_non_null(b);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
	assert_int_equal(strongbox_put(b, bytes, 100), ERR_OK); /* in memory still */
	assert_int_equal(strongbox_put(b, bytes, STRONGBOX_PIECE), ERR_DISK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	assert_int_equal(symlink(at("elsewhere"), at("link")), 0);
	assert_null(strongbox_create(at("link"), &master)); /* nor through a link that somebody laid */
	unlink(at("link"));
	unlink(at("box"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trips),
		cmocka_unit_test(names_the_key),
		cmocka_unit_test(altered),
		cmocka_unit_test(put_together),
		cmocka_unit_test(disk_full),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
