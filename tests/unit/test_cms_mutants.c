#include "unit.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <time.h>

#include "world.h"

#include "mutant.h"

/* Mutants of good signed data: not one is accepted that says anything else, or says it in other bytes, where somebody looks.
 * Five parts of a file are covered by no signature and change nothing, so a mutant that differs only there is rightly good:
 * certificates besides the signer's, lists sent along, unsigned attributes, NULL against nothing as the parameters of an
 * algorithm, and the names that one signature algorithm goes by.  These are counted one by one; without them the file must be the same to the byte.
 * MUTANTS=100000 in the environment for the whole number (`make torture`). */

enum { FILES_MAX = 16, SAMPLE = 5000 };
enum { OTHER_CERTIFICATES, LISTS, UNSIGNED_ATTRIBUTES, PARAMETERS, NAMES, LOOSE_MAX };
static const char *const loose_names[] = {"other_certificates", "lists", "unsigned_attributes", "parameters", "names"};

/* What is in a file, taken apart by another way than the verifier's. */
struct taken {
	struct bytes core;	       /* all that must not change */
	struct bytes loose[LOOSE_MAX]; /* what may */
};

static struct good {
	const char *name;
	struct bytes der, content;
	struct taken taken;
	const struct cms_trust *trust;
} files[FILES_MAX];
static size_t file_count;

static void keep(struct arena *a, struct bytes *to, struct bytes more)
{
	unsigned char *at = arena_alloc(a, to->len + more.len + 1);

	if (to->len)
		memcpy(at, to->at, to->len);
	if (more.len)
		memcpy(at + to->len, more.at, more.len);
	*to = (struct bytes){at, to->len + more.len};
}

/* What a signature algorithm is called: the first of those that mean the same. */
static const char *first_name(struct bytes id)
{
	static const char *const names[][3] = {
		{"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11", NULL},
		{"1.2.840.10045.4.3.2", "1.2.840.10045.2.1", NULL},
		{"1.2.156.10197.1.301.1", "1.2.156.10197.1.301", "1.2.156.10197.1.501"},
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t k = 0; k < ARRAY_LEN(names[i]); k++)
			if (names[i][k] && der_is_oid(id, names[i][k]))
				return names[i][0];
	return NULL;
}

/* An algorithm: its id is core, NULL behind it loose. */
static void keep_algorithm(struct arena *a, struct taken *t, struct bytes whole)
{
	struct bytes body, id, name, plain;
	const unsigned char *end;

	assert_true(der_take(&whole, DER_SEQUENCE, &body));
	end = body.at + body.len;
	assert_true(der_take_whole(&body, DER_OID, &id));
	name = id;
	if (der_take(&name, DER_OID, &plain) && first_name(plain)) {
		keep(a, &t->loose[NAMES], id);
		id = der_oid(a, first_name(plain));
	}
	keep(a, &t->core, id);
	keep(a, &t->loose[PARAMETERS], body);
	assert_true(body.at + body.len == end);
	if (body.len && !(body.len == 2 && body.at[0] == DER_NULL))
		keep(a, &t->core, body);
	keep(a, &t->loose[PARAMETERS], (struct bytes){(const unsigned char *)"|", 1});
}

static struct bytes must_next(struct bytes *b)
{
	struct bytes body, whole;
	unsigned tag;

	assert_true(der_next(b, &tag, &body, &whole));
	return whole;
}

static void take_signer(struct arena *a, struct taken *t, struct bytes set)
{
	struct bytes signer;

	assert_true(der_take(&set, DER_SEQUENCE, &signer));
	keep(a, &t->core, set);
	keep(a, &t->core, must_next(&signer));
	keep(a, &t->core, must_next(&signer));
	keep_algorithm(a, t, must_next(&signer));
	keep(a, &t->core, must_next(&signer));
	keep_algorithm(a, t, must_next(&signer));
	keep(a, &t->core, must_next(&signer));
	keep(a, &t->loose[UNSIGNED_ATTRIBUTES], signer);
}

/* Of a file that was accepted, with the signer's certificate. */
static struct taken take_apart(struct arena *a, struct bytes der, struct bytes certificate)
{
	struct bytes all = der, body, set;
	struct taken t = {0};

