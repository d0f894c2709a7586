/* An authority that speaks CMP, for the tests: libcrypto's server side over HTTP on loopback, certificates by our own
 * x509_make for the key and the subject of the request.
 *   authority DIR     prints its port, then serves one after the other until it is killed
 * DIR holds rsa.key rsa.pem sm2.key sm2.pem (who signs), secret, and
 *   mode    lines of word=value, read at each request:
 *           mode=good refuse busy silent (nothing is done, nothing answered) drop (done, not answered) delay (seconds=N)
 *           wrongkey wrongname wrongusage wrongdays; half=sign enc rr: for these only; once=1: good afterwards;
 *           not_after=SECONDS: until when, where a request cannot say it
 *   log     a JSON object a line for what it did; SERIAL.der each certificate that it made */
#include <arpa/inet.h>
#include <openssl/cmp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "io/crypto.h"
#include "io/der.h"
#include "io/file.h"
#include "io/x509_make.h"

enum { REQUEST_MAX = 1 << 16, KNOWN_MAX = 1000, DAYS = 365 };

static struct arena *mem;
static const char *dir;

/* --- how it behaves --- */

struct mode {
	const char *word, *half;
	bool once;
	int64_t not_after, seconds;
};
static struct mode mode;

static const char *value_of(const char *text, const char *key)
{
	const char *at = strstr(text, key);
	size_t n = strlen(key);

	while (at && (at != text && at[-1] != '\n'))
		at = strstr(at + n, key);
	return at ? arena_textn(mem, at + n, strcspn(at + n, "\n")) : NULL;
}

static void read_mode(void)
{
	struct bytes file;
	const char *text = file_read(mem, arena_printf(mem, "%s/mode", dir), &file) == ERR_OK ? (const char *)file.at
											      : "";
	const char *word = value_of(text, "mode="), *until = value_of(text, "not_after="),
		   *seconds = value_of(text, "seconds=");

	mode = (struct mode){
		.word = word ? word : "good",
		.half = value_of(text, "half="),
		.once = value_of(text, "once=") != NULL,
		.not_after = until ? strtoll(until, NULL, 10) : 0,
		.seconds = seconds ? strtoll(seconds, NULL, 10) : 60,
	};
}

/* Is it to misbehave so, in this? */
static bool acts(const char *word, const char *half)
{
	static const char good[] = "mode=good\n";

	if (!text_eq(mode.word, word) || (mode.half && !text_eq(mode.half, half)))
		return false;
	if (mode.once && file_write(mem, arena_printf(mem, "%s/mode", dir), 0600,
				 (struct bytes){(const unsigned char *)good, sizeof good - 1}) != ERR_OK)
		abort();
	return true;
}

static void note(const char *type, const char *half, const char *serial, const char *subject, long reason)
{
	FILE *f = fopen(arena_printf(mem, "%s/log", dir), "ae");

	if (!f)
		abort();
	fprintf(f, "{\"type\":\"%s\",\"half\":\"%s\",\"serial\":\"%s\",\"subject\":\"%s\",\"reason\":%ld}\n", type,
		half, serial, subject, reason);
	fclose(f);
}

/* --- who signs --- */

static struct x509_ca cas[2]; /* RSA, SM2 */

static struct bytes must_read(const char *name)
{
	struct bytes b;

	if (file_read(mem, arena_printf(mem, "%s/%s", dir, name), &b) != ERR_OK) {
		fprintf(stderr, "authority: no %s/%s\n", dir, name);
		exit(2);
	}
	return b;
}

static void open_ca(struct x509_ca *ca, const char *name)
{
	struct x509_key *key;
	struct bytes der;

	if (x509_unpem(mem, "PRIVATE KEY", must_read(arena_printf(mem, "%s.key", name)), &der) != ERR_OK ||
		x509_key_read(der, &key) != ERR_OK ||
		x509_unpem(mem, "CERTIFICATE", must_read(arena_printf(mem, "%s.pem", name)), &ca->cert) != ERR_OK)
		exit(2);
	ca->key = key;
}

static const struct x509_ca *ca_for(struct bytes spki)
{
	const unsigned char *at = spki.at;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)spki.len);
	char group[40] = "";
	bool sm2;

	if (key)
		(void)EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
	ERR_clear_error();
	sm2 = strcasecmp(group, "SM2") == 0;
	EVP_PKEY_free(key);
	return &cas[sm2];
}

/* --- what became of its certificates --- */

static struct known {
	char serial[48];
	bool revoked, held;
} known[KNOWN_MAX];
static size_t known_count;

static struct known *find(const char *serial)
{
	for (size_t i = 0; i < known_count; i++)
		if (text_eq(known[i].serial, serial))
			return &known[i];
	return NULL;
}

