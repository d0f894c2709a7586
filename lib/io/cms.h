#ifndef IO_CMS_H
#define IO_CMS_H

#include <stdbool.h>

#include "io/x509.h"
#include "io/x509_make.h"

/* Detached signed data of applicants: PKCS#7/CMS with RSA or P-256, and SM2/SM3 under the OIDs of GM/T 0010 or PKCS#7.
 * Read by own ASN.1 templates, checked in ten steps, in the order of enum cms_reason; each step has its own reason, and
 * the first that fails ends the check.  Steps 11 and 12 (whose name, which challenge) belong to the domain.
 * Everything here is hostile input: nothing is believed before its step, and nothing is looked at twice in two ways. */

enum { CMS_MAX_BYTES = 64 << 10 };

#define CMS_REASONS(X) \
	X(GOOD, "good", "签名有效") \
	X(SIZE, "size", "签名文件过大") \
	X(SYNTAX, "syntax", "签名文件的格式不正确") \
	X(CONTENT_TYPE, "content_type", "不是签名文件") \
	X(ATTACHED, "attached", "签名文件不应带有原文") \
	X(SIGNERS, "signers", "签名文件里应当恰好有一个签名") \
	X(NO_CERTIFICATE, "no_certificate", "签名文件里没有签名人的证书") \
	X(ALGORITHM, "algorithm", "签名算法不被接受") \
	X(WEAK_KEY, "weak_key", "证书的密钥长度不足") \
	X(NO_SIGNED_ATTRS, "no_signed_attrs", "签名缺少签名属性") \
	X(SIGNED_ATTRS, "signed_attrs", "签名属性不正确") \
	X(DIGEST, "digest", "签名的内容与要签的内容不一致") \
	X(SIGNATURE, "signature", "签名与证书不符") \
	X(CHAIN, "chain", "证书不是由受信任的机构签发的") \
	X(CA_LEAF, "ca_leaf", "不能用机构的证书签名") \
	X(KEY_USAGE, "key_usage", "这张证书不能用于签名") \
	X(CRITICAL_EXTENSION, "critical_extension", "证书含有无法识别的限制") \
	X(NOT_YET_VALID, "not_yet_valid", "证书还没有生效") \
	X(EXPIRED, "expired", "证书已过期") \
	X(REVOKED, "revoked", "证书已被注销") \
	X(CRL_MISSING, "crl_missing", "暂时查不到证书的注销状态") \
	X(CRL_STALE, "crl_stale", "证书注销列表已过期") \
	X(CRL_FORGED, "crl_forged", "证书注销列表不可信")

enum cms_reason {
#define X(code, word, text) CMS_##code,
	CMS_REASONS(X)
#undef X
		CMS_REASON_MAX
};
extern const char *const cms_reason_words[];
extern const char *const cms_reason_texts[]; /* for staff; applicants are told one sentence for all */

/* What is trusted: roots and intermediate CAs that we pin, and one CRL for each that issues.  Lists of struct bytes, DER. */
struct cms_trust {
	struct list anchors, intermediates, crls;
	bool empty_sm2_id; /* also accept the empty user id (a setting, default no) */
};

struct cms_report {
	enum cms_reason reason;
	const char *detail;    /* for the audit log, never for the applicant; "" */
	const char *algorithm; /* rsa p256 sm2; NULL: not got so far */
	bool gm;	       /* under the OIDs of GM/T 0010 */
	struct bytes cert_der; /* the signer's; empty: not got so far */
	struct x509_cert cert;
	int64_t signing_time; /* as claimed; 0: none */
};

/* Always reports; what a step beyond the failing one would have found is not in the report.  content: rebuilt by us. */
void cms_verify(struct arena *a, struct bytes der, struct bytes content, const struct cms_trust *trust, int64_t now,
	struct cms_report *ret_report);

/* The rest of the way for a bare certificate (sign-in by TLS, the register): steps 8 to 10. */
enum cms_reason cms_check_certificate(
	struct arena *a, struct bytes cert_der, const struct cms_trust *trust, int64_t now, const char **ret_detail);

/* For the soft token and the tests.  gm: SM2 under the OIDs of GM/T 0010. */
MUST_USE enum err cms_sign(struct arena *a, const struct x509_key *key, struct bytes cert_der, struct bytes content,
	int64_t now, bool gm, struct bytes *ret_der);

/* The same by a key that is elsewhere (PKCS#11).  sign: over the content itself, as x509_key_sign. */
typedef enum err (*cms_signer)(void *arg, struct arena *a, struct bytes content, struct bytes *ret_signature);
MUST_USE enum err cms_sign_by(struct arena *a, enum x509_algorithm algorithm, cms_signer sign, void *arg,
	struct bytes cert_der, struct bytes content, int64_t now, bool gm, struct bytes *ret_der);

#endif
