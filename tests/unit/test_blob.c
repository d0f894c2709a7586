#include "unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/blob.h"
#include "io/crypto_sm.h"

static char dir[] = "/tmp/blob-test-XXXXXX";
static struct blob_store store = {.dir = dir, .suite = "aes", .quota_bytes = INT64_MAX};
static size_t seal_more = CRYPTO_SEAL_MORE; /* of the suite */
static const struct key key = {.at = "0123456789abcdef0123456789abcde"};
static struct keyring master;

static int setup(void **state)
{
	unit_setup(state);
	keyring_only(&master, &key);
	memset(dir + strlen(dir) - 6, 'X', 6);
	return mkdtemp(dir) ? 0 : -1;
}

static int setup_sm(void **state)
{
	store.suite = "sm";
	seal_more = CRYPTO_SM_SEAL_MORE;
	return setup(state);
}

/* nftw, deepest first */
static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static int teardown(void **state)
{
	nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	return unit_teardown(state);
}

static char *path_of(const struct blob *b)
{
	return arena_printf(mem, "%s/%.2s/%.2s/%s", dir, b->id, b->id + 2, b->id);
}

static int64_t length_of(const struct blob *b)
{
	struct stat st;

	return stat(path_of(b), &st) == 0 ? st.st_size : -1;
}

static struct blob with(const char *const *parts, size_t n)
{
	struct blob b;
	struct blob_writer w = BLOB_WRITER_CLOSED;

	assert_int_equal(blob_create(&store, mem, &master, &b), ERR_OK);
	assert_int_equal(blob_open(&store, b.id, &w), ERR_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(blob_append(&w, &master, &b, parts[i], strlen(parts[i])), ERR_OK);
	blob_close(&w);
	return b;
}

static void expect_content(const struct blob *b, const char *want)
{
	struct bytes got;

	assert_int_equal(blob_load(&store, mem, &master, b, &got), ERR_OK);
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.at, want, got.len);
}

static void expect_refused(const struct blob *b)
{
	struct bytes got;

	assert_int_equal(blob_load(&store, mem, &master, b, &got), ERR_INTERNAL);
}

static const char *const three[] = {"身份证第一段", "，第二段", "，第三段CANARY"};

