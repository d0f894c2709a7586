#ifndef IO_CMS_SEAL_H
#define IO_CMS_SEAL_H

#include "io/x509_make.h"

/* Electronic seal data, SES_Seal version 4 of GB/T 38540-2020: a picture in true size, bound to certificates
 * and signed by the seal maker.  Written without extDatas and with the certificates themselves; read in all the variants
 * that were seen, the signature being checked over the bytes received, never over a re-encoding. */

struct cms_seal {
	const char *id;	    /* esID: UUID without dashes */
	const char *vendor; /* Vid of the header */
	const char *name;   /* of the seal */
	int64_t type;	    /* 1 unit, 2 person; another positive number is read too */
	struct list certs;  /* struct bytes: the holder's certificates, DER; or digests when read so */
	bool digests;
	int64_t created, valid_from, valid_to; /* moments */
	const char *picture_type;	       /* PNG */
	struct bytes picture;
	int64_t width_mm, height_mm;
	/* reading only */
	int64_t version;
	struct bytes maker; /* certificate of the seal maker, DER */
	bool signed_well;   /* signature fits that certificate; whether the maker is trusted is not asked here */
};

MUST_USE enum err cms_seal_make(struct arena *a, const struct cms_seal *seal, const struct x509_key *maker_key,
	struct bytes maker_cert, struct bytes *ret_der);

/* The kind of key in a holder's certificate, which the seal maker's is of too.  false: none of ours, or too weak. */
bool cms_seal_key(struct bytes cert, enum x509_algorithm *ret_algorithm);

/* ERR_INVALID with *ret_say: not seal data, or a version that we do not read. */
MUST_USE enum err cms_seal_read(struct arena *a, struct bytes der, struct cms_seal *ret_seal, const char **ret_say);

#endif
