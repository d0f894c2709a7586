#ifndef DOMAIN_SEAL_ROW_H
#define DOMAIN_SEAL_ROW_H

#include "domain/seal.h"

/* A row of the table seal, and how its pictures are sealed. */

struct seal {
	const char *id;
	int64_t item;
	enum seal_state state; /* by state_word */
	const char *state_word, *fault;
	int64_t form_version;
	const char *file; /* NULL: carried over, or taken back */
	int64_t page, at_x, at_y;
	struct imprint_crop crop;
	int64_t dpi, marks;
	bool touches;
	const char *by_hand; /* name of the officer; NULL: as it was found */
	const char *sha256;
	bool has_sight, has_data;
	int64_t made_at, confirmed_by;
	const char *confirmed_name;
	int64_t confirmed_at;
	const char *kind, *name, *sign_serial;
	int64_t bound_at;
	bool carried;
};

/* Rows of a case, one for each line that has one.  struct seal. */
enum err seal_rows(struct ctx *c, int64_t application_id, struct list *ret_rows) MUST_USE;
/* NULL: the line has none. */
struct seal *seal_row(const struct list *rows, int64_t item);

/* Is the case in first review, in the hands of who asks? */
enum err seal_may_edit(struct ctx *c, const struct application *app) MUST_USE;

struct bytes seal_close(struct ctx *c, enum seal_part part, const char *id, struct bytes plain);
enum err seal_open_part(
	struct ctx *c, enum seal_part part, const char *id, struct bytes sealed, struct bytes *ret_plain) MUST_USE;
const char *seal_new_id(struct arena *a);

#endif