	assert_true(der_take(&der, DER_SEQUENCE, &body));
	keep(a, &t.core, must_next(&body));
	assert_true(der_take(&body, DER_0, &all) && !body.len && der_take(&all, DER_SEQUENCE, &body) && !all.len);
	keep(a, &t.core, must_next(&body));
	assert_true(der_take(&body, DER_SET, &set));
	keep_algorithm(a, &t, must_next(&set));
	keep(a, &t.core, set);
	keep(a, &t.core, must_next(&body));
	keep(a, &t.core, certificate);
	assert_true(der_take(&body, DER_0, &t.loose[OTHER_CERTIFICATES]));
	(void)der_take(&body, DER_1, &t.loose[LISTS]);
	assert_true(der_take(&body, DER_SET, &set) && !body.len);
	take_signer(a, &t, set);
	return t;
}

static void add(const char *name, struct bytes der, struct bytes content, const struct cms_trust *trust)
{
	struct good *g = &files[file_count++];
	struct cms_report r;

	assert_true(file_count <= FILES_MAX);
	*g = (struct good){.name = name, .der = der, .content = content, .trust = trust};
	cms_verify(mem, der, content, trust, PKI_NOW, &r);
	if (r.reason != CMS_GOOD)
		fail_msg("%s: %s %s", name, cms_reason_words[r.reason], r.detail);
	g->taken = take_apart(mem, der, r.cert_der);
}

static void add_forged(const char *name, char kind, int change)
{
	struct forge f;

	world_forge(&f, kind, pki_bytes(arena_printf(mem, "%s%s\n", world_content, name)));
	if (change == 1)
		f.certs = der_wrap(mem, DER_0, forge_cat(forge_cat(f.cert, f.p->ca), f.p->root));
	if (change == 2)
		f.unsigned_attrs = der_wrap(mem, DER_1, forge_attr("1.2.3.4", forge_hex("0403616263")));
	if (change == 3)
		f.attr[1] = forge_attr("1.2.156.99999.7", der_text(mem, DER_UTF8, "𠮷祥"));
	add(name, forge_sign(&f), f.content, &world(kind).p.trust);
}

/* By OpenSSL's own writer, with all it adds of its own will. */
static void add_openssl(const char *name, char kind)
{
	struct bytes content = pki_bytes(arena_printf(mem, "%s%s\n", world_content, name));
	BIO *in = BIO_new_mem_buf(content.at, (int)content.len);
	X509 *cert = forge_cert_read(world(kind).who.cert);
	CMS_ContentInfo *cms = CMS_sign(cert, world(kind).key, NULL, in, CMS_DETACHED | CMS_BINARY);
	unsigned char *der = NULL;
	int n;

	assert_non_null(cms);
	n = i2d_CMS_ContentInfo(cms, &der);
	add(name, (struct bytes){arena_dup(mem, der, (size_t)n), (size_t)n}, content, &world(kind).p.trust);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	X509_free(cert);
	BIO_free(in);
}

static int setup(void **state)
{
	world_setup(state);
	add_forged("RSA", 'r', 0);
	add_forged("RSA with its chain", 'r', 1);
	add_forged("RSA with more behind the signature", 'r', 2);
	add_openssl("RSA by OpenSSL", 'r');
	add_forged("P-256", 'p', 0);
	add_forged("P-256 with a further attribute", 'p', 3);
	add_openssl("P-256 by OpenSSL", 'p');
	add_forged("SM2", 's', 0);
	add_forged("SM2 with its chain", 's', 1);
	add_forged("SM2 with more behind the signature", 's', 2);
	add_forged("GM", 'g', 0);
	add_forged("GM with its chain", 'g', 1);
	add_forged("GM with a further attribute", 'g', 3);
	return 0;
}

struct tally {
	long tried, same, wrong, loose[LOOSE_MAX], by[CMS_REASON_MAX];
};

