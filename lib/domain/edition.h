#ifndef DOMAIN_EDITION_H
#define DOMAIN_EDITION_H

#include "base/config.h"
#include "base/english_html.h"
#include "domain/ctx.h"

/* The English edition of the pages.  Each page of www is also the template of its English twin: the texts come from the
 * dictionary (english_dir), all else from the page, and the result lies in gen_dir/en, which nginx serves below /en/.
 * Pages of staff have no twin. */

/* The dictionary: every .txt of the folder.  a keeps it.  Errors: ERR_NOT_FOUND (no folder, no file), ERR_INVALID; then
 * *ret_say tells where. */
enum err edition_open(struct arena *a, const char *dir, struct english **ret_english, const char **ret_say) MUST_USE;

/* The twins of all pages, and of what is written into gen_dir (guide.h, announcement.h).  A file that came out the same is
 * left alone.  ret_missing: every text without English, one a line, after the page it stands on.
 * Errors: ERR_DISK, and those of edition_open, which are logged. */
enum err edition_write(struct arena *a, const struct config *config, const char **ret_missing) MUST_USE;

/* The twins of gen_dir alone, for whoever has just changed what lies there.  A portal without a dictionary goes on without
 * English.  Errors: ERR_DISK. */
enum err edition_renew(struct ctx *c) MUST_USE;

#endif
