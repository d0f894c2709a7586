#include "io/x509.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "base/utf8.h"

enum { CERTS_MAX = 1000, SERIAL_MAX = 40, OID_MAX = 100 };

static void bio_done(BIO **b)
{
	BIO_free(*b);
}

static void x509_done(X509 **x)
{
	X509_free(*x);
}

static void type_done(ASN1_TYPE **t)
{
	ASN1_TYPE_free(*t);
}

static const char *oid_text(struct arena *a, const ASN1_OBJECT *o)
{
	char text[OID_MAX];
	int n = OBJ_obj2txt(text, sizeof text, o, 1);

	return n > 0 && n < OID_MAX ? arena_text(a, text) : "";
}

/* Whatever kind of string it is, as UTF-8.  NULL: not one that can be shown. */
static const char *string_text(struct arena *a, const ASN1_STRING *s)
{
	unsigned char *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, s);
	const char *text = NULL;

	if (n >= 0 && utf8_valid((const char *)utf8, (size_t)n))
		text = arena_textn(a, (const char *)utf8, (size_t)n);
	OPENSSL_free(utf8);
	return text;
}

static bool read_subject(struct arena *a, const X509_NAME *name, struct x509_cert *cert)
{
	const struct {
		const char *oid, **to;
	} parts[] = {
		{"2.5.4.6", &cert->country},
		{"2.5.4.8", &cert->province},
		{"2.5.4.7", &cert->locality},
		{"2.5.4.10", &cert->organisation},
		{"2.5.4.3", &cert->common_name},
	};
	struct str key;

	str_init(&key, a);
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		const char *oid = oid_text(a, X509_NAME_ENTRY_get_object(entry));
		const char *value = string_text(a, X509_NAME_ENTRY_get_data(entry));

		if (!value)
			return false;
		str_addf(&key, "%s=%s\n", oid, value);
		for (size_t k = 0; k < ARRAY_LEN(parts); k++)
			if (text_eq(oid, parts[k].oid))
				*parts[k].to = value;
	}
	cert->subject = key.at;
	return true;
}

static bool read_moment(const ASN1_TIME *t, int64_t *ret)
{
	struct tm tm;

	if (!ASN1_TIME_to_tm(t, &tm))
		return false;
	*ret = (int64_t)timegm(&tm);
	return true;
}

static const char *read_serial(struct arena *a, const ASN1_INTEGER *serial)
{
	const unsigned char *bytes = ASN1_STRING_get0_data(serial);
	int n = ASN1_STRING_length(serial);
	struct str s;

	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER || n <= 0 || n * 2 > SERIAL_MAX)
		return NULL;
	str_init(&s, a);
	for (int i = 0; i < n; i++)
		str_addf(&s, "%02X", bytes[i]);
	return s.at;
}

