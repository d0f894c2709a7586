#ifndef DOMAIN_APPLICATION_FORMER_H
#define DOMAIN_APPLICATION_FORMER_H

#include "domain/application.h"
#include "domain/register.h"

/* The certificates that a case is about (原证书): every service but new names them, one per line, by serial.
 * What such a case may say is fixed by the register: the subject stays what it is unless the case is to change it, the
 * status and the day must fit the service, and one certificate is in one open case at a time. */

/* Fill seal and public unit data of lines whose serial was just named, where the applicant left them empty. */
enum err former_fill(struct ctx *c, const struct application *app, struct application_data *data) MUST_USE;

/* Faults of every line: unknown or another's (one neutral sentence), wrong status, too early, expired online, a member
 * that must not differ, a certificate that another open case is about. */
enum err former_check(struct ctx *c, const struct application *app, struct faults *faults) MUST_USE;

/* On submission: this case is now the one that these certificates are in.  ERR_CONFLICT: another was faster. */
enum err former_hold(struct ctx *c, const struct application *app) MUST_USE;
/* Money came for a case that had expired: hold its certificates again.  ret_why NULL: they are held; else a sentence, and
 * nothing was changed: a certificate is in another case by now, or is no longer what the service wants. */
enum err former_hold_again(struct ctx *c, const struct application *app, const char **ret_why) MUST_USE;
/* All that the case holds, also lines and services it has left since: on closing, and before it holds anew. */
enum err former_release(struct ctx *c, const struct application *app) MUST_USE;

/* Does the case make seals?  One that issues certificates, and a change that says so; all others carry the seal over. */
bool former_makes_seal(const struct application *app);

/* Nothing is made for this case: the decision ends it, and this is what is said then.  NULL: something is. */
const char *former_ending(const struct application *app);

/* May this certificate sign for the case: one of those it is about, else one of the same name? */
enum err former_may_sign(
	struct ctx *c, const struct application *app, const struct register_certificate *r, bool *ret_may) MUST_USE;

/* What a step of the case does to its certificates: the one table of effects (suspend, revoke, supersede …). */
enum err former_effect(struct ctx *c, const struct application *app, enum event event) MUST_USE;

#endif
