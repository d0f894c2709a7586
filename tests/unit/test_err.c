#include "unit.h"

#include "base/err.h"

static void every_code_is_whole(void **state)
{
	(void)state;
	for (int e = 0; e < ERR_MAX; e++) {
		const char *wire = err_wire((enum err)e);

		expect(e, e == ERR_OK || (err_status((enum err)e) >= 400 && err_status((enum err)e) < 600));
		expect(e, wire[0] && wire[strspn(wire, "abcdefghijklmnopqrstuvwxyz_")] == 0);
		expect(e, (err_sentence((enum err)e)[0] != 0) == (e != ERR_OK));
		for (int other = 0; other < e; other++)
			expect(e, strcmp(wire, err_wire((enum err)other)) != 0);
	}
}

static void contract(void **state)
{
	static const struct {
		enum err e;
		int status;
		const char *wire;
	} row[] = {
		{ERR_OK, 200, "ok"},
		{ERR_NOT_FOUND, 404, "not_found"},
		{ERR_INVALID, 422, "invalid"},
		{ERR_CALENDAR, 422, "calendar_missing"},
		{ERR_KEY_REUSED, 422, "idempotency_key_reused"},
		{ERR_RUNNING, 409, "still_running"},
		{ERR_STALE, 412, "stale"},
		{ERR_NO_MATCH, 428, "if_match_required"},
		{ERR_LOCKED, 423, "locked"},
		{ERR_CHECKSUM, 460, "checksum"},
		{ERR_RATE, 429, "rate"},
		{ERR_DISK, 507, "storage_low"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		expect(i, err_status(row[i].e) == row[i].status);
		expect_text(i, err_wire(row[i].e), row[i].wire);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_is_whole), cmocka_unit_test(contract)};

	return UNIT_MAIN(tests);
}
