#include "unit.h"

#include "base/str.h"
#include "pki.h"

static const char content_text[] =
	"zhengyin-challenge/1\nhost: 127.0.0.1\npurpose: add\n单位：广州𠮷祥䶮科技（集团）有限公司\n";

static void good_ones_are_accepted(void **state)
{
	(void)state;
	for (int i = 0; i < X509_ALGORITHM_MAX; i++)
		for (int gm = 0; gm <= (i == X509_SM2); gm++) {
			struct pki p CLEANUP(pki_done) = {0};
			struct pki_person who CLEANUP(pki_person_done) = {0};
			struct cms_report r;
			struct bytes der;

			pki_new(&p, (enum x509_algorithm)i);
			pki_person(&p, (enum x509_algorithm)i, (struct x509_order){0}, &who);
			assert_int_equal(
				cms_sign(mem, who.key, who.cert, pki_bytes(content_text), PKI_NOW, gm, &der), ERR_OK);
			cms_verify(mem, der, pki_bytes(content_text), &p.trust, PKI_NOW, &r);
			if (r.reason != CMS_GOOD)
				fail_msg("row %d %d: %s %s", i, gm, cms_reason_words[r.reason], r.detail);
			expect_text(i, r.cert.organisation, pki_unit.organisation);
			expect_text(i, r.algorithm, x509_algorithm_words[i]);
			expect(i, r.gm == (gm == 1) && r.signing_time == PKI_NOW);
			cms_verify(mem, der, pki_bytes("zhengyin-challenge/1\n"), &p.trust, PKI_NOW, &r);
			expect_text(i, cms_reason_words[r.reason], "digest");
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones_are_accepted),
	};

	return UNIT_MAIN(tests);
}
