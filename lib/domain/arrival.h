#ifndef DOMAIN_ARRIVAL_H
#define DOMAIN_ARRIVAL_H

#include "domain/application.h"
#include "io/json_out.h"

/* Parcels that came in.  Each waybill is taken in once.  One whose case is not known is parked with what stands on it, and joined
 * to its case when that is found; a case may have several. */

struct arrival_in {
	const char *waybill, *no, *sender, *note; /* no NULL: parked */
};
extern const struct shape arrival_in_shape;

/* Inside ctx_tx.  ERR_CONFLICT (taken in before), ERR_NOT_FOUND (no such case). */
enum err arrival_take(struct ctx *c, const struct arrival_in *in, int64_t *ret_id) MUST_USE;
/* Inside ctx_tx.  ERR_NOT_FOUND (no such parcel or case), ERR_WRONG_STATE (it has its case). */
enum err arrival_join(struct ctx *c, int64_t id, const char *no) MUST_USE;

enum { ARRIVAL_PHOTO_MAX = 8 * 1024 * 1024 };
/* A picture of it; made anew by the confined child.  Runs its own transaction.  ERR_MEDIA, ERR_TOO_LARGE, ERR_NOT_FOUND. */
enum err arrival_photo(struct ctx *c, int64_t id, struct bytes picture) MUST_USE;
/* The look is recorded.  Runs its own transaction. */
enum err arrival_photo_read(struct ctx *c, int64_t id, struct bytes *ret_jpeg) MUST_USE;

enum err arrival_write(struct ctx *c, int64_t id, struct json_out *j) MUST_USE;
/* {items, next}: those without a case, newest first; after: id of the last one seen, 0 = from the start. */
enum err arrival_write_parked(struct ctx *c, int64_t after, struct json_out *j) MUST_USE;
/* Key "arrivals" of the staff's case. */
enum err arrival_write_case(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

struct arrival_found {
	int64_t id;
	const char *no; /* NULL: parked */
};
enum err arrival_find(struct ctx *c, const char *waybill, struct arrival_found *ret_found) MUST_USE;

#endif
