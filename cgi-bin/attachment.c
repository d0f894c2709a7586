#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "domain/attachment.h"
#include "domain/upload.h"
#include "io/crypto.h"
#include "web/web.h"

/* Files of cases: tus 1.0.0 at /api/uploads/, the list of a case, the originals and their pages. */

#define CHUNK_TYPE "application/offset+octet-stream"

static enum err tus_version(struct web *w)
{
	return text_eq(http_header(w->http, "tus-resumable"), "1.0.0") ? ERR_OK : ERR_TUS_VERSION;
}

static const char *number(struct web *w, int64_t value)
{
	return arena_printf(w->c.arena, "%" PRId64, value);
}

/* A header that is a count of bytes.  false: missing or none. */
static bool count_header(struct web *w, const char *name, int64_t *ret_count)
{
	const char *text = http_header(w->http, name);
	size_t n = text ? strlen(text) : 0;

	if (n == 0 || strspn(text, "0123456789") != n)
		return false;
	*ret_count = n > 18 ? INT64_MAX : strtoll(text, NULL, 10);
	return true;
}

static enum err tus_options(struct web *w)
{
	web_header(w, "Tus-Version", "1.0.0");
	web_header(w, "Tus-Extension", "creation,creation-with-upload,expiration,checksum,termination");
	web_header(w, "Tus-Max-Size", number(w, w->c.house->config.upload_max_bytes));
	web_header(w, "Tus-Checksum-Algorithm", "sha1,sha256");
	return web_empty(w);
}

/* Upload-Checksum: none is fine. */
static enum err check_sum(struct web *w)
{
	const char *text = http_header(w->http, "upload-checksum"), *blank = text ? strchr(text, ' ') : NULL;
	unsigned char want[64], have[CRYPTO_HASH];
	size_t n, len = text && strncmp(text, "sha1 ", 5) == 0 ? 20 : text && strncmp(text, "sha256 ", 7) == 0 ? 32 : 0;

	if (!text)
		return ERR_OK;
	if (!len || strlen(blank + 1) > 60 || !base64_decode(blank + 1, strlen(blank + 1), want, &n) || n != len)
		return ctx_say(&w->c, ERR_SYNTAX, "Upload-Checksum应为sha1或sha256");
	if (len == 32)
		crypto_sha256(w->body.at, w->body.len, have);
	else if (!crypto_sha1(w->body.at, w->body.len, have))
		return ERR_INTERNAL;
	return crypto_equal(want, have, len) ? ERR_OK : ERR_CHECKSUM;
}

static void say_progress(struct web *w, const struct upload *u)
{
	web_header(w, "Upload-Offset", number(w, u->received));
	web_header(w, "Upload-Expires", moment_http(w->c.arena, u->ends_at));
}

static enum err tus_create(struct web *w)
{
	const char *metadata = http_header(w->http, "upload-metadata");
	bool with_body = w->body.len > 0;
	struct upload u;
	int64_t length;
	enum err e = tus_version(w);

	if (e == ERR_OK && (http_header(w->http, "upload-defer-length") || !count_header(w, "upload-length", &length)))
		e = ctx_say(&w->c, ERR_SYNTAX, "Upload-Length应为文件的字节数");
	if (e == ERR_OK && with_body && !text_eq(http_param(w->http, "CONTENT_TYPE"), CHUNK_TYPE))
		e = ERR_MEDIA;
	if (e == ERR_OK && with_body && (int64_t)w->body.len > length)
		e = ctx_say(&w->c, ERR_TOO_LARGE, "收到的内容比预告的长");
	if (e == ERR_OK && with_body)
		e = check_sum(w);
	if (e == ERR_OK)
		e = upload_create(&w->c, metadata ? metadata : "", length, &u);
	if (e == ERR_OK && with_body)
		e = upload_append(&w->c, u.id, 0, w->body, &u);
	if (e != ERR_OK)
		return e;
	say_progress(w, &u);
	return web_created(w, arena_printf(w->c.arena, "/api/uploads/%s", u.id));
}

static enum err tus_head(struct web *w)
{
	struct upload u;
	enum err e = tus_version(w);

	if (e == ERR_OK)
		e = upload_find(&w->c, w->segment[0], &u);
	if (e != ERR_OK)
		return e;
	say_progress(w, &u);
	web_header(w, "Upload-Length", number(w, u.length));
	web_header(w, "Upload-Metadata", u.metadata);
	return ERR_OK;
}

static enum err tus_patch(struct web *w)
{
	struct upload u;
	int64_t offset;
	enum err e = tus_version(w);

