#include "unit.h"

#include "base/str.h"
#include "domain/calendar_hours.h"
#include "domain/report_step.h"
#include "domain/report_table.h"

static int64_t moment(const char *text)
{
	int64_t t = 0;

	if (!moment_parse(text, &t))
		fail_msg("bad moment %s", text);
	return t;
}

/* 2026 with the first of October off and Saturday the tenth worked. */
static void fill(struct calendar *c)
{
	calendar_init(c);
	for (int d = 1; d <= 7; d++)
		assert_true(calendar_add(c, (struct date){2026, 10, (int8_t)d}, CALENDAR_OFF));
	assert_true(calendar_add(c, (struct date){2026, 10, 10}, CALENDAR_WORK));
}

static void working_minutes(void **state)
{
	static const struct {
		const char *from, *to;
		int64_t minutes;
	} cases[] = {
		{"2026-11-23T09:00:00+08:00", "2026-11-23T09:30:00+08:00", 30},
		{"2026-11-23T00:00:00+08:00", "2026-11-23T23:59:59+08:00", 390},
		{"2026-11-23T08:29:59+08:00", "2026-11-23T08:30:00+08:00", 0},
		{"2026-11-23T11:50:00+08:00", "2026-11-23T14:10:00+08:00", 20}, /* noon is closed */
		{"2026-11-23T16:59:00+08:00", "2026-11-24T08:31:00+08:00", 2},
		{"2026-11-20T16:00:00+08:00", "2026-11-23T09:00:00+08:00", 90},	 /* over a week end */
		{"2026-09-30T16:30:00+08:00", "2026-10-08T09:00:00+08:00", 60},	 /* over the holidays */
		{"2026-10-09T17:00:00+08:00", "2026-10-11T12:00:00+08:00", 390}, /* a Saturday that is worked */
		{"2026-11-22T16:30:00Z", "2026-11-23T01:00:00Z", 30},		 /* days of Shanghai */
		{"2026-11-23T10:00:00+08:00", "2026-11-23T09:00:00+08:00", 0},
	};
	struct calendar c;
	int64_t s;

	(void)state;
	fill(&c);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(calendar_working_s(&c, moment(cases[i].from), moment(cases[i].to), &s), ERR_OK);
		if (s / 60 != cases[i].minutes)
			fail_msg("case %zu: %d minutes", i, (int)(s / 60));
	}
	assert_int_equal(
		calendar_working_s(&c, moment("2026-12-31T16:00:00+08:00"), moment("2027-01-01T00:00:00+08:00"), &s),
		ERR_CALENDAR);
	assert_int_equal(CALENDAR_HOURS_DAY_S, 390 * 60);
}

/* "submit printed submitted 10": event, states, minute. */
struct told {
	const char *event, *from, *to;
	int64_t minute;
};
struct wanted {
	enum step step;
	int64_t begin, end;
};

static void hold(
	const char *name, const struct told *told, size_t n, int64_t clock, const struct wanted *want, size_t wants)
{
	struct step_event events[20];
	struct step_span spans[42];
	size_t count;

	for (size_t i = 0; i < n; i++)
		events[i] = (struct step_event){told[i].minute, told[i].event, told[i].from, told[i].to};
	count = step_spans(events, n, clock, spans);
	if (count != wants)
		fail_msg("%s: %zu steps", name, count);
	for (size_t i = 0; i < count; i++)
		if (spans[i].step != want[i].step || spans[i].begin != want[i].begin || spans[i].end != want[i].end)
			fail_msg("%s: step %zu is %s %d–%d", name, i, step_words[spans[i].step], (int)spans[i].begin,
				(int)spans[i].end);
}

