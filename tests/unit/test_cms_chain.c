#include "unit.h"

#include "world.h"

/* Signed data that is good in itself: whose certificate, until when, and what the lists say.  Every row signs anew with a
 * certificate, a chain or a list that is changed in one point. */

enum { LISTS_MAX = 4 };

static void issue(struct forge *f, X509 *x)
{
	forge_use(f, forge_cert(x, f->ca_key, f->sm2 ? EVP_sm3() : EVP_sha256()));
}

static void drop(X509 *x, int nid)
{
	X509_EXTENSION_free(X509_delete_ext(x, X509_get_ext_by_NID(x, nid, -1)));
}

/* --- who issued it --- */

static void rogue_ca(struct forge *f, const char *arg)
{
	struct pki rogue;
	struct pki_person who;
	struct bytes all;

	(void)arg;
	pki_new(&rogue, X509_P256); /* the same names, other keys */
	pki_person(&rogue, X509_P256, (struct x509_order){0}, &who);
	f->key = keep_key(forge_key(who.key));
	forge_use(f, who.cert);
	all = forge_cat(forge_cat(who.cert, rogue.ca), rogue.root);
	f->certs = der_wrap(mem, DER_0, all);
	pki_person_done(&who);
	pki_done(&rogue);
}

/* A certificate issued by the person; "pinned": the person's own is kept among the intermediates. */
static void leaf_as_ca(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->cert), *issuer = forge_cert_read(f->cert);
	struct bytes first = f->cert, second;

	assert_true(X509_set_issuer_name(x, X509_get_subject_name(issuer)));
	drop(x, NID_authority_key_identifier);
	second = forge_cert(x, f->key, EVP_sha256());
	forge_use(f, second);
	f->certs = der_wrap(mem, DER_0, forge_cat(second, first));
	X509_free(issuer);
	if (text_eq(arg, "pinned")) {
		f->between = arena_alloc(mem, 2 * sizeof *f->between);
		f->between[0] = f->p->ca;
		f->between[1] = first;
		f->trust.intermediates = (struct list){f->between, 2};
	}
}

static void self_signed(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->cert);

	assert_true(X509_set_issuer_name(x, X509_get_subject_name(x)));
	drop(x, NID_authority_key_identifier);
	if (text_eq(arg, "v1")) {
		while (X509_get_ext_count(x))
			X509_EXTENSION_free(X509_delete_ext(x, 0));
		assert_true(X509_set_version(x, 0));
	}
	forge_use(f, forge_cert(x, f->key, EVP_sha256()));
	if (text_eq(arg, "pinned"))
		f->anchor[0] = f->cert;
}

static void by_authority(struct forge *f, const char *arg)
{
	f->key = text_eq(arg, "root") ? f->root_key : f->ca_key;
	forge_use(f, text_eq(arg, "root") ? f->p->root : f->p->ca);
}

static void unpinned(struct forge *f, const char *arg)
{
	f->certs = der_wrap(mem, DER_0, forge_cat(f->cert, forge_cat(f->p->ca, f->p->root)));
	if (text_eq(arg, "root"))
		f->trust.anchors.count = 0;
	else
		f->trust.intermediates.count = 0;
}

static void ca_is_anchor(struct forge *f, const char *arg)
{
	(void)arg;
	f->anchor[0] = f->p->ca; /* not self-signed: no end of a chain */
	f->trust.intermediates.count = 0;
}

static void set_extension(X509 *x, int nid, const char *words)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, words);
	int at = X509_get_ext_by_NID(x, nid, -1);

	if (at >= 0)
		X509_EXTENSION_free(X509_delete_ext(x, at));
	assert_true(e && X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
}

