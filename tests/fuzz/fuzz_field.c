#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/utf8.h"
#include "domain/application_data.h"

/* The first byte chooses a row of the table below, the rest is the value as text; then the same text is a pointer into what
 * an applicant fills in.  What is taken lies within its bounds and is taken again unchanged; what is not leaves a fault. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct all {
	const char *line, *name, *word, *wide;
	int64_t count, any, moment;
	bool yes;
	struct date day;
};
static const char *const words[] = {"post", "counter", "online", NULL};
static const struct field fields[] = {
	TEXT(struct all, line, "一行", 1, 40, NULL),
	TEXT_REQUIRED(struct all, name, "姓名", 1, 50, rule_person),
	WORD(struct all, word, "方式", words),
	TEXT(struct all, wide, "说明", 0, 400, rule_note),
	INT(struct all, count, "数量", 1, 99),
	INT(struct all, any, "数", 0, 0),
	TIME(struct all, moment, "时间"),
	BOOL(struct all, yes, "是否"),
	DAY(struct all, day, "日期"),
};
static const struct shape shape = SHAPE(struct all, fields);

static void must(bool good)
{
	if (!good)
		abort();
}

static void within(const struct field *f, const struct all *at)
{
	if (f->type == FIELD_TEXT) {
		const char *text = *FIELD_PTR(f, at, const char *);

		must(!text || utf8_valid(text, strlen(text)));
		must(!text || !f->max || utf8_count(text) <= (size_t)f->max);
	} else if (f->type == FIELD_INT && (f->min || f->max)) {
		int64_t value = *FIELD_PTR(f, at, int64_t);

		must(!value || (value >= f->min && value <= f->max));
	} else if (f->type == FIELD_DAY)
		must(date_none(at->day) || date_valid(at->day));
}

static void pointers(struct arena *a, const char *text)
{
	struct application_data data = {0};
	struct item_data item[2] = {{"unit", "甲", NULL}, {NULL, NULL, NULL}};
	const void *base;
	const struct field *f;

	data.items = (struct list){item, 2};
	f = field_at(&application_data_shape, &data, arena_printf(a, "/%s", text), &base);
	if (f)
		field_is_empty(f, base);
	field_find(&application_data_shape, text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct all at = {0}, again = {0};
	const struct field *f;
	struct faults faults;

	if (n == 0 || !utf8_valid((const char *)bytes + 1, n - 1))
		return 0;
	faults_init(&faults, a);
	f = &fields[bytes[0] % ARRAY_LEN(fields)];
	field_set_text(f, &at, (const char *)bytes + 1, n - 1, "/x", &faults);
	if (!faults.count) {
		within(f, &at);
		if (f->type == FIELD_TEXT && *FIELD_PTR(f, &at, const char *)) {
			const char *text = *FIELD_PTR(f, &at, const char *);

			field_set_text(f, &again, text, strlen(text), "/x", &faults);
			must(!faults.count && strcmp(*FIELD_PTR(f, &again, const char *), text) == 0);
		}
	}
	field_check_required(&shape, &at, "", &faults);
	pointers(a, arena_textn(a, (const char *)bytes + 1, n - 1));
	return 0;
}
