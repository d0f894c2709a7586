#include "unit.h"

#include "base/str.h"
#include "io/crypto_sm.h"

static const char *hex(const void *bytes, size_t n)
{
	struct str s;

	str_init(&s, mem);
	str_hex(&s, bytes, n);
	return s.at;
}

static const unsigned char one_key[SM4_KEY] = {
	0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};

/* GB/T 32907, example 1: one block.  The counter mode encrypts its counter, so zeros show the block. */
static void sm4_block(void **state)
{
	unsigned char zero[16] = {0}, out[16];

	(void)state;
	crypto_sm4_ctr(one_key, one_key, zero, sizeof zero, out);
	assert_string_equal(hex(out, 16), "681edf34d206965e86b3e94f536e4246");
}

/* draft-ribose-cfrg-sm4, A.2.5.1: eight blocks in counter mode; any part of them, and back. */
static void sm4_counter(void **state)
{
	static const char want[] = "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
				   "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514";
	static const unsigned char lines[] = {0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xaa, 0xbb};
	unsigned char counter[16], plain[64], out[64];

	(void)state;
	for (size_t i = 0; i < sizeof counter; i++)
		counter[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = lines[i / 8];
	for (size_t n = 0; n <= sizeof plain; n++) {
		memcpy(out, plain, sizeof out);
		crypto_sm4_ctr(one_key, counter, out, n, out);
		expect(n, strncmp(hex(out, n), want, 2 * n) == 0);
		expect(n, memcmp(out + n, plain + n, sizeof out - n) == 0);
		crypto_sm4_ctr(one_key, counter, out, n, out);
		expect(n, memcmp(out, plain, sizeof out) == 0);
	}
}

/* GM/T 0042, D.3, and the empty message. */
static void sm3_hmac(void **state)
{
	static const char twice[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
				    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	unsigned char key[37], cd[50], mac[SM3_HASH];

	(void)state;
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (unsigned char)(i + 1);
	memset(cd, 0xcd, sizeof cd);
	crypto_sm3_hmac(key, 32, twice, strlen(twice), mac);
	assert_string_equal(hex(mac, 32), "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
	crypto_sm3_hmac(key, 37, cd, sizeof cd, mac);
	assert_string_equal(hex(mac, 32), "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae");
}

static struct key key_of(unsigned char byte)
{
	struct key k;

	memset(k.at, byte, sizeof k.at);
	return k;
}

/* What a sealed text consists of, made again from the two primitives. */
static void format(void **state)
{
	static const char text[] = "𠮷野家（北京）有限公司", place[] = "0123:7";
	struct key k = key_of(7);
	struct bytes sealed = crypto_sm_seal(mem, &k, place, text, strlen(text));
	unsigned char cipher[SM3_HASH], under[SM3_HASH], mac[SM3_HASH], plain[sizeof text];
	struct str all;

	(void)state;
	assert_int_equal(sealed.len, strlen(text) + CRYPTO_SM_SEAL_MORE);
	crypto_sm3_hmac(k.at, 32, "zhengyin store sm4-ctr", 22, cipher);
	crypto_sm3_hmac(k.at, 32, "zhengyin store hmac-sm3", 23, under);
	str_init(&all, mem);
	str_addn(&all, "\0\0\0\0\0\0\0\6", 8);
	str_add(&all, place);
	str_addn(&all, (const char *)sealed.at, sealed.len - SM3_HASH);
	crypto_sm3_hmac(under, sizeof under, all.at, all.len, mac);
	assert_memory_equal(mac, sealed.at + sealed.len - SM3_HASH, SM3_HASH);
	crypto_sm4_ctr(cipher, sealed.at, sealed.at + 16, strlen(text), plain);
	assert_memory_equal(plain, text, strlen(text));
}

static enum err open_as(const struct key *k, const char *context, const unsigned char *at, size_t n)
{
	struct bytes plain;

	return crypto_sm_open(mem, k, context, (struct bytes){at, n}, &plain);
}

static void sealing(void **state)
{
	static const char *const text[] = {
		"", "1", "11010519491231002X", "𠮷䶮𬭊 <\"\\", "1234567890123456", "12345678901234567"};
	struct key k = key_of(1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		struct bytes a = crypto_sm_seal(mem, &k, "a", text[i], strlen(text[i])), plain = {0};
		struct bytes b = crypto_sm_seal(mem, &k, "a", text[i], strlen(text[i]));

		expect(i, memcmp(a.at, b.at, a.len) != 0); /* never twice the same */
		expect(i, crypto_sm_open(mem, &k, "a", a, &plain) == ERR_OK);
		expect(i, plain.len == strlen(text[i]) && memcmp(plain.at, text[i], plain.len) == 0);
	}
}

static void sealing_refused(void **state)
{
	struct key k = key_of(1), other = key_of(2);
	struct bytes a = crypto_sm_seal(mem, &k, "id:12", "身份证", strlen("身份证"));
	struct bytes b = crypto_sm_seal(mem, &k, "id:12", "营业照", strlen("营业照"));
	unsigned char *copy = arena_alloc(mem, a.len + 1);

	(void)state;
	for (size_t i = 0; i < a.len; i++)
		for (int bit = 1; bit < 256; bit <<= 1) {
			memcpy(copy, a.at, a.len);
			copy[i] ^= (unsigned char)bit;
			expect(i, open_as(&k, "id:12", copy, a.len) == ERR_INTERNAL);
		}
	memcpy(copy, a.at, a.len);
	for (size_t n = 0; n < a.len; n++)
		expect(n, open_as(&k, "id:12", copy, n) == ERR_INTERNAL);
	assert_int_equal(open_as(&k, "id:12", copy, a.len + 1), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "id:12", NULL, 0), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "id:1", copy, a.len), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "id:123", copy, a.len), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "", copy, a.len), ERR_INTERNAL);
	assert_int_equal(open_as(&other, "id:12", copy, a.len), ERR_INTERNAL);
	memcpy(copy, b.at, b.len - SM3_HASH); /* one's text, another's MAC */
	assert_int_equal(open_as(&k, "id:12", copy, a.len), ERR_INTERNAL);
	assert_int_equal(open_as(&k, "id:12", a.at, a.len), ERR_OK);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sm4_block),
		cmocka_unit_test(sm4_counter),
		cmocka_unit_test(sm3_hmac),
		cmocka_unit_test(format),
		cmocka_unit_test(sealing),
		cmocka_unit_test(sealing_refused),
	};

	return UNIT_MAIN(tests);
}
