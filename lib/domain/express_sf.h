#ifndef DOMAIN_EXPRESS_SF_H
#define DOMAIN_EXPRESS_SF_H

#include "domain/ctx.h"

/* What is signed for SF Express (丰桥).  Pure. */

/* As Java's URLEncoder writes it: blanks are +, letters, digits and . - _ * stay, all else is %XX of its UTF-8. */
char *express_sf_encode(struct arena *a, const char *text);

/* Base64(MD5(encode(data + timestamp + checkword))). */
char *express_sf_digest(struct arena *a, const char *data, const char *timestamp, const char *checkword);

/* The same JSON without the characters that encoders disagree about: ! ' ( ) * ~ become \u00XX. */
char *express_sf_plain(struct arena *a, const char *json);

/* "2026-11-22 14:05:09", Beijing time; 0: not that. */
int64_t express_sf_moment(const char *text);

#endif
