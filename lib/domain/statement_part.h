#ifndef DOMAIN_STATEMENT_PART_H
#define DOMAIN_STATEMENT_PART_H

#include "domain/statement.h"

/* What the three parsers share: each says in words what stands in a row, the common part folds, checks and keeps it. */

struct statement_raw {
	int64_t row;
	const char *serial, *date, *time, *value_date;
	const char *credit, *debit, *amount, *direction; /* credit and debit, or amount with direction */
	const char *balance, *currency, *returned;
	const char *payer_name, *payer_account, *payer_bank, *remark;
};

/* What a row does to the balance, also one that is left out. */
struct statement_step {
	int64_t row, delta_fen, balance_fen;
	bool known, has_balance; /* the amount could be read; a balance stands behind it */
};

struct statement_reader {
	struct arena *arena;
	const struct statement_options *options;
	struct faults *faults; /* of the caller */
	struct statement_file *file;
	struct statement_line *line;
	struct statement_step *step;
	size_t lines, lines_cap, steps, steps_cap;
	int64_t bad_row; /* the last that had a fault */
};

/* A fault of a row; goes nowhere when the row is left out. */
void statement_fault(struct statement_reader *r, int64_t row, const char *code, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* Our account, as the file says it: held against what the caller said. */
void statement_set_account(struct statement_reader *r, const char *account);
/* One row, from words to a line.  NULL words are "". */
void statement_add(struct statement_reader *r, const struct statement_raw *raw);
/* A bad row whose words are not to be read. */
void statement_skip(struct statement_reader *r, int64_t row);

bool statement_fen(const char *text, int64_t *ret_fen); /* signed, up to STATEMENT_MAX_FEN */
bool statement_day(
	const char *text, struct date *ret_day); /* 2026-05-08 2026/5/8 20260508 2026年5月8日, a time behind it */
bool statement_clock(const char *text, int64_t *ret_s); /* 10:21:33 102133 10:21, also behind a day */

/* Holds the balances behind the lines against each other, in the order of the file or the other way round. */
void statement_check_running(struct statement_reader *r);

typedef enum err (*statement_parser)(struct statement_reader *r, struct bytes file);
/* Borrow file for the call; what they keep lies in r->arena.  ERR_INVALID: the file is none of this kind, with a fault. */
enum err statement_parse_citic(struct statement_reader *r, struct bytes file) MUST_USE;
enum err statement_parse_camt(struct statement_reader *r, struct bytes file) MUST_USE;
enum err statement_parse_csv(struct statement_reader *r, struct bytes file) MUST_USE;

#endif
