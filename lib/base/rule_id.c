#include "base/rule.h"

#include <string.h>
#include <time.h>

#include "base/utf8.h"

static const char digit[] = "0123456789", code[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Index of c in an alphabet, -1 when it is not there; a NUL is not there. */
static int value(const char *alphabet, char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

static const char *wrong_length(struct arena *a, const char *text, int want)
{
	return arena_printf(a, "应为%d位，现在是%zu位", want, utf8_count(text));
}

/* The place, counted from 1, of the first character that is not in the alphabet; 0 when all of the first n are. */
static int stranger(const char *text, const char *alphabet, int n)
{
	uint32_t cp;

	for (int i = 1; i <= n && (cp = utf8_next(&text)); i++)
		if (cp >= 0x80 || value(alphabet, (char)cp) < 0)
			return i;
	return 0;
}

/* GB 32100-2015 */
static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static char uscc_check(const char *text)
{
	int sum = 0, weight = 1;

	for (int i = 0; i < 17; i++, weight = weight * 3 % 31)
		sum += value(uscc_alphabet, text[i]) * weight;
	return uscc_alphabet[(31 - sum % 31) % 31];
}

const char *rule_uscc(struct arena *a, const char **text, const char **ret_say)
{
	int at;

	*text = rule_fold_code(a, *text);
	if (utf8_count(*text) != 18) {
		*ret_say = wrong_length(a, *text, 18);
		return "uscc_length";
	}
	at = stranger(*text, uscc_alphabet, 17);
	if (at) {
		*ret_say = arena_printf(a, "第%d位有误，代码不含字母I、O、S、V、Z", at);
		return "uscc_char";
	}
	if ((*text)[17] == uscc_check(*text))
		return NULL;
	*ret_say = "校验不符，请逐位核对执照";
	return "uscc_check";
}

/* GB 11714, positions 9 to 17 */
static bool org_check_right(const char *text)
{
	static const int weight[] = {3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	for (int i = 0; i < 8; i++)
		sum += value(code, text[8 + i]) * weight[i];
	return text[16] == "0X987654321"[sum % 11];
}

const char *rule_hint_uscc(const char *folded)
{
	if (strlen(folded) != 18 || stranger(folded, uscc_alphabet, 18))
		return NULL;
	if (!strchr("13589YN", folded[0]))
		return "首位不常见，请核对登记机关";
	return org_check_right(folded) ? NULL : "中的组织机构代码不常见，请再核对";
}

/* GB 11643-1999 */
static char resident_check(const char *text)
{
	static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += value(digit, text[i]) * weight[i];
	return "10X98765432"[sum % 11];
}

static struct date birthday(const char *text)
{
	int v[8];

	for (int i = 0; i < 8; i++)
		v[i] = value(digit, text[6 + i]);
	return (struct date){
		.year = (int16_t)(v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3]),
		.month = (int8_t)(v[4] * 10 + v[5]),
		.day = (int8_t)(v[6] * 10 + v[7]),
	};
}

const char *rule_resident_at(struct arena *a, const char **text, const char **ret_say, struct date today)
{
	struct date born;
	size_t n;
	int at;

	*text = rule_fold_code(a, *text);
	n = utf8_count(*text);
	if (n == 15 && !stranger(*text, digit, 15)) {
		*ret_say = "是15位旧号码，请填新证上的18位号码";
		return "id_old";
	}
	if (n != 18) {
		*ret_say = wrong_length(a, *text, 18);
		return "id_length";
	}
	at = stranger(*text, digit, 17);
	if (!at && !strchr("0123456789X", (*text)[17]))
		at = 18;
	if (at) {
		*ret_say = arena_printf(a, "第%d位应为数字%s，请核对", at, at == 18 ? "或X" : "");
		return "id_char";
	}
	born = birthday(*text);
	if (!date_valid(born) || date_cmp(born, today) > 0) {
		*ret_say = "第7至14位不是出生日期，请核对";
		return "id_date";
	}
	if ((*text)[17] == resident_check(*text))
		return NULL;
	*ret_say = "校验不符，请对照证件逐位核对";
	return "id_check";
}

const char *rule_resident(struct arena *a, const char **text, const char **ret_say)
{
	return rule_resident_at(a, text, ret_say, date_of_moment((int64_t)time(NULL)));
}

/* First two digits: provinces of GB/T 2260, 81–83 residence permits; 9 opens a foreigner's card. */
const char *rule_hint_resident(const char *folded)
{
	static const char *const province[] = {
		"11",
		"12",
		"13",
		"14",
		"15",
		"21",
		"22",
		"23",
		"31",
		"32",
		"33",
		"34",
		"35",
		"36",
		"37",
		"41",
		"42",
		"43",
		"44",
		"45",
		"46",
		"50",
		"51",
		"52",
		"53",
		"54",
		"61",
		"62",
		"63",
		"64",
		"65",
		"71",
		"81",
		"82",
		"83",
	};

	if (folded[0] == '9')
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(province); i++)
		if (strncmp(folded, province[i], 2) == 0)
			return NULL;
	return "前两位不是省份代码，请再核对";
}

static const char *id_code(struct arena *a, const char **text, const char **ret_say)
{
	size_t n;

	*text = rule_fold_code(a, *text);
	n = utf8_count(*text);
	if (n < 5 || n > 20) {
		*ret_say = arena_printf(a, "应为5至20位，现在是%zu位", n);
		return "id_length";
	}
	if (!stranger(*text, code, 20))
		return NULL;
	*ret_say = "只能有字母和数字";
	return "id_char";
}

const char *rule_id_other(struct arena *a, const char **text, const char **ret_say)
{
	return id_code(a, text, ret_say);
}

const char *rule_id_number(struct arena *a, const char **text, const char **ret_say)
{
	return id_code(a, text, ret_say);
}

/* Tools print serials as 0A:1B:2C. */
static char *drop_colons(char *text)
{
	char *put = text;

	for (const char *p = text; *p; p++)
		if (*p != ':')
			*put++ = *p;
	*put = 0;
	return text;
}

const char *rule_serial(struct arena *a, const char **text, const char **ret_say)
{
	size_t n;

	*text = drop_colons(rule_fold_code(a, *text));
	n = strlen(*text);
	if (n >= 2 && n <= 40 && n % 2 == 0 && !stranger(*text, "0123456789ABCDEF", 40))
		return NULL;
	*ret_say = "应为双数位（至多40位），只含0-9、A-F";
	return "serial";
}

char mod3736(const char *text)
{
	int p = 36, v;

	for (; *text; text++) {
		v = value(code, *text);
		if (v < 0)
			return 0;
		p = (p + v) % 36;
		p = (p ? p : 36) * 2 % 37;
	}
	return code[(37 - p) % 36];
}

enum { CASE_PREFIX = 2, CASE_CHECK = 16, CASE_LENGTH = 17 };

/* Letters that people read in place of digits; only where a digit stands, for the check character may be a letter. */
static void fold_digits(char *text)
{
	for (int i = CASE_PREFIX; i < CASE_CHECK; i++)
		if (text[i] == 'O')
			text[i] = '0';
		else if (text[i] == 'I' || text[i] == 'L')
			text[i] = '1';
}

static bool case_shape(const char *text)
{
	struct date d;
	char day[11] = {text[2], text[3], text[4], text[5], '-', text[6], text[7], '-', text[8], text[9], 0};

	return !stranger(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", CASE_PREFIX) &&
	       !stranger(text + CASE_PREFIX, digit, CASE_CHECK - CASE_PREFIX) && date_parse(day, &d);
}

const char *rule_case_no(struct arena *a, const char **text, const char **ret_say)
{
	char *no = rule_fold_code(a, *text), *body;

	*text = no;
	if (utf8_count(no) != CASE_LENGTH) {
		*ret_say = wrong_length(a, no, CASE_LENGTH);
		return "case_length";
	}
	if (strlen(no) == CASE_LENGTH)
		fold_digits(no);
	if (strlen(no) != CASE_LENGTH || !case_shape(no)) {
		*ret_say = "应以2个字母和8位日期开头，请核对";
		return "case_no";
	}
	body = arena_textn(a, no, CASE_CHECK);
	if (no[CASE_CHECK] == mod3736(body))
		return NULL;
	*ret_say = "校验不符，请逐位核对";
	return "case_check";
}