/* The issuing authority with other constraints; "below": its room is used up by another one that issues. */
static void ca_constraints(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->p->ca), *second, *leaf;
	bool below = text_eq(arg, "below");

	set_extension(x, NID_basic_constraints, below ? "critical,CA:TRUE,pathlen:0" : arg);
	f->between = arena_alloc(mem, 2 * sizeof *f->between);
	f->between[0] = forge_cert(x, f->root_key, EVP_sha256());
	f->trust.intermediates = (struct list){f->between, below ? 2 : 1};
	if (!below)
		return;
	second = forge_cert_read(f->p->ca);
	x = forge_cert_read(f->p->ca);
	assert_true(X509_set_issuer_name(second, X509_get_subject_name(x)));
	assert_true(X509_NAME_add_entry_by_txt(
		X509_get_subject_name(second), "OU", MBSTRING_UTF8, (const unsigned char *)"下级", -1, -1, 0));
	drop(second, NID_authority_key_identifier);
	leaf = forge_cert_read(f->cert);
	assert_true(X509_set_issuer_name(leaf, X509_get_subject_name(second)));
	f->between[1] = forge_cert(second, f->ca_key, EVP_sha256());
	X509_free(x);
	issue(f, leaf);
}

static void ca_usage(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->p->ca);

	set_extension(x, NID_key_usage, arg);
	f->between[0] = forge_cert(x, f->root_key, EVP_sha256());
}

static void signed_weakly(struct forge *f, const char *arg)
{
	const EVP_MD *md = EVP_get_digestbyname(arg + 3);
	X509 *x = forge_cert_read(*arg == 'c' ? f->p->ca : f->cert);

	if (*arg == 'c')
		f->between[0] = forge_cert(x, f->root_key, md);
	else
		forge_use(f, forge_cert(x, f->ca_key, md));
}

/* --- what stands in it --- */

static void usage(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->cert);

	if (*arg)
		set_extension(x, NID_key_usage, arg);
	else
		drop(x, NID_key_usage);
	issue(f, x);
}

static void unknown_extension(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->cert);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *id = OBJ_txt2obj("1.2.156.99999.1", 1);
	X509_EXTENSION *e;

	assert_true(ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x0c\x01x", 3));
	e = X509_EXTENSION_create_by_OBJ(NULL, id, text_eq(arg, "critical"), value);
	assert_true(X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
	ASN1_OBJECT_free(id);
	ASN1_OCTET_STRING_free(value);
	issue(f, x);
}

static void name(struct forge *f, const char *arg)
{
	static const unsigned char with_nul[] = "广州\0有限公司";
	X509 *x = forge_cert_read(f->cert);

	assert_true(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "OU", V_ASN1_UTF8STRING,
		*arg ? (const unsigned char *)arg : with_nul, *arg ? -1 : (int)sizeof with_nul - 1, -1, 0));
	issue(f, x);
}

static void serial(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->cert);
	BIGNUM *number = NULL;

	assert_true(BN_hex2bn(&number, arg));
	assert_non_null(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)));
	BN_free(number);
	issue(f, x);
}

/* --- when --- */

static void at(struct forge *f, const char *arg)
{
	f->now = PKI_NOW + strtol(arg, NULL, 10);
}

static ASN1_TIME *time_of(const char *text)
{
	ASN1_TIME *t = ASN1_TIME_new();

	assert_true(ASN1_STRING_set(t, text, -1));
	t->type = strlen(text) == 13 || strlen(text) == 17 ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
	return t;
}

/* ">…" the end, "<…" the beginning, as written. */
static void validity(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->cert);
	ASN1_TIME *t = time_of(arg + 1);

	assert_true(*arg == '<' ? X509_set1_notBefore(x, t) : X509_set1_notAfter(x, t));
	ASN1_TIME_free(t);
	issue(f, x);
}

static void ca_validity(struct forge *f, const char *arg)
{
	X509 *x = forge_cert_read(f->p->ca);
	ASN1_TIME *t = time_of(arg + 1);

	assert_true(*arg == '<' ? X509_set1_notBefore(x, t) : X509_set1_notAfter(x, t));
	ASN1_TIME_free(t);
	f->between[0] = forge_cert(x, f->root_key, EVP_sha256());
}

/* --- lists --- */