static void steps(void **state)
{
	static const struct told round[] = {
		{"create", "draft", "draft", 1},
		{"freeze", "draft", "printed", 5},
		{"edit", "printed", "draft", 6},
		{"submit", "printed", "submitted", 10},
		{"claim", "submitted", "reviewing", 20},
		{"release", "reviewing", "submitted", 25},
		{"claim", "submitted", "reviewing", 30},
		{"return", "reviewing", "returned", 40},
		{"freeze", "returned", "returned", 45},
		{"submit", "returned", "submitted", 60},
		{"claim", "submitted", "reviewing", 61},
		{"accept", "reviewing", "accepted", 70},
		{"gates", "accepted", "second_review", 90},
		{"approve", "second_review", "approved", 100},
		{"produce", "approved", "produced", 110},
		{"remake", "produced", "approved", 112},
		{"produce", "approved", "produced", 120},
		{"send", "produced", "sent", 130},
		{"deliver", "sent", "completed", 150},
	};
	static const struct wanted round_wants[] = {{STEP_FILL, 1, 10}, {STEP_FIRST_REVIEW, 10, 40},
		{STEP_CORRECT, 40, 60}, {STEP_FIRST_REVIEW, 60, 70}, {STEP_GATHER, 70, 90},
		{STEP_SECOND_REVIEW, 90, 100}, {STEP_PRODUCE, 100, 110}, {STEP_HAND_OUT, 110, 112},
		{STEP_PRODUCE, 112, 120}, {STEP_HAND_OUT, 120, 130}, {STEP_DELIVER, 130, 150}, {STEP_PROMISE, 90, 130},
		{STEP_WHOLE, 10, 150}};
	static const struct told dropped[] = {
		{"create", "draft", "draft", 1},
		{"submit", "draft", "submitted", 3},
		{"withdraw", "submitted", "withdrawn", 9},
	};
	static const struct wanted dropped_wants[] = {{STEP_FILL, 1, 3}};
	static const struct told revived[] = {
		{"create", "draft", "draft", 1},
		{"submit", "draft", "submitted", 3},
		{"accept", "submitted", "accepted", 9},
		{"expire", "accepted", "expired", 20},
		{"stay_closed", "expired", "expired", 25},
		{"revive", "expired", "accepted", 30},
		{"gates", "accepted", "second_review", 31},
		{"reject", "second_review", "rejected", 40},
	};
	static const struct wanted revived_wants[] = {
		{STEP_FILL, 1, 3}, {STEP_FIRST_REVIEW, 3, 9}, {STEP_GATHER, 30, 31}, {STEP_SECOND_REVIEW, 31, 40}};

	(void)state;
	hold("with a correction", round, ARRAY_LEN(round), 90, round_wants, ARRAY_LEN(round_wants));
	hold("withdrawn", dropped, ARRAY_LEN(dropped), 0, dropped_wants, ARRAY_LEN(dropped_wants));
	hold("revived and refused", revived, ARRAY_LEN(revived), 31, revived_wants, ARRAY_LEN(revived_wants));
	hold("nothing yet", round, 0, 0, NULL, 0);
}

static void cells(void **state)
{
	static const struct {
		enum report_unit unit;
		int64_t value;
		const char *text;
	} cases[] = {
		{REPORT_COUNT, 12, "12"},
		{REPORT_FEN, 60005, "600.05"},
		{REPORT_FEN, -5, "-0.05"},
		{REPORT_RATE, 985, "98.5%"},
		{REPORT_RATE, 1000, "100.0%"},
		{REPORT_MINUTES, 0, "0"},
		{REPORT_SCORE, 452, "4.52"},
		{REPORT_FEN, REPORT_NONE, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(report_cell(mem, cases[i].unit, cases[i].value), cases[i].text);
	assert_int_equal(report_rate(1, 3), 333);
	assert_int_equal(report_rate(2, 3), 667);
	assert_int_equal(report_rate(0, 7), 0);
	assert_true(report_rate(0, 0) == REPORT_NONE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(working_minutes),
		cmocka_unit_test(steps),
		cmocka_unit_test(cells),
	};

	return UNIT_MAIN(tests);
}