static bool printable(const char *text, size_t n)
{
	if (!n || !utf8_valid(text, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return true;
}

/* A string of a universal type. */
static const char *universal_text(struct arena *a, const unsigned char *der, size_t n)
{
	const unsigned char *at = der;
	ASN1_TYPE *t CLEANUP(type_done) = d2i_ASN1_TYPE(NULL, &at, (long)n);

	if (!t || at != der + n)
		return NULL;
	switch (t->type) {
	case V_ASN1_UTF8STRING:
	case V_ASN1_PRINTABLESTRING:
	case V_ASN1_IA5STRING:
	case V_ASN1_T61STRING:
	case V_ASN1_BMPSTRING:
	case V_ASN1_NUMERICSTRING:
	case V_ASN1_VISIBLESTRING: return string_text(a, t->value.asn1_string);
	case V_ASN1_OCTET_STRING: {
		const char *text = (const char *)t->value.octet_string->data;
		size_t len = (size_t)t->value.octet_string->length;

		return printable(text, len) ? arena_textn(a, text, len) : NULL;
	}
	default: return NULL;
	}
}

/* [k] IMPLICIT text, or [k] EXPLICIT string. */
static const char *tagged_text(struct arena *a, const unsigned char *der, size_t n)
{
	const unsigned char *at = der;
	long len;
	int tag, class, form = ASN1_get_object(&at, &len, &tag, &class, (long)n);

	if (form & 0x80 || class != V_ASN1_CONTEXT_SPECIFIC || len < 0 || at + len != der + n)
		return NULL;
	if (form & V_ASN1_CONSTRUCTED)
		return universal_text(a, at, (size_t)len);
	return printable((const char *)at, (size_t)len) ? arena_textn(a, (const char *)at, (size_t)len) : NULL;
}

static const char *extension_value(struct arena *a, const ASN1_OCTET_STRING *value)
{
	const unsigned char *der = ASN1_STRING_get0_data(value);
	size_t n = (size_t)ASN1_STRING_length(value);
	const char *text = universal_text(a, der, n);
	struct str hex;

	if (!text)
		text = tagged_text(a, der, n);
	if (!text && printable((const char *)der, n))
		text = arena_textn(a, (const char *)der, n);
	if (text)
		return text;
	str_init(&hex, a);
	str_addc(&hex, '#');
	str_hex(&hex, der, n);
	return hex.at;
}

static void read_extensions(struct arena *a, const X509 *x, struct x509_cert *cert)
{
	int n = X509_get_ext_count(x);
	struct x509_extension *at = arena_array(a, (size_t)n + 1, sizeof *at);
	size_t kept = 0;

	for (int i = 0; i < n; i++) {
		X509_EXTENSION *ext = X509_get_ext(x, i);

		if (!X509V3_EXT_get(ext)) /* not one that OpenSSL itself knows */
			at[kept++] = (struct x509_extension){oid_text(a, X509_EXTENSION_get_object(ext)),
				extension_value(a, X509_EXTENSION_get_data(ext))};
	}
	cert->extensions = (struct list){at, kept};
}

static const char *read_one(struct arena *a, X509 *x, struct x509_cert *cert)
{
	uint32_t usage = X509_get_key_usage(x);

	*cert = (struct x509_cert){.serial = read_serial(a, X509_get0_serialNumber(x))};
	if (!cert->serial)
		return "证书序列号不正确";
	if (!read_subject(a, X509_get_subject_name(x), cert))
		return "证书主体里有无法识别的字符";
	if (!read_moment(X509_get0_notBefore(x), &cert->not_before) ||
		!read_moment(X509_get0_notAfter(x), &cert->not_after))
		return "证书有效期不正确";
	if (X509_get_extension_flags(x) & EXFLAG_INVALID)
		return "证书扩展项不正确";
	cert->ca = X509_check_ca(x) == 1;
	if (usage != UINT32_MAX) {
		cert->signing = usage & KU_DIGITAL_SIGNATURE;
		cert->encrypting = usage & (KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT);
	}
	read_extensions(a, x, cert);
	return NULL;
}

/* Did reading end because there is no further block? */
static bool at_end(void)
{
	unsigned long last = ERR_peek_last_error();

	return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

enum err x509_read(struct arena *a, struct bytes pem, struct list *ret_certs, const char **ret_say)
{
	BIO *bio CLEANUP(bio_done) = pem.len <= INT_MAX ? BIO_new_mem_buf(pem.at, (int)pem.len) : NULL;
	struct x509_cert *cert = arena_array(a, CERTS_MAX, sizeof *cert);
	size_t n = 0;

	*ret_say = bio ? NULL : "文件太大";
	ERR_clear_error();
	while (!*ret_say) {
		X509 *x CLEANUP(x509_done) = PEM_read_bio_X509(bio, NULL, NULL, NULL);

		if (!x && at_end())
			break;
		if (!x)
			*ret_say = "不是完整的PEM证书";
		else if (n == CERTS_MAX)
			*ret_say = "一个文件里的证书太多";
		else
			*ret_say = read_one(a, x, &cert[n++]);
	}
	ERR_clear_error();
	if (!*ret_say && n == 0)
		*ret_say = "里没有PEM证书";
	*ret_certs = (struct list){cert, n};
	return *ret_say ? ERR_INVALID : ERR_OK;
}

const char *x509_extension(const struct x509_cert *cert, const char *oid)
{
	const struct x509_extension *e = cert->extensions.at;

	for (size_t i = 0; i < cert->extensions.count; i++)
		if (text_eq(e[i].oid, oid))
			return e[i].value;
	return NULL;
}