struct list_make {
	int64_t from, to;	     /* seconds from now; 0 = a day each way */
	int reason, reason_again;    /* of the person's serial; -1 not listed, 99 no reason given, 0 = not again */
	const char *digest;	     /* NULL as the key wants */
	int extension;		     /* of the list */
	const char *words;	     /* its value, in hex; critical when it begins with '!' */
	const char *entry_extension; /* the same for another's entry: certificateIssuer */
	bool root, by_other, no_next;
};

static X509_EXTENSION *hex_extension(int nid, const char *words)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	struct bytes der = forge_hex(words + (*words == '!'));
	X509_EXTENSION *e;

	assert_true(ASN1_OCTET_STRING_set(value, der.at, (int)der.len));
	e = X509_EXTENSION_create_by_NID(NULL, nid, *words == '!', value);
	ASN1_OCTET_STRING_free(value);
	assert_non_null(e);
	return e;
}

static void add_entry(X509_CRL *crl, const char *hex, int reason, const char *issuer)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	ASN1_TIME *when = ASN1_TIME_set(NULL, PKI_NOW - PKI_DAY);
	ASN1_ENUMERATED *code = ASN1_ENUMERATED_new();
	BIGNUM *n = NULL;

	assert_true(BN_hex2bn(&n, hex) && BN_to_ASN1_INTEGER(n, number) && X509_REVOKED_set_serialNumber(r, number) &&
		    X509_REVOKED_set_revocationDate(r, when));
	if (reason < 99)
		assert_true(ASN1_ENUMERATED_set(code, reason) &&
			    X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, code, 0, 0) == 1);
	if (issuer) {
		X509_EXTENSION *e = hex_extension(NID_certificate_issuer, issuer);

		assert_true(X509_REVOKED_add_ext(r, e, -1));
		X509_EXTENSION_free(e);
	}
	assert_true(X509_CRL_add0_revoked(crl, r));
	BN_free(n);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(when);
	ASN1_ENUMERATED_free(code);
}

static struct bytes list_of(struct forge *f, const struct list_make *in)
{
	X509_CRL *crl = X509_CRL_new();
	X509 *issuer = forge_cert_read(in->root ? f->p->root : f->p->ca);
	EVP_PKEY *key = in->by_other ? f->key : in->root ? f->root_key : f->ca_key;
	ASN1_TIME *from = ASN1_TIME_set(NULL, PKI_NOW + (in->from ? in->from : -PKI_DAY)),
		  *to = ASN1_TIME_set(NULL, PKI_NOW + (in->to ? in->to : PKI_DAY));
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *p = NULL;
	unsigned char *der = NULL;
	struct bytes out;
	int n;

	assert_true(X509_CRL_set_version(crl, 1) && X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) &&
		    X509_CRL_set1_lastUpdate(crl, from) && (in->no_next || X509_CRL_set1_nextUpdate(crl, to)));
	if (in->entry_extension)
		add_entry(crl, "0A", 1, in->entry_extension);
	if (in->reason >= 0)
		add_entry(crl, in->root ? "02" : "4D2F00000000000001", in->reason, NULL);
	if (in->reason_again)
		add_entry(crl, in->root ? "02" : "4D2F00000000000001", in->reason_again, NULL);
	add_entry(crl, "0B", 4, NULL);
	if (in->words) {
		X509_EXTENSION *e = hex_extension(in->extension, in->words);

		assert_true(X509_CRL_add_ext(crl, e, -1));
		X509_EXTENSION_free(e);
	}
	assert_int_equal(EVP_DigestSignInit(m, &p,
				 in->digest ? EVP_get_digestbyname(in->digest)
				 : f->sm2   ? EVP_sm3()
					    : EVP_sha256(),
				 NULL, key),
		1);
	if (f->sm2)
		assert_int_equal(EVP_PKEY_CTX_set1_id(p, "1234567812345678", 16), 1);
	assert_true(X509_CRL_sign_ctx(crl, m) > 0);
	n = i2d_X509_CRL(crl, &der);
	out = (struct bytes){arena_dup(mem, der, (size_t)n), (size_t)n};
	OPENSSL_free(der);
	EVP_MD_CTX_free(m);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	X509_free(issuer);
	X509_CRL_free(crl);
	return out;
}

