#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "io/crypto.h"

static const char *hex(const void *bytes, size_t n)
{
	struct str s;

	str_init(&s, mem);
	str_hex(&s, bytes, n);
	return s.at;
}

/* FIPS 180-2 and RFC 4231. */
static void hashes(void **state)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	unsigned char key[131], mac[32], sha1[20];
	struct crypto_sha *running;

	(void)state;
	assert_string_equal(
		crypto_sha256_hex(mem, "", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(
		crypto_sha256_hex(mem, "abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(
		crypto_sha256_hex(mem, two, 56), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	running = crypto_sha_new();
	for (size_t i = 0; i < 56; i += 7)
		crypto_sha_add(running, two + i, 7);
	crypto_sha_add(running, "", 0);
	crypto_sha_end(running, mac);
	assert_string_equal(hex(mac, 32), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	assert_true(crypto_sha1("abc", 3, sha1));
	assert_string_equal(hex(sha1, 20), "a9993e364706816aba3e25717850c26c9cd0d89d");
	memset(key, 0x0b, 20);
	crypto_hmac(key, 20, "Hi There", 8, mac);
	assert_string_equal(hex(mac, 32), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	crypto_hmac("Jefe", 4, "what do ya want for nothing?", 28, mac);
	assert_string_equal(hex(mac, 32), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 131);
	crypto_hmac(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54, mac);
	assert_string_equal(hex(mac, 32), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* RFC 6238, appendix B, the last six of its eight digits. */
static void totp(void **state)
{
	static const char secret[] = "12345678901234567890";
	static const struct {
		int64_t now;
		const char *code;
	} row[] = {
		{59, "287082"},
		{1111111109, "081804"},
		{1111111111, "050471"},
		{1234567890, "005924"},
		{2000000000, "279037"},
		{20000000000, "353130"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int64_t step = row[i].now / 30;

		expect(i, crypto_totp_step(secret, 20, row[i].code, row[i].now) == step);
		expect(i, crypto_totp_step(secret, 20, row[i].code, (step + 1) * 30 + 29) ==
				  step); /* one step either side */
		expect(i, crypto_totp_step(secret, 20, row[i].code, (step - 1) * 30) == step);
		expect(i, crypto_totp_step(secret, 20, row[i].code, (step + 2) * 30) == -1);
		expect(i, step < 2 || crypto_totp_step(secret, 20, row[i].code, (step - 2) * 30 + 29) == -1);
		expect(i, crypto_totp_step("12345678901234567891", 20, row[i].code, row[i].now) == -1);
	}
	assert_int_equal(crypto_totp_step(secret, 20, "", 59), -1);
	assert_int_equal(crypto_totp_step(secret, 20, "28708", 59), -1);
	assert_int_equal(crypto_totp_step(secret, 20, "2870820", 59), -1);
	assert_int_equal(crypto_totp_step(secret, 20, "94287082", 59), -1);
	assert_int_equal(crypto_totp_step(secret, 20, " 87082", 59), -1);
	assert_string_equal(crypto_base32(mem, "", 0), ""); /* RFC 4648 */
	assert_string_equal(crypto_base32(mem, "f", 1), "MY");
	assert_string_equal(crypto_base32(mem, "fo", 2), "MZXQ");
	assert_string_equal(crypto_base32(mem, "foobar", 6), "MZXW6YTBOI");
	assert_string_equal(crypto_base32(mem, secret, 20), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

static struct key key_of(unsigned char byte)
{
	struct key k;

	memset(k.at, byte, sizeof k.at);
	return k;
}

static enum err open_as(const struct key *k, const char *context, const unsigned char *at, size_t n)
{
	struct bytes plain;

	return crypto_open(mem, k, context, (struct bytes){at, n}, &plain);
}

static void sealing(void **state)
{
	static const char *const text[] = {"", "1", "11010519491231002X", "𠮷䶮𬭊 <\"\\", "123456789012345",
		"1234567890123456", "12345678901234567"};
	static const char *const place[] = {"", "account.phone", "application.data:GD20261122000001I"};
	struct key k = key_of(7);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		for (size_t p = 0; p < ARRAY_LEN(place); p++) {
			struct bytes a = crypto_seal(mem, &k, place[p], text[i], strlen(text[i])), plain = {0};
			struct bytes b = crypto_seal(mem, &k, place[p], text[i], strlen(text[i]));

			expect(i, a.len == strlen(text[i]) + CRYPTO_SEAL_MORE && a.at[0] == '1');
			expect(i, b.len == a.len && memcmp(a.at, b.at, a.len) != 0); /* a nonce of its own each time */
			expect(i, text[i][0] == '\0' || strlen(text[i]) < 4 ||
					  !memmem(a.at, a.len, text[i], strlen(text[i])));
			expect(i, crypto_open(mem, &k, place[p], a, &plain) == ERR_OK);
			expect(i, plain.len == strlen(text[i]) && memcmp(plain.at, text[i], plain.len) == 0);
			expect(i, plain.at[plain.len] == '\0');
		}
}

static void sealing_refused(void **state)
{
	struct key k = key_of(7), other = key_of(8);
	struct bytes a = crypto_seal(mem, &k, "account.phone", "13800000000", 11), b;
	unsigned char *copy = arena_alloc(mem, a.len + 1);

	(void)state;
	for (size_t i = 0; i < a.len; i++) /* every bit of every byte */
		for (unsigned bit = 1; bit < 256; bit <<= 1) {
			memcpy(copy, a.at, a.len);
			copy[i] ^= (unsigned char)bit;
			expect(i, open_as(&k, "account.phone", copy, a.len) == ERR_INTERNAL);
		}
	memcpy(copy, a.at, a.len);
	for (size_t n = 0; n < a.len; n++)
		expect(n, open_as(&k, "account.phone", copy, n) == ERR_INTERNAL);
	assert_int_equal(open_as(&k, "account.phone", copy, a.len + 1), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "account.phone", NULL, 0), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "account.phon", copy, a.len), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "account.phone2", copy, a.len), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "", copy, a.len), ERR_INTERNAL);
	assert_int_equal(open_as(&other, "account.phone", copy, a.len), ERR_INTERNAL);
	b = crypto_seal(mem, &k, "account.phone", "13800000001", 11); /* one's head, another's tail */
	memcpy(copy, b.at, b.len);
	memcpy(copy + a.len - 16, a.at + a.len - 16, 16);
	assert_int_equal(open_as(&k, "account.phone", copy, a.len), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "account.phone", a.at, a.len), ERR_OK);
}

static void passwords(void **state)
{
	const char *stored = crypto_password_hash(mem, "正确的密码 𠮷1"),
		   *again = crypto_password_hash(mem, "正确的密码 𠮷1");
	static const char *const malformed[] = {
		"",
		"scrypt$",
		"x",
		"scrypt$$",
		"$scrypt$",
		"scrypt$00000000000000000000000000000000$0000", /* cut */
		"bcrypt$00000000000000000000000000000000$0000000000000000000000000000000000000000000000000000000000000000",
		"scrypt$0000000000000000000000000000000g$0000000000000000000000000000000000000000000000000000000000000000",
		"scrypt$00000000000000000000000000000000$000000000000000000000000000000000000000000000000000000000000000g",
		"scrypt$00000000000000000000000000000000$00000000000000000000000000000000000000000000000000000000000000000",
	};
	char *other;

	(void)state;
	assert_int_equal(strlen(stored), 7 + 32 + 1 + 64);
	assert_string_not_equal(stored, again);
	assert_true(crypto_password_right(stored, "正确的密码 𠮷1"));
	assert_false(crypto_password_right(stored, "正确的密码 𠮷2"));
	assert_false(crypto_password_right(stored, ""));
	for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
		expect(i, !crypto_password_right(malformed[i], ""));
		expect(i, !crypto_password_right(malformed[i], "x"));
	}
	other = arena_text(mem, stored);
	other[39] = '0';
	assert_false(crypto_password_right(other, "正确的密码 𠮷1")); /* the mark between salt and hash */
	other[39] = '$';
	other[103] = other[103] == '0' ? '1' : '0';
	assert_false(crypto_password_right(other, "正确的密码 𠮷1"));
}

static void chance(void **state)
{
	struct key k = key_of(1), other = key_of(2);
	struct bytes a = crypto_index(mem, &k, "phone", "13800000000");
	const char *token = crypto_token(mem, 16);
	unsigned char zero[32] = {0}, some[32] = {0};

	(void)state;
	assert_int_equal(strlen(token), 32);
	assert_int_equal(strspn(token, "0123456789abcdef"), 32);
	assert_string_not_equal(token, crypto_token(mem, 16));
	crypto_random(some, sizeof some);
	assert_false(crypto_equal(some, zero, sizeof some));
	crypto_wipe(some, sizeof some);
	assert_true(crypto_equal(some, zero, sizeof some));
	assert_true(crypto_equal("a", "b", 0));
	assert_int_equal(a.len, 32);
	assert_memory_equal(a.at, crypto_index(mem, &k, "phone", "13800000000").at, 32);
	assert_memory_not_equal(a.at, crypto_index(mem, &k, "id", "13800000000").at, 32);
	assert_memory_not_equal(a.at, crypto_index(mem, &other, "phone", "13800000000").at, 32);
	assert_memory_not_equal(a.at, crypto_index(mem, &k, "phone", "13800000001").at, 32);
}

static void key_files(void **state)
{
	char dir[] = "/tmp/zyXXXXXX";
	static const struct {
		const char *name;
		size_t n;
		mode_t mode;
		bool right;
	} row[] = {
		{"good.key", 32, 0600, true},
		{"group.key", 32, 0640, true},
		{"world.key", 32, 0644, false},
		{"written.key", 32, 0602, false},
		{"short.key", 31, 0600, false},
		{"long.key", 33, 0600, false},
		{"empty.key", 0, 0600, false},
	};
	struct key k;

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char *path = arena_printf(mem, "%s/%s", dir, row[i].name);
		int fd = open(path, O_WRONLY | O_CREAT, 0600);

		assert_int_equal(write(fd, "0123456789abcdef0123456789abcdefX", row[i].n), row[i].n);
		assert_int_equal(fchmod(fd, row[i].mode), 0);
		close(fd);
		expect(i, (crypto_key_load(dir, row[i].name, &k) == ERR_OK) == row[i].right);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(crypto_key_load(dir, "none.key", &k), ERR_INTERNAL);
	assert_int_equal(crypto_key_load(dir, ".", &k), ERR_INTERNAL); /* a folder */
	assert_int_equal(symlink("/dev/zero", arena_printf(mem, "%s/link.key", dir)), 0);
	assert_int_equal(crypto_key_load(dir, "link.key", &k), ERR_INTERNAL);
	unlink(arena_printf(mem, "%s/link.key", dir));
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes),
		cmocka_unit_test(totp),
		cmocka_unit_test(sealing),
		cmocka_unit_test(sealing_refused),
		cmocka_unit_test(passwords),
		cmocka_unit_test(chance),
		cmocka_unit_test(key_files),
	};

	return UNIT_MAIN(tests);
}
