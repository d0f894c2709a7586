#include "base/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

#define PATH(m) TEXT_REQUIRED(struct config, m, #m, 1, 4000, NULL)
#define LINE(m) TEXT_REQUIRED(struct config, m, #m, 1, 200, NULL)
#define COUNT(m, lo, hi) INT_REQUIRED(struct config, m, #m, lo, hi)
#define SECONDS(m) COUNT(m, 1, 400ll * 86400)

static const char *const sms_drivers[] = {"spool", "aliyun", NULL};
static const char *const issuers[] = {"manual", "builtin", "cmp", NULL};
static const char *const store_suites[] = {"aes", "sm", NULL};

static const struct field fields[] = {
	LINE(url),
	PATH(var_dir),
	PATH(secret_dir),
	PATH(store_dir),
	PATH(spool_dir),
	PATH(gen_dir),
	PATH(trust_dir),
	PATH(www_dir),
	PATH(english_dir),
	PATH(catalog_file),
	PATH(catalog_schema),
	PATH(sql_dir),
	PATH(db_socket),
	LINE(db_name),
	LINE(db_user_prefix),
	LINE(db_admin),
	PATH(font_body),
	PATH(font_rare),
	PATH(fastcgi_secret_file),
	LINE(case_prefix),
	LINE(seller_tax_number),
	WORD_REQUIRED(struct config, sms_driver, "sms_driver", sms_drivers),
	LINE(sms_gateway),
	LINE(sms_key_id),
	LINE(sms_sign_name),
	PATH(sms_templates),
	LINE(sms_quiet),
	WORD_REQUIRED(struct config, store_suite, "store_suite", store_suites),
	WORD_REQUIRED(struct config, issuer, "issuer", issuers),
	LINE(cmp_host),
	COUNT(cmp_port, 1, 65535),
	LINE(cmp_path),
	LINE(cmp_reference),
	COUNT(cmp_timeout_s, 1, 300),
	LINE(alipay_gateway),
	LINE(alipay_app_id),
	LINE(alipay_seller_id),
	LINE(sf_gateway),
	LINE(sf_partner),
	LINE(sf_account),
	COUNT(sf_product, 1, 999),
	BOOL(struct config, cookie_secure, "cookie_secure"),
	COUNT(rate_otp_phone_s, 1, 86400),
	COUNT(rate_otp_phone_day, 1, 1000000),
	COUNT(rate_otp_ip_hour, 1, 1000000),
	COUNT(rate_otp_day, 1, 100000000),
	COUNT(rate_sms_phone_day, 1, 1000000),
	COUNT(rate_sms_day, 1, 100000000),
	COUNT(rate_login_ip_minute, 1, 1000000),
	COUNT(rate_track_ip_minute, 1, 1000000),
	SECONDS(otp_ttl_s),
	COUNT(otp_tries, 1, 100),
	SECONDS(session_idle_s),
	SECONDS(session_max_s),
	SECONDS(staff_idle_s),
	SECONDS(staff_max_s),
	COUNT(store_quota_bytes, 1, 1ll << 50),
	COUNT(store_low_bytes, 1, 1ll << 50),
	COUNT(upload_max_bytes, 1024, 1ll << 30),
	COUNT(upload_max_pages, 1, 500),
	COUNT(upload_max_files, 1, 500),
	SECONDS(upload_ttl_s),
	COUNT(relay_ttl_s, 1, 900),
	SECONDS(claim_lease_s),
	COUNT(idle_days, 1, 3650),
	COUNT(idle_notice_days, 1, 3650),
	COUNT(drafts_per_account, 1, 1000000),
	COUNT(fresh_s, 1, 60),
	COUNT(worker_poll_ms, 10, 60000),
	COUNT(worker_outside_s, 1, 600),
};

const struct shape config_shape = SHAPE(struct config, fields);

static void trim(const char **at, const char **end)
{
	while (*at < *end && strchr(" \t\r", **at))
		++*at;
	while (*end > *at && strchr(" \t\r", (*end)[-1]))
		--*end;
}

