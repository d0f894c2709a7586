#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/config.h"
#include "base/str.h"

static struct faults faults;
static struct config config;

static char *shipped(void)
{
	static char text[65536];
	FILE *file = fopen("conf/portal.conf", "r");
	size_t n;

	assert_non_null(file);
	n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[n] = '\0';
	return text;
}

static enum err load_text(const char *text, size_t n)
{
	char path[] = "/tmp/zyXXXXXX";
	int fd = mkstemp(path);
	enum err e;

	assert_int_equal(write(fd, text, n), n);
	close(fd);
	faults_init(&faults, mem);
	e = config_load(path, &config, &faults);
	unlink(path);
	return e;
}

/* The shipped settings, and these lines behind them. */
static enum err with(const char *lines)
{
	char *text = arena_printf(mem, "%s\n%s", shipped(), lines);

	return load_text(text, strlen(text));
}

static void as_shipped(void **state)
{
	(void)state;
	assert_int_equal(with(""), ERR_OK);
	assert_int_equal(faults.count, 0);
	assert_true(config.cookie_secure);
	assert_string_equal(config.case_prefix, "GD");
	assert_string_equal(config.sms_driver, "spool");
	assert_string_equal(config.store_suite, "aes");
	assert_int_equal(config.upload_max_bytes, 10485760);
	for (size_t i = 0; i < config_shape.count; i++) { /* every key is there, and explained */
		const struct field *f = &config_shape.field[i];

		expect(i, f->type == FIELD_BOOL || !field_is_empty(f, &config));
		expect(i, strstr(shipped(), arena_printf(mem, "\n%s = ", f->name)) != NULL);
	}
}

static void what_a_checkout_appends(void **state)
{
	(void)state;
	assert_int_equal(
		with("url = http://127.0.0.1:18123\nvar_dir = /home/证印 dir/var\nsecret_dir=/s\nstore_dir =/t\n"
		     "db_socket\t=\t/tmp/x/db.sock\r\ncookie_secure = off\n  spool_dir = /a = b  \n#gen_dir = /x\n\n   # more\n"),
		ERR_OK);
	assert_string_equal(config.url, "http://127.0.0.1:18123");
	assert_string_equal(config.var_dir, "/home/证印 dir/var");
	assert_string_equal(config.secret_dir, "/s");
	assert_string_equal(config.store_dir, "/t");
	assert_string_equal(config.db_socket, "/tmp/x/db.sock");
	assert_string_equal(config.spool_dir, "/a = b");
	assert_string_equal(config.gen_dir, "/var/lib/zhengyin/gen");
	assert_false(config.cookie_secure);
	assert_int_equal(with("otp_tries = 3\notp_tries = 4"), ERR_OK); /* the later line, also without its end */
	assert_int_equal(config.otp_tries, 4);
}

static void named_by_line(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *code;
	} row[] = {
		{"nonsense = 1\n", 1, "unknown_key"},
		{"\n\nURL = http://x\n", 3, "unknown_key"},
		{"url http://x\n", 1, "syntax"},
		{"# a\nurl\n", 2, "syntax"},
		{"= x\n", 1, "unknown_key"},
		{"otp_tries = many\n", 1, "integer"},
		{"otp_tries = 0\n", 1, "range"},
		{"otp_tries = 101\n", 1, "range"},
		{"otp_tries = 5 # five\n", 1, "integer"},
		{"otp_tries = 99999999999999999999\n", 1, "integer"},
		{"cookie_secure = maybe\n", 1, "boolean"},
		{"sms_driver = pigeon\n", 1, "choice"},
		{"store_suite = rot13\n", 1, "choice"},
		{"rate_sms_day = 0\n", 1, "range"},
		{"url = \xFF\n", 1, "text"},
		{"url = a\x01"
		 "b\n",
			1, "control"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *text = arena_printf(mem, "%s%s", row[i].text, shipped()),
		     *tail = arena_printf(mem, ":%d", row[i].line);
		size_t n;

		expect(i, load_text(text, strlen(text)) == ERR_INVALID && faults.count == 1);
		n = strlen(faults.at[0].pointer);
		expect_text(i, faults.at[0].pointer + (n > strlen(tail) ? n - strlen(tail) : 0), tail);
		expect_text(i, faults.at[0].code, row[i].code);
		expect(i, *faults.at[0].detail);
	}
}