/* --- what is asked for --- */

struct asked {
	struct bytes spki;
	struct x509_subject subject;
	const char *half, *type;
	int64_t not_after;
};

static const char *part(const X509_NAME *name, int nid)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *text = NULL;
	int n = at < 0 ? -1 : ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	const char *copy = n < 0 ? NULL : arena_textn(mem, (const char *)text, (size_t)n);

	OPENSSL_free(text);
	return copy;
}

static struct x509_subject subject_of(const X509_NAME *name)
{
	return (struct x509_subject){part(name, NID_stateOrProvinceName), part(name, NID_localityName),
		part(name, NID_organizationName), part(name, NID_commonName)};
}

static const char *half_of(const OSSL_CRMF_CERTTEMPLATE *t)
{
	X509_EXTENSIONS *all = OSSL_CRMF_CERTTEMPLATE_get0_extensions(t);
	ASN1_BIT_STRING *usage = all ? X509V3_get_d2i(all, NID_key_usage, NULL, NULL) : NULL;
	bool enc = usage && ASN1_BIT_STRING_get_bit(usage, 2);

	ASN1_BIT_STRING_free(usage);
	return enc ? "enc" : "sign";
}

/* Key and days, which libcrypto does not hand out: CertReqMsg { CertRequest { id, template { … [4] validity [6] key } } }. */
static void read_template(const OSSL_CRMF_MSG *m, struct asked *ret)
{
	unsigned char *der = NULL;
	int n = i2d_OSSL_CRMF_MSG(m, &der);
	struct bytes all = {arena_dup(mem, der, (size_t)n), (size_t)n}, msg, request, id, template, body, whole, time;
	unsigned tag;

	OPENSSL_free(der);
	if (!der_take(&all, DER_SEQUENCE, &msg) || !der_take(&msg, DER_SEQUENCE, &request) ||
		!der_take(&request, DER_INTEGER, &id) || !der_take(&request, DER_SEQUENCE, &template))
		return;
	while (der_next(&template, &tag, &body, &whole)) {
		if (tag == 0xa6)
			ret->spki = der_wrap(mem, DER_SEQUENCE, body);
		if (tag == 0xa4 && (der_take(&body, DER_0, &time), der_take(&body, DER_1, &time)))
			(void)der_take_time(&time, &ret->not_after);
	}
}

static void read_request(const X509_REQ *r, struct asked *ret)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(X509_REQ_get0_pubkey((X509_REQ *)(uintptr_t)r), &der);

	ret->spki = (struct bytes){arena_dup(mem, der, (size_t)n), (size_t)n};
	ret->subject = subject_of(X509_REQ_get_subject_name(r));
	ret->half = "sign";
	OPENSSL_free(der);
}

/* --- the answers --- */

static bool dropped;

static OSSL_CMP_PKISI *refusal(int failure, const char *words)
{
	return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_rejection, failure < 0 ? 0 : 1 << failure, words);
}

static const char *random_serial(void)
{
	unsigned char bits[10];
	struct str s;

	crypto_random(bits, sizeof bits);
	str_init(&s, mem);
	str_add(&s, "5A");
	for (size_t i = 0; i < sizeof bits; i++)
		str_addf(&s, "%02X", bits[i]);
	return s.at;
}

static X509 *make(struct asked *q)
{
	struct x509_key *other = NULL;
	const char *say = "", *serial = random_serial();
	struct x509_order o = {.serial = serial,
		.subject = q->subject,
		.spki = q->spki,
		.usage = text_eq(q->half, "enc") != acts("wrongusage", q->half) ? X509_FOR_ENCRYPTION
										: X509_FOR_SIGNING,
		.not_before = time(NULL) - 60,
		.not_after = q->not_after};
	const struct x509_ca *ca = ca_for(q->spki);
	const unsigned char *at;
	struct bytes der;

	if (acts("wrongname", q->half))
		o.subject.organisation = "广州另外一家（测试）有限公司";
	if (acts("wrongdays", q->half))
		o.not_after += 366 * 86400;
	if (acts("wrongkey", q->half)) {
		if (x509_key_new(x509_key_algorithm(ca->key), &other) != ERR_OK ||
			x509_key_public(mem, other, &o.spki) != ERR_OK)
			abort();
		x509_key_free(other);
	}
	if (x509_make(mem, ca, &o, &der, &say) != ERR_OK || known_count == KNOWN_MAX) {
		fprintf(stderr, "authority: %s\n", say);
		return NULL;
	}
	snprintf(known[known_count++].serial, sizeof known[0].serial, "%s", serial);
	note(q->type, q->half, serial, o.subject.organisation ? o.subject.organisation : o.subject.common_name, -1);
	if (file_write(mem, arena_printf(mem, "%s/%s.der", dir, serial), 0600, der) != ERR_OK)
		abort();
	at = der.at;
	return d2i_X509(NULL, &at, (long)der.len);
}

