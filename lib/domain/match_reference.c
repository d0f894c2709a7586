/* What a payer wrote and who he says he is. */
#include <string.h>

#include "base/han.h"
#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/match.h"

enum { SHORTEST = 11, LONGEST = 13, SEQUENCE_AT = 6 };

/* Width and case folded, blanks and punctuation dropped; what is no letter or digit of ours parts the runs. */
static char *fold(struct arena *a, const char *remark)
{
	char *out = arena_alloc(a, strlen(remark) + 1), *put = out;
	const char *at = utf8_fold_ascii(a, remark);
	uint32_t cp;

	while ((cp = utf8_next(&at))) {
		if (cp >= 'a' && cp <= 'z')
			cp -= 'a' - 'A';
		if ((cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z'))
			*put++ = (char)cp;
		else if (cp >= 0x80 && !utf8_is_blank(cp) && !utf8_is_invisible(cp))
			*put++ = ' ';
	}
	*put = 0;
	return out;
}

static char as_digit(char c)
{
	return c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
}

static const char *try(struct arena *a, const char *prefix, const char *digits, size_t n, char check)
{
	const char *no, *say;

	no = arena_printf(a, "%s20%.6s%.*s%.*s%c", prefix, digits, (int)(LONGEST - n), "00", (int)(n - 1 - SEQUENCE_AT),
		digits + SEQUENCE_AT, check);
	return rule_case_no(a, &no, &say) ? NULL : no;
}

/* Eleven to thirteen characters, digits but for the last.  As they stand; else mended, once. */
static const char *read_at(struct arena *a, const char *prefix, const char *at, size_t n, bool *ret_mended)
{
	static const char swap[][2] = {
		{'O', '0'}, {'0', 'O'}, {'I', '1'}, {'1', 'I'}, {'L', '1'}, {'1', 'L'}, {'I', 'L'}, {'L', 'I'}};
	char digits[LONGEST + 1] = {0}, check = at[n - 1];
	const char *no;

	*ret_mended = false;
	for (size_t i = 0; i < n - 1; i++) {
		digits[i] = as_digit(at[i]);
		if (digits[i] < '0' || digits[i] > '9')
			return NULL;
		*ret_mended = *ret_mended || digits[i] != at[i];
	}
	no = try(a, prefix, digits, n, check);
	for (size_t i = 0; !no && i < ARRAY_LEN(swap); i++) {
		if (swap[i][0] != check)
			continue;
		no = try(a, prefix, digits, n, swap[i][1]);
		*ret_mended = true;
	}
	return no;
}

static bool known(const struct match_reference *at, size_t n, const char *no)
{
	for (size_t i = 0; i < n; i++)
		if (text_eq(at[i].no, no))
			return true;
	return false;
}

size_t match_references(
	struct arena *a, const char *prefix, const char *remark, struct match_reference *ret, size_t most)
{
	const char *text = fold(a, remark);
	size_t found = 0, run;

	for (const char *at = text; *at && found < most; at += run ? run : 1) {
		size_t left = strcspn(at, " ");

		run = 0;
		for (size_t n = LONGEST; n >= SHORTEST && !run; n--) {
			struct match_reference r;

			if (n > left)
				continue;
			r.no = read_at(a, prefix, at, n, &r.mended);
			if (!r.no)
				continue;
			run = n;
			if (!known(ret, found, r.no))
				ret[found++] = r;
		}
	}
	return found;
}

/* --- names --- */

static const char *const unit_words[] = {"公司", "厂", "局", "院", "校", "所", "中心", "委员会", "协会", "学会", "商会",
	"银行", "合作社", "事务所", "服务部", "经营部", "店", "馆", "站", "处", "队", "部", "会", "社", "集团", "政府",
	"办公室", "大学", "中学", "小学", "幼儿园"};

bool match_is_unit(const char *payer_name)
{
	for (size_t i = 0; i < ARRAY_LEN(unit_words); i++)
		if (utf8_count(payer_name) > 4 && strstr(payer_name, unit_words[i]))
			return true;
	return false;
}

bool match_is_person(const char *payer_name)
{
	size_t n = utf8_count(payer_name);
	const char *at = payer_name;
	uint32_t cp;

	if (n < 2 || (n > 4 && !strstr(payer_name, "·")))
		return false;
	while ((cp = utf8_next(&at)))
		if (!han_is(cp) && cp != 0xB7)
			return false;
	return true;
}

char *match_near_key(struct arena *a, const char *name)
{
	static const struct {
		const char *from, *to;
	} same[] = {{"有限责任公司", "有限公司"}, {"股份有限公司", "有限公司"}, {"(", ""}, {")", ""}, {"（", ""},
		{"）", ""}};
	char *key = name_key(a, name);

	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		struct str s;
		const char *at = key, *hit;

		str_init(&s, a);
		for (; (hit = strstr(at, same[i].from)); at = hit + strlen(same[i].from)) {
			str_addn(&s, at, (size_t)(hit - at));
			str_add(&s, same[i].to);
		}
		str_add(&s, at);
		key = s.at;
	}
	return key;
}
