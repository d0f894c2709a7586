#ifndef DOMAIN_SEAL_H
#define DOMAIN_SEAL_H

#include "domain/application.h"
#include "domain/job.h"
#include "io/image_imprint.h"
#include "io/json_out.h"

/* Electronic seals: cut out of the scanned imprint page, found good by a reviewer, bound to the certificate when that is made.
 *
 *   missing → proposed → confirmed → bound
 *
 * One seal for each line of a case and for each certificate, which the keys of the table hold.  A case that makes seals
 * (former_makes_seal) gets them from its form; renewal, reissue and a change of something else carry the former picture and
 * name over.  What was cut out is a picture in true size (tenths of a millimetre); what a certificate is given is SES_Seal
 * of GB/T 38540, signed by the seal maker.  Pictures lie sealed in the row.
 * It never takes a picture from elsewhere: what is no impression on this case's form is no seal of it. */

enum seal_state { SEAL_NONE, SEAL_MISSING, SEAL_PROPOSED, SEAL_CONFIRMED, SEAL_BOUND };
extern const char *const seal_state_words[]; /* none missing proposed confirmed bound, NULL */

/* The job "seal": ref is a file of the form that was checked.  Outside of transactions; what a person has cut out or found
 * good of the same file stays. */
enum err seal_harvest(struct ctx *c, const struct job *job) MUST_USE;

/* What a reviewer says to cut out: within the box, and where the box is when it is not the one that was used before. */
struct seal_crop {
	int64_t x, y, w, h; /* tenths of a millimetre within the box; all 0: what is found */
	const char *file;   /* of the form; NULL: the page as before, or the case's newest imprint page */
	int64_t page;
	int64_t at_x, at_y; /* middle of the box on the sheet, tenths of a millimetre */
};
extern const struct shape seal_crop_shape;

/* Its own transaction after the picture is made.  By who holds the claim of a case in first review.
 * ERR_CLAIM; ERR_WRONG_STATE; ERR_INVALID: out of the box or the sheet, no such page.  ERR_OK also when there is nothing to
 * be seen in that place: the state says so. */
enum err seal_cut(struct ctx *c, const char *no, int64_t item, const struct seal_crop *crop) MUST_USE;

struct seal_confirm {
	const char *sha256; /* of the picture that was looked at */
};
extern const struct shape seal_confirm_shape;
/* Inside ctx_tx, by who holds the claim.  ERR_STALE: the picture is another by now. */
enum err seal_confirm(struct ctx *c, const char *no, int64_t item, const struct seal_confirm *in) MUST_USE;

/* How many lines have no confirmed seal although the case makes seals and its form has boxes for them; and whether one was
 * confirmed by this person. */
enum err seal_open(struct ctx *c, const struct application *app, int64_t *ret_open) MUST_USE;
enum err seal_confirmed_by(struct ctx *c, const struct application *app, int64_t staff_id, bool *ret_by) MUST_USE;

/* {items, pages, makes, wanted, mine}: all lines, with earlier seals of the same unit or person. */
enum err seal_write(struct ctx *c, const char *no, struct json_out *j) MUST_USE;

enum seal_part { SEAL_PICTURE, SEAL_SIGHT, SEAL_DATA, SEAL_PART_MAX }; /* PNG, JPEG of the box, SES_Seal */
/* Each look is recorded.  ERR_NOT_FOUND: the line has none. */
enum err seal_part(struct ctx *c, const char *no, int64_t item, enum seal_part part, struct bytes *ret_bytes) MUST_USE;

/* Inside the transaction that records the certificate of a line; former: the certificate it takes the place of, 0: none.
 * What was confirmed, or the former's picture and name, becomes the certificate's; neither is there: nothing. */
enum err seal_bind(struct ctx *c, const struct application *app, int64_t item, int64_t certificate_id, int64_t former)
	MUST_USE;
/* And when the certificate itself is known: SES_Seal for it.  Nothing when the line has no seal, or the house no seal maker
 * for such keys. */
enum err seal_sign(struct ctx *c, const struct application *app, int64_t item, struct bytes cert) MUST_USE;
/* SES_Seal of a line, for the token client; empty: none. */
enum err seal_data(struct ctx *c, int64_t application_id, int64_t item, struct bytes *ret_der) MUST_USE;

#endif
