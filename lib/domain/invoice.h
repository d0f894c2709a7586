#ifndef DOMAIN_INVOICE_H
#define DOMAIN_INVOICE_H

#include "domain/application.h"
#include "domain/job.h"
#include "io/json_out.h"

/* Electronic invoices (数电票).  They are made elsewhere: this knows which cases are owed one and since when, takes the XML and
 * the PDF after checking them against the case, and hands them to the applicant.
 *
 * due → imported (XML checked, PDF may lie beside it) → delivered (message with link and code sent) → reversed (a red
 * invoice cancels it).  A case has at most one that is not reversed; when one is reversed and the case still cost money, the next is due.
 * Each look at a file is audited. */

enum { INVOICE_DAYS = 2 /* working days */, INVOICE_LINK_S = 30 * 86400, INVOICE_TRIES = 10 };
enum { INVOICE_FILE_MAX = 1024 * 1024 };
enum invoice_file { INVOICE_XML, INVOICE_PDF, INVOICE_FILE_KINDS };

struct invoice {
	int64_t id, application_id;
	const char *no, *state;
	int64_t begun_at;
	struct date due_day;
	const char *number;
	int64_t fen;
	struct date issued_day;
	bool pdf; /* lies beside it */
	const char *importer;
	int64_t imported_at, delivered_at, link_ends_at;
	const char *red_number, *red_reason, *red_by;
	int64_t red_at;
	int64_t kept_fen; /* what the case paid and did not get back, up to its price: what it must name */
	int64_t version;
};

/* The job "invoice": ref is the id of a case that was completed. */
enum err invoice_job(struct ctx *c, const struct job *job) MUST_USE;

enum err invoice_read(struct ctx *c, int64_t id, struct invoice *ret_invoice) MUST_USE;
enum err invoice_lock(struct ctx *c, int64_t id, struct invoice *ret_invoice) MUST_USE; /* ERR_STALE by c->expect */
/* Of a case: the standing one, else the newest.  ERR_NOT_FOUND: it has none.  Whose case it is was asked before. */
enum err invoice_of_case(struct ctx *c, const struct application *app, struct invoice *ret_invoice) MUST_USE;
/* What must stand on it as buyer.  ret_tax: NULL when the applicant gave none. */
const char *invoice_title(const struct application *app, const char **ret_tax);

/* An XML for a case: by its number, or no NULL: by the number in the remark, or by buyer and sum when exactly one fits.  The
 * same file again changes nothing.  Own transaction.
 * ERR_INVALID: faults.  ERR_CONFLICT: the number is another case's.  ERR_WRONG_STATE: the case has another invoice. */
enum err invoice_import(struct ctx *c, const char *no, struct bytes file, int64_t *ret_id) MUST_USE;
/* Its picture; number: as the name of the file gives it.  Own transaction. */
enum err invoice_add_pdf(struct ctx *c, int64_t id, const char *number, struct bytes file) MUST_USE;

/* Inside ctx_tx: a new link with a new code, sent to the applicant; the one before ends. */
enum err invoice_deliver(struct ctx *c, int64_t id) MUST_USE;
struct invoice_red {
	const char *number, *reason;
};
extern const struct shape invoice_red_shape;
enum err invoice_reverse(struct ctx *c, int64_t id, const struct invoice_red *in) MUST_USE; /* inside ctx_tx */

/* Whoever holds link and code.  Wrong ones count, INVOICE_TRIES of them end the link; unknown, ended and wrong look alike
 * (ERR_NOT_FOUND).  Own transaction. */
enum err invoice_open(struct ctx *c, const char *link, const char *code, struct invoice *ret_invoice) MUST_USE;

/* A file, with the name it is saved by.  ERR_NOT_FOUND: not there.  Own transaction for the audit. */
enum err invoice_file(struct ctx *c, const struct invoice *v, enum invoice_file which, struct bytes *ret_file,
	const char **ret_name) MUST_USE;

struct invoice_query {
	const char *state, *after;
	int64_t limit;
};
extern const struct shape invoice_query_shape;
enum err invoice_write_list(struct ctx *c, const struct invoice_query *q, struct json_out *j) MUST_USE;
enum err invoice_write_one(struct ctx *c, int64_t id, int64_t *ret_version, struct json_out *j) MUST_USE;
/* For the applicant; v NULL: none is due. */
void invoice_write_own(const struct invoice *v, struct json_out *j);

#endif
