#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"

/* Memory of one request (or one job): taken piece by piece, given back all at once.
 * Invariants: a piece is zeroed and aligned for any type; allocation never returns NULL (out of memory ends the
 * process, the supervisor starts another); after arena_reset every piece is poisoned under AddressSanitizer.
 * There is no free of one piece: what must outlive the request lives in another arena. */

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);	  /* NULL is fine */
void arena_reset(struct arena *a);	  /* keeps one block for the next request */
size_t arena_used(const struct arena *a); /* bytes handed out since the last reset */

void *arena_alloc(struct arena *a, size_t bytes);
void *arena_array(struct arena *a, size_t count, size_t bytes); /* count × bytes, overflow checked */
void *arena_dup(struct arena *a, const void *from, size_t bytes);
/* An array with room for one more than count: at itself, or a copy twice as long; *cap is the room.  at NULL, *cap 0: empty. */
void *arena_grow(struct arena *a, void *at, size_t count, size_t *cap, size_t bytes);
char *arena_text(struct arena *a, const char *text);		    /* copy; NULL stays NULL */
char *arena_textn(struct arena *a, const char *text, size_t bytes); /* copy of the first bytes, ended by NUL */
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

/* For CLEANUP(arena_done) on a local struct arena *. */
void arena_done(struct arena **a);

#endif
