#include "unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/spool.h"

static char top[] = "/tmp/zyXXXXXX";
static char *folder;

static int make(void **state)
{
	(void)unit_setup(state);
	if (!mkdtemp(top))
		return -1;
	folder = arena_printf(mem, "%s/sms", top);
	return 0;
}

static int clean(void **state)
{
	DIR *d = opendir(folder);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.' || entry->d_name[2])
			unlink(arena_printf(mem, "%s/%s", folder, entry->d_name));
	if (d)
		closedir(d);
	rmdir(folder);
	rmdir(top);
	return unit_teardown(state);
}

static char *content(const char *name, struct stat *ret_st)
{
	char *path = arena_printf(mem, "%s/%s", folder, name), *text = arena_alloc(mem, 4096);
	FILE *file = fopen(path, "r");

	if (!file || stat(path, ret_st) != 0 || fread(text, 1, 4095, file) == 0)
		fail_msg("%s", path);
	fclose(file);
	return text;
}

static int entries(void)
{
	DIR *d = opendir(folder);
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void put(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(spool_put(mem, folder, "000000000001-code", "{\"a\":\"𠮷\"}", 12), ERR_OK);
	assert_string_equal(content("000000000001-code.json", &st), "{\"a\":\"𠮷\"}");
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(entries(), 1); /* nothing hidden stays */
	assert_int_equal(spool_put(mem, folder, "000000000001-code", "{}", 2),
		ERR_OK); /* twice is one file, the last one, whole */
	assert_string_equal(content("000000000001-code.json", &st), "{}");
	assert_int_equal(entries(), 1);
	assert_int_equal(spool_put(mem, folder, "000000000002-sent", "{}", 2), ERR_OK);
	assert_int_equal(entries(), 2);
}

static void put_refused(void **state)
{
	struct stat st;
	char *victim = arena_printf(mem, "%s/victim", folder), *hidden = arena_printf(mem, "%s/.3-code", folder);
	FILE *file = fopen(victim, "w");

	(void)state;
	fputs("mine", file);
	fclose(file);
	assert_int_equal(symlink(victim, hidden), 0); /* somebody laid a link where the hidden file will be */
	assert_int_equal(spool_put(mem, folder, "3-code", "{}", 2), ERR_INTERNAL);
	assert_string_equal(content("victim", &st), "mine");
	assert_int_equal(spool_put(mem, arena_printf(mem, "%s/no/where", top), "1", "{}", 2), ERR_INTERNAL);
	assert_int_equal(spool_put(mem, victim, "1", "{}", 2), ERR_INTERNAL); /* a file where the folder should be */
	assert_int_equal(mkdir(arena_printf(mem, "%s/4-code.json", folder), 0700), 0);
	assert_int_equal(spool_put(mem, folder, "4-code", "{}", 2), ERR_INTERNAL); /* the rename fails */
	assert_int_equal(access(arena_printf(mem, "%s/.4-code", folder), F_OK), -1);
	rmdir(arena_printf(mem, "%s/4-code.json", folder));
}

static void append(void **state)
{
	char *path = arena_printf(mem, "%s/heads.log", folder);
	mode_t before = umask(0077);
	struct stat st;

	(void)state;
	assert_int_equal(spool_append(path, 60, "1\n", 2), ERR_OK);
	umask(before);
	assert_int_equal(spool_append(path, 60, "2\n", 2), ERR_OK); /* another was faster */
	assert_string_equal(content("heads.log", &st), "1\n");
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(spool_append(path, 0, "3\n", 2), ERR_OK);
	assert_string_equal(content("heads.log", &st), "1\n3\n");
	assert_int_equal(spool_append(folder, 0, "3\n", 2), ERR_INTERNAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(put), cmocka_unit_test(put_refused), cmocka_unit_test(append)};

	return cmocka_run_group_tests(tests, make, clean);
}
