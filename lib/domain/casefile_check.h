#ifndef DOMAIN_CASEFILE_CHECK_H
#define DOMAIN_CASEFILE_CHECK_H

#include "io/cms.h"

/* Is a sealed case file what was sealed?  Without database, network or the portal's keys: from its bytes and from a folder laid
 * out as trust_dir (anchors, intermediates, casefiles), which whoever checks has from elsewhere.  Revocation lists of the day of
 * sealing are in the file itself.  Hostile input: nothing of it is believed before the signature holds. */

enum casefile_fault {
	CASEFILE_ARCHIVE,  /* no such archive, or not of plain files */
	CASEFILE_FRAME,	   /* something stands between or behind the files, or in what describes them */
	CASEFILE_NO_LIST,  /* the list of files is missing, twice, or no such list */
	CASEFILE_UNSIGNED, /* its signature does not hold: the list proves nothing */
	CASEFILE_STRANGER, /* signed, but not by who signs case files */
	CASEFILE_CHANGED,  /* another size or SHA-256 than the list says */
	CASEFILE_MISSING,  /* on the list, not there */
	CASEFILE_ADDED,	   /* there, not on the list */
	CASEFILE_TWICE,
	CASEFILE_FAULT_MAX
};
extern const char *const casefile_fault_words[], *const casefile_fault_texts[];

struct casefile_finding {
	enum casefile_fault fault;
	const char *path, *detail; /* "" when of the whole */
};

struct casefile_report {
	struct list findings;	 /* of struct casefile_finding; none: it is what was sealed */
	const char *no, *signer; /* of a signed one; NULL */
	int64_t sealed_at, files, audit_seq;
	const char *audit_hash;
};

/* Errors: ERR_NOT_FOUND (no certificates in trust_dir), ERR_INTERNAL; what is wrong with the file is in the report. */
enum err casefile_check(
	struct arena *a, struct bytes archive, const char *trust_dir, struct casefile_report *ret_report) MUST_USE;

#endif