static const char *type_of(const OSSL_CMP_MSG *req)
{
	switch (OSSL_CMP_MSG_get_bodytype(req)) {
	case OSSL_CMP_IR: return "ir";
	case OSSL_CMP_CR: return "cr";
	case OSSL_CMP_KUR: return "kur";
	default: return "p10cr";
	}
}

static OSSL_CMP_PKISI *certify(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, int id, const OSSL_CRMF_MSG *crm,
	const X509_REQ *p10cr, X509 **out, STACK_OF(X509) * *chain, STACK_OF(X509) * *pubs)
{
	struct asked q = {
		.type = type_of(req), .not_after = mode.not_after ? mode.not_after : time(NULL) + DAYS * 86400};

	(void)srv;
	(void)id;
	*chain = *pubs = NULL;
	*out = NULL;
	if (p10cr)
		read_request(p10cr, &q);
	else {
		q.subject = subject_of(OSSL_CRMF_CERTTEMPLATE_get0_subject(OSSL_CRMF_MSG_get0_tmpl(crm)));
		q.half = half_of(OSSL_CRMF_MSG_get0_tmpl(crm));
		read_template(crm, &q);
	}
	if (text_eq(q.type, "kur") && !OSSL_CRMF_MSG_get0_regCtrl_oldCertID(crm))
		return refusal(OSSL_CMP_PKIFAILUREINFO_badRequest, "没有说明原证书");
	if (acts("refuse", q.half)) {
		note("refused", q.half, "", "", -1);
		return refusal(OSSL_CMP_PKIFAILUREINFO_badCertTemplate, "单位名称与登记不符");
	}
	if (acts("busy", q.half)) {
		note("busy", q.half, "", "", -1);
		return refusal(OSSL_CMP_PKIFAILUREINFO_systemUnavail, "系统维护中");
	}
	if (acts("silent", q.half)) {
		dropped = true;
		return refusal(-1, NULL);
	}
	if (acts("delay", q.half))
		sleep((unsigned)mode.seconds);
	*out = make(&q);
	dropped = acts("drop", q.half);
	return *out ? OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_accepted, 0, NULL)
		    : refusal(OSSL_CMP_PKIFAILUREINFO_badDataFormat, "请求的内容不能签发");
}

static struct bytes raw; /* the message in hand */

/* The reason, which libcrypto does not hand out: cRLReason { OCTET STRING { ENUMERATED } }. */
static long reason_of(void)
{
	static const unsigned char head[] = {0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};
	const unsigned char *at = memmem(raw.at, raw.len, head, sizeof head);

	return at && at + sizeof head < raw.at + raw.len ? at[sizeof head] : 0;
}

static OSSL_CMP_PKISI *end(
	OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, const X509_NAME *issuer, const ASN1_INTEGER *serial)
{
	BIGNUM *n = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = BN_bn2hex(n);
	struct known *k = find(hex);
	long reason = reason_of();

	(void)srv;
	(void)req;
	(void)issuer;
	BN_free(n);
	if (!k) {
		OPENSSL_free(hex);
		return refusal(OSSL_CMP_PKIFAILUREINFO_badCertId, "没有这张证书");
	}
	if (acts("busy", "rr") || acts("refuse", "rr")) {
		note(text_eq(mode.word, "busy") ? "busy" : "refused", "rr", hex, "", reason);
		OPENSSL_free(hex);
		return text_eq(mode.word, "busy") ? refusal(OSSL_CMP_PKIFAILUREINFO_systemUnavail, "系统维护中")
						  : refusal(OSSL_CMP_PKIFAILUREINFO_notAuthorized, "没有权限");
	}
	note("rr", "", hex, "", reason);
	OPENSSL_free(hex);
	if (k->revoked)
		return refusal(OSSL_CMP_PKIFAILUREINFO_certRevoked, "证书已经注销");
	if (reason == 8 && !k->held)
		return refusal(OSSL_CMP_PKIFAILUREINFO_badRequest, "证书没有暂停");
	k->held = reason == 6;
	k->revoked = reason != 6 && reason != 8;
	dropped = acts("drop", "rr");
	return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_accepted, 0, NULL);
}

static int answer_genm(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, const STACK_OF(OSSL_CMP_ITAV) * in,
	STACK_OF(OSSL_CMP_ITAV) * *out)
{
	(void)srv;
	(void)req;
	(void)in;
	*out = sk_OSSL_CMP_ITAV_new_null();
	return *out != NULL;
}

