#include <string.h>

#include "base/money.h"
#include "domain/statement_part.h"

/* Days, times and sums in the spellings of banks. */

/* Up to max digits; -1: none. */
static int number(const char **at, int max)
{
	int v = 0, n = 0;

	for (; n < max && **at >= '0' && **at <= '9'; n++)
		v = v * 10 + (*(*at)++ - '0');
	return n ? v : -1;
}

static bool skip_mark(const char **at, const char *han)
{
	size_t n = strlen(han);

	if (**at && strchr("-/.", **at)) {
		(*at)++;
		return true;
	}
	if (strncmp(*at, han, n) != 0)
		return false;
	*at += n;
	return true;
}

bool statement_day(const char *text, struct date *ret_day)
{
	const char *at = text;
	bool plain = strspn(text, "0123456789") >= 8;
	int y = number(&at, 4), m, d;
	int64_t moment;

	if (strchr(text, 'T') && moment_parse(text, &moment)) {
		*ret_day = date_of_moment(moment);
		return true;
	}
	if (y < 2000 || (!plain && !skip_mark(&at, "年")))
		return false;
	m = number(&at, 2);
	if (!plain && !skip_mark(&at, "月"))
		return false;
	d = number(&at, 2);
	if (m < 1 || d < 1 || (plain && text[8] && text[8] != ' ' && strspn(text, "0123456789") != 14))
		return false;
	if (!plain) {
		at += strncmp(at, "日", strlen("日")) == 0 ? strlen("日") : 0;
		if (*at && *at != ' ' && *at != 'T')
			return false;
	}
	*ret_day = (struct date){(int16_t)y, (int8_t)m, (int8_t)d};
	return date_valid(*ret_day);
}

bool statement_clock(const char *text, int64_t *ret_s)
{
	const char *at = strpbrk(text, " T");
	size_t digits = strspn(text, "0123456789");
	int h, m, s = 0;

	at = at ? at + 1 : digits == 14 ? text + 8 : digits <= 6 && !strpbrk(text, "-/.") ? text : "";
	h = number(&at, 2);
	at += *at == ':';
	m = number(&at, 2);
	if (*at == ':' || (*at >= '0' && *at <= '9')) {
		at += *at == ':';
		s = number(&at, 2);
	}
	if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
		return false;
	*ret_s = h * 3600 + m * 60 + s;
	return true;
}

bool statement_fen(const char *text, int64_t *ret_fen)
{
	return money_parse_signed(text, STATEMENT_MAX_FEN, ret_fen);
}
