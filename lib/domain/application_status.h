#ifndef DOMAIN_APPLICATION_STATUS_H
#define DOMAIN_APPLICATION_STATUS_H

#include "domain/application.h"
#include "io/json_out.h"

/* Where a case stands, for pages that wait and ask again: one statement, nothing decrypted.
 * {no, state, state_name, version, turn, turn_text, due, promise, gates[], updated_at} of a case of the signed-in applicant.
 * A route whose gates depend on what was filled in is read in full.  ret_version: for the ETag. */
enum err application_status(struct ctx *c, const char *no, struct json_out *j, int64_t *ret_version) MUST_USE;

#endif
