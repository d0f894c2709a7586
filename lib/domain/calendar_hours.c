#include "domain/calendar_hours.h"

#include <stddef.h>

static const struct hours {
	int from_s, to_s;
} hours[] = {
	{8 * 3600 + 30 * 60, 12 * 3600},
	{14 * 3600, CALENDAR_CUT_OFF_S},
};

static int64_t within(int64_t from, int64_t to, int64_t open, int64_t shut)
{
	int64_t begin = from > open ? from : open, end = to < shut ? to : shut;

	return end > begin ? end - begin : 0;
}

enum err calendar_working_s(const struct calendar *c, int64_t from, int64_t to, int64_t *ret_s)
{
	struct date d = date_of_moment(from), last = date_of_moment(to);
	int64_t sum = 0;

	for (; to > from && date_cmp(d, last) <= 0; d = date_add(d, 1)) {
		int64_t midnight = date_moment(d, 0, 0, 0);
		bool works;
		enum err e = calendar_is_working(c, d, &works);

		if (e != ERR_OK)
			return e;
		for (size_t i = 0; works && i < sizeof hours / sizeof hours[0]; i++)
			sum += within(from, to, midnight + hours[i].from_s, midnight + hours[i].to_s);
	}
	*ret_s = sum;
	return ERR_OK;
}
