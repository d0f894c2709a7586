#include "base/mask.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

static void add_cp(struct str *s, uint32_t cp)
{
	char bytes[4];

	str_addn(s, bytes, utf8_put(cp, bytes));
}

/* The first head and the last tail code points of n, stars between. */
static char *ends(struct arena *a, const char *text, size_t n, size_t head, size_t tail)
{
	struct str s;
	uint32_t cp;

	str_init(&s, a);
	for (size_t i = 0; (cp = utf8_next(&text)); i++)
		add_cp(&s, i < head || i + tail >= n ? cp : '*');
	return s.at;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

char *mask_id(struct arena *a, const char *text)
{
	size_t n = text ? utf8_count(text) : 0;

	return text ? ends(a, text, n, least(4, n / 4), least(4, n / 4)) : NULL;
}

char *mask_phone(struct arena *a, const char *text)
{
	size_t n = text ? utf8_count(text) : 0;

	if (!text)
		return NULL;
	return n >= 11 ? ends(a, text, n, 3, 4) : ends(a, text, n, 0, least(4, n / 3));
}

char *mask_account(struct arena *a, const char *text)
{
	size_t n = text ? utf8_count(text) : 0;

	return text ? ends(a, text, n, 0, least(4, n / 4)) : NULL;
}

char *mask_name(struct arena *a, const char *text)
{
	size_t n = text ? utf8_count(text) : 0;

	return text ? ends(a, text, n, n > 1, n > 2) : NULL;
}

char *mask_email(struct arena *a, const char *text)
{
	const char *at = text ? strrchr(text, '@') : NULL;
	struct str s;

	if (!text || !*text)
		return arena_text(a, text);
	str_init(&s, a);
	if (at && at != text)
		add_cp(&s, utf8_next(&text));
	str_add(&s, "***");
	str_add(&s, at ? at : "");
	return s.at;
}

static bool ends_with(const char *from, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - from) >= n && memcmp(end - n, word, n) == 0;
}

/* A 区 that is no district: of a province, or of a housing estate. */
static bool other_area(const char *from, const char *end)
{
	static const char *const not [] = {
		"自治区", "行政区", "开发区", "小区", "社区", "园区", "校区", "厂区", "街区", "地区"};

	for (size_t i = 0; i < ARRAY_LEN(not ); i++)
		if (ends_with(from, end, not [i]))
			return true;
	return false;
}

/* Where the part that may be shown ends: behind the first district or county that closely follows the first city (or
 * comes before any), else behind that city. */
static const char *public_part(const char *text)
{
	enum { NEAR = 8 };
	const char *at = text, *city = NULL;
	size_t i = 0, city_at = 0;

	while (utf8_next(&at)) {
		i++;
		if (city && i > city_at + NEAR)
			break;
		if ((ends_with(text, at, "区") && !other_area(text, at)) || ends_with(text, at, "县") ||
			ends_with(text, at, "旗"))
			return at;
		if (!city && ends_with(text, at, "市")) {
			city = at;
			city_at = i;
		}
	}
	return city;
}

char *mask_address(struct arena *a, const char *text)
{
	const char *end = text && *text ? public_part(text) : NULL;
	struct str s;

	if (!text || !*text)
		return arena_text(a, text);
	str_init(&s, a);
	if (end)
		str_addn(&s, text, (size_t)(end - text));
	if (!end || *end)
		str_add(&s, "***");
	return s.at;
}
