#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "domain/statement.h"

/* Any bytes as a bank statement; the first byte says which format, or that it is to be found.  What comes out of a file
 * without a fault is what the tables may hold, and adds up. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool right)
{
	if (!right)
		abort();
}

static void check_line(const struct statement_line *l)
{
	must(l->amount_fen > 0 && l->amount_fen <= STATEMENT_MAX_FEN);
	must(*l->serial && utf8_count(l->serial) <= STATEMENT_SERIAL_MAX);
	must(date_valid(l->booked_day) && date_valid(l->value_date) && l->booked_s >= -1 && l->booked_s < DAY_S);
	must(utf8_count(l->payer_name) <= STATEMENT_NAME_MAX && utf8_count(l->remark) <= STATEMENT_REMARK_MAX);
	must(utf8_count(l->payer_account) <= STATEMENT_ACCOUNT_MAX && utf8_count(l->payer_bank) <= STATEMENT_NAME_MAX);
	must(utf8_valid(l->remark, strlen(l->remark)) && utf8_valid(l->payer_name, strlen(l->payer_name)));
	must(strcmp(l->currency, "CNY") == 0);
}

static void check_file(const struct statement_file *f)
{
	int64_t sum = f->opening_fen;

	must(f->account && f->bad == 0);
	for (size_t i = 0; i < f->lines.count; i++) {
		const struct statement_line *l = (const struct statement_line *)f->lines.at + i;

		check_line(l);
		sum += l->out ? -l->amount_fen : l->amount_fen;
	}
	must(!f->has_balances || f->format == STATEMENT_CAMT || f->again || sum == f->closing_fen);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const formats[] = {NULL, "citic", "camt", "csv"};
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct statement_options o = {.account = "7443900182600096874", .today = {2026, 11, 22}};
	struct statement_file f;
	struct faults faults;
	enum err e;

	if (!n)
		return 0;
	o.format = formats[bytes[0] % 4];
	o.gaps = bytes[0] & 0x80;
	faults_init(&faults, a);
	e = statement_read(a, (struct bytes){bytes + 1, n - 1}, &o, &f, &faults);
	if (e == ERR_OK)
		check_file(&f);
	else
		must(e == ERR_TOO_LARGE || faults.count);
	return 0;
}
