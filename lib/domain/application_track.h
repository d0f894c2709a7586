#ifndef DOMAIN_APPLICATION_TRACK_H
#define DOMAIN_APPLICATION_TRACK_H

#include "base/str.h"
#include "domain/application.h"
#include "io/json_out.h"

/* The case for whoever holds its number and a phone of it, without signing in: nothing personal, and nothing that somebody
 * wrote in words of his own (a correction's note may name people; who signs in reads it). */

/* The phone must be the owner's or the agent's.  Not there and not his look alike: ERR_NOT_FOUND. */
enum err application_tracked(struct ctx *c, const char *no, const char *phone, struct application *ret_app) MUST_USE;
/* By number alone, for who has shown a ticket (rating.h); locked.  Inside ctx_tx. */
enum err application_tracked_again(struct ctx *c, const char *no, struct application *ret_app) MUST_USE;

/* no, state and what it means, turn, by when (by_text follows the day), gates, timeline, waybill: into the object that is open. */
enum err application_write_track(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;
/* The same as sections of a page, for browsers without script (plain.h). */
enum err application_page_track(struct ctx *c, const struct application *app, struct str *s) MUST_USE;

#endif
