#ifndef DOMAIN_REGISTER_IMPORT_H
#define DOMAIN_REGISTER_IMPORT_H

#include "domain/register.h"
#include "io/x509.h"

/* Certificates from elsewhere into the register: a CSV file, or a folder of PEM files.  All or nothing: one wrong line and
 * nothing is entered, every fault is named.  What the register knows already is left as it is (its status and agent may
 * be newer than the file), so importing the same again changes nothing.
 *
 * CSV: UTF-8 or GB18030 (io/csv.h), a header of the names of register_in_shape or of the Chinese words in
 * register_import.c, in any order; holder, sign_serial, enc_serial, not_before, not_after must be there.  Days also as
 * 2026/5/8 or 20260508; holder, status and seal_kind also in Chinese.
 * PEM: files *.pem, *.crt, *.cer, each with any number of certificates.  Two of the same subject, customer number and
 * days, one for signing and one for encrypting, are a pair.  Who holds it is read from the class extension, else from the
 * subject (x509_make.h); identifiers from the table of extensions.  CA certificates are passed over.  A seal does not
 * stand in a certificate: a unit's is its seal, of persons it stays unknown. */

/* The number that a certificate carries in one of the extensions we know, folded: credit code, or identity number.
 * NULL: none. */
enum register_identifier { REGISTER_ID_UNIT, REGISTER_ID_PERSON };
const char *register_identifier(struct arena *a, const struct x509_cert *cert, enum register_identifier meaning);

struct register_row {
	const char *pointer; /* where it comes from, for faults: "/lines/3", "a.pem" */
	struct register_in in;
};

/* Pure.  ret_rows: struct register_row, read and checked.  ERR_INVALID with faults. */
enum err register_read_csv(struct arena *a, const struct catalog *cat, struct date today, struct bytes file,
	struct list *ret_rows, struct faults *faults) MUST_USE;
/* The same from a folder.  ERR_NOT_FOUND, ERR_INVALID. */
enum err register_read_folder(struct arena *a, const struct catalog *cat, struct date today, const char *path,
	struct list *ret_rows, struct faults *faults) MUST_USE;

struct register_imported {
	int64_t added, unchanged;
};
/* File or folder.  Own transaction.  Faults in c->faults. */
enum err register_import(struct ctx *c, const char *path, struct register_imported *ret_done) MUST_USE;

#endif