static void judge(const struct good *g, struct bytes der, struct arena *a, struct tally *t)
{
	struct cms_report r;
	struct taken taken;

	if (der_equal(der, g->der)) {
		t->same++;
		return;
	}
	t->tried++;
	cms_verify(a, der, g->content, g->trust, PKI_NOW, &r);
	t->by[r.reason]++;
	if (r.reason != CMS_GOOD)
		return;
	taken = take_apart(a, der, r.cert_der);
	if (!der_equal(taken.core, g->taken.core)) {
		t->wrong++;
		print_message("%s: number %ld is accepted:", g->name, t->tried);
		for (size_t i = 0; i < der.len; i++)
			print_message("%02x", der.at[i]);
		print_message("\n");
	}
	for (int i = 0; i < LOOSE_MAX; i++)
		t->loose[i] += !der_equal(taken.loose[i], g->taken.loose[i]);
}

static void say(const char *what, const struct tally *t, clock_t begun)
{
	print_message("%s %ld wrong %ld accepted %ld", what, t->tried, t->wrong, t->by[CMS_GOOD]);
	for (int i = 0; i < LOOSE_MAX; i++)
		print_message(" %s %ld", loose_names[i], t->loose[i]);
	print_message(" unchanged %ld seconds %.1f\n", t->same, (double)(clock() - begun) / CLOCKS_PER_SEC);
}

static void no_mutant_is_accepted(void **state)
{
	const char *want = getenv("MUTANTS");
	long count = want ? strtol(want, NULL, 10) : SAMPLE;
	struct arena *a = arena_new();
	struct tally t = {0};
	clock_t begun = clock();

	(void)state;
	mutant_state = 20261122;
	while (t.tried < count) {
		const struct good *g = &files[mutant_chance((uint32_t)file_count)],
				  *other = &files[mutant_chance((uint32_t)file_count)];

		judge(g, mutant_make(a, g->der, other->der), a, &t);
		arena_reset(a);
	}
	arena_free(a);
	for (int i = 0; i < CMS_REASON_MAX; i++)
		print_message("%-20s %ld\n", cms_reason_words[i], t.by[i]);
	say("mutants", &t, begun);
	assert_int_equal(t.wrong, 0);
}

/* Every byte of a file changed, in the whole number of every file to three other values. */
static void no_byte_may_change(void **state)
{
	static const unsigned char turns[] = {0x01, 0x80, 0xff};
	bool all = getenv("MUTANTS");
	struct arena *a = arena_new();
	struct tally t = {0};
	clock_t begun = clock();

	(void)state;
	for (size_t i = all ? 0 : 4; i < (all ? file_count : 5); i++)
		for (size_t k = 0; k < files[i].der.len; k++)
			for (size_t turn = 0; turn < (all ? ARRAY_LEN(turns) : 1); turn++) {
				unsigned char *changed = arena_dup(a, files[i].der.at, files[i].der.len);

				changed[k] ^= turns[turn];
				judge(&files[i], (struct bytes){changed, files[i].der.len}, a, &t);
				arena_reset(a);
			}
	arena_free(a);
	say("bytes", &t, begun);
	assert_int_equal(t.wrong, 0);
}

/* The control: what the verifier rightly takes, signed by the same person over the same content but not this file, counts as
 * wrong; the file itself and one with another certificate beside it do not. */
static void the_comparison_sees_a_change(void **state)
{
	struct tally t = {0};
	struct forge f;

	(void)state;
	world_forge(&f, 'r', files[0].content);
	f.attr[1] = forge_attr("1.2.840.113549.1.9.5", der_text(mem, DER_UTC_TIME, "270115080001Z"));
	judge(&files[0], forge_sign(&f), mem, &t);
	assert_true(t.by[CMS_GOOD] == 1 && t.wrong == 1);
	world_forge(&f, 'r', files[0].content);
	f.certs = der_wrap(mem, DER_0, forge_cat(f.cert, f.p->ca));
	judge(&files[0], forge_sign(&f), mem, &t);
	assert_true(t.by[CMS_GOOD] == 2 && t.wrong == 1 && t.loose[OTHER_CERTIFICATES] == 1);
	judge(&files[0], files[0].der, mem, &t);
	assert_true(t.same == 1 && t.wrong == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_mutant_is_accepted),
		cmocka_unit_test(no_byte_may_change),
		cmocka_unit_test(the_comparison_sees_a_change),
	};

	return cmocka_run_group_tests(tests, setup, world_teardown);
}
