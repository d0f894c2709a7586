#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* UTF-8, strict (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.  Lengths shown to people and held
 * against bounds are code points, never bytes or UTF-16 units.  Han is never normalised: NFC and NFKC
 * replace compatibility ideographs by other characters.
 * All but utf8_valid want valid text; on other text they stay inside it and give U+FFFD. */

bool utf8_valid(const char *text, size_t bytes);	  /* also refuses NUL */
size_t utf8_count(const char *text);			  /* code points of valid text */
uint32_t utf8_next(const char **at);			  /* decodes one of valid text and steps; 0 at the end */
size_t utf8_put(uint32_t cp, char ret_bytes[4]);	  /* bytes written, 1..4 */
char *utf8_fold_ascii(struct arena *a, const char *text); /* U+FF01–FF5E and U+3000 to ASCII, all else kept */
bool utf8_is_blank(uint32_t cp);     /* white space of any width, zero-width ones and the BOM too */
bool utf8_is_invisible(uint32_t cp); /* soft hyphen, zero width, direction marks, BOM */
bool utf8_is_control(uint32_t cp);   /* C0, C1, DEL, line separators, tags, noncharacters */
const char *utf8_clip(struct arena *a, const char *text, size_t count); /* what is longer ends in … */
char *utf8_trim(struct arena *a, const char *text);			/* utf8_is_blank off both ends */

#endif
