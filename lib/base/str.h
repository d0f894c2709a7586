#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* The one way to build a string: it grows in an arena and escaping is appending.
 * Invariants: after str_init, s->at is never NULL and always ended by a NUL that s->len does not count.
 * Appending never fails (see arena.h).  The text stays valid until the arena is reset, also after later appends to
 * another string, but s->at moves while it grows: take it when done. */

struct str {
	char *at;
	size_t len, cap;
	struct arena *arena;
};

void str_init(struct str *s, struct arena *a);
void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const void *bytes, size_t n);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same, escaped for where the text will stand. */
void str_json(struct str *s, const char *text);		  /* inside a JSON string, without the quotes */
void str_html(struct str *s, const char *text);		  /* element text or a quoted attribute */
void str_url(struct str *s, const char *text);		  /* RFC 3986: all but unreserved is %XX */
void str_header(struct str *s, const char *text);	  /* header value: control characters become spaces */
void str_filename(struct str *s, const char *name);	  /* RFC 6266: filename="…"; filename*=UTF-8''… */
void str_csv(struct str *s, const char *text);		  /* one quoted cell; leading = + - @ TAB CR disarmed by ' */
void str_hex(struct str *s, const void *bytes, size_t n); /* lower case */
void str_base64(struct str *s, const void *bytes, size_t n);

/* Decoders.  ret_bytes holds at least n/2 (hex) or n/4*3+3 (base64) bytes.  false: not well-formed. */
bool hex_decode(const char *text, size_t n, unsigned char *ret_bytes);
bool base64_decode(const char *text, size_t n, unsigned char *ret_bytes, size_t *ret_n);

bool text_eq(const char *a, const char *b); /* NULL equals only NULL */
bool text_empty(const char *a);		    /* NULL or "" */
/* One of the words of a list that ends with NULL?  Its index, or -1. */
int text_index(const char *const *words, const char *word);

#endif