static void round_trip(void **state)
{
	mode_t before = umask(0007); /* owner and group, as where each program has a user of its own */
	struct blob b = with(three, 3), none = with(NULL, 0);
	struct stat st;

	(void)state;
	umask(before);
	expect_content(&b, "身份证第一段，第二段，第三段CANARY");
	expect_content(&none, "");
	assert_int_equal(stat(path_of(&b), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(stat(arena_printf(mem, "%s/%.2s", dir, b.id), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0770);
}

static void nothing_in_clear(void **state)
{
	struct blob b = with(three, 3);
	char bytes[4096];
	int fd = open(path_of(&b), O_RDONLY);
	ssize_t n = read(fd, bytes, sizeof bytes);

	(void)state;
	close(fd);
	assert_true(n > 0);
	assert_null(memmem(bytes, (size_t)n, "CANARY", 6));
}

static void large_pieces_become_records(void **state)
{
	size_t n = 2 * BLOB_RECORD_MAX + 17;
	unsigned char *bytes = arena_alloc(mem, n);
	struct bytes got;
	struct blob b;

	(void)state;
	for (size_t i = 0; i < n; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	assert_int_equal(blob_put(&store, mem, &master, bytes, n, &b), ERR_OK);
	assert_int_equal(blob_load(&store, mem, &master, &b, &got), ERR_OK);
	assert_int_equal(got.len, n);
	assert_memory_equal(got.at, bytes, n);
}

/* A crash leaves anything behind what the database acknowledged: the next append cuts it off. */
static void torn_tail(void **state)
{
	static const char *const tails[] = {
		"x", "\xff\xff\xff\xff", "half a record, its head cut off in the middle of nowhere"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		struct blob b = with(three, 2);
		struct blob_writer w = BLOB_WRITER_CLOSED;
		int fd = open(path_of(&b), O_WRONLY | O_APPEND);

		expect(i, write(fd, tails[i], strlen(tails[i])) > 0);
		close(fd);
		expect_content(&b, "身份证第一段，第二段");
		assert_int_equal(blob_open(&store, b.id, &w), ERR_OK);
		expect(i, blob_append(&w, &master, &b, "完", strlen("完")) == ERR_OK);
		blob_close(&w);
		expect_content(&b, "身份证第一段，第二段完");
	}
}

/* A whole record that was written but never acknowledged is replaced as well. */
static void unacknowledged_record(void **state)
{
	struct blob b = with(three, 3);
	struct blob_writer w = BLOB_WRITER_CLOSED;

	(void)state;
	b.size_bytes = (int64_t)strlen(three[0]);
	expect_content(&b, three[0]);
	assert_int_equal(blob_open(&store, b.id, &w), ERR_OK);
	assert_int_equal(blob_append(&w, &master, &b, "新", strlen("新")), ERR_OK);
	blob_close(&w);
	expect_content(&b, "身份证第一段新");
	/* a length between records is no length the database can know */
	b.size_bytes = 3;
	assert_int_equal(blob_open(&store, b.id, &w), ERR_OK);
	assert_int_equal(blob_append(&w, &master, &b, "x", 1), ERR_INTERNAL);
	blob_close(&w);
	expect_refused(&b);
}

static void every_altered_byte(void **state)
{
	struct blob b = with(three, 2);
	int64_t n = length_of(&b);
	int fd = open(path_of(&b), O_RDWR);

	(void)state;
	for (int64_t i = 0; i < n; i++) {
		unsigned char was, is;

		assert_int_equal(pread(fd, &was, 1, i), 1);
		is = was ^ 0x10;
		assert_int_equal(pwrite(fd, &is, 1, i), 1);
		expect_refused(&b);
		assert_int_equal(pwrite(fd, &was, 1, i), 1);
	}
	close(fd);
	expect_content(&b, "身份证第一段，第二段");
}

static void cut_off(void **state)
{
	struct blob b = with(three, 2);

	(void)state;
	for (int64_t n = length_of(&b) - 1; n >= 0; n -= 7) {
		assert_int_equal(truncate(path_of(&b), n), 0);
		expect_refused(&b);
	}
}

/* Records of one length exchanged, a record of another file in place, one left out. */
static void wrong_order(void **state)
{
	static const char *const same[] = {"aaaa", "bbbb", "cccc"};
	size_t record = 4 + 4 + seal_more;
	struct blob b = with(same, 3), other = with(same, 3);
	char *one = arena_alloc(mem, record), *two = arena_alloc(mem, record);
	int fd = open(path_of(&b), O_RDWR), from = open(path_of(&other), O_RDONLY);

	(void)state;
	assert_int_equal(length_of(&b), 3 * record);
	assert_int_equal(pread(fd, one, record, 0), record);
	assert_int_equal(pread(fd, two, record, (off_t)record), record);
	assert_int_equal(pwrite(fd, two, record, 0), record);
	assert_int_equal(pwrite(fd, one, record, (off_t)record), record);
	expect_refused(&b);
	assert_int_equal(pwrite(fd, one, record, 0), record);
	expect_refused(&b); /* the first one twice */
	assert_int_equal(pwrite(fd, two, record, (off_t)record), record);
	expect_content(&b, "aaaabbbbcccc");
	assert_int_equal(pread(fd, two, record, (off_t)(2 * record)), record);
	assert_int_equal(pwrite(fd, two, record, (off_t)record), record);
	b.size_bytes = 8; /* as if the database had known it so */
	expect_refused(&b);
	b.size_bytes = 12;
	assert_int_equal(pread(from, one, record, 0), record);
	assert_int_equal(pwrite(fd, one, record, 0), record);
	expect_refused(&b);
	close(fd);
	close(from);
}

static void keys(void **state)
{
	static const struct key another = {.at = "another key of thirty-two bytes"};
	struct keyring wrong;
	struct blob b = with(three, 1), other = with(three, 1), mixed = {b.id, other.key_sealed, b.size_bytes};
	struct bytes got;

	(void)state;
	keyring_only(&wrong, &another);
	assert_int_equal(blob_load(&store, mem, &wrong, &b, &got), ERR_INTERNAL);
	expect_refused(&mixed);
}

static void one_writer(void **state)
{
	struct blob b = with(three, 1);
	struct blob_writer one = BLOB_WRITER_CLOSED, two = BLOB_WRITER_CLOSED;

	(void)state;
	assert_int_equal(blob_open(&store, b.id, &one), ERR_OK);
	assert_int_equal(blob_open(&store, b.id, &two), ERR_LOCKED);
	blob_close(&one);
	assert_int_equal(blob_open(&store, b.id, &two), ERR_OK);
	blob_close(&two);
}

static void room(void **state)
{
	struct blob_store small = {.dir = dir, .quota_bytes = 1000};
	struct blob_store low = {.dir = dir, .quota_bytes = INT64_MAX, .low_bytes = INT64_MAX / 2};

	(void)state;
	assert_int_equal(blob_room(&small, 900, 100), ERR_OK);
	assert_int_equal(blob_room(&small, 900, 101), ERR_DISK);
	assert_int_equal(blob_room(&low, 0, 1), ERR_DISK);
}

static enum err only(void *arg, const char *id, bool *ret_known)
{
	*ret_known = strcmp(id, arg) == 0;
	return ERR_OK;
}

static void removal_and_sweep(void **state)
{
	struct blob keep = with(three, 1), lost = with(three, 1), gone = with(three, 1);
	int removed;

	(void)state;
	assert_int_equal(blob_remove(&store, gone.id), ERR_OK);
	assert_int_equal(blob_remove(&store, gone.id), ERR_OK);
	assert_int_equal(length_of(&gone), -1);
	assert_int_equal(blob_sweep(&store, 1, only, (void *)(uintptr_t)keep.id, &removed), ERR_OK);
	assert_int_equal(removed, 0); /* all are younger */
	assert_int_equal(blob_sweep(&store, INT64_MAX, only, (void *)(uintptr_t)keep.id, &removed), ERR_OK);
	assert_true(removed >= 1);
	assert_int_equal(length_of(&lost), -1);
	expect_content(&keep, three[0]);
}

static void ids(void **state)
{
	static const char *const bad[] = {"", "ab", "../../../../../../../../../../etc/",
		"ABCDEFABCDEFABCDEFABCDEFABCDEFAB", "0123456789abcdef0123456789abcdef0",
		"0123456789abcdef0123456789abcde/"};

	(void)state;
	assert_true(blob_id_valid("0123456789abcdef0123456789abcdef"));
	assert_false(blob_id_valid(NULL));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(i, !blob_id_valid(bad[i]));
}

/* A file keeps the suite it was begun with, whatever the store takes for new ones. */
static void both_in_one_store(void **state)
{
	const char *now = store.suite;
	struct blob b[2];
	struct blob_writer w = BLOB_WRITER_CLOSED;

	(void)state;
	assert_true(blob_suite_known("aes") && blob_suite_known("sm"));
	assert_false(blob_suite_known("") || blob_suite_known("AES") || blob_suite_known(NULL));
	store.suite = "aes";
	b[0] = with(three, 2);
	store.suite = "sm";
	b[1] = with(three, 2);
	assert_int_equal(length_of(&b[1]) - length_of(&b[0]), 2 * (CRYPTO_SM_SEAL_MORE - CRYPTO_SEAL_MORE));
	for (size_t i = 0; i < 2; i++) {
		store.suite = i ? "aes" : "sm";
		expect_content(&b[i], "身份证第一段，第二段");
		assert_int_equal(blob_open(&store, b[i].id, &w), ERR_OK);
		expect(i, blob_append(&w, &master, &b[i], "，续", strlen("，续")) == ERR_OK);
		blob_close(&w);
		expect_content(&b[i], "身份证第一段，第二段，续");
	}
	/* one file's key under the other's name: the other suite does not open it */
	expect_refused(&(struct blob){b[0].id, b[1].key_sealed, b[0].size_bytes});
	store.suite = now;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(nothing_in_clear),
		cmocka_unit_test(large_pieces_become_records),
		cmocka_unit_test(torn_tail),
		cmocka_unit_test(unacknowledged_record),
		cmocka_unit_test(every_altered_byte),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(wrong_order),
		cmocka_unit_test(keys),
		cmocka_unit_test(one_writer),
		cmocka_unit_test(room),
		cmocka_unit_test(removal_and_sweep),
		cmocka_unit_test(ids),
		cmocka_unit_test(both_in_one_store),
	};
	int failed = cmocka_run_group_tests_name("aes", tests, setup, teardown);

	return failed + cmocka_run_group_tests_name("sm", tests, setup_sm, teardown);
}
