#ifndef DOMAIN_FORM_CODE_H
#define DOMAIN_FORM_CODE_H

#include <stddef.h>

#include "base/err.h"

/* What the QR on a printed page says: which case, which version of its form, which page of how many, which copy, and a
 * code that only the portal can make.  Digits and capitals only, so that it scans, types and reads aloud:
 *
 *   Z1 GD20261122000001I 03 1 2 1 7KQ2M8XA        (without the blanks; at most 32 characters)
 *   |  case number       |  | | |  MAC: 40 bits of HMAC-SHA256 over all before it
 *   |                    |  | | copy 1–8; 9: of the pages for seal impressions, of which there is one set
 *   format               |  | pages, 1–31
 *                        |  page, 1–31
 *                        version of the form, 1–1023
 *
 * Numbers are in base 32 of 0-9A-Z without I L O U.  Only the case number has no fixed length; the rest is read from the
 * end.  The MAC says that the portal printed this page; whether the version is the current one is asked of the database. */

enum {
	FORM_CODE_NO_MIN = 8,
	FORM_CODE_NO_MAX = 17,
	FORM_CODE_MAX = 32,
	FORM_CODE_VERSIONS = 1023,
	FORM_CODE_PAGES = 31,
	FORM_CODE_COPIES = 9,
	FORM_CODE_SEALS = FORM_CODE_COPIES /* in the place of the copy: a page for seal impressions */
};

struct form_code {
	char no[FORM_CODE_NO_MAX + 1];
	int version, page, pages, copy;
};

/* ERR_INVALID: a number out of its bounds, or a case number of another shape. */
MUST_USE enum err form_code_make(
	const struct form_code *code, const unsigned char *key, size_t key_len, char ret_text[FORM_CODE_MAX + 1]);

/* text: n bytes as scanned or typed; blanks are skipped, small letters raised.
 * ERR_SYNTAX: not a code of ours.  ERR_FORBIDDEN: has our shape, but the portal never printed it (forged or misread). */
MUST_USE enum err form_code_read(
	const char *text, size_t n, const unsigned char *key, size_t key_len, struct form_code *ret_code);

#endif
