#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "domain/attachment.h"
#include "domain/casefile.h"
#include "domain/relay.h"
#include "domain/seal.h"
#include "domain/session.h"
#include "domain/upload.h"
#include "io/crypto.h"
#include "io/image.h"
#include "io/qr.h"
#include "web/english.h"
#include "web/web.h"

/* Files of cases: tus 1.0.0 at /api/uploads/ (for a phone that took a relay at /api/relay/uploads/), the list of a case, the
 * originals and their pages, and the relay itself. */

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
	int64_t length = 0;
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
	return web_created(w, arena_printf(w->c.arena, "%s%s", w->path, u.id));
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
	int64_t offset = 0;
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

struct relay_in {
	const char *material;
};
static const struct field relay_fields[] = {TEXT_REQUIRED(struct relay_in, material, "材料", 1, 8, NULL)};
static const struct shape relay_shape = SHAPE(struct relay_in, relay_fields);

struct take_in {
	const char *token;
};
static const struct field take_fields[] = {TEXT_REQUIRED(struct take_in, token, "接力码", 1, 200, NULL)};
static const struct shape take_shape = SHAPE(struct take_in, take_fields);

/* For the desktop; the object stays open. */
static void write_relay(struct web *w, const char *material, const struct relay *r)
{
	struct json_out *j = &w->json;
	const char *why = NULL, *state = r->ends_at ? relay_state(&w->c, r, &why) : "none";

	json_object(j, NULL);
	json_text(j, "material", material);
	json_text(j, "state", state);
	if (why)
		json_text(j, "why", why);
	if (!r->ends_at)
		return;
	json_text(j, "pair", r->pair);
	json_time(j, "expires", r->ends_at);
	json_int(j, "received", r->received);
	json_int(j, "sending", r->sending);
}

static enum err relay_begin(struct web *w)
{
	const struct relay_in *in = w->in;
	const char *url, *code;
	struct relay r;
	struct qr qr;
	enum err e = relay_open(&w->c, WEB_NO(w), in->material, english_wanted(w), &r, &url, &code);

	if (e == ERR_OK)
		e = qr_make_line(w->c.arena, url, &qr);
	if (e != ERR_OK)
		return e;
	write_relay(w, in->material, &r);
	json_text(&w->json, "url", url);
	json_text(&w->json, "code", code);
	json_text(&w->json, "qr", qr_svg(w->c.arena, &qr));
	json_end(&w->json);
	return web_created(w, NULL);
}

static enum err relay_now(struct web *w)
{
	struct relay r;
	enum err e = relay_look(&w->c, WEB_NO(w), w->segment[1], &r);

	if (e != ERR_OK)
		return e;
	write_relay(w, w->segment[1], &r);
	json_end(&w->json);
	return ERR_OK;
}

static enum err relay_end(struct web *w)
{
	enum err e = relay_close(&w->c, WEB_NO(w), w->segment[1]);

	return e == ERR_OK ? web_empty(w) : e;
}

static enum err write_phone(struct web *w, const char *session)
{
	const char *service, *material;
	struct relay r;
	enum err e = relay_about(&w->c, &r, &service, &material);

	if (e != ERR_OK)
		return e;
	json_object(&w->json, NULL);
	json_bool(&w->json, "open", true);
	json_text(&w->json, "service_name", service);
	json_text(&w->json, "material", r.material);
	json_text(&w->json, "material_name", material);
	json_text(&w->json, "pair", r.pair);
	json_text(&w->json, "csrf", session_csrf(&w->c, session));
	json_time(&w->json, "expires", r.ends_at);
	json_end(&w->json);
	return ERR_OK;
}

static enum err phone_take(struct web *w)
{
	const struct take_in *in = w->in;
	const char *session;
	struct relay r;
	enum err e = relay_take(&w->c, in->token, w->token, &r, &session);

	if (e == ERR_OK)
		e = write_phone(w, session);
	if (e != ERR_OK)
		return e;
	web_cookie(w, DOOR_RELAY, session);
	return web_created(w, NULL);
}

static enum err phone_state(struct web *w)
{
	if (w->token)
		return write_phone(w, w->token);
	json_object(&w->json, NULL);
	json_bool(&w->json, "open", false);
	json_end(&w->json);
	return ERR_OK;
}

static enum err phone_done(struct web *w)
{
	enum err e = relay_done(&w->c);

	if (e != ERR_OK)
		return e;
	web_cookie(w, DOOR_RELAY, NULL);
	return web_empty(w);
}

static enum err phone_files(struct web *w)
{
	return attachment_list(&w->c, w->c.actor.relay->no, &w->json);
}

/* v: whatever makes the address of a new picture another. */
struct seal_query {
	const char *v;
};
static const struct field seal_query_fields[] = {TEXT(struct seal_query, v, "版本", 0, 64, NULL)};
static const struct shape seal_query_shape = SHAPE(struct seal_query, seal_query_fields);

/* The line of a case in the address; 0: none of a case. */
static int64_t line(const struct web *w)
{
	const char *text = w->segment[1];

	return strlen(text) <= 3 && strspn(text, "0123456789") == strlen(text) ? strtoll(text, NULL, 10) : 0;
}

static enum err seals(struct web *w)
{
	return seal_write(&w->c, WEB_NO(w), &w->json);
}

static enum err seal_cut_out(struct web *w)
{
	enum err e = seal_cut(&w->c, WEB_NO(w), line(w), w->in);

	return e == ERR_OK ? seals(w) : e;
}

static enum err seal_found_good(struct web *w)
{
	enum err e = seal_confirm(&w->c, WEB_NO(w), line(w), w->in);

