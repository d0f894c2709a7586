#include "base/rule.h"

#include <string.h>

#include "base/utf8.h"

static const char digits[] = "0123456789", code[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Only characters of the alphabet, between lo and hi of them. */
static bool made_of(const char *text, const char *alphabet, size_t lo, size_t hi)
{
	size_t n = strspn(text, alphabet);

	return text[n] == 0 && n >= lo && n <= hi;
}

/* Country code off a number that is only digits and "+". */
static const char *drop_country(const char *text)
{
	if (strncmp(text, "+86", 3) == 0)
		return text + 3;
	if (strncmp(text, "0086", 4) == 0)
		return text + 4;
	return strncmp(text, "86", 2) == 0 && strlen(text) == 13 ? text + 2 : text;
}

static bool is_mobile(const char *text)
{
	return made_of(text, digits, 11, 11) && text[0] == '1' && text[1] >= '3';
}

const char *rule_mobile(struct arena *a, const char **text, const char **ret_say)
{
	*text = drop_country(rule_fold_code(a, *text));
	if (is_mobile(*text))
		return NULL;
	*ret_say = made_of(*text, digits, 11, 11) ? "应以13至19开头，请核对" : "应为11位手机号码，请核对";
	return "mobile";
}

static bool is_service(const char *text)
{
	return made_of(text, digits, 10, 10) && (text[0] == '4' || text[0] == '8') && text[1] == '0' && text[2] == '0';
}

/* 0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})? */
static bool is_landline(const char *text)
{
	size_t n = strspn(text, digits), m;

	if (text[0] != '0')
		return false;
	if (n == 3 || n == 4) {
		if (text[n] != '-')
			return false;
		text += n + 1;
		n = strspn(text, digits);
		if (n != 7 && n != 8)
			return false;
	} else if (n < 10 || n > 12) {
		return false;
	}
	text += n;
	if (*text == 0)
		return true;
	m = strspn(text + 1, digits);
	return *text == '-' && m >= 1 && m <= 6 && text[1 + m] == 0;
}

/* Hyphens mean something here, so every kind becomes "-"; blanks and brackets are dropped. */
static char *fold_landline(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) * 3 + 1), *put = out;
	uint32_t cp;

	text = utf8_fold_ascii(a, text);
	while ((cp = utf8_next(&text))) {
		if (utf8_is_blank(cp) || utf8_is_invisible(cp) || cp == '(' || cp == ')')
			continue;
		if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0xFE63)
			cp = '-';
		put += utf8_put(cp, put);
	}
	return out;
}

const char *rule_phone(struct arena *a, const char **text, const char **ret_say)
{
	const char *plain, *mobile;

	*text = fold_landline(a, *text);
	plain = rule_fold_code(a, *text);
	mobile = drop_country(plain);
	if (is_mobile(mobile) || is_service(plain)) {
		*text = is_mobile(mobile) ? mobile : plain;
		return NULL;
	}
	if (is_landline(*text))
		return NULL;
	*ret_say = "应为手机号，或区号加号码的固定电话";
	return "phone";
}

/* Width folded; the Chinese full stop an input method leaves in a domain is a dot. */
static char *fold_email(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) * 3 + 1), *put = out;
	uint32_t cp;

	text = utf8_fold_ascii(a, text);
	while ((cp = utf8_next(&text)))
		put += utf8_put(cp == 0x3002 ? '.' : cp, put);
	return utf8_trim(a, out);
}

/* Nothing that could end a header, a list or an address in brackets. */
static bool email_letters(const char *text)
{
	uint32_t cp;

	while ((cp = utf8_next(&text)))
		if (utf8_is_blank(cp) || utf8_is_control(cp) || (cp < 0x80 && strchr("<>()[],;:\\\"", (int)cp)))
			return false;
	return true;
}

const char *rule_email(struct arena *a, const char **text, const char **ret_say)
{
	const char *wrong = rule_line(a, text, ret_say), *at, *dot;

	if (wrong)
		return wrong;
	*text = fold_email(a, *text);
	if (utf8_count(*text) > 120) {
		*ret_say = "不能超过120个字符";
		return "email";
	}
	at = strchr(*text, '@');
	dot = at ? strrchr(at, '.') : NULL;
	if (at && at != *text && !strchr(at + 1, '@') && dot && at[1] != '.' && dot[1] && !strstr(at, "..") &&
		email_letters(*text))
		return NULL;
	*ret_say = "的格式应像name@example.com";
	return "email";
}

const char *rule_account(struct arena *a, const char **text, const char **ret_say)
{
	*text = rule_fold_code(a, *text);
	if (made_of(*text, digits, 6, 32))
		return NULL;
	*ret_say = (*text)[strspn(*text, digits)] ? "只能有数字，请核对"
						  : arena_printf(a, "应为6至32位，现在是%zu位", strlen(*text));
	return "account";
}

const char *rule_hint_account(const char *folded)
{
	size_t n = strlen(folded);
	int sum = 0;

	if (!made_of(folded, digits, 16, 19))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		int v = folded[n - 1 - i] - '0';

		if (i % 2 == 1)
			v = v > 4 ? v * 2 - 9 : v * 2;
		sum += v;
	}
	return sum % 10 == 0 ? NULL : "可能有误，请对照银行卡再核对";
}

const char *rule_tax_number(struct arena *a, const char **text, const char **ret_say)
{
	*text = rule_fold_code(a, *text);
	if (made_of(*text, code, 15, 20))
		return NULL;
	*ret_say = (*text)[strspn(*text, code)] ? "只能有字母和数字，请核对"
						: arena_printf(a, "应为15至20位，现在是%zu位", strlen(*text));
	return "tax_number";
}

const char *rule_otp(struct arena *a, const char **text, const char **ret_say)
{
	*text = rule_fold_code(a, *text);
	if (made_of(*text, digits, 6, 6))
		return NULL;
	*ret_say = "应为6位数字";
	return "otp";
}

const char *rule_postcode(struct arena *a, const char **text, const char **ret_say)
{
	*text = rule_fold_code(a, *text);
	if (made_of(*text, digits, 6, 6))
		return NULL;
	*ret_say = "应为6位数字";
	return "postcode";
}

const char *rule_waybill(struct arena *a, const char **text, const char **ret_say)
{
	*text = rule_fold_code(a, *text);
	if (made_of(*text, code, 8, 20))
		return NULL;
	*ret_say = (*text)[strspn(*text, code)] ? "只能有字母和数字，请核对"
						: arena_printf(a, "应为8至20位，现在是%zu位", strlen(*text));
	return "waybill";
}
