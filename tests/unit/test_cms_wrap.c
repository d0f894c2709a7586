#include "unit.h"

#include "io/cms_wrap.h"
#include "io/x509_make.h"

static void test_wrap(void **state)
{
	(void)state;
	for (enum x509_algorithm k = X509_RSA; k < X509_ALGORITHM_MAX; k++) {
		struct x509_key *own = NULL, *other = NULL, *sent = NULL, *got = NULL;
		struct bytes spki, der, a, b;
		unsigned char *bad;

		assert_int_equal(x509_key_new(k, &own), ERR_OK);
		assert_int_equal(x509_key_new(k, &other), ERR_OK);
		assert_int_equal(x509_key_new(k, &sent), ERR_OK);
		assert_int_equal(x509_key_public(mem, own, &spki), ERR_OK);
		if (k == X509_P256) {
			expect(k, cms_wrap(mem, spki, sent, &der) == ERR_INVALID);
		} else {
			expect(k, cms_wrap(mem, spki, sent, &der) == ERR_OK);
			expect(k, cms_unwrap(mem, other, der, &got) == ERR_INVALID);
			for (size_t i = 0; i < der.len; i += 13) {
				bad = arena_dup(mem, der.at, der.len);
				bad[i] ^= 4;
				expect(i, cms_unwrap(mem, own, (struct bytes){bad, der.len}, &got) == ERR_INVALID);
			}
			expect(k, cms_unwrap(mem, own, (struct bytes){der.at, der.len - 1}, &got) == ERR_INVALID);
			expect(k, cms_unwrap(mem, own, der, &got) == ERR_OK);
			assert_int_equal(x509_key_write(mem, sent, &a), ERR_OK);
			assert_int_equal(x509_key_write(mem, got, &b), ERR_OK);
			assert_int_equal(a.len, b.len);
			assert_memory_equal(a.at, b.at, a.len);
			x509_key_free(got);
		}
		x509_key_free(own);
		x509_key_free(other);
		x509_key_free(sent);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrap),
	};

	return UNIT_MAIN(tests);
}
