#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/money.h"
#include "base/utf8.h"
#include "domain/calendar.h"

/* Days, moments, amounts and calendar files: what is read is written back as the same value. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what)
{
	if (!what)
		abort();
}

static void dates(struct arena *a, const char *text)
{
	struct date d;
	int64_t t, again;

	if (date_parse(text, &d)) {
		must(date_valid(d) && strcmp(date_text(a, d), text) == 0);
		must(date_cmp(date_of_number(date_number(d)), d) == 0);
	}
	if (moment_parse(text, &t) && t != 0 && *moment_text(a, t))
		must(moment_parse(moment_text(a, t), &again) && again == t);
}

static void number(struct arena *a, int64_t n)
{
	moment_text(a, n);
	moment_short(a, n);
	moment_http(a, n);
	date_chinese(a, date_of_number(n));
	must(date_none(date_of_moment(n)) || date_valid(date_of_moment(n)));
	money_text(a, n);
}

static void amounts(struct arena *a, const char *text)
{
	int64_t fen, again;

	if (!money_parse(text, &fen))
		return;
	must(fen >= 0 && fen <= MONEY_MAX_FEN);
	must(money_parse(money_text(a, fen), &again) && again == fen);
	must(utf8_count(money_words(a, fen)) > 1);
}

static void files(struct arena *a, const char *text)
{
	struct calendar *c = arena_alloc(a, sizeof *c);
	struct calendar_rows rows;
	struct faults faults;
	enum err e;

	faults_init(&faults, a);
	calendar_init(c);
	e = calendar_parse_csv(a, text, &rows, &faults);
	must((e == ERR_OK) == (faults.count == 0));
	if (e == ERR_OK)
		must(rows.count > 0 && calendar_add_rows(c, &rows));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena *a = arena_new();
	const char *text = arena_textn(a, (const char *)data, size);
	int64_t n;

	if (size >= sizeof n) {
		memcpy(&n, data, sizeof n);
		number(a, n);
	}
	files(a, text);
	if (!utf8_valid(text, strlen(text)))
		return 0;
	dates(a, text);
	amounts(a, text);
	return 0;
}
