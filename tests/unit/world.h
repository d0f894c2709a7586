#ifndef UNIT_WORLD_H
#define UNIT_WORLD_H

#include "forge.h"

/* One public key infrastructure and one person of each kind for a whole test program, and keys to be freed at its end. */

enum { WORLD_KEYS_MAX = 64 };

static struct world {
	struct pki p;
	struct pki_person who;
	EVP_PKEY *key, *ca_key, *root_key;
} worlds[X509_ALGORITHM_MAX];
static EVP_PKEY *world_keys[WORLD_KEYS_MAX];
static size_t world_key_count;

static inline EVP_PKEY *keep_key(EVP_PKEY *key)
{
	assert_true(world_key_count < WORLD_KEYS_MAX);
	return world_keys[world_key_count++] = key;
}

/* r RSA, p P-256, s and g SM2 */
#define world(kind) (worlds[(kind) == 'r' ? X509_RSA : (kind) == 'p' ? X509_P256 : X509_SM2])

static inline void world_forge(struct forge *f, char kind, struct bytes content)
{
	struct world *w = &world(kind);

	forge_begin(f, &w->p, w->key, w->who.cert, content, kind == 'g');
	f->ca_key = w->ca_key;
	f->root_key = w->root_key;
}

static inline int world_setup(void **state)
{
	unit_setup(state);
	for (int i = 0; i < X509_ALGORITHM_MAX; i++) {
		struct world *w = &worlds[i];

		pki_new(&w->p, (enum x509_algorithm)i);
		pki_person(&w->p, (enum x509_algorithm)i, (struct x509_order){0}, &w->who);
		w->key = forge_key(w->who.key);
		w->ca_key = forge_key(w->p.ca_key);
		w->root_key = forge_key(w->p.root_key);
	}
	return 0;
}

static inline int world_teardown(void **state)
{
	for (int i = 0; i < X509_ALGORITHM_MAX; i++) {
		struct world *w = &worlds[i];

		pki_done(&w->p);
		pki_person_done(&w->who);
		EVP_PKEY_free(w->key);
		EVP_PKEY_free(w->ca_key);
		EVP_PKEY_free(w->root_key);
	}
	while (world_key_count)
		EVP_PKEY_free(world_keys[--world_key_count]);
	return unit_teardown(state);
}

/* --- rows of made files --- */

static const char world_content[] =
	"zhengyin-challenge/1\nhost: 127.0.0.1\npurpose: add\n单位：广州𠮷祥䶮科技（集团）有限公司\n";

struct row {
	const char *name, *reason;
	char who; /* r RSA, p P-256, s SM2, g SM2 under the OIDs of GM/T 0010 */
	void (*twist)(struct forge *, const char *);
	const char *arg;
};

static inline void world_rows(const struct row *rows, size_t count)
{
	int wrong = 0;

	for (size_t i = 0; i < count; i++) {
		struct forge f;
		struct cms_report r;

		world_forge(&f, rows[i].who, pki_bytes(world_content));
		rows[i].twist(&f, rows[i].arg);
		cms_verify(mem, forge_sign(&f), f.content, &f.trust, f.now, &r);
		if (!text_eq(cms_reason_words[r.reason], rows[i].reason)) {
			print_error("%s: %s (%s), want %s\n", rows[i].name, cms_reason_words[r.reason], r.detail,
				rows[i].reason);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Each of the reasons, ended by CMS_REASON_MAX, is that of a row. */
static inline void world_reasons(const struct row *rows, size_t count, const enum cms_reason *reason)
{
	for (; *reason != CMS_REASON_MAX; reason++) {
		size_t found = 0;

		for (size_t i = 0; i < count; i++)
			found += text_eq(rows[i].reason, cms_reason_words[*reason]);
		if (!found)
			fail_msg("no row for %s", cms_reason_words[*reason]);
	}
}

/* The two tests of a table of such rows: each is told by its reason, and none of these reasons is left out. */
#define WORLD_TESTS(rows, ...) \
	static void each_is_told_by_its_reason(void **state) \
	{ \
		(void)state; \
		world_rows(rows, ARRAY_LEN(rows)); \
	} \
	static void no_reason_is_left_out(void **state) \
	{ \
		(void)state; \
		world_reasons(rows, ARRAY_LEN(rows), (enum cms_reason[]){__VA_ARGS__, CMS_REASON_MAX}); \
	}

#endif
