#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/str.h"
#include "io/file.h"
#include "io/tree.h"

static char dir[] = "/tmp/zyXXXXXX";

static char *at(const char *name)
{
	return arena_printf(mem, "%s/%s", dir, name);
}

static void write_text(const char *name, const char *text)
{
	assert_int_equal(
		file_write(mem, at(name), 0640, (struct bytes){(const unsigned char *)text, strlen(text)}), ERR_OK);
}

static const char *text_of(const char *name)
{
	struct bytes b;

	return file_read(mem, at(name), &b) == ERR_OK ? (const char *)b.at : NULL;
}

static ino_t inode(const char *name)
{
	struct stat st;

	assert_int_equal(stat(at(name), &st), 0);
	return st.st_ino;
}

static void fill(void)
{
	assert_int_equal(mkdir(at("from"), 0750), 0);
	assert_int_equal(mkdir(at("from/ab"), 0710), 0);
	assert_int_equal(mkdir(at("from/empty"), 0700), 0);
	write_text("from/ab/one", "扫描件𠮷");
	write_text("from/two", "");
	assert_int_equal(symlink("/etc/passwd", at("from/link")), 0);
}

static void whole(void **state)
{
	struct tree_copied done;
	struct stat st;

	(void)state;
	fill();
	assert_int_equal(tree_copy(at("from"), at("to"), NULL, &done), ERR_OK);
	assert_int_equal(done.files, 2);
	assert_int_equal(done.fresh, 2);
	assert_int_equal(done.bytes, strlen("扫描件𠮷"));
	assert_string_equal(text_of("to/ab/one"), "扫描件𠮷");
	assert_string_equal(text_of("to/two"), "");
	assert_int_equal(access(at("to/link"), F_OK), -1); /* ordinary files and folders only */
	assert_int_equal(stat(at("to/ab/one"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(stat(at("to/ab"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0710);
	assert_true(tree_empty(at("to/empty")));
	assert_false(tree_empty(at("to")));
	assert_true(tree_empty(at("nowhere")));
}

static void again(void **state)
{
	struct tree_copied done;
	ino_t one = inode("to/ab/one");

	(void)state;
	assert_int_equal(tree_copy(at("from"), at("to"), NULL, &done), ERR_OK);
	assert_int_equal(done.fresh, 0);
	assert_int_equal(done.files, 2);
	write_text("from/two", "more");
	write_text("from/three", "3");
	assert_int_equal(tree_copy(at("from"), at("to"), NULL, &done), ERR_OK);
	assert_int_equal(done.fresh, 2);
	assert_int_equal(done.files, 3);
	assert_string_equal(text_of("to/two"), "more");
	assert_int_equal(inode("to/ab/one"), one);
}

static void linked(void **state)
{
	struct tree_copied done;
	const struct timeval other[2] = {{1, 0}, {1, 0}};

	(void)state;
	write_text("from/two", "less"); /* as long, but of another moment */
	assert_int_equal(utimes(at("from/two"), other), 0);
	assert_int_equal(tree_copy(at("from"), at("next"), at("to"), &done), ERR_OK);
	assert_int_equal(done.files, 3);
	assert_int_equal(done.fresh, 1);
	assert_int_equal(inode("next/ab/one"), inode("to/ab/one"));
	assert_string_equal(text_of("next/two"), "less");
	assert_string_equal(text_of("to/two"), "more"); /* the older copy stays what it was */
	assert_int_equal(tree_copy(at("nowhere"), at("none"), NULL, &done), ERR_OK);
	assert_int_equal(done.files, 0);
	assert_int_equal(rmdir(at("none")), 0);
	assert_int_not_equal(tree_copy(at("from"), at("no/such/place"), NULL, &done), ERR_OK);
	assert_int_not_equal(tree_copy(at("from"), at("from/two"), NULL, &done), ERR_OK);
}

/* Where files belong to the group of a folder, those of a portal that one user ran are the group's too. */
static void of_a_group(void **state)
{
	struct tree_copied done;
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(at("none"), 0700), 0);
	assert_int_equal(chmod(at("none"), 02770), 0);
	assert_int_equal(tree_copy(at("from"), at("none"), NULL, &done), ERR_OK);
	assert_int_equal(stat(at("none/ab/one"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(stat(at("none/ab"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 02770);
}

static int setup(void **state)
{
	unit_setup(state);
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	static const char *const names[] = {"from", "to", "next", "none"};
	static const char *const below[] = {"ab/one", "two", "three", "link", "ab", "empty", ""};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t k = 0; k < ARRAY_LEN(below); k++)
			(void)remove(at(arena_printf(mem, "%s/%s", names[i], below[k])));
	rmdir(dir);
	return unit_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(again), cmocka_unit_test(linked),
		cmocka_unit_test(of_a_group)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