static void take_error(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, const OSSL_CMP_PKISI *status,
	const ASN1_INTEGER *code, const OSSL_CMP_PKIFREETEXT *details)
{
	(void)srv;
	(void)req;
	(void)status;
	(void)code;
	(void)details;
	note("error", "", "", "", -1);
}

static int confirmed(
	OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, int id, const ASN1_OCTET_STRING *hash, const OSSL_CMP_PKISI *si)
{
	(void)srv;
	(void)req;
	(void)id;
	(void)hash;
	note("confirm", "", "", "", si ? 1 : 0);
	return 1;
}

static int poll(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, int id, OSSL_CMP_MSG **request, int64_t *after)
{
	(void)srv;
	(void)req;
	(void)id;
	*request = NULL;
	*after = 0;
	return 0;
}

/* --- HTTP --- */

static bool read_all(int s, char *at, size_t n)
{
	while (n) {
		ssize_t got = read(s, at, n);

		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static bool read_body(int s, struct bytes *ret)
{
	char *text = arena_alloc(mem, REQUEST_MAX);
	const char *length;
	size_t n = 0, want;

	while (n < REQUEST_MAX - 1 && !strstr(text, "\r\n\r\n"))
		if (!read_all(s, text + n++, 1))
			return false;
	length = strcasestr(text, "\r\ncontent-length:");
	want = length ? (size_t)strtoul(length + 17, NULL, 10) : 0;
	if (!want || want > REQUEST_MAX)
		return false;
	text = arena_alloc(mem, want);
	*ret = (struct bytes){(unsigned char *)text, want};
	return read_all(s, text, want);
}

static void reply(int s, const unsigned char *der, int n)
{
	dprintf(s,
		"HTTP/1.0 200 OK\r\nContent-Type: application/pkixcmp\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
		n);
	for (int sent = 0; sent < n;) {
		ssize_t w = write(s, der + sent, (size_t)(n - sent));

		if (w <= 0)
			return;
		sent += (int)w;
	}
}

static void serve(OSSL_CMP_SRV_CTX *srv, int s)
{
	const unsigned char *at;
	unsigned char *der = NULL;
	OSSL_CMP_MSG *in, *out;
	int n;

	dropped = false;
	read_mode();
	if (!read_body(s, &raw))
		return;
	at = raw.at;
	in = d2i_OSSL_CMP_MSG(NULL, &at, (long)raw.len);
	out = in ? OSSL_CMP_SRV_process_request(srv, in) : NULL;
	n = out ? i2d_OSSL_CMP_MSG(out, &der) : 0;
	if (n > 0 && !dropped)
		reply(s, der, n);
	if (!out)
		ERR_print_errors_fp(stderr);
	OPENSSL_free(der);
	OSSL_CMP_MSG_free(out);
	OSSL_CMP_MSG_free(in);
}

static OSSL_CMP_SRV_CTX *server(void)
{
	OSSL_CMP_SRV_CTX *srv = OSSL_CMP_SRV_CTX_new(NULL, NULL);
	OSSL_CMP_CTX *c = srv ? OSSL_CMP_SRV_CTX_get0_cmp_ctx(srv) : NULL;
	struct bytes secret = must_read("secret");

	if (!c || !OSSL_CMP_SRV_CTX_init(srv, NULL, certify, end, answer_genm, take_error, confirmed, poll) ||
		!OSSL_CMP_SRV_CTX_set_accept_raverified(srv, 1) ||
		!OSSL_CMP_CTX_set1_referenceValue(c, (const unsigned char *)"portal", 6) ||
		!OSSL_CMP_CTX_set1_secretValue(c, secret.at, (int)secret.len) ||
		!OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_OWF_ALGNID, NID_sha256) ||
		!OSSL_CMP_CTX_set_option(c, OSSL_CMP_OPT_MAC_ALGNID, NID_hmacWithSHA256))
		exit(2);
	return srv;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	OSSL_CMP_SRV_CTX *srv;
	struct arena *turn;

	signal(SIGPIPE, SIG_IGN);
	mem = arena_new();
	if (argc != 2 || s < 0 || bind(s, (struct sockaddr *)&at, n) || listen(s, 20) ||
		getsockname(s, (struct sockaddr *)&at, &n))
		return 2;
	dir = argv[1];
	open_ca(&cas[0], "rsa");
	open_ca(&cas[1], "sm2");
	srv = server();
	turn = arena_new();
	mem = turn;
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		int c = accept(s, NULL, NULL);

		arena_reset(turn);
		if (c >= 0) {
			serve(srv, c);
			close(c);
		}
	}
}
