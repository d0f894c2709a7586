#ifndef BASE_MARKUP_H
#define BASE_MARKUP_H

#include "base/str.h"

/* Append HTML.  %s: a text, escaped · %y: int64_t fen as money · %d: an int64_t · %%: itself.  All else is markup, so the
 * format is written here and never comes from outside. */
void markup(struct str *s, const char *format, ...);

#endif
