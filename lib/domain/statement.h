#ifndef DOMAIN_STATEMENT_H
#define DOMAIN_STATEMENT_H

#include "base/date.h"
#include "base/fault.h"
#include "base/field.h"

/* Bank statements as they are read, whatever bank wrote them.  Pure: no database, no clock.
 *
 * One struct statement_line a booking, one parser a format.  A file is read whole and every bad line is named; a file
 * with one bad line gives no lines to anybody, unless who imports it says of that line that it is to be left out.  What a
 * line is known by is the bank's own number and nothing else: two people may pay the same sum on the same day with the
 * same words.
 * Amounts are always more than nothing, the direction says the rest; balances may be below zero. */

enum statement_format { STATEMENT_CITIC, STATEMENT_CAMT, STATEMENT_CSV, STATEMENT_FORMATS };
extern const char *const statement_format_words[]; /* citic camt csv, ended by NULL */

enum {
	STATEMENT_MAX_BYTES = 8 * 1000 * 1000,
	STATEMENT_MAX_LINES = 20000,
	STATEMENT_SERIAL_MAX = 60,
	STATEMENT_NAME_MAX = 200,
	STATEMENT_ACCOUNT_MAX = 40,
	STATEMENT_REMARK_MAX = 500,
};
#define STATEMENT_MAX_FEN INT64_C(9999999999999) /* of one line and of a balance: a whole file of them adds up */

struct statement_line {
	int64_t row;	    /* where it stands: line of the CSV, n-th entry of the XML, from 1 */
	const char *serial; /* the bank's own, unchanged; of CITIC day-number-number */
	struct date booked_day, value_date;
	int64_t booked_s; /* second of the day; -1: the file does not say */
	int64_t amount_fen;
	bool out;      /* it left the account */
	bool returned; /* 退汇 */
	const char *currency;
	const char *payer_name, *payer_account, *payer_bank, *remark; /* of the other side; "" when not given */
	bool has_balance;
	int64_t balance_fen; /* after this line */
};

/* Columns of a CSV file: the titles that stand over each; NULL: found by its usual names, or not there.
 * Either credit and debit, or amount with direction (without one, minus is out). */
struct statement_mapping {
	const char *date, *time, *value_date, *serial, *credit, *debit, *amount, *direction, *balance, *currency,
		*payer_name, *payer_account, *payer_bank, *returned;
	struct texts remark; /* several are joined */
};
extern const struct shape statement_mapping_shape;

struct statement_options {
	const char *format;  /* NULL: found by what the file holds */
	const char *account; /* digits; NULL: the file says it */
	struct date today;
	const struct statement_mapping *mapping; /* CSV; NULL: usual names */
	const int64_t *without;			 /* rows to be left out, with their faults */
	size_t without_count;
	bool gaps; /* lines were filtered by the bank: balances that do not follow each other are no fault */
};

struct statement_file {
	enum statement_format format;
	const char *account;
	struct list lines; /* struct statement_line, in the order of the file */
	int64_t bad;	   /* rows with a fault */
	int64_t left_out;  /* rows of options->without that are there */
	int64_t again;	   /* rows that stand in the file a second time, word for word: counted once */
	struct date first_day, last_day;
	bool has_balances; /* opening + lines = closing was held against the lines */
	int64_t opening_fen, closing_fen;
	struct texts columns;		/* CSV: titles in the file */
	struct statement_mapping found; /* CSV: which of them means what */
};

/* All of it in a.  ERR_INVALID: faults, those of a line with the pointer "/lines/ROW"; *ret_file holds what could be read
 * all the same, for a preview.  ERR_TOO_LARGE.
 * Codes of lines: serial serial_spoiled date future amount amount_zero amount_negative amount_two direction currency
 * account_spoiled returned status text too_long twice balance cells; of the file: account account_other empty
 * column_missing balance_missing bank_status too_many, and those of io/xml.h and io/csv.h. */
enum err statement_read(struct arena *a, struct bytes file, const struct statement_options *options,
	struct statement_file *ret_file, struct faults *faults) MUST_USE;

/* Digits of an account as compared: width folded, blanks and hyphens dropped. */
char *statement_account_key(struct arena *a, const char *account);

#endif
