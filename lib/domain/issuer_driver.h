#ifndef DOMAIN_ISSUER_DRIVER_H
#define DOMAIN_ISSUER_DRIVER_H

#include "domain/application.h"
#include "domain/issuer_row.h"
#include "domain/job.h"
#include "io/cmp.h"

/* The authority behind issuer.h: one driver for each word of the setting issuer that makes certificates.  For issuer*.c
 * alone. */

/* A line of a case on its way from the intent to the result. */
struct issuer_act {
	const struct job *job;
	struct issuance row;
	struct application app;
	/* set by the driver, with serials and days in row */
	const char *issuer; /* as in certificate_body */
	struct bytes sign_cert, enc_cert, enc_key_sealed;
	const char *fault; /* refused for good; NULL */
};

struct issuer_driver {
	const char *word;
	bool plans_serials; /* ours to choose, before the act */
	/* Both certificates of the line, outside a transaction: says by itself, in transactions of its own, how far it got, and
	 * goes on from there when it is called again.  ERR_STALE: another worker has the line, or it waits no longer;
	 * ERR_INVALID: refused for good (fault); ERR_UNCERTAIN: it may have been made, which only people can find out: state and
	 * job are settled; others: to be tried again. */
	enum err (*issue)(struct ctx *c, struct issuer_act *t);
	/* What ended, is held or is valid again since it was told last. */
	enum err (*tell)(struct ctx *c, int *ret_done);
	/* Can it be asked now?  ret_say: its words, or "". */
	enum err (*alive)(struct ctx *c, const char **ret_say);
};
extern const struct issuer_driver issuer_builtin, issuer_cmp;
/* NULL: nobody is asked (manual). */
const struct issuer_driver *issuer_driver(const char *word);

/* The intent becomes the act.  In a transaction; ERR_STALE: the line does not wait. */
enum err issuer_begin(struct ctx *c, void *act) MUST_USE;
/* The worker is to go on with it.  time: which time this is; the same one again changes nothing.  In a transaction. */
enum err issuer_queue(struct ctx *c, int64_t issuance_id, const char *time) MUST_USE;
/* The private key of the encryption certificate, sealed for its place in the row; wipes the plain one. */
enum err issuer_seal_key(struct ctx *c, const struct issuance *i, const struct x509_key *key, struct bytes *ret_sealed)
	MUST_USE;
/* The caller frees.  ERR_INTERNAL: it cannot be opened. */
enum err issuer_open_key(struct ctx *c, const struct issuance *i, struct x509_key **ret_key) MUST_USE;

/* Subject as struct x509_subject tells, by what was approved. */
struct x509_subject issuer_subject(struct arena *a, const struct application *app);
/* Customer number, class and, for a unit, its code, under the OIDs that authorities here use.  How many. */
enum { ISSUER_EXTENSIONS_MAX = 3 };
size_t issuer_extensions(const struct application *app, struct x509_text_extension ret[ISSUER_EXTENSIONS_MAX]);

/* --- issuer = cmp --- */

/* Which certificate of the pair; the words stand in issuance.asked. */
enum issuer_half { ISSUER_SIGN, ISSUER_ENC };
extern const char *const issuer_half_words[]; /* sign enc, NULL */

/* Where the authority is.  ERR_INTERNAL: no secret; the log says so. */
enum err issuer_cmp_server(struct ctx *c, struct cmp_server *ret_server) MUST_USE;

/* Is this the certificate that was asked for: key, subject, usage, last day, and made by whom we believe?
 * ERR_INVALID with *ret_fault, in Chinese. */
enum err issuer_check(struct ctx *c, const struct issuance *row, const struct application *app, enum issuer_half half,
	struct bytes cert, const char **ret_fault) MUST_USE;

/* A certificate that the authority made and nobody will use: to be revoked there.  In a transaction. */
enum err issuer_put_aside(struct ctx *c, int64_t issuance_id, struct bytes cert, const char *why) MUST_USE;

/* Tells the authority; of issuer_cmp_tell.c. */
enum err issuer_cmp_tell(struct ctx *c, int *ret_done) MUST_USE;

#endif