static const struct {
	const char *name;
	struct list_make make;
} lists[] = {
	{"revoked", {.reason = 1}},
	{"no reason", {.reason = 99}},
	{"hold", {.reason = 6}},
	{"lifted", {.reason = 8}},
	{"lifted and revoked", {.reason = 8, .reason_again = 1}},
	{"revoked and lifted", {.reason = 1, .reason_again = 8}},
	{"others", {.reason = -1}},
	{"stale", {.reason = -1, .from = -2 * PKI_DAY, .to = -1}},
	{"last second", {.reason = -1, .to = 1}},
	{"future", {.reason = -1, .from = 301}},
	{"near future", {.reason = -1, .from = 300}},
	{"endless", {.reason = -1, .no_next = true}},
	{"by the holder", {.reason = -1, .by_other = true}},
	{"SHA1", {.reason = -1, .digest = "SHA1"}},
	{"SHA384", {.reason = -1, .digest = "SHA384"}},
	{"changes only", {.reason = -1, .extension = NID_delta_crl, .words = "!020101"}},
	{"a part", {.reason = -1, .extension = NID_issuing_distribution_point, .words = "!30038101ff"}},
	{"a part, not critical", {.reason = -1, .extension = NID_issuing_distribution_point, .words = "30038101ff"}},
	{"unknown, critical", {.reason = -1, .extension = NID_netscape_comment, .words = "!160141"}},
	{"unknown", {.reason = -1, .extension = NID_netscape_comment, .words = "160141"}},
	{"of others", {.reason = -1, .entry_extension = "!3003860178"}},
	{"the authority", {.reason = 2, .root = true}},
	{"root stale", {.reason = -1, .root = true, .from = -2 * PKI_DAY, .to = -1}},
	{"earlier, revoked", {.reason = 6, .from = -2 * PKI_DAY}},
	{"earlier, others", {.reason = -1, .from = -2 * PKI_DAY}},
};

static struct bytes named_list(struct forge *f, const char *of, bool *ret_root)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (text_eq(lists[i].name, of)) {
			*ret_root = lists[i].make.root;
			return list_of(f, &lists[i].make);
		}
	fail_msg("no list %s", of);
	return (struct bytes){0};
}

/* Instead of the issuer's good list; "a+b": both, in this order. */
static void list(struct forge *f, const char *arg)
{
	const char *plus = strchr(arg, '+');
	bool root;
	struct bytes one = named_list(f, plus ? arena_textn(mem, arg, (size_t)(plus - arg)) : arg, &root);

	f->list[root ? 0 : 1] = one;
	if (plus)
		f->list[f->trust.crls.count++] = named_list(f, plus + 1, &root);
	assert_true(f->trust.crls.count < LISTS_MAX);
}

static void without_list(struct forge *f, const char *arg)
{
	f->list[text_eq(arg, "root") ? 0 : 1] = f->list[text_eq(arg, "root") ? 1 : 0];
}

static void broken_list(struct forge *f, const char *arg)
{
	unsigned char *changed = arena_dup(mem, f->list[1].at, f->list[1].len);

	changed[f->list[1].len - 1] ^= 1;
	f->list[1] = text_eq(arg, "cut") ? (struct bytes){changed, f->list[1].len - 1}
					 : (struct bytes){changed, f->list[1].len};
}

