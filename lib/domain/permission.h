#ifndef DOMAIN_PERMISSION_H
#define DOMAIN_PERMISSION_H

#include <stdint.h>

/* Who may do what.  A route names one permission; a role is a set of them (the one table is in permission.c).
 * 0 is no permission: a route row without one does not start. */

enum permission {
	PERM_NONE,
	PERM_PUBLIC,   /* said aloud: anybody */
	PERM_INTERNAL, /* internal listener only */
	PERM_APPLY,    /* a signed-in applicant; whose case it is stands in the SQL */
	PERM_RELAY,    /* a phone that took a relay: files of one material */
	PERM_STAFF,    /* anybody signed in at the staff door */
	PERM_ACCOUNT,  /* one's own password and one-time code: all who have to set them first may do */
	PERM_CASE_READ,
	PERM_CASE_REVIEW,  /* first review 初审 */
	PERM_CASE_APPROVE, /* second review 复审 */
	PERM_CASE_REJECT,
	PERM_REVEAL, /* unmasked personal numbers, each look recorded */
	PERM_MONEY,
	PERM_ORIGINALS,
	PERM_PRODUCE,
	PERM_DISPATCH,
	PERM_PICKUP,
	PERM_USERS,
	PERM_USERS_CHECK, /* the second person when roles or one-time codes of staff are changed */
	PERM_SETTINGS,
	PERM_AUDIT,
	PERM_REPORT,
	PERM_WALKIN,   /* open a case at the counter for somebody who walked in */
	PERM_NOTE,     /* internal notes at a case */
	PERM_WAIVE,    /* a supervisor's word in place of a paper */
	PERM_FOLLOW,   /* answer a low rating */
	PERM_MESSAGES, /* send a message again */
	PERM_JOBS,     /* work that was given up */
	PERM_CASEFILE, /* the sealed file of a completed case, unmasked */
	PERM_MAX
};

typedef uint64_t permission_set;

const char *permission_word(enum permission p);	     /* "case_review" */
permission_set permission_of_role(const char *role); /* 0: no such role */
const char *const *permission_roles(void);	     /* ended by NULL */
/* Roles that no one person has together.  NULL: these may be; else why not, a sentence.  roles: ended by NULL. */
const char *permission_roles_apart(const char *const *roles);
const char *permission_role_name(const char *role); /* 受理、复审 … ; NULL: no such role */

#define PERMISSION_BIT(p) ((permission_set)1 << (p))

#endif