/* Cookies without Secure are for this machine alone. */
static void what_keys_say_together(void **state)
{
	static const struct {
		const char *url;
		bool right;
	} row[] = {
		{"http://127.0.0.1", true},
		{"http://127.0.0.1:18123", true},
		{"http://127.0.0.1/", true},
		{"http://localhost", true},
		{"http://localhost:8080/", true},
		{"https://portal.example.cn", false},
		{"http://portal.example.cn", false},
		{"http://127.0.0.1.example.cn", false},
		{"http://localhost.example.cn", false},
		{"http://localhost@portal.example.cn", false},
		{"http://10.0.0.1", false},
	};
	static const char *const prefix[] = {"G", "GDX", "gd", "G1", "粤", "GO"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		expect(i, with(arena_printf(mem, "url = %s\ncookie_secure = off", row[i].url)) ==
				  (row[i].right ? ERR_OK : ERR_INVALID));
		expect(i, faults.count == !row[i].right);
		if (!row[i].right)
			expect_text(i, faults.at[0].code, "cookie_secure");
		expect(i, with(arena_printf(mem, "url = %s\ncookie_secure = on", row[i].url)) == ERR_OK);
	}
	for (size_t i = 0; i < ARRAY_LEN(prefix); i++)
		expect(i, with(arena_printf(mem, "case_prefix = %s", prefix[i])) ==
				  (i + 1 < ARRAY_LEN(prefix) ? ERR_INVALID : ERR_OK));
}

static void messages(void **state)
{
	static const char complete[] =
		"sms_driver = aliyun\nsms_gateway = https://dysmsapi.aliyuncs.com/\nsms_key_id = K\nsms_sign_name = 测试签名\n";
	static const struct {
		const char *lines, *code;
	} row[] = {
		{"", NULL},
		{"sms_driver = aliyun", "sms_driver"},
		{complete, NULL},
		{"sms_quiet = none", NULL},
		{"sms_quiet = 0-23", NULL},
		{"sms_quiet = 21", "sms_quiet"},
		{"sms_quiet = 21-24", "sms_quiet"},
		{"sms_quiet = 8-8", "sms_quiet"},
		{"sms_quiet = -1-8", "sms_quiet"},
		{"sms_quiet = 21--8", "sms_quiet"},
		{"sms_quiet = 21-8h", "sms_quiet"},
		{"sms_quiet = 21:00-08:00", "sms_quiet"},
	};
	static const char *const wanted[] = {"sms_gateway", "sms_key_id", "sms_sign_name"};
	int64_t from, to;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		expect(i, with(row[i].lines) == (row[i].code ? ERR_INVALID : ERR_OK));
		expect(i, faults.count == (row[i].code ? 1 : 0));
		if (faults.count)
			expect_text(i, faults.at[0].code, row[i].code);
	}
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		expect(i, with(arena_printf(mem, "%s%s = none", complete, wanted[i])) == ERR_INVALID);
	assert_int_equal(with(""), ERR_OK);
	assert_string_equal(config.sms_gateway, "none");
	assert_string_equal(config.sms_key_id, "none");
	assert_string_equal(config.sms_sign_name, "none");
	assert_string_equal(config.sms_templates, "none");
	assert_true(config_hours(config.sms_quiet, &from, &to));
	assert_int_equal(from, 21);
	assert_int_equal(to, 8);
}

static void missing(void **state)
{
	size_t required = 0;

	(void)state;
	assert_int_equal(load_text("", 0), ERR_INVALID);
	for (size_t i = 0; i < config_shape.count; i++)
		required += config_shape.field[i].flags & FIELD_REQUIRED ? 1 : 0;
	assert_int_equal(faults.count, required);
	assert_int_equal(required, config_shape.count - 1); /* all but cookie_secure … */
	assert_true(config.cookie_secure);		    /* … which is on when nobody says otherwise */
	for (size_t i = 0; i < faults.count; i++)
		expect_text(i, faults.at[i].code, "missing");
	assert_int_equal(with("secret_dir =\n"), ERR_INVALID); /* a later line takes it away */
	assert_int_equal(faults.count, 1);
	assert_int_equal(config_load("/nowhere/portal.conf", &config, &faults), ERR_NOT_FOUND);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_shipped),
		cmocka_unit_test(what_a_checkout_appends),
		cmocka_unit_test(named_by_line),
		cmocka_unit_test(what_keys_say_together),
		cmocka_unit_test(messages),
		cmocka_unit_test(missing),
	};

	return UNIT_MAIN(tests);
}
