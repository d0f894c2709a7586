#include "base/money.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The yuan part: digits, or groups of three behind a first group of one to three. */
static bool scan_yuan(const char **at, int64_t max, int64_t *ret_yuan)
{
	const char *p = *at;
	int run = 0;
	bool grouped = false;
	int64_t v = 0;

	for (; is_digit(*p) || *p == ','; p++) {
		if (*p == ',') {
			if (run == 0 || run > 3 || (grouped && run != 3))
				return false;
			grouped = true;
			run = 0;
			continue;
		}
		run++;
		v = v * 10 + (*p - '0');
		if (v > max)
			return false;
	}
	if (run == 0 || (grouped && run != 3))
		return false;
	*at = p;
	*ret_yuan = v;
	return true;
}

static bool scan_decimals(const char **at, int64_t *ret_fen)
{
	const char *p = *at;

	*ret_fen = 0;
	if (*p != '.')
		return true;
	if (!is_digit(p[1]))
		return false;
	*ret_fen = (p[1] - '0') * 10;
	p += 2;
	if (is_digit(*p))
		*ret_fen += *p++ - '0';
	*at = p;
	return true;
}

/* Without an arena: the width is folded into a buffer as long as the longest amount, and longer text is no amount. */
static bool fold(const char *text, char *ret, size_t room)
{
	static const uint32_t yen_narrow = 0xA5, yen_wide = 0xFFE5;
	size_t n = 0;
	bool signed_yuan = false;
	uint32_t cp;

	while ((cp = utf8_next(&text))) {
		if (cp >= 0xFF01 && cp <= 0xFF5E)
			cp -= 0xFF01 - '!';
		if (utf8_is_blank(cp) && n == 0)
			continue;
		if ((cp == yen_narrow || cp == yen_wide) && n == 0 && !signed_yuan) {
			signed_yuan = true;
			continue;
		}
		if (utf8_is_blank(cp))
			cp = ' ';
		if (cp >= 0x80 || n + 1 == room)
			return false;
		ret[n++] = (char)cp;
	}
	while (n > 0 && ret[n - 1] == ' ')
		n--;
	ret[n] = 0;
	return true;
}

/* Digits, commas, decimals; max is far from where int64_t ends. */
static bool scan(const char *at, int64_t max_fen, int64_t *ret_fen)
{
	int64_t yuan, fen;

	if (!scan_yuan(&at, max_fen, &yuan) || !scan_decimals(&at, &fen) || *at || yuan > max_fen / 100 ||
		yuan * 100 + fen > max_fen)
		return false;
	*ret_fen = yuan * 100 + fen;
	return true;
}

bool money_parse(const char *text, int64_t *ret_fen)
{
	char plain[64];

	return fold(text, plain, sizeof plain) && scan(plain, MONEY_MAX_FEN, ret_fen);
}

bool money_parse_signed(const char *text, int64_t max_fen, int64_t *ret_fen)
{
	static const char *const yuan[] = {"¥", "￥"};
	char plain[64];
	const char *at = text;
	bool minus, sign;

	assert(max_fen <= MONEY_WORDS_MAX_FEN * 100);
	while (*at == ' ')
		at++;
	minus = *at == '-';
	sign = minus || *at == '+';
	at += sign;
	for (size_t i = 0; i < 2; i++)
		if (!sign && strncmp(at, yuan[i], strlen(yuan[i])) == 0 &&
			(at[strlen(yuan[i])] == '-' || at[strlen(yuan[i])] == '+')) {
			at += strlen(yuan[i]);
			minus = *at++ == '-';
		}
	if (!fold(at, plain, sizeof plain) || !scan(plain, max_fen, ret_fen))
		return false;
	if (minus)
		*ret_fen = -*ret_fen;
	return true;
}

char *money_text(struct arena *a, int64_t fen)
{
	uint64_t left = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen, unit = 1;
	struct str s;

	str_init(&s, a);
	str_add(&s, fen < 0 ? "-¥" : "¥");
	while (left / 100 / unit >= 1000)
		unit *= 1000;
	str_addf(&s, "%d", (int)(left / 100 / unit));
	for (unit /= 1000; unit > 0; unit /= 1000)
		str_addf(&s, ",%03d", (int)(left / 100 / unit % 1000));
	str_addf(&s, ".%02d", (int)(left % 100));
	return s.at;
}

static const char *const numeral[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

/* zero: a run of zeros is waiting for the digit that follows it. */
static void add_group(struct str *s, int group, bool *zero)
{
	static const char *const unit[] = {"", "拾", "佰", "仟"};
	static const int weight[] = {1, 10, 100, 1000};

	for (int i = 3; i >= 0; i--) {
		int digit = group / weight[i] % 10;

		if (digit == 0) {
			*zero = s->len > 0;
			continue;
		}
		if (*zero)
			str_add(s, numeral[0]);
		*zero = false;
		str_add(s, numeral[digit]);
		str_add(s, unit[i]);
	}
}

static void add_yuan(struct str *s, int64_t yuan)
{
	static const char *const name[] = {"", "万", "亿"};
	static const int64_t weight[] = {1, 10000, 100000000};
	bool zero = false, tail = false;

	for (int i = 2; i >= 0; i--) {
		int group = (int)(yuan / weight[i] % 10000);

		if (group == 0) {
			zero = s->len > 0;
			tail = false;
			continue;
		}
		/* Zeros that only end a group are silent before a digit in the thousands: 壹拾万柒仟. */
		if (tail && group >= 1000)
			zero = false;
		add_group(s, group, &zero);
		str_add(s, name[i]);
		tail = true;
	}
}

char *money_words(struct arena *a, int64_t fen)
{
	int64_t yuan = fen / 100;
	int jiao = (int)(fen / 10 % 10), last = (int)(fen % 10);
	struct str s;

	assert(fen >= 0 && fen <= MONEY_WORDS_MAX_FEN);
	str_init(&s, a);
	if (fen == 0)
		str_add(&s, numeral[0]);
	add_yuan(&s, yuan);
	if (yuan > 0 || fen == 0)
		str_add(&s, "元");
	if (jiao == 0 && last == 0) {
		str_add(&s, "整");
		return s.at;
	}
	if (yuan > 0 && (yuan % 10 == 0 || jiao == 0))
		str_add(&s, numeral[0]);
	if (jiao > 0) {
		str_add(&s, numeral[jiao]);
		str_add(&s, "角");
	}
	if (last > 0) {
		str_add(&s, numeral[last]);
		str_add(&s, "分");
	}
	return s.at;
}