	return e == ERR_OK ? seals(w) : e;
}

static enum err seal_bytes(struct web *w, enum seal_part part, const char *media)
{
	static const char *const names[SEAL_PART_MAX] = {"seal.png", "box.jpg", "seal.asn1"};
	struct bytes bytes;
	enum err e = seal_part(&w->c, WEB_NO(w), line(w), part, &bytes);

	if (e != ERR_OK)
		return e;
	guard_bytes(w);
	if (part == SEAL_DATA)
		web_header(w, "Content-Disposition",
			arena_printf(w->c.arena, "attachment; filename=\"%s-%s-%s\"", WEB_NO(w), w->segment[1],
				names[part]));
	web_bytes(w, media, bytes);
	return ERR_OK;
}

static enum err seal_picture(struct web *w)
{
	return seal_bytes(w, SEAL_PICTURE, "image/png");
}

static enum err seal_sight(struct web *w)
{
	return seal_bytes(w, SEAL_SIGHT, "image/jpeg");
}

static enum err seal_download(struct web *w)
{
	return seal_bytes(w, SEAL_DATA, "application/octet-stream");
}

static enum err casefile(struct web *w)
{
	struct casefile_row row;
	struct json_out *j = &w->json;
	enum err e = casefile_find(&w->c, WEB_NO(w), &row);

	if (e != ERR_OK)
		return e;
	json_object(j, NULL);
	json_text(j, "manifest_sha256", row.manifest_sha256);
	json_int(j, "files", row.files);
	json_int(j, "size_bytes", row.size_bytes);
	json_time(j, "sealed_at", row.sealed_at);
	json_end(j);
	return ERR_OK;
}

static enum err casefile_archive(struct web *w)
{
	struct casefile_row row;
	struct bytes archive;
	enum err e = casefile_read(&w->c, WEB_NO(w), &row, &archive);

	if (e != ERR_OK)
		return e;
	guard_bytes(w);
	web_header(w, "Content-Disposition", arena_printf(w->c.arena, "attachment; filename=\"%s.tar\"", row.no));
	web_bytes(w, "application/x-tar", archive);
	return ERR_OK;
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
	{POST, "/api/applications/:no/relay", PERM_APPLY, 0, &relay_shape, NULL, relay_begin},
	{GET, "/api/applications/:no/relay/:material", PERM_APPLY, 0, NULL, NULL, relay_now},
	{DELETE, "/api/applications/:no/relay/:material", PERM_APPLY, ROUTE_TX, NULL, NULL, relay_end},
	{GET, "/api/relay/session", PERM_PUBLIC, 0, NULL, NULL, phone_state},
	{POST, "/api/relay/session", PERM_PUBLIC, ROUTE_NO_CSRF, &take_shape, NULL, phone_take},
	{DELETE, "/api/relay/session", PERM_RELAY, ROUTE_TX, NULL, NULL, phone_done},
	{GET, "/api/relay/files", PERM_RELAY, 0, NULL, NULL, phone_files},
	{OPTIONS, "/api/relay/uploads/", PERM_PUBLIC, ROUTE_TUS | ROUTE_NO_DB, NULL, NULL, tus_options},
	{OPTIONS, "/api/relay/uploads/:id", PERM_PUBLIC, ROUTE_TUS | ROUTE_NO_DB, NULL, NULL, tus_options},
	{POST, "/api/relay/uploads/", PERM_RELAY, ROUTE_TUS | ROUTE_RAW, NULL, NULL, tus_create},
	{HEAD, "/api/relay/uploads/:id", PERM_RELAY, ROUTE_TUS, NULL, NULL, tus_head},
	{PATCH, "/api/relay/uploads/:id", PERM_RELAY, ROUTE_TUS | ROUTE_RAW, NULL, NULL, tus_patch},
	{DELETE, "/api/relay/uploads/:id", PERM_RELAY, ROUTE_TUS, NULL, NULL, tus_delete},
	{GET, "/api/staff/attachments/:id", PERM_CASE_READ, 0, NULL, NULL, original},
	{GET, "/api/staff/attachments/:id/pages/:n", PERM_CASE_READ, 0, NULL, NULL, page},
	{GET, "/api/staff/attachments/:id/pages/:n/thumb", PERM_CASE_READ, 0, NULL, NULL, thumb},
	{GET, "/api/staff/seals/:no", PERM_CASE_READ, 0, NULL, NULL, seals},
	{POST, "/api/staff/seals/:no/:item/crop", PERM_CASE_REVIEW, 0, &seal_crop_shape, NULL, seal_cut_out},
	{POST, "/api/staff/seals/:no/:item/confirm", PERM_CASE_REVIEW, ROUTE_TX, &seal_confirm_shape, NULL,
		seal_found_good},
	{GET, "/api/staff/seals/:no/:item/picture", PERM_CASE_READ, 0, NULL, &seal_query_shape, seal_picture},
	{GET, "/api/staff/seals/:no/:item/sight", PERM_CASE_READ, 0, NULL, &seal_query_shape, seal_sight},
	{GET, "/api/staff/seals/:no/:item/data", PERM_CASE_READ, 0, NULL, NULL, seal_download},
	{GET, "/api/staff/casefiles/:no", PERM_CASEFILE, 0, NULL, NULL, casefile},
	{GET, "/api/staff/casefiles/:no/archive", PERM_CASEFILE, 0, NULL, NULL, casefile_archive},
};

int main(int argc, char **argv)
{
	if (image_is_child(argc, argv))
		return image_child(argc, argv);
	return web_run("attachment", argc, argv, ROUTES(routes));
}
