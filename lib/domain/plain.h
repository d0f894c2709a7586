#ifndef DOMAIN_PLAIN_H
#define DOMAIN_PLAIN_H

#include "base/fault.h"
#include "base/markup.h"

/* The few pages that programs write whole, for browsers without script: the tracker and the rating.  SSI never reads
 * what strangers typed, so head and foot stand here once more, in the words of www/_inc.  All texts are escaped. */

/* From the doctype into <main>; h1 is the title.  big: in large type. */
void plain_begin(struct str *s, const char *title, bool big);
void plain_end(struct str *s);

/* What is wrong, as the pages with script say it: all faults, or one sentence.  Nothing when neither is there. */
void plain_faults(struct str *s, const struct faults *faults, const char *say);

/* The form of the tracker, as it was typed; sent: the code is on its way, so it is asked for. */
void plain_track_form(struct str *s, const char *no, const char *phone, bool sent);

#endif
