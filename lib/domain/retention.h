#ifndef DOMAIN_RETENTION_H
#define DOMAIN_RETENTION_H

#include "domain/application.h"
#include "domain/job.h"

/* Retention: what may be kept no longer is erased, by this rule and no other.  Years are settings (setting_table.c), days those
 * of Shanghai, and a case is due on the day after its last one.
 *
 *   - A closed case (withdrawn, rejected, expired) that made no certificate: retain.unissued_years after the day it was closed.
 *   - A completed case, and any closed one that made a certificate: retain.issued_years after the latest of the day it was
 *     closed and of the days on which the certificates ended that it made or is about (its lines name them).  A certificate ends
 *     on its last day, or on the day it was revoked when that is earlier; but while one that it made would still be in force
 *     (a list of revoked certificates names it until then) nothing is erased.
 *   - None of them while something stands open: a sum that is owed or was not paid back, a refund, an order at the gateway, an
 *     invoice to be issued, a bank's line that waits for it, a certificate held by it, one being made or to be revoked, a permission
 *     to unlock, a courier's order, a message on its way, a question about it that was not answered, the follow-up of its rating.
 *     It is looked at again a month later.
 *
 * Erasing is one transaction: all of the case's personal data (the statements from WIPE on say what becomes of each), the keys of its
 * files, its owner; one row of the audit.  The files follow after the commit; what a crash leaves of them has no key any more
 * and goes with the orphans (housekeeping.h).  What stays is the tombstone: the row of the case with erased_at and erased_hash,
 *   casefile:HEX   SHA-256 of the manifest of its sealed file, which its owner or anybody who has a copy can show
 *   files:HEX      where none was made: SHA-256 of the SHA-256s (hex, sorted, each ended by a line feed) of its files and forms
 * and what the books want (ledger, payments, refunds, invoices as issued), the audit, events, gates and decisions without their
 * words, and the serials and days of its certificates. */

/* A task of the worker: looks at the cases whose moment has come, fifty at most (so that many that are due do not hold up what people
 * wait for), puts in a job "erase" for each that is due and notes for the others when to look again, at the latest in a year: the
 * years may have been changed meanwhile.  Own transactions. */
enum err retention_round(struct ctx *c, int *ret_done) MUST_USE;

/* The job "erase": looks once more and erases.  A second time changes nothing. */
enum err retention_erase(struct ctx *c, const struct job *job) MUST_USE;

#endif
