#include "domain/rate.h"

#include <inttypes.h>

enum { HIT, COUNT };

static const struct sql sql[] = {
	[HIT] = {"INSERT INTO rate (bucket, span, hits, ends_at) VALUES (?,?,1,?) ON DUPLICATE KEY UPDATE hits=hits+1",
		"bii", ""},
	[COUNT] = {"SELECT hits FROM rate WHERE bucket=? AND span=?", "bi", "i"},
};
SQL_TABLE(rate);

enum err rate_hit(
	struct ctx *c, const char *rule, const char *subject, int64_t span_s, int64_t most, int64_t *ret_wait_s)
{
	struct bytes bucket = ctx_index(c, "rate", arena_printf(c->arena, "%s:%s", rule, subject));
	int64_t span = c->now - c->now % span_s;
	struct db_int hits = {0};
	enum err e = db_exec(c->db, &sql[HIT], B(bucket), I(span), I(span + 2 * span_s));

	if (e == ERR_OK)
		e = db_one(c->db, &sql[COUNT], &db_int_shape, &hits, B(bucket), I(span));
	if (e != ERR_OK)
		return e;
	*ret_wait_s = span + span_s - c->now;
	if (hits.value <= most)
		return ERR_OK;
	c->retry_s = *ret_wait_s;
	return ctx_say(c, ERR_RATE, "操作太频繁，请在%" PRId64 "%s后再试",
		*ret_wait_s > 120 ? *ret_wait_s / 60 + 1 : *ret_wait_s, *ret_wait_s > 120 ? "分钟" : "秒");
}
