#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/field.h"

/* The settings of one installation: `key = value` lines, # comments, a later line wins.  conf/portal.conf explains every
 * key; the table in config.c is the one list of them.  */

struct config {
	const char *url; /* public address, without a slash at the end */
	const char *var_dir, *secret_dir, *store_dir, *spool_dir, *gen_dir, *trust_dir;
	const char *www_dir, *english_dir;
	const char *catalog_file, *catalog_schema;
	const char *sql_dir;
	const char *db_socket, *db_name, *db_user_prefix, *db_admin;
	const char *font_body, *font_rare; /* font_rare: several, with : between */
	const char *fastcgi_secret_file;
	const char *seller_tax_number; /* ours, as invoices must name it; "none": not known, none is taken */
	const char *case_prefix;       /* two capitals before the date in a case number */
	const char *sms_driver;	       /* spool aliyun */
	const char *sms_gateway, *sms_key_id, *sms_sign_name, *sms_templates, *sms_quiet; /* "none": not set */
	const char *store_suite;							  /* aes sm */
	const char *issuer;								  /* manual builtin cmp */
	const char *cmp_host, *cmp_path, *cmp_reference;
	int64_t cmp_port, cmp_timeout_s;
	const char *alipay_gateway, *alipay_app_id, *alipay_seller_id; /* gateway none: no paying by wallet */
	const char *sf_gateway, *sf_partner,
		*sf_account; /* gateway none: waybills are typed; account none: no monthly card */
	int64_t sf_product;
	bool cookie_secure;
	int64_t rate_otp_phone_s, rate_otp_phone_day, rate_otp_ip_hour, rate_otp_day, rate_sms_phone_day, rate_sms_day;
	int64_t rate_login_ip_minute, rate_track_ip_minute;
	int64_t otp_ttl_s, otp_tries;
	int64_t session_idle_s, session_max_s, staff_idle_s, staff_max_s;
	int64_t store_quota_bytes, store_low_bytes;
	int64_t upload_max_bytes, upload_max_pages, upload_max_files, upload_ttl_s, relay_ttl_s;
	int64_t claim_lease_s, idle_days, idle_notice_days;
	int64_t drafts_per_account, fresh_s, worker_poll_ms, worker_outside_s;
};

extern const struct shape config_shape;

/* The file that ZHENGYIN_CONF names, else that of an installed portal; NULL: neither is there. */
const char *config_path(void);

/* Reads the file; texts live in faults->arena; faults carry "path:line" as their pointer.  Errors: ERR_NOT_FOUND, ERR_INVALID. */
enum err config_load(const char *path, struct config *ret_config, struct faults *faults) MUST_USE;

/* "21-8": from 21:00 to 8:00.  false: not two different full hours. */
bool config_hours(const char *text, int64_t *ret_from, int64_t *ret_to);

#endif
