#include "base/rule.h"

#include <string.h>

#include "base/han.h"
#include "base/utf8.h"

enum { MIDDLE_DOT = 0xB7 };

static bool latin(uint32_t cp)
{
	return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') ||
	       (cp >= 0xC0 && cp <= 0x24F && cp != 0xD7 && cp != 0xF7) || (cp >= 0x1E00 && cp <= 0x1EFF);
}

static bool ideograph(uint32_t cp)
{
	return han_is(cp) || han_is_private(cp);
}

/* Ideographic variation: part of the character before it. */
static bool variation(uint32_t cp)
{
	return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

static bool digit(uint32_t cp)
{
	return (cp >= '0' && cp <= '9') || (cp >= 0xFF10 && cp <= 0xFF19);
}

static uint32_t fold_width(uint32_t cp)
{
	return cp >= 0xFF01 && cp <= 0xFF5E ? cp - (0xFF01 - '!') : cp;
}

static uint32_t fold_person(uint32_t cp, uint32_t before)
{
	switch (cp) {
	case 0x2022:
	case 0x30FB:
	case 0xFF0E:
	case 0x2027:
	case 0x2219: return MIDDLE_DOT;
	case '.': return ideograph(before) ? MIDDLE_DOT : '.';
	case 0x2019: return '\'';
	default: return fold_width(cp);
	}
}

static uint32_t fold_unit(uint32_t cp, uint32_t before)
{
	(void)before;
	return cp == '(' ? 0xFF08 : cp == ')' ? 0xFF09 : cp;
}

/* A blank has a meaning only between two Latin words; beside anything else it is there for looks. */
static bool keeps_blank(uint32_t before, uint32_t after)
{
	return before && after && before < 0x2E80 && after < 0x2E80 && before != MIDDLE_DOT && after != MIDDLE_DOT;
}

static char *fold_name(struct arena *a, const char *text, uint32_t (*fold)(uint32_t cp, uint32_t before))
{
	char *out = arena_alloc(a, strlen(text) * 3 + 1), *put = out;
	uint32_t cp, before = 0;
	bool blank = false;

	while ((cp = utf8_next(&text))) {
		if (utf8_is_blank(cp)) {
			blank = true;
			continue;
		}
		cp = fold(cp, before);
		if (blank && keeps_blank(before, cp))
			*put++ = ' ';
		blank = false;
		put += utf8_put(cp, put);
		before = cp;
	}
	return out;
}

/* What may stand between two letters of a name. */
static bool joint(uint32_t cp)
{
	return cp == MIDDLE_DOT || cp == ' ' || cp == '\'' || cp == '-' || cp == '.';
}

static bool name_letter(uint32_t cp, uint32_t before)
{
	return ideograph(cp) || latin(cp) || (ideograph(before) && variation(cp)) ||
	       (latin(before) && cp >= 0x300 && cp <= 0x36F);
}

/* The sentence for a name that is not one; NULL when it is. */
static const char *person_fault(struct arena *a, const char *text)
{
	uint32_t cp, before = 0;
	size_t n = utf8_count(text);

	if (n < 2 || n > 50)
		return arena_printf(a, "应为2至50个字，现在是%zu个", n);
	for (; (cp = utf8_next(&text)); before = cp) {
		if (digit(cp))
			return "不能有数字，请与证件一致";
		if (name_letter(cp, before))
			continue;
		if (!joint(cp))
			return "只能有汉字、字母和间隔号“·”";
		/* "J. Smith": a blank may follow a full stop, no other two joints may meet. */
		if (before == 0 || (joint(before) && !(before == '.' && cp == ' ')))
			return "的间隔号应在两个字之间";
	}
	return joint(before) && before != '.' ? "的间隔号应在两个字之间" : NULL;
}

const char *rule_person(struct arena *a, const char **text, const char **ret_say)
{
	const char *wrong = rule_line(a, text, ret_say);

	if (wrong)
		return wrong;
	*text = fold_name(a, *text, fold_person);
	*ret_say = person_fault(a, *text);
	return *ret_say ? "person_name" : NULL;
}

const char *rule_unit(struct arena *a, const char **text, const char **ret_say)
{
	const char *wrong = rule_line(a, text, ret_say), *at;
	uint32_t cp;
	bool letters = false;
	int open = 0;

	if (wrong)
		return wrong;
	*text = at = fold_name(a, *text, fold_unit);
	while ((cp = utf8_next(&at)) && open >= 0) {
		letters |= ideograph(cp) || latin(cp);
		open += cp == 0xFF08 ? 1 : cp == 0xFF09 ? -1 : 0;
	}
	if (letters && open == 0)
		return NULL;
	*ret_say = letters ? "的括号不成对，请与执照一致" : "应为执照上的名称，含汉字或字母";
	return "unit_name";
}

const char *rule_hint_name(struct arena *a, const char *folded)
{
	uint32_t cp;

	while ((cp = utf8_next(&folded)))
		if (han_is_private(cp))
			return arena_printf(a, "含造字U+%04X，请另附该字的图片", (unsigned)cp);
	return NULL;
}

char *name_key(struct arena *a, const char *name)
{
	char *out = arena_alloc(a, strlen(name) * 3 + 1), *put = out;
	uint32_t cp;

	while ((cp = utf8_next(&name)))
		if (cp != ' ' && cp != 0xA0 && cp != 0x3000)
			put += utf8_put(fold_width(cp), put);
	return out;
}
