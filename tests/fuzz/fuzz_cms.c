#include <stdlib.h>
#include <string.h>

#include "cms_trust.h"
#include "io/cms.h"

/* Any bytes as signed data (first byte c), as a revocation list beside good signed data (l), as a certificate (x). */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { NOW = 1800000000 };

static void must(int good)
{
	if (!good)
		abort();
}

static const struct bytes content = {(const unsigned char *)"x", 1}, other = {(const unsigned char *)"y", 1};
static struct bytes anchors[2], issuers[2], lists[4], good[2];

static struct bytes unhex(const char *hex)
{
	static unsigned char room[16384];
	static size_t used;
	struct bytes out = {room + used, strlen(hex) / 2};

	must(used + out.len <= sizeof room);
	for (size_t i = 0; i < out.len; i++) {
		char two[3] = {hex[2 * i], hex[2 * i + 1], 0};

		room[used++] = (unsigned char)strtoul(two, NULL, 16);
	}
	return out;
}

static bool once(void)
{
	if (anchors[0].len)
		return false;
	anchors[0] = unhex(p256_root);
	anchors[1] = unhex(sm2_root);
	issuers[0] = unhex(p256_ca);
	issuers[1] = unhex(sm2_ca);
	lists[0] = unhex(p256_root_crl);
	lists[1] = unhex(sm2_root_crl);
	lists[2] = unhex(p256_ca_crl);
	lists[3] = unhex(sm2_ca_crl);
	good[0] = unhex(p256_good);
	good[1] = unhex(sm2_good);
	return true;
}

static struct cms_trust trust(struct bytes *crls)
{
	return (struct cms_trust){.anchors = {anchors, 2}, .intermediates = {issuers, 2}, .crls = {crls, 4}};
}

/* The control: without it nothing below would ever be reached. */
static void good_ones_are_good(struct arena *a)
{
	struct cms_trust t = trust(lists);
	struct cms_report r;

	for (int i = 0; i < 2; i++) {
		cms_verify(a, good[i], content, &t, NOW, &r);
		must(r.reason == CMS_GOOD);
	}
}

static void signed_data(struct arena *a, struct bytes der)
{
	struct cms_trust t = trust(lists);
	struct cms_report r;

	cms_verify(a, der, content, &t, NOW, &r);
	must(r.reason < CMS_REASON_MAX && r.detail);
	must(!r.cert_der.len || (r.cert_der.at >= der.at && r.cert_der.at + r.cert_der.len <= der.at + der.len));
	if (r.reason != CMS_GOOD)
		return;
	must(r.algorithm && r.cert.serial && r.cert.not_before <= NOW && r.cert.not_after >= NOW && !r.cert.ca);
	cms_verify(a, der, other, &t, NOW, &r);
	must(r.reason == CMS_DIGEST);
}

/* In the place of the issuer's lists: whatever it is, only a list that this issuer signed makes the file good. */
static void revocation_list(struct arena *a, struct bytes der)
{
	struct bytes crls[] = {lists[0], lists[1], der, der};
	struct cms_trust t = trust(crls);
	struct cms_report r;

	for (int i = 0; i < 2; i++) {
		cms_verify(a, good[i], content, &t, NOW, &r);
		must(r.reason == CMS_CRL_MISSING || r.reason == CMS_CRL_FORGED || r.reason == CMS_CRL_STALE ||
			r.reason == CMS_REVOKED || (r.reason == CMS_GOOD && der.len > 100));
	}
}

static void certificate(struct arena *a, struct bytes der)
{
	struct cms_trust t = trust(lists);
	const char *detail;

	must(cms_check_certificate(a, der, &t, NOW, &detail) < CMS_REASON_MAX && detail);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a;
	unsigned char *own;
	struct bytes der;

	if (!n)
		return 0;
	a = arena_new();
	if (once())
		good_ones_are_good(a);
	own = malloc(n);
	memcpy(own, bytes + 1, n - 1);
	der = (struct bytes){own, n - 1};
	if (bytes[0] == 'l')
		revocation_list(a, der);
	else if (bytes[0] == 'x')
		certificate(a, der);
	else
		signed_data(a, der);
	free(own);
	arena_free(a);
	return 0;
}
