#ifndef DOMAIN_APPLICATION_PARCEL_H
#define DOMAIN_APPLICATION_PARCEL_H

#include "domain/application.h"
#include "io/json_out.h"

/* The parcel of a case and its way, newest step first: {waybill, freight, sent_at, delivered_at, steps: [{at, place, text,
 * code}]}; null when nothing was sent. */
enum err application_write_parcel(struct ctx *c, const struct application *app, const char *key, struct json_out *j)
	MUST_USE;

/* The steps alone, as a list.  Numbers of seven and more digits in them are masked. */
enum err application_write_steps(struct ctx *c, int64_t parcel_id, const char *key, struct json_out *j) MUST_USE;

#endif