static void read_line(const char *line, const char *end, const char *where, struct config *c, struct faults *faults)
{
	const char *eq, *key_end, *value;
	const struct field *f;

	trim(&line, &end);
	if (line == end || *line == '#')
		return;
	eq = memchr(line, '=', (size_t)(end - line));
	if (!eq) {
		fault_add(faults, where, "syntax", "缺少等号");
		return;
	}
	key_end = eq;
	value = eq + 1;
	trim(&line, &key_end);
	trim(&value, &end);
	f = field_find(&config_shape, line, (size_t)(key_end - line));
	if (f)
		field_set_text(f, c, value, (size_t)(end - value), where, faults);
	else
		fault_add(faults, where, "unknown_key", "没有%.*s这个设置", (int)(key_end - line), line);
}

static bool on_loopback(const char *url)
{
	static const char *const place[] = {"http://127.0.0.1", "http://localhost"};

	for (size_t i = 0; i < ARRAY_LEN(place); i++)
		if (strncmp(url, place[i], strlen(place[i])) == 0 && strchr(":/", url[strlen(place[i])]))
			return true; /* strchr finds the end of the text too */
	return false;
}

bool config_hours(const char *text, int64_t *ret_from, int64_t *ret_to)
{
	char *end;

	*ret_from = strtoll(text, &end, 10);
	if (end == text || *end != '-' || *text < '0' || *text > '9' || end[1] < '0' || end[1] > '9')
		return false;
	*ret_to = strtoll(end + 1, &end, 10);
	return !*end && *ret_from < 24 && *ret_to < 24 && *ret_from != *ret_to;
}

static void check_messages(const struct config *c, const char *where, struct faults *faults)
{
	int64_t from, to;

	if (c->sms_quiet && !text_eq(c->sms_quiet, "none") && !config_hours(c->sms_quiet, &from, &to))
		fault_add(faults, where, "sms_quiet", "sms_quiet应为none，或像21-8这样的两个整点");
	if (text_eq(c->sms_driver, "aliyun") && (text_eq(c->sms_gateway, "none") || text_eq(c->sms_key_id, "none") ||
							text_eq(c->sms_sign_name, "none")))
		fault_add(
			faults, where, "sms_driver", "sms_driver = aliyun还需要sms_gateway、sms_key_id和sms_sign_name");
}

/* What one key alone cannot tell. */
static void check_together(const struct config *c, const char *where, struct faults *faults)
{
	const char *p = c->case_prefix;

	if (c->url && !c->cookie_secure && !on_loopback(c->url))
		fault_add(faults, where, "cookie_secure",
			"cookie_secure = off只能用在http://127.0.0.1或http://localhost，请改为on");
	if (p && !(p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'A' && p[1] <= 'Z' && !p[2]))
		fault_add(faults, where, "case_prefix", "case_prefix应为2个大写字母");
	check_messages(c, where, faults);
}

const char *config_path(void)
{
	static const char installed[] = "/etc/zhengyin/portal.conf";
	const char *named = getenv("ZHENGYIN_CONF");

	return named && *named ? named : access(installed, F_OK) == 0 ? installed : NULL;
}

enum err config_load(const char *path, struct config *ret_config, struct faults *faults)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0, number = 0;
	ssize_t n;

	if (!file)
		return ERR_NOT_FOUND;
	*ret_config = (struct config){.cookie_secure = true}; /* what is forgotten is safe */
	while ((n = getline(&line, &cap, file)) >= 0) {
		if (n && line[n - 1] == '\n')
			n--;
		read_line(line, line + n, arena_printf(faults->arena, "%s:%zu", path, ++number), ret_config, faults);
	}
	free(line);
	fclose(file);
	field_check_required(&config_shape, ret_config, path, faults);
	check_together(ret_config, path, faults);
	return faults->count ? ERR_INVALID : ERR_OK;
}
