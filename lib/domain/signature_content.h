#ifndef DOMAIN_SIGNATURE_CONTENT_H
#define DOMAIN_SIGNATURE_CONTENT_H

#include "domain/application.h"

/* The canonical content of a case as it stands: what a signature is about.  One line per fact, "name: value", LF ends; the
 * data are the canonical JSON of what is signed (application_form_text).  ret_sha256: of it, hex. */
enum err signature_content(
	struct ctx *c, const struct application *app, const char **ret_content, const char **ret_sha256) MUST_USE;

#endif