static const struct row rows[] = {
	{"rogue authority of the same name", "chain", 'p', rogue_ca, NULL},
	{"issued by a holder", "chain", 'p', leaf_as_ca, ""},
	{"issued by a holder, kept as an authority", "chain", 'p', leaf_as_ca, "pinned"},
	{"self-signed", "chain", 'p', self_signed, ""},
	{"self-signed, pinned itself", "chain", 'p', self_signed, "pinned"},
	{"self-signed of version 1", "ca_leaf", 'p', self_signed, "v1"},
	{"the authority itself", "ca_leaf", 'p', by_authority, "ca"},
	{"the root itself", "ca_leaf", 'r', by_authority, "root"},
	{"root not pinned", "chain", 'r', unpinned, "root"},
	{"intermediate only in the file", "chain", 'r', unpinned, "ca"},
	{"intermediate as anchor", "chain", 's', ca_is_anchor, NULL},
	{"intermediate CA:FALSE", "chain", 'p', ca_constraints, "critical,CA:FALSE"},
	{"path length 0", "good", 'p', ca_constraints, "critical,CA:TRUE,pathlen:0"},
	{"path length 0, one more below", "chain", 'p', ca_constraints, "below"},
	{"intermediate may not issue", "chain", 'p', ca_usage, "critical,cRLSign"},
	{"intermediate may not make lists", "crl_forged", 'p', ca_usage, "critical,keyCertSign"},
	{"certificate with SHA-1", "weak_key", 'r', signed_weakly, "of SHA1"},
	{"certificate with MD5", "weak_key", 'r', signed_weakly, "of MD5"},
	{"intermediate with SHA-1", "weak_key", 'r', signed_weakly, "ca SHA1"},
	{"certificate with SHA-384", "good", 'r', signed_weakly, "of SHA384"},
	{"key for encryption", "key_usage", 's', usage, "critical,keyEncipherment,dataEncipherment"},
	{"key usage not said", "key_usage", 'p', usage, ""},
	{"non-repudiation only", "good", 'p', usage, "critical,nonRepudiation"},
	{"digital signature only", "good", 'p', usage, "digitalSignature"},
	{"may issue, but no authority", "ca_leaf", 'p', usage, "critical,digitalSignature,keyCertSign"},
	{"unknown critical extension", "critical_extension", 'p', unknown_extension, "critical"},
	{"unknown extension", "good", 'p', unknown_extension, ""},
	{"NUL in a name", "syntax", 'p', name, ""},
	{"a further name", "good", 'p', name, "𬭊部"},
	{"serial of 20 bytes", "good", 'p', serial, "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
	{"serial of 100 bytes", "syntax", 'p', serial,
		"7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
	{"negative serial", "syntax", 'p', serial, "-4D2F"},
	{"serial 0", "good", 'p', serial, "0"},
	{"first second", "good", 'p', validity, "<270115080000Z"},
	{"a second too early", "not_yet_valid", 'p', validity, "<270115080001Z"},
	{"last second", "good", 'p', validity, ">270115080000Z"},
	{"a second too late", "expired", 'p', validity, ">270115075959Z"},
	{"until 2049", "good", 'p', validity, ">491231235959Z"},
	{"until 1950", "expired", 'p', validity, ">500101000000Z"},
	{"from 1950", "good", 'p', validity, "<500101000000Z"},
	{"from 2049", "not_yet_valid", 'p', validity, "<491231235959Z"},
	{"from 1949", "good", 'p', validity, "<19491231235959Z"},
	{"until 1949", "expired", 'p', validity, ">19491231235959Z"},
	{"until 9999", "good", 'p', validity, ">99991231235959Z"},
	{"from 9999", "not_yet_valid", 'p', validity, "<99991231235959Z"},
	{"until a leap second", "syntax", 'p', validity, ">281231235960Z"},
	{"until 29 February 2028", "good", 'p', validity, ">280229000000Z"},
	{"until 29 February 2027", "syntax", 'p', validity, ">270229000000Z"},
	{"with an offset", "expired", 'p', validity, ">280101000000+0800"},
	{"two years later, SM2", "expired", 's', at, "63072000"},
	{"two years earlier, RSA", "not_yet_valid", 'r', at, "-63072000"},
	{"authority expired", "expired", 'p', ca_validity, ">270115075959Z"},
	{"authority not yet valid", "not_yet_valid", 'p', ca_validity, "<270115080001Z"},
	{"revoked, RSA", "revoked", 'r', list, "revoked"},
	{"revoked, P-256", "revoked", 'p', list, "revoked"},
	{"revoked, SM2", "revoked", 'g', list, "revoked"},
	{"revoked without reason", "revoked", 'p', list, "no reason"},
	{"on hold", "revoked", 'p', list, "hold"},
	{"hold lifted", "good", 'p', list, "lifted"},
	{"lifted, and revoked", "revoked", 'p', list, "lifted and revoked"},
	{"revoked, and lifted", "revoked", 'p', list, "revoked and lifted"},
	{"others revoked", "good", 'g', list, "others"},
	{"list stale", "crl_stale", 's', list, "stale"},
	{"list until now", "crl_stale", 'p', at, "86400"},
	{"list until the next second", "good", 'p', list, "last second"},
	{"list of the future", "crl_stale", 'p', list, "future"},
	{"list of a clock that is fast", "good", 'p', list, "near future"},
	{"list without an end", "crl_stale", 'p', list, "endless"},
	{"list by somebody else", "crl_forged", 'p', list, "by the holder"},
	{"list by somebody else, SM2", "crl_forged", 's', list, "by the holder"},
	{"list with SHA-1", "crl_forged", 'r', list, "SHA1"},
	{"list with SHA-384", "good", 'r', list, "SHA384"},
	{"list of changes", "crl_forged", 'p', list, "changes only"},
	{"list of a part", "crl_forged", 'p', list, "a part"},
	{"list of a part, not critical", "crl_forged", 'p', list, "a part, not critical"},
	{"list with an unknown critical extension", "crl_forged", 'p', list, "unknown, critical"},
	{"list with an unknown extension", "good", 'p', list, "unknown"},
	{"list of others' certificates", "crl_forged", 'p', list, "of others"},
	{"list changed", "crl_forged", 'g', broken_list, "changed"},
	{"list cut", "crl_missing", 'p', broken_list, "cut"},
	{"no list", "crl_missing", 'r', without_list, "ca"},
	{"no list of the root", "crl_missing", 's', without_list, "root"},
	{"authority revoked", "revoked", 'p', list, "the authority"},
	{"list of the root stale", "crl_stale", 'p', list, "root stale"},
	{"an older list knows less", "revoked", 'p', list, "earlier, others+revoked"},
	{"an older list comes later", "revoked", 'p', list, "revoked+earlier, others"},
	{"a newer list has lifted it", "good", 'p', list, "earlier, revoked+others"},
	{"a forged one beside it", "revoked", 'p', list, "by the holder+revoked"},
	{"a stale one beside it", "revoked", 'p', list, "stale+revoked"},
	{"stale and forged", "crl_stale", 'p', list, "stale+by the holder"},
	{"forged and stale", "crl_stale", 'p', list, "by the holder+stale"},
};

WORLD_TESTS(rows, CMS_GOOD, CMS_CHAIN, CMS_CA_LEAF, CMS_KEY_USAGE, CMS_CRITICAL_EXTENSION, CMS_NOT_YET_VALID,
	CMS_EXPIRED, CMS_REVOKED, CMS_CRL_MISSING, CMS_CRL_STALE, CMS_CRL_FORGED, CMS_WEAK_KEY)

/* A certificate that comes without signed data (from TLS) goes the same way. */
static void bare_certificates(void **state)
{
	struct forge f;
	const char *detail = "?";

	(void)state;
	world_forge(&f, 'p', pki_bytes(world_content));
	assert_int_equal(cms_check_certificate(mem, f.cert, &f.trust, PKI_NOW, &detail), CMS_GOOD);
	assert_string_equal(detail, "");
	assert_int_equal(
		cms_check_certificate(mem, forge_cat(f.cert, forge_hex("00")), &f.trust, PKI_NOW, &detail), CMS_SYNTAX);
	list(&f, "revoked");
	assert_int_equal(cms_check_certificate(mem, f.cert, &f.trust, PKI_NOW, &detail), CMS_REVOKED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_told_by_its_reason),
		cmocka_unit_test(no_reason_is_left_out),
		cmocka_unit_test(bare_certificates),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