	if (e == ERR_OK && !text_eq(http_param(w->http, "CONTENT_TYPE"), CHUNK_TYPE))
		e = ERR_MEDIA;
	if (e == ERR_OK && !count_header(w, "upload-offset", &offset))
		e = ctx_say(&w->c, ERR_SYNTAX, "Upload-Offset应为已经收到的字节数");
	if (e == ERR_OK)
		e = check_sum(w);
	if (e == ERR_OK)
		e = upload_append(&w->c, w->segment[0], offset, w->body, &u);
	if (e != ERR_OK)
		return e;
	say_progress(w, &u);
	return web_empty(w);
}

static enum err tus_delete(struct web *w)
{
	enum err e = tus_version(w);

	if (e == ERR_OK)
		e = upload_remove(&w->c, w->segment[0]);
	return e == ERR_OK ? web_empty(w) : e;
}

static enum err list(struct web *w)
{
	return attachment_list(&w->c, WEB_NO(w), &w->json);
}

/* Bytes of strangers: never run, never shown inside a page of ours. */
static void guard_bytes(struct web *w)
{
	web_header(w, "Content-Security-Policy", "sandbox; default-src 'none'");
	web_header(w, "X-Content-Type-Options", "nosniff");
}

static enum err original(struct web *w)
{
	struct attachment t = {0};
	struct bytes bytes;
	struct str name;
	enum err e = attachment_original(&w->c, w->segment[0], &t, &bytes);

	if (e != ERR_OK)
		return e;
	str_init(&name, w->c.arena);
	str_add(&name, "attachment; filename*=UTF-8''");
	str_url(&name, t.filename);
	guard_bytes(w);
	web_header(w, "Content-Disposition", name.at);
	web_bytes(w, t.media, bytes);
	return ERR_OK;
}

static enum err picture(
	struct web *w, enum err (*look)(struct ctx *c, const char *id, int64_t page, struct bytes *ret_jpeg))
{
	const char *text = w->segment[1];
	struct bytes jpeg;
	enum err e = ERR_NOT_FOUND;

	if (strlen(text) <= 3 && strspn(text, "0123456789") == strlen(text))
		e = look(&w->c, w->segment[0], strtoll(text, NULL, 10), &jpeg);
	if (e != ERR_OK)
		return e;
	guard_bytes(w);
	web_bytes(w, "image/jpeg", jpeg);
	return ERR_OK;
}

static enum err page(struct web *w)
{
	return picture(w, attachment_page);
}

static enum err thumb(struct web *w)
{
	return picture(w, attachment_thumb);
}

static enum err take_back(struct web *w)
{
	enum err e = attachment_remove(&w->c, w->segment[0]);

	return e == ERR_OK ? web_empty(w) : e;
}

static const struct route routes[] = {
	{OPTIONS, "/api/uploads/", PERM_PUBLIC, ROUTE_TUS | ROUTE_NO_DB, NULL, NULL, tus_options},
	{OPTIONS, "/api/uploads/:id", PERM_PUBLIC, ROUTE_TUS | ROUTE_NO_DB, NULL, NULL, tus_options},
	{POST, "/api/uploads/", PERM_APPLY, ROUTE_TUS | ROUTE_RAW, NULL, NULL, tus_create},
	{HEAD, "/api/uploads/:id", PERM_APPLY, ROUTE_TUS, NULL, NULL, tus_head},
	{PATCH, "/api/uploads/:id", PERM_APPLY, ROUTE_TUS | ROUTE_RAW, NULL, NULL, tus_patch},
	{DELETE, "/api/uploads/:id", PERM_APPLY, ROUTE_TUS, NULL, NULL, tus_delete},
	{GET, "/api/applications/:no/attachments", PERM_APPLY, 0, NULL, NULL, list},
	{GET, "/api/attachments/:id", PERM_APPLY, 0, NULL, NULL, original},
	{GET, "/api/attachments/:id/pages/:n", PERM_APPLY, 0, NULL, NULL, page},
	{GET, "/api/attachments/:id/pages/:n/thumb", PERM_APPLY, 0, NULL, NULL, thumb},
	{DELETE, "/api/attachments/:id", PERM_APPLY, ROUTE_TX, NULL, NULL, take_back},
	{GET, "/api/staff/attachments/:id", PERM_CASE_READ, 0, NULL, NULL, original},
	{GET, "/api/staff/attachments/:id/pages/:n", PERM_CASE_READ, 0, NULL, NULL, page},
	{GET, "/api/staff/attachments/:id/pages/:n/thumb", PERM_CASE_READ, 0, NULL, NULL, thumb},
};

int main(int argc, char **argv)
{
	return web_run("attachment", argc, argv, ROUTES(routes));
}
