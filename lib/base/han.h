#ifndef BASE_HAN_H
#define BASE_HAN_H

#include <stdbool.h>
#include <stdint.h>

/* Which code points are Chinese characters a name may hold (blocks of Unicode 15.1). */
bool han_is(uint32_t cp);	  /* 〇, URO, extensions A–I, both compatibility blocks */
bool han_is_private(uint32_t cp); /* private use: accepted with a warning, needs an image of the character */

#endif
