#ifndef IO_X509_H
#define IO_X509_H

#include "base/fault.h"
#include "base/field.h"

/* Certificates, read only: who, until when, for what.  Nothing here judges trust: no chain, no revocation, no signature.
 * Extensions come as text where they hold text (also inside a context tag, IMPLICIT or EXPLICIT: GM/T 0015 does not say
 * which), as "#" and hex where they do not; which of them means what is a table of the caller. */

struct x509_extension {
	const char *oid, *value; /* "1.2.156.10260.4.1.4" */
};

struct x509_cert {
	const char *serial;  /* upper-case hex, an even number of digits */
	const char *subject; /* all parts in order, "2.5.4.10=…" a line each: equal texts are equal names */
	const char *country, *province, *locality, *organisation,
		*common_name;	       /* NULL: not there; the last of several */
	int64_t not_before, not_after; /* moments */
	bool signing, encrypting;      /* key usage: digitalSignature; keyEncipherment or dataEncipherment */
	bool ca;
	struct list extensions; /* struct x509_extension, without those that are standard */
};

/* All certificates of a PEM text.  Other kinds of blocks are passed over.
 * ERR_INVALID: none, or one that is not well-formed; *ret_say tells, in Chinese. */
enum err x509_read(struct arena *a, struct bytes pem, struct list *ret_certs, const char **ret_say) MUST_USE;

/* The value of an extension; NULL: it has none of that OID. */
const char *x509_extension(const struct x509_cert *cert, const char *oid);

#endif
