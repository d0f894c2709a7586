#include "domain/upload.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

static const struct {
	const char *key;
	size_t offset;
} keys[] = {
	{"application", offsetof(struct upload_metadata, application)},
	{"material", offsetof(struct upload_metadata, material)},
	{"filename", offsetof(struct upload_metadata, filename)},
	{"filetype", offsetof(struct upload_metadata, filetype)},
	{"sha256", offsetof(struct upload_metadata, sha256)},
};

static const char **member(struct upload_metadata *m, const char *key, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strlen(keys[i].key) == n && memcmp(keys[i].key, key, n) == 0)
			return (const char **)(void *)((char *)m + keys[i].offset);
	return NULL;
}

/* One "key value" of n bytes; "key" alone has an empty value. */
static bool read_pair(struct arena *a, const char *text, size_t n, struct upload_metadata *m)
{
	const char *blank = memchr(text, ' ', n), *value = blank ? blank + 1 : text + n;
	const char **to = member(m, text, blank ? (size_t)(blank - text) : n);
	size_t len = (size_t)(text + n - value), got = 0;
	char *plain;

	if (!to || *to)
		return false;
	plain = arena_alloc(a, len / 4 * 3 + 4);
	if (len && (!base64_decode(value, len, (unsigned char *)plain, &got) || !utf8_valid(plain, got)))
		return false;
	plain[got] = '\0';
	*to = plain;
	return true;
}

enum err upload_metadata_read(struct arena *a, const char *text, struct upload_metadata *ret_metadata)
{
	struct upload_metadata m = {0};

	if (strlen(text) > UPLOAD_METADATA_MAX)
		return ERR_SYNTAX;
	while (*text) {
		size_t n;

		text += strspn(text, " ");
		n = strcspn(text, ",");
		if (!read_pair(a, text, n, &m))
			return ERR_SYNTAX;
		text += n;
		if (*text && !*++text)
			return ERR_SYNTAX;
	}
	*ret_metadata = m;
	return ERR_OK;
}

const char *upload_filename(struct arena *a, const char *name)
{
	struct str s;
	size_t count = 0;

	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '\\')
			name = p + 1;
	str_init(&s, a);
	while (*name && count < UPLOAD_FILENAME_MAX) {
		const char *at = name;
		uint32_t cp = utf8_next(&name);

		if (utf8_is_control(cp) || utf8_is_invisible(cp))
			continue;
		str_addn(&s, at, (size_t)(name - at));
		count++;
	}
	name = utf8_trim(a, s.at);
	return *name && strspn(name, ".") != strlen(name) ? name : "文件";
}
