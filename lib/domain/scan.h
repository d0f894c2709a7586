#ifndef DOMAIN_SCAN_H
#define DOMAIN_SCAN_H

#include "domain/form_code.h"
#include "domain/material.h"
#include "io/json_out.h"
#include "io/scan.h"

/* What the pages of a case's files are, and what to say about them: which version, copy and page of the form, what is
 * missing, outdated or of another case, and whether seal and picture are good.  Advice to the applicant and to staff;
 * nothing is ever refused by it.
 * Kept is only what was seen on a page (attachment_page.seen).  What it means is worked out at each reading: a page that was
 * right becomes outdated when the data change after it was uploaded. */

#define SCAN_FORM "m1" /* the material that the printed form is */

enum scan_state {
	SCAN_NOTHING, /* no code */
	SCAN_FOREIGN, /* a code, not one of ours */
	SCAN_FORGED,  /* has the shape of ours, but we never printed it */
	SCAN_OTHER_CASE,
	SCAN_OUTDATED,
	SCAN_CURRENT,
	SCAN_STATE_MAX
};
extern const char *const scan_state_words[]; /* NULL for the first two */

/* What the rules must know of the case. */
struct scan_case {
	const char *no;
	const unsigned char *key; /* of form codes, CRYPTO_KEY bytes */
	int64_t version, pages;	  /* of the last printed form, pages of one copy; 0: none yet */
	int64_t stamp_page;
	int64_t seal_page;  /* first page of a copy for impressions, in forms that have them in the copies; 0: none */
	int64_t seal_pages; /* pages for impressions behind the copies */
	bool current;	    /* the data are still as printed */
	int64_t copies;
	bool red_seals; /* each impression is of a seal with red ink, none a signature */
};

struct scan_page {
	const char *file, *material;
	int64_t page, width, height;
	const char *seen;
	/* made by scan_identify */
	bool known; /* it was looked at */
	struct scan scan;
	enum scan_state state;
	struct form_code code; /* of pages of ours */
};

struct scan_finding {
	const char *code, *text;
	bool warn;    /* should be mended; else for information */
	int64_t page; /* of the file; 0: the file or the material as a whole */
};

struct scans {
	struct scan_case of;
	struct list pages; /* struct scan_page of accepted files, by file, oldest first */
};

/* The pages of a case.  Results live in c->arena. */
enum err scan_read(struct ctx *c, const struct application *app, struct scans *ret_scans) MUST_USE;
struct list scan_of_file(const struct scans *s, const char *file); /* its pages, none when it is not accepted */

/* Fill what is made from seen. */
void scan_identify(struct arena *a, const struct scan_case *of, struct scan_page *page);
/* Whether all that is on these pages is this case's form. */
bool scan_is_form(const struct list *pages);

/* About the pages of one file, struct scan_finding.  rule: the material the file is filed under, NULL when the case does not
 * ask for it. */
struct list scan_findings(
	struct arena *a, const struct scan_case *of, const struct catalog_material *rule, const struct list *pages);
/* About a material with all its files that count. */
struct list scan_advice(struct arena *a, const struct scans *s, const struct material *m);

/* {code, level, text, page} each, into the list that is open. */
void scan_write_findings(struct json_out *j, const struct list *findings);
/* The contract's "pages" of a file, as a list of that name. */
void scan_write_pages(struct json_out *j, const struct list *pages);

#endif
