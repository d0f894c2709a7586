#include "base/rule.h"

#include <string.h>

#include "base/utf8.h"

static char *drop_invisible(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) * 3 + 1), *put = out;
	uint32_t cp;

	while ((cp = utf8_next(&text)))
		if (!utf8_is_invisible(cp))
			put += utf8_put(cp, put);
	return out;
}

static bool has_control(const char *text, bool lines)
{
	uint32_t cp;

	while ((cp = utf8_next(&text)))
		if (utf8_is_control(cp) && !(lines && (cp == '\n' || cp == '\t')))
			return true;
	return false;
}

const char *rule_line(struct arena *a, const char **text, const char **ret_say)
{
	*text = utf8_trim(a, drop_invisible(a, *text));
	if (!has_control(*text, false))
		return NULL;
	*ret_say = "不能换行，请写成一行";
	return "control";
}

const char *rule_note(struct arena *a, const char **text, const char **ret_say)
{
	char *out = drop_invisible(a, *text), *put = out;

	for (const char *p = out; *p; p++)
		if (p[0] != '\r')
			*put++ = *p;
		else if (p[1] != '\n')
			*put++ = '\n';
	*put = 0;
	*text = utf8_trim(a, out);
	if (!has_control(*text, true))
		return NULL;
	*ret_say = "有看不见的控制字符，请重新输入";
	return "control";
}

const char *rule_any(struct arena *a, const char **text, const char **ret_say)
{
	(void)a;
	(void)text;
	(void)ret_say;
	return NULL;
}

const char *rule_word(struct arena *a, const char **text, const char **ret_say)
{
	*text = utf8_trim(a, *text);
	if (**text && (*text)[strspn(*text, "abcdefghijklmnopqrstuvwxyz0123456789_")] == 0)
		return NULL;
	*ret_say = "只能用小写字母、数字和下划线";
	return "word";
}

static bool hyphen(uint32_t cp)
{
	return cp == '-' || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0xFE63 || cp == 0xFF0D;
}

char *rule_fold_code(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) * 3 + 1), *put = out;
	uint32_t cp;

	while ((cp = utf8_next(&text))) {
		if (utf8_is_blank(cp) || utf8_is_invisible(cp) || hyphen(cp))
			continue;
		if (cp >= 0xFF01 && cp <= 0xFF5E)
			cp -= 0xFF01 - '!';
		if (cp >= 'a' && cp <= 'z')
			cp -= 'a' - 'A';
		put += utf8_put(cp, put);
	}
	return out;
}
