#ifndef UNIT_PKI_H
#define UNIT_PKI_H

#include <stdlib.h>

#include "io/cms.h"

/* A small public key infrastructure for tests: one root, an intermediate that issues, their lists, and people. */

enum { PKI_NOW = 1800000000, PKI_DAY = 86400, PKI_YEAR = 365 * PKI_DAY };

struct pki {
	struct x509_key *root_key, *ca_key;
	struct bytes root, ca, root_crl, ca_crl;
	struct cms_trust trust;
	struct bytes anchor[1], between[1], lists[2];
};

struct pki_person {
	struct x509_key *key;
	struct bytes cert;
};

static const struct x509_subject pki_unit = {.province = "广东省",
	.locality = "广州市海珠区海洲路38号",
	.organisation = "广州𠮷祥䶮科技（集团）有限公司",
	.common_name = "广州𠮷祥䶮科技（集团）有限公司"};

static inline struct bytes pki_bytes(const char *text)
{
	return (struct bytes){(const unsigned char *)text, strlen(text)};
}

static inline struct bytes pki_make(
	struct x509_key *issuer_key, struct bytes issuer, struct x509_key *key, struct x509_order order)
{
	struct x509_ca ca = {issuer_key, issuer};
	const char *say = NULL;
	struct bytes der = {0};

	if (!order.not_before)
		order.not_before = PKI_NOW - PKI_YEAR;
	if (!order.not_after)
		order.not_after = PKI_NOW + PKI_YEAR;
	assert_int_equal(x509_key_public(mem, key, &order.spki), ERR_OK);
	if (x509_make(mem, &ca, &order, &der, &say) != ERR_OK)
		fail_msg("x509_make: %s", say ? say : "?");
	return der;
}

static inline void pki_new(struct pki *p, enum x509_algorithm algorithm)
{
	static const struct x509_subject root = {.organisation = "示范认证机构", .common_name = "示范根证书"},
					 ca = {.organisation = "示范认证机构", .common_name = "示范运营证书"};

	assert_int_equal(x509_key_new(algorithm, &p->root_key), ERR_OK);
	assert_int_equal(x509_key_new(algorithm, &p->ca_key), ERR_OK);
	p->root = pki_make(p->root_key, (struct bytes){0}, p->root_key,
		(struct x509_order){.serial = "01", .subject = root, .usage = X509_FOR_CA});
	p->ca = pki_make(p->root_key, p->root, p->ca_key,
		(struct x509_order){.serial = "02", .subject = ca, .usage = X509_FOR_CA});
	assert_int_equal(x509_crl_make(mem, &(struct x509_ca){p->root_key, p->root}, 1, PKI_NOW - PKI_DAY,
				 PKI_NOW + PKI_DAY, NULL, 0, &p->root_crl),
		ERR_OK);
	assert_int_equal(x509_crl_make(mem, &(struct x509_ca){p->ca_key, p->ca}, 1, PKI_NOW - PKI_DAY,
				 PKI_NOW + PKI_DAY, NULL, 0, &p->ca_crl),
		ERR_OK);
	p->anchor[0] = p->root;
	p->between[0] = p->ca;
	p->lists[0] = p->root_crl;
	p->lists[1] = p->ca_crl;
	p->trust = (struct cms_trust){
		.anchors = {p->anchor, 1}, .intermediates = {p->between, 1}, .crls = {p->lists, 2}};
}

static inline void pki_done(struct pki *p)
{
	x509_key_free(p->root_key);
	x509_key_free(p->ca_key);
}

static inline void pki_person(
	struct pki *p, enum x509_algorithm algorithm, struct x509_order order, struct pki_person *ret_person)
{
	assert_int_equal(x509_key_new(algorithm, &ret_person->key), ERR_OK);
	if (!order.serial)
		order.serial = "4D2F00000000000001";
	if (!order.subject.organisation && !order.subject.common_name)
		order.subject = pki_unit;
	if (order.usage == X509_FOR_CA)
		order.usage = X509_FOR_SIGNING;
	ret_person->cert = pki_make(p->ca_key, p->ca, ret_person->key, order);
}

static inline void pki_person_done(struct pki_person *p)
{
	x509_key_free(p->key);
}

#endif
