#ifndef DOMAIN_CONTACT_KIND_H
#define DOMAIN_CONTACT_KIND_H

#include "domain/contact.h"

/* Inside of contact only: the table of what there is. */

struct contact_kind {
	const char *name, *label;
	size_t at;		   /* of its struct in struct catalog */
	const struct shape *shape; /* of that struct, and of what is kept as JSON */
	size_t reason_at;	   /* of the words of who changes it, in what contact_propose is given */
	void (*check)(struct faults *faults, const struct catalog *now, const void *value); /* NULL: nothing more */
};

extern const struct contact_kind contact_kinds[];
enum { CONTACT_KINDS = 3 };

const struct contact_kind *contact_kind_find(const char *name); /* NULL: none */

/* The value of this kind that stands in a catalogue; the value as it is kept. */
const void *contact_part(const struct contact_kind *k, const struct catalog *catalog);
/* Back from what is kept into the catalogue.  Errors of json_read. */
enum err contact_read(struct arena *a, const struct contact_kind *k, const char *text, struct catalog *catalog)
	MUST_USE;
char *contact_text(struct arena *a, const struct contact_kind *k, const void *value);

#endif
