#ifndef DOMAIN_REKEY_H
#define DOMAIN_REKEY_H

#include "domain/application.h"
#include "io/json_out.h"

/* Blind re-keying: before a second reviewer may approve, he types what goes into the certificate and says whose it is (unit
 * name, credit code, holder's name; as far as the route asks for them) from the pictures, without seeing what was filled in.
 * The address stands in the certificate too; it is long, says nothing about who it is, and is left to the first review.
 *
 * Until it is right, a case in second review is blind to whoever may approve it: no route hands him those fields, nor what
 * repeats them (seal names, invoice, remittance, payments, the form itself).  Who may not approve it (first reviewer, who
 * opened it, other roles) sees it as ever.  What somebody saw in an earlier state cannot be made unseen, and the register of
 * certificates is open to who searches it.
 *
 * Compared are folded texts by comparison key (name_key): width and blanks make no difference, every character does.
 *
 * A person has REKEY_TRIES for the same data.  After the first only the names of the fields that differ are told: most
 * differences are slips of the hand, and who sees the stored text would copy it.  After the last one both texts are shown,
 * for nothing can be approved by them any more: the case goes back by field (review_back), or to another reviewer. */

enum { REKEY_TRIES = 2 };

/* Is anything to be typed for this case? */
bool rekey_asked(const struct application *app);
/* Must what was filled in be hidden from the actor? */
enum err rekey_blind(struct ctx *c, const struct application *app, bool *ret_blind) MUST_USE;
/* ERR_WRONG_STATE with a sentence when it must. */
enum err rekey_open(struct ctx *c, const struct application *app) MUST_USE;
/* Empties what must be hidden, in a copy of the data: lists are copied too. */
void rekey_hide(struct arena *a, struct application_data *data);
/* Keyed hash of what was filled in: what a re-keying holds for. */
struct bytes rekey_hash(struct ctx *c, const struct application *app);

struct rekey_in {
	const char *unit_name, *uscc, *person_name; /* as typed; NULL: left empty */
};
extern const struct shape rekey_in_shape;
/* One try.  ERR_INVALID: a field that is asked is empty (no try is used).  ERR_WRONG_STATE: not in second review, matched
 * already, tries used up.  ERR_TWO_PERSONS.  Inside ctx_tx; writes as rekey_write. */
enum err rekey_try(struct ctx *c, const char *no, const struct rekey_in *in, struct json_out *j) MUST_USE;
/* {asked, matched, tries_left, fields: [{name, label, differs, typed, stored}]}: of the actor, for the data as they are. */
enum err rekey_write(struct ctx *c, const char *no, struct json_out *j) MUST_USE;

/* Names of the fields as they are called to people; NULL: no such field, or not asked. */
const char *rekey_label(const struct application *app, const char *name);

#endif
