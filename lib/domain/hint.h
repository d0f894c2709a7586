#ifndef DOMAIN_HINT_H
#define DOMAIN_HINT_H

#include "domain/application.h"
#include "domain/scan.h"

/* What an applicant should know before going on: advice, never a refusal.  Key "hints": [{code, text, url}].
 *   use_add      a unit with a valid certificate that starts new is told of add
 *   use_new      an add without a valid certificate of the same name may become new, keeping data and files
 *   open_case    this account has another open case of the same unit
 *   glyph        a name has a character that no font of the form has; one for each
 *   stays_closed money came for a case that had expired, and why it is not taken up again
 *   manual       the automatic unlock did not fit: scans are asked for, and nothing is said of what differed */
enum err hint_write(struct ctx *c, const struct application *app, struct json_out *j) MUST_USE;

/* What the scans of one material say together: key "advice": [{code, level, text}].  The scans are read once a case, by
 * hint_scans. */
enum err hint_scans(struct ctx *c, const struct application *app, struct scans *ret_scans) MUST_USE;
void hint_advice(struct arena *a, const struct scans *s, const struct material *m, struct json_out *j);

#endif
